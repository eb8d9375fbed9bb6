//! The incident log as it is in the file, and what its columns, channels and states mean: `data/README.md`.

use std::io::Read;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use sla_core::log::{Meaning, Row, State, States};
use sla_core::time::Timestamp;

/// A row that was not used, or not as a whole.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Refused {
    pub line: u64,
    pub ticket: String,
    pub code: String,
    pub message: String,
}

#[derive(Debug, Deserialize)]
struct Written {
    ticket_id: String,
    seq: i64,
    event_at: DateTime,
    state: String,
    priority: Option<String>,
    channel: String,
    team: Option<String>,
    actor: Option<String>,
    opened_at: DateTime,
}

/// A line that was read.
#[derive(Debug)]
pub struct Line {
    /// Its number in the file, from 1 for the heading.
    number: u64,
    event_at: Timestamp,
    opened_at: Timestamp,
    written: Written,
}

/// The lines of the log, and those that could not be read.
pub struct Log {
    pub lines: Vec<Line>,
    pub rows: u64,
    pub refused: Vec<Refused>,
}

/// Reads the log; its local times are those of `zone`.
pub fn read(file: impl Read, zone: &TimeZone) -> Result<Log, csv::Error> {
    let mut reader = csv::Reader::from_reader(file);
    let headings = reader.headers()?.clone();
    let mut log = Log { lines: Vec::new(), rows: 0, refused: Vec::new() };
    for record in reader.records() {
        let record = record?;
        log.rows += 1;
        let number = record.position().map_or(0, csv::Position::line);
        let read = record.deserialize::<Written>(Some(&headings)).map_err(|fault| fault.to_string());
        let line = read.and_then(|written| {
            let (event_at, opened_at) = (instant(written.event_at, zone)?, instant(written.opened_at, zone)?);
            Ok(Line { number, event_at, opened_at, written })
        });
        match line {
            Ok(line) => log.lines.push(line),
            Err(message) => {
                let ticket = record.get(0).unwrap_or_default().to_owned();
                log.refused.push(Refused { line: number, ticket, code: "wrong_type".to_owned(), message });
            }
        }
    }
    Ok(log)
}

impl Log {
    /// Returns the instant of the last change.
    pub fn last(&self) -> Option<Timestamp> {
        self.lines.iter().map(|line| line.event_at).max()
    }

    /// Drops what happened after `as_of`; returns how many lines that are.
    pub fn cut(&mut self, as_of: Timestamp) -> usize {
        let known = self.lines.len();
        self.lines.retain(|line| line.event_at <= as_of);
        known - self.lines.len()
    }

    /// Returns the lines as the rows of a log.
    pub fn rows(&self) -> Vec<Row<'_>> {
        self.lines.iter().map(Line::row).collect()
    }
}

impl Line {
    fn row(&self) -> Row<'_> {
        let written = &self.written;
        Row {
            number: self.number,
            ticket: &written.ticket_id,
            event_at: Some(self.event_at),
            opened_at: Some(self.opened_at),
            sequence: Some(written.seq),
            state: Some(&written.state),
            actor: written.actor.as_deref(),
            agent: written.team.as_deref(),
            package: Some("internal"),
            channel: Some(match written.channel.as_str() {
                "Phone" => "phone",
                "Email" => "email",
                "Self service" => "self_service",
                "IVR" => "ivr",
                "Direct opening" => "direct",
                other => other,
            }),
            severity: written.priority.as_deref(),
            ..Row::default()
        }
    }
}

/// Returns what the states of the log mean.
pub fn states() -> States {
    let states = [
        ("New", Meaning::New),
        ("Active", Meaning::Active),
        ("Awaiting User Info", Meaning::Pending),
        ("Awaiting Vendor", Meaning::OnHold),
        ("Awaiting Problem", Meaning::OnHold),
        ("Awaiting Evidence", Meaning::OnHold),
        ("Resolved", Meaning::Resolved),
        ("Closed", Meaning::Closed),
    ];
    let states = states.map(|(name, means)| {
        // A user who has to answer has been asked.
        (name, State { replied: means == Meaning::Pending, ..State::new(means) })
    });
    states.into_iter().collect()
}

/// A local time that a zone has twice is the earlier instant; one that it skips lies as far after the gap.
fn instant(local: DateTime, zone: &TimeZone) -> Result<Timestamp, String> {
    let instant = zone.to_ambiguous_timestamp(local).compatible().map_err(|fault| fault.to_string())?;
    Ok(Timestamp::from_micros(instant.as_microsecond()))
}
