//! Many tickets at once, given as columns of integers: one row a ticket, its milestones as instants.
//!
//! For tickets that never pause and are not reopened, a row says what their history says. Timers that need more than the
//! milestones (a next response, a periodic update) are refused when the plan is made.
//!
//! ```
//! # use sla_core::{Engine, Id, wire};
//! use sla_core::analytics::{Dimension, Grouping, Report};
//! use sla_core::columns::{Column, Kind, NONE, Plan, Rows};
//! use sla_core::time::Timestamp;
//! # let engine = Engine::compile(wire::policy::read(include_str!("../../../examples/talkabiz.json"))?)?;
//! let starter = Kind::new(Id::new("starter")?, Id::new("email")?);
//! let plan = Plan::new(&engine, &["first_response", "resolution"], &[starter])?;
//! let at = |text| Timestamp::parse(text).unwrap().as_micros();
//! // Two tickets of Monday 2026-11-23: answered after one hour and after five (lunch is closed), one resolved.
//! let opened = [at("2026-11-23T08:00:00+07:00"), at("2026-11-23T10:00:00+07:00")];
//! let first_reply = [at("2026-11-23T09:00:00+07:00"), at("2026-11-23T16:00:00+07:00")];
//! let resolved = [at("2026-11-23T09:30:00+07:00"), NONE];
//! let rows = Rows {
//!     kinds: &[0, 0],
//!     opened_us: Column::of(&opened),
//!     assigned_us: Column::of(&opened),
//!     first_reply_us: Column::of(&first_reply),
//!     resolved_us: Column::of(&resolved),
//! };
//! let mut figures = plan.figures(Grouping::by(&[Dimension::Package]));
//! let refused = figures.add(&rows, Timestamp::parse("2026-11-23T17:00:00+07:00")?)?;
//! assert!(refused.is_empty());
//! let report = Report::of(&figures.into_aggregate()?)?;
//! let first_response = report.groups[0].timer("first_response").unwrap();
//! assert_eq!((first_response.met, first_response.breached_answered), (1, 1));
//! # Ok::<(), sla_core::Error>(())
//! ```

pub mod calendar;
mod figures;
pub mod log;

use std::sync::Arc;

use crate::calendar::{Calendar, check_horizon};
use crate::engine::{Engine, Revision, State, Subject};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::policy::{Cycles, DueBoundary, StepAction, StepTime, TimerRules, Trigger};
use crate::ticket::Due;
use crate::time::{BusinessDuration, Share, Timestamp};
use crate::timer;

pub use self::figures::Figures;

/// What stands in a column for no instant, and what is written there.
pub const NONE: i64 = i64::MIN;

/// [`NONE`] as an unsigned number: later than every instant, and before everything that lies before 1970.
const NEVER: u64 = NONE.cast_unsigned();

/// What is written as the state of a row that was refused, or that is promised nothing.
pub const NO_STATE: u8 = u8::MAX;

/// Everything about a ticket that decides its terms and its group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Kind {
    /// The package.
    pub package: Id,
    /// The channel it was opened by.
    pub channel: Id,
    /// Who holds it from the assignment on.
    pub agent: Option<Id>,
    /// The severity.
    pub severity: Option<Id>,
    /// The category.
    pub category: Option<Id>,
}

impl Kind {
    /// Returns the kind of tickets without agent, severity and category.
    #[must_use]
    pub const fn new(package: Id, channel: Id) -> Self {
        Self { package, channel, agent: None, severity: None, category: None }
    }
}

/// Whole numbers, most often instants in microseconds since 1970-01-01T00:00:00Z; [`NONE`] stands for none.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    values: &'a [i64],
    /// One bit a row, the least significant first; 0 means none.
    valid: Option<&'a [u8]>,
}

impl<'a> Column<'a> {
    /// Returns a column whose gaps are [`NONE`].
    #[must_use]
    pub const fn of(values: &'a [i64]) -> Self {
        Self { values, valid: None }
    }

    /// Returns a column in which only those rows have a value whose bit is 1, the least significant bit of each byte
    /// first, as in Arrow.
    #[must_use]
    pub const fn masked(values: &'a [i64], valid: &'a [u8]) -> Self {
        Self { values, valid: Some(valid) }
    }

    fn is_long_enough(self, rows: usize) -> bool {
        self.values.len() == rows && self.valid.is_none_or(|valid| valid.len() >= rows.div_ceil(8))
    }

    /// Returns what stands in a row.
    #[inline]
    fn value(self, row: usize) -> Option<i64> {
        Some(self.get(row).cast_signed()).filter(|value| *value != NONE)
    }

    /// Returns what stands for a row, as [`Milestones`] hold it.
    #[inline]
    fn get(self, row: usize) -> u64 {
        let value = self.values.get(row).copied().unwrap_or(NONE).cast_unsigned();
        match self.valid {
            Some(valid) if valid.get(row / 8).is_none_or(|byte| byte >> (row % 8) & 1 == 0) => NEVER,
            _ => value,
        }
    }
}

/// Tickets as columns of equal length. Milestones of one instant follow each other in the order of the fields.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The kind of each, as its place in the plan's list.
    pub kinds: &'a [u32],
    /// When it was opened; every row has one.
    pub opened_us: Column<'a>,
    /// When it was first assigned. A ticket that was resolved before counts as assigned when it was resolved.
    pub assigned_us: Column<'a>,
    /// When it was first answered publicly, other than by the resolve.
    pub first_reply_us: Column<'a>,
    /// When it was resolved.
    pub resolved_us: Column<'a>,
}

/// A row that could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its place, from 0.
    pub row: usize,
    /// Why: `missing_field` without opening, `end_before_start` for a milestone before it, `time_went_back` for one after
    /// `now`, `out_of_horizon`, or `out_of_range` for a kind that the plan does not have.
    pub code: ErrorCode,
}

/// Where the answers for one timer go, each as long as the rows.
#[derive(Debug)]
pub struct TimerColumns<'a> {
    /// When it falls or fell due; [`NONE`] when it did not start, or is due beyond the horizon.
    pub due_us: &'a mut [i64],
    /// When its first warning fires or would have fired; [`NONE`] when it has none.
    pub warn_us: &'a mut [i64],
    /// Its place in [`State::ALL`]; [`NO_STATE`] for a row that was refused or is promised nothing.
    pub state: &'a mut [u8],
    /// The business time used until it stopped, or until `now`; [`NONE`] when it did not start.
    pub elapsed_us: &'a mut [i64],
    /// The business time after its due until it stopped, or until `now`; [`NONE`] when it did not start.
    pub overdue_us: &'a mut [i64],
}

/// The timers and kinds of tickets that rows speak of, compiled under the newest revision of an engine.
#[derive(Debug)]
pub struct Plan {
    engine: Engine,
    timers: Vec<TimerPlan>,
    kinds: Vec<Kind>,
    /// The terms of each kind and timer, those of one kind beside each other.
    terms: Vec<Option<Terms>>,
}

/// A timer as far as milestones start and stop it.
#[derive(Debug)]
struct TimerPlan {
    id: Id,
    start: Start,
    /// For the assignment, the first reply and the resolve: 0 where it stops the timer, or else [`NEVER`], which makes
    /// every instant later than all when the bits of both are joined.
    stops: [u64; 3],
}

/// The milestone that starts a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Opening,
    Assignment,
}

/// What one kind of ticket is promised for one timer.
#[derive(Debug)]
struct Terms {
    target: BusinessDuration,
    calendar: Arc<Calendar>,
    boundary: DueBoundary,
    /// What is used when the first warning fires.
    warn_after: Option<BusinessDuration>,
}

/// The milestones of one row, in microseconds: each lies between the opening and now, or is [`NEVER`].
#[derive(Debug, Clone, Copy)]
struct Milestones {
    kind: usize,
    opened_us: u64,
    assigned_us: u64,
    first_reply_us: u64,
    resolved_us: u64,
}

impl Plan {
    /// Returns a plan for these timers and kinds of tickets.
    ///
    /// # Errors
    ///
    /// - `unknown_timer` for a timer that the policy does not have, and for one that milestones do not decide: one with
    ///   cycles, or one that something else starts or stops;
    /// - `out_of_range` for a package that the policy does not have;
    /// - `unknown_channel`, `unknown_severity`, `unknown_category` for what it does not list, or the package not include.
    pub fn new(engine: &Engine, timers: &[&str], kinds: &[Kind]) -> Result<Self, Error> {
        let revision = engine.newest();
        let rules = timers.iter().map(|timer| rules_of(revision, timer)).collect::<Result<Vec<_>, _>>()?;
        let mut terms = Vec::new();
        for (place, kind) in kinds.iter().enumerate() {
            check_kind(revision, kind).map_err(|error| error.at(format!("/{place}")))?;
            for timer in &rules {
                terms.push(Terms::new(revision, kind, timer)?);
            }
        }
        let timers = rules.into_iter().map(TimerPlan::new).collect();
        Ok(Self { engine: engine.clone(), timers, kinds: kinds.to_vec(), terms })
    }

    /// Returns how many timers there are.
    #[must_use]
    pub fn timers(&self) -> usize {
        self.timers.len()
    }

    /// Returns an empty collection of figures.
    #[must_use]
    pub fn figures(&self, grouping: crate::analytics::Grouping) -> Figures<'_> {
        Figures::new(self, grouping)
    }

    /// Writes where each timer of each row stands as of `now`, and returns the rows that could not be judged: nothing
    /// stands for them in the answers.
    ///
    /// # Errors
    ///
    /// - `out_of_range` when the columns, or the answers, differ in length, or there are not as many answers as timers;
    /// - `out_of_horizon` when `now` lies outside the horizon of calendars.
    pub fn evaluate(
        &self,
        rows: &Rows<'_>,
        now: Timestamp,
        answers: &mut [TimerColumns<'_>],
    ) -> Result<Vec<RefusedRow>, Error> {
        check_horizon("now", now)?;
        let count = rows.check()?;
        let fit = answers.iter().all(|columns| columns.lengths().into_iter().all(|length| length == count));
        if !fit || answers.len() != self.timers.len() {
            return Err(Error::new(ErrorCode::OutOfRange, "the answers do not fit the rows")
                .help("hand over one set of columns for each timer of the plan, each as long as the rows"));
        }
        let mut refused = Vec::new();
        for row in 0..count {
            let milestones = match rows.milestones(row, self.kinds.len(), now.as_micros().cast_unsigned()) {
                Ok(milestones) => milestones,
                Err(code) => {
                    refused.push(RefusedRow { row, code });
                    for columns in answers.iter_mut() {
                        columns.write(row, Answer::default());
                    }
                    continue;
                }
            };
            for ((timer, terms), columns) in self.timers.iter().zip(self.terms_of(milestones.kind)).zip(&mut *answers) {
                let answer = match terms {
                    None => Answer::default(),
                    Some(terms) => terms.answer(timer.span(&milestones), now)?,
                };
                columns.write(row, answer);
            }
        }
        Ok(refused)
    }

    #[inline]
    fn terms_of(&self, kind: usize) -> &[Option<Terms>] {
        let first = kind.saturating_mul(self.timers.len());
        self.terms.get(first..first.saturating_add(self.timers.len())).unwrap_or_default()
    }
}

fn check_kind(revision: &Revision, kind: &Kind) -> Result<(), Error> {
    let policy = &revision.policy;
    let unknown = |code, what: &str, id: &Id| Err(Error::new(code, format!("the policy has no {what} `{id}`")));
    let Some(package) = revision.package(kind.package.as_str()) else {
        return unknown(ErrorCode::OutOfRange, "package", &kind.package);
    };
    if !package.channels.contains(&kind.channel) {
        let message = format!("package `{}` does not include the channel `{}`", package.id, kind.channel);
        return Err(Error::new(ErrorCode::UnknownChannel, message));
    }
    match (&kind.severity, &kind.category) {
        (Some(severity), _) if !policy.severities.contains(severity) => {
            unknown(ErrorCode::UnknownSeverity, "severity", severity)
        }
        (_, Some(category)) if !policy.categories.contains(category) => {
            unknown(ErrorCode::UnknownCategory, "category", category)
        }
        _ => Ok(()),
    }
}

/// Returns the rules of a timer that milestones decide.
fn rules_of<'a>(revision: &'a Revision, timer: &str) -> Result<&'a TimerRules, Error> {
    let Some(rules) = revision.policy.timers.get(timer) else {
        return Err(Error::new(ErrorCode::UnknownTimer, format!("the policy has no timer `{timer}`")));
    };
    let start = Start::of(rules);
    let known_starts = start == Start::Opening || rules.starts_on == [Trigger::Assigned];
    let known_stops = rules.stops_on.iter().all(|trigger| match trigger {
        Trigger::Resolved => true,
        // Only the first of them is known, so they must not come before the start.
        Trigger::PublicReply | Trigger::Assigned => start == Start::Opening,
        _ => false,
    });
    if rules.cycles == Cycles::Once && known_starts && known_stops {
        return Ok(rules);
    }
    Err(Error::new(ErrorCode::UnknownTimer, format!("milestones do not decide the timer `{timer}`"))
        .help("evaluate histories for timers with cycles, or that messages start or stop"))
}

impl Start {
    fn of(rules: &TimerRules) -> Self {
        if rules.starts_on.contains(&Trigger::Opened) { Self::Opening } else { Self::Assignment }
    }
}

impl TimerPlan {
    fn new(rules: &TimerRules) -> Self {
        let stops = |trigger| if rules.stops_on.contains(&trigger) { 0 } else { NEVER };
        Self {
            id: rules.id.clone(),
            start: Start::of(rules),
            stops: [Trigger::Assigned, Trigger::PublicReply, Trigger::Resolved].map(stops),
        }
    }

    /// Returns when the timer started and stopped, in microseconds; [`NEVER`] or more if it did not.
    #[inline]
    fn span(&self, row: &Milestones) -> (u64, u64) {
        let start = match self.start {
            Start::Opening => row.opened_us,
            Start::Assignment => row.assigned_us,
        };
        let [assignment, reply, resolve] = self.stops;
        let stop = (row.assigned_us | assignment).min(row.first_reply_us | reply).min(row.resolved_us | resolve);
        (start, stop)
    }
}

/// Where one timer of one row stands.
#[derive(Clone, Copy, Default)]
struct Answer {
    state: Option<State>,
    due: Option<Timestamp>,
    warn: Option<Timestamp>,
    elapsed: Option<BusinessDuration>,
    overdue: Option<BusinessDuration>,
}

impl Terms {
    fn new(revision: &Revision, kind: &Kind, rules: &TimerRules) -> Result<Option<Self>, Error> {
        let subject =
            Subject { package: &kind.package, severity: kind.severity.as_ref(), category: kind.category.as_ref() };
        let Some(terms) = revision.terms(subject, &rules.id, &kind.channel) else { return Ok(None) };
        let steps = revision.steps.get(&rules.id).map_or(&[][..], Vec::as_slice);
        let warnings = steps.iter().filter(|step| step.action == StepAction::Warn).filter_map(|step| match step.when {
            StepTime::At(share) if share < Share::WHOLE => share.of(terms.target),
            StepTime::At(_) | StepTime::After(_) => None,
        });
        Ok(Some(Self {
            target: terms.target,
            calendar: Arc::clone(revision.calendar(terms.calendar)?),
            boundary: rules.due_boundary,
            warn_after: warnings.min(),
        }))
    }

    fn answer(&self, (start_us, stop_us): (u64, u64), now: Timestamp) -> Result<Answer, Error> {
        if start_us >= NEVER {
            return Ok(Answer { state: Some(State::NotStarted), ..Answer::default() });
        }
        let end_us = stop_us.min(now.as_micros().cast_unsigned());
        let [start, end] = [start_us, end_us].map(|at_us| Timestamp::from_micros(at_us.cast_signed()));
        let due = self.due(start)?.at();
        let warn = match self.warn_after {
            Some(after) => timer::due_from(&self.calendar, DueBoundary::Close, start, after)?.at(),
            None => None,
        };
        let (state, overdue) = match due {
            Some(due_at) if end > due_at => (State::Breached, self.calendar.elapsed(due_at, end)?),
            _ if stop_us < NEVER => (State::Met, BusinessDuration::ZERO),
            _ => (State::Running, BusinessDuration::ZERO),
        };
        let elapsed = self.calendar.elapsed(start, end)?;
        Ok(Answer { state: Some(state), due, warn, elapsed: Some(elapsed), overdue: Some(overdue) })
    }

    #[inline]
    fn due(&self, start: Timestamp) -> Result<Due, Error> {
        timer::due_from(&self.calendar, self.boundary, start, self.target)
    }
}

impl Rows<'_> {
    /// Returns how many rows there are.
    fn check(&self) -> Result<usize, Error> {
        let count = self.kinds.len();
        let columns = [self.opened_us, self.assigned_us, self.first_reply_us, self.resolved_us];
        if columns.iter().all(|column| column.is_long_enough(count)) {
            return Ok(count);
        }
        Err(Error::new(ErrorCode::OutOfRange, "the columns differ in length").help("every column has one value a row"))
    }

    /// Returns the milestones of a row, for a plan of so many kinds.
    #[inline]
    fn milestones(&self, row: usize, kinds: usize, now_us: u64) -> Result<Milestones, ErrorCode> {
        let kind = self.kinds.get(row).and_then(|kind| usize::try_from(*kind).ok()).unwrap_or(usize::MAX);
        let [opened_us, assigned_us, first_reply_us, resolved_us] =
            [self.opened_us, self.assigned_us, self.first_reply_us, self.resolved_us].map(|column| column.get(row));
        // What lies before the opening wraps around to more than any length.
        let most = now_us.wrapping_sub(opened_us);
        let fits = |at_us: u64| (at_us == NEVER) | (at_us.wrapping_sub(opened_us) <= most);
        if kind < kinds && opened_us <= now_us && fits(assigned_us) & fits(first_reply_us) & fits(resolved_us) {
            // Resolving an unassigned ticket assigns it.
            let assigned_us = assigned_us.min(resolved_us);
            return Ok(Milestones { kind, opened_us, assigned_us, first_reply_us, resolved_us });
        }
        let instants = [assigned_us, first_reply_us, resolved_us];
        Err(if kind >= kinds {
            ErrorCode::OutOfRange
        } else if opened_us == NEVER {
            ErrorCode::MissingField
        } else if opened_us > NEVER {
            ErrorCode::OutOfHorizon
        } else if instants.iter().any(|at_us| *at_us != NEVER && at_us.cast_signed() < opened_us.cast_signed()) {
            ErrorCode::EndBeforeStart
        } else {
            ErrorCode::TimeWentBack
        })
    }
}

impl TimerColumns<'_> {
    const fn lengths(&self) -> [usize; 5] {
        [self.due_us.len(), self.warn_us.len(), self.state.len(), self.elapsed_us.len(), self.overdue_us.len()]
    }

    fn write(&mut self, row: usize, answer: Answer) {
        let instant = |at: Option<Timestamp>| at.map_or(NONE, Timestamp::as_micros);
        let length = |length: Option<BusinessDuration>| length.map_or(NONE, BusinessDuration::as_micros);
        for (column, value) in [
            (&mut *self.due_us, instant(answer.due)),
            (&mut *self.warn_us, instant(answer.warn)),
            (&mut *self.elapsed_us, length(answer.elapsed)),
            (&mut *self.overdue_us, length(answer.overdue)),
        ] {
            if let Some(place) = column.get_mut(row) {
                *place = value;
            }
        }
        if let Some(place) = self.state.get_mut(row) {
            *place = answer.state.map_or(NO_STATE, number);
        }
    }
}

/// Returns the place of a state in [`State::ALL`].
#[expect(clippy::as_conversions, reason = "a word's place in its short list")]
const fn number(state: State) -> u8 {
    state as u8
}
