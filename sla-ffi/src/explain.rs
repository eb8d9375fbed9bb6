//! Explanations of due instants, and the time ledger.

use std::ffi::c_char;

use sla_core::time::Timestamp;
use sla_core::wire;

use crate::boundary::{bytes, handle, text};
use crate::engine::sla_engine;
use crate::error::{answer, sla_error, sla_status};
use crate::string::{sla_string, string_slot};

/// Explains the due of a timer as of an instant: every interval of time since it started, as data and as text.
///
/// history_json          the ticket's history; a snapshot does not say what happened
/// timer                 the timer's id, UTF-8
/// cycle                 its cycle, from 1; 0 for the latest
/// now_us                microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
/// explanation_json_out  receives the derivation (docs/explain.md); free it with `sla_string_free`
///
/// Errors: `unknown_timer` when the timer has no such cycle on this ticket; otherwise as `sla_engine_due_events`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_explain(
    engine: *const sla_engine,
    history_json: *const c_char,
    history_json_len: usize,
    timer: *const c_char,
    timer_len: usize,
    cycle: u32,
    now_us: i64,
    explanation_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("explanation_json_out", explanation_json_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let history = wire::ticket::read_history(bytes("history_json", history_json, history_json_len)?)?;
            let timer = text("timer", timer, timer_len)?;
            let cycle = Some(cycle).filter(|cycle| *cycle > 0);
            let explanation = engine.explain(&history, timer, cycle, Timestamp::from_micros(now_us))?;
            Ok(wire::explanation::write(&explanation))
        })
    }
}

/// Books every microsecond of a ticket since its opening: by status, holder, reason of a pause, open and closed hours.
///
/// history_json     the ticket's history
/// now_us           microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
/// ledger_json_out  receives the ledger (docs/explain.md); free it with `sla_string_free`
///
/// Errors: as `sla_engine_due_events`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_ledger(
    engine: *const sla_engine,
    history_json: *const c_char,
    history_json_len: usize,
    now_us: i64,
    ledger_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("ledger_json_out", ledger_json_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let history = wire::ticket::read_history(bytes("history_json", history_json, history_json_len)?)?;
            let ledger = engine.ledger(&history, Timestamp::from_micros(now_us))?;
            Ok(wire::explanation::write_ledger(&ledger))
        })
    }
}
