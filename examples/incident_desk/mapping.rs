//! Rows to commands, as `data/README.md` states.

use sla_core::engine::{Import, RecordedCommand};
use sla_core::ticket::{Actor, Apply, Command, CommandKind, History, MessageRef, Opening, PauseStatus, Role};
use sla_core::{Digest, Engine, Error};

use crate::log::{Reported, Row};

/// Imports one ticket; what cannot be mapped or is refused goes to `reported` with its line.
pub fn import(
    engine: &Engine,
    ticket: &str,
    rows: &[Row],
    reported: &mut Vec<Reported>,
) -> Result<Option<History>, Error> {
    let Some(first) = rows.first() else { return Ok(None) };
    let mut report = |line, why: String| reported.push(Reported { line, ticket: ticket.to_owned(), why });
    let Some(channel) = channel(&first.channel) else {
        for row in rows {
            report(row.line, format!("the ticket came by the unknown channel `{}`", first.channel));
        }
        return Ok(None);
    };
    let opening = Opening {
        ticket: ticket.to_owned(),
        customer: format!("requester of {ticket}"),
        package: "internal".to_owned(),
        channel: channel.to_owned(),
        severity: Some(first.priority.clone()),
        category: None,
        message: message(ticket, first),
        command_id: None,
    };
    let opened_at = first.opened_at.min(first.at);
    let mut mapping = Mapping { ticket, at: Standing::New, last: first, team: None, channel, commands: Vec::new() };
    for row in rows {
        mapping.row(row, &mut report);
    }
    let (lines, commands): (Vec<u64>, Vec<RecordedCommand>) = mapping.commands.into_iter().unzip();
    match engine.import(&opening, &actor(first), opened_at, &commands)?.into_result() {
        Ok(Import { history, refused }) => {
            for row in refused {
                report(lines[row.index], row.refusal.to_string());
            }
            Ok(Some(history))
        }
        Err(refusal) => {
            for row in rows {
                report(row.line, format!("the ticket is not opened: {refusal}"));
            }
            Ok(None)
        }
    }
}

/// Where the mapped ticket stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    New,
    Active,
    Paused,
    Resolved,
    Closed,
}

struct Mapping<'a> {
    ticket: &'a str,
    at: Standing,
    last: &'a Row,
    /// Who holds the ticket.
    team: Option<&'a str>,
    channel: &'static str,
    commands: Vec<(u64, RecordedCommand)>,
}

impl<'a> Mapping<'a> {
    fn row(&mut self, row: &'a Row, report: &mut impl FnMut(u64, String)) {
        let before = std::mem::replace(&mut self.last, row);
        if row.channel != before.channel {
            report(row.line, format!("the channel changed from `{}` to `{}`: kept", before.channel, row.channel));
        }
        let known = self.commands.len();
        if row.priority != before.priority {
            self.push(
                row,
                CommandKind::Classify {
                    severity: Some(row.priority.clone()),
                    category: None,
                    apply: Apply::FromNow,
                    reason: "the log's priority changed".to_owned(),
                },
            );
        }
        let moved = row.state != before.state || self.commands.is_empty();
        match row.state.as_str() {
            "New" => {}
            "Active" => match self.at {
                Standing::New => self.hold(row),
                Standing::Paused => self.push(row, CommandKind::Resume),
                Standing::Resolved | Standing::Closed => {
                    self.push(row, CommandKind::Reopen { channel: None, reason: Some("active again".to_owned()) });
                }
                Standing::Active => {}
            },
            "Awaiting User Info" if moved => {
                self.hold(row);
                let channel = self.channel.to_owned();
                self.push(row, CommandKind::Reply { channel, message: message(self.ticket, row) });
                self.pause(row, PauseStatus::Pending);
            }
            "Awaiting Vendor" | "Awaiting Problem" | "Awaiting Evidence" if moved => {
                self.hold(row);
                self.pause(row, PauseStatus::OnHold);
            }
            "Awaiting User Info" | "Awaiting Vendor" | "Awaiting Problem" | "Awaiting Evidence" => {}
            "Resolved" if self.at != Standing::Resolved => self.resolve(row),
            "Resolved" => {}
            "Closed" => {
                if !matches!(self.at, Standing::Resolved | Standing::Closed) {
                    self.resolve(row);
                }
                if self.at == Standing::Resolved {
                    self.push(row, CommandKind::Close);
                }
            }
            state => return report(row.line, format!("the state `{state}` is not known")),
        }
        self.at = match row.state.as_str() {
            "New" => self.at,
            "Active" => Standing::Active,
            "Resolved" => Standing::Resolved,
            "Closed" => Standing::Closed,
            _ => Standing::Paused,
        };
        if self.team.is_some_and(|team| team != holder(row)) {
            self.assign(row);
        }
        if self.commands.len() == known {
            self.push(row, CommandKind::Note { message: message(self.ticket, row) });
        }
    }

    /// Gives the ticket to the row's team unless somebody holds it.
    fn hold(&mut self, row: &'a Row) {
        if self.team.is_none() {
            self.assign(row);
        }
    }

    fn assign(&mut self, row: &'a Row) {
        self.team = Some(holder(row));
        self.push(row, CommandKind::Assign { agent: holder(row).to_owned() });
    }

    fn pause(&mut self, row: &'a Row, status: PauseStatus) {
        self.push(row, CommandKind::Pause { status, reason: row.state.to_lowercase() });
    }

    fn resolve(&mut self, row: &'a Row) {
        self.hold(row);
        self.at = Standing::Resolved;
        self.push(row, CommandKind::Resolve { message: message(self.ticket, row) });
    }

    fn push(&mut self, row: &Row, kind: CommandKind) {
        // The team that holds the ticket works on it; what is left is the desk's.
        let works = matches!(
            kind,
            CommandKind::Reply { .. }
                | CommandKind::Note { .. }
                | CommandKind::Pause { .. }
                | CommandKind::Resume
                | CommandKind::Resolve { .. }
                | CommandKind::Reopen { .. }
        );
        let actor = match self.team.filter(|_| works) {
            Some(team) => Actor::new(Role::Agent, team),
            None => actor(row),
        };
        let command = RecordedCommand { at: row.at, actor, command: Command::from(kind) };
        self.commands.push((row.line, command));
    }
}

/// The team that holds the ticket; a row without one leaves it to whoever made the change.
fn holder(row: &Row) -> &str {
    if row.team.is_empty() { &row.actor } else { &row.team }
}

fn actor(row: &Row) -> Actor {
    Actor::new(Role::Admin, row.actor.clone())
}

/// The log holds no texts: the row stands for the message.
fn message(ticket: &str, row: &Row) -> MessageRef {
    let message_ref = format!("{ticket}#{}", row.seq);
    let content_sha256 = Digest::of(message_ref.as_bytes());
    MessageRef { message_ref, content_sha256 }
}

fn channel(written: &str) -> Option<&'static str> {
    Some(match written {
        "Phone" => "phone",
        "Email" => "email",
        "Self service" => "self_service",
        "IVR" => "ivr",
        "Direct opening" => "direct",
        _ => return None,
    })
}
