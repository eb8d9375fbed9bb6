//! Who may do what. There is no override: no flag, parameter or function goes around it.

use crate::id::Id;
use crate::policy::RoleRules;
use crate::refusal::{Refusal, RefusalCode};
use crate::ticket::{Action, Actor, Role, Ticket};

/// How far a role may go in an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Never,
    /// On tickets that the customer owns, or that are assigned to the agent.
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

/// Refuses a reason that is blank or too long.
pub(crate) fn check_reason(action: &str, reason: &str) -> Result<(), Refusal> {
    let why = if reason.trim().is_empty() {
        "the reason is missing"
    } else if reason.len() > MAX_REASON_BYTES {
        "the reason is longer than 10000 bytes"
    } else {
        return Ok(());
    };
    Err(Refusal::new(RefusalCode::ReasonRequired, action, why, "a reason of at most 10000 bytes"))
}

/// The customer who owns a ticket, and the agent whom it is assigned to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holders<'a> {
    pub(crate) customer: &'a str,
    pub(crate) agent: Option<&'a str>,
}

impl<'a> Holders<'a> {
    pub(crate) fn of(ticket: &'a Ticket) -> Self {
        Self { customer: ticket.customer.as_str(), agent: ticket.agent.as_ref().map(Id::as_str) }
    }
}

/// Refuses unless `actor` is permitted `action`, on a ticket with these holders where it concerns one.
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
            "the actor has a blank id",
            "name the person or automation that acts",
        ));
    }
    match reach(action, actor.role, rules) {
        Reach::Always => Ok(()),
        Reach::Own if holders.is_some_and(|holders| is_own(actor, holders)) => Ok(()),
        Reach::Own if actor.role == Role::Customer => Err(Refusal::new(
            RefusalCode::NotTicketOwner,
            action.as_str(),
            format!("customer `{}` does not own the ticket", actor.id),
            "the customer who owns the ticket",
        )),
        Reach::Own => Err(Refusal::new(
            RefusalCode::NotAssignedAgent,
            action.as_str(),
            format!("the ticket is not assigned to agent `{}`", actor.id),
            "the assigned agent, or an admin",
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
        named(Role::Agent, "the assigned agent"),
        named(Role::Admin, "admin"),
    ];
    roles.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
