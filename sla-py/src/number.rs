//! Numbers as arguments.

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;

use crate::error::fault;

#[cfg(feature = "stubs")]
use pyo3::inspect::PyStaticExpr;

/// How many bytes tables may hold.
pub(crate) struct TableLimit(pub(crate) usize);

impl<'a, 'py> FromPyObject<'a, 'py> for TableLimit {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: PyStaticExpr = usize::INPUT_TYPE;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        number(&object, "bytes", "pass 0 or more").map(Self)
    }
}

/// A number that may be as great as its type allows; others are refused, where Python would raise an `OverflowError`.
pub(crate) struct Int<T>(pub(crate) T);

/// What to pass instead of a number that a type cannot hold.
pub(crate) trait Limits {
    const HELP: &'static str;
}

impl Limits for i64 {
    const HELP: &'static str = "pass a number from -9223372036854775808 to 9223372036854775807";
}

impl Limits for u32 {
    const HELP: &'static str = "pass a number from 0 to 4294967295";
}

impl Limits for u64 {
    const HELP: &'static str = "pass a number from 0 to 18446744073709551615";
}

impl<'a, 'py, T: Limits + FromPyObject<'a, 'py, Error = PyErr>> FromPyObject<'a, 'py> for Int<T> {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: PyStaticExpr = T::INPUT_TYPE;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let refused = || fault(object.py(), "out_of_range", &format!("{} is out of range", &*object), T::HELP);
        fitting(object, refused).map(Self)
    }
}

/// Reads a number that is not negative; `unit` is what it counts, `help` what to pass instead of one that does not fit.
pub(crate) fn number(object: &Bound<'_, PyAny>, unit: &str, help: &str) -> PyResult<usize> {
    fitting(object.as_borrowed(), || out_of_range(object, unit, help))
}

fn fitting<'a, 'py, T: FromPyObject<'a, 'py, Error = PyErr>>(
    object: Borrowed<'a, 'py, PyAny>,
    refused: impl FnOnce() -> PyErr,
) -> PyResult<T> {
    object
        .extract()
        .map_err(|error: PyErr| if error.is_instance_of::<PyOverflowError>(object.py()) { refused() } else { error })
}

pub(crate) fn out_of_range(object: &Bound<'_, PyAny>, unit: &str, help: &str) -> PyErr {
    fault(object.py(), "out_of_range", &format!("{object} {unit} are out of range"), help)
}
