//! Logs judged as the engine judges commands, into histories and figures.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use sla_core::analytics::{Aggregate, Grouping};
use sla_core::engine::PastCommand;
use sla_core::ticket::{Actor, History as Whole, Opening};
use sla_core::time::Timestamp;
use sla_core::{Engine, Error};

use super::command::{Kind, Unreadable, actor, command, instant, opening};
use super::read::{Log, Row};
use crate::error::OrRaise;
use crate::ticket::History;

/// A row that was left out.
pub(crate) struct Refused {
    row: usize,
    ticket: String,
    code: &'static str,
    message: String,
}

impl Refused {
    fn new(row: Row<'_>, Unreadable { code, message }: Unreadable) -> Self {
        Self { row: row.number(), ticket: row.ticket().unwrap_or_default().to_owned(), code, message }
    }
}

/// Imports a ticket. What cannot be read or is refused goes to `refused`; `None` when the ticket cannot be opened.
///
/// Rows after `until` are left out.
fn ticket(
    engine: &Engine,
    log: &Log,
    number: usize,
    until: Option<Timestamp>,
    refused: &mut Vec<Refused>,
) -> Result<Option<Whole>, Error> {
    let mut rows = log.rows_of(number);
    let Some(first) = rows.next() else { return Ok(None) };
    let ticket = first.ticket().unwrap_or_default();
    let (opening, opener, opened_at) = match opens(first, ticket, until) {
        Ok(opened) => opened,
        Err(why) => {
            leave_all(log, number, &why, refused);
            return Ok(None);
        }
    };
    let mut leave = |row: Row<'_>, why| refused.push(Refused::new(row, why));
    let (mut commands, mut sources) = (Vec::new(), Vec::new());
    for row in rows {
        match read(row, ticket, &opening, until) {
            Ok(Some(past)) => {
                commands.push(past);
                sources.push(row);
            }
            Ok(None) => {}
            Err(why) => leave(row, why),
        }
    }
    match engine.import(&opening, &opener, opened_at, &commands)? {
        Ok(import) => {
            for one in &import.refused {
                if let Some(row) = sources.get(one.index) {
                    leave(*row, Unreadable { code: one.refusal.code.as_str(), message: one.refusal.to_string() });
                }
            }
            Ok(Some(import.history))
        }
        Err(refusal) => {
            let why = Unreadable { code: refusal.code.as_str(), message: refusal.to_string() };
            leave_all(log, number, &why, refused);
            Ok(None)
        }
    }
}

/// Leaves out every row of a ticket that is not opened.
fn leave_all(log: &Log, number: usize, why: &Unreadable, refused: &mut Vec<Refused>) {
    let message = format!("the ticket is not opened: {}", why.message);
    let leave = |row| Refused::new(row, Unreadable { code: why.code, message: message.clone() });
    refused.extend(log.rows_of(number).map(leave));
}

fn opens(row: Row<'_>, ticket: &str, until: Option<Timestamp>) -> Result<(Opening, Actor, Timestamp), Unreadable> {
    let kind = Kind::of(row)?;
    if kind != Kind::Open {
        let message = "its first row is not `open`".to_owned();
        return Err(Unreadable { code: "invalid_history", message });
    }
    let opening = opening(row, ticket)?;
    let by = actor(row, kind, &opening.customer)?;
    Ok((opening, by, at(row, until)?))
}

fn at(row: Row<'_>, until: Option<Timestamp>) -> Result<Timestamp, Unreadable> {
    let at = instant(row)?;
    match until.filter(|until| at > *until) {
        Some(until) => {
            let message = format!("the row is of {at}, after {until}, as of which the tickets are judged");
            Err(Unreadable { code: "time_went_back", message })
        }
        None => Ok(at),
    }
}

fn read(
    row: Row<'_>,
    ticket: &str,
    opening: &Opening,
    until: Option<Timestamp>,
) -> Result<Option<PastCommand>, Unreadable> {
    let kind = Kind::of(row)?;
    let by = actor(row, kind, &opening.customer)?;
    let Some(command) = command(row, kind, ticket, &opening.channel, &by)? else { return Ok(None) };
    Ok(Some(PastCommand { at: at(row, until)?, actor: by, command }))
}

/// Makes histories of a log.
pub(crate) fn import<'py>(py: Python<'py>, engine: &Engine, log: &Log) -> PyResult<Bound<'py, PyAny>> {
    let mut refused = Vec::new();
    let histories = py
        .detach(|| {
            let imported = (0..log.tickets()).map(|number| ticket(engine, log, number, None, &mut refused));
            imported.filter_map(Result::transpose).collect::<Result<Vec<_>, Error>>()
        })
        .or_raise(py)?;
    let documents = py.import("sla_engine.documents")?;
    let histories = PyTuple::new(py, histories.into_iter().map(History).collect::<Vec<_>>())?;
    documents.getattr("LogImport")?.call1((histories, listed(py, &refused)?))
}

fn listed<'py>(py: Python<'py>, refused: &[Refused]) -> PyResult<Bound<'py, PyTuple>> {
    let class = py.import("sla_engine.documents")?.getattr("RefusedRow")?;
    let rows = refused.iter().map(|one| class.call1((one.row, &one.ticket, one.code, &one.message)));
    PyTuple::new(py, rows.collect::<PyResult<Vec<_>>>()?)
}

/// Adds up the tickets of a log, and returns the rows that were left out.
pub(crate) fn aggregate<'py>(
    py: Python<'py>,
    engine: &Engine,
    log: &Log,
    now: Timestamp,
    grouping: Grouping,
) -> PyResult<(Aggregate, Bound<'py, PyTuple>)> {
    let mut refused = Vec::new();
    let sum = py
        .detach(|| {
            let mut sum = Aggregate::new(grouping);
            for number in 0..log.tickets() {
                if let Some(history) = ticket(engine, log, number, Some(now), &mut refused)? {
                    let evaluation = engine.evaluate(history.ticket(), now)?;
                    sum.add(engine, &history, &evaluation)?;
                }
            }
            Ok(sum)
        })
        .or_raise(py)?;
    Ok((sum, listed(py, &refused)?))
}
