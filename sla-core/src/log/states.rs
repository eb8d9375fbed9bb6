//! Rows of states made into rows of commands.

use std::collections::BTreeMap;

use super::fault::{RefusedRow, RowFault};
use super::row::{LOG, Row, in_horizon};
use crate::string_enum::string_enum;
use crate::ticket::{Apply, Role};
use crate::time::Timestamp;

string_enum! {
    /// What a state of another system means for a ticket.
    Meaning {
        /// Opened; nothing follows from it.
        New => "new",
        /// Being worked on.
        Active => "active",
        /// Waiting for the customer.
        Pending => "pending",
        /// Waiting for a third party.
        OnHold => "on_hold",
        /// Answered for good.
        Resolved => "resolved",
        /// Final: resolved and done.
        Closed => "closed",
        /// Final: declared void.
        Voided => "voided",
    }
}

/// A state of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What it means.
    pub means: Meaning,
    /// Whether the customer is answered when the ticket enters the state.
    pub replied: bool,
    /// The reason of the pause or of the voiding; the state's name in small letters unless it is given.
    pub reason: Option<String>,
}

impl State {
    /// Returns a state that answers no customer, with its name as the reason.
    #[must_use]
    pub const fn new(means: Meaning) -> Self {
        Self { means, replied: false, reason: None }
    }
}

/// The states of another system, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct States(BTreeMap<String, Known>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    means: Meaning,
    replied: bool,
    reason: String,
}

impl<N: Into<String>> FromIterator<(N, State)> for States {
    fn from_iter<I: IntoIterator<Item = (N, State)>>(states: I) -> Self {
        let known = |(name, State { means, replied, reason }): (N, State)| {
            let name = name.into();
            let reason = reason.filter(|reason| !reason.is_empty()).unwrap_or_else(|| name.to_lowercase());
            (name, Known { means, replied, reason })
        };
        Self(states.into_iter().map(known).collect())
    }
}

/// The status of the mapped ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    New,
    Active,
    Paused,
    Resolved,
    Final,
}

impl States {
    /// Makes rows of commands of the rows of one ticket, which are in order. Every command has the number of its row.
    ///
    /// Rows that cannot be read are refused and left out; a changed channel is refused, the rest of its row is not.
    pub(super) fn commands<'a>(
        &'a self,
        rows: &[Row<'a>],
        now: Option<Timestamp>,
        refused: &mut Vec<RefusedRow>,
    ) -> Vec<Row<'a>> {
        let mut mapping: Option<Mapping<'a>> = None;
        for row in rows {
            let read = check(row, now).and_then(|at| {
                let mapping = mapping.get_or_insert_with(|| Mapping::open(row, at));
                mapping.row(row, self, refused)
            });
            if let Err(fault) = read {
                refused.push(row.refused(&fault));
            }
        }
        mapping.map(|mapping| mapping.commands).unwrap_or_default()
    }

    fn read(&self, name: &str) -> Result<&Known, RowFault> {
        self.0.get(name).ok_or_else(|| {
            let known: Vec<String> = self.0.keys().map(|name| format!("`{name}`")).collect();
            let known = if known.is_empty() { "no states".to_owned() } else { known.join(", ") };
            RowFault::UnknownState { state: name.to_owned(), known }
        })
    }
}

/// Returns when a row is, if its instants can be used.
fn check(row: &Row<'_>, now: Option<Timestamp>) -> Result<Timestamp, RowFault> {
    if row.state.is_none() {
        return Err(RowFault::Missing("state"));
    }
    if let Some(opened_at) = row.opened_at {
        in_horizon(opened_at)?;
    }
    row.at(now)
}

/// One ticket on its way from states to commands.
struct Mapping<'a> {
    standing: Standing,
    /// The agent or team that holds the ticket.
    holder: Option<&'a str>,
    /// The row before, with what it does not say taken from those before it.
    before: Row<'a>,
    commands: Vec<Row<'a>>,
}

impl<'a> Mapping<'a> {
    fn open(row: &Row<'a>, at: Timestamp) -> Self {
        let opened_at = row.opened_at.map_or(at, |opened_at| opened_at.min(at));
        let opening = Row {
            event_at: Some(opened_at),
            kind: Some("open"),
            role: Some(Role::Admin.as_str()),
            actor: Some(actor(row)),
            customer: row.customer,
            package: row.package,
            channel: row.channel,
            severity: row.severity,
            category: row.category,
            ..bare(row)
        };
        Self { standing: Standing::New, holder: None, before: *row, commands: vec![opening] }
    }

    fn row(&mut self, row: &Row<'a>, states: &'a States, refused: &mut Vec<RefusedRow>) -> Result<(), RowFault> {
        let before = self.before;
        self.before = Row {
            channel: row.channel.or(before.channel),
            severity: row.severity.or(before.severity),
            category: row.category.or(before.category),
            ..*row
        };
        if let (Some(was), Some(is)) = (before.channel, row.channel)
            && was != is
        {
            let fault = RowFault::ChannelChanged { before: was.to_owned(), after: is.to_owned() };
            refused.push(row.refused(&fault));
        }
        let known = self.commands.len();
        self.classify(row, &before);
        let named = row.state.unwrap_or_default();
        let state = states.read(named)?;
        // The opening is the first command: a first row enters its state.
        let moved = before.state != Some(named) || self.commands.len() == 1;
        self.enter(row, state, moved);
        if self.holder.is_some_and(|holder| holder != holder_of(row)) {
            self.assign(row);
        }
        if self.commands.len() == known {
            self.push(row, "note", Row::default());
        }
        Ok(())
    }

    fn classify(&mut self, row: &Row<'a>, before: &Row<'a>) {
        let Row { severity, category, .. } = self.before;
        if (severity, category) == (before.severity, before.category) {
            return;
        }
        let is_severity = severity != before.severity;
        let reason = if is_severity { "the log's priority changed" } else { "the log's category changed" };
        let fields = Row { severity, category, reason: Some(reason), ..Row::default() };
        self.push(row, "classify", Row { apply: Some(Apply::FromNow.as_str()), ..fields });
    }

    fn enter(&mut self, row: &Row<'a>, state: &'a Known, moved: bool) {
        match state.means {
            Meaning::New => {}
            Meaning::Active => self.activate(row),
            Meaning::Pending | Meaning::OnHold => {
                if moved {
                    self.hold(row);
                    if state.replied {
                        self.push(row, "reply", Row::default());
                    }
                    let fields = Row { reason: Some(&state.reason), ..Row::default() };
                    self.push(row, "pause", Row { status: Some(state.means.as_str()), ..fields });
                }
                self.standing = Standing::Paused;
            }
            Meaning::Resolved => self.resolve(row),
            Meaning::Closed => {
                if self.standing != Standing::Final {
                    self.resolve(row);
                    self.push(row, "close", Row::default());
                }
                self.standing = Standing::Final;
            }
            Meaning::Voided => {
                if self.standing != Standing::Final {
                    self.push(row, "void", Row { reason: Some(&state.reason), ..Row::default() });
                }
                self.standing = Standing::Final;
            }
        }
    }

    fn activate(&mut self, row: &Row<'a>) {
        match self.standing {
            Standing::New => self.hold(row),
            Standing::Active => {}
            Standing::Paused => self.push(row, "resume", Row::default()),
            Standing::Resolved | Standing::Final => {
                self.push(row, "reopen", Row { reason: Some("active again"), ..Row::default() });
            }
        }
        self.standing = Standing::Active;
    }

    fn resolve(&mut self, row: &Row<'a>) {
        if self.standing != Standing::Resolved {
            self.hold(row);
            self.push(row, "resolve", Row::default());
            self.standing = Standing::Resolved;
        }
    }

    /// Assigns the ticket to the row's team unless it is assigned.
    fn hold(&mut self, row: &Row<'a>) {
        if self.holder.is_none() {
            self.assign(row);
        }
    }

    fn assign(&mut self, row: &Row<'a>) {
        let agent = holder_of(row);
        self.holder = Some(agent);
        self.push(row, "assign", Row { agent: Some(agent), ..Row::default() });
    }

    /// Adds a command: the holder works on the ticket, everything else is administration.
    #[expect(clippy::large_types_passed_by_value, reason = "its fields are moved into the command")]
    fn push(&mut self, row: &Row<'a>, kind: &'static str, fields: Row<'a>) {
        let is_work = matches!(kind, "reply" | "note" | "pause" | "resume" | "resolve" | "reopen");
        let (role, actor) = match self.holder.filter(|_| is_work) {
            Some(holder) => (Role::Agent, holder),
            None => (Role::Admin, actor(row)),
        };
        self.commands.push(Row {
            number: row.number,
            ticket: row.ticket,
            event_at: row.event_at,
            sequence: row.sequence,
            kind: Some(kind),
            role: Some(role.as_str()),
            actor: Some(actor),
            ..fields
        });
    }
}

/// Returns which row it is, and nothing of what it says.
fn bare<'a>(row: &Row<'a>) -> Row<'a> {
    Row { number: row.number, ticket: row.ticket, event_at: row.event_at, sequence: row.sequence, ..Row::default() }
}

fn actor<'a>(row: &Row<'a>) -> &'a str {
    row.actor.unwrap_or(LOG)
}

/// Returns the agent or team of a row; without one, whoever made the change holds the ticket.
fn holder_of<'a>(row: &Row<'a>) -> &'a str {
    row.agent.or(row.actor).unwrap_or(LOG)
}
