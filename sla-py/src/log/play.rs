//! Logs played without judging: where each promise stands, for millions of rows.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::StringBuilder;
use pyo3::prelude::*;
use sla_core::columns::NONE;
use sla_core::columns::log::Player;
use sla_core::ticket::{AssignCause, CloseCause, EventKind, Message, ResumeCause, Status};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, Error, Id};

use super::command::{Kind, Unreadable, actor, customer, instant, missing, pause_status};
use super::read::{Field, Log, Row};
use crate::arrow::{Table, duration_field, durations, instant_field, instants, integer_field, integers, word_field};
use crate::error::OrRaise;

/// Ids and events that rows share, made once.
struct Known {
    ids: HashMap<String, Id>,
    message: Message,
    nobody: Id,
}

impl Known {
    fn new() -> Result<Self, Error> {
        let nobody = Id::new("log")?;
        let message = Message { message_ref: nobody.clone(), content_sha256: Digest::of(b"") };
        Ok(Self { ids: HashMap::new(), message, nobody })
    }

    fn id(&mut self, text: &str) -> Result<Id, Unreadable> {
        if let Some(id) = self.ids.get(text) {
            return Ok(id.clone());
        }
        let id = id(text)?;
        self.ids.insert(text.to_owned(), id.clone());
        Ok(id)
    }

    fn optional(&mut self, text: Option<&str>) -> Result<Option<Id>, Unreadable> {
        text.map(|text| self.id(text)).transpose()
    }

    fn opening(&mut self, row: Row<'_>, ticket: &str) -> Result<EventKind, Unreadable> {
        if Kind::of(row)? != Kind::Open {
            let message = "its first row is not `open`".to_owned();
            return Err(Unreadable { code: "invalid_history", message });
        }
        Ok(EventKind::Opened {
            // One of many: not worth keeping.
            customer: id(&customer(row, ticket))?,
            package: self.id(row.get(Field::Package).ok_or_else(|| missing("package"))?)?,
            channel: self.id(row.get(Field::Channel).ok_or_else(|| missing("channel"))?)?,
            severity: self.optional(row.get(Field::Severity))?,
            category: self.optional(row.get(Field::Category))?,
            message: self.message.clone(),
        })
    }

    /// Returns what a row says happened to the timers, with who did it; `None` for what concerns none.
    fn event(&mut self, row: Row<'_>, channel: &Id) -> Result<Option<(EventKind, Id)>, Unreadable> {
        let kind = Kind::of(row)?;
        let message = self.message.clone();
        let own_channel = |known: &mut Self| match row.get(Field::Channel) {
            Some(text) => known.id(text),
            None => Ok(channel.clone()),
        };
        let by = match row.get(Field::Actor) {
            Some(text) if matches!(kind, Kind::Assign | Kind::Resolve) => self.id(text)?,
            _ => self.nobody.clone(),
        };
        let event = match kind {
            Kind::Assign => {
                let agent = match row.get(Field::Agent) {
                    Some(text) => self.id(text)?,
                    None => by.clone(),
                };
                EventKind::Assigned { agent, cause: AssignCause::Command }
            }
            Kind::Reply => EventKind::Replied { channel: own_channel(self)?, message },
            Kind::CustomerMessage => EventKind::CustomerMessaged { channel: own_channel(self)?, message },
            Kind::Pause => EventKind::Paused { status: pause_status(row)?, reason: String::new(), ends_at: None },
            Kind::Resume => EventKind::Resumed { cause: ResumeCause::Command },
            Kind::Resolve => EventKind::Resolved { message },
            Kind::Reopen => {
                let is_customer = actor(row, kind, "").is_ok_and(|by| by.role == sla_core::ticket::Role::Customer);
                let channel = if is_customer { Some(own_channel(self)?) } else { None };
                EventKind::Reopened { channel, reason: None }
            }
            Kind::Close => EventKind::Closed { cause: CloseCause::Command },
            Kind::Withdraw => EventKind::Withdrawn,
            Kind::Void => EventKind::Voided { reason: String::new(), duplicate_of: None },
            Kind::ChangePackage => EventKind::PackageChanged {
                package: self.id(row.get(Field::Package).ok_or_else(|| missing("package"))?)?,
                apply: super::command::apply(row)?,
                reason: String::new(),
            },
            Kind::Classify => EventKind::Classified {
                severity: self.optional(row.get(Field::Severity))?,
                category: self.optional(row.get(Field::Category))?,
                apply: super::command::apply(row)?,
                reason: String::new(),
            },
            Kind::Open => {
                let message = "the ticket is open already".to_owned();
                return Err(Unreadable { code: "wrong_status", message });
            }
            Kind::Note
            | Kind::RequestEscalation
            | Kind::AcknowledgeEscalation
            | Kind::ResolveEscalation
            | Kind::Rate
            | Kind::Automatic => return Ok(None),
        };
        Ok(Some((event, by)))
    }
}

fn id(text: &str) -> Result<Id, Unreadable> {
    Id::new(text).map_err(|error| Unreadable { code: error.code().as_str(), message: error.message().to_owned() })
}

/// The answers, a row a cycle; a ticket without any has one row without timer.
#[derive(Default)]
struct Answers {
    ticket: StringBuilder,
    package: StringBuilder,
    status: StringBuilder,
    timer: StringBuilder,
    cycle: Vec<i64>,
    state: StringBuilder,
    started: Vec<i64>,
    stopped: Vec<i64>,
    due: Vec<i64>,
    warn: Vec<i64>,
    elapsed: Vec<i64>,
    remaining: Vec<i64>,
    overdue: Vec<i64>,
    left_out: Vec<i64>,
    refused: StringBuilder,
}

impl Answers {
    fn ticket(
        &mut self,
        ticket: &str,
        package: Option<&str>,
        status: Option<Status>,
        left_out: i64,
        refused: Option<&str>,
    ) {
        self.ticket.append_value(ticket);
        self.package.append_option(package);
        self.status.append_option(status.map(Status::as_str));
        self.left_out.push(left_out);
        self.refused.append_option(refused);
    }

    fn no_cycle(&mut self) {
        self.timer.append_null();
        self.state.append_null();
        for column in [
            &mut self.cycle,
            &mut self.started,
            &mut self.stopped,
            &mut self.due,
            &mut self.warn,
            &mut self.elapsed,
            &mut self.remaining,
            &mut self.overdue,
        ] {
            column.push(NONE);
        }
    }
}

/// Says where each promise of each ticket of a log stands.
pub(crate) fn evaluate(py: Python<'_>, engine: &Engine, log: &Log, now: Timestamp) -> PyResult<Table> {
    let answers = py.detach(|| play(engine, log, now)).or_raise(py)?;
    let fields = vec![
        word_field("ticket_id"),
        word_field("package"),
        word_field("status"),
        word_field("timer"),
        integer_field("cycle"),
        word_field("state"),
        instant_field("started_at"),
        instant_field("stopped_at"),
        instant_field("due_at"),
        instant_field("warn_at"),
        duration_field("elapsed"),
        duration_field("remaining"),
        duration_field("overdue"),
        integer_field("left_out"),
        word_field("refused"),
    ];
    Table::new(fields, vec![columns(answers)])
}

fn columns(mut answers: Answers) -> Vec<ArrayRef> {
    vec![
        Arc::new(answers.ticket.finish()),
        Arc::new(answers.package.finish()),
        Arc::new(answers.status.finish()),
        Arc::new(answers.timer.finish()),
        integers(answers.cycle),
        Arc::new(answers.state.finish()),
        instants(answers.started),
        instants(answers.stopped),
        instants(answers.due),
        instants(answers.warn),
        durations(answers.elapsed),
        durations(answers.remaining),
        durations(answers.overdue),
        integers(answers.left_out),
        Arc::new(answers.refused.finish()),
    ]
}

fn play(engine: &Engine, log: &Log, now: Timestamp) -> Result<Answers, Error> {
    let (mut known, mut player, mut answers) = (Known::new()?, Player::new(engine), Answers::default());
    for number in 0..log.tickets() {
        let mut rows = log.rows_of(number);
        let Some(first) = rows.next() else { continue };
        let name = first.ticket().unwrap_or_default();
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        let opened = begin(&mut known, &mut player, first, name, now)?;
        let channel = match (opened, player.ticket()) {
            (Ok(()), Some(ticket)) => ticket.channel.clone(),
            (Ok(()), None) => continue,
            (Err(code), _) => {
                answers.ticket(name, None, None, count(rows.count().saturating_add(1)), Some(code));
                answers.no_cycle();
                continue;
            }
        };
        let mut left_out = 0_i64;
        for row in rows {
            if !go_on(&mut known, &mut player, row, &channel, now)? {
                left_out = left_out.saturating_add(1);
            }
        }
        let Some(ticket) = player.finish(now)? else { continue };
        let (package, status) = (ticket.package.as_str(), ticket.status);
        let mut cycles = 0_usize;
        player.cycles(&ticket, now, |timer, cycle, warns_at| {
            cycles = cycles.saturating_add(1);
            answers.ticket(name, Some(package), Some(status), left_out, None);
            answers.timer.append_value(timer.as_str());
            answers.cycle.push(i64::from(cycle.number));
            answers.state.append_value(cycle.state().as_str());
            let instant = |at: Option<Timestamp>| at.map_or(NONE, Timestamp::as_micros);
            answers.started.push(cycle.started_at.as_micros());
            answers.stopped.push(instant(cycle.stopped_at));
            answers.due.push(instant(cycle.due_at()));
            answers.warn.push(instant(warns_at));
            answers.elapsed.push(cycle.elapsed.as_micros());
            answers.remaining.push(cycle.remaining.as_micros());
            answers.overdue.push(cycle.overdue.as_micros());
        })?;
        if cycles == 0 {
            answers.ticket(name, Some(package), Some(status), left_out, None);
            answers.no_cycle();
        }
    }
    Ok(answers)
}

/// Opens a ticket, or says why it cannot be.
fn begin(
    known: &mut Known,
    player: &mut Player,
    row: Row<'_>,
    name: &str,
    now: Timestamp,
) -> Result<Result<(), &'static str>, Error> {
    let (opening, ticket) = match known.opening(row, name).and_then(|opening| Ok((opening, id(name)?))) {
        Ok(read) => read,
        Err(why) => return Ok(Err(why.code)),
    };
    let at = match instant(row) {
        Ok(at) => at,
        Err(why) => return Ok(Err(why.code)),
    };
    if at > now {
        return Ok(Err("time_went_back"));
    }
    Ok(player.open(&ticket, &opening, at)?.map_err(|unknown| unknown.code()))
}

/// Lets a row happen, and returns whether it did.
fn go_on(known: &mut Known, player: &mut Player, row: Row<'_>, channel: &Id, now: Timestamp) -> Result<bool, Error> {
    let Some(at) = instant(row).ok().filter(|at| *at <= now) else { return Ok(false) };
    match known.event(row, channel) {
        Ok(Some((event, by))) => Ok(player.happen(&event, at, &by)?.unwrap_or(false)),
        Ok(None) => Ok(true),
        Err(_) => Ok(false),
    }
}
