//! SHA-256 digests.

use std::borrow::Cow;
use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::error::{Error, ErrorCode, Fault};
use crate::serde_text::serde_as_text;

#[derive(Debug, Clone, thiserror::Error)]
#[error("a digest is not readable")]
struct DigestFault;

impl Fault for DigestFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::InvalidDigest
    }

    fn help(&self) -> Cow<'static, str> {
        "write the 64 hexadecimal digits of a SHA-256 digest".into()
    }
}

/// A SHA-256 digest; written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the digest that has these 32 bytes.
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
    /// ```
    /// use sla_core::Digest;
    ///
    /// let digest = Digest::of(b"foo");
    /// assert_eq!(digest.to_string(), "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae");
    /// assert_eq!(Digest::parse(&digest.to_string().to_uppercase())?, digest);
    /// assert!(Digest::parse("2c26").is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_digest` for anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        // The decoder accepts a prefix `0x`; a digest has none.
        if text.len() != 2 * 32 {
            return Err(DigestFault.into());
        }
        Ok(Self(const_hex::decode_to_array(text).map_err(|_| DigestFault)?))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(const_hex::Buffer::<32>::new().format(&self.0))
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

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
