//! Timers and their steps.

use std::collections::{BTreeMap, BTreeSet};

use super::{CSAT, Check, Ids};
use crate::id::Id;
use crate::policy::document::{
    ActionWord, InactivityObject, QuietPart, RepeatObject, StepConditionObject, StepObject, TimerObject,
};
use crate::policy::fault::{Named, PolicyFault};
use crate::policy::problem::Pointer;
use crate::policy::slot::{List, Slot, Table, Text, Whole};
use crate::policy::{
    BREACH_STEP, Cycles, DueBoundary, InactiveStatus, InactivityAction, InactivityRule, MAX_INACTIVITY_RULES,
    MAX_REPETITIONS, MAX_STEPS, OnReopen, Preset, QuietHours, Repeat, Step, StepAction, StepCondition, StepTime,
    TimerRules, Trigger,
};
use crate::time::{BusinessDuration, Share};

/// The level of an escalation that states none.
const DEFAULT_LEVEL: u32 = 1;

/// What the earlier steps of a timer have taken.
#[derive(Default)]
struct Taken {
    ids: Ids,
    /// When they fire and what they do.
    steps: BTreeSet<(StepTime, StepAction, StepCondition)>,
    /// The ids of the steps that configure the breach escalation, by their conditions.
    breaches: BTreeMap<StepCondition, Id>,
    /// How many, with their repetitions.
    count: usize,
}

impl Check<'_> {
    /// Returns every timer, the presets included.
    pub(super) fn timers(
        &mut self,
        slot: Slot<List<Box<TimerObject>>>,
        at: &Pointer<'_>,
    ) -> (BTreeMap<Id, TimerRules>, BTreeSet<Id>) {
        let presets = Preset::ALL.iter().map(|preset| (Id::preset(*preset), preset.rules()));
        let mut timers: BTreeMap<Id, TimerRules> = presets.collect();
        let mut ids = Ids { is_partial: slot.is_unreadable(), ..Ids::default() };
        let read = self.objects(slot, at, |check, slot, at| {
            let timer = check.timer(slot, &mut ids, at);
            ids.is_partial |= timer.is_none();
            timer
        });
        let mut listed = BTreeSet::new();
        for rules in read.unwrap_or_default() {
            listed.insert(rules.id.clone());
            timers.insert(rules.id.clone(), rules);
        }
        ids.ids.extend(timers.keys().cloned());
        self.timers = ids;
        (timers, listed)
    }

    fn timer(&mut self, slot: Slot<TimerObject>, ids: &mut Ids, at: &Pointer<'_>) -> Option<TimerRules> {
        let timer = self.object(slot, at)?;
        let place = at.key("id");
        let id = self.define("timer", timer.id, ids, &place);
        if id.as_ref().is_some_and(|id| id.as_str() == CSAT) {
            self.note(&place, PolicyFault::TimerNamedCsat);
        }
        let preset = id.as_ref().and_then(|id| Preset::from_word(id.as_str()));
        let base = preset.map(Preset::rules);
        if id.is_some() && base.is_none() {
            for (field, is_missing) in
                [("starts_on", timer.starts_on.is_missing()), ("stops_on", timer.stops_on.is_missing())]
            {
                if is_missing {
                    self.note_form(&at.key(field), PolicyFault::Missing);
                }
            }
        }
        let starts_on = self.triggers(timer.starts_on, &at.key("starts_on"), |check, triggers, at| {
            if let Some(timer) = id.clone().filter(|_| triggers.is_empty()) {
                check.note(at, PolicyFault::NeverStarts { timer });
            }
        });
        let stops_on = self.triggers(timer.stops_on, &at.key("stops_on"), |check, triggers, at| {
            if let Some(timer) = id.clone().filter(|_| triggers.iter().all(|trigger| *trigger == Trigger::Opened)) {
                check.note(at, PolicyFault::NeverStops { timer, only_opened: !triggers.is_empty() });
            }
        });
        let place = at.key("cancels_on");
        let cancels_on = self.triggers(timer.cancels_on, &place, |check, triggers, at| {
            for (index, trigger) in triggers.iter().enumerate().filter(|(_, trigger)| !trigger.hands_on()) {
                check.note(&at.index(index), PolicyFault::CancelsOn { trigger: trigger.as_str() });
            }
        });
        let pauses_on = self.set("status", timer.pauses_on, &at.key("pauses_on"));
        let cycles = self.text(timer.cycles, &at.key("cycles"));
        let place = at.key("on_reopen");
        let on_reopen = self.text(timer.on_reopen, &place);
        let due_boundary = self.text(timer.due_boundary, &at.key("due_boundary"));
        let id = id?;
        let base = base.unwrap_or(TimerRules {
            id: id.clone(),
            starts_on: Vec::new(),
            stops_on: Vec::new(),
            cancels_on: Vec::new(),
            pauses_on: Vec::new(),
            cycles: Cycles::Once,
            on_reopen: OnReopen::Resume,
            due_boundary: DueBoundary::Close,
        });
        let on_reopen = on_reopen.unwrap_or(base.on_reopen);
        if matches!(preset, Some(Preset::FirstResponse | Preset::Assignment)) && on_reopen != OnReopen::Ignore {
            self.note(&place, PolicyFault::NoReopening { timer: id.clone() });
        }
        let stops_on = stops_on.unwrap_or(base.stops_on);
        let cancels_on = cancels_on.unwrap_or(base.cancels_on);
        for trigger in cancels_on.iter().filter(|trigger| trigger.hands_on() && stops_on.contains(trigger)) {
            let at = at.key("cancels_on");
            self.note(&at, PolicyFault::StopsAndCancels { timer: id.clone(), trigger: trigger.as_str() });
        }
        Some(TimerRules {
            id,
            starts_on: starts_on.unwrap_or(base.starts_on),
            stops_on,
            cancels_on,
            pauses_on: pauses_on.unwrap_or(base.pauses_on),
            cycles: cycles.unwrap_or(base.cycles),
            on_reopen,
            due_boundary: due_boundary.unwrap_or(base.due_boundary),
        })
    }

    /// Returns a list of triggers; `judge` sees it as a whole if all of it is readable.
    fn triggers(
        &mut self,
        slot: Slot<List<Text<Trigger>>>,
        at: &Pointer<'_>,
        judge: impl FnOnce(&mut Self, &[Trigger], &Pointer<'_>),
    ) -> Option<Vec<Trigger>> {
        let (triggers, are_readable) = self.is_readable(|check| check.set("trigger", slot, at));
        if let Some(triggers) = triggers.as_deref().filter(|_| are_readable) {
            judge(self, triggers, at);
        }
        triggers
    }

    pub(super) fn steps(
        &mut self,
        slot: Slot<Table<List<Box<StepObject>>>>,
        at: &Pointer<'_>,
    ) -> BTreeMap<Id, Vec<Step>> {
        self.table(slot, at, |check, timer, slot, at| {
            let mut taken = Taken::default();
            let read = |check: &mut Self, slot, at: &Pointer<'_>| check.step(slot, &mut taken, at);
            let (steps, are_readable) = check.is_readable(|check| check.objects(slot, at, read));
            check.known(Named::Timer, timer.filter(|_| are_readable), at);
            if taken.count > MAX_STEPS {
                check.note(at, PolicyFault::TooManySteps { count: taken.count });
            }
            steps
        })
    }

    fn step(&mut self, slot: Slot<StepObject>, taken: &mut Taken, at: &Pointer<'_>) -> Option<Step> {
        let before = self.form_faults;
        let step = self.object(slot, at)?;
        let id = self.define("step", step.id, &mut taken.ids, &at.key("id"));
        let time = self.step_time(step.at, step.before, step.after, at);
        let place = at.key("when");
        let when = self.object(step.when, &place).map(|when| self.step_condition(when, &place)).unwrap_or_default();
        let action = self.action(step.action, step.level, at);
        let notify = self.labels("a notification channel", step.notify, &at.key("notify")).into();
        let place = at.key("assign_to");
        let assign_to = self.given(step.assign_to, &place);
        if let Some(assign_to) = &assign_to {
            self.not_blank("the role or queue to assign to", assign_to, &place);
        }
        let quiet_hours = self.quiet_hours(step.quiet_hours, &at.key("quiet_hours"));
        let repeat = self.repeat(step.repeat, &at.key("repeat"));
        let until_acknowledged = self.text(step.until, &at.key("until")).is_some();
        // INVARIANT: a document has fewer steps than bytes, each with at most 100 repetitions.
        let repetitions = repeat.map_or(0, |repeat: Repeat| repeat.times.min(MAX_REPETITIONS));
        taken.count = taken.count.saturating_add(1).saturating_add(usize::try_from(repetitions).unwrap_or(usize::MAX));
        let is_new = time.zip(action).is_none_or(|(time, action)| taken.steps.insert((time, action, when.clone())));
        let (id, time, action) = (id?, time?, action?);
        let configures_breach = configures_breach(time, action);
        // Several may configure it, each for other cycles.
        let earlier = taken.breaches.get(&when).cloned().filter(|_| configures_breach);
        if configures_breach && is_new {
            taken.breaches.entry(when.clone()).or_insert_with(|| id.clone());
        }
        if self.form_faults == before {
            match (is_new, earlier) {
                (false, _) => self.note(at, PolicyFault::DuplicateStep { step: id.clone() }),
                (true, Some(first)) => self.note(at, PolicyFault::DuplicateBreach { first, second: id.clone() }),
                (true, None) => {}
            }
            if id.as_str() == BREACH_STEP && !configures_breach {
                self.note(at, PolicyFault::NamedBreach);
            }
        }
        Some(Step { id, time, when, action, notify, assign_to, quiet_hours, repeat, until_acknowledged })
    }

    fn step_condition(&mut self, when: StepConditionObject, at: &Pointer<'_>) -> StepCondition {
        StepCondition {
            channel: self.optional_reference(Named::Channel, when.channel, &at.key("channel")),
            severity: self.optional_reference(Named::Severity, when.severity, &at.key("severity")),
            category: self.optional_reference(Named::Category, when.category, &at.key("category")),
            package: self.optional_reference(Named::Package, when.package, &at.key("package")),
        }
    }

    pub(super) fn quiet_hours(&mut self, slot: Slot<QuietPart>, at: &Pointer<'_>) -> QuietHours {
        match self.given(slot, at) {
            None | Some(QuietPart::Off) => QuietHours::Off,
            Some(QuietPart::Calendar) => QuietHours::Calendar,
            Some(QuietPart::Object(object)) => {
                self.fields_of(&object, at);
                let calendar = self.reference(Named::Calendar, object.calendar, &at.key("calendar"));
                calendar.map_or(QuietHours::Off, QuietHours::Other)
            }
        }
    }

    fn repeat(&mut self, slot: Slot<RepeatObject>, at: &Pointer<'_>) -> Option<Repeat> {
        let repeat = self.object(slot, at)?;
        let place = at.key("every");
        let every = self.required_text(repeat.every, &place);
        self.above_zero("the time between repetitions", every, &place);
        let place = at.key("times");
        let times = self.required(repeat.times, &place).map(|Whole(times)| times);
        if let Some(times) = times.filter(|times| !(1..=MAX_REPETITIONS).contains(times)) {
            self.note(&place, PolicyFault::Repetitions { times });
        }
        Some(Repeat { every: every?, times: times? })
    }

    /// Returns the inactivity rules.
    pub(super) fn inactivity(
        &mut self,
        slot: Slot<List<Box<InactivityObject>>>,
        at: &Pointer<'_>,
    ) -> Vec<InactivityRule> {
        let mut ids = Ids::default();
        let rules = self.objects(slot, at, |check, slot, at| check.inactivity_rule(slot, &mut ids, at));
        let rules = rules.unwrap_or_default();
        if rules.len() > MAX_INACTIVITY_RULES {
            self.note(at, PolicyFault::TooManyInactivityRules { count: rules.len() });
        }
        rules
    }

    fn inactivity_rule(
        &mut self,
        slot: Slot<InactivityObject>,
        ids: &mut Ids,
        at: &Pointer<'_>,
    ) -> Option<InactivityRule> {
        let rule = self.object(slot, at)?;
        let id = self.define("inactivity rule", rule.id, ids, &at.key("id"));
        let status = self.required_text(rule.status, &at.key("status"));
        let place = at.key("after");
        let after = self.required_text(rule.after, &place);
        self.above_zero("the time without activity", after, &place);
        let calendar = self.optional_reference(Named::Calendar, rule.calendar, &at.key("calendar"));
        let place = at.key("action");
        let action = self.required_text(rule.action, &place);
        if let (Some(status), Some(action)) = (status, action) {
            let is_resolved = status == InactiveStatus::Resolved;
            let fits = match action {
                InactivityAction::Remind => true,
                InactivityAction::Resolve => !is_resolved,
                InactivityAction::Close => is_resolved,
            };
            if !fits {
                let (action, status) = (action.as_str(), status.as_str());
                self.note(&place, PolicyFault::InactivityStatus { action, status });
            }
        }
        let notify = self.labels("a notification channel", rule.notify, &at.key("notify")).into();
        let quiet_hours = self.quiet_hours(rule.quiet_hours, &at.key("quiet_hours"));
        let place = at.key("reason");
        let reason = self.given(rule.reason, &place);
        if let Some(reason) = &reason {
            self.not_blank("the reason of an inactivity rule", reason, &place);
        }
        Some(InactivityRule {
            id: id?,
            status: status?,
            after: after?,
            calendar,
            action: action?,
            notify,
            quiet_hours,
            reason,
        })
    }

    fn step_time(
        &mut self,
        share: Slot<Text<Share>>,
        before: Slot<Text<BusinessDuration>>,
        after: Slot<Text<BusinessDuration>>,
        at: &Pointer<'_>,
    ) -> Option<StepTime> {
        let stated = [!share.is_missing(), !before.is_missing(), !after.is_missing()];
        let place = at.key("at");
        let share = self.text(share, &place);
        self.share_above_zero("the share of a step", share, &place);
        let of_before = at.key("before");
        let before = self.text(before, &of_before);
        self.above_zero("the time before the due", before, &of_before);
        let after = self.text(after, &at.key("after"));
        match stated.into_iter().filter(|is_stated| *is_stated).count() {
            0 => {
                self.note_form(&place, PolicyFault::NoInstant);
                None
            }
            1 => share.map(StepTime::At).or(before.map(StepTime::Before)).or(after.map(|after| match after {
                BusinessDuration::ZERO => StepTime::At(Share::WHOLE),
                after => StepTime::After(after),
            })),
            _ => {
                self.note_form(&place, PolicyFault::SeveralInstants);
                None
            }
        }
    }

    fn action(&mut self, action: Slot<Text<ActionWord>>, level: Slot<Whole>, at: &Pointer<'_>) -> Option<StepAction> {
        let place = at.key("level");
        let states_level = !level.is_missing();
        let level = self.given(level, &place).map_or(DEFAULT_LEVEL, |Whole(level)| level);
        match self.required_text(action, &at.key("action"))? {
            ActionWord::Warn => {
                if states_level {
                    self.note_form(&place, PolicyFault::LevelOfWarning);
                }
                Some(StepAction::Warn)
            }
            ActionWord::Escalate => {
                self.at_least_one("the level of an escalation", Some(level), &place);
                Some(StepAction::Escalate { level })
            }
        }
    }
}

/// Returns whether a step is the breach escalation of its timer.
fn configures_breach(time: StepTime, action: StepAction) -> bool {
    time == StepTime::At(Share::WHOLE) && matches!(action, StepAction::Escalate { .. })
}
