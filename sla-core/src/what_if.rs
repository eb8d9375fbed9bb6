//! What another policy would have done: the same histories under other targets, calendars and rules.
//!
//! ```
//! # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
//! use sla_core::time::BusinessDuration;
//! use sla_core::what_if::WhatIf;
//! use sla_core::{Engine, Id};
//!
//! let mut candidate = policy().into_policy();
//! for package in &mut candidate.packages {
//!     package.targets.insert(Id::new("first_response")?, BusinessDuration::parse("30m")?.into());
//! }
//! let mut what_if = WhatIf::new(&engine(), &Engine::compile(candidate)?);
//! let history = closed(); // opened at 10:00, answered at 11:00
//! for flip in what_if.add(&history, at("2026-03-03T09:00:00Z"))?.flips {
//!     let text = "first_response of ticket T-1: met before, breached after (target 4h, now 30m)";
//!     assert_eq!(flip.to_string(), text);
//! }
//! assert_eq!(what_if.comparison().flipped_tickets, 1);
//! # Ok::<(), sla_core::Error>(())
//! ```

use std::collections::BTreeMap;
use std::fmt;

pub use crate::engine::Unknown;
use serde::{Serialize, Serializer};

use crate::engine::{CycleEvaluation, Decision, Engine, Replay};
use crate::error::Error;
use crate::id::Id;
use crate::serde_text::{WithText, serialize_as};
use crate::string_enum::string_enum;
use crate::ticket::{Activity, Cycle, History, Outcome, Ticket, Verdict};
use crate::time::{Share, Timestamp};

/// Compares tickets under their own rules with the same tickets under another policy, one by one. Memory is that of the
/// packages and timers, not of the tickets.
#[derive(Debug)]
pub struct WhatIf {
    engine: Engine,
    candidate: Engine,
    replay: Replay,
    comparison: Comparison,
}

/// What the candidate does to one ticket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Compared {
    /// Its cycles with another outcome.
    #[serde(serialize_with = "with_text")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<WithText<'_, Flip>>"))]
    pub flips: Vec<Flip>,
    /// Why it could not be compared; then there are no flips, and the ticket is counted in [`Comparison::left_out`] only.
    pub left_out: Option<Unknown>,
}

/// A cycle with another outcome, or one that is there on one side only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Flip {
    /// The ticket.
    pub ticket: Id,
    /// Its package.
    pub package: Id,
    /// The timer.
    pub timer: Id,
    /// Its cycle.
    pub cycle: u32,
    /// The cycle under the ticket's own rules; `None` when they have no target for it.
    pub before: Option<CycleEvaluation>,
    /// The cycle under the candidate; `None` when that has no target for it.
    pub after: Option<CycleEvaluation>,
    /// The differences that caused it: where there are several, those that suffice alone; all of them when none does.
    pub causes: Vec<Cause>,
}

string_enum! {
    /// A difference between two policies.
    Cause {
        /// The target.
        Target => "target",
        /// The calendar: another one, or other hours and holidays in the same.
        Calendar => "calendar",
        /// What starts, stops, pauses or reopens the timer, or the limits of pauses.
        Rules => "rules",
        /// Nothing was promised before.
        NewlyPromised => "newly_promised",
        /// Nothing is promised any more.
        NoLongerPromised => "no_longer_promised",
    }
}

/// The cycles of all tickets on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// How many tickets were compared.
    pub tickets: u64,
    /// How many of them have a cycle with another outcome.
    pub flipped_tickets: u64,
    /// By package, then timer.
    pub promises: Vec<ComparedPromise>,
    /// How many tickets name something that the candidate lacks.
    #[serde(serialize_with = "left_out")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<LeftOut<'_>>"))]
    pub left_out: BTreeMap<Unknown, u64>,
}

/// The cycles of one timer of one package on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComparedPromise {
    /// The package that the tickets have now.
    pub package: Id,
    /// The timer.
    pub timer: Id,
    /// Under the tickets' own rules.
    pub before: Outcomes,
    /// Under the candidate.
    pub after: Outcomes,
    /// Cycles with another outcome.
    pub flips: u64,
}

/// Numbers of cycles by outcome and activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// Stopped at or before their due.
    pub met: u64,
    /// Past their due, stopped or not.
    pub breached: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Running, before their due.
    pub running: u64,
    /// Paused, before their due.
    pub paused: u64,
    /// Without a promise.
    pub unpromised: u64,
}

fn with_text<S: Serializer>(flips: &[Flip], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(flips.iter().map(WithText::of))
}

/// How a comparison writes tickets that it left out.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LeftOut<'a> {
    #[serde(flatten)]
    unknown: &'a Unknown,
    /// How many tickets.
    tickets: u64,
}

fn left_out<S: Serializer>(tickets: &BTreeMap<Unknown, u64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tickets.iter().map(|(unknown, tickets)| LeftOut { unknown, tickets: *tickets }))
}

/// How a comparison writes the cycles of one side.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct OutcomesDocument {
    /// Stopped at or before their due.
    met: u64,
    /// Past their due, stopped or not.
    breached: u64,
    /// Cancelled.
    cancelled: u64,
    /// Unbreached and running.
    running: u64,
    /// Unbreached and paused.
    paused: u64,
    /// Without a promise.
    unpromised: u64,
    /// Met ÷ (met + breached), rounded down; null when no cycle is decided.
    compliance_millionths: Option<Share>,
}

serialize_as!(Outcomes, "Outcomes", OutcomesDocument, |outcomes| {
    let Outcomes { met, breached, cancelled, running, paused, unpromised } = *outcomes;
    OutcomesDocument {
        met,
        breached,
        cancelled,
        running,
        paused,
        unpromised,
        compliance_millionths: outcomes.compliance(),
    }
});

impl WhatIf {
    /// Returns a comparison without tickets: their own rules, and the newest revision of the candidate.
    ///
    /// The commands of a history are taken as given: the candidate's channels and roles are not judged. A command that
    /// its pause limits or its inactivity rules exclude is left out, as an import leaves it out.
    ///
    /// The [module](self) has an example.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::what_if::WhatIf;
    /// assert_eq!(WhatIf::new(&engine(), &engine()).comparison().tickets, 0);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn new(engine: &Engine, candidate: &Engine) -> Self {
        let (engine, candidate) = (engine.clone(), candidate.clone());
        let replay = Replay::new(candidate.clone());
        Self { engine, candidate, replay, comparison: Comparison::default() }
    }

    /// Adds a ticket as of `now` and returns what changes.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::what_if::WhatIf;
    ///
    /// let (history, now) = (closed(), at("2026-03-03T09:00:00Z"));
    /// let mut what_if = WhatIf::new(&engine(), &engine());
    /// // The candidate is the same policy: nothing differs.
    /// assert!(what_if.add(&history, now)?.flips.is_empty());
    /// assert_eq!(what_if.comparison().tickets, 1);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Engine::evaluate`].
    pub fn add(&mut self, history: &History, now: Timestamp) -> Result<Compared, Error> {
        let own = self.engine.in_present_status(history.ticket(), now)?;
        let other = match self.replay.ticket(history, now)? {
            Decision::Accepted(other) => other,
            Decision::Refused(unknown) => {
                add(self.comparison.left_out.entry(unknown.clone()).or_default(), 1);
                return Ok(Compared { flips: Vec::new(), left_out: Some(unknown) });
            }
        };
        let mut flips = Vec::new();
        let pair = Pair { own: own.as_ref(), other: &other, now };
        pair.each(|timer, one, another| {
            let (before, after) = (one.map(|cycle| cycle.verdict(now)), another.map(|cycle| cycle.verdict(now)));
            let is_flip = before.map(|verdict| verdict.outcome) != after.map(|verdict| verdict.outcome);
            self.comparison.promise(&own.package, timer).count(before, after, is_flip);
            if is_flip {
                flips.push((timer.clone(), one.or(another).map_or(0, |cycle| cycle.number)));
            }
        });
        add(&mut self.comparison.tickets, 1);
        if flips.is_empty() {
            return Ok(Compared::default());
        }
        add(&mut self.comparison.flipped_tickets, 1);
        let flips = flips.into_iter().map(|(timer, cycle)| self.flip(&pair, timer, cycle)).collect::<Result<_, _>>()?;
        Ok(Compared { flips, left_out: None })
    }

    /// Returns the cycles of all tickets so far.
    #[must_use]
    pub const fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    fn flip(&self, pair: &Pair<'_>, timer: Id, number: u32) -> Result<Flip, Error> {
        let evaluate = |engine: &Engine, cycle: Option<&Cycle>| {
            cycle.map(|cycle| engine.evaluate_cycle(&timer, cycle, pair.now)).transpose()
        };
        let [own, other] = [pair.own, pair.other]
            .map(|ticket| ticket.cycles(timer.as_str()).iter().find(|cycle| cycle.number == number));
        let (before, after) = (evaluate(&self.engine, own)?, evaluate(&self.candidate, other)?);
        let causes = self.causes(pair, &timer, (before.as_ref(), own), (after.as_ref(), other))?;
        let (ticket, package) = (pair.own.id.clone(), pair.own.package.clone());
        Ok(Flip { ticket, package, timer, cycle: number, before, after, causes })
    }

    fn causes(
        &self,
        pair: &Pair<'_>,
        timer: &Id,
        before: (Option<&CycleEvaluation>, Option<&Cycle>),
        after: (Option<&CycleEvaluation>, Option<&Cycle>),
    ) -> Result<Vec<Cause>, Error> {
        let promises = |engine: &Engine, ticket: &Ticket| {
            let revision = engine.revision(ticket.policy_digest)?;
            let package = revision.package(ticket.package.as_str());
            Ok::<_, Error>(package.is_some_and(|package| package.promised().any(|promised| promised == timer)))
        };
        let ((Some(before), Some(own)), (Some(after), Some(other))) = (before, after) else {
            let one_sided = match before.0 {
                None if !promises(&self.engine, pair.own)? => Cause::NewlyPromised,
                Some(_) if !promises(&self.candidate, pair.other)? => Cause::NoLongerPromised,
                _ => Cause::Rules,
            };
            return Ok(vec![one_sided]);
        };
        let (target_before, target_after) = match (before.target, after.target) {
            (Some(before), Some(after)) => (before, after),
            (None, Some(_)) => return Ok(vec![Cause::NewlyPromised]),
            (Some(_), None) => return Ok(vec![Cause::NoLongerPromised]),
            (None, None) => return Ok(vec![Cause::Rules]),
        };
        let (was, is) = (self.engine.revision(own.revision)?, self.candidate.revision(other.revision)?);
        let target = target_before != target_after;
        let calendar = was.calendar(&own.calendar)?.rules() != is.calendar(&other.calendar)?.rules();
        let rules = was.timer(timer)? != is.timer(timer)?
            || was.policy.pauses != is.policy.pauses
            || was.policy.inactivity != is.policy.inactivity;
        let differs = [(target, Cause::Target), (calendar, Cause::Calendar), (rules, Cause::Rules)];
        let mut causes: Vec<Cause> =
            differs.into_iter().filter(|(differs, _)| *differs).map(|(_, cause)| cause).collect();
        if target && calendar && !rules {
            let is_breached = before.used > target_before;
            let alone = [
                ((before.used > target_after) != is_breached, Cause::Target),
                ((after.used > target_before) != is_breached, Cause::Calendar),
            ];
            let sufficient: Vec<Cause> =
                alone.into_iter().filter(|(alone, _)| *alone).map(|(_, cause)| cause).collect();
            if !sufficient.is_empty() {
                causes = sufficient;
            }
        }
        if causes.is_empty() {
            // An earlier difference, such as another end of the ticket, caused it.
            causes.push(Cause::Rules);
        }
        Ok(causes)
    }
}

/// One ticket on both sides.
struct Pair<'a> {
    own: &'a Ticket,
    other: &'a Ticket,
    now: Timestamp,
}

impl<'a> Pair<'a> {
    /// Visits each cycle of each timer that is on either side.
    fn each(&self, mut visit: impl FnMut(&'a Id, Option<&'a Cycle>, Option<&'a Cycle>)) {
        let mut others = self.other.timers.iter().peekable();
        let mut both = |timer, own: &'a [Cycle], other: &'a [Cycle]| {
            for at in 0..own.len().max(other.len()) {
                visit(timer, own.get(at), other.get(at));
            }
        };
        for track in &self.own.timers {
            while let Some(other) = others.next_if(|other| other.timer < track.timer) {
                both(&other.timer, &[], &other.cycles);
            }
            let other = others.next_if(|other| other.timer == track.timer).map_or(&[][..], |other| &other.cycles);
            both(&track.timer, &track.cycles, other);
        }
        others.for_each(|other| both(&other.timer, &[], &other.cycles));
    }
}

impl Comparison {
    /// Adds the tickets of another comparison of the same two policies.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::what_if::{Comparison, WhatIf};
    ///
    /// let mut what_if = WhatIf::new(&engine(), &engine());
    /// what_if.add(&closed(), at("2026-03-03T09:00:00Z"))?;
    /// let mut all = Comparison::default();
    /// all.merge(what_if.comparison());
    /// all.merge(what_if.comparison());
    /// assert_eq!((all.tickets, all.promises[0].after.met), (2, 2));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    pub fn merge(&mut self, other: &Self) {
        add(&mut self.tickets, other.tickets);
        add(&mut self.flipped_tickets, other.flipped_tickets);
        for promise in &other.promises {
            let own = self.promise(&promise.package, &promise.timer);
            own.before.merge(promise.before);
            own.after.merge(promise.after);
            add(&mut own.flips, promise.flips);
        }
        for (unknown, more) in &other.left_out {
            add(self.left_out.entry(unknown.clone()).or_default(), *more);
        }
    }

    #[expect(clippy::indexing_slicing, reason = "the place was found, or filled just before")]
    fn promise(&mut self, package: &Id, timer: &Id) -> &mut ComparedPromise {
        let place = self.promises.binary_search_by(|known| (&known.package, &known.timer).cmp(&(package, timer)));
        let place = place.unwrap_or_else(|place| {
            self.promises.insert(
                place,
                ComparedPromise {
                    package: package.clone(),
                    timer: timer.clone(),
                    before: Outcomes::default(),
                    after: Outcomes::default(),
                    flips: 0,
                },
            );
            place
        });
        &mut self.promises[place]
    }
}

impl ComparedPromise {
    fn count(&mut self, before: Option<Verdict>, after: Option<Verdict>, is_flip: bool) {
        self.before.count(before);
        self.after.count(after);
        add(&mut self.flips, u64::from(is_flip));
    }
}

impl Outcomes {
    fn count(&mut self, verdict: Option<Verdict>) {
        let Some(Verdict { outcome, activity, promised }) = verdict else { return };
        let count = match (outcome, activity) {
            (Outcome::Met, _) => &mut self.met,
            (Outcome::Breached, _) => &mut self.breached,
            (Outcome::Cancelled, _) => &mut self.cancelled,
            (Outcome::Unpromised, _) => &mut self.unpromised,
            (Outcome::None, _) if !promised => &mut self.unpromised,
            (Outcome::None, Activity::Paused) => &mut self.paused,
            (Outcome::None, _) => &mut self.running,
        };
        add(count, 1);
    }

    fn merge(&mut self, other: Self) {
        add(&mut self.met, other.met);
        add(&mut self.breached, other.breached);
        add(&mut self.cancelled, other.cancelled);
        add(&mut self.running, other.running);
        add(&mut self.paused, other.paused);
        add(&mut self.unpromised, other.unpromised);
    }

    /// Returns met ÷ (met + breached), rounded down; `None` when no cycle is decided.
    ///
    /// ```
    /// use sla_core::what_if::Outcomes;
    /// let outcomes = Outcomes { met: 2, breached: 1, ..Outcomes::default() };
    /// assert_eq!(outcomes.compliance().unwrap().to_string(), "66.6666%");
    /// ```
    #[must_use]
    pub fn compliance(self) -> Option<Share> {
        let decided = u128::from(self.met).checked_add(self.breached.into())?;
        let millionths = u128::from(self.met).checked_mul(1_000_000)?.checked_div(decided)?;
        u32::try_from(millionths).ok().map(Share::from_millionths)
    }
}

/// Adds to a count of tickets or cycles.
fn add(count: &mut u64, more: u64) {
    // INVARIANT: each was looked at, one by one; half a million years at a million a second do not reach 2^64.
    *count = count.saturating_add(more);
}

impl fmt::Display for Flip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |side: Option<&CycleEvaluation>| side.map_or("not promised", |cycle| cycle.state().as_str());
        write!(f, "{} of ticket {}", self.timer, self.ticket)?;
        if self.cycle > 1 {
            write!(f, ", cycle {}", self.cycle)?;
        }
        write!(f, ": {} before, {} after (", word(self.before.as_ref()), word(self.after.as_ref()))?;
        for (at, cause) in self.causes.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "; " })?;
            match (cause, &self.before, &self.after) {
                (Cause::Target, Some(before), Some(after)) => {
                    let [before, after] = [before, after].map(|cycle| cycle.target.unwrap_or_default());
                    write!(f, "target {before}, now {after}")?;
                }
                (Cause::Calendar, Some(before), Some(after)) if before.calendar != after.calendar => {
                    write!(f, "calendar `{}`, now `{}`", before.calendar, after.calendar)?;
                }
                (Cause::Calendar, _, Some(after)) => write!(f, "other hours in the calendar `{}`", after.calendar)?,
                (Cause::Rules, ..) => f.write_str("other rules for the timer, pauses or closing")?,
                (Cause::NewlyPromised, _, Some(after)) => {
                    write!(f, "newly promised within {}", after.target.unwrap_or_default())?;
                }
                (Cause::NoLongerPromised, Some(before), _) => {
                    write!(f, "was promised within {}", before.target.unwrap_or_default())?;
                }
                (cause, ..) => f.write_str(cause.as_str())?,
            }
        }
        f.write_str(")")
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(id) => write!(f, "the candidate has no package `{id}`"),
            Self::Severity(id) => write!(f, "the candidate has no severity `{id}`"),
            Self::Category(id) => write!(f, "the candidate has no category `{id}`"),
        }
    }
}
