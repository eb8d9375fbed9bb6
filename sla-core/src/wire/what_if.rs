//! Comparisons of two policies as documents.

use serde_json::{Map, Value, json};

use super::evaluation::cycle_value;
use super::text_of;
use crate::time::Share;
use crate::what_if::{Compared, Comparison, Flip, Outcomes, Unknown};

/// Writes a comparison, on one line.
///
/// ```json
/// {"tickets": 2, "flipped_tickets": 1, "left_out": [{"package": "gold", "tickets": 1}],
///  "promises": [{"package": "starter", "timer": "first_response", "flips": 1,
///                "before": {"met": 2, "breached": 0, "cancelled": 0, "running": 0, "paused": 0,
///                           "compliance_millionths": 1000000},
///                "after": {"met": 1, "breached": 1, "cancelled": 0, "running": 0, "paused": 0,
///                          "compliance_millionths": 500000}}]}
/// ```
#[must_use]
pub fn write(comparison: &Comparison) -> String {
    let promises: Vec<Value> = comparison
        .promises
        .iter()
        .map(|promise| {
            json!({
                "package": promise.package.as_str(),
                "timer": promise.timer.as_str(),
                "before": outcomes(promise.before),
                "after": outcomes(promise.after),
                "flips": promise.flips,
            })
        })
        .collect();
    let left_out: Vec<Value> = comparison
        .left_out
        .iter()
        .map(|(unknown, tickets)| {
            let mut row = unknown_value(unknown);
            row.insert("tickets".to_owned(), (*tickets).into());
            row.into()
        })
        .collect();
    text_of(&json!({
        "tickets": comparison.tickets,
        "flipped_tickets": comparison.flipped_tickets,
        "promises": promises,
        "left_out": left_out,
    }))
}

/// Writes a promise that ends otherwise, on one line. `before` and `after` are cycles as in an evaluation, or null.
///
/// ```json
/// {"ticket": "T-1", "package": "starter", "timer": "first_response", "cycle": 1, "causes": ["target"],
///  "before": {"outcome": "met"}, "after": {"outcome": "breached"}, "text": "…"}
/// ```
#[must_use]
pub fn write_flip(flip: &Flip) -> String {
    text_of(&flip_value(flip))
}

/// Writes what a candidate does to one ticket, on one line: its promises that end otherwise, or why it was left out.
///
/// ```json
/// {"flips": [], "left_out": {"package": "gold"}}
/// ```
#[must_use]
pub fn write_compared(compared: &Compared) -> String {
    let flips: Vec<Value> = compared.flips.iter().map(flip_value).collect();
    text_of(&json!({"flips": flips, "left_out": compared.left_out.as_ref().map(unknown_value)}))
}

/// Writes what a candidate does not know: `{"package": "gold"}`.
fn unknown_value(unknown: &Unknown) -> Map<String, Value> {
    let (kind, id) = match unknown {
        Unknown::Package(id) => ("package", id),
        Unknown::Severity(id) => ("severity", id),
        Unknown::Category(id) => ("category", id),
    };
    Map::from_iter([(kind.to_owned(), id.as_str().into())])
}

fn flip_value(flip: &Flip) -> Value {
    let causes: Vec<&str> = flip.causes.iter().map(|cause| cause.as_str()).collect();
    json!({
        "ticket": flip.ticket.as_str(),
        "package": flip.package.as_str(),
        "timer": flip.timer.as_str(),
        "cycle": flip.cycle,
        "causes": causes,
        "before": flip.before.as_ref().map(cycle_value),
        "after": flip.after.as_ref().map(cycle_value),
        "text": flip.to_string(),
    })
}

fn outcomes(outcomes: Outcomes) -> Value {
    json!({
        "met": outcomes.met,
        "breached": outcomes.breached,
        "cancelled": outcomes.cancelled,
        "running": outcomes.running,
        "paused": outcomes.paused,
        "compliance_millionths": outcomes.compliance().map(Share::as_millionths),
    })
}
