//! Aggregates, reports and agent tables as documents. All durations are microseconds, all ratios millionths.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::tree::Tree;
use super::value::{On, on_wire};
use super::{MAX_DOCUMENT_BYTES, MAX_HISTORY_BYTES, expect_schema, read_as, text_of, value_of};
use crate::analytics::{
    AgentPerformance, Aggregate, Csat, Dimension, Durations, EscalationCount, Figure, Grouping, Key, PeriodUnit,
    Report, ReportGroup, Row, ScoreComponent, Tally, TimerFigures, UNASSIGNED,
};
use crate::calendar::ZoneDatabase;
use crate::error::Error;
use crate::id::Id;
use crate::time::{BusinessDuration, Share, Timestamp};

/// The format of aggregates, with its version.
pub const AGGREGATE_SCHEMA: &str = "sla-aggregate/1";

/// Writes an aggregate as its rows, on one line.
///
/// ```json
/// {"schema": "sla-aggregate/1", "dimensions": ["package"], "period": {"unit": "week", "time_zone": "Asia/Jakarta"},
///  "as_of": "2027-01-04T00:00:00Z",
///  "rows": [{"period": "2026-12-27T17:00:00Z", "package": "starter", "timer": "first_response",
///            "outcome": "business_time", "bucket": 4051, "n": 1, "sum_s": 5400, "sum_us_rest": 0}]}
/// ```
///
/// A row has the columns that the aggregate keeps apart; `timer` is left out for figures of whole tickets.
#[must_use]
pub fn write(aggregate: &Aggregate) -> String {
    let rows: Vec<Value> = aggregate.rows().map(|row| row_value(aggregate.grouping(), &row)).collect();
    let mut document = grouping_value(aggregate.grouping());
    document.insert("schema".to_owned(), AGGREGATE_SCHEMA.into());
    document.insert("as_of".to_owned(), value_of(&On(&aggregate.as_of())));
    document.insert("rows".to_owned(), rows.into());
    text_of(&document.into())
}

/// Reads an aggregate, whoever merged its rows.
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault; `unsupported_schema` for another format; `unknown_time_zone`; otherwise as
/// [`Aggregate::from_rows`].
pub fn read(json: impl AsRef<[u8]>, zones: &ZoneDatabase) -> Result<Aggregate, Error> {
    let mut root = Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?;
    expect_schema(&mut root, AGGREGATE_SCHEMA)?;
    let document: AggregateDoc = read_as(root, "")?;
    let AggregateDoc { dimensions, period, as_of, rows } = document;
    let grouping = GroupingDoc { dimensions, period }.grouping(zones)?;
    Aggregate::from_rows(grouping, as_of, rows.into_iter().map(Row::from))
}

/// Reads what an aggregate keeps apart.
///
/// ```json
/// {"dimensions": ["package", "channel"], "period": {"unit": "week", "time_zone": "Asia/Jakarta"}}
/// ```
///
/// # Errors
///
/// As [`read`]; `period` may be left out.
pub fn read_grouping(json: impl AsRef<[u8]>, zones: &ZoneDatabase) -> Result<Grouping, Error> {
    let root = Tree::parse_within(json.as_ref(), MAX_DOCUMENT_BYTES)?.undoubled()?;
    read_as::<GroupingDoc>(root, "")?.grouping(zones)
}

/// Writes a report, on one line.
///
/// ```json
/// {"dimensions": ["package"], "period": {"unit": "week", "time_zone": "Asia/Jakarta"}, "as_of": "…",
///  "groups": [{"key": {"period": "2026-W53", "period_start": "…", "package": "starter"},
///              "tickets": {"opened": 3, "escalations": [{"trigger": "breach", "level": 1, "count": 1}]},
///              "timers": {"first_response": {"met": 2, "decided": 3, "compliance_millionths": 666666,
///                                            "business_time": {"count": 3, "mean_us": 0, "median_us": 0}}}}],
///  "total": {}}
/// ```
#[must_use]
pub fn write_report(report: &Report) -> String {
    let groups: Vec<Value> = report.groups.iter().map(|group| group_value(&report.grouping, group)).collect();
    let mut document = grouping_value(&report.grouping);
    document.insert("as_of".to_owned(), value_of(&On(&report.as_of)));
    document.insert("groups".to_owned(), groups.into());
    document.insert("total".to_owned(), group_value(&Grouping::all(), &report.total));
    text_of(&document.into())
}

/// Writes the agents of [`crate::analytics::agents`], on one line.
///
/// ```json
/// {"agents": [{"agent": "ana", "handled": 2, "replies": 3, "escalations_received": 1, "csat": {},
///              "timers": {"first_response": {"met": 2}}, "score_millionths": 833333,
///              "components": [{"name": "csat", "weight": 1, "value_millionths": 750000}]}]}
/// ```
#[must_use]
pub fn write_agents(agents: &[AgentPerformance]) -> String {
    let agents: Vec<Value> = agents.iter().map(agent_value).collect();
    text_of(&json!({"agents": agents}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AggregateDoc {
    #[serde(with = "on_wire")]
    dimensions: Vec<Dimension>,
    #[serde(default)]
    period: Option<PeriodDoc>,
    #[serde(with = "on_wire")]
    as_of: Option<Timestamp>,
    rows: Vec<RowDoc>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupingDoc {
    #[serde(with = "on_wire")]
    dimensions: Vec<Dimension>,
    #[serde(default)]
    period: Option<PeriodDoc>,
}

impl GroupingDoc {
    fn grouping(self, zones: &ZoneDatabase) -> Result<Grouping, Error> {
        let grouping = Grouping::by(&self.dimensions);
        match self.period {
            Some(PeriodDoc { unit, time_zone }) => {
                grouping.with_period(unit, &time_zone, zones).map_err(|error| error.at("/period/time_zone"))
            }
            None => Ok(grouping),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodDoc {
    #[serde(with = "on_wire")]
    unit: PeriodUnit,
    time_zone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowDoc {
    #[serde(with = "on_wire", default)]
    period: Option<Timestamp>,
    #[serde(with = "on_wire", default)]
    package: Option<Id>,
    #[serde(with = "on_wire", default)]
    channel: Option<Id>,
    #[serde(with = "on_wire", default)]
    agent: Option<Id>,
    #[serde(with = "on_wire", default)]
    priority: Option<Id>,
    #[serde(with = "on_wire", default)]
    severity: Option<Id>,
    #[serde(with = "on_wire", default)]
    category: Option<Id>,
    #[serde(with = "on_wire", default)]
    timer: Option<Id>,
    #[serde(with = "on_wire")]
    outcome: Figure,
    bucket: u32,
    n: u64,
    sum_s: u64,
    sum_us_rest: u64,
}

impl From<RowDoc> for Row {
    fn from(row: RowDoc) -> Self {
        let RowDoc { period, package, channel, agent, priority, severity, category, .. } = row;
        let agent = agent.filter(|agent| agent.as_str() != UNASSIGNED);
        Self {
            key: Key { period, package, channel, agent, priority, severity, category },
            timer: row.timer,
            outcome: row.outcome,
            bucket: row.bucket,
            tally: Tally { n: row.n, sum_s: row.sum_s, sum_us_rest: row.sum_us_rest },
        }
    }
}

fn grouping_value(grouping: &Grouping) -> Map<String, Value> {
    let dimensions: Vec<&str> = grouping.dimensions().iter().map(|dimension| dimension.as_str()).collect();
    let mut fields = Map::new();
    fields.insert("dimensions".to_owned(), dimensions.into());
    if let Some((unit, time_zone)) = grouping.period() {
        fields.insert("period".to_owned(), value_of(&PeriodDoc { unit, time_zone: time_zone.to_owned() }));
    }
    fields
}

/// Writes the dimensions of a key that are kept apart.
fn dimensions(grouping: &Grouping, key: &Key, fields: &mut Map<String, Value>) {
    for dimension in grouping.dimensions() {
        let nobody = (*dimension == Dimension::Agent).then_some(UNASSIGNED);
        let value = key.get(*dimension).map(Id::as_str).or(nobody);
        fields.insert(dimension.as_str().to_owned(), value.into());
    }
}

fn row_value(grouping: &Grouping, row: &Row) -> Value {
    let mut fields = Map::new();
    if let Some(period) = row.key.period {
        fields.insert("period".to_owned(), value_of(&On(&period)));
    }
    dimensions(grouping, &row.key, &mut fields);
    if let Some(timer) = &row.timer {
        fields.insert("timer".to_owned(), timer.as_str().into());
    }
    fields.insert("outcome".to_owned(), row.outcome.as_str().into());
    fields.insert("bucket".to_owned(), row.bucket.into());
    fields.insert("n".to_owned(), row.tally.n.into());
    fields.insert("sum_s".to_owned(), row.tally.sum_s.into());
    fields.insert("sum_us_rest".to_owned(), row.tally.sum_us_rest.into());
    fields.into()
}

fn group_value(grouping: &Grouping, group: &ReportGroup) -> Value {
    let mut key = Map::new();
    if let Some(start) = group.key.period {
        key.insert("period".to_owned(), grouping.label(start).into());
        key.insert("period_start".to_owned(), value_of(&On(&start)));
    }
    dimensions(grouping, &group.key, &mut key);
    let tickets = &group.tickets;
    json!({
        "key": key,
        "tickets": {
            "opened": tickets.opened,
            "resolved": tickets.resolved,
            "reopened": tickets.reopened,
            "closed": tickets.closed,
            "withdrawn": tickets.withdrawn,
            "voided": tickets.voided,
            "open": tickets.open,
            "paused": tickets.paused,
            "active": tickets.active(),
            "replies": tickets.replies,
            "handled": tickets.handled,
            "escalations": escalations(&tickets.escalations),
            "escalations_per_100_tickets_millionths": tickets.escalations_per_100_tickets,
            "csat": csat(&tickets.csat),
        },
        "timers": timers(&group.timers),
    })
}

fn timers(timers: &[TimerFigures]) -> Map<String, Value> {
    let value = |figures: &TimerFigures| {
        json!({
            "met": figures.met,
            "breached_answered": figures.breached_answered,
            "breached_open": figures.breached_open,
            "breached_ended": figures.breached_ended,
            "running": figures.running,
            "paused": figures.paused,
            "cancelled_withdrawn": figures.cancelled_withdrawn,
            "cancelled_voided": figures.cancelled_voided,
            "cancelled_duplicate": figures.cancelled_duplicate,
            "decided": figures.decided(),
            "compliance_millionths": figures.compliance.map(Share::as_millionths),
            "pauses": figures.pauses,
            "late_pauses": figures.late_pauses,
            "pauses_after_due": figures.pauses_after_due,
            "warnings": figures.warnings,
            "escalations": escalations(&figures.escalations),
            "business_time": durations(&figures.business_time),
            "wall_time": durations(&figures.wall_time),
        })
    };
    timers.iter().map(|figures| (figures.timer.to_string(), value(figures))).collect()
}

fn durations(durations: &Durations) -> Value {
    let micros = |length: Option<BusinessDuration>| length.map(BusinessDuration::as_micros);
    json!({
        "count": durations.count,
        "mean_us": micros(durations.mean),
        "median_us": micros(durations.median),
        "p90_us": micros(durations.p90),
        "p99_us": micros(durations.p99),
    })
}

fn escalations(escalations: &[EscalationCount]) -> Vec<Value> {
    let value = |EscalationCount { trigger, level, count }: &EscalationCount| json!({"trigger": trigger.as_str(), "level": level, "count": count});
    escalations.iter().map(value).collect()
}

fn csat(csat: &Csat) -> Value {
    json!({
        "count": csat.count(),
        "sum": csat.sum(),
        "distribution": csat.distribution,
        "mean_millionths": csat.mean_millionths(),
        "ratio_millionths": csat.ratio().map(Share::as_millionths),
    })
}

fn agent_value(agent: &AgentPerformance) -> Value {
    let component = |part: &ScoreComponent| json!({"name": part.name.as_str(), "weight": part.weight, "value_millionths": part.value.as_millionths()});
    json!({
        "agent": agent.agent.as_ref().map_or(UNASSIGNED, Id::as_str),
        "handled": agent.handled,
        "replies": agent.replies,
        "escalations_received": agent.escalations_received,
        "csat": csat(&agent.csat),
        "timers": timers(&agent.timers),
        "components": agent.components.iter().map(component).collect::<Vec<_>>(),
        "score_millionths": agent.score.map(Share::as_millionths),
    })
}
