//! A ticket's folded state as a document, so that a host need not fold a long history again.
//!
//! A snapshot is a cache: whoever doubts it folds the events and compares.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::ObjectText;
use super::tree::Tree;
use super::value::{On, Wire, on_wire};
use super::{MAX_HISTORY_BYTES, expect_schema, read_as};
use crate::digest::Digest;
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{
    Actor, CommandStamp, Cycle, Due, EscalationStage, EscalationState, EscalationTrigger, Pause, Phase, Standing,
    Status, StopCause, Ticket, TimerTrack,
};
use crate::time::{BusinessDuration, Timestamp};

/// The format of snapshots, with its version.
pub const SNAPSHOT_SCHEMA: &str = "sla-ticket/1";

/// Writes a ticket's state, on one line.
#[must_use]
pub fn write(ticket: &Ticket) -> String {
    ObjectText::new().field("schema", &SNAPSHOT_SCHEMA).fields(&On(ticket)).finish()
}

/// Reads a ticket's state as [`write()`] wrote it.
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault; `unsupported_schema` for another format; `invalid_history` when no history could have
/// led to this state.
pub fn read(json: impl AsRef<[u8]>) -> Result<Ticket, Error> {
    if let Some(ticket) = read_own(json.as_ref()) {
        return Ok(ticket);
    }
    ticket_from(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?)
}

/// Reads a snapshot that begins as [`write()`] begins, without a tree; `None` for any other and for one with faults, whose
/// places the tree shows.
pub(super) fn read_own(json: &[u8]) -> Option<Ticket> {
    let begins = format!("{{\"schema\":\"{SNAPSHOT_SCHEMA}\",");
    let fields = json.strip_prefix(begins.as_bytes()).filter(|_| json.len() <= MAX_HISTORY_BYTES)?;
    let On(ticket): On<Ticket> = serde_json::from_slice(&[b"{", fields].concat()).ok()?;
    ticket.check().ok()?;
    Some(ticket)
}

pub(super) fn ticket_from(mut root: Value) -> Result<Ticket, Error> {
    expect_schema(&mut root, SNAPSHOT_SCHEMA)?;
    let On(ticket): On<Ticket> = read_as(root, "")?;
    ticket.check()?;
    Ok(ticket)
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Ticket", deny_unknown_fields)]
struct TicketDoc {
    #[serde(with = "on_wire")]
    id: Id,
    #[serde(with = "on_wire")]
    customer: Id,
    #[serde(with = "on_wire")]
    package: Id,
    #[serde(with = "on_wire")]
    policy_digest: Digest,
    #[serde(with = "on_wire")]
    channel: Id,
    #[serde(with = "on_wire", default)]
    severity: Option<Id>,
    #[serde(with = "on_wire", default)]
    category: Option<Id>,
    #[serde(with = "on_wire")]
    status: Status,
    #[serde(with = "on_wire", default)]
    agent: Option<Id>,
    #[serde(with = "on_wire")]
    opened_at: Timestamp,
    #[serde(with = "on_wire")]
    last_at: Timestamp,
    events: u32,
    #[serde(with = "on_wire")]
    timeline: Vec<(Timestamp, Status)>,
    #[serde(with = "on_wire", default)]
    pause: Option<Pause>,
    reply_owed: bool,
    #[serde(with = "on_wire")]
    timers: Vec<TimerTrack>,
    #[serde(with = "on_wire")]
    escalations: Vec<EscalationState>,
    rated: bool,
    #[serde(with = "on_wire")]
    commands: Vec<CommandStamp>,
}

impl Wire for (Timestamp, Status) {
    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (On(&self.0), On(&self.1)).serialize(serializer)
    }

    fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (On(at), On(status)) = Deserialize::deserialize(deserializer)?;
        Ok((at, status))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Pause", deny_unknown_fields)]
struct PauseDoc {
    #[serde(with = "on_wire")]
    since: Timestamp,
    #[serde(with = "on_wire")]
    by: Actor,
    reason: String,
    #[serde(with = "on_wire", default)]
    ends_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TimerTrack", deny_unknown_fields)]
struct TimerTrackDoc {
    #[serde(with = "on_wire")]
    timer: Id,
    #[serde(with = "on_wire")]
    cycles: Vec<Cycle>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Cycle", deny_unknown_fields)]
struct CycleDoc {
    number: u32,
    #[serde(with = "on_wire")]
    revision: Digest,
    #[serde(with = "on_wire")]
    channel: Id,
    #[serde(with = "on_wire")]
    started_at: Timestamp,
    #[serde(with = "on_wire", rename = "target_us")]
    target: BusinessDuration,
    #[serde(with = "on_wire")]
    calendar: Id,
    #[serde(with = "on_wire", default)]
    due: Option<Due>,
    breached: bool,
    #[serde(with = "on_wire")]
    phase: Phase,
    #[serde(with = "on_wire", rename = "used_us")]
    used: BusinessDuration,
    #[serde(with = "on_wire", rename = "overdue_us")]
    overdue: BusinessDuration,
    #[serde(with = "on_wire", rename = "overdue_before_us")]
    overdue_before: BusinessDuration,
    #[serde(with = "on_wire")]
    fired: Vec<Id>,
}

/// A due is written as the standing of a cycle that counts.
impl Wire for Due {
    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Standing::Due(*self).write(serializer)
    }

    fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Standing::read(deserializer)? {
            Standing::Due(due) => Ok(due),
            Standing::Paused(_) => Err(serde::de::Error::custom("invalid type: found `remaining_us`, expected a due")),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Phase", rename_all = "snake_case", deny_unknown_fields)]
enum PhaseDoc {
    Running {
        #[serde(with = "on_wire")]
        since: Timestamp,
    },
    Paused {
        #[serde(with = "on_wire")]
        since: Timestamp,
        #[serde(with = "on_wire", rename = "remaining_us")]
        remaining: BusinessDuration,
    },
    Stopped {
        #[serde(with = "on_wire")]
        at: Timestamp,
        #[serde(with = "on_wire")]
        cause: StopCause,
        #[serde(with = "on_wire", rename = "remaining_us")]
        remaining: BusinessDuration,
    },
    Cancelled {
        #[serde(with = "on_wire")]
        at: Timestamp,
        #[serde(with = "on_wire", rename = "remaining_us")]
        remaining: BusinessDuration,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "EscalationState", deny_unknown_fields)]
struct EscalationStateDoc {
    #[serde(with = "on_wire")]
    at: Timestamp,
    level: u32,
    #[serde(with = "on_wire")]
    trigger: EscalationTrigger,
    #[serde(with = "on_wire")]
    stage: EscalationStage,
}

super::value::documents!(
    TicketDoc => Ticket,
    PauseDoc => Pause,
    TimerTrackDoc => TimerTrack,
    CycleDoc => Cycle,
    PhaseDoc => Phase,
    EscalationStateDoc => EscalationState
);
