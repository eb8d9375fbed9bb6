//! The figures that are counted, by name and number.

use crate::string_enum::string_enum;

string_enum! {
    /// What a row of an [`Aggregate`](super::Aggregate) counts.
    ///
    /// `docs/analytics.md` defines each, with the instant that decides its period and its holder.
    Figure {
        /// Inbound tickets opened.
        Opened => "opened",
        /// Resolutions; a ticket that was reopened may have several.
        Resolved => "resolved",
        /// Reopenings.
        Reopened => "reopened",
        /// Tickets closed.
        Closed => "closed",
        /// Tickets withdrawn by their customer.
        Withdrawn => "withdrawn",
        /// Tickets declared void.
        Voided => "voided",
        /// As of the evaluation: tickets that are new or open.
        Open => "open",
        /// As of the evaluation: tickets that are pending or on hold; of a timer, cycles that are paused before their due.
        Paused => "paused",
        /// As of the evaluation: cycles that are running before their due.
        Running => "running",
        /// Cycles that stopped at or before their due.
        Met => "met",
        /// Cycles that stopped after their due.
        BreachedAnswered => "breached_answered",
        /// As of the evaluation: cycles past their due that have not stopped.
        BreachedOpen => "breached_open",
        /// Cycles past their due when the ticket ended before they stopped.
        BreachedEnded => "breached_ended",
        /// Cycles cancelled because the customer withdrew the ticket.
        CancelledWithdrawn => "cancelled_withdrawn",
        /// Cycles cancelled because an admin declared the ticket void.
        CancelledVoided => "cancelled_voided",
        /// Cycles cancelled because an admin declared the ticket a duplicate of another.
        CancelledDuplicate => "cancelled_duplicate",
        /// Durations of stopped cycles in business time, by histogram bucket.
        BusinessTime => "business_time",
        /// Durations of stopped cycles in wall time, by histogram bucket.
        WallTime => "wall_time",
        /// Pauses of cycles with more than 10 % of the target remaining.
        Pauses => "pauses",
        /// Pauses before the due with at most 10 % of the target remaining.
        LatePauses => "late_pauses",
        /// Pauses of cycles past their due.
        PausesAfterDue => "pauses_after_due",
        /// Warnings.
        Warnings => "warnings",
        /// Escalations because of a breach; the bucket is the level.
        EscalatedBreach => "escalated_breach",
        /// Escalations by a step before or after the due; the bucket is the level.
        EscalatedStep => "escalated_step",
        /// Requested escalations; the bucket is the level.
        EscalatedRequest => "escalated_request",
        /// Ratings; the bucket is the score, 1 to 5.
        Rated => "rated",
        /// Public replies, by their author.
        Replies => "replies",
        /// Pairs of a ticket and an agent who worked on it, by that agent.
        Handled => "handled",
        /// Cycles cancelled because the ticket was closed.
        CancelledClosed => "cancelled_closed",
        /// Cycles cancelled because the ticket was handed on.
        CancelledHandedOn => "cancelled_handed_on",
        /// Cycles cancelled because an inactivity rule resolved the ticket.
        CancelledInactivity => "cancelled_inactivity",
        /// Cycles whose promise was taken away by a change of terms and did not return.
        Terms => "terms",
        /// Cycles that never had a promise, whether they ended or not.
        Unpromised => "unpromised",
        /// Durations of stopped cycles of the class `terms` in business time, by histogram bucket.
        TermsBusinessTime => "terms_business_time",
        /// Durations of stopped cycles of the class `terms` in wall time, by histogram bucket.
        TermsWallTime => "terms_wall_time",
        /// Durations of stopped cycles of the class `unpromised` in business time, by histogram bucket.
        UnpromisedBusinessTime => "unpromised_business_time",
        /// Durations of stopped cycles of the class `unpromised` in wall time, by histogram bucket.
        UnpromisedWallTime => "unpromised_wall_time",
        /// Business time after the due of breached cycles at their end, by histogram bucket.
        Overdue => "overdue",
        /// Changes of holder while at most 10 % of the target remained, by the earlier holder.
        LateHandOvers => "late_hand_overs",
        /// Outbound tickets opened, by the actor; `opened` does not count them.
        OpenedOutbound => "opened_outbound",
        /// Automatic replies; `replies` does not count them.
        AutomaticReplies => "automatic_replies",
        /// Messages of customers, openings included, that were received before their event.
        ReceivedLate => "received_late",
        /// Business time in which the ticket was new or open, one duration for each holding, by histogram bucket.
        HeldWorkingBusinessTime => "held_working_business_time",
        /// Wall time in which the ticket was new or open, one duration for each holding, by histogram bucket.
        HeldWorkingWallTime => "held_working_wall_time",
        /// Business time in which the ticket was pending or on hold, one duration for each holding, by histogram bucket.
        HeldWaitingBusinessTime => "held_waiting_business_time",
        /// Wall time in which the ticket was pending or on hold, one duration for each holding, by histogram bucket.
        HeldWaitingWallTime => "held_waiting_wall_time",
    }
}

crate::unknown::from_str!(Figure, UnknownWord, "figure");

impl Figure {
    /// Returns the number that stands for it where rows hold integers only: 1 for `opened`, then counting up in the
    /// order of [`Figure::ALL`]. A number is never given to something else.
    #[must_use]
    #[expect(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "a word's place in its short list")]
    pub const fn number(self) -> u32 {
        self as u32 + 1
    }

    /// Returns the figure that a number stands for.
    ///
    /// ```
    /// use sla_core::analytics::Figure;
    /// assert_eq!(Figure::from_number(Figure::Met.number()), Some(Figure::Met));
    /// assert_eq!(Figure::from_number(0), None);
    /// ```
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        let at = usize::try_from(number.checked_sub(1)?).ok()?;
        Self::ALL.get(at).copied()
    }

    /// Returns whether rows of it have a timer. `paused` is counted for tickets and for timers; the answer is then `asked`.
    pub(super) const fn has_timer(self, asked: bool) -> bool {
        match self {
            Self::Opened
            | Self::Resolved
            | Self::Reopened
            | Self::Closed
            | Self::Withdrawn
            | Self::Voided
            | Self::Open
            | Self::EscalatedRequest
            | Self::Rated
            | Self::Replies
            | Self::Handled
            | Self::OpenedOutbound
            | Self::AutomaticReplies
            | Self::ReceivedLate
            | Self::HeldWorkingBusinessTime
            | Self::HeldWorkingWallTime
            | Self::HeldWaitingBusinessTime
            | Self::HeldWaitingWallTime => false,
            Self::Paused => asked,
            _ => true,
        }
    }

    /// Returns whether it counts durations, which have sums.
    pub(super) const fn has_duration(self) -> bool {
        matches!(
            self,
            Self::BusinessTime
                | Self::WallTime
                | Self::TermsBusinessTime
                | Self::TermsWallTime
                | Self::UnpromisedBusinessTime
                | Self::UnpromisedWallTime
                | Self::Overdue
                | Self::HeldWorkingBusinessTime
                | Self::HeldWorkingWallTime
                | Self::HeldWaitingBusinessTime
                | Self::HeldWaitingWallTime
        )
    }

    /// Returns whether rows of it may have this bucket.
    pub(super) const fn has_bucket(self, bucket: u32) -> bool {
        match self {
            _ if self.has_duration() => bucket <= 7_295,
            Self::EscalatedBreach | Self::EscalatedStep | Self::EscalatedRequest => bucket > 0,
            Self::Rated => 1 <= bucket && bucket <= 5,
            _ => bucket == 0,
        }
    }
}
