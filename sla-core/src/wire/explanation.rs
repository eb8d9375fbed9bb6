//! Derivations and ledgers as documents.

use super::json::to_text;
use crate::explain::Explanation;
use crate::ledger::Ledger;
use crate::serde_text::WithText;

/// Writes a derivation, on one line. Instants of parts are in the local time of the calendar, with its offset.
#[must_use]
pub fn write(explanation: &Explanation) -> String {
    to_text(&WithText::of(explanation))
}

/// Writes a ledger, on one line.
#[must_use]
pub fn write_ledger(ledger: &Ledger) -> String {
    to_text(ledger)
}
