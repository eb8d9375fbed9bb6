//! Timers as data: what starts, stops and pauses a cycle.

use crate::id::Id;
use crate::string_enum::string_enum;
use crate::ticket::{PauseStatus, Trigger};

/// The rules of one timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRules {
    /// Unique within the policy.
    pub id: Id,
    /// What starts a cycle.
    pub starts_on: Vec<Trigger>,
    /// What stops it.
    pub stops_on: Vec<Trigger>,
    /// What cancels it: the ticket is handed on.
    pub cancels_on: Vec<Trigger>,
    /// The statuses in which it pauses.
    pub pauses_on: Vec<PauseStatus>,
    /// Whether it runs once per ticket or at each start.
    pub cycles: Cycles,
    /// What a reopened ticket does to a cycle that the resolve stopped.
    pub on_reopen: OnReopen,
    /// Where a due lands that falls exactly on a closing.
    pub due_boundary: DueBoundary,
}

string_enum! {
    /// How often a timer runs on one ticket.
    Cycles {
        /// At most once.
        Once => "once",
        /// A new cycle at each start.
        Repeated => "repeated",
    }
}

string_enum! {
    /// What a reopened ticket does to the cycle that the resolve stopped.
    OnReopen {
        /// The cycle resumes with the remaining target.
        Resume => "resume",
        /// A new cycle starts with the full target.
        NewCycle => "new_cycle",
        /// Nothing; a new cycle starts only if the timer starts on `reopened` or `reply_owed`.
        Ignore => "ignore",
    }
}

string_enum! {
    /// Where a due lands that falls exactly on a closing.
    DueBoundary {
        /// On the closing itself.
        Close => "close",
        /// On the next opening.
        NextOpen => "next_open",
    }
}

string_enum! {
    /// The timers that need no definition.
    Preset {
        /// From the opening to the first public reply, or to the resolve when there was none.
        FirstResponse => "first_response",
        /// From a customer message while no reply is owed to the next public reply or resolve.
        NextResponse => "next_response",
        /// From the opening, each public reply and each reopening to the next public reply or resolve.
        Update => "update",
        /// From the first assignment to the resolve.
        Resolution => "resolution",
        /// From the opening to the first assignment.
        Assignment => "assignment",
    }
}

impl Preset {
    /// Returns the rules of this timer as they are without adjustment.
    ///
    /// ```
    /// use sla_core::policy::{Preset, Trigger};
    /// let rules = Preset::FirstResponse.rules();
    /// assert_eq!(rules.starts_on, [Trigger::Opened]);
    /// assert_eq!(rules.stops_on, [Trigger::PublicReply, Trigger::Resolved]);
    /// ```
    #[must_use]
    pub fn rules(self) -> TimerRules {
        use Trigger::{Assigned, Opened, PublicReply, Reopened, ReplyOwed, Resolved};
        let (starts_on, stops_on, pauses_on, cycles, on_reopen): (&[_], &[_], &[_], _, _) = match self {
            Self::FirstResponse => (&[Opened], &[PublicReply, Resolved], &[], Cycles::Once, OnReopen::Ignore),
            Self::NextResponse => (&[ReplyOwed], &[PublicReply, Resolved], &[], Cycles::Repeated, OnReopen::Ignore),
            Self::Update => (
                &[Opened, PublicReply, Reopened],
                &[PublicReply, Resolved],
                &[PauseStatus::Pending],
                Cycles::Repeated,
                OnReopen::Ignore,
            ),
            Self::Resolution => {
                (&[Assigned], &[Resolved], &[PauseStatus::Pending, PauseStatus::OnHold], Cycles::Once, OnReopen::Resume)
            }
            Self::Assignment => (&[Opened], &[Assigned], &[], Cycles::Once, OnReopen::Ignore),
        };
        TimerRules {
            id: Id::preset(self),
            starts_on: starts_on.to_vec(),
            stops_on: stops_on.to_vec(),
            cancels_on: Vec::new(),
            pauses_on: pauses_on.to_vec(),
            cycles,
            on_reopen,
            due_boundary: DueBoundary::Close,
        }
    }
}

impl Id {
    /// Returns the id of a preset timer.
    #[must_use]
    pub fn preset(preset: Preset) -> Self {
        Self::trusted(preset.as_str())
    }
}
