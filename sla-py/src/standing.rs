//! Where the promises of many tickets stand, as columns.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::StringBuilder;
use pyo3::prelude::*;
use sla_core::columns::NONE;
use sla_core::engine::CycleEvaluation;
use sla_core::ticket::{Status, Ticket};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Engine, Error, Id};

use crate::arrow::{
    Table, duration_field, durations, flag_field, flags, instant_field, instants, integer_field, integers, word_field,
};
use crate::ticket::{AnyTicket, each_chunk};

const TEXTS: [&str; 7] = ["ticket_id", "package", "status", "agent", "timer", "outcome", "activity"];

/// The columns, a row a cycle; a ticket without any has one row without timer.
#[derive(Default)]
struct Columns {
    texts: [StringBuilder; TEXTS.len()],
    cycle: Vec<i64>,
    instants: [Vec<i64>; 4],
    lengths: [Vec<i64>; 4],
    provisional: Vec<i64>,
}

impl Columns {
    fn add(&mut self, engine: &Engine, ticket: &Ticket, now: Timestamp) -> Result<(), Error> {
        let evaluation = engine.evaluate(ticket, now)?;
        let mut is_listed = false;
        for timer in &evaluation.timers {
            for cycle in &timer.cycles {
                self.row(ticket, evaluation.status, Some((timer.timer.as_str(), cycle)));
                is_listed = true;
            }
        }
        if !is_listed {
            self.row(ticket, evaluation.status, None);
        }
        Ok(())
    }

    fn row(&mut self, ticket: &Ticket, status: Status, cycle: Option<(&str, &CycleEvaluation)>) {
        let texts = [
            Some(ticket.id.as_str()),
            Some(ticket.package.as_str()),
            Some(status.as_str()),
            ticket.agent.as_ref().map(Id::as_str),
            cycle.map(|(timer, _)| timer),
            cycle.map(|(_, cycle)| cycle.outcome.as_str()),
            cycle.map(|(_, cycle)| cycle.activity.as_str()),
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option(text);
        }
        let cycle = cycle.map(|(_, cycle)| cycle);
        let instants = cycle
            .map_or([None; 4], |cycle| [Some(cycle.started_at), cycle.due_at(), cycle.breached_at, cycle.stopped_at]);
        for (column, at) in self.instants.iter_mut().zip(instants) {
            column.push(at.map_or(NONE, Timestamp::as_micros));
        }
        let lengths = cycle.map_or([NONE; 4], |cycle| {
            [cycle.target, Some(cycle.elapsed), cycle.remaining, Some(cycle.overdue)]
                .map(|length| length.map_or(NONE, BusinessDuration::as_micros))
        });
        for (column, length) in self.lengths.iter_mut().zip(lengths) {
            column.push(length);
        }
        self.cycle.push(cycle.map_or(NONE, |cycle| i64::from(cycle.number)));
        self.provisional.push(cycle.map_or(NONE, |cycle| i64::from(cycle.provisional)));
    }

    fn table(self) -> PyResult<Table> {
        let mut fields: Vec<_> = TEXTS.into_iter().map(word_field).collect();
        fields.push(integer_field("cycle"));
        fields.extend(["started_at", "due_at", "breached_at", "stopped_at"].map(instant_field));
        fields.extend(["target", "elapsed", "remaining", "overdue"].map(duration_field));
        fields.push(flag_field("provisional"));
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(fields.len());
        columns.extend(self.texts.map(|mut column| -> ArrayRef { Arc::new(column.finish()) }));
        columns.push(integers(self.cycle));
        columns.extend(self.instants.map(instants));
        columns.extend(self.lengths.map(durations));
        columns.push(flags(&self.provisional));
        Table::new(fields, vec![columns])
    }
}

/// Evaluates tickets, and returns a row for each of their cycles.
pub(crate) fn evaluate(py: Python<'_>, engine: &Engine, tickets: &Bound<'_, PyAny>, now: Timestamp) -> PyResult<Table> {
    let mut columns = Columns::default();
    each_chunk(py, tickets, |ticket: &AnyTicket| columns.add(engine, ticket.get(), now))?;
    columns.table()
}
