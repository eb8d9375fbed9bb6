//! Lists that are mostly empty.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A list that is mostly empty, as large as a pointer.
///
/// ```
/// use sla_core::ticket::RareList;
/// let list: RareList<u32> = [1, 2].into_iter().collect();
/// assert_eq!(list.len(), 2);
/// assert!(RareList::<u32>::from(Vec::new()).is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RareList<T>(Option<Box<Entries<T>>>);

/// Not empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Entries<T>(Box<[T]>);

impl<T> Default for RareList<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> From<Vec<T>> for RareList<T> {
    fn from(entries: Vec<T>) -> Self {
        Self((!entries.is_empty()).then(|| Box::new(Entries(entries.into()))))
    }
}

impl<T> FromIterator<T> for RareList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        Vec::from_iter(entries).into()
    }
}

impl<T> Deref for RareList<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |entries| &entries.0)
    }
}

impl<T> DerefMut for RareList<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.0.as_mut().map_or(&mut [], |entries| &mut entries.0)
    }
}

impl<'a, T> IntoIterator for &'a RareList<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Serialize> Serialize for RareList<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for RareList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Into::into)
    }
}
