//! An embeddable rules engine for support promises.
//!
//! The crate holds no storage, does no I/O and reads no clock: instants come in as arguments, answers go out as
//! values. See [`calendar`] for when support time counts and [`time`] for the units.

#![forbid(unsafe_code)]

pub mod calendar;
mod error;
pub mod time;

pub use error::{Error, ErrorCode};
