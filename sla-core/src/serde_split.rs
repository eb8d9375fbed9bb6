//! One object of a document, read as two types: some fields belong to an outer type, the rest to an inner one.
//!
//! `#[serde(flatten)]` would do the same through a buffer, in which a fault loses its place.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

/// The fields of the outer type, as far as they are read.
pub(crate) trait Outer<'de> {
    /// One of its fields.
    type Field;

    /// Returns the field of a name; `None` for one of the inner type.
    fn field(name: &str) -> Option<Self::Field>;

    /// Reads the value of a field, which is the next of `map`.
    fn read<A: MapAccess<'de>>(&mut self, field: Self::Field, map: &mut A) -> Result<(), A::Error>;
}

/// Implements [`Outer`] for a type whose fields are options of what documents hold, each by the field's name.
macro_rules! outer_fields {
    ($outer:ty, $field:ident { $($variant:ident => $name:ident,)* }) => {
        // A name is compared once, with constants, not with each entry of a list.
        enum $field { $($variant,)* }

        impl<'de> $crate::serde_split::Outer<'de> for $outer {
            type Field = $field;

            #[inline]
            fn field(name: &str) -> Option<$field> {
                $(if name == stringify!($name) {
                    return Some($field::$variant);
                })*
                None
            }

            fn read<A: serde::de::MapAccess<'de>>(&mut self, field: $field, map: &mut A) -> Result<(), A::Error> {
                match field {
                    $($field::$variant => $crate::serde_split::once(&mut self.$name, stringify!($name), map),)*
                }
            }
        }
    };
}

pub(crate) use outer_fields;

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
            match self.map.next_key_seed(KeySeed::<K, O>(seed, PhantomData))? {
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

enum Key<F, K, T> {
    Outer(F, K),
    Inner(T),
}

struct KeySeed<K, O>(K, PhantomData<O>);

impl<'de, K: DeserializeSeed<'de>, O: Outer<'de>> DeserializeSeed<'de> for KeySeed<K, O> {
    type Value = Key<O::Field, K, K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // By its text: the inner type has other fields, and other places of them.
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>, O: Outer<'de>> Visitor<'de> for KeySeed<K, O> {
    type Value = Key<O::Field, K, K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        match O::field(key) {
            Some(field) => Ok(Key::Outer(field, self.0)),
            None => self.0.deserialize(StrDeserializer::new(key)).map(Key::Inner),
        }
    }
}
