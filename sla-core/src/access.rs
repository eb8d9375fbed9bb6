//! Who may do what. There is no override: no flag, parameter or function goes around it.

use crate::id::Id;
use crate::policy::{ActOn, RoleRules};
use crate::refusal::{Refusal, RefusalCode};
use crate::ticket::{Action, Actor, MAX_TEAMS, Role, Ticket, Via};

/// How far a role may go in an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Never,
    /// On tickets that the customer owns, or on which the policy lets the agent act.
    Own,
    Always,
}

/// The table of permissions; the policy's role rules widen two of its rows.
fn reach(action: Action, role: Role, rules: RoleRules) -> Reach {
    use Reach::{Always, Never, Own};
    let [customer, agent, admin] = match action {
        Action::Open => [Own, Always, Always],
        Action::Assign => [Never, if rules.self_assign { Always } else { Never }, Always],
        Action::Unassign => [Never, if rules.agents_may_unassign { Own } else { Never }, Always],
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
        | Action::Absorb
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

/// Whom a ticket belongs to, and who holds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holders<'a> {
    pub(crate) customer: &'a str,
    pub(crate) organization: Option<&'a Id>,
    pub(crate) agent: Option<&'a str>,
    pub(crate) team: Option<&'a Id>,
}

impl<'a> Holders<'a> {
    pub(crate) fn of(ticket: &'a Ticket) -> Self {
        Self {
            customer: ticket.customer.as_str(),
            organization: ticket.organization.as_ref(),
            agent: ticket.agent.as_ref().map(Id::as_str),
            team: ticket.team.as_ref(),
        }
    }

    /// The holders of a ticket that `customer` opens: nobody shares it yet.
    pub(crate) const fn of_opening(customer: &'a str) -> Self {
        Self { customer, organization: None, agent: None, team: None }
    }
}

/// Refuses unless `actor` is permitted `action`, on a ticket with these holders where it concerns one; returns the team or
/// organization that permits it, where neither the role nor the ticket itself does.
pub(crate) fn permit(
    actor: &Actor,
    action: Action,
    holders: Option<Holders<'_>>,
    rules: RoleRules,
) -> Result<Option<Via>, Refusal> {
    if actor.id.trim().is_empty() {
        return Err(Refusal::new(
            RefusalCode::AnonymousActor,
            action.as_str(),
            "the actor has a blank id",
            "name the person or automation that acts",
        ));
    }
    if let Err(error) = Id::check(&actor.id) {
        return Err(Refusal::new(
            RefusalCode::InvalidReference,
            action.as_str(),
            format!("the actor is not an id: {}", error.message()),
            error.help_text(),
        ));
    }
    if actor.teams.len() > MAX_TEAMS {
        return Err(Refusal::new(
            RefusalCode::InvalidReference,
            action.as_str(),
            format!("the actor names {} teams", actor.teams.len()),
            format!("at most {MAX_TEAMS} teams"),
        ));
    }
    match reach(action, actor.role, rules) {
        Reach::Always => Ok(None),
        Reach::Own => match holders.and_then(|holders| own(actor, holders, rules)) {
            Some(Owned::Themselves) => Ok(None),
            Some(Owned::By(via)) => Ok(Some(via)),
            None => Err(not_own(actor, action, rules)),
        },
        Reach::Never => Err(Refusal::new(
            RefusalCode::RoleNotPermitted,
            action.as_str(),
            format!("role `{}` may not {}", actor.role.as_str(), action.as_str()),
            format!("permitted: {}", permitted_roles(action, rules)),
        )),
    }
}

fn not_own(actor: &Actor, action: Action, rules: RoleRules) -> Refusal {
    if actor.role == Role::Customer {
        let accepted = if rules.organizations_share {
            "the customer who owns the ticket, or one of the same organization"
        } else {
            "the customer who owns the ticket"
        };
        let message = format!("customer `{}` does not own the ticket", actor.id);
        return Refusal::new(RefusalCode::NotTicketOwner, action.as_str(), message, accepted);
    }
    let accepted = match rules.agents_act_on {
        ActOn::Team => "the assigned agent, an agent of the ticket's team, or an admin",
        ActOn::Assigned | ActOn::All => "the assigned agent, or an admin",
    };
    let message = format!("the ticket is not assigned to agent `{}`", actor.id);
    Refusal::new(RefusalCode::NotAssignedAgent, action.as_str(), message, accepted)
}

/// How a ticket is an actor's own.
enum Owned {
    /// They own or hold it, or every agent acts on every ticket.
    Themselves,
    /// A team or organization that both name.
    By(Via),
}

fn own(actor: &Actor, holders: Holders<'_>, rules: RoleRules) -> Option<Owned> {
    match actor.role {
        Role::Customer if holders.customer == actor.id => Some(Owned::Themselves),
        Role::Customer if rules.organizations_share => {
            let shared = holders.organization.filter(|own| actor.organization.as_deref() == Some(own.as_str()));
            shared.cloned().map(|organization| Owned::By(Via::Organization(organization)))
        }
        Role::Agent if holders.agent == Some(actor.id.as_str()) => Some(Owned::Themselves),
        Role::Agent => match rules.agents_act_on {
            ActOn::Assigned => None,
            ActOn::All => Some(Owned::Themselves),
            ActOn::Team => {
                let shared = holders.team.filter(|own| actor.teams.iter().any(|team| team == own.as_str()));
                shared.cloned().map(|team| Owned::By(Via::Team(team)))
            }
        },
        Role::Customer | Role::Admin | Role::System => None,
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
