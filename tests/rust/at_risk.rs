//! The list of promises at risk against sorting everything, and in parts.

use proptest::collection::vec;
use proptest::prelude::*;
use sla_core::Id;
use sla_core::at_risk::{AtRisk, OpenPromise};
use sla_core::engine::{Activity, Class, CycleEvaluation, Evaluation, Outcome, TimerEvaluation};
use sla_core::ticket::{Due, Status};
use sla_core::time::{BusinessDuration, Timestamp};

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn cycle(remaining: i64, activity: Activity, outcome: Outcome) -> CycleEvaluation {
    let length = |micros| BusinessDuration::from_micros(micros).unwrap();
    let due = (activity == Activity::Running).then_some(Due::At(Timestamp::from_micros(remaining / 2)));
    CycleEvaluation {
        number: 1,
        outcome,
        activity,
        started_at: Timestamp::from_micros(0),
        stopped_at: None,
        class: Class::Running,
        cancelled_by: None,
        channel: id("email"),
        target: Some(length(1_000)),
        calendar: id("always"),
        due,
        breached_at: None,
        due_if_resumed_now: None,
        elapsed: length(0),
        used: length(0),
        remaining: Some(length(remaining)),
        overdue: length(if outcome == Outcome::Breached { remaining / 2 } else { 0 }),
        used_share_millionths: Some(0),
        provisional: false,
    }
}

fn evaluation(cycles: Vec<CycleEvaluation>) -> Evaluation {
    Evaluation {
        now: Timestamp::from_micros(0),
        status: Status::Open,
        age_us: 0,
        timers: vec![TimerEvaluation { timer: id("resolution"), cycles, terms: None }],
        next_check_at: None,
        due_events: Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn the_list_is_the_beginning_of_everything_sorted(
        left in vec((0..50_i64, 0..5_u8), 0..60), most in 0..20_usize, cut in 0..60_usize, breached in any::<bool>()
    ) {
        let kinds = [
            (Activity::Running, Outcome::None),
            (Activity::Paused, Outcome::None),
            (Activity::Running, Outcome::Breached),
            (Activity::Stopped, Outcome::Met),
            (Activity::Running, Outcome::None),
        ];
        let tickets: Vec<_> = left.iter().enumerate().map(|(number, (left, kind))| {
            let (activity, outcome) = kinds[usize::from(*kind)];
            (id(&format!("T-{number}")), evaluation(vec![cycle(*left, activity, outcome)]))
        }).collect();
        let list = |tickets: &[(Id, Evaluation)], most| {
            let mut list = if breached { AtRisk::worklist(most) } else { AtRisk::new(most) };
            tickets.iter().for_each(|(ticket, evaluation)| list.add(ticket, evaluation));
            list
        };
        let everything: Vec<OpenPromise> = list(&tickets, usize::MAX).into_sorted();
        let open = left.iter().filter(|(_, kind)| [0, 1, 4].contains(kind) || (breached && *kind == 2)).count();
        prop_assert_eq!(everything.len(), open);
        prop_assert!(everything.is_sorted());
        prop_assert!(everything.iter().all(|promise| promise.is_paused == promise.due_at.is_none()));
        // Breached promises come first, the longest overdue on top.
        let first = everything.iter().take_while(|promise| promise.is_breached).map(|promise| promise.overdue);
        let first: Vec<_> = first.collect();
        prop_assert!(first.is_sorted_by(|a, b| a >= b));
        prop_assert!(everything[first.len()..].iter().all(|promise| !promise.is_breached));
        let expected = &everything[..most.min(everything.len())];
        prop_assert_eq!(list(&tickets, most).into_sorted(), expected);
        let (one, other) = tickets.split_at(cut.min(tickets.len()));
        let mut merged = list(other, most);
        merged.merge(list(one, most));
        prop_assert_eq!(merged.into_sorted(), expected);
    }
}
