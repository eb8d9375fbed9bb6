//! Where the open intervals of a calendar come from: its own windows, or those of other calendars.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: seconds are those of the horizon or of the page that begins in it, below 2^33"
)]

use std::sync::Arc;

use super::schedule::Schedule;
use crate::time::SECONDS_PER_DAY;

/// The intervals of members are collected for so many seconds at a time: of 64 dense members some 3 MB.
const PART_S: i64 = 32 * SECONDS_PER_DAY;

/// The source of a calendar's open intervals: the windows of its own dates, or those of all its members together.
///
/// INVARIANT: no schedule is around the clock, one is the calendar's own, several are those of members.
#[derive(Debug, Clone)]
pub(crate) struct Openings(Arc<[Arc<Schedule>]>);

impl Openings {
    /// All the time.
    pub(crate) fn always() -> Self {
        Self(Arc::new([]))
    }

    /// The windows of a calendar's own dates.
    pub(crate) fn of_own(schedule: Schedule) -> Self {
        Self(Arc::new([Arc::new(schedule)]))
    }

    /// The windows of two members or more.
    pub(crate) fn of_members<'a>(members: impl IntoIterator<Item = &'a Self>) -> Self {
        // A member that is open around the clock leaves nothing closed.
        let schedules: Option<Arc<[_]>> = members.into_iter().map(|member| member.own().cloned()).collect();
        schedules.map_or_else(Self::always, Self)
    }

    /// Returns whether it is around the clock.
    pub(crate) fn is_always(&self) -> bool {
        self.0.is_empty()
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
        let mut pending: Option<(i64, i64)> = None;
        let mut intervals = Vec::new();
        let mut start_s = from_s;
        while start_s < to_s {
            // What is cut at the end of a part is joined with the start of the next one.
            let end_s = to_s.min(start_s + PART_S);
            intervals.clear();
            for schedule in &*self.0 {
                schedule.for_each_interval(start_s, end_s, |opens_s, closes_s| intervals.push((opens_s, closes_s)));
            }
            #[expect(clippy::stable_sort_primitive, reason = "it makes use of the order within each member")]
            intervals.sort();
            for (opens_s, closes_s) in intervals.drain(..) {
                match &mut pending {
                    Some((_, until_s)) if opens_s <= *until_s => *until_s = closes_s.max(*until_s),
                    _ => {
                        if let Some((opens_s, closes_s)) = pending.replace((opens_s, closes_s)) {
                            open(opens_s, closes_s);
                        }
                    }
                }
            }
            start_s = end_s;
        }
        if let Some((opens_s, closes_s)) = pending {
            open(opens_s, closes_s);
        }
    }
}
