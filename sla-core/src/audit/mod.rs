//! Chains of entries: altering, removing, inserting or reordering an entry breaks the chain at that place.
//!
//! Each entry's hash covers what the entry says and the hash before it, as `docs/audit.md` specifies byte by byte. A
//! host that owns the whole log can still rewrite it; keeping the [`Head`]s elsewhere, one small file a day, pins what
//! was written until then.
//!
//! ```
//! # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
//! use sla_core::audit::{self, Chain};
//!
//! let now = at("2026-03-02T10:00:00Z");
//! let opened = accepted(engine().open(&opening(), &customer(), now)?);
//! let mut chain = Chain::new(opened.ticket.id.clone());
//! let mut entries = chain.extend(opened.events, now)?;
//! assert_eq!(&audit::verify(chain.id(), &entries, &[])?, chain.head());
//!
//! entries[0].content.at = at("2026-03-02T09:00:00Z");
//! let tampering = audit::verify(chain.id(), &entries, &[]).unwrap_err();
//! assert_eq!(tampering.to_string(), "entry 0 was altered");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod content;
mod event;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::digest::Digest;
use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;
use crate::record::Record;
use crate::serde_split::{needed, outer_fields, read_split};
use crate::string_enum::string_enum;
use crate::ticket::WRITTEN_FIELDS;
use crate::time::Timestamp;

pub use self::content::{Denial, PolicyChange, Publication};

string_enum! {
    /// What a chain is about.
    ChainKind {
        /// The history of one ticket.
        Ticket => "ticket",
        /// The host's log of refusals.
        Access => "access",
        /// The revisions of one policy.
        Policy => "policy",
    }
}

crate::unknown::from_str!(ChainKind, UnknownWord, "kind of chain");

#[derive(Debug, Clone, thiserror::Error)]
enum ChainFault {
    #[error("a chain of kind `{found}` cannot continue as `{expected}`")]
    OtherKind { found: &'static str, expected: &'static str },
    #[error("entry {seq} of `{chain}` does not follow {entries} entries of `{id}`")]
    DoesNotFollow { seq: u64, chain: Id, entries: u64, id: Id },
}

impl Fault for ChainFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::InvalidHistory
    }
}

mod sealed {
    pub trait Sealed {}
}

/// What the entries of a chain say: an [`Event`](crate::ticket::Event), a [`Denial`] or a [`Publication`].
pub trait Content: sealed::Sealed + Clone + Serialize + DeserializeOwned + 'static {
    /// What the chain is about.
    const KIND: ChainKind;

    /// Returns the id of the chain: the ticket, the log or the policy.
    fn chain(&self) -> &Id;

    /// Returns the place in the chain, from 0.
    fn seq(&self) -> u64;

    /// Returns the canonical record of the entry that follows the hash `prev`: what is hashed.
    fn record(&self, prev: Digest) -> Vec<u8>;
}

/// One link of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "{C}Entry"))]
pub struct Entry<C> {
    /// What it says.
    #[serde(flatten)]
    pub content: C,
    /// When the host wrote it down. Not part of the hash: an automatic event is the same whoever finds it when.
    pub detected_at: Timestamp,
    /// The hash of the entry before; for the first one, of the chain's name.
    pub prev: Digest,
    /// The hash of this entry.
    pub hash: Digest,
}

impl<'de, C: Deserialize<'de>> Deserialize<'de> for Entry<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntryVisitor<C>(PhantomData<C>);

        impl<'de, C: Deserialize<'de>> Visitor<'de> for EntryVisitor<C> {
            type Value = Entry<C>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an entry of a chain")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry<C>, A::Error> {
                let mut link = Link::default();
                let content = read_split(map, &mut link)?;
                Ok(Entry {
                    content,
                    detected_at: needed(link.detected_at, "detected_at")?,
                    prev: needed(link.prev, "prev")?,
                    hash: needed(link.hash, "hash")?,
                })
            }
        }
        // The content of a ticket's entry is an event.
        deserializer.deserialize_struct("Event", WRITTEN_FIELDS, EntryVisitor(PhantomData))
    }
}

/// What every entry has, beside its content.
#[derive(Default)]
struct Link {
    detected_at: Option<Timestamp>,
    prev: Option<Digest>,
    hash: Option<Digest>,
}

outer_fields!(Link, LinkField { DetectedAt => detected_at, Prev => prev, Hash => hash, });

impl<C: Content> Entry<C> {
    fn is_sound(&self) -> bool {
        self.hash == Digest::of(&self.content.record(self.prev))
    }
}

/// The end of a chain: enough to continue it, and to pin it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Head {
    /// What the chain is about.
    pub kind: ChainKind,
    /// The ticket, the log or the policy.
    pub id: Id,
    /// How many entries there are, which is the next entry's place.
    pub entries: u64,
    /// The hash of the last entry; of the chain's name when there is none.
    pub hash: Digest,
}

impl Head {
    fn start(kind: ChainKind, id: Id) -> Self {
        let mut record = Record::new("sla-chain", 1);
        record.text(kind.as_str());
        record.text(id.as_str());
        Self { kind, id, entries: 0, hash: Digest::of(&record.finish()) }
    }
}

/// The growing end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain<C> {
    head: Head,
    content: PhantomData<C>,
}

impl<C: Content> Chain<C> {
    /// Returns a chain without entries.
    #[must_use]
    pub fn new(id: Id) -> Self {
        Self { head: Head::start(C::KIND, id), content: PhantomData }
    }

    /// Returns a chain that continues after `head`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::audit::Chain;
    /// use sla_core::ticket::Event;
    ///
    /// let opened = accepted(engine().open(&opening(), &customer(), at("2026-03-02T10:00:00Z"))?);
    /// let mut chain = Chain::<Event>::new(opened.ticket.id.clone());
    /// chain.extend(opened.events, at("2026-03-02T10:00:00Z"))?;
    ///
    /// let due = engine().due_events(&opened.ticket, at("2026-03-02T13:12:00Z"))?;
    /// let mut chain = Chain::<Event>::resume(chain.head().clone())?;
    /// assert_eq!(chain.extend(due.events, at("2026-03-02T13:13:00Z"))?.len(), 1);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_history` when the head is that of another kind of chain.
    pub fn resume(head: Head) -> Result<Self, Error> {
        if head.kind != C::KIND {
            return Err(ChainFault::OtherKind { found: head.kind.as_str(), expected: C::KIND.as_str() }.into());
        }
        Ok(Self { head, content: PhantomData })
    }

    /// Returns the id of the chain.
    #[must_use]
    pub const fn id(&self) -> &Id {
        &self.head.id
    }

    /// Returns the end of the chain.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the end of the chain, to store it.
    #[must_use]
    pub fn into_head(self) -> Head {
        self.head
    }

    /// Refuses unless the next entry is that of the chain `id` and the place `seq`.
    pub(crate) fn expect_next(&self, id: &Id, seq: u64) -> Result<(), Error> {
        if *id == self.head.id && seq == self.head.entries {
            return Ok(());
        }
        let Head { id: own, entries, .. } = self.head.clone();
        Err(ChainFault::DoesNotFollow { seq, chain: id.clone(), entries, id: own }.into())
    }

    /// Links one more entry, which the host stores at `detected_at`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::audit::Chain;
    ///
    /// let history = closed();
    /// let mut chain = Chain::new(history.ticket().id.clone());
    /// let entry = chain.append(history.events()[0].clone(), at("2026-03-02T10:00:00Z"))?;
    /// assert_eq!(chain.head().hash, entry.hash);
    /// // The next entry is that of the next event.
    /// assert!(chain.append(history.events()[2].clone(), at("2026-03-02T11:00:00Z")).is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_history` when the content belongs to another chain or to another place; then the chain stays.
    pub fn append(&mut self, content: C, detected_at: Timestamp) -> Result<Entry<C>, Error> {
        self.expect_next(content.chain(), content.seq())?;
        Ok(self.link(content, detected_at))
    }

    /// Links content that is known to follow.
    fn link(&mut self, content: C, detected_at: Timestamp) -> Entry<C> {
        let prev = self.head.hash;
        let hash = Digest::of(&content.record(prev));
        self.head.hash = hash;
        // INVARIANT: a chain is written entry by entry, so its length fits.
        self.head.entries = self.head.entries.saturating_add(1);
        Entry { content, detected_at, prev, hash }
    }

    /// Links several entries, all or none.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::audit::{Chain, verify};
    ///
    /// let history = closed();
    /// let mut chain = Chain::new(history.ticket().id.clone());
    /// let entries = chain.extend(history.events().to_vec(), at("2026-03-02T16:30:00Z"))?;
    /// assert_eq!(verify(chain.id(), &entries, &[]).unwrap().entries, 6);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Chain::append`].
    pub fn extend(
        &mut self,
        contents: impl IntoIterator<Item = C>,
        detected_at: Timestamp,
    ) -> Result<Vec<Entry<C>>, Error> {
        let mut chain = Self { head: self.head.clone(), content: PhantomData };
        let entries = contents.into_iter().map(|content| chain.append(content, detected_at));
        let entries = entries.collect::<Result<_, _>>()?;
        *self = chain;
        Ok(entries)
    }
}

string_enum! {
    /// What was done to a chain.
    TamperKind {
        /// An entry says something else than it did.
        Altered => "altered",
        /// An entry is gone.
        Removed => "removed",
        /// An entry was never part of the chain.
        Inserted => "inserted",
        /// Entries stand in another order.
        Reordered => "reordered",
    }
}

/// The first place at which a chain is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tampering {
    /// What was done.
    pub kind: TamperKind,
    /// The place in the list that was checked, from 0; for a removed entry, where it should stand.
    pub index: usize,
}

impl fmt::Display for Tampering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} was {}", self.index, self.kind.as_str())
    }
}

impl std::error::Error for Tampering {}

/// Checks a whole chain, and that every pinned head of it is in it, and returns its head.
///
/// Without a pin, an end that was cut off and a chain that was rewritten as a whole look like the original. Pins of
/// other chains are ignored.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::audit::{Chain, TamperKind, verify};
///
/// let history = closed();
/// let mut chain = Chain::new(history.ticket().id.clone());
/// let mut entries = chain.extend(history.events().to_vec(), at("2026-03-03T09:00:00Z"))?;
/// let pin = chain.head().clone();
/// entries.pop();
/// assert!(verify(chain.id(), &entries, &[]).is_ok());
/// assert_eq!(verify(chain.id(), &entries, &[pin]).unwrap_err().kind, TamperKind::Removed);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// The first entry that was altered, removed, inserted or reordered. For a pin that the chain does not contain: the
/// first missing entry, or the pinned entry, which was altered or stands after an altered one.
pub fn verify<C: Content>(id: &Id, entries: &[Entry<C>], pins: &[Head]) -> Result<Head, Tampering> {
    let mut head = Head::start(C::KIND, id.clone());
    let start = head.hash;
    for (index, entry) in entries.iter().enumerate() {
        if !follows(entry, &head) {
            return Err(diagnose(entries, index, &head));
        }
        head.hash = entry.hash;
        // INVARIANT: the entries are in memory, so their number fits.
        head.entries = head.entries.saturating_add(1);
    }
    for pin in pins.iter().filter(|pin| pin.kind == C::KIND && pin.id == *id) {
        let place = pin.entries.checked_sub(1).map(|last| usize::try_from(last).unwrap_or(usize::MAX));
        let (index, hash) = match place {
            None => (0, Some(start)),
            Some(index) => (index, entries.get(index).map(|entry| entry.hash)),
        };
        match hash {
            None => return Err(Tampering { kind: TamperKind::Removed, index: entries.len() }),
            Some(hash) if hash != pin.hash => return Err(Tampering { kind: TamperKind::Altered, index }),
            Some(_) => {}
        }
    }
    Ok(head)
}

fn follows<C: Content>(entry: &Entry<C>, head: &Head) -> bool {
    let content = &entry.content;
    entry.prev == head.hash && content.seq() == head.entries && *content.chain() == head.id && entry.is_sound()
}

/// Returns what was done at `index`, where the entry does not follow `head`.
fn diagnose<C: Content>(entries: &[Entry<C>], index: usize, head: &Head) -> Tampering {
    let (before, rest) = entries.split_at(index);
    let Some((here, later)) = rest.split_first() else {
        return Tampering { kind: TamperKind::Removed, index };
    };
    let seq = here.content.seq();
    let is_foreign = *here.content.chain() != head.id;
    let found = |kind| Tampering { kind, index };
    if later.iter().any(|entry| follows(entry, head)) {
        // The entry of this place comes later; the one at this place was inserted, or moved here from its own place.
        let has_double = entries.iter().filter(|entry| entry.content.seq() == seq).count() > 1;
        let is_own = here.is_sound() && !is_foreign && !has_double;
        return found(if is_own { TamperKind::Reordered } else { TamperKind::Inserted });
    }
    if !here.is_sound() {
        return found(TamperKind::Altered);
    }
    if is_foreign {
        return found(TamperKind::Inserted);
    }
    // The first entry has none before it: then it is that one which is at fault.
    let before_index = index.saturating_sub(1);
    if seq > head.entries {
        return found(TamperKind::Removed);
    }
    if seq < head.entries {
        // Two entries of one place: the one that the chain continues from is the original.
        let continues_from_here = later.first().is_some_and(|next| next.prev == here.hash);
        let rival = before.last().is_some_and(|last| last.prev == here.prev && last.hash != here.hash);
        let index = if continues_from_here && rival { before_index } else { index };
        return Tampering { kind: TamperKind::Inserted, index };
    }
    // Sound alone, but it continues from another hash: the entry before was altered and its hash computed again.
    Tampering { kind: TamperKind::Altered, index: before_index }
}
