//! Verifications of histories by re-execution as documents.

use serde::Serialize;
use serde_json::Value;

use super::json::{to_text, value_of};
use crate::engine::{Difference, DifferenceKind, HistoryVerification, Sides};
use crate::pointer::Pointer;
use crate::refusal::{Refusal, RefusalCode};

/// Writes what a verification by re-execution found, on one line: of each difference the first field that differs.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::verification;
/// let found = engine().verify(&closed(), None)?;
/// assert!(verification::write(&found).starts_with(r#"{"verified":"#));
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn write(found: &HistoryVerification) -> String {
    to_text(&VerificationDocument {
        verified: found.verified,
        difference: found.difference.as_ref().map(DifferenceDocument::of),
        rules_changed: found.rules_changed.iter().map(DifferenceDocument::of).collect(),
        other_rules: found.other_rules,
    })
}

/// What a verification found.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct VerificationDocument<'a> {
    /// How many events the rules make as they are recorded: all of them, or those before the first that differs.
    verified: u32,
    /// The first event that the rules would not have made; absent where they make all.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<DifferenceDocument<'a>>,
    /// The events that differ in instants only, and were made under other time-zone rules than the engine's.
    rules_changed: Vec<DifferenceDocument<'a>>,
    /// How many of the verified events were made under other time-zone rules, whether or not anything differs.
    other_rules: u32,
}

/// How a history differs from what the rules make of it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Difference"))]
struct DifferenceDocument<'a> {
    /// The event; of a missing one that which comes instead of it, of a snapshot the last that it folds.
    seq: u32,
    /// What differs.
    what: DifferenceKind,
    /// The JSON pointer of the first field that differs, in the event or snapshot; empty for the whole of it.
    path: String,
    /// What is recorded there; absent for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<Value>,
    /// What the rules make there; absent for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Value>,
    /// Why the rules refuse the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a Refusal>,
}

impl<'a> DifferenceDocument<'a> {
    fn of(difference: &'a Difference) -> Self {
        let (recorded, expected) = match &*difference.sides {
            Sides::Event { recorded, expected } => (recorded.as_ref().map(value_of), expected.as_ref().map(value_of)),
            Sides::Snapshot { recorded, expected } => (Some(value_of(recorded)), Some(value_of(expected))),
        };
        let refusal = difference.refusal.as_ref();
        let (path, recorded, expected) = match (recorded, expected, refusal) {
            (Some(recorded), _, Some(refusal)) => {
                let path = refused_field(refusal.code);
                (path.to_owned(), recorded.pointer(path).cloned(), None)
            }
            (Some(recorded), Some(expected), None) => first_field(&recorded, &expected),
            (recorded, expected, _) => (String::new(), recorded, expected),
        };
        Self { seq: difference.seq, what: difference.what, path, recorded, expected, refusal }
    }
}

/// The fields of an event or snapshot that are compared before all others, in this order.
const FIRST: &[&str] =
    &["id", "events", "kind", "actor", "via", "at", "data", "policy_digest", "changes", "promised", "command"];

/// Returns the place of the first field that differs, with its two values.
fn first_field(recorded: &Value, expected: &Value) -> (String, Option<Value>, Option<Value>) {
    let root = Pointer::ROOT;
    let first = FIRST.iter().find_map(|name| differs_at(root.key(name), recorded.get(name), expected.get(name)));
    first.or_else(|| differs_at(root, Some(recorded), Some(expected))).unwrap_or_default()
}

type Field = (String, Option<Value>, Option<Value>);

fn differs_at(place: Pointer<'_>, one: Option<&Value>, other: Option<&Value>) -> Option<Field> {
    if one == other {
        return None;
    }
    match (one, other) {
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let mut keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
            keys.find_map(|key| differs_at(place.key(key), one.get(key), other.get(key)))
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => (0..one.len().max(other.len()))
            .find_map(|index| differs_at(place.index(index), one.get(index), other.get(index))),
        _ => Some((place.to_string(), one.cloned(), other.cloned())),
    }
}

/// Returns the field of an event that a refusal is about.
const fn refused_field(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::AnonymousActor
        | RefusalCode::RoleNotPermitted
        | RefusalCode::NotTicketOwner
        | RefusalCode::NotAssignedAgent => "/actor",
        RefusalCode::TimeWentBack => "/at",
        RefusalCode::DuplicateCommand => "/command",
        RefusalCode::UnknownChannel | RefusalCode::ChannelNotEntitled => "/data/channel",
        RefusalCode::UnknownPackage => "/data/package",
        RefusalCode::UnknownSeverity => "/data/severity",
        RefusalCode::UnknownCategory => "/data/category",
        RefusalCode::UnknownRevision => "/policy_digest",
        RefusalCode::ReasonRequired => "/data/reason",
        RefusalCode::UnknownEscalation | RefusalCode::EscalationNotOpen => "/data/number",
        RefusalCode::InvalidRating => "/data/score",
        RefusalCode::InvalidReference | RefusalCode::InvalidInstant => "/data",
        RefusalCode::WrongStatus
        | RefusalCode::PauseBudgetUsed
        | RefusalCode::AlreadyRated
        | RefusalCode::HistoryNeeded
        | RefusalCode::NothingToChange => "/kind",
    }
}
