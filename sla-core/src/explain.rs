//! Derivations of due instants that add up to the microsecond.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat};
use serde::{Serialize, Serializer};

use crate::calendar::{Calendar, ClosedReason, DayTime};
use crate::digest::Digest;
use crate::engine::{Class, CycleEvaluation, Engine, Outcome, Subject, TargetLength};
use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;
use crate::package::BusinessDays;
use crate::serde_text::empty_object;
use crate::ticket::{
    Actor, Apply, CancelCause, Change, Cycle, Due, Event, EventKind, History, Phase, Status, StopOutcome, Ticket,
    TimerChange,
};
use crate::time::{BusinessDuration, Timestamp};
use crate::timer::{self, Recount};

/// The derivation of one cycle's due instant.
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
    /// The zone of the cycle's calendar.
    pub time_zone: String,
    /// When it falls or fell due, in local time; `None` while it is paused before its due, and beyond the horizon.
    #[serde(serialize_with = "local_or_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub due_at: Option<DateTime<FixedOffset>>,
    /// How the target follows from business days, where it is promised in business days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_days: Option<DaysPromised>,
    /// What set or changed what is promised, when it counts, and how it ended, oldest first.
    pub notes: Vec<Note>,
    /// The time from the start to the stop, or to `now`, without a gap: what is counted sums to `elapsed`.
    pub passed: Vec<Segment>,
    /// The time from `now` to the due of a cycle that runs and is not breached: what is counted there sums to
    /// `remaining`. Empty otherwise.
    pub ahead: Vec<Segment>,
    /// Whether calendars of several zones are in it: then the text names zone and offset on every line.
    #[serde(skip)]
    zoned: bool,
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
    /// The zone of these local times: that of the calendar in which the span counts.
    pub time_zone: String,
    /// Why it counts or not.
    #[serde(flatten)]
    pub kind: SegmentKind,
    /// The business time in it; zero unless counted.
    #[serde(rename = "counted_us")]
    pub counted: BusinessDuration,
    /// The business time counted from the cycle's start to its end.
    #[serde(rename = "elapsed_us")]
    pub elapsed: BusinessDuration,
    /// The part of it that counts against the target: less than all where the promise arrived after the start.
    #[serde(rename = "used_us")]
    pub used: BusinessDuration,
}

/// How a target follows from business days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DaysPromised {
    /// So many business days after the day of receipt.
    pub days: u32,
    /// By when on that day: `close`, `same_time` or a local time.
    pub by: String,
    /// From which local time on a message counts as received on the next business day.
    pub cut_off: Option<String>,
    /// From when the promise counts.
    #[serde(serialize_with = "local")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    pub from: DateTime<FixedOffset>,
    /// The day of receipt.
    #[serde(serialize_with = "collect_str")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date")))]
    pub received_on: NaiveDate,
    /// The promised instant, before pauses.
    #[serde(serialize_with = "local")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    pub promised_at: DateTime<FixedOffset>,
}

/// What an event changed for the cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Note {
    /// When, in local time.
    #[serde(serialize_with = "local")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    pub at: DateTime<FixedOffset>,
    /// The zone of this local time.
    pub time_zone: String,
    /// The kind of the event.
    pub event: String,
    /// Whose event it was.
    pub by: Actor,
    /// The reason that they gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it changed.
    #[serde(flatten)]
    pub kind: NoteKind,
}

/// What an event changed for a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NoteKind {
    /// What it reports was received earlier: the cycle starts then.
    ReceivedEarlier {
        /// The start.
        started_at: Timestamp,
    },
    /// A promise arrived.
    Promised {
        /// The target.
        #[serde(rename = "target_us")]
        target: BusinessDuration,
        /// From when it counts: the time before does not count against the target.
        counts_from: Timestamp,
    },
    /// The promise ended.
    PromiseEnded {
        /// The target that it had.
        #[serde(rename = "target_us")]
        target: BusinessDuration,
    },
    /// A promise came back; the time without it counts.
    PromiseReturned {
        /// The target.
        #[serde(rename = "target_us")]
        target: BusinessDuration,
    },
    /// Another target or calendar.
    TermsChanged {
        /// The target; null while nothing is promised.
        #[serde(rename = "target_us")]
        target: Option<BusinessDuration>,
        /// The calendar.
        calendar: Id,
    },
    /// The due lies before the event, and was moved to it: the event breached the promise.
    DueMoved {
        /// The due that the terms give.
        computed_due_at: Timestamp,
    },
    /// The ticket took over a duplicate.
    Absorbed {
        /// The other ticket.
        ticket: Id,
        /// Since when the customer has waited there; `None` when they do not wait.
        waiting_since: Option<Timestamp>,
    },
    /// The agent took the ticket again: the time since it was taken from them counts.
    Returned {
        /// Since when the ticket was without them.
        since: Timestamp,
    },
    /// The cycle was stopped.
    Stopped {
        /// Whether in time.
        outcome: StopOutcome,
    },
    /// The cycle was cancelled.
    Cancelled {
        /// By what.
        cause: CancelCause,
    },
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn collect_str<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
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
    /// Returns the derivation of a due instant as of `now`: of the timer's latest cycle, or of the one with the number
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
        let index = usize::try_from(cycle.number.saturating_sub(1)).unwrap_or(usize::MAX);
        let mut walk = Walk {
            engine: self,
            timer: &timer,
            index,
            spans: Vec::new(),
            notes: Vec::new(),
            counts_from: None,
            stated: Vec::new(),
        };
        let (opening, _) = history.opening();
        let mut state = Ticket::open(opening)?;
        walk.event(opening, None, &state, None)?;
        for event in events.iter().copied().skip(1) {
            let before = state.cycles(timer.as_str()).get(index).cloned();
            let recount = walk.recount(event, &state, before.as_ref())?;
            let since = state.timers.iter().find(|track| track.timer == timer).and_then(|track| track.promised_since);
            state.apply(event)?;
            walk.event(event, before.as_ref().map(|before| (before, recount)), &state, since)?;
        }
        walk.close(end);
        let mut derivation = Derivation::new(&events, walk.counts_from, &walk.stated);
        let mut calendar = None;
        let mut zones: Vec<&str> = Vec::new();
        for span in &walk.spans {
            let own = self.revision(span.revision)?.calendar(&span.calendar)?;
            calendar = Some(own);
            zones.push(&own.rules().time_zone);
            // A part counts against the target as a whole, or not at all.
            let cut = walk.counts_from.filter(|cut| *cut > span.from && *cut < span.to).unwrap_or(span.to);
            for (from, to) in [(span.from, cut), (cut, span.to)] {
                if from == to {
                    continue;
                }
                if span.counts {
                    derivation.counting(own, from, to)?;
                } else {
                    derivation.not_counting(own, from, to)?;
                }
            }
        }
        let passed = std::mem::take(&mut derivation.segments);
        let due_at = cycle.due.and_then(Due::at);
        let is_ahead = cycle.outcome == Outcome::None && cycle.stopped_at.is_none();
        if let (Some(due_at), Some(calendar)) = (due_at.filter(|due_at| is_ahead && *due_at > now), calendar) {
            derivation.counting(calendar, now, due_at)?;
        }
        let ahead = derivation.segments;
        let business_days = match (state.cycles(timer.as_str()).get(index), walk.counts_from) {
            (Some(own), Some(from)) => self.days_promised(&timer, own, from)?,
            _ => None,
        };
        let due_at = due_at.zip(calendar).map(|(due_at, calendar)| calendar.local(due_at));
        let time_zone = calendar.map(|calendar| calendar.rules().time_zone.clone()).unwrap_or_default();
        let zoned = zones.iter().any(|zone| **zone != time_zone);
        let notes = walk.notes;
        Ok(Explanation { ticket, timer, now, cycle, time_zone, due_at, business_days, notes, passed, ahead, zoned })
    }

    /// Returns how the target of a cycle follows from business days, if it does, where they count from `from`.
    fn days_promised(&self, timer: &Id, cycle: &Cycle, from: Timestamp) -> Result<Option<DaysPromised>, Error> {
        let revision = self.revision(cycle.revision)?;
        let subject = Subject::of_terms(&cycle.terms);
        let Some(terms) = revision.terms(subject, timer, &cycle.channel, cycle.began_by) else { return Ok(None) };
        let Some(TargetLength::BusinessDays(target)) = terms.target else { return Ok(None) };
        let calendar = revision.calendar(terms.calendar)?;
        let BusinessDays { days, by, cut_off, .. } = *target;
        let promised_at = calendar.promised_at(from, days, by, cut_off)?;
        // Changes that keep the target, or count in another calendar, leave one of other days.
        if cycle.target() != Some(calendar.elapsed(from, promised_at)?) {
            return Ok(None);
        }
        let closes_at = calendar.promised_at(from, 0, DayTime::Close, cut_off)?;
        Ok(Some(DaysPromised {
            days,
            by: by.to_string(),
            cut_off: cut_off.map(|cut_off| cut_off.to_string()),
            from: calendar.local(from),
            received_on: calendar.local(closes_at.just_before()).date_naive(),
            promised_at: calendar.local(promised_at),
        }))
    }
}

/// The spans in which a cycle counts, as `[from, to)`.
type Counted = Vec<(Timestamp, Timestamp)>;

/// A span in which a cycle counts, or does not, under one calendar of one revision.
struct Span {
    from: Timestamp,
    to: Timestamp,
    counts: bool,
    revision: Digest,
    calendar: Id,
}

/// The spans of one cycle, as the events say, and what they changed.
struct Walk<'a> {
    engine: &'a Engine,
    timer: &'a Id,
    /// The place of the cycle among those of its timer.
    index: usize,
    spans: Vec<Span>,
    notes: Vec<Note>,
    /// From when the promise counts, once there is one.
    counts_from: Option<Timestamp>,
    /// The used time that events state, since the last event that counts the past anew.
    stated: Vec<(Timestamp, BusinessDuration)>,
}

impl Walk<'_> {
    /// Returns what an event does to the cycle; none for most events.
    fn change<'e>(&self, event: &'e Event) -> Option<&'e Change> {
        let own = |change: &&TimerChange| {
            change.timer == *self.timer && usize::try_from(change.cycle) == Ok(self.index.saturating_add(1))
        };
        event.changes.iter().find(own).map(|change| &change.change)
    }

    /// Returns the spans in which a retroactive change of terms lets the cycle count, of the time before it; `None` for
    /// any other event. `ticket` is the ticket before the event.
    fn recount(&self, event: &Event, ticket: &Ticket, before: Option<&Cycle>) -> Result<Option<Counted>, Error> {
        let (Some(before), Some(Change::Retargeted { calendar, promise, keeps_rules, .. })) =
            (before, self.change(event))
        else {
            return Ok(None);
        };
        let had_promise = before.promise.is_some() || before.was_promised;
        let is_anew = promise.is_some() || (!had_promise && !keeps_rules);
        if event.kind.apply() != Some(Apply::Retroactive) || !is_anew {
            return Ok(None);
        }
        self.counted_anew(event, ticket, before, calendar, before.started_at).map(Some)
    }

    fn counted_anew(
        &self,
        event: &Event,
        ticket: &Ticket,
        cycle: &Cycle,
        calendar: &Id,
        from: Timestamp,
    ) -> Result<Counted, Error> {
        let revision = self.engine.revision(event.rules.policy_digest)?;
        let (rules, calendar) = (revision.timer(self.timer)?, revision.calendar(calendar)?);
        Ok(Recount::new(ticket, cycle, rules, calendar, from, event.at)?.spans().collect())
    }

    /// Adds an event. `before` is the cycle before it, with the spans in which the event counts it anew, `ticket` the
    /// ticket after it, `promised_since` when something was first promised for the timer before it.
    fn event(
        &mut self,
        event: &Event,
        before: Option<(&Cycle, Option<Counted>)>,
        ticket: &Ticket,
        promised_since: Option<Timestamp>,
    ) -> Result<(), Error> {
        let Some(after) = ticket.cycles(self.timer.as_str()).get(self.index) else { return Ok(()) };
        if let (EventKind::Absorbed { ticket, waiting_since, .. }, true) = (&event.kind, after.is_active()) {
            self.note(event, after, NoteKind::Absorbed { ticket: ticket.clone(), waiting_since: *waiting_since })?;
        }
        let Some(change) = self.change(event) else { return Ok(()) };
        match (change, before) {
            (Change::Started { began_by, .. }, _) => {
                let spans = match began_by {
                    Some(_) => self.counted_anew(event, ticket, after, &after.calendar, after.started_at)?,
                    None => vec![(after.started_at, event.at)],
                };
                self.past(&spans, after, event.at);
                if after.promise.is_some() {
                    let since = promised_since.filter(|since| *since > ticket.opened_at);
                    let arrived_now = began_by.is_some() && event.kind.apply() == Some(Apply::FromNow);
                    let since = since.or_else(|| arrived_now.then_some(promised_since.unwrap_or(event.at)));
                    let is_anew = event.kind.apply() == Some(Apply::Retroactive);
                    let since = since.filter(|_| !is_anew && after.started_at < event.at);
                    self.counts_from = Some(since.map_or(after.started_at, |since| since.max(after.started_at)));
                }
                if after.started_at < event.at && began_by.is_none() {
                    self.note(event, after, NoteKind::ReceivedEarlier { started_at: after.started_at })?;
                }
            }
            (Change::Resumed { .. }, _) => self.resumed(),
            (Change::Retargeted { .. }, Some((before, recount))) => {
                self.resumed();
                self.retargeted(event, before, after, recount, ticket, promised_since)?;
            }
            (Change::Stopped { outcome, .. }, _) => {
                self.note(event, after, NoteKind::Stopped { outcome: *outcome })?;
            }
            (Change::Cancelled { cause, .. }, _) => {
                self.note(event, after, NoteKind::Cancelled { cause: *cause })?;
            }
            _ => {}
        }
        if let Some(promised) = change.promise() {
            self.stated.push((event.at, promised.used));
            if let Some(computed_due_at) = promised.computed_due_at {
                self.note(event, after, NoteKind::DueMoved { computed_due_at })?;
            }
        }
        self.close(event.at);
        let counts = matches!(after.phase, Phase::Running { .. });
        self.push(event.at, event.at, counts, after);
        Ok(())
    }

    /// Forgets that the cycle ended: the time without it is a part of its own.
    fn resumed(&mut self) {
        let ended = |note: &Note| matches!(note.kind, NoteKind::Stopped { .. } | NoteKind::Cancelled { .. });
        self.notes.retain(|note| !ended(note));
    }

    /// Adds a change of terms, an earlier receipt, or the return of the agent.
    fn retargeted(
        &mut self,
        event: &Event,
        before: &Cycle,
        after: &Cycle,
        recount: Option<Counted>,
        ticket: &Ticket,
        promised_since: Option<Timestamp>,
    ) -> Result<(), Error> {
        let is_anew = recount.is_some();
        if let Some(spans) = recount {
            self.stated.clear();
            self.past(&spans, after, event.at);
            if after.promise.is_some() {
                self.counts_from = Some(after.started_at);
            }
        }
        if after.started_at < before.started_at {
            if self.counts_from == Some(before.started_at) {
                self.counts_from = Some(after.started_at);
            }
            self.stated.clear();
            let (from, to) = (after.started_at, before.started_at);
            let (revision, calendar) = (before.revision, before.calendar.clone());
            self.spans.insert(0, Span { from, to, counts: true, revision, calendar });
            self.note(event, after, NoteKind::ReceivedEarlier { started_at: after.started_at })?;
        }
        if let (Phase::Cancelled { at, .. }, EventKind::Assigned { .. }) = (before.phase, &event.kind) {
            if let Some(away) = self.spans.last_mut() {
                away.counts = true;
            }
            self.note(event, after, NoteKind::Returned { since: at })?;
        }
        let kind = match (before.promise, after.promise) {
            (None, Some(promise)) if before.was_promised => NoteKind::PromiseReturned { target: promise.target },
            (None, Some(promise)) => {
                let received_at = event.kind.received_at().unwrap_or(event.at);
                let since = if event.kind.apply().is_none() && event.kind.is_waiting() && before.is_active() {
                    // The promise of a message counts from when that was received.
                    [ticket.answered_at, Some(received_at)].into_iter().flatten().max().unwrap_or(received_at)
                } else {
                    promised_since.unwrap_or(event.at)
                };
                let from = if is_anew { after.started_at } else { since.max(after.started_at).min(event.at) };
                self.counts_from = Some(from);
                NoteKind::Promised { target: promise.target, counts_from: from }
            }
            (Some(promise), None) => NoteKind::PromiseEnded { target: promise.target },
            (one, other)
                if one.map(|promise| promise.target) != other.map(|promise| promise.target)
                    || before.calendar != after.calendar =>
            {
                NoteKind::TermsChanged { target: after.target(), calendar: after.calendar.clone() }
            }
            _ => return Ok(()),
        };
        self.note(event, after, kind)
    }

    /// Replaces the past by spans in which the cycle counts, and the time between them, until `end`.
    fn past(&mut self, counted: &[(Timestamp, Timestamp)], cycle: &Cycle, end: Timestamp) {
        self.spans.clear();
        let mut at = cycle.started_at;
        for (from, to) in counted.iter().copied() {
            self.push(at, from, false, cycle);
            self.push(from, to, true, cycle);
            at = to;
        }
        self.push(at, end, false, cycle);
        self.spans.retain(|span| span.from < span.to);
    }

    fn push(&mut self, from: Timestamp, to: Timestamp, counts: bool, cycle: &Cycle) {
        self.spans.push(Span { from, to, counts, revision: cycle.revision, calendar: cycle.calendar.clone() });
    }

    /// Ends the last span.
    fn close(&mut self, at: Timestamp) {
        if let Some(last) = self.spans.last_mut() {
            last.to = at;
        }
    }

    fn note(&mut self, event: &Event, cycle: &Cycle, kind: NoteKind) -> Result<(), Error> {
        let calendar = self.engine.revision(cycle.revision)?.calendar(&cycle.calendar)?;
        let reason = match &event.kind {
            EventKind::Unassigned { reason }
            | EventKind::Absorbed { reason, .. }
            | EventKind::Voided { reason, .. }
            | EventKind::PackageChanged { reason, .. }
            | EventKind::RevisionAdopted { reason, .. }
            | EventKind::Classified { reason, .. } => Some(reason.clone()),
            EventKind::Reopened { reason, .. } => reason.clone(),
            EventKind::Resolved { inactivity: Some(rule), .. } => rule.reason.clone(),
            _ => None,
        };
        self.notes.push(Note {
            at: calendar.local(event.at),
            time_zone: calendar.rules().time_zone.clone(),
            event: event.kind.name().to_owned(),
            by: Actor::clone(&event.actor),
            reason,
            kind,
        });
        Ok(())
    }
}

/// The segments of a derivation so far.
struct Derivation<'a> {
    events: &'a [&'a Event],
    segments: Vec<Segment>,
    elapsed: BusinessDuration,
    used: BusinessDuration,
    /// From when on time is used against the target; later than every span where nothing is promised. Not an `Option`,
    /// because the optimizer compares its absent value, which Valgrind reports.
    counts_from: Timestamp,
    /// What the events that are still ahead state as used.
    stated: &'a [(Timestamp, BusinessDuration)],
}

impl<'a> Derivation<'a> {
    fn new(
        events: &'a [&'a Event],
        counts_from: Option<Timestamp>,
        stated: &'a [(Timestamp, BusinessDuration)],
    ) -> Self {
        let (elapsed, used) = (BusinessDuration::ZERO, BusinessDuration::ZERO);
        let counts_from = counts_from.unwrap_or(Timestamp::from_micros(i64::MAX));
        Self { events, segments: Vec::new(), elapsed, used, counts_from, stated }
    }

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
                SegmentKind::Paused { status: status.status(), by: Actor::clone(actor), reason: reason.clone() }
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
        while let Some(((at, used), ahead)) = self.stated.split_first()
            && *at <= from
        {
            (self.used, self.stated) = (*used, ahead);
        }
        if self.counts_from <= from {
            self.used = timer::sum(self.used, counted)?;
        }
        self.elapsed = timer::sum(self.elapsed, counted)?;
        let (local_from, local_to) = (calendar.local(from), calendar.local(to));
        let (elapsed, used, time_zone) = (self.elapsed, self.used, &calendar.rules().time_zone);
        // Counted time is never joined: each part is one opening.
        match self.segments.last_mut() {
            Some(last)
                if last.kind == kind
                    && last.to == local_from
                    && last.time_zone == *time_zone
                    && kind != SegmentKind::Counted =>
            {
                last.to = local_to;
            }
            _ => self.segments.push(Segment {
                from: local_from,
                to: local_to,
                time_zone: time_zone.clone(),
                kind,
                counted,
                elapsed,
                used,
            }),
        }
        Ok(())
    }
}

fn stops_counting(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Paused { .. } | EventKind::Resolved { .. })
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CycleEvaluation { target, calendar, number, class, outcome, .. } = &self.cycle;
        write!(f, "{} of ticket {}", self.timer, self.ticket)?;
        if *number > 1 {
            write!(f, ", cycle {number}")?;
        }
        match (target, class) {
            (Some(target), _) => write!(f, ": {target} promised")?,
            (None, Class::Terms) => write!(f, ": its promise ended, counted")?,
            (None, _) => write!(f, ": nothing promised, counted")?,
        }
        writeln!(f, " in the calendar `{calendar}` ({})", self.time_zone)?;
        if let Some(days) = &self.business_days {
            write!(f, "received on {}", days.received_on.format("%a %Y-%m-%d"))?;
            if let Some(cut_off) = &days.cut_off {
                write!(f, " (cut-off {cut_off})")?;
            }
            let by = spaced(&days.by);
            let noun = if days.days == 1 { "business day" } else { "business days" };
            writeln!(
                f,
                ", {} {noun} by {by}: promised for {}",
                days.days,
                self.shown(&days.promised_at, &self.time_zone)
            )?;
        }
        // One event can make several notes: its reason is said once.
        let previous = [None].into_iter().chain(self.notes.iter().map(|note| Some((note.at, &note.event))));
        let mut notes = self.notes.iter().zip(previous).peekable();
        for segment in &self.passed {
            while let Some((note, previous)) = notes.next_if(|(note, _)| note.at <= segment.from) {
                self.write_note(f, note, previous != Some((note.at, &note.event)))?;
            }
            self.write_segment(f, segment)?;
        }
        for (note, previous) in notes {
            self.write_note(f, note, previous != Some((note.at, &note.event)))?;
        }
        if !self.ahead.is_empty() {
            writeln!(f, "still to come:")?;
            for segment in &self.ahead {
                self.write_segment(f, segment)?;
            }
        }
        match (&self.due_at, self.cycle.due) {
            (Some(due_at), _) => {
                let due_at = self.shown(due_at, &self.time_zone);
                match outcome {
                    Outcome::Breached => writeln!(f, "breached: was due {due_at}"),
                    Outcome::Met => writeln!(f, "met: was due {due_at}"),
                    Outcome::Cancelled => writeln!(f, "cancelled: would have been due {due_at}"),
                    Outcome::None | Outcome::Unpromised => writeln!(f, "due {due_at}"),
                }
            }
            (None, Some(_)) => writeln!(f, "due beyond the year 2199"),
            (None, None) => match (self.cycle.remaining, outcome, class) {
                (Some(remaining), Outcome::None, _) => writeln!(f, "no due while it is paused, {remaining} remaining"),
                (Some(remaining), ..) => writeln!(f, "{}: {remaining} remaining", spaced(outcome.as_str())),
                (None, _, Class::Terms) => writeln!(f, "no due: the promise ended"),
                (None, ..) => writeln!(f, "no due: nothing is promised"),
            },
        }
    }
}

impl Explanation {
    fn write_segment(&self, f: &mut fmt::Formatter<'_>, segment: &Segment) -> fmt::Result {
        let Segment { from, to, time_zone, kind, counted, elapsed, used } = segment;
        let same_day = from.date_naive() == to.date_naive() && from.offset() == to.offset();
        write!(f, "  {} to ", shown(from))?;
        match (same_day, self.zoned) {
            (true, false) => write!(f, "{}", time_of_day(to))?,
            (true, true) => write!(f, "{} {}", time_of_day(to), zone(to, time_zone))?,
            (false, false) => f.write_str(&shown(to))?,
            // The offset of both ends, where it changes between them.
            (false, true) if from.offset() == to.offset() => write!(f, "{} {}", shown(to), zone(to, time_zone))?,
            (false, true) => write!(f, "{} {} (from {})", shown(to), zone(to, time_zone), from.format("%:z"))?,
        }
        f.write_str("  ")?;
        match kind {
            SegmentKind::Counted if used == elapsed => writeln!(f, "counted {counted}, {used} used"),
            SegmentKind::Counted if self.is_promised() => {
                writeln!(f, "counted {counted}, {elapsed} elapsed, {used} used")
            }
            SegmentKind::Counted => writeln!(f, "counted {counted}, {elapsed} elapsed"),
            SegmentKind::Closed { name: None, reason } => writeln!(f, "closed: {}", spaced(reason.as_str())),
            SegmentKind::Closed { name: Some(name), reason } => match reason {
                ClosedReason::Holiday | ClosedReason::SpecialDay => {
                    writeln!(f, "closed: {} {name}", spaced(reason.as_str()))
                }
                _ => writeln!(f, "closed: {} of season {name}", spaced(reason.as_str())),
            },
            SegmentKind::Paused { status, by, reason } => {
                writeln!(f, "paused ({}) by {by}: {reason}", spaced(status.as_str()))
            }
            SegmentKind::Resolved => writeln!(f, "resolved"),
        }
    }

    /// Returns whether something is or was promised.
    const fn is_promised(&self) -> bool {
        self.cycle.target.is_some() || matches!(self.cycle.class, Class::Terms)
    }

    fn write_note(&self, f: &mut fmt::Formatter<'_>, note: &Note, says_reason: bool) -> fmt::Result {
        let Note { at, time_zone, event, by, reason, kind } = note;
        let instant = |instant: &Timestamp| {
            let local = at_zone(*instant, at);
            if self.zoned { format!("{} {}", shown(&local), zone(&local, time_zone)) } else { shown(&local) }
        };
        write!(f, "  {}  {} by {by}: ", self.shown(at, time_zone), spaced(event))?;
        match kind {
            NoteKind::ReceivedEarlier { started_at } => {
                write!(f, "received earlier, counts from {} on", instant(started_at))?;
            }
            NoteKind::Promised { target, counts_from } => {
                write!(f, "{target} promised, counting from {} on", instant(counts_from))?;
            }
            NoteKind::PromiseEnded { target } => write!(f, "the promise of {target} ends")?,
            NoteKind::PromiseReturned { target } => {
                write!(f, "{target} promised again, the time without a promise counts")?;
            }
            NoteKind::TermsChanged { target: Some(target), calendar } => {
                write!(f, "now {target} promised in the calendar `{calendar}`")?;
            }
            NoteKind::TermsChanged { target: None, calendar } => write!(f, "now counts in the calendar `{calendar}`")?,
            NoteKind::DueMoved { computed_due_at } => {
                write!(f, "too late for the due of {}: breached by this event", instant(computed_due_at))?;
            }
            NoteKind::Absorbed { ticket, waiting_since: Some(since) } => {
                write!(f, "took over ticket {ticket}, where the customer has waited since {}", instant(since))?;
            }
            NoteKind::Absorbed { ticket, waiting_since: None } => {
                write!(f, "took over ticket {ticket}, where no customer waits")?;
            }
            NoteKind::Returned { since } => {
                write!(f, "the same agent again, the time since {} counts", instant(since))?;
            }
            NoteKind::Stopped { outcome } => write!(f, "stopped, {}", spaced(outcome.as_str()))?,
            NoteKind::Cancelled { cause } => write!(f, "cancelled ({})", spaced(cause.as_str()))?,
        }
        match reason.as_ref().filter(|_| says_reason) {
            Some(reason) => writeln!(f, " ({reason})"),
            None => writeln!(f),
        }
    }

    fn shown(&self, at: &DateTime<FixedOffset>, time_zone: &str) -> String {
        if self.zoned { format!("{} {}", shown(at), zone(at, time_zone)) } else { shown(at) }
    }
}

/// Returns an instant in the offset of a local time.
fn at_zone(instant: Timestamp, local: &DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    DateTime::from_timestamp_micros(instant.as_micros()).unwrap_or_default().with_timezone(local.offset())
}

fn shown(at: &DateTime<FixedOffset>) -> String {
    at.format("%a %Y-%m-%d %H:%M:%S%.f").to_string()
}

fn time_of_day(at: &DateTime<FixedOffset>) -> String {
    at.format("%H:%M:%S%.f").to_string()
}

fn zone(at: &DateTime<FixedOffset>, time_zone: &str) -> String {
    format!("{time_zone} {}", at.format("%:z"))
}

fn spaced(text: &str) -> String {
    text.replace('_', " ")
}
