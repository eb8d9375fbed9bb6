//! Derivations of deadlines that add up to the microsecond.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde::{Serialize, Serializer};

use crate::calendar::{Calendar, ClosedReason};
use crate::digest::Digest;
use crate::engine::{CycleEvaluation, Engine, Outcome};
use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;
use crate::serde_text::empty_object;
use crate::ticket::{Actor, Apply, Change, Due, Event, EventKind, History, Status};
use crate::time::{BusinessDuration, Timestamp};
use crate::timer;

/// The derivation of one cycle's deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The ticket.
    pub ticket: Id,
    /// The timer.
    pub timer: Id,
    /// As of when.
    pub now: Timestamp,
    /// The cycle as of then.
    pub cycle: CycleEvaluation,
    /// The zone of the cycle's calendar, in which local times are given.
    pub time_zone: String,
    /// When it falls or fell due, in local time; `None` while it is paused before its due, and beyond the horizon.
    #[serde(serialize_with = "local_or_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub due_at: Option<DateTime<FixedOffset>>,
    /// The time from the start to the stop, or to `now`, without a gap: what is counted sums to `elapsed`.
    pub passed: Vec<Segment>,
    /// The time from `now` to the due of a cycle that runs and is not breached: what is counted there sums to
    /// `remaining`. Empty otherwise.
    pub ahead: Vec<Segment>,
}

/// A span of time that counts, or does not, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Segment {
    /// Where it begins, in local time.
    #[serde(serialize_with = "local")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    pub from: DateTime<FixedOffset>,
    /// Where it ends, exclusive, in local time.
    #[serde(serialize_with = "local")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    pub to: DateTime<FixedOffset>,
    /// Why it counts or not.
    #[serde(flatten)]
    pub kind: SegmentKind,
    /// The business time used in it; zero unless counted.
    #[serde(rename = "counted_us")]
    pub counted: BusinessDuration,
    /// The business time used from the cycle's start to its end.
    #[serde(rename = "used_us")]
    pub used: BusinessDuration,
}

/// Why a span of time counts or not. Where several reasons hold, resolved comes before paused, paused before closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SegmentKind {
    /// Open and running.
    #[serde(serialize_with = "empty_object::serialize")]
    #[cfg_attr(feature = "schema", schemars(with = "empty_object::Empty"))]
    Counted,
    /// The calendar is closed.
    Closed {
        /// Why.
        reason: ClosedReason,
        /// The name of the holiday or special day, otherwise of the season.
        name: Option<String>,
    },
    /// The timer was paused in this status.
    Paused {
        /// The ticket's status.
        status: Status,
        /// Who paused.
        by: Actor,
        /// Why.
        reason: String,
    },
    /// The ticket was resolved.
    #[serde(serialize_with = "empty_object::serialize")]
    #[cfg_attr(feature = "schema", schemars(with = "empty_object::Empty"))]
    Resolved,
}

fn local<S: Serializer>(at: &DateTime<FixedOffset>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, false))
}

#[expect(clippy::ref_option, reason = "serde hands over references")]
fn local_or_none<S: Serializer>(at: &Option<DateTime<FixedOffset>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => local(at, serializer),
        None => serializer.serialize_none(),
    }
}

#[derive(Debug, Clone, thiserror::Error)]
enum ExplainFault {
    #[error("timer `{timer}` never started on ticket `{ticket}`")]
    NeverStarted { timer: String, ticket: Id },
    #[error("timer `{timer}` of ticket `{ticket}` has no cycle {number}")]
    NoSuchCycle { timer: Id, ticket: Id, number: u32 },
}

impl Fault for ExplainFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::UnknownTimer
    }

    fn help(&self) -> Cow<'static, str> {
        "ask for a timer and cycle of the ticket's evaluation".into()
    }
}

impl Engine {
    /// Returns the derivation of a deadline as of `now`: of the timer's latest cycle, or of the one with the number
    /// `cycle`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// # use sla_core::ticket::History;
    /// # let opened = accepted(engine().open(&opening(), &customer(), at("2026-03-02T16:00:00Z"))?);
    /// # let history = History::new(opened.events)?;
    /// let explanation = engine().explain(&history, "first_response", None, at("2026-03-02T16:00:00Z"))?;
    /// assert_eq!(explanation.to_string(), "\
    /// first_response of ticket T-1: 4h promised in the calendar `office` (UTC)
    /// still to come:
    ///   Mon 2026-03-02 16:00:00 to 17:00:00  counted 1h, 1h used
    ///   Mon 2026-03-02 17:00:00 to Tue 2026-03-03 09:00:00  closed: outside hours
    ///   Tue 2026-03-03 09:00:00 to 12:00:00  counted 3h, 4h used
    /// due Tue 2026-03-03 12:00:00
    /// ");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `unknown_timer` when the timer never started on this ticket, or has no such cycle;
    /// - otherwise as [`Engine::evaluate`].
    pub fn explain(
        &self,
        history: &History,
        timer: &str,
        cycle: Option<u32>,
        now: Timestamp,
    ) -> Result<Explanation, Error> {
        let evaluation = self.evaluate(history.ticket(), now)?;
        let ticket = history.ticket().id.clone();
        let found = evaluation.timers.into_iter().find(|known| known.timer.as_str() == timer);
        let Some(found) = found.filter(|found| !found.cycles.is_empty()) else {
            return Err(ExplainFault::NeverStarted { timer: timer.to_owned(), ticket }.into());
        };
        let timer = found.timer;
        let evaluated = match cycle {
            Some(number) => found.cycles.into_iter().find(|cycle| cycle.number == number),
            None => found.cycles.into_iter().last(),
        };
        let Some(cycle) = evaluated else {
            return Err(ExplainFault::NoSuchCycle { timer, ticket, number: cycle.unwrap_or_default() }.into());
        };
        let events: Vec<&Event> = history.events().iter().chain(&evaluation.due_events).collect();
        let end = cycle.stopped_at.unwrap_or(now);
        let spans = spans(&events, &timer, cycle.number, end);
        let mut derivation = Derivation { events: &events, segments: Vec::new(), used: BusinessDuration::ZERO };
        let mut calendar = None;
        for span in &spans {
            let own = self.revision(span.revision)?.calendar(&span.calendar)?;
            calendar = Some(own);
            if span.from == span.to {
                continue;
            }
            if span.counts {
                derivation.counting(own, span.from, span.to)?;
            } else {
                derivation.not_counting(own, span.from, span.to)?;
            }
        }
        let passed = std::mem::take(&mut derivation.segments);
        let due_at = cycle.due.and_then(Due::at);
        let is_ahead = cycle.outcome == Outcome::None && cycle.stopped_at.is_none();
        if let (Some(due_at), Some(calendar)) = (due_at.filter(|due_at| is_ahead && *due_at > now), calendar) {
            derivation.counting(calendar, now, due_at)?;
        }
        let due_at = due_at.zip(calendar).map(|(due_at, calendar)| calendar.local(due_at));
        let time_zone = calendar.map(|calendar| calendar.rules().time_zone.clone()).unwrap_or_default();
        let ahead = derivation.segments;
        Ok(Explanation { ticket, timer, now, cycle, time_zone, due_at, passed, ahead })
    }
}

/// A span in which a cycle counts, or does not, under one calendar of one revision.
struct Span {
    from: Timestamp,
    to: Timestamp,
    counts: bool,
    revision: Digest,
    calendar: Id,
}

/// Returns the spans of a cycle from its start to `end`, as the events say.
fn spans(events: &[&Event], timer: &Id, number: u32, end: Timestamp) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for event in events.iter().filter(|event| event.at <= end) {
        let own = event.changes.iter().filter(|change| change.timer == *timer && change.cycle == number);
        for change in own.map(|change| &change.change) {
            let before = spans.last().map(|last| (last.revision, last.calendar.clone()));
            let (counts, terms) = match change {
                Change::Started { calendar, paused, .. } => (!*paused, Some((event.policy_digest, calendar.clone()))),
                Change::Retargeted { calendar, paused, keeps_rules, .. } => {
                    let revision = before.as_ref().filter(|_| *keeps_rules).map(|(revision, _)| *revision);
                    let terms = (revision.unwrap_or(event.policy_digest), calendar.clone());
                    if event.kind.apply() == Some(Apply::Retroactive) {
                        for span in &mut spans {
                            (span.revision, span.calendar) = terms.clone();
                        }
                    }
                    (!*paused, Some(terms))
                }
                Change::Resumed { .. } => (true, before),
                Change::Paused(_) | Change::Stopped { .. } | Change::Cancelled { .. } => (false, before),
            };
            let Some((revision, calendar)) = terms else { continue };
            if let Some(last) = spans.last_mut() {
                last.to = event.at;
            }
            spans.push(Span { from: event.at, to: end, counts, revision, calendar });
        }
    }
    spans
}

/// The segments of a derivation so far.
struct Derivation<'a> {
    events: &'a [&'a Event],
    segments: Vec<Segment>,
    used: BusinessDuration,
}

impl Derivation<'_> {
    /// Adds a span in which the timer runs: the open part is counted, the closed part has its reason.
    fn counting(&mut self, calendar: &Calendar, from: Timestamp, to: Timestamp) -> Result<(), Error> {
        let open = calendar.windows(from, to)?.into_iter();
        let open = open.map(|window| (window.opens_at, window.closes_at, SegmentKind::Counted));
        let closed = calendar.closed(from, to)?.into_iter();
        let closed = closed
            .map(|closed| (closed.from, closed.to, SegmentKind::Closed { reason: closed.reason, name: closed.name }));
        let mut parts: Vec<_> = open.chain(closed).collect();
        parts.sort_by_key(|(from, ..)| *from);
        for (from, to, kind) in parts {
            let counted =
                if kind == SegmentKind::Counted { calendar.elapsed(from, to)? } else { BusinessDuration::ZERO };
            self.push(calendar, from, to, kind, counted)?;
        }
        Ok(())
    }

    /// Adds a span in which the timer is paused or stopped, cut where the reason changes.
    fn not_counting(&mut self, calendar: &Calendar, from: Timestamp, to: Timestamp) -> Result<(), Error> {
        let inside = self.events.iter().filter(|event| event.at > from && event.at < to && stops_counting(&event.kind));
        let mut edges: Vec<Timestamp> = [from].into_iter().chain(inside.map(|event| event.at)).chain([to]).collect();
        edges.dedup();
        for (from, to) in edges.iter().zip(edges.iter().skip(1)) {
            let kind = self.reason(*from);
            self.push(calendar, *from, *to, kind, BusinessDuration::ZERO)?;
        }
        Ok(())
    }

    /// Returns why a timer does not count from `at` on.
    fn reason(&self, at: Timestamp) -> SegmentKind {
        let last = self.events.iter().rev().filter(|event| event.at <= at).find(|event| stops_counting(&event.kind));
        match last.map(|event| (&event.kind, &event.actor)) {
            Some((EventKind::Paused { status, reason, .. }, actor)) => {
                SegmentKind::Paused { status: status.status(), by: actor.clone(), reason: reason.clone() }
            }
            _ => SegmentKind::Resolved,
        }
    }

    fn push(
        &mut self,
        calendar: &Calendar,
        from: Timestamp,
        to: Timestamp,
        kind: SegmentKind,
        counted: BusinessDuration,
    ) -> Result<(), Error> {
        self.used = timer::sum(self.used, counted)?;
        let (local_from, local_to, used) = (calendar.local(from), calendar.local(to), self.used);
        // Counted time is never joined: each part is one opening.
        match self.segments.last_mut() {
            Some(last) if last.kind == kind && last.to == local_from && kind != SegmentKind::Counted => {
                last.to = local_to;
            }
            _ => self.segments.push(Segment { from: local_from, to: local_to, kind, counted, used }),
        }
        Ok(())
    }
}

fn stops_counting(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Paused { .. } | EventKind::Resolved { .. })
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CycleEvaluation { target, calendar, number, .. } = &self.cycle;
        write!(f, "{} of ticket {}", self.timer, self.ticket)?;
        if *number > 1 {
            write!(f, ", cycle {number}")?;
        }
        match target {
            Some(target) => write!(f, ": {target} promised")?,
            None => write!(f, ": nothing promised, counted")?,
        }
        writeln!(f, " in the calendar `{calendar}` ({})", self.time_zone)?;
        for segment in &self.passed {
            writeln!(f, "  {segment}")?;
        }
        if !self.ahead.is_empty() {
            writeln!(f, "still to come:")?;
            for segment in &self.ahead {
                writeln!(f, "  {segment}")?;
            }
        }
        match (&self.due_at, self.cycle.due) {
            (Some(due_at), _) if self.cycle.outcome == Outcome::Breached => {
                writeln!(f, "breached: was due {}", shown(due_at))
            }
            (Some(due_at), _) => writeln!(f, "due {}", shown(due_at)),
            (None, Some(_)) => writeln!(f, "due beyond the year 2199"),
            (None, None) => match self.cycle.remaining {
                Some(remaining) => writeln!(f, "no due while it is paused, {remaining} remaining"),
                None => writeln!(f, "no due: nothing is promised"),
            },
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same_day = self.from.date_naive() == self.to.date_naive();
        let to = if same_day { self.to.format("%H:%M:%S%.f").to_string() } else { shown(&self.to) };
        write!(f, "{} to {to}  ", shown(&self.from))?;
        match &self.kind {
            SegmentKind::Counted => write!(f, "counted {}, {} used", self.counted, self.used),
            SegmentKind::Closed { name: Some(name), reason } => match reason {
                ClosedReason::Holiday | ClosedReason::SpecialDay => {
                    write!(f, "closed: {} {name}", spaced(reason.as_str()))
                }
                ClosedReason::OutsideHours | ClosedReason::LunchBreak | ClosedReason::Weekend => {
                    write!(f, "closed: {} of season {name}", spaced(reason.as_str()))
                }
            },
            SegmentKind::Closed { name: None, reason } => write!(f, "closed: {}", spaced(reason.as_str())),
            SegmentKind::Paused { status, by, reason } => {
                write!(f, "paused ({}) by {by}: {reason}", spaced(status.as_str()))
            }
            SegmentKind::Resolved => f.write_str("resolved"),
        }
    }
}

fn shown(at: &DateTime<FixedOffset>) -> String {
    at.format("%a %Y-%m-%d %H:%M:%S%.f").to_string()
}

fn spaced(text: &str) -> String {
    text.replace('_', " ")
}
