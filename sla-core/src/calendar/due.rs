//! Due instants: an instant, or beyond the horizon of calendars.

use serde::{Deserialize, Serialize};

use super::{Calendar, HORIZON_US};
use crate::error::Error;
use crate::time::{BusinessDuration, Timestamp};

/// A due instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Due {
    /// An instant.
    #[serde(rename = "due_at")]
    At(Timestamp),
    /// Beyond the horizon of calendars: never breached.
    #[serde(rename = "due", with = "beyond")]
    #[cfg_attr(feature = "schema", schemars(with = "Beyond"))]
    OutOfHorizon,
}

/// The one due that is no instant.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum Beyond {
    /// Beyond the horizon of calendars: never breached.
    OutOfHorizon,
}

mod beyond {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Beyond;

    pub(super) fn serialize<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        Beyond::OutOfHorizon.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
        Beyond::deserialize(deserializer).map(drop)
    }
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
