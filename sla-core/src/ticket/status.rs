//! The statuses of a ticket, and who acts on it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::Id;
use crate::string_enum::string_enum;

string_enum! {
    /// The status of a ticket.
    Status {
        /// Opened, not assigned.
        New => "new",
        /// Being worked on.
        Open => "open",
        /// Paused for the customer.
        Pending => "pending",
        /// Paused for a third party.
        OnHold => "on_hold",
        /// Answered, unless reopened.
        Resolved => "resolved",
        /// Final: resolved and done.
        Closed => "closed",
        /// Final: withdrawn by the customer.
        Withdrawn => "withdrawn",
        /// Final: declared void, for example as a duplicate.
        Voided => "voided",
    }
}

impl Status {
    /// Returns whether the ticket accepts nothing but a rating and the handling of escalations.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn | Self::Voided)
    }

    /// Returns the pause this status is; `None` when it is not one.
    #[must_use]
    pub const fn pause(self) -> Option<PauseStatus> {
        match self {
            Self::Pending => Some(PauseStatus::Pending),
            Self::OnHold => Some(PauseStatus::OnHold),
            _ => None,
        }
    }
}

string_enum! {
    /// A status in which a timer may pause.
    PauseStatus {
        /// Paused for the customer.
        Pending => "pending",
        /// Paused for a third party.
        OnHold => "on_hold",
    }
}

crate::unknown::from_str!(PauseStatus, UnknownWord, "pause status");

impl PauseStatus {
    /// Returns the status of a ticket in this pause.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Pending => Status::Pending,
            Self::OnHold => Status::OnHold,
        }
    }
}

impl From<PauseStatus> for Status {
    fn from(pause: PauseStatus) -> Self {
        pause.status()
    }
}

string_enum! {
    /// The role in which an actor acts.
    Role {
        /// Who asked for help.
        Customer => "customer",
        /// Who helps.
        Agent => "agent",
        /// Who administers; a host's automation acts as an admin with a name of its own.
        Admin => "admin",
        /// The engine itself, for automatic events only.
        System => "system",
    }
}

crate::unknown::from_str!(Role, UnknownWord, "role");

/// Who acts: a role and the host's id of the person or automation.
///
/// Events record role and id; teams and organization are the host's word for one command.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Actor {
    /// The role.
    pub role: Role,
    /// Who; a blank id is refused as `anonymous_actor`.
    pub id: String,
    /// The teams that an agent belongs to, at most [`MAX_TEAMS`]; read where the policy lets agents act on tickets of
    /// their teams.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// The organization that a customer belongs to; read where the policy lets organizations share their tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
}

/// The most teams of one actor.
pub const MAX_TEAMS: usize = 1_000;

impl Actor {
    /// Returns the actor `id` acting as `role`, without teams and organization.
    #[must_use]
    pub fn new(role: Role, id: impl Into<String>) -> Self {
        Self { role, id: id.into(), teams: Vec::new(), organization: None }
    }

    /// Returns the engine itself, the actor of automatic events.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Role::System, "sla-engine")
    }

    /// Returns whether the actor has nothing but role and id.
    pub(crate) fn is_recorded(&self) -> bool {
        self.teams.is_empty() && self.organization.is_none()
    }

    /// Returns the actor as events record them: role and id.
    #[must_use]
    pub fn recorded(&self) -> Self {
        Self::new(self.role, self.id.clone())
    }
}

/// What an actor was permitted by, where that is neither their role nor their own ticket.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Via {
    /// The team that the ticket and the agent have in common.
    Team(Id),
    /// The organization that the ticket and the customer have in common.
    Organization(Id),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.role.as_str(), self.id)
    }
}
