//! The C interface: opaque handles, lengths with every pointer, errors as objects. `include/sla.h` is made of the
//! comments here and is the manual.
//!
//! Every function converts and calls; nothing is decided here. Pointers are read, written and taken back by the helpers
//! of [`boundary`] only, and no panic leaves [`boundary::guard`].

#![allow(non_camel_case_types, reason = "the names are those of C")]

// Public as far as the fuzz tests call them; hosts use the header.
mod access;
mod alert;
pub mod analytics;
mod at_risk;
mod audit;
mod boundary;
mod cache;
mod calendar;
mod columns;
pub mod engine;
pub mod error;
mod explain;
mod linked;
pub mod log;
pub mod policy;
pub mod string;
pub mod ticket;
mod values;
mod version;
mod what_if;
pub mod zones;
