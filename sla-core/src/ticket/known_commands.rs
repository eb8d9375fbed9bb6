//! The commands that a ticket recognizes by their ids.

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
/// It is the text that a snapshot holds: reading and writing one of a thousand commands costs no more than copying it.
///
/// INVARIANT: ASCII; whole entries, at most [`MAX_COMMANDS`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct KnownCommands(String);

impl KnownCommands {
    /// Returns how many commands are known.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len().wrapping_div(ENTRY)
    }

    /// Returns whether no command is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Records a command, in the place of the oldest where as many are known as may be.
    pub(super) fn remember(&mut self, command: &CommandStamp) {
        if self.len() >= MAX_COMMANDS {
            self.0.drain(..ENTRY);
        }
        short(Digest::of(command.id.as_str().as_bytes()), &mut self.0);
        short(command.digest, &mut self.0);
    }

    /// Returns whether the command of an id is the one of a digest; `None` when no command of that id is known.
    pub(crate) fn is_same(&self, id: &str, digest: Digest) -> Option<bool> {
        if self.is_empty() {
            return None;
        }
        let mut wanted = String::with_capacity(ENTRY);
        short(Digest::of(id.as_bytes()), &mut wanted);
        short(digest, &mut wanted);
        let (id, content) = wanted.as_bytes().split_at_checked(HALF)?;
        let is_of_id = |known: &&[u8]| known.first_chunk::<HALF>() == id.first_chunk();
        let known = self.0.as_bytes().chunks_exact(ENTRY).find(is_of_id)?;
        Some(known.ends_with(content))
    }

    fn is_whole(text: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        // Without an early end, so that it is compiled to a few bytes at once.
        text.len().is_multiple_of(ENTRY)
            && text.len().wrapping_div(ENTRY) <= MAX_COMMANDS
            && text.bytes().fold(true, |all, byte| all & is_plain(byte))
    }
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
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for KnownCommands {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if Self::is_whole(&text) { Ok(Self(text)) } else { Err(serde::de::Error::custom(EXPECTED)) }
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
