//! The engine's errors as Python exceptions.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyList;
use sla_core::Error;

static BUILD: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static BUILD_OF_POLICY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Returns the exception of an error of the engine.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).map_or_else(|fault| fault, PyErr::from_value)
}

/// Returns the exception of a fault that the engine never sees.
pub(crate) fn fault(py: Python<'_>, code: &str, message: &str, help: &str) -> PyErr {
    build(py, code, message, "", help, PyList::empty(py)).map_or_else(|fault| fault, PyErr::from_value)
}

/// Returns the exception of any fault of a policy or a calendar.
#[cold]
fn raised_of_policy(py: Python<'_>, error: &Error) -> PyErr {
    let exception = related(py, error).and_then(|related| {
        let build = BUILD_OF_POLICY.import(py, "sla_engine.errors", "policy_error")?;
        build.call1((error.code().as_str(), error.message(), error.path(), error.help_text(), related))
    });
    exception.map_or_else(|fault| fault, PyErr::from_value)
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    build(py, error.code().as_str(), error.message(), error.path(), error.help_text(), related(py, error)?)
}

fn related<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyList>> {
    let related = PyList::empty(py);
    for one in error.related() {
        related.append(exception(py, one)?)?;
    }
    Ok(related)
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

/// Converts errors of the engine to exceptions.
pub(crate) trait OrRaise<T> {
    /// Returns the value, or the exception.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;

    /// Returns the value, or the exception where a policy or a calendar was read.
    fn or_raise_policy(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    #[inline]
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raised(py, &error))
    }

    fn or_raise_policy(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raised_of_policy(py, &error))
    }
}
