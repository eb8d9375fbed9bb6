//! Warnings about timers, their steps, and inactivity rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::packages::{Calendars, states};
use super::{Lint, WarningCode, hand_overs, later};
use crate::calendar::{Calendar, HORIZON_US, Hours};
use crate::id::Id;
use crate::package::{Package, Target};
use crate::policy::problem::Pointer;
use crate::policy::rules::written_timers;
use crate::policy::{
    CheckedPolicy, Cycles, InactiveStatus, InactivityAction, InactivityRule, Step, StepAction, StepCondition, StepTime,
};
use crate::time::{BusinessDuration, Share, Timestamp};

/// The targets of one timer that count in one calendar.
#[derive(Default)]
struct Lengths {
    shortest: Option<BusinessDuration>,
    longest: Option<BusinessDuration>,
    /// Whether some are in business days, whose length depends on when they count from.
    are_some_in_days: bool,
}

impl Lengths {
    fn add(&mut self, target: &Target) {
        match target {
            Target::None => {}
            Target::Within { duration, .. } => {
                self.shortest = Some(self.shortest.map_or(*duration, |shortest| shortest.min(*duration)));
                self.longest = self.longest.max(Some(*duration));
            }
            Target::BusinessDays(_) => self.are_some_in_days = true,
        }
    }
}

type Promises<'a> = BTreeMap<&'a Id, BTreeMap<&'a Id, Lengths>>;

impl<'a> Lint<'a> {
    /// Returns the targets that each timer has, in its calendars.
    fn promises(&self) -> Promises<'a> {
        let mut all = Promises::new();
        for package in &self.policy.packages {
            let calendars = Calendars::of(self.policy, package);
            for (variant, targets) in states(package) {
                for (timer, target) in targets {
                    if let Some(calendar) = calendars.of_target(target, variant).filter(|_| *target != Target::None) {
                        all.entry(timer).or_default().entry(calendar).or_default().add(target);
                    }
                }
            }
        }
        all
    }

    pub(super) fn timers(&mut self) {
        let policy = self.policy;
        let place = Pointer::ROOT.key("timers");
        let begun_anew = hand_overs::found(policy);
        for (at, timer) in written_timers(policy).enumerate().filter(|(_, timer)| !timer.cancels_on.is_empty()) {
            let place = place.index(at);
            if timer.cycles == Cycles::Once {
                self.warn(
                    WarningCode::OnceAndCancelled,
                    &place.key("cancels_on"),
                    format!("timer `{}` runs once a ticket: after it is cancelled nothing is measured", timer.id),
                    "write `\"cycles\": \"repeated\"`, or leave `cancels_on` out",
                );
            }
            if let Some(package) = begun_anew.get(&timer.id) {
                self.warn(
                    WarningCode::HandOverResets,
                    &place.key("cancels_on"),
                    format!(
                        "each hand-over begins timer `{}` anew, and package `{package}` promises nothing from the opening on",
                        timer.id
                    ),
                    "give that package a target for a timer that starts on `opened`",
                );
            }
        }
    }

    pub(super) fn steps(&mut self) {
        let policy = self.policy;
        let promises = self.promises();
        let stated = Stated::of(policy);
        let place = Pointer::ROOT.key("steps");
        for (timer, steps) in &policy.steps {
            let place = place.key(timer.as_str());
            let reach = promises.get(timer).map(|promises| self.reach(steps, promises));
            let mut breaches = BTreeSet::new();
            for (at, step) in steps.iter().enumerate() {
                let place = place.index(at);
                self.late_warning(step, &place);
                let is_breach = step.time == StepTime::At(Share::WHOLE) && step.action != StepAction::Warn;
                let never = if is_breach && wider(&step.when).any(|when| breaches.contains(&when)) {
                    Some(format!("step `{}` never fires: an earlier one configures the breach escalation", step.id))
                } else {
                    never(&stated, timer, step, reach.as_ref())
                };
                if is_breach {
                    breaches.insert(step.when.clone());
                }
                if let Some(never) = never {
                    self.warn(WarningCode::StepNeverFires, &place, never, "correct it, or take it out");
                }
            }
        }
    }

    fn late_warning(&mut self, step: &Step, at: &Pointer<'_>) {
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
    }

    /// Returns how far the steps of a timer reach; `promises` are its targets.
    fn reach(&self, steps: &[Step], promises: &BTreeMap<&'a Id, Lengths>) -> Reach {
        let mut reach = Reach {
            are_some_in_days: promises.values().any(|lengths| lengths.are_some_in_days),
            longest: promises.values().filter_map(|lengths| lengths.longest).max(),
            do_all_fire: self.do_all_fire(steps, promises),
            share: None,
            after: None,
        };
        if reach.do_all_fire {
            return reach;
        }
        for (calendar, lengths) in promises {
            let Some((shortest, open)) = lengths.shortest.zip(self.open_in_life(calendar)) else { continue };
            let after = open.as_micros().checked_sub(shortest.as_micros());
            reach.after = reach.after.max(after.and_then(|after| BusinessDuration::from_micros(after).ok()));
            // The greatest share of which the target is not longer than the open time, found by halves.
            let fits = |share: u32| Share::from_millionths(share).of(shortest).is_some_and(|length| length <= open);
            let (mut fitting, mut beyond) = (0_u32, u32::MAX);
            while beyond.abs_diff(fitting) > 1 {
                let middle = fitting.midpoint(beyond);
                if fits(middle) { fitting = middle } else { beyond = middle }
            }
            reach.share = reach.share.max(Some(Share::from_millionths(fitting)));
        }
        reach
    }

    /// Returns whether every step fires within the life of a ticket in one calendar alone, as nearly all do.
    fn do_all_fire(&self, steps: &[Step], promises: &BTreeMap<&'a Id, Lengths>) -> bool {
        let first = promises.iter().find_map(|(calendar, lengths)| Some((*calendar, lengths.shortest?)));
        let Some((calendar, shortest)) = first else { return false };
        let mut last = shortest;
        for step in steps {
            let length = match step.time {
                StepTime::Before(_) => Some(shortest),
                StepTime::At(share) => share.of(shortest),
                StepTime::After(after) => shortest.checked_add(after),
            };
            let Some(length) = length else { return false };
            last = last.max(length);
        }
        !self.lasts_too_long(calendar, last)
    }

    pub(super) fn inactivity(&mut self) {
        let policy = self.policy;
        let place = Pointer::ROOT.key("inactivity");
        // Where every package has one calendar, naming it is the same as leaving it out.
        let mut calendars = policy.packages.iter().map(|package| Calendars::of(policy, package).nearest());
        let common = calendars.next().flatten().filter(|first| calendars.all(|other| other == Some(*first)));
        let limits = [("max_pause", policy.pauses.max_pause), ("max_paused_total", policy.pauses.max_paused_total)];
        for (at, rule) in policy.inactivity.iter().enumerate() {
            let place = place.index(at);
            let is_first = |other: &InactivityRule, before: usize| {
                let order = other.after.cmp(&rule.after).then(before.cmp(&at));
                let is_earlier_clock = counts_in(other, common) == counts_in(rule, common)
                    || counts_in(other, common).is_some_and(|id| {
                        policy.calendars.get(id).is_some_and(|rules| rules.hours == Hours::AlwaysOpen)
                    });
                order.is_lt() && is_earlier_clock
            };
            let ends_status =
                |other: &&InactivityRule| other.status == rule.status && other.action != InactivityAction::Remind;
            let mut others = policy.inactivity.iter().enumerate();
            let earlier = others.find(|(before, other)| ends_status(other) && is_first(other, *before));
            let limit = limits.iter().find(|(_, limit)| {
                rule.status != InactiveStatus::Resolved
                    && counts_in(rule, common) == common
                    && limit.is_some_and(|limit| limit <= rule.after)
            });
            let message = match (earlier, limit) {
                (Some((_, earlier)), _) => {
                    format!("rule `{}` never acts: rule `{}` ends the status before it", rule.id, earlier.id)
                }
                (None, Some((limit, _))) => {
                    format!("rule `{}` never acts: `{limit}` ends every pause before it", rule.id)
                }
                (None, None) => continue,
            };
            self.warn(WarningCode::InactivityNeverActs, &place, message, "shorten its `after`, or take it out");
        }
    }

    /// Returns whether `length` of open time from now on ends after any ticket's life.
    pub(super) fn lasts_too_long(&self, calendar: &Id, length: BusinessDuration) -> bool {
        let Some(calendar) = self.measured(calendar) else { return false };
        calendar.add(self.as_of, length).map_or(true, |due| due > later(self.as_of, super::LONGEST_LIFE_US))
    }

    fn measured(&self, id: &Id) -> Option<&Arc<Calendar>> {
        self.calendars.get(id).filter(|_| !self.unmeasured.contains(id))
    }

    /// Returns the open time of a calendar from now on within the life of a ticket; `None` where it cannot be told.
    fn open_in_life(&self, id: &'a Id) -> Option<BusinessDuration> {
        if let Some(open) = self.open_in_life.borrow().get(id) {
            return *open;
        }
        // No due lies beyond the horizon.
        let last_us = HORIZON_US.end.saturating_sub(1);
        let end = later(self.as_of, super::LONGEST_LIFE_US).min(Timestamp::from_micros(last_us));
        // Asked once, of many calendars perhaps: no table of ten years is kept for it.
        let calendar = self.measured(id).map(|calendar| calendar.with_table_limit(0));
        let open = calendar.and_then(|calendar| calendar.elapsed(self.as_of, end).ok());
        self.open_in_life.borrow_mut().insert(id, open);
        open
    }
}

/// How far the steps of a timer reach, by all its targets.
struct Reach {
    /// Whether some targets are in business days, whose length depends on when they count from.
    are_some_in_days: bool,
    /// The longest target.
    longest: Option<BusinessDuration>,
    /// Whether all of them that count from a share or from due fire within the life of a ticket; then what follows is not
    /// filled in.
    do_all_fire: bool,
    /// The greatest share of a target that is used up within the life of a ticket.
    share: Option<Share>,
    /// The longest time after a due within the life of a ticket.
    after: Option<BusinessDuration>,
}

/// What the conditions of steps are compared with, by the packages that state it.
struct Stated<'a> {
    policy: &'a CheckedPolicy,
    channels: BTreeMap<&'a Id, BTreeSet<&'a Id>>,
    /// The timers that the variants of a package promise.
    by_variants: BTreeMap<&'a Id, BTreeSet<&'a Id>>,
}

impl<'a> Stated<'a> {
    fn of(policy: &'a CheckedPolicy) -> Self {
        let mut stated = Self { policy, channels: BTreeMap::new(), by_variants: BTreeMap::new() };
        if policy.steps.values().flatten().all(|step| step.when.package.is_none()) {
            return stated;
        }
        for package in &policy.packages {
            if let Some(channels) = &package.channels {
                stated.channels.insert(&package.id, channels.iter().collect());
            }
            if let Some(variants) = &package.variants {
                let targets = variants.iter().flat_map(|variant| &variant.targets);
                let promised = targets.filter(|(_, target)| **target != Target::None).map(|(timer, _)| timer);
                stated.by_variants.insert(&package.id, promised.collect());
            }
        }
        stated
    }

    /// Returns whether a package or what it extends promises something for a timer.
    fn promises(&self, package: &Package, timer: &Id) -> bool {
        let own = self.policy.chain(Some(package)).find_map(|package| package.targets.get(timer));
        let nearest = self.policy.chain(Some(package)).find_map(|package| self.by_variants.get(&package.id));
        own.is_some_and(|target| *target != Target::None) || nearest.is_some_and(|timers| timers.contains(timer))
    }

    fn includes(&self, package: &Package, channel: &Id) -> bool {
        let nearest = self.policy.chain(Some(package)).find_map(|package| self.channels.get(&package.id));
        nearest.is_some_and(|channels| channels.contains(channel))
    }
}

/// Returns why a step never fires; `reach` is that of the steps of its timer, where it has targets.
fn never(stated: &Stated<'_>, timer: &Id, step: &Step, reach: Option<&Reach>) -> Option<String> {
    let id = &step.id;
    let Some(reach) = reach else {
        return Some(format!("step `{id}` never fires: no package has a target for timer `{timer}`"));
    };
    if let Some(package) = &step.when.package {
        let package = stated.policy.package(package.as_str())?;
        if !stated.promises(package, timer) {
            let package = &package.id;
            return Some(format!("step `{id}` never fires: package `{package}` has no target for timer `{timer}`"));
        }
        if let Some(channel) = &step.when.channel
            && !stated.includes(package, channel)
        {
            let package = &package.id;
            return Some(format!("step `{id}` never fires: package `{package}` does not include channel `{channel}`"));
        }
    }
    if reach.are_some_in_days {
        return None;
    }
    let fires = match step.time {
        StepTime::Before(before) => {
            let never = format!("step `{id}` never fires: no target for timer `{timer}` is longer than {before}");
            return reach.longest.is_none_or(|longest| longest <= before).then_some(never);
        }
        StepTime::At(share) => reach.do_all_fire || Some(share) <= reach.share,
        StepTime::After(after) => reach.do_all_fire || Some(after) <= reach.after,
    };
    (!fires).then(|| format!("step `{id}` never fires within ten years of any ticket"))
}

/// Returns every condition that holds whenever `when` does: each part as stated, or left out.
fn wider(when: &StepCondition) -> impl Iterator<Item = StepCondition> + '_ {
    let keep = |parts: u32, part: u32, id: &Option<Id>| id.clone().filter(|_| parts & part == 0);
    (0..16).map(move |parts| StepCondition {
        channel: keep(parts, 1, &when.channel),
        severity: keep(parts, 2, &when.severity),
        category: keep(parts, 4, &when.category),
        package: keep(parts, 8, &when.package),
    })
}

/// Returns the calendar in which an inactivity rule counts, where one is common to all packages or stated.
fn counts_in<'r>(rule: &'r InactivityRule, common: Option<&'r Id>) -> Option<&'r Id> {
    rule.calendar.as_ref().or(common)
}
