//! The examples of docs/calendars.md have the answers that the page gives.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sla_core::calendar::{Calendar, DayTime, LocalTime};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Engine, wire};

const PAGE: &str = include_str!("../../docs/calendars.md");

/// Compiles the calendars of a block of the page, in a policy that has nothing else.
fn engine(block: &str) -> Engine {
    let calendars: BTreeMap<String, Value> = serde_json::from_str(block).unwrap();
    let policy = json!({"schema": wire::policy::SCHEMA, "id": "page", "version": 1, "calendars": calendars,
        "channels": [], "packages": []});
    Engine::compile(wire::policy::read(policy.to_string()).unwrap()).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn ask(calendar: &Calendar, what: &str, arguments: &[&str], expected: &str) {
    let length = |text: &str| BusinessDuration::parse(text).unwrap();
    match (what, arguments) {
        ("next_open", [from]) => assert_eq!(calendar.next_open(at(from)).unwrap(), at(expected)),
        ("next_close", [from]) => assert_eq!(calendar.next_close(at(from)).unwrap(), at(expected)),
        ("add", [from, by]) => assert_eq!(calendar.add(at(from), length(by)).unwrap(), at(expected)),
        ("elapsed", [from, to]) => assert_eq!(calendar.elapsed(at(from), at(to)).unwrap(), length(expected)),
        ("business_days", [from, days, by, cut_off @ ..]) => {
            let cut_off = cut_off.first().map(|text| LocalTime::parse(text).unwrap());
            let by = DayTime::parse(by).unwrap();
            let found = calendar.business_days(at(from), days.parse().unwrap(), by, cut_off).unwrap();
            assert_eq!(found, length(expected));
        }
        _ => panic!("unknown question {what} {arguments:?}"),
    }
}

#[test]
fn the_examples_of_the_page_have_the_answers_that_it_gives() {
    let mut asked = 0;
    for example in PAGE.split("```json\n").skip(1) {
        let (block, rest) = example.split_once("```").unwrap();
        let engine = engine(block);
        for row in rest.lines().filter(|line| line.starts_with("| `") && line.contains('.')) {
            let [question, answer] = row.split('`').skip(1).step_by(2).collect::<Vec<_>>()[..] else { continue };
            let Some((id, call)) = question.split_once('.') else { continue };
            let (what, arguments) = call.trim_end_matches(')').split_once('(').unwrap();
            let arguments: Vec<&str> = arguments.split(", ").collect();
            ask(engine.calendar(id).unwrap(), what, &arguments, answer);
            asked += 1;
        }
    }
    assert_eq!(asked, 17);
}
