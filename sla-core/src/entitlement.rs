//! Which packages include which channels, as a table.

use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::package::Package;
use crate::policy::Policy;
use crate::unknown::unknown_id;

/// Which packages include which channels, by their numbers in the policy: a table for hosts that ask often.
///
/// Numbers are those of one policy revision; another one may number otherwise. Nothing is decided with this table:
/// whoever acts asks [`Engine::decide`](crate::Engine::decide), which judges by the ticket's own revision.
#[derive(Debug)]
pub struct Entitlements {
    packages: Vec<Id>,
    channels: Vec<Id>,
    /// One entry a package and channel, those of one package beside each other.
    included: Vec<bool>,
}

impl Entitlements {
    pub(crate) fn of(policy: &Policy) -> Self {
        let packages = policy.packages.iter().map(|package| package.id.clone()).collect();
        let channels: Vec<Id> = policy.channels.iter().map(|channel| channel.id.clone()).collect();
        let row = |package: &Package| {
            let included = policy.channels_of(package);
            channels.iter().map(|id| included.contains(id)).collect::<Vec<_>>()
        };
        let included = policy.packages.iter().flat_map(row).collect();
        Self { packages, channels, included }
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
        let place = self.packages.iter().position(|known| known.as_str() == id);
        place.ok_or_else(|| unknown_id(ErrorCode::UnknownPackage, "package", id, &self.packages))
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
        let place = self.channels.iter().position(|known| known.as_str() == id);
        place.ok_or_else(|| unknown_id(ErrorCode::UnknownChannel, "channel", id, &self.channels))
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
        if channel >= self.channels.len() {
            return None;
        }
        self.included.get(package.checked_mul(self.channels.len())?.checked_add(channel)?).copied()
    }
}
