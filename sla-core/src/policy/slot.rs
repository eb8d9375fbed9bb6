//! Values of a policy document that may be missing or unreadable, so that one pass over it finds every problem.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use chrono::NaiveDate;
use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::Serializer;

use super::fault::PolicyFault;
use super::rules::MAX_PROBLEMS;
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
    /// The value is of another kind, which is named.
    OtherKind(&'static str),
    /// The text is not one of the accepted ones.
    Unreadable(Box<str>),
    /// So many entries of a list, one after another, with faults: they are counted and not kept.
    Further(usize),
}

pub(crate) type List<T> = Vec<Slot<T>>;
pub(crate) type Ids = List<Text<Id>>;

impl<T> Slot<T> {
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Returns whether something is there that has no value.
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self, Self::OtherKind(_) | Self::Unreadable(_) | Self::Further(_))
    }
}

impl<T: Part> Slot<T> {
    /// Returns the value, where there is one.
    pub(crate) fn into_value(self) -> Result<Option<T>, Error> {
        let other_kind = |found| PolicyFault::WrongKind { found, expected: T::EXPECTED }.into();
        match self {
            Self::Missing => Ok(None),
            Self::Is(value) => Ok(Some(value)),
            Self::OtherKind(found) => Err(other_kind(found)),
            Self::Unreadable(text) => match T::of_text(&text) {
                Some(read) => read.map(Some),
                None => Err(other_kind("a text")),
            },
            Self::Further(_) => Err(PolicyFault::FurtherEntry.into()),
        }
    }

    /// Returns whether a problem of form is reported of the value, those of lists in it aside.
    pub(super) fn has_faults(&self) -> bool {
        match self {
            Self::Missing => false,
            Self::Is(part) => part.has_faults(),
            Self::OtherKind(_) | Self::Unreadable(_) | Self::Further(_) => true,
        }
    }
}

impl<T> Slot<Box<T>> {
    pub(crate) fn unboxed(self) -> Slot<T> {
        match self {
            Self::Missing => Slot::Missing,
            Self::Is(value) => Slot::Is(*value),
            Self::OtherKind(found) => Slot::OtherKind(found),
            Self::Unreadable(text) => Slot::Unreadable(text),
            Self::Further(count) => Slot::Further(count),
        }
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
            Self::Missing | Self::OtherKind(_) | Self::Unreadable(_) | Self::Further(_) => serializer.serialize_none(),
        }
    }
}

/// How many entries of a document have faults. Those beyond [`MAX_PROBLEMS`] are counted and not kept, so that a document
/// of faults takes no more memory than one without.
#[derive(Debug, Default)]
pub(crate) struct Faulty(Cell<usize>);

impl Faulty {
    /// Counts a faulty entry; returns whether it is kept.
    fn keeps(&self) -> bool {
        // INVARIANT: a document has fewer entries than bytes.
        self.0.set(self.0.get().saturating_add(1));
        self.0.get() <= MAX_PROBLEMS
    }
}

/// What a [`Slot`] may hold. A value is made of the kinds that it is written as; the other kinds give `None`.
pub(crate) trait Part: Sized {
    /// What it is written as, for people.
    const EXPECTED: &'static str;

    /// How many entries of a list of these are kept: a list with more is refused for its length alone.
    const KEPT: usize = usize::MAX;

    fn of_bool(_: bool) -> Option<Self> {
        None
    }

    fn of_number(_: u64) -> Option<Self> {
        None
    }

    fn of_text(_: &str) -> Option<Result<Self, Error>> {
        None
    }

    fn of_list<'de, A: SeqAccess<'de>>(mut list: A, _: &Faulty) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn of_object<'de, A: MapAccess<'de>>(mut fields: A, _: &Faulty) -> Result<Option<Self>, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    /// Returns whether a problem of form is reported of it, those of its lists aside.
    fn has_faults(&self) -> bool {
        false
    }
}

/// Reads a [`Slot`].
pub(crate) struct Read<'f, T> {
    faulty: &'f Faulty,
    part: PhantomData<T>,
}

impl<'f, T> Read<'f, T> {
    pub(crate) const fn new(faulty: &'f Faulty) -> Self {
        Self { faulty, part: PhantomData }
    }
}

impl<'de, T: Part> DeserializeSeed<'de> for Read<'_, T> {
    type Value = Slot<T>;

    // A policy has far more fields than kinds of values: each kind is compiled once, not at every field.
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Slot<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

fn taken<T>(value: Option<T>, found: &'static str) -> Slot<T> {
    value.map_or(Slot::OtherKind(found), Slot::Is)
}

impl<'de, T: Part> Visitor<'de> for Read<'_, T> {
    type Value = Slot<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_unit<E>(self) -> Result<Slot<T>, E> {
        Ok(Slot::OtherKind("null"))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Slot<T>, E> {
        Ok(taken(T::of_bool(value), "`true` or `false`"))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Slot<T>, E> {
        Ok(taken(T::of_number(value), "a number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Slot<T>, E> {
        Ok(Slot::OtherKind("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Slot<T>, E> {
        Ok(Slot::OtherKind("a fraction"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Slot<T>, E> {
        Ok(match T::of_text(text) {
            None => Slot::OtherKind("a text"),
            Some(Ok(value)) => Slot::Is(value),
            Some(Err(_)) => Slot::Unreadable(text.into()),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Slot<T>, A::Error> {
        Ok(taken(T::of_list(list, self.faulty)?, "a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Slot<T>, A::Error> {
        Ok(taken(T::of_object(fields, self.faulty)?, "an object"))
    }
}

impl<T: Part> Part for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const KEPT: usize = T::KEPT;

    fn of_object<'de, A: MapAccess<'de>>(fields: A, faulty: &Faulty) -> Result<Option<Self>, A::Error> {
        Ok(T::of_object(fields, faulty)?.map(Self::new))
    }

    fn has_faults(&self) -> bool {
        T::has_faults(self)
    }
}

impl<T: Part> Part for List<T> {
    const EXPECTED: &'static str = "a list";

    fn of_list<'de, A: SeqAccess<'de>>(mut list: A, faulty: &Faulty) -> Result<Option<Self>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element_seed(Read::<T>::new(faulty))? {
            if entries.len() >= T::KEPT {
                entries.push(Slot::Missing);
            } else if !entry.has_faults() || faulty.keeps() {
                entries.push(entry);
            } else if let Some(Slot::Further(count)) = entries.last_mut() {
                // INVARIANT: as for `Faulty`.
                *count = count.saturating_add(1);
            } else {
                entries.push(Slot::Further(1));
            }
        }
        Ok(Some(entries))
    }
}

/// An object whose keys are ids.
#[derive(Debug)]
pub(crate) struct Table<T> {
    entries: BTreeMap<String, Slot<T>>,
    /// The keys that it has more than once; the last value is kept.
    twice: Vec<String>,
}

impl<T> Table<T> {
    pub(crate) fn twice(&self) -> &[String] {
        &self.twice
    }

    pub(crate) fn into_entries(self) -> impl Iterator<Item = (String, Slot<T>)> {
        self.entries.into_iter()
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), twice: Vec::new() }
    }
}

impl<T> Deref for Table<T> {
    type Target = BTreeMap<String, Slot<T>>;

    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

impl<T> FromIterator<(String, Slot<T>)> for Table<T> {
    fn from_iter<I: IntoIterator<Item = (String, Slot<T>)>>(entries: I) -> Self {
        Self { entries: entries.into_iter().collect(), twice: Vec::new() }
    }
}

impl<T: Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.entries.serialize(serializer)
    }
}

impl<T: Part> Part for Table<T> {
    const EXPECTED: &'static str = "an object";

    fn of_object<'de, A: MapAccess<'de>>(mut fields: A, faulty: &Faulty) -> Result<Option<Self>, A::Error> {
        let mut table = Self::default();
        while let Some(key) = fields.next_key::<String>()? {
            let value = fields.next_value_seed(Read::<T>::new(faulty))?;
            let value = if table.entries.len() >= T::KEPT {
                Slot::Missing
            } else if !value.has_faults() || faulty.keeps() {
                value
            } else {
                Slot::Further(1)
            };
            match table.entries.entry(key) {
                Entry::Vacant(place) => drop(place.insert(value)),
                Entry::Occupied(mut place) => {
                    if faulty.keeps() {
                        table.twice.push(place.key().clone());
                    }
                    place.insert(value);
                }
            }
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

    use std::collections::BTreeMap;

    use super::{Slot, Table, Term, Text, Whole};

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

    impl<T: JsonSchema> JsonSchema for Table<T> {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            BTreeMap::<String, Slot<T>>::schema_name()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            BTreeMap::<String, Slot<T>>::json_schema(generator)
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
