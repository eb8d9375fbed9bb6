//! Fields that tolerate faults, so that one pass over a document finds them all.
//!
//! A [`Slot`] never fails to be read: it keeps what is wrong for the reader, which knows the place. It is only read
//! from a tree, where the rest of the document stays readable after a fault.

use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::calendar::{HolidayDate, Window, parse_date};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::time::{BusinessDuration, Share};

/// The value of a field or an entry, or why there is none.
#[derive(Debug, Default)]
pub(super) enum Slot<T> {
    /// The field is not there.
    #[default]
    Missing,
    /// The value is there and of the right kind.
    Is(T),
    /// The value is of another kind; says which was expected.
    Wrong(String),
}

impl<T> Slot<T> {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<T> From<Option<T>> for Slot<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Self::Is)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Slot<T> {
    // A policy has far more fields than kinds of values: each kind is compiled once, not at every field.
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match T::deserialize(deserializer) {
            Ok(value) => Self::Is(value),
            Err(fault) => Self::Wrong(in_plain_words(&fault.to_string())),
        })
    }
}

impl<T: Serialize> Serialize for Slot<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Is(value) => value.serialize(serializer),
            Self::Missing | Self::Wrong(_) => serializer.serialize_none(),
        }
    }
}

/// Turns serde's ``invalid type: string "x", expected a sequence`` into `found a text, expected a list`.
fn in_plain_words(fault: &str) -> String {
    let expected = fault.rsplit_once(", expected ").map_or("something else", |(_, expected)| expected);
    let expected = match expected {
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "`true` or `false`",
        "a string" => "a text",
        other => other,
    };
    let kinds = [
        ("null", "null"),
        ("boolean", "`true` or `false`"),
        ("integer", "a number"),
        ("floating point", "a fraction"),
        ("string", "a text"),
        ("sequence", "a list"),
        ("map", "an object"),
    ];
    let kind = fault.split_once(": ").map_or("", |(_, kind)| kind);
    match kinds.into_iter().find(|(word, _)| kind.starts_with(word)) {
        Some((_, found)) => format!("found {found}, expected {expected}"),
        None => format!("expected {expected}"),
    }
}

/// A whole number from 0 to 4 294 967 295; a fraction is refused, `1.0` too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole(pub(super) u32);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WholeVisitor;

        impl Visitor<'_> for WholeVisitor {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 0 to 4294967295")
            }

            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Whole, E> {
                let refuse = |_| E::invalid_value(serde::de::Unexpected::Unsigned(value), &self);
                u32::try_from(value).map(Whole).map_err(refuse)
            }
        }
        deserializer.deserialize_any(WholeVisitor)
    }
}

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

/// A value that documents write as a text of a certain form.
pub(super) trait Term: Sized {
    /// What the text is, for people; with the forms it may have.
    #[cfg(feature = "schema")]
    const MEANING: &'static str;
    /// A regular expression that every accepted text matches.
    #[cfg(feature = "schema")]
    const PATTERN: &'static str = "";

    /// Returns the only accepted texts, where they can be listed.
    fn words() -> Vec<&'static str> {
        Vec::new()
    }

    fn read(text: &str) -> Result<Self, Error>;
    fn written(&self) -> String;
}

/// A text with its meaning, or why it has none.
#[derive(Debug)]
pub(super) struct Written<T>(pub(super) Result<T, Error>);

impl<'de, T: Term> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor<T>(PhantomData<T>);

        impl<T: Term> Visitor<'_> for TextVisitor<T> {
            type Value = Written<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Written<T>, E> {
                Ok(Written(T::read(text)))
            }
        }
        deserializer.deserialize_str(TextVisitor(PhantomData))
    }
}

impl<T: Term> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(value) => serializer.serialize_str(&value.written()),
            Err(_) => serializer.serialize_none(),
        }
    }
}

macro_rules! terms {
    ($($name:ty: $meaning:literal, $pattern:literal, $read:expr;)*) => {$(
        impl Term for $name {
            #[cfg(feature = "schema")]
            const MEANING: &'static str = $meaning;
            #[cfg(feature = "schema")]
            const PATTERN: &'static str = $pattern;

            fn read(text: &str) -> Result<Self, Error> {
                $read(text)
            }

            fn written(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

terms! {
    Id: "An id: not blank, at most 128 bytes, without control characters and outer white space.", r"^\S(.*\S)?$",
        |text: &str| Id::new(text);
    BusinessDuration: "A duration: `1h30m`, `90s` or `PT1H30M`. A `d` is refused: a day of business time is ambiguous.",
        r"^(PT([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]{1,6})?S)?|([0-9]+h)?([0-9]+m)?([0-9]+(\.[0-9]{1,6})?s)?)$",
        BusinessDuration::parse;
    Share: "A share: a percent with at most four decimals, for example `80%`.", r"^[0-9]+(\.[0-9]{1,4})?%$",
        Share::parse;
    Window: "An opening window in local wall time: `09:00-17:00`; `22:00-06:00` runs past midnight.",
        r"^[0-9]{2}:[0-9]{2}(:[0-9]{2})?-[0-9]{2}:[0-9]{2}(:[0-9]{2})?$", Window::parse;
    HolidayDate: "A local date: `2026-12-25` once, `--12-25` every year.", r"^([0-9]{4}|-)-[0-9]{2}-[0-9]{2}$",
        HolidayDate::parse;
    NaiveDate: "A local date: `2026-12-25`.", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", parse_date;
}

/// Makes an enumeration of words a term.
macro_rules! word_terms {
    ($($name:ty: $meaning:literal;)*) => {$(
        impl $crate::wire::slot::Term for $name {
            #[cfg(feature = "schema")]
            const MEANING: &'static str = $meaning;

            fn words() -> Vec<&'static str> {
                Self::ALL.iter().map(|word| word.as_str()).collect()
            }

            fn read(text: &str) -> Result<Self, $crate::error::Error> {
                Self::from_word(text).ok_or_else(|| $crate::wire::slot::unknown_word(text, &Self::words()))
            }

            fn written(&self) -> String {
                self.as_str().to_owned()
            }
        }
    )*};
}
pub(super) use word_terms;

pub(super) fn unknown_word(text: &str, words: &[&str]) -> Error {
    let shown: String = text.chars().take(64).collect();
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    Error::new(ErrorCode::UnknownWord, format!("`{shown}` is not known here"))
        .help(format!("write one of {}", words.join(", ")))
}
