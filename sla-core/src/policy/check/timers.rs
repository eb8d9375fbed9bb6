//! Timers and their steps.

use std::collections::{BTreeMap, BTreeSet};

use super::{CSAT, Check, Ids};
use crate::id::Id;
use crate::policy::document::{ActionWord, QuietWord, StepObject, TimerObject};
use crate::policy::fault::{Named, PolicyFault};
use crate::policy::problem::Pointer;
use crate::policy::slot::{List, Slot, Table, Text, Whole};
use crate::policy::{
    BREACH_STEP, Cycles, DueBoundary, OnReopen, Preset, QuietHours, Step, StepAction, StepTime, TimerRules, Trigger,
};
use crate::time::{BusinessDuration, Share};

/// The level of an escalation that states none.
const DEFAULT_LEVEL: u32 = 1;

/// What the earlier steps of a timer have taken.
#[derive(Default)]
struct Taken {
    ids: Ids,
    /// When they fire and what they do.
    steps: BTreeSet<(StepTime, StepAction)>,
    /// The id of the step that configures the breach escalation.
    breach: Option<Id>,
}

impl Check<'_> {
    /// Returns every timer, the presets included.
    pub(super) fn timers(&mut self, slot: Slot<List<TimerObject>>, at: &Pointer<'_>) -> BTreeMap<Id, TimerRules> {
        let presets = Preset::ALL.iter().map(|preset| (Id::preset(*preset), preset.rules()));
        let mut timers: BTreeMap<Id, TimerRules> = presets.collect();
        let mut ids = Ids { is_partial: matches!(slot, Slot::Unreadable(_)), ..Ids::default() };
        let read = self.list(slot, at, |check, slot, at| {
            let timer = check.timer(slot, &mut ids, at);
            ids.is_partial |= timer.is_none();
            timer
        });
        for rules in read.unwrap_or_default() {
            timers.insert(rules.id.clone(), rules);
        }
        ids.ids.extend(timers.keys().cloned());
        self.timers = ids;
        timers
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
        Some(TimerRules {
            id,
            starts_on: starts_on.unwrap_or(base.starts_on),
            stops_on: stops_on.unwrap_or(base.stops_on),
            cancels_on: base.cancels_on,
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

    pub(super) fn steps(&mut self, slot: Slot<Table<List<StepObject>>>, at: &Pointer<'_>) -> BTreeMap<Id, Vec<Step>> {
        self.table(slot, at, |check, timer, slot, at| {
            let mut taken = Taken::default();
            let read = |check: &mut Self, slot, at: &Pointer<'_>| check.step(slot, &mut taken, at);
            let (steps, are_readable) = check.is_readable(|check| check.list(slot, at, read));
            check.known(Named::Timer, timer.filter(|_| are_readable), at);
            steps
        })
    }

    fn step(&mut self, slot: Slot<StepObject>, taken: &mut Taken, at: &Pointer<'_>) -> Option<Step> {
        let before = self.form_faults;
        let step = self.object(slot, at)?;
        let id = self.define("step", step.id, &mut taken.ids, &at.key("id"));
        let when = self.step_time(step.at, step.after, at);
        let action = self.action(step.action, step.level, at);
        let notify = self.labels("a notification channel", step.notify, &at.key("notify"));
        let place = at.key("assign_to");
        let assign_to = self.given(step.assign_to, &place);
        if let Some(assign_to) = &assign_to {
            self.not_blank("the role or queue to assign to", assign_to, &place);
        }
        let quiet_hours = match self.text(step.quiet_hours, &at.key("quiet_hours")) {
            Some(QuietWord::Calendar) => QuietHours::Calendar,
            Some(QuietWord::Off) | None => QuietHours::Off,
        };
        let is_new = when.zip(action).is_none_or(|taken_by| taken.steps.insert(taken_by));
        let (id, when, action) = (id?, when?, action?);
        let configures_breach = configures_breach(when, action);
        let earlier = taken.breach.clone().filter(|_| configures_breach);
        if configures_breach && is_new {
            taken.breach.get_or_insert_with(|| id.clone());
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
        Some(Step { id, when, action, notify, assign_to, quiet_hours })
    }

    fn step_time(
        &mut self,
        share: Slot<Text<Share>>,
        after: Slot<Text<BusinessDuration>>,
        at: &Pointer<'_>,
    ) -> Option<StepTime> {
        let place = at.key("at");
        let stated = (!share.is_missing(), !after.is_missing());
        let share = self.text(share, &place);
        let after = self.text(after, &at.key("after"));
        self.share_above_zero("the share of a step", share, &place);
        match stated {
            (true, true) => {
                self.note_form(&place, PolicyFault::BothInstants);
                None
            }
            (false, false) => {
                self.note_form(&place, PolicyFault::NoInstant);
                None
            }
            _ => share.map(StepTime::At).or(after.map(|after| match after {
                BusinessDuration::ZERO => StepTime::At(Share::WHOLE),
                after => StepTime::After(after),
            })),
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
fn configures_breach(when: StepTime, action: StepAction) -> bool {
    when == StepTime::At(Share::WHOLE) && matches!(action, StepAction::Escalate { .. })
}
