//! What the tests share: a slow oracle, random policies, a schema check, stories and the vector format.

pub mod oracle;
pub mod policies;
pub mod schema;
pub mod stories;
pub mod vectors;
