//! Typed documents out of trees: every fault carries its place.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Map, Value};

use crate::digest::Digest;
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::pointer::Pointer;
use crate::time::{BusinessDuration, Timestamp};

/// Reads a tree as a type; `place` is where it stands in its document.
pub(super) fn read_as<'de, T: Deserialize<'de>>(tree: Value, place: &str) -> Result<T, Error> {
    T::deserialize(Node(tree)).map_err(|Fault(error)| error.within(place))
}

/// A part of a tree.
struct Node(Value);

/// An error on its way out of the tree; it collects its place as it goes.
#[derive(Debug)]
struct Fault(Error);

impl Fault {
    #[cold]
    fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Error::new(code, message))
    }

    fn under_key(self, key: &str) -> Self {
        Self(self.0.within(&Pointer::ROOT.key(key).to_string()))
    }

    fn one_of(self, known: &[&str]) -> Self {
        if known.is_empty() { self } else { Self(self.0.help(format!("one of: {}", known.join(", ")))) }
    }
}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::new(ErrorCode::WrongType, text.to_string())
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(ErrorCode::UnknownField, format!("unknown field `{}`", shortened(field))).one_of(expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(ErrorCode::MissingField, format!("missing field `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(ErrorCode::DuplicateKey, format!("the field `{field}` is there twice"))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(ErrorCode::UnknownWord, format!("`{}` is not known here", shortened(variant))).one_of(expected)
    }
}

/// Returns the beginning of a text from a document, short enough for a message.
fn shortened(text: &str) -> &str {
    text.char_indices().nth(64).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Fault {}

// One method a kind of value, so that a type is compiled for its own kind only, and so that an object is never taken
// from a list of its values.
impl<'de> Deserializer<'de> for Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(value),
            other => Err(wrong_kind(&other, "`true` or `false`")),
        }
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_u64(self.whole(u8::MAX.into())?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_u64(self.whole(u32::MAX.into())?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_u64(self.whole(u64::MAX)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.as_i64() {
            Some(number) => visitor.visit_i64(number),
            None => Err(wrong_kind(&self.0, "a whole number")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            other => Err(wrong_kind(&other, "a text")),
        }
    }

    // Not by its number in the list of names.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::Array(list) = self.0 else { return Err(wrong_kind(&self.0, "a list")) };
        let mut entries = Entries { left: list.into_iter(), next: 0 };
        let value = visitor.visit_seq(&mut entries)?;
        if entries.left.len() > 0 {
            return Err(Fault::new(ErrorCode::WrongType, "the list has more entries than belong here"));
        }
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.object(&[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        // The data of an event is read by its kind.
        self.object(if name == "Event" { &["kind", "data"] } else { &[] }, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    /// Values with a form of their own keep the error of their own reader, which serde would turn into text.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        let read: fn(&str) -> Result<(), Error> = match name {
            "Id" => |text| Id::new(text).map(drop),
            "Timestamp" => |text| Timestamp::parse(text).map(drop),
            "Digest" => |text| Digest::parse(text).map(drop),
            "BusinessDuration" => return self.business_duration(visitor),
            _ => return visitor.visit_newtype_struct(self),
        };
        let Value::String(text) = self.0 else { return Err(wrong_kind(&self.0, "a text")) };
        visitor
            .visit_newtype_struct(StrDeserializer::new(&text))
            .map_err(|fault| read(&text).err().map_or(fault, Fault))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(Variant { name, data: Value::Null }),
            Value::Object(fields) if fields.len() == 1 => {
                let (name, data) = fields.into_iter().next().unwrap_or_default();
                visitor.visit_enum(Variant { name, data })
            }
            other => Err(wrong_kind(&other, "a text, or an object with one field")),
        }
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct ignored_any
    }
}

impl Node {
    fn whole(self, most: u64) -> Result<u64, Fault> {
        match self.0.as_u64().filter(|number| *number <= most) {
            Some(number) => Ok(number),
            None => Err(wrong_kind(&self.0, &format!("a whole number from 0 to {most}"))),
        }
    }

    fn object<'de, V: Visitor<'de>>(self, first: &[&str], visitor: V) -> Result<V::Value, Fault> {
        let Value::Object(mut fields) = self.0 else { return Err(wrong_kind(&self.0, "an object")) };
        let ahead = first.iter().rev().filter_map(|field| fields.remove_entry(*field)).collect();
        let mut fields = Fields { ahead, left: fields.into_iter(), current: None };
        let value = visitor.visit_map(&mut fields)?;
        if fields.left.len() > 0 {
            return Err(Fault::new(ErrorCode::WrongType, "the object has more fields than belong here"));
        }
        Ok(value)
    }

    fn business_duration<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Some(micros) = self.0.as_i64() else { return Err(wrong_kind(&self.0, "a whole number of microseconds")) };
        BusinessDuration::from_micros(micros).map_err(Fault)?;
        visitor.visit_newtype_struct(self)
    }
}

#[cold]
#[inline(never)]
fn wrong_kind(found: &Value, expected: &str) -> Fault {
    let found = match found {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number `{number}`"),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    };
    Fault::new(ErrorCode::WrongType, format!("found {found}, expected {expected}"))
}

struct Entries {
    left: std::vec::IntoIter<Value>,
    next: usize,
}

impl<'de> SeqAccess<'de> for &mut Entries {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(entry) = self.left.next() else { return Ok(None) };
        let place = self.next;
        self.next = place.saturating_add(1);
        seed.deserialize(Node(entry))
            .map(Some)
            .map_err(|Fault(error)| Fault(error.within(&Pointer::ROOT.index(place).to_string())))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

struct Fields {
    /// The fields that come first, the first of them last.
    ahead: Vec<(String, Value)>,
    left: <Map<String, Value> as IntoIterator>::IntoIter,
    current: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for &mut Fields {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.ahead.pop().or_else(|| self.left.next()) else { return Ok(None) };
        let read = seed.deserialize(StrDeserializer::new(&key)).map_err(|fault: Fault| fault.under_key(&key))?;
        self.current = Some((key, value));
        Ok(Some(read))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, value) = self.current.take().unwrap_or_default();
        seed.deserialize(Node(value)).map_err(|fault| fault.under_key(&key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// A word, or an object whose one field is the word.
struct Variant {
    name: String,
    data: Value,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Fault;
    type Variant = Node;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Node), Fault> {
        Ok((seed.deserialize(StrDeserializer::<Fault>::new(&self.name))?, Node(self.data)))
    }
}

impl<'de> VariantAccess<'de> for Node {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }
}
