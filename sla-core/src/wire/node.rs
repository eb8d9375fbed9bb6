//! Typed documents out of trees: every fault carries its place.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode};

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
    fn under_key(self, key: &str) -> Self {
        if key.contains(['~', '/']) {
            return Self(self.0.within(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))));
        }
        Self(self.0.within(&format!("/{key}")))
    }
}

impl de::Error for Fault {
    /// Turns the text of a reading fault back into an error: a carried one begins with its code.
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::of_text(text.to_string())
    }
}

impl Fault {
    fn of_text(text: String) -> Self {
        if let Some((code, rest)) = text.split_once(": ")
            && let Some(code) = ErrorCode::ALL.iter().find(|known| known.as_str() == code)
        {
            let (message, help) = rest.split_once("; ").unwrap_or((rest, ""));
            return Self(Error::new(*code, message).help(help));
        }
        let code = match text.split_once(' ') {
            Some(("unknown", rest)) if rest.starts_with("field") => ErrorCode::UnknownField,
            Some(("missing", _)) => ErrorCode::MissingField,
            Some(("unknown", _)) => ErrorCode::UnknownWord,
            _ => ErrorCode::WrongType,
        };
        Self(Error::new(code, text))
    }
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
            Value::Number(_) => self.number(visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(value),
            other => Err(wrong_kind(&other, &visitor)),
        }
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.number(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.number(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.number(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.number(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            other => Err(wrong_kind(&other, &visitor)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::Array(list) = self.0 else { return Err(wrong_kind(&self.0, &visitor)) };
        let mut entries = Entries { left: list.into_iter(), next: 0 };
        let value = visitor.visit_seq(&mut entries)?;
        if entries.left.len() > 0 {
            return Err(Fault::of_text("the list has more entries than belong here".to_owned()));
        }
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::Object(fields) = self.0 else { return Err(wrong_kind(&self.0, &"an object")) };
        let mut fields = Fields { left: fields.into_iter(), current: None };
        let value = visitor.visit_map(&mut fields)?;
        if fields.left.len() > 0 {
            return Err(Fault::of_text("the object has more fields than belong here".to_owned()));
        }
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
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
            other => Err(wrong_kind(&other, &"a word, or an object with one field")),
        }
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct identifier ignored_any
    }
}

impl Node {
    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::Number(number) = &self.0 else { return Err(wrong_kind(&self.0, &visitor)) };
        match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => visitor.visit_u64(number),
            (None, Some(number)) => visitor.visit_i64(number),
            (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
        }
    }
}

#[cold]
#[inline(never)]
fn wrong_kind(found: &Value, expected: &dyn Expected) -> Fault {
    let found = match found {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Unexpected::Unsigned(number),
            (None, Some(number)) => Unexpected::Signed(number),
            (None, None) => Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    };
    de::Error::invalid_type(found, expected)
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
        seed.deserialize(Node(entry)).map(Some).map_err(|Fault(error)| Fault(error.within(&format!("/{place}"))))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

struct Fields {
    left: <Map<String, Value> as IntoIterator>::IntoIter,
    current: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for &mut Fields {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.left.next() else { return Ok(None) };
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
