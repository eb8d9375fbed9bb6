//! A monitor of many open tickets with numbers as ids, due at random instants of a month.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use sla_core::monitor::Monitor;
use sla_core::time::Timestamp;

/// Tickets inserted, or taken out and inserted again, in one sample.
const BATCH: usize = 1_000;
const MONTH_US: u64 = 30 * 86_400 * 1_000_000;

fn main() {
    divan::main();
}

struct Random(u64);

impl Random {
    fn instant(&mut self, from: u64) -> Timestamp {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Timestamp::from_micros(i64::try_from(from + (self.0 >> 16) % MONTH_US).unwrap())
    }
}

fn monitor(held: usize, random: &mut Random) -> Monitor<u64> {
    (0..held).map(|ticket| (u64::try_from(ticket).unwrap(), Some(random.instant(0)))).collect()
}

#[divan::bench(args = [100_000, 1_000_000, 10_000_000], sample_count = 20)]
fn insert(bencher: Bencher, held: usize) {
    let mut random = Random(1);
    let mut monitor = monitor(held, &mut random);
    let mut next = u64::try_from(held).unwrap();
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        for _ in 0..BATCH {
            monitor.insert(black_box(next), Some(random.instant(0)));
            next += 1;
        }
    });
}

/// The clock goes on until about a thousand tickets are due; each is inserted again.
#[divan::bench(args = [100_000, 1_000_000, 10_000_000], sample_count = 20)]
fn advance_and_insert_again(bencher: Bencher, held: usize) {
    let mut random = Random(1);
    let mut monitor = monitor(held, &mut random);
    let step = MONTH_US * u64::try_from(BATCH).unwrap() / u64::try_from(held).unwrap();
    let mut now = 0;
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        now += step;
        for due in monitor.advance(Timestamp::from_micros(i64::try_from(now).unwrap())) {
            monitor.insert(due.ticket, Some(random.instant(now)));
        }
    });
}
