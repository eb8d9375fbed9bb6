//! Instants, business durations and shares of a target: whole numbers, checked, never floating point.

mod convert;

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorCode, Fault};
use crate::serde_text::serde_as_text;

pub(crate) const MICROS_PER_SECOND: i64 = 1_000_000;
/// The seconds of a day without a change of the clocks.
pub(crate) const DAY_S: u32 = 86_400;
#[expect(clippy::as_conversions, reason = "`i64::from` is not const; the conversion loses nothing")]
pub(crate) const SECONDS_PER_DAY: i64 = DAY_S as i64;
const SECONDS_PER_MINUTE: i64 = 60;
const SECONDS_PER_HOUR: i64 = 3_600;

#[derive(Debug, Clone, thiserror::Error)]
enum TimeFault {
    #[error("`{text}` is not an instant")]
    NotAnInstant { text: String },
    #[error("{instant} does not fit a calendar date")]
    BeyondDates { instant: Timestamp },
    #[error("an instant lies more than 292,000 years from 1970")]
    InstantTooFar,
    #[error("a business duration of {length} is negative")]
    NegativeDuration { length: String },
    #[error("a business duration is longer than 292,000 years")]
    DurationTooLong,
    #[error("`{text}` is not a business duration: {why}")]
    NotADuration { text: String, why: &'static str },
    #[error("`{text}` is not a share of a target")]
    NotAShare { text: String },
}

impl Fault for TimeFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::NotAnInstant { .. } | Self::BeyondDates { .. } | Self::InstantTooFar => ErrorCode::InvalidTimestamp,
            Self::NegativeDuration { .. } | Self::DurationTooLong | Self::NotADuration { .. } => {
                ErrorCode::InvalidDuration
            }
            Self::NotAShare { .. } => ErrorCode::InvalidShare,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NotAnInstant { .. } => {
                "write it as `2026-03-02T15:30:00Z` or with an offset, at most six decimals of a second"
            }
            Self::NotADuration { .. } => "write hours, minutes and seconds, for example `1h30m` or `PT1H30M`",
            Self::NotAShare { .. } => "write a percent string with at most four decimals, for example `80%`",
            Self::BeyondDates { .. } | Self::InstantTooFar | Self::NegativeDuration { .. } | Self::DurationTooLong => {
                ""
            }
        })
    }
}

/// An instant: whole microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z, where the horizon of calendars begins.
    pub const EPOCH: Self = Self(0);

    /// Returns the instant `micros` microseconds after 1970-01-01T00:00:00Z; negative values lie before it.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns the microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the microseconds of wall time since `earlier`; negative when that lies later.
    ///
    /// Exact between all instants of documents (years 0000 to 9999) and of the horizon. Instants more than 292,000 years
    /// apart, which only [`Timestamp::from_micros`] makes, give the nearest `i64`.
    ///
    /// ```
    /// use sla_core::time::Timestamp;
    /// let [nine, ten] = ["2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"].map(|text| Timestamp::parse(text).unwrap());
    /// assert_eq!(ten.micros_since(nine), 3_600_000_000);
    /// ```
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the instant one microsecond later: the first one past this one. The last instant is its own.
    #[must_use]
    pub const fn just_after(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Returns the instant one microsecond earlier. The first instant is its own.
    #[must_use]
    pub const fn just_before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Reads an instant written as RFC 3339, for example `2026-03-02T15:30:00+07:00`.
    ///
    /// ```
    /// use sla_core::time::Timestamp;
    /// let at = Timestamp::parse("2026-03-02T15:30:00+07:00").unwrap();
    /// assert_eq!(at.to_string(), "2026-03-02T08:30:00Z");
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_timestamp` when the text is not RFC 3339, carries no offset, names a leap second,
    /// or has a fraction finer than a microsecond.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if let Some(at) = Self::parse_utc(text) {
            return Ok(at);
        }
        let refuse = || TimeFault::NotAnInstant { text: text.to_owned() };
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|_| refuse())?;
        let nanos = parsed.timestamp_subsec_nanos();
        if nanos % 1_000 != 0 || nanos >= 1_000_000_000 {
            return Err(refuse().into());
        }
        // With an offset, the first and the last years reach instants that UTC cannot write with four digits.
        let micros = parsed.timestamp_micros();
        if !WRITTEN_US.contains(&micros) {
            return Err(refuse().into());
        }
        Ok(Self(micros))
    }

    /// Reads an instant in UTC without decimals, as documents mostly write it; `None` for any other text.
    fn parse_utc(text: &str) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] =
            text.as_bytes()
        else {
            return None;
        };
        let digit = |byte: u8| char::from(byte).to_digit(10);
        // INVARIANT: digits, so that nothing wraps.
        let two = |tens, ones| Some(digit(tens)?.wrapping_mul(10).wrapping_add(digit(ones)?));
        let year = two(y1, y2)?.wrapping_mul(100).wrapping_add(two(y3, y4)?);
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two(m1, m2)?, two(d1, d2)?)?;
        let utc = date.and_hms_opt(two(h1, h2)?, two(n1, n2)?, two(s1, s2)?)?.and_utc();
        Some(Self(utc.timestamp_micros()))
    }
}

/// The instants of the years 0000 to 9999 in UTC, in microseconds since 1970.
const WRITTEN_US: std::ops::Range<i64> = -62_167_219_200_000_000..253_402_300_800_000_000;

impl fmt::Display for Timestamp {
    /// Writes RFC 3339 in UTC with no more decimals than needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(utc) => f.write_str(&utc.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(f, "{} us since 1970", self.0),
        }
    }
}

serde_as_text!(Timestamp, Timestamp::parse);

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "title": "Timestamp",
            "description": "An instant in RFC 3339 with at most six decimals of a second; written in UTC with `Z`, read \
                            with any offset.",
        })
    }
}

/// A length of open time in a calendar: whole microseconds, never negative. Serde writes the microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct BusinessDuration(i64);

impl BusinessDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// The shortest time.
    pub(crate) const MICROSECOND: Self = Self(1);

    /// Returns a duration of `micros` microseconds.
    ///
    /// ```
    /// use sla_core::time::BusinessDuration;
    /// assert_eq!(BusinessDuration::from_micros(1_500_000)?.to_string(), "1.5s");
    /// assert!(BusinessDuration::from_micros(-1).is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_duration` when `micros` is negative.
    pub fn from_micros(micros: i64) -> Result<Self, Error> {
        if micros < 0 {
            return Err(TimeFault::NegativeDuration { length: format!("{micros} microseconds") }.into());
        }
        Ok(Self(micros))
    }

    /// Returns a duration of `seconds` seconds.
    #[must_use]
    pub fn from_secs(seconds: u32) -> Self {
        // INVARIANT: 2^32 seconds are less than 2^52 microseconds.
        Self(i64::from(seconds).saturating_mul(MICROS_PER_SECOND))
    }

    /// Returns the length in microseconds.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns whether it is no time at all.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// Returns the sum; `None` when it does not fit.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    /// Returns the difference, or zero when `other` is longer: what remains of a length is never negative.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        // INVARIANT: both are at least zero, so the difference fits.
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// Reads a duration in the short form (`4h`, `1h30m`, `90s`) or as ISO 8601 (`PT4H`, `PT1H30M`).
    ///
    /// Units go from large to small, each at most once. The seconds may have up to six decimals.
    ///
    /// ```
    /// use sla_core::time::BusinessDuration;
    /// assert_eq!(BusinessDuration::parse("1h30m").unwrap(), BusinessDuration::parse("PT90M").unwrap());
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_duration` for anything else. A `d` is refused, because a day of business time is ambiguous.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |why: &'static str| TimeFault::NotADuration { text: text.to_owned(), why };
        let (body, units) = match text.strip_prefix("PT") {
            Some(body) => (body, ['H', 'M', 'S']),
            None => (text, ['h', 'm', 's']),
        };
        if text.contains(['d', 'D']) {
            return Err(refuse("a day of business time is ambiguous").into());
        }
        let mut rest = body;
        let mut total: i64 = 0;
        let mut read_any = false;
        for (unit, seconds) in units.into_iter().zip([SECONDS_PER_HOUR, SECONDS_PER_MINUTE, 1]) {
            let Some((number, tail)) = rest.split_once(unit) else { continue };
            let micros = decimal_micros(number, seconds).ok_or_else(|| refuse("a number is missing or too large"))?;
            total = total.checked_add(micros).ok_or_else(|| refuse("it is too long"))?;
            rest = tail;
            read_any = true;
        }
        if !rest.is_empty() || !read_any {
            return Err(refuse("the units are hours, minutes and seconds, in this order").into());
        }
        Ok(Self(total))
    }
}

impl<'de> Deserialize<'de> for BusinessDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = BusinessDuration;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of microseconds")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<BusinessDuration, D::Error> {
                BusinessDuration::from_micros(i64::deserialize(inner)?).map_err(serde::de::Error::custom)
            }
        }
        // A deserializer that knows the name reports the error of `from_micros` as it is.
        deserializer.deserialize_newtype_struct("BusinessDuration", Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for BusinessDuration {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BusinessDuration".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "title": "Business duration",
            "description": "A length of open time in a calendar, in whole microseconds.",
            "minimum": 0,
            "maximum": i64::MAX,
        })
    }
}

/// Reads `number` of a unit of `seconds` seconds; decimals only where the unit is the second.
fn decimal_micros(number: &str, seconds: i64) -> Option<i64> {
    let (whole, decimals) = match number.split_once('.') {
        Some((whole, decimals)) if seconds == 1 && !decimals.is_empty() => (whole, decimals),
        Some(_) => return None,
        None => (number, ""),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) || decimals.len() > 6 {
        return None;
    }
    let micros: i64 = if decimals.is_empty() { 0 } else { format!("{decimals:0<6}").parse().ok()? };
    whole.parse::<i64>().ok()?.checked_mul(seconds)?.checked_mul(MICROS_PER_SECOND)?.checked_add(micros)
}

impl fmt::Display for BusinessDuration {
    /// Writes the short form, for example `1h30m`; zero is `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.div_euclid(MICROS_PER_SECOND);
        let micros = self.0.rem_euclid(MICROS_PER_SECOND);
        let (hours, minutes) = (seconds / SECONDS_PER_HOUR, seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE);
        let seconds = seconds % SECONDS_PER_MINUTE;
        if hours != 0 {
            write!(f, "{hours}h")?;
        }
        if minutes != 0 {
            write!(f, "{minutes}m")?;
        }
        if micros != 0 {
            let decimals = format!("{micros:06}");
            write!(f, "{seconds}.{}s", decimals.trim_end_matches('0'))?;
        } else if seconds != 0 || (hours == 0 && minutes == 0) {
            write!(f, "{seconds}s")?;
        }
        Ok(())
    }
}

/// A share of a target in millionths: `800_000` is 80 %. Above 100 % means after due. Serde writes the millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Share(u32);

impl Share {
    /// The whole target.
    pub const WHOLE: Self = Self(1_000_000);

    /// Returns a share of `millionths` millionths.
    #[must_use]
    pub const fn from_millionths(millionths: u32) -> Self {
        Self(millionths)
    }

    /// Returns the share in millionths.
    #[must_use]
    pub const fn as_millionths(self) -> u32 {
        self.0
    }

    /// Reads a percent string with at most four decimals, for example `80%` or `99.95%`.
    ///
    /// ```
    /// use sla_core::time::Share;
    /// assert_eq!(Share::parse("99.95%")?.as_millionths(), 999_500);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_share` for anything else, and above 429 496 %.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = || TimeFault::NotAShare { text: text.to_owned() };
        let number = text.strip_suffix('%').ok_or_else(refuse)?;
        let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        if decimals > 4 {
            return Err(refuse().into());
        }
        // One percent is 10 000 millionths, one second 1 000 000 microseconds: read as seconds, divide by 100.
        let micros = decimal_micros(number, 1).ok_or_else(refuse)?;
        Ok(Self(u32::try_from(micros / 100).map_err(|_| refuse())?))
    }

    /// Returns this share of `target`, rounded down to the microsecond; `None` when it does not fit.
    ///
    /// ```
    /// use sla_core::time::{BusinessDuration, Share};
    /// let target = BusinessDuration::parse("4h")?;
    /// assert_eq!(Share::parse("80%")?.of(target), Some(BusinessDuration::parse("3h12m")?));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn of(self, target: BusinessDuration) -> Option<BusinessDuration> {
        // A target below 106 days of open time, as most are, needs no 128 bits; both are at least zero.
        if let Some(product) = target.0.checked_mul(i64::from(self.0)) {
            return product.checked_div(1_000_000).map(BusinessDuration);
        }
        let product = i128::from(target.0).checked_mul(i128::from(self.0))?;
        i64::try_from(product.div_euclid(1_000_000)).ok().map(BusinessDuration)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:04}", self.0 % 10_000);
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{}%", self.0 / 10_000),
            decimals => write!(f, "{}.{decimals}%", self.0 / 10_000),
        }
    }
}

/// Writes an instant in microseconds.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
pub(crate) fn us<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    at.as_micros().serialize(serializer)
}

/// Writes an instant in microseconds, or null.
#[expect(clippy::ref_option, reason = "the signature is serde's")]
pub(crate) fn maybe_us<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(Timestamp::as_micros).serialize(serializer)
}
