//! Histograms against sorted lists, and the laws of merging.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use sla_core::ErrorCode;
use sla_core::analytics::{Bucket, Histogram, Tally, bucket_number};
use sla_core::time::BusinessDuration;

fn lasting(micros: i64) -> BusinessDuration {
    BusinessDuration::from_micros(micros).unwrap()
}

fn micros() -> impl Strategy<Value = i64> {
    prop_oneof![0..300_i64, 0..100_000_i64, 0..100_000_000_000_i64, 0..7_258_118_400_000_000_i64, Just(i64::MAX)]
}

fn histogram(values: &[i64]) -> Histogram {
    values.iter().map(|micros| lasting(*micros)).collect()
}

fn of_rows(rows: impl IntoIterator<Item = Bucket>) -> Histogram {
    let mut histogram = Histogram::new();
    rows.into_iter().for_each(|row| histogram.add_bucket(row).unwrap());
    histogram
}

fn bucket(number: u16) -> Bucket {
    Bucket { number, tally: Tally::of(1) }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn quantiles_are_within_the_stated_error(values in vec(micros(), 1..200), share in 0..=1_000_000_u32) {
        let found = histogram(&values);
        let mut sorted = values.clone();
        sorted.sort_unstable();
        // Nearest rank: the least value with at least that share of all at or below it.
        let rank = (usize::try_from(share).unwrap() * sorted.len()).div_ceil(1_000_000).max(1);
        let exact = i128::from(sorted[rank - 1]);
        let quantile = i128::from(found.quantile(share).unwrap().as_micros());
        prop_assert!(quantile <= exact, "{} above {}", quantile, exact);
        prop_assert!((exact - quantile) * 128 <= exact, "{} too far below {}", quantile, exact);
        prop_assert!(exact > 127 || quantile == exact, "small values are exact");
        let sum: u128 = values.iter().map(|value| u128::try_from(*value).unwrap()).sum();
        prop_assert_eq!(found.sum_us(), sum);
        prop_assert_eq!(found.count(), u64::try_from(values.len()).unwrap());
        let mean = sum / u128::try_from(values.len()).unwrap();
        prop_assert_eq!(u128::try_from(found.mean().unwrap().as_micros()).unwrap(), mean);
    }

    #[test]
    fn merging_is_associative_commutative_and_has_an_identity(
        a in vec(micros(), 0..40), b in vec(micros(), 0..40), c in vec(micros(), 0..40)
    ) {
        let merged = |parts: &[&Histogram]| {
            let mut sum = Histogram::new();
            parts.iter().for_each(|part| sum.merge(part).unwrap());
            sum
        };
        let (x, y, z) = (histogram(&a), histogram(&b), histogram(&c));
        let whole = histogram(&[a, b, c].concat());
        prop_assert_eq!(&merged(&[&x, &y, &z]), &whole);
        prop_assert_eq!(&merged(&[&z, &x, &y]), &whole);
        prop_assert_eq!(&merged(&[&x, &merged(&[&y, &z])]), &whole);
        prop_assert_eq!(&merged(&[&whole, &Histogram::new()]), &whole);
        // As rows, in any order, and added up by somebody else.
        let rows: Vec<Bucket> = whole.buckets().collect();
        prop_assert!(rows.iter().is_sorted_by_key(|row| row.number));
        prop_assert_eq!(&of_rows(rows.iter().rev().copied()), &whole);
        prop_assert_eq!(&of_rows([&x, &y, &z].into_iter().flat_map(|part| part.buckets().collect::<Vec<_>>())), &whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// However its durations are kept, waiting, as a list or as the array of a doubling, a histogram says the same.
    #[test]
    fn few_and_many_durations_are_counted_alike(
        values in vec(prop_oneof![0..400_i64, 0..8_000_i64, 0..100_000_000_000_i64], 0..3_000), cut in 0..3_000_usize
    ) {
        let mut tallies: BTreeMap<u16, Tally> = BTreeMap::new();
        for value in &values {
            let alone: Vec<Bucket> = histogram(&[*value]).buckets().collect();
            prop_assert_eq!(alone.len(), 1);
            let duration = BusinessDuration::from_micros(*value).unwrap();
            prop_assert_eq!(alone[0].number, bucket_number(duration));
            tallies.entry(alone[0].number).or_default().merge(alone[0].tally).unwrap();
        }
        let expected: Vec<Bucket> = tallies.iter().map(|(number, tally)| Bucket { number: *number, tally: *tally }).collect();
        let whole = histogram(&values);
        prop_assert_eq!(whole.buckets().collect::<Vec<_>>(), expected.clone());
        prop_assert_eq!(whole.count(), u64::try_from(values.len()).unwrap());
        let (one, other) = values.split_at(cut.min(values.len()));
        let (one, other) = (histogram(one), histogram(other));
        let mut merged = one.clone();
        merged.merge(&other).unwrap();
        prop_assert_eq!(merged.buckets().collect::<Vec<_>>(), expected.clone());
        // Rows of one among durations of the other.
        let mut mixed = one;
        other.buckets().for_each(|row| mixed.add_bucket(row).unwrap());
        prop_assert_eq!(&mixed, &whole);
        prop_assert_eq!(mixed.sum_us(), whole.sum_us());
        prop_assert_eq!(&of_rows(expected.into_iter().rev()), &whole);
    }
}

#[test]
fn every_bucket_begins_where_the_one_before_ends() {
    let bounds: Vec<i64> = (0..=7_295)
        .map(|number| bucket(number).lower_bound().unwrap_or_else(|| panic!("{number}")).as_micros())
        .collect();
    assert_eq!(bounds[..130], (0..130).collect::<Vec<i64>>());
    assert!(bounds.is_sorted_by(|one, next| one < next));
    for (number, bound) in (0_u16..).zip(&bounds) {
        let buckets: Vec<u16> = histogram(&[*bound]).buckets().map(|bucket| bucket.number).collect();
        assert_eq!(buckets, [number]);
        if *bound > 0 {
            let before: Vec<u16> = histogram(&[bound - 1]).buckets().map(|bucket| bucket.number).collect();
            assert_eq!(before, [number - 1]);
        }
    }
    let last: Vec<u16> = histogram(&[i64::MAX]).buckets().map(|bucket| bucket.number).collect();
    assert_eq!(last, [7_295]);
    assert_eq!(bucket(7_296).lower_bound(), None);
    assert_eq!(bucket(u16::MAX).lower_bound(), None);
}

#[test]
fn a_row_that_no_durations_make_is_refused() {
    let mut histogram = Histogram::new();
    assert_eq!(histogram.add_bucket(bucket(7_296)).unwrap_err().code(), ErrorCode::OutOfRange);
    let most = Tally { n: i64::MAX.unsigned_abs(), ..Tally::default() };
    histogram.add_bucket(Bucket { number: 3, tally: most }).unwrap();
    assert_eq!(histogram.add_bucket(bucket(3)).unwrap_err().code(), ErrorCode::OutOfRange);
    assert_eq!(histogram.count(), most.n);
    let more = Tally { sum_s: u64::MAX, ..Tally::default() };
    assert_eq!(histogram.add_bucket(Bucket { number: 4, tally: more }).unwrap_err().code(), ErrorCode::OutOfRange);
}

#[test]
fn nothing_has_no_quantile_and_no_mean() {
    let nothing = Histogram::new();
    assert_eq!((nothing.count(), nothing.mean(), nothing.quantile(500_000)), (0, None, None));
    assert_eq!(histogram(&[1]).quantile(1_000_001), None);
    assert_eq!(histogram(&[1, 2, 3]).quantile(0), Some(lasting(1)));
    assert_eq!(histogram(&[1, 2, 3]).quantile(1_000_000), Some(lasting(3)));
}
