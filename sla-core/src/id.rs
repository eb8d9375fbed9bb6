//! Names that a host gives to its things.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorCode};

/// The longest id, in bytes of UTF-8.
pub const MAX_ID_BYTES: usize = 128;

/// An id of a document or a host: a package, a channel, a timer, a ticket, a person.
///
/// Never blank, at most [`MAX_ID_BYTES`] long, without control characters or white space at either end. Compared
/// byte by byte. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Arc<str>);

impl Id {
    /// Checks and takes over an id.
    ///
    /// # Errors
    ///
    /// `invalid_id` when the text is blank, too long, or holds a control character or outer white space.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text: String = text.into();
        let why = if text.trim().is_empty() {
            "an id is blank"
        } else if text.len() > MAX_ID_BYTES {
            "an id is longer than 128 bytes"
        } else if text.trim() != text || text.chars().any(char::is_control) {
            "an id has white space around it or a control character"
        } else {
            return Ok(Self(text.into()));
        };
        Err(Error::new(ErrorCode::InvalidId, why).help("use a short name without outer spaces, for example `email`"))
    }

    /// Takes over a word of the engine itself, known to be a valid id.
    pub(crate) fn trusted(word: &'static str) -> Self {
        Self(word.into())
    }

    /// Stands for an id that could not be read, the `number`-th of a document; no readable id equals it.
    pub(crate) fn unreadable(number: usize) -> Self {
        Self(format!("\0{number}").into())
    }

    /// Returns whether this id does not stand for an unreadable one.
    pub(crate) fn is_readable(&self) -> bool {
        !self.0.starts_with('\0')
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}
