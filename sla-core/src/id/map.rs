//! Values by id, for lookups that questions make all the time.

use super::Id;

/// How many entries are compared one after the other: whether two ids are equal is mostly seen without their text, by
/// their place in memory or their length, which way they are ordered is not.
const FEW: usize = 8;

/// Values by id, which do not change.
#[derive(Debug)]
pub(crate) struct IdMap<T> {
    /// By id.
    entries: Vec<(Id, T)>,
}

impl<T> IdMap<T> {
    /// Returns the value of an id.
    pub(crate) fn get(&self, id: &Id) -> Option<&T> {
        let found = if self.entries.len() <= FEW {
            self.entries.iter().find(|(known, _)| known == id)
        } else {
            let place = self.entries.binary_search_by(|(known, _)| known.cmp(id)).ok()?;
            self.entries.get(place)
        };
        found.map(|(_, value)| value)
    }
}

impl<T> FromIterator<(Id, T)> for IdMap<T> {
    fn from_iter<I: IntoIterator<Item = (Id, T)>>(entries: I) -> Self {
        let mut entries: Vec<(Id, T)> = entries.into_iter().collect();
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self { entries }
    }
}
