//! Tickets as documents: events, histories, snapshots. `docs/events.md` explains every field.
//!
//! ```
//! # use sla_core::{Engine, Digest, wire};
//! # use sla_core::engine::Decision;
//! # use sla_core::ticket::{Actor, History, Role};
//! # use sla_core::time::Timestamp;
//! # let engine = Engine::compile(wire::policy::read(include_str!("../../../examples/talkabiz.json"))?)?;
//! let opening = wire::command::read_opening(r#"{
//!     "command": "open", "ticket": "T-1", "customer": "c-7", "package": "starter", "channel": "email",
//!     "message": {"message_ref": "m-1", "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
//! }"#)?;
//! let now = Timestamp::parse("2026-11-23T09:00:00+07:00")?;
//! let Decision::Accepted(opened) = engine.open(&opening, &Actor::new(Role::Customer, "c-7"), now)? else { panic!() };
//! let stored = wire::ticket::write_history(&History::new(opened.events)?);
//! assert_eq!(wire::ticket::read_history(stored)?.ticket(), &opened.ticket);
//! # Ok::<(), sla_core::Error>(())
//! ```

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::text::ObjectText;
use super::tree::Tree;
use super::value::{On, Wire, on_wire};
use super::{MAX_HISTORY_BYTES, expect_schema, read_as};
use crate::digest::Digest;
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::ticket::{
    Actor, Apply, AssignCause, Change, CloseCause, CommandStamp, ComputedStep, Due, Escalation, EscalationTrigger,
    Event, EventKind, Firing, History, Message, PauseStatus, ResumeCause, Role, Standing, StopCause, StopOutcome,
    Ticket, TimerChange,
};
use crate::time::{BusinessDuration, Timestamp};

/// The format of histories, with its version.
pub const HISTORY_SCHEMA: &str = "sla-history/1";

/// Writes one event as a JSON object on one line.
#[must_use]
pub fn write_event(event: &Event) -> String {
    // An enum is written as an object with its variant as the one key.
    let kind = serde_json::to_string(&On(&event.kind)).unwrap_or_default();
    let data = kind.split_once(':').and_then(|(_, data)| data.strip_suffix('}')).unwrap_or("{}");
    let mut text = ObjectText::new()
        .field("ticket", &On(&event.ticket))
        .field("seq", &event.seq)
        .field("at", &On(&event.at))
        .field("actor", &On(&event.actor))
        .field("kind", &event.kind.name())
        .text("data", data);
    if !event.changes.is_empty() {
        text = text.field("changes", &On(&event.changes));
    }
    if let Some(command) = &event.command {
        text = text.field("command", &On(command));
    }
    text.field("policy_digest", &On(&event.policy_digest)).field("rules_digest", &On(&event.rules_digest)).finish()
}

/// Reads one event.
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault.
pub fn read_event(json: impl AsRef<[u8]>) -> Result<Event, Error> {
    event_from(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?, "")
}

/// Writes a history as a JSON object with one event a line.
#[must_use]
pub fn write_history(history: &History) -> String {
    let events: Vec<String> = history.events().iter().map(write_event).collect();
    format!("{{\"schema\": \"{HISTORY_SCHEMA}\", \"events\": [\n{}\n]}}\n", events.join(",\n"))
}

/// Reads and checks a history.
///
/// # Errors
///
/// As [`read_event`]; `unsupported_schema` for another format; `limit_exceeded` above
/// [`super::MAX_HISTORY_BYTES`]; and what [`History::new`] refuses.
pub fn read_history(json: impl AsRef<[u8]>) -> Result<History, Error> {
    history_from(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?)
}

/// Reads a ticket, from its history or from a snapshot of its state; `schema` tells them apart.
///
/// # Errors
///
/// As [`read_history`] and [`super::snapshot::read`].
pub fn read_ticket(json: impl AsRef<[u8]>) -> Result<Ticket, Error> {
    if let Some(ticket) = super::snapshot::read_own(json.as_ref()) {
        return Ok(ticket);
    }
    ticket_from(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?)
}

/// Reads a list of tickets, each as [`read_ticket`] reads it.
///
/// # Errors
///
/// As [`read_ticket`]; places begin with the ticket's place in the list.
pub fn read_tickets(json: impl AsRef<[u8]>) -> Result<Vec<Ticket>, Error> {
    let tickets: Vec<Value> = read_as(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?, "")?;
    let read = |(at, ticket)| ticket_from(ticket).map_err(|error| error.within(&format!("/{at}")));
    tickets.into_iter().enumerate().map(read).collect()
}

fn ticket_from(root: Value) -> Result<Ticket, Error> {
    match root.get("schema").and_then(Value::as_str) {
        Some(HISTORY_SCHEMA) => history_from(root).map(|history| history.ticket().clone()),
        _ => super::snapshot::ticket_from(root),
    }
}

/// Writes events as a JSON list, one a line.
#[must_use]
pub fn write_events(events: &[Event]) -> String {
    let lines: Vec<String> = events.iter().map(write_event).collect();
    format!("[{}]", lines.join(",\n"))
}

/// Reads a list of events. They are not checked: whoever appends them does that.
///
/// # Errors
///
/// As [`read_event`]; `limit_exceeded` above [`super::MAX_HISTORY_BYTES`].
pub fn read_events(json: impl AsRef<[u8]>) -> Result<Vec<Event>, Error> {
    events_from(read_as(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?, "")?, "")
}

fn history_from(mut root: Value) -> Result<History, Error> {
    expect_schema(&mut root, HISTORY_SCHEMA)?;
    let Events { events } = read_as(root, "")?;
    History::new(events_from(events, "/events")?)
}

fn events_from(events: Vec<Value>, place: &str) -> Result<Vec<Event>, Error> {
    events.into_iter().enumerate().map(|(at, event)| event_from(event, &format!("{place}/{at}"))).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    events: Vec<Value>,
}

pub(super) fn event_from(value: Value, place: &str) -> Result<Event, Error> {
    let frame: Frame = read_as(value, place)?;
    let place = if EventKind::NAMES.contains(&frame.kind.as_str()) {
        format!("{place}/data")
    } else {
        return Err(Error::new(ErrorCode::UnknownWord, format!("`{}` is no kind of event", frame.kind))
            .help(format!("one of: {}", EventKind::NAMES.join(", ")))
            .at(format!("{place}/kind")));
    };
    let kind = Map::from_iter([(frame.kind, Value::Object(frame.data))]);
    let On(kind) = read_as(Value::Object(kind), &place)?;
    Ok(Event {
        ticket: frame.ticket,
        seq: frame.seq,
        at: frame.at,
        actor: frame.actor,
        policy_digest: frame.policy_digest,
        rules_digest: frame.rules_digest,
        command: frame.command,
        kind,
        changes: frame.changes,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    #[serde(with = "on_wire")]
    ticket: Id,
    seq: u32,
    #[serde(with = "on_wire")]
    at: Timestamp,
    #[serde(with = "on_wire")]
    actor: Actor,
    #[serde(with = "on_wire")]
    policy_digest: Digest,
    #[serde(with = "on_wire")]
    rules_digest: Digest,
    #[serde(with = "on_wire", default)]
    command: Option<CommandStamp>,
    kind: String,
    #[serde(default)]
    data: Map<String, Value>,
    #[serde(with = "on_wire", default)]
    changes: Vec<TimerChange>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Actor", deny_unknown_fields)]
struct ActorDoc {
    #[serde(with = "on_wire")]
    role: Role,
    id: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CommandStamp", deny_unknown_fields)]
struct CommandStampDoc {
    #[serde(with = "on_wire")]
    id: Id,
    #[serde(with = "on_wire")]
    digest: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Message", deny_unknown_fields)]
struct MessageDoc {
    #[serde(with = "on_wire")]
    message_ref: Id,
    #[serde(with = "on_wire")]
    content_sha256: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "EventKind", rename_all = "snake_case", deny_unknown_fields)]
enum EventKindDoc {
    Opened {
        #[serde(with = "on_wire")]
        customer: Id,
        #[serde(with = "on_wire")]
        package: Id,
        #[serde(with = "on_wire")]
        channel: Id,
        #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
        severity: Option<Id>,
        #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
        category: Option<Id>,
        #[serde(with = "on_wire")]
        message: Message,
    },
    Assigned {
        #[serde(with = "on_wire")]
        agent: Id,
        #[serde(with = "on_wire")]
        cause: AssignCause,
    },
    Replied {
        #[serde(with = "on_wire")]
        channel: Id,
        #[serde(with = "on_wire")]
        message: Message,
    },
    Noted {
        #[serde(with = "on_wire")]
        message: Message,
    },
    CustomerMessaged {
        #[serde(with = "on_wire")]
        channel: Id,
        #[serde(with = "on_wire")]
        message: Message,
    },
    Paused {
        #[serde(with = "on_wire")]
        status: PauseStatus,
        reason: String,
        #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
        ends_at: Option<Timestamp>,
    },
    Resumed {
        #[serde(with = "on_wire")]
        cause: ResumeCause,
    },
    Resolved {
        #[serde(with = "on_wire")]
        message: Message,
    },
    Reopened {
        #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
        channel: Option<Id>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    Closed {
        #[serde(with = "on_wire")]
        cause: CloseCause,
    },
    Withdrawn {},
    Voided {
        reason: String,
        #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
        duplicate_of: Option<Id>,
    },
    Warned(#[serde(with = "on_wire")] Firing),
    Breached {
        #[serde(with = "on_wire")]
        timer: Id,
        cycle: u32,
        #[serde(with = "on_wire", rename = "target_us")]
        target: BusinessDuration,
    },
    Escalated(#[serde(with = "on_wire")] Escalation),
    EscalationAcknowledged {
        number: u32,
    },
    EscalationResolved {
        number: u32,
    },
    Rated {
        score: u8,
    },
    PackageChanged {
        #[serde(with = "on_wire")]
        package: Id,
        #[serde(with = "on_wire")]
        apply: Apply,
        reason: String,
    },
    RevisionAdopted {
        #[serde(with = "on_wire")]
        apply: Apply,
        reason: String,
    },
    Classified {
        #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
        severity: Option<Id>,
        #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
        category: Option<Id>,
        #[serde(with = "on_wire")]
        apply: Apply,
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Firing", deny_unknown_fields)]
struct FiringDoc {
    #[serde(with = "on_wire")]
    timer: Id,
    cycle: u32,
    #[serde(with = "on_wire")]
    step: Id,
    #[serde(with = "on_wire")]
    intent_id: Digest,
    notify: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assign_to: Option<String>,
    #[serde(with = "on_wire")]
    notify_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Escalation", deny_unknown_fields)]
struct EscalationDoc {
    number: u32,
    #[serde(with = "on_wire")]
    trigger: EscalationTrigger,
    level: u32,
    reason: String,
    #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
    firing: Option<Firing>,
    #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
    channel: Option<Id>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TimerChange", deny_unknown_fields)]
struct TimerChangeDoc {
    #[serde(with = "on_wire")]
    timer: Id,
    cycle: u32,
    #[serde(with = "on_wire")]
    change: Change,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Change", rename_all = "snake_case", deny_unknown_fields)]
enum ChangeDoc {
    Started {
        #[serde(with = "on_wire", rename = "target_us")]
        target: BusinessDuration,
        #[serde(with = "on_wire")]
        calendar: Id,
        #[serde(with = "on_wire")]
        channel: Id,
        #[serde(with = "on_wire")]
        standing: Standing,
    },
    Paused {
        #[serde(with = "on_wire", rename = "used_us")]
        used: BusinessDuration,
        #[serde(with = "on_wire", rename = "remaining_us")]
        remaining: BusinessDuration,
        #[serde(with = "on_wire", rename = "overdue_us")]
        overdue: BusinessDuration,
    },
    Resumed {
        #[serde(with = "on_wire", rename = "used_us")]
        used: BusinessDuration,
        #[serde(with = "on_wire")]
        standing: Standing,
    },
    Retargeted {
        #[serde(with = "on_wire", rename = "target_us")]
        target: BusinessDuration,
        #[serde(with = "on_wire")]
        calendar: Id,
        #[serde(with = "on_wire", rename = "used_us")]
        used: BusinessDuration,
        #[serde(with = "on_wire")]
        standing: Standing,
        #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
        computed_due_at: Option<Timestamp>,
        #[serde(with = "on_wire", default, skip_serializing_if = "Vec::is_empty")]
        computed_steps: Vec<ComputedStep>,
    },
    Stopped {
        #[serde(with = "on_wire")]
        outcome: StopOutcome,
        #[serde(with = "on_wire")]
        cause: StopCause,
        #[serde(with = "on_wire", rename = "used_us")]
        used: BusinessDuration,
        #[serde(with = "on_wire", rename = "remaining_us")]
        remaining: BusinessDuration,
        #[serde(with = "on_wire", rename = "overdue_us")]
        overdue: BusinessDuration,
    },
    Cancelled {
        #[serde(with = "on_wire", rename = "used_us")]
        used: BusinessDuration,
        #[serde(with = "on_wire", rename = "remaining_us")]
        remaining: BusinessDuration,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ComputedStep", deny_unknown_fields)]
struct ComputedStepDoc {
    #[serde(with = "on_wire")]
    step: Id,
    #[serde(with = "on_wire")]
    at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StandingDoc {
    DueAt(#[serde(with = "on_wire")] Timestamp),
    Due(Beyond),
    RemainingUs(#[serde(with = "on_wire")] BusinessDuration),
}

/// The one due that is no instant.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Beyond {
    OutOfHorizon,
}

impl Wire for Standing {
    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let standing = match *self {
            Self::Due(Due::At(at)) => StandingDoc::DueAt(at),
            Self::Due(Due::OutOfHorizon) => StandingDoc::Due(Beyond::OutOfHorizon),
            Self::Paused(remaining) => StandingDoc::RemainingUs(remaining),
        };
        standing.serialize(serializer)
    }

    fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match StandingDoc::deserialize(deserializer)? {
            StandingDoc::DueAt(at) => Self::Due(Due::At(at)),
            StandingDoc::Due(Beyond::OutOfHorizon) => Self::Due(Due::OutOfHorizon),
            StandingDoc::RemainingUs(remaining) => Self::Paused(remaining),
        })
    }
}

super::value::documents!(
    ActorDoc => Actor,
    CommandStampDoc => CommandStamp,
    MessageDoc => Message,
    EventKindDoc => EventKind,
    FiringDoc => Firing,
    EscalationDoc => Escalation,
    TimerChangeDoc => TimerChange,
    ChangeDoc => Change,
    ComputedStepDoc => ComputedStep
);
