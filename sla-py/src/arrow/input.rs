//! Reading columns and tables.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, FieldRef};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;

use super::capsule::{sound, take_array, take_stream, unreadable};
use crate::error::fault;

/// A column in chunks; a table is a column of structs.
pub(crate) struct Input {
    pub(crate) field: FieldRef,
    pub(crate) chunks: Vec<ArrayRef>,
}

impl<'a, 'py> FromPyObject<'a, 'py> for Input {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("sla_engine._hints", "Arrow");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let py = object.py();
        if let Some(array) = object.getattr_opt(intern!(py, "__arrow_c_array__"))? {
            let (field, array) = take_array(&array.call1((py.None(),))?)?;
            return Ok(Self { field, chunks: vec![array] });
        }
        let Some(stream) = object.getattr_opt(intern!(py, "__arrow_c_stream__"))? else {
            let name = object.get_type().name()?;
            return Err(PyTypeError::new_err(format!(
                "{name} has neither `__arrow_c_array__` nor `__arrow_c_stream__`; pass a column or table of pyarrow, \
                 polars, pandas (with pyarrow installed), duckdb or another library that speaks Arrow"
            )));
        };
        let stream = take_stream(&stream.call1((py.None(),))?)?;
        // Reading the stream may run the producer's code, which acquires the interpreter when it needs it.
        py.detach(move || {
            let field = Arc::clone(arrow_array::ArrayReader::field(&stream));
            let chunks = sound(|| stream.collect::<Result<_, _>>()).map_err(|error| unreadable(&error))?;
            Ok(Self { field, chunks })
        })
    }
}

impl Input {
    /// Returns how many values there are.
    pub(crate) fn len(&self) -> usize {
        self.chunks.iter().map(Array::len).sum()
    }
}

/// A column that is read, and whether a table must have it.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
}

/// A table in chunks, by the names of this package.
pub(crate) struct Tables {
    pub(crate) chunks: Vec<StructArray>,
    columns: HashMap<&'static str, usize>,
    pub(crate) constants: HashMap<String, String>,
}

impl Tables {
    /// Returns the wanted columns of a table.
    pub(crate) fn new(
        py: Python<'_>,
        input: &Input,
        wanted: &[Wanted],
        columns: Option<HashMap<String, String>>,
        constants: Option<HashMap<String, String>>,
    ) -> PyResult<Self> {
        let (named, constants) = (columns.unwrap_or_default(), constants.unwrap_or_default());
        let DataType::Struct(fields) = input.field.data_type() else {
            let message = format!("a column of {} is no table", input.field.data_type());
            return Err(fault(py, "wrong_type", &message, "pass a table with named columns"));
        };
        let known: Vec<&str> = wanted.iter().map(|column| column.name).collect();
        for ours in named.keys().chain(constants.keys()) {
            if !known.contains(&ours.as_str()) {
                let message = format!("there is no column called `{ours}` to be mapped");
                return Err(fault(py, "unknown_field", &message, &format!("name some of: {}", known.join(", "))));
            }
        }
        let mut found = HashMap::new();
        for column in wanted {
            let name = named.get(column.name).map_or(column.name, String::as_str);
            let place = fields.iter().position(|field| field.name() == name);
            match place {
                Some(_) if constants.contains_key(column.name) => {
                    let message = format!("the table has a column `{name}`, and a constant says the same of all rows");
                    return Err(fault(py, "conflicting_fields", &message, "leave out the constant or the column"));
                }
                Some(place) => {
                    found.insert(column.name, place);
                }
                None if constants.contains_key(column.name) => {}
                None if column.required || named.contains_key(column.name) => {
                    let have: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
                    let message = format!("the table has no column `{name}`");
                    let help = format!(
                        "name it with columns={{\"{}\": ...}}; the table has: {}",
                        column.name,
                        have.join(", ")
                    );
                    return Err(fault(py, "missing_field", &message, &help));
                }
                None => {}
            }
        }
        let mut chunks = Vec::with_capacity(input.chunks.len());
        for chunk in &input.chunks {
            let rows = chunk.as_struct();
            if rows.null_count() > 0 {
                return Err(fault(py, "missing_field", "a row of the table is null as a whole", "leave such rows out"));
            }
            chunks.push(rows.clone());
        }
        Ok(Self { chunks, columns: found, constants })
    }

    /// Returns a column of a chunk; `None` where the table does not have it.
    pub(crate) fn column<'a>(&self, chunk: &'a StructArray, name: &str) -> Option<&'a ArrayRef> {
        self.columns.get(name).and_then(|place| chunk.columns().get(*place))
    }
}
