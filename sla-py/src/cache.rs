//! Compiled values by the digest of their document: unpickling a known policy costs a look-up.

use std::sync::{Mutex, PoisonError};

use sla_core::Digest;

/// The most values that are kept; the least recently used one is dropped first.
const CAPACITY: usize = 64;

/// Compiled values, the most recently used first. With so few of them, searching a list is as fast as a map, and needs no crate.
pub(crate) struct Cache<T>(Mutex<Vec<(Digest, T)>>);

impl<T: Clone> Cache<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Returns the value of a digest, compiled if it is not kept. A failure is not kept.
    ///
    /// No Python code runs while the lock is held, so threads cannot deadlock here.
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
