//! Instants and lengths: Python's datetimes and timedeltas, and the engine's microseconds.

// INVARIANT: the year of a datetime has four digits, so its microseconds, and an offset added to them, fit 64 bits.

use chrono::{Datelike, NaiveDate};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDateAccess, PyDateTime, PyDelta, PyDeltaAccess, PyTimeAccess, PyTzInfo, PyTzInfoAccess};
use sla_core::time::{BusinessDuration, Timestamp};

use crate::error::{OrRaise, fault};

const SECOND_US: i64 = 1_000_000;
const DAY_S: i64 = 86_400;

/// An instant as an argument: a datetime that is aware, of any tzinfo.
pub(crate) struct Instant(pub(crate) Timestamp);

impl<'a, 'py> FromPyObject<'a, 'py> for Instant {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("datetime", "datetime");

    #[inline]
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let Ok(datetime) = object.cast::<PyDateTime>() else { return Err(no_instant(&object)) };
        let py = object.py();
        let Some(zone) = datetime.get_tzinfo() else {
            if is_missing(&object)? {
                return Err(no_instant(&object));
            }
            return Err(fault(
                py,
                "naive_datetime",
                "an instant without time zone is ambiguous",
                "pass an aware datetime, for example `datetime.now(timezone.utc)` or \
                 `datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo(\"Asia/Jakarta\"))`",
            ));
        };
        let local_us = clock_us(&datetime);
        let offset_us = if zone.is(&*PyTzInfo::utc(py)?) { 0 } else { offset_us(&object)? };
        Ok(Self(Timestamp::from_micros(local_us.wrapping_sub(offset_us))))
    }
}

/// A local time as an argument: a datetime without time zone, in microseconds since 1970-01-01T00:00 on its clock.
pub(crate) struct Local(pub(crate) i64);

impl<'a, 'py> FromPyObject<'a, 'py> for Local {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("datetime", "datetime");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let Ok(datetime) = object.cast::<PyDateTime>() else { return Err(no_instant(&object)) };
        if datetime.get_tzinfo().is_some() {
            let message = "a local time has no tzinfo";
            return Err(fault(
                object.py(),
                "aware_datetime",
                message,
                "pass it without tzinfo, or use it as an instant",
            ));
        }
        if is_missing(&object)? {
            return Err(no_instant(&object));
        }
        Ok(Self(clock_us(&datetime)))
    }
}

/// Returns the fields of a datetime in microseconds since 1970-01-01T00:00, whatever its time zone.
#[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: a datetime fits 64 bits")]
fn clock_us(datetime: &Bound<'_, PyDateTime>) -> i64 {
    let (month, day) = (datetime.get_month().into(), datetime.get_day().into());
    // INVARIANT: a datetime has a date.
    let days = NaiveDate::from_ymd_opt(datetime.get_year(), month, day).map_or(0, |date| date.to_epoch_days());
    let (hour, minute, second) = (datetime.get_hour(), datetime.get_minute(), datetime.get_second());
    let seconds = i64::from(days) * DAY_S + i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
    seconds * SECOND_US + i64::from(datetime.get_microsecond())
}

/// Returns local time minus UTC, in microseconds.
fn offset_us(datetime: &Bound<'_, PyAny>) -> PyResult<i64> {
    let py = datetime.py();
    let offset = datetime.call_method0(intern!(py, "utcoffset"))?;
    match offset.cast::<PyDelta>() {
        Ok(delta) => Ok(delta_us(delta)),
        Err(_) => Err(fault(
            py,
            "naive_datetime",
            "the tzinfo of a datetime has no offset",
            "pass an aware datetime, for example one in UTC",
        )),
    }
}

/// Returns whether a datetime is the missing instant of pandas, `NaT`.
fn is_missing(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.get_type().name()? == "NaTType")
}

fn no_instant(object: &Bound<'_, PyAny>) -> PyErr {
    match object.get_type().name() {
        Ok(name) => PyTypeError::new_err(format!("an instant is an aware datetime, not {name}")),
        Err(error) => error,
    }
}

/// Makes an aware datetime in UTC.
#[inline]
pub(crate) fn utc(py: Python<'_>, at: Timestamp) -> PyResult<Bound<'_, PyDateTime>> {
    shifted(py, at, 0, &*PyTzInfo::utc(py)?)
}

/// Makes an aware datetime in UTC where there is an instant.
pub(crate) fn maybe_utc(py: Python<'_>, at: Option<Timestamp>) -> PyResult<Option<Bound<'_, PyDateTime>>> {
    at.map(|at| utc(py, at)).transpose()
}

/// Makes an aware datetime at a fixed offset.
pub(crate) fn at_offset(py: Python<'_>, at: Timestamp, offset_s: i32) -> PyResult<Bound<'_, PyDateTime>> {
    let zone = PyTzInfo::fixed_offset(py, PyDelta::new(py, 0, offset_s, 0, true)?)?;
    shifted(py, at, i64::from(offset_s), &zone)
}

fn shifted<'py>(
    py: Python<'py>,
    at: Timestamp,
    offset_s: i64,
    zone: &Bound<'py, PyTzInfo>,
) -> PyResult<Bound<'py, PyDateTime>> {
    let (utc_s, micros) = (at.as_micros().div_euclid(SECOND_US), at.as_micros().rem_euclid(SECOND_US));
    let local_s = utc_s.wrapping_add(offset_s);
    let date = i32::try_from(local_s.div_euclid(DAY_S)).ok().and_then(NaiveDate::from_epoch_days);
    let date = date.ok_or_else(|| PyOverflowError::new_err("an instant does not fit a datetime"))?;
    // INVARIANT: months, days, hours, minutes and seconds fit 8 bits.
    let small = |value: u32| u8::try_from(value).unwrap_or_default();
    let of_day = u32::try_from(local_s.rem_euclid(DAY_S)).unwrap_or_default();
    PyDateTime::new(
        py,
        date.year(),
        small(date.month()),
        small(date.day()),
        small(of_day / 3600),
        small(of_day / 60 % 60),
        small(of_day % 60),
        u32::try_from(micros).unwrap_or_default(),
        Some(zone),
    )
}

/// A length as an argument: a timedelta, not negative.
pub(crate) struct Length(pub(crate) BusinessDuration);

impl<'a, 'py> FromPyObject<'a, 'py> for Length {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("datetime", "timedelta");

    #[inline]
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(delta) = object.cast::<PyDelta>() {
            return Ok(Self(BusinessDuration::from_micros(delta_us(&delta)).or_raise(object.py())?));
        }
        let name = object.get_type().name()?;
        Err(PyTypeError::new_err(format!("a length is a timedelta, not {name}")))
    }
}

/// Returns a timedelta in microseconds; beyond 64 bits, which no calendar answers for, the nearest number.
fn delta_us(delta: &Bound<'_, PyDelta>) -> i64 {
    let seconds = i64::from(delta.get_days()).wrapping_mul(DAY_S).wrapping_add(i64::from(delta.get_seconds()));
    seconds.saturating_mul(SECOND_US).saturating_add(i64::from(delta.get_microseconds()))
}

/// Makes a timedelta.
#[inline]
pub(crate) fn delta(py: Python<'_>, micros: i64) -> PyResult<Bound<'_, PyDelta>> {
    let (seconds, rest) = (micros.div_euclid(SECOND_US), micros.rem_euclid(SECOND_US));
    let small = |value: i64| i32::try_from(value).unwrap_or_default();
    PyDelta::new(py, small(seconds.div_euclid(DAY_S)), small(seconds.rem_euclid(DAY_S)), small(rest), false)
}
