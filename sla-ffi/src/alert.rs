//! Alerts: what an operator must be told.

use std::ffi::c_char;

use sla_core::alert::{Alert, Alerts};
use sla_core::time::Timestamp;
use sla_core::wire;

use crate::boundary::{self, bytes, free, handle, handle_mut, handle_slot, optional_instant};
use crate::engine::sla_engine;
use crate::error::{answer, sla_error, sla_status};
use crate::string::{sla_string, string_slot};

/// A watch over the events of all tickets. Must not be used by two threads at once.
pub struct sla_alerts(Alerts);
boundary::handle_type!(sla_alerts);

/// Makes a watch by the `objectives` of the newest revision of an engine.
///
/// alerts_out  receives the watch; free it with `sla_alerts_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_alerts_new(
    engine: *const sla_engine,
    alerts_out: *mut *mut sla_alerts,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("alerts_out", alerts_out), error_out, || {
            Ok(sla_alerts(Alerts::new(&handle("engine", engine)?.0.policy().objectives)))
        })
    }
}

/// Makes a watch that resumes with what another one remembered, by the `objectives` of the newest revision of an engine.
///
/// memory_json  what `sla_alerts_write` wrote. The memory of an objective that the policy no longer has, by timer and
///              windows, is dropped
/// alerts_out   receives the watch; free it with `sla_alerts_free`
///
/// Errors: `unsupported_schema`, `invalid_history`; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_alerts_read(
    engine: *const sla_engine,
    memory_json: *const c_char,
    memory_json_len: usize,
    alerts_out: *mut *mut sla_alerts,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("alerts_out", alerts_out), error_out, || {
            let objectives = &handle("engine", engine)?.0.policy().objectives;
            let memory = bytes("memory_json", memory_json, memory_json_len)?;
            Ok(sla_alerts(wire::alert::read_memory(objectives, memory)?))
        })
    }
}

/// Writes what a watch remembers, to store it between two runs of a process.
///
/// memory_json_out  receives the memory (docs/documents.md); free it with `sla_string_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_alerts_write(
    alerts: *const sla_alerts,
    memory_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("memory_json_out", memory_json_out), error_out, || {
            Ok(wire::alert::write_memory(&handle("alerts", alerts)?.0))
        })
    }
}

/// Answers how fast the error budget of each objective burns, from counts that a host keeps in its database. Nothing is
/// remembered.
///
/// counts_json     `{"first_response": [{"at_us": ..., "decided": 4, "breached": 1}]}`: cycles that were met or breached, by
///                 timer and instant; those outside the windows, and of a timer without an objective, are ignored
/// now_us          the end of the windows, in microseconds since 1970-01-01T00:00:00Z
/// burns_json_out  receives a JSON list, an entry for each objective (docs/documents.md); free it with `sla_string_free`
///
/// Errors: `unknown_timer` for a timer that no revision has; `limit_exceeded` when more cycles are breached than decided;
/// those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_burns(
    engine: *const sla_engine,
    counts_json: *const c_char,
    counts_json_len: usize,
    now_us: i64,
    burns_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("burns_json_out", burns_json_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let counts = wire::alert::read_counts(bytes("counts_json", counts_json, counts_json_len)?)?;
            Ok(wire::alert::write_burns(&engine.burns(&counts, Timestamp::from_micros(now_us))?))
        })
    }
}

/// Takes events in the order of their instants and says which alerts they cause.
///
/// events_json      a JSON list of events, of any tickets
/// detected_at_us   when the automatic ones among them were made, in microseconds since 1970-01-01T00:00:00Z; SLA_NONE
///                  when the host did not keep it
/// alerts_json_out  receives a JSON list of alerts (docs/analytics.md), perhaps empty; free it with `sla_string_free`
///
/// Errors: those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_alerts_observe(
    alerts: *mut sla_alerts,
    events_json: *const c_char,
    events_json_len: usize,
    detected_at_us: i64,
    alerts_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("alerts_json_out", alerts_json_out), error_out, || {
            let alerts = &mut handle_mut("alerts", alerts)?.0;
            let events = wire::ticket::read_events(bytes("events_json", events_json, events_json_len)?)?;
            let detected_at = optional_instant(detected_at_us);
            let found: Vec<Alert> = events.iter().flat_map(|event| alerts.observe(event, detected_at)).collect();
            Ok(list(&found))
        })
    }
}

/// Says which alerts time makes without further events, up to an instant.
///
/// now_us           microseconds since 1970-01-01T00:00:00Z
/// alerts_json_out  receives a JSON list of alerts, perhaps empty; free it with `sla_string_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_alerts_advance(
    alerts: *mut sla_alerts,
    now_us: i64,
    alerts_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("alerts_json_out", alerts_json_out), error_out, || {
            let found = handle_mut("alerts", alerts)?.0.advance(Timestamp::from_micros(now_us));
            Ok(list(&found))
        })
    }
}

/// Frees a watch; null is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_alerts_free(alerts: *mut sla_alerts) {
    // SAFETY: the caller's promise about `alerts`.
    unsafe { free(alerts) };
}

fn list(alerts: &[Alert]) -> String {
    let lines: Vec<String> = alerts.iter().map(wire::alert::write).collect();
    format!("[{}]", lines.join(",\n"))
}
