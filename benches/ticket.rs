//! One ticket of 20 events: folding them, and evaluating the folded state.

use divan::Bencher;
use divan::counter::ItemsCount;
use sla_benches::{engine, history};
use sla_core::ticket::Ticket;
use sla_core::time::Timestamp;

fn main() {
    divan::main();
}

#[divan::bench]
fn evaluate(bencher: Bencher) {
    let engine = engine();
    let history = history(&engine);
    let now = Timestamp::from_micros(history.ticket().last_at.as_micros() + 1_000_000);
    bencher.bench(|| engine.evaluate(history.ticket(), now).unwrap());
}

#[divan::bench]
fn next_check_at(bencher: Bencher) {
    let engine = engine();
    let history = history(&engine);
    bencher.bench(|| engine.next_check_at(history.ticket()).unwrap());
}

/// Items are events.
#[divan::bench]
fn fold(bencher: Bencher) {
    let history = history(&engine());
    let (opening, rest) = history.events().split_first().unwrap();
    bencher.counter(ItemsCount::new(history.events().len())).bench(|| {
        let mut ticket = Ticket::open(opening).unwrap();
        for event in rest {
            ticket.apply(event).unwrap();
        }
        ticket
    });
}
