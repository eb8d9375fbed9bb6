//! Reading a log: its columns, its order, and which rows belong to one ticket.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, FieldRef};
use pyo3::prelude::*;
use sla_core::calendar::ZoneTable;

use crate::arrow::{Input, Numbers, Tables, Texts, Wanted};
use crate::engine::Engine;
use crate::error::fault;
use crate::rows::Reading;

/// What a row may say besides whose it is, when it was and what it was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Actor,
    Role,
    Customer,
    Package,
    Channel,
    Severity,
    Category,
    Agent,
    Status,
    Reason,
    Apply,
    DuplicateOf,
    MessageRef,
    ContentSha256,
    Score,
    Number,
}

impl Field {
    const ALL: [(Self, &'static str); 16] = [
        (Self::Actor, "actor"),
        (Self::Role, "role"),
        (Self::Customer, "customer"),
        (Self::Package, "package"),
        (Self::Channel, "channel"),
        (Self::Severity, "severity"),
        (Self::Category, "category"),
        (Self::Agent, "agent"),
        (Self::Status, "status"),
        (Self::Reason, "reason"),
        (Self::Apply, "apply"),
        (Self::DuplicateOf, "duplicate_of"),
        (Self::MessageRef, "message_ref"),
        (Self::ContentSha256, "content_sha256"),
        (Self::Score, "score"),
        (Self::Number, "number"),
    ];
}

/// The columns of a log, those of a list of structs included.
fn wanted(is_nested: bool) -> Vec<Wanted> {
    let mut wanted = vec![Wanted { name: "ticket_id", required: true }];
    if is_nested {
        wanted.push(Wanted { name: "events", required: true });
    }
    wanted.push(Wanted { name: "event_at", required: !is_nested });
    wanted.push(Wanted { name: "kind", required: !is_nested });
    wanted.extend(Field::ALL.map(|(_, name)| Wanted { name, required: false }));
    wanted
}

/// Where what a row says is found.
enum Source {
    /// In a column of the rows.
    Row(Texts),
    /// In a column of the tickets that hold the rows.
    Ticket(Texts),
    /// The same for all.
    Constant(String),
    Nowhere,
}

/// Rows that arrived together.
struct Part {
    tickets: Texts,
    /// The ticket's row of each row, where rows are held by tickets.
    holders: Option<Vec<usize>>,
    at: Numbers,
    kinds: Texts,
    fields: Vec<Source>,
    /// The number of the first row in the whole log.
    first: usize,
    rows: usize,
}

/// A whole log.
pub(crate) struct Log {
    parts: Vec<Part>,
    /// The rows in order, where that is not how they came.
    order: Option<Vec<usize>>,
    /// The rows of each ticket, as places in the order: where they begin. They end where the next begin.
    runs: Vec<usize>,
    pub(crate) rows: usize,
}

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    part: &'a Part,
    row: usize,
}

impl<'a> Row<'a> {
    /// Its number in the log, from 0.
    pub(crate) const fn number(self) -> usize {
        self.part.first.saturating_add(self.row)
    }

    /// Whose it is.
    #[inline]
    pub(crate) fn ticket(self) -> Option<&'a str> {
        self.part.tickets.get(self.holder())
    }

    /// When it was, in microseconds.
    #[inline]
    pub(crate) fn at_us(self) -> Option<i64> {
        self.part.at.get(self.row)
    }

    /// What it was.
    #[inline]
    pub(crate) fn kind(self) -> Option<&'a str> {
        self.part.kinds.get(self.row)
    }

    /// What else it says.
    #[inline]
    pub(crate) fn get(self, field: Field) -> Option<&'a str> {
        #[expect(clippy::as_conversions, reason = "a word's place in its short list")]
        let place = field as usize;
        match self.part.fields.get(place)? {
            Source::Row(texts) => texts.get(self.row),
            Source::Ticket(texts) => texts.get(self.holder()),
            Source::Constant(text) => Some(text),
            Source::Nowhere => None,
        }
    }

    #[inline]
    fn holder(self) -> usize {
        self.part.holders.as_ref().map_or(self.row, |holders| holders.get(self.row).copied().unwrap_or(usize::MAX))
    }
}

impl Log {
    /// Reads a log.
    pub(crate) fn read(py: Python<'_>, engine: &Engine, input: &Input, reading: Reading, sort: bool) -> PyResult<Self> {
        reading.check(py, &["ticket_id", "event_at", "kind", "events"])?;
        let zone = reading.zone(py, &crate::zones::database(engine.zones.as_ref()))?;
        let Reading { columns, constants, .. } = reading;
        let events = columns.as_ref().and_then(|columns| columns.get("events")).map_or("events", String::as_str);
        let is_nested = match input.field.data_type() {
            DataType::Struct(fields) => fields.iter().any(|field| field.name() == events && is_list(field)),
            _ => false,
        };
        let tables = Tables::new(py, input, &wanted(is_nested), columns.clone(), constants)?;
        let mut parts = Vec::with_capacity(tables.chunks.len());
        let mut rows = 0_usize;
        for chunk in &tables.chunks {
            let part = if is_nested {
                nested(py, &tables, columns.clone(), chunk, zone.as_ref(), rows)?
            } else {
                flat(py, &tables, chunk, zone.as_ref(), rows)?
            };
            rows = rows.saturating_add(part.rows);
            parts.push(part);
        }
        let mut log = Self { parts, order: None, runs: Vec::new(), rows };
        py.detach(|| log.arrange(sort)).map_err(|(code, message)| {
            fault(py, code, &message, "sort the log by ticket, then time, or pass sort=True")
        })?;
        Ok(log)
    }

    /// Puts the rows in order, and finds those of each ticket.
    fn arrange(&mut self, sort: bool) -> Result<(), (&'static str, String)> {
        if sort {
            let mut order: Vec<usize> = (0..self.rows).collect();
            // Stable: rows of one instant stay in the order in which they came.
            order.sort_by(|one, other| {
                let (one, other) = (self.row_at(*one), self.row_at(*other));
                let by_ticket = one.and_then(Row::ticket).cmp(&other.and_then(Row::ticket));
                by_ticket.then_with(|| one.and_then(Row::at_us).cmp(&other.and_then(Row::at_us)))
            });
            self.order = Some(order);
        }
        let hasher = RandomState::new();
        let (mut seen, mut runs) = (HashSet::new(), Vec::new());
        let (mut ticket, mut last_us) = (None, i64::MIN);
        for place in 0..self.rows {
            let Some(row) = self.row(place) else { continue };
            let Some(name) = row.ticket() else {
                return Err(("missing_field", format!("row {} names no ticket", row.number())));
            };
            if ticket != Some(name) {
                if !seen.insert(hasher.hash_one(name)) {
                    return Err((
                        "unsorted_log",
                        format!("row {}: ticket `{name}` comes again after another", row.number()),
                    ));
                }
                runs.push(place);
                (ticket, last_us) = (Some(name), i64::MIN);
            }
            if let Some(at_us) = row.at_us() {
                if at_us < last_us {
                    let message = format!("row {}: time goes back in ticket `{name}`", row.number());
                    return Err(("unsorted_log", message));
                }
                last_us = at_us;
            }
        }
        self.runs = runs;
        Ok(())
    }

    /// Returns how many tickets there are.
    pub(crate) const fn tickets(&self) -> usize {
        self.runs.len()
    }

    /// Returns the rows of a ticket, oldest first.
    pub(crate) fn rows_of(&self, ticket: usize) -> impl Iterator<Item = Row<'_>> {
        let from = self.runs.get(ticket).copied().unwrap_or(self.rows);
        let to = self.runs.get(ticket.saturating_add(1)).copied().unwrap_or(self.rows);
        (from..to).filter_map(|place| self.row(place))
    }

    /// Returns the row at a place in the order.
    #[inline]
    fn row(&self, place: usize) -> Option<Row<'_>> {
        match &self.order {
            Some(order) => self.row_at(*order.get(place)?),
            None => self.row_at(place),
        }
    }

    /// Returns a row by its number.
    #[inline]
    fn row_at(&self, number: usize) -> Option<Row<'_>> {
        let part = match self.parts.as_slice() {
            [only] => only,
            parts => {
                let after = parts.partition_point(|part| part.first <= number);
                parts.get(after.checked_sub(1)?)?
            }
        };
        let row = number.checked_sub(part.first)?;
        (row < part.rows).then_some(Row { part, row })
    }
}

fn is_list(field: &FieldRef) -> bool {
    matches!(field.data_type(), DataType::List(_) | DataType::LargeList(_))
}

fn flat(
    py: Python<'_>,
    tables: &Tables,
    chunk: &StructArray,
    zone: Option<&ZoneTable>,
    first: usize,
) -> PyResult<Part> {
    let source = |name: &str| match tables.column(chunk, name) {
        Some(column) => Texts::read(py, name, column).map(Source::Row),
        None => Ok(constant(tables, name)),
    };
    let fields = Field::ALL.iter().map(|(_, name)| source(name)).collect::<PyResult<_>>()?;
    let tickets = texts(py, tables, chunk, "ticket_id")?;
    let kinds = texts(py, tables, chunk, "kind")?;
    let at = instants(py, tables.column(chunk, "event_at"), zone, chunk.len())?;
    Ok(Part { tickets, holders: None, at, kinds, fields, first, rows: chunk.len() })
}

/// Takes rows out of the lists that tickets hold.
fn nested(
    py: Python<'_>,
    tables: &Tables,
    columns: Option<std::collections::HashMap<String, String>>,
    chunk: &StructArray,
    zone: Option<&ZoneTable>,
    first: usize,
) -> PyResult<Part> {
    let not_events = || {
        fault(
            py,
            "wrong_type",
            "column `events` holds no list of structs",
            "pass a list of structs with event_at and kind",
        )
    };
    let lists = tables.column(chunk, "events").ok_or_else(not_events)?;
    let (values, offsets) = if let Some(lists) = lists.as_list_opt::<i32>() {
        (lists.values(), places(lists.offsets().iter().copied()))
    } else {
        let lists = lists.as_list_opt::<i64>().ok_or_else(not_events)?;
        (lists.values(), places(lists.offsets().iter().copied()))
    };
    let (from, to) = (offsets.first().copied().unwrap_or_default(), offsets.last().copied().unwrap_or_default());
    let values = values.slice(from, to.saturating_sub(from));
    if !matches!(values.data_type(), DataType::Struct(_)) {
        return Err(not_events());
    }
    let mut holders = Vec::with_capacity(values.len());
    for (holder, pair) in offsets.windows(2).enumerate() {
        if let [from, to] = pair {
            holders.extend(std::iter::repeat_n(holder, to.saturating_sub(*from)));
        }
    }
    let rows =
        Input { field: Arc::new(arrow_schema::Field::new("", values.data_type().clone(), true)), chunks: vec![values] };
    let inner: Vec<Wanted> = wanted(false).into_iter().filter(|column| column.name != "ticket_id").collect();
    // Names of the tickets' own columns are none of the rows.
    let renamed = columns.map(|mut columns| {
        columns
            .retain(|ours, _| inner.iter().any(|column| column.name == ours) && tables.column(chunk, ours).is_none());
        columns
    });
    let inner = Tables::new(py, &rows, &inner, renamed, None)?;
    let Some(events) = inner.chunks.first() else { return Err(not_events()) };
    let source = |name: &str| match (inner.column(events, name), tables.column(chunk, name)) {
        (Some(column), _) => Texts::read(py, name, column).map(Source::Row),
        (None, Some(column)) => Texts::read(py, name, column).map(Source::Ticket),
        (None, None) => Ok(constant(tables, name)),
    };
    let fields = Field::ALL.iter().map(|(_, name)| source(name)).collect::<PyResult<_>>()?;
    let tickets = texts(py, tables, chunk, "ticket_id")?;
    let kinds = texts(py, &inner, events, "kind")?;
    let at = instants(py, inner.column(events, "event_at"), zone, events.len())?;
    Ok(Part { tickets, holders: Some(holders), at, kinds, fields, first, rows: events.len() })
}

fn places<T: TryInto<usize>>(offsets: impl Iterator<Item = T>) -> Vec<usize> {
    offsets.map(|offset| offset.try_into().unwrap_or_default()).collect()
}

fn constant(tables: &Tables, name: &str) -> Source {
    tables.constants.get(name).map_or(Source::Nowhere, |text| Source::Constant(text.clone()))
}

fn texts(py: Python<'_>, tables: &Tables, chunk: &StructArray, name: &str) -> PyResult<Texts> {
    tables.column(chunk, name).map_or(Ok(Texts::Missing), |column| Texts::read(py, name, column))
}

fn instants(py: Python<'_>, column: Option<&ArrayRef>, zone: Option<&ZoneTable>, rows: usize) -> PyResult<Numbers> {
    match column {
        Some(column) => Numbers::instants(py, "event_at", column, zone),
        None => Ok(Numbers::repeated(sla_core::columns::NONE, rows)),
    }
}
