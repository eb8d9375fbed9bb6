//! Evaluations and decisions as documents, for hosts that read JSON.

use serde::Serialize;
use serde_json::{Value, json};

use super::text::{ObjectText, list};
use super::ticket::write_event;
use super::value::{On, Wire, on_wire};
use super::{text_of, value_of};
use crate::access::Refusal;
use crate::at_risk::OpenPromise;
use crate::engine::{
    Activity, BrokenPromise, CycleEvaluation, Decision, DryRun, Evaluation, Import, MovedDeadline, Outcome,
    RefusedCommand, State, TimerEvaluation,
};
use crate::id::Id;
use crate::ticket::Due;
use crate::time::{BusinessDuration, Timestamp};

/// Writes where a ticket stands, on one line.
///
/// ```json
/// {"now": "…", "status": "open", "age_us": 0, "next_check_at": "…", "due_events": [],
///  "timers": {"first_response": {"state": "running", "cycles": [{"number": 1, "due_at": "…", "elapsed_us": 0}]}}}
/// ```
#[must_use]
pub fn write(evaluation: &Evaluation) -> String {
    ObjectText::new()
        .field("now", &On(&evaluation.now))
        .field("status", &On(&evaluation.status))
        .field("age_us", &evaluation.age_us)
        .field("next_check_at", &On(&evaluation.next_check_at))
        .field("timers", &Timers(&evaluation.timers))
        .text("due_events", &list(evaluation.due_events.iter().map(write_event)))
        .finish()
}

/// Writes what became of a command, on one line: `{"accepted": {"events": […]}}` or `{"refused": {…}}`.
#[must_use]
pub fn write_decision(decision: &Decision) -> String {
    match decision {
        Decision::Accepted(accepted) => {
            let events = list(accepted.events.iter().map(write_event));
            ObjectText::new().text("accepted", &ObjectText::new().text("events", &events).finish()).finish()
        }
        Decision::Refused(refusal) => ObjectText::new().text("refused", &write_refusal(refusal)).finish(),
    }
}

/// Writes a refusal, on one line: its stable code, what was asked for, what stands in the way, and what is accepted.
#[must_use]
pub fn write_refusal(refusal: &Refusal) -> String {
    text_of(&refusal_value(refusal))
}

/// Writes what an import made, on one line: `{"accepted": {"events": […], "refused": [{"index": 3, "refusal": {…}}]}}`,
/// or `{"refused": {…}}` when the ticket could not even be opened. `index` is the place in the list of
/// [`super::command::read_recorded`], where the opening is 0.
#[must_use]
pub fn write_import(import: &Result<Import, Refusal>) -> String {
    match import {
        Ok(import) => {
            let events = list(import.history.events().iter().map(write_event));
            let value = |left: &RefusedCommand| json!({"index": left.index.saturating_add(1), "refusal": refusal_value(&left.refusal)});
            let refused: Vec<Value> = import.refused.iter().map(value).collect();
            let accepted = ObjectText::new().text("events", &events).field("refused", &refused).finish();
            ObjectText::new().text("accepted", &accepted).finish()
        }
        Err(refusal) => ObjectText::new().text("refused", &write_refusal(refusal)).finish(),
    }
}

/// Writes what adopting a revision would do, on one line.
///
/// ```json
/// {"tickets": 2, "moved": [{"ticket": "T-1", "timer": "resolution", "cycle": 1, "before": "…", "after": "…"}],
///  "breached": [{"ticket": "T-1", "timer": "resolution", "cycle": 1, "due_at": "…"}], "unbreached": [],
///  "refused": [{"ticket": "T-2", "refusal": {"code": "wrong_status"}}]}
/// ```
#[must_use]
pub fn write_dry_run(run: &DryRun) -> String {
    let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let broken = |promise: &BrokenPromise| {
        let BrokenPromise { ticket, timer, cycle, due_at } = promise;
        json!({"ticket": ticket.as_str(), "timer": timer.as_str(), "cycle": cycle, "due_at": instant(*due_at)})
    };
    let moved = |deadline: &MovedDeadline| {
        let MovedDeadline { ticket, timer, cycle, before, after } = deadline;
        json!({"ticket": ticket.as_str(), "timer": timer.as_str(), "cycle": cycle, "before": instant(*before),
               "after": instant(*after)})
    };
    text_of(&json!({
        "tickets": run.tickets,
        "moved": run.moved.iter().map(moved).collect::<Vec<_>>(),
        "breached": run.breached.iter().map(broken).collect::<Vec<_>>(),
        "unbreached": run.unbreached.iter().map(broken).collect::<Vec<_>>(),
        "refused": run
            .refused
            .iter()
            .map(|(ticket, refusal)| json!({"ticket": ticket.as_str(), "refusal": refusal_value(refusal)}))
            .collect::<Vec<_>>(),
    }))
}

/// Writes the promises of an at-risk list, the one with the least left first, on one line.
///
/// ```json
/// {"promises": [{"ticket": "T-1", "timer": "resolution", "cycle": 1, "remaining_us": 0, "paused": false, "due_at": "…"}]}
/// ```
#[must_use]
pub fn write_at_risk(promises: &[OpenPromise]) -> String {
    let value = |promise: &OpenPromise| {
        json!({
            "ticket": promise.ticket.as_str(),
            "timer": promise.timer.as_str(),
            "cycle": promise.cycle,
            "remaining_us": promise.remaining.as_micros(),
            "paused": promise.is_paused,
            "due_at": promise.due_at.map(|at| at.to_string()),
        })
    };
    text_of(&json!({"promises": promises.iter().map(value).collect::<Vec<_>>()}))
}

/// Writes a refusal as a tree: its stable code, what was asked for, what stands in the way, and what is accepted.
fn refusal_value(refusal: &Refusal) -> Value {
    json!({
        "code": refusal.code.as_str(),
        "action": refusal.action,
        "message": refusal.message,
        "accepted": refusal.accepted,
    })
}

/// Timers by their ids.
struct Timers<'a>(&'a [TimerEvaluation]);

impl Serialize for Timers<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|timer| (timer.timer.as_str(), TimerDoc::of(timer))))
    }
}

#[derive(Serialize)]
struct TimerDoc<'a> {
    #[serde(with = "on_wire")]
    state: State,
    cycles: Vec<CycleDoc<'a>>,
}

impl<'a> TimerDoc<'a> {
    fn of(timer: &'a TimerEvaluation) -> Self {
        Self { state: timer.state(), cycles: timer.cycles.iter().map(CycleDoc::of).collect() }
    }
}

#[derive(Serialize)]
struct CycleDoc<'a> {
    number: u32,
    #[serde(with = "on_wire")]
    outcome: Outcome,
    #[serde(with = "on_wire")]
    activity: Activity,
    #[serde(with = "on_wire")]
    started_at: Timestamp,
    #[serde(with = "on_wire")]
    stopped_at: Option<Timestamp>,
    #[serde(with = "on_wire")]
    target_us: BusinessDuration,
    #[serde(serialize_with = "id")]
    calendar: &'a Id,
    /// An instant, `out_of_horizon`, or null while it stands still unbreached.
    due_at: Option<String>,
    #[serde(with = "on_wire")]
    breached_at: Option<Timestamp>,
    due_if_resumed_now: Option<String>,
    #[serde(with = "on_wire")]
    elapsed_us: BusinessDuration,
    #[serde(with = "on_wire")]
    remaining_us: BusinessDuration,
    #[serde(with = "on_wire")]
    overdue_us: BusinessDuration,
    used_share_millionths: u64,
    provisional: bool,
}

/// Writes one cycle as a tree.
pub(super) fn cycle_value(cycle: &CycleEvaluation) -> Value {
    value_of(&CycleDoc::of(cycle))
}

impl<'a> CycleDoc<'a> {
    fn of(cycle: &'a CycleEvaluation) -> Self {
        Self {
            number: cycle.number,
            outcome: cycle.outcome,
            activity: cycle.activity,
            started_at: cycle.started_at,
            stopped_at: cycle.stopped_at,
            target_us: cycle.target,
            calendar: &cycle.calendar,
            due_at: cycle.due.map(due),
            breached_at: cycle.breached_at,
            due_if_resumed_now: cycle.due_if_resumed_now.map(due),
            elapsed_us: cycle.elapsed,
            remaining_us: cycle.remaining,
            overdue_us: cycle.overdue,
            used_share_millionths: cycle.used_share_millionths,
            provisional: cycle.provisional,
        }
    }
}

fn due(due: Due) -> String {
    match due {
        Due::At(at) => at.to_string(),
        Due::OutOfHorizon => "out_of_horizon".to_owned(),
    }
}

fn id<S: serde::Serializer>(id: &Id, serializer: S) -> Result<S::Ok, S::Error> {
    id.write(serializer)
}
