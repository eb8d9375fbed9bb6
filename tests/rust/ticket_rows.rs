//! Rows of a ticket, put into tables step by step and summed up by columns, are the aggregate of its history.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Map, Value, json};
use sla_core::analytics::{Aggregate, Dimension, Grouping, PeriodUnit, RowState, TicketRows};
use sla_core::calendar::ZoneDatabase;
use sla_core::engine::Decision;
use sla_core::ticket::{Actor, Command, Event, History, Ticket};
use sla_core::time::Timestamp;
use sla_core::{Engine, wire};
use sla_tests::streams::{self, HOUR, PACKAGES, Turn, at, cases, instant, run};
use sla_tests::terms_streams;

use crate::reports::{desk_engine, desk_turn};

const ZONE: &str = "Europe/Berlin";

fn value(serialized: &impl serde::Serialize) -> Value {
    serde_json::to_value(serialized).unwrap()
}

/// The tables of a host, which knows rows as documents only.
#[derive(Debug, Default, Clone, PartialEq)]
struct Tables {
    cycles: BTreeMap<(String, u64), Value>,
    facts: BTreeMap<String, Value>,
}

impl Tables {
    fn put(&mut self, rows: &TicketRows) {
        for row in value(&rows.cycles).as_array().unwrap() {
            let key = (row["timer"].as_str().unwrap().to_owned(), row["cycle"].as_u64().unwrap());
            self.cycles.insert(key, row.clone());
        }
        let mut keys = Vec::new();
        for row in value(&rows.facts).as_array().unwrap() {
            let key = row["key"].as_str().unwrap().to_owned();
            assert!(!keys.contains(&key), "two rows of {key}");
            keys.push(key.clone());
            self.facts.insert(key, row.clone());
        }
    }

    /// Sums up the columns as a database does.
    fn summed(&self, grouping: &Grouping, as_of: Timestamp) -> String {
        let mut sums: BTreeMap<String, (Value, [u64; 3])> = BTreeMap::new();
        let mut add = |place: &Value, timer: &Value, figure: &Value, bucket: &Value, n: u64, us: Option<u64>| {
            let mut row = Map::new();
            if let Some((unit, _)) = grouping.period() {
                let start = place[format!("{}_us", unit.as_str())].as_i64().unwrap();
                row.insert("period".to_owned(), at(start).to_string().into());
            }
            for dimension in grouping.dimensions() {
                row.insert(dimension.as_str().to_owned(), place[dimension.as_str()].clone());
            }
            if !timer.is_null() {
                row.insert("timer".to_owned(), timer.clone());
            }
            row.insert("outcome".to_owned(), figure.clone());
            row.insert("bucket".to_owned(), bucket.clone());
            let row = Value::Object(row);
            let (_, sum) = sums.entry(row.to_string()).or_insert((row, [0; 3]));
            sum[0] += n;
            sum[1] += us.unwrap_or_default() / 1_000_000;
            sum[2] += us.unwrap_or_default() % 1_000_000;
        };
        for row in self.cycles.values() {
            add(&row["place"], &row["timer"], &row["class"], &0.into(), 1, None);
            for name in ["business", "wall", "overdue"] {
                let column = |suffix: &str| &row[format!("{name}_{suffix}")];
                if !column("figure").is_null() {
                    let duration = column("us").as_u64();
                    add(&row["ended"], &row["timer"], column("figure"), column("bucket"), 1, duration);
                }
            }
        }
        for row in self.facts.values() {
            let (n, duration) = (row["n"].as_u64().unwrap(), row["duration_us"].as_u64());
            add(&row["place"], &row["timer"], &row["figure"], &row["bucket"], n, duration);
        }
        let rows = sums.into_values().map(|(mut row, [n, sum_s, sum_us_rest])| {
            let columns = json!({"n": n, "sum_s": sum_s, "sum_us_rest": sum_us_rest});
            row.as_object_mut().unwrap().extend(columns.as_object().unwrap().clone());
            row
        });
        let period = grouping.period().map(|(unit, zone)| json!({"unit": unit.as_str(), "time_zone": zone}));
        let mut document = json!({
            "schema": "sla-aggregate/1",
            "dimensions": grouping.dimensions().iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "as_of": as_of.to_string(),
            "rows": rows.collect::<Vec<_>>(),
        });
        if let Some(period) = period {
            document["period"] = period;
        }
        let read = wire::analytics::read(document.to_string(), &ZoneDatabase::embedded());
        wire::analytics::write(&read.unwrap_or_else(|error| panic!("{error}: {document}")))
    }
}

/// A ticket as a host keeps it.
struct Kept<'e> {
    engine: &'e Engine,
    history: History,
    ticket: Ticket,
    state: Option<RowState>,
    tables: Tables,
}

impl<'e> Kept<'e> {
    fn opened(engine: &'e Engine, history: History, now: Timestamp) -> Self {
        let ticket = history.ticket().clone();
        let mut kept = Self { engine, history, ticket, state: None, tables: Tables::default() };
        let events = kept.history.events().to_vec();
        kept.put(&events, now);
        kept
    }

    /// Stores the rows of the last events.
    fn put(&mut self, events: &[Event], now: Timestamp) {
        let rows = self.engine.ticket_rows(self.state.as_ref(), &self.ticket, events, now, ZONE).unwrap();
        self.tables.put(&rows);
        let text = wire::rows::write_state(&rows.state);
        assert_eq!(wire::rows::read_state(&text).unwrap(), rows.state);
        self.state = Some(wire::rows::read_state(&text).unwrap());
        if events.is_empty() {
            return;
        }
        self.ticket = wire::snapshot::read(wire::snapshot::write(&self.ticket)).unwrap();
    }

    fn store(&mut self, ticket: Ticket, events: Vec<Event>, now: Timestamp) {
        self.ticket = ticket;
        self.put(&events, now);
        self.history.extend(events).unwrap();
    }

    /// Runs the monitor.
    fn look(&mut self, now: Timestamp) {
        let due = self.engine.due_events(&self.ticket, now).unwrap();
        self.store(due.ticket, due.events, now);
    }

    fn decide(&mut self, command: &Command, actor: &Actor, now: Timestamp) {
        // Some commands need the whole history, which a host then reads.
        let decision = self.engine.decide_on(&self.history, command, actor, now).unwrap();
        if let Decision::Accepted(accepted) = decision {
            self.store(accepted.ticket, accepted.events, now);
        }
    }

    fn check(&self, now: Timestamp) -> Result<(), TestCaseError> {
        let evaluation = self.engine.evaluate(self.history.ticket(), now).unwrap();
        prop_assert!(evaluation.due_events.is_empty());
        for grouping in groupings() {
            let mut counted = Aggregate::new(grouping.clone());
            counted.add(self.engine, &self.history, &evaluation).unwrap();
            prop_assert_eq!(self.tables.summed(&grouping, now), wire::analytics::write(&counted));
        }
        // What was put together step by step is what the history gives at once.
        let whole = self.engine.ticket_rows(None, self.history.ticket(), self.history.events(), now, ZONE).unwrap();
        let mut tables = Tables::default();
        tables.put(&whole);
        prop_assert_eq!(&self.tables, &tables);
        prop_assert_eq!(self.state.as_ref(), Some(&whole.state));
        let mut counted = Aggregate::new(Grouping::by(Dimension::ALL));
        counted.add(self.engine, &self.history, &evaluation).unwrap();
        let rows = whole.rows(counted.grouping()).unwrap();
        let summed = Aggregate::from_rows(counted.grouping().clone(), Some(now), rows).unwrap();
        prop_assert_eq!(summed, counted);
        Ok(())
    }
}

/// Every dimension alone, and all of them with periods of each length.
fn groupings() -> Vec<Grouping> {
    let zones = ZoneDatabase::embedded();
    let by = |unit, dimensions: &[Dimension]| Grouping::by(dimensions).with_period(unit, ZONE, &zones).unwrap();
    let units = [PeriodUnit::Hour, PeriodUnit::Day, PeriodUnit::Week, PeriodUnit::Month];
    let alone = Dimension::ALL.iter().map(|dimension| Grouping::by(&[*dimension]));
    alone
        .chain(units.map(|unit| by(unit, Dimension::ALL)))
        .chain([Grouping::all(), by(PeriodUnit::Week, &[])])
        .collect()
}

/// Returns the instant at which the monitor or a report looks on the way to `next`.
fn on_the_way(now: Timestamp, next: Timestamp, thousandths: i64) -> Timestamp {
    at(now.as_micros() + (next.as_micros() - now.as_micros()) / 1_000 * thousandths)
}

fn check_stream(engine: &Engine, package: usize, turns: &[Turn], later: i64) -> Result<(), TestCaseError> {
    let mut now = Timestamp::parse("2026-03-25T09:17:00Z").unwrap();
    let mut kept = Kept::opened(engine, streams::opened(engine, PACKAGES[package], now), now);
    for (number, turn) in turns.iter().enumerate() {
        let next = instant(turn.when, now, engine.next_check_at(&kept.ticket).unwrap());
        match turn.look {
            Some(look) if number % 2 == 0 => kept.look(on_the_way(now, next, look)),
            // A report that reads the rows as of an instant stores no events.
            Some(look) => kept.put(&[], on_the_way(now, next, look)),
            None => {}
        }
        now = next;
        kept.decide(&Command::from(turn.command.clone()), &streams::actors()[turn.actor], now);
        if number % 4 == 0 {
            kept.look(now);
            kept.check(now)?;
        }
    }
    now = at(now.as_micros() + later);
    kept.look(now);
    kept.check(now)
}

#[test]
fn rows_of_streams_sum_up_to_their_aggregate() {
    let engine = streams::engine();
    run(cases(150), &(0..3_usize, vec(streams::turn(), 1..28), 0..200 * HOUR), |(package, turns, later)| {
        check_stream(&engine, package, &turns, later)
    });
}

#[test]
fn rows_of_a_desk_sum_up_to_its_aggregate() {
    let engine = desk_engine();
    run(cases(150), &(0..3_usize, vec(desk_turn(), 1..28), 0..200 * HOUR), |(package, turns, later)| {
        check_stream(&engine, package, &turns, later)
    });
}

#[test]
fn rows_under_changing_terms_and_revisions_sum_up_to_their_aggregate() {
    let (engine, older) = (terms_streams::engine(), terms_streams::older_engine());
    run(cases(150), &(terms_streams::stream(28), 0..200 * HOUR), |((begin, turns), later)| {
        let mut now = terms_streams::start();
        let mut kept = Kept::opened(&engine, terms_streams::opened(&older, begin, now), now);
        for (number, turn) in turns.iter().enumerate() {
            let next = terms_streams::when(&engine, &kept.history, turn, now);
            if let Some(look) = turn.look {
                kept.look(on_the_way(now, next, look));
            }
            now = next;
            kept.decide(&turn.command(now), &terms_streams::actors()[turn.actor], now);
            if number % 4 == 0 {
                kept.look(now);
                kept.check(now)?;
            }
        }
        now = at(now.as_micros() + later);
        kept.look(now);
        kept.check(now)
    });
}

#[test]
fn a_row_state_of_another_ticket_or_event_is_refused() {
    let engine = streams::engine();
    let now = at(1_774_000_000_000_000);
    let history = streams::opened(&engine, "a", now);
    let rows = engine.history_rows(None, &history, now, ZONE).unwrap();
    let fault = |state: Option<&RowState>, ticket: &Ticket, events: &[Event], zone: &str| {
        let error = engine.ticket_rows(state, ticket, events, now, zone).unwrap_err();
        (error.code().as_str(), error.message().to_owned())
    };
    let (ticket, events) = (history.ticket(), history.events());
    let none = "the row state and the events after it are not all events of the ticket: 0 of 1".to_owned();
    assert_eq!(fault(None, ticket, &[], ZONE), ("invalid_history", none));
    assert_eq!(fault(Some(&rows.state), ticket, events, "Moon/Base").0, "unknown_time_zone");
    // Events that the state counts already are not counted again.
    assert!(engine.ticket_rows(Some(&rows.state), ticket, events, now, ZONE).is_ok());
    assert!(engine.history_rows(Some(&rows.state), &history, now, ZONE).is_ok());
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut document: Value = serde_json::from_str(&wire::rows::write_state(&rows.state)).unwrap();
        change(&mut document);
        wire::rows::read_state(document.to_string())
    };
    let other = changed(&|state| state["ticket"] = "T-2".into()).unwrap();
    let message = "the row state is of ticket `T-2`, and not of ticket `T-1`".to_owned();
    assert_eq!(fault(Some(&other), ticket, &[], ZONE), ("invalid_history", message));
    let later = changed(&|state| state["events"] = 2.into()).unwrap();
    assert_eq!(fault(Some(&later), ticket, &[], ZONE).0, "invalid_history");
    let message = "the row state of ticket `T-1` is inconsistent".to_owned();
    let places: [&dyn Fn(&mut Value); 3] =
        [&|state| state["terms"] = json!([]), &|state| state["resolved_by"] = 3.into(), &|state| {
            state["cycles"][0]["breached"] = json!({"at": "2026-03-25T09:17:00Z", "terms": 0, "holder": 9});
        }];
    for change in places {
        assert_eq!(fault(Some(&changed(change).unwrap()), ticket, &[], ZONE), ("invalid_history", message.clone()));
    }
    let code = |change: &dyn Fn(&mut Value)| changed(change).unwrap_err().code().as_str();
    assert_eq!(code(&|state| state["schema"] = "sla-row-state/0".into()), "unsupported_schema");
    assert_eq!(code(&|state| state["more"] = 1.into()), "unknown_field");
    assert_eq!(code(&|state| state["holding"]["number"] = "one".into()), "wrong_type");
}

#[test]
fn a_row_state_does_not_grow_with_the_ticket() {
    let engine = desk_engine();
    let length = |turns: usize| {
        let mut now = at(1_774_000_000_000_000);
        let mut kept = Kept::opened(&engine, streams::opened(&engine, "a", now), now);
        for turn in 0..turns {
            now = at(now.as_micros() + HOUR / 2);
            let agent = ["ana", "bob"][turn % 2];
            let kind = match turn % 5 {
                0 | 3 => json!({"command": "assign", "agent": agent}),
                1 => json!({"command": "pause", "status": "pending", "reason": "asked"}),
                2 => json!({"command": "resume"}),
                _ => {
                    json!({"command": "change_package", "package": PACKAGES[turn % 3], "apply": "retroactive", "reason": "sold"})
                }
            };
            kept.decide(&wire::command::read(kind.to_string()).unwrap(), &streams::actors()[2], now);
        }
        assert!(kept.history.events().len() > turns);
        wire::rows::write_state(kept.state.as_ref().unwrap()).len()
    };
    let (short, long) = (length(10), length(400));
    assert!(long < 3 * short, "{short} bytes, then {long}");
    println!("{short} bytes of a row state, {long} after 400 commands");
}
