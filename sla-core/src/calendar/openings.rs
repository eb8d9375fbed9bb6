//! Where the open intervals of a calendar come from: its own windows, or those of other calendars.

use std::sync::Arc;

use super::schedule::Schedule;

/// The source of a calendar's open intervals: the windows of its own dates, or those of all its members together.
///
/// INVARIANT: one schedule is the calendar's own, several are those of members. An enum would say the same, but its tag
/// costs every answer an instruction: whether there is a table would not be read with the place of its pages.
#[derive(Debug)]
pub(crate) struct Openings(Box<[Arc<Schedule>]>);

impl Openings {
    /// The windows of a calendar's own dates.
    pub(crate) fn of_own(schedule: Schedule) -> Self {
        Self(Box::new([Arc::new(schedule)]))
    }

    /// The windows of two members or more.
    pub(crate) const fn of_members(schedules: Box<[Arc<Schedule>]>) -> Self {
        Self(schedules)
    }

    /// Returns the calendar's own windows, if it has any.
    pub(crate) fn own(&self) -> Option<&Arc<Schedule>> {
        if let [schedule] = &*self.0 { Some(schedule) } else { None }
    }

    /// Calls `open` with each merged open interval `[opens_s, closes_s)` that touches `[from_s, to_s)`, clipped to
    /// it and to the horizon, in ascending order and with a gap between neighbors. All in UTC seconds.
    pub(crate) fn for_each_interval(&self, from_s: i64, to_s: i64, mut open: impl FnMut(i64, i64)) {
        if let Some(schedule) = self.own() {
            return schedule.for_each_interval(from_s, to_s, open);
        }
        let mut intervals = Vec::new();
        for schedule in &self.0 {
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
