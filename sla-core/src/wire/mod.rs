//! JSON in, JSON out: the only place that knows how documents are written.

pub mod alert;
pub mod analytics;
pub mod audit;
pub mod columns;
pub mod command;
pub mod evaluation;
pub mod explanation;
pub mod policy;
mod slot;
pub mod snapshot;
pub mod ticket;
mod tree;
mod value;
pub mod what_if;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorCode};

/// The longest policy or command that is read, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// The longest history or snapshot that is read, in bytes.
pub const MAX_HISTORY_BYTES: usize = 256 * 1024 * 1024;

/// Reads a tree that stands at `place` of its document.
fn read_as<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, Error> {
    serde_path_to_error::deserialize(value).map_err(|fault| {
        let pointer: String = fault.path().iter().filter_map(segment).collect();
        fault_of(&fault.inner().to_string()).at(format!("{place}{pointer}"))
    })
}

fn segment(segment: &serde_path_to_error::Segment) -> Option<String> {
    match segment {
        serde_path_to_error::Segment::Seq { index } => Some(format!("/{index}")),
        serde_path_to_error::Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => None,
    }
}

/// Turns the text of a reading fault back into an error: a carried one begins with its code.
fn fault_of(text: &str) -> Error {
    if let Some((code, rest)) = text.split_once(": ")
        && let Some(code) = ErrorCode::ALL.iter().find(|known| known.as_str() == code)
    {
        let (message, help) = rest.split_once("; ").unwrap_or((rest, ""));
        return Error::new(*code, message).help(help);
    }
    let code = match text.split_once(' ') {
        Some(("unknown", rest)) if rest.starts_with("field") => ErrorCode::UnknownField,
        Some(("missing", _)) => ErrorCode::MissingField,
        Some(("unknown", _)) => ErrorCode::UnknownWord,
        _ => ErrorCode::WrongType,
    };
    Error::new(code, text)
}

/// Takes the format of a document out of it and checks it.
fn expect_schema(document: &mut Value, schema: &str) -> Result<(), Error> {
    let found = document.as_object_mut().and_then(|fields| fields.remove("schema"));
    if found.as_ref().and_then(Value::as_str) == Some(schema) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::UnsupportedSchema, "the document is in another format, or says none")
        .help(format!("write `\"schema\": \"{schema}\"`"))
        .at("/schema"))
}

fn value_of(value: &impl Serialize) -> Value {
    // INVARIANT: documents have text keys only and hold no number that JSON cannot write.
    serde_json::to_value(value).unwrap_or_default()
}

fn text_of(value: &Value) -> String {
    value.to_string()
}
