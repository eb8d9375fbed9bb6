//! JSON text as a tree, with the keys that an object has twice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::{Error, ErrorCode};
use crate::pointer::Pointer;

/// The longest policy, calendar, command, actor, head or refusal that is read, in bytes. `docs/limits.md` lists every limit.
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// The longest history, snapshot, list of tickets, chain, log or aggregate that is read, in bytes.
pub const MAX_HISTORY_BYTES: usize = 256 * 1024 * 1024;

/// How deep a document may be nested.
pub(super) const MAX_DEPTH: usize = 127;

/// A document as a tree.
pub(super) struct Tree {
    pub(super) root: Value,
    /// The JSON pointers of keys that their object has more than once; the tree holds the last value.
    pub(super) duplicates: Vec<String>,
}

impl Tree {
    /// Reads JSON text, at most `most` bytes long and 127 levels deep.
    pub(super) fn parse_within(json: &[u8], most: usize) -> Result<Self, Error> {
        check_length(json, most)?;
        let mut duplicates = Duplicates::default();
        let mut text = serde_json::Deserializer::from_slice(json);
        let root = Node(&mut duplicates).deserialize(&mut text).and_then(|root| text.end().map(|()| root));
        let root = root.map_err(|fault| not_json(&fault))?;
        let duplicates = duplicates.paths.into_iter().map(|segments| segments.into_iter().rev().collect()).collect();
        Ok(Self { root, duplicates })
    }

    /// Returns the tree if no object in it has a key twice.
    pub(super) fn undoubled(self) -> Result<Value, Error> {
        match self.duplicates.into_iter().next() {
            None => Ok(self.root),
            Some(place) => Err(Error::new(ErrorCode::DuplicateKey, "the key is there twice in one object")
                .help("keep one of the two")
                .at(place)),
        }
    }
}

/// Refuses JSON text that is longer than `most` bytes.
pub(super) fn check_length(json: &[u8], most: usize) -> Result<(), Error> {
    if json.len() <= most {
        return Ok(());
    }
    let message = format!("a document of {} bytes is too long", json.len());
    Err(Error::new(ErrorCode::LimitExceeded, message).help(format!("at most {most} bytes are accepted")))
}

/// Returns the error of a text that is not JSON.
#[cold]
pub(super) fn not_json(fault: &serde_json::Error) -> Error {
    Error::new(ErrorCode::InvalidJson, format!("the document is not JSON: {fault}"))
        .help("write one JSON object in UTF-8, at most 127 levels deep")
}

/// The most duplicates that are noted.
const MAX_DUPLICATES: usize = 1_000;
/// The most bytes that the pointers of all duplicates take together; beyond them only the first is kept.
const MAX_DUPLICATE_BYTES: usize = 1024 * 1024;

/// Keys that are there twice, each as the segments of its JSON pointer, the innermost first.
#[derive(Default)]
struct Duplicates {
    paths: Vec<Vec<String>>,
    bytes: usize,
}

impl Duplicates {
    fn note(&mut self, segment: String) {
        if self.paths.len() < MAX_DUPLICATES && self.bytes <= MAX_DUPLICATE_BYTES {
            self.paths.push(vec![segment]);
        }
    }

    /// Adds the segment of a child to the duplicates found in it, those from `first` on.
    fn leave(&mut self, first: usize, segment: impl Fn() -> String) {
        for path in self.paths.iter_mut().skip(first) {
            let segment = segment();
            self.bytes = self.bytes.saturating_add(segment.len());
            path.push(segment);
            if self.bytes > MAX_DUPLICATE_BYTES {
                break;
            }
        }
        if self.bytes > MAX_DUPLICATE_BYTES {
            self.paths.truncate(1);
        }
    }
}

/// Reads one value and notes duplicates.
struct Node<'a>(&'a mut Duplicates);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is too large"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        let mut first = self.0.paths.len();
        while let Some(entry) = entries.next_element_seed(Node(self.0))? {
            self.0.leave(first, || Pointer::ROOT.index(list.len()).to_string());
            first = self.0.paths.len();
            list.push(entry);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut first = self.0.paths.len();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Node(self.0))?;
            let segment = || Pointer::ROOT.key(&key).to_string();
            self.0.leave(first, segment);
            first = self.0.paths.len();
            if object.contains_key(&key) {
                self.0.note(segment());
                first = self.0.paths.len();
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
