//! The incident log as it stands in the file: rows with their lines, grouped by ticket.

use std::collections::BTreeMap;
use std::io::Read;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use sla_core::time::Timestamp;

/// One change of one ticket.
#[derive(Debug, Clone)]
pub struct Row {
    /// The line in the file, from 1 for the heading.
    pub line: u64,
    pub at: Timestamp,
    pub opened_at: Timestamp,
    pub seq: u32,
    pub state: String,
    pub priority: String,
    pub channel: String,
    pub team: String,
    pub actor: String,
}

/// A row that could not be used, or not wholly.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Reported {
    pub line: u64,
    pub ticket: String,
    pub why: String,
}

#[derive(Debug, Deserialize)]
struct Written {
    ticket_id: String,
    seq: u32,
    event_at: DateTime,
    state: String,
    priority: String,
    channel: String,
    team: String,
    actor: String,
    opened_at: DateTime,
}

/// The rows of each ticket in order, and what could not be read.
pub struct Log {
    pub tickets: BTreeMap<String, Vec<Row>>,
    pub rows: u64,
    pub reported: Vec<Reported>,
}

/// Reads the log; its local times are those of `zone`.
pub fn read(file: impl Read, zone: &TimeZone) -> Result<Log, csv::Error> {
    let mut reader = csv::Reader::from_reader(file);
    let headings = reader.headers()?.clone();
    let mut log = Log { tickets: BTreeMap::new(), rows: 0, reported: Vec::new() };
    for record in reader.records() {
        let record = record?;
        log.rows += 1;
        let line = record.position().map_or(0, csv::Position::line);
        let read = record.deserialize::<Written>(Some(&headings)).map_err(|fault| fault.to_string());
        match read.and_then(|row| Ok((instant(row.event_at, zone)?, instant(row.opened_at, zone)?, row))) {
            Ok((at, opened_at, row)) => log.tickets.entry(row.ticket_id).or_default().push(Row {
                line,
                at,
                opened_at,
                seq: row.seq,
                state: row.state,
                priority: row.priority,
                channel: row.channel,
                team: row.team,
                actor: row.actor,
            }),
            Err(why) => {
                let ticket = record.get(0).unwrap_or_default().to_owned();
                log.reported.push(Reported { line, ticket, why });
            }
        }
    }
    for rows in log.tickets.values_mut() {
        rows.sort_by_key(|row| (row.at, row.seq));
    }
    Ok(log)
}

impl Log {
    /// Returns the instant of the last change.
    pub fn last(&self) -> Option<Timestamp> {
        self.tickets.values().flatten().map(|row| row.at).max()
    }

    /// Forgets what happened after `as_of`; returns how many rows that are.
    pub fn cut(&mut self, as_of: Timestamp) -> u64 {
        let mut cut = 0;
        self.tickets.retain(|_, rows| {
            let known = rows.len();
            rows.retain(|row| row.at <= as_of);
            cut += known as u64 - rows.len() as u64;
            !rows.is_empty()
        });
        cut
    }
}

/// A local time that a zone has twice is the earlier instant; one that it skips lies as far after the gap.
fn instant(local: DateTime, zone: &TimeZone) -> Result<Timestamp, String> {
    let instant = zone.to_ambiguous_timestamp(local).compatible().map_err(|fault| fault.to_string())?;
    Ok(Timestamp::from_micros(instant.as_microsecond()))
}
