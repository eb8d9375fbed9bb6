//! Altered documents of every kind: what a reader accepts is written and read again as the same, and used; the C interface
//! accepts the same, with the same codes.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use sla_core::analytics::Report;
use sla_core::calendar::ZoneDatabase;
use sla_core::engine::Decision;
use sla_core::ticket::{History, Role, Ticket};
use sla_core::time::Timestamp;
use sla_core::{Engine, Error, policy, wire};
use sla_tests::files;
use sla_tests::stories::{RECIPES, RULES, TERMS, tell};
use sla_tests::streams::{self, HOUR, PACKAGES, at};

use super::c_interface;
use super::json::input;
use super::random::{Random, each_input};
use crate::hostile_documents;

/// Every object in the vectors that `is_seed` takes, each once.
fn seeds(is_seed: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut texts = BTreeSet::new();
    let mut files: Vec<_> =
        fs::read_dir(files::root().join("tests/vectors")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let mut rest = vec![serde_json::from_str::<Value>(&fs::read_to_string(file).unwrap()).unwrap()];
        while let Some(value) = rest.pop() {
            if is_seed(&value) {
                texts.insert(value.to_string());
            }
            match value {
                Value::Array(entries) => rest.extend(entries),
                Value::Object(fields) => rest.extend(fields.into_iter().map(|(_, value)| value)),
                _ => {}
            }
        }
    }
    texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

fn of_schema(schema: &str) -> Vec<Value> {
    seeds(|value| value["schema"] == schema)
}

fn commands() -> Vec<Value> {
    seeds(|value| value["command"].is_string())
}

/// Histories of the stories, and of random commands under the policy of `streams`.
fn histories(engine: &Engine) -> Vec<History> {
    let told = [RULES, TERMS, RECIPES].into_iter().flat_map(tell).filter_map(|told| told.history);
    let mut histories: Vec<History> = told.filter(|history| history.events().len() > 2).step_by(4).collect();
    let commands: Vec<_> = commands().iter().filter_map(|seed| wire::command::read(seed.to_string()).ok()).collect();
    for number in 0..12 {
        let mut random = Random::new(number);
        let mut now = 1_774_000_000_000_000;
        let package = *random.pick(PACKAGES.as_slice());
        let mut history = streams::opened(engine, package, at(now));
        for _ in 0..40 {
            now += i64::try_from(random.below(5)).unwrap() * HOUR / 2;
            let (command, actor) = (random.pick(&commands).clone(), random.pick(&streams::actors()).clone());
            if let Ok(Decision::Accepted(accepted)) = engine.decide(history.ticket(), &command, &actor, at(now)) {
                history.extend(accepted.events).unwrap();
            }
        }
        histories.push(history);
    }
    histories
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Both say the same, or the same code.
fn same<T, U>(ours: &Result<T, Error>, theirs: &c_interface::Answer<U>, what: &str) {
    let code = |code: &str| code.to_owned();
    let ours = ours.as_ref().map(|_| ()).map_err(|error| code(error.code().as_str()));
    let theirs = theirs.as_ref().map(|_| ()).map_err(|error| code(error));
    // A text that is not UTF-8 breaks the contract of C.
    if theirs != Err("invalid_utf8".to_owned()) {
        assert_eq!(ours, theirs, "{what}");
    }
}

fn judge_policy(bytes: &[u8]) -> bool {
    let read = wire::policy::read(bytes);
    same(&read, &c_interface::policy_check(bytes), "policy_check");
    let Ok(read) = read else { return false };
    let written = wire::policy::write(&read);
    let again = wire::policy::read(&written).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again, read);
    assert_eq!(again.digest(), read.digest());
    let as_of = at(1_774_000_000_000_000);
    let _ = policy::lint(&read, as_of);
    let _ = read.values();
    c_interface::policy_lint(bytes, as_of.as_micros()).unwrap();
    let engine = Engine::compile(read).unwrap_or_else(|error| panic!("{error}"));
    for (id, calendar) in engine.policy().compiled_calendars() {
        let length = calendar.elapsed(as_of, at(as_of.as_micros() + 400 * HOUR)).unwrap();
        if let Ok(due) = calendar.add(as_of, length) {
            assert_eq!(calendar.elapsed(as_of, due).unwrap(), length, "{id}");
        }
    }
    true
}

/// Uses a ticket in every way; any of it may be refused, nothing may panic.
fn use_ticket(engines: &Engines, ticket: &Ticket, document: &[u8], number: u64) {
    let mut random = Random::new(number);
    let now = Timestamp::from_micros(ticket.last_at.as_micros().saturating_add(random.integer() % (1_000 * HOUR)));
    let evaluated = engines.ours.evaluate(ticket, now);
    same(&evaluated, &engines.theirs.evaluate(document, now.as_micros()), "evaluate");
    if let Ok(due) = engines.ours.due_events(ticket, now) {
        let _ = engines.ours.evaluate(&due.ticket, now);
    }
    let _ = engines.theirs.due_events(document, now.as_micros());
    let _ = engines.ours.next_check_at(ticket);
}

struct Engines {
    ours: Engine,
    theirs: c_interface::Engine,
}

impl Engines {
    fn new() -> Self {
        Self { ours: streams::engine(), theirs: c_interface::Engine::compile(streams::POLICY) }
    }
}

fn judge_history(engines: &Engines, number: u64, bytes: &[u8]) -> bool {
    let read = wire::ticket::read_history(bytes);
    let Ok(history) = read else {
        if wire::snapshot::read(bytes).is_err() {
            assert!(c_interface::ticket_fold(bytes).is_err());
        }
        return false;
    };
    let written = wire::ticket::write_history(&history);
    assert_eq!(wire::ticket::read_history(&written).as_ref(), Ok(&history));
    // An accepted history folds, whole and event by event, and its ticket is stored as a snapshot.
    let folded = History::new(history.events().to_vec()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(folded.ticket(), history.ticket());
    let snapshot = wire::snapshot::write(history.ticket());
    assert_eq!(wire::snapshot::read(&snapshot).as_ref(), Ok(history.ticket()));
    // Re-execution answers, or says why it cannot.
    let _ = engines.ours.verify(&history, Some(history.ticket()));
    c_interface::ticket_fold(bytes).unwrap();
    use_ticket(engines, history.ticket(), snapshot.as_bytes(), number);
    true
}

fn judge_snapshot(engines: &Engines, number: u64, bytes: &[u8]) -> bool {
    let read = wire::snapshot::read(bytes);
    let Ok(ticket) = read else { return false };
    assert_eq!(wire::snapshot::read(wire::snapshot::write(&ticket)).as_ref(), Ok(&ticket));
    c_interface::ticket_fold(bytes).unwrap();
    use_ticket(engines, &ticket, bytes, number);
    true
}

fn judge_command(engines: &Engines, histories: &[History], number: u64, bytes: &[u8]) -> bool {
    let read = wire::command::read(bytes);
    let mut random = Random::new(number);
    let history = random.pick(histories);
    let actor = random.pick(&streams::actors()).clone();
    let role = match actor.role {
        Role::Customer => "customer",
        Role::Agent => "agent",
        _ => "admin",
    };
    let actor_document = format!(r#"{{"role": "{role}", "id": "{}"}}"#, actor.id);
    let now = at(history.ticket().last_at.as_micros() + random.integer() % (40 * HOUR));
    let snapshot = wire::snapshot::write(history.ticket());
    let theirs = engines.theirs.decide(snapshot.as_bytes(), bytes, actor_document.as_bytes(), now.as_micros());
    let Ok(command) = read else {
        assert!(theirs.is_err());
        return false;
    };
    assert_eq!(wire::command::read(wire::command::write(&command)).as_ref(), Ok(&command));
    let decided = engines.ours.decide(history.ticket(), &command, &actor, now);
    same(&decided, &theirs, "decide");
    if let Ok(decision) = &decided {
        assert_eq!(theirs.as_deref(), Ok(wire::evaluation::write_decision(decision).as_str()));
    }
    if let Ok(Decision::Accepted(accepted)) = decided {
        let mut history = history.clone();
        history.extend(accepted.events).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(*history.ticket(), accepted.ticket);
        let written = wire::ticket::write_history(&history);
        assert_eq!(wire::ticket::read_history(written), Ok(history));
    }
    true
}

fn judge_log(engines: &Engines, bytes: &[u8]) -> bool {
    let read = wire::log::read(bytes);
    let theirs = c_interface::log_commands(bytes);
    same(&read, &theirs, "log_commands");
    let Ok(log) = read else { return false };
    let commands = log.commands();
    assert_eq!(theirs.unwrap(), wire::log::write(&commands));
    for ticket in &commands.tickets {
        // Whatever was recorded is judged, not trusted.
        let imported = engines.ours.import(&ticket.opening, &ticket.opener, ticket.opened_at, &ticket.commands);
        if let Ok(Decision::Accepted(import)) = imported {
            let history = History::new(import.history.events().to_vec()).unwrap();
            assert_eq!(history.ticket(), import.history.ticket());
        }
    }
    true
}

fn judge_aggregate(zones: &ZoneDatabase, bytes: &[u8]) -> bool {
    let read = wire::analytics::read(bytes, zones);
    let theirs = c_interface::aggregate(bytes);
    same(&read, &theirs, "aggregate_read");
    let Ok(aggregate) = read else { return false };
    let written = wire::analytics::write(&aggregate);
    assert_eq!(theirs.unwrap(), written);
    assert_eq!(wire::analytics::read(written, zones).as_ref(), Ok(&aggregate));
    let _ = Report::of(&aggregate);
    let mut twice = aggregate.clone();
    let _ = twice.merge(&aggregate);
    true
}

/// Judges the seeds, and so many altered ones.
fn target(name: &str, seeds: &[Value], few: u64, mut judge: impl FnMut(u64, &[u8]) -> bool) {
    assert!(!seeds.is_empty());
    let (mut judged, mut accepted) = (0_u64, 0_u64);
    let count = u64::try_from(seeds.len()).unwrap();
    each_input(name, count + few, |number| {
        judged += 1;
        accepted += u64::from(judge(number, &input(number, seeds)));
    });
    println!("{name}: {accepted} of {judged} accepted");
    assert!(judged <= count || accepted * 50 >= judged, "{name}: {accepted} of {judged}");
}

#[test]
fn altered_policies() {
    target("altered_policies", &of_schema(wire::policy::SCHEMA), 200, |_, bytes| judge_policy(bytes));
}

#[test]
fn altered_histories() {
    let engines = Engines::new();
    let seeds: Vec<Value> =
        histories(&engines.ours).iter().map(|history| parsed(&wire::ticket::write_history(history))).collect();
    target("altered_histories", &seeds, 300, |number, bytes| judge_history(&engines, number, bytes));
}

#[test]
fn altered_snapshots() {
    let engines = Engines::new();
    let seeds: Vec<Value> =
        histories(&engines.ours).iter().map(|history| parsed(&wire::snapshot::write(history.ticket()))).collect();
    target("altered_snapshots", &seeds, 500, |number, bytes| judge_snapshot(&engines, number, bytes));
}

#[test]
fn altered_commands() {
    let engines = Engines::new();
    let histories = histories(&engines.ours);
    target("altered_commands", &commands(), 500, |number, bytes| judge_command(&engines, &histories, number, bytes));
}

#[test]
fn altered_logs() {
    let engines = Engines::new();
    target("altered_logs", &of_schema(wire::log::LOG_SCHEMA), 500, |_, bytes| judge_log(&engines, bytes));
}

#[test]
fn altered_aggregates() {
    let zones = ZoneDatabase::embedded();
    let seeds = [parsed(&hostile_documents::aggregate())];
    target("altered_aggregates", &seeds, 200, |_, bytes| judge_aggregate(&zones, bytes));
}
