//! Instants and lengths as columns of microseconds.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_schema::{DataType, TimeUnit};
use pyo3::prelude::*;
use sla_core::calendar::ZoneTable;
use sla_core::columns::{Column, NONE};

use super::texts::Texts;
use crate::error::fault;

const THOUSAND: i64 = 1_000;
const MILLION: i64 = 1_000_000;

/// Microseconds, with a mask for the missing ones. What is in microseconds already is shared with the caller.
pub(crate) struct Numbers {
    values: ScalarBuffer<i64>,
    /// One bit a row from the first on, 1 for a value.
    valid: Option<Buffer>,
}

impl Numbers {
    /// Returns a column of one value.
    pub(crate) fn repeated(value: i64, rows: usize) -> Self {
        Self { values: vec![value; rows].into(), valid: None }
    }

    /// Returns a column of as many rows in which every value is missing.
    pub(crate) fn missing(&self) -> Self {
        let none = vec![0_u8; self.values.len().div_ceil(8)];
        Self { values: self.values.clone(), valid: Some(Buffer::from_vec(none)) }
    }

    /// Reads instants; those without time zone are local times of `zone`.
    pub(crate) fn instants(py: Python<'_>, name: &str, array: &ArrayRef, zone: Option<&ZoneTable>) -> PyResult<Self> {
        let (values, zoned) = match array.data_type() {
            DataType::Int64 => (array.as_primitive::<Int64Type>().values().clone(), true),
            DataType::Timestamp(unit, name) => {
                let values = match unit {
                    TimeUnit::Second => scaled(array.as_primitive::<TimestampSecondType>().values(), MILLION),
                    TimeUnit::Millisecond => {
                        scaled(array.as_primitive::<TimestampMillisecondType>().values(), THOUSAND)
                    }
                    TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().values().clone(),
                    TimeUnit::Nanosecond => cut(array.as_primitive::<TimestampNanosecondType>().values()),
                };
                (values, name.is_some())
            }
            DataType::Null => (vec![NONE; array.len()].into(), true),
            other => {
                let message = format!("column `{name}` holds {other}, not instants");
                return Err(fault(
                    py,
                    "wrong_type",
                    &message,
                    "pass timestamps with a time zone, or microseconds since 1970-01-01T00:00:00Z as 64-bit integers",
                ));
            }
        };
        let values = match (zoned, zone) {
            (true, _) => values,
            (false, Some(zone)) => values.iter().map(|local| zone.instant_of(*local)).collect::<Vec<_>>().into(),
            (false, None) => {
                return Err(fault(
                    py,
                    "naive_datetime",
                    &format!("column `{name}` holds instants without time zone"),
                    "say which with time_zone=, or convert the column",
                ));
            }
        };
        Ok(Self { values, valid: mask(array) })
    }

    /// Reads whole numbers, also those written in decimal digits.
    pub(crate) fn integers(py: Python<'_>, name: &str, array: &ArrayRef) -> PyResult<Self> {
        let help = "pass whole numbers of at most 64 bits";
        if let DataType::Int64 = array.data_type() {
            return Ok(Self { values: array.as_primitive::<Int64Type>().values().clone(), valid: mask(array) });
        }
        let texts = Texts::read(py, name, array)?;
        let mut values = Vec::with_capacity(array.len());
        for row in 0..array.len() {
            let number = texts.get(row).map(str::parse).transpose();
            let number = number.map_err(|_| {
                let message =
                    format!("column `{name}` holds `{}`, not whole numbers", texts.get(row).unwrap_or_default());
                fault(py, "wrong_type", &message, help)
            })?;
            values.push(number.unwrap_or(NONE));
        }
        Ok(Self { values: values.into(), valid: None })
    }

    /// Reads lengths.
    pub(crate) fn lengths(py: Python<'_>, name: &str, array: &ArrayRef) -> PyResult<Self> {
        let values = match array.data_type() {
            DataType::Int64 => array.as_primitive::<Int64Type>().values().clone(),
            DataType::Duration(TimeUnit::Second) => {
                scaled(array.as_primitive::<DurationSecondType>().values(), MILLION)
            }
            DataType::Duration(TimeUnit::Millisecond) => {
                scaled(array.as_primitive::<DurationMillisecondType>().values(), THOUSAND)
            }
            DataType::Duration(TimeUnit::Microsecond) => {
                array.as_primitive::<DurationMicrosecondType>().values().clone()
            }
            DataType::Duration(TimeUnit::Nanosecond) => cut(array.as_primitive::<DurationNanosecondType>().values()),
            DataType::Null => vec![NONE; array.len()].into(),
            other => {
                let message = format!("column `{name}` holds {other}, not lengths");
                return Err(fault(py, "wrong_type", &message, "pass durations, or microseconds as 64-bit integers"));
            }
        };
        Ok(Self { values, valid: mask(array) })
    }

    /// Returns some of the rows; the first one's number is a multiple of 8, since a mask has a bit for each.
    pub(crate) fn part(&self, rows: &Range<usize>) -> Self {
        let length = rows.len();
        let valid = self.valid.as_ref().map(|valid| valid.slice_with_length(rows.start / 8, length.div_ceil(8)));
        Self { values: self.values.slice(rows.start, length), valid }
    }

    /// Returns the column as the engine takes it.
    pub(crate) fn column(&self) -> Column<'_> {
        match &self.valid {
            Some(valid) => Column::masked(&self.values, valid),
            None => Column::of(&self.values),
        }
    }

    /// Returns the value of a row; `None` where it is missing.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        let known =
            self.valid.as_ref().is_none_or(|valid| valid.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1));
        self.values.get(row).copied().filter(|value| known && *value != NONE)
    }
}

/// Returns the mask of an array with its first bit first.
fn mask(array: &ArrayRef) -> Option<Buffer> {
    array.nulls().filter(|nulls| nulls.null_count() > 0).map(|nulls| nulls.inner().sliced())
}

/// What does not fit lies far outside every calendar; the least number would stand for a missing value.
fn scaled(values: &[i64], by: i64) -> ScalarBuffer<i64> {
    values.iter().map(|value| value.saturating_mul(by).max(NONE + 1)).collect::<Vec<_>>().into()
}

/// Nanoseconds are cut to microseconds, towards the past.
fn cut(values: &[i64]) -> ScalarBuffer<i64> {
    values.iter().map(|value| value.div_euclid(THOUSAND)).collect::<Vec<_>>().into()
}
