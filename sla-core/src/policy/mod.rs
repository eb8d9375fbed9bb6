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
mod values;
mod written;

pub use self::check::check;
pub use self::checked::CheckedPolicy;
pub use self::digest::RECORD_VERSION;
pub use self::lint::{MAX_MEASURED_WINDOWS, Warning, WarningCode, lint};
pub use self::rules::{
    ActOn, BREACH_STEP, BurnObjective, InactiveStatus, InactivityAction, InactivityRule, MAX_CALENDARS,
    MAX_INACTIVITY_RULES, MAX_PACKAGE_VALUES, MAX_PROBLEMS, MAX_REPETITIONS, MAX_STEPS, Objectives, PauseRules, Policy,
    QuietHours, Repeat, RoleRules, Step, StepAction, StepCondition, StepTime,
};
pub(crate) use self::rules::{complete_steps, escalates_breach};
pub use self::timer::{Cycles, DueBoundary, OnReopen, Preset, TimerRules};
pub use self::values::{
    PolicyBurn, PolicyCalendar, PolicyChannel, PolicyCondition, PolicyHoliday, PolicyInactivity, PolicyObjectives,
    PolicyPackage, PolicyPauses, PolicyQuietHours, PolicyRoles, PolicySeason, PolicySpecialDay, PolicyStep,
    PolicyTarget, PolicyTimer, PolicyValues, PolicyVariant, PolicyWeek, PolicyWeight,
};
pub use crate::ticket::{PauseStatus, Trigger};
