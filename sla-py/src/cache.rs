//! What this process compiled, by the bytes that it was compiled from: unpickling a known policy costs a look-up.

use std::sync::{Mutex, PoisonError};

use sla_core::Digest;

/// The most that is kept; beyond it what was not asked for the longest goes.
const CAPACITY: usize = 64;

/// Compiled things, the one asked for last first.
pub(crate) struct Cache<T>(Mutex<Vec<(Digest, T)>>);

impl<T: Clone> Cache<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Returns what is kept under a digest, or makes and keeps it. A failure is not kept.
    ///
    /// Nothing of Python runs while the lock is held, so threads that wait for each other here always get on.
    pub(crate) fn get<E>(&self, digest: Digest, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if let Some(kept) = self.find(digest) {
            return Ok(kept);
        }
        let made = make()?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(0, (digest, made.clone()));
        let gone = if kept.len() > CAPACITY { kept.pop() } else { None };
        drop(kept);
        drop(gone);
        Ok(made)
    }

    fn find(&self, digest: Digest) -> Option<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| *known == digest)?;
        if let Some(recent) = kept.get_mut(..=at) {
            recent.rotate_right(1);
        }
        kept.first().map(|(_, found)| found.clone())
    }
}
