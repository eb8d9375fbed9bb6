//! Calendars: when support time counts. Questions about single instants neither allocate nor parse.

use std::ffi::c_char;
use std::sync::Arc;

use sla_core::Id;
use sla_core::calendar::{Calendar, DayTime, LocalTime, OpenWindow};
use sla_core::columns::{RefusedRow, calendar as columns};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::wire;

use crate::boundary::{self, Checked, Place, array, array_mut, bytes, free, handle, handle_slot, slot, text};
use crate::columns::{sla_answers, sla_column};
use crate::engine::{NO_TABLES, sla_engine, sla_table_figures};
use crate::error::{answer, number, sla_error, sla_status};
use crate::zones::{sla_zones, zones_or_embedded};

/// A compiled calendar. Immutable; use it from as many threads as you like.
pub struct sla_calendar(Arc<Calendar>);
boundary::handle_type!(sla_calendar);

/// Answers one question to a calendar.
///
/// # Safety
///
/// As [`handle`] for `calendar`, as [`answer`] for `error_out`.
unsafe fn question<P: Place>(
    calendar: *const sla_calendar,
    place: Checked<P>,
    error_out: *mut *mut sla_error,
    ask: impl FnOnce(&Calendar) -> Checked<P::Answer>,
) -> sla_status {
    // SAFETY: the caller's promises.
    unsafe { answer(place, error_out, || ask(&handle("calendar", calendar)?.0)) }
}

/// Answers one question to a calendar with an instant or a length, or with SLA_NONE.
///
/// # Safety
///
/// As [`handle`] for `calendar`.
unsafe fn question_or_none(calendar: *const sla_calendar, ask: impl FnOnce(&Calendar) -> Checked<i64>) -> i64 {
    // SAFETY: the caller's promise.
    number(|| ask(&unsafe { handle("calendar", calendar) }?.0))
}

fn add(calendar: &Calendar, start_us: i64, length_us: i64) -> Checked<i64> {
    Ok(calendar.add(Timestamp::from_micros(start_us), BusinessDuration::from_micros(length_us)?)?.as_micros())
}

fn subtract(calendar: &Calendar, end_us: i64, length_us: i64) -> Checked<i64> {
    Ok(calendar.subtract(Timestamp::from_micros(end_us), BusinessDuration::from_micros(length_us)?)?.as_micros())
}

fn elapsed(calendar: &Calendar, from_us: i64, to_us: i64) -> Checked<i64> {
    Ok(calendar.elapsed(Timestamp::from_micros(from_us), Timestamp::from_micros(to_us))?.as_micros())
}

fn next_open(calendar: &Calendar, at_us: i64) -> Checked<i64> {
    Ok(calendar.next_open(Timestamp::from_micros(at_us))?.as_micros())
}

fn next_close(calendar: &Calendar, at_us: i64) -> Checked<i64> {
    Ok(calendar.next_close(Timestamp::from_micros(at_us))?.as_micros())
}

/// Answers a question to a calendar for each row of a batch.
///
/// # Safety
///
/// As [`handle`] for `calendar`, as [`sla_answers::borrow`] for the answers, as [`slot`] for `refused_out`, as [`answer`]
/// for `error_out`.
unsafe fn batch(
    calendar: *const sla_calendar,
    (name, answers, rows): (&str, sla_answers, usize),
    refused_out: *mut usize,
    error_out: *mut *mut sla_error,
    ask: impl FnOnce(&Calendar, &mut [i64]) -> Checked<Vec<RefusedRow>>,
) -> sla_status {
    // SAFETY: the caller's promises.
    unsafe {
        question(calendar, slot("refused_out", refused_out, 0), error_out, |calendar| {
            let mut answers = answers.borrow(name, rows)?;
            let refused = ask(calendar, answers.values)?;
            answers.finish(&refused);
            Ok(refused.len())
        })
    }
}

/// An interval of time in which a calendar is open: `[opens_at_us, closes_at_us)`, in microseconds since
/// 1970-01-01T00:00:00Z.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sla_window {
    /// The first open instant.
    pub opens_at_us: i64,
    /// The first closed instant after it.
    pub closes_at_us: i64,
}

/// Compiles a calendar without a policy.
///
/// calendar_json  the object that stands under `calendars` in a policy (docs/policy.md); borrowed for the call
/// zones          time-zone rules of the host, or null for the embedded ones
/// calendar_out   receives the calendar; free it with `sla_calendar_free`
///
/// Errors: `invalid_policy` with every problem as a related error; `invalid_json`, `limit_exceeded`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_compile(
    calendar_json: *const c_char,
    calendar_json_len: usize,
    zones: *const sla_zones,
    calendar_out: *mut *mut sla_calendar,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("calendar_out", calendar_out), error_out, || {
            let document = bytes("calendar_json", calendar_json, calendar_json_len)?;
            let zones = zones_or_embedded(zones)?;
            Ok(sla_calendar(wire::policy::calendar::read_with(document, &zones)?))
        })
    }
}

/// Makes a calendar that is open whenever one of others is.
///
/// time_zone     the IANA name of the zone for display, UTF-8
/// members       2 to 64 calendars that are not made of others themselves; borrowed for the call, and may be freed after it
/// zones         time-zone rules of the host, or null for the embedded ones
/// calendar_out  receives the calendar; free it with `sla_calendar_free`
///
/// Errors: `out_of_range` for fewer or more members, `conflicting_fields` for a member that is made of others itself,
/// `unknown_time_zone`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_any_of(
    time_zone: *const c_char,
    time_zone_len: usize,
    members: *const *const sla_calendar,
    members_len: usize,
    zones: *const sla_zones,
    calendar_out: *mut *mut sla_calendar,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("calendar_out", calendar_out), error_out, || {
            let time_zone = text("time_zone", time_zone, time_zone_len)?;
            let mut of_ids = Vec::new();
            // Members have no ids here: they are numbered.
            for (number, member) in (1_usize..).zip(array("members", members, members_len)?) {
                of_ids.push((Id::new(number.to_string())?, Arc::clone(&handle("members", *member)?.0)));
            }
            let zones = zones_or_embedded(zones)?;
            Ok(sla_calendar(Arc::new(Calendar::any_of(time_zone, of_ids, &zones)?)))
        })
    }
}

/// Makes the same calendar with tables of its own, still empty. Without it, the tables of a calendar hold at most 64 MiB,
/// those of an engine's calendars together. Beyond a limit the answers are the same, but take time in proportion to the
/// days that they span.
///
/// limit_bytes   how many bytes its tables may hold; 0 for no tables
/// calendar_out  receives the calendar; free it with `sla_calendar_free`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_with_table_limit(
    calendar: *const sla_calendar,
    limit_bytes: usize,
    calendar_out: *mut *mut sla_calendar,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("calendar_out", calendar_out), error_out, || {
            Ok(sla_calendar(Arc::new(handle("calendar", calendar)?.0.with_table_limit(limit_bytes))))
        })
    }
}

/// Writes how many bytes the tables of a calendar hold, and how many they may.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_tables(
    calendar: *const sla_calendar,
    figures_out: *mut sla_table_figures,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("figures_out", figures_out, NO_TABLES), error_out, || {
            let calendar = &handle("calendar", calendar)?.0;
            Ok(sla_table_figures { limit_bytes: calendar.table_limit(), held_bytes: calendar.table_bytes() })
        })
    }
}

/// Finds a calendar of the newest revision of an engine. It stays usable when the engine is freed.
///
/// id            the calendar's id in the policy, UTF-8
/// calendar_out  receives the calendar; free it with `sla_calendar_free`
///
/// Errors: `unknown_calendar`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_calendar(
    engine: *const sla_engine,
    id: *const c_char,
    id_len: usize,
    calendar_out: *mut *mut sla_calendar,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("calendar_out", calendar_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let id = text("id", id, id_len)?;
            Ok(sla_calendar(Arc::clone(engine.calendar(id)?)))
        })
    }
}

/// Frees a calendar; null is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_free(calendar: *mut sla_calendar) {
    // SAFETY: the caller's promise about `calendar`.
    unsafe { free(calendar) };
}

/// Answers at which instant so much business time has passed since `start_us`: the earliest one, so a length used up at
/// a closing ends there. A length of 0 ends at the start, also when the calendar is closed.
///
/// start_us    microseconds since 1970-01-01T00:00:00Z
/// length_us   microseconds of business time, not negative
/// end_us_out  receives the instant, in microseconds since 1970-01-01T00:00:00Z
///
/// Errors: `out_of_horizon` when an instant lies outside 1970-01-01 to 2200-01-01, `invalid_duration` for a negative
/// length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_add(
    calendar: *const sla_calendar,
    start_us: i64,
    length_us: i64,
    end_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        question(calendar, slot("end_us_out", end_us_out, 0), error_out, |calendar| add(calendar, start_us, length_us))
    }
}

/// Answers the latest instant from which so much business time passes until `end_us`.
///
/// end_us        microseconds since 1970-01-01T00:00:00Z
/// length_us     microseconds of business time, not negative
/// start_us_out  receives the instant, in microseconds since 1970-01-01T00:00:00Z
///
/// Errors: as `sla_calendar_add`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_subtract(
    calendar: *const sla_calendar,
    end_us: i64,
    length_us: i64,
    start_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        question(calendar, slot("start_us_out", start_us_out, 0), error_out, |calendar| {
            subtract(calendar, end_us, length_us)
        })
    }
}

/// Answers how much business time lies in `[from_us, to_us)`.
///
/// from_us, to_us  microseconds since 1970-01-01T00:00:00Z
/// length_us_out   receives microseconds of business time
///
/// Errors: `end_before_start`, `out_of_horizon`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_elapsed(
    calendar: *const sla_calendar,
    from_us: i64,
    to_us: i64,
    length_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        question(calendar, slot("length_us_out", length_us_out, 0), error_out, |calendar| {
            elapsed(calendar, from_us, to_us)
        })
    }
}

/// Answers whether the calendar is open at an instant.
///
/// at_us         microseconds since 1970-01-01T00:00:00Z
/// is_open_out   receives 1 or 0
///
/// Errors: `out_of_horizon`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_is_open(
    calendar: *const sla_calendar,
    at_us: i64,
    is_open_out: *mut i32,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        question(calendar, slot("is_open_out", is_open_out, 0), error_out, |calendar| {
            Ok(i32::from(calendar.is_open(Timestamp::from_micros(at_us))?))
        })
    }
}

/// Answers the open time from `from_us` to the instant that business days promise (docs/calendars.md).
///
/// days           at most 366
/// by             `close`, `same_time` or a local time such as `16:00`, UTF-8
/// cut_off        a local time from which on a day counts as the next one, UTF-8, or null for none
/// length_us_out  receives microseconds of business time
///
/// Errors: `invalid_time`; `out_of_range` for more days; `conflicting_fields` for a calendar without business days, and for
/// 0 days by `same_time`; `out_of_horizon`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_business_days(
    calendar: *const sla_calendar,
    from_us: i64,
    days: u32,
    by: *const c_char,
    by_len: usize,
    cut_off: *const c_char,
    cut_off_len: usize,
    length_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        question(calendar, slot("length_us_out", length_us_out, 0), error_out, |calendar| {
            let by = DayTime::parse(text("by", by, by_len)?)?;
            let cut_off =
                if cut_off.is_null() { None } else { Some(LocalTime::parse(text("cut_off", cut_off, cut_off_len)?)?) };
            Ok(calendar.business_days(Timestamp::from_micros(from_us), days, by, cut_off)?.as_micros())
        })
    }
}

/// Answers the first open instant from `at_us` on: `at_us` itself while the calendar is open.
///
/// opens_at_us_out  receives microseconds since 1970-01-01T00:00:00Z
///
/// Errors: `out_of_horizon`, also when there is no opening any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_next_open(
    calendar: *const sla_calendar,
    at_us: i64,
    opens_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        question(calendar, slot("opens_at_us_out", opens_at_us_out, 0), error_out, |calendar| {
            next_open(calendar, at_us)
        })
    }
}

/// Answers the first closing after `at_us`.
///
/// closes_at_us_out  receives microseconds since 1970-01-01T00:00:00Z
///
/// Errors: `out_of_horizon`, also when there is no closing any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_next_close(
    calendar: *const sla_calendar,
    at_us: i64,
    closes_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        question(calendar, slot("closes_at_us_out", closes_at_us_out, 0), error_out, |calendar| {
            next_close(calendar, at_us)
        })
    }
}

/// Answers as `sla_calendar_add`, but SLA_NONE where that fails, and without saying why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_add_or_none(calendar: *const sla_calendar, start_us: i64, length_us: i64) -> i64 {
    // SAFETY: the caller's promise about `calendar`.
    unsafe { question_or_none(calendar, |calendar| add(calendar, start_us, length_us)) }
}

/// Answers as `sla_calendar_subtract`, but SLA_NONE where that fails, and without saying why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_subtract_or_none(
    calendar: *const sla_calendar,
    end_us: i64,
    length_us: i64,
) -> i64 {
    // SAFETY: the caller's promise about `calendar`.
    unsafe { question_or_none(calendar, |calendar| subtract(calendar, end_us, length_us)) }
}

/// Answers as `sla_calendar_elapsed`, but SLA_NONE where that fails, and without saying why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_elapsed_or_none(calendar: *const sla_calendar, from_us: i64, to_us: i64) -> i64 {
    // SAFETY: the caller's promise about `calendar`.
    unsafe { question_or_none(calendar, |calendar| elapsed(calendar, from_us, to_us)) }
}

/// Answers as `sla_calendar_next_open`, but SLA_NONE where that fails, and without saying why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_next_open_or_none(calendar: *const sla_calendar, at_us: i64) -> i64 {
    // SAFETY: the caller's promise about `calendar`.
    unsafe { question_or_none(calendar, |calendar| next_open(calendar, at_us)) }
}

/// Answers as `sla_calendar_next_close`, but SLA_NONE where that fails, and without saying why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_next_close_or_none(calendar: *const sla_calendar, at_us: i64) -> i64 {
    // SAFETY: the caller's promise about `calendar`.
    unsafe { question_or_none(calendar, |calendar| next_close(calendar, at_us)) }
}

/// Answers whether the holidays up to an instant are not all entered yet (`holidays_known_until`).
///
/// until_us            microseconds since 1970-01-01T00:00:00Z
/// is_provisional_out  receives 1 or 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_is_provisional(
    calendar: *const sla_calendar,
    until_us: i64,
    is_provisional_out: *mut i32,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        question(calendar, slot("is_provisional_out", is_provisional_out, 0), error_out, |calendar| {
            Ok(i32::from(calendar.is_provisional(Timestamp::from_micros(until_us))))
        })
    }
}

/// Writes the open windows between two instants, cut at both, touching ones merged.
///
/// from_us, to_us  microseconds since 1970-01-01T00:00:00Z
/// windows         receives the first windows, oldest first; may be null when `capacity` is 0
/// capacity        how many windows the array can hold
/// count_out       receives how many windows there are, also when the array is too small
///
/// Errors: `end_before_start`, `out_of_horizon`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_windows(
    calendar: *const sla_calendar,
    from_us: i64,
    to_us: i64,
    windows: *mut sla_window,
    capacity: usize,
    count_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("count_out", count_out, 0), error_out, || {
            let places = array_mut("windows", windows, capacity)?;
            let calendar = &handle("calendar", calendar)?.0;
            let found = calendar.windows(Timestamp::from_micros(from_us), Timestamp::from_micros(to_us))?;
            for (place, OpenWindow { opens_at, closes_at }) in places.iter_mut().zip(&found) {
                *place = sla_window { opens_at_us: opens_at.as_micros(), closes_at_us: closes_at.as_micros() };
            }
            Ok(found.len())
        })
    }
}

/// Answers `sla_calendar_add` for each row.
///
/// A row that lacks a value, or that the calendar refuses, gets no answer: SLA_NONE in `values`, 0 in `valid`. The
/// answers must not overlap the questions.
///
/// rows         how many rows every array has
/// refused_out  receives how many rows were refused; `codes` says which and why
///
/// starts_us    microseconds since 1970-01-01T00:00:00Z
/// lengths_us   microseconds of business time
/// ends_us      receives microseconds since 1970-01-01T00:00:00Z
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_add_batch(
    calendar: *const sla_calendar,
    rows: usize,
    starts_us: sla_column,
    lengths_us: sla_column,
    ends_us: sla_answers,
    refused_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers, those of the columns and answers included.
    unsafe {
        batch(calendar, ("ends_us", ends_us, rows), refused_out, error_out, |calendar, answers| {
            Ok(columns::add(
                calendar,
                starts_us.borrow("starts_us", rows)?,
                lengths_us.borrow("lengths_us", rows)?,
                answers,
            )?)
        })
    }
}

/// Answers `sla_calendar_subtract` for each row; otherwise as `sla_calendar_add_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_subtract_batch(
    calendar: *const sla_calendar,
    rows: usize,
    ends_us: sla_column,
    lengths_us: sla_column,
    starts_us: sla_answers,
    refused_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers, those of the columns and answers included.
    unsafe {
        batch(calendar, ("starts_us", starts_us, rows), refused_out, error_out, |calendar, answers| {
            Ok(columns::subtract(
                calendar,
                ends_us.borrow("ends_us", rows)?,
                lengths_us.borrow("lengths_us", rows)?,
                answers,
            )?)
        })
    }
}

/// Answers `sla_calendar_elapsed` for each row; otherwise as `sla_calendar_add_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_elapsed_batch(
    calendar: *const sla_calendar,
    rows: usize,
    from_us: sla_column,
    to_us: sla_column,
    lengths_us: sla_answers,
    refused_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers, those of the columns and answers included.
    unsafe {
        batch(calendar, ("lengths_us", lengths_us, rows), refused_out, error_out, |calendar, answers| {
            Ok(columns::elapsed(calendar, from_us.borrow("from_us", rows)?, to_us.borrow("to_us", rows)?, answers)?)
        })
    }
}

/// Answers `sla_calendar_is_open` for each row, with 1 or 0; otherwise as `sla_calendar_add_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_is_open_batch(
    calendar: *const sla_calendar,
    rows: usize,
    at_us: sla_column,
    is_open: sla_answers,
    refused_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers, those of the columns and answers included.
    unsafe {
        batch(calendar, ("is_open", is_open, rows), refused_out, error_out, |calendar, answers| {
            Ok(columns::is_open(calendar, at_us.borrow("at_us", rows)?, answers)?)
        })
    }
}

/// Answers `sla_calendar_next_open` for each row; otherwise as `sla_calendar_add_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_next_open_batch(
    calendar: *const sla_calendar,
    rows: usize,
    at_us: sla_column,
    opens_at_us: sla_answers,
    refused_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers, those of the columns and answers included.
    unsafe {
        batch(calendar, ("opens_at_us", opens_at_us, rows), refused_out, error_out, |calendar, answers| {
            Ok(columns::next_open(calendar, at_us.borrow("at_us", rows)?, answers)?)
        })
    }
}

/// Answers `sla_calendar_next_close` for each row; otherwise as `sla_calendar_add_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_calendar_next_close_batch(
    calendar: *const sla_calendar,
    rows: usize,
    at_us: sla_column,
    closes_at_us: sla_answers,
    refused_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers, those of the columns and answers included.
    unsafe {
        batch(calendar, ("closes_at_us", closes_at_us, rows), refused_out, error_out, |calendar, answers| {
            Ok(columns::next_close(calendar, at_us.borrow("at_us", rows)?, answers)?)
        })
    }
}
