//! What can be wrong in the rules of a calendar and in questions to it.

use std::borrow::Cow;

use crate::error::{ErrorCode, Fault};
use crate::time::Timestamp;

#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum CalendarFault {
    #[error("{count} windows of one day are too many")]
    TooManyWindows { count: usize, most: usize },
    #[error("{count} dates are too many")]
    TooManyDates { count: usize, most: usize },
    #[error("{count} seasons are too many")]
    TooManySeasons { count: usize, most: usize },
    #[error("a rotation has {count} weeks")]
    WeeksOfRotation { count: usize, most: usize },
    #[error("`any_of` has {count} members")]
    Members { count: usize, most: usize },
    #[error("the rotation starts on `{starts}`, which is no Monday")]
    StartsOtherDay { starts: String },
    #[error("the range from `{from}` ends before it, on `{to}`")]
    RangeEndsFirst { from: String, to: String },
    #[error("the range has one end in every year: `{from}` to `{to}`")]
    RangeOfTwoKinds { from: String, to: String },
    #[error("season `{season}` has dates of season `{other}`")]
    SeasonsOverlap { season: String, other: String },
    #[error("the calendar has no recurring opening")]
    NeverOpens,
    #[error("`{field}` has no effect in a calendar with `{hours}`")]
    NoEffect { field: &'static str, hours: &'static str },
    #[error("a calendar with `any_of` is made of its members")]
    MembersNeeded,
    #[error("member `{member}` of `any_of` has `any_of` itself")]
    NestedAnyOf { member: String },
    #[error("member `{member}` of `any_of` is there twice")]
    MemberTwice { member: String },
    #[error("{days} business days are too many")]
    TooManyBusinessDays { days: u32, most: u32 },
    #[error("a target of 0 business days by the same time")]
    SameTimeOfNoDay,
    #[error("a calendar with `any_of` has no business days")]
    AnyOfHasNoDays,
    #[error("window `{window}` crosses midnight, so its calendar has no business days")]
    WindowCrossesMidnight { window: String },
    #[error("the end {to} lies before the start {from}")]
    EndBeforeStart { from: Timestamp, to: Timestamp },
    #[error("`{question}` at {at} leaves the horizon of calendars, 1970-01-01 to 2200-01-01 UTC")]
    OutOfHorizon { question: &'static str, at: Timestamp },
    #[error("`{date}` is not a calendar date")]
    InvalidDate { date: String },
    #[error("a window from second {open_s} to second {close_s} does not fit a day")]
    WindowBeyondDay { open_s: u32, close_s: u32 },
    #[error("`{window}` is not an opening window")]
    InvalidWindow { window: String },
    #[error("`{time}` is not a time of day")]
    InvalidTime { time: String, help: &'static str },
}

impl Fault for CalendarFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::TooManyWindows { .. } | Self::TooManyDates { .. } | Self::TooManySeasons { .. } => {
                ErrorCode::LimitExceeded
            }
            Self::WeeksOfRotation { .. }
            | Self::Members { .. }
            | Self::TooManyBusinessDays { .. }
            | Self::StartsOtherDay { .. } => ErrorCode::OutOfRange,
            Self::MemberTwice { .. } => ErrorCode::DuplicateEntry,
            Self::SeasonsOverlap { .. } => ErrorCode::OverlappingSeasons,
            Self::MembersNeeded => ErrorCode::UnknownCalendar,
            Self::NoEffect { .. }
            | Self::NestedAnyOf { .. }
            | Self::SameTimeOfNoDay
            | Self::AnyOfHasNoDays
            | Self::WindowCrossesMidnight { .. } => ErrorCode::ConflictingFields,
            Self::NeverOpens => ErrorCode::CalendarNeverOpens,
            Self::EndBeforeStart { .. } => ErrorCode::EndBeforeStart,
            Self::OutOfHorizon { .. } => ErrorCode::OutOfHorizon,
            Self::InvalidDate { .. } | Self::RangeEndsFirst { .. } | Self::RangeOfTwoKinds { .. } => {
                ErrorCode::InvalidDate
            }
            Self::WindowBeyondDay { .. } | Self::InvalidWindow { .. } => ErrorCode::InvalidWindow,
            Self::InvalidTime { .. } => ErrorCode::InvalidTime,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        match self {
            Self::TooManyWindows { most, .. } | Self::TooManyDates { most, .. } | Self::TooManySeasons { most, .. } => {
                format!("at most {most} are accepted").into()
            }
            Self::TooManyBusinessDays { most, .. } => format!("at most {most} are accepted").into(),
            Self::WeeksOfRotation { most, .. } => format!("list 2 to {most} weeks; one week alone is `weekly`").into(),
            Self::Members { most, .. } => format!("name 2 to {most} calendars").into(),
            Self::StartsOtherDay { .. } => "name the Monday on which the first week begins".into(),
            Self::RangeEndsFirst { .. } => "swap the ends, or write both as yearly dates to run over new year".into(),
            Self::RangeOfTwoKinds { .. } => {
                "write both ends as dates (`2026-12-24`) or both as yearly dates (`--12-24`)".into()
            }
            Self::SeasonsOverlap { .. } => {
                "let one end before the other begins; a dated season may lie within a yearly one".into()
            }
            Self::NoEffect { .. } => "leave it out".into(),
            Self::MembersNeeded => "define it in a policy beside its members, or make it of compiled calendars".into(),
            Self::MemberTwice { .. } => "name it once".into(),
            Self::NestedAnyOf { .. } => "name that calendar's members instead".into(),
            Self::SameTimeOfNoDay => "name at least 1 business day, or another `by`".into(),
            Self::AnyOfHasNoDays => "name a calendar with `weekly`, `rotation` or `always_open`".into(),
            Self::WindowCrossesMidnight { .. } => {
                "name a calendar whose windows close on the day on which they open; `24:00` closes at its end".into()
            }
            Self::NeverOpens => {
                "add at least one window, for example \"mon\": [\"09:00-17:00\"], or set `always_open`".into()
            }
            Self::EndBeforeStart { .. } | Self::OutOfHorizon { .. } => "".into(),
            Self::InvalidTime { help, .. } => (*help).into(),
            Self::InvalidDate { .. } => "write `2026-12-25` for one date or `--12-25` for every year".into(),
            Self::WindowBeyondDay { .. } => "a window opens before 24:00 and closes at 24:00 at the latest".into(),
            Self::InvalidWindow { .. } => {
                "write it as `09:00-17:00`; `22:00-06:00` runs past midnight, `24:00` may close a window".into()
            }
        }
    }
}
