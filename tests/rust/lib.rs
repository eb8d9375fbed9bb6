//! What the tests share: the files of the project, slow oracles, a reference model of tickets, policies by hand and at
//! random, a schema check, stories, random streams, transcripts and the vector format.

pub mod always;
pub mod files;
pub mod oracle;
pub mod policies;
pub mod reference;
pub mod schema;
pub mod stories;
pub mod streams;
pub mod terms_streams;
pub mod timer_oracle;
pub mod transcript;
pub mod vectors;

/// Runs the examples of the project's page.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
