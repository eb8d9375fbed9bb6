//! A slow ticket, written from the specification alone: it walks the facts of a history once for every timer, with the
//! slow calendar, and knows nothing of what the events say they did to the timers.
//!
//! It knows the five presets as they are without adjustment, without variants, and without a change of package while
//! the ticket is resolved.

use std::collections::BTreeMap;

use sla_core::ticket::{Apply, Event, EventKind, PauseStatus, Role};

use crate::oracle::Oracle;

/// What a package promises: timers by name, each with its target in microseconds.
pub struct Promise {
    /// The calendar that all of them count in.
    pub calendar: usize,
    /// Targets by timer.
    pub targets: BTreeMap<&'static str, i64>,
}

/// A step: at a share of the target in percent, or after due by open time.
#[derive(Debug, Clone, Copy)]
pub enum StepTime {
    /// Below 100.
    Percent(i64),
    /// More than nothing.
    After(i64),
}

/// Everything that the oracle needs to know of a policy.
pub struct Rules {
    /// Calendars by index.
    pub calendars: Vec<Oracle>,
    /// Promises by package.
    pub packages: BTreeMap<&'static str, Promise>,
    /// Steps by timer.
    pub steps: BTreeMap<&'static str, Vec<(&'static str, StepTime)>>,
}

/// What became of a cycle, as of an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// When it started.
    pub started_at: i64,
    /// What is promised.
    pub target: i64,
    /// The calendar.
    pub calendar: usize,
    /// Running, paused or ended.
    pub phase: Phase,
    /// When it falls or fell due; none while paused unbreached.
    pub due_at: Option<i64>,
    /// Whether the promise was broken.
    pub breached: bool,
    /// Open, unpaused time since the start.
    pub elapsed: i64,
    /// Open, unpaused time after due.
    pub overdue: i64,
    /// Steps that fired, with their instants; the breach is not among them.
    pub fired: Vec<(&'static str, i64)>,
    /// The stretches in which it ran, the last one open.
    ran: Vec<(i64, i64)>,
    by_resolve: bool,
}

/// Whether a cycle counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Since then.
    Running(i64),
    /// Standing still.
    Paused,
    /// Then, with a verdict.
    Stopped(i64),
    /// Then, without one.
    Cancelled(i64),
}

impl Cycle {
    /// What is left of the target.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        (self.target - self.elapsed).max(0)
    }
}

const TIMERS: [&str; 5] = ["assignment", "first_response", "next_response", "resolution", "update"];

/// Where every timer stands as of `now`, by name.
#[must_use]
pub fn stand(rules: &Rules, events: &[Event], now: i64) -> BTreeMap<&'static str, Vec<Cycle>> {
    TIMERS.into_iter().map(|timer| (timer, Walk::new(rules, timer).over(events, now))).collect()
}

/// One timer on its way through the facts.
struct Walk<'a> {
    rules: &'a Rules,
    timer: &'static str,
    cycles: Vec<Cycle>,
    package: String,
    status: Waiting,
    owed: bool,
    is_resolved: bool,
    is_assigned: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    No,
    Pending,
    OnHold,
}

impl<'a> Walk<'a> {
    fn new(rules: &'a Rules, timer: &'static str) -> Self {
        Self {
            rules,
            timer,
            cycles: Vec::new(),
            package: String::new(),
            status: Waiting::No,
            owed: false,
            is_resolved: false,
            is_assigned: false,
        }
    }

    fn over(mut self, events: &[Event], now: i64) -> Vec<Cycle> {
        for event in events {
            let at = event.at.as_micros();
            self.pass(at);
            self.fact(&event.kind, event.actor.role, at);
        }
        self.pass(now);
        // As of now nothing happens: what falls due now is not broken yet.
        self.cycles
    }

    fn is(&self, timers: &[&str]) -> bool {
        timers.contains(&self.timer)
    }

    fn calendar(&self, index: usize) -> &'a Oracle {
        &self.rules.calendars[index]
    }

    /// Time passes to `at`: running cycles use it up, fire their steps, and break.
    fn pass(&mut self, at: i64) {
        let steps = self.rules.steps.get(self.timer).cloned().unwrap_or_default();
        for index in 0..self.cycles.len() {
            let calendar = self.calendar(self.cycles[index].calendar);
            let cycle = &mut self.cycles[index];
            let Phase::Running(since) = cycle.phase else { continue };
            for (name, when) in &steps {
                if cycle.fired.iter().any(|(fired, _)| fired == name) {
                    continue;
                }
                let fires_at = match *when {
                    StepTime::Percent(percent) => {
                        calendar.add(since, (cycle.target * percent / 100 - cycle.elapsed).max(0))
                    }
                    StepTime::After(after) => cycle.due_at.and_then(|due| {
                        // The due of a cycle that ran before lies behind; then the time after it is counted already.
                        calendar.add(since.max(due), (after - cycle.overdue).max(0))
                    }),
                };
                if let Some(fires_at) = fires_at.filter(|fires_at| *fires_at <= at) {
                    cycle.fired.push((name, fires_at));
                }
            }
            if let Some(due) = cycle.due_at.filter(|due| *due < at) {
                cycle.breached = true;
                cycle.overdue += calendar.elapsed(since.max(due).min(at), at);
            }
            cycle.elapsed += calendar.elapsed(since, at);
            cycle.ran.push((since, at));
            cycle.phase = Phase::Running(at);
        }
    }

    fn fact(&mut self, kind: &EventKind, role: Role, at: i64) {
        match kind {
            EventKind::Opened { package, .. } => {
                self.package = package.to_string();
                self.owed = true;
                if self.is(&["first_response", "update", "assignment"]) {
                    self.start(at);
                }
            }
            EventKind::Assigned { .. } => {
                if !std::mem::replace(&mut self.is_assigned, true) {
                    if self.is(&["assignment"]) {
                        self.stop(at, false);
                    }
                    if self.is(&["resolution"]) {
                        self.start(at);
                    }
                }
            }
            EventKind::Replied { .. } => {
                if self.is(&["first_response", "next_response", "update"]) {
                    self.stop(at, false);
                }
                if self.is(&["update"]) && !self.is_resolved {
                    self.start(at);
                }
                self.owed = false;
            }
            EventKind::CustomerMessaged { .. } => {
                self.owe(at);
                if self.status == Waiting::Pending {
                    self.wait(Waiting::No, at);
                }
            }
            EventKind::Paused { status: PauseStatus::Pending, .. } => self.wait(Waiting::Pending, at),
            EventKind::Paused { status: PauseStatus::OnHold, .. } => self.wait(Waiting::OnHold, at),
            EventKind::Resumed { .. } => self.wait(Waiting::No, at),
            EventKind::Resolved { .. } => {
                if self.is(&["first_response", "next_response", "update", "resolution"]) {
                    self.stop(at, true);
                }
                (self.is_resolved, self.owed, self.status) = (true, false, Waiting::No);
            }
            EventKind::Reopened { .. } => {
                self.is_resolved = false;
                if self.is(&["resolution"]) {
                    self.let_go_on(at);
                }
                if self.is(&["update"]) {
                    self.start(at);
                }
                if role == Role::Customer {
                    self.owe(at);
                }
            }
            EventKind::Closed { .. } | EventKind::Withdrawn | EventKind::Voided { .. } => {
                for cycle in &mut self.cycles {
                    if matches!(cycle.phase, Phase::Running(_) | Phase::Paused) {
                        cycle.phase = if cycle.breached { Phase::Stopped(at) } else { Phase::Cancelled(at) };
                    }
                }
            }
            EventKind::PackageChanged { package, apply, .. } => {
                self.package = package.to_string();
                self.change_terms(*apply, at);
            }
            EventKind::Noted { .. }
            | EventKind::Warned(_)
            | EventKind::Breached { .. }
            | EventKind::Escalated(_)
            | EventKind::EscalationAcknowledged { .. }
            | EventKind::EscalationResolved { .. }
            | EventKind::Rated { .. } => {}
            EventKind::RevisionAdopted { .. }
            | EventKind::Classified { .. }
            | EventKind::Unassigned { .. }
            | EventKind::Absorbed { .. }
            | EventKind::Reminded(_) => {
                panic!("the oracle does not know {}", kind.name())
            }
        }
    }

    /// The customer waits for a reply from now on.
    fn owe(&mut self, at: i64) {
        if !std::mem::replace(&mut self.owed, true) && self.is(&["next_response"]) {
            self.start(at);
        }
    }

    fn pauses_in(&self, status: Waiting) -> bool {
        match status {
            Waiting::No => false,
            Waiting::Pending => self.is(&["resolution", "update"]),
            Waiting::OnHold => self.is(&["resolution"]),
        }
    }

    fn terms(&self) -> (i64, usize) {
        let promise = &self.rules.packages[self.package.as_str()];
        (promise.targets[self.timer], promise.calendar)
    }

    fn start(&mut self, at: i64) {
        let (target, calendar) = self.terms();
        let mut cycle = Cycle {
            started_at: at,
            target,
            calendar,
            phase: Phase::Paused,
            due_at: None,
            breached: false,
            elapsed: 0,
            overdue: 0,
            fired: Vec::new(),
            ran: Vec::new(),
            by_resolve: false,
        };
        if !self.pauses_in(self.status) {
            self.go(&mut cycle, at);
        }
        self.cycles.push(cycle);
    }

    /// A cycle counts from `at` on with what is left of its target.
    fn go(&self, cycle: &mut Cycle, at: i64) {
        cycle.phase = Phase::Running(at);
        if !cycle.breached {
            cycle.due_at = Some(self.calendar(cycle.calendar).add(at, cycle.remaining()).expect("due in range"));
        }
    }

    fn wait(&mut self, status: Waiting, at: i64) {
        let pauses = self.pauses_in(status);
        self.status = status;
        let mut cycles = std::mem::take(&mut self.cycles);
        for cycle in &mut cycles {
            match cycle.phase {
                Phase::Running(_) if pauses => {
                    cycle.phase = Phase::Paused;
                    if !cycle.breached {
                        cycle.due_at = None;
                    }
                }
                Phase::Paused if !pauses => self.go(cycle, at),
                _ => {}
            }
        }
        self.cycles = cycles;
    }

    fn stop(&mut self, at: i64, by_resolve: bool) {
        for cycle in &mut self.cycles {
            if matches!(cycle.phase, Phase::Running(_) | Phase::Paused) {
                (cycle.phase, cycle.by_resolve) = (Phase::Stopped(at), by_resolve);
            }
        }
    }

    /// The ticket is open again: what the resolve stopped goes on.
    fn let_go_on(&mut self, at: i64) {
        let mut cycles = std::mem::take(&mut self.cycles);
        for cycle in cycles.iter_mut().filter(|cycle| cycle.by_resolve) {
            cycle.by_resolve = false;
            self.go(cycle, at);
        }
        self.cycles = cycles;
    }

    fn change_terms(&mut self, apply: Apply, at: i64) {
        let (target, calendar) = self.terms();
        let mut cycles = std::mem::take(&mut self.cycles);
        for cycle in &mut cycles {
            let runs = matches!(cycle.phase, Phase::Running(_));
            if apply == Apply::Keep || cycle.breached || !(runs || cycle.phase == Phase::Paused) {
                continue;
            }
            (cycle.target, cycle.calendar) = (target, calendar);
            let mut is_late = false;
            if apply == Apply::Retroactive {
                let new = self.calendar(calendar);
                cycle.elapsed = cycle.ran.iter().map(|(from, to)| new.elapsed(*from, *to)).sum();
                is_late = runs && used_up_at(new, &cycle.ran, target).is_some_and(|due| due < at);
            }
            is_late |= cycle.elapsed > target;
            if runs {
                self.go(cycle, at);
            }
            if is_late {
                // A due before the change that sets it is the change's instant, and breached by it.
                (cycle.due_at, cycle.breached) = (Some(at), true);
            }
        }
        self.cycles = cycles;
    }
}

/// Returns when a length of open time was used up in the stretches in which a cycle ran.
fn used_up_at(calendar: &Oracle, ran: &[(i64, i64)], length: i64) -> Option<i64> {
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    for (from, to) in ran.iter().filter(|(from, to)| from < to) {
        match stretches.last_mut() {
            Some(last) if last.1 == *from => last.1 = *to,
            _ => stretches.push((*from, *to)),
        }
    }
    let mut missing = length;
    for (index, (from, to)) in stretches.iter().enumerate() {
        let part = calendar.elapsed(*from, *to);
        if part > missing || (part == missing && index + 1 == stretches.len()) {
            return calendar.add(*from, missing);
        }
        missing -= part;
    }
    None
}
