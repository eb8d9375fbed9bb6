//! Durations by length, in integers.

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
/// nothing, so any split of the same durations gives an equal one. There are 7,296 buckets; memory is 3 KB for every
/// doubling of length that occurs.
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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram {
    // INVARIANT: a page that exists has a bucket that is not empty.
    pages: Vec<Option<Box<Page>>>,
}

type Page = [Tally; DOUBLING];

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
    fn add(&mut self, micros: u64) {
        const SECOND: u64 = MICROS_PER_SECOND.unsigned_abs();
        // One duration at a time, 64 bits last for longer than anyone counts; `merge`, which adds many, checks.
        self.n = self.n.wrapping_add(1);
        self.sum_s = self.sum_s.wrapping_add(micros / SECOND);
        self.sum_us_rest = self.sum_us_rest.wrapping_add(micros % SECOND);
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
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one duration.
    #[inline]
    pub fn add(&mut self, duration: BusinessDuration) {
        self.add_micros(duration.as_micros().unsigned_abs());
    }

    #[inline]
    pub(crate) fn add_micros(&mut self, micros: u64) {
        let (page, place) = bucket_of(micros);
        if let Some(Some(page)) = self.pages.get_mut(page)
            && let Some(tally) = page.get_mut(place)
        {
            tally.add(micros);
        } else if let Some(tally) = self.tally_mut(page, place) {
            tally.add(micros);
        }
    }

    /// Returns a bucket, added where it is missing; `None` beyond the last.
    #[cold]
    #[inline(never)]
    #[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: the page is below 57")]
    fn tally_mut(&mut self, page: usize, place: usize) -> Option<&mut Tally> {
        if page >= DOUBLINGS {
            return None;
        }
        if self.pages.len() <= page {
            self.pages.resize_with(page + 1, || None);
        }
        let page = self.pages.get_mut(page)?.get_or_insert_with(|| Box::new([Tally::default(); DOUBLING]));
        page.get_mut(place)
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
        other.buckets().try_for_each(|bucket| self.add_bucket(bucket))
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
        let number = usize::from(bucket.number);
        let (page, place) = (number / DOUBLING, number % DOUBLING);
        let tally = self.tally_mut(page, place).ok_or(HistogramFault::NoSuchBucket(bucket.number))?;
        tally.merge(bucket.tally)
    }

    /// Returns how many durations there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        // More than 2^64 durations can only be claimed by rows; then the largest number says enough.
        u64::try_from(self.count_all()).unwrap_or(u64::MAX)
    }

    /// Returns the exact count.
    pub(super) fn count_all(&self) -> u128 {
        self.buckets().map(|bucket| u128::from(bucket.tally.n)).sum()
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
        let seconds: u128 = self.buckets().map(|bucket| u128::from(bucket.tally.sum_s)).sum();
        let rest: u128 = self.buckets().map(|bucket| u128::from(bucket.tally.sum_us_rest)).sum();
        seconds * u128::from(MICROS_PER_SECOND.unsigned_abs()) + rest
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
        let tallies = self.pages.iter().zip((0_u16..).step_by(DOUBLING)).filter_map(|(page, first)| {
            let page = page.as_deref()?;
            Some(page.iter().zip(first..))
        });
        tallies.flatten().filter(|(tally, _)| !tally.is_empty()).map(|(tally, number)| Bucket { number, tally: *tally })
    }
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
