//! Refusals: why something that was asked for did not happen, and what would be accepted.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::printable;
use crate::string_enum::string_enum;

string_enum! {
    /// Why something was refused. A code is never renamed and never reused.
    RefusalCode {
        /// The actor has a blank id.
        AnonymousActor => "anonymous_actor",
        /// The instant lies before the ticket's last event.
        TimeWentBack => "time_went_back",
        /// A command with this id was executed with another content.
        DuplicateCommand => "duplicate_command",
        /// The role is not permitted the action.
        RoleNotPermitted => "role_not_permitted",
        /// The role is permitted it only on tickets that the customer owns.
        NotTicketOwner => "not_ticket_owner",
        /// The role is permitted it only on tickets assigned to the agent.
        NotAssignedAgent => "not_assigned_agent",
        /// The ticket's status does not allow it.
        WrongStatus => "wrong_status",
        /// The policy has no such channel.
        UnknownChannel => "unknown_channel",
        /// The customer's package does not include the channel.
        ChannelNotEntitled => "channel_not_entitled",
        /// The policy has no such package.
        UnknownPackage => "unknown_package",
        /// The policy lists no such severity.
        UnknownSeverity => "unknown_severity",
        /// The policy lists no such category.
        UnknownCategory => "unknown_category",
        /// The engine was not compiled with that revision of the policy.
        UnknownRevision => "unknown_revision",
        /// A reason is needed and missing, blank, too long, or not one of the policy's.
        ReasonRequired => "reason_required",
        /// The ticket has no escalation of that number.
        UnknownEscalation => "unknown_escalation",
        /// The escalation is already acknowledged or resolved.
        EscalationNotOpen => "escalation_not_open",
        /// The ticket has used up `max_paused_total`.
        PauseBudgetUsed => "pause_budget_used",
        /// The latest resolution is already rated.
        AlreadyRated => "already_rated",
        /// A rating is not a whole number from 1 to 5.
        InvalidRating => "invalid_rating",
        /// An id or a reference is blank, too long, or holds a character that does not show.
        InvalidReference => "invalid_reference",
        /// An instant that the command names lies where it must not: a receipt after the command, or the end of a pause
        /// not after it.
        InvalidInstant => "invalid_instant",
        /// The adopted revision measures a timer that the ticket's did not: that needs every event of the ticket.
        HistoryNeeded => "history_needed",
        /// The change has no effect.
        NothingToChange => "nothing_to_change",
    }
}

string_enum! {
    /// What would have to differ for a command to be accepted: a host answers each kind in the same way, for example over
    /// HTTP with 401, 403, 409 and 422.
    RefusalKind {
        /// It is not known who asks.
        Identity => "identity",
        /// The actor is known and not permitted the action.
        Permission => "permission",
        /// The ticket is not in a state that allows it, or no longer; the same command can be accepted at another instant.
        State => "state",
        /// The command itself is not acceptable, whoever gives it and whenever.
        Input => "input",
    }
}

impl RefusalCode {
    /// Returns the kind of the code.
    ///
    /// ```
    /// use sla_core::refusal::{RefusalCode, RefusalKind};
    ///
    /// assert_eq!(RefusalCode::NotTicketOwner.kind(), RefusalKind::Permission);
    /// ```
    #[must_use]
    pub const fn kind(self) -> RefusalKind {
        match self {
            Self::AnonymousActor => RefusalKind::Identity,
            Self::RoleNotPermitted | Self::NotTicketOwner | Self::NotAssignedAgent => RefusalKind::Permission,
            Self::TimeWentBack
            | Self::DuplicateCommand
            | Self::WrongStatus
            | Self::EscalationNotOpen
            | Self::PauseBudgetUsed
            | Self::AlreadyRated
            | Self::NothingToChange => RefusalKind::State,
            Self::UnknownChannel
            | Self::ChannelNotEntitled
            | Self::UnknownPackage
            | Self::UnknownSeverity
            | Self::UnknownCategory
            | Self::UnknownRevision
            | Self::ReasonRequired
            | Self::UnknownEscalation
            | Self::InvalidRating
            | Self::InvalidReference
            | Self::InvalidInstant
            | Self::HistoryNeeded => RefusalKind::Input,
        }
    }
}

/// A refusal: a value, not an error. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RefusalDocument", into = "RefusalDocument")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// Why, as a stable code.
    pub code: RefusalCode,
    /// What was asked for, as documents name it: a command, or `open`.
    pub action: String,
    /// Why it is refused, in one line.
    pub message: String,
    /// What would be accepted.
    pub accepted: String,
}

impl Refusal {
    pub(crate) fn new(
        code: RefusalCode,
        action: &str,
        message: impl Into<String>,
        accepted: impl Into<String>,
    ) -> Self {
        Self { code, action: action.to_owned(), message: printable(message), accepted: printable(accepted) }
    }

    /// Returns what would have to differ.
    #[must_use]
    pub const fn kind(&self) -> RefusalKind {
        self.code.kind()
    }
}

/// A refusal with its kind, which follows from the code.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Refusal"))]
struct RefusalDocument {
    /// Why, as a stable code.
    code: RefusalCode,
    /// What would have to differ, by the code: who asks, what they are permitted, the state of the ticket, or the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<RefusalKind>,
    /// What was asked for, as documents name it: a command, or `open`.
    action: String,
    /// Why it is refused, in one line.
    message: String,
    /// What would be accepted.
    accepted: String,
}

impl From<Refusal> for RefusalDocument {
    fn from(refusal: Refusal) -> Self {
        let kind = Some(refusal.kind());
        let Refusal { code, action, message, accepted } = refusal;
        Self { code, kind, action, message, accepted }
    }
}

/// A kind that a document states against its code. Entries of a chain do not hash the kind, so it must agree.
#[derive(Debug, thiserror::Error)]
#[error("the kind of a refusal with code `{code}` is `{kind}`")]
struct OtherKind {
    code: &'static str,
    kind: &'static str,
}

impl TryFrom<RefusalDocument> for Refusal {
    type Error = OtherKind;

    fn try_from(document: RefusalDocument) -> Result<Self, OtherKind> {
        let RefusalDocument { code, kind, action, message, accepted } = document;
        if kind.is_some_and(|kind| kind != code.kind()) {
            return Err(OtherKind { code: code.as_str(), kind: code.kind().as_str() });
        }
        Ok(Self { code, action, message, accepted })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.code.as_str(), self.message, self.accepted)
    }
}
