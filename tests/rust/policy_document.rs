//! The policy document: what is written is read again, the schema fits, and no input does harm.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use sla_core::ErrorCode;
use sla_core::calendar::{Calendar, ZoneDatabase};
use sla_core::policy::check;
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::wire::policy::{json_schema, read, write};
use sla_tests::policies::Choices;
use sla_tests::schema::faults;

const TALKABIZ: &str = include_str!("../../examples/talkabiz.json");
const EVERYTHING: &str = include_str!("../../examples/everything.json");

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Returns a valid document whose office calendar is `calendar`.
fn with_calendar(calendar: &Value) -> Value {
    json!({
        "schema": "sla-policy/2", "id": "desk", "version": 1, "calendars": {"office": calendar},
        "channels": [{"id": "email", "name": "Email"}],
        "packages": [{"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "office",
                      "targets": {"first_response": "4h"}}]
    })
}

#[test]
fn the_examples_are_written_as_they_were_read() {
    assert_eq!(value(&write(&read(TALKABIZ).unwrap())), value(TALKABIZ));
    // This example writes durations in two ways and states defaults, so its text changes once.
    let policy = read(EVERYTHING).unwrap();
    let written = write(&policy);
    assert_eq!(read(&written).unwrap(), policy);
    assert_eq!(write(&read(&written).unwrap()), written);
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2_000, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn every_policy_is_read_as_it_was_written(tape in vec(any::<u32>(), 0..600)) {
        let policy = Choices::new(tape).policy();
        let policy = check(policy, &ZoneDatabase::embedded()).unwrap();
        let written = write(&policy);
        let read = read(&written).unwrap();
        prop_assert_eq!(read.digest(), policy.digest());
        prop_assert_eq!(read, policy);
        prop_assert_eq!(faults(&value(&json_schema()), &value(&written)), Vec::<String>::new());
    }
}

#[test]
fn the_schema_file_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/policy.schema.json");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, json_schema()).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == json_schema(), "run `UPDATE_SCHEMA=1 cargo test -p sla-tests policy_document`");
}

#[test]
fn the_schema_accepts_the_examples_and_refuses_faults_of_form() {
    let schema = value(&json_schema());
    for text in [TALKABIZ, EVERYTHING] {
        assert_eq!(faults(&schema, &value(text)), Vec::<String>::new());
    }
    for (pointer, other) in [
        ("/schema", json!("sla-policy/1")),
        ("/packages/2/extends", json!(["visitor"])),
        ("/inactivity/0/status", json!("open")),
        ("/steps/update/0/until", json!("resolved")),
        ("/roles/agents_act_on", json!("none")),
        ("/version", json!("1")),
        ("/packages/0/rank", json!(-1)),
        ("/steps/first_response/0/at", json!("0.8")),
        ("/steps/first_response/0/action", json!("notify")),
        ("/calendars/office/weekly/mon/0", json!("9-17")),
        ("/channels/0", json!({"id": "email", "name": "Email", "colour": "red"})),
        ("/channels/1", json!({"id": "chat"})),
    ] {
        let mut document = value(EVERYTHING);
        *document.pointer_mut(pointer).unwrap() = other;
        assert_eq!(faults(&schema, &document).len(), 1, "{pointer}");
    }
    for (pointer, other) in [
        ("/packages/0/targets/first_response", json!("1d")),
        ("/packages/2/targets/update/cut_off", json!("noon")),
        ("/steps/update/0/quiet_hours", json!("on")),
    ] {
        let mut document = value(EVERYTHING);
        *document.pointer_mut(pointer).unwrap() = other;
        // It is none of several forms.
        assert!(!faults(&schema, &document).is_empty(), "{pointer}");
    }
}

/// Notes every field name of an object, and every word, that a part of the schema knows.
fn vocabulary(schema: &Value, known: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(properties) = fields.get("properties").and_then(Value::as_object) {
                known.extend(properties.keys().cloned());
            }
            let words = fields.get("enum").and_then(Value::as_array).into_iter().flatten();
            known.extend(words.map(|word| word.as_str().unwrap().to_owned()));
            fields.values().for_each(|part| vocabulary(part, known));
        }
        Value::Array(parts) => parts.iter().for_each(|part| vocabulary(part, known)),
        _ => {}
    }
}

/// Notes every key and every text of a document.
fn used_words(document: &Value, used: &mut BTreeSet<String>) {
    match document {
        Value::Object(fields) => fields.iter().for_each(|(key, part)| {
            used.insert(key.clone());
            used_words(part, used);
        }),
        Value::Array(parts) => parts.iter().for_each(|part| used_words(part, used)),
        Value::String(text) => drop(used.insert(text.clone())),
        _ => {}
    }
}

#[test]
fn one_example_uses_every_field_and_every_word() {
    let (mut known, mut used) = (BTreeSet::new(), BTreeSet::new());
    vocabulary(&value(&json_schema()), &mut known);
    used_words(&value(EVERYTHING), &mut used);
    let unused: Vec<&String> = known.difference(&used).collect();
    assert!(known.len() > 70 && unused.is_empty(), "{unused:?}");
}

#[test]
fn documents_beyond_the_limits_are_refused() {
    let long = format!("{EVERYTHING}{}", " ".repeat(10 * 1024 * 1024));
    assert_eq!(read(long).unwrap_err().code(), ErrorCode::LimitExceeded);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read(&deep).unwrap_err().code(), ErrorCode::InvalidJson);
    let deep = format!("{}1{}", "{\"packages\":".repeat(100_000), "}".repeat(100_000));
    assert_eq!(read(&deep).unwrap_err().code(), ErrorCode::InvalidJson);
    let deep_in_a_field = value(EVERYTHING).to_string().replace("\"berth\"", &deep);
    assert_eq!(read(deep_in_a_field).unwrap_err().code(), ErrorCode::InvalidJson);
}

#[test]
fn long_keys_and_many_duplicates_stay_cheap() {
    let opening: String = (0..100).map(|_| format!("{{\"{}\":", "k".repeat(20_000))).collect();
    let twice = format!("{opening}{{{}\"x\":0}}{}", "\"x\":0,".repeat(300_000), "}".repeat(100));
    let error = read(twice).unwrap_err();
    // What stands in an unknown field is not looked at.
    let codes: Vec<ErrorCode> = error.related().iter().map(|problem| problem.code()).collect();
    assert!(codes.contains(&ErrorCode::UnknownField) && codes.len() < 20, "{codes:?}");

    let twice = format!("{{{}\"roles\":{{}}}}", "\"roles\":{},".repeat(300_000));
    let error = read(twice).unwrap_err();
    let duplicates = error.related().iter().filter(|problem| problem.code() == ErrorCode::DuplicateKey);
    assert!(duplicates.clone().all(|problem| problem.path() == "/roles"));
    assert!((1..=sla_core::policy::MAX_PROBLEMS).contains(&duplicates.count()));

    let fields: String = (0..100_000).map(|number| format!("\"f{number}\":0,")).collect();
    let unknown = format!("{{\"calendars\":{{\"{}\":{{{fields}\"x\":0}}}}}}", "k".repeat(2_000_000));
    let error = read(unknown).unwrap_err();
    assert!(error.related().len() < 20, "{}", error.message());
}

#[test]
fn many_holidays_are_accepted_at_once() {
    let first = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let holidays: Vec<Value> = first
        .iter_days()
        .step_by(2)
        .take(10_000)
        .map(|date| json!({"date": date.to_string(), "name": "Holiday"}))
        .collect();
    let document =
        with_calendar(&json!({"time_zone": "Asia/Jakarta", "weekly": {"mon": ["09:00-17:00"]}, "holidays": holidays}));
    let text = document.to_string();
    let started = Instant::now();
    assert!(read(text).is_ok());
    // Generous: what must not happen is a time that grows with the square of the list.
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn many_packages_that_extend_others_cost_no_more_than_their_text() {
    const COUNT: usize = 20_000;
    let mut document = with_calendar(&json!({"time_zone": "UTC", "weekly": {"mon": ["09:00-17:00"]}}));
    document["calendars"]["night"] = json!({"time_zone": "UTC", "weekly": {"mon": ["22:00-06:00"]}});
    let timers = |count: usize| (0..count).map(|number| format!("timer {number}"));
    document["timers"] =
        timers(2_000).map(|id| json!({"id": id, "starts_on": ["opened"], "stops_on": ["resolved"]})).collect();
    let days = json!({"business_days": 1, "by": "close"});
    let of_base: serde_json::Map<String, Value> = timers(2_000).map(|id| (id, days.clone())).collect();
    let none: serde_json::Map<String, Value> = timers(2_000).map(|id| (id, json!("none"))).collect();
    document["packages"][0]["targets"] = of_base.into();
    let packages = document["packages"].as_array_mut().unwrap();
    packages.push(json!({"id": "none", "name": "None", "rank": 1, "extends": "starter", "targets": none}));
    // What business days count in is asked for every one of them.
    packages.extend((0..COUNT).map(
        |number| json!({"id": format!("p{number}"), "name": "P", "rank": 1, "extends": "none", "calendar": "night"}),
    ));
    let text = document.to_string();
    let started = Instant::now();
    let engine = sla_core::Engine::compile(read(text).unwrap()).unwrap();
    let entitlements = engine.entitlements();
    assert_eq!(entitlements.includes(COUNT, entitlements.channel("email").unwrap()), Some(true));
    // Generous, as above.
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn cut_documents_are_refused() {
    for text in [TALKABIZ, EVERYTHING] {
        for end in (0..text.trim_end().len()).step_by(2) {
            assert_eq!(read(&text.as_bytes()[..end]).unwrap_err().code(), ErrorCode::InvalidJson, "{end}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn changed_bytes_do_no_harm(changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6)) {
        for text in [TALKABIZ, EVERYTHING] {
            let mut bytes = text.as_bytes().to_vec();
            for (place, byte, kind) in &changes {
                let at = place.index(bytes.len());
                match kind {
                    0 => bytes[at] = *byte,
                    1 => bytes.insert(at, *byte),
                    _ => drop(bytes.remove(at)),
                }
            }
            if let Ok(policy) = read(&bytes) {
                prop_assert_eq!(read(write(&policy)).unwrap(), policy);
            }
        }
    }
}

#[test]
fn strange_values_are_refused_at_their_place() {
    let places = [
        ("/version", vec![json!(4_294_967_296_u64), json!(u64::MAX), json!(1e300), json!(-1), json!(1.5)]),
        (
            "/packages/0/targets/first_response",
            [
                "99999999999999999999h",
                "9223372036854775807s",
                "2562047789h",
                "1e3h",
                "-1h",
                "1h ",
                " 1h",
                "1.5h",
                "0.0000001s",
                "１h",
                "PT",
                "P1D",
                "1d",
                "1w",
                "h",
                "1h1h",
                "30m1h",
                "∞",
                "NaN",
            ]
            .map(Value::from)
            .to_vec(),
        ),
        (
            "/steps/first_response/0/at",
            ["429497%", "99999999999999999999%", "80", "80 %", "-1%", "0.00001%", "%", "8e1%", "８0%"]
                .map(Value::from)
                .to_vec(),
        ),
        (
            "/calendars/office/holidays/0/date",
            [
                "2026-02-29",
                "2026-13-01",
                "2026-00-10",
                "0000-00-00",
                "10000-01-01",
                "-2026-01-01",
                "+2026-01-01",
                "2026-1-1",
                "2026-01-01T00:00:00Z",
                "--02-30",
                "--13-01",
                "--00-00",
                "---1-01",
                "２026-01-01",
                "",
            ]
            .map(Value::from)
            .to_vec(),
        ),
        (
            "/calendars/office/weekly/mon/0",
            [
                "24:00-24:00",
                "09:00-24:01",
                "09:60-10:00",
                "09:00:60-10:00",
                "9:00-17:00",
                "09:00–17:00",
                "-",
                "09:00-",
                "09:00-17:00-18:00",
                "09:00:00:00-10:00",
                "",
            ]
            .map(Value::from)
            .to_vec(),
        ),
        (
            "/id",
            ["\u{0}", "a\u{0}b", "\u{feff}\u{0}", " a", "a\u{a0}", "\n", &"x".repeat(129)].map(Value::from).to_vec(),
        ),
        (
            "/calendars/office/time_zone",
            ["", "Local", "localtime", "../../etc/localtime", "EUROPE/BERLIN", "Europe/Berlin\u{0}", "UTC+7"]
                .map(Value::from)
                .to_vec(),
        ),
    ];
    let mut accepted = String::new();
    for (pointer, values) in places {
        for other in values {
            let mut document = value(EVERYTHING);
            *document.pointer_mut(pointer).unwrap() = other.clone();
            match read(document.to_string()) {
                Ok(_) => writeln!(accepted, "{pointer} accepts {other}").unwrap(),
                Err(error) => assert_eq!(error.related()[0].path(), pointer, "{other}"),
            }
        }
    }
    assert!(accepted.is_empty(), "{accepted}");
}

#[test]
fn texts_that_are_not_unicode_are_refused() {
    let with_id = |id: &str| EVERYTHING.replace("harbour-desk", id);
    for id in ["\\ud800", "\\udc00\\ud800", "\\u12", "\\x41", "\u{0}"] {
        assert_eq!(read(with_id(id)).unwrap_err().code(), ErrorCode::InvalidJson, "{id:?}");
    }
    assert_eq!(read(with_id("\\ud83d\\ude42")).unwrap().id.as_str(), "🙂");
    assert_eq!(read(with_id("\\u0000")).unwrap_err().related()[0].code(), ErrorCode::InvalidId);
    for bytes in [b"\xff".as_slice(), b"\"\xed\xa0\x80\"", b"\xfe\xff", b"\0", &[b'{', 0, b'}', 0]] {
        assert_eq!(read(bytes).unwrap_err().code(), ErrorCode::InvalidJson, "{bytes:?}");
    }
    let with_mark = format!("\u{feff}{EVERYTHING}");
    assert_eq!(read(with_mark).unwrap_err().code(), ErrorCode::InvalidJson);
}

#[test]
fn a_calendar_open_one_second_a_year_answers() {
    let closed: Vec<Value> = (1..=12)
        .zip([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
        .flat_map(|(month, days)| (1..=days).map(move |day| (month, day)))
        .filter(|date| *date != (7, 1))
        .map(|(month, day)| json!({"date": format!("--{month:02}-{day:02}"), "name": "Closed"}))
        .collect();
    let second = json!(["12:00:00-12:00:01"]);
    let week = json!({"mon": second, "tue": second, "wed": second, "thu": second, "fri": second, "sat": second,
                      "sun": second});
    let document = with_calendar(&json!({"time_zone": "UTC", "weekly": week, "holidays": closed}));
    let policy = read(document.to_string()).unwrap();
    let calendar = Calendar::compile(&policy.calendars["office"], &ZoneDatabase::embedded()).unwrap();
    let due = calendar.add(Timestamp::parse("2026-07-01T12:00:00Z").unwrap(), BusinessDuration::from_secs(3)).unwrap();
    assert_eq!(due, Timestamp::parse("2028-07-01T12:00:01Z").unwrap());
    let four_hours = BusinessDuration::parse("4h").unwrap();
    let error = calendar.add(Timestamp::parse("2026-07-01T12:00:00Z").unwrap(), four_hours).unwrap_err();
    assert_eq!(error.code(), ErrorCode::OutOfHorizon);
}
