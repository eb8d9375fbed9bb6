//! Figures over many tickets that can be merged in any order.
//!
//! ```
//! use sla_core::analytics::Histogram;
//! use sla_core::time::BusinessDuration;
//!
//! let mut monday: Histogram = ["20m", "1h", "2h"].map(|text| BusinessDuration::parse(text).unwrap()).into_iter().collect();
//! let tuesday: Histogram = ["3h"].map(|text| BusinessDuration::parse(text).unwrap()).into_iter().collect();
//! monday.merge(&tuesday);
//! assert_eq!(monday.count(), 4);
//! assert_eq!(monday.mean(), Some(BusinessDuration::parse("1h35m").unwrap()));
//! // Of four values the median is the second: 1 h, given as the lower bound of its bucket.
//! let median = monday.quantile(500_000).unwrap();
//! assert!(median <= BusinessDuration::parse("1h").unwrap() && median >= BusinessDuration::parse("59m31s").unwrap());
//! ```

use std::collections::BTreeMap;

use crate::time::BusinessDuration;

/// Bits of a value that are kept: the leading one and seven more.
const MANTISSA_BITS: u32 = 7;
/// Values below this have a bucket of their own.
const EXACT: u64 = 1 << MANTISSA_BITS;

/// How many durations there are of which length, with a relative error of less than 1/128.
///
/// Integers only: the same on every platform. Merging is associative and commutative, and an empty histogram changes
/// nothing, so that any split of the same durations gives an equal one. Memory is that of the buckets in use, at most
/// 7,296.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram {
    /// How many by bucket, never zero.
    buckets: BTreeMap<u16, u64>,
    sum_us: u128,
}

/// One bucket of a [`Histogram`], as a row that a database can group and add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The number of the bucket: 0 to 7,295.
    pub number: u16,
    /// How many durations are in it.
    pub count: u64,
}

impl Histogram {
    /// Returns a histogram without durations.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one duration.
    pub fn add(&mut self, duration: BusinessDuration) {
        let micros = duration.as_micros().unsigned_abs();
        let count = self.buckets.entry(bucket_of(micros)).or_default();
        *count = count.saturating_add(1);
        self.sum_us = self.sum_us.saturating_add(micros.into());
    }

    /// Adds the durations of another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (number, more) in &other.buckets {
            let count = self.buckets.entry(*number).or_default();
            *count = count.saturating_add(*more);
        }
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
    }

    /// Returns how many durations there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Returns the sum of all durations, exactly, in microseconds.
    #[must_use]
    pub const fn sum_us(&self) -> u128 {
        self.sum_us
    }

    /// Returns the mean, rounded down to the microsecond; `None` without durations.
    #[must_use]
    pub fn mean(&self) -> Option<BusinessDuration> {
        let mean = self.sum_us.checked_div(self.count().into())?;
        BusinessDuration::from_micros(i64::try_from(mean).ok()?).ok()
    }

    /// Returns the quantile of `share` in millionths (the median is 500,000) by nearest rank, as the lower bound of its
    /// bucket: at most 1/128 below the true value. `None` without durations, and for more than 1,000,000.
    #[must_use]
    pub fn quantile(&self, share: u32) -> Option<BusinessDuration> {
        if share > 1_000_000 {
            return None;
        }
        let rank = u128::from(share).checked_mul(self.count().into())?.div_ceil(1_000_000).max(1);
        let mut passed = 0_u128;
        let (number, _) = self.buckets.iter().find(|(_, count)| {
            passed = passed.saturating_add(u128::from(**count));
            passed >= rank
        })?;
        BusinessDuration::from_micros(i64::try_from(lower_bound(*number)).ok()?).ok()
    }

    /// Returns the buckets in use, shortest durations first.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> {
        self.buckets.iter().map(|(number, count)| Bucket { number: *number, count: *count })
    }

    /// Makes a histogram of rows, in any order, and the sum of the durations in microseconds. Rows of one bucket add up.
    #[must_use]
    pub fn from_buckets(rows: impl IntoIterator<Item = Bucket>, sum_us: u128) -> Self {
        let mut histogram = Self { buckets: BTreeMap::new(), sum_us };
        for row in rows.into_iter().filter(|row| row.count > 0) {
            let count = histogram.buckets.entry(row.number).or_default();
            *count = count.saturating_add(row.count);
        }
        histogram
    }
}

impl Bucket {
    /// Returns the shortest duration of the bucket; `None` for a number that no duration has.
    #[must_use]
    pub fn lower_bound(self) -> Option<BusinessDuration> {
        let micros = i64::try_from(lower_bound(self.number)).ok()?;
        BusinessDuration::from_micros(micros).ok().filter(|_| bucket_of(micros.unsigned_abs()) == self.number)
    }
}

impl FromIterator<BusinessDuration> for Histogram {
    fn from_iter<I: IntoIterator<Item = BusinessDuration>>(durations: I) -> Self {
        let mut histogram = Self::new();
        durations.into_iter().for_each(|duration| histogram.add(duration));
        histogram
    }
}

/// Returns the bucket of a value: 128 buckets to every doubling, below 128 one to each value.
fn bucket_of(value: u64) -> u16 {
    if value < EXACT {
        return u16::try_from(value).unwrap_or(u16::MAX);
    }
    let shift = value.ilog2().saturating_sub(MANTISSA_BITS);
    let doubling = u64::from(shift).saturating_add(1).saturating_mul(EXACT);
    u16::try_from(doubling.saturating_add((value >> shift) & (EXACT - 1))).unwrap_or(u16::MAX)
}

/// Returns the least value of a bucket.
fn lower_bound(number: u16) -> u64 {
    let number = u64::from(number);
    match (number / EXACT).checked_sub(1) {
        None => number,
        Some(shift) => {
            let leading = EXACT.saturating_add(number & (EXACT - 1));
            u32::try_from(shift).ok().and_then(|shift| leading.checked_shl(shift)).unwrap_or(u64::MAX)
        }
    }
}
