//! The crossing: pointers become references here and nowhere else, and panics end here.

use std::any::Any;
use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sla_core::Error;
use sla_core::time::Timestamp;

use crate::error::{sla_error, sla_status};
use crate::string::sla_string;
use crate::version::SLA_NONE;

/// Why a call did not do what it was asked for.
pub(crate) enum Failure {
    /// The caller broke the contract of the function.
    Argument {
        /// A stable code.
        code: &'static str,
        /// What is wrong.
        message: String,
        /// What to pass instead.
        help: &'static str,
    },
    /// The engine refused an input.
    Input(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Input(error)
    }
}

pub(crate) type Checked<T> = Result<T, Failure>;

/// Runs a call and turns whatever goes wrong into a status and, if asked for, an error object.
///
/// # Safety
///
/// `error_out` is null or points to a place for a pointer.
pub(crate) unsafe fn guard(error_out: *mut *mut sla_error, work: impl FnOnce() -> Checked<()>) -> sla_status {
    let failed = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => {
            // SAFETY: as below.
            unsafe { put_error(error_out, std::ptr::null_mut) };
            return sla_status::Ok;
        }
        Ok(Err(failure)) => Ok(failure),
        Err(payload) => Err(payload),
    };
    let (status, error) = told(failed);
    // SAFETY: the caller's promise about `error_out`.
    unsafe { put_error(error_out, || Box::into_raw(Box::new(error))) };
    status
}

/// Says what went wrong, also what a panic carried.
#[cold]
#[inline(never)]
fn told(failed: Result<Failure, Box<dyn Any + Send>>) -> (sla_status, sla_error) {
    match failed {
        Ok(failure) => sla_error::of(failure),
        Err(payload) => {
            let error = sla_error::of_panic(said(payload.as_ref()));
            discard(payload);
            (sla_status::Panic, error)
        }
    }
}

/// Runs a call that answers with a number, and SLA_NONE for whatever goes wrong.
pub(crate) fn number(work: impl FnOnce() -> Checked<i64>) -> i64 {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(answer) => answer.unwrap_or(SLA_NONE),
        Err(payload) => {
            discard(payload);
            SLA_NONE
        }
    }
}

/// Drops what a panic carries, which may panic once more.
fn discard(payload: Box<dyn Any + Send>) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(payload)));
}

/// Writes an error where one is asked for.
///
/// # Safety
///
/// As [`guard`].
unsafe fn put_error(error_out: *mut *mut sla_error, error: impl FnOnce() -> *mut sla_error) {
    if !error_out.is_null() && error_out.is_aligned() {
        // SAFETY: the caller's promise about `error_out`; it is aligned.
        unsafe { error_out.write(error()) };
    }
}

fn said(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

fn checked<T>(name: &str, pointer: *const T) -> Checked<()> {
    if pointer.is_null() {
        return Err(null_pointer(name));
    }
    if !pointer.is_aligned() {
        return Err(misaligned_pointer(name));
    }
    Ok(())
}

// What is told of a failure stands once in the library, not in each of its functions.

#[cold]
#[inline(never)]
fn null_pointer(name: &str) -> Failure {
    Failure::Argument {
        code: "null_pointer",
        message: format!("`{name}` is null"),
        help: "pass a valid pointer; the header says which may be null",
    }
}

#[cold]
#[inline(never)]
fn misaligned_pointer(name: &str) -> Failure {
    Failure::Argument {
        code: "misaligned_pointer",
        message: format!("`{name}` is not aligned for its type"),
        help: "pass memory that was declared or allocated as that type",
    }
}

/// A place for an answer.
pub(crate) struct Slot<'a, T>(&'a mut MaybeUninit<T>);

impl<T> Slot<'_, T> {
    /// Writes the answer.
    pub(crate) fn write(self, value: T) {
        self.0.write(value);
    }
}

/// Returns the place for an answer, after writing what stands there should the call fail.
///
/// # Safety
///
/// `pointer` is null, or points to memory for a `T` that nobody else uses during the call.
pub(crate) unsafe fn slot<'a, T>(name: &str, pointer: *mut T, at_first: T) -> Checked<Slot<'a, T>> {
    checked(name, pointer)?;
    // SAFETY: the caller's promise; the pointer is neither null nor misaligned.
    let place = unsafe { &mut *pointer.cast::<MaybeUninit<T>>() };
    place.write(at_first);
    Ok(Slot(place))
}

/// Returns the places for two answers. As both are arguments, both hold what stands for a failed call by now, even if
/// one of them cannot be used.
pub(crate) fn both<A, B>(one: Checked<A>, other: Checked<B>) -> Checked<(A, B)> {
    Ok((one?, other?))
}

/// Returns the place for an answer that the caller may leave out.
///
/// # Safety
///
/// As [`slot`].
pub(crate) unsafe fn optional_slot<'a, T>(name: &str, pointer: *mut T, at_first: T) -> Checked<Option<Slot<'a, T>>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { slot(name, pointer, at_first) }.map(Some)
}

/// Returns the place for a text.
///
/// # Safety
///
/// As [`slot`].
pub(crate) unsafe fn string_slot<'a>(name: &str, pointer: *mut sla_string) -> Checked<Slot<'a, sla_string>> {
    // SAFETY: the caller's promise.
    unsafe { slot(name, pointer, sla_string::EMPTY) }
}

/// Returns the place for a handle.
///
/// # Safety
///
/// As [`slot`].
pub(crate) unsafe fn handle_slot<'a, T>(name: &str, pointer: *mut *mut T) -> Checked<Slot<'a, *mut T>> {
    // SAFETY: the caller's promise.
    unsafe { slot(name, pointer, std::ptr::null_mut()) }
}

impl<T> Slot<'_, *mut T> {
    /// Writes a new handle.
    pub(crate) fn give(self, value: T) {
        self.write(Box::into_raw(Box::new(value)));
    }
}

/// Returns what a handle stands for.
///
/// # Safety
///
/// `pointer` is null, or a handle of this type that is not freed during the call.
pub(crate) unsafe fn handle<'a, T>(name: &str, pointer: *const T) -> Checked<&'a T> {
    checked(name, pointer)?;
    // SAFETY: the caller's promise; the pointer is neither null nor misaligned.
    Ok(unsafe { &*pointer })
}

/// Returns what a handle stands for, to change it.
///
/// # Safety
///
/// As [`handle`], and nobody else uses the handle during the call.
pub(crate) unsafe fn handle_mut<'a, T>(name: &str, pointer: *mut T) -> Checked<&'a mut T> {
    checked(name, pointer)?;
    // SAFETY: the caller's promise; the pointer is neither null nor misaligned.
    Ok(unsafe { &mut *pointer })
}

/// Returns what a handle stands for, if there is one.
///
/// # Safety
///
/// As [`handle`].
pub(crate) unsafe fn optional_handle<'a, T>(name: &str, pointer: *const T) -> Checked<Option<&'a T>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { handle(name, pointer) }.map(Some)
}

/// Frees what a handle stands for. A panic while it is dropped ends here.
///
/// # Safety
///
/// `pointer` is null, or a handle of this type that was not freed before and that nobody uses any more.
pub(crate) unsafe fn free<T>(pointer: *mut T) {
    if pointer.is_null() || !pointer.is_aligned() {
        return;
    }
    // SAFETY: the caller's promise: it came from `Slot::give` and is freed once.
    let owned = unsafe { Box::from_raw(pointer) };
    let _ = catch_unwind(AssertUnwindSafe(|| drop(owned)));
}

/// Returns the elements of an array.
///
/// # Safety
///
/// `pointer` is null, or points to `length` elements that nobody changes during the call.
pub(crate) unsafe fn array<'a, T>(name: &str, pointer: *const T, length: usize) -> Checked<&'a [T]> {
    if length == 0 {
        return Ok(&[]);
    }
    checked(name, pointer)?;
    fits::<T>(name, length)?;
    // SAFETY: the caller's promise; the pointer is neither null nor misaligned, the size fits.
    Ok(unsafe { std::slice::from_raw_parts(pointer, length) })
}

/// Returns the elements of an array, to write them.
///
/// # Safety
///
/// `pointer` is null, or points to `length` initialized elements that nobody else uses during the call.
pub(crate) unsafe fn array_mut<'a, T>(name: &str, pointer: *mut T, length: usize) -> Checked<&'a mut [T]> {
    if length == 0 {
        return Ok(&mut []);
    }
    checked(name, pointer)?;
    fits::<T>(name, length)?;
    // SAFETY: the caller's promise; the pointer is neither null nor misaligned, the size fits.
    Ok(unsafe { std::slice::from_raw_parts_mut(pointer, length) })
}

/// Returns the elements of an array that may be left out.
///
/// # Safety
///
/// As [`array`].
pub(crate) unsafe fn optional_array<'a, T>(name: &str, pointer: *const T, length: usize) -> Checked<Option<&'a [T]>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { array(name, pointer, length) }.map(Some)
}

/// Returns the elements of an array that may be left out, to write them.
///
/// # Safety
///
/// As [`array_mut`].
pub(crate) unsafe fn optional_array_mut<'a, T>(
    name: &str,
    pointer: *mut T,
    length: usize,
) -> Checked<Option<&'a mut [T]>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { array_mut(name, pointer, length) }.map(Some)
}

fn fits<T>(name: &str, length: usize) -> Checked<()> {
    let most = isize::MAX.unsigned_abs().checked_div(size_of::<T>()).unwrap_or(usize::MAX);
    if length <= most { Ok(()) } else { Err(invalid_length(name, length)) }
}

#[cold]
#[inline(never)]
fn invalid_length(name: &str, length: usize) -> Failure {
    Failure::Argument {
        code: "invalid_length",
        message: format!("`{name}` cannot have {length} elements"),
        help: "pass the number of elements; a negative one was perhaps converted",
    }
}

/// Returns the bytes of a document.
///
/// # Safety
///
/// `pointer` is null, or points to `length` bytes that nobody changes during the call.
pub(crate) unsafe fn bytes<'a>(name: &str, pointer: *const c_char, length: usize) -> Checked<&'a [u8]> {
    checked(name, pointer)?;
    // SAFETY: the caller's promise.
    unsafe { array(name, pointer.cast::<u8>(), length) }
}

/// Returns the bytes of a document that may be left out.
///
/// # Safety
///
/// As [`bytes`].
pub(crate) unsafe fn optional_bytes<'a>(
    name: &str,
    pointer: *const c_char,
    length: usize,
) -> Checked<Option<&'a [u8]>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { bytes(name, pointer, length) }.map(Some)
}

/// Returns a short text.
///
/// # Safety
///
/// As [`bytes`].
pub(crate) unsafe fn text<'a>(name: &str, pointer: *const c_char, length: usize) -> Checked<&'a str> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes(name, pointer, length) }?;
    std::str::from_utf8(bytes).map_err(|fault| invalid_utf8(name, fault))
}

#[cold]
#[inline(never)]
fn invalid_utf8(name: &str, fault: std::str::Utf8Error) -> Failure {
    Failure::Argument {
        code: "invalid_utf8",
        message: format!("`{name}` is not UTF-8 from byte {} on", fault.valid_up_to()),
        help: "convert the text to UTF-8",
    }
}

/// Returns an instant that may be left out.
pub(crate) fn optional_instant(at_us: i64) -> Option<Timestamp> {
    (at_us != SLA_NONE).then(|| Timestamp::from_micros(at_us))
}

/// Returns an instant as it crosses.
pub(crate) fn instant_us(at: Option<Timestamp>) -> i64 {
    at.map_or(SLA_NONE, Timestamp::as_micros)
}
