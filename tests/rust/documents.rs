//! The schemas of documents, each with an example that the engine wrote.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use sla_core::alert::Alerts;
use sla_core::analytics::{self, Aggregate, Dimension, Grouping, PeriodUnit, Report};
use sla_core::at_risk::AtRisk;
use sla_core::audit::{self, Chain};
use sla_core::calendar::ZoneDatabase;
use sla_core::policy::lint;
use sla_core::revision::{self, Previous};
use sla_core::what_if::WhatIf;
use sla_core::{Engine, wire};
use sla_tests::schema::{faults, faults_of};

mod fixture {
    #![allow(dead_code, missing_docs, reason = "shared with the examples of the documentation")]
    include!("../../sla-core/src/doc_fixture.rs");
}
use fixture::*;

/// Documents by the names of their schemas, as the engine takes and writes them.
fn examples() -> BTreeMap<&'static str, Value> {
    let value = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let mut found = BTreeMap::new();
    let mut add = |name, document: Value| found.insert(name, document);

    let first = policy();
    let alarming = r#""objectives": {"critical_level": 1}, "steps""#;
    let next =
        wire::policy::read(POLICY.replacen(r#""first_response": "4h""#, r#""first_response": "30m""#, 1).replacen(
            r#""steps""#,
            alarming,
            1,
        ))
        .unwrap();
    let engine = engine();
    let candidate = Engine::compile_revisions(vec![policy(), next.clone()]).unwrap();
    let (opened_at, later) = (at("2026-03-02T10:00:00Z"), at("2026-03-02T15:00:00Z"));
    let now = at("2026-03-03T09:00:00Z");

    let opening_json = r#"{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
        "message": {"message_ref": "m-1",
                    "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}}"#;
    let opening_document = value(opening_json.to_owned());
    let reply_document = value(wire::command::write(&reply()));
    add("actor", json!({"role": "agent", "id": "ana"}));
    add("opening", opening_document.clone());
    add("command", reply_document.clone());
    let recorded = json!([
        {"at": "2026-03-02T10:00:00Z", "actor": {"role": "customer", "id": "kim"}, "command": opening_document},
        {"at": "2026-03-02T10:30:00Z", "actor": {"role": "admin", "id": "max"},
         "command": {"command": "assign", "agent": "ana"}},
        {"at": "2026-03-02T11:00:00Z", "actor": {"role": "customer", "id": "kim"}, "command": reply_document},
    ]);
    let read = wire::command::read_recorded(recorded.to_string()).unwrap();
    let imported = engine.import(&read.opening, &read.opener, read.opened_at, &read.commands).unwrap();
    add("import", value(wire::evaluation::write_import(&imported)));
    add("recorded", recorded);
    let log_json = json!({
        "schema": wire::log::LOG_SCHEMA,
        "states": {"New": "new", "Waiting": {"means": "pending", "replied": true}},
        "rows": [
            {"ticket_id": "T-1", "event_at": "2026-03-02T10:00:00Z", "state": "New", "package": "starter",
             "channel": "email", "customer": "kim"},
            {"ticket_id": "T-1", "event_at": "2026-03-02T11:00:00Z", "state": "Waiting", "agent": "ana"},
            {"ticket_id": "T-1", "event_at": "2026-03-02T12:00:00Z", "state": "Asleep"},
        ],
    });
    add("log_commands", value(wire::log::write(&wire::log::read(log_json.to_string()).unwrap().commands())));
    let (mut histories, log) = (Vec::new(), wire::log::read(log_json.to_string()).unwrap());
    let import = log.import(&engine, None, |history| {
        histories.push(history);
        Ok(())
    });
    add("log_import", value(wire::log::write_import(&histories, &import.unwrap())));
    add("log", log_json);

    add("engine", value(wire::info::write_engine(&engine)));
    add("digests", value(wire::info::write_digests(&first)));
    add("policy_values", value(wire::policy::write_values(&first.values().unwrap())));
    add("warnings", value(wire::policy::write_warnings(&lint(&first, later))));
    let changes = wire::policy::changes(&first, &next);
    add("changes", value(wire::info::write_changes(&changes)));
    add(
        "place",
        value(wire::policy::write_place(&wire::policy::place(POLICY, "/packages/0/targets/resolution").unwrap())),
    );
    add("change_list", value(wire::policy::write_changes(&changes)));
    let published = revision::publish(&first, None, &admin(), "first revision", opened_at).unwrap();
    let entry = published.clone().into_result().unwrap();
    let previous = Previous { policy: &first, entry: &entry };
    let again = revision::publish(&next, Some(previous), &admin(), "answer faster", later).unwrap();
    add("published", value(wire::info::write_published(&again)));
    let again = again.into_result().unwrap();
    add("policy_chain", value(wire::audit::write_chain(&first.id, &[entry, again.clone()])));
    add("policy_entry", value(wire::audit::write_entry(&again)));

    let decision = engine.open(&opening(), &customer(), opened_at).unwrap();
    add("decision", value(wire::evaluation::write_decision(&decision)));
    let refusal = engine.decide(&opened(), &reply(), &agent(), later).unwrap().into_result().unwrap_err();
    add("refusal", value(wire::evaluation::write_refusal(&refusal)));
    add("visible_tickets", value(wire::evaluation::write_visible(&engine.visible_tickets(&agent()).unwrap())));
    let linked = decision.clone().into_result().unwrap().linked(&engine, None, opened_at).unwrap();
    let linked = linked.with_rows(&engine, None, opened_at, "Asia/Jakarta").unwrap();
    add("ticket_values", value(wire::linked::write_values(&linked.values)));
    let linked = sla_core::engine::Decision::Accepted(linked);
    let failed = wire::command::read("{").unwrap_err();
    add(
        "answers",
        json!([
            value(wire::linked::write_of_batch(&Ok(linked.clone()))),
            value(wire::linked::write_of_batch(&Err(failed))),
        ]),
    );
    add("linked", value(wire::linked::write(&linked)));
    let (open, closed) = (opened(), closed());
    let overdue = engine.due_events(&open, later).unwrap();
    add("event", value(wire::ticket::write_event(&closed.events()[2])));
    add("events", value(wire::ticket::write_events(&overdue.events)));
    add("history", value(wire::ticket::write_history(&closed)));
    add("snapshot", value(wire::snapshot::write(&overdue.ticket)));
    let rows = engine.history_rows(None, &closed, now, "Asia/Jakarta").unwrap();
    add("ticket_rows", value(wire::rows::write(&rows)));
    let opening_event = decision.into_result().unwrap().events;
    let events = opening_event.iter().chain(&overdue.events);
    let escalated = engine.ticket_rows(None, &overdue.ticket, events, later, "UTC").unwrap();
    add("row_state", value(wire::rows::write_state(&escalated.state)));
    let evaluation = engine.evaluate(&open, at("2026-03-02T13:30:00Z")).unwrap();
    add("evaluation", value(wire::evaluation::write(&evaluation)));
    let mut altered = closed.events().to_vec();
    std::sync::Arc::make_mut(&mut altered[1].actor).role = sla_core::ticket::Role::Customer;
    let altered = sla_core::ticket::History::new(altered).unwrap();
    let verified = engine.verify(&altered, Some(closed.ticket())).unwrap();
    add("history_verification", value(wire::verification::write(&verified)));
    let apply = sla_core::ticket::Apply::Retroactive;
    let run = candidate.dry_run([&open, closed.ticket()], apply, at("2026-03-02T10:45:00Z")).unwrap();
    add("dry_run", value(wire::evaluation::write_dry_run(&run)));
    let explanation = engine.explain(&closed, "resolution", None, now).unwrap();
    add("explanation", value(wire::explanation::write(&explanation)));
    add("ledger", value(wire::explanation::write_ledger(&engine.ledger(&closed, now).unwrap())));

    let grouping = json!({"dimensions": ["package", "agent"], "period": {"unit": "week", "time_zone": "Asia/Jakarta"}});
    let by = Grouping::by(&[Dimension::Package, Dimension::Agent]);
    let mut aggregate =
        Aggregate::new(by.with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded()).unwrap());
    aggregate.add(&engine, &closed, &engine.evaluate(closed.ticket(), now).unwrap()).unwrap();
    add("grouping", grouping);
    add(
        "plan",
        json!({"timers": ["first_response", "resolution"], "kinds": [{"package": "starter", "channel": "email"}]}),
    );
    add("aggregate", value(wire::analytics::write(&aggregate)));
    add("report", value(wire::analytics::write_report(&Report::of(&aggregate).unwrap())));
    let agents = analytics::agents(&aggregate, &engine.policy().objectives).unwrap();
    add("agents", value(wire::analytics::write_agents(&agents)));

    let mut what_if = WhatIf::new(&engine, &Engine::compile(next.clone()).unwrap());
    let compared = what_if.add(&closed, now).unwrap();
    add("flip", value(wire::what_if::write_flip(&compared.flips[0])));
    add("compared", value(wire::what_if::write_compared(&compared)));
    add("comparison", value(wire::what_if::write(what_if.comparison())));
    let mut alerts = Alerts::new(&next.objectives);
    let alerts: Vec<Value> = overdue
        .events
        .iter()
        .flat_map(|event| alerts.observe(event, Some(later)))
        .map(|alert| value(wire::alert::write(&alert)))
        .collect();
    let mut watch = Alerts::new(&next.objectives);
    overdue.events.iter().for_each(|event| drop(watch.observe(event, None)));
    add("alert_memory", value(wire::alert::write_memory(&watch)));
    let counts = json!({"first_response": [{"at_us": 1_772_460_000_000_000_i64, "decided": 20, "breached": 3}]});
    let read = wire::alert::read_counts(counts.to_string()).unwrap();
    add("burns", value(wire::alert::write_burns(&sla_core::alert::burns(&next.objectives, &read, later).unwrap())));
    add("burn_counts", counts);
    add("alert", alerts[0].clone());
    add("alerts", alerts.into());
    let mut soonest = AtRisk::new(10);
    soonest.add(&open.id, &evaluation);
    add("at_risk", value(wire::evaluation::write_at_risk(&soonest.into_sorted())));

    let mut chain = Chain::new(open.id.clone());
    let mut entries = chain.extend(closed.events().iter().take(2).cloned(), later).unwrap();
    let lines: Vec<Value> = entries.iter().map(|entry| value(wire::audit::write_entry(entry))).collect();
    add("ticket_entry", lines[0].clone());
    add("ticket_entries", lines.into());
    add("ticket_chain", value(wire::audit::write_chain(chain.id(), &entries)));
    add("head", value(wire::audit::write_head(chain.head())));
    add("heads", json!([value(wire::audit::write_head(chain.head()))]));
    add("pins", value(wire::audit::write_heads(&[chain.head().clone()])));
    let mut log = Chain::new(sla_core::Id::new("support-access").unwrap());
    let denial = log.deny(&agent(), Some(open.id), refusal, later);
    add("access_entry", value(wire::audit::write_entry(&denial)));
    add("access_chain", value(wire::audit::write_chain(log.id(), &[denial])));
    entries[1].content.at = opened_at;
    let tampering = audit::verify(chain.id(), &entries, &[]).unwrap_err();
    add("tampering", value(wire::audit::write_tampering(&tampering)));
    found
}

/// The generated schemas, each of a whole document with its example.
fn schema() -> Value {
    let mut schema: Value = serde_json::from_str(&wire::documents_schema()).unwrap();
    for (name, example) in examples() {
        let document = schema["$defs"].get_mut(name).unwrap_or_else(|| panic!("no schema is called `{name}`"));
        document["examples"] = json!([example]);
    }
    schema
}

/// The names of whole documents; those of their parts begin with a capital.
fn names(schema: &Value) -> Vec<&str> {
    let definitions = schema["$defs"].as_object().unwrap();
    definitions.keys().map(String::as_str).filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).collect()
}

#[test]
fn the_schemas_of_documents_are_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/documents.schema.json");
    let generated = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == generated, "run `UPDATE_SCHEMA=1 cargo test -p sla-tests documents`");
}

#[test]
fn every_document_has_a_title_a_description_and_an_example_that_fits() {
    let schema = schema();
    let mut found = Vec::new();
    for name in names(&schema) {
        let document = &schema["$defs"][name];
        let has = |key: &str| document[key].as_str().is_some_and(|text| !text.is_empty());
        assert!(has("title") && has("description"), "{name}");
        let example = &document["examples"][0];
        assert!(!example.is_null(), "{name} has no example");
        found.extend(faults_of(&schema, document, example).into_iter().map(|fault| format!("{name}{fault}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_document_stands_on_the_page() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/documents.md")).unwrap();
    let schema = schema();
    for name in names(&schema) {
        assert!(page.contains(&format!("| `{name}` |")), "docs/documents.md does not list `{name}`");
    }
}

#[test]
fn a_fault_of_form_is_found_by_the_schemas() {
    let schema = schema();
    let fault = |name: &str, place: &str, wrong: Value| {
        let mut document = schema["$defs"][name]["examples"][0].clone();
        *document.pointer_mut(place).unwrap() = wrong;
        faults_of(&schema, &schema["$defs"][name], &document)
    };
    assert!(!fault("evaluation", "/timers/first_response/cycles/0/due_at", json!("out_of_horizon")).is_empty());
    assert!(!fault("history", "/events/0/data/customer", json!(7)).is_empty());
    assert!(!fault("snapshot", "/timers/0/cycles/0/promise/target_us", json!(-1)).is_empty());
    assert!(!fault("command", "/command", json!("rply")).is_empty());
    let mut more = schema["$defs"]["report"]["examples"][0].clone();
    more["total"]["tickets"]["lost"] = json!(1);
    assert_eq!(faults_of(&schema, &schema["$defs"]["report"], &more), ["/total/tickets/lost: not described"]);
    assert_eq!(faults(&json!({"type": "string"}), &json!("text")), Vec::<String>::new());
}

#[test]
fn a_fault_of_a_value_is_worded_by_its_own_reader() {
    let history = examples()["history"].clone();
    let fault = |place: &str, wrong: Value| {
        let mut document = history.clone();
        *document.pointer_mut(place).unwrap() = wrong;
        let error = wire::ticket::read_history(document.to_string()).unwrap_err();
        (error.code().to_string(), error.path().to_owned(), error.message().to_owned(), error.help_text().to_owned())
    };
    let (code, path, message, help) = fault("/events/0/at", json!("a; b"));
    assert_eq!((code.as_str(), path.as_str()), ("invalid_timestamp", "/events/0/at"));
    assert_eq!(message, "`a; b` is not an instant");
    assert!(help.starts_with("write it as `2026-03-02T15:30:00Z`"), "{help}");
    let (code, path, message, _) = fault("/events/0/data/customer", json!(" kim; x: y"));
    assert_eq!((code.as_str(), path.as_str()), ("invalid_id", "/events/0/data/customer"));
    assert_eq!(message, "an id has white space around it or a character that does not show");
    let (code, path, message, _) = fault("/events/0/changes/0/change/started/promise/target_us", json!(-5));
    assert_eq!(code, "invalid_duration");
    assert!(path.starts_with("/events/0/changes/0/change/"), "{path}");
    assert!(message.contains("-5"), "{message}");
}

#[test]
fn a_fault_of_kind_names_no_types_of_rust() {
    let history = examples()["history"].clone();
    let fault = |place: &str, wrong: Value| {
        let mut document = history.clone();
        *document.pointer_mut(place).unwrap() = wrong;
        wire::ticket::read_history(document.to_string()).unwrap_err().to_string()
    };
    for (place, wrong, expected) in [
        ("/events/0/seq", json!("0"), "/events/0/seq: found a text, expected a whole number from 0 to 4294967295"),
        (
            "/events/0/seq",
            json!(1.5),
            "/events/0/seq: found the number `1.5`, expected a whole number from 0 to 4294967295",
        ),
        ("/events/0/actor", json!(["agent"]), "/events/0/actor: found a list, expected an object"),
        ("/events/0/actor/role", json!(null), "/events/0/actor/role: found null, expected a text"),
        ("/events/0/data", json!({}), "/events/0/data: missing field `customer`"),
        ("/events/0/at", json!({}), "/events/0/at: found an object, expected a text"),
    ] {
        assert_eq!(fault(place, wrong), expected);
    }
    assert!(
        fault("/events/0/actor/role", json!("boss"))
            .starts_with("/events/0/actor/role: `boss` is not known here; one of: customer, agent, admin, system")
    );
    let nothing_more = wire::command::read(r#"{"command": "close", "reason": "done"}"#).unwrap_err().to_string();
    assert_eq!(nothing_more, "/reason: unknown field `reason`");
}
