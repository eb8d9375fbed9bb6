//! Figures over many tickets.

use std::ffi::c_char;

use sla_core::analytics::{Aggregate, Report, agents};
use sla_core::calendar::ZoneDatabase;
use sla_core::time::Timestamp;
use sla_core::wire;

use crate::boundary::{self, Failure, bytes, free, handle, handle_mut, handle_slot};
use crate::engine::sla_engine;
use crate::error::{answer, guard, sla_error, sla_status};
use crate::string::{sla_string, string_slot};

/// Figures of many tickets that can be merged. Must not be used by two threads at once.
pub struct sla_aggregate(pub(crate) Aggregate);
boundary::handle_type!(sla_aggregate);

/// Makes an aggregate without tickets.
///
/// grouping_json  what figures are grouped by, for example
///                `{"dimensions": ["package"], "period": {"unit": "week", "time_zone": "Asia/Jakarta"}}`
/// aggregate_out  receives the aggregate; free it with `sla_aggregate_free`
///
/// Errors: `unknown_time_zone`; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_new(
    grouping_json: *const c_char,
    grouping_json_len: usize,
    aggregate_out: *mut *mut sla_aggregate,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("aggregate_out", aggregate_out), error_out, || {
            let grouping = bytes("grouping_json", grouping_json, grouping_json_len)?;
            let grouping = wire::analytics::read_grouping(grouping, &ZoneDatabase::embedded())?;
            Ok(sla_aggregate(Aggregate::new(grouping)))
        })
    }
}

/// Reads an aggregate that `sla_aggregate_write` wrote, here or elsewhere, also after other programs merged its rows.
///
/// aggregate_out  receives the aggregate; free it with `sla_aggregate_free`
///
/// Errors: `unsupported_schema`, `out_of_range` for rows that no tickets make; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_read(
    aggregate_json: *const c_char,
    aggregate_json_len: usize,
    aggregate_out: *mut *mut sla_aggregate,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("aggregate_out", aggregate_out), error_out, || {
            let document = bytes("aggregate_json", aggregate_json, aggregate_json_len)?;
            Ok(sla_aggregate(wire::analytics::read(document, &ZoneDatabase::embedded())?))
        })
    }
}

/// Adds a ticket as of an instant.
///
/// history_json  the ticket's history
/// now_us        microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
///
/// Errors: as `sla_engine_due_events`; then nothing of the ticket is added.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_add(
    aggregate: *mut sla_aggregate,
    engine: *const sla_engine,
    history_json: *const c_char,
    history_json_len: usize,
    now_us: i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let aggregate = &mut handle_mut("aggregate", aggregate)?.0;
            let engine = &handle("engine", engine)?.0;
            let history = wire::ticket::read_history(bytes("history_json", history_json, history_json_len)?)?;
            let evaluation = engine.evaluate(history.ticket(), Timestamp::from_micros(now_us))?;
            aggregate.add(engine, &history, &evaluation)?;
            Ok(())
        })
    }
}

/// Adds the figures of another aggregate of the same grouping. Any order gives the same result.
///
/// other  the other aggregate; it is not changed, and must not be `aggregate` itself
///
/// Errors: `conflicting_fields` for another grouping, nothing is added then; `out_of_range` when a sum does not fit 64
/// bits: some figures are added then, so free `aggregate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_merge(
    aggregate: *mut sla_aggregate,
    other: *const sla_aggregate,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            if aggregate.cast_const() == other {
                return Err(Failure::Argument {
                    code: "same_handle",
                    message: "an aggregate cannot be merged into itself".to_owned(),
                    help: "pass two aggregates",
                });
            }
            let other = &handle("other", other)?.0;
            handle_mut("aggregate", aggregate)?.0.merge(other)?;
            Ok(())
        })
    }
}

/// Writes an aggregate as flat rows that can be merged anywhere (docs/analytics.md); equal figures give equal bytes.
///
/// aggregate_json_out  receives the text; free it with `sla_string_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_write(
    aggregate: *const sla_aggregate,
    aggregate_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("aggregate_json_out", aggregate_json_out), error_out, || {
            Ok(wire::analytics::write(&handle("aggregate", aggregate)?.0))
        })
    }
}

/// Writes the compliance report of an aggregate (docs/analytics.md), a group for each key.
///
/// report_json_out  receives the report; free it with `sla_string_free`
///
/// Errors: `out_of_range` when a total does not fit 64 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_report(
    aggregate: *const sla_aggregate,
    report_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("report_json_out", report_json_out), error_out, || {
            let report = Report::of(&handle("aggregate", aggregate)?.0)?;
            Ok(wire::analytics::write_report(&report))
        })
    }
}

/// Writes the comparison of all packages of the newest revision of an engine, those without tickets included.
///
/// aggregate        grouped by package, and by other dimensions if you like
/// report_json_out  receives the report; free it with `sla_string_free`
///
/// Errors: `conflicting_fields` when figures are not grouped by package; `out_of_range` when a total does not fit 64 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_packages(
    aggregate: *const sla_aggregate,
    engine: *const sla_engine,
    report_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("report_json_out", report_json_out), error_out, || {
            let aggregate = &handle("aggregate", aggregate)?.0;
            let report = Report::packages(aggregate, handle("engine", engine)?.0.policy())?;
            Ok(wire::analytics::write_report(&report))
        })
    }
}

/// Writes the figures of each agent, with the score that the policy's `objectives` weigh, and its components.
///
/// aggregate        grouped by agent, and by other dimensions if you like
/// agents_json_out  receives the table (docs/analytics.md); free it with `sla_string_free`
///
/// Errors: `conflicting_fields` when figures are not grouped by agent; `out_of_range` when a total does not fit 64 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_agents(
    aggregate: *const sla_aggregate,
    engine: *const sla_engine,
    agents_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("agents_json_out", agents_json_out), error_out, || {
            let aggregate = &handle("aggregate", aggregate)?.0;
            let agents = agents(aggregate, &handle("engine", engine)?.0.policy().objectives)?;
            Ok(wire::analytics::write_agents(&agents))
        })
    }
}

/// Frees an aggregate; null is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_free(aggregate: *mut sla_aggregate) {
    // SAFETY: the caller's promise about `aggregate`.
    unsafe { free(aggregate) };
}
