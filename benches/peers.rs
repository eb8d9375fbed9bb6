//! The same questions to other libraries in one run, their answers compared first. A sample answers 1,024 of them.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use jiff_0_2::civil::{Date, time};
use jiff_0_2::{SignedDuration, Timestamp as Instant};
use sla_benches::{BATCH, ZONE, holidays, instants, length, office};
use sla_core::time::BusinessDuration;

const TARGETS: [&str; 2] = ["15m", "720h"];

fn dates() -> impl Iterator<Item = Date> {
    holidays().map(|date| date.to_string().parse().unwrap())
}

fn ule_hours() -> ule_hours::Schedule {
    let builder = ule_hours::Schedule::builder(ZONE).unwrap().mon_fri("08:00-12:00, 13:00-17:00").unwrap();
    dates().fold(builder, ule_hours::Builder::closed_on).build()
}

fn workclock() -> workclock::Schedule {
    let days = workclock::Weekdays::MON_TO_FRI;
    workclock::Schedule::builder()
        .time_zone(ZONE)
        .rule(workclock::WorkDay::new(time(8, 0, 0, 0), time(17, 0, 0, 0), days))
        .rule(workclock::Break::new(time(12, 0, 0, 0), time(13, 0, 0, 0), days))
        .rule(workclock::Holidays::new(dates()))
        .build()
        .unwrap()
}

fn starts() -> Vec<Instant> {
    instants().iter().map(|at| Instant::from_microsecond(at.as_micros()).unwrap()).collect()
}

fn signed(target: BusinessDuration) -> SignedDuration {
    SignedDuration::from_micros(target.as_micros())
}

/// Prints how many answers are the same.
fn compare() {
    let (office, ule, clock) = (office(), ule_hours(), workclock());
    for target in TARGETS.map(length) {
        let (mut same_ule, mut same_clock) = (0, 0);
        for (at, start) in instants().into_iter().zip(starts()) {
            let ours = office.add(at, target).unwrap().as_micros();
            same_ule += usize::from(ule.add(start, signed(target)).unwrap().as_microsecond() == ours);
            same_clock += usize::from(clock.add(start, signed(target)).unwrap().as_microsecond() == ours);
        }
        println!("add {target}: of {BATCH} answers, ule-hours agrees on {same_ule}, workclock on {same_clock}");
    }
}

fn main() {
    compare();
    divan::main();
}

#[divan::bench(args = TARGETS)]
fn add_sla_core(bencher: Bencher, target: &str) {
    let (office, starts, target) = (office(), instants(), length(target));
    bencher.counter(ItemsCount::new(BATCH)).bench(|| {
        for at in &starts {
            black_box(office.add(black_box(*at), black_box(target)).unwrap());
        }
    });
}

#[divan::bench(args = TARGETS, sample_count = 10)]
fn add_ule_hours(bencher: Bencher, target: &str) {
    let (office, starts, target) = (ule_hours(), starts(), signed(length(target)));
    bencher.counter(ItemsCount::new(BATCH)).bench(|| {
        for at in &starts {
            black_box(office.add(black_box(*at), black_box(target)).unwrap());
        }
    });
}

#[divan::bench(args = TARGETS, sample_count = 10)]
fn add_workclock(bencher: Bencher, target: &str) {
    let (office, starts, target) = (workclock(), starts(), signed(length(target)));
    bencher.counter(ItemsCount::new(BATCH)).bench(|| {
        for at in &starts {
            black_box(office.add(black_box(*at), black_box(target)).unwrap());
        }
    });
}
