//! Engines: compiled policies.

use std::ffi::c_char;

use sla_core::calendar::ZoneDatabase;
use sla_core::{Engine, wire};

use crate::boundary::{self, Place, bytes, free, handle, handle_slot, optional_handle, slot, text};
use crate::cache;
use crate::error::{answer, guard, sla_error, sla_status};
use crate::string::{sla_string, string_slot};
use crate::zones::{sla_zones, zones_or_embedded};

/// A compiled policy with all its revisions. Immutable; use it from as many threads as you like.
pub struct sla_engine(pub(crate) Engine);
boundary::handle_type!(sla_engine);

/// Figures of the process-wide cache of engines.
#[repr(C)]
pub struct sla_cache_figures {
    /// How often an engine was asked for that was there.
    pub hits: i64,
    /// How often one had to be compiled, or could not be.
    pub misses: i64,
    /// How many are kept; at most 64.
    pub engines: i64,
}

/// Bytes of the tables of calendars.
#[repr(C)]
pub struct sla_table_figures {
    /// How many they may hold together.
    pub limit_bytes: usize,
    /// How many they hold now.
    pub held_bytes: usize,
}

/// Compiles a policy, or finds the engine that this process compiled from the same bytes before.
///
/// policies_json  a policy document (docs/policy.md), or a list of the revisions of one policy, oldest first: new
///                tickets open under the last one, a ticket stays under its own; borrowed for the call
/// zones          time-zone rules of the host, or null for the embedded ones; an engine with zones is not cached
/// engine_out     receives the engine; free it with `sla_engine_free`
///
/// The cache keeps the 64 engines that were asked for last, and counts references: a freed engine stays in the cache,
/// one that the cache forgets stays usable. A failure is not cached.
///
/// Errors: `invalid_policy` with every problem as a related error; `invalid_json`, `limit_exceeded`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_compile(
    policies_json: *const c_char,
    policies_json_len: usize,
    zones: *const sla_zones,
    engine_out: *mut *mut sla_engine,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("engine_out", engine_out), error_out, || {
            let document = bytes("policies_json", policies_json, policies_json_len)?;
            let compile = |document: &[u8], zones: &ZoneDatabase| {
                Engine::compile_revisions(wire::policy::read_revisions(document, zones)?)
            };
            let engine = match optional_handle("zones", zones)? {
                Some(_) => compile(document, &zones_or_embedded(zones)?)?,
                None => cache::engine(document, |document| compile(document, &ZoneDatabase::embedded()))?,
            };
            Ok(sla_engine(engine))
        })
    }
}

/// Makes the same engine with tables of its own, still empty. Without it, the tables of an engine's calendars hold at most
/// 64 MiB together. Beyond a limit the answers are the same, but take time in proportion to the days that they span.
///
/// limit_bytes  how many bytes the tables of all its calendars may hold together; 0 for no tables
/// engine_out   receives the engine, which is not cached; free it with `sla_engine_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_with_table_limit(
    engine: *const sla_engine,
    limit_bytes: usize,
    engine_out: *mut *mut sla_engine,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("engine_out", engine_out), error_out, || {
            Ok(sla_engine(handle("engine", engine)?.0.with_table_limit(limit_bytes)))
        })
    }
}

/// Writes how many bytes the tables of an engine's calendars hold, and how many they may.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_tables(
    engine: *const sla_engine,
    figures_out: *mut sla_table_figures,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("figures_out", figures_out, NO_TABLES), error_out, || {
            let engine = &handle("engine", engine)?.0;
            Ok(sla_table_figures { limit_bytes: engine.table_limit(), held_bytes: engine.table_bytes() })
        })
    }
}

/// What a failed call leaves.
pub(crate) const NO_TABLES: sla_table_figures = sla_table_figures { limit_bytes: 0, held_bytes: 0 };

/// Finds the engine that this process compiled from revisions with these digests, so that a request need not bring their
/// documents. Compile it with `sla_engine_compile` where there is none.
///
/// digests     the digests of the revisions, the oldest first: 64 hexadecimal digits in lower case each, nothing between
/// engine_out  receives the engine, null where none is cached; free it with `sla_engine_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_known(
    digests: *const c_char,
    digests_len: usize,
    engine_out: *mut *mut sla_engine,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let out = handle_slot("engine_out", engine_out)?;
            if let Some(engine) = cache::known(text("digests", digests, digests_len)?) {
                out.put(sla_engine(engine));
            }
            Ok(())
        })
    }
}

/// Makes an engine that knows one more revision of the policy: one that was published since, or an older one that a ticket
/// is under. What is compiled already is shared. The revision is placed by its `version`, before the first one with a
/// higher version; one that the engine knows changes nothing.
///
/// policy_json  the policy document of the revision
/// zones        the time-zone rules that the engine was compiled with, or null
/// engine_out   receives the engine, which is not cached; free it with `sla_engine_free`. The other one stays usable
///
/// Errors: `invalid_policy`, also for a policy with another id; `invalid_json`, `limit_exceeded`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_with_revision(
    engine: *const sla_engine,
    policy_json: *const c_char,
    policy_json_len: usize,
    zones: *const sla_zones,
    engine_out: *mut *mut sla_engine,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("engine_out", engine_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let zones = zones_or_embedded(zones)?;
            let policy = wire::policy::read_with(bytes("policy_json", policy_json, policy_json_len)?, &zones)?;
            Ok(sla_engine(engine.with_revision(policy)?))
        })
    }
}

/// Writes what identifies the newest revision of an engine, and the digests of every revision that it knows, as JSON:
/// `{"id": "...", "version": 1, "policy_digest": "...", "rules_digest": "...", "policy_digests": ["..."]}`.
///
/// info_json_out  receives the text; free it with `sla_string_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_info(
    engine: *const sla_engine,
    info_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("info_json_out", info_json_out), error_out, || {
            Ok(wire::info::write_engine(&handle("engine", engine)?.0))
        })
    }
}

/// Writes the newest revision of an engine's policy as a document, in the order of the format.
///
/// policy_json_out  receives the text; free it with `sla_string_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_policy(
    engine: *const sla_engine,
    policy_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("policy_json_out", policy_json_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            Ok(wire::policy::write(engine.policy()))
        })
    }
}

/// Frees an engine; null is accepted. Calendars, plans and comparisons made from it stay usable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_free(engine: *mut sla_engine) {
    // SAFETY: the caller's promise about `engine`.
    unsafe { free(engine) };
}

/// Writes the figures of the cache of engines in this process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_cache(
    figures_out: *mut sla_cache_figures,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(
            slot("figures_out", figures_out, sla_cache_figures { hits: 0, misses: 0, engines: 0 }),
            error_out,
            || {
                let cache::Figures { hits, misses, engines } = cache::figures();
                Ok(sla_cache_figures { hits, misses, engines: i64::try_from(engines).unwrap_or(i64::MAX) })
            },
        )
    }
}

/// Forgets the engines of the cache; those in use stay usable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_cache_clear() {
    // SAFETY: nothing is passed.
    unsafe {
        guard(std::ptr::null_mut(), || {
            cache::clear();
            Ok(())
        });
    }
}
