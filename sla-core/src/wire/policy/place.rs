//! What a JSON pointer into a policy document is about, for forms.

use serde::Serialize;
use serde_json::Value;

use crate::error::Error;
use crate::wire::json::to_text;
use crate::wire::tree::{MAX_DOCUMENT_BYTES, Tree};

/// What a place in a policy document is about: a part of the policy, and a field of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// What the part is: `package`, `channel`, `calendar`, `timer`, `steps` (those of a timer), `severity`, `category`,
    /// `inactivity`, `pauses`, `roles`, `objectives`, or `policy` for the document itself.
    pub kind: &'static str,
    /// The id of the part; null where it has none, or none that can be read.
    pub id: Option<String>,
    /// The place of the part in its list, from 0; null where it is not in a list.
    pub index: Option<usize>,
    /// The field of the part, as the rest of the pointer without its first slash; empty for the part as a whole.
    pub field: String,
}

/// Returns what a JSON pointer of a problem, a warning or a change is about. The document need not be a valid policy.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::policy;
/// let document = POLICY.replace("16h", "soon");
/// let error = policy::read(&document).unwrap_err();
/// let place = policy::place(&document, error.related()[0].path())?;
/// assert_eq!((place.kind, place.id.as_deref(), place.field.as_str()), ("package", Some("starter"), "targets/resolution"));
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_json`, `limit_exceeded`.
pub fn place(json: impl AsRef<[u8]>, pointer: &str) -> Result<Place, Error> {
    let root = Tree::parse_within(json.as_ref(), MAX_DOCUMENT_BYTES)?.root;
    let mut parts = pointer.trim_start_matches('/').splitn(2, '/');
    let (part, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let (kind, within) = match part {
        "packages" => ("package", true),
        "channels" => ("channel", true),
        "calendars" => ("calendar", true),
        "timers" => ("timer", true),
        "steps" => ("steps", true),
        "severities" => ("severity", true),
        "categories" => ("category", true),
        "inactivity" => ("inactivity", true),
        "pauses" => ("pauses", false),
        "roles" => ("roles", false),
        "objectives" => ("objectives", false),
        _ => {
            return Ok(Place {
                kind: "policy",
                id: None,
                index: None,
                field: pointer.trim_start_matches('/').to_owned(),
            });
        }
    };
    if !within {
        return Ok(Place { kind, id: None, index: None, field: rest.to_owned() });
    }
    let (key, field) = rest.split_once('/').unwrap_or((rest, ""));
    let (index, id) = match root.get(part) {
        Some(Value::Array(list)) => {
            let index = key.parse::<usize>().ok();
            (index, index.and_then(|index| list.get(index)).and_then(id_of))
        }
        _ if key.is_empty() => (None, None),
        _ => (None, Some(key.replace("~1", "/").replace("~0", "~"))),
    };
    Ok(Place { kind, id, index, field: field.to_owned() })
}

/// Returns the id of an element of a list: its field, or the element itself where it is a text.
fn id_of(element: &Value) -> Option<String> {
    element.get("id").unwrap_or(element).as_str().map(str::to_owned)
}

/// Writes what a pointer is about, on one line.
#[must_use]
pub fn write_place(place: &Place) -> String {
    to_text(place)
}
