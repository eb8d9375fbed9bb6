//! A deadline derived by hand: lunch, weekend, a holiday by its name, a special day, a pause, a resolution, a reopening.

use sla_core::engine::Decision;
use sla_core::ticket::{Actor, Command, History, Role};
use sla_core::time::Timestamp;
use sla_core::{Engine, ErrorCode, wire};

const POLICY: &str = r#"{
    "schema": "sla-policy/2", "id": "desk", "version": 1,
    "calendars": {"office": {"time_zone": "Asia/Jakarta",
        "weekly": {"mon": ["08:00-12:00", "13:00-17:00"], "tue": ["08:00-12:00", "13:00-17:00"],
                   "wed": ["08:00-12:00", "13:00-17:00"], "thu": ["08:00-12:00", "13:00-17:00"],
                   "fri": ["08:00-12:00", "13:00-17:00"]},
        "holidays": [{"date": "2026-03-19", "name": "Day of Silence"}],
        "special_days": [{"date": "2026-03-24", "name": "Inventory", "windows": ["10:00-11:00"]}]}},
    "channels": [{"id": "email", "name": "Email"}],
    "packages": [{"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "office",
                  "targets": {"first_response": "4h", "resolution": "24h"}}]
}"#;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-03-{text}:00+07:00")).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn desk() -> (Engine, History) {
    let engine = Engine::compile(wire::policy::read(POLICY).unwrap_or_else(|error| panic!("{error:#?}"))).unwrap();
    let message = format!(r#"{{"message_ref": "m", "content_sha256": "{}"}}"#, "0".repeat(64));
    let opening = format!(
        r#"{{"command": "open", "ticket": "T-7", "customer": "kim", "package": "starter", "channel": "email",
            "message": {message}}}"#
    );
    let admin = Actor::new(Role::Admin, "root");
    let opening = wire::command::read_opening(opening).unwrap();
    let Decision::Accepted(opened) = engine.open(&opening, &admin, at("17T15:30")).unwrap() else { panic!("refused") };
    let mut history = History::new(opened.events).unwrap();
    let ana = Actor::new(Role::Agent, "ana");
    let commands = [
        ("17T16:00", &admin, r#"{"command": "assign", "agent": "ana"}"#.to_owned()),
        ("18T09:00", &ana, r#"{"command": "pause", "status": "pending", "reason": "which order?"}"#.to_owned()),
        ("18T11:00", &ana, r#"{"command": "resume"}"#.to_owned()),
        ("20T16:00", &ana, format!(r#"{{"command": "resolve", "message": {message}}}"#)),
        ("23T09:00", &ana, r#"{"command": "reopen", "reason": "it is back"}"#.to_owned()),
    ];
    for (when, actor, command) in commands {
        let command: Command = wire::command::read(command).unwrap();
        match engine.decide(history.ticket(), &command, actor, at(when)).unwrap() {
            Decision::Accepted(accepted) => history.extend(accepted.events).unwrap(),
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
    }
    (engine, history)
}

#[test]
fn a_deadline_is_derived_step_by_step() {
    let (engine, history) = desk();
    let found = engine.explain(&history, "resolution", None, at("23T14:00")).unwrap();
    // 1 h + 1 h, then from the 18th at 11: 1 + 4 h; the 19th is a holiday; the 20th until 16: 4 + 3 h; the 23rd from
    // 9: 3 + 1 h make 18 h. Of the 6 h left, 3 h on the 23rd, 1 h on the 24th, 2 h on the 25th.
    assert_eq!(
        found.to_string(),
        "\
resolution of ticket T-7: 24h promised in the calendar `office` (Asia/Jakarta)
  Tue 2026-03-17 16:00:00 to 17:00:00  counted 1h, 1h used
  Tue 2026-03-17 17:00:00 to Wed 2026-03-18 08:00:00  closed: outside hours
  Wed 2026-03-18 08:00:00 to 09:00:00  counted 1h, 2h used
  Wed 2026-03-18 09:00:00 to 11:00:00  paused (pending) by agent ana: which order?
  Wed 2026-03-18 11:00:00 to 12:00:00  counted 1h, 3h used
  Wed 2026-03-18 12:00:00 to 13:00:00  closed: lunch break
  Wed 2026-03-18 13:00:00 to 17:00:00  counted 4h, 7h used
  Wed 2026-03-18 17:00:00 to Thu 2026-03-19 00:00:00  closed: outside hours
  Thu 2026-03-19 00:00:00 to Fri 2026-03-20 00:00:00  closed: holiday Day of Silence
  Fri 2026-03-20 00:00:00 to 08:00:00  closed: outside hours
  Fri 2026-03-20 08:00:00 to 12:00:00  counted 4h, 11h used
  Fri 2026-03-20 12:00:00 to 13:00:00  closed: lunch break
  Fri 2026-03-20 13:00:00 to 16:00:00  counted 3h, 14h used
  Fri 2026-03-20 16:00:00 to Mon 2026-03-23 09:00:00  resolved
  Mon 2026-03-23 09:00:00 to 12:00:00  counted 3h, 17h used
  Mon 2026-03-23 12:00:00 to 13:00:00  closed: lunch break
  Mon 2026-03-23 13:00:00 to 14:00:00  counted 1h, 18h used
still to come:
  Mon 2026-03-23 14:00:00 to 17:00:00  counted 3h, 21h used
  Mon 2026-03-23 17:00:00 to Tue 2026-03-24 00:00:00  closed: outside hours
  Tue 2026-03-24 00:00:00 to 10:00:00  closed: special day Inventory
  Tue 2026-03-24 10:00:00 to 11:00:00  counted 1h, 22h used
  Tue 2026-03-24 11:00:00 to Wed 2026-03-25 00:00:00  closed: special day Inventory
  Wed 2026-03-25 00:00:00 to 08:00:00  closed: outside hours
  Wed 2026-03-25 08:00:00 to 10:00:00  counted 2h, 24h used
due Wed 2026-03-25 10:00:00
"
    );
    let document: serde_json::Value = serde_json::from_str(&wire::explanation::write(&found)).unwrap();
    assert_eq!(document["cycle"]["elapsed_us"], 18 * 3_600_000_000_i64);
    assert_eq!(document["passed"][3]["paused"]["by"]["id"], "ana");
    assert_eq!(document["passed"][8]["closed"]["name"], "Day of Silence");
    assert_eq!(document["passed"][8]["from"], "2026-03-19T00:00:00+07:00");
    assert_eq!(document["ahead"][0]["counted_us"], 3 * 3_600_000_000_i64);
}

#[test]
fn the_first_response_names_the_weekend_and_the_breach() {
    let (engine, history) = desk();
    let found = engine.explain(&history, "first_response", Some(1), at("23T14:00")).unwrap();
    let text = found.to_string();
    // The resolve on Friday at 16 is the first answer; due after 1 h 30 and 2 h 30 more.
    assert!(text.ends_with("breached: was due Wed 2026-03-18 10:30:00\n"), "{text}");
    assert!(!text.contains("paused"), "{text}");
    assert_eq!(found.cycle.elapsed.as_micros(), (90 + 480 + 420) * 60_000_000);
}

#[test]
fn the_ledger_books_status_holder_and_wait() {
    let (engine, history) = desk();
    let ledger = engine.ledger(&history, at("23T14:00")).unwrap();
    let hours = |micros: i64| micros / 360_000_000;
    let booked: Vec<_> = ledger
        .entries
        .iter()
        .map(|entry| {
            let holder = entry.agent.as_ref().map(ToString::to_string);
            (
                entry.status.as_str(),
                holder,
                entry.wait_reason.clone(),
                hours(entry.length_us()),
                hours(entry.open.as_micros()),
            )
        })
        .collect();
    let ana = || Some("ana".to_owned());
    // Lengths and open time in tenths of an hour.
    assert_eq!(
        booked,
        [
            ("new", None, None, 5, 5),
            ("open", ana(), None, 170, 20),
            ("pending", ana(), Some("which order?".to_owned()), 20, 20),
            ("open", ana(), None, 530, 120),
            ("resolved", ana(), None, 650, 20),
            ("open", ana(), None, 50, 40),
        ]
    );
    let document: serde_json::Value = serde_json::from_str(&wire::explanation::write_ledger(&ledger)).unwrap();
    assert_eq!(document["entries"][2]["wait_reason"], "which order?");
    assert_eq!(document["entries"][2]["closed_us"], 0);
}

#[test]
fn what_never_started_cannot_be_explained() {
    let (engine, history) = desk();
    for (timer, cycle) in
        [("next_response", None), ("no timer", None), ("resolution", Some(2)), ("resolution", Some(0))]
    {
        let error = engine.explain(&history, timer, cycle, at("23T14:00")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::UnknownTimer, "{timer}");
    }
    let before = engine.explain(&history, "resolution", None, at("17T14:00")).unwrap_err();
    assert_eq!(before.code(), ErrorCode::TimeWentBack);
}

#[test]
fn closed_time_names_the_season_and_a_range_of_holidays() {
    let seasons = r#""seasons": [{"from": "2026-03-16", "to": "2026-03-18", "name": "Ramadan",
        "weekly": {"mon": ["08:00-15:00"], "tue": ["08:00-16:00"], "wed": ["09:00-15:00"]}}],
        "holidays": [{"from": "2026-03-19", "to": "2026-03-20", "name": "Feast"}],"#;
    let policy = POLICY.replace(r#""holidays": [{"date": "2026-03-19", "name": "Day of Silence"}],"#, seasons);
    let engine = Engine::compile(wire::policy::read(policy).unwrap()).unwrap();
    let message = format!(r#"{{"message_ref": "m", "content_sha256": "{}"}}"#, "0".repeat(64));
    let opening = format!(
        r#"{{"command": "open", "ticket": "T-7", "customer": "kim", "package": "starter", "channel": "email",
            "message": {message}}}"#
    );
    let admin = Actor::new(Role::Admin, "root");
    let opening = wire::command::read_opening(opening).unwrap();
    let Decision::Accepted(opened) = engine.open(&opening, &admin, at("18T14:00")).unwrap() else { panic!("refused") };
    let history = History::new(opened.events).unwrap();
    let found = engine.explain(&history, "first_response", None, at("18T14:00")).unwrap().to_string();
    // One hour on the 18th, three on the 23rd.
    for line in [
        "  Wed 2026-03-18 15:00:00 to Thu 2026-03-19 00:00:00  closed: outside hours of season Ramadan\n",
        "  Thu 2026-03-19 00:00:00 to Sat 2026-03-21 00:00:00  closed: holiday Feast\n",
        "due Mon 2026-03-23 11:00:00\n",
    ] {
        assert!(found.contains(line), "{found}");
    }
}

const TERMS: &str = r#"{
    "schema": "sla-policy/2", "id": "desk", "version": 1,
    "calendars": {
        "jakarta": {"time_zone": "Asia/Jakarta",
            "weekly": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"], "wed": ["09:00-17:00"]}},
        "berlin": {"time_zone": "Europe/Berlin",
            "weekly": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"], "wed": ["09:00-17:00"]}}},
    "channels": [{"id": "email", "name": "Email"}],
    "categories": ["support", "sales", "orders"],
    "packages": [{"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "jakarta",
        "targets": {}, "variants": [
            {"when": {"category": "support"}, "targets": {"first_response": "4h"}},
            {"when": {"category": "orders"}, "targets": {"first_response": "6h"}, "calendar": "berlin"}]},
        {"id": "letters", "name": "Letters", "rank": 1, "channels": ["email"], "calendar": "berlin",
         "targets": {"first_response": {"business_days": 1, "by": "close", "cut_off": "16:00"}}}]
}"#;

/// Returns the text for `first_response` after a ticket was opened and `commands` were given, each at an instant.
fn told(opening: &str, opened_at: &str, commands: &[(&str, &str)], now: &str) -> String {
    let engine = Engine::compile(wire::policy::read(TERMS).unwrap_or_else(|error| panic!("{error:#?}"))).unwrap();
    let message = format!(r#""message": {{"message_ref": "m", "content_sha256": "{}"}}"#, "0".repeat(64));
    let opening = format!(
        r#"{{"command": "open", "ticket": "T-7", "customer": "kim", "channel": "email", {opening}, {message}}}"#
    );
    let admin = Actor::new(Role::Admin, "root");
    let opening = wire::command::read_opening(opening).unwrap();
    let Decision::Accepted(opened) = engine.open(&opening, &admin, at(opened_at)).unwrap() else { panic!("refused") };
    let mut history = History::new(opened.events).unwrap();
    for (when, command) in commands {
        let command: Command = wire::command::read(command.replace("MESSAGE", &message)).unwrap();
        match engine.decide(history.ticket(), &command, &admin, at(when)).unwrap() {
            Decision::Accepted(accepted) => history.extend(accepted.events).unwrap(),
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
    }
    let found = engine.explain(&history, "first_response", None, at(now)).unwrap();
    let counted: i64 = found.passed.iter().map(|segment| segment.counted.as_micros()).sum();
    assert_eq!(counted, found.cycle.elapsed.as_micros());
    found.to_string()
}

#[test]
fn a_promise_that_ends_and_returns_names_the_command() {
    let sales = r#"{"command": "classify", "category": "sales", "apply": "from_now", "reason": "wants to buy"}"#;
    let orders = r#"{"command": "classify", "category": "orders", "apply": "from_now", "reason": "has bought"}"#;
    let text = told(
        r#""package": "starter", "category": "support""#,
        "16T10:00",
        &[("16T11:00", sales), ("16T13:00", orders)],
        "16T16:00",
    );
    assert!(text.contains("classified by admin root: 6h promised again, the time without a promise counts"), "{text}");
    assert!(text.ends_with("due Mon 2026-03-16 12:00:00 Europe/Berlin +01:00\n"), "{text}");
    let ended = told(r#""package": "starter", "category": "support""#, "16T10:00", &[("16T11:00", sales)], "16T12:00");
    assert!(ended.contains("classified by admin root: the promise of 4h ends (wants to buy)\n"), "{ended}");
    assert!(ended.ends_with("no due: the promise ended\n"), "{ended}");
    for text in [&text, &ended] {
        assert!(read_file("docs/explain.md").contains(text.as_str()), "docs/explain.md lacks:\n{text}");
    }
}

#[test]
fn time_that_is_counted_anew_is_whole_where_the_status_changed_and_the_timer_ran_on() {
    let assign = r#"{"command": "assign", "agent": "ana"}"#;
    let orders = r#"{"command": "classify", "category": "orders", "apply": "retroactive", "reason": "has bought"}"#;
    let text = told(
        r#""package": "starter", "category": "support""#,
        "16T15:30",
        &[("16T16:00", assign), ("16T16:30", orders)],
        "16T17:00",
    );
    assert!(text.contains("09:30:00 to 10:30:00  counted 1h, 1h used\n"), "{text}");
}

#[test]
fn business_days_and_earlier_receipts_are_explained() {
    let absorb = r#"{"command": "absorb", "ticket": "T-3", "waiting_since": "2026-03-16T09:30:00+01:00",
        "reason": "the same question"}"#;
    let reply = r#"{"command": "reply", "channel": "email", MESSAGE}"#;
    let text = told(r#""package": "letters""#, "16T17:00", &[("16T18:00", absorb), ("16T19:00", reply)], "16T20:00");
    assert!(read_file("docs/explain.md").contains(&text), "docs/explain.md lacks:\n{text}");
    assert!(
        text.contains("absorbed by admin root: received earlier, counts from Mon 2026-03-16 09:30:00 on"),
        "{text}"
    );
    assert!(text.contains("replied by admin root: stopped, met\n"), "{text}");
}

fn read_file(path: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}
