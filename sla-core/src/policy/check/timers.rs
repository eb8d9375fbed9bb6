//! Validation of timers and their steps.

use std::collections::BTreeSet;

use super::{CSAT, Check};
use crate::error::ErrorCode;
use crate::id::Id;
use crate::policy::problem::Pointer;
use crate::policy::{BREACH_STEP, OnReopen, Preset, Step, StepAction, StepTime, TimerRules, Trigger};
use crate::time::{BusinessDuration, Share};

impl<'a> Check<'a> {
    pub(super) fn timers(&mut self) {
        let policy = self.policy;
        let timers = Pointer::ROOT.key("timers");
        for preset in Preset::ALL {
            if !policy.timers.contains_key(&Id::preset(*preset)) {
                self.add(
                    ErrorCode::MissingField,
                    &timers,
                    || format!("the preset timer `{}` is missing", preset.as_str()),
                    "begin with `Policy::new`, which has every preset",
                );
            }
        }
        for (id, timer) in &policy.timers {
            let place = match self.timer_places.get(id) {
                Some(at) => timers.index(*at),
                None => timers.key(id.as_str()),
            };
            if timer.id != *id {
                self.add(
                    ErrorCode::InvalidId,
                    &place.key("id"),
                    || format!("timer `{}` is filed under `{id}`", timer.id),
                    "file each timer under its own id",
                );
            }
            self.timer(timer, &place);
        }
    }

    fn timer(&mut self, timer: &'a TimerRules, at: &Pointer<'_>) {
        if timer.id.as_str() == CSAT {
            self.add(
                ErrorCode::InvalidId,
                &at.key("id"),
                || "the id `csat` is taken: it names the customers' ratings among the score weights".to_owned(),
                "give the timer another id",
            );
        }
        for (field, triggers) in [("starts_on", &timer.starts_on), ("stops_on", &timer.stops_on)] {
            let place = at.key(field);
            let mut seen = BTreeSet::new();
            for (index, trigger) in triggers.iter().enumerate() {
                self.unique("trigger", trigger.as_str(), &mut seen, &place.index(index));
            }
        }
        let pauses_on = at.key("pauses_on");
        let mut seen = BTreeSet::new();
        for (index, status) in timer.pauses_on.iter().enumerate() {
            self.unique("status", status.as_str(), &mut seen, &pauses_on.index(index));
        }
        if timer.starts_on.is_empty() {
            self.add(
                ErrorCode::TimerNeverStarts,
                &at.key("starts_on"),
                || format!("nothing starts timer `{}`", timer.id),
                "name what starts a cycle, for example `opened`",
            );
        }
        if timer.stops_on.iter().all(|trigger| *trigger == Trigger::Opened) {
            let only_opened = !timer.stops_on.is_empty();
            self.add(
                ErrorCode::TimerNeverStops,
                &at.key("stops_on"),
                || {
                    let why = if only_opened { ": no ticket is opened twice" } else { "" };
                    format!("nothing stops timer `{}`{why}", timer.id)
                },
                "name what stops a cycle, for example `resolved`",
            );
        }
        let reopens = !matches!(Preset::from_word(timer.id.as_str()), Some(Preset::FirstResponse | Preset::Assignment));
        if !reopens && timer.on_reopen != OnReopen::Ignore {
            self.add(
                ErrorCode::NoReopening,
                &at.key("on_reopen"),
                || format!("timer `{}` has no reopening", timer.id),
                "leave `on_reopen` out, or define a timer of your own",
            );
        }
    }

    pub(super) fn steps(&mut self) {
        let policy = self.policy;
        let place = Pointer::ROOT.key("steps");
        for (timer, steps) in &policy.steps {
            let place = place.key(timer.as_str());
            self.known_timer(timer, &place);
            let mut ids = BTreeSet::new();
            let mut instants = BTreeSet::new();
            let mut breach: Option<&Id> = None;
            for (at, step) in steps.iter().enumerate() {
                let place = place.index(at);
                self.unique_id("step", &step.id, &mut ids, &place.key("id"));
                self.step(step, &place);
                if !instants.insert(instant(step)) {
                    self.add(
                        ErrorCode::DuplicateStep,
                        &place,
                        || format!("step `{}` has the instant, action and level of an earlier step", step.id),
                        "join the two into one step",
                    );
                } else if configures_breach(step) {
                    match breach {
                        Some(first) => self.add(
                            ErrorCode::DuplicateBreachEscalation,
                            &place,
                            || format!("steps `{first}` and `{}` both configure the breach escalation", step.id),
                            "keep one escalation at 100%, move the other with `after`",
                        ),
                        None => breach = Some(&step.id),
                    }
                }
            }
        }
    }

    fn step(&mut self, step: &'a Step, at: &Pointer<'_>) {
        match step.when {
            StepTime::At(share) => self.share_above_zero("the share of a step", share, &at.key("at")),
            StepTime::After(BusinessDuration::ZERO) => self.add(
                ErrorCode::OutOfRange,
                &at.key("after"),
                || format!("step `{}` fires no time after due", step.id),
                "a step on due is at 100%",
            ),
            StepTime::After(_) => {}
        }
        if let StepAction::Escalate { level } = step.action {
            self.at_least_one("the level of an escalation", level, &at.key("level"));
        }
        if step.id.as_str() == BREACH_STEP && !configures_breach(step) {
            self.add(
                ErrorCode::DuplicateId,
                at,
                || {
                    format!(
                        "the id `{BREACH_STEP}` is that of the breach escalation, which this step does not configure"
                    )
                },
                "give the step another id, or make it an escalation at 100%",
            );
        }
        self.labels("a notification channel", &step.notify, &at.key("notify"));
        if let Some(assign_to) = &step.assign_to {
            self.not_blank("the role or queue to assign to", assign_to, &at.key("assign_to"));
        }
    }
}

/// Returns whether a step is the breach escalation of its timer.
fn configures_breach(step: &Step) -> bool {
    step.when == StepTime::At(Share::WHOLE) && matches!(step.action, StepAction::Escalate { .. })
}

/// Returns what two steps of one timer may not share: the kind of instant, its value, and the level, 0 for a warning.
fn instant(step: &Step) -> (bool, i64, u32) {
    let (after, value) = match step.when {
        StepTime::At(share) => (false, i64::from(share.as_millionths())),
        StepTime::After(length) => (true, length.as_micros()),
    };
    let level = match step.action {
        StepAction::Warn => 0,
        StepAction::Escalate { level } => level,
    };
    (after, value, level)
}
