//! Nothing gets around the engine: every sequence of commands by everybody, to a stated depth, through the real `decide`.
//!
//! Two searches share one set of checks. The wide one tries every command of every actor in every state; the deep one
//! goes further with the commands that move time, timers, holders and terms. A state is the folded ticket with the
//! instant, without hashes, sequence numbers and what only counts events, known by a hash of 64 bits. States of the last
//! layer are counted and checked, not gone on from; the last layer of the deep search is sampled: it comes from every k-th
//! state of the layer before.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use sla_core::audit::Content as _;
use sla_core::engine::Decision;
use sla_core::refusal::RefusalCode;
use sla_core::ticket::{
    Action, Actor, Apply, CancelCause, Change, Command, CommandKind, Direction, Due, EscalationTrigger, Event,
    EventKind, MessageRef, Opening, PauseStatus, Role, Standing, Status, StopOutcome, Ticket,
};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, Id, wire};

const FIRST: &str = r#"{
    "schema": "sla-policy/2", "id": "small", "version": 1,
    "calendars": {"always": {"time_zone": "UTC", "always_open": true}},
    "channels": [{"id": "email", "name": "Email"}, {"id": "whatsapp", "name": "WhatsApp"}],
    "severities": ["low", "high"],
    "categories": ["free"],
    "packages": [
        {"id": "basic", "name": "Basic", "rank": 1, "channels": ["email"], "calendar": "always",
         "targets": {"first_response": "2h", "resolution": "3h"}},
        {"id": "full", "name": "Full", "rank": 2, "channels": ["email", "whatsapp"], "calendar": "always",
         "targets": {"first_response": "1h", "resolution": "90m", "next_response": "1h", "ownership": "1h"},
         "variants": [{"when": {"category": "free"}, "targets": {"resolution": "none", "next_response": "none"}},
                      {"when": {"severity": "high"}, "targets": {"resolution": "40m"}}]}
    ],
    "timers": [{"id": "ownership", "starts_on": ["assigned"], "stops_on": ["public_reply"],
                "cancels_on": ["reassigned", "unassigned"], "cycles": "repeated"}],
    "steps": {"resolution": [
        {"id": "half", "at": "50%", "action": "warn"},
        {"id": "late", "after": "30m", "action": "escalate", "level": 2, "until": "acknowledged",
         "repeat": {"every": "45m", "times": 2}}
    ]},
    "pauses": {"max_pause": "4h"},
    "inactivity": [{"id": "nudge", "status": "pending", "after": "2h", "action": "remind"},
                   {"id": "give up", "status": "pending", "after": "180m", "action": "resolve"},
                   {"id": "close", "status": "resolved", "after": "6h", "action": "close"}],
    "roles": {"self_assign": true, "agents_may_classify": true, "agents_may_unassign": true, "agents_act_on": "team",
              "organizations_share": true}
}"#;

const OWNER: &str = "kim";
const HOLDER: &str = "ana";
const TEAM: &str = "desk";
const MINUTE: i64 = 60_000_000;

fn message() -> MessageRef {
    MessageRef { message_ref: "m".to_owned(), content_sha256: Digest::of(b"m") }
}

fn engine() -> Engine {
    let second = FIRST.replace("\"version\": 1", "\"version\": 2").replace("\"3h\"", "\"2h\"");
    let policies = [FIRST, &second].map(|text| wire::policy::read(text).unwrap_or_else(|error| panic!("{error:#?}")));
    Engine::compile_revisions(policies).unwrap()
}

/// The engine without the newer revision: tickets open under the older one.
fn older_engine() -> Engine {
    Engine::compile(wire::policy::read(FIRST).unwrap()).unwrap()
}

fn actors() -> Vec<Actor> {
    let mut member = Actor::new(Role::Agent, "eli");
    member.teams = vec!["field".to_owned(), TEAM.to_owned()];
    let mut colleague = Actor::new(Role::Customer, "lou");
    colleague.organization = Some("acme".to_owned());
    let mut stranger = Actor::new(Role::Customer, "eve");
    stranger.organization = Some("other".to_owned());
    vec![
        member,
        colleague,
        stranger,
        Actor::new(Role::Customer, OWNER),
        Actor::new(Role::Customer, "eve"),
        Actor::new(Role::Agent, HOLDER),
        Actor::new(Role::Agent, "bob"),
        Actor::new(Role::Admin, "root"),
        Actor::system(),
        Actor::new(Role::Admin, " "),
    ]
}

fn commands(newest: Digest) -> Vec<CommandKind> {
    let channel = |name: &str| name.to_owned();
    let reason = || "because".to_owned();
    let mut commands = vec![
        CommandKind::Assign { agent: Some(HOLDER.to_owned()), team: None },
        CommandKind::Assign { agent: Some("bob".to_owned()), team: None },
        CommandKind::Reply { channel: channel("email"), message: message(), automatic: false },
        CommandKind::Reply { channel: channel("whatsapp"), message: message(), automatic: false },
        CommandKind::Reply { channel: channel("email"), message: message(), automatic: true },
        CommandKind::Assign { agent: None, team: Some(TEAM.to_owned()) },
        CommandKind::Assign { agent: None, team: Some("other".to_owned()) },
        CommandKind::Assign { agent: Some("eli".to_owned()), team: None },
        CommandKind::Unassign { reason: reason() },
        CommandKind::Absorb { ticket: "T-2".to_owned(), waiting_since: None, reason: reason() },
        CommandKind::Note { message: message() },
        CommandKind::CustomerMessage { channel: channel("email"), message: message(), received_at: None },
        CommandKind::CustomerMessage { channel: channel("whatsapp"), message: message(), received_at: None },
        CommandKind::Pause { status: PauseStatus::Pending, reason: reason(), until: None },
        CommandKind::Pause { status: PauseStatus::OnHold, reason: reason(), until: None },
        CommandKind::Resume,
        CommandKind::Resolve { message: message() },
        CommandKind::Reopen { channel: Some(channel("email")), reason: Some(reason()) },
        CommandKind::Reopen { channel: Some(channel("whatsapp")), reason: Some(reason()) },
        CommandKind::Close,
        CommandKind::Withdraw,
        CommandKind::Void { reason: reason(), duplicate_of: None },
        CommandKind::RequestEscalation { reason: reason(), channel: Some(channel("email")) },
        CommandKind::RequestEscalation { reason: reason(), channel: Some(channel("whatsapp")) },
        CommandKind::RequestEscalation { reason: " ".to_owned(), channel: Some(channel("email")) },
        CommandKind::AcknowledgeEscalation { number: 1 },
        CommandKind::ResolveEscalation { number: 1 },
        CommandKind::Rate { score: 5 },
    ];
    for apply in Apply::ALL {
        let apply = *apply;
        for category in [Some("free".to_owned()), None] {
            let severity = Some("low".to_owned());
            commands.push(CommandKind::Classify { severity, category, apply, reason: reason() });
        }
        commands.push(CommandKind::ChangePackage { package: "basic".to_owned(), apply, reason: reason() });
        commands.push(CommandKind::ChangePackage { package: "full".to_owned(), apply, reason: reason() });
        commands.push(CommandKind::AdoptRevision { policy_digest: newest, apply, reason: reason() });
        commands.push(CommandKind::Classify {
            severity: Some("high".to_owned()),
            category: None,
            apply,
            reason: reason(),
        });
    }
    commands
}

/// Who somebody is to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Owner,
    /// A customer of the ticket's organization.
    Colleague,
    OtherCustomer,
    Holder,
    /// An agent of the ticket's team who does not hold it.
    Member,
    OtherAgent,
    Admin,
    System,
    Nobody,
}

impl Part {
    /// Who they count as in the table: members of the ticket's team as the holder, colleagues as the owner.
    const fn counts_as(self) -> Self {
        match self {
            Self::Colleague => Self::Owner,
            Self::Member => Self::Holder,
            other => other,
        }
    }
}

fn part(actor: &Actor, ticket: &Ticket) -> Part {
    match actor.role {
        _ if actor.id.trim().is_empty() => Part::Nobody,
        Role::Customer if actor.id == ticket.customer.as_str() => Part::Owner,
        Role::Customer => match (&actor.organization, &ticket.organization) {
            (Some(own), Some(organization)) if own == organization.as_str() => Part::Colleague,
            _ => Part::OtherCustomer,
        },
        Role::Agent if ticket.agent.as_ref().is_some_and(|agent| agent.as_str() == actor.id) => Part::Holder,
        Role::Agent => match &ticket.team {
            Some(team) if actor.teams.iter().any(|own| own == team.as_str()) => Part::Member,
            _ => Part::OtherAgent,
        },
        Role::Admin => Part::Admin,
        Role::System => Part::System,
    }
}

/// The row of the table for replies of a host's automation.
const AUTOMATIC: &str = "automatic reply";

/// The table of commands, by hand: in which statuses, and by whom.
fn table(command: &str) -> (&'static [Status], &'static [Part]) {
    use Part::{Admin, Holder, OtherAgent, Owner};
    use Status::{Closed, New, OnHold, Open, Pending, Resolved, Voided, Withdrawn};
    const NOT_FINAL: &[Status] = &[New, Open, Pending, OnHold, Resolved];
    const ANY: &[Status] = &[New, Open, Pending, OnHold, Resolved, Closed, Withdrawn, Voided];
    match command {
        // `self_assign` is on: an agent may take a ticket.
        "assign" => (NOT_FINAL, &[Holder, OtherAgent, Admin]),
        "unassign" => (NOT_FINAL, &[Holder, Admin]),
        "absorb" => (&[New, Open, Pending, OnHold], &[Admin]),
        "reply" | "note" => (NOT_FINAL, &[Holder, Admin]),
        AUTOMATIC => (NOT_FINAL, &[Admin]),
        "customer_message" => (NOT_FINAL, &[Owner]),
        "pause" => (&[Open, Pending, OnHold], &[Holder, Admin]),
        "resume" => (&[Pending, OnHold], &[Holder, Admin]),
        "resolve" => (&[New, Open, Pending, OnHold], &[Holder, Admin]),
        "reopen" => (&[Resolved], &[Owner, Holder, Admin]),
        "close" => (&[Resolved], &[Admin]),
        "withdraw" => (NOT_FINAL, &[Owner]),
        "void" | "change_package" | "adopt_revision" => (NOT_FINAL, &[Admin]),
        "request_escalation" => (NOT_FINAL, &[Owner, Holder, Admin]),
        "acknowledge_escalation" | "resolve_escalation" => (ANY, &[Holder, Admin]),
        "rate" => (&[Resolved, Closed], &[Owner]),
        // `agents_may_classify` is on.
        "classify" => (NOT_FINAL, &[Holder, Admin]),
        _ => panic!("{command} is in no row of the table"),
    }
}

/// What the table says before anything else is looked at: nothing against it, or the refusals that fit.
fn forbidden(command: &str, status: Status, part: Part) -> Option<&'static [RefusalCode]> {
    use RefusalCode::{AnonymousActor, NotAssignedAgent, NotTicketOwner, RoleNotPermitted, WrongStatus};
    let (statuses, parts) = table(command);
    if parts.contains(&part.counts_as()) {
        return (!statuses.contains(&status)).then_some(&[WrongStatus]);
    }
    Some(match part {
        Part::Nobody => &[AnonymousActor],
        Part::OtherCustomer if parts.contains(&Part::Owner) => &[NotTicketOwner],
        // Whether they may reply at all comes first.
        Part::OtherAgent if parts.contains(&Part::Holder) || command == AUTOMATIC => &[NotAssignedAgent],
        _ => &[RoleNotPermitted],
    })
}

/// Events of a ticket: the last ones, and those before.
struct Trail {
    before: Option<Arc<Trail>>,
    events: Vec<Event>,
}

#[derive(Clone)]
struct Node {
    trail: Arc<Trail>,
    ticket: Ticket,
    now: Timestamp,
}

impl Node {
    fn new(before: Option<&Node>, events: Vec<Event>, ticket: Ticket, now: Timestamp) -> Self {
        Self { trail: Arc::new(Trail { before: before.map(|node| node.trail.clone()), events }), ticket, now }
    }

    fn events(&self) -> Vec<&Event> {
        let mut trails = vec![&self.trail];
        while let Some(before) = trails.last().and_then(|trail| trail.before.as_ref()) {
            trails.push(before);
        }
        trails.into_iter().rev().flat_map(|trail| &trail.events).collect()
    }
}

/// A command whose instants, where it names some, lie so far before or after it.
struct Do {
    kind: CommandKind,
    actor: Actor,
    distance: i64,
}

enum Move {
    Wait(i64),
    Do(Box<Do>),
}

impl Do {
    fn command(&self, now: Timestamp) -> Command {
        let mut kind = self.kind.clone();
        let by = |distance: i64| Some(Timestamp::from_micros(now.as_micros() + distance)).filter(|at| *at != now);
        match &mut kind {
            CommandKind::CustomerMessage { received_at, .. } => *received_at = by(-self.distance),
            CommandKind::Absorb { waiting_since, .. } => *waiting_since = by(-self.distance),
            CommandKind::Pause { until, .. } => *until = by(self.distance),
            _ => {}
        }
        kind.into()
    }
}

/// The laws that are counted: each applies only where something happened.
const LAWS: [&str; 10] = [
    "a breach is at its due, once, for good, and has an escalation",
    "a step that was due has fired before its cycle ends or pauses",
    "an agent alone gains no time",
    "notes, automatic replies and reminders change no timer",
    "only an event that stops the timer, made by an actor, meets a promise",
    "terms that are taken away and given back gain no time",
    "unassigning and teams change the timer of holders only",
    "what was due happens before a command",
    "who acts by team or organization is on record so",
    "who gives a ticket back and takes it again has the same cycle",
];

/// The laws that the search asks for, each with how often it applied.
type Laws = BTreeMap<&'static str, u64>;

/// What a search has seen.
#[derive(Default)]
struct Seen {
    states: HashSet<u64>,
    decisions: u64,
    accepted: u64,
    /// Every (status, command, part) that was asked, and whether it was ever accepted.
    asked: BTreeMap<(Status, &'static str, Part), bool>,
    /// What was refused although the table allows it.
    about_content: BTreeSet<(&'static str, RefusalCode)>,
    /// Events whose bytes were checked.
    known: HashSet<Digest>,
    /// Kinds of events that happened.
    kinds: BTreeSet<&'static str>,
    laws: Laws,
}

impl Seen {
    fn join(&mut self, other: Self) {
        self.states.extend(other.states);
        self.decisions += other.decisions;
        self.accepted += other.accepted;
        for (key, was_accepted) in other.asked {
            *self.asked.entry(key).or_insert(false) |= was_accepted;
        }
        self.about_content.extend(other.about_content);
        self.kinds.extend(other.kinds);
        for (law, times) in other.laws {
            *self.laws.entry(law).or_insert(0) += times;
        }
    }
}

struct Search {
    engine: Engine,
    moves: Vec<Move>,
    /// Layers that are searched whole.
    depth: usize,
    /// One further layer comes from every so many states of the last one, if from any.
    sample: Option<usize>,
}

impl Search {
    fn run(&self, name: &str, starts: Vec<Node>) -> Seen {
        let mut seen = Seen::default();
        let mut layer = starts;
        for node in &layer {
            check(&node.events(), &node.ticket, node.now, &mut seen.laws);
            seen.states.insert(fingerprint(&node.ticket, node.now));
            seen.kinds.extend(node.events().iter().map(|event| event.kind.name()));
        }
        let mut last_layer = 0_usize;
        for depth in 1..=self.depth {
            let mut next = Vec::new();
            for node in &layer {
                for a_move in &self.moves {
                    let Some(child) = self.child(node, a_move, &mut seen) else { continue };
                    if depth < self.depth {
                        self.give_back(&child, &mut seen.laws);
                        next.push(child);
                        continue;
                    }
                    last_layer += 1;
                    if self.sample.is_some_and(|sample| last_layer.is_multiple_of(sample)) {
                        for a_move in &self.moves {
                            self.child(&child, a_move, &mut seen);
                        }
                    }
                }
            }
            println!("{name}, depth {depth}: {} states so far, {} to go on from", seen.states.len(), next.len());
            layer = next;
        }
        seen
    }

    /// Returns the state after a move, checked, unless it is known.
    fn child(&self, node: &Node, a_move: &Move, seen: &mut Seen) -> Option<Node> {
        let child = self.follow(node, a_move, seen)?;
        // A silent event may lead to a state that is known.
        let events: Vec<&Event> = child.trail.events.iter().collect();
        seen.kinds.extend(events.iter().map(|event| event.kind.name()));
        let faults = silent_faults(&events, &mut seen.laws);
        assert!(faults.is_empty(), "{faults:#?}\n{:#?}", child.events());
        if !seen.states.insert(fingerprint(&child.ticket, child.now)) {
            return None;
        }
        check(&child.events(), &child.ticket, child.now, &mut seen.laws);
        check_replay(node, &child, seen);
        Some(child)
    }

    /// A ticket of each package; an opening by a channel that the package lacks is refused.
    fn openings(&self) -> Vec<Node> {
        let now = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
        let opener = older_engine();
        let mut nodes = Vec::new();
        for (package, channel, organization) in
            [("basic", "email", Some("acme")), ("full", "whatsapp", None), ("basic", "whatsapp", None)]
        {
            let opening = Opening {
                ticket: "T-1".to_owned(),
                customer: OWNER.to_owned(),
                package: package.to_owned(),
                channel: channel.to_owned(),
                severity: Some("low".to_owned()),
                category: None,
                message: message(),
                direction: Direction::Inbound,
                received_at: None,
                organization: organization.map(str::to_owned),
                command_id: None,
            };
            match opener.open(&opening, &Actor::new(Role::Admin, "root"), now).unwrap() {
                Decision::Accepted(opened) => nodes.push(Node::new(None, opened.events, opened.ticket, now)),
                Decision::Refused(refusal) => assert_eq!(refusal.code, RefusalCode::ChannelNotEntitled),
            }
        }
        assert_eq!(nodes.len(), 2);
        nodes
    }

    /// A ticket in every status, with a team, an open escalation, and unless it is new a holder.
    fn prepared(&self, opening: Node) -> Vec<Node> {
        let admin = || Actor::new(Role::Admin, "root");
        let reason = || "because".to_owned();
        let mut seen = Seen::default();
        let mut follow =
            |node: &Node, kind: CommandKind, actor: Actor| self.ask(node, &kind.into(), &actor, &mut seen).unwrap();
        let escalate = CommandKind::RequestEscalation { reason: reason(), channel: None };
        let escalated = follow(&opening, escalate, admin());
        let team = Some(TEAM.to_owned());
        let new = follow(&escalated, CommandKind::Assign { agent: None, team }, admin());
        let held = follow(&new, CommandKind::Assign { agent: Some(HOLDER.to_owned()), team: None }, admin());
        let pause = |status| CommandKind::Pause { status, reason: reason(), until: None };
        let pending = follow(&held, pause(PauseStatus::Pending), admin());
        let on_hold = follow(&held, pause(PauseStatus::OnHold), admin());
        let resolved = follow(&held, CommandKind::Resolve { message: message() }, admin());
        let closed = follow(&resolved, CommandKind::Close, admin());
        let withdrawn = follow(&held, CommandKind::Withdraw, Actor::new(Role::Customer, OWNER));
        let voided = follow(&held, CommandKind::Void { reason: reason(), duplicate_of: None }, admin());
        vec![opening, new, held, pending, on_hold, resolved, closed, withdrawn, voided]
    }

    fn follow(&self, node: &Node, a_move: &Move, seen: &mut Seen) -> Option<Node> {
        match a_move {
            Move::Wait(length) => Some(self.wait(node, *length)),
            Move::Do(asked) => self.ask(node, &asked.command(node.now), &asked.actor, seen),
        }
    }

    /// Lets time pass; a monitor that looks at every instant, at some, or only at the end finds the same events.
    fn wait(&self, node: &Node, length: i64) -> Node {
        let now = Timestamp::from_micros(node.now.as_micros() + length);
        let at_once = self.engine.due_events(&node.ticket, now).unwrap().events;
        let mut looks = vec![Vec::new(); 2];
        for (number, found) in looks.iter_mut().enumerate() {
            let mut ticket = node.ticket.clone();
            loop {
                let next = match number {
                    0 => self.engine.evaluate(&ticket, ticket.last_at.max(node.now)).unwrap().next_check_at,
                    _ if found.is_empty() => Some(Timestamp::from_micros(node.now.as_micros() + length / 3)),
                    _ => None,
                };
                let look = next.filter(|at| *at < now).unwrap_or(now);
                let events = self.engine.due_events(&ticket, look).unwrap().events;
                events.iter().for_each(|event| ticket.apply(event).unwrap());
                found.extend(events);
                if look == now {
                    break;
                }
                if number == 1 {
                    let rest = self.engine.due_events(&ticket, now).unwrap().events;
                    found.extend(rest);
                    break;
                }
            }
        }
        for found in looks {
            assert_eq!(found, at_once, "the monitor's instants show in the history");
        }
        let mut ticket = node.ticket.clone();
        at_once.iter().for_each(|event| ticket.apply(event).unwrap());
        Node::new(Some(node), at_once, ticket, now)
    }

    /// Takes the terms of a ticket away and gives them back, at once or later: no cycle has more time than without.
    fn give_back(&self, node: &Node, laws: &mut Laws) {
        let Ticket { severity, category, package, status, .. } = &node.ticket;
        if category.is_some() || status.is_final() || package.as_str() != "full" {
            return;
        }
        let admin = Actor::new(Role::Admin, "root");
        let severity = severity.as_ref().map(ToString::to_string);
        for apply in Apply::ALL {
            for later in [0, 10 * MINUTE] {
                let then = Timestamp::from_micros(node.now.as_micros() + later);
                let mut ticket = node.ticket.clone();
                for (category, apply, now) in
                    [(Some("free".to_owned()), Apply::FromNow, node.now), (None, *apply, then)]
                {
                    let (severity, reason) = (severity.clone(), "because".to_owned());
                    let classify = CommandKind::Classify { severity, category, apply, reason };
                    match self.engine.decide(&ticket, &classify.into(), &admin, now).unwrap() {
                        Decision::Accepted(accepted) => ticket = accepted.ticket,
                        Decision::Refused(refusal) => panic!("{refusal}"),
                    }
                }
                let mut before = remaining(&self.engine, &node.ticket, then);
                // A cycle that kept other terms than the ticket's is not given those back.
                before.retain(|(timer, _), _| {
                    let track = node.ticket.timers.iter().find(|track| track.timer == *timer);
                    track.and_then(|track| track.cycles.last()).is_some_and(|cycle| {
                        cycle.revision == node.ticket.policy_digest
                            && cycle.terms.package == node.ticket.package
                            && cycle.terms.severity == node.ticket.severity
                            && cycle.terms.category.is_none()
                    })
                });
                let faults = gains(&before, &remaining(&self.engine, &ticket, then));
                assert!(faults.is_empty(), "given back by {apply:?}: {faults:#?}\n{:#?}", node.events());
                *laws.entry("terms that are taken away and given back gain no time").or_insert(0) += 1;
            }
        }
    }

    fn ask(&self, node: &Node, command: &Command, actor: &Actor, seen: &mut Seen) -> Option<Node> {
        let name = match &command.kind {
            CommandKind::Reply { automatic: true, .. } => AUTOMATIC,
            kind => kind.name(),
        };
        let key = (node.ticket.status, name, part(actor, &node.ticket));
        let forbidden = forbidden(name, key.0, key.2);
        let was_accepted = seen.asked.entry(key).or_insert(false);
        seen.decisions += 1;
        match self.engine.decide(&node.ticket, command, actor, node.now).unwrap() {
            Decision::Refused(refusal) => {
                assert!(!refusal.message.is_empty() && !refusal.accepted.is_empty(), "{refusal:?}");
                if let Some(fitting) = forbidden {
                    assert!(fitting.contains(&refusal.code), "{key:?}: {refusal}, expected one of {fitting:?}");
                } else {
                    seen.about_content.insert((name, refusal.code));
                }
                None
            }
            Decision::Accepted(accepted) => {
                assert!(forbidden.is_none(), "{key:?} is accepted against the table");
                *was_accepted = true;
                seen.accepted += 1;
                let child = Node::new(Some(node), accepted.events, accepted.ticket, node.now);
                self.check_command(node, &child, key.2, command, actor, &mut seen.laws);
                Some(child)
            }
        }
    }

    /// What a command may not do, whoever gives it.
    fn check_command(
        &self,
        before: &Node,
        after: &Node,
        part: Part,
        command: &Command,
        actor: &Actor,
        laws: &mut Laws,
    ) {
        let mut faults = Vec::new();
        let mut applies = |law: &'static str| *laws.entry(law).or_insert(0) += 1;
        let own = after.trail.events.iter().filter(|event| event.actor.role != Role::System);
        match part {
            Part::Colleague | Part::Member if command.kind.action() != Action::Assign => {
                applies("who acts by team or organization is on record so");
                faults.extend(
                    own.clone().filter(|event| event.via.is_none()).map(|_| "no team or organization".to_owned()),
                );
            }
            Part::Colleague | Part::Member => {}
            _ => faults.extend(own.clone().filter(|event| event.via.is_some()).map(|event| format!("{:?}", event.via))),
        }
        if actor.role == Role::Agent {
            applies("an agent alone gains no time");
            let [left, now_left] = [before, after].map(|node| remaining(&self.engine, &node.ticket, before.now));
            faults.extend(gains(&left, &now_left));
        }
        // What was due by then has happened, whatever the command is.
        let due = self.engine.due_events(&before.ticket, before.now).unwrap().events;
        if !due.is_empty() {
            applies("what was due happens before a command");
            if !after.trail.events.starts_with(&due) {
                faults.push(format!("{} events that were due are lost", due.len()));
            }
        }
        let is_of_holders =
            matches!(command.kind, CommandKind::Unassign { .. } | CommandKind::Assign { agent: None, .. });
        if is_of_holders {
            applies("unassigning and teams change the timer of holders only");
            let changes = own.clone().flat_map(|event| &event.changes);
            faults.extend(
                changes.filter(|change| change.timer.as_str() != "ownership").map(|change| format!("{change:?}")),
            );
        }
        assert!(faults.is_empty(), "{:?} by {actor:?}: {faults:#?}\n{:#?}", command.kind, after.events());
    }
}

/// What may be wrong with what a command says, where the table has nothing against who says it when.
const ABOUT_CONTENT: [(&str, RefusalCode); 16] = [
    ("acknowledge_escalation", RefusalCode::EscalationNotOpen),
    ("acknowledge_escalation", RefusalCode::UnknownEscalation),
    ("adopt_revision", RefusalCode::NothingToChange),
    // `self_assign` lets an agent take a ticket, not give it to somebody else.
    ("assign", RefusalCode::RoleNotPermitted),
    ("change_package", RefusalCode::NothingToChange),
    ("classify", RefusalCode::NothingToChange),
    ("customer_message", RefusalCode::ChannelNotEntitled),
    ("pause", RefusalCode::NothingToChange),
    ("rate", RefusalCode::AlreadyRated),
    ("reopen", RefusalCode::ChannelNotEntitled),
    ("reply", RefusalCode::ChannelNotEntitled),
    ("request_escalation", RefusalCode::ChannelNotEntitled),
    ("request_escalation", RefusalCode::ReasonRequired),
    ("resolve_escalation", RefusalCode::EscalationNotOpen),
    ("resolve_escalation", RefusalCode::UnknownEscalation),
    ("unassign", RefusalCode::NothingToChange),
];

fn fingerprint(ticket: &Ticket, now: Timestamp) -> u64 {
    let Ticket {
        id: _,
        customer: _,
        organization,
        direction: _,
        opened_at: _,
        events: _,
        commands: _,
        package,
        policy_digest,
        channel,
        severity,
        category,
        status,
        agent,
        team,
        last_agent,
        unassigned_at,
        holders,
        answered_at,
        inactive,
        last_at,
        timeline,
        pause,
        reply_owed,
        timers,
        escalations,
        rated,
    } = ticket;
    let mut hasher = DefaultHasher::new();
    (now, package, policy_digest, channel, severity, category, status, agent).hash(&mut hasher);
    (organization, team, last_agent, unassigned_at, holders, answered_at, inactive).hash(&mut hasher);
    (last_at, timeline, pause, reply_owed, timers, escalations, rated).hash(&mut hasher);
    hasher.finish()
}

fn check(events: &[&Event], ticket: &Ticket, now: Timestamp, laws: &mut Laws) {
    let faults = [
        entitlement_faults(events),
        escalation_faults(events),
        breach_faults(events, ticket, now, laws),
        met_faults(events, laws),
        step_faults(events, laws),
        holder_faults(events, laws),
    ]
    .concat();
    assert!(faults.is_empty(), "{faults:#?}\n{events:#?}");
}

/// Every channel that an accepted event carries is one of the package that the ticket has then.
fn entitlement_faults(events: &[&Event]) -> Vec<String> {
    let mut package = String::new();
    let mut faults = Vec::new();
    for event in events {
        let channel = match &event.kind {
            EventKind::Opened { package: opened, channel, .. } => {
                package = opened.to_string();
                Some(channel)
            }
            EventKind::PackageChanged { package: new, .. } => {
                package = new.to_string();
                None
            }
            EventKind::Replied { channel, .. } | EventKind::CustomerMessaged { channel, .. } => Some(channel),
            EventKind::Reopened { channel, .. } => channel.as_ref(),
            EventKind::Escalated(escalation) => escalation.channel.as_ref(),
            _ => None,
        };
        let entitled: &[&str] = if package == "full" { &["email", "whatsapp"] } else { &["email"] };
        if let Some(channel) = channel.filter(|channel| !entitled.contains(&channel.as_str())) {
            faults.push(format!("event {} is on {channel}, which {package} does not include", event.seq));
        }
    }
    faults
}

fn applies(laws: &mut Laws, law: &'static str) {
    *laws.entry(law).or_insert(0) += 1;
}

/// Nothing but an event that stops the timer, made by a customer, agent or admin, meets a promise.
fn met_faults(events: &[&Event], laws: &mut Laws) -> Vec<String> {
    let mut faults = Vec::new();
    for event in events {
        for change in &event.changes {
            if !matches!(change.change, Change::Stopped { outcome: StopOutcome::Met, .. }) {
                continue;
            }
            applies(laws, "only an event that stops the timer, made by an actor, meets a promise");
            let is_reply = matches!(event.kind, EventKind::Replied { automatic: false, .. });
            let is_resolve = matches!(event.kind, EventKind::Resolved { .. });
            let stops = match change.timer.as_str() {
                "resolution" => is_resolve,
                "ownership" => is_reply,
                _ => is_reply || is_resolve,
            };
            if !stops || event.actor.role == Role::System {
                faults.push(format!("{} of {:?} meets {}", event.kind.name(), event.actor, change.timer));
            }
        }
    }
    faults
}

/// A note, an automatic reply and an absorbed ticket where nobody waits change no timer.
fn silent_faults(events: &[&Event], laws: &mut Laws) -> Vec<String> {
    let mut faults = Vec::new();
    for event in events {
        let is_silent = matches!(
            event.kind,
            EventKind::Noted { .. }
                | EventKind::Replied { automatic: true, .. }
                | EventKind::Absorbed { waiting_since: None, .. }
                | EventKind::Reminded(_)
        );
        if is_silent {
            applies(laws, "notes, automatic replies and reminders change no timer");
            if !event.changes.is_empty() {
                faults.push(format!("event {} changes timers", event.seq));
            }
        }
    }
    faults
}

/// Where a cycle of `resolution` that ran ended or paused past half of its target, its step at 50 % fired before.
fn step_faults(events: &[&Event], laws: &mut Laws) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fired: BTreeSet<u32> = BTreeSet::new();
    // The target, and when it was promised, of the latest cycle.
    let mut promised: Option<(u32, i64, Timestamp)> = None;
    for event in events {
        if let EventKind::Warned(firing) = &event.kind
            && firing.step.as_str() == "half"
        {
            fired.insert(firing.cycle);
        }
        for change in event.changes.iter().filter(|change| change.timer.as_str() == "resolution") {
            let spent = match &change.change {
                Change::Paused(spent) | Change::Stopped { spent, .. } | Change::Cancelled { spent, .. } => Some(spent),
                _ => None,
            };
            if let (Some(spent), Some((cycle, target, since))) = (spent, promised)
                && cycle == change.cycle
                && since < event.at
            {
                let is_past = spent.used.as_micros() * 2 > target;
                if is_past {
                    applies(laws, "a step that was due has fired before its cycle ends or pauses");
                }
                if is_past && !fired.contains(&cycle) {
                    faults.push(format!("event {} takes the step `half` away", event.seq));
                }
            } else if spent.is_none() {
                // While it is paused, steps wait for it to resume.
                let is_paused = matches!(
                    change.change,
                    Change::Started { paused: true, .. } | Change::Retargeted { paused: true, .. }
                );
                let promise = change.change.promise().filter(|_| !is_paused);
                let target = promise.map(|promise| promise.target.as_micros());
                promised = target.map(|target| (change.cycle, target, event.at));
            }
        }
    }
    faults
}

/// An agent who gives a ticket back and takes it again starts no new cycle of `ownership`.
fn holder_faults(events: &[&Event], laws: &mut Laws) -> Vec<String> {
    let mut faults = Vec::new();
    // The holder, and while they gave the ticket back, the cycle that this cancelled.
    let mut holder: Option<Id> = None;
    let mut given_back: Option<(Id, u32)> = None;
    for event in events {
        match &event.kind {
            EventKind::Unassigned { .. } => {
                let cancelled = event.changes.iter().find(|change| {
                    let is_handed = matches!(change.change, Change::Cancelled { cause: CancelCause::HandedOn, .. });
                    is_handed && change.timer.as_str() == "ownership"
                });
                given_back = holder.take().zip(cancelled.map(|change| change.cycle));
            }
            EventKind::Assigned { agent: Some(agent), .. } => {
                if let Some((_, cycle)) = given_back.take().filter(|(before, _)| before == agent) {
                    applies(laws, "who gives a ticket back and takes it again has the same cycle");
                    let mut changes = event.changes.iter().filter(|change| change.timer.as_str() == "ownership");
                    if changes.any(|change| change.cycle != cycle) {
                        faults.push(format!("event {} starts another cycle", event.seq));
                    }
                }
                holder = Some(agent.clone());
            }
            // Another team takes it from its agent.
            EventKind::Assigned { agent: None, .. }
                if event.changes.iter().any(|change| change.timer.as_str() == "ownership") =>
            {
                holder = None;
            }
            _ => {}
        }
    }
    faults
}

/// The part of the target that remains in each active cycle that is promised something, by timer and cycle.
fn remaining(engine: &Engine, ticket: &Ticket, now: Timestamp) -> BTreeMap<(Id, u32), Option<i64>> {
    let evaluation = engine.evaluate(ticket, now).unwrap();
    let latest = evaluation.timers.iter().filter_map(|timer| Some((timer.timer.clone(), timer.current()?)));
    let counting = latest.filter(|(_, cycle)| cycle.stopped_at.is_none() && cycle.breached_at.is_none());
    counting.map(|(timer, cycle)| ((timer, cycle.number), cycle.remaining.map(|left| left.as_micros()))).collect()
}

/// What a cycle has after a change, where it had something before: no more, and no less than a promise.
fn gains(before: &BTreeMap<(Id, u32), Option<i64>>, after: &BTreeMap<(Id, u32), Option<i64>>) -> Vec<String> {
    let both = before.iter().filter_map(|(cycle, left)| Some((cycle, (*left)?, after.get(cycle)?)));
    let more = both.filter(|(_, left, after)| after.is_none_or(|after| after > *left));
    more.map(|(cycle, left, after)| format!("{cycle:?} had {left} and has {after:?}")).collect()
}

/// Every escalation has an actor, a reason and a number of its own, and no step fires twice in one cycle.
fn escalation_faults(events: &[&Event]) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut number, mut fired) = (0, BTreeSet::new());
    for event in events {
        let firing = match &event.kind {
            EventKind::Escalated(escalation) => {
                number += 1;
                let is_automatic = escalation.trigger != EscalationTrigger::Request;
                let is_named = !event.actor.id.trim().is_empty();
                if !is_named || is_automatic != (event.actor.role == Role::System) {
                    faults.push(format!("escalation {number} is by {:?}", event.actor));
                }
                if escalation.reason.trim().is_empty() || escalation.level == 0 || escalation.number != number {
                    faults.push(format!("escalation {number} is {escalation:?}"));
                }
                escalation.firing.as_ref()
            }
            EventKind::Warned(firing) => Some(firing.as_ref()),
            _ => None,
        };
        if let Some(firing) = firing
            && !fired.insert((firing.timer.clone(), firing.cycle, firing.step.clone(), firing.repetition))
        {
            faults.push(format!("step {} of {} fired twice", firing.step, firing.timer));
        }
    }
    faults
}

/// Every cycle that passed its due has exactly one breach, stamped with the due, and an escalation for it; every
/// breach stays. Written from what the events say they did to the timers, not from the ticket.
fn breach_faults(events: &[&Event], ticket: &Ticket, now: Timestamp, laws: &mut Laws) -> Vec<String> {
    let mut faults = Vec::new();
    let mut dues: BTreeMap<(Id, u32), Timestamp> = BTreeMap::new();
    let mut breached: BTreeSet<(Id, u32)> = BTreeSet::new();
    let mut escalated: BTreeSet<(Id, u32)> = BTreeSet::new();
    let mut broken_dues: BTreeMap<(Id, u32), Timestamp> = BTreeMap::new();
    let missed = |dues: &BTreeMap<(Id, u32), Timestamp>, breached: &BTreeSet<(Id, u32)>, at: Timestamp| {
        let late = dues.iter().filter(|(cycle, due)| **due < at && !breached.contains(*cycle));
        late.map(|((timer, cycle), due)| format!("{timer} {cycle} passed its due {due} without breach")).collect()
    };
    for event in events {
        let lost: Vec<String> = missed(&dues, &breached, event.at);
        faults.extend(lost);
        match &event.kind {
            EventKind::Breached { timer, cycle, .. } => {
                let cycle = (timer.clone(), *cycle);
                if dues.get(&cycle) != Some(&event.at) {
                    faults.push(format!("{cycle:?} is breached at {}, due {:?}", event.at, dues.get(&cycle)));
                }
                applies(laws, "a breach is at its due, once, for good, and has an escalation");
                broken_dues.insert(cycle.clone(), event.at);
                if !breached.insert(cycle.clone()) {
                    faults.push(format!("{cycle:?} is breached twice"));
                }
            }
            EventKind::Escalated(escalation) if escalation.trigger == EscalationTrigger::Breach => {
                if let Some(firing) = &escalation.firing {
                    escalated.insert((firing.timer.clone(), firing.cycle));
                }
            }
            _ => {}
        }
        for change in &event.changes {
            let cycle = (change.timer.clone(), change.cycle);
            let standing = change.change.promise().map(|promise| promise.standing);
            match standing {
                Some(Standing::Due(Due::At(due))) => {
                    if let Some(broken) = broken_dues.get(&cycle).filter(|broken| **broken != due) {
                        faults.push(format!("{cycle:?} was broken at {broken} and is due {due} now"));
                    }
                    dues.insert(cycle, due);
                }
                _ => drop(dues.remove(&cycle)),
            }
        }
    }
    let lost: Vec<String> = missed(&dues, &breached, now);
    faults.extend(lost);
    if breached != escalated {
        faults.push(format!("breached {breached:?}, escalated for it {escalated:?}"));
    }
    let standing: BTreeSet<(Id, u32)> = ticket
        .timers
        .iter()
        .flat_map(|track| track.cycles.iter().map(move |cycle| (track, cycle)))
        .filter(|(_, cycle)| cycle.breached)
        .map(|(track, cycle)| (track.timer.clone(), cycle.number))
        .collect();
    if breached != standing {
        faults.push(format!("breached {breached:?}, the ticket says {standing:?}"));
    }
    faults
}

/// The new events, applied to the state before, give the state after; written and read again, each is the same, to the
/// byte and to the hash. What held for the events before holds for all of them then.
fn check_replay(before: &Node, after: &Node, seen: &mut Seen) {
    let mut ticket = before.ticket.clone();
    for event in &after.trail.events {
        ticket.apply(event).unwrap_or_else(|error| panic!("{error}"));
        let hash = Digest::of(&event.record(Digest::of(b"")));
        if seen.known.insert(hash) {
            let bytes = wire::ticket::write_event(event);
            let again = wire::ticket::read_event(&bytes).unwrap_or_else(|error| panic!("{error}: {bytes}"));
            assert_eq!(wire::ticket::write_event(&again), bytes);
            assert_eq!(Digest::of(&again.record(Digest::of(b""))), hash, "{bytes}");
        }
    }
    assert_eq!(ticket, after.ticket);
}

fn wide() -> Search {
    let engine = engine();
    let mut moves = vec![Move::Wait(45 * MINUTE), Move::Wait(150 * MINUTE)];
    for kind in commands(engine.policy_digest()) {
        moves.extend(
            actors().into_iter().map(|actor| Move::Do(Box::new(Do { kind: kind.clone(), actor, distance: 0 }))),
        );
    }
    Search { engine, moves, depth: 2, sample: None }
}

/// The commands that move time, timers, holders and terms, each by one who may.
fn deep() -> Search {
    let engine = engine();
    let owner = || Actor::new(Role::Customer, OWNER);
    let holder = || Actor::new(Role::Agent, HOLDER);
    let admin = || Actor::new(Role::Admin, "root");
    let reason = || "because".to_owned();
    let email = || "email".to_owned();
    let assign = |agent: Option<&str>, team: Option<&str>| CommandKind::Assign {
        agent: agent.map(str::to_owned),
        team: team.map(str::to_owned),
    };
    let classify = |severity: &str, category: Option<&str>, apply| CommandKind::Classify {
        severity: Some(severity.to_owned()),
        category: category.map(str::to_owned),
        apply,
        reason: reason(),
    };
    let package =
        |package: &str, apply| CommandKind::ChangePackage { package: package.to_owned(), apply, reason: reason() };
    let pause = CommandKind::Pause { status: PauseStatus::Pending, reason: reason(), until: None };
    let message = || CommandKind::CustomerMessage { channel: email(), message: message(), received_at: None };
    let newest = engine.policy_digest();
    let given = [
        (assign(Some(HOLDER), None), holder(), 0),
        (assign(Some("bob"), None), admin(), 0),
        (assign(None, Some(TEAM)), admin(), 0),
        (CommandKind::Unassign { reason: reason() }, holder(), 0),
        (CommandKind::Reply { channel: email(), message: self::message(), automatic: false }, holder(), 0),
        (CommandKind::Reply { channel: email(), message: self::message(), automatic: true }, admin(), 0),
        (message(), owner(), 0),
        (message(), owner(), 30 * MINUTE),
        (CommandKind::Absorb { ticket: "T-2".to_owned(), waiting_since: None, reason: reason() }, admin(), 20 * MINUTE),
        (pause.clone(), admin(), 0),
        (pause, admin(), 100 * MINUTE),
        (CommandKind::Resume, admin(), 0),
        (CommandKind::Resolve { message: self::message() }, holder(), 0),
        (CommandKind::Reopen { channel: None, reason: Some(reason()) }, admin(), 0),
        (package("basic", Apply::Retroactive), admin(), 0),
        (package("full", Apply::FromNow), admin(), 0),
        (CommandKind::AdoptRevision { policy_digest: newest, apply: Apply::Retroactive, reason: reason() }, admin(), 0),
        (classify("low", Some("free"), Apply::FromNow), admin(), 0),
        (classify("low", None, Apply::Keep), holder(), 0),
        (classify("high", None, Apply::Retroactive), holder(), 0),
    ];
    let mut moves = vec![Move::Wait(45 * MINUTE), Move::Wait(150 * MINUTE)];
    moves.extend(given.map(|(kind, actor, distance)| Move::Do(Box::new(Do { kind, actor, distance }))));
    Search { engine, moves, depth: 6, sample: Some(2) }
}

#[test]
fn no_sequence_of_commands_gets_around_the_rules() {
    // Fewer layers for a quick look; a long search goes one layer further, and takes no sample.
    let less = std::env::var("SLA_SEARCH_LESS").ok().and_then(|less| less.parse::<usize>().ok()).unwrap_or(0);
    let is_long = std::env::var_os("SLA_SEARCH_LONG").is_some();
    let both = |package: usize| {
        let (mut deep, mut wide) = (deep(), wide());
        deep.depth -= less;
        if is_long {
            (deep.sample, wide.depth) = (Some(1), wide.depth + 1);
        }
        let opening = deep.openings().remove(package);
        let mut seen = deep.run(&format!("deep {package}"), vec![opening.clone()]);
        seen.join(wide.run(&format!("wide {package}"), wide.prepared(opening)));
        seen
    };
    let (mut seen, basic) = std::thread::scope(|scope| {
        let basic = scope.spawn(|| both(0));
        (both(1), basic.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    seen.join(basic);
    println!(
        "{} distinct states, {} decisions, {} of them accepted; {} combinations of status, command and actor\n{:#?}",
        seen.states.len(),
        seen.decisions,
        seen.accepted,
        seen.asked.len(),
        seen.laws
    );
    check_coverage(&seen);
    assert_eq!(seen.about_content, BTreeSet::from(ABOUT_CONTENT));
    assert!(less > 0 || seen.states.len() >= 3_000_000, "{} states", seen.states.len());
}

/// Every row of the table was asked in every status by everybody, and what it allows was accepted at least once.
fn check_coverage(seen: &Seen) {
    const PARTS: [Part; 9] = [
        Part::Owner,
        Part::Colleague,
        Part::Member,
        Part::OtherCustomer,
        Part::Holder,
        Part::OtherAgent,
        Part::Admin,
        Part::System,
        Part::Nobody,
    ];
    let mut faults = Vec::new();
    for command in Action::COMMANDS.iter().map(|action| action.as_str()).chain([AUTOMATIC]) {
        for status in Status::ALL {
            for part in PARTS {
                // A new ticket is held by nobody.
                if (*status, part) == (Status::New, Part::Holder) {
                    continue;
                }
                let allowed = forbidden(command, *status, part).is_none();
                // Taking a ticket that one holds already changes nothing; a new ticket has no agent to lose.
                let is_idle =
                    (command, part) == ("assign", Part::Holder) || (command, *status) == ("unassign", Status::New);
                match seen.asked.get(&(*status, command, part)) {
                    None => faults.push(format!("{command} in {status:?} by {part:?} was not asked")),
                    Some(false) if allowed && !is_idle => {
                        faults.push(format!("{command} in {status:?} by {part:?} was never accepted"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    faults.extend(EventKind::NAMES.iter().filter(|name| !seen.kinds.contains(*name)).map(|name| format!("no {name}")));
    faults.extend(LAWS.iter().filter(|law| !seen.laws.contains_key(*law)).map(|law| format!("{law}: never asked")));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// A history with a warning, a breach, its escalation and a later one.
fn breached_history() -> (Vec<Event>, Ticket, Timestamp) {
    let search = deep();
    let mut seen = Seen::default();
    let kind = CommandKind::Assign { agent: Some(HOLDER.to_owned()), team: None };
    let assign = Move::Do(Box::new(Do { kind, actor: Actor::new(Role::Admin, "root"), distance: 0 }));
    let node = search.openings().remove(1);
    let node = search.follow(&node, &assign, &mut seen).unwrap();
    let node = search.follow(&node, &Move::Wait(150 * MINUTE), &mut seen).unwrap();
    (node.events().into_iter().cloned().collect(), node.ticket, node.now)
}

type Touch<'a> = &'a dyn Fn(&mut Vec<Event>);

#[test]
fn the_checks_find_planted_faults() {
    let (whole, ticket, now) = breached_history();
    check(&whole.iter().collect::<Vec<_>>(), &ticket, now, &mut Laws::new());
    let of_kind = |name: &str| whole.iter().position(|event| event.kind.name() == name).unwrap();
    let (breach, escalation, warning) = (of_kind("breached"), of_kind("escalated"), of_kind("warned"));
    let found = |touch: Touch<'_>| {
        let mut events = whole.clone();
        touch(&mut events);
        let events: Vec<&Event> = events.iter().collect();
        let mut laws = Laws::new();
        let breaches = breach_faults(&events, &ticket, now, &mut laws);
        [entitlement_faults(&events), escalation_faults(&events), breaches, step_faults(&events, &mut laws)].concat()
    };
    assert_eq!(found(&|_| {}), Vec::<String>::new());
    let faults: [(&str, Touch<'_>); 9] = [
        ("a lost breach", &|events| drop(events.remove(breach))),
        ("a doubled breach", &|events| events.insert(breach, events[breach].clone())),
        ("a breach at another instant", &|events| events[breach].at = now),
        ("a lost escalation", &|events| drop(events.remove(escalation))),
        ("a doubled escalation", &|events| events.insert(escalation, events[escalation].clone())),
        ("a doubled warning", &|events| events.insert(warning, events[warning].clone())),
        ("an escalation by nobody", &|events| Arc::make_mut(&mut events[escalation].actor).id.clear()),
        ("an automatic escalation by a person", &|events| {
            Arc::make_mut(&mut events[escalation].actor).role = Role::Admin
        }),
        ("a channel that is not included", &|events| {
            if let EventKind::Opened { package, .. } = &mut events[0].kind {
                *package = Id::new("basic").unwrap();
            }
        }),
    ];
    for (what, touch) in faults {
        assert!(!found(touch).is_empty(), "{what} is not found");
    }
    let mut forgetful = ticket.clone();
    forgetful.timers.iter_mut().flat_map(|track| &mut track.cycles).for_each(|cycle| cycle.breached = false);
    let whole: Vec<&Event> = whole.iter().collect();
    assert!(!breach_faults(&whole, &forgetful, now, &mut Laws::new()).is_empty(), "a forgotten breach is not found");
}

/// A history in which the holder gives the ticket back, takes it again, replies and resolves past half of the target.
fn answered_history() -> Vec<Event> {
    let search = deep();
    let mut seen = Seen::default();
    let mut node = search.openings().remove(1);
    let holder = || Actor::new(Role::Agent, HOLDER);
    let assign = || CommandKind::Assign { agent: Some(HOLDER.to_owned()), team: None };
    let reply = CommandKind::Reply { channel: "email".to_owned(), message: message(), automatic: false };
    let unassign = CommandKind::Unassign { reason: "because".to_owned() };
    for kind in [assign(), unassign, assign()] {
        node = search.ask(&node, &kind.into(), &holder(), &mut seen).unwrap();
    }
    node = search.wait(&node, 45 * MINUTE);
    node = search.ask(&node, &reply.into(), &holder(), &mut seen).unwrap();
    node = search.wait(&node, 45 * MINUTE);
    node = search.ask(&node, &CommandKind::Resolve { message: message() }.into(), &holder(), &mut seen).unwrap();
    node.events().into_iter().cloned().collect()
}

#[test]
fn the_checks_of_holders_steps_and_answers_find_planted_faults() {
    let whole = answered_history();
    let of_kind = |name: &str| whole.iter().rposition(|event| event.kind.name() == name).unwrap();
    let (assigned, replied, warned) = (of_kind("assigned"), of_kind("replied"), of_kind("warned"));
    let resolved = of_kind("resolved");
    let found = |touch: Touch<'_>| {
        let mut events = whole.clone();
        touch(&mut events);
        let events: Vec<&Event> = events.iter().collect();
        let mut laws = Laws::new();
        [met_faults, silent_faults, step_faults, holder_faults].map(|law| law(&events, &mut laws).len())
    };
    assert_eq!(found(&|_| {}), [0, 0, 0, 0]);
    let faults: [(usize, &str, Touch<'_>); 4] = [
        (0, "a promise that the system meets", &|events| {
            Arc::make_mut(&mut events[resolved].actor).role = Role::System
        }),
        (1, "an automatic reply that changes timers", &|events| {
            if let EventKind::Replied { automatic, .. } = &mut events[replied].kind {
                *automatic = true;
            }
        }),
        (2, "a lost step", &|events| drop(events.remove(warned))),
        (3, "another cycle for the same holder", &|events| {
            events[assigned].changes.iter_mut().for_each(|change| change.cycle += 1);
        }),
    ];
    for (law, what, touch) in faults {
        assert!(found(touch)[law] > 0, "{what} is not found");
    }
}
