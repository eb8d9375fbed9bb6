//! Chains and their heads as documents. `docs/audit.md` explains every field; hashes are never taken of JSON.

use std::any::Any;
use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::{expect_schema, own, own_events, read_document, to_lines, to_text, tree_of};
use super::node::read_as;
use super::tree::{MAX_DOCUMENT_BYTES, MAX_HISTORY_BYTES, Tree};
use crate::audit::{ChainKind, Content, Denial, Entry, Head, Publication, Tampering};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::refusal::Refusal;
use crate::ticket::Event;

/// The format of chains, with its version.
pub const CHAIN_SCHEMA: &str = "sla-chain/1";

/// The format of a file of heads, with its version.
pub const HEADS_SCHEMA: &str = "sla-heads/1";

/// Writes an entry as a JSON object on one line: what it says, with `detected_at`, `prev` and `hash`.
#[must_use]
pub fn write_entry<C: Content>(entry: &Entry<C>) -> String {
    to_text(entry)
}

/// Reads one entry. It is not checked: [`crate::audit::verify`] does that, for the whole chain.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::audit::Entry;
/// use sla_core::ticket::Event;
/// use sla_core::wire::audit;
/// let entries = entries();
/// let read: Entry<Event> = audit::read_entry(audit::write_entry(&entries[0]))?;
/// assert_eq!(read, entries[0]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault; `limit_exceeded` above [`super::MAX_HISTORY_BYTES`].
pub fn read_entry<C: Content>(json: impl AsRef<[u8]>) -> Result<Entry<C>, Error> {
    any_entry(C::KIND, json.as_ref()).map(of_kind)
}

/// Something of the chains of one kind. Generic functions only choose the kind: what reads documents is compiled in this crate
/// alone, not again in each crate that calls them.
type OfKind = Box<dyn Any>;

fn any<T: 'static>(value: T) -> OfKind {
    Box::new(value)
}

#[expect(clippy::expect_used, reason = "INVARIANT: the content of a chain has one type for each kind")]
fn of_kind<T: 'static>(value: OfKind) -> T {
    *value.downcast().expect("the type of the kind")
}

fn any_entry(kind: ChainKind, json: &[u8]) -> Result<OfKind, Error> {
    match kind {
        ChainKind::Ticket => read_document::<Entry<Event>>(json, MAX_HISTORY_BYTES).map(any),
        ChainKind::Access => read_document::<Entry<Denial>>(json, MAX_HISTORY_BYTES).map(any),
        ChainKind::Policy => read_document::<Entry<Publication>>(json, MAX_HISTORY_BYTES).map(any),
    }
}

/// Reads a list of entries, unchecked.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::ticket::Event;
/// use sla_core::wire::audit;
/// let entries = entries();
/// let list: Vec<String> = entries.iter().map(audit::write_entry).collect();
/// assert_eq!(audit::read_entries::<Event>(format!("[{}]", list.join(",")))?, entries);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_entry`].
pub fn read_entries<C: Content>(json: impl AsRef<[u8]>) -> Result<Vec<Entry<C>>, Error> {
    any_entries(C::KIND, json.as_ref()).map(of_kind)
}

fn any_entries(kind: ChainKind, json: &[u8]) -> Result<OfKind, Error> {
    match kind {
        ChainKind::Ticket => match read_own_entries(json) {
            Some(entries) => Ok(any(entries)),
            None => read_document::<Vec<Entry<Event>>>(json, MAX_HISTORY_BYTES).map(any),
        },
        ChainKind::Access => read_document::<Vec<Entry<Denial>>>(json, MAX_HISTORY_BYTES).map(any),
        ChainKind::Policy => read_document::<Vec<Entry<Publication>>>(json, MAX_HISTORY_BYTES).map(any),
    }
}

/// Reads a list of a ticket's entries without a tree; `None` for any other document and for one with faults, whose places the
/// tree shows.
pub(super) fn read_own_entries(json: &[u8]) -> Option<Vec<Entry<Event>>> {
    if json.starts_with(b"[") { own_events(json) } else { None }
}

/// Writes a chain as a JSON object with one entry a line.
#[must_use]
pub fn write_chain<C: Content>(id: &Id, entries: &[Entry<C>]) -> String {
    to_lines(&ChainDocument { schema: CHAIN_SCHEMA.into(), kind: C::KIND, id: id.clone(), entries: entries.into() })
}

/// Reads a chain: its id and its entries, unchecked.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::ticket::Event;
/// use sla_core::{Id, audit, wire};
/// let document = wire::audit::write_chain(&Id::new("T-1")?, &entries());
/// let (id, entries) = wire::audit::read_chain::<Event>(document)?;
/// assert!(audit::verify(&id, &entries, &[]).is_ok());
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_entry`]; `unsupported_schema` for another format; `unknown_word` for a chain of another kind.
pub fn read_chain<C: Content>(json: impl AsRef<[u8]>) -> Result<(Id, Vec<Entry<C>>), Error> {
    any_chain(C::KIND, json.as_ref()).map(of_kind)
}

fn any_chain(kind: ChainKind, json: &[u8]) -> Result<OfKind, Error> {
    let tree = || tree_of(json, MAX_HISTORY_BYTES);
    match kind {
        ChainKind::Ticket => match read_own_chain(json) {
            Some(chain) => Ok(any(chain)),
            None => chain_from::<Event>(tree()?).map(any),
        },
        ChainKind::Access => chain_from::<Denial>(tree()?).map(any),
        ChainKind::Policy => chain_from::<Publication>(tree()?).map(any),
    }
}

/// Reads a ticket's chain that begins as [`write_chain`] begins, without a tree; `None` for any other and for one with faults,
/// whose places the tree shows.
pub(super) fn read_own_chain(json: &[u8]) -> Option<(Id, Vec<Entry<Event>>)> {
    let document: ChainDocument<'_, Event> = own(json, CHAIN_SCHEMA)?;
    (document.kind == ChainKind::Ticket).then(|| (document.id, document.entries.into_owned()))
}

/// Reads a chain of one kind.
pub(super) fn chain_from<C: Content>(root: Value) -> Result<(Id, Vec<Entry<C>>), Error> {
    let kind = kind_of(&root)?;
    if kind != C::KIND {
        let message = format!("the chain is of kind `{}`, not `{}`", kind.as_str(), C::KIND.as_str());
        return Err(Error::new(ErrorCode::UnknownWord, message).at("/kind"));
    }
    let ChainDocument { id, entries, .. } = read_as(root, "")?;
    Ok((id, entries.into_owned()))
}

/// Writes where a chain stands, on one line.
#[must_use]
pub fn write_head(head: &Head) -> String {
    to_text(head)
}

/// Reads where a chain stands.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::{Id, audit, wire};
/// let head = audit::verify(&Id::new("T-1")?, &entries(), &[]).unwrap();
/// assert_eq!(wire::audit::read_head(wire::audit::write_head(&head))?, head);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_entry`].
pub fn read_head(json: impl AsRef<[u8]>) -> Result<Head, Error> {
    read_document(json.as_ref(), MAX_DOCUMENT_BYTES)
}

/// Reads a list of heads, as a host collects them.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::{Id, audit, wire};
/// let head = audit::verify(&Id::new("T-1")?, &entries(), &[]).unwrap();
/// let list = format!("[{}]", wire::audit::write_head(&head));
/// assert_eq!(wire::audit::read_head_list(list)?, [head]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_entry`].
pub fn read_head_list(json: impl AsRef<[u8]>) -> Result<Vec<Head>, Error> {
    read_document(json.as_ref(), MAX_HISTORY_BYTES)
}

/// Reads a refusal as [`super::evaluation::write_refusal`] wrote it.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::{audit, evaluation};
/// let refused = engine().decide(&opened(), &reply(), &agent(), at("2026-03-02T11:00:00Z"))?;
/// let refusal = refused.into_result().unwrap_err();
/// assert_eq!(audit::read_refusal(evaluation::write_refusal(&refusal))?, refusal);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_entry`].
pub fn read_refusal(json: impl AsRef<[u8]>) -> Result<Refusal, Error> {
    read_document(json.as_ref(), MAX_DOCUMENT_BYTES)
}

/// Reads what a chain is of.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::audit::ChainKind;
/// use sla_core::{Id, wire};
/// let document = wire::audit::write_chain(&Id::new("T-1")?, &entries());
/// assert_eq!(wire::audit::chain_kind(document)?, ChainKind::Ticket);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_chain`].
pub fn chain_kind(json: impl AsRef<[u8]>) -> Result<ChainKind, Error> {
    kind_of(&Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.root)
}

fn kind_of(root: &Value) -> Result<ChainKind, Error> {
    expect_schema(root, CHAIN_SCHEMA)?;
    read_as(root.get("kind").cloned().unwrap_or_default(), "/kind")
}

/// Writes the first place at which a chain is not what was written, on one line.
#[must_use]
pub fn write_tampering(tampering: &Tampering) -> String {
    to_text(tampering)
}

/// Writes heads as a small file to keep elsewhere: it pins everything that the chains said until then.
#[must_use]
pub fn write_heads(heads: &[Head]) -> String {
    to_lines(&HeadsDocument { schema: HEADS_SCHEMA.into(), heads: heads.into() })
}

/// Reads a file of heads.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::{Id, audit, wire};
/// let head = audit::verify(&Id::new("T-1")?, &entries(), &[]).unwrap();
/// let kept = wire::audit::write_heads(&[head.clone()]);
/// assert_eq!(wire::audit::read_heads(kept)?, [head]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_entry`]; `unsupported_schema` for another format.
pub fn read_heads(json: impl AsRef<[u8]>) -> Result<Vec<Head>, Error> {
    let root = tree_of(json.as_ref(), MAX_HISTORY_BYTES)?;
    expect_schema(&root, HEADS_SCHEMA)?;
    read_as::<HeadsDocument>(root, "").map(|document| document.heads.into_owned())
}

/// A chain with all its entries.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "C: Content"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct ChainDocument<'a, C: Clone> {
    /// The format: `sla-chain/1`.
    schema: Cow<'a, str>,
    /// What the chain is about.
    kind: ChainKind,
    /// The ticket, the log or the policy.
    id: Id,
    /// The entries, oldest first.
    entries: Cow<'a, [Entry<C>]>,
}

/// Where chains stand: a small file to keep elsewhere.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct HeadsDocument<'a> {
    /// The format: `sla-heads/1`.
    schema: Cow<'a, str>,
    /// One head a chain.
    heads: Cow<'a, [Head]>,
}
