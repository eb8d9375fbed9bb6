//! Durations and shares as policies write them.

use pyo3::prelude::*;
use pyo3::types::PyDelta;
use sla_core::time::{BusinessDuration, Share};

use crate::error::OrRaise;
use crate::instant::{Length, delta};

/// Return a duration of a policy, for example ``1h30m`` or ``PT1H30M``, as a timedelta.
///
/// Raises:
///     InputError: `invalid_duration`.
#[pyfunction]
pub(crate) fn parse_duration<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyDelta>> {
    delta(py, BusinessDuration::parse(text).or_raise(py)?.as_micros())
}

/// Return a timedelta as a policy writes it, for example ``1h30m``.
///
/// Raises:
///     InputError: `invalid_duration` for a negative one.
#[pyfunction]
pub(crate) fn format_duration(length: Length) -> String {
    length.0.to_string()
}

/// Return a share of a policy, for example ``99.95%``, in millionths.
///
/// Raises:
///     InputError: `invalid_share`.
#[pyfunction]
pub(crate) fn parse_share(py: Python<'_>, text: &str) -> PyResult<u32> {
    Ok(Share::parse(text).or_raise(py)?.as_millionths())
}
