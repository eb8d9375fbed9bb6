//! Figures over many tickets: aggregates, what-if, cycles at risk, alerts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyDateTime;
use sla_core::alert::Alerts as Watch;
use sla_core::analytics::{
    Aggregate as Sum, Dimension, Grouping, PeriodUnit, Report as Figures, agents, bucket_number,
};
use sla_core::at_risk::AtRisk;
use sla_core::calendar::ZoneDatabase;
use sla_core::{Digest, Error, what_if, wire};

use crate::arrow::{Input, Table};
use crate::compiled::Engine;
use crate::document::{Agents, Alerts as AlertList, Comparison, Flips, Json, Promises, Report, Words, list, value};
use crate::error::OrRaise;
use crate::instant::{Instant, Length, maybe_utc};
use crate::number::number;
use crate::partials;
use crate::ticket::{AnyTicket, EventList, History, each_chunk};
use crate::zones::hash_of;

/// Reads what figures are grouped by.
pub(crate) fn grouping(
    py: Python<'_>,
    by: &[String],
    period: Option<&str>,
    time_zone: &str,
    zones: &ZoneDatabase,
) -> PyResult<Grouping> {
    let grouping = Grouping::by(&dimensions(by).or_raise(py)?);
    match period.map(str::parse::<PeriodUnit>).transpose().or_raise(py)? {
        None => Ok(grouping),
        Some(unit) => grouping.with_period(unit, time_zone, zones).or_raise(py),
    }
}

fn dimensions(by: &[String]) -> Result<Vec<Dimension>, Error> {
    by.iter().map(|word| word.parse()).collect()
}

/// Figures over many tickets. Parts can be added up in any order: the result is the same to the byte.
///
///     >>> sum = Aggregate.of(engine, [history], now=now, by=["package"])
///     >>> report = sum.report()
///     >>> report.groups[0].key.package, report.total.tickets.opened
///     ('starter', 1)
///
/// docs/analytics.md defines the figures. Immutable: `+` and `merge` return new aggregates. Count each ticket once, all as
/// of one instant.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Aggregate(pub(crate) Sum);

#[pymethods]
impl Aggregate {
    /// Return the figures of tickets as of an instant.
    ///
    /// Args:
    ///     engine: One that has every revision that a ticket was under.
    ///     histories: Any iterable of `History`; read once, so it may be longer than memory.
    ///     by: Dimensions to group by: any of package, channel, agent, priority, severity, category, team.
    ///     period: A period to group by as well: ``hour``, ``day``, ``week`` (ISO 8601) or ``month``.
    ///     period_zone: The IANA zone of the periods.
    ///
    /// Raises:
    ///     InputError: `unknown_word` for another dimension or period, `time_went_back` for a ticket with later events.
    #[staticmethod]
    #[pyo3(signature = (engine, histories: "typing.Iterable[History]", *, now, by=Words(vec![]), period=None, period_zone="UTC"))]
    fn of(
        py: Python<'_>,
        engine: &Engine,
        histories: Bound<'_, PyAny>,
        now: Instant,
        by: Words,
        period: Option<&str>,
        period_zone: &str,
    ) -> PyResult<Self> {
        let grouping = grouping(py, &by.0, period, period_zone, &crate::zones::database(engine.zones.as_ref()))?;
        let mut sum = Sum::new(grouping);
        each_chunk(py, &histories, |history: &Py<History>| {
            let evaluation = engine.engine.evaluate(history.get().0.ticket(), now.0)?;
            sum.add(&engine.engine, &history.get().0, &evaluation)
        })?;
        Ok(Self(sum))
    }

    /// Return the aggregate that `json` wrote.
    #[staticmethod]
    fn from_json(py: Python<'_>, document: Json) -> PyResult<Self> {
        Ok(Self(wire::analytics::read(document.as_ref(), &ZoneDatabase::embedded()).or_raise(py)?))
    }

    /// Return the aggregate as a document of its rows; equal figures give equal bytes.
    fn json(&self) -> String {
        wire::analytics::write(&self.0)
    }

    /// Return the aggregate as flat rows: period (its first instant, if grouped by), the dimensions, timer (empty for whole
    /// tickets), outcome (the figure), bucket, n, sum_s, sum_us_rest.
    ///
    /// A database merges such rows with GROUP BY over all but the last three columns and SUM of those; `from_rows` reads
    /// them back.
    ///
    ///     >>> sum = Aggregate.of(engine, [history], now=now)
    ///     >>> Aggregate.from_rows(sum.rows(), as_of=now) == sum
    ///     True
    fn rows(&self) -> PyResult<Table> {
        partials::write(&self.0)
    }

    /// Return the aggregate of rows in any order, for example of rows that a database merged.
    ///
    /// Args:
    ///     rows: A table of Arrow data with the columns of `rows`.
    ///     by, period, period_zone: What the rows are grouped by.
    ///     as_of: The instant as of which the tickets were counted.
    ///     columns: The table's names of the columns, by the names of `rows`.
    ///
    /// Raises:
    ///     InputError: `unknown_word` for a figure, `out_of_range` for an impossible number, `conflicting_fields`.
    #[staticmethod]
    #[pyo3(signature = (rows, *, by=Words(vec![]), period=None, period_zone="UTC", as_of=None, columns=None))]
    fn from_rows(
        py: Python<'_>,
        rows: Input,
        by: Words,
        period: Option<&str>,
        period_zone: &str,
        as_of: Option<Instant>,
        columns: Option<HashMap<String, String>>,
    ) -> PyResult<Self> {
        let grouping = grouping(py, &by.0, period, period_zone, &ZoneDatabase::embedded())?;
        Ok(Self(partials::read(py, &rows, grouping, as_of.map(|at| at.0), columns)?))
    }

    /// The latest instant as of which a ticket was counted, in UTC; None without tickets.
    #[getter]
    fn as_of<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDateTime>>> {
        maybe_utc(py, self.0.as_of())
    }

    /// Return the figures of these and other tickets.
    ///
    ///     >>> Aggregate.of(engine, [], now=now).merge(Aggregate.of(engine, [history], now=now)).report().total.tickets.opened
    ///     1
    ///
    /// Raises:
    ///     InputError: `conflicting_fields` when the groupings differ.
    #[pyo3(signature = (*others: "Aggregate"))]
    fn merge(&self, py: Python<'_>, others: Vec<Py<Self>>) -> PyResult<Self> {
        let mut sum = self.0.clone();
        others.iter().try_for_each(|other| sum.merge(&other.get().0)).or_raise(py)?;
        Ok(Self(sum))
    }

    fn __add__(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        let mut sum = self.0.clone();
        sum.merge(&other.0).or_raise(py)?;
        Ok(Self(sum))
    }

    /// Return the same figures in fewer groups.
    ///
    /// Args:
    ///     by: Some of the dimensions that they are grouped by.
    ///     period: Whether they stay grouped by period.
    ///
    /// Raises:
    ///     InputError: `conflicting_fields` for a dimension that they are not grouped by.
    #[pyo3(signature = (*, by=Words(vec![]), period=true))]
    fn regroup(&self, py: Python<'_>, by: Words, period: bool) -> PyResult<Self> {
        let coarser = Grouping::by(&dimensions(&by.0).or_raise(py)?);
        let coarser = if period { coarser.with_periods_of(self.0.grouping()) } else { coarser };
        Ok(Self(self.0.regroup(coarser).or_raise(py)?))
    }

    /// Return the number of the bucket that a duration is in: the `bucket` of a row that counts it.
    ///
    ///     >>> Aggregate.bucket_number(timedelta(hours=1))
    ///     3286
    ///
    /// Raises:
    ///     InputError: `invalid_duration` for a negative one.
    #[staticmethod]
    fn bucket_number(length: Length) -> u16 {
        bucket_number(length.0)
    }

    /// Return the compliance report, a group for each key.
    fn report(&self, py: Python<'_>) -> PyResult<Report> {
        Ok(Report(wire::analytics::write_report(&Figures::of(&self.0).or_raise(py)?)))
    }

    /// Return a report with a group for each package of the newest revision, those without tickets included.
    ///
    /// Raises:
    ///     InputError: `conflicting_fields` when the figures are not grouped by package.
    fn packages(&self, py: Python<'_>, engine: &Engine) -> PyResult<Report> {
        let report = Figures::packages(&self.0, engine.engine.policy()).or_raise(py)?;
        Ok(Report(wire::analytics::write_report(&report)))
    }

    /// Return the figures of each agent, with the score by the policy's weights.
    ///
    /// Raises:
    ///     InputError: `conflicting_fields` when the figures are not grouped by agent.
    fn agents(&self, py: Python<'_>, engine: &Engine) -> PyResult<Agents> {
        let table = agents(&self.0, &engine.engine.policy().objectives).or_raise(py)?;
        Ok(Agents(wire::analytics::write_agents(&table)))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.json() == other.json()
    }

    fn __hash__(&self) -> u64 {
        hash_of(Digest::of(self.json().as_bytes()))
    }

    fn __repr__(&self) -> String {
        let by: Vec<&str> = self.0.grouping().dimensions().iter().map(|dimension| dimension.as_str()).collect();
        format!(
            "<Aggregate by {}, {} rows>",
            if by.is_empty() { "nothing".to_owned() } else { by.join(", ") },
            self.0.rows().count()
        )
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("from_json")?, (self.json(),)))
    }
}

/// Return the open cycles of many tickets with the least remaining business time, the one with the least first.
///
///     >>> [(cycle.timer, cycle.remaining_us // 3_600_000_000) for cycle in at_risk(engine, [ticket], now=now)]
///     [('first_response', 4)]
///
/// Args:
///     tickets: Any iterable of tickets or histories.
///     now: The instant as of which they are evaluated.
///     most: The greatest number of cycles.
#[pyfunction]
#[pyo3(signature = (engine, tickets: "typing.Iterable[Ticket | History]", *, now, most: "typing.SupportsIndex" = 20))]
pub(crate) fn at_risk(
    py: Python<'_>,
    engine: &Engine,
    tickets: Bound<'_, PyAny>,
    now: Instant,
    #[pyo3(from_py_with = most)] most: usize,
) -> PyResult<Promises> {
    listed(py, engine, &tickets, now, AtRisk::new(most))
}

/// Return the open promises of many tickets for a worklist: breached ones first, the longest overdue on top, then those with
/// the least business time left.
///
///     >>> [(cycle.timer, cycle.breached) for cycle in worklist(engine, [ticket], now=now)]
///     [('first_response', False)]
///
/// Args:
///     tickets: Any iterable of tickets or histories.
///     now: The instant as of which they are evaluated.
///     most: The greatest number of promises.
#[pyfunction]
#[pyo3(signature = (engine, tickets: "typing.Iterable[Ticket | History]", *, now, most: "typing.SupportsIndex" = 20))]
pub(crate) fn worklist(
    py: Python<'_>,
    engine: &Engine,
    tickets: Bound<'_, PyAny>,
    now: Instant,
    #[pyo3(from_py_with = most)] most: usize,
) -> PyResult<Promises> {
    listed(py, engine, &tickets, now, AtRisk::worklist(most))
}

fn most(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    number(object, "promises", "pass 0 or more")
}

fn listed(
    py: Python<'_>,
    engine: &Engine,
    tickets: &Bound<'_, PyAny>,
    now: Instant,
    mut list: AtRisk,
) -> PyResult<Promises> {
    each_chunk(py, tickets, |ticket: &AnyTicket| {
        let ticket = ticket.get();
        list.add(&ticket.id, &engine.engine.evaluate(ticket, now.0)?);
        Ok(())
    })?;
    Ok(Promises(wire::evaluation::write_at_risk(&list.into_sorted())))
}

/// Return how the cycles of tickets would differ under a candidate policy, and why.
///
///     >>> what_if(engine, engine, [history], now=now).comparison.flipped_tickets
///     0
///
/// Args:
///     engine: The engine that the tickets are under.
///     candidate: The engine whose newest revision they are replayed under.
///     histories: Any iterable of `History`.
///     now: The instant as of which they are evaluated.
#[pyfunction]
#[pyo3(name = "what_if", signature = (engine, candidate, histories: "typing.Iterable[History]", *, now) -> "sla_engine._hints.WhatIf")]
pub(crate) fn play_again<'py>(
    py: Python<'py>,
    engine: &Engine,
    candidate: &Engine,
    histories: Bound<'py, PyAny>,
    now: Instant,
) -> PyResult<Bound<'py, PyAny>> {
    let mut what_if = what_if::WhatIf::new(&engine.engine, &candidate.engine);
    let mut flips = Vec::new();
    each_chunk(py, &histories, |history: &Py<History>| {
        let compared = what_if.add(&history.get().0, now.0)?;
        flips.extend(compared.flips.iter().map(wire::what_if::write_flip));
        Ok(())
    })?;
    let comparison = Comparison(wire::what_if::write(what_if.comparison()));
    value(py, "WhatIf", (comparison, Flips(list(flips))))
}

/// A watch over the events of all tickets, by the objectives of a policy: warnings, critical escalations, an error budget
/// that burns too fast, a monitor that lags.
///
///     >>> alerts = Alerts(engine)
///     >>> [alert.alert for alert in alerts.observe(engine.due_events(ticket, now=now + timedelta(hours=5)).events)]
///     ['breach_warning']
///
/// Pass events in the order of their instants. It has a state, so it cannot be copied or pickled; threads take turns.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Alerts(Mutex<Watch>);

#[pymethods]
impl Alerts {
    #[new]
    fn new(engine: &Engine) -> Self {
        Self(Mutex::new(Watch::new(&engine.engine.policy().objectives)))
    }

    /// Return a watch that resumes with what `json` wrote. What it remembered of an objective that the policy does not have
    /// any more, by timer and windows, is dropped.
    ///
    ///     >>> Alerts.from_json(engine, Alerts(engine).json()).json() == Alerts(engine).json()
    ///     True
    ///
    /// Raises:
    ///     InputError: `unsupported_schema`, `invalid_history`, or another fault of the document.
    #[staticmethod]
    fn from_json(py: Python<'_>, engine: &Engine, memory: Json) -> PyResult<Self> {
        let objectives = &engine.engine.policy().objectives;
        Ok(Self(Mutex::new(wire::alert::read_memory(objectives, memory.as_ref()).or_raise(py)?)))
    }

    /// Return what the watch remembers, to store it between two runs of a process.
    fn json(&self) -> String {
        wire::alert::write_memory(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Return the alerts that events of any tickets cause.
    ///
    /// Args:
    ///     events: The events, in the order of their instants.
    ///     detected_at: When the automatic ones were made; None when the host did not store it.
    #[pyo3(signature = (events, detected_at=None))]
    fn observe(&self, events: EventList, detected_at: Option<Instant>) -> AlertList {
        let detected_at = detected_at.map(|at| at.0);
        let mut watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found: Vec<_> = events.0.iter().flat_map(|event| watch.observe(event, detected_at)).collect();
        AlertList(list(found.iter().map(wire::alert::write)))
    }

    /// Return the alerts up to an instant that need no further event.
    fn advance(&self, now: Instant) -> AlertList {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).advance(now.0);
        AlertList(list(found.iter().map(wire::alert::write)))
    }
}
