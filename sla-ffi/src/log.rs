//! Logs of other systems.

use std::ffi::c_char;

use sla_core::time::Timestamp;
use sla_core::wire;

use crate::analytics::sla_aggregate;
use crate::boundary::{bytes, handle, handle_mut, optional_instant};
use crate::engine::sla_engine;
use crate::error::{answer, sla_error, sla_status};
use crate::string::{sla_string, string_slot};

/// Makes commands of a log, ticket by ticket. No policy is asked: import each ticket with `sla_engine_import`.
///
/// log_json           `{"schema": "sla-log/1", "rows": [...]}`, for rows of states with `"states": {...}`
///                    (docs/logs.md); rows may come in any order
/// commands_json_out  receives `{"tickets": [{"ticket": "T-1", "rows": [0, 1], "recorded": [...]}], "refused": [...]}`;
///                    `recorded` is what `sla_engine_import` takes, `refused` names the rows that are left out; free it
///                    with `sla_string_free`
///
/// Errors: `invalid_json`, `duplicate_key`, `unsupported_schema`, `missing_field`, `wrong_type`, `unknown_field`, and
/// `unknown_word` for a meaning. A row that cannot be read is not an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_log_commands(
    log_json: *const c_char,
    log_json_len: usize,
    commands_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("commands_json_out", commands_json_out), error_out, || {
            let log = wire::log::read(bytes("log_json", log_json, log_json_len)?)?;
            Ok(wire::log::write(&log.commands()))
        })
    }
}

/// Makes the histories of a log. Every row is judged at its own instant; automatic events come in place.
///
/// log_json         as for `sla_log_commands`
/// now_us           rows later than this are left out, in microseconds since 1970-01-01T00:00:00Z; SLA_NONE for none
/// import_json_out  receives `{"refused": [...], "remarks": [...], "histories": [...]}`: the rows and columns that are left
///                  out, and a history for each ticket that could be opened, by id, each on a line of its own; free it with
///                  `sla_string_free`
///
/// Errors: as `sla_log_commands`; `out_of_horizon`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_import_log(
    engine: *const sla_engine,
    log_json: *const c_char,
    log_json_len: usize,
    now_us: i64,
    import_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("import_json_out", import_json_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let log = wire::log::read(bytes("log_json", log_json, log_json_len)?)?;
            let mut histories = Vec::new();
            let import = log.import(engine, optional_instant(now_us), |history| {
                histories.push(history);
                Ok(())
            })?;
            Ok(wire::log::write_import(&histories, &import))
        })
    }
}

/// Adds the tickets of a log to an aggregate, judged as by `sla_engine_import_log`, without keeping their histories.
///
/// log_json         as for `sla_log_commands`
/// now_us           as of when, in microseconds since 1970-01-01T00:00:00Z; later rows are left out
/// import_json_out  receives `{"refused": [...], "remarks": [...], "histories": []}`; free it with `sla_string_free`
///
/// Errors: as `sla_engine_import_log`; then the tickets before the fault are added, so free `aggregate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_add_log(
    aggregate: *mut sla_aggregate,
    engine: *const sla_engine,
    log_json: *const c_char,
    log_json_len: usize,
    now_us: i64,
    import_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("import_json_out", import_json_out), error_out, || {
            let aggregate = &mut handle_mut("aggregate", aggregate)?.0;
            let engine = &handle("engine", engine)?.0;
            let log = wire::log::read(bytes("log_json", log_json, log_json_len)?)?;
            let now = Timestamp::from_micros(now_us);
            let import = log.import(engine, Some(now), |history| {
                let evaluation = engine.evaluate(history.ticket(), now)?;
                aggregate.add(engine, &history, &evaluation)
            })?;
            Ok(wire::log::write_import(&[], &import))
        })
    }
}
