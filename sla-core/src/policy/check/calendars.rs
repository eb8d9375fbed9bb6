//! Validation of calendars.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Check;
use crate::calendar::{Calendar, CalendarRules, HolidayDate, Hours, MAX_DATES, MAX_WINDOWS_A_DAY, Window, ZoneTable};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::policy::problem::Pointer;
use crate::policy::{MAX_CALENDARS, WEEKDAYS};

impl<'a> Check<'a> {
    /// Returns the calendars that have no problem, compiled.
    pub(super) fn calendars(&mut self) -> BTreeMap<Id, Arc<Calendar>> {
        let place = Pointer::ROOT.key("calendars");
        if self.policy.calendars.len() > MAX_CALENDARS {
            let count = self.policy.calendars.len();
            self.add(
                ErrorCode::LimitExceeded,
                &place,
                || format!("{count} calendars are too many"),
                format!("at most {MAX_CALENDARS} are accepted"),
            );
            return BTreeMap::new();
        }
        let policy = self.policy;
        let compile = |(id, rules): (&Id, _)| Some((id.clone(), self.calendar(rules, &place.key(id.as_str()))?));
        policy.calendars.iter().filter_map(compile).collect()
    }

    pub(super) fn calendar(&mut self, rules: &'a CalendarRules, at: &Pointer<'_>) -> Option<Arc<Calendar>> {
        match &rules.hours {
            Hours::AlwaysOpen => self.always_open(rules, at),
            Hours::Weekly(week) => {
                let weekly = at.key("weekly");
                for (day, windows) in WEEKDAYS.into_iter().zip(&week.days) {
                    self.windows(windows, &weekly.key(day));
                }
            }
        }
        self.holidays(rules, &at.key("holidays"));
        self.special_days(rules, &at.key("special_days"));
        let zone = match self.zone(&rules.time_zone) {
            Ok(zone) => zone,
            Err(fault) => {
                self.problems.push(fault.at(at.key("time_zone").to_string()));
                // The hours can be judged in any zone.
                self.zone("UTC").ok()?
            }
        };
        match Calendar::in_zone(rules.clone(), zone) {
            Ok(calendar) => return Some(Arc::new(calendar)),
            Err(fault) if fault.code() == ErrorCode::CalendarNeverOpens => {
                self.problems.push(fault.at(at.key("weekly").to_string()));
            }
            // Limits and dates are reported above, each at its place.
            Err(_) => {}
        }
        None
    }

    fn zone(&mut self, name: &'a str) -> Result<Arc<ZoneTable>, Error> {
        if let Some(zone) = self.zone_tables.get(name) {
            return Ok(Arc::clone(zone));
        }
        let zone = Arc::new(self.zones.zone(name)?);
        self.zone_tables.insert(name, Arc::clone(&zone));
        Ok(zone)
    }

    /// A calendar around the clock has nothing else: no holiday closes it.
    fn always_open(&mut self, rules: &CalendarRules, at: &Pointer<'_>) {
        let present = [
            ("holidays", !rules.holidays.is_empty()),
            ("special_days", !rules.special_days.is_empty()),
            ("holidays_known_until", rules.holidays_known_until.is_some()),
        ];
        for (field, _) in present.into_iter().filter(|(_, present)| *present) {
            self.add(
                ErrorCode::ConflictingFields,
                &at.key(field),
                || format!("`{field}` has no effect in a calendar that is always open"),
                "leave it out, or write `weekly` with `00:00-24:00` instead of `always_open`",
            );
        }
    }

    fn windows(&mut self, windows: &[Window], at: &Pointer<'_>) {
        if windows.len() > MAX_WINDOWS_A_DAY {
            self.add(
                ErrorCode::LimitExceeded,
                at,
                || format!("{} windows of one day are too many", windows.len()),
                format!("at most {MAX_WINDOWS_A_DAY} are accepted"),
            );
        }
    }

    fn holidays(&mut self, rules: &'a CalendarRules, at: &Pointer<'_>) {
        self.date_limit(rules.holidays.len(), at);
        let mut seen = BTreeSet::new();
        for (index, holiday) in rules.holidays.iter().enumerate() {
            let place = at.index(index);
            self.not_blank("the name of a holiday", &holiday.name, &place.key("name"));
            if let Err(fault) = HolidayDate::parse(&holiday.date.to_string()) {
                self.problems.push(fault.at(place.key("date").to_string()));
            }
            if !seen.insert(holiday.date) {
                self.add(
                    ErrorCode::DuplicateEntry,
                    &place.key("date"),
                    || format!("two holidays fall on `{}`", holiday.date),
                    "list the date once, with both names in one",
                );
            }
        }
    }

    fn special_days(&mut self, rules: &'a CalendarRules, at: &Pointer<'_>) {
        self.date_limit(rules.special_days.len(), at);
        let mut seen = BTreeSet::new();
        for (index, day) in rules.special_days.iter().enumerate() {
            let place = at.index(index);
            self.not_blank("the name of a special day", &day.name, &place.key("name"));
            self.windows(&day.windows, &place.key("windows"));
            if !seen.insert(day.date) {
                self.add(
                    ErrorCode::DuplicateEntry,
                    &place.key("date"),
                    || format!("two special days fall on `{}`", day.date),
                    "list the date once, with all its windows",
                );
            }
        }
    }

    fn date_limit(&mut self, count: usize, at: &Pointer<'_>) {
        if count > MAX_DATES {
            self.add(
                ErrorCode::LimitExceeded,
                at,
                || format!("{count} dates are too many"),
                format!("at most {MAX_DATES} are accepted"),
            );
        }
    }
}
