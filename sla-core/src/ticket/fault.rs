//! What can be wrong with a history or a stored state.

use std::borrow::Cow;

use super::Event;
use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;

#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum TicketFault {
    #[error("a history without events is not a ticket")]
    NoEvents,
    #[error("event {seq} (`{kind}`) of ticket `{ticket}` does not fit: {why}")]
    Event { seq: u32, kind: &'static str, ticket: Id, why: Misfit },
    #[error("the state of ticket `{ticket}` is inconsistent: {why}")]
    State { ticket: Id, why: Inconsistency },
}

/// Why an event does not follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    #[error("a history begins with its opening")]
    NotOpened,
    #[error("the opening has sequence number 0")]
    OpeningNotFirst,
    #[error("a history has one opening")]
    SecondOpening,
    #[error("it belongs to another ticket")]
    OtherTicket,
    #[error("its sequence number is not the next one")]
    NotNext,
    #[error("no sequence number follows it")]
    NoNext,
    #[error("it lies before the event it follows")]
    BackInTime,
    #[error("it names a timer cycle that is not the current one")]
    NotCurrentCycle,
    #[error("the cycles of a timer are numbered from 1, without a gap")]
    CycleNotNext,
    #[error("it starts a timer cycle before the one before it ended")]
    CycleStillCounts,
    #[error("it moves the start of a timer cycle behind what happened to the cycle")]
    StartsAfterwards,
    #[error("the ticket has no escalation of that number")]
    NoSuchEscalation,
}

impl Misfit {
    /// Returns the error for `event`.
    #[cold]
    pub(super) fn of(self, event: &Event) -> Error {
        let (kind, ticket) = (event.kind.name(), event.ticket.clone());
        let fault = TicketFault::Event { seq: event.seq, kind, ticket, why: self };
        Error::from(fault).at(place_of(event))
    }
}

/// The place of the events in a history.
pub(super) const EVENTS: &str = "/events";

/// Returns the place of an event in a history.
pub(crate) fn place_of(event: &Event) -> String {
    format!("{EVENTS}/{}", event.seq)
}

/// Which invariant of a stored state does not hold.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(super) enum Inconsistency {
    #[error("it has no events")]
    NoEvents,
    #[error("its timeline does not begin with the opening")]
    TimelineStart,
    #[error("its timeline does not end with its status")]
    TimelineEnd,
    #[error("its timeline goes back in time")]
    TimelineOrder,
    #[error("its pause and its status contradict each other")]
    Pause,
    #[error("its holders are not in order, or do not end with the present one")]
    Holders,
    #[error("something in it lies after its last event")]
    AfterLastEvent,
    #[error("its timers are not in order")]
    TimerOrder,
    #[error("the cycles of a timer are not in order")]
    CycleOrder,
    #[error("its escalations are not in order")]
    EscalationOrder,
}

impl Fault for TicketFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::InvalidHistory
    }

    fn help(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NoEvents => "pass every event of the ticket, the opening first",
            Self::Event { .. } => "pass every event of the ticket once, in the order in which they were created",
            Self::State { .. } => "fold the events of the ticket again",
        })
    }
}
