//! Calendar questions at random instants of ten years, pages built. A sample answers 1,024 of them.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use sla_benches::{BATCH, instants, length, office};
use sla_core::calendar::Calendar;
use sla_core::time::Timestamp;

fn main() {
    divan::main();
}

fn each<T>(bencher: Bencher, question: impl Fn(&Calendar, Timestamp) -> T + Sync) {
    let (office, instants) = (office(), instants());
    bencher.counter(ItemsCount::new(BATCH)).bench(|| {
        for at in &instants {
            black_box(question(black_box(&office), black_box(*at)));
        }
    });
}

#[divan::bench(args = ["15m", "8h", "720h"])]
fn add(bencher: Bencher, target: &str) {
    let target = length(target);
    each(bencher, |office, at| office.add(at, target));
}

#[divan::bench(args = ["15m", "720h"])]
fn subtract(bencher: Bencher, target: &str) {
    let target = length(target);
    each(bencher, |office, at| office.subtract(at, target));
}

#[divan::bench(args = [1, 24 * 365])]
fn elapsed_hours(bencher: Bencher, hours: i64) {
    each(bencher, |office, at| office.elapsed(at, Timestamp::from_micros(at.as_micros() + hours * 3_600_000_000)));
}

#[divan::bench]
fn is_open(bencher: Bencher) {
    each(bencher, Calendar::is_open);
}

#[divan::bench]
fn next_open(bencher: Bencher) {
    each(bencher, Calendar::next_open);
}

#[divan::bench]
fn next_close(bencher: Bencher) {
    each(bencher, Calendar::next_close);
}
