//! What the tests share: a slow oracle and the vector format.

pub mod oracle;
pub mod vectors;
