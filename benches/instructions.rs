//! Instructions by callgrind. Each count but `loop_alone` is of 1,024 questions; `loop_alone` is what asking costs.

use std::hint::black_box;

use gungraun::prelude::*;
use sla_benches::large::SHAPES;
use sla_benches::log::rows;
use sla_benches::{
    WideRows, candidate, engine, grown, history, instants, kinds, length, long_history, office, office_rules, stepped,
    ten_years, wide_now, wide_rows, with_timers,
};
use sla_core::analytics::{Aggregate, Dimension, Grouping, PeriodUnit, RowState, TicketRows};
use sla_core::audit::{self, Chain, Entry};
use sla_core::calendar::{Calendar, ZoneDatabase};
use sla_core::columns::{Figures, Plan, TimerColumns};
use sla_core::log::{Importer, Row, by_ticket};
use sla_core::policy::lint;
use sla_core::ticket::{Event, History, Ticket};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::what_if::WhatIf;
use sla_core::{Engine, wire};

type Asked = (&'static Calendar, &'static [Timestamp], BusinessDuration);

// Inputs are leaked, so that dropping them is not counted.

fn asked(target: &str) -> Asked {
    (Box::leak(Box::new(office())), instants().leak(), length(target))
}

#[library_benchmark]
#[bench::none(args = ("0s"), setup = asked)]
fn loop_alone((office, instants, target): Asked) {
    for at in black_box(instants) {
        black_box((office, *at, target));
    }
}

#[library_benchmark]
#[bench::quarter_of_an_hour(args = ("15m"), setup = asked)]
#[bench::month(args = ("720h"), setup = asked)]
fn add((office, instants, target): Asked) {
    for at in black_box(instants) {
        let _ = black_box(office.add(*at, target));
    }
}

#[library_benchmark]
#[bench::quarter_of_an_hour(args = ("15m"), setup = asked)]
#[bench::month(args = ("720h"), setup = asked)]
fn subtract((office, instants, target): Asked) {
    for at in black_box(instants) {
        let _ = black_box(office.subtract(*at, target));
    }
}

// The length is wall time here.
#[library_benchmark]
#[bench::hour(args = ("1h"), setup = asked)]
#[bench::year(args = ("8760h"), setup = asked)]
fn elapsed((office, instants, target): Asked) {
    for at in black_box(instants) {
        let _ = black_box(office.elapsed(*at, Timestamp::from_micros(at.as_micros() + target.as_micros())));
    }
}

#[library_benchmark]
#[bench::random(args = ("0s"), setup = asked)]
fn is_open((office, instants, _): Asked) {
    for at in black_box(instants) {
        let _ = black_box(office.is_open(*at));
    }
}

#[library_benchmark]
#[bench::random(args = ("0s"), setup = asked)]
fn next_open((office, instants, _): Asked) {
    for at in black_box(instants) {
        let _ = black_box(office.next_open(*at));
    }
}

#[library_benchmark]
#[bench::random(args = ("0s"), setup = asked)]
fn next_close((office, instants, _): Asked) {
    for at in black_box(instants) {
        let _ = black_box(office.next_close(*at));
    }
}

// One calendar, not 1,024.
#[library_benchmark]
fn compile_and_ask_ten_years() -> Calendar {
    let calendar = Calendar::compile(&office_rules(), &ZoneDatabase::embedded()).unwrap();
    ten_years(&calendar);
    calendar
}

type Folded = (&'static Engine, &'static Ticket, &'static [Event]);

fn folded() -> Folded {
    let engine = Box::leak(Box::new(engine()));
    let history = Box::leak(Box::new(history(engine)));
    // The pages that the answer reads are built.
    engine.evaluate(history.ticket(), history.ticket().last_at).unwrap();
    (engine, history.ticket(), history.events())
}

// One ticket of 20 events.
#[library_benchmark]
#[bench::open(setup = folded)]
fn evaluate((engine, ticket, _): Folded) {
    let _ = black_box(engine.evaluate(black_box(ticket), ticket.last_at));
}

// The withdrawal of one ticket of 20 events.
#[library_benchmark]
#[bench::open(setup = folded)]
fn decide((engine, ticket, _): Folded) {
    let withdraw = sla_core::ticket::CommandKind::Withdraw;
    let admin = sla_core::ticket::Actor::new(sla_core::ticket::Role::Customer, "kim");
    let _ = black_box(engine.decide(black_box(ticket), &withdraw.into(), &admin, ticket.last_at));
}

// The seed policy: read, checked and compiled.
#[library_benchmark]
fn compile_seed() -> Engine {
    engine()
}

fn large(shape: &str, bytes: usize) -> &'static str {
    let (_, document) = SHAPES.iter().find(|(name, _)| *name == shape).unwrap();
    document(bytes).leak()
}

// A policy that is long by one of its lists, and one twice as long: read, checked, compiled and linted, or refused.
#[library_benchmark]
#[bench::packages_and_channels(args = ("packages_and_channels", 100_000), setup = large)]
#[bench::packages_and_channels_twice(args = ("packages_and_channels", 200_000), setup = large)]
#[bench::hand_overs(args = ("hand_overs", 100_000), setup = large)]
#[bench::hand_overs_twice(args = ("hand_overs", 200_000), setup = large)]
#[bench::steps_of_packages(args = ("steps_of_packages", 1_000_000), setup = large)]
#[bench::steps_of_packages_twice(args = ("steps_of_packages", 2_000_000), setup = large)]
#[bench::extending_targets(args = ("extending_targets", 100_000), setup = large)]
#[bench::extending_targets_twice(args = ("extending_targets", 200_000), setup = large)]
#[bench::extending_variants(args = ("extending_variants", 100_000), setup = large)]
#[bench::extending_variants_twice(args = ("extending_variants", 200_000), setup = large)]
#[bench::categories(args = ("categories", 100_000), setup = large)]
#[bench::categories_twice(args = ("categories", 200_000), setup = large)]
#[bench::objects(args = ("objects", 100_000), setup = large)]
#[bench::objects_twice(args = ("objects", 200_000), setup = large)]
fn compile_large(document: &'static str) -> usize {
    let Ok(policy) = wire::policy::read(black_box(document)) else { return 0 };
    let engine = Engine::compile(policy).unwrap();
    lint(engine.policy(), Timestamp::from_micros(1_772_000_000_000_000)).len()
}

// A history of 20 events as the library writes it, from its JSON.
#[library_benchmark]
#[bench::own(setup = written)]
fn read_history(json: &'static str) -> History {
    wire::ticket::read_history(black_box(json)).unwrap()
}

fn written() -> &'static str {
    wire::ticket::write_history(&history(&engine())).leak()
}

fn entries() -> &'static [Entry<Event>] {
    let history = history(&engine());
    let mut chain = Chain::new(history.ticket().id.clone());
    chain.extend(history.events().to_vec(), history.ticket().last_at).unwrap().leak()
}

// The chain of a history of 20 events.
#[library_benchmark]
#[bench::own(setup = entries)]
fn verify_chain(entries: &'static [Entry<Event>]) {
    let id = &entries[0].content.ticket;
    black_box(audit::verify(id, black_box(entries), &[]).unwrap());
}

// 20 events.
#[library_benchmark]
#[bench::open(setup = folded)]
fn fold((_, _, events): Folded) -> Option<Ticket> {
    let (opening, rest) = black_box(events).split_first()?;
    let mut ticket = Ticket::open(opening).ok()?;
    for event in rest {
        ticket.apply(event).ok()?;
    }
    Some(ticket)
}

type Recorded = (&'static Engine, &'static History);

fn recorded(count: usize) -> Recorded {
    let engine = Box::leak(Box::new(engine()));
    let history: &History = Box::leak(Box::new(long_history(engine, count)));
    // The pages that the answers read are built.
    assert!(engine.verify(history, None).unwrap().is_verified());
    (engine, history)
}

// One ticket, by the number of its events.
#[library_benchmark]
#[bench::events_20(args = (20), setup = recorded)]
#[bench::events_40(args = (40), setup = recorded)]
#[bench::events_1000(args = (1_000), setup = recorded)]
#[bench::events_2000(args = (2_000), setup = recorded)]
fn verify((engine, history): Recorded) {
    let _ = black_box(engine.verify(black_box(history), None));
}

type Watched = (&'static Engine, &'static History, Aggregate);

fn watched() -> Watched {
    let engine = Box::leak(Box::new(engine()));
    let history = Box::leak(Box::new(history(engine)));
    let dimensions = [Dimension::Package, Dimension::Agent];
    let weekly = Grouping::by(&dimensions).with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded());
    let mut aggregate = Aggregate::new(weekly.unwrap());
    // Its groups are there.
    let evaluation = engine.evaluate(history.ticket(), history.ticket().last_at).unwrap();
    aggregate.add(engine, history, &evaluation).unwrap();
    (engine, history, aggregate)
}

// One ticket of 20 events, evaluated and added.
#[library_benchmark]
#[bench::open(setup = watched)]
fn evaluate_and_aggregate((engine, history, mut aggregate): Watched) -> Aggregate {
    let evaluation = engine.evaluate(black_box(history.ticket()), history.ticket().last_at).unwrap();
    aggregate.add(engine, history, &evaluation).unwrap();
    aggregate
}

type Listed = (&'static Engine, &'static History, RowState, Timestamp);

fn listed() -> Listed {
    let (engine, history, _) = watched();
    let earlier = History::new(history.events()[..19].to_vec()).unwrap();
    let now = history.ticket().last_at;
    // The zone is read.
    let rows = engine.history_rows(None, &earlier, earlier.ticket().last_at, "Asia/Jakarta").unwrap();
    (engine, history, rows.state, now)
}

// One ticket of 20 events: all its rows.
#[library_benchmark]
#[bench::open(setup = listed)]
fn ticket_rows((engine, history, _, now): Listed) -> TicketRows {
    engine.history_rows(None, black_box(history), now, "Asia/Jakarta").unwrap()
}

// The rows of its last event, by the row state of those before.
#[library_benchmark]
#[bench::open(setup = listed)]
fn ticket_rows_of_one_event((engine, history, state, now): Listed) -> TicketRows {
    engine.history_rows(Some(black_box(&state)), black_box(history), now, "Asia/Jakarta").unwrap()
}

fn compared() -> (WhatIf, &'static History) {
    let engine: &Engine = Box::leak(Box::new(engine()));
    let history = Box::leak(Box::new(history(engine)));
    let mut what_if = WhatIf::new(engine, &candidate());
    what_if.add(history, history.ticket().last_at).unwrap();
    (what_if, history)
}

// One ticket of 20 events under two policies.
#[library_benchmark]
#[bench::open(setup = compared)]
fn what_if((mut what_if, history): (WhatIf, &'static History)) -> WhatIf {
    black_box(what_if.add(black_box(history), history.ticket().last_at).unwrap());
    what_if
}

type Planned = (&'static Plan, &'static WideRows, Figures<'static>);

fn planned(timers: &[&str]) -> Planned {
    let plan = Plan::new(Box::leak(Box::new(engine())), timers, &kinds()).unwrap();
    let plan: &Plan = Box::leak(Box::new(plan));
    let wide: &WideRows = Box::leak(Box::new(wide_rows(1_024)));
    let dimensions = [Dimension::Package];
    let weekly = Grouping::by(&dimensions).with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded());
    let mut figures = plan.figures(weekly.unwrap());
    // Its groups are there, and the pages that the answers read.
    figures.add(&wide.rows(), wide_now()).unwrap();
    (plan, wide, figures)
}

// 1,024 rows, by package and week.
#[library_benchmark]
#[bench::one_timer(args = (&["first_response"]), setup = planned)]
#[bench::two_timers(args = (&["first_response", "resolution"]), setup = planned)]
fn columns((_, wide, mut figures): Planned) -> Figures<'static> {
    black_box(figures.add(black_box(&wide.rows()), wide_now()).unwrap());
    figures
}

/// The columns for the dues and states of two timers.
type DuesAndStates = [(Vec<i64>, Vec<u8>); 2];
type Judged = (&'static WideRows, Figures<'static>, DuesAndStates);

fn judged(durations: bool) -> Judged {
    let (plan, wide, figures) = planned(&["first_response", "resolution"]);
    let figures = if durations { figures } else { counted(plan, wide) };
    (wide, figures, std::array::from_fn(|_| (vec![0; 1_024], vec![0; 1_024])))
}

fn counted(plan: &'static Plan, wide: &'static WideRows) -> Figures<'static> {
    let zones = ZoneDatabase::embedded();
    let weekly = Grouping::by(&[Dimension::Package]).with_period(PeriodUnit::Week, "Asia/Jakarta", &zones);
    let mut figures = plan.figures(weekly.unwrap()).without_durations();
    figures.add(&wide.rows(), wide_now()).unwrap();
    figures
}

// 1,024 rows: dues and states of two timers, and figures by package and week, in one pass.
#[library_benchmark]
#[bench::counts(args = (false), setup = judged)]
#[bench::durations(args = (true), setup = judged)]
fn judge((wide, mut figures, mut columns): Judged) -> (Figures<'static>, DuesAndStates) {
    let mut answers: Vec<TimerColumns<'_>> =
        columns.iter_mut().map(|(due_us, state)| TimerColumns { due_us, state, ..TimerColumns::default() }).collect();
    black_box(figures.add_and_evaluate(black_box(&wide.rows()), wide_now(), &mut answers).unwrap());
    drop(answers);
    (figures, columns)
}

// The same with what puts durations into their lists.
#[library_benchmark]
#[bench::two_timers(args = (&["first_response", "resolution"]), setup = planned)]
fn add_up((_, wide, mut figures): Planned) -> Aggregate {
    black_box(figures.add(black_box(&wide.rows()), wide_now()).unwrap());
    figures.into_aggregate().unwrap()
}

type Logged = (&'static Engine, &'static mut [Row<'static>], Aggregate);

fn logged(tickets: u32) -> Logged {
    let engine: &Engine = Box::leak(Box::new(engine()));
    let dimensions = [Dimension::Package];
    let weekly = Grouping::by(&dimensions).with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded());
    // The pages that the answers read are built, and the groups are there.
    summed((engine, rows(tickets).leak(), Aggregate::new(weekly.unwrap())))
}

// A log whose every row is judged, into histories: 256 tickets, 2,173 rows.
#[library_benchmark]
#[bench::tickets_256(args = (256), setup = logged)]
fn import_log((engine, rows, _): Logged) -> Vec<History> {
    let mut importer = Importer::new(engine);
    let histories = by_ticket(black_box(rows)).map(|rows| importer.ticket(rows).unwrap().unwrap()).collect();
    assert!(importer.finish().refused.is_empty());
    histories
}

// The same, added up by package and week.
#[library_benchmark]
#[bench::tickets_256(args = (256), setup = logged)]
fn aggregate_log(logged: Logged) -> Logged {
    summed(logged)
}

fn summed((engine, rows, mut sum): Logged) -> Logged {
    let mut importer = Importer::new(engine);
    for rows in by_ticket(black_box(&mut *rows)) {
        let history = importer.ticket(rows).unwrap().unwrap();
        let evaluation = engine.evaluate(history.ticket(), wide_now()).unwrap();
        sum.add(engine, &history, &evaluation).unwrap();
    }
    (engine, rows, sum)
}

type Due = (&'static Engine, &'static Ticket, Timestamp);

fn steps_due(steps: u32) -> Due {
    let (engine, ticket, now) = stepped(steps);
    let (engine, ticket): (&Engine, &Ticket) = (Box::leak(Box::new(engine)), Box::leak(Box::new(ticket)));
    engine.next_check_at(ticket).unwrap();
    (engine, ticket, now)
}

fn timers_due(timers: u32) -> Due {
    let (engine, ticket, now) = with_timers(timers);
    (Box::leak(Box::new(engine)), Box::leak(Box::new(ticket)), now)
}

// Everything that is due at once.
#[library_benchmark]
#[bench::steps_1000(args = (1_000), setup = steps_due)]
#[bench::steps_2000(args = (2_000), setup = steps_due)]
#[bench::timers_500(args = (500), setup = timers_due)]
#[bench::timers_1000(args = (1_000), setup = timers_due)]
fn due_events((engine, ticket, now): Due) {
    black_box(engine.due_events(black_box(ticket), now).unwrap());
}

fn steps_happened(steps: u32) -> &'static [Event] {
    let (engine, ticket, now) = stepped(steps);
    let mut history = sla_benches::opened(&engine);
    history.extend(engine.due_events(&ticket, now).unwrap().events).unwrap();
    history.events().to_vec().leak()
}

// Steps that happened.
#[library_benchmark]
#[bench::steps_1000(args = (1_000), setup = steps_happened)]
#[bench::steps_2000(args = (2_000), setup = steps_happened)]
fn fold_steps(events: &'static [Event]) {
    black_box(History::new(black_box(events).to_vec()).unwrap());
}

fn steps_to_verify(steps: u32) -> Recorded {
    let (engine, ..) = stepped(steps);
    let history = History::new(steps_happened(steps).to_vec()).unwrap();
    (Box::leak(Box::new(engine)), Box::leak(Box::new(history)))
}

// Steps that happened, made again.
#[library_benchmark]
#[bench::steps_1000(args = (1_000), setup = steps_to_verify)]
#[bench::steps_2000(args = (2_000), setup = steps_to_verify)]
fn verify_steps((engine, history): Recorded) {
    assert!(engine.verify(black_box(history), None).unwrap().is_verified());
}

type Stored = (&'static Engine, String, sla_core::ticket::Actor);

fn stored(events: usize) -> Stored {
    let engine = Box::leak(Box::new(engine()));
    // Kept, so that the question does not tidy up the memory of thousands of events.
    let grown = Box::leak(Box::new(grown(engine, events)));
    let snapshot = wire::snapshot::write(grown.ticket());
    (engine, snapshot, sla_core::ticket::Actor::new(sla_core::ticket::Role::Admin, "root"))
}

// What a host does for one command with an id: it reads a snapshot, decides, and writes the next.
#[library_benchmark]
#[bench::events_10(args = (10), setup = stored)]
#[bench::events_2000(args = (2_000), setup = stored)]
#[bench::events_4000(args = (4_000), setup = stored)]
fn request((engine, snapshot, admin): Stored) -> String {
    let ticket = wire::snapshot::read(black_box(&snapshot)).unwrap();
    let assign = r#"{"command": "assign", "agent": "ben", "command_id": "6f1c1a52-7d1e-4b44-9c07-aaaaaaaaaaaa"}"#;
    let assign = wire::command::read(assign).unwrap();
    let decision = engine.decide(&ticket, &assign, &admin, ticket.last_at).unwrap();
    wire::snapshot::write(&decision.into_result().unwrap().ticket)
}

library_benchmark_group!(
    name = calendar,
    benchmarks = [loop_alone, add, subtract, elapsed, is_open, next_open, next_close, compile_and_ask_ten_years]
);
library_benchmark_group!(
    name = ticket,
    benchmarks = [
        evaluate,
        decide,
        compile_seed,
        compile_large,
        read_history,
        verify_chain,
        fold,
        verify,
        evaluate_and_aggregate,
        ticket_rows,
        ticket_rows_of_one_event,
        what_if,
        columns,
        judge,
        add_up,
        import_log,
        aggregate_log
    ]
);

library_benchmark_group!(name = growth, benchmarks = [due_events, fold_steps, verify_steps, request]);

main!(library_benchmark_groups = calendar, ticket, growth);
