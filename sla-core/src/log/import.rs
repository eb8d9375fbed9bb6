//! Logs judged as the engine judges commands.

use super::commands::{self, OpenedTicket};
use super::fault::{RefusedRow, RowFault};
use super::row::Row;
use super::states::States;
use super::unlisted::{Remark, Unlisted};
use crate::engine::{Authors, Engine};
use crate::error::Error;
use crate::id::{SharedIds, sharing};
use crate::ticket::History;
use crate::time::Timestamp;

/// What an import left out of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogImport {
    /// The rows that cannot be read or are not allowed, by ticket; nothing of them is in a history.
    pub refused: Vec<RefusedRow>,
    /// The columns that are ignored.
    pub remarks: Vec<Remark>,
}

impl LogImport {
    /// Adds what was left out of the tickets that follow in the same log, for a log that is imported in parts.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::log::{Importer, LogImport, Row};
    /// let engine = engine();
    /// let mut all = LogImport::default();
    /// for ticket in ["T-7", "T-8"] {
    ///     let mut importer = Importer::new(&engine);
    ///     importer.ticket(&mut [Row { ticket, severity: Some("low"), ..Row::default() }])?;
    ///     all.append(importer.finish());
    /// }
    /// assert_eq!((all.refused.len(), all.remarks.len()), (2, 1));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    pub fn append(&mut self, next: Self) {
        self.refused.extend(next.refused);
        for remark in next.remarks {
            if !self.remarks.contains(&remark) {
                self.remarks.push(remark);
            }
        }
        // An importer remarks on severities first.
        self.remarks.sort_by(|one, other| other.column.cmp(one.column));
    }
}

/// Makes histories of the rows of tickets, one ticket after the other.
#[derive(Debug)]
pub struct Importer<'e> {
    engine: &'e Engine,
    states: Option<&'e States>,
    now: Option<Timestamp>,
    unlisted: Unlisted,
    refused: Vec<RefusedRow>,
    /// Ids and actors come again, in the ticket and in the log.
    ids: SharedIds,
    authors: Authors,
    /// The rows of the commands of the ticket; kept for their memory.
    numbers: Vec<u64>,
}

impl<'e> Importer<'e> {
    /// Returns an importer of rows of commands.
    #[must_use]
    pub fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            states: None,
            now: None,
            unlisted: Unlisted::of(engine.policy()),
            refused: Vec::new(),
            ids: SharedIds::of_log(),
            authors: Authors::of_log(),
            numbers: Vec::new(),
        }
    }

    /// Reads rows as states of their tickets.
    #[must_use]
    pub fn with_states(self, states: &'e States) -> Self {
        Self { states: Some(states), ..self }
    }

    /// Refuses rows later than `now`.
    #[must_use]
    pub fn until(self, now: Timestamp) -> Self {
        Self { now: Some(now), ..self }
    }

    /// Makes the history of one ticket; `None` when it cannot be opened.
    ///
    /// `rows` are those of one ticket, in order, as [`by_ticket`](super::by_ticket) gives them. Values that the policy
    /// lists nothing for are cleared in them.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::log::{Importer, Row};
    /// let open = Row { ticket: "T-7", event_at: Some(at("2026-03-02T10:00:00Z")), kind: Some("open"), ..Row::default() };
    /// let open = Row { package: Some("starter"), channel: Some("email"), severity: Some("low"), ..open };
    /// let resume = Row { number: 1, kind: Some("resume"), ..open };
    /// let engine = engine();
    /// let mut importer = Importer::new(&engine);
    /// let history = importer.ticket(&mut [open, resume])?.unwrap();
    /// assert_eq!(history.events().len(), 1);
    /// let import = importer.finish();
    /// assert_eq!((import.refused[0].row, import.refused[0].code), (1, "wrong_status"));
    /// assert_eq!(import.remarks[0].column, "severity");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when a calendar has no answer for an instant of a row.
    pub fn ticket(&mut self, rows: &mut [Row<'_>]) -> Result<Option<History>, Error> {
        self.unlisted.clear(rows);
        let rows = commands::as_commands(rows, self.states, self.now, &mut self.refused);
        let Some(ticket) = commands::opened(&rows, self.now, &mut self.refused) else { return Ok(None) };
        let OpenedTicket { opening, opener, opened_at, number, .. } = &ticket;
        self.numbers.clear();
        let mut commands = ticket.commands(&mut self.numbers, &mut self.refused);
        let (engine, authors) = (self.engine, &mut self.authors);
        let import =
            sharing(&mut self.ids, || engine.import_each(opening, opener, *opened_at, commands.by_ref(), authors));
        // Those of a ticket that is not opened are read, too: what cannot be read is refused for that.
        commands.for_each(drop);
        let import = import?;
        let numbers = std::mem::take(&mut self.numbers);
        let history = match import.into_result() {
            Ok(import) => {
                for one in import.refused {
                    let number = numbers.get(one.index).copied().unwrap_or_default();
                    self.refuse(&opening.ticket, number, &RowFault::Refused(Box::new(one.refusal)));
                }
                Some(import.history)
            }
            Err(refusal) => {
                let fault = RowFault::Ticket(Box::new(RowFault::Refused(Box::new(refusal))));
                for number in std::iter::once(number).chain(&numbers) {
                    self.refuse(&opening.ticket, *number, &fault);
                }
                None
            }
        };
        self.numbers = numbers;
        Ok(history)
    }

    /// Refuses a row. One of states stands for several commands: a reason is given once.
    fn refuse(&mut self, ticket: &str, number: u64, fault: &RowFault) {
        let refused = RefusedRow::new(number, ticket, fault);
        if self.refused.last() != Some(&refused) {
            self.refused.push(refused);
        }
    }

    /// Returns what was left out so far.
    #[must_use]
    pub fn finish(self) -> LogImport {
        LogImport { refused: self.refused, remarks: self.unlisted.remarks() }
    }
}
