//! Each object of the document as its type in the model.

use std::collections::BTreeMap;

use super::super::slot::{Slot, Term, Whole, Written};
use super::SCHEMA;
use super::document::{
    ActionWord, BurnObject, CalendarObject, ChannelObject, ConditionObject, Document, HolidayObject, ObjectivesObject,
    PackageObject, PausesObject, QuietWord, RolesObject, SchemaName, SpecialDayObject, StepObject, Table, TimerObject,
    VariantObject, WeekObject,
};
use super::reader::Reader;
use crate::calendar::{CalendarRules, Holiday, Hours, SpecialDay, Week};
use crate::channel::Channel;
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::package::{Condition, Package, Variant};
use crate::policy::problem::Pointer;
use crate::policy::{
    BurnObjective, Cycles, DueBoundary, Objectives, OnReopen, PauseRules, Policy, Preset, QuietHours, RoleRules, Step,
    StepAction, StepTime, TimerRules,
};
use crate::time::{BusinessDuration, Share};

/// The level of an escalation that states none.
const DEFAULT_LEVEL: u32 = 1;

impl Term for SchemaName {
    #[cfg(feature = "schema")]
    const MEANING: &'static str = "The format and its version.";

    fn words() -> Vec<&'static str> {
        vec![SCHEMA]
    }

    fn read(text: &str) -> Result<Self, Error> {
        if text == SCHEMA {
            return Ok(Self);
        }
        let shown: String = text.chars().take(64).collect();
        Err(Error::new(ErrorCode::UnsupportedSchema, format!("the format `{shown}` is not known"))
            .help(format!("write `{SCHEMA}`")))
    }

    fn written(&self) -> String {
        SCHEMA.to_owned()
    }
}

impl Reader {
    /// Returns the policy and where each of its timers stands in the document.
    pub(super) fn document(&mut self, document: Document) -> (Policy, BTreeMap<Id, usize>) {
        let root = Pointer::ROOT;
        self.unknown(&document.unknown, Document::FIELDS, &root);
        let _: Option<SchemaName> = self.needed_term(document.schema, &root.key("schema"));
        let id = self.id(document.id, &root.key("id"));
        let version = self.needed(document.version, &root.key("version")).map_or(0, |version| version.0);
        let place = root.key("calendars");
        if document.calendars.is_missing() {
            self.missing(&place);
        }
        let calendars = self.table(document.calendars, &place, Self::calendar).unwrap_or_default();
        let place = root.key("channels");
        if document.channels.is_missing() {
            self.missing(&place);
        }
        let channels = self.list(document.channels, &place, Self::channel).unwrap_or_default();
        let severities = self.terms(document.severities, &root.key("severities")).unwrap_or_default();
        let categories = self.terms(document.categories, &root.key("categories")).unwrap_or_default();
        let place = root.key("packages");
        if document.packages.is_missing() {
            self.missing(&place);
        }
        let packages = self.list(document.packages, &place, Self::package).unwrap_or_default();
        let (timers, timer_places) = self.timers(document.timers, &root.key("timers"));
        let steps = self.table(document.steps, &root.key("steps"), |reader, steps, at| {
            reader.list(steps, at, Self::step).unwrap_or_default()
        });
        let policy = Policy {
            id,
            version,
            calendars,
            channels,
            severities,
            categories,
            packages,
            timers,
            steps: steps.unwrap_or_default(),
            pauses: self.pauses(document.pauses, &root.key("pauses")),
            close_after: self.term(document.close_after, &root.key("close_after")),
            roles: self.roles(document.roles, &root.key("roles")),
            objectives: self.objectives(document.objectives, &root.key("objectives")),
        };
        (policy, timer_places)
    }

    pub(super) fn calendar(&mut self, slot: Slot<CalendarObject>, at: &Pointer<'_>) -> CalendarRules {
        let Some(calendar) = self.given(slot, at) else {
            return CalendarRules::new("", Hours::AlwaysOpen);
        };
        self.unknown(&calendar.unknown, CalendarObject::FIELDS, at);
        let always_open = self.given(calendar.always_open, &at.key("always_open"));
        let weekly = at.key("weekly");
        let hours = if always_open == Some(true) {
            if !calendar.weekly.is_missing() {
                let message = || "`weekly` has no effect in a calendar that is always open".to_owned();
                self.problems.add(ErrorCode::ConflictingFields, &weekly, message, "keep `weekly` or `always_open`");
            }
            if let Some(week) = self.given(calendar.weekly, &weekly) {
                self.week(week, &weekly);
            }
            Hours::AlwaysOpen
        } else {
            if calendar.weekly.is_missing() {
                let message = || "the calendar has neither `weekly` nor `always_open`".to_owned();
                self.problems.add(
                    ErrorCode::MissingField,
                    &weekly,
                    message,
                    "add hours, for example `\"weekly\": {\"mon\": [\"09:00-17:00\"]}`, or `\"always_open\": true`",
                );
            }
            let week = self.given(calendar.weekly, &weekly).map(|week| self.week(week, &weekly));
            Hours::Weekly(week.unwrap_or_default())
        };
        CalendarRules {
            time_zone: self.needed(calendar.time_zone, &at.key("time_zone")).unwrap_or_default(),
            hours,
            holidays: self.list(calendar.holidays, &at.key("holidays"), Self::holiday).unwrap_or_default(),
            special_days: self
                .list(calendar.special_days, &at.key("special_days"), Self::special_day)
                .unwrap_or_default(),
            holidays_known_until: self.term(calendar.holidays_known_until, &at.key("holidays_known_until")),
        }
    }

    fn week(&mut self, week: WeekObject, at: &Pointer<'_>) -> Week {
        self.unknown(&week.unknown, WeekObject::FIELDS, at);
        let mut day = |windows, day| self.terms(windows, &at.key(day)).unwrap_or_default();
        Week {
            days: [
                day(week.mon, "mon"),
                day(week.tue, "tue"),
                day(week.wed, "wed"),
                day(week.thu, "thu"),
                day(week.fri, "fri"),
                day(week.sat, "sat"),
                day(week.sun, "sun"),
            ],
        }
    }

    fn holiday(&mut self, slot: Slot<HolidayObject>, at: &Pointer<'_>) -> Option<Holiday> {
        let holiday = self.given(slot, at)?;
        self.unknown(&holiday.unknown, HolidayObject::FIELDS, at);
        let name = self.text(holiday.name, &at.key("name"));
        Some(Holiday { name, date: self.needed_term(holiday.date, &at.key("date"))? })
    }

    fn special_day(&mut self, slot: Slot<SpecialDayObject>, at: &Pointer<'_>) -> Option<SpecialDay> {
        let day = self.given(slot, at)?;
        self.unknown(&day.unknown, SpecialDayObject::FIELDS, at);
        let name = self.text(day.name, &at.key("name"));
        let windows = at.key("windows");
        if day.windows.is_missing() {
            self.missing(&windows);
        }
        let windows = self.terms(day.windows, &windows).unwrap_or_default();
        Some(SpecialDay { date: self.needed_term(day.date, &at.key("date"))?, name, windows })
    }

    fn channel(&mut self, slot: Slot<ChannelObject>, at: &Pointer<'_>) -> Option<Channel> {
        let channel = self.given(slot, at)?;
        self.unknown(&channel.unknown, ChannelObject::FIELDS, at);
        Some(Channel { id: self.id(channel.id, &at.key("id")), name: self.text(channel.name, &at.key("name")) })
    }

    fn package(&mut self, slot: Slot<PackageObject>, at: &Pointer<'_>) -> Option<Package> {
        let package = self.given(slot, at)?;
        self.unknown(&package.unknown, PackageObject::FIELDS, at);
        let id = self.id(package.id, &at.key("id"));
        let name = self.text(package.name, &at.key("name"));
        let rank = self.needed(package.rank, &at.key("rank")).map_or(0, |rank| rank.0);
        let channels = at.key("channels");
        if package.channels.is_missing() {
            self.missing(&channels);
        }
        let channels = self.terms(package.channels, &channels).unwrap_or_default();
        let calendar = self.id(package.calendar, &at.key("calendar"));
        let targets = at.key("targets");
        if package.targets.is_missing() {
            self.missing(&targets);
        }
        Some(Package {
            id,
            name,
            rank,
            channels,
            calendar,
            targets: self.targets(package.targets, &targets),
            priority: self.term(package.priority, &at.key("priority")),
            variants: self.list(package.variants, &at.key("variants"), Self::variant).unwrap_or_default(),
        })
    }

    fn targets(
        &mut self,
        slot: Slot<Table<Written<BusinessDuration>>>,
        at: &Pointer<'_>,
    ) -> BTreeMap<Id, BusinessDuration> {
        // An unreadable target still stands, so that the timer it names is checked.
        let read = |reader: &mut Self, slot, at: &Pointer<'_>| reader.term(slot, at).unwrap_or_default();
        self.table(slot, at, read).unwrap_or_default()
    }

    fn variant(&mut self, slot: Slot<VariantObject>, at: &Pointer<'_>) -> Option<Variant> {
        let variant = self.given(slot, at)?;
        self.unknown(&variant.unknown, VariantObject::FIELDS, at);
        let when = at.key("when");
        let when = self.needed(variant.when, &when).map(|condition| self.condition(condition, &when));
        Some(Variant {
            when: when.unwrap_or_default(),
            targets: self.targets(variant.targets, &at.key("targets")),
            calendar: self.term(variant.calendar, &at.key("calendar")),
        })
    }

    fn condition(&mut self, condition: ConditionObject, at: &Pointer<'_>) -> Condition {
        self.unknown(&condition.unknown, ConditionObject::FIELDS, at);
        Condition {
            channel: self.term(condition.channel, &at.key("channel")),
            severity: self.term(condition.severity, &at.key("severity")),
            category: self.term(condition.category, &at.key("category")),
        }
    }

    /// Returns every timer, the presets included, and where in the list each adjusted or added one stands.
    fn timers(
        &mut self,
        slot: Slot<Vec<Slot<TimerObject>>>,
        at: &Pointer<'_>,
    ) -> (BTreeMap<Id, TimerRules>, BTreeMap<Id, usize>) {
        let mut places = BTreeMap::new();
        let presets = Preset::ALL.iter().map(|preset| (Id::preset(*preset), preset.rules()));
        let mut timers: BTreeMap<Id, TimerRules> = presets.collect();
        for (index, slot) in self.given(slot, at).unwrap_or_default().into_iter().enumerate() {
            let place = at.index(index);
            let Some(timer) = self.given(slot, &place) else { continue };
            let rules = self.timer(timer, &place);
            if places.contains_key(&rules.id) {
                let message = || format!("timer `{}` is there twice", rules.id);
                self.problems.add(ErrorCode::DuplicateId, &place.key("id"), message, "give each an id of its own");
            } else {
                places.insert(rules.id.clone(), index);
                timers.insert(rules.id.clone(), rules);
            }
        }
        (timers, places)
    }

    fn timer(&mut self, timer: TimerObject, at: &Pointer<'_>) -> TimerRules {
        self.unknown(&timer.unknown, TimerObject::FIELDS, at);
        let id = self.id(timer.id, &at.key("id"));
        let preset = Preset::from_word(id.as_str()).map(Preset::rules);
        for (field, is_missing) in
            [("starts_on", timer.starts_on.is_missing()), ("stops_on", timer.stops_on.is_missing())]
        {
            if preset.is_none() && is_missing && id.is_readable() {
                self.missing(&at.key(field));
            }
        }
        let base = preset.unwrap_or(TimerRules {
            id,
            starts_on: Vec::new(),
            stops_on: Vec::new(),
            pauses_on: Vec::new(),
            cycles: Cycles::Once,
            on_reopen: OnReopen::Resume,
            due_boundary: DueBoundary::Close,
        });
        TimerRules {
            starts_on: self.terms(timer.starts_on, &at.key("starts_on")).unwrap_or(base.starts_on),
            stops_on: self.terms(timer.stops_on, &at.key("stops_on")).unwrap_or(base.stops_on),
            pauses_on: self.terms(timer.pauses_on, &at.key("pauses_on")).unwrap_or(base.pauses_on),
            cycles: self.term(timer.cycles, &at.key("cycles")).unwrap_or(base.cycles),
            on_reopen: self.term(timer.on_reopen, &at.key("on_reopen")).unwrap_or(base.on_reopen),
            due_boundary: self.term(timer.due_boundary, &at.key("due_boundary")).unwrap_or(base.due_boundary),
            id: base.id,
        }
    }

    fn step(&mut self, slot: Slot<StepObject>, at: &Pointer<'_>) -> Option<Step> {
        let step = self.given(slot, at)?;
        self.unknown(&step.unknown, StepObject::FIELDS, at);
        let id = self.id(step.id, &at.key("id"));
        let when = self.step_time(step.at, step.after, at);
        let level_place = at.key("level");
        let states_level = !step.level.is_missing();
        let level = self.given(step.level, &level_place).map_or(DEFAULT_LEVEL, |Whole(level)| level);
        let action = self.needed_term(step.action, &at.key("action"));
        if action == Some(ActionWord::Warn) && states_level {
            let message = || "a warning has no level".to_owned();
            let help = "leave `level` out, or write `\"action\": \"escalate\"`";
            self.problems.add(ErrorCode::ConflictingFields, &level_place, message, help);
        }
        let quiet_hours = match self.term(step.quiet_hours, &at.key("quiet_hours")) {
            Some(QuietWord::Calendar) => QuietHours::Calendar,
            Some(QuietWord::Off) | None => QuietHours::Off,
        };
        Some(Step {
            id,
            when,
            action: match action {
                Some(ActionWord::Escalate) => StepAction::Escalate { level },
                Some(ActionWord::Warn) | None => StepAction::Warn,
            },
            notify: self.texts(step.notify, &at.key("notify")),
            assign_to: self.given(step.assign_to, &at.key("assign_to")),
            quiet_hours,
        })
    }

    fn step_time(
        &mut self,
        share: Slot<Written<Share>>,
        after: Slot<Written<BusinessDuration>>,
        at: &Pointer<'_>,
    ) -> StepTime {
        let share_place = at.key("at");
        let stated = (!share.is_missing(), !after.is_missing());
        let share = self.term(share, &share_place);
        let after = self.term(after, &at.key("after"));
        match (stated, share, after) {
            ((true, true), ..) => {
                let message = || "a step has both `at` and `after`".to_owned();
                self.problems.add(ErrorCode::ConflictingFields, &share_place, message, "keep one of the two");
            }
            ((false, false), ..) => {
                let message = || "a step has neither `at` nor `after`".to_owned();
                let help = "write `\"at\": \"80%\"` or `\"after\": \"2h\"`";
                self.problems.add(ErrorCode::MissingField, &share_place, message, help);
            }
            (_, Some(share), _) => return StepTime::At(share),
            (_, _, Some(BusinessDuration::ZERO)) => return StepTime::At(Share::WHOLE),
            (_, _, Some(after)) => return StepTime::After(after),
            _ => {}
        }
        StepTime::After(self.unreadable_instant())
    }

    fn pauses(&mut self, slot: Slot<PausesObject>, at: &Pointer<'_>) -> PauseRules {
        let Some(pauses) = self.given(slot, at) else { return PauseRules::default() };
        self.unknown(&pauses.unknown, PausesObject::FIELDS, at);
        PauseRules {
            reasons: self.texts(pauses.reasons, &at.key("reasons")),
            max_pause: self.term(pauses.max_pause, &at.key("max_pause")),
            max_paused_total: self.term(pauses.max_paused_total, &at.key("max_paused_total")),
        }
    }

    fn roles(&mut self, slot: Slot<RolesObject>, at: &Pointer<'_>) -> RoleRules {
        let Some(roles) = self.given(slot, at) else { return RoleRules::default() };
        self.unknown(&roles.unknown, RolesObject::FIELDS, at);
        RoleRules {
            self_assign: self.given(roles.self_assign, &at.key("self_assign")).unwrap_or_default(),
            agents_may_classify: self
                .given(roles.agents_may_classify, &at.key("agents_may_classify"))
                .unwrap_or_default(),
        }
    }

    fn objectives(&mut self, slot: Slot<ObjectivesObject>, at: &Pointer<'_>) -> Objectives {
        let Some(objectives) = self.given(slot, at) else { return Objectives::default() };
        self.unknown(&objectives.unknown, ObjectivesObject::FIELDS, at);
        let weight =
            |reader: &mut Self, slot, at: &Pointer<'_>| reader.given(slot, at).map_or(0, |Whole(weight)| weight);
        Objectives {
            burn: self.list(objectives.burn, &at.key("burn"), Self::burn).unwrap_or_default(),
            critical_level: self.given(objectives.critical_level, &at.key("critical_level")).map(|level| level.0),
            score_weights: self.table(objectives.score_weights, &at.key("score_weights"), weight).unwrap_or_default(),
            monitor_lag: self.term(objectives.monitor_lag, &at.key("monitor_lag")),
        }
    }

    fn burn(&mut self, slot: Slot<BurnObject>, at: &Pointer<'_>) -> Option<BurnObjective> {
        let burn = self.given(slot, at)?;
        self.unknown(&burn.unknown, BurnObject::FIELDS, at);
        let share = Share::from_millionths(0);
        Some(BurnObjective {
            timer: self.id(burn.timer, &at.key("timer")),
            objective: self.needed_term(burn.objective, &at.key("objective")).unwrap_or(share),
            long_window: self.needed_term(burn.long_window, &at.key("long_window")).unwrap_or_default(),
            short_window: self.needed_term(burn.short_window, &at.key("short_window")).unwrap_or_default(),
            threshold: self.needed_term(burn.threshold, &at.key("threshold")).unwrap_or(share),
            min_decided: self.needed(burn.min_decided, &at.key("min_decided")).map_or(0, |least| least.0),
        })
    }
}
