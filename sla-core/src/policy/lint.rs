//! Warnings about what a policy may say but hardly means.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::problem::Pointer;
use super::rules::{WEEKDAYS, written_timers};
use super::{CheckedPolicy, Policy, Preset, QuietHours, Step, StepAction, StepTime};
use crate::calendar::{Calendar, CalendarRules, Hours, Week, Window};
use crate::id::Id;
use crate::package::{Condition, Package, Target};
use crate::string_enum::string_enum;
use crate::time::{BusinessDuration, DAY_S, MICROS_PER_SECOND, SECONDS_PER_DAY, Share, Timestamp};

const DAY_US: i64 = SECONDS_PER_DAY * MICROS_PER_SECOND;
/// Holidays that end within this time are warned about.
const HOLIDAY_NOTICE_US: i64 = 60 * DAY_US;
/// No ticket lives longer: ten years.
const LONGEST_LIFE_US: i64 = 3_653 * DAY_US;

string_enum! {
    /// What a warning is about, as a stable code.
    WarningCode {
        /// Windows of one day, or of one day and the night before, overlap.
        OverlappingWindows => "overlapping_windows",
        /// An earlier variant applies whenever this one would.
        ShadowedVariant => "shadowed_variant",
        /// The target of a response is longer than that of the resolution.
        ResponseAboveResolution => "response_above_resolution",
        /// A warning fires when the timer is already due.
        LateWarning => "late_warning",
        /// A step can never fire.
        StepNeverFires => "step_never_fires",
        /// A target is due later than any ticket could live, ten years.
        TargetBeyondLife => "target_beyond_life",
        /// A package has no channel, so no ticket can be opened under it.
        PackageWithoutChannel => "package_without_channel",
        /// The holidays are entered for less than 60 more days.
        HolidaysEndSoon => "holidays_end_soon",
        /// Without a season every date would have the same windows.
        SeasonWithoutEffect => "season_without_effect",
        /// A calendar that is open whenever one of others is names one that is always open.
        AlwaysOpenMember => "always_open_member",
        /// No package uses a calendar.
        UnusedCalendar => "unused_calendar",
        /// No package has a target for a timer of the policy.
        UnusedTimer => "unused_timer",
    }
}

/// Something that a policy may say but hardly means.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Warning {
    /// What it is about.
    pub code: WarningCode,
    /// Where, as a JSON pointer into the document that [`crate::wire::policy::write`] writes.
    pub path: String,
    /// What was found, in one line.
    pub message: String,
    /// What to change.
    pub help: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.message, self.help)
    }
}

/// Returns warnings about what `policy` says but hardly means, as of an instant.
///
/// The instant counts because holidays run out.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::policy::{WarningCode, lint};
/// use sla_core::wire;
///
/// let policy = wire::policy::read(POLICY.replacen(r#""at": "80%""#, r#""at": "120%""#, 1))?;
/// let warnings = lint(&policy, at("2026-03-02T09:00:00Z"));
/// assert_eq!((warnings[0].code, warnings[0].path.as_str()), (WarningCode::LateWarning, "/steps/first_response/0/at"));
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn lint(policy: &CheckedPolicy, as_of: Timestamp) -> Vec<Warning> {
    let mut lint = Lint { policy, as_of, calendars: policy.compiled_calendars(), warnings: Vec::new() };
    lint.calendars();
    lint.packages();
    lint.timers();
    lint.steps();
    lint.warnings
}

struct Lint<'a> {
    policy: &'a Policy,
    as_of: Timestamp,
    calendars: &'a BTreeMap<Id, Arc<Calendar>>,
    warnings: Vec<Warning>,
}

/// A package's promises to some of its tickets: to those of one variant, or of none.
struct Promises<'a> {
    variant: Option<usize>,
    calendar: &'a Id,
    /// Whether the variant names a calendar of its own, so that inherited targets last differently.
    is_calendar_own: bool,
    targets: BTreeMap<&'a Id, BusinessDuration>,
    /// The timers whose target is stated here, not inherited.
    stated: BTreeSet<&'a Id>,
}

/// Returns the promises of a package: its own first, then those of each variant that applies to it. What it extends is
/// part of them; targets in business days are not.
fn promises<'a>(policy: &'a Policy, package: &'a Package) -> Vec<Promises<'a>> {
    let chain: Vec<&Package> = policy.chain(Some(package)).collect();
    let calendar = chain.iter().find_map(|package| package.calendar.as_ref());
    let Some(calendar) = calendar else { return Vec::new() };
    let length = |target: &Target| match target {
        Target::Within { duration, calendar: None } => Some(*duration),
        _ => None,
    };
    let mut base: BTreeMap<&Id, BusinessDuration> = BTreeMap::new();
    for package in chain.iter().rev() {
        for (timer, target) in &package.targets {
            match length(target) {
                Some(length) => drop(base.insert(timer, length)),
                None => drop(base.remove(timer)),
            }
        }
    }
    let mut all = vec![Promises {
        variant: None,
        calendar,
        is_calendar_own: package.extends.is_some() && package.calendar.is_some(),
        targets: base.clone(),
        stated: package.targets.keys().collect(),
    }];
    for (at, variant) in package.own_variants().iter().enumerate() {
        let mut targets = base.clone();
        for (timer, target) in &variant.targets {
            match length(target) {
                Some(length) => drop(targets.insert(timer, length)),
                None => drop(targets.remove(timer)),
            }
        }
        all.push(Promises {
            variant: Some(at),
            calendar: variant.calendar.as_ref().unwrap_or(calendar),
            is_calendar_own: variant.calendar.is_some(),
            targets,
            stated: variant.targets.keys().collect(),
        });
    }
    all
}

/// Returns the calendars that a policy refers to.
fn used_calendars(policy: &Policy) -> BTreeSet<&Id> {
    let mut used: BTreeSet<&Id> = BTreeSet::new();
    for package in &policy.packages {
        used.extend(&package.calendar);
        used.extend(package.targets.values().filter_map(Target::calendar));
        for variant in package.own_variants() {
            used.extend(variant.calendar.iter().chain(&variant.when.during).chain(&variant.when.outside));
            used.extend(variant.targets.values().filter_map(Target::calendar));
        }
    }
    let members = policy.calendars.values().filter_map(|rules| match &rules.hours {
        Hours::AnyOf(members) => Some(members),
        _ => None,
    });
    used.extend(members.flatten());
    for quiet_hours in policy.steps.values().flatten().map(|step| &step.quiet_hours) {
        if let QuietHours::Other(calendar) = quiet_hours {
            used.insert(calendar);
        }
    }
    for rule in &policy.inactivity {
        used.extend(&rule.calendar);
        if let QuietHours::Other(calendar) = &rule.quiet_hours {
            used.insert(calendar);
        }
    }
    used
}

impl<'a> Lint<'a> {
    fn warn(&mut self, code: WarningCode, at: &Pointer<'_>, message: String, help: &str) {
        self.warnings.push(Warning { code, path: at.to_string(), message, help: help.to_owned() });
    }

    fn calendars(&mut self) {
        let policy = self.policy;
        let used = used_calendars(policy);
        let place = Pointer::ROOT.key("calendars");
        for (id, rules) in &policy.calendars {
            let place = place.key(id.as_str());
            self.overlaps(rules, &place);
            self.seasons(id, rules, &place);
            self.members(rules, &place);
            let notice = later(self.as_of, HOLIDAY_NOTICE_US);
            let states_end = rules.holidays_known_until.is_some();
            if states_end && self.calendars.get(id).is_some_and(|calendar| calendar.is_provisional(notice)) {
                let until = rules.holidays_known_until.map(|date| date.to_string()).unwrap_or_default();
                self.warn(
                    WarningCode::HolidaysEndSoon,
                    &place.key("holidays_known_until"),
                    format!("the holidays of calendar `{id}` are entered up to {until} only"),
                    "enter the next holidays and move the date",
                );
            }
            if !used.contains(id) {
                self.warn(
                    WarningCode::UnusedCalendar,
                    &place,
                    format!("no package uses calendar `{id}`"),
                    "name it in a package, or take it out",
                );
            }
        }
    }

    fn overlaps(&mut self, rules: &'a CalendarRules, at: &Pointer<'_>) {
        match &rules.hours {
            Hours::Weekly(week) => self.overlaps_of_week(week, week, &at.key("weekly")),
            Hours::Rotation(rotation) => {
                let weeks = at.key("rotation");
                let weeks = weeks.key("weeks");
                let before = rotation.weeks.last().into_iter().chain(&rotation.weeks);
                for ((index, week), before) in rotation.weeks.iter().enumerate().zip(before) {
                    self.overlaps_of_week(week, before, &weeks.index(index));
                }
            }
            Hours::AlwaysOpen | Hours::AnyOf(_) => {}
        }
        let seasons = at.key("seasons");
        for (index, season) in rules.seasons.iter().enumerate() {
            self.overlaps_of_week(&season.week, &season.week, &seasons.index(index).key("weekly"));
        }
        let special_days = at.key("special_days");
        for (index, day) in rules.special_days.iter().enumerate() {
            self.overlaps_of_day(&day.windows, 0, &special_days.index(index).key("windows"));
        }
    }

    /// Warns of windows of a week that overlap; `before` is the week before it.
    fn overlaps_of_week(&mut self, week: &Week, before: &Week, at: &Pointer<'_>) {
        let mut night_before = before.days.last();
        for (name, windows) in WEEKDAYS.into_iter().zip(&week.days) {
            let last_close_s = night_before.into_iter().flatten().map(|window| window.close_after_open_s()).max();
            let open_until_s = last_close_s.and_then(|close_s| close_s.checked_sub(DAY_S)).unwrap_or_default();
            self.overlaps_of_day(windows, open_until_s, &at.key(name));
            night_before = Some(windows);
        }
    }

    fn seasons(&mut self, id: &Id, rules: &CalendarRules, at: &Pointer<'_>) {
        let seasons = at.key("seasons");
        let without_effect = self.calendars.get(id).map(|calendar| calendar.seasons_without_effect());
        for index in without_effect.unwrap_or_default() {
            let name = rules.seasons.get(index).map(|season| season.name.as_str()).unwrap_or_default();
            self.warn(
                WarningCode::SeasonWithoutEffect,
                &seasons.index(index),
                format!("without season `{name}` every date would have the same windows"),
                "correct its dates or its hours, or take it out",
            );
        }
    }

    fn members(&mut self, rules: &CalendarRules, at: &Pointer<'_>) {
        let Hours::AnyOf(members) = &rules.hours else { return };
        let place = at.key("any_of");
        for (index, member) in members.iter().enumerate() {
            if self.policy.calendars.get(member).is_some_and(|rules| rules.hours == Hours::AlwaysOpen) {
                self.warn(
                    WarningCode::AlwaysOpenMember,
                    &place.index(index),
                    format!("member `{member}` is always open, so the other ones have no effect"),
                    "name that calendar alone where this one is used, or take the member out",
                );
            }
        }
    }

    /// Warns of each window that opens before an earlier one closes; `open_until_s` is when the night before ends.
    fn overlaps_of_day(&mut self, windows: &[Window], mut open_until_s: u32, at: &Pointer<'_>) {
        let mut sorted: Vec<(&Window, usize)> = windows.iter().zip(0..).collect();
        sorted.sort_unstable();
        for (window, index) in sorted {
            if window.open_s() < open_until_s {
                self.warn(
                    WarningCode::OverlappingWindows,
                    &at.index(index),
                    format!("window `{window}` opens before an earlier one closes"),
                    "join the two, or correct the hours; the common time counts once",
                );
            }
            open_until_s = open_until_s.max(window.close_after_open_s());
        }
    }

    fn packages(&mut self) {
        let policy = self.policy;
        let place = Pointer::ROOT.key("packages");
        for (at, package) in policy.packages.iter().enumerate() {
            let place = place.index(at);
            if policy.channels_of(package).is_empty() {
                self.warn(
                    WarningCode::PackageWithoutChannel,
                    &place.key("channels"),
                    format!("package `{}` has no channel: no ticket can be opened under it", package.id),
                    "list the channels that its customers may use",
                );
            }
            let variants = place.key("variants");
            self.shadows(package, &variants);
            for promises in promises(policy, package) {
                match promises.variant {
                    None => self.promises(&promises, &place),
                    Some(variant) => self.promises(&promises, &variants.index(variant)),
                }
            }
        }
    }

    fn shadows(&mut self, package: &'a Package, at: &Pointer<'_>) {
        let mut earlier = BTreeSet::new();
        for (index, variant) in package.own_variants().iter().enumerate() {
            let Condition { channel, severity, category, during, outside } = &variant.when;
            let hours = (during.as_ref(), outside.as_ref());
            let (channel, severity, category) = (channel.as_ref(), severity.as_ref(), category.as_ref());
            // Every wider condition: each part as stated, or left out.
            let is_shadowed = [None, channel].into_iter().any(|channel| {
                [None, severity].into_iter().any(|severity| {
                    [None, category].into_iter().any(|category| {
                        let (during, outside) = hours;
                        [None, during].into_iter().any(|during| {
                            [None, outside]
                                .into_iter()
                                .any(|outside| earlier.contains(&(channel, severity, category, during, outside)))
                        })
                    })
                })
            });
            if is_shadowed {
                self.warn(
                    WarningCode::ShadowedVariant,
                    &at.index(index),
                    "an earlier variant applies whenever this one would".to_owned(),
                    "put the narrower condition first, or take this variant out",
                );
            }
            earlier.insert((channel, severity, category, hours.0, hours.1));
        }
    }

    /// Warns of promises that make no sense; `at` is the place of the package or the variant.
    fn promises(&mut self, promises: &Promises<'_>, at: &Pointer<'_>) {
        let targets = at.key("targets");
        let resolution = Id::preset(Preset::Resolution);
        for response in [Preset::FirstResponse, Preset::NextResponse].map(Id::preset) {
            let Some(stated) = [&response, &resolution].into_iter().find(|timer| promises.stated.contains(timer))
            else {
                continue;
            };
            let both = promises.targets.get(&response).zip(promises.targets.get(&resolution));
            if let Some((response_target, target)) = both.filter(|(response, target)| response > target) {
                self.warn(
                    WarningCode::ResponseAboveResolution,
                    &targets.key(stated.as_str()),
                    format!("`{response}` is promised within {response_target}, the resolution within {target}"),
                    "promise the response no later than the resolution",
                );
            }
        }
        for (timer, target) in &promises.targets {
            let is_stated = promises.stated.contains(timer);
            if (is_stated || promises.is_calendar_own) && self.lasts_too_long(promises.calendar, *target) {
                self.warn(
                    WarningCode::TargetBeyondLife,
                    &if is_stated { targets.key(timer.as_str()) } else { at.key("calendar") },
                    format!(
                        "in calendar `{}` the target of {target} for `{timer}` takes more than ten years",
                        promises.calendar
                    ),
                    "name a shorter target, or open the calendar for longer",
                );
            }
        }
    }

    /// Returns whether `length` of open time from now on ends after any ticket's life.
    fn lasts_too_long(&self, calendar: &Id, length: BusinessDuration) -> bool {
        let Some(calendar) = self.calendars.get(calendar) else { return false };
        calendar.add(self.as_of, length).map_or(true, |due| due > later(self.as_of, LONGEST_LIFE_US))
    }

    fn timers(&mut self) {
        let policy = self.policy;
        let place = Pointer::ROOT.key("timers");
        for (at, timer) in written_timers(policy).enumerate() {
            if !self.has_target(&timer.id) {
                self.warn(
                    WarningCode::UnusedTimer,
                    &place.index(at),
                    format!("no package has a target for timer `{}`", timer.id),
                    "add a target to a package, or take the timer out",
                );
            }
        }
    }

    fn has_target(&self, timer: &Id) -> bool {
        self.policy.packages.iter().any(|package| package.promised().any(|promised| promised == timer))
    }

    fn steps(&mut self) {
        let policy = self.policy;
        let place = Pointer::ROOT.key("steps");
        for (timer, steps) in &policy.steps {
            let place = place.key(timer.as_str());
            let has_target = self.has_target(timer);
            for (at, step) in steps.iter().enumerate() {
                let place = place.index(at);
                self.step(timer, step, has_target, &place);
            }
        }
    }

    fn step(&mut self, timer: &Id, step: &Step, has_target: bool, at: &Pointer<'_>) {
        let (field, is_late) = match step.time {
            StepTime::At(share) => ("at", share >= Share::WHOLE),
            StepTime::Before(_) => ("before", false),
            StepTime::After(_) => ("after", true),
        };
        if step.action == StepAction::Warn && is_late {
            self.warn(
                WarningCode::LateWarning,
                &at.key(field),
                format!("warning `{}` fires when the timer is already due", step.id),
                "warn below 100%, or escalate",
            );
        }
        let never = if !has_target {
            format!("step `{}` never fires: no package has a target for timer `{timer}`", step.id)
        } else if self.is_beyond_life(timer, step.time) {
            format!("step `{}` never fires within ten years of any ticket", step.id)
        } else {
            return;
        };
        self.warn(WarningCode::StepNeverFires, at, never, "correct its instant, or take it out");
    }

    /// Returns whether a step's instant lies after any ticket's life, under every promise of the timer.
    fn is_beyond_life(&self, timer: &Id, time: StepTime) -> bool {
        let mut all = self.policy.packages.iter().flat_map(|package| promises(self.policy, package)).peekable();
        // Targets in business days are no longer than any ticket could live.
        if all.peek().is_none() {
            return false;
        }
        all.all(|promises| {
            let Some(target) = promises.targets.get(timer) else { return true };
            let length = match time {
                StepTime::Before(before) if before < *target => Some(target.saturating_sub(before)),
                StepTime::Before(_) => None,
                StepTime::At(share) => share.of(*target),
                StepTime::After(after) => {
                    let sum = target.as_micros().checked_add(after.as_micros());
                    sum.and_then(|micros| BusinessDuration::from_micros(micros).ok())
                }
            };
            length.is_none_or(|length| self.lasts_too_long(promises.calendar, length))
        })
    }
}

/// Returns the instant `length_us` microseconds after another; the last one there is where that does not fit.
fn later(at: Timestamp, length_us: i64) -> Timestamp {
    // Saturating: no due lies that far away.
    Timestamp::from_micros(at.as_micros().saturating_add(length_us))
}
