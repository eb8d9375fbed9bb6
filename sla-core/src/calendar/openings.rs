//! Where the open intervals of a calendar come from: its own windows, or those of other calendars.

use std::sync::Arc;

use super::schedule::Schedule;

/// The source of a calendar's open intervals.
#[derive(Debug)]
pub(crate) enum Openings {
    /// The windows of its own dates.
    Own(Arc<Schedule>),
    /// The windows of all its members together.
    Members(Box<[Arc<Schedule>]>),
}

impl Openings {
    /// Returns the calendar's own windows, if it has any.
    pub(crate) const fn own(&self) -> Option<&Arc<Schedule>> {
        match self {
            Self::Own(schedule) => Some(schedule),
            Self::Members(_) => None,
        }
    }

    /// Calls `open` with each merged open interval `[opens_s, closes_s)` that touches `[from_s, to_s)`, clipped to
    /// it and to the horizon, in ascending order and with a gap between neighbors. All in UTC seconds.
    pub(crate) fn for_each_interval(&self, from_s: i64, to_s: i64, mut open: impl FnMut(i64, i64)) {
        let members = match self {
            Self::Own(schedule) => return schedule.for_each_interval(from_s, to_s, open),
            Self::Members(members) => members,
        };
        let mut intervals = Vec::new();
        for schedule in members {
            schedule.for_each_interval(from_s, to_s, |opens_s, closes_s| intervals.push((opens_s, closes_s)));
        }
        intervals.sort_unstable();
        let mut pending: Option<(i64, i64)> = None;
        for (opens_s, closes_s) in intervals {
            match &mut pending {
                Some((_, until_s)) if opens_s <= *until_s => *until_s = closes_s.max(*until_s),
                _ => {
                    if let Some((opens_s, closes_s)) = pending.replace((opens_s, closes_s)) {
                        open(opens_s, closes_s);
                    }
                }
            }
        }
        if let Some((opens_s, closes_s)) = pending {
            open(opens_s, closes_s);
        }
    }
}
