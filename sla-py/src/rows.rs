//! Tickets as wide rows: one row a ticket, its milestones as columns.

use std::collections::HashMap;

use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::Field;
use pyo3::prelude::*;
use sla_core::analytics::Dimension;
use sla_core::calendar::{ZoneDatabase, ZoneTable};
use sla_core::columns::{Kind, NO_STATE, NONE, Plan, Rows, TimerColumns};
use sla_core::engine::State;
use sla_core::time::Timestamp;
use sla_core::{Engine, Error, ErrorCode, Id};

use crate::arrow::{
    Input, Interner, Numbers, Table, Tables, Texts, Wanted, duration_field, durations, instant_field, instants,
    word_field, words,
};
use crate::error::{OrRaise, fault};

/// The names of a caller's columns, values for missing ones, and the zone of instants without one.
pub(crate) struct Reading {
    pub(crate) columns: Option<HashMap<String, String>>,
    pub(crate) constants: Option<HashMap<String, String>>,
    pub(crate) time_zone: Option<String>,
}

impl Reading {
    /// Refuses constants for columns that must be given row by row.
    pub(crate) fn check(&self, py: Python<'_>, own: &[&str]) -> PyResult<()> {
        let constants = self.constants.iter().flat_map(HashMap::keys);
        match constants.into_iter().find(|name| own.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let message = format!("`{name}` cannot be a constant: it differs from row to row");
                Err(fault(py, "wrong_type", &message, "add the column to the table"))
            }
        }
    }

    /// Returns the zone of instants without one.
    pub(crate) fn zone(&self, py: Python<'_>, zones: &ZoneDatabase) -> PyResult<Option<ZoneTable>> {
        self.time_zone.as_ref().map(|name| zones.zone(name).or_raise(py)).transpose()
    }
}

const MILESTONES: [&str; 4] = ["opened_at", "assigned_at", "first_reply_at", "resolved_at"];
/// The columns that decide a ticket's terms and group.
const KIND: [&str; 6] = ["package", "channel", "severity", "category", "agent", "team"];

const fn wanted(name: &'static str, required: bool) -> Wanted {
    Wanted { name, required }
}

const WANTED: [Wanted; 11] = [
    wanted("ticket_id", false),
    wanted("package", true),
    wanted("channel", true),
    wanted("severity", false),
    wanted("category", false),
    wanted("agent", false),
    wanted("team", false),
    wanted("opened_at", true),
    wanted("assigned_at", false),
    wanted("first_reply_at", false),
    wanted("resolved_at", false),
];

/// Numbers for pairs of numbers, in the order of their first occurrence.
#[derive(Default)]
struct Pairs {
    numbers: HashMap<(u32, u32), u32>,
    pairs: Vec<(u32, u32)>,
    /// The numbers of pairs below [`SMALL`], plus one: a table is faster than hashing every row.
    small: Vec<u32>,
}

const SMALL: u32 = 1 << SMALL_BITS;
const SMALL_BITS: u32 = 8;

impl Pairs {
    #[inline]
    fn number(&mut self, pair: (u32, u32)) -> u32 {
        if pair.0 < SMALL && pair.1 < SMALL {
            if self.small.is_empty() {
                self.small.resize(usize::try_from(SMALL << SMALL_BITS).unwrap_or_default(), 0);
            }
            let place = usize::try_from(pair.0 << SMALL_BITS | pair.1).unwrap_or_default();
            if let Some(known) = self.small.get(place).copied().and_then(|number| number.checked_sub(1)) {
                return known;
            }
            let number = self.find(pair);
            if let Some(known) = self.small.get_mut(place) {
                *known = number.saturating_add(1);
            }
            return number;
        }
        self.find(pair)
    }

    fn find(&mut self, pair: (u32, u32)) -> u32 {
        let next = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(pair).or_insert(next);
        if number == next {
            self.pairs.push(pair);
        }
        number
    }
}

/// The tickets of a chunk.
struct Chunk {
    /// The kind of each row, as its place in the plan's list.
    kinds: Vec<u32>,
    milestones: [Numbers; 4],
    ids: Option<ArrayRef>,
}

/// Wide rows, read, with the plan that judges them.
pub(crate) struct Wide {
    chunks: Vec<Chunk>,
    plan: Plan,
    timers: Vec<String>,
    id_field: Option<Field>,
    /// The refusals of kinds that the plan does not have; they are numbered from `known` on.
    refused: Vec<ErrorCode>,
    known: u32,
}

impl Wide {
    /// Reads a table, for some timers, by default for all that milestones decide.
    pub(crate) fn read(
        py: Python<'_>,
        engine: &Engine,
        zones: &ZoneDatabase,
        input: &Input,
        timers: Option<Vec<String>>,
        reading: Reading,
        by: &[Dimension],
    ) -> PyResult<Self> {
        reading.check(py, &MILESTONES)?;
        reading.check(py, &["ticket_id"])?;
        let zone = reading.zone(py, zones)?;
        let Reading { columns, constants, .. } = reading;
        let tables = Tables::new(py, input, &WANTED, columns, constants)?;
        let timers = match timers {
            Some(timers) => timers,
            None => decided(engine),
        };
        let mut words: [Interner; 6] = Default::default();
        // Each stage combines the number of a row so far with one more column.
        let mut stages: [Pairs; 6] = Default::default();
        let used = [true, true, true, true, by.contains(&Dimension::Agent), by.contains(&Dimension::Team)];
        let mut chunks = Vec::with_capacity(tables.chunks.len());
        for rows in &tables.chunks {
            let milestones = milestones(py, &tables, rows, zone.as_ref())?;
            let read = |name: &&str| tables.column(rows, name).map(|column| Texts::read(py, name, column)).transpose();
            let texts = KIND.iter().map(read).collect::<PyResult<Vec<_>>>()?;
            let count = rows.len();
            let constants = &tables.constants;
            let kinds = py.detach(|| {
                let mut kinds = vec![0; count];
                for ((((name, texts), words), stage), is_used) in
                    KIND.iter().zip(&texts).zip(&mut words).zip(&mut stages).zip(used)
                {
                    match texts {
                        Some(texts) if is_used => {
                            let numbers = words.rows(texts, count);
                            for (kind, number) in kinds.iter_mut().zip(numbers) {
                                *kind = stage.number((*kind, number));
                            }
                        }
                        _ => {
                            let number = words.number(constants.get(*name).map(String::as_str).filter(|_| is_used));
                            for kind in &mut kinds {
                                *kind = stage.number((*kind, number));
                            }
                        }
                    }
                }
                kinds
            });
            let ids = tables.column(rows, "ticket_id").cloned();
            chunks.push(Chunk { kinds, milestones, ids });
        }
        let id_field = chunks.first().and_then(|chunk| chunk.ids.as_ref());
        let id_field = id_field.map(|ids| Field::new("ticket_id", ids.data_type().clone(), true));
        let names: Vec<&str> = timers.iter().map(String::as_str).collect();
        let (plan, places, refused, known) = plan(engine, &names, &words, &stages).or_raise(py)?;
        for chunk in &mut chunks {
            for kind in &mut chunk.kinds {
                *kind = usize::try_from(*kind).ok().and_then(|kind| places.get(kind).copied()).unwrap_or(u32::MAX);
            }
        }
        Ok(Self { chunks, plan, timers, id_field, refused, known })
    }

    /// Evaluates each timer of each row.
    pub(crate) fn evaluate(&self, py: Python<'_>, now: Timestamp) -> PyResult<Table> {
        let mut fields: Vec<Field> = self.id_field.iter().cloned().collect();
        for timer in &self.timers {
            fields.extend([
                instant_field(format!("{timer}_due_at")),
                instant_field(format!("{timer}_warn_at")),
                word_field(format!("{timer}_state")),
                duration_field(format!("{timer}_elapsed")),
                duration_field(format!("{timer}_overdue")),
            ]);
        }
        fields.push(word_field("refused"));
        let batches =
            py.detach(|| self.chunks.iter().map(|chunk| self.judge(chunk, now)).collect::<Result<Vec<_>, _>>());
        Table::new(fields, batches.or_raise(py)?)
    }

    fn judge(&self, chunk: &Chunk, now: Timestamp) -> Result<Vec<ArrayRef>, Error> {
        let count = chunk.kinds.len();
        let mut answers: Vec<Answers> = self.timers.iter().map(|_| Answers::new(count)).collect();
        let mut places: Vec<TimerColumns<'_>> = answers.iter_mut().map(Answers::places).collect();
        let refused = self.plan.evaluate(&chunk.rows(), now, &mut places)?;
        let mut why: Vec<Option<&'static str>> = Vec::new();
        if !refused.is_empty() {
            why.resize(count, None);
            for row in &refused {
                if let Some(place) = why.get_mut(row.row) {
                    *place = Some(self.code(chunk, row.row, row.code));
                }
            }
        }
        let states: Vec<&str> = State::ALL.iter().map(|state| state.as_str()).collect();
        let mut columns: Vec<ArrayRef> = chunk.ids.iter().cloned().collect();
        for Answers { due, warn, state, elapsed, overdue } in answers {
            columns.extend([
                instants(due),
                instants(warn),
                words(&state, &states),
                durations(elapsed),
                durations(overdue),
            ]);
        }
        columns.push(crate::arrow::texts(count, &why));
        Ok(columns)
    }

    /// Returns the code of a refused row.
    fn code(&self, chunk: &Chunk, row: usize, code: ErrorCode) -> &'static str {
        let unknown = chunk.kinds.get(row).and_then(|kind| kind.checked_sub(self.known));
        let unknown = unknown.and_then(|place| self.refused.get(usize::try_from(place).ok()?));
        unknown.copied().unwrap_or(code).as_str()
    }

    /// Adds up the rows.
    pub(crate) fn aggregate(
        &self,
        now: Timestamp,
        grouping: sla_core::analytics::Grouping,
    ) -> Result<sla_core::analytics::Aggregate, Error> {
        let mut figures = self.plan.figures(grouping);
        for chunk in &self.chunks {
            figures.add(&chunk.rows(), now)?;
        }
        figures.into_aggregate()
    }
}

impl Chunk {
    fn rows(&self) -> Rows<'_> {
        let [opened, assigned, first_reply, resolved] = &self.milestones;
        Rows {
            kinds: &self.kinds,
            opened_us: opened.column(),
            assigned_us: assigned.column(),
            first_reply_us: first_reply.column(),
            resolved_us: resolved.column(),
        }
    }
}

/// The answers for one timer.
struct Answers {
    due: Vec<i64>,
    warn: Vec<i64>,
    state: Vec<u8>,
    elapsed: Vec<i64>,
    overdue: Vec<i64>,
}

impl Answers {
    fn new(rows: usize) -> Self {
        let [due, warn, elapsed, overdue] = [(); 4].map(|()| vec![0; rows]);
        Self { due, warn, state: vec![NO_STATE; rows], elapsed, overdue }
    }

    fn places(&mut self) -> TimerColumns<'_> {
        TimerColumns {
            due_us: &mut self.due,
            warn_us: &mut self.warn,
            state: &mut self.state,
            elapsed_us: &mut self.elapsed,
            overdue_us: &mut self.overdue,
        }
    }
}

fn milestones(py: Python<'_>, tables: &Tables, rows: &StructArray, zone: Option<&ZoneTable>) -> PyResult<[Numbers; 4]> {
    let read =
        |name: &str| tables.column(rows, name).map(|column| Numbers::instants(py, name, column, zone)).transpose();
    let [opened, assigned, first_reply, resolved] = MILESTONES.map(read);
    // INVARIANT: the column of openings is required.
    let opened = opened?.unwrap_or_else(|| Numbers::repeated(NONE, rows.len()));
    let or_missing = |column: Option<Numbers>| column.unwrap_or_else(|| opened.missing());
    let [assigned, first_reply, resolved] = [assigned?, first_reply?, resolved?].map(or_missing);
    Ok([opened, assigned, first_reply, resolved])
}

/// Returns the timers that the policy measures, and that milestones decide.
fn decided(engine: &Engine) -> Vec<String> {
    let policy = engine.policy();
    let is_measured = |timer: &&Id| {
        policy.listed_timers.contains(*timer)
            || policy.packages.iter().any(|package| package.promised().any(|one| one == *timer))
    };
    let timers = policy.timers.keys().filter(is_measured).map(Id::as_str);
    timers.filter(|timer| Plan::new(engine, &[timer], &[]).is_ok()).map(str::to_owned).collect()
}

/// Returns the plan of the kinds that rows name, with the place of each in the plan or, from `known` on, among the refusals.
fn plan(
    engine: &Engine,
    timers: &[&str],
    words: &[Interner; 6],
    stages: &[Pairs; 6],
) -> Result<(Plan, Vec<u32>, Vec<ErrorCode>, u32), Error> {
    // Fails for a timer that milestones do not decide, before any kind is refused.
    Plan::new(engine, timers, &[])?;
    let [.., last] = stages;
    let (mut kinds, mut refused, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..last.pairs.len() {
        let kind = kind(number, words, stages)
            .and_then(|kind| kind.check(engine).map(|()| kind).map_err(|error| error.code()));
        found.push(match kind {
            Ok(kind) => {
                kinds.push(kind);
                Ok(kinds.len().saturating_sub(1))
            }
            Err(code) => {
                refused.push(code);
                Err(refused.len().saturating_sub(1))
            }
        });
    }
    let known = u32::try_from(kinds.len()).unwrap_or(u32::MAX);
    let place = |found: &Result<usize, usize>| match found {
        Ok(kind) => u32::try_from(*kind).unwrap_or(u32::MAX),
        Err(code) => known.saturating_add(u32::try_from(*code).unwrap_or(u32::MAX)),
    };
    let places = found.iter().map(place).collect();
    Ok((Plan::new(engine, timers, &kinds)?, places, refused, known))
}

/// Returns the kind of a number, or why there is none.
fn kind(number: usize, words: &[Interner; 6], stages: &[Pairs; 6]) -> Result<Kind, ErrorCode> {
    let mut parts = [None; 6];
    let mut number = u32::try_from(number).unwrap_or(u32::MAX);
    for ((part, stage), words) in parts.iter_mut().zip(stages).zip(words).rev() {
        let (before, word) =
            usize::try_from(number).ok().and_then(|number| stage.pairs.get(number)).copied().unwrap_or_default();
        *part = words.word(word);
        number = before;
    }
    let id = |text: Option<&str>| text.map(|text| Id::new(text).map_err(|error| error.code())).transpose();
    let [package, channel, severity, category, agent, team] = parts.map(id);
    Ok(Kind {
        package: package?.ok_or(ErrorCode::MissingField)?,
        channel: channel?.ok_or(ErrorCode::MissingField)?,
        severity: severity?,
        category: category?,
        agent: agent?,
        team: team?,
    })
}
