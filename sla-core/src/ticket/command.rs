//! Commands: what is asked for; an engine decides whether it happens.

use serde::{Deserialize, Serialize};

use super::event::{Apply, Direction};
use super::status::PauseStatus;
use crate::digest::Digest;
use crate::serde_text::{empty_object, is_false};
use crate::string_enum::string_enum;
use crate::time::Timestamp;

/// A command to open a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Opening {
    /// The host's id of the new ticket.
    pub ticket: String,
    /// The customer who owns it; customers open tickets only for themselves.
    pub customer: String,
    /// The customer's package, an id of the policy.
    pub package: String,
    /// The channel by which it comes, an id of the policy.
    pub channel: String,
    /// One of the policy's severities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// One of the policy's categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The first message.
    pub message: MessageRef,
    /// Who wrote first: `outbound` where an agent or admin opens the ticket by writing to the customer.
    #[serde(default, skip_serializing_if = "Direction::is_inbound")]
    pub direction: Direction,
    /// When the first message of an inbound ticket was received, if before this command: the wait began then. The host's
    /// word, never a customer's input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// The organization of the customer; a customer names only their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The host's id of this command: the same id is never executed twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<String>,
}

/// A message that stays with the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageRef {
    /// The host's reference, not blank.
    pub message_ref: String,
    /// The SHA-256 digest of the content.
    pub content_sha256: Digest,
}

/// A command on an existing ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Command {
    /// The host's id of this command: the same id is never executed twice.
    pub command_id: Option<String>,
    /// What is asked for.
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub kind: CommandKind,
}

impl From<CommandKind> for Command {
    fn from(kind: CommandKind) -> Self {
        Self { command_id: None, kind }
    }
}

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(tag = "command"))]
pub enum CommandKind {
    /// Assign the ticket to an agent or admin, to a team, or to both.
    Assign {
        /// The assignee from then on; an agent alone leaves the team.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<String>,
        /// The team from then on; another team alone takes the ticket from its agent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<String>,
    },
    /// Take the ticket from its agent; the team stays.
    Unassign {
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Answer publicly.
    Reply {
        /// The channel by which it is sent.
        channel: String,
        /// The answer.
        message: MessageRef,
        /// Whether the host's automation wrote it: it is on record, and answers nothing.
        #[serde(default, skip_serializing_if = "is_false")]
        automatic: bool,
    },
    /// Absorb a duplicate: a customer who waits there waits here.
    Absorb {
        /// The other ticket.
        ticket: String,
        /// Since when the customer waits for an answer there; left out when they do not wait.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting_since: Option<Timestamp>,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Add an internal note.
    Note {
        /// The note.
        message: MessageRef,
    },
    /// The customer writes.
    CustomerMessage {
        /// The channel by which it comes.
        channel: String,
        /// The message.
        message: MessageRef,
        /// When it was received, if before this command: the wait began then. The host's word, never a customer's input.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_at: Option<Timestamp>,
    },
    /// Pause, for the customer or a third party.
    Pause {
        /// For the customer or a third party.
        status: PauseStatus,
        /// Why; one of the policy's pause reasons where it lists any.
        #[serde(default)]
        reason: String,
        /// When the pause ends automatically, after this command; a limit of the policy may end it earlier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// End the pause.
    #[serde(with = "empty_object")]
    #[cfg_attr(feature = "schema", schemars(with = "empty_object::Empty"))]
    Resume,
    /// Resolve the ticket.
    Resolve {
        /// The public message that says so.
        message: MessageRef,
    },
    /// Open a resolved ticket again.
    Reopen {
        /// The channel, for the customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
        /// Why, for an agent or admin.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Close a resolved ticket, finally.
    #[serde(with = "empty_object")]
    #[cfg_attr(feature = "schema", schemars(with = "empty_object::Empty"))]
    Close,
    /// Withdraw the ticket, as its customer.
    #[serde(with = "empty_object")]
    #[cfg_attr(feature = "schema", schemars(with = "empty_object::Empty"))]
    Withdraw,
    /// Declare the ticket void.
    Void {
        /// Why.
        #[serde(default)]
        reason: String,
        /// The ticket that this one repeats.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duplicate_of: Option<String>,
    },
    /// Ask for an escalation.
    RequestEscalation {
        /// Why.
        #[serde(default)]
        reason: String,
        /// The channel, for the customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
    },
    /// Acknowledge an escalation.
    AcknowledgeEscalation {
        /// Its number within the ticket, from 1.
        number: u32,
    },
    /// Resolve an escalation.
    ResolveEscalation {
        /// Its number within the ticket, from 1.
        number: u32,
    },
    /// Rate the resolution, as the customer.
    Rate {
        /// 1 (worst) to 5 (best).
        score: u8,
    },
    /// Put the ticket under another package.
    ChangePackage {
        /// The new package.
        package: String,
        /// What happens to running timers.
        apply: Apply,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Put the ticket under another revision of the policy.
    AdoptRevision {
        /// The digest of the revision.
        policy_digest: Digest,
        /// What happens to running timers.
        apply: Apply,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Set severity and category.
    Classify {
        /// The severity from then on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        severity: Option<String>,
        /// The category from then on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        /// What happens to running timers.
        apply: Apply,
        /// Why.
        #[serde(default)]
        reason: String,
    },
}

impl CommandKind {
    /// Returns the action that the command is, without its data.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Assign { .. } => Action::Assign,
            Self::Unassign { .. } => Action::Unassign,
            Self::Absorb { .. } => Action::Absorb,
            Self::Reply { .. } => Action::Reply,
            Self::Note { .. } => Action::Note,
            Self::CustomerMessage { .. } => Action::CustomerMessage,
            Self::Pause { .. } => Action::Pause,
            Self::Resume => Action::Resume,
            Self::Resolve { .. } => Action::Resolve,
            Self::Reopen { .. } => Action::Reopen,
            Self::Close => Action::Close,
            Self::Withdraw => Action::Withdraw,
            Self::Void { .. } => Action::Void,
            Self::RequestEscalation { .. } => Action::RequestEscalation,
            Self::AcknowledgeEscalation { .. } => Action::AcknowledgeEscalation,
            Self::ResolveEscalation { .. } => Action::ResolveEscalation,
            Self::Rate { .. } => Action::Rate,
            Self::ChangePackage { .. } => Action::ChangePackage,
            Self::AdoptRevision { .. } => Action::AdoptRevision,
            Self::Classify { .. } => Action::Classify,
        }
    }

    /// Returns the command's name as documents write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.action().as_str()
    }
}

string_enum! {
    /// Everything that is permitted or refused: the commands, and what only a host shows.
    Action {
        /// Open a ticket.
        Open => "open",
        /// Assign a ticket.
        Assign => "assign",
        /// Take a ticket from its agent.
        Unassign => "unassign",
        /// Answer publicly.
        Reply => "reply",
        /// Add an internal note.
        Note => "note",
        /// Write as the customer.
        CustomerMessage => "customer_message",
        /// Absorb a duplicate.
        Absorb => "absorb",
        /// Pause a ticket.
        Pause => "pause",
        /// End a pause.
        Resume => "resume",
        /// Resolve a ticket.
        Resolve => "resolve",
        /// Open a resolved ticket again.
        Reopen => "reopen",
        /// Close a resolved ticket.
        Close => "close",
        /// Withdraw a ticket.
        Withdraw => "withdraw",
        /// Declare a ticket void.
        Void => "void",
        /// Ask for an escalation.
        RequestEscalation => "request_escalation",
        /// Acknowledge an escalation.
        AcknowledgeEscalation => "acknowledge_escalation",
        /// Resolve an escalation.
        ResolveEscalation => "resolve_escalation",
        /// Rate the resolution, as the customer.
        Rate => "rate",
        /// Put a ticket under another package.
        ChangePackage => "change_package",
        /// Put a ticket under another revision of the policy.
        AdoptRevision => "adopt_revision",
        /// Set severity and category.
        Classify => "classify",
        /// See a ticket.
        ViewTicket => "view_ticket",
        /// See reports.
        ViewMetrics => "view_metrics",
        /// Publish revisions of the policy.
        ManagePolicy => "manage_policy",
        /// Give users their roles.
        ManageUsers => "manage_users",
    }
}

crate::unknown::from_str!(Action, UnknownAction, "action");

impl Action {
    /// The commands on an existing ticket, in the order of the documentation: every action but `open` and those that
    /// only show or manage something.
    pub const COMMANDS: &[Self] = match Self::ALL {
        [Self::Open, commands @ .., Self::ViewTicket, Self::ViewMetrics, Self::ManagePolicy, Self::ManageUsers] => {
            commands
        }
        _ => &[],
    };

    /// Returns the command on an existing ticket that documents write as `name`.
    #[must_use]
    pub fn command(name: &str) -> Option<Self> {
        Self::COMMANDS.iter().copied().find(|action| action.as_str() == name)
    }
}
