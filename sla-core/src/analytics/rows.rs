//! The rows of one ticket for the tables of a database, which a host sums up to the figures of an aggregate.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

use super::aggregate::Row;
use super::figure::Figure;
use super::grouping::{Grouping, TicketProperties};
use super::histogram::{Tally, bucket_number};
use super::holding::{HeldClock, HeldTimes};
use super::observe::{CycleFigures, Known, Measured, Observed, Observer, Place, Sink, Whose};
use super::period::{LastPeriods, PeriodsAt};
use super::row_state::{RowFault, RowState};
use crate::calendar::{ZoneName, ZoneTable};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{Event, History, Ticket};
use crate::time::{BusinessDuration, Timestamp, maybe_us, us};

/// Rows of one ticket. A row replaces the earlier row of the same key; none is ever removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TicketRows {
    /// One row a cycle, with the key `timer`, `cycle`: the cycles that the events changed, and those that still count.
    pub cycles: Vec<CycleRow>,
    /// One row a fact, with the key `key`.
    pub facts: Vec<FactRow>,
    /// What the rows of the next events need, the document `row_state`: to be stored as it is, beside the ticket.
    #[cfg_attr(feature = "schema", schemars(with = "StateDocument"))]
    pub state: RowState,
}

/// How documents write a row state: with the name of its format.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
struct StateDocument {
    /// The format, with its version.
    schema: String,
    #[serde(flatten)]
    state: RowState,
}

/// A cycle of a timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CycleRow {
    /// The timer.
    pub timer: Id,
    /// The number of the cycle, from 1.
    pub cycle: u32,
    /// The class in which it is counted, in the group of `place`: one figure, `met` to `unpromised`.
    pub class: Figure,
    /// Whether `place` is the instant asked about, because nothing decides the class yet: it changes with `now` alone.
    pub as_of_now: bool,
    /// The deciding instant and what decides the group then.
    pub place: RowPlace,
    /// Where its durations are counted: its stop or cancellation; null while it counts.
    pub ended: Option<RowPlace>,
    /// When it started.
    #[serde(rename = "started_at_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub started_at: Timestamp,
    /// When it falls or fell due; null while it is paused before its due, nothing is promised, or the due lies beyond the
    /// horizon.
    #[serde(rename = "due_at_us", serialize_with = "maybe_us")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    pub due_at: Option<Timestamp>,
    /// Its business time, where what it waited for stopped it: counted in the group of `ended`.
    #[serde(flatten, serialize_with = "business")]
    #[cfg_attr(feature = "schema", schemars(with = "BusinessFields"))]
    pub business: Option<CountedDuration>,
    /// Its wall time, where what it waited for stopped it: counted in the group of `ended`.
    #[serde(flatten, serialize_with = "wall")]
    #[cfg_attr(feature = "schema", schemars(with = "WallFields"))]
    pub wall: Option<CountedDuration>,
    /// The business time after its due, of a breached cycle that ended: counted in the group of `ended`.
    #[serde(flatten, serialize_with = "overdue")]
    #[cfg_attr(feature = "schema", schemars(with = "OverdueFields"))]
    pub overdue: Option<CountedDuration>,
}

/// A duration and the figure that counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedDuration {
    /// The figure.
    pub figure: Figure,
    /// The duration.
    pub duration: BusinessDuration,
}

/// Something that counts, at one instant and for one holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactRow {
    /// The key within the ticket: `{seq}/{figure}`, `{seq}/{figure}/{timer}`, `handled/{agent}`, `held/{number}/{figure}` or
    /// `status`.
    pub key: String,
    /// The event; null for `handled`, `held` and `status`.
    pub seq: Option<u32>,
    /// What it counts for.
    pub figure: Figure,
    /// The timer, of figures of timers.
    pub timer: Option<Id>,
    /// The cycle of that timer.
    pub cycle: Option<u32>,
    /// The level of an escalation, the score of a rating, the histogram bucket of a duration; 0 otherwise.
    pub bucket: u32,
    /// How many it counts for: 1, or 0 for `status` once the ticket is neither open nor paused.
    pub n: u32,
    /// The duration, of figures of durations.
    #[serde(rename = "duration_us")]
    pub duration: Option<BusinessDuration>,
    /// Whether it changes with `now` alone.
    pub as_of_now: bool,
    /// The instant and what decides the group then.
    pub place: RowPlace,
}

/// An instant with its periods in a time zone, and the properties of the ticket that decide the group then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowPlace {
    /// The instant.
    #[serde(rename = "at_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub at: Timestamp,
    /// The first instant of its hour.
    #[serde(rename = "hour_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub hour_start: Timestamp,
    /// The first instant of its day.
    #[serde(rename = "day_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub day_start: Timestamp,
    /// The first instant of its week.
    #[serde(rename = "week_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub week_start: Timestamp,
    /// The first instant of its month.
    #[serde(rename = "month_us", serialize_with = "us")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub month_start: Timestamp,
    /// Its local date.
    #[serde(serialize_with = "date")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub day: NaiveDate,
    /// The Monday of its week.
    #[serde(serialize_with = "date")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub week: NaiveDate,
    /// The first date of its month.
    #[serde(serialize_with = "date")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub month: NaiveDate,
    /// The package.
    pub package: Id,
    /// The channel: of a cycle, that of the event that started it; of a reply, its own; else the opening's.
    pub channel: Id,
    /// The holder's agent; of a reply, of an outbound opening and of `handled`, the agent who did it.
    pub agent: Option<Id>,
    /// The holder's team.
    pub team: Option<Id>,
    /// The priority label of the package.
    pub priority: Option<Id>,
    /// The severity.
    pub severity: Option<Id>,
    /// The category.
    pub category: Option<Id>,
}

impl CountedDuration {
    /// Returns the number of the duration's histogram bucket.
    #[must_use]
    pub fn bucket(self) -> u32 {
        u32::from(bucket_number(self.duration))
    }
}

macro_rules! duration_fields {
    ($(#[$doc:meta])* $name:ident, $function:ident, $figure:literal, $duration:literal, $bucket:literal) => {
        $(#[$doc])*
        #[derive(Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        struct $name {
            /// The figure that counts the duration; null where none is counted.
            #[serde(rename = $figure)]
            figure: Option<Figure>,
            /// The duration.
            #[serde(rename = $duration)]
            duration: Option<BusinessDuration>,
            /// Its histogram bucket.
            #[serde(rename = $bucket)]
            bucket: Option<u32>,
        }

        #[expect(clippy::ref_option, reason = "the signature is serde's")]
        fn $function<S: Serializer>(counted: &Option<CountedDuration>, serializer: S) -> Result<S::Ok, S::Error> {
            let figure = counted.map(|counted| counted.figure);
            let duration = counted.map(|counted| counted.duration);
            $name { figure, duration, bucket: counted.map(CountedDuration::bucket) }.serialize(serializer)
        }
    };
}

duration_fields!(
    /// How a row writes its business time.
    BusinessFields, business, "business_figure", "business_us", "business_bucket"
);
duration_fields!(
    /// How a row writes its wall time.
    WallFields, wall, "wall_figure", "wall_us", "wall_bucket"
);
duration_fields!(
    /// How a row writes its overdue time.
    OverdueFields, overdue, "overdue_figure", "overdue_us", "overdue_bucket"
);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn date<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

impl Engine {
    /// Returns the rows of a ticket after its events: of what these events say, and of what is as of `now`.
    ///
    /// `state` is what the rows of the earlier events left ([`TicketRows::state`]); without it the events begin with the
    /// opening. Events that it counts already are passed over. Rows that the events do not change are not given again, but
    /// for those that may change with `now` alone: cycles that still count, the present holding, the ticket's status. These
    /// take account of the automatic events that are due by `now`; facts exist once their event is among `events`. Without
    /// events only the rows as of `now` are given.
    ///
    /// `time_zone` decides the periods. Its rules are those with which the policy was checked.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::Figure;
    /// let (engine, history) = (engine(), closed());
    /// let now = at("2026-03-03T09:00:00Z");
    /// let rows = engine.ticket_rows(None, history.ticket(), history.events(), now, "Asia/Jakarta")?;
    /// let first_response = rows.cycles.iter().find(|row| row.timer.as_str() == "first_response").unwrap();
    /// assert_eq!((first_response.class, first_response.place.day.to_string()), (Figure::Met, "2026-03-02".to_owned()));
    /// assert_eq!(first_response.business.unwrap().duration.to_string(), "1h");
    /// let rated = rows.facts.iter().find(|row| row.figure == Figure::Rated).unwrap();
    /// assert_eq!((rated.bucket, rated.place.agent.as_ref().unwrap().as_str()), (5, "ana"));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `invalid_history` when the state is of another ticket, when the state and the events are not all events of the
    ///   ticket, and when the ticket, in short, does not hold a cycle any more that the events changed;
    /// - `unknown_time_zone`, `invalid_time_zone_data`, `unknown_revision`, `unknown_package`;
    /// - `time_went_back` when `now` lies before the last event, `out_of_horizon`.
    pub fn ticket_rows<'e, 'z>(
        &self,
        state: Option<&RowState>,
        ticket: &Ticket,
        events: impl IntoIterator<Item = &'e Event>,
        now: Timestamp,
        time_zone: impl Into<ZoneName<'z>>,
    ) -> Result<TicketRows, Error> {
        let zone = self.policy().zones().zone(time_zone.into().as_str())?;
        let earlier = state.map_or(0, RowState::events);
        let events: Vec<&Event> = events.into_iter().skip_while(|event| event.seq < earlier).collect();
        self.rows_of(state, ticket, &events, now, zone)
    }

    /// Returns the rows of the events of a history that come after `state`, as [`Engine::ticket_rows`] does.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let (engine, history) = (engine(), closed());
    /// let now = at("2026-03-03T09:00:00Z");
    /// let all = engine.history_rows(None, &history, now, "UTC")?;
    /// assert!(all.facts.iter().any(|row| row.key == "0/opened"));
    /// // Nothing happened since: what is left are the rows as of now.
    /// let none = engine.history_rows(Some(&all.state), &history, now, "UTC")?;
    /// assert!(none.facts.iter().all(|row| row.seq.is_none()));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Engine::ticket_rows`].
    pub fn history_rows<'z>(
        &self,
        state: Option<&RowState>,
        history: &History,
        now: Timestamp,
        time_zone: impl Into<ZoneName<'z>>,
    ) -> Result<TicketRows, Error> {
        self.ticket_rows(state, history.ticket(), history.events(), now, time_zone)
    }

    fn rows_of(
        &self,
        state: Option<&RowState>,
        ticket: &Ticket,
        events: &[&Event],
        now: Timestamp,
        zone: Arc<ZoneTable>,
    ) -> Result<TicketRows, Error> {
        if let Some(state) = state {
            state.check(ticket)?;
        }
        let earlier = state.map_or(0, RowState::events);
        let follow = (earlier..).zip(events).take_while(|(seq, event)| event.seq == *seq && event.ticket == ticket.id);
        let follow = follow.count();
        // INVARIANT: each is an event of the ticket, whose events are counted in `u32`.
        let count = earlier.saturating_add(u32::try_from(follow).unwrap_or(u32::MAX));
        if ticket.events != count || follow < events.len() {
            return Err(RowFault::OtherEvents { events: count, of_ticket: ticket.events }.into());
        }
        let outline = |until: u32| outline(state, events.iter().copied().take_while(|event| event.seq < until));
        let after = outline(u32::MAX)?;
        let caught_up = self.caught_up(ticket, now)?;
        let channel = state.map_or(&after.channel, RowState::channel);
        let mut clock = state.map_or_else(|| Ok(HeldClock::new()), |state| state.clock(self))?;
        let mut held = Vec::with_capacity(1);
        for event in events {
            held.extend(clock.pass(self, &after.holders, event)?);
        }
        let mut clock_now = clock.clone();
        for event in &caught_up.events {
            held.extend(clock_now.pass(self, &after.holders, event)?);
        }
        held.push(clock_now.times_at(now)?);
        let ticket_before = |event: &Event| outline(event.seq).ok();
        let of = Observed { engine: self, channel, holders: &after.holders, ticket_before: &ticket_before };
        let first_holding = state.map_or((0, 1), RowState::holding);
        let mut listing = Listing::new(zone, first_holding);
        let mut observer = match state {
            Some(state) => Observer::from(of, state.standpoint(), held, &mut listing),
            None => Observer::new(of, held, &mut listing),
        };
        for event in events {
            observer.event(event)?;
        }
        let holder = observer.holder();
        let number = observer.sink().number(holder);
        let state = RowState::after(&observer, ticket, channel, &after.holders, (number, &clock));
        // Facts of events that are not stored yet are given once they are.
        observer.sink().lists_facts = false;
        let stored = observer.tracks().len();
        for event in &caught_up.events {
            observer.event(event)?;
        }
        let up_to_date = caught_up.ticket();
        let ended = up_to_date.ended_at().unwrap_or(now);
        observer.finish(stored, (now, up_to_date.status, ended), |Measured { timer, cycle }| {
            let known = up_to_date.cycles(timer.as_str());
            let place = known.binary_search_by(|known| known.number.cmp(&cycle)).ok();
            let Some(known) = place.and_then(|place| known.get(place)) else {
                return Err(RowFault::CycleNotHeld { timer: timer.clone(), cycle }.into());
            };
            self.evaluate_cycle(timer, known, now).map(Cow::Owned).map(Some)
        })?;
        let Listing { cycles, facts, .. } = listing;
        Ok(TicketRows { cycles, facts, state })
    }
}

/// Returns what follows of a ticket's events for the holder, and for what an event triggers.
fn outline<'e>(state: Option<&RowState>, mut events: impl Iterator<Item = &'e Event>) -> Result<Ticket, RowFault> {
    let mut ticket = match state {
        Some(state) => state.outline()?,
        None => events
            .next()
            .and_then(|opening| Ticket::opened(&opening.ticket, &opening.kind, opening.at, opening.rules.policy_digest))
            .ok_or(RowFault::NoOpening)?,
    };
    events.for_each(|event| ticket.apply_kind(&event.kind, event.at, &event.actor));
    Ok(ticket)
}

/// Lists what one ticket says.
struct Listing {
    periods: LastPeriods,
    cycles: Vec<CycleRow>,
    facts: Vec<FactRow>,
    /// The event that is observed.
    seq: u32,
    /// Whether the events that are observed are stored.
    lists_facts: bool,
    /// A place of a holder, and the number of the holding that begins with it.
    first_holding: (usize, u32),
}

impl Listing {
    const fn new(zone: Arc<ZoneTable>, first_holding: (usize, u32)) -> Self {
        Self {
            periods: LastPeriods::new(zone),
            cycles: Vec::new(),
            facts: Vec::new(),
            seq: 0,
            lists_facts: true,
            first_holding,
        }
    }

    /// Returns the number of the holding that begins with the holder at a place.
    fn number(&self, holder: usize) -> u32 {
        let (place, number) = self.first_holding;
        // INVARIANT: each holding begins with an event of the ticket, and these are counted in `u32`.
        number.saturating_add(u32::try_from(holder.saturating_sub(place)).unwrap_or(u32::MAX))
    }

    fn place(&mut self, at: Place<'_, '_>, whose: Whose<'_>) -> Result<RowPlace, Error> {
        let PeriodsAt { starts: [hour_start, day_start, week_start, month_start], dates: [day, week, month] } =
            self.periods.at(at.moment.at)?;
        // INVARIANT: the opening adds the first state, and a row state without one is refused.
        let Some(properties) = at.properties(whose, true)? else { return Err(RowFault::NoOpening.into()) };
        let TicketProperties { package, channel, agent, priority, severity, category, team } = properties;
        Ok(RowPlace {
            at: at.moment.at,
            hour_start,
            day_start,
            week_start,
            month_start,
            day,
            week,
            month,
            package: package.clone(),
            channel: channel.clone(),
            agent: agent.cloned(),
            team: team.cloned(),
            priority: priority.cloned(),
            severity: severity.cloned(),
            category: category.cloned(),
        })
    }
}

impl FactRow {
    /// Returns a row that counts one.
    const fn of(key: String, figure: Figure, place: RowPlace) -> Self {
        Self {
            key,
            seq: None,
            figure,
            timer: None,
            cycle: None,
            bucket: 0,
            n: 1,
            duration: None,
            as_of_now: false,
            place,
        }
    }
}

impl<'a> Sink<'a> for Listing {
    const EVERY_CYCLE: bool = false;

    fn begins(&mut self, event: &'a Event) {
        self.seq = event.seq;
    }

    fn count(&mut self, at: Place<'_, 'a>, of: Option<Measured<'a>>, figure: Figure, bucket: u32) -> Result<(), Error> {
        if !self.lists_facts {
            return Ok(());
        }
        let (seq, place) = (self.seq, self.place(at, Whose::Holder)?);
        // An event counts at most once for a figure, and for each timer.
        let key = match of {
            Some(Measured { timer, .. }) => format!("{seq}/{}/{timer}", figure.as_str()),
            None => format!("{seq}/{}", figure.as_str()),
        };
        let (timer, cycle) = of.map(|Measured { timer, cycle }| (timer.clone(), cycle)).unzip();
        self.facts.push(FactRow { seq: Some(seq), timer, cycle, bucket, ..FactRow::of(key, figure, place) });
        Ok(())
    }

    fn count_work(&mut self, at: Place<'_, 'a>, actor: &'a str, figures: &[Figure]) -> Result<(), Error> {
        if !self.lists_facts {
            return Ok(());
        }
        let agent = Id::new(actor).ok();
        let place = self.place(at, Whose::Actor(agent.as_ref()))?;
        for figure in figures {
            let (seq, key) = (Some(self.seq), format!("{}/{}", self.seq, figure.as_str()));
            self.facts.push(FactRow { seq, ..FactRow::of(key, *figure, place.clone()) });
        }
        Ok(())
    }

    fn handled(&mut self, at: Place<'_, 'a>, actor: &'a str) -> Result<(), Error> {
        let agent = Id::new(actor).ok();
        let place = self.place(at, Whose::Actor(agent.as_ref()))?;
        self.facts.push(FactRow::of(format!("handled/{actor}"), Figure::Handled, place));
        Ok(())
    }

    fn held(&mut self, at: Place<'_, 'a>, HeldTimes { working, waiting }: HeldTimes, lasts: bool) -> Result<(), Error> {
        let number = self.number(at.moment.holder);
        let place = self.place(at, Whose::Holder)?;
        for (figure, duration) in [
            (Figure::HeldWorkingBusinessTime, working.business),
            (Figure::HeldWorkingWallTime, working.wall),
            (Figure::HeldWaitingBusinessTime, waiting.business),
            (Figure::HeldWaitingWallTime, waiting.wall),
        ] {
            let key = format!("held/{number}/{}", figure.as_str());
            let bucket = CountedDuration { figure, duration }.bucket();
            let row = FactRow::of(key, figure, place.clone());
            self.facts.push(FactRow { bucket, duration: Some(duration), as_of_now: lasts, ..row });
        }
        Ok(())
    }

    fn status(&mut self, at: Place<'_, 'a>, figure: Option<Figure>) -> Result<(), Error> {
        let place = self.place(at, Whose::Holder)?;
        let row = FactRow::of("status".to_owned(), figure.unwrap_or(Figure::Open), place);
        self.facts.push(FactRow { n: u32::from(figure.is_some()), as_of_now: true, ..row });
        Ok(())
    }

    fn cycle(&mut self, known: Known<'_, 'a>, cycle: CycleFigures<'a, '_>) -> Result<(), Error> {
        let CycleFigures { of, channel, evaluation, class, decided, is_undecided, ended, lasted, is_overdue } = cycle;
        let place = self.place(Place { known, moment: decided, channel }, Whose::Holder)?;
        let ended = ended.map(|moment| self.place(Place { known, moment, channel }, Whose::Holder)).transpose()?;
        let counted = |figure, duration| CountedDuration { figure, duration };
        self.cycles.push(CycleRow {
            timer: of.timer.clone(),
            cycle: of.cycle,
            class,
            as_of_now: is_undecided,
            place,
            ended,
            started_at: evaluation.started_at,
            due_at: evaluation.due_at(),
            business: lasted.map(|(figure, _, _)| counted(figure, evaluation.elapsed)),
            wall: lasted.map(|(_, figure, wall)| counted(figure, wall)),
            overdue: is_overdue.then(|| counted(Figure::Overdue, evaluation.overdue)),
        });
        Ok(())
    }
}

impl TicketRows {
    /// Returns the rows of an [`Aggregate`](super::Aggregate) that these rows count for, in the groups of `grouping`: what a
    /// database computes by grouping the stored rows and adding them up.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Aggregate, Dimension, Grouping};
    /// let (engine, history) = (engine(), closed());
    /// let now = at("2026-03-03T09:00:00Z");
    /// let rows = engine.ticket_rows(None, history.ticket(), history.events(), now, "UTC")?;
    /// let by_agent = Grouping::by(&[Dimension::Agent]);
    /// let summed = Aggregate::from_rows(by_agent.clone(), Some(now), rows.rows(&by_agent)?)?;
    ///
    /// let mut counted = Aggregate::new(by_agent);
    /// counted.add(&engine, &history, &engine.evaluate(history.ticket(), now)?)?;
    /// assert_eq!(summed, counted);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_horizon` as [`Grouping::period_of`].
    pub fn rows(&self, grouping: &Grouping) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::with_capacity(self.facts.len());
        for cycle in &self.cycles {
            let timer = || Some(cycle.timer.clone());
            rows.push(cycle.place.row(grouping, timer(), (cycle.class, 0, Tally::of(1)))?);
            let Some(ended) = &cycle.ended else { continue };
            for counted in [cycle.business, cycle.wall, cycle.overdue].into_iter().flatten() {
                let CountedDuration { figure, duration } = counted;
                rows.push(ended.row(grouping, timer(), (figure, counted.bucket(), tally(duration)))?);
            }
        }
        for FactRow { timer, figure, bucket, n, duration, place, .. } in self.facts.iter().filter(|fact| fact.n > 0) {
            let tally = duration.map_or_else(|| Tally::of(u64::from(*n)), tally);
            rows.push(place.row(grouping, timer.clone(), (*figure, *bucket, tally))?);
        }
        Ok(rows)
    }
}

impl RowPlace {
    fn row(
        &self,
        grouping: &Grouping,
        timer: Option<Id>,
        (outcome, bucket, tally): (Figure, u32, Tally),
    ) -> Result<Row, Error> {
        let Self { package, channel, agent, team, priority, severity, category, .. } = self;
        let properties = TicketProperties {
            package,
            channel,
            agent: agent.as_ref(),
            priority: priority.as_ref(),
            severity: severity.as_ref(),
            category: category.as_ref(),
            team: team.as_ref(),
        };
        Ok(Row { key: grouping.key(grouping.period_of(self.at)?, &properties), timer, outcome, bucket, tally })
    }
}

/// Returns the tally of one duration.
fn tally(duration: BusinessDuration) -> Tally {
    let mut tally = Tally::default();
    tally.add(duration.as_micros().unsigned_abs());
    tally
}
