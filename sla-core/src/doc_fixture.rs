// Hidden set-up of the examples in the documentation, not a module of the library. An example begins with
// `# mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;`

use sla_core::audit::{Chain, Entry};
use sla_core::engine::{Accepted, Decision};
use sla_core::policy::CheckedPolicy;
use sla_core::ticket::{Actor, Command, Event, History, Opening, Role, Ticket};
use sla_core::time::Timestamp;
use sla_core::{Engine, wire};

/// Monday to Friday 09:00 to 17:00 UTC, two packages, a warning and an escalation for the first response.
pub const POLICY: &str = r#"{
    "schema": "sla-policy/2", "id": "support", "version": 1,
    "calendars": {"office": {"time_zone": "UTC", "weekly": {
        "mon": ["09:00-17:00"], "tue": ["09:00-17:00"], "wed": ["09:00-17:00"], "thu": ["09:00-17:00"],
        "fri": ["09:00-17:00"]}}},
    "channels": [{"id": "email", "name": "Email"}, {"id": "chat", "name": "Chat"}],
    "packages": [
        {"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "office",
         "targets": {"first_response": "4h", "resolution": "16h"}},
        {"id": "pro", "name": "Pro", "rank": 2, "channels": ["email", "chat"], "calendar": "office",
         "targets": {"first_response": "1h", "resolution": "8h"}}],
    "steps": {"first_response": [
        {"id": "warning", "at": "80%", "action": "warn", "notify": ["agent"]},
        {"id": "breach", "at": "100%", "action": "escalate", "level": 1, "notify": ["supervisor"]}]}
}"#;

pub fn policy() -> CheckedPolicy {
    wire::policy::read(POLICY).unwrap()
}

pub fn engine() -> Engine {
    Engine::compile(policy()).unwrap()
}

/// An instant, as RFC 3339. Opening hours begin on Monday 2026-03-02 at `2026-03-02T09:00:00Z`.
pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub fn customer() -> Actor {
    Actor::new(Role::Customer, "kim")
}

pub fn agent() -> Actor {
    Actor::new(Role::Agent, "ana")
}

pub fn admin() -> Actor {
    Actor::new(Role::Admin, "max")
}

/// An email of the customer `kim`, who has the package `starter`.
pub fn opening() -> Opening {
    wire::command::read_opening(
        r#"{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
            "message": {"message_ref": "m-1",
                        "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}}"#,
    )
    .unwrap()
}

/// A command, for example `command("assign", r#""agent": "ana""#)`.
pub fn command(name: &str, fields: &str) -> Command {
    let comma = if fields.is_empty() { "" } else { ", " };
    wire::command::read(format!(r#"{{"command": "{name}"{comma}{fields}}}"#)).unwrap()
}

/// A public answer by email.
pub fn reply() -> Command {
    command(
        "reply",
        r#""channel": "email", "message": {"message_ref": "m-2",
            "content_sha256": "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9"}"#,
    )
}

pub fn accepted(decision: Decision) -> Accepted {
    match decision {
        Decision::Accepted(accepted) => accepted,
        Decision::Refused(refusal) => panic!("{refusal}"),
    }
}

/// The ticket `T-1`, opened on Monday 2026-03-02 at 10:00 UTC: first response due at 14:00, resolution on Wednesday at 10:00.
pub fn opened() -> Ticket {
    accepted(engine().open(&opening(), &customer(), at("2026-03-02T10:00:00Z")).unwrap()).ticket
}

/// The same ticket, assigned at 10:30, answered at 11:00, resolved at 15:00, rated 5 at 16:00 and closed at 16:30.
pub fn closed() -> History {
    let engine = engine();
    let message = r#""message": {"message_ref": "m-3",
        "content_sha256": "baa5a0964d3320fbc0c6a922140453c8513ea24ab8fd0577034804a967248096"}"#;
    let first = accepted(engine.open(&opening(), &customer(), at("2026-03-02T10:00:00Z")).unwrap());
    let (mut ticket, mut events) = (first.ticket, first.events);
    for (time, actor, command) in [
        ("10:30", admin(), command("assign", r#""agent": "ana""#)),
        ("11:00", agent(), reply()),
        ("15:00", agent(), command("resolve", message)),
        ("16:00", customer(), command("rate", r#""score": 5"#)),
        ("16:30", admin(), command("close", "")),
    ] {
        let now = at(&format!("2026-03-02T{time}:00Z"));
        let next = accepted(engine.decide(&ticket, &command, &actor, now).unwrap());
        ticket = next.ticket;
        events.extend(next.events);
    }
    History::new(events).unwrap()
}

/// The chain of the closed ticket, as it was written down the next day.
pub fn entries() -> Vec<Entry<Event>> {
    let history = closed();
    let mut chain = Chain::new(history.ticket().id.clone());
    chain.extend(history.events().to_vec(), at("2026-03-03T09:00:00Z")).unwrap()
}
