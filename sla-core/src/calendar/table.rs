//! Open time as tables: every question is a bucket read, a compare and a span read, whatever its length.
//!
//! The horizon is cut into pages of equal length (a power of two of microseconds), each built when a question first
//! touches it. A page holds the merged open intervals as spans, a start and the open time before it, and two bucket
//! indexes that lead from an instant, or from an amount of open time, to its span without a search.
//!
//! Pages are kept as long as the [`TableBudget`] has bytes for them. A page that is not kept is not built: its questions
//! are answered from the openings, day by day from the instant in question on, which costs time in proportion to the days.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: instants lie in the horizon (below 2^53 microseconds), so does open time; a duration is below \
              2^63 and added to open time in unsigned arithmetic"
)]

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::openings::Openings;
use super::zone::{HORIZON_END_S, HORIZON_START_S};
use crate::time::{MICROS_PER_SECOND, SECONDS_PER_DAY};

pub(crate) const HORIZON_START_US: i64 = HORIZON_START_S * MICROS_PER_SECOND;
pub(crate) const HORIZON_END_US: i64 = HORIZON_END_S * MICROS_PER_SECOND;
const END: u64 = HORIZON_END_US.unsigned_abs();
const SECOND: u64 = MICROS_PER_SECOND.unsigned_abs();
const DAY: u64 = SECONDS_PER_DAY.unsigned_abs() * SECOND;

/// Some 407 days a page, so that a page of a calendar with a few windows a day takes some 20 KB.
const PAGE_BITS: u32 = 45;
const PAGE: u64 = 1 << PAGE_BITS;
/// Buckets of an index: some 4.8 hours each, where most calendars open at most once.
const BUCKETS: usize = 2_048;
const BUCKET_MASK: u64 = 2_047;
const TIME_BITS: u32 = PAGE_BITS - 11;
/// Pages that are kept, until 2199-07: all that lie in the horizon as a whole, so that no answer from one of them has to
/// be compared with its end.
const PAGES: usize = 206;
const _: () = assert!(END >> PAGE_BITS == 206 && PAGES == 206);
/// Up to this length a span is added up from the openings where its pages are not kept.
const SHORT: u64 = 16 * DAY;

/// The bytes that the tables of an engine's calendars may hold together, 64 MiB, unless another limit is set.
pub const MAX_TABLE_BYTES: usize = 64 * 1_024 * 1_024;

/// How many bytes the pages of one or more tables hold together, and how many they may.
#[derive(Debug)]
pub(crate) struct TableBudget {
    limit: usize,
    held: AtomicUsize,
}

impl TableBudget {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, held: AtomicUsize::new(0) })
    }

    /// Returns the bytes that the tables may hold.
    pub(crate) const fn limit(&self) -> usize {
        self.limit
    }

    /// Returns the bytes that the tables hold.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    fn left(&self) -> usize {
        // Saturating: no more than the limit is held, and then nothing is left.
        self.limit.saturating_sub(self.held())
    }

    /// Takes `bytes` of what is left, if there are so many.
    fn take(&self, bytes: usize) -> bool {
        let more = |held: usize| held.checked_add(bytes).filter(|held| *held <= self.limit);
        self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Gives back what was taken.
    fn give_back(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// The open time of one calendar, page by page. Instants and lengths are microseconds.
///
/// A question is asked of the functions with `fast` in their name first: straight code without a call, `None` where
/// anything is unusual: a page that is not kept, a bucket with several openings. `None` of the others is outside the
/// horizon.
#[derive(Debug)]
pub(crate) struct Table {
    /// Empty around the clock, and where the budget has no bytes for it.
    pages: Box<[OnceLock<Box<Page>>]>,
    openings: Openings,
    /// How many bytes were left when a page did not fit: with so many, none is tried again.
    refused_with: AtomicUsize,
    /// The open time of whole pages that are not kept, as far as it was asked for; `u64::MAX` where it was not.
    totals: OnceLock<Box<[AtomicU64; PAGES + 1]>>,
    budget: Arc<TableBudget>,
}

impl Table {
    pub(crate) fn new(openings: Openings, budget: Arc<TableBudget>) -> Self {
        let bytes = PAGES * size_of::<OnceLock<Box<Page>>>();
        let pages = if !openings.is_always() && budget.take(bytes) { PAGES } else { 0 };
        let pages = std::iter::repeat_with(OnceLock::new).take(pages).collect();
        Self { pages, openings, refused_with: AtomicUsize::new(0), totals: OnceLock::new(), budget }
    }

    pub(crate) fn openings(&self) -> &Openings {
        &self.openings
    }

    pub(crate) fn limit(&self) -> usize {
        self.budget.limit
    }

    /// Returns the bytes held by the pages built so far.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.pages) + self.pages.iter().filter_map(OnceLock::get).map(|page| page.bytes()).sum::<usize>()
    }

    /// Returns the page of an instant, if it is kept.
    #[inline]
    fn fast_page(&self, at: u64) -> Option<&Page> {
        let slot = self.pages.get(usize::try_from(at >> PAGE_BITS).ok()?)?;
        slot.get().map(AsRef::as_ref)
    }

    #[inline]
    pub(crate) fn is_open_fast(&self, at: i64) -> Option<bool> {
        let at = at.cast_unsigned();
        Some(is_open(self.fast_page(at)?.at_fast(at)?, at))
    }

    /// Returns the open time in `[from, to)`, for `from <= to`.
    #[inline]
    pub(crate) fn elapsed_fast(&self, from: i64, to: i64) -> Option<i64> {
        let (from, to) = (from.cast_unsigned(), to.cast_unsigned());
        let (first, last) = (self.fast_page(from)?, self.fast_page(to)?);
        let before = open_before(first.at_fast(from)?, from);
        let mut until = open_before(last.at_fast(to)?, to);
        let mut at = from;
        while at >> PAGE_BITS < to >> PAGE_BITS {
            until += self.fast_page(at)?.total;
            at += PAGE;
        }
        Some((until - before).cast_signed())
    }

    /// Returns the earliest instant that has `length` of open time between `start` and it, for a length that is not 0.
    #[inline]
    pub(crate) fn add_fast(&self, start: i64, length: i64) -> Option<i64> {
        let at = start.cast_unsigned();
        let page = self.fast_page(at)?;
        let span = page.at_fast(at)?;
        if length == 0 {
            return None;
        }
        let until = open_before(span, at) + length.cast_unsigned();
        // The span in which the last of the wanted microseconds passes.
        if let Some([start, open, ..]) = page.before_open_fast(until) {
            return Some((start + (until - open)).cast_signed());
        }
        // In the next page; what ends with this one lies in a bucket of several openings.
        let until = until.checked_sub(page.total).filter(|until| *until > 0)?;
        let [start, open, ..] = self.fast_page(at + PAGE)?.before_open_fast(until)?;
        Some((start + (until - open)).cast_signed())
    }

    /// Returns the latest instant that has `length` of open time between it and `end`, for a length that is not 0.
    #[inline]
    pub(crate) fn subtract_fast(&self, end: i64, length: i64) -> Option<i64> {
        let at = end.cast_unsigned();
        let mut page = self.fast_page(at)?;
        let mut before = open_before(page.at_fast(at)?, at);
        let wanted = length.cast_unsigned();
        if wanted == 0 {
            return None;
        }
        if wanted > before {
            page = self.fast_page(at.checked_sub(PAGE)?)?;
            before += page.total;
        }
        let open = before.checked_sub(wanted)?;
        let span = page.at_open_fast(open)?;
        Some((span[0] + (open - span[1])).cast_signed())
    }

    /// Returns `at` when open then, otherwise the start of the next open interval.
    #[inline]
    pub(crate) fn next_open_fast(&self, at: i64) -> Option<i64> {
        let instant = at.cast_unsigned();
        let span = self.fast_page(instant)?.at_fast(instant)?;
        if is_open(span, instant) {
            return Some(at);
        }
        // The sentinel of a page is no instant.
        Some(span[2].cast_signed()).filter(|opens| *opens >= 0)
    }

    /// Returns the end of the open interval that holds `at`, or else of the next one.
    #[inline]
    pub(crate) fn next_close_fast(&self, at: i64) -> Option<i64> {
        let instant = at.cast_unsigned();
        let page = self.fast_page(instant)?;
        let mut span = page.at_fast(instant)?;
        if !is_open(span, instant) {
            // After the last opening of a page there is none.
            span = Some(span[2]).filter(|opens| opens >> 63 == 0).and_then(|opens| page.at_fast(opens))?;
        }
        let end = span[0] + (span[3] - span[1]);
        // An interval that runs on in the next page was cut in two there.
        if end & (PAGE - 1) == 0 { None } else { Some(end.cast_signed()) }
    }

    /// Returns the page with a number, built now if it has to be; `None` when there are no bytes to keep it.
    fn page(&self, number: u64) -> Option<&Page> {
        let slot = self.pages.get(usize::try_from(number).ok()?)?;
        if let Some(page) = slot.get() {
            return Some(page);
        }
        let left = self.budget.left();
        if left <= self.refused_with.load(Ordering::Relaxed) {
            return None;
        }
        let page = self.spans_within(number, left).map(|spans| Box::new(Page::of(spans, number << PAGE_BITS)));
        let Some(page) = page.filter(|page| self.budget.take(page.bytes())) else {
            self.refused_with.store(left, Ordering::Relaxed);
            return None;
        };
        let bytes = page.bytes();
        if slot.set(page).is_err() {
            // Another thread was first.
            self.budget.give_back(bytes);
        }
        slot.get().map(AsRef::as_ref)
    }

    /// Returns the spans of a page that has at most `bytes` bytes.
    fn spans_within(&self, number: u64, bytes: usize) -> Option<Vec<u64>> {
        let most = (bytes.checked_sub(size_of::<Page>())? / size_of::<u64>()).checked_sub(6)?;
        let start = number << PAGE_BITS;
        let mut spans = vec![start, 0];
        let mut total = 0;
        self.each_interval(start, start + PAGE, |opens, closes| {
            if spans.len() <= most {
                spans.extend([opens, total]);
            }
            total += closes - opens;
        });
        if spans.len() > most {
            return None;
        }
        spans.extend([u64::MAX, total, u64::MAX, total]);
        Some(spans)
    }

    /// Calls `open` with each merged open interval that touches `[from, to)`, cut to it, in ascending order.
    fn each_interval(&self, from: u64, to: u64, mut open: impl FnMut(u64, u64)) {
        let seconds = |micros: u64| (micros / SECOND).cast_signed();
        self.openings.for_each_interval(seconds(from), seconds(to) + 1, |opens_s, closes_s| {
            let opens = (opens_s.cast_unsigned() * SECOND).max(from);
            let closes = (closes_s.cast_unsigned() * SECOND).min(to);
            if opens < closes {
                open(opens, closes);
            }
        });
    }

    /// Returns the open time in `[from, to)`, added up.
    fn sum(&self, from: u64, to: u64) -> u64 {
        let mut sum = 0;
        self.each_interval(from, to, |opens, closes| sum += closes - opens);
        sum
    }

    /// Returns the open time of a whole page.
    fn total(&self, number: u64) -> u64 {
        if let Some(page) = self.page(number) {
            return page.total;
        }
        let start = number << PAGE_BITS;
        let totals = self.totals.get_or_init(|| Box::new([const { AtomicU64::new(u64::MAX) }; PAGES + 1]));
        let Some(known) = usize::try_from(number).ok().and_then(|at| totals.get(at)) else { return 0 };
        match known.load(Ordering::Relaxed) {
            u64::MAX => {
                let total = self.sum(start, start + PAGE);
                known.store(total, Ordering::Relaxed);
                total
            }
            total => total,
        }
    }

    /// Returns the open time in `[from, to)`, for `from <= to`.
    pub(crate) fn elapsed(&self, from: i64, to: i64) -> Option<i64> {
        let (from, to) = (within(from)?, within(to)?);
        let (first, last) = (from >> PAGE_BITS, to >> PAGE_BITS);
        let sum = match (self.page(first), self.page(last)) {
            (Some(page), Some(other)) if first == last => other.open_before(to) - page.open_before(from),
            (None, _) | (_, None) if first == last || to - from <= SHORT => self.sum(from, to),
            (page, other) => {
                let rest = page.map_or_else(
                    || self.sum(from, (first + 1) << PAGE_BITS),
                    |page| page.total - page.open_before(from),
                );
                let start = other.map_or_else(|| self.sum(last << PAGE_BITS, to), |page| page.open_before(to));
                rest + (first + 1..last).map(|number| self.total(number)).sum::<u64>() + start
            }
        };
        Some(sum.cast_signed())
    }

    /// Returns the earliest instant that has `length` of open time between `start` and it.
    pub(crate) fn add(&self, start: i64, length: i64) -> Option<i64> {
        let mut at = within(start)?;
        let mut left = length.cast_unsigned();
        if left == 0 {
            return Some(start);
        }
        while at < END {
            let number = at >> PAGE_BITS;
            let (page_start, page_end) = (number << PAGE_BITS, (number + 1) << PAGE_BITS);
            let found = match self.page(number) {
                Some(page) => page.add(at, &mut left),
                None if at == page_start && left > SHORT && self.total(number) < left => {
                    left -= self.total(number);
                    None
                }
                None => days(at, page_end).find_map(|(from, to)| self.add_within(from, to, &mut left)),
            };
            match found {
                Some(answer) => return Some(answer).filter(|answer| *answer < END).map(u64::cast_signed),
                None => at = page_end,
            }
        }
        None
    }

    /// Returns the instant in `(from, to]` at which `left` is used up, or takes the open time in between from it.
    fn add_within(&self, from: u64, to: u64, left: &mut u64) -> Option<u64> {
        let mut answer = None;
        self.each_interval(from, to, |opens, closes| {
            if answer.is_none() {
                let open = closes - opens;
                if *left <= open {
                    answer = Some(opens + *left);
                } else {
                    *left -= open;
                }
            }
        });
        answer
    }

    /// Returns the latest instant that has `length` of open time between it and `end`.
    pub(crate) fn subtract(&self, end: i64, length: i64) -> Option<i64> {
        let mut at = within(end)?;
        let mut left = length.cast_unsigned();
        if left == 0 {
            return Some(end);
        }
        let mut number = at >> PAGE_BITS;
        loop {
            let (page_start, page_end) = (number << PAGE_BITS, (number + 1) << PAGE_BITS);
            let found = match self.page(number) {
                Some(page) => page.subtract(at, &mut left),
                None if at == page_end && left > SHORT && self.total(number) < left => {
                    left -= self.total(number);
                    None
                }
                None => {
                    let mirrored = days(0, at - page_start).map(|(from, to)| (at - to, at - from));
                    mirrored.into_iter().find_map(|(from, to)| self.subtract_within(from, to, &mut left))
                }
            };
            if let Some(answer) = found {
                return Some(answer.cast_signed());
            }
            (at, number) = (page_start, number.checked_sub(1)?);
        }
    }

    /// Returns the instant in `[from, to)` from which on `left` is open, or takes the open time in between from it.
    fn subtract_within(&self, from: u64, to: u64, left: &mut u64) -> Option<u64> {
        let sum = self.sum(from, to);
        if *left > sum {
            *left -= sum;
            return None;
        }
        let mut skipped = sum - *left;
        let mut answer = None;
        self.each_interval(from, to, |opens, closes| {
            if answer.is_none() {
                let open = closes - opens;
                if skipped < open {
                    answer = Some(opens + skipped);
                } else {
                    skipped -= open;
                }
            }
        });
        answer
    }

    pub(crate) fn is_open(&self, at: i64) -> Option<bool> {
        let at = within(at)?;
        Some(match self.page(at >> PAGE_BITS) {
            Some(page) => is_open(page.at(at)?, at),
            None => self.sum(at, at + 1) > 0,
        })
    }

    /// Returns `at` when open then, otherwise the start of the next open interval.
    pub(crate) fn next_open(&self, at: i64) -> Option<i64> {
        let instant = within(at)?;
        self.interval_after(instant).map(|(opens, _)| opens.max(instant).cast_signed())
    }

    /// Returns the end of the open interval that holds `at`, or else of the next one.
    pub(crate) fn next_close(&self, at: i64) -> Option<i64> {
        let (_, mut closes) = self.interval_after(within(at)?)?;
        loop {
            if closes >= END {
                return None;
            }
            // What ends where a page or a part of one does may run on there.
            match self.interval_after(closes) {
                Some((opens, later)) if opens <= closes => closes = later,
                _ => return Some(closes.cast_signed()),
            }
        }
    }

    /// Returns the first open interval that ends after `at`, or a part of it that ends after `at`.
    fn interval_after(&self, mut at: u64) -> Option<(u64, u64)> {
        while at < END {
            let number = at >> PAGE_BITS;
            let page_end = (number + 1) << PAGE_BITS;
            let found = match self.page(number) {
                Some(page) => page.interval_after(at),
                None => days(at, page_end).find_map(|(from, to)| {
                    let mut first = None;
                    self.each_interval(from, to, |opens, closes| first = first.or(Some((opens, closes))));
                    first
                }),
            };
            if found.is_some() {
                return found;
            }
            at = page_end;
        }
        None
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes());
    }
}

/// Returns an instant of the horizon.
fn within(at: i64) -> Option<u64> {
    Some(at.cast_unsigned()).filter(|at| *at < END)
}

/// Cuts `[from, to)` into parts of one day, two, four, and so on, so that what is near is found at little cost.
fn days(from: u64, to: u64) -> impl Iterator<Item = (u64, u64)> {
    let part = move |start: u64, length: u64| (start < to).then(|| (start, (start + length).min(to), length));
    std::iter::successors(part(from, DAY), move |(_, end, length)| part(*end, length * 2))
        .map(|(start, end, _)| (start, end))
}

/// The start of a span in microseconds since 1970 and the open microseconds of the page before it, and those of the span
/// after it.
type Pair = [u64; 4];

/// Returns the open time of the page before `at`, which lies in the first span of the pair or between the two.
#[inline]
fn open_before([start, open, _, next_open]: &Pair, at: u64) -> u64 {
    (open + (at - start)).min(*next_open)
}

#[inline]
fn is_open([start, open, _, next_open]: &Pair, at: u64) -> bool {
    at - start < next_open - open
}

#[derive(Debug)]
struct Page {
    by_time: [u16; BUCKETS],
    by_open: [u16; BUCKETS],
    // INVARIANT: two numbers a span, its start and the open time before it. The first span is empty and starts with the
    // page, the last two are sentinels beyond every instant with all the open time; starts and open times ascend, and
    // both do so strictly between real spans.
    spans: Box<[u64]>,
    total: u64,
    open_bits: u32,
}

impl Page {
    /// Makes a page of its spans and sentinels.
    fn of(spans: Vec<u64>, start: u64) -> Self {
        let total = spans.last().copied().unwrap_or_default();
        let open_bits = (0..TIME_BITS).find(|bits| total >> bits <= BUCKET_MASK).unwrap_or(TIME_BITS);
        let by_time = index::<0, false>(&spans, TIME_BITS, start);
        let by_open = index::<1, true>(&spans, open_bits, 0);
        Self { by_time, by_open, spans: spans.into_boxed_slice(), total, open_bits }
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.spans)
    }

    /// Returns the last span that starts at or before `at`, and the one after.
    #[inline]
    fn at_fast(&self, at: u64) -> Option<&Pair> {
        let bucket = usize::try_from((at >> TIME_BITS) & BUCKET_MASK).unwrap_or_default();
        self.find_fast(*self.by_time.get(bucket)?, |[start, _]| *start <= at)
    }

    /// Returns the last span with less than `until` open time before it, and the one after.
    #[inline]
    fn before_open_fast(&self, until: u64) -> Option<&Pair> {
        let bucket = usize::try_from(until >> self.open_bits).ok()?;
        self.find_fast(*self.by_open.get(bucket)?, |[_, open]| *open < until)
    }

    /// Returns the last span with at most `open` open time before it, and the one after.
    #[inline]
    fn at_open_fast(&self, at: u64) -> Option<&Pair> {
        let bucket = usize::try_from(at >> self.open_bits).ok()?;
        self.find_fast(*self.by_open.get(bucket)?, |[_, open]| *open <= at)
    }

    /// Returns the last span that passes, and the one after, where the first one has the place `first`.
    #[inline]
    fn find_fast(&self, first: u16, passes: impl Fn(&[u64; 2]) -> bool) -> Option<&Pair> {
        let first = usize::from(first);
        let three = self.spans.get(first..first + 6)?;
        let (here, next) = (three.first_chunk()?, three.last_chunk()?);
        // Most buckets hold one opening at most: whether it lies before or after the number is no branch.
        let pair: &Pair = std::hint::select_unpredictable(passes(next.first_chunk()?), next, here);
        if passes(pair.last_chunk()?) { None } else { Some(pair) }
    }

    /// As `at_fast`, in every case.
    fn at(&self, at: u64) -> Option<&Pair> {
        self.find::<0>(at)
    }

    fn find<const KEY: usize>(&self, number: u64) -> Option<&Pair> {
        let (spans, _) = self.spans.as_chunks::<2>();
        let after = spans.partition_point(|span| span.get(KEY).is_some_and(|key| *key <= number));
        self.spans.get(2 * after.checked_sub(1)?..)?.first_chunk()
    }

    /// Returns the open time of the page before `at`, its end included.
    fn open_before(&self, at: u64) -> u64 {
        self.at(at).map_or(0, |span| open_before(span, at))
    }

    /// As [`Table::add_within`].
    fn add(&self, at: u64, left: &mut u64) -> Option<u64> {
        let before = self.open_before(at);
        let wanted = before + *left - 1;
        if wanted >= self.total {
            *left -= self.total - before;
            return None;
        }
        let [start, open, ..] = self.find::<1>(wanted)?;
        Some(start + (wanted - open) + 1)
    }

    /// As [`Table::subtract_within`].
    fn subtract(&self, at: u64, left: &mut u64) -> Option<u64> {
        let before = self.open_before(at);
        let Some(wanted) = before.checked_sub(*left) else {
            *left -= before;
            return None;
        };
        let [start, open, ..] = self.find::<1>(wanted)?;
        Some(start + (wanted - open))
    }

    /// As [`Table::interval_after`].
    fn interval_after(&self, at: u64) -> Option<(u64, u64)> {
        let span = self.at(at)?;
        let span = if is_open(span, at) { span } else { self.at(Some(span[2]).filter(|opens| *opens < u64::MAX)?)? };
        Some((span[0], span[0] + (span[3] - span[1])))
    }
}

/// Returns for each bucket, which are `1 << bits` numbers wide and begin with `base`, the place of the last span whose
/// number `KEY` is below all its numbers, or at the first of them unless `IS_BEFORE`.
///
/// A place is that of a number among `spans`. Of more spans than a place can name, the later ones are found by a search.
fn index<const KEY: usize, const IS_BEFORE: bool>(spans: &[u64], bits: u32, base: u64) -> [u16; BUCKETS] {
    let mut first = [0_u16; BUCKETS];
    let mut rest = first.as_mut_slice();
    let mut filled = 0;
    let (spans, _) = spans.as_chunks::<2>();
    let real = spans.get(..spans.len() - 2).unwrap_or_default();
    for (place, next) in (0..=u16::MAX / 2).zip(real.iter().skip(1)) {
        // The buckets that begin before the next span, or with it.
        let next = next.get(KEY).map_or(0, |key| key - base);
        let until = if IS_BEFORE { (next >> bits) + 1 } else { next.div_ceil(1 << bits) };
        let (buckets, others) = rest.split_at_mut(usize::try_from(until - filled).unwrap_or(0).min(rest.len()));
        buckets.fill(2 * place);
        (rest, filled) = (others, until);
    }
    rest.fill(u16::try_from(2 * (real.len() - 1)).unwrap_or(u16::MAX - 1));
    first
}
