//! Events: what happened to a ticket, and what it did to the timers.
//!
//! `docs/events.md` lists every kind with its data.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::calendar::{Beyond, Due};
use crate::digest::Digest;
use crate::id::{self, Id, SharedIds};
use crate::serde_split::{needed, outer_fields, read_split};
use crate::serde_text::{empty_object, is_false, is_zero};
use crate::string_enum::string_enum;
use crate::time::{BusinessDuration, Timestamp};

use super::rare_list::RareList;
use super::status::{Actor, PauseStatus, Role, Via};

/// One entry of a ticket's history.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Event {
    /// The ticket.
    pub ticket: Id,
    /// 0 for the opening, then counting up by one.
    pub seq: u32,
    /// When it happened; never before the previous event, equal instants keep their order.
    pub at: Timestamp,
    /// Who did it; the system for automatic events only.
    #[serde(serialize_with = "shared")]
    pub actor: Arc<Actor>,
    /// What permitted it, where that is a team or an organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub via: Option<Box<Via>>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
    /// What it did to the timers, by timer id. Folding reads these and never computes them again.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub changes: Box<[TimerChange]>,
    /// The timers that something is promised for from this event on, the first time on this ticket, without a cycle that
    /// says so.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default, with = "Vec<Id>"))]
    pub promised: RareList<Id>,
    /// The host's id of the command that caused it, on the first event of that command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Box<CommandStamp>>,
    /// The rules under which the ticket is from this event on.
    #[serde(flatten, serialize_with = "shared")]
    #[cfg_attr(feature = "schema", schemars(with = "EventRules"))]
    pub rules: Arc<EventRules>,
}

/// The rules that an event was made by. Most events of a ticket, and of a log, share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventRules {
    /// The policy revision the ticket is under from this event on.
    pub policy_digest: Digest,
    /// The policy revision together with the time-zone rules, for reproducing the answer.
    pub rules_digest: Digest,
}

/// The fields of an event, and of an entry of a chain that has one, in the order in which they are written. `data` is read by
/// `kind`.
pub(crate) const WRITTEN_FIELDS: &[&str] = &[
    "ticket",
    "seq",
    "at",
    "actor",
    "via",
    "kind",
    "data",
    "changes",
    "promised",
    "command",
    "policy_digest",
    "rules_digest",
    "detected_at",
    "prev",
    "hash",
];

fn shared<T: Serialize + ?Sized, S: Serializer>(value: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().serialize(serializer)
}

fn shared_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<[String]>, D::Error> {
    Vec::deserialize(deserializer).map(Into::into)
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EventVisitor;

        impl<'de> Visitor<'de> for EventVisitor {
            type Value = Event;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Event, A::Error> {
                let mut frame = Frame::default();
                let kind = read_split(map, &mut frame)?;
                let Frame { ticket, seq, at, actor, via, changes, promised, command, policy_digest, rules_digest } =
                    frame;
                Ok(Event {
                    ticket: needed(ticket, "ticket")?,
                    seq: needed(seq, "seq")?,
                    at: needed(at, "at")?,
                    actor: needed(actor, "actor").and_then(shared_actor)?,
                    via: via.flatten().map(Box::new),
                    kind,
                    changes: changes.unwrap_or_default(),
                    promised: promised.unwrap_or_default(),
                    command: command.flatten().map(Box::new),
                    rules: shared_rules(EventRules {
                        policy_digest: needed(policy_digest, "policy_digest")?,
                        rules_digest: needed(rules_digest, "rules_digest")?,
                    }),
                })
            }
        }
        deserializer.deserialize_struct("Event", WRITTEN_FIELDS, EventVisitor)
    }
}

/// Refuses an actor that says more than events record: what is not recorded is in no chain.
pub(crate) fn recorded<E: serde::de::Error>(actor: Actor) -> Result<Actor, E> {
    if actor.is_recorded() { Ok(actor) } else { Err(not_recorded()) }
}

#[cold]
fn not_recorded<E: serde::de::Error>() -> E {
    E::custom("an event records role and id of its actor, nothing else")
}

/// An actor as a document writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenActor<'a> {
    role: Role,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default)]
    teams: Vec<String>,
    #[serde(default)]
    organization: Option<String>,
}

/// What the events that were read last have in common.
#[derive(Default)]
struct Recent {
    /// At most [`RECENT_ACTORS`].
    actors: Vec<Arc<Actor>>,
    rules: Option<Arc<EventRules>>,
}

/// Most tickets have a customer, an agent, and what the engine does.
const RECENT_ACTORS: usize = 4;

thread_local! {
    /// `None` outside of [`sharing`].
    static RECENT: RefCell<Option<Recent>> = const { RefCell::new(None) };
}

/// Runs `read`, in which equal ids, actors and rules of the events that this thread reads are shared, mostly.
pub(crate) fn sharing<T>(read: impl FnOnce() -> T) -> T {
    let before = RECENT.replace(Some(Recent::default()));
    let made = id::sharing(&mut SharedIds::of_ticket(), read);
    RECENT.set(before);
    made
}

/// Returns the actor that is written so, one that was read before if it is remembered.
fn shared_actor<E: serde::de::Error>(written: WrittenActor<'_>) -> Result<Arc<Actor>, E> {
    let WrittenActor { role, id, teams, organization } = written;
    if !teams.is_empty() || organization.is_some() {
        return Err(not_recorded());
    }
    Ok(RECENT.with_borrow_mut(|recent| {
        let Some(Recent { actors, .. }) = recent else { return Arc::new(Actor::new(role, id)) };
        if let Some(known) = actors.iter().find(|known| known.role == role && known.id == id) {
            return Arc::clone(known);
        }
        let actor = Arc::new(Actor::new(role, id));
        if actors.len() < RECENT_ACTORS {
            actors.push(Arc::clone(&actor));
        }
        actor
    }))
}

/// Returns these rules, those of the event before if they are the same.
fn shared_rules(rules: EventRules) -> Arc<EventRules> {
    RECENT.with_borrow_mut(|recent| {
        let Some(recent) = recent else { return Arc::new(rules) };
        match &recent.rules {
            Some(known) if **known == rules => Arc::clone(known),
            _ => Arc::clone(recent.rules.insert(Arc::new(rules))),
        }
    })
}

/// What every event has, beside its kind and the data of that kind.
#[derive(Default)]
#[expect(clippy::option_option, reason = "a field that is absent, and one that is there without a value")]
struct Frame<'a> {
    ticket: Option<Id>,
    seq: Option<u32>,
    at: Option<Timestamp>,
    actor: Option<WrittenActor<'a>>,
    via: Option<Option<Via>>,
    changes: Option<Box<[TimerChange]>>,
    promised: Option<RareList<Id>>,
    command: Option<Option<CommandStamp>>,
    policy_digest: Option<Digest>,
    rules_digest: Option<Digest>,
}

outer_fields!(Frame<'de>, FrameField {
    Ticket => ticket,
    Seq => seq,
    At => at,
    Actor => actor,
    Via => via,
    Changes => changes,
    Promised => promised,
    Command => command,
    PolicyDigest => policy_digest,
    RulesDigest => rules_digest,
});

/// A host's id of a command, with a digest of what it said.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CommandStamp {
    /// The host's id.
    pub id: Id,
    /// The digest of command and actor: the same id with another content is refused.
    pub digest: Digest,
}

/// A message that stays with the host: where it is and the digest of its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// The host's reference.
    pub message_ref: Id,
    /// The SHA-256 digest of the content.
    pub content_sha256: Digest,
}

/// What happened, with its data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EventKind {
    /// The ticket was opened.
    Opened {
        /// The customer who owns the ticket.
        customer: Id,
        /// The customer's package.
        package: Id,
        /// The channel by which it came.
        channel: Id,
        /// The severity, where the policy lists any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        severity: Option<Id>,
        /// The category, where the policy lists any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<Id>,
        /// The first message.
        message: Box<Message>,
        /// Who wrote first.
        #[serde(default, skip_serializing_if = "Direction::is_inbound")]
        direction: Direction,
        /// When the first message was received, if earlier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_at: Option<Timestamp>,
        /// The organization of the customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<Id>,
    },
    /// The ticket is assigned from now on.
    Assigned {
        /// The assignee; `None` where only a team is assigned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<Id>,
        /// The team; `None` where only an agent is assigned. Another team alone takes the ticket from its agent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<Id>,
        /// Whether an assignment or a resolve assigned it.
        cause: AssignCause,
    },
    /// The ticket has no agent from now on; the team stays.
    Unassigned {
        /// Why.
        reason: String,
    },
    /// An agent or admin answered publicly, or the host's automation did.
    Replied {
        /// The channel by which it was sent.
        channel: Id,
        /// The answer.
        message: Message,
        /// Whether the host's automation wrote it: then it fires no trigger.
        #[serde(default, skip_serializing_if = "is_false")]
        automatic: bool,
    },
    /// An internal note.
    Noted {
        /// The note.
        message: Message,
    },
    /// The customer wrote; ends a pause for the customer.
    CustomerMessaged {
        /// The channel by which it came.
        channel: Id,
        /// The message.
        message: Message,
        /// When it was received, if earlier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_at: Option<Timestamp>,
    },
    /// The ticket took over a duplicate.
    Absorbed {
        /// The other ticket.
        ticket: Id,
        /// Since when the customer waits for an answer there; then this is a customer's message received at that instant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting_since: Option<Timestamp>,
        /// Why.
        reason: String,
    },
    /// The ticket is paused, or pauses for another party, reason or end than before.
    Paused {
        /// For the customer or a third party.
        status: PauseStatus,
        /// Why.
        reason: String,
        /// When a limit of the policy ends the pause; `None` without a limit, or when that lies beyond the horizon.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit_at: Option<Timestamp>,
        /// Which limit that is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limited_by: Option<ResumeCause>,
        /// When the pause ends automatically, if no limit ends it earlier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// The pause ended.
    Resumed {
        /// Why.
        cause: ResumeCause,
    },
    /// The ticket is resolved.
    Resolved {
        /// The public message that says so; `None` where an inactivity rule resolved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<Message>,
        /// The inactivity rule that resolved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inactivity: Option<Box<InactivityIntent>>,
    },
    /// An inactivity rule reminds of the ticket.
    Reminded(Box<InactivityIntent>),
    /// A resolved ticket is open again.
    Reopened {
        /// The channel, when the customer reopened it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Id>,
        /// Why, when an agent or admin reopened it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// When the message that reopened it was received, if earlier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_at: Option<Timestamp>,
    },
    /// Final: the ticket is closed.
    Closed {
        /// Why.
        cause: CloseCause,
        /// The inactivity rule that closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inactivity: Option<Box<InactivityIntent>>,
    },
    /// Final: the customer withdrew the ticket.
    #[serde(with = "empty_object")]
    #[cfg_attr(feature = "schema", schemars(with = "empty_object::Empty"))]
    Withdrawn,
    /// Final: an admin declared the ticket void.
    Voided {
        /// Why.
        reason: String,
        /// The ticket that this one repeats.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duplicate_of: Option<Id>,
        /// With `duplicate_of`: the start of the earliest cycle that still ran since an opening or a customer's message,
        /// which is what the other ticket absorbs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting_since: Option<Timestamp>,
    },
    /// A cycle is at risk: a warning step fired.
    Warned(Box<Intent>),
    /// A cycle was breached: its due passed at this instant.
    Breached {
        /// The timer.
        timer: Id,
        /// Its cycle.
        cycle: u32,
        /// The promised duration.
        #[serde(rename = "target_us")]
        target: BusinessDuration,
    },
    /// The ticket is escalated.
    Escalated(Box<Escalation>),
    /// An escalation was acknowledged.
    EscalationAcknowledged {
        /// The number of the escalation within the ticket.
        number: u32,
    },
    /// An escalation was resolved.
    EscalationResolved {
        /// The number of the escalation within the ticket.
        number: u32,
    },
    /// The customer rated the resolution.
    Rated {
        /// 1 (worst) to 5 (best).
        score: u8,
    },
    /// The customer's package changed.
    PackageChanged {
        /// The new package.
        package: Id,
        /// What happened to running timers.
        apply: Apply,
        /// Why.
        reason: String,
    },
    /// The ticket moved to another policy revision: the one of this event's `policy_digest`.
    RevisionAdopted {
        /// What happened to running timers.
        apply: Apply,
        /// Why.
        reason: String,
    },
    /// Severity and category are these from now on.
    Classified {
        /// The severity.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        severity: Option<Id>,
        /// The category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<Id>,
        /// What happened to running timers.
        apply: Apply,
        /// Why.
        reason: String,
    },
}

impl EventKind {
    /// The names of all kinds, in the order of the documentation.
    pub const NAMES: &[&str] = &[
        "opened",
        "assigned",
        "unassigned",
        "replied",
        "noted",
        "customer_messaged",
        "absorbed",
        "paused",
        "resumed",
        "resolved",
        "reminded",
        "reopened",
        "closed",
        "withdrawn",
        "voided",
        "warned",
        "breached",
        "escalated",
        "escalation_acknowledged",
        "escalation_resolved",
        "rated",
        "package_changed",
        "revision_adopted",
        "classified",
    ];

    /// Returns when what the event reports was received, where that is stated.
    #[must_use]
    pub const fn received_at(&self) -> Option<Timestamp> {
        match self {
            Self::Opened { received_at, .. }
            | Self::CustomerMessaged { received_at, .. }
            | Self::Reopened { received_at, .. }
            | Self::Absorbed { waiting_since: received_at, .. } => *received_at,
            _ => None,
        }
    }

    /// Returns whether the customer begins to wait: an inbound opening, a customer's message, also that of an absorbed
    /// ticket, a reopening.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(
            self,
            Self::Opened { direction: Direction::Inbound, .. }
                | Self::CustomerMessaged { .. }
                | Self::Absorbed { waiting_since: Some(_), .. }
                | Self::Reopened { .. }
        )
    }

    /// Returns the kind's name as documents write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Assigned { .. } => "assigned",
            Self::Unassigned { .. } => "unassigned",
            Self::Replied { .. } => "replied",
            Self::Noted { .. } => "noted",
            Self::CustomerMessaged { .. } => "customer_messaged",
            Self::Absorbed { .. } => "absorbed",
            Self::Paused { .. } => "paused",
            Self::Resumed { .. } => "resumed",
            Self::Resolved { .. } => "resolved",
            Self::Reminded(_) => "reminded",
            Self::Reopened { .. } => "reopened",
            Self::Closed { .. } => "closed",
            Self::Withdrawn => "withdrawn",
            Self::Voided { .. } => "voided",
            Self::Warned(_) => "warned",
            Self::Breached { .. } => "breached",
            Self::Escalated(_) => "escalated",
            Self::EscalationAcknowledged { .. } => "escalation_acknowledged",
            Self::EscalationResolved { .. } => "escalation_resolved",
            Self::Rated { .. } => "rated",
            Self::PackageChanged { .. } => "package_changed",
            Self::RevisionAdopted { .. } => "revision_adopted",
            Self::Classified { .. } => "classified",
        }
    }
}

string_enum! {
    /// Who wrote first.
    #[derive(Default)]
    Direction {
        /// The customer, or another person for them.
        #[default]
        Inbound => "inbound",
        /// An agent or admin.
        Outbound => "outbound",
    }
}

impl Direction {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
    pub(super) const fn is_inbound(&self) -> bool {
        matches!(self, Self::Inbound)
    }
}

string_enum! {
    /// What assigned a ticket.
    AssignCause {
        /// By an assignment.
        Command => "command",
        /// By resolving an unassigned ticket.
        Resolve => "assigned_at_resolve",
    }
}

string_enum! {
    /// Why a pause ended.
    ResumeCause {
        /// A resume.
        Command => "command",
        /// `max_pause` was reached.
        MaxPause => "max_pause",
        /// `max_paused_total` was reached.
        MaxPausedTotal => "max_paused_total",
        /// The instant that the pause named came.
        Until => "until",
    }
}

string_enum! {
    /// Why a ticket closed.
    CloseCause {
        /// An admin closed it.
        Command => "command",
        /// An inactivity rule closed it.
        Inactivity => "inactivity",
    }
}

string_enum! {
    /// What a change of package, revision or classification does to running timers.
    Apply {
        /// Started cycles keep target, calendar, pause rules and steps.
        Keep => "keep",
        /// Used time stays used; what remains counts under the new terms.
        FromNow => "from_now",
        /// As if the new terms had applied since the cycle's start.
        Retroactive => "retroactive",
    }
}

crate::unknown::from_str!(Apply, UnknownWord, "`apply` mode");

string_enum! {
    /// What caused an escalation.
    EscalationTrigger {
        /// A breach.
        Breach => "breach",
        /// A step of the policy.
        Step => "step",
        /// A person.
        Request => "request",
    }
}

/// A step that fired, with what the host needs to act on it once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Intent {
    /// The timer.
    pub timer: Id,
    /// Its cycle.
    pub cycle: u32,
    /// The step's id within the timer.
    pub step: Id,
    /// Which repetition of the step; 0 for the step itself.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repetition: u32,
    /// The same for every computation of this firing, so that hosts notify once.
    pub intent_id: Digest,
    /// Names of notification channels.
    #[serde(serialize_with = "shared", deserialize_with = "shared_list")]
    pub notify: Arc<[String]>,
    /// A role or queue to assign to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assign_to: Option<String>,
    /// When to notify; later than the event in quiet hours.
    pub notify_at: Timestamp,
}

/// What an inactivity rule did, with what the host needs to act on it once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InactivityIntent {
    /// The rule's id.
    pub rule: Id,
    /// The first instant of the count: the ticket was inactive since then.
    pub since: Timestamp,
    /// The same for every computation of this event, so that hosts act once.
    pub intent_id: Digest,
    /// Names of notification channels.
    #[serde(serialize_with = "shared", deserialize_with = "shared_list")]
    pub notify: Arc<[String]>,
    /// When to notify; later than the event in quiet hours.
    pub notify_at: Timestamp,
    /// Why, as the rule says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The instant that the rule gives, when it lies before the event that made it hold and was moved to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed_at: Option<Timestamp>,
}

/// What an escalation says when it happens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Escalation {
    /// 1 for the first of the ticket, then counting up.
    pub number: u32,
    /// What caused it.
    pub trigger: EscalationTrigger,
    /// Its level, 1 or higher.
    pub level: u32,
    /// Why, never blank.
    pub reason: String,
    /// The step behind it; `None` for a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firing: Option<Intent>,
    /// The channel, when the customer requested it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Id>,
}

/// What an event did to one cycle of one timer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimerChange {
    /// The timer.
    pub timer: Id,
    /// Its cycle, 1 for the first.
    pub cycle: u32,
    /// What changed.
    pub change: Change,
}

/// What the terms of a cycle depend on, beside its channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CycleTerms {
    /// The package.
    pub package: Id,
    /// The severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Id>,
    /// The category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Id>,
}

/// What is promised for a cycle from an event on. Durations are business time in the cycle's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Promised {
    /// The promised duration.
    #[serde(rename = "target_us")]
    pub target: BusinessDuration,
    /// The time that counts against it. After a change to a target in business days it may exceed the elapsed time.
    #[serde(rename = "used_us")]
    pub used: BusinessDuration,
    /// When the cycle falls due, or what remains while it is paused. A breached cycle keeps its due.
    pub standing: Standing,
    /// The due that the terms give, when it lies before the event and was moved to it: the event breaches the promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed_due_at: Option<Timestamp>,
}

/// The time of a cycle up to an event that pauses or ends it, in business time of its calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Spent {
    /// Open, unpaused time since the start.
    #[serde(rename = "elapsed_us")]
    pub elapsed: BusinessDuration,
    /// The time that counts against the target. After a change to a target in business days it may exceed the elapsed time.
    #[serde(rename = "used_us")]
    pub used: BusinessDuration,
    /// What remains of the target; `None` while nothing is promised.
    #[serde(rename = "remaining_us", default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<BusinessDuration>,
    /// Open, unpaused time after due.
    #[serde(rename = "overdue_us", default, skip_serializing_if = "BusinessDuration::is_zero")]
    pub overdue: BusinessDuration,
}

/// A change of one cycle. All durations are business time in the cycle's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Change {
    /// The cycle began.
    Started {
        /// When; before the event where it reports something received earlier.
        started_at: Timestamp,
        /// The event that started the cycle, where that is an earlier one: the adopted revision measures a timer that the
        /// one before did not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        began_by: Option<Box<BeganBy>>,
        /// What its terms depend on.
        terms: CycleTerms,
        /// The calendar it counts in.
        calendar: Id,
        /// The channel of the event that started it.
        channel: Id,
        /// Open time between the start and the event.
        #[serde(rename = "elapsed_us", default, skip_serializing_if = "BusinessDuration::is_zero")]
        elapsed: BusinessDuration,
        /// What is promised; `None` when nothing is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promise: Option<Box<Promised>>,
        /// Whether it starts paused.
        #[serde(default, skip_serializing_if = "is_false")]
        paused: bool,
    },
    /// The cycle is paused.
    Paused(Spent),
    /// The cycle resumed: after a pause, a reopening, or the return of the agent whom it was taken from.
    Resumed {
        /// When it started.
        started_at: Timestamp,
        /// What its terms depend on.
        terms: CycleTerms,
        /// Open, unpaused time since the start.
        #[serde(rename = "elapsed_us")]
        elapsed: BusinessDuration,
        /// What is promised; `None` when nothing is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promise: Option<Box<Promised>>,
    },
    /// The cycle counts under new terms, or from an earlier start.
    Retargeted {
        /// When it started.
        started_at: Timestamp,
        /// What its terms depend on now.
        terms: CycleTerms,
        /// The calendar it counts in now.
        calendar: Id,
        /// The channel that decides its terms now, where it changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Id>,
        /// Open, unpaused time since the start.
        #[serde(rename = "elapsed_us")]
        elapsed: BusinessDuration,
        /// What is promised now; `None` when nothing is: the promise ends, or none arrived yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        promise: Option<Box<Promised>>,
        /// Whether it is paused.
        #[serde(default, skip_serializing_if = "is_false")]
        paused: bool,
        /// Whether the rules and steps of the revision that it is under hold on, although the ticket adopts another.
        #[serde(default, skip_serializing_if = "is_false")]
        keeps_rules: bool,
        /// The instants that the new terms give for steps, by step id, when they lie before the change and were moved
        /// to it.
        #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
        #[cfg_attr(feature = "schema", schemars(with = "Vec<ComputedStep>"))]
        computed_steps: RareList<ComputedStep>,
    },
    /// The cycle stopped, in time or not.
    Stopped {
        /// Whether it stopped in time.
        outcome: StopOutcome,
        /// What stopped it.
        cause: StopCause,
        /// Its time.
        spent: Spent,
    },
    /// The cycle ended without being stopped, not after its due.
    Cancelled {
        /// By what.
        cause: CancelCause,
        /// Its time.
        spent: Spent,
    },
}

/// The event that started a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BeganBy {
    /// Its instant.
    pub at: Timestamp,
    /// Whether the customer began to wait then: it was an inbound opening, a customer's message or a reopening.
    pub waits: bool,
}

impl Change {
    /// Returns what the change promises; `None` for one that promises nothing, or only ends or pauses a cycle.
    #[must_use]
    pub fn promise(&self) -> Option<&Promised> {
        match self {
            Self::Started { promise, .. } | Self::Resumed { promise, .. } | Self::Retargeted { promise, .. } => {
                promise.as_deref()
            }
            Self::Paused(_) | Self::Stopped { .. } | Self::Cancelled { .. } => None,
        }
    }
}

/// An instant that new terms give for a step, before the change that brought them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComputedStep {
    /// The step's id within the timer.
    pub step: Id,
    /// Which repetition of the step; 0 for the step itself.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repetition: u32,
    /// The computed instant.
    pub at: Timestamp,
}

string_enum! {
    /// Whether a cycle stopped in time.
    StopOutcome {
        /// Stopped at or before its due.
        Met => "met",
        /// Stopped after its due.
        Breached => "breached",
        /// Nothing was promised.
        Unpromised => "unpromised",
    }
}

string_enum! {
    /// What ended a cycle without stopping it.
    CancelCause {
        /// The customer withdrew the ticket.
        Withdrawn => "withdrawn",
        /// An admin declared the ticket void.
        Voided => "voided",
        /// An admin declared the ticket void as a duplicate of another.
        Duplicate => "duplicate",
        /// The ticket was closed.
        Closed => "closed",
        /// The ticket was handed on: a trigger of the timer's `cancels_on`.
        HandedOn => "handed_on",
        /// An inactivity rule resolved the ticket; a reopening may resume the cycle.
        Inactivity => "inactivity",
    }
}

string_enum! {
    /// What stopped a cycle: a reopening resumes only one that the resolve stopped.
    StopCause {
        /// The ticket was resolved.
        Resolve => "resolve",
        /// Something else that stops the timer, or the end of the ticket.
        Other => "other",
    }
}

/// When a cycle falls due, or what remains while it is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "StandingDocument", into = "StandingDocument")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Standing {
    /// Counting; due at this instant.
    Due(Due),
    /// Paused with this much remaining.
    Paused(BusinessDuration),
}

/// How documents write a [`Standing`]: as an object with one field.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum StandingDocument {
    /// Counting; due at this instant.
    DueAt(Timestamp),
    /// Counting; due beyond the horizon.
    Due(Beyond),
    /// Paused, with so many microseconds of business time left.
    RemainingUs(BusinessDuration),
}

impl From<Standing> for StandingDocument {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Due(Due::At(at)) => Self::DueAt(at),
            Standing::Due(Due::OutOfHorizon) => Self::Due(Beyond::OutOfHorizon),
            Standing::Paused(remaining) => Self::RemainingUs(remaining),
        }
    }
}

impl From<StandingDocument> for Standing {
    fn from(document: StandingDocument) -> Self {
        match document {
            StandingDocument::DueAt(at) => Self::Due(Due::At(at)),
            StandingDocument::Due(Beyond::OutOfHorizon) => Self::Due(Due::OutOfHorizon),
            StandingDocument::RemainingUs(remaining) => Self::Paused(remaining),
        }
    }
}
