//! Making an event: its place in the history, and what it does to the timers.

use super::context::{Happening, Reaction};
use super::{Engine, Revision};
use crate::error::Error;
use std::sync::Arc;

use crate::ticket::{Actor, CommandStamp, Event, EventKind, Ticket, Via};
use crate::time::Timestamp;

/// What makes an event, before its place in the history is known.
pub(super) struct NewEvent<'a> {
    pub(super) kind: EventKind,
    pub(super) at: Timestamp,
    pub(super) actor: Arc<Actor>,
    pub(super) via: Option<Box<Via>>,
    pub(super) command: Option<Box<CommandStamp>>,
    /// Every event of the ticket before it, where the host gave them.
    pub(super) events: Option<&'a [Event]>,
}

impl Engine {
    /// Returns the event with what it does to the timers, under `revision`: the ticket's, or the one that it adopts.
    pub(super) fn event(&self, revision: &Revision, ticket: &Ticket, new: NewEvent<'_>) -> Result<Event, Error> {
        let NewEvent { kind, at, actor, via, command, events } = new;
        let mut reaction = Reaction::default();
        let happening = Happening { kind: &kind, at, role: actor.role, events };
        self.react_into(Some(ticket), happening, revision, &mut reaction)?;
        self.adopt_into(ticket, happening, revision, &mut reaction)?;
        Ok(Event {
            ticket: ticket.id.clone(),
            seq: ticket.events,
            at,
            actor,
            via,
            rules: Arc::clone(&revision.rules),
            command,
            kind,
            changes: reaction.changes.into(),
            promised: reaction.promised.into(),
        })
    }
}
