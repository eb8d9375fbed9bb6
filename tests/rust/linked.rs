//! Linked answers are what the separate calls give, laid out so that entries can be stored as they are.

use serde_json::Value;
use sla_core::audit::{self, Chain};
use sla_core::engine::Decision;
use sla_core::linked::Linked;
use sla_core::ticket::{Actor, Due, Event, History, Role, Ticket};
use sla_core::time::Timestamp;
use sla_core::{Engine, wire};

const MESSAGE: &str = r#""message": {"message_ref": "m", "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}"#;

fn engine() -> Engine {
    Engine::compile(wire::policy::read(include_str!("../../examples/talkabiz.json")).unwrap()).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-11-{text}:00+07:00")).unwrap()
}

fn actor(role: Role, id: &str) -> Actor {
    Actor::new(role, id)
}

/// Returns a ticket that is assigned, escalated, answered, paused, resolved and closed, answer by answer.
fn answers(engine: &Engine) -> Vec<Linked> {
    let opening = wire::command::read_opening(format!(
        r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email", {MESSAGE}}}"#
    ));
    let now = at("23T09:00");
    let opened = engine.open(&opening.unwrap(), &actor(Role::Customer, "kim"), now).unwrap().into_result().unwrap();
    let mut answers = vec![opened.linked(engine, None, now).unwrap()];
    let admin = actor(Role::Admin, "root");
    let commands = [
        ("23T10:00", r#"{"command": "assign", "agent": "ana"}"#.to_owned()),
        ("23T17:00", format!(r#"{{"command": "reply", "channel": "email", {MESSAGE}}}"#)),
        ("24T09:00", r#"{"command": "acknowledge_escalation", "number": 1}"#.to_owned()),
        ("24T10:00", r#"{"command": "pause", "status": "pending", "reason": "waiting"}"#.to_owned()),
        ("24T11:00", r#"{"command": "resume"}"#.to_owned()),
        ("24T12:00", format!(r#"{{"command": "resolve", {MESSAGE}}}"#)),
        ("24T13:00", r#"{"command": "close"}"#.to_owned()),
    ];
    for (instant, command) in commands {
        let (before, now) = (answers.last().unwrap().clone(), at(instant));
        let due = engine.due_events(&before.ticket, now).unwrap().linked(engine, before.head, now).unwrap();
        let command = wire::command::read(&command).unwrap();
        let decided = engine.decide(&due.ticket, &command, &admin, now).unwrap().into_result().unwrap();
        let decided = decided.linked(engine, Some(due.head.clone()), now).unwrap();
        answers.extend([due, decided]);
    }
    answers
}

/// Returns what a host cuts of the text of an answer: the entries, without reading them.
fn cut(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.split('\n').collect();
    lines[1..lines.len() - 1].iter().map(|line| line.trim_end_matches(',').to_owned()).collect()
}

#[test]
fn the_entries_of_all_answers_are_the_chain_of_the_history() {
    let engine = engine();
    let answers = answers(&engine);
    let stored: Vec<String> =
        answers.iter().flat_map(|answer| cut(&wire::linked::write(&Decision::Accepted(answer.clone())))).collect();
    let entries: Vec<_> = stored.iter().map(|entry| wire::audit::read_entry::<Event>(entry).unwrap()).collect();
    let last = answers.last().unwrap();
    assert!(entries.len() > 10);
    assert_eq!(&audit::verify(&last.ticket.id, &entries, &[]).unwrap(), &last.head);

    let events: Vec<Event> = entries.iter().map(|entry| entry.content.clone()).collect();
    let mut chain = Chain::new(last.ticket.id.clone());
    let again = chain.extend(events.clone(), at("24T13:00")).unwrap();
    assert!(again.iter().zip(&entries).all(|(one, other)| one.hash == other.hash));

    // What was stored is a history as it is: as a list, and as a chain.
    let history = History::new(events).unwrap();
    assert_eq!(history.ticket(), &last.ticket);
    let list = format!("[{}]", stored.join(","));
    let spaced = format!(" [{}]", stored.join(" , "));
    let chain = wire::audit::write_chain(&last.ticket.id, &entries);
    for document in [list, spaced, chain] {
        assert_eq!(wire::ticket::read_history(&document).unwrap(), history);
        assert_eq!(&wire::ticket::read_ticket(&document).unwrap(), history.ticket());
    }
    let fault = |document: &str| wire::ticket::read_history(document).unwrap_err();
    assert_eq!(fault("[]").code().as_str(), "invalid_history");
    assert_eq!(fault(&format!("[{},{{}}]", stored[0])).path(), "/1");
    assert_eq!(fault(&format!("[{}]", stored[1])).code().as_str(), "invalid_history");
    let doubled = stored[0].replacen('{', r#"{"seq":0,"#, 1);
    assert_eq!(fault(&format!("[{doubled}]")).code().as_str(), "duplicate_key");
}

#[test]
fn the_text_is_the_document_of_the_type() {
    let engine = engine();
    for answer in answers(&engine) {
        let decision = Decision::Accepted(answer);
        let derived = serde_json::to_value(&decision).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&wire::linked::write(&decision)).unwrap(), derived);
        let mut batch: Value = serde_json::from_str(&wire::linked::write_of_batch(&Ok(decision.clone()))).unwrap();
        let snapshot = batch["accepted"].as_object_mut().unwrap().remove("snapshot").unwrap();
        assert_eq!(batch, derived);
        let Decision::Accepted(answer) = decision else { unreachable!() };
        assert_eq!(wire::snapshot::read(snapshot.to_string()).unwrap(), answer.ticket);
    }
}

#[test]
fn a_retry_with_rows_succeeds_at_an_earlier_clock() {
    let engine = engine();
    let opening = wire::command::read_opening(format!(
        r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email", {MESSAGE}}}"#
    ));
    let now = at("23T09:00");
    let opened = engine.open(&opening.unwrap(), &actor(Role::Customer, "kim"), now).unwrap();
    let opened = opened.into_result().unwrap().linked(&engine, None, now).unwrap();
    let opened = opened.with_rows(&engine, None, now, "Asia/Jakarta").unwrap();
    let assign = wire::command::read(r#"{"command": "assign", "agent": "ana", "command_id": "c-1"}"#).unwrap();
    let decide = |ticket: &Ticket, now| {
        engine.decide(ticket, &assign, &actor(Role::Admin, "root"), now).unwrap().into_result().unwrap()
    };
    let state = opened.rows.unwrap().state;
    let assigned = decide(&opened.ticket, at("23T10:00")).linked(&engine, Some(opened.head), now).unwrap();
    let assigned = assigned.with_rows(&engine, Some(&state), at("23T10:00"), "Asia/Jakarta").unwrap();
    let state = assigned.rows.unwrap().state;
    let again = decide(&assigned.ticket, at("23T09:30")).linked(&engine, Some(assigned.head), now).unwrap();
    let again = again.with_rows(&engine, Some(&state), at("23T09:30"), "Asia/Jakarta").unwrap();
    assert!(again.entries.is_empty());
    assert_eq!(again.rows.unwrap().state, state);
}

#[test]
fn rows_are_those_of_the_history_and_their_state_is_on_a_line_of_its_own() {
    let engine = engine();
    let (mut state, mut keys, mut events) = (None, std::collections::BTreeSet::new(), Vec::new());
    for answer in answers(&engine) {
        let now = answer.ticket.last_at;
        let answer = answer.with_rows(&engine, state.as_ref(), now, "Asia/Jakarta").unwrap();
        events.extend(answer.entries.iter().map(|entry| entry.content.clone()));
        let decision = Decision::Accepted(answer);
        let derived = serde_json::to_value(&decision).unwrap();
        for text in [wire::linked::write(&decision), wire::linked::write_of_batch(&Ok(decision.clone()))] {
            let mut document: Value = serde_json::from_str(&text).unwrap();
            document["accepted"].as_object_mut().unwrap().remove("snapshot");
            let schema = document["accepted"]["rows"]["state"].as_object_mut().unwrap().remove("schema").unwrap();
            assert_eq!(schema, wire::rows::ROW_STATE_SCHEMA);
            assert_eq!(document, derived);
            let before = text.split('\n').position(|line| line.ends_with("\"state\":")).unwrap();
            let line = text.split('\n').nth(before + 1).unwrap();
            let Decision::Accepted(answer) = &decision else { unreachable!() };
            assert_eq!(wire::rows::read_state(line).unwrap(), answer.rows.as_ref().unwrap().state);
        }
        let Decision::Accepted(answer) = decision else { unreachable!() };
        let rows = answer.rows.unwrap();
        keys.extend(rows.facts.iter().map(|fact| fact.key.clone()));
        state = Some(rows.state);
    }
    let history = History::new(events).unwrap();
    let whole = engine.history_rows(None, &history, history.ticket().last_at, "Asia/Jakarta").unwrap();
    assert_eq!(Some(&whole.state), state.as_ref());
    assert_eq!(whole.facts.into_iter().map(|fact| fact.key).collect::<std::collections::BTreeSet<_>>(), keys);
}

#[test]
fn a_head_of_another_ticket_or_place_is_refused() {
    let engine = engine();
    let answers = answers(&engine);
    let now = at("24T13:00");
    let due = |ticket: &Ticket| engine.due_events(ticket, now).unwrap();
    let last = answers.last().unwrap();
    // Nothing is due, so that only the head can tell.
    assert!(due(&last.ticket).events.is_empty());
    assert!(due(&last.ticket).linked(&engine, last.head.clone(), now).is_ok());
    let earlier = due(&last.ticket).linked(&engine, answers[0].head.clone(), now).unwrap_err();
    assert_eq!(earlier.code().as_str(), "invalid_history");
    let mut other = last.head.clone();
    other.id = sla_core::Id::new("T-2").unwrap();
    assert!(due(&last.ticket).linked(&engine, other, now).is_err());
    // A chain is begun by an opening only.
    let again = engine.decide(
        &answers[0].ticket,
        &wire::command::read(r#"{"command": "withdraw"}"#).unwrap(),
        &actor(Role::Customer, "kim"),
        now,
    );
    let again = again.unwrap().into_result().unwrap();
    assert_eq!(again.linked(&engine, None, now).unwrap_err().code().as_str(), "invalid_history");
}

#[test]
fn values_are_those_of_an_evaluation_at_the_last_event() {
    let engine = engine();
    for answer in answers(&engine) {
        let (ticket, values) = (&answer.ticket, engine.ticket_values(&answer.ticket));
        assert_eq!(values, answer.values);
        assert_eq!((values.status, values.events), (ticket.status, ticket.events));
        assert_eq!(values.priority.as_ref().unwrap().as_str(), "normal");
        assert_eq!(values.closed_at, ticket.status.is_final().then_some(ticket.last_at));
        let evaluation = engine.evaluate(ticket, ticket.last_at).unwrap();
        let mut started = 0;
        for timer in evaluation.timers.iter().filter(|timer| timer.current().is_some()) {
            let (current, found) =
                (timer.current().unwrap(), values.timers.iter().find(|found| found.timer == timer.timer));
            let found = found.unwrap();
            assert_eq!((found.cycle, found.state), (current.number, current.state()));
            assert_eq!((found.outcome, found.activity), (current.outcome, current.activity));
            assert_eq!(found.due_at, current.due_at());
            assert_eq!(found.target, current.target);
            // A running cycle counts down from its last change; a calendar is not asked.
            if found.since == ticket.last_at || current.stopped_at.is_some() {
                assert_eq!(found.remaining, current.remaining);
            }
            started += 1;
        }
        assert_eq!(values.timers.len(), started);
        let numbers: Vec<u32> = values.escalations.iter().map(|escalation| escalation.number).collect();
        assert!(numbers.iter().copied().eq(1..=u32::try_from(ticket.escalations.len()).unwrap()));
        assert!(
            ticket
                .timers
                .iter()
                .all(|track| !matches!(track.cycles.last().and_then(|c| c.due()), Some(Due::OutOfHorizon)))
        );
    }
}
