//! Seasons: dates on which other weeks replace the recurring hours.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::date::{CalendarDate, DATES_IN_YEAR, DateRange, date_in_year, dates_of_year};
use super::fault::CalendarFault;
use super::week::Week;

/// The most seasons that one calendar may have.
pub const MAX_SEASONS: usize = 1_000;

/// Dates on which a week of their own replaces the recurring hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Season {
    /// The name shown when closed time of the season is explained.
    pub name: String,
    /// The local dates. Dated seasons win over yearly ones.
    pub dates: DateRange,
    /// The windows of each day of the week.
    pub week: Week,
}

/// Refuses more seasons than one calendar may have.
pub(crate) fn check_seasons(count: usize) -> Result<(), CalendarFault> {
    let most = MAX_SEASONS;
    if count > most { Err(CalendarFault::TooManySeasons { count, most }) } else { Ok(()) }
}

/// Returns pairs of seasons of one kind that share a date, as their indexes: for each season that has an earlier one
/// like that, itself and that one, in ascending order.
pub(crate) fn overlaps(ranges: &[DateRange]) -> Vec<(usize, usize)> {
    let mut found = BTreeMap::new();
    let mut note = |one: usize, other: usize| {
        found.entry(one.max(other)).or_insert(one.min(other));
    };
    let mut dated: Vec<(NaiveDate, NaiveDate, usize)> = Vec::new();
    let mut taken: Vec<Option<usize>> = vec![None; DATES_IN_YEAR];
    for (index, range) in ranges.iter().enumerate() {
        if let (CalendarDate::On(from), CalendarDate::On(to)) = (range.from, range.to) {
            dated.push((from, to, index));
            continue;
        }
        for (month, day) in dates_of_year().filter(|(month, day)| range.contains_yearly(*month, *day)) {
            match taken.get_mut(date_in_year(month, day)) {
                Some(Some(earlier)) => note(*earlier, index),
                Some(free) => *free = Some(index),
                None => {}
            }
        }
    }
    dated.sort_unstable();
    let mut last: Option<(NaiveDate, usize)> = None;
    for (from, to, index) in dated {
        match last {
            Some((until, earlier)) if from <= until => {
                note(earlier, index);
                if to > until {
                    last = Some((to, index));
                }
            }
            _ => last = Some((to, index)),
        }
    }
    found.into_iter().collect()
}
