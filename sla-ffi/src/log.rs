//! Logs of other systems.

use std::ffi::c_char;

use sla_core::wire;

use crate::boundary::bytes;
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
