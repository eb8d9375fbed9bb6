//! Documents that somebody damaged: every reader answers with a value or an error, and what it accepts it writes again.

use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use sla_core::analytics::{Aggregate, Dimension, Grouping, PeriodUnit, Report, RowState};
use sla_core::audit::Chain;
use sla_core::calendar::ZoneDatabase;
use sla_core::ticket::{Event, History};
use sla_core::time::Timestamp;
use sla_core::{Engine, ErrorCode, wire};
use sla_tests::stories::{RULES, tell};
use sla_tests::streams;

/// Whole documents of every format, small ones.
fn documents() -> Vec<String> {
    let history = tell(RULES).into_iter().filter_map(|told| told.history).max_by_key(|told| told.events().len());
    let history = history.unwrap_or_else(|| panic!("no story has a history"));
    let ticket = history.ticket();
    let mut chain = Chain::new(ticket.id.clone());
    let entries = chain.extend(history.events().to_vec(), ticket.last_at).unwrap();
    let command =
        r#"{"command": "change_package", "package": "a", "apply": "from_now", "reason": "why", "command_id": "c"}"#;
    vec![
        wire::ticket::write_history(&history),
        wire::ticket::write_event(&history.events()[0]),
        wire::snapshot::write(ticket),
        wire::audit::write_chain(&ticket.id, &entries),
        wire::audit::write_entry(&entries[1]),
        wire::audit::write_heads(&[chain.head().clone()]),
        command.to_owned(),
        wire::rows::write_state(&rows().0),
        include_str!("../../examples/talkabiz.json").to_owned(),
        aggregate(),
    ]
}

/// A row state, and the history that it is of.
fn rows() -> (RowState, History) {
    let now = Timestamp::from_micros(1_774_000_000_000_000);
    let history = streams::opened(&streams::engine(), "a", now);
    let rows = streams::engine().history_rows(None, &history, now, "Asia/Jakarta").unwrap();
    (rows.state, history)
}

/// An aggregate of two random tickets.
pub fn aggregate() -> String {
    let engine = streams::engine();
    let weekly = Grouping::by(Dimension::ALL);
    let weekly = weekly.with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded()).unwrap();
    let mut aggregate = Aggregate::new(weekly);
    for package in 0..2 {
        let history =
            streams::opened(&engine, streams::PACKAGES[package], Timestamp::from_micros(1_774_000_000_000_000));
        let now = Timestamp::from_micros(history.ticket().last_at.as_micros() + 900 * streams::HOUR);
        aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), now).unwrap()).unwrap();
    }
    wire::analytics::write(&aggregate)
}

/// Hands a text to every reader. What one accepts is written and read again as the same.
fn read_with_everything(bytes: &[u8]) -> usize {
    let mut accepted = 0;
    if let Ok(history) = wire::ticket::read_history(bytes) {
        assert_eq!(wire::ticket::read_history(wire::ticket::write_history(&history)).as_ref(), Ok(&history));
        accepted += 1;
    }
    if let Ok(event) = wire::ticket::read_event(bytes) {
        assert_eq!(wire::ticket::read_event(wire::ticket::write_event(&event)).as_ref(), Ok(&event));
        accepted += 1;
    }
    if let Ok(ticket) = wire::snapshot::read(bytes) {
        assert_eq!(wire::snapshot::read(wire::snapshot::write(&ticket)).as_ref(), Ok(&ticket));
        accepted += 1;
    }
    if let Ok((id, entries)) = wire::audit::read_chain::<Event>(bytes) {
        let again = wire::audit::read_chain(wire::audit::write_chain(&id, &entries));
        assert_eq!(again, Ok((id.clone(), entries.clone())));
        // A damaged chain is told from a whole one without panic.
        let _ = sla_core::audit::verify(&id, &entries, &[]);
        accepted += 1;
    }
    if let Ok(entry) = wire::audit::read_entry::<Event>(bytes) {
        assert_eq!(wire::audit::read_entry(wire::audit::write_entry(&entry)), Ok(entry));
        accepted += 1;
    }
    if let Ok(heads) = wire::audit::read_heads(bytes) {
        assert_eq!(wire::audit::read_heads(wire::audit::write_heads(&heads)), Ok(heads));
        accepted += 1;
    }
    if let Ok(command) = wire::command::read(bytes) {
        assert_eq!(wire::command::read(wire::command::write(&command)), Ok(command));
        accepted += 1;
    }
    if let Ok(policy) = wire::policy::read(bytes) {
        assert_eq!(wire::policy::read(wire::policy::write(&policy)), Ok(policy));
        accepted += 1;
    }
    if let Ok(state) = wire::rows::read_state(bytes) {
        assert_eq!(wire::rows::read_state(wire::rows::write_state(&state)).as_ref(), Ok(&state));
        static KNOWN: OnceLock<(Engine, History)> = OnceLock::new();
        let (engine, history) = KNOWN.get_or_init(|| (streams::engine(), rows().1));
        let now = Timestamp::from_micros(history.ticket().last_at.as_micros() + 900 * streams::HOUR);
        // A state that was changed gives other rows, or none, but no panic.
        let _ = engine.ticket_rows(Some(&state), history.ticket(), [], now, "UTC");
        accepted += 1;
    }
    let zones = ZoneDatabase::embedded();
    if let Ok(aggregate) = wire::analytics::read(bytes, &zones) {
        assert_eq!(wire::analytics::read(wire::analytics::write(&aggregate), &zones), Ok(aggregate.clone()));
        let _ = Report::of(&aggregate);
        accepted += 1;
    }
    let _ = wire::command::read_opening(bytes);
    accepted
}

#[test]
fn every_whole_document_is_accepted() {
    for document in documents() {
        assert!(read_with_everything(document.as_bytes()) > 0, "{document}");
    }
}

#[derive(Debug, Clone)]
enum Damage {
    Byte(usize, u8),
    Cut(usize),
    Twice(usize, usize),
    Gone(usize, usize),
    Number(usize, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let numbers = ["9007199254740993", "-1", "1e400", "18446744073709551616", "0.5", "null", "[]", "\"\"", "{}"];
    prop_oneof![
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        1 => any::<usize>().prop_map(Damage::Cut),
        2 => (any::<usize>(), 1..60_usize).prop_map(|(at, length)| Damage::Twice(at, length)),
        2 => (any::<usize>(), 1..60_usize).prop_map(|(at, length)| Damage::Gone(at, length)),
        4 => (any::<usize>(), 0..numbers.len()).prop_map(move |(at, which)| Damage::Number(at, numbers[which])),
    ]
}

fn damaged(document: &str, damages: &[Damage]) -> Vec<u8> {
    let mut bytes = document.as_bytes().to_vec();
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match *damage {
            Damage::Byte(at, byte) => bytes[at % length] = byte,
            Damage::Cut(at) => bytes.truncate(at % length),
            Damage::Twice(at, count) => {
                let from = at % length;
                let part = bytes[from..(from + count).min(length)].to_vec();
                bytes.splice(from..from, part);
            }
            Damage::Gone(at, count) => drop(bytes.drain(at % length..(at % length + count).min(length))),
            // In place of a number: the digits from the next one on.
            Damage::Number(at, number) => {
                let from = at % length;
                let digit = bytes[from..].iter().position(u8::is_ascii_digit).map(|digit| from + digit);
                if let Some(start) = digit {
                    let end = bytes[start..].iter().position(|byte| !byte.is_ascii_digit());
                    bytes.splice(start..end.map_or(length, |end| start + end), number.bytes());
                }
            }
        }
    }
    bytes
}

#[test]
fn damaged_documents_neither_panic_nor_lose_anything() {
    let documents = documents();
    let config = ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() };
    let strategy = (0..documents.len(), vec(damage(), 1..4));
    let mut accepted = 0;
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let counted = std::cell::RefCell::new(&mut accepted);
    let outcome = runner.run(&strategy, |(which, damages)| {
        **counted.borrow_mut() += read_with_everything(&damaged(&documents[which], &damages));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    println!("{accepted} damaged documents were still accepted");
    assert!(accepted > 100, "{accepted}");
}

/// Words are not their numbers in a list, although derived readers would take these.
#[test]
fn a_kind_is_not_taken_from_a_number() {
    let history = documents().swap_remove(0);
    let by_number = history.replacen(r#""kind":"opened""#, r#""kind":0"#, 1);
    assert!(wire::ticket::read_history(&history).is_ok());
    assert_eq!(wire::ticket::read_history(by_number).unwrap_err().code(), ErrorCode::WrongType);
}

/// A list is no object, although its entries could stand for the fields in their order.
#[test]
fn an_object_is_not_taken_from_a_list_of_its_values() {
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let message = format!(r#"["m-1", "{digest}"]"#);
    let faults = [
        wire::command::read_actor(r#"["agent", "ana"]"#).unwrap_err(),
        wire::command::read(format!(r#"{{"command": "note", "message": {message}}}"#)).unwrap_err(),
        wire::audit::read_head(format!(r#"["ticket", "T-1", 5, "{digest}"]"#)).unwrap_err(),
        wire::audit::read_refusal(r#"["wrong_status", "reply", "closed", "reopen"]"#).unwrap_err(),
    ];
    let places = ["", "/message", "", ""];
    for (fault, place) in faults.iter().zip(places) {
        assert_eq!((fault.code().as_str(), fault.path()), ("wrong_type", place), "{fault}");
        assert!(fault.message().ends_with("expected an object"), "{fault}");
    }
}

/// The answer of a reader of documents: what it read, or code and place of the fault.
fn answer<T>(read: Result<T, sla_core::Error>) -> Result<T, (String, String)> {
    read.map_err(|error| (error.code().as_str().to_owned(), error.path().to_owned()))
}

/// What the library wrote is read from its text; white space before it, and it is read through a tree.
fn assert_read_alike(document: &str) -> bool {
    let tree = format!(" {document}");
    let history = answer(wire::ticket::read_history(document));
    assert_eq!(history, answer(wire::ticket::read_history(&tree)), "{document}");
    let chain = answer(wire::audit::read_chain::<Event>(document));
    assert_eq!(chain, answer(wire::audit::read_chain::<Event>(&tree)), "{document}");
    let ticket = answer(wire::snapshot::read(document));
    assert_eq!(ticket, answer(wire::snapshot::read(&tree)), "{document}");
    let rows = answer(wire::rows::read_state(document));
    assert_eq!(rows, answer(wire::rows::read_state(&tree)), "{document}");
    history.is_ok() || chain.is_ok() || ticket.is_ok() || rows.is_ok()
}

#[test]
fn a_document_is_read_from_its_text_as_from_its_tree() {
    let documents = documents();
    let own = documents.iter().filter(|document| document.contains("\"schema\"") && assert_read_alike(document));
    let own: Vec<&String> = own.collect();
    assert_eq!(own.len(), 4, "a history, a snapshot, a chain and a row state");
    let mut accepted = 0;
    for document in own {
        for place in (20..document.len()).step_by(37).filter(|place| document.is_char_boundary(*place)) {
            let (before, after) = document.split_at(place);
            let rest = after.get(1..).unwrap_or_default();
            for put in ["", "\"", "\\", "[", "{", "]", "}", ",", ":", "0", "-", "\n", "\u{1}", "null", "1e0", "{}"] {
                accepted += u32::from(assert_read_alike(&format!("{before}{put}{rest}")));
            }
        }
    }
    assert!(accepted > 20, "{accepted}");
}

#[test]
fn texts_numbers_and_objects_are_read_from_text_as_json_has_them() {
    let history = &documents()[0];
    let reason = history.find("\"reason\":\"").map(|place| place + 10).unwrap();
    let with = |text: &str| format!("{}{text}{}", &history[..reason], &history[reason..]);
    let read = |document: &str| {
        assert_read_alike(document);
        wire::ticket::read_history(document).is_ok()
    };
    let texts = [
        (r#"a \"quote\", a \\ and a \/"#, true),
        (r"\u00e9 \ud83d\ude00 \n\t", true),
        ("é 😀", true),
        (r"\ud83d", false),
        (r"\x", false),
        ("\n", false),
        ("\u{7f}", true),
    ];
    for (text, is_accepted) in texts {
        assert_eq!(read(&with(text)), is_accepted, "{text}");
    }
    let numbers =
        [("1", true), ("01", false), ("-1", false), ("-0", false), ("1.0", false), ("1e0", false), ("+1", false)];
    for (number, is_accepted) in numbers {
        let document = history.replacen("\"seq\":1,", &format!("\"seq\":{number},"), 1);
        assert_eq!(read(&document), is_accepted, "{number}");
    }
    let long = history.replacen("\"seq\":1,", &format!("\"seq\":{},", "1".repeat(30)), 1);
    assert!(!read(&long));
    let objects = [
        ("\"seq\":1,", " \"seq\" : 1 ,\r\n\t", true),
        ("\"seq\":1,", "\"seq\":1,\"seq\":1,", false),
        ("\"seq\":1,", "\"seq\":1,,", false),
        ("\"seq\":1,", "\"s\\u0065q\":1,", true),
        ("\"seq\":1,", "\"seq\":1,\"odd\":1,", false),
        ("\"seq\":1,", "\"seq\":1,1:1,", false),
        ("\"kind\":", "\"data\":{},\"kind\":", false),
    ];
    for (written, changed, is_accepted) in objects {
        assert_eq!(read(&history.replacen(written, changed, 1)), is_accepted, "{changed}");
    }
    let deep = format!("\"data\":{}1{},\"kind\":", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    assert!(!read(&history.replacen("\"kind\":", &deep, 1)));
}

/// Fields are known by their place in the list of their names: another name for a field would move those after it.
#[test]
fn no_field_of_a_document_has_two_names() {
    fn look(folder: &std::path::Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                let mut attributes = text.lines().filter(|line| line.contains("serde("));
                assert!(attributes.all(|line| !line.contains("alias")), "{}", path.display());
            }
        }
    }
    look(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../sla-core/src")));
}
