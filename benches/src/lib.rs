//! What the benchmarks measure on: one office calendar, random instants, one ticket.

pub mod large;
pub mod log;

use std::sync::Arc;

use chrono::NaiveDate;
use sla_core::calendar::{Calendar, CalendarDate, CalendarRules, Holiday, Hours, Week, Window, ZoneDatabase};
use sla_core::columns::{Column, Kind, NONE, Rows};
use sla_core::engine::Decision;
use sla_core::package::Target;
use sla_core::policy::{Policy, QuietHours, Step, StepAction, StepCondition, StepTime};
use sla_core::ticket::{Actor, Command, History, Opening, Role, Ticket};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Engine, Id, wire};

/// How many random inputs a batch has.
pub const BATCH: usize = 1_024;

/// The zone of the office.
pub const ZONE: &str = "Europe/Berlin";

/// The seed policy: three packages.
pub const TALKABIZ: &str = include_str!("../../examples/talkabiz.json");

/// 120 dates closed all day: the first weekday of each month, 2020 to 2029.
pub fn holidays() -> impl Iterator<Item = NaiveDate> {
    (2020..2030).flat_map(|year| {
        (1..=12).map(move |month| {
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            first.iter_days().find(|day| !day.format("%a").to_string().starts_with('S')).unwrap()
        })
    })
}

/// Monday to Friday, 08:00 to 12:00 and 13:00 to 17:00, 120 holidays.
pub fn office_rules() -> CalendarRules {
    let mut week = Week::default();
    for day in &mut week.days[..5] {
        day.extend(["08:00-12:00", "13:00-17:00"].map(|window| Window::parse(window).unwrap()));
    }
    let mut rules = CalendarRules::new(ZONE, Hours::Weekly(week));
    rules.holidays =
        holidays().map(|date| Holiday { name: "Closed".to_owned(), date: CalendarDate::On(date).into() }).collect();
    rules
}

/// The office, with every page built that a question about 2020 to 2029 reads, a year more on either side.
pub fn office() -> Calendar {
    let office = Calendar::compile(&office_rules(), &ZoneDatabase::embedded()).unwrap();
    touch(&office, "2019-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    office
}

/// Asks about ten years, so that their pages are built.
pub fn ten_years(calendar: &Calendar) {
    touch(calendar, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
}

fn touch(calendar: &Calendar, from: &str, to: &str) {
    calendar.elapsed(Timestamp::parse(from).unwrap(), Timestamp::parse(to).unwrap()).unwrap();
}

/// Random instants from 2020 to 2029, whole seconds, always the same.
pub fn instants() -> Vec<Timestamp> {
    let start = Timestamp::parse("2020-01-01T00:00:00Z").unwrap().as_micros();
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % (3_600 * 24 * 3_652)).unwrap()
    };
    (0..BATCH).map(|_| Timestamp::from_micros(start + next() * 1_000_000)).collect()
}

/// A length of business time.
pub fn length(text: &str) -> BusinessDuration {
    BusinessDuration::parse(text).unwrap()
}

/// An engine under the seed policy.
pub fn engine() -> Engine {
    Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap()
}

const MESSAGE: &str =
    r#"{"message_ref": "m", "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}"#;

/// When the tickets of the benchmarks are opened.
pub fn opened_at() -> Timestamp {
    Timestamp::parse("2026-03-02T09:00:00Z").unwrap()
}

/// A ticket that has just been opened.
pub fn opened(engine: &Engine) -> History {
    let opening = format!(
        r#"{{"command": "open", "ticket": "T-1", "customer": "kim", "package": "enterprise", "channel": "whatsapp", "message": {MESSAGE}}}"#
    );
    let opening: Opening = wire::command::read_opening(opening).unwrap();
    let kim = Actor::new(Role::Customer, "kim");
    let Decision::Accepted(opened) = engine.open(&opening, &kim, opened_at()).unwrap() else { panic!("refused") };
    History::new(opened.events).unwrap()
}

/// An engine under the seed policy, changed.
fn changed(change: impl FnOnce(&mut Policy)) -> Engine {
    let mut policy = wire::policy::read(TALKABIZ).unwrap().into_policy();
    change(&mut policy);
    Engine::compile(policy).unwrap()
}

/// A ticket whose first response has `steps` steps after its due, all of them due an instant later, an engine, and that
/// instant.
pub fn stepped(steps: u32) -> (Engine, Ticket, Timestamp) {
    let step = |after| Step {
        id: Id::new(format!("step {}", after % 97 * 100_000 + after)).unwrap(),
        time: StepTime::After(length(&format!("{after}s"))),
        when: StepCondition::default(),
        action: if after % 2 == 0 { StepAction::Warn } else { StepAction::Escalate { level: 2 } },
        notify: Arc::default(),
        assign_to: None,
        quiet_hours: QuietHours::Off,
        repeat: None,
        until_acknowledged: after % 3 == 0,
    };
    let engine = changed(|policy| {
        policy.steps.insert(Id::new("first_response").unwrap(), (1..=steps).rev().map(step).collect());
    });
    let ticket = opened(&engine).ticket().clone();
    (engine, ticket, Timestamp::from_micros(opened_at().as_micros() + 86_400_000_000))
}

/// A ticket with `timers` timers, each with a warning and a breach due an instant later, an engine, and that instant.
pub fn with_timers(timers: u32) -> (Engine, Ticket, Timestamp) {
    let engine = changed(|policy| {
        let first_response = Id::new("first_response").unwrap();
        let ids = (0..timers).map(|timer| Id::new(format!("timer {timer}")).unwrap());
        for id in ids {
            let mut rules = policy.timers[&first_response].clone();
            rules.id = id.clone();
            policy.timers.insert(id.clone(), rules);
            policy.steps.insert(id.clone(), policy.steps[&first_response][..1].to_vec());
            let targets = &mut policy.packages.last_mut().unwrap().targets;
            targets.insert(id, targets[&first_response].clone());
        }
    });
    let ticket = opened(&engine).ticket().clone();
    (engine, ticket, Timestamp::from_micros(opened_at().as_micros() + 86_400_000_000))
}

/// A ticket of `events` events with a command id each, and now and then a pause: what a host stores of it.
pub fn grown(engine: &Engine, events: usize) -> History {
    let mut history = opened(engine);
    let (admin, mut now) = (Actor::new(Role::Admin, "root"), opened_at());
    let assign = r#"{"command": "assign", "agent": "ana"}"#.to_owned();
    let commands = std::iter::once(assign).chain((0..).map(|number| {
        let id = format!("6f1c1a52-7d1e-4b44-9c07-{number:012}");
        match number % 8 {
            0 => format!(r#"{{"command": "pause", "status": "pending", "reason": "question", "command_id": "{id}"}}"#),
            1 => format!(r#"{{"command": "resume", "command_id": "{id}"}}"#),
            2 => format!(r#"{{"command": "reply", "channel": "email", "message": {MESSAGE}, "command_id": "{id}"}}"#),
            _ => format!(r#"{{"command": "note", "message": {MESSAGE}, "command_id": "{id}"}}"#),
        }
    }));
    for command in commands {
        if history.events().len() >= events {
            break;
        }
        now = Timestamp::from_micros(now.as_micros() + 1_000_000);
        let command: Command = wire::command::read(command).unwrap();
        match engine.decide(history.ticket(), &command, &admin, now).unwrap() {
            Decision::Accepted(accepted) => history.extend(accepted.events).unwrap(),
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
    }
    history
}

/// A ticket of 20 events, ten minutes apart, still open: opened, assigned, then messages, replies and pauses.
pub fn history(engine: &Engine) -> History {
    long_history(engine, 20)
}

/// Such a ticket of `count` events.
pub fn long_history(engine: &Engine, count: usize) -> History {
    let admin = Actor::new(Role::Admin, "root");
    let kim = Actor::new(Role::Customer, "kim");
    let mut history = opened(engine);
    let commands: [(String, &Actor); 5] = [
        (r#"{"command": "assign", "agent": "ana"}"#.to_owned(), &admin),
        (format!(r#"{{"command": "reply", "channel": "whatsapp", "message": {MESSAGE}}}"#), &admin),
        (r#"{"command": "pause", "status": "pending", "reason": "question"}"#.to_owned(), &admin),
        (format!(r#"{{"command": "customer_message", "channel": "whatsapp", "message": {MESSAGE}}}"#), &kim),
        (format!(r#"{{"command": "note", "message": {MESSAGE}}}"#), &admin),
    ];
    let mut now = opened_at();
    for (command, actor) in commands.iter().cycle() {
        if history.events().len() >= count {
            break;
        }
        now = Timestamp::from_micros(now.as_micros() + 600_000_000);
        let command: Command = wire::command::read(command).unwrap();
        match engine.decide(history.ticket(), &command, actor, now).unwrap() {
            Decision::Accepted(accepted) => history.extend(accepted.events).unwrap(),
            Decision::Refused(refusal) => panic!("{refusal}"),
        }
    }
    history
}

/// The seed policy with every target a quarter shorter.
pub fn candidate() -> Engine {
    let mut policy = wire::policy::read(TALKABIZ).unwrap().into_policy();
    for target in policy.packages.iter_mut().flat_map(|package| package.targets.values_mut()) {
        if let Target::Within { duration, .. } = target {
            *duration = BusinessDuration::from_micros(duration.as_micros() / 4 * 3).unwrap();
        }
    }
    Engine::compile(policy).unwrap()
}

/// Tickets as columns: a year of them under the seed policy, in the order of their opening.
pub struct WideRows {
    /// The package of each, as a place in [`kinds`].
    pub kinds: Vec<u32>,
    /// Openings.
    pub opened: Vec<i64>,
    /// Assignments, none for one ticket in fifty.
    pub assigned: Vec<i64>,
    /// First replies, none for one ticket in fifty.
    pub first_reply: Vec<i64>,
    /// Resolutions, none for one ticket in twenty.
    pub resolved: Vec<i64>,
}

impl WideRows {
    /// The columns.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            kinds: &self.kinds,
            opened_us: Column::of(&self.opened),
            assigned_us: Column::of(&self.assigned),
            first_reply_us: Column::of(&self.first_reply),
            resolved_us: Column::of(&self.resolved),
        }
    }
}

/// The instant as of which wide rows are judged.
pub fn wide_now() -> Timestamp {
    Timestamp::parse("2027-02-01T00:00:00Z").unwrap()
}

/// One kind for each package of the seed policy.
pub fn kinds() -> Vec<Kind> {
    let id = |text: &str| Id::new(text).unwrap();
    ["starter", "professional", "enterprise"].map(|package| Kind::new(id(package), id("email"))).to_vec()
}

/// Random wide rows, always the same: opened through 2026, assigned within ten minutes; nine in ten are answered within
/// another 50 minutes and resolved within six hours of wall time, the others within four hours and three days.
pub fn wide_rows(count: usize) -> WideRows {
    let start = Timestamp::parse("2026-01-01T00:00:00Z").unwrap().as_micros();
    let year = 365 * 24 * 3_600_000_000_i64;
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % below
    };
    let mut wide = WideRows {
        kinds: Vec::new(),
        opened: Vec::new(),
        assigned: Vec::new(),
        first_reply: Vec::new(),
        resolved: Vec::new(),
    };
    let rows = i64::try_from(count).unwrap();
    for row in 0..rows {
        let opened = start + year / rows * row + next(60) * 1_000_000;
        let assigned = opened + next(600) * 1_000_000;
        let is_quick = next(10) > 0;
        let (reply, resolve) = if is_quick { (3_000, 21_600) } else { (14_400, 3 * 86_400) };
        let (reply, resolve) = (assigned + next(reply) * 1_000_000, assigned + next(resolve) * 1_000_000);
        let mut unless = |one_in: i64, at: i64| if next(one_in) == 0 { NONE } else { at };
        wide.assigned.push(unless(50, assigned));
        wide.first_reply.push(unless(50, reply));
        wide.resolved.push(unless(20, resolve));
        wide.opened.push(opened);
        wide.kinds.push(u32::try_from(next(3)).unwrap());
    }
    wide
}
