//! A rules engine for support tickets: what was promised, when it is due, who may do what, and what happened.
//!
//! The crate stores nothing, does no I/O and reads no clock. Instants come in as arguments, answers go out as values, and
//! the same input gives the same answer on every machine. There is no floating point in a decision and no `unsafe` code.
//!
//! # The nouns, in the order one meets them
//!
//! 1. A [`Policy`](policy::Policy) is one JSON document: packages with their channels and targets, calendars, timers,
//!    steps (warnings and escalations), pause rules. [`wire::policy::read`] reads it and reports every problem at once,
//!    each with its place.
//! 2. An [`Engine`] is a compiled policy, or several revisions of one. It is immutable and shared between threads.
//! 3. An actor asks for something with an [`Opening`](ticket::Opening) or a [`Command`](ticket::Command). The engine's
//!    [`Decision`](engine::Decision) is a list of events, or a [`Refusal`](refusal::Refusal) that says what would be
//!    accepted.
//! 4. An [`Event`](ticket::Event) is what happened; the host stores it. A [`Ticket`](ticket::Ticket) is the fold of its
//!    events, a [`History`](ticket::History) the checked list of them.
//! 5. A timer measures one target, for example the first response, in cycles. An
//!    [`Evaluation`](engine::Evaluation) says where each cycle is as of an instant: due, elapsed, remaining or overdue,
//!    running or paused, met or breached; and when to ask again.
//! 6. Histories and evaluations become figures ([`analytics`]), derivations ([`explain`]), comparisons with another
//!    policy ([`what_if`]), alerts ([`alert`]) and hash chains ([`audit`]).
//!
//! # Example
//!
//! ```
//! use sla_core::{Engine, Error, engine::Decision, ticket::{Actor, Role}, time::Timestamp, wire};
//!
//! fn main() -> Result<(), Error> {
//!     let engine = Engine::compile(wire::policy::read(r#"{
//!         "schema": "sla-policy/2", "id": "support", "version": 1,
//!         "calendars": {"office": {"time_zone": "Asia/Jakarta", "weekly": {
//!             "mon": ["08:00-12:00", "13:00-17:00"], "fri": ["08:00-12:00", "13:00-17:00"]}}},
//!         "channels": [{"id": "email", "name": "Email"}, {"id": "whatsapp", "name": "WhatsApp"}],
//!         "packages": [{"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "office",
//!                       "targets": {"first_response": "4h", "resolution": "24h"}}]}"#)?)?;
//!     let opening = wire::command::read_opening(r#"{"command": "open", "ticket": "T-1", "customer": "kim",
//!         "package": "starter", "channel": "email", "message": {"message_ref": "m-1",
//!         "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}}"#)?;
//!     let now = Timestamp::parse("2026-03-06T15:30:00+07:00")?; // a Friday
//!     match engine.open(&opening, &Actor::new(Role::Customer, "kim"), now)? {
//!         Decision::Refused(refusal) => println!("{refusal}"), // what the policy does not allow, and what it allows
//!         Decision::Accepted(opened) => {
//!             let evaluation = engine.evaluate(&opened.ticket, now)?;
//!             let first_response = &evaluation.timers[0];
//!             assert_eq!(first_response.state().as_str(), "running");
//!             assert_eq!(first_response.due_at(), Some(Timestamp::parse("2026-03-09T10:30:00+07:00")?)); // Monday
//!             // The host stores `opened.events` and the evaluation's `next_check_at`.
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Where to start
//!
//! | to | begin at |
//! |---|---|
//! | add, subtract or measure business time | [`calendar::Calendar`] |
//! | read, validate or lint a policy | [`wire::policy`], [`policy`] |
//! | open tickets and carry out commands | [`Engine::open`], [`Engine::decide`] |
//! | let automatic events happen on time | [`Engine::due_events`], [`Engine::next_check_at`], [`monitor::Monitor`] |
//! | show where a ticket is | [`Engine::evaluate`] |
//! | store and load a ticket | [`wire::ticket`], [`wire::snapshot`] |
//! | say why an instant is the due one | [`explain`] |
//! | import tickets of another system | [`Engine::import`] |
//! | report compliance, durations, agents | [`analytics::Aggregate`], [`analytics::Report`] |
//! | evaluate columns of many tickets | [`columns`] |
//! | know what is wrong with an input | [`Error`], [`ErrorCode`] |
//!
//! # Units
//!
//! An instant is a [`time::Timestamp`] in microseconds since 1970-01-01T00:00:00Z, a length of business time a
//! [`time::BusinessDuration`]. Calendars answer from 1970-01-01 to 2200-01-01; outside of it the answer is the error
//! `out_of_horizon`, never a clamped instant. Intervals include their start and exclude their end.
//!
//! # Features
//!
//! None is on by default.
//!
//! - `chrono-tz`: a `chrono_tz::Tz` goes wherever a time zone is named. It is a name only; the rules are those of the
//!   [`ZoneDatabase`](calendar::ZoneDatabase).
//! - `jiff`: instants and durations convert from and to those of jiff. Conversions from and to chrono and the standard
//!   library are always there.
//! - `schema`: JSON Schemas of documents, derived from the types.

#![forbid(unsafe_code)]

pub mod access;
pub mod alert;
pub mod analytics;
pub mod at_risk;
pub mod audit;
pub mod calendar;
pub mod channel;
pub mod columns;
mod digest;
pub mod engine;
pub mod entitlement;
mod error;
pub mod escalation;
pub mod explain;
mod id;
pub mod ledger;
pub mod linked;
pub mod log;
pub mod monitor;
pub mod package;
mod pointer;
pub mod policy;
mod record;
pub mod refusal;
pub mod revision;
mod serde_split;
mod serde_text;
mod string_enum;
pub mod ticket;
pub mod time;
mod timer;
mod unknown;
pub mod what_if;
pub mod wire;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use digest::Digest;
pub use engine::Engine;
pub use error::{Error, ErrorCode};
pub use id::{Id, MAX_ID_BYTES};
