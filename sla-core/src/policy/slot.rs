//! Values of a policy document that may be missing or unreadable, so that one pass over it finds every problem.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::Serializer;

use super::fault::PolicyFault;
use super::{Cycles, DueBoundary, OnReopen, PauseStatus, Trigger};
use crate::calendar::{CalendarDate, DayTime, LocalTime, Window, parse_date};
use crate::error::Error;
use crate::id::Id;
use crate::time::{BusinessDuration, Share};

/// The value of a field or an entry, or why there is none.
#[derive(Debug, Default)]
pub(crate) enum Slot<T> {
    /// The field is not there.
    #[default]
    Missing,
    /// The value is there and means something.
    Is(T),
    /// The value is of another kind, or its text is not one of the accepted ones.
    Unreadable(Error),
}

pub(crate) type List<T> = Vec<Slot<T>>;
pub(crate) type Table<T> = BTreeMap<String, Slot<T>>;
pub(crate) type Ids = List<Text<Id>>;

impl<T> Slot<T> {
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<T> From<Option<T>> for Slot<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Self::Is)
    }
}

impl<T: Serialize> Serialize for Slot<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Is(value) => value.serialize(serializer),
            Self::Missing | Self::Unreadable(_) => serializer.serialize_none(),
        }
    }
}

/// What a [`Slot`] may hold. A value is made of the kinds that it is written as; the other kinds give `None`.
pub(crate) trait Part: Sized {
    /// What it is written as, for people.
    const EXPECTED: &'static str;

    fn of_bool(_: bool) -> Option<Self> {
        None
    }

    fn of_number(_: u64) -> Option<Self> {
        None
    }

    fn of_text(_: &str) -> Option<Result<Self, Error>> {
        None
    }

    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn of_object<'de, A: MapAccess<'de>>(mut fields: A) -> Result<Option<Self>, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de, T: Part> Deserialize<'de> for Slot<T> {
    // A policy has far more fields than kinds of values: each kind is compiled once, not at every field.
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Kinds<T>(PhantomData<T>);

        fn taken<T: Part>(value: Option<T>, found: &'static str) -> Slot<T> {
            let unreadable = || Slot::Unreadable(PolicyFault::WrongKind { found, expected: T::EXPECTED }.into());
            value.map_or_else(unreadable, Slot::Is)
        }

        impl<'de, T: Part> Visitor<'de> for Kinds<T> {
            type Value = Slot<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::EXPECTED)
            }

            fn visit_unit<E>(self) -> Result<Slot<T>, E> {
                Ok(taken(None, "null"))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Slot<T>, E> {
                Ok(taken(T::of_bool(value), "`true` or `false`"))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Slot<T>, E> {
                Ok(taken(T::of_number(value), "a number"))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Slot<T>, E> {
                Ok(taken(None, "a number"))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Slot<T>, E> {
                Ok(taken(None, "a fraction"))
            }

            fn visit_str<E>(self, text: &str) -> Result<Slot<T>, E> {
                Ok(match T::of_text(text) {
                    Some(Err(error)) => Slot::Unreadable(error),
                    value => taken(value.and_then(Result::ok), "a text"),
                })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Slot<T>, A::Error> {
                Ok(taken(T::of_list(list)?, "a list"))
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Slot<T>, A::Error> {
                Ok(taken(T::of_object(fields)?, "an object"))
            }
        }
        deserializer.deserialize_any(Kinds(PhantomData))
    }
}

impl<T: Part> Part for List<T> {
    const EXPECTED: &'static str = "a list";

    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element()? {
            entries.push(entry);
        }
        Ok(Some(entries))
    }
}

impl<T: Part> Part for Table<T> {
    const EXPECTED: &'static str = "an object";

    fn of_object<'de, A: MapAccess<'de>>(mut fields: A) -> Result<Option<Self>, A::Error> {
        let mut table = Self::new();
        while let Some((key, value)) = fields.next_entry()? {
            table.insert(key, value);
        }
        Ok(Some(table))
    }
}

impl Part for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn of_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl Part for String {
    const EXPECTED: &'static str = "a text";

    fn of_text(text: &str) -> Option<Result<Self, Error>> {
        Some(Ok(text.to_owned()))
    }
}

/// A whole number from 0 to 4 294 967 295; a fraction is refused, `1.0` too.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(transparent)]
pub(crate) struct Whole(pub(crate) u32);

impl Part for Whole {
    const EXPECTED: &'static str = "a whole number from 0 to 4294967295";

    fn of_number(value: u64) -> Option<Self> {
        u32::try_from(value).ok().map(Self)
    }
}

/// A value that a policy writes as a text of a certain form.
#[derive(Debug)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Term> Part for Text<T> {
    const EXPECTED: &'static str = "a text";

    fn of_text(text: &str) -> Option<Result<Self, Error>> {
        Some(T::read(text).map(Self))
    }
}

impl<T: Term> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.written())
    }
}

/// How the text of a [`Text`] is read and written.
pub(crate) trait Term: Sized {
    /// What the text is, for people; with the forms it may have.
    #[cfg(feature = "schema")]
    const MEANING: &'static str;
    /// A regular expression that every accepted text matches.
    #[cfg(feature = "schema")]
    const PATTERN: &'static str = "";

    /// Returns the only accepted texts, where they can be listed.
    #[cfg(feature = "schema")]
    fn words() -> Vec<&'static str> {
        Vec::new()
    }

    fn read(text: &str) -> Result<Self, Error>;
    fn written(&self) -> String;
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
    Id: "An id: not blank, at most 128 bytes, without characters that do not show and outer white space.", r"^\S(.*\S)?$",
        |text: &str| Id::new(text);
    BusinessDuration: "A duration: `1h30m`, `90s` or `PT1H30M`. A `d` is refused: a day of business time is ambiguous.",
        r"^(PT([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]{1,6})?S)?|([0-9]+h)?([0-9]+m)?([0-9]+(\.[0-9]{1,6})?s)?)$",
        BusinessDuration::parse;
    Share: "A share: a percent with at most four decimals, for example `80%`.", r"^[0-9]+(\.[0-9]{1,4})?%$",
        Share::parse;
    Window: "An opening window in local wall time: `09:00-17:00`; `22:00-06:00` runs past midnight.",
        r"^[0-9]{2}:[0-9]{2}(:[0-9]{2})?-[0-9]{2}:[0-9]{2}(:[0-9]{2})?$", Window::parse;
    CalendarDate: "A local date: `2026-12-25` once, `--12-25` every year.", r"^([0-9]{4}|-)-[0-9]{2}-[0-9]{2}$",
        CalendarDate::parse;
    DayTime: "A time of a local day: `close`, its last close; `same_time`, the time at which counting started; or `16:00`.",
        r"^(close|same_time|[0-9]{2}:[0-9]{2})$", DayTime::parse;
    LocalTime: "A local time of day: `16:00`; `24:00` is the end of the day.", r"^[0-9]{2}:[0-9]{2}$", LocalTime::parse;
    NaiveDate: "A local date: `2026-12-25`.", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", parse_date;
}

/// Makes a string enum a term.
macro_rules! word_terms {
    ($($name:ty: $meaning:literal;)*) => {$(
        impl $crate::policy::slot::Term for $name {
            #[cfg(feature = "schema")]
            const MEANING: &'static str = $meaning;

            #[cfg(feature = "schema")]
            fn words() -> Vec<&'static str> {
                Self::ALL.iter().map(|word| word.as_str()).collect()
            }

            fn read(text: &str) -> Result<Self, $crate::error::Error> {
                let words = || Self::ALL.iter().map(|word| word.as_str());
                Self::from_word(text)
                    .ok_or_else(|| $crate::policy::fault::PolicyFault::unknown_word(text, words()).into())
            }

            fn written(&self) -> String {
                self.as_str().to_owned()
            }
        }
    )*};
}
pub(super) use word_terms;

word_terms! {
    Trigger: "Something in a ticket's life that starts or stops a timer.";
    PauseStatus: "A status in which a timer may pause.";
    Cycles: "How often a timer runs on one ticket.";
    OnReopen: "What a reopened ticket does to a cycle that the resolve stopped.";
    DueBoundary: "Where a due lands that falls exactly on a closing.";
}

#[cfg(feature = "schema")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema as schema};

    use super::{Slot, Term, Text, Whole};

    impl<T: JsonSchema> JsonSchema for Slot<T> {
        fn inline_schema() -> bool {
            T::inline_schema()
        }

        fn schema_name() -> Cow<'static, str> {
            T::schema_name()
        }

        fn schema_id() -> Cow<'static, str> {
            T::schema_id()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            T::json_schema(generator)
        }
    }

    impl JsonSchema for Whole {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Whole".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            schema!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
        }
    }

    impl<T: Term> JsonSchema for Text<T> {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            T::MEANING.into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            if T::words().is_empty() {
                schema!({"type": "string", "description": T::MEANING, "pattern": T::PATTERN})
            } else {
                schema!({"type": "string", "description": T::MEANING, "enum": T::words()})
            }
        }
    }
}
