//! The Arrow PyCapsule protocol: structures of the Arrow C data interface, handed over in capsules.
//!
//! The only module of this crate that dereferences pointers. The producer of a capsule with one of the protocol's names
//! promises that it points to the structure of that name, filled as the C data interface says; this cannot be checked.

#![expect(unsafe_code, reason = "the C data interface is made of pointers")]

use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchIterator, make_array};
use arrow_schema::{ArrowError, Field, FieldRef, SchemaRef};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";
const STREAM: &CStr = c"arrow_array_stream";

fn pointer<T>(capsule: &Bound<'_, PyAny>, name: &CStr) -> PyResult<NonNull<T>> {
    Ok(capsule.cast::<PyCapsule>()?.pointer_checked(Some(name))?.cast())
}

/// Returns the exception for data of another library that cannot be read.
pub(crate) fn unreadable(error: &ArrowError) -> PyErr {
    PyValueError::new_err(format!("the Arrow data cannot be read: {error}"))
}

/// Imports the array that `__arrow_c_array__` returned.
pub(crate) fn take_array(capsules: &Bound<'_, PyAny>) -> PyResult<(FieldRef, ArrayRef)> {
    let pair = capsules.cast::<PyTuple>()?;
    let schema = pointer::<FFI_ArrowSchema>(&pair.get_item(0)?, SCHEMA)?;
    let array = pointer::<FFI_ArrowArray>(&pair.get_item(1)?, ARRAY)?;
    // SAFETY: the capsules have the protocol's names, so they point to a schema and an array. Both are moved out, and
    // empty ones left behind, which the capsules drop without effect.
    let (schema, array) =
        unsafe { (FFI_ArrowSchema::from_raw(schema.as_ptr()), FFI_ArrowArray::from_raw(array.as_ptr())) };
    if array.is_released() {
        return Err(PyValueError::new_err("the Arrow array was taken before; ask its owner for a new capsule"));
    }
    let field = Field::try_from(&schema).map_err(|error| unreadable(&error))?;
    // SAFETY: the producer's promise that the array is as the schema says.
    let array = sound(|| unsafe { from_ffi(array, &schema) }.map(make_array)).map_err(|error| unreadable(&error))?;
    Ok((Arc::new(field), array))
}

/// Reads data of a producer. Where it contradicts its schema, the reader panics, which becomes an error here.
pub(crate) fn sound<T>(read: impl FnOnce() -> Result<T, ArrowError>) -> Result<T, ArrowError> {
    let unlike = |_| Err(ArrowError::CDataInterface("the data is not as its schema says".to_owned()));
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(unlike)
}

/// Imports the stream that `__arrow_c_stream__` returned.
pub(crate) fn take_stream(capsule: &Bound<'_, PyAny>) -> PyResult<ArrayStreamReader> {
    let stream = pointer::<FFI_ArrowArrayStream>(capsule, STREAM)?;
    // SAFETY: the capsule has the protocol's name, so it points to a stream. It is moved out, and an empty one left.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
    ArrayStreamReader::try_new(stream).map_err(|error| unreadable(&error))
}

/// Exports an array as `__arrow_c_array__` returns it: a schema and the array. The buffers are shared.
pub(crate) fn give_array<'py>(py: Python<'py>, field: &Field, array: &dyn Array) -> PyResult<Bound<'py, PyTuple>> {
    let (array, _) = to_ffi(&array.to_data()).map_err(|error| unreadable(&error))?;
    let schema = FFI_ArrowSchema::try_from(field).map_err(|error| unreadable(&error))?;
    (PyCapsule::new_with_value(py, schema, SCHEMA)?, PyCapsule::new_with_value(py, array, ARRAY)?).into_pyobject(py)
}

/// Exports batches as `__arrow_c_stream__` returns them. The buffers are shared.
pub(crate) fn give_stream<'py>(
    py: Python<'py>,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> PyResult<Bound<'py, PyCapsule>> {
    let batches: Vec<_> = batches.iter().cloned().map(Ok).collect();
    let reader = RecordBatchIterator::new(batches, Arc::clone(schema));
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), STREAM)
}
