//! The laws of calendar arithmetic, and agreement with the slow oracle, on random calendars.
//!
//! `PROPTEST_CASES` is the number of questions asked in all; each random calendar is asked [`PER_CALENDAR`] of them.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sla_core::calendar::{
    Calendar, CalendarDate, CalendarRules, DateRange, DayTime, HORIZON_US, Holiday, HolidayDate, Hours, LocalTime,
    Rotation, Season, SpecialDay, Week, Window, ZoneDatabase,
};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Error, ErrorCode, Id};
use sla_tests::oracle::{HORIZON_END, Oracle, promised_at};

const PER_CALENDAR: usize = 50;
const YEARS: i32 = 3;
const DAY: i64 = 86_400_000_000;

/// A zone and a year near something unusual in it.
const ZONES: [(&str, i32); 14] = [
    ("America/New_York", 2007),
    ("Australia/Lord_Howe", 2024),
    ("America/St_Johns", 1988),
    ("Pacific/Apia", 2011),
    ("Africa/Casablanca", 2026),
    ("Europe/Dublin", 1971),
    ("Africa/Cairo", 2010),
    ("America/Sao_Paulo", 2017),
    ("Asia/Tehran", 2021),
    ("Asia/Beirut", 2022),
    ("America/Asuncion", 2023),
    ("Asia/Kathmandu", 1985),
    ("Antarctica/Troll", 2005),
    ("America/Havana", 2012),
];

fn questions() -> usize {
    std::env::var("PROPTEST_CASES").map_or(100_000, |text| text.parse().expect("PROPTEST_CASES is a number"))
}

fn total_calendars() -> u32 {
    u32::try_from(questions().div_ceil(PER_CALENDAR)).unwrap()
}

fn run<S: Strategy>(cases: u32, strategy: &S, check: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    if let Err(failure) = TestRunner::new(config).run(strategy, check) {
        panic!("{failure}");
    }
}

/// Seconds of a day, mostly on full quarters of an hour, else minutes or seconds.
fn second_of_day() -> impl Strategy<Value = u32> {
    prop_oneof![3 => (0..96_u32).prop_map(|n| n * 900), 1 => (0..1_440_u32).prop_map(|n| n * 60), 1 => 0..86_400_u32]
}

fn window() -> impl Strategy<Value = Window> {
    (second_of_day(), second_of_day(), any::<bool>()).prop_map(|(open, close, until_midnight)| {
        let close = if close == 0 || (until_midnight && close > 80_000) { 86_400 } else { close };
        Window::new(open, close).unwrap_or_else(|error| panic!("{open}-{close}: {error}"))
    })
}

/// A day of up to 95 short windows: a table holds many of them in one bucket.
fn crowded_day() -> impl Strategy<Value = Vec<Window>> {
    (0..43_200_u32, 1..400_u32, 1..400_u32, 10..96_u32).prop_map(|(first, length, gap, count)| {
        let opens = (0..count).map(|n| first + n * (length + gap));
        let fitting = opens.take_while(|open| open + length <= 86_400);
        fitting.map(|open| Window::new(open, open + length).unwrap_or_else(|error| panic!("{error}"))).collect()
    })
}

fn day() -> impl Strategy<Value = Vec<Window>> {
    prop_oneof![15 => vec(window(), 0..4), 1 => crowded_day()]
}

fn week() -> impl Strategy<Value = Week> {
    (vec(day(), 7), window(), 0..7_usize).prop_map(|(days, always, at)| {
        let mut week = Week::default();
        for (slot, windows) in week.days.iter_mut().zip(days) {
            *slot = windows;
        }
        week.days[at].push(always);
        week
    })
}

fn date(year: i32, day: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap() + Days::new(day)
}

#[derive(Debug, Clone)]
struct Subject {
    year: i32,
    rules: CalendarRules,
}

/// Two dates of a year that no leap year alone has, and sometimes 29 February.
fn yearly_range() -> impl Strategy<Value = DateRange> {
    let end = || {
        prop_oneof![
            9 => (1..13_u32, 1..29_u32).prop_map(|(month, day)| CalendarDate::Yearly { month, day }),
            1 => Just(CalendarDate::Yearly { month: 2, day: 29 }),
        ]
    };
    (end(), end()).prop_map(|(from, to)| DateRange { from, to })
}

/// The days of the test from one on, as many as the second number says.
fn dated_range(year: i32, (first, days): (u64, u64)) -> DateRange {
    DateRange { from: CalendarDate::On(date(year, first)), to: CalendarDate::On(date(year, first + days)) }
}

/// Hours of one week, or of some that take turns from a Monday on.
fn hours() -> impl Strategy<Value = Hours> {
    let monday = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    prop_oneof![
        2 => week().prop_map(Hours::Weekly),
        1 => (vec(week(), 2..5), 0..3_000_u64, any::<bool>()).prop_map(move |(weeks, turns, before)| {
            let starts = if before { monday - Days::new(7 * turns) } else { monday + Days::new(7 * turns) };
            Hours::Rotation(Rotation { starts, weeks })
        }),
    ]
}

fn subject() -> impl Strategy<Value = Subject> {
    let year = prop_oneof![4 => Just(None), 2 => (1971..2030).prop_map(Some), 1 => (2030..2196).prop_map(Some)];
    let single = vec(0..1_200_u64, 0..40);
    let yearly = vec((1..13_u32, 1..29_u32), 0..4);
    let special = vec((0..1_200_u64, day()), 0..30);
    let ranges = (vec((0..1_200_u64, 0..40_u64), 0..4), vec(yearly_range(), 0..2));
    let seasons = (vec((0..1_200_u64, 0..90_u64, week()), 0..5), vec((yearly_range(), week()), 0..3));
    (0..ZONES.len(), year, hours(), single, (yearly, any::<bool>()), special, ranges, seasons).prop_map(
        |(zone, year, hours, single, (yearly, leap_day), special, (dated_ranges, yearly_ranges), (dated, in_years))| {
            let (zone, unusual) = ZONES[zone];
            let year = year.unwrap_or(unusual - 1);
            let named = |date: HolidayDate| Holiday { name: "closed".to_owned(), date };
            let single: BTreeSet<_> = single.into_iter().map(|day| date(year, day)).collect();
            let mut yearly: BTreeSet<_> = yearly.into_iter().collect();
            if leap_day {
                yearly.insert((2, 29));
            }
            let special: BTreeMap<_, _> =
                special.into_iter().map(|(day, windows)| (date(year, day), windows)).collect();
            let holidays = single.into_iter().map(CalendarDate::On);
            let holidays = holidays.chain(yearly.into_iter().map(|(month, day)| CalendarDate::Yearly { month, day }));
            let ranges = dated_ranges.into_iter().map(|range| dated_range(year, range)).chain(yearly_ranges);
            let holidays = holidays.map(HolidayDate::Day).chain(ranges.map(HolidayDate::Range));
            let special =
                special.into_iter().map(|(date, windows)| SpecialDay { date, name: "special".into(), windows });
            let mut rules = CalendarRules {
                time_zone: zone.to_owned(),
                hours,
                seasons: Vec::new(),
                holidays: holidays.map(named).collect(),
                special_days: special.collect(),
                holidays_known_until: None,
            };
            let dated = dated.into_iter().map(|(first, days, week)| (dated_range(year, (first, days)), week));
            for (number, (dates, week)) in dated.chain(in_years).enumerate() {
                rules.seasons.push(Season { name: format!("season {number}"), dates, week });
                // Seasons that overlap are refused; the first of them stays.
                if Calendar::compile(&rules, &ZoneDatabase::embedded())
                    .is_err_and(|error| error.code() == ErrorCode::OverlappingSeasons)
                {
                    rules.seasons.pop();
                }
            }
            Subject { year, rules }
        },
    )
}

/// A place on the time line: a share of the range, or near an edge of an open interval.
#[derive(Debug, Clone, Copy)]
enum Place {
    Anywhere(u64),
    NearEdge { index: usize, close: bool, shift: i64 },
}

fn place() -> impl Strategy<Value = Place> {
    let shift = prop_oneof![3 => Just(0), 1 => Just(-1), 1 => Just(1), 1 => -7_200_000_000..7_200_000_000_i64];
    let near = (any::<usize>(), any::<bool>(), shift);
    prop_oneof![
        any::<u64>().prop_map(Place::Anywhere),
        near.prop_map(|(index, close, shift)| Place::NearEdge { index, close, shift }),
    ]
}

fn resolve(place: Place, oracle: &Oracle) -> i64 {
    let (from, to) = oracle.range();
    let at = match place {
        Place::Anywhere(share) => from + i64::try_from(share % u64::try_from(to - from).unwrap()).unwrap(),
        Place::NearEdge { index, close, shift } => {
            let interval = oracle.intervals()[index % oracle.intervals().len()];
            (if close { interval.1 } else { interval.0 }) + shift
        }
    };
    at.clamp(from, to - 1)
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn lasting(micros: i64) -> BusinessDuration {
    BusinessDuration::from_micros(micros).unwrap()
}

fn micros(answer: Result<Timestamp, Error>) -> Option<i64> {
    answer.ok().map(Timestamp::as_micros)
}

/// Compares with the oracle unless its range ends before the answer.
fn same(what: &str, ours: Option<i64>, slow: Option<i64>) -> Result<(), TestCaseError> {
    if slow.is_some() {
        prop_assert_eq!(ours, slow, "{}", what);
    }
    Ok(())
}

fn check_against_the_oracle(calendar: &Calendar, slow: &Oracle, a: i64, b: i64, d: i64) -> Result<(), TestCaseError> {
    prop_assert_eq!(calendar.elapsed(at(a), at(b)).unwrap().as_micros(), slow.elapsed(a, b), "elapsed {} {}", a, b);
    prop_assert_eq!(calendar.is_open(at(a)).unwrap(), slow.is_open(a), "is_open {}", a);
    same("add", micros(calendar.add(at(a), lasting(d))), slow.add(a, d))?;
    same("subtract", micros(calendar.subtract(at(b), lasting(d))), slow.subtract(b, d))?;
    same("next_open", micros(calendar.next_open(at(a))), slow.next_open(a))?;
    // The oracle's last interval is cut at its range; the engine's is not.
    let close = slow.next_close(a).filter(|close| *close < slow.range().1);
    same("next_close", micros(calendar.next_close(at(a))), close)?;
    let to = b.min(a + 20 * DAY);
    let windows = calendar.windows(at(a), at(to)).unwrap();
    let windows: Vec<_> = windows.iter().map(|open| (open.opens_at.as_micros(), open.closes_at.as_micros())).collect();
    prop_assert_eq!(windows, slow.windows(a, to), "windows {} {}", a, to);
    Ok(())
}

fn check_the_laws(calendar: &Calendar, a: i64, b: i64, c: i64, d: i64) -> Result<(), TestCaseError> {
    let elapsed = |from: i64, to: i64| calendar.elapsed(at(from), at(to)).unwrap().as_micros();
    let add = |from: i64, d: i64| micros(calendar.add(at(from), lasting(d)));
    let subtract = |from: i64, d: i64| micros(calendar.subtract(at(from), lasting(d)));
    prop_assert_eq!(elapsed(a, b) + elapsed(b, c), elapsed(a, c), "elapsed is additive");
    prop_assert_eq!(add(a, 0), Some(a), "adding nothing stays");
    prop_assert_eq!(subtract(a, 0), Some(a), "subtracting nothing stays");
    prop_assert_eq!(calendar.due(at(a), lasting(d)).unwrap().at().map(Timestamp::as_micros), add(a, d), "due is add");
    if let Some(due) = add(a, d) {
        prop_assert_eq!(elapsed(a, due), d, "elapsed(s, add(s, d)) = d");
        prop_assert!(due == a || elapsed(a, due - 1) < d, "add is the earliest");
        prop_assert!(add(b, d).is_none_or(|later| due <= later), "add is monotone in the start");
        prop_assert!(add(a, d + 1).is_none_or(|later| due < later), "add is monotone in the duration");
        let (first, rest) = (d / 3, d - d / 3);
        prop_assert_eq!(add(add(a, first).unwrap(), rest), Some(due), "add(add(s, a), b) = add(s, a + b)");
    }
    if let Some(start) = subtract(b, d) {
        prop_assert_eq!(elapsed(start, b), d, "elapsed(subtract(e, d), e) = d");
        prop_assert!(start == b || elapsed(start + 1, b) < d, "subtract is the latest");
    }
    prop_assert_eq!(elapsed(a, b) == 0, micros(calendar.next_open(at(a))).is_none_or(|open| open >= b), "next_open");
    if a < b {
        let error = calendar.elapsed(at(b), at(a)).unwrap_err();
        prop_assert_eq!(error.code().as_str(), "end_before_start");
    }
    Ok(())
}

#[test]
fn every_law_holds_and_every_answer_is_the_oracles() {
    let zones = ZoneDatabase::embedded();
    let asked = Cell::new(0_usize);
    let question = (place(), place(), place(), 0..40 * DAY, any::<bool>());
    run(total_calendars(), &(subject(), vec(question, PER_CALENDAR)), |(subject, questions)| {
        let Some(calendar) = compiled(&subject.rules, &zones) else { return Ok(()) };
        let slow = Oracle::new(&subject.rules, date(subject.year, 0), date(subject.year + YEARS, 0));
        if slow.intervals().is_empty() {
            return Ok(());
        }
        for (a, b, c, any_duration, to_an_edge) in questions {
            let mut order = [a, b, c].map(|place| resolve(place, &slow));
            order.sort_unstable();
            let [a, b, c] = order;
            let d = if to_an_edge { slow.elapsed(a, b) } else { any_duration };
            check_against_the_oracle(&calendar, &slow, a, b, d)?;
            check_the_laws(&calendar, a, b, c, d)?;
            asked.set(asked.get() + 1);
        }
        Ok(())
    });
    println!("{} questions", asked.get());
    // A yearly range of holidays may close every date.
    assert!(asked.get() >= questions() / 100 * 99);
}

/// Compiles the rules; `None` where yearly holidays leave no opening.
fn compiled(rules: &CalendarRules, zones: &ZoneDatabase) -> Option<Calendar> {
    match Calendar::compile(rules, zones) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::CalendarNeverOpens, "{error}");
            None
        }
    }
}

#[test]
fn a_calendar_of_others_is_open_whenever_one_of_them_is() {
    let zones = ZoneDatabase::embedded();
    let question = (place(), place(), place(), 0..40 * DAY);
    let members = (subject(), vec(subject(), 1..4), any::<[bool; 8]>());
    run(total_calendars() / 10, &(members, vec(question, PER_CALENDAR)), |((first, others, around), questions)| {
        let year = first.year;
        let mut members: Vec<CalendarRules> =
            std::iter::once(first).chain(others).map(|subject| subject.rules).collect();
        if around == [true; 8] {
            members.push(CalendarRules::new("UTC", Hours::AlwaysOpen));
        }
        let compiled: Option<Vec<Calendar>> = members.iter().map(|rules| compiled(rules, &zones)).collect();
        let Some(compiled) = compiled else { return Ok(()) };
        let compiled = compiled.into_iter().enumerate();
        let of_ids = compiled.map(|(number, member)| (Id::new(format!("member {number}")).unwrap(), Arc::new(member)));
        let calendar = Calendar::any_of("Asia/Jakarta", of_ids, &zones).unwrap();
        let slow = Oracle::any_of(&members, date(year, 0), date(year + YEARS, 0));
        if slow.intervals().is_empty() {
            return Ok(());
        }
        for (a, b, c, d) in questions {
            let mut order = [a, b, c].map(|place| resolve(place, &slow));
            order.sort_unstable();
            let [a, b, c] = order;
            check_against_the_oracle(&calendar, &slow, a, b, d)?;
            check_the_laws(&calendar, a, b, c, d)?;
        }
        Ok(())
    });
}

/// Near the edges of pages, or anywhere within the horizon.
fn anywhere() -> impl Strategy<Value = i64> {
    let edge = (0..207_i64, -2 * DAY..2 * DAY).prop_map(|(page, beside)| (page << 45) + beside);
    let near = prop_oneof![edge, (0..207_i64, -1..=1_i64).prop_map(|(page, beside)| (page << 45) + beside)];
    prop_oneof![near, HORIZON_US].prop_map(|at| at.clamp(HORIZON_US.start, HORIZON_US.end - 1))
}

/// Nothing, the list of pages alone, one page, some pages.
const TABLE_LIMITS: &[usize] = &[0, 3_296, 12_000, 60_000];

#[test]
fn tables_of_any_limit_give_the_same_answers() {
    let zones = ZoneDatabase::embedded();
    let length = prop_oneof![0..3 * DAY, 0..1_200 * DAY, 0..1_i64 << 53];
    let question = (anywhere(), anywhere(), length, any::<bool>());
    let subjects = vec(subject(), 1..3);
    let cases = (subjects, 0..TABLE_LIMITS.len(), vec(question, 12));
    run(total_calendars() / 20, &cases, |(subjects, limit, questions)| {
        let compiled: Option<Vec<Calendar>> = subjects.iter().map(|subject| compiled(&subject.rules, &zones)).collect();
        let Some(mut members) = compiled else { return Ok(()) };
        let full = if members.len() == 1 {
            members.remove(0)
        } else {
            let members = members.into_iter().enumerate();
            let of_ids = members.map(|(number, member)| (Id::new(format!("{number}")).unwrap(), Arc::new(member)));
            Calendar::any_of("UTC", of_ids, &zones).unwrap()
        };
        let limited = full.with_table_limit(TABLE_LIMITS[limit]);
        for (a, b, d, is_near) in questions {
            let b = if is_near { (a + b % (3 * DAY)).min(HORIZON_US.end - 1) } else { b };
            let (a, b) = (a.min(b), a.max(b));
            let all = |calendar: &Calendar| {
                let elapsed = calendar.elapsed(at(a), at(b)).unwrap();
                let instants = [
                    calendar.add(at(a), lasting(d)),
                    calendar.add(at(a), elapsed),
                    calendar.subtract(at(b), lasting(d)),
                    calendar.subtract(at(b), elapsed),
                    calendar.next_open(at(a)),
                    calendar.next_close(at(a)),
                ];
                (elapsed, instants.map(micros), calendar.is_open(at(b)).unwrap())
            };
            prop_assert_eq!(all(&limited), all(&full), "{} {} {}", a, b, d);
        }
        prop_assert!(limited.table_bytes() <= limited.table_limit(), "{} bytes", limited.table_bytes());
        Ok(())
    });
}

/// Moves every close that crosses midnight to midnight.
fn within_days(mut rules: CalendarRules) -> CalendarRules {
    let within = |windows: &mut Vec<Window>| {
        for window in windows {
            if window.close_s() <= window.open_s() {
                *window = Window::new(window.open_s(), 86_400).unwrap();
            }
        }
    };
    match &mut rules.hours {
        Hours::Weekly(week) => week.days.iter_mut().for_each(within),
        Hours::Rotation(rotation) => rotation.weeks.iter_mut().flat_map(|week| &mut week.days).for_each(within),
        Hours::AlwaysOpen | Hours::AnyOf(_) => {}
    }
    rules.seasons.iter_mut().flat_map(|season| &mut season.week.days).for_each(within);
    rules.special_days.iter_mut().for_each(|day| within(&mut day.windows));
    rules
}

fn day_time() -> impl Strategy<Value = DayTime> {
    prop_oneof![Just(DayTime::Close), Just(DayTime::SameTime), local_time().prop_map(DayTime::At)]
}

fn local_time() -> impl Strategy<Value = LocalTime> {
    (0..=1_440_u32).prop_map(|minute| LocalTime::parse(&format!("{:02}:{:02}", minute / 60, minute % 60)).unwrap())
}

#[test]
fn business_days_are_those_that_a_step_through_the_dates_finds() {
    let zones = ZoneDatabase::embedded();
    let days = prop_oneof![3 => 0..4_u32, 1 => 0..60_u32];
    let question = (place(), days, day_time(), prop_oneof![1 => Just(None), 1 => local_time().prop_map(Some)]);
    let asked = Cell::new(0_usize);
    run(
        total_calendars() / 10,
        &(subject(), any::<[bool; 5]>(), vec(question, PER_CALENDAR)),
        |(subject, around, questions)| {
            let mut rules = within_days(subject.rules);
            if around == [true; 5] {
                rules = CalendarRules::new(rules.time_zone, Hours::AlwaysOpen);
            }
            let Some(calendar) = compiled(&rules, &zones) else { return Ok(()) };
            let slow = Oracle::new(&rules, date(subject.year, 0), date(subject.year + YEARS, 0));
            if slow.intervals().is_empty() {
                return Ok(());
            }
            prop_assert!(calendar.has_business_days());
            for (from, days, by, cut_off) in questions {
                let from = resolve(from, &slow);
                let answer = calendar.business_days(at(from), days, by, cut_off);
                if days == 0 && by == DayTime::SameTime {
                    prop_assert_eq!(answer.unwrap_err().code(), ErrorCode::ConflictingFields);
                    continue;
                }
                if let Some(promised) = promised_at(&rules, &slow, from, days, by, cut_off) {
                    let expected = slow.elapsed(from, promised);
                    prop_assert_eq!(answer.unwrap().as_micros(), expected, "{} days by {} from {}", days, by, from);
                    asked.set(asked.get() + 1);
                }
            }
            Ok(())
        },
    );
    assert!(asked.get() >= questions() / 20, "only {} questions", asked.get());
}

#[test]
fn an_always_open_calendar_is_plain_addition_up_to_the_horizon() {
    let rules = CalendarRules::new("America/New_York", Hours::AlwaysOpen);
    let calendar = Calendar::compile(&rules, &ZoneDatabase::embedded()).unwrap();
    let strategy = (0..HORIZON_END, 0..HORIZON_END);
    run(u32::try_from(questions()).unwrap(), &strategy, |(start, d)| {
        let due = calendar.add(at(start), lasting(d)).map(Timestamp::as_micros);
        match due {
            Ok(due) => prop_assert_eq!(due, start + d),
            Err(error) => {
                prop_assert!(start + d >= HORIZON_END, "{} + {} fits", start, d);
                prop_assert_eq!(error.code().as_str(), "out_of_horizon");
            }
        }
        let (a, b) = (start.min(d), start.max(d));
        prop_assert_eq!(calendar.elapsed(at(a), at(b)).unwrap().as_micros(), b - a);
        prop_assert_eq!(micros(calendar.subtract(at(b), lasting(a))), Some(b - a));
        Ok(())
    });
}
