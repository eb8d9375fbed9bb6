//! What the tests share: slow oracles, random policies, a schema check, stories and the vector format.

pub mod oracle;
pub mod policies;
pub mod schema;
pub mod stories;
pub mod timer_oracle;
pub mod vectors;
