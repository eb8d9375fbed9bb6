//! Logs judged as the engine judges commands, into histories and figures.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use sla_core::analytics::{Aggregate, Grouping};
use sla_core::engine::Evaluation;
use sla_core::log::{Importer, LogImport, States};
use sla_core::ticket::History as Judged;
use sla_core::time::Timestamp;
use sla_core::{Engine as Compiled, Error};

use super::read::Log;
use crate::compiled::Engine;
use crate::error::OrRaise;
use crate::threads::{Threads, pieces};
use crate::ticket::History;

/// The tickets that a thread judges before it takes the next ones.
const PIECE: usize = 512;

/// How the rows of a log are judged.
#[derive(Clone, Copy)]
pub(crate) struct Judging<'a> {
    pub(crate) states: Option<&'a States>,
    /// Later rows are refused.
    pub(crate) now: Option<Timestamp>,
    pub(crate) threads: Threads,
}

impl Judging<'_> {
    fn importer<'e>(&'e self, engine: &'e Compiled) -> Importer<'e> {
        let importer = Importer::new(engine);
        let importer = match self.states {
            Some(states) => importer.with_states(states),
            None => importer,
        };
        match self.now {
            Some(now) => importer.until(now),
            None => importer,
        }
    }

    /// Judges every ticket of a log. Passes each history with its engine and the number of the thread, then what was made of a
    /// piece of the log, and returns that of each piece, in order.
    fn all<T: Default + Send>(
        self,
        engines: &[Compiled],
        log: &Log,
        tickets: Vec<Range<usize>>,
        take: impl Fn(&Compiled, usize, Judged, &mut T) -> Result<(), Error> + Sync,
        finish: impl Fn(&Compiled, usize, &mut T) -> Result<(), Error> + Sync,
    ) -> Result<(Vec<T>, LogImport), Error> {
        let judge = |thread: &mut usize, tickets: Range<usize>| {
            let (mut made, mut rows) = (T::default(), Vec::new());
            let Some(engine) = engines.get(*thread) else { return Ok((made, LogImport::default())) };
            let mut importer = self.importer(engine);
            for number in tickets {
                log.rows_of(number, &mut rows);
                if let Some(history) = importer.ticket(&mut rows)? {
                    take(engine, *thread, history, &mut made)?;
                }
            }
            finish(engine, *thread, &mut made)?;
            Ok::<_, Error>((made, importer.finish()))
        };
        let (mut all, mut import) = (Vec::new(), LogImport::default());
        for piece in self.threads.each(tickets, |thread| thread, judge) {
            let (made, left_out) = piece?;
            all.push(made);
            import.append(left_out);
        }
        Ok((all, import))
    }
}

/// Makes histories of a log.
pub(crate) fn import<'py>(
    py: Python<'py>,
    engine: &Engine,
    log: &Log,
    mut judging: Judging<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let tickets = pieces(log.tickets(), PIECE);
    judging.threads = judging.threads.at_most(tickets.len());
    let engines = engine.copies(py, judging.threads.count())?;
    let keep = |_: &Compiled, _, history: Judged, histories: &mut Vec<Judged>| {
        histories.push(history.compacted());
        Ok(())
    };
    let (histories, import) = py.detach(|| judging.all(&engines, log, tickets, keep, |_, _, _| Ok(()))).or_raise(py)?;
    let histories: Vec<History> = histories.into_iter().flatten().map(History).collect();
    let histories = PyTuple::new(py, histories)?;
    answer(py, "LogImport", histories.into_any(), &import)
}

/// Adds up the tickets of a log.
pub(crate) fn aggregate(
    py: Python<'_>,
    engine: &Engine,
    log: &Log,
    mut judging: Judging<'_>,
    now: Timestamp,
    grouping: &Grouping,
) -> PyResult<(Aggregate, LogImport)> {
    let tickets = pieces(log.tickets(), PIECE);
    judging.threads = judging.threads.at_most(tickets.len());
    let engines = engine.copies(py, judging.threads.count())?;
    py.detach(|| {
        // Adding takes less than half of a thread's time, so that two share a sum: each more takes as much memory again.
        let sums: Vec<_> =
            (0..engines.len().div_ceil(2)).map(|_| Mutex::new(Aggregate::new(grouping.clone()))).collect();
        let sum_of = |thread: usize| sums.get(thread / 2);
        let add = |engine: &Compiled, thread: usize, history: Judged, waiting: &mut Vec<(Judged, Evaluation)>| {
            let evaluation = engine.evaluate(history.ticket(), now)?;
            waiting.push((history, evaluation));
            let Some(sum) = sum_of(thread) else { return Ok(()) };
            match sum.try_lock() {
                Ok(mut sum) => add_waiting(engine, &mut sum, waiting),
                Err(_) if waiting.len() < MOST_WAITING => Ok(()),
                Err(_) => add_waiting(engine, &mut sum.lock().unwrap_or_else(PoisonError::into_inner), waiting),
            }
        };
        let finish = |engine: &Compiled, thread: usize, waiting: &mut Vec<(Judged, Evaluation)>| match sum_of(thread) {
            Some(sum) => add_waiting(engine, &mut sum.lock().unwrap_or_else(PoisonError::into_inner), waiting),
            None => Ok(()),
        };
        let (_, import) = judging.all(&engines, log, tickets, add, finish)?;
        let mut sums = sums.into_iter().map(|sum| sum.into_inner().unwrap_or_else(PoisonError::into_inner));
        let mut all = sums.next().unwrap_or_else(|| Aggregate::new(grouping.clone()));
        sums.try_for_each(|sum| all.append(sum))?;
        Ok::<_, Error>((all, import))
    })
    .or_raise(py)
}

/// The tickets that may wait while another thread adds to the sum.
const MOST_WAITING: usize = 64;

fn add_waiting(engine: &Compiled, sum: &mut Aggregate, waiting: &mut Vec<(Judged, Evaluation)>) -> Result<(), Error> {
    waiting.drain(..).try_for_each(|(history, evaluation)| sum.add(engine, &history, &evaluation))
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
