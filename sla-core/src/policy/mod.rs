//! The rules of one support desk: packages, calendars, timers and steps, checked as a whole.

pub(crate) mod check;
mod checked;
mod digest;
pub(crate) mod document;
mod fault;
mod lint;
pub(crate) mod problem;
mod rules;
pub(crate) mod slot;
mod timer;
mod written;

pub use self::check::check;
pub use self::checked::CheckedPolicy;
pub use self::digest::RECORD_VERSION;
pub use self::lint::{Warning, WarningCode, lint};
pub(crate) use self::rules::written_timers;
pub use self::rules::{
    ActOn, BREACH_STEP, BurnObjective, InactiveStatus, InactivityAction, InactivityRule, MAX_CALENDARS,
    MAX_INACTIVITY_RULES, MAX_PROBLEMS, MAX_REPETITIONS, MAX_STEPS, Objectives, PauseRules, Policy, QuietHours, Repeat,
    RoleRules, Step, StepAction, StepCondition, StepTime,
};
pub use self::timer::{Cycles, DueBoundary, OnReopen, Preset, TimerRules};
pub use crate::ticket::{PauseStatus, Trigger};
