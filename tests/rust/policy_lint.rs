//! Warnings about what a policy may say but hardly means.

use serde_json::{Value, json};
use sla_core::policy::{Warning, WarningCode, lint};
use sla_core::time::Timestamp;
use sla_core::wire::policy;
use sla_tests::files::sources;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/policy-warnings.json")).unwrap()
}

fn warnings(document: &Value, as_of: &str) -> Vec<Warning> {
    let policy = policy::read(document.to_string()).unwrap();
    lint(&policy, Timestamp::parse(as_of).unwrap())
}

#[test]
fn every_case_gives_its_warnings() {
    let vectors = vectors();
    for case in vectors["cases"].as_array().unwrap() {
        let mut document = vectors["base"].clone();
        for change in case["set"].as_array().into_iter().flatten() {
            let (parent, last) = change[0].as_str().unwrap().rsplit_once('/').unwrap();
            match document.pointer_mut(parent).unwrap() {
                Value::Object(fields) => drop(fields.insert(last.to_owned(), change[1].clone())),
                Value::Array(entries) => entries.push(change[1].clone()),
                _ => panic!("{parent} has no fields"),
            }
        }
        let as_of = case["as_of"].as_str().unwrap_or("2026-03-02T00:00:00Z");
        let found: Vec<Value> =
            warnings(&document, as_of).iter().map(|warning| json!([warning.path, warning.code.as_str()])).collect();
        assert_eq!(Value::from(found), case["warnings"], "{}", case["name"]);
    }
}

#[test]
fn every_warning_has_a_row() {
    let text = include_str!("../vectors/policy-warnings.json");
    for code in WarningCode::ALL {
        assert!(text.contains(&format!("\"{}\"", code.as_str())), "{}", code.as_str());
    }
}

#[test]
fn every_warning_is_documented() {
    let page = include_str!("../../docs/policy.md");
    for code in WarningCode::ALL {
        assert_eq!(page.matches(&format!("\n| `{}` |", code.as_str())).count(), 1, "{}", code.as_str());
    }
}

#[test]
fn every_policy_of_the_documentation_compiles_without_warnings() {
    let mut count = 0;
    for (name, page) in sources("docs", ".md") {
        let blocks = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
        for text in blocks.filter(|text| text.contains("\"schema\": \"sla-policy/")) {
            assert_eq!(warnings(&serde_json::from_str(text).unwrap(), "2026-03-02T00:00:00Z"), [], "{name}");
            count += 1;
        }
    }
    assert!(count >= 2, "{count}");
}

#[test]
fn the_examples_have_no_warnings() {
    for text in [include_str!("../../examples/talkabiz.json"), include_str!("../../examples/everything.json")] {
        let policy = policy::read(text).unwrap();
        let found = lint(&policy, Timestamp::parse("2026-11-23T00:00:00Z").unwrap());
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn calendars_of_many_dense_members_are_asked_for_open_time_within_a_limit() {
    let windows: Vec<String> =
        (0..96).map(|i| format!("{:02}:{:02}-{:02}:{:02}", i / 4, i % 4 * 15, i / 4, i % 4 * 15 + 7)).collect();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| (day.to_owned(), json!(windows)));
    let dense = json!({"time_zone": "UTC", "weekly": serde_json::Map::from_iter(days)});
    let mut document = vectors()["base"].clone();
    let members: Vec<String> = (0..64).map(|i| format!("m{i}")).collect();
    for member in &members {
        document["calendars"][member] = dense.clone();
    }
    // 64 members with 672 windows a week each: two such lists are within the limit.
    let last = document["packages"].as_array().unwrap().len() - 1;
    let package = document["packages"][last].clone();
    let packages = (0..40).map(|i| {
        let mut package = package.clone();
        package["id"] = json!(format!("dense-{i:02}"));
        package["calendar"] = json!(format!("a{i:02}"));
        package["targets"] = json!({"resolution": "100000h"});
        package
    });
    document["packages"] = packages.collect();
    for i in 0..40 {
        document["calendars"][format!("a{i:02}")] = json!({"time_zone": "UTC", "any_of": members});
    }
    let found = warnings(&document, "2026-03-02T00:00:00Z");
    let too_long = found.iter().filter(|warning| warning.code == WarningCode::TargetBeyondLife);
    let paths: Vec<&str> = too_long.map(|warning| warning.path.as_str()).collect();
    assert_eq!(paths, ["/packages/0/targets/resolution", "/packages/1/targets/resolution"]);
}
