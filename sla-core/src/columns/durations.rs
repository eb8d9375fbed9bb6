//! Durations of many groups, put into their histograms many at a time.
//!
//! Rows come in any order, so that the next duration mostly belongs to a histogram that is in no cache. Durations wait in one
//! list, and are brought into the order of their histograms when there are enough of them.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: a list in memory has fewer bytes than a number of 64 bits can count; places of a list are made by \
              counting its elements"
)]

use std::iter::Peekable;
use std::vec::IntoIter;

use crate::analytics::{Histogram, Scratch};
use crate::error::Error;

/// So many may wait before there is any histogram: they take less memory than the rows that they come from.
const LEAST_WAITING: usize = 1 << 20;
/// More do not wait however large the histograms are, so that their number fits 32 bits.
const MOST_WAITING: usize = 1 << 30;

/// `N` histograms for each of many places, and durations that are not in them yet.
#[derive(Debug)]
pub(super) struct Durations<const N: usize> {
    waiting: Vec<Waiting<N>>,
    /// How many may wait: sorting them takes no more memory than the histograms, or little.
    most: usize,
    /// INVARIANT: by place, each once.
    histograms: Vec<(u32, [Histogram; N])>,
}

/// The durations of one cycle, in microseconds.
#[derive(Debug, Clone, Copy)]
#[repr(Rust, packed(4))]
struct Waiting<const N: usize> {
    place: u32,
    micros: [u64; N],
}

impl<const N: usize> Default for Durations<N> {
    fn default() -> Self {
        Self { waiting: Vec::new(), most: LEAST_WAITING, histograms: Vec::new() }
    }
}

impl<const N: usize> Durations<N> {
    /// Adds one duration to each histogram of a place.
    #[inline]
    pub(super) fn add(&mut self, place: u32, micros: [u64; N]) {
        if self.waiting.len() == self.waiting.capacity() {
            self.make_place();
        }
        self.waiting.push(Waiting { place, micros });
    }

    #[cold]
    #[inline(never)]
    fn make_place(&mut self) {
        let length = self.waiting.len();
        if length >= self.most {
            self.settle();
        }
        let more = self.waiting.len().max(1_024).min(self.most - self.waiting.len().min(self.most));
        self.waiting.reserve_exact(more.max(1));
    }

    /// Puts the durations that wait into their histograms.
    fn settle(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let place_of = |one: &Waiting<N>| index(one.place);
        let Some(last) = waiting.iter().map(place_of).max() else { return };
        // After each place's durations the next one's begin.
        let mut ends = vec![0_u32; last + 1];
        for one in &waiting {
            ends[place_of(one)] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut columns: [Vec<u64>; N] = std::array::from_fn(|column| {
            let mut sorted = vec![0_u64; waiting.len()];
            let mut free = ends.clone();
            for one in waiting.iter().rev() {
                let micros = one.micros;
                let next = &mut free[place_of(one)];
                *next -= 1;
                sorted[index(*next)] = micros[column];
            }
            sorted
        });
        drop(waiting);
        let (mut scratch, mut begin) = (Scratch::default(), 0);
        let known = std::mem::take(&mut self.histograms);
        self.histograms.reserve(known.len());
        let mut known = known.into_iter().peekable();
        for (place, end) in (0_u32..).zip(ends) {
            let known = known.next_if(|(next, _)| *next == place);
            if begin == end {
                self.histograms.extend(known);
                continue;
            }
            let mut histograms = known.map_or([const { Histogram::new() }; N], |(_, histograms)| histograms);
            for (histogram, sorted) in histograms.iter_mut().zip(&mut columns) {
                histogram.add_all(&mut sorted[index(begin)..index(end)], &mut scratch);
            }
            self.histograms.push((place, histograms));
            begin = end;
        }
        self.histograms.extend(known);
        let bytes: usize = self.histograms.iter().flat_map(|(_, histograms)| histograms).map(Histogram::bytes).sum();
        self.most = (bytes / (2 * size_of::<Waiting<N>>())).clamp(LEAST_WAITING, MOST_WAITING);
    }

    /// Returns so many parts: `to` says for a place which part it belongs to, and its place there, in the same order.
    pub(super) fn split(self, parts: usize, to: impl Fn(u32) -> (usize, u32)) -> Vec<Self> {
        let mut split: Vec<Self> =
            std::iter::repeat_with(|| Self { most: self.most, ..Self::default() }).take(parts).collect();
        for part in &mut split {
            part.waiting.reserve(self.waiting.len().div_ceil(parts));
        }
        for Waiting { place, micros } in self.waiting {
            let (part, place) = to(place);
            split[part].add(place, micros);
        }
        for (place, histograms) in self.histograms {
            let (part, place) = to(place);
            split[part].histograms.push((place, histograms));
        }
        split
    }

    /// Adds the durations of others, for whose places `to` says which they are here.
    pub(super) fn append(&mut self, other: Self, to: impl Fn(u32) -> u32) -> Result<(), Error> {
        for Waiting { place, micros } in other.waiting {
            self.add(to(place), micros);
        }
        if other.histograms.is_empty() {
            return Ok(());
        }
        let added = other.histograms.into_iter().map(|(place, histograms)| (to(place), histograms));
        self.histograms.extend(added);
        self.histograms.sort_by_key(|(place, _)| *place);
        let mut once: Vec<(u32, [Histogram; N])> = Vec::with_capacity(self.histograms.len());
        for (place, histograms) in std::mem::take(&mut self.histograms) {
            match once.last_mut() {
                Some((last, known)) if *last == place => {
                    known.iter_mut().zip(histograms).try_for_each(|(known, other)| known.append(other))?;
                }
                _ => once.push((place, histograms)),
            }
        }
        self.histograms = once;
        Ok(())
    }

    /// Returns the histograms with all durations in them, by place.
    pub(super) fn into_histograms(mut self) -> Peekable<IntoIter<(u32, [Histogram; N])>> {
        self.settle();
        self.histograms.into_iter().peekable()
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or_default()
}
