//! The one table of statuses and commands: which status accepts a command, what an event implies, and what follows it.
//!
//! `decide`, the replay of histories and logs, the timers and the fold read this table; `docs/commands.md` and
//! `docs/events.md` show it, and a test compares them.

use super::Ticket;
use super::command::Action;
use super::event::{Apply, AssignCause, Direction, EventKind};
use super::status::Status;
use crate::id::Id;
use crate::string_enum::string_enum;

string_enum! {
    /// Something in a ticket's life that starts or stops a timer.
    Trigger {
        /// The ticket is opened.
        Opened => "opened",
        /// The ticket is assigned, the first time or to another holder.
        Assigned => "assigned",
        /// The ticket is assigned to another holder than before; not the first assignment.
        Reassigned => "reassigned",
        /// The customer writes.
        CustomerMessage => "customer_message",
        /// The customer writes or reopens while no reply is owed already.
        ReplyOwed => "reply_owed",
        /// An agent or admin answers publicly.
        PublicReply => "public_reply",
        /// The ticket is resolved.
        Resolved => "resolved",
        /// The ticket is reopened.
        Reopened => "reopened",
        /// The ticket gets a team that it did not have.
        TeamAssigned => "team_assigned",
        /// The ticket loses its agent while it is not resolved, or is reopened without one.
        Unassigned => "unassigned",
        /// An internal note.
        Noted => "noted",
    }
}

impl Trigger {
    /// Returns whether the ticket goes to another agent or team, or loses its agent.
    #[must_use]
    pub const fn hands_on(self) -> bool {
        matches!(self, Self::Assigned | Self::Reassigned | Self::TeamAssigned | Self::Unassigned)
    }
}

/// The triggers that one event fires, in the order of the documentation of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Triggers {
    list: [Option<Trigger>; 3],
}

impl Triggers {
    const fn of(list: [Option<Trigger>; 3]) -> Self {
        Self { list }
    }

    const fn one(trigger: Trigger) -> Self {
        Self::of([Some(trigger), None, None])
    }

    const fn two(first: Trigger, second: Trigger) -> Self {
        Self::of([Some(first), Some(second), None])
    }

    /// Returns whether the event fires the trigger.
    #[inline]
    #[must_use]
    pub fn contains(self, trigger: Trigger) -> bool {
        self.list.contains(&Some(trigger))
    }

    /// Returns whether the event fires none.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.list == [None; 3]
    }

    /// Returns the triggers.
    pub fn iter(self) -> impl Iterator<Item = Trigger> {
        self.list.into_iter().flatten()
    }

    /// Returns the first trigger that `wanted` lists.
    #[inline]
    pub(crate) fn first_in(self, wanted: &[Trigger]) -> Option<Trigger> {
        self.iter().find(|trigger| wanted.contains(trigger))
    }
}

impl Action {
    /// Returns the statuses in which a ticket accepts the action: all of them where the status does not matter.
    ///
    /// ```
    /// use sla_core::ticket::{Action, Status};
    /// assert_eq!(Action::Resume.accepted_in(), [Status::Pending, Status::OnHold]);
    /// ```
    #[must_use]
    pub const fn accepted_in(self) -> &'static [Status] {
        use Status::{Closed, New, OnHold, Open, Pending, Resolved};
        match self {
            Self::Assign
            | Self::Unassign
            | Self::Reply
            | Self::Note
            | Self::CustomerMessage
            | Self::Withdraw
            | Self::Void
            | Self::RequestEscalation
            | Self::ChangePackage
            | Self::AdoptRevision
            | Self::Classify => &[New, Open, Pending, OnHold, Resolved],
            Self::Pause => &[Open, Pending, OnHold],
            Self::Resume => &[Pending, OnHold],
            Self::Resolve | Self::Absorb => &[New, Open, Pending, OnHold],
            Self::Reopen | Self::Close => &[Resolved],
            Self::Rate => &[Resolved, Closed],
            Self::Open
            | Self::AcknowledgeEscalation
            | Self::ResolveEscalation
            | Self::ViewTicket
            | Self::ViewMetrics
            | Self::ManagePolicy
            | Self::ManageUsers => Status::ALL,
        }
    }
}

impl EventKind {
    /// Returns the command that makes events of this kind; `None` for those that only time makes.
    #[must_use]
    pub const fn action(&self) -> Option<Action> {
        Some(match self {
            Self::Opened { .. } => Action::Open,
            Self::Assigned { .. } => Action::Assign,
            Self::Unassigned { .. } => Action::Unassign,
            Self::Replied { .. } => Action::Reply,
            Self::Noted { .. } => Action::Note,
            Self::CustomerMessaged { .. } => Action::CustomerMessage,
            Self::Absorbed { .. } => Action::Absorb,
            Self::Paused { .. } => Action::Pause,
            Self::Resumed { .. } => Action::Resume,
            Self::Resolved { .. } => Action::Resolve,
            Self::Reopened { .. } => Action::Reopen,
            Self::Closed { .. } => Action::Close,
            Self::Withdrawn => Action::Withdraw,
            Self::Voided { .. } => Action::Void,
            Self::Escalated(_) => Action::RequestEscalation,
            Self::EscalationAcknowledged { .. } => Action::AcknowledgeEscalation,
            Self::EscalationResolved { .. } => Action::ResolveEscalation,
            Self::Rated { .. } => Action::Rate,
            Self::PackageChanged { .. } => Action::ChangePackage,
            Self::RevisionAdopted { .. } => Action::AdoptRevision,
            Self::Classified { .. } => Action::Classify,
            Self::Warned(_) | Self::Breached { .. } | Self::Reminded(_) => return None,
        })
    }

    /// Returns the status that a ticket in the status `before` has after the event.
    #[inline]
    #[must_use]
    pub const fn status_after(&self, before: Status) -> Status {
        match self {
            Self::Opened { .. } => Status::New,
            Self::Assigned { agent: Some(_), .. } if matches!(before, Status::New) => Status::Open,
            Self::CustomerMessaged { .. } | Self::Absorbed { waiting_since: Some(_), .. }
                if matches!(before, Status::Pending) =>
            {
                Status::Open
            }
            Self::Paused { status, .. } => status.status(),
            Self::Resumed { .. } | Self::Reopened { .. } => Status::Open,
            Self::Resolved { .. } => Status::Resolved,
            Self::Closed { .. } => Status::Closed,
            Self::Withdrawn => Status::Withdrawn,
            Self::Voided { .. } => Status::Voided,
            _ => before,
        }
    }

    /// Returns the triggers that the event fires; `ticket` is the ticket before it, `None` for the opening.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::ticket::Trigger;
    ///
    /// let opened = accepted(engine().open(&opening(), &customer(), at("2026-03-02T10:00:00Z"))?);
    /// assert!(opened.events[0].kind.triggers(None).contains(Trigger::Opened));
    /// // The first assignment is not a reassignment.
    /// let assign = engine().decide(&opened.ticket, &command("assign", r#""agent": "ana""#), &admin(), opened.ticket.last_at)?;
    /// let triggers = accepted(assign).events[0].kind.triggers(Some(&opened.ticket));
    /// assert_eq!(triggers.iter().collect::<Vec<_>>(), [Trigger::Assigned]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn triggers(&self, ticket: Option<&Ticket>) -> Triggers {
        let owed = ticket.is_some_and(|ticket| ticket.reply_owed);
        match self {
            Self::Opened { direction: Direction::Inbound, .. } => Triggers::one(Trigger::Opened),
            Self::Opened { direction: Direction::Outbound, .. } => Triggers::two(Trigger::Opened, Trigger::PublicReply),
            Self::Assigned { agent, team, .. } => assigned(ticket, agent.as_ref(), team.as_ref()),
            Self::Unassigned { .. } => lost_agent(ticket),
            Self::Replied { automatic: false, .. } => Triggers::one(Trigger::PublicReply),
            Self::Noted { .. } => Triggers::one(Trigger::Noted),
            Self::CustomerMessaged { .. } | Self::Absorbed { waiting_since: Some(_), .. } if owed => {
                Triggers::one(Trigger::CustomerMessage)
            }
            Self::CustomerMessaged { .. } | Self::Absorbed { waiting_since: Some(_), .. } => {
                Triggers::two(Trigger::CustomerMessage, Trigger::ReplyOwed)
            }
            Self::Resolved { .. } => Triggers::one(Trigger::Resolved),
            Self::Reopened { channel, .. } => Triggers::of([
                Some(Trigger::Reopened),
                (channel.is_some() && !owed).then_some(Trigger::ReplyOwed),
                ticket.is_some_and(|ticket| ticket.agent.is_none()).then_some(Trigger::Unassigned),
            ]),
            _ => Triggers::default(),
        }
    }

    /// Returns how a change of package, revision or classification applies to running timers; `None` for other kinds.
    #[must_use]
    pub const fn apply(&self) -> Option<Apply> {
        match self {
            Self::PackageChanged { apply, .. }
            | Self::RevisionAdopted { apply, .. }
            | Self::Classified { apply, .. } => Some(*apply),
            _ => None,
        }
    }

    /// Returns the event that comes before this one at the same instant: a resolve assigns an unassigned ticket to the
    /// actor, whom `by` names, and a customer's message reopens a resolved ticket.
    pub(crate) fn implied_before<E>(
        &self,
        ticket: &Ticket,
        by: impl FnOnce() -> Result<Id, E>,
    ) -> Result<Option<Self>, E> {
        Ok(match self {
            Self::Resolved { inactivity: None, .. } if ticket.agent.is_none() => {
                Some(Self::Assigned { agent: Some(by()?), team: None, cause: AssignCause::Resolve })
            }
            Self::CustomerMessaged { channel, received_at, .. } if matches!(ticket.status, Status::Resolved) => {
                Some(Self::Reopened { channel: Some(channel.clone()), reason: None, received_at: *received_at })
            }
            _ => None,
        })
    }
}

/// Returns the triggers of an assignment: an agent alone leaves the team, another team alone takes the ticket from its
/// agent.
fn assigned(ticket: Option<&Ticket>, agent: Option<&Id>, team: Option<&Id>) -> Triggers {
    let Some(ticket) = ticket else { return Triggers::default() };
    let gets_team = team.is_some_and(|team| ticket.team.as_ref() != Some(team));
    let gets_agent = agent.is_some_and(|agent| ticket.agent.as_ref() != Some(agent));
    let is_other = gets_agent && ticket.last_agent.as_ref().is_some_and(|last| Some(last) != agent);
    let loses_agent = agent.is_none() && gets_team && ticket.agent.is_some() && ticket.status != Status::Resolved;
    Triggers::of([
        gets_agent.then_some(Trigger::Assigned).or(loses_agent.then_some(Trigger::Unassigned)),
        is_other.then_some(Trigger::Reassigned),
        gets_team.then_some(Trigger::TeamAssigned),
    ])
}

fn lost_agent(ticket: Option<&Ticket>) -> Triggers {
    match ticket {
        Some(ticket) if ticket.agent.is_some() && ticket.status != Status::Resolved => {
            Triggers::one(Trigger::Unassigned)
        }
        _ => Triggers::default(),
    }
}
