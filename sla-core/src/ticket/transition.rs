//! The one table of statuses and commands: which status accepts a command, what an event implies, and what follows it.
//!
//! `decide`, the replay of histories and logs, the timers and the fold read this table; `docs/commands.md` and
//! `docs/events.md` show it, and a test compares them.

use super::Ticket;
use super::command::Action;
use super::event::{Apply, AssignCause, EventKind};
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
            Self::Resolve => &[New, Open, Pending, OnHold],
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
            Self::Replied { .. } => Action::Reply,
            Self::Noted { .. } => Action::Note,
            Self::CustomerMessaged { .. } => Action::CustomerMessage,
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
            Self::Warned(_) | Self::Breached { .. } => return None,
        })
    }

    /// Returns the status that a ticket in the status `before` has after the event.
    #[inline]
    #[must_use]
    pub const fn status_after(&self, before: Status) -> Status {
        match self {
            Self::Opened { .. } => Status::New,
            Self::Assigned { .. } if matches!(before, Status::New) => Status::Open,
            Self::CustomerMessaged { .. } if matches!(before, Status::Pending) => Status::Open,
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
    /// assert_eq!(opened.events[0].kind.triggers(None), [Trigger::Opened]);
    /// // The first assignment is not a reassignment.
    /// let assign = engine().decide(&opened.ticket, &command("assign", r#""agent": "ana""#), &admin(), opened.ticket.last_at)?;
    /// assert_eq!(accepted(assign).events[0].kind.triggers(Some(&opened.ticket)), [Trigger::Assigned]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn triggers(&self, ticket: Option<&Ticket>) -> &'static [Trigger] {
        let owed = ticket.is_some_and(|ticket| ticket.reply_owed);
        match self {
            Self::Opened { .. } => &[Trigger::Opened],
            Self::Assigned { agent, .. } => match ticket.and_then(|ticket| ticket.agent.as_ref()) {
                None => &[Trigger::Assigned],
                Some(holder) if holder != agent => &[Trigger::Assigned, Trigger::Reassigned],
                Some(_) => &[],
            },
            Self::Replied { .. } => &[Trigger::PublicReply],
            Self::CustomerMessaged { .. } if owed => &[Trigger::CustomerMessage],
            Self::CustomerMessaged { .. } => &[Trigger::CustomerMessage, Trigger::ReplyOwed],
            Self::Resolved { .. } => &[Trigger::Resolved],
            Self::Reopened { channel: Some(_), .. } if !owed => &[Trigger::Reopened, Trigger::ReplyOwed],
            Self::Reopened { .. } => &[Trigger::Reopened],
            _ => &[],
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
            Self::Resolved { .. } if ticket.agent.is_none() => {
                Some(Self::Assigned { agent: by()?, cause: AssignCause::Resolve })
            }
            Self::CustomerMessaged { channel, .. } if matches!(ticket.status, Status::Resolved) => {
                Some(Self::Reopened { channel: Some(channel.clone()), reason: None })
            }
            _ => None,
        })
    }
}
