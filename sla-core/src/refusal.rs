//! Refusals: why something that was asked for did not happen, and what would be accepted.

use std::fmt;

use serde::{Deserialize, Serialize};

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

/// A refusal: a value, not an error. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
        Self { code, action: action.to_owned(), message: message.into(), accepted: accepted.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.code.as_str(), self.message, self.accepted)
    }
}
