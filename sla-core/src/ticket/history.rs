//! A complete, ordered list of events with the ticket they make.

use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Ticket;
use super::event::Event;
use super::fault::{EVENTS, TicketFault};
use crate::error::Error;

/// Every event of one ticket, oldest first, checked.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transparent))]
pub struct History {
    /// INVARIANT: not empty.
    events: Vec<Event>,
    /// What the events make, unless it was forgotten.
    #[cfg_attr(feature = "schema", schemars(skip))]
    ticket: OnceLock<Box<Ticket>>,
}

/// Histories are equal when their events are: the ticket follows from them.
impl PartialEq for History {
    fn eq(&self, other: &Self) -> bool {
        self.events == other.events
    }
}

impl Eq for History {}

/// A history is written as the list of its events.
impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.events.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for History {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl History {
    /// Checks and folds a list of events.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::ticket::{History, Status};
    ///
    /// let events = closed().events().to_vec();
    /// let history = History::new(events.clone())?;
    /// assert_eq!(history.ticket().status, Status::Closed);
    /// // A history has all events, in order.
    /// assert!(History::new(events[1..].to_vec()).is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_history` when the list is empty, does not begin with its one opening, has a gap or a repetition in
    /// its sequence numbers, goes back in time, or mixes tickets.
    pub fn new(events: Vec<Event>) -> Result<Self, Error> {
        Self::listed(EVENTS, events)
    }

    /// Checks and folds the events of a document; `list` is the place of their list in it.
    pub(crate) fn listed(list: &str, events: Vec<Event>) -> Result<Self, Error> {
        let ticket = folded(list, &events)?;
        Ok(Self::folded(events, ticket))
    }

    /// Returns the history of events that are folded already: `ticket` is what they make, and there is an opening.
    pub(crate) fn folded(events: Vec<Event>, ticket: Ticket) -> Self {
        Self { events, ticket: OnceLock::from(Box::new(ticket)) }
    }

    /// Returns the same history in the least memory: the ticket is folded again from the events when it is asked for.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let compact = closed().compacted();
    /// assert_eq!(compact.ticket(), closed().ticket());
    /// ```
    #[must_use]
    pub fn compacted(self) -> Self {
        let Self { mut events, .. } = self;
        events.shrink_to_fit();
        Self { events, ticket: OnceLock::new() }
    }

    /// Appends the events of a decision, or automatic ones.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::ticket::History;
    ///
    /// let opened = accepted(engine().open(&opening(), &customer(), at("2026-03-02T10:00:00Z"))?);
    /// let mut history = History::new(opened.events)?;
    /// let due = engine().due_events(history.ticket(), at("2026-03-02T13:12:00Z"))?;
    /// history.extend(due.events)?;
    /// assert_eq!(history.ticket(), &due.ticket);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_history` when an event does not follow; then nothing is appended.
    pub fn extend(&mut self, events: impl IntoIterator<Item = Event>) -> Result<(), Error> {
        let known = self.events.len();
        let mut ticket = match self.ticket.take() {
            Some(ticket) => ticket,
            None => Box::new(folded(EVENTS, &self.events)?),
        };
        for event in events {
            if let Err(error) = ticket.apply(&event) {
                // Rare, so that a copy of the ticket for each call would cost more than folding again.
                self.events.truncate(known);
                return Err(error);
            }
            self.events.push(event);
        }
        self.ticket = OnceLock::from(ticket);
        Ok(())
    }

    /// Returns the events, oldest first.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Returns the opening, and the events after it.
    #[expect(clippy::indexing_slicing, reason = "INVARIANT: there is an opening")]
    pub(crate) fn opening(&self) -> (&Event, &[Event]) {
        (&self.events[0], &self.events[1..])
    }

    /// Returns the state after the last event, without the events.
    #[must_use]
    pub fn into_ticket(self) -> Ticket {
        self.ticket.into_inner().map_or_else(|| refolded(&self.events), |ticket| *ticket)
    }

    /// Returns the state after the last event.
    #[must_use]
    pub fn ticket(&self) -> &Ticket {
        self.ticket.get_or_init(|| Box::new(refolded(&self.events)))
    }
}

#[expect(clippy::expect_used, reason = "INVARIANT: the events of a history were folded when it was made")]
fn refolded(events: &[Event]) -> Ticket {
    folded(EVENTS, events).expect("events that were folded before")
}

fn folded(list: &str, events: &[Event]) -> Result<Ticket, Error> {
    let Some((opening, rest)) = events.split_first() else { return Err(TicketFault::NoEvents.into()) };
    // The sequence number of an event that does not follow says nothing about its place in the list.
    let placed = |index: usize| move |error: Error| error.at(format!("{list}/{index}"));
    let mut ticket = Ticket::open(opening).map_err(placed(0))?;
    for (index, event) in (1..).zip(rest) {
        ticket.apply(event).map_err(placed(index))?;
    }
    Ok(ticket)
}
