//! Names that a host gives to its things.

mod hidden;
mod shared;

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::error::{Error, ErrorCode, Fault};
use crate::serde_text::serde_as_text;

pub(crate) use self::shared::{SharedIds, sharing};

/// The longest id, in bytes of UTF-8.
pub const MAX_ID_BYTES: usize = 128;

#[derive(Debug, Clone, thiserror::Error)]
enum IdFault {
    #[error("an id is blank")]
    Blank,
    #[error("an id is longer than {MAX_ID_BYTES} bytes")]
    TooLong,
    #[error("an id has white space around it or a character that does not show")]
    NotPlain,
    #[error("an id begins with a mark that combines with a character before it")]
    Mark,
}

impl Fault for IdFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::InvalidId
    }

    fn help(&self) -> Cow<'static, str> {
        "use a short name without outer spaces, for example `email`".into()
    }
}

/// An id of a document or a host: a package, a channel, a timer, a ticket, a person.
///
/// Never blank, at most [`MAX_ID_BYTES`] long, without characters that do not show (control and format characters,
/// unassigned and private ones, spaces other than U+0020), without a space at either end, and without a combining mark at
/// the beginning. Compared byte by byte. Cheap to clone.
#[derive(Debug, Clone, Eq)]
pub struct Id(Arc<str>);

// Most ids that meet are clones of one: they are equal without a look at their text.

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Id {
    /// Returns the id that is written so.
    ///
    /// ```
    /// use sla_core::{ErrorCode, Id};
    ///
    /// assert_eq!(Id::new("whatsapp")?.as_str(), "whatsapp");
    /// assert_eq!(Id::new(" whatsapp").unwrap_err().code(), ErrorCode::InvalidId);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_id` when the text is blank, too long, or holds a character that does not show or outer white
    /// space, or begins with a combining mark.
    pub fn new(text: impl AsRef<str>) -> Result<Self, Error> {
        let text = text.as_ref();
        Self::check(text)?;
        Ok(Self(text.into()))
    }

    /// Returns the id that is written so, one that was made before if it is remembered.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        shared::shared(text, |text| Self::new(text))
    }

    /// Checks a text against the rules of ids.
    pub(crate) fn check(text: &str) -> Result<(), Error> {
        // Most ids are of these characters alone.
        let is_plain = |byte: &u8| byte.is_ascii_graphic();
        if text.len() <= MAX_ID_BYTES && !text.is_empty() && text.as_bytes().iter().all(is_plain) {
            return Ok(());
        }
        let fault = if text.trim().is_empty() {
            IdFault::Blank
        } else if text.len() > MAX_ID_BYTES {
            IdFault::TooLong
        } else if text.trim() != text || text.chars().any(hidden::is_hidden) {
            IdFault::NotPlain
        } else if text.starts_with(hidden::is_mark) {
            IdFault::Mark
        } else {
            return Ok(());
        };
        Err(fault.into())
    }

    /// Returns the id of a word of the engine itself, which is known to be valid.
    pub(crate) fn trusted(word: &'static str) -> Self {
        Self(word.into())
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

serde_as_text!(Id, |text: &str| Id::new(text));

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Id {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "title": "Id",
            "description": "A name that a host or a policy gives. Not blank, at most 128 bytes of UTF-8, without \
                            characters that do not show, white space at either end or a combining mark at the beginning.",
            "minLength": 1,
            "maxLength": MAX_ID_BYTES,
        })
    }
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}
