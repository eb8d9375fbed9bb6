//! Tickets' stories: rows of a vector file, told through the public API.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sla_core::engine::Decision;
use sla_core::policy::CheckedPolicy;
use sla_core::refusal::Refusal;
use sla_core::ticket::{Actor, Event, EventKind, History, Role};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, wire};

use crate::transcript::Transcript;

/// The stories that hold for every language.
pub const RULES: &str = include_str!("../vectors/tickets-rules.json");

/// The stories of terms that change, teams, earlier receipts and inactivity.
pub const TERMS: &str = include_str!("../vectors/tickets-terms.json");

/// The stories of `docs/recipes.md`.
pub const RECIPES: &str = include_str!("../vectors/recipes.json");

/// What became of a story.
pub struct Told {
    /// Where it went otherwise than its row says.
    pub faults: Vec<String>,
    /// The ticket's history, unless its opening was refused.
    pub history: Option<History>,
    /// Every revision of its policy.
    policies: Vec<CheckedPolicy>,
}

impl Told {
    /// Returns the ticket's history, with an engine of every revision; `None` when its opening was refused.
    #[must_use]
    pub fn made(self) -> Option<(Engine, History)> {
        Some((Engine::compile_revisions(self.policies).ok()?, self.history?))
    }
}

/// Tells every story of a file.
pub fn tell(text: &str) -> Vec<Told> {
    tell_and_note(text, &mut Transcript::new("stories"))
}

/// Tells every story of a file, and writes down what was asked.
pub fn tell_and_note(text: &str, transcript: &mut Transcript) -> Vec<Told> {
    let file: Value = serde_json::from_str(text).unwrap();
    let policies: BTreeMap<&str, CheckedPolicy> = file["policies"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, document)| (name.as_str(), wire::policy::read(document.to_string()).unwrap()))
        .collect();
    file["cases"].as_array().unwrap().iter().map(|case| Story::new(case, &policies, transcript).run()).collect()
}

struct Story<'a> {
    case: &'a Value,
    policies: Vec<CheckedPolicy>,
    names: &'a BTreeMap<&'a str, CheckedPolicy>,
    history: Option<History>,
    faults: Vec<String>,
    transcript: &'a mut Transcript,
}

impl<'a> Story<'a> {
    fn new(case: &'a Value, names: &'a BTreeMap<&'a str, CheckedPolicy>, transcript: &'a mut Transcript) -> Self {
        let revisions = case["policy"].as_array().unwrap();
        let policies = revisions.iter().map(|name| names[name.as_str().unwrap()].clone()).collect();
        Self { case, policies, names, history: None, faults: Vec::new(), transcript }
    }

    fn run(mut self) -> Told {
        for step in self.case["steps"].as_array().unwrap() {
            let known = step["revisions"].as_u64().map_or(self.policies.len(), |count| usize::try_from(count).unwrap());
            let policies = self.policies[..known].to_vec();
            self.transcript.line("engine", &[&documents(&policies)]);
            let engine = Engine::compile_revisions(policies).unwrap();
            let at = Timestamp::parse(step["at"].as_str().unwrap()).unwrap();
            if let Some(command) = step.get("do") {
                self.command(&engine, step, command, at);
            }
            if let Some(expected) = step.get("due") {
                let due = engine.due_events(self.history.as_ref().unwrap().ticket(), at).unwrap().events;
                self.transcript.line("due", &[&at.as_micros(), &wire::ticket::write_events(&due)]);
                self.compare(at, "due", &named(&due), expected);
            }
            if let Some(expected) = step.get("notify_at") {
                let due = engine.due_events(self.history.as_ref().unwrap().ticket(), at).unwrap().events;
                self.compare(at, "notify_at", &notified(&due), expected);
            }
            if step["monitor"] == true {
                let history = self.history.as_mut().unwrap();
                let due = engine.due_events(history.ticket(), at).unwrap().events;
                self.transcript.line("monitor", &[&at.as_micros(), &wire::ticket::write_events(&due)]);
                history.extend(due).unwrap();
            }
            if let Some(expected) = step.get("expect") {
                let evaluation = engine.evaluate(self.history.as_ref().unwrap().ticket(), at).unwrap();
                let found = wire::evaluation::write(&evaluation);
                self.transcript.line("evaluate", &[&at.as_micros(), &found]);
                let found = serde_json::from_str(&found).unwrap();
                self.expect(at, &found, expected);
            }
        }
        if let Some(expected) = self.case.get("history") {
            let history = self.history.as_ref().unwrap();
            let found = named(history.events());
            let end = history.ticket().last_at;
            self.compare(end, "history", &found, expected);
            self.survives_storage();
        }
        Told { faults: self.faults, history: self.history, policies: self.policies }
    }

    fn command(&mut self, engine: &Engine, step: &Value, command: &Value, at: Timestamp) {
        let actor = actor(&step["as"]);
        let document = self.whole(command).to_string();
        let decision = match &self.history {
            Some(history) => {
                let command = wire::command::read(&document).unwrap();
                if step["snapshot"] == true {
                    engine.decide(history.ticket(), &command, &actor, at).unwrap()
                } else {
                    engine.decide_on(history, &command, &actor, at).unwrap()
                }
            }
            None => engine.open(&wire::command::read_opening(&document).unwrap(), &actor, at).unwrap(),
        };
        let who = serde_json::to_value(&actor).unwrap();
        let said = wire::evaluation::write_decision(&decision);
        let asked = match &self.history {
            Some(_) if step["snapshot"] == true => "decide_snapshot",
            Some(_) => "decide",
            None => "open",
        };
        self.transcript.line(asked, &[&document, &who, &at.as_micros(), &said]);
        let (found, events) = match decision {
            Decision::Accepted(accepted) => (Value::Null, accepted.events),
            Decision::Refused(Refusal { code, message, accepted, .. }) => {
                assert!(!message.is_empty() && !accepted.is_empty());
                (code.as_str().into(), Vec::new())
            }
        };
        self.compare(at, &command["command"].to_string(), &found, &step["refused"]);
        if let Some(expected) = step.get("data") {
            let last = events.last().map_or(Value::Null, |event| serde_json::to_value(event).unwrap());
            for (field, expected) in expected.as_object().unwrap() {
                self.compare(at, field, &last["data"][field], expected);
            }
        }
        match &mut self.history {
            Some(history) => history.extend(events).unwrap(),
            None => self.history = Some(events).filter(|events| !events.is_empty()).map(|e| History::new(e).unwrap()),
        }
    }

    /// Writes out what the rows say in short: messages, and policies by their name in the file.
    fn whole(&self, command: &Value) -> Value {
        let mut command = command.clone();
        if let Some(message) = command["message"].as_str() {
            let digest = Digest::of(message.as_bytes()).to_string();
            command["message"] = json!({"message_ref": message, "content_sha256": digest});
        }
        if let Some(name) = command["policy_digest"].as_str() {
            command["policy_digest"] = self.names[name].digest().to_string().into();
        }
        command
    }

    fn expect(&mut self, at: Timestamp, found: &Value, expected: &Value) {
        for (field, expected) in expected.as_object().unwrap() {
            if field != "timers" {
                self.compare(at, field, &found[field], expected);
                continue;
            }
            let timers = expected.as_object().unwrap();
            if timers.is_empty() {
                self.compare(at, "timers", &found["timers"], expected);
            }
            for (timer, expected) in timers {
                let cycles = found["timers"][timer]["cycles"].as_array().cloned().unwrap_or_default();
                for (field, expected) in expected.as_object().unwrap() {
                    let found = match field.as_str() {
                        "state" => found["timers"][timer]["state"].clone(),
                        "cycles" => cycles.len().into(),
                        _ => cycles.last().map_or(Value::Null, |cycle| cycle[field].clone()),
                    };
                    self.compare(at, &format!("{timer} {field}"), &found, expected);
                }
            }
        }
    }

    /// Written and read again, the history is the same; so is the ticket's snapshot.
    fn survives_storage(&mut self) {
        let history = self.history.as_ref().unwrap();
        let stored = wire::ticket::read_history(wire::ticket::write_history(history)).unwrap();
        let snapshot = wire::snapshot::read(wire::snapshot::write(history.ticket())).unwrap();
        if stored != *history || snapshot != history.ticket().in_short() {
            self.faults.push(format!("{}: the stored history or snapshot differs", self.case["name"]));
        }
    }

    fn compare(&mut self, at: Timestamp, what: &str, found: &Value, expected: &Value) {
        if found != expected {
            let name = &self.case["name"];
            self.faults.push(format!("{name} at {at}: {what}: found {found}, expected {expected}"));
        }
    }
}

fn documents(policies: &[CheckedPolicy]) -> Value {
    policies.iter().map(|policy| serde_json::from_str::<Value>(&wire::policy::write(policy)).unwrap()).collect()
}

/// Reads role and id, or a whole document where an actor has teams or an organization.
fn actor(value: &Value) -> Actor {
    let Some(text) = value.as_str() else { return wire::command::read_actor(value.to_string()).unwrap() };
    let (role, id) = text.split_once(' ').unwrap_or((text, ""));
    Actor::new(Role::from_word(role).unwrap(), id)
}

fn named(events: &[Event]) -> Value {
    events.iter().map(|event| format!("{} {}", event.kind.name(), event.at)).collect()
}

fn notified(events: &[Event]) -> Value {
    let firing = |event: &Event| match &event.kind {
        EventKind::Warned(firing) => Some(firing.notify_at),
        EventKind::Reminded(intent) => Some(intent.notify_at),
        EventKind::Escalated(escalation) => escalation.firing.as_ref().map(|firing| firing.notify_at),
        _ => None,
    };
    events.iter().filter_map(firing).map(|at| at.to_string()).collect()
}
