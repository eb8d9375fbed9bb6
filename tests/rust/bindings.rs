//! What bindings stand on: documents and columns that say the same as the calls.

use serde_json::{Value, json};
use sla_core::audit::ChainKind;
use sla_core::calendar::{Calendar, ZoneDatabase};
use sla_core::columns::{Column, NONE, RefusedRow, calendar as batch};
use sla_core::engine::Decision;
use sla_core::ticket::{Action, Apply};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Engine, Error, ErrorCode, wire};
use sla_tests::stories;

const TALKABIZ: &str = include_str!("../../examples/talkabiz.json");
const HOUR: i64 = 3_600_000_000;
const MONDAY_9: i64 = 1_795_399_200_000_000;

fn places(error: &Error) -> Vec<(ErrorCode, &str)> {
    error.related().iter().map(|problem| (problem.code(), problem.path())).collect()
}

#[test]
fn a_calendar_by_itself_is_that_of_a_policy() {
    let policy = wire::policy::read(TALKABIZ).unwrap();
    for rules in policy.calendars.values() {
        assert_eq!(wire::policy::calendar::read(wire::policy::calendar::write(rules)).unwrap().rules(), rules);
    }
    let refused = |text: &str| wire::policy::calendar::read(text).unwrap_err();
    let error = refused(
        r#"{"time_zone": "Mars/Base", "weekly": {"mon": ["9-17"]}, "holidays": [{"date": "2026-02-30"}], "x": 1}"#,
    );
    assert_eq!(error.code(), ErrorCode::InvalidPolicy);
    assert!(error.message().contains("the calendar has"));
    let expected = [
        (ErrorCode::InvalidDate, "/holidays/0/date"),
        (ErrorCode::MissingField, "/holidays/0/name"),
        (ErrorCode::UnknownTimeZone, "/time_zone"),
        (ErrorCode::InvalidWindow, "/weekly/mon/0"),
        (ErrorCode::UnknownField, "/x"),
    ];
    let mut found = places(&error);
    found.sort_by_key(|(_, path)| (*path).to_owned());
    assert_eq!(found, expected);
    assert_eq!(refused("[]").code(), ErrorCode::InvalidPolicy);
    assert_eq!(refused("{").code(), ErrorCode::InvalidJson);
    assert_eq!(places(&refused(r#"{"time_zone": "UTC", "weekly": {}}"#)), [(ErrorCode::CalendarNeverOpens, "/weekly")]);
    let twice = refused(r#"{"time_zone": "UTC", "always_open": true, "time_zone": "UTC"}"#);
    assert_eq!(places(&twice), [(ErrorCode::DuplicateKey, "/time_zone")]);
}

#[test]
fn revisions_come_as_one_document() {
    let zones = ZoneDatabase::embedded();
    let first = wire::policy::read(TALKABIZ).unwrap();
    let second = wire::policy::read(TALKABIZ.replacen("\"version\": 1", "\"version\": 2", 1)).unwrap();
    let list = format!("[{}, {}]", wire::policy::write(&first), wire::policy::write(&second));
    assert_eq!(wire::policy::read_revisions(&list, &zones).unwrap(), [first.clone(), second]);
    assert_eq!(wire::policy::read_revisions(TALKABIZ, &zones).unwrap(), [first]);
    let broken = format!(r#"[{TALKABIZ}, {{"schema": "sla-policy/2", "id": "a", "id": "b"}}]"#);
    let error = wire::policy::read_revisions(broken, &zones).unwrap_err();
    assert!(places(&error).contains(&(ErrorCode::DuplicateKey, "/1/id")));
    assert!(places(&error).contains(&(ErrorCode::MissingField, "/1/packages")));
    assert_eq!(wire::policy::read_revisions("[]", &zones).unwrap_err().code(), ErrorCode::InvalidPolicy);
}

#[test]
fn entitlements_are_those_of_the_policy() {
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let (policy, table) = (engine.policy(), engine.entitlements());
    for package in &policy.packages {
        for channel in &policy.channels {
            let [package_number, channel_number] =
                [table.package(package.id.as_str()), table.channel(channel.id.as_str())].map(Result::unwrap);
            let expected = package.channels.as_ref().unwrap().contains(&channel.id);
            assert_eq!(table.includes(package_number, channel_number), Some(expected));
        }
    }
    let (package, channel) = (table.package("gold").unwrap_err(), table.channel("fax").unwrap_err());
    assert_eq!((package.code(), channel.code()), (ErrorCode::UnknownPackage, ErrorCode::UnknownChannel));
    assert_eq!(package.message(), "the policy has no package `gold`");
    assert_eq!(package.help_text(), "use starter, professional or enterprise");
    assert_eq!(engine.calendar("nowhere").unwrap_err().code(), ErrorCode::UnknownCalendar);
    assert_eq!(table.includes(0, policy.channels.len()), None);
    assert_eq!(table.includes(policy.packages.len(), 0), None);
    assert_eq!(table.includes(usize::MAX, 0), None);
}

#[test]
fn a_word_that_is_not_known_is_told_with_those_that_are() {
    let error = "later".parse::<Apply>().unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnknownWord);
    assert_eq!(error.to_string(), "unknown `apply` mode `later`; use keep, from_now or retroactive");
    let error = "diary".parse::<ChainKind>().unwrap_err();
    assert_eq!(error.to_string(), "unknown kind of chain `diary`; use ticket, access or policy");
    let error = "fly".parse::<Action>().unwrap_err();
    assert_eq!((error.code(), error.message()), (ErrorCode::UnknownAction, "unknown action `fly`"));
    assert!(error.help_text().starts_with("use open, assign, ") && error.help_text().ends_with(" or manage_users"));
    assert_eq!(Action::ALL.iter().filter(|action| action.as_str().parse() == Ok(**action)).count(), Action::ALL.len());
}

#[test]
fn columns_of_questions_are_answered_as_single_ones() {
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let office: &Calendar = engine.calendar("office").unwrap();
    let at: Vec<i64> = (0..1_000).map(|row| MONDAY_9 + row * 7_919 * 1_000_000 - 90 * 24 * HOUR).collect();
    let lengths: Vec<i64> = (0..1_000).map(|row| row * 977 * 1_000_000).collect();
    let instant = |row: usize| Timestamp::from_micros(at[row]);
    let length = |row: usize| BusinessDuration::from_micros(lengths[row]).unwrap();
    let (starts, by) = (Column::of(&at), Column::of(&lengths));
    let mut answers = vec![0; at.len()];
    assert!(batch::add(office, starts, by, &mut answers).unwrap().is_empty());
    let ends = answers.clone();
    for (row, end) in ends.iter().enumerate() {
        assert_eq!(*end, office.add(instant(row), length(row)).unwrap().as_micros());
    }
    assert!(batch::subtract(office, Column::of(&ends), by, &mut answers).unwrap().is_empty());
    for (row, start) in answers.iter().enumerate() {
        let end = Timestamp::from_micros(ends[row]);
        assert_eq!(*start, office.subtract(end, length(row)).unwrap().as_micros());
    }
    assert!(batch::elapsed(office, starts, Column::of(&ends), &mut answers).unwrap().is_empty());
    assert_eq!(answers, lengths);
    batch::is_open(office, starts, &mut answers).unwrap();
    assert!(answers.iter().enumerate().all(|(row, open)| (*open == 1) == office.is_open(instant(row)).unwrap()));
    batch::next_open(office, starts, &mut answers).unwrap();
    assert!(answers.iter().enumerate().all(|(row, at)| *at == office.next_open(instant(row)).unwrap().as_micros()));
    batch::next_close(office, starts, &mut answers).unwrap();
    assert!(answers.iter().enumerate().all(|(row, at)| *at == office.next_close(instant(row)).unwrap().as_micros()));
}

#[test]
fn rows_without_an_answer_do_not_stop_a_column() {
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let office: &Calendar = engine.calendar("office").unwrap();
    let starts = [MONDAY_9, NONE, MONDAY_9, i64::MAX, MONDAY_9];
    let lengths = [HOUR, HOUR, -1, HOUR, HOUR];
    let mut ends = [7; 5];
    let masked = Column::masked(&lengths, &[0b0000_1111]);
    let refused = batch::add(office, Column::of(&starts), masked, &mut ends).unwrap();
    assert_eq!(ends, [MONDAY_9 + HOUR, NONE, NONE, NONE, NONE]);
    let expected = [(2, ErrorCode::InvalidDuration), (3, ErrorCode::OutOfHorizon)];
    assert_eq!(refused, expected.map(|(row, code)| RefusedRow { row, code }));
    let unequal = batch::add(office, Column::of(&starts[..4]), Column::of(&lengths), &mut ends);
    assert_eq!(unequal.unwrap_err().code(), ErrorCode::OutOfRange);
}

#[test]
fn a_ticket_reads_the_same_from_its_history_and_its_snapshot() {
    for told in stories::tell(stories::RULES) {
        let Some(history) = told.history else { continue };
        let snapshot = wire::snapshot::write(history.ticket());
        assert!(snapshot.starts_with("{\"schema\":\"sla-ticket/1\","));
        // With blanks it goes another way.
        let spaced = snapshot.replacen(':', " : ", 1);
        for text in [snapshot, spaced, wire::ticket::write_history(&history)] {
            assert_eq!(wire::ticket::read_ticket(text).unwrap().in_short(), history.ticket().in_short());
        }
        let events = wire::ticket::write_events(history.events());
        assert_eq!(wire::ticket::read_events(events).unwrap(), history.events());
    }
}

#[test]
fn faults_of_a_snapshot_are_placed_whichever_way_it_is_read() {
    let told = stories::tell(stories::RULES);
    let history = told.iter().find_map(|told| told.history.as_ref()).unwrap();
    let snapshot = wire::snapshot::write(history.ticket());
    let refused = |text: &str| {
        let error = wire::ticket::read_ticket(text).unwrap_err();
        (error.code(), error.path().to_owned())
    };
    let status = snapshot.split("\"status\":\"").nth(1).unwrap().split('"').next().unwrap();
    let strange = snapshot.replacen(&format!("\"status\":\"{status}\""), "\"status\":\"odd\"", 1);
    assert_eq!(refused(&strange), (ErrorCode::UnknownWord, "/status".to_owned()));
    let doubled = snapshot.replacen("{\"schema\"", "{\"rated\":false,\"schema\"", 1);
    assert_eq!(refused(&doubled), (ErrorCode::DuplicateKey, "/rated".to_owned()));
    let doubled = snapshot.replacen(",\"rated\":", ",\"rated\":false,\"rated\":", 1);
    assert_eq!(refused(&doubled), (ErrorCode::DuplicateKey, "/rated".to_owned()));
    let unknown = snapshot.replacen(",\"rated\":", ",\"odd\":1,\"rated\":", 1);
    assert_eq!(refused(&unknown), (ErrorCode::UnknownField, "/odd".to_owned()));
    assert_eq!(refused(&format!("{snapshot} x")).0, ErrorCode::InvalidJson);
    assert_eq!(refused("{\"schema\":\"sla-ticket/2\"}"), (ErrorCode::UnsupportedSchema, "/schema".to_owned()));
}

#[test]
fn what_was_recorded_is_imported_from_a_document() {
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let (kim, dispatch) = (json!({"role": "customer", "id": "kim"}), json!({"role": "admin", "id": "dispatch"}));
    let message = json!({"message_ref": "m", "content_sha256": "0".repeat(64)});
    let open = json!({"command": "open", "ticket": "T", "customer": "kim", "package": "starter", "channel": "email",
                      "message": message});
    let assign = json!({"command": "assign", "agent": "ana"});
    let entry = |at: &str, actor: &Value, command: &Value| json!({"at": at, "actor": actor, "command": command});
    let list = json!([
        entry("2026-11-23T02:00:00Z", &kim, &open),
        entry("2026-11-23T02:01:00Z", &kim, &assign),
        entry("2026-11-23T02:02:00Z", &dispatch, &assign),
    ]);
    let recorded = wire::command::read_recorded(list.to_string()).unwrap();
    let import = engine.import(&recorded.opening, &recorded.opener, recorded.opened_at, &recorded.commands).unwrap();
    let written: Value = serde_json::from_str(&wire::evaluation::write_import(&import)).unwrap();
    assert_eq!(written["accepted"]["refused"][0]["index"], 1);
    assert_eq!(written["accepted"]["refused"][0]["refusal"]["code"], "role_not_permitted");
    assert_eq!(written["accepted"]["events"].as_array().unwrap().len(), 2);
    let place = |list: Value| wire::command::read_recorded(list.to_string()).unwrap_err().path().to_owned();
    assert_eq!(place(json!([entry("now", &kim, &open)])), "/0/at");
    assert_eq!(place(json!([entry("2026-11-23T02:00:00Z", &kim, &assign)])), "/0/command/command");
    let odd = json!({"command": "rate"});
    let list = json!([entry("2026-11-23T02:00:00Z", &kim, &open), entry("2026-11-23T02:00:00Z", &dispatch, &odd)]);
    assert_eq!(place(list), "/1/command");
}

#[test]
fn refusals_are_read_as_they_were_written() {
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let opening = json!({"command": "open", "ticket": "T", "customer": "kim", "package": "starter", "channel": "whatsapp",
                         "message": {"message_ref": "m", "content_sha256": "0".repeat(64)}});
    let opening = wire::command::read_opening(opening.to_string()).unwrap();
    let kim = wire::command::read_actor(r#"{"role": "customer", "id": "kim"}"#).unwrap();
    let Decision::Refused(refusal) = engine.open(&opening, &kim, Timestamp::from_micros(MONDAY_9)).unwrap() else {
        panic!("starter does not include whatsapp")
    };
    let text = wire::evaluation::write_refusal(&refusal);
    assert_eq!(wire::audit::read_refusal(text).unwrap(), refusal);
}
