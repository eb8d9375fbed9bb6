//! What differs between two policies, by JSON pointer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::audit::PolicyChange;
use crate::pointer::Pointer;
use crate::policy::Policy;
use crate::policy::document::Document;
use crate::wire::json::value_of;

/// Returns what differs from `before` to `after`: fields of objects by name, added ones last.
///
/// Packages, timers, steps, inactivity rules and channels are matched by `id`, so that one more of them is one change. A
/// list of other values is given as a whole. The order counts where the digest says so: of steps, inactivity rules and
/// variants, and in `notify`. Paths point into the document that [`super::write`]
/// makes of `after`, those of removed parts into that of `before`.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire;
/// let before = wire::policy::read(POLICY)?;
/// let after = wire::policy::read(POLICY.replacen("\"resolution\": \"16h\"", "\"resolution\": \"20h\"", 1))?;
/// let changes = wire::policy::changes(&before, &after);
/// assert_eq!(changes[0].path, "/packages/0/targets/resolution");
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn changes(before: &Policy, after: &Policy) -> Vec<PolicyChange> {
    let mut changes = Vec::new();
    compare(&document(before), &document(after), false, &Place::ROOT, &mut changes);
    changes
}

/// Returns whether two policies have the same rules: they are equal but for their `version`, and perhaps for the order of
/// what has none.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire;
/// let mut draft = policy().into_policy();
/// draft.version = 2;
/// assert!(wire::policy::same_rules(&policy(), &draft));
/// draft.channels.clear();
/// assert!(!wire::policy::same_rules(&policy(), &draft));
/// ```
#[must_use]
pub fn same_rules(one: &Policy, other: &Policy) -> bool {
    changes(one, other).iter().all(|change| change.path == "/version")
}

/// Where a value lies in both documents; entries that are matched by id may have other places.
#[derive(Clone, Copy)]
struct Place<'a> {
    before: Pointer<'a>,
    after: Pointer<'a>,
}

impl Place<'static> {
    const ROOT: Self = Self { before: Pointer::ROOT, after: Pointer::ROOT };
}

impl<'a> Place<'a> {
    const fn key(&'a self, key: &'a str) -> Self {
        Self { before: self.before.key(key), after: self.after.key(key) }
    }

    const fn index(&'a self, before: usize, after: usize) -> Self {
        Self { before: self.before.index(before), after: self.after.index(after) }
    }
}

fn document(policy: &Policy) -> Value {
    value_of(&Document::of(policy))
}

/// Returns whether the order counts in a list, or in the lists of an object.
fn is_ordered(key: &str) -> bool {
    matches!(key, "steps" | "inactivity" | "notify")
}

fn compare(before: &Value, after: &Value, is_ordered: bool, place: &Place<'_>, changes: &mut Vec<PolicyChange>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(before), Value::Object(after)) => compare_objects(before, after, is_ordered, place, changes),
        (Value::Array(was), Value::Array(is)) => match (by_id(was), by_id(is)) {
            (Some(was), Some(is)) if !is_ordered || have_one_order(&was, &is) => {
                compare_by_id(&was, &is, place, changes);
            }
            _ if !is_ordered && sorted(was) == sorted(is) && !was.iter().any(Value::is_object) => {}
            _ => push(Some(before), Some(after), place, changes),
        },
        _ => push(Some(before), Some(after), place, changes),
    }
}

fn compare_objects(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    are_ordered: bool,
    place: &Place<'_>,
    changes: &mut Vec<PolicyChange>,
) {
    for (key, was) in before {
        match after.get(key) {
            Some(is) => compare(was, is, are_ordered || is_ordered(key), &place.key(key), changes),
            None => push(Some(was), None, &place.key(key), changes),
        }
    }
    for (key, is) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        push(None, Some(is), &place.key(key), changes);
    }
}

type ById<'a> = Vec<(&'a str, &'a Value)>;

/// Returns the entries with their ids; `None` unless all are objects with one.
fn by_id(entries: &[Value]) -> Option<ById<'_>> {
    entries.iter().map(|entry| Some((entry.get("id")?.as_str()?, entry))).collect()
}

/// Returns whether the entries that both lists have follow each other in one order.
fn have_one_order(before: &ById<'_>, after: &ById<'_>) -> bool {
    let ids = |entries: &ById<'_>| entries.iter().map(|(id, _)| (*id).to_owned()).collect::<BTreeSet<_>>();
    let (were, are) = (ids(before), ids(after));
    let kept = before.iter().map(|(id, _)| *id).filter(|id| are.contains(*id));
    kept.eq(after.iter().map(|(id, _)| *id).filter(|id| were.contains(*id)))
}

fn compare_by_id(before: &ById<'_>, after: &ById<'_>, place: &Place<'_>, changes: &mut Vec<PolicyChange>) {
    let mut added: BTreeMap<&str, (usize, &Value)> =
        after.iter().enumerate().map(|(index, (id, is))| (*id, (index, *is))).collect();
    for (index, (id, was)) in before.iter().enumerate() {
        match added.remove(id) {
            Some((now_at, is)) => compare(was, is, false, &place.index(index, now_at), changes),
            None => push(Some(was), None, &place.index(index, index), changes),
        }
    }
    let mut added: Vec<(usize, &Value)> = added.into_values().collect();
    added.sort_unstable_by_key(|(index, _)| *index);
    for (index, is) in added {
        push(None, Some(is), &place.index(index, index), changes);
    }
}

fn sorted(values: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.sort_unstable();
    texts
}

fn push(before: Option<&Value>, after: Option<&Value>, place: &Place<'_>, changes: &mut Vec<PolicyChange>) {
    let path = if after.is_some() { place.after } else { place.before };
    changes.push(PolicyChange {
        path: path.to_string(),
        before: before.map(Value::to_string),
        after: after.map(Value::to_string),
    });
}
