//! What another policy would have done: against importing the same commands under it, and by hand.

use proptest::prelude::*;
use serde_json::Value;
use sla_core::engine::{CycleEvaluation, Decision, Evaluation, RecordedCommand};
use sla_core::policy::{OnReopen, Policy};
use sla_core::ticket::{Actor, Command, CommandKind, Direction, History, MessageRef, Opening, Role};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::what_if::{Cause, Comparison, Flip, Unknown, WhatIf};
use sla_core::{Digest, Engine, Id, wire};
use sla_tests::streams::{HOUR, PACKAGES, Turn, actors, at, cases, engine, instant, opened, run, stream};

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn lasting(text: &str) -> BusinessDuration {
    BusinessDuration::parse(text).unwrap()
}

/// Plays a stream and keeps the commands that were carried out.
fn carried_out(engine: &Engine, package: usize, turns: &[Turn]) -> (History, Vec<RecordedCommand>, Timestamp) {
    let mut now = Timestamp::parse("2026-03-25T09:17:00Z").unwrap();
    let mut history = opened(engine, PACKAGES[package], now);
    let mut commands = Vec::new();
    for turn in turns {
        let next = engine.evaluate(history.ticket(), now).unwrap().next_check_at;
        now = instant(turn.when, now, next);
        let (command, actor) = (Command::from(turn.command.clone()), actors()[turn.actor].clone());
        if let Decision::Accepted(accepted) = engine.decide(history.ticket(), &command, &actor, now).unwrap() {
            history.extend(accepted.events).unwrap();
            commands.push(RecordedCommand { at: now, actor, command });
        }
    }
    (history, commands, now)
}

fn candidates() -> Vec<Policy> {
    let own = engine().policy().clone().into_policy();
    let mut shorter = own.clone();
    let mut swapped = own.clone();
    let mut unlimited = own.clone();
    let mut anew = own.clone();
    for package in &mut shorter.packages {
        for target in package.targets.values_mut() {
            if let sla_core::package::Target::Within { duration, .. } = target {
                *duration = BusinessDuration::from_micros(duration.as_micros() * 3 / 4).unwrap();
            }
        }
    }
    swapped.packages[0].calendar = Some(id("always"));
    swapped.packages[1].calendar = Some(id("nights"));
    swapped.packages[1].targets.remove("update");
    swapped.packages[2].calendar = Some(id("office"));
    swapped.packages[0].targets.insert(id("resolution"), lasting("30h").into());
    unlimited.pauses.max_pause = None;
    unlimited.pauses.max_paused_total = Some(lasting("9h"));
    unlimited.inactivity[0].after = lasting("3h");
    anew.pauses.max_pause = Some(lasting("1h"));
    anew.inactivity.clear();
    let resolution = anew.timers.get_mut("resolution").unwrap();
    resolution.on_reopen = OnReopen::NewCycle;
    resolution.pauses_on.pop();
    vec![own, shorter, swapped, unlimited, anew]
}

fn cycles(evaluation: &Evaluation) -> Vec<(Id, CycleEvaluation)> {
    let all = evaluation.timers.iter();
    all.flat_map(|timer| timer.cycles.iter().map(|cycle| (timer.timer.clone(), cycle.clone()))).collect()
}

fn find(cycles: &[(Id, CycleEvaluation)], timer: &Id, number: u32) -> Option<CycleEvaluation> {
    cycles.iter().find(|(of, cycle)| of == timer && cycle.number == number).map(|(_, cycle)| cycle.clone())
}

#[test]
fn a_candidate_does_what_importing_under_it_does() {
    let own = engine();
    let candidates: Vec<Engine> = candidates().into_iter().map(|policy| Engine::compile(policy).unwrap()).collect();
    let flipped = std::cell::Cell::new(0_u64);
    run(cases(3_000), &(stream(), 0..200 * HOUR), |((package, turns), later)| {
        let (history, commands, now) = carried_out(&own, package, &turns);
        let now = at(now.as_micros() + later);
        let before = cycles(&own.evaluate(history.ticket(), now).unwrap());
        let opening = Opening {
            ticket: "T-1".to_owned(),
            customer: "kim".to_owned(),
            package: PACKAGES[package].to_owned(),
            channel: "email".to_owned(),
            severity: None,
            category: None,
            message: sla_tests::streams::message(),
            direction: Direction::Inbound,
            received_at: None,
            organization: None,
            command_id: None,
        };
        for (number, candidate) in candidates.iter().enumerate() {
            let imported = candidate
                .import(&opening, &actors()[0], history.events()[0].at, &commands)
                .unwrap()
                .into_result()
                .unwrap();
            let after = cycles(&candidate.evaluate(imported.history.ticket(), now).unwrap());
            let mut what_if = WhatIf::new(&own, candidate);
            let compared = what_if.add(&history, now).unwrap();
            prop_assert_eq!(&compared.left_out, &None);
            let mut expected: Vec<(Id, u32, Option<CycleEvaluation>, Option<CycleEvaluation>)> = Vec::new();
            for (timer, cycle) in before.iter().chain(&after) {
                let (was, is) = (find(&before, timer, cycle.number), find(&after, timer, cycle.number));
                let outcome = |side: &Option<CycleEvaluation>| side.as_ref().map(|cycle| cycle.outcome);
                if outcome(&was) != outcome(&is)
                    && !expected.iter().any(|(of, at, ..)| (of, at) == (timer, &cycle.number))
                {
                    expected.push((timer.clone(), cycle.number, was, is));
                }
            }
            let flip = |flip: &Flip| (flip.timer.clone(), flip.cycle, flip.before.clone(), flip.after.clone());
            let mut found: Vec<_> = compared.flips.iter().map(flip).collect();
            found.sort_by_key(|(timer, number, ..)| (timer.clone(), *number));
            expected.sort_by_key(|(timer, number, ..)| (timer.clone(), *number));
            prop_assert_eq!(&found, &expected, "candidate {}", number);
            prop_assert!(compared.flips.iter().all(|flip| !flip.causes.is_empty()));
            prop_assert!(number > 0 || found.is_empty(), "the same policy changes nothing");
            flipped.set(flipped.get() + u64::try_from(found.len()).unwrap());
            let comparison = what_if.comparison();
            let sum =
                |of: fn(&sla_core::what_if::ComparedPromise) -> u64| comparison.promises.iter().map(of).sum::<u64>();
            let all = |outcomes: sla_core::what_if::Outcomes| {
                outcomes.met
                    + outcomes.breached
                    + outcomes.cancelled
                    + outcomes.running
                    + outcomes.paused
                    + outcomes.unpromised
            };
            prop_assert_eq!(
                comparison.promises.iter().map(|promise| all(promise.before)).sum::<u64>(),
                u64::try_from(before.len()).unwrap()
            );
            prop_assert_eq!(
                comparison.promises.iter().map(|promise| all(promise.after)).sum::<u64>(),
                u64::try_from(after.len()).unwrap()
            );
            prop_assert_eq!(sum(|promise| promise.flips), u64::try_from(found.len()).unwrap());
        }
        Ok(())
    });
    println!("{} flips", flipped.get());
    assert!(flipped.get() > 1_000);
}

const POLICY: &str = r#"{
    "schema": "sla-policy/2", "id": "desk", "version": 1,
    "calendars": {"office": {"time_zone": "UTC", "weekly": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"],
                      "wed": ["09:00-17:00"], "thu": ["09:00-17:00"], "fri": ["09:00-17:00"]}},
                  "always": {"time_zone": "UTC", "always_open": true}},
    "channels": [{"id": "email", "name": "Email"}],
    "packages": [
        {"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "office",
         "targets": {"first_response": "4h", "resolution": "8h"}},
        {"id": "pro", "name": "Pro", "rank": 2, "channels": ["email"], "calendar": "office", "targets": {}}]
}"#;

fn desk(change: impl FnOnce(&mut Policy)) -> Engine {
    let mut policy = wire::policy::read(POLICY).unwrap().into_policy();
    change(&mut policy);
    Engine::compile(policy).unwrap()
}

/// A ticket opened Monday 2027-01-04 at 09:00, answered at `answered`.
fn ticket(engine: &Engine, package: &str, answered: Option<&str>) -> History {
    let message = MessageRef { message_ref: "m".to_owned(), content_sha256: Digest::of(b"m") };
    let opening = Opening {
        ticket: format!("T-{package}-{}", answered.unwrap_or("open")),
        customer: "kim".to_owned(),
        package: package.to_owned(),
        channel: "email".to_owned(),
        severity: None,
        category: None,
        message: message.clone(),
        direction: Direction::Inbound,
        received_at: None,
        organization: None,
        command_id: None,
    };
    let kim = Actor::new(Role::Customer, "kim");
    let admin = Actor::new(Role::Admin, "root");
    let opened_at = Timestamp::parse("2027-01-04T09:00:00Z").unwrap();
    let reply = CommandKind::Reply { channel: "email".to_owned(), message, automatic: false };
    let commands: Vec<RecordedCommand> = answered
        .iter()
        .map(|answered| RecordedCommand {
            at: Timestamp::parse(answered).unwrap(),
            actor: admin.clone(),
            command: Command::from(reply.clone()),
        })
        .collect();
    let import = engine.import(&opening, &kim, opened_at, &commands).unwrap().into_result().unwrap();
    assert!(import.refused.is_empty());
    import.history
}

fn compared(own: &Engine, candidate: &Engine, history: &History) -> (Vec<Flip>, Comparison) {
    let mut what_if = WhatIf::new(own, candidate);
    let now = Timestamp::parse("2027-01-05T12:00:00Z").unwrap();
    let flips = what_if.add(history, now).unwrap().flips;
    (flips, what_if.comparison().clone())
}

#[test]
fn a_flip_names_the_difference_that_did_it() {
    let own = desk(|_| {});
    let target = |length: &'static str| {
        move |policy: &mut Policy| {
            policy.packages[0].targets.insert(id("first_response"), lasting(length).into());
        }
    };
    let always = |policy: &mut Policy| policy.packages[0].calendar = Some(id("always"));
    // Answered Monday 12:30 after 3 h 30, or Tuesday 10:00 after 9 h (25 h of wall time).
    let noon = ticket(&own, "starter", Some("2027-01-04T12:30:00Z"));
    let next_day = ticket(&own, "starter", Some("2027-01-05T10:00:00Z"));
    let causes = |candidate: &Engine, history: &History| {
        let (flips, _) = compared(&own, candidate, history);
        flips
            .into_iter()
            .map(|flip| (flip.before.unwrap().state().as_str(), flip.after.unwrap().state().as_str(), flip.causes))
            .collect::<Vec<_>>()
    };
    assert_eq!(causes(&desk(target("3h")), &noon), [("met", "breached", vec![Cause::Target])]);
    assert_eq!(causes(&desk(target("3h30m")), &noon), []);
    // Shorter target and round the clock: Monday noon is open anyway, so the target alone does it.
    let both = desk(|policy| {
        target("3h")(policy);
        always(policy);
    });
    assert_eq!(causes(&both, &noon), [("met", "breached", vec![Cause::Target])]);
    // Promised 9 h in office hours it is met; 10 h round the clock breaks it although 10 h is more: the calendar.
    assert_eq!(causes(&desk(target("9h")), &next_day), [("breached", "met", vec![Cause::Target])]);
    let nine = desk(target("9h"));
    let round_the_clock = desk(|policy| {
        target("10h")(policy);
        always(policy);
    });
    let (flips, comparison) =
        compared(&nine, &round_the_clock, &ticket(&nine, "starter", Some("2027-01-05T10:00:00Z")));
    assert_eq!(flips[0].causes, [Cause::Calendar]);
    assert_eq!(
        flips[0].to_string(),
        "first_response of ticket T-starter-2027-01-05T10:00:00Z: met before, breached after (calendar `office`, now `always`)"
    );
    let document: Value = serde_json::from_str(&wire::what_if::write(&comparison)).unwrap();
    let before = serde_json::json!({"met": 1, "breached": 0, "cancelled": 0, "running": 0, "paused": 0, "unpromised": 0, "compliance_millionths": 1_000_000});
    assert_eq!(document["promises"][0]["before"], before);
    assert_eq!(document["promises"][0]["after"]["compliance_millionths"], 0);
    let document: Value = serde_json::from_str(&wire::what_if::write_flip(&flips[0])).unwrap();
    assert_eq!((&document["before"]["outcome"], &document["after"]["outcome"]), (&"met".into(), &"breached".into()));
    // Other hours under the same name are another calendar.
    let shorter_days = desk(|policy| {
        policy.calendars.get_mut("office").unwrap().holidays.push(sla_core::calendar::Holiday {
            name: "Off".to_owned(),
            date: sla_core::calendar::CalendarDate::On(chrono::NaiveDate::from_ymd_opt(2027, 1, 4).unwrap()).into(),
        });
    });
    assert_eq!(causes(&shorter_days, &next_day), [("breached", "met", vec![Cause::Calendar])]);
}

#[test]
fn promises_come_and_go_with_their_targets() {
    let own = desk(|_| {});
    let more = desk(|policy| {
        policy.packages[1].targets.insert(id("first_response"), lasting("2h").into());
        policy.packages[0].targets.remove("first_response");
    });
    let (flips, comparison) = compared(&own, &more, &ticket(&own, "pro", None));
    let target = |side: &Option<CycleEvaluation>| side.as_ref().and_then(|cycle| cycle.target);
    assert_eq!((flips[0].causes.as_slice(), target(&flips[0].before)), ([Cause::NewlyPromised].as_slice(), None));
    assert!(flips[0].to_string().ends_with("unpromised before, breached after (newly promised within 2h)"));
    assert_eq!((comparison.tickets, comparison.flipped_tickets), (1, 1));
    let (flips, _) = compared(&own, &more, &ticket(&own, "starter", None));
    assert_eq!((flips[0].causes.as_slice(), target(&flips[0].after)), ([Cause::NoLongerPromised].as_slice(), None));
}

#[test]
fn a_severity_or_category_that_the_candidate_lacks_is_named() {
    let own = desk(|policy| {
        policy.severities = vec![id("low"), id("urgent")];
        policy.categories = vec![id("sales")];
    });
    let fewer = desk(|policy| policy.severities = vec![id("low")]);
    let at = |text: &str| Timestamp::parse(text).unwrap();
    for (field, word, unknown) in [
        ("severity", "urgent", Some(Unknown::Severity(id("urgent")))),
        ("category", "sales", Some(Unknown::Category(id("sales")))),
        ("severity", "low", None),
    ] {
        let mut history = ticket(&own, "starter", None);
        let classify = serde_json::json!({"command": "classify", field: word, "apply": "keep", "reason": "why"});
        let classify = wire::command::read(classify.to_string()).unwrap();
        let root = Actor::new(Role::Admin, "root");
        let decision = own.decide_on(&history, &classify, &root, at("2027-01-04T10:00:00Z")).unwrap();
        history.extend(decision.into_result().unwrap().events).unwrap();
        let compared = WhatIf::new(&own, &fewer).add(&history, at("2027-01-05T12:00:00Z")).unwrap();
        assert_eq!(compared.left_out, unknown);
    }
}

#[test]
fn a_ticket_that_the_candidate_cannot_judge_is_counted_beside_the_others() {
    let own = desk(|_| {});
    let fewer = desk(|policy| {
        policy.packages.pop();
    });
    let now = Timestamp::parse("2027-01-05T12:00:00Z").unwrap();
    let mut what_if = WhatIf::new(&own, &fewer);
    let compared = what_if.add(&ticket(&own, "pro", None), now).unwrap();
    assert_eq!(compared.left_out, Some(Unknown::Package(id("pro"))));
    let code = compared.left_out.unwrap().code();
    assert_eq!(code, "unknown_package");
    assert_eq!(Unknown::Severity(id("urgent")).code(), "unknown_severity");
    assert_eq!(Unknown::Category(id("sales")).code(), "unknown_category");
    what_if.add(&ticket(&own, "starter", None), now).unwrap();
    let one = what_if.comparison().clone();
    assert_eq!((one.tickets, one.left_out[&Unknown::Package(id("pro"))]), (1, 1));
    // Comparisons of parts add up, in any order.
    let mut other = WhatIf::new(&own, &fewer);
    other.add(&ticket(&own, "starter", Some("2027-01-04T12:30:00Z")), now).unwrap();
    let (mut left, mut right) = (one.clone(), other.comparison().clone());
    left.merge(other.comparison());
    right.merge(&one);
    assert_eq!(left, right);
    assert_eq!(left.tickets, 2);
    let document: Value = serde_json::from_str(&wire::what_if::write(&left)).unwrap();
    assert_eq!(document["left_out"], serde_json::json!([{"package": "pro", "tickets": 1}]));
}
