//! Columns against histories: the same tickets, row by row and added up.

use proptest::collection::vec;
use proptest::prelude::*;
use sla_core::analytics::{Aggregate, Dimension, Figure, Grouping, PeriodUnit, Row, UNASSIGNED};
use sla_core::calendar::ZoneDatabase;
use sla_core::columns::{Column, Kind, NO_STATE, NONE, Plan, RefusedRow, Rows, TimerColumns};
use sla_core::engine::{RecordedCommand, State};
use sla_core::ticket::{Actor, Command, CommandKind, Direction, EventKind, History, MessageRef, Opening, Role};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, ErrorCode, Id, wire};

const POLICY: &str = r#"{
    "schema": "sla-policy/2", "id": "desk", "version": 1,
    "calendars": {
        "office": {"time_zone": "Europe/Berlin", "weekly": {"mon": ["08:00-12:00", "13:00-17:00"],
            "tue": ["08:00-12:00", "13:00-17:00"], "wed": ["08:00-12:00"], "thu": ["08:00-17:00"], "sun": ["01:00-04:00"]}},
        "always": {"time_zone": "UTC", "always_open": true}
    },
    "channels": [{"id": "email", "name": "Email"}, {"id": "chat", "name": "Chat"}],
    "severities": ["low", "high"],
    "packages": [
        {"id": "a", "name": "A", "rank": 1, "channels": ["email"], "calendar": "office", "priority": "P2",
         "targets": {"assignment": "90m", "first_response": "2h", "resolution": "11h", "opened_to_resolved": "16h"}},
        {"id": "b", "name": "B", "rank": 2, "channels": ["email", "chat"], "calendar": "always",
         "targets": {"assignment": "20m", "first_response": "1h", "resolution": "9h"},
         "variants": [{"when": {"channel": "chat"}, "targets": {"first_response": "15m"}},
                      {"when": {"severity": "high"}, "calendar": "office", "targets": {"resolution": "3h"}}]},
        {"id": "day and night", "name": "C", "rank": 3, "extends": "a", "targets": {"assignment": "none"},
         "variants": [{"when": {"during": "office"}, "targets": {"first_response": "30m", "opened_to_resolved": "none"}},
                      {"when": {"outside": "office", "severity": "high"}, "calendar": "always",
                       "targets": {"first_response": {"within": "3h", "calendar": "office"}, "resolution": "5h"}}]},
        {"id": "days", "name": "D", "rank": 4, "extends": "a",
         "targets": {"first_response": {"business_days": 1, "by": "same_time", "cut_off": "15:00"},
                     "resolution": {"business_days": 2, "by": "close"}}},
        {"id": "none", "name": "None", "rank": 0, "channels": ["chat"], "calendar": "office", "targets": {"next_response": "1h"}}
    ],
    "timers": [
        {"id": "opened_to_resolved", "starts_on": ["opened"], "stops_on": ["resolved"], "due_boundary": "next_open"},
        {"id": "from_reply", "starts_on": ["assigned"], "stops_on": ["public_reply"]}
    ],
    "steps": {"resolution": [{"id": "half", "at": "50%", "action": "warn"}, {"id": "most", "at": "80%", "action": "warn"}],
              "first_response": [{"id": "soon", "before": "1h", "when": {"package": "days"}, "action": "warn"}]}
}"#;

const TIMERS: [&str; 4] = ["first_response", "resolution", "assignment", "opened_to_resolved"];
const MINUTE: i64 = 60_000_000;

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn engine() -> Engine {
    Engine::compile(wire::policy::read(POLICY).unwrap_or_else(|error| panic!("{error:#?}"))).unwrap()
}

fn kinds() -> Vec<Kind> {
    let with = |kind: Kind, agent: Option<&str>, severity: Option<&str>| Kind {
        agent: agent.map(id),
        severity: severity.map(id),
        ..kind
    };
    vec![
        with(Kind::new(id("a"), id("email")), Some("ana"), None),
        with(Kind::new(id("b"), id("chat")), Some("bob"), Some("low")),
        with(Kind::new(id("b"), id("email")), Some("ana"), Some("high")),
        with(Kind::new(id("none"), id("chat")), None, None),
        Kind { team: Some(id("first")), ..with(Kind::new(id("day and night"), id("email")), Some("ana"), None) },
        with(Kind::new(id("day and night"), id("email")), Some("bob"), Some("high")),
        Kind { team: Some(id("first")), ..with(Kind::new(id("days"), id("email")), Some("bob"), None) },
    ]
}

/// A row: its kind and its milestones.
#[derive(Debug, Clone, Copy)]
struct Ticket {
    kind: usize,
    opened: i64,
    assigned: Option<i64>,
    first_reply: Option<i64>,
    resolved: Option<i64>,
}

fn ticket() -> impl Strategy<Value = Ticket> {
    let later = || {
        prop_oneof![
            Just(None),
            Just(Some(0)),
            (0..400_i64).prop_map(|minutes| Some(minutes * MINUTE)),
            (0..9_000 * MINUTE).prop_map(Some)
        ]
    };
    let opened = (0..200_000_i64).prop_map(|minutes| 1_774_000_000_000_000 + minutes * MINUTE);
    (0..7_usize, opened, later(), later(), later()).prop_map(|(kind, opened, assigned, first_reply, resolved)| {
        let after = |length: Option<i64>| length.map(|length| opened + length);
        Ticket { kind, opened, assigned: after(assigned), first_reply: after(first_reply), resolved: after(resolved) }
    })
}

/// The ticket's history, made by importing what its row says.
fn history(engine: &Engine, kind: &Kind, ticket: Ticket) -> History {
    let message = MessageRef { message_ref: "m".to_owned(), content_sha256: Digest::of(b"m") };
    let opening = Opening {
        ticket: "T".to_owned(),
        customer: "kim".to_owned(),
        package: kind.package.to_string(),
        channel: kind.channel.to_string(),
        severity: kind.severity.as_ref().map(ToString::to_string),
        category: None,
        message: message.clone(),
        direction: Direction::Inbound,
        received_at: None,
        organization: None,
        command_id: None,
    };
    let agent = kind.agent.as_ref().map_or(UNASSIGNED.to_owned(), ToString::to_string);
    let admin = Actor::new(Role::Admin, agent.clone());
    let mut commands: Vec<RecordedCommand> = Vec::new();
    let mut push = |at: Option<i64>, command: CommandKind| {
        commands.extend(at.map(|at| RecordedCommand {
            at: Timestamp::from_micros(at),
            actor: admin.clone(),
            command: Command::from(command),
        }))
    };
    let assigned = match (ticket.assigned, ticket.resolved) {
        (Some(assigned), Some(resolved)) => Some(assigned.min(resolved)),
        (assigned, resolved) => assigned.or(resolved),
    };
    push(assigned, CommandKind::Assign { agent: Some(agent), team: kind.team.as_ref().map(ToString::to_string) });
    push(
        ticket.first_reply,
        CommandKind::Reply { channel: kind.channel.to_string(), message: message.clone(), automatic: false },
    );
    push(ticket.resolved, CommandKind::Resolve { message });
    commands.sort_by_key(|command| command.at);
    let kim = Actor::new(Role::Customer, "kim");
    let opened_at = Timestamp::from_micros(ticket.opened);
    let import = engine.import(&opening, &kim, opened_at, &commands).unwrap().into_result().unwrap();
    assert!(import.refused.is_empty());
    import.history
}

#[derive(Debug)]
struct Written {
    due: Vec<i64>,
    warn: Vec<i64>,
    state: Vec<u8>,
    elapsed: Vec<i64>,
    overdue: Vec<i64>,
}

impl Written {
    fn new(rows: usize) -> Self {
        Self::some(rows, [1; 5])
    }

    /// Returns places for the columns that are asked.
    fn some(rows: usize, asked: [usize; 5]) -> Self {
        let [due, warn, state, elapsed, overdue] = asked.map(|asked| rows * asked);
        Self {
            due: vec![7; due],
            warn: vec![7; warn],
            state: vec![7; state],
            elapsed: vec![7; elapsed],
            overdue: vec![7; overdue],
        }
    }

    /// Returns whether each of its columns is empty or the same as another's.
    fn is_part_of(&self, all: &Self) -> bool {
        let of = |written: &Self| [&written.due, &written.warn, &written.elapsed, &written.overdue].map(Vec::clone);
        let is_part = of(self).iter().zip(of(all)).all(|(some, all)| some.is_empty() || *some == all);
        is_part && (self.state.is_empty() || self.state == all.state)
    }

    fn columns(&mut self) -> TimerColumns<'_> {
        TimerColumns {
            due_us: &mut self.due,
            warn_us: &mut self.warn,
            state: &mut self.state,
            elapsed_us: &mut self.elapsed,
            overdue_us: &mut self.overdue,
        }
    }
}

fn from_columns(figure: Figure) -> bool {
    use Figure::{
        BreachedAnswered, BreachedOpen, BusinessTime, Met, Open, Opened, Overdue, Resolved, Running, Unpromised,
        UnpromisedBusinessTime, UnpromisedWallTime, WallTime,
    };
    let tickets = [Opened, Resolved, Open];
    let classes = [Met, BreachedAnswered, BreachedOpen, Running, Unpromised];
    let durations = [BusinessTime, WallTime, UnpromisedBusinessTime, UnpromisedWallTime, Overdue];
    tickets.contains(&figure) || classes.contains(&figure) || durations.contains(&figure)
}

fn is_duration(figure: Figure) -> bool {
    figure == Figure::Overdue || figure.as_str().ends_with("_time")
}

fn column(values: impl Iterator<Item = Option<i64>>) -> Vec<i64> {
    values.map(|value| value.unwrap_or(NONE)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn columns_say_what_histories_say(tickets in vec(ticket(), 1..12), later in 0..20_000_i64, masked in any::<bool>()) {
        let engine = engine();
        let kinds = kinds();
        let plan = Plan::new(&engine, &TIMERS, &kinds).unwrap();
        let last = tickets.iter().flat_map(|t| [Some(t.opened), t.assigned, t.first_reply, t.resolved]).flatten().max();
        let now = Timestamp::from_micros(last.unwrap() + later * MINUTE / 7);
        let numbers: Vec<u32> = tickets.iter().map(|ticket| u32::try_from(ticket.kind).unwrap()).collect();
        let mut assigned = column(tickets.iter().map(|ticket| ticket.assigned));
        let mask: Vec<u8> = assigned.chunks(8).map(|rows| {
            rows.iter().enumerate().filter(|(_, value)| **value != NONE).fold(0, |bits, (at, _)| bits | 1 << at)
        }).collect();
        if masked {
            assigned.iter_mut().filter(|value| **value == NONE).for_each(|value| *value = 5);
        }
        let (opened, first_reply, resolved) = (
            column(tickets.iter().map(|ticket| Some(ticket.opened))),
            column(tickets.iter().map(|ticket| ticket.first_reply)),
            column(tickets.iter().map(|ticket| ticket.resolved)),
        );
        let rows = Rows {
            kinds: &numbers,
            opened_us: Column::of(&opened),
            assigned_us: if masked { Column::masked(&assigned, &mask) } else { Column::of(&assigned) },
            first_reply_us: Column::of(&first_reply),
            resolved_us: Column::of(&resolved),
        };
        let mut written: Vec<Written> = TIMERS.iter().map(|_| Written::new(tickets.len())).collect();
        let mut answers: Vec<TimerColumns<'_>> = written.iter_mut().map(Written::columns).collect();
        prop_assert_eq!(plan.evaluate(&rows, now, &mut answers).unwrap(), Vec::new());
        let zones = ZoneDatabase::embedded();
        let groupings = [
            Grouping::all(),
            Grouping::by(Dimension::ALL).with_period(PeriodUnit::Hour, "Asia/Kolkata", &zones).unwrap(),
            Grouping::by(&[Dimension::Agent, Dimension::Priority]).with_period(PeriodUnit::Week, "Europe/Berlin", &zones).unwrap(),
        ];
        let mut aggregates: Vec<Aggregate> = groupings.iter().cloned().map(Aggregate::new).collect();
        for (row, ticket) in tickets.iter().enumerate() {
            let history = history(&engine, &kinds[ticket.kind], *ticket);
            let evaluation = engine.evaluate(history.ticket(), now).unwrap();
            for aggregate in &mut aggregates {
                aggregate.add(&engine, &history, &evaluation).unwrap();
            }
            for (timer, columns) in TIMERS.iter().zip(&written) {
                let found = evaluation.timers.iter().find(|known| known.timer.as_str() == *timer);
                let cycle = found.and_then(|timer| timer.current());
                let state = found.map_or(NO_STATE, |timer| {
                    u8::try_from(State::ALL.iter().position(|state| *state == timer.state()).unwrap()).unwrap()
                });
                prop_assert_eq!(columns.state[row], state, "{} of {:?}", timer, ticket);
                let micros = |at: Option<Timestamp>| at.map_or(NONE, Timestamp::as_micros);
                prop_assert_eq!(columns.due[row], micros(cycle.and_then(|cycle| cycle.due_at())), "{} of {:?}", timer, ticket);
                prop_assert_eq!(columns.elapsed[row], cycle.map_or(NONE, |cycle| cycle.elapsed.as_micros()));
                prop_assert_eq!(columns.overdue[row], cycle.map_or(NONE, |cycle| cycle.overdue.as_micros()));
                let warned = history.events().iter().chain(&evaluation.due_events).find_map(|event| match &event.kind {
                    EventKind::Warned(firing) if firing.timer.as_str() == *timer => Some(event.at.as_micros()),
                    _ => None,
                });
                if let Some(warned) = warned {
                    prop_assert_eq!(columns.warn[row], warned, "{} of {:?}", timer, ticket);
                }
                let is_days = kinds[ticket.kind].package.as_str() == "days";
                let is_promised = cycle.is_some_and(|cycle| cycle.target.is_some());
                // A step before the due exists where the target is longer.
                if *timer != "first_response" || !is_days {
                    let warns = *timer == "resolution" && is_promised;
                    prop_assert_eq!(columns.warn[row] != NONE, warns, "{} of {:?}", timer, ticket);
                }
            }
        }
        for (grouping, aggregate) in groupings.iter().zip(&aggregates) {
            let mut figures = plan.figures(grouping.clone());
            prop_assert_eq!(figures.add(&rows, now).unwrap(), Vec::new());
            let found: Vec<Row> = figures.into_aggregate().unwrap().rows().collect();
            let expected: Vec<Row> = aggregate.rows().filter(|row| {
                from_columns(row.outcome) && row.timer.as_ref().is_none_or(|timer| TIMERS.contains(&timer.as_str()))
            }).collect();
            prop_assert_eq!(&found, &expected);
            // The columns that are asked, and figures with durations or without.
            let (due_and_state, state_and_overdue) = ([1, 0, 1, 0, 0], [0, 0, 1, 0, 1]);
            for (asked, durations) in [([1; 5], true), (due_and_state, true), (due_and_state, false), (state_and_overdue, false)] {
                let figures = plan.figures(grouping.clone());
                let mut figures = if durations { figures } else { figures.without_durations() };
                let mut some: Vec<Written> = TIMERS.iter().map(|_| Written::some(tickets.len(), asked)).collect();
                let mut answers: Vec<TimerColumns<'_>> = some.iter_mut().map(Written::columns).collect();
                prop_assert_eq!(figures.add_and_evaluate(&rows, now, &mut answers).unwrap(), Vec::new());
                for (some, all) in some.iter().zip(&written) {
                    prop_assert!(some.is_part_of(all), "{:?} of {:?}", some, all);
                }
                let found: Vec<Row> = figures.into_aggregate().unwrap().rows().collect();
                let is_counted = |row: &&Row| durations || !is_duration(row.outcome);
                prop_assert_eq!(found, expected.iter().filter(is_counted).cloned().collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn a_row_that_cannot_be_judged_is_reported_and_the_others_count() {
    let engine = engine();
    let plan = Plan::new(&engine, &["first_response"], &kinds()).unwrap();
    let hour = 3_600_000_000;
    let now = Timestamp::parse("2026-03-02T12:00:00Z").unwrap();
    let at = now.as_micros() - 5 * hour;
    let opened = [at, NONE, at, at, -1, at, at, i64::MAX];
    let resolved = [NONE, NONE, at - 1, now.as_micros() + 1, NONE, NONE, i64::MAX, NONE];
    let nothing = [NONE; 8];
    let rows = Rows {
        kinds: &[0, 0, 0, 0, 0, 7, 0, 0],
        opened_us: Column::of(&opened),
        assigned_us: Column::of(&nothing),
        first_reply_us: Column::of(&nothing),
        resolved_us: Column::of(&resolved),
    };
    let codes = [
        (1, ErrorCode::MissingField),
        (2, ErrorCode::EndBeforeStart),
        (3, ErrorCode::TimeWentBack),
        (4, ErrorCode::OutOfHorizon),
        (5, ErrorCode::OutOfRange),
        (6, ErrorCode::TimeWentBack),
        (7, ErrorCode::TimeWentBack),
    ];
    let expected: Vec<RefusedRow> = codes.map(|(row, code)| RefusedRow { row, code }).to_vec();
    let mut written = Written::new(8);
    assert_eq!(plan.evaluate(&rows, now, &mut [written.columns()]).unwrap(), expected);
    assert_eq!(written.state[1..], [NO_STATE; 7]);
    assert_eq!((written.due[1], written.elapsed[5]), (NONE, NONE));
    let mut figures = plan.figures(Grouping::all());
    assert_eq!(figures.add(&rows, now).unwrap(), expected);
    assert_eq!(figures.into_aggregate().unwrap().rows().map(|row| row.tally.n).max(), Some(1));

    let code = |result: Result<Vec<RefusedRow>, sla_core::Error>| result.unwrap_err().code();
    let short = Rows { kinds: &[0; 5], ..rows };
    assert_eq!(code(plan.figures(Grouping::all()).add(&short, now)), ErrorCode::OutOfRange);
    assert_eq!(code(plan.evaluate(&short, now, &mut [written.columns()])), ErrorCode::OutOfRange);
    assert_eq!(code(plan.evaluate(&rows, now, &mut [])), ErrorCode::OutOfRange);
    let masked = Rows { opened_us: Column::masked(&opened, &[]), ..rows };
    assert_eq!(code(plan.evaluate(&masked, now, &mut [written.columns()])), ErrorCode::OutOfRange);
    let never = Timestamp::from_micros(-1);
    assert_eq!(code(plan.evaluate(&rows, never, &mut [written.columns()])), ErrorCode::OutOfHorizon);
}

#[test]
fn a_plan_says_what_milestones_do_not_decide() {
    let engine = engine();
    let refused = |timer: &str, kind: Kind| Plan::new(&engine, &[timer], &[kind]).unwrap_err().code();
    let kind = || Kind::new(id("a"), id("email"));
    for timer in ["next_response", "update", "from_reply", "lunch"] {
        assert_eq!(refused(timer, kind()), ErrorCode::UnknownTimer, "{timer}");
    }
    assert_eq!(refused("resolution", Kind::new(id("z"), id("email"))), ErrorCode::UnknownPackage);
    assert_eq!(refused("resolution", Kind::new(id("a"), id("chat"))), ErrorCode::UnknownChannel);
    assert_eq!(refused("resolution", Kind { severity: Some(id("x")), ..kind() }), ErrorCode::UnknownSeverity);
    assert_eq!(refused("resolution", Kind { category: Some(id("x")), ..kind() }), ErrorCode::UnknownCategory);
}
