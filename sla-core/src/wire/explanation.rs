//! Derivations and ledgers as documents.

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde_json::{Value, json};

use super::evaluation::cycle_value;
use super::text_of;
use crate::explain::{Explanation, Ledger, LedgerEntry, Segment, SegmentKind};

/// Writes a derivation, on one line. Instants of parts are in the local time of the calendar, with its offset.
///
/// ```json
/// {"ticket": "T-1", "timer": "resolution", "now": "…", "time_zone": "Asia/Jakarta", "due_at": "…",
///  "cycle": {"elapsed_us": 0},
///  "passed": [{"from": "…", "to": "…", "counted": {}, "counted_us": 0, "used_us": 0},
///             {"from": "…", "to": "…", "closed": {"reason": "holiday", "name": "…"}, "counted_us": 0, "used_us": 0},
///             {"from": "…", "to": "…", "paused": {"status": "pending", "by": {}, "reason": "…"}},
///             {"from": "…", "to": "…", "resolved": {}}],
///  "ahead": [], "text": "…"}
/// ```
#[must_use]
pub fn write(explanation: &Explanation) -> String {
    let segments = |segments: &[Segment]| segments.iter().map(segment).collect::<Vec<_>>();
    text_of(&json!({
        "ticket": explanation.ticket.as_str(),
        "timer": explanation.timer.as_str(),
        "now": explanation.now.to_string(),
        "time_zone": explanation.time_zone,
        "due_at": explanation.due_at.map(local),
        "cycle": cycle_value(&explanation.cycle),
        "passed": segments(&explanation.passed),
        "ahead": segments(&explanation.ahead),
        "text": explanation.to_string(),
    }))
}

/// Writes a ledger, on one line.
///
/// ```json
/// {"ticket": "T-1", "now": "…", "entries": [{"from": "…", "to": "…", "status": "pending", "holder": "ana",
///   "wait_reason": "…", "open_us": 0, "closed_us": 0}]}
/// ```
#[must_use]
pub fn write_ledger(ledger: &Ledger) -> String {
    let entries: Vec<Value> = ledger.entries.iter().map(entry).collect();
    text_of(&json!({"ticket": ledger.ticket.as_str(), "now": ledger.now.to_string(), "entries": entries}))
}

fn segment(segment: &Segment) -> Value {
    let (name, data) = match &segment.kind {
        SegmentKind::Counted => ("counted", json!({})),
        SegmentKind::Closed { reason, name } => ("closed", json!({"reason": reason.as_str(), "name": name})),
        SegmentKind::Paused { status, by, reason } => {
            let by = json!({"role": by.role.as_str(), "id": by.id});
            ("paused", json!({"status": status.as_str(), "by": by, "reason": reason}))
        }
        SegmentKind::Resolved => ("resolved", json!({})),
    };
    json!({
        "from": local(segment.from),
        "to": local(segment.to),
        name: data,
        "counted_us": segment.counted.as_micros(),
        "used_us": segment.used.as_micros(),
    })
}

fn entry(entry: &LedgerEntry) -> Value {
    json!({
        "from": entry.from.to_string(),
        "to": entry.to.to_string(),
        "status": entry.status.as_str(),
        "holder": entry.holder.as_ref().map(ToString::to_string),
        "wait_reason": entry.wait_reason,
        "open_us": entry.open.as_micros(),
        "closed_us": entry.closed_us(),
    })
}

fn local(at: DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}
