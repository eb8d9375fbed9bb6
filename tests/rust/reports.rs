//! Reports worked out by hand, and the laws of aggregates.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Timelike};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use sla_core::analytics::{Aggregate, Dimension, Figure, Grouping, Key, PeriodUnit, Report, Row, Tally, agents};
use sla_core::calendar::ZoneDatabase;
use sla_core::columns::{FigureRows, NONE};
use sla_core::engine::{Activity, CycleEvaluation, Evaluation, Outcome};
use sla_core::ticket::{Apply, Change, CommandKind, Due, Event, EventKind, History, Role, Standing, Ticket};
use sla_core::time::Timestamp;
use sla_core::{Engine, ErrorCode, wire};
use sla_tests::stories;
use sla_tests::streams::{HOUR, PACKAGES, Turn, When, at, cases, message, opened, played, run, stream, turn};
use sla_tests::transcript::Transcript;

const VECTORS: &str = include_str!("../vectors/analytics.json");

fn words<T>(values: &Value, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    values.as_array().unwrap().iter().map(|word| read(word.as_str().unwrap()).unwrap()).collect()
}

fn grouping(report: &Value) -> Grouping {
    let grouping = Grouping::by(&words(&report["dimensions"], Dimension::from_word));
    let period = &report["period"];
    let Some(unit) = period["unit"].as_str() else { return grouping };
    let unit = PeriodUnit::from_word(unit).unwrap();
    grouping.with_period(unit, period["time_zone"].as_str().unwrap(), &ZoneDatabase::embedded()).unwrap()
}

/// Tells the tickets of a case as stories.
fn histories(file: &Value, case: &Value) -> Vec<History> {
    let step = |number: usize, step: &Value| {
        let mut command = step[2].clone();
        if command["command"] == "open" {
            command["ticket"] = format!("T-{number}").into();
            command["customer"] = step[1].as_str().unwrap().split_once(' ').unwrap().1.into();
            command["message"] = "m".into();
        }
        json!({"at": step[0], "as": step[1], "do": command})
    };
    let stories: Vec<Value> = case["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(number, steps)| {
            let steps: Vec<Value> = steps.as_array().unwrap().iter().map(|one| step(number, one)).collect();
            json!({"name": case["name"], "policy": [case["policy"]], "steps": steps})
        })
        .collect();
    let told = stories::tell(&json!({"policies": file["policies"], "cases": stories}).to_string());
    told.into_iter()
        .map(|told| {
            assert_eq!(told.faults, Vec::<String>::new());
            told.history.unwrap()
        })
        .collect()
}

struct Case {
    name: String,
    engine: Engine,
    as_of: Timestamp,
    histories: Vec<History>,
}

impl Case {
    fn new(file: &Value, case: &Value) -> Self {
        let policy = &file["policies"][case["policy"].as_str().unwrap()];
        Self {
            name: case["name"].to_string(),
            engine: Engine::compile(wire::policy::read(policy.to_string()).unwrap()).unwrap(),
            as_of: Timestamp::parse(case["as_of"].as_str().unwrap()).unwrap(),
            histories: histories(file, case),
        }
    }

    /// Writes down how a report is made, for other languages.
    fn note(&self, transcript: &mut Transcript, grouping: &Value, what: &str, report: &str) {
        let grouping = json!({"dimensions": grouping["dimensions"], "period": grouping["period"]});
        transcript.line("aggregate", &[&grouping]);
        for history in &self.histories {
            transcript.line("count", &[&wire::ticket::write_history(history), &self.as_of.as_micros()]);
        }
        transcript.line(what, &[&report]);
    }

    /// Writes down the rows of every ticket, all of them and those after half of the events.
    fn note_rows(&self, transcript: &mut Transcript) {
        let zone = "Europe/Berlin";
        for history in &self.histories {
            let half = history.events().len().div_ceil(2);
            let earlier = History::new(history.events()[..half].to_vec()).unwrap();
            let earlier = self.engine.history_rows(None, &earlier, earlier.ticket().last_at, zone).unwrap();
            let document = wire::ticket::write_history(history);
            for state in [None, Some(&earlier.state)] {
                let rows = self.engine.history_rows(state, history, self.as_of, zone).unwrap();
                let state = state.map_or("-".to_owned(), wire::rows::write_state);
                let now = self.as_of.as_micros();
                transcript.line("ticket_rows", &[&document, &now, &zone, &state, &wire::rows::write(&rows)]);
            }
        }
    }

    fn aggregate(&self, grouping: Grouping) -> Aggregate {
        let mut aggregate = Aggregate::new(grouping);
        for history in &self.histories {
            let evaluation = self.engine.evaluate(history.ticket(), self.as_of).unwrap();
            aggregate.add(&self.engine, history, &evaluation).unwrap();
        }
        aggregate
    }
}

/// Returns the labels of a group as the vectors write them.
fn label(group: &Value) -> String {
    let mut key: BTreeMap<String, Value> = serde_json::from_value(group["key"].clone()).unwrap();
    key.remove("period_start");
    let order = ["period", "package", "channel", "agent", "priority", "severity", "category", "team"];
    let labels =
        order.iter().filter_map(|name| key.get(*name)).map(|value| value.as_str().unwrap_or("none").to_owned());
    labels.collect::<Vec<_>>().join(" | ")
}

#[test]
fn reports_say_what_was_worked_out_by_hand() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let mut faults = Vec::new();
    let mut transcript = Transcript::new("reports");
    for row in file["cases"].as_array().unwrap() {
        let case = Case::new(&file, row);
        transcript.line("engine", &[&json!([file["policies"][row["policy"].as_str().unwrap()]])]);
        let mut compare = |place: &str, found: &Value, expected: &Value| {
            if found != expected {
                faults.push(format!("{}: {place}: found {found}, expected {expected}", case.name));
            }
        };
        case.note_rows(&mut transcript);
        if let Some(expected) = row.get("ticket_rows") {
            let (history, zone) = (&case.histories[0], expected["time_zone"].as_str().unwrap());
            let rows = case.engine.history_rows(None, history, case.as_of, zone).unwrap();
            let rows: Value = serde_json::from_str(&wire::rows::write(&rows)).unwrap();
            let cycle = |row: &Value| format!("{} {}", row["timer"].as_str().unwrap(), row["cycle"]);
            let fact = |row: &Value| row["key"].as_str().unwrap().to_owned();
            for (list, key) in [("cycles", &cycle as &dyn Fn(&Value) -> String), ("facts", &fact)] {
                for (name, places) in expected[list].as_object().unwrap() {
                    let found = rows[list].as_array().unwrap().iter().find(|row| key(row) == *name);
                    let found = found.unwrap_or_else(|| panic!("{}: no row {name} in {}", case.name, rows[list]));
                    for (place, value) in places.as_object().unwrap() {
                        compare(&format!("{name} {place}"), found.pointer(place).unwrap(), value);
                    }
                }
            }
        }
        for expected in row["reports"].as_array().unwrap() {
            let aggregate = case.aggregate(grouping(expected));
            let report = Report::of(&aggregate).unwrap();
            let document = wire::analytics::write_report(&report);
            case.note(&mut transcript, expected, "report", &document);
            transcript.line("rows", &[&wire::analytics::write(&aggregate)]);
            let document: Value = serde_json::from_str(&document).unwrap();
            let groups = document["groups"].as_array().unwrap();
            let mut by_label: BTreeMap<String, &Value> = groups.iter().map(|group| (label(group), group)).collect();
            by_label.insert("total".to_owned(), &document["total"]);
            let wanted = expected["groups"].as_object().unwrap();
            for (name, places) in wanted {
                for (place, value) in places.as_object().unwrap() {
                    let found = by_label.get(name).and_then(|group| group.pointer(place)).unwrap_or(&Value::Null);
                    assert!(by_label.contains_key(name), "{}: no group {name} in {:?}", case.name, by_label.keys());
                    compare(&format!("{name} {place}"), found, value);
                }
            }
            if report.grouping != Grouping::all() {
                let names: Vec<&String> = by_label.keys().filter(|name| *name != "total").collect();
                let mut wanted: Vec<&String> = wanted.keys().collect();
                wanted.sort();
                compare("groups", &json!(names), &json!(wanted));
            }
        }
        if let Some(packages) = row["packages"].as_array() {
            let all = Dimension::ALL;
            let aggregate = case.aggregate(Grouping::by(all));
            let report = Report::packages(&aggregate, case.engine.policy()).unwrap();
            case.note(
                &mut transcript,
                &json!({"dimensions": all.iter().map(|one| one.as_str()).collect::<Vec<_>>()}),
                "packages",
                &wire::analytics::write_report(&report),
            );
            let found: Vec<Value> = report
                .groups
                .iter()
                .map(|group| json!([group.key.package.as_ref().unwrap().as_str(), group.tickets.opened]))
                .collect();
            compare("packages", &found.into(), &packages.clone().into());
        }
        if let Some(expected) = row["agents"].as_array() {
            let found = agents(&case.aggregate(Grouping::by(&[Dimension::Agent])), &case.engine.policy().objectives);
            let document = wire::analytics::write_agents(&found.unwrap());
            case.note(&mut transcript, &json!({"dimensions": ["agent"]}), "agents", &document);
            let document: Value = serde_json::from_str(&document).unwrap();
            compare("agents", &document["agents"].as_array().unwrap().len().into(), &expected.len().into());
            for (found, expected) in document["agents"].as_array().unwrap().iter().zip(expected) {
                for (field, value) in expected.as_object().unwrap() {
                    compare(&format!("{} {field}", expected["agent"]), &found[field], value);
                }
            }
        }
    }
    transcript.leave();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

const ALL: &[Dimension] = Dimension::ALL;

fn berlin(unit: PeriodUnit, dimensions: &[Dimension]) -> Grouping {
    Grouping::by(dimensions).with_period(unit, "Europe/Berlin", &ZoneDatabase::embedded()).unwrap()
}

fn added(engine: &Engine, grouping: &Grouping, tickets: &[(History, Timestamp)]) -> Aggregate {
    let mut aggregate = Aggregate::new(grouping.clone());
    for (history, now) in tickets {
        let evaluation = engine.evaluate(history.ticket(), *now).unwrap();
        aggregate.add(engine, history, &evaluation).unwrap();
    }
    aggregate
}

fn merged(parts: &[&Aggregate]) -> Aggregate {
    let mut sum = Aggregate::new(parts[0].grouping().clone());
    parts.iter().for_each(|part| sum.merge(part).unwrap());
    sum
}

#[test]
fn any_split_by_ticket_gives_the_same_bytes() {
    let engine = sla_tests::streams::engine();
    let streams = (vec((stream(), 0..90_i64), 0..7), 0..7_usize, 0..7_usize);
    run(cases(300), &streams, |(tickets, one, other)| {
        let tickets: Vec<(History, Timestamp)> = tickets
            .into_iter()
            .map(|((package, turns), later)| {
                let (history, now) = played(&engine, package, &turns);
                (history, at(now.as_micros() + later * HOUR))
            })
            .collect();
        for grouping in [berlin(PeriodUnit::Hour, ALL), Grouping::all(), berlin(PeriodUnit::Week, &[Dimension::Agent])]
        {
            let whole = added(&engine, &grouping, &tickets);
            let cut = [0, one.min(tickets.len()), one.max(other).min(tickets.len()), tickets.len()];
            let parts: Vec<Aggregate> =
                cut.windows(2).map(|ends| added(&engine, &grouping, &tickets[ends[0]..ends[1].max(ends[0])])).collect();
            let [a, b, c] = &parts[..] else { panic!("three parts") };
            let nothing = Aggregate::new(grouping.clone());
            for sum in [
                merged(&[a, b, c]),
                merged(&[c, a, b]),
                merged(&[a, &merged(&[b, c])]),
                merged(&[&merged(&[a, b]), c]),
                merged(&[&whole, &nothing]),
                merged(&[&nothing, &whole]),
            ] {
                prop_assert_eq!(wire::analytics::write(&sum), wire::analytics::write(&whole));
                prop_assert_eq!(&sum, &whole);
            }
            let rows: Vec<Row> = parts.iter().rev().flat_map(Aggregate::rows).collect();
            let by_rows = Aggregate::from_rows(grouping.clone(), whole.as_of(), rows).unwrap();
            prop_assert_eq!(&by_rows, &whole);
            let columns = FigureRows::of(&whole);
            prop_assert_eq!(columns.len(), whole.rows().count());
            prop_assert_eq!(&columns.aggregate(grouping.clone(), whole.as_of()).unwrap(), &whole);
            let text = wire::analytics::write(&whole);
            prop_assert_eq!(&wire::analytics::read(&text, &ZoneDatabase::embedded()).unwrap(), &whole);
            let coarser = whole.regroup(Grouping::by(&[Dimension::Agent]));
            if grouping.dimensions().contains(&Dimension::Agent) {
                let direct = added(&engine, &Grouping::by(&[Dimension::Agent]), &tickets);
                prop_assert_eq!(coarser.unwrap(), direct);
            } else {
                prop_assert_eq!(coarser.unwrap_err().code(), ErrorCode::ConflictingFields);
            }
        }
        Ok(())
    });
}

/// What a row is of, and its count and sum in microseconds.
type Witnessed = BTreeMap<(Key, Option<String>, Figure, u32), (u64, u128)>;

/// The figures of one ticket, found by looking back from each event instead of walking along.
struct Witness<'a> {
    events: &'a [Event],
    found: Witnessed,
}

/// The agent and the team of a ticket.
type Holder = (Option<sla_core::Id>, Option<sla_core::Id>);

impl Witness<'_> {
    fn count(&mut self, index: usize, at: Timestamp, timer: Option<(&str, u32)>, figure: Figure, bucket: u32) {
        self.count_for(self.holder(index), index, at, timer, figure, bucket);
    }

    fn count_for(
        &mut self,
        holder: Holder,
        index: usize,
        at: Timestamp,
        timer: Option<(&str, u32)>,
        figure: Figure,
        bucket: u32,
    ) {
        let key = self.key(index, at, timer, holder);
        let place = (key, timer.map(|(timer, _)| timer.to_owned()), figure, bucket);
        self.found.entry(place).or_default().0 += 1;
    }

    fn duration(
        &mut self,
        holder: Holder,
        index: usize,
        at: Timestamp,
        timer: Option<(&str, u32)>,
        figure: Figure,
        micros: i64,
    ) {
        let bucket: u32 = [micros]
            .iter()
            .map(|micros| sla_core::time::BusinessDuration::from_micros(*micros).unwrap())
            .collect::<sla_core::analytics::Histogram>()
            .buckets()
            .map(|bucket| bucket.number.into())
            .next()
            .unwrap();
        let key = self.key(index, at, timer, holder);
        let place = self.found.entry((key, timer.map(|(timer, _)| timer.to_owned()), figure, bucket)).or_default();
        *place = (place.0 + 1, place.1 + u128::try_from(micros).unwrap());
    }

    /// Who holds the ticket after so many events.
    fn holder_after(&self, count: usize) -> Holder {
        let (mut agent, mut team): Holder = (None, None);
        for event in &self.events[..count] {
            match &event.kind {
                EventKind::Assigned { agent: Some(to), team: of, .. } => {
                    agent = Some(to.clone());
                    team = of.clone().or(team);
                }
                EventKind::Assigned { agent: None, team: Some(to), .. } if team.as_ref() != Some(to) => {
                    (agent, team) = (None, Some(to.clone()));
                }
                EventKind::Unassigned { .. } => agent = None,
                _ => {}
            }
        }
        (agent, team)
    }

    fn holder(&self, index: usize) -> Holder {
        self.holder_after(index + 1)
    }

    fn key(&self, index: usize, at: Timestamp, timer: Option<(&str, u32)>, (agent, team): Holder) -> Key {
        let EventKind::Opened { package, channel, .. } = &self.events[0].kind else { panic!("no opening") };
        let package = self.events[..=index]
            .iter()
            .rev()
            .find_map(|event| match &event.kind {
                EventKind::PackageChanged { package, .. } => Some(package.clone()),
                _ => None,
            })
            .unwrap_or_else(|| package.clone());
        // The channel that decides the terms of the cycle, as of the last event that says one.
        let own = timer.and_then(|(timer, cycle)| {
            let changes = self.events.iter().rev().flat_map(|event| &event.changes);
            changes.filter(|change| change.timer.as_str() == timer && change.cycle == cycle).find_map(|change| {
                match &change.change {
                    Change::Started { channel, .. } => Some(channel.clone()),
                    Change::Retargeted { channel, .. } => channel.clone(),
                    _ => None,
                }
            })
        });
        // chrono-tz is a second opinion on the local hour.
        let local = DateTime::from_timestamp_micros(at.as_micros()).unwrap().with_timezone(&chrono_tz::Europe::Berlin);
        let into_hour =
            i64::from(local.minute() * 60 + local.second()) * 1_000_000 + at.as_micros().rem_euclid(1_000_000);
        Key {
            period: Some(Timestamp::from_micros(at.as_micros() - into_hour)),
            package: Some(package),
            channel: Some(own.unwrap_or_else(|| channel.clone())),
            agent,
            team,
            ..Key::default()
        }
    }

    /// The last event that did this to a cycle.
    fn last(&self, timer: &str, cycle: u32, wanted: impl Fn(&Event, &Change) -> bool) -> Option<usize> {
        self.events.iter().rposition(|event| {
            let mut own = event.changes.iter().filter(|change| change.timer.as_str() == timer && change.cycle == cycle);
            own.any(|change| wanted(event, &change.change))
        })
    }

    /// The events that say what is promised for a cycle, with that.
    fn promises(&self, timer: &str, cycle: u32) -> Vec<(usize, bool)> {
        let mut promises = Vec::new();
        for (index, event) in self.events.iter().enumerate() {
            for change in event.changes.iter().filter(|one| one.timer.as_str() == timer && one.cycle == cycle) {
                if matches!(change.change, Change::Started { .. } | Change::Resumed { .. } | Change::Retargeted { .. })
                {
                    promises.push((index, change.change.promise().is_some()));
                }
            }
        }
        promises
    }

    /// Who answers for a breach: whoever held the ticket just before the due, or the agent whose return brings it.
    fn holder_at_due(&self, timer: &str, cycle: u32, due_at: Timestamp) -> Holder {
        let earlier = self.events.iter().take_while(|event| event.at < due_at).count();
        let returns = self.events.iter().enumerate().rposition(|(index, event)| {
            let before = self.events[..index].iter().rev().flat_map(|event| &event.changes);
            let mut before = before.filter(|one| one.timer.as_str() == timer && one.cycle == cycle);
            event.at == due_at
                && matches!(event.kind, EventKind::Assigned { .. })
                && event.changes.iter().any(|one| {
                    let is_due =
                        one.change.promise().is_some_and(|promise| promise.standing == Standing::Due(Due::At(due_at)));
                    one.timer.as_str() == timer
                        && one.cycle == cycle
                        && matches!(one.change, Change::Resumed { .. } | Change::Retargeted { .. })
                        && is_due
                })
                && before.next().is_some_and(|last| matches!(last.change, Change::Cancelled { .. }))
        });
        self.holder_after(returns.map_or(earlier, |index| index + 1))
    }

    fn cycle(&mut self, timer: &str, cycle: &CycleEvaluation, now: Timestamp) {
        let own = (timer, cycle.number);
        let last = self.events.len() - 1;
        let stopped = cycle.activity == Activity::Stopped;
        let end = stopped.then(|| {
            let ends = |change: &Change| matches!(change, Change::Stopped { .. } | Change::Cancelled { .. });
            self.last(timer, cycle.number, |_, change| ends(change)).unwrap()
        });
        let is_answered = end.is_some_and(|end| {
            let event = &self.events[end];
            let change = event.changes.iter().find(|one| one.timer.as_str() == timer && one.cycle == cycle.number);
            let hands_on = matches!(
                event.kind,
                EventKind::Assigned { .. } | EventKind::Unassigned { .. } | EventKind::Reopened { .. }
            );
            matches!(change.unwrap().change, Change::Stopped { .. })
                && !matches!(
                    event.kind,
                    EventKind::Withdrawn
                        | EventKind::Voided { .. }
                        | EventKind::Closed { .. }
                        | EventKind::Resolved { inactivity: Some(_), .. }
                )
                // Of the policy's timers only `assignment` is stopped by an assignment.
                && !(hands_on && timer != "assignment")
        });
        let promises = self.promises(timer, cycle.number);
        let was_promised = promises.iter().any(|(_, promised)| *promised);
        let is_promised = promises.last().unwrap().1;
        let breach = self.events.iter().position(|event| {
            matches!(&event.kind, EventKind::Breached { timer: of, cycle: number, .. }
                if of.as_str() == timer && *number == cycle.number)
        });
        let before_end = |end: usize| (end, self.events[end].at, self.holder_after(end));
        let standing = (last, now, self.holder(last));
        let ((index, at, holder), class) = match (breach, is_promised, was_promised, end) {
            (Some(breach), ..) => {
                let due_at = cycle.breached_at.unwrap();
                let holder = self.holder_at_due(timer, cycle.number, due_at);
                let class = match (stopped, is_answered) {
                    (false, _) => Figure::BreachedOpen,
                    (true, true) => Figure::BreachedAnswered,
                    (true, false) => Figure::BreachedEnded,
                };
                ((breach, due_at, holder), class)
            }
            (None, false, true, _) => {
                let ended = promises.windows(2).rposition(|two| two[0].1 && !two[1].1).unwrap();
                (before_end(promises[ended + 1].0), Figure::Terms)
            }
            (None, false, false, Some(end)) => (before_end(end), Figure::Unpromised),
            (None, false, false, None) => (standing, Figure::Unpromised),
            (None, true, _, None) if cycle.activity == Activity::Paused => (standing, Figure::Paused),
            (None, true, _, None) => (standing, Figure::Running),
            (None, true, _, Some(end)) if is_answered => (before_end(end), Figure::Met),
            (None, true, _, Some(end)) => {
                let class = match &self.events[end].kind {
                    EventKind::Withdrawn => Figure::CancelledWithdrawn,
                    EventKind::Voided { duplicate_of: None, .. } => Figure::CancelledVoided,
                    EventKind::Voided { .. } => Figure::CancelledDuplicate,
                    EventKind::Closed { .. } => Figure::CancelledClosed,
                    EventKind::Resolved { .. } => Figure::CancelledInactivity,
                    _ => Figure::CancelledHandedOn,
                };
                (before_end(end), class)
            }
        };
        self.count_for(holder, index, at, Some(own), class, 0);
        let Some(end) = end else { return };
        let (stopped_at, holder) = (cycle.stopped_at.unwrap(), self.holder_after(end));
        assert_eq!(stopped_at, self.events[end].at);
        if breach.is_some() {
            let overdue = cycle.overdue.as_micros();
            self.duration(holder.clone(), end, stopped_at, Some(own), Figure::Overdue, overdue);
        }
        if is_answered {
            let (business, wall) = match class {
                Figure::Terms => (Figure::TermsBusinessTime, Figure::TermsWallTime),
                Figure::Unpromised => (Figure::UnpromisedBusinessTime, Figure::UnpromisedWallTime),
                _ => (Figure::BusinessTime, Figure::WallTime),
            };
            let lasted = stopped_at.as_micros() - cycle.started_at.as_micros();
            self.duration(holder.clone(), end, stopped_at, Some(own), business, cycle.elapsed.as_micros());
            self.duration(holder, end, stopped_at, Some(own), wall, lasted);
        }
    }

    /// The state of the ticket after so many events.
    fn ticket_after(&self, count: usize) -> Ticket {
        History::new(self.events[..count].to_vec()).unwrap().ticket().clone()
    }

    /// Counts the cycles that an event hands over late: the ticket before it is evaluated.
    fn hand_over(&mut self, engine: &Engine, index: usize) {
        let (before, after) = (self.holder_after(index), self.holder(index));
        let is_lost = |old: &Option<sla_core::Id>, new: &Option<sla_core::Id>| old.is_some() && old != new;
        if !is_lost(&before.0, &after.0) && !is_lost(&before.1, &after.1) {
            return;
        }
        let at = self.events[index].at;
        for timer in engine.evaluate(&self.ticket_after(index), at).unwrap().timers {
            let Some(cycle) = timer.cycles.last() else { continue };
            let (Some(target), Some(remaining)) = (cycle.target, cycle.remaining) else { continue };
            let is_open = matches!(cycle.activity, Activity::Running | Activity::Paused);
            if is_open && cycle.outcome == Outcome::None && remaining.as_micros() * 10 <= target.as_micros() {
                let own = Some((timer.timer.as_str(), cycle.number));
                self.count_for(before.clone(), index, at, own, Figure::LateHandOvers, 0);
            }
        }
    }

    /// Counts the times of the holdings, of which each microsecond of the ticket's life is a part of one or resolved.
    fn held(&mut self, engine: &Engine, evaluation: &Evaluation) {
        let now = evaluation.now;
        let mut held = [0_i64; 4];
        let (mut wall_of_all, mut resolved) = (0, 0);
        for index in 0..self.events.len() {
            let ticket = self.ticket_after(index + 1);
            let from = self.events[index].at;
            let to = self.events.get(index + 1).map_or(now, |event| event.at);
            let revision = engine.policy();
            let package = revision.packages.iter().find(|package| package.id == ticket.package).unwrap();
            let calendar = engine.calendar(package.calendar.as_ref().unwrap().as_str()).unwrap();
            let lasted = to.as_micros() - from.as_micros();
            let part = match ticket.status.as_str() {
                "new" | "open" => Some(0),
                "pending" | "on_hold" => Some(2),
                _ => None,
            };
            if let Some(part) = part {
                held[part] += calendar.elapsed(from, to).unwrap().as_micros();
                held[part + 1] += lasted;
                wall_of_all += lasted;
            } else if !ticket.status.is_final() {
                resolved += lasted;
            }
            let is_last = index + 1 == self.events.len();
            if is_last || self.holder(index) != self.holder(index + 1) {
                let end = (1..=index).find(|index| self.ticket_after(index + 1).status.is_final());
                let (place, at) = match (is_last, end) {
                    (true, Some(end)) => (index, self.events[end].at),
                    (true, None) => (index, now),
                    (false, _) => (index, to),
                };
                let figures = [
                    Figure::HeldWorkingBusinessTime,
                    Figure::HeldWorkingWallTime,
                    Figure::HeldWaitingBusinessTime,
                    Figure::HeldWaitingWallTime,
                ];
                for (figure, micros) in figures.into_iter().zip(std::mem::take(&mut held)) {
                    self.duration(self.holder(index), place, at, None, figure, micros);
                }
            }
        }
        assert_eq!(wall_of_all + resolved, evaluation.age_us, "held times add up to the ticket's life");
    }

    fn pauses(&mut self, index: usize) {
        let event = self.events[index].clone();
        for change in &event.changes {
            let Change::Paused(spent) = &change.change else { continue };
            let Some(remaining) = spent.remaining else { continue };
            let before = &self.events[..=index];
            let targets = before.iter().flat_map(|event| &event.changes);
            let own = targets.filter(|other| other.timer == change.timer && other.cycle == change.cycle);
            let mut target = own.filter_map(|other| match &other.change {
                Change::Started { promise, .. }
                | Change::Resumed { promise, .. }
                | Change::Retargeted { promise, .. } => promise.as_ref().map(|promise| promise.target),
                _ => None,
            });
            let target = target.next_back().unwrap();
            let broken = before.iter().any(|event| {
                matches!(&event.kind, EventKind::Breached { timer, cycle, .. }
                    if *timer == change.timer && *cycle == change.cycle)
            });
            let figure = match (broken, remaining.as_micros() * 10 <= target.as_micros()) {
                (true, _) => Figure::PausesAfterDue,
                (false, true) => Figure::LatePauses,
                (false, false) => Figure::Pauses,
            };
            self.count(index, event.at, Some((change.timer.as_str(), change.cycle)), figure, 0);
        }
    }
}

fn witnessed(engine: &Engine, history: &History, evaluation: &Evaluation) -> Witnessed {
    let events = [history.events(), &evaluation.due_events].concat();
    let mut witness = Witness { events: &events, found: BTreeMap::new() };
    for (index, event) in events.iter().enumerate() {
        witness.pauses(index);
        witness.hand_over(engine, index);
        let plain = match &event.kind {
            EventKind::Opened { .. } => Some(Figure::Opened),
            EventKind::Replied { automatic: true, .. } => Some(Figure::AutomaticReplies),
            EventKind::Resolved { .. } => Some(Figure::Resolved),
            EventKind::Reopened { .. } => Some(Figure::Reopened),
            EventKind::Closed { .. } => Some(Figure::Closed),
            EventKind::Withdrawn => Some(Figure::Withdrawn),
            EventKind::Voided { .. } => Some(Figure::Voided),
            _ => None,
        };
        if let Some(figure) = plain {
            witness.count(index, event.at, None, figure, 0);
        }
        match &event.kind {
            EventKind::Rated { score } => {
                let resolved = |event: &Event| matches!(event.kind, EventKind::Resolved { .. });
                let rated = witness.holder(events[..index].iter().rposition(resolved).unwrap());
                witness.count_for(rated, index, event.at, None, Figure::Rated, (*score).into());
            }
            EventKind::Warned(firing) => {
                witness.count(index, event.at, Some((firing.timer.as_str(), firing.cycle)), Figure::Warnings, 0);
            }
            EventKind::Escalated(escalation) => {
                let timer = escalation.firing.as_ref().map(|firing| (firing.timer.as_str(), firing.cycle));
                let figure = match escalation.trigger.as_str() {
                    "breach" => Figure::EscalatedBreach,
                    "step" => Figure::EscalatedStep,
                    _ => Figure::EscalatedRequest,
                };
                witness.count(index, event.at, timer, figure, escalation.level);
            }
            EventKind::Replied { channel, automatic: false, .. } => {
                let author = (sla_core::Id::new(event.actor.id.clone()).ok(), witness.holder(index).1);
                let key = Key { channel: Some(channel.clone()), ..witness.key(index, event.at, None, author) };
                witness.found.entry((key, None, Figure::Replies, 0)).or_default().0 += 1;
            }
            _ => {}
        }
        let administrative =
            ["opened", "assigned", "unassigned", "absorbed", "closed", "voided", "package_changed", "classified"];
        let works = |event: &Event| match event.actor.role {
            _ if matches!(event.kind, EventKind::Replied { automatic: true, .. }) => false,
            Role::Agent => true,
            Role::Admin => !administrative.contains(&event.kind.name()),
            Role::Customer | Role::System => false,
        };
        let last_of_his = !events[index + 1..].iter().any(|other| works(other) && other.actor.id == event.actor.id);
        if works(event) && last_of_his {
            let worker = (sla_core::Id::new(event.actor.id.clone()).ok(), witness.holder_after(index).1);
            let key = witness.key(index, event.at, None, worker);
            witness.found.entry((key, None, Figure::Handled, 0)).or_default().0 += 1;
        }
    }
    for timer in &evaluation.timers {
        for cycle in &timer.cycles {
            witness.cycle(timer.timer.as_str(), cycle, evaluation.now);
        }
    }
    witness.held(engine, evaluation);
    let standing = match evaluation.status.as_str() {
        "new" | "open" => Some(Figure::Open),
        "pending" | "on_hold" => Some(Figure::Paused),
        _ => None,
    };
    if let Some(figure) = standing {
        witness.count(events.len() - 1, evaluation.now, None, figure, 0);
    }
    witness.found
}

/// Figures by holder add up to the figures without.
fn check_sums(engine: &Engine, history: &History, evaluation: &Evaluation) -> Result<(), TestCaseError> {
    let by_holder = [&[Dimension::Agent][..], &[Dimension::Team], &[Dimension::Agent, Dimension::Team]];
    let of = |dimensions: &[Dimension]| {
        let mut aggregate = Aggregate::new(Grouping::by(dimensions));
        aggregate.add(engine, history, evaluation).unwrap();
        aggregate
    };
    for dimensions in by_holder {
        prop_assert_eq!(of(dimensions).regroup(Grouping::all()).unwrap(), of(&[]));
    }
    Ok(())
}

fn check_witness(engine: &Engine, package: usize, turns: &[Turn], later: i64) -> Result<(), TestCaseError> {
    let (history, now) = played(engine, package, turns);
    let now = at(now.as_micros() + later);
    let evaluation = engine.evaluate(history.ticket(), now).unwrap();
    let grouping =
        berlin(PeriodUnit::Hour, &[Dimension::Package, Dimension::Channel, Dimension::Agent, Dimension::Team]);
    let aggregate = added(engine, &grouping, &[(history.clone(), now)]);
    let rows = aggregate.rows().map(|row| {
        let Tally { n, sum_s, sum_us_rest } = row.tally;
        let sum = u128::from(sum_s) * 1_000_000 + u128::from(sum_us_rest);
        ((row.key, row.timer.map(|timer| timer.to_string()), row.outcome, row.bucket), (n, sum))
    });
    prop_assert_eq!(rows.collect::<Witnessed>(), witnessed(engine, &history, &evaluation));
    check_sums(engine, &history, &evaluation)
}

#[test]
fn figures_are_those_of_a_witness_that_looks_back() {
    let engine = sla_tests::streams::engine();
    run(cases(4_000), &(stream(), 0..200 * HOUR), |((package, turns), later)| {
        check_witness(&engine, package, &turns, later)
    });
}

/// A policy with timers without targets, severities that bring and take targets, and an ownership timer that a hand-over
/// cancels.
pub(crate) fn desk_engine() -> Engine {
    let mut policy: Value = serde_json::from_str(sla_tests::streams::POLICY).unwrap();
    policy["severities"] = json!(["low", "high"]);
    policy["inactivity"] = json!([
        {"id": "give up", "status": "pending", "after": "5h", "action": "resolve"},
        {"id": "close", "status": "resolved", "after": "20h", "action": "close"}
    ]);
    policy["pauses"] = json!({"max_pause": "9h", "max_paused_total": "60h"});
    policy["timers"] = json!([
        {"id": "owner", "starts_on": ["assigned"], "stops_on": ["public_reply"], "cancels_on": ["reassigned", "unassigned"],
         "cycles": "repeated"},
        {"id": "team", "starts_on": ["team_assigned"], "stops_on": ["resolved"], "cancels_on": ["team_assigned"],
         "cycles": "repeated"}
    ]);
    for package in policy["packages"].as_array_mut().unwrap() {
        package["targets"]["owner"] = "2h".into();
        package["targets"].as_object_mut().unwrap().remove("update");
        package["targets"]["resolution"] = "none".into();
        package["variants"] = json!([
            {"when": {"severity": "high"}, "targets": {"resolution": "6h", "first_response": "none", "team": "1h"}}
        ]);
    }
    Engine::compile(wire::policy::read(policy.to_string()).unwrap_or_else(|error| panic!("{error:#?}"))).unwrap()
}

/// A turn with the commands of teams, hand-overs and changing terms among the others.
pub(crate) fn desk_turn() -> impl Strategy<Value = Turn> {
    let agent = || prop_oneof![Just("ana"), Just("bob")].prop_map(str::to_owned);
    let team = || prop_oneof![Just("first"), Just("second")].prop_map(str::to_owned);
    let severity = prop_oneof![Just(None), Just(Some("low".to_owned())), Just(Some("high".to_owned()))];
    let apply = prop_oneof![1 => Just(Apply::Keep), 2 => Just(Apply::FromNow), 2 => Just(Apply::Retroactive)];
    let reason = || "because".to_owned();
    let command = prop_oneof![
        2 => agent().prop_map(|agent| CommandKind::Assign { agent: Some(agent), team: None }),
        2 => team().prop_map(|team| CommandKind::Assign { agent: None, team: Some(team) }),
        1 => (agent(), team()).prop_map(|(agent, team)| CommandKind::Assign { agent: Some(agent), team: Some(team) }),
        2 => Just(CommandKind::Unassign { reason: reason() }),
        1 => Just(CommandKind::Reply { channel: "email".to_owned(), message: message(), automatic: true }),
        4 => (severity, apply).prop_map(move |(severity, apply)| CommandKind::Classify {
            severity, category: None, apply, reason: reason()
        }),
    ];
    (turn(), proptest::option::weighted(0.4, command)).prop_map(|(turn, command)| match command {
        Some(command) => Turn { actor: 2, command, ..turn },
        None => turn,
    })
}

#[test]
fn figures_of_teams_and_changing_terms_are_those_of_the_witness() {
    let engine = desk_engine();
    run(cases(4_000), &(0..3_usize, vec(desk_turn(), 1..28), 0..200 * HOUR), |(package, turns, later)| {
        check_witness(&engine, package, &turns, later)
    });
}

/// A change of package in the instant of an agent's return breaches the cycle; the return does not.
#[test]
fn a_breach_by_a_change_in_the_instant_of_a_return_belongs_to_the_holder_before() {
    let engine = desk_engine();
    let turn = |when, command| Turn { when, actor: 2, command, look: None };
    let assign = || CommandKind::Assign { agent: Some("ana".to_owned()), team: None };
    let because = || "because".to_owned();
    let reply = CommandKind::Reply { channel: "email".to_owned(), message: message(), automatic: false };
    let turns = [
        turn(When::After(HOUR * 3 / 4), assign()),
        turn(When::After(HOUR / 4), CommandKind::Unassign { reason: because() }),
        turn(When::After(HOUR / 2), reply),
        turn(When::After(20 * HOUR), assign()),
        turn(
            When::After(0),
            CommandKind::ChangePackage { package: "b".to_owned(), apply: Apply::Retroactive, reason: because() },
        ),
    ];
    check_witness(&engine, 0, &turns, 0).unwrap();
    let (history, now) = played(&engine, 0, &turns);
    let aggregate = added(&engine, &Grouping::by(&[Dimension::Agent]), &[(history, now)]);
    let of_owner = |row: &Row| row.timer.as_ref().is_some_and(|timer| timer.as_str() == "owner");
    let breached: Vec<Row> =
        aggregate.rows().filter(|row| of_owner(row) && row.outcome == Figure::BreachedOpen).collect();
    assert_eq!(breached.len(), 1);
    assert_eq!(breached[0].key.agent, None);
}

#[test]
fn rows_that_no_tickets_make_are_refused() {
    let key = Key { package: Some(sla_core::Id::new("a").unwrap()), ..Key::default() };
    let row = Row { key, timer: None, outcome: Figure::Opened, bucket: 0, tally: Tally::of(1) };
    let refused = |grouping: Grouping, row: Row| Aggregate::from_rows(grouping, None, [row]).unwrap_err().code();
    let packages = || Grouping::by(&[Dimension::Package]);
    assert!(Aggregate::from_rows(packages(), None, [row.clone()]).is_ok());
    assert_eq!(refused(Grouping::all(), row.clone()), ErrorCode::ConflictingFields);
    let timer = Some(sla_core::Id::new("resolution").unwrap());
    assert_eq!(refused(packages(), Row { timer: timer.clone(), ..row.clone() }), ErrorCode::ConflictingFields);
    assert_eq!(refused(packages(), Row { outcome: Figure::Met, ..row.clone() }), ErrorCode::ConflictingFields);
    assert_eq!(refused(packages(), Row { bucket: 1, ..row.clone() }), ErrorCode::OutOfRange);
    let rated = Row { outcome: Figure::Rated, bucket: 6, ..row.clone() };
    assert_eq!(refused(packages(), rated), ErrorCode::OutOfRange);
    let time = Row { outcome: Figure::WallTime, timer, bucket: 7_296, ..row.clone() };
    assert_eq!(refused(packages(), time.clone()), ErrorCode::OutOfRange);
    let of_nothing = Tally { sum_s: 1, ..Tally::default() };
    assert_eq!(refused(packages(), Row { bucket: 5, tally: of_nothing, ..time }), ErrorCode::OutOfRange);
    let of_a_count = Tally { n: 1, sum_us_rest: 1, ..Tally::default() };
    assert_eq!(refused(packages(), Row { tally: of_a_count, ..row.clone() }), ErrorCode::OutOfRange);
    let mut key = row.key.clone();
    key.period = Some(at(1));
    let hourly = berlin(PeriodUnit::Hour, &[Dimension::Package]);
    assert_eq!(refused(hourly.clone(), Row { key, ..row.clone() }), ErrorCode::OutOfRange);
    // A row of figures by period names its period.
    assert_eq!(refused(hourly, row.clone()), ErrorCode::ConflictingFields);
    let rest = |n: u64, sum_us_rest: u64| {
        let tally = Tally { n, sum_s: 7, sum_us_rest };
        let timer = Some(sla_core::Id::new("resolution").unwrap());
        Aggregate::from_rows(
            packages(),
            None,
            [Row { outcome: Figure::WallTime, timer, bucket: 900, tally, ..row.clone() }],
        )
    };
    assert!(rest(2, 1_999_998).is_ok());
    assert_eq!(rest(2, 1_999_999).unwrap_err().code(), ErrorCode::OutOfRange);
    let text = r#"{"schema": "sla-aggregate/1", "dimensions": [], "as_of": null, "rows": [{"outcome": "lost"}]}"#;
    let error = wire::analytics::read(text, &ZoneDatabase::embedded()).unwrap_err();
    assert_eq!((error.code(), error.path()), (ErrorCode::UnknownWord, "/rows/0/outcome"));
    for (number, figure) in (1..).zip(Figure::ALL) {
        assert_eq!((figure.number(), Figure::from_number(number)), (number, Some(*figure)));
    }
    assert_eq!((Figure::from_number(0), Figure::from_number(47)), (None, None));
}

#[test]
fn a_period_that_begins_before_the_horizon_is_read_again() {
    // The first week of the horizon began on 1969-12-29.
    let grouping = Grouping::all().with_period(PeriodUnit::Week, "UTC", &ZoneDatabase::embedded()).unwrap();
    let engine = sla_tests::streams::engine();
    let history = opened(&engine, PACKAGES[0], Timestamp::EPOCH);
    let aggregate = added(&engine, &grouping, &[(history, at(1))]);
    let first = aggregate.rows().next().unwrap().key.period.unwrap();
    assert_eq!(first.to_string(), "1969-12-29T00:00:00Z");
    assert_eq!(Aggregate::from_rows(grouping, aggregate.as_of(), aggregate.rows()).unwrap(), aggregate);
    let text = wire::analytics::write(&aggregate);
    assert_eq!(wire::analytics::read(text, &ZoneDatabase::embedded()).unwrap(), aggregate);
}

#[test]
fn columns_that_are_no_rows_are_refused() {
    let names = || vec!["opened", "starter", "unassigned", "lost", " blank"];
    // Period, timer, outcome, bucket, n, sum_s, sum_us_rest, agent.
    let good = [NONE, NONE, 0, 0, 3, 0, 0, 2];
    let read = |values: &[i64]| FigureRows::new(names(), values, 1).aggregate(Grouping::by(&[Dimension::Agent]), None);
    let row = read(&good).unwrap().rows().next().unwrap();
    assert_eq!((row.key.agent, row.outcome, row.tally.n), (None, Figure::Opened, 3));
    for (place, value, code, message) in [
        (1, 9, ErrorCode::OutOfRange, "row 0 has no name with the number 9 in column `timer`"),
        (2, NONE, ErrorCode::OutOfRange, "row 0 has no name with the number -9223372036854775808 in column `outcome`"),
        (2, 3, ErrorCode::UnknownWord, "unknown figure `lost`"),
        (3, -1, ErrorCode::OutOfRange, "row 0 has -1 in column `bucket`"),
        (4, -3, ErrorCode::OutOfRange, "row 0 has -3 in column `n`"),
        (7, 4, ErrorCode::InvalidId, ""),
        (7, -2, ErrorCode::OutOfRange, "row 0 has no name with the number -2 in column `agent`"),
    ] {
        let mut values = good;
        values[place] = value;
        let error = read(&values).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.message().starts_with(message), "{error}");
    }
    assert_eq!(read(&good[1..]).unwrap_err().message(), "7 numbers do not fill 8 columns");
}

#[test]
fn a_date_that_begins_twice_is_one_period() {
    // On 2008-11-02 at 00:01 clocks in Goose Bay went back to 23:01: that Sunday began at 03:00 and again at 04:00 UTC.
    let zones = ZoneDatabase::embedded();
    let daily = Grouping::all().with_period(PeriodUnit::Day, "America/Goose_Bay", &zones).unwrap();
    let label = |text: &str| {
        let start = daily.period_of(Timestamp::parse(text).unwrap()).unwrap().unwrap();
        (daily.label(start).unwrap(), start.to_string())
    };
    let sunday = ("2008-11-02".to_owned(), "2008-11-02T03:00:00Z".to_owned());
    assert_eq!(label("2008-11-02T03:00:30Z"), sunday);
    assert_eq!(label("2008-11-02T03:30:00Z"), ("2008-11-01".to_owned(), "2008-11-01T03:00:00Z".to_owned()));
    assert_eq!(label("2008-11-02T04:00:00Z"), sunday);
    assert_eq!(label("2008-11-03T03:59:59.999999Z"), sunday);
}

#[test]
fn periods_of_every_zone_hold_their_instants() {
    let zones = ZoneDatabase::embedded();
    let units = [PeriodUnit::Hour, PeriodUnit::Day, PeriodUnit::Week, PeriodUnit::Month];
    let mut starts = BTreeMap::new();
    let names = [
        "America/Goose_Bay",
        "America/Havana",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "America/Sao_Paulo",
        "Asia/Kolkata",
        "Pacific/Apia",
    ];
    for (name, unit) in names.into_iter().flat_map(|name| units.map(|unit| (name, unit))) {
        let grouping = Grouping::all().with_period(unit, name, &zones).unwrap();
        let zone: chrono_tz::Tz = name.parse().unwrap();
        for step in 0..60_000_i64 {
            let now = at(1_136_073_600_000_000 + step * 8_191_000_000);
            let start = grouping.period_of(now).unwrap().unwrap();
            assert!(start <= now, "{name} {now}: {start}");
            let local = |at: Timestamp| DateTime::from_timestamp_micros(at.as_micros()).unwrap().with_timezone(&zone);
            let (here, first) = (local(now), local(start));
            let same = match unit {
                PeriodUnit::Hour => here.format("%F %H %:z").to_string() == first.format("%F %H %:z").to_string(),
                PeriodUnit::Day => here.date_naive() == first.date_naive(),
                PeriodUnit::Week => here.iso_week() == first.iso_week(),
                PeriodUnit::Month => (here.year(), here.month()) == (first.year(), first.month()),
            };
            assert!(same, "{name} {}: {here} in the period of {first}", unit.as_str());
            // The microsecond before belongs to another period.
            let before = grouping.period_of(at(start.as_micros() - 1)).unwrap().unwrap();
            assert!(before != start, "{name} {start}");
            assert_eq!(grouping.period_of(start).unwrap(), Some(start));
            if unit != PeriodUnit::Hour {
                let label = match unit {
                    PeriodUnit::Day => here.format("%F"),
                    PeriodUnit::Week => here.format("%G-W%V"),
                    _ => here.format("%Y-%m"),
                };
                assert_eq!(grouping.label(start).unwrap(), label.to_string());
                let known = starts.entry((unit.as_str(), name, label.to_string())).or_insert(start);
                assert_eq!(*known, start, "{name}: {label} is one period");
            }
            assert!(grouping.label(start).is_some());
        }
    }
}

#[test]
fn a_ticket_that_cannot_be_added_leaves_no_trace() {
    let (one, other) = (sla_tests::streams::engine(), {
        let mut policy = sla_tests::streams::engine().policy().clone().into_policy();
        policy.version += 1;
        Engine::compile(policy).unwrap()
    });
    let history = sla_tests::streams::opened(&one, "a", at(1_774_000_000_000_000));
    let evaluation = one.evaluate(history.ticket(), at(1_774_000_000_000_000)).unwrap();
    let mut aggregate = Aggregate::new(Grouping::by(ALL));
    let error = aggregate.add(&other, &history, &evaluation).unwrap_err();
    assert_eq!((error.code(), aggregate), (ErrorCode::UnknownRevision, Aggregate::new(Grouping::by(ALL))));
}
