//! Every Rust test, in one program: linking it once takes less time than linking one program a file.

mod alerts;
mod analytics;
mod at_risk;
mod audit;
mod bindings;
mod c_header;
mod calendar_laws;
mod calendar_vectors;
mod columns;
mod edges;
mod explain;
mod hostile_documents;
mod layering;
mod logs;
mod monitor;
mod no_bypass;
mod policy_digest;
mod policy_document;
mod policy_lint;
mod policy_problems;
mod reports;
mod ticket_laws;
mod ticket_scenarios;
mod ticket_vectors;
mod what_if;
mod zones;
