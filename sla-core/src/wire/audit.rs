//! Chains and their heads as documents. `docs/audit.md` explains every field; hashes are never taken of JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::text::ObjectText;
use super::tree::Tree;
use super::value::{On, documents, on_wire};
use super::{MAX_DOCUMENT_BYTES, MAX_HISTORY_BYTES, expect_schema, read_as, text_of, value_of};
use crate::access::{Refusal, RefusalCode};
use crate::audit::{ChainKind, Content, Denial, Entry, Head, PolicyChange, Publication};
use crate::digest::Digest;
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::ticket::{Actor, Event};
use crate::time::Timestamp;

/// The format of chains, with its version.
pub const CHAIN_SCHEMA: &str = "sla-chain/1";

/// The format of a file of heads, with its version.
pub const HEADS_SCHEMA: &str = "sla-heads/1";

/// What a chain may say, as a JSON object: an event, a refusal, or a publication.
pub trait Document: Content + Sized {
    #[doc(hidden)]
    fn to_text(&self) -> String;
    #[doc(hidden)]
    fn from_value(value: Value, place: &str) -> Result<Self, Error>;
}

impl Document for Event {
    fn to_text(&self) -> String {
        super::ticket::write_event(self)
    }

    fn from_value(value: Value, place: &str) -> Result<Self, Error> {
        super::ticket::event_from(value, place)
    }
}

macro_rules! mirrored {
    ($($type:ty),*) => {$(
        impl Document for $type {
            fn to_text(&self) -> String {
                ObjectText::new().fields(&On(self)).finish()
            }

            fn from_value(value: Value, place: &str) -> Result<Self, Error> {
                read_as::<On<Self>>(value, place).map(|On(content)| content)
            }
        }
    )*};
}

mirrored!(Denial, Publication);

/// Writes an entry as a JSON object on one line: what it says, with `detected_at`, `prev` and `hash`.
#[must_use]
pub fn write_entry<C: Document>(entry: &Entry<C>) -> String {
    let link = LinkDoc { detected_at: entry.detected_at, prev: entry.prev, hash: entry.hash };
    ObjectText::of(entry.content.to_text()).fields(&link).finish()
}

/// Reads one entry. It is not checked: [`crate::audit::verify`] does that, for the whole chain.
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault; `limit_exceeded` above [`super::MAX_HISTORY_BYTES`].
pub fn read_entry<C: Document>(json: impl AsRef<[u8]>) -> Result<Entry<C>, Error> {
    entry_from(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?, "")
}

/// Reads a list of entries, unchecked.
///
/// # Errors
///
/// As [`read_entry`].
pub fn read_entries<C: Document>(json: impl AsRef<[u8]>) -> Result<Vec<Entry<C>>, Error> {
    let entries: Vec<Value> = read_as(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?, "")?;
    entries.into_iter().enumerate().map(|(at, entry)| entry_from(entry, &format!("/{at}"))).collect()
}

/// Writes a chain as a JSON object with one entry a line.
#[must_use]
pub fn write_chain<C: Document>(id: &Id, entries: &[Entry<C>]) -> String {
    let lines: Vec<String> = entries.iter().map(write_entry).collect();
    let (kind, id) = (C::KIND.as_str(), text_of(&value_of(&id.as_str())));
    let lines = lines.join(",\n");
    format!("{{\"schema\": \"{CHAIN_SCHEMA}\", \"kind\": \"{kind}\", \"id\": {id}, \"entries\": [\n{lines}\n]}}\n")
}

/// Reads a chain: its id and its entries, unchecked.
///
/// # Errors
///
/// As [`read_entry`]; `unsupported_schema` for another format; `unknown_word` for a chain of another kind.
pub fn read_chain<C: Document>(json: impl AsRef<[u8]>) -> Result<(Id, Vec<Entry<C>>), Error> {
    let mut root = Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?;
    expect_schema(&mut root, CHAIN_SCHEMA)?;
    let ChainDoc { kind, id, entries } = read_as(root, "")?;
    if kind != C::KIND {
        let message = format!("the chain is of kind `{}`, not `{}`", kind.as_str(), C::KIND.as_str());
        return Err(Error::new(ErrorCode::UnknownWord, message).at("/kind"));
    }
    let entries = entries.into_iter().enumerate().map(|(at, entry)| entry_from(entry, &format!("/entries/{at}")));
    Ok((id, entries.collect::<Result<_, _>>()?))
}

/// Writes where a chain stands, on one line.
#[must_use]
pub fn write_head(head: &Head) -> String {
    text_of(&value_of(&On(head)))
}

/// Reads where a chain stands.
///
/// # Errors
///
/// As [`read_entry`].
pub fn read_head(json: impl AsRef<[u8]>) -> Result<Head, Error> {
    let On(head) = read_as(Tree::parse_within(json.as_ref(), MAX_DOCUMENT_BYTES)?.undoubled()?, "")?;
    Ok(head)
}

/// Reads a list of heads, as a host collects them.
///
/// # Errors
///
/// As [`read_entry`].
pub fn read_head_list(json: impl AsRef<[u8]>) -> Result<Vec<Head>, Error> {
    let heads: Vec<On<Head>> = read_as(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?, "")?;
    Ok(heads.into_iter().map(|On(head)| head).collect())
}

/// Reads a refusal as [`super::evaluation::write_refusal`] wrote it.
///
/// # Errors
///
/// As [`read_entry`].
pub fn read_refusal(json: impl AsRef<[u8]>) -> Result<Refusal, Error> {
    let On(refusal) = read_as(Tree::parse_within(json.as_ref(), MAX_DOCUMENT_BYTES)?.undoubled()?, "")?;
    Ok(refusal)
}

/// Reads what a chain is of.
///
/// # Errors
///
/// As [`read_chain`].
pub fn chain_kind(json: impl AsRef<[u8]>) -> Result<ChainKind, Error> {
    let mut root = Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.root;
    expect_schema(&mut root, CHAIN_SCHEMA)?;
    let On(kind) = read_as(root.get("kind").cloned().unwrap_or_default(), "/kind")?;
    Ok(kind)
}

/// Writes heads as a small file to keep elsewhere: it pins everything that the chains said until then.
#[must_use]
pub fn write_heads(heads: &[Head]) -> String {
    let lines: Vec<String> = heads.iter().map(write_head).collect();
    format!("{{\"schema\": \"{HEADS_SCHEMA}\", \"heads\": [\n{}\n]}}\n", lines.join(",\n"))
}

/// Reads a file of heads.
///
/// # Errors
///
/// As [`read_entry`]; `unsupported_schema` for another format.
pub fn read_heads(json: impl AsRef<[u8]>) -> Result<Vec<Head>, Error> {
    let mut root = Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?;
    expect_schema(&mut root, HEADS_SCHEMA)?;
    read_as::<HeadsDoc>(root, "").map(|document| document.heads)
}

fn entry_from<C: Document>(value: Value, place: &str) -> Result<Entry<C>, Error> {
    let mut fields = object(value);
    let taken = ["detected_at", "prev", "hash"].map(|name| Some((name.to_owned(), fields.remove(name)?)));
    let link: LinkDoc = read_as(Value::Object(taken.into_iter().flatten().collect()), place)?;
    let content = C::from_value(Value::Object(fields), place)?;
    Ok(Entry { content, detected_at: link.detected_at, prev: link.prev, hash: link.hash })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkDoc {
    #[serde(with = "on_wire")]
    detected_at: Timestamp,
    #[serde(with = "on_wire")]
    prev: Digest,
    #[serde(with = "on_wire")]
    hash: Digest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChainDoc {
    #[serde(with = "on_wire")]
    kind: ChainKind,
    #[serde(with = "on_wire")]
    id: Id,
    entries: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadsDoc {
    #[serde(with = "on_wire")]
    heads: Vec<Head>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Head", deny_unknown_fields)]
struct HeadDoc {
    #[serde(with = "on_wire")]
    kind: ChainKind,
    #[serde(with = "on_wire")]
    id: Id,
    entries: u64,
    #[serde(with = "on_wire")]
    hash: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Denial", deny_unknown_fields)]
struct DenialDoc {
    #[serde(with = "on_wire")]
    log: Id,
    seq: u64,
    #[serde(with = "on_wire")]
    at: Timestamp,
    #[serde(with = "on_wire")]
    actor: Actor,
    #[serde(with = "on_wire", default, skip_serializing_if = "Option::is_none")]
    ticket: Option<Id>,
    #[serde(with = "on_wire")]
    refusal: Refusal,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Refusal", deny_unknown_fields)]
struct RefusalDoc {
    #[serde(with = "on_wire")]
    code: RefusalCode,
    action: String,
    message: String,
    accepted: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Publication", deny_unknown_fields)]
struct PublicationDoc {
    #[serde(with = "on_wire")]
    policy: Id,
    seq: u64,
    #[serde(with = "on_wire")]
    at: Timestamp,
    #[serde(with = "on_wire")]
    actor: Actor,
    reason: String,
    #[serde(with = "on_wire")]
    policy_digest: Digest,
    #[serde(with = "on_wire", default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<PolicyChange>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PolicyChange", deny_unknown_fields)]
struct PolicyChangeDoc {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

documents!(
    HeadDoc => Head,
    DenialDoc => Denial,
    RefusalDoc => Refusal,
    PublicationDoc => Publication,
    PolicyChangeDoc => PolicyChange
);
