//! Figures over many tickets.

use std::ffi::c_char;

use sla_core::analytics::{Aggregate, Report, agents, bucket_number};
use sla_core::calendar::ZoneDatabase;
use sla_core::columns::FigureRows;
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::wire;

use crate::boundary::{
    self, Failure, SLA_NONE, array, array_mut, both, bytes, free, handle, handle_mut, handle_slot, instant_us,
    optional_instant, slot, text,
};
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

/// The columns of the rows of an aggregate, in this order; then a column for each dimension that the grouping has of package,
/// channel, agent, priority, severity, category and team, in that order.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum sla_figure_column {
    /// The first instant of the period, in microseconds since 1970-01-01T00:00:00Z; SLA_NONE without periods.
    PeriodUs = 0,
    /// The timer, as its place among the names; SLA_NONE for figures of whole tickets.
    Timer = 1,
    /// The figure, as the place of its word among the names (docs/analytics.md).
    Outcome = 2,
    /// The bucket of a duration, the level of an escalation, the score of a rating; 0 for everything else.
    Bucket = 3,
    /// How many.
    N = 4,
    /// The sum of their durations, in whole seconds.
    SumS = 5,
    /// The microseconds beyond the whole seconds of each.
    SumUsRest = 6,
    /// The first of the dimensions, as a place among the names; SLA_NONE for tickets that have no such value.
    Dimensions = 7,
}

/// Reads the rows of an aggregate as columns of numbers, which a database adds up by all but the last three.
///
/// values     receives the columns of `sla_figure_column`, each as long as the rows, one after another; may be null when
///            `capacity` is 0
/// capacity   how many numbers the array can hold; with fewer than there are it stays as it is
/// names_out  receives the names that the columns refer to, from 0, a line each; free it with `sla_string_free`
/// rows_out   receives how many rows there are, also when the array is too small
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_rows(
    aggregate: *const sla_aggregate,
    values: *mut i64,
    capacity: usize,
    names_out: *mut sla_string,
    rows_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(both(string_slot("names_out", names_out), slot("rows_out", rows_out, 0)), error_out, || {
            let places = array_mut("values", values, capacity)?;
            let rows = FigureRows::of(&handle("aggregate", aggregate)?.0);
            if let Some(places) = places.get_mut(..rows.values().len()) {
                places.copy_from_slice(rows.values());
            }
            Ok((rows.names().join("\n"), rows.len()))
        })
    }
}

/// Makes an aggregate of rows in any order, for example of rows that a database merged.
///
/// grouping_json  what they are grouped by, as for `sla_aggregate_new`
/// as_of_us       the instant as of which the tickets were counted; SLA_NONE without tickets
/// names          the names that the columns refer to, a line each; `unassigned` stands for a missing agent or team
/// values         the columns of `sla_figure_column`, each as long as the rows, one after another
/// values_count   how many numbers they are together
/// rows           how many rows each column has
/// aggregate_out  receives the aggregate; free it with `sla_aggregate_free`
///
/// Errors: `out_of_range` for numbers that no tickets make; `unknown_word` for a figure, `invalid_id`; `conflicting_fields` for
/// a figure of timers without a timer, or of tickets with one; those of `sla_aggregate_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_from_rows(
    grouping_json: *const c_char,
    grouping_json_len: usize,
    as_of_us: i64,
    names: *const c_char,
    names_len: usize,
    values: *const i64,
    values_count: usize,
    rows: usize,
    aggregate_out: *mut *mut sla_aggregate,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("aggregate_out", aggregate_out), error_out, || {
            let grouping = bytes("grouping_json", grouping_json, grouping_json_len)?;
            let grouping = wire::analytics::read_grouping(grouping, &ZoneDatabase::embedded())?;
            let names = text("names", names, names_len)?.split('\n').collect();
            let rows = FigureRows::new(names, array("values", values, values_count)?, rows);
            Ok(sla_aggregate(rows.aggregate(grouping, optional_instant(as_of_us))?))
        })
    }
}

/// Makes an aggregate of the same figures in fewer groups.
///
/// grouping_json  some of the dimensions that the figures are grouped by, and the same period or none
/// aggregate_out  receives the aggregate; free it with `sla_aggregate_free`
///
/// Errors: `conflicting_fields` for a dimension that they are not grouped by, or other periods; `out_of_range` when a sum
/// does not fit 64 bits; those of `sla_aggregate_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_regroup(
    aggregate: *const sla_aggregate,
    grouping_json: *const c_char,
    grouping_json_len: usize,
    aggregate_out: *mut *mut sla_aggregate,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("aggregate_out", aggregate_out), error_out, || {
            let aggregate = &handle("aggregate", aggregate)?.0;
            let grouping = bytes("grouping_json", grouping_json, grouping_json_len)?;
            let grouping = wire::analytics::read_grouping(grouping, &ZoneDatabase::embedded())?;
            Ok(sla_aggregate(aggregate.regroup(grouping)?))
        })
    }
}

/// Writes what an aggregate keeps apart, as `sla_aggregate_new` reads it, and as of when its tickets were counted.
///
/// grouping_json_out  receives the grouping; free it with `sla_string_free`
/// as_of_us_out       receives the latest instant as of which a ticket was counted, in microseconds since
///                    1970-01-01T00:00:00Z; SLA_NONE without tickets
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_aggregate_grouping(
    aggregate: *const sla_aggregate,
    grouping_json_out: *mut sla_string,
    as_of_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        let places =
            both(string_slot("grouping_json_out", grouping_json_out), slot("as_of_us_out", as_of_us_out, SLA_NONE));
        answer(places, error_out, || {
            let aggregate = &handle("aggregate", aggregate)?.0;
            Ok((wire::analytics::write_grouping(aggregate.grouping()), instant_us(aggregate.as_of())))
        })
    }
}

/// Answers with the number of the bucket that a duration is in: the `bucket` of a row that counts it.
///
/// duration_us  microseconds, 0 or more
///
/// Errors: `invalid_duration`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_bucket_number(
    duration_us: i64,
    bucket_out: *mut u32,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("bucket_out", bucket_out, 0), error_out, || {
            Ok(bucket_number(BusinessDuration::from_micros(duration_us)?).into())
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
