//! Reports worked out by hand, and the laws of aggregates.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sla_core::analytics::{Aggregate, Dimension, Grouping, PeriodUnit, Report, agents};
use sla_core::calendar::ZoneDatabase;
use sla_core::ticket::History;
use sla_core::time::Timestamp;
use sla_core::{Engine, wire};
use sla_tests::stories;

const VECTORS: &str = include_str!("../vectors/analytics.json");

fn words<T>(values: &Value, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    values.as_array().unwrap().iter().map(|word| read(word.as_str().unwrap()).unwrap()).collect()
}

fn grouping(report: &Value) -> Grouping {
    let grouping = Grouping::by(&words(&report["dimensions"], Dimension::from_word));
    let period = &report["period"];
    let Some(unit) = period["unit"].as_str() else { return grouping };
    let unit = PeriodUnit::from_word(unit).unwrap();
    grouping.with_period(unit, period["time_zone"].as_str().unwrap(), &ZoneDatabase::embedded()).unwrap()
}

/// Tells the tickets of a case as stories.
fn histories(file: &Value, case: &Value) -> Vec<History> {
    let step = |number: usize, step: &Value| {
        let mut command = step[2].clone();
        if command["command"] == "open" {
            command["ticket"] = format!("T-{number}").into();
            command["customer"] = step[1].as_str().unwrap().split_once(' ').unwrap().1.into();
            command["message"] = "m".into();
        }
        json!({"at": step[0], "as": step[1], "do": command})
    };
    let stories: Vec<Value> = case["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(number, steps)| {
            let steps: Vec<Value> = steps.as_array().unwrap().iter().map(|one| step(number, one)).collect();
            json!({"name": case["name"], "policy": [case["policy"]], "steps": steps})
        })
        .collect();
    let told = stories::tell(&json!({"policies": file["policies"], "cases": stories}).to_string());
    told.into_iter()
        .map(|told| {
            assert_eq!(told.faults, Vec::<String>::new());
            told.history.unwrap()
        })
        .collect()
}

struct Case {
    name: String,
    engine: Engine,
    as_of: Timestamp,
    histories: Vec<History>,
}

impl Case {
    fn new(file: &Value, case: &Value) -> Self {
        let policy = &file["policies"][case["policy"].as_str().unwrap()];
        Self {
            name: case["name"].to_string(),
            engine: Engine::compile(wire::policy::read(policy.to_string()).unwrap()).unwrap(),
            as_of: Timestamp::parse(case["as_of"].as_str().unwrap()).unwrap(),
            histories: histories(file, case),
        }
    }

    fn aggregate(&self, grouping: Grouping) -> Aggregate {
        let mut aggregate = Aggregate::new(grouping);
        for history in &self.histories {
            let evaluation = self.engine.evaluate(history.ticket(), self.as_of).unwrap();
            aggregate.add(&self.engine, history, &evaluation).unwrap();
        }
        aggregate
    }
}

/// Returns the labels of a group as the vectors write them.
fn label(group: &Value) -> String {
    let mut key: BTreeMap<String, Value> = serde_json::from_value(group["key"].clone()).unwrap();
    key.remove("period_start");
    let order = ["period", "package", "channel", "agent", "priority", "severity", "category"];
    let labels =
        order.iter().filter_map(|name| key.get(*name)).map(|value| value.as_str().unwrap_or("none").to_owned());
    labels.collect::<Vec<_>>().join(" | ")
}

#[test]
fn reports_say_what_was_worked_out_by_hand() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let mut faults = Vec::new();
    for row in file["cases"].as_array().unwrap() {
        let case = Case::new(&file, row);
        let mut compare = |place: &str, found: &Value, expected: &Value| {
            if found != expected {
                faults.push(format!("{}: {place}: found {found}, expected {expected}", case.name));
            }
        };
        for expected in row["reports"].as_array().unwrap() {
            let report = Report::of(&case.aggregate(grouping(expected))).unwrap();
            let document: Value = serde_json::from_str(&wire::analytics::write_report(&report)).unwrap();
            let groups = document["groups"].as_array().unwrap();
            let mut by_label: BTreeMap<String, &Value> = groups.iter().map(|group| (label(group), group)).collect();
            by_label.insert("total".to_owned(), &document["total"]);
            let wanted = expected["groups"].as_object().unwrap();
            for (name, places) in wanted {
                for (place, value) in places.as_object().unwrap() {
                    let found = by_label.get(name).and_then(|group| group.pointer(place)).unwrap_or(&Value::Null);
                    assert!(by_label.contains_key(name), "{}: no group {name} in {:?}", case.name, by_label.keys());
                    compare(&format!("{name} {place}"), found, value);
                }
            }
            if report.grouping != Grouping::all() {
                let names: Vec<&String> = by_label.keys().filter(|name| *name != "total").collect();
                let mut wanted: Vec<&String> = wanted.keys().collect();
                wanted.sort();
                compare("groups", &json!(names), &json!(wanted));
            }
        }
        if let Some(packages) = row["packages"].as_array() {
            let all = Dimension::ALL;
            let report = Report::of_packages(&case.aggregate(Grouping::by(all)), case.engine.policy()).unwrap();
            let found: Vec<Value> = report
                .groups
                .iter()
                .map(|group| json!([group.key.package.as_ref().unwrap().as_str(), group.tickets.opened]))
                .collect();
            compare("packages", &found.into(), &packages.clone().into());
        }
        if let Some(expected) = row["agents"].as_array() {
            let found = agents(&case.aggregate(Grouping::by(&[Dimension::Agent])), &case.engine.policy().objectives);
            let document: Value = serde_json::from_str(&wire::analytics::write_agents(&found.unwrap())).unwrap();
            compare("agents", &document["agents"].as_array().unwrap().len().into(), &expected.len().into());
            for (found, expected) in document["agents"].as_array().unwrap().iter().zip(expected) {
                for (field, value) in expected.as_object().unwrap() {
                    compare(&format!("{} {field}", expected["agent"]), &found[field], value);
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
