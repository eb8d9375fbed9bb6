//! Durations by length, in integers.
//!
//! A histogram takes memory in proportion to its filled buckets: 26 bytes for one, an array of all 128 for a doubling of which
//! half is filled, and at most 8 bytes more for each duration that waits to be put into its bucket.

// INVARIANT: a duration is less than 2^63 microseconds, which bounds pages and places; a tally is at most 2^63 each, and there
// are 7,296 of them, so sums over a histogram fit 128 bits.

use std::borrow::Cow;

use crate::error::{Error, ErrorCode, Fault};
use crate::time::{BusinessDuration, MICROS_PER_SECOND};

/// Bits of a value that are kept: the leading one and seven more.
const MANTISSA_BITS: u32 = 7;
/// Buckets to every doubling; values below this have a bucket of their own.
const DOUBLING: usize = 1 << MANTISSA_BITS;
const LEADING: u64 = 1 << MANTISSA_BITS;
/// The buckets up to the longest duration.
const DOUBLINGS: usize = 57;

#[derive(Debug, Clone, thiserror::Error)]
enum HistogramFault {
    #[error("a sum of counts or durations does not fit 64 bits")]
    SumTooLarge,
    #[error("no duration is in bucket {0}")]
    NoSuchBucket(u16),
}

impl Fault for HistogramFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::OutOfRange
    }

    fn help(&self) -> Cow<'static, str> {
        match self {
            Self::SumTooLarge => "check the rows: the counts and durations of a billion tickets fit".into(),
            Self::NoSuchBucket(_) => "the buckets are numbered 0 to 7295".into(),
        }
    }
}

/// Counts of durations by length, with a relative error of less than 1/128.
///
/// Integers only: the same on every platform. Merging is associative and commutative, and an empty histogram changes
/// nothing, so any split of the same durations gives an equal one. There are 7,296 buckets; memory is in proportion to
/// those that are filled, 26 to 48 bytes for each.
///
/// ```
/// use sla_core::analytics::Histogram;
/// use sla_core::time::BusinessDuration;
/// let lasting = |text| BusinessDuration::parse(text).unwrap();
/// let mut monday: Histogram = ["20m", "1h", "2h"].map(lasting).into_iter().collect();
/// let tuesday: Histogram = ["3h"].map(lasting).into_iter().collect();
/// monday.merge(&tuesday)?;
/// assert_eq!((monday.count(), monday.mean()), (4, Some(lasting("1h35m"))));
/// // Of four values the median is the second: 1 h, given as the lower bound of its bucket.
/// let median = monday.quantile(500_000).unwrap();
/// assert!(median <= lasting("1h") && median >= lasting("59m31s"));
/// # Ok::<(), sla_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    /// The doublings of which at least [`DENSE`] buckets are filled.
    pages: Vec<Option<Box<Page>>>,
    /// INVARIANT: the filled buckets of all other doublings, by number, each once.
    sparse: Vec<Filled>,
    /// Durations in microseconds that are in no bucket yet.
    /// INVARIANT: none belongs to a page.
    waiting: Vec<u64>,
}

type Page = [Tally; DOUBLING];

/// From so many filled buckets on the array of a doubling takes at most twice as much as they do.
const DENSE: usize = DOUBLING / 2;

/// At least so many durations may wait: they take less memory than their buckets, unless most are alike, and putting them
/// into buckets together costs less than one at a time.
const LEAST_WAITING: usize = 64;

/// The first of them take a place each at once: growing costs more than adding.
const FIRST_WAITING: usize = 16;

/// A filled bucket in 26 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(Rust, packed(2))]
struct Filled {
    number: u16,
    tally: Tally,
}

/// Memory that merging buckets needs on the way, for many histograms in turn.
#[derive(Debug, Default)]
pub(crate) struct Scratch(Vec<Filled>);

impl Filled {
    fn page(self) -> usize {
        usize::from(self.number) / DOUBLING
    }
}

impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        self.buckets().eq(other.buckets())
    }
}

impl Eq for Histogram {}

/// A count of durations, and their sum in two parts that are added separately, so that a billion of them fit 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many.
    pub n: u64,
    /// The sum of their whole seconds.
    pub sum_s: u64,
    /// The sum of the microseconds beyond the whole seconds of each; the whole sum is both together.
    pub sum_us_rest: u64,
}

/// One bucket of a [`Histogram`], as a row that a database can group and add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The number of the bucket: 0 to 7,295.
    pub number: u16,
    /// What is in it.
    pub tally: Tally,
}

impl Tally {
    /// Returns a count of `n` without durations.
    #[must_use]
    pub const fn of(n: u64) -> Self {
        Self { n, sum_s: 0, sum_us_rest: 0 }
    }

    #[inline]
    pub(super) fn add(&mut self, micros: u64) {
        const SECOND: u64 = MICROS_PER_SECOND.unsigned_abs();
        // One duration at a time, 64 bits last for longer than anyone counts; `merge`, which adds many, checks.
        self.n = self.n.wrapping_add(1);
        self.sum_s = self.sum_s.wrapping_add(micros / SECOND);
        self.sum_us_rest = self.sum_us_rest.wrapping_add(micros % SECOND);
    }

    /// Returns the sum of two tallies of durations that were added one at a time.
    const fn plus(self, other: Self) -> Self {
        Self {
            n: self.n.wrapping_add(other.n),
            sum_s: self.sum_s.wrapping_add(other.sum_s),
            sum_us_rest: self.sum_us_rest.wrapping_add(other.sum_us_rest),
        }
    }

    /// Adds another tally.
    ///
    /// ```
    /// use sla_core::analytics::Histogram;
    /// use sla_core::time::BusinessDuration;
    ///
    /// let hours: Histogram = [BusinessDuration::parse("1h")?, BusinessDuration::parse("3h")?].into_iter().collect();
    /// let mut both = sla_core::analytics::Tally::default();
    /// for bucket in hours.buckets() {
    ///     both.merge(bucket.tally)?;
    /// }
    /// assert_eq!(both.n, 2);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_range` when a sum does not fit a signed number of 64 bits; then nothing is added.
    pub fn merge(&mut self, other: Self) -> Result<(), Error> {
        let sum = |a: u64, b: u64| {
            a.checked_add(b).filter(|sum| i64::try_from(*sum).is_ok()).ok_or(HistogramFault::SumTooLarge)
        };
        *self = Self {
            n: sum(self.n, other.n)?,
            sum_s: sum(self.sum_s, other.sum_s)?,
            sum_us_rest: sum(self.sum_us_rest, other.sum_us_rest)?,
        };
        Ok(())
    }

    /// Returns whether it counts nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl Histogram {
    /// Returns a histogram without durations.
    #[must_use]
    pub const fn new() -> Self {
        Self { pages: Vec::new(), sparse: Vec::new(), waiting: Vec::new() }
    }

    /// Adds one duration.
    #[inline]
    pub fn add(&mut self, duration: BusinessDuration) {
        self.add_micros(duration.as_micros().unsigned_abs());
    }

    #[inline]
    pub(crate) fn add_micros(&mut self, micros: u64) {
        if !self.pages.is_empty()
            && let (page, place) = bucket_of(micros)
            && let Some(Some(page)) = self.pages.get_mut(page)
            && let Some(tally) = page.get_mut(place)
        {
            tally.add(micros);
            return;
        }
        if self.waiting.len() < self.waiting.capacity() {
            self.waiting.push(micros);
        } else {
            self.make_place_for(micros);
        }
    }

    /// Adds one duration where none can wait before there is more place.
    #[cold]
    #[inline(never)]
    fn make_place_for(&mut self, micros: u64) {
        let (most, length) = (self.sparse.len().max(LEAST_WAITING), self.waiting.len());
        match most.checked_sub(length) {
            None | Some(0) => self.settle(),
            Some(left) => self.waiting.reserve_exact(length.max(FIRST_WAITING).min(left)),
        }
        // Its doubling may have a page by now.
        self.add_micros(micros);
    }

    /// Puts every duration that waits into its bucket.
    fn settle(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        self.put(&mut waiting, &mut Scratch::default());
        // The memory is kept for more of them.
        waiting.clear();
        self.waiting = waiting;
    }

    /// Adds durations, in microseconds, and changes their order. Many together cost less than one at a time, and none of them
    /// waits.
    pub(crate) fn add_all(&mut self, durations: &mut [u64], scratch: &mut Scratch) {
        self.settle();
        let mut without_page = durations.len();
        if !self.pages.is_empty() {
            // Those without a page are moved to the front.
            without_page = 0;
            for place in 0..durations.len() {
                let Some(micros) = durations.get(place).copied() else { continue };
                let (page, at) = bucket_of(micros);
                if let Some(Some(page)) = self.pages.get_mut(page)
                    && let Some(tally) = page.get_mut(at)
                {
                    tally.add(micros);
                } else {
                    durations.swap(without_page, place);
                    // INVARIANT: at most as many as there are.
                    without_page = without_page.saturating_add(1);
                }
            }
        }
        self.put(durations.get_mut(..without_page).unwrap_or_default(), scratch);
    }

    /// Puts durations without a page into their buckets.
    fn put(&mut self, durations: &mut [u64], Scratch(merged): &mut Scratch) {
        if durations.is_empty() {
            return;
        }
        durations.sort_unstable();
        merged.clear();
        merged.reserve(durations.len());
        let mut known = self.sparse.as_slice();
        for micros in durations.iter().copied() {
            let number = number_of(micros);
            while let [first, rest @ ..] = known
                && first.number <= number
            {
                merged.push(*first);
                known = rest;
            }
            let mut sum = Tally::default();
            sum.add(micros);
            match merged.last_mut().filter(|last| last.number == number) {
                Some(last) => last.tally = last.tally.plus(sum),
                None => merged.push(Filled { number, tally: sum }),
            }
        }
        merged.extend_from_slice(known);
        if self.sparse.len() == merged.len() {
            self.sparse.copy_from_slice(merged);
        } else {
            self.sparse = merged.as_slice().to_vec();
        }
        self.make_pages();
    }

    /// Makes the pages of doublings that are filled enough.
    fn make_pages(&mut self) {
        if self.sparse.len() < DENSE {
            return;
        }
        let mut has_made = false;
        for of_one_page in self.sparse.chunk_by(|one, other| one.page() == other.page()) {
            let Some(first) = of_one_page.first().filter(|_| of_one_page.len() >= DENSE) else { continue };
            let mut page = Box::new([Tally::default(); DOUBLING]);
            for Filled { number, tally } in of_one_page.iter().copied() {
                if let Some(place) = page.get_mut(usize::from(number) % DOUBLING) {
                    *place = tally;
                }
            }
            // INVARIANT: a page is below 57.
            self.pages.resize(self.pages.len().max(first.page().saturating_add(1)), None);
            if let Some(place) = self.pages.get_mut(first.page()) {
                *place = Some(page);
            }
            has_made = true;
        }
        if has_made {
            let Self { pages, sparse, .. } = self;
            sparse.retain(|filled| !matches!(pages.get(filled.page()), Some(Some(_))));
            sparse.shrink_to_fit();
        }
    }

    /// Returns the same histogram with every duration in its bucket, and no memory for more of them.
    pub(super) fn into_settled(mut self) -> Self {
        self.settle();
        self.waiting = Vec::new();
        self.sparse.shrink_to_fit();
        self
    }

    /// Returns the same histogram with every duration in its bucket.
    pub(super) fn settled(&self) -> Cow<'_, Self> {
        if self.waiting.is_empty() { Cow::Borrowed(self) } else { Cow::Owned(self.clone().into_settled()) }
    }

    /// Returns whether it has no durations.
    pub(super) fn is_empty(&self) -> bool {
        // INVARIANT: a page has a filled bucket.
        self.waiting.is_empty() && self.sparse.is_empty() && self.pages.is_empty()
    }

    /// Adds the durations of another histogram.
    ///
    /// ```
    /// use sla_core::analytics::Histogram;
    /// use sla_core::time::BusinessDuration;
    ///
    /// let hours: Histogram = [BusinessDuration::parse("1h")?, BusinessDuration::parse("3h")?].into_iter().collect();
    /// let mut all = Histogram::new();
    /// all.merge(&hours)?;
    /// all.merge(&hours)?;
    /// assert_eq!((all.count(), all.mean()), (4, hours.mean()));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_range` when a sum does not fit a signed number of 64 bits. The histogram must then be discarded.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.is_empty() {
            *self = other.settled().into_owned();
            return Ok(());
        }
        self.settle();
        let other = other.settled();
        let add = |mut one: Tally, other| one.merge(other).map(|()| one);
        if self.pages.is_empty() && other.pages.is_empty() {
            self.sparse = merged(&self.sparse, &other.sparse, add)?;
        } else {
            let mut added = Vec::new();
            for Bucket { number, tally } in other.buckets() {
                match self.page_mut(number) {
                    Some(known) => known.merge(tally)?,
                    None => added.push(Filled { number, tally }),
                }
            }
            self.sparse = merged(&self.sparse, &added, add)?;
        }
        self.make_pages();
        Ok(())
    }

    /// Adds the durations of another histogram, which needs no memory any more.
    pub(crate) fn append(&mut self, other: Self) -> Result<(), Error> {
        if self.is_empty() {
            *self = other;
            return Ok(());
        }
        let Self { pages, sparse, waiting } = other;
        // Those that wait take less memory than their buckets.
        for micros in waiting {
            self.add_micros(micros);
        }
        if pages.is_empty() && sparse.is_empty() {
            return Ok(());
        }
        self.merge(&Self { pages, sparse, waiting: Vec::new() })
    }

    /// Returns how many bytes are kept for its buckets, some less where memory is left over.
    pub(crate) fn bytes(&self) -> usize {
        // INVARIANT: what is in memory has a size that fits.
        let pages = self.pages.iter().flatten().count().saturating_mul(size_of::<Page>());
        pages.saturating_add(size_of_val(self.sparse.as_slice()))
    }

    /// Returns a bucket of a doubling that has a page.
    fn page_mut(&mut self, number: u16) -> Option<&mut Tally> {
        let number = usize::from(number);
        self.pages.get_mut(number / DOUBLING)?.as_deref_mut()?.get_mut(number % DOUBLING)
    }

    /// Adds a bucket of another histogram, for example a row of a database.
    ///
    /// ```
    /// use sla_core::analytics::Histogram;
    /// use sla_core::time::BusinessDuration;
    /// let hours: Histogram = [BusinessDuration::parse("1h")?, BusinessDuration::parse("2h")?].into_iter().collect();
    /// let mut copy = Histogram::new();
    /// for bucket in hours.buckets() {
    ///     copy.add_bucket(bucket)?;
    /// }
    /// assert_eq!(copy, hours);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_range` for a bucket that no duration has, and when a sum does not fit a signed number of 64 bits.
    pub fn add_bucket(&mut self, bucket: Bucket) -> Result<(), Error> {
        if bucket.tally.is_empty() {
            return Ok(());
        }
        let Bucket { number, tally } = bucket;
        if usize::from(number) / DOUBLING >= DOUBLINGS {
            return Err(HistogramFault::NoSuchBucket(number).into());
        }
        if let Some(known) = self.page_mut(number) {
            return known.merge(tally);
        }
        let mut sum = Tally::default();
        match self.sparse.binary_search_by_key(&number, |filled| filled.number) {
            Ok(at) => {
                let Some(known) = self.sparse.get_mut(at) else { return Ok(()) };
                sum = known.tally;
                sum.merge(tally)?;
                known.tally = sum;
            }
            Err(at) => {
                sum.merge(tally)?;
                if self.sparse.len() == self.sparse.capacity() {
                    self.sparse.reserve_exact((self.sparse.len() / 4).max(4));
                }
                self.sparse.insert(at, Filled { number, tally: sum });
                let page = usize::from(number) / DOUBLING;
                let filled = |up_to: usize| self.sparse.partition_point(|filled| filled.page() < up_to);
                // INVARIANT: the second place is not before the first; a page is below 57.
                if filled(page.saturating_add(1)).saturating_sub(filled(page)) >= DENSE {
                    self.settle();
                    self.make_pages();
                }
            }
        }
        Ok(())
    }

    /// Returns how many durations there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        // More than 2^64 durations can only be claimed by rows; then the largest number says enough.
        u64::try_from(self.count_all()).unwrap_or(u64::MAX)
    }

    /// Returns the exact count.
    #[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: sums over a histogram fit 128 bits")]
    pub(super) fn count_all(&self) -> u128 {
        let waiting = u128::try_from(self.waiting.len()).unwrap_or_default();
        self.tallies().map(|tally| u128::from(tally.n)).sum::<u128>() + waiting
    }

    /// Returns the tallies of filled buckets, in no order.
    fn tallies(&self) -> impl Iterator<Item = Tally> {
        let dense = self.pages.iter().flatten().flat_map(|page| page.iter().copied());
        dense.chain(self.sparse.iter().map(|filled| filled.tally))
    }

    /// Returns the sum of all durations, exactly, in microseconds.
    ///
    /// ```
    /// use sla_core::analytics::Histogram;
    /// use sla_core::time::BusinessDuration;
    ///
    /// let hours: Histogram = [BusinessDuration::parse("1h")?, BusinessDuration::parse("3h")?].into_iter().collect();
    /// assert_eq!(hours.sum_us(), 4 * 3_600_000_000);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: sums over a histogram fit 128 bits")]
    pub fn sum_us(&self) -> u128 {
        let seconds: u128 = self.tallies().map(|tally| u128::from(tally.sum_s)).sum();
        let rest: u128 = self.tallies().map(|tally| u128::from(tally.sum_us_rest)).sum();
        let waiting: u128 = self.waiting.iter().map(|micros| u128::from(*micros)).sum();
        seconds * u128::from(MICROS_PER_SECOND.unsigned_abs()) + rest + waiting
    }

    /// Returns the mean, rounded down to the microsecond; `None` without durations.
    ///
    /// ```
    /// use sla_core::analytics::Histogram;
    /// use sla_core::time::BusinessDuration;
    ///
    /// let hours: Histogram = [BusinessDuration::parse("1h")?, BusinessDuration::parse("3h")?].into_iter().collect();
    /// assert_eq!(hours.mean(), Some(BusinessDuration::parse("2h")?));
    /// assert_eq!(Histogram::new().mean(), None);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn mean(&self) -> Option<BusinessDuration> {
        let mean = self.sum_us().checked_div(self.count_all())?;
        BusinessDuration::from_micros(i64::try_from(mean).ok()?).ok()
    }

    /// Returns the quantile of `share` in millionths (the median is 500,000) by nearest rank, as the lower bound of its
    /// bucket: at most 1/128 below the true value. `None` without durations, and for more than 1,000,000.
    ///
    /// ```
    /// use sla_core::analytics::Histogram;
    /// use sla_core::time::BusinessDuration;
    ///
    /// let hours: Histogram = [BusinessDuration::parse("1h")?, BusinessDuration::parse("3h")?].into_iter().collect();
    /// let median = hours.quantile(500_000);
    /// assert!(median <= Some(BusinessDuration::parse("1h")?) && median > Some(BusinessDuration::parse("59m")?));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: sums over a histogram fit 128 bits")]
    pub fn quantile(&self, share: u32) -> Option<BusinessDuration> {
        if share > 1_000_000 {
            return None;
        }
        let rank = u128::from(share).checked_mul(self.count_all())?.div_ceil(1_000_000).max(1);
        let mut passed = 0_u128;
        let found = self.buckets().find(|bucket| {
            passed += u128::from(bucket.tally.n);
            passed >= rank
        })?;
        found.lower_bound()
    }

    /// Returns the buckets in use, shortest durations first.
    ///
    /// ```
    /// use sla_core::analytics::Histogram;
    /// use sla_core::time::BusinessDuration;
    ///
    /// let hours: Histogram = [BusinessDuration::parse("1h")?, BusinessDuration::parse("3h")?].into_iter().collect();
    /// assert_eq!(hours.buckets().map(|bucket| bucket.tally.n).collect::<Vec<_>>(), [1, 1]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> {
        Buckets { of: self.settled(), page: 0, place: 0, sparse: 0 }
    }
}

/// The filled buckets of a histogram, by number.
struct Buckets<'a> {
    of: Cow<'a, Histogram>,
    /// The place of the next one: in a page, or in the list of those that are in none.
    page: usize,
    place: usize,
    sparse: usize,
}

impl Iterator for Buckets<'_> {
    type Item = Bucket;

    #[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: places are at most as many as there are buckets")]
    fn next(&mut self) -> Option<Bucket> {
        let Histogram { pages, sparse, .. } = &*self.of;
        while let Some(page) = pages.get(self.page) {
            match (page, sparse.get(self.sparse)) {
                (Some(page), _) => {
                    let rest = page.get(self.place..).unwrap_or_default();
                    if let Some(empty) = rest.iter().position(|tally| !tally.is_empty()) {
                        let place = self.place + empty;
                        self.place = place + 1;
                        let number = u16::try_from(self.page * DOUBLING + place).ok()?;
                        return Some(Bucket { number, tally: page.get(place).copied()? });
                    }
                }
                (None, Some(next)) if next.page() == self.page => {
                    self.sparse += 1;
                    return Some(Bucket { number: next.number, tally: next.tally });
                }
                (None, _) => {}
            }
            (self.page, self.place) = (self.page + 1, 0);
        }
        let next = sparse.get(self.sparse)?;
        self.sparse += 1;
        Some(Bucket { number: next.number, tally: next.tally })
    }
}

/// Returns two lists of filled buckets as one, with the tallies of each bucket added up.
fn merged<E>(
    known: &[Filled],
    added: &[Filled],
    add: impl Fn(Tally, Tally) -> Result<Tally, E>,
) -> Result<Vec<Filled>, E> {
    // INVARIANT: there are 7,296 buckets.
    let mut all = Vec::with_capacity(known.len().saturating_add(added.len()));
    let (mut known, mut added) = (known, added);
    while let ([one, known_rest @ ..], [other, added_rest @ ..]) = (known, added) {
        let (is_first, is_second) = (one.number <= other.number, other.number <= one.number);
        all.push(match (is_first, is_second) {
            (true, true) => Filled { number: one.number, tally: add(one.tally, other.tally)? },
            (true, false) => *one,
            (false, _) => *other,
        });
        known = if is_first { known_rest } else { known };
        added = if is_second { added_rest } else { added };
    }
    all.extend_from_slice(known);
    all.extend_from_slice(added);
    all.shrink_to_fit();
    Ok(all)
}

impl Bucket {
    /// Returns the shortest duration of the bucket; `None` for a number that no duration has.
    ///
    /// ```
    /// use sla_core::analytics::Histogram;
    /// use sla_core::time::BusinessDuration;
    ///
    /// let hours: Histogram = [BusinessDuration::parse("1h")?, BusinessDuration::parse("3h")?].into_iter().collect();
    /// let first = hours.buckets().next().and_then(|bucket| bucket.lower_bound());
    /// assert!(first <= Some(BusinessDuration::parse("1h")?));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn lower_bound(self) -> Option<BusinessDuration> {
        let (page, place) = (usize::from(self.number) / DOUBLING, usize::from(self.number) % DOUBLING);
        let micros = match page.checked_sub(1) {
            None => u64::try_from(place).ok()?,
            Some(_) if page >= DOUBLINGS => return None,
            Some(shift) => (LEADING | u64::try_from(place).ok()?).checked_shl(u32::try_from(shift).ok()?)?,
        };
        BusinessDuration::from_micros(i64::try_from(micros).ok()?).ok()
    }
}

/// Returns the number of the bucket that a duration is in, for hosts that count durations themselves: as a key they add up
/// like the rows of an [`Aggregate`](super::Aggregate).
///
/// ```
/// use sla_core::analytics::{Histogram, bucket_number};
/// use sla_core::time::BusinessDuration;
/// let hour = BusinessDuration::parse("1h")?;
/// let counted: Histogram = [hour].into_iter().collect();
/// assert_eq!(counted.buckets().next().unwrap().number, bucket_number(hour));
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn bucket_number(duration: BusinessDuration) -> u16 {
    number_of(duration.as_micros().unsigned_abs())
}

impl FromIterator<BusinessDuration> for Histogram {
    fn from_iter<I: IntoIterator<Item = BusinessDuration>>(durations: I) -> Self {
        let mut histogram = Self::new();
        durations.into_iter().for_each(|duration| histogram.add(duration));
        histogram
    }
}

/// Returns the page and the place in it of a value: 128 buckets to every doubling, below 128 one to each value.
#[inline]
fn bucket_of(value: u64) -> (usize, usize) {
    // The doubling that holds the value, from 0 for those below 128.
    let page = (value | (LEADING - 1)).ilog2().wrapping_sub(MANTISSA_BITS - 1);
    // Values of the first two pages are kept whole.
    let place = (value >> page.saturating_sub(1)) & (LEADING - 1);
    (usize::try_from(page).unwrap_or(usize::MAX), usize::try_from(place).unwrap_or(usize::MAX))
}

/// Returns the number of the bucket of a value.
fn number_of(value: u64) -> u16 {
    let (page, place) = bucket_of(value);
    // INVARIANT: there are 7,296 buckets.
    u16::try_from(page.saturating_mul(DOUBLING).saturating_add(place)).unwrap_or(u16::MAX)
}
