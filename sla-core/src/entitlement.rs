//! Which packages include which channels, as a table.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::policy::CheckedPolicy;
use crate::unknown::unknown_id;

/// Which packages include which channels, by their numbers in the policy: a table for hosts that ask often.
///
/// Numbers are those of one policy revision; another one may number otherwise. Nothing is decided with this table:
/// whoever acts asks [`Engine::decide`](crate::Engine::decide), which judges by the ticket's own revision.
#[derive(Debug)]
pub struct Entitlements {
    packages: Numbered,
    channels: Numbered,
    /// The place in `included` of each package: of its own channels, or of those of the package that it extends.
    rows: Vec<usize>,
    /// The numbers of the channels that a package states, in ascending order.
    included: Vec<Vec<usize>>,
}

/// Ids by their numbers, and their numbers in the order of the ids.
#[derive(Debug)]
struct Numbered {
    ids: Vec<Id>,
    by_id: Vec<usize>,
}

impl Numbered {
    fn of(ids: Vec<Id>) -> Self {
        let mut by_id: Vec<(&Id, usize)> = ids.iter().zip(0..).collect();
        by_id.sort_unstable();
        let by_id = by_id.into_iter().map(|(_, number)| number).collect();
        Self { ids, by_id }
    }

    fn number(&self, id: &str) -> Option<usize> {
        let found = self.by_id.binary_search_by(|number| self.ids.get(*number).map(Id::as_str).cmp(&Some(id)));
        self.by_id.get(found.ok()?).copied()
    }
}

impl Entitlements {
    pub(crate) fn of(policy: &CheckedPolicy) -> Self {
        let channels = Numbered::of(policy.channels.iter().map(|channel| channel.id.clone()).collect());
        // A package without channels of its own has the row of the nearest one with some: cost follows the document.
        let mut stating: BTreeMap<&Id, usize> = BTreeMap::new();
        let mut included = Vec::new();
        for package in &policy.packages {
            if let Some(stated) = &package.channels {
                stating.insert(&package.id, included.len());
                let mut row: Vec<usize> = stated.iter().filter_map(|id| channels.number(id.as_str())).collect();
                row.sort_unstable();
                included.push(row);
            }
        }
        let row = |package| {
            let place = policy.chain(Some(package)).find_map(|package| stating.get(&package.id).copied());
            place.unwrap_or(included.len())
        };
        let rows = policy.packages.iter().map(row).collect();
        let packages = Numbered::of(policy.packages.iter().map(|package| package.id.clone()).collect());
        Self { packages, channels, rows, included }
    }

    /// Returns the number of a package, from 0.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let engine = engine();
    /// assert_eq!(engine.entitlements().package("pro")?, 1);
    /// assert!(engine.entitlements().package("gold").is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `unknown_package`
    pub fn package(&self, id: &str) -> Result<usize, Error> {
        let unknown = || unknown_id(ErrorCode::UnknownPackage, "package", id, &self.packages.ids);
        self.packages.number(id).ok_or_else(unknown)
    }

    /// Returns the number of a channel, from 0.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// assert_eq!(engine().entitlements().channel("chat")?, 1);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `unknown_channel`
    pub fn channel(&self, id: &str) -> Result<usize, Error> {
        let unknown = || unknown_id(ErrorCode::UnknownChannel, "channel", id, &self.channels.ids);
        self.channels.number(id).ok_or_else(unknown)
    }

    /// Returns whether a package includes a channel; `None` when there is no such package or channel.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let engine = engine();
    /// let entitlements = engine.entitlements();
    /// let (starter, chat) = (entitlements.package("starter")?, entitlements.channel("chat")?);
    /// assert_eq!(entitlements.includes(starter, chat), Some(false));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn includes(&self, package: usize, channel: usize) -> Option<bool> {
        if channel >= self.channels.ids.len() {
            return None;
        }
        let row = self.included.get(*self.rows.get(package)?);
        Some(row.is_some_and(|channels| channels.binary_search(&channel).is_ok()))
    }
}
