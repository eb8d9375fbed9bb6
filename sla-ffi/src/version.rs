//! Versions.

use std::ffi::{CStr, CString, c_char};
use std::sync::LazyLock;

use sla_core::calendar::ZoneDatabase;

/// The version of the binary interface that this header describes. Functions may be added under one number; nothing is
/// changed or removed.
pub const SLA_ABI_VERSION: i32 = 1;

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

/// Returns the version of the binary interface. A host that was built for another SLA_ABI_VERSION must not use the library.
#[unsafe(no_mangle)]
pub extern "C" fn sla_abi_version() -> i32 {
    SLA_ABI_VERSION
}

/// Returns the release of the embedded time-zone rules, for example `2026f`. The text is static.
#[unsafe(no_mangle)]
pub extern "C" fn sla_tzdb_version() -> *const c_char {
    TZDB_VERSION.as_ptr()
}
