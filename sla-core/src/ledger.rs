//! Where a ticket's time went: every microsecond since its opening, by status, holder and pause reason.

use serde::Serialize;

use crate::engine::Engine;
use crate::error::Error;
use crate::id::Id;
use crate::serde_text::serialize_as;
use crate::ticket::{History, Status, Ticket};
use crate::time::{BusinessDuration, Timestamp};
use crate::timer;

/// Where a ticket's time went since its opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ledger {
    /// The ticket.
    pub ticket: Id,
    /// As of when.
    pub now: Timestamp,
    /// Without gap from the opening to the end of the ticket, or to `now`: their lengths sum to the ticket's age.
    pub entries: Vec<LedgerEntry>,
}

/// A span in which status, holder and pause reason stayed the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends, exclusive.
    pub to: Timestamp,
    /// The ticket's status.
    pub status: Status,
    /// The agent or admin whom the ticket was assigned to.
    pub agent: Option<Id>,
    /// The team that it was assigned to.
    pub team: Option<Id>,
    /// Why it was paused, in `pending` and `on_hold`.
    pub wait_reason: Option<String>,
    /// The time in which the calendar of the ticket's package was open. The rest was closed.
    pub open: BusinessDuration,
}

/// How a ledger writes an entry.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EntryDocument<'a> {
    /// Where it begins.
    from: Timestamp,
    /// Where it ends, exclusive.
    to: Timestamp,
    /// The ticket's status.
    status: Status,
    /// The agent or admin whom the ticket was assigned to, or null.
    agent: Option<&'a Id>,
    /// The team that it was assigned to, or null.
    team: Option<&'a Id>,
    /// Why it was paused, in `pending` and `on_hold`.
    wait_reason: Option<&'a str>,
    /// The time in which the calendar of the ticket's package was open, in microseconds.
    open_us: BusinessDuration,
    /// The rest of its length, in microseconds of wall time.
    closed_us: i64,
}

serialize_as!(LedgerEntry, "LedgerEntry", EntryDocument<'_>, |entry| EntryDocument {
    from: entry.from,
    to: entry.to,
    status: entry.status,
    agent: entry.agent.as_ref(),
    team: entry.team.as_ref(),
    wait_reason: entry.wait_reason.as_deref(),
    open_us: entry.open,
    closed_us: entry.closed_us(),
});

impl LedgerEntry {
    /// Returns the whole length in microseconds of wall time.
    #[must_use]
    pub const fn length_us(&self) -> i64 {
        self.to.micros_since(self.from)
    }

    /// Returns the closed part in microseconds of wall time.
    #[must_use]
    pub const fn closed_us(&self) -> i64 {
        // INVARIANT: a span is at least as long as the open time in it.
        self.length_us().saturating_sub(self.open.as_micros())
    }
}

impl Engine {
    /// Returns where the time went from the opening to the end of the ticket, or to `now`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let history = closed(); // opened at 10:00, assigned at 10:30, resolved at 15:00, closed at 16:30
    /// let ledger = engine().ledger(&history, at("2026-03-03T09:00:00Z"))?;
    /// let spans: Vec<_> = ledger.entries.iter().map(|entry| (entry.status.as_str(), entry.open.to_string())).collect();
    /// let expected = [("new", "30m"), ("open", "4h30m"), ("resolved", "1h30m")];
    /// assert_eq!(spans, expected.map(|(status, open)| (status, open.to_owned())));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Engine::evaluate`].
    pub fn ledger(&self, history: &History, now: Timestamp) -> Result<Ledger, Error> {
        let due = self.due_events(history.ticket(), now)?;
        let (opening, rest) = history.opening();
        let mut ticket = Ticket::open(opening)?;
        let mut entries: Vec<LedgerEntry> = Vec::new();
        for event in rest.iter().chain(&due.events) {
            self.book(&ticket, event.at, &mut entries)?;
            ticket.apply(event)?;
        }
        self.book(&ticket, now, &mut entries)?;
        Ok(Ledger { ticket: ticket.id, now, entries })
    }

    /// Adds the time from the end of the last entry until `to`, in the ticket's present state; none once it is final.
    fn book(&self, ticket: &Ticket, to: Timestamp, entries: &mut Vec<LedgerEntry>) -> Result<(), Error> {
        let from = entries.last().map_or(ticket.opened_at, |last| last.to);
        if from == to || ticket.status.is_final() {
            return Ok(());
        }
        let open = match self.revision(ticket.policy_digest)?.calendar_of(&ticket.package)? {
            Some(calendar) => calendar.elapsed(from, to)?,
            None => BusinessDuration::ZERO,
        };
        let wait_reason = ticket.pause.as_ref().map(|pause| pause.reason.clone());
        let (status, agent, team) = (ticket.status, ticket.agent.clone(), ticket.team.clone());
        match entries.last_mut() {
            Some(last)
                if (last.status, &last.wait_reason) == (status, &wait_reason)
                    && (&last.agent, &last.team) == (&agent, &team) =>
            {
                last.to = to;
                last.open = timer::sum(last.open, open)?;
            }
            _ => entries.push(LedgerEntry { from, to, status, agent, team, wait_reason, open }),
        }
        Ok(())
    }
}
