//! A ticket as values: what a host keeps in columns beside the ticket's document.

use serde::Serialize;

use super::Engine;
use crate::digest::Digest;
use crate::id::Id;
use crate::ticket::{
    Activity, Direction, Due, EscalationStage, EscalationTrigger, Outcome, Phase, State, Status, Ticket, TimerTrack,
};
use crate::time::{BusinessDuration, Timestamp, maybe_us, us};

/// A ticket after its last event, as values; instants are whole microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TicketValues {
    /// The host's id.
    pub id: Id,
    /// Its status.
    pub status: Status,
    /// The customer who owns it.
    pub customer: Id,
    /// The customer's organization.
    pub organization: Option<Id>,
    /// Who wrote first.
    pub direction: Direction,
    /// The agent or admin it is assigned to.
    pub agent: Option<Id>,
    /// The team it is assigned to.
    pub team: Option<Id>,
    /// The customer's package.
    pub package: Id,
    /// The priority label of the package, by the ticket's revision.
    pub priority: Option<Id>,
    /// The channel it was opened by.
    pub channel: Id,
    /// Its severity.
    pub severity: Option<Id>,
    /// Its category.
    pub category: Option<Id>,
    /// The digest of the revision that it is under.
    pub policy_digest: Digest,
    /// The number of events so far, which is the next event's `seq`.
    pub events: u32,
    /// When it was opened.
    #[serde(rename = "opened_at_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub opened_at: Timestamp,
    /// The instant of the last event.
    #[serde(rename = "last_at_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub last_at: Timestamp,
    /// When it was closed, withdrawn or voided; null while its status is not final.
    #[serde(rename = "closed_at_us", serialize_with = "maybe_us")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    pub closed_at: Option<Timestamp>,
    /// Its escalations, oldest first.
    pub escalations: Vec<EscalationValues>,
    /// The latest cycle of every timer that has started, by timer id.
    pub timers: Vec<TimerValues>,
}

/// An escalation of a ticket, as values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EscalationValues {
    /// Its number, from 1: commands name it by that.
    pub number: u32,
    /// Its level.
    pub level: u32,
    /// Open, acknowledged or resolved.
    pub stage: EscalationStage,
    /// What caused it.
    pub trigger: EscalationTrigger,
    /// The timer of an automatic escalation.
    pub timer: Option<Id>,
    /// When the ticket was escalated.
    #[serde(rename = "at_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub at: Timestamp,
}

/// The latest cycle of a timer, as values, as the ticket's last event left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimerValues {
    /// The timer.
    pub timer: Id,
    /// The number of the cycle, from 1.
    pub cycle: u32,
    /// The one word for people.
    pub state: State,
    /// How it ended, if it did.
    pub outcome: Outcome,
    /// Whether it counts.
    pub activity: Activity,
    /// When it falls or fell due; null while it is paused before its due, nothing is promised, or the due lies beyond the
    /// horizon.
    #[serde(rename = "due_at_us", serialize_with = "maybe_us")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    pub due_at: Option<Timestamp>,
    /// The promised duration; null while nothing is promised.
    #[serde(rename = "target_us")]
    pub target: Option<BusinessDuration>,
    /// What remained of the target at `since_us`, never negative; of a running cycle it counts down from there while the
    /// calendar is open. Null while nothing is promised.
    #[serde(rename = "remaining_us")]
    pub remaining: Option<BusinessDuration>,
    /// When the cycle last changed: it started, resumed, was paused, stopped or cancelled, or got other terms.
    #[serde(rename = "since_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub since: Timestamp,
}

impl Engine {
    /// Returns a ticket as values, for the columns of a database, without its history and its document.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let values = engine().ticket_values(&opened());
    /// assert_eq!((values.customer.as_str(), values.events), ("kim", 1));
    /// let first_response = values.timers.iter().find(|timer| timer.timer.as_str() == "first_response").unwrap();
    /// assert_eq!(first_response.due_at, Some(at("2026-03-02T14:00:00Z")));
    /// ```
    #[must_use]
    pub fn ticket_values(&self, ticket: &Ticket) -> TicketValues {
        let priority = self.revision(ticket.policy_digest).ok().and_then(|revision| {
            let package = revision.package(ticket.package.as_str())?;
            revision.policy.priority_of(package)
        });
        TicketValues {
            id: ticket.id.clone(),
            status: ticket.status,
            customer: ticket.customer.clone(),
            organization: ticket.organization.clone(),
            direction: ticket.direction,
            agent: ticket.agent.clone(),
            team: ticket.team.clone(),
            package: ticket.package.clone(),
            priority: priority.cloned(),
            channel: ticket.channel.clone(),
            severity: ticket.severity.clone(),
            category: ticket.category.clone(),
            policy_digest: ticket.policy_digest,
            events: ticket.events,
            opened_at: ticket.opened_at,
            last_at: ticket.last_at,
            closed_at: ticket.ended_at(),
            escalations: escalations(ticket),
            timers: ticket.timers.iter().filter_map(|track| timer(track, ticket.last_at)).collect(),
        }
    }
}

fn escalations(ticket: &Ticket) -> Vec<EscalationValues> {
    let values = ticket.escalations.iter().map(|escalation| EscalationValues {
        number: escalation.number,
        level: escalation.level,
        stage: escalation.stage,
        trigger: escalation.trigger,
        timer: escalation.timer.clone(),
        at: escalation.at,
    });
    values.collect()
}

fn timer(track: &TimerTrack, last_at: Timestamp) -> Option<TimerValues> {
    let cycle = track.cycles.last()?;
    let verdict = cycle.verdict(last_at);
    let target = cycle.target();
    let remaining = match cycle.phase {
        Phase::Running { .. } => target.map(|target| target.saturating_sub(cycle.used)),
        Phase::Paused { remaining, .. } | Phase::Stopped { remaining, .. } | Phase::Cancelled { remaining, .. } => {
            target.map(|_| remaining)
        }
    };
    let due_at = match cycle.due() {
        Some(Due::At(at)) => Some(at),
        _ => None,
    };
    Some(TimerValues {
        timer: track.timer.clone(),
        cycle: cycle.number,
        state: verdict.state(),
        outcome: verdict.outcome,
        activity: verdict.activity,
        due_at,
        target,
        remaining,
        since: cycle.since(),
    })
}
