//! The opening windows of each local date, and the merged open intervals they give in UTC.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::holiday::{Holiday, HolidayDate, SpecialDay};
use super::week::{Week, Window};
use super::zone::{HORIZON_END_S, HORIZON_START_S, ZoneTable};

const DAY_S: i64 = 86_400;
/// 1970-01-01 as chrono counts days, from 0001-01-01 as day 1.
const EPOCH_DAY_CE: i32 = 719_163;

/// Which windows open on which local date.
#[derive(Debug)]
pub(crate) struct Schedule {
    zone: Arc<ZoneTable>,
    /// Monday first; sorted by opening.
    week: [Box<[Window]>; 7],
    /// Dates that differ from their weekday, as days since 1970 with their windows; sorted.
    exceptions: Box<[(i64, Box<[Window]>)]>,
    /// One bit a day of the month, by month from January: holidays of every year.
    yearly: [u32; 12],
}

impl Schedule {
    pub(crate) fn new(zone: Arc<ZoneTable>, week: &Week, holidays: &[Holiday], special_days: &[SpecialDay]) -> Self {
        let sorted = |windows: &[Window]| {
            let mut windows = windows.to_vec();
            windows.sort_unstable();
            windows.into_boxed_slice()
        };
        let mut exceptions = BTreeMap::new();
        let mut yearly = [0_u32; 12];
        for holiday in holidays {
            match holiday.date {
                HolidayDate::On(date) => {
                    exceptions.insert(day_number(date), Box::default());
                }
                HolidayDate::Yearly { month, day } => mark(&mut yearly, month, day),
            }
        }
        for special in special_days {
            exceptions.insert(day_number(special.date), sorted(&special.windows));
        }
        Self {
            zone,
            week: std::array::from_fn(|day| week.days.get(day).map(|windows| sorted(windows)).unwrap_or_default()),
            exceptions: exceptions.into_iter().collect(),
            yearly,
        }
    }

    /// Returns whether some weekday opens on some date that is not a holiday of every year.
    ///
    /// Every date of the year, 29 February included, falls on every weekday within the horizon.
    pub(crate) fn opens_again_and_again(&self) -> bool {
        let opens = self.week.iter().any(|windows| !windows.is_empty());
        let all_closed = (1..=12)
            .zip([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
            .all(|(month, days)| (1..=days).all(|day| is_marked(&self.yearly, month, day)));
        opens && !all_closed
    }

    fn is_yearly_holiday(&self, day: i64) -> bool {
        self.yearly != [0; 12] && date_of(day).is_some_and(|date| is_marked(&self.yearly, date.month(), date.day()))
    }

    /// Calls `open` with each merged open interval `[opens_s, closes_s)` that touches `[from_s, to_s)`, clipped to
    /// it and to the horizon, in ascending order and with a gap between neighbours. All in UTC seconds.
    pub(crate) fn for_each_interval(&self, from_s: i64, to_s: i64, mut open: impl FnMut(i64, i64)) {
        let (from_s, to_s) = (from_s.max(HORIZON_START_S), to_s.min(HORIZON_END_S));
        let mut cursor = self.zone.cursor();
        let mut pending: Option<(i64, i64)> = None;
        // Three days before: a night shift of the day before, and an offset of more than a day either way.
        let first = from_s.div_euclid(DAY_S).saturating_sub(3);
        let last = to_s.div_euclid(DAY_S).saturating_add(2);
        let mut next_exception = self.exceptions.partition_point(|(day, _)| *day < first);
        // 1970-01-01 was a Thursday.
        let mut weekday = usize::try_from(first.saturating_add(3).rem_euclid(7)).unwrap_or_default();
        for day in first..=last {
            let mut windows: &[Window] = self.week.get(weekday).map_or(&[], |windows| windows);
            weekday = if weekday == 6 { 0 } else { weekday.saturating_add(1) };
            match self.exceptions.get(next_exception) {
                Some((date, special)) if *date == day => {
                    next_exception = next_exception.saturating_add(1);
                    windows = special;
                }
                _ if !windows.is_empty() && self.is_yearly_holiday(day) => windows = &[],
                _ => {}
            }
            if windows.is_empty() {
                continue;
            }
            let midnight_s = day.saturating_mul(DAY_S);
            let plain = cursor.plain_offset(midnight_s);
            let skipped =
                plain.is_none() && cursor.opening_s(midnight_s) >= cursor.opening_s(midnight_s.saturating_add(DAY_S));
            if skipped {
                continue;
            }
            for window in windows {
                let opens_local_s = midnight_s.saturating_add(i64::from(window.open_s()));
                let closes_local_s = midnight_s.saturating_add(i64::from(window.close_after_open_s()));
                let (opens_s, closes_s) = match plain {
                    Some(offset_s) => (opens_local_s.saturating_sub(offset_s), closes_local_s.saturating_sub(offset_s)),
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

fn mark(yearly: &mut [u32; 12], month: u32, day: u32) {
    let slot = usize::try_from(month).ok().and_then(|month| month.checked_sub(1)).and_then(|at| yearly.get_mut(at));
    if let (Some(days), Some(bit)) = (slot, 1_u32.checked_shl(day)) {
        *days |= bit;
    }
}

fn is_marked(yearly: &[u32; 12], month: u32, day: u32) -> bool {
    let slot = usize::try_from(month).ok().and_then(|month| month.checked_sub(1)).and_then(|at| yearly.get(at));
    slot.zip(1_u32.checked_shl(day)).is_some_and(|(days, bit)| days & bit != 0)
}

/// Returns the days from 1970-01-01 to `date`.
pub(crate) fn day_number(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()).saturating_sub(i64::from(EPOCH_DAY_CE))
}

/// Returns the date `day` days after 1970-01-01.
pub(crate) fn date_of(day: i64) -> Option<NaiveDate> {
    i32::try_from(day).ok()?.checked_add(EPOCH_DAY_CE).and_then(NaiveDate::from_num_days_from_ce_opt)
}
