//! Alerts for operators: warnings, critical escalations, an error budget that burns too fast, a monitor that lags.
//!
//! ```
//! # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
//! use sla_core::alert::Alerts;
//! let (engine, ticket) = (engine(), opened());
//! let mut alerts = Alerts::new(&engine.policy().objectives);
//! let now = at("2026-03-02T13:20:00Z");
//! let mut found = Vec::new();
//! for event in &engine.evaluate(&ticket, now)?.due_events {
//!     found.extend(alerts.observe(event, Some(now)));
//! }
//! found.extend(alerts.advance(now));
//! assert_eq!(found.len(), 1);
//! assert_eq!(found[0].to_string(), "2026-03-02T13:12:00Z: first_response of ticket T-1 is at risk: step `warning`");
//! # Ok::<(), sla_core::Error>(())
//! ```
//!
//! The instant of an alert is computed, not observed: it does not depend on how often [`Alerts::advance`] is called.

// INVARIANT: counts of cycles are counts of entries in memory, so they grow by one without reaching 2^64, and only what
// was counted is taken away again.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::ops::Bound::{Excluded, Included, Unbounded};

use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;
use crate::policy::{BurnObjective, Objectives};
use crate::ticket::{Change, EscalationTrigger, Event, EventKind, Role, StopOutcome};
use crate::time::{BusinessDuration, Share, Timestamp};

/// Something that an operator must be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "alert", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Alert {
    /// A cycle is at risk: a warning step fired.
    BreachWarning {
        /// When.
        at: Timestamp,
        /// The ticket.
        ticket: Id,
        /// The timer.
        timer: Id,
        /// Its cycle.
        cycle: u32,
        /// The step's id within the timer.
        step: Id,
    },
    /// An escalation of at least the policy's critical level.
    CriticalEscalation {
        /// When.
        at: Timestamp,
        /// The ticket.
        ticket: Id,
        /// The timer; `None` when it was requested.
        timer: Option<Id>,
        /// What caused it.
        trigger: EscalationTrigger,
        /// Its level.
        level: u32,
        /// The reason of the escalation.
        reason: String,
    },
    /// The error budget of a timer has begun to burn too fast in the long and in the short window.
    #[serde(serialize_with = "degradation")]
    #[cfg_attr(feature = "schema", schemars(with = "Degradation<'_>"))]
    PerformanceDegradation {
        /// When.
        at: Timestamp,
        /// The objective, with its windows and its threshold.
        objective: BurnObjective,
        /// The cycles of the long window.
        long: Decided,
        /// The cycles of the short window.
        short: Decided,
    },
    /// An automatic event was detected later than the policy tolerates.
    MonitorLag {
        /// When it was detected.
        at: Timestamp,
        /// The ticket.
        ticket: Id,
        /// When it happened.
        happened_at: Timestamp,
        /// The wall time in between.
        #[serde(rename = "lag_us")]
        lag: BusinessDuration,
    },
}

/// How an alert writes that a service degrades.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Degradation<'a> {
    /// When.
    at: Timestamp,
    /// The timer.
    timer: &'a Id,
    /// The share of cycles to be met.
    objective_millionths: Share,
    /// The burn at which both windows alarm.
    threshold_millionths: Share,
    /// The fewest decided cycles in the long window.
    min_decided: u32,
    /// The cycles of the long window.
    long: Window,
    /// The cycles of the short window.
    short: Window,
}

/// Decided cycles in a window of this length.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Window {
    /// The length of the window, in wall time.
    window_us: BusinessDuration,
    #[serde(flatten)]
    cycles: Decided,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes every field by reference")]
fn degradation<S: Serializer>(
    at: &Timestamp,
    objective: &BurnObjective,
    long: &Decided,
    short: &Decided,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Degradation {
        at: *at,
        timer: &objective.timer,
        objective_millionths: objective.objective,
        threshold_millionths: objective.threshold,
        min_decided: objective.min_decided,
        long: Window { window_us: objective.long_window, cycles: *long },
        short: Window { window_us: objective.short_window, cycles: *short },
    }
    .serialize(serializer)
}

/// Counts of the cycles that were decided in a window of wall time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decided {
    /// Met or breached.
    pub decided: u64,
    /// Breached.
    pub breached: u64,
}

/// A watch over the events of all tickets, by the objectives of a policy.
#[derive(Debug, Clone)]
pub struct Alerts {
    critical_level: Option<u32>,
    monitor_lag: Option<BusinessDuration>,
    burns: Vec<Burn>,
}

impl Alerts {
    /// Returns a watch that has seen no events.
    #[must_use]
    pub fn new(objectives: &Objectives) -> Self {
        Self {
            critical_level: objectives.critical_level,
            monitor_lag: objectives.monitor_lag,
            burns: objectives.burn.iter().cloned().map(Burn::new).collect(),
        }
    }

    /// Takes an event and returns the alerts that it causes, and those of degradation up to its instant.
    ///
    /// Pass events in the order of their instants; equal instants count together, whatever their order. An event that
    /// comes late counts at its own instant and is judged with the latest known. `detected_at` is when an automatic event
    /// was made; `None` when the host did not store it.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::alert::{Alert, Alerts};
    /// use sla_core::policy::Objectives;
    /// let mut alerts = Alerts::new(&Objectives { critical_level: Some(1), ..Objectives::default() });
    /// let events = engine().evaluate(&opened(), at("2026-03-02T15:00:00Z"))?.due_events;
    /// let found: Vec<Alert> = events.iter().flat_map(|event| alerts.observe(event, None)).collect();
    /// let names: Vec<&str> = found.iter().map(Alert::name).collect();
    /// assert_eq!(names, ["breach_warning", "critical_escalation"]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    pub fn observe(&mut self, event: &Event, detected_at: Option<Timestamp>) -> Vec<Alert> {
        let mut alerts = Vec::new();
        for burn in &mut self.burns {
            burn.observe(event, &mut alerts);
        }
        match &event.kind {
            EventKind::Warned(firing) => alerts.push(Alert::BreachWarning {
                at: event.at,
                ticket: event.ticket.clone(),
                timer: firing.timer.clone(),
                cycle: firing.cycle,
                step: firing.step.clone(),
            }),
            EventKind::Escalated(escalation) if self.critical_level.is_some_and(|most| escalation.level >= most) => {
                alerts.push(Alert::CriticalEscalation {
                    at: event.at,
                    ticket: event.ticket.clone(),
                    timer: escalation.firing.as_ref().map(|firing| firing.timer.clone()),
                    trigger: escalation.trigger,
                    level: escalation.level,
                    reason: escalation.reason.clone(),
                });
            }
            _ => {}
        }
        if let (Some(tolerated), Some(at), Role::System) = (self.monitor_lag, detected_at, event.actor.role) {
            let lag_us = at.as_micros().checked_sub(event.at.as_micros());
            let lag = lag_us.and_then(|lag_us| BusinessDuration::from_micros(lag_us).ok());
            if let Some(lag) = lag.filter(|lag| *lag > tolerated) {
                let (ticket, happened_at) = (event.ticket.clone(), event.at);
                alerts.push(Alert::MonitorLag { at, ticket, happened_at, lag });
            }
        }
        alerts
    }

    /// Returns what the watch remembers, to store it between two runs of a process.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::alert::Alerts;
    ///
    /// let objectives = engine().policy().objectives.clone();
    /// let alerts = Alerts::new(&objectives);
    /// let again = Alerts::resume(&objectives, alerts.memory())?;
    /// assert_eq!(again.memory(), alerts.memory());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn memory(&self) -> AlertMemory {
        AlertMemory { burns: self.burns.iter().map(Burn::memory).collect() }
    }

    /// Returns a watch that resumes with what another one remembered. What it remembered of an objective that the policy
    /// does not have, by timer and windows, is dropped; an objective that it did not know begins anew.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::alert::Alerts;
    ///
    /// let objectives = engine().policy().objectives.clone();
    /// let stored = Alerts::new(&objectives).memory(); // by another process
    /// let alerts = Alerts::resume(&objectives, stored)?;
    /// assert_eq!(alerts.memory(), Alerts::new(&objectives).memory());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_history` when a cycle lies outside its window, or stands twice.
    pub fn resume(objectives: &Objectives, memory: AlertMemory) -> Result<Self, Error> {
        let mut alerts = Self::new(objectives);
        for remembered in memory.burns {
            if let Some(burn) = alerts.burns.iter_mut().find(|burn| remembered.is_of(&burn.objective)) {
                burn.remember(remembered)?;
            }
        }
        Ok(alerts)
    }

    /// Returns the alerts of degradation up to `now`, in order of their instants for each objective: cycles that leave
    /// a window can cause one too. Call it when no event has come for a while; an earlier `now` changes nothing.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Id;
    /// use sla_core::alert::{Alert, Alerts};
    /// use sla_core::policy::{BurnObjective, Objectives};
    /// use sla_core::time::{BusinessDuration, Share};
    /// let objective = BurnObjective {
    ///     timer: Id::new("first_response")?,
    ///     objective: Share::parse("90%")?,
    ///     long_window: BusinessDuration::parse("24h")?,
    ///     short_window: BusinessDuration::parse("2h")?,
    ///     threshold: Share::parse("200%")?,
    ///     min_decided: 1,
    /// };
    /// let mut alerts = Alerts::new(&Objectives { burn: vec![objective], ..Objectives::default() });
    /// let now = at("2026-03-02T15:00:00Z");
    /// for event in &engine().evaluate(&opened(), now)?.due_events {
    ///     alerts.observe(event, None);
    /// }
    /// let names: Vec<&str> = alerts.advance(now).iter().map(Alert::name).collect();
    /// assert_eq!(names, ["performance_degradation"]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    pub fn advance(&mut self, now: Timestamp) -> Vec<Alert> {
        let mut alerts = Vec::new();
        for burn in &mut self.burns {
            burn.advance(now, &mut alerts);
            burn.judge(&mut alerts);
        }
        alerts
    }
}

/// What a watch remembers of the events that it has seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AlertMemory {
    /// One entry for each objective.
    burns: Vec<BurnMemory>,
}

/// The decided cycles of one objective's long window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct BurnMemory {
    /// The timer.
    timer: Id,
    /// The length of the long window, in wall time.
    #[serde(rename = "long_window_us")]
    long_window: BusinessDuration,
    /// The length of the short window, in wall time.
    #[serde(rename = "short_window_us")]
    short_window: BusinessDuration,
    /// Up to when everything is counted; absent before the first cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<Timestamp>,
    /// Whether the budget burnt too fast then.
    burning: bool,
    /// The cycles that were decided in the long window, oldest first.
    cycles: Vec<DecidedCycle>,
}

/// One decided cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DecidedCycle {
    /// When it was met or breached.
    at: Timestamp,
    /// The ticket.
    ticket: Id,
    /// The number of the cycle.
    cycle: u32,
    /// Whether it was breached.
    breached: bool,
}

impl BurnMemory {
    fn is_of(&self, objective: &BurnObjective) -> bool {
        self.timer == objective.timer
            && self.long_window == objective.long_window
            && self.short_window == objective.short_window
    }
}

#[derive(Debug, Clone, thiserror::Error)]
enum MemoryFault {
    #[error("cycle {cycle} of ticket `{ticket}` is not in the window that ends when the alerts were stored")]
    OutsideWindow { ticket: Id, cycle: u32 },
    #[error("cycle {cycle} of ticket `{ticket}` stands twice")]
    Twice { ticket: Id, cycle: u32 },
    #[error("the counts of `{timer}` exceed what can be counted")]
    TooMany { timer: Id },
    #[error("more cycles of `{timer}` are breached than decided")]
    MoreBreached { timer: Id },
}

impl Fault for MemoryFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::TooMany { .. } | Self::MoreBreached { .. } => ErrorCode::LimitExceeded,
            _ => ErrorCode::InvalidHistory,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::MoreBreached { .. } => "count as decided the cycles that were met and those that were breached",
            _ => "",
        })
    }
}

/// How fast the error budget of one objective burns as of an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BurnRate {
    /// The timer of the objective.
    pub timer: Id,
    /// The length of the long window, in wall time.
    #[serde(rename = "long_window_us")]
    pub long_window: BusinessDuration,
    /// The cycles that were decided in it.
    pub long: Decided,
    /// The length of the short window, in wall time.
    #[serde(rename = "short_window_us")]
    pub short_window: BusinessDuration,
    /// The cycles that were decided in it.
    pub short: Decided,
    /// Whether the budget burns too fast in both: the condition of the alert `performance_degradation`.
    pub burning: bool,
}

/// Returns how fast the error budget of each objective burns at `now`, from counts of decided cycles by instant, for a host
/// that counts in its database. Instants outside the windows are ignored; a window includes its end and not its start.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use std::collections::BTreeMap;
/// use sla_core::Id;
/// use sla_core::alert::{Decided, burns};
/// use sla_core::policy::{BurnObjective, Objectives};
/// use sla_core::time::{BusinessDuration, Share};
/// let objective = BurnObjective {
///     timer: Id::new("first_response")?,
///     objective: Share::parse("90%")?,
///     long_window: BusinessDuration::parse("24h")?,
///     short_window: BusinessDuration::parse("2h")?,
///     threshold: Share::parse("200%")?,
///     min_decided: 1,
/// };
/// let objectives = Objectives { burn: vec![objective], ..Objectives::default() };
/// let counts = vec![(at("2026-03-02T14:00:00Z"), Decided { decided: 4, breached: 1 })];
/// let counts = BTreeMap::from([(Id::new("first_response")?, counts)]);
/// assert!(burns(&objectives, &counts, at("2026-03-02T15:00:00Z"))?[0].burning);
/// assert!(!burns(&objectives, &counts, at("2026-03-02T17:00:00Z"))?[0].burning);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `limit_exceeded` when counts add up to more than can be counted, or more cycles are breached than decided.
pub fn burns(
    objectives: &Objectives,
    counts: &BTreeMap<Id, Vec<(Timestamp, Decided)>>,
    now: Timestamp,
) -> Result<Vec<BurnRate>, Error> {
    objectives.burn.iter().map(|objective| rate(objective, counts.get(&objective.timer), now)).collect()
}

fn rate(
    objective: &BurnObjective,
    counts: Option<&Vec<(Timestamp, Decided)>>,
    now: Timestamp,
) -> Result<BurnRate, Error> {
    let within = |window: BusinessDuration| {
        let start = window_start(now, window);
        let counted = counts.into_iter().flatten().filter(|(at, _)| start < *at && *at <= now);
        counted.map(|(_, one)| one).try_fold(Decided::default(), |sum, one| {
            let timer = || objective.timer.clone();
            if one.breached > one.decided {
                return Err(MemoryFault::MoreBreached { timer: timer() });
            }
            sum.plus(*one).ok_or_else(|| MemoryFault::TooMany { timer: timer() })
        })
    };
    let (long, short) = (within(objective.long_window)?, within(objective.short_window)?);
    Ok(BurnRate {
        timer: objective.timer.clone(),
        long_window: objective.long_window,
        long,
        short_window: objective.short_window,
        short,
        burning: is_burning(objective, long, short),
    })
}

/// Returns the exclusive start of a window that ends at `now`.
const fn window_start(now: Timestamp, window: BusinessDuration) -> Timestamp {
    // A window that reaches back beyond the first instant holds the same cycles as one that ends there.
    Timestamp::from_micros(now.as_micros().saturating_sub(window.as_micros()))
}

fn is_burning(objective: &BurnObjective, long: Decided, short: Decided) -> bool {
    let enough = long.decided >= u64::from(objective.min_decided);
    enough && long.burns(objective) && short.burns(objective)
}

/// One objective with the decided cycles of its long window.
#[derive(Debug, Clone)]
struct Burn {
    objective: BurnObjective,
    /// The cycles of the long window by deciding instant, ticket and number, and whether they are breached.
    cycles: BTreeMap<Timestamp, BTreeMap<(Id, u32), bool>>,
    /// When each met cycle was met: a reopening may resume it.
    met_at: BTreeMap<(Id, u32), Timestamp>,
    long: Decided,
    short: Decided,
    /// The instant up to which everything is counted; the windows that end here are not judged yet.
    now: Timestamp,
    burning: bool,
}

impl Burn {
    fn new(objective: BurnObjective) -> Self {
        Self {
            objective,
            cycles: BTreeMap::new(),
            met_at: BTreeMap::new(),
            long: Decided::default(),
            short: Decided::default(),
            now: Timestamp::from_micros(i64::MIN),
            burning: false,
        }
    }

    fn memory(&self) -> BurnMemory {
        let cycles = self.cycles.iter().flat_map(|(at, cycles)| {
            cycles.iter().map(|((ticket, cycle), breached)| DecidedCycle {
                at: *at,
                ticket: ticket.clone(),
                cycle: *cycle,
                breached: *breached,
            })
        });
        BurnMemory {
            timer: self.objective.timer.clone(),
            long_window: self.objective.long_window,
            short_window: self.objective.short_window,
            now: (self.now.as_micros() != i64::MIN).then_some(self.now),
            burning: self.burning,
            cycles: cycles.collect(),
        }
    }

    fn remember(&mut self, memory: BurnMemory) -> Result<(), Error> {
        if let Some(now) = memory.now {
            self.now = now;
        }
        self.burning = memory.burning;
        let long = self.start(self.objective.long_window);
        for DecidedCycle { at, ticket, cycle, breached } in memory.cycles {
            if at <= long || at > self.now {
                return Err(MemoryFault::OutsideWindow { ticket, cycle }.into());
            }
            if !self.enter(at, (ticket.clone(), cycle), breached) {
                return Err(MemoryFault::Twice { ticket, cycle }.into());
            }
        }
        Ok(())
    }

    fn observe(&mut self, event: &Event, alerts: &mut Vec<Alert>) {
        for change in &event.changes {
            if change.timer != self.objective.timer {
                continue;
            }
            match &change.change {
                Change::Stopped { outcome: StopOutcome::Met, .. } => {
                    self.advance(event.at, alerts);
                    self.count(event, change.cycle, false);
                }
                // A reopening resumes a cycle, under other terms where they changed meanwhile.
                Change::Resumed { .. } | Change::Retargeted { .. } => {
                    self.advance(event.at, alerts);
                    let cycle = (event.ticket.clone(), change.cycle);
                    if let Some(met_at) = self.met_at.remove(&cycle) {
                        self.forget(met_at, &cycle);
                    }
                }
                _ => {}
            }
        }
        if let EventKind::Breached { timer, cycle, .. } = &event.kind
            && *timer == self.objective.timer
        {
            self.advance(event.at, alerts);
            self.count(event, *cycle, true);
        }
    }

    fn count(&mut self, event: &Event, cycle: u32, breached: bool) {
        if event.at > self.start(self.objective.long_window) {
            // An event that comes twice counts once.
            self.enter(event.at, (event.ticket.clone(), cycle), breached);
        }
    }

    /// Counts a cycle that was decided in the long window; returns `false` where one of that ticket and number was decided
    /// at the same instant already, which stays as it is.
    fn enter(&mut self, at: Timestamp, cycle: (Id, u32), breached: bool) -> bool {
        let Entry::Vacant(place) = self.cycles.entry(at).or_default().entry(cycle.clone()) else { return false };
        place.insert(breached);
        if !breached {
            self.met_at.insert(cycle, at);
        }
        self.long.add(breached);
        if at > self.start(self.objective.short_window) {
            self.short.add(breached);
        }
        true
    }

    /// Takes back a cycle that resumes: it is not decided any more.
    fn forget(&mut self, met_at: Timestamp, cycle: &(Id, u32)) {
        let Some(cycles) = self.cycles.get_mut(&met_at) else { return };
        if let Some(breached) = cycles.remove(cycle) {
            self.long.remove(breached);
            if met_at > self.start(self.objective.short_window) {
                self.short.remove(breached);
            }
        }
    }

    /// Returns the exclusive start of a window that ends now.
    const fn start(&self, window: BusinessDuration) -> Timestamp {
        window_start(self.now, window)
    }

    /// Moves to `now` by way of every instant at which a cycle leaves a window, and judges each of them.
    fn advance(&mut self, now: Timestamp, alerts: &mut Vec<Alert>) {
        if now <= self.now {
            return;
        }
        self.judge(alerts);
        while let Some(next) = self.next_leaving().filter(|next| *next < now) {
            self.move_to(next);
            self.judge(alerts);
        }
        self.move_to(now);
    }

    /// Returns the next instant at which a cycle leaves a window.
    fn next_leaving(&self) -> Option<Timestamp> {
        let leaves = |window: BusinessDuration| {
            let (first, _) = self.cycles.range((Excluded(self.start(window)), Unbounded)).next()?;
            first.as_micros().checked_add(window.as_micros()).map(Timestamp::from_micros)
        };
        let windows = [self.objective.long_window, self.objective.short_window];
        windows.into_iter().filter_map(leaves).min()
    }

    fn move_to(&mut self, now: Timestamp) {
        let short_before = self.start(self.objective.short_window);
        self.now = now;
        let (long, short) = (self.start(self.objective.long_window), self.start(self.objective.short_window));
        if short_before < short {
            let gone = self.cycles.range((Excluded(short_before), Included(short)));
            gone.flat_map(|(_, cycles)| cycles.values()).for_each(|breached| self.short.remove(*breached));
        }
        while let Some(first) = self.cycles.first_entry().filter(|first| *first.key() <= long) {
            for (cycle, breached) in first.remove() {
                self.long.remove(breached);
                self.met_at.remove(&cycle);
            }
        }
    }

    fn judge(&mut self, alerts: &mut Vec<Alert>) {
        let burns = is_burning(&self.objective, self.long, self.short);
        if burns && !self.burning {
            let (objective, long, short) = (self.objective.clone(), self.long, self.short);
            alerts.push(Alert::PerformanceDegradation { at: self.now, objective, long, short });
        }
        self.burning = burns;
    }
}

#[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: counts are of entries in memory")]
impl Decided {
    fn add(&mut self, breached: bool) {
        self.decided += 1;
        self.breached += u64::from(breached);
    }

    fn remove(&mut self, breached: bool) {
        self.decided -= 1;
        self.breached -= u64::from(breached);
    }

    /// Returns the sum; `None` when it does not fit.
    fn plus(self, other: Self) -> Option<Self> {
        let decided = self.decided.checked_add(other.decided)?;
        let breached = self.breached.checked_add(other.breached)?;
        Some(Self { decided, breached })
    }

    /// Returns whether (breached ÷ decided) ÷ (1 − objective) reaches the threshold, without dividing.
    fn burns(self, objective: &BurnObjective) -> bool {
        let millionths = |share: Share| u128::from(share.as_millionths());
        let whole = millionths(Share::WHOLE);
        // An objective above 100 % leaves no budget, as one of 100 % does.
        let budget = whole.saturating_sub(millionths(objective.objective));
        // Shares have 32 bits and counts 64, so both products fit 128.
        let burnt = u128::from(self.breached) * whole * whole;
        let tolerated = millionths(objective.threshold) * budget * u128::from(self.decided);
        self.decided > 0 && burnt >= tolerated
    }
}

impl Alert {
    /// Returns the alert's name in documents.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BreachWarning { .. } => "breach_warning",
            Self::CriticalEscalation { .. } => "critical_escalation",
            Self::PerformanceDegradation { .. } => "performance_degradation",
            Self::MonitorLag { .. } => "monitor_lag",
        }
    }

    /// Returns its instant.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::BreachWarning { at, .. }
            | Self::CriticalEscalation { at, .. }
            | Self::PerformanceDegradation { at, .. }
            | Self::MonitorLag { at, .. } => *at,
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.at())?;
        match self {
            Self::BreachWarning { ticket, timer, step, .. } => {
                write!(f, "{timer} of ticket {ticket} is at risk: step `{step}`")
            }
            Self::CriticalEscalation { ticket, level, reason, .. } => {
                write!(f, "ticket {ticket} is escalated to level {level}: {reason}")
            }
            Self::PerformanceDegradation { objective, long, short, .. } => {
                let BurnObjective { timer, long_window, short_window, .. } = objective;
                write!(
                    f,
                    "{timer} degrades: {} of {} cycles breached within {long_window}, {} of {} within {short_window}; the \
                     objective is {} met",
                    long.breached, long.decided, short.breached, short.decided, objective.objective
                )
            }
            Self::MonitorLag { ticket, happened_at, lag, .. } => {
                write!(f, "the monitor lags: the event of ticket {ticket} at {happened_at} was detected {lag} later")
            }
        }
    }
}
