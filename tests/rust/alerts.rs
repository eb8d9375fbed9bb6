//! Alerts: worked out by hand, and against counting everything anew at every instant.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use sla_core::alert::{self, Alert, Alerts, Decided};
use sla_core::policy::{BurnObjective, Objectives};
use sla_core::ticket::{
    Actor, Change, CycleTerms, Due, Event, EventKind, EventRules, Message, Promised, RareList, Spent, Standing,
    StopCause, StopOutcome, TimerChange,
};
use sla_core::time::{BusinessDuration, Share, Timestamp};
use sla_core::{Digest, Engine, ErrorCode, Id, wire};
use sla_tests::stories::{self, RULES};

const TALKABIZ: &str = include_str!("../../examples/talkabiz.json");

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn lasting(micros: i64) -> BusinessDuration {
    BusinessDuration::from_micros(micros).unwrap()
}

/// What becomes of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Met,
    Breached,
    GoesOn,
}

fn event(ticket: u8, at: i64, turn: Turn) -> Event {
    let digest = Digest::of(b"policy");
    let changed = |change| vec![TimerChange { timer: id("resolution"), cycle: 1, change }];
    let stopped = Change::Stopped {
        outcome: StopOutcome::Met,
        cause: StopCause::Resolve,
        spent: Spent { elapsed: lasting(1), used: lasting(1), remaining: Some(lasting(1)), overdue: lasting(0) },
    };
    let standing = Standing::Due(Due::OutOfHorizon);
    let promise = Promised { target: lasting(2), used: lasting(1), standing, computed_due_at: None };
    let resumed = Change::Resumed {
        started_at: Timestamp::from_micros(0),
        terms: CycleTerms { package: id("starter"), severity: None, category: None },
        elapsed: lasting(1),
        promise: Some(Box::new(promise)),
    };
    let message = Message { message_ref: id("m"), content_sha256: digest };
    let (kind, changes) = match turn {
        Turn::Met => (EventKind::Resolved { message: Some(message), inactivity: None }, changed(stopped)),
        Turn::Breached => (EventKind::Breached { timer: id("resolution"), cycle: 1, target: lasting(2) }, Vec::new()),
        Turn::GoesOn => (
            EventKind::Reopened { channel: None, reason: Some("again".to_owned()), received_at: None },
            changed(resumed),
        ),
    };
    Event {
        ticket: id(&format!("T-{ticket}")),
        seq: 1,
        at: Timestamp::from_micros(at),
        actor: Arc::new(Actor::system()),
        via: None,
        rules: Arc::new(EventRules { policy_digest: digest, rules_digest: digest }),
        command: None,
        kind,
        changes: changes.into(),
        promised: RareList::default(),
    }
}

fn objectives(long: i64, short: i64, threshold: &str, min_decided: u32) -> Objectives {
    Objectives {
        burn: vec![BurnObjective {
            timer: id("resolution"),
            objective: Share::parse("90%").unwrap(),
            long_window: lasting(long),
            short_window: lasting(short),
            threshold: Share::parse(threshold).unwrap(),
            min_decided,
        }],
        ..Objectives::default()
    }
}

fn degradations(alerts: &[Alert]) -> Vec<(i64, Decided, Decided)> {
    alerts
        .iter()
        .filter_map(|alert| match alert {
            Alert::PerformanceDegradation { at, long, short, .. } => Some((at.as_micros(), *long, *short)),
            _ => None,
        })
        .collect()
}

/// Counts anew at every instant from 0 to `until`.
fn counted_anew(events: &[(u8, i64, Turn)], objectives: &Objectives, until: i64) -> Vec<(i64, Decided, Decided)> {
    let burn = &objectives.burn[0];
    let mut fired = Vec::new();
    let mut burning = false;
    for now in 0..=until {
        let mut decided: Vec<(u8, i64, bool)> = Vec::new();
        for (ticket, at, turn) in events.iter().filter(|(_, at, _)| *at <= now) {
            match turn {
                Turn::Met => decided.push((*ticket, *at, false)),
                Turn::Breached => decided.push((*ticket, *at, true)),
                Turn::GoesOn => decided.retain(|(of, _, breached)| of != ticket || *breached),
            }
        }
        let within = |window: BusinessDuration| {
            let inside = decided.iter().filter(|(_, at, _)| *at > now - window.as_micros());
            let (mut all, mut broken) = (0_u64, 0_u64);
            for (_, _, breached) in inside {
                all += 1;
                broken += u64::from(*breached);
            }
            Decided { decided: all, breached: broken }
        };
        let (long, short) = (within(burn.long_window), within(burn.short_window));
        // Objective 90 %: a tenth may break. Burn = 10 × breached ÷ decided.
        let burns = |window: Decided| {
            window.decided > 0
                && window.breached * 10 * 1_000_000 >= u64::from(burn.threshold.as_millionths()) * window.decided
        };
        let now_burning = long.decided >= u64::from(burn.min_decided) && burns(long) && burns(short);
        if now_burning && !burning {
            fired.push((now, long, short));
        }
        burning = now_burning;
    }
    fired
}

/// Each ticket is met, may go on, and then is met again or breached; instants in order.
fn stream() -> impl Strategy<Value = Vec<(u8, i64, Turn)>> {
    vec((0..6_i64, 0..6_u8), 1..60).prop_map(|steps| {
        let (mut now, mut tickets) = (0, Vec::<(u8, Turn)>::new());
        let mut events = Vec::new();
        for (length, choice) in steps {
            now += length;
            let known = tickets.iter().position(|(_, last)| *last != Turn::Breached).filter(|_| choice < 3);
            let (ticket, turn) = match known {
                Some(at) => {
                    let (ticket, last) = tickets[at];
                    let turn = match (last, choice) {
                        (Turn::GoesOn, 0) => Turn::Breached,
                        (Turn::GoesOn, _) => Turn::Met,
                        _ => Turn::GoesOn,
                    };
                    tickets.remove(at);
                    (ticket, turn)
                }
                None => (u8::try_from(events.len()).unwrap(), if choice == 5 { Turn::Breached } else { Turn::Met }),
            };
            tickets.push((ticket, turn));
            events.push((ticket, now, turn));
        }
        events
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn degradation_is_that_of_counting_anew(
        events in stream(), long in 1..60_i64, short in 1..60_i64, threshold in 0..4_usize, least in 1..6_u32,
        calls in vec(any::<bool>(), 60)
    ) {
        let objectives = objectives(long.max(short), long.min(short), ["100%", "200%", "333.3333%", "1000%"][threshold], least);
        let mut alerts = Alerts::new(&objectives);
        let mut found = Vec::new();
        for (index, (ticket, at, turn)) in events.iter().enumerate() {
            // Asked in between, and with an event that comes twice, the answer is the same.
            if calls[index] && events.get(index.wrapping_sub(1)).is_some_and(|(_, last, _)| last < at) {
                found.extend(alerts.advance(Timestamp::from_micros(at - 1)));
            }
            let event = event(*ticket, *at, *turn);
            found.extend(alerts.observe(&event, None));
            if calls[index] && *turn != Turn::GoesOn {
                found.extend(alerts.observe(&event, None));
            }
            // Another process goes on from what this one stored.
            if calls[index] {
                alerts = wire::alert::read_memory(&objectives, wire::alert::write_memory(&alerts)).unwrap();
            }
        }
        let until = events.last().map_or(0, |(_, at, _)| at + 130);
        found.extend(alerts.advance(Timestamp::from_micros(until)));
        prop_assert_eq!(degradations(&found), counted_anew(&events, &objectives, until));
    }
}

#[test]
fn what_a_watch_remembers_is_checked_and_survives_another_policy() {
    let before = objectives(100, 10, "200%", 1);
    let mut alerts = Alerts::new(&before);
    for (ticket, at, turn) in [(0, 10, Turn::Met), (1, 95, Turn::Breached)] {
        alerts.observe(&event(ticket, at, turn), None);
    }
    let stored = wire::alert::write_memory(&alerts);
    // Other thresholds count the same cycles; other windows begin anew.
    let stricter = wire::alert::read_memory(&objectives(100, 10, "400%", 1), &stored).unwrap();
    assert_eq!(wire::alert::write_memory(&stricter), stored);
    let other = wire::alert::read_memory(&objectives(50, 10, "200%", 1), &stored).unwrap();
    assert!(wire::alert::write_memory(&other).contains(r#""cycles":[]"#));
    let code = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut document = serde_json::from_str(&stored).unwrap();
        change(&mut document);
        wire::alert::read_memory(&before, document.to_string()).unwrap_err().code().as_str()
    };
    let outside =
        |document: &mut serde_json::Value| document["burns"][0]["cycles"][0]["at"] = "1970-01-02T00:00:00Z".into();
    assert_eq!(code(&outside), "invalid_history");
    let twice = |document: &mut serde_json::Value| {
        document["burns"][0]["cycles"][1] = document["burns"][0]["cycles"][0].clone();
    };
    assert_eq!(code(&twice), "invalid_history");
    assert_eq!(code(&|document| document["schema"] = "sla-alerts/2".into()), "unsupported_schema");
    assert_eq!(code(&|document| document["burns"][0]["more"] = 1.into()), "unknown_field");
}

#[test]
fn burns_of_counts_are_those_of_the_watch() {
    let objectives = objectives(100, 10, "200%", 4);
    let counts = |text: &str| wire::alert::read_counts(text).unwrap();
    let at = Timestamp::from_micros;
    let all = counts(
        r#"{"resolution": [{"at_us": 10, "decided": 1, "breached": 0}, {"at_us": 20, "decided": 1, "breached": 0},
            {"at_us": 30, "decided": 1, "breached": 1}, {"at_us": 40, "decided": 1, "breached": 1}],
            "assignment": [{"at_us": 40, "decided": 9, "breached": 9}]}"#,
    );
    let rate = |now| alert::burns(&objectives, &all, at(now)).unwrap().remove(0);
    assert!(rate(40).burning && !rate(39).burning && !rate(50).burning);
    assert_eq!(
        (rate(40).long, rate(40).short),
        (Decided { decided: 4, breached: 2 }, Decided { decided: 1, breached: 1 })
    );
    assert_eq!(rate(110).long.decided, 3);
    assert_eq!(rate(9).long, Decided::default());
    let wrong = counts(r#"{"resolution": [{"at_us": 10, "decided": 1, "breached": 2}]}"#);
    let error = alert::burns(&objectives, &wrong, at(40)).unwrap_err();
    assert_eq!(error.code().as_str(), "limit_exceeded");
    assert!(error.message().ends_with("are breached than decided"), "{error}");

    // An engine takes the objectives of its newest revision, and counts of the timers of all its revisions.
    let text = |version: u32, timer: &str| {
        let mut policy: serde_json::Value = serde_json::from_str(TALKABIZ).unwrap();
        policy["version"] = version.into();
        policy["objectives"] = serde_json::json!({"burn": [{"timer": "resolution", "objective": "90%",
            "long_window": "1h", "short_window": "5m", "threshold": "200%", "min_decided": 4}]});
        policy["timers"] = serde_json::json!([{"id": timer, "starts_on": ["opened"], "stops_on": ["assigned"]}]);
        policy["packages"][0]["targets"][timer] = "2h".into();
        wire::policy::read(policy.to_string()).unwrap()
    };
    let engine = Engine::compile_revisions([text(1, "pickup"), text(2, "triage")]).unwrap();
    let burns = engine.burns(&all, at(40)).unwrap();
    assert_eq!(burns, alert::burns(&engine.policy().objectives, &all, at(40)).unwrap());
    assert_eq!(burns.len(), 1);
    for (timer, is_known) in [("pickup", true), ("triage", true), ("first_reply", false)] {
        let found = engine.burns(&counts(&format!(r#"{{"{timer}": []}}"#)), at(40));
        assert_eq!(
            found.map(|_| ()).map_err(|error| error.code()),
            if is_known { Ok(()) } else { Err(ErrorCode::UnknownTimer) }
        );
    }
}

#[test]
fn a_budget_that_burns_alarms_once_until_it_is_quiet_again() {
    // A tenth may break; twice that rate alarms: one of five. At least four cycles in the long window of 100.
    let objectives = objectives(100, 10, "200%", 4);
    let mut alerts = Alerts::new(&objectives);
    let mut found = Vec::new();
    let turns = [
        (0, 10, Turn::Met),
        (1, 20, Turn::Met),
        // One of three: too few cycles.
        (2, 30, Turn::Breached),
        // One of four in (−60, 40], one of one in (30, 40].
        (3, 40, Turn::Breached),
        // Still burning: no second alert.
        (4, 45, Turn::Breached),
    ];
    for (ticket, at, turn) in turns {
        found.extend(alerts.observe(&event(ticket, at, turn), None));
    }
    found.extend(alerts.advance(Timestamp::from_micros(54)));
    let expected = (40, Decided { decided: 4, breached: 2 }, Decided { decided: 1, breached: 1 });
    assert_eq!(degradations(&found), [expected]);
    // At 55 the short window is empty: quiet. The next breach alarms again.
    let mut found = alerts.observe(&event(5, 60, Turn::Breached), None);
    found.extend(alerts.advance(Timestamp::from_micros(60)));
    assert_eq!(degradations(&found).len(), 1);
    // A late event counts at its own instant.
    assert_eq!(alerts.observe(&event(6, 57, Turn::Met), None), []);
    let document: serde_json::Value = serde_json::from_str(&wire::alert::write(&found[0])).unwrap();
    assert_eq!(document["long"], serde_json::json!({"window_us": 100, "decided": 6, "breached": 4}));
    assert_eq!(document["alert"], "performance_degradation");
}

#[test]
fn a_cycle_is_counted_once_at_an_instant_whatever_its_events_say() {
    let objectives = objectives(100, 10, "1000%", 1);
    for turns in [[Turn::Met, Turn::Breached], [Turn::Breached, Turn::Met]] {
        let mut alerts = Alerts::new(&objectives);
        let mut once = Alerts::new(&objectives);
        for turn in turns {
            alerts.observe(&event(1, 10, turn), None);
        }
        once.observe(&event(1, 10, turns[0]), None);
        assert_eq!(alerts.memory(), once.memory());
        // The cycle leaves both windows as it was counted.
        let after = Timestamp::from_micros(200);
        assert_eq!(alerts.advance(after), once.advance(after));
        assert_eq!(alerts.memory(), once.memory());
    }
}

#[test]
fn warnings_critical_escalations_and_lag_are_alerts() {
    let objectives = Objectives {
        critical_level: Some(2),
        monitor_lag: Some(BusinessDuration::from_secs(60)),
        ..Objectives::default()
    };
    let (mut warned, mut escalated, mut critical) = (0, 0, 0);
    for told in stories::tell(RULES) {
        let Some(history) = told.history else { continue };
        for event in history.events() {
            let mut alerts = Alerts::new(&objectives);
            let late = |micros| Some(Timestamp::from_micros(event.at.as_micros() + micros));
            assert!(alerts.observe(event, late(60_000_000)).iter().all(|alert| alert.name() != "monitor_lag"));
            let found = alerts.observe(event, late(60_000_001));
            let lags = found.iter().any(|alert| alert.name() == "monitor_lag");
            assert_eq!(lags, *event.actor == Actor::system(), "{:?}", event.kind);
            let names: Vec<&str> = found.iter().map(Alert::name).filter(|name| *name != "monitor_lag").collect();
            match &event.kind {
                EventKind::Warned(_) => {
                    warned += 1;
                    assert_eq!(names, ["breach_warning"]);
                }
                EventKind::Escalated(escalation) if escalation.level >= 2 => {
                    critical += 1;
                    assert_eq!(names, ["critical_escalation"]);
                }
                EventKind::Escalated(_) => {
                    escalated += 1;
                    assert_eq!(names, Vec::<&str>::new());
                }
                _ => assert_eq!(names, Vec::<&str>::new()),
            }
            for alert in &found {
                let document: serde_json::Value = serde_json::from_str(&wire::alert::write(alert)).unwrap();
                assert_eq!(document["alert"], alert.name());
                assert_eq!(document["ticket"], "T");
                assert!(document["text"].as_str().unwrap().contains("ticket T"), "{document}");
            }
        }
    }
    assert!(warned > 0 && escalated > 0 && critical > 0);
}
