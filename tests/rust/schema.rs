//! A JSON Schema check for the keywords that our schemas use; any other keyword fails.

use regex_lite::Regex;
use serde_json::Value;

/// Returns where `value` is not what the schema `root` asks for.
///
/// # Panics
///
/// When the schema has a keyword, a type or a reference that is not known here.
#[must_use]
pub fn faults(root: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    judge(root, root, value, "", &mut faults);
    faults
}

fn judge(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let definition = root.pointer(rule.as_str().unwrap().strip_prefix('#').unwrap()).unwrap();
                judge(root, definition, value, at, faults);
                true
            }
            "type" => is_of_type(rule.as_str().unwrap(), value),
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "pattern" => {
                let pattern = Regex::new(rule.as_str().unwrap()).unwrap();
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|number| number <= rule.as_i64().unwrap()),
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
                true
            }
            "additionalProperties" => {
                let known = |field: &String| schema["properties"].get(field).is_some();
                for (field, value) in value.as_object().into_iter().flatten().filter(|(field, _)| !known(field)) {
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
            other => panic!("the keyword `{other}` at {at} is not known"),
        };
        if !holds {
            faults.push(format!("{at}: {keyword}"));
        }
    }
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("the type `{other}` is not known"),
    }
}
