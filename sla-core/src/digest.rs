//! SHA-256 digests, and the one way to feed them.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::error::{Error, ErrorCode};
use crate::serde_text::serde_as_text;

/// A SHA-256 digest; written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Takes over the 32 bytes of a digest.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits, either case.
    ///
    /// # Errors
    ///
    /// `invalid_digest` for anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = || {
            Error::new(ErrorCode::InvalidDigest, "a digest is not readable")
                .help("write the 64 hexadecimal digits of a SHA-256 digest")
        };
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refuse());
        }
        let mut bytes = [0_u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = pair.iter().fold(0, |byte, digit| byte << 4 | value(*digit));
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
        let text: String = self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
        f.write_str(&text)
    }
}

serde_as_text!(Digest, Digest::parse);

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "title": "Digest",
            "description": "A SHA-256 digest: 64 hexadecimal digits, written in lower case.",
            "pattern": "^[0-9a-fA-F]{64}$",
        })
    }
}

/// Returns what a hexadecimal digit stands for.
const fn value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit & 15,
        _ => (digit & 15).wrapping_add(9),
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
