//! Why a calendar is closed: outside hours, a lunch break, a weekend, a holiday or a special day by its name.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: instants lie in the horizon, offsets are shorter than two days: sums stay below 2^44 seconds"
)]

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Weekday};

use super::schedule::{date_of, day_number};
use super::week::Window;
use super::{Calendar, HolidayDate, Hours};
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
    /// The name of the holiday or special day.
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
        let edges = windows.iter().map(|window| (window.opens_at, window.closes_at)).chain([(to, to)]);
        for (opens_at, closes_at) in edges {
            while at < opens_at {
                let day = self.local_day(at);
                let end = self.end_of_day(day).min(opens_at).max(at.just_after());
                let (reason, name) = self.reason(day, at);
                match closed.last_mut() {
                    Some(last) if last.to == at && last.reason == reason && last.name == name => last.to = end,
                    _ => closed.push(ClosedTime { from: at, to: end, reason, name }),
                }
                at = end;
            }
            at = closes_at;
        }
        Ok(closed)
    }

    /// Returns the local date of an instant, in days since 1970.
    fn local_day(&self, at: Timestamp) -> i64 {
        let unix_s = at.as_micros().div_euclid(MICROS_PER_SECOND);
        (unix_s + i64::from(self.zone.offset_at(unix_s))).div_euclid(SECONDS_PER_DAY)
    }

    fn end_of_day(&self, day: i64) -> Timestamp {
        let midnight_s = (day + 1) * SECONDS_PER_DAY;
        Timestamp::from_micros(self.zone.cursor().opening_s(midnight_s) * MICROS_PER_SECOND)
    }

    fn reason(&self, day: i64, at: Timestamp) -> (ClosedReason, Option<String>) {
        let Some(date) = date_of(day) else { return (ClosedReason::OutsideHours, None) };
        if let Some(special) = self.rules.special_days.iter().find(|special| special.date == date) {
            return (ClosedReason::SpecialDay, Some(special.name.clone()));
        }
        let falls_on = |holiday: HolidayDate| match holiday {
            HolidayDate::On(on) => on == date,
            HolidayDate::Yearly { month, day } => (month, day) == (date.month(), date.day()),
        };
        if let Some(holiday) = self.rules.holidays.iter().find(|holiday| falls_on(holiday.date)) {
            return (ClosedReason::Holiday, Some(holiday.name.clone()));
        }
        let windows = self.windows_of(date.weekday());
        if windows.is_empty() {
            return (ClosedReason::Weekend, None);
        }
        let local_s = self.local_second(date, at);
        let opened = windows.iter().any(|window| i64::from(window.open_s()) < local_s);
        let opens_again = windows.iter().any(|window| i64::from(window.open_s()) >= local_s);
        (if opened && opens_again { ClosedReason::LunchBreak } else { ClosedReason::OutsideHours }, None)
    }

    fn windows_of(&self, weekday: Weekday) -> &[Window] {
        let Hours::Weekly(week) = &self.rules.hours else { return &[] };
        let index = usize::try_from(weekday.num_days_from_monday()).unwrap_or_default();
        week.days.get(index).map_or(&[], Vec::as_slice)
    }

    fn local_second(&self, date: NaiveDate, at: Timestamp) -> i64 {
        let unix_s = at.as_micros().div_euclid(MICROS_PER_SECOND);
        unix_s + i64::from(self.zone.offset_at(unix_s)) - day_number(date) * SECONDS_PER_DAY
    }
}
