//! Engines of several revisions: which they know, and how one more is added.

use serde_json::json;
use sla_core::policy::CheckedPolicy;
use sla_core::ticket::{Actor, EventKind, Role, Ticket};
use sla_core::time::Timestamp;
use sla_core::{Engine, wire};

fn version(version: u32) -> CheckedPolicy {
    let mut policy = wire::policy::read(include_str!("../../examples/talkabiz.json")).unwrap().into_policy();
    policy.version = version;
    policy.try_into().unwrap()
}

fn versions(engine: &Engine) -> Vec<u32> {
    let known: Vec<u32> =
        (1..10).filter(|each| engine.policy_digests().any(|digest| digest == version(*each).digest())).collect();
    assert_eq!(known.len(), engine.policy_digests().count());
    assert_eq!(Some(&engine.policy().version), known.last());
    known
}

#[test]
fn a_revision_is_placed_by_its_version() {
    let engine = Engine::compile(version(3)).unwrap();
    let add = |engine: &Engine, number| engine.with_revision(version(number)).unwrap();
    let grown = add(&add(&add(&engine, 5), 1), 4);
    assert_eq!(versions(&grown), [1, 3, 4, 5]);
    let digests = [1, 3, 4, 5].map(|each| version(each).digest());
    assert!(grown.policy_digests().eq(digests));
    // One that is known changes nothing, and the engine that was grown stays as it was.
    assert_eq!(versions(&add(&grown, 4)), [1, 3, 4, 5]);
    assert_eq!(versions(&engine), [3]);
    // Of one version the one that came last is the newer one.
    let mut other = version(5).into_policy();
    other.channels[0].name.push('!');
    let other = CheckedPolicy::try_from(other).unwrap();
    assert_eq!(grown.with_revision(other.clone()).unwrap().policy().digest(), other.digest());
    let compiled = Engine::compile_revisions([1, 3, 4, 5].map(version)).unwrap();
    assert!(compiled.policy_digests().eq(grown.policy_digests()));
    assert_eq!(compiled.rules_digest(), grown.rules_digest());
}

#[test]
fn a_revision_of_another_policy_is_an_error() {
    let mut other = version(2).into_policy();
    other.id = sla_core::Id::new("other").unwrap();
    let error = Engine::compile(version(1)).unwrap().with_revision(other.try_into().unwrap()).unwrap_err();
    assert_eq!(error.code().as_str(), "invalid_policy");
}

#[test]
fn the_error_of_an_unknown_revision_names_its_digest() {
    let engine = Engine::compile(version(1)).unwrap();
    let opening = r#"{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
        "message": {"message_ref": "m", "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}}"#;
    let now = sla_core::time::Timestamp::parse("2026-11-23T09:00:00Z").unwrap();
    let kim = sla_core::ticket::Actor::new(sla_core::ticket::Role::Customer, "kim");
    let opened = engine.open(&wire::command::read_opening(opening).unwrap(), &kim, now).unwrap().into_result().unwrap();
    let error = Engine::compile(version(2)).unwrap().evaluate(&opened.ticket, now).unwrap_err();
    assert_eq!(error.code().as_str(), "unknown_revision");
    assert!(error.message().contains(&version(1).digest().to_string()), "{error}");
    assert_eq!(error.help_text(), "compile the engine with every revision that some ticket is under");
    let info: serde_json::Value = serde_json::from_str(&wire::info::write_engine(&engine)).unwrap();
    assert_eq!(info["policy_digests"], serde_json::json!([version(1).digest().to_string()]));
}

/// Returns a revision under which a resolved ticket is closed `after` nothing happened to it.
fn closing(version: u32, after: &str) -> CheckedPolicy {
    let policy = json!({
        "schema": "sla-policy/2", "id": "closing", "version": version,
        "calendars": {"always": {"time_zone": "UTC", "always_open": true}},
        "channels": [{"id": "email", "name": "Email"}],
        "packages": [{"id": "p", "name": "P", "rank": 1, "channels": ["email"], "calendar": "always",
            "targets": {"resolution": "8h"}}],
        "inactivity": [{"id": "close", "status": "resolved", "after": after, "action": "close"}],
    });
    wire::policy::read(policy.to_string()).unwrap()
}

#[test]
fn an_inactivity_rule_that_an_adoption_brings_too_late_says_when_it_was_due() {
    let at = |text: &str| Timestamp::parse(text).unwrap();
    let root = Actor::new(Role::Admin, "root");
    let message = json!({"message_ref": "m", "content_sha256": "0".repeat(64)});
    let opening = json!({"command": "open", "ticket": "T", "customer": "kim", "package": "p", "channel": "email",
        "message": message});
    let opening = wire::command::read_opening(opening.to_string()).unwrap();
    let old = Engine::compile(closing(1, "48h")).unwrap();
    let both = old.with_revision(closing(2, "1h")).unwrap();
    let decide = |ticket: &Ticket, command: serde_json::Value, now: &str| {
        let command = wire::command::read(command.to_string()).unwrap();
        both.decide(ticket, &command, &root, at(now)).unwrap().into_result().unwrap().ticket
    };
    let closed = |ticket: &Ticket, now: &str| {
        let due = both.due_events(ticket, at(now)).unwrap().events;
        let [event] = &due[..] else { panic!("{due:?}") };
        let EventKind::Closed { inactivity: Some(intent), .. } = &event.kind else { panic!("{event:?}") };
        (event.at, intent.computed_at)
    };
    let opened = old.open(&opening, &root, at("2026-03-02T09:00:00Z")).unwrap().into_result().unwrap().ticket;
    let resolved = decide(&opened, json!({"command": "resolve", "message": message}), "2026-03-02T10:00:00Z");
    assert_eq!(closed(&resolved, "2026-03-05T00:00:00Z"), (at("2026-03-04T10:00:00Z"), None));
    let adopt = json!({"command": "adopt_revision", "policy_digest": closing(2, "1h").digest().to_string(),
        "apply": "from_now", "reason": "new terms"});
    let adopted = decide(&resolved, adopt, "2026-03-02T20:00:00Z");
    let expected = (at("2026-03-02T20:00:00Z"), Some(at("2026-03-02T11:00:00Z")));
    assert_eq!(closed(&adopted, "2026-03-02T20:00:00Z"), expected);
}

#[test]
fn a_pointer_is_about_a_part_and_a_field() {
    let document = r#"{"id": "desk", "packages": [{"id": "starter"}, {"name": "no id"}], "channels": [{"id": "email"}],
        "severities": ["low"], "calendars": {"a/b~c": {}}, "steps": {"resolution": [{"id": "warning"}]}}"#;
    let of = |pointer: &str| {
        let place = wire::policy::place(document, pointer).unwrap();
        (place.kind, place.id, place.index, place.field)
    };
    let is = |kind, id: Option<&str>, index, field: &str| (kind, id.map(str::to_owned), index, field.to_owned());
    assert_eq!(of("/packages/0/targets/resolution"), is("package", Some("starter"), Some(0), "targets/resolution"));
    assert_eq!(of("/packages/1"), is("package", None, Some(1), ""));
    assert_eq!(of("/packages/9/id"), is("package", None, Some(9), "id"));
    assert_eq!(of("/packages"), is("package", None, None, ""));
    assert_eq!(of("/channels/0/name"), is("channel", Some("email"), Some(0), "name"));
    assert_eq!(of("/severities/0"), is("severity", Some("low"), Some(0), ""));
    assert_eq!(of("/calendars/a~1b~0c/weekly/mon/0"), is("calendar", Some("a/b~c"), None, "weekly/mon/0"));
    assert_eq!(of("/steps/resolution/0/at"), is("steps", Some("resolution"), None, "0/at"));
    assert_eq!(of("/roles/self_assign"), is("roles", None, None, "self_assign"));
    assert_eq!(of("/version"), is("policy", None, None, "version"));
    assert_eq!(of(""), is("policy", None, None, ""));
    assert_eq!(wire::policy::place("{", "/id").unwrap_err().code().as_str(), "invalid_json");
}

#[test]
fn rules_are_the_same_but_for_the_version() {
    assert!(wire::policy::same_rules(&version(1), &version(7)));
    let mut other = version(1).into_policy();
    other.channels[0].name.push('!');
    assert!(!wire::policy::same_rules(&version(1), &other));
}
