//! Contents of chains other than the events of tickets: refusals, and revisions of policies.

use serde::{Deserialize, Deserializer, Serialize};

use super::{Chain, ChainKind, Content, Entry, sealed};
use crate::digest::Digest;
use crate::id::Id;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::ticket::{self, Actor};
use crate::time::Timestamp;

/// A refusal as an entry of the host's access log: who asked for what, and why it was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Denial {
    /// The log; most hosts have one.
    pub log: Id,
    /// The place in the log, from 0.
    pub seq: u64,
    /// When it was refused.
    pub at: Timestamp,
    /// Who asked for it, role and id; the name may be blank, which is one reason to refuse.
    #[serde(deserialize_with = "recorded")]
    pub actor: Actor,
    /// The ticket it concerned, as the host names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Id>,
    /// What was refused and why.
    pub refusal: Refusal,
}

impl Chain<Denial> {
    /// Links a refusal that the host answered at `now`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Id;
    /// use sla_core::audit::{Chain, Denial};
    ///
    /// let (ticket, now) = (opened(), at("2026-03-02T10:05:00Z"));
    /// let refusal = engine().decide(&ticket, &reply(), &agent(), now)?.into_result().unwrap_err();
    /// let mut log = Chain::<Denial>::new(Id::new("access")?);
    /// let entry = log.deny(&agent(), Some(ticket.id.clone()), refusal, now);
    /// assert_eq!(entry.content.refusal.code.as_str(), "not_assigned_agent");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    pub fn deny(&mut self, actor: &Actor, ticket: Option<Id>, refusal: Refusal, now: Timestamp) -> Entry<Denial> {
        let seq = self.head().entries;
        self.link(Denial { log: self.id().clone(), seq, at: now, actor: actor.recorded(), ticket, refusal }, now)
    }
}

impl sealed::Sealed for Denial {}

impl Content for Denial {
    const KIND: ChainKind = ChainKind::Access;

    fn chain(&self) -> &Id {
        &self.log
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn record(&self, prev: Digest) -> Vec<u8> {
        let mut record = begin(prev, self);
        record.instant(self.at);
        actor(&mut record, &self.actor);
        record.option(self.ticket.as_ref(), |record, ticket| record.text(ticket.as_str()));
        record.text(&self.refusal.action);
        record.text(self.refusal.code.as_str());
        record.text(&self.refusal.message);
        record.text(&self.refusal.accepted);
        record.finish()
    }
}

/// A revision of a policy coming into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Publication {
    /// The policy.
    pub policy: Id,
    /// The place among its revisions, from 0.
    pub seq: u64,
    /// From when on new tickets open under it.
    pub at: Timestamp,
    /// The admin who published it, role and id.
    #[serde(deserialize_with = "recorded")]
    pub actor: Actor,
    /// Why, never blank.
    pub reason: String,
    /// The digest of the revision.
    pub policy_digest: Digest,
    /// What differs from the revision before; empty for the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<PolicyChange>,
}

/// One difference between two revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyChange {
    /// Where, as a JSON pointer into the policy document: the new one, or for what was removed, the old one.
    pub path: String,
    /// The value before, as JSON; `None` when it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The value after, as JSON; `None` when it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl sealed::Sealed for Publication {}

impl Content for Publication {
    const KIND: ChainKind = ChainKind::Policy;

    fn chain(&self) -> &Id {
        &self.policy
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn record(&self, prev: Digest) -> Vec<u8> {
        let mut record = begin(prev, self);
        record.instant(self.at);
        actor(&mut record, &self.actor);
        record.text(&self.reason);
        record.digest(self.policy_digest);
        record.list(&self.changes, |record, change| {
            record.text(&change.path);
            record.option(change.before.as_deref(), Record::text);
            record.option(change.after.as_deref(), Record::text);
        });
        record.finish()
    }
}

/// Begins the record of an entry.
pub(super) fn begin<C: Content>(prev: Digest, content: &C) -> Record {
    let mut record = Record::new("sla-entry", 2);
    record.text(C::KIND.as_str());
    record.digest(prev);
    record.text(content.chain().as_str());
    record.unsigned(content.seq());
    record
}

fn recorded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Actor, D::Error> {
    Actor::deserialize(deserializer).and_then(ticket::recorded)
}

pub(super) fn actor(record: &mut Record, actor: &Actor) {
    record.text(actor.role.as_str());
    record.text(&actor.id);
}
