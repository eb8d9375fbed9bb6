//! The tests that notice another decision, as a program of their own: it is built and run once for each mutant.

mod audit;
mod edges;
mod monitor;
mod terms_laws;
mod ticket_laws;
mod ticket_scenarios;
mod ticket_vectors;
mod transitions;
mod visible;
