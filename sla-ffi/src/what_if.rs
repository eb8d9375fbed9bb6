//! What-if: the outcomes of tickets under another policy.

use std::ffi::c_char;

use sla_core::time::Timestamp;
use sla_core::what_if::WhatIf;
use sla_core::wire;

use crate::boundary::{self, Place, bytes, free, handle, handle_mut, handle_slot};
use crate::engine::sla_engine;
use crate::error::{answer, guard, sla_error, sla_status};
use crate::string::{optional_string_slot, sla_string, string_slot};

/// A comparison of tickets under their own rules with the same tickets under a candidate. Its memory does not grow with
/// the tickets. Must not be used by two threads at once.
pub struct sla_what_if(WhatIf);
boundary::handle_type!(sla_what_if);

/// Makes a comparison without tickets.
///
/// engine       the tickets' own rules
/// candidate    the other policy; its newest revision counts
/// what_if_out  receives the comparison; free it with `sla_what_if_free`. Both engines may be freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_what_if_new(
    engine: *const sla_engine,
    candidate: *const sla_engine,
    what_if_out: *mut *mut sla_what_if,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("what_if_out", what_if_out), error_out, || {
            let (engine, candidate) = (handle("engine", engine)?, handle("candidate", candidate)?);
            Ok(sla_what_if(WhatIf::new(&engine.0, &candidate.0)))
        })
    }
}

/// Adds a ticket as of an instant, and says what changes.
///
/// history_json       the ticket's history
/// now_us             microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
/// compared_json_out  receives the cycles whose outcome changes, with the cause:
///                    `{"flips": [...], "left_out": null}`; may be null; free it with `sla_string_free`
///
/// Errors: as `sla_engine_due_events`; then the ticket is not counted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_what_if_add(
    what_if: *mut sla_what_if,
    history_json: *const c_char,
    history_json_len: usize,
    now_us: i64,
    compared_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let out = optional_string_slot("compared_json_out", compared_json_out)?;
            let what_if = &mut handle_mut("what_if", what_if)?.0;
            let history = wire::ticket::read_history(bytes("history_json", history_json, history_json_len)?)?;
            let compared = what_if.add(&history, Timestamp::from_micros(now_us))?;
            if let Some(out) = out {
                out.put(wire::what_if::write_compared(&compared));
            }
            Ok(())
        })
    }
}

/// Writes the outcomes of all tickets so far, before and after, per package and timer (docs/analytics.md).
///
/// comparison_json_out  receives the comparison; free it with `sla_string_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_what_if_comparison(
    what_if: *const sla_what_if,
    comparison_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("comparison_json_out", comparison_json_out), error_out, || {
            Ok(wire::what_if::write(handle("what_if", what_if)?.0.comparison()))
        })
    }
}

/// Frees a comparison; null is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_what_if_free(what_if: *mut sla_what_if) {
    // SAFETY: the caller's promise about `what_if`.
    unsafe { free(what_if) };
}
