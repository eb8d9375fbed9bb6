//! The tests that notice another decision, as a program of their own: it is built and run once for each mutant.

mod audit;
mod edges;
mod many_steps;
mod monitor;
mod snapshots;
mod terms_laws;
mod terms_properties;
mod ticket_laws;
mod ticket_scenarios;
mod ticket_vectors;
mod transitions;
mod verify;
mod visible;
