//! Rows of a real log of states, against what an independent mapping made of it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use sla_core::audit::Chain;
use sla_core::log::{Importer, Meaning, Row, State, States, by_ticket, commands_of};
use sla_core::ticket::{Action, EventKind};
use sla_core::time::Timestamp;
use sla_core::{Engine, Id, wire};

#[derive(Deserialize)]
struct Expected {
    rows: usize,
    tickets: usize,
    commands: usize,
    refused: Vec<(u64, String, String)>,
    heads: BTreeMap<String, String>,
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

fn states() -> States {
    let waiting = State::new(Meaning::OnHold);
    [
        ("New", State::new(Meaning::New)),
        ("Active", State::new(Meaning::Active)),
        ("Awaiting User Info", State { replied: true, ..State::new(Meaning::Pending) }),
        ("Awaiting Vendor", waiting.clone()),
        ("Awaiting Problem", waiting.clone()),
        ("Awaiting Evidence", waiting),
        ("Resolved", State::new(Meaning::Resolved)),
        ("Closed", State::new(Meaning::Closed)),
    ]
    .into_iter()
    .collect()
}

/// Returns the cells of each line that follows the heading, by the heading's names.
fn lines(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = text.lines().map(|line| line.split(','));
    let names: Vec<&str> = lines.next().unwrap().collect();
    lines.map(|cells| names.iter().copied().zip(cells).filter(|(_, cell)| !cell.is_empty()).collect()).collect()
}

fn instant(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{text}:00Z")).unwrap()
}

fn row<'a>(number: usize, cells: &BTreeMap<&str, &'a str>, customers: &'a BTreeMap<&str, String>) -> Row<'a> {
    let ticket = cells["ticket_id"];
    let channel = match cells["channel"] {
        "Phone" => "phone",
        "Email" => "email",
        "Self service" => "self_service",
        "IVR" => "ivr",
        "Direct opening" => "direct",
        other => other,
    };
    Row {
        // Lines count from 1, which is the heading.
        number: u64::try_from(number + 2).unwrap(),
        ticket,
        event_at: Some(instant(cells["event_at"])),
        sequence: Some(cells["seq"].parse().unwrap()),
        state: Some(cells["state"]),
        opened_at: Some(instant(cells["opened_at"])),
        actor: cells.get("actor").copied(),
        customer: Some(&customers[ticket]),
        package: Some("internal"),
        channel: Some(channel),
        severity: cells.get("priority").copied(),
        agent: cells.get("team").copied(),
        ..Row::default()
    }
}

#[test]
fn states_of_the_real_log_become_the_commands_of_an_independent_mapping() {
    let expected: Expected = serde_json::from_str(&read("tests/data/incident-log.json")).unwrap();
    let text = read("examples/data/incident-events.csv");
    let lines = lines(&text);
    let customers: BTreeMap<&str, String> =
        lines.iter().map(|cells| (cells["ticket_id"], format!("requester of {}", cells["ticket_id"]))).collect();
    let mut rows: Vec<Row<'_>> =
        lines.iter().enumerate().map(|(number, cells)| row(number, cells, &customers)).collect();
    assert_eq!(rows.len(), expected.rows);
    let engine = Engine::compile(wire::policy::read(read("examples/incident-desk.json")).unwrap()).unwrap();
    let states = states();
    let commands = commands_of(&mut rows.clone(), Some(&states));
    assert_eq!(commands.tickets.len(), expected.tickets);
    let counts: BTreeMap<&str, usize> =
        commands.tickets.iter().map(|ticket| (ticket.opening.ticket.as_str(), ticket.commands.len() + 1)).collect();
    assert_eq!(counts.values().sum::<usize>(), expected.commands);

    let mut importer = Importer::new(&engine).with_states(&states);
    let mut heads = BTreeMap::new();
    for rows in by_ticket(&mut rows) {
        let history = importer.ticket(rows).unwrap().unwrap();
        let id = &history.ticket().id;
        let mut chain = Chain::new(Id::new(id.as_str()).unwrap());
        chain.extend(history.events().iter().cloned(), history.ticket().last_at).unwrap();
        let head = chain.head().hash.to_string();
        heads.insert(
            id.to_string(),
            format!("{} {} {}", counts[id.as_str()], history.events().len(), head.get(..16).unwrap()),
        );
    }
    assert_eq!(heads, expected.heads);
    let import = importer.finish();
    assert_eq!(import.remarks, []);
    let mut refused: Vec<(u64, String, String)> =
        import.refused.into_iter().map(|row| (row.row, row.ticket, row.code.to_owned())).collect();
    refused.sort();
    let mut known = expected.refused;
    known.sort();
    // A row whose commands are refused for one reason is named once.
    known.dedup();
    refused.dedup();
    assert_eq!(refused, known);
}

#[test]
fn rows_are_named_by_commands_and_by_the_events_they_make() {
    let opened = Row {
        ticket: "T",
        event_at: Some(instant("2026-03-02T10:00")),
        kind: Some("open"),
        package: Some("starter"),
        channel: Some("email"),
        severity: Some("1"),
        reason: Some("because"),
        apply: Some("keep"),
        score: Some("5"),
        escalation: Some("1"),
        absorbed_ticket: Some("U"),
        ..Row::default()
    };
    for action in Action::COMMANDS.iter().copied().filter(|action| *action != Action::AdoptRevision) {
        let row = Row { number: 1, kind: Some(action.as_str()), ..opened };
        let found = commands_of(&mut [opened, row], None);
        assert_eq!(found.refused, [], "{action:?}");
        assert_eq!(found.tickets[0].commands[0].command.kind.action(), action);
    }
    for name in EventKind::NAMES {
        let row = Row { number: 1, kind: Some(name), ..opened };
        let found = commands_of(&mut [opened, row], None);
        let commands: Vec<&str> =
            found.tickets[0].commands.iter().map(|past| past.command.kind.action().as_str()).collect();
        match *name {
            "opened" => assert_eq!(found.refused[0].code, "wrong_status"),
            "revision_adopted" => assert_eq!(found.refused[0].code, "unknown_word"),
            "warned" | "breached" | "reminded" => assert_eq!((commands.len(), found.refused.len()), (0, 0), "{name}"),
            _ => assert_eq!((commands.len(), found.refused.len()), (1, 0), "{name}"),
        }
    }
    let escalated = Row { number: 1, kind: Some("escalated"), role: Some("system"), ..opened };
    assert_eq!(commands_of(&mut [opened, escalated], None).tickets[0].commands, []);
}

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    log: serde_json::Value,
    expected: serde_json::Value,
}

#[test]
fn logs_become_the_commands_of_the_vectors() {
    let vectors: Vectors = serde_json::from_str(&read("tests/vectors/logs.json")).unwrap();
    for Vector { name, log, expected } in vectors.cases {
        let commands = wire::log::read(log.to_string()).unwrap().commands();
        let mut found: serde_json::Value = serde_json::from_str(&wire::log::write(&commands)).unwrap();
        for row in found["refused"].as_array_mut().unwrap() {
            let message = row.as_object_mut().unwrap().remove("message").unwrap();
            assert!(!message.as_str().unwrap().is_empty(), "{name}");
        }
        assert_eq!(found, expected, "{name}");
        // Every ticket is what an import takes.
        for (ticket, written) in commands.tickets.iter().zip(found["tickets"].as_array().unwrap()) {
            let recorded = wire::command::read_recorded(written["recorded"].to_string()).unwrap();
            assert_eq!(
                (recorded.opening, recorded.commands),
                (ticket.opening.clone(), ticket.commands.clone()),
                "{name}"
            );
        }
    }
}

#[test]
fn logs_that_are_no_documents_are_refused_with_a_place() {
    let states = |states: &str| format!(r#"{{"schema": "sla-log/1", "states": {states}, "rows": []}}"#);
    let rows = |rows: &str| format!(r#"{{"schema": "sla-log/1", "rows": {rows}}}"#);
    for (document, code, path) in [
        ("[".to_owned(), "invalid_json", ""),
        (r#"{"rows": []}"#.to_owned(), "unsupported_schema", "/schema"),
        (r#"{"schema": "sla-log/1"}"#.to_owned(), "missing_field", ""),
        (rows("{}"), "wrong_type", "/rows"),
        (rows(r#"[{"ticket_id": "T", "colour": "red"}]"#), "unknown_field", "/rows/0/colour"),
        (states(r#"{"New": "fresh"}"#), "unknown_word", "/states/New"),
        (states(r#"{"New": {"means": "fresh"}}"#), "unknown_word", "/states/New/means"),
        (states(r#"{"New": {"replied": true}}"#), "missing_field", "/states/New"),
        (states(r#"{"New": {"means": "new", "colour": "red"}}"#), "unknown_field", "/states/New/colour"),
    ] {
        let error = wire::log::read(&document).unwrap_err();
        assert_eq!((error.code().as_str(), error.path()), (code, path), "{document}: {error}");
    }
}
