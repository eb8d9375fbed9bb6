//! What rows are judged by: timers and the terms of each kind of ticket, compiled once.

use std::borrow::Cow;
use std::sync::Arc;

use super::rows::{Kind, Milestones, NEVER};
use crate::calendar::Calendar;
use crate::engine::{Engine, Revision, Subject, TargetLength};
use crate::error::{Error, ErrorCode, Fault};
use crate::escalation;
use crate::id::Id;
use crate::package::{BusinessDays, Condition, Package};
use crate::policy::{Cycles, DueBoundary, Step, StepAction, StepCondition, TimerRules, Trigger};
use crate::ticket::Due;
use crate::time::{BusinessDuration, Timestamp};
use crate::timer;
use crate::unknown::unknown_id;

#[derive(Debug, Clone, thiserror::Error)]
enum PlanFault {
    #[error("package `{package}` does not include the channel `{channel}`")]
    Channel { package: Id, channel: Id },
    #[error("the timer `{0}` depends on more than milestones")]
    Timer(Id),
}

impl Fault for PlanFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Channel { .. } => ErrorCode::UnknownChannel,
            Self::Timer(_) => ErrorCode::UnknownTimer,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        match self {
            Self::Channel { .. } => "".into(),
            Self::Timer(_) => "evaluate histories for timers with cycles, or that messages start or stop".into(),
        }
    }
}

/// The timers and kinds of tickets of some rows, compiled under the newest revision of an engine.
#[derive(Debug)]
pub struct Plan {
    pub(super) engine: Engine,
    pub(super) timers: Vec<TimerPlan>,
    pub(super) kinds: Vec<Kind>,
    /// INVARIANT: one for each kind and timer, those of one kind beside each other; `None` where the policy does not
    /// measure the timer.
    pub(super) terms: Vec<Option<KindTerms>>,
}

/// Which milestones start and stop a timer.
#[derive(Debug)]
pub(super) struct TimerPlan {
    pub(super) id: Id,
    start: Start,
    /// For the assignment, the first reply and the resolve: 0 where it stops the timer, otherwise [`NEVER`]. An instant
    /// with the bits of [`NEVER`] added is later than all others, so the earliest stop is found without a branch.
    stops: [u64; 3],
}

/// The milestone that starts a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Opening,
    Assignment,
}

/// The terms of one timer for one kind of ticket, as far as they do not depend on the row.
#[derive(Debug)]
pub(super) enum KindTerms {
    Fixed(Terms),
    /// A variant names a calendar that is open or closed when the cycle starts: [`Plan::terms_at`] finds the terms.
    ByStart,
}

/// The terms of one timer for one kind of ticket.
#[derive(Debug)]
pub(super) struct Terms {
    /// `None` when nothing is promised.
    pub(super) target: Option<PlanTarget>,
    pub(super) calendar: Arc<Calendar>,
    boundary: DueBoundary,
    warnings: Vec<Step>,
}

impl Plan {
    /// Returns a plan for these timers and kinds of tickets. See the [module](super) for an example.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::columns::{Kind, Plan};
    /// use sla_core::{ErrorCode, Id};
    /// let starter = Kind::new(Id::new("starter")?, Id::new("email")?);
    /// assert_eq!(Plan::new(&engine(), &["first_response"], &[starter.clone()])?.timers(), 1);
    /// // Every customer message can start a next response: milestones do not decide it.
    /// let error = Plan::new(&engine(), &["next_response"], &[starter]).unwrap_err();
    /// assert_eq!(error.code(), ErrorCode::UnknownTimer);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `unknown_timer` for a timer that the policy does not have, and for one that milestones do not decide: one with
    ///   cycles, or one that something else starts or stops;
    /// - `unknown_package`;
    /// - `unknown_channel`, `unknown_severity`, `unknown_category` for what it does not list, or the package not include.
    pub fn new(engine: &Engine, timers: &[&str], kinds: &[Kind]) -> Result<Self, Error> {
        let revision = engine.newest();
        let rules = timers.iter().map(|timer| rules_of(revision, timer)).collect::<Result<Vec<_>, _>>()?;
        let mut terms = Vec::new();
        for (place, kind) in kinds.iter().enumerate() {
            kind.check(engine).map_err(|error| error.at(format!("/{place}")))?;
            for timer in &rules {
                terms.push(KindTerms::new(revision, kind, timer)?);
            }
        }
        let timers = rules.into_iter().map(TimerPlan::new).collect();
        Ok(Self { engine: engine.clone(), timers, kinds: kinds.to_vec(), terms })
    }

    /// Returns how many timers there are.
    #[must_use]
    pub fn timers(&self) -> usize {
        self.timers.len()
    }

    /// Returns the terms of a kind, one for each timer.
    #[inline]
    #[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: rows were checked to name a kind of the plan")]
    pub(super) fn terms_of(&self, kind: usize) -> &[Option<KindTerms>] {
        let first = kind * self.timers.len();
        self.terms.get(first..first + self.timers.len()).unwrap_or_default()
    }

    /// Returns the terms of a timer for a cycle that starts at `start`, where they depend on it.
    #[cold]
    #[inline(never)]
    #[expect(clippy::indexing_slicing, reason = "INVARIANT: rows were checked to name a kind of the plan")]
    pub(super) fn terms_at(&self, kind: usize, timer: &TimerPlan, start: Timestamp) -> Result<Option<Terms>, Error> {
        let revision = self.engine.newest();
        Terms::new(revision, &self.kinds[kind], revision.timer(&timer.id)?, start)
    }
}

impl Kind {
    /// Checks that the newest revision of an engine has the package, with the channel, and lists severity and category.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::{ErrorCode, Id};
    /// use sla_core::columns::Kind;
    /// let gold = Kind::new(Id::new("gold")?, Id::new("email")?);
    /// assert_eq!(gold.check(&engine()).unwrap_err().code(), ErrorCode::UnknownPackage);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `unknown_package`;
    /// - `unknown_channel`, `unknown_severity`, `unknown_category` for what it does not list, or the package not include.
    pub fn check(&self, engine: &Engine) -> Result<(), Error> {
        let revision = engine.newest();
        let policy = &revision.policy;
        let Some(package) = revision.package(self.package.as_str()) else {
            let listed = policy.packages.iter().map(|package| &package.id);
            return Err(unknown_id(ErrorCode::UnknownPackage, "package", self.package.as_str(), listed));
        };
        if !policy.channels_of(package).contains(&self.channel) {
            return Err(PlanFault::Channel { package: package.id.clone(), channel: self.channel.clone() }.into());
        }
        match (&self.severity, &self.category) {
            (Some(severity), _) if !policy.severities.contains(severity) => {
                Err(unknown_id(ErrorCode::UnknownSeverity, "severity", severity.as_str(), &policy.severities))
            }
            (_, Some(category)) if !policy.categories.contains(category) => {
                Err(unknown_id(ErrorCode::UnknownCategory, "category", category.as_str(), &policy.categories))
            }
            _ => Ok(()),
        }
    }
}

/// Returns the rules of a timer, if milestones decide it.
fn rules_of<'a>(revision: &'a Revision, timer: &str) -> Result<&'a TimerRules, Error> {
    let Some(rules) = revision.policy.timers.get(timer) else {
        return Err(unknown_id(ErrorCode::UnknownTimer, "timer", timer, revision.policy.timers.keys()));
    };
    let start = Start::of(rules);
    let known_starts = start == Start::Opening || rules.starts_on == [Trigger::Assigned];
    let known_stops = rules.stops_on.iter().all(|trigger| match trigger {
        Trigger::Resolved => true,
        // Only the first of them is known, so they must not come before the start.
        Trigger::PublicReply | Trigger::Assigned => start == Start::Opening,
        _ => false,
    });
    if rules.cycles == Cycles::Once && known_starts && known_stops {
        return Ok(rules);
    }
    Err(PlanFault::Timer(rules.id.clone()).into())
}

impl Start {
    fn of(rules: &TimerRules) -> Self {
        if rules.starts_on.contains(&Trigger::Opened) { Self::Opening } else { Self::Assignment }
    }
}

impl TimerPlan {
    fn new(rules: &TimerRules) -> Self {
        let stops = |trigger| if rules.stops_on.contains(&trigger) { 0 } else { NEVER };
        Self {
            id: rules.id.clone(),
            start: Start::of(rules),
            stops: [Trigger::Assigned, Trigger::PublicReply, Trigger::Resolved].map(stops),
        }
    }

    /// Returns when the timer started and stopped, in microseconds; [`NEVER`] or more if it did not.
    #[inline]
    pub(super) fn span(&self, row: &Milestones) -> (u64, u64) {
        let start = match self.start {
            Start::Opening => row.opened_us,
            Start::Assignment => row.assigned_us,
        };
        let [assignment, reply, resolve] = self.stops;
        let stop = (row.assigned_us | assignment).min(row.first_reply_us | reply).min(row.resolved_us | resolve);
        (start, stop)
    }

    /// Returns whether the assignment is what stops the timer at `stop_us`: of milestones of one instant it is the first.
    #[inline]
    pub(super) const fn is_stopped_by_assignment(&self, row: &Milestones, stop_us: u64) -> bool {
        let [assignment, ..] = self.stops;
        row.assigned_us | assignment == stop_us
    }
}

impl KindTerms {
    fn new(revision: &Revision, kind: &Kind, rules: &TimerRules) -> Result<Option<Self>, Error> {
        if !revision.measures(&rules.id) {
            return Ok(None);
        }
        let depends = |condition: &Condition| condition.during.is_some() || condition.outside.is_some();
        let mut variants = revision.chain(&kind.package).flat_map(Package::own_variants);
        if variants.any(|variant| depends(&variant.when)) {
            return Ok(Some(Self::ByStart));
        }
        Ok(Terms::new(revision, kind, rules, Timestamp::EPOCH)?.map(Self::Fixed))
    }
}

impl Terms {
    /// Returns the terms of a cycle that starts at `start`; `None` without the package.
    fn new(revision: &Revision, kind: &Kind, rules: &TimerRules, start: Timestamp) -> Result<Option<Self>, Error> {
        let subject =
            Subject { package: &kind.package, severity: kind.severity.as_ref(), category: kind.category.as_ref() };
        let Some(terms) = revision.terms(subject, &rules.id, &kind.channel, start) else { return Ok(None) };
        let steps = revision.steps.get(&rules.id).map_or(&[][..], Vec::as_slice);
        let warnings = steps.iter().filter(|step| step.action == StepAction::Warn && applies(&step.when, kind));
        let target = match terms.target {
            None => None,
            Some(TargetLength::Within(target)) => Some(PlanTarget::Within(target)),
            Some(TargetLength::BusinessDays(days)) => Some(PlanTarget::BusinessDays(days.clone())),
        };
        Ok(Some(Self {
            target,
            calendar: Arc::clone(revision.calendar(terms.calendar)?),
            boundary: rules.due_boundary,
            warnings: warnings.cloned().collect(),
        }))
    }

    /// Returns the promised length of a cycle that starts at `start`.
    #[inline]
    pub(super) fn length(&self, start: Timestamp) -> Result<Option<BusinessDuration>, Error> {
        match &self.target {
            None => Ok(None),
            Some(PlanTarget::Within(target)) => Ok(Some(*target)),
            Some(PlanTarget::BusinessDays(days)) => days.length(&self.calendar, start).map(Some),
        }
    }

    /// Returns the business time after which the first warning before the due fires.
    fn warn_after(&self, target: BusinessDuration) -> Option<BusinessDuration> {
        let before_due = |step| escalation::used_at(step, target).filter(|used| *used < target);
        self.warnings.iter().filter_map(before_due).min()
    }

    /// Returns the instant at which the first warning of a target that counts from `start` fires or would have fired.
    pub(super) fn warns_at(
        &self,
        start: Timestamp,
        target: Option<BusinessDuration>,
    ) -> Result<Option<Timestamp>, Error> {
        match target.and_then(|target| self.warn_after(target)) {
            Some(after) => Ok(self.calendar.due(start, after)?.at()),
            None => Ok(None),
        }
    }

    #[inline]
    pub(super) fn due(&self, start: Timestamp) -> Result<Option<Due>, Error> {
        self.length(start)?.map(|target| self.due_of(start, target)).transpose()
    }

    /// Returns when a target that counts from `start` is used up.
    #[inline]
    pub(super) fn due_of(&self, start: Timestamp, target: BusinessDuration) -> Result<Due, Error> {
        timer::due_from(&self.calendar, self.boundary, start, target)
    }
}

impl Terms {
    /// Returns when a target that counts from `start` is used up, in microseconds; [`NEVER`] beyond the horizon.
    #[inline]
    pub(super) fn due_us(&self, start: Timestamp, target: BusinessDuration) -> Result<u64, Error> {
        match timer::quick_due_from(&self.calendar, self.boundary, start, target) {
            Some(due_at) => Ok(due_at.as_micros().cast_unsigned()),
            None => self.slow_due_us(start, target),
        }
    }

    #[cold]
    #[inline(never)]
    fn slow_due_us(&self, start: Timestamp, target: BusinessDuration) -> Result<u64, Error> {
        let due_at = self.due_of(start, target)?.at();
        Ok(due_at.map_or(NEVER, |due_at| due_at.as_micros().cast_unsigned()))
    }
}

/// What a kind of ticket is promised for a timer.
#[derive(Debug)]
pub(super) enum PlanTarget {
    Within(BusinessDuration),
    BusinessDays(BusinessDays),
}

fn applies(when: &StepCondition, kind: &Kind) -> bool {
    let is = |wanted: &Option<Id>, is: Option<&Id>| wanted.is_none() || wanted.as_ref() == is;
    is(&when.channel, Some(&kind.channel))
        && is(&when.severity, kind.severity.as_ref())
        && is(&when.category, kind.category.as_ref())
        && is(&when.package, Some(&kind.package))
}
