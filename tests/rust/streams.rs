//! Random streams of commands on one ticket, under a policy with everything that moves a deadline.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sla_core::engine::Decision;
use sla_core::ticket::{
    Actor, Apply, Command, CommandKind, Direction, History, MessageRef, Opening, PauseStatus, Role,
};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, wire};

pub const POLICY: &str = r#"{
    "schema": "sla-policy/2", "id": "laws", "version": 1,
    "calendars": {
        "office": {"time_zone": "Europe/Berlin",
            "weekly": {"mon": ["08:00-12:00", "13:00-17:00"], "tue": ["08:00-12:00", "13:00-17:00"],
                       "wed": ["08:00-12:00"], "thu": ["08:00-12:00", "13:00-17:00"], "sun": ["01:00-04:00"]},
            "holidays": [{"date": "2026-04-06", "name": "Easter Monday"}]},
        "always": {"time_zone": "UTC", "always_open": true},
        "nights": {"time_zone": "Asia/Jakarta", "weekly": {"fri": ["22:00-06:00"], "sat": ["22:00-06:00"],
            "tue": ["09:00-24:00"], "wed": ["00:00-03:30"]}}
    },
    "channels": [{"id": "email", "name": "Email"}, {"id": "chat", "name": "Chat"}],
    "packages": [
        {"id": "a", "name": "A", "rank": 1, "channels": ["email"], "calendar": "office", "targets":
            {"assignment": "90m", "first_response": "2h", "next_response": "4h", "resolution": "11h", "update": "3h"}},
        {"id": "b", "name": "B", "rank": 2, "channels": ["email", "chat"], "calendar": "always", "targets":
            {"assignment": "20m", "first_response": "1h", "next_response": "30m", "resolution": "9h", "update": "26h"}},
        {"id": "c", "name": "C", "rank": 3, "channels": ["email", "chat"], "calendar": "nights", "targets":
            {"assignment": "8h", "first_response": "3h30m", "next_response": "1s", "resolution": "19h", "update": "1h"}}
    ],
    "steps": {
        "resolution": [{"id": "half", "at": "50%", "action": "warn"},
                       {"id": "most", "at": "90%", "action": "escalate", "level": 1},
                       {"id": "late", "after": "1h", "action": "escalate", "level": 2}],
        "first_response": [{"id": "soon", "at": "75%", "action": "warn"}],
        "update": [{"id": "much later", "after": "10h", "action": "warn"}]
    },
    "pauses": {"max_pause": "7h", "max_paused_total": "30h"},
    "inactivity": [{"id": "close", "status": "resolved", "after": "40h", "action": "close"}]
}"#;

pub const HOUR: i64 = 3_600_000_000;
pub fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

pub fn engine() -> Engine {
    Engine::compile(wire::policy::read(POLICY).unwrap_or_else(|error| panic!("{error:#?}"))).unwrap()
}

/// When somebody does something, seen from the last time.
#[derive(Debug, Clone, Copy)]
pub enum When {
    After(i64),
    /// At the instant at which something happens by itself, or beside it, if that is within days.
    NextCheck(i64),
}

#[derive(Debug, Clone)]
pub struct Turn {
    pub when: When,
    pub actor: usize,
    pub command: CommandKind,
    /// Whether a monitor looks here, and how far on the way to this turn.
    pub look: Option<i64>,
}

pub fn message() -> MessageRef {
    MessageRef { message_ref: "m".to_owned(), content_sha256: Digest::of(b"m") }
}

pub fn actors() -> [Actor; 4] {
    [
        Actor::new(Role::Customer, "kim"),
        Actor::new(Role::Agent, "ana"),
        Actor::new(Role::Admin, "root"),
        Actor::new(Role::Customer, "eve"),
    ]
}

fn command() -> impl Strategy<Value = CommandKind> {
    let channel = || prop_oneof![4 => Just("email"), 1 => Just("chat"), 1 => Just("fax")].prop_map(str::to_owned);
    let reason = || prop_oneof![9 => Just("because".to_owned()), 1 => Just(" ".to_owned())];
    let agent = prop_oneof![4 => Just("ana"), 1 => Just("bob"), 1 => Just("")].prop_map(str::to_owned);
    let package = prop_oneof![Just("a"), Just("b"), Just("c"), Just("d")].prop_map(str::to_owned);
    let apply = prop_oneof![Just(Apply::Keep), Just(Apply::FromNow), Just(Apply::Retroactive)];
    let status = prop_oneof![Just(PauseStatus::Pending), Just(PauseStatus::OnHold)];
    prop_oneof![
        4 => agent.prop_map(|agent| CommandKind::Assign { agent: Some(agent), team: None }),
        6 => channel().prop_map(|channel| CommandKind::Reply { channel, message: message(), automatic: false }),
        1 => Just(CommandKind::Note { message: message() }),
        6 => channel().prop_map(|channel| CommandKind::CustomerMessage { channel, message: message(), received_at: None }),
        6 => (status, reason()).prop_map(|(status, reason)| CommandKind::Pause { status, reason, until: None }),
        4 => Just(CommandKind::Resume),
        4 => Just(CommandKind::Resolve { message: message() }),
        4 => (channel(), reason()).prop_map(|(channel, reason)| CommandKind::Reopen {
            channel: Some(channel), reason: Some(reason)
        }),
        1 => Just(CommandKind::Close),
        1 => Just(CommandKind::Withdraw),
        1 => reason().prop_map(|reason| CommandKind::Void { reason, duplicate_of: None }),
        2 => (channel(), reason()).prop_map(|(channel, reason)| CommandKind::RequestEscalation {
            reason, channel: Some(channel)
        }),
        1 => (0..4_u32).prop_map(|number| CommandKind::AcknowledgeEscalation { number }),
        1 => (0..4_u32).prop_map(|number| CommandKind::ResolveEscalation { number }),
        1 => (0..7_u8).prop_map(|score| CommandKind::Rate { score }),
        5 => (package, apply, reason()).prop_map(|(package, apply, reason)| CommandKind::ChangePackage {
            package, apply, reason
        }),
    ]
}

pub fn turn() -> impl Strategy<Value = Turn> {
    let when = prop_oneof![
        2 => Just(When::After(0)),
        4 => (0..12_i64).prop_map(|quarters| When::After(quarters * HOUR / 4)),
        3 => (0..20 * HOUR).prop_map(When::After),
        1 => (0..120_i64).prop_map(|hours| When::After(hours * HOUR)),
        3 => (-1..2_i64).prop_map(When::NextCheck),
    ];
    let look = proptest::option::of(0..=1_000_i64);
    (when, 0..8_usize, command(), look).prop_map(|(when, actor, command, look)| {
        // Mostly somebody who may.
        let actor = match (&command, actor) {
            (_, 0..2) => actor + 2,
            (CommandKind::CustomerMessage { .. } | CommandKind::Withdraw | CommandKind::Rate { .. }, _) => 0,
            (CommandKind::Reopen { .. } | CommandKind::RequestEscalation { .. }, 2..5) => 0,
            (_, 2..4) => 1,
            _ => 2,
        };
        Turn { when, actor, command, look }
    })
}

pub fn opening(package: &str) -> Opening {
    Opening {
        ticket: "T-1".to_owned(),
        customer: "kim".to_owned(),
        package: package.to_owned(),
        channel: "email".to_owned(),
        severity: None,
        category: None,
        message: message(),
        direction: Direction::Inbound,
        received_at: None,
        organization: None,
        command_id: None,
    }
}

pub fn opened(engine: &Engine, package: &str, now: Timestamp) -> History {
    match engine.open(&opening(package), &actors()[0], now).unwrap() {
        Decision::Accepted(opened) => History::new(opened.events).unwrap(),
        Decision::Refused(refusal) => panic!("{refusal}"),
    }
}

pub fn run<S: Strategy>(cases: u32, strategy: &S, check: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    if let Err(failure) = TestRunner::new(config).run(strategy, check) {
        panic!("{failure}");
    }
}

pub fn cases(least: u32) -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse::<u32>().ok());
    // A stream is some hundred questions.
    asked.map_or(least, |asked| (asked / 100).max(least))
}

pub fn stream() -> impl Strategy<Value = (usize, Vec<Turn>)> {
    (0..3_usize, vec(turn(), 1..28))
}

pub const PACKAGES: [&str; 3] = ["a", "b", "c"];

/// Plays a stream and returns what became of the ticket, and when that was.
pub fn played(engine: &Engine, package: usize, turns: &[Turn]) -> (History, Timestamp) {
    let mut now = Timestamp::parse("2026-03-25T09:17:00Z").unwrap();
    let mut history = opened(engine, PACKAGES[package], now);
    for turn in turns {
        let next = engine.evaluate(history.ticket(), now).unwrap().next_check_at;
        now = instant(turn.when, now, next);
        let command = Command::from(turn.command.clone());
        if let Decision::Accepted(accepted) =
            engine.decide(history.ticket(), &command, &actors()[turn.actor], now).unwrap()
        {
            history.extend(accepted.events).unwrap();
        }
    }
    (history, now)
}

/// Returns the instant of a turn, seen from the last one and from what happens next by itself.
pub fn instant(when: When, now: Timestamp, next: Option<Timestamp>) -> Timestamp {
    match (when, next) {
        (When::NextCheck(beside), Some(next)) if next.as_micros() - now.as_micros() < 200 * HOUR => {
            at((next.as_micros() + beside).max(now.as_micros()))
        }
        (When::NextCheck(_), _) => now,
        (When::After(length), _) => at(now.as_micros() + length),
    }
}
