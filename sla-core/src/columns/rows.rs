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
        Some(self.get(row).cast_signed()).filter(|value| *value != NONE)
    }

    /// Returns the value of a row, [`NEVER`] if it is missing, as [`Milestones`] hold it.
    #[inline]
    fn get(self, row: usize) -> u64 {
        let value = self.values.get(row).copied().unwrap_or(NONE).cast_unsigned();
        match self.valid {
            Some(valid) if valid.get(row / 8).is_none_or(|byte| byte >> (row % 8) & 1 == 0) => NEVER,
            _ => value,
        }
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

    /// Returns the milestones of a row, for a plan of so many kinds.
    #[inline]
    pub(super) fn milestones(&self, row: usize, kinds: usize, now_us: u64) -> Result<Milestones, ErrorCode> {
        let kind = self.kinds.get(row).and_then(|kind| usize::try_from(*kind).ok()).unwrap_or(usize::MAX);
        let [opened_us, assigned_us, first_reply_us, resolved_us] =
            [self.opened_us, self.assigned_us, self.first_reply_us, self.resolved_us].map(|column| column.get(row));
        // An instant before the opening wraps around to more than any length, so one comparison checks both ends.
        let most = now_us.wrapping_sub(opened_us);
        let fits = |at_us: u64| (at_us == NEVER) | (at_us.wrapping_sub(opened_us) <= most);
        if kind < kinds && opened_us <= now_us && fits(assigned_us) & fits(first_reply_us) & fits(resolved_us) {
            // Resolving an unassigned ticket assigns it.
            let assigned_us = assigned_us.min(resolved_us);
            return Ok(Milestones { kind, opened_us, assigned_us, first_reply_us, resolved_us });
        }
        let instants = [assigned_us, first_reply_us, resolved_us];
        Err(if kind >= kinds {
            ErrorCode::OutOfRange
        } else if opened_us == NEVER {
            ErrorCode::MissingField
        } else if opened_us > NEVER {
            ErrorCode::OutOfHorizon
        } else if instants.iter().any(|at_us| *at_us != NEVER && at_us.cast_signed() < opened_us.cast_signed()) {
            ErrorCode::EndBeforeStart
        } else {
            ErrorCode::TimeWentBack
        })
    }
}
