//! Documents as JSON text: how they are read, with their limits and places, and how they are written.

use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned};
use serde_json::Value;

use super::lines::Lines;
use super::node::read_as;
use super::reader;
use super::tree::{MAX_HISTORY_BYTES, Tree};
use crate::error::{Error, ErrorCode};
use crate::ticket;

/// Reads JSON text of at most `most` bytes, in which no object has a key twice.
pub(super) fn tree_of(json: &[u8], most: usize) -> Result<Value, Error> {
    Tree::parse_within(json, most)?.undoubled()
}

/// Reads a document of at most `most` bytes.
pub(super) fn read_document<T: DeserializeOwned>(json: &[u8], most: usize) -> Result<T, Error> {
    read_as(tree_of(json, most)?, "")
}

/// Reads a document with events that begins as the library writes one of this format, without a tree; `None` for any other
/// and for one with faults, whose places the tree shows.
pub(super) fn own<'a, T: Deserialize<'a>>(json: &'a [u8], schema: &str) -> Option<T> {
    let rest = json.strip_prefix(b"{\"schema\": \"")?.strip_prefix(schema.as_bytes())?;
    if rest.starts_with(b"\",") { own_events(json) } else { None }
}

/// Reads a document with events without a tree; `None` for one with faults.
pub(super) fn own_events<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    let text = own_text(json, MAX_HISTORY_BYTES)?;
    ticket::sharing(|| reader::read(text).ok())
}

/// Reads a document on one line as [`own`] does; its type has no field for the format.
pub(super) fn own_rest<'a, T: Deserialize<'a>>(json: &'a [u8], schema: &str, most: usize) -> Option<T> {
    let rest = own_text(json, most)?.strip_prefix("{\"schema\":\"")?.strip_prefix(schema)?.strip_prefix("\",")?;
    reader::read_rest(rest).ok()
}

/// Checks the whole text at once, not each string in it.
fn own_text(json: &[u8], most: usize) -> Option<&str> {
    if json.len() > most { None } else { std::str::from_utf8(json).ok() }
}

/// Checks that a document names its format.
pub(super) fn expect_schema(document: &Value, schema: &str) -> Result<(), Error> {
    if document.get("schema").and_then(Value::as_str) == Some(schema) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::UnsupportedSchema, "the document is in another format, or says none")
        .help(format!("write `\"schema\": \"{schema}\"`"))
        .at("/schema"))
}

/// Takes the name of the format out of a document, and checks it.
pub(super) fn take_schema(document: &mut Value, schema: &str) -> Result<(), Error> {
    expect_schema(document, schema)?;
    document.as_object_mut().and_then(|fields| fields.remove("schema"));
    Ok(())
}

/// A document that names its format.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct Versioned<'a, T> {
    /// The format, with its version.
    pub(super) schema: &'static str,
    #[serde(flatten)]
    pub(super) document: &'a T,
}

pub(super) fn value_of(value: &impl Serialize) -> Value {
    // INVARIANT: documents have text keys only and hold no number that JSON cannot write.
    serde_json::to_value(value).unwrap_or_default()
}

/// Writes a document on one line.
pub(super) fn to_text(document: &impl Serialize) -> String {
    // INVARIANT: as `value_of`.
    serde_json::to_string(document).unwrap_or_default()
}

/// Appends entries of a list, each on a line of its own, with a line break before the first and after the last, so that a
/// host can cut the text into entries without reading them.
pub(super) fn push_lines(text: &mut String, entries: impl IntoIterator<Item = String>) {
    let mut separator = "\n";
    for entry in entries {
        text.push_str(separator);
        text.push_str(&entry);
        separator = ",\n";
    }
    text.push('\n');
}

/// Writes a document with one entry of its list a line, so that files of it can be compared line by line.
pub(super) fn to_lines(document: &impl Serialize) -> String {
    let mut text = Vec::new();
    // INVARIANT: as `value_of`; the text is UTF-8.
    let _ = document.serialize(&mut serde_json::Serializer::with_formatter(&mut text, Lines::default()));
    String::from_utf8(text).unwrap_or_default()
}
