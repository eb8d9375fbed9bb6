//! Alerts as documents.

use super::json::to_text;
use crate::alert::Alert;
use crate::serde_text::WithText;

/// Writes an alert, on one line: its name, its instant, what it is of, and a sentence.
#[must_use]
pub fn write(alert: &Alert) -> String {
    to_text(&WithText::of(alert))
}
