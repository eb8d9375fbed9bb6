//! Small documents about policies: what identifies an engine, digests, and the outcome of publishing.

use serde::Serialize;

use super::json::to_text;
use crate::audit::{Entry, PolicyChange, Publication};
use crate::digest::Digest;
use crate::engine::{Decision, Engine};
use crate::id::Id;
use crate::policy::CheckedPolicy;

/// Writes what identifies the newest revision of an engine, on one line.
#[must_use]
pub fn write_engine(engine: &Engine) -> String {
    to_text(&EngineDocument {
        id: &engine.policy().id,
        version: engine.policy().version,
        policy_digest: engine.policy_digest(),
        rules_digest: engine.rules_digest(),
        policy_digests: engine.policy_digests().collect(),
    })
}

/// Writes the digests of a policy, on one line.
#[must_use]
pub fn write_digests(policy: &CheckedPolicy) -> String {
    to_text(&DigestsDocument { policy_digest: policy.digest(), rules_digest: policy.rules_digest() })
}

/// Writes the outcome of [`crate::revision::publish`], on one line: `{"accepted": {…}}` or `{"refused": {…}}`.
#[must_use]
pub fn write_published(published: &Decision<Entry<Publication>>) -> String {
    to_text(published)
}

/// Writes what differs between two policies, on one line: `{"changes": [{"path": "…", "before": "…", "after": "…"}]}`.
#[must_use]
pub fn write_changes(changes: &[PolicyChange]) -> String {
    to_text(&ChangesDocument { changes })
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct ChangesDocument<'a> {
    /// The changes, in the order of the document.
    changes: &'a [PolicyChange],
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct EngineDocument<'a> {
    /// The policy.
    id: &'a Id,
    /// The version that the policy states.
    version: u32,
    /// The digest of the revision.
    policy_digest: Digest,
    /// The digest of the revision together with the time-zone rules in force.
    rules_digest: Digest,
    /// The digests of every revision that the engine knows, the oldest first.
    policy_digests: Vec<Digest>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct DigestsDocument {
    /// The digest of the policy.
    policy_digest: Digest,
    /// The digest of the policy together with the time-zone rules in force.
    rules_digest: Digest,
}
