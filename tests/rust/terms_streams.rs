//! Random streams of every command under a policy that uses every rule of terms, steps and inactivity, in two revisions.

use proptest::collection::vec;
use proptest::prelude::*;
use sla_core::Engine;
use sla_core::engine::Decision;
use sla_core::ticket::{Actor, Apply, Command, CommandKind, Direction, History, Opening, PauseStatus, Role};
use sla_core::time::Timestamp;
use sla_core::wire;

use crate::streams::{HOUR, When, at, instant, message};

const POLICY: &str = r#"{
    "schema": "sla-policy/2", "id": "terms", "version": 1,
    "calendars": {
        "office": {"time_zone": "Europe/Berlin",
            "weekly": {"mon": ["08:00-12:00", "13:00-17:00"], "tue": ["08:00-12:00", "13:00-17:00"],
                       "wed": ["08:00-12:00"], "thu": ["08:00-12:00", "13:00-17:00"], "sun": ["01:00-04:00"]},
            "holidays": [{"date": "2026-04-06", "name": "Easter Monday"}]},
        "always": {"time_zone": "UTC", "always_open": true},
        "nights": {"time_zone": "Asia/Jakarta", "weekly": {"fri": ["22:00-06:00"], "sat": ["22:00-06:00"],
            "tue": ["09:00-24:00"], "wed": ["00:00-03:30"]}}
    },
    "channels": [{"id": "email", "name": "Email"}, {"id": "chat", "name": "Chat"}],
    "severities": ["low", "high"],
    "categories": ["sales"],
    "packages": [
        {"id": "a", "name": "A", "rank": 1, "channels": ["email", "chat"], "calendar": "office", "targets":
            {"assignment": "90m", "first_response": "2h", "next_response": "4h", "resolution": "11h", "update": "3h",
             "ownership": "2h", "queue": "5h"},
         "variants": [
            {"when": {"category": "sales"}, "targets": {"update": "none", "ownership": "none", "resolution": "none"}},
            {"when": {"severity": "high"}, "targets": {"resolution": "3h", "first_response": "none"}, "calendar": "always"},
            {"when": {"channel": "chat", "during": "office"}, "targets": {"next_response": "20m"}}]},
        {"id": "b", "name": "B", "rank": 2, "channels": ["email", "chat"], "calendar": "always", "targets":
            {"resolution": "9h", "update": "26h"},
         "variants": [
            {"when": {"channel": "chat"}, "targets": {"next_response": "30m", "queue": "1h"}},
            {"when": {"severity": "high"}, "targets": {"first_response": "1h", "assignment": "20m", "queue": "2h"}},
            {"when": {"category": "sales"}, "targets": {"resolution": "none"}, "calendar": "nights"}]},
        {"id": "c", "name": "C", "rank": 3, "extends": "a", "targets":
            {"assignment": "none", "first_response": {"business_days": 1, "by": "16:00", "cut_off": "11:00", "calendar": "office"},
             "update": {"within": "1h", "calendar": "always"}, "resolution": {"business_days": 2, "by": "close", "calendar": "office"}}},
        {"id": "d", "name": "D", "rank": 4, "extends": "c", "calendar": "nights", "variants": [],
         "targets": {"resolution": "7h", "first_response": "3h", "queue": "none"}}
    ],
    "timers": [
        {"id": "ownership", "starts_on": ["assigned"], "stops_on": ["public_reply", "resolved"],
         "cancels_on": ["reassigned", "unassigned"], "pauses_on": ["on_hold"], "cycles": "repeated",
         "on_reopen": "resume"},
        {"id": "queue", "starts_on": ["team_assigned"], "stops_on": ["noted", "resolved"],
         "cancels_on": ["team_assigned"], "cycles": "repeated", "on_reopen": "new_cycle"},
        {"id": "handling", "starts_on": ["unassigned", "opened"], "stops_on": ["assigned"], "cycles": "repeated"}
    ],
    "steps": {
        "resolution": [{"id": "half", "at": "50%", "action": "warn", "repeat": {"every": "1h", "times": 3}},
                       {"id": "high", "at": "100%", "action": "escalate", "level": 3, "when": {"severity": "high"}},
                       {"id": "most", "before": "1h", "action": "escalate", "level": 1},
                       {"id": "late", "after": "1h", "action": "escalate", "level": 2, "until": "acknowledged",
                        "repeat": {"every": "2h", "times": 2}}],
        "first_response": [{"id": "soon", "at": "75%", "action": "warn"},
                           {"id": "breach", "at": "100%", "action": "escalate", "level": 2, "until": "acknowledged",
                            "repeat": {"every": "90m", "times": 2}}],
        "update": [{"id": "much later", "after": "10h", "action": "warn"},
                   {"id": "double", "at": "200%", "action": "warn", "when": {"package": "b"}}],
        "next_response": [{"id": "chat", "at": "50%", "action": "warn", "when": {"channel": "chat"}}]
    },
    "pauses": {"max_pause": "7h", "max_paused_total": "30h"},
    "inactivity": [{"id": "nudge", "status": "pending", "after": "2h", "action": "remind"},
                   {"id": "give up", "status": "pending", "after": "5h", "calendar": "always", "action": "resolve"},
                   {"id": "third", "status": "on_hold", "after": "3h", "action": "resolve", "reason": "no answer"},
                   {"id": "close", "status": "resolved", "after": "40h", "action": "close"}],
    "roles": {"self_assign": true, "agents_may_classify": true, "agents_may_unassign": true, "agents_act_on": "team"}
}"#;

/// Two revisions: the newer one measures what the older does not, and pauses and warns otherwise.
#[must_use]
pub fn documents() -> [String; 2] {
    let newer = POLICY
        .replace("\"version\": 1", "\"version\": 2")
        .replace(
            "\"timers\": [",
            "\"timers\": [{\"id\": \"answer\", \"starts_on\": [\"customer_message\", \"reopened\", \"opened\"],
            \"stops_on\": [\"public_reply\"], \"pauses_on\": [\"on_hold\"], \"cycles\": \"repeated\"},
            {\"id\": \"resolution\", \"pauses_on\": [\"on_hold\"]},",
        )
        .replace("\"queue\": \"5h\"", "\"queue\": \"1h\", \"answer\": \"4h\"")
        .replace("\"resolution\": \"9h\"", "\"resolution\": \"4h\"")
        .replace("\"at\": \"75%\"", "\"before\": \"30m\"");
    [POLICY.to_owned(), newer]
}

/// # Panics
///
/// When the documents do not compile.
#[must_use]
pub fn engine() -> Engine {
    let policies = documents().map(|text| wire::policy::read(&text).unwrap_or_else(|error| panic!("{error:#?}")));
    Engine::compile_revisions(policies).unwrap_or_else(|error| panic!("{error:#?}"))
}

/// A command before its instants are known: `received_at` and `until` are seen from its own instant.
#[derive(Debug, Clone)]
pub struct Turn {
    pub when: When,
    pub actor: usize,
    pub command: CommandKind,
    /// How long before or after the command the instant lies that it names.
    pub distance: Option<i64>,
    /// Whether a monitor looks on the way to this turn, and how far, in thousandths.
    pub look: Option<i64>,
}

impl Turn {
    #[must_use]
    pub fn command(&self, now: Timestamp) -> Command {
        let mut kind = self.command.clone();
        let earlier = self.distance.map(|distance| at(now.as_micros() - distance));
        match &mut kind {
            CommandKind::CustomerMessage { received_at, .. } => *received_at = earlier,
            CommandKind::Absorb { waiting_since, .. } => *waiting_since = earlier,
            CommandKind::Pause { until, .. } => *until = self.distance.map(|distance| at(now.as_micros() + distance)),
            _ => {}
        }
        kind.into()
    }
}

#[must_use]
pub fn actors() -> [Actor; 5] {
    let mut bob = Actor::new(Role::Agent, "bob");
    bob.teams = vec!["desk".to_owned()];
    [
        Actor::new(Role::Customer, "kim"),
        Actor::new(Role::Agent, "ana"),
        Actor::new(Role::Admin, "root"),
        bob,
        Actor::new(Role::Customer, "eve"),
    ]
}

fn command() -> impl Strategy<Value = CommandKind> {
    let channel = || prop_oneof![3 => Just("email"), 2 => Just("chat")].prop_map(str::to_owned);
    let reason = || Just("because".to_owned());
    let agent =
        proptest::option::weighted(0.7, prop_oneof![2 => Just("ana"), 1 => Just("bob")].prop_map(str::to_owned));
    let team = proptest::option::weighted(0.4, prop_oneof![Just("desk"), Just("field")].prop_map(str::to_owned));
    let package = prop_oneof![Just("a"), Just("b"), Just("c"), Just("d")].prop_map(str::to_owned);
    let apply = || prop_oneof![1 => Just(Apply::Keep), 2 => Just(Apply::FromNow), 2 => Just(Apply::Retroactive)];
    let status = prop_oneof![Just(PauseStatus::Pending), Just(PauseStatus::OnHold)];
    let severity = proptest::option::of(prop_oneof![Just("low"), Just("high")].prop_map(str::to_owned));
    let category = proptest::option::of(Just("sales".to_owned()));
    let automatic = || proptest::bool::weighted(0.15);
    prop_oneof![
        5 => (agent, team).prop_map(|(agent, team)| CommandKind::Assign { agent, team }),
        3 => reason().prop_map(|reason| CommandKind::Unassign { reason }),
        5 => (channel(), automatic()).prop_map(|(channel, automatic)| CommandKind::Reply {
            channel, message: message(), automatic
        }),
        2 => Just(CommandKind::Note { message: message() }),
        6 => channel().prop_map(|channel| CommandKind::CustomerMessage {
            channel, message: message(), received_at: None
        }),
        2 => reason().prop_map(|reason| CommandKind::Absorb { ticket: "T-2".to_owned(), waiting_since: None, reason }),
        5 => (status, reason()).prop_map(|(status, reason)| CommandKind::Pause { status, reason, until: None }),
        3 => Just(CommandKind::Resume),
        3 => Just(CommandKind::Resolve { message: message() }),
        4 => (channel(), reason()).prop_map(|(channel, reason)| CommandKind::Reopen {
            channel: Some(channel), reason: Some(reason)
        }),
        1 => prop_oneof![
            Just(CommandKind::Close),
            Just(CommandKind::Withdraw),
            Just(CommandKind::Void { reason: "because".to_owned(), duplicate_of: Some("T-9".to_owned()) })
        ],
        1 => reason().prop_map(|reason| CommandKind::RequestEscalation { reason, channel: Some("email".to_owned()) }),
        2 => (1..4_u32).prop_map(|number| CommandKind::AcknowledgeEscalation { number }),
        5 => (package, apply(), reason()).prop_map(|(package, apply, reason)| CommandKind::ChangePackage {
            package, apply, reason
        }),
        5 => (severity, category, apply(), reason()).prop_map(|(severity, category, apply, reason)| {
            CommandKind::Classify { severity, category, apply, reason }
        }),
        2 => (0..2_usize, apply(), reason()).prop_map(|(revision, apply, reason)| CommandKind::AdoptRevision {
            policy_digest: digests()[revision], apply, reason
        }),
    ]
}

/// The digests of the revisions.
#[must_use]
pub fn digests() -> [sla_core::Digest; 2] {
    static DIGESTS: std::sync::OnceLock<[sla_core::Digest; 2]> = std::sync::OnceLock::new();
    *DIGESTS.get_or_init(|| {
        documents().map(|text| Engine::compile(wire::policy::read(&text).unwrap()).unwrap().policy_digest())
    })
}

fn turn() -> impl Strategy<Value = Turn> {
    let when = prop_oneof![
        2 => Just(When::After(0)),
        4 => (0..12_i64).prop_map(|quarters| When::After(quarters * HOUR / 4)),
        3 => (0..20 * HOUR).prop_map(When::After),
        1 => (0..60_i64).prop_map(|hours| When::After(hours * HOUR)),
        3 => (-1..2_i64).prop_map(When::NextCheck),
    ];
    let distance = proptest::option::weighted(0.4, (1..40_i64).prop_map(|quarters| quarters * HOUR / 4));
    (when, 0..8_usize, command(), distance, proptest::option::of(0..=1_000_i64)).prop_map(
        |(when, actor, command, distance, look)| {
            let actor = match (&command, actor) {
                (_, 0..2) => actor + 2,
                (CommandKind::CustomerMessage { .. } | CommandKind::Withdraw, _) => 0,
                (CommandKind::Reopen { .. } | CommandKind::RequestEscalation { .. }, 2..5) => 0,
                (_, 2..4) => 1,
                _ => 2,
            };
            Turn { when, actor, command, distance, look }
        },
    )
}

/// An opening: package, channel, severity, category, received so long before, and whether outbound.
pub type Begin = (usize, bool, Option<bool>, bool, Option<i64>, bool);

pub fn stream(most: usize) -> impl Strategy<Value = (Begin, Vec<Turn>)> {
    let received = proptest::option::weighted(0.2, (1..30_i64).prop_map(|hours| hours * HOUR / 2));
    let begin = (
        0..4_usize,
        any::<bool>(),
        any::<Option<bool>>(),
        proptest::bool::weighted(0.3),
        received,
        proptest::bool::weighted(0.15),
    );
    (begin, vec(turn(), 1..most))
}

/// The opening of a stream.
#[must_use]
pub fn opening(begin: Begin, now: Timestamp) -> Opening {
    let (package, is_chat, severity, is_sales, received, is_outbound) = begin;
    Opening {
        ticket: "T-1".to_owned(),
        customer: "kim".to_owned(),
        package: ["a", "b", "c", "d"][package].to_owned(),
        channel: if is_chat { "chat" } else { "email" }.to_owned(),
        severity: severity.map(|is_high| if is_high { "high" } else { "low" }.to_owned()),
        category: is_sales.then(|| "sales".to_owned()),
        message: message(),
        direction: if is_outbound { Direction::Outbound } else { Direction::Inbound },
        received_at: received.filter(|_| !is_outbound).map(|received| at(now.as_micros() - received)),
        organization: None,
        command_id: None,
    }
}

/// # Panics
///
/// When the opening is refused.
#[must_use]
pub fn opened(engine: &Engine, begin: Begin, now: Timestamp) -> History {
    match engine.open(&opening(begin, now), &actors()[2], now).unwrap() {
        Decision::Accepted(opened) => History::new(opened.events).unwrap(),
        Decision::Refused(refusal) => panic!("{refusal}"),
    }
}

/// The older engine, under which tickets open.
///
/// # Panics
///
/// When the document does not compile.
#[must_use]
pub fn older_engine() -> Engine {
    Engine::compile(wire::policy::read(POLICY).unwrap()).unwrap()
}

/// When a stream begins.
///
/// # Panics
///
/// Never.
#[must_use]
pub fn start() -> Timestamp {
    Timestamp::parse("2026-03-25T09:17:00Z").unwrap()
}

/// The instant of a turn.
#[must_use]
pub fn when(engine: &Engine, history: &History, turn: &Turn, now: Timestamp) -> Timestamp {
    let next = engine.evaluate(history.ticket(), now).unwrap().next_check_at;
    instant(turn.when, now, next)
}
