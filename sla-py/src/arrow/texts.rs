//! Columns of texts, in every layout.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, GenericStringArray, LargeStringArray, OffsetSizeTrait, StringArray, StringViewArray,
};
use arrow_schema::DataType;
use pyo3::prelude::*;

use crate::error::fault;

/// No text.
const NOTHING: u32 = u32::MAX;

/// A column of texts; missing ones are `None`. The texts are shared with the caller.
pub(crate) enum Texts {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
    /// The place of each row's text among the distinct ones.
    Dictionary(Vec<u32>, Box<Texts>),
    /// Every row has none.
    Missing,
}

impl Texts {
    /// Reads a column of texts, or of whole numbers, which are written in decimal digits.
    pub(crate) fn read(py: Python<'_>, name: &str, array: &ArrayRef) -> PyResult<Self> {
        Ok(match array.data_type() {
            DataType::Utf8 => Self::Small(array.as_string::<i32>().clone()),
            DataType::LargeUtf8 => Self::Large(array.as_string::<i64>().clone()),
            DataType::Utf8View => Self::View(array.as_string_view().clone()),
            DataType::Dictionary(key, _) => match key.as_ref() {
                DataType::Int8 => Self::dictionary::<Int8Type>(py, name, array)?,
                DataType::Int16 => Self::dictionary::<Int16Type>(py, name, array)?,
                DataType::Int32 => Self::dictionary::<Int32Type>(py, name, array)?,
                DataType::Int64 => Self::dictionary::<Int64Type>(py, name, array)?,
                DataType::UInt8 => Self::dictionary::<UInt8Type>(py, name, array)?,
                DataType::UInt16 => Self::dictionary::<UInt16Type>(py, name, array)?,
                DataType::UInt32 => Self::dictionary::<UInt32Type>(py, name, array)?,
                _ => Self::dictionary::<UInt64Type>(py, name, array)?,
            },
            DataType::Int8 => Self::Small(decimal::<Int8Type>(array)),
            DataType::Int16 => Self::Small(decimal::<Int16Type>(array)),
            DataType::Int32 => Self::Small(decimal::<Int32Type>(array)),
            DataType::Int64 => Self::Small(decimal::<Int64Type>(array)),
            DataType::UInt8 => Self::Small(decimal::<UInt8Type>(array)),
            DataType::UInt16 => Self::Small(decimal::<UInt16Type>(array)),
            DataType::UInt32 => Self::Small(decimal::<UInt32Type>(array)),
            DataType::UInt64 => Self::Small(decimal::<UInt64Type>(array)),
            DataType::Null => Self::Missing,
            other => {
                let message = format!("column `{name}` holds {other}, not texts");
                return Err(fault(py, "wrong_type", &message, "pass texts, categories or whole numbers"));
            }
        })
    }

    fn dictionary<K: ArrowDictionaryKeyType>(py: Python<'_>, name: &str, array: &ArrayRef) -> PyResult<Self> {
        let array = array.as_dictionary::<K>();
        let texts = Self::read(py, name, array.values())?;
        let places = array.keys_iter().map(|key| key.and_then(|key| u32::try_from(key).ok()).unwrap_or(NOTHING));
        Ok(Self::Dictionary(places.collect(), Box::new(texts)))
    }

    /// Returns how many rows there are.
    fn len(&self) -> usize {
        match self {
            Self::Small(array) => array.len(),
            Self::Large(array) => array.len(),
            Self::View(array) => array.len(),
            Self::Dictionary(places, _) => places.len(),
            Self::Missing => 0,
        }
    }

    /// Returns the text of a row; `None` also beyond the last, where a broken dictionary may point.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Small(array) => (row < array.len() && array.is_valid(row)).then(|| array.value(row)),
            Self::Large(array) => (row < array.len() && array.is_valid(row)).then(|| array.value(row)),
            Self::View(array) => (row < array.len() && array.is_valid(row)).then(|| array.value(row)),
            Self::Dictionary(places, texts) => {
                let place = *places.get(row)?;
                if place == NOTHING { None } else { texts.get(usize::try_from(place).ok()?) }
            }
            Self::Missing => None,
        }
    }
}

fn decimal<T: arrow_array::ArrowPrimitiveType>(array: &ArrayRef) -> StringArray
where
    T::Native: std::fmt::Display,
{
    let numbers = array.as_primitive::<T>();
    let mut digits = String::new();
    let mut texts = arrow_array::builder::StringBuilder::with_capacity(numbers.len(), numbers.len().saturating_mul(8));
    for number in numbers {
        match number {
            Some(number) => {
                digits.clear();
                // Writing into a text cannot fail.
                let _ = write!(digits, "{number}");
                texts.append_value(&digits);
            }
            None => texts.append_null(),
        }
    }
    texts.finish()
}

/// Distinct texts by number, in the order of their first occurrence.
pub(crate) struct Interner {
    words: Vec<String>,
    numbers: HashMap<String, u32>,
    /// The last text of each place, which few texts share: a look costs less than hashing.
    recent: Vec<Recent>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { words: Vec::new(), numbers: HashMap::new(), recent: vec![Recent::default(); 1 << PLACE_BITS] }
    }
}

const PLACE_BITS: u32 = 10;

/// A text that has a number, as far as a look compares it.
#[derive(Clone, Copy, Default)]
struct Recent {
    ends: Ends,
    /// 0 for none.
    number: u32,
}

/// The length of a text, its first and its last bytes: of at most [`WHOLE`] bytes, no two texts have the same.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Ends {
    length: u32,
    first: u64,
    last: u64,
}

const WHOLE: usize = 16;

impl Ends {
    #[inline]
    fn of(text: &[u8]) -> Self {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let (first, last) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
                (Some(first), Some(last)) => {
                    (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
                }
                _ => (text.iter().fold(0, |ends, byte| ends << 8 | u64::from(*byte)), 0),
            },
        };
        Self { length, first, last }
    }

    #[inline]
    fn place(self) -> usize {
        let mixed =
            (self.first ^ self.last.rotate_left(29) ^ u64::from(self.length)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        usize::try_from(mixed >> (u64::BITS - PLACE_BITS)).unwrap_or_default()
    }
}

impl Interner {
    /// Returns the number of a text; 0 for none.
    pub(crate) fn number(&mut self, text: Option<&str>) -> u32 {
        text.map_or(0, |text| self.look(text.as_bytes()))
    }

    /// Returns the number of a text, given as its bytes.
    #[inline]
    fn look(&mut self, text: &[u8]) -> u32 {
        let ends = Ends::of(text);
        let place = ends.place();
        match self.recent.get(place) {
            Some(recent) if recent.ends == ends && recent.number != 0 && text.len() <= WHOLE => recent.number,
            _ => self.find(text, place),
        }
    }

    #[inline(never)]
    fn find(&mut self, text: &[u8], place: usize) -> u32 {
        let recent = self.recent.get(place).copied().unwrap_or_default();
        if self.word(recent.number).is_some_and(|known| known.as_bytes() == text) {
            return recent.number;
        }
        // INVARIANT: columns hold valid texts.
        let Ok(valid) = std::str::from_utf8(text) else { return 0 };
        let number = match self.numbers.get(valid) {
            Some(number) => *number,
            None => self.add(valid),
        };
        if let Some(recent) = self.recent.get_mut(place) {
            *recent = Recent { ends: Ends::of(text), number };
        }
        number
    }

    fn add(&mut self, text: &str) -> u32 {
        self.words.push(text.to_owned());
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// Returns the text of a number.
    pub(crate) fn word(&self, number: u32) -> Option<&str> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        self.words.get(place).map(String::as_str)
    }

    /// Passes on the number of each of some rows of a column; 0 for none.
    pub(crate) fn each(&mut self, texts: &Texts, rows: &Range<usize>, mut take: impl FnMut(u32)) {
        match texts {
            Texts::Dictionary(places, distinct) => {
                let known: Vec<u32> = (0..distinct.len()).map(|place| self.number(distinct.get(place))).collect();
                let number = |place: &u32| usize::try_from(*place).ok().and_then(|place| known.get(place).copied());
                let places = places.get(rows.clone()).unwrap_or_default();
                for place in places {
                    take(number(place).unwrap_or_default());
                }
            }
            Texts::Small(array) if array.null_count() == 0 => {
                for text in without_gaps(array, rows) {
                    take(self.look(text));
                }
            }
            Texts::Large(array) if array.null_count() == 0 => {
                for text in without_gaps(array, rows) {
                    take(self.look(text));
                }
            }
            _ => {
                for row in rows.clone() {
                    take(self.number(texts.get(row)));
                }
            }
        }
    }
}

/// Returns the bytes of some texts, of which none is missing.
fn without_gaps<'a, O: OffsetSizeTrait>(
    array: &'a GenericStringArray<O>,
    rows: &Range<usize>,
) -> impl Iterator<Item = &'a [u8]> {
    let data = array.value_data();
    // INVARIANT: a column has an offset more than rows.
    let offsets = array.value_offsets().get(rows.start..=rows.end).unwrap_or_default();
    let bounds = offsets.iter().zip(offsets.get(1..).unwrap_or_default());
    bounds.map(|(from, to)| data.get(from.as_usize()..to.as_usize()).unwrap_or_default())
}
