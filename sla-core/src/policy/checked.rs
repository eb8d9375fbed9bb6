//! A policy without problems, with its calendars compiled.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use super::{Policy, digest};
use crate::calendar::{Calendar, ZoneDatabase};
use crate::digest::Digest;
use crate::error::Error;
use crate::id::Id;

/// A policy without problems, together with its compiled calendars: what an engine is made of.
///
/// [`crate::wire::policy::read`] makes it of a document, [`super::check`] of a [`Policy`] made by hand. It reads as the
/// policy that it holds. Cheap to clone but for the policy itself: calendars are shared.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::calendar::ZoneDatabase;
/// use sla_core::{Engine, policy, wire};
///
/// let checked = wire::policy::read(POLICY)?;
/// assert_eq!(checked.packages[0].name, "Starter");
///
/// let mut other = checked.into_policy();
/// other.version = 2;
/// let engine = Engine::compile(policy::check(other, &ZoneDatabase::embedded())?)?;
/// assert_eq!(engine.policy().version, 2);
/// # Ok::<(), sla_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CheckedPolicy {
    policy: Policy,
    /// INVARIANT: one for each calendar of the policy.
    calendars: BTreeMap<Id, Arc<Calendar>>,
    zones_version: String,
}

impl CheckedPolicy {
    pub(crate) fn new(policy: Policy, calendars: BTreeMap<Id, Arc<Calendar>>, zones: &ZoneDatabase) -> Self {
        Self { policy, calendars, zones_version: zones.version() }
    }

    /// Returns the policy, to be changed and checked again.
    #[must_use]
    pub fn into_policy(self) -> Policy {
        self.policy
    }

    /// Returns its calendars by id, compiled.
    #[must_use]
    #[inline]
    pub const fn compiled_calendars(&self) -> &BTreeMap<Id, Arc<Calendar>> {
        &self.calendars
    }

    /// Returns the digest of everything that answers under the policy follow from: the policy, the release of the
    /// time-zone database and the zones that the policy uses.
    #[must_use]
    pub fn rules_digest(&self) -> Digest {
        digest::rules_digest(&self.policy, &self.zones_version, &self.calendars)
    }
}

impl Deref for CheckedPolicy {
    type Target = Policy;

    #[inline]
    fn deref(&self) -> &Policy {
        &self.policy
    }
}

/// Equal when the policies are, and the releases of the time-zone rules that they were checked with.
impl PartialEq for CheckedPolicy {
    fn eq(&self, other: &Self) -> bool {
        (&self.policy, &self.zones_version) == (&other.policy, &other.zones_version)
    }
}

impl Eq for CheckedPolicy {}

impl TryFrom<Policy> for CheckedPolicy {
    type Error = Error;

    /// Checks a policy with the embedded time zones.
    fn try_from(policy: Policy) -> Result<Self, Error> {
        super::check(policy, &ZoneDatabase::embedded())
    }
}
