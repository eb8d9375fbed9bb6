//! What the states of a log mean, as Python says it.

use std::collections::HashMap;

use pyo3::prelude::*;
use sla_core::log::{Meaning, State, States};

use crate::error::fault;

/// The states of a log, by name.
pub(crate) struct StatesArgument(pub(crate) States);

impl<'a, 'py> FromPyObject<'a, 'py> for StatesArgument {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("sla_engine._hints", "States");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let named: HashMap<String, Bound<'py, PyAny>> = object.extract()?;
        let states = named.into_iter().map(|(name, meaning)| Ok((name.clone(), state(&name, &meaning)?)));
        Ok(Self(states.collect::<PyResult<Vec<_>>>()?.into_iter().collect()))
    }
}

fn state(name: &str, said: &Bound<'_, PyAny>) -> PyResult<State> {
    let py = said.py();
    if let Ok(word) = said.extract::<String>() {
        return Ok(State::new(meaning(py, name, &word)?));
    }
    let mut fields: HashMap<String, Bound<'_, PyAny>> = said.extract()?;
    let help = "write a meaning, or a dict with `means` and perhaps `replied` and `reason`";
    let Some(means) = fields.remove("means") else {
        return Err(fault(py, "missing_field", &format!("the state `{name}` has no `means`"), help));
    };
    let mut state = State::new(meaning(py, name, &means.extract::<String>()?)?);
    if let Some(replied) = fields.remove("replied") {
        state.replied = replied.extract()?;
    }
    if let Some(reason) = fields.remove("reason") {
        state.reason = reason.extract()?;
    }
    match fields.into_keys().next() {
        Some(other) => Err(fault(py, "unknown_field", &format!("unknown field `{other}` of the state `{name}`"), help)),
        None => Ok(state),
    }
}

fn meaning(py: Python<'_>, name: &str, word: &str) -> PyResult<Meaning> {
    Meaning::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Meaning::ALL.iter().map(|meaning| meaning.as_str()).collect();
        let message = format!("unknown meaning `{word}` of the state `{name}`");
        fault(py, "unknown_word", &message, &format!("use one of: {}", known.join(", ")))
    })
}
