//! Every reader looks at the length of a document first, and says what the limit is.

use sla_core::calendar::ZoneDatabase;
use sla_core::ticket::Event;
use sla_core::wire::{self, MAX_DOCUMENT_BYTES, MAX_HISTORY_BYTES, policy::MAX_REVISIONS_BYTES};
use sla_core::{Engine, Error, ErrorCode, access, calendar, package, policy, ticket};
use sla_tests::files::root;

type Reader = (&'static str, fn(&[u8]) -> Result<(), Error>);

/// Readers of documents of at most [`MAX_DOCUMENT_BYTES`].
const SHORT: &[Reader] = &[
    ("policy", |json| wire::policy::read(json).map(drop)),
    ("revisions", |json| wire::policy::read_revisions(json, &ZoneDatabase::embedded()).map(drop)),
    ("calendar", |json| wire::policy::calendar::read(json).map(drop)),
    ("command", |json| wire::command::read(json).map(drop)),
    ("opening", |json| wire::command::read_opening(json).map(drop)),
    ("actor", |json| wire::command::read_actor(json).map(drop)),
    ("head", |json| wire::audit::read_head(json).map(drop)),
    ("refusal", |json| wire::audit::read_refusal(json).map(drop)),
    ("place in a policy", |json| wire::policy::place(json, "/id").map(drop)),
    ("row state", |json| wire::rows::read_state(json).map(drop)),
    ("grouping", |json| wire::analytics::read_grouping(json, &ZoneDatabase::embedded()).map(drop)),
];

/// Readers of documents of at most [`MAX_HISTORY_BYTES`].
const LONG: &[Reader] = &[
    ("recorded commands", |json| wire::command::read_recorded(json).map(drop)),
    ("history", |json| wire::ticket::read_history(json).map(drop)),
    ("event", |json| wire::ticket::read_event(json).map(drop)),
    ("events", |json| wire::ticket::read_events(json).map(drop)),
    ("ticket", |json| wire::ticket::read_ticket(json).map(drop)),
    ("ticket document", |json| wire::ticket::read_ticket_document(json).map(drop)),
    ("tickets", |json| wire::ticket::read_tickets(json).map(drop)),
    ("snapshot", |json| wire::snapshot::read(json).map(drop)),
    ("log", |json| wire::log::read(json).map(drop)),
    ("entry", |json| wire::audit::read_entry::<Event>(json).map(drop)),
    ("entries", |json| wire::audit::read_entries::<Event>(json).map(drop)),
    ("chain", |json| wire::audit::read_chain::<Event>(json).map(drop)),
    ("kind of a chain", |json| wire::audit::chain_kind(json).map(drop)),
    ("heads", |json| wire::audit::read_heads(json).map(drop)),
    ("list of heads", |json| wire::audit::read_head_list(json).map(drop)),
    ("memory of alerts", |json| wire::alert::read_memory(&policy::Objectives::default(), json).map(drop)),
    ("counts of cycles", |json| wire::alert::read_counts(json).map(drop)),
    ("aggregate", |json| wire::analytics::read(json, &ZoneDatabase::embedded()).map(drop)),
    ("plan", |json| {
        let engine = Engine::compile(wire::policy::read(include_str!("../../examples/talkabiz.json"))?)?;
        wire::columns::read_plan(&engine, json).map(drop)
    }),
];

fn refused(reader: &Reader, json: &[u8], most: usize) {
    let (name, read) = reader;
    let error = read(json).unwrap_err();
    assert_eq!(error.code(), ErrorCode::LimitExceeded, "{name}: {error}");
    assert_eq!(error.message(), format!("a document of {} bytes is too long", json.len()), "{name}");
    assert_eq!(error.help_text(), format!("at most {most} bytes are accepted"), "{name}");
    let error = read(&json[..most]).unwrap_err();
    assert_ne!(error.code(), ErrorCode::LimitExceeded, "{name}: {error}");
}

#[test]
fn every_reader_looks_at_the_length_first() {
    // No JSON, so that a document of the greatest length is refused at its first byte.
    let long = vec![b'x'; MAX_HISTORY_BYTES + 1];
    for reader in SHORT {
        refused(reader, &long[..=MAX_DOCUMENT_BYTES], MAX_DOCUMENT_BYTES);
    }
    for reader in LONG {
        refused(reader, &long, MAX_HISTORY_BYTES);
    }
}

#[test]
fn a_list_of_revisions_has_two_limits() {
    let read = |json: &[u8]| wire::policy::read_revisions(json, &ZoneDatabase::embedded()).unwrap_err();
    let mut list = vec![b'['];
    list.resize(MAX_REVISIONS_BYTES + 1, b' ');
    let error = read(&list);
    assert_eq!(error.message(), format!("a document of {} bytes is too long", MAX_REVISIONS_BYTES + 1));
    assert_eq!(error.help_text(), format!("at most {MAX_REVISIONS_BYTES} bytes are accepted"));
    // Brackets and commas in texts separate nothing.
    let longest = format!("[{{}}, \"{}\\\"],[\", {{}}]", "x".repeat(MAX_DOCUMENT_BYTES));
    let error = read(longest.as_bytes());
    assert_eq!((error.code(), error.path()), (ErrorCode::LimitExceeded, "/1"));
    let shorter = format!("[{{}}, \"{}\"]", "x".repeat(MAX_DOCUMENT_BYTES - 2));
    assert_eq!(read(shorter.as_bytes()).code(), ErrorCode::InvalidPolicy);
}

fn with_commas(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut parts = vec![&digits[..first]];
    parts.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    parts.retain(|part| !part.is_empty());
    parts.join(",")
}

#[test]
fn the_page_of_limits_says_what_holds() {
    let page = std::fs::read_to_string(root().join("docs/limits.md")).unwrap();
    for (name, most) in [
        ("`MAX_DOCUMENT_BYTES`", MAX_DOCUMENT_BYTES),
        ("`policy::MAX_REVISIONS_BYTES`", MAX_REVISIONS_BYTES),
        ("`MAX_HISTORY_BYTES`", MAX_HISTORY_BYTES),
        ("`MAX_ID_BYTES`", sla_core::MAX_ID_BYTES),
        ("`access::MAX_REASON_BYTES`", access::MAX_REASON_BYTES),
        ("`ticket::MAX_TEAMS`", ticket::MAX_TEAMS),
        ("`ticket::MAX_COMMANDS`", ticket::MAX_COMMANDS),
        ("`ticket::LATEST_CYCLES`", ticket::LATEST_CYCLES),
        ("`ticket::LATEST_STATUSES`", ticket::LATEST_STATUSES),
        ("`ticket::LATEST_HOLDERS`", ticket::LATEST_HOLDERS),
        ("`ticket::LATEST_ESCALATIONS`", ticket::LATEST_ESCALATIONS),
        ("`policy::MAX_CALENDARS`", policy::MAX_CALENDARS),
        ("`calendar::MAX_WINDOWS_A_DAY`", calendar::MAX_WINDOWS_A_DAY),
        ("`calendar::MAX_WEEKS`", calendar::MAX_WEEKS),
        ("`calendar::MAX_SEASONS`", calendar::MAX_SEASONS),
        ("`calendar::MAX_DATES`", calendar::MAX_DATES),
        ("`calendar::MAX_MEMBERS`", calendar::MAX_MEMBERS),
        ("`calendar::MAX_TABLE_BYTES`", calendar::MAX_TABLE_BYTES),
        ("`package::MAX_EXTENDS`", package::MAX_EXTENDS),
        ("`policy::MAX_STEPS`", policy::MAX_STEPS),
        ("`policy::MAX_INACTIVITY_RULES`", policy::MAX_INACTIVITY_RULES),
        ("`policy::MAX_MEASURED_WINDOWS`", policy::MAX_MEASURED_WINDOWS),
        ("`policy::MAX_PROBLEMS`", policy::MAX_PROBLEMS),
    ] {
        let mut rows = page.lines().filter(|line| line.contains(name)).peekable();
        assert!(rows.peek().is_some(), "no row names {name}");
        let number = with_commas(most);
        assert!(rows.all(|row| row.contains(&format!("| {number}"))), "a row of {name} does not say {number}");
    }
}
