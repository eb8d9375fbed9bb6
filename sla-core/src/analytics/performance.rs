//! What each agent did, and a score whose weights the policy states.

use std::cmp::Reverse;

use super::aggregate::Aggregate;
use super::grouping::{Dimension, Grouping};
use super::report::{Csat, Report, TicketFigures, TimerFigures, ratio};
use crate::error::Error;
use crate::id::Id;
use crate::policy::Objectives;
use crate::time::Share;

/// The component of a score that is not a timer's compliance.
const CSAT: &str = "csat";

/// One agent's figures: promises while the ticket was his, replies and work that were his own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPerformance {
    /// Who; `None` for tickets while nobody held them.
    pub agent: Option<Id>,
    /// Tickets he worked on, each once.
    pub handled: u64,
    /// Public replies he wrote.
    pub replies: u64,
    /// Escalations of tickets while they were his.
    pub escalations_received: u64,
    /// Ratings of tickets while they were his.
    pub csat: Csat,
    /// Cycles by what became of them, and how long they took, by timer.
    pub timers: Vec<TimerFigures>,
    /// The parts of the score that are there, by name.
    pub components: Vec<ScoreComponent>,
    /// The mean of the components by their weights, rounded down: 100 % is 100 points. `None` without components.
    pub score: Option<Share>,
}

/// One part of a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreComponent {
    /// A timer, for its compliance; or `csat`, for where the mean rating lies between worst and best.
    pub name: Id,
    /// What it weighs, as the policy's objectives state.
    pub weight: u32,
    /// Its value.
    pub value: Share,
}

/// Returns the figures of each agent, the best score first, then by name; agents without score come last.
///
/// # Errors
///
/// - `conflicting_fields` when the aggregate does not keep agents apart;
/// - `out_of_range` when a sum does not fit a signed number of 64 bits.
pub fn agents(aggregate: &Aggregate, objectives: &Objectives) -> Result<Vec<AgentPerformance>, Error> {
    let report = Report::of(&aggregate.regroup(Grouping::by(&[Dimension::Agent]))?)?;
    let mut agents: Vec<AgentPerformance> = report
        .groups
        .into_iter()
        .map(|group| AgentPerformance::new(group.key.agent, &group.tickets, group.timers, objectives))
        .collect();
    agents.sort_by(|a, b| (Reverse(a.score), &a.agent).cmp(&(Reverse(b.score), &b.agent)));
    Ok(agents)
}

impl AgentPerformance {
    fn new(agent: Option<Id>, tickets: &TicketFigures, timers: Vec<TimerFigures>, objectives: &Objectives) -> Self {
        let value = |name: &Id| match name.as_str() {
            CSAT => tickets.csat.ratio(),
            timer => timers.iter().find(|figures| figures.timer.as_str() == timer)?.compliance,
        };
        let weighed = objectives.score_weights.iter();
        let components: Vec<ScoreComponent> = weighed
            .filter_map(|(name, weight)| {
                Some(ScoreComponent { name: name.clone(), weight: *weight, value: value(name)? })
            })
            .collect();
        let escalated =
            tickets.escalations.iter().fold(0, |sum: u64, escalations| sum.saturating_add(escalations.count));
        Self {
            agent,
            handled: tickets.handled,
            replies: tickets.replies,
            escalations_received: escalated,
            csat: tickets.csat,
            score: score(&components),
            components,
            timers,
        }
    }
}

/// Returns the mean of the components by their weights.
fn score(components: &[ScoreComponent]) -> Option<Share> {
    let (mut sum, mut weights) = (0_u64, 0_u64);
    for component in components {
        let weight = u64::from(component.weight);
        weights = weights.saturating_add(weight);
        sum = sum.saturating_add(weight.saturating_mul(component.value.as_millionths().into()));
    }
    let whole = weights.saturating_mul(Share::WHOLE.as_millionths().into());
    ratio(sum, whole)
}
