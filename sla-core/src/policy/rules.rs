//! What a policy says: packages and calendars, timers and steps, pauses, permissions and objectives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::timer::{Preset, TimerRules};
use crate::calendar::CalendarRules;
use crate::channel::Channel;
use crate::id::Id;
use crate::package::Package;
use crate::string_enum::string_enum;
use crate::ticket::Status;
use crate::time::{BusinessDuration, Share};

/// The most calendars that one policy may have.
pub const MAX_CALENDARS: usize = 1_000;

/// The most problems that one error lists; the number of further ones is stated.
pub const MAX_PROBLEMS: usize = 1_000;

/// The id of the breach escalation that every timer has unless a step at 100 % configures it; no other step may take it.
pub const BREACH_STEP: &str = "breach";

/// The days of a week as documents write them, Monday first.
pub(crate) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// One policy: everything a host would otherwise keep in tables.
///
/// The fields say what is promised; [`crate::wire::policy`] reads them from JSON, where the format is documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The policy's id; the same in all its revisions.
    pub id: Id,
    /// The number of this revision, for people.
    pub version: u32,
    /// Calendars by id.
    pub calendars: BTreeMap<Id, CalendarRules>,
    /// Every channel that a request may come by.
    pub channels: Vec<Channel>,
    /// The severities a ticket may have; empty when there are none.
    pub severities: Vec<Id>,
    /// The categories a ticket may have; empty when there are none.
    pub categories: Vec<Id>,
    /// Subscription levels.
    pub packages: Vec<Package>,
    /// Every timer that some package may set a target for, the presets included, by id.
    pub timers: BTreeMap<Id, TimerRules>,
    /// The timers that the policy lists, by id: they are measured without a target, too.
    pub listed_timers: BTreeSet<Id>,
    /// Steps of each timer by timer id, in document order.
    pub steps: BTreeMap<Id, Vec<Step>>,
    /// How long a ticket may pause, and why.
    pub pauses: PauseRules,
    /// What happens to tickets on which nothing happens, in order.
    pub inactivity: Vec<InactivityRule>,
    /// Who may do what beyond the fixed table of commands.
    pub roles: RoleRules,
    /// Objectives, for reports and alerts.
    pub objectives: Objectives,
}

impl Policy {
    /// Returns a policy that has the preset timers and nothing else yet.
    #[must_use]
    pub fn new(id: Id, version: u32) -> Self {
        Self {
            id,
            version,
            calendars: BTreeMap::new(),
            channels: Vec::new(),
            severities: Vec::new(),
            categories: Vec::new(),
            packages: Vec::new(),
            timers: Preset::ALL.iter().map(|preset| (Id::preset(*preset), preset.rules())).collect(),
            listed_timers: BTreeSet::new(),
            steps: BTreeMap::new(),
            pauses: PauseRules::default(),
            inactivity: Vec::new(),
            roles: RoleRules::default(),
            objectives: Objectives::default(),
        }
    }
}

/// Returns the timers that a document writes down, by id: those that the policy lists, adjusted presets and timers of its
/// own included.
pub(crate) fn written_timers(policy: &Policy) -> impl Iterator<Item = &TimerRules> {
    policy.timers.values().filter(|timer| {
        policy.listed_timers.contains(&timer.id)
            || Preset::from_word(timer.id.as_str()).is_none_or(|preset| preset.rules() != **timer)
    })
}

/// Limits on pauses, in business time of the ticket's package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PauseRules {
    /// The reasons that a pause may give; empty accepts any non-blank reason.
    pub reasons: Vec<String>,
    /// The longest single pause; after it the ticket resumes automatically.
    pub max_pause: Option<BusinessDuration>,
    /// The longest sum of pauses of one ticket; once it is reached, a pause is refused.
    pub max_paused_total: Option<BusinessDuration>,
}

/// Permissions that a policy may grant to agents.
#[expect(clippy::struct_excessive_bools, reason = "each is a permission of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleRules {
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

string_enum! {
    /// On which tickets agents act.
    #[derive(Default)]
    ActOn {
        /// On those that they hold.
        #[default]
        Assigned => "assigned",
        /// Also on those of their teams.
        Team => "team",
        /// On every ticket.
        All => "all",
    }
}

/// The most steps of one timer, repetitions included.
pub const MAX_STEPS: usize = 4_000;
/// The most repetitions of one step.
pub const MAX_REPETITIONS: u32 = 100;
/// The most inactivity rules of one policy.
pub const MAX_INACTIVITY_RULES: usize = 100;

/// The most channels, variants and targets that the values of all packages of one policy list together.
///
/// A package has its own and those of the packages that it extends, so that their number does not follow the length of the
/// document.
pub const MAX_PACKAGE_VALUES: usize = 100_000;

/// A warning or an escalation at an instant that follows from a timer's target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Unique within its timer.
    pub id: Id,
    /// When it fires.
    pub time: StepTime,
    /// For which cycles.
    pub when: StepCondition,
    /// What it does.
    pub action: StepAction,
    /// Names of notification channels; the host acts on them.
    pub notify: Arc<[String]>,
    /// A role or queue to assign to; the host acts on it.
    pub assign_to: Option<String>,
    /// Whether the notification waits for the next opening. The step's own instant does not.
    pub quiet_hours: QuietHours,
    /// How it repeats.
    pub repeat: Option<Repeat>,
    /// Whether an acknowledged escalation of the cycle ends it and its repetitions.
    pub until_acknowledged: bool,
}

/// Returns the steps of a timer in firing order for equal instants, the breach escalation included.
pub(crate) fn complete_steps(configured: &[Step]) -> Vec<Step> {
    // Room for what is pushed, and for no more: most timers have this step alone.
    let mut steps = Vec::with_capacity(configured.len().saturating_add(1));
    steps.extend_from_slice(configured);
    if !steps.iter().any(|step| escalates_breach(step) && step.when == StepCondition::default()) {
        steps.push(Step {
            id: Id::trusted(BREACH_STEP),
            time: StepTime::At(Share::WHOLE),
            when: StepCondition::default(),
            action: StepAction::Escalate { level: 1 },
            notify: Arc::default(),
            assign_to: None,
            quiet_hours: QuietHours::Off,
            repeat: None,
            until_acknowledged: false,
        });
    }
    steps
}

/// Returns whether a step configures the breach escalation.
pub(crate) fn escalates_breach(step: &Step) -> bool {
    step.time == StepTime::At(Share::WHOLE) && matches!(step.action, StepAction::Escalate { .. })
}

/// When a step fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepTime {
    /// When this share of the target is used.
    At(Share),
    /// When this much of the target remains; more than zero. Never where the target is not longer.
    Before(BusinessDuration),
    /// When this much business time has passed since the due instant; more than zero.
    After(BusinessDuration),
}

/// A condition on the terms of a cycle; every stated part must hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct StepCondition {
    /// The cycle's channel.
    pub channel: Option<Id>,
    /// The severity of its terms.
    pub severity: Option<Id>,
    /// The category of its terms.
    pub category: Option<Id>,
    /// The package of its terms.
    pub package: Option<Id>,
}

/// How a step repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// The counted time between two; more than zero.
    pub every: BusinessDuration,
    /// How often after the step itself, 1 to [`MAX_REPETITIONS`].
    pub times: u32,
}

/// What happens to a ticket on which nothing has happened for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InactivityRule {
    /// Unique within the policy.
    pub id: Id,
    /// The status of the ticket.
    pub status: InactiveStatus,
    /// The business time without activity; more than zero.
    pub after: BusinessDuration,
    /// The calendar in which it counts, in place of the package's.
    pub calendar: Option<Id>,
    /// What happens.
    pub action: InactivityAction,
    /// Names of notification channels; the host acts on them.
    pub notify: Arc<[String]>,
    /// Whether the notification waits for the next opening.
    pub quiet_hours: QuietHours,
    /// Why, for people.
    pub reason: Option<String>,
}

string_enum! {
    /// A status in which a ticket may be inactive.
    InactiveStatus {
        /// Waiting for the customer.
        Pending => "pending",
        /// Waiting for a third party.
        OnHold => "on_hold",
        /// Resolved.
        Resolved => "resolved",
    }
}

impl InactiveStatus {
    /// Returns the status of a ticket.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Pending => Status::Pending,
            Self::OnHold => Status::OnHold,
            Self::Resolved => Status::Resolved,
        }
    }
}

string_enum! {
    /// What an inactivity rule does.
    InactivityAction {
        /// Reminds of the ticket.
        Remind => "remind",
        /// Resolves it.
        Resolve => "resolve",
        /// Closes it.
        Close => "close",
    }
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepAction {
    /// Warns that a breach is near.
    Warn,
    /// Escalates to a level, 1 or higher.
    Escalate {
        /// The level.
        level: u32,
    },
}

/// Whether notifications wait for the next opening of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum QuietHours {
    /// They do not.
    #[default]
    Off,
    /// Of the calendar in which the time counts.
    Calendar,
    /// Of another calendar.
    Other(Id),
}

/// Objectives of the support desk; read by reports and alerts only, never by a decision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Objectives {
    /// Error-budget burn to watch, per timer.
    pub burn: Vec<BurnObjective>,
    /// The level from which an escalation is critical.
    pub critical_level: Option<u32>,
    /// The weights of an agent's score by component: a timer id, or `csat`.
    pub score_weights: BTreeMap<Id, u32>,
    /// The lag between an automatic event and its detection above which the monitor alerts, in wall time.
    pub monitor_lag: Option<BusinessDuration>,
}

/// A compliance objective of one timer and when its burn is alarming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurnObjective {
    /// The timer.
    pub timer: Id,
    /// The share of cycles to be met, below 100 %.
    pub objective: Share,
    /// The long window, in wall time.
    pub long_window: BusinessDuration,
    /// The short window, in wall time, not longer than the long one.
    pub short_window: BusinessDuration,
    /// The burn at which both windows alarm; `200%` burns the budget twice as fast as it lasts.
    pub threshold: Share,
    /// The fewest decided cycles in the long window.
    pub min_decided: u32,
}
