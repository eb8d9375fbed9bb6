//! Random streams under every rule of terms, steps and inactivity: every answer is that of the reference model.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use sla_core::Engine;
use sla_core::engine::Decision;
use sla_core::ticket::{Apply, CommandKind, Event, EventKind, History, PauseStatus, ResumeCause, Role};
use sla_core::time::Timestamp;
use sla_tests::reference::cycle::{Cycle, Phase};
use sla_tests::reference::policy::Policy;
use sla_tests::reference::ticket::{Ticket, derive};
use sla_tests::streams::{HOUR, When, at, cases, run};
use sla_tests::terms_streams::{
    Begin, Turn, actors, digests, documents, engine, older_engine, opened, start, stream, when,
};

fn policies() -> [Policy; 2] {
    let (first, last) = (NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), NaiveDate::from_ymd_opt(2027, 3, 1).unwrap());
    documents().map(|document| Policy::new(&document, first, last))
}

/// An automatic event in the words of the model.
fn words(event: &Event) -> String {
    match &event.kind {
        EventKind::Breached { timer, cycle, target } => format!("breached {timer} {cycle} {}", target.as_micros()),
        EventKind::Warned(intent) => {
            format!("warned {} {} {} {} None", intent.timer, intent.cycle, intent.step, intent.repetition)
        }
        EventKind::Escalated(escalation) => {
            let intent = escalation.firing.as_ref().unwrap();
            let level = Some(escalation.level);
            format!("escalated {} {} {} {} {level:?}", intent.timer, intent.cycle, intent.step, intent.repetition)
        }
        EventKind::Resumed { cause } => match cause {
            ResumeCause::Command | ResumeCause::Until => format!("resumed {}", cause.as_str()),
            // Which limit it was is a matter of the pause's beginning alone.
            ResumeCause::MaxPause | ResumeCause::MaxPausedTotal => "resumed limit".to_owned(),
        },
        EventKind::Resolved { inactivity, .. } => format!("resolve {}", inactivity.as_ref().unwrap().rule),
        EventKind::Closed { inactivity, .. } => format!("close {}", inactivity.as_ref().unwrap().rule),
        EventKind::Reminded(inactivity) => format!("remind {}", inactivity.rule),
        other => format!("{other:?}"),
    }
}

fn class(cycle: &Cycle) -> &'static str {
    match &cycle.phase {
        _ if cycle.breached => "breached",
        _ if cycle.promise.is_none() && cycle.was_promised => "terms",
        _ if cycle.promise.is_none() => "unpromised",
        Phase::Stopped { .. } => "met",
        Phase::Cancelled { .. } => "cancelled",
        Phase::Paused => "paused",
        Phase::Running => "running",
    }
}

/// Compares everything that the engine says of a ticket as of `now`.
fn compare(engine: &Engine, policies: &[Policy], history: &History, now: Timestamp) -> Result<(), TestCaseError> {
    let evaluation = engine.evaluate(history.ticket(), now).unwrap();
    let events = [history.events(), &evaluation.due_events].concat();
    let now_us = now.as_micros();
    let model: Ticket<'_> = derive(policies, &digests(), history.events(), now_us);
    let found: Vec<String> = events
        .iter()
        .filter(|event| event.actor.role == Role::System)
        .map(|event| format!("{} {}", event.at, words(event)))
        .collect();
    let expected: Vec<String> = model.happened.iter().map(|one| format!("{} {}", at(one.at), one.what)).collect();
    prop_assert_eq!(found, expected, "automatic events by {}", now);
    prop_assert_eq!(evaluation.status.as_str(), &model.status, "status at {}", now);
    prop_assert_eq!(evaluation.next_check_at, model.next_check_at().map(at), "next check at {}", now);
    for timer in &evaluation.timers {
        let none = Vec::new();
        let expected = model.timers.get(timer.timer.as_str()).map_or(&none, |track| &track.cycles);
        prop_assert_eq!(timer.cycles.len(), expected.len(), "cycles of {} at {}", timer.timer, now);
        for (found, cycle) in timer.cycles.iter().zip(expected) {
            let policy = &policies[cycle.revision];
            let what = format!("{} {} at {now}", timer.timer, found.number);
            let ended_at = cycle.ended_at();
            let until = ended_at.unwrap_or(now_us);
            prop_assert_eq!(found.class.as_str(), class(cycle), "class of {}", what);
            prop_assert_eq!(found.stopped_at.map(Timestamp::as_micros), ended_at, "end of {}", what);
            prop_assert_eq!(found.started_at, at(cycle.started_at), "start of {}", what);
            prop_assert_eq!(found.channel.as_str(), &cycle.channel, "channel of {}", what);
            prop_assert_eq!(found.calendar.as_str(), &cycle.calendar, "calendar of {}", what);
            prop_assert_eq!(found.elapsed.as_micros(), cycle.elapsed(policy, until), "elapsed of {}", what);
            let target = cycle.promise.as_ref().map(|promise| promise.target);
            prop_assert_eq!(found.target.map(|target| target.as_micros()), target, "target of {}", what);
            let cause = match &cycle.phase {
                Phase::Cancelled { cause, .. } => Some(*cause),
                _ => None,
            };
            prop_assert_eq!(found.cancelled_by.map(|cause| cause.as_str()), cause, "cause of {}", what);
            let due = model.due(timer.timer.as_str(), cycle);
            if ended_at.is_none() || cycle.breached {
                prop_assert_eq!(found.due_at(), due.map(at), "due of {}", what);
            }
            prop_assert_eq!(found.overdue.as_micros(), cycle.overdue(policy, due, until), "overdue of {}", what);
            prop_assert_eq!(found.breached_at, due.map(at).filter(|_| cycle.breached), "breach of {}", what);
            if let Some(target) = target {
                let used = cycle.used(policy, until);
                prop_assert_eq!(found.used.as_micros(), used, "used of {}", what);
                if !cycle.breached {
                    let remaining = Some((target - used).max(0));
                    prop_assert_eq!(found.remaining.map(|left| left.as_micros()), remaining, "remaining of {}", what);
                }
            }
        }
    }
    for timer in model.timers.iter().filter(|(_, track)| !track.cycles.is_empty()) {
        prop_assert!(evaluation.timers.iter().any(|found| found.timer.as_str() == timer.0), "{} is missing", timer.0);
    }
    Ok(())
}

/// Plays a stream, once with a monitor that looks now and then, once without.
fn play(
    engine: &Engine,
    begin: Begin,
    turns: &[Turn],
    mut see: impl FnMut(&History, Timestamp) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut now = start();
    let mut history = opened(&older_engine(), begin, now);
    let mut watched = history.clone();
    see(&history, now)?;
    for turn in turns {
        let before = now;
        now = when(engine, &history, turn, now);
        if let Some(share) = turn.look {
            let look = at(before.as_micros() + (now.as_micros() - before.as_micros()) / 1_000 * share);
            let found = engine.due_events(watched.ticket(), look.max(watched.ticket().last_at)).unwrap().events;
            watched.extend(found).unwrap();
        }
        let (command, actor) = (turn.command(now), &actors()[turn.actor]);
        let decisions = [&history, &watched].map(|seen| engine.decide_on(seen, &command, actor, now).unwrap());
        match decisions {
            [Decision::Accepted(one), Decision::Accepted(other)] => {
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

/// Terms that come and go during a pause place no step: what they would have passed over still fires under the last ones.
#[test]
fn terms_that_come_and_go_in_a_pause_pass_no_step_over() {
    let turn = |hours: i64, actor, command, distance| Turn {
        when: When::After(hours * HOUR),
        actor,
        command,
        distance,
        look: None,
    };
    let pause = || CommandKind::Pause { status: PauseStatus::Pending, reason: "because".to_owned(), until: None };
    let change = |package: &str| CommandKind::ChangePackage {
        package: package.to_owned(),
        apply: Apply::FromNow,
        reason: "because".to_owned(),
    };
    let assign = CommandKind::Assign { agent: Some("ana".to_owned()), team: None };
    let turns = [
        turn(11, 2, assign, None),
        turn(18, 1, pause(), None),
        turn(0, 2, change("a"), None),
        turn(0, 2, change("c"), None),
        turn(0, 1, pause(), Some(HOUR / 4)),
    ];
    let (engine, policies) = (engine(), policies());
    let mut latest = None;
    let compared = play(&engine, (2, false, None, false, None, false), &turns, |history, now| {
        latest = Some((history.clone(), now));
        compare(&engine, &policies, history, now)
    });
    compared.unwrap();
    let (history, now) = latest.unwrap();
    for hours in 1..120 {
        compare(&engine, &policies, &history, at(now.as_micros() + hours * HOUR)).unwrap();
    }
    let later = engine.due_events(history.ticket(), at(now.as_micros() + 120 * HOUR)).unwrap();
    assert!(later.events.iter().any(|event| words(event) == "warned resolution 1 half 0 None"));
}

#[test]
fn every_ticket_is_as_the_reference_model_says() {
    let (engine, policies) = (engine(), policies());
    let compared = std::cell::Cell::new(0_u64);
    run(cases(2_000), &stream(16), |(begin, turns)| {
        let mut latest = None;
        play(&engine, begin, &turns, |history, now| {
            latest = Some((history.clone(), now));
            compared.set(compared.get() + 1);
            compare(&engine, &policies, history, now)
        })?;
        let (history, now) = latest.unwrap();
        [1, HOUR, 7 * HOUR, 60 * HOUR]
            .into_iter()
            .try_for_each(|later| compare(&engine, &policies, &history, at(now.as_micros() + later)))
    });
    println!("{} tickets compared", compared.get());
}
