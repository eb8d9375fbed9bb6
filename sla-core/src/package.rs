//! What a customer bought: the subscription level with its channels, hours and targets.

use std::collections::BTreeMap;

use crate::id::Id;
use crate::time::BusinessDuration;

/// A subscription level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Unique within the policy.
    pub id: Id,
    /// The name people see.
    pub name: String,
    /// The order of packages, higher is better; two packages may share a rank.
    pub rank: u32,
    /// The channels a ticket of this package may use, as ids of the policy's channels.
    pub channels: Vec<Id>,
    /// The calendar in which targets count, unless a variant names another.
    pub calendar: Id,
    /// The target of each timer by timer id; a timer without one promises nothing.
    pub targets: BTreeMap<Id, BusinessDuration>,
    /// A label that reports group by; no decision reads it.
    pub priority: Option<Id>,
    /// Deviations, in order; the first whose condition holds applies.
    pub variants: Vec<Variant>,
}

impl Package {
    /// Returns the timers that it may promise anything for.
    pub fn promised(&self) -> impl Iterator<Item = &Id> {
        self.targets.keys().chain(self.variants.iter().flat_map(|variant| variant.targets.keys()))
    }
}

/// A deviation from a package's calendar and targets for some tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// When it applies.
    pub when: Condition,
    /// Targets that replace the package's, by timer id; timers not named keep the package's.
    pub targets: BTreeMap<Id, BusinessDuration>,
    /// The calendar that replaces the package's.
    pub calendar: Option<Id>,
}

/// A condition on a ticket; every stated part must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// The channel of the event that starts the cycle.
    pub channel: Option<Id>,
    /// The ticket's severity.
    pub severity: Option<Id>,
    /// The ticket's category.
    pub category: Option<Id>,
}
