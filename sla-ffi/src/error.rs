//! The outcome of a call: a status and an error object. No panic leaves a function.

use std::any::Any;
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use sla_core::Error;

use crate::boundary::{self, Checked, Failure, Place, SLA_NONE, Tagged};

/// The outcome of a call.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum sla_status {
    /// It did what it was asked for. A refused command is such an answer too.
    Ok = 0,
    /// The caller broke the contract: a null or misaligned pointer, a length that cannot be, a text that is not UTF-8,
    /// a number that the engine did not give.
    InvalidArgument = 1,
    /// The engine cannot work with an input: a document, an instant, a length of time, an id or a word.
    InvalidInput = 2,
    /// A defect of the library. The process is in order; handles that were only read stay usable, those that the call
    /// was to change should be freed.
    Panic = 3,
}

/// What went wrong, where, and what to change. Immutable; may be read by several threads.
pub struct sla_error {
    code: CString,
    path: CString,
    message: CString,
    help: CString,
    related: Vec<Tagged<sla_error>>,
}
boundary::handle_type!(sla_error);

impl sla_error {
    pub(crate) fn of(failure: Failure) -> (sla_status, Self) {
        match failure {
            Failure::Argument { code, message, help } => {
                (sla_status::InvalidArgument, Self::new(code, "", &message, help))
            }
            Failure::Input(error) => (sla_status::InvalidInput, Self::from(&error)),
        }
    }

    pub(crate) fn of_panic(message: &str) -> Self {
        Self::new(
            "panic",
            "",
            &format!("the library failed: {message}"),
            "please report it, with the call that caused it",
        )
    }

    fn new(code: &str, path: &str, message: &str, help: &str) -> Self {
        let [code, path, message, help] = [code, path, message, help].map(c_text);
        Self { code, path, message, help, related: Vec::new() }
    }
}

impl From<&Error> for sla_error {
    fn from(error: &Error) -> Self {
        let related = error.related().iter().map(|fault| Tagged::new(Self::from(fault))).collect();
        Self { related, ..Self::new(error.code().as_str(), error.path(), error.message(), error.help_text()) }
    }
}

/// Runs a call, and turns its failure or panic into a status and, if asked for, an error object.
///
/// # Safety
///
/// `error_out` is null or points to a place for a pointer.
pub(crate) unsafe fn guard(error_out: *mut *mut sla_error, work: impl FnOnce() -> Checked<()>) -> sla_status {
    let failed = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => {
            // SAFETY: the caller's promise about `error_out`.
            unsafe { put_error(error_out, std::ptr::null_mut) };
            return sla_status::Ok;
        }
        Ok(Err(failure)) => Ok(failure),
        Err(payload) => Err(payload),
    };
    let (status, error) = describe(failed);
    // SAFETY: the caller's promise about `error_out`.
    unsafe { put_error(error_out, || boundary::new_handle(error)) };
    status
}

/// Runs a call with answers: their places were checked before it, and the answers are written after it.
///
/// # Safety
///
/// As [`guard`].
pub(crate) unsafe fn answer<P: Place>(
    places: Checked<P>,
    error_out: *mut *mut sla_error,
    work: impl FnOnce() -> Checked<P::Answer>,
) -> sla_status {
    // SAFETY: the caller's promise about `error_out`.
    unsafe {
        guard(error_out, || {
            places?.put(work()?);
            Ok(())
        })
    }
}

/// Runs a call that answers with a number, SLA_NONE for every failure.
pub(crate) fn number(work: impl FnOnce() -> Checked<i64>) -> i64 {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(answer) => answer.unwrap_or(SLA_NONE),
        Err(payload) => {
            discard(payload);
            SLA_NONE
        }
    }
}

#[cold]
#[inline(never)]
fn describe(failed: Result<Failure, Box<dyn Any + Send>>) -> (sla_status, sla_error) {
    match failed {
        Ok(failure) => sla_error::of(failure),
        Err(payload) => {
            let error = sla_error::of_panic(panic_message(payload.as_ref()));
            discard(payload);
            (sla_status::Panic, error)
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
    // SAFETY: the caller's promise about `error_out`.
    if let Ok(Some(place)) = unsafe { boundary::optional_slot("error_out", error_out, std::ptr::null_mut()) } {
        place.put(error());
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// Returns a text as C reads it; what ends a C string is shown as U+FFFD.
fn c_text(text: &str) -> CString {
    // INVARIANT: no NUL is left.
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

/// Returns a text of an error; an empty one for null.
///
/// # Safety
///
/// As [`boundary::handle`].
unsafe fn text_of(error: *const sla_error, text: impl FnOnce(&sla_error) -> &CString) -> *const c_char {
    // SAFETY: the caller's promise.
    match unsafe { boundary::handle("error", error) } {
        Ok(error) => text(error).as_ptr(),
        Err(_) => c"".as_ptr(),
    }
}

/// Returns the stable code of an error, for example `out_of_horizon`; docs/c.md lists those of the interface itself, each
/// function those of the engine that it may give.
///
/// The text ends with a NUL and lives as long as the error. It is empty for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_error_code(error: *const sla_error) -> *const c_char {
    // SAFETY: the caller's promise about `error`.
    unsafe { text_of(error, |error| &error.code) }
}

/// Returns where in the document the fault lies, as a JSON pointer; empty when there is no document.
///
/// Lives as long as the error, as `sla_error_code`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_error_path(error: *const sla_error) -> *const c_char {
    // SAFETY: the caller's promise about `error`.
    unsafe { text_of(error, |error| &error.path) }
}

/// Returns what is wrong, in one line of UTF-8.
///
/// Lives as long as the error, as `sla_error_code`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_error_message(error: *const sla_error) -> *const c_char {
    // SAFETY: the caller's promise about `error`.
    unsafe { text_of(error, |error| &error.message) }
}

/// Returns what to change; empty when the message already says it.
///
/// Lives as long as the error, as `sla_error_code`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_error_help(error: *const sla_error) -> *const c_char {
    // SAFETY: the caller's promise about `error`.
    unsafe { text_of(error, |error| &error.help) }
}

/// Returns how many single faults an error sums up: every problem of a policy, for example. 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_error_related_count(error: *const sla_error) -> usize {
    // SAFETY: the caller's promise about `error`.
    unsafe { boundary::handle("error", error) }.map_or(0, |error| error.related.len())
}

/// Returns one of the faults that an error sums up, or null beyond their number. It belongs to `error`: do not free it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_error_related(error: *const sla_error, index: usize) -> *const sla_error {
    // SAFETY: the caller's promise about `error`.
    let found = unsafe { boundary::handle("error", error) }.ok().and_then(|error| error.related.get(index));
    found.map_or(std::ptr::null(), Tagged::borrowed)
}

/// Frees an error that an `error_out` received; null is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_error_free(error: *mut sla_error) {
    // SAFETY: the caller's promise about `error`.
    unsafe { boundary::free(error) };
}
