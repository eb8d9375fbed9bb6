//! Commands: each is judged on the up-to-date ticket, and is accepted or refused with a reason.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::automatic::UpToDate;
use super::command_digest::{command_digest, opening_digest};
use super::context::{Happening, Reaction};
use super::event::NewEvent;
use super::pause::PauseEnd;
use super::{Engine, Revision};
use crate::access::{self, Holders};
use crate::calendar::check_horizon;
use crate::digest::Digest;
use crate::error::Error;
use crate::id::Id;
use crate::policy::CheckedPolicy;
use crate::refusal::{Refusal, RefusalCode};
use crate::ticket::{
    Action, Actor, AssignCause, CloseCause, Command, CommandKind, CommandStamp, Cycle, Direction, Escalation,
    EscalationStage, EscalationTrigger, Event, EventKind, History, Message, MessageRef, Opening, Pause, PauseStatus,
    ResumeCause, Role, Ticket, Via,
};
use crate::time::Timestamp;
use crate::unknown::comma_list;

/// The answer to what was asked for: accepted, or refused with nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum Decision<T = Accepted, R = Refusal> {
    /// It happens.
    Accepted(T),
    /// It does not, and nothing else happened either.
    Refused(R),
}

impl<T, R> Decision<T, R> {
    /// Returns what was accepted, or the refusal as an error, for `?` and `unwrap`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let opened = engine().open(&opening(), &customer(), at("2026-03-02T10:00:00Z"))?.into_result().unwrap();
    /// assert_eq!(opened.ticket.id.as_str(), "T-1");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The refusal.
    pub fn into_result(self) -> Result<T, R> {
        match self {
            Self::Accepted(accepted) => Ok(accepted),
            Self::Refused(refusal) => Err(refusal),
        }
    }
}

/// What happens: the events to store, in order, automatic ones first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Accepted {
    /// The events to append to the history; automatic ones alone when the command is a repeated one.
    pub events: Vec<Event>,
    /// The ticket after them.
    #[serde(skip)]
    pub ticket: Ticket,
}

/// Why a decision did not come about: refused, or impossible to judge.
#[derive(Debug)]
enum Declined {
    Refused(Refusal),
    Failed(Error),
}

impl From<Error> for Declined {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refusal> for Declined {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

type Judged<T> = Result<T, Declined>;

/// Whether the actor of a recorded command is still to be judged.
pub(super) enum Permission {
    Asked,
    /// What permitted the command is known, as the event that it implies is already in the history.
    Given(Option<Via>),
}

impl Engine {
    /// Decides whether a ticket is opened.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::engine::Decision;
    ///
    /// let now = at("2026-03-02T10:00:00Z");
    /// match engine().open(&opening(), &customer(), now)? {
    ///     Decision::Accepted(opened) => assert_eq!(opened.events[0].kind.name(), "opened"),
    ///     Decision::Refused(refusal) => panic!("{refusal}"),
    /// }
    /// // Customers open tickets only for themselves.
    /// let other = sla_core::ticket::Actor::new(sla_core::ticket::Role::Customer, "eve");
    /// let refusal = engine().open(&opening(), &other, now)?.into_result().unwrap_err();
    /// assert_eq!(refusal.code.as_str(), "not_ticket_owner");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when `now` lies outside the horizon of calendars.
    pub fn open(&self, opening: &Opening, actor: &Actor, now: Timestamp) -> Result<Decision, Error> {
        self.open_by(opening, actor, now, None)
    }

    /// Decides as [`Engine::open`]; `author` is the actor as events record them, where that is known.
    pub(super) fn open_by(
        &self,
        opening: &Opening,
        actor: &Actor,
        now: Timestamp,
        author: Option<Arc<Actor>>,
    ) -> Result<Decision, Error> {
        decision(self.judge_opening(opening, actor, now, author))
    }

    /// Decides whether a command on a ticket is accepted, and returns the events that it makes.
    ///
    /// Automatic events that are due by `now` come first, at their own instants. A command whose id, content and actor the
    /// ticket has seen adds no event of its own, whatever happened since, and also where `now` lies before the last
    /// event.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let (engine, ticket, now) = (engine(), opened(), at("2026-03-02T11:00:00Z"));
    /// let assigned = accepted(engine.decide(&ticket, &command("assign", r#""agent": "ana""#), &admin(), now)?);
    /// let answered = accepted(engine.decide(&assigned.ticket, &reply(), &agent(), now)?);
    /// assert_eq!(answered.events[0].kind.name(), "replied");
    /// assert!(!answered.ticket.reply_owed);
    ///
    /// let refusal = engine.decide(&ticket, &reply(), &agent(), now)?.into_result().unwrap_err();
    /// assert_eq!(refusal.code.as_str(), "not_assigned_agent");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `unknown_revision` when the ticket is under a revision that is not compiled into the engine;
    /// `out_of_horizon` when an instant lies outside the horizon of calendars.
    pub fn decide(&self, ticket: &Ticket, command: &Command, actor: &Actor, now: Timestamp) -> Result<Decision, Error> {
        let request = Request { command, actor, now };
        decision(self.judge(ticket, None, request, None).and_then(Judgement::accepted))
    }

    /// Decides as [`Engine::decide`], on a ticket whose whole history is at hand.
    ///
    /// The adoption of a revision that measures a timer which the ticket's revision does not measure needs it: whether a
    /// cycle of that timer runs follows from the events. On a ticket that was read from a snapshot, so do a change of terms
    /// that may count a cycle anew and a pause under `max_paused_total`, once the ticket has changed its status more often
    /// than a snapshot holds. [`Engine::decide`] refuses them as `history_needed`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::ticket::History;
    ///
    /// let opened = accepted(engine().open(&opening(), &customer(), at("2026-03-02T10:00:00Z"))?);
    /// let history = History::new(opened.events)?;
    /// let assign = command("assign", r#""agent": "ana""#);
    /// let assigned = accepted(engine().decide_on(&history, &assign, &admin(), at("2026-03-02T10:30:00Z"))?);
    /// assert_eq!(assigned.ticket.agent.unwrap().as_str(), "ana");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Engine::decide`].
    pub fn decide_on(
        &self,
        history: &History,
        command: &Command,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Decision, Error> {
        let request = Request { command, actor, now };
        let judged = self.judge(history.ticket(), Some(history.events()), request, author_in(history.events(), actor));
        decision(judged.and_then(Judgement::accepted))
    }

    fn judge_opening(
        &self,
        opening: &Opening,
        actor: &Actor,
        now: Timestamp,
        author: Option<Arc<Actor>>,
    ) -> Judged<Accepted> {
        let event = self.opening_event(self.newest(), opening, actor, now, author)?;
        let ticket = Ticket::open(&event)?;
        Ok(Accepted { events: vec![event], ticket })
    }

    fn opening_event(
        &self,
        revision: &Revision,
        opening: &Opening,
        actor: &Actor,
        now: Timestamp,
        author: Option<Arc<Actor>>,
    ) -> Judged<Event> {
        let name = Action::Open.as_str();
        check_horizon(name, now)?;
        let policy = &revision.policy;
        access::permit(actor, Action::Open, Some(Holders::of_opening(&opening.customer)), policy.roles)?;
        check_opening(opening, actor, now)?;
        let command = match &opening.command_id {
            Some(id) => Some(Box::new(CommandStamp {
                id: reference(name, "command id", id)?,
                digest: opening_digest(opening, actor),
            })),
            None => None,
        };
        let package = package(policy, name, &opening.package)?;
        let organization = opening.organization.as_deref();
        let kind = EventKind::Opened {
            customer: reference(name, "customer", &opening.customer)?,
            channel: entitled(policy, &package, name, &opening.channel)?,
            severity: listed(
                name,
                RefusalCode::UnknownSeverity,
                "severity",
                &policy.severities,
                opening.severity.as_deref(),
            )?,
            category: listed(
                name,
                RefusalCode::UnknownCategory,
                "category",
                &policy.categories,
                opening.category.as_deref(),
            )?,
            message: Box::new(message(name, &opening.message)?),
            direction: opening.direction,
            received_at: earlier(name, "received_at", opening.received_at, now)?,
            organization: organization.map(|id| reference(name, "organization", id)).transpose()?,
            package,
        };
        let mut reaction = Reaction::default();
        let happening = Happening { kind: &kind, at: now, role: actor.role, events: None };
        self.react_into(None, happening, revision, &mut reaction)?;
        Ok(Event {
            ticket: reference(name, "ticket", &opening.ticket)?,
            seq: 0,
            at: now,
            actor: author.unwrap_or_else(|| Arc::new(actor.recorded())),
            via: None,
            rules: Arc::clone(&revision.rules),
            command,
            changes: reaction.changes.into(),
            promised: reaction.promised.into(),
            kind,
        })
    }

    /// Decides on a ticket that takes what is accepted, and appends the events to those of the ticket. A ticket that refuses
    /// stays as it is. `author` is the actor as events record them.
    pub(super) fn decide_next(
        &self,
        ticket: &mut Ticket,
        events: &mut Vec<Event>,
        request: Request<'_>,
        author: Arc<Actor>,
    ) -> Result<Decision<()>, Error> {
        let judgement = match decision(self.judge(ticket, Some(events), request, Some(author)))? {
            Decision::Accepted(judgement) => judgement,
            Decision::Refused(refusal) => return Ok(Decision::Refused(refusal)),
        };
        let Judgement { up_to_date, own } = judgement;
        let (before, others) = up_to_date.into_changes();
        if let Some(before) = before {
            *ticket = *before;
        }
        events.extend(others);
        if let Some(own) = own {
            ticket.apply(&own)?;
            events.push(own);
        }
        Ok(Decision::Accepted(()))
    }

    fn judge<'a>(
        &self,
        ticket: &'a Ticket,
        events: Option<&[Event]>,
        Request { command, actor, now }: Request<'_>,
        author: Option<Arc<Actor>>,
    ) -> Judged<Judgement<'a>> {
        let name = command.kind.name();
        let action = command.kind.action();
        let stamp = match command.command_id.as_deref() {
            Some(id) => match recognized(ticket, id, command, actor)? {
                Recognized::Executed if now < ticket.last_at => {
                    return Ok(Judgement { up_to_date: UpToDate::of(ticket), own: None });
                }
                Recognized::Executed => {
                    return Ok(Judgement { up_to_date: self.caught_up(ticket, now)?, own: None });
                }
                Recognized::New(digest) => Some((id, digest)),
            },
            None => None,
        };
        if now < ticket.last_at {
            return Err(refuse(
                RefusalCode::TimeWentBack,
                name,
                format!("{now} lies before the last event of the ticket at {}", ticket.last_at),
                "pass the later of your clock and the last event's instant",
            ));
        }
        let up_to_date = self.caught_up(ticket, now)?;
        let ticket = up_to_date.ticket();
        let rules = self.revision(ticket.policy_digest)?.policy.roles;
        let via = access::permit(actor, action, Some(Holders::of(ticket)), rules)?;
        let stamp = match stamp {
            Some((id, digest)) => Some(CommandStamp { id: reference(name, "command id", id)?, digest }),
            None => None,
        };
        let transaction = Transaction {
            engine: self,
            up_to_date,
            past: events,
            actor,
            author,
            via,
            now,
            name,
            stamp,
            only_first: false,
        };
        transaction.execute(&command.kind)
    }

    /// Returns the opening that a command makes under a revision.
    pub(super) fn first_of_opening(
        &self,
        revision: &Revision,
        opening: &Opening,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Decision<Event>, Error> {
        decision(self.opening_event(revision, opening, actor, now, None))
    }

    /// Returns the first event that a command makes on a ticket that is up to date, without applying it; `None` for a
    /// command that the ticket has executed.
    pub(super) fn first_of_command(
        &self,
        ticket: &Ticket,
        past: &[Event],
        recorded: Request<'_>,
        permission: Permission,
    ) -> Result<Decision<Option<Event>>, Error> {
        decision(self.judge_first(ticket, past, recorded, permission))
    }

    fn judge_first(
        &self,
        ticket: &Ticket,
        past: &[Event],
        Request { command, actor, now }: Request<'_>,
        permission: Permission,
    ) -> Judged<Option<Event>> {
        let name = command.kind.name();
        check_horizon(name, now)?;
        let stamp = match command.command_id.as_deref() {
            Some(id) => match recognized(ticket, id, command, actor)? {
                Recognized::Executed => return Ok(None),
                Recognized::New(digest) => Some(CommandStamp { id: reference(name, "command id", id)?, digest }),
            },
            None => None,
        };
        let via = match permission {
            Permission::Given(via) => via,
            Permission::Asked => {
                let rules = self.revision(ticket.policy_digest)?.policy.roles;
                access::permit(actor, command.kind.action(), Some(Holders::of(ticket)), rules)?
            }
        };
        let transaction = Transaction {
            engine: self,
            up_to_date: UpToDate::of(ticket),
            past: Some(past),
            actor,
            author: None,
            via,
            now,
            name,
            stamp,
            only_first: true,
        };
        Ok(transaction.execute(&command.kind)?.own)
    }

    /// Checks whether `actor` is permitted `action`, without doing it; on `ticket` where the action concerns one.
    ///
    /// The ticket's status and the package's channels are not part of the answer: `decide` judges those. [`Action::Open`]
    /// without a ticket is the opening of one for the actor themselves.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::ticket::Action;
    ///
    /// let ticket = opened();
    /// assert!(engine().authorize(&admin(), Action::Assign, Some(&ticket)).is_ok());
    /// let refusal = engine().authorize(&agent(), Action::Reply, Some(&ticket)).unwrap_err();
    /// assert_eq!(refusal.accepted, "the assigned agent, or an admin");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The refusal that `decide` would give for the actor.
    pub fn authorize(&self, actor: &Actor, action: Action, ticket: Option<&Ticket>) -> Result<(), Refusal> {
        let revision = ticket.and_then(|ticket| self.revision(ticket.policy_digest).ok()).unwrap_or(self.newest());
        // Whoever asks about opening without a ticket asks about one of their own.
        let opening = (action == Action::Open).then(|| Holders::of_opening(&actor.id));
        access::permit(actor, action, ticket.map(Holders::of).or(opening), revision.policy.roles).map(drop)
    }
}

fn decision<T>(judged: Judged<T>) -> Result<Decision<T>, Error> {
    match judged {
        Ok(accepted) => Ok(Decision::Accepted(accepted)),
        Err(Declined::Refused(refusal)) => Ok(Decision::Refused(refusal)),
        Err(Declined::Failed(error)) => Err(error),
    }
}

/// A command with its actor and instant.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) command: &'a Command,
    pub(super) actor: &'a Actor,
    pub(super) now: Timestamp,
}

/// Returns the actor as one of the last events records them.
fn author_in(events: &[Event], actor: &Actor) -> Option<Arc<Actor>> {
    const LAST: usize = 8;
    let mut authors = events.iter().rev().take(LAST).map(|event| &event.actor);
    authors.find(|author| (author.role, &author.id) == (actor.role, &actor.id)).map(Arc::clone)
}

/// What a ticket knows of a command that carries an id.
enum Recognized {
    /// It was executed: a retry, whatever happened since.
    Executed,
    /// It has not seen the id; the digest of the command.
    New(Digest),
}

/// Returns whether a ticket has executed the command, by its id; refuses another command of the same id.
fn recognized(ticket: &Ticket, id: &str, command: &Command, actor: &Actor) -> Judged<Recognized> {
    let digest = command_digest(&command.kind, actor);
    match ticket.commands.is_same(id, digest) {
        None => Ok(Recognized::New(digest)),
        Some(true) => Ok(Recognized::Executed),
        Some(false) => Err(refuse(
            RefusalCode::DuplicateCommand,
            command.kind.name(),
            format!("command `{id}` was executed with another content or actor"),
            "give every command an id of its own",
        )),
    }
}

/// What an accepted command makes of a ticket.
struct Judgement<'t> {
    /// The ticket with what comes before the command's own event.
    up_to_date: UpToDate<'t>,
    /// The command's own event; `None` when the command is a repeated one. The ticket does not have it yet.
    own: Option<Event>,
}

impl Judgement<'_> {
    fn accepted(self) -> Judged<Accepted> {
        let Self { up_to_date, own } = self;
        let (mut ticket, mut events) = up_to_date.into_parts();
        if let Some(own) = own {
            ticket.apply(&own)?;
            // Most decisions make one event, which is large.
            events.reserve_exact(1);
            events.push(own);
        }
        Ok(Accepted { events, ticket })
    }
}

/// One command being decided.
struct Transaction<'a, 't> {
    engine: &'a Engine,
    /// The working ticket and the events emitted so far, which the ticket has.
    up_to_date: UpToDate<'t>,
    /// Every event of the ticket before this decision, where the host gave them.
    past: Option<&'a [Event]>,
    actor: &'a Actor,
    /// The same as events record them, once it is known.
    author: Option<Arc<Actor>>,
    /// The team or organization that permits the command, where neither the role nor the ticket itself does.
    via: Option<Via>,
    now: Timestamp,
    /// The command's name.
    name: &'static str,
    /// The command's id, for the first event it makes.
    stamp: Option<CommandStamp>,
    /// Whether only the first event is wanted.
    only_first: bool,
}

impl<'t> Transaction<'_, 't> {
    fn ticket(&self) -> &Ticket {
        self.up_to_date.ticket()
    }

    /// Executes the command. The ticket is not changed by its own event.
    fn execute(mut self, command: &CommandKind) -> Judged<Judgement<'t>> {
        let own = self.own_event(command)?;
        Ok(Judgement { up_to_date: self.up_to_date, own: Some(own) })
    }

    fn own_event(&mut self, command: &CommandKind) -> Judged<Event> {
        if matches!(command, CommandKind::Reply { automatic: true, .. }) && self.actor.role != Role::Admin {
            return Err(refuse(
                RefusalCode::RoleNotPermitted,
                self.name,
                format!("role `{}` may not send automatic replies", self.actor.role.as_str()),
                "an admin; a host's automation acts as an admin with a name of its own",
            ));
        }
        self.accepted(command.action())?;
        match command {
            CommandKind::Assign { agent, team } => self.assign(agent.as_deref(), team.as_deref()),
            CommandKind::Unassign { reason } => {
                let reason = self.reason(reason)?;
                self.differs(self.ticket().agent.is_some())?;
                self.record(EventKind::Unassigned { reason })
            }
            CommandKind::Reply { channel, message, automatic } => {
                let channel = self.entitled(channel)?;
                let message = self.message(message)?;
                self.record(EventKind::Replied { channel, message, automatic: *automatic })
            }
            CommandKind::Absorb { ticket, waiting_since, reason } => {
                let reason = self.reason(reason)?;
                let ticket = self.other_ticket(ticket)?;
                let waiting_since = earlier(self.name, "waiting_since", *waiting_since, self.now)?;
                self.record(EventKind::Absorbed { ticket, waiting_since, reason })
            }
            CommandKind::Note { message } => {
                let message = self.message(message)?;
                self.record(EventKind::Noted { message })
            }
            CommandKind::CustomerMessage { channel, message, received_at } => {
                let channel = self.entitled(channel)?;
                let message = self.message(message)?;
                let received_at = earlier(self.name, "received_at", *received_at, self.now)?;
                self.record(EventKind::CustomerMessaged { channel, message, received_at })
            }
            CommandKind::Pause { status, reason, until } => self.pause(*status, reason, *until),
            CommandKind::Resume => self.record(EventKind::Resumed { cause: ResumeCause::Command }),
            CommandKind::Resolve { message } => {
                let message = Some(self.message(message)?);
                self.record(EventKind::Resolved { message, inactivity: None })
            }
            CommandKind::Reopen { channel, reason } => {
                let (channel, reason) = self.channel_or_reason(channel.as_deref(), reason.as_deref())?;
                self.record(EventKind::Reopened { channel, reason, received_at: None })
            }
            CommandKind::Close => self.record(EventKind::Closed { cause: CloseCause::Command, inactivity: None }),
            CommandKind::Withdraw => self.record(EventKind::Withdrawn),
            CommandKind::Void { reason, duplicate_of } => {
                let reason = self.reason(reason)?;
                let duplicate_of = duplicate_of.as_deref().map(|id| self.other_ticket(id)).transpose()?;
                let waiting_since = duplicate_of.as_ref().and_then(|_| self.ticket().waiting_since());
                self.record(EventKind::Voided { reason, duplicate_of, waiting_since })
            }
            CommandKind::Rate { score } => self.rate(*score),
            CommandKind::RequestEscalation { reason, channel } => self.request_escalation(reason, channel.as_deref()),
            CommandKind::AcknowledgeEscalation { number } => {
                self.escalation(*number, EscalationStage::Acknowledged)?;
                self.record(EventKind::EscalationAcknowledged { number: *number })
            }
            CommandKind::ResolveEscalation { number } => {
                self.escalation(*number, EscalationStage::Resolved)?;
                self.record(EventKind::EscalationResolved { number: *number })
            }
            CommandKind::ChangePackage { package: id, apply, reason } => {
                let reason = self.reason(reason)?;
                let package = package(self.policy()?, self.name, id)?;
                self.differs(package != self.ticket().package || self.ticket().has_cycles_of_other_terms())?;
                self.record(EventKind::PackageChanged { package, apply: *apply, reason })
            }
            CommandKind::AdoptRevision { policy_digest, apply, reason } => {
                let reason = self.reason(reason)?;
                self.adopt(*policy_digest, EventKind::RevisionAdopted { apply: *apply, reason })
            }
            CommandKind::Classify { severity, category, apply, reason } => {
                let reason = self.reason(reason)?;
                let policy = self.policy()?;
                let (severities, categories) = (&policy.severities, &policy.categories);
                let severity =
                    listed(self.name, RefusalCode::UnknownSeverity, "severity", severities, severity.as_deref())?;
                let category =
                    listed(self.name, RefusalCode::UnknownCategory, "category", categories, category.as_deref())?;
                let is_other = (&severity, &category) != (&self.ticket().severity, &self.ticket().category);
                self.differs(is_other || self.ticket().has_cycles_of_other_terms())?;
                self.record(EventKind::Classified { severity, category, apply: *apply, reason })
            }
        }
    }

    /// Returns the command's own event, and records the one that it implies before.
    fn record(&mut self, kind: EventKind) -> Judged<Event> {
        let by = || self.reference("actor", &self.actor.id);
        if let Some(implied) = kind.implied_before(self.ticket(), by)? {
            let implied = self.record_one(implied)?;
            if self.only_first {
                return Ok(implied);
            }
            self.up_to_date.append(implied)?;
            // What the implied event breaches is breached before the command's own event.
            self.engine.catch_up(&mut self.up_to_date, self.now)?;
        }
        self.record_one(kind)
    }

    fn record_one(&mut self, kind: EventKind) -> Judged<Event> {
        self.record_under(self.engine.revision(self.ticket().policy_digest)?, kind)
    }

    fn record_under(&mut self, revision: &Revision, kind: EventKind) -> Judged<Event> {
        self.recountable(&kind)?;
        let command = self.stamp.take();
        // An adoption looks back at the events.
        let past = self.past.filter(|_| matches!(kind, EventKind::RevisionAdopted { .. }));
        let events = past.map(|past| match self.up_to_date.events.as_slice() {
            [] => Cow::Borrowed(past),
            automatic => Cow::Owned([past, automatic].concat()),
        });
        let actor = Arc::clone(self.author.get_or_insert_with(|| Arc::new(self.actor.recorded())));
        let (via, command) = (self.via.clone().map(Box::new), command.map(Box::new));
        let new = NewEvent { kind, at: self.now, actor, via, command, events: events.as_deref() };
        Ok(self.engine.event(revision, self.ticket(), new)?)
    }

    fn assign(&mut self, agent: Option<&str>, team: Option<&str>) -> Judged<Event> {
        if self.actor.role == Role::Agent && (team.is_some() || agent != Some(self.actor.id.as_str())) {
            return Err(refuse(
                RefusalCode::RoleNotPermitted,
                self.name,
                "agents may only assign tickets to themselves, and to no team",
                "an admin may assign it to another agent or to a team",
            ));
        }
        if agent.is_none() && team.is_none() {
            return Err(refuse(
                RefusalCode::InvalidReference,
                self.name,
                "the command names neither an agent nor a team",
                "an agent, a team, or both",
            ));
        }
        let agent = agent.map(|agent| self.reference("agent", agent)).transpose()?;
        let team = team.map(|team| self.reference("team", team)).transpose()?;
        self.record(EventKind::Assigned { agent, team, cause: AssignCause::Command })
    }

    /// Returns the id of another ticket.
    fn other_ticket(&self, id: &str) -> Judged<Id> {
        let id = self.reference("ticket", id)?;
        if id == self.ticket().id {
            return Err(refuse(
                RefusalCode::InvalidReference,
                self.name,
                format!("`{id}` is the ticket itself"),
                "the id of another ticket",
            ));
        }
        Ok(id)
    }

    fn pause(&mut self, status: PauseStatus, reason: &str, until: Option<Timestamp>) -> Judged<Event> {
        let reason = self.reason(reason)?;
        if let Some(until) = until {
            if until <= self.now {
                return Err(refuse(
                    RefusalCode::InvalidInstant,
                    self.name,
                    format!("`until` {until} does not lie after the pause begins at {}", self.now),
                    "an instant after the command",
                ));
            }
            check_horizon("until", until)?;
        }
        let allowed = &self.policy()?.pauses.reasons;
        if !allowed.is_empty() && !allowed.contains(&reason) {
            return Err(refuse(
                RefusalCode::ReasonRequired,
                self.name,
                "the reason is not one of the policy's pause reasons",
                format!("one of: {}", allowed.join(", ")),
            ));
        }
        let (limit_at, limited_by) = match &self.ticket().pause {
            Some(pause) => (pause.limit_at, pause.limited_by),
            None => self.pause_end()?.unzip(),
        };
        let same = |pause: &Pause| pause.reason == reason && pause.until == until;
        self.differs(self.ticket().status != status.into() || !self.ticket().pause.as_ref().is_some_and(same))?;
        self.record(EventKind::Paused { status, reason, limit_at, limited_by, until })
    }

    fn pause_end(&self) -> Judged<Option<(Timestamp, ResumeCause)>> {
        if self.policy()?.pauses.max_paused_total.is_some() {
            self.knows_statuses_since(self.ticket().opened_at)?;
        }
        match self.engine.pause_end(self.ticket(), self.now)? {
            PauseEnd::Limited(ends_at, limit) => Ok(Some((ends_at, limit))),
            PauseEnd::Unlimited => Ok(None),
            PauseEnd::BudgetUsed { paused, most } => Err(refuse(
                RefusalCode::PauseBudgetUsed,
                self.name,
                format!("the ticket has been paused for {paused} of business time in all"),
                format!("at most {most} a ticket"),
            )),
        }
    }

    fn rate(&mut self, score: u8) -> Judged<Event> {
        if !(1..=5).contains(&score) {
            return Err(refuse(RefusalCode::InvalidRating, self.name, format!("{score} is not a rating"), "1 to 5"));
        }
        if self.ticket().rated {
            return Err(refuse(
                RefusalCode::AlreadyRated,
                self.name,
                "the latest resolution is already rated",
                "once per resolution",
            ));
        }
        self.record(EventKind::Rated { score })
    }

    fn request_escalation(&mut self, reason: &str, channel: Option<&str>) -> Judged<Event> {
        let reason = self.reason(reason)?;
        let channel = match (self.actor.role, channel) {
            (Role::Customer, Some(channel)) => Some(self.entitled(channel)?),
            (Role::Customer, None) => return Err(self.channel_missing()),
            _ => None,
        };
        let highest = self.ticket().escalations.iter().map(|escalation| escalation.level).max();
        self.record(EventKind::Escalated(Box::new(Escalation {
            number: self.ticket().next_escalation(),
            trigger: EscalationTrigger::Request,
            // A level cannot rise past the highest number; the escalation happens all the same.
            level: highest.unwrap_or_default().saturating_add(1),
            reason,
            firing: None,
            channel,
        })))
    }

    /// Checks that the escalation exists and has not reached `stage` yet.
    fn escalation(&self, number: u32, stage: EscalationStage) -> Judged<()> {
        let known = self.ticket().escalations.last().map_or(0, |last| last.number);
        let Some(escalation) = self.ticket().escalation(number) else {
            // A ticket in short does not hold what is resolved.
            if (1..known).contains(&number) {
                return Err(self.escalation_is(number, EscalationStage::Resolved));
            }
            return Err(refuse(
                RefusalCode::UnknownEscalation,
                self.name,
                format!("the ticket has no escalation {number}"),
                format!("it has {known}, numbered from 1"),
            ));
        };
        if escalation.stage >= stage {
            return Err(self.escalation_is(number, escalation.stage));
        }
        Ok(())
    }

    fn escalation_is(&self, number: u32, stage: EscalationStage) -> Declined {
        refuse(
            RefusalCode::EscalationNotOpen,
            self.name,
            format!("escalation {number} is already {}", stage.as_str()),
            "an escalation is acknowledged once, then resolved once",
        )
    }

    /// Refuses what a ticket in short cannot tell, as it does not hold every change of status since an instant.
    fn knows_statuses_since(&self, at: Timestamp) -> Judged<()> {
        if self.ticket().knows_statuses_since(at) {
            return Ok(());
        }
        Err(refuse(
            RefusalCode::HistoryNeeded,
            self.name,
            format!("the snapshot does not hold every change of status since {at}"),
            "decide on the ticket's whole history",
        ))
    }

    /// Checks that the ticket holds what an event may count anew: a change of terms every cycle that it may change, a
    /// reopening a cycle whose terms changed while it was stopped.
    fn recountable(&self, kind: &EventKind) -> Judged<()> {
        let (changes_terms, reopens) = (kind.apply().is_some(), matches!(kind, EventKind::Reopened { .. }));
        if !changes_terms && !reopens {
            return Ok(());
        }
        let last = self.ticket().timers.iter().filter_map(|track| track.cycles.last());
        let recounts = |cycle: &&Cycle| {
            if changes_terms { cycle.is_active() && !cycle.breached } else { !cycle.pending_terms.is_empty() }
        };
        last.filter(recounts).try_for_each(|cycle| self.knows_statuses_since(cycle.began_by))
    }

    fn adopt(&mut self, digest: Digest, kind: EventKind) -> Judged<Event> {
        let engine = self.engine;
        let Ok(revision) = engine.revision(digest) else {
            return Err(refuse(
                RefusalCode::UnknownRevision,
                self.name,
                format!("no revision of the policy has the digest {digest}"),
                "adopt a revision that the engine was compiled with",
            ));
        };
        self.differs(digest != self.ticket().policy_digest || self.ticket().has_cycles_of_other_terms())?;
        if self.past.is_none() && revision.measures_more_than(engine.revision(self.ticket().policy_digest)?) {
            return Err(refuse(
                RefusalCode::HistoryNeeded,
                self.name,
                "the revision measures a timer that the ticket's revision does not measure",
                "decide on the ticket's whole history",
            ));
        }
        if revision.package(self.ticket().package.as_str()).is_none() {
            return Err(refuse(
                RefusalCode::UnknownPackage,
                self.name,
                format!("the revision has no package `{}`", self.ticket().package),
                "change the ticket's package first",
            ));
        }
        self.record_under(revision, kind)
    }

    /// Returns what a reopening carries: the channel of the customer, or the reason of an agent or admin.
    fn channel_or_reason(&self, channel: Option<&str>, reason: Option<&str>) -> Judged<(Option<Id>, Option<String>)> {
        match (self.actor.role, channel) {
            (Role::Customer, Some(channel)) => Ok((Some(self.entitled(channel)?), None)),
            (Role::Customer, None) => Err(self.channel_missing()),
            _ => Ok((None, Some(self.reason(reason.unwrap_or_default())?))),
        }
    }

    fn channel_missing(&self) -> Declined {
        refuse(
            RefusalCode::UnknownChannel,
            self.name,
            "the customer named no channel",
            "the channel by which the customer wrote",
        )
    }

    fn policy(&self) -> Judged<&'_ CheckedPolicy> {
        Ok(&self.engine.revision(self.ticket().policy_digest)?.policy)
    }

    fn entitled(&self, channel: &str) -> Judged<Id> {
        entitled(self.policy()?, &self.ticket().package, self.name, channel)
    }

    fn message(&self, message: &MessageRef) -> Judged<Message> {
        self::message(self.name, message)
    }

    fn reference(&self, what: &str, id: &str) -> Judged<Id> {
        reference(self.name, what, id)
    }

    fn reason(&self, reason: &str) -> Judged<String> {
        access::check_reason(self.name, reason)?;
        Ok(reason.to_owned())
    }

    /// Refuses a command that the ticket's status does not accept.
    fn accepted(&self, action: Action) -> Judged<()> {
        let accepted = action.accepted_in();
        if accepted.contains(&self.ticket().status) {
            return Ok(());
        }
        let words: Vec<&str> = accepted.iter().map(|status| status.as_str()).collect();
        Err(refuse(
            RefusalCode::WrongStatus,
            self.name,
            format!("the ticket is {}", self.ticket().status.as_str()),
            format!("accepted while it is {}", words.join(", ")),
        ))
    }

    fn differs(&self, differs: bool) -> Judged<()> {
        if differs {
            return Ok(());
        }
        let message = "the change has no effect: the ticket already has this value";
        Err(refuse(RefusalCode::NothingToChange, self.name, message, "another value than the present one"))
    }
}

fn refuse(code: RefusalCode, name: &str, message: impl Into<String>, accepted: impl Into<String>) -> Declined {
    Refusal::new(code, name, message, accepted).into()
}

fn reference(name: &str, what: &str, id: &str) -> Judged<Id> {
    Id::read(id).map_err(|error| not_an_id(name, what, &error))
}

fn not_an_id(name: &str, what: &str, error: &Error) -> Declined {
    let message = format!("the {what} is not an id: {}", error.message());
    refuse(RefusalCode::InvalidReference, name, message, error.help_text())
}

fn message(name: &str, message: &MessageRef) -> Judged<Message> {
    let MessageRef { message_ref, content_sha256 } = message;
    let message_ref = Id::new(message_ref).map_err(|error| not_an_id(name, "message reference", &error))?;
    Ok(Message { message_ref, content_sha256: *content_sha256 })
}

/// Refuses an opening that says of itself what its actor or direction excludes.
fn check_opening(opening: &Opening, actor: &Actor, now: Timestamp) -> Judged<()> {
    let name = Action::Open.as_str();
    let is_customer = actor.role == Role::Customer;
    if is_customer && opening.organization.is_some() && opening.organization != actor.organization {
        return Err(refuse(
            RefusalCode::NotTicketOwner,
            name,
            format!("customer `{}` does not belong to the organization that the opening names", actor.id),
            "the organization of the actor, or none",
        ));
    }
    if opening.direction == Direction::Outbound {
        if is_customer {
            return Err(refuse(
                RefusalCode::RoleNotPermitted,
                name,
                "a customer may not open outbound tickets",
                "an agent or admin, or the direction `inbound`",
            ));
        }
        if opening.received_at.is_some() {
            return Err(refuse(
                RefusalCode::InvalidInstant,
                name,
                format!("nothing was received before an outbound ticket is opened at {now}"),
                "no `received_at`, or the direction `inbound`",
            ));
        }
    }
    Ok(())
}

/// Returns an instant that a command reports, which lies within the horizon and not after the command.
fn earlier(name: &str, field: &'static str, reported: Option<Timestamp>, now: Timestamp) -> Judged<Option<Timestamp>> {
    let Some(at) = reported else { return Ok(None) };
    if at > now {
        return Err(refuse(
            RefusalCode::InvalidInstant,
            name,
            format!("`{field}` {at} lies after the command at {now}"),
            "an instant not after the command",
        ));
    }
    check_horizon(field, at)?;
    Ok(Some(at))
}

fn package(policy: &CheckedPolicy, name: &str, id: &str) -> Judged<Id> {
    policy.package(id).map(|package| package.id.clone()).ok_or_else(|| {
        let ids: Vec<&str> = policy.packages.iter().map(|package| package.id.as_str()).collect();
        let message = format!("the policy has no package `{}`", shown(id));
        refuse(RefusalCode::UnknownPackage, name, message, one_of("package", &ids))
    })
}

/// Returns the channel if the package includes it, for messages of agents and admins too.
fn entitled(policy: &CheckedPolicy, package: &Id, name: &str, channel: &str) -> Judged<Id> {
    if !policy.channels.iter().any(|known| known.id.as_str() == channel) {
        let ids: Vec<&str> = policy.channels.iter().map(|channel| channel.id.as_str()).collect();
        let message = format!("the policy has no channel `{}`", shown(channel));
        return Err(refuse(RefusalCode::UnknownChannel, name, message, one_of("channel", &ids)));
    }
    let channels = policy.package(package.as_str()).map_or(&[][..], |known| policy.channels_of(known));
    channels.iter().find(|entitled| entitled.as_str() == channel).cloned().ok_or_else(|| {
        let ids: Vec<&str> = channels.iter().map(Id::as_str).collect();
        let message = format!("package `{package}` does not include channel `{channel}`");
        refuse(RefusalCode::ChannelNotEntitled, name, message, format!("entitled: {}", comma_list(&ids)))
    })
}

fn listed(name: &str, code: RefusalCode, what: &str, known: &[Id], wanted: Option<&str>) -> Judged<Option<Id>> {
    let Some(wanted) = wanted else { return Ok(None) };
    known.iter().find(|id| id.as_str() == wanted).cloned().map(Some).ok_or_else(|| {
        let ids: Vec<&str> = known.iter().map(Id::as_str).collect();
        let message = format!("the policy lists no {what} `{}`", shown(wanted));
        refuse(code, name, message, one_of(what, &ids))
    })
}

/// Names the ids that a policy lists, of many the first, or says that it lists none.
fn one_of(what: &str, ids: &[&str]) -> String {
    if ids.is_empty() { format!("no {what}, as the policy lists none") } else { format!("one of: {}", comma_list(ids)) }
}

/// Cuts a text of the host to a length that a message can carry.
fn shown(text: &str) -> &str {
    text.char_indices().nth(80).map_or(text, |(end, _)| text.get(..end).unwrap_or_default())
}
