//! Logs played without judging: where each promise stands, for millions of rows.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::StringBuilder;
use pyo3::prelude::*;
use sla_core::Error;
use sla_core::columns::NONE;
use sla_core::log::{Player, States};
use sla_core::ticket::Status;
use sla_core::time::{BusinessDuration, Timestamp};

use super::read::Log;
use crate::arrow::{Table, duration_field, durations, instant_field, instants, integer_field, integers, word_field};
use crate::compiled::Engine;
use crate::error::OrRaise;
use crate::threads::{Threads, pieces};

/// The tickets of one batch of the answer, which does not depend on the number of threads.
const BATCH: usize = 1 << 13;

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
        left_out: usize,
        refused: Option<&str>,
    ) {
        self.ticket.append_value(ticket);
        self.package.append_option(package);
        self.status.append_option(status.map(Status::as_str));
        self.left_out.push(i64::try_from(left_out).unwrap_or(i64::MAX));
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

/// Returns where each promise of each ticket of a log stands.
pub(crate) fn evaluate(
    py: Python<'_>,
    engine: &Engine,
    log: &Log,
    states: Option<&States>,
    now: Timestamp,
    threads: Threads,
) -> PyResult<Table> {
    let tickets = pieces(log.tickets(), BATCH);
    let threads = threads.at_most(tickets.len());
    let engines = engine.copies(py, threads.count())?;
    let play = |player: &mut Option<Player>, tickets| match player {
        Some(player) => play(player, log, tickets, states, now).map(columns),
        None => Ok(columns(Answers::default())),
    };
    let batches = py.detach(|| threads.each(tickets, |thread| engines.get(thread).map(Player::new), play));
    let batches = batches.into_iter().collect::<Result<Vec<_>, _>>().or_raise(py)?;
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
    Table::new(fields, batches)
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

fn play(
    player: &mut Player,
    log: &Log,
    tickets: Range<usize>,
    states: Option<&States>,
    now: Timestamp,
) -> Result<Answers, Error> {
    let (mut answers, mut rows) = (Answers::default(), Vec::new());
    for number in tickets {
        log.rows_of(number, &mut rows);
        let name = rows.first().map_or("", |row| row.ticket);
        let played = player.play(&mut rows, states, now)?;
        let left_out = played.left_out;
        let ticket = match played.ticket {
            Ok(ticket) => ticket,
            Err(code) => {
                answers.ticket(name, None, None, left_out, Some(code));
                answers.no_cycle();
                continue;
            }
        };
        let (package, status) = (ticket.package.as_str(), ticket.status);
        let mut has_cycle = false;
        player.cycles(&ticket, now, |timer, cycle, warns_at| {
            has_cycle = true;
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
            answers.remaining.push(cycle.remaining.map_or(NONE, BusinessDuration::as_micros));
            answers.overdue.push(cycle.overdue.as_micros());
        })?;
        if !has_cycle {
            answers.ticket(name, Some(package), Some(status), left_out, None);
            answers.no_cycle();
        }
    }
    Ok(answers)
}
