//! Documents at the boundary: arguments as text or values, answers as values.

use pyo3::call::PyCallArgs;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyString};

#[cfg(feature = "stubs")]
use pyo3::inspect::PyStaticExpr;

static DECODER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static ENCODE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Reads a document as a value of `sla_engine.documents`.
fn decode<'py>(py: Python<'py>, kind: &str, json: &str) -> PyResult<Bound<'py, PyAny>> {
    DECODER.import(py, "sla_engine._decode", "decoder")?.call1((kind,))?.call1((PyBytes::new(py, json.as_bytes()),))
}

/// Returns a value of `sla_engine.documents` with these fields.
pub(crate) fn value<'py>(py: Python<'py>, class: &str, fields: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>> {
    py.import("sla_engine.documents")?.getattr(class)?.call1(fields)
}

/// Names a type of this package for the stub.
#[cfg(feature = "stubs")]
macro_rules! hint {
    ($hint:literal) => {
        pyo3::type_hint_identifier!("sla_engine._hints", $hint)
    };
}

/// Defines answers that become values in Python. The text is a document of the kind.
macro_rules! answers {
    ($($name:ident $kind:literal $hint:literal;)*) => {$(
        pub(crate) struct $name(pub(crate) String);

        impl<'py> IntoPyObject<'py> for $name {
            type Target = PyAny;
            type Output = Bound<'py, PyAny>;
            type Error = PyErr;

            #[cfg(feature = "stubs")]
            const OUTPUT_TYPE: PyStaticExpr = hint!($hint);

            fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                decode(py, $kind, &self.0)
            }
        }
    )*};
}

answers! {
    Events "events" "Events";
    Evaluation "evaluation" "Evaluation";
    Refusal "refusal" "Refusal";
    DryRun "dry_run" "DryRun";
    HistoryVerification "history_verification" "HistoryVerification";
    Explanation "explanation" "Explanation";
    Ledger "ledger" "Ledger";
    Report "report" "Report";
    Alerts "alerts" "AlertList";
    Head "head" "Head";
    Comparison "comparison" "Comparison";
    Flips "flips" "Flips";
    Warnings "warnings" "Warnings";
    Changes "changes" "Changes";
    Promises "promises" "Promises";
    Agents "agents" "Agents";
    TicketRows "ticket_rows" "TicketRows";
    TicketValues "ticket_values" "TicketValues";
    Burns "burns" "Burns";
    PolicyPlace "place" "PolicyPlace";
    PolicyValues "policy_values" "PolicyValues";
    VisibleTickets "visible_tickets" "VisibleTickets";
    LogCommands "log_commands" "LogCommands";
}

/// A document as an argument: JSON text or bytes, or a value that is written as JSON.
pub(crate) enum Json {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

impl AsRef<[u8]> for Json {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Json {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: PyStaticExpr = hint!("Json");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() {
            return Ok(Self::Text(object.extract()?));
        }
        if object.is_instance_of::<PyBytes>() {
            return Ok(Self::Bytes(object.extract()?));
        }
        if object.is_none() {
            return Err(PyTypeError::new_err("expected a document: JSON text, bytes or a value, not None"));
        }
        let encode = ENCODE.import(object.py(), "sla_engine._decode", "encode")?;
        Ok(Self::Bytes(encode.call1((object,))?.extract()?))
    }
}

/// A list of words as an argument; a single text is refused, because it is an iterable of its letters.
pub(crate) struct Words(pub(crate) Vec<String>);

impl<'a, 'py> FromPyObject<'a, 'py> for Words {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: PyStaticExpr = hint!("Words");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() {
            let message = format!("expected a list of words; write [{}]", object.repr()?);
            return Err(PyTypeError::new_err(message));
        }
        Ok(Self(object.try_iter()?.map(|word| word?.extract()).collect::<PyResult<_>>()?))
    }
}

/// Writes a JSON list of documents.
pub(crate) fn list(documents: impl IntoIterator<Item = String>) -> String {
    let mut text = String::from("[");
    for document in documents {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&document);
    }
    text.push(']');
    text
}
