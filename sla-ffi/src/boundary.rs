//! Pointers become references here and nowhere else.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sla_core::Error;
use sla_core::time::Timestamp;

/// Stands for no instant and no length, in arguments and answers.
pub const SLA_NONE: i64 = i64::MIN;

/// Why a call failed.
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
    /// The engine cannot work with an input.
    Input(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Input(error)
    }
}

pub(crate) type Checked<T> = Result<T, Failure>;

fn checked<T>(name: &str, pointer: *const T) -> Checked<()> {
    if pointer.is_null() {
        return Err(null_pointer(name));
    }
    if !pointer.is_aligned() {
        return Err(misaligned_pointer(name));
    }
    Ok(())
}

// The faults are built out of line: they are in the library once, not in each of its functions.

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

/// Where answers go. Every place holds an empty answer from the moment that it is checked.
pub(crate) trait Place {
    /// What is written there.
    type Answer;

    /// Writes the answer.
    fn put(self, answer: Self::Answer);
}

/// The place of a flat value.
pub(crate) struct Slot<'a, T>(&'a mut MaybeUninit<T>);

impl<T> Place for Slot<'_, T> {
    type Answer = T;

    fn put(self, answer: T) {
        self.0.write(answer);
    }
}

impl<A: Place, B: Place> Place for (A, B) {
    type Answer = (A::Answer, B::Answer);

    fn put(self, (one, other): Self::Answer) {
        self.0.put(one);
        self.1.put(other);
    }
}

/// Returns the place of an answer, after writing what it holds when the call fails.
///
/// # Safety
///
/// `pointer` is null, or points to memory for a `T` that nothing else uses during the call.
pub(crate) unsafe fn slot<'a, T>(name: &str, pointer: *mut T, at_first: T) -> Checked<Slot<'a, T>> {
    checked(name, pointer)?;
    // SAFETY: the caller's promise; the pointer is neither null nor misaligned.
    let place = unsafe { &mut *pointer.cast::<MaybeUninit<T>>() };
    place.write(at_first);
    Ok(Slot(place))
}

/// Returns the places of two answers. As both are arguments, both hold an empty answer by now, even if one of them cannot
/// be used.
pub(crate) fn both<A, B>(one: Checked<A>, other: Checked<B>) -> Checked<(A, B)> {
    Ok((one?, other?))
}

/// Returns the place of an answer that the caller may leave out.
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

/// A type of which the caller holds handles.
pub(crate) trait Handle {
    /// The name of the type in C.
    const NAME: &'static str;

    /// What marks the memory of a handle of this type: the FNV-1a hash of the name.
    const TAG: u64 = fnv1a(Self::NAME.as_bytes());
}

/// Makes a type one of which the caller holds handles.
macro_rules! handle_type {
    ($name:ident) => {
        impl $crate::boundary::Handle for $name {
            const NAME: &'static str = stringify!($name);
        }
    };
}
pub(crate) use handle_type;

const fn fnv1a(mut bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    while let [byte, rest @ ..] = bytes {
        #[expect(clippy::as_conversions, reason = "`From` is not const")]
        let byte = *byte as u64;
        hash = (hash ^ byte).wrapping_mul(0x0100_0000_01b3);
        bytes = rest;
    }
    hash
}

/// What a handle points to: a tag, so that a handle of another type or a freed one is noticed, and the value.
#[repr(C)]
pub(crate) struct Tagged<T> {
    tag: u64,
    value: T,
}

impl<T: Handle> Tagged<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { tag: T::TAG, value }
    }

    /// Returns a handle that is borrowed, not owned: it is not to be freed.
    pub(crate) const fn borrowed(&self) -> *const T {
        std::ptr::from_ref(self).cast()
    }
}

/// The place of a new handle.
pub(crate) struct HandleSlot<'a, T>(Slot<'a, *mut T>);

impl<T: Handle> Place for HandleSlot<'_, T> {
    type Answer = T;

    fn put(self, answer: T) {
        self.0.put(new_handle(answer));
    }
}

/// Returns the place of a handle.
///
/// # Safety
///
/// As [`slot`].
pub(crate) unsafe fn handle_slot<'a, T>(name: &str, pointer: *mut *mut T) -> Checked<HandleSlot<'a, T>> {
    // SAFETY: the caller's promise.
    unsafe { slot(name, pointer, std::ptr::null_mut()) }.map(HandleSlot)
}

/// Moves a value to where a handle points to. [`free`] takes it back.
pub(crate) fn new_handle<T: Handle>(value: T) -> *mut T {
    Box::into_raw(Box::new(Tagged::new(value))).cast()
}

/// Returns what a handle points to, once its tag says that it is of this type.
///
/// # Safety
///
/// `pointer` is null, or a handle that the library made.
unsafe fn tagged<T: Handle>(name: &str, pointer: *const T) -> Checked<*const Tagged<T>> {
    let tagged = pointer.cast::<Tagged<T>>();
    checked(name, tagged)?;
    // SAFETY: the caller's promise; every handle begins with a tag. A freed one may still be read by chance only.
    if unsafe { (&raw const (*tagged).tag).read() } == T::TAG { Ok(tagged) } else { Err(invalid_handle::<T>(name)) }
}

#[cold]
#[inline(never)]
fn invalid_handle<T: Handle>(name: &str) -> Failure {
    Failure::Argument {
        code: "invalid_handle",
        message: format!("`{name}` is not a handle of type `{}`, or was freed", T::NAME),
        help: "pass a handle that a function of the library gave as this type, before it is freed",
    }
}

/// Returns the value of a handle.
///
/// # Safety
///
/// `pointer` is null, or a handle that the library made and that is not freed during the call.
pub(crate) unsafe fn handle<'a, T: Handle>(name: &str, pointer: *const T) -> Checked<&'a T> {
    // SAFETY: the caller's promise.
    let tagged = unsafe { tagged(name, pointer) }?;
    // SAFETY: the caller's promise; the tag says that it is of this type.
    Ok(unsafe { &(*tagged).value })
}

/// Returns the value of a handle, to change it.
///
/// # Safety
///
/// As [`handle`], and nothing else uses the handle during the call.
pub(crate) unsafe fn handle_mut<'a, T: Handle>(name: &str, pointer: *mut T) -> Checked<&'a mut T> {
    // SAFETY: the caller's promise.
    let tagged = unsafe { tagged(name, pointer) }?;
    // SAFETY: the caller's promise; the tag says that it is of this type.
    Ok(unsafe { &mut (*tagged.cast_mut()).value })
}

/// Returns the value of a handle that the caller may leave out.
///
/// # Safety
///
/// As [`handle`].
pub(crate) unsafe fn optional_handle<'a, T: Handle>(name: &str, pointer: *const T) -> Checked<Option<&'a T>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { handle(name, pointer) }.map(Some)
}

/// Frees the value of a handle; does nothing with a handle of another type. A panic while it is dropped ends here.
///
/// # Safety
///
/// `pointer` is null, or a handle that the library made, that was not freed before and that nothing uses any more.
pub(crate) unsafe fn free<T: Handle>(pointer: *mut T) {
    // SAFETY: the caller's promise.
    let Ok(tagged) = (unsafe { tagged(T::NAME, pointer) }) else { return };
    let tagged = tagged.cast_mut();
    // Volatile, or the compiler may leave out a write to memory that is released at once.
    // SAFETY: the caller's promise; the tag says that it is of this type.
    unsafe { (&raw mut (*tagged).tag).write_volatile(0) };
    // SAFETY: the caller's promise: it came from `new_handle` and is freed once.
    let owned = unsafe { Box::from_raw(tagged) };
    let _ = catch_unwind(AssertUnwindSafe(|| drop(owned)));
}

/// Returns a struct of the caller.
///
/// # Safety
///
/// `pointer` is null, or points to a `T` that nothing changes during the call.
pub(crate) unsafe fn borrow<'a, T>(name: &str, pointer: *const T) -> Checked<&'a T> {
    checked(name, pointer)?;
    // SAFETY: the caller's promise; the pointer is neither null nor misaligned.
    Ok(unsafe { &*pointer })
}

/// Returns a struct of the caller, to change it.
///
/// # Safety
///
/// `pointer` is null, or points to a `T` that nothing else uses during the call.
pub(crate) unsafe fn borrow_mut<'a, T>(name: &str, pointer: *mut T) -> Checked<&'a mut T> {
    checked(name, pointer)?;
    // SAFETY: the caller's promise; the pointer is neither null nor misaligned.
    Ok(unsafe { &mut *pointer })
}

/// Returns the elements of an array.
///
/// # Safety
///
/// `pointer` is null, or points to `length` elements that nothing changes during the call.
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
/// `pointer` is null, or points to `length` initialized elements that nothing else uses during the call.
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
/// `pointer` is null, or points to `length` bytes that nothing changes during the call.
pub(crate) unsafe fn bytes<'a>(name: &str, pointer: *const c_char, length: usize) -> Checked<&'a [u8]> {
    checked(name, pointer)?;
    // SAFETY: the caller's promise.
    let bytes = unsafe { array(name, pointer.cast::<u8>(), length) }?;
    #[cfg(feature = "test-panic")]
    #[expect(clippy::manual_assert, clippy::panic, reason = "tests prove that no panic leaves the library")]
    if bytes == b"test-panic" {
        panic!("asked for by the document `test-panic`");
    }
    Ok(bytes)
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

/// Returns a short text that may be left out.
///
/// # Safety
///
/// As [`bytes`].
pub(crate) unsafe fn optional_text<'a>(name: &str, pointer: *const c_char, length: usize) -> Checked<Option<&'a str>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { text(name, pointer, length) }.map(Some)
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
