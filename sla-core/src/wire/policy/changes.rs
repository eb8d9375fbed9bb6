//! What differs between two policies, by JSON pointer.

use serde_json::{Map, Value};

use crate::audit::PolicyChange;
use crate::pointer::Pointer;
use crate::policy::Policy;
use crate::policy::document::Document;
use crate::wire::json::value_of;

/// Returns what differs from `before` to `after`: fields of objects by name, added ones last.
///
/// Packages, timers, steps and channels are matched by `id`, so that one more of them is one change. A list of other
/// values is compared without its order and given as a whole. Paths point into the document that [`super::write`]
/// makes of `after`, those of removed parts into that of `before`.
///
/// ```
/// # use sla_core::wire::policy;
/// # let text = include_str!("../../../../examples/talkabiz.json");
/// let before = policy::read(text)?;
/// let after = policy::read(text.replacen("\"resolution\": \"24h\"", "\"resolution\": \"20h\"", 1))?;
/// let changes = policy::changes(&before, &after);
/// assert_eq!(changes[0].path, "/packages/0/targets/resolution");
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn changes(before: &Policy, after: &Policy) -> Vec<PolicyChange> {
    let mut changes = Vec::new();
    compare(&document(before), &document(after), &Pointer::ROOT, &mut changes);
    changes
}

fn document(policy: &Policy) -> Value {
    value_of(&Document::of(policy))
}

fn compare(before: &Value, after: &Value, path: &Pointer<'_>, changes: &mut Vec<PolicyChange>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(before), Value::Object(after)) => compare_objects(before, after, path, changes),
        (Value::Array(before), Value::Array(after)) => match (by_id(before), by_id(after)) {
            (Some(before), Some(after)) => compare_by_id(&before, &after, path, changes),
            _ if sorted(before) == sorted(after) && !before.iter().any(Value::is_object) => {}
            _ => push(Some(&Value::Array(before.clone())), Some(&Value::Array(after.clone())), path, changes),
        },
        _ => push(Some(before), Some(after), path, changes),
    }
}

fn compare_objects(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    path: &Pointer<'_>,
    changes: &mut Vec<PolicyChange>,
) {
    for (key, was) in before {
        match after.get(key) {
            Some(is) => compare(was, is, &path.key(key), changes),
            None => push(Some(was), None, &path.key(key), changes),
        }
    }
    for (key, is) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        push(None, Some(is), &path.key(key), changes);
    }
}

type ById<'a> = Vec<(&'a str, &'a Value)>;

/// Returns the entries with their ids; `None` unless all are objects with one.
fn by_id(entries: &[Value]) -> Option<ById<'_>> {
    entries.iter().map(|entry| Some((entry.get("id")?.as_str()?, entry))).collect()
}

fn compare_by_id(before: &ById<'_>, after: &ById<'_>, path: &Pointer<'_>, changes: &mut Vec<PolicyChange>) {
    for (index, (id, was)) in before.iter().enumerate() {
        match after.iter().position(|(other, _)| other == id) {
            Some(now_at) => {
                if let Some((_, is)) = after.get(now_at) {
                    compare(was, is, &path.index(now_at), changes);
                }
            }
            None => push(Some(was), None, &path.index(index), changes),
        }
    }
    for (index, (id, is)) in after.iter().enumerate() {
        if !before.iter().any(|(other, _)| other == id) {
            push(None, Some(is), &path.index(index), changes);
        }
    }
}

fn sorted(values: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.sort_unstable();
    texts
}

fn push(before: Option<&Value>, after: Option<&Value>, path: &Pointer<'_>, changes: &mut Vec<PolicyChange>) {
    changes.push(PolicyChange {
        path: path.to_string(),
        before: before.map(Value::to_string),
        after: after.map(Value::to_string),
    });
}
