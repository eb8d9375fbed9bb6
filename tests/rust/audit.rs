//! Chains: what is linked verifies, what is touched is named, and a verifier in another language agrees.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use sla_core::audit::{self, Chain, Content as _, Denial, Entry, Head, Publication, TamperKind};
use sla_core::engine::{Decision, RecordedCommand};
use sla_core::policy::CheckedPolicy;
use sla_core::refusal::RefusalCode;
use sla_core::revision::{Previous, publish};
use sla_core::ticket::{Actor, Apply, Event, EventKind, History, Role};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, ErrorCode, Id, wire};
use sla_tests::always;
use sla_tests::stories::{RULES, TERMS, tell};

const TALKABIZ: &str = include_str!("../../examples/talkabiz.json");

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn later(at: Timestamp) -> Timestamp {
    Timestamp::from_micros(at.as_micros() + 1_500_000)
}

type Linked = (Id, Vec<Entry<Event>>, Head);

/// The chains of every story, among them every kind of event.
fn chains() -> Vec<Linked> {
    [RULES, TERMS].into_iter().flat_map(chains_of).collect()
}

fn chains_of(stories: &str) -> Vec<Linked> {
    let histories = tell(stories).into_iter().filter_map(|told| told.history);
    let link = |history: sla_core::ticket::History| {
        let mut chain = Chain::new(history.ticket().id.clone());
        let link = |event: &Event| chain.append(event.clone(), later(event.at)).unwrap();
        let entries = history.events().iter().map(link).collect();
        (chain.id().clone(), entries, chain.head().clone())
    };
    histories.map(link).collect()
}

/// A chain of at least eight entries.
fn long_chain() -> Linked {
    chains_of(RULES)
        .into_iter()
        .max_by_key(|(_, entries, _)| entries.len())
        .filter(|(_, entries, _)| entries.len() > 8)
        .unwrap()
}

#[test]
fn a_chain_verifies_and_survives_storage() {
    let mut kinds = std::collections::BTreeSet::new();
    for (id, entries, head) in chains() {
        assert_eq!(audit::verify(&id, &entries, &[]), Ok(head.clone()));
        assert_eq!(audit::verify(&id, &entries, std::slice::from_ref(&head)), Ok(head));
        let stored = wire::audit::read_chain::<Event>(wire::audit::write_chain(&id, &entries)).unwrap();
        assert_eq!(stored, (id, entries.clone()));
        kinds.extend(entries.iter().map(|entry| entry.content.kind.name()));
    }
    assert_eq!(kinds.len(), EventKind::NAMES.len(), "{kinds:?}");
}

#[test]
fn the_start_and_the_instant_of_writing_down_are_what_the_page_says() {
    let (id, mut entries, head) = long_chain();
    // A chain that goes on from a stored head is the same chain.
    let half = entries.len() / 2;
    let mut chain = Chain::<Event>::new(id.clone());
    chain.extend(entries[..half].iter().map(|entry| entry.content.clone()), head_at()).unwrap();
    let stored = wire::audit::read_heads(wire::audit::write_heads(&[chain.head().clone()])).unwrap();
    let mut resumed = Chain::<Event>::resume(stored[0].clone()).unwrap();
    resumed.extend(entries[half..].iter().map(|entry| entry.content.clone()), head_at()).unwrap();
    assert_eq!(resumed.head(), &head);
    // `detected_at` is beside the chain.
    entries[1].detected_at = head_at();
    assert_eq!(audit::verify(&id, &entries, &[]), Ok(head));
    let wrong = Chain::<Denial>::resume(resumed.head().clone()).unwrap_err();
    assert_eq!(wrong.code(), ErrorCode::InvalidHistory);
}

fn head_at() -> Timestamp {
    at("2031-01-01T00:00:00Z")
}

#[test]
fn what_does_not_follow_is_not_linked() {
    let (id, entries, _) = long_chain();
    let mut chain = Chain::<Event>::new(id);
    chain.append(entries[0].content.clone(), head_at()).unwrap();
    let before = chain.clone();
    let mut foreign = entries[1].content.clone();
    foreign.ticket = Id::new("another ticket").unwrap();
    for wrong in [entries[2].content.clone(), entries[0].content.clone(), foreign] {
        assert_eq!(chain.append(wrong, head_at()).unwrap_err().code(), ErrorCode::InvalidHistory);
    }
    let gap = [entries[1].content.clone(), entries[3].content.clone()];
    assert_eq!(chain.extend(gap, head_at()).unwrap_err().code(), ErrorCode::InvalidHistory);
    assert_eq!(chain, before);
}

/// Makes the hash of an entry fit what it says.
fn rehash(entry: &mut Entry<Event>) {
    entry.hash = Digest::of(&entry.content.record(entry.prev));
}

#[test]
fn the_first_entry_that_was_touched_is_named() {
    let (id, whole, _) = long_chain();
    let other = Digest::of(b"other");
    let last = whole.len() - 1;
    type Touch<'a> = Box<dyn Fn(&mut Vec<Entry<Event>>) + 'a>;
    let cases: Vec<(&str, Touch<'_>, TamperKind, usize)> = vec![
        ("an instant", Box::new(|e| e[3].content.at = head_at()), TamperKind::Altered, 3),
        ("an actor", Box::new(|e| Arc::make_mut(&mut e[3].content.actor).id.push('x')), TamperKind::Altered, 3),
        ("a role", Box::new(|e| Arc::make_mut(&mut e[3].content.actor).role = Role::System), TamperKind::Altered, 3),
        ("a place", Box::new(|e| e[3].content.seq = 9), TamperKind::Altered, 3),
        ("a ticket", Box::new(|e| e[3].content.ticket = Id::new("T-other").unwrap()), TamperKind::Altered, 3),
        (
            "a policy",
            Box::new(move |e| Arc::make_mut(&mut e[3].content.rules).policy_digest = other),
            TamperKind::Altered,
            3,
        ),
        (
            "rules",
            Box::new(move |e| Arc::make_mut(&mut e[3].content.rules).rules_digest = other),
            TamperKind::Altered,
            3,
        ),
        ("what was done", Box::new(|e| e[3].content.kind = EventKind::Withdrawn), TamperKind::Altered, 3),
        ("what it did to a timer", Box::new(|e| e[0].content.changes = Box::default()), TamperKind::Altered, 0),
        ("a hash", Box::new(move |e| e[3].hash = other), TamperKind::Altered, 3),
        ("a link", Box::new(move |e| e[3].prev = other), TamperKind::Altered, 3),
        (
            "an entry with its hash",
            Box::new(|e| {
                Arc::make_mut(&mut e[3].content.actor).id.push('x');
                rehash(&mut e[3]);
            }),
            TamperKind::Altered,
            3,
        ),
        ("the first gone", Box::new(|e| drop(e.remove(0))), TamperKind::Removed, 0),
        ("one gone", Box::new(|e| drop(e.remove(3))), TamperKind::Removed, 3),
        ("two gone", Box::new(|e| drop(e.drain(3..5))), TamperKind::Removed, 3),
        ("one twice", Box::new(|e| e.insert(4, e[3].clone())), TamperKind::Inserted, 4),
        ("an old one again", Box::new(|e| e.insert(5, e[1].clone())), TamperKind::Inserted, 5),
        (
            "a part of the chain again",
            Box::new(|e| {
                let again = e[1..4].to_vec();
                e.splice(4..4, again);
            }),
            TamperKind::Inserted,
            4,
        ),
        ("an old one at the end", Box::new(|e| e.push(e[1].clone())), TamperKind::Inserted, last + 1),
        (
            "a part of the chain again at the end",
            Box::new(|e| e.extend_from_within(1..3)),
            TamperKind::Inserted,
            last + 1,
        ),
        (
            "a forged one",
            Box::new(|e| {
                let mut forged = e[3].clone();
                Arc::make_mut(&mut forged.content.actor).id.push('x');
                rehash(&mut forged);
                e.insert(3, forged);
            }),
            TamperKind::Inserted,
            3,
        ),
        (
            "a forged one without a fitting hash",
            Box::new(|e| {
                let mut forged = e[3].clone();
                Arc::make_mut(&mut forged.content.actor).id.push('x');
                e.insert(3, forged);
            }),
            TamperKind::Inserted,
            3,
        ),
        (
            "one of another ticket",
            Box::new(|e| {
                let mut forged = e[3].clone();
                forged.content.ticket = Id::new("T-other").unwrap();
                rehash(&mut forged);
                e.insert(3, forged);
            }),
            TamperKind::Inserted,
            3,
        ),
        ("two swapped", Box::new(|e| e.swap(3, 4)), TamperKind::Reordered, 3),
        ("far ones swapped", Box::new(|e| e.swap(2, 6)), TamperKind::Reordered, 2),
        (
            "one moved to the end",
            Box::new(|e| {
                let moved = e.remove(2);
                e.push(moved);
            }),
            TamperKind::Reordered,
            2,
        ),
        ("all backwards", Box::new(|e| e.reverse()), TamperKind::Reordered, 0),
    ];
    for (what, touch, kind, index) in cases {
        let mut touched = whole.clone();
        touch(&mut touched);
        let found = audit::verify(&id, &touched, &[]).expect_err(what);
        assert_eq!((found.kind, found.index), (kind, index), "{what}");
        assert_eq!(found.to_string(), format!("entry {index} was {}", kind.as_str()));
    }
    let error = serde_json::from_str::<Entry<Event>>("7").unwrap_err();
    assert!(error.to_string().contains("expected an entry of a chain"), "{error}");
}

#[test]
fn pins_find_what_a_log_alone_cannot_show() {
    let (id, whole, head) = long_chain();
    let half = whole.len() / 2;
    let mut chain = Chain::<Event>::new(id.clone());
    chain.extend(whole[..half].iter().map(|entry| entry.content.clone()), head_at()).unwrap();
    let pins = [chain.head().clone(), head.clone()];
    assert_eq!(audit::verify(&id, &whole, &pins), Ok(head.clone()));

    // Cut off: sound by itself, but the pinned end is missing.
    let cut = &whole[..half + 1];
    assert!(audit::verify(&id, cut, &pins[..1]).is_ok());
    let found = audit::verify(&id, cut, &pins).unwrap_err();
    assert_eq!((found.kind, found.index), (TamperKind::Removed, half + 1));
    let found = audit::verify::<Event>(&id, &[], &pins).unwrap_err();
    assert_eq!((found.kind, found.index), (TamperKind::Removed, 0));

    // Written anew from entry 2 on: sound by itself, but not what was pinned.
    let mut forger = Chain::<Event>::new(id.clone());
    let mut contents: Vec<Event> = whole.iter().map(|entry| entry.content.clone()).collect();
    Arc::make_mut(&mut contents[2].actor).id.push('x');
    let anew = forger.extend(contents, head_at()).unwrap();
    assert!(audit::verify(&id, &anew, &[]).is_ok());
    let found = audit::verify(&id, &anew, &pins).unwrap_err();
    assert_eq!((found.kind, found.index), (TamperKind::Altered, half - 1));

    // The pin of an empty chain, and pins of other chains.
    let empty = Chain::<Event>::new(id.clone()).head().clone();
    assert_eq!(audit::verify(&id, &whole, std::slice::from_ref(&empty)), Ok(head.clone()));
    let mut other = empty;
    other.hash = Digest::of(b"other");
    assert_eq!(audit::verify(&id, &whole, std::slice::from_ref(&other)).unwrap_err().kind, TamperKind::Altered);
    other.id = Id::new("another ticket").unwrap();
    assert_eq!(audit::verify(&id, &whole, &[other]), Ok(head));
}

fn python(document: &str) -> Option<(bool, String)> {
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/tools/verify_audit.py");
    let mut command = Command::new("python3");
    command.arg(tool).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        eprintln!("skipped: there is no python3");
        return None;
    };
    child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = if output.status.success() { output.stdout } else { output.stderr };
    Some((output.status.success(), String::from_utf8(text).unwrap().trim().to_owned()))
}

#[test]
fn python_finds_the_same_hashes_and_a_planted_fault() {
    for (id, entries, head) in chains() {
        let Some(found) = python(&wire::audit::write_chain(&id, &entries)) else { return };
        assert_eq!(found, (true, head.hash.to_string()), "{id}");
    }
    let (id, mut entries, _) = long_chain();
    Arc::make_mut(&mut entries[3].content.actor).id.push('x');
    assert_eq!(python(&wire::audit::write_chain(&id, &entries)), Some((false, "entry 3 does not follow".to_owned())));
    let (id, entries) = denials();
    let head = audit::verify(&id, &entries, &[]).unwrap();
    assert_eq!(python(&wire::audit::write_chain(&id, &entries)), Some((true, head.hash.to_string())));
    let entries = publications();
    let head = audit::verify(&entries[0].content.policy, &entries, &[]).unwrap();
    let document = wire::audit::write_chain(&entries[0].content.policy, &entries);
    assert_eq!(python(&document), Some((true, head.hash.to_string())));
}

/// An access log of three refusals.
fn denials() -> (Id, Vec<Entry<Denial>>) {
    let engine = Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap();
    let now = at("2026-03-02T09:00:00Z");
    let opening = wire::command::read_opening(format!(
        r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "whatsapp",
            "message": {{"message_ref": "m", "content_sha256": "{}"}}}}"#,
        "0".repeat(64)
    ))
    .unwrap();
    let mut log = Chain::new(Id::new("access").unwrap());
    let actors = [Actor::new(Role::Customer, "kim"), Actor::new(Role::Customer, ""), Actor::new(Role::Agent, "ana")];
    let entries = actors.map(|actor| {
        let Decision::Refused(refusal) = engine.open(&opening, &actor, now).unwrap() else { panic!("accepted") };
        log.deny(&actor, Id::new("T-1").ok(), refusal, now)
    });
    (log.id().clone(), entries.to_vec())
}

#[test]
fn refusals_are_chained_alike() {
    let (id, mut entries) = denials();
    let codes = entries.iter().map(|entry| entry.content.refusal.code);
    assert_eq!(
        codes.collect::<Vec<_>>(),
        [RefusalCode::ChannelNotEntitled, RefusalCode::AnonymousActor, RefusalCode::ChannelNotEntitled]
    );
    assert_eq!(
        wire::audit::read_chain(wire::audit::write_chain(&id, &entries)).unwrap(),
        (id.clone(), entries.clone())
    );
    assert_eq!(audit::verify(&id, &entries, &[]).unwrap().entries, 3);
    for touch in [
        |denial: &mut Denial| denial.refusal.code = RefusalCode::WrongStatus,
        |denial: &mut Denial| denial.refusal.message.clear(),
        |denial: &mut Denial| denial.refusal.accepted.clear(),
        |denial: &mut Denial| denial.refusal.action.clear(),
        |denial: &mut Denial| denial.ticket = None,
        |denial: &mut Denial| denial.actor.role = Role::Admin,
        |denial: &mut Denial| denial.at = head_at(),
    ] {
        let mut touched = entries.clone();
        touch(&mut touched[1].content);
        assert_eq!(audit::verify(&id, &touched, &[]).unwrap_err().index, 1);
    }
    entries.remove(1);
    assert_eq!(audit::verify(&id, &entries, &[]).unwrap_err().kind, TamperKind::Removed);
}

fn revision(replacements: &[(&str, &str)]) -> CheckedPolicy {
    let replace = |text: String, (from, to): &(&str, &str)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    wire::policy::read(replacements.iter().fold(TALKABIZ.to_owned(), replace)).unwrap()
}

const SHORTER: (&str, &str) = ("\"resolution\": \"24h\"", "\"resolution\": \"20h\"");

fn publications() -> Vec<Entry<Publication>> {
    let admin = Actor::new(Role::Admin, "root");
    let (first, second) = (revision(&[]), revision(&[SHORTER]));
    let one = publish(&first, None, &admin, "the start", at("2026-01-01T00:00:00Z")).unwrap().into_result().unwrap();
    let previous = Previous { policy: &first, entry: &one };
    let two = publish(&second, Some(previous), &admin, "Starter is faster", at("2026-02-01T00:00:00Z"));
    vec![one, two.unwrap().into_result().unwrap()]
}

#[test]
fn revisions_are_published_with_actor_reason_and_changes() {
    let entries = publications();
    let policy = entries[0].content.policy.clone();
    assert_eq!(audit::verify(&policy, &entries, &[]).unwrap().entries, 2);
    let [first, second] = [&entries[0].content, &entries[1].content];
    assert!(first.changes.is_empty());
    assert_eq!((second.seq, second.reason.as_str()), (1, "Starter is faster"));
    assert_eq!(second.policy_digest, revision(&[SHORTER]).digest());
    let changes = second.changes.iter().map(|c| (c.path.as_str(), c.before.as_deref(), c.after.as_deref()));
    assert_eq!(changes.collect::<Vec<_>>(), [("/packages/0/targets/resolution", Some("\"24h\""), Some("\"20h\""))]);
    let stored = wire::audit::read_chain(wire::audit::write_chain(&policy, &entries)).unwrap();
    assert_eq!(stored, (policy.clone(), entries.clone()));
    for touch in [
        |publication: &mut Publication| publication.reason.clear(),
        |publication: &mut Publication| publication.actor.id.clear(),
        |publication: &mut Publication| publication.changes.clear(),
        |publication: &mut Publication| publication.changes[0].before = None,
        |publication: &mut Publication| publication.changes[0].after = None,
        |publication: &mut Publication| publication.changes[0].path.clear(),
        |publication: &mut Publication| publication.policy_digest = Digest::of(b"other"),
    ] {
        let mut touched = entries.clone();
        touch(&mut touched[1].content);
        assert_eq!(audit::verify(&policy, &touched, &[]).unwrap_err().index, 1);
    }
}

#[test]
fn a_publication_without_right_reason_or_change_is_refused() {
    let (admin, now) = (Actor::new(Role::Admin, "root"), at("2026-03-01T00:00:00Z"));
    let entries = publications();
    let (second, third) = (revision(&[SHORTER]), revision(&[]));
    let previous = Previous { policy: &second, entry: &entries[1] };
    let refused = |policy: &CheckedPolicy, actor: &Actor, reason: &str, at| {
        publish(policy, Some(previous), actor, reason, at).unwrap().into_result().unwrap_err().code
    };
    assert_eq!(refused(&third, &Actor::new(Role::Agent, "ana"), "why", now), RefusalCode::RoleNotPermitted);
    assert_eq!(refused(&third, &Actor::system(), "why", now), RefusalCode::RoleNotPermitted);
    assert_eq!(refused(&third, &Actor::new(Role::Admin, " "), "why", now), RefusalCode::AnonymousActor);
    assert_eq!(refused(&third, &admin, " ", now), RefusalCode::ReasonRequired);
    assert_eq!(refused(&third, &admin, &"x".repeat(10_001), now), RefusalCode::ReasonRequired);
    assert_eq!(refused(&third, &admin, "why", at("2026-01-31T23:59:59Z")), RefusalCode::TimeWentBack);
    assert_eq!(refused(&second, &admin, "why", now), RefusalCode::NothingToChange);
    assert!(publish(&third, Some(previous), &admin, "why", at("2026-02-01T00:00:00Z")).unwrap().into_result().is_ok());

    let mut renamed = third.clone().into_policy();
    renamed.id = Id::new("other").unwrap();
    let renamed = CheckedPolicy::try_from(renamed).unwrap();
    let error = publish(&renamed, Some(previous), &admin, "why", now).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidPolicy);
    let stale = Previous { policy: &third, entry: &entries[1] };
    let error = publish(&second, Some(stale), &admin, "why", now).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnknownRevision);
}

#[test]
fn changes_are_found_by_id_and_not_by_order() {
    let policy = revision(&[]).into_policy();
    let mut other = policy.clone();
    other.packages.reverse();
    other.channels.reverse();
    other.packages.iter_mut().for_each(|package| package.channels.as_mut().unwrap().reverse());
    assert_eq!(wire::policy::changes(&policy, &other), []);

    // A part that is gone has the place that it had, although its package has moved.
    let mut other = policy.clone();
    other.packages.remove(0);
    other.packages[0].channels = None;
    let changes = wire::policy::changes(&policy, &other);
    let gone = changes.iter().find(|change| change.path.ends_with("/channels")).unwrap();
    assert_eq!((gone.path.as_str(), gone.after.as_deref()), ("/packages/1/channels", None));

    let mut other = policy.clone();
    let removed = other.packages.remove(0);
    other.packages[1].channels.as_mut().unwrap().pop();
    other.inactivity.clear();
    other.severities.push(Id::new("urgent").unwrap());
    let changes = wire::policy::changes(&policy, &other);
    let found: Vec<_> = changes.iter().map(|c| (c.path.as_str(), c.before.is_some(), c.after.is_some())).collect();
    let mut expected =
        vec![("/packages/1/channels", true, true), ("/packages/0", true, false), ("/severities", false, true)];
    if !policy.inactivity.is_empty() {
        expected.push(("/inactivity", true, false));
    }
    expected.sort_unstable();
    let mut sorted = found.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected, "{changes:#?}");
    assert!(changes.iter().any(|change| change.before.as_deref().is_some_and(|was| was.contains(removed.id.as_str()))));
}

#[test]
fn a_dry_run_says_what_adopting_a_revision_would_do() {
    let (old, new) = (revision(&[]), revision(&[SHORTER]));
    let before = Engine::compile(old.clone()).unwrap();
    let both = Engine::compile_revisions([old, new]).unwrap();
    let admin = Actor::new(Role::Admin, "root");
    let opened_at = at("2026-03-02T01:00:00Z");
    let open = |ticket: &str, package: &str| {
        let opening = wire::command::read_opening(format!(
            r#"{{"command": "open", "ticket": "{ticket}", "customer": "kim", "package": "{package}", "channel": "email",
                "message": {{"message_ref": "m", "content_sha256": "{}"}}}}"#,
            "0".repeat(64)
        ));
        let Decision::Accepted(opened) = before.open(&opening.unwrap(), &admin, opened_at).unwrap() else { panic!() };
        let assign = wire::command::read(r#"{"command": "assign", "agent": "ana"}"#).unwrap();
        match before.decide(&opened.ticket, &assign, &admin, opened_at).unwrap() {
            Decision::Accepted(accepted) => accepted.ticket,
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
    };
    let tickets = [open("T-1", "starter"), open("T-2", "enterprise")];
    let kept = both.dry_run(&tickets, Apply::Keep, opened_at).unwrap();
    assert_eq!((kept.tickets, kept.moved, kept.breached, kept.refused), (2, vec![], vec![], vec![]));
    let moved = both.dry_run(&tickets, Apply::Retroactive, opened_at).unwrap();
    assert_eq!(moved.moved.len(), 1, "{moved:?}");
    let deadline = &moved.moved[0];
    assert_eq!((deadline.ticket.as_str(), deadline.timer.as_str()), ("T-1", "resolution"));
    assert!(deadline.after < deadline.before);
    assert_eq!((&moved.breached, &moved.unbreached), (&vec![], &vec![]));
    // Between the new due and the old one, adopting it breaks the promise.
    let now = later(deadline.after.unwrap());
    let broken = both.dry_run(&tickets[..1], Apply::Retroactive, now).unwrap();
    assert_eq!(broken.breached.len(), 1, "{broken:?}");
    assert_eq!((broken.breached[0].timer.as_str(), broken.breached[0].due_at), ("resolution", Some(now)));
    assert_eq!(broken.unbreached, []);
    // Whoever is under it already cannot adopt it.
    let under_it = both.dry_run(&tickets, Apply::Keep, now).unwrap();
    assert_eq!(under_it.refused, []);
    let same = before.dry_run(&tickets, Apply::Keep, now).unwrap();
    let codes: Vec<_> = same.refused.iter().map(|(_, refusal)| refusal.code).collect();
    assert_eq!(codes, [RefusalCode::NothingToChange; 2]);
}

/// Returns the revisions of a policy that promises a first response in as long as each text says; `""` for none.
fn revisions_of(targets: &[&str]) -> Vec<CheckedPolicy> {
    let policy = |(version, target): (usize, &&str)| {
        let mut targets = serde_json::json!({"resolution": "40h"});
        if !target.is_empty() {
            targets["first_response"] = (*target).into();
        }
        let document = always::document(&targets, &serde_json::json!({"version": version + 1}));
        wire::policy::read(document.to_string()).unwrap()
    };
    targets.iter().enumerate().map(policy).collect()
}

#[test]
fn a_dry_run_names_each_cycle_once_where_its_promise_or_its_breach_changes() {
    let opening = wire::command::read_opening(format!(
        r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "p", "channel": "email",
            "message": {{"message_ref": "m", "content_sha256": "{}"}}}}"#,
        "0".repeat(64)
    ))
    .unwrap();
    let named = |old: &str, new: &str, opened_at: &str, now: &str| {
        let revisions = revisions_of(&[old, new]);
        let before = Engine::compile(revisions[0].clone()).unwrap();
        let both = Engine::compile_revisions(revisions).unwrap();
        let opened = before.open(&opening, &Actor::new(Role::Customer, "kim"), at(opened_at)).unwrap();
        let mut history = History::new(opened.into_result().unwrap().events).unwrap();
        // What is breached by now is recorded.
        let due = before.due_events(history.ticket(), at(now)).unwrap().events;
        history.extend(due).unwrap();
        let run = both.dry_run([&history], Apply::Retroactive, at(now)).unwrap();
        let timers = |cycles: &[sla_core::engine::AffectedCycle]| -> Vec<String> {
            cycles.iter().map(|cycle| format!("{} {}", cycle.timer, cycle.cycle)).collect()
        };
        let moved: Vec<String> = run.moved.iter().map(|cycle| format!("{} {}", cycle.timer, cycle.cycle)).collect();
        [timers(&run.arrived), timers(&run.ended), moved, timers(&run.breached), timers(&run.unbreached)]
    };
    let none = Vec::<String>::new();
    let one = vec!["first_response 1".to_owned()];
    let [nine, ten, noon] = ["2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z"];
    // The promise ends, moves, or is broken by the new terms.
    assert_eq!(named("4h", "", nine, ten), [none.clone(), one.clone(), none.clone(), none.clone(), none.clone()]);
    assert_eq!(named("4h", "2h", nine, ten), [none.clone(), none.clone(), one.clone(), none.clone(), none.clone()]);
    assert_eq!(named("4h", "2h", nine, noon), [none.clone(), none.clone(), one.clone(), one.clone(), none.clone()]);
    // What is breached stays so, and is not named again.
    assert_eq!(named("2h", "4h", nine, noon), [none.clone(), none.clone(), none.clone(), none.clone(), none.clone()]);
    assert_eq!(named("2h", "1h", nine, noon), [none.clone(), none.clone(), none.clone(), none.clone(), none.clone()]);
}

#[test]
fn a_dry_run_over_histories_sees_the_timers_that_a_revision_adds() {
    let measuring = ("\"resolution\": \"24h\"", "\"resolution\": \"24h\", \"pickup\": \"2h\"");
    let timers = (
        "\"steps\"",
        "\"timers\": [{\"id\": \"pickup\", \"starts_on\": [\"opened\"], \"stops_on\": [\"assigned\"]}], \"steps\"",
    );
    let (old, new) = (revision(&[]), revision(&[measuring, timers]));
    let before = Engine::compile(old.clone()).unwrap();
    let both = Engine::compile_revisions([old, new]).unwrap();
    let opening = wire::command::read_opening(format!(
        r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
            "message": {{"message_ref": "m", "content_sha256": "{}"}}}}"#,
        "0".repeat(64)
    ))
    .unwrap();
    let opened_at = at("2026-03-02T01:00:00Z");
    let opened = before.open(&opening, &Actor::new(Role::Customer, "kim"), opened_at).unwrap();
    let history = History::new(opened.into_result().unwrap().events).unwrap();

    let alone = both.dry_run([history.ticket()], Apply::FromNow, later(opened_at)).unwrap();
    assert_eq!(alone.refused[0].1.code, RefusalCode::HistoryNeeded);
    let whole = both.dry_run([&history], Apply::FromNow, later(opened_at)).unwrap();
    assert_eq!(whole.refused, []);
    assert_eq!((whole.arrived[0].timer.as_str(), whole.arrived[0].cycle), ("pickup", 1));

    // An import has the whole history, too.
    let adopt = wire::command::read(format!(
        r#"{{"command": "adopt_revision", "policy_digest": "{}", "apply": "from_now", "reason": "the new terms"}}"#,
        both.policy().digest()
    ))
    .unwrap();
    let adopt = RecordedCommand { at: later(opened_at), actor: Actor::new(Role::Admin, "root"), command: adopt };
    let old_is_newest = Engine::compile_revisions([both.policy().clone(), before.policy().clone()]).unwrap();
    let import = old_is_newest.import(&opening, &Actor::new(Role::Customer, "kim"), opened_at, &[adopt]).unwrap();
    assert_eq!(import.into_result().unwrap().refused, []);
}
