//! How long a ticket may pause: the limits of a single pause, and of all pauses of a ticket together.

use super::Engine;
use crate::error::Error;
use crate::ticket::{ResumeCause, Ticket};
use crate::time::{BusinessDuration, Timestamp};
use crate::timer;

/// When a pause ends automatically.
pub(crate) enum PauseEnd {
    Limited(Timestamp, ResumeCause),
    Unlimited,
    /// It cannot begin: the ticket has paused as long as it may.
    BudgetUsed {
        paused: BusinessDuration,
        most: BusinessDuration,
    },
}

impl Engine {
    /// Returns when a pause that begins at `at` ends automatically: at the earlier of the two limits.
    pub(crate) fn pause_end(&self, ticket: &Ticket, at: Timestamp) -> Result<PauseEnd, Error> {
        let revision = self.revision(ticket.policy_digest)?;
        let rules = &revision.policy.pauses;
        let mut limit = rules.max_pause.map(|most| (most, ResumeCause::MaxPause));
        if limit.is_none() && rules.max_paused_total.is_none() {
            return Ok(PauseEnd::Unlimited);
        }
        let Some(calendar) = revision.calendar_of(&ticket.package)? else { return Ok(PauseEnd::Unlimited) };
        if let Some(most) = rules.max_paused_total {
            let mut paused = BusinessDuration::ZERO;
            for pair in ticket.timeline.windows(2) {
                if let [(from, status), (to, _)] = pair
                    && status.pause().is_some()
                {
                    paused = timer::sum(paused, calendar.elapsed(*from, *to)?)?;
                }
            }
            if paused >= most {
                return Ok(PauseEnd::BudgetUsed { paused, most });
            }
            let remaining = most.saturating_sub(paused);
            if limit.is_none_or(|(limit, _)| remaining < limit) {
                limit = Some((remaining, ResumeCause::MaxPausedTotal));
            }
        }
        let Some((limit, cause)) = limit else { return Ok(PauseEnd::Unlimited) };
        let ends_at = calendar.due(at, limit)?.at();
        Ok(ends_at.map_or(PauseEnd::Unlimited, |ends_at| PauseEnd::Limited(ends_at, cause)))
    }
}
