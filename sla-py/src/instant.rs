//! Instants and lengths: Python's datetimes and timedeltas, and the engine's microseconds.

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
            let message = "a local time has no time zone of its own";
            return Err(fault(object.py(), "aware_datetime", message, "pass it without tzinfo, or use it as it is"));
        }
        if is_missing(&object)? {
            return Err(no_instant(&object));
        }
        Ok(Self(clock_us(&datetime)))
    }
}

/// Returns what a datetime shows, in microseconds since 1970-01-01T00:00.
fn clock_us(datetime: &Bound<'_, PyDateTime>) -> i64 {
    let day = days(i64::from(datetime.get_year()), i64::from(datetime.get_month()), i64::from(datetime.get_day()));
    let (hour, minute) = (i64::from(datetime.get_hour()), i64::from(datetime.get_minute()));
    micros([day, hour, minute, i64::from(datetime.get_second()), i64::from(datetime.get_microsecond())])
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
            "the time zone of a datetime says no offset",
            "pass an aware datetime, for example one in UTC",
        )),
    }
}

/// Returns whether a datetime without zone is none: pandas writes a missing instant as one.
fn is_missing(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.get_type().name()? == "NaTType")
}

fn no_instant(object: &Bound<'_, PyAny>) -> PyErr {
    match object.get_type().name() {
        Ok(name) => PyTypeError::new_err(format!("an instant is an aware datetime, not {name}")),
        Err(error) => error,
    }
}

/// Adds up days, hours, minutes, seconds and microseconds.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: years have four digits, so nothing comes near the limits"
)]
const fn micros([day, hour, minute, second, micros]: [i64; 5]) -> i64 {
    (day * DAY_S + hour * 3_600 + minute * 60 + second) * SECOND_US + micros
}

/// Returns the days from 1970-01-01 to a date of the proleptic Gregorian calendar.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: years have four digits, so nothing comes near the limits"
)]
const fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the day that may be missing is their last.
    let shifted = if month > 2 { year } else { year - 1 };
    let (era, month) = (shifted.div_euclid(400), (month + 9) % 12);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A date, from days since 1970-01-01.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: instants are at most some 300,000 years away, so nothing comes near the limits"
)]
const fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year + era * 400 + next, month, day)
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
    let (year, month, day) = date(local_s.div_euclid(DAY_S));
    let of_day = local_s.rem_euclid(DAY_S);
    let small = |value: i64| u8::try_from(value).unwrap_or_default();
    let year = i32::try_from(year).map_err(|_| PyOverflowError::new_err("an instant does not fit a datetime"))?;
    PyDateTime::new(
        py,
        year,
        small(month),
        small(day),
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

/// INVARIANT: a timedelta has less than 10^9 days, so the product fits.
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
