//! Why a deadline is where it is, and where a ticket's time went: derivations that add up to the microsecond.
//!
//! ```
//! # use sla_core::{Engine, wire, explain};
//! # use sla_core::engine::Decision;
//! # use sla_core::ticket::{Actor, History, Role};
//! # use sla_core::time::Timestamp;
//! # let engine = Engine::compile(wire::policy::read(include_str!("../../examples/talkabiz.json"))?)?;
//! # let opening = wire::command::read_opening(r#"{
//! #     "command": "open", "ticket": "T-1", "customer": "c-7", "package": "starter", "channel": "email",
//! #     "message": {"message_ref": "m-1", "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
//! # }"#)?;
//! # let opened_at = Timestamp::parse("2026-11-23T10:30:00+07:00")?;
//! # let Decision::Accepted(opened) = engine.open(&opening, &Actor::new(Role::Customer, "c-7"), opened_at)? else { panic!() };
//! # let history = History::new(opened.events)?;
//! let explanation = explain::deadline(&engine, &history, "first_response", None, opened_at)?;
//! assert_eq!(explanation.to_string(), "\
//! first_response of ticket T-1: 4h promised in the calendar `office` (Asia/Jakarta)
//! still to come:
//!   Mon 2026-11-23 10:30:00 to 12:00:00  counted 1h30m, 1h30m used
//!   Mon 2026-11-23 12:00:00 to 13:00:00  closed: lunch break
//!   Mon 2026-11-23 13:00:00 to 15:30:00  counted 2h30m, 4h used
//! due Mon 2026-11-23 15:30:00
//! ");
//! # Ok::<(), sla_core::Error>(())
//! ```

use std::fmt;

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde::{Serialize, Serializer};

use crate::calendar::{Calendar, ClosedReason};
use crate::digest::Digest;
use crate::engine::{CycleEvaluation, Engine, Outcome};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::serde_text::{empty_object, serialize_as};
use crate::ticket::{Actor, Apply, Change, Due, Event, EventKind, History, Standing, Status, Ticket};
use crate::time::{BusinessDuration, Timestamp};

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
    /// Where the cycle stands.
    pub cycle: CycleEvaluation,
    /// The zone of the cycle's calendar, in which local times are given.
    pub time_zone: String,
    /// When it falls or fell due, in local time; `None` while it stands still unbroken, and beyond the horizon.
    #[serde(serialize_with = "local_or_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub due_at: Option<DateTime<FixedOffset>>,
    /// What happened from the start to the stop, or to `now`: without gap, and what is counted sums to `elapsed`.
    pub passed: Vec<Segment>,
    /// What lies between `now` and the due of a cycle that runs and is not broken: what is counted there sums to
    /// `remaining`. Empty otherwise.
    pub ahead: Vec<Segment>,
}

/// A stretch of time with one explanation.
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

/// Why a stretch of time counts or not; where several reasons hold, resolved wins over paused, paused over closed.
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
        /// The name of the holiday or special day.
        name: Option<String>,
    },
    /// The timer stood still in this status.
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

fn local_or_none<S: Serializer>(at: &Option<DateTime<FixedOffset>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => local(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// Explains the deadline of a timer's cycle as of `now`: of the latest cycle, or of the one with the number `cycle`.
///
/// # Errors
///
/// - `unknown_timer` when the timer never started on this ticket, or has no such cycle;
/// - otherwise as [`Engine::evaluate`].
pub fn deadline(
    engine: &Engine,
    history: &History,
    timer: &str,
    cycle: Option<u32>,
    now: Timestamp,
) -> Result<Explanation, Error> {
    let evaluation = engine.evaluate(history.ticket(), now)?;
    let found = evaluation.timers.into_iter().find(|known| known.timer.as_str() == timer).and_then(|known| {
        let evaluated = match cycle {
            Some(number) => known.cycles.into_iter().find(|cycle| cycle.number == number),
            None => known.cycles.into_iter().last(),
        };
        Some((known.timer, evaluated?))
    });
    let Some((timer, cycle)) = found else {
        let message = format!("timer `{timer}` has no such cycle on ticket `{}`", history.ticket().id);
        return Err(Error::new(ErrorCode::UnknownTimer, message));
    };
    let events: Vec<&Event> = history.events().iter().chain(&evaluation.due_events).collect();
    let end = cycle.stopped_at.unwrap_or(now);
    let stretches = stretches(&events, &timer, cycle.number, end);
    let mut line = Line { events: &events, segments: Vec::new(), used: BusinessDuration::default() };
    let mut calendar = None;
    for stretch in &stretches {
        let own = engine.revision(stretch.revision)?.calendar(&stretch.calendar)?;
        calendar = Some(own);
        if stretch.from == stretch.to {
            continue;
        }
        if stretch.runs {
            line.run(own, stretch.from, stretch.to)?;
        } else {
            line.stand(own, stretch.from, stretch.to);
        }
    }
    let passed = std::mem::take(&mut line.segments);
    let open_due = cycle.due.and_then(Due::at).filter(|due_at| cycle.stopped_at.is_none() && *due_at > now);
    if let (Some(due_at), Some(calendar)) = (open_due.filter(|_| cycle.outcome == Outcome::None), calendar) {
        line.run(calendar, now, due_at)?;
    }
    let due_at = cycle.due.and_then(Due::at).zip(calendar).map(|(due_at, calendar)| calendar.local(due_at));
    let time_zone = calendar.map(|calendar| calendar.rules().time_zone.clone()).unwrap_or_default();
    let ahead = line.segments;
    Ok(Explanation { ticket: history.ticket().id.clone(), timer, now, cycle, time_zone, due_at, passed, ahead })
}

/// A stretch in which a cycle runs or stands still, under one calendar of one revision.
struct Stretch {
    from: Timestamp,
    to: Timestamp,
    runs: bool,
    revision: Digest,
    calendar: Id,
}

/// Returns the stretches of a cycle from its start to `end`, as the events say.
fn stretches(events: &[&Event], timer: &Id, number: u32, end: Timestamp) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for event in events.iter().filter(|event| event.at <= end) {
        let own = event.changes.iter().filter(|change| change.timer == *timer && change.cycle == number);
        for change in own.map(|change| &change.change) {
            let before = stretches.last().map(|last| (last.revision, last.calendar.clone()));
            let (runs, terms) = match change {
                Change::Started { calendar, standing, .. } => {
                    (runs(*standing), Some((event.policy_digest, calendar.clone())))
                }
                Change::Retargeted { calendar, standing, .. } => {
                    let terms = (event.policy_digest, calendar.clone());
                    if event.kind.apply() == Some(Apply::Retroactive) {
                        for stretch in &mut stretches {
                            (stretch.revision, stretch.calendar) = terms.clone();
                        }
                    }
                    (runs(*standing), Some(terms))
                }
                Change::Resumed { standing, .. } => (runs(*standing), before),
                Change::Paused { .. } | Change::Stopped { .. } | Change::Cancelled { .. } => (false, before),
            };
            let Some((revision, calendar)) = terms else { continue };
            if let Some(last) = stretches.last_mut() {
                last.to = event.at;
            }
            stretches.push(Stretch { from: event.at, to: end, runs, revision, calendar });
        }
    }
    if let Some(last) = stretches.last_mut() {
        last.to = end;
    }
    stretches
}

fn runs(standing: Standing) -> bool {
    matches!(standing, Standing::Due(_))
}

/// The segments so far.
struct Line<'a> {
    events: &'a [&'a Event],
    segments: Vec<Segment>,
    used: BusinessDuration,
}

impl Line<'_> {
    /// Adds a stretch in which the timer runs: the open part is counted, the closed part named.
    fn run(&mut self, calendar: &Calendar, from: Timestamp, to: Timestamp) -> Result<(), Error> {
        let open = calendar.windows(from, to)?.into_iter();
        let open = open.map(|window| (window.opens_at, window.closes_at, SegmentKind::Counted));
        let closed = calendar.closed(from, to)?.into_iter();
        let closed = closed
            .map(|closed| (closed.from, closed.to, SegmentKind::Closed { reason: closed.reason, name: closed.name }));
        let mut parts: Vec<_> = open.chain(closed).collect();
        parts.sort_by_key(|(from, ..)| *from);
        for (from, to, kind) in parts {
            let counted =
                if kind == SegmentKind::Counted { calendar.elapsed(from, to)? } else { BusinessDuration::default() };
            self.push(calendar, from, to, kind, counted);
        }
        Ok(())
    }

    /// Adds a stretch in which the timer stands still, cut where the reason changes.
    fn stand(&mut self, calendar: &Calendar, from: Timestamp, to: Timestamp) {
        let inside = self.events.iter().filter(|event| event.at > from && event.at < to && changes_wait(&event.kind));
        let mut edges: Vec<Timestamp> = [from].into_iter().chain(inside.map(|event| event.at)).chain([to]).collect();
        edges.dedup();
        for (from, to) in edges.iter().zip(edges.iter().skip(1)) {
            let kind = self.standstill(*from);
            self.push(calendar, *from, *to, kind, BusinessDuration::default());
        }
    }

    /// Returns why a timer stands still from `at` on.
    fn standstill(&self, at: Timestamp) -> SegmentKind {
        let last = self.events.iter().rev().filter(|event| event.at <= at).find(|event| changes_wait(&event.kind));
        match last.map(|event| (&event.kind, &event.actor)) {
            Some((EventKind::Paused { status, reason, .. }, actor)) => {
                SegmentKind::Paused { status: Status::from(*status), by: actor.clone(), reason: reason.clone() }
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
    ) {
        self.used = self.used.checked_add(counted).unwrap_or(self.used);
        let (local_from, local_to, used) = (calendar.local(from), calendar.local(to), self.used);
        // Counted time is never joined: each part is one opening.
        match self.segments.last_mut() {
            Some(last) if last.kind == kind && last.to == local_from && kind != SegmentKind::Counted => {
                last.to = local_to;
            }
            _ => self.segments.push(Segment { from: local_from, to: local_to, kind, counted, used }),
        }
    }
}

fn changes_wait(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Paused { .. } | EventKind::Resolved { .. })
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CycleEvaluation { target, calendar, number, .. } = &self.cycle;
        write!(f, "{} of ticket {}", self.timer, self.ticket)?;
        if *number > 1 {
            write!(f, ", cycle {number}")?;
        }
        writeln!(f, ": {target} promised in the calendar `{calendar}` ({})", self.time_zone)?;
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
                writeln!(f, "broken: was due {}", shown(due_at))
            }
            (Some(due_at), _) => writeln!(f, "due {}", shown(due_at)),
            (None, Some(_)) => writeln!(f, "due beyond the year 2199"),
            (None, None) => writeln!(f, "no due while it stands still, {} left", self.cycle.remaining),
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
            SegmentKind::Closed { name: Some(name), reason } => write!(f, "closed: {} {name}", words_of(*reason)),
            SegmentKind::Closed { name: None, reason } => write!(f, "closed: {}", words_of(*reason)),
            SegmentKind::Paused { status, by, reason } => {
                write!(f, "paused ({}) by {by}: {reason}", words_of_text(status.as_str()))
            }
            SegmentKind::Resolved => f.write_str("resolved"),
        }
    }
}

fn shown(at: &DateTime<FixedOffset>) -> String {
    at.format("%a %Y-%m-%d %H:%M:%S%.f").to_string()
}

fn words_of(reason: ClosedReason) -> String {
    words_of_text(reason.as_str())
}

fn words_of_text(word: &str) -> String {
    word.replace('_', " ")
}

/// Where a ticket's time went since its opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ledger {
    /// The ticket.
    pub ticket: Id,
    /// As of when.
    pub now: Timestamp,
    /// Without gap from the opening to the end of the ticket, or to `now`: their lengths sum to the ticket's age.
    pub entries: Vec<LedgerEntry>,
}

/// A stretch in which status, holder and the reason of a wait stayed the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends, exclusive.
    pub to: Timestamp,
    /// The ticket's status.
    pub status: Status,
    /// Who held the ticket.
    pub holder: Option<Id>,
    /// Why it waited, in `pending` and `on_hold`.
    pub wait_reason: Option<String>,
    /// The time in which the calendar of the ticket's package was open. The rest was closed.
    pub open: BusinessDuration,
}

/// How a ledger writes an entry.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EntryDocument<'a> {
    /// Where it begins.
    from: Timestamp,
    /// Where it ends, exclusive.
    to: Timestamp,
    /// The ticket's status.
    status: Status,
    /// The agent who held the ticket, or null.
    holder: Option<&'a Id>,
    /// Why it waited, in `pending` and `on_hold`.
    wait_reason: Option<&'a str>,
    /// The time in which the calendar of the ticket's package was open, in microseconds.
    open_us: BusinessDuration,
    /// The rest of its length, in microseconds of wall time.
    closed_us: i64,
}

serialize_as!(LedgerEntry, "LedgerEntry", EntryDocument<'_>, |entry| EntryDocument {
    from: entry.from,
    to: entry.to,
    status: entry.status,
    holder: entry.holder.as_ref(),
    wait_reason: entry.wait_reason.as_deref(),
    open_us: entry.open,
    closed_us: entry.closed_us(),
});

impl LedgerEntry {
    /// Returns the whole length in microseconds of wall time.
    #[must_use]
    pub const fn length_us(&self) -> i64 {
        self.to.as_micros().saturating_sub(self.from.as_micros())
    }

    /// Returns the closed part in microseconds of wall time.
    #[must_use]
    pub const fn closed_us(&self) -> i64 {
        self.length_us().saturating_sub(self.open.as_micros())
    }
}

/// Books every microsecond since the opening.
///
/// # Errors
///
/// As [`Engine::evaluate`].
pub fn ledger(engine: &Engine, history: &History, now: Timestamp) -> Result<Ledger, Error> {
    let due_events = engine.due_events(history.ticket(), now)?;
    let mut events = history.events().iter().chain(&due_events);
    let Some(opening) = events.next() else { return Err(Error::new(ErrorCode::InvalidHistory, "no event")) };
    let mut ticket = Ticket::open(opening)?;
    let mut entries: Vec<LedgerEntry> = Vec::new();
    for event in events {
        book(engine, &ticket, event.at, &mut entries)?;
        ticket.apply(event)?;
    }
    book(engine, &ticket, now, &mut entries)?;
    Ok(Ledger { ticket: ticket.id, now, entries })
}

/// Books the time from where the entries end to `to` on the ticket as it stands; nothing once the ticket has ended.
fn book(engine: &Engine, ticket: &Ticket, to: Timestamp, entries: &mut Vec<LedgerEntry>) -> Result<(), Error> {
    let from = entries.last().map_or(ticket.opened_at, |last| last.to);
    if from == to || ticket.status.is_final() {
        return Ok(());
    }
    let revision = engine.revision(ticket.policy_digest)?;
    let open = match revision.package(ticket.package.as_str()) {
        Some(package) => revision.calendar(&package.calendar)?.elapsed(from, to)?,
        None => BusinessDuration::default(),
    };
    let wait_reason = ticket.pause.as_ref().map(|pause| pause.reason.clone());
    match entries.last_mut() {
        Some(last)
            if (last.status, &last.holder, &last.wait_reason) == (ticket.status, &ticket.agent, &wait_reason) =>
        {
            last.to = to;
            last.open = last.open.checked_add(open).unwrap_or(last.open);
        }
        _ => entries.push(LedgerEntry {
            from,
            to,
            status: ticket.status,
            holder: ticket.agent.clone(),
            wait_reason,
            open,
        }),
    }
    Ok(())
}
