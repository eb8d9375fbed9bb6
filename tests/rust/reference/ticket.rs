//! A ticket: what people did, one event after the other, and what happens automatically between.

use std::collections::{BTreeMap, BTreeSet};

use sla_core::ticket::{Apply, Direction, Event, EventKind, PauseStatus, Role};

use super::cycle::{Changed, Cycle, Phase, Promise, Span, moved};
use super::policy::{Policy, Step, Subject, Target, Timer};

/// The cycles of a timer, and since when something was promised for it on this ticket.
#[derive(Debug, Clone, Default)]
pub struct Track {
    pub arrived_at: Option<i64>,
    pub cycles: Vec<Cycle>,
}

/// An automatic event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    pub at: i64,
    /// Kind and data in words.
    pub what: String,
}

#[derive(Debug, Clone)]
struct Pause {
    since: i64,
    limit: Option<(i64, &'static str)>,
    until: Option<i64>,
}

struct Escalation {
    /// Timer, cycle and level of an automatic one.
    automatic: Option<(String, u32, u32)>,
    is_open: bool,
}

/// The order of automatic events at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    PauseEnds,
    Inactivity,
    Step,
    Breach,
    StepOnDue,
}

/// An automatic event that will happen unless something else does before.
#[derive(Debug, Clone)]
struct Upcoming {
    at: i64,
    class: Class,
    timer: String,
    cycle: u32,
    order: usize,
    repetition: u32,
    /// Whether only a later instant than its own shows that it happened.
    is_strict: bool,
    /// The instant of the event that broke the promise, if one did.
    broken_at: Option<i64>,
    what: String,
    step: Option<Step>,
}

/// A ticket on its way through time.
pub struct Ticket<'a> {
    policies: &'a [Policy],
    pub revision: usize,
    /// The revision before the event of now.
    before: usize,
    pub subject: Subject,
    channel: String,
    opened_at: i64,
    last_at: i64,
    pub status: String,
    /// Every status with the instant from which it held.
    timeline: Vec<(i64, String)>,
    agent: Option<String>,
    last_agent: Option<String>,
    team: Option<String>,
    /// When an `unassign` took the ticket from its agent, while it has none.
    unassigned_at: Option<i64>,
    owed: bool,
    answered_at: Option<i64>,
    pause: Option<Pause>,
    escalations: Vec<Escalation>,
    count: (i64, BTreeSet<String>),
    pub timers: BTreeMap<String, Track>,
    pub happened: Vec<Happened>,
    /// What happened so far, for a revision that measures what none did before.
    past: Vec<(EventKind, Role, i64)>,
    measures_only: bool,
}

/// What an event says to the timers.
struct Said<'k> {
    kind: &'k EventKind,
    role: Role,
    at: i64,
    triggers: Vec<&'static str>,
    channel: String,
    received_at: Option<i64>,
    /// A customer waits for what it starts.
    waits: bool,
    apply: Option<Apply>,
    /// The agent who gave the ticket back and takes it again, with when they gave it back.
    returned_since: Option<i64>,
    answered_at: Option<i64>,
}

/// Returns a ticket as of `now`. `events` are those of a history; of automatic ones nothing is read.
///
/// # Panics
///
/// When the history does not begin with an opening.
#[must_use]
pub fn derive<'a>(policies: &'a [Policy], digests: &[sla_core::Digest], events: &[Event], now: i64) -> Ticket<'a> {
    let revision_of = |event: &Event| digests.iter().position(|digest| *digest == event.rules.policy_digest).unwrap();
    let mut ticket = Ticket::new(policies, revision_of(&events[0]), &events[0]);
    for (place, event) in events.iter().enumerate() {
        if event.actor.role == Role::System {
            continue;
        }
        let at = event.at.as_micros();
        // Also between the two events of one command: what the first breaks is broken before the second answers it.
        if place > 0 {
            ticket.pass(at);
        }
        ticket.before = std::mem::replace(&mut ticket.revision, revision_of(event));
        ticket.fact(&event.kind, event.actor.role, at);
    }
    ticket.pass(now);
    ticket
}

impl<'a> Ticket<'a> {
    fn new(policies: &'a [Policy], revision: usize, opening: &Event) -> Self {
        let EventKind::Opened { package, channel, severity, category, .. } = &opening.kind else {
            panic!("{:?} does not open", opening.kind)
        };
        let at = opening.at.as_micros();
        Self {
            policies,
            revision,
            before: revision,
            subject: Subject {
                package: package.to_string(),
                severity: severity.as_ref().map(ToString::to_string),
                category: category.as_ref().map(ToString::to_string),
            },
            channel: channel.to_string(),
            opened_at: at,
            last_at: at,
            status: "new".to_owned(),
            timeline: vec![(at, "new".to_owned())],
            agent: None,
            last_agent: None,
            team: None,
            unassigned_at: None,
            owed: false,
            answered_at: None,
            pause: None,
            escalations: Vec::new(),
            count: (at, BTreeSet::new()),
            timers: BTreeMap::new(),
            happened: Vec::new(),
            past: Vec::new(),
            measures_only: false,
        }
    }

    fn policy(&self) -> &'a Policy {
        &self.policies[self.revision]
    }

    /// The earliest instant at which something automatic will have happened.
    #[must_use]
    pub fn next_check_at(&self) -> Option<i64> {
        self.upcoming().iter().map(|upcoming| upcoming.at + i64::from(upcoming.is_strict)).min()
    }

    /// The due of the latest cycle of a timer.
    #[must_use]
    pub fn due(&self, timer: &str, cycle: &Cycle) -> Option<i64> {
        let policy = &self.policies[cycle.revision];
        cycle.due(policy, policy.timers()[timer].next_open, self.last_at)
    }

    /// Time passes: what happens automatically happens one at a time, always the first.
    fn pass(&mut self, now: i64) {
        loop {
            // The instant from which it shows comes first: no history depends on when anybody looked.
            let shows = |next: &Upcoming| next.at + i64::from(next.is_strict);
            let upcoming = self.upcoming().into_iter().filter(|next| shows(next) <= now);
            // What an event broke comes before any later event of its instant.
            let order = |next: &Upcoming| {
                let is_later = next.broken_at != Some(next.at);
                (
                    shows(next),
                    next.at,
                    is_later,
                    next.class,
                    next.timer.clone(),
                    next.cycle,
                    next.order,
                    next.repetition,
                )
            };
            let Some(next) = upcoming.min_by_key(order) else { return };
            self.happen(&next);
        }
    }

    fn happen(&mut self, next: &Upcoming) {
        self.happened.push(Happened { at: next.at, what: next.what.clone() });
        let at = next.at;
        match next.class {
            Class::PauseEnds => {
                self.fact(&EventKind::Resumed { cause: sla_core::ticket::ResumeCause::Until }, Role::System, at)
            }
            Class::Inactivity => {
                let rule = self.policy().inactivity[next.order].clone();
                match rule.action.as_str() {
                    "close" => {
                        let cause = sla_core::ticket::CloseCause::Inactivity;
                        self.fact(&EventKind::Closed { cause, inactivity: None }, Role::System, at);
                    }
                    "resolve" => {
                        self.fact(&EventKind::Resolved { message: None, inactivity: None }, Role::System, at);
                    }
                    _ => {
                        self.count.1.insert(rule.id);
                    }
                }
            }
            Class::Breach => {
                let due = next.at;
                let cycle = self.last_cycle(&next.timer);
                cycle.breached = true;
                cycle.promise.as_mut().unwrap().fixed = Some(due);
            }
            Class::Step | Class::StepOnDue => {
                let step = next.step.as_ref().unwrap();
                self.last_cycle(&next.timer).fired.insert(step.id.clone(), next.repetition);
                if let Some(level) = step.level {
                    let automatic = Some((next.timer.clone(), next.cycle, level));
                    self.escalations.push(Escalation { automatic, is_open: true });
                }
            }
        }
        self.last_at = self.last_at.max(at);
    }

    fn last_cycle(&mut self, timer: &str) -> &mut Cycle {
        self.timers.get_mut(timer).unwrap().cycles.last_mut().unwrap()
    }

    fn upcoming(&self) -> Vec<Upcoming> {
        let mut found = Vec::new();
        let of_ticket = |at, class, order, what: String| Upcoming {
            at,
            class,
            timer: String::new(),
            cycle: 0,
            order,
            repetition: 0,
            is_strict: false,
            broken_at: None,
            what,
            step: None,
        };
        if let Some(pause) = &self.pause {
            let limit = pause.limit.map(|(at, cause)| (at, 0, cause));
            let until = pause.until.map(|at| (at, 1, "until"));
            if let Some((at, _, cause)) = [limit, until].into_iter().flatten().min() {
                found.push(of_ticket(at, Class::PauseEnds, 0, format!("resumed {cause}")));
            }
        }
        for (order, rule) in self.policy().inactivity.iter().enumerate() {
            let is_held = self.pause.as_ref().is_some_and(|pause| pause.until.is_some());
            let owes = rule.action == "resolve" && self.owed;
            if rule.status != self.status || self.count.1.contains(&rule.id) || is_held || owes {
                continue;
            }
            let of_package = || self.policy().package_calendar(&self.subject.package);
            let calendar = rule.calendar.clone().unwrap_or_else(of_package);
            let at = self.policy().calendar(&calendar).add(self.count.0, rule.after).expect("in range");
            found.push(of_ticket(at, Class::Inactivity, order, format!("{} {}", rule.action, rule.id)));
        }
        for (timer, track) in &self.timers {
            if let Some(cycle) = track.cycles.last().filter(|cycle| cycle.is_active()) {
                self.upcoming_of(timer, cycle, &mut found);
            }
        }
        // Nothing is stamped before its cause.
        for upcoming in &mut found {
            upcoming.at = upcoming.at.max(self.last_at);
        }
        found
    }

    fn upcoming_of(&self, timer: &str, cycle: &Cycle, found: &mut Vec<Upcoming>) {
        let Some(promise) = &cycle.promise else { return };
        let policy = &self.policies[cycle.revision];
        let due = self.due(timer, cycle);
        let mut push = |at, class, order, repetition, what: String, step: Option<&Step>| {
            let is_strict = matches!(class, Class::Breach | Class::StepOnDue) && !promise.is_late;
            let (timer, step) = (timer.to_owned(), step.cloned());
            let cycle = cycle.number;
            let broken_at = promise.fixed.filter(|_| promise.is_late);
            found.push(Upcoming { at, class, timer, cycle, order, repetition, is_strict, broken_at, what, step });
        };
        if let Some(due) = due.filter(|_| !cycle.breached) {
            push(due, Class::Breach, 0, 0, format!("breached {timer} {} {}", cycle.number, promise.target), None);
        }
        for (order, step) in policy.steps(timer, &cycle.subject, &cycle.channel) {
            let repetition = cycle.fired.get(&step.id).map_or(0, |fired| fired + 1);
            if repetition > step.times && repetition > 0 || self.is_acknowledged(timer, cycle, step, repetition) {
                continue;
            }
            let Some((at, is_on_due)) = cycle.happens(policy, step, repetition, due) else { continue };
            // The escalation follows its breach.
            let class = if is_on_due { Class::StepOnDue } else { Class::Step };
            let kind = if step.level.is_some() { "escalated" } else { "warned" };
            let what = format!("{kind} {timer} {} {} {repetition} {:?}", cycle.number, step.id, step.level);
            push(at, class, order, repetition, what, Some(step));
        }
    }

    fn is_acknowledged(&self, timer: &str, cycle: &Cycle, step: &Step, repetition: u32) -> bool {
        if !step.until_acknowledged || (step.is_on_due() && repetition == 0) {
            return false;
        }
        self.escalations.iter().any(|escalation| {
            !escalation.is_open
                && escalation.automatic.as_ref().is_some_and(|(of, number, level)| {
                    of == timer && *number == cycle.number && *level >= step.level.unwrap_or(0)
                })
        })
    }

    /// Something happened: the ticket is as it says, then each timer.
    fn fact(&mut self, kind: &EventKind, role: Role, at: i64) {
        self.last_at = self.last_at.max(at);
        let said = self.said(kind, role, at);
        self.ticket(kind, at);
        let mut timers: BTreeSet<String> = self.policy().timers().keys().cloned().collect();
        timers.extend(self.timers.keys().cloned());
        for timer in timers {
            let mut track = self.timers.remove(&timer).unwrap_or_default();
            self.timer(&timer, &mut track, &said);
            if !track.cycles.is_empty() || track.arrived_at.is_some() {
                self.timers.insert(timer, track);
            }
        }
        self.past.push((kind.clone(), role, at));
    }

    fn said<'k>(&self, kind: &'k EventKind, role: Role, at: i64) -> Said<'k> {
        let mut triggers = Vec::new();
        let (mut channel, mut received_at, mut waits, mut apply) = (self.channel.clone(), None, false, None);
        let mut returned_since = None;
        match kind {
            EventKind::Opened { direction, received_at: received, .. } => {
                triggers.push("opened");
                waits = *direction == Direction::Inbound;
                if !waits {
                    triggers.push("public_reply");
                }
                received_at = *received;
            }
            EventKind::Assigned { agent, team, .. } => {
                let agent = agent.as_ref().map(ToString::to_string);
                let team = team.as_ref().map(ToString::to_string);
                let gets_team = team.is_some() && team != self.team;
                if agent.is_some() && agent != self.agent {
                    triggers.push("assigned");
                    if self.last_agent.is_some() && self.last_agent != agent {
                        triggers.push("reassigned");
                    }
                    if self.last_agent == agent {
                        returned_since = self.unassigned_at;
                    }
                }
                if gets_team {
                    triggers.push("team_assigned");
                    if agent.is_none() && self.agent.is_some() && self.status != "resolved" {
                        triggers.push("unassigned");
                    }
                }
            }
            EventKind::Unassigned { .. } if self.agent.is_some() && self.status != "resolved" => {
                triggers.push("unassigned");
            }
            EventKind::Replied { automatic: false, .. } => triggers.push("public_reply"),
            EventKind::Noted { .. } => triggers.push("noted"),
            EventKind::CustomerMessaged { channel: own, received_at: received, .. } => {
                (channel, received_at, waits) = (own.to_string(), *received, true);
                triggers.push("customer_message");
                if !self.owed {
                    triggers.push("reply_owed");
                }
            }
            EventKind::Absorbed { waiting_since: Some(since), .. } => {
                (received_at, waits) = (Some(*since), true);
                triggers.push("customer_message");
                if !self.owed {
                    triggers.push("reply_owed");
                }
            }
            EventKind::Resolved { .. } => triggers.push("resolved"),
            EventKind::Reopened { channel: own, received_at: received, .. } => {
                waits = true;
                triggers.push("reopened");
                if let Some(own) = own {
                    (channel, received_at) = (own.to_string(), *received);
                    if !self.owed {
                        triggers.push("reply_owed");
                    }
                }
                if self.agent.is_none() {
                    triggers.push("unassigned");
                }
            }
            EventKind::PackageChanged { apply: by, .. }
            | EventKind::RevisionAdopted { apply: by, .. }
            | EventKind::Classified { apply: by, .. } => apply = Some(*by),
            _ => {}
        }
        let received_at = received_at.map(sla_core::time::Timestamp::as_micros);
        let answered_at = self.answered_at;
        Said { kind, role, at, triggers, channel, received_at, waits, apply, returned_since, answered_at }
    }

    /// What an event does to the ticket itself.
    fn ticket(&mut self, kind: &EventKind, at: i64) {
        let mut status = self.status.clone();
        let mut begins_count = false;
        match kind {
            EventKind::Opened { direction, .. } => {
                self.owed = *direction == Direction::Inbound;
                self.answered_at = (!self.owed).then_some(at);
            }
            EventKind::Assigned { agent, team, .. } => {
                let gets_team = team.as_ref().is_some_and(|team| Some(team.as_str()) != self.team.as_deref());
                match agent {
                    Some(agent) => {
                        if self.agent.as_deref() != Some(agent.as_str()) {
                            self.unassigned_at = None;
                        }
                        self.agent = Some(agent.to_string());
                        self.last_agent.clone_from(&self.agent);
                        if status == "new" {
                            "open".clone_into(&mut status);
                        }
                    }
                    None if gets_team => self.agent = None,
                    None => {}
                }
                if let Some(team) = team {
                    self.team = Some(team.to_string());
                }
            }
            EventKind::Unassigned { .. } => {
                self.agent = None;
                self.unassigned_at = Some(at);
            }
            EventKind::Replied { automatic: false, .. } => {
                (self.owed, self.answered_at, begins_count) = (false, Some(at), true);
            }
            EventKind::CustomerMessaged { .. } | EventKind::Absorbed { waiting_since: Some(_), .. } => {
                (self.owed, begins_count) = (true, true);
                if status == "pending" {
                    "open".clone_into(&mut status);
                }
            }
            EventKind::Paused { status: paused, until, .. } => {
                begins_count = true;
                status = match paused {
                    PauseStatus::Pending => "pending".to_owned(),
                    PauseStatus::OnHold => "on_hold".to_owned(),
                };
                let limit = self.pause.as_ref().map(|pause| (pause.since, pause.limit));
                let (since, limit) = limit.unwrap_or_else(|| (at, self.limit(at)));
                let until = until.map(sla_core::time::Timestamp::as_micros);
                self.pause = Some(Pause { since, limit, until });
            }
            EventKind::Resumed { .. } => "open".clone_into(&mut status),
            EventKind::Resolved { .. } => {
                (self.owed, self.answered_at) = (false, Some(at));
                "resolved".clone_into(&mut status);
            }
            EventKind::Reopened { channel, .. } => {
                self.owed |= channel.is_some();
                "open".clone_into(&mut status);
            }
            EventKind::Closed { .. } => "closed".clone_into(&mut status),
            EventKind::Withdrawn => "withdrawn".clone_into(&mut status),
            EventKind::Voided { .. } => "voided".clone_into(&mut status),
            EventKind::Escalated(_) => {
                begins_count = true;
                self.escalations.push(Escalation { automatic: None, is_open: true });
            }
            EventKind::EscalationAcknowledged { number } | EventKind::EscalationResolved { number } => {
                self.escalations[*number as usize - 1].is_open = false;
            }
            EventKind::PackageChanged { package, .. } => self.subject.package = package.to_string(),
            EventKind::Classified { severity, category, .. } => {
                self.subject.severity = severity.as_ref().map(ToString::to_string);
                self.subject.category = category.as_ref().map(ToString::to_string);
            }
            _ => {}
        }
        if !matches!(status.as_str(), "pending" | "on_hold") {
            self.pause = None;
        }
        if status != self.status {
            begins_count = true;
            self.timeline.push((at, status.clone()));
            self.status = status;
        }
        if begins_count {
            self.count = (at, BTreeSet::new());
        }
    }

    /// The limit of a pause that begins, in the calendar of the ticket's package.
    fn limit(&self, at: i64) -> Option<(i64, &'static str)> {
        let policy = self.policy();
        let calendar = policy.calendar(&policy.package_calendar(&self.subject.package));
        let single = policy.max_pause.map(|most| (calendar.add(at, most).expect("in range"), "limit"));
        let total = policy.max_paused_total.map(|most| {
            let spent = self.timeline.windows(2).filter(|pair| matches!(pair[0].1.as_str(), "pending" | "on_hold"));
            let spent: i64 = spent.map(|pair| calendar.elapsed(pair[0].0, pair[1].0)).sum();
            (calendar.add(at, (most - spent).max(0)).expect("in range"), "limit")
        });
        match (single, total) {
            (Some(single), Some(total)) if total.0 < single.0 => Some(total),
            (Some(single), _) => Some(single),
            (None, total) => total,
        }
    }

    fn timer(&self, timer: &str, track: &mut Track, said: &Said<'_>) {
        let rules = self.policy().timers().get(timer);
        let at = said.at;
        let previous_end = track.cycles.iter().rev().find_map(Cycle::ended_at);
        let mut arrived_at = track.arrived_at;
        if let Some(cycle) = track.cycles.last_mut() {
            let own = &self.policies[cycle.revision].timers()[timer];
            if cycle.is_active() {
                if !end(cycle, own, said) {
                    if let Some(apply) = said.apply.filter(|_| !cycle.breached && !self.measures_only) {
                        self.change_terms(timer, cycle, arrived_at, apply, said);
                    } else if !cycle.breached {
                        self.receive(timer, cycle, own, previous_end, &mut arrived_at, said);
                    }
                    let own = &self.policies[cycle.revision].timers()[timer];
                    match (&cycle.phase, own.pauses_in(&self.status)) {
                        (Phase::Running, true) => {
                            cycle.halt(at);
                            cycle.phase = Phase::Paused;
                        }
                        (Phase::Paused, false) => cycle.run(at),
                        _ => {}
                    }
                }
            } else if said.triggers.contains(&"reopened") && cycle.ended_at_resolve() && own.on_reopen == "resume" {
                cycle.run(at);
                let changed = std::mem::take(&mut cycle.changed);
                if !cycle.breached && changed.iter().any(|changed| !changed.keeps) {
                    // The last terms that an agent alone did not loosen; nothing was promised under those between.
                    let resumed = cycle.clone();
                    for change in changed {
                        let mut new = resumed.clone();
                        self.take_over(timer, &mut new, arrived_at, change.revision, &change.subject, false, at);
                        if !(change.by_agent && self.loosens(timer, cycle, &new, at)) {
                            *cycle = new;
                        }
                    }
                }
            } else if let (Phase::Cancelled { at: cancelled_at, cause: "handed_on" }, Some(since)) =
                (&cycle.phase, said.returned_since)
                && *cancelled_at == since
                && !self.is_over(own)
            {
                // The agent who gave it back takes it again: the time between counted.
                let (from, calendar) = (*cancelled_at, cycle.calendar.clone());
                cycle.add_span(usize::MAX, from, at, &calendar);
                cycle.phase = Phase::Paused;
                if !own.pauses_in(&self.status) {
                    cycle.run(at);
                }
                self.promise_again(timer, cycle, at);
            } else if let Some(apply) = said.apply.filter(|_| cycle.ended_at_resolve()) {
                cycle.changed.push(Changed {
                    subject: self.subject.clone(),
                    revision: self.revision,
                    by_agent: said.role == Role::Agent,
                    keeps: apply == Apply::Keep,
                });
            }
            self.pass_over(timer, cycle, at);
        }
        track.arrived_at = arrived_at;
        let Some(rules) = rules else { return };
        if !track.cycles.last().is_some_and(Cycle::is_active) {
            self.start(timer, track, rules, said);
        }
        // Terms in force for the first time: the promise is made on the ticket, cycle or no cycle.
        let brings =
            matches!(said.kind, EventKind::Opened { .. }) || said.apply.is_some_and(|apply| apply != Apply::Keep);
        if brings && track.arrived_at.is_none() && !self.measures_only {
            let (channel, event_at) = match track.cycles.last() {
                Some(cycle) => (cycle.channel.as_str(), cycle.event_at),
                None => (self.channel.as_str(), self.opened_at),
            };
            if self.policy().terms(&self.subject, timer, channel, event_at).target.is_some() {
                track.arrived_at = Some(at);
            }
        }
    }

    /// Whether no cycle runs in this status: a final one, or `resolved` where a resolve stops the timer.
    fn is_over(&self, rules: &Timer) -> bool {
        matches!(self.status.as_str(), "closed" | "withdrawn" | "voided")
            || (self.status == "resolved" && rules.stops_on.iter().any(|trigger| trigger == "resolved"))
    }

    /// Since when the customer waits: the receipt, but not before the last answer or the end of the last cycle.
    fn waits_since(said: &Said<'_>, previous_end: Option<i64>) -> i64 {
        let Some(received_at) = said.received_at else { return said.at };
        let least = [said.answered_at, previous_end].into_iter().flatten().fold(received_at, i64::max);
        least.min(said.at)
    }

    fn start(&self, timer: &str, track: &mut Track, rules: &Timer, said: &Said<'_>) {
        let at = said.at;
        let is = |trigger: &String| said.triggers.contains(&trigger.as_str());
        let last = track.cycles.last();
        let is_over = self.is_over(rules);
        // An outbound opening is a reply, too: it starts nothing that a reply stops, unless a reply starts it again.
        let is_stopped = matches!(said.kind, EventKind::Opened { .. })
            && rules.stops_on.iter().any(is)
            && !rules.starts_on.iter().any(|trigger| trigger == "public_reply");
        let anew = said.triggers.contains(&"reopened")
            && rules.on_reopen == "new_cycle"
            && last.is_some_and(Cycle::ended_at_resolve);
        let starts = rules.starts_on.iter().any(is) && (rules.repeats || last.is_none());
        if is_over || is_stopped || !(anew || starts) {
            self.find_running(timer, track, said);
            return;
        }
        let by_message = rules
            .starts_on
            .iter()
            .any(|trigger| matches!(trigger.as_str(), "customer_message" | "reply_owed") && is(trigger));
        let channel = if by_message { &said.channel } else { &self.channel };
        let terms = self.policy().terms(&self.subject, timer, channel, at);
        let started_at = Self::waits_since(said, track.cycles.iter().rev().find_map(Cycle::ended_at));
        let counts_from = match track.arrived_at {
            Some(arrived_at) if arrived_at > self.opened_at => started_at.max(arrived_at),
            _ => started_at,
        };
        let mut cycle = Cycle {
            number: last.map_or(1, |last| last.number + 1),
            revision: self.revision,
            channel: channel.clone(),
            started_at,
            event_at: at,
            waits: said.waits,
            subject: self.subject.clone(),
            calendar: terms.calendar.clone(),
            spans: Vec::new(),
            used_spans: Vec::new(),
            counts_from,
            promise: None,
            was_promised: false,
            breached: false,
            phase: Phase::Paused,
            fired: BTreeMap::new(),
            changed: Vec::new(),
        };
        if started_at < at {
            cycle.add_span(0, started_at, at, &terms.calendar);
        }
        if !rules.pauses_in(&self.status) {
            cycle.run(at);
        }
        if let Some(target) = self.policy().length(&terms, counts_from).filter(|_| !self.measures_only) {
            cycle.promise = Some(Promise { target, fixed: None, is_late: false });
            track.arrived_at.get_or_insert(started_at);
            self.promise_again(timer, &mut cycle, at);
        }
        self.pass_over(timer, &mut cycle, at);
        track.cycles.push(cycle);
    }

    /// The event sets a due anew: one that lies before it is broken by it.
    fn promise_again(&self, timer: &str, cycle: &mut Cycle, at: i64) {
        let policy = &self.policies[cycle.revision];
        let Some(target) = cycle.promise.as_ref().map(|promise| promise.target) else { return };
        if let Some(mut due) = cycle.reaches(policy, target) {
            if policy.timers()[timer].next_open {
                due = moved(policy, &cycle.calendar, due);
            }
            if due < at {
                cycle.promise = Some(Promise { target, fixed: Some(at), is_late: true });
            }
        }
    }

    /// Of the repetitions of a step that lie at or before the event only the last happens. While a cycle is paused its
    /// steps lie nowhere.
    fn pass_over(&self, timer: &str, cycle: &mut Cycle, at: i64) {
        if cycle.phase != Phase::Running {
            return;
        }
        let policy = &self.policies[cycle.revision];
        let Some(target) = cycle.promise.as_ref().map(|promise| promise.target) else { return };
        let used = cycle.used(policy, at);
        for (_, step) in policy.steps(timer, &cycle.subject, &cycle.channel) {
            let is_behind = |repetition: &u32| matches!(step.place(*repetition, target), Some(super::policy::Place::Used(length)) if length <= used);
            let last = (0..=step.times).rfind(is_behind);
            if let Some(before) = last.and_then(|last| last.checked_sub(1)) {
                let fired = cycle.fired.get(&step.id).copied();
                if fired.is_none_or(|fired| fired < before) {
                    cycle.fired.insert(step.id.clone(), before);
                }
            }
        }
    }

    /// A message: it moves the start of a cycle that waits back to its receipt, and gives a promise to one without.
    fn receive(
        &self,
        timer: &str,
        cycle: &mut Cycle,
        own: &Timer,
        previous_end: Option<i64>,
        arrived_at: &mut Option<i64>,
        said: &Said<'_>,
    ) {
        let is_message = said.triggers.contains(&"customer_message");
        if !is_message && said.received_at.is_none() {
            return;
        }
        let (at, since) = (said.at, Self::waits_since(said, previous_end));
        let was_started_at = cycle.started_at;
        if cycle.waits && since < was_started_at {
            let calendar = cycle.calendar.clone();
            cycle.add_span(0, since, was_started_at, &calendar);
            cycle.started_at = since;
            // A promise that arrived later counts from when it counted before; one that a message gave later, where
            // something was promised on the ticket before, has used the wait that is found now.
            if arrived_at.is_none_or(|arrived_at| arrived_at <= was_started_at) {
                cycle.counts_from = since;
                let policy = &self.policies[cycle.revision];
                let terms = policy.terms(&cycle.subject, timer, &cycle.channel, cycle.event_at);
                if let (Some(promise), Some(Target::Days { .. })) = (&mut cycle.promise, &terms.target) {
                    promise.target = policy.length(&terms, since).unwrap();
                }
            }
            if arrived_at.is_some_and(|arrived_at| arrived_at <= was_started_at) {
                *arrived_at = Some(arrived_at.unwrap().min(since));
            }
            self.promise_again(timer, cycle, at);
        }
        let is_of_messages =
            own.starts_on.iter().any(|trigger| matches!(trigger.as_str(), "reply_owed" | "customer_message"));
        if is_message && is_of_messages && cycle.promise.is_none() && !cycle.was_promised && !self.measures_only {
            let Some(_) = self.policy().timers().get(timer) else { return };
            let terms = self.policy().terms(&self.subject, timer, &said.channel, at);
            let counts_from = since.max(cycle.started_at);
            if let Some(target) = self.policy().length(&terms, counts_from) {
                cycle.counts_from = counts_from;
                (cycle.channel, cycle.subject) = (said.channel.clone(), self.subject.clone());
                self.change_calendar(cycle, &terms.calendar, at);
                // What passed since the message counts, whatever the status was.
                cycle.used_spans.retain(|span| span.to.is_none());
                if counts_from < at {
                    cycle.used_spans.insert(0, Span::new(counts_from, Some(at), &terms.calendar));
                }
                cycle.promise = Some(Promise { target, fixed: None, is_late: false });
                arrived_at.get_or_insert(at);
                self.promise_again(timer, cycle, at);
            }
        }
    }

    /// From `at` on it counts in another calendar.
    fn change_calendar(&self, cycle: &mut Cycle, calendar: &str, at: i64) {
        calendar.clone_into(&mut cycle.calendar);
        if cycle.phase == Phase::Running {
            cycle.halt(at);
            cycle.run(at);
        }
    }

    fn change_terms(&self, timer: &str, cycle: &mut Cycle, arrived_at: Option<i64>, apply: Apply, said: &Said<'_>) {
        let keeps = apply == Apply::Keep;
        if keeps && (cycle.promise.is_some() || arrived_at.is_none()) {
            return;
        }
        let mut new = cycle.clone();
        let is_retroactive = apply == Apply::Retroactive;
        self.take_over(timer, &mut new, arrived_at, self.revision, &self.subject, is_retroactive, said.at);
        if keeps && new.promise.is_none() {
            return;
        }
        if said.role == Role::Agent && self.loosens(timer, cycle, &new, said.at) {
            return;
        }
        *cycle = new;
    }

    /// An agent alone takes no promise away and postpones no due.
    fn loosens(&self, timer: &str, before: &Cycle, after: &Cycle, at: i64) -> bool {
        if before.promise.is_none() {
            return false;
        }
        if after.promise.is_none() {
            return true;
        }
        let due = |cycle: &Cycle| {
            let mut cycle = cycle.clone();
            if cycle.phase == Phase::Paused {
                cycle.run(at);
            }
            let policy = &self.policies[cycle.revision];
            cycle.due(policy, policy.timers()[timer].next_open, at)
        };
        due(after) > due(before)
    }

    #[expect(clippy::too_many_arguments, reason = "what the specification names")]
    fn take_over(
        &self,
        timer: &str,
        cycle: &mut Cycle,
        arrived_at: Option<i64>,
        revision: usize,
        subject: &Subject,
        is_retroactive: bool,
        at: i64,
    ) {
        let policy = &self.policies[revision];
        cycle.was_promised |= cycle.promise.is_some();
        subject.clone_into(&mut cycle.subject);
        let terms = policy
            .timers()
            .get(timer)
            .map(|rules| (rules, policy.terms(subject, timer, &cycle.channel, cycle.event_at)));
        // A promise that ends leaves the cycle in its calendar and under its rules; so does a timer that is not measured.
        let Some((rules, terms)) = terms.filter(|(_, terms)| terms.target.is_some() || !cycle.was_promised) else {
            cycle.promise = None;
            return;
        };
        cycle.revision = revision;
        if is_retroactive {
            self.count_anew(cycle, rules, &terms.calendar, at);
        } else {
            self.change_calendar(cycle, &terms.calendar, at);
        }
        if terms.target.is_none() {
            return;
        }
        let is_in_days = matches!(terms.target, Some(Target::Days { .. }));
        if is_retroactive {
            cycle.counts_from = cycle.started_at;
        } else if !cycle.was_promised || is_in_days {
            cycle.counts_from = cycle.started_at.max(arrived_at.unwrap_or(at));
        }
        // Used time stays used: what counted against a promise counts against the next one, also where that came back.
        if is_in_days {
            // Its time is counted in its own calendar, what passed already too.
            for span in &mut cycle.used_spans {
                terms.calendar.clone_into(&mut span.calendar);
            }
        }
        let target = policy.length(&terms, cycle.counts_from).unwrap();
        cycle.promise = Some(Promise { target, fixed: None, is_late: false });
        match (&cycle.phase, rules.pauses_in(&self.status)) {
            (Phase::Running, true) => {
                cycle.halt(at);
                cycle.phase = Phase::Paused;
            }
            (Phase::Paused, false) => cycle.run(at),
            _ => {}
        }
        if is_retroactive {
            self.promise_again(timer, cycle, at);
        } else {
            if cycle.used(policy, at) > target {
                cycle.promise = Some(Promise { target, fixed: Some(at), is_late: true });
            }
        }
    }

    /// As if the calendar and the pause rules had held since the start.
    fn count_anew(&self, cycle: &mut Cycle, rules: &Timer, calendar: &str, at: i64) {
        calendar.clone_into(&mut cycle.calendar);
        let stops_at_resolve = rules.stops_on.iter().any(|trigger| trigger == "resolved");
        let counts = |status: &str| !(rules.pauses_in(status) || (stops_at_resolve && status == "resolved"));
        let ends = self.timeline.iter().skip(1).map(|(ended, _)| Some(*ended)).chain([None]);
        let mut spans: Vec<Span> = Vec::new();
        if cycle.started_at < cycle.event_at {
            spans.push(Span::new(cycle.started_at, Some(cycle.event_at), calendar));
        }
        for ((began, status), ended) in self.timeline.iter().zip(ends) {
            let from = (*began).max(cycle.event_at);
            if !counts(status) || ended.is_some_and(|ended| ended <= from) {
                continue;
            }
            match spans.last_mut() {
                Some(last) if last.to == Some(from) => last.to = ended,
                _ => spans.push(Span::new(from, ended, calendar)),
            }
        }
        let runs = spans.last().is_some_and(|last| last.to.is_none());
        (cycle.used_spans, cycle.spans) = (spans.clone(), spans);
        cycle.phase = if runs { Phase::Running } else { Phase::Paused };
        // What follows counts from the change on, whatever calendar comes after.
        if runs {
            cycle.halt(at);
            cycle.run(at);
        }
    }

    /// A revision that measures the timer first: the running cycle is the one that a replay leaves.
    fn find_running(&self, timer: &str, track: &mut Track, said: &Said<'_>) {
        let Some(apply) = said.apply.filter(|_| matches!(said.kind, EventKind::RevisionAdopted { .. })) else { return };
        if self.measures_only || self.policies[self.before].timers().contains_key(timer) {
            return;
        }
        let mut past = Ticket {
            policies: self.policies,
            revision: self.revision,
            before: self.revision,
            subject: self.subject.clone(),
            channel: self.channel.clone(),
            opened_at: self.opened_at,
            last_at: self.opened_at,
            status: "new".to_owned(),
            timeline: vec![(self.opened_at, "new".to_owned())],
            agent: None,
            last_agent: None,
            team: None,
            unassigned_at: None,
            owed: false,
            answered_at: None,
            pause: None,
            escalations: Vec::new(),
            count: (self.opened_at, BTreeSet::new()),
            timers: BTreeMap::new(),
            happened: Vec::new(),
            past: Vec::new(),
            measures_only: true,
        };
        for (kind, role, at) in &self.past {
            if !matches!(
                kind,
                EventKind::EscalationAcknowledged { .. }
                    | EventKind::EscalationResolved { .. }
                    | EventKind::PackageChanged { .. }
                    | EventKind::Classified { .. }
                    | EventKind::RevisionAdopted { .. }
            ) {
                past.fact(kind, *role, *at);
            }
        }
        let left = past.timers.remove(timer).and_then(|mut track| track.cycles.pop());
        let Some(mut cycle) = left.filter(Cycle::is_active) else { return };
        cycle.number = track.cycles.last().map_or(1, |last| last.number + 1);
        if apply != Apply::Keep || track.arrived_at.is_some() {
            let is_retroactive = apply == Apply::Retroactive;
            let arrived_at = track.arrived_at;
            self.take_over(timer, &mut cycle, arrived_at, self.revision, &self.subject, is_retroactive, said.at);
            if cycle.promise.is_some() {
                track.arrived_at.get_or_insert(said.at);
            }
        }
        track.cycles.push(cycle);
    }
}

/// Whether an event ends a cycle: cancelled before stopped.
fn end(cycle: &mut Cycle, own: &Timer, said: &Said<'_>) -> bool {
    let has = |list: &[String]| list.iter().any(|trigger| said.triggers.contains(&trigger.as_str()));
    let stops = has(&own.stops_on);
    let is_system = said.role == Role::System;
    let cause = match said.kind {
        _ if has(&own.cancels_on) => Some("handed_on"),
        EventKind::Withdrawn => Some("withdrawn"),
        EventKind::Voided { duplicate_of: Some(_), .. } => Some("duplicate"),
        EventKind::Voided { .. } => Some("voided"),
        EventKind::Closed { .. } => Some("closed"),
        EventKind::Resolved { .. } if is_system && stops => Some("inactivity"),
        _ => None,
    };
    if cause.is_none() && !stops {
        return false;
    }
    let at = said.at;
    cycle.halt(at);
    let by_resolve = stops && said.triggers.contains(&"resolved");
    cycle.phase = match cause {
        Some(cause) if !cycle.breached => Phase::Cancelled { at, cause },
        _ => Phase::Stopped { at, by_resolve },
    };
    true
}
