//! Why a calendar is closed: outside hours, a lunch break or a weekend, of a season by its name; a holiday or a special
//! day by its name.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: instants lie in the horizon, offsets are shorter than two days: sums stay below 2^44 seconds"
)]

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use super::schedule::{DayCursor, DayKind, date_of};
use super::{Calendar, CalendarDate, DateRange, HolidayDate};
use crate::error::Error;
use crate::string_enum::string_enum;
use crate::time::{MICROS_PER_SECOND, SECONDS_PER_DAY, Timestamp};

string_enum! {
    /// Why a calendar is closed.
    ClosedReason {
        /// Before the first window of a day or after its last one.
        OutsideHours => "outside_hours",
        /// Between two windows of one day.
        LunchBreak => "lunch_break",
        /// A day of the week without windows.
        Weekend => "weekend",
        /// A holiday.
        Holiday => "holiday",
        /// A special day, outside the windows that it has instead.
        SpecialDay => "special_day",
    }
}

/// A stretch of closed time with one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedTime {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends, exclusive.
    pub to: Timestamp,
    /// Why it is closed.
    pub reason: ClosedReason,
    /// The name of the holiday or special day, otherwise of the season.
    pub name: Option<String>,
}

impl Calendar {
    /// Returns the local time of an instant.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap();
    /// assert_eq!(office.local(at("2026-03-02T10:00:00Z")).to_string(), "2026-03-02 10:00:00 +00:00");
    /// ```
    #[must_use]
    pub fn local(&self, at: Timestamp) -> DateTime<FixedOffset> {
        let utc = DateTime::from_timestamp_micros(at.as_micros()).unwrap_or_default();
        match FixedOffset::east_opt(self.zone.offset_at(at.as_micros().div_euclid(MICROS_PER_SECOND))) {
            Some(offset) => utc.with_timezone(&offset),
            None => utc.fixed_offset(),
        }
    }

    /// Returns the closed time in `[from, to)`, in ascending order, cut where the reason changes. With the open
    /// [`windows`](Self::windows) it covers the whole of it.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::calendar::ClosedReason;
    ///
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap();
    /// let closed = office.closed(at("2026-03-06T16:00:00Z"), at("2026-03-09T10:00:00Z"))?;
    /// let reasons: Vec<ClosedReason> = closed.iter().map(|closed| closed.reason).collect();
    /// assert_eq!(reasons, [ClosedReason::OutsideHours, ClosedReason::Weekend, ClosedReason::OutsideHours]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Calendar::windows`].
    pub fn closed(&self, from: Timestamp, to: Timestamp) -> Result<Vec<ClosedTime>, Error> {
        let mut closed: Vec<ClosedTime> = Vec::new();
        let mut at = from;
        let windows = self.windows(from, to)?;
        let mut reasons = Reasons::new(self, self.local_day(from));
        let edges = windows.iter().map(|window| (window.opens_at, window.closes_at)).chain([(to, to)]);
        for (opens_at, closes_at) in edges {
            while at < opens_at {
                let day = self.local_day(at);
                let end = self.end_of_day(day).min(opens_at).max(at.just_after());
                let (reason, name) =
                    reasons.as_mut().map_or((ClosedReason::OutsideHours, None), |reasons| reasons.reason(day, at));
                match closed.last_mut() {
                    Some(last) if last.to == at && last.reason == reason && last.name.as_deref() == name => {
                        last.to = end;
                    }
                    _ => closed.push(ClosedTime { from: at, to: end, reason, name: name.map(str::to_owned) }),
                }
                at = end;
            }
            at = closes_at;
        }
        Ok(closed)
    }

    /// Returns the local date of an instant, in days since 1970.
    pub(super) fn local_day(&self, at: Timestamp) -> i64 {
        (at.as_micros() + self.offset_us(at)).div_euclid(SECONDS_PER_DAY * MICROS_PER_SECOND)
    }

    /// Returns local time minus UTC at an instant, in microseconds.
    pub(super) fn offset_us(&self, at: Timestamp) -> i64 {
        i64::from(self.zone.offset_at(at.as_micros().div_euclid(MICROS_PER_SECOND))) * MICROS_PER_SECOND
    }

    fn end_of_day(&self, day: i64) -> Timestamp {
        Timestamp::from_micros(self.zone.first_second((day + 1) * SECONDS_PER_DAY) * MICROS_PER_SECOND)
    }

    fn local_second(&self, day: i64, at: Timestamp) -> i64 {
        (at.as_micros() + self.offset_us(at)).div_euclid(MICROS_PER_SECOND) - day * SECONDS_PER_DAY
    }
}

/// Names the reasons of closed time on local days in ascending order.
struct Reasons<'a> {
    calendar: &'a Calendar,
    days: DayCursor<'a>,
    /// The names of dates; of several on one date the least one.
    dates: BTreeMap<NaiveDate, &'a str>,
    /// The names of dates of every year, as month and day.
    yearly: BTreeMap<(u32, u32), &'a str>,
    /// Dated ranges that a day has not reached yet, the latest first.
    ranges_ahead: Vec<(NaiveDate, NaiveDate, &'a str)>,
    /// Dated ranges that have begun, the least name on top.
    ranges: BinaryHeap<Reverse<(&'a str, NaiveDate)>>,
    /// Yearly ranges, by name.
    yearly_ranges: Vec<(&'a str, DateRange)>,
    special_days: BTreeMap<NaiveDate, &'a str>,
}

impl<'a> Reasons<'a> {
    /// `None` for a calendar without dates of its own.
    fn new(calendar: &'a Calendar, first_day: i64) -> Option<Self> {
        let days = calendar.own_schedule()?.days_from(first_day);
        let rules = &calendar.rules;
        let special_days = rules.special_days.iter().map(|special| (special.date, special.name.as_str())).collect();
        let mut reasons = Self {
            calendar,
            days,
            dates: BTreeMap::new(),
            yearly: BTreeMap::new(),
            ranges_ahead: Vec::new(),
            ranges: BinaryHeap::new(),
            yearly_ranges: Vec::new(),
            special_days,
        };
        for holiday in &rules.holidays {
            let name = holiday.name.as_str();
            match holiday.date {
                HolidayDate::Day(CalendarDate::On(date)) => least(&mut reasons.dates, date, name),
                HolidayDate::Day(CalendarDate::Yearly { month, day }) => least(&mut reasons.yearly, (month, day), name),
                HolidayDate::Range(range) => match (range.from, range.to) {
                    (CalendarDate::On(from), CalendarDate::On(to)) => reasons.ranges_ahead.push((from, to, name)),
                    _ => reasons.yearly_ranges.push((name, range)),
                },
            }
        }
        reasons.ranges_ahead.sort_unstable_by(|one, other| other.cmp(one));
        reasons.yearly_ranges.sort_unstable();
        Some(reasons)
    }

    /// Returns why the calendar is closed at an instant of a local day; days must ascend.
    fn reason(&mut self, day: i64, at: Timestamp) -> (ClosedReason, Option<&'a str>) {
        let (kind, windows) = self.days.day(day);
        let date = date_of(day);
        match kind {
            DayKind::Special => {
                let name = date.and_then(|date| self.special_days.get(&date).copied());
                return (ClosedReason::SpecialDay, name);
            }
            DayKind::Holiday => return (ClosedReason::Holiday, date.and_then(|date| self.holiday(date))),
            DayKind::Season(_) | DayKind::Recurring => {}
        }
        let season = match kind {
            DayKind::Season(season) => self.calendar.rules.seasons.get(season),
            _ => None,
        };
        let name = season.map(|season| season.name.as_str());
        if windows.is_empty() {
            return (ClosedReason::Weekend, name);
        }
        let local_s = self.calendar.local_second(day, at);
        let opened = windows.iter().any(|window| i64::from(window.open_s()) < local_s);
        let opens_again = windows.iter().any(|window| i64::from(window.open_s()) >= local_s);
        (if opened && opens_again { ClosedReason::LunchBreak } else { ClosedReason::OutsideHours }, name)
    }

    /// Returns the name of the holiday on a date: of, in this order, date, dated range, yearly date, yearly range.
    fn holiday(&mut self, date: NaiveDate) -> Option<&'a str> {
        while let Some((_, to, name)) = self.ranges_ahead.last().copied().filter(|(from, ..)| *from <= date) {
            self.ranges_ahead.pop();
            self.ranges.push(Reverse((name, to)));
        }
        while self.ranges.peek().is_some_and(|Reverse((_, to))| *to < date) {
            self.ranges.pop();
        }
        let (month, day) = (date.month(), date.day());
        self.dates
            .get(&date)
            .copied()
            .or_else(|| self.ranges.peek().map(|Reverse((name, _))| *name))
            .or_else(|| self.yearly.get(&(month, day)).copied())
            .or_else(|| {
                let range = self.yearly_ranges.iter().find(|(_, range)| range.contains_yearly(month, day));
                range.map(|(name, _)| *name)
            })
    }
}

/// Keeps the name with the least bytes of each date.
fn least<'a, D: Ord>(names: &mut BTreeMap<D, &'a str>, date: D, name: &'a str) {
    names.entry(date).and_modify(|known| *known = name.min(known)).or_insert(name);
}
