//! Time-zone rules that the host hands over.

use std::ffi::c_char;

use sla_core::calendar::ZoneDatabase;

use crate::boundary::{self, Checked, bytes, free, handle_mut, handle_slot, optional_handle, text};
use crate::error::{answer, guard, sla_error, sla_status};

/// Time-zone rules: the embedded ones, and those that the host put in their place. Not to be changed by one thread while
/// another uses it.
pub struct sla_zones(ZoneDatabase);
boundary::handle_type!(sla_zones);

/// Returns the host's zones, or the embedded ones.
///
/// # Safety
///
/// As [`optional_handle`].
pub(crate) unsafe fn zones_or_embedded(zones: *const sla_zones) -> Checked<ZoneDatabase> {
    // SAFETY: the caller's promise.
    let zones = unsafe { optional_handle("zones", zones) }?;
    Ok(zones.map_or_else(ZoneDatabase::embedded, |zones| zones.0.clone()))
}

/// Makes a set of zones that equals the embedded one. Only hosts with rules of their own need it: every function that
/// takes zones accepts null for the embedded rules.
///
/// zones_out  receives the zones; free them with `sla_zones_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_zones_new(zones_out: *mut *mut sla_zones, error_out: *mut *mut sla_error) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe { answer(handle_slot("zones_out", zones_out), error_out, || Ok(sla_zones(ZoneDatabase::embedded()))) }
}

/// Puts a zone in place of the embedded one of the same name, or adds it.
///
/// name     the IANA name, for example `America/Vancouver`
/// tzif     a compiled zone file (RFC 9636), as `zic` writes it, of at most 65,536 bytes and without leap seconds
/// version  the release that it is of; it becomes part of every rules digest
///
/// Errors: `invalid_time_zone_data`, `limit_exceeded`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_zones_add(
    zones: *mut sla_zones,
    name: *const c_char,
    name_len: usize,
    tzif: *const c_char,
    tzif_len: usize,
    version: *const c_char,
    version_len: usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let zones = handle_mut("zones", zones)?;
            let name = text("name", name, name_len)?;
            let tzif = bytes("tzif", tzif, tzif_len)?;
            let version = text("version", version, version_len)?;
            zones.0 = zones.0.clone().with_tzif(name, tzif, version)?;
            Ok(())
        })
    }
}

/// Frees zones; null is accepted. What was compiled with them stays usable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_zones_free(zones: *mut sla_zones) {
    // SAFETY: the caller's promise about `zones`.
    unsafe { free(zones) };
}
