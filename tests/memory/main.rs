//! Memory, counted: of aggregates in proportion to the buckets that are filled, not to groups times what a group could hold;
//! of policies in proportion to the length of their documents, whichever of their lists is long.
//!
//! A program of its own, because its allocator counts what every thread holds; so there is one test.

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use sla_core::analytics::{Aggregate, Dimension, Grouping, PeriodUnit};
use sla_core::calendar::ZoneDatabase;
use sla_core::columns::{Column, Kind, NONE, Plan, Rows};
use sla_core::engine::RecordedCommand;
use sla_core::log::{Importer, by_ticket};
use sla_core::ticket::{Actor, History, Role};
use sla_core::time::Timestamp;
use sla_core::{Engine, Id, wire};

#[path = "../../benches/src/large.rs"]
mod large;
#[path = "../../benches/src/log.rs"]
mod log;

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn take(bytes: usize) {
    PEAK.fetch_max(HELD.fetch_add(bytes, Ordering::Relaxed) + bytes, Ordering::Relaxed);
}

// SAFETY: every call is passed on to the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        take(size);
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a bucket takes as columns: its number, its count and the two parts of its sum.
const BUCKET: usize = 26;
const HOUR: i64 = 3_600_000_000;

/// Returns what a call makes, with the bytes that are held after it and at most during it.
fn measured<T>(make: impl FnOnce() -> T) -> (T, usize, usize) {
    let before = HELD.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let made = make();
    let held = HELD.load(Ordering::Relaxed) - before;
    (made, held, PEAK.load(Ordering::Relaxed) - before)
}

/// Numbers that look random, always the same.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 11).unwrap() % limit
    }
}

fn engine() -> Engine {
    Engine::compile(wire::policy::read(include_str!("../../examples/talkabiz.json")).unwrap()).unwrap()
}

fn grouping(unit: PeriodUnit) -> Grouping {
    Grouping::by(&[Dimension::Agent]).with_period(unit, "Asia/Jakarta", &ZoneDatabase::embedded()).unwrap()
}

fn id(text: impl AsRef<str>) -> Id {
    Id::new(text).unwrap()
}

/// Each package and channel for each agent.
fn kinds(engine: &Engine, agents: usize) -> Vec<Kind> {
    let channels = [("starter", "email"), ("pro", "email"), ("pro", "whatsapp"), ("enterprise", "whatsapp")];
    let kind = |agent: usize, (package, channel): (&str, &str)| Kind {
        agent: Some(id(format!("agent-{agent}"))),
        ..Kind::new(id(package), id(channel))
    };
    let kinds = (0..agents).flat_map(|agent| channels.map(|channel| kind(agent, channel)));
    kinds.filter(|kind| Plan::new(engine, &["resolution"], std::slice::from_ref(kind)).is_ok()).collect()
}

/// Tickets of some weeks, in no order, resolved within two days.
struct Tickets {
    kinds: Vec<u32>,
    columns: [Vec<i64>; 4],
}

impl Tickets {
    fn new(count: usize, kinds: usize, hours: i64) -> Self {
        let (mut random, kinds) = (Random(7), i64::try_from(kinds).unwrap());
        let mut tickets = Self { kinds: Vec::new(), columns: Default::default() };
        for _ in 0..count {
            tickets.kinds.push(u32::try_from(random.below(kinds)).unwrap());
            let opened = 1_767_600_000_000_000 + random.below(hours * HOUR);
            let assigned = opened + random.below(HOUR);
            let replied = assigned + random.below(6 * HOUR);
            let resolved = if random.below(20) == 0 { NONE } else { replied + random.below(48 * HOUR) };
            for (column, at) in tickets.columns.iter_mut().zip([opened, assigned, replied, resolved]) {
                column.push(at);
            }
        }
        tickets
    }

    fn rows(&self) -> Rows<'_> {
        let [opened_us, assigned_us, first_reply_us, resolved_us] =
            self.columns.each_ref().map(|column| Column::of(column));
        Rows { kinds: &self.kinds, opened_us, assigned_us, first_reply_us, resolved_us }
    }
}

fn now() -> Timestamp {
    Timestamp::parse("2027-03-01T00:00:00Z").unwrap()
}

/// Returns the bytes of the filled buckets of tickets as rows, those held for them, and those held at most on the way.
fn rows(engine: &Engine, count: usize) -> [usize; 3] {
    let kinds = kinds(engine, 20);
    let plan = Plan::new(engine, &["first_response", "resolution"], &kinds).unwrap();
    let tickets = Tickets::new(count, kinds.len(), 24 * 7 * 8);
    // The tables of the calendars are built.
    plan.figures(Grouping::all()).add(&tickets.rows(), now()).unwrap();
    let (sum, held, peak) = measured(|| {
        let mut figures = plan.figures(grouping(PeriodUnit::Week));
        assert!(figures.add(&tickets.rows(), now()).unwrap().is_empty());
        figures.into_aggregate().unwrap()
    });
    [sum.rows().count() * BUCKET, held, peak]
}

/// Returns the same of histories.
fn histories(engine: &Engine, count: usize) -> [usize; 3] {
    let mut random = Random(11);
    let message = r#""message": {"message_ref": "m", "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}"#;
    let admin = Actor::new(Role::Admin, "max");
    let mut sum = Aggregate::new(grouping(PeriodUnit::Week));
    let (mut held, mut peak) = (0, 0);
    let mut add = |history: &History| {
        let evaluation = engine.evaluate(history.ticket(), now()).unwrap();
        let ((), more, most) = measured(|| sum.add(engine, history, &evaluation).unwrap());
        peak = peak.max(held + most);
        held += more;
    };
    for number in 0..count {
        let opening = format!(
            r#"{{"command": "open", "ticket": "T-{number}", "customer": "kim", "package": "starter", "channel": "email", {message}}}"#
        );
        let opening = wire::command::read_opening(opening).unwrap();
        let opened = 1_767_600_000_000_000 + random.below(24 * 7 * 4 * HOUR);
        let assigned = opened + random.below(HOUR);
        let replied = assigned + random.below(6 * HOUR);
        let resolved = replied + random.below(48 * HOUR);
        let recorded = |at_us: i64, command: String| RecordedCommand {
            at: Timestamp::from_micros(at_us),
            actor: admin.clone(),
            command: wire::command::read(command).unwrap(),
        };
        let agent = random.below(4);
        let commands: [RecordedCommand; 3] = [
            recorded(assigned, format!(r#"{{"command": "assign", "agent": "agent-{agent}"}}"#)),
            recorded(replied, format!(r#"{{"command": "reply", "channel": "email", {message}}}"#)),
            recorded(resolved, format!(r#"{{"command": "resolve", {message}}}"#)),
        ];
        let kim = Actor::new(Role::Customer, "kim");
        let import = engine.import(&opening, &kim, Timestamp::from_micros(opened), &commands).unwrap();
        add(&import.into_result().unwrap().history);
    }
    [sum.rows().count() * BUCKET, held, peak]
}

/// Returns the rows of a log of so many tickets, and the bytes held by the histories that an import makes of it.
fn imported(engine: &Engine, tickets: u32) -> [usize; 2] {
    let mut rows = log::rows(tickets);
    let count = rows.len();
    let (histories, held, _) = measured(|| {
        let mut importer = Importer::new(engine);
        let histories: Vec<History> =
            by_ticket(&mut rows).map(|rows| importer.ticket(rows).unwrap().unwrap().compacted()).collect();
        assert!(importer.finish().refused.is_empty());
        histories
    });
    let events: usize = histories.iter().map(|history| history.events().len()).sum();
    println!("{tickets} tickets, {count} rows, {events} events");
    [count, held]
}

/// Policies of half a megabyte, read, compiled and linted, or refused.
fn policies() {
    const BYTES: usize = 500_000;
    // What a policy takes for its presets, and its calendars for their first tables.
    const FIXED: usize = 300_000;
    for (shape, document) in large::SHAPES {
        let text = document(BYTES);
        let (_, _, peak) = measured(|| {
            let policy = wire::policy::read(&text).ok()?;
            let engine = Engine::compile(policy).unwrap();
            let warnings = sla_core::policy::lint(engine.policy(), now());
            Some((engine, warnings))
        });
        println!("{shape}: {} bytes, peak {peak}", text.len());
        // Tables are shared out by calendars, of which a document has at most a thousand.
        let tables =
            if ["any_of", "calendars", "rotation", "steps_and_calendars"].contains(shape) { 10_000_000 } else { FIXED };
        assert!(peak <= text.len() * 20 + tables, "{shape}: {peak} bytes for {}", text.len());
    }
}

#[test]
fn memory_is_in_proportion_to_what_is_read_and_counted() {
    let engine = engine();
    for tickets in [1_000, 2_000] {
        let [rows, held] = imported(&engine, tickets);
        println!("{rows} rows of a log: held {held}, {} a row", held / rows);
        assert!(held <= rows * 390, "{held} bytes for {rows} rows");
    }
    policies();
    for count in [16_000, 32_000] {
        let [filled, held, peak] = rows(&engine, count);
        println!("{count} rows: filled {filled}, held {held}, peak {peak}");
        assert!(held * 10 <= filled * 15, "{count} rows: {held} bytes for {filled}");
        assert!(peak <= filled * 2, "{count} rows: {peak} bytes for {filled}");
    }
    for count in [2_000, 4_000] {
        let [filled, held, peak] = histories(&engine, count);
        println!("{count} histories: filled {filled}, held {held}, peak {peak}");
        assert!(peak <= filled * 2, "{count} histories: {peak} bytes for {filled}");
    }
    // Nearly as many groups as tickets: each takes what its key and its few figures take.
    let kinds = kinds(&engine, 1_000);
    let plan = Plan::new(&engine, &["first_response"], &kinds).unwrap();
    let tickets = Tickets::new(100_000, kinds.len(), 24 * 365);
    plan.figures(Grouping::all()).add(&tickets.rows(), now()).unwrap();
    let (sum, held, peak) = measured(|| {
        let mut figures = plan.figures(grouping(PeriodUnit::Day));
        assert!(figures.add(&tickets.rows(), now()).unwrap().is_empty());
        figures.into_aggregate().unwrap()
    });
    let groups = sum.rows().map(|row| row.key).collect::<BTreeSet<_>>().len();
    println!("{groups} groups: held {held}, peak {peak}");
    assert!(groups > 50_000, "{groups} groups");
    assert!(peak <= groups * 2_048, "{peak} bytes for {groups} groups");
}
