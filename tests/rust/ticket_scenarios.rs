//! Ticket stories from other help desks, under policies that say what those desks do.
//!
//! A scenario whose meaning no policy can express is left out with the reason: see [`not_expressible`].

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sla_core::engine::{Activity, CycleEvaluation, Decision, Evaluation, Outcome};
use sla_core::ticket::{
    Actor, Command, CommandKind, Direction, MessageRef, Opening, PauseStatus, Role, Status, Ticket,
};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, wire};
use sla_tests::transcript::Transcript;

const SCENARIOS: &str = include_str!("../vectors/ticket-scenarios.json");

/// How many facts are compared; a larger file raises it, a smaller one must be noticed.
const COMPARED: usize = 38;

/// Returns why no policy can say what a scenario means.
fn not_expressible(source: &Value, scenario: &Value) -> Option<&'static str> {
    let semantics = &source["semantics"];
    let pausing = semantics["pausing_statuses"].as_array().cloned().unwrap_or_default();
    let pauses = scenario["events"].as_array()?.iter().any(|event| pausing.contains(&event["status"]));
    if scenario["chronological"] == false {
        Some("its instants are out of order")
    } else if pauses && semantics["pause"].as_str().is_some_and(|pause| pause.starts_with("wall-clock")) {
        Some("a pause there adds its wall time to the due; here it stops business time")
    } else {
        None
    }
}

#[test]
fn stories_from_other_desks_come_out_the_same() {
    let mut transcript = Transcript::new("scenarios");
    let (compared, faults) = run_all(SCENARIOS, &mut transcript);
    transcript.leave();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(compared, COMPARED);
}

#[test]
fn further_stories_come_out_the_same() {
    let Ok(directory) = std::env::var("SLA_VECTORS") else { return };
    let path = std::path::Path::new(&directory).join("ticket-scenarios.json");
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let (_, faults) = run_all(&text, &mut Transcript::new("further scenarios"));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn run_all(text: &str, transcript: &mut Transcript) -> (usize, Vec<String>) {
    let sources: Vec<Value> = serde_json::from_str(text).unwrap();
    let (mut compared, mut faults) = (0, Vec::new());
    for source in &sources {
        for scenario in source["scenarios"].as_array().unwrap() {
            if let Some(reason) = not_expressible(source, scenario) {
                println!("left out: {} {}: {reason}", source["source"]["repo"], scenario["id"]);
                continue;
            }
            let mut desk = Desk::new(source, scenario, transcript);
            desk.run();
            compared += desk.compared;
            faults.extend(desk.faults);
        }
    }
    (compared, faults)
}

/// One desk of another system, with the ticket of one scenario.
struct Desk<'a> {
    source: &'a Value,
    scenario: &'a Value,
    engine: Engine,
    ticket: Option<Ticket>,
    paused: bool,
    compared: usize,
    faults: Vec<String>,
    transcript: &'a mut Transcript,
}

impl<'a> Desk<'a> {
    fn new(source: &'a Value, scenario: &'a Value, transcript: &'a mut Transcript) -> Self {
        let policy = policy(source, scenario);
        transcript.line("engine", &[&json!([policy])]);
        let policy = wire::policy::read(policy.to_string()).unwrap();
        let engine = Engine::compile(policy).unwrap();
        Self { source, scenario, engine, ticket: None, paused: false, compared: 0, faults: Vec::new(), transcript }
    }

    fn run(&mut self) {
        for (at, event) in self.scenario["events"].as_array().unwrap().iter().enumerate() {
            let now = Timestamp::parse(event["at"].as_str().unwrap()).unwrap();
            self.happens(event, now);
            let expectations = self.scenario["expect"].as_array().unwrap();
            for expectation in expectations.iter().filter(|expectation| expectation["after_event"] == at) {
                let evaluation = self.engine.evaluate(self.ticket.as_ref().unwrap(), now).unwrap();
                self.transcript.line("evaluate", &[&now.as_micros(), &wire::evaluation::write(&evaluation)]);
                for (fact, expected) in expectation["facts"].as_object().unwrap() {
                    self.compare(fact, expected, &evaluation, now);
                }
            }
        }
    }

    fn happens(&mut self, event: &Value, now: Timestamp) {
        let admin = Actor::new(Role::Admin, "desk");
        let customer = Actor::new(Role::Customer, "customer");
        let channel = || "email".to_owned();
        match event["type"].as_str().unwrap() {
            "created" => {
                let opening = Opening {
                    ticket: "T".to_owned(),
                    customer: "customer".to_owned(),
                    package: "package".to_owned(),
                    channel: channel(),
                    severity: None,
                    category: None,
                    message: message(),
                    direction: Direction::Inbound,
                    received_at: None,
                    organization: None,
                    command_id: None,
                };
                let decision = self.engine.open(&opening, &customer, now).unwrap();
                let document = json!({"command": "open", "ticket": "T", "customer": "customer", "package": "package",
                    "channel": "email", "message": {"message_ref": "m", "content_sha256": Digest::of(b"m").to_string()}});
                self.note("open", &document.to_string(), &customer, now, &decision);
                let Decision::Accepted(opened) = decision else { panic!() };
                self.ticket = Some(opened.ticket);
                self.does(CommandKind::Assign { agent: Some("agent".to_owned()), team: None }, &admin, now);
            }
            "agent_reply" => {
                self.does(CommandKind::Reply { channel: channel(), message: message(), automatic: false }, &admin, now)
            }
            "customer_reply" => {
                self.does(
                    CommandKind::CustomerMessage { channel: channel(), message: message(), received_at: None },
                    &customer,
                    now,
                );
            }
            "resolved" => self.does(CommandKind::Resolve { message: message() }, &admin, now),
            "closed" => self.status("closed", now),
            "status" => {}
            other => panic!("{}: event `{other}` is not known", self.scenario["id"]),
        }
        if let Some(status) = event["status"].as_str() {
            self.status(status, now);
        }
    }

    /// Puts the ticket into a status of the other desk.
    fn status(&mut self, status: &str, now: Timestamp) {
        let admin = Actor::new(Role::Admin, "desk");
        let pauses = self.source["semantics"]["pausing_statuses"].as_array().cloned().unwrap_or_default();
        let resolved = self.ticket.as_ref().is_some_and(|ticket| ticket.status == Status::Resolved);
        if pauses.iter().any(|pause| pause == status) {
            if !self.paused {
                let reason = status.to_owned();
                self.does(CommandKind::Pause { status: PauseStatus::OnHold, reason, until: None }, &admin, now);
            }
            self.paused = true;
        } else if status.eq_ignore_ascii_case("closed") && resolved {
            self.does(CommandKind::Close, &admin, now);
        } else if status.eq_ignore_ascii_case("closed") {
            self.does(CommandKind::Resolve { message: message() }, &admin, now);
        } else if std::mem::take(&mut self.paused) {
            self.does(CommandKind::Resume, &admin, now);
        } else if resolved {
            self.does(CommandKind::Reopen { channel: None, reason: Some(status.to_owned()) }, &admin, now);
        }
    }

    fn does(&mut self, kind: CommandKind, actor: &Actor, now: Timestamp) {
        let command = Command::from(kind);
        let decision = self.engine.decide(self.ticket.as_ref().unwrap(), &command, actor, now).unwrap();
        self.note("decide", &wire::command::write(&command), actor, now, &decision);
        match decision {
            Decision::Accepted(accepted) => self.ticket = Some(accepted.ticket),
            Decision::Refused(refusal) => panic!("{}: {refusal}", self.scenario["id"]),
        }
    }

    fn note(&mut self, what: &str, command: &str, actor: &Actor, now: Timestamp, decision: &Decision) {
        let who = json!({"role": actor.role.as_str(), "id": actor.id});
        let said = wire::evaluation::write_decision(decision);
        self.transcript.line(what, &[&command, &who, &now.as_micros(), &said]);
    }

    fn compare(&mut self, fact: &str, expected: &Value, evaluation: &Evaluation, now: Timestamp) {
        let found: Value = match fact {
            "first_response_due" => due(current(evaluation, "first_response")),
            "update_due" => due(current(evaluation, "update")),
            "resolution_due" => due(current(evaluation, "resolution")),
            "next_due" => evaluation.timers.iter().filter_map(|timer| running_due(timer.current()?)).min().into(),
            "resolution_elapsed_seconds" => seconds(current(evaluation, "resolution").unwrap().elapsed.as_micros()),
            // The cycle that the contact has ended is the one before.
            "update_elapsed_seconds" => seconds(ended_update(evaluation).elapsed.as_micros()),
            "update_margin_seconds" => {
                let cycle = ended_update(evaluation);
                seconds(cycle.target.unwrap().as_micros() - cycle.elapsed.as_micros())
            }
            "paused_seconds" => seconds(self.paused_us(evaluation, now)),
            "clock_starts" => {
                let created = self.ticket.as_ref().unwrap().opened_at;
                self.engine.calendar("calendar").unwrap().next_open(created).unwrap().to_string().into()
            }
            "state" => state(evaluation).into(),
            other => panic!("{}: fact `{other}` is not known", self.scenario["id"]),
        };
        self.compared += 1;
        if found != same_form(expected) {
            let (source, id) = (&self.source["source"]["repo"], &self.scenario["id"]);
            self.faults.push(format!("{source} {id} at {now}: {fact}: found {found}, expected {expected}"));
        }
    }

    /// Open time since the creation that the resolution did not count.
    fn paused_us(&self, evaluation: &Evaluation, now: Timestamp) -> i64 {
        let cycle = current(evaluation, "resolution").unwrap();
        let calendar = self.engine.calendar("calendar").unwrap();
        calendar.elapsed(cycle.started_at, now).unwrap().as_micros() - cycle.elapsed.as_micros()
    }
}

/// Returns a policy that does what the source's `semantics` say.
fn policy(source: &Value, scenario: &Value) -> Value {
    let semantics = &source["semantics"];
    let theirs = &source["policies"][scenario["policy"].as_str().unwrap()];
    let mut targets = Map::new();
    for timer in ["first_response", "update", "resolution"] {
        if let Some(seconds) = theirs[format!("{timer}_seconds")].as_u64() {
            targets.insert(timer.to_owned(), format!("{seconds}s").into());
        }
    }
    let text = |pointer: &str| semantics.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let all_pause = text("/pause").starts_with("all clocks");
    let boundary = if scenario["convention"] == "due_rolls_to_next_open" { "next_open" } else { "close" };
    let pauses = |pausing: bool| if pausing { json!(["pending", "on_hold"]) } else { json!([]) };
    let first_stops = if text("/first_response/stops").contains("resolved") {
        json!(["public_reply", "resolved"])
    } else {
        json!(["public_reply"])
    };
    let update = if text("/update/starts").contains("every contact") {
        json!({"starts_on": ["opened", "public_reply", "customer_message"],
               "stops_on": ["public_reply", "customer_message", "resolved"]})
    } else {
        json!({"starts_on": ["opened", "customer_message"], "stops_on": ["public_reply", "resolved"]})
    };
    json!({
        "schema": "sla-policy/2", "id": "other-desk", "version": 1,
        "calendars": {"calendar": calendar(&source["calendars"][theirs["calendar"].as_str().unwrap()])},
        "channels": [{"id": "email", "name": "Email"}],
        "packages": [{"id": "package", "name": "Package", "rank": 1, "channels": ["email"], "calendar": "calendar",
                      "targets": targets}],
        "timers": [
            {"id": "first_response", "stops_on": first_stops, "pauses_on": pauses(all_pause), "due_boundary": boundary},
            {"id": "update", "starts_on": update["starts_on"], "stops_on": update["stops_on"],
             "pauses_on": pauses(all_pause), "due_boundary": boundary},
            {"id": "resolution", "starts_on": ["opened"], "pauses_on": pauses(true), "due_boundary": boundary},
        ],
    })
}

fn calendar(theirs: &Value) -> Value {
    let window = |window: &Value| format!("{}-{}", window[0].as_str().unwrap(), window[1].as_str().unwrap());
    let weekly: BTreeMap<&String, Vec<String>> = theirs["weekly"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(day, windows)| (day, windows.as_array().unwrap().iter().map(window).collect()))
        .collect();
    let holidays: Vec<Value> = theirs["holidays"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|date| json!({"date": date, "name": "Holiday"}))
        .collect();
    json!({"time_zone": theirs["time_zone"], "weekly": weekly, "holidays": holidays})
}

fn message() -> MessageRef {
    MessageRef { message_ref: "m".to_owned(), content_sha256: Digest::of(b"m") }
}

fn current<'a>(evaluation: &'a Evaluation, timer: &str) -> Option<&'a CycleEvaluation> {
    evaluation.timers.iter().find(|known| known.timer.as_str() == timer)?.current()
}

fn ended_update(evaluation: &Evaluation) -> &CycleEvaluation {
    let update = evaluation.timers.iter().find(|timer| timer.timer.as_str() == "update").unwrap();
    update.cycles.iter().rev().find(|cycle| cycle.activity == Activity::Stopped).unwrap()
}

fn due(cycle: Option<&CycleEvaluation>) -> Value {
    cycle.and_then(CycleEvaluation::due_at).map(|due_at| due_at.to_string()).into()
}

fn running_due(cycle: &CycleEvaluation) -> Option<String> {
    let runs = cycle.activity == Activity::Running;
    cycle.due_at().filter(|_| runs).map(|due_at| due_at.to_string())
}

fn seconds(micros: i64) -> Value {
    (micros / 1_000_000).into()
}

/// The one word that the desks show.
fn state(evaluation: &Evaluation) -> &'static str {
    let first = current(evaluation, "first_response");
    let resolution = current(evaluation, "resolution").unwrap();
    let missed = |cycle: &CycleEvaluation| cycle.outcome == Outcome::Breached;
    match resolution.activity {
        _ if first.is_some_and(missed) || missed(resolution) => "Failed",
        Activity::Paused => "Paused",
        Activity::Stopped => "Fulfilled",
        _ if first.is_some_and(|first| first.activity == Activity::Running) => "First Response Due",
        _ => "Resolution Due",
    }
}

/// Instants carry offsets in the file.
fn same_form(expected: &Value) -> Value {
    match expected.as_str().map(Timestamp::parse) {
        Some(Ok(instant)) => instant.to_string().into(),
        _ => expected.clone(),
    }
}
