//! The state of each timer of each row as of an instant.

use super::plan::{KindTerms, Plan, Terms};
use super::rows::{BLOCK, Block, LengthFault, NEVER, NONE, RefusedRow, Rows};
use crate::calendar::check_horizon;
use crate::engine::State;
use crate::error::Error;
use crate::ticket::{Due, Outcome, Verdict};
use crate::time::{BusinessDuration, Timestamp};

/// The state that is written for a row that is refused, and for a timer that the policy does not measure.
pub const NO_STATE: u8 = u8::MAX;

/// The columns that the answers for one timer are written to, each as long as the rows, or empty for what is not asked: that
/// is not computed either.
#[derive(Debug, Default)]
pub struct TimerColumns<'a> {
    /// The due; [`NONE`] when the timer did not start, is due beyond the horizon, or nothing is promised.
    pub due_us: &'a mut [i64],
    /// The instant at which its first warning fires or would have fired; [`NONE`] without one.
    pub warn_us: &'a mut [i64],
    /// The state's place in [`State::ALL`]; [`NO_STATE`] for a row that is refused, or a timer that is not measured.
    pub state: &'a mut [u8],
    /// The business time elapsed until it stopped, or until `now`; [`NONE`] when it did not start.
    pub elapsed_us: &'a mut [i64],
    /// The business time after its due until it stopped, or until `now`; [`NONE`] when it did not start.
    pub overdue_us: &'a mut [i64],
}

/// The answer for one timer of one row.
#[derive(Clone, Copy, Default)]
pub(super) struct Answer {
    pub(super) state: Option<State>,
    pub(super) due: Option<Timestamp>,
    pub(super) warn: Option<Timestamp>,
    pub(super) elapsed: Option<BusinessDuration>,
    pub(super) overdue: Option<BusinessDuration>,
}

/// Checks that there are places for the answers for each timer of each row.
pub(super) fn check_answers(answers: &[TimerColumns<'_>], timers: usize, rows: usize) -> Result<(), Error> {
    let is_column = |length: usize| length == rows || length == 0;
    let fit = answers.iter().all(|columns| columns.lengths().into_iter().all(is_column));
    if !fit || answers.len() != timers {
        return Err(LengthFault::Answers.into());
    }
    Ok(())
}

impl Plan {
    /// Writes the state of each timer of each row as of `now`, and returns the rows that cannot be judged. For those
    /// [`NONE`] and [`NO_STATE`] are written.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Id;
    /// use sla_core::columns::{Column, Kind, NONE, Plan, Rows, TimerColumns};
    /// use sla_core::engine::State;
    /// let starter = Kind::new(Id::new("starter")?, Id::new("email")?);
    /// let plan = Plan::new(&engine(), &["first_response"], &[starter])?;
    /// let (opened, none) = ([at("2026-03-02T10:00:00Z").as_micros()], [NONE]);
    /// let rows = Rows {
    ///     kinds: &[0],
    ///     opened_us: Column::of(&opened),
    ///     assigned_us: Column::of(&none),
    ///     first_reply_us: Column::of(&none),
    ///     resolved_us: Column::of(&none),
    /// };
    /// let (mut due_us, mut warn_us, mut state) = ([0], [0], [0]);
    /// let (mut elapsed_us, mut overdue_us) = ([0], [0]);
    /// let answers = TimerColumns {
    ///     due_us: &mut due_us,
    ///     warn_us: &mut warn_us,
    ///     state: &mut state,
    ///     elapsed_us: &mut elapsed_us,
    ///     overdue_us: &mut overdue_us,
    /// };
    /// let refused = plan.evaluate(&rows, at("2026-03-02T15:00:00Z"), &mut [answers])?;
    /// assert!(refused.is_empty());
    /// assert_eq!(due_us, [at("2026-03-02T14:00:00Z").as_micros()]);
    /// assert_eq!(State::ALL[usize::from(state[0])], State::Breached);
    /// assert_eq!(overdue_us, [3_600_000_000]);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
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
        check_answers(answers, self.timers.len(), count)?;
        let (mut refused, mut block) = (Vec::new(), Block::default());
        for first in (0..count).step_by(BLOCK) {
            rows.read(first, self.kinds.len(), now.as_micros().cast_unsigned(), &mut block);
            refused.extend(block.refuse(answers));
            for (number, (timer, columns)) in self.timers.iter().zip(&mut *answers).enumerate() {
                for milestones in &block.rows {
                    let (span, row) = (timer.span(milestones), milestones.row);
                    let start = Timestamp::from_micros(span.0.cast_signed());
                    let answer = match self.terms_of(milestones.kind).get(number) {
                        None | Some(None) => Answer::default(),
                        Some(Some(KindTerms::Fixed(terms))) => terms.answer(span, now, columns)?,
                        Some(Some(KindTerms::ByStart)) if span.0 >= NEVER => Answer::not_started(),
                        Some(Some(KindTerms::ByStart)) => match self.terms_at(milestones.kind, timer, start)? {
                            None => Answer::default(),
                            Some(terms) => terms.answer(span, now, columns)?,
                        },
                    };
                    columns.write(row, answer);
                }
            }
        }
        Ok(refused)
    }
}

impl Block {
    /// Writes that rows cannot be judged, and returns them.
    pub(super) fn refuse<'a>(&'a self, answers: &mut [TimerColumns<'_>]) -> impl Iterator<Item = RefusedRow> + use<'a> {
        for refused in &self.refused {
            for columns in answers.iter_mut() {
                columns.write(refused.row, Answer::default());
            }
        }
        self.refused.iter().copied()
    }
}

impl Answer {
    pub(super) fn not_started() -> Self {
        Self { state: Some(State::NotStarted), ..Self::default() }
    }
}

impl Terms {
    fn answer(
        &self,
        (start_us, stop_us): (u64, u64),
        now: Timestamp,
        asked: &TimerColumns<'_>,
    ) -> Result<Answer, Error> {
        if start_us >= NEVER {
            return Ok(Answer::not_started());
        }
        let end_us = stop_us.min(now.as_micros().cast_unsigned());
        let [start, end] = [start_us, end_us].map(|at_us| Timestamp::from_micros(at_us.cast_signed()));
        let due = self.due(start)?;
        let warn = if asked.warn_us.is_empty() { None } else { self.warns_at(start, self.length(start)?)? };
        let verdict = Verdict::of_span(due, end, stop_us < NEVER);
        let overdue = match due {
            Some(Due::At(due_at)) if verdict.outcome == Outcome::Breached && !asked.overdue_us.is_empty() => {
                self.calendar.elapsed(due_at, end)?
            }
            _ => BusinessDuration::ZERO,
        };
        let elapsed = if asked.elapsed_us.is_empty() { None } else { Some(self.calendar.elapsed(start, end)?) };
        Ok(Answer { state: Some(verdict.state()), due: due.and_then(Due::at), warn, elapsed, overdue: Some(overdue) })
    }
}

impl Terms {
    /// Returns the answer for a cycle that started, where its length, its verdict and what is asked of its due and its elapsed
    /// business time are known.
    #[inline]
    pub(super) fn answer_of(
        &self,
        (start, due): (Timestamp, Option<Timestamp>),
        length: Option<BusinessDuration>,
        elapsed_us: i64,
        verdict: Verdict,
        asked: &TimerColumns<'_>,
    ) -> Result<Answer, Error> {
        let warn = if asked.warn_us.is_empty() { None } else { self.warns_at(start, length)? };
        let elapsed = BusinessDuration::from_micros(elapsed_us)?;
        // The open time after the due: the target was used up at it.
        let overdue = match length {
            // INVARIANT: a target is used up at its due.
            Some(target) if verdict.outcome == Outcome::Breached => elapsed.saturating_sub(target),
            _ => BusinessDuration::ZERO,
        };
        Ok(Answer { state: Some(verdict.state()), due, warn, elapsed: Some(elapsed), overdue: Some(overdue) })
    }
}

impl TimerColumns<'_> {
    /// Returns whether a length of business time is asked.
    pub(super) const fn ask_lengths(&self) -> bool {
        !self.elapsed_us.is_empty() || !self.overdue_us.is_empty()
    }

    const fn lengths(&self) -> [usize; 5] {
        [self.due_us.len(), self.warn_us.len(), self.state.len(), self.elapsed_us.len(), self.overdue_us.len()]
    }

    /// Writes the due, [`NEVER`] for none, and the state of a row.
    #[inline]
    pub(super) fn write_due(&mut self, row: usize, due_us: u64, state: State) {
        if let Some(place) = self.due_us.get_mut(row) {
            *place = due_us.cast_signed();
        }
        if let Some(place) = self.state.get_mut(row) {
            *place = number(state);
        }
    }

    #[inline]
    pub(super) fn write(&mut self, row: usize, answer: Answer) {
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
