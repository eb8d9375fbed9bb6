//! Business days: targets that end on a later local date, not after a length of open time.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: instants lie in the horizon, local days within two days of it: sums stay below 2^53 microseconds"
)]

use std::fmt;

use super::schedule::{DayCursor, Schedule};
use super::week::{TimeOfDay, Window, time_of_day};
use super::zone::{HORIZON_END_S, ZoneCursor};
use super::{Calendar, CalendarFault, Hours, check_horizon, out_of_horizon};
use crate::error::Error;
use crate::time::{BusinessDuration, DAY_S, MICROS_PER_SECOND, SECONDS_PER_DAY, Timestamp};

/// The most business days of one target.
pub const MAX_BUSINESS_DAYS: u32 = 366;

const HELP_TIME: &str = "write it as `16:00`; `24:00` is the end of the day";
const HELP_DAY_TIME: &str = "write `close`, `same_time` or a time of day such as `16:00`";

/// A local time of day in whole minutes, `24:00` included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    /// At most 86 400, and whole minutes.
    second: u32,
}

impl LocalTime {
    /// Reads `16:00`, up to `24:00`.
    ///
    /// ```
    /// use sla_core::calendar::LocalTime;
    /// assert_eq!(LocalTime::parse("16:00")?.second_of_day(), 16 * 3_600);
    /// assert!(LocalTime::parse("4pm").is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_time` for anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).ok_or_else(|| CalendarFault::InvalidTime { time: text.to_owned(), help: HELP_TIME }.into())
    }

    fn read(text: &str) -> Option<Self> {
        // Five bytes leave no room for seconds.
        let second = if text.len() == 5 { time_of_day(text) } else { None };
        second.map(|second| Self { second })
    }

    /// Returns the seconds from local midnight to it, at most 86 400.
    #[must_use]
    pub const fn second_of_day(self) -> u32 {
        self.second
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TimeOfDay(self.second).fmt(f)
    }
}

/// The local time on the last business day by which a target ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayTime {
    /// At the last close of the day.
    Close,
    /// At the local time at which counting started.
    SameTime,
    /// At a local time.
    At(LocalTime),
}

impl DayTime {
    /// Reads `close`, `same_time` or a time of day such as `16:00`.
    ///
    /// ```
    /// use sla_core::calendar::{DayTime, LocalTime};
    /// assert_eq!(DayTime::parse("close")?, DayTime::Close);
    /// assert_eq!(DayTime::parse("16:00")?, DayTime::At(LocalTime::parse("16:00")?));
    /// assert!(DayTime::parse("noon").is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_time` for anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "close" => Ok(Self::Close),
            "same_time" => Ok(Self::SameTime),
            _ => match LocalTime::read(text) {
                Some(time) => Ok(Self::At(time)),
                None => Err(CalendarFault::InvalidTime { time: text.to_owned(), help: HELP_DAY_TIME }.into()),
            },
        }
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Close => f.write_str("close"),
            Self::SameTime => f.write_str("same_time"),
            Self::At(time) => time.fmt(f),
        }
    }
}

/// A local date on which a window opens.
struct BusinessDay {
    /// Counted from 1970.
    day: i64,
    /// The first opening and the last close, in UTC seconds.
    opens_s: i64,
    closes_s: i64,
}

/// Finds business days in ascending order.
struct BusinessDays<'a> {
    zone: ZoneCursor<'a>,
    /// `None` where every date is one, from 00:00 to 24:00.
    days: Option<DayCursor<'a>>,
    next: i64,
}

impl Iterator for BusinessDays<'_> {
    type Item = BusinessDay;

    /// Returns the next business day, `None` beyond the horizon.
    fn next(&mut self) -> Option<BusinessDay> {
        const WHOLE_DAY: &[(u32, u32)] = &[(0, DAY_S)];
        while self.next <= HORIZON_END_S / SECONDS_PER_DAY + 1 {
            let day = self.next;
            self.next += 1;
            let midnight_s = day * SECONDS_PER_DAY;
            let edges = |window: &Window| (window.open_s(), window.close_after_open_s());
            let windows = self.days.as_mut().map(|days| days.day(day).1);
            if windows.is_some_and(<[_]>::is_empty) || self.is_skipped(midnight_s) {
                continue;
            }
            let own = windows.into_iter().flatten().map(edges);
            let always = if windows.is_none() { WHOLE_DAY } else { &[] }.iter().copied();
            let mut open: Option<(i64, i64)> = None;
            for (open_s, close_s) in own.chain(always) {
                let opens_s = self.zone.opening_s(midnight_s + i64::from(open_s));
                let closes_s = self.zone.closing_s(midnight_s + i64::from(close_s));
                if opens_s < closes_s {
                    let (first, last) = open.unwrap_or((opens_s, closes_s));
                    open = Some((first.min(opens_s), last.max(closes_s)));
                }
            }
            if let Some((opens_s, closes_s)) = open {
                return Some(BusinessDay { day, opens_s, closes_s });
            }
        }
        None
    }
}

impl BusinessDays<'_> {
    /// Returns whether the zone skipped the whole local day that begins at `midnight_s`; moves on to it.
    fn is_skipped(&mut self, midnight_s: i64) -> bool {
        self.zone.plain_offset(midnight_s).is_none()
            && self.zone.opening_s(midnight_s) >= self.zone.opening_s(midnight_s + SECONDS_PER_DAY)
    }
}

impl Calendar {
    /// Returns the open time from `from` to the instant that `days` business days promise.
    ///
    /// A business day is a local date on which a window opens; around the clock, every date. The day of receipt is the
    /// local date of `from` if that is a business day and `from` lies before its last close and before `cut_off`,
    /// otherwise the next business day. Counting starts at `from`, or at the first opening of the day of receipt where
    /// that is later. The promised instant is on the `days`-th business day after the day of receipt (that day for 0):
    /// at its last close, at a local time, or at the local time at which counting started. If no open time lies between
    /// that start and the promised instant, the next business day is taken. `cut_off` and the local times are of the
    /// date in question, and are read as opening edges are.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::calendar::{DayTime, LocalTime};
    /// use sla_core::time::BusinessDuration;
    ///
    /// let engine = engine();
    /// let office = engine.calendar("office")?; // Monday to Friday 09:00 to 17:00 UTC
    /// // By 16:00 on the next business day: Friday 15:00 to Monday 16:00.
    /// let by = DayTime::At(LocalTime::parse("16:00")?);
    /// let target = office.business_days(at("2026-03-06T15:00:00Z"), 1, by, None)?;
    /// assert_eq!(target, BusinessDuration::parse("9h")?);
    /// // Received after 14:00, the message counts from Monday on.
    /// let cut_off = Some(LocalTime::parse("14:00")?);
    /// let target = office.business_days(at("2026-03-06T15:00:00Z"), 1, by, cut_off)?;
    /// assert_eq!(target, BusinessDuration::parse("17h")?);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `conflicting_fields` when the calendar has no business days, which [`Calendar::has_business_days`] says, and
    ///   for 0 days by [`DayTime::SameTime`];
    /// - `out_of_range` above [`MAX_BUSINESS_DAYS`];
    /// - `out_of_horizon` when `from` or the promised instant lies outside the horizon.
    pub fn business_days(
        &self,
        from: Timestamp,
        days: u32,
        by: DayTime,
        cut_off: Option<LocalTime>,
    ) -> Result<BusinessDuration, Error> {
        self.elapsed(from, self.promised_at(from, days, by, cut_off)?)
    }

    /// Returns the instant that business days promise, as [`Calendar::business_days`] defines it.
    pub(crate) fn promised_at(
        &self,
        from: Timestamp,
        days: u32,
        by: DayTime,
        cut_off: Option<LocalTime>,
    ) -> Result<Timestamp, Error> {
        const QUESTION: &str = "business_days";
        self.check_business_days()?;
        check_business_days(days, by)?;
        check_horizon(QUESTION, from)?;
        let today = self.local_day(from);
        let mut business_days = self.days_from(today);
        let mut next = || business_days.next().ok_or_else(|| out_of_horizon(QUESTION, from));
        let mut receipt = next()?;
        let is_received = receipt.day == today
            && from < instant(receipt.closes_s)
            && cut_off.is_none_or(|cut_off| from < self.local_instant(today, cut_off.second, 0));
        if receipt.day == today && !is_received {
            receipt = next()?;
        }
        let counted_from = from.max(instant(receipt.opens_s));
        let local_us = counted_from.as_micros() + self.offset_us(counted_from);
        let of_day_us = local_us.rem_euclid(SECONDS_PER_DAY * MICROS_PER_SECOND);
        let mut last = receipt;
        for _ in 0..days {
            last = next()?;
        }
        loop {
            let promised_at = match by {
                DayTime::Close => instant(last.closes_s),
                DayTime::At(time) => self.local_instant(last.day, time.second, 0),
                DayTime::SameTime => {
                    let second = u32::try_from(of_day_us / MICROS_PER_SECOND).unwrap_or_default();
                    self.local_instant(last.day, second, of_day_us % MICROS_PER_SECOND)
                }
            };
            if promised_at > counted_from && self.elapsed(counted_from, promised_at)? > BusinessDuration::ZERO {
                return Ok(promised_at);
            }
            last = next()?;
        }
    }

    /// Returns whether the calendar has business days: it is not made of others, and no window crosses midnight.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::wire;
    /// assert!(engine().calendar("office")?.has_business_days());
    /// let night = r#"{"time_zone": "UTC", "weekly": {"mon": ["22:00-06:00"]}}"#;
    /// assert!(!wire::policy::calendar::read(night)?.has_business_days());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn has_business_days(&self) -> bool {
        self.check_business_days().is_ok()
    }

    /// Refuses a calendar that has no business days.
    pub(crate) fn check_business_days(&self) -> Result<(), CalendarFault> {
        match (&self.rules.hours, &self.crossing) {
            (Hours::AnyOf(_), _) => Err(CalendarFault::AnyOfHasNoDays),
            (_, Some(window)) => Err(CalendarFault::WindowCrossesMidnight { window: window.to_string() }),
            _ => Ok(()),
        }
    }

    /// Returns the business days from the local day `first` on, counted from 1970.
    fn days_from(&self, first: i64) -> BusinessDays<'_> {
        let schedule = self.own_schedule();
        BusinessDays {
            zone: self.zone.cursor_at(first * SECONDS_PER_DAY),
            days: schedule.map(|schedule| schedule.days_from(first)),
            next: first,
        }
    }

    /// Returns the windows of its own dates; `None` around the clock, or when it is made of others.
    pub(super) fn own_schedule(&self) -> Option<&Schedule> {
        self.table.openings().own().map(AsRef::as_ref)
    }

    /// Returns the instant of a local time on a local day, read as an opening edge.
    fn local_instant(&self, day: i64, second: u32, micros: i64) -> Timestamp {
        let local_s = day * SECONDS_PER_DAY + i64::from(second);
        let at_s = self.zone.first_second(local_s);
        // In a gap every local time moves to the transition, the part of a second with it.
        let is_shown = at_s + i64::from(self.zone.offset_at(at_s)) == local_s;
        Timestamp::from_micros(at_s * MICROS_PER_SECOND + if is_shown { micros } else { 0 })
    }
}

/// Refuses a number of business days that no target may have.
pub(crate) fn check_business_days(days: u32, by: DayTime) -> Result<(), CalendarFault> {
    let most = MAX_BUSINESS_DAYS;
    match (days, by) {
        (0, DayTime::SameTime) => Err(CalendarFault::SameTimeOfNoDay),
        (days, _) if days > most => Err(CalendarFault::TooManyBusinessDays { days, most }),
        _ => Ok(()),
    }
}

fn instant(unix_s: i64) -> Timestamp {
    Timestamp::from_micros(unix_s * MICROS_PER_SECOND)
}
