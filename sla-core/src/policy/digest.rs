//! The canonical record of a policy and its digest; `docs/canonical-record.md` specifies every byte.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rules::written_timers;
use super::{
    BurnObjective, InactivityRule, Objectives, PauseRules, Policy, QuietHours, Step, StepAction, StepCondition,
    StepTime, TimerRules,
};
use crate::calendar::{Calendar, CalendarRules, HolidayDate, Hours, Week, Window, ZoneTable};
use crate::digest::Digest;
use crate::id::Id;
use crate::package::{BusinessDays, Condition, Package, Target, Variant};
use crate::record::Record;

/// The version of the canonical records of policies, rules and zones.
pub const RECORD_VERSION: u32 = 2;

const POLICY_DOMAIN: &str = "sla-policy";
const RULES_DOMAIN: &str = "sla-rules";
const ZONE_DOMAIN: &str = "sla-zone";

impl Policy {
    /// Returns the digest of the canonical record, which decides which revision a ticket is under.
    ///
    /// Policies that mean the same have equal digests, whatever the order of keys and of lists that are sets, the
    /// spacing of their documents, or the way a duration is written. The order of variants, steps, burn objectives
    /// and notification channels counts.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.canonical_record())
    }

    /// Returns the bytes that the digest is taken of.
    #[must_use]
    pub fn canonical_record(&self) -> Vec<u8> {
        let mut record = Record::new(POLICY_DOMAIN, RECORD_VERSION);
        record.text(self.id.as_str());
        record.number(self.version);
        record.table(&self.calendars, calendar);
        record.set(&self.channels, |record, channel| {
            record.text(channel.id.as_str());
            record.text(&channel.name);
        });
        record.ids(&self.severities);
        record.ids(&self.categories);
        record.set(&self.packages, package);
        record.set(self.timers.values(), timer);
        record.set(written_timers(self), |record, timer| record.text(timer.id.as_str()));
        let steps: BTreeMap<&Id, &Vec<Step>> = self.steps.iter().filter(|(_, steps)| !steps.is_empty()).collect();
        record.list(steps, |record, (timer, steps)| {
            record.text(timer.as_str());
            record.list(steps, step);
        });
        pauses(&mut record, &self.pauses);
        record.list(&self.inactivity, inactivity);
        record.flag(self.roles.self_assign);
        record.flag(self.roles.agents_may_classify);
        record.flag(self.roles.agents_may_unassign);
        record.text(self.roles.agents_act_on.as_str());
        record.flag(self.roles.organizations_share);
        objectives(&mut record, &self.objectives);
        record.finish()
    }
}

/// Returns the digest of a policy together with the release of the time-zone rules and the zones of its calendars.
pub(super) fn rules_digest(policy: &Policy, zones_version: &str, calendars: &BTreeMap<Id, Arc<Calendar>>) -> Digest {
    let zones: BTreeMap<&str, &ZoneTable> =
        calendars.values().map(|calendar| (calendar.rules().time_zone.as_str(), calendar.zone())).collect();
    let mut record = Record::new(RULES_DOMAIN, RECORD_VERSION);
    record.digest(policy.digest());
    record.text(zones_version);
    record.list(zones, |record, (name, zone)| {
        record.text(name);
        record.digest(zone_digest(zone));
    });
    Digest::of(&record.finish())
}

fn zone_digest(zone: &ZoneTable) -> Digest {
    let mut record = Record::new(ZONE_DOMAIN, RECORD_VERSION);
    record.list(zone.periods_in_horizon(), |record, (start_s, offset_s)| {
        record.long(start_s);
        record.long(offset_s);
    });
    Digest::of(&record.finish())
}

fn windows(record: &mut Record, windows: &[Window]) {
    record.set(windows, |record, window| {
        record.number(window.open_s());
        record.number(window.close_s());
    });
}

fn week(record: &mut Record, week: &Week) {
    for day in &week.days {
        windows(record, day);
    }
}

fn calendar(record: &mut Record, rules: &CalendarRules) {
    record.text(&rules.time_zone);
    record.text(rules.hours.field());
    match &rules.hours {
        Hours::AlwaysOpen => {}
        Hours::Weekly(of_days) => week(record, of_days),
        Hours::Rotation(rotation) => {
            record.text(&rotation.starts.to_string());
            record.list(&rotation.weeks, week);
        }
        Hours::AnyOf(members) => record.ids(members),
    }
    record.set(&rules.seasons, |record, season| {
        record.text(&season.dates.from.to_string());
        record.text(&season.dates.to.to_string());
        record.text(&season.name);
        week(record, &season.week);
    });
    record.set(&rules.holidays, |record, holiday| {
        match holiday.date {
            HolidayDate::Day(date) => {
                record.flag(false);
                record.text(&date.to_string());
            }
            HolidayDate::Range(range) => {
                record.flag(true);
                record.text(&range.from.to_string());
                record.text(&range.to.to_string());
            }
        }
        record.text(&holiday.name);
    });
    record.set(&rules.special_days, |record, day| {
        record.text(&day.date.to_string());
        record.text(&day.name);
        windows(record, &day.windows);
    });
    record.option(rules.holidays_known_until, |record, date| record.text(&date.to_string()));
}

fn name(record: &mut Record, id: &Id) {
    record.text(id.as_str());
}

fn targets(record: &mut Record, targets: &BTreeMap<Id, Target>) {
    record.table(targets, |record, target| match target {
        Target::None => record.text("none"),
        Target::Within { duration, calendar } => {
            record.text("within");
            record.long(duration.as_micros());
            record.option(calendar.as_ref(), name);
        }
        Target::BusinessDays(BusinessDays { days, by, cut_off, calendar }) => {
            record.text("business_days");
            record.number(*days);
            record.text(&by.to_string());
            record.option(*cut_off, |record, time| record.text(&time.to_string()));
            record.option(calendar.as_ref(), name);
        }
    });
}

fn package(record: &mut Record, package: &Package) {
    record.text(package.id.as_str());
    record.text(&package.name);
    record.number(package.rank);
    record.option(package.extends.as_ref(), name);
    record.option(package.channels.as_ref(), |record, channels| record.ids(channels));
    record.option(package.calendar.as_ref(), name);
    targets(record, &package.targets);
    record.option(package.priority.as_ref(), name);
    record.option(package.variants.as_ref(), |record, variants| record.list(variants, variant));
}

fn variant(record: &mut Record, variant: &Variant) {
    let Condition { channel, severity, category, during, outside } = &variant.when;
    for id in [channel, severity, category, during, outside, &variant.calendar] {
        record.option(id.as_ref(), name);
    }
    targets(record, &variant.targets);
}

fn inactivity(record: &mut Record, rule: &InactivityRule) {
    record.text(rule.id.as_str());
    record.text(rule.status.as_str());
    record.long(rule.after.as_micros());
    record.option(rule.calendar.as_ref(), name);
    record.text(rule.action.as_str());
    record.texts(&rule.notify);
    quiet_hours(record, &rule.quiet_hours);
    record.option(rule.reason.as_deref(), Record::text);
}

fn quiet_hours(record: &mut Record, quiet_hours: &QuietHours) {
    match quiet_hours {
        QuietHours::Off => record.text("off"),
        QuietHours::Calendar => record.text("calendar"),
        QuietHours::Other(calendar) => {
            record.text("other");
            name(record, calendar);
        }
    }
}

fn timer(record: &mut Record, timer: &TimerRules) {
    record.text(timer.id.as_str());
    record.set(&timer.starts_on, |record, trigger| record.text(trigger.as_str()));
    record.set(&timer.stops_on, |record, trigger| record.text(trigger.as_str()));
    record.set(&timer.cancels_on, |record, trigger| record.text(trigger.as_str()));
    record.set(&timer.pauses_on, |record, status| record.text(status.as_str()));
    record.text(timer.cycles.as_str());
    record.text(timer.on_reopen.as_str());
    record.text(timer.due_boundary.as_str());
}

fn step(record: &mut Record, step: &Step) {
    record.text(step.id.as_str());
    match step.time {
        StepTime::At(share) => {
            record.text("at");
            record.number(share.as_millionths());
        }
        StepTime::Before(length) => {
            record.text("before");
            record.long(length.as_micros());
        }
        StepTime::After(length) => {
            record.text("after");
            record.long(length.as_micros());
        }
    }
    let StepCondition { channel, severity, category, package } = &step.when;
    for id in [channel, severity, category, package] {
        record.option(id.as_ref(), name);
    }
    match step.action {
        StepAction::Warn => record.flag(false),
        StepAction::Escalate { level } => {
            record.flag(true);
            record.number(level);
        }
    }
    record.texts(&step.notify);
    record.option(step.assign_to.as_deref(), Record::text);
    quiet_hours(record, &step.quiet_hours);
    record.option(step.repeat, |record, repeat| {
        record.long(repeat.every.as_micros());
        record.number(repeat.times);
    });
    record.flag(step.until_acknowledged);
}

fn pauses(record: &mut Record, rules: &PauseRules) {
    record.set(&rules.reasons, |record, reason| record.text(reason));
    record.duration(rules.max_pause);
    record.duration(rules.max_paused_total);
}

fn objectives(record: &mut Record, objectives: &Objectives) {
    record.list(&objectives.burn, burn);
    record.option(objectives.critical_level, Record::number);
    record.table(&objectives.score_weights, |record, weight| record.number(*weight));
    record.duration(objectives.monitor_lag);
}

fn burn(record: &mut Record, burn: &BurnObjective) {
    record.text(burn.timer.as_str());
    record.number(burn.objective.as_millionths());
    record.long(burn.long_window.as_micros());
    record.long(burn.short_window.as_micros());
    record.number(burn.threshold.as_millionths());
    record.number(burn.min_decided);
}
