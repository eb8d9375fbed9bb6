//! `docs/recipes.md` shows the policies and stories of `tests/vectors/recipes.json`: they run, and the page says what
//! the vectors say.
//!
//! A block ```` ```json name ```` shows a policy, ```` ```text name ```` a story. With `UPDATE_RECIPES` set, the test
//! writes the blocks.

use std::collections::BTreeSet;
use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sla_core::policy::lint;
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::wire;
use sla_tests::files::root;

/// The fields of a cycle, in the order in which the page shows them.
const FIELDS: &[&str] = &[
    "state",
    "cancelled_by",
    "target_us",
    "calendar",
    "cycles",
    "started_at",
    "due_at",
    "breached_at",
    "stopped_at",
    "elapsed_us",
    "used_us",
    "remaining_us",
    "overdue_us",
    "due_if_resumed_now",
    "class",
];

fn text() -> String {
    std::fs::read_to_string(root().join("tests/vectors/recipes.json")).unwrap()
}

/// Returns the text of a policy as the file lays it out.
fn policy_text(file: &str, name: &str) -> String {
    let lines = file.lines().skip_while(|line| *line != format!("    \"{name}\": {{")).skip(1);
    let inner: Vec<&str> = lines.take_while(|line| !line.starts_with("    }")).collect();
    assert!(!inner.is_empty(), "no policy `{name}` on lines of its own");
    let inner: String = inner.iter().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap())).collect();
    format!("{{\n{inner}}}\n")
}

/// Writes an instant with its weekday, a duration in hours, minutes and seconds, and any other value as it is.
fn shown(field: &str, value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Number(micros) if field.ends_with("_us") => {
            BusinessDuration::from_micros(micros.as_i64().unwrap()).unwrap().to_string()
        }
        Value::String(text) => text.parse::<DateTime<Utc>>().map_or_else(|_| text.clone(), instant),
        Value::Object(fields) if field == "due_if_resumed_now" => shown("", &fields["due_at"]),
        other => other.to_string(),
    }
}

fn instant(at: DateTime<Utc>) -> String {
    let seconds = if at.timestamp_micros() % 60_000_000 == 0 { "" } else { ":%S%.f" };
    at.format(&format!("%a %Y-%m-%d %H:%M{seconds}")).to_string()
}

fn command(command: &Map<String, Value>) -> String {
    let mut line = command["command"].as_str().unwrap().to_owned();
    for (field, value) in
        command.iter().filter(|(field, _)| !["command", "message", "ticket"].contains(&field.as_str()))
    {
        let value = shown(field, value);
        let quote = if value.contains(' ') { "\"" } else { "" };
        write!(line, " {field}={quote}{value}{quote}").unwrap();
    }
    if let Some(other) = command.get("ticket").filter(|_| command["command"] == "absorb") {
        write!(line, " ticket={}", other.as_str().unwrap()).unwrap();
    }
    line
}

fn actor(actor: &Value) -> String {
    let Some(fields) = actor.as_object() else { return actor.as_str().unwrap().to_owned() };
    let text = |field: &str| fields[field].as_str().unwrap();
    let teams = fields.get("teams").and_then(Value::as_array).into_iter().flatten();
    let mut belongs: Vec<String> = teams.map(|team| format!("team {}", team.as_str().unwrap())).collect();
    if fields.contains_key("organization") {
        belongs.push(format!("organization {}", text("organization")));
    }
    format!("{} {} ({})", text("role"), text("id"), belongs.join(", "))
}

fn events(list: &Value) -> Vec<String> {
    let words =
        |event: &Value| event.as_str().unwrap().split_once(' ').map(|(kind, at)| (kind.to_owned(), at.to_owned()));
    let list = list.as_array().unwrap().iter().map(|event| words(event).unwrap());
    list.map(|(kind, at)| format!("{kind} {}", shown("", &at.into()))).collect()
}

/// Writes a story as the page shows it: one line a command, and below it what the engine answers.
fn story(case: &Value) -> String {
    let mut lines = Vec::new();
    for step in case["steps"].as_array().unwrap() {
        let at = shown("", &step["at"]);
        lines.push(match step.get("do") {
            Some(asked) => format!("{at}  {}: {}", actor(&step["as"]), command(asked.as_object().unwrap())),
            None if step["monitor"] == true => format!("{at}  due_events, stored"),
            None => at,
        });
        if let Some(code) = step.get("refused") {
            lines.push(format!("  refused: {}", code.as_str().unwrap()));
        }
        for (field, value) in step.get("data").and_then(Value::as_object).into_iter().flatten() {
            lines.push(format!("  event data: {field} {}", shown(field, value)));
        }
        let expected = step.get("expect").and_then(Value::as_object).cloned().unwrap_or_default();
        for (field, value) in expected.iter().filter(|(field, _)| *field != "timers") {
            lines.push(format!("  {field}: {}", shown(field, value)));
        }
        for (timer, fields) in expected.get("timers").and_then(Value::as_object).into_iter().flatten() {
            let fields = fields.as_object().unwrap();
            assert!(fields.keys().all(|field| FIELDS.contains(&field.as_str())), "{fields:?}");
            let known = FIELDS.iter().filter_map(|field| Some((*field, fields.get(*field)?)));
            let parts = known.map(|(field, value)| match field {
                "state" => shown(field, value),
                _ => format!("{} {}", field.strip_suffix("_us").unwrap_or(field), shown(field, value)),
            });
            lines.push(format!("  {timer}: {}", parts.collect::<Vec<_>>().join(", ")));
        }
        if let Some(due) = step.get("due") {
            let due = events(due);
            lines.extend(due.iter().map(|event| format!("  due: {event}")));
            if due.is_empty() {
                lines.push("  due: nothing".to_owned());
            }
        }
        if let Some(notified) = step.get("notify_at") {
            let instants = notified.as_array().unwrap().iter().map(|at| shown("", at));
            lines.push(format!("  notify_at: {}", instants.collect::<Vec<_>>().join(", ")));
        }
    }
    if let Some(history) = case.get("history") {
        lines.push("history".to_owned());
        lines.extend(events(history).iter().map(|event| format!("  {event}")));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn policies_of_recipes_are_without_warnings() {
    let file: Value = serde_json::from_str(&text()).unwrap();
    let as_of = Timestamp::parse("2026-03-02T00:00:00Z").unwrap();
    let mut warnings = Vec::new();
    for (name, document) in file["policies"].as_object().unwrap() {
        let policy = wire::policy::read(document.to_string()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        warnings.extend(lint(&policy, as_of).into_iter().map(|warning| format!("{name}: {warning}")));
    }
    assert!(warnings.is_empty(), "{}", warnings.join("\n"));
}

#[test]
fn stories_of_recipes_end_as_the_page_says() {
    let told = sla_tests::stories::tell(&text());
    let faults: Vec<String> = told.into_iter().flat_map(|told| told.faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_page_shows_every_policy_and_story() {
    let text = text();
    let file: Value = serde_json::from_str(&text).unwrap();
    let case = |name: &str| file["cases"].as_array().unwrap().iter().find(|case| case["name"] == name);
    let path = root().join("docs/recipes.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (mut made, mut seen, mut inside) = (String::new(), BTreeSet::new(), false);
    for line in page.lines() {
        let opening = line.strip_prefix("```").filter(|_| !inside);
        if let Some((language, name)) = opening.and_then(|rest| rest.split_once(' ')) {
            let block = match language {
                "json" => policy_text(&text, name),
                _ => story(case(name).unwrap_or_else(|| panic!("no story `{name}`"))),
            };
            write!(made, "{line}\n{block}").unwrap();
            assert!(seen.insert((language.to_owned(), name.to_owned())), "`{name}` twice");
            inside = true;
            continue;
        }
        inside &= line != "```";
        if !inside {
            writeln!(made, "{line}").unwrap();
        }
    }
    let policies = file["policies"].as_object().unwrap().keys().map(|name| ("json".to_owned(), name.clone()));
    let cases = file["cases"].as_array().unwrap().iter().map(|case| case["name"].as_str().unwrap().to_owned());
    let expected: BTreeSet<_> = policies.chain(cases.map(|name| ("text".to_owned(), name))).collect();
    assert_eq!(seen, expected);
    if std::env::var_os("UPDATE_RECIPES").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    assert!(page == made || std::env::var_os("UPDATE_RECIPES").is_some(), "run with UPDATE_RECIPES=1");
}
