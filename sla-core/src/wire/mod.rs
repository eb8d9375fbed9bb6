//! JSON in, JSON out: the only place that knows how documents are written.

pub mod alert;
pub mod analytics;
pub mod audit;
pub mod columns;
pub mod command;
pub mod evaluation;
pub mod explanation;
mod node;
pub mod policy;
mod slot;
pub mod snapshot;
mod text;
pub mod ticket;
mod tree;
mod value;
pub mod what_if;

use serde::Serialize;
use serde_json::Value;

use self::node::read_as;
use crate::error::{Error, ErrorCode};

/// The longest policy or command that is read, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// The longest history or snapshot that is read, in bytes.
pub const MAX_HISTORY_BYTES: usize = 256 * 1024 * 1024;

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
