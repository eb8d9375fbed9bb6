//! Warnings about packages, their variants and their targets.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lint, WarningCode, inherited};
use crate::calendar::{CalendarRules, DayTime, Hours, Window};
use crate::id::Id;
use crate::package::{BusinessDays, Condition, Package, Target, Variant};
use crate::policy::problem::Pointer;
use crate::policy::{CheckedPolicy, Preset};
use crate::time::BusinessDuration;

/// Returns the targets that a package states: its own, and those of each of its variants.
pub(super) fn states(package: &Package) -> impl Iterator<Item = (Option<&Variant>, &BTreeMap<Id, Target>)> {
    let variants = package.own_variants().iter().map(|variant| (Some(variant), &variant.targets));
    std::iter::once((None, &package.targets)).chain(variants)
}

/// The calendars in which the targets that a package states count.
#[derive(Clone, Copy)]
pub(super) struct Calendars<'a>(Option<&'a Id>);

impl<'a> Calendars<'a> {
    pub(super) fn of(policy: &'a CheckedPolicy, package: &'a Package) -> Self {
        Self(policy.chain(Some(package)).find_map(|package| package.calendar.as_ref()))
    }

    /// Returns the calendar that the package states, or the nearest one that it extends.
    pub(super) const fn nearest(self) -> Option<&'a Id> {
        self.0
    }

    pub(super) fn of_target(self, target: &'a Target, variant: Option<&'a Variant>) -> Option<&'a Id> {
        target.calendar().or_else(|| variant?.calendar.as_ref()).or(self.0)
    }
}

impl<'a> Lint<'a> {
    pub(super) fn packages(&mut self) {
        let policy = self.policy;
        let inherited = inherited::longest(policy);
        let mut days = BTreeMap::new();
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
            self.extends(package, &place);
            let variants = place.key("variants");
            self.shadows(package, &variants);
            self.targets(package, None, inherited.get(&(at, None)), &mut days, &place);
            for (index, variant) in package.own_variants().iter().enumerate() {
                let inherited = inherited.get(&(at, Some(index)));
                self.targets(package, Some(variant), inherited, &mut days, &variants.index(index));
            }
        }
    }

    fn extends(&mut self, package: &'a Package, at: &Pointer<'_>) {
        let policy: &'a CheckedPolicy = self.policy;
        let mut bases = policy.chain(Some(package)).skip(1).peekable();
        let Some(base) = bases.peek().copied() else { return };
        if package.rank < base.rank {
            self.warn(
                WarningCode::ExtendsLowerRank,
                &at.key("rank"),
                format!("package `{}` has a lower rank than package `{}`, which it extends", package.id, base.id),
                "give it at least the rank of that package",
            );
        }
        let takes_something = package.channels.is_none()
            || package.calendar.is_none()
            || bases.any(|base| {
                (package.variants.is_none() && !base.own_variants().is_empty())
                    || (package.priority.is_none() && base.priority.is_some())
                    || base.targets.keys().any(|timer| !package.targets.contains_key(timer))
            });
        if !takes_something {
            self.warn(
                WarningCode::ExtendsChangesNothing,
                &at.key("extends"),
                format!("package `{}` takes nothing from package `{}`", package.id, base.id),
                "leave `extends` out, or leave out what both packages state",
            );
        }
    }

    fn shadows(&mut self, package: &'a Package, at: &Pointer<'_>) {
        let mut earlier = BTreeSet::new();
        for (index, variant) in package.own_variants().iter().enumerate() {
            let Condition { channel, severity, category, during, outside } = &variant.when;
            let parts = [channel, severity, category, during, outside].map(Option::as_ref);
            // Every wider condition: each part as stated, or left out.
            let stated = parts.iter().flatten().count();
            let is_shadowed = (0..1_u32 << stated).any(|left_out| {
                let mut bit = 1;
                let wider = parts.map(|part| {
                    let kept = part.filter(|_| left_out & bit == 0);
                    bit <<= u32::from(part.is_some());
                    kept
                });
                earlier.contains(&wider)
            });
            if is_shadowed {
                self.warn(
                    WarningCode::ShadowedVariant,
                    &at.index(index),
                    "an earlier variant applies whenever this one would".to_owned(),
                    "put the narrower condition first, or take this variant out",
                );
            }
            earlier.insert(parts);
        }
    }

    /// Warns of promises that make no sense, of a package or of one of its variants; `at` is its place, `inherited` the
    /// longest target that it inherits.
    fn targets(
        &mut self,
        package: &'a Package,
        variant: Option<&'a Variant>,
        inherited: Option<&(BusinessDuration, &'a Id)>,
        days_of: &mut BTreeMap<&'a Id, Days>,
        at: &Pointer<'_>,
    ) {
        let stated = variant.map_or(&package.targets, |variant| &variant.targets);
        self.response_above_resolution(package, variant, stated, at);
        let calendars = Calendars::of(self.policy, package);
        let place = at.key("targets");
        for (timer, target) in stated {
            let Some(calendar) = calendars.of_target(target, variant) else { continue };
            let place = place.key(timer.as_str());
            match target {
                Target::None => {}
                Target::Within { duration, .. } => self.beyond_life(timer, *duration, calendar, &place),
                Target::BusinessDays(days) => {
                    let Some(rules) = self.policy.calendars.get(calendar) else { continue };
                    let of_calendar = days_of.entry(calendar).or_insert_with(|| Days::of(rules));
                    self.business_days(days, calendar, of_calendar, &place);
                }
            }
        }
        // A calendar of its own lets inherited targets last differently.
        let own = variant.map_or(package.calendar.as_ref().filter(|_| package.extends.is_some()), |variant| {
            variant.calendar.as_ref()
        });
        if let Some((calendar, (length, timer))) = own.zip(inherited) {
            self.beyond_life(timer, *length, calendar, &at.key("calendar"));
        }
    }

    fn beyond_life(&mut self, timer: &Id, length: BusinessDuration, calendar: &'a Id, at: &Pointer<'_>) {
        if self.lasts_too_long(calendar, length) {
            self.warn(
                WarningCode::TargetBeyondLife,
                at,
                format!("in calendar `{calendar}` the target of {length} for `{timer}` takes more than ten years"),
                "name a shorter target, or open the calendar for longer",
            );
        }
    }

    fn response_above_resolution(
        &mut self,
        package: &'a Package,
        variant: Option<&'a Variant>,
        stated: &BTreeMap<Id, Target>,
        at: &Pointer<'_>,
    ) {
        let policy: &'a CheckedPolicy = self.policy;
        let resolution = Id::preset(Preset::Resolution);
        // Lengths of one calendar can be compared.
        let length = |timer: &Id| {
            let of_variant = variant.and_then(|variant| variant.targets.get(timer));
            let target = of_variant.or_else(|| policy.chain(Some(package)).find_map(|base| base.targets.get(timer)));
            match target {
                Some(Target::Within { duration, calendar }) => Some((calendar, *duration)),
                _ => None,
            }
        };
        for response in [Preset::FirstResponse, Preset::NextResponse].map(Id::preset) {
            let Some(place) = [&response, &resolution].into_iter().find(|timer| stated.contains_key(*timer)) else {
                continue;
            };
            let Some(((calendar, promised), (of_resolution, within))) = length(&response).zip(length(&resolution))
            else {
                continue;
            };
            if calendar == of_resolution && promised > within {
                self.warn(
                    WarningCode::ResponseAboveResolution,
                    &at.key("targets").key(place.as_str()),
                    format!("`{response}` is promised within {promised}, the resolution within {within}"),
                    "promise the response no later than the resolution",
                );
            }
        }
    }

    fn business_days(&mut self, days: &BusinessDays, calendar: &Id, of_calendar: &Days, at: &Pointer<'_>) {
        if let DayTime::At(by) = days.by
            && of_calendar.are_some_closed_at(by.second_of_day())
        {
            self.warn(
                WarningCode::ByInClosedTime,
                &at.key("by"),
                format!("on some business day of calendar `{calendar}` {by} lies in closed time: it is due at the close before"),
                "name a time at which every business day is open, or `close`",
            );
        }
        if let Some(cut_off) = days.cut_off
            && of_calendar.last_opening_s.is_some_and(|opens_s| cut_off.second_of_day() <= opens_s)
        {
            self.warn(
                WarningCode::CutOffBeforeOpening,
                &at.key("cut_off"),
                format!("on some business day of calendar `{calendar}` nothing is received before {cut_off}"),
                "name a time after the first opening of every business day, or leave it out",
            );
        }
    }
}

/// What the business days of the recurring hours and the seasons of a calendar have in common.
struct Days {
    /// How many there are.
    count: usize,
    /// From each of these seconds of a day on, exclusive, so many are open, up to the next one, inclusive: what falls on
    /// an opening is due at the close before it.
    open_after_s: BTreeMap<u32, usize>,
    /// The latest of their first openings.
    last_opening_s: Option<u32>,
}

// INVARIANT: counts of windows of a document in memory; a count goes down by as much as it went up before.
impl Days {
    fn of(rules: &CalendarRules) -> Self {
        let mut days = Self { count: 0, open_after_s: BTreeMap::new(), last_opening_s: None };
        if rules.hours == Hours::AlwaysOpen {
            days.last_opening_s = Some(0);
        }
        let (mut opens, mut closes): (BTreeMap<u32, usize>, BTreeMap<u32, usize>) = Default::default();
        for day in business_days(rules) {
            days.count = days.count.saturating_add(1);
            let mut windows: Vec<(u32, u32)> =
                day.iter().map(|window| (window.open_s(), window.close_after_open_s())).collect();
            windows.sort_unstable();
            days.last_opening_s = days.last_opening_s.max(windows.first().map(|(opens_s, _)| *opens_s));
            // Windows that touch or overlap are one.
            let mut until: Option<u32> = None;
            for (open_s, close_s) in windows {
                if until.is_none_or(|until| until < open_s) {
                    if let Some(until) = until {
                        count_up(&mut closes, until);
                    }
                    count_up(&mut opens, open_s);
                }
                until = until.max(Some(close_s));
            }
            if let Some(until) = until {
                count_up(&mut closes, until);
            }
        }
        let mut open = 0_usize;
        let edges: BTreeSet<u32> = opens.keys().chain(closes.keys()).copied().collect();
        for edge in edges {
            open = open.saturating_add(opens.get(&edge).copied().unwrap_or_default());
            open = open.saturating_sub(closes.get(&edge).copied().unwrap_or_default());
            days.open_after_s.insert(edge, open);
        }
        days
    }

    /// Returns whether some business day is closed just before a second of the day.
    fn are_some_closed_at(&self, second: u32) -> bool {
        let open = self.open_after_s.range(..second).next_back().map(|(_, open)| *open);
        open.unwrap_or_default() < self.count
    }
}

fn count_up(counts: &mut BTreeMap<u32, usize>, at_s: u32) {
    let count = counts.entry(at_s).or_default();
    // INVARIANT: as for `Days`.
    *count = count.saturating_add(1);
}

/// Returns the windows of each business day of the recurring hours and the seasons of a calendar.
fn business_days(rules: &CalendarRules) -> impl Iterator<Item = &[Window]> {
    let weeks: Vec<_> = match &rules.hours {
        Hours::Weekly(week) => vec![week],
        Hours::Rotation(rotation) => rotation.weeks.iter().collect(),
        Hours::AlwaysOpen | Hours::AnyOf(_) => Vec::new(),
    };
    let weeks = weeks.into_iter().chain(rules.seasons.iter().map(|season| &season.week));
    weeks.flat_map(|week| &week.days).map(Vec::as_slice).filter(|day| !day.is_empty())
}
