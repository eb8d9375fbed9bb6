//! Nothing gets around the engine: every sequence of commands by everybody, to a stated depth, through the real `decide`.
//!
//! Two searches share one set of checks. The wide one tries every command of every actor in every state; the deep one
//! goes further with the commands that move time and timers. A state is the folded ticket with the instant, without
//! hashes, sequence numbers and what only counts events; states of the last layer are counted and checked, not gone on
//! from.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{Hash as _, Hasher as _};

use sla_core::audit::Content as _;
use sla_core::engine::Decision;
use sla_core::refusal::RefusalCode;
use sla_core::ticket::{
    Action, Actor, Apply, Command, CommandKind, Direction, Due, EscalationTrigger, Event, EventKind, MessageRef,
    Opening, PauseStatus, Role, Standing, Status, Ticket,
};
use sla_core::time::Timestamp;
use sla_core::{Digest, Engine, Id, wire};

const FIRST: &str = r#"{
    "schema": "sla-policy/2", "id": "small", "version": 1,
    "calendars": {"always": {"time_zone": "UTC", "always_open": true}},
    "channels": [{"id": "email", "name": "Email"}, {"id": "whatsapp", "name": "WhatsApp"}],
    "severities": ["low", "high"],
    "packages": [
        {"id": "basic", "name": "Basic", "rank": 1, "channels": ["email"], "calendar": "always",
         "targets": {"first_response": "2h", "resolution": "3h"}},
        {"id": "full", "name": "Full", "rank": 2, "channels": ["email", "whatsapp"], "calendar": "always",
         "targets": {"first_response": "1h", "resolution": "90m", "next_response": "1h"},
         "variants": [{"when": {"severity": "high"}, "targets": {"resolution": "40m"}}]}
    ],
    "steps": {"resolution": [
        {"id": "half", "at": "50%", "action": "warn"},
        {"id": "late", "after": "30m", "action": "escalate", "level": 2}
    ]},
    "pauses": {"max_pause": "4h"},
    "inactivity": [{"id": "close", "status": "resolved", "after": "6h", "action": "close"}],
    "roles": {"self_assign": true, "agents_may_classify": true}
}"#;

const OWNER: &str = "kim";
const HOLDER: &str = "ana";
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
    vec![
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
    OtherCustomer,
    Holder,
    OtherAgent,
    Admin,
    System,
    Nobody,
}

fn part(actor: &Actor, ticket: &Ticket) -> Part {
    match actor.role {
        _ if actor.id.trim().is_empty() => Part::Nobody,
        Role::Customer if actor.id == ticket.customer.as_str() => Part::Owner,
        Role::Customer => Part::OtherCustomer,
        Role::Agent if ticket.agent.as_ref().is_some_and(|agent| agent.as_str() == actor.id) => Part::Holder,
        Role::Agent => Part::OtherAgent,
        Role::Admin => Part::Admin,
        Role::System => Part::System,
    }
}

/// The table of commands, by hand: in which statuses, and by whom.
fn table(command: &str) -> (&'static [Status], &'static [Part]) {
    use Part::{Admin, Holder, OtherAgent, Owner};
    use Status::{Closed, New, OnHold, Open, Pending, Resolved, Voided, Withdrawn};
    const NOT_FINAL: &[Status] = &[New, Open, Pending, OnHold, Resolved];
    const ANY: &[Status] = &[New, Open, Pending, OnHold, Resolved, Closed, Withdrawn, Voided];
    match command {
        // `self_assign` is on: an agent may take a ticket.
        "assign" => (NOT_FINAL, &[Holder, OtherAgent, Admin]),
        "reply" | "note" => (NOT_FINAL, &[Holder, Admin]),
        "customer_message" => (NOT_FINAL, &[Owner]),
        "pause" => (&[Open, Pending, OnHold], &[Holder, Admin]),
        "resume" => (&[Pending, OnHold], &[Holder, Admin]),
        "resolve" => (&[New, Open, Pending, OnHold], &[Holder, Admin]),
        "reopen" => (&[Resolved], &[Owner, Holder, Admin]),
        "unassign" => (NOT_FINAL, &[Admin]),
        "absorb" => (&[New, Open, Pending, OnHold], &[Admin]),
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
    if parts.contains(&part) {
        return (!statuses.contains(&status)).then_some(&[WrongStatus]);
    }
    Some(match part {
        Part::Nobody => &[AnonymousActor],
        Part::OtherCustomer if parts.contains(&Part::Owner) => &[NotTicketOwner],
        Part::OtherAgent if parts.contains(&Part::Holder) => &[NotAssignedAgent],
        _ => &[RoleNotPermitted],
    })
}

#[derive(Clone)]
struct Node {
    events: Vec<Event>,
    ticket: Ticket,
    now: Timestamp,
}

enum Move {
    Wait(i64),
    Do(Command, Actor),
}

/// What a search has seen.
#[derive(Default)]
struct Seen {
    states: HashSet<u128>,
    decisions: u64,
    accepted: u64,
    /// Every (status, command, part) that was asked, and whether it was ever accepted.
    asked: BTreeMap<(Status, &'static str, Part), bool>,
    /// What was refused although the table allows it.
    about_content: BTreeSet<(&'static str, RefusalCode)>,
    /// Events whose bytes were checked.
    known: HashSet<Digest>,
}

struct Search {
    engine: Engine,
    moves: Vec<Move>,
    depth: usize,
}

impl Search {
    fn run(&self, name: &str, seen: &mut Seen) {
        let mut layer = self.openings();
        let mut visited = HashSet::new();
        for node in &layer {
            check(&node.events, &node.ticket, node.now);
            visited.insert(fingerprint(&node.ticket, node.now));
        }
        for depth in 1..=self.depth {
            let mut next = Vec::new();
            for node in &layer {
                for a_move in &self.moves {
                    let Some(child) = self.follow(node, a_move, seen) else { continue };
                    if visited.insert(fingerprint(&child.ticket, child.now)) {
                        check(&child.events, &child.ticket, child.now);
                        check_replay(node, &child, &mut seen.known);
                        if depth < self.depth {
                            next.push(child);
                        }
                    }
                }
            }
            println!("{name}, depth {depth}: {} states so far, {} to go on from", visited.len(), next.len());
            layer = next;
        }
        seen.states.extend(visited);
    }

    /// A ticket of each package; an opening by a channel that the package lacks is refused.
    fn openings(&self) -> Vec<Node> {
        let now = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
        let opener = older_engine();
        let mut nodes = Vec::new();
        for (package, channel) in [("basic", "email"), ("full", "whatsapp"), ("basic", "whatsapp")] {
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
                organization: None,
                command_id: None,
            };
            match opener.open(&opening, &Actor::new(Role::Customer, OWNER), now).unwrap() {
                Decision::Accepted(opened) => nodes.push(Node { events: opened.events, ticket: opened.ticket, now }),
                Decision::Refused(refusal) => assert_eq!(refusal.code, RefusalCode::ChannelNotEntitled),
            }
        }
        assert_eq!(nodes.len(), 2);
        nodes
    }

    fn follow(&self, node: &Node, a_move: &Move, seen: &mut Seen) -> Option<Node> {
        match a_move {
            Move::Wait(length) => Some(self.wait(node, *length)),
            Move::Do(command, actor) => self.ask(node, command, actor, seen),
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
        Node { events: [node.events.as_slice(), &at_once].concat(), ticket, now }
    }

    fn ask(&self, node: &Node, command: &Command, actor: &Actor, seen: &mut Seen) -> Option<Node> {
        let name = command.kind.name();
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
                let events = [node.events.as_slice(), &accepted.events].concat();
                Some(Node { events, ticket: accepted.ticket, now: node.now })
            }
        }
    }
}

/// What may be wrong with what a command says, where the table has nothing against who says it when.
const ABOUT_CONTENT: [(&str, RefusalCode); 15] = [
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
];

fn fingerprint(ticket: &Ticket, now: Timestamp) -> u128 {
    let Ticket {
        id: _,
        customer: _,
        organization: _,
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
    let half = |seed: u64| {
        let mut hasher = DefaultHasher::new();
        (seed, now, package, policy_digest, channel, severity, category, status, agent).hash(&mut hasher);
        (team, last_agent, holders, answered_at, inactive).hash(&mut hasher);
        (last_at, timeline, pause, reply_owed, timers, escalations, rated).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(1) << 64 | half(2)
}

fn check(events: &[Event], ticket: &Ticket, now: Timestamp) {
    let faults = [entitlement_faults(events), escalation_faults(events), breach_faults(events, ticket, now)].concat();
    assert!(faults.is_empty(), "{faults:#?}\n{events:#?}");
}

/// Every channel that an accepted event carries is one of the package that the ticket has then.
fn entitlement_faults(events: &[Event]) -> Vec<String> {
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

/// Every escalation has an actor, a reason and a number of its own, and no step fires twice in one cycle.
fn escalation_faults(events: &[Event]) -> Vec<String> {
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
            EventKind::Warned(firing) => Some(firing),
            _ => None,
        };
        if let Some(firing) = firing
            && !fired.insert((firing.timer.clone(), firing.cycle, firing.step.clone()))
        {
            faults.push(format!("step {} of {} fired twice", firing.step, firing.timer));
        }
    }
    faults
}

/// Every cycle that passed its due has exactly one breach, stamped with the due, and an escalation for it; every
/// breach stays. Written from what the events say they did to the timers, not from the ticket.
fn breach_faults(events: &[Event], ticket: &Ticket, now: Timestamp) -> Vec<String> {
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
fn check_replay(before: &Node, after: &Node, known: &mut HashSet<Digest>) {
    assert_eq!(after.events[..before.events.len()], before.events, "events that were there are not the same");
    let mut ticket = before.ticket.clone();
    for event in &after.events[before.events.len()..] {
        ticket.apply(event).unwrap_or_else(|error| panic!("{error}"));
        let hash = Digest::of(&event.record(Digest::of(b"")));
        if known.insert(hash) {
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
    for command in commands(engine.policy_digest()) {
        moves.extend(actors().into_iter().map(|actor| Move::Do(command.clone().into(), actor)));
    }
    Search { engine, moves, depth: 5 }
}

/// The commands that move timers, each by one who may.
fn deep() -> Search {
    let engine = engine();
    let owner = || Actor::new(Role::Customer, OWNER);
    let admin = || Actor::new(Role::Admin, "root");
    let mut moves = vec![Move::Wait(45 * MINUTE), Move::Wait(150 * MINUTE)];
    for command in commands(engine.policy_digest()) {
        let actor = match &command {
            CommandKind::Pause { status: PauseStatus::OnHold, .. } => continue,
            CommandKind::ChangePackage { apply: Apply::Keep, .. } => continue,
            CommandKind::CustomerMessage { channel, .. } if channel == "email" => owner(),
            CommandKind::Assign { .. }
            | CommandKind::Pause { .. }
            | CommandKind::Resume
            | CommandKind::Resolve { .. }
            | CommandKind::ChangePackage { .. }
            | CommandKind::AdoptRevision { apply: Apply::Retroactive, .. } => admin(),
            CommandKind::Reopen { channel, .. } if channel.as_deref() == Some("email") => admin(),
            _ => continue,
        };
        moves.push(Move::Do(command.into(), actor));
    }
    Search { engine, moves, depth: 8 }
}

#[test]
fn no_sequence_of_commands_gets_around_the_rules() {
    // Fewer layers for a quick look; the counts are those of the whole search.
    let less = std::env::var("SLA_SEARCH_LESS").ok().and_then(|less| less.parse().ok()).unwrap_or(0);
    let run = |name: &'static str, mut search: Search| {
        let mut seen = Seen::default();
        search.depth -= less;
        search.run(name, &mut seen);
        seen
    };
    let (seen, deep) = std::thread::scope(|scope| {
        let deep = scope.spawn(|| run("deep", deep()));
        (run("wide", wide()), deep.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    if less == 0 {
        check_coverage(&seen);
    }
    let known = BTreeSet::from(ABOUT_CONTENT);
    assert_eq!(seen.about_content.union(&deep.about_content).copied().collect::<BTreeSet<_>>(), known);
    let states = seen.states.union(&deep.states).count();
    println!(
        "{} distinct states, {} decisions, {} of them accepted; {} combinations of status, command and actor",
        states,
        seen.decisions + deep.decisions,
        seen.accepted + deep.accepted,
        seen.asked.len()
    );
    assert!(less > 0 || states >= 1_000_000, "{states} states");
}

/// Every row of the table was asked in every status by everybody, and what it allows was accepted at least once.
fn check_coverage(seen: &Seen) {
    const PARTS: [Part; 7] =
        [Part::Owner, Part::OtherCustomer, Part::Holder, Part::OtherAgent, Part::Admin, Part::System, Part::Nobody];
    let mut faults = Vec::new();
    // Stories tell of these two, the search does not ask for them.
    let told = [Action::Unassign, Action::Absorb];
    let asked = Action::COMMANDS.iter().filter(|action| !told.contains(action));
    for command in asked.map(|action| action.as_str()) {
        for status in Status::ALL {
            for part in PARTS {
                // A new ticket is held by nobody.
                if (*status, part) == (Status::New, Part::Holder) {
                    continue;
                }
                let allowed = forbidden(command, *status, part).is_none();
                // Taking a ticket that one holds already changes nothing.
                let is_idle = (command, part) == ("assign", Part::Holder);
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
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// A history with a warning, a breach, its escalation and a later one.
fn breached_history() -> (Vec<Event>, Ticket, Timestamp) {
    let search = deep();
    let mut seen = Seen::default();
    let assign = Move::Do(
        CommandKind::Assign { agent: Some(HOLDER.to_owned()), team: None }.into(),
        Actor::new(Role::Admin, "root"),
    );
    let node = search.openings().remove(1);
    let node = search.follow(&node, &assign, &mut seen).unwrap();
    let node = search.follow(&node, &Move::Wait(150 * MINUTE), &mut seen).unwrap();
    (node.events, node.ticket, node.now)
}

type Touch<'a> = &'a dyn Fn(&mut Vec<Event>);

#[test]
fn the_checks_find_planted_faults() {
    let (whole, ticket, now) = breached_history();
    check(&whole, &ticket, now);
    let of_kind = |name: &str| whole.iter().position(|event| event.kind.name() == name).unwrap();
    let (breach, escalation, warning) = (of_kind("breached"), of_kind("escalated"), of_kind("warned"));
    let found = |touch: Touch<'_>| {
        let mut events = whole.clone();
        touch(&mut events);
        [entitlement_faults(&events), escalation_faults(&events), breach_faults(&events, &ticket, now)].concat()
    };
    assert_eq!(found(&|_| {}), Vec::<String>::new());
    let faults: [(&str, Touch<'_>); 9] = [
        ("a lost breach", &|events| drop(events.remove(breach))),
        ("a doubled breach", &|events| events.insert(breach, events[breach].clone())),
        ("a breach at another instant", &|events| events[breach].at = now),
        ("a lost escalation", &|events| drop(events.remove(escalation))),
        ("a doubled escalation", &|events| events.insert(escalation, events[escalation].clone())),
        ("a doubled warning", &|events| events.insert(warning, events[warning].clone())),
        ("an escalation by nobody", &|events| events[escalation].actor.id.clear()),
        ("an automatic escalation by a person", &|events| events[escalation].actor.role = Role::Admin),
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
    assert!(!breach_faults(&whole, &forgetful, now).is_empty(), "a forgotten breach is not found");
}
