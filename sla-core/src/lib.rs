//! An embeddable rules engine for support promises.
//!
//! The crate holds no storage, does no I/O and reads no clock: instants come in as arguments, answers go out as
//! values. See [`calendar`] for when support time counts and [`time`] for the units.

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
pub mod log;
pub mod monitor;
pub mod package;
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
#[doc = include_str!("../../README.md")]
struct Readme;

pub use digest::Digest;
pub use engine::Engine;
pub use error::{Error, ErrorCode};
pub use id::{Id, MAX_ID_BYTES};
