//! Open time as tables: every question is a bucket read, a compare and a span read, whatever its length.
//!
//! The horizon is cut into pages of equal length (a power of two of seconds), each built when a question first
//! touches it. A page holds the merged open intervals as spans, a start and the open seconds before it, and two
//! bucket indexes that lead from a second, or from an amount of open time, to its span without a search.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: instants lie in the horizon (below 2^53 microseconds), so does open time; durations are \
              compared with the rest of a page before they are added"
)]

use std::sync::OnceLock;

use super::schedule::Schedule;
use super::zone::{HORIZON_END_S, HORIZON_START_S};

const MICROS: i64 = 1_000_000;
pub(crate) const HORIZON_START_US: i64 = HORIZON_START_S * MICROS;
pub(crate) const HORIZON_END_US: i64 = HORIZON_END_S * MICROS;

/// Some four years a page; fewer for a calendar with so many windows that a page could exceed 65 535 spans.
const PAGE_BITS: u32 = 27;
const DENSE_PAGE_BITS: u32 = 25;
const DENSE_WINDOWS_A_DAY: usize = 40;
/// An index has at most this many buckets (as a power of two).
const MOST_BUCKETS_BITS: u32 = 13;

/// The open time of one calendar, page by page.
#[derive(Debug)]
pub(crate) struct Table {
    schedule: Schedule,
    page_bits: u32,
    pages: Box<[OnceLock<Page>]>,
}

/// An instant as the table sees it.
struct Place<'a> {
    number: usize,
    page: &'a Page,
    /// The span that holds the instant or is the last before it.
    span: usize,
    /// Open microseconds of this page before the instant.
    open_us: i64,
    is_open: bool,
}

impl Table {
    pub(crate) fn new(schedule: Schedule) -> Self {
        let dense = schedule.most_windows_a_day() > DENSE_WINDOWS_A_DAY;
        let page_bits = if dense { DENSE_PAGE_BITS } else { PAGE_BITS };
        let count = usize::try_from((HORIZON_END_S >> page_bits) + 1).unwrap_or_default();
        Self { schedule, page_bits, pages: (0..count).map(|_| OnceLock::new()).collect() }
    }

    pub(crate) fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Returns the bytes held by the pages built so far.
    pub(crate) fn bytes(&self) -> usize {
        let pages = self.pages.iter().filter_map(OnceLock::get).map(Page::bytes).sum::<usize>();
        pages + self.pages.len() * size_of::<OnceLock<Page>>()
    }

    fn page(&self, number: usize) -> Option<&Page> {
        let slot = self.pages.get(number)?;
        Some(match slot.get() {
            Some(page) => page,
            None => self.build(slot, number),
        })
    }

    #[cold]
    fn build<'a>(&self, slot: &'a OnceLock<Page>, number: usize) -> &'a Page {
        slot.get_or_init(|| Page::build(&self.schedule, self.page_start_s(number), self.page_bits))
    }

    fn page_start_s(&self, number: usize) -> i64 {
        i64::try_from(number).unwrap_or(i64::MAX >> self.page_bits) << self.page_bits
    }

    /// Returns where `at_us` lies; `None` outside the horizon.
    fn place(&self, at_us: i64) -> Option<Place<'_>> {
        if !(HORIZON_START_US..HORIZON_END_US).contains(&at_us) {
            return None;
        }
        let at = at_us.cast_unsigned();
        let (at_s, rest_us) = (at / MICROS.cast_unsigned(), at % MICROS.cast_unsigned());
        let number = usize::try_from(at_s >> self.page_bits).ok()?;
        let page = self.page(number)?;
        let offset_s = u32::try_from(at_s & ((1 << self.page_bits) - 1)).ok()?;
        let span = page.span_at(offset_s);
        let (start_s, open_s, length_s) = page.span(span)?;
        let into_us = i64::from(offset_s - start_s) * MICROS + rest_us.cast_signed();
        let length_us = i64::from(length_s) * MICROS;
        Some(Place {
            number,
            page,
            span,
            open_us: i64::from(open_s) * MICROS + into_us.min(length_us),
            is_open: into_us < length_us,
        })
    }

    pub(crate) fn is_open(&self, at_us: i64) -> Option<bool> {
        self.place(at_us).map(|place| place.is_open)
    }

    /// Returns the open microseconds in `[from_us, to_us)`, for `from_us <= to_us`.
    pub(crate) fn elapsed(&self, from_us: i64, to_us: i64) -> Option<i64> {
        let (from, to) = (self.place(from_us)?, self.place(to_us)?);
        let mut elapsed_us = to.open_us - from.open_us;
        for number in from.number..to.number {
            elapsed_us += self.page(number)?.total_us;
        }
        Some(elapsed_us)
    }

    /// Returns the earliest instant that has `length_us` open microseconds between `start_us` and it.
    pub(crate) fn add(&self, start_us: i64, length_us: i64) -> Option<i64> {
        let Place { mut number, mut page, open_us, .. } = self.place(start_us)?;
        if length_us == 0 {
            return Some(start_us);
        }
        let mut wanted_us = length_us;
        let mut passed_us = open_us;
        while wanted_us > page.total_us - passed_us {
            wanted_us -= page.total_us - passed_us;
            passed_us = 0;
            number += 1;
            page = self.page(number)?;
        }
        let open_us = passed_us + wanted_us;
        // The span in which the last of the wanted microseconds passes.
        let span = page.span_of_open(u32::try_from((open_us - 1).cast_unsigned() / MICROS.cast_unsigned()).ok()?);
        let (start_s, open_s, _) = page.span(span)?;
        let into_us = open_us - i64::from(open_s) * MICROS;
        let answer_us = (self.page_start_s(number) + i64::from(start_s)) * MICROS + into_us;
        (answer_us < HORIZON_END_US).then_some(answer_us)
    }

    /// Returns the latest instant that has `length_us` open microseconds between it and `end_us`.
    pub(crate) fn subtract(&self, end_us: i64, length_us: i64) -> Option<i64> {
        let Place { mut number, mut page, open_us, .. } = self.place(end_us)?;
        if length_us == 0 {
            return Some(end_us);
        }
        let mut wanted_us = length_us;
        let mut before_us = open_us;
        while wanted_us > before_us {
            wanted_us -= before_us;
            number = number.checked_sub(1)?;
            page = self.page(number)?;
            before_us = page.total_us;
        }
        let open_us = before_us - wanted_us;
        let span = page.span_of_open(u32::try_from(open_us.cast_unsigned() / MICROS.cast_unsigned()).ok()?);
        let (start_s, open_s, _) = page.span(span)?;
        let into_us = open_us - i64::from(open_s) * MICROS;
        Some((self.page_start_s(number) + i64::from(start_s)) * MICROS + into_us)
    }

    /// Returns `at_us` when open then, otherwise the start of the next open interval.
    pub(crate) fn next_open(&self, at_us: i64) -> Option<i64> {
        let place = self.place(at_us)?;
        if place.is_open {
            return Some(at_us);
        }
        let (number, span) = self.real_span(place.number, place.span + 1)?;
        let (start_s, ..) = self.page(number)?.span(span)?;
        Some((self.page_start_s(number) + i64::from(start_s)) * MICROS)
    }

    /// Returns the end of the open interval that holds `at_us`, or else of the next one.
    pub(crate) fn next_close(&self, at_us: i64) -> Option<i64> {
        let place = self.place(at_us)?;
        let (mut number, mut span) =
            if place.is_open { (place.number, place.span) } else { self.real_span(place.number, place.span + 1)? };
        loop {
            let (start_s, _, length_s) = self.page(number)?.span(span)?;
            let end_s = self.page_start_s(number) + i64::from(start_s) + i64::from(length_s);
            if end_s >= HORIZON_END_S {
                return None;
            }
            // An interval that runs on in the next page was cut in two there.
            let runs_on =
                end_s == self.page_start_s(number + 1) && matches!(self.page(number + 1)?.span(1), Some((0, ..)));
            if !runs_on {
                return Some(end_s * MICROS);
            }
            (number, span) = (number + 1, 1);
        }
    }

    /// Returns the span `span` of the page `number`, or the first one of a later page when that page has none.
    fn real_span(&self, mut number: usize, mut span: usize) -> Option<(usize, usize)> {
        while self.page(number)?.span(span).is_none() {
            number += 1;
            span = 1;
        }
        Some((number, span))
    }
}

/// A merged open interval: where it starts and how much was open before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    /// Seconds since the start of the page.
    start_s: u32,
    /// Open seconds of the page before `start_s`.
    open_s: u32,
}

#[derive(Debug)]
struct Page {
    // INVARIANT: the first entry is an empty span at 0, the last a sentinel at `u32::MAX` with all open seconds;
    // starts and open seconds ascend, and both do so strictly between real spans.
    spans: Box<[Span]>,
    by_time: Buckets,
    by_open: Buckets,
    total_us: i64,
}

impl Page {
    fn build(schedule: &Schedule, page_start_s: i64, page_bits: u32) -> Self {
        let page_s = 1_u32 << page_bits;
        let mut spans = vec![Span { start_s: 0, open_s: 0 }];
        let mut total_s = 0_u32;
        schedule.for_each_interval(page_start_s, page_start_s + i64::from(page_s), |opens_s, closes_s| {
            let start_s = u32::try_from(opens_s - page_start_s).unwrap_or(page_s);
            spans.push(Span { start_s, open_s: total_s });
            total_s += u32::try_from(closes_s - opens_s).unwrap_or_default();
        });
        spans.push(Span { start_s: u32::MAX, open_s: total_s });
        let by_time = Buckets::build(&spans, page_s, |span| span.start_s);
        let by_open = Buckets::build(&spans, total_s.max(1), |span| span.open_s);
        Self { spans: spans.into_boxed_slice(), by_time, by_open, total_us: i64::from(total_s) * MICROS }
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.spans) + size_of_val(&*self.by_time.first) + size_of_val(&*self.by_open.first)
    }

    /// Returns the last span that starts at or before `offset_s`.
    fn span_at(&self, offset_s: u32) -> usize {
        self.by_time.find(offset_s, |span| self.spans.get(span).is_some_and(|span| span.start_s <= offset_s))
    }

    /// Returns the last span with at most `open_s` open seconds before it.
    fn span_of_open(&self, open_s: u32) -> usize {
        self.by_open.find(open_s, |span| self.spans.get(span).is_some_and(|span| span.open_s <= open_s))
    }

    /// Returns start, open seconds before it, and length of a span; `None` for the sentinel and beyond.
    fn span(&self, span: usize) -> Option<(u32, u32, u32)> {
        let (here, next) = (self.spans.get(span)?, self.spans.get(span + 1)?);
        Some((here.start_s, here.open_s, next.open_s - here.open_s))
    }
}

/// Leads from a number to the last entry that is not above it.
#[derive(Debug)]
struct Buckets {
    /// The last entry at or below the first number of each bucket.
    first: Box<[u16]>,
    bits: u32,
    /// The largest power of two not above the most entries that begin inside one bucket.
    widest_step: usize,
}

impl Buckets {
    /// `entries` ascend by `key`; numbers below `end` will be asked for.
    fn build(entries: &[Span], end: u32, key: impl Fn(&Span) -> u32) -> Self {
        let gaps = entries.windows(2).filter_map(|pair| match pair {
            [a, b] if key(a) > 0 && key(b) < end => Some(key(b) - key(a)),
            _ => None,
        });
        let narrowest = gaps.filter(|gap| *gap > 0).min().unwrap_or(end);
        let bits = narrowest.ilog2().max((32 - end.leading_zeros()).saturating_sub(MOST_BUCKETS_BITS));
        let count = (end >> bits) + 1;
        let mut first = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
        let (mut entry, mut most) = (0_usize, 0_usize);
        for bucket in 0..count {
            let begin = bucket << bits;
            let before = entry;
            while entries.get(entry + 1).is_some_and(|next| key(next) <= begin) {
                entry += 1;
            }
            if let Some(&last) = first.last() {
                most = most.max(entry - usize::from(last));
            }
            debug_assert!(before <= entry);
            first.push(u16::try_from(entry).unwrap_or(u16::MAX));
        }
        most = most.max(entries.len().saturating_sub(entry + 1));
        Self { first: first.into_boxed_slice(), bits, widest_step: if most == 0 { 0 } else { 1 << most.ilog2() } }
    }

    /// Returns the last entry for which `not_above` holds; `number` is what it compares with.
    fn find(&self, number: u32, not_above: impl Fn(usize) -> bool) -> usize {
        let bucket = usize::try_from(number >> self.bits).unwrap_or(usize::MAX);
        let mut entry = self.first.get(bucket).copied().map_or(0, usize::from);
        let mut step = self.widest_step;
        while step > 0 {
            entry += if not_above(entry + step) { step } else { 0 };
            step >>= 1;
        }
        entry
    }
}
