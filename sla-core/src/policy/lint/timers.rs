//! Warnings about timers, their steps, and inactivity rules.

use std::collections::{BTreeMap, BTreeSet};

use super::packages::{Calendars, states};
use super::{Lint, WarningCode, later};
use crate::calendar::Hours;
use crate::id::Id;
use crate::package::{Package, Target};
use crate::policy::problem::Pointer;
use crate::policy::rules::written_timers;
use crate::policy::{
    Cycles, InactiveStatus, InactivityAction, InactivityRule, Step, StepAction, StepCondition, StepTime, TimerRules,
    Trigger,
};
use crate::time::{BusinessDuration, Share};

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

    /// Returns whether a package or what it extends promises something for a timer.
    fn promises_for(&self, package: &'a Package, timer: &Id) -> bool {
        let is_promise = |target: &Target| *target != Target::None;
        let own = self.policy.chain(Some(package)).find_map(|package| package.targets.get(timer));
        let mut variants = self.visible_variants(package).iter().filter_map(|variant| variant.targets.get(timer));
        own.is_some_and(is_promise) || variants.any(is_promise)
    }

    pub(super) fn timers(&mut self) {
        let policy = self.policy;
        let place = Pointer::ROOT.key("timers");
        let from_opening: Vec<&Id> = policy
            .timers
            .values()
            .filter(|timer| timer.starts_on.contains(&Trigger::Opened))
            .map(|timer| &timer.id)
            .collect();
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
            if let Some(package) = self.is_reset_by_hand_overs(timer, &from_opening) {
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

    /// Returns a package that promises a timer which hand-overs begin anew, and nothing from the opening on.
    fn is_reset_by_hand_overs(&self, timer: &TimerRules, from_opening: &[&Id]) -> Option<&'a Id> {
        let hands_on =
            |trigger: &Trigger| matches!(trigger, Trigger::Assigned | Trigger::Reassigned | Trigger::TeamAssigned);
        if !timer.starts_on.iter().any(hands_on) {
            return None;
        }
        let mut packages = self.policy.packages.iter();
        let package = packages.find(|package| {
            self.promises_for(package, &timer.id)
                && !from_opening.iter().any(|opening| self.promises_for(package, opening))
        });
        package.map(|package| &package.id)
    }

    pub(super) fn steps(&mut self) {
        let policy = self.policy;
        let promises = self.promises();
        let place = Pointer::ROOT.key("steps");
        for (timer, steps) in &policy.steps {
            let place = place.key(timer.as_str());
            let mut breaches = BTreeSet::new();
            for (at, step) in steps.iter().enumerate() {
                let place = place.index(at);
                self.late_warning(step, &place);
                let is_breach = step.time == StepTime::At(Share::WHOLE) && step.action != StepAction::Warn;
                let never = if is_breach && wider(&step.when).any(|when| breaches.contains(&when)) {
                    Some(format!("step `{}` never fires: an earlier one configures the breach escalation", step.id))
                } else {
                    self.never(timer, step, promises.get(timer))
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

    /// Returns why a step never fires; `promises` are those of its timer.
    fn never(&self, timer: &Id, step: &Step, promises: Option<&BTreeMap<&Id, Lengths>>) -> Option<String> {
        let id = &step.id;
        let Some(promises) = promises else {
            return Some(format!("step `{id}` never fires: no package has a target for timer `{timer}`"));
        };
        if let Some(package) = &step.when.package {
            let package = self.policy.packages.iter().find(|known| known.id == *package)?;
            if !self.promises_for(package, timer) {
                let package = &package.id;
                return Some(format!("step `{id}` never fires: package `{package}` has no target for timer `{timer}`"));
            }
            if let Some(channel) = &step.when.channel
                && !self.policy.channels_of(package).contains(channel)
            {
                let package = &package.id;
                return Some(format!(
                    "step `{id}` never fires: package `{package}` does not include channel `{channel}`"
                ));
            }
        }
        if promises.values().any(|lengths| lengths.are_some_in_days) {
            return None;
        }
        if let StepTime::Before(before) = step.time {
            let is_shorter = |lengths: &Lengths| lengths.longest.is_some_and(|longest| before < longest);
            let never = format!("step `{id}` never fires: no target for timer `{timer}` is longer than {before}");
            return (!promises.values().any(is_shorter)).then_some(never);
        }
        let is_beyond_life = promises.iter().all(|(calendar, lengths)| {
            let length = lengths.shortest.and_then(|target| match step.time {
                StepTime::Before(_) => None,
                StepTime::At(share) => share.of(target),
                StepTime::After(after) => target.checked_add(after),
            });
            length.is_none_or(|length| self.lasts_too_long(calendar, length))
        });
        is_beyond_life.then(|| format!("step `{id}` never fires within ten years of any ticket"))
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
        let Some(calendar) = self.calendars.get(calendar) else { return false };
        calendar.add(self.as_of, length).map_or(true, |due| due > later(self.as_of, super::LONGEST_LIFE_US))
    }
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
