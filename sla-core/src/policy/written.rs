//! The policy as a document.

use std::collections::BTreeMap;

use super::document::{
    ActionWord, BurnObject, CalendarObject, ChannelObject, ConditionObject, Document, HolidayObject, InactivityObject,
    ObjectivesObject, PackageObject, PausesObject, QuietObject, QuietPart, RepeatObject, RolesObject, RotationObject,
    SeasonObject, SpecialDayObject, StepConditionObject, StepObject, TargetObject, TargetPart, TimerObject, UntilWord,
    VariantObject, WeekObject,
};
use super::rules::written_timers;
use super::slot::{List, Slot, Table, Text, Whole};
use super::{
    ActOn, BurnObjective, InactivityRule, Objectives, PauseRules, Policy, Preset, QuietHours, Repeat, RoleRules, Step,
    StepAction, StepCondition, StepTime, TimerRules,
};
use crate::calendar::{CalendarRules, Holiday, HolidayDate, Hours, Season, SpecialDay, Week};
use crate::channel::Channel;
use crate::id::Id;
use crate::package::{BusinessDays, Condition, Package, Target, Variant};

impl Document {
    /// Returns what the document of a policy states, but its `schema`.
    pub(crate) fn of(policy: &Policy) -> Self {
        let channel = |channel: &Channel| ChannelObject {
            id: term(channel.id.clone()),
            name: Slot::Is(channel.name.clone()),
            ..ChannelObject::default()
        };
        Self {
            id: term(policy.id.clone()),
            version: Slot::Is(Whole(policy.version)),
            calendars: Slot::Is(table(&policy.calendars, |rules| Slot::Is(Box::new(CalendarObject::of(rules))))),
            channels: Slot::Is(boxes(&policy.channels, channel)),
            severities: some_terms(&policy.severities),
            categories: some_terms(&policy.categories),
            packages: Slot::Is(boxes(&policy.packages, package)),
            timers: some_list(written_timers(policy).map(timer).map(Box::new).map(Slot::Is).collect()),
            steps: some_table(table(&policy.steps, |steps| Slot::Is(boxes(steps, step)))),
            pauses: pauses(&policy.pauses),
            inactivity: some_list(boxes(&policy.inactivity, inactivity)),
            roles: roles(policy.roles),
            objectives: objectives(&policy.objectives),
            ..Self::default()
        }
    }
}

fn term<T>(value: T) -> Slot<Text<T>> {
    Slot::Is(Text(value))
}

fn some_term<T>(value: Option<T>) -> Slot<Text<T>> {
    value.map(|value| Text(value)).into()
}

fn terms<T: Clone>(values: &[T]) -> List<Text<T>> {
    values.iter().cloned().map(term).collect()
}

fn list<T, U>(values: &[T], write: impl Fn(&T) -> U) -> List<U> {
    values.iter().map(|value| Slot::Is(write(value))).collect()
}

fn boxes<T, U>(values: &[T], write: impl Fn(&T) -> U) -> List<Box<U>> {
    list(values, |value| Box::new(write(value)))
}

fn table<T, U>(values: &BTreeMap<Id, T>, write: impl Fn(&T) -> Slot<U>) -> Table<U> {
    values.iter().map(|(id, value)| (id.as_str().to_owned(), write(value))).collect()
}

fn some_list<T>(values: List<T>) -> Slot<List<T>> {
    if values.is_empty() { Slot::Missing } else { Slot::Is(values) }
}

fn some_terms<T: Clone>(values: &[T]) -> Slot<List<Text<T>>> {
    some_list(terms(values))
}

fn some_texts(values: &[String]) -> Slot<List<String>> {
    some_list(list(values, String::clone))
}

fn some_table<T>(values: Table<T>) -> Slot<Table<T>> {
    if values.is_empty() { Slot::Missing } else { Slot::Is(values) }
}

impl CalendarObject {
    /// Returns what the document of a calendar states.
    pub(crate) fn of(rules: &CalendarRules) -> Self {
        let holiday = |holiday: &Holiday| {
            let (date, from, to) = match holiday.date {
                HolidayDate::Day(date) => (term(date), Slot::Missing, Slot::Missing),
                HolidayDate::Range(range) => (Slot::Missing, term(range.from), term(range.to)),
            };
            HolidayObject { date, from, to, name: Slot::Is(holiday.name.clone()), ..HolidayObject::default() }
        };
        let season = |season: &Season| SeasonObject {
            from: term(season.dates.from),
            to: term(season.dates.to),
            name: Slot::Is(season.name.clone()),
            weekly: Slot::Is(weekdays(&season.week)),
            ..SeasonObject::default()
        };
        let special_day = |day: &SpecialDay| SpecialDayObject {
            date: term(day.date),
            name: Slot::Is(day.name.clone()),
            windows: Slot::Is(terms(&day.windows)),
            ..SpecialDayObject::default()
        };
        let hours = match &rules.hours {
            Hours::AlwaysOpen => Self { always_open: Slot::Is(true), ..Self::default() },
            Hours::Weekly(week) => Self { weekly: Slot::Is(weekdays(week)), ..Self::default() },
            Hours::Rotation(rotation) => Self {
                rotation: Slot::Is(RotationObject {
                    starts: term(rotation.starts),
                    weeks: Slot::Is(boxes(&rotation.weeks, weekdays)),
                    ..RotationObject::default()
                }),
                ..Self::default()
            },
            Hours::AnyOf(members) => Self { any_of: Slot::Is(terms(members)), ..Self::default() },
        };
        Self {
            time_zone: Slot::Is(rules.time_zone.clone()),
            seasons: some_list(boxes(&rules.seasons, season)),
            holidays: some_list(boxes(&rules.holidays, holiday)),
            special_days: some_list(boxes(&rules.special_days, special_day)),
            holidays_known_until: some_term(rules.holidays_known_until),
            ..hours
        }
    }
}

fn weekdays(week: &Week) -> WeekObject {
    let [mon, tue, wed, thu, fri, sat, sun] = &week.days;
    WeekObject {
        mon: some_terms(mon),
        tue: some_terms(tue),
        wed: some_terms(wed),
        thu: some_terms(thu),
        fri: some_terms(fri),
        sat: some_terms(sat),
        sun: some_terms(sun),
        ..WeekObject::default()
    }
}

fn package(package: &Package) -> PackageObject {
    PackageObject {
        id: term(package.id.clone()),
        name: Slot::Is(package.name.clone()),
        rank: Slot::Is(Whole(package.rank)),
        extends: some_term(package.extends.clone()),
        channels: package.channels.as_deref().map(terms).into(),
        calendar: some_term(package.calendar.clone()),
        targets: match package.extends {
            Some(_) => some_table(targets(&package.targets)),
            None => Slot::Is(targets(&package.targets)),
        },
        priority: some_term(package.priority.clone()),
        variants: package.variants.as_ref().map(|variants| boxes(variants, variant)).into(),
        ..PackageObject::default()
    }
}

fn variant(variant: &Variant) -> VariantObject {
    let Condition { channel, severity, category, during, outside } = variant.when.clone();
    VariantObject {
        when: Slot::Is(ConditionObject {
            channel: some_term(channel),
            severity: some_term(severity),
            category: some_term(category),
            during: some_term(during),
            outside: some_term(outside),
            ..ConditionObject::default()
        }),
        targets: some_table(targets(&variant.targets)),
        calendar: some_term(variant.calendar.clone()),
        ..VariantObject::default()
    }
}

fn targets(targets: &BTreeMap<Id, Target>) -> Table<TargetPart> {
    table(targets, |target| Slot::Is(target_part(target)))
}

fn target_part(target: &Target) -> TargetPart {
    TargetPart::Object(Box::new(match target {
        Target::None => return TargetPart::None,
        Target::Within { duration, calendar: None } => return TargetPart::Duration(*duration),
        Target::Within { duration, calendar } => {
            TargetObject { within: term(*duration), calendar: some_term(calendar.clone()), ..TargetObject::default() }
        }
        Target::BusinessDays(BusinessDays { days, by, cut_off, calendar }) => TargetObject {
            business_days: Slot::Is(Whole(*days)),
            by: term(*by),
            cut_off: some_term(*cut_off),
            calendar: some_term(calendar.clone()),
            ..TargetObject::default()
        },
    }))
}

fn quiet_hours(quiet_hours: &QuietHours) -> Slot<QuietPart> {
    match quiet_hours {
        QuietHours::Off => Slot::Missing,
        QuietHours::Calendar => Slot::Is(QuietPart::Calendar),
        QuietHours::Other(calendar) => {
            let calendar = term(calendar.clone());
            Slot::Is(QuietPart::Object(QuietObject { calendar, ..QuietObject::default() }))
        }
    }
}

fn inactivity(rule: &InactivityRule) -> InactivityObject {
    InactivityObject {
        id: term(rule.id.clone()),
        status: term(rule.status),
        after: term(rule.after),
        calendar: some_term(rule.calendar.clone()),
        action: term(rule.action),
        notify: some_texts(&rule.notify),
        quiet_hours: quiet_hours(&rule.quiet_hours),
        reason: rule.reason.clone().into(),
        ..InactivityObject::default()
    }
}

/// Returns `value` unless the preset has the same.
fn unless<T: Clone + PartialEq>(value: &T, preset: Option<&T>) -> Option<T> {
    (preset != Some(value)).then(|| value.clone())
}

/// Writes of an adjusted preset only what differs from it.
fn timer(rules: &TimerRules) -> TimerObject {
    let preset = Preset::from_word(rules.id.as_str()).map(Preset::rules);
    let preset = preset.as_ref();
    let triggers = |value: &Vec<_>, preset: Option<&Vec<_>>| unless(value, preset).map(|value| terms(&value)).into();
    TimerObject {
        id: term(rules.id.clone()),
        starts_on: triggers(&rules.starts_on, preset.map(|preset| &preset.starts_on)),
        stops_on: triggers(&rules.stops_on, preset.map(|preset| &preset.stops_on)),
        cancels_on: triggers(&rules.cancels_on, Some(&Vec::new())),
        pauses_on: unless(&rules.pauses_on, preset.map(|preset| &preset.pauses_on)).map(|value| terms(&value)).into(),
        cycles: some_term(unless(&rules.cycles, preset.map(|preset| &preset.cycles))),
        on_reopen: some_term(unless(&rules.on_reopen, preset.map(|preset| &preset.on_reopen))),
        due_boundary: some_term(unless(&rules.due_boundary, preset.map(|preset| &preset.due_boundary))),
        ..TimerObject::default()
    }
}

fn step(step: &Step) -> StepObject {
    let (mut at, mut before, mut after) = (Slot::Missing, Slot::Missing, Slot::Missing);
    match step.time {
        StepTime::At(share) => at = term(share),
        StepTime::Before(length) => before = term(length),
        StepTime::After(length) => after = term(length),
    }
    let StepCondition { channel, severity, category, package } = step.when.clone();
    let when = StepConditionObject {
        channel: some_term(channel),
        severity: some_term(severity),
        category: some_term(category),
        package: some_term(package),
        ..StepConditionObject::default()
    };
    let (action, level) = match step.action {
        StepAction::Warn => (ActionWord::Warn, Slot::Missing),
        StepAction::Escalate { level } => (ActionWord::Escalate, Slot::Is(Whole(level))),
    };
    StepObject {
        id: term(step.id.clone()),
        at,
        before,
        after,
        action: term(action),
        level,
        notify: some_texts(&step.notify),
        assign_to: step.assign_to.clone().into(),
        quiet_hours: quiet_hours(&step.quiet_hours),
        when: if step.when == StepCondition::default() { Slot::Missing } else { Slot::Is(when) },
        repeat: match step.repeat {
            Some(Repeat { every, times }) => {
                Slot::Is(RepeatObject { every: term(every), times: Slot::Is(Whole(times)), ..RepeatObject::default() })
            }
            None => Slot::Missing,
        },
        until: some_term(step.until_acknowledged.then_some(UntilWord::Acknowledged)),
        ..StepObject::default()
    }
}

fn pauses(rules: &PauseRules) -> Slot<PausesObject> {
    if *rules == PauseRules::default() {
        return Slot::Missing;
    }
    Slot::Is(PausesObject {
        reasons: some_texts(&rules.reasons),
        max_pause: some_term(rules.max_pause),
        max_paused_total: some_term(rules.max_paused_total),
        ..PausesObject::default()
    })
}

fn granted(permission: bool) -> Slot<bool> {
    permission.then_some(true).into()
}

fn roles(rules: RoleRules) -> Slot<RolesObject> {
    if rules == RoleRules::default() {
        return Slot::Missing;
    }
    Slot::Is(RolesObject {
        self_assign: granted(rules.self_assign),
        agents_may_classify: granted(rules.agents_may_classify),
        agents_may_unassign: granted(rules.agents_may_unassign),
        agents_act_on: some_term(Some(rules.agents_act_on).filter(|act_on| *act_on != ActOn::default())),
        organizations_share: granted(rules.organizations_share),
        ..RolesObject::default()
    })
}

fn objectives(objectives: &Objectives) -> Slot<ObjectivesObject> {
    if *objectives == Objectives::default() {
        return Slot::Missing;
    }
    Slot::Is(ObjectivesObject {
        burn: some_list(boxes(&objectives.burn, burn)),
        critical_level: objectives.critical_level.map(Whole).into(),
        score_weights: some_table(table(&objectives.score_weights, |weight| Slot::Is(Whole(*weight)))),
        monitor_lag: some_term(objectives.monitor_lag),
        ..ObjectivesObject::default()
    })
}

fn burn(burn: &BurnObjective) -> BurnObject {
    BurnObject {
        timer: term(burn.timer.clone()),
        objective: term(burn.objective),
        long_window: term(burn.long_window),
        short_window: term(burn.short_window),
        threshold: term(burn.threshold),
        min_decided: Slot::Is(Whole(burn.min_decided)),
        ..BurnObject::default()
    }
}
