//! How a request came.

use crate::id::Id;

/// A channel that the policy knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Unique within the policy.
    pub id: Id,
    /// The name people see.
    pub name: String,
}
