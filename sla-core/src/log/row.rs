//! One row, and the defaults of what it does not say.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::fault::{RefusedRow, RowFault};
use crate::calendar::HORIZON_US;
use crate::digest::Digest;
use crate::engine::RecordedCommand;
use crate::ticket::{Action, Actor, Apply, Command, CommandKind, Direction, MessageRef, Opening, PauseStatus, Role};
use crate::time::Timestamp;

/// Who did what no row says.
pub(super) const LOG: &str = "log";

/// A row of a log, with `None` for what it does not say.
///
/// Rows of commands have a `kind`, rows of states a `state`. Which of the other fields count depends on the kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its number in the file or table: the row is named by it when it is refused.
    pub number: u64,
    /// The ticket.
    pub ticket: &'a str,
    /// When it happened.
    pub event_at: Option<Timestamp>,
    /// Its place among rows of the same ticket and instant.
    pub sequence: Option<i64>,
    /// The command, or the event that it makes: `reply` or `replied`.
    pub kind: Option<&'a str>,
    /// The state of the ticket from this row on.
    pub state: Option<&'a str>,
    /// When the ticket was opened, in rows of states; the first row unless that is later.
    pub opened_at: Option<Timestamp>,
    /// The id of the actor.
    pub actor: Option<&'a str>,
    /// The role of the actor.
    pub role: Option<&'a str>,
    /// The customer whose ticket it is.
    pub customer: Option<&'a str>,
    /// The package.
    pub package: Option<&'a str>,
    /// The channel.
    pub channel: Option<&'a str>,
    /// The severity.
    pub severity: Option<&'a str>,
    /// The category.
    pub category: Option<&'a str>,
    /// The agent that a ticket is assigned to; in rows of states the agent or team.
    pub agent: Option<&'a str>,
    /// The team that a ticket is assigned to.
    pub team: Option<&'a str>,
    /// Who wrote first: `inbound` or `outbound`.
    pub direction: Option<&'a str>,
    /// The customer's organization.
    pub organization: Option<&'a str>,
    /// When a message was received, if earlier, as RFC 3339.
    pub received_at: Option<&'a str>,
    /// Whether the host's automation wrote a reply: `true` or `false`.
    pub automatic: Option<&'a str>,
    /// When a pause ends automatically, as RFC 3339.
    pub until: Option<&'a str>,
    /// The duplicate that the ticket absorbs.
    pub absorbed_ticket: Option<&'a str>,
    /// Since when the customer waits on the duplicate, as RFC 3339.
    pub waiting_since: Option<&'a str>,
    /// The status of a pause, `pending` or `on_hold`.
    pub status: Option<&'a str>,
    /// The reason.
    pub reason: Option<&'a str>,
    /// How a change is applied: `keep`, `from_now` or `retroactive`.
    pub apply: Option<&'a str>,
    /// The ticket that a voided one repeats.
    pub duplicate_of: Option<&'a str>,
    /// The host's reference of a message.
    pub message_ref: Option<&'a str>,
    /// The SHA-256 digest of a message's content, as 64 hexadecimal digits.
    pub content_sha256: Option<&'a str>,
    /// A rating, in decimal digits.
    pub score: Option<&'a str>,
    /// The number of an escalation, in decimal digits.
    pub escalation: Option<&'a str>,
}

/// Sorts rows by ticket, instant and sequence, and returns those of one ticket after the other.
///
/// Rows that are equal in all three keep their order.
///
/// ```
/// use sla_core::log::{Row, by_ticket};
/// let row = |number, ticket, sequence| Row { number, ticket, sequence: Some(sequence), ..Row::default() };
/// let mut rows = [row(0, "B", 1), row(1, "A", 2), row(2, "A", 1)];
/// let numbers: Vec<Vec<u64>> =
///     by_ticket(&mut rows).map(|rows| rows.iter().map(|row| row.number).collect()).collect();
/// assert_eq!(numbers, [vec![2, 1], vec![0]]);
/// ```
pub fn by_ticket<'r, 'a>(rows: &'r mut [Row<'a>]) -> impl Iterator<Item = &'r mut [Row<'a>]> {
    rows.sort_by(|one, other| {
        // A row without an instant must not stand before the opening.
        let key = |row: &Row<'a>| (row.ticket, row.event_at.is_none(), row.event_at, row.sequence.unwrap_or_default());
        key(one).cmp(&key(other))
    });
    rows.chunk_by_mut(|one, other| one.ticket == other.ticket)
}

/// What every row of a ticket takes from its opening.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opened<'a> {
    pub(super) customer: &'a str,
    pub(super) channel: &'a str,
}

impl<'a> Row<'a> {
    /// Returns the command, also where the row names the event that it makes; `None` for an automatic event.
    #[inline]
    pub(super) fn read_action(&self) -> Result<Option<Action>, RowFault> {
        let word = required(self.kind, "kind")?;
        Ok(Some(match word {
            "open" | "opened" => Action::Open,
            "assign" | "assigned" => Action::Assign,
            "unassign" | "unassigned" => Action::Unassign,
            "reply" | "replied" => Action::Reply,
            "note" | "noted" => Action::Note,
            "customer_message" | "customer_messaged" => Action::CustomerMessage,
            "absorb" | "absorbed" => Action::Absorb,
            "pause" | "paused" => Action::Pause,
            "resume" | "resumed" => Action::Resume,
            "resolve" | "resolved" => Action::Resolve,
            "reopen" | "reopened" => Action::Reopen,
            "close" | "closed" => Action::Close,
            "withdraw" | "withdrawn" => Action::Withdraw,
            "void" | "voided" => Action::Void,
            "acknowledge_escalation" | "escalation_acknowledged" => Action::AcknowledgeEscalation,
            "resolve_escalation" | "escalation_resolved" => Action::ResolveEscalation,
            "rate" | "rated" => Action::Rate,
            "change_package" | "package_changed" => Action::ChangePackage,
            "classify" | "classified" => Action::Classify,
            "warned" | "breached" | "reminded" => return Ok(None),
            "escalated" if self.role == Some(Role::System.as_str()) => return Ok(None),
            "request_escalation" | "escalated" => Action::RequestEscalation,
            "adopt_revision" | "revision_adopted" => return Err(RowFault::NoAdoption(word.to_owned())),
            _ => return Err(RowFault::UnknownKind(word.to_owned())),
        }))
    }

    /// Returns the row as one that is left out.
    pub(super) fn refused(&self, fault: &RowFault) -> RefusedRow {
        RefusedRow::new(self.number, self.ticket, fault)
    }

    /// Returns when it happened. An instant outside the horizon of calendars is a fault of this row alone.
    #[inline]
    pub(super) fn at(&self, now: Option<Timestamp>) -> Result<Timestamp, RowFault> {
        let at = self.event_at.ok_or(RowFault::Missing("event_at"))?;
        in_horizon(at)?;
        match now.filter(|now| at > *now) {
            Some(now) => Err(RowFault::Later { at, now }),
            None => Ok(at),
        }
    }

    /// Returns the customer of the ticket that this row opens: the one it names, the customer who acts, or one of its own.
    pub(super) fn opening_customer(&self) -> Cow<'a, str> {
        let is_customers = self.role.is_none_or(|role| role == Role::Customer.as_str());
        match self.customer.or(self.actor.filter(|_| is_customers)) {
            Some(customer) => Cow::Borrowed(customer),
            None => Cow::Owned(format!("customer of {}", self.ticket)),
        }
    }

    #[inline]
    pub(super) fn read_role(&self, action: Action) -> Result<Role, RowFault> {
        match self.role {
            Some(word) => Role::from_word(word).ok_or_else(|| RowFault::UnknownRole(word.to_owned())),
            None => Ok(usual_role(action)),
        }
    }

    fn read_actor(&self, action: Action, customer: &str) -> Result<Actor, RowFault> {
        let role = self.read_role(action)?;
        let id = match (self.actor, role) {
            // Without a role the customer acts, whoever typed it in.
            (Some(_), Role::Customer) if self.role.is_none() => customer,
            (Some(actor), _) => actor,
            (None, Role::Customer) => customer,
            (None, _) => LOG,
        };
        Ok(Actor::new(role, id))
    }

    /// Returns the message. A log has no texts: the row stands for the message unless it names one.
    fn message(&self) -> Result<MessageRef, RowFault> {
        let message_ref = match (self.message_ref, self.sequence) {
            (Some(named), _) => named.to_owned(),
            (None, Some(sequence)) => self.numbered(sequence),
            (None, None) => self.numbered(self.number),
        };
        let content_sha256 = match self.content_sha256 {
            Some(digits) => Digest::parse(digits)?,
            None => Digest::of(message_ref.as_bytes()),
        };
        Ok(MessageRef { message_ref, content_sha256 })
    }

    /// Returns the ticket's name with a number, in one piece of memory.
    fn numbered(&self, number: impl fmt::Display) -> String {
        const DIGITS: usize = "#-9223372036854775808".len();
        let mut text = String::with_capacity(self.ticket.len().saturating_add(DIGITS));
        text.push_str(self.ticket);
        // INVARIANT: writing to a text never fails.
        let _ = write!(text, "#{number}");
        text
    }

    #[inline]
    pub(super) fn read_package(&self) -> Result<&'a str, RowFault> {
        required(self.package, "package")
    }

    #[inline]
    pub(super) fn opening_channel(&self) -> Result<&'a str, RowFault> {
        required(self.channel, "channel")
    }

    #[inline]
    pub(super) fn channel_or<'b>(&self, opened: Opened<'b>) -> &'b str
    where
        'a: 'b,
    {
        self.channel.unwrap_or(opened.channel)
    }

    #[inline]
    pub(super) fn read_apply(&self) -> Result<Apply, RowFault> {
        let word = required(self.apply, "apply")?;
        Apply::from_word(word).ok_or_else(|| RowFault::UnknownApply(word.to_owned()))
    }

    /// Returns the status of a pause: waiting for the customer unless the row says so.
    #[inline]
    pub(super) fn read_pause(&self) -> Result<PauseStatus, RowFault> {
        match self.status {
            Some(word) => PauseStatus::from_word(word).ok_or_else(|| RowFault::UnknownPause(word.to_owned())),
            None => Ok(PauseStatus::Pending),
        }
    }

    pub(super) fn read_direction(&self) -> Result<Direction, RowFault> {
        match self.direction {
            Some(word) => Direction::from_word(word).ok_or_else(|| RowFault::UnknownDirection(word.to_owned())),
            None => Ok(Direction::Inbound),
        }
    }

    #[inline]
    pub(super) fn read_automatic(&self) -> Result<bool, RowFault> {
        match self.automatic {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(word) => Err(RowFault::UnknownAutomatic(word.to_owned())),
        }
    }

    #[inline]
    pub(super) fn read_received_at(&self) -> Result<Option<Timestamp>, RowFault> {
        read_instant(self.received_at)
    }

    #[inline]
    pub(super) fn read_until(&self) -> Result<Option<Timestamp>, RowFault> {
        read_instant(self.until)
    }

    pub(super) fn read_waiting_since(&self) -> Result<Option<Timestamp>, RowFault> {
        read_instant(self.waiting_since)
    }

    pub(super) fn read_absorbed(&self) -> Result<&'a str, RowFault> {
        required(self.absorbed_ticket, "absorbed_ticket")
    }

    /// Reads a row that opens a ticket.
    pub(super) fn opening(&self) -> Result<(Opening, Actor), RowFault> {
        if self.read_action()? != Some(Action::Open) {
            return Err(RowFault::NotOpened);
        }
        let opening = Opening {
            ticket: self.ticket.to_owned(),
            customer: self.opening_customer().into_owned(),
            package: self.read_package()?.to_owned(),
            channel: self.opening_channel()?.to_owned(),
            severity: owned(self.severity),
            category: owned(self.category),
            message: self.message()?,
            direction: self.read_direction()?,
            received_at: self.read_received_at()?,
            organization: owned(self.organization),
            command_id: None,
        };
        let opener = self.read_actor(Action::Open, &opening.customer)?;
        Ok((opening, opener))
    }

    /// Reads a row that follows the opening; `None` for an automatic event.
    pub(super) fn command(
        &self,
        opened: Opened<'_>,
        now: Option<Timestamp>,
    ) -> Result<Option<RecordedCommand>, RowFault> {
        let Some(action) = self.read_action()? else { return Ok(None) };
        let actor = self.read_actor(action, opened.customer)?;
        let command = Command::from(self.command_kind(action, opened, &actor)?);
        Ok(Some(RecordedCommand { at: self.at(now)?, actor, command }))
    }

    fn command_kind(&self, action: Action, opened: Opened<'_>, actor: &Actor) -> Result<CommandKind, RowFault> {
        let channel = || self.channel_or(opened).to_owned();
        let customers_channel = || (actor.role == Role::Customer).then(channel);
        // The engine refuses a blank reason where one is needed.
        let reason = || self.reason.unwrap_or_default().to_owned();
        Ok(match action {
            Action::Assign => {
                // A team alone gets the ticket into its queue.
                let agent = self.agent.or_else(|| self.team.is_none().then_some(&actor.id));
                CommandKind::Assign { agent: owned(agent), team: owned(self.team) }
            }
            Action::Unassign => CommandKind::Unassign { reason: reason() },
            Action::Reply => {
                CommandKind::Reply { channel: channel(), message: self.message()?, automatic: self.read_automatic()? }
            }
            Action::Absorb => CommandKind::Absorb {
                ticket: self.read_absorbed()?.to_owned(),
                waiting_since: self.read_waiting_since()?,
                reason: reason(),
            },
            Action::Note => CommandKind::Note { message: self.message()? },
            Action::CustomerMessage => CommandKind::CustomerMessage {
                channel: channel(),
                message: self.message()?,
                received_at: self.read_received_at()?,
            },
            Action::Pause => {
                CommandKind::Pause { status: self.read_pause()?, reason: reason(), until: self.read_until()? }
            }
            Action::Resume => CommandKind::Resume,
            Action::Resolve => CommandKind::Resolve { message: self.message()? },
            Action::Reopen => CommandKind::Reopen { channel: customers_channel(), reason: owned(self.reason) },
            Action::Close => CommandKind::Close,
            Action::Withdraw => CommandKind::Withdraw,
            Action::Void => CommandKind::Void { reason: reason(), duplicate_of: owned(self.duplicate_of) },
            Action::RequestEscalation => {
                CommandKind::RequestEscalation { reason: reason(), channel: customers_channel() }
            }
            Action::AcknowledgeEscalation => CommandKind::AcknowledgeEscalation { number: self.escalation_number()? },
            Action::ResolveEscalation => CommandKind::ResolveEscalation { number: self.escalation_number()? },
            Action::Rate => CommandKind::Rate { score: whole(self.score, "score")? },
            Action::ChangePackage => CommandKind::ChangePackage {
                package: self.read_package()?.to_owned(),
                apply: self.read_apply()?,
                reason: reason(),
            },
            Action::Classify => CommandKind::Classify {
                severity: owned(self.severity),
                category: owned(self.category),
                apply: self.read_apply()?,
                reason: reason(),
            },
            Action::Open => return Err(RowFault::AlreadyOpen),
            other => return Err(RowFault::UnknownKind(other.as_str().to_owned())),
        })
    }

    fn escalation_number(&self) -> Result<u32, RowFault> {
        whole(self.escalation, "number")
    }
}

/// Returns the role that acts where a row names none.
const fn usual_role(action: Action) -> Role {
    match action {
        Action::Open | Action::CustomerMessage | Action::Withdraw | Action::Rate => Role::Customer,
        _ => Role::Admin,
    }
}

/// Refuses an instant at which no calendar answers.
#[inline]
pub(super) fn in_horizon(at: Timestamp) -> Result<(), RowFault> {
    if HORIZON_US.contains(&at.as_micros()) { Ok(()) } else { Err(RowFault::OutOfHorizon { at }) }
}

/// Reads an instant within the horizon of calendars.
fn read_instant(text: Option<&str>) -> Result<Option<Timestamp>, RowFault> {
    let Some(text) = text else { return Ok(None) };
    let at = Timestamp::parse(text)?;
    in_horizon(at)?;
    Ok(Some(at))
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

#[inline]
fn required<'a>(text: Option<&'a str>, field: &'static str) -> Result<&'a str, RowFault> {
    text.ok_or(RowFault::Missing(field))
}

fn whole<T: std::str::FromStr>(text: Option<&str>, field: &'static str) -> Result<T, RowFault> {
    let text = required(text, field)?;
    text.parse().map_err(|_| RowFault::NotWhole { field, text: text.to_owned() })
}
