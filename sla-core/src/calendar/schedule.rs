//! The opening windows of each local date, and the merged open intervals they give in UTC.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: days and seconds are those of the horizon or of a date that chrono holds, below 2^44 from 1970"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::date::{CalendarDate, DATES_IN_YEAR, date_in_year, dates_of_year};
use super::holiday::HolidayDate;
use super::hours::Hours;
use super::rules::CalendarRules;
use super::week::{Week, Window};
use super::zone::{HORIZON_END_S, HORIZON_START_S, ZoneTable};
use crate::time::SECONDS_PER_DAY;

/// 1970-01-01 as chrono counts days, from 0001-01-01 as day 1.
const EPOCH_DAY_CE: i32 = 719_163;

/// Which windows open on which local date.
#[derive(Debug)]
pub(crate) struct Schedule {
    zone: Arc<ZoneTable>,
    /// The weeks that take turns, one where none do; each Monday first, each day sorted by opening.
    weeks: Box<[Days]>,
    /// The day, counted from 1970, on which the first of the weeks begins.
    starts: i64,
    /// The weeks of the seasons.
    seasons: Box<[Days]>,
    /// Days, counted from 1970, of each dated season, with its number; sorted, apart from each other.
    dated_seasons: Box<[(i64, i64, usize)]>,
    /// The number of the season that a date of every year lies in, by [`date_in_year`]; empty when none does.
    yearly_seasons: Box<[Option<u16>]>,
    /// Special days, and holidays on one date, as days since 1970 with their windows; sorted.
    exceptions: Box<[(i64, Exception)]>,
    /// Days, counted from 1970, of dated ranges of holidays; sorted, apart from each other.
    closed: Box<[(i64, i64)]>,
    /// Whether a date is a holiday of every year, by [`date_in_year`]; empty when none is.
    yearly: Box<[bool]>,
}

type Days = [Box<[Window]>; 7];

#[derive(Debug)]
enum Exception {
    Holiday,
    Special(Box<[Window]>),
}

/// What decides on the windows of a local date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayKind {
    Special,
    Holiday,
    /// The season with this number.
    Season(usize),
    Recurring,
}

/// Reads the windows of local dates in ascending order.
pub(crate) struct DayCursor<'a> {
    schedule: &'a Schedule,
    exceptions: &'a [(i64, Exception)],
    closed: &'a [(i64, i64)],
    dated_seasons: &'a [(i64, i64, usize)],
}

impl<'a> DayCursor<'a> {
    /// Returns what decides on the windows of a day, counted from 1970, and the windows; days must ascend.
    pub(crate) fn day(&mut self, day: i64) -> (DayKind, &'a [Window]) {
        let schedule = self.schedule;
        while self.exceptions.first().is_some_and(|(date, _)| *date < day) {
            self.exceptions = self.exceptions.get(1..).unwrap_or_default();
        }
        match self.exceptions.first() {
            Some((date, Exception::Special(windows))) if *date == day => return (DayKind::Special, windows),
            Some((date, Exception::Holiday)) if *date == day => return (DayKind::Holiday, &[]),
            _ => {}
        }
        while self.closed.first().is_some_and(|(_, to)| *to < day) {
            self.closed = self.closed.get(1..).unwrap_or_default();
        }
        if self.closed.first().is_some_and(|(from, _)| *from <= day) {
            return (DayKind::Holiday, &[]);
        }
        let has_yearly = !(schedule.yearly.is_empty() && schedule.yearly_seasons.is_empty());
        let in_year = if has_yearly { date_of(day).map(|date| date_in_year(date.month(), date.day())) } else { None };
        if in_year.and_then(|at| schedule.yearly.get(at)).is_some_and(|is_holiday| *is_holiday) {
            return (DayKind::Holiday, &[]);
        }
        while self.dated_seasons.first().is_some_and(|(_, to, _)| *to < day) {
            self.dated_seasons = self.dated_seasons.get(1..).unwrap_or_default();
        }
        let dated = self.dated_seasons.first().filter(|(from, ..)| *from <= day).map(|(.., season)| *season);
        let season = dated.or_else(|| in_year.and_then(|at| schedule.season_of_year(at)));
        // 1970-01-05 was a Monday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
        let (kind, days) = match season {
            Some(season) => (DayKind::Season(season), schedule.seasons.get(season)),
            None => (DayKind::Recurring, schedule.week(day)),
        };
        (kind, days.and_then(|days| days.get(weekday)).map_or(&[], |windows| windows))
    }
}

impl Schedule {
    /// Rules around the clock, or made of other calendars, have no weeks.
    pub(crate) fn new(zone: Arc<ZoneTable>, rules: &CalendarRules) -> Self {
        let mut exceptions = BTreeMap::new();
        let mut closed = Vec::new();
        let mut yearly = Vec::new();
        let mut close = |month, day| {
            yearly.resize(DATES_IN_YEAR, false);
            if let Some(is_holiday) = yearly.get_mut(date_in_year(month, day)) {
                *is_holiday = true;
            }
        };
        for holiday in &rules.holidays {
            match holiday.date {
                HolidayDate::Day(CalendarDate::On(date)) => {
                    exceptions.insert(day_number(date), Exception::Holiday);
                }
                HolidayDate::Day(CalendarDate::Yearly { month, day }) => close(month, day),
                HolidayDate::Range(range) => match (range.from, range.to) {
                    (CalendarDate::On(from), CalendarDate::On(to)) => closed.push((day_number(from), day_number(to))),
                    _ => dates_of_year()
                        .filter(|(month, day)| range.contains_yearly(*month, *day))
                        .for_each(|(month, day)| close(month, day)),
                },
            }
        }
        for special in &rules.special_days {
            exceptions.insert(day_number(special.date), Exception::Special(sorted(&special.windows)));
        }
        let mut dated_seasons = Vec::new();
        let mut yearly_seasons = Vec::new();
        for (season, dates) in rules.seasons.iter().map(|season| season.dates).enumerate() {
            if let (CalendarDate::On(from), CalendarDate::On(to)) = (dates.from, dates.to) {
                dated_seasons.push((day_number(from), day_number(to), season));
                continue;
            }
            yearly_seasons.resize(DATES_IN_YEAR, None);
            for (month, day) in dates_of_year().filter(|(month, day)| dates.contains_yearly(*month, *day)) {
                if let Some(of_date) = yearly_seasons.get_mut(date_in_year(month, day)) {
                    *of_date = u16::try_from(season).ok();
                }
            }
        }
        dated_seasons.sort_unstable();
        Self {
            zone,
            weeks: rules.hours.weeks().iter().map(days).collect(),
            starts: match &rules.hours {
                Hours::Rotation(rotation) => day_number(rotation.starts),
                _ => 0,
            },
            seasons: rules.seasons.iter().map(|season| days(&season.week)).collect(),
            dated_seasons: dated_seasons.into_boxed_slice(),
            yearly_seasons: yearly_seasons.into_boxed_slice(),
            exceptions: exceptions.into_iter().collect(),
            closed: merged(closed).into_boxed_slice(),
            yearly: yearly.into_boxed_slice(),
        }
    }

    /// Returns whether some date of the year has a window on some weekday of some week, after yearly seasons and yearly
    /// holidays.
    ///
    /// Every date of the year, 29 February included, falls on every weekday within the horizon.
    pub(crate) fn has_recurring_opening(&self) -> bool {
        let has_window = |days: &Days| days.iter().any(|windows| !windows.is_empty());
        let recurs = self.weeks.iter().any(has_window);
        let seasons: Vec<bool> = self.seasons.iter().map(has_window).collect();
        dates_of_year().map(|(month, day)| date_in_year(month, day)).any(|at| {
            let is_holiday = self.yearly.get(at).is_some_and(|is_holiday| *is_holiday);
            !is_holiday && self.season_of_year(at).map_or(recurs, |season| seasons.get(season) == Some(&true))
        })
    }

    /// Returns the seasons without which every date would have the same windows, as their numbers in ascending order.
    pub(crate) fn seasons_without_effect(&self) -> Vec<usize> {
        let mut missing: BTreeSet<usize> = (0..self.seasons.len()).collect();
        let mut days = self.days_from(HORIZON_START_S / SECONDS_PER_DAY);
        for day in HORIZON_START_S / SECONDS_PER_DAY..HORIZON_END_S / SECONDS_PER_DAY {
            if missing.is_empty() {
                break;
            }
            let (DayKind::Season(season), windows) = days.day(day) else { continue };
            if !missing.contains(&season) {
                continue;
            }
            let at = date_of(day).map(|date| date_in_year(date.month(), date.day()));
            // Without a dated season a yearly one is next.
            let yearly = at.and_then(|at| self.season_of_year(at)).filter(|yearly| *yearly != season);
            let others = yearly.map_or_else(|| self.week(day), |yearly| self.seasons.get(yearly));
            let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
            if others.and_then(|days| days.get(weekday)).is_none_or(|others| **others != *windows) {
                missing.remove(&season);
            }
        }
        missing.into_iter().collect()
    }

    /// Returns the yearly season of a date, given as [`date_in_year`].
    fn season_of_year(&self, at: usize) -> Option<usize> {
        self.yearly_seasons.get(at).copied().flatten().map(usize::from)
    }

    /// Returns the week that recurs on a day, counted from 1970.
    fn week(&self, day: i64) -> Option<&Days> {
        let count = i64::try_from(self.weeks.len()).unwrap_or(1);
        if count <= 1 {
            return self.weeks.first();
        }
        let turn = (day - self.starts).div_euclid(7).rem_euclid(count);
        self.weeks.get(usize::try_from(turn).unwrap_or_default())
    }

    /// Returns a cursor for days from `first`, counted from 1970, on.
    pub(crate) fn days_from(&self, first: i64) -> DayCursor<'_> {
        let exceptions = self.exceptions.partition_point(|(day, _)| *day < first);
        let closed = self.closed.partition_point(|(_, to)| *to < first);
        let seasons = self.dated_seasons.partition_point(|(_, to, _)| *to < first);
        DayCursor {
            schedule: self,
            exceptions: self.exceptions.get(exceptions..).unwrap_or_default(),
            closed: self.closed.get(closed..).unwrap_or_default(),
            dated_seasons: self.dated_seasons.get(seasons..).unwrap_or_default(),
        }
    }

    /// Calls `open` with each merged open interval `[opens_s, closes_s)` that touches `[from_s, to_s)`, clipped to
    /// it and to the horizon, in ascending order and with a gap between neighbours. All in UTC seconds.
    pub(crate) fn for_each_interval(&self, from_s: i64, to_s: i64, mut open: impl FnMut(i64, i64)) {
        let (from_s, to_s) = (from_s.max(HORIZON_START_S), to_s.min(HORIZON_END_S));
        let mut pending: Option<(i64, i64)> = None;
        // Three days before: a night shift of the day before, and an offset of more than a day either way.
        let first = from_s.div_euclid(SECONDS_PER_DAY) - 3;
        let last = to_s.div_euclid(SECONDS_PER_DAY) + 2;
        let mut cursor = self.zone.cursor_at(first * SECONDS_PER_DAY);
        let mut days = self.days_from(first);
        for day in first..=last {
            let (_, windows) = days.day(day);
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

fn sorted(windows: &[Window]) -> Box<[Window]> {
    let mut windows = windows.to_vec();
    windows.sort_unstable();
    windows.into_boxed_slice()
}

fn days(week: &Week) -> Days {
    std::array::from_fn(|day| week.days.get(day).map(|windows| sorted(windows)).unwrap_or_default())
}

/// Joins ranges of days, both ends included, that share a day.
fn merged(mut ranges: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    ranges.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (from, to) in ranges {
        match merged.last_mut() {
            Some((_, until)) if from <= *until => *until = to.max(*until),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// Returns the days from 1970-01-01 to `date`.
pub(crate) fn day_number(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()) - i64::from(EPOCH_DAY_CE)
}

/// Returns the date `day` days after 1970-01-01.
pub(crate) fn date_of(day: i64) -> Option<NaiveDate> {
    i32::try_from(day).ok()?.checked_add(EPOCH_DAY_CE).and_then(NaiveDate::from_num_days_from_ce_opt)
}
