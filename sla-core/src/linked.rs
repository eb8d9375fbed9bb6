//! What a host stores of one answer: the events as entries of the ticket's chain, the chain's new head, the ticket, its values
//! for the columns of a database and, where asked for, its rows.

use serde::Serialize;

use crate::analytics::{RowState, TicketRows};
use crate::audit::{Chain, Entry, Head};
use crate::calendar::ZoneName;
use crate::engine::{Accepted, Decision, DueEvents, Engine, TicketValues};
use crate::error::Error;
use crate::ticket::{Event, Ticket};
use crate::time::{Timestamp, maybe_us};

/// Events that are linked to the chain of their ticket, with all that a host stores beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Linked {
    /// The ticket after the events, as values.
    pub values: TicketValues,
    /// The earliest instant of the next automatic event; null when there will be none.
    #[serde(rename = "next_check_at_us", serialize_with = "maybe_us")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    pub next_check_at: Option<Timestamp>,
    /// Where the chain stands after the events.
    pub head: Head,
    /// The rows of the events, and those as of now; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<TicketRows>,
    /// The events as entries, in order; each is written on a line of its own, so that a host can cut the text into entries
    /// without reading them. Empty when nothing happened.
    pub entries: Vec<Entry<Event>>,
    /// The ticket after the events.
    #[serde(skip)]
    pub ticket: Ticket,
}

impl Linked {
    /// Returns this answer with the rows of its events ([`Engine::ticket_rows`]); `state` is what the rows of the events
    /// before left, `None` for an opening. The rows are as of `now`, or of the last event where that is later: a command that was
    /// executed before succeeds at any clock.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let now = at("2026-03-02T10:00:00Z");
    /// let opened = accepted(engine().open(&opening(), &customer(), now)?).linked(&engine(), None, now)?;
    /// let opened = opened.with_rows(&engine(), None, now, "UTC")?;
    /// let state = opened.rows.unwrap().state;
    /// let assign = command("assign", r#""agent": "ana""#);
    /// let assigned = accepted(engine().decide(&opened.ticket, &assign, &admin(), now)?);
    /// let assigned = assigned.linked(&engine(), Some(opened.head), now)?.with_rows(&engine(), Some(&state), now, "UTC")?;
    /// let held = assigned.rows.unwrap().facts.into_iter().filter(|row| row.key.starts_with("held/1/"));
    /// assert!(held.count() == 4); // before the assignment
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Engine::ticket_rows`].
    pub fn with_rows<'z>(
        mut self,
        engine: &Engine,
        state: Option<&RowState>,
        now: Timestamp,
        time_zone: impl Into<ZoneName<'z>>,
    ) -> Result<Self, Error> {
        let events = self.entries.iter().map(|entry| &entry.content);
        let now = now.max(self.ticket.last_at);
        self.rows = Some(engine.ticket_rows(state, &self.ticket, events, now, time_zone)?);
        Ok(self)
    }
}

impl Accepted {
    /// Links the events to the chain of their ticket; `head` is where it stands, `None` to begin it with the opening.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let now = at("2026-03-02T10:00:00Z");
    /// let opened = accepted(engine().open(&opening(), &customer(), now)?).linked(&engine(), None, now)?;
    /// let assign = command("assign", r#""agent": "ana""#);
    /// let assigned = accepted(engine().decide(&opened.ticket, &assign, &admin(), now)?);
    /// let assigned = assigned.linked(&engine(), Some(opened.head), now)?;
    /// assert_eq!((assigned.entries.len(), assigned.head.entries), (1, 2));
    /// assert_eq!(assigned.values.agent.unwrap().as_str(), "ana");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_history` when the head is not that of the ticket before the events; `unknown_revision`.
    pub fn linked(self, engine: &Engine, head: Option<Head>, detected_at: Timestamp) -> Result<Linked, Error> {
        let next_check_at = engine.next_check_at(&self.ticket)?;
        linked(engine, head, self.events, self.ticket, next_check_at, detected_at)
    }
}

impl Decision {
    /// Links what was accepted as [`Accepted::linked`] does; a refusal stays as it is.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let now = at("2026-03-02T10:00:00Z");
    /// let linked = engine().open(&opening(), &customer(), now)?.linked(&engine(), None, now)?;
    /// assert_eq!(linked.into_result().unwrap().head.entries, 1);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Accepted::linked`].
    pub fn linked(
        self,
        engine: &Engine,
        head: Option<Head>,
        detected_at: Timestamp,
    ) -> Result<Decision<Linked>, Error> {
        Ok(match self {
            Self::Accepted(accepted) => Decision::Accepted(accepted.linked(engine, head, detected_at)?),
            Self::Refused(refusal) => Decision::Refused(refusal),
        })
    }
}

impl DueEvents {
    /// Links the events to the chain of their ticket, which stands at `head`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let now = at("2026-03-02T10:00:00Z");
    /// let opened = accepted(engine().open(&opening(), &customer(), now)?).linked(&engine(), None, now)?;
    /// let due = engine().due_events(&opened.ticket, at("2026-03-02T15:00:00Z"))?;
    /// let due = due.linked(&engine(), opened.head, at("2026-03-02T15:00:20Z"))?;
    /// assert_eq!(due.entries.len(), 3);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Accepted::linked`].
    pub fn linked(self, engine: &Engine, head: Head, detected_at: Timestamp) -> Result<Linked, Error> {
        linked(engine, Some(head), self.events, self.ticket, self.next_check_at, detected_at)
    }
}

fn linked(
    engine: &Engine,
    head: Option<Head>,
    events: Vec<Event>,
    ticket: Ticket,
    next_check_at: Option<Timestamp>,
    detected_at: Timestamp,
) -> Result<Linked, Error> {
    let mut chain = match head {
        Some(head) => Chain::resume(head)?,
        None => Chain::new(ticket.id.clone()),
    };
    let entries = chain.extend(events, detected_at)?;
    // Without events nothing else compares the head with the ticket.
    chain.expect_next(&ticket.id, u64::from(ticket.events))?;
    let values = engine.ticket_values(&ticket);
    Ok(Linked { values, next_check_at, head: chain.into_head(), rows: None, entries, ticket })
}
