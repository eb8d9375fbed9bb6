//! Due instants: an instant, or beyond the horizon of calendars.

use super::{Calendar, HORIZON_US};
use crate::error::Error;
use crate::time::{BusinessDuration, Timestamp};

/// A due instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Due {
    /// An instant.
    At(Timestamp),
    /// Beyond the horizon of calendars: never breached.
    OutOfHorizon,
}

impl Due {
    /// Returns the instant; `None` beyond the horizon.
    #[must_use]
    pub const fn at(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::OutOfHorizon => None,
        }
    }
}

impl Calendar {
    /// Returns when `length` of open time has passed since `from`: an instant, or beyond the horizon.
    ///
    /// As [`Calendar::add`], but an answer that lies beyond the horizon is an answer and no error.
    ///
    /// ```
    /// # use sla_core::calendar::{Calendar, CalendarRules, Due, Hours, ZoneDatabase};
    /// # use sla_core::time::{BusinessDuration, Timestamp};
    /// let always = Calendar::compile(&CalendarRules::new("UTC", Hours::AlwaysOpen), &ZoneDatabase::embedded())?;
    /// let from = Timestamp::parse("2026-03-02T09:00:00Z")?;
    /// let due = always.due(from, BusinessDuration::parse("4h")?)?;
    /// assert_eq!(due, Due::At(Timestamp::parse("2026-03-02T13:00:00Z")?));
    /// assert_eq!(always.due(from, BusinessDuration::parse("9000000h")?)?.at(), None);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when `from` itself lies outside the horizon.
    #[inline]
    pub fn due(&self, from: Timestamp, length: BusinessDuration) -> Result<Due, Error> {
        match self.add(from, length) {
            Ok(at) => Ok(Due::At(at)),
            Err(_) if HORIZON_US.contains(&from.as_micros()) => Ok(Due::OutOfHorizon),
            Err(error) => Err(error),
        }
    }
}
