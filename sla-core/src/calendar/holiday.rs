//! Dates on which the weekly hours do not apply.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::fault::CalendarFault;
use super::week::Window;
use crate::error::Error;

/// The most holidays and special days that one calendar may list, each.
pub const MAX_DATES: usize = 20_000;

/// A date closed all day: no window opens on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The name shown when the closed time is explained.
    pub name: String,
    /// The local date, once or every year.
    pub date: HolidayDate,
}

/// The local date of a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HolidayDate {
    /// One date.
    On(NaiveDate),
    /// The same date in every year that has it.
    Yearly {
        /// 1 to 12.
        month: u32,
        /// 1 to 31, as the month allows; 29 February falls in leap years only.
        day: u32,
    },
}

impl HolidayDate {
    /// Reads `2026-12-25` or, for every year, `--12-25`.
    ///
    /// ```
    /// use sla_core::calendar::HolidayDate;
    /// assert_eq!(HolidayDate::parse("--12-25")?, HolidayDate::Yearly { month: 12, day: 25 });
    /// assert!(matches!(HolidayDate::parse("2026-12-25")?, HolidayDate::On(_)));
    /// assert!(HolidayDate::parse("2026-02-30").is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_date` when no such date exists or the text is written otherwise.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match text.strip_prefix("--") {
            Some(yearly) => {
                // 2000 is a leap year, so it has every date that some year has.
                let date = parse_date(&format!("2000-{yearly}")).map_err(|_| not_a_date(text))?;
                Ok(Self::Yearly { month: date.month(), day: date.day() })
            }
            None => parse_date(text).map(Self::On),
        }
    }

    /// Refuses a date that cannot be written: a yearly one that no year has, or one outside the years 0 to 9999.
    pub(crate) fn check(self) -> Result<(), Error> {
        let can_be_written = match self {
            Self::On(date) => (0..=9_999).contains(&date.year()),
            Self::Yearly { month, day } => NaiveDate::from_ymd_opt(2_000, month, day).is_some(),
        };
        if can_be_written { Ok(()) } else { Err(not_a_date(&self.to_string())) }
    }
}

impl fmt::Display for HolidayDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => write!(f, "{date}"),
            Self::Yearly { month, day } => write!(f, "--{month:02}-{day:02}"),
        }
    }
}

/// A date whose windows replace the weekly ones; it wins over a holiday on the same date.
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

/// Reads a calendar date written as `2026-12-25`.
pub(crate) fn parse_date(text: &str) -> Result<NaiveDate, Error> {
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let date = if shape { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None };
    date.ok_or_else(|| not_a_date(text))
}

fn not_a_date(text: &str) -> Error {
    CalendarFault::InvalidDate { date: text.to_owned() }.into()
}
