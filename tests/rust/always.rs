//! Policies of one package `p` that counts around the clock, with the channel `email`.

use serde_json::{Value, json};
use sla_core::{Engine, wire};

/// Returns the document of a policy that promises `targets`, with the fields `more`.
#[must_use]
pub fn document(targets: &Value, more: &Value) -> Value {
    let mut document = json!({
        "schema": "sla-policy/2", "id": "always", "version": 1,
        "calendars": {"always": {"time_zone": "UTC", "always_open": true}},
        "channels": [{"id": "email", "name": "Email"}],
        "packages": [{"id": "p", "name": "P", "rank": 1, "channels": ["email"], "calendar": "always",
            "targets": targets}],
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        document[field] = value.clone();
    }
    document
}

/// Compiles a document.
///
/// # Panics
///
/// Panics when it is no policy.
#[must_use]
pub fn compiled(document: &Value) -> Engine {
    Engine::compile(wire::policy::read(document.to_string()).unwrap()).unwrap()
}
