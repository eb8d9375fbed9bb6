//! Calendars: their rules, and their tables.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Check, Ids};
use crate::calendar::{
    Calendar, CalendarRules, Holiday, Hours, SpecialDay, Week, Window, ZoneTable, check_dates, check_windows,
};
use crate::error::Error;
use crate::id::Id;
use crate::policy::document::{CalendarObject, HolidayObject, SpecialDayObject, WeekObject};
use crate::policy::fault::PolicyFault;
use crate::policy::problem::Pointer;
use crate::policy::rules::{MAX_CALENDARS, WEEKDAYS};
use crate::policy::slot::{List, Slot, Table, Text};

impl Check<'_> {
    /// Returns the calendars without problems, compiled.
    pub(super) fn calendars(
        &mut self,
        slot: Slot<Table<CalendarObject>>,
        at: &Pointer<'_>,
    ) -> BTreeMap<Id, Arc<Calendar>> {
        let Some(table) = self.required(slot, at) else {
            self.calendars.is_partial = true;
            return BTreeMap::new();
        };
        let ids: BTreeSet<Id> = table.keys().filter_map(|key| Id::new(key.as_str()).ok()).collect();
        self.calendars = Ids { is_partial: ids.len() < table.len(), ids };
        if table.len() > MAX_CALENDARS {
            self.note(at, PolicyFault::TooManyCalendars { count: table.len() });
            return BTreeMap::new();
        }
        self.table(Slot::Is(table), at, |check, _, slot, at| check.calendar(slot, at))
    }

    pub(super) fn calendar(&mut self, slot: Slot<CalendarObject>, at: &Pointer<'_>) -> Option<Arc<Calendar>> {
        let calendar = self.object(slot, at)?;
        let always_open = self.given(calendar.always_open, &at.key("always_open")) == Some(true);
        let weekly = at.key("weekly");
        let (hours, hours_are_readable) = self.is_readable(|check| check.hours(always_open, calendar.weekly, &weekly));
        let time_zone = self.required(calendar.time_zone, &at.key("time_zone"));
        let place = at.key("holidays");
        let (holidays, holidays_are_readable) = self.is_readable(|check| check.holidays(calendar.holidays, &place));
        let place = at.key("special_days");
        let (special_days, days_are_readable) =
            self.is_readable(|check| check.special_days(calendar.special_days, &place));
        let holidays_known_until = self.text(calendar.holidays_known_until, &at.key("holidays_known_until"));
        if always_open {
            // No holiday closes it.
            for (field, has_effect) in [
                ("holidays", holidays_are_readable && !holidays.is_empty()),
                ("special_days", days_are_readable && !special_days.is_empty()),
                ("holidays_known_until", holidays_known_until.is_some()),
            ] {
                if has_effect {
                    self.note(&at.key(field), PolicyFault::NoEffectWhenAlwaysOpen { field });
                }
            }
        }
        let zone = time_zone.as_deref().map(|name| self.zone(name).map_err(|error| (error, name)));
        let (zone, is_known) = match zone {
            Some(Ok(zone)) => (zone, true),
            unknown => {
                if let Some(Err((error, _))) = unknown {
                    self.note(&at.key("time_zone"), error);
                }
                // The hours can be judged in any zone.
                (self.zone("UTC").ok()?, false)
            }
        };
        let time_zone = time_zone.unwrap_or_default();
        match Calendar::in_zone(CalendarRules { time_zone, hours, holidays, special_days, holidays_known_until }, zone)
        {
            Ok(calendar) => return is_known.then(|| Arc::new(calendar)),
            Err(fault) if hours_are_readable => self.note(&weekly, fault),
            Err(_) => {}
        }
        None
    }

    fn zone(&mut self, name: &str) -> Result<Arc<ZoneTable>, Error> {
        if let Some(zone) = self.zone_tables.get(name) {
            return Ok(Arc::clone(zone));
        }
        let zone = Arc::new(self.zones.zone(name)?);
        self.zone_tables.insert(name.to_owned(), Arc::clone(&zone));
        Ok(zone)
    }

    fn hours(&mut self, always_open: bool, weekly: Slot<WeekObject>, at: &Pointer<'_>) -> Hours {
        match (always_open, weekly.is_missing()) {
            (true, false) => self.note_form(at, PolicyFault::NoEffectWhenAlwaysOpen { field: "weekly" }),
            (false, true) => self.note_form(at, PolicyFault::NoHours),
            _ => {}
        }
        let mut week = Week::default();
        if let Some(weekly) = self.object(weekly, at) {
            let WeekObject { mon, tue, wed, thu, fri, sat, sun, .. } = weekly;
            let days = week.days.iter_mut().zip(WEEKDAYS).zip([mon, tue, wed, thu, fri, sat, sun]);
            for ((day, name), windows) in days {
                *day = self.windows(windows, &at.key(name));
            }
        }
        if always_open { Hours::AlwaysOpen } else { Hours::Weekly(week) }
    }

    fn windows(&mut self, slot: Slot<List<Text<Window>>>, at: &Pointer<'_>) -> Vec<Window> {
        let (windows, are_readable) = self.is_readable(|check| check.list(slot, at, Self::text).unwrap_or_default());
        if let Err(fault) = check_windows(&windows)
            && are_readable
        {
            self.note(at, fault);
        }
        windows
    }

    fn holidays(&mut self, slot: Slot<List<HolidayObject>>, at: &Pointer<'_>) -> Vec<Holiday> {
        let mut dates = BTreeSet::new();
        self.dates(slot, at, |check, slot, at| {
            let holiday = check.object(slot, at)?;
            let name = check.name("the name of a holiday", holiday.name, &at.key("name"));
            let place = at.key("date");
            let date = check.required_text(holiday.date, &place)?;
            if let Err(error) = date.check() {
                check.note(&place, error);
                return None;
            }
            if !dates.insert(date) {
                check.note(&place, PolicyFault::DuplicateDate { what: "holidays", date: date.to_string() });
            }
            Some(Holiday { name: name?, date })
        })
    }

    fn special_days(&mut self, slot: Slot<List<SpecialDayObject>>, at: &Pointer<'_>) -> Vec<SpecialDay> {
        let mut dates = BTreeSet::new();
        self.dates(slot, at, |check, slot, at| {
            let day = check.object(slot, at)?;
            let name = check.name("the name of a special day", day.name, &at.key("name"));
            let place = at.key("windows");
            if day.windows.is_missing() {
                check.note_form(&place, PolicyFault::Missing);
            }
            let windows = check.windows(day.windows, &place);
            let place = at.key("date");
            let date = check.required_text(day.date, &place)?;
            if !dates.insert(date) {
                check.note(&place, PolicyFault::DuplicateDate { what: "special days", date: date.to_string() });
            }
            Some(SpecialDay { date, name: name?, windows })
        })
    }

    fn dates<T, U>(
        &mut self,
        slot: Slot<List<T>>,
        at: &Pointer<'_>,
        read: impl FnMut(&mut Self, Slot<T>, &Pointer<'_>) -> Option<U>,
    ) -> Vec<U> {
        let (dates, are_readable) = self.is_readable(|check| check.list(slot, at, read).unwrap_or_default());
        if let Err(fault) = check_dates(dates.len())
            && are_readable
        {
            self.note(at, fault);
        }
        dates
    }
}
