//! Tickets as wide rows: one row a ticket, its milestones as columns.

use std::collections::HashMap;
use std::ops::Range;

use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::Field;
use pyo3::prelude::*;
use sla_core::analytics::{Aggregate, Dimension, Grouping};
use sla_core::calendar::{ZoneDatabase, ZoneTable};
use sla_core::columns::{Figures, Kind, NO_STATE, NONE, Plan, RefusedRow, Rows, TimerColumns};
use sla_core::engine::State;
use sla_core::time::Timestamp;
use sla_core::{Engine, Error, ErrorCode, Id};

use crate::arrow::{
    Input, Interner, Numbers, Table, Tables, Texts, Wanted, duration_field, durations, instant_field, instants,
    word_field, words,
};
use crate::error::{OrRaise, fault};
use crate::threads::{Stretch, Threads, pieces, stretches};

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

    /// Combines each of some numbers with a number that is the same for all rows: the numbers of pairs are those of the first
    /// numbers.
    fn repeat(&mut self, firsts: usize, second: u32) {
        let next = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        let missing = firsts.saturating_sub(self.pairs.len());
        self.pairs.extend((next..).map(|first| (first, second)).take(missing));
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

/// The columns of a chunk that decide the kinds of its rows.
type KindTexts = Vec<Option<Texts>>;

/// What numbers of kinds mean.
#[derive(Default)]
struct Numbering {
    words: [Interner; 6],
    /// Each stage combines the number of a row so far with one more column.
    stages: [Pairs; 6],
}

impl Numbering {
    /// Returns the number of the kind of each of some rows. Columns that are not used are as if no row had a value.
    fn rows(
        &mut self,
        texts: &KindTexts,
        rows: &Range<usize>,
        constants: &HashMap<String, String>,
        used: [bool; 6],
    ) -> Vec<u32> {
        let mut kinds = vec![0; rows.len()];
        let mut distinct = 1;
        let columns = KIND.iter().zip(texts).zip(&mut self.words).zip(&mut self.stages).zip(used);
        for ((((name, texts), words), stage), is_used) in columns {
            match texts {
                Some(texts) if is_used => {
                    let mut kinds = kinds.iter_mut();
                    words.each(texts, rows, |number| {
                        if let Some(kind) = kinds.next() {
                            *kind = stage.number((*kind, number));
                        }
                    });
                }
                _ => {
                    let number = words.number(constants.get(*name).map(String::as_str).filter(|_| is_used));
                    stage.repeat(distinct, number);
                }
            }
            distinct = stage.pairs.len();
        }
        kinds
    }

    /// Returns how many kinds are numbered.
    fn len(&self) -> usize {
        let [.., last] = &self.stages;
        last.pairs.len()
    }

    /// Returns the kind of a number, or why there is none.
    fn kind(&self, number: usize) -> Result<Kind, ErrorCode> {
        let mut parts = [None; 6];
        let mut number = u32::try_from(number).unwrap_or(u32::MAX);
        for ((part, stage), words) in parts.iter_mut().zip(&self.stages).zip(&self.words).rev() {
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
    threads: Threads,
}

/// How rows are added up.
#[derive(Clone, Copy)]
pub(crate) struct Summing<'a> {
    pub(crate) grouping: &'a Grouping,
    /// Whether durations are added up, or tickets and cycles counted only.
    pub(crate) durations: bool,
}

impl Summing<'_> {
    fn figures<'p>(&self, plan: &'p Plan) -> Figures<'p> {
        let figures = plan.figures(self.grouping.clone());
        if self.durations { figures } else { figures.without_durations() }
    }
}

/// The rows that a thread judges before it takes the next ones: a multiple of 8, as [`Numbers::part`] wants.
const PIECE: usize = 1 << 14;

impl Wide {
    /// Reads a table, for some timers, by default for all that milestones decide.
    pub(crate) fn read(
        py: Python<'_>,
        (engine, zones): (&Engine, &ZoneDatabase),
        input: &Input,
        timers: Option<Vec<String>>,
        reading: Reading,
        by: &[Dimension],
        threads: Threads,
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
        let used = [true, true, true, true, by.contains(&Dimension::Agent), by.contains(&Dimension::Team)];
        let (mut chunks, mut texts) = (Vec::new(), Vec::new());
        for rows in &tables.chunks {
            let milestones = milestones(py, &tables, rows, zone.as_ref())?;
            let read = |name: &&str| tables.column(rows, name).map(|column| Texts::read(py, name, column)).transpose();
            texts.push(KIND.iter().map(read).collect::<PyResult<KindTexts>>()?);
            let ids = tables.column(rows, "ticket_id").cloned();
            chunks.push(Chunk { kinds: Vec::with_capacity(rows.len()), milestones, ids });
        }
        let id_field = chunks.first().and_then(|chunk| chunk.ids.as_ref());
        let id_field = id_field.map(|ids| Field::new("ticket_id", ids.data_type().clone(), true));
        let counts: Vec<usize> = tables.chunks.iter().map(Array::len).collect();
        let number = |(): &mut (), stretch: Stretch| {
            let mut numbering = Numbering::default();
            let kinds: Vec<_> = stretch
                .into_iter()
                .filter_map(|(chunk, rows)| {
                    Some((chunk, numbering.rows(texts.get(chunk)?, &rows, &tables.constants, used)))
                })
                .collect();
            (numbering, kinds)
        };
        let names: Vec<&str> = timers.iter().map(String::as_str).collect();
        let planned = py.detach(|| {
            let numbered = threads.each(stretches(&counts, threads), |_| (), number);
            let planned = Planned::of(engine, &names, numbered.iter().map(|(numbering, _)| numbering))?;
            for ((_, kinds), places) in numbered.iter().zip(&planned.places) {
                for (chunk, kinds) in kinds {
                    let place = |kind: &u32| usize::try_from(*kind).ok().and_then(|kind| places.get(kind).copied());
                    if let Some(chunk) = chunks.get_mut(*chunk) {
                        chunk.kinds.extend(kinds.iter().map(|kind| place(kind).unwrap_or(u32::MAX)));
                    }
                }
            }
            Ok::<_, Error>(planned)
        });
        let Planned { plan, refused, known, .. } = planned.or_raise(py)?;
        Ok(Self { chunks, plan, timers, id_field, refused, known, threads })
    }

    /// Evaluates each timer of each row, and adds the rows up where that is asked.
    pub(crate) fn judge(
        &self,
        py: Python<'_>,
        now: Timestamp,
        asked: Asked,
        summing: Option<Summing<'_>>,
    ) -> PyResult<(Table, Option<Aggregate>)> {
        let mut fields: Vec<Field> = self.id_field.iter().cloned().collect();
        for timer in &self.timers {
            let all = [
                (asked.due, instant_field(format!("{timer}_due_at"))),
                (asked.warn, instant_field(format!("{timer}_warn_at"))),
                (asked.state, word_field(format!("{timer}_state"))),
                (asked.elapsed, duration_field(format!("{timer}_elapsed"))),
                (asked.overdue, duration_field(format!("{timer}_overdue"))),
            ];
            fields.extend(all.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, field)| field));
        }
        fields.push(word_field("refused"));
        let (batches, sum) = py.detach(|| self.batches(now, asked, summing)).or_raise(py)?;
        Ok((Table::new(fields, batches)?, sum))
    }

    fn batches(
        &self,
        now: Timestamp,
        asked: Asked,
        summing: Option<Summing<'_>>,
    ) -> Result<(Vec<Vec<ArrayRef>>, Option<Aggregate>), Error> {
        let new = |chunk: &Chunk| self.timers.iter().map(|_| Answers::new(chunk.kinds.len(), asked)).collect();
        let mut answers: Vec<Vec<Answers>> = self.chunks.iter().map(new).collect();
        let mut places: Vec<Vec<_>> =
            answers.iter_mut().map(|answers| answers.iter_mut().map(Answers::places).collect()).collect();
        let split = match summing {
            // A thread adds up what it judges.
            Some(_) => stretches(&self.counts(), self.threads),
            None => self.pieces(),
        };
        let parts = split.len();
        let mut items = Vec::with_capacity(parts);
        for stretch in split {
            let with_places = stretch.into_iter().map(|(chunk, rows)| {
                let places = places.get_mut(chunk).into_iter().flatten();
                let places: Vec<_> = places.map(|columns| cut(columns, rows.len())).collect();
                (chunk, rows, places)
            });
            items.push(with_places.collect::<Vec<_>>());
        }
        let judge = |(): &mut (), stretch: Vec<(usize, Range<usize>, Vec<TimerColumns<'_>>)>| {
            let mut figures = summing.map(|summing| summing.figures(&self.plan));
            let mut refused = Vec::new();
            for (place, rows, mut places) in stretch {
                let Some(chunk) = self.chunks.get(place) else { continue };
                let milestones = chunk.milestones(&rows);
                let given = chunk.rows(&rows, &milestones);
                let found = match &mut figures {
                    Some(figures) => figures.add_and_evaluate(&given, now, &mut places)?,
                    None => self.plan.evaluate(&given, now, &mut places)?,
                };
                let in_chunk = |one: RefusedRow| RefusedRow { row: rows.start.saturating_add(one.row), ..one };
                refused.extend(found.into_iter().map(|one| (place, in_chunk(one))));
            }
            Ok::<_, Error>((refused, figures.map(|figures| figures.split(parts))))
        };
        let judged = self.threads.each(items, |_| (), judge).into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut why: Vec<Vec<Option<&'static str>>> = self.chunks.iter().map(|_| Vec::new()).collect();
        let mut figures = Vec::new();
        for (refused, more) in judged {
            for (place, one) in refused {
                let (Some(chunk), Some(why)) = (self.chunks.get(place), why.get_mut(place)) else { continue };
                why.resize(chunk.kinds.len(), None);
                if let Some(place) = why.get_mut(one.row) {
                    *place = Some(self.code(chunk, one.row, one.code));
                }
            }
            figures.extend(more);
        }
        let sum = summing.map(|summing| self.total(figures, summing.grouping)).transpose()?;
        let batches = self.chunks.iter().zip(answers).zip(why);
        let batches = batches.map(|((chunk, answers), why)| self.columns(chunk, answers, asked, &why)).collect();
        Ok((batches, sum))
    }

    fn columns(
        &self,
        chunk: &Chunk,
        answers: Vec<Answers>,
        asked: Asked,
        why: &[Option<&'static str>],
    ) -> Vec<ArrayRef> {
        let count = chunk.kinds.len();
        let states: Vec<&str> = State::ALL.iter().map(|state| state.as_str()).collect();
        let written = answers.into_iter().flat_map(|Answers { due, warn, state, elapsed, overdue }| {
            use Written::{Durations, Instants, States};
            let all = [
                (asked.due, Instants(due)),
                (asked.warn, Instants(warn)),
                (asked.state, States(state)),
                (asked.elapsed, Durations(elapsed)),
                (asked.overdue, Durations(overdue)),
            ];
            all.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, written)| written)
        });
        let array = |(): &mut (), written: Written| match written {
            Written::Instants(values) => instants(values),
            Written::Durations(values) => durations(values),
            Written::States(places) => words(&places, &states),
        };
        let threads = if count < PIECE { self.threads.at_most(1) } else { self.threads };
        let mut columns: Vec<ArrayRef> = chunk.ids.iter().cloned().collect();
        columns.extend(threads.each(written.collect(), |_| (), array));
        columns.push(crate::arrow::texts(count, why));
        columns
    }

    fn counts(&self) -> Vec<usize> {
        self.chunks.iter().map(|chunk| chunk.kinds.len()).collect()
    }

    /// Returns the rows that threads judge, some at a time.
    fn pieces(&self) -> Vec<Stretch> {
        let of_chunk =
            |(chunk, count): (usize, usize)| pieces(count, PIECE).into_iter().map(move |rows| vec![(chunk, rows)]);
        self.counts().into_iter().enumerate().flat_map(of_chunk).collect()
    }

    /// Returns the code of a refused row.
    fn code(&self, chunk: &Chunk, row: usize, code: ErrorCode) -> &'static str {
        let unknown = chunk.kinds.get(row).and_then(|kind| kind.checked_sub(self.known));
        let unknown = unknown.and_then(|place| self.refused.get(usize::try_from(place).ok()?));
        unknown.copied().unwrap_or(code).as_str()
    }

    /// Adds up the rows.
    pub(crate) fn aggregate(&self, now: Timestamp, summing: Summing<'_>) -> Result<Aggregate, Error> {
        let split = stretches(&self.counts(), self.threads);
        let parts = split.len();
        let add = |(): &mut (), stretch: Stretch| {
            let mut figures = summing.figures(&self.plan);
            for (chunk, rows) in stretch {
                let Some(chunk) = self.chunks.get(chunk) else { continue };
                figures.add(&chunk.rows(&rows, &chunk.milestones(&rows)), now)?;
            }
            Ok(figures.split(parts))
        };
        let figures = self.threads.each(split, |_| (), add);
        self.total(figures.into_iter().collect::<Result<Vec<_>, Error>>()?, summing.grouping)
    }

    /// Adds up the figures of several threads, each of them in parts: a thread adds up one part of all, since adding their sums
    /// up on one would take as long as judging the rows.
    fn total(&self, mut figures: Vec<Vec<Figures<'_>>>, grouping: &Grouping) -> Result<Aggregate, Error> {
        let mut parts: Vec<Vec<Figures<'_>>> = Vec::new();
        while figures.iter().any(|parts| !parts.is_empty()) {
            parts.push(figures.iter_mut().filter_map(Vec::pop).collect());
        }
        let add_up = |(): &mut (), part: Vec<Figures<'_>>| {
            let mut of_part = part.into_iter();
            let Some(mut sum) = of_part.next() else { return Ok(Aggregate::new(grouping.clone())) };
            of_part.try_for_each(|figures| sum.append(figures))?;
            sum.into_aggregate()
        };
        let mut all = Aggregate::new(grouping.clone());
        self.threads.each(parts, |_| (), add_up).into_iter().try_for_each(|sum| all.append(sum?))?;
        Ok(all)
    }
}

impl Chunk {
    /// Returns the milestones of some rows.
    fn milestones(&self, rows: &Range<usize>) -> [Numbers; 4] {
        self.milestones.each_ref().map(|column| column.part(rows))
    }

    /// Returns some rows with their milestones.
    fn rows<'a>(&'a self, rows: &Range<usize>, milestones: &'a [Numbers; 4]) -> Rows<'a> {
        let [opened, assigned, first_reply, resolved] = milestones;
        Rows {
            kinds: self.kinds.get(rows.clone()).unwrap_or_default(),
            opened_us: opened.column(),
            assigned_us: assigned.column(),
            first_reply_us: first_reply.column(),
            resolved_us: resolved.column(),
        }
    }
}

/// A column of answers.
enum Written {
    Instants(Vec<i64>),
    Durations(Vec<i64>),
    States(Vec<u8>),
}

/// Which answers are asked for each timer.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each answer")]
pub(crate) struct Asked {
    due: bool,
    warn: bool,
    state: bool,
    elapsed: bool,
    overdue: bool,
}

impl Asked {
    /// Reads the names of answers; all of them unless they are given.
    pub(crate) fn new(py: Python<'_>, names: Option<Vec<String>>) -> PyResult<Self> {
        let Some(names) = names else {
            return Ok(Self { due: true, warn: true, state: true, elapsed: true, overdue: true });
        };
        let mut asked = Self::default();
        for name in names {
            let place = match name.as_str() {
                "due_at" => &mut asked.due,
                "warn_at" => &mut asked.warn,
                "state" => &mut asked.state,
                "elapsed" => &mut asked.elapsed,
                "overdue" => &mut asked.overdue,
                _ => {
                    let message = format!("there is no answer `{name}`");
                    return Err(fault(
                        py,
                        "unknown_word",
                        &message,
                        "name some of: due_at, warn_at, state, elapsed, overdue",
                    ));
                }
            };
            *place = true;
        }
        Ok(asked)
    }
}

/// The answers for one timer; empty where they are not asked.
struct Answers {
    due: Vec<i64>,
    warn: Vec<i64>,
    state: Vec<u8>,
    elapsed: Vec<i64>,
    overdue: Vec<i64>,
}

impl Answers {
    fn new(rows: usize, asked: Asked) -> Self {
        let column = |is_asked: bool| vec![0; if is_asked { rows } else { 0 }];
        let [due, warn, elapsed, overdue] = [asked.due, asked.warn, asked.elapsed, asked.overdue].map(column);
        Self { due, warn, state: vec![NO_STATE; if asked.state { rows } else { 0 }], elapsed, overdue }
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

/// Takes the places of the next rows.
fn cut<'a>(columns: &mut TimerColumns<'a>, rows: usize) -> TimerColumns<'a> {
    #[expect(clippy::mut_mut, reason = "the rest stays in the place of the whole")]
    fn next<'a, T>(column: &mut &'a mut [T], rows: usize) -> &'a mut [T] {
        let (next, rest) = std::mem::take(column).split_at_mut_checked(rows).unwrap_or_default();
        *column = rest;
        next
    }
    TimerColumns {
        due_us: next(&mut columns.due_us, rows),
        warn_us: next(&mut columns.warn_us, rows),
        state: next(&mut columns.state, rows),
        elapsed_us: next(&mut columns.elapsed_us, rows),
        overdue_us: next(&mut columns.overdue_us, rows),
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

/// The plan of the kinds that rows name.
struct Planned {
    plan: Plan,
    /// The place of each numbered kind in the plan or, from `known` on, among the refusals.
    places: Vec<Vec<u32>>,
    refused: Vec<ErrorCode>,
    known: u32,
}

impl Planned {
    fn of<'a>(
        engine: &Engine,
        timers: &[&str],
        numberings: impl Iterator<Item = &'a Numbering>,
    ) -> Result<Self, Error> {
        // Fails for a timer that milestones do not decide, before any kind is refused.
        Plan::new(engine, timers, &[])?;
        let (mut kinds, mut refused, mut found) = (Vec::new(), Vec::new(), Vec::new());
        let mut numbers: HashMap<Kind, Result<usize, usize>> = HashMap::new();
        for numbering in numberings {
            let places = (0..numbering.len()).map(|number| {
                let mut refuse = |code| {
                    refused.push(code);
                    Err(refused.len().saturating_sub(1))
                };
                match numbering.kind(number) {
                    Err(code) => refuse(code),
                    Ok(kind) => *numbers.entry(kind).or_insert_with_key(|kind| {
                        if let Err(error) = kind.check(engine) {
                            return refuse(error.code());
                        }
                        kinds.push(kind.clone());
                        Ok(kinds.len().saturating_sub(1))
                    }),
                }
            });
            found.push(places.collect::<Vec<_>>());
        }
        let known = u32::try_from(kinds.len()).unwrap_or(u32::MAX);
        let place = |found: &Result<usize, usize>| match found {
            Ok(kind) => u32::try_from(*kind).unwrap_or(u32::MAX),
            Err(code) => known.saturating_add(u32::try_from(*code).unwrap_or(u32::MAX)),
        };
        let places = found.iter().map(|found| found.iter().map(place).collect()).collect();
        Ok(Self { plan: Plan::new(engine, timers, &kinds)?, places, refused, known })
    }
}
