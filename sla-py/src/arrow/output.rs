//! Columns and tables as answers.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, BooleanArray, DurationMicrosecondArray, Int64Array, RecordBatch, StringArray, StructArray,
    TimestampMicrosecondArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};
use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use sla_core::columns::NONE;

use super::capsule::{give_array, give_stream};
use super::input::Input;

const UTC: &str = "UTC";

/// Returns which numbers stand for something; `None` when all do.
fn present(values: &[i64]) -> Option<NullBuffer> {
    if !values.contains(&NONE) {
        return None;
    }
    Some(NullBuffer::new(BooleanBuffer::collect_bool(values.len(), |row| {
        values.get(row).is_some_and(|value| *value != NONE)
    })))
}

/// Makes a column of instants in UTC of microseconds.
pub(crate) fn instants(values: Vec<i64>) -> ArrayRef {
    let nulls = present(&values);
    Arc::new(TimestampMicrosecondArray::new(ScalarBuffer::from(values), nulls).with_timezone(UTC))
}

/// Makes a column of lengths of microseconds.
pub(crate) fn durations(values: Vec<i64>) -> ArrayRef {
    let nulls = present(&values);
    Arc::new(DurationMicrosecondArray::new(ScalarBuffer::from(values), nulls))
}

/// Makes a column of yes and no of 1 and 0.
pub(crate) fn flags(values: &[i64]) -> ArrayRef {
    let yes = BooleanBuffer::collect_bool(values.len(), |row| values.get(row) == Some(&1));
    Arc::new(BooleanArray::new(yes, present(values)))
}

/// Makes a column of words: each row's place in a short list, beyond which there is none.
pub(crate) fn words(places: &[u8], known: &[&str]) -> ArrayRef {
    const WHOLE: usize = 16;
    let mut short = [([0; WHOLE], 0); 256];
    for ((bytes, length), word) in short.iter_mut().zip(known) {
        let Some(bytes) = bytes.get_mut(..word.len()) else {
            return Arc::new(
                places.iter().map(|place| known.get(usize::from(*place)).copied()).collect::<StringArray>(),
            );
        };
        bytes.copy_from_slice(word.as_bytes());
        *length = word.len();
    }
    let word = |place: &u8| short.get(usize::from(*place)).copied().unwrap_or_default();
    let offsets: OffsetBuffer<i32> = OffsetBuffer::from_lengths(places.iter().map(|place| word(place).1));
    let length = usize::try_from(offsets.last()).unwrap_or_default();
    // Words are copied as a whole, and the next one overwrites what is too much.
    let mut bytes = vec![0; length.saturating_add(WHOLE)];
    let mut rest = bytes.as_mut_slice();
    for place in places {
        let (word, length) = word(place);
        if let Some(free) = rest.first_chunk_mut() {
            *free = word;
        }
        rest = std::mem::take(&mut rest).get_mut(length..).unwrap_or_default();
    }
    bytes.truncate(length);
    let is_word = |place: &u8| usize::from(*place) < known.len();
    let nulls = (!places.iter().all(is_word)).then(|| places.iter().map(is_word).collect::<NullBuffer>());
    Arc::new(StringArray::new(offsets, Buffer::from_vec(bytes), nulls))
}

/// Makes a column of texts; without any, every row has none.
pub(crate) fn texts(rows: usize, texts: &[Option<&str>]) -> ArrayRef {
    if texts.is_empty() {
        return arrow_array::new_null_array(&DataType::Utf8, rows);
    }
    Arc::new(texts.iter().collect::<StringArray>())
}

/// Makes a column of whole numbers.
pub(crate) fn integers(values: Vec<i64>) -> ArrayRef {
    let nulls = present(&values);
    Arc::new(Int64Array::new(ScalarBuffer::from(values), nulls))
}

/// One column of Arrow data. It speaks the Arrow PyCapsule protocol: pass it to ``pyarrow.array``, ``polars.Series`` or
/// ``pandas.Series.from_arrow``, or use it as a column of another library. Immutable.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Column {
    field: FieldRef,
    array: ArrayRef,
}

impl Column {
    pub(crate) fn new(name: &str, array: ArrayRef) -> Self {
        Self { field: Arc::new(Field::new(name, array.data_type().clone(), true)), array }
    }
}

#[pymethods]
impl Column {
    /// Its type, as Arrow names it.
    #[getter(r#type)]
    fn type_name(&self) -> String {
        self.array.data_type().to_string()
    }

    /// How many rows have no value.
    #[getter]
    fn null_count(&self) -> usize {
        self.array.null_count()
    }

    /// Return the column as a ``pyarrow.Array``.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.getattr("array")?.call1((slf,))
    }

    /// Return the column as a ``polars.Series``.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let series = slf.py().import("polars")?.getattr("Series")?;
        series.call1((slf.get().field.name(), slf))
    }

    /// Return the column as a ``pandas.Series``.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_pyarrow(slf)?.call_method0("to_pandas")
    }

    /// Return the values as Python's own; missing ones are None. Needs pyarrow.
    fn to_pylist<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_pyarrow(slf)?.call_method0("to_pylist")
    }

    #[pyo3(signature = (requested_schema=None) -> "tuple[object, object]")]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        // The protocol lets a producer answer as it is.
        drop(requested_schema);
        give_array(py, &self.field, &self.array)
    }

    fn __len__(&self) -> usize {
        self.array.len()
    }

    /// Pickles by way of pyarrow.
    #[pyo3(signature = () -> "tuple[typing.Any, ...]")]
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let name = slf.get().field.name().clone();
        (slf.get_type().getattr("_of")?, (name, Self::to_pyarrow(slf)?)).into_pyobject(slf.py())
    }

    #[staticmethod]
    fn _of(name: &str, column: Input) -> PyResult<Self> {
        match column.chunks.as_slice() {
            [array] => Ok(Self::new(name, Arc::clone(array))),
            _ => Err(PyValueError::new_err("a column has one array")),
        }
    }

    fn __repr__(&self) -> String {
        format!("<Column of {}, {} rows>", self.array.data_type(), self.array.len())
    }
}

/// A table of Arrow data. It speaks the Arrow PyCapsule protocol: pass it to ``pyarrow.table``, ``polars.DataFrame`` or
/// ``pandas.DataFrame.from_arrow``, or query a variable that holds it in duckdb. Immutable.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// Makes a table of batches of the same columns.
    pub(crate) fn new(fields: Vec<Field>, batches: Vec<Vec<ArrayRef>>) -> PyResult<Self> {
        let schema = Arc::new(Schema::new(fields));
        let batches = batches
            .into_iter()
            .map(|columns| RecordBatch::try_new(Arc::clone(&schema), columns))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| super::capsule::unreadable(&error))?;
        Ok(Self { schema, batches })
    }
}

/// Describes a column of instants in UTC.
pub(crate) fn instant_field(name: impl Into<String>) -> Field {
    Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())), true)
}

/// Describes a column of lengths.
pub(crate) fn duration_field(name: impl Into<String>) -> Field {
    Field::new(name, DataType::Duration(TimeUnit::Microsecond), true)
}

/// Describes a column of whole numbers.
pub(crate) fn integer_field(name: impl Into<String>) -> Field {
    Field::new(name, DataType::Int64, true)
}

/// Describes a column of yes and no.
pub(crate) fn flag_field(name: impl Into<String>) -> Field {
    Field::new(name, DataType::Boolean, true)
}

/// Describes a column of words.
pub(crate) fn word_field(name: impl Into<String>) -> Field {
    Field::new(name, DataType::Utf8, true)
}

#[pymethods]
impl Table {
    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Return the table as a ``pyarrow.Table``.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        // `pyarrow.table` imports pandas to see whether this is one of its frames.
        let reader = slf.py().import("pyarrow")?.getattr("RecordBatchReader")?;
        reader.call_method1("from_stream", (slf,))?.call_method0("read_all")
    }

    /// Return the table as a ``polars.DataFrame``.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.getattr("DataFrame")?.call1((slf,))
    }

    /// Return the table as a ``pandas.DataFrame``.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_pyarrow(slf)?.call_method0("to_pandas")
    }

    /// Return the rows as dicts; missing values are None. Needs pyarrow.
    fn to_pylist<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_pyarrow(slf)?.call_method0("to_pylist")
    }

    #[pyo3(signature = (requested_schema=None) -> "object")]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        give_stream(py, &self.schema, &self.batches)
    }

    /// A table of one batch is a record batch too, and answers `__arrow_c_array__`; the protocol wants it absent otherwise.
    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        if name == "__arrow_c_array__" && slf.get().batches.len() == 1 {
            return slf.getattr("_as_batch");
        }
        Err(PyAttributeError::new_err(format!("Table has no attribute '{name}'")))
    }

    #[pyo3(signature = (requested_schema=None) -> "tuple[object, object]")]
    fn _as_batch<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        drop(requested_schema);
        let batch = self.batches.first().ok_or_else(|| PyAttributeError::new_err("the table has no batch"))?;
        let rows = StructArray::from(batch.clone());
        give_array(py, &Field::new("", rows.data_type().clone(), false), &rows)
    }

    /// Pickles by way of pyarrow.
    #[pyo3(signature = () -> "tuple[typing.Any, ...]")]
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyAny>,))> {
        Ok((slf.get_type().getattr("_of")?, (Self::to_pyarrow(slf)?,)))
    }

    #[staticmethod]
    fn _of(table: Input) -> PyResult<Self> {
        let DataType::Struct(fields) = table.field.data_type() else {
            return Err(PyValueError::new_err("a table has named columns"));
        };
        let fields = fields.iter().map(|field| field.as_ref().clone()).collect();
        Self::new(fields, table.chunks.iter().map(|rows| rows.as_struct().columns().to_vec()).collect())
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        format!("<Table of {} rows: {}>", self.__len__(), self.column_names().join(", "))
    }
}
