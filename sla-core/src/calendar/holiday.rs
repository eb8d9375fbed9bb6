//! Dates on which the recurring hours do not apply.

use std::fmt;

use chrono::NaiveDate;

use super::date::{CalendarDate, DateRange};
use super::fault::CalendarFault;
use super::week::Window;
use crate::error::Error;

/// The most holidays and special days that one calendar may list, each; a range counts once.
pub const MAX_DATES: usize = 20_000;

/// Dates closed all day: no window opens on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The name shown when the closed time is explained.
    pub name: String,
    /// The local dates.
    pub date: HolidayDate,
}

/// The local dates of a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HolidayDate {
    /// One date, or the same date in every year.
    Day(CalendarDate),
    /// All dates of a range, or of the same range in every year.
    Range(DateRange),
}

impl From<CalendarDate> for HolidayDate {
    fn from(date: CalendarDate) -> Self {
        Self::Day(date)
    }
}

impl From<DateRange> for HolidayDate {
    fn from(range: DateRange) -> Self {
        Self::Range(range)
    }
}

impl HolidayDate {
    /// Refuses dates that cannot be written, and ranges whose ends do not fit each other.
    pub(crate) fn check(self) -> Result<(), Error> {
        match self {
            Self::Day(date) => date.check(),
            Self::Range(range) => range.check(),
        }
    }
}

impl fmt::Display for HolidayDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Range(range) => range.fmt(f),
        }
    }
}

/// A date whose windows replace all others; it wins over a holiday on the same date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// The local date.
    pub date: NaiveDate,
    /// The name shown when the time of this day is explained.
    pub name: String,
    /// The windows that open on this date; empty closes it.
    pub windows: Vec<Window>,
}

/// Refuses more holidays or special days than one calendar may list.
pub(crate) fn check_dates(count: usize) -> Result<(), CalendarFault> {
    let most = MAX_DATES;
    if count > most { Err(CalendarFault::TooManyDates { count, most }) } else { Ok(()) }
}
