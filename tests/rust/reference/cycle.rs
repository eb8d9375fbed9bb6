//! One cycle of a timer: the spans in which it ran, and what they amount to.

use std::collections::BTreeMap;

use super::policy::{Place, Policy, Step, Subject};

/// Time in which a cycle ran, in the calendar in which it counts.
#[derive(Debug, Clone)]
pub struct Span {
    pub from: i64,
    /// `None` while it runs.
    pub to: Option<i64>,
    pub calendar: String,
}

/// What is promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    pub target: i64,
    /// The due that is fixed: of a breach, or of an event that came too late for the promise it made.
    pub fixed: Option<i64>,
    /// Broken by the event that made it.
    pub is_late: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    Running,
    Paused,
    /// Stopped, by a resolve or otherwise.
    Stopped {
        at: i64,
        by_resolve: bool,
    },
    Cancelled {
        at: i64,
        cause: &'static str,
    },
}

/// A change of terms while a cycle is stopped.
#[derive(Debug, Clone)]
pub struct Changed {
    pub subject: Subject,
    pub revision: usize,
    pub by_agent: bool,
    pub keeps: bool,
}

#[derive(Debug, Clone)]
pub struct Cycle {
    pub number: u32,
    /// The revision whose rules and steps hold for it.
    pub revision: usize,
    pub channel: String,
    pub started_at: i64,
    /// The event that started it.
    pub event_at: i64,
    /// Whether it began with a customer who waits.
    pub waits: bool,
    /// The terms of its last start or change of terms.
    pub subject: Subject,
    pub calendar: String,
    pub spans: Vec<Span>,
    /// The same as it counts against the target: in another calendar before a change to business days, or from a
    /// message that brought the promise.
    pub used_spans: Vec<Span>,
    /// From when time counts against the target.
    pub counts_from: i64,
    pub promise: Option<Promise>,
    pub was_promised: bool,
    pub breached: bool,
    pub phase: Phase,
    /// The last repetition of each step that fired or was passed over.
    pub fired: BTreeMap<String, u32>,
    pub changed: Vec<Changed>,
}

impl Span {
    #[must_use]
    pub fn new(from: i64, to: Option<i64>, calendar: &str) -> Self {
        Self { from, to, calendar: calendar.to_owned() }
    }
}

impl Cycle {
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Paused)
    }

    #[must_use]
    pub fn ended_at(&self) -> Option<i64> {
        match self.phase {
            Phase::Stopped { at, .. } | Phase::Cancelled { at, .. } => Some(at),
            Phase::Running | Phase::Paused => None,
        }
    }

    /// Whether a reopening lets it resume.
    #[must_use]
    pub fn ended_at_resolve(&self) -> bool {
        matches!(self.phase, Phase::Stopped { by_resolve: true, .. } | Phase::Cancelled { cause: "inactivity", .. })
    }

    /// Counted time of `spans` after `from` up to `now`.
    fn counted(spans: &[Span], policy: &Policy, from: i64, now: i64) -> i64 {
        let count = |span: &Span| {
            let (from, to) = (span.from.max(from), span.to.unwrap_or(now).min(now));
            if from < to { policy.calendar(&span.calendar).elapsed(from, to) } else { 0 }
        };
        spans.iter().map(count).sum()
    }

    #[must_use]
    pub fn elapsed(&self, policy: &Policy, now: i64) -> i64 {
        Self::counted(&self.spans, policy, self.started_at, now)
    }

    /// What counts against the target.
    #[must_use]
    pub fn used(&self, policy: &Policy, now: i64) -> i64 {
        Self::counted(&self.used_spans, policy, self.counts_from, now)
    }

    /// When `length` of used time is or was reached; `None` while paused before it.
    #[must_use]
    pub fn reaches(&self, policy: &Policy, length: i64) -> Option<i64> {
        let mut missing = length;
        for span in &self.used_spans {
            let calendar = policy.calendar(&span.calendar);
            let from = span.from.max(self.counts_from);
            let at = calendar.add(from, missing)?;
            match span.to {
                // Used up exactly at the end of a span: the time is there, but so is the pause.
                Some(to) if at >= to => missing -= if from < to { calendar.elapsed(from, to) } else { 0 },
                _ => return Some(at),
            }
        }
        None
    }

    /// When it is due; `None` while it is paused before its due, and while nothing is promised.
    #[must_use]
    pub fn due(&self, policy: &Policy, next_open: bool, now: i64) -> Option<i64> {
        let promise = self.promise.as_ref()?;
        if promise.fixed.is_some() {
            return promise.fixed;
        }
        let last = self.used_spans.last()?;
        if self.phase == Phase::Paused {
            return None;
        }
        let from = last.from.max(self.counts_from);
        let remaining = promise.target - self.used(policy, from.min(now));
        let due = policy.calendar(&last.calendar).add(from, remaining.max(0)).expect("due in range");
        Some(if next_open { moved(policy, &last.calendar, due) } else { due })
    }

    /// Open, unpaused time after the due.
    #[must_use]
    pub fn overdue(&self, policy: &Policy, due: Option<i64>, now: i64) -> i64 {
        due.filter(|due| *due < now).map_or(0, |due| Self::counted(&self.spans, policy, due, now))
    }

    /// When a repetition of a step happens, if it does; whether it waits for the due to be past.
    #[must_use]
    pub fn happens(&self, policy: &Policy, step: &Step, repetition: u32, due: Option<i64>) -> Option<(i64, bool)> {
        let promise = self.promise.as_ref()?;
        let place = step.place(repetition, promise.target)?;
        if place == Place::OnDue {
            return due.map(|due| (due, true));
        }
        if self.phase != Phase::Running {
            return None;
        }
        match place {
            Place::Used(length) => self.reaches(policy, length).map(|at| (at, false)),
            Place::OnDue => None,
            Place::AfterDue(after) => {
                // After a due that lies ahead: in the calendar in which the cycle runs.
                let due = due?;
                let mut missing = after;
                for span in &self.spans {
                    let calendar = policy.calendar(&span.calendar);
                    let from = span.from.max(due);
                    match span.to {
                        Some(to) if to <= from => {}
                        Some(to) => {
                            let at = calendar.add(from, missing)?;
                            if at < to {
                                return Some((at, false));
                            }
                            missing -= calendar.elapsed(from, to);
                        }
                        None => return calendar.add(from, missing).map(|at| (at, false)),
                    }
                }
                None
            }
        }
    }

    /// It runs from `at` on.
    pub fn run(&mut self, at: i64) {
        self.phase = Phase::Running;
        for spans in [&mut self.spans, &mut self.used_spans] {
            spans.push(Span::new(at, None, &self.calendar));
        }
    }

    /// It does not run from `at` on.
    pub fn halt(&mut self, at: i64) {
        for spans in [&mut self.spans, &mut self.used_spans] {
            if let Some(span) = spans.last_mut()
                && span.to.is_none()
            {
                span.to = Some(at);
            }
        }
    }

    /// It counted from `from` to `to`, before or after its other spans.
    pub fn add_span(&mut self, place: usize, from: i64, to: i64, calendar: &str) {
        for spans in [&mut self.spans, &mut self.used_spans] {
            spans.insert(place.min(spans.len()), Span::new(from, Some(to), calendar));
        }
    }
}

/// A due on a closing moves to the next opening.
#[must_use]
pub fn moved(policy: &Policy, calendar: &str, due: i64) -> i64 {
    let oracle = policy.calendar(calendar);
    if !oracle.is_open(due) && oracle.is_open(due - 1) { oracle.next_open(due).expect("an opening") } else { due }
}
