//! Who may do what, and what a refusal says. There is no override: no flag, parameter or function goes around it.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::package::Package;
use crate::policy::{Policy, RoleRules};
use crate::string_enum::string_enum;
use crate::ticket::{Action, Actor, Role, Ticket};

string_enum! {
    /// Why something was refused. A code is never renamed and never reused.
    RefusalCode {
        /// The actor has no name.
        AnonymousActor => "anonymous_actor",
        /// The instant lies before the ticket's last event.
        TimeWentBack => "time_went_back",
        /// A command with this id was carried out with another content.
        DuplicateCommand => "duplicate_command",
        /// Nobody in this role may do it.
        RoleNotPermitted => "role_not_permitted",
        /// A customer may do it, but only the ticket's own.
        NotTicketOwner => "not_ticket_owner",
        /// An agent may do it, but only the one who holds the ticket.
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
        /// The escalation is already further on.
        EscalationNotOpen => "escalation_not_open",
        /// The ticket may not pause any longer.
        PauseBudgetUsed => "pause_budget_used",
        /// The latest resolution is rated already.
        AlreadyRated => "already_rated",
        /// A rating is not a whole number from 1 to 5.
        InvalidRating => "invalid_rating",
        /// An id or a reference is blank, too long, or holds a control character.
        InvalidReference => "invalid_reference",
        /// Nothing would change.
        NothingToChange => "nothing_to_change",
    }
}

/// A refusal: a value, not a failure. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// Why, as a stable code.
    pub code: RefusalCode,
    /// What was asked for, as documents name it: a command, or `open`.
    pub action: String,
    /// What stands in the way.
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

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}; {}", self.code.as_str(), self.message, self.accepted)
    }
}

/// Which packages include which channels, under the numbers they have there: a table for hosts that ask often.
///
/// Numbers are those of one policy revision; another one may number otherwise. Nothing is decided with this table:
/// whoever acts asks [`Engine::decide`](crate::Engine::decide), which judges by the ticket's own revision.
#[derive(Debug)]
pub struct Entitlements {
    packages: Vec<Id>,
    channels: Vec<Id>,
    /// One entry a package and channel, those of one package beside each other.
    included: Vec<bool>,
}

impl Entitlements {
    pub(crate) fn of(policy: &Policy) -> Self {
        let packages = policy.packages.iter().map(|package| package.id.clone()).collect();
        let channels: Vec<Id> = policy.channels.iter().map(|channel| channel.id.clone()).collect();
        let row = |package: &Package| channels.iter().map(|id| package.channels.contains(id)).collect::<Vec<_>>();
        let included = policy.packages.iter().flat_map(row).collect();
        Self { packages, channels, included }
    }

    /// Returns the number of a package, from 0.
    ///
    /// # Errors
    ///
    /// `unknown_package`
    pub fn package(&self, id: &str) -> Result<usize, Error> {
        let place = self.packages.iter().position(|known| known.as_str() == id);
        place.ok_or_else(|| crate::unknown::unknown_id(ErrorCode::UnknownPackage, "package", id, &self.packages))
    }

    /// Returns the number of a channel, from 0.
    ///
    /// # Errors
    ///
    /// `unknown_channel`
    pub fn channel(&self, id: &str) -> Result<usize, Error> {
        let place = self.channels.iter().position(|known| known.as_str() == id);
        place.ok_or_else(|| crate::unknown::unknown_id(ErrorCode::UnknownChannel, "channel", id, &self.channels))
    }

    /// Returns whether a package includes a channel; `None` when there is no such package or channel.
    #[must_use]
    pub fn includes(&self, package: usize, channel: usize) -> Option<bool> {
        if channel >= self.channels.len() {
            return None;
        }
        self.included.get(package.checked_mul(self.channels.len())?.checked_add(channel)?).copied()
    }
}

/// Why a decision did not come about: refused, or impossible to judge.
#[derive(Debug)]
pub(crate) enum Declined {
    Refused(Refusal),
    Failed(Error),
}

impl From<Error> for Declined {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refusal> for Declined {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// How far a role may go in an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Never,
    /// On the tickets that are the actor's own: the customer's, or those the agent holds.
    Own,
    Always,
}

/// The table of permissions; the policy's role rules widen two of its rows.
fn reach(action: Action, role: Role, rules: RoleRules) -> Reach {
    use Reach::{Always, Never, Own};
    let [customer, agent, admin] = match action {
        Action::Open => [Own, Always, Always],
        Action::Assign => [Never, if rules.self_assign { Always } else { Never }, Always],
        Action::Classify => [Never, if rules.agents_may_classify { Own } else { Never }, Always],
        Action::CustomerMessage | Action::Withdraw | Action::Rate => [Own, Never, Never],
        Action::Reopen | Action::RequestEscalation | Action::ViewTicket => [Own, Own, Always],
        Action::Reply
        | Action::Note
        | Action::Pause
        | Action::Resume
        | Action::Resolve
        | Action::AcknowledgeEscalation
        | Action::ResolveEscalation => [Never, Own, Always],
        Action::Close
        | Action::Void
        | Action::ChangePackage
        | Action::AdoptRevision
        | Action::ManagePolicy
        | Action::ManageUsers => [Never, Never, Always],
        Action::ViewMetrics => [Never, Always, Always],
    };
    match role {
        Role::Customer => customer,
        Role::Agent => agent,
        Role::Admin => admin,
        Role::System => Never,
    }
}

/// The longest reason, in bytes of UTF-8.
pub const MAX_REASON_BYTES: usize = 10_000;

/// Refuses a reason that says nothing, or too much.
pub(crate) fn check_reason(action: &str, reason: &str) -> Result<(), Refusal> {
    let why = if reason.trim().is_empty() {
        "no reason is given"
    } else if reason.len() > MAX_REASON_BYTES {
        "the reason is longer than 10000 bytes"
    } else {
        return Ok(());
    };
    Err(Refusal::new(RefusalCode::ReasonRequired, action, why, "say why, in at most 10000 bytes"))
}

/// Whose an action's ticket is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holders<'a> {
    pub(crate) customer: &'a str,
    pub(crate) agent: Option<&'a str>,
}

impl<'a> Holders<'a> {
    pub(crate) fn of(ticket: &'a Ticket) -> Self {
        Self { customer: ticket.customer.as_str(), agent: ticket.agent.as_ref().map(crate::id::Id::as_str) }
    }
}

/// Answers whether `actor` may do `action`, on a ticket with these holders where it concerns one.
pub(crate) fn permit(
    actor: &Actor,
    action: Action,
    holders: Option<Holders<'_>>,
    rules: RoleRules,
) -> Result<(), Refusal> {
    if actor.id.trim().is_empty() {
        return Err(Refusal::new(
            RefusalCode::AnonymousActor,
            action.as_str(),
            "the actor has no name",
            "name the person or automation that acts",
        ));
    }
    match reach(action, actor.role, rules) {
        Reach::Always => Ok(()),
        Reach::Own if holders.is_some_and(|holders| is_own(actor, holders)) => Ok(()),
        Reach::Own if actor.role == Role::Customer => Err(Refusal::new(
            RefusalCode::NotTicketOwner,
            action.as_str(),
            format!("the ticket is not that of customer `{}`", actor.id),
            "the customer who owns the ticket may do this",
        )),
        Reach::Own => Err(Refusal::new(
            RefusalCode::NotAssignedAgent,
            action.as_str(),
            format!("agent `{}` does not hold the ticket", actor.id),
            "the agent to whom the ticket is assigned, or an admin, may do this",
        )),
        Reach::Never => Err(Refusal::new(
            RefusalCode::RoleNotPermitted,
            action.as_str(),
            format!("role `{}` may not {}", actor.role.as_str(), action.as_str()),
            format!("permitted: {}", permitted_roles(action, rules)),
        )),
    }
}

fn is_own(actor: &Actor, holders: Holders<'_>) -> bool {
    match actor.role {
        Role::Customer => holders.customer == actor.id,
        Role::Agent => holders.agent == Some(actor.id.as_str()),
        Role::Admin | Role::System => false,
    }
}

fn permitted_roles(action: Action, rules: RoleRules) -> String {
    let named = |role: Role, own: &str| match reach(action, role, rules) {
        Reach::Always => Some(role.as_str().to_owned()),
        Reach::Own => Some(own.to_owned()),
        Reach::Never => None,
    };
    let roles = [
        named(Role::Customer, "the customer who owns the ticket"),
        named(Role::Agent, "the agent who holds the ticket"),
        named(Role::Admin, "admin"),
    ];
    roles.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
