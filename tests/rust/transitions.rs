//! The tables of docs/commands.md and docs/events.md say what the engine's table of statuses and commands says.

use std::collections::BTreeSet;

use sla_core::engine::Decision;
use sla_core::ticket::{
    Action, Actor, Apply, AssignCause, CloseCause, Command, CommandKind, Direction, Escalation, EscalationTrigger,
    EventKind, Message, MessageRef, Opening, PauseStatus, ResumeCause, Role, Status, Ticket, Trigger,
};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Digest, Engine, Id, wire};

const COMMANDS: &str = include_str!("../../docs/commands.md");
const EVENTS: &str = include_str!("../../docs/events.md");

const POLICY: &str = r#"{
    "schema": "sla-policy/2", "id": "small", "version": 1,
    "calendars": {"always": {"time_zone": "UTC", "always_open": true}},
    "channels": [{"id": "email", "name": "Email"}],
    "packages": [{"id": "basic", "name": "Basic", "rank": 1, "channels": ["email"], "calendar": "always",
                  "targets": {"first_response": "2h"}}],
    "roles": {"self_assign": false, "agents_may_classify": false}
}"#;

/// Returns the cells of the row that begins with `name`, of the table with `columns` columns.
fn row<'a>(page: &'a str, name: &str, columns: usize) -> Vec<&'a str> {
    let rows = page.lines().filter(|line| line.starts_with(&format!("| `{name}` |")));
    let cells = rows.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>());
    let found: Vec<Vec<&str>> = cells.filter(|cells| cells.len() == columns).collect();
    assert_eq!(found.len(), 1, "rows of `{name}` with {columns} columns");
    found.into_iter().next().unwrap()
}

/// Returns a cell without the remark after its semicolon.
fn rule(cell: &str) -> &str {
    cell.split(';').next().unwrap().trim()
}

fn words(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn quoted(status: &Status) -> String {
    format!("`{}`", status.as_str())
}

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn message_ref() -> MessageRef {
    MessageRef { message_ref: "m".to_owned(), content_sha256: Digest::of(b"m") }
}

/// Returns an engine whose policy sets one role rule, or none.
fn engine(role_rule: &str) -> Engine {
    let mut policy = wire::policy::read(POLICY).unwrap().into_policy();
    policy.roles.self_assign = role_rule == "self_assign";
    policy.roles.agents_may_classify = role_rule == "agents_may_classify";
    policy.roles.agents_may_unassign = role_rule == "agents_may_unassign";
    Engine::compile(policy).unwrap()
}

fn decide(engine: &Engine, ticket: &Ticket, kind: CommandKind, actor: &Actor) -> (Vec<EventKind>, Ticket) {
    match engine.decide(ticket, &Command::from(kind), actor, ticket.last_at).unwrap() {
        Decision::Accepted(accepted) => {
            (accepted.events.into_iter().map(|event| event.kind).collect(), accepted.ticket)
        }
        Decision::Refused(refusal) => panic!("{refusal}"),
    }
}

fn opened(engine: &Engine) -> Ticket {
    let opening = Opening {
        ticket: "T-1".to_owned(),
        customer: "kim".to_owned(),
        package: "basic".to_owned(),
        channel: "email".to_owned(),
        severity: None,
        category: None,
        message: message_ref(),
        direction: Direction::Inbound,
        received_at: None,
        organization: None,
        command_id: None,
    };
    let kim = Actor::new(Role::Customer, "kim");
    match engine.open(&opening, &kim, at("2026-03-02T09:00:00Z")).unwrap() {
        Decision::Accepted(accepted) => accepted.ticket,
        Decision::Refused(refusal) => panic!("{refusal}"),
    }
}

fn admin() -> Actor {
    Actor::new(Role::Admin, "root")
}

/// The ticket new, held by an agent with a reply owed, and held without one.
fn tickets(engine: &Engine) -> Vec<Ticket> {
    let new = opened(engine);
    let (_, held) = decide(engine, &new, CommandKind::Assign { agent: Some("ana".to_owned()), team: None }, &admin());
    let reply = CommandKind::Reply { channel: "email".to_owned(), message: message_ref(), automatic: false };
    let (_, answered) = decide(engine, &held, reply, &admin());
    vec![new, held, answered]
}

/// One event of each kind, and of each variant that moves a ticket elsewhere or triggers something else.
fn kinds() -> Vec<EventKind> {
    let opened = |direction| EventKind::Opened {
        customer: id("kim"),
        package: id("basic"),
        channel: id("email"),
        severity: None,
        category: None,
        message: Box::new(Message { message_ref: id("m"), content_sha256: Digest::of(b"m") }),
        direction,
        received_at: None,
        organization: None,
    };
    let message = || Message { message_ref: id("m"), content_sha256: Digest::of(b"m") };
    let (channel, reason, apply) = (|| id("email"), || "because".to_owned(), Apply::FromNow);
    let paused = |status| EventKind::Paused { status, reason: reason(), limit_at: None, limited_by: None, until: None };
    vec![
        opened(Direction::Inbound),
        opened(Direction::Outbound),
        EventKind::Assigned { agent: Some(id("bob")), team: None, cause: AssignCause::Command },
        EventKind::Assigned { agent: Some(id("ana")), team: None, cause: AssignCause::Command },
        EventKind::Assigned { agent: None, team: Some(id("second line")), cause: AssignCause::Command },
        EventKind::Unassigned { reason: reason() },
        EventKind::Replied { channel: channel(), message: message(), automatic: false },
        EventKind::Replied { channel: channel(), message: message(), automatic: true },
        EventKind::Absorbed { ticket: id("T-2"), waiting_since: None, reason: reason() },
        EventKind::Absorbed { ticket: id("T-2"), waiting_since: Some(Timestamp::EPOCH), reason: reason() },
        EventKind::Noted { message: message() },
        EventKind::CustomerMessaged { channel: channel(), message: message(), received_at: None },
        paused(PauseStatus::Pending),
        paused(PauseStatus::OnHold),
        EventKind::Resumed { cause: ResumeCause::Command },
        EventKind::Resolved { message: Some(message()), inactivity: None },
        EventKind::Reopened { channel: Some(channel()), reason: None, received_at: None },
        EventKind::Reopened { channel: None, reason: Some(reason()), received_at: None },
        EventKind::Closed { cause: CloseCause::Command, inactivity: None },
        EventKind::Withdrawn,
        EventKind::Voided { reason: reason(), duplicate_of: None, waiting_since: None },
        EventKind::Escalated(Box::new(Escalation {
            number: 1,
            trigger: EscalationTrigger::Request,
            level: 1,
            reason: reason(),
            firing: None,
            channel: None,
        })),
        EventKind::EscalationAcknowledged { number: 1 },
        EventKind::EscalationResolved { number: 1 },
        EventKind::Rated { score: 5 },
        EventKind::PackageChanged { package: id("basic"), apply, reason: reason() },
        EventKind::RevisionAdopted { apply, reason: reason() },
        EventKind::Classified { severity: None, category: None, apply, reason: reason() },
        EventKind::Breached { timer: id("first_response"), cycle: 1, target: BusinessDuration::ZERO },
    ]
}

#[test]
fn commands_are_accepted_in_the_documented_statuses() {
    for action in Action::COMMANDS {
        let statuses = action.accepted_in();
        let is_any_not_final = Status::ALL.iter().all(|status| statuses.contains(status) != status.is_final());
        let expected = if statuses == Status::ALL {
            "any".to_owned()
        } else if is_any_not_final {
            "any that is not final".to_owned()
        } else {
            statuses.iter().map(quoted).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(rule(row(COMMANDS, action.as_str(), 4)[2]), expected, "`{}`", action.as_str());
    }
}

#[test]
fn actions_are_permitted_to_the_documented_actors() {
    let owner = Actor::new(Role::Customer, "kim");
    let (holder, other) = (Actor::new(Role::Agent, "ana"), Actor::new(Role::Agent, "bob"));
    let rules = ["", "self_assign", "agents_may_classify", "agents_may_unassign"];
    let condition = |rule: &str| if rule.is_empty() { String::new() } else { format!(" with `{rule}`") };
    let engines: Vec<(Engine, String)> = rules.map(|rule| (engine(rule), condition(rule))).into();
    for action in [Action::Open].iter().chain(Action::COMMANDS) {
        let permitted =
            |engine: &Engine, actor: &Actor| engine.authorize(actor, *action, Some(&tickets(engine)[1])).is_ok();
        let mut parts = Vec::new();
        for (actor, name) in
            [(&owner, "owner"), (&other, "any agent"), (&holder, "assigned agent"), (&admin(), "admin")]
        {
            let found = engines.iter().find(|(engine, _)| permitted(engine, actor));
            let is_any_agent = parts.last().is_some_and(|part: &String| part.starts_with("any agent"));
            if let Some((_, condition)) = found.filter(|_| !(name == "assigned agent" && is_any_agent)) {
                parts.push(format!("{name}{condition}"));
            }
        }
        assert!(!permitted(&engines[0].0, &Actor::new(Role::Customer, "eve")), "`{}`", action.as_str());
        assert_eq!(rule(row(COMMANDS, action.as_str(), 4)[3]), parts.join(", "), "`{}`", action.as_str());
    }
}

#[test]
fn events_lead_to_the_documented_status() {
    let mut is_moved: std::collections::BTreeMap<&str, bool> = std::collections::BTreeMap::new();
    for kind in kinds().into_iter().filter(|kind| kind.action().is_some()) {
        let cell = rule(row(EVENTS, kind.name(), 5)[2]);
        let after = |before: &Status| kind.status_after(*before);
        let first = after(&Status::New);
        let moves = Status::ALL.iter().any(|before| after(before) != *before);
        *is_moved.entry(kind.name()).or_default() |= moves;
        // A kind that moves the ticket only with certain data is documented by what it does then.
        if !moves {
            continue;
        }
        let expected = if matches!(kind, EventKind::Paused { status, .. } if first == status.into()) {
            "that status".to_owned()
        } else if Status::ALL.iter().all(|before| after(before) == first) {
            format!("{}{}", quoted(&first), if first.is_final() { ", final" } else { "" })
        } else {
            let moved: Vec<&Status> = Status::ALL.iter().filter(|before| after(before) != **before).collect();
            assert_eq!(moved.len(), 1, "`{}`", kind.name());
            format!("{} if it was {}", quoted(&after(moved[0])), quoted(moved[0]))
        };
        assert_eq!(cell, expected, "`{}`", kind.name());
    }
    for (name, _) in is_moved.into_iter().filter(|(_, is_moved)| !is_moved) {
        assert_eq!(row(EVENTS, name, 5)[2], "same", "`{name}`");
    }
}

#[test]
fn events_fire_the_documented_triggers() {
    let engine = engine("self_assign");
    let mut fired: std::collections::BTreeMap<&str, BTreeSet<&str>> = std::collections::BTreeMap::new();
    for kind in kinds() {
        for ticket in tickets(&engine) {
            let triggers = match kind {
                EventKind::Opened { .. } => kind.triggers(None),
                _ => kind.triggers(Some(&ticket)),
            };
            fired.entry(kind.name()).or_default().extend(triggers.iter().map(|trigger| trigger.as_str()));
        }
    }
    for kind in kinds().iter().filter(|kind| kind.action().is_some()) {
        let cell = row(EVENTS, kind.name(), 5)[3];
        let documented = if cell == "none" { BTreeSet::new() } else { words(cell) };
        assert_eq!(documented, fired[kind.name()], "`{}`", kind.name());
    }
    let all: BTreeSet<&str> = fired.into_values().flatten().collect();
    assert_eq!(all, Trigger::ALL.iter().map(|trigger| trigger.as_str()).collect());
}

#[test]
fn events_are_made_by_the_documented_commands() {
    let mut made: BTreeSet<&str> = BTreeSet::new();
    for kind in kinds() {
        if let Some(action) = kind.action() {
            let cell = row(EVENTS, kind.name(), 5)[4];
            assert_eq!(words(rule(cell)), BTreeSet::from([action.as_str()]), "`{}`", kind.name());
            made.insert(action.as_str());
        }
    }
    assert!(Action::COMMANDS.iter().all(|action| made.contains(action.as_str())));

    // A command that makes another event first is named in that event's row too.
    let engine = engine("self_assign");
    let new = opened(&engine);
    let resolve = CommandKind::Resolve { message: message_ref() };
    let (resolving, resolved) = decide(&engine, &new, resolve, &admin());
    let write = CommandKind::CustomerMessage { channel: "email".to_owned(), message: message_ref(), received_at: None };
    let (writing, _) = decide(&engine, &resolved, write, &Actor::new(Role::Customer, "kim"));
    for (events, command) in [(resolving, "resolve"), (writing, "customer_message")] {
        let [implied, own] = &events[..] else { panic!("{events:?}") };
        assert_eq!(own.action().map(Action::as_str), Some(command));
        assert!(words(row(EVENTS, implied.name(), 5)[4]).contains(command), "`{}`", implied.name());
    }
}
