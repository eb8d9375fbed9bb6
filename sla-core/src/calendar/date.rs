//! Local dates as calendars name them: once, or in every year, alone or as a range.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::fault::CalendarFault;
use crate::error::Error;

/// A local date: once, or in every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CalendarDate {
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

impl CalendarDate {
    /// Reads `2026-12-25` or, for every year, `--12-25`.
    ///
    /// ```
    /// use sla_core::calendar::CalendarDate;
    /// assert_eq!(CalendarDate::parse("--12-25")?, CalendarDate::Yearly { month: 12, day: 25 });
    /// assert!(matches!(CalendarDate::parse("2026-12-25")?, CalendarDate::On(_)));
    /// assert!(CalendarDate::parse("2026-02-30").is_err());
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

impl fmt::Display for CalendarDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => write!(f, "{date}"),
            Self::Yearly { month, day } => write!(f, "--{month:02}-{day:02}"),
        }
    }
}

/// The local dates from one to another, both included: once, or in every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateRange {
    /// The first date.
    pub from: CalendarDate,
    /// The last date, of the same kind. A yearly one may lie before the first: then the range runs over new year.
    pub to: CalendarDate,
}

impl DateRange {
    /// Reads the two ends of a range, each as [`CalendarDate::parse`] does.
    ///
    /// ```
    /// use sla_core::calendar::DateRange;
    /// let closing = DateRange::parse("--12-24", "--01-01")?;
    /// assert!(closing.contains("2026-12-31".parse().unwrap()));
    /// assert!(!closing.contains("2027-01-02".parse().unwrap()));
    /// assert!(DateRange::parse("2026-12-24", "--01-01").is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_date` when an end cannot be read, when one is a date and the other yearly, or when a date lies before
    /// the first.
    pub fn parse(from: &str, to: &str) -> Result<Self, Error> {
        let range = Self { from: CalendarDate::parse(from)?, to: CalendarDate::parse(to)? };
        range.check()?;
        Ok(range)
    }

    /// Returns whether the range is in every year.
    #[must_use]
    pub const fn is_yearly(self) -> bool {
        matches!(self.from, CalendarDate::Yearly { .. })
    }

    /// Returns whether a date lies in the range. A 29 February that a year lacks does not occur in it.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        match (self.from, self.to) {
            (CalendarDate::On(from), CalendarDate::On(to)) => (from..=to).contains(&date),
            _ => self.contains_yearly(date.month(), date.day()),
        }
    }

    /// Returns whether a yearly range holds a date of every year.
    pub(crate) fn contains_yearly(self, month: u32, day: u32) -> bool {
        let (
            CalendarDate::Yearly { month: from_month, day: from_day },
            CalendarDate::Yearly { month: to_month, day: to_day },
        ) = (self.from, self.to)
        else {
            return false;
        };
        let (from, to, date) = ((from_month, from_day), (to_month, to_day), (month, day));
        if from <= to { from <= date && date <= to } else { date >= from || date <= to }
    }

    /// Refuses ends that cannot be written or do not fit each other.
    pub(crate) fn check(self) -> Result<(), Error> {
        self.from.check()?;
        self.to.check()?;
        self.check_ends()?;
        Ok(())
    }

    /// Refuses a date and a yearly date as ends, and a last date before the first.
    pub(crate) fn check_ends(self) -> Result<(), CalendarFault> {
        match (self.from, self.to) {
            (CalendarDate::On(from), CalendarDate::On(to)) if to < from => {
                Err(CalendarFault::RangeEndsFirst { from: from.to_string(), to: to.to_string() })
            }
            (CalendarDate::On(_), CalendarDate::On(_)) | (CalendarDate::Yearly { .. }, CalendarDate::Yearly { .. }) => {
                Ok(())
            }
            (from, to) => Err(CalendarFault::RangeOfTwoKinds { from: from.to_string(), to: to.to_string() }),
        }
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// Room for every month from 1 to 12 and every day from 1 to 31.
pub(crate) const DATES_IN_YEAR: usize = 13 * 32;

/// Returns the index of a date of every year.
pub(crate) fn date_in_year(month: u32, day: u32) -> usize {
    usize::try_from(month.min(12) * 32 + day.min(31)).unwrap_or_default()
}

/// Returns every date that some year has, as month and day.
pub(crate) fn dates_of_year() -> impl Iterator<Item = (u32, u32)> {
    let last_day = |month: u32| match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (32..13 * 32).map(|place| (place / 32, place % 32)).filter(move |(month, day)| (1..=last_day(*month)).contains(day))
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
