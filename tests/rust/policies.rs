//! Policies made from random choices, each one valid.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use sla_core::Id;
use sla_core::calendar::{
    CalendarDate, CalendarRules, DateRange, Holiday, HolidayDate, Hours, Rotation, Season, SpecialDay, Week, Window,
};
use sla_core::channel::Channel;
use sla_core::package::{Condition, Package, Target, Variant};
use sla_core::policy::{
    ActOn, BurnObjective, Cycles, DueBoundary, InactiveStatus, InactivityAction, InactivityRule, OnReopen, PauseRules,
    PauseStatus, Policy, Preset, QuietHours, Repeat, RoleRules, Step, StepAction, StepCondition, StepTime, TimerRules,
    Trigger,
};
use sla_core::time::{BusinessDuration, Share};

/// A tape of choices; past its end every choice is the first, so that a shorter tape is a simpler policy.
pub struct Choices(std::vec::IntoIter<u32>);

impl Choices {
    /// Takes over a tape.
    #[must_use]
    pub fn new(tape: Vec<u32>) -> Self {
        Self(tape.into_iter())
    }

    fn below(&mut self, end: u32) -> u32 {
        self.0.next().unwrap_or_default() % end
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    fn one<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        let at = self.below(u32::try_from(values.len()).unwrap());
        &values[usize::try_from(at).unwrap()]
    }

    fn some<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.yes() { Some(make(self)) } else { None }
    }

    fn many<T>(&mut self, most: u32, make: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    /// Returns some of the values, in an order of their own.
    fn subset<T: Clone>(&mut self, values: &[T]) -> Vec<T> {
        let mut chosen: Vec<T> = values.iter().filter(|_| self.yes()).cloned().collect();
        if self.yes() {
            chosen.reverse();
        }
        chosen
    }

    /// Returns up to three ids that differ, some of them strange.
    fn ids(&mut self, least: u32) -> Vec<Id> {
        const WORDS: [&str; 9] =
            ["a", "Zoë", "~0/1", "\"quoted\"", "two words", "日本", "\\u0041", "constructor", "csat_"];
        let count = least + self.below(3);
        let ids: BTreeSet<String> = (0..count).map(|number| format!("{}{number}", self.one(&WORDS))).collect();
        ids.into_iter().map(|id| Id::new(id).unwrap()).collect()
    }

    fn text(&mut self) -> String {
        (*self.one(&["Name", "  padded\t", "line\nbreak", "🙂", "\u{0}", "'\"`"])).to_owned()
    }

    fn texts(&mut self) -> Vec<String> {
        self.subset(&["email", "the pager", "é", "\u{7f}sms"]).into_iter().map(str::to_owned).collect()
    }

    fn duration(&mut self) -> BusinessDuration {
        let unit = *self.one(&[3_600_000_000, 60_000_000, 1_000_000, 1, 90_061_000_001]);
        BusinessDuration::from_micros((1 + i64::from(self.below(100_000))) * unit).unwrap()
    }

    fn share(&mut self, end: u32) -> Share {
        Share::from_millionths(1 + self.below(end - 1))
    }

    fn date(&mut self) -> NaiveDate {
        NaiveDate::from_ymd_opt(1, 1, 1).unwrap() + Days::new(u64::from(self.below(3_652_059)))
    }

    fn window(&mut self) -> Window {
        Window::new(self.below(86_400), self.below(86_401)).unwrap()
    }

    fn calendar(&mut self) -> CalendarRules {
        let zone = *self.one(&["UTC", "Asia/Jakarta", "Europe/Berlin", "America/New_York", "Pacific/Apia"]);
        if self.yes() {
            return CalendarRules::new(zone, Hours::AlwaysOpen);
        }
        let mut week = self.week();
        week.days[2].push(self.window());
        let monday = NaiveDate::from_ymd_opt(2_024, 1, 1).unwrap() + Days::new(7 * u64::from(self.below(300)));
        let hours = match self.some(|choices| choices.many(3, Self::week)) {
            Some(weeks) if !weeks.is_empty() => {
                Hours::Rotation(Rotation { starts: monday, weeks: weeks.into_iter().chain([week]).collect() })
            }
            _ => Hours::Weekly(week),
        };
        let yearly =
            [(2, 29), (12, 25), (1, 1)].map(|(month, day)| HolidayDate::Day(CalendarDate::Yearly { month, day }));
        let mut dates = self.subset(&yearly);
        dates.extend(
            self.many(3, Self::date)
                .into_iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(|date| HolidayDate::Day(CalendarDate::On(date))),
        );
        let ranges = [("--12-24", "--01-02"), ("2026-07-06", "2026-07-17"), ("--02-29", "--02-29")];
        let ranges = ranges.map(|(from, to)| HolidayDate::Range(DateRange::parse(from, to).unwrap()));
        dates.extend(self.subset(&ranges));
        let seasons = [("--06-01", "--08-31"), ("2026-02-18", "2026-03-19"), ("--11-15", "--01-14")];
        let seasons = self.subset(&seasons.map(|(from, to)| DateRange::parse(from, to).unwrap()));
        let special: BTreeSet<NaiveDate> = self.many(2, Self::date).into_iter().collect();
        CalendarRules {
            seasons: seasons
                .into_iter()
                .map(|dates| Season { name: self.text_that_shows(), dates, week: self.week() })
                .collect(),
            holidays: dates.into_iter().map(|date| Holiday { name: self.text_that_shows(), date }).collect(),
            special_days: special
                .into_iter()
                .map(|date| SpecialDay { date, name: self.text_that_shows(), windows: self.many(2, Self::window) })
                .collect(),
            holidays_known_until: self.some(Self::date),
            ..CalendarRules::new(zone, hours)
        }
    }

    fn week(&mut self) -> Week {
        Week { days: std::array::from_fn(|_| self.many(3, Self::window)) }
    }

    fn text_that_shows(&mut self) -> String {
        format!("x{}", self.text())
    }

    fn timer(&mut self, rules: TimerRules) -> TimerRules {
        let starts_on = self.subset(Trigger::ALL);
        let stops_on = self.subset(Trigger::ALL);
        let no_reopening = [Preset::FirstResponse, Preset::Assignment].map(Id::preset).contains(&rules.id);
        TimerRules {
            starts_on: if starts_on.is_empty() { rules.starts_on } else { starts_on },
            stops_on: if stops_on.iter().all(|stop| *stop == Trigger::Opened) { rules.stops_on } else { stops_on },
            cancels_on: Vec::new(),
            pauses_on: self.subset(PauseStatus::ALL),
            cycles: *self.one(Cycles::ALL),
            on_reopen: if no_reopening { OnReopen::Ignore } else { *self.one(OnReopen::ALL) },
            due_boundary: *self.one(DueBoundary::ALL),
            id: rules.id,
        }
    }

    fn targets(&mut self, timers: &[Id], calendars: &[Id]) -> BTreeMap<Id, Target> {
        self.subset(timers).into_iter().map(|timer| (timer, self.target(calendars))).collect()
    }

    fn target(&mut self, calendars: &[Id]) -> Target {
        match self.below(4) {
            0 => Target::None,
            1 => Target::Within {
                duration: self.duration(),
                calendar: self.some(|choices| choices.one(calendars).clone()),
            },
            _ => self.duration().into(),
        }
    }

    fn package(&mut self, id: Id, policy: &Policy, calendars: &[Id], timers: &[Id]) -> Package {
        let channels: Vec<Id> = policy.channels.iter().map(|channel| channel.id.clone()).collect();
        let variant = |choices: &mut Self| Variant {
            when: Condition {
                channel: choices.some(|choices| choices.one(&channels).clone()),
                severity: choices.subset(&policy.severities).pop(),
                category: choices.subset(&policy.categories).pop(),
                during: choices.some(|choices| choices.one(calendars).clone()),
                outside: choices.some(|choices| choices.one(calendars).clone()),
            },
            targets: choices.targets(timers, calendars),
            calendar: choices.some(|choices| choices.one(calendars).clone()),
        };
        Package {
            id,
            name: self.text_that_shows(),
            rank: *self.one(&[0, 1, u32::MAX]),
            extends: None,
            channels: Some(self.subset(&channels)),
            calendar: Some(self.one(calendars).clone()),
            targets: self.targets(timers, calendars),
            priority: self.some(|choices| choices.one(&["P1", "high"].map(|label| Id::new(label).unwrap())).clone()),
            variants: self.some(|choices| choices.many(3, variant)),
        }
    }

    fn step(&mut self, id: Id, number: u32, policy: &Policy) -> Step {
        let length = |number: u32| BusinessDuration::from_micros(1 + i64::from(number) * 7_000_001).unwrap();
        let time = match self.below(3) {
            0 => StepTime::At(Share::from_millionths(1 + number * 77_000)),
            1 => StepTime::Before(length(number)),
            _ => StepTime::After(BusinessDuration::from_micros(1 + i64::from(number) * 7_000_001).unwrap()),
        };
        Step {
            id,
            time,
            when: StepCondition {
                channel: self.some(|choices| choices.one(&policy.channels).id.clone()),
                severity: self.subset(&policy.severities).pop(),
                category: self.subset(&policy.categories).pop(),
                package: None,
            },
            action: if self.yes() { StepAction::Escalate { level: 1 + self.below(9) } } else { StepAction::Warn },
            notify: self.texts().into(),
            assign_to: self.some(Self::text_that_shows),
            quiet_hours: self.quiet_hours(policy),
            repeat: self.some(|choices| Repeat { every: choices.duration(), times: 1 + choices.below(100) }),
            until_acknowledged: self.yes(),
        }
    }

    fn quiet_hours(&mut self, policy: &Policy) -> QuietHours {
        let calendars: Vec<&Id> = policy.calendars.keys().collect();
        match self.below(3) {
            0 => QuietHours::Off,
            1 => QuietHours::Calendar,
            _ => QuietHours::Other((*self.one(&calendars)).clone()),
        }
    }

    fn inactivity(&mut self, id: Id, policy: &Policy) -> InactivityRule {
        let calendars: Vec<&Id> = policy.calendars.keys().collect();
        let status = *self.one(InactiveStatus::ALL);
        let acts = if status == InactiveStatus::Resolved { InactivityAction::Close } else { InactivityAction::Resolve };
        InactivityRule {
            id,
            status,
            after: self.duration(),
            calendar: self.some(|choices| (*choices.one(&calendars)).clone()),
            action: if self.yes() { acts } else { InactivityAction::Remind },
            notify: self.texts().into(),
            quiet_hours: self.quiet_hours(policy),
            reason: self.some(Self::text_that_shows),
        }
    }

    fn burn(&mut self, timers: &[Id]) -> BurnObjective {
        let (first, second) = (self.duration(), self.duration());
        BurnObjective {
            timer: self.one(timers).clone(),
            objective: self.share(1_000_000),
            long_window: first.max(second),
            short_window: first.min(second),
            threshold: self.share(u32::MAX),
            min_decided: 1 + self.below(1_000),
        }
    }

    /// Returns a policy that passes validation.
    #[must_use]
    pub fn policy(&mut self) -> Policy {
        let mut policy = Policy::new(Id::new("desk").unwrap(), self.below(u32::MAX));
        let calendars = self.ids(1);
        policy.calendars = calendars.iter().map(|id| (id.clone(), self.calendar())).collect();
        policy.channels = self.ids(1).into_iter().map(|id| Channel { id, name: self.text_that_shows() }).collect();
        policy.severities = self.ids(0);
        policy.categories = self.ids(0);
        for id in self.ids(0) {
            let rules = TimerRules { id: id.clone(), ..Preset::Resolution.rules() };
            policy.timers.insert(id, rules);
        }
        for rules in policy.timers.clone().into_values() {
            if self.yes() {
                policy.timers.insert(rules.id.clone(), self.timer(rules));
            }
        }
        let timers: Vec<Id> = policy.timers.keys().cloned().collect();
        policy.packages = self.ids(0).into_iter().map(|id| self.package(id, &policy, &calendars, &timers)).collect();
        for timer in self.subset(&timers) {
            let steps = self.ids(0).into_iter().zip(0..).map(|(id, number)| self.step(id, number, &policy)).collect();
            policy.steps.insert(timer, steps);
        }
        policy.pauses = PauseRules {
            reasons: self.texts(),
            max_pause: self.some(Self::duration),
            max_paused_total: self.some(Self::duration),
        };
        policy.inactivity = self.ids(0).into_iter().map(|id| self.inactivity(id, &policy)).collect();
        policy.roles = RoleRules {
            self_assign: self.yes(),
            agents_may_classify: self.yes(),
            agents_may_unassign: self.yes(),
            agents_act_on: *self.one(ActOn::ALL),
            organizations_share: self.yes(),
        };
        policy.objectives.burn = self.many(2, |choices| choices.burn(&timers));
        policy.objectives.critical_level = self.some(|choices| 1 + choices.below(9));
        policy.objectives.score_weights = self.subset(&timers).into_iter().map(|id| (id, 1 + self.below(9))).collect();
        policy.objectives.monitor_lag = self.some(Self::duration);
        policy
    }
}
