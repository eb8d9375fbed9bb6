//! When to check which ticket, for hosts that hold their open tickets in memory.
//!
//! A [`Monitor`] holds the `next_check_at` of every ticket's evaluation. It returns a ticket when its next automatic
//! event is due, not before, and does not poll. It has no state of its own: after a crash it is built again from the rows
//! (ticket, `next_check_at`) that the host stored, and the first [`Monitor::advance`] returns whatever fell due in between.
//!
//! ```
//! use sla_core::monitor::Monitor;
//! use sla_core::time::Timestamp;
//!
//! let at = |text| Timestamp::parse(text);
//! let rows = [(7_u64, Some(at("2026-03-02T10:00:00Z")?)), (8, Some(at("2026-03-02T09:30:00Z")?)), (9, None)];
//! let mut monitor: Monitor<u64> = rows.into_iter().collect();
//! assert_eq!(monitor.next_wakeup(), Some(at("2026-03-02T09:30:00Z")?));
//!
//! let now = at("2026-03-02T09:30:02Z")?;
//! for due in monitor.advance(now) {
//!     assert_eq!((due.ticket, due.lag_us(now)), (8, 2_000_000));
//!     // Here a host appends the events of engine.due_events(ticket, now) to its history, and inserts the ticket again:
//!     monitor.insert(due.ticket, None);
//! }
//! # Ok::<(), sla_core::Error>(())
//! ```

use std::collections::HashMap;
use std::hash::Hash;

use crate::id::Id;
use crate::time::Timestamp;

// A heap of our own, because an instant changes whenever something happens to a ticket. `std`'s `BinaryHeap` can only keep
// the outdated entries until they reach the top: with a million tickets `insert` then takes 0.6 times as long, but
// `advance` 1.6 times, and the heap grows with the changes. Four children to an entry make half as many levels as two.
//
// INVARIANT: at most 2^32 tickets, whose entries take 32 bytes each, so a position is far below the limits of `usize`.

/// How many children an entry of the heap has.
const WIDTH: usize = 4;

/// Tickets by the instant of their next automatic event, equal instants by id.
///
/// `K` is the host's id of a ticket; a number is the fastest and takes 32 bytes a ticket beside the map from ids.
/// At most 2^32 tickets.
#[derive(Debug, Clone)]
pub struct Monitor<K = Id> {
    /// A heap: no entry comes before its parent.
    heap: Vec<Entry>,
    /// INVARIANT: `heap[slots[s].position].slot == s` for every slot that is not free, and `by_id` leads from a ticket
    /// to its slot.
    slots: Vec<Slot<K>>,
    free: Vec<u32>,
    by_id: HashMap<K, u32>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    at: Timestamp,
    slot: u32,
}

#[derive(Debug, Clone)]
struct Slot<K> {
    ticket: K,
    position: u32,
}

/// A ticket with an automatic event that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueTicket<K = Id> {
    /// The ticket.
    pub ticket: K,
    /// The instant of the first event that is due.
    pub at: Timestamp,
}

impl<K> DueTicket<K> {
    /// Returns how late the event is detected at `now`, in microseconds; negative when `now` is before it.
    #[must_use]
    pub const fn lag_us(&self, now: Timestamp) -> i64 {
        // Within the horizon the difference always fits; beyond it the largest number says enough.
        now.as_micros().saturating_sub(self.at.as_micros())
    }
}

impl<K: Ord + Hash + Clone> Monitor<K> {
    /// Returns a monitor without tickets.
    #[must_use]
    pub fn new() -> Self {
        Self { heap: Vec::new(), slots: Vec::new(), free: Vec::new(), by_id: HashMap::new() }
    }

    /// Holds a ticket until `next_check_at`, in place of the instant before; `None`, which an evaluation has when no
    /// automatic event will follow, removes the ticket. Returns the instant before.
    ///
    /// ```
    /// use sla_core::monitor::Monitor;
    /// use sla_core::time::Timestamp;
    /// let (first, second) = (Timestamp::from_micros(1), Timestamp::from_micros(2));
    /// let mut monitor = Monitor::new();
    /// assert_eq!(monitor.insert("T-1", Some(second)), None);
    /// assert_eq!(monitor.insert("T-1", Some(first)), Some(second));
    /// assert_eq!(monitor.next_wakeup(), Some(first));
    /// ```
    pub fn insert(&mut self, ticket: K, next_check_at: Option<Timestamp>) -> Option<Timestamp> {
        let Some(at) = next_check_at else { return self.remove(&ticket) };
        if let Some(position) = self.position(&ticket) {
            let entry = self.heap.get_mut(position)?;
            let before = std::mem::replace(&mut entry.at, at);
            self.settle(position);
            return Some(before);
        }
        let position = self.heap.len();
        let slot = self.slot(Slot { ticket: ticket.clone(), position: narrow(position) });
        self.heap.push(Entry { at, slot });
        self.by_id.insert(ticket, slot);
        self.rise(position);
        None
    }

    /// Removes a ticket. Returns the instant until which it was held.
    ///
    /// ```
    /// use sla_core::monitor::Monitor;
    /// use sla_core::time::Timestamp;
    ///
    /// let mut monitor = Monitor::new();
    /// monitor.insert("T-1", Some(Timestamp::from_micros(1)));
    /// assert_eq!(monitor.remove(&"T-1"), Some(Timestamp::from_micros(1)));
    /// assert_eq!(monitor.next_wakeup(), None);
    /// ```
    pub fn remove(&mut self, ticket: &K) -> Option<Timestamp> {
        let position = self.position(ticket)?;
        self.take(position).map(|due| due.at)
    }

    /// Removes and returns every ticket with an automatic event at or before `now`, in order of instant, then id.
    ///
    /// The host appends the `due_events` of each and inserts it again with its new `next_check_at`.
    ///
    /// ```
    /// use sla_core::monitor::Monitor;
    /// use sla_core::time::Timestamp;
    /// let mut monitor: Monitor<u64> = (1..=3).map(|id| (id, Some(Timestamp::from_micros(10)))).collect();
    /// assert!(monitor.advance(Timestamp::from_micros(9)).is_empty());
    /// let due: Vec<u64> = monitor.advance(Timestamp::from_micros(10)).iter().map(|due| due.ticket).collect();
    /// assert_eq!((due, monitor.len()), (vec![1, 2, 3], 0));
    /// ```
    pub fn advance(&mut self, now: Timestamp) -> Vec<DueTicket<K>> {
        let mut due = Vec::new();
        while self.next_wakeup().is_some_and(|at| at <= now) {
            due.extend(self.take(0));
        }
        due
    }

    /// Returns the instant of the earliest automatic event of any ticket; `None` without tickets.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.heap.first().map(|first| first.at)
    }

    /// Returns how many tickets are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Returns whether no ticket is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    fn position(&self, ticket: &K) -> Option<usize> {
        let slot = self.by_id.get(ticket)?;
        self.slots.get(wide(*slot)).map(|slot| wide(slot.position))
    }

    /// Stores a slot, in the place of a free one if there is any.
    fn slot(&mut self, new: Slot<K>) -> u32 {
        if let Some(number) = self.free.pop()
            && let Some(slot) = self.slots.get_mut(wide(number))
        {
            *slot = new;
            return number;
        }
        let number = narrow(self.slots.len());
        self.slots.push(new);
        number
    }

    /// Takes out the entry at `position`.
    fn take(&mut self, position: usize) -> Option<DueTicket<K>> {
        if position >= self.heap.len() {
            return None;
        }
        let entry = self.heap.swap_remove(position);
        if position < self.heap.len() {
            self.settle(position);
        }
        self.free.push(entry.slot);
        let (ticket, _) = self.by_id.remove_entry(&self.slots.get(wide(entry.slot))?.ticket)?;
        Some(DueTicket { ticket, at: entry.at })
    }

    /// Moves the entry at `position` to where it belongs.
    fn settle(&mut self, position: usize) {
        let position = self.rise(position);
        self.sink(position);
    }

    /// Moves the entry at `position` up while it comes before its parent. Returns where it ends.
    fn rise(&mut self, mut position: usize) -> usize {
        while let Some(parent) = position.checked_sub(1).map(|above| above / WIDTH) {
            if !self.comes_before(position, parent) {
                break;
            }
            self.heap.swap(position, parent);
            self.note(position);
            position = parent;
        }
        self.note(position);
        position
    }

    /// Moves the entry at `position` down while a child comes before it.
    #[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: a position is far below the limits of `usize`")]
    fn sink(&mut self, mut position: usize) {
        loop {
            let first = position * WIDTH + 1;
            let children = first..(first + WIDTH).min(self.heap.len());
            let least = children.reduce(|least, child| if self.comes_before(child, least) { child } else { least });
            match least {
                Some(least) if self.comes_before(least, position) => {
                    self.heap.swap(position, least);
                    self.note(position);
                    position = least;
                }
                _ => break,
            }
        }
        self.note(position);
    }

    fn comes_before(&self, one: usize, other: usize) -> bool {
        let (Some(one), Some(other)) = (self.heap.get(one), self.heap.get(other)) else { return false };
        let ticket = |entry: &Entry| self.slots.get(wide(entry.slot)).map(|slot| &slot.ticket);
        one.at < other.at || (one.at == other.at && ticket(one) < ticket(other))
    }

    /// Notes in the slot of the entry at `position` that it is there.
    fn note(&mut self, position: usize) {
        let slot = self.heap.get(position).map(|entry| wide(entry.slot));
        if let Some(slot) = slot.and_then(|slot| self.slots.get_mut(slot)) {
            slot.position = narrow(position);
        }
    }
}

impl<K: Ord + Hash + Clone> Default for Monitor<K> {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads the rows of a host: each ticket with its `next_check_at`; of two rows of one ticket the last counts.
impl<K: Ord + Hash + Clone> FromIterator<(K, Option<Timestamp>)> for Monitor<K> {
    fn from_iter<I: IntoIterator<Item = (K, Option<Timestamp>)>>(rows: I) -> Self {
        let mut monitor = Self::new();
        monitor.extend(rows);
        monitor
    }
}

impl<K: Ord + Hash + Clone> Extend<(K, Option<Timestamp>)> for Monitor<K> {
    fn extend<I: IntoIterator<Item = (K, Option<Timestamp>)>>(&mut self, rows: I) {
        for (ticket, next_check_at) in rows {
            self.insert(ticket, next_check_at);
        }
    }
}

fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
