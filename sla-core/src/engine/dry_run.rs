//! What adopting the newest revision would do to tickets, before it is done.

use serde::{Serialize, Serializer};

use super::{Decision, Engine, Outcome};
use crate::error::Error;
use crate::id::Id;
use crate::refusal::Refusal;
use crate::ticket::{Actor, Apply, Command, CommandKind, Due, History, Role, Ticket};
use crate::time::Timestamp;

/// What adopting a revision would do to a set of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DryRun {
    /// How many tickets were looked at.
    pub tickets: u64,
    /// Dues that would move.
    pub moved: Vec<MovedDue>,
    /// Cycles for which nothing is promised without the change, and something would be.
    pub arrived: Vec<AffectedCycle>,
    /// Cycles whose promise would end.
    pub ended: Vec<AffectedCycle>,
    /// Cycles that would be breached right after the change and are not without it.
    pub breached: Vec<AffectedCycle>,
    /// Recorded breaches that would disappear. Always empty: no change takes a breach back. The list is computed, not
    /// assumed.
    pub unbreached: Vec<AffectedCycle>,
    /// Tickets that cannot adopt the revision: final ones, those under it already, and those whose package it lacks.
    #[serde(serialize_with = "refused")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<RefusedTicket<'_>>"))]
    pub refused: Vec<(Id, Refusal)>,
}

/// A ticket that a dry run looks at, made from a reference to either.
#[derive(Debug, Clone, Copy)]
pub enum DryRunTicket<'a> {
    /// The ticket alone.
    Alone(&'a Ticket),
    /// The ticket with its history.
    WithHistory(&'a History),
}

impl<'a> DryRunTicket<'a> {
    fn ticket(self) -> &'a Ticket {
        match self {
            Self::Alone(ticket) => ticket,
            Self::WithHistory(history) => history.ticket(),
        }
    }
}

impl<'a> From<&'a Ticket> for DryRunTicket<'a> {
    fn from(ticket: &'a Ticket) -> Self {
        Self::Alone(ticket)
    }
}

impl<'a> From<&'a History> for DryRunTicket<'a> {
    fn from(history: &'a History) -> Self {
        Self::WithHistory(history)
    }
}

/// A due that would move. `None` stands for a cycle that is not running, or is due beyond the horizon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MovedDue {
    /// The ticket.
    pub ticket: Id,
    /// The timer.
    pub timer: Id,
    /// Its cycle.
    pub cycle: u32,
    /// When it falls due without the change.
    pub before: Option<Timestamp>,
    /// When it would fall due.
    pub after: Option<Timestamp>,
}

/// A cycle that is breached, or promises something, on one side of the comparison only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AffectedCycle {
    /// The ticket.
    pub ticket: Id,
    /// The timer.
    pub timer: Id,
    /// Its cycle.
    pub cycle: u32,
    /// When it falls or fell due on that side; `None` while it is paused, and beyond the horizon.
    pub due_at: Option<Timestamp>,
}

/// How a dry run writes a ticket that cannot adopt the revision.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RefusedTicket<'a> {
    /// The ticket.
    ticket: &'a Id,
    /// Why.
    refusal: &'a Refusal,
}

fn refused<S: Serializer>(refused: &[(Id, Refusal)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(refused.iter().map(|(ticket, refusal)| RefusedTicket { ticket, refusal }))
}

/// One cycle, as far as a dry run compares it.
struct Compared {
    timer: Id,
    cycle: u32,
    due: Option<Due>,
    is_promised: bool,
    is_breached: bool,
}

impl Engine {
    /// Returns what would happen if every ticket adopted the newest revision at `now`, as `adopt_revision` of an admin
    /// with this `apply` would do it. Nothing is changed.
    ///
    /// Tickets come alone or with their histories. A revision that measures a timer which the ticket's own did not needs
    /// the history, and refuses a ticket alone as `history_needed`.
    ///
    /// Both sides are compared one microsecond after `now`, when a due instant that the change moves to `now` has passed.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Engine;
    /// use sla_core::ticket::Apply;
    /// use sla_core::time::BusinessDuration;
    ///
    /// let mut next = policy().into_policy();
    /// next.version = 2;
    /// next.packages[0].targets.insert(sla_core::Id::new("first_response")?, BusinessDuration::parse("2h")?.into());
    /// let engine = Engine::compile_revisions([policy(), next.try_into()?])?;
    /// let ticket = opened(); // under the first revision: due at 14:00
    /// let run = engine.dry_run([&ticket], Apply::FromNow, at("2026-03-02T11:00:00Z"))?;
    /// assert_eq!(run.moved[0].after, Some(at("2026-03-02T12:00:00Z")));
    /// // The history of a closed ticket.
    /// let run = engine.dry_run([&closed()], Apply::Keep, at("2026-03-03T09:00:00Z"))?;
    /// assert_eq!(run.refused.len(), 1);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Engine::evaluate`], for the first ticket that cannot be judged.
    pub fn dry_run<'a, T: Into<DryRunTicket<'a>>>(
        &self,
        tickets: impl IntoIterator<Item = T>,
        apply: Apply,
        now: Timestamp,
    ) -> Result<DryRun, Error> {
        let admin = Actor::new(Role::Admin, "dry run");
        let reason = "dry run".to_owned();
        let adopt = Command::from(CommandKind::AdoptRevision { policy_digest: self.policy_digest(), apply, reason });
        let just_after = now.just_after();
        let mut answer = DryRun::default();
        for one in tickets {
            let one = one.into();
            let ticket = one.ticket();
            // INVARIANT: the tickets are looked at one by one, so their number fits.
            answer.tickets = answer.tickets.saturating_add(1);
            let decision = match one {
                DryRunTicket::WithHistory(history) => self.decide_on(history, &adopt, &admin, now)?,
                DryRunTicket::Alone(ticket) => self.decide(ticket, &adopt, &admin, now)?,
            };
            match decision {
                Decision::Refused(refusal) => answer.refused.push((ticket.id.clone(), refusal)),
                Decision::Accepted(adopted) => {
                    let before = self.compared(ticket, just_after)?;
                    let after = self.compared(&adopted.ticket, just_after)?;
                    answer.compare(&ticket.id, &before, &after);
                }
            }
        }
        Ok(answer)
    }

    fn compared(&self, ticket: &Ticket, at: Timestamp) -> Result<Vec<Compared>, Error> {
        let mut compared = Vec::new();
        for timer in self.evaluate(ticket, at)?.timers {
            compared.extend(timer.cycles.into_iter().map(|cycle| Compared {
                timer: timer.timer.clone(),
                cycle: cycle.number,
                is_breached: cycle.outcome == Outcome::Breached,
                is_promised: cycle.target.is_some(),
                due: cycle.due,
            }));
        }
        Ok(compared)
    }
}

impl DryRun {
    fn compare(&mut self, ticket: &Id, before: &[Compared], after: &[Compared]) {
        let same = |one: &Compared, other: &Compared| one.timer == other.timer && one.cycle == other.cycle;
        let side = |cycle: &Compared| AffectedCycle {
            ticket: ticket.clone(),
            timer: cycle.timer.clone(),
            cycle: cycle.cycle,
            due_at: cycle.due.and_then(Due::at),
        };
        for is in after {
            let was = before.iter().find(|was| same(was, is));
            let was_promised = was.is_some_and(|was| was.is_promised);
            match (was_promised, is.is_promised) {
                (false, true) => self.arrived.push(side(is)),
                (true, false) => self.ended.extend(was.map(side)),
                _ => {}
            }
            if was_promised && is.is_promised && was.is_none_or(|was| was.due != is.due) {
                self.moved.push(MovedDue {
                    ticket: ticket.clone(),
                    timer: is.timer.clone(),
                    cycle: is.cycle,
                    before: was.and_then(|was| was.due).and_then(Due::at),
                    after: is.due.and_then(Due::at),
                });
            }
            if is.is_breached && was.is_none_or(|was| !was.is_breached) {
                self.breached.push(side(is));
            }
        }
        let lost = |was: &&Compared| was.is_breached && !after.iter().any(|is| same(was, is) && is.is_breached);
        self.unbreached.extend(before.iter().filter(lost).map(side));
    }
}
