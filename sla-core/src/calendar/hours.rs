//! Recurring hours: a week, weeks that take turns, other calendars, or around the clock.

use chrono::{Datelike, NaiveDate, Weekday};

use super::date::CalendarDate;
use super::fault::CalendarFault;
use super::week::Week;
use crate::error::Error;
use crate::id::Id;

/// The most weeks of a rotation.
pub const MAX_WEEKS: usize = 53;

/// Weeks that take turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The Monday on which the first week begins; the weeks take turns before it too.
    pub starts: NaiveDate,
    /// The weeks in their order, 2 to [`MAX_WEEKS`].
    pub weeks: Vec<Week>,
}

impl Rotation {
    /// Refuses a start that is no Monday, and too few or too many weeks.
    pub(crate) fn check(&self) -> Result<(), Error> {
        CalendarDate::On(self.starts).check()?;
        check_start(self.starts)?;
        check_weeks(self.weeks.len())?;
        Ok(())
    }
}

/// Refuses a start of a rotation that is no Monday.
pub(crate) fn check_start(starts: NaiveDate) -> Result<(), CalendarFault> {
    if starts.weekday() == Weekday::Mon {
        Ok(())
    } else {
        Err(CalendarFault::StartsOtherDay { starts: starts.to_string() })
    }
}

/// Refuses a rotation of too few or too many weeks.
pub(crate) fn check_weeks(count: usize) -> Result<(), CalendarFault> {
    if (2..=MAX_WEEKS).contains(&count) {
        Ok(())
    } else {
        Err(CalendarFault::WeeksOfRotation { count, most: MAX_WEEKS })
    }
}

/// When a calendar is open, apart from seasons, holidays and special days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hours {
    /// Around the clock, every day; nothing deviates from it.
    AlwaysOpen,
    /// In the windows of each day of the week.
    Weekly(Week),
    /// In the windows of weeks that take turns.
    Rotation(Rotation),
    /// Whenever one of these calendars of the policy is open; nothing deviates from it.
    AnyOf(Vec<Id>),
}

impl Hours {
    /// Returns the name of the field of a calendar document that states them.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::AlwaysOpen => "always_open",
            Self::Weekly(_) => "weekly",
            Self::Rotation(_) => "rotation",
            Self::AnyOf(_) => "any_of",
        }
    }

    /// Returns the weeks that they are made of, in their order; none where there are no weeks.
    #[must_use]
    pub fn weeks(&self) -> &[Week] {
        match self {
            Self::AlwaysOpen | Self::AnyOf(_) => &[],
            Self::Weekly(week) => std::slice::from_ref(week),
            Self::Rotation(rotation) => &rotation.weeks,
        }
    }
}
