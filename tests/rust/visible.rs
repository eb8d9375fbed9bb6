//! What a list may show is what `authorize` permits to view, ticket by ticket, under every revision.

use sla_core::engine::Decision;
use sla_core::policy::ActOn;
use sla_core::refusal::{RefusalCode, RefusalKind};
use sla_core::ticket::{Action, Actor, Role, Ticket};
use sla_core::time::Timestamp;
use sla_core::{Engine, Id, wire};
use sla_tests::files::root;

const POLICY: &str = include_str!("../../examples/talkabiz.json");

fn engine() -> Engine {
    let first = wire::policy::read(POLICY).unwrap();
    let revisions = [(ActOn::Assigned, false), (ActOn::Team, true), (ActOn::All, true), (ActOn::Team, false)];
    Engine::compile_revisions(revisions.into_iter().enumerate().map(|(at, (act_on, share))| {
        let mut policy = first.clone().into_policy();
        policy.version = u32::try_from(at + 1).unwrap();
        policy.roles.agents_act_on = act_on;
        policy.roles.organizations_share = share;
        policy.try_into().unwrap()
    }))
    .unwrap()
}

fn opened(engine: &Engine) -> Ticket {
    let opening = wire::command::read_opening(
        r#"{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
            "message": {"message_ref": "m", "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}}"#,
    );
    let now = Timestamp::parse("2026-11-23T09:00:00Z").unwrap();
    match engine.open(&opening.unwrap(), &Actor::new(Role::Customer, "kim"), now).unwrap() {
        Decision::Accepted(opened) => opened.ticket,
        Decision::Refused(refusal) => panic!("{refusal}"),
    }
}

fn actors() -> Vec<Actor> {
    let mut actors = Vec::new();
    for role in [Role::Customer, Role::Agent, Role::Admin, Role::System] {
        for id in ["kim", "ana", "", " ana"] {
            for teams in [&[][..], &["blue"], &["red", "blue"], &[""]] {
                for organization in [None, Some("acme"), Some("other"), Some("")] {
                    let teams = teams.iter().map(|team| (*team).to_owned()).collect();
                    actors.push(Actor { teams, organization: organization.map(str::to_owned), ..Actor::new(role, id) });
                }
            }
        }
    }
    actors
}

#[test]
fn a_list_shows_what_may_be_viewed() {
    let engine = engine();
    let ticket = opened(&engine);
    let digests = {
        let mut digests: Vec<_> = engine.policy_digests().collect();
        digests.push(wire::policy::read(POLICY).unwrap().digest());
        digests
    };
    let id = |text: Option<&str>| text.map(|text| Id::new(text).unwrap());
    let mut tickets = Vec::new();
    for customer in ["kim", "ana", "eve"] {
        for agent in [None, Some("ana"), Some("kim"), Some("bob")] {
            for team in [None, Some("blue"), Some("green")] {
                for organization in [None, Some("acme"), Some("foo")] {
                    for policy_digest in &digests {
                        tickets.push(Ticket {
                            customer: Id::new(customer).unwrap(),
                            agent: id(agent),
                            team: id(team),
                            organization: id(organization),
                            policy_digest: *policy_digest,
                            ..ticket.clone()
                        });
                    }
                }
            }
        }
    }
    let (mut shown, mut hidden) = (0, 0);
    for actor in actors() {
        let visible = engine.visible_tickets(&actor);
        for ticket in &tickets {
            let judged = engine.authorize(&actor, Action::ViewTicket, Some(ticket));
            match &visible {
                Ok(visible) => assert_eq!(visible.includes(ticket), judged.is_ok(), "{actor:?} {ticket:?}"),
                Err(refusal) => assert_eq!(refusal, &judged.unwrap_err()),
            }
            *(if visible.as_ref().is_ok_and(|visible| visible.includes(ticket)) { &mut shown } else { &mut hidden }) +=
                1;
        }
    }
    assert!(shown > 10_000 && hidden > 10_000, "{shown} shown, {hidden} hidden");
}

#[test]
fn the_condition_names_only_what_the_policy_reads() {
    let one = |actor: &Actor| wire::evaluation::write_visible(&engine().visible_tickets(actor).unwrap());
    let ana = Actor { teams: vec!["blue".to_owned()], ..Actor::new(Role::Agent, "ana") };
    let found: serde_json::Value = serde_json::from_str(&one(&ana)).unwrap();
    assert_eq!(found["tickets"]["teams"], serde_json::json!(["blue"]));
    assert_eq!(found["tickets"]["agent"], "ana");
    assert_eq!(found["tickets"]["customer"], serde_json::Value::Null);
    // Under the first revision agents see their own only, under the third every ticket.
    assert_eq!(found["under"][0]["tickets"]["teams"], serde_json::json!([]));
    assert_eq!(found["under"][1]["tickets"]["everything"], true);
    assert_eq!(found["under"].as_array().unwrap().len(), 2);
}

#[test]
fn the_kinds_of_codes_are_those_of_the_page() {
    let page = std::fs::read_to_string(root().join("docs/commands.md")).unwrap();
    for code in RefusalCode::ALL {
        let row = format!("| `{}` | {} |", code.as_str(), code.kind().as_str());
        assert!(page.contains(&row), "docs/commands.md has no row that begins with {row}");
    }
    for kind in RefusalKind::ALL {
        assert!(page.contains(&format!("\n| `{}` | ", kind.as_str())), "docs/commands.md does not explain {kind:?}");
    }
}

#[test]
fn a_customer_may_open_a_ticket_of_their_own() {
    for (role, is_permitted) in
        [(Role::Customer, true), (Role::Agent, true), (Role::Admin, true), (Role::System, false)]
    {
        assert_eq!(engine().authorize(&Actor::new(role, "eve"), Action::Open, None).is_ok(), is_permitted);
    }
}

#[test]
fn a_document_cannot_state_another_kind() {
    let refusal = engine().authorize(&Actor::new(Role::Customer, "eve"), Action::ManageUsers, None).unwrap_err();
    let text = wire::evaluation::write_refusal(&refusal);
    assert!(text.contains(r#""kind":"permission""#), "{text}");
    assert_eq!(wire::audit::read_refusal(&text).unwrap(), refusal);
    assert_eq!(wire::audit::read_refusal(text.replace(r#""kind":"permission","#, "")).unwrap(), refusal);
    let error = wire::audit::read_refusal(text.replace("permission", "state")).unwrap_err();
    assert_eq!(error.message(), "the kind of a refusal with code `role_not_permitted` is `permission`");
}
