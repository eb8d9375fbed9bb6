//! Names that a host gives to its things.

mod hidden;
mod map;

use std::borrow::{Borrow, Cow};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use arcstr::ArcStr;

use crate::error::{Error, ErrorCode, Fault};
use crate::serde_text::serde_as_text;

pub(crate) use self::map::IdMap;

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
pub struct Id(ArcStr);

// Most ids that meet are clones of one: they are equal without a look at their text.

impl PartialEq for Id {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        ArcStr::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Ord for Id {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if ArcStr::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
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
        shared(text, |text| Self::new(text))
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

/// Returns whether a text has nothing that shows.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|character| character.is_whitespace() || hidden::is_hidden(character))
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Id, Id::read);

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

/// What was made last of texts, each at a place that follows from its text.
#[derive(Debug, Clone)]
pub(crate) struct Recent<T>(Vec<Option<T>>);

impl<T: Clone> Recent<T> {
    /// Returns room for `places`, a power of two.
    pub(crate) fn new(places: usize) -> Self {
        Self(vec![None; places])
    }

    /// Returns what was made of a text, if it is remembered and `is_same` holds for it, or makes it.
    pub(crate) fn get(&mut self, text: &str, is_same: impl FnOnce(&T) -> bool, make: impl FnOnce() -> T) -> T {
        match self.place(text) {
            Some(Some(known)) if is_same(known) => known.clone(),
            Some(place) => place.insert(make()).clone(),
            None => make(),
        }
    }

    /// Returns where what is made of a text belongs; `None` without any room.
    fn place(&mut self, text: &str) -> Option<&mut Option<T>> {
        let last = self.0.len().checked_sub(1)?;
        self.0.get_mut(last & hash(text))
    }
}

thread_local! {
    /// The ids that were made last; without room outside of [`sharing`].
    static RECENT: RefCell<Recent<Id>> = const { RefCell::new(Recent(Vec::new())) };
}

/// Ids that are remembered from one call of [`sharing`] to the next.
#[derive(Debug, Clone)]
pub(crate) struct SharedIds(Recent<Id>);

impl SharedIds {
    /// Returns room for the ids of one ticket.
    pub(crate) fn of_ticket() -> Self {
        Self(Recent::new(64))
    }

    /// Returns room for the people of a log.
    pub(crate) fn of_log() -> Self {
        Self(Recent::new(4_096))
    }
}

/// Runs `read`, in which equal ids that this thread makes are clones of one, mostly.
pub(crate) fn sharing<T>(ids: &mut SharedIds, read: impl FnOnce() -> T) -> T {
    RECENT.with_borrow_mut(|recent| std::mem::swap(recent, &mut ids.0));
    let made = read();
    RECENT.with_borrow_mut(|recent| std::mem::swap(recent, &mut ids.0));
    made
}

/// Returns the id of a text, from those that are remembered, or by `make`.
fn shared<E>(text: &str, make: impl FnOnce(&str) -> Result<Id, E>) -> Result<Id, E> {
    RECENT.with_borrow_mut(|recent| match recent.place(text) {
        Some(Some(known)) if known.as_str() == text => Ok(known.clone()),
        Some(place) => Ok(place.insert(make(text)?).clone()),
        None => make(text),
    })
}

/// Returns a number that differs between most texts: of their length and their last bytes, where names that are numbered
/// differ.
fn hash(text: &str) -> usize {
    let last = text.as_bytes().last_chunk::<4>().map_or(0, |last| u32::from_le_bytes(*last));
    let [.., third, fourth] =
        last.wrapping_add(u32::try_from(text.len()).unwrap_or_default()).wrapping_mul(0x9e37_79b1).to_le_bytes();
    usize::from(u16::from_le_bytes([third, fourth]))
}
