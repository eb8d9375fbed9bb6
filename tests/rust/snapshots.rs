//! A ticket in short, as a snapshot holds it: what happens next is what happens to the whole ticket, and its size does not
//! grow with the ticket.

use std::cell::Cell;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use sla_core::engine::Decision;
use sla_core::refusal::RefusalCode;
use sla_core::ticket::{Actor, Command, CommandKind, History, MAX_COMMANDS, Role, Status, Ticket};
use sla_core::time::Timestamp;
use sla_core::{Engine, ErrorCode, wire};
use sla_tests::streams::{self, PACKAGES, actors, cases, instant, run, turn};

const TALKABIZ: &str = include_str!("../../examples/talkabiz.json");

fn restored(ticket: &Ticket) -> Ticket {
    let snapshot = wire::snapshot::write(ticket);
    // The text that is copied into a snapshot is the one that serde writes.
    let fields = serde_json::to_string(&ticket.in_short()).unwrap();
    assert_eq!(snapshot, format!(r#"{{"schema":"sla-ticket/1",{}"#, &fields[1..]));
    wire::snapshot::read(snapshot).unwrap()
}

#[test]
fn a_ticket_in_short_decides_as_the_whole_one() {
    let engine = streams::engine();
    let (shortened, needed) = (Cell::new(0), Cell::new(0));
    run(cases(40), &(0..3_usize, vec(turn(), 200..400)), |(package, turns)| {
        let mut now = Timestamp::parse("2026-03-25T09:17:00Z").unwrap();
        let mut history = streams::opened(&engine, PACKAGES[package], now);
        let mut short = restored(history.ticket());
        for (number, turn) in turns.into_iter().enumerate() {
            if matches!(turn.command, CommandKind::Close | CommandKind::Withdraw | CommandKind::Void { .. }) {
                continue;
            }
            let next = engine.next_check_at(history.ticket()).unwrap();
            prop_assert_eq!(engine.next_check_at(&short).unwrap(), next);
            let (mut command, mut actor) = (Command::from(turn.command), &actors()[turn.actor]);
            let admin = Actor::new(Role::Admin, "root");
            if history.ticket().status == Status::Resolved {
                // Otherwise it is closed soon, and the ticket stays small.
                command = CommandKind::Reopen { channel: None, reason: Some("again".to_owned()) }.into();
                actor = &admin;
            } else {
                now = instant(turn.when, now, next);
            }
            // Some are repeated.
            command.command_id = Some(format!("c-{}", number / 20 * 19 + number % 20));
            let whole = engine.decide_on(&history, &command, actor, now).unwrap();
            match (whole, engine.decide(&short, &command, actor, now).unwrap()) {
                (Decision::Accepted(whole), Decision::Accepted(of_short)) => {
                    prop_assert_eq!(&whole.events, &of_short.events);
                    history.extend(whole.events).unwrap();
                    short = restored(&of_short.ticket);
                    prop_assert_eq!(&short, &history.ticket().in_short());
                    prop_assert_eq!(&short, &restored(history.ticket()));
                }
                (whole, Decision::Refused(refusal)) if refusal.code == RefusalCode::HistoryNeeded => {
                    needed.set(needed.get() + 1);
                    if let Decision::Accepted(whole) = whole {
                        history.extend(whole.events).unwrap();
                        short = restored(history.ticket());
                    }
                }
                (whole, of_short) => prop_assert_eq!(whole, of_short),
            }
            if &short != history.ticket() {
                shortened.set(shortened.get() + 1);
            }
        }
        Ok(())
    });
    println!("{} tickets in short, {} needed the history", shortened.get(), needed.get());
    assert!(shortened.get() > 1_000 && needed.get() > 10);
}

/// A ticket, as a host keeps it: the events, and what a snapshot holds.
struct Kept {
    engine: Engine,
    history: History,
    short: Ticket,
    now: Timestamp,
}

impl Kept {
    fn opened(change: impl FnOnce(&mut Value)) -> Self {
        let mut policy: Value = serde_json::from_str(TALKABIZ).unwrap();
        change(&mut policy);
        let engine = Engine::compile(wire::policy::read(policy.to_string()).unwrap()).unwrap();
        let opening = json!({
            "command": "open", "ticket": "T-1", "customer": "kim", "package": "enterprise", "channel": "email",
            "message": {"message_ref": "m", "content_sha256": "0".repeat(64)},
        });
        let opening = wire::command::read_opening(opening.to_string()).unwrap();
        let now = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
        match engine.open(&opening, &Actor::new(Role::Customer, "kim"), now).unwrap() {
            Decision::Accepted(opened) => {
                let short = restored(&opened.ticket);
                Self { engine, history: History::new(opened.events).unwrap(), short, now }
            }
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
    }

    /// Returns why the snapshot refuses a command; the history accepts it, as it does every other one.
    fn execute(&mut self, command: &Value) -> Option<RefusalCode> {
        self.now = Timestamp::from_micros(self.now.as_micros() + 1_000_000);
        let command = wire::command::read(command.to_string()).unwrap();
        let admin = Actor::new(Role::Admin, "root");
        let of_short = self.engine.decide(&self.short, &command, &admin, self.now).unwrap();
        match self.engine.decide_on(&self.history, &command, &admin, self.now).unwrap() {
            Decision::Accepted(accepted) => self.history.extend(accepted.events).unwrap(),
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
        self.short = restored(self.history.ticket());
        of_short.into_result().err().map(|refusal| refusal.code)
    }

    fn pause(&mut self, times: usize) {
        for _ in 0..times {
            let pause = json!({"command": "pause", "status": "on_hold", "reason": "parts"});
            assert_eq!(self.execute(&pause), None);
            assert_eq!(self.execute(&json!({"command": "resume"})), None);
        }
    }
}

#[test]
fn a_change_of_terms_asks_for_the_history_when_the_snapshot_does_not_reach_back() {
    let mut kept = Kept::opened(|_| {});
    let change = |package: &str, apply: &str| json!({"command": "change_package", "package": package, "apply": apply, "reason": "why"});
    assert_eq!(kept.execute(&json!({"command": "assign", "agent": "ana"})), None);
    kept.pause(30);
    assert_eq!(kept.execute(&change("professional", "retroactive")), None);
    kept.pause(2);
    // 66 changes of status: the first two are not held any more, and the resolution counts since the second.
    assert_eq!(kept.short.timeline.len(), 64);
    assert_eq!(kept.execute(&change("enterprise", "retroactive")), Some(RefusalCode::HistoryNeeded));
    // What needs no count of the past is decided.
    assert_eq!(
        kept.execute(&json!({"command": "note", "message": {"message_ref": "n", "content_sha256": "0".repeat(64)}})),
        None
    );
    kept.pause(1);
}

#[test]
fn a_reopening_asks_for_the_history_where_terms_changed_while_the_ticket_was_resolved() {
    let mut kept = Kept::opened(|_| {});
    let message = json!({"message_ref": "n", "content_sha256": "0".repeat(64)});
    let resolve = json!({"command": "resolve", "message": message});
    let reopen = json!({"command": "reopen", "reason": "again"});
    assert_eq!(kept.execute(&json!({"command": "assign", "agent": "ana"})), None);
    kept.pause(35);
    assert_eq!(kept.execute(&resolve), None);
    assert_eq!(kept.execute(&reopen), None);
    assert_eq!(kept.execute(&resolve), None);
    let change =
        json!({"command": "change_package", "package": "professional", "apply": "retroactive", "reason": "why"});
    assert_eq!(kept.execute(&change), None);
    assert_eq!(kept.execute(&reopen), Some(RefusalCode::HistoryNeeded));
}

#[test]
fn a_limit_for_all_pauses_asks_for_the_history_when_the_snapshot_does_not_reach_back() {
    let mut kept = Kept::opened(|policy| policy["pauses"] = json!({"max_paused_total": "10h"}));
    assert_eq!(kept.execute(&json!({"command": "assign", "agent": "ana"})), None);
    kept.pause(31);
    assert_eq!(kept.short.timeline.len(), 64);
    let pause = json!({"command": "pause", "status": "on_hold", "reason": "parts"});
    assert_eq!(kept.execute(&pause), None);
    assert_eq!(kept.execute(&json!({"command": "resume"})), None);
    assert_eq!(kept.execute(&pause), Some(RefusalCode::HistoryNeeded));
}

#[test]
fn a_snapshot_knows_the_last_thousand_commands_and_does_not_grow_further() {
    let mut kept = Kept::opened(|_| {});
    let note = |number: usize, content: &str| {
        json!({"command": "note", "command_id": format!("c-{number}"),
            "message": {"message_ref": "n", "content_sha256": content.repeat(64)}})
    };
    let mut lengths = Vec::new();
    for number in 1..=1_400 {
        assert_eq!(kept.execute(&note(number, "1")), None);
        if number % 200 == 0 {
            lengths.push(wire::snapshot::write(&kept.short).len());
        }
    }
    assert_eq!(kept.short.commands.len(), MAX_COMMANDS);
    assert_eq!(lengths[4], lengths[6], "{lengths:?}");
    let events = kept.history.events().len();
    let again = |number, content| {
        let command = wire::command::read(note(number, content).to_string()).unwrap();
        let admin = Actor::new(Role::Admin, "root");
        kept.engine.decide(&kept.short, &command, &admin, kept.now).unwrap().into_result()
    };
    assert_eq!(again(401, "1").unwrap().events.len(), 0);
    assert_eq!(again(401, "2").unwrap_err().code, RefusalCode::DuplicateCommand);
    assert_eq!(again(400, "1").unwrap().events.len(), 1);
    assert_eq!(kept.history.events().len(), events);
}

#[test]
fn what_is_resolved_is_left_out_and_told_all_the_same() {
    let mut kept = Kept::opened(|_| {});
    for number in 1..=20 {
        assert_eq!(kept.execute(&json!({"command": "request_escalation", "reason": "urgent"})), None);
        if number != 3 {
            assert_eq!(kept.execute(&json!({"command": "resolve_escalation", "number": number})), None);
        }
    }
    let held: Vec<u32> = kept.short.escalations.iter().map(|escalation| escalation.number).collect();
    assert_eq!(held, [3, 13, 14, 15, 16, 17, 18, 19, 20]);
    let of_values = |ticket: &Ticket| -> Vec<u32> {
        kept.engine.ticket_values(ticket).escalations.iter().map(|escalation| escalation.number).collect()
    };
    assert_eq!(of_values(&kept.short), held);
    assert!(of_values(kept.history.ticket()).into_iter().eq(1..=20));
    let decide = |number: u32| {
        let command = json!({"command": "acknowledge_escalation", "number": number}).to_string();
        let command = wire::command::read(command).unwrap();
        let admin = Actor::new(Role::Admin, "root");
        kept.engine.decide(&kept.short, &command, &admin, kept.now).unwrap().into_result()
    };
    assert_eq!(decide(2).unwrap_err().message, "escalation 2 is already resolved");
    assert_eq!(decide(21).unwrap_err().code, RefusalCode::UnknownEscalation);
    assert_eq!(decide(3).unwrap().events.len(), 1);
}

#[test]
fn a_snapshot_that_no_history_leads_to_is_refused() {
    let kept = Kept::opened(|_| {});
    let snapshot: Value = serde_json::from_str(&wire::snapshot::write(&kept.short)).unwrap();
    let refused = |place: &str, wrong: Value| {
        let mut document = snapshot.clone();
        let (object, field) = place.rsplit_once('/').unwrap();
        document.pointer_mut(object).unwrap()[field] = wrong;
        wire::snapshot::read(document.to_string()).unwrap_err().code()
    };
    let timer = |value: Value| {
        let mut document = snapshot.clone();
        document["timers"][0] = value;
        wire::snapshot::read(document.to_string()).map(|_| ()).map_err(|error| error.code())
    };
    // A timer without cycles is held for what was promised, and has no earlier ones.
    assert_eq!(timer(json!({"timer": "a", "promised_since": "2026-03-02T09:00:00Z", "cycles": []})), Ok(()));
    assert_eq!(timer(json!({"timer": "a", "cycles": []})), Err(ErrorCode::InvalidHistory));
    assert_eq!(
        timer(json!({"timer": "a", "promised_since": "2026-03-02T09:00:00Z", "earlier": {"met": 1}, "cycles": []})),
        Err(ErrorCode::InvalidHistory)
    );
    let promised = json!({"timer": "a", "promised_since": "2026-03-02T09:00:00Z", "cycles": []});
    assert_eq!(refused("/timers", json!([promised, promised])), ErrorCode::InvalidHistory);
    // An id that is known is 16 characters; a timer has as many earlier cycles as its numbers say.
    assert_eq!(refused("/commands", json!("short")), ErrorCode::WrongType);
    assert_eq!(refused("/commands", json!("é".repeat(8))), ErrorCode::WrongType);
    assert_eq!(refused("/timers/0/earlier", json!({"met": 1})), ErrorCode::InvalidHistory);
    assert_eq!(refused("/timers/0/earlier", json!({"met": u32::MAX, "breached": 1})), ErrorCode::InvalidHistory);
    assert_eq!(refused("/timeline", json!([])), ErrorCode::InvalidHistory);
    assert_eq!(refused("/timeline", json!([["2026-03-02T09:00:01Z", "new"]])), ErrorCode::InvalidHistory);
    assert_eq!(
        refused("/timeline", json!([["2026-03-02T09:00:00Z", "new"], ["2026-03-02T09:00:00Z", "open"]])),
        ErrorCode::InvalidHistory
    );
    assert_eq!(
        refused("/timeline", json!([["2026-03-02T09:00:00Z", "new"], ["2026-03-02T09:00:01Z", "new"]])),
        ErrorCode::InvalidHistory
    );
    let mut late = snapshot.clone();
    late["last_at"] = json!("2026-03-02T10:00:00Z");
    assert!(wire::snapshot::read(late.to_string()).is_ok());
    late["timeline"] = json!([["2026-03-02T09:00:01Z", "new"]]);
    assert_eq!(wire::snapshot::read(late.to_string()).unwrap_err().code(), ErrorCode::InvalidHistory);
    assert_eq!(refused("/holders", json!([{"at": "2026-03-02T09:00:00Z", "agent": "eve"}])), ErrorCode::InvalidHistory);
    assert_eq!(
        refused("/holders", json!([{"at": "2026-03-02T09:00:00Z", "agent": "eve"}, {"at": "2026-03-02T08:00:00Z"}])),
        ErrorCode::InvalidHistory
    );
    let since = |at: &str| json!({"running": {"since": at}});
    assert_eq!(refused("/timers/0/cycles/0/phase", since("2026-03-02T09:00:01Z")), ErrorCode::InvalidHistory);
    assert_eq!(refused("/timers/0/cycles/0/phase", since("2026-03-02T08:59:59Z")), ErrorCode::InvalidHistory);
    let escalation = |number: u32| {
        let at = "2026-03-02T09:00:00Z";
        json!({"number": number, "at": at, "level": 1, "trigger": "request", "stage": "open"})
    };
    assert_eq!(refused("/escalations", json!([escalation(0)])), ErrorCode::InvalidHistory);
    assert_eq!(refused("/escalations", json!([escalation(1), escalation(1)])), ErrorCode::InvalidHistory);
}
