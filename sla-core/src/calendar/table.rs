//! Open time as tables: every question is a bucket read, a compare and a span read, whatever its length.
//!
//! The horizon is cut into pages of equal length (a power of two of microseconds), each built when a question first
//! touches it. A page holds the merged open intervals as spans, a start and the open time before it, and two bucket
//! indexes that lead from an instant, or from an amount of open time, to its span without a search.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: instants lie in the horizon (below 2^53 microseconds), so does open time; a duration is below \
              2^63 and added to open time in unsigned arithmetic"
)]

use std::sync::OnceLock;

use super::openings::Openings;
use super::zone::{HORIZON_END_S, HORIZON_START_S};
use crate::time::MICROS_PER_SECOND;

pub(crate) const HORIZON_START_US: i64 = HORIZON_START_S * MICROS_PER_SECOND;
pub(crate) const HORIZON_END_US: i64 = HORIZON_END_S * MICROS_PER_SECOND;
const END: u64 = HORIZON_END_US.unsigned_abs();

/// Some 407 days a page, so that a page of the densest calendar of its own has fewer than 65 535 spans.
const PAGE_BITS: u32 = 45;
const PAGE: u64 = 1 << PAGE_BITS;
/// Buckets of an index: some 4.8 hours each, where most calendars open at most once.
const BUCKETS: usize = 2_048;
const BUCKET_MASK: u64 = 2_047;
const TIME_BITS: u32 = PAGE_BITS - 11;
/// Pages that cover the horizon.
const PAGES: usize = 207;
const _: () = assert!((END - 1) >> PAGE_BITS == 206 && PAGES == 207);

/// The open time of one calendar, page by page. Instants and lengths are microseconds.
///
/// A question takes the [`FastPath`] first. On the [`SlowPath`], `None` is outside the horizon.
#[derive(Debug)]
pub(crate) struct Table {
    openings: Openings,
    pages: Box<[OnceLock<Page>; PAGES]>,
}

/// How a question is answered.
pub(crate) trait Path {
    const IS_FAST: bool;
}

/// Straight code without a call; `None` where anything is unusual: a page not built yet, a bucket with several openings.
pub(crate) struct FastPath;

/// Builds missing pages and searches the bucket.
pub(crate) struct SlowPath;

impl Path for FastPath {
    const IS_FAST: bool = true;
}

impl Path for SlowPath {
    const IS_FAST: bool = false;
}

/// An instant as the table sees it.
struct Place<'a> {
    number: u64,
    page: &'a Page,
    /// The span that holds the instant or is the last before it, and the one after.
    spans: &'a Pair,
    /// Microseconds since the start of the page.
    offset: u64,
}

impl Place<'_> {
    /// Returns the open time of the page before the instant.
    #[inline]
    fn open(&self) -> u64 {
        let [here, next] = self.spans;
        (here.open + (self.offset - here.start)).min(next.open)
    }

    #[inline]
    fn is_open(&self) -> bool {
        let [here, next] = self.spans;
        self.offset - here.start < next.open - here.open
    }
}

impl Table {
    pub(crate) fn new(openings: Openings) -> Self {
        Self { openings, pages: Box::new([const { OnceLock::new() }; PAGES]) }
    }

    pub(crate) fn openings(&self) -> &Openings {
        &self.openings
    }

    /// Returns the bytes held by the pages built so far.
    pub(crate) fn bytes(&self) -> usize {
        let pages = self.pages.iter().filter_map(OnceLock::get).map(Page::bytes).sum::<usize>();
        pages + size_of_val(&*self.pages)
    }

    #[inline]
    fn page<P: Path>(&self, number: u64) -> Option<&Page> {
        let slot = self.pages.get(usize::try_from(number).ok()?)?;
        if P::IS_FAST {
            slot.get()
        } else {
            Some(slot.get_or_init(|| Page::build(&self.openings, number << PAGE_BITS)))
        }
    }

    #[inline]
    fn place<P: Path>(&self, at: i64) -> Option<Place<'_>> {
        let at = at.cast_unsigned();
        if at >= END {
            return None;
        }
        let (number, offset) = (at >> PAGE_BITS, at & (PAGE - 1));
        let page = self.page::<P>(number)?;
        let spans = page.at::<P>(offset)?;
        Some(Place { number, page, spans, offset })
    }

    #[inline]
    pub(crate) fn is_open<P: Path>(&self, at: i64) -> Option<bool> {
        self.place::<P>(at).map(|place| place.is_open())
    }

    /// Returns the open time in `[from, to)`, for `from <= to`.
    #[inline]
    pub(crate) fn elapsed<P: Path>(&self, from: i64, to: i64) -> Option<i64> {
        let (from, to) = (self.place::<P>(from)?, self.place::<P>(to)?);
        let mut until = to.open();
        for number in from.number..to.number {
            until += self.page::<P>(number)?.total;
        }
        Some((until - from.open()).cast_signed())
    }

    /// Returns the earliest instant that has `length` of open time between `start` and it.
    #[inline]
    pub(crate) fn add<P: Path>(&self, start: i64, length: i64) -> Option<i64> {
        let place = self.place::<P>(start)?;
        if length == 0 {
            return Some(start);
        }
        let (mut number, mut page) = (place.number, place.page);
        let mut until = place.open() + length.cast_unsigned();
        while until > page.total {
            until -= page.total;
            number += 1;
            page = self.page::<P>(number)?;
            if P::IS_FAST && until > page.total {
                return None;
            }
        }
        // The span in which the last of the wanted microseconds passes.
        let [span, _] = page.at_open::<P>(until - 1)?;
        let answer = (number << PAGE_BITS) + span.start + (until - span.open);
        (answer < END).then_some(answer.cast_signed())
    }

    /// Returns the latest instant that has `length` of open time between it and `end`.
    #[inline]
    pub(crate) fn subtract<P: Path>(&self, end: i64, length: i64) -> Option<i64> {
        let place = self.place::<P>(end)?;
        if length == 0 {
            return Some(end);
        }
        let (mut number, mut page, mut before) = (place.number, place.page, place.open());
        let mut wanted = length.cast_unsigned();
        while wanted > before {
            wanted -= before;
            number = number.checked_sub(1)?;
            page = self.page::<P>(number)?;
            before = page.total;
        }
        let open = before - wanted;
        let [span, _] = page.at_open::<P>(open)?;
        Some(((number << PAGE_BITS) + span.start + (open - span.open)).cast_signed())
    }

    /// Returns `at` when open then, otherwise the start of the next open interval.
    #[inline]
    pub(crate) fn next_open<P: Path>(&self, at: i64) -> Option<i64> {
        let place = self.place::<P>(at)?;
        if place.is_open() {
            return Some(at);
        }
        let [_, next] = place.spans;
        if next.start < PAGE {
            return Some(((place.number << PAGE_BITS) + next.start).cast_signed());
        }
        let (number, [first, _]) = self.first_span::<P>(place.number + 1)?;
        Some(((number << PAGE_BITS) + first.start).cast_signed())
    }

    /// Returns the end of the open interval that holds `at`, or else of the next one.
    #[inline]
    pub(crate) fn next_close<P: Path>(&self, at: i64) -> Option<i64> {
        let place = self.place::<P>(at)?;
        let [_, next] = place.spans;
        let (mut number, mut spans) = if place.is_open() {
            (place.number, place.spans)
        } else if next.start < PAGE {
            (place.number, place.page.at::<P>(next.start)?)
        } else {
            self.first_span::<P>(place.number + 1)?
        };
        loop {
            let [span, next] = spans;
            let end = (number << PAGE_BITS) + span.start + (next.open - span.open);
            if end >= END {
                return None;
            }
            // An interval that runs on in the next page was cut in two there.
            if end & (PAGE - 1) > 0 {
                return Some(end.cast_signed());
            }
            number += 1;
            spans = self.page::<P>(number)?.first_pair()?;
            if spans[0].start > 0 {
                return Some(end.cast_signed());
            }
        }
    }

    /// Returns the first span of the page `number`, or of the first later page that has one.
    fn first_span<P: Path>(&self, mut number: u64) -> Option<(u64, &Pair)> {
        loop {
            let spans = self.page::<P>(number)?.first_pair()?;
            if spans[0].start < PAGE {
                return Some((number, spans));
            }
            number += 1;
        }
    }
}

/// A merged open interval: where it starts and how much of the page was open before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    /// Microseconds since the start of the page.
    start: u64,
    /// Open microseconds of the page before `start`.
    open: u64,
}

/// A span and the one after it.
type Pair = [Span; 2];

#[derive(Debug)]
struct Page {
    // INVARIANT: the first entry is an empty span at 0, the last two are sentinels beyond every offset with all the
    // open time; starts and open times ascend, and both do so strictly between real spans.
    spans: Box<[Span]>,
    by_time: Index,
    by_open: Index,
    total: u64,
}

impl Page {
    fn build(openings: &Openings, page_start: u64) -> Self {
        let page_end = page_start + PAGE;
        let mut spans = vec![Span { start: 0, open: 0 }];
        let mut total = 0;
        let seconds = |micros: u64| micros.cast_signed() / MICROS_PER_SECOND;
        openings.for_each_interval(seconds(page_start), seconds(page_end) + 1, |opens_s, closes_s| {
            let opens = (opens_s * MICROS_PER_SECOND).cast_unsigned().max(page_start);
            let closes = (closes_s * MICROS_PER_SECOND).cast_unsigned().min(page_end);
            if opens < closes {
                spans.push(Span { start: opens - page_start, open: total });
                total += closes - opens;
            }
        });
        let open_bits = (0..TIME_BITS).find(|bits| total >> bits <= BUCKET_MASK).unwrap_or(TIME_BITS);
        let by_time = Index::build(&spans, TIME_BITS, |span| span.start);
        let by_open = Index::build(&spans, open_bits, |span| span.open);
        spans.extend([Span { start: u64::MAX, open: total }; 2]);
        Self { spans: spans.into_boxed_slice(), by_time, by_open, total }
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.spans) + size_of_val(&*self.by_time.first) + size_of_val(&*self.by_open.first)
    }

    /// Returns the last span that starts at or before `offset`, and the one after.
    #[inline]
    fn at<P: Path>(&self, offset: u64) -> Option<&Pair> {
        self.by_time.find::<P>(&self.spans, offset, TIME_BITS, |span| span.start)
    }

    /// Returns the last span with at most `open` open time before it, and the one after.
    #[inline]
    fn at_open<P: Path>(&self, open: u64) -> Option<&Pair> {
        self.by_open.find::<P>(&self.spans, open, self.by_open.bits, |span| span.open)
    }

    /// Returns the first span, and the one after.
    fn first_pair(&self) -> Option<&Pair> {
        self.spans.get(1..).and_then(<[Span]>::first_chunk)
    }
}

/// Leads from a number to the last span that is not above it.
#[derive(Debug)]
struct Index {
    /// The last span at or below the first number of each bucket; `u16::MAX` where that is a later one.
    first: Box<[u16; BUCKETS]>,
    bits: u32,
}

impl Index {
    /// The spans are those of a page without its sentinels and ascend by `key`; a bucket is `1 << bits` numbers wide.
    fn build(spans: &[Span], bits: u32, key: impl Fn(&Span) -> u64) -> Self {
        let mut first = Box::new([0_u16; BUCKETS]);
        let mut rest = first.as_mut_slice();
        let mut filled = 0;
        // Of more spans than an index can name, the later ones are found by the search of the slow path.
        for (span, next) in (0..=u16::MAX).zip(spans.iter().skip(1)) {
            // The buckets that begin before the next span.
            let until = key(next).div_ceil(1 << bits);
            let (buckets, others) = rest.split_at_mut(usize::try_from(until - filled).unwrap_or(0).min(rest.len()));
            buckets.fill(span);
            (rest, filled) = (others, until);
        }
        rest.fill(u16::try_from(spans.len() - 1).unwrap_or(u16::MAX));
        Self { first, bits }
    }

    /// Returns the last span whose `key` is not above `number`, and the one after.
    #[inline]
    fn find<'a, P: Path>(
        &self,
        spans: &'a [Span],
        number: u64,
        bits: u32,
        key: impl Fn(&Span) -> u64,
    ) -> Option<&'a Pair> {
        let bucket = usize::try_from((number >> bits) & BUCKET_MASK).unwrap_or(0);
        let first = usize::from(*self.first.get(bucket).unwrap_or(&0));
        let three = spans.get(first..first + 3)?;
        // Most buckets hold one opening at most: whether it lies before or after the number is no branch.
        let one_on = usize::from(three.get(1).is_some_and(|second| key(second) <= number));
        let pair = three.get(one_on..).and_then(<[Span]>::first_chunk)?;
        if key(&pair[1]) > number {
            return Some(pair);
        }
        if P::IS_FAST {
            return None;
        }
        let later = spans.get(first + 1..).unwrap_or_default();
        let passed = later.partition_point(|span| key(span) <= number);
        spans.get(first + passed..).and_then(<[Span]>::first_chunk)
    }
}
