//! Versions, and a way to see that panics stay inside.

use std::ffi::{CStr, CString, c_char};
use std::sync::LazyLock;

use sla_core::calendar::ZoneDatabase;

use crate::boundary::guard;
use crate::error::{sla_error, sla_status};

/// The version of the binary interface that this header describes. Functions may be added under one number; nothing is
/// changed or removed.
pub const SLA_ABI_VERSION: i32 = 1;

/// Stands for no instant and no length, in arguments and answers.
pub const SLA_NONE: i64 = i64::MIN;

static VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

static TZDB_VERSION: LazyLock<CString> =
    LazyLock::new(|| CString::new(ZoneDatabase::embedded().version()).unwrap_or_default());

/// Returns the version of the library, for example `0.1.0`. The text is static.
#[unsafe(no_mangle)]
pub extern "C" fn sla_version() -> *const c_char {
    VERSION.as_ptr()
}

/// Returns the version of the binary interface. A host that was built for another SLA_ABI_VERSION must not go on.
#[unsafe(no_mangle)]
pub extern "C" fn sla_abi_version() -> i32 {
    SLA_ABI_VERSION
}

/// Returns the release of the embedded time-zone rules, for example `2026f`. The text is static.
#[unsafe(no_mangle)]
pub extern "C" fn sla_tzdb_version() -> *const c_char {
    TZDB_VERSION.as_ptr()
}

/// Fails inside the library on purpose, and returns SLA_STATUS_PANIC: for hosts that test how they report a defect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_panic(error_out: *mut *mut sla_error) -> sla_status {
    // SAFETY: the caller's promise about `error_out`.
    unsafe {
        guard(error_out, || {
            #[expect(clippy::panic, reason = "that is what it is for")]
            {
                panic!("asked for by `sla_panic`")
            }
        })
    }
}
