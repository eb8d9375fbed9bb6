//! The engines of this process, by the bytes that they were compiled from.
//!
//! A process that forks while one of its threads holds a lock leaves it locked in the child. So no call waits for the
//! lock: one that does not get it soon compiles without the cache, which is slower and gives the same engine.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, TryLockError};

use sla_core::{Digest, Engine, Error};

/// The most engines that are cached; beyond them the least recently used one is removed.
const CAPACITY: usize = 64;
/// How often a lock is tried.
const TRIES: u32 = 1_000;

static ENGINES: Mutex<Engines> = Mutex::new(Engines { by_digest: BTreeMap::new(), clock: 0 });
static HITS: AtomicI64 = AtomicI64::new(0);
static MISSES: AtomicI64 = AtomicI64::new(0);

struct Engines {
    by_digest: BTreeMap<Digest, Kept>,
    /// Counts requests: the order in which engines were asked for.
    clock: u64,
}

struct Kept {
    engine: Engine,
    asked_at: u64,
}

/// Figures of the cache.
pub(crate) struct Figures {
    pub(crate) hits: i64,
    pub(crate) misses: i64,
    pub(crate) engines: usize,
}

/// Returns the engine of a document, compiled now or before. A failure is not kept; a document that is too long is refused
/// before its digest is taken.
pub(crate) fn engine(document: &[u8], compile: impl FnOnce(&[u8]) -> Result<Engine, Error>) -> Result<Engine, Error> {
    sla_core::wire::policy::check_length(document)?;
    let digest = Digest::of(document);
    if let Some(engine) = locked(|engines| engines.get(digest)).flatten() {
        HITS.fetch_add(1, Ordering::Relaxed);
        return Ok(engine);
    }
    MISSES.fetch_add(1, Ordering::Relaxed);
    let engine = compile(document)?;
    let gone = locked(|engines| engines.put(digest, &engine));
    // Dropped here, when the lock is free again.
    drop(gone);
    Ok(engine)
}

/// Returns the figures of the cache.
pub(crate) fn figures() -> Figures {
    Figures {
        hits: HITS.load(Ordering::Relaxed),
        misses: MISSES.load(Ordering::Relaxed),
        engines: locked(|engines| engines.by_digest.len()).unwrap_or_default(),
    }
}

/// Forgets all engines; those in use stay usable.
pub(crate) fn clear() {
    let gone = locked(|engines| std::mem::take(&mut engines.by_digest));
    drop(gone);
}

impl Engines {
    fn get(&mut self, digest: Digest) -> Option<Engine> {
        self.clock = self.clock.saturating_add(1);
        let kept = self.by_digest.get_mut(&digest)?;
        kept.asked_at = self.clock;
        Some(kept.engine.clone())
    }

    /// Keeps an engine, and returns the one that had to go for it.
    fn put(&mut self, digest: Digest, engine: &Engine) -> Option<Kept> {
        self.clock = self.clock.saturating_add(1);
        let kept = Kept { engine: engine.clone(), asked_at: self.clock };
        let before = self.by_digest.insert(digest, kept);
        if self.by_digest.len() <= CAPACITY {
            return before;
        }
        let oldest = self.by_digest.iter().min_by_key(|(_, kept)| kept.asked_at).map(|(digest, _)| *digest);
        oldest.and_then(|digest| self.by_digest.remove(&digest))
    }
}

/// Does something with the cache, or nothing when its lock does not become free.
fn locked<T>(work: impl FnOnce(&mut Engines) -> T) -> Option<T> {
    for _ in 0..TRIES {
        match ENGINES.try_lock() {
            Ok(mut engines) => return Some(work(&mut engines)),
            // INVARIANT: nothing panics between two changes that belong together.
            Err(TryLockError::Poisoned(engines)) => return Some(work(&mut engines.into_inner())),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
        }
    }
    None
}
