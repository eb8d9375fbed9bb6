//! Figures for people: counts by class, compliance, rates, means and quantiles.

// INVARIANT: `Report::of` refuses an aggregate whose counts, each taken five times, do not fit 63 bits together, so neither do
// sums of some of a report's counts exceed them. Only figures that a program wrote itself can; `plus` then stays at the
// largest number.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::aggregate::{Aggregate, Cell, Counted, Counts};
use super::figure::Figure;
use super::grouping::{Dimension, Grouping, Key};
use super::histogram::Histogram;
use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;
use crate::policy::Policy;
use crate::serde_text::serialize_as;
use crate::ticket::EscalationTrigger;
use crate::time::{BusinessDuration, Share, Timestamp};

#[derive(Debug, Clone, thiserror::Error)]
enum ReportFault {
    #[error("a sum over all groups does not fit 64 bits")]
    SumTooLarge,
}

impl Fault for ReportFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::OutOfRange
    }

    fn help(&self) -> Cow<'static, str> {
        "check the rows: the counts of a billion tickets fit".into()
    }
}

/// The figures of an [`Aggregate`], group by group, and of all groups together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What the figures are grouped by.
    pub grouping: Grouping,
    /// The latest instant as of which a ticket was evaluated; `None` without tickets.
    pub as_of: Option<Timestamp>,
    /// The groups with any figure, by key.
    pub groups: Vec<ReportGroup>,
    /// The sum of all groups; its key is empty.
    pub total: ReportGroup,
}

/// The figures of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportGroup {
    /// The group's key.
    pub key: Key,
    /// Figures of whole tickets.
    pub tickets: TicketFigures,
    /// Figures of each timer that has any, by timer id.
    pub timers: Vec<TimerFigures>,
}

/// Figures of whole tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TicketFigures {
    /// Inbound tickets opened.
    pub opened: u64,
    /// Outbound tickets opened, by the actor.
    pub opened_outbound: u64,
    /// Resolutions.
    pub resolved: u64,
    /// Reopenings.
    pub reopened: u64,
    /// Tickets closed.
    pub closed: u64,
    /// Tickets withdrawn by their customer.
    pub withdrawn: u64,
    /// Tickets declared void.
    pub voided: u64,
    /// Active tickets that are new or open, as of the evaluation.
    pub open: u64,
    /// Active tickets that are pending or on hold, as of the evaluation.
    pub paused: u64,
    /// Tickets that are neither resolved nor final, as of the evaluation: open and paused.
    pub active: u64,
    /// Public replies, outbound openings included, automatic replies not.
    pub replies: u64,
    /// Automatic replies.
    pub automatic_replies: u64,
    /// Messages of customers, openings included, that were received before their event.
    pub received_late: u64,
    /// Pairs of a ticket and an agent who worked on it.
    pub handled: u64,
    /// For how long tickets were held.
    pub held: HeldFigures,
    /// The escalations of all timers and on request, by trigger and level.
    pub escalations: Vec<EscalationCount>,
    /// Escalations per 100 opened tickets, inbound and outbound, in millionths, rounded down; `None` when none was opened.
    #[serde(rename = "escalations_per_100_tickets_millionths")]
    pub escalations_per_100_tickets: Option<u64>,
    /// The customers' ratings.
    pub csat: Csat,
}

/// The times of holdings, the stretches between two changes of agent or team, one duration each. Time resolved is not
/// counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeldFigures {
    /// The business time in which the ticket was new or open.
    pub working_business_time: Durations,
    /// The wall time in which the ticket was new or open.
    pub working_wall_time: Durations,
    /// The business time in which the ticket was pending or on hold.
    pub waiting_business_time: Durations,
    /// The wall time in which the ticket was pending or on hold.
    pub waiting_wall_time: Durations,
}

/// Escalations of one trigger and level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EscalationCount {
    /// Their trigger.
    pub trigger: EscalationTrigger,
    /// Their level.
    pub level: u32,
    /// Their number.
    pub count: u64,
}

/// The customers' ratings, 1 (worst) to 5 (best).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Csat {
    /// The numbers of ratings of 1, 2, 3, 4 and 5.
    pub distribution: [u64; 5],
}

/// Figures of one timer. The classes from `met` to `unpromised` do not overlap: each cycle is in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimerFigures {
    /// The timer.
    #[serde(skip)]
    pub timer: Id,
    /// Cycles that stopped at or before their due.
    pub met: u64,
    /// Cycles that stopped after their due.
    pub breached_answered: u64,
    /// Cycles past their due that have not stopped, as of the evaluation.
    pub breached_open: u64,
    /// Cycles past their due when something else than a stop ended them, for example the end of the ticket.
    pub breached_ended: u64,
    /// Cycles that are running before their due, as of the evaluation.
    pub running: u64,
    /// Cycles that are paused before their due, as of the evaluation.
    pub paused: u64,
    /// Cycles cancelled because the customer withdrew the ticket.
    pub cancelled_withdrawn: u64,
    /// Cycles cancelled because an admin declared the ticket void.
    pub cancelled_voided: u64,
    /// Cycles cancelled because an admin declared the ticket a duplicate.
    pub cancelled_duplicate: u64,
    /// Cycles cancelled because the ticket was closed.
    pub cancelled_closed: u64,
    /// Cycles cancelled because the ticket was handed on.
    pub cancelled_handed_on: u64,
    /// Cycles cancelled because an inactivity rule resolved the ticket.
    pub cancelled_inactivity: u64,
    /// Cycles whose promise was taken away by a change of terms and did not return.
    pub terms: u64,
    /// Cycles that never had a promise.
    pub unpromised: u64,
    /// Cycles that are met or breached: the denominator of compliance.
    pub decided: u64,
    /// Met ÷ decided, rounded down; `None` when no cycle is decided.
    #[serde(rename = "compliance_millionths")]
    pub compliance: Option<Share>,
    /// Pauses with more than 10 % of the target remaining.
    pub pauses: u64,
    /// Pauses before the due with at most 10 % of the target remaining.
    pub late_pauses: u64,
    /// Pauses past the due.
    pub pauses_after_due: u64,
    /// Changes of holder while at most 10 % of the target remained.
    pub late_hand_overs: u64,
    /// Warnings.
    pub warnings: u64,
    /// Escalations by trigger and level.
    pub escalations: Vec<EscalationCount>,
    /// The durations of stopped cycles, met or breached, in business time.
    pub business_time: Durations,
    /// Their durations in wall time, pauses included.
    pub wall_time: Durations,
    /// The durations of stopped cycles whose promise was taken away, in business time.
    pub terms_business_time: Durations,
    /// Their durations in wall time.
    pub terms_wall_time: Durations,
    /// The durations of stopped cycles that never had a promise, in business time.
    pub unpromised_business_time: Durations,
    /// Their durations in wall time.
    pub unpromised_wall_time: Durations,
    /// The business time after the due of breached cycles that ended, whatever ended them.
    pub overdue: Durations,
    /// How many of these cycles were how late.
    pub lateness: [Lateness; LATENESS_BOUNDS.len()],
}

/// How many breached cycles were so late at their end: more than the entry before it, and at most `up_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lateness {
    /// The longest business time after the due, exact to less than 1/128; `None` without an end.
    #[serde(rename = "up_to_us")]
    pub up_to: Option<BusinessDuration>,
    /// How many cycles.
    pub count: u64,
}

/// The ends in seconds of the ranges of [`TimerFigures::lateness`]: a quarter of an hour, 1, 4, 8 and 24 hours, and no end.
const LATENESS_BOUNDS: [Option<u32>; 6] = [Some(900), Some(3_600), Some(14_400), Some(28_800), Some(86_400), None];

/// Durations of stopped cycles. Quantiles are by nearest rank, as the lower bound of their histogram bucket: at most
/// 1/128 below the true value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Durations {
    /// The number of durations.
    pub count: u64,
    /// The mean, exact, rounded down to the microsecond; `None`, as the others, without durations.
    #[serde(rename = "mean_us")]
    pub mean: Option<BusinessDuration>,
    /// The median.
    #[serde(rename = "median_us")]
    pub median: Option<BusinessDuration>,
    /// The duration that 90 % do not exceed.
    #[serde(rename = "p90_us")]
    pub p90: Option<BusinessDuration>,
    /// The duration that 99 % do not exceed.
    #[serde(rename = "p99_us")]
    pub p99: Option<BusinessDuration>,
}

/// How a report is written.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ReportDocument<'a> {
    #[serde(flatten)]
    grouping: &'a Grouping,
    /// The latest instant as of which a ticket was evaluated; null without tickets.
    as_of: Option<Timestamp>,
    /// The groups that have any figure, by key.
    groups: Vec<GroupDocument<'a>>,
    /// All groups together; its key is empty.
    total: GroupDocument<'a>,
}

/// The figures of one group.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ReportGroup"))]
struct GroupDocument<'a> {
    key: KeyDocument<'a>,
    /// Figures of whole tickets.
    tickets: &'a TicketFigures,
    /// Figures of each timer that has any, by timer id.
    #[serde(serialize_with = "by_timer")]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<Id, TimerFigures>"))]
    timers: &'a [TimerFigures],
}

/// Which group: the dimensions that the report keeps apart, null where a ticket has none.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ReportKey"))]
struct KeyDocument<'a> {
    /// The period, for people, for example `2026-W53`.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    /// The first instant of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    period_start: Option<Timestamp>,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<Dimension, Option<String>>"))]
    dimensions: Dimensions<'a>,
}

/// The values of dimensions by their names.
type Dimensions<'a> = std::collections::BTreeMap<Dimension, Option<&'a str>>;

impl<'a> GroupDocument<'a> {
    fn of(grouping: &Grouping, group: &'a ReportGroup) -> Self {
        let ReportGroup { key, tickets, timers } = group;
        let value = |dimension: &Dimension| {
            (*dimension, key.get(*dimension).map(Id::as_str).or_else(|| dimension.without_value()))
        };
        let key = KeyDocument {
            period: key.period.and_then(|start| grouping.label(start)),
            period_start: key.period,
            dimensions: grouping.dimensions().iter().map(value).collect(),
        };
        Self { key, tickets, timers }
    }
}

serialize_as!(Report, "Report", ReportDocument<'_>, |report| ReportDocument {
    grouping: &report.grouping,
    as_of: report.as_of,
    groups: report.groups.iter().map(|group| GroupDocument::of(&report.grouping, group)).collect(),
    total: GroupDocument::of(&Grouping::all(), &report.total),
});

/// Writes figures as an object by the ids of their timers.
pub(super) fn by_timer<S: Serializer>(timers: &[TimerFigures], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(timers.iter().map(|figures| (&figures.timer, figures)))
}

/// How ratings are written.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CsatDocument {
    /// How many ratings there are.
    count: u64,
    /// The sum of all scores.
    sum: u64,
    /// How many ratings of 1, 2, 3, 4 and 5.
    distribution: [u64; 5],
    /// The mean score in millionths, rounded down; null without ratings.
    mean_millionths: Option<u64>,
    /// Where the mean lies between the worst score and the best, in millionths, rounded down; null without ratings.
    ratio_millionths: Option<Share>,
}

serialize_as!(Csat, "Csat", CsatDocument, |csat| CsatDocument {
    count: csat.count(),
    sum: csat.sum(),
    distribution: csat.distribution,
    mean_millionths: csat.mean_millionths(),
    ratio_millionths: csat.ratio(),
});

impl Report {
    /// Returns the figures of an aggregate.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Aggregate, Grouping, Report};
    /// let (engine, history) = (engine(), closed());
    /// let mut aggregate = Aggregate::new(Grouping::all());
    /// aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
    /// let report = Report::of(&aggregate)?;
    /// assert_eq!((report.total.tickets.opened, report.total.tickets.csat.mean_millionths()), (1, Some(5_000_000)));
    /// // Answered one hour after the opening, resolved four and a half hours after the assignment.
    /// let means: Vec<String> = report.total.timers.iter().map(|one| one.business_time.mean.unwrap().to_string()).collect();
    /// assert_eq!(means, ["1h", "4h30m"]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
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
        let all = total.all_counts().checked_mul(5).and_then(|counts| i64::try_from(counts).ok());
        all.ok_or(ReportFault::SumTooLarge)?;
        Ok(Self {
            grouping: aggregate.grouping().clone(),
            as_of: aggregate.as_of(),
            groups,
            total: ReportGroup::of(Key::default(), &total),
        })
    }

    /// Returns the figures of each package of a policy, the highest rank first. Packages without tickets are included;
    /// packages that the policy does not have come last.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Aggregate, Dimension, Grouping, Report};
    /// let (engine, history) = (engine(), closed());
    /// let mut aggregate = Aggregate::new(Grouping::by(&[Dimension::Package]));
    /// aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
    /// let report = Report::packages(&aggregate, engine.policy())?;
    /// let opened: Vec<(&str, u64)> = report
    ///     .groups
    ///     .iter()
    ///     .map(|group| (group.key.package.as_ref().unwrap().as_str(), group.tickets.opened))
    ///     .collect();
    /// assert_eq!(opened, [("pro", 0), ("starter", 1)]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `conflicting_fields` when the aggregate is not grouped by package;
    /// - `out_of_range` when a sum does not fit a signed number of 64 bits.
    pub fn packages(aggregate: &Aggregate, policy: &Policy) -> Result<Self, Error> {
        let mut report = Self::of(&aggregate.regroup(Grouping::by(&[Dimension::Package]))?)?;
        let ranks: BTreeMap<&Id, u32> = policy.packages.iter().map(|package| (&package.id, package.rank)).collect();
        let known: BTreeSet<Id> = report.groups.iter().filter_map(|group| group.key.package.clone()).collect();
        for &package in ranks.keys().filter(|package| !known.contains(**package)) {
            let key = Key { package: Some(package.clone()), ..Key::default() };
            report.groups.push(ReportGroup::of(key, &Cell::default()));
        }
        let rank = |group: &ReportGroup| Reverse(group.key.package.as_ref().and_then(|package| ranks.get(package)));
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
        let tickets = &cell.tickets.counts;
        let mut all = tickets.clone();
        for (_, timer) in &cell.timers {
            // INVARIANT: what an aggregate holds fits.
            let _ = all.merge(&timer.counts);
        }
        let escalations = escalations(&all);
        let escalated = sum(escalations.iter().map(|escalations| escalations.count));
        Self {
            opened: tickets.get(Figure::Opened),
            opened_outbound: tickets.get(Figure::OpenedOutbound),
            resolved: tickets.get(Figure::Resolved),
            reopened: tickets.get(Figure::Reopened),
            closed: tickets.get(Figure::Closed),
            withdrawn: tickets.get(Figure::Withdrawn),
            voided: tickets.get(Figure::Voided),
            open: tickets.get(Figure::Open),
            paused: tickets.get(Figure::Paused),
            active: plus(tickets.get(Figure::Open), tickets.get(Figure::Paused)),
            replies: tickets.get(Figure::Replies),
            automatic_replies: tickets.get(Figure::AutomaticReplies),
            received_late: tickets.get(Figure::ReceivedLate),
            handled: tickets.get(Figure::Handled),
            held: HeldFigures {
                working_business_time: Durations::of(&cell.tickets, Figure::HeldWorkingBusinessTime),
                working_wall_time: Durations::of(&cell.tickets, Figure::HeldWorkingWallTime),
                waiting_business_time: Durations::of(&cell.tickets, Figure::HeldWaitingBusinessTime),
                waiting_wall_time: Durations::of(&cell.tickets, Figure::HeldWaitingWallTime),
            },
            escalations,
            escalations_per_100_tickets: per_100(
                escalated,
                plus(tickets.get(Figure::Opened), tickets.get(Figure::OpenedOutbound)),
            ),
            csat: Csat::of(tickets),
        }
    }
}

/// Returns the sum of two counts of a report.
const fn plus(one: u64, other: u64) -> u64 {
    // INVARIANT: see the head of the module.
    one.saturating_add(other)
}

/// Returns the sum of some counts of a report.
pub(super) fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, plus)
}

/// Returns the number per 100 of something, in millionths, rounded down; `None` of nothing.
fn per_100(count: u64, of: u64) -> Option<u64> {
    let millionths = u128::from(count).checked_mul(100_000_000)?.checked_div(of.into())?;
    u64::try_from(millionths).ok()
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
        sum(self.distribution.into_iter())
    }

    /// Returns the sum of all scores.
    #[must_use]
    pub fn sum(&self) -> u64 {
        // A rating of 3 counts three times.
        sum(self.distribution.into_iter().zip(1..).flat_map(|(n, score)| std::iter::repeat_n(n, score)))
    }

    /// Returns the mean score in millionths, 1,000,000 to 5,000,000, rounded down; `None` without ratings.
    ///
    /// ```
    /// use sla_core::analytics::Csat;
    /// assert_eq!(Csat { distribution: [0, 0, 1, 0, 2] }.mean_millionths(), Some(4_333_333));
    /// assert_eq!(Csat::default().mean_millionths(), None);
    /// ```
    #[must_use]
    pub fn mean_millionths(&self) -> Option<u64> {
        let mean = u128::from(self.sum()).checked_mul(1_000_000)?.checked_div(self.count().into())?;
        u64::try_from(mean).ok()
    }

    /// Returns the position of the mean between the worst score, 0 %, and the best, 100 %, rounded down; `None` without
    /// ratings.
    ///
    /// ```
    /// use sla_core::analytics::Csat;
    /// let csat = Csat { distribution: [0, 0, 1, 0, 1] };
    /// assert_eq!((csat.mean_millionths(), csat.ratio().unwrap().to_string()), (Some(4_000_000), "75%".to_owned()));
    /// ```
    #[must_use]
    pub fn ratio(&self) -> Option<Share> {
        let above_worst = u128::from(self.sum()).checked_sub(self.count().into())?;
        ratio(above_worst, u128::from(self.count()).checked_mul(4)?)
    }
}

/// Returns a part of a whole as a share, rounded down; `None` of nothing.
pub(super) fn ratio(part: u128, whole: u128) -> Option<Share> {
    let millionths = part.checked_mul(1_000_000)?.checked_div(whole)?;
    u32::try_from(millionths).ok().map(Share::from_millionths)
}

impl TimerFigures {
    fn of(timer: Id, counted: &Counted) -> Self {
        let get = |figure| counted.counts.get(figure);
        let durations = |figure| Durations::of(counted, figure);
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
            cancelled_closed: get(Figure::CancelledClosed),
            cancelled_handed_on: get(Figure::CancelledHandedOn),
            cancelled_inactivity: get(Figure::CancelledInactivity),
            terms: get(Figure::Terms),
            unpromised: get(Figure::Unpromised),
            decided: 0,
            compliance: None,
            pauses: get(Figure::Pauses),
            late_pauses: get(Figure::LatePauses),
            pauses_after_due: get(Figure::PausesAfterDue),
            late_hand_overs: get(Figure::LateHandOvers),
            warnings: get(Figure::Warnings),
            escalations: escalations(&counted.counts),
            business_time: durations(Figure::BusinessTime),
            wall_time: durations(Figure::WallTime),
            terms_business_time: durations(Figure::TermsBusinessTime),
            terms_wall_time: durations(Figure::TermsWallTime),
            unpromised_business_time: durations(Figure::UnpromisedBusinessTime),
            unpromised_wall_time: durations(Figure::UnpromisedWallTime),
            overdue: durations(Figure::Overdue),
            lateness: Lateness::of(counted.durations(Figure::Overdue)),
        };
        figures.decided = plus(figures.met, figures.breached());
        figures.compliance = ratio(figures.met.into(), figures.decided.into());
        figures
    }

    /// Returns the cycles past their due, answered or not.
    #[must_use]
    pub const fn breached(&self) -> u64 {
        plus(plus(self.breached_answered, self.breached_open), self.breached_ended)
    }
}

impl Lateness {
    fn of(overdue: Option<&Histogram>) -> [Self; LATENESS_BOUNDS.len()] {
        let mut lateness =
            LATENESS_BOUNDS.map(|up_to| Self { up_to: up_to.map(BusinessDuration::from_secs), count: 0 });
        for bucket in overdue.into_iter().flat_map(Histogram::buckets) {
            let late = bucket.lower_bound().unwrap_or_default();
            if let Some(range) = lateness.iter_mut().find(|range| range.up_to.is_none_or(|up_to| late <= up_to)) {
                range.count = plus(range.count, bucket.tally.n);
            }
        }
        lateness
    }
}

impl Durations {
    fn of(counted: &Counted, figure: Figure) -> Self {
        let Some(histogram) = counted.durations(figure) else { return Self::default() };
        let histogram = histogram.settled();
        Self {
            count: histogram.count(),
            mean: histogram.mean(),
            median: histogram.quantile(500_000),
            p90: histogram.quantile(900_000),
            p99: histogram.quantile(990_000),
        }
    }
}
