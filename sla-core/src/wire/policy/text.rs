//! The text of policies: its length is looked at first, then it is read without a tree in between.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::super::tree::{MAX_DEPTH, MAX_DOCUMENT_BYTES, Tree, check_length as within, not_json};
use crate::error::Error;
use crate::policy::document::Document;
use crate::policy::slot::{Faulty, Part, Read, Slot};

/// The longest list of revisions that is read, in bytes; each of them is at most
/// [`MAX_DOCUMENT_BYTES`](crate::wire::MAX_DOCUMENT_BYTES) long.
pub const MAX_REVISIONS_BYTES: usize = 64 * 1024 * 1024;

/// Reads one document.
pub(super) fn slot_of<T: Part>(json: &[u8]) -> Result<Slot<T>, Error> {
    within(json, MAX_DOCUMENT_BYTES)?;
    check_depth(json, MAX_DOCUMENT_BYTES)?;
    let mut text = serde_json::Deserializer::from_slice(json);
    let read = Read::new(&Faulty::default()).deserialize(&mut text);
    read.and_then(|slot| text.end().map(|()| slot)).map_err(|fault| not_json(&fault))
}

/// Refuses a policy, or a list of revisions, that is longer than [`super::read_revisions`] reads. The text itself is not
/// checked; a host that looks policies up by their text asks this first.
///
/// ```
/// use sla_core::{ErrorCode, wire};
/// let long = format!("\"{}\"", "x".repeat(wire::MAX_DOCUMENT_BYTES));
/// let error = wire::policy::check_length(&long).unwrap_err();
/// assert_eq!(error.code(), ErrorCode::LimitExceeded);
/// let error = wire::policy::check_length(format!("[{{}}, {long}]")).unwrap_err();
/// assert_eq!((error.code(), error.path()), (ErrorCode::LimitExceeded, "/1"));
/// ```
///
/// # Errors
///
/// `limit_exceeded`, with the place of a revision that is too long.
pub fn check_length(json: impl AsRef<[u8]>) -> Result<(), Error> {
    let json = json.as_ref();
    if !is_list(json) {
        return within(json, MAX_DOCUMENT_BYTES);
    }
    within(json, MAX_REVISIONS_BYTES)?;
    for (place, document) in entries(json).enumerate() {
        within(document, MAX_DOCUMENT_BYTES).map_err(|error| error.within(&format!("/{place}")))?;
    }
    Ok(())
}

fn is_list(json: &[u8]) -> bool {
    json.trim_ascii_start().first() == Some(&b'[')
}

/// Reads a list of documents; `None` for a text that is no list.
pub(super) fn revisions_of(json: &[u8]) -> Result<Option<Vec<Slot<Document>>>, Error> {
    if !is_list(json) {
        return Ok(None);
    }
    check_length(json)?;
    check_depth(json, MAX_REVISIONS_BYTES)?;
    let mut text = serde_json::Deserializer::from_slice(json);
    let read = text.deserialize_seq(Revisions);
    read.and_then(|revisions| text.end().map(|()| revisions)).map(Some).map_err(|fault| not_json(&fault))
}

/// Refuses a text that is nested too deep: what stands in an unknown field is skipped, however deep it is.
fn check_depth(json: &[u8], most: usize) -> Result<(), Error> {
    let mut brackets = Brackets::default();
    if json.iter().any(|byte| brackets.is_separator(*byte) || brackets.depth > MAX_DEPTH) {
        Tree::parse_within(json, most)?;
    }
    Ok(())
}

/// Returns the text of each entry of a list; of a text that is not JSON, some parts of it.
fn entries(json: &[u8]) -> impl Iterator<Item = &[u8]> {
    let list = json.trim_ascii();
    let list = list.strip_suffix(b"]").unwrap_or(list).get(1..).unwrap_or_default();
    let mut brackets = Brackets::default();
    list.split(move |byte| brackets.is_separator(*byte)).map(<[u8]>::trim_ascii)
}

/// Where in a text a reader is that looks at its brackets only.
#[derive(Default)]
struct Brackets {
    depth: usize,
    is_text: bool,
    is_escaped: bool,
}

impl Brackets {
    /// Goes over one byte; returns whether it is a comma outside all brackets.
    fn is_separator(&mut self, byte: u8) -> bool {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' if self.is_text => self.is_escaped = true,
            b'"' => self.is_text = !self.is_text,
            _ if self.is_text => {}
            // INVARIANT: a text has fewer brackets than bytes. One that closes what is not open is no JSON, and refused as such.
            b'[' | b'{' => self.depth = self.depth.saturating_add(1),
            b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            b',' => return self.depth == 0,
            _ => {}
        }
        false
    }
}

struct Revisions;

impl<'de> Visitor<'de> for Revisions {
    type Value = Vec<Slot<Document>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of policies")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut revisions = Vec::new();
        while let Some(revision) = list.next_element_seed(Read::new(&Faulty::default()))? {
            revisions.push(revision);
        }
        Ok(revisions)
    }
}
