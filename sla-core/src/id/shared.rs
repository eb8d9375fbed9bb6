//! Ids that come again and again are made once.

use std::cell::RefCell;

use super::Id;

thread_local! {
    /// The ids that were made last, each at a place that follows from its text; empty outside of [`sharing`].
    static RECENT: RefCell<Vec<Option<Id>>> = const { RefCell::new(Vec::new()) };
}

/// Ids that are remembered from one call of [`sharing`] to the next.
#[derive(Debug, Clone)]
pub(crate) struct SharedIds(Vec<Option<Id>>);

impl SharedIds {
    /// Returns room for the ids of one ticket.
    pub(crate) fn of_ticket() -> Self {
        Self(vec![None; 64])
    }

    /// Returns room for the people of a log.
    pub(crate) fn of_log() -> Self {
        Self(vec![None; 1_024])
    }
}

/// Runs `read`, in which equal ids that this thread makes are clones of one, mostly.
pub(crate) fn sharing<T>(ids: &mut SharedIds, read: impl FnOnce() -> T) -> T {
    RECENT.with_borrow_mut(|recent| std::mem::swap(recent, &mut ids.0));
    let made = read();
    RECENT.with_borrow_mut(|recent| std::mem::swap(recent, &mut ids.0));
    made
}

/// Returns the id of a text, from those that are remembered, or by `make`.
pub(super) fn shared<E>(text: &str, make: impl FnOnce(&str) -> Result<Id, E>) -> Result<Id, E> {
    RECENT.with_borrow_mut(|recent| {
        let place = recent.len().checked_sub(1).and_then(|last| recent.get_mut(last & hash(text)));
        let Some(place) = place else { return make(text) };
        match place {
            Some(known) if known.as_str() == text => Ok(known.clone()),
            _ => Ok(place.insert(make(text)?).clone()),
        }
    })
}

/// Returns a number that differs between most texts: of their length and their last bytes, where names that are numbered
/// differ.
fn hash(text: &str) -> usize {
    let last = text.as_bytes().last_chunk::<4>().map_or(0, |last| u32::from_le_bytes(*last));
    let [.., third, fourth] =
        last.wrapping_add(u32::try_from(text.len()).unwrap_or_default()).wrapping_mul(0x9e37_79b1).to_le_bytes();
    usize::from(u16::from_le_bytes([third, fourth]))
}
