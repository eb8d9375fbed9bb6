//! Documents as JSON text: how they are read, with their limits and places, and how they are written.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::lines::Lines;
use super::node::read_as;
use super::tree::{MAX_HISTORY_BYTES, Tree};
use crate::error::{Error, ErrorCode};

/// Reads JSON text of at most `most` bytes, in which no object has a key twice.
pub(super) fn tree_of(json: &[u8], most: usize) -> Result<Value, Error> {
    Tree::parse_within(json, most)?.undoubled()
}

/// Reads a document of at most `most` bytes.
pub(super) fn read_document<T: DeserializeOwned>(json: &[u8], most: usize) -> Result<T, Error> {
    read_as(tree_of(json, most)?, "")
}

/// Returns the text of a document that begins as the library writes one of this format with a list of events or entries,
/// and can be read without a tree; `None` for any other.
pub(super) fn own_text<'a>(json: &'a [u8], schema: &str) -> Option<&'a str> {
    let rest = json.strip_prefix(b"{\"schema\": \"")?.strip_prefix(schema.as_bytes())?;
    if json.len() > MAX_HISTORY_BYTES || !rest.starts_with(b"\",") {
        return None;
    }
    // The whole text is checked at once, not each string in it.
    std::str::from_utf8(json).ok().filter(|text| has_own_lists(text))
}

/// Returns whether every list stands where the library writes one: an object may not be written as a list of its values.
pub(super) fn has_own_lists(text: &str) -> bool {
    let lists =
        ["\"changes\":", "\"notify\":", "\"promised\":", "\"computed_steps\":", "\"events\": ", "\"entries\": "];
    let mut before = text.match_indices('[').map(|(place, _)| text.get(..place).unwrap_or_default());
    before.all(|before| lists.iter().any(|list| before.ends_with(list)))
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
