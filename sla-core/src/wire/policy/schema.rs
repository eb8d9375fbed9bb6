//! The JSON Schema of the policy document, made from the types that read it.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema as schema};

use super::super::slot::{Slot, Term, Whole, Written};
use super::document::Document;

/// Returns the JSON Schema (draft 2020-12) of the policy document, indented.
///
/// A document that it accepts may still have problems of meaning, a reference to an unknown channel for one.
#[must_use]
pub fn json_schema() -> String {
    let mut root = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Document>();
    root.insert("title".to_owned(), "SLA policy".into());
    let mut text = serde_json::to_string_pretty(root.as_value()).unwrap_or_default();
    text.push('\n');
    text
}

impl<T: JsonSchema> JsonSchema for Slot<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl JsonSchema for Whole {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Whole".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
    }
}

impl<T: Term> JsonSchema for Written<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::MEANING.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = T::words();
        if words.is_empty() {
            schema!({"type": "string", "description": T::MEANING, "pattern": T::PATTERN})
        } else {
            schema!({"type": "string", "description": T::MEANING, "enum": words})
        }
    }
}
