//! Documents as the library writes them, read from their text without a tree.
//!
//! The reader takes objects with fixed fields, lists, texts and whole numbers, with any white space. For every other text it
//! only says that it cannot read it: then the tree is read, which shows the place of a fault. So faults cost nothing here,
//! neither time nor code.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The text is none that a [`Reader`] reads.
#[derive(Debug)]
pub(super) struct Unread;

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is to be read as a tree")
    }
}

impl std::error::Error for Unread {}

impl de::Error for Unread {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a whole text.
pub(super) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unread> {
    Reader { text, next: 0, is_inside: false, is_any: false }.whole()
}

/// Reads an object without its first fields: `text` begins behind the comma after them.
pub(super) fn read_rest<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unread> {
    Reader { text, next: 0, is_inside: true, is_any: false }.whole()
}

/// A text, as far as it is read.
struct Reader<'a> {
    text: &'a str,
    /// The place of the next byte.
    next: usize,
    /// Whether the next object is one whose brace was read.
    is_inside: bool,
    /// Whether an object of any kind is read.
    is_any: bool,
}

impl<'a> Reader<'a> {
    fn whole<T: Deserialize<'a>>(mut self) -> Result<T, Unread> {
        let value = T::deserialize(&mut self)?;
        let rest = self.text.as_bytes().get(self.next..).unwrap_or_default();
        if rest.iter().copied().all(is_white) { Ok(value) } else { Err(Unread) }
    }

    /// Returns the next byte that is not white space.
    #[inline]
    fn peek(&mut self) -> Result<u8, Unread> {
        loop {
            match self.text.as_bytes().get(self.next) {
                Some(&byte) if byte > b' ' => return Ok(byte),
                Some(&byte) if is_white(byte) => self.step(1),
                _ => return Err(Unread),
            }
        }
    }

    #[inline]
    fn step(&mut self, bytes: usize) {
        self.next = self.next.wrapping_add(bytes); // fits: not beyond the text, or nothing more is read
    }

    /// Goes over the next byte that is not white space.
    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Unread> {
        if self.peek()? != byte {
            return Err(Unread);
        }
        self.step(1);
        Ok(())
    }

    /// Goes over the comma before an entry, if it is not the first, and returns the byte after it; `None` at the end of the
    /// list or object.
    #[inline]
    fn entry(&mut self, is_first: &mut bool, end: u8) -> Result<Option<u8>, Unread> {
        let byte = self.peek()?;
        if byte == end {
            return Ok(None);
        }
        if std::mem::take(is_first) {
            return Ok(Some(byte));
        }
        if byte != b',' {
            return Err(Unread);
        }
        self.step(1);
        self.peek().map(Some)
    }

    /// Goes over a word without quotes.
    fn word(&mut self, word: &str) -> Result<(), Unread> {
        self.peek()?;
        let rest = self.text.as_bytes().get(self.next..).unwrap_or_default();
        self.step(word.len());
        if rest.starts_with(word.as_bytes()) { Ok(()) } else { Err(Unread) }
    }

    /// Reads a text whose quote was read.
    #[inline]
    fn string(&mut self) -> Result<Cow<'a, str>, Unread> {
        let start = self.next;
        self.step(plain(self.text.as_bytes().get(start..).unwrap_or_default()));
        match self.text.as_bytes().get(self.next) {
            Some(b'"') => {
                let text = self.text.get(start..self.next).ok_or(Unread)?;
                self.step(1);
                Ok(Cow::Borrowed(text))
            }
            Some(b'\\') => self.escaped(start).map(Cow::Owned),
            _ => Err(Unread),
        }
    }

    /// Reads a text with escapes, which begins at `start` and whose first escape is next.
    #[cold]
    #[inline(never)]
    fn escaped(&mut self, start: usize) -> Result<String, Unread> {
        loop {
            match self.text.as_bytes().get(self.next) {
                Some(b'\\') => self.step(2),
                Some(b'"') => break,
                Some(_) => self.step(1),
                None => return Err(Unread),
            }
        }
        self.step(1);
        let quoted = self.text.get(start.wrapping_sub(1)..self.next).ok_or(Unread)?; // a quote is before it
        serde_json::from_str(quoted).map_err(|_| Unread)
    }

    /// Reads a text of `length` bytes whose quote was read, without looking for its end; `None` for one of another length. The
    /// text is not searched for quotes and escapes: the caller takes none that has any.
    #[inline]
    fn string_of(&mut self, length: usize) -> Option<&'a str> {
        let end = self.next.checked_add(length)?;
        let text = self.text.get(self.next..end).filter(|_| self.text.as_bytes().get(end) == Some(&b'"'))?;
        self.step(length.wrapping_add(1)); // fits: within the text
        Some(text)
    }

    /// Reads a key, or the name of a variant, whose quote was read. Most are those that come next in the list of `names`, which
    /// need not be searched for their end.
    #[inline]
    fn name(&mut self, names: &'static [&'static str], next: usize) -> Result<Name<'a>, Unread> {
        let rest = self.text.as_bytes().get(self.next..).unwrap_or_default();
        let is_next = |name: &&str| rest.get(name.len()) == Some(&b'"') && rest.starts_with(name.as_bytes());
        let (before, after) = names.split_at_checked(next).unwrap_or((&[], names));
        let place = match after.iter().position(is_next) {
            Some(place) => Some(next.wrapping_add(place)), // fits: a place in the list
            None => before.iter().position(is_next),
        };
        if let Some((place, text)) = place.and_then(|place| Some((place, *names.get(place)?))) {
            self.step(text.len().wrapping_add(1)); // fits: within the text
            return Ok(Name { text, place: Some(place) });
        }
        match self.string()? {
            Cow::Borrowed(text) => Ok(Name { text, place: None }),
            Cow::Owned(_) => Err(Unread),
        }
    }

    /// Reads a whole number; what follows it is looked at by the next reader, which takes no fraction.
    #[inline]
    fn digits(&mut self) -> Result<u64, Unread> {
        let first = self.text.as_bytes().get(self.next).copied();
        let (mut number, mut count) = (0_u64, 0_u32);
        while let Some(&digit @ b'0'..=b'9') = self.text.as_bytes().get(self.next) {
            // 19 digits fit; of more, nothing is kept.
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit & 0x0f));
            count = count.wrapping_add(1);
            self.step(1);
        }
        match count {
            1 => Ok(number),
            2..=19 if first != Some(b'0') => Ok(number),
            _ => Err(Unread),
        }
    }

    #[inline]
    fn unsigned<T: TryFrom<u64>>(&mut self) -> Result<T, Unread> {
        self.peek()?;
        T::try_from(self.digits()?).map_err(|_| Unread)
    }
}

fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// Returns the number of bytes before the first that ends a text or escapes, or that no text has: eight at a time.
#[inline]
fn plain(text: &[u8]) -> usize {
    // A byte repeated in a word of eight.
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHEST_BITS: u64 = 0x8080_8080_8080_8080;
    const SPACES: u64 = 0x2020_2020_2020_2020;
    const QUOTES: u64 = 0x2222_2222_2222_2222;
    const BACKSLASHES: u64 = 0x5c5c_5c5c_5c5c_5c5c;
    // The lowest of the bits that are set stands at the first byte that is zero; those above may be wrong.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHEST_BITS;
    let (words, rest) = text.as_chunks::<8>();
    let mut before = 0_usize;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(SPACES) & !word & HIGHEST_BITS;
        let found = zero(word ^ QUOTES) | zero(word ^ BACKSLASHES) | control;
        if found != 0 {
            let within = usize::try_from(found.trailing_zeros() / 8).unwrap_or_default();
            return before.wrapping_add(within); // fits: within the text
        }
        before = before.wrapping_add(8); // fits: within the text
    }
    let is_plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
    before.wrapping_add(rest.iter().take_while(is_plain).count())
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unread;

    /// Reads an object, as the data of an event is asked for; nothing else of any kind, and no object of any kind within it, so
    /// that a text cannot nest deeper than the types do.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        if self.peek()? != b'{' || std::mem::replace(&mut self.is_any, true) {
            return Err(Unread);
        }
        let value = (&mut *self).deserialize_struct("", &[], visitor)?;
        self.is_any = false;
        Ok(value)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let is_true = self.peek()? == b't';
        self.word(if is_true { "true" } else { "false" })?;
        visitor.visit_bool(is_true)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_u8(self.unsigned()?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_u16(self.unsigned()?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_u32(self.unsigned()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_u64(self.unsigned()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        if self.peek()? != b'-' {
            return visitor.visit_i64(self.unsigned()?);
        }
        self.step(1);
        let number = i64::try_from(self.digits()?).map_err(|_| Unread)?;
        // JSON has a zero below zero, which is no whole number.
        number.checked_neg().filter(|number| *number < 0).ok_or(Unread).and_then(|number| visitor.visit_i64(number))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.expect(b'"')?;
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        if self.peek()? == b'n' {
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    /// Digests and instants mostly have one length, and no quote or escape in them.
    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Unread> {
        let length = match name {
            "Digest" => 64,
            "Timestamp" => 20,
            _ => return visitor.visit_newtype_struct(self),
        };
        self.expect(b'"')?;
        let text = match self.string_of(length) {
            Some(text) => Cow::Borrowed(text),
            None => self.string()?,
        };
        visitor.visit_newtype_struct(StrDeserializer::new(&text))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.expect(b'[')?;
        let value = visitor.visit_seq(Entries { reader: self, is_first: true })?;
        self.expect(b']')?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_seq(visitor)
    }

    /// An object has the fields of its struct: their reader refuses one that is there twice.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        if !std::mem::take(&mut self.is_inside) {
            self.expect(b'{')?;
        }
        let value = visitor.visit_map(Fields { reader: self, is_first: true, names, next: 0 })?;
        self.expect(b'}')?;
        Ok(value)
    }

    /// An object that may have any keys may have one twice.
    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unread> {
        Err(Unread)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        if self.peek()? == b'"' {
            return visitor.visit_enum(Variant { reader: self, names, has_data: false });
        }
        self.expect(b'{')?;
        let value = visitor.visit_enum(Variant { reader: self, names, has_data: true })?;
        self.expect(b'}')?;
        Ok(value)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct ignored_any
    }
}

struct Entries<'r, 'a> {
    reader: &'r mut Reader<'a>,
    is_first: bool,
}

impl<'de> SeqAccess<'de> for Entries<'_, 'de> {
    type Error = Unread;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unread> {
        if self.reader.entry(&mut self.is_first, b']')?.is_none() {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    /// Most lists have one entry.
    fn size_hint(&self) -> Option<usize> {
        let next = self.reader.text.as_bytes().get(self.reader.next);
        Some(usize::from(next.is_some_and(|byte| *byte != b']')))
    }
}

struct Fields<'r, 'a> {
    reader: &'r mut Reader<'a>,
    is_first: bool,
    /// The fields in the order in which they are mostly written.
    names: &'static [&'static str],
    /// The place of the name that is expected next.
    next: usize,
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unread> {
        match self.reader.entry(&mut self.is_first, b'}')? {
            None => return Ok(None),
            Some(b'"') => self.reader.step(1),
            Some(_) => return Err(Unread),
        }
        let name = self.reader.name(self.names, self.next)?;
        self.next = name.place.map_or(self.next, |place| place.wrapping_add(1)); // fits: a place in a list
        self.reader.expect(b':')?;
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        seed.deserialize(&mut *self.reader)
    }
}

/// A key, or the name of a variant.
struct Name<'a> {
    text: &'a str,
    /// Its place in the list of names, by which derived readers know it, too.
    place: Option<usize>,
}

impl<'de> Deserializer<'de> for Name<'de> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_borrowed_str(self.text)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.place.and_then(|place| u64::try_from(place).ok()) {
            Some(place) => visitor.visit_u64(place),
            None => visitor.visit_borrowed_str(self.text),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum ignored_any
    }
}

/// A word, or an object whose one field is the word.
struct Variant<'r, 'a> {
    reader: &'r mut Reader<'a>,
    names: &'static [&'static str],
    has_data: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Unread;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Unread> {
        self.reader.expect(b'"')?;
        let name = self.reader.name(self.names, 0)?;
        if self.has_data {
            self.reader.expect(b':')?;
        }
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Unread;

    fn unit_variant(self) -> Result<(), Unread> {
        if self.has_data { Err(Unread) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unread> {
        if self.has_data { seed.deserialize(self.reader) } else { Err(Unread) }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unread> {
        Err(Unread)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Unread> {
        if self.has_data { self.reader.deserialize_struct("", fields, visitor) } else { Err(Unread) }
    }
}
