//! Policies as documents: checked, linted, compared, published.

use pyo3::prelude::*;
use sla_core::policy::{self, CheckedPolicy as Checked};
use sla_core::revision::{self, Previous};
use sla_core::{Digest, wire};

use crate::calendar::Rebuilt;
use crate::document::{Changes, Json, PolicyPlace, PolicyValues, Refusal, Warnings, value};
use crate::error::OrRaise;
use crate::instant::Instant;
use crate::ticket::Actor;
use crate::zones::{Zones, database, hash_of};

/// A policy: packages, calendars, targets and rules in one document, checked as a whole. docs/policy.md describes it.
///
///     >>> policy.id, policy.version
///     ('support', 1)
///
/// Immutable. Policies with the same content are equal, however they are written.
///
/// Args:
///     document: The policy, as a dict or as JSON.
///     zones: Time-zone rules of the host; by default the embedded ones.
///
/// Raises:
///     PolicyError: With every problem in `related`, each with its place.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Policy {
    pub(crate) policy: Checked,
    digest: Digest,
    zones: Option<Py<Zones>>,
}

impl Policy {
    pub(crate) fn of(policy: &Checked, zones: Option<Py<Zones>>) -> Self {
        Self { policy: policy.clone(), digest: policy.digest(), zones }
    }

    fn read(py: Python<'_>, document: &[u8], zones: Option<Py<Zones>>) -> PyResult<Self> {
        let policy = wire::policy::read_with(document, &database(zones.as_ref())).or_raise_policy(py)?;
        Ok(Self::of(&policy, zones))
    }
}

#[pymethods]
impl Policy {
    #[new]
    #[pyo3(signature = (document, *, zones=None))]
    fn new(py: Python<'_>, document: Json, zones: Option<Py<Zones>>) -> PyResult<Self> {
        Self::read(py, document.as_ref(), zones)
    }

    /// The policy's id.
    #[getter]
    fn id(&self) -> &str {
        self.policy.id.as_str()
    }

    /// The policy's version.
    #[getter]
    fn version(&self) -> u32 {
        self.policy.version
    }

    /// The SHA-256 of the content, in hexadecimal digits; it does not depend on how the document is written.
    #[getter]
    fn digest(&self) -> String {
        self.digest.to_string()
    }

    /// The SHA-256 of the digest together with the time-zone rules in force.
    #[getter]
    fn rules_digest(&self) -> String {
        self.policy.rules_digest().to_string()
    }

    /// Return the policy as a document: JSON, in the order of the format.
    fn json(&self) -> String {
        wire::policy::write(&self.policy)
    }

    /// Return what is allowed but probably a mistake, as of an instant: holidays are known for a limited time.
    ///
    ///     >>> [warning.code for warning in policy.lint(now)]
    ///     []
    fn lint(&self, as_of: Instant) -> Warnings {
        Warnings(wire::policy::write_warnings(&policy::lint(&self.policy, as_of.0)))
    }

    /// Return the changes from an earlier policy to this one, by JSON pointer.
    ///
    ///     >>> [change.path for change in policy.changes_since(policy)]
    ///     []
    fn changes_since(&self, before: &Self) -> Changes {
        Changes(wire::policy::write_changes(&wire::policy::changes(&before.policy, &self.policy)))
    }

    /// Return whether another policy has the same rules: it is equal but for its version, and need not be published.
    ///
    ///     >>> policy.same_rules_as(policy)
    ///     True
    fn same_rules_as(&self, other: &Self) -> bool {
        wire::policy::same_rules(&self.policy, &other.policy)
    }

    /// Return what the JSON pointer of a problem, a warning or a change is about, for a form. The document need not be a
    /// valid policy.
    ///
    ///     >>> place = Policy.place_in(policy.json(), "/packages/0/targets/resolution")
    ///     >>> place.kind, place.id, place.field
    ///     ('package', 'starter', 'targets/resolution')
    #[staticmethod]
    fn place_in(py: Python<'_>, document: Json, pointer: &str) -> PyResult<PolicyPlace> {
        let place = wire::policy::place(document.as_ref(), pointer).or_raise(py)?;
        Ok(PolicyPlace(wire::policy::write_place(&place)))
    }

    /// Return the policy as values, for lists and forms: what holds for each package and timer.
    ///
    /// What a package leaves out is that of the package it extends, what a timer leaves out that of its preset.
    ///
    ///     >>> [(target.timer, target.within_us // 3_600_000_000) for target in policy.values().packages[0].targets]
    ///     [('first_response', 4), ('resolution', 16)]
    ///
    /// Raises:
    ///     InputError: `limit_exceeded` when packages have too many channels, variants and targets together.
    fn values(&self, py: Python<'_>) -> PyResult<PolicyValues> {
        Ok(PolicyValues(wire::policy::write_values(&self.policy.values().or_raise(py)?)))
    }

    /// Return the entry that publishes the policy, for the host's chain of revisions.
    ///
    /// Args:
    ///     actor: An admin.
    ///     reason: The reason, not blank.
    ///     at: The instant from which new tickets open under it.
    ///     previous: The previous revision with its entry; None for the first revision.
    ///
    /// Raises:
    ///     PolicyError: The previous revision is of another policy.
    ///     UnknownNameError: `unknown_revision` when the previous entry did not publish the previous policy.
    #[pyo3(signature = (*, actor, reason, at, previous=None) -> "sla_engine._hints.Publication")]
    fn publish<'py>(
        &self,
        py: Python<'py>,
        actor: Actor,
        reason: &str,
        at: Instant,
        previous: Option<(Py<Self>, String)>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let before = match &previous {
            Some((policy, entry)) => Some((policy, wire::audit::read_entry(entry).or_raise(py)?)),
            None => None,
        };
        let previous = before.as_ref().map(|(policy, entry)| Previous { policy: &policy.get().policy, entry });
        match revision::publish(&self.policy, previous, &actor.0, reason, at.0).or_raise(py)?.into_result() {
            Ok(entry) => value(py, "Publication", (wire::audit::write_entry(&entry), py.None())),
            Err(refusal) => value(py, "Publication", (py.None(), Refusal(wire::evaluation::write_refusal(&refusal)))),
        }
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.digest == other.digest
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.digest)
    }

    fn __repr__(&self) -> String {
        format!("<Policy {} version {}>", self.policy.id, self.policy.version)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Rebuilt<'py>> {
        let zones = self.zones.as_ref().map(|zones| zones.clone_ref(py));
        Ok((py.get_type::<Self>().getattr("_of")?, (self.json(), zones)))
    }

    #[staticmethod]
    fn _of(py: Python<'_>, document: &str, zones: Option<Py<Zones>>) -> PyResult<Self> {
        Self::read(py, document.as_bytes(), zones)
    }
}
