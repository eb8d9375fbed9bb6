//! Calendar questions, one a row.

use std::ops::Range;

use arrow_array::ArrayRef;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDelta;
use sla_core::calendar::Calendar;
use sla_core::columns::{Column as Rows, RefusedRow, calendar};
use sla_core::{Error, ErrorCode};

use crate::arrow::{Column, Input, Numbers, durations, flags, instants};
use crate::error::{OrRaise, fault};
use crate::instant::{Instant, Length};
use crate::threads::{Threads, pieces};

/// What happens to rows that the calendar cannot answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnFault {
    Raise,
    Null,
}

impl<'a, 'py> FromPyObject<'a, 'py> for OnFault {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("sla_engine._hints", "OnFault");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match object.extract::<&str>() {
            Ok("raise") => Ok(Self::Raise),
            Ok("null") => Ok(Self::Null),
            _ => Err(fault(object.py(), "unknown_word", "unknown `on_fault` mode", "use \"raise\" or \"null\"")),
        }
    }
}

/// The value of an argument: a column, or one number for every row.
enum Given<T> {
    Column(T),
    One(i64),
}

/// A column of instants, or one instant for every row.
pub(crate) struct Instants(Given<Input>);

/// A column of lengths, or one length for every row.
pub(crate) struct Lengths(Given<Input>);

impl<'a, 'py> FromPyObject<'a, 'py> for Instants {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("sla_engine._hints", "Instants");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<pyo3::types::PyDateTime>() {
            return Ok(Self(Given::One(object.extract::<Instant>()?.0.as_micros())));
        }
        Ok(Self(Given::Column(object.extract()?)))
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Lengths {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("sla_engine._hints", "Lengths");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyDelta>() {
            return Ok(Self(Given::One(object.extract::<Length>()?.0.as_micros())));
        }
        Ok(Self(Given::Column(object.extract()?)))
    }
}

/// Reads the column of an argument.
type Read = fn(Python<'_>, &str, &ArrayRef) -> PyResult<Numbers>;

/// One of two arguments.
struct Argument {
    name: &'static str,
    given: Given<Input>,
    read: Read,
}

impl Argument {
    fn instants(name: &'static str, Instants(given): Instants) -> Self {
        Self { name, given, read: |py, name, array| Numbers::instants(py, name, array, None) }
    }

    fn lengths(name: &'static str, Lengths(given): Lengths) -> Self {
        Self { name, given, read: Numbers::lengths }
    }
}

/// The arguments of a question that takes two columns.
pub(crate) struct Two {
    first: Argument,
    second: Argument,
}

impl Two {
    /// Returns the arguments of a question about instants and lengths.
    pub(crate) fn with_lengths(name: &'static str, instants: Instants, lengths: Lengths) -> Self {
        Self { first: Argument::instants(name, instants), second: Argument::lengths("lengths", lengths) }
    }

    /// Returns the arguments of a question about two columns of instants.
    pub(crate) fn with_instants(first: Instants, second: Instants) -> Self {
        Self { first: Argument::instants("starts", first), second: Argument::instants("ends", second) }
    }
}

/// A question that takes two columns.
type PairQuestion = fn(&Calendar, Rows<'_>, Rows<'_>, &mut [i64]) -> Result<Vec<RefusedRow>, Error>;
/// A question that takes one.
type Question = fn(&Calendar, Rows<'_>, &mut [i64]) -> Result<Vec<RefusedRow>, Error>;

/// The most rows that are answered at a time, which bounds the memory for their conversion.
const MOST_ROWS: usize = 1 << 18;

/// The rows that one thread answers at a time: a multiple of 8, as [`Numbers::part`] wants.
const PIECE: usize = 1 << 14;

/// Answers rows on several threads. Returns the rows that have no answer.
fn split(
    threads: Threads,
    places: &mut [i64],
    ask: impl Fn(&Range<usize>, &mut [i64]) -> Result<Vec<RefusedRow>, Error> + Sync,
) -> Result<Vec<RefusedRow>, Error> {
    let items = pieces(places.len(), PIECE).into_iter().zip(places.chunks_mut(PIECE)).collect();
    let refused = threads.each(
        items,
        |_| (),
        |(), (rows, places): (Range<usize>, &mut [i64])| {
            let refused = ask(&rows, places)?;
            let in_all = |one: RefusedRow| RefusedRow { row: rows.start.saturating_add(one.row), ..one };
            Ok::<_, Error>(refused.into_iter().map(in_all).collect::<Vec<_>>())
        },
    );
    Ok(refused.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Answers a question that takes two columns.
pub(crate) fn ask_pairs(
    py: Python<'_>,
    calendar: &Calendar,
    Two { first, second }: Two,
    (on_fault, threads): (OnFault, Threads),
    ask: PairQuestion,
) -> PyResult<Vec<i64>> {
    let rows = match (&first.given, &second.given) {
        (Given::Column(column), Given::Column(other)) if column.len() != other.len() => {
            let message = format!("`{}` has {} rows, `{}` {}", first.name, column.len(), second.name, other.len());
            return Err(fault(py, "out_of_range", &message, "pass columns of one length"));
        }
        (Given::Column(column), _) | (_, Given::Column(column)) => column.len(),
        (Given::One(_), Given::One(_)) => {
            return Err(PyTypeError::new_err(
                "pass at least one column; single values have a method without `_column`",
            ));
        }
    };
    let mut answers = vec![0; rows];
    let mut from = 0_usize;
    // The chunks of two columns may begin at different rows.
    let mut starts = Cursor::new(&first);
    let mut others = Cursor::new(&second);
    while from < rows {
        let length = starts.left().min(others.left()).min(rows.saturating_sub(from)).min(MOST_ROWS);
        let (one, other) = (starts.take(py, length)?, others.take(py, length)?);
        let to = from.saturating_add(length);
        let places = answers.get_mut(from..to).unwrap_or_default();
        let refused = py.detach(|| {
            split(threads, places, |rows, places| {
                ask(calendar, one.part(rows).column(), other.part(rows).column(), places)
            })
        });
        let refused = refused.or_raise(py)?;
        judge(py, &refused, from, on_fault)?;
        from = to;
    }
    Ok(answers)
}

/// Answers a question that takes one column.
pub(crate) fn ask(
    py: Python<'_>,
    calendar: &Calendar,
    input: &Input,
    (on_fault, threads): (OnFault, Threads),
    ask: Question,
) -> PyResult<Vec<i64>> {
    let mut answers = vec![0; input.len()];
    let mut from = 0_usize;
    for chunk in &input.chunks {
        for first in (0..chunk.len()).step_by(MOST_ROWS) {
            let rows = chunk.slice(first, MOST_ROWS.min(chunk.len().saturating_sub(first)));
            let instants = Numbers::instants(py, "at", &rows, None)?;
            let to = from.saturating_add(rows.len());
            let places = answers.get_mut(from..to).unwrap_or_default();
            let answer = |rows: &Range<usize>, places: &mut [i64]| ask(calendar, instants.part(rows).column(), places);
            let refused = py.detach(|| split(threads, places, answer)).or_raise(py)?;
            judge(py, &refused, from, on_fault)?;
            from = to;
        }
    }
    Ok(answers)
}

/// Reads the chunks of a column in turn, or repeats one value.
struct Cursor<'a> {
    argument: &'a Argument,
    chunk: usize,
    row: usize,
}

impl<'a> Cursor<'a> {
    const fn new(argument: &'a Argument) -> Self {
        Self { argument, chunk: 0, row: 0 }
    }

    /// Returns how many rows of the chunk remain, after moving to the next chunk if none does.
    fn left(&mut self) -> usize {
        let Given::Column(input) = &self.argument.given else { return usize::MAX };
        while let Some(chunk) = input.chunks.get(self.chunk) {
            if self.row < chunk.len() {
                return chunk.len().saturating_sub(self.row);
            }
            (self.chunk, self.row) = (self.chunk.saturating_add(1), 0);
        }
        0
    }

    /// Returns the next rows of the chunk, no more than remain.
    fn take(&mut self, py: Python<'_>, length: usize) -> PyResult<Numbers> {
        let Argument { name, given, read } = self.argument;
        let input = match given {
            Given::Column(input) => input,
            Given::One(value) => return Ok(Numbers::repeated(*value, length)),
        };
        let from = self.row;
        self.row = self.row.saturating_add(length);
        // INVARIANT: no more rows are taken than remain.
        let rows = input.chunks.get(self.chunk).map(|chunk| chunk.slice(from, length));
        read(py, name, &rows.unwrap_or_else(|| arrow_array::new_empty_array(input.field.data_type())))
    }
}

fn judge(py: Python<'_>, refused: &[RefusedRow], from: usize, on_fault: OnFault) -> PyResult<()> {
    let Some(first) = refused.first().filter(|_| on_fault == OnFault::Raise) else { return Ok(()) };
    let why = match first.code {
        ErrorCode::EndBeforeStart => "its end is before its start",
        ErrorCode::InvalidDuration => "its length is negative",
        _ => "an instant or the answer lies outside 1970-01-01 to 2200-01-01",
    };
    let row = from.saturating_add(first.row);
    let message = format!("row {row} has no answer: {why}");
    Err(fault(
        py,
        first.code.as_str(),
        &message,
        "correct the rows, or pass on_fault=\"null\" to leave them without answer",
    ))
}

/// Returns the answers as a column of instants.
pub(crate) fn instants_of(name: &str, answers: Vec<i64>) -> Column {
    Column::new(name, instants(answers))
}

/// Returns the answers as a column of lengths.
pub(crate) fn durations_of(name: &str, answers: Vec<i64>) -> Column {
    Column::new(name, durations(answers))
}

/// Returns the answers as a column of booleans.
pub(crate) fn flags_of(name: &str, answers: &[i64]) -> Column {
    Column::new(name, flags(answers))
}

pub(crate) use calendar::{add, elapsed, is_open, next_close, next_open, subtract};
