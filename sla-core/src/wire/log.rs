//! Logs as documents: rows in, the commands of each ticket and the rows that are left out. `docs/logs.md` describes the
//! rows.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::{expect_schema, push_lines, to_text, tree_of};
use super::node::read_as;
use super::ticket::write_history_line;
use super::tree::MAX_HISTORY_BYTES;
use crate::engine::Engine;
use crate::error::{Error, ErrorCode};
use crate::log::{
    Importer, LogCommands, LogImport, Meaning, RefusedRow, Row, State, States, TicketCommands, by_ticket, commands_of,
};
use crate::ticket::{Actor, Command, History, Opening};
use crate::time::Timestamp;

/// The format of a log.
pub const LOG_SCHEMA: &str = "sla-log/1";

/// A log that was read.
#[derive(Debug, Clone)]
pub struct Log {
    states: Option<States>,
    rows: Vec<RowDocument>,
    /// The rows that cannot be read.
    refused: Vec<RefusedRow>,
}

/// Reads a log: rows of commands, or with `states` rows of states, in any order.
///
/// ```json
/// {"schema": "sla-log/1",
///  "states": {"New": "new", "Waiting": {"means": "pending", "replied": true}, "Done": "resolved"},
///  "rows": [{"ticket_id": "T-1", "event_at": "2026-11-23T02:00:00Z", "state": "New",
///            "package": "starter", "channel": "email", "agent": "ana"}]}
/// ```
///
/// A row that cannot be read is left out, and [`Log::commands`] says so.
///
/// ```
/// use sla_core::wire::log;
/// let log = log::read(
///     r#"{"schema": "sla-log/1", "rows": [
///         {"ticket_id": "T-1", "event_at": "2026-11-23T02:00:00Z", "kind": "open", "package": "starter", "channel": "email"},
///         {"ticket_id": "T-1", "event_at": "2026-11-23T02:30:00Z", "kind": "assign", "agent": "ana"},
///         {"ticket_id": "T-1", "event_at": "noon", "kind": "reply"}]}"#,
/// )?;
/// let found = log.commands();
/// assert_eq!(found.tickets[0].commands.len(), 1);
/// assert_eq!((found.refused[0].row, found.refused[0].code), (2, "invalid_timestamp"));
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unsupported_schema`, `missing_field`, `wrong_type`, `unknown_field`, or `unknown_word`
/// for a meaning, with the place of the first fault.
pub fn read(json: impl AsRef<[u8]>) -> Result<Log, Error> {
    let root = tree_of(json.as_ref(), MAX_HISTORY_BYTES)?;
    expect_schema(&root, LOG_SCHEMA)?;
    let LogDocument { states, rows, .. } = read_as(root, "")?;
    let states = states.map(|states| states.into_iter().map(|(name, StateDocument(state))| (name, state)).collect());
    let mut log = Log { states, rows: Vec::with_capacity(rows.len()), refused: Vec::new() };
    for (number, row) in (0..).zip(rows) {
        let ticket = row.get("ticket_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        match read_as::<RowDocument>(row, "") {
            Ok(row) => log.rows.push(RowDocument { row_number: row.row_number.or(Some(number)), ..row }),
            // A field that no row can have is a fault of the host, not of the row.
            Err(error) if error.code() == ErrorCode::UnknownField => {
                return Err(error.within(&format!("/rows/{number}")));
            }
            Err(error) => log.refused.push(RefusedRow::unread(number, &ticket, &error)),
        }
    }
    Ok(log)
}

impl Log {
    /// Makes commands of the rows.
    ///
    /// ```
    /// let row = r#"{"ticket_id": "T-1", "event_at": "2026-11-23T02:00:00Z", "kind": "reply"}"#;
    /// let log = sla_core::wire::log::read(format!(r#"{{"schema": "sla-log/1", "rows": [{row}]}}"#))?;
    /// assert_eq!(log.commands().refused[0].message, "the ticket is not opened: the first row of a ticket must be `open`");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn commands(&self) -> LogCommands {
        let mut rows: Vec<Row<'_>> = self.rows.iter().map(RowDocument::row).collect();
        let mut found = commands_of(&mut rows, self.states.as_ref());
        found.refused.splice(0..0, self.refused.iter().cloned());
        found
    }

    /// Makes the history of each ticket that can be opened, in the order of their ids, and gives it to `each`. Every row is
    /// judged at its own instant; automatic events come in place. Rows later than `now` are left out.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let log = sla_core::wire::log::read(r#"{"schema": "sla-log/1", "rows": [
    ///     {"ticket_id": "T-1", "event_at": "2026-03-02T10:00:00Z", "kind": "open", "package": "starter", "channel": "email"},
    ///     {"ticket_id": "T-1", "event_at": "2026-03-02T11:00:00Z", "kind": "resume"}]}"#)?;
    /// let mut histories = Vec::new();
    /// let import = log.import(&engine(), None, |history| Ok(histories.push(history)))?;
    /// assert_eq!(histories[0].events().len(), 1);
    /// assert_eq!(import.refused[0].code, "wrong_status");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when a calendar has no answer for an instant of a row; what `each` returns.
    pub fn import(
        &self,
        engine: &Engine,
        now: Option<Timestamp>,
        mut each: impl FnMut(History) -> Result<(), Error>,
    ) -> Result<LogImport, Error> {
        let mut importer = Importer::new(engine);
        if let Some(states) = &self.states {
            importer = importer.with_states(states);
        }
        if let Some(now) = now {
            importer = importer.until(now);
        }
        let mut rows: Vec<Row<'_>> = self.rows.iter().map(RowDocument::row).collect();
        for rows in by_ticket(&mut rows) {
            if let Some(history) = importer.ticket(rows)? {
                each(history)?;
            }
        }
        let mut import = importer.finish();
        import.refused.splice(0..0, self.refused.iter().cloned());
        Ok(import)
    }
}

/// Writes what was made of a log, each history on a line of its own: `{"refused": […], "remarks": […], "histories": […]}`.
/// The list of histories begins and ends with a line break, so that a host can store them without reading them.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::log::LogImport;
/// let text = sla_core::wire::log::write_import(&[closed()], &LogImport::default());
/// assert_eq!(text.lines().count(), 3);
/// ```
#[must_use]
pub fn write_import(histories: &[History], import: &LogImport) -> String {
    let remarks: Vec<RemarkDocument<'_>> = import
        .remarks
        .iter()
        .map(|remark| RemarkDocument { column: remark.column, message: &remark.message })
        .collect();
    let mut text = format!(r#"{{"refused":{},"remarks":{},"histories":["#, to_text(&import.refused), to_text(&remarks));
    push_lines(&mut text, histories.iter().map(write_history_line));
    text.push_str("]}");
    text
}

/// What an import made of a log, as [`write_import`] writes it.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "the schema is made of it")]
pub(super) struct ImportDocument<'a> {
    /// The rows that cannot be read or are not allowed.
    refused: &'a [RefusedRow],
    /// The columns that are ignored.
    remarks: Vec<RemarkDocument<'a>>,
    /// The tickets that could be opened, each with its events (`history`), by id.
    #[schemars(schema_with = "histories_schema")]
    histories: (),
}

/// Refers to the histories, which are written apart.
#[cfg(feature = "schema")]
fn histories_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"type": "array", "items": {"$ref": "#/$defs/history"}})
}

/// A column of a log that is ignored.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "LogRemark"))]
struct RemarkDocument<'a> {
    /// The column.
    column: &'a str,
    /// Why, as a sentence.
    message: &'a str,
}

/// Writes the commands of a log, on one line. `recorded` is what [`super::command::read_recorded`] reads, `rows` are the
/// numbers of the rows that its entries come from.
///
/// ```json
/// {"tickets": [{"ticket": "T-1", "rows": [0, 1], "recorded": [{"at": "2026-11-23T02:00:00Z", "actor": {…}, "command": {…}}]}],
///  "refused": [{"row": 2, "ticket": "T-1", "code": "invalid_timestamp", "message": "…"}]}
/// ```
#[must_use]
pub fn write(commands: &LogCommands) -> String {
    to_text(&CommandsDocument {
        tickets: commands.tickets.iter().map(TicketDocument::of).collect(),
        refused: &commands.refused,
    })
}

/// A log of commands, or with `states` of states.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct LogDocument {
    /// The format, `sla-log/1`.
    #[serde(rename = "schema")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    _schema: IgnoredAny,
    /// What each state means, in a log of states.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<BTreeMap<String, StateWritten>>"))]
    states: Option<BTreeMap<String, StateDocument>>,
    /// The rows, in any order.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<RowDocument>"))]
    rows: Vec<Value>,
}

/// What a state means: a word, or an object with more.
struct StateDocument(State);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct StateFields {
    /// What it means.
    means: Meaning,
    /// Whether the customer is answered when the ticket enters the state.
    #[serde(default)]
    replied: bool,
    /// The reason of the pause or of the voiding; the state's name in small letters unless it is given.
    #[serde(default)]
    reason: Option<String>,
}

/// What a state means.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "describes both ways of writing a state")]
enum StateWritten {
    /// Its meaning.
    Meaning(Meaning),
    /// Its meaning, with more.
    Fields(StateFields),
}

impl<'de> Deserialize<'de> for StateDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl<'de> Visitor<'de> for Written {
            type Value = StateDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a meaning, or an object with `means`")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<StateDocument, E> {
                Meaning::deserialize(StrDeserializer::new(word)).map(|means| StateDocument(State::new(means)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<StateDocument, A::Error> {
                let StateFields { means, replied, reason } = StateFields::deserialize(MapAccessDeserializer::new(map))?;
                Ok(StateDocument(State { means, replied, reason }))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

/// A row of a log; `docs/logs.md` says what each kind needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct RowDocument {
    /// The ticket.
    ticket_id: String,
    /// When it happened.
    event_at: Option<Timestamp>,
    /// Its place among rows of the same ticket and instant.
    sequence: Option<i64>,
    /// The number by which it is named when it is refused; its place in the list, from 0, unless given.
    row_number: Option<u64>,
    /// The command, or the event that it makes.
    kind: Option<String>,
    /// The state of the ticket from this row on.
    state: Option<String>,
    /// When the ticket was opened, in rows of states.
    opened_at: Option<Timestamp>,
    /// The id of the actor.
    actor: Option<String>,
    /// The role of the actor.
    role: Option<String>,
    /// The customer whose ticket it is.
    customer: Option<String>,
    /// The package.
    package: Option<String>,
    /// The channel.
    channel: Option<String>,
    /// The severity.
    severity: Option<String>,
    /// The category.
    category: Option<String>,
    /// The agent that the ticket is assigned to; in rows of states the agent or team.
    agent: Option<String>,
    /// The team that the ticket is assigned to.
    team: Option<String>,
    /// Who wrote first: `inbound` or `outbound`.
    direction: Option<String>,
    /// The customer's organization.
    organization: Option<String>,
    /// When a message was received, if earlier.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    received_at: Option<String>,
    /// Whether the host's automation wrote a reply.
    automatic: Option<bool>,
    /// When a pause ends automatically.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    until: Option<String>,
    /// The duplicate that the ticket absorbs.
    absorbed_ticket: Option<String>,
    /// Since when the customer waits on the duplicate.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    waiting_since: Option<String>,
    /// The status of a pause: `pending` or `on_hold`.
    status: Option<String>,
    /// The reason.
    reason: Option<String>,
    /// How a change is applied: `keep`, `from_now` or `retroactive`.
    apply: Option<String>,
    /// The ticket that a voided one repeats.
    duplicate_of: Option<String>,
    /// The host's reference of a message.
    message_ref: Option<String>,
    /// The SHA-256 digest of a message's content.
    content_sha256: Option<String>,
    /// A rating.
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    score: Option<Digits>,
    /// The number of an escalation.
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    number: Option<Digits>,
}

/// A whole number in decimal digits.
#[derive(Debug, Clone)]
struct Digits(String);

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(|number| Self(number.to_string()))
    }
}

impl RowDocument {
    fn row(&self) -> Row<'_> {
        Row {
            number: self.row_number.unwrap_or_default(),
            ticket: &self.ticket_id,
            event_at: self.event_at,
            sequence: self.sequence,
            kind: self.kind.as_deref(),
            state: self.state.as_deref(),
            opened_at: self.opened_at,
            actor: self.actor.as_deref(),
            role: self.role.as_deref(),
            customer: self.customer.as_deref(),
            package: self.package.as_deref(),
            channel: self.channel.as_deref(),
            severity: self.severity.as_deref(),
            category: self.category.as_deref(),
            agent: self.agent.as_deref(),
            team: self.team.as_deref(),
            direction: self.direction.as_deref(),
            organization: self.organization.as_deref(),
            received_at: self.received_at.as_deref(),
            automatic: self.automatic.map(|automatic| if automatic { "true" } else { "false" }),
            until: self.until.as_deref(),
            absorbed_ticket: self.absorbed_ticket.as_deref(),
            waiting_since: self.waiting_since.as_deref(),
            status: self.status.as_deref(),
            reason: self.reason.as_deref(),
            apply: self.apply.as_deref(),
            duplicate_of: self.duplicate_of.as_deref(),
            message_ref: self.message_ref.as_deref(),
            content_sha256: self.content_sha256.as_deref(),
            score: self.score.as_ref().map(|digits| digits.0.as_str()),
            escalation: self.number.as_ref().map(|digits| digits.0.as_str()),
        }
    }
}

/// The commands of a log.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct CommandsDocument<'a> {
    /// The tickets that can be opened, by id.
    tickets: Vec<TicketDocument<'a>>,
    /// The rows that are left out.
    refused: &'a [RefusedRow],
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TicketDocument<'a> {
    /// The ticket.
    ticket: &'a str,
    /// The number of the row that each entry of `recorded` comes from.
    rows: &'a [u64],
    /// The opening and the commands after it, oldest first.
    #[cfg_attr(feature = "schema", schemars(schema_with = "recorded_schema"))]
    recorded: Vec<RecordedDocument<'a>>,
}

/// Refers to what an import reads.
#[cfg(feature = "schema")]
fn recorded_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"$ref": "#/$defs/recorded"})
}

#[derive(Serialize)]
struct RecordedDocument<'a> {
    /// When.
    at: Timestamp,
    /// Who asked for it.
    actor: &'a Actor,
    /// What was asked for.
    command: AnyCommand<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AnyCommand<'a> {
    Open(Open<'a>),
    Command(&'a Command),
}

#[derive(Serialize)]
struct Open<'a> {
    /// `open`.
    command: &'static str,
    #[serde(flatten)]
    opening: &'a Opening,
}

impl<'a> TicketDocument<'a> {
    fn of(ticket: &'a TicketCommands) -> Self {
        let open = Open { command: "open", opening: &ticket.opening };
        let opening = RecordedDocument { at: ticket.opened_at, actor: &ticket.opener, command: AnyCommand::Open(open) };
        let commands = ticket.commands.iter().map(|past| RecordedDocument {
            at: past.at,
            actor: &past.actor,
            command: AnyCommand::Command(&past.command),
        });
        let recorded = std::iter::once(opening).chain(commands).collect();
        Self { ticket: &ticket.opening.ticket, rows: &ticket.numbers, recorded }
    }
}
