//! Business calendars: when support time counts.
//!
//! [`CalendarRules`] say it in local wall time; [`Calendar::compile`] turns them into tables. Adding, subtracting and
//! measuring open time then costs the same whatever its length within a year or so, and one step more for each further
//! year; [`Calendar::windows`] and [`Calendar::closed`] take time in proportion to the days asked about. All instants are
//! UTC; windows and dates are local to the calendar's zone.
//!
//! ```
//! use sla_core::calendar::{Calendar, CalendarRules, Hours, Week, Window, ZoneDatabase};
//! use sla_core::time::{BusinessDuration, Timestamp};
//!
//! let mut week = Week::default();
//! for day in &mut week.days[..5] {
//!     day.push(Window::parse("09:00-17:00")?);
//! }
//! let rules = CalendarRules::new("Asia/Jakarta", Hours::Weekly(week));
//! let office = Calendar::compile(&rules, &ZoneDatabase::embedded())?;
//!
//! // Friday 16:30 in Jakarta; one business hour later it is Monday 09:30.
//! let due = office.add(Timestamp::parse("2026-03-06T16:30:00+07:00")?, BusinessDuration::parse("1h")?)?;
//! assert_eq!(due, Timestamp::parse("2026-03-09T09:30:00+07:00")?);
//! # Ok::<(), sla_core::Error>(())
//! ```

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: instants that are computed with lie in the horizon, below 2^53 microseconds; a date that chrono \
              holds is below 2^44 seconds and 2^63 microseconds from 1970"
)]

mod business_day;
mod closure;
mod date;
mod due;
mod fault;
mod holiday;
mod hours;
mod openings;
mod rules;
mod schedule;
mod season;
mod table;
mod tzif;
mod week;
mod zone;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use self::business_day::check_business_days;
pub use self::business_day::{DayTime, LocalTime, MAX_BUSINESS_DAYS};
pub use self::closure::{ClosedReason, ClosedTime};
pub(crate) use self::date::parse_date;
pub use self::date::{CalendarDate, DateRange};
pub(crate) use self::due::Beyond;
pub use self::due::Due;
pub(crate) use self::fault::CalendarFault;
pub(crate) use self::holiday::check_dates;
pub use self::holiday::{Holiday, HolidayDate, MAX_DATES, SpecialDay};
pub use self::hours::{Hours, MAX_WEEKS, Rotation};
pub(crate) use self::hours::{check_start, check_weeks};
use self::openings::Openings;
pub(crate) use self::rules::check_members;
pub use self::rules::{CalendarRules, MAX_MEMBERS};
use self::schedule::{Schedule, day_number};
pub use self::season::{MAX_SEASONS, Season};
pub(crate) use self::season::{check_seasons, overlaps};
pub use self::table::MAX_TABLE_BYTES;
pub(crate) use self::table::TableBudget;
use self::table::{HORIZON_END_US, HORIZON_START_US, Table};
pub use self::tzif::{MAX_TRANSITIONS, MAX_TZIF_BYTES};
pub(crate) use self::week::check_windows;
pub use self::week::{MAX_WINDOWS_A_DAY, Week, Window};
pub(crate) use self::zone::ZoneCache;
pub use self::zone::{ZoneDatabase, ZoneName, ZoneTable};
use crate::error::Error;
use crate::id::Id;
use crate::time::{BusinessDuration, MICROS_PER_SECOND, SECONDS_PER_DAY, Timestamp};

/// The instants for which calendars answer, in microseconds since 1970-01-01T00:00:00Z: until 2200-01-01T00:00:00Z.
pub const HORIZON_US: Range<i64> = HORIZON_START_US..HORIZON_END_US;

/// An open interval `[opens_at, closes_at)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenWindow {
    /// The first open instant.
    pub opens_at: Timestamp,
    /// The first closed instant after it.
    pub closes_at: Timestamp,
}

/// A compiled calendar.
///
/// Answers from 1970-01-01T00:00Z (inclusive) to 2200-01-01T00:00Z (exclusive); a question or an answer outside is
/// the error `out_of_horizon`. Tables are built when a question first touches their years, so the first question
/// about a stretch of years costs more than the next ones. Safe to share between threads.
#[derive(Debug)]
pub struct Calendar {
    table: Table,
    rules: Arc<CalendarRules>,
    /// The calendars of which one must be open, in the order of their ids in the rules; empty for one with own hours.
    members: Box<[Arc<Self>]>,
    zone: Arc<ZoneTable>,
    /// A window that crosses midnight, if there is one.
    crossing: Option<Window>,
    /// The first instant after the last date whose holidays are known.
    provisional_from_us: i64,
}

impl Calendar {
    /// Compiles `rules` with the zone rules of `zones`.
    ///
    /// ```
    /// use sla_core::ErrorCode;
    /// use sla_core::calendar::{Calendar, CalendarRules, Hours, Week, ZoneDatabase};
    /// let (zones, never) = (ZoneDatabase::embedded(), Hours::Weekly(Week::default()));
    /// let always = CalendarRules::new("Asia/Jakarta", Hours::AlwaysOpen);
    /// assert_eq!(Calendar::compile(&always, &zones)?.rules(), &always);
    /// let error = Calendar::compile(&CalendarRules::new("Asia/Jakarta", never), &zones).unwrap_err();
    /// assert_eq!(error.code(), ErrorCode::CalendarNeverOpens);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `unknown_time_zone` or `invalid_time_zone_data` when the zone cannot be had;
    /// - `calendar_never_opens` when no window recurs;
    /// - `limit_exceeded` above [`MAX_WINDOWS_A_DAY`], [`MAX_DATES`] or [`MAX_SEASONS`];
    /// - `invalid_date` for a date that no year has, or a range whose ends do not fit each other;
    /// - `out_of_range` for a rotation that starts on another day than a Monday, or has one week or more than [`MAX_WEEKS`];
    /// - `overlapping_seasons` when two dated seasons, or two yearly ones, share a date;
    /// - `conflicting_fields` for deviations from [`Hours::AlwaysOpen`];
    /// - `unknown_calendar` for [`Hours::AnyOf`]: [`Calendar::any_of`] takes the members.
    pub fn compile(rules: &CalendarRules, zones: &ZoneDatabase) -> Result<Self, Error> {
        let zone = Arc::new(zones.zone(&rules.time_zone)?);
        if matches!(rules.hours, Hours::AnyOf(_)) {
            return Err(CalendarFault::MembersNeeded.into());
        }
        rules.check()?;
        Ok(Self::in_zone(rules.clone(), zone)?.with_table_limit(MAX_TABLE_BYTES))
    }

    /// Returns a calendar that is open whenever one of `members` is, which stand under their ids.
    ///
    /// `time_zone` is the zone for display. The answers are provisional from the earliest end of the members' known
    /// holidays.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use sla_core::calendar::{Calendar, ZoneDatabase};
    /// use sla_core::time::Timestamp;
    /// use sla_core::{Id, wire};
    ///
    /// let office = |zone: &str| {
    ///     let days = r#"{"mon": ["09:00-17:00"], "tue": ["09:00-17:00"]}"#;
    ///     wire::policy::calendar::read(format!(r#"{{"time_zone": "{zone}", "weekly": {days}}}"#))
    /// };
    /// let members = [
    ///     (Id::new("jakarta")?, office("Asia/Jakarta")?),
    ///     (Id::new("berlin")?, office("Europe/Berlin")?),
    /// ];
    /// let desk = Calendar::any_of("UTC", members, &ZoneDatabase::embedded())?;
    /// // Jakarta is open from 02:00 to 10:00 UTC, Berlin from 08:00 to 16:00.
    /// let closes_at = desk.next_close(Timestamp::parse("2026-03-02T03:00:00Z")?)?;
    /// assert_eq!(closes_at, Timestamp::parse("2026-03-02T16:00:00Z")?);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `out_of_range` unless there are 2 to [`MAX_MEMBERS`] members;
    /// - `duplicate_entry` when an id is there twice;
    /// - `conflicting_fields` when a member is made of others itself;
    /// - `unknown_time_zone` or `invalid_time_zone_data` when the zone cannot be had.
    pub fn any_of<'a>(
        time_zone: impl Into<ZoneName<'a>>,
        members: impl IntoIterator<Item = (Id, Arc<Self>)>,
        zones: &ZoneDatabase,
    ) -> Result<Self, Error> {
        let (ids, members): (Vec<Id>, Vec<Arc<Self>>) = members.into_iter().unzip();
        check_members(ids.len())?;
        let mut known = BTreeSet::new();
        for (id, member) in ids.iter().zip(&members) {
            if !known.insert(id) {
                return Err(CalendarFault::MemberTwice { member: id.to_string() }.into());
            }
            if matches!(member.rules.hours, Hours::AnyOf(_)) {
                return Err(CalendarFault::NestedAnyOf { member: id.to_string() }.into());
            }
        }
        let rules = CalendarRules::new(time_zone, Hours::AnyOf(ids));
        let zone = Arc::new(zones.zone(&rules.time_zone)?);
        Ok(Self::of_members(rules, zone, members).with_table_limit(MAX_TABLE_BYTES))
    }

    /// Returns a calendar that is open whenever one of its members is; their ids stand in `rules`. It keeps no tables
    /// before [`Calendar::in_budget`] gives it a budget.
    pub(crate) fn of_members(rules: CalendarRules, zone: Arc<ZoneTable>, members: Vec<Arc<Self>>) -> Self {
        let provisional_from_us = members.iter().map(|member| member.provisional_from_us).min().unwrap_or(i64::MAX);
        let openings = Openings::of_members(members.iter().map(|member| member.table.openings()));
        let table = Table::new(openings, TableBudget::new(0));
        Self {
            table,
            rules: Arc::new(rules),
            members: members.into_boxed_slice(),
            zone,
            crossing: None,
            provisional_from_us,
        }
    }

    /// Returns the same calendar with tables of its own, which count in `budget`.
    pub(crate) fn in_budget(&self, budget: &Arc<TableBudget>, members: Box<[Arc<Self>]>) -> Self {
        Self {
            table: Table::new(self.table.openings().clone(), Arc::clone(budget)),
            rules: Arc::clone(&self.rules),
            members,
            zone: Arc::clone(&self.zone),
            crossing: self.crossing,
            provisional_from_us: self.provisional_from_us,
        }
    }

    /// Returns the same calendar with tables of its own, still empty, that hold at most `bytes` bytes.
    ///
    /// Without a limit of its own a calendar holds at most [`MAX_TABLE_BYTES`]. Beyond a limit it answers the same, from
    /// its rules, which takes time in proportion to the days between a question and its answer.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// # use sla_core::time::BusinessDuration;
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap();
    /// let without_tables = office.with_table_limit(0);
    /// let (friday, hour) = (at("2026-03-06T16:30:00Z"), BusinessDuration::parse("1h")?);
    /// assert_eq!(without_tables.add(friday, hour)?, office.add(friday, hour)?);
    /// assert_eq!((without_tables.table_limit(), without_tables.table_bytes()), (0, 0));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_table_limit(&self, bytes: usize) -> Self {
        self.in_budget(&TableBudget::new(bytes), self.members.clone())
    }

    /// Compiles rules that hold the limits, whose dates exist and whose time zone is read already. The calendar keeps no
    /// tables before [`Calendar::in_budget`] gives it a budget.
    pub(crate) fn in_zone(rules: CalendarRules, zone: Arc<ZoneTable>) -> Result<Self, CalendarFault> {
        let provisional_from_us = match rules.holidays_known_until {
            Some(date) => {
                let day_after_s = (day_number(date) + 1) * SECONDS_PER_DAY;
                zone.cursor().opening_s(day_after_s) * MICROS_PER_SECOND
            }
            None => i64::MAX,
        };
        let is_always = rules.hours.weeks().is_empty();
        let openings = if is_always {
            Openings::always()
        } else {
            let schedule = Schedule::new(Arc::clone(&zone), &rules);
            if !schedule.has_recurring_opening() {
                return Err(CalendarFault::NeverOpens);
            }
            Openings::of_own(schedule)
        };
        let crossing = rules.windows().find(|window| window.close_s() <= window.open_s()).copied();
        Ok(Self {
            table: Table::new(openings, TableBudget::new(0)),
            rules: Arc::new(rules),
            members: Box::default(),
            zone,
            crossing: crossing.filter(|_| !is_always),
            provisional_from_us: if is_always { i64::MAX } else { provisional_from_us },
        })
    }

    /// Returns the earliest instant `t >= start` with `elapsed(start, t) = length`.
    ///
    /// A length of zero gives `start`, also when closed. A length that ends exactly at a closing is due at that
    /// closing, not at the next opening.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// # use sla_core::time::BusinessDuration;
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap(); // Monday to Friday 09:00 to 17:00 UTC
    /// let friday = at("2026-03-06T16:30:00Z");
    /// assert_eq!(office.add(friday, BusinessDuration::parse("1h")?)?, at("2026-03-09T09:30:00Z"));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when `start` or the answer lies outside the horizon.
    #[inline]
    pub fn add(&self, start: Timestamp, length: BusinessDuration) -> Result<Timestamp, Error> {
        match self.table.add_fast(start.as_micros(), length.as_micros()) {
            Some(at_us) => Ok(Timestamp::from_micros(at_us)),
            None => self.add_slow(start, length),
        }
    }

    /// As [`Calendar::add`], where a look at the tables says it.
    #[inline]
    pub(crate) fn quick_add(&self, start: Timestamp, length: BusinessDuration) -> Option<Timestamp> {
        let answer = match self.table.add_fast(start.as_micros(), length.as_micros()) {
            None if self.is_always_open() => {
                in_horizon(start).and_then(|start_us| within(start_us.checked_add(length.as_micros())))
            }
            answer => answer,
        };
        answer.map(Timestamp::from_micros)
    }

    /// Returns the latest instant `t <= end` with `elapsed(t, end) = length`; a length of zero gives `end`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// # use sla_core::time::BusinessDuration;
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap(); // Monday to Friday 09:00 to 17:00 UTC
    /// let monday = at("2026-03-09T09:30:00Z");
    /// assert_eq!(office.subtract(monday, BusinessDuration::parse("1h")?)?, at("2026-03-06T16:30:00Z"));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when `end` or the answer lies outside the horizon.
    #[inline]
    pub fn subtract(&self, end: Timestamp, length: BusinessDuration) -> Result<Timestamp, Error> {
        match self.table.subtract_fast(end.as_micros(), length.as_micros()) {
            Some(at_us) => Ok(Timestamp::from_micros(at_us)),
            None => self.subtract_slow(end, length),
        }
    }

    /// Returns the open time in `[from, to)`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// # use sla_core::time::BusinessDuration;
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap(); // Monday to Friday 09:00 to 17:00 UTC
    /// let night = office.elapsed(at("2026-03-02T16:00:00Z"), at("2026-03-03T10:00:00Z"))?;
    /// assert_eq!(night, BusinessDuration::parse("2h")?);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `end_before_start` when `to < from`; `out_of_horizon` when either lies outside the horizon.
    #[inline]
    pub fn elapsed(&self, from: Timestamp, to: Timestamp) -> Result<BusinessDuration, Error> {
        check_order(from, to)?;
        match self.table.elapsed_fast(from.as_micros(), to.as_micros()) {
            Some(length_us) => BusinessDuration::from_micros(length_us),
            None => self.elapsed_slow(from, to).and_then(BusinessDuration::from_micros),
        }
    }

    /// Returns the open time in `[from_us, to_us)`, which lies in the horizon and is in order, in microseconds.
    #[inline]
    pub(crate) fn open_us(&self, from_us: i64, to_us: i64) -> Result<i64, Error> {
        match self.table.elapsed_fast(from_us, to_us) {
            Some(length_us) => Ok(length_us),
            None => self.elapsed_slow(Timestamp::from_micros(from_us), Timestamp::from_micros(to_us)),
        }
    }

    /// Returns whether `at` is open: the opening instant is, the closing instant is not.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// # use sla_core::time::BusinessDuration;
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap(); // Monday to Friday 09:00 to 17:00 UTC
    /// assert!(office.is_open(at("2026-03-02T09:00:00Z"))?);
    /// assert!(!office.is_open(at("2026-03-02T17:00:00Z"))?);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when `at` lies outside the horizon.
    #[inline]
    pub fn is_open(&self, at: Timestamp) -> Result<bool, Error> {
        match self.table.is_open_fast(at.as_micros()) {
            Some(open) => Ok(open),
            None => self.is_open_slow(at),
        }
    }

    /// Returns `at` itself when open, otherwise the next opening.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// # use sla_core::time::BusinessDuration;
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap(); // Monday to Friday 09:00 to 17:00 UTC
    /// assert_eq!(office.next_open(at("2026-03-07T12:00:00Z"))?, at("2026-03-09T09:00:00Z"));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when `at` lies outside the horizon or nothing opens after it.
    #[inline]
    pub fn next_open(&self, at: Timestamp) -> Result<Timestamp, Error> {
        match self.table.next_open_fast(at.as_micros()) {
            Some(at_us) => Ok(Timestamp::from_micros(at_us)),
            None => self.next_open_slow(at),
        }
    }

    /// Returns the end of the merged open interval that holds `at`, or of the next one when closed.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// # use sla_core::time::BusinessDuration;
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap(); // Monday to Friday 09:00 to 17:00 UTC
    /// assert_eq!(office.next_close(at("2026-03-02T12:00:00Z"))?, at("2026-03-02T17:00:00Z"));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` when `at` lies outside the horizon or nothing closes within it (always open).
    #[inline]
    pub fn next_close(&self, at: Timestamp) -> Result<Timestamp, Error> {
        match self.table.next_close_fast(at.as_micros()) {
            Some(at_us) => Ok(Timestamp::from_micros(at_us)),
            None => self.next_close_slow(at),
        }
    }

    /// Returns the merged open intervals that touch `[from, to)`, cut to it, in ascending order.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// # use sla_core::time::BusinessDuration;
    /// let engine = engine();
    /// let office = engine.calendar("office").unwrap(); // Monday to Friday 09:00 to 17:00 UTC
    /// let windows = office.windows(at("2026-03-06T12:00:00Z"), at("2026-03-09T12:00:00Z"))?;
    /// assert_eq!(windows[0].closes_at, at("2026-03-06T17:00:00Z"));
    /// assert_eq!(windows[1].opens_at, at("2026-03-09T09:00:00Z"));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `end_before_start` when `to < from`; `out_of_horizon` when either lies outside the horizon.
    pub fn windows(&self, from: Timestamp, to: Timestamp) -> Result<Vec<OpenWindow>, Error> {
        check_order(from, to)?;
        let cut = in_horizon(from).and_then(|from_us| Some((from_us, in_horizon(to)?)));
        let (from_us, to_us) = cut.ok_or_else(|| out_of_horizon("windows", to))?;
        let mut windows = Vec::new();
        let mut push = |opens_us: i64, closes_us: i64| {
            let (opens_us, closes_us) = (opens_us.max(from_us), closes_us.min(to_us));
            if opens_us < closes_us {
                windows.push(OpenWindow {
                    opens_at: Timestamp::from_micros(opens_us),
                    closes_at: Timestamp::from_micros(closes_us),
                });
            }
        };
        if self.is_always_open() {
            push(from_us, to_us);
        } else {
            let (from_s, end_s) = (from_us.div_euclid(MICROS_PER_SECOND), to_us.div_euclid(MICROS_PER_SECOND) + 1);
            self.table.openings().for_each_interval(from_s, end_s, |opens_s, closes_s| {
                push(opens_s * MICROS_PER_SECOND, closes_s * MICROS_PER_SECOND);
            });
        }
        Ok(windows)
    }

    /// Returns whether an answer that reads calendar time up to `until` (exclusive) is provisional: whether it reads
    /// beyond the end of the local date up to which the holidays are known.
    #[must_use]
    pub fn is_provisional(&self, until: Timestamp) -> bool {
        until.as_micros() > self.provisional_from_us
    }

    /// Returns whether it is open around the clock.
    fn is_always_open(&self) -> bool {
        self.table.openings().is_always()
    }

    // What is not answered by a kept page and straight code. Each has the arguments and the answer of its question, so
    // that the question ends in a jump.

    #[cold]
    #[inline(never)]
    fn add_slow(&self, start: Timestamp, length: BusinessDuration) -> Result<Timestamp, Error> {
        let answer = if self.is_always_open() {
            in_horizon(start).and_then(|start_us| within(start_us.checked_add(length.as_micros())))
        } else {
            self.table.add(start.as_micros(), length.as_micros())
        };
        answer.map(Timestamp::from_micros).ok_or_else(|| out_of_horizon("add", start))
    }

    #[cold]
    #[inline(never)]
    fn subtract_slow(&self, end: Timestamp, length: BusinessDuration) -> Result<Timestamp, Error> {
        let answer = if self.is_always_open() {
            in_horizon(end).and_then(|end_us| within(end_us.checked_sub(length.as_micros())))
        } else {
            self.table.subtract(end.as_micros(), length.as_micros())
        };
        answer.map(Timestamp::from_micros).ok_or_else(|| out_of_horizon("subtract", end))
    }

    #[cold]
    #[inline(never)]
    fn elapsed_slow(&self, from: Timestamp, to: Timestamp) -> Result<i64, Error> {
        let answer = if self.is_always_open() {
            in_horizon(from).and_then(|from_us| Some(in_horizon(to)? - from_us))
        } else {
            self.table.elapsed(from.as_micros(), to.as_micros())
        };
        answer.ok_or_else(|| out_of_horizon("elapsed", to))
    }

    #[cold]
    #[inline(never)]
    fn is_open_slow(&self, at: Timestamp) -> Result<bool, Error> {
        let answer =
            if self.is_always_open() { in_horizon(at).map(|_| true) } else { self.table.is_open(at.as_micros()) };
        answer.ok_or_else(|| out_of_horizon("is_open", at))
    }

    #[cold]
    #[inline(never)]
    fn next_open_slow(&self, at: Timestamp) -> Result<Timestamp, Error> {
        let answer = if self.is_always_open() { in_horizon(at) } else { self.table.next_open(at.as_micros()) };
        answer.map(Timestamp::from_micros).ok_or_else(|| out_of_horizon("next_open", at))
    }

    #[cold]
    #[inline(never)]
    fn next_close_slow(&self, at: Timestamp) -> Result<Timestamp, Error> {
        let answer = if self.is_always_open() { None } else { self.table.next_close(at.as_micros()) };
        answer.map(Timestamp::from_micros).ok_or_else(|| out_of_horizon("next_close", at))
    }

    /// Returns the rules it was compiled from.
    #[must_use]
    pub fn rules(&self) -> &CalendarRules {
        &self.rules
    }

    /// Returns the calendars of which one must be open, in the order of [`Hours::AnyOf`]; none for one with own hours.
    #[must_use]
    pub fn members(&self) -> &[Arc<Self>] {
        &self.members
    }

    /// Returns the seasons without which every date would have the same windows, as their numbers in the rules.
    pub(crate) fn seasons_without_effect(&self) -> Vec<usize> {
        let schedule = if self.rules.seasons.is_empty() { None } else { self.own_schedule() };
        schedule.map(Schedule::seasons_without_effect).unwrap_or_default()
    }

    pub(crate) fn zone(&self) -> &ZoneTable {
        &self.zone
    }

    /// Returns the bytes of its tables built so far.
    #[must_use]
    pub fn table_bytes(&self) -> usize {
        self.table.bytes()
    }

    /// Returns the bytes that its tables may hold; those of an engine's calendars hold so many together.
    #[must_use]
    pub fn table_limit(&self) -> usize {
        self.table.limit()
    }
}

/// Refuses an instant at which no calendar answers.
pub(crate) fn check_horizon(question: &'static str, at: Timestamp) -> Result<(), Error> {
    in_horizon(at).map(|_| ()).ok_or_else(|| out_of_horizon(question, at))
}

fn in_horizon(at: Timestamp) -> Option<i64> {
    within(Some(at.as_micros()))
}

fn within(at_us: Option<i64>) -> Option<i64> {
    at_us.filter(|at_us| HORIZON_US.contains(at_us))
}

fn check_order(from: Timestamp, to: Timestamp) -> Result<(), CalendarFault> {
    if to < from { Err(CalendarFault::EndBeforeStart { from, to }) } else { Ok(()) }
}

#[cold]
fn out_of_horizon(question: &'static str, at: Timestamp) -> Error {
    CalendarFault::OutOfHorizon { question, at }.into()
}
