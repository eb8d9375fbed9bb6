//! What a customer bought: the subscription level with its channels, hours and targets.

use std::collections::BTreeMap;

use crate::calendar::{Calendar, DayTime, HORIZON_US, LocalTime};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::time::{BusinessDuration, Timestamp};

/// The most packages of one chain of `extends`, the extending one included.
pub const MAX_EXTENDS: usize = 8;

/// A subscription level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Unique within the policy.
    pub id: Id,
    /// The name people see.
    pub name: String,
    /// The order of packages, higher is better; two packages may share a rank.
    pub rank: u32,
    /// The package that says what this one leaves out.
    pub extends: Option<Id>,
    /// The channels a ticket of this package may use, as ids of the policy's channels.
    pub channels: Option<Vec<Id>>,
    /// The calendar in which targets count, unless a variant or a target names another.
    pub calendar: Option<Id>,
    /// The target of each timer by timer id; a timer without one promises nothing.
    pub targets: BTreeMap<Id, Target>,
    /// A label that reports group by; no decision reads it.
    pub priority: Option<Id>,
    /// Deviations, in order; the first whose condition holds applies.
    pub variants: Option<Vec<Variant>>,
}

impl Package {
    /// Returns the variants that the package itself states.
    #[must_use]
    pub fn own_variants(&self) -> &[Variant] {
        self.variants.as_deref().unwrap_or_default()
    }

    /// Returns the timers that it states a promise for, itself or in a variant of its own; a package that it extends may
    /// promise more.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let policy = policy();
    /// assert!(policy.packages[0].promised().any(|timer| timer.as_str() == "resolution"));
    /// ```
    pub fn promised(&self) -> impl Iterator<Item = &Id> {
        let own = self.targets.iter();
        let variants = self.own_variants().iter().flat_map(|variant| variant.targets.iter());
        own.chain(variants).filter(|(_, target)| **target != Target::None).map(|(timer, _)| timer)
    }
}

/// A deviation from a package's calendar and targets for some tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// When it applies.
    pub when: Condition,
    /// Targets that replace the package's, by timer id; timers not named keep the package's.
    pub targets: BTreeMap<Id, Target>,
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
    /// A calendar that is open at the instant of the event that starts the cycle.
    pub during: Option<Id>,
    /// A calendar that is closed then.
    pub outside: Option<Id>,
}

/// What a package promises for a timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Nothing, also where the package that is extended promises something.
    None,
    /// A length of business time.
    Within {
        /// More than zero.
        duration: BusinessDuration,
        /// The calendar in which it counts, in place of the variant's or the package's.
        calendar: Option<Id>,
    },
    /// An instant on a later business day.
    BusinessDays(BusinessDays),
}

impl From<BusinessDuration> for Target {
    fn from(duration: BusinessDuration) -> Self {
        Self::Within { duration, calendar: None }
    }
}

impl Target {
    /// Returns the calendar of its own.
    #[must_use]
    pub const fn calendar(&self) -> Option<&Id> {
        match self {
            Self::None => None,
            Self::Within { calendar, .. } => calendar.as_ref(),
            Self::BusinessDays(days) => days.calendar.as_ref(),
        }
    }
}

/// A target that ends on a business day, as [`Calendar::business_days`](crate::calendar::Calendar::business_days) counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessDays {
    /// How many business days after the day of receipt; 0 is that day.
    pub days: u32,
    /// The local time on that day.
    pub by: DayTime,
    /// What is received at or after this local time counts as received on the next business day.
    pub cut_off: Option<LocalTime>,
    /// The calendar in which it counts, in place of the variant's or the package's.
    pub calendar: Option<Id>,
}

impl BusinessDays {
    /// Returns the promised length, counted from `from` in a calendar; longer than any open time within the horizon where
    /// the promised instant lies beyond it.
    pub(crate) fn length(&self, calendar: &Calendar, from: Timestamp) -> Result<BusinessDuration, Error> {
        match calendar.business_days(from, self.days, self.by, self.cut_off) {
            Err(error) if error.code() == ErrorCode::OutOfHorizon && HORIZON_US.contains(&from.as_micros()) => {
                BusinessDuration::from_micros(HORIZON_US.end)
            }
            length => length,
        }
    }
}
