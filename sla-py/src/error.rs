//! The engine's errors as Python exceptions.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyList;
use sla_core::Error;

static BUILD: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// What Python raises for an error of the engine.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).map_or_else(|fault| fault, PyErr::from_value)
}

/// What Python raises for a fault of the caller that the engine never sees.
pub(crate) fn fault(py: Python<'_>, code: &str, message: &str, help: &str) -> PyErr {
    build(py, code, message, "", help, PyList::empty(py)).map_or_else(|fault| fault, PyErr::from_value)
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let related = PyList::empty(py);
    for one in error.related() {
        related.append(exception(py, one)?)?;
    }
    build(py, error.code().as_str(), error.message(), error.path(), error.help_text(), related)
}

fn build<'py>(
    py: Python<'py>,
    code: &str,
    message: &str,
    path: &str,
    help: &str,
    related: Bound<'py, PyList>,
) -> PyResult<Bound<'py, PyAny>> {
    BUILD.import(py, "sla_engine.errors", "error")?.call1((code, message, path, help, related))
}

/// Turns the errors of the engine into exceptions.
pub(crate) trait OrRaise<T> {
    /// Returns the value, or what Python raises.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    #[inline]
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raised(py, &error))
    }
}
