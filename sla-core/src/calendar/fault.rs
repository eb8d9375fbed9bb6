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
    #[error("the calendar has no recurring opening")]
    NeverOpens,
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
}

impl Fault for CalendarFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::TooManyWindows { .. } | Self::TooManyDates { .. } => ErrorCode::LimitExceeded,
            Self::NeverOpens => ErrorCode::CalendarNeverOpens,
            Self::EndBeforeStart { .. } => ErrorCode::EndBeforeStart,
            Self::OutOfHorizon { .. } => ErrorCode::OutOfHorizon,
            Self::InvalidDate { .. } => ErrorCode::InvalidDate,
            Self::WindowBeyondDay { .. } | Self::InvalidWindow { .. } => ErrorCode::InvalidWindow,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        match self {
            Self::TooManyWindows { most, .. } | Self::TooManyDates { most, .. } => {
                format!("at most {most} are accepted").into()
            }
            Self::NeverOpens => {
                "add at least one window, for example \"mon\": [\"09:00-17:00\"], or set `always_open`".into()
            }
            Self::EndBeforeStart { .. } | Self::OutOfHorizon { .. } => "".into(),
            Self::InvalidDate { .. } => "write `2026-12-25` for one date or `--12-25` for every year".into(),
            Self::WindowBeyondDay { .. } => "a window opens before 24:00 and closes at 24:00 at the latest".into(),
            Self::InvalidWindow { .. } => {
                "write it as `09:00-17:00`; `22:00-06:00` runs past midnight, `24:00` may close a window".into()
            }
        }
    }
}
