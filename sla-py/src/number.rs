//! Counts and sizes as arguments.

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

/// Reads a number that is not negative; `unit` is what it counts, `help` what to pass instead of one that does not fit.
pub(crate) fn number(object: &Bound<'_, PyAny>, unit: &str, help: &str) -> PyResult<usize> {
    object.extract().map_err(|error: PyErr| {
        let fits = !error.is_instance_of::<PyOverflowError>(object.py());
        if fits { error } else { out_of_range(object, unit, help) }
    })
}

pub(crate) fn out_of_range(object: &Bound<'_, PyAny>, unit: &str, help: &str) -> PyErr {
    fault(object.py(), "out_of_range", &format!("{object} {unit} are out of range"), help)
}
