//! A policy without problems, with its calendars compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use super::rules::written_timers;
use super::{Policy, digest};
use crate::calendar::{Calendar, Hours, MAX_TABLE_BYTES, TableBudget, ZoneCache, ZoneDatabase};
use crate::digest::Digest;
use crate::error::Error;
use crate::id::Id;
use crate::package::{MAX_EXTENDS, Package, Target, Variant};

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
    /// The places of the packages, in the order of their ids.
    packages_by_id: Vec<usize>,
    /// What the tables of the calendars hold together.
    tables: Arc<TableBudget>,
    /// The zones that it was checked with.
    zones: Arc<ZoneCache>,
    zones_version: String,
    is_close_to_size_limit: bool,
}

/// What a package states for one timer.
pub(crate) struct StatedTerms<'a> {
    /// The target, which may be none, with the package that states it.
    pub(crate) target: Option<(&'a Package, &'a Target)>,
    /// The calendar in which a target counts that names none; absent without the package only.
    pub(crate) calendar: Option<&'a Id>,
}

impl CheckedPolicy {
    pub(crate) fn new(policy: Policy, calendars: &BTreeMap<Id, Arc<Calendar>>, zones: &ZoneDatabase) -> Self {
        let mut by_id: Vec<(&Id, usize)> = policy.packages.iter().map(|package| &package.id).zip(0..).collect();
        by_id.sort_unstable();
        let packages_by_id = by_id.into_iter().map(|(_, place)| place).collect();
        let tables = TableBudget::new(MAX_TABLE_BYTES);
        let calendars = in_budget(calendars, &tables);
        Self {
            policy,
            calendars,
            packages_by_id,
            tables,
            zones: Arc::new(ZoneCache::new(zones.clone())),
            zones_version: zones.version(),
            is_close_to_size_limit: false,
        }
    }

    /// Makes tables of its own for its calendars, which count in `tables`.
    pub(crate) fn with_tables(self, tables: &Arc<TableBudget>) -> Self {
        Self { calendars: in_budget(&self.calendars, tables), tables: Arc::clone(tables), ..self }
    }

    pub(crate) const fn tables(&self) -> &Arc<TableBudget> {
        &self.tables
    }

    /// Returns the zones that it was checked with.
    pub(crate) fn zones(&self) -> &ZoneCache {
        &self.zones
    }

    /// Notes that the document that it was made of is nearly as large as it may be.
    pub(crate) fn close_to_size_limit(self, is_close_to_size_limit: bool) -> Self {
        Self { is_close_to_size_limit, ..self }
    }

    pub(crate) const fn is_close_to_size_limit(&self) -> bool {
        self.is_close_to_size_limit
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

    /// Returns a package by its id.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// assert_eq!(policy().package("pro").map(|package| package.rank), Some(2));
    /// assert_eq!(policy().package("gold"), None);
    /// ```
    #[must_use]
    pub fn package(&self, id: &str) -> Option<&Package> {
        let at = |place: &usize| self.policy.packages.get(*place);
        // INVARIANT: every place is one of a package.
        let found =
            self.packages_by_id.binary_search_by(|place| at(place).map(|package| package.id.as_str()).cmp(&Some(id)));
        at(self.packages_by_id.get(found.ok()?)?)
    }

    /// Returns a package and those that it extends, the nearest first, at most [`MAX_EXTENDS`].
    pub(crate) fn chain<'a>(&'a self, package: Option<&'a Package>) -> impl Iterator<Item = &'a Package> {
        let base = |package: &&'a Package| self.package(package.extends.as_ref()?.as_str());
        std::iter::successors(package, base).take(MAX_EXTENDS)
    }

    /// Returns what a package states for a timer, itself or by those that it extends; without a timer the calendar only.
    /// `variant_of` says which of the variants that a package of the chain states holds.
    #[inline]
    pub(crate) fn stated_terms<'a>(
        &'a self,
        package: Option<&'a Package>,
        timer: Option<&Id>,
        variant_of: impl Fn(&'a Package) -> Option<&'a Variant>,
    ) -> StatedTerms<'a> {
        let (mut target, mut calendar) = (None, None);
        let mut hides_variants = false;
        for package in self.chain(package) {
            let variant = if hides_variants { None } else { variant_of(package) };
            hides_variants |= package.variants.is_some();
            let of_variant = variant.and_then(|variant| variant.targets.get(timer?));
            let own = || of_variant.or_else(|| package.targets.get(timer?)).map(|target| (package, target));
            target = target.or_else(own);
            let own_calendar = variant.and_then(|variant| variant.calendar.as_ref());
            calendar = calendar.or(own_calendar).or(package.calendar.as_ref());
            if target.is_some() && calendar.is_some() {
                break;
            }
        }
        StatedTerms { target, calendar }
    }

    /// Returns the timers that are measured: those that the policy lists, and those that some package has a target for.
    pub(crate) fn measured(&self) -> BTreeSet<&Id> {
        let promised = self.packages.iter().flat_map(Package::promised);
        promised.chain(written_timers(self).map(|rules| &rules.id)).collect()
    }

    /// Returns the channels that a package includes, its own or those of the nearest package that it extends.
    pub(crate) fn channels_of<'a>(&'a self, package: &'a Package) -> &'a [Id] {
        self.chain(Some(package)).find_map(|package| package.channels.as_deref()).unwrap_or_default()
    }

    /// Returns the label that reports group a package by, its own or that of the nearest package that it extends.
    pub(crate) fn priority_of<'a>(&'a self, package: &'a Package) -> Option<&'a Id> {
        self.chain(Some(package)).find_map(|package| package.priority.as_ref())
    }

    /// Returns the digest of everything that answers under the policy follow from: the policy, the release of the
    /// time-zone database and the zones that the policy uses.
    #[must_use]
    pub fn rules_digest(&self) -> Digest {
        digest::rules_digest(&self.policy, &self.zones_version, &self.calendars)
    }
}

/// Returns the calendars with tables of their own, which count in `tables`.
fn in_budget(calendars: &BTreeMap<Id, Arc<Calendar>>, tables: &Arc<TableBudget>) -> BTreeMap<Id, Arc<Calendar>> {
    let (made_of_others, own): (Vec<_>, Vec<_>) =
        calendars.iter().partition(|(_, calendar)| matches!(calendar.rules().hours, Hours::AnyOf(_)));
    let mut moved = BTreeMap::new();
    for (id, calendar) in own {
        moved.insert(id.clone(), Arc::new(calendar.in_budget(tables, Box::default())));
    }
    for (id, calendar) in made_of_others {
        let Hours::AnyOf(members) = &calendar.rules().hours else { continue };
        let members = members.iter().filter_map(|member| moved.get(member).cloned()).collect();
        moved.insert(id.clone(), Arc::new(calendar.in_budget(tables, members)));
    }
    moved
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
