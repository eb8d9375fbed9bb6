//! The monitor against an ordered set: the same answers after any insertions, moves, removals and advances.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use sla_core::monitor::{DueTicket, Monitor};
use sla_core::time::Timestamp;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

#[derive(Debug, Clone)]
enum Step {
    Insert(u8, Option<i64>),
    Remove(u8),
    Advance(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (any::<u8>(), proptest::option::weighted(0.9, 0..60_i64)).prop_map(|(id, at)| Step::Insert(id, at)),
        2 => any::<u8>().prop_map(Step::Remove),
        1 => (0..70_i64).prop_map(Step::Advance),
    ]
}

/// What a monitor is, slowly.
#[derive(Default)]
struct Slow {
    held: BTreeMap<u8, i64>,
}

impl Slow {
    fn order(&self) -> BTreeSet<(i64, u8)> {
        self.held.iter().map(|(id, at)| (*at, *id)).collect()
    }

    fn advance(&mut self, now: i64) -> Vec<DueTicket<u8>> {
        let due: Vec<_> = self.order().into_iter().take_while(|(at, _)| *at <= now).collect();
        self.held.retain(|_, at| *at > now);
        due.into_iter().map(|(at_us, ticket)| DueTicket { ticket, at: at(at_us) }).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn every_answer_is_that_of_an_ordered_set(steps in vec(step(), 1..300)) {
        let (mut monitor, mut slow) = (Monitor::new(), Slow::default());
        for step in steps {
            match step {
                Step::Insert(id, until) => {
                    let before = match until {
                        Some(until) => slow.held.insert(id, until),
                        None => slow.held.remove(&id),
                    };
                    prop_assert_eq!(monitor.insert(id, until.map(at)), before.map(at));
                }
                Step::Remove(id) => prop_assert_eq!(monitor.remove(&id), slow.held.remove(&id).map(at)),
                Step::Advance(now) => prop_assert_eq!(monitor.advance(at(now)), slow.advance(now)),
            }
            prop_assert_eq!(monitor.next_wakeup(), slow.order().first().map(|(first, _)| at(*first)));
            prop_assert_eq!((monitor.len(), monitor.is_empty()), (slow.held.len(), slow.held.is_empty()));
        }
        // Rebuilt from rows, it goes on the same.
        let rebuilt: Monitor<u8> = slow.held.iter().map(|(id, until)| (*id, Some(at(*until)))).collect();
        let everything = slow.advance(i64::MAX);
        prop_assert_eq!(rebuilt.clone().advance(at(i64::MAX)), everything.clone());
        prop_assert_eq!(monitor.advance(at(i64::MAX)), everything);
    }
}

#[test]
fn lag_is_from_the_instant_to_its_detection() {
    let due = DueTicket { ticket: 1, at: at(5) };
    assert_eq!((due.lag_us(at(12)), due.lag_us(at(5))), (7, 0));
}
