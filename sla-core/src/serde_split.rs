//! One object of a document, read as two types: some fields belong to an outer type, the rest to an inner one.
//!
//! `#[serde(flatten)]` would do the same through a buffer, in which a fault loses its place.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

/// The fields of the outer type, as far as they are read.
pub(crate) trait Outer<'de> {
    /// The names of its fields.
    const FIELDS: &'static [&'static str];

    /// Reads the value of one of [`Self::FIELDS`], which is the next of `map`.
    fn read<A: MapAccess<'de>>(&mut self, field: &'static str, map: &mut A) -> Result<(), A::Error>;
}

/// Reads an object: the fields of `outer` into it, all others as a `T`.
pub(crate) fn read_split<'de, T, A, O>(map: A, outer: &mut O) -> Result<T, A::Error>
where
    T: Deserialize<'de>,
    A: MapAccess<'de>,
    O: Outer<'de>,
{
    T::deserialize(MapAccessDeserializer::new(Inner { map, outer }))
}

/// Reads a field that must not be there twice.
pub(crate) fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    field: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    match slot.replace(map.next_value()?) {
        None => Ok(()),
        Some(_) => Err(A::Error::duplicate_field(field)),
    }
}

/// Returns a field that must be there.
pub(crate) fn needed<T, E: Error>(slot: Option<T>, field: &'static str) -> Result<T, E> {
    slot.ok_or_else(|| E::missing_field(field))
}

/// The object without the fields of the outer type, which are read on the way.
struct Inner<'o, A, O> {
    map: A,
    outer: &'o mut O,
}

impl<'de, A: MapAccess<'de>, O: Outer<'de>> MapAccess<'de> for Inner<'_, A, O> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, mut seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            match self.map.next_key_seed(KeySeed { fields: O::FIELDS, seed })? {
                None => return Ok(None),
                Some(Key::Inner(key)) => return Ok(Some(key)),
                Some(Key::Outer(field, unused)) => {
                    seed = unused;
                    self.outer.read(field, &mut self.map)?;
                }
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

enum Key<K, T> {
    Outer(&'static str, K),
    Inner(T),
}

struct KeySeed<K> {
    fields: &'static [&'static str],
    seed: K,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<K> {
    type Value = Key<K, K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for KeySeed<K> {
    type Value = Key<K, K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        match self.fields.iter().find(|field| **field == key) {
            Some(field) => Ok(Key::Outer(field, self.seed)),
            None => self.seed.deserialize(StrDeserializer::new(key)).map(Key::Inner),
        }
    }
}
