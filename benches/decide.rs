//! Deciding a command on a ticket of 20 events, linking what happened into a chain, asking whether somebody may.

use divan::Bencher;
use sla_benches::{engine, history};
use sla_core::audit::Chain;
use sla_core::engine::Decision;
use sla_core::ticket::Action;
use sla_core::ticket::{Actor, Command, Role};
use sla_core::time::Timestamp;
use sla_core::wire;

fn main() {
    divan::main();
}

fn reply() -> Command {
    wire::command::read(
        r#"{"command": "reply", "channel": "whatsapp", "message": {"message_ref": "m",
            "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}}"#,
    )
    .unwrap()
}

#[divan::bench]
fn decide_reply(bencher: Bencher) {
    let engine = engine();
    let history = history(&engine);
    let (ana, reply) = (Actor::new(Role::Agent, "ana"), reply());
    let now = Timestamp::from_micros(history.ticket().last_at.as_micros() + 1_000_000);
    assert!(matches!(engine.decide(history.ticket(), &reply, &ana, now), Ok(Decision::Accepted(_))));
    bencher.bench(|| engine.decide(history.ticket(), &reply, &ana, now).unwrap());
}

/// 20 entries of one chain, without making the events.
#[divan::bench]
fn link_20_entries(bencher: Bencher) {
    let history = history(&engine());
    let events = history.events();
    assert_eq!(events.len(), 20);
    bencher.with_inputs(|| events.to_vec()).bench_values(|events| {
        let mut chain = Chain::new(history.ticket().id.clone());
        chain.extend(events, history.ticket().last_at).unwrap()
    });
}

#[divan::bench(sample_size = 1000)]
fn authorize(bencher: Bencher) {
    let engine = engine();
    let history = history(&engine);
    let ana = Actor::new(Role::Agent, "ana");
    bencher.bench(|| engine.authorize(&ana, Action::Reply, Some(history.ticket())));
}
