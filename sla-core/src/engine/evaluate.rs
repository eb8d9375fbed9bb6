//! The state of a ticket and each of its timers as of an instant.

use serde::{Serialize, Serializer};

use super::automatic::UpToDate;
use super::{Engine, Subject};
use crate::calendar::Beyond;
use crate::error::Error;
use crate::id::Id;
use crate::serde_text::serialize_as;
use crate::string_enum::string_enum;
use crate::ticket::{Activity, CancelCause, Cycle, Due, Event, Outcome, Phase, State, Status, Ticket, Verdict};
use crate::time::{BusinessDuration, Timestamp};
use crate::timer::{self, Measure};

/// The state of a ticket as of an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evaluation {
    /// The instant asked about.
    pub now: Timestamp,
    /// The ticket's status, automatic changes included.
    pub status: Status,
    /// Wall time since the opening, until the ticket ended.
    pub age_us: i64,
    /// Every timer that started, and every one that the ticket's revision measures, by timer id.
    #[serde(serialize_with = "by_timer")]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<Id, TimerEvaluation>"))]
    pub timers: Vec<TimerEvaluation>,
    /// The earliest instant of the next automatic event; `None` when there will be none.
    pub next_check_at: Option<Timestamp>,
    /// The automatic events up to `now` that the history does not hold yet; `due_events` returns the same.
    pub due_events: Vec<Event>,
}

/// One timer of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerEvaluation {
    /// The timer.
    pub timer: Id,
    /// Its cycles, oldest first; empty when it has not started.
    pub cycles: Vec<CycleEvaluation>,
    /// The terms that a cycle would get if it started now by the opening's channel; only while none has started.
    pub terms: Option<TermsEvaluation>,
}

/// The terms of a timer that has not started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TermsEvaluation {
    /// The duration that would be promised; `None` when nothing would be.
    #[serde(rename = "target_us")]
    pub target: Option<BusinessDuration>,
    /// The calendar it would count in.
    pub calendar: Id,
}

impl TimerEvaluation {
    /// Returns the latest cycle.
    #[must_use]
    pub fn current(&self) -> Option<&CycleEvaluation> {
        self.cycles.last()
    }

    /// Returns a cycle by its number.
    pub(crate) fn cycle(&self, number: u32) -> Option<&CycleEvaluation> {
        self.cycles.binary_search_by(|cycle| cycle.number.cmp(&number)).ok().and_then(|place| self.cycles.get(place))
    }

    /// Returns when the latest cycle falls or fell due; `None` when it has not started, is paused unbreached, or is due
    /// beyond the horizon.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.current().and_then(CycleEvaluation::due_at)
    }

    /// Returns the one word shown to people, of the latest cycle.
    #[must_use]
    pub fn state(&self) -> State {
        self.current().map_or(State::NotStarted, CycleEvaluation::state)
    }
}

/// One cycle of a timer. Durations are business time in the cycle's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CycleEvaluation {
    /// 1 for the first.
    pub number: u32,
    /// How it ended, if it did.
    pub outcome: Outcome,
    /// Whether it counts.
    pub activity: Activity,
    /// When it started.
    pub started_at: Timestamp,
    /// When it stopped or was cancelled.
    pub stopped_at: Option<Timestamp>,
    /// The class in which figures count it.
    pub class: Class,
    /// What cancelled it.
    pub cancelled_by: Option<CancelCause>,
    /// The channel that decides its terms.
    pub channel: Id,
    /// The promised duration; `None` while nothing is promised.
    #[serde(rename = "target_us")]
    pub target: Option<BusinessDuration>,
    /// The calendar it counts in.
    pub calendar: Id,
    /// When it falls or fell due; `None` while paused unbreached, and while nothing is promised.
    #[serde(flatten, serialize_with = "due_fields")]
    #[cfg_attr(feature = "schema", schemars(with = "DueFields"))]
    pub due: Option<Due>,
    /// When it was breached: its due, whenever that was noticed.
    pub breached_at: Option<Timestamp>,
    /// While paused: when it would fall due if it resumed now.
    pub due_if_resumed_now: Option<Due>,
    /// Open, unpaused time since the start.
    #[serde(rename = "elapsed_us")]
    pub elapsed: BusinessDuration,
    /// The time that counts against the target: the elapsed time, without what passed before a promise that arrived later
    /// than the start. After a change to a target in business days it may exceed the elapsed time.
    #[serde(rename = "used_us")]
    pub used: BusinessDuration,
    /// What remains of the target, never negative; `None` while nothing is promised.
    #[serde(rename = "remaining_us")]
    pub remaining: Option<BusinessDuration>,
    /// Open, unpaused time after the due, until the stop.
    #[serde(rename = "overdue_us")]
    pub overdue: BusinessDuration,
    /// The used time as a share of the target in millionths, rounded down; `None` while nothing is promised.
    pub used_share_millionths: Option<u64>,
    /// Whether the answer reads calendar time for which holidays are not known yet.
    pub provisional: bool,
}

string_enum! {
    /// What holds last of a cycle: the class in which figures count it.
    Class {
        /// Stopped at or before its due.
        Met => "met",
        /// Past its due.
        Breached => "breached",
        /// Running, before its due.
        Running => "running",
        /// Paused, before its due.
        Paused => "paused",
        /// Ended before its due without being stopped.
        Cancelled => "cancelled",
        /// Its promise was taken away.
        Terms => "terms",
        /// It never had a promise.
        Unpromised => "unpromised",
    }
}

impl Class {
    fn of(verdict: Verdict, cycle: &Cycle) -> Self {
        match (verdict.outcome, verdict.activity) {
            (Outcome::Breached, _) => Self::Breached,
            _ if !verdict.promised && cycle.was_promised => Self::Terms,
            _ if !verdict.promised => Self::Unpromised,
            (Outcome::Met, _) => Self::Met,
            (Outcome::Cancelled, _) => Self::Cancelled,
            (_, Activity::Paused) => Self::Paused,
            _ => Self::Running,
        }
    }
}

/// Writes timers as an object by their ids.
fn by_timer<S: Serializer>(timers: &[TimerEvaluation], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(timers.iter().map(|timer| (&timer.timer, timer)))
}

/// How an evaluation writes a timer.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TimerDocument<'a> {
    /// The one word shown to people, of the latest cycle.
    state: State,
    /// Its cycles, oldest first; empty when it has not started.
    cycles: &'a [CycleEvaluation],
    /// The terms that a cycle would get if it started now by the opening's channel; only while none has started.
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<&'a TermsEvaluation>,
}

serialize_as!(TimerEvaluation, "TimerEvaluation", TimerDocument<'_>, |timer| TimerDocument {
    state: timer.state(),
    cycles: &timer.cycles,
    terms: timer.terms.as_ref(),
});

/// How a cycle writes its due: an instant, or null, and then why.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DueFields {
    /// When it falls or fell due; null while paused unbreached, and beyond the horizon.
    due_at: Option<Timestamp>,
    /// There only when the due lies beyond the horizon of calendars.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Beyond>,
}

#[expect(clippy::ref_option, reason = "serde hands over references")]
fn due_fields<S: Serializer>(due: &Option<Due>, serializer: S) -> Result<S::Ok, S::Error> {
    let beyond = matches!(due, Some(Due::OutOfHorizon)).then_some(Beyond::OutOfHorizon);
    DueFields { due_at: due.and_then(Due::at), due: beyond }.serialize(serializer)
}

impl CycleEvaluation {
    /// Returns the one word shown to people.
    #[must_use]
    pub const fn state(&self) -> State {
        Verdict { outcome: self.outcome, activity: self.activity, promised: self.target.is_some() }.state()
    }

    /// Returns the instant at which it falls or fell due; `None` while paused unbreached and beyond the horizon.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        self.due.and_then(Due::at)
    }
}

impl Engine {
    /// Returns the state of a ticket as of `now`: the fold of its events and of those due by `now`. Changes nothing.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::ticket::State;
    ///
    /// let evaluation = engine().evaluate(&opened(), at("2026-03-02T11:00:00Z"))?;
    /// let response = &evaluation.timers[0]; // first_response: 4 hours of business time since 10:00
    /// assert_eq!((response.state(), response.due_at()), (State::Running, Some(at("2026-03-02T14:00:00Z"))));
    /// assert_eq!(response.cycles[0].remaining.unwrap().to_string(), "3h");
    /// assert_eq!(evaluation.next_check_at, Some(at("2026-03-02T13:12:00Z"))); // the warning at 80 %
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::engine::State;
    ///
    /// let evaluation = engine().evaluate(&opened(), at("2026-03-02T11:00:00Z"))?;
    /// let first_response = &evaluation.timers[0];
    /// assert_eq!(first_response.state(), State::Running);
    /// assert_eq!(first_response.due_at(), Some(at("2026-03-02T14:00:00Z")));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `time_went_back` when `now` lies before the ticket's last event;
    /// - `unknown_revision` when the ticket is under a revision that is not compiled into the engine;
    /// - `out_of_horizon` when `now` lies outside the horizon of calendars.
    pub fn evaluate(&self, ticket: &Ticket, now: Timestamp) -> Result<Evaluation, Error> {
        let caught_up = self.caught_up(ticket, now)?;
        let ticket = caught_up.ticket();
        let mut timers = Vec::with_capacity(ticket.timers.len());
        for track in ticket.timers.iter().filter(|track| !track.cycles.is_empty()) {
            let mut cycles = Vec::with_capacity(track.cycles.len());
            for cycle in &track.cycles {
                cycles.push(self.evaluate_cycle(&track.timer, cycle, now)?);
            }
            timers.push(TimerEvaluation { timer: track.timer.clone(), cycles, terms: None });
        }
        let revision = self.revision(ticket.policy_digest)?;
        let started = timers.len();
        for rules in &revision.measured {
            let known = timers.get(..started).unwrap_or_default();
            if known.binary_search_by(|known| known.timer.cmp(&rules.id)).is_err() {
                let terms = match revision.terms(Subject::of(ticket), &rules.id, &ticket.channel, now) {
                    Some(terms) => {
                        let target = revision.length(&terms, now)?;
                        Some(TermsEvaluation { target, calendar: terms.calendar.clone() })
                    }
                    None => None,
                };
                timers.push(TimerEvaluation { timer: rules.id.clone(), cycles: Vec::new(), terms });
            }
        }
        if timers.len() > started {
            timers.sort_by(|a, b| a.timer.cmp(&b.timer));
        }
        let end = ticket.ended_at().unwrap_or(now);
        let (status, age_us) = (ticket.status, end.micros_since(ticket.opened_at));
        let UpToDate { events: due_events, next_check_at, .. } = caught_up;
        Ok(Evaluation { now, status, age_us, timers, next_check_at, due_events })
    }

    pub(crate) fn evaluate_cycle(&self, timer: &Id, cycle: &Cycle, now: Timestamp) -> Result<CycleEvaluation, Error> {
        let revision = self.revision(cycle.revision)?;
        let calendar = revision.calendar(&cycle.calendar)?;
        let Measure { elapsed, used, remaining, overdue } = timer::measure(cycle, calendar, now)?;
        let verdict = cycle.verdict(now);
        let Verdict { outcome, activity, promised } = verdict;
        let stopped_at = if cycle.is_active() { None } else { Some(cycle.since()) };
        let is_breached = outcome == Outcome::Breached;
        let due_if_resumed_now = if activity == Activity::Paused && !is_breached && promised {
            let boundary = revision.timer(timer)?.due_boundary;
            Some(timer::due_from(calendar, boundary, now, remaining.unwrap_or_default())?)
        } else {
            None
        };
        // An answer reads the calendar up to its due while it runs, and up to its stop or to now for what it counts.
        let reads_until = [cycle.due().or(due_if_resumed_now).and_then(Due::at), Some(stopped_at.unwrap_or(now))];
        let provisional = reads_until.into_iter().flatten().any(|until| calendar.is_provisional(until));
        Ok(CycleEvaluation {
            number: cycle.number,
            outcome,
            activity,
            started_at: cycle.started_at,
            stopped_at,
            class: Class::of(verdict, cycle),
            cancelled_by: match cycle.phase {
                Phase::Cancelled { cause, .. } => Some(cause),
                _ => None,
            },
            channel: cycle.channel.clone(),
            target: cycle.target(),
            calendar: cycle.calendar.clone(),
            due: cycle.due(),
            breached_at: if is_breached { cycle.due().and_then(Due::at) } else { None },
            due_if_resumed_now,
            elapsed,
            used,
            remaining,
            overdue,
            used_share_millionths: cycle.target().map(|target| share(used, target)),
            provisional,
        })
    }
}

fn share(used: BusinessDuration, target: BusinessDuration) -> u64 {
    let (used, target) = (used.as_micros(), target.as_micros());
    // Up to 106 days of open time, as most cycles last, need no 128 bits.
    let millionths = match used.checked_mul(1_000_000) {
        Some(product) => product.checked_div(target).map(i128::from),
        None => i128::from(used).checked_mul(1_000_000).and_then(|product| product.checked_div(i128::from(target))),
    };
    millionths.and_then(|millionths| u64::try_from(millionths).ok()).unwrap_or(u64::MAX)
}
