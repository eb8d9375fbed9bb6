//! A cycle with as many steps as a policy may list, and a ticket with thousands of timers: what happens does not depend on
//! how many there are, nor on how often a host asks.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sla_core::engine::{Decision, DueEvents};
use sla_core::ticket::{Actor, EventKind, History, Role, Ticket};
use sla_core::time::Timestamp;
use sla_core::{Engine, wire};

const TALKABIZ: &str = include_str!("../../examples/talkabiz.json");

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn engine(change: impl FnOnce(&mut Value)) -> Engine {
    let mut policy: Value = serde_json::from_str(TALKABIZ).unwrap();
    change(&mut policy);
    Engine::compile(wire::policy::read(policy.to_string()).unwrap()).unwrap()
}

/// Opens a ticket whose first response is due after four hours of business time.
fn opened(engine: &Engine) -> Ticket {
    opened_history(engine).ticket().clone()
}

fn opened_history(engine: &Engine) -> History {
    let opening = json!({
        "command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
        "message": {"message_ref": "m", "content_sha256": "0".repeat(64)},
    });
    let opening = wire::command::read_opening(opening.to_string()).unwrap();
    let kim = Actor::new(Role::Customer, "kim");
    match engine.open(&opening, &kim, at("2026-03-02T02:00:00Z")).unwrap() {
        Decision::Accepted(accepted) => History::new(accepted.events).unwrap(),
        Decision::Refused(refusal) => panic!("{refusal}"),
    }
}

/// Asks at each instant at which something happens, and returns what did.
fn one_by_one(engine: &Engine, ticket: &Ticket, now: Timestamp) -> DueEvents {
    let mut all = DueEvents { events: Vec::new(), ticket: ticket.clone(), next_check_at: None };
    while let Some(next) = engine.next_check_at(&all.ticket).unwrap().filter(|next| *next <= now) {
        let due = engine.due_events(&all.ticket, next).unwrap();
        assert!(!due.events.is_empty(), "nothing happens at {next}");
        all.events.extend(due.events);
        all.ticket = due.ticket;
    }
    all.next_check_at = engine.next_check_at(&all.ticket).unwrap();
    all
}

#[test]
fn as_many_steps_as_a_policy_may_list_happen_in_order_each_once() {
    let engine = engine(|policy| {
        let step = |number: u64| {
            let action = if number.is_multiple_of(2) { json!("warn") } else { json!("escalate") };
            let mut step = json!({"id": format!("{:04}", number * 7_919 % 10_007), "after": format!("{number}s"), "action": action});
            if !number.is_multiple_of(2) {
                step["level"] = json!(2);
                step["until"] = json!("acknowledged");
            }
            step
        };
        policy["steps"]["first_response"] = (1..4_000).rev().map(step).collect();
    });
    let ticket = opened(&engine);
    let due = engine.due_events(&ticket, at("2026-03-04T02:00:00Z")).unwrap();
    // The breach, its escalation, and the steps.
    assert_eq!(due.events.len(), 4_001);
    assert!(due.events.is_sorted_by(|a, b| a.at <= b.at && a.seq < b.seq));
    let intents: BTreeSet<_> = due
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Warned(intent) => Some(intent.intent_id),
            EventKind::Escalated(escalation) => escalation.firing.as_ref().map(|intent| intent.intent_id),
            _ => None,
        })
        .collect();
    assert_eq!(intents.len(), 4_000);
    assert_eq!(due.next_check_at, None);
    let mut folded = ticket;
    due.events.iter().for_each(|event| folded.apply(event).unwrap());
    assert_eq!(folded, due.ticket);
    assert_eq!(
        wire::snapshot::read(wire::snapshot::write(&folded)).unwrap().cycles("first_response")[0].fired.len(),
        4_000
    );
    let mut history = opened_history(&engine);
    history.extend(due.events).unwrap();
    assert_eq!(engine.verify(&history, Some(&folded)).unwrap().verified, 4_002);
}

#[test]
fn steps_of_every_kind_happen_alike_however_often_a_host_asks() {
    let engine = engine(|policy| {
        let mut steps = Vec::new();
        for number in 1..=24_u64 {
            let quiet = json!({"calendar": "around_the_clock"});
            steps.push(json!({"id": format!("share {number}"), "at": format!("{}%", number * 4), "action": "warn"}));
            steps.push(
                json!({"id": format!("before {number}"), "before": format!("{}m", number * 10), "action": "warn",
                "repeat": {"every": "7m", "times": number}, "quiet_hours": quiet}),
            );
            steps.push(json!({"id": format!("after {number}"), "after": format!("{number}h"), "action": "escalate",
                "level": number, "until": "acknowledged", "repeat": {"every": "90m", "times": 3}, "quiet_hours": "calendar"}));
            steps.push(
                json!({"id": format!("of chat {number}"), "after": format!("{}m", number * 11), "action": "warn",
                "when": {"channel": "chat"}}),
            );
            steps.push(
                json!({"id": format!("of email {number}"), "after": format!("{}m", number * 13), "action": "warn",
                "when": {"channel": "email"}}),
            );
        }
        policy["steps"]["first_response"] = Value::Array(steps);
        policy["inactivity"] = json!([
            {"id": "remind", "status": "pending", "after": "3h", "action": "remind"},
            {"id": "resolve", "status": "pending", "after": "9h", "action": "resolve"},
            {"id": "close", "status": "resolved", "after": "20h", "action": "close"},
        ]);
        policy["pauses"] = json!({"max_pause": "30h"});
    });
    let admin = Actor::new(Role::Admin, "root");
    let mut history = opened_history(&engine);
    let mut ticket = history.ticket().clone();
    let mut events = 0;
    for (command, now) in [
        (json!({"command": "assign", "agent": "ana"}), "2026-03-02T02:30:00Z"),
        (json!({"command": "pause", "status": "pending", "reason": "question"}), "2026-03-02T06:00:00Z"),
        (json!({"command": "acknowledge_escalation", "number": 1}), "2026-03-03T03:00:00Z"),
        (
            json!({"command": "note", "message": {"message_ref": "n", "content_sha256": "0".repeat(64)}}),
            "2026-03-05T03:00:00Z",
        ),
    ] {
        let at_once = engine.due_events(&ticket, at(now)).unwrap();
        assert_eq!(at_once, one_by_one(&engine, &ticket, at(now)), "by {now}");
        events += at_once.events.len();
        let command = wire::command::read(command.to_string()).unwrap();
        match engine.decide(&ticket, &command, &admin, at(now)).unwrap() {
            Decision::Accepted(accepted) => {
                ticket = accepted.ticket;
                history.extend(accepted.events).unwrap();
            }
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
    }
    let at_once = engine.due_events(&ticket, at("2026-05-01T00:00:00Z")).unwrap();
    assert_eq!(at_once, one_by_one(&engine, &ticket, at("2026-05-01T00:00:00Z")));
    events += at_once.events.len();
    assert!(events > 200, "{events}");
    history.extend(at_once.events).unwrap();
    assert!(engine.verify(&history, Some(&at_once.ticket)).unwrap().is_verified());
}

#[test]
fn two_thousand_timers_with_steps_happen_in_the_order_of_their_ids() {
    let engine = engine(|policy| {
        let mut timers = Vec::new();
        for number in 0..2_000 {
            let id = format!("timer {number:04}");
            timers.push(json!({"id": id, "starts_on": ["opened"], "stops_on": ["public_reply"], "cycles": "once"}));
            policy["packages"][0]["targets"][&id] = json!("4h");
            policy["steps"][&id] = json!([{"id": "warning", "at": "80%", "action": "warn"}]);
        }
        policy["timers"] = timers.into();
    });
    let ticket = opened(&engine);
    let now = at("2026-03-04T02:00:00Z");
    let due = engine.due_events(&ticket, now).unwrap();
    // Each warns, is breached and escalates; the first response does, too, and once more two hours later.
    assert_eq!(due.events.len(), 2_001 * 3 + 1);
    let warned = |event: &sla_core::ticket::Event| match &event.kind {
        EventKind::Warned(intent) => Some(intent.timer.clone()),
        _ => None,
    };
    assert!(due.events.iter().filter_map(warned).is_sorted());
    assert_eq!(engine.evaluate(&ticket, now).unwrap().due_events, due.events);
}
