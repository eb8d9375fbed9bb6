//! Reading a log: its columns, its order, and which rows belong to one ticket.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, FieldRef};
use pyo3::prelude::*;
use sla_core::calendar::{ZoneDatabase, ZoneTable};
use sla_core::log::{Row, States};
use sla_core::time::Timestamp;

use crate::arrow::{Input, Numbers, Tables, Texts, Wanted};
use crate::error::fault;
use crate::rows::Reading;

type Set = for<'r, 'a> fn(&'r mut Row<'a>, &'a str);

/// The columns of texts in rows of commands and in rows of states, with what they say of a row.
const OF_COMMANDS: [(&str, Set); 25] = [
    ("kind", |row, text| row.kind = Some(text)),
    ACTOR,
    ("role", |row, text| row.role = Some(text)),
    CUSTOMER,
    PACKAGE,
    CHANNEL,
    SEVERITY,
    CATEGORY,
    AGENT,
    ("team", |row, text| row.team = Some(text)),
    ("direction", |row, text| row.direction = Some(text)),
    ("organization", |row, text| row.organization = Some(text)),
    ("received_at", |row, text| row.received_at = Some(text)),
    ("automatic", |row, text| row.automatic = Some(text)),
    ("until", |row, text| row.until = Some(text)),
    ("absorbed_ticket", |row, text| row.absorbed_ticket = Some(text)),
    ("waiting_since", |row, text| row.waiting_since = Some(text)),
    ("status", |row, text| row.status = Some(text)),
    ("reason", |row, text| row.reason = Some(text)),
    ("apply", |row, text| row.apply = Some(text)),
    ("duplicate_of", |row, text| row.duplicate_of = Some(text)),
    ("message_ref", |row, text| row.message_ref = Some(text)),
    ("content_sha256", |row, text| row.content_sha256 = Some(text)),
    ("score", |row, text| row.score = Some(text)),
    ("number", |row, text| row.escalation = Some(text)),
];
const OF_STATES: [(&str, Set); 8] =
    [("state", |row, text| row.state = Some(text)), ACTOR, CUSTOMER, PACKAGE, CHANNEL, SEVERITY, CATEGORY, AGENT];
const ACTOR: (&str, Set) = ("actor", |row, text| row.actor = Some(text));
const CUSTOMER: (&str, Set) = ("customer", |row, text| row.customer = Some(text));
const PACKAGE: (&str, Set) = ("package", |row, text| row.package = Some(text));
const CHANNEL: (&str, Set) = ("channel", |row, text| row.channel = Some(text));
const SEVERITY: (&str, Set) = ("severity", |row, text| row.severity = Some(text));
const CATEGORY: (&str, Set) = ("category", |row, text| row.category = Some(text));
const AGENT: (&str, Set) = ("agent", |row, text| row.agent = Some(text));

/// Rows that are all commands, or all states.
#[derive(Clone, Copy)]
struct Shape {
    texts: &'static [(&'static str, Set)],
    integers: &'static [&'static str],
}

impl Shape {
    const fn of(states: Option<&States>) -> Self {
        match states {
            Some(_) => Self { texts: &OF_STATES, integers: &["opened_at", "sequence", "row_number"] },
            None => Self { texts: &OF_COMMANDS, integers: &["sequence", "row_number"] },
        }
    }

    /// Returns the columns of a log, those of a list of structs included.
    fn wanted(self, is_nested: bool) -> Vec<Wanted> {
        let mut wanted = vec![Wanted { name: "ticket_id", required: true }];
        if is_nested {
            wanted.push(Wanted { name: "events", required: true });
        }
        wanted.push(Wanted { name: "event_at", required: !is_nested });
        let texts = self.texts.iter().map(|(name, _)| *name);
        let required = |name| !is_nested && matches!(name, "kind" | "state");
        wanted.extend(texts.map(|name| Wanted { name, required: required(name) }));
        wanted.extend(self.integers.iter().map(|name| Wanted { name, required: false }));
        wanted
    }
}

/// Where a value of a row is found.
enum Source<T> {
    /// In a column of the rows.
    Row(T),
    /// In a column of the tickets that hold the rows.
    Ticket(T),
}

impl Source<Numbers> {
    #[inline]
    fn get(&self, row: usize, holder: usize) -> Option<i64> {
        match self {
            Self::Row(numbers) => numbers.get(row),
            Self::Ticket(numbers) => numbers.get(holder),
        }
    }
}

/// A column of texts that is there, and what it says of a row.
struct Field {
    texts: Source<Texts>,
    set: Set,
}

/// Rows that arrived together.
struct Part {
    tickets: Texts,
    /// The ticket's row of each row, where rows are held by tickets.
    holders: Option<Vec<usize>>,
    at: Numbers,
    /// Only the columns that are there, so that a row costs nothing for those that are not.
    fields: Vec<Field>,
    constants: Vec<(String, Set)>,
    opened_at: Option<Source<Numbers>>,
    sequence: Option<Source<Numbers>>,
    numbers: Option<Source<Numbers>>,
    /// The number of the first row in the whole log.
    first: usize,
    rows: usize,
}

impl Part {
    /// Returns the place of a row in the whole log, from 0; of the row after the last, where the next part begins.
    #[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: rows are in memory, so their number fits")]
    const fn in_log(&self, row: usize) -> usize {
        self.first + row
    }
}

/// A whole log.
pub(crate) struct Log {
    parts: Vec<Part>,
    /// The rows in order, where that is not how they came.
    order: Option<Vec<usize>>,
    /// The rows of each ticket, as places in the order: where they begin. They end where the next begin.
    runs: Vec<usize>,
    rows: usize,
}

/// The place of one row.
#[derive(Clone, Copy)]
struct Place<'a> {
    part: &'a Part,
    row: usize,
}

impl<'a> Place<'a> {
    /// Returns the row's place in the log, from 0.
    const fn in_log(self) -> usize {
        self.part.in_log(self.row)
    }

    #[inline]
    fn ticket(self) -> Option<&'a str> {
        self.part.tickets.get(self.holder())
    }

    #[inline]
    fn at_us(self) -> Option<i64> {
        self.part.at.get(self.row)
    }

    fn sequence(self) -> Option<i64> {
        self.part.sequence.as_ref()?.get(self.row, self.holder())
    }

    #[inline]
    fn holder(self) -> usize {
        self.part.holders.as_ref().map_or(self.row, |holders| holders.get(self.row).copied().unwrap_or(usize::MAX))
    }

    /// Returns what the row says.
    fn read(self) -> Row<'a> {
        let (part, row, holder) = (self.part, self.row, self.holder());
        let integer = |source: &Option<Source<Numbers>>| source.as_ref()?.get(row, holder);
        let number = integer(&part.numbers).and_then(|number| u64::try_from(number).ok());
        let mut read = Row {
            number: number.or_else(|| u64::try_from(self.in_log()).ok()).unwrap_or_default(),
            ticket: part.tickets.get(holder).unwrap_or_default(),
            event_at: self.at_us().map(Timestamp::from_micros),
            opened_at: integer(&part.opened_at).map(Timestamp::from_micros),
            sequence: integer(&part.sequence),
            ..Row::default()
        };
        for (text, set) in &part.constants {
            set(&mut read, text);
        }
        for field in &part.fields {
            let text = match &field.texts {
                Source::Row(texts) => texts.get(row),
                Source::Ticket(texts) => texts.get(holder),
            };
            if let Some(text) = text {
                (field.set)(&mut read, text);
            }
        }
        read
    }
}

impl Log {
    /// Reads a log.
    pub(crate) fn read(
        py: Python<'_>,
        zones: &ZoneDatabase,
        input: &Input,
        states: Option<&States>,
        reading: Reading,
        sort: bool,
    ) -> PyResult<Self> {
        const OWN: [&str; 8] =
            ["ticket_id", "event_at", "kind", "state", "events", "opened_at", "sequence", "row_number"];
        reading.check(py, &OWN)?;
        let shape = Shape::of(states);
        let zone = reading.zone(py, zones)?;
        let Reading { columns, constants, .. } = reading;
        let events = columns.as_ref().and_then(|columns| columns.get("events")).map_or("events", String::as_str);
        let is_nested = match input.field.data_type() {
            DataType::Struct(fields) => fields.iter().any(|field| field.name() == events && is_list(field)),
            _ => false,
        };
        let tables = Tables::new(py, input, &shape.wanted(is_nested), columns.clone(), constants)?;
        let mut parts = Vec::with_capacity(tables.chunks.len());
        let mut rows = 0_usize;
        for chunk in &tables.chunks {
            let part = if is_nested {
                nested(py, shape, &tables, columns.clone(), chunk, zone.as_ref(), rows)?
            } else {
                flat(py, shape, &tables, chunk, zone.as_ref(), rows)?
            };
            rows = part.in_log(part.rows);
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
            // A row without an instant must not stand before the opening.
            let at_us = |row: Option<Place<'_>>| row.and_then(Place::at_us).unwrap_or(i64::MAX);
            let sequence = |row: Option<Place<'_>>| row.and_then(Place::sequence).unwrap_or_default();
            let mut order: Vec<usize> = (0..self.rows).collect();
            // Stable: rows of one instant stay in the order in which they came.
            order.sort_by(|one, other| {
                let (one, other) = (self.row_at(*one), self.row_at(*other));
                let by_ticket = one.and_then(Place::ticket).cmp(&other.and_then(Place::ticket));
                by_ticket.then_with(|| at_us(one).cmp(&at_us(other))).then_with(|| sequence(one).cmp(&sequence(other)))
            });
            self.order = Some(order);
        }
        let hasher = RandomState::new();
        let (mut seen, mut runs) = (HashSet::new(), Vec::new());
        let (mut ticket, mut last_us) = (None, i64::MIN);
        for place in 0..self.rows {
            let Some(row) = self.row(place) else { continue };
            let Some(name) = row.ticket() else {
                return Err(("missing_field", format!("row {} names no ticket", row.in_log())));
            };
            if ticket != Some(name) {
                if !seen.insert(hasher.hash_one(name)) {
                    return Err((
                        "unsorted_log",
                        format!("row {}: ticket `{name}` comes again after another", row.in_log()),
                    ));
                }
                runs.push(place);
                (ticket, last_us) = (Some(name), i64::MIN);
            }
            if let Some(at_us) = row.at_us() {
                if at_us < last_us {
                    let message = format!("row {}: time goes back in ticket `{name}`", row.in_log());
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

    /// Reads the rows of a ticket, oldest first, in place of those in `rows`.
    pub(crate) fn rows_of<'a>(&'a self, ticket: usize, rows: &mut Vec<Row<'a>>) {
        let places = match self.runs.get(ticket..) {
            Some([from, to, ..]) => *from..*to,
            Some([from]) => *from..self.rows,
            _ => self.rows..self.rows,
        };
        rows.clear();
        rows.extend(places.filter_map(|place| self.row(place)).map(Place::read));
    }

    /// Returns the row at a place in the order.
    #[inline]
    fn row(&self, place: usize) -> Option<Place<'_>> {
        match &self.order {
            Some(order) => self.row_at(*order.get(place)?),
            None => self.row_at(place),
        }
    }

    /// Returns a row by its number.
    #[inline]
    fn row_at(&self, number: usize) -> Option<Place<'_>> {
        let part = match self.parts.as_slice() {
            [only] => only,
            parts => {
                let after = parts.partition_point(|part| part.first <= number);
                parts.get(after.checked_sub(1)?)?
            }
        };
        let row = number.checked_sub(part.first)?;
        (row < part.rows).then_some(Place { part, row })
    }
}

fn is_list(field: &FieldRef) -> bool {
    matches!(field.data_type(), DataType::List(_) | DataType::LargeList(_))
}

fn flat(
    py: Python<'_>,
    shape: Shape,
    tables: &Tables,
    chunk: &StructArray,
    zone: Option<&ZoneTable>,
    first: usize,
) -> PyResult<Part> {
    let columns = Columns { py, shape, zone, rows: (tables, chunk), tickets: None };
    let at = instants(py, tables.column(chunk, "event_at"), zone, chunk.len())?;
    columns.part(texts(py, tables, chunk, "ticket_id")?, None, at, first, chunk.len())
}

/// The columns of some rows, and those of the tickets that hold them.
struct Columns<'a, 'py> {
    py: Python<'py>,
    shape: Shape,
    zone: Option<&'a ZoneTable>,
    rows: (&'a Tables, &'a StructArray),
    tickets: Option<(&'a Tables, &'a StructArray)>,
}

impl Columns<'_, '_> {
    fn part(
        &self,
        tickets: Texts,
        holders: Option<Vec<usize>>,
        at: Numbers,
        first: usize,
        rows: usize,
    ) -> PyResult<Part> {
        let (mut fields, mut constants) = (Vec::new(), Vec::new());
        for (name, set) in self.shape.texts {
            if let Some(texts) = self.find(name, |column| Texts::read(self.py, name, column))? {
                fields.push(Field { texts, set: *set });
            } else if let Some(text) = self.tickets.unwrap_or(self.rows).0.constants.get(*name) {
                constants.push((text.clone(), *set));
            }
        }
        let opened_at = self.find("opened_at", |column| Numbers::instants(self.py, "opened_at", column, self.zone))?;
        let sequence = self.find("sequence", |column| Numbers::integers(self.py, "sequence", column))?;
        let numbers = self.find("row_number", |column| Numbers::integers(self.py, "row_number", column))?;
        Ok(Part { tickets, holders, at, fields, constants, opened_at, sequence, numbers, first, rows })
    }

    /// Reads a column of the rows or else of the tickets; `None` where neither has it.
    fn find<T>(&self, name: &str, read: impl Fn(&ArrayRef) -> PyResult<T>) -> PyResult<Option<Source<T>>> {
        if let Some(column) = self.rows.0.column(self.rows.1, name) {
            return Ok(Some(Source::Row(read(column)?)));
        }
        let column = self.tickets.and_then(|(tables, chunk)| tables.column(chunk, name));
        column.map(|column| Ok(Source::Ticket(read(column)?))).transpose()
    }
}

/// Takes rows out of the lists that tickets hold.
fn nested(
    py: Python<'_>,
    shape: Shape,
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
    let inner: Vec<Wanted> = shape.wanted(false).into_iter().filter(|column| column.name != "ticket_id").collect();
    // Names of the tickets' own columns are none of the rows.
    let renamed = columns.map(|mut columns| {
        columns
            .retain(|ours, _| inner.iter().any(|column| column.name == ours) && tables.column(chunk, ours).is_none());
        columns
    });
    let inner = Tables::new(py, &rows, &inner, renamed, None)?;
    let Some(events) = inner.chunks.first() else { return Err(not_events()) };
    let columns = Columns { py, shape, zone, rows: (&inner, events), tickets: Some((tables, chunk)) };
    let at = instants(py, inner.column(events, "event_at"), zone, events.len())?;
    columns.part(texts(py, tables, chunk, "ticket_id")?, Some(holders), at, first, events.len())
}

fn places<T: TryInto<usize>>(offsets: impl Iterator<Item = T>) -> Vec<usize> {
    offsets.map(|offset| offset.try_into().unwrap_or_default()).collect()
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
