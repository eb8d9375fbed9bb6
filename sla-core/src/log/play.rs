//! Logs that are played without judging, under the newest revision of an engine.

use std::collections::HashMap;

use super::commands::{as_commands, split};
use super::fault::{CHANNEL_CHANGED, RefusedRow, RowFault};
use super::row::{LOG, Opened, Row};
use super::states::States;
use super::unlisted::Unlisted;
use crate::digest::Digest;
use crate::engine::{CycleEvaluation, Decision, Engine, Replay, Unknown};
use crate::error::{Error, ErrorCode};
use crate::escalation;
use crate::id::Id;
use crate::policy::{DueBoundary, StepAction};
use crate::ticket::{
    Action, Apply, AssignCause, CloseCause, Cycle, Due, Escalation, EscalationTrigger, EventKind, Message, Phase,
    ResumeCause, Role, Ticket,
};
use crate::time::Timestamp;
use crate::timer;

/// Plays one ticket after the other.
///
/// What people did is taken as given, as in [`crate::what_if`]: channels, roles and reasons are not judged, and steps do not
/// fire, since no answer about a promise depends on them. For a log of which [`Importer`](super::Importer) refuses nothing,
/// both say the same.
#[derive(Debug)]
pub struct Player {
    engine: Engine,
    replay: Replay,
    ticket: Option<Ticket>,
    /// When the ticket's running promises got other terms.
    changes: Vec<Timestamp>,
    names: Names,
    unlisted: Unlisted,
    refused: Vec<RefusedRow>,
}

/// A ticket whose rows were played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// The ticket at the instant of the evaluation; the code of the fault when it cannot be opened.
    pub ticket: Result<Ticket, &'static str>,
    /// How many rows are left out: they cannot be read, are later, or the ticket's status does not allow them.
    pub left_out: usize,
}

/// Ids that rows share, made once.
#[derive(Debug)]
struct Names {
    ids: HashMap<String, Id>,
    /// Stands for every message: no timer asks for one.
    message: Message,
    unnamed: Id,
}

impl Names {
    fn new() -> Self {
        let unnamed = Id::trusted(LOG);
        let message = Message { message_ref: unnamed.clone(), content_sha256: Digest::of(b"") };
        Self { ids: HashMap::new(), message, unnamed }
    }

    fn id(&mut self, text: &str) -> Result<Id, RowFault> {
        if let Some(id) = self.ids.get(text) {
            return Ok(id.clone());
        }
        let id = Id::new(text)?;
        self.ids.insert(text.to_owned(), id.clone());
        Ok(id)
    }

    fn optional(&mut self, text: Option<&str>) -> Result<Option<Id>, RowFault> {
        text.map(|text| self.id(text)).transpose()
    }

    fn opening(&mut self, row: &Row<'_>) -> Result<EventKind, RowFault> {
        if row.read_action()? != Some(Action::Open) {
            return Err(RowFault::NotOpened);
        }
        Ok(EventKind::Opened {
            // One of many: not worth keeping.
            customer: Id::new(row.opening_customer())?,
            package: self.id(row.read_package()?)?,
            channel: self.id(row.opening_channel()?)?,
            severity: self.optional(row.severity)?,
            category: self.optional(row.category)?,
            message: Box::new(self.message.clone()),
            direction: row.read_direction()?,
            received_at: row.read_received_at()?,
            organization: row.organization.map(Id::new).transpose()?,
        })
    }

    /// Returns the event that a row makes, with who did it; `None` when no timer depends on it.
    fn event(&mut self, row: &Row<'_>, opened: Opened<'_>) -> Result<Option<(EventKind, Id, Role)>, RowFault> {
        let Some(action) = row.read_action()? else { return Ok(None) };
        let message = self.message.clone();
        let by = match row.actor {
            Some(actor) if matches!(action, Action::Assign | Action::Resolve) => self.id(actor)?,
            _ => self.unnamed.clone(),
        };
        let event = match action {
            Action::Assign => {
                let team = self.optional(row.team)?;
                let agent = self.optional(row.agent)?.or_else(|| team.is_none().then(|| by.clone()));
                EventKind::Assigned { agent, team, cause: AssignCause::Command }
            }
            Action::Unassign => EventKind::Unassigned { reason: String::new() },
            Action::Reply => EventKind::Replied {
                channel: self.id(row.channel_or(opened))?,
                message,
                automatic: row.read_automatic()?,
            },
            Action::Absorb => EventKind::Absorbed {
                // One of many: not worth keeping.
                ticket: Id::new(row.read_absorbed()?)?,
                waiting_since: row.read_waiting_since()?,
                reason: String::new(),
            },
            Action::CustomerMessage => EventKind::CustomerMessaged {
                channel: self.id(row.channel_or(opened))?,
                message,
                received_at: row.read_received_at()?,
            },
            Action::Pause => EventKind::Paused {
                status: row.read_pause()?,
                reason: String::new(),
                limit_at: None,
                limited_by: None,
                until: row.read_until()?,
            },
            Action::Resume => EventKind::Resumed { cause: ResumeCause::Command },
            Action::Resolve => EventKind::Resolved { message: Some(message), inactivity: None },
            Action::Reopen => {
                let is_customers = row.read_role(action)? == Role::Customer;
                let channel = Some(row.channel_or(opened)).filter(|_| is_customers);
                EventKind::Reopened { channel: self.optional(channel)?, reason: None, received_at: None }
            }
            Action::Close => EventKind::Closed { cause: CloseCause::Command, inactivity: None },
            Action::Withdraw => EventKind::Withdrawn,
            Action::Void => EventKind::Voided { reason: String::new(), duplicate_of: None, waiting_since: None },
            Action::ChangePackage => EventKind::PackageChanged {
                package: self.id(row.read_package()?)?,
                apply: row.read_apply()?,
                reason: String::new(),
            },
            Action::Classify => EventKind::Classified {
                severity: self.optional(row.severity)?,
                category: self.optional(row.category)?,
                apply: row.read_apply()?,
                reason: String::new(),
            },
            Action::Open => return Err(RowFault::AlreadyOpen),
            Action::Note => EventKind::Noted { message },
            Action::RequestEscalation => EventKind::Escalated(Box::new(Escalation {
                number: 0,
                trigger: EscalationTrigger::Request,
                level: 1,
                reason: String::new(),
                firing: None,
                channel: None,
            })),
            _ => return Ok(None),
        };
        Ok(Some((event, by, row.read_role(action)?)))
    }
}

impl Player {
    /// Returns a player for the newest revision of an engine.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            replay: Replay::new(engine.clone()),
            ticket: None,
            changes: Vec::new(),
            names: Names::new(),
            unlisted: Unlisted::of(engine.policy()),
            refused: Vec::new(),
        }
    }

    /// Plays the rows of one ticket, which are in order, as [`by_ticket`](super::by_ticket) gives them. With `states`, rows
    /// are states of the ticket. Values that the policy lists nothing for are cleared in them.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::log::{Player, Row};
    /// let open = Row { ticket: "T-7", event_at: Some(at("2026-03-02T10:00:00Z")), kind: Some("open"), ..Row::default() };
    /// let open = Row { package: Some("starter"), channel: Some("email"), ..open };
    /// let reply = Row { number: 1, event_at: Some(at("2026-03-02T15:00:00Z")), kind: Some("reply"), ..open };
    /// let now = at("2026-03-02T16:00:00Z");
    /// let mut player = Player::new(&engine());
    /// let played = player.play(&mut [open, reply], None, now)?;
    /// let mut states = Vec::new();
    /// player.cycles(&played.ticket.unwrap(), now, |timer, cycle, _| {
    ///     states.push(format!("{timer} {}", cycle.state().as_str()));
    /// })?;
    /// assert_eq!(states, ["first_response breached"]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `invalid_history` when the rows are not in order;
    /// - `out_of_horizon` when a calendar has no answer for `now` or an instant of a row.
    pub fn play(&mut self, rows: &mut [Row<'_>], states: Option<&States>, now: Timestamp) -> Result<Played, Error> {
        self.unlisted.clear(rows);
        let mut refused = std::mem::take(&mut self.refused);
        refused.clear();
        let commands = as_commands(rows, states, Some(now), &mut refused);
        let not_opened = |code| Played { ticket: Err(code), left_out: rows.len() };
        let Some((unread, first, rest)) = split(&commands, Some(now)) else {
            let why = refused.first().map_or(ErrorCode::InvalidHistory.as_str(), |row| row.code);
            return Ok(not_opened(why));
        };
        if let Err(code) = self.open_row(first, now)? {
            return Ok(not_opened(code));
        }
        // A row whose channel changed is not left out.
        // INVARIANT: counts of rows in memory fit.
        let mut left_out =
            unread.len().saturating_add(refused.iter().filter(|row| row.code != CHANNEL_CHANGED).count());
        self.refused = refused;
        let Some(channel) = self.ticket.as_ref().map(|ticket| ticket.channel.clone()) else {
            return Ok(not_opened(ErrorCode::InvalidHistory.as_str()));
        };
        let mut last = None;
        for row in rest {
            if !self.play_row(row, &channel, now)? && last != Some(row.number) {
                left_out = left_out.saturating_add(1);
                last = Some(row.number);
            }
        }
        match self.finish(now)? {
            Some(ticket) => Ok(Played { ticket: Ok(ticket), left_out }),
            None => Ok(not_opened(ErrorCode::InvalidHistory.as_str())),
        }
    }

    /// Opens a ticket; the inner error is the code of what prevents it.
    fn open_row(&mut self, row: &Row<'_>, now: Timestamp) -> Result<Result<(), &'static str>, Error> {
        let read = self.names.opening(row).and_then(|opening| Ok((opening, Id::new(row.ticket)?, row.at(Some(now))?)));
        match read {
            Ok((opening, id, at)) => Ok(self.open(&id, &opening, at)?.map_err(|unknown| unknown.code())),
            Err(fault) => Ok(Err(fault.code())),
        }
    }

    /// Lets a row happen, and returns whether it did.
    fn play_row(&mut self, row: &Row<'_>, channel: &Id, now: Timestamp) -> Result<bool, Error> {
        let Ok(at) = row.at(Some(now)) else { return Ok(false) };
        let opened = Opened { customer: "", channel: channel.as_str() };
        match self.names.event(row, opened) {
            Ok(Some((event, by, role))) => Ok(self.happen(&event, at, role, &by)?.unwrap_or(false)),
            Ok(None) => Ok(true),
            Err(_) => Ok(false),
        }
    }

    /// Begins a ticket; the one before is forgotten.
    ///
    /// The outer error is a failure; the inner one says what of the opening the policy does not know, and leaves no
    /// ticket.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::log::Player;
    /// let history = closed();
    /// let events = history.events();
    /// let mut player = Player::new(&engine());
    /// player.open(&history.ticket().id, &events[0].kind, events[0].at)?.unwrap();
    /// assert!(player.ticket().is_some());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `invalid_history` when `opening` is no opening;
    /// - `out_of_horizon` when `at` lies outside the horizon of calendars.
    pub fn open(&mut self, id: &Id, opening: &EventKind, at: Timestamp) -> Result<Result<(), Unknown>, Error> {
        self.ticket = None;
        self.changes.clear();
        match self.replay.open(id, opening, at)? {
            Some(Decision::Accepted(ticket)) => self.ticket = Some(ticket),
            None => return Err(Error::new(ErrorCode::InvalidHistory, "a log of a ticket begins with its opening")),
            Some(Decision::Refused(unknown)) => return Ok(Err(unknown)),
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
    /// As with [`Engine::decide`](crate::Engine::decide), an agent's `classify` never loosens a promise, a resolve of an unassigned ticket assigns it to `by` first,
    /// and a customer's message on a resolved ticket reopens it first.
    ///
    /// The inner error says what the policy does not know; then nothing happens either.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::log::Player;
    /// let history = closed();
    /// let events = history.events();
    /// let mut player = Player::new(&engine());
    /// player.open(&history.ticket().id, &events[0].kind, events[0].at)?.unwrap();
    /// let role = events[1].actor.role;
    /// assert!(player.happen(&events[1].kind, events[1].at, role, &events[1].ticket)?.unwrap());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `invalid_history` before the first opening, and for an instant before the last one;
    /// - `out_of_horizon` when `at` lies outside the horizon of calendars.
    pub fn happen(
        &mut self,
        kind: &EventKind,
        at: Timestamp,
        role: Role,
        by: &Id,
    ) -> Result<Result<bool, Unknown>, Error> {
        let ticket = self.ticket.as_mut().filter(|ticket| ticket.last_at <= at);
        let ticket = ticket.ok_or_else(|| {
            Error::new(ErrorCode::InvalidHistory, "a log is sorted by ticket and time, the opening first")
        })?;
        if let Some(unknown) = self.replay.unknown(kind) {
            return Ok(Err(unknown));
        }
        let happened = self.replay.command(ticket, kind, at, role, by)?;
        if happened && kind.apply().is_some_and(|apply| apply != Apply::Keep) {
            self.changes.push(at);
        }
        Ok(Ok(happened))
    }

    /// Takes the ticket as of `now`: automatic events have happened, and timers past their due are breached. `None` before the first opening.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::log::Player;
    /// let history = closed();
    /// let events = history.events();
    /// let mut player = Player::new(&engine());
    /// player.open(&history.ticket().id, &events[0].kind, events[0].at)?.unwrap();
    /// let ticket = player.finish(at("2026-03-02T15:00:00Z"))?.unwrap();
    /// assert_eq!(ticket.status.as_str(), "new");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
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
    /// That is `None` without a warning, while a timer is paused, where a pause came after it, and where the terms
    /// changed on the way; a history tells every warning.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::log::Player;
    /// let history = closed();
    /// let events = history.events();
    /// let mut player = Player::new(&engine());
    /// player.open(&history.ticket().id, &events[0].kind, events[0].at)?.unwrap();
    /// let now = at("2026-03-02T15:00:00Z");
    /// let ticket = player.finish(now)?.unwrap();
    /// player.cycles(&ticket, now, |timer, cycle, warns_at| {
    ///     assert_eq!((timer.as_str(), cycle.due_at()), ("first_response", Some(at("2026-03-02T14:00:00Z"))));
    ///     assert_eq!(warns_at, Some(at("2026-03-02T13:12:00Z")));
    /// })?;
    /// # Ok::<(), sla_core::Error>(())
    /// ```
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
        let Some(target) = cycle.target() else { return Ok(None) };
        let used = warnings.filter_map(|step| escalation::used_at(step, target)).min();
        let Some(used) = used.filter(|used| *used < target) else { return Ok(None) };
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
