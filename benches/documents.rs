//! A ticket of 20 events as documents: what a host pays that keeps tickets as JSON.

use divan::Bencher;
use sla_benches::{engine, history};
use sla_core::ticket::{Actor, History, Role};
use sla_core::time::Timestamp;
use sla_core::{Engine, wire};

const REPLY: &str = r#"{"command": "reply", "channel": "whatsapp", "message": {"message_ref": "m",
    "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}}"#;

fn main() {
    divan::main();
}

fn desk() -> (Engine, History, Timestamp) {
    let engine = engine();
    let history = history(&engine);
    let now = Timestamp::from_micros(history.ticket().last_at.as_micros() + 1_000_000);
    (engine, history, now)
}

#[divan::bench]
fn read_snapshot(bencher: Bencher) {
    let (_, history, _) = desk();
    let snapshot = wire::snapshot::write(history.ticket());
    bencher.bench(|| wire::ticket::read_ticket(&snapshot).unwrap());
}

#[divan::bench]
fn read_history(bencher: Bencher) {
    let (_, history, _) = desk();
    let text = wire::ticket::write_history(&history);
    bencher.bench(|| wire::ticket::read_history(&text).unwrap());
}

#[divan::bench]
fn read_command(bencher: Bencher) {
    bencher.bench(|| wire::command::read(REPLY).unwrap());
}

#[divan::bench]
fn write_snapshot(bencher: Bencher) {
    let (_, history, _) = desk();
    bencher.bench(|| wire::snapshot::write(history.ticket()));
}

#[divan::bench]
fn write_decision(bencher: Bencher) {
    let (engine, history, now) = desk();
    let reply = wire::command::read(REPLY).unwrap();
    let decision = engine.decide(history.ticket(), &reply, &Actor::new(Role::Agent, "ana"), now).unwrap();
    bencher.bench(|| wire::evaluation::write_decision(&decision));
}

#[divan::bench]
fn write_evaluation(bencher: Bencher) {
    let (engine, history, now) = desk();
    let evaluation = engine.evaluate(history.ticket(), now).unwrap();
    bencher.bench(|| wire::evaluation::write(&evaluation));
}
