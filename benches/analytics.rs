//! Figures over many tickets: folded histories, and what another policy would have done.

use divan::Bencher;
use divan::counter::ItemsCount;
use sla_benches::{candidate, engine, history, kinds, wide_now, wide_rows};
use sla_core::analytics::{Aggregate, Dimension, Grouping, PeriodUnit};
use sla_core::calendar::ZoneDatabase;
use sla_core::columns::{Plan, TimerColumns};
use sla_core::ticket::Ticket;
use sla_core::time::Timestamp;
use sla_core::what_if::WhatIf;

fn main() {
    divan::main();
}

fn grouping() -> Grouping {
    let dimensions = [Dimension::Package, Dimension::Agent];
    Grouping::by(&dimensions).with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded()).unwrap()
}

/// Fold, evaluate and add one history of 20 events; items are events.
#[divan::bench]
fn fold_evaluate_aggregate(bencher: Bencher) {
    let engine = engine();
    let history = history(&engine);
    let now = Timestamp::from_micros(history.ticket().last_at.as_micros() + 1_000_000);
    let mut aggregate = Aggregate::new(grouping());
    bencher.counter(ItemsCount::new(history.events().len())).bench_local(|| {
        let (opening, rest) = history.events().split_first().unwrap();
        let mut ticket = Ticket::open(opening).unwrap();
        rest.iter().for_each(|event| ticket.apply(event).unwrap());
        let evaluation = engine.evaluate(&ticket, now).unwrap();
        aggregate.add(&engine, &history, &evaluation).unwrap();
    });
}

/// The same without folding anew.
#[divan::bench]
fn evaluate_aggregate(bencher: Bencher) {
    let engine = engine();
    let history = history(&engine);
    let now = Timestamp::from_micros(history.ticket().last_at.as_micros() + 1_000_000);
    let mut aggregate = Aggregate::new(grouping());
    bencher.counter(ItemsCount::new(history.events().len())).bench_local(|| {
        aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), now).unwrap()).unwrap();
    });
}

/// One evaluation of a history of 20 events: the cost that a what-if is measured by.
#[divan::bench]
fn fold_evaluate(bencher: Bencher) {
    let engine = engine();
    let history = history(&engine);
    let now = Timestamp::from_micros(history.ticket().last_at.as_micros() + 1_000_000);
    bencher.bench_local(|| {
        let (opening, rest) = history.events().split_first().unwrap();
        let mut ticket = Ticket::open(opening).unwrap();
        rest.iter().for_each(|event| ticket.apply(event).unwrap());
        engine.evaluate(&ticket, now).unwrap()
    });
}

/// The folded history under its own rules and under a candidate with shorter targets.
#[divan::bench]
fn what_if(bencher: Bencher) {
    let engine = engine();
    let candidate = candidate();
    let history = history(&engine);
    let now = Timestamp::from_micros(history.ticket().last_at.as_micros() + 1_000_000);
    let mut what_if = WhatIf::new(&engine, &candidate);
    bencher.bench_local(|| what_if.add(&history, now).unwrap());
}

/// The rows of one measurement.
const ROWS: usize = 1_000_000;
const TIMERS: [&str; 2] = ["first_response", "resolution"];

/// One or two timers of each row, by package and week; items are rows.
#[divan::bench(args = [1, 2], sample_count = 20)]
fn columns_aggregate(bencher: Bencher, timers: usize) {
    let engine = engine();
    let plan = Plan::new(&engine, &TIMERS[..timers], &kinds()).unwrap();
    let wide = wide_rows(ROWS);
    let weekly =
        Grouping::by(&[Dimension::Package]).with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded());
    let weekly = weekly.unwrap();
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let mut figures = plan.figures(weekly.clone());
        let refused = figures.add(&wide.rows(), wide_now()).unwrap();
        (refused, figures.into_aggregate().unwrap())
    });
}

/// The answers for one or two timers of each row; items are rows.
#[divan::bench(args = [1, 2], sample_count = 20)]
fn columns_evaluate(bencher: Bencher, timers: usize) {
    let engine = engine();
    let plan = Plan::new(&engine, &TIMERS[..timers], &kinds()).unwrap();
    let wide = wide_rows(ROWS);
    let mut answers: Vec<Answers> = (0..timers).map(|_| Answers::new(ROWS)).collect();
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let mut columns: Vec<TimerColumns<'_>> = answers.iter_mut().map(Answers::columns).collect();
        plan.evaluate(&wide.rows(), wide_now(), &mut columns).unwrap()
    });
}

struct Answers([Vec<i64>; 4], Vec<u8>);

impl Answers {
    fn new(count: usize) -> Self {
        Self([0, 1, 2, 3].map(|_| vec![0; count]), vec![0; count])
    }

    fn columns(&mut self) -> TimerColumns<'_> {
        let [due_us, warn_us, elapsed_us, overdue_us] = &mut self.0;
        TimerColumns { due_us, warn_us, state: &mut self.1, elapsed_us, overdue_us }
    }
}
