//! Rows of a log as commands.

use sla_core::Digest;
use sla_core::calendar::HORIZON_US;
use sla_core::ticket::{Actor, Apply, Command, CommandKind, MessageRef, Opening, PauseStatus, Role};
use sla_core::time::Timestamp;

use super::read::{Field, Row};

/// Why a row is no command: a stable code, and a sentence.
pub(crate) struct Unreadable {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// What a row may be. The names of commands and of the events that they make are both known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Assign,
    Reply,
    Note,
    CustomerMessage,
    Pause,
    Resume,
    Resolve,
    Reopen,
    Close,
    Withdraw,
    Void,
    RequestEscalation,
    AcknowledgeEscalation,
    ResolveEscalation,
    Rate,
    ChangePackage,
    Classify,
    /// What happens by itself; the engine makes it anew.
    Automatic,
}

impl Kind {
    #[inline]
    pub(crate) fn of(row: Row<'_>) -> Result<Self, Unreadable> {
        let Some(word) = row.kind() else { return Err(missing("kind")) };
        Ok(match word {
            "open" | "opened" => Self::Open,
            "assign" | "assigned" => Self::Assign,
            "reply" | "replied" => Self::Reply,
            "note" | "noted" => Self::Note,
            "customer_message" | "customer_messaged" => Self::CustomerMessage,
            "pause" | "paused" => Self::Pause,
            "resume" | "resumed" => Self::Resume,
            "resolve" | "resolved" => Self::Resolve,
            "reopen" | "reopened" => Self::Reopen,
            "close" | "closed" => Self::Close,
            "withdraw" | "withdrawn" => Self::Withdraw,
            "void" | "voided" => Self::Void,
            "acknowledge_escalation" | "escalation_acknowledged" => Self::AcknowledgeEscalation,
            "resolve_escalation" | "escalation_resolved" => Self::ResolveEscalation,
            "rate" | "rated" => Self::Rate,
            "change_package" | "package_changed" => Self::ChangePackage,
            "classify" | "classified" => Self::Classify,
            "warned" | "breached" => Self::Automatic,
            "escalated" if row.get(Field::Role) == Some("system") => Self::Automatic,
            "request_escalation" | "escalated" => Self::RequestEscalation,
            other => {
                let message = format!("`{other}` is no kind of row; write a command, for example `reply`");
                return Err(Unreadable { code: "unknown_word", message });
            }
        })
    }

    /// Returns whose doing it is unless the row says so.
    const fn usual(self) -> Role {
        match self {
            Self::Open | Self::CustomerMessage | Self::Withdraw | Self::Rate => Role::Customer,
            _ => Role::Admin,
        }
    }
}

pub(crate) fn missing(field: &str) -> Unreadable {
    Unreadable { code: "missing_field", message: format!("the row has no `{field}`") }
}

/// Reads when it was. What no calendar answers for concerns its row alone.
pub(crate) fn instant(row: Row<'_>) -> Result<Timestamp, Unreadable> {
    let at_us = row.at_us().ok_or_else(|| missing("event_at"))?;
    if !HORIZON_US.contains(&at_us) {
        let message = format!("{} lies outside 1970-01-01 to 2200-01-01", Timestamp::from_micros(at_us));
        return Err(Unreadable { code: "out_of_horizon", message });
    }
    Ok(Timestamp::from_micros(at_us))
}

fn needed(row: Row<'_>, field: Field, name: &str) -> Result<String, Unreadable> {
    row.get(field).map(str::to_owned).ok_or_else(|| missing(name))
}

/// Whose ticket it is, unless the log says so: each ticket then has a customer of its own.
pub(crate) fn customer(row: Row<'_>, ticket: &str) -> String {
    let named = row.get(Field::Customer).or_else(|| {
        let is_own = row.get(Field::Role).is_none_or(|role| role == Role::Customer.as_str());
        row.get(Field::Actor).filter(|_| is_own)
    });
    named.map_or_else(|| format!("customer of {ticket}"), str::to_owned)
}

/// Reads who did it.
pub(crate) fn actor(row: Row<'_>, kind: Kind, customer: &str) -> Result<Actor, Unreadable> {
    let role = match row.get(Field::Role) {
        Some(word) => Role::from_word(word)
            .ok_or_else(|| Unreadable { code: "unknown_word", message: format!("nobody has the role `{word}`") })?,
        None => kind.usual(),
    };
    let id = match (row.get(Field::Actor), role) {
        // Without a role the customer's doing is his own, whoever entered it.
        (Some(_), Role::Customer) if row.get(Field::Role).is_none() => customer,
        (Some(actor), _) => actor,
        (None, Role::Customer) => customer,
        (None, _) => "log",
    };
    Ok(Actor::new(role, id))
}

/// The log holds no texts: the row stands for the message unless it names one.
pub(crate) fn message(row: Row<'_>, ticket: &str) -> Result<MessageRef, Unreadable> {
    let message_ref = row.get(Field::MessageRef).map_or_else(|| format!("{ticket}#{}", row.number()), str::to_owned);
    let content_sha256 = match row.get(Field::ContentSha256) {
        Some(text) => Digest::parse(text)
            .map_err(|error| Unreadable { code: error.code().as_str(), message: error.message().to_owned() })?,
        None => Digest::of(message_ref.as_bytes()),
    };
    Ok(MessageRef { message_ref, content_sha256 })
}

/// Reads a row that opens a ticket.
pub(crate) fn opening(row: Row<'_>, ticket: &str) -> Result<Opening, Unreadable> {
    Ok(Opening {
        ticket: ticket.to_owned(),
        customer: customer(row, ticket),
        package: needed(row, Field::Package, "package")?,
        channel: needed(row, Field::Channel, "channel")?,
        severity: row.get(Field::Severity).map(str::to_owned),
        category: row.get(Field::Category).map(str::to_owned),
        message: message(row, ticket)?,
        command_id: None,
    })
}

/// Reads how a change is applied.
pub(crate) fn apply(row: Row<'_>) -> Result<Apply, Unreadable> {
    let word = row.get(Field::Apply).ok_or_else(|| missing("apply"))?;
    let message = format!("a change is not applied `{word}`; write keep, from_now or retroactive");
    Apply::from_word(word).ok_or(Unreadable { code: "unknown_word", message })
}

/// Reads for whom a ticket waits: for the customer, unless the row says so.
pub(crate) fn pause_status(row: Row<'_>) -> Result<PauseStatus, Unreadable> {
    let Some(word) = row.get(Field::Status) else { return Ok(PauseStatus::Pending) };
    let message = format!("a ticket does not wait in `{word}`; write pending or on_hold");
    PauseStatus::from_word(word).ok_or(Unreadable { code: "unknown_word", message })
}

fn whole<T: std::str::FromStr>(row: Row<'_>, field: Field, name: &str) -> Result<T, Unreadable> {
    let text = row.get(field).ok_or_else(|| missing(name))?;
    let message = format!("`{name}` is no whole number that fits: `{text}`");
    text.parse().map_err(|_| Unreadable { code: "out_of_range", message })
}

/// Reads a row that asks for something on a ticket that was opened by `channel`; `None` for what happens by itself.
pub(crate) fn command(
    row: Row<'_>,
    kind: Kind,
    ticket: &str,
    channel: &str,
    by: &Actor,
) -> Result<Option<Command>, Unreadable> {
    let own_channel = || row.get(Field::Channel).unwrap_or(channel).to_owned();
    let channel_of_customer = || (by.role == Role::Customer).then(own_channel);
    let reason = || row.get(Field::Reason).unwrap_or_default().to_owned();
    Ok(Some(Command::from(match kind {
        Kind::Automatic => return Ok(None),
        Kind::Open => {
            let message = "the ticket is open already".to_owned();
            return Err(Unreadable { code: "wrong_status", message });
        }
        Kind::Assign => CommandKind::Assign { agent: row.get(Field::Agent).unwrap_or(&by.id).to_owned() },
        Kind::Reply => CommandKind::Reply { channel: own_channel(), message: message(row, ticket)? },
        Kind::Note => CommandKind::Note { message: message(row, ticket)? },
        Kind::CustomerMessage => {
            CommandKind::CustomerMessage { channel: own_channel(), message: message(row, ticket)? }
        }
        Kind::Pause => CommandKind::Pause { status: pause_status(row)?, reason: reason() },
        Kind::Resume => CommandKind::Resume,
        Kind::Resolve => CommandKind::Resolve { message: message(row, ticket)? },
        Kind::Reopen => {
            CommandKind::Reopen { channel: channel_of_customer(), reason: row.get(Field::Reason).map(str::to_owned) }
        }
        Kind::Close => CommandKind::Close,
        Kind::Withdraw => CommandKind::Withdraw,
        Kind::Void => {
            CommandKind::Void { reason: reason(), duplicate_of: row.get(Field::DuplicateOf).map(str::to_owned) }
        }
        Kind::RequestEscalation => CommandKind::RequestEscalation { reason: reason(), channel: channel_of_customer() },
        Kind::AcknowledgeEscalation => {
            CommandKind::AcknowledgeEscalation { number: whole(row, Field::Number, "number")? }
        }
        Kind::ResolveEscalation => CommandKind::ResolveEscalation { number: whole(row, Field::Number, "number")? },
        Kind::Rate => CommandKind::Rate { score: whole(row, Field::Score, "score")? },
        Kind::ChangePackage => CommandKind::ChangePackage {
            package: needed(row, Field::Package, "package")?,
            apply: apply(row)?,
            reason: reason(),
        },
        Kind::Classify => CommandKind::Classify {
            severity: row.get(Field::Severity).map(str::to_owned),
            category: row.get(Field::Category).map(str::to_owned),
            apply: apply(row)?,
            reason: reason(),
        },
    })))
}
