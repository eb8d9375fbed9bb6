//! Random streams of commands: every answer is that of the slow ticket, and the laws of histories hold.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use sla_core::engine::{Activity, Decision, Outcome};
use sla_core::explain::{Segment, SegmentKind};
use sla_core::ledger::LedgerEntry;
use sla_core::ticket::{
    Actor, Apply, CloseCause, Command, CommandKind, EscalationTrigger, Event, EventKind, History, MessageRef,
    PauseStatus, ResumeCause, Role, Ticket,
};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, wire};
use sla_tests::oracle::Oracle;
use sla_tests::streams::{
    HOUR, PACKAGES, Turn, When, actors, at, cases, engine, instant, message, opened, run, stream,
};
use sla_tests::timer_oracle::{Cycle, Phase, Promise, Rules, StepTime, stand};

const CALENDARS: [&str; 3] = ["office", "always", "nights"];

/// The same rules for the slow ticket.
fn slow_rules(engine: &Engine) -> Rules {
    let policy = engine.policy();
    let (first, last) = (NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), NaiveDate::from_ymd_opt(2028, 3, 1).unwrap());
    let calendars = CALENDARS.map(|name| Oracle::new(&policy.calendars[name], first, last));
    // Minutes, in the order of the timers' names.
    let promise = |calendar, [assignment, first_response, next_response, resolution, update]: [i64; 5]| {
        let targets = [
            ("assignment", assignment),
            ("first_response", first_response),
            ("next_response", next_response),
            ("resolution", resolution),
            ("update", update),
        ];
        Promise { calendar, targets: targets.map(|(timer, minutes)| (timer, minutes * HOUR / 60)).into() }
    };
    let mut packages = BTreeMap::from([
        ("a", promise(0, [90, 120, 240, 660, 180])),
        ("b", promise(1, [20, 60, 30, 540, 1_560])),
        ("c", promise(2, [480, 210, 0, 1_140, 60])),
    ]);
    packages.get_mut("c").unwrap().targets.insert("next_response", 1_000_000);
    Rules {
        calendars: calendars.into_iter().collect(),
        packages,
        steps: BTreeMap::from([
            (
                "resolution",
                vec![("half", StepTime::Percent(50)), ("most", StepTime::Percent(90)), ("late", StepTime::After(HOUR))],
            ),
            ("first_response", vec![("soon", StepTime::Percent(75))]),
            ("update", vec![("much later", StepTime::After(10 * HOUR))]),
        ]),
    }
}

/// Plays a stream. Calls `see` after every turn with the history so far and the instant.
fn play(
    engine: &Engine,
    package: &str,
    turns: &[Turn],
    mut see: impl FnMut(&History, Timestamp) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut now = Timestamp::parse("2026-03-25T09:17:00Z").unwrap();
    let mut history = opened(engine, package, now);
    let mut watched = history.clone();
    see(&history, now)?;
    for turn in turns {
        let before = now;
        let next = engine.evaluate(history.ticket(), now).unwrap().next_check_at;
        now = instant(turn.when, now, next);
        // The slow ticket does not know what a change of package does to a resolved ticket.
        let status = engine.evaluate(history.ticket(), now).unwrap().status;
        if matches!(turn.command, CommandKind::ChangePackage { .. }) && status.as_str() == "resolved" {
            continue;
        }
        if let Some(share) = turn.look {
            let look = at(before.as_micros() + (now.as_micros() - before.as_micros()) / 1_000 * share);
            let found = engine.due_events(watched.ticket(), look.max(watched.ticket().last_at)).unwrap().events;
            watched.extend(found).unwrap();
        }
        let actor = &actors()[turn.actor];
        let command = Command::from(turn.command.clone());
        let decisions = [&history, &watched].map(|seen| engine.decide(seen.ticket(), &command, actor, now).unwrap());
        match decisions {
            [Decision::Accepted(one), Decision::Accepted(other)] => {
                prop_assert_eq!(&one.ticket, &other.ticket);
                history.extend(one.events).unwrap();
                watched.extend(other.events).unwrap();
                prop_assert_eq!(&history, &watched, "the monitor's instants show");
            }
            [Decision::Refused(one), Decision::Refused(other)] => prop_assert_eq!(one, other),
            decisions => prop_assert!(false, "one is accepted, the other refused: {:?}", decisions),
        }
        see(&history, now)?;
    }
    Ok(())
}

#[test]
fn every_timer_stands_where_the_slow_ticket_says() {
    let engine = engine();
    let rules = slow_rules(&engine);
    let compared = std::cell::Cell::new(0_u64);
    run(cases(3_000), &stream(), |(package, turns)| {
        play(&engine, PACKAGES[package], &turns, |history, now| {
            for later in [0, 1, 7 * HOUR / 2, 60 * HOUR] {
                let now = at(now.as_micros() + later);
                compare(&engine, &rules, history, now)?;
                compared.set(compared.get() + 1);
            }
            Ok(())
        })
    });
    println!("{} tickets compared", compared.get());
    assert!(compared.get() > 100_000);
}

#[test]
fn a_change_after_a_retroactive_one_counts_later_steps_from_its_own_due() {
    let engine = engine();
    let rules = slow_rules(&engine);
    let turn = |when, actor, command| Turn { when, actor, command, look: None };
    let package = |package: &str, apply| CommandKind::ChangePackage {
        package: package.to_owned(),
        apply,
        reason: "because".to_owned(),
    };
    let reply = CommandKind::Reply { channel: "email".to_owned(), message: message(), automatic: false };
    let turns = [
        turn(When::After(29_294_052_963), 2, CommandKind::Assign { agent: Some("ana".to_owned()), team: None }),
        turn(When::After(64_305_947_038 + 9_780_000_000), 1, reply),
        turn(When::NextCheck(-1), 2, package("c", Apply::Retroactive)),
        turn(When::After(0), 2, package("b", Apply::FromNow)),
    ];
    let look = |history: &History, now: Timestamp| {
        [0, 60 * HOUR].into_iter().try_for_each(|later| compare(&engine, &rules, history, at(now.as_micros() + later)))
    };
    play(&engine, "b", &turns, look).unwrap();
}

/// Compares everything that the engine says of a ticket as of `now`.
fn compare(engine: &Engine, rules: &Rules, history: &History, now: Timestamp) -> Result<(), TestCaseError> {
    let evaluation = engine.evaluate(history.ticket(), now).unwrap();
    let events = [history.events(), &evaluation.due_events].concat();
    let slow = stand(rules, &events, now.as_micros());
    for timer in &evaluation.timers {
        let expected = &slow[timer.timer.as_str()];
        prop_assert_eq!(timer.cycles.len(), expected.len(), "{} at {}", timer.timer, now);
        let latest = expected.last();
        prop_assert_eq!(timer.due_at().map(Timestamp::as_micros), latest.and_then(|cycle| cycle.due_at));
        let state = match latest.map(|cycle| (cycle.breached, cycle.phase)) {
            None => "not_started",
            Some((true, _)) => "breached",
            Some((false, Phase::Running(_))) => "running",
            Some((false, Phase::Paused)) => "paused",
            Some((false, Phase::Stopped(_))) => "met",
            Some((false, Phase::Cancelled(_))) => "cancelled",
        };
        prop_assert_eq!(timer.state().as_str(), state, "{} at {}", timer.timer, now);
        for (found, expected) in timer.cycles.iter().zip(expected) {
            let phase = match (found.activity, found.outcome, found.stopped_at.map(Timestamp::as_micros)) {
                (Activity::Running, ..) => "running".to_owned(),
                (Activity::Paused, ..) => "paused".to_owned(),
                (_, Outcome::Cancelled, Some(stopped_at)) => format!("cancelled {stopped_at}"),
                (_, _, Some(stopped_at)) => format!("stopped {stopped_at}"),
                other => format!("{other:?}"),
            };
            let phase_expected = match expected.phase {
                Phase::Running(_) => "running".to_owned(),
                Phase::Paused => "paused".to_owned(),
                Phase::Stopped(stopped_at) => format!("stopped {stopped_at}"),
                Phase::Cancelled(stopped_at) => format!("cancelled {stopped_at}"),
            };
            let what = format!("{} {} at {now}", timer.timer, found.number);
            prop_assert_eq!(phase, phase_expected, "{}", what);
            let outcome = match expected.phase {
                _ if expected.breached => Outcome::Breached,
                Phase::Stopped(_) => Outcome::Met,
                Phase::Cancelled(_) => Outcome::Cancelled,
                Phase::Running(_) | Phase::Paused => Outcome::None,
            };
            prop_assert_eq!(found.outcome, outcome, "{}", what);
            prop_assert_eq!(found.due_at().map(Timestamp::as_micros), expected.due_at, "due of {}", what);
            prop_assert_eq!(found.started_at.as_micros(), expected.started_at, "start of {}", what);
            prop_assert_eq!(found.target.unwrap().as_micros(), expected.target, "target of {}", what);
            prop_assert_eq!(found.calendar.as_str(), CALENDARS[expected.calendar], "calendar of {}", what);
            prop_assert_eq!(found.elapsed.as_micros(), expected.elapsed, "elapsed of {}", what);
            prop_assert_eq!(found.remaining.unwrap().as_micros(), expected.remaining(), "remaining of {}", what);
            prop_assert_eq!(found.overdue.as_micros(), expected.overdue, "overdue of {}", what);
            let breached_at = expected.due_at.filter(|_| expected.breached);
            prop_assert_eq!(found.breached_at.map(Timestamp::as_micros), breached_at, "breach of {}", what);
            let mut fired = fired(&events, timer.timer.as_str(), found.number);
            fired.sort_unstable();
            let mut expected = expected_firings(expected);
            expected.sort_unstable();
            prop_assert_eq!(fired, expected, "steps of {}", what);
        }
    }
    check_limits(rules, &events)
}

/// The breach and the steps that the events say fired in a cycle, with their instants.
fn fired(events: &[Event], wanted: &str, number: u32) -> Vec<(String, i64)> {
    let name = |event: &Event| match &event.kind {
        EventKind::Breached { timer, cycle, .. } if timer.as_str() == wanted && *cycle == number => {
            Some("breached".to_owned())
        }
        EventKind::Warned(firing) if firing.timer.as_str() == wanted && firing.cycle == number => {
            Some(firing.step.to_string())
        }
        EventKind::Escalated(escalation) => {
            escalation.firing.as_ref().filter(|firing| firing.timer.as_str() == wanted && firing.cycle == number).map(
                |firing| match escalation.trigger {
                    EscalationTrigger::Breach => "escalated for the breach".to_owned(),
                    _ => firing.step.to_string(),
                },
            )
        }
        _ => None,
    };
    events.iter().filter_map(|event| Some((name(event)?, event.at.as_micros()))).collect()
}

fn expected_firings(cycle: &Cycle) -> Vec<(String, i64)> {
    let mut fired: Vec<_> = cycle.fired.iter().map(|(step, at)| ((*step).to_owned(), *at)).collect();
    if let Some(due) = cycle.due_at.filter(|_| cycle.breached) {
        fired.extend(["breached", "escalated for the breach"].map(|name| (name.to_owned(), due)));
    }
    fired
}

/// A first pause that ends by itself, and a ticket that closes by itself, do so at the instant that the rules give.
fn check_limits(rules: &Rules, events: &[Event]) -> Result<(), TestCaseError> {
    let mut package = "";
    let (mut ends_at, mut closes_at) = (None, None);
    for event in events {
        let add = |length: i64| rules.calendars[rules.packages[package].calendar].add(event.at.as_micros(), length);
        match &event.kind {
            EventKind::Opened { package: is, .. } | EventKind::PackageChanged { package: is, .. } => {
                package = is.as_str();
            }
            EventKind::Paused { .. } if ends_at.is_none() => ends_at = add(7 * HOUR).map(|ends_at| (ends_at, true)),
            EventKind::Resolved { .. } => {
                closes_at = add(40 * HOUR);
                ends_at = ends_at.map(|(ends_at, _)| (ends_at, false));
            }
            EventKind::Resumed { cause } => {
                if let Some((ends_at, true)) = ends_at
                    && *cause != ResumeCause::Command
                {
                    prop_assert_eq!(event.at.as_micros(), ends_at, "end of the first pause");
                }
                ends_at = ends_at.map(|(ends_at, _)| (ends_at, false));
            }
            // It ends a wait for the customer, and no other; what follows is not looked at.
            EventKind::CustomerMessaged { .. } => ends_at = ends_at.map(|(ends_at, _)| (ends_at, false)),
            // Both are activity on a resolved ticket.
            EventKind::Replied { .. } => closes_at = closes_at.and_then(|_| add(40 * HOUR)),
            EventKind::Escalated(escalation) if escalation.trigger == EscalationTrigger::Request => {
                closes_at = closes_at.and_then(|_| add(40 * HOUR));
            }
            EventKind::Closed { cause: CloseCause::Inactivity, .. } => {
                prop_assert_eq!(Some(event.at.as_micros()), closes_at, "the close of an inactive ticket");
            }
            _ => {}
        }
    }
    Ok(())
}

/// The parts of a derivation, without gap: what each counts, and where the last one ends.
fn sum_up(segments: &[Segment], from: i64) -> Result<(i64, i64), TestCaseError> {
    let (mut end, mut counted) = (from, 0);
    for segment in segments {
        prop_assert_eq!(segment.from.timestamp_micros(), end, "a gap");
        prop_assert!(segment.to > segment.from, "an empty part");
        end = segment.to.timestamp_micros();
        counted += segment.counted.as_micros();
        let is_counted = segment.kind == SegmentKind::Counted;
        prop_assert_eq!(
            segment.counted.as_micros(),
            if is_counted { end - segment.from.timestamp_micros() } else { 0 }
        );
    }
    Ok((counted, end))
}

#[test]
fn explanations_and_ledgers_add_up() {
    let engine = engine();
    let explained = std::cell::Cell::new(0_u64);
    run(cases(300), &stream(), |(package, turns)| {
        let mut later = 0;
        play(&engine, PACKAGES[package], &turns, |history, now| {
            later = (later + 5 * HOUR / 2) % (10 * HOUR);
            let now = at(now.as_micros() + later);
            let evaluation = engine.evaluate(history.ticket(), now).unwrap();
            for timer in &evaluation.timers {
                for cycle in &timer.cycles {
                    let found = engine.explain(history, timer.timer.as_str(), Some(cycle.number), now).unwrap();
                    prop_assert_eq!(&found.cycle, cycle);
                    let (counted, end) = sum_up(&found.passed, cycle.started_at.as_micros())?;
                    prop_assert_eq!(counted, cycle.elapsed.as_micros(), "{}", found);
                    prop_assert_eq!(end, cycle.stopped_at.unwrap_or(now).as_micros());
                    if let (Some(last), true) = (found.passed.last(), cycle.target.is_some()) {
                        prop_assert_eq!((last.elapsed, last.used), (cycle.elapsed, cycle.used), "{}", found);
                    }
                    let (ahead, due) = sum_up(&found.ahead, now.as_micros())?;
                    if let Some(due_at) = cycle.due_at().filter(|due_at| *due_at > now && cycle.stopped_at.is_none()) {
                        prop_assert_eq!(
                            (ahead, due),
                            (cycle.remaining.unwrap().as_micros(), due_at.as_micros()),
                            "{}",
                            found
                        );
                    } else {
                        prop_assert!(found.ahead.is_empty());
                    }
                    explained.set(explained.get() + 1);
                }
            }
            let ledger = engine.ledger(history, now).unwrap();
            let mut end = history.ticket().opened_at;
            for entry in &ledger.entries {
                prop_assert_eq!(entry.from, end);
                prop_assert!(entry.closed_us() >= 0 && entry.length_us() > 0);
                end = entry.to;
            }
            let booked: i64 = ledger.entries.iter().map(LedgerEntry::length_us).sum();
            prop_assert_eq!(booked, evaluation.age_us);
            Ok(())
        })
    });
    println!("{} deadlines explained", explained.get());
    assert!(explained.get() > 10_000);
}

#[test]
fn folding_storing_and_going_on_give_the_same_ticket() {
    let engine = engine();
    run(cases(400), &stream(), |(package, turns)| {
        play(&engine, PACKAGES[package], &turns, |history, _| {
            let whole = History::new(history.events().to_vec()).unwrap();
            prop_assert_eq!(&whole, history);
            let snapshot = wire::snapshot::read(wire::snapshot::write(history.ticket())).unwrap();
            prop_assert_eq!(&snapshot, &history.ticket().in_short());
            let text = wire::ticket::write_history(history);
            let stored = wire::ticket::read_history(&text).unwrap();
            prop_assert_eq!(&stored, history);
            prop_assert_eq!(wire::ticket::write_history(&stored), text);
            Ok(())
        })
    });
}

#[test]
fn the_next_check_is_exact() {
    let engine = engine();
    run(cases(1_500), &stream(), |(package, turns)| {
        play(&engine, PACKAGES[package], &turns, |history, now| {
            let ticket = history.ticket();
            let evaluation = engine.evaluate(ticket, now).unwrap();
            prop_assert_eq!(&engine.due_events(ticket, now).unwrap().events, &evaluation.due_events);
            let mut ticket: Ticket = ticket.clone();
            evaluation.due_events.iter().for_each(|event| ticket.apply(event).unwrap());
            let due = engine.due_events(history.ticket(), now).unwrap();
            prop_assert_eq!((&due.ticket, due.next_check_at), (&ticket, evaluation.next_check_at));
            match evaluation.next_check_at {
                Some(next) => {
                    prop_assert!(next > now, "{} is not after {}", next, now);
                    prop_assert_eq!(engine.due_events(&ticket, at(next.as_micros() - 1)).unwrap().events, []);
                    prop_assert!(!engine.due_events(&ticket, next).unwrap().events.is_empty(), "nothing at {}", next);
                }
                None => {
                    prop_assert_eq!(engine.due_events(&ticket, at(now.as_micros() + 20_000 * HOUR)).unwrap().events, [])
                }
            }
            Ok(())
        })
    });
}

#[test]
fn the_slow_ticket_notices_a_changed_fact() {
    let engine = engine();
    let rules = slow_rules(&engine);
    let start = Timestamp::parse("2026-03-25T09:17:00Z").unwrap();
    let mut history = opened(&engine, "b", start);
    let now = at(start.as_micros() + 70 * HOUR / 60);
    history.extend(engine.due_events(history.ticket(), now).unwrap().events).unwrap();
    assert!(compare(&engine, &rules, &history, now).is_ok());
    let breach = history.events().iter().position(|event| event.kind.name() == "breached").unwrap();
    let slow = stand(&rules, history.events(), now.as_micros());
    assert!(slow["first_response"][0].breached || slow["assignment"][0].breached);
    // Without its breach event, the cycle is still breached for the slow ticket.
    let mut events = history.events().to_vec();
    let EventKind::Breached { timer, cycle, .. } = events[breach].kind.clone() else { unreachable!("by its name") };
    let found = fired(&events, timer.as_str(), cycle);
    events.remove(breach);
    assert_ne!(fired(&events, timer.as_str(), cycle), found);
    let again = &stand(&rules, &events, now.as_micros())[timer.as_str()][0];
    assert_eq!(expected_firings(again).iter().filter(|(name, _)| name == "breached").count(), 1);
}

#[test]
fn hostile_commands_are_refused_without_panic() {
    let engine = engine();
    let start = Timestamp::parse("2026-03-25T09:17:00Z").unwrap();
    let ticket = opened(&engine, "b", start).ticket().clone();
    let huge = "x".repeat(1 << 20);
    let texts = ["", " ", "\u{0}", "\u{202e}", "none", huge.as_str()];
    let mut refused = 0;
    for text in texts {
        let text = || text.to_owned();
        let message = || MessageRef { message_ref: text(), content_sha256: Digest::of(b"m") };
        let commands = [
            CommandKind::Assign { agent: Some(text()), team: None },
            CommandKind::Reply { channel: text(), message: message(), automatic: false },
            CommandKind::Note { message: message() },
            CommandKind::CustomerMessage { channel: text(), message: message(), received_at: None },
            CommandKind::Pause { status: PauseStatus::Pending, reason: text(), until: None },
            CommandKind::Resolve { message: message() },
            CommandKind::Reopen { channel: Some(text()), reason: Some(text()) },
            CommandKind::Void { reason: text(), duplicate_of: Some(text()) },
            CommandKind::RequestEscalation { reason: text(), channel: Some(text()) },
            CommandKind::ChangePackage { package: text(), apply: Apply::Retroactive, reason: text() },
            CommandKind::AdoptRevision { policy_digest: Digest::of(b"none"), apply: Apply::FromNow, reason: text() },
            CommandKind::Classify {
                severity: Some(text()),
                category: Some(text()),
                apply: Apply::Keep,
                reason: text(),
            },
        ];
        for kind in commands {
            for actor in actors().into_iter().chain([Actor::new(Role::Admin, text()), Actor::system()]) {
                let command = Command { command_id: Some(text()), kind: kind.clone() };
                match engine.decide(&ticket, &command, &actor, start).unwrap() {
                    Decision::Refused(_) => refused += 1,
                    Decision::Accepted(accepted) => assert!(History::new(accepted.events).is_err()),
                }
            }
        }
    }
    assert!(refused > 300, "{refused}");
}

#[test]
fn instants_at_the_edge_of_the_horizon_neither_panic_nor_break_promises() {
    let engine = engine();
    let end = 7_258_118_400_000_000;
    for (start, opens) in [(0, true), (end - 1, true), (end - 2 * HOUR, true), (end, false), (-1, false)] {
        let opening = wire::command::read_opening(format!(
            r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "b", "channel": "email",
                "message": {{"message_ref": "m", "content_sha256": "{}"}}}}"#,
            Digest::of(b"m")
        ));
        let decision = engine.open(&opening.unwrap(), &actors()[0], at(start));
        assert_eq!(decision.is_ok(), opens, "{start}");
        let Ok(Decision::Accepted(opened)) = decision else { continue };
        let evaluation = engine.evaluate(&opened.ticket, at(end - 1)).unwrap();
        assert!(evaluation.due_events.iter().all(|event| event.at.as_micros() < end));
        assert!(engine.evaluate(&opened.ticket, at(end)).is_err());
        assert!(engine.decide(&opened.ticket, &CommandKind::Resume.into(), &actors()[2], at(i64::MAX)).is_err());
    }
}

#[test]
fn a_ticket_of_100_000_events_folds_and_decides() {
    let engine = engine();
    let start = Timestamp::parse("2026-03-25T09:17:00Z").unwrap();
    let mut history = opened(&engine, "b", start);
    let admin = &actors()[2];
    let note = Command::from(CommandKind::Note { message: message() });
    let mut events = history.events().to_vec();
    let mut ticket = history.ticket().clone();
    while events.len() < 100_000 {
        match engine.decide(&ticket, &note, admin, start).unwrap() {
            Decision::Accepted(accepted) => {
                events.extend(accepted.events);
                ticket = accepted.ticket;
            }
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
    }
    history = History::new(events).unwrap();
    assert_eq!(history.ticket(), &ticket);
    assert_eq!(history.ticket().events, 100_000);
    // Time going back is refused, however long the history.
    let before = at(start.as_micros() - 1);
    assert!(matches!(engine.decide(&ticket, &note, admin, before), Ok(Decision::Refused(_))));
}
