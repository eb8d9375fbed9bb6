//! Which packages include which channels, as a table.

use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::package::Package;
use crate::policy::Policy;
use crate::unknown::unknown_id;

/// Which packages include which channels, under the numbers they have there: a table for hosts that ask often.
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
        let row = |package: &Package| channels.iter().map(|id| package.channels.contains(id)).collect::<Vec<_>>();
        let included = policy.packages.iter().flat_map(row).collect();
        Self { packages, channels, included }
    }

    /// Returns the number of a package, from 0.
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
    /// # Errors
    ///
    /// `unknown_channel`
    pub fn channel(&self, id: &str) -> Result<usize, Error> {
        let place = self.channels.iter().position(|known| known.as_str() == id);
        place.ok_or_else(|| unknown_id(ErrorCode::UnknownChannel, "channel", id, &self.channels))
    }

    /// Returns whether a package includes a channel; `None` when there is no such package or channel.
    #[must_use]
    pub fn includes(&self, package: usize, channel: usize) -> Option<bool> {
        if channel >= self.channels.len() {
            return None;
        }
        self.included.get(package.checked_mul(self.channels.len())?.checked_add(channel)?).copied()
    }
}
