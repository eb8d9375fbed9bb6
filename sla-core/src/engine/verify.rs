//! Verification by re-execution: whether the rules make the events of a history.
// INVARIANT: counts and places of events fit, since a ticket's events are counted in `u32`.

use std::cmp::Ordering;

use super::automatic::UpcomingEvents;
use super::decide::{Permission, Request};
use super::difference::{Difference, is_instants_only, is_same_automatic};
use super::{Decision, Engine, recorded};
use crate::error::Error;
use crate::ticket::{Event, History, Ticket, Via, place_of};
use crate::time::Timestamp;

/// What a verification by re-execution found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryVerification {
    /// How many events the rules make as they are recorded: all of them, or those before the first that differs.
    pub verified: u32,
    /// The first event that the rules would not have made, and what differs; `None` where they make all.
    pub difference: Option<Difference>,
    /// The events that differ in instants only, and were made under other time-zone rules than the engine's.
    pub rules_changed: Vec<Difference>,
    /// How many of the verified events were made under other time-zone rules, whether or not anything differs.
    pub other_rules: u32,
}

impl HistoryVerification {
    /// Returns whether the rules make every event, apart from instants of other time-zone rules.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        self.difference.is_none()
    }
}

impl Engine {
    /// Verifies a history by playing its commands again: the rules must make every event as it is recorded.
    ///
    /// A chain proves that nothing was changed since it was linked, this proves that the rules made it. Each event is
    /// judged on the fold of the recorded ones before it, the opening under the revision that it records. Automatic
    /// events after the last recorded event are not missing. Where `snapshot` is given, it must be the fold of the first
    /// events of the history, as many as it says.
    ///
    /// Messages, reasons and who acted are what the host recorded: another command that the rules accept as well is not
    /// told from the original, unless the command carries an id, since the digest beside the id covers what it said.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::ticket::{Actor, History, Role};
    ///
    /// let mut events = closed().events().to_vec();
    /// assert!(engine().verify(&closed(), None)?.is_verified());
    ///
    /// let close = events.last_mut().unwrap();
    /// close.actor = Actor::new(Role::Customer, "kim").into();
    /// let found = engine().verify(&History::new(events)?, None)?.difference.unwrap();
    /// assert_eq!(found.what.as_str(), "refused");
    /// assert_eq!(found.refusal.unwrap().code.as_str(), "role_not_permitted");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `unknown_revision` when an event is under a revision that is not compiled into the engine;
    /// - `out_of_horizon` when an instant lies outside the horizon of calendars.
    pub fn verify(&self, history: &History, snapshot: Option<&Ticket>) -> Result<HistoryVerification, Error> {
        let events = history.events();
        for of_one_revision in events.chunk_by(|event, next| event.rules.policy_digest == next.rules.policy_digest) {
            if let Some(event) = of_one_revision.first() {
                self.revision(event.rules.policy_digest).map_err(|error| error.at(place_of(event)))?;
            }
        }
        let mut verification =
            HistoryVerification { verified: 0, difference: None, rules_changed: Vec::new(), other_rules: 0 };
        let mut execution = Execution { engine: self, events, begun: None, upcoming: None };
        let mut ticket: Option<Ticket> = None;
        for (place, event) in events.iter().enumerate() {
            let judged = execution.judge(ticket.as_ref(), place, event);
            let judged = judged.map_err(|error| match error.path() {
                "" => error.at(place_of(event)),
                _ => error,
            })?;
            let is_as_made = judged.is_none();
            let is_of_other_rules =
                event.rules.rules_digest != self.revision(event.rules.policy_digest)?.rules.rules_digest;
            match judged {
                None => {}
                Some(Differs::InstantsOnly(difference)) if is_of_other_rules => {
                    verification.rules_changed.push(difference);
                }
                Some(Differs::InstantsOnly(difference) | Differs::Otherwise(difference)) => {
                    verification.difference = Some(difference);
                    return Ok(verification);
                }
            }
            verification.other_rules = verification.other_rules.saturating_add(is_of_other_rules.into());
            let ticket = match &mut ticket {
                Some(ticket) => {
                    ticket.apply(event)?;
                    ticket
                }
                None => ticket.insert(Ticket::open(event)?),
            };
            execution.upcoming = execution.after(ticket, event, is_as_made)?;
            verification.verified = ticket.events;
            let is_last = place.saturating_add(1) == events.len();
            if let Some(snapshot) = snapshot.filter(|snapshot| snapshot.events == ticket.events || is_last)
                && (snapshot.events >= ticket.events)
                && let Some(difference) = Difference::of_snapshot(snapshot, ticket)
            {
                verification.difference = Some(difference);
                return Ok(verification);
            }
        }
        Ok(verification)
    }
}

/// How a recorded event differs from what the rules make.
enum Differs {
    /// In instants, and times between them.
    InstantsOnly(Difference),
    /// In more, or the rules make no such event.
    Otherwise(Difference),
}

/// The events of a ticket that are being made again.
struct Execution<'a> {
    engine: &'a Engine,
    events: &'a [Event],
    /// The command whose implied event came last: the place of its own event, and what permitted it.
    begun: Option<(usize, Option<Via>)>,
    /// What is upcoming for the ticket, once it was looked for: a run of automatic events looks once.
    upcoming: Option<UpcomingEvents>,
}

impl Execution<'_> {
    /// Returns what is upcoming after `event`, which made `ticket`; `None` where it is to be looked for again.
    fn after(&mut self, ticket: &Ticket, event: &Event, is_as_made: bool) -> Result<Option<UpcomingEvents>, Error> {
        match self.upcoming.take() {
            Some(upcoming) if is_as_made && recorded::is_automatic(&event.kind) => {
                upcoming.after_first(self.engine, ticket, &event.kind)
            }
            _ => Ok(None),
        }
    }

    /// Returns the first automatic event of a ticket by `now`, as [`Engine::first_automatic`] does.
    fn first_automatic(&self, ticket: &Ticket, now: Timestamp) -> Result<Option<Event>, Error> {
        match &self.upcoming {
            Some(upcoming) => upcoming.first(self.engine, ticket, now),
            None => self.engine.first_automatic(ticket, now),
        }
    }

    /// Returns how the event at `place` differs from what the rules make of the ticket before it.
    fn judge(&mut self, ticket: Option<&Ticket>, place: usize, event: &Event) -> Result<Option<Differs>, Error> {
        let Some(ticket) = ticket else { return self.judge_opening(event) };
        if recorded::is_automatic(&event.kind) {
            return self.judge_automatic(ticket, place, event);
        }
        if let Some(missing) = self.first_automatic(ticket, event.at)? {
            return Ok(otherwise(Difference::missing(event, &missing)));
        }
        let permission = match self.begun.take() {
            Some((own_event, via)) if own_event == place => Permission::Given(via),
            _ => Permission::Asked,
        };
        let Some(recorded) = recorded::command(self.events, place) else {
            return Ok(otherwise(Difference::additional(event)));
        };
        let actor = recorded::actor(event);
        let past = self.events.get(..place).unwrap_or_default();
        let by = Request { command: &recorded.command, actor: &actor, now: event.at };
        let expected = match self.engine.first_of_command(ticket, past, by, permission)? {
            Decision::Refused(refusal) => return Ok(otherwise(Difference::refused(event, refusal))),
            Decision::Accepted(None) => return Ok(otherwise(Difference::additional(event))),
            Decision::Accepted(Some(expected)) => expected,
        };
        if expected.kind.name() != event.kind.name() {
            // The kinds of a command's events differ only where it implies one.
            let difference = match recorded.own_event {
                Some(_) => Difference::additional(event),
                None => Difference::missing(event, &expected),
            };
            return Ok(otherwise(difference));
        }
        self.begun = recorded.own_event.map(|own_event| (own_event, expected.via.as_deref().cloned()));
        Ok(compared(event, &expected))
    }

    fn judge_opening(&self, event: &Event) -> Result<Option<Differs>, Error> {
        let Some(opening) = recorded::opening(event) else { return Ok(otherwise(Difference::additional(event))) };
        let revision = self.engine.revision(event.rules.policy_digest)?;
        Ok(match self.engine.first_of_opening(revision, &opening, &recorded::actor(event), event.at)? {
            Decision::Refused(refusal) => otherwise(Difference::refused(event, refusal)),
            Decision::Accepted(expected) => compared(event, &expected),
        })
    }

    fn judge_automatic(&mut self, ticket: &Ticket, place: usize, event: &Event) -> Result<Option<Differs>, Error> {
        if self.upcoming.is_none() {
            self.upcoming = Some(self.engine.upcoming(ticket)?);
        }
        // A breach needs its instant to pass; nothing later comes before it, whenever the host asked.
        if let Some(expected) = self.first_automatic(ticket, event.at.just_after())? {
            let Some(differs) = compared(event, &expected) else { return Ok(None) };
            if is_same_automatic(&event.kind, &expected.kind) {
                return Ok(Some(differs));
            }
            return Ok(match expected.at.cmp(&event.at) {
                Ordering::Less => otherwise(Difference::missing(event, &expected)),
                Ordering::Greater => otherwise(Difference::additional(event)),
                Ordering::Equal if self.comes_next(ticket, event, &expected)? => {
                    otherwise(Difference::missing(event, &expected))
                }
                Ordering::Equal if self.is_recorded_next(place, &expected) => otherwise(Difference::additional(event)),
                Ordering::Equal => Some(differs),
            });
        }
        let last = Timestamp::from_micros(i64::MAX);
        let later = self.first_automatic(ticket, last)?;
        Ok(match later.filter(|later| is_same_automatic(&event.kind, &later.kind)) {
            Some(expected) => compared(event, &expected),
            None => otherwise(Difference::additional(event)),
        })
    }

    /// Returns whether the rules make `event` after `expected`.
    fn comes_next(&self, ticket: &Ticket, event: &Event, expected: &Event) -> Result<bool, Error> {
        let mut after = ticket.clone();
        after.apply(expected)?;
        let next = self.engine.first_automatic(&after, event.at.just_after())?;
        Ok(next.is_some_and(|next| is_same_automatic(&next.kind, &event.kind)))
    }

    /// Returns whether the event after the one at `place` is `expected`.
    fn is_recorded_next(&self, place: usize, expected: &Event) -> bool {
        let next = self.events.get(place.saturating_add(1));
        next.is_some_and(|next| is_same_automatic(&next.kind, &expected.kind))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every caller answers with it")]
fn otherwise(difference: Difference) -> Option<Differs> {
    Some(Differs::Otherwise(difference))
}

/// Returns how an event differs from the one that the rules make; time-zone rules alone are no difference.
fn compared(event: &Event, expected: &Event) -> Option<Differs> {
    if event == expected {
        return None;
    }
    let difference = Difference::between(event, expected)?;
    Some(if is_instants_only(event, expected) {
        Differs::InstantsOnly(difference)
    } else {
        Differs::Otherwise(difference)
    })
}
