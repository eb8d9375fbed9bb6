//! Histories from other systems: their commands are replayed, with automatic events in place.

use std::borrow::Borrow;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::decide::Request;
use super::{Decision, Engine};
use crate::error::Error;
use crate::id::Recent;
use crate::refusal::Refusal;
use crate::ticket::{Actor, Command, History, Opening};
use crate::time::Timestamp;

/// A command that another system recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordedCommand {
    /// When.
    pub at: Timestamp,
    /// Who asked for it.
    pub actor: Actor,
    /// What was asked for.
    pub command: Command,
}

/// What an import made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Import {
    /// The history, automatic events in place up to the last command.
    #[serde(rename = "events")]
    pub history: History,
    /// The commands that the policy does not allow; nothing of them is in the history.
    pub refused: Vec<RefusedCommand>,
}

/// A command that an import left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RefusedCommand {
    /// Its place in the list that was imported, from 0.
    #[serde(serialize_with = "place")]
    pub index: usize,
    /// Why.
    pub refusal: Refusal,
}

/// Documents count the opening, too.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn place<S: Serializer>(index: &usize, serializer: S) -> Result<S::Ok, S::Error> {
    index.saturating_add(1).serialize(serializer)
}

/// Actors as events record them: one that comes again is made once, mostly.
#[derive(Debug)]
pub(crate) struct Authors(Recent<Arc<Actor>>);

impl Authors {
    /// Returns room for the actors of one ticket.
    fn of_ticket() -> Self {
        Self(Recent::new(8))
    }

    /// Returns room for the actors of a log.
    pub(crate) fn of_log() -> Self {
        Self(Recent::new(4_096))
    }

    fn author(&mut self, actor: &Actor) -> Arc<Actor> {
        let is_same = |known: &Arc<Actor>| (known.role, &known.id) == (actor.role, &actor.id);
        self.0.get(&actor.id, is_same, || Arc::new(actor.recorded()))
    }
}

impl Engine {
    /// Returns the history of a ticket from what another system recorded: its opening and the commands after it, oldest
    /// first.
    ///
    /// Every command is judged as [`Engine::decide`] judges it, at its own instant, so an import does not bypass the
    /// policy. One that is refused is reported and left out, and the next is judged without it. Automatic events come
    /// in place, stamped with their own instants.
    ///
    /// A refusal is that of the opening, which leaves no ticket.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::engine::RecordedCommand;
    ///
    /// let assign = RecordedCommand {
    ///     at: at("2026-03-02T10:30:00Z"), actor: admin(), command: command("assign", r#""agent": "ana""#),
    /// };
    /// // A customer is not permitted to reply: the command is reported and left out.
    /// let answer = RecordedCommand { at: at("2026-03-02T11:00:00Z"), actor: customer(), command: reply() };
    /// let opened_at = at("2026-03-02T10:00:00Z");
    /// let import = engine().import(&opening(), &customer(), opened_at, &[assign, answer])?.into_result().unwrap();
    /// assert_eq!(import.history.events().len(), 2);
    /// assert_eq!(import.refused[0].index, 1);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when an instant lies outside the horizon of calendars.
    pub fn import(
        &self,
        opening: &Opening,
        opener: &Actor,
        opened_at: Timestamp,
        commands: &[RecordedCommand],
    ) -> Result<Decision<Import>, Error> {
        self.import_each(opening, opener, opened_at, commands, &mut Authors::of_ticket())
    }

    /// Imports as [`Engine::import`], commands that are made one after the other. `authors` are those of the tickets before.
    pub(crate) fn import_each<C: Borrow<RecordedCommand>>(
        &self,
        opening: &Opening,
        opener: &Actor,
        opened_at: Timestamp,
        commands: impl IntoIterator<Item = C>,
        authors: &mut Authors,
    ) -> Result<Decision<Import>, Error> {
        let opened = match self.open_by(opening, opener, opened_at, Some(authors.author(opener)))? {
            Decision::Accepted(opened) => opened,
            Decision::Refused(refusal) => return Ok(Decision::Refused(refusal)),
        };
        let (mut events, mut ticket) = (opened.events, opened.ticket);
        let commands = commands.into_iter();
        // Most commands make an event.
        events.reserve(commands.size_hint().1.unwrap_or_default());
        let mut refused = Vec::new();
        for (index, past) in commands.enumerate() {
            let RecordedCommand { at, actor, command } = past.borrow();
            let request = Request { command, actor, now: *at };
            if let Decision::Refused(refusal) =
                self.decide_next(&mut ticket, &mut events, request, authors.author(actor))?
            {
                refused.push(RefusedCommand { index, refusal });
            }
        }
        Ok(Decision::Accepted(Import { history: History::folded(events, ticket), refused }))
    }
}
