//! The C interface: opaque handles, lengths with every pointer, errors as objects. `include/sla.h` is made of the
//! comments here and is the manual.
//!
//! Every function converts and calls; nothing is decided here. Pointers are read, written and taken back by the helpers
//! of [`boundary`] only, and no panic leaves [`boundary::guard`].

#![allow(non_camel_case_types, reason = "the names are those of C")]

mod access;
mod alert;
mod analytics;
mod at_risk;
mod audit;
mod boundary;
mod cache;
mod calendar;
mod columns;
mod engine;
mod error;
mod explain;
mod log;
mod policy;
mod string;
mod ticket;
mod version;
mod what_if;
mod zones;
