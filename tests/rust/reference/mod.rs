//! The reference model: what the specification says of the timers of a ticket, written without the engine.
//!
//! It takes the events that people made, knows nothing of what the engine recorded beside them, and derives every timer
//! and every automatic event by walking through time from the opening, anew for every question. It knows sums of open
//! time and dates from the calendar oracle.

pub mod cycle;
pub mod policy;
pub mod ticket;
