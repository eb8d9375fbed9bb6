//! The commands that a ticket recognizes by their ids.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::event::CommandStamp;
use crate::digest::Digest;

/// The most commands that a ticket recognizes by their ids: the latest.
pub const MAX_COMMANDS: usize = 1_000;

/// How many characters stand for 6 bytes.
const HALF: usize = 8;

/// How many characters stand for one command: a half for its id and a half for its content.
const ENTRY: usize = 2 * HALF;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The last [`MAX_COMMANDS`] commands of a ticket that carried an id, as short digests: two ids of one ticket have an equal
/// one by chance once in some 10^14 pairs.
///
/// It is the text that a snapshot holds: reading and writing one of a thousand commands costs no more than copying it, and
/// the tickets before and after a decision share it.
///
/// INVARIANT: ASCII; whole entries, at most [`MAX_COMMANDS`]; a text that is there has an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct KnownCommands(Option<Arc<String>>);

impl KnownCommands {
    /// Returns how many commands are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_str().len().wrapping_div(ENTRY)
    }

    /// Returns whether no command is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the text that a snapshot holds: JSON needs no escapes for it.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_deref().map_or("", String::as_str)
    }

    /// Records a command, in the place of the oldest where as many are known as may be.
    pub(super) fn remember(&mut self, command: &CommandStamp) {
        let from = if self.len() >= MAX_COMMANDS { ENTRY } else { 0 };
        if let Some(text) = self.0.as_mut().and_then(Arc::get_mut) {
            text.drain(..from);
            append(command, text);
            return;
        }
        // Another ticket has the text: what stays known is copied once.
        let known = self.as_str().get(from..).unwrap_or_default();
        let mut text = String::with_capacity(known.len().wrapping_add(ENTRY)); // fits: both are short
        text.push_str(known);
        append(command, &mut text);
        self.0 = Some(Arc::new(text));
    }

    /// Returns whether the command of an id is the one of a digest; `None` when no command of that id is known.
    pub(crate) fn is_same(&self, id: &str, digest: Digest) -> Option<bool> {
        /// The first half of an entry as a number.
        const ID: u128 = (1 << (8 * HALF)) - 1;
        let text = self.0.as_deref()?;
        let mut wanted = String::with_capacity(ENTRY);
        short(Digest::of(id.as_bytes()), &mut wanted);
        short(digest, &mut wanted);
        // As numbers, a thousand entries are compared in one short loop.
        let wanted = u128::from_le_bytes(*wanted.as_bytes().first_chunk()?);
        let (entries, _) = text.as_bytes().as_chunks::<ENTRY>();
        let known = entries.iter().find(|&&entry| (u128::from_le_bytes(entry) ^ wanted) & ID == 0)?;
        Some(u128::from_le_bytes(*known) == wanted)
    }

    fn is_whole(text: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        // Without an early end, so that it is compiled to a few bytes at once.
        text.len().is_multiple_of(ENTRY)
            && text.len().wrapping_div(ENTRY) <= MAX_COMMANDS
            && text.bytes().fold(true, |all, byte| all & is_plain(byte))
    }
}

/// Appends the entry of a command.
fn append(command: &CommandStamp, text: &mut String) {
    short(Digest::of(command.id.as_str().as_bytes()), text);
    short(command.digest, text);
}

/// Appends the first 6 bytes of a digest, as base64url.
#[expect(clippy::indexing_slicing, reason = "INVARIANT: a place below 64")]
fn short(digest: Digest, text: &mut String) {
    for group in digest.as_bytes().chunks_exact(3).take(2) {
        let &[a, b, c] = group else { continue };
        for place in [a >> 2, ((a & 0x03) << 4) | (b >> 4), ((b & 0x0f) << 2) | (c >> 6), c] {
            text.push(char::from(ALPHABET[usize::from(place & 0x3f)]));
        }
    }
}

impl Serialize for KnownCommands {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for KnownCommands {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if !Self::is_whole(&text) {
            return Err(serde::de::Error::custom(EXPECTED));
        }
        Ok(Self((!text.is_empty()).then(|| Arc::new(text))))
    }
}

const EXPECTED: &str = "expected at most 1000 commands of 16 characters each, as the library writes them";

#[cfg(feature = "schema")]
impl schemars::JsonSchema for KnownCommands {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KnownCommands".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "title": "KnownCommands",
            "description": "The last 1,000 commands that carried an id, oldest first, 16 characters each: the first 6 \
                            bytes of the SHA-256 digest of the id, then those of the digest of command and actor, as \
                            base64url.",
            "maxLength": 16 * MAX_COMMANDS,
        })
    }
}
