//! Opening windows of a local day, and the week they make up.

use std::fmt;

use super::fault::CalendarFault;
use crate::error::Error;
use crate::time::DAY_S;

/// The most windows that one day may list.
pub const MAX_WINDOWS_A_DAY: usize = 96;

/// An opening window in local wall time, half-open: open at `open_s`, closed again at `close_s`.
///
/// A window whose close lies at or before its open runs past midnight and belongs to the day it opens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    open_s: u32,
    close_s: u32,
}

impl Window {
    /// Returns the window from `open_s` to `close_s`, both in seconds after local midnight.
    ///
    /// ```
    /// use sla_core::calendar::Window;
    /// assert_eq!(Window::new(9 * 3_600, 17 * 3_600)?, Window::parse("09:00-17:00")?);
    /// assert!(Window::new(9 * 3_600, 25 * 3_600).is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_window` unless `open_s < 86400` and `close_s <= 86400`.
    pub fn new(open_s: u32, close_s: u32) -> Result<Self, Error> {
        if open_s >= DAY_S || close_s > DAY_S {
            return Err(CalendarFault::WindowBeyondDay { open_s, close_s }.into());
        }
        Ok(Self { open_s, close_s })
    }

    /// Reads `09:00-17:00`, `22:00-06:00`, `18:00-24:00` or, with seconds, `09:00:30-17:00`.
    ///
    /// ```
    /// use sla_core::calendar::Window;
    ///
    /// let night = Window::parse("22:00-06:00")?;
    /// assert_eq!((night.open_s(), night.close_after_open_s()), (22 * 3_600, 30 * 3_600));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_window` for anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let parts = text.split_once('-').and_then(|(open, close)| Some((time_of_day(open)?, time_of_day(close)?)));
        let Some((open_s, close_s)) = parts else {
            return Err(CalendarFault::InvalidWindow { window: text.to_owned() }.into());
        };
        Self::new(open_s, close_s)
    }

    /// Returns the opening edge, in seconds after local midnight.
    #[must_use]
    pub const fn open_s(self) -> u32 {
        self.open_s
    }

    /// Returns the closing edge, in seconds after local midnight, at most 86 400.
    #[must_use]
    pub const fn close_s(self) -> u32 {
        self.close_s
    }

    /// Returns the closing edge counted from the midnight before the opening: above 86 400 for a night shift.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "INVARIANT: an edge of a window lies within a day")]
    pub const fn close_after_open_s(self) -> u32 {
        if self.close_s > self.open_s { self.close_s } else { self.close_s + DAY_S }
    }
}

/// Refuses more windows than one day may list.
pub(crate) fn check_windows(windows: &[Window]) -> Result<(), CalendarFault> {
    let (count, most) = (windows.len(), MAX_WINDOWS_A_DAY);
    if count > most { Err(CalendarFault::TooManyWindows { count, most }) } else { Ok(()) }
}

/// Reads `HH:MM` or `HH:MM:SS` up to `24:00:00` as seconds after midnight.
pub(crate) fn time_of_day(text: &str) -> Option<u32> {
    let two_digits = |part: &str| {
        if part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()) { part.parse::<u32>().ok() } else { None }
    };
    let mut parts = text.split(':');
    let hour = two_digits(parts.next()?)?;
    let minute = two_digits(parts.next()?)?;
    let second = parts.next().map_or(Some(0), two_digits)?;
    if parts.next().is_some() || minute > 59 || second > 59 {
        return None;
    }
    let seconds = hour.checked_mul(3_600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    (seconds <= DAY_S).then_some(seconds)
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", TimeOfDay(self.open_s), TimeOfDay(self.close_s))
    }
}

/// Seconds after midnight, shown as `09:00` or `09:00:30`.
pub(crate) struct TimeOfDay(pub(crate) u32);

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 3_600, self.0 / 60 % 60)?;
        if self.0.is_multiple_of(60) { Ok(()) } else { write!(f, ":{:02}", self.0 % 60) }
    }
}

/// The opening windows of each day of the week, Monday first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Week {
    /// Monday to Sunday; an empty list is a closed day.
    pub days: [Vec<Window>; 7],
}
