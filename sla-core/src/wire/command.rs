//! Commands as documents: `{"command": "reply", "channel": "email", ...}`. `docs/commands.md` lists them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::json::{read_document, to_text, tree_of, value_of};
use super::node::read_as;
use super::tree::{MAX_DOCUMENT_BYTES, MAX_HISTORY_BYTES};
use crate::engine::RecordedCommand;
use crate::error::{Error, ErrorCode};
use crate::ticket::{Action, Actor, Command, Opening};
use crate::time::Timestamp;

/// Reads an actor: `{"role": "agent", "id": "ana"}`.
///
/// ```
/// use sla_core::ticket::Role;
/// use sla_core::wire::command;
/// assert_eq!(command::read_actor(r#"{"role": "agent", "id": "ana"}"#)?.role, Role::Agent);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read`].
pub fn read_actor(json: impl AsRef<[u8]>) -> Result<Actor, Error> {
    read_document(json.as_ref(), MAX_DOCUMENT_BYTES)
}

/// Reads a wish to open a ticket: `{"command": "open", "ticket": ...}`.
///
/// ```
/// use sla_core::wire::command;
/// let opening = command::read_opening(
///     r#"{"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
///         "message": {"message_ref": "m-1",
///                     "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}}"#,
/// )?;
/// assert_eq!(opening.package, "starter");
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read`].
pub fn read_opening(json: impl AsRef<[u8]>) -> Result<Opening, Error> {
    opening_of(fields(json.as_ref())?)
}

fn opening_of(mut fields: Map<String, Value>) -> Result<Opening, Error> {
    let name = take_text(&mut fields, "command")?;
    if name.as_deref() != Some("open") {
        return Err(unknown(name.as_deref(), "a ticket is opened by the command `open`"));
    }
    read_as(Value::Object(fields), "")
}

/// Reads a command on an existing ticket.
///
/// ```
/// use sla_core::ErrorCode;
/// use sla_core::wire::command;
/// let assign = command::read(r#"{"command": "assign", "agent": "ana", "command_id": "c-1"}"#)?;
/// assert_eq!(assign.command_id.as_deref(), Some("c-1"));
/// let error = command::read(r#"{"command": "assign", "to": "ana"}"#).unwrap_err();
/// assert_eq!((error.code(), error.path()), (ErrorCode::UnknownField, "/to"));
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type`, `unknown_word` or the code of a
/// value, with the place of the first fault.
pub fn read(json: impl AsRef<[u8]>) -> Result<Command, Error> {
    command_of(fields(json.as_ref())?)
}

fn command_of(mut fields: Map<String, Value>) -> Result<Command, Error> {
    let command_id = take_text(&mut fields, "command_id")?;
    let name = take_text(&mut fields, "command")?;
    let Some(name) = name.filter(|name| Action::command(name).is_some()) else {
        let names: Vec<&str> = Action::COMMANDS.iter().map(|action| action.as_str()).collect();
        return Err(unknown(None, &format!("one of: {}", names.join(", "))));
    };
    let kind = read_as(Value::Object(Map::from_iter([(name, Value::Object(fields))])), "")?;
    Ok(Command { command_id, kind })
}

/// What another system recorded of a ticket: its opening, and the commands after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When it was opened.
    pub opened_at: Timestamp,
    /// By whom.
    pub opener: Actor,
    /// What was asked for.
    pub opening: Opening,
    /// What came after, oldest first.
    pub commands: Vec<RecordedCommand>,
}

/// Reads what [`Engine::import`](crate::Engine::import) takes: a list whose first entry is the opening.
///
/// ```json
/// [{"at": "2026-11-23T02:00:00Z", "actor": {"role": "customer", "id": "c-7"}, "command": {"command": "open", "ticket": "T-1"}},
///  {"at": "2026-11-23T02:20:00Z", "actor": {"role": "admin", "id": "dispatch"}, "command": {"command": "assign", "agent": "ana"}}]
/// ```
///
/// ```
/// use sla_core::wire::command;
/// let recorded = command::read_recorded(
///     r#"[{"at": "2026-11-23T02:00:00Z", "actor": {"role": "customer", "id": "kim"},
///          "command": {"command": "open", "ticket": "T-1", "customer": "kim", "package": "starter", "channel": "email",
///              "message": {"message_ref": "m-1",
///                          "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}}},
///         {"at": "2026-11-23T02:20:00Z", "actor": {"role": "admin", "id": "max"},
///          "command": {"command": "assign", "agent": "ana"}}]"#,
/// )?;
/// assert_eq!((recorded.opener.id.as_str(), recorded.commands.len()), ("kim", 1));
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read`].
pub fn read_recorded(json: impl AsRef<[u8]>) -> Result<Recorded, Error> {
    let entries: Vec<RecordedDocument> = read_document(json.as_ref(), MAX_HISTORY_BYTES)?;
    let mut entries = entries.into_iter().enumerate();
    let Some((_, RecordedDocument { at: opened_at, actor: opener, command })) = entries.next() else {
        return Err(Error::new(ErrorCode::MissingField, "the list is empty").help("begin with the opening"));
    };
    let opening = opening_of(command).map_err(|error| error.within("/0/command"))?;
    let past = |(place, RecordedDocument { at, actor, command })| {
        let command = command_of(command).map_err(|error: Error| error.within(&format!("/{place}/command")))?;
        Ok(RecordedCommand { at, actor, command })
    };
    Ok(Recorded { opened_at, opener, opening, commands: entries.map(past).collect::<Result<_, Error>>()? })
}

/// One command that another system recorded; the first of a list opens the ticket.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RecordedCommand"))]
pub(super) struct RecordedDocument {
    /// When it was carried out.
    at: Timestamp,
    /// Who asked for it.
    actor: Actor,
    /// What was asked for: `open` in the first entry, another command in those after it.
    #[cfg_attr(feature = "schema", schemars(with = "AnyCommand"))]
    command: Map<String, Value>,
}

#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "only its schema is used")]
enum AnyCommand {
    Open(OpeningDocument),
    Other(Command),
}

#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "OpenCommand")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct OpeningDocument {
    command: Open,
    #[schemars(flatten)]
    opening: Opening,
}

#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
#[expect(dead_code, reason = "only its schema is used")]
enum Open {
    /// Open a ticket.
    Open,
}

/// Writes a command as [`read`] reads it, on one line.
#[must_use]
pub fn write(command: &Command) -> String {
    to_text(command)
}

impl Serialize for Command {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = Map::new();
        // A kind is an object whose one field is the command's name.
        if let Value::Object(kind) = value_of(&self.kind) {
            for (name, fields) in kind {
                document.insert("command".to_owned(), name.into());
                document.extend(fields.as_object().cloned().unwrap_or_default());
            }
        }
        document.extend(self.command_id.clone().map(|id| ("command_id".to_owned(), id.into())));
        document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        command_of(Map::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn fields(json: &[u8]) -> Result<Map<String, Value>, Error> {
    match tree_of(json, MAX_DOCUMENT_BYTES)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::new(ErrorCode::WrongType, "a command is an object").help("write `{\"command\": ...}`")),
    }
}

fn take_text(fields: &mut Map<String, Value>, key: &str) -> Result<Option<String>, Error> {
    match fields.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::new(ErrorCode::WrongType, format!("`{key}` is not a text")).at(format!("/{key}"))),
    }
}

fn unknown(name: Option<&str>, help: &str) -> Error {
    let message = name.map_or_else(|| "the command is missing or not known".to_owned(), |name| format!("`{name}`"));
    Error::new(ErrorCode::UnknownWord, message).help(help).at("/command")
}
