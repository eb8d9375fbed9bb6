//! What somebody asks to happen to a ticket; an engine decides whether it does.

use super::event::Apply;
use super::status::PauseStatus;
use crate::digest::Digest;
use crate::string_enum::string_enum;

/// A wish to open a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The host's id of the new ticket.
    pub ticket: String,
    /// Whose ticket it is; a customer opens only his own.
    pub customer: String,
    /// The customer's package, an id of the policy.
    pub package: String,
    /// The channel it comes by, an id of the policy.
    pub channel: String,
    /// One of the policy's severities.
    pub severity: Option<String>,
    /// One of the policy's categories.
    pub category: Option<String>,
    /// The first message.
    pub message: MessageRef,
    /// The host's id of this command: the same id is never carried out twice.
    pub command_id: Option<String>,
}

/// A message that stays with the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRef {
    /// The host's reference, not blank.
    pub message_ref: String,
    /// The SHA-256 digest of the content.
    pub content_sha256: Digest,
}

/// A wish about a ticket that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The host's id of this command: the same id is never carried out twice.
    pub command_id: Option<String>,
    /// What is asked for.
    pub kind: CommandKind,
}

impl From<CommandKind> for Command {
    fn from(kind: CommandKind) -> Self {
        Self { command_id: None, kind }
    }
}

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandKind {
    /// Give the ticket to an agent or admin.
    Assign {
        /// Who holds it from then on.
        agent: String,
    },
    /// Answer publicly.
    Reply {
        /// The channel it goes out by.
        channel: String,
        /// The answer.
        message: MessageRef,
    },
    /// Add an internal note.
    Note {
        /// The note.
        message: MessageRef,
    },
    /// The customer writes.
    CustomerMessage {
        /// The channel it comes by.
        channel: String,
        /// The message.
        message: MessageRef,
    },
    /// Wait for the customer or a third party.
    Pause {
        /// For whom.
        status: PauseStatus,
        /// Why; one of the policy's pause reasons where it lists any.
        reason: String,
    },
    /// End the wait.
    Resume,
    /// Answer for good.
    Resolve {
        /// The public message that says so.
        message: MessageRef,
    },
    /// Open a resolved ticket again.
    Reopen {
        /// The channel, for the customer.
        channel: Option<String>,
        /// Why, for an agent or admin.
        reason: Option<String>,
    },
    /// Close a resolved ticket for good.
    Close,
    /// Take the ticket back.
    Withdraw,
    /// Declare the ticket void.
    Void {
        /// Why.
        reason: String,
        /// The ticket that this one repeats.
        duplicate_of: Option<String>,
    },
    /// Ask for more attention.
    RequestEscalation {
        /// Why.
        reason: String,
        /// The channel, for the customer.
        channel: Option<String>,
    },
    /// Take note of an escalation.
    AcknowledgeEscalation {
        /// Its number within the ticket, from 1.
        number: u32,
    },
    /// Say that an escalation is dealt with.
    ResolveEscalation {
        /// Its number within the ticket, from 1.
        number: u32,
    },
    /// Judge the resolution.
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
        reason: String,
    },
    /// Put the ticket under another revision of the policy.
    AdoptRevision {
        /// The digest of the revision.
        policy_digest: Digest,
        /// What happens to running timers.
        apply: Apply,
        /// Why.
        reason: String,
    },
    /// Set severity and category.
    Classify {
        /// The severity from then on.
        severity: Option<String>,
        /// The category from then on.
        category: Option<String>,
        /// What happens to running timers.
        apply: Apply,
        /// Why.
        reason: String,
    },
}

impl CommandKind {
    /// Returns the action that the command is, without its data.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Assign { .. } => Action::Assign,
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
    /// Everything that may be asked about: the commands, and what only a host shows.
    Action {
        /// Open a ticket.
        Open => "open",
        /// Give a ticket to somebody.
        Assign => "assign",
        /// Answer publicly.
        Reply => "reply",
        /// Add an internal note.
        Note => "note",
        /// Write as the customer.
        CustomerMessage => "customer_message",
        /// Wait.
        Pause => "pause",
        /// End a wait.
        Resume => "resume",
        /// Answer for good.
        Resolve => "resolve",
        /// Open a resolved ticket again.
        Reopen => "reopen",
        /// Close a resolved ticket.
        Close => "close",
        /// Take a ticket back.
        Withdraw => "withdraw",
        /// Declare a ticket void.
        Void => "void",
        /// Ask for more attention.
        RequestEscalation => "request_escalation",
        /// Take note of an escalation.
        AcknowledgeEscalation => "acknowledge_escalation",
        /// Deal with an escalation.
        ResolveEscalation => "resolve_escalation",
        /// Judge the resolution.
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
        /// Give people their roles.
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
