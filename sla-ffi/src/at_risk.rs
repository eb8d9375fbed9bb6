//! The open cycles with the least remaining time.

use std::ffi::c_char;

use sla_core::at_risk::AtRisk;
use sla_core::time::Timestamp;
use sla_core::wire;

use crate::boundary::{self, bytes, free, handle, handle_mut, handle_slot};
use crate::engine::sla_engine;
use crate::error::{answer, guard, sla_error, sla_status};
use crate::string::{sla_string, string_slot};

/// The open cycles of many tickets with the least remaining time. Must not be used by two threads at once.
pub struct sla_at_risk(AtRisk);
boundary::handle_type!(sla_at_risk);

/// Makes an empty list.
///
/// most         how many cycles it keeps
/// at_risk_out  receives the list; free it with `sla_at_risk_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_at_risk_new(
    most: usize,
    at_risk_out: *mut *mut sla_at_risk,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe { answer(handle_slot("at_risk_out", at_risk_out), error_out, || Ok(sla_at_risk(AtRisk::new(most)))) }
}

/// Makes an empty worklist: breached promises come first, the longest overdue on top, then those with the least remaining
/// time.
///
/// most         how many promises it keeps
/// at_risk_out  receives the list; free it with `sla_at_risk_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_worklist_new(
    most: usize,
    at_risk_out: *mut *mut sla_at_risk,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe { answer(handle_slot("at_risk_out", at_risk_out), error_out, || Ok(sla_at_risk(AtRisk::worklist(most)))) }
}

/// Adds the open cycles of a ticket. All tickets of a list are evaluated as of one instant.
///
/// ticket_json  a snapshot or a history
/// now_us       microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
///
/// Errors: as `sla_engine_due_events`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_at_risk_add(
    at_risk: *mut sla_at_risk,
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    now_us: i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let list = &mut handle_mut("at_risk", at_risk)?.0;
            let engine = &handle("engine", engine)?.0;
            let ticket = wire::ticket::read_ticket(bytes("ticket_json", ticket_json, ticket_json_len)?)?;
            let evaluation = engine.evaluate(&ticket, Timestamp::from_micros(now_us))?;
            list.add(&ticket.id, &evaluation);
            Ok(())
        })
    }
}

/// Writes the promises, of a worklist breached ones first, then the one with the least remaining time: `{"promises":
/// [{"ticket": "...", "timer": "...", "cycle": 1, "remaining_us": 0, "breached": false, "overdue_us": 0, "paused": false,
/// "due_at": "..."}]}`.
///
/// promises_json_out  receives the text; free it with `sla_string_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_at_risk_write(
    at_risk: *const sla_at_risk,
    promises_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("promises_json_out", promises_json_out), error_out, || {
            let promises = handle("at_risk", at_risk)?.0.clone().into_sorted();
            Ok(wire::evaluation::write_at_risk(&promises))
        })
    }
}

/// Frees a list; null is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_at_risk_free(at_risk: *mut sla_at_risk) {
    // SAFETY: the caller's promise about `at_risk`.
    unsafe { free(at_risk) };
}
