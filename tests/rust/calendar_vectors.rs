//! Runs every case of every `calendars*.json` in `tests/vectors`, and in the directory that `SLA_VECTORS` names.

use std::cell::RefCell;
use std::sync::Arc;

use serde_json::{Number, Value};
use sla_core::calendar::{Calendar, CalendarRules, DayTime, LocalTime, OpenWindow, ZoneDatabase};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Error, Id, wire};
use sla_tests::transcript::Transcript;
use sla_tests::vectors::{CalendarSpec, Case, Source, directory, instant, micros, nanoseconds, read_calendars};

/// Cases that `tests/vectors` must hold at least.
const EXPECTED: usize = 712;
/// Cases among them that a source answers otherwise.
const KNOWN_DIFFERENCES: usize = 21;

/// What became of a case.
enum Verdict {
    Agrees,
    /// The source answers otherwise than our rules on purpose; the text says how.
    KnownDifference(String),
    Fails(String),
}

#[test]
fn every_vector_has_the_answer_that_the_rules_give() {
    let mut directories = vec![directory()];
    directories.extend(std::env::var_os("SLA_VECTORS").map(Into::into));
    let zones = ZoneDatabase::embedded();
    let (mut ran, mut known, mut failures) = (0, Vec::new(), Vec::new());
    let transcript = RefCell::new(Transcript::new("calendars"));
    for (index, directory) in directories.iter().enumerate() {
        for (file, source) in read_calendars(directory) {
            for case in &source.cases {
                let spec = source.calendars.get(&case.calendar).unwrap_or_else(|| panic!("{}: no calendar", case.id));
                let label = format!("{file} {} {}", case.label(), case.op);
                let compiled = if spec.any_of.is_empty() {
                    compile(&spec.rules(), &zones, &transcript)
                } else {
                    any_of(spec, &source, &zones, &transcript)
                };
                let asked =
                    compiled.as_ref().map_err(Clone::clone).map(|calendar| Asked { calendar, transcript: &transcript });
                match judge(case, &asked) {
                    Verdict::Agrees => {}
                    Verdict::KnownDifference(why) => known.push(format!("{label}: {why}")),
                    Verdict::Fails(why) => failures.push(format!("{label}: {why}")),
                }
                ran += 1;
            }
        }
        assert!(index > 0 || ran >= EXPECTED, "only {ran} of {EXPECTED} cases ran");
        assert!(index > 0 || known.len() == KNOWN_DIFFERENCES, "{} known differences: {known:#?}", known.len());
    }
    transcript.into_inner().leave();
    println!("{ran} cases ran, {} of them known differences:", known.len());
    known.iter().for_each(|line| println!("  {line}"));
    assert!(failures.is_empty(), "{} of {ran} cases fail:\n{}", failures.len(), failures.join("\n"));
}

fn compile(rules: &CalendarRules, zones: &ZoneDatabase, transcript: &RefCell<Transcript>) -> Result<Calendar, Error> {
    let compiled = Calendar::compile(rules, zones);
    let document: Value = serde_json::from_str(&wire::policy::calendar::write(rules)).unwrap();
    let outcome = compiled.as_ref().map_or_else(|error| error.code().as_str(), |_| "ok");
    transcript.borrow_mut().line("calendar", &[&document, &outcome]);
    compiled
}

/// Makes a calendar of others of the source.
fn any_of(
    spec: &CalendarSpec,
    source: &Source,
    zones: &ZoneDatabase,
    transcript: &RefCell<Transcript>,
) -> Result<Calendar, Error> {
    let mut members = Vec::new();
    for id in &spec.any_of {
        let member = compile(&source.calendars[id].rules(), zones, transcript)?;
        transcript.borrow_mut().line("member", &[id]);
        members.push((Id::new(id.as_str()).unwrap(), Arc::new(member)));
    }
    let rules = spec.rules();
    let compiled = Calendar::any_of(rules.time_zone.as_str(), members, zones);
    let outcome = compiled.as_ref().map_or_else(|error| error.code().as_str(), |_| "ok");
    transcript.borrow_mut().line("any_of", &[&rules.time_zone, &outcome]);
    assert!(compiled.as_ref().is_ok_and(|compiled| *compiled.rules() == rules));
    compiled
}

/// A calendar whose answers are written down.
struct Asked<'a> {
    calendar: &'a Calendar,
    transcript: &'a RefCell<Transcript>,
}

impl Asked<'_> {
    fn note(&self, what: &str, numbers: &[i64], answer: &Result<Value, Error>) {
        let answer = answer.as_ref().map_or_else(|error| error.code().as_str().to_owned(), Value::to_string);
        let numbers = numbers.iter().map(|number| number as &dyn std::fmt::Display);
        let parts: Vec<&dyn std::fmt::Display> = numbers.chain([&answer as &dyn std::fmt::Display]).collect();
        self.transcript.borrow_mut().line(what, &parts);
    }

    fn instant(&self, what: &str, numbers: &[i64], answer: Result<Timestamp, Error>) -> Result<Timestamp, Error> {
        self.note(what, numbers, &answer.clone().map(|at| at.as_micros().into()));
        answer
    }

    fn add(&self, start: Timestamp, length: BusinessDuration) -> Result<Timestamp, Error> {
        self.instant("add", &[start.as_micros(), length.as_micros()], self.calendar.add(start, length))
    }

    fn subtract(&self, end: Timestamp, length: BusinessDuration) -> Result<Timestamp, Error> {
        self.instant("subtract", &[end.as_micros(), length.as_micros()], self.calendar.subtract(end, length))
    }

    fn next_open(&self, at: Timestamp) -> Result<Timestamp, Error> {
        self.instant("next_open", &[at.as_micros()], self.calendar.next_open(at))
    }

    fn next_close(&self, at: Timestamp) -> Result<Timestamp, Error> {
        self.instant("next_close", &[at.as_micros()], self.calendar.next_close(at))
    }

    fn elapsed(&self, from: Timestamp, to: Timestamp) -> Result<BusinessDuration, Error> {
        let answer = self.calendar.elapsed(from, to);
        let numbers = [from.as_micros(), to.as_micros()];
        self.note("elapsed", &numbers, &answer.clone().map(|length| length.as_micros().into()));
        answer
    }

    fn business_days(&self, from: Timestamp, days: u32, case: &Case) -> Result<BusinessDuration, Error> {
        let by = case.by.as_deref().expect("by");
        let answer = DayTime::parse(by).and_then(|by| {
            let cut_off = case.cut_off.as_deref().map(LocalTime::parse).transpose()?;
            self.calendar.business_days(from, days, by, cut_off)
        });
        let written =
            answer.as_ref().map_or_else(|error| error.code().to_string(), |length| length.as_micros().to_string());
        let cut_off = case.cut_off.as_deref().unwrap_or("-");
        let parts: [&dyn std::fmt::Display; 5] = [&from.as_micros(), &days, &by, &cut_off, &written];
        self.transcript.borrow_mut().line("business_days", &parts);
        answer
    }

    fn is_open(&self, at: Timestamp) -> Result<bool, Error> {
        let answer = self.calendar.is_open(at);
        self.note("is_open", &[at.as_micros()], &answer.clone().map(|is_open| u8::from(is_open).into()));
        answer
    }

    fn windows(&self, from: Timestamp, to: Timestamp) -> Result<Vec<OpenWindow>, Error> {
        let answer = self.calendar.windows(from, to);
        let pair = |window: &OpenWindow| Value::from(vec![window.opens_at.as_micros(), window.closes_at.as_micros()]);
        let list = answer.clone().map(|windows| windows.iter().map(pair).collect());
        self.note("windows", &[from.as_micros(), to.as_micros()], &list);
        answer
    }
}

fn judge(case: &Case, compiled: &Result<Asked<'_>, Error>) -> Verdict {
    let answer = match compiled {
        Ok(calendar) => ask(case, calendar),
        Err(error) => Err(error.clone()),
    };
    let ours = match &answer {
        Ok(value) => value.clone(),
        Err(error) => Value::String(format!("error {}", error.code().as_str())),
    };
    if let Some(code) = &case.expect_error {
        return verdict(ours == Value::String(format!("error {code}")), &ours, &format!("error {code}"));
    }
    let expected = expectation(case);
    if case.expect.is_null() && expected.is_null() {
        let never = |error: &Error| matches!(error.code().as_str(), "out_of_horizon" | "calendar_never_opens");
        return verdict(answer.as_ref().is_err_and(never), &ours, "never");
    }
    if cut(case, &ours) == expected {
        return Verdict::Agrees;
    }
    if let ("elapsed", Ok(calendar)) = (case.op.as_str(), compiled)
        && let Some(verdict) = judge_backwards(case, calendar, &ours, &expected)
    {
        return verdict;
    }
    let why = match &case.convention {
        Some(convention) => convention,
        None if is_finer_than_a_microsecond(case) => "the question is finer than a microsecond and was cut",
        None if ours == "error calendar_never_opens" => "a calendar that never opens is refused",
        None => return verdict(false, &ours, &expected.to_string()),
    };
    Verdict::KnownDifference(format!("{why}: {expected} there, {ours} here"))
}

fn verdict(agrees: bool, ours: &Value, expected: &str) -> Verdict {
    if agrees { Verdict::Agrees } else { Verdict::Fails(format!("{ours}, expected {expected}")) }
}

fn is_finer_than_a_microsecond(case: &Case) -> bool {
    let finer = |text: &Option<String>| text.as_deref().is_some_and(|text| !nanoseconds(text).is_multiple_of(1_000));
    let exact = |seconds: &Number| seconds.as_f64().is_some_and(|float| (float * 1e6).fract() != 0.0);
    finer(&case.start) || finer(&case.end) || finer(&case.at) || case.business_seconds.as_ref().is_some_and(exact)
}

/// An interval that runs backwards is an error here; sources answer it with a sign, with zero, or without the sign.
fn judge_backwards(case: &Case, calendar: &Asked<'_>, ours: &Value, expected: &Value) -> Option<Verdict> {
    let (start, end) = (at(case.start.as_ref()), at(case.end.as_ref()));
    if start <= end {
        return None;
    }
    if *ours != "error end_before_start" {
        return Some(verdict(false, ours, "error end_before_start"));
    }
    let swapped = calendar.elapsed(end, start).unwrap().as_micros();
    let expected = expected.as_i64().unwrap();
    Some(match (&case.convention, expected) {
        (_, signed) if signed == -swapped => Verdict::Agrees,
        (None, 0) => Verdict::KnownDifference("zero there, an error here".to_owned()),
        (Some(why), absolute) if absolute == swapped => Verdict::KnownDifference(format!("{why}: an error here")),
        _ => verdict(false, &Value::from(-swapped), &expected.to_string()),
    })
}

/// The expected answer in microseconds, as a truth value, or as a list of pairs of microseconds.
fn expectation(case: &Case) -> Value {
    if let Some(nanoseconds) = case.expect_nanoseconds {
        return Value::from(nanoseconds / 1_000);
    }
    if let Some(seconds) = &case.expect_seconds {
        return Value::from(micros(seconds));
    }
    as_micros(&case.expect)
}

fn as_micros(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(instant(text).as_micros()),
        Value::Array(items) => items.iter().map(as_micros).collect(),
        other => other.clone(),
    }
}

fn cut(case: &Case, ours: &Value) -> Value {
    match (case.resolution_seconds, ours.as_i64()) {
        (Some(unit), Some(value)) => Value::from(value - value % (unit * 1_000_000)),
        _ => ours.clone(),
    }
}

fn at(text: Option<&String>) -> Timestamp {
    instant(text.expect("the case names an instant"))
}

fn ask(case: &Case, calendar: &Asked<'_>) -> Result<Value, Error> {
    let duration = || BusinessDuration::from_micros(micros(case.business_seconds.as_ref().expect("business_seconds")));
    let answer = match case.op.as_str() {
        "elapsed" => {
            let elapsed = calendar.elapsed(at(case.start.as_ref()), at(case.end.as_ref()))?;
            return Ok(Value::from(elapsed.as_micros()));
        }
        "business_days" => {
            let length = calendar.business_days(at(case.start.as_ref()), case.days.expect("days"), case)?;
            return Ok(Value::from(length.as_micros()));
        }
        "is_open" => return Ok(Value::from(calendar.is_open(at(case.at.as_ref()))?)),
        "windows" => {
            let windows = calendar.windows(at(case.from.as_ref()), at(case.to.as_ref()))?;
            let pair =
                |window: &OpenWindow| Value::from(vec![window.opens_at.as_micros(), window.closes_at.as_micros()]);
            return Ok(windows.iter().map(pair).collect());
        }
        "add" => {
            let due = calendar.add(at(case.start.as_ref()), duration()?)?;
            if case.convention.as_deref() == Some("add_rolls_to_next_open") { calendar.next_open(due)? } else { due }
        }
        "subtract" => calendar.subtract(at(case.start.as_ref()), duration()?)?,
        "next_open" | "roll_forward" => calendar.next_open(at(case.at.as_ref()))?,
        "next_close" => calendar.next_close(at(case.at.as_ref()))?,
        "next_opening" => next_opening(calendar, at(case.at.as_ref()), case.inclusive)?,
        "next_closing" => next_closing(calendar, at(case.at.as_ref()), case.inclusive)?,
        "previous_opening" => {
            let at = at(case.at.as_ref());
            let (open, _) = last_window(calendar, if case.inclusive { shift(at, 1) } else { at })?;
            open
        }
        "previous_closing" => previous_closing(calendar, at(case.at.as_ref()), case.inclusive)?,
        "roll_backward" => {
            let at = at(case.at.as_ref());
            if calendar.is_open(at)? { at } else { previous_closing(calendar, at, true)? }
        }
        other => panic!("unknown operation {other}"),
    };
    Ok(Value::from(answer.as_micros()))
}

fn shift(at: Timestamp, micros: i64) -> Timestamp {
    Timestamp::from_micros(at.as_micros() + micros)
}

fn next_opening(calendar: &Asked<'_>, at: Timestamp, inclusive: bool) -> Result<Timestamp, Error> {
    if !calendar.is_open(at)? || (inclusive && !calendar.is_open(shift(at, -1))?) {
        return calendar.next_open(at);
    }
    calendar.next_open(calendar.next_close(at)?)
}

fn next_closing(calendar: &Asked<'_>, at: Timestamp, inclusive: bool) -> Result<Timestamp, Error> {
    let closes_here = !calendar.is_open(at)? && calendar.is_open(shift(at, -1))?;
    if inclusive && closes_here { Ok(at) } else { calendar.next_close(at) }
}

/// The last open window that begins before `before`, cut there.
fn last_window(calendar: &Asked<'_>, before: Timestamp) -> Result<(Timestamp, Timestamp), Error> {
    let from = shift(before, -60 * 86_400_000_000);
    let window = calendar.windows(from, before)?.last().map(|window| (window.opens_at, window.closes_at));
    Ok(window.expect("a window in the sixty days before"))
}

fn previous_closing(calendar: &Asked<'_>, at: Timestamp, inclusive: bool) -> Result<Timestamp, Error> {
    let (open, close) = last_window(calendar, at)?;
    let really_closes = close < at || !calendar.is_open(at)?;
    if really_closes && (close < at || inclusive) { Ok(close) } else { Ok(last_window(calendar, open)?.1) }
}
