//! Calendars: their rules, and their tables.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Check, Ids};
use crate::calendar::{
    Calendar, CalendarDate, CalendarFault, CalendarRules, DateRange, Holiday, HolidayDate, Hours, Rotation, Season,
    SpecialDay, Week, Window, ZoneTable, check_dates, check_members, check_seasons, check_start, check_weeks,
    check_windows, overlaps,
};
use crate::error::Error;
use crate::id::Id;
use crate::policy::document::{
    CalendarObject, HolidayObject, RotationObject, SeasonObject, SpecialDayObject, WeekObject,
};
use crate::policy::fault::{Named, PolicyFault};
use crate::policy::problem::Pointer;
use crate::policy::rules::{MAX_CALENDARS, WEEKDAYS};
use crate::policy::slot::{List, Part, Slot, Table, Text};

/// A calendar without problems of its own.
enum Read {
    Compiled(Arc<Calendar>),
    /// Open whenever one of its members is.
    AnyOf(Box<AnyOf>),
}

struct AnyOf {
    rules: CalendarRules,
    members: Vec<Id>,
    zone: Arc<ZoneTable>,
}

/// The ways to state hours.
struct HoursObject {
    always_open: bool,
    weekly: Slot<WeekObject>,
    rotation: Slot<RotationObject>,
    any_of: Slot<List<Text<Id>>>,
}

impl Check<'_> {
    /// Returns the calendars without problems, compiled.
    pub(super) fn calendars(
        &mut self,
        slot: Slot<Table<Box<CalendarObject>>>,
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
        self.made_of_others = table
            .iter()
            .filter(|(_, slot)| matches!(slot, Slot::Is(calendar) if !calendar.any_of.is_missing()))
            .filter_map(|(key, _)| Id::new(key.as_str()).ok())
            .collect();
        let read = self.table(Slot::Is(table), at, |check, id, slot, at| check.calendar(slot.unboxed(), id, at));
        let mut compiled = BTreeMap::new();
        let mut made_of_others = Vec::new();
        for (id, calendar) in read {
            match calendar {
                Read::Compiled(calendar) => {
                    compiled.insert(id, calendar);
                }
                Read::AnyOf(any_of) => made_of_others.push((id, any_of)),
            }
        }
        for (id, any_of) in made_of_others {
            let AnyOf { rules, members, zone } = *any_of;
            let members: Option<Vec<Arc<Calendar>>> = members.iter().map(|id| compiled.get(id).cloned()).collect();
            // What a member lacks is reported there.
            if let Some(members) = members {
                compiled.insert(id, Arc::new(Calendar::of_members(rules, zone, members)));
            }
        }
        compiled
    }

    /// Returns a calendar that stands alone, compiled.
    pub(super) fn lone_calendar(&mut self, slot: Slot<CalendarObject>, at: &Pointer<'_>) -> Option<Arc<Calendar>> {
        match self.calendar(slot, None, at)? {
            Read::Compiled(calendar) => Some(calendar),
            Read::AnyOf(_) => {
                self.note(&at.key("any_of"), CalendarFault::MembersNeeded);
                None
            }
        }
    }

    /// `id` is that of a calendar in a policy.
    fn calendar(&mut self, slot: Slot<CalendarObject>, id: Option<&Id>, at: &Pointer<'_>) -> Option<Read> {
        let calendar = self.object(slot, at)?;
        let always_open = self.given(calendar.always_open, &at.key("always_open")) == Some(true);
        let hours =
            HoursObject { always_open, weekly: calendar.weekly, rotation: calendar.rotation, any_of: calendar.any_of };
        let (hours, hours_are_readable) = self.is_readable(|check| check.hours(hours, id, at));
        let place = at.key(hours.field());
        let time_zone = self.required(calendar.time_zone, &at.key("time_zone"));
        let seasons = self.seasons(calendar.seasons, &at.key("seasons"));
        let holidays = self.holidays(calendar.holidays, &at.key("holidays"));
        let special_days = self.special_days(calendar.special_days, &at.key("special_days"));
        let holidays_known_until = self.text(calendar.holidays_known_until, &at.key("holidays_known_until"));
        let rules = CalendarRules {
            time_zone: time_zone.clone().unwrap_or_default(),
            hours,
            seasons,
            holidays,
            special_days,
            holidays_known_until,
        };
        if let Hours::AlwaysOpen | Hours::AnyOf(_) = &rules.hours {
            let hours = rules.hours.field();
            for field in rules.deviations() {
                self.note(&at.key(field), PolicyFault::NoDeviations { field, hours });
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
        if let Hours::AnyOf(members) = &rules.hours {
            let members = members.clone();
            return is_known.then(|| Read::AnyOf(Box::new(AnyOf { rules, members, zone })));
        }
        match Calendar::in_zone(rules, zone) {
            Ok(calendar) => return is_known.then(|| Read::Compiled(Arc::new(calendar))),
            Err(fault) if hours_are_readable => self.note(&place, fault),
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

    /// Returns the hours that a calendar states; of several ways to state them, those of the first are kept.
    fn hours(&mut self, hours: HoursObject, id: Option<&Id>, at: &Pointer<'_>) -> Hours {
        let HoursObject { always_open, weekly, rotation, any_of } = hours;
        let stated = [
            ("always_open", always_open),
            ("weekly", !weekly.is_missing()),
            ("rotation", !rotation.is_missing()),
            ("any_of", !any_of.is_missing()),
        ];
        let mut stated = stated.into_iter().filter_map(|(field, is_stated)| is_stated.then_some(field));
        let kept = stated.next();
        if kept.is_none() {
            self.note_form(&at.key("weekly"), PolicyFault::NoHours);
        }
        for field in stated {
            let first = kept.unwrap_or_default();
            self.note_form(&at.key(field), PolicyFault::HoursTwice { first, field });
        }
        // Each is looked at, so that its own problems are found too.
        let week = self.week(weekly, &at.key("weekly"));
        let rotation = self.rotation(rotation, &at.key("rotation"));
        let any_of = self.any_of(any_of, id, &at.key("any_of"));
        match kept {
            Some("always_open") => Hours::AlwaysOpen,
            Some("rotation") => rotation.map_or_else(|| Hours::Weekly(Week::default()), Hours::Rotation),
            Some("any_of") => Hours::AnyOf(any_of),
            _ => Hours::Weekly(week),
        }
    }

    fn week(&mut self, slot: Slot<WeekObject>, at: &Pointer<'_>) -> Week {
        let mut week = Week::default();
        if let Some(weekly) = self.object(slot, at) {
            let WeekObject { mon, tue, wed, thu, fri, sat, sun, .. } = weekly;
            let days = week.days.iter_mut().zip(WEEKDAYS).zip([mon, tue, wed, thu, fri, sat, sun]);
            for ((day, name), windows) in days {
                *day = self.windows(windows, &at.key(name));
            }
        }
        week
    }

    fn rotation(&mut self, slot: Slot<RotationObject>, at: &Pointer<'_>) -> Option<Rotation> {
        let rotation = self.object(slot, at)?;
        let place = at.key("starts");
        let starts = self.required_text(rotation.starts, &place);
        if let Some(starts) = starts {
            self.writable_date(CalendarDate::On(starts), &place);
            if let Err(fault) = check_start(starts) {
                self.note(&place, fault);
            }
        }
        let place = at.key("weeks");
        let (weeks, are_readable) = self.is_readable(|check| {
            check
                .required_objects(rotation.weeks, &place, |check, slot, at| Some(check.week(slot, at)))
                .unwrap_or_default()
        });
        if let Err(fault) = check_weeks(weeks.len())
            && are_readable
        {
            self.note(&place, fault);
        }
        Some(Rotation { starts: starts?, weeks })
    }

    fn any_of(&mut self, slot: Slot<List<Text<Id>>>, id: Option<&Id>, at: &Pointer<'_>) -> Vec<Id> {
        let is_stated = !slot.is_missing();
        let mut seen = BTreeSet::new();
        let (members, are_readable) = self.is_readable(|check| {
            let members = check.list(slot, at, |check, slot, at| {
                let member = check.text(slot, at)?;
                if !seen.insert(member.clone()) {
                    check.note(at, PolicyFault::DuplicateEntry { what: "member", entry: member.to_string() });
                }
                if id.is_some() {
                    check.known(Named::Calendar, Some(&member), at);
                }
                if check.made_of_others.contains(&member) {
                    check.note(at, CalendarFault::NestedAnyOf { member: member.to_string() });
                }
                Some(member)
            });
            members.unwrap_or_default()
        });
        if let Err(fault) = check_members(members.len())
            && is_stated
            && are_readable
        {
            self.note(at, fault);
        }
        members
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

    fn seasons(&mut self, slot: Slot<List<Box<SeasonObject>>>, at: &Pointer<'_>) -> Vec<Season> {
        // Seasons that cannot be read are left out; the others keep their places.
        let mut numbers = 0..;
        let mut places = Vec::new();
        let (seasons, are_readable) = self.is_readable(|check| {
            let seasons = check.objects(slot, at, |check, slot, at| {
                let place = numbers.next();
                let season = check.object(slot, at)?;
                let name = check.name("the name of a season", season.name, &at.key("name"));
                let dates = check.range(season.from, season.to, at);
                let weekly = at.key("weekly");
                if season.weekly.is_missing() {
                    check.note_form(&weekly, PolicyFault::Missing);
                }
                let week = check.week(season.weekly, &weekly);
                let season = Season { name: name?, dates: dates?, week };
                places.push(place.unwrap_or_default());
                Some(season)
            });
            seasons.unwrap_or_default()
        });
        if let Err(fault) = check_seasons(seasons.len())
            && are_readable
        {
            self.note(at, fault);
        }
        let ranges: Vec<DateRange> = seasons.iter().map(|season| season.dates).collect();
        for (season, other) in overlaps(&ranges) {
            let name = |at: usize| seasons.get(at).map(|season| season.name.clone()).unwrap_or_default();
            let place = places.get(season).copied().unwrap_or_default();
            self.note(&at.index(place), CalendarFault::SeasonsOverlap { season: name(season), other: name(other) });
        }
        seasons
    }

    /// Returns the range between two ends that must be there.
    fn range(
        &mut self,
        from: Slot<Text<CalendarDate>>,
        to: Slot<Text<CalendarDate>>,
        at: &Pointer<'_>,
    ) -> Option<DateRange> {
        let place = at.key("from");
        let from = self.required_text(from, &place).filter(|date| self.writable_date(*date, &place));
        let place = at.key("to");
        let to = self.required_text(to, &place).filter(|date| self.writable_date(*date, &place));
        let range = DateRange { from: from?, to: to? };
        match range.check_ends() {
            Ok(()) => Some(range),
            Err(fault) => {
                self.note(&place, fault);
                None
            }
        }
    }

    /// Notes a date that cannot be written.
    fn writable_date(&mut self, date: CalendarDate, at: &Pointer<'_>) -> bool {
        match date.check() {
            Ok(()) => true,
            Err(error) => {
                self.note(at, error);
                false
            }
        }
    }

    fn holidays(&mut self, slot: Slot<List<Box<HolidayObject>>>, at: &Pointer<'_>) -> Vec<Holiday> {
        let mut entries = BTreeSet::new();
        self.dates(slot, at, |check, slot, at| {
            let holiday = check.object(slot, at)?;
            let name = check.name("the name of a holiday", holiday.name, &at.key("name"));
            let has_ends = !holiday.from.is_missing() || !holiday.to.is_missing();
            let date = if has_ends {
                if !holiday.date.is_missing() {
                    check.note_form(&at.key("date"), PolicyFault::DateAndRange);
                }
                check.range(holiday.from, holiday.to, at).map(HolidayDate::Range)
            } else {
                let place = at.key("date");
                let date = check.required_text(holiday.date, &place).filter(|date| check.writable_date(*date, &place));
                date.map(HolidayDate::Day)
            };
            let holiday = Holiday { name: name?, date: date? };
            if !entries.insert((holiday.date, holiday.name.clone())) {
                let entry = format!("{}, {}", holiday.date, holiday.name);
                check.note(at, PolicyFault::DuplicateEntry { what: "holiday", entry });
            }
            Some(holiday)
        })
    }

    fn special_days(&mut self, slot: Slot<List<Box<SpecialDayObject>>>, at: &Pointer<'_>) -> Vec<SpecialDay> {
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

    fn dates<T: Part, U>(
        &mut self,
        slot: Slot<List<Box<T>>>,
        at: &Pointer<'_>,
        read: impl FnMut(&mut Self, Slot<T>, &Pointer<'_>) -> Option<U>,
    ) -> Vec<U> {
        let (dates, are_readable) = self.is_readable(|check| check.objects(slot, at, read).unwrap_or_default());
        if let Err(fault) = check_dates(dates.len())
            && are_readable
        {
            self.note(at, fault);
        }
        dates
    }
}
