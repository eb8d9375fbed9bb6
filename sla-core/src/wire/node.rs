//! Typed documents out of trees: every fault carries its place.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
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
        let text = text.to_string();
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
            Value::Array(list) => {
                let mut entries = Entries { left: list.into_iter(), next: 0 };
                let value = visitor.visit_seq(&mut entries)?;
                if entries.left.len() > 0 {
                    return Err(de::Error::custom("the list has more entries than belong here"));
                }
                Ok(value)
            }
            Value::Object(fields) => {
                let mut fields = Fields { left: fields.into_iter(), current: None };
                let value = visitor.visit_map(&mut fields)?;
                if fields.left.len() > 0 {
                    return Err(de::Error::custom("the object has more fields than belong here"));
                }
                Ok(value)
            }
        }
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
            other => Err(de::Error::invalid_type(unexpected(&other), &"a word, or an object with one field")),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(_) => Unexpected::Other("a number"),
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
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
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }
}
