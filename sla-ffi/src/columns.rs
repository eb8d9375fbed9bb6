//! Many rows at once, in arrays of the caller.

use std::ffi::c_char;

use sla_core::ErrorCode;
use sla_core::columns::{Column, NONE, Plan, RefusedRow, Rows, TimerColumns};
use sla_core::time::Timestamp;
use sla_core::wire;

use crate::analytics::sla_aggregate;
use crate::boundary::{
    self, Checked, array, array_mut, borrow, bytes, free, handle, handle_mut, handle_slot, optional_array,
    optional_array_mut, slot,
};
use crate::engine::sla_engine;
use crate::error::{answer, sla_error, sla_status};

/// Numbers that stand for something missing.
#[repr(C)]
pub struct sla_column {
    /// One number a row; the least `int64_t` (SLA_NONE) stands for a missing one.
    pub values: *const i64,
    /// One bit a row, the least significant bit of each byte first, as in Arrow: 0 for a missing value. Null when
    /// nothing is missing but what SLA_NONE says.
    pub valid: *const u8,
}

/// Where the answers of a batch go.
#[repr(C)]
pub struct sla_answers {
    /// One number a row; SLA_NONE where there is no answer.
    pub values: *mut i64,
    /// One bit a row, as in `sla_column`: 1 for an answer. May be null.
    pub valid: *mut u8,
    /// One `sla_row_code` a row. May be null.
    pub codes: *mut u8,
}

/// Why a row has no answer.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum sla_row_code {
    /// It has one, or it lacks a value that was asked about.
    Ok = 0,
    /// An instant lies outside 1970-01-01 to 2200-01-01.
    OutOfHorizon = 1,
    /// The end lies before the start; a milestone lies before the opening.
    EndBeforeStart = 2,
    /// A length is negative.
    InvalidDuration = 3,
    /// A ticket has no opening.
    MissingField = 4,
    /// A milestone lies after `now_us`.
    TimeWentBack = 5,
    /// The plan has no such kind of ticket.
    OutOfRange = 6,
}

/// The state of a timer of a row; what `sla_timer_columns.state` holds.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(dead_code, reason = "the engine writes the numbers")]
pub enum sla_state {
    /// The timer has not started.
    NotStarted = 0,
    /// Business time counts.
    Running = 1,
    /// Paused.
    Paused = 2,
    /// Stopped in time.
    Met = 3,
    /// Not stopped in time.
    Breached = 4,
    /// Ended without an outcome.
    Cancelled = 5,
    /// The row was refused, or its package has no target.
    None = 255,
}

impl sla_column {
    /// # Safety
    ///
    /// The arrays have `rows` values and bits, or are null.
    pub(crate) unsafe fn borrow<'a>(&self, name: &str, rows: usize) -> Checked<Column<'a>> {
        // SAFETY: the caller's promise.
        unsafe {
            let values = array(name, self.values, rows)?;
            let valid = optional_array(name, self.valid, rows.div_ceil(8))?;
            Ok(valid.map_or_else(|| Column::of(values), |valid| Column::masked(values, valid)))
        }
    }
}

/// The places for answers, as slices.
pub(crate) struct Answers<'a> {
    pub(crate) values: &'a mut [i64],
    valid: Option<&'a mut [u8]>,
    codes: Option<&'a mut [u8]>,
}

impl sla_answers {
    /// # Safety
    ///
    /// The arrays have `rows` values, bits and codes that nothing else uses, or are null.
    pub(crate) unsafe fn borrow<'a>(&self, name: &str, rows: usize) -> Checked<Answers<'a>> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(Answers {
                values: array_mut(name, self.values, rows)?,
                valid: optional_array_mut(name, self.valid, rows.div_ceil(8))?,
                codes: optional_array_mut(name, self.codes, rows)?,
            })
        }
    }
}

impl Answers<'_> {
    /// Fills the masks and the codes once the values are written.
    pub(crate) fn finish(&mut self, refused: &[RefusedRow]) {
        if let Some(valid) = &mut self.valid {
            mask(self.values, valid);
        }
        if let Some(codes) = &mut self.codes {
            tell(refused, codes);
        }
    }
}

/// Writes one bit a value: whether it is one.
fn mask(values: &[i64], valid: &mut [u8]) {
    for (byte, values) in valid.iter_mut().zip(values.chunks(8)) {
        *byte = values.iter().rev().fold(0, |bits, value| bits << 1 | u8::from(*value != NONE));
    }
}

/// Writes one code a row.
fn tell(refused: &[RefusedRow], codes: &mut [u8]) {
    codes.fill(number(sla_row_code::Ok));
    for RefusedRow { row, code } in refused {
        if let Some(place) = codes.get_mut(*row) {
            *place = number(match code {
                ErrorCode::OutOfHorizon => sla_row_code::OutOfHorizon,
                ErrorCode::EndBeforeStart => sla_row_code::EndBeforeStart,
                ErrorCode::InvalidDuration => sla_row_code::InvalidDuration,
                ErrorCode::MissingField => sla_row_code::MissingField,
                ErrorCode::TimeWentBack => sla_row_code::TimeWentBack,
                _ => sla_row_code::OutOfRange,
            });
        }
    }
}

#[expect(clippy::as_conversions, reason = "every number of the enum fits")]
const fn number(code: sla_row_code) -> u8 {
    code as u8
}

/// The timers and kinds of tickets of rows. Immutable; use it from as many threads as you like.
pub struct sla_plan {
    plan: Plan,
    timers: usize,
}
boundary::handle_type!(sla_plan);

/// Tickets as columns: instants in microseconds since 1970-01-01T00:00:00Z.
#[repr(C)]
pub struct sla_rows {
    /// How many rows every array has.
    pub rows: usize,
    /// The kind of each ticket, as its place in the plan's list, from 0.
    pub kinds: *const u32,
    /// When it was opened; every row has one.
    pub opened_us: sla_column,
    /// When it was first assigned; missing for never.
    pub assigned_us: sla_column,
    /// When it was first answered publicly, other than by the resolve; missing for never.
    pub first_reply_us: sla_column,
    /// When it was resolved; missing for not yet.
    pub resolved_us: sla_column,
}

/// Where the answers for one timer go, each array as long as the rows.
#[repr(C)]
pub struct sla_timer_columns {
    /// When it falls or fell due; SLA_NONE when it did not start, or is due beyond 2200-01-01.
    pub due_us: *mut i64,
    /// One bit a row for `due_us`, as in `sla_column`. May be null.
    pub due_valid: *mut u8,
    /// When its first warning fires or would have fired; SLA_NONE when it has none.
    pub warn_us: *mut i64,
    /// One bit a row for `warn_us`. May be null.
    pub warn_valid: *mut u8,
    /// One `sla_state` a row.
    pub state: *mut u8,
    /// Business time used until it stopped, or until `now_us`; SLA_NONE when it did not start.
    pub elapsed_us: *mut i64,
    /// Business time after its due until it stopped, or until `now_us`; SLA_NONE when it did not start.
    pub overdue_us: *mut i64,
    /// One bit a row for `elapsed_us` and `overdue_us`. May be null.
    pub started: *mut u8,
}

/// Makes a plan for rows: which timers are evaluated, and every kind of ticket that rows may name.
///
/// plan_json  `{"timers": ["resolution"], "kinds": [{"package": "starter", "channel": "email"}]}`; a kind may also name
///            `agent`, `severity` and `category`; borrowed for the call
/// plan_out   receives the plan; free it with `sla_plan_free`
///
/// Errors: `unknown_timer` also for a timer that milestones do not decide (one with cycles);
/// `unknown_package`, `unknown_channel`, `unknown_severity`, `unknown_category`; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_plan_new(
    engine: *const sla_engine,
    plan_json: *const c_char,
    plan_json_len: usize,
    plan_out: *mut *mut sla_plan,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("plan_out", plan_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let plan = wire::columns::read_plan(engine, bytes("plan_json", plan_json, plan_json_len)?)?;
            let timers = plan.timers();
            Ok(sla_plan { plan, timers })
        })
    }
}

/// Frees a plan; null is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_plan_free(plan: *mut sla_plan) {
    // SAFETY: the caller's promise about `plan`.
    unsafe { free(plan) };
}

/// Evaluates each timer of each row as of an instant. Exact for tickets that never paused and were not reopened.
///
/// rows           the tickets; borrowed for the call
/// now_us         microseconds since 1970-01-01T00:00:00Z
/// answers        one set of arrays a timer, in the order of the plan; they must not overlap the rows
/// answers_count  how many sets: as many as the plan has timers
/// codes          receives one `sla_row_code` a row; may be null
/// refused_out    receives how many rows were refused
///
/// Errors: `out_of_range` for another number of timers, `out_of_horizon` for `now_us`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_plan_evaluate(
    plan: *const sla_plan,
    rows: *const sla_rows,
    now_us: i64,
    answers: *const sla_timer_columns,
    answers_count: usize,
    codes: *mut u8,
    refused_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("refused_out", refused_out, 0), error_out, || {
            let plan = handle("plan", plan)?;
            let raw = borrow("rows", rows)?;
            let count = raw.rows;
            let codes = optional_array_mut("codes", codes, count)?;
            let places = array("answers", answers, answers_count)?;
            let mut columns = Vec::with_capacity(plan.timers.min(places.len()));
            for place in places {
                columns.push(place.borrow(count)?);
            }
            let refused = plan.plan.evaluate(&raw.borrow()?, Timestamp::from_micros(now_us), &mut columns)?;
            for (place, columns) in places.iter().zip(&columns) {
                place.mask(columns)?;
            }
            if let Some(codes) = codes {
                tell(&refused, codes);
            }
            Ok(refused.len())
        })
    }
}

/// Adds rows to an aggregate, as of an instant, in its groups and periods.
///
/// rows         the tickets; borrowed for the call
/// now_us       microseconds since 1970-01-01T00:00:00Z
/// aggregate    receives the figures; they are those of the tickets' histories, without what rows do not say:
///              escalations, warnings, replies, earlier agents
/// codes        receives one `sla_row_code` a row; may be null
/// refused_out  receives how many rows were refused; they are not counted
///
/// Errors: `out_of_horizon` for `now_us`, nothing is added then; `out_of_range` when a sum does not fit 64 bits: some
/// figures are added then, so free `aggregate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_plan_aggregate(
    plan: *const sla_plan,
    rows: *const sla_rows,
    now_us: i64,
    aggregate: *mut sla_aggregate,
    codes: *mut u8,
    refused_out: *mut usize,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("refused_out", refused_out, 0), error_out, || {
            let plan = handle("plan", plan)?;
            let raw = borrow("rows", rows)?;
            let aggregate = &mut handle_mut("aggregate", aggregate)?.0;
            let codes = optional_array_mut("codes", codes, raw.rows)?;
            let mut figures = plan.plan.figures(aggregate.grouping().clone());
            let refused = figures.add(&raw.borrow()?, Timestamp::from_micros(now_us))?;
            aggregate.append(figures.into_aggregate()?)?;
            if let Some(codes) = codes {
                tell(&refused, codes);
            }
            Ok(refused.len())
        })
    }
}

impl sla_rows {
    /// # Safety
    ///
    /// The arrays have `rows` elements, or are null.
    unsafe fn borrow<'a>(&self) -> Checked<Rows<'a>> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(Rows {
                kinds: array("rows.kinds", self.kinds, self.rows)?,
                opened_us: self.opened_us.borrow("rows.opened_us", self.rows)?,
                assigned_us: self.assigned_us.borrow("rows.assigned_us", self.rows)?,
                first_reply_us: self.first_reply_us.borrow("rows.first_reply_us", self.rows)?,
                resolved_us: self.resolved_us.borrow("rows.resolved_us", self.rows)?,
            })
        }
    }
}

impl sla_timer_columns {
    /// # Safety
    ///
    /// The arrays have `rows` elements that nothing else uses, or are null.
    unsafe fn borrow<'a>(&self, rows: usize) -> Checked<TimerColumns<'a>> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(TimerColumns {
                due_us: array_mut("answers.due_us", self.due_us, rows)?,
                warn_us: array_mut("answers.warn_us", self.warn_us, rows)?,
                state: array_mut("answers.state", self.state, rows)?,
                elapsed_us: array_mut("answers.elapsed_us", self.elapsed_us, rows)?,
                overdue_us: array_mut("answers.overdue_us", self.overdue_us, rows)?,
            })
        }
    }

    /// Fills the masks once the columns are written.
    ///
    /// # Safety
    ///
    /// The masks have a bit a row that nothing else uses, or are null.
    unsafe fn mask(&self, columns: &TimerColumns<'_>) -> Checked<()> {
        let masks = [
            (self.due_valid, &*columns.due_us),
            (self.warn_valid, &*columns.warn_us),
            (self.started, &*columns.elapsed_us),
        ];
        for (valid, values) in masks {
            // SAFETY: the caller's promise.
            if let Some(valid) = unsafe { optional_array_mut("answers", valid, values.len().div_ceil(8)) }? {
                mask(values, valid);
            }
        }
        Ok(())
    }
}
