//! Validation of calendars.

use std::collections::BTreeSet;

use super::Check;
use crate::calendar::{
    Calendar, CalendarRules, HolidayDate, Hours, MAX_DATES, MAX_WINDOWS_A_DAY, Window, ZoneDatabase,
};
use crate::error::ErrorCode;
use crate::policy::problem::Pointer;
use crate::policy::{MAX_CALENDARS, WEEKDAYS};

impl<'a> Check<'a> {
    pub(super) fn calendars(&mut self, zones: &ZoneDatabase) {
        let place = Pointer::ROOT.key("calendars");
        if self.policy.calendars.len() > MAX_CALENDARS {
            let count = self.policy.calendars.len();
            self.add(
                ErrorCode::LimitExceeded,
                &place,
                || format!("{count} calendars are too many"),
                format!("at most {MAX_CALENDARS} are accepted"),
            );
            return;
        }
        for (id, rules) in &self.policy.calendars {
            self.calendar(rules, zones, &place.key(id.as_str()));
        }
    }

    pub(super) fn calendar(&mut self, rules: &'a CalendarRules, zones: &ZoneDatabase, at: &Pointer<'_>) {
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
        let compiled = match Calendar::compile(rules, zones) {
            Err(fault) if matches!(fault.code(), ErrorCode::UnknownTimeZone | ErrorCode::InvalidTimeZoneData) => {
                self.problems.push(fault.at(at.key("time_zone").to_string()));
                // The hours can be judged in any zone.
                Calendar::compile(&CalendarRules { time_zone: "UTC".to_owned(), ..rules.clone() }, zones)
            }
            compiled => compiled,
        };
        match compiled.map_err(|fault| (fault.code(), fault)) {
            Err((ErrorCode::CalendarNeverOpens, fault)) => {
                self.problems.push(fault.at(at.key("weekly").to_string()));
            }
            // Limits and dates are reported above, each at its place.
            Ok(_) | Err((ErrorCode::LimitExceeded | ErrorCode::InvalidDate, _)) => {}
            Err((_, fault)) => self.problems.push(fault.at(at.to_string())),
        }
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
