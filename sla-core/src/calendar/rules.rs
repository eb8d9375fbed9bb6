//! The rules of a calendar, and the limits that they hold.

use chrono::NaiveDate;

use super::date::DateRange;
use super::fault::CalendarFault;
use super::holiday::{Holiday, SpecialDay, check_dates};
use super::hours::Hours;
use super::season::{Season, check_seasons, overlaps};
use super::week::{Window, check_windows};
use super::zone::ZoneName;
use crate::error::Error;

/// The most members of a calendar that is open whenever one of them is.
pub const MAX_MEMBERS: usize = 64;

/// Refuses too few or too many members of one calendar.
pub(crate) fn check_members(count: usize) -> Result<(), CalendarFault> {
    if (2..=MAX_MEMBERS).contains(&count) { Ok(()) } else { Err(CalendarFault::Members { count, most: MAX_MEMBERS }) }
}

/// When support time counts, in local wall time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarRules {
    /// A name of the IANA time-zone database.
    pub time_zone: String,
    /// The recurring hours.
    pub hours: Hours,
    /// Dates on which other weeks replace the recurring hours.
    pub seasons: Vec<Season>,
    /// Dates on which no window opens.
    pub holidays: Vec<Holiday>,
    /// Dates with windows of their own.
    pub special_days: Vec<SpecialDay>,
    /// The last local date up to which the holidays are entered; later answers are provisional.
    pub holidays_known_until: Option<NaiveDate>,
}

impl CalendarRules {
    /// Returns rules without seasons, holidays and special days.
    #[must_use]
    pub fn new<'a>(time_zone: impl Into<ZoneName<'a>>, hours: Hours) -> Self {
        Self {
            time_zone: time_zone.into().into(),
            hours,
            seasons: Vec::new(),
            holidays: Vec::new(),
            special_days: Vec::new(),
            holidays_known_until: None,
        }
    }

    /// Returns all the windows that they state.
    pub(super) fn windows(&self) -> impl Iterator<Item = &Window> {
        let weeks = self.hours.weeks().iter().chain(self.seasons.iter().map(|season| &season.week));
        let days = weeks.flat_map(|week| &week.days).chain(self.special_days.iter().map(|day| &day.windows));
        days.flatten()
    }

    /// Refuses rules above the limits, dates that do not exist, and seasons that overlap.
    pub(super) fn check(&self) -> Result<(), Error> {
        check_seasons(self.seasons.len())?;
        check_dates(self.holidays.len().max(self.special_days.len()))?;
        if let Hours::Rotation(rotation) = &self.hours {
            rotation.check()?;
        }
        let weeks = self.hours.weeks().iter().chain(self.seasons.iter().map(|season| &season.week));
        weeks.flat_map(|week| &week.days).try_for_each(|windows| check_windows(windows))?;
        self.special_days.iter().try_for_each(|day| check_windows(&day.windows))?;
        self.holidays.iter().try_for_each(|holiday| holiday.date.check())?;
        self.seasons.iter().try_for_each(|season| season.dates.check())?;
        let ranges: Vec<DateRange> = self.seasons.iter().map(|season| season.dates).collect();
        if let Some((season, other)) = overlaps(&ranges).first() {
            let name = |at: &usize| self.seasons.get(*at).map(|season| season.name.clone()).unwrap_or_default();
            return Err(CalendarFault::SeasonsOverlap { season: name(season), other: name(other) }.into());
        }
        if let (Hours::AlwaysOpen | Hours::AnyOf(_), Some(field)) = (&self.hours, self.deviations().next()) {
            return Err(CalendarFault::NoEffect { field, hours: self.hours.field() }.into());
        }
        Ok(())
    }

    /// Returns the fields that state deviations from the recurring hours.
    pub(crate) fn deviations(&self) -> impl Iterator<Item = &'static str> {
        [
            ("seasons", !self.seasons.is_empty()),
            ("holidays", !self.holidays.is_empty()),
            ("special_days", !self.special_days.is_empty()),
            ("holidays_known_until", self.holidays_known_until.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, is_stated)| is_stated.then_some(field))
    }
}
