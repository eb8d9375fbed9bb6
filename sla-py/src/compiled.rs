//! The class `Engine` without its methods, which `engine` has: what takes an engine stands between the two.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use sla_core::{Digest, Engine as Compiled, Error, wire};

use crate::cache::Cache;
use crate::document::Json;
use crate::error::{OrRaise, fault};
use crate::policy::Policy;
use crate::zones::{Zones, database, key};

/// Engines, with the digests of their revisions.
static ENGINES: Cache<(Compiled, Vec<String>)> = Cache::new();

/// A compiled policy with all its revisions. It decides commands and makes every event.
///
/// Immutable and shared between threads. Pickled as its policies; a process keeps the 64 engines that it used last, so that
/// compiling or unpickling a known one takes microseconds.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Engine {
    pub(crate) engine: Compiled,
    /// The policies as they were passed, for pickles.
    pub(crate) documents: Vec<Vec<u8>>,
    pub(crate) revisions: usize,
    /// Equal for engines of equal revisions and zones.
    pub(crate) key: Digest,
    pub(crate) zones: Option<Py<Zones>>,
}

impl Engine {
    /// Compiles policies, the revisions of one policy oldest first, or finds them in the cache.
    pub(crate) fn read(py: Python<'_>, documents: Vec<Vec<u8>>, zones: Option<Py<Zones>>) -> PyResult<Self> {
        let text = text(&documents);
        wire::policy::check_length(&text).or_raise_policy(py)?;
        let database = database(zones.as_ref());
        let compile = || {
            let policies = wire::policy::read_revisions(&text, &database)?;
            let digests: Vec<String> = policies.iter().map(|policy| policy.digest().to_string()).collect();
            Ok::<_, Error>((Compiled::compile_revisions(policies)?, digests))
        };
        let place = key(&text, zones.as_ref());
        let (engine, digests) = py.detach(|| ENGINES.get(place, compile)).or_raise_policy(py)?;
        if documents.len() > 1 && documents.len() != digests.len() {
            return Err(fault(
                py,
                "invalid_json",
                "a revision is not one document",
                "pass each revision as a document of its own",
            ));
        }
        let key = key(digests.concat().as_bytes(), zones.as_ref());
        Ok(Self { engine, documents, revisions: digests.len(), key, zones })
    }

    /// Returns an engine for each thread: all but the first are copies whose ids no other thread counts references of.
    pub(crate) fn copies(&self, py: Python<'_>, threads: usize) -> PyResult<Vec<Compiled>> {
        let database = database(self.zones.as_ref());
        let copy = |number: usize| match number {
            0 => Ok(self.engine.clone()),
            _ => Compiled::compile_revisions(wire::policy::read_revisions(self.text(), &database)?),
        };
        py.detach(|| (0..threads).map(copy).collect::<Result<Vec<_>, Error>>()).or_raise(py)
    }

    /// Returns the policies as one document.
    fn text(&self) -> Vec<u8> {
        text(&self.documents)
    }

    /// Returns an engine that knows one more revision.
    pub(crate) fn grown(&self, py: Python<'_>, document: &[u8]) -> PyResult<Self> {
        let database = database(self.zones.as_ref());
        let read = || self.engine.with_revision(wire::policy::read_with(document, &database)?);
        let engine = py.detach(read).or_raise_policy(py)?;
        let digests: Vec<String> = engine.policy_digests().map(|digest| digest.to_string()).collect();
        let documents = engine.policies().map(|policy| wire::policy::write(policy).into_bytes()).collect();
        let key = key(digests.concat().as_bytes(), self.zones.as_ref());
        Ok(Self { engine, documents, revisions: digests.len(), key, zones: self.own_zones(py) })
    }

    pub(crate) fn own_zones(&self, py: Python<'_>) -> Option<Py<Zones>> {
        self.zones.as_ref().map(|zones| zones.clone_ref(py))
    }
}

/// Returns the revisions of a policy as one document.
fn text(documents: &[Vec<u8>]) -> Vec<u8> {
    match documents {
        [only] => only.clone(),
        revisions => [b"[".as_slice(), &revisions.join(&b','), b"]"].concat(),
    }
}

/// Returns the documents of a policy, or of a list of revisions.
pub(crate) fn documents(policy: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<u8>>> {
    if let Ok(revisions) = policy.cast::<PyList>() {
        return revisions.iter().map(|revision| document(&revision)).collect();
    }
    if let Ok(revisions) = policy.cast::<PyTuple>() {
        return revisions.iter().map(|revision| document(&revision)).collect();
    }
    Ok(vec![document(policy)?])
}

pub(crate) fn document(policy: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    match policy.cast::<Policy>() {
        Ok(policy) => Ok(wire::policy::write(&policy.get().policy).into_bytes()),
        Err(_) => Ok(policy.extract::<Json>()?.as_ref().to_vec()),
    }
}
