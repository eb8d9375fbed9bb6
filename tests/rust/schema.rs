//! A JSON Schema check for the keywords that our schemas use; any other keyword fails.
//!
//! It is stricter than the specification in one respect: a field that no applicable part of the schema describes is a
//! fault, also where the schema leaves room for fields to come.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde_json::Value;

/// Returns where `value` is not what the schema `root` asks for.
///
/// # Panics
///
/// When the schema has a keyword, a type or a reference that is not known here.
#[must_use]
pub fn faults(root: &Value, value: &Value) -> Vec<String> {
    faults_of(root, root, value)
}

/// Returns where `value` is not what `schema`, a part of `root`, asks for.
///
/// # Panics
///
/// As [`faults`].
#[must_use]
pub fn faults_of(root: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    judge(root, schema, value, "", &mut faults);
    faults
}

/// Judges the value at one place.
fn judge(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let known = apply(root, schema, value, at, faults);
    if let (Some(known), Some(object)) = (known, value.as_object()) {
        for field in object.keys().filter(|field| !known.contains(*field)) {
            faults.push(format!("{at}/{field}: not described"));
        }
    }
}

/// Applies a schema, and those that it refers to for the same place; returns the fields that they describe, if any does.
fn apply(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) -> Option<BTreeSet<String>> {
    let mut known: Option<BTreeSet<String>> = None;
    let mut join = |more: Option<BTreeSet<String>>| {
        if let Some(more) = more {
            known.get_or_insert_default().extend(more);
        }
    };
    for (keyword, rule) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "examples" | "default" | "unevaluatedProperties" => true,
            "$ref" => {
                let definition = root.pointer(rule.as_str().unwrap().strip_prefix('#').unwrap()).unwrap();
                join(apply(root, definition, value, at, faults));
                true
            }
            "type" => match rule {
                Value::Array(names) => names.iter().any(|name| is_of_type(name.as_str().unwrap(), value)),
                name => is_of_type(name.as_str().unwrap(), value),
            },
            "format" => match (rule.as_str().unwrap(), value) {
                ("date-time", Value::String(text)) => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
                ("date-time", _) => true,
                (other, _) => ["uint", "uint8", "uint32", "uint64", "int64"].contains(&other),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "pattern" => {
                let pattern = Regex::new(rule.as_str().unwrap()).unwrap();
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|number| number <= rule.as_i64().unwrap()),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap()),
            "minItems" => value.as_array().is_none_or(|list| list.len() as u64 >= rule.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|list| list.len() as u64 <= rule.as_u64().unwrap()),
            "required" => {
                let fields = rule.as_array().unwrap().iter().map(|field| field.as_str().unwrap());
                value.as_object().is_none_or(|object| fields.into_iter().all(|field| object.contains_key(field)))
            }
            "properties" => {
                for (field, value) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = rule.get(field) {
                        judge(root, schema, value, &format!("{at}/{field}"), faults);
                    }
                }
                join(Some(rule.as_object().unwrap().keys().cloned().collect()));
                true
            }
            "additionalProperties" => {
                let known = |field: &String| schema["properties"].get(field).is_some();
                let others = value.as_object().into_iter().flatten().filter(|(field, _)| !known(field));
                for (field, value) in others {
                    join(Some([field.clone()].into()));
                    match rule {
                        Value::Bool(false) => faults.push(format!("{at}/{field}: additionalProperties")),
                        schema => judge(root, schema, value, &format!("{at}/{field}"), faults),
                    }
                }
                true
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    judge(root, rule, value, &format!("{at}/{index}"), faults);
                }
                true
            }
            "prefixItems" => {
                let values = value.as_array().into_iter().flatten().enumerate();
                for ((index, value), rule) in values.zip(rule.as_array().unwrap()) {
                    judge(root, rule, value, &format!("{at}/{index}"), faults);
                }
                true
            }
            "anyOf" | "oneOf" => {
                let tried = rule.as_array().unwrap().iter().map(|branch| {
                    let mut found = Vec::new();
                    (apply(root, branch, value, at, &mut found), found)
                });
                let (right, wrong): (Vec<_>, Vec<_>) = tried.partition(|(_, found)| found.is_empty());
                let count = right.len();
                right.into_iter().for_each(|(fields, _)| join(fields));
                if count == 0 {
                    // The branch that fits best says most.
                    faults.extend(wrong.into_iter().map(|(_, found)| found).min_by_key(Vec::len).unwrap_or_default());
                }
                if keyword == "oneOf" { count == 1 } else { count > 0 }
            }
            other => panic!("the keyword `{other}` at {at} is not known"),
        };
        if !holds {
            faults.push(format!("{at}: {keyword}"));
        }
    }
    known
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("the type `{other}` is not known"),
    }
}
