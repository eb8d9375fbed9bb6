//! What the tests share: a slow oracle, random policies, a schema check and the vector format.

pub mod oracle;
pub mod policies;
pub mod schema;
pub mod vectors;
