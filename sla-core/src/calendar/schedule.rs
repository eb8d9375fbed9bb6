//! The opening windows of each local date, and the merged open intervals they give in UTC.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: days and seconds are those of the horizon or of a date that chrono holds, below 2^44 from 1970"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::holiday::{Holiday, HolidayDate, SpecialDay};
use super::week::{Week, Window};
use super::zone::{HORIZON_END_S, HORIZON_START_S, ZoneTable};
use crate::time::SECONDS_PER_DAY;

/// 1970-01-01 as chrono counts days, from 0001-01-01 as day 1.
const EPOCH_DAY_CE: i32 = 719_163;

/// Room for every month from 1 to 12 and every day from 1 to 31.
const DATES_IN_YEAR: usize = 13 * 32;

/// Returns the index of a date of every year.
fn date_in_year(month: u32, day: u32) -> usize {
    usize::try_from(month.min(12) * 32 + day.min(31)).unwrap_or_default()
}

/// Which windows open on which local date.
#[derive(Debug)]
pub(crate) struct Schedule {
    zone: Arc<ZoneTable>,
    /// Monday first; sorted by opening.
    week: [Box<[Window]>; 7],
    /// Dates that differ from their weekday, as days since 1970 with their windows; sorted.
    exceptions: Box<[(i64, Box<[Window]>)]>,
    /// Whether a date is a holiday of every year, by [`date_in_year`]; empty when none is.
    yearly: Box<[bool]>,
}

impl Schedule {
    pub(crate) fn new(zone: Arc<ZoneTable>, week: &Week, holidays: &[Holiday], special_days: &[SpecialDay]) -> Self {
        let sorted = |windows: &[Window]| {
            let mut windows = windows.to_vec();
            windows.sort_unstable();
            windows.into_boxed_slice()
        };
        let mut exceptions = BTreeMap::new();
        let mut yearly = Vec::new();
        for holiday in holidays {
            match holiday.date {
                HolidayDate::On(date) => {
                    exceptions.insert(day_number(date), Box::default());
                }
                HolidayDate::Yearly { month, day } => {
                    yearly.resize(DATES_IN_YEAR, false);
                    if let Some(is_holiday) = yearly.get_mut(date_in_year(month, day)) {
                        *is_holiday = true;
                    }
                }
            }
        }
        for special in special_days {
            exceptions.insert(day_number(special.date), sorted(&special.windows));
        }
        Self {
            zone,
            week: std::array::from_fn(|day| week.days.get(day).map(|windows| sorted(windows)).unwrap_or_default()),
            exceptions: exceptions.into_iter().collect(),
            yearly: yearly.into_boxed_slice(),
        }
    }

    /// Returns whether some weekday opens on some date that is not a holiday of every year.
    ///
    /// Every date of the year, 29 February included, falls on every weekday within the horizon.
    pub(crate) fn has_recurring_opening(&self) -> bool {
        let opens = self.week.iter().any(|windows| !windows.is_empty());
        let all_closed = (1..=12)
            .zip([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
            .all(|(month, days)| (1..=days).all(|day| self.is_yearly_holiday(month, day)));
        opens && !all_closed
    }

    fn is_yearly_holiday(&self, month: u32, day: u32) -> bool {
        self.yearly.get(date_in_year(month, day)).is_some_and(|is_holiday| *is_holiday)
    }

    /// Returns whether a day, counted from 1970, is a holiday of every year.
    fn falls_on_yearly_holiday(&self, day: i64) -> bool {
        !self.yearly.is_empty() && date_of(day).is_some_and(|date| self.is_yearly_holiday(date.month(), date.day()))
    }

    /// Calls `open` with each merged open interval `[opens_s, closes_s)` that touches `[from_s, to_s)`, clipped to
    /// it and to the horizon, in ascending order and with a gap between neighbours. All in UTC seconds.
    pub(crate) fn for_each_interval(&self, from_s: i64, to_s: i64, mut open: impl FnMut(i64, i64)) {
        let (from_s, to_s) = (from_s.max(HORIZON_START_S), to_s.min(HORIZON_END_S));
        let mut cursor = self.zone.cursor();
        let mut pending: Option<(i64, i64)> = None;
        // Three days before: a night shift of the day before, and an offset of more than a day either way.
        let first = from_s.div_euclid(SECONDS_PER_DAY) - 3;
        let last = to_s.div_euclid(SECONDS_PER_DAY) + 2;
        let mut next_exception = self.exceptions.partition_point(|(day, _)| *day < first);
        // 1970-01-01 was a Thursday.
        let mut weekday = usize::try_from((first + 3).rem_euclid(7)).unwrap_or_default();
        for day in first..=last {
            let mut windows: &[Window] = self.week.get(weekday).map_or(&[], |windows| windows);
            weekday = if weekday == 6 { 0 } else { weekday + 1 };
            match self.exceptions.get(next_exception) {
                Some((date, special)) if *date == day => {
                    next_exception += 1;
                    windows = special;
                }
                _ if !windows.is_empty() && self.falls_on_yearly_holiday(day) => windows = &[],
                _ => {}
            }
            if windows.is_empty() {
                continue;
            }
            let midnight_s = day * SECONDS_PER_DAY;
            let plain = cursor.plain_offset(midnight_s);
            let skipped =
                plain.is_none() && cursor.opening_s(midnight_s) >= cursor.opening_s(midnight_s + SECONDS_PER_DAY);
            if skipped {
                continue;
            }
            for window in windows {
                let opens_local_s = midnight_s + i64::from(window.open_s());
                let closes_local_s = midnight_s + i64::from(window.close_after_open_s());
                let (opens_s, closes_s) = match plain {
                    Some(offset_s) => (opens_local_s - offset_s, closes_local_s - offset_s),
                    None => (cursor.opening_s(opens_local_s), cursor.closing_s(closes_local_s)),
                };
                let (opens_s, closes_s) = (opens_s.max(from_s), closes_s.min(to_s));
                if opens_s >= closes_s {
                    continue;
                }
                match &mut pending {
                    Some((_, pending_close_s)) if opens_s <= *pending_close_s => {
                        *pending_close_s = closes_s.max(*pending_close_s);
                    }
                    _ => {
                        if let Some((opens_s, closes_s)) = pending.replace((opens_s, closes_s)) {
                            open(opens_s, closes_s);
                        }
                    }
                }
            }
        }
        if let Some((opens_s, closes_s)) = pending {
            open(opens_s, closes_s);
        }
    }
}

/// Returns the days from 1970-01-01 to `date`.
pub(crate) fn day_number(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()) - i64::from(EPOCH_DAY_CE)
}

/// Returns the date `day` days after 1970-01-01.
pub(crate) fn date_of(day: i64) -> Option<NaiveDate> {
    i32::try_from(day).ok()?.checked_add(EPOCH_DAY_CE).and_then(NaiveDate::from_num_days_from_ce_opt)
}
