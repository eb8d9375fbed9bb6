//! Tickets given as a log of what people did, sorted by ticket and time: played under the newest revision of an engine.
//!
//! What people did is taken as given, as in [`crate::what_if`]: channels, roles and reasons are not judged, and steps do not
//! fire, since no answer about a promise depends on them. [`Engine::import`](crate::Engine::import) judges everything and
//! makes histories; for a log in which it refuses nothing, both say the same.

use crate::engine::{CycleEvaluation, Engine, Replay, Unknown};
use crate::error::{Error, ErrorCode};
use crate::escalation;
use crate::id::Id;
use crate::policy::{DueBoundary, StepAction};
use crate::ticket::{Apply, Cycle, Due, EventKind, Phase, Ticket};
use crate::time::Timestamp;
use crate::timer;

/// Plays one ticket after the other.
#[derive(Debug)]
pub struct Player {
    engine: Engine,
    replay: Replay,
    ticket: Option<Ticket>,
    /// When the ticket's running promises got other terms.
    changes: Vec<Timestamp>,
}

impl Player {
    /// Returns a player for the newest revision of an engine.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        Self { engine: engine.clone(), replay: Replay::new(engine.clone()), ticket: None, changes: Vec::new() }
    }

    /// Begins a ticket; the one before is forgotten.
    ///
    /// The outer error is a failure; the inner one says what of the opening the policy does not know, and leaves no
    /// ticket.
    ///
    /// # Errors
    ///
    /// - `invalid_history` when `opening` is no opening;
    /// - `out_of_horizon` when `at` lies outside the horizon of calendars.
    pub fn open(&mut self, id: &Id, opening: &EventKind, at: Timestamp) -> Result<Result<(), Unknown>, Error> {
        self.ticket = None;
        self.changes.clear();
        match self.replay.open(id, opening, at)? {
            Ok(Some(ticket)) => self.ticket = Some(ticket),
            Ok(None) => return Err(Error::new(ErrorCode::InvalidHistory, "a log of a ticket begins with its opening")),
            Err(unknown) => return Ok(Err(unknown)),
        }
        Ok(Ok(()))
    }

    /// Returns the ticket as it stands; `None` before the first opening.
    #[must_use]
    pub const fn ticket(&self) -> Option<&Ticket> {
        self.ticket.as_ref()
    }

    /// Lets something happen to the ticket, and returns whether its status allows it; otherwise nothing happens.
    ///
    /// As with [`Engine::decide`](crate::Engine::decide), a resolve of a ticket that nobody holds assigns it to `by` first,
    /// and a customer's message on a resolved ticket reopens it first.
    ///
    /// The inner error says what the policy does not know; then nothing happens either.
    ///
    /// # Errors
    ///
    /// - `invalid_history` before the first opening, and for an instant before the last one;
    /// - `out_of_horizon` when `at` lies outside the horizon of calendars.
    pub fn happen(&mut self, kind: &EventKind, at: Timestamp, by: &Id) -> Result<Result<bool, Unknown>, Error> {
        let ticket = self.ticket.as_mut().filter(|ticket| ticket.last_at <= at);
        let ticket = ticket.ok_or_else(|| {
            Error::new(ErrorCode::InvalidHistory, "a log is sorted by ticket and time, the opening first")
        })?;
        if let Some(unknown) = self.replay.unknown(kind) {
            return Ok(Err(unknown));
        }
        let happened = self.replay.command(ticket, kind, at, by)?;
        if happened && kind.apply().is_some_and(|apply| apply != Apply::Keep) {
            self.changes.push(at);
        }
        Ok(Ok(happened))
    }

    /// Takes the ticket as it stands at `now`: what happens by itself has happened, and promises past their due are
    /// broken. `None` before the first opening.
    ///
    /// # Errors
    ///
    /// - `time_went_back` when `now` lies before what happened last;
    /// - `out_of_horizon` when it lies outside the horizon of calendars.
    pub fn finish(&mut self, now: Timestamp) -> Result<Option<Ticket>, Error> {
        let Some(mut ticket) = self.ticket.take() else { return Ok(None) };
        crate::engine::check_time(&ticket, now)?;
        self.replay.catch_up(&mut ticket, now)?;
        Ok(Some(ticket))
    }

    /// Visits each cycle of a finished ticket as of the same instant, by timer, oldest first, with when its first warning
    /// fires or would have fired.
    ///
    /// That is `None` without a warning, while a promise stands still, where a pause came after it, and where the terms
    /// changed on the way; a history tells every warning.
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when `now` lies outside the horizon of calendars.
    pub fn cycles(
        &self,
        ticket: &Ticket,
        now: Timestamp,
        mut visit: impl FnMut(&Id, &CycleEvaluation, Option<Timestamp>),
    ) -> Result<(), Error> {
        for track in &ticket.timers {
            for cycle in &track.cycles {
                let evaluation = self.engine.evaluate_cycle(&track.timer, cycle, now)?;
                visit(&track.timer, &evaluation, self.warns_at(&track.timer, cycle)?);
            }
        }
        Ok(())
    }

    fn warns_at(&self, timer: &Id, cycle: &Cycle) -> Result<Option<Timestamp>, Error> {
        let revision = self.engine.newest();
        let steps = revision.steps.get(timer).map_or(&[][..], Vec::as_slice);
        let warnings = steps.iter().filter(|step| step.action == StepAction::Warn);
        let used = warnings.filter_map(|step| escalation::used_at(step, cycle.target)).min();
        let Some(used) = used.filter(|used| *used < cycle.target) else { return Ok(None) };
        let ended_at = if cycle.is_active() { None } else { Some(cycle.since()) };
        if self.changes.iter().any(|at| cycle.started_at <= *at && ended_at.is_none_or(|ended| *at <= ended)) {
            return Ok(None);
        }
        let calendar = revision.calendar(&cycle.calendar)?;
        let due_from = |from, left| timer::due_from(calendar, DueBoundary::Close, from, left).map(Due::at);
        match cycle.phase {
            Phase::Paused { .. } => Ok(None),
            // What was used by then was used without a break since the start.
            _ if calendar.elapsed(cycle.started_at, cycle.since())? == cycle.used => due_from(cycle.started_at, used),
            Phase::Running { since } if cycle.used < used => due_from(since, used.saturating_sub(cycle.used)),
            _ => Ok(None),
        }
    }
}
