//! Figures as people read them: counts by class, compliance, rates, means and quantiles.

use super::aggregate::{Aggregate, Cell, Counts, TimerCell};
use super::figure::Figure;
use super::grouping::{Dimension, Grouping, Key};
use super::histogram::Histogram;
use crate::error::Error;
use crate::id::Id;
use crate::policy::Policy;
use crate::ticket::EscalationTrigger;
use crate::time::{BusinessDuration, Share, Timestamp};

/// The figures of an [`Aggregate`], group by group, and of all groups together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What the groups are kept apart by.
    pub grouping: Grouping,
    /// The latest instant as of which a ticket was evaluated; `None` without tickets.
    pub as_of: Option<Timestamp>,
    /// The groups that have any figure, by key.
    pub groups: Vec<ReportGroup>,
    /// All groups together; its key is empty.
    pub total: ReportGroup,
}

/// The figures of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportGroup {
    /// Which one.
    pub key: Key,
    /// Figures of whole tickets.
    pub tickets: TicketFigures,
    /// Figures of each timer that has any, by timer id.
    pub timers: Vec<TimerFigures>,
}

/// Figures of whole tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketFigures {
    /// Tickets opened.
    pub opened: u64,
    /// Resolutions.
    pub resolved: u64,
    /// Reopenings.
    pub reopened: u64,
    /// Tickets closed.
    pub closed: u64,
    /// Tickets taken back by their customer.
    pub withdrawn: u64,
    /// Tickets declared void.
    pub voided: u64,
    /// Active tickets that are new or open, as of the evaluation.
    pub open: u64,
    /// Active tickets that wait, as of the evaluation.
    pub paused: u64,
    /// Public replies.
    pub replies: u64,
    /// Pairs of a ticket and somebody who worked on it.
    pub handled: u64,
    /// Every escalation, of all timers and on request, by trigger and level.
    pub escalations: Vec<EscalationCount>,
    /// Escalations per 100 opened tickets, in millionths, rounded down; `None` when none was opened.
    pub escalations_per_100_tickets: Option<u64>,
    /// What customers thought.
    pub csat: Csat,
}

/// Escalations of one trigger and level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EscalationCount {
    /// What caused them.
    pub trigger: EscalationTrigger,
    /// Their level.
    pub level: u32,
    /// How many.
    pub count: u64,
}

/// Customers' ratings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Csat {
    /// How many ratings of 1, 2, 3, 4 and 5.
    pub distribution: [u64; 5],
}

/// Figures of one timer. The classes from `met` to `cancelled_duplicate` do not overlap: each cycle is in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerFigures {
    /// The timer.
    pub timer: Id,
    /// Cycles that stopped at or before their due.
    pub met: u64,
    /// Cycles that stopped after their due.
    pub breached_answered: u64,
    /// Cycles past their due that have not stopped, as of the evaluation.
    pub breached_open: u64,
    /// Cycles past their due when the ticket ended without what they waited for.
    pub breached_ended: u64,
    /// Unbroken cycles that count, as of the evaluation.
    pub running: u64,
    /// Unbroken cycles that stand still, as of the evaluation.
    pub paused: u64,
    /// Cycles cancelled because the customer took the ticket back.
    pub cancelled_withdrawn: u64,
    /// Cycles cancelled because an admin declared the ticket void.
    pub cancelled_voided: u64,
    /// Cycles cancelled because an admin declared the ticket a duplicate.
    pub cancelled_duplicate: u64,
    /// Met ÷ decided, rounded down; `None` when no cycle is decided.
    pub compliance: Option<Share>,
    /// Pauses with more than 10 % of the target left.
    pub pauses: u64,
    /// Pauses of unbroken cycles with at most 10 % of the target left.
    pub late_pauses: u64,
    /// Pauses past the due.
    pub pauses_after_due: u64,
    /// Warnings.
    pub warnings: u64,
    /// Escalations by trigger and level.
    pub escalations: Vec<EscalationCount>,
    /// How long stopped cycles took, met or not, in business time.
    pub business_time: Durations,
    /// How long they took in wall time, pauses included.
    pub wall_time: Durations,
}

/// Durations of stopped cycles. Quantiles are by nearest rank, as the lower bound of their histogram bucket: at most
/// 1/128 below the true value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Durations {
    /// How many.
    pub count: u64,
    /// The mean, exact, rounded down to the microsecond; `None`, as the others, without durations.
    pub mean: Option<BusinessDuration>,
    /// The median.
    pub median: Option<BusinessDuration>,
    /// The duration that 90 % do not exceed.
    pub p90: Option<BusinessDuration>,
    /// The duration that 99 % do not exceed.
    pub p99: Option<BusinessDuration>,
}

impl Report {
    /// Returns the figures of an aggregate.
    ///
    /// # Errors
    ///
    /// `out_of_range` when a sum over all groups does not fit a signed number of 64 bits.
    pub fn of(aggregate: &Aggregate) -> Result<Self, Error> {
        let mut total = Cell::default();
        let mut groups = Vec::new();
        for (key, cell) in aggregate.groups() {
            total.merge(cell)?;
            groups.push(ReportGroup::of(key.clone(), cell));
        }
        Ok(Self {
            grouping: aggregate.grouping().clone(),
            as_of: aggregate.as_of(),
            groups,
            total: ReportGroup::of(Key::default(), &total),
        })
    }

    /// Returns the figures of each package of a policy beside each other, the highest rank first; those without tickets
    /// are there too, and packages that the policy does not know come last.
    ///
    /// # Errors
    ///
    /// - `conflicting_fields` when the aggregate does not keep packages apart;
    /// - `out_of_range` when a sum does not fit a signed number of 64 bits.
    pub fn packages(aggregate: &Aggregate, policy: &Policy) -> Result<Self, Error> {
        let mut report = Self::of(&aggregate.regroup(Grouping::by(&[Dimension::Package]))?)?;
        for package in &policy.packages {
            let known = report.groups.iter().any(|group| group.key.package.as_ref() == Some(&package.id));
            if !known {
                let key = Key { package: Some(package.id.clone()), ..Key::default() };
                report.groups.push(ReportGroup::of(key, &Cell::default()));
            }
        }
        let rank = |group: &ReportGroup| {
            let package = policy.packages.iter().find(|package| Some(&package.id) == group.key.package.as_ref());
            std::cmp::Reverse(package.map(|package| package.rank))
        };
        report.groups.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.key.cmp(&b.key)));
        Ok(report)
    }
}

impl ReportGroup {
    pub(super) fn of(key: Key, cell: &Cell) -> Self {
        let timers = cell.timers.iter().map(|(timer, cell)| TimerFigures::of(timer.clone(), cell)).collect();
        Self { key, tickets: TicketFigures::of(cell), timers }
    }

    /// Returns the figures of a timer; `None` when it has none.
    #[must_use]
    pub fn timer(&self, timer: &str) -> Option<&TimerFigures> {
        self.timers.iter().find(|figures| figures.timer.as_str() == timer)
    }
}

impl TicketFigures {
    fn of(cell: &Cell) -> Self {
        let tickets = &cell.tickets;
        let mut all = tickets.clone();
        for (_, timer) in &cell.timers {
            // INVARIANT: what an aggregate holds fits.
            let _ = all.merge(&timer.counts);
        }
        let escalations = escalations(&all);
        let escalated = escalations.iter().fold(0, |sum: u64, escalations| sum.saturating_add(escalations.count));
        Self {
            opened: tickets.get(Figure::Opened),
            resolved: tickets.get(Figure::Resolved),
            reopened: tickets.get(Figure::Reopened),
            closed: tickets.get(Figure::Closed),
            withdrawn: tickets.get(Figure::Withdrawn),
            voided: tickets.get(Figure::Voided),
            open: tickets.get(Figure::Open),
            paused: tickets.get(Figure::Paused),
            replies: tickets.get(Figure::Replies),
            handled: tickets.get(Figure::Handled),
            escalations,
            escalations_per_100_tickets: per_100(escalated, tickets.get(Figure::Opened)),
            csat: Csat::of(tickets),
        }
    }

    /// Returns the tickets that are neither resolved nor ended, as of the evaluation.
    #[must_use]
    pub const fn active(&self) -> u64 {
        self.open.saturating_add(self.paused)
    }
}

/// Returns how many there are to 100 of something, in millionths.
fn per_100(count: u64, of: u64) -> Option<u64> {
    let millionths = u128::from(count).saturating_mul(100_000_000).checked_div(of.into())?;
    Some(u64::try_from(millionths).unwrap_or(u64::MAX))
}

pub(super) fn escalations(counts: &Counts) -> Vec<EscalationCount> {
    let triggers = [
        (Figure::EscalatedBreach, EscalationTrigger::Breach),
        (Figure::EscalatedStep, EscalationTrigger::Step),
        (Figure::EscalatedRequest, EscalationTrigger::Request),
    ];
    let found = triggers.into_iter().flat_map(|(figure, trigger)| {
        counts.buckets(figure).map(move |(level, count)| EscalationCount { trigger, level, count })
    });
    found.collect()
}

impl Csat {
    pub(super) fn of(counts: &Counts) -> Self {
        let mut csat = Self::default();
        for (score, count) in csat.distribution.iter_mut().zip(1..).map(|(count, score)| (score, count)) {
            *count = counts.buckets(Figure::Rated).find(|(bucket, _)| *bucket == score).map_or(0, |(_, n)| n);
        }
        csat
    }

    /// Returns how many ratings there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.distribution.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Returns the sum of all scores.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.distribution.iter().zip(1_u64..).fold(0, |sum, (n, score)| sum.saturating_add(n.saturating_mul(score)))
    }

    /// Returns the mean score in millionths, 1,000,000 to 5,000,000, rounded down; `None` without ratings.
    #[must_use]
    pub fn mean_millionths(&self) -> Option<u64> {
        let mean = u128::from(self.sum()).saturating_mul(1_000_000).checked_div(self.count().into())?;
        u64::try_from(mean).ok()
    }

    /// Returns where the mean lies between the worst score, 0 %, and the best, 100 %, rounded down; `None` without
    /// ratings.
    #[must_use]
    pub fn ratio(&self) -> Option<Share> {
        let above_worst = self.sum().saturating_sub(self.count());
        ratio(above_worst, self.count().saturating_mul(4))
    }
}

/// Returns a part of a whole in millionths, rounded down; `None` of nothing.
pub(super) fn ratio(part: u64, whole: u64) -> Option<Share> {
    let millionths = u128::from(part).saturating_mul(1_000_000).checked_div(whole.into())?;
    u32::try_from(millionths).ok().map(Share::from_millionths)
}

impl TimerFigures {
    fn of(timer: Id, cell: &TimerCell) -> Self {
        let get = |figure| cell.counts.get(figure);
        let mut figures = Self {
            timer,
            met: get(Figure::Met),
            breached_answered: get(Figure::BreachedAnswered),
            breached_open: get(Figure::BreachedOpen),
            breached_ended: get(Figure::BreachedEnded),
            running: get(Figure::Running),
            paused: get(Figure::Paused),
            cancelled_withdrawn: get(Figure::CancelledWithdrawn),
            cancelled_voided: get(Figure::CancelledVoided),
            cancelled_duplicate: get(Figure::CancelledDuplicate),
            compliance: None,
            pauses: get(Figure::Pauses),
            late_pauses: get(Figure::LatePauses),
            pauses_after_due: get(Figure::PausesAfterDue),
            warnings: get(Figure::Warnings),
            escalations: escalations(&cell.counts),
            business_time: Durations::of(&cell.business),
            wall_time: Durations::of(&cell.wall),
        };
        figures.compliance = ratio(figures.met, figures.decided());
        figures
    }

    /// Returns the cycles past their due, answered or not.
    #[must_use]
    pub const fn breached(&self) -> u64 {
        self.breached_answered.saturating_add(self.breached_open).saturating_add(self.breached_ended)
    }

    /// Returns the cycles that are met or breached: the denominator of compliance.
    #[must_use]
    pub const fn decided(&self) -> u64 {
        self.met.saturating_add(self.breached())
    }
}

impl Durations {
    fn of(histogram: &Histogram) -> Self {
        Self {
            count: histogram.count(),
            mean: histogram.mean(),
            median: histogram.quantile(500_000),
            p90: histogram.quantile(900_000),
            p99: histogram.quantile(990_000),
        }
    }
}
