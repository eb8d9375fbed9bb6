//! Conversions from and to the instants and durations of `std`, `chrono` and, by the feature `jiff`, Jiff.
//!
//! What is finer than a microsecond is cut: an instant goes towards the past, a duration becomes shorter. The other way
//! nothing is lost.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};

use super::{BusinessDuration, TimeFault, Timestamp};
use crate::error::Error;

const NANOS_PER_MICRO: i128 = 1_000;

impl<Zone: TimeZone> From<DateTime<Zone>> for Timestamp {
    /// Cuts below the microsecond, towards the past.
    ///
    /// ```
    /// use chrono::{DateTime, Utc};
    /// use sla_core::time::Timestamp;
    ///
    /// let at = Timestamp::parse("2026-03-02T08:30:00Z")?;
    /// assert_eq!(Timestamp::from(DateTime::<Utc>::try_from(at)?), at);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    fn from(instant: DateTime<Zone>) -> Self {
        Self(instant.timestamp_micros())
    }
}

impl TryFrom<Timestamp> for DateTime<Utc> {
    type Error = Error;

    fn try_from(instant: Timestamp) -> Result<Self, Error> {
        DateTime::from_timestamp_micros(instant.0).ok_or_else(|| TimeFault::BeyondDates { instant }.into())
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = Error;

    /// Cuts below the microsecond, towards the past.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use sla_core::time::Timestamp;
    ///
    /// let at = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_999);
    /// assert_eq!(Timestamp::try_from(at)?, Timestamp::from_micros(1));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    fn try_from(instant: SystemTime) -> Result<Self, Error> {
        // INVARIANT: the nanoseconds of a `Duration` fit in 94 bits.
        let nanos = match instant.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => i128::try_from(since.as_nanos()).ok(),
            Err(before) => i128::try_from(before.duration().as_nanos()).ok().and_then(i128::checked_neg),
        };
        let micros = nanos.and_then(|nanos| i64::try_from(nanos.div_euclid(NANOS_PER_MICRO)).ok());
        micros.map(Self).ok_or_else(|| TimeFault::InstantTooFar.into())
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = Error;

    fn try_from(instant: Timestamp) -> Result<Self, Error> {
        let length = Duration::from_micros(instant.0.unsigned_abs());
        let at =
            if instant.0 < 0 { Self::UNIX_EPOCH.checked_sub(length) } else { Self::UNIX_EPOCH.checked_add(length) };
        at.ok_or_else(|| TimeFault::InstantTooFar.into())
    }
}

impl TryFrom<Duration> for BusinessDuration {
    type Error = Error;

    /// Cuts below the microsecond.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sla_core::time::BusinessDuration;
    ///
    /// assert_eq!(BusinessDuration::try_from(Duration::from_secs(5_400))?, BusinessDuration::parse("1h30m")?);
    /// assert_eq!(Duration::from(BusinessDuration::parse("90s")?), Duration::from_secs(90));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    fn try_from(length: Duration) -> Result<Self, Error> {
        i64::try_from(length.as_micros()).map(Self).map_err(|_| TimeFault::DurationTooLong.into())
    }
}

impl From<BusinessDuration> for Duration {
    fn from(length: BusinessDuration) -> Self {
        Self::from_micros(length.0.unsigned_abs())
    }
}

impl TryFrom<TimeDelta> for BusinessDuration {
    type Error = Error;

    /// Cuts below the microsecond; a negative length is refused.
    fn try_from(length: TimeDelta) -> Result<Self, Error> {
        if length < TimeDelta::zero() {
            return Err(TimeFault::NegativeDuration { length: length.to_string() }.into());
        }
        length.num_microseconds().map(Self).ok_or_else(|| TimeFault::DurationTooLong.into())
    }
}

impl From<BusinessDuration> for TimeDelta {
    fn from(length: BusinessDuration) -> Self {
        Self::microseconds(length.0)
    }
}

#[cfg(feature = "jiff")]
impl From<jiff::Timestamp> for Timestamp {
    /// Cuts below the microsecond, towards the past.
    ///
    /// ```
    /// use sla_core::time::Timestamp;
    ///
    /// let at = Timestamp::parse("2026-03-02T08:30:00Z")?;
    /// assert_eq!(Timestamp::from(jiff::Timestamp::try_from(at)?), at);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    fn from(instant: jiff::Timestamp) -> Self {
        let micros = instant.as_nanosecond().div_euclid(NANOS_PER_MICRO);
        // INVARIANT: Jiff's instants lie in the years -9999 to 9999, 59 bits of microseconds.
        Self(i64::try_from(micros).unwrap_or_default())
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<Timestamp> for jiff::Timestamp {
    type Error = Error;

    fn try_from(instant: Timestamp) -> Result<Self, Error> {
        Self::from_microsecond(instant.0).map_err(|_| TimeFault::BeyondDates { instant }.into())
    }
}

#[cfg(feature = "jiff")]
impl TryFrom<jiff::SignedDuration> for BusinessDuration {
    type Error = Error;

    /// Cuts below the microsecond; a negative length is refused.
    fn try_from(length: jiff::SignedDuration) -> Result<Self, Error> {
        if length.is_negative() {
            return Err(TimeFault::NegativeDuration { length: length.to_string() }.into());
        }
        i64::try_from(length.as_micros()).map(Self).map_err(|_| TimeFault::DurationTooLong.into())
    }
}

#[cfg(feature = "jiff")]
impl From<BusinessDuration> for jiff::SignedDuration {
    fn from(length: BusinessDuration) -> Self {
        Self::from_micros(length.0)
    }
}
