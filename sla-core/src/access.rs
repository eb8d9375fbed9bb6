//! Who may do what. There is no override: no flag, parameter or function goes around it.

use serde::Serialize;

use crate::id::{Id, is_blank};
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
    let why = if is_blank(reason) {
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

    /// The holders of a ticket that `customer` opens: neither agent nor organization is set yet.
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
    check_actor(actor, action)?;
    match reach(action, actor.role, rules) {
        Reach::Always => Ok(None),
        Reach::Own => match holders.and_then(|holders| Own::of(actor, rules).includes(holders)) {
            Some(Owned::Themselves) => Ok(None),
            Some(Owned::By(via)) => Ok(Some(via)),
            None => Err(not_own(actor, action, rules)),
        },
        Reach::Never => Err(not_permitted(actor, action, rules)),
    }
}

/// Returns what a list may show to `actor`: the tickets on which [`permit`] permits [`Action::ViewTicket`].
pub(crate) fn visible(actor: &Actor, rules: RoleRules) -> Result<Visible, Refusal> {
    let action = Action::ViewTicket;
    check_actor(actor, action)?;
    match reach(action, actor.role, rules) {
        Reach::Always => Ok(Visible::everything()),
        Reach::Own => Ok(Own::of(actor, rules).visible()),
        Reach::Never => Err(not_permitted(actor, action, rules)),
    }
}

/// Refuses an actor whose id or teams cannot be anyone's.
fn check_actor(actor: &Actor, action: Action) -> Result<(), Refusal> {
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
    Ok(())
}

fn not_permitted(actor: &Actor, action: Action, rules: RoleRules) -> Refusal {
    Refusal::new(
        RefusalCode::RoleNotPermitted,
        action.as_str(),
        format!("role `{}` may not {}", actor.role.as_str(), action.as_str()),
        format!("permitted: {}", permitted_roles(action, rules)),
    )
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

/// Which tickets are an actor's own: those of which one of these is true.
#[derive(Default)]
struct Own<'a> {
    /// All are.
    everything: bool,
    /// The customer is this one.
    customer: Option<&'a str>,
    /// The organization is this one.
    organization: Option<&'a str>,
    /// The agent is this one.
    agent: Option<&'a str>,
    /// The team is one of these.
    teams: &'a [String],
}

impl<'a> Own<'a> {
    fn of(actor: &'a Actor, rules: RoleRules) -> Self {
        let id = Some(actor.id.as_str());
        match actor.role {
            Role::Customer => {
                let organization = actor.organization.as_deref().filter(|_| rules.organizations_share);
                Self { customer: id, organization, ..Self::default() }
            }
            Role::Agent => {
                let teams = if rules.agents_act_on == ActOn::Team { actor.teams.as_slice() } else { &[] };
                Self { everything: rules.agents_act_on == ActOn::All, agent: id, teams, ..Self::default() }
            }
            Role::Admin | Role::System => Self::default(),
        }
    }

    fn includes(&self, holders: Holders<'_>) -> Option<Owned> {
        let is = |own: Option<&str>, held: Option<&str>| own.is_some() && own == held;
        if self.everything || is(self.customer, Some(holders.customer)) || is(self.agent, holders.agent) {
            return Some(Owned::Themselves);
        }
        if let Some(organization) = holders.organization.filter(|held| is(self.organization, Some(held.as_str()))) {
            return Some(Owned::By(Via::Organization(organization.clone())));
        }
        let team = holders.team.filter(|held| self.teams.iter().any(|team| team == held.as_str()))?;
        Some(Owned::By(Via::Team(team.clone())))
    }

    fn visible(&self) -> Visible {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        if self.everything {
            return Visible::everything();
        }
        Visible {
            everything: false,
            customer: owned(self.customer),
            organization: owned(self.organization),
            agent: owned(self.agent),
            teams: self.teams.to_vec(),
        }
    }
}

/// Which tickets a list may show: all of them, or those of which at least one of the other fields is true. A host makes a
/// condition of its database of it: `customer = ? OR organization = ? OR agent = ? OR team IN (...)`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Visible {
    /// Every ticket; the other fields are empty then.
    pub everything: bool,
    /// Those of this customer.
    pub customer: Option<String>,
    /// Those of this organization.
    pub organization: Option<String>,
    /// Those assigned to this agent.
    pub agent: Option<String>,
    /// Those of one of these teams.
    pub teams: Vec<String>,
}

impl Visible {
    fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Returns whether a ticket is one of them.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let visible = engine().visible_tickets(&admin())?;
    /// assert!(visible.tickets.includes(&opened()));
    /// # Ok::<(), sla_core::refusal::Refusal>(())
    /// ```
    #[must_use]
    pub fn includes(&self, ticket: &Ticket) -> bool {
        let own = Own {
            everything: self.everything,
            customer: self.customer.as_deref(),
            organization: self.organization.as_deref(),
            agent: self.agent.as_deref(),
            teams: &self.teams,
        };
        own.includes(Holders::of(ticket)).is_some()
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
