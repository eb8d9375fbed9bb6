//! Figures over many tickets.

use std::ffi::c_char;

use sla_core::analytics::{Aggregate, Report, agents};
use sla_core::calendar::ZoneDatabase;
use sla_core::time::Timestamp;
use sla_core::wire;

use crate::boundary::{bytes, free, guard, handle, handle_mut, handle_slot, string_slot};
use crate::engine::sla_engine;
use crate::error::{sla_error, sla_status};
use crate::string::sla_string;

/// Figures of many tickets that can be merged. Not to be used by two threads at once.
pub struct sla_aggregate(pub(crate) Aggregate);

/// Makes an aggregate without tickets.
///
/// grouping_json  what is kept apart, for example
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
        guard(error_out, || {
            let out = handle_slot("aggregate_out", aggregate_out)?;
            let grouping = bytes("grouping_json", grouping_json, grouping_json_len)?;
            let grouping = wire::analytics::read_grouping(grouping, &ZoneDatabase::embedded())?;
            out.give(sla_aggregate(Aggregate::new(grouping)));
            Ok(())
        })
    }
}

/// Reads an aggregate that `sla_aggregate_write` wrote, here or elsewhere, whoever merged its rows.
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
        guard(error_out, || {
            let out = handle_slot("aggregate_out", aggregate_out)?;
            let document = bytes("aggregate_json", aggregate_json, aggregate_json_len)?;
            out.give(sla_aggregate(wire::analytics::read(document, &ZoneDatabase::embedded())?));
            Ok(())
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

/// Adds the figures of another aggregate, which must keep the same things apart. Any order gives the same result.
///
/// other  the other one; it is not changed, and must not be `aggregate` itself
///
/// Errors: `conflicting_fields` for another grouping, `limit_exceeded` when counts do not fit; then nothing is added.
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
                return Err(crate::boundary::Failure::Argument {
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
        guard(error_out, || {
            let out = string_slot("aggregate_json_out", aggregate_json_out)?;
            out.write(wire::analytics::write(&handle("aggregate", aggregate)?.0).into());
            Ok(())
        })
    }
}

/// Writes the compliance report of an aggregate (docs/analytics.md), a group for each key.
///
/// report_json_out  receives the report; free it with `sla_string_free`
///
/// Errors: `limit_exceeded` when a total does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_report(
    aggregate: *const sla_aggregate,
    report_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let out = string_slot("report_json_out", report_json_out)?;
            let report = Report::of(&handle("aggregate", aggregate)?.0)?;
            out.write(wire::analytics::write_report(&report).into());
            Ok(())
        })
    }
}

/// Writes the comparison of all packages of the newest revision of an engine, those without tickets included.
///
/// aggregate        keeps packages apart, perhaps with more
/// report_json_out  receives the report; free it with `sla_string_free`
///
/// Errors: `conflicting_fields` when packages are not kept apart; `limit_exceeded`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_packages(
    aggregate: *const sla_aggregate,
    engine: *const sla_engine,
    report_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let out = string_slot("report_json_out", report_json_out)?;
            let aggregate = &handle("aggregate", aggregate)?.0;
            let report = Report::packages(aggregate, handle("engine", engine)?.0.policy())?;
            out.write(wire::analytics::write_report(&report).into());
            Ok(())
        })
    }
}

/// Writes what each agent did, with the score that the policy's `objectives` weigh, and its components.
///
/// aggregate        keeps agents apart, perhaps with more
/// agents_json_out  receives the table (docs/analytics.md); free it with `sla_string_free`
///
/// Errors: `conflicting_fields` when agents are not kept apart; `limit_exceeded`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_agents(
    aggregate: *const sla_aggregate,
    engine: *const sla_engine,
    agents_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let out = string_slot("agents_json_out", agents_json_out)?;
            let aggregate = &handle("aggregate", aggregate)?.0;
            let agents = agents(aggregate, &handle("engine", engine)?.0.policy().objectives)?;
            out.write(wire::analytics::write_agents(&agents).into());
            Ok(())
        })
    }
}

/// Frees an aggregate; null is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_free(aggregate: *mut sla_aggregate) {
    // SAFETY: the caller's promise about `aggregate`.
    unsafe { free(aggregate) };
}
