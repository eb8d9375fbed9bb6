//! Making an event: its place in the history, and what it does to the timers.

use super::{Engine, Revision};
use crate::error::Error;
use crate::ticket::{Actor, CommandStamp, Event, EventKind, Ticket};
use crate::time::Timestamp;

impl Engine {
    /// Returns the event that `kind` makes, with what it does to the timers.
    pub(super) fn event(
        &self,
        ticket: &Ticket,
        at: Timestamp,
        actor: Actor,
        kind: EventKind,
        command: Option<CommandStamp>,
    ) -> Result<Event, Error> {
        let revision = self.revision(ticket.policy_digest)?;
        self.event_under(revision, ticket, at, actor, kind, command)
    }

    /// Returns the event that `kind` makes under `revision`, which differs from the ticket's when it adopts one.
    pub(super) fn event_under(
        &self,
        revision: &Revision,
        ticket: &Ticket,
        at: Timestamp,
        actor: Actor,
        kind: EventKind,
        command: Option<CommandStamp>,
    ) -> Result<Event, Error> {
        let changes = self.react(Some(ticket), &kind, at, revision)?;
        Ok(Event {
            ticket: ticket.id.clone(),
            seq: ticket.events,
            at,
            actor,
            policy_digest: revision.digest,
            rules_digest: revision.rules_digest,
            command,
            kind,
            changes,
        })
    }
}
