//! A policy as values: what holds after all that packages and timers leave out is looked up.

use serde_json::{Value, json};
use sla_core::policy::MAX_PACKAGE_VALUES;
use sla_core::wire::policy;

#[test]
fn every_case_gives_its_values() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/policy-values.json")).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let mut document = vectors["base"].clone();
        for change in case["set"].as_array().into_iter().flatten() {
            let (parent, last) = change[0].as_str().unwrap().rsplit_once('/').unwrap();
            let parent = if parent.is_empty() { &mut document } else { document.pointer_mut(parent).unwrap() };
            parent[last] = change[1].clone();
        }
        let values = policy::read(document.to_string()).unwrap().values().unwrap();
        let values: Value = serde_json::from_str(&policy::write_values(&values)).unwrap();
        for expected in case["values"].as_array().unwrap() {
            let pointer = expected[0].as_str().unwrap();
            assert_eq!(values.pointer(pointer), Some(&expected[1]), "{}: {pointer}", case["name"]);
        }
    }
}

/// A policy of `extending` packages that say nothing themselves.
fn extended(extending: usize, timers: usize, channels: usize) -> String {
    let timers: Vec<String> = (0..timers).map(|number| format!("t{number}")).collect();
    let channels: Vec<String> = (0..channels).map(|number| format!("c{number}")).collect();
    let targets: serde_json::Map<String, Value> = timers.iter().map(|timer| (timer.clone(), json!("4h"))).collect();
    let mut packages = vec![json!({"id": "base", "name": "Base", "rank": 1, "calendar": "always",
                                   "channels": channels, "targets": targets})];
    let extending = 1..=extending;
    packages
        .extend(extending.map(|rank| json!({"id": format!("p{rank}"), "name": "P", "rank": rank, "extends": "base"})));
    json!({
        "schema": "sla-policy/2", "id": "desk", "version": 1,
        "calendars": {"always": {"time_zone": "UTC", "always_open": true}},
        "channels": channels.iter().map(|id| json!({"id": id, "name": id})).collect::<Vec<_>>(),
        "packages": packages,
        "timers": timers.iter().map(|id| json!({"id": id, "starts_on": ["opened"], "stops_on": ["resolved"]})).collect::<Vec<_>>(),
    })
    .to_string()
}

#[test]
fn values_that_grow_with_pairs_of_parts_are_bounded() {
    // 100 packages with 1,000 values each are the limit.
    let most = policy::read(extended(99, 600, 400)).unwrap().values().unwrap();
    let counted: usize = most.packages.iter().map(|package| package.targets.len() + package.channels.len()).sum();
    assert_eq!(counted, MAX_PACKAGE_VALUES);
    for (timers, channels) in [(601, 400), (600, 401)] {
        let error = policy::read(extended(99, timers, channels)).unwrap().values().unwrap_err();
        assert_eq!(error.code().as_str(), "limit_exceeded");
    }
}
