//! Counts one ticket into an aggregate.

use std::borrow::Cow;

use super::aggregate::{Aggregate, Cell};
use super::figure::Figure;
use super::grouping::{Dimension, Grouping, Key};
use super::holding::{HeldTimes, held_times};
use super::observe::{CycleFigures, Known, Measured, Observed, Observer, Place, Sink, Whose};
use crate::engine::{Engine, Evaluation};
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{Event, History, Ticket};
use crate::time::Timestamp;

impl Aggregate {
    /// Adds one ticket as of its evaluation, which must be of this history. Add each ticket once.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Aggregate, Figure, Grouping};
    /// let (engine, history) = (engine(), closed());
    /// let mut aggregate = Aggregate::new(Grouping::all());
    /// aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
    /// let met: u64 = aggregate.rows().filter(|row| row.outcome == Figure::Met).map(|row| row.tally.n).sum();
    /// assert_eq!(met, 2);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `unknown_revision` when the ticket was under a revision that is not compiled into the engine;
    /// - `unknown_package` when a revision does not have the package that the ticket had under it;
    /// - `out_of_horizon` when an instant lies outside 1970-01-01 to 2200-01-01.
    ///
    /// Then nothing is added.
    pub fn add(&mut self, engine: &Engine, history: &History, evaluation: &Evaluation) -> Result<(), Error> {
        let held = check(engine, history, evaluation, self.grouping())?;
        self.seen_at(evaluation.now);
        let ticket = history.ticket();
        let of = Observed {
            engine,
            channel: &ticket.channel,
            holders: &ticket.holders,
            ticket_before: &|event| ticket_before(history, event),
        };
        let mut counting = Counting { places: Vec::with_capacity(REMEMBERED), aggregate: self };
        let mut observer = Observer::new(of, held, &mut counting);
        for event in history.events().iter().chain(&evaluation.due_events) {
            observer.event(event)?;
        }
        // INVARIANT: the age is that of a ticket within the horizon.
        let ended = Timestamp::from_micros(ticket.opened_at.as_micros().wrapping_add(evaluation.age_us));
        observer.finish(usize::MAX, (evaluation.now, evaluation.status, ended), |Measured { timer, cycle }| {
            let timer = evaluation.timers.iter().find(|known| known.timer == *timer);
            Ok(timer.and_then(|timer| timer.cycle(cycle)).map(Cow::Borrowed))
        })
    }
}

/// Returns the ticket before one of its events.
fn ticket_before(history: &History, event: &Event) -> Option<Ticket> {
    let (opening, rest) = history.opening();
    let mut ticket = Ticket::open(opening).ok()?;
    rest.iter().take_while(|earlier| earlier.seq < event.seq).try_for_each(|earlier| ticket.apply(earlier)).ok()?;
    Some(ticket)
}

/// Fails where counting would fail later, so that a ticket is counted as a whole or not at all. Returns the times of its
/// holdings.
fn check(
    engine: &Engine,
    history: &History,
    evaluation: &Evaluation,
    grouping: &Grouping,
) -> Result<Vec<HeldTimes>, Error> {
    // Events are in order, so all instants lie between these two.
    grouping.period_of(history.ticket().opened_at)?;
    grouping.period_of(evaluation.now)?;
    let mut known = None;
    for event in history
        .events()
        .iter()
        .filter(|event| known.replace(event.rules.policy_digest) != Some(event.rules.policy_digest))
    {
        engine.revision(event.rules.policy_digest)?;
    }
    held_times(engine, history, evaluation)
}

/// Counts what one ticket says.
struct Counting<'g, 'a> {
    places: Vec<GroupPlace<'a>>,
    aggregate: &'g mut Aggregate,
}

/// The most groups that are remembered: a long-lived ticket is in many, but mostly in the last ones.
const REMEMBERED: usize = 8;

/// The place of a group's figures in the aggregate; looking it up by key costs more than comparing these.
struct GroupPlace<'a> {
    state: usize,
    holder: usize,
    period: Option<Timestamp>,
    channel: &'a Id,
    place: usize,
}

impl<'a> Counting<'_, 'a> {
    /// Returns the figures of the ticket's group at a place, by its holder then.
    fn cell(&mut self, place: Place<'_, 'a>) -> Result<&mut Cell, Error> {
        let Place { moment, channel, .. } = place;
        let period = self.aggregate.period_of(moment.at)?;
        let known = self.places.iter().find(|known| {
            known.state == moment.state
                && known.holder == moment.holder
                && known.period == period
                && std::ptr::eq(known.channel, channel)
        });
        let place = if let Some(known) = known {
            known.place
        } else {
            let key = self.key(place, period, Whose::Holder)?;
            let place = self.aggregate.place(&key);
            if self.places.len() == REMEMBERED {
                self.places.clear();
            }
            self.places.push(GroupPlace { state: moment.state, holder: moment.holder, period, channel, place });
            place
        };
        Ok(self.aggregate.cell(place))
    }

    fn key(&self, place: Place<'_, '_>, period: Option<Timestamp>, whose: Whose<'_>) -> Result<Key, Error> {
        let grouping: &Grouping = self.aggregate.grouping();
        let properties = place.properties(whose, grouping.dimensions().contains(&Dimension::Priority))?;
        Ok(properties.map_or_else(|| Key { period, ..Key::default() }, |properties| grouping.key(period, &properties)))
    }
}

impl<'a> Sink<'a> for Counting<'_, 'a> {
    const EVERY_CYCLE: bool = true;

    fn count(&mut self, at: Place<'_, 'a>, of: Option<Measured<'a>>, figure: Figure, bucket: u32) -> Result<(), Error> {
        self.cell(at)?.count(of.map(|of| of.timer), figure, bucket);
        Ok(())
    }

    fn count_work(&mut self, at: Place<'_, 'a>, actor: &'a str, figures: &[Figure]) -> Result<(), Error> {
        let cell = if self.aggregate.grouping().dimensions().contains(&Dimension::Agent) {
            let agent = Id::new(actor).ok();
            let period = self.aggregate.period_of(at.moment.at)?;
            let key = self.key(at, period, Whose::Actor(agent.as_ref()))?;
            let place = self.aggregate.place(&key);
            self.aggregate.cell(place)
        } else {
            // Whoever did it, the group is the same, and mostly known.
            self.cell(at)?
        };
        let counted = cell.figures(None);
        for figure in figures {
            counted.counts.count(*figure, 0);
        }
        Ok(())
    }

    fn held(&mut self, at: Place<'_, 'a>, HeldTimes { working, waiting }: HeldTimes, _: bool) -> Result<(), Error> {
        let counted = self.cell(at)?.figures(None);
        counted.add_duration(Figure::HeldWorkingBusinessTime, working.business);
        counted.add_duration(Figure::HeldWorkingWallTime, working.wall);
        counted.add_duration(Figure::HeldWaitingBusinessTime, waiting.business);
        counted.add_duration(Figure::HeldWaitingWallTime, waiting.wall);
        Ok(())
    }

    fn status(&mut self, at: Place<'_, 'a>, figure: Option<Figure>) -> Result<(), Error> {
        figure.map_or(Ok(()), |figure| self.count(at, None, figure, 0))
    }

    fn cycle(&mut self, known: Known<'_, 'a>, cycle: CycleFigures<'a, '_>) -> Result<(), Error> {
        let CycleFigures { of: Measured { timer, .. }, channel, evaluation, class, decided, ended, .. } = cycle;
        self.cell(Place { known, moment: decided, channel })?.count(Some(timer), class, 0);
        let Some(moment) = ended.filter(|_| cycle.is_overdue || cycle.lasted.is_some()) else { return Ok(()) };
        let counted = self.cell(Place { known, moment, channel })?.figures(Some(timer));
        if cycle.is_overdue {
            counted.add_duration(Figure::Overdue, evaluation.overdue);
        }
        if let Some((business, wall, wall_time)) = cycle.lasted {
            counted.add_duration(business, evaluation.elapsed);
            counted.add_duration(wall, wall_time);
        }
        Ok(())
    }
}
