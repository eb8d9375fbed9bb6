//! Aggregates, reports and agent tables as documents. All durations are microseconds, all ratios millionths.

use serde::{Deserialize, Serialize};

use super::json::{expect_schema, read_document, to_text, tree_of};
use super::node::read_as;
use super::tree::{MAX_DOCUMENT_BYTES, MAX_HISTORY_BYTES};
use crate::analytics::{
    AgentPerformance, Aggregate, Dimension, Figure, Grouping, Key, PeriodUnit, Report, Row, Tally, UNASSIGNED,
};
use crate::calendar::ZoneDatabase;
use crate::error::Error;
use crate::id::Id;
use crate::time::Timestamp;

/// The format of aggregates, with its version.
pub const AGGREGATE_SCHEMA: &str = "sla-aggregate/1";

/// Writes an aggregate as its rows, on one line.
///
/// ```json
/// {"schema": "sla-aggregate/1", "dimensions": ["package"], "period": {"unit": "week", "time_zone": "Asia/Jakarta"},
///  "as_of": "2027-01-04T00:00:00Z",
///  "rows": [{"period": "2026-12-27T17:00:00Z", "package": "starter", "timer": "first_response",
///            "outcome": "business_time", "bucket": 3360, "n": 1, "sum_s": 5400, "sum_us_rest": 0}]}
/// ```
///
/// A row has the columns that the aggregate keeps apart; `timer` is left out for figures of whole tickets.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::analytics::{Aggregate, Grouping};
/// use sla_core::wire;
/// let (engine, history) = (engine(), closed());
/// let mut aggregate = Aggregate::new(Grouping::all());
/// aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
/// let document = wire::analytics::write(&aggregate);
/// assert!(document.contains(r#"{"outcome":"opened","bucket":0,"n":1,"sum_s":0,"sum_us_rest":0}"#));
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn write(aggregate: &Aggregate) -> String {
    let grouping = aggregate.grouping();
    let GroupingDocument { dimensions, period } = GroupingDocument::of(grouping);
    to_text(&AggregateDocument {
        schema: AGGREGATE_SCHEMA.to_owned(),
        dimensions,
        period,
        as_of: aggregate.as_of(),
        rows: aggregate.rows().map(|row| RowDocument::of(grouping, row)).collect(),
    })
}

/// Reads an aggregate, whoever merged its rows.
///
/// ```
/// use sla_core::calendar::ZoneDatabase;
/// use sla_core::wire;
/// let document = r#"{"schema": "sla-aggregate/1", "dimensions": ["package"], "as_of": "2027-01-04T00:00:00Z",
///     "rows": [{"package": "starter", "outcome": "opened", "bucket": 0, "n": 3, "sum_s": 0, "sum_us_rest": 0}]}"#;
/// let aggregate = wire::analytics::read(document, &ZoneDatabase::embedded())?;
/// assert_eq!(aggregate.rows().next().unwrap().tally.n, 3);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault; `unsupported_schema` for another format; `unknown_time_zone`; otherwise as
/// [`Aggregate::from_rows`].
pub fn read(json: impl AsRef<[u8]>, zones: &ZoneDatabase) -> Result<Aggregate, Error> {
    let root = tree_of(json.as_ref(), MAX_HISTORY_BYTES)?;
    expect_schema(&root, AGGREGATE_SCHEMA)?;
    let AggregateDocument { dimensions, period, as_of, rows, .. } = read_as(root, "")?;
    let grouping = GroupingDocument { dimensions, period }.grouping(zones)?;
    Aggregate::from_rows(grouping, as_of, rows.into_iter().map(Row::from))
}

/// Reads what an aggregate keeps apart.
///
/// ```json
/// {"dimensions": ["package", "channel"], "period": {"unit": "week", "time_zone": "Asia/Jakarta"}}
/// ```
///
/// ```
/// use sla_core::analytics::Dimension;
/// use sla_core::calendar::ZoneDatabase;
/// use sla_core::wire;
/// let grouping = wire::analytics::read_grouping(r#"{"dimensions": ["package"]}"#, &ZoneDatabase::embedded())?;
/// assert_eq!(grouping.dimensions(), [Dimension::Package]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read`]; `period` may be left out.
pub fn read_grouping(json: impl AsRef<[u8]>, zones: &ZoneDatabase) -> Result<Grouping, Error> {
    read_document::<GroupingDocument>(json.as_ref(), MAX_DOCUMENT_BYTES)?.grouping(zones)
}

/// Writes what an aggregate keeps apart, as [`read_grouping`] reads it.
///
/// ```
/// use sla_core::analytics::{Dimension, Grouping};
/// use sla_core::wire::analytics::write_grouping;
/// let text = write_grouping(&Grouping::by(&[Dimension::Package]));
/// assert_eq!(text, r#"{"dimensions":["package"]}"#);
/// ```
#[must_use]
pub fn write_grouping(grouping: &Grouping) -> String {
    to_text(&GroupingDocument::of(grouping))
}

/// Writes a report, on one line.
#[must_use]
pub fn write_report(report: &Report) -> String {
    to_text(report)
}

/// Writes the agents of [`crate::analytics::agents`], on one line.
#[must_use]
pub fn write_agents(agents: &[AgentPerformance]) -> String {
    to_text(&AgentsDocument { agents })
}

/// Agents, the best score first.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct AgentsDocument<'a> {
    /// Their figures.
    agents: &'a [AgentPerformance],
}

/// Figures over many tickets, as rows that a database can add up.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct AggregateDocument {
    /// The format: `sla-aggregate/1`.
    schema: String,
    /// What is kept apart.
    dimensions: Vec<Dimension>,
    /// The periods that are kept apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<PeriodDocument>,
    /// The latest instant as of which a ticket was evaluated; null without tickets.
    as_of: Option<Timestamp>,
    /// One row for each group, timer, outcome and bucket.
    rows: Vec<RowDocument>,
}

/// What an aggregate keeps apart.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct GroupingDocument {
    /// Properties of tickets.
    dimensions: Vec<Dimension>,
    /// Periods of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<PeriodDocument>,
}

impl GroupingDocument {
    fn of(grouping: &Grouping) -> Self {
        let period = grouping.period();
        Self {
            dimensions: grouping.dimensions().to_vec(),
            period: period.map(|(unit, time_zone)| PeriodDocument { unit, time_zone: time_zone.to_owned() }),
        }
    }

    fn grouping(self, zones: &ZoneDatabase) -> Result<Grouping, Error> {
        let grouping = Grouping::by(&self.dimensions);
        match self.period {
            Some(PeriodDocument { unit, time_zone }) => {
                grouping.with_period(unit, &time_zone, zones).map_err(|error| error.at("/period/time_zone"))
            }
            None => Ok(grouping),
        }
    }
}

/// Periods of one length in one time zone.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Period"))]
pub(super) struct PeriodDocument {
    /// How long a period is.
    unit: PeriodUnit,
    /// The time zone whose local time periods follow, for example `Asia/Jakarta`.
    time_zone: String,
}

/// What the tickets of a row have in one dimension that is kept apart; null for tickets that have none.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Held(Option<Id>);

// The field that holds it may be null and has the description.
#[cfg(feature = "schema")]
impl schemars::JsonSchema for Held {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Held".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<Id>()
    }
}

impl Held {
    // Reading does not tell an absent dimension from a null one: the document's `dimensions` say what is kept apart.
    fn id(held: Option<Self>) -> Option<Id> {
        held.and_then(|Self(id)| id)
    }
}

/// One row of an aggregate. A dimension that is not kept apart is absent; null stands for tickets that have none.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AggregateRow"))]
struct RowDocument {
    /// The first instant of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<Timestamp>,
    /// The package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    package: Option<Held>,
    /// The channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<Held>,
    /// The agent, or `unassigned`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<Held>,
    /// The package's priority label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    priority: Option<Held>,
    /// The severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<Held>,
    /// The category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<Held>,
    /// The team, or `unassigned`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    team: Option<Held>,
    /// The timer; absent for figures of whole tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timer: Option<Id>,
    /// What is counted.
    outcome: Figure,
    /// The bucket of a duration, a level or a score; 0 otherwise.
    bucket: u32,
    /// How many.
    n: u64,
    /// The sum of their durations, in whole seconds.
    sum_s: u64,
    /// The microseconds that the whole seconds leave.
    sum_us_rest: u64,
}

impl RowDocument {
    fn of(grouping: &Grouping, row: Row) -> Self {
        let Row { key, timer, outcome, bucket, tally: Tally { n, sum_s, sum_us_rest } } = row;
        let kept = |dimension: Dimension| {
            let value = || key.get(dimension).cloned().or_else(|| dimension.without_value().map(Id::trusted));
            grouping.dimensions().contains(&dimension).then(|| Held(value()))
        };
        Self {
            period: key.period,
            package: kept(Dimension::Package),
            channel: kept(Dimension::Channel),
            agent: kept(Dimension::Agent),
            priority: kept(Dimension::Priority),
            severity: kept(Dimension::Severity),
            category: kept(Dimension::Category),
            team: kept(Dimension::Team),
            timer,
            outcome,
            bucket,
            n,
            sum_s,
            sum_us_rest,
        }
    }
}

impl From<RowDocument> for Row {
    fn from(row: RowDocument) -> Self {
        let RowDocument { period, package, channel, agent, priority, severity, category, team, .. } = row;
        let assigned = |value: Option<Held>| Held::id(value).filter(|id| id.as_str() != UNASSIGNED);
        let key = Key {
            period,
            package: Held::id(package),
            channel: Held::id(channel),
            agent: assigned(agent),
            priority: Held::id(priority),
            severity: Held::id(severity),
            category: Held::id(category),
            team: assigned(team),
        };
        let tally = Tally { n: row.n, sum_s: row.sum_s, sum_us_rest: row.sum_us_rest };
        Self { key, timer: row.timer, outcome: row.outcome, bucket: row.bucket, tally }
    }
}
