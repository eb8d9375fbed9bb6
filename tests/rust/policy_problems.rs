//! Every problem of a policy document is reported at once, each at its place.

use std::collections::BTreeSet;

use serde_json::Value;
use sla_core::wire::policy;
use sla_core::{Error, ErrorCode};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/policy-problems.json")).unwrap()
}

/// Returns the document of a case: its own text, or the base document as the case changes it.
fn document(base: &Value, case: &Value) -> String {
    if let Some(text) = case["text"].as_str() {
        return text.to_owned();
    }
    let mut document = base.clone();
    for change in case["set"].as_array().into_iter().flatten() {
        let (parent, last) = change[0].as_str().unwrap().rsplit_once('/').unwrap();
        let value = change[1].clone();
        match document.pointer_mut(parent).unwrap() {
            Value::Object(fields) => {
                fields.insert(last.replace("~1", "/").replace("~0", "~"), value);
            }
            Value::Array(entries) => {
                let at: usize = last.parse().unwrap();
                if at < entries.len() {
                    entries[at] = value;
                } else {
                    entries.push(value);
                }
            }
            _ => panic!("{parent} has no fields"),
        }
    }
    for path in case["remove"].as_array().into_iter().flatten() {
        let (parent, last) = path.as_str().unwrap().rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(last).unwrap();
    }
    document.to_string()
}

fn listed(error: &Error) -> Vec<(String, String)> {
    error.related().iter().map(|problem| (problem.path().to_owned(), problem.code().to_string())).collect()
}

#[test]
fn every_case_reports_all_its_problems() {
    let vectors = vectors();
    let mut failed = String::new();
    for case in vectors["cases"].as_array().unwrap() {
        let answer = policy::read(document(&vectors["base"], case));
        let expected: Vec<(String, String)> = case["problems"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|problem| (problem[0].as_str().unwrap().to_owned(), problem[1].as_str().unwrap().to_owned()))
            .collect();
        let (code, found) = match &answer {
            Ok(_) => ("", Vec::new()),
            Err(error) => (error.code().as_str(), listed(error)),
        };
        let expected_code = match case["error"].as_str() {
            Some(code) => code,
            None if expected.is_empty() => "",
            None => "invalid_policy",
        };
        if code != expected_code || found != expected {
            failed.push_str(&format!(
                "{}\n  expected {expected_code} {expected:?}\n  found {code} {found:?}\n",
                case["name"]
            ));
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn every_problem_speaks_to_the_person_who_can_fix_it() {
    let vectors = vectors();
    for case in vectors["cases"].as_array().unwrap() {
        let Err(error) = policy::read(document(&vectors["base"], case)) else { continue };
        for problem in std::iter::once(&error).chain(error.related()) {
            let text = problem.message();
            assert!(!text.is_empty() && !text.contains('\n') && !text.ends_with('.'), "{text}");
            for word in ["u32", "struct", "Vec", "sequence", "Object"] {
                assert!(!text.contains(word), "{text}");
            }
        }
    }
}

/// Codes that no policy document can give; every other one needs a row.
const CODES_OF_OTHERS: [ErrorCode; 9] = [
    ErrorCode::InvalidTimestamp,
    ErrorCode::InvalidDigest,
    ErrorCode::InvalidTimeZoneData,
    ErrorCode::OutOfHorizon,
    ErrorCode::EndBeforeStart,
    ErrorCode::InvalidHistory,
    ErrorCode::UnknownRevision,
    ErrorCode::TimeWentBack,
    ErrorCode::UnknownAction,
];

/// Returns every code that the expected answers name.
fn codes_of_rows() -> BTreeSet<String> {
    let mut codes = BTreeSet::from(["invalid_policy".to_owned()]);
    for case in vectors()["cases"].as_array().unwrap() {
        let problems = case["problems"].as_array().into_iter().flatten().map(|problem| &problem[1]);
        codes.extend(problems.chain([&case["error"]]).filter_map(Value::as_str).map(str::to_owned));
    }
    codes
}

fn codes_of_policies() -> BTreeSet<String> {
    let codes = ErrorCode::ALL.iter().filter(|code| !CODES_OF_OTHERS.contains(code));
    codes.map(ToString::to_string).collect()
}

#[test]
fn every_code_of_a_policy_has_a_row() {
    assert_eq!(codes_of_rows(), codes_of_policies(), "a code without row: add one, or name it in CODES_OF_OTHERS");
}

#[test]
fn every_code_of_a_policy_is_documented() {
    let page = include_str!("../../docs/policy.md");
    for code in codes_of_policies() {
        assert_eq!(page.matches(&format!("\n| `{code}` |")).count(), 1, "{code}");
    }
}

#[test]
fn more_problems_than_the_limit_are_counted() {
    let base = vectors()["base"].clone();
    let mut document = base;
    let channels: Vec<Value> = (0..5_000).map(|number| format!("fax {number}").into()).collect();
    document["packages"][0]["channels"] = channels.into();
    let error = policy::read(document.to_string()).unwrap_err();
    assert_eq!(error.message(), "the policy has 5000 problems");
    assert_eq!(error.related().len(), sla_core::policy::MAX_PROBLEMS + 1);
    let last = error.related().last().unwrap();
    assert_eq!((last.code(), last.message()), (ErrorCode::LimitExceeded, "4000 further problems are not listed"));
}

#[test]
fn a_calendar_too_many_is_refused() {
    let mut document = vectors()["base"].clone();
    for number in 0..1_000 {
        document["calendars"][format!("calendar {number}")] =
            serde_json::json!({"time_zone": "UTC", "always_open": true});
    }
    let error = policy::read(document.to_string()).unwrap_err();
    assert_eq!(listed(&error), [("/calendars".to_owned(), "limit_exceeded".to_owned())]);
}
