//! Logs judged as the engine judges commands, into histories and figures.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use sla_core::analytics::{Aggregate, Grouping};
use sla_core::log::{Importer, LogImport, States};
use sla_core::time::Timestamp;
use sla_core::{Engine, Error};

use super::read::Log;
use crate::error::OrRaise;
use crate::ticket::History;

fn importer<'e>(engine: &'e Engine, states: Option<&'e States>, now: Option<Timestamp>) -> Importer<'e> {
    let importer = Importer::new(engine);
    let importer = match states {
        Some(states) => importer.with_states(states),
        None => importer,
    };
    match now {
        Some(now) => importer.until(now),
        None => importer,
    }
}

/// Makes histories of a log.
pub(crate) fn import<'py>(
    py: Python<'py>,
    engine: &Engine,
    log: &Log,
    states: Option<&States>,
    now: Option<Timestamp>,
) -> PyResult<Bound<'py, PyAny>> {
    let (histories, import) = py
        .detach(|| {
            let (mut importer, mut rows, mut histories) = (importer(engine, states, now), Vec::new(), Vec::new());
            for number in 0..log.tickets() {
                log.rows_of(number, &mut rows);
                histories.extend(importer.ticket(&mut rows)?);
            }
            Ok::<_, Error>((histories, importer.finish()))
        })
        .or_raise(py)?;
    let histories = PyTuple::new(py, histories.into_iter().map(History).collect::<Vec<_>>())?;
    answer(py, "LogImport", histories.into_any(), &import)
}

/// Adds up the tickets of a log.
pub(crate) fn aggregate(
    py: Python<'_>,
    engine: &Engine,
    log: &Log,
    states: Option<&States>,
    now: Timestamp,
    grouping: Grouping,
) -> PyResult<(Aggregate, LogImport)> {
    py.detach(|| {
        let (mut importer, mut rows) = (importer(engine, states, Some(now)), Vec::new());
        let mut sum = Aggregate::new(grouping);
        for number in 0..log.tickets() {
            log.rows_of(number, &mut rows);
            if let Some(history) = importer.ticket(&mut rows)? {
                let evaluation = engine.evaluate(history.ticket(), now)?;
                sum.add(engine, &history, &evaluation)?;
            }
        }
        Ok::<_, Error>((sum, importer.finish()))
    })
    .or_raise(py)
}

/// Returns what a log gave, with the rows and columns that were left out.
pub(crate) fn answer<'py>(
    py: Python<'py>,
    class: &str,
    found: Bound<'py, PyAny>,
    import: &LogImport,
) -> PyResult<Bound<'py, PyAny>> {
    let documents = py.import("sla_engine.documents")?;
    let (row, remark) = (documents.getattr("RefusedRow")?, documents.getattr("LogRemark")?);
    let refused = import.refused.iter().map(|one| row.call1((one.row, &one.ticket, one.code, &one.message)));
    let refused = PyTuple::new(py, refused.collect::<PyResult<Vec<_>>>()?)?;
    let remarks = import.remarks.iter().map(|one| remark.call1((one.column, &one.message)));
    let remarks = PyTuple::new(py, remarks.collect::<PyResult<Vec<_>>>()?)?;
    documents.getattr(class)?.call1((found, refused, remarks))
}
