//! Texts that go out.

use std::ffi::c_char;
use std::mem::ManuallyDrop;

use crate::boundary::{self, Checked, Place, Slot};

/// A text that the library made and the caller frees, with `sla_string_free`. UTF-8; a NUL follows the last byte.
#[repr(C)]
pub struct sla_string {
    /// The first byte; null when there is no text.
    pub data: *mut c_char,
    /// How many bytes, without the NUL.
    pub len: usize,
    /// For the library.
    pub capacity: usize,
}

impl sla_string {
    pub(crate) const EMPTY: Self = Self { data: std::ptr::null_mut(), len: 0, capacity: 0 };
}

impl From<String> for sla_string {
    fn from(mut text: String) -> Self {
        let len = text.len();
        text.push('\0');
        let mut bytes = ManuallyDrop::new(text.into_bytes());
        Self { data: bytes.as_mut_ptr().cast(), len, capacity: bytes.capacity() }
    }
}

/// The place of a text.
pub(crate) struct StringSlot<'a>(Slot<'a, sla_string>);

impl Place for StringSlot<'_> {
    type Answer = String;

    fn put(self, answer: String) {
        self.0.put(answer.into());
    }
}

/// Returns the place of a text.
///
/// # Safety
///
/// As [`boundary::slot`].
pub(crate) unsafe fn string_slot<'a>(name: &str, pointer: *mut sla_string) -> Checked<StringSlot<'a>> {
    // SAFETY: the caller's promise.
    unsafe { boundary::slot(name, pointer, sla_string::EMPTY) }.map(StringSlot)
}

/// Returns the place of a text that the caller may leave out.
///
/// # Safety
///
/// As [`boundary::slot`].
pub(crate) unsafe fn optional_string_slot<'a>(name: &str, pointer: *mut sla_string) -> Checked<Option<StringSlot<'a>>> {
    // SAFETY: the caller's promise.
    Ok(unsafe { boundary::optional_slot(name, pointer, sla_string::EMPTY) }?.map(StringSlot))
}

/// Frees a text and makes it empty, so that freeing it again does nothing. Null is accepted.
///
/// Only the struct that a call filled may be freed, once; a copy of it may not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_string_free(string: *mut sla_string) {
    // SAFETY: the caller's promise about `string`.
    let Ok(string) = (unsafe { boundary::borrow_mut("string", string) }) else { return };
    let sla_string { data, len, capacity } = std::mem::replace(string, sla_string::EMPTY);
    if !data.is_null() && len < capacity {
        // SAFETY: `From<String>` made the parts, and the caller has not changed them.
        drop(unsafe { Vec::from_raw_parts(data.cast::<u8>(), len, capacity) });
    }
}
