//! The figures of each agent, and a score whose weights the policy states.

use std::cmp::Reverse;

use serde::{Serialize, Serializer};

use super::aggregate::Aggregate;
use super::grouping::{Dimension, Grouping, UNASSIGNED};
use super::report::{Csat, Report, TicketFigures, TimerFigures, by_timer, ratio, sum};
use crate::error::Error;
use crate::id::Id;
use crate::policy::Objectives;
use crate::policy::check::CSAT;
use crate::time::Share;

/// One agent's figures: cycles decided while this agent was the assignee, and the agent's own replies and work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentPerformance {
    /// The agent; `None` for unassigned tickets.
    #[serde(serialize_with = "unassigned")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub agent: Option<Id>,
    /// Tickets that the agent worked on, each once.
    pub handled: u64,
    /// The agent's public replies.
    pub replies: u64,
    /// Escalations of tickets while the agent was the assignee.
    pub escalations_received: u64,
    /// Ratings of tickets while the agent was the assignee.
    pub csat: Csat,
    /// Cycles by outcome, and their durations, by timer.
    #[serde(serialize_with = "by_timer")]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<Id, TimerFigures>"))]
    pub timers: Vec<TimerFigures>,
    /// The parts of the score that have a value, by name.
    pub components: Vec<ScoreComponent>,
    /// The weighted mean of the components, rounded down: 100 % is 100 points. `None` without components.
    #[serde(rename = "score_millionths")]
    pub score: Option<Share>,
}

#[expect(clippy::ref_option, reason = "serde passes the field by reference")]
fn unassigned<S: Serializer>(agent: &Option<Id>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(agent.as_ref().map_or(UNASSIGNED, Id::as_str))
}

/// One part of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScoreComponent {
    /// A timer, for its compliance; or `csat`, for [`Csat::ratio`].
    pub name: Id,
    /// Its weight in the policy's objectives.
    pub weight: u32,
    /// Its value.
    #[serde(rename = "value_millionths")]
    pub value: Share,
}

/// Returns the figures of each agent, the best score first, then by name; agents without a score come last.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::analytics::{Aggregate, Dimension, Grouping, agents};
/// let (engine, history) = (engine(), closed());
/// let mut aggregate = Aggregate::new(Grouping::by(&[Dimension::Agent]));
/// aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
/// let agents = agents(&aggregate, &engine.policy().objectives)?;
/// let ana = agents.iter().find(|one| one.agent.as_ref().is_some_and(|agent| agent.as_str() == "ana")).unwrap();
/// assert_eq!((ana.replies, ana.csat.count()), (1, 1));
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// - `conflicting_fields` when the aggregate is not grouped by agent;
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
        Self {
            agent,
            handled: tickets.handled,
            replies: tickets.replies,
            escalations_received: sum(tickets.escalations.iter().map(|escalations| escalations.count)),
            csat: tickets.csat,
            score: score(&components),
            components,
            timers,
        }
    }
}

/// Returns the weighted mean of the components.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: weights and shares have 32 bits, and fewer than 2^32 components fit into memory"
)]
fn score(components: &[ScoreComponent]) -> Option<Share> {
    let (mut sum, mut weights) = (0_u128, 0_u128);
    for ScoreComponent { weight, value, .. } in components {
        weights += u128::from(*weight);
        sum += u128::from(*weight) * u128::from(value.as_millionths());
    }
    ratio(sum, weights * u128::from(Share::WHOLE.as_millionths()))
}
