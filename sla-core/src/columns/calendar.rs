//! Questions to one calendar, one a row.
//!
//! ```
//! # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
//! use sla_core::columns::{Column, NONE, calendar};
//! let engine = engine();
//! let office = engine.calendar("office")?;
//! // The second row has no start.
//! let starts = [at("2026-03-02T16:30:00Z").as_micros(), NONE];
//! let lengths = [3_600_000_000, 3_600_000_000];
//! let mut ends = [0; 2];
//! let refused = calendar::add(office, Column::of(&starts), Column::of(&lengths), &mut ends)?;
//! assert!(refused.is_empty());
//! assert_eq!(ends, [at("2026-03-03T09:30:00Z").as_micros(), NONE]);
//! # Ok::<(), sla_core::Error>(())
//! ```
//!
//! Every function writes one answer per row and returns the rows that the calendar cannot answer. For those, and for rows
//! with a missing value, [`NONE`] is written. A row is refused with the code of the question: `out_of_horizon`,
//! `end_before_start`, or `invalid_duration` for a negative length.
//!
//! # Errors
//!
//! Every function fails with `out_of_range` when columns and answers differ in length; then nothing is written.

use super::rows::{Column, LengthFault, NONE, RefusedRow};
use crate::calendar::Calendar;
use crate::error::Error;
use crate::time::{BusinessDuration, Timestamp};

/// Writes `add(start, length)`: when so much business time has passed, in microseconds since 1970-01-01T00:00:00Z.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::columns::{Column, calendar};
///
/// let us = |text| at(text).as_micros();
/// let mut answers = [0];
/// calendar::add(engine().calendar("office")?, Column::of(&[us("2026-03-02T16:30:00Z")]), Column::of(&[3_600_000_000]), &mut answers)?;
/// assert_eq!(answers, [us("2026-03-03T09:30:00Z")]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// See the [module](self).
pub fn add(
    calendar: &Calendar,
    starts_us: Column<'_>,
    lengths_us: Column<'_>,
    ends_us: &mut [i64],
) -> Result<Vec<RefusedRow>, Error> {
    pairs(starts_us, lengths_us, ends_us, |start, length_us| {
        calendar.add(start, BusinessDuration::from_micros(length_us)?).map(Timestamp::as_micros)
    })
}

/// Writes `subtract(end, length)`: the latest instant from which so much business time passes until `end`.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::columns::{Column, calendar};
///
/// let us = |text| at(text).as_micros();
/// let mut answers = [0];
/// calendar::subtract(engine().calendar("office")?, Column::of(&[us("2026-03-03T09:30:00Z")]), Column::of(&[3_600_000_000]), &mut answers)?;
/// assert_eq!(answers, [us("2026-03-02T16:30:00Z")]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// See the [module](self).
pub fn subtract(
    calendar: &Calendar,
    ends_us: Column<'_>,
    lengths_us: Column<'_>,
    starts_us: &mut [i64],
) -> Result<Vec<RefusedRow>, Error> {
    pairs(ends_us, lengths_us, starts_us, |end, length_us| {
        calendar.subtract(end, BusinessDuration::from_micros(length_us)?).map(Timestamp::as_micros)
    })
}

/// Writes `elapsed(from, to)`: the business time in `[from, to)`, in microseconds.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::columns::{Column, calendar};
///
/// let us = |text| at(text).as_micros();
/// let mut answers = [0];
/// calendar::elapsed(engine().calendar("office")?, Column::of(&[us("2026-03-02T16:30:00Z")]), Column::of(&[us("2026-03-03T09:30:00Z")]), &mut answers)?;
/// assert_eq!(answers, [3_600_000_000]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// See the [module](self).
pub fn elapsed(
    calendar: &Calendar,
    from_us: Column<'_>,
    to_us: Column<'_>,
    lengths_us: &mut [i64],
) -> Result<Vec<RefusedRow>, Error> {
    pairs(from_us, to_us, lengths_us, |from, to_us| {
        calendar.elapsed(from, Timestamp::from_micros(to_us)).map(BusinessDuration::as_micros)
    })
}

/// Writes whether the calendar is open: 1 or 0.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::columns::{Column, calendar};
///
/// let us = |text| at(text).as_micros();
/// let mut answers = [0];
/// calendar::is_open(engine().calendar("office")?, Column::of(&[us("2026-03-02T17:00:00Z")]), &mut answers)?;
/// assert_eq!(answers, [0]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// See the [module](self).
pub fn is_open(calendar: &Calendar, at_us: Column<'_>, answers: &mut [i64]) -> Result<Vec<RefusedRow>, Error> {
    singles(at_us, answers, |at| calendar.is_open(at).map(i64::from))
}

/// Writes the next instant at which the calendar is open: the instant itself if it is.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::columns::{Column, calendar};
///
/// let us = |text| at(text).as_micros();
/// let mut answers = [0];
/// calendar::next_open(engine().calendar("office")?, Column::of(&[us("2026-03-02T17:00:00Z")]), &mut answers)?;
/// assert_eq!(answers, [us("2026-03-03T09:00:00Z")]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// See the [module](self).
pub fn next_open(calendar: &Calendar, at_us: Column<'_>, opens_us: &mut [i64]) -> Result<Vec<RefusedRow>, Error> {
    singles(at_us, opens_us, |at| calendar.next_open(at).map(Timestamp::as_micros))
}

/// Writes the next closing after an instant.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::columns::{Column, calendar};
///
/// let us = |text| at(text).as_micros();
/// let mut answers = [0];
/// calendar::next_close(engine().calendar("office")?, Column::of(&[us("2026-03-02T10:00:00Z")]), &mut answers)?;
/// assert_eq!(answers, [us("2026-03-02T17:00:00Z")]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// See the [module](self).
pub fn next_close(calendar: &Calendar, at_us: Column<'_>, closes_us: &mut [i64]) -> Result<Vec<RefusedRow>, Error> {
    singles(at_us, closes_us, |at| calendar.next_close(at).map(Timestamp::as_micros))
}

fn pairs(
    first: Column<'_>,
    second: Column<'_>,
    answers: &mut [i64],
    ask: impl Fn(Timestamp, i64) -> Result<i64, Error>,
) -> Result<Vec<RefusedRow>, Error> {
    fits(&[first, second], answers)?;
    Ok(answer(answers, |row| {
        let (first, second) = (first.value(row)?, second.value(row)?);
        Some(ask(Timestamp::from_micros(first), second))
    }))
}

fn singles(
    column: Column<'_>,
    answers: &mut [i64],
    ask: impl Fn(Timestamp) -> Result<i64, Error>,
) -> Result<Vec<RefusedRow>, Error> {
    fits(&[column], answers)?;
    Ok(answer(answers, |row| column.value(row).map(|at_us| ask(Timestamp::from_micros(at_us)))))
}

fn fits(columns: &[Column<'_>], answers: &[i64]) -> Result<(), Error> {
    if columns.iter().all(|column| column.is_long_enough(answers.len())) {
        return Ok(());
    }
    Err(LengthFault::Columns.into())
}

#[inline]
fn answer(answers: &mut [i64], ask: impl Fn(usize) -> Option<Result<i64, Error>>) -> Vec<RefusedRow> {
    let mut refused = Vec::new();
    for (row, place) in answers.iter_mut().enumerate() {
        *place = match ask(row) {
            Some(Ok(answer)) => answer,
            None => NONE,
            Some(Err(error)) => {
                refused.push(RefusedRow { row, code: error.code() });
                NONE
            }
        };
    }
    refused
}
