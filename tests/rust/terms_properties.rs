//! Laws of changes of terms, of earlier receipts and of silent commands, over random streams of every command.

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use sla_core::engine::{CycleEvaluation, Decision, Evaluation};
use sla_core::ticket::{Actor, Apply, Change, Command, CommandKind, EventKind, History, Role, Status};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, wire};
use sla_tests::streams::{HOUR, at, cases, run};
use sla_tests::terms_streams::{
    Begin, Turn, actors, digests, documents, engine, older_engine, opened, start, stream, when,
};

/// A command that a stream gave, by whom and when.
type Given = (Command, Actor, Timestamp);

fn given(engine: &Engine, history: &History, (command, actor, now): &Given) -> Option<History> {
    match engine.decide_on(history, command, actor, *now).unwrap() {
        Decision::Accepted(accepted) => {
            let mut after = history.clone();
            after.extend(accepted.events).unwrap();
            Some(after)
        }
        Decision::Refused(_) => None,
    }
}

/// Plays a stream; `see` gets every accepted command with the ticket before and after it.
fn play(
    engine: &Engine,
    opener: &Engine,
    begin: Begin,
    turns: &[Turn],
    mut see: impl FnMut(&Given, &History, &History) -> Result<(), TestCaseError>,
) -> Result<(History, Timestamp), TestCaseError> {
    let mut now = start();
    let mut history = opened(opener, begin, now);
    for turn in turns {
        now = when(engine, &history, turn, now);
        let given_now = (turn.command(now), actors()[turn.actor].clone(), now);
        if let Some(after) = given(engine, &history, &given_now) {
            see(&given_now, &history, &after)?;
            history = after;
        }
    }
    Ok((history, now))
}

const fn changes_terms(kind: &CommandKind) -> bool {
    matches!(kind, CommandKind::ChangePackage { .. } | CommandKind::Classify { .. } | CommandKind::AdoptRevision { .. })
}

/// The latest cycle of every timer, while it counts or is paused.
fn active(evaluation: &Evaluation) -> BTreeMap<&str, &CycleEvaluation> {
    let latest = evaluation.timers.iter().filter_map(|timer| Some((timer.timer.as_str(), timer.current()?)));
    latest.filter(|(_, cycle)| cycle.stopped_at.is_none()).collect()
}

/// When a promise falls due; while it is paused, when it would if it resumed now.
fn due(cycle: &CycleEvaluation) -> Option<Timestamp> {
    cycle.due.or(cycle.due_if_resumed_now).and_then(sla_core::ticket::Due::at)
}

/// What happened to a ticket but for its promises: statuses, holders and messages, with when they changed.
fn facts(history: &History) -> Vec<(Timestamp, &'static str)> {
    let is_of_promises = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::Breached { .. }
                | EventKind::Warned(_)
                | EventKind::Escalated(_)
                | EventKind::EscalationAcknowledged { .. }
                | EventKind::PackageChanged { .. }
                | EventKind::Classified { .. }
                | EventKind::RevisionAdopted { .. }
        )
    };
    let events = history.events().iter().filter(|event| !is_of_promises(&event.kind));
    events.map(|event| (event.at, event.kind.name())).collect()
}

/// Terms that a ticket may have: revision, package, severity and category.
type TermsOf = (usize, usize, Option<bool>, bool);

fn terms() -> impl Strategy<Value = TermsOf> {
    (0..2_usize, 0..4_usize, any::<Option<bool>>(), proptest::bool::weighted(0.25))
}

/// The commands after which a ticket has the terms, where one of them is retroactive: the last.
fn retroactive(history: &History, (revision, package, severity, is_sales): TermsOf) -> Vec<CommandKind> {
    let ticket = history.ticket();
    let reason = || "because".to_owned();
    let (apply, quiet) = (Apply::Retroactive, Apply::Keep);
    let package = ["a", "b", "c", "d"][package];
    let severity = severity.map(|is_high| if is_high { "high" } else { "low" });
    let category = is_sales.then_some("sales");
    let is_other =
        (ticket.severity.as_ref().map(sla_core::Id::as_str), ticket.category.as_ref().map(sla_core::Id::as_str))
            != (severity, category);
    let mut commands = Vec::new();
    if ticket.package.as_str() != package {
        commands.push(CommandKind::ChangePackage { package: package.to_owned(), apply: quiet, reason: reason() });
    }
    if is_other {
        let (severity, category) = (severity.map(str::to_owned), category.map(str::to_owned));
        commands.push(CommandKind::Classify { severity, category, apply: quiet, reason: reason() });
    }
    if ticket.policy_digest != digests()[revision] {
        commands.push(CommandKind::AdoptRevision {
            policy_digest: digests()[revision],
            apply: quiet,
            reason: reason(),
        });
    }
    if let Some(
        CommandKind::ChangePackage { apply: last, .. }
        | CommandKind::Classify { apply: last, .. }
        | CommandKind::AdoptRevision { apply: last, .. },
    ) = commands.last_mut()
    {
        *last = apply;
    }
    commands
}

/// Whether a message gave the latest cycle of a timer its promise, later than the start and by its own channel.
fn is_promised_by_message(history: &History, timer: &str, number: u32) -> bool {
    let changes = history.events().iter().flat_map(|event| &event.changes);
    changes
        .filter(|change| change.timer.as_str() == timer && change.cycle == number)
        .any(|change| matches!(change.change, Change::Retargeted { channel: Some(_), .. }))
}

/// A retroactive change gives what a replay of the same commands under the new terms from the start gives. The
/// specification moves to the change: a breach that the replay has earlier. It leaves alone: a cycle that was breached
/// before the change, and what follows from that, and one whose promise the new terms end. A promise that a message gave
/// counts from that message, but after a retroactive change from the start.
#[test]
fn a_retroactive_change_gives_what_a_replay_gives() {
    let (engine, older) = (engine(), older_engine());
    let compared = Cell::new(0_u64);
    run(cases(2_000), &(stream(14), terms()), |((begin, turns), terms)| {
        let mut commands: Vec<Given> = Vec::new();
        let (before, now) = play(&engine, &older, begin, &turns, |given, _, _| {
            commands.push(given.clone());
            Ok(())
        })?;
        let changes = retroactive(&before, terms);
        let (mut before, mut changed) = (before.clone(), before);
        for change in &changes {
            let change = (change.clone().into(), actors()[2].clone(), now);
            let Some(after) = given(&engine, &changed, &change) else { return Ok(()) };
            before = std::mem::replace(&mut changed, after);
        }
        if changes.is_empty() {
            return Ok(());
        }
        let (revision, package, severity, is_sales) = terms;
        let opener = if revision == 0 { &older } else { &engine };
        let begin = (package, begin.1, severity, is_sales, begin.4, begin.5);
        let mut replayed = opened(opener, begin, start());
        for command in commands.iter().filter(|(command, ..)| !changes_terms(&command.kind)) {
            if let Some(after) = given(&engine, &replayed, command) {
                replayed = after;
            }
        }
        // Limits of pauses and inactivity follow the calendar of the package that the ticket has then.
        replayed.extend(engine.due_events(replayed.ticket(), now).unwrap().events).unwrap();
        if facts(&changed) != facts(&replayed) {
            return Ok(());
        }
        let (changed_history, replayed_history) = (changed, replayed);
        let evaluations = [&before, &changed_history, &replayed_history]
            .map(|history| engine.evaluate(history.ticket(), now).unwrap());
        let [before, changed, replayed] = evaluations.each_ref().map(active);
        for (timer, expected) in replayed {
            let is_broken = before.get(timer).is_some_and(|cycle| cycle.breached_at.is_some());
            if is_broken || expected.target.is_none() {
                continue;
            }
            let Some(found) = changed.get(timer) else {
                return Err(TestCaseError::fail(format!("{timer} does not run after the change")));
            };
            // One that was breached is never cancelled, so that another may have followed it; a timer that the old
            // revision did not measure has one cycle.
            let is_another = found.number != expected.number && timer != "answer";
            let is_by_message = [(&changed_history, *found), (&replayed_history, expected)]
                .into_iter()
                .any(|(history, cycle)| is_promised_by_message(history, timer, cycle.number));
            if is_another || is_by_message {
                continue;
            }
            compared.set(compared.get() + 1);
            let breached_at = expected.breached_at.map(|_| now);
            prop_assert_eq!(found.breached_at, breached_at, "breach of {}: {:#?}", timer, expected);
            prop_assert_eq!(found.target, expected.target, "target of {}", timer);
            prop_assert_eq!(&found.calendar, &expected.calendar, "calendar of {}", timer);
            // A receipt moves the start of an unbroken cycle only.
            if breached_at.is_none() {
                prop_assert_eq!(found.used, expected.used, "used of {}", timer);
                prop_assert_eq!(found.elapsed, expected.elapsed, "elapsed of {}", timer);
                prop_assert_eq!(found.started_at, expected.started_at, "start of {}", timer);
                prop_assert_eq!(found.remaining, expected.remaining, "remaining of {}", timer);
                prop_assert_eq!(found.due, expected.due, "due of {}", timer);
                prop_assert_eq!(found.due_if_resumed_now, expected.due_if_resumed_now, "due of {} if resumed", timer);
                prop_assert_eq!(found.class, expected.class, "class of {}", timer);
            }
        }
        Ok(())
    });
    println!("{} cycles compared", compared.get());
    assert!(compared.get() > 1_000, "{} cycles compared", compared.get());
}

/// The revisions with one calendar for all: time counts alike under all terms.
fn one_calendar() -> [Engine; 2] {
    let policies = documents().map(|text| {
        let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let calendars = document["calendars"].as_object_mut().unwrap();
        let office = calendars["office"].clone();
        calendars.values_mut().for_each(|calendar| *calendar = office.clone());
        document.to_string()
    });
    let read = |text: &String| wire::policy::read(text).unwrap_or_else(|error| panic!("{error:#?}"));
    [
        Engine::compile(read(&policies[0])).unwrap(),
        Engine::compile_revisions([read(&policies[0]), read(&policies[1])]).unwrap(),
    ]
}

/// What was promised for a cycle so far.
#[derive(Debug)]
struct Best {
    /// Time counted since its first promise, or since its start where something was promised on the ticket before.
    counted: i64,
    /// The longest target so far.
    target: i64,
    elapsed: i64,
}

/// Adds what an evaluation says; `is_counted` tells whether time counted since the last one is time that passed, and not
/// the start that an earlier receipt moved.
fn keep_best(
    best: &mut BTreeMap<(String, u32), Best>,
    history: &History,
    evaluation: &Evaluation,
    is_counted: bool,
    by_message: bool,
) -> Result<(), TestCaseError> {
    for timer in &evaluation.timers {
        let Some(cycle) = timer.current() else { continue };
        let track = history.ticket().timers.iter().find(|track| track.timer == timer.timer);
        let has_arrived = track.is_some_and(|track| track.promised_since.is_some());
        let (elapsed, target) = (cycle.elapsed.as_micros(), cycle.target.map(|target| target.as_micros()));
        let key = (timer.timer.to_string(), cycle.number);
        if target.is_none() && !has_arrived {
            continue;
        }
        let best = best.entry(key).or_insert(Best { counted: 0, target: 0, elapsed });
        if is_counted {
            best.counted += elapsed - best.elapsed;
        }
        // A message gives an unpromised cycle the promise of its channel, which counts from that message.
        if by_message && best.target == 0 && target.is_some() {
            best.counted = 0;
        }
        best.elapsed = elapsed;
        best.target = best.target.max(target.unwrap_or(0));
        if cycle.stopped_at.is_none()
            && cycle.breached_at.is_none()
            && let Some(remaining) = cycle.remaining
        {
            prop_assert!(
                remaining.as_micros() + best.counted <= best.target,
                "{} {} has {} at {} left of {:?}",
                timer.timer,
                cycle.number,
                remaining,
                evaluation.now,
                best
            );
        }
    }
    Ok(())
}

/// No sequence of changes of terms leaves more time than the best of the terms in force would have given from the cycle's
/// first promise; where something was promised on the ticket before, from the cycle's start.
#[test]
fn changes_of_terms_never_leave_more_time_than_the_best_of_them() {
    let [older, engine] = one_calendar();
    let digests: [Digest; 2] = [older.policy_digest(), engine.policy_digest()];
    let changes = Cell::new(0_u64);
    run(cases(2_000), &stream(20), |(begin, mut turns)| {
        for turn in &mut turns {
            if let CommandKind::AdoptRevision { policy_digest, .. } = &mut turn.command {
                *policy_digest = digests[usize::from(*policy_digest == self::digests()[1])];
            }
        }
        let mut best = BTreeMap::new();
        let now = start();
        let history = opened(&older, begin, now);
        keep_best(&mut best, &history, &engine.evaluate(history.ticket(), now).unwrap(), true, false)?;
        play(&engine, &older, begin, &turns, |(command, _, now), before, after| {
            let [before_it, after_it] = [before, after].map(|history| engine.evaluate(history.ticket(), *now).unwrap());
            keep_best(&mut best, before, &before_it, true, false)?;
            let by_message = matches!(command.kind, CommandKind::CustomerMessage { .. } | CommandKind::Absorb { .. });
            changes.set(changes.get() + u64::from(changes_terms(&command.kind)));
            keep_best(&mut best, after, &after_it, !by_message, by_message)
        })?;
        Ok(())
    });
    println!("{} changes of terms", changes.get());
    assert!(changes.get() > 1_500, "{} changes of terms", changes.get());
}

/// What was promised before is promised still, and due no later.
fn is_no_longer(
    before: &BTreeMap<&str, &CycleEvaluation>,
    after: &BTreeMap<&str, &CycleEvaluation>,
    by: &str,
) -> Result<u64, TestCaseError> {
    let mut compared = 0;
    for (timer, before) in before {
        let Some(after) = after.get(timer).filter(|after| after.number == before.number) else { continue };
        if before.target.is_none() || before.breached_at.is_some() {
            continue;
        }
        compared += 1;
        prop_assert!(after.target.is_some(), "{} takes the promise of {} away", by, timer);
        if let Some(due_before) = due(before) {
            prop_assert!(
                due(after).is_some_and(|due_after| due_after <= due_before),
                "{} postpones {}: {:#?}, {:#?}",
                by,
                timer,
                before,
                after
            );
        }
        if before.calendar == after.calendar {
            prop_assert!(
                after.remaining <= before.remaining,
                "{} lengthens {}: {:#?}, {:#?}",
                by,
                timer,
                before,
                after
            );
        }
    }
    Ok(compared)
}

/// The command with its customer's message received at the command itself.
fn received_now((command, actor, now): &Given) -> Option<Given> {
    let mut command = command.clone();
    match &mut command.kind {
        CommandKind::CustomerMessage { received_at, .. } if received_at.is_some() => *received_at = None,
        CommandKind::Absorb { waiting_since, .. } if waiting_since.is_some() => *waiting_since = Some(*now),
        _ => return None,
    }
    Some((command, actor.clone(), *now))
}

/// `received_at` and `absorb` never lengthen what remains, neither of a cycle that ran before nor against the same message
/// received at once; nor does an agent's `classify`, also for a cycle that a later reopening resumes.
#[test]
fn receipts_duplicates_and_an_agents_classify_never_lengthen_what_remains() {
    let (engine, older) = (engine(), older_engine());
    let compared = [const { Cell::new(0_u64) }; 3];
    let count = |place: usize, more: u64| compared[place].set(compared[place].get() + more);
    run(cases(2_000), &stream(16), |(begin, turns)| {
        play(&engine, &older, begin, &turns, |this, before, after| {
            let (command, actor, now) = this;
            let at_now = |history: &History| engine.evaluate(history.ticket(), *now).unwrap();
            let by = command.kind.name();
            let is_classify = matches!(command.kind, CommandKind::Classify { .. }) && actor.role == Role::Agent;
            if matches!(command.kind, CommandKind::CustomerMessage { .. } | CommandKind::Absorb { .. }) || is_classify {
                count(0, is_no_longer(&active(&at_now(before)), &active(&at_now(after)), by)?);
            }
            if let Some(at_once) = received_now(this) {
                let Some(at_once) = given(&engine, before, &at_once) else {
                    return Err(TestCaseError::fail("accepted when received earlier only"));
                };
                count(1, is_no_longer(&active(&at_now(&at_once)), &active(&at_now(after)), by)?);
            }
            if is_classify && after.ticket().status == Status::Resolved {
                let now = at(now.as_micros() + HOUR);
                let reopen = CommandKind::Reopen { channel: None, reason: Some("because".to_owned()) };
                let reopen = (reopen.into(), actors()[2].clone(), now);
                if let (Some(without), Some(with)) = (given(&engine, before, &reopen), given(&engine, after, &reopen)) {
                    let [without, with] =
                        [without, with].map(|history| engine.evaluate(history.ticket(), now).unwrap());
                    // A cycle that starts after the classification has the new terms.
                    let began = at_now(before);
                    let had = |timer: &str, number: u32| {
                        let timer = began.timers.iter().find(|own| own.timer.as_str() == timer);
                        timer.is_some_and(|timer| timer.cycles.iter().any(|cycle| cycle.number == number))
                    };
                    let mut old = active(&without);
                    old.retain(|timer, cycle| had(timer, cycle.number));
                    count(2, is_no_longer(&old, &active(&with), by)?);
                }
            }
            Ok(())
        })?;
        Ok(())
    });
    let [commands, receipts, reopened] = compared.map(Cell::into_inner);
    println!(
        "{commands} cycles compared after commands, {receipts} with earlier receipts, {reopened} after reopenings"
    );
    assert!(commands > 500 && receipts > 300);
}

/// An automatic reply changes no timer, and neither what happens next nor later; a note none but those that name `noted`.
#[test]
fn automatic_replies_and_notes_change_no_timer() {
    let (engine, older) = (engine(), older_engine());
    let compared = Cell::new(0_u64);
    run(cases(2_000), &stream(16), |(begin, turns)| {
        play(&engine, &older, begin, &turns, |(command, _, now), before, after| {
            let is_note = match command.kind {
                CommandKind::Reply { automatic: true, .. } => false,
                CommandKind::Note { .. } => true,
                _ => return Ok(()),
            };
            compared.set(compared.get() + 1);
            for later in [0, 90 * HOUR] {
                let then = at(now.as_micros() + later);
                let [mut before, mut after] =
                    [before, after].map(|history| engine.evaluate(history.ticket(), then).unwrap());
                // The timer `queue` is stopped by a note.
                let is_stopped = is_note && active(&before) != active(&after);
                for evaluation in [&mut before, &mut after] {
                    evaluation.timers.retain(|timer| !is_note || timer.timer.as_str() != "queue");
                }
                prop_assert_eq!(&before.timers, &after.timers);
                prop_assert_eq!(before.status, after.status);
                if !is_stopped {
                    prop_assert_eq!(before.next_check_at, after.next_check_at);
                }
            }
            Ok(())
        })?;
        Ok(())
    });
    println!("{} automatic replies and notes", compared.get());
    assert!(compared.get() > 200, "{} automatic replies and notes", compared.get());
}
