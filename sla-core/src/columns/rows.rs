//! The input: tickets as columns of integers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;

/// Columns that do not fit each other.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum LengthFault {
    #[error("the columns differ in length")]
    Columns,
    #[error("the answers do not fit the rows")]
    Answers,
}

impl Fault for LengthFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::OutOfRange
    }

    fn help(&self) -> Cow<'static, str> {
        match self {
            Self::Columns => "pass one value per row in every column".into(),
            Self::Answers => {
                "pass one set of columns for each timer of the plan, each as long as the rows or empty".into()
            }
        }
    }
}

/// The sentinel for a missing value, in what is read and in what is written.
pub const NONE: i64 = i64::MIN;

/// [`NONE`] as an unsigned number: greater than every instant since 1970, less than every instant before it.
pub(super) const NEVER: u64 = NONE.cast_unsigned();

/// Everything about a ticket that decides its terms and its group.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Kind {
    /// The package.
    pub package: Id,
    /// The channel it was opened by.
    pub channel: Id,
    /// The agent who holds it from the assignment on.
    pub agent: Option<Id>,
    /// The severity.
    pub severity: Option<Id>,
    /// The category.
    pub category: Option<Id>,
    /// The team that holds it from the assignment on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Id>,
}

impl Kind {
    /// Returns the kind of tickets without agent, team, severity and category.
    #[must_use]
    pub const fn new(package: Id, channel: Id) -> Self {
        Self { package, channel, agent: None, severity: None, category: None, team: None }
    }
}

/// Whole numbers, mostly instants in microseconds since 1970-01-01T00:00:00Z; [`NONE`] is a missing value.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    values: &'a [i64],
    /// One bit a row, the least significant first; 0 is a missing value.
    valid: Option<&'a [u8]>,
}

impl<'a> Column<'a> {
    /// Returns a column whose missing values are [`NONE`].
    #[must_use]
    pub const fn of(values: &'a [i64]) -> Self {
        Self { values, valid: None }
    }

    /// Returns a column in which a row has a value if its bit is 1, the least significant bit of each byte first, as in
    /// Arrow.
    ///
    /// ```
    /// use sla_core::columns::{Column, NONE, calendar};
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let engine = engine();
    /// let noon_us = at("2026-03-02T12:00:00Z").as_micros();
    /// let mut open = [0; 2];
    /// calendar::is_open(engine.calendar("office")?, Column::masked(&[noon_us, 0], &[0b01]), &mut open)?;
    /// assert_eq!(open, [1, NONE]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub const fn masked(values: &'a [i64], valid: &'a [u8]) -> Self {
        Self { values, valid: Some(valid) }
    }

    pub(super) fn is_long_enough(self, rows: usize) -> bool {
        self.values.len() == rows && self.valid.is_none_or(|valid| valid.len() >= rows.div_ceil(8))
    }

    /// Returns the value of a row.
    #[inline]
    pub(super) fn value(self, row: usize) -> Option<i64> {
        let is_valid = |valid: &[u8]| valid.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1);
        self.values.get(row).copied().filter(|value| *value != NONE && self.valid.is_none_or(is_valid))
    }

    /// Reads the values of a block of rows, [`NEVER`] for one that is missing, as [`Milestones`] hold it.
    fn read(self, first: usize, block: &mut [u64; BLOCK]) {
        for (place, value) in block.iter_mut().zip(self.values.get(first..).unwrap_or_default()) {
            *place = value.cast_unsigned();
        }
        let Some(valid) = self.valid else { return };
        for (places, byte) in block.chunks_mut(8).zip(valid.get(first / 8..).unwrap_or_default()) {
            for (bit, place) in places.iter_mut().enumerate() {
                let is_valid = byte >> bit & 1 == 1;
                *place = std::hint::select_unpredictable(is_valid, *place, NEVER);
            }
        }
    }
}

/// The rows that are read at a time: few enough to stay in the nearest cache, and whole bytes of a mask.
pub(super) const BLOCK: usize = 128;
const _: () = assert!(BLOCK.is_multiple_of(8));

/// Some rows that follow each other, read.
#[derive(Debug)]
pub(super) struct Block {
    /// Those that can be judged.
    pub(super) rows: Vec<Milestones>,
    pub(super) refused: Vec<RefusedRow>,
    columns: [[u64; BLOCK]; 4],
}

impl Default for Block {
    fn default() -> Self {
        Self { rows: Vec::with_capacity(BLOCK), refused: Vec::new(), columns: [[NEVER; BLOCK]; 4] }
    }
}

/// Tickets as columns of equal length. Milestones of one instant happen in the order of the fields.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The kind of each, as its place in the plan's list.
    pub kinds: &'a [u32],
    /// When it was opened; every row has one.
    pub opened_us: Column<'a>,
    /// When it was first assigned. A ticket that was resolved before counts as assigned when it was resolved.
    pub assigned_us: Column<'a>,
    /// When it was first answered publicly, other than by the resolve.
    pub first_reply_us: Column<'a>,
    /// When it was resolved.
    pub resolved_us: Column<'a>,
}

/// A row that cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its place, from 0.
    pub row: usize,
    /// The reason: `missing_field` without opening, `end_before_start` for a milestone before it, `time_went_back` for one after
    /// `now`, `out_of_horizon`, or `out_of_range` for a kind that the plan does not have.
    pub code: ErrorCode,
}

/// The milestones of one row, in microseconds: each lies between the opening and now, or is [`NEVER`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Milestones {
    pub(super) row: usize,
    pub(super) kind: usize,
    pub(super) opened_us: u64,
    pub(super) assigned_us: u64,
    pub(super) first_reply_us: u64,
    pub(super) resolved_us: u64,
}

impl Rows<'_> {
    /// Returns how many rows there are.
    pub(super) fn check(&self) -> Result<usize, Error> {
        let count = self.kinds.len();
        let columns = [self.opened_us, self.assigned_us, self.first_reply_us, self.resolved_us];
        if columns.iter().all(|column| column.is_long_enough(count)) {
            return Ok(count);
        }
        Err(LengthFault::Columns.into())
    }

    /// Reads the block that begins with a row, for a plan of so many kinds.
    pub(super) fn read(&self, first: usize, kinds: usize, now_us: u64, block: &mut Block) {
        block.rows.clear();
        block.refused.clear();
        let columns = [self.opened_us, self.assigned_us, self.first_reply_us, self.resolved_us];
        for (column, read) in columns.into_iter().zip(&mut block.columns) {
            column.read(first, read);
        }
        let [opened, assigned, first_reply, resolved] = &block.columns;
        let of_block = self.kinds.get(first..).unwrap_or_default().iter().zip(first..);
        let milestones = opened.iter().zip(assigned).zip(first_reply).zip(resolved);
        for ((kind, row), (((opened_us, assigned_us), first_reply_us), resolved_us)) in of_block.zip(milestones) {
            let instants = [*opened_us, *assigned_us, *first_reply_us, *resolved_us];
            let [opened_us, assigned_us, first_reply_us, resolved_us] = instants;
            let kind = usize::try_from(*kind).unwrap_or(usize::MAX);
            // An instant before the opening wraps around to more than any length, so one comparison checks both ends.
            let most = now_us.wrapping_sub(opened_us);
            let fits = |at_us: u64| (at_us == NEVER) | (at_us.wrapping_sub(opened_us) <= most);
            let all_fit = (opened_us <= now_us) & fits(assigned_us) & fits(first_reply_us) & fits(resolved_us);
            if kind < kinds && all_fit {
                // Resolving an unassigned ticket assigns it.
                let assigned_us = assigned_us.min(resolved_us);
                block.rows.push(Milestones { row, kind, opened_us, assigned_us, first_reply_us, resolved_us });
            } else {
                block.refused.push(RefusedRow { row, code: refusal(kind < kinds, instants) });
            }
        }
    }
}

/// Returns why a row cannot be judged.
#[cold]
fn refusal(has_kind: bool, [opened_us, instants @ ..]: [u64; 4]) -> ErrorCode {
    if !has_kind {
        ErrorCode::OutOfRange
    } else if opened_us == NEVER {
        ErrorCode::MissingField
    } else if opened_us > NEVER {
        ErrorCode::OutOfHorizon
    } else if instants.iter().any(|at_us| *at_us != NEVER && at_us.cast_signed() < opened_us.cast_signed()) {
        ErrorCode::EndBeforeStart
    } else {
        ErrorCode::TimeWentBack
    }
}
