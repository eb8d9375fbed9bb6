//! JSON in, JSON out: the formats of documents, their limits, and the places of faults.

pub mod alert;
pub mod analytics;
pub mod audit;
pub mod columns;
pub mod command;
pub mod evaluation;
pub mod explanation;
mod fields;
pub mod info;
mod json;
mod lines;
pub mod linked;
pub mod log;
mod node;
pub mod policy;
mod reader;
pub mod rows;
#[cfg(feature = "schema")]
mod schema;
pub mod snapshot;
pub mod ticket;
mod tree;
pub mod verification;
pub mod what_if;

#[cfg(feature = "schema")]
pub use self::schema::documents_schema;
pub use self::tree::{MAX_DOCUMENT_BYTES, MAX_HISTORY_BYTES};
