//! Logs as commands, for hosts that import them themselves.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use sla_core::wire;

use crate::document::{Json, LogCommands};
use crate::error::OrRaise;

/// Return the commands of a log, ticket by ticket, for `Engine.import_history`. No policy is asked.
///
///     >>> opened = {"ticket_id": "T-7", "event_at": now, "kind": "open", "package": "starter", "channel": "email"}
///     >>> found = log_commands([opened, {"ticket_id": "T-7", "event_at": now, "kind": "assign", "agent": "ana"}])
///     >>> [type(one.command).__name__ for one in found.tickets[0].recorded]
///     ['Open', 'Assign']
///
/// A row that cannot be used does not stop the others: it is in `refused`.
///
/// Args:
///     rows: Rows of commands, or with `states` rows of states, in any order, each by the names of docs/logs.md.
///     states: What each state means.
///
/// Raises:
///     InputError: `unknown_field` for a field that no row has.
#[pyfunction]
#[pyo3(signature = (rows: "LogRows", *, states: "States | None" = None))]
pub(crate) fn log_commands(
    py: Python<'_>,
    rows: &Bound<'_, PyAny>,
    states: Option<&Bound<'_, PyAny>>,
) -> PyResult<LogCommands> {
    let log = PyDict::new(py);
    log.set_item("schema", wire::log::LOG_SCHEMA)?;
    log.set_item("rows", rows)?;
    log.set_item("states", states)?;
    let log: Json = log.extract()?;
    let commands = py.detach(|| wire::log::read(&log).map(|log| wire::log::write(&log.commands()))).or_raise(py)?;
    Ok(LogCommands(commands))
}
