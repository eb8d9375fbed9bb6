//! Warnings about what a policy may say but hardly means.

mod hand_overs;
mod inherited;
mod look;
mod packages;
mod timers;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::problem::Pointer;
use super::rules::{WEEKDAYS, written_timers};
use super::{CheckedPolicy, MAX_CALENDARS, MAX_INACTIVITY_RULES, MAX_STEPS, Policy, Preset, QuietHours};
use crate::calendar::{
    Calendar, CalendarRules, Hours, MAX_DATES, MAX_MEMBERS, MAX_SEASONS, MAX_WEEKS, MAX_WINDOWS_A_DAY, Week, Window,
};
use crate::error::printable;
use crate::id::Id;
use crate::package::{MAX_EXTENDS, Package, Target};
use crate::string_enum::string_enum;
use crate::time::{BusinessDuration, DAY_S, MICROS_PER_SECOND, SECONDS_PER_DAY, Timestamp};

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
        /// An inactivity rule comes after one that ends the status, or after a limit that ends every pause.
        InactivityNeverActs => "inactivity_never_acts",
        /// A target in business days ends in closed time on some business day.
        ByInClosedTime => "by_in_closed_time",
        /// On some business day nothing is received before the cut-off.
        CutOffBeforeOpening => "cut_off_before_opening",
        /// A timer that runs once a ticket may be cancelled.
        OnceAndCancelled => "once_and_cancelled",
        /// Each hand-over begins a timer anew, and nothing is promised from the opening on.
        HandOverResets => "hand_over_resets",
        /// A package has a lower rank than the one that it extends.
        ExtendsLowerRank => "extends_lower_rank",
        /// A package states all that it could take from the one that it extends.
        ExtendsChangesNothing => "extends_changes_nothing",
        /// Two ids of one kind differ by the case of letters only, or look alike.
        SimilarIds => "similar_ids",
        /// A pause ends automatically, but a ticket may be paused again and again.
        EndlessPauses => "endless_pauses",
        /// A document or a list in it is close to its limit.
        CloseToLimit => "close_to_limit",
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
    let mut lint = Lint {
        policy,
        as_of,
        calendars: policy.compiled_calendars(),
        unmeasured: unmeasured(policy),
        open_in_life: RefCell::default(),
        warnings: Vec::new(),
    };
    lint.calendars();
    lint.packages();
    lint.timers();
    lint.steps();
    lint.pauses();
    lint.inactivity();
    lint.ids();
    lint.limits();
    lint.warnings
}

struct Lint<'a> {
    policy: &'a CheckedPolicy,
    as_of: Timestamp,
    calendars: &'a BTreeMap<Id, Arc<Calendar>>,
    /// The calendars whose open time is not asked for.
    unmeasured: BTreeSet<&'a Id>,
    /// The open time of the calendars that were asked for so far, within the longest life of a ticket.
    open_in_life: RefCell<BTreeMap<&'a Id, Option<BusinessDuration>>>,
    warnings: Vec<Warning>,
}

/// The packages that extend each package, with their places; those that extend none stand under `None`.
type Extending<'a> = BTreeMap<Option<&'a Id>, Vec<(usize, &'a Package)>>;

fn extending(policy: &Policy) -> Extending<'_> {
    let mut extending = Extending::new();
    for (place, package) in policy.packages.iter().enumerate() {
        extending.entry(package.extends.as_ref()).or_default().push((place, package));
    }
    extending
}

/// The windows a week that the members of `any_of` calendars may have together, each counted in every list that names it, for
/// the linter to ask these calendars for open time. Such a list is short beside the time that its calendar takes.
pub const MAX_MEASURED_WINDOWS: usize = 100_000;

/// Returns the `any_of` calendars that exceed [`MAX_MEASURED_WINDOWS`], in the order of ids.
fn unmeasured(policy: &Policy) -> BTreeSet<&Id> {
    let mut left = MAX_MEASURED_WINDOWS;
    let mut takes = |members: &[Id]| {
        let windows = members.iter().filter_map(|id| policy.calendars.get(id)).map(windows).sum();
        left.checked_sub(windows).map(|rest| left = rest).is_some()
    };
    let calendars = policy.calendars.iter();
    let exceeding = calendars.filter(|(_, rules)| matches!(&rules.hours, Hours::AnyOf(members) if !takes(members)));
    exceeding.map(|(id, _)| id).collect()
}

/// Returns how many windows the weeks of a calendar have, those of its seasons included.
fn windows(rules: &CalendarRules) -> usize {
    let weeks: &[Week] = match &rules.hours {
        Hours::Weekly(week) => std::slice::from_ref(week),
        Hours::Rotation(rotation) => &rotation.weeks,
        Hours::AlwaysOpen | Hours::AnyOf(_) => &[],
    };
    let of_seasons = rules.seasons.iter().map(|season| &season.week);
    weeks.iter().chain(of_seasons).flat_map(|week| &week.days).map(Vec::len).sum()
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
        self.warnings.push(Warning { code, path: at.to_string(), message: printable(message), help: help.to_owned() });
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

    /// Warns of ids that people take for each other.
    fn ids(&mut self) {
        let policy = self.policy;
        let root = Pointer::ROOT;
        let place = root.key("calendars");
        self.similar(policy.calendars.keys().map(|id| (id, place.key(id.as_str()))));
        let place = root.key("channels");
        let places: Vec<Pointer<'_>> = (0..policy.channels.len()).map(|at| place.index(at)).collect();
        let ids = policy.channels.iter().map(|channel| &channel.id);
        self.similar(ids.zip(places.iter().map(|place| place.key("id"))));
        for (field, ids) in [("severities", &policy.severities), ("categories", &policy.categories)] {
            let place = root.key(field);
            self.similar(ids.iter().enumerate().map(|(at, id)| (id, place.index(at))));
        }
        let place = root.key("packages");
        let places: Vec<Pointer<'_>> = (0..policy.packages.len()).map(|at| place.index(at)).collect();
        let ids = policy.packages.iter().map(|package| &package.id);
        self.similar(ids.zip(places.iter().map(|place| place.key("id"))));
        let presets: Vec<Id> = Preset::ALL.iter().map(|preset| Id::preset(*preset)).collect();
        let place = root.key("timers");
        let written: Vec<(&Id, Pointer<'_>)> =
            written_timers(policy).enumerate().map(|(at, timer)| (&timer.id, place.index(at))).collect();
        let written = written.iter().map(|(id, place)| (*id, place.key("id")));
        self.similar(presets.iter().map(|id| (id, place)).chain(written));
        let place = root.key("steps");
        for (timer, steps) in &policy.steps {
            let place = place.key(timer.as_str());
            let places: Vec<Pointer<'_>> = (0..steps.len()).map(|at| place.index(at)).collect();
            self.similar(steps.iter().map(|step| &step.id).zip(places.iter().map(|place| place.key("id"))));
        }
        let place = root.key("inactivity");
        let places: Vec<Pointer<'_>> = (0..policy.inactivity.len()).map(|at| place.index(at)).collect();
        let ids = policy.inactivity.iter().map(|rule| &rule.id);
        self.similar(ids.zip(places.iter().map(|place| place.key("id"))));
    }

    fn similar<'i>(&mut self, ids: impl Iterator<Item = (&'i Id, Pointer<'i>)>) {
        let ids: Vec<(&Id, Pointer<'_>)> = ids.collect();
        let by_case = firsts(ids.iter().map(|(id, _)| {
            let text = id.as_str();
            if text.chars().any(char::is_uppercase) { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) }
        }));
        let by_look = firsts(ids.iter().map(|(id, _)| look::look(id.as_str())));
        for (((id, place), case), look) in ids.iter().zip(by_case).zip(by_look) {
            let other = |place: usize| ids.get(place).map(|(other, _)| *other).filter(|other| other != id);
            let message = match (other(case), other(look)) {
                (Some(first), _) => format!("`{id}` and `{first}` differ by the case of letters only"),
                (None, Some(first)) => format!("`{id}` and `{first}` look alike"),
                (None, None) => continue,
            };
            self.warn(WarningCode::SimilarIds, place, message, "give one of them another id");
        }
    }

    /// Warns of pauses that each end automatically, and together never.
    fn pauses(&mut self) {
        let pauses = &self.policy.pauses;
        if let (Some(max_pause), None) = (pauses.max_pause, pauses.max_paused_total) {
            self.warn(
                WarningCode::EndlessPauses,
                &Pointer::ROOT.key("pauses").key("max_pause"),
                format!("each pause ends after {max_pause}, but a ticket may be paused again and again"),
                "name `max_paused_total` too",
            );
        }
    }

    /// Warns of lists that are nearly as long as they may be.
    fn limits(&mut self) {
        let policy = self.policy;
        let root = Pointer::ROOT;
        if policy.is_close_to_size_limit() {
            self.warn(
                WarningCode::CloseToLimit,
                &root,
                "the document has more than 90 % of the bytes that it may have".to_owned(),
                "take out what no ticket needs any more",
            );
        }
        let calendars = root.key("calendars");
        self.limit(policy.calendars.len(), MAX_CALENDARS, &calendars);
        for (id, rules) in &policy.calendars {
            let place = calendars.key(id.as_str());
            match &rules.hours {
                Hours::AnyOf(members) => self.limit(members.len(), MAX_MEMBERS, &place.key("any_of")),
                Hours::Weekly(week) => self.limit_of_week(week, &place.key("weekly")),
                Hours::Rotation(rotation) => {
                    let weeks = place.key("rotation");
                    let weeks = weeks.key("weeks");
                    self.limit(rotation.weeks.len(), MAX_WEEKS, &weeks);
                    for (index, week) in rotation.weeks.iter().enumerate() {
                        self.limit_of_week(week, &weeks.index(index));
                    }
                }
                Hours::AlwaysOpen => {}
            }
            let seasons = place.key("seasons");
            for (index, season) in rules.seasons.iter().enumerate() {
                self.limit_of_week(&season.week, &seasons.index(index).key("weekly"));
            }
            let special_days = place.key("special_days");
            for (index, day) in rules.special_days.iter().enumerate() {
                self.limit(day.windows.len(), MAX_WINDOWS_A_DAY, &special_days.index(index).key("windows"));
            }
            self.limit(rules.seasons.len(), MAX_SEASONS, &place.key("seasons"));
            self.limit(rules.holidays.len(), MAX_DATES, &place.key("holidays"));
            self.limit(rules.special_days.len(), MAX_DATES, &place.key("special_days"));
        }
        let place = root.key("packages");
        for (index, package) in policy.packages.iter().enumerate().filter(|(_, package)| package.extends.is_some()) {
            self.limit(policy.chain(Some(package)).count(), MAX_EXTENDS, &place.index(index).key("extends"));
        }
        let place = root.key("steps");
        for (timer, steps) in &policy.steps {
            let repetitions = steps.iter().map(|step| step.repeat.map_or(0, |repeat| u64::from(repeat.times)));
            // INVARIANT: a checked policy has at most `MAX_STEPS` of both.
            let count = usize::try_from(repetitions.sum::<u64>()).unwrap_or(usize::MAX).saturating_add(steps.len());
            self.limit(count, MAX_STEPS, &place.key(timer.as_str()));
        }
        self.limit(policy.inactivity.len(), MAX_INACTIVITY_RULES, &root.key("inactivity"));
    }

    fn limit_of_week(&mut self, week: &Week, at: &Pointer<'_>) {
        for (name, windows) in WEEKDAYS.into_iter().zip(&week.days) {
            self.limit(windows.len(), MAX_WINDOWS_A_DAY, &at.key(name));
        }
    }

    fn limit(&mut self, count: usize, most: usize, at: &Pointer<'_>) {
        // INVARIANT: both are counts of entries in memory, and limits are far below what fits.
        if count.saturating_mul(10) > most.saturating_mul(9) {
            self.warn(
                WarningCode::CloseToLimit,
                at,
                format!("{count} of at most {most} entries are taken"),
                "take out what no ticket needs any more",
            );
        }
    }
}

/// Returns the place of the first text that equals each one.
fn firsts<'t>(texts: impl Iterator<Item = Cow<'t, str>>) -> Vec<usize> {
    let mut sorted: Vec<(Cow<'_, str>, usize)> = texts.zip(0..).collect();
    sorted.sort_unstable();
    let mut firsts = vec![0; sorted.len()];
    for equal in sorted.chunk_by(|(one, _), (other, _)| one == other) {
        for (_, place) in equal {
            if let (Some(first), Some((_, least))) = (firsts.get_mut(*place), equal.first()) {
                *first = *least;
            }
        }
    }
    firsts
}

/// Returns the instant `length_us` microseconds after another; the last one there is where that does not fit.
fn later(at: Timestamp, length_us: i64) -> Timestamp {
    // Saturating: no due lies that far away.
    Timestamp::from_micros(at.as_micros().saturating_add(length_us))
}
