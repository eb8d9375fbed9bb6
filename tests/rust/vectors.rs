//! The vector format: sources with calendars and cases, read from JSON and turned into [`CalendarRules`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Number, Value};
use sla_core::Id;
use sla_core::calendar::{
    CalendarDate, CalendarRules, DateRange, Holiday, Hours, Rotation, Season, SpecialDay, Week, Window,
};
use sla_core::time::Timestamp;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// One source of cases.
#[derive(Debug, Deserialize)]
pub struct Source {
    /// Where the facts come from.
    pub source: Value,
    /// The calendars by name.
    pub calendars: BTreeMap<String, CalendarSpec>,
    /// The questions and answers.
    pub cases: Vec<Case>,
}

/// A calendar as a vector file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    time_zone: String,
    #[serde(default)]
    weekly: BTreeMap<String, Vec<WindowSpec>>,
    #[serde(default)]
    rotation: Option<RotationSpec>,
    #[serde(default)]
    pub any_of: Vec<String>,
    #[serde(default)]
    seasons: Vec<SeasonSpec>,
    #[serde(default)]
    holidays: Vec<HolidaySpec>,
    #[serde(default)]
    overrides: BTreeMap<String, Vec<WindowSpec>>,
    #[serde(default)]
    special_days: Vec<SpecialDaySpec>,
    #[serde(default)]
    always_open: bool,
    #[serde(default)]
    #[expect(dead_code, reason = "for the reader of the file")]
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RotationSpec {
    starts: String,
    weeks: Vec<BTreeMap<String, Vec<WindowSpec>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeasonSpec {
    from: String,
    to: String,
    name: String,
    weekly: BTreeMap<String, Vec<WindowSpec>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum HolidaySpec {
    Date(String),
    Range { from: String, to: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecialDaySpec {
    date: String,
    name: String,
    windows: Vec<WindowSpec>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum WindowSpec {
    Pair(String, String),
    Text(String),
}

/// A question and its answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub name: String,
    pub calendar: String,
    pub op: String,
    #[serde(default)]
    pub start: Option<String>,
    #[serde(default)]
    pub end: Option<String>,
    #[serde(default)]
    pub at: Option<String>,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    #[serde(default)]
    pub business_seconds: Option<Number>,
    #[serde(default)]
    pub days: Option<u32>,
    #[serde(default)]
    pub by: Option<String>,
    #[serde(default)]
    pub cut_off: Option<String>,
    #[serde(default)]
    pub expect: Value,
    #[serde(default)]
    pub expect_seconds: Option<Number>,
    #[serde(default)]
    pub expect_nanoseconds: Option<i64>,
    #[serde(default)]
    pub expect_error: Option<String>,
    #[serde(default)]
    pub resolution_seconds: Option<i64>,
    #[serde(default)]
    pub inclusive: bool,
    #[serde(default)]
    pub convention: Option<String>,
    #[serde(default)]
    pub tag: Option<Value>,
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub why: Option<String>,
}

impl Case {
    /// The id, or the sentence that names the case.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.id, self.name).trim().to_owned()
    }
}

impl CalendarSpec {
    /// Turns the notation of the vectors into the product's rules.
    ///
    /// # Panics
    ///
    /// When a date or a window cannot be read.
    #[must_use]
    pub fn rules(&self) -> CalendarRules {
        let hours = match &self.rotation {
            Some(rotation) => Hours::Rotation(Rotation {
                starts: rotation.starts.parse().unwrap(),
                weeks: rotation.weeks.iter().map(week).collect(),
            }),
            None if self.always_open => Hours::AlwaysOpen,
            None if self.any_of.is_empty() => Hours::Weekly(week(&self.weekly)),
            None => Hours::AnyOf(self.any_of.iter().map(|id| Id::new(id.as_str()).unwrap()).collect()),
        };
        let seasons = self.seasons.iter().map(|season| Season {
            name: season.name.clone(),
            dates: range(&season.from, &season.to),
            week: week(&season.weekly),
        });
        let overrides = self.overrides.iter().map(|(date, specs)| SpecialDay {
            date: date.parse().unwrap(),
            name: "override".to_owned(),
            windows: windows(specs),
        });
        let special = self.special_days.iter().map(|day| SpecialDay {
            date: day.date.parse().unwrap(),
            name: day.name.clone(),
            windows: windows(&day.windows),
        });
        CalendarRules {
            time_zone: self.time_zone.clone(),
            hours,
            seasons: seasons.collect(),
            holidays: self.holidays.iter().map(holiday).collect(),
            special_days: overrides.chain(special).collect(),
            holidays_known_until: None,
        }
    }
}

fn windows(specs: &[WindowSpec]) -> Vec<Window> {
    let text = |spec: &WindowSpec| match spec {
        WindowSpec::Pair(open, close) => format!("{open}-{close}"),
        WindowSpec::Text(text) => text.clone(),
    };
    specs.iter().map(|spec| Window::parse(&text(spec)).unwrap_or_else(|error| panic!("{spec:?}: {error}"))).collect()
}

fn week(specs: &BTreeMap<String, Vec<WindowSpec>>) -> Week {
    let mut week = Week::default();
    for (day, specs) in specs {
        let index = DAYS.iter().position(|name| name == day).unwrap_or_else(|| panic!("no weekday {day}"));
        week.days[index] = windows(specs);
    }
    week
}

fn holiday(spec: &HolidaySpec) -> Holiday {
    let date = match spec {
        HolidaySpec::Date(text) => calendar_date(text).into(),
        HolidaySpec::Range { from, to } => range(from, to).into(),
    };
    Holiday { name: "holiday".to_owned(), date }
}

fn range(from: &str, to: &str) -> DateRange {
    DateRange { from: calendar_date(from), to: calendar_date(to) }
}

fn calendar_date(text: &str) -> CalendarDate {
    match text.strip_prefix("--") {
        Some(yearly) => {
            let (month, day) = yearly.split_once('-').unwrap();
            CalendarDate::Yearly { month: month.parse().unwrap(), day: day.parse().unwrap() }
        }
        None => CalendarDate::On(text.parse().unwrap()),
    }
}

/// Reads an RFC 3339 instant and cuts it to the microsecond.
///
/// # Panics
///
/// When the text is not RFC 3339.
#[must_use]
pub fn instant(text: &str) -> Timestamp {
    let parsed = DateTime::parse_from_rfc3339(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    Timestamp::from_micros(parsed.timestamp_micros())
}

/// The nanoseconds within the second of an RFC 3339 instant.
///
/// # Panics
///
/// When the text is not RFC 3339.
#[must_use]
pub fn nanoseconds(text: &str) -> u32 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_subsec_nanos()
}

/// Reads decimal seconds, also with an exponent, as microseconds without a float; more than six decimals are cut.
///
/// # Panics
///
/// When the number does not fit.
#[must_use]
pub fn micros(seconds: &Number) -> i64 {
    let text = seconds.to_string();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or((1, mantissa), |rest| (-1, rest));
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i64 = format!("{whole}{decimals}").parse().unwrap();
    let power = exponent.parse::<i32>().unwrap() - i32::try_from(decimals.len()).unwrap() + 6;
    let factor = 10_i64.pow(power.unsigned_abs());
    sign * if power < 0 { digits / factor } else { digits * factor }
}

/// The directory of the vectors that belong to the product.
#[must_use]
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Reads every `calendars*.json` of a directory; a file holds one source or a list of them.
///
/// # Panics
///
/// When a file cannot be read.
#[must_use]
pub fn read_calendars(directory: &Path) -> Vec<(String, Source)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("calendars") || path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let sources = if value.is_array() { value } else { Value::Array(vec![value]) };
        let sources: Vec<Source> = serde_json::from_value(sources).unwrap_or_else(|error| panic!("{name}: {error}"));
        found.extend(sources.into_iter().map(|source| (name.clone(), source)));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}
