//! The engines of this process, by the bytes that they were compiled from, and by the digests of their revisions.
//!
//! A process that forks while one of its threads holds a lock leaves it locked in the child. So no call waits for the
//! lock: one that does not get it soon compiles without the cache, which is slower and gives the same engine.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, TryLockError};

use sla_core::{Digest, Engine, Error};

/// The most engines that are cached; beyond them the least recently used one is removed.
const CAPACITY: usize = 64;
/// How often a lock is tried.
const TRIES: u32 = 1_000;

static ENGINES: Mutex<Engines> =
    Mutex::new(Engines { by_document: BTreeMap::new(), by_revisions: BTreeMap::new(), clock: 0 });
static HITS: AtomicI64 = AtomicI64::new(0);
static MISSES: AtomicI64 = AtomicI64::new(0);

struct Engines {
    by_document: BTreeMap<Digest, Kept>,
    /// By the digests of their revisions as texts, one after another: compared, not hashed, as a request asks with dozens.
    by_revisions: BTreeMap<String, Kept>,
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
    let known = locked(|engines| {
        let now = engines.tick();
        get(&mut engines.by_document, &digest, now)
    });
    if let Some(engine) = known.flatten() {
        HITS.fetch_add(1, Ordering::Relaxed);
        return Ok(engine);
    }
    MISSES.fetch_add(1, Ordering::Relaxed);
    let engine = compile(document)?;
    let gone = locked(|engines| {
        let now = engines.tick();
        put(&mut engines.by_document, digest, Kept { engine: engine.clone(), asked_at: now })
    });
    // Dropped here, when the lock is free again.
    drop(gone);
    keep(&engine);
    Ok(engine)
}

/// Keeps an engine by the digests of its revisions.
fn keep(engine: &Engine) {
    let digests: String = engine.policy_digests().map(|digest| digest.to_string()).collect();
    let gone = locked(|engines| {
        let now = engines.tick();
        put(&mut engines.by_revisions, digests, Kept { engine: engine.clone(), asked_at: now })
    });
    drop(gone);
}

/// Returns the engine of these revisions, if it is kept; `digests` are their texts one after another, the oldest first.
pub(crate) fn known(digests: &str) -> Option<Engine> {
    let found = locked(|engines| {
        let now = engines.tick();
        get(&mut engines.by_revisions, digests, now)
    });
    let found = found.flatten();
    if found.is_some() {
        HITS.fetch_add(1, Ordering::Relaxed);
    }
    found
}

/// Returns the figures of the cache.
pub(crate) fn figures() -> Figures {
    Figures {
        hits: HITS.load(Ordering::Relaxed),
        misses: MISSES.load(Ordering::Relaxed),
        engines: locked(|engines| engines.by_document.len()).unwrap_or_default(),
    }
}

/// Forgets all engines; those in use stay usable.
pub(crate) fn clear() {
    let gone = locked(|engines| (std::mem::take(&mut engines.by_document), std::mem::take(&mut engines.by_revisions)));
    drop(gone);
}

impl Engines {
    /// Returns the number of this request.
    fn tick(&mut self) -> u64 {
        // INVARIANT: a process does not ask 2^64 times.
        self.clock = self.clock.saturating_add(1);
        self.clock
    }
}

fn get<K: Ord + Borrow<Q>, Q: Ord + ?Sized>(kept: &mut BTreeMap<K, Kept>, key: &Q, now: u64) -> Option<Engine> {
    let kept = kept.get_mut(key)?;
    kept.asked_at = now;
    Some(kept.engine.clone())
}

/// Keeps an engine, and returns the one that had to go for it.
fn put<K: Ord + Clone>(all: &mut BTreeMap<K, Kept>, key: K, kept: Kept) -> Option<Kept> {
    let before = all.insert(key, kept);
    if all.len() <= CAPACITY {
        return before;
    }
    let oldest = all.iter().min_by_key(|(_, kept)| kept.asked_at).map(|(key, _)| key.clone());
    oldest.and_then(|key| all.remove(&key))
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
