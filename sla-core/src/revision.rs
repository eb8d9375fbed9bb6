//! Publishing revisions of a policy: by an admin, with a reason and the computed list of changes, in a chain.

use crate::access;
use crate::audit::{Chain, Content as _, Entry, Head, Publication};
use crate::engine::Decision;
use crate::error::{Error, ErrorCode};
use crate::policy::{CheckedPolicy, Policy};
use crate::refusal::{Refusal, RefusalCode};
use crate::ticket::{Action, Actor};
use crate::time::Timestamp;
use crate::wire;

/// The revision in force before, with its entry in the chain.
#[derive(Debug, Clone, Copy)]
pub struct Previous<'a> {
    /// The policy as it was published.
    pub policy: &'a Policy,
    /// Its entry.
    pub entry: &'a Entry<Publication>,
}

/// Publishes a revision: makes the entry that the host appends to the policy's chain.
///
/// New tickets open under the revision once the host compiles its engine with it; tickets that exist stay under theirs.
/// [`Engine::dry_run`](crate::Engine::dry_run) says beforehand what adopting it would do.
///
/// Refuses with `time_went_back` before the previous publication,
/// `anonymous_actor`, `role_not_permitted` for anyone but an admin, `reason_required`, `nothing_to_change` when the
/// policy equals the previous one.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::revision::{Previous, publish};
/// use sla_core::wire;
/// let policy = policy();
/// let entry = publish(&policy, None, &admin(), "launch", at("2026-03-02T09:00:00Z"))?.into_result().unwrap();
/// let faster = wire::policy::read(POLICY.replace("\"version\": 1", "\"version\": 2").replace("16h", "12h"))?;
/// let previous = Previous { policy: &policy, entry: &entry };
/// let next = publish(&faster, Some(previous), &admin(), "staff", at("2026-04-01T09:00:00Z"))?.into_result().unwrap();
/// let paths: Vec<&str> = next.content.changes.iter().map(|change| change.path.as_str()).collect();
/// assert_eq!(paths, ["/packages/0/targets/resolution", "/version"]);
/// assert_eq!(next.prev, entry.hash);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// - `invalid_policy` when it is another policy than the previous one;
/// - `unknown_revision` when the previous policy is not the one that its entry published.
pub fn publish(
    policy: &CheckedPolicy,
    previous: Option<Previous<'_>>,
    actor: &Actor,
    reason: &str,
    at: Timestamp,
) -> Result<Decision<Entry<Publication>>, Error> {
    if let Some(previous) = previous {
        check_previous(policy, previous)?;
    }
    let policy_digest = policy.digest();
    if let Err(refusal) = judge(policy, previous, actor, reason, at) {
        return Ok(Decision::Refused(refusal));
    }
    let (mut chain, seq) = match previous {
        Some(Previous { entry, .. }) => {
            // Saturating: no chain has that many entries.
            let seq = entry.content.seq.saturating_add(1);
            let kind = Publication::KIND;
            (Chain::resume(Head { kind, id: policy.id.clone(), entries: seq, hash: entry.hash })?, seq)
        }
        None => (Chain::new(policy.id.clone()), 0),
    };
    let publication = Publication {
        policy: policy.id.clone(),
        seq,
        at,
        actor: actor.clone(),
        reason: reason.to_owned(),
        policy_digest,
        changes: previous.map_or_else(Vec::new, |previous| wire::policy::changes(previous.policy, policy)),
    };
    chain.append(publication, at).map(Decision::Accepted)
}

fn check_previous(policy: &Policy, previous: Previous<'_>) -> Result<(), Error> {
    if previous.policy.id != policy.id {
        let message = format!("`{}` and `{}` are different policies", previous.policy.id, policy.id);
        return Err(Error::new(ErrorCode::InvalidPolicy, message).help("give every revision of a policy the same `id`"));
    }
    if previous.entry.content.policy != policy.id || previous.entry.content.policy_digest != previous.policy.digest() {
        return Err(Error::new(ErrorCode::UnknownRevision, "the previous entry published another policy")
            .help("pass the newest entry of the chain with the policy that it published"));
    }
    Ok(())
}

fn judge(
    policy: &Policy,
    previous: Option<Previous<'_>>,
    actor: &Actor,
    reason: &str,
    at: Timestamp,
) -> Result<(), Refusal> {
    let name = Action::ManagePolicy.as_str();
    if let Some(Previous { entry, .. }) = previous
        && at < entry.content.at
    {
        return Err(Refusal::new(
            RefusalCode::TimeWentBack,
            name,
            format!("{at} lies before the previous publication at {}", entry.content.at),
            "pass the later of your clock and the previous publication's instant",
        ));
    }
    access::permit(actor, Action::ManagePolicy, None, policy.roles)?;
    access::check_reason(name, reason)?;
    if previous.is_some_and(|previous| previous.policy.digest() == policy.digest()) {
        return Err(Refusal::new(
            RefusalCode::NothingToChange,
            name,
            "the policy equals the revision before",
            "publish a revision that differs",
        ));
    }
    Ok(())
}
