//! A policy as values: what holds after all that packages and timers leave out is looked up.

use std::collections::BTreeSet;

use serde::Serialize;

use super::fault::PolicyFault;
use super::rules::{MAX_PACKAGE_VALUES, complete_steps};
use super::{
    ActOn, BurnObjective, CheckedPolicy, Cycles, DueBoundary, InactiveStatus, InactivityAction, InactivityRule,
    OnReopen, PauseStatus, Preset, QuietHours, Step, StepAction, StepCondition, StepTime, TimerRules, Trigger,
};
use crate::calendar::{CalendarRules, HolidayDate, Hours, Week, Window};
use crate::error::Error;
use crate::id::Id;
use crate::package::{Condition, Package, Target, Variant};
use crate::time::{BusinessDuration, Share};

/// A policy as values. What a package leaves out is that of the package it extends, what a timer leaves out that of its
/// preset; lengths are whole microseconds, shares millionths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyValues {
    /// The policy's id; the same in all its revisions.
    pub id: Id,
    /// The number of this revision, for people.
    pub version: u32,
    /// Packages, in the order of the document.
    pub packages: Vec<PolicyPackage>,
    /// Channels, in the order of the document.
    pub channels: Vec<PolicyChannel>,
    /// Every timer, the presets included, by id.
    pub timers: Vec<PolicyTimer>,
    /// Calendars by id.
    pub calendars: Vec<PolicyCalendar>,
    /// The severities a ticket may have.
    pub severities: Vec<Id>,
    /// The categories a ticket may have.
    pub categories: Vec<Id>,
    /// Inactivity rules, in their order.
    pub inactivity: Vec<PolicyInactivity>,
    /// How long a ticket may pause, and why.
    pub pauses: PolicyPauses,
    /// What agents may do beyond the fixed table of commands.
    pub roles: PolicyRoles,
    /// Objectives, for reports and alerts.
    pub objectives: PolicyObjectives,
}

/// A package with what holds for its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyPackage {
    /// Unique within the policy.
    pub id: Id,
    /// The name people see.
    pub name: String,
    /// The order of packages, higher is better.
    pub rank: u32,
    /// The package that says what this one leaves out.
    pub extends: Option<Id>,
    /// The label that reports group by.
    pub priority: Option<Id>,
    /// The calendar in which targets count that name no other, and pauses and inactivity.
    pub calendar: Id,
    /// The channels its tickets may use.
    pub channels: Vec<Id>,
    /// What is promised where no variant holds, by timer; a timer that is not listed promises nothing.
    pub targets: Vec<PolicyTarget>,
    /// Deviations, in order; the first whose condition holds applies.
    pub variants: Vec<PolicyVariant>,
}

/// What a package promises for a timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyTarget {
    /// The timer.
    pub timer: Id,
    /// The promised length; null for one in business days.
    #[serde(rename = "within_us")]
    pub within: Option<BusinessDuration>,
    /// How many business days after the day of receipt; null for a length.
    pub business_days: Option<u32>,
    /// When on that day: `close`, `same_time` or a local time.
    pub by: Option<String>,
    /// What is received at or after this local time counts as received on the next business day.
    pub cut_off: Option<String>,
    /// The calendar in which it counts.
    pub calendar: Id,
    /// The package that states it, itself or in a variant: this one, or one that it extends.
    pub stated_by: Id,
}

/// What a package promises where a condition holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyVariant {
    /// When it applies.
    pub when: PolicyCondition,
    /// The package that states the variant: this one, or one that it extends.
    pub stated_by: Id,
    /// The calendar in which targets count that name no other.
    pub calendar: Id,
    /// All that is promised then, by timer; a timer that is not listed promises nothing.
    pub targets: Vec<PolicyTarget>,
}

/// A condition; every part that is stated must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyCondition {
    /// The channel of the event that starts the cycle.
    pub channel: Option<Id>,
    /// The ticket's severity.
    pub severity: Option<Id>,
    /// The ticket's category.
    pub category: Option<Id>,
    /// The package; of steps only.
    pub package: Option<Id>,
    /// A calendar that is open at that event; of variants only.
    pub during: Option<Id>,
    /// A calendar that is closed then; of variants only.
    pub outside: Option<Id>,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyChannel {
    /// Unique within the policy.
    pub id: Id,
    /// The name people see.
    pub name: String,
}

/// A timer with its steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyTimer {
    /// Unique within the policy.
    pub id: Id,
    /// Whether it is a preset, perhaps adjusted.
    pub is_preset: bool,
    /// Whether it is measured: the policy lists it, or some package has a target for it.
    pub is_measured: bool,
    /// What starts a cycle.
    pub starts_on: Vec<Trigger>,
    /// What stops it.
    pub stops_on: Vec<Trigger>,
    /// What cancels it, because the ticket is handed on.
    pub cancels_on: Vec<Trigger>,
    /// The statuses in which it pauses.
    pub pauses_on: Vec<PauseStatus>,
    /// Whether it runs once a ticket or at each start.
    pub cycles: Cycles,
    /// What a reopened ticket does to a cycle that the resolve stopped.
    pub on_reopen: OnReopen,
    /// Where a due lands that falls exactly on a closing.
    pub due_boundary: DueBoundary,
    /// Its steps in order, with the breach escalation that every timer has.
    pub steps: Vec<PolicyStep>,
}

/// A warning or an escalation. One of `at`, `before` and `after` says when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyStep {
    /// Unique within its timer.
    pub id: Id,
    /// Whether the policy states it; otherwise it is the breach escalation that every timer has.
    pub is_stated: bool,
    /// Fires when this share of the target is used.
    pub at: Option<Share>,
    /// Fires when this much of the target remains.
    #[serde(rename = "before_us")]
    pub before: Option<BusinessDuration>,
    /// Fires when this much business time has passed since the due instant.
    #[serde(rename = "after_us")]
    pub after: Option<BusinessDuration>,
    /// The level of an escalation; null for a warning.
    pub level: Option<u32>,
    /// Names of notification channels; the host acts on them.
    pub notify: Vec<String>,
    /// A role or queue to assign to; the host acts on it.
    pub assign_to: Option<String>,
    /// Whether the notification waits for the next opening.
    pub quiet_hours: PolicyQuietHours,
    /// For which cycles it is.
    pub when: PolicyCondition,
    /// The counted time between two repetitions; null without any.
    #[serde(rename = "repeat_every_us")]
    pub repeat_every: Option<BusinessDuration>,
    /// How often it repeats after itself; null without repetitions.
    pub repeat_times: Option<u32>,
    /// Whether an acknowledged escalation of the cycle ends it and its repetitions.
    pub until_acknowledged: bool,
}

/// Whether a notification waits for the next opening of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyQuietHours {
    /// Whether it waits.
    pub waits: bool,
    /// The calendar at whose opening is notified; null for the one in which the time counts.
    pub calendar: Option<Id>,
}

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyCalendar {
    /// Unique within the policy.
    pub id: Id,
    /// A name of the IANA time-zone database.
    pub time_zone: String,
    /// Whether it is open around the clock.
    pub always_open: bool,
    /// The recurring weeks: one, or those that take turns; none where it is always open or made of others.
    pub weeks: Vec<PolicyWeek>,
    /// The Monday on which the first of the weeks begins that take turns, for example `2026-01-05`.
    pub rotation_starts: Option<String>,
    /// The calendars that it is made of: it is open whenever one of them is.
    pub any_of: Vec<Id>,
    /// Dates on which another week replaces the recurring ones.
    pub seasons: Vec<PolicySeason>,
    /// Dates on which no window opens.
    pub holidays: Vec<PolicyHoliday>,
    /// Dates with windows of their own.
    pub special_days: Vec<PolicySpecialDay>,
    /// The last local date up to which the holidays are entered.
    pub holidays_known_until: Option<String>,
}

/// The opening windows of each day of the week, for example `08:00-12:00`; a closed day has none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyWeek {
    /// Windows that open on a Monday.
    pub mon: Vec<String>,
    /// Windows that open on a Tuesday.
    pub tue: Vec<String>,
    /// Windows that open on a Wednesday.
    pub wed: Vec<String>,
    /// Windows that open on a Thursday.
    pub thu: Vec<String>,
    /// Windows that open on a Friday.
    pub fri: Vec<String>,
    /// Windows that open on a Saturday.
    pub sat: Vec<String>,
    /// Windows that open on a Sunday.
    pub sun: Vec<String>,
}

/// Dates on which a week of their own replaces the recurring ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicySeason {
    /// The name shown when closed time is explained.
    pub name: String,
    /// The first local date, `2026-02-18` once or `--06-01` every year.
    pub from: String,
    /// The last local date.
    pub to: String,
    /// The opening windows.
    pub week: PolicyWeek,
}

/// Dates on which no window opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyHoliday {
    /// The name shown when closed time is explained.
    pub name: String,
    /// The first local date, `2026-12-25` once or `--12-25` every year.
    pub from: String,
    /// The last local date; of a single one the same.
    pub to: String,
}

/// A date whose windows replace all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicySpecialDay {
    /// The name shown when the time of this day is explained.
    pub name: String,
    /// The local date.
    pub date: String,
    /// The windows that open on it; a closed day has none.
    pub windows: Vec<String>,
}

/// What happens to tickets in one status on which nothing has happened for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyInactivity {
    /// Unique within the policy.
    pub id: Id,
    /// The status of the ticket.
    pub status: InactiveStatus,
    /// The business time without activity.
    #[serde(rename = "after_us")]
    pub after: BusinessDuration,
    /// The calendar in which it counts; null for the package's.
    pub calendar: Option<Id>,
    /// What happens.
    pub action: InactivityAction,
    /// Names of notification channels; the host acts on them.
    pub notify: Vec<String>,
    /// Whether the notification waits for the next opening.
    pub quiet_hours: PolicyQuietHours,
    /// Why, for people.
    pub reason: Option<String>,
}

/// Limits on pauses, in business time of the ticket's package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyPauses {
    /// The reasons that a pause may give; none for any.
    pub reasons: Vec<String>,
    /// The longest single pause.
    #[serde(rename = "max_pause_us")]
    pub max_pause: Option<BusinessDuration>,
    /// The longest sum of pauses of one ticket.
    #[serde(rename = "max_paused_total_us")]
    pub max_paused_total: Option<BusinessDuration>,
}

/// What agents may do beyond the fixed table of commands.
#[expect(clippy::struct_excessive_bools, reason = "each is a permission of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyRoles {
    /// Whether agents may assign tickets to themselves.
    pub self_assign: bool,
    /// Whether the assigned agent may set severity and category.
    pub agents_may_classify: bool,
    /// Whether the assigned agent may give the ticket back.
    pub agents_may_unassign: bool,
    /// On which tickets agents act.
    pub agents_act_on: ActOn,
    /// Whether customers of one organization own its tickets together.
    pub organizations_share: bool,
}

/// Objectives of the support desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyObjectives {
    /// Error-budget burn to watch.
    pub burn: Vec<PolicyBurn>,
    /// The level from which an escalation is critical.
    pub critical_level: Option<u32>,
    /// The weights of an agent's score by component: a timer id, or `csat`.
    pub score_weights: Vec<PolicyWeight>,
    /// The lag between an automatic event and its detection above which the monitor alerts, in wall time.
    #[serde(rename = "monitor_lag_us")]
    pub monitor_lag: Option<BusinessDuration>,
}

/// A compliance objective of one timer and when its burn is alarming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyBurn {
    /// The timer.
    pub timer: Id,
    /// The share of cycles to be met.
    pub objective: Share,
    /// The long window, in wall time.
    #[serde(rename = "long_window_us")]
    pub long_window: BusinessDuration,
    /// The short window, in wall time.
    #[serde(rename = "short_window_us")]
    pub short_window: BusinessDuration,
    /// The burn at which both windows alarm.
    pub threshold: Share,
    /// The fewest decided cycles in the long window.
    pub min_decided: u32,
}

/// The weight of a component of an agent's score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyWeight {
    /// A timer id, or `csat`.
    pub component: Id,
    /// Its weight.
    pub weight: u32,
}

impl CheckedPolicy {
    /// Returns the policy as values: what holds for each package and timer, with all that they leave out looked up.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::wire;
    /// let extending = POLICY.replace(r#""channels": ["email", "chat"], "calendar": "office""#, r#""extends": "starter""#);
    /// let values = wire::policy::read(extending.replace(r#", "resolution": "8h""#, ""))?.values()?;
    /// let pro = &values.packages[1];
    /// assert_eq!((pro.calendar.as_str(), pro.channels[0].as_str()), ("office", "email"));
    /// let stated_by: Vec<&str> = pro.targets.iter().map(|target| target.stated_by.as_str()).collect();
    /// assert_eq!(stated_by, ["pro", "starter"]); // the first response, the resolution
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `limit_exceeded` where the packages have more than [`MAX_PACKAGE_VALUES`] channels, variants and targets together.
    pub fn values(&self) -> Result<PolicyValues, Error> {
        let mut left = MAX_PACKAGE_VALUES;
        let packages = self.packages.iter().map(|package| self.package_values(package, &mut left));
        let measured = self.measured();
        Ok(PolicyValues {
            id: self.id.clone(),
            version: self.version,
            packages: packages.collect::<Result<_, _>>()?,
            channels: self
                .channels
                .iter()
                .map(|channel| PolicyChannel { id: channel.id.clone(), name: channel.name.clone() })
                .collect(),
            timers: self.timers.values().map(|rules| self.timer_values(rules, &measured)).collect(),
            calendars: self.calendars.iter().map(|(id, rules)| calendar(id, rules)).collect(),
            severities: self.severities.clone(),
            categories: self.categories.clone(),
            inactivity: self.inactivity.iter().map(inactivity).collect(),
            pauses: PolicyPauses {
                reasons: self.pauses.reasons.clone(),
                max_pause: self.pauses.max_pause,
                max_paused_total: self.pauses.max_paused_total,
            },
            roles: PolicyRoles {
                self_assign: self.roles.self_assign,
                agents_may_classify: self.roles.agents_may_classify,
                agents_may_unassign: self.roles.agents_may_unassign,
                agents_act_on: self.roles.agents_act_on,
                organizations_share: self.roles.organizations_share,
            },
            objectives: PolicyObjectives {
                burn: self.objectives.burn.iter().map(burn).collect(),
                critical_level: self.objectives.critical_level,
                score_weights: self
                    .objectives
                    .score_weights
                    .iter()
                    .map(|(component, weight)| PolicyWeight { component: component.clone(), weight: *weight })
                    .collect(),
                monitor_lag: self.objectives.monitor_lag,
            },
        })
    }

    fn package_values(&self, package: &Package, left: &mut usize) -> Result<PolicyPackage, Error> {
        let channels = self.channels_of(package);
        take(left, channels.len())?;
        let (calendar, targets) = self.promises(package, None, left)?;
        // Those of the nearest package that states any, which may be an empty list.
        let stating = self.chain(Some(package)).find(|package| package.variants.is_some());
        let variants = stating.into_iter().flat_map(|stating| {
            let of_stating = stating.own_variants().iter();
            of_stating.map(move |variant| (stating, variant))
        });
        let variants = variants.map(|(stating, variant)| {
            take(left, 1)?;
            let (calendar, targets) = self.promises(package, Some((stating, variant)), left)?;
            let Condition { channel, severity, category, during, outside } = variant.when.clone();
            let when = PolicyCondition { channel, severity, category, package: None, during, outside };
            Ok(PolicyVariant { when, stated_by: stating.id.clone(), calendar, targets })
        });
        let variants = variants.collect::<Result<_, Error>>()?;
        Ok(PolicyPackage {
            id: package.id.clone(),
            name: package.name.clone(),
            rank: package.rank,
            extends: package.extends.clone(),
            priority: self.priority_of(package).cloned(),
            calendar,
            channels: channels.to_vec(),
            targets,
            variants,
        })
    }

    /// Returns the calendar of a package and what is promised where a variant holds, or none; the variant comes with the
    /// package of the chain that states it.
    fn promises<'a>(
        &'a self,
        package: &'a Package,
        variant: Option<(&'a Package, &'a Variant)>,
        left: &mut usize,
    ) -> Result<(Id, Vec<PolicyTarget>), Error> {
        let variant_of =
            |package: &Package| variant.filter(|(stating, _)| stating.id == package.id).map(|(_, variant)| variant);
        let stated = self.chain(Some(package)).map(|package| &package.targets);
        let stated = stated.chain(variant.map(|(_, variant)| &variant.targets));
        let timers: BTreeSet<&Id> = stated.flat_map(|targets| targets.keys()).collect();
        take(left, timers.len())?;
        let mut targets = Vec::with_capacity(timers.len());
        for timer in timers {
            let terms = self.stated_terms(Some(package), Some(timer), variant_of);
            let (Some((stating, target)), Some(calendar)) = (terms.target, terms.calendar) else { continue };
            targets.extend(target_values(timer, target, target.calendar().unwrap_or(calendar), stating));
        }
        // INVARIANT: every package of a checked policy has a calendar.
        let calendar = self.stated_terms(Some(package), None, variant_of).calendar.ok_or(PolicyFault::NoCalendar)?;
        Ok((calendar.clone(), targets))
    }

    fn timer_values(&self, rules: &TimerRules, measured: &BTreeSet<&Id>) -> PolicyTimer {
        let stated = self.steps.get(&rules.id).map_or(&[][..], Vec::as_slice);
        let steps = complete_steps(stated);
        PolicyTimer {
            id: rules.id.clone(),
            is_preset: Preset::from_word(rules.id.as_str()).is_some(),
            is_measured: measured.contains(&rules.id),
            starts_on: rules.starts_on.clone(),
            stops_on: rules.stops_on.clone(),
            cancels_on: rules.cancels_on.clone(),
            pauses_on: rules.pauses_on.clone(),
            cycles: rules.cycles,
            on_reopen: rules.on_reopen,
            due_boundary: rules.due_boundary,
            // The breach escalation is added behind those that are stated.
            steps: (0..).zip(&steps).map(|(place, step)| step_values(step, place < stated.len())).collect(),
        }
    }
}

/// Takes `count` of the values that are left of the limit.
fn take(left: &mut usize, count: usize) -> Result<(), PolicyFault> {
    *left = left.checked_sub(count).ok_or(PolicyFault::TooManyValues)?;
    Ok(())
}

fn target_values(timer: &Id, target: &Target, calendar: &Id, stating: &Package) -> Option<PolicyTarget> {
    let (within, days) = match target {
        Target::None => return None,
        Target::Within { duration, .. } => (Some(*duration), None),
        Target::BusinessDays(days) => (None, Some(days)),
    };
    Some(PolicyTarget {
        timer: timer.clone(),
        within,
        business_days: days.map(|days| days.days),
        by: days.map(|days| days.by.to_string()),
        cut_off: days.and_then(|days| days.cut_off).map(|time| time.to_string()),
        calendar: calendar.clone(),
        stated_by: stating.id.clone(),
    })
}

fn step_values(step: &Step, is_stated: bool) -> PolicyStep {
    let (mut at, mut before, mut after) = (None, None, None);
    match step.time {
        StepTime::At(share) => at = Some(share),
        StepTime::Before(length) => before = Some(length),
        StepTime::After(length) => after = Some(length),
    }
    let StepCondition { channel, severity, category, package } = step.when.clone();
    PolicyStep {
        id: step.id.clone(),
        is_stated,
        at,
        before,
        after,
        level: match step.action {
            StepAction::Warn => None,
            StepAction::Escalate { level } => Some(level),
        },
        notify: step.notify.to_vec(),
        assign_to: step.assign_to.clone(),
        quiet_hours: quiet_hours(&step.quiet_hours),
        when: PolicyCondition { channel, severity, category, package, during: None, outside: None },
        repeat_every: step.repeat.map(|repeat| repeat.every),
        repeat_times: step.repeat.map(|repeat| repeat.times),
        until_acknowledged: step.until_acknowledged,
    }
}

fn quiet_hours(quiet_hours: &QuietHours) -> PolicyQuietHours {
    let calendar = match quiet_hours {
        QuietHours::Other(calendar) => Some(calendar.clone()),
        QuietHours::Off | QuietHours::Calendar => None,
    };
    PolicyQuietHours { waits: *quiet_hours != QuietHours::Off, calendar }
}

fn calendar(id: &Id, rules: &CalendarRules) -> PolicyCalendar {
    let (rotation_starts, any_of) = match &rules.hours {
        Hours::Rotation(rotation) => (Some(rotation.starts.to_string()), Vec::new()),
        Hours::AnyOf(members) => (None, members.clone()),
        Hours::AlwaysOpen | Hours::Weekly(_) => (None, Vec::new()),
    };
    PolicyCalendar {
        id: id.clone(),
        time_zone: rules.time_zone.clone(),
        always_open: rules.hours == Hours::AlwaysOpen,
        weeks: rules.hours.weeks().iter().map(week).collect(),
        rotation_starts,
        any_of,
        seasons: rules
            .seasons
            .iter()
            .map(|season| PolicySeason {
                name: season.name.clone(),
                from: season.dates.from.to_string(),
                to: season.dates.to.to_string(),
                week: week(&season.week),
            })
            .collect(),
        holidays: rules
            .holidays
            .iter()
            .map(|holiday| {
                let (from, to) = match holiday.date {
                    HolidayDate::Day(date) => (date, date),
                    HolidayDate::Range(range) => (range.from, range.to),
                };
                PolicyHoliday { name: holiday.name.clone(), from: from.to_string(), to: to.to_string() }
            })
            .collect(),
        special_days: rules
            .special_days
            .iter()
            .map(|day| PolicySpecialDay {
                name: day.name.clone(),
                date: day.date.to_string(),
                windows: texts(&day.windows),
            })
            .collect(),
        holidays_known_until: rules.holidays_known_until.map(|date| date.to_string()),
    }
}

fn week(week: &Week) -> PolicyWeek {
    let [mon, tue, wed, thu, fri, sat, sun] = week.days.each_ref().map(|windows| texts(windows));
    PolicyWeek { mon, tue, wed, thu, fri, sat, sun }
}

fn texts(windows: &[Window]) -> Vec<String> {
    windows.iter().map(Window::to_string).collect()
}

fn inactivity(rule: &InactivityRule) -> PolicyInactivity {
    PolicyInactivity {
        id: rule.id.clone(),
        status: rule.status,
        after: rule.after,
        calendar: rule.calendar.clone(),
        action: rule.action,
        notify: rule.notify.to_vec(),
        quiet_hours: quiet_hours(&rule.quiet_hours),
        reason: rule.reason.clone(),
    }
}

fn burn(burn: &BurnObjective) -> PolicyBurn {
    PolicyBurn {
        timer: burn.timer.clone(),
        objective: burn.objective,
        long_window: burn.long_window,
        short_window: burn.short_window,
        threshold: burn.threshold,
        min_decided: burn.min_decided,
    }
}
