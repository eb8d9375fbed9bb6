//! Comparisons of two policies as documents.

use super::json::to_text;
use crate::serde_text::WithText;
use crate::what_if::{Compared, Comparison, Flip};

/// Writes a comparison, on one line.
#[must_use]
pub fn write(comparison: &Comparison) -> String {
    to_text(comparison)
}

/// Writes a promise that ends otherwise, on one line. `before` and `after` are cycles as in an evaluation, or null.
#[must_use]
pub fn write_flip(flip: &Flip) -> String {
    to_text(&WithText::of(flip))
}

/// Writes what a candidate does to one ticket, on one line: its promises that end otherwise, or why it was left out.
#[must_use]
pub fn write_compared(compared: &Compared) -> String {
    to_text(compared)
}
