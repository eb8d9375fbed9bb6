//! The engine: a compiled policy that says where tickets stand and what may happen to them.

mod adopt;
mod automatic;
mod burns;
mod command_digest;
mod context;
mod decide;
mod difference;
mod dry_run;
mod evaluate;
mod event;
mod fault;
mod import;
mod pause;
mod react;
mod recorded;
mod replay;
mod terms;
mod values;
mod verify;
mod visible;

use std::sync::Arc;

use crate::calendar::{Calendar, MAX_TABLE_BYTES, TableBudget};
use crate::digest::Digest;
use crate::entitlement::Entitlements;
use crate::error::{Error, ErrorCode};
use crate::id::{Id, IdMap};
use crate::package::{BusinessDays, Condition, Package, Target};
use crate::policy::{CheckedPolicy, QuietHours, Step, TimerRules, complete_steps};
use crate::ticket::{Actor, CycleTerms, EventRules, Ticket};
use crate::time::{BusinessDuration, Timestamp};
use crate::unknown::unknown_id;

pub use self::automatic::DueEvents;
pub(crate) use self::automatic::check_time;
pub use self::decide::{Accepted, Decision};
pub use self::difference::{Difference, DifferenceKind, Sides};
pub use self::dry_run::{AffectedCycle, DryRun, DryRunTicket, MovedDue};
pub use self::evaluate::{Class, CycleEvaluation, Evaluation, TermsEvaluation, TimerEvaluation};
use self::fault::EngineFault;
pub(crate) use self::import::Authors;
pub use self::import::{Import, RecordedCommand, RefusedCommand};
pub(crate) use self::replay::Replay;
pub use self::replay::Unknown;
pub use self::values::{EscalationValues, TicketValues, TimerValues};
pub use self::verify::HistoryVerification;
pub use self::visible::{VisibleTickets, VisibleUnder};
pub use crate::ticket::{Activity, Outcome, State};

/// A policy, compiled with all its revisions. Immutable; share it between threads. A clone is the same engine.
#[derive(Debug, Clone)]
pub struct Engine {
    /// INVARIANT: not empty; the newest last.
    revisions: Arc<[Arc<Revision>]>,
}

/// One compiled revision.
#[derive(Debug)]
pub(crate) struct Revision {
    pub(crate) digest: Digest,
    /// What its events say of it.
    pub(crate) rules: Arc<EventRules>,
    /// Who makes automatic events.
    pub(crate) system: Arc<Actor>,
    pub(crate) policy: CheckedPolicy,
    /// The rules of the timers that the revision measures, by id; no other starts.
    pub(crate) measured: Vec<TimerRules>,
    pub(crate) entitlements: Entitlements,
    /// The steps of every timer, the breach escalation included.
    pub(crate) steps: IdMap<Vec<Step>>,
    /// The calendars of the policy.
    calendars: IdMap<Arc<Calendar>>,
}

/// What a ticket's terms hold for one timer.
pub(crate) struct Terms<'a> {
    /// What is promised; `None` when nothing is.
    pub(crate) target: Option<TargetLength<'a>>,
    /// The calendar in which it counts.
    pub(crate) calendar: &'a Id,
}

/// A promised length: as it stands, or of business days, which depend on when they count from.
#[derive(Clone, Copy)]
pub(crate) enum TargetLength<'a> {
    Within(BusinessDuration),
    BusinessDays(&'a BusinessDays),
}

impl Terms<'_> {
    pub(crate) const fn is_in_days(&self) -> bool {
        matches!(self.target, Some(TargetLength::BusinessDays(_)))
    }
}

/// The side of a ticket that decides which terms hold.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) package: &'a Id,
    pub(crate) severity: Option<&'a Id>,
    pub(crate) category: Option<&'a Id>,
}

impl<'a> Subject<'a> {
    pub(crate) fn of_terms(terms: &'a CycleTerms) -> Self {
        Self { package: &terms.package, severity: terms.severity.as_ref(), category: terms.category.as_ref() }
    }

    pub(crate) fn of(ticket: &'a Ticket) -> Self {
        Self { package: &ticket.package, severity: ticket.severity.as_ref(), category: ticket.category.as_ref() }
    }
}

impl Engine {
    /// Compiles one policy: a checked one as it is, a [`Policy`](crate::policy::Policy) made by hand after a check with the embedded time zones.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::{Engine, wire};
    ///
    /// let engine = Engine::compile(wire::policy::read(POLICY)?)?;
    /// assert_eq!(engine.policy().id.as_str(), "support");
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_policy` with every problem of a policy made by hand in [`Error::related`]; none for a checked one.
    pub fn compile(policy: impl TryInto<CheckedPolicy, Error: Into<Error>>) -> Result<Self, Error> {
        Self::compile_revisions([policy.try_into().map_err(Into::into)?])
    }

    /// Compiles the revisions of one policy, oldest first. New tickets open under the last one; a ticket stays under
    /// its own.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Engine;
    ///
    /// let mut second = policy().into_policy();
    /// second.version = 2;
    /// let engine = Engine::compile_revisions([policy(), second.try_into()?])?;
    /// assert_eq!(engine.policy().version, 2);
    /// // A ticket of the first revision is judged by the first.
    /// assert!(engine.evaluate(&opened(), at("2026-03-02T11:00:00Z")).is_ok());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_policy` when there is no revision, the revisions have different ids, or two are equal.
    pub fn compile_revisions(policies: impl IntoIterator<Item = CheckedPolicy>) -> Result<Self, Error> {
        let mut revisions: Vec<Arc<Revision>> = Vec::new();
        let policies: Vec<CheckedPolicy> = policies.into_iter().collect();
        // The tables of one policy are within their limit already.
        let tables = (policies.len() > 1).then(|| TableBudget::new(MAX_TABLE_BYTES));
        for policy in policies {
            expect_same_policy(&revisions, &policy)?;
            let revision = Revision::new(match &tables {
                Some(tables) => policy.with_tables(tables),
                None => policy,
            });
            if revisions.iter().any(|other| other.digest == revision.digest) {
                return Err(EngineFault::EqualRevisions.into());
            }
            revisions.push(Arc::new(revision));
        }
        if revisions.is_empty() {
            return Err(EngineFault::NoRevision.into());
        }
        Ok(Self { revisions: revisions.into() })
    }

    /// Returns the same engine with tables of its own, still empty, that hold at most `bytes` bytes over all calendars.
    ///
    /// Without it they hold at most [`MAX_TABLE_BYTES`]. Beyond a limit the answers are the same, but take longer:
    /// see [`Calendar::with_table_limit`].
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let engine = engine().with_table_limit(1_000_000);
    /// engine.calendar("office")?.next_open(at("2026-03-07T12:00:00Z"))?;
    /// assert_eq!(engine.table_limit(), 1_000_000);
    /// assert!(engine.table_bytes() > 0 && engine.table_bytes() <= 1_000_000);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_table_limit(&self, bytes: usize) -> Self {
        let tables = TableBudget::new(bytes);
        let revisions = self
            .revisions
            .iter()
            .map(|revision| Revision::new(revision.policy.clone().with_tables(&tables)))
            .map(Arc::new);
        Self { revisions: revisions.collect() }
    }

    /// Returns the bytes that the tables of its calendars may hold together.
    #[must_use]
    pub fn table_limit(&self) -> usize {
        self.newest().policy.tables().limit()
    }

    /// Returns the bytes that the tables of its calendars hold together.
    #[must_use]
    pub fn table_bytes(&self) -> usize {
        self.newest().policy.tables().held()
    }

    /// Returns an engine that knows one more revision of the policy, for example one that was published since, or an older
    /// one that a ticket is under. What is compiled already is shared, not compiled again.
    ///
    /// The revision is placed by its `version`: before the first one with a higher version. One that the engine knows
    /// changes nothing.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let mut second = policy().into_policy();
    /// second.version = 2;
    /// let engine = engine().with_revision(second.try_into()?)?;
    /// assert_eq!((engine.policy().version, engine.policy_digests().count()), (2, 2));
    /// // A ticket of the first revision is judged by the first.
    /// assert!(engine.evaluate(&opened(), at("2026-03-02T11:00:00Z")).is_ok());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_policy` for a policy with another id.
    pub fn with_revision(&self, policy: CheckedPolicy) -> Result<Self, Error> {
        expect_same_policy(&self.revisions, &policy)?;
        // The tables of all revisions have one limit.
        let revision = Revision::new(policy.with_tables(self.newest().policy.tables()));
        if self.revision(revision.digest).is_ok() {
            return Ok(self.clone());
        }
        let mut revisions = self.revisions.to_vec();
        let place = revisions.iter().position(|other| other.policy.version > revision.policy.version);
        revisions.insert(place.unwrap_or(revisions.len()), Arc::new(revision));
        Ok(Self { revisions: revisions.into() })
    }

    /// Returns the newest revision of the policy.
    #[must_use]
    pub fn policy(&self) -> &CheckedPolicy {
        &self.newest().policy
    }

    /// Returns the digest of the newest revision of the policy.
    #[must_use]
    pub fn policy_digest(&self) -> Digest {
        self.newest().digest
    }

    /// Returns every revision of the policy, the oldest first.
    pub fn policies(&self) -> impl Iterator<Item = &CheckedPolicy> {
        self.revisions.iter().map(|revision| &revision.policy)
    }

    /// Returns the digests of every revision, the oldest first: a ticket under another one is an error,
    /// `unknown_revision`, whose message names its digest.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// assert!(engine().policy_digests().eq([opened().policy_digest]));
    /// ```
    pub fn policy_digests(&self) -> impl Iterator<Item = Digest> {
        self.revisions.iter().map(|revision| revision.digest)
    }

    /// Returns the digest of the newest revision together with the time-zone rules in force.
    #[must_use]
    pub fn rules_digest(&self) -> Digest {
        self.newest().rules.rules_digest
    }

    /// Returns a calendar of the newest revision.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// assert!(engine().calendar("office")?.is_open(at("2026-03-02T10:00:00Z"))?);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `unknown_calendar`
    pub fn calendar(&self, id: &str) -> Result<&Arc<Calendar>, Error> {
        let calendars = self.newest().policy.compiled_calendars();
        calendars.get(id).ok_or_else(|| unknown_id(ErrorCode::UnknownCalendar, "calendar", id, calendars.keys()))
    }

    /// Returns which packages of the newest revision include which channels.
    #[must_use]
    pub fn entitlements(&self) -> &Entitlements {
        &self.newest().entitlements
    }

    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "INVARIANT: there is at least one revision"
    )]
    pub(crate) fn newest(&self) -> &Revision {
        &self.revisions[self.revisions.len() - 1]
    }

    pub(crate) fn revision(&self, digest: Digest) -> Result<&Revision, Error> {
        let found = self.revisions.iter().rev().find(|revision| revision.digest == digest);
        found.map(Arc::as_ref).ok_or_else(|| EngineFault::UnknownRevision { digest }.into())
    }
}

/// Refuses a policy that is not a revision of the one that the others are revisions of.
fn expect_same_policy(revisions: &[Arc<Revision>], policy: &CheckedPolicy) -> Result<(), Error> {
    match revisions.first() {
        Some(first) if first.policy.id != policy.id => {
            let (first, other) = (first.policy.id.clone(), policy.id.clone());
            Err(EngineFault::OtherPolicy { first, other }.into())
        }
        _ => Ok(()),
    }
}

impl Revision {
    fn new(policy: CheckedPolicy) -> Self {
        let digest = policy.digest();
        let rules = Arc::new(EventRules { policy_digest: digest, rules_digest: policy.rules_digest() });
        let steps = policy
            .timers
            .keys()
            .map(|timer| {
                let configured = policy.steps.get(timer).map_or(&[][..], Vec::as_slice);
                (timer.clone(), complete_steps(configured))
            })
            .collect();
        let measured = policy.measured().into_iter().filter_map(|timer| policy.timers.get(timer)).cloned().collect();
        let entitlements = Entitlements::of(&policy);
        let system = Arc::new(Actor::system());
        let calendars = policy.compiled_calendars().iter().map(|(id, calendar)| (id.clone(), Arc::clone(calendar)));
        let calendars = calendars.collect();
        Self { digest, rules, system, policy, measured, entitlements, steps, calendars }
    }

    pub(crate) fn package(&self, id: &str) -> Option<&Package> {
        self.policy.package(id)
    }

    /// Returns a package and those that it extends, the nearest first.
    pub(crate) fn chain(&self, id: &Id) -> impl Iterator<Item = &Package> {
        self.policy.chain(self.package(id.as_str()))
    }

    /// Returns the subject's terms for a timer whose cycle began by `channel` at `at`; `None` without the package.
    pub(crate) fn terms(&self, subject: Subject<'_>, timer: &Id, channel: &Id, at: Timestamp) -> Option<Terms<'_>> {
        let package = self.package(subject.package.as_str());
        let stated = self.policy.stated_terms(package, Some(timer), |package| {
            package.own_variants().iter().find(|variant| self.holds(&variant.when, subject, channel, at))
        });
        let (target, calendar) = (stated.target.map(|(_, target)| target), stated.calendar);
        Some(Terms {
            target: match target {
                None | Some(Target::None) => None,
                Some(Target::Within { duration, .. }) => Some(TargetLength::Within(*duration)),
                Some(Target::BusinessDays(days)) => Some(TargetLength::BusinessDays(days)),
            },
            calendar: target.and_then(Target::calendar).or(calendar)?,
        })
    }

    fn holds(&self, when: &Condition, subject: Subject<'_>, channel: &Id, at: Timestamp) -> bool {
        let is = |wanted: &Option<Id>, is: Option<&Id>| wanted.is_none() || wanted.as_ref() == is;
        let is_open = |calendar: &Id| {
            let calendar = self.calendars.get(calendar);
            // INVARIANT: the policy has the calendar, and events lie within the horizon.
            calendar.is_some_and(|calendar| calendar.is_open(at).unwrap_or_default())
        };
        is(&when.channel, Some(channel))
            && is(&when.severity, subject.severity)
            && is(&when.category, subject.category)
            && when.during.as_ref().is_none_or(is_open)
            && !when.outside.as_ref().is_some_and(is_open)
    }

    /// Returns the promised length if the promise counts from `from`; `None` when nothing is promised.
    pub(crate) fn length(&self, terms: &Terms<'_>, from: Timestamp) -> Result<Option<BusinessDuration>, Error> {
        match terms.target {
            None => Ok(None),
            Some(TargetLength::Within(duration)) => Ok(Some(duration)),
            Some(TargetLength::BusinessDays(days)) => days.length(self.calendar(terms.calendar)?, from).map(Some),
        }
    }

    /// Returns whether the revision measures a timer that `other` does not measure.
    pub(crate) fn measures_more_than(&self, other: &Self) -> bool {
        self.measured.iter().any(|rules| !other.measures(&rules.id))
    }

    /// Returns whether the revision measures a timer.
    pub(crate) fn measures(&self, timer: &Id) -> bool {
        self.measured.binary_search_by(|rules| rules.id.cmp(timer)).is_ok()
    }

    /// Returns the calendar of quiet hours, where there are any; `own` is the one in which the time counts.
    pub(crate) fn quiet_calendar<'a>(
        &'a self,
        quiet_hours: &QuietHours,
        own: &'a Calendar,
    ) -> Result<Option<&'a Calendar>, Error> {
        Ok(match quiet_hours {
            QuietHours::Off => None,
            QuietHours::Calendar => Some(own),
            QuietHours::Other(id) => Some(self.calendar(id)?),
        })
    }

    /// Returns the calendar of a package, in which pauses and inactivity count; `None` without that package.
    pub(crate) fn calendar_of(&self, package: &Id) -> Result<Option<&Arc<Calendar>>, Error> {
        self.chain(package).find_map(|package| package.calendar.as_ref()).map(|id| self.calendar(id)).transpose()
    }

    pub(crate) fn timer(&self, id: &Id) -> Result<&TimerRules, Error> {
        self.policy.timers.get(id).ok_or_else(|| EngineFault::UnknownName { noun: "timer", id: id.clone() }.into())
    }

    pub(crate) fn calendar(&self, id: &Id) -> Result<&Arc<Calendar>, Error> {
        self.calendars.get(id).ok_or_else(|| EngineFault::UnknownName { noun: "calendar", id: id.clone() }.into())
    }
}
