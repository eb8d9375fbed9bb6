//! Calendars.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyDelta, PyTuple};
use sla_core::calendar::{
    Calendar as Compiled, CalendarDate, CalendarRules, DayTime, Holiday, HolidayDate, Hours, LocalTime,
};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Digest, Id, wire};

use crate::arrow::{Column, Input};
use crate::cache::Cache;
use crate::columns::{self, Instants, Lengths, OnFault, Two};
use crate::document::Json;
use crate::error::OrRaise;
use crate::instant::{Instant, Length, at_offset, delta, utc};
use crate::number::{Int, TableLimit};
use crate::threads::Threads;
use crate::zones::{Zones, database, hash_of, key};

/// How a pickle is read: a function and its arguments.
pub(crate) type Rebuilt<'py> = (Bound<'py, PyAny>, (String, Option<Py<Zones>>));

static CALENDARS: Cache<Arc<Compiled>> = Cache::new();

/// Opening hours and holidays: the time that counts.
///
///     >>> office = Calendar({"time_zone": "Asia/Jakarta", "weekly": {"mon": ["09:00-17:00"], "fri": ["09:00-17:00"]}})
///     >>> friday = datetime(2026, 3, 6, 16, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
///     >>> office.local(office.add(friday, timedelta(hours=1))).isoformat()
///     '2026-03-09T09:30:00+07:00'
///
/// Methods take aware datetimes of any time zone and return UTC; lengths are timedeltas of business time. Methods that end
/// in ``_us`` take and return integers, microseconds since 1970-01-01T00:00:00Z, and are faster. Methods that end in
/// ``_column`` take and return columns of Arrow data. Intervals are half-open, ``[start, end)``: open ``09:00-17:00``
/// means closed at 17:00:00. Business time that ends exactly at a closing ends then, not at the next opening.
///
/// Immutable and shared between threads. Pickled as its definition; a process compiles the same definition once.
///
/// Args:
///     definition: An object of ``calendars`` in a policy, as a dict or as JSON.
///     zones: Time-zone rules of the host; by default the embedded ones.
///
/// Raises:
///     PolicyError: With every problem in `related`.
///
/// Every question raises `HorizonError` outside 1970-01-01 to 2200-01-01.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Calendar {
    pub(crate) calendar: Arc<Compiled>,
    key: Digest,
    zones: Option<Py<Zones>>,
}

impl Calendar {
    /// Returns the class for a compiled calendar.
    pub(crate) fn of(calendar: &Arc<Compiled>, zones: Option<Py<Zones>>) -> Self {
        let mut definition = wire::policy::calendar::write(calendar.rules());
        for member in calendar.members() {
            definition.push_str(&wire::policy::calendar::write(member.rules()));
        }
        let key = key(definition.as_bytes(), zones.as_ref());
        Self { calendar: Arc::clone(calendar), key, zones }
    }

    fn of_rules(py: Python<'_>, rules: &CalendarRules, zones: Option<Py<Zones>>) -> PyResult<Self> {
        // Read again as a document, so that added holidays are checked as all others are.
        Self::read(py, wire::policy::calendar::write(rules).as_bytes(), zones)
    }

    fn read(py: Python<'_>, document: &[u8], zones: Option<Py<Zones>>) -> PyResult<Self> {
        let compile = || wire::policy::calendar::read_with(document, &database(zones.as_ref()));
        let calendar = CALENDARS.get(key(document, zones.as_ref()), compile).or_raise_policy(py)?;
        Ok(Self::of(&calendar, zones))
    }
}

#[pymethods]
impl Calendar {
    #[new]
    #[pyo3(signature = (definition, *, zones=None))]
    fn new(py: Python<'_>, definition: Json, zones: Option<Py<Zones>>) -> PyResult<Self> {
        Self::read(py, definition.as_ref(), zones)
    }

    /// Return a calendar that is open whenever one of others is.
    ///
    ///     >>> def office(zone):
    ///     ...     return Calendar({"time_zone": zone, "weekly": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"]}})
    ///     >>> members = {"jakarta": office("Asia/Jakarta"), "berlin": office("Europe/Berlin")}
    ///     >>> desk = Calendar.any_of(members, time_zone="UTC")
    ///     >>> desk.next_close(now).isoformat()
    ///     '2026-03-02T16:00:00+00:00'
    ///
    /// Args:
    ///     members: 2 to 64 calendars by id, none of them made of others itself.
    ///     time_zone: The zone for display.
    ///     zones: Time-zone rules of the host; by default the embedded ones.
    ///
    /// Raises:
    ///     InputError: `out_of_range`, `conflicting_fields`, `unknown_time_zone`.
    #[staticmethod]
    #[pyo3(signature = (members: "dict[str, Calendar]", *, time_zone, zones=None))]
    fn any_of(
        py: Python<'_>,
        members: BTreeMap<String, Py<Self>>,
        time_zone: &str,
        zones: Option<Py<Zones>>,
    ) -> PyResult<Self> {
        let member = |(id, member): (String, Py<Self>)| Ok((Id::new(id)?, Arc::clone(&member.get().calendar)));
        let members: Vec<_> = members.into_iter().map(member).collect::<Result<_, sla_core::Error>>().or_raise(py)?;
        let calendar = Compiled::any_of(time_zone, members, &database(zones.as_ref())).or_raise(py)?;
        Ok(Self::of(&Arc::new(calendar), zones))
    }

    /// Return the same calendar with tables of its own, still empty, that hold at most `limit` bytes.
    ///
    ///     >>> calendar.with_table_limit(0).is_open(now) == calendar.is_open(now)
    ///     True
    ///
    /// Without it they hold at most 64 MiB, those of an engine's calendars together. Beyond a limit the answers are the same,
    /// but take time in proportion to the days that they span. The limit is not pickled.
    ///
    /// Raises:
    ///     InputError: `out_of_range` for a negative number.
    fn with_table_limit(&self, py: Python<'_>, limit: TableLimit) -> Self {
        let calendar = Arc::new(self.calendar.with_table_limit(limit.0));
        Self { calendar, key: self.key, zones: self.zones.as_ref().map(|zones| zones.clone_ref(py)) }
    }

    /// How many bytes its tables may hold; those of an engine's calendars hold so many together.
    #[getter]
    fn table_limit(&self) -> usize {
        self.calendar.table_limit()
    }

    /// How many bytes its tables hold.
    #[getter]
    fn table_bytes(&self) -> usize {
        self.calendar.table_bytes()
    }

    /// Return the calendar as a document: JSON, in the order of the format.
    fn json(&self) -> String {
        wire::policy::calendar::write(self.calendar.rules())
    }

    /// The IANA name of its time zone.
    #[getter]
    fn time_zone(&self) -> &str {
        &self.calendar.rules().time_zone
    }

    /// Return the earliest instant at which `length` of business time has passed since `start`.
    ///
    /// A start outside opening hours counts from the next opening; ``add(start, timedelta(0))`` is `start`.
    ///
    ///     >>> calendar.add(now, timedelta(hours=8)).isoformat()
    ///     '2026-03-03T10:00:00+00:00'
    ///
    /// Raises:
    ///     InputError: `invalid_duration` for a negative length, `naive_datetime`.
    fn add<'py>(&self, py: Python<'py>, start: Instant, length: Length) -> PyResult<Bound<'py, PyDateTime>> {
        utc(py, self.calendar.add(start.0, length.0).or_raise(py)?)
    }

    /// Return `add` in microseconds.
    fn add_us(&self, py: Python<'_>, start_us: Int<i64>, length_us: Int<i64>) -> PyResult<i64> {
        let length = BusinessDuration::from_micros(length_us.0).or_raise(py)?;
        Ok(self.calendar.add(Timestamp::from_micros(start_us.0), length).or_raise(py)?.as_micros())
    }

    /// Return the latest instant from which `length` of business time passes until `end`.
    ///
    ///     >>> calendar.subtract(now, timedelta(hours=2)).isoformat()
    ///     '2026-02-27T16:00:00+00:00'
    ///
    /// Raises:
    ///     InputError: `invalid_duration` for a negative length, `naive_datetime`.
    fn subtract<'py>(&self, py: Python<'py>, end: Instant, length: Length) -> PyResult<Bound<'py, PyDateTime>> {
        utc(py, self.calendar.subtract(end.0, length.0).or_raise(py)?)
    }

    /// Return `subtract` in microseconds.
    fn subtract_us(&self, py: Python<'_>, end_us: Int<i64>, length_us: Int<i64>) -> PyResult<i64> {
        let length = BusinessDuration::from_micros(length_us.0).or_raise(py)?;
        Ok(self.calendar.subtract(Timestamp::from_micros(end_us.0), length).or_raise(py)?.as_micros())
    }

    /// Return the business time in ``[start, end)``.
    ///
    ///     >>> calendar.elapsed(now, now + timedelta(days=1))
    ///     datetime.timedelta(seconds=28800)
    ///
    /// Raises:
    ///     InputError: `end_before_start`, `naive_datetime`.
    fn elapsed<'py>(&self, py: Python<'py>, start: Instant, end: Instant) -> PyResult<Bound<'py, PyDelta>> {
        delta(py, self.calendar.elapsed(start.0, end.0).or_raise(py)?.as_micros())
    }

    /// Return `elapsed` in microseconds, between microseconds.
    fn elapsed_us(&self, py: Python<'_>, start_us: Int<i64>, end_us: Int<i64>) -> PyResult<i64> {
        let (start, end) = (Timestamp::from_micros(start_us.0), Timestamp::from_micros(end_us.0));
        Ok(self.calendar.elapsed(start, end).or_raise(py)?.as_micros())
    }

    /// Return the business time from `start` to the instant that business days promise.
    ///
    /// A business day is a date on which a window opens. `start` counts for its own date if that is a business day and it
    /// lies before the last close and before `cut_off`, otherwise for the next one.
    ///
    ///     >>> length = calendar.business_days(now, 1, "16:00")
    ///     >>> calendar.add(now, length).isoformat()
    ///     '2026-03-03T16:00:00+00:00'
    ///
    /// Args:
    ///     days: At most 366.
    ///     by: ``"close"``, ``"same_time"`` or a local time such as ``"16:00"``.
    ///     cut_off: A local time from which on a day counts as the next one.
    ///
    /// Raises:
    ///     InputError: `invalid_time`, `naive_datetime`; `out_of_range` for more days; `conflicting_fields` for a calendar
    ///         without business days, and for 0 days by ``"same_time"``.
    #[pyo3(signature = (start, days, by="close", *, cut_off=None))]
    fn business_days<'py>(
        &self,
        py: Python<'py>,
        start: Instant,
        days: Int<u32>,
        by: &str,
        cut_off: Option<&str>,
    ) -> PyResult<Bound<'py, PyDelta>> {
        let by = DayTime::parse(by).or_raise(py)?;
        let cut_off = cut_off.map(LocalTime::parse).transpose().or_raise(py)?;
        delta(py, self.calendar.business_days(start.0, days.0, by, cut_off).or_raise(py)?.as_micros())
    }

    /// Return whether the calendar is open at an instant.
    fn is_open(&self, py: Python<'_>, at: Instant) -> PyResult<bool> {
        self.calendar.is_open(at.0).or_raise(py)
    }

    /// Return the first open instant at or after `at`.
    fn next_open<'py>(&self, py: Python<'py>, at: Instant) -> PyResult<Bound<'py, PyDateTime>> {
        utc(py, self.calendar.next_open(at.0).or_raise(py)?)
    }

    /// Return `next_open` in microseconds.
    fn next_open_us(&self, py: Python<'_>, at_us: Int<i64>) -> PyResult<i64> {
        Ok(self.calendar.next_open(Timestamp::from_micros(at_us.0)).or_raise(py)?.as_micros())
    }

    /// Return the first closing after `at`.
    fn next_close<'py>(&self, py: Python<'py>, at: Instant) -> PyResult<Bound<'py, PyDateTime>> {
        utc(py, self.calendar.next_close(at.0).or_raise(py)?)
    }

    /// Return `next_close` in microseconds.
    fn next_close_us(&self, py: Python<'_>, at_us: Int<i64>) -> PyResult<i64> {
        Ok(self.calendar.next_close(Timestamp::from_micros(at_us.0)).or_raise(py)?.as_micros())
    }

    /// Return the open windows between two instants, cut at both, adjacent ones merged, oldest first.
    ///
    ///     >>> [(opens.hour, closes.hour) for opens, closes in calendar.windows(now, now + timedelta(days=1))]
    ///     [(10, 17), (9, 10)]
    ///
    /// Raises:
    ///     InputError: `end_before_start`, `naive_datetime`.
    #[pyo3(signature = (start, end) -> "tuple[tuple[datetime.datetime, datetime.datetime], ...]")]
    fn windows<'py>(&self, py: Python<'py>, start: Instant, end: Instant) -> PyResult<Bound<'py, PyTuple>> {
        let windows = py.detach(|| self.calendar.windows(start.0, end.0)).or_raise(py)?;
        let pair = |at: (Timestamp, Timestamp)| Ok::<_, PyErr>((utc(py, at.0)?, utc(py, at.1)?));
        let pairs: Vec<_> =
            windows.iter().map(|window| pair((window.opens_at, window.closes_at))).collect::<PyResult<_>>()?;
        PyTuple::new(py, pairs)
    }

    /// Return an instant in the local time of the calendar, at the offset of its time-zone rules.
    fn local<'py>(&self, py: Python<'py>, at: Instant) -> PyResult<Bound<'py, PyDateTime>> {
        at_offset(py, at.0, self.calendar.local(at.0).offset().local_minus_utc())
    }

    /// Return whether the holidays up to an instant may be incomplete (``holidays_known_until``).
    fn is_provisional(&self, until: Instant) -> bool {
        self.calendar.is_provisional(until.0)
    }

    /// Return the calendar with the public holidays of a country, by the package ``holidays`` (extra ``holidays``).
    ///
    /// A date that the calendar lists already is left unchanged. The holidays count as known until the end of the last of
    /// the years that follow each other without a gap.
    ///
    /// Args:
    ///     country: Its ISO 3166 code, for example ``ID``.
    ///     years: One year or several.
    ///     subdivision: A state or province, as ``holidays`` names it.
    ///     language: The language of the names, for example ``en_US``; by default that of the country.
    ///
    /// Raises:
    ///     InputError: `unknown_country`, `unknown_language`; `out_of_range` for years without holidays.
    ///     ModuleNotFoundError: The extra is not installed.
    #[pyo3(signature = (country: "str", years: "int | typing.Iterable[int]", *, subdivision=None, language=None))]
    fn with_holidays(
        &self,
        py: Python<'_>,
        country: Bound<'_, PyAny>,
        years: Bound<'_, PyAny>,
        subdivision: Option<&str>,
        language: Option<&str>,
    ) -> PyResult<Self> {
        let find = py.import("sla_engine._holidays")?.getattr("of_country")?;
        self.closed_on(py, find.call1((country, years, subdivision, language))?)
    }

    /// Return the calendar with the all-day events of an iCalendar file as holidays (extra ``icalendar``).
    ///
    /// Repeating events are added for each of the years. A date that the calendar lists already is left unchanged.
    ///
    /// Args:
    ///     text: The content of the file.
    ///     years: One year or several.
    ///
    /// Raises:
    ///     InputError: `invalid_icalendar`, `timed_event` for an event that is not of whole days.
    ///     ModuleNotFoundError: The extra is not installed.
    #[pyo3(signature = (text: "str | bytes", years: "int | typing.Iterable[int]"))]
    fn with_icalendar(&self, py: Python<'_>, text: Bound<'_, PyAny>, years: Bound<'_, PyAny>) -> PyResult<Self> {
        let find = py.import("sla_engine._holidays")?.getattr("of_icalendar")?;
        self.closed_on(py, find.call1((text, years))?)
    }

    /// Return `add` of each row.
    ///
    /// Args:
    ///     starts: A column of instants (timestamps with a time zone, or 64-bit integers of microseconds), or one datetime.
    ///     lengths: A column of durations (or 64-bit integers of microseconds), or one timedelta. At least one of both is a
    ///         column.
    ///     on_fault: ``"raise"`` raises for a row that has no answer, ``"null"`` leaves its answer null.
    ///     threads: How many threads answer; by default one for each core. The answers do not depend on it.
    ///
    /// Returns:
    ///     A column of instants in UTC; null where something is missing.
    ///
    /// Raises:
    ///     InputError: Its code is that of the first row without answer.
    #[pyo3(signature = (starts, lengths, *, on_fault=OnFault::Raise, threads=None))]
    fn add_column(
        &self,
        py: Python<'_>,
        starts: Instants,
        lengths: Lengths,
        on_fault: OnFault,
        threads: Option<Threads>,
    ) -> PyResult<Column> {
        let how = (on_fault, threads.unwrap_or_default());
        let two = Two::with_lengths("starts", starts, lengths);
        Ok(columns::instants_of("due_at", columns::ask_pairs(py, &self.calendar, two, how, columns::add)?))
    }

    /// Return `subtract` of each row; see `add_column`.
    #[pyo3(signature = (ends, lengths, *, on_fault=OnFault::Raise, threads=None))]
    fn subtract_column(
        &self,
        py: Python<'_>,
        ends: Instants,
        lengths: Lengths,
        on_fault: OnFault,
        threads: Option<Threads>,
    ) -> PyResult<Column> {
        let how = (on_fault, threads.unwrap_or_default());
        let two = Two::with_lengths("ends", ends, lengths);
        Ok(columns::instants_of("start_at", columns::ask_pairs(py, &self.calendar, two, how, columns::subtract)?))
    }

    /// Return `elapsed` of each row, a column of durations; see `add_column`.
    #[pyo3(signature = (starts, ends, *, on_fault=OnFault::Raise, threads=None))]
    fn elapsed_column(
        &self,
        py: Python<'_>,
        starts: Instants,
        ends: Instants,
        on_fault: OnFault,
        threads: Option<Threads>,
    ) -> PyResult<Column> {
        let how = (on_fault, threads.unwrap_or_default());
        let two = Two::with_instants(starts, ends);
        Ok(columns::durations_of("elapsed", columns::ask_pairs(py, &self.calendar, two, how, columns::elapsed)?))
    }

    /// Return `is_open` of each row, a column of booleans; see `add_column`.
    #[pyo3(signature = (at, *, on_fault=OnFault::Raise, threads=None))]
    fn is_open_column(
        &self,
        py: Python<'_>,
        at: Input,
        on_fault: OnFault,
        threads: Option<Threads>,
    ) -> PyResult<Column> {
        let how = (on_fault, threads.unwrap_or_default());
        Ok(columns::flags_of("is_open", &columns::ask(py, &self.calendar, &at, how, columns::is_open)?))
    }

    /// Return `next_open` of each row; see `add_column`.
    #[pyo3(signature = (at, *, on_fault=OnFault::Raise, threads=None))]
    fn next_open_column(
        &self,
        py: Python<'_>,
        at: Input,
        on_fault: OnFault,
        threads: Option<Threads>,
    ) -> PyResult<Column> {
        let how = (on_fault, threads.unwrap_or_default());
        Ok(columns::instants_of("next_open_at", columns::ask(py, &self.calendar, &at, how, columns::next_open)?))
    }

    /// Return `next_close` of each row; see `add_column`.
    #[pyo3(signature = (at, *, on_fault=OnFault::Raise, threads=None))]
    fn next_close_column(
        &self,
        py: Python<'_>,
        at: Input,
        on_fault: OnFault,
        threads: Option<Threads>,
    ) -> PyResult<Column> {
        let how = (on_fault, threads.unwrap_or_default());
        Ok(columns::instants_of("next_close_at", columns::ask(py, &self.calendar, &at, how, columns::next_close)?))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.key == other.key
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.key)
    }

    fn __repr__(&self) -> String {
        let rules = self.calendar.rules();
        format!("<Calendar {}, {} holidays>", rules.time_zone, rules.holidays.len())
    }

    #[pyo3(signature = () -> "tuple[typing.Any, tuple[typing.Any, ...]]")]
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let zones = || self.zones.as_ref().map(|zones| zones.clone_ref(py));
        let class = py.get_type::<Self>();
        let Hours::AnyOf(ids) = &self.calendar.rules().hours else {
            return Ok((class.getattr("_of")?, (self.json(), zones()).into_pyobject(py)?));
        };
        let members = ids.iter().zip(self.calendar.members());
        let members: BTreeMap<&str, Self> =
            members.map(|(id, member)| (id.as_str(), Self::of(member, zones()))).collect();
        Ok((class.getattr("_of_members")?, (members, self.time_zone(), zones()).into_pyobject(py)?))
    }

    #[staticmethod]
    fn _of_members(
        py: Python<'_>,
        members: BTreeMap<String, Py<Self>>,
        time_zone: &str,
        zones: Option<Py<Zones>>,
    ) -> PyResult<Self> {
        Self::any_of(py, members, time_zone, zones)
    }

    #[staticmethod]
    fn _of(py: Python<'_>, document: &str, zones: Option<Py<Zones>>) -> PyResult<Self> {
        Self::read(py, document.as_bytes(), zones)
    }
}

impl Calendar {
    /// Adds holidays, as `(the years they are of, in order, [(date, name)])`.
    fn closed_on(&self, py: Python<'_>, found: Bound<'_, PyAny>) -> PyResult<Self> {
        let (years, dates): (Vec<i32>, Vec<(String, String)>) = found.extract()?;
        let mut rules = self.calendar.rules().clone();
        for (date, name) in dates {
            let date = CalendarDate::parse(&date).or_raise(py)?;
            if !rules.holidays.iter().any(|known| is_within(date, known.date)) {
                rules.holidays.push(Holiday { date: HolidayDate::Day(date), name });
            }
        }
        rules.holidays_known_until = known_until(&years, rules.holidays_known_until);
        Self::of_rules(py, &rules, self.zones.as_ref().map(|zones| zones.clone_ref(py)))
    }
}

/// Returns whether a holiday is on a date, by its own date, every year, or in a range.
fn is_within(date: CalendarDate, holiday: HolidayDate) -> bool {
    let CalendarDate::On(on) = date else { return holiday == HolidayDate::Day(date) };
    let yearly = (on.month(), on.day());
    match holiday {
        HolidayDate::Day(CalendarDate::On(day)) => day == on,
        HolidayDate::Day(CalendarDate::Yearly { month, day }) => (month, day) == yearly,
        HolidayDate::Range(range) => match (range.from, range.to) {
            (CalendarDate::On(from), CalendarDate::On(to)) => (from..=to).contains(&on),
            (CalendarDate::Yearly { month, day }, CalendarDate::Yearly { month: to_month, day: to_day }) => {
                let (from, to) = ((month, day), (to_month, to_day));
                // A range over new year ends before it begins.
                if from <= to { (from..=to).contains(&yearly) } else { yearly >= from || yearly <= to }
            }
            _ => false,
        },
    }
}

/// Returns until when holidays are known with some years added: years after a gap do not count.
fn known_until(years: &[i32], known: Option<NaiveDate>) -> Option<NaiveDate> {
    let mut last = known
        .map(|date| if (date.month(), date.day()) == (12, 31) { date.year() } else { date.year().saturating_sub(1) });
    for year in years {
        if last.is_none_or(|last| *year == last.saturating_add(1)) {
            last = Some(*year);
        }
    }
    let end = last.and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31));
    end.max(known)
}
