//! Evaluations and decisions as documents, for hosts that read JSON.

use serde::Serialize;

use super::json::to_text;
use crate::at_risk::OpenPromise;
use crate::engine::{Decision, DryRun, Evaluation, Import, VisibleTickets};
use crate::refusal::Refusal;

/// Writes where a ticket stands, on one line.
#[must_use]
pub fn write(evaluation: &Evaluation) -> String {
    to_text(evaluation)
}

/// Writes the outcome of a command, on one line: `{"accepted": {"events": […]}}` or `{"refused": {…}}`.
#[must_use]
pub fn write_decision(decision: &Decision) -> String {
    to_text(decision)
}

/// Writes a refusal, on one line: its stable code, what was asked for, what stands in the way, and what is accepted.
#[must_use]
pub fn write_refusal(refusal: &Refusal) -> String {
    to_text(refusal)
}

/// Writes which tickets a list may show, on one line.
#[must_use]
pub fn write_visible(visible: &VisibleTickets) -> String {
    to_text(visible)
}

/// Writes what an import made, on one line: `{"accepted": {"events": […], "refused": [{"index": 3, "refusal": {…}}]}}`,
/// or `{"refused": {…}}` when the ticket could not even be opened. `index` is the place in the list of
/// [`super::command::read_recorded`], where the opening is 0.
#[must_use]
pub fn write_import(import: &Decision<Import>) -> String {
    to_text(import)
}

/// Writes what adopting a revision would do, on one line.
#[must_use]
pub fn write_dry_run(run: &DryRun) -> String {
    to_text(run)
}

/// Writes the promises of an at-risk list, the one with the least remaining first, on one line.
#[must_use]
pub fn write_at_risk(promises: &[OpenPromise]) -> String {
    to_text(&AtRiskDocument { promises })
}

/// The open promises with the least remaining, in order.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct AtRiskDocument<'a> {
    /// The promises.
    promises: &'a [OpenPromise],
}
