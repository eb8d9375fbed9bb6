//! A ticket in short: what is open, what may matter again, and the latest of what ended. The history holds the rest.
//!
//! What is left out of a ticket stays left out whatever happens next, so that folding an event into a ticket in short, and
//! taking that in short, gives what folding it into the whole ticket does.

use super::{
    Cycle, EarlierCycles, EscalationStage, EscalationState, EscalationTrigger, LATEST_CYCLES, LATEST_ESCALATIONS,
    LATEST_HOLDERS, LATEST_STATUSES, Outcome, Ticket, TimerTrack,
};

impl Ticket {
    /// Returns the ticket as a snapshot holds it: what ended long ago is left out, or counted.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::wire::snapshot;
    ///
    /// let history = closed();
    /// assert_eq!(snapshot::read(snapshot::write(history.ticket()))?, history.ticket().in_short());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn in_short(&self) -> Self {
        let mut short = self.clone();
        short.shorten();
        short
    }

    /// Returns whether the ticket holds no more than it does in short.
    pub(crate) fn is_short(&self) -> bool {
        self.timeline.len() <= LATEST_STATUSES
            && self.holders.len() <= LATEST_HOLDERS
            && self.escalations.len() <= LATEST_ESCALATIONS
            && self.timers.iter().all(|track| track.cycles.len() <= LATEST_CYCLES)
    }

    fn shorten(&mut self) {
        keep_last(&mut self.timeline, LATEST_STATUSES);
        keep_last(&mut self.holders, LATEST_HOLDERS);
        for track in &mut self.timers {
            let ended = track.cycles.len().saturating_sub(LATEST_CYCLES); // none where there are fewer
            for cycle in track.cycles.drain(..ended) {
                add(&mut track.earlier, &cycle);
            }
        }
        let recent = self.escalations.len().saturating_sub(LATEST_ESCALATIONS); // all where there are fewer
        let recent = self.escalations.get(recent).map_or(0, |first| first.number);
        // The first of the highest level: the next one that is requested goes above it.
        let highest = self.escalations.iter().map(|escalation| escalation.level).max();
        let highest = self.escalations.iter().find(|escalation| Some(escalation.level) == highest);
        let highest = highest.map(|escalation| escalation.number);
        let timers = &self.timers;
        self.escalations.retain(|escalation| {
            escalation.stage != EscalationStage::Resolved
                || escalation.number >= recent
                || Some(escalation.number) == highest
                || is_of_latest_cycle(escalation, timers)
        });
    }
}

/// Returns whether an automatic escalation is of the latest cycle of its timer, whose steps it may end.
fn is_of_latest_cycle(escalation: &EscalationState, timers: &[TimerTrack]) -> bool {
    let EscalationState { timer: Some(timer), cycle: Some(cycle), trigger, .. } = escalation else { return false };
    let track = timers.binary_search_by(|track| track.timer.cmp(timer)).ok().and_then(|place| timers.get(place));
    let last = track.and_then(|track| track.cycles.last());
    *trigger != EscalationTrigger::Request && last.is_some_and(|last| last.number == *cycle)
}

fn keep_last<T>(list: &mut Vec<T>, count: usize) {
    let gone = list.len().saturating_sub(count); // none where there are fewer
    list.drain(..gone);
}

/// Counts a cycle that ended.
fn add(earlier: &mut EarlierCycles, ended: &Cycle) {
    let count = match ended.verdict(ended.since()).outcome {
        Outcome::Breached => &mut earlier.breached,
        Outcome::Cancelled => &mut earlier.cancelled,
        Outcome::Unpromised => &mut earlier.unpromised,
        // INVARIANT: none but the last cycle counts.
        Outcome::Met | Outcome::None => &mut earlier.met,
    };
    // INVARIANT: an event starts one cycle of a timer at most, and a ticket's events are counted in `u32`.
    *count = count.saturating_add(1);
}
