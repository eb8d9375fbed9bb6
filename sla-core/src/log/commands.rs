//! Rows made into commands, ticket by ticket.

use std::borrow::Cow;

use super::fault::{RefusedRow, RowFault};
use super::row::{Opened, Row, by_ticket};
use super::states::States;
use crate::engine::RecordedCommand;
use crate::ticket::{Action, Actor, Opening};
use crate::time::Timestamp;

/// What the rows of one ticket ask for, as [`Engine::import`](crate::Engine::import) takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketCommands {
    /// The opening.
    pub opening: Opening,
    /// Who opens the ticket.
    pub opener: Actor,
    /// When it is opened.
    pub opened_at: Timestamp,
    /// What follows, oldest first.
    pub commands: Vec<RecordedCommand>,
    /// The [`Row::number`] of the opening and of each command.
    pub numbers: Vec<u64>,
}

/// What a log says: the commands of each ticket, and the rows that cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogCommands {
    /// The tickets that can be opened, by id.
    pub tickets: Vec<TicketCommands>,
    /// The rows that are left out, by ticket.
    pub refused: Vec<RefusedRow>,
}

/// Makes commands of rows, which may come in any order. With `states`, rows are states of their tickets.
///
/// No policy is asked: whether a command is allowed shows when it is imported.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::log::{Row, commands_of};
/// let open = Row { ticket: "T-7", event_at: Some(at("2026-03-02T10:00:00Z")), kind: Some("open"), ..Row::default() };
/// let open = Row { package: Some("starter"), channel: Some("email"), ..open };
/// let reply = Row { number: 1, event_at: Some(at("2026-03-02T11:00:00Z")), kind: Some("replied"), ..open };
/// let mut rows = [reply, open];
/// let found = commands_of(&mut rows, None);
/// let ticket = &found.tickets[0];
/// assert_eq!((ticket.opening.customer.as_str(), ticket.commands[0].command.kind.name()), ("customer of T-7", "reply"));
/// let import = engine().import(&ticket.opening, &ticket.opener, ticket.opened_at, &ticket.commands)?.into_result().unwrap();
/// assert_eq!(import.history.events().len(), 2);
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn commands_of(rows: &mut [Row<'_>], states: Option<&States>) -> LogCommands {
    let mut found = LogCommands::default();
    for rows in by_ticket(rows) {
        let rows = as_commands(rows, states, None, &mut found.refused);
        let Some(ticket) = opened(&rows, None, &mut found.refused) else { continue };
        let mut numbers = vec![ticket.number];
        let commands = ticket.commands(&mut numbers, &mut found.refused).collect();
        let OpenedTicket { opening, opener, opened_at, .. } = ticket;
        found.tickets.push(TicketCommands { opening, opener, opened_at, commands, numbers });
    }
    found
}

/// A ticket whose opening was read, and the rows after it.
pub(super) struct OpenedTicket<'r, 'a> {
    pub(super) opening: Opening,
    pub(super) opener: Actor,
    pub(super) opened_at: Timestamp,
    /// The [`Row::number`] of the opening.
    pub(super) number: u64,
    rest: &'r [Row<'a>],
    now: Option<Timestamp>,
}

impl OpenedTicket<'_, '_> {
    /// Returns the commands that follow, each when it is asked for, and adds the number of its row, or the row as one that
    /// is refused.
    pub(super) fn commands(
        &self,
        numbers: &mut Vec<u64>,
        refused: &mut Vec<RefusedRow>,
    ) -> impl Iterator<Item = RecordedCommand> {
        let own = Opened { customer: &self.opening.customer, channel: &self.opening.channel };
        self.rest.iter().filter_map(move |row| match row.command(own, self.now) {
            Ok(command) => command.inspect(|_| numbers.push(row.number)),
            Err(fault) => {
                refused.push(row.refused(&fault));
                None
            }
        })
    }
}

/// Reads the opening among the rows of one ticket, which are commands in order; `None` when it cannot be opened.
pub(super) fn opened<'r, 'a>(
    rows: &'r [Row<'a>],
    now: Option<Timestamp>,
    refused: &mut Vec<RefusedRow>,
) -> Option<OpenedTicket<'r, 'a>> {
    let (unread, first, rest) = split(rows, now)?;
    refused.extend(unread.iter().filter_map(|row| row.at(now).err().map(|fault| row.refused(&fault))));
    match first.opening().and_then(|(opening, opener)| Ok((opening, opener, first.at(now)?))) {
        Ok((opening, opener, opened_at)) => {
            Some(OpenedTicket { opening, opener, opened_at, number: first.number, rest, now })
        }
        Err(fault) => {
            refuse_ticket(rows.get(unread.len()..).unwrap_or_default(), fault, refused);
            None
        }
    }
}

/// Returns the rows before the opening, the opening, and the rows after it.
///
/// Rows whose instant cannot be used never stand for the opening, unless they are it.
pub(super) fn split<'r, 'a>(
    rows: &'r [Row<'a>],
    now: Option<Timestamp>,
) -> Option<(&'r [Row<'a>], &'r Row<'a>, &'r [Row<'a>])> {
    let opens = |row: &Row<'_>| row.at(now).is_ok() || matches!(row.read_action(), Ok(Some(Action::Open)));
    let place = rows.iter().position(opens).unwrap_or_default();
    let (before, from) = rows.split_at_checked(place)?;
    let (first, after) = from.split_first()?;
    Some((before, first, after))
}

/// Returns rows of commands as they are, those of states as the commands they stand for.
pub(super) fn as_commands<'r, 'a>(
    rows: &'r [Row<'a>],
    states: Option<&'a States>,
    now: Option<Timestamp>,
    refused: &mut Vec<RefusedRow>,
) -> Cow<'r, [Row<'a>]> {
    match states {
        Some(states) => Cow::Owned(states.commands(rows, now, refused)),
        None => Cow::Borrowed(rows),
    }
}

/// Refuses every row of a ticket that is not opened, each once.
fn refuse_ticket(commands: &[Row<'_>], fault: RowFault, refused: &mut Vec<RefusedRow>) {
    let fault = RowFault::Ticket(Box::new(fault));
    let rows = commands.chunk_by(|one, other| one.number == other.number);
    refused.extend(rows.filter_map(|rows| rows.first()).map(|row| row.refused(&fault)));
}
