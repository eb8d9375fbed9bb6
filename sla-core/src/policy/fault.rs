//! What can be wrong in a policy: one variant a situation.

use std::borrow::Cow;

use super::rules::{BREACH_STEP, MAX_CALENDARS, MAX_INACTIVITY_RULES, MAX_PACKAGE_VALUES, MAX_REPETITIONS, MAX_STEPS};
use crate::error::{ErrorCode, Fault};
use crate::id::Id;
use crate::package::MAX_EXTENDS;
use crate::time::{BusinessDuration, Share};

/// The most characters of an unknown word that a message shows.
const SHOWN_CHARS: usize = 64;
/// The most ids that a help text offers.
const OFFERED_IDS: usize = 12;

/// What other parts of a policy refer to by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Calendar,
    Channel,
    Severity,
    Category,
    Timer,
    Package,
}

impl Named {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Channel => "channel",
            Self::Severity => "severity",
            Self::Category => "category",
            Self::Timer => "timer",
            Self::Package => "package",
        }
    }
}

#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum PolicyFault {
    #[error("the field is missing")]
    Missing,
    #[error("found {found}, expected {expected}")]
    WrongKind { found: &'static str, expected: &'static str },
    #[error("the entry has problems, as too many others of the document")]
    FurtherEntry,
    #[error("the key is there twice in one object")]
    DuplicateKey,
    #[error("the field `{field}` is not known")]
    UnknownField { field: String, known: &'static [&'static str] },
    #[error("the format `{found}` is not known")]
    OtherFormat { found: String, expected: &'static str },
    #[error("`{word}` is not known here")]
    UnknownWord { word: String, known: String },
    #[error("the calendar has none of `weekly`, `rotation`, `any_of` and `always_open`")]
    NoHours,
    #[error("`{first}` and `{field}` both state the hours of the calendar")]
    HoursTwice { first: &'static str, field: &'static str },
    #[error("`{field}` has no effect in a calendar with `{hours}`")]
    NoDeviations { field: &'static str, hours: &'static str },
    #[error("the holiday has both a `date` and a range")]
    DateAndRange,
    #[error("{count} calendars are too many")]
    TooManyCalendars { count: usize },
    #[error("two {what} fall on `{date}`")]
    DuplicateDate { what: &'static str, date: String },
    #[error("{what} `{id}` is there twice")]
    DuplicateId { what: &'static str, id: Id },
    #[error("{what} `{entry}` is listed twice")]
    DuplicateEntry { what: &'static str, entry: String },
    #[error("{} `{id}` is not known", what.as_str())]
    Unknown { what: Named, id: Id, offered: String },
    #[error("{what} is blank")]
    Blank { what: &'static str },
    #[error("{what} is zero")]
    ZeroDuration { what: &'static str },
    #[error("{what} is 0%")]
    ZeroShare { what: &'static str },
    #[error("{what} is 0")]
    ZeroNumber { what: &'static str },
    #[error("an objective of `{objective}` leaves no error budget, or nothing but one")]
    Objective { objective: Share },
    #[error("the short window `{short}` is longer than the long one")]
    ShortWindow { short: BusinessDuration, long: BusinessDuration },
    #[error("the preset timer `{timer}` is missing")]
    MissingPreset { timer: &'static str },
    #[error("timer `{timer}` stands under the key `{key}`")]
    OtherKey { timer: Id, key: Id },
    #[error("the id `csat` is taken: it names the customers' ratings among the score weights")]
    TimerNamedCsat,
    #[error("nothing starts timer `{timer}`")]
    NeverStarts { timer: Id },
    #[error("nothing stops timer `{timer}`{}", if *.only_opened { ": no ticket is opened twice" } else { "" })]
    NeverStops { timer: Id, only_opened: bool },
    #[error("timer `{timer}` has no reopening")]
    NoReopening { timer: Id },
    #[error("a step has more than one of `at`, `before` and `after`")]
    SeveralInstants,
    #[error("a step has none of `at`, `before` and `after`")]
    NoInstant,
    #[error("step `{step}` fires no time after due")]
    AfterZero { step: Id },
    #[error("a target has {found}")]
    TargetForm { found: &'static str },
    #[error("a target in business days does not move from a closing to the next opening")]
    BusinessDaysMove { timer: Id },
    #[error("the field is missing, and no extended package has it")]
    MissingInChain { field: &'static str },
    #[error("package `{package}` extends itself")]
    ExtendsItself { package: Id },
    #[error("package `{package}` extends more packages than {}", MAX_EXTENDS - 1)]
    ExtendsTooMany { package: Id },
    #[error("`{trigger}` both stops and cancels timer `{timer}`")]
    StopsAndCancels { timer: Id, trigger: &'static str },
    #[error("`{trigger}` hands no ticket on")]
    CancelsOn { trigger: &'static str },
    #[error("{count} steps and repetitions of one timer are too many")]
    TooManySteps { count: usize },
    #[error("a step repeats {times} times")]
    Repetitions { times: u32 },
    #[error("{count} inactivity rules are too many")]
    TooManyInactivityRules { count: usize },
    #[error("a ticket that is `{status}` is not {}", if *.action == "close" { "closed" } else { "resolved" })]
    InactivityStatus { action: &'static str, status: &'static str },
    #[error("the field `close_after` is replaced by inactivity rules")]
    CloseAfter,
    #[error("a warning has no level")]
    LevelOfWarning,
    #[error("step `{step}` has the instant, action, level and condition of an earlier step")]
    DuplicateStep { step: Id },
    #[error("steps `{first}` and `{second}` both configure the breach escalation")]
    DuplicateBreach { first: Id, second: Id },
    #[error("the id `{BREACH_STEP}` is that of the breach escalation, which this step does not configure")]
    NamedBreach,
    #[error("the packages have more than {MAX_PACKAGE_VALUES} channels, variants and targets together")]
    TooManyValues,
    #[error("a package has no calendar")]
    NoCalendar,
}

impl PolicyFault {
    pub(super) fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        if field == "close_after" { Self::CloseAfter } else { Self::UnknownField { field: shortened(field), known } }
    }

    pub(super) fn other_format(found: &str, expected: &'static str) -> Self {
        Self::OtherFormat { found: shortened(found), expected }
    }

    pub(super) fn unknown_word(word: &str, known: impl Iterator<Item = &'static str>) -> Self {
        Self::UnknownWord { word: shortened(word), known: known.collect::<Vec<_>>().join("`, `") }
    }

    /// An id that is none of the `known` ones; the help offers the first of them.
    pub(super) fn unknown<'a>(what: Named, id: &Id, mut known: impl Iterator<Item = &'a Id>) -> Self {
        let mut offered: Vec<String> = known.by_ref().take(OFFERED_IDS).map(|id| format!("`{id}`")).collect();
        if known.next().is_some() {
            offered.push("...".to_owned());
        }
        Self::Unknown { what, id: id.clone(), offered: offered.join(", ") }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}

impl Fault for PolicyFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Missing
            | Self::NoHours
            | Self::NoInstant
            | Self::MissingPreset { .. }
            | Self::MissingInChain { .. }
            | Self::NoCalendar => ErrorCode::MissingField,
            Self::WrongKind { .. } => ErrorCode::WrongType,
            Self::FurtherEntry
            | Self::TooManyCalendars { .. }
            | Self::TooManySteps { .. }
            | Self::TooManyInactivityRules { .. }
            | Self::TooManyValues => ErrorCode::LimitExceeded,
            Self::DuplicateKey => ErrorCode::DuplicateKey,
            Self::UnknownField { .. } | Self::CloseAfter => ErrorCode::UnknownField,
            Self::OtherFormat { .. } => ErrorCode::UnsupportedSchema,
            Self::UnknownWord { .. } => ErrorCode::UnknownWord,
            Self::HoursTwice { .. }
            | Self::NoDeviations { .. }
            | Self::DateAndRange
            | Self::SeveralInstants
            | Self::LevelOfWarning
            | Self::StopsAndCancels { .. }
            | Self::BusinessDaysMove { .. } => ErrorCode::ConflictingFields,
            Self::DuplicateDate { .. } | Self::DuplicateEntry { .. } => ErrorCode::DuplicateEntry,
            Self::DuplicateId { .. } | Self::NamedBreach => ErrorCode::DuplicateId,
            Self::Unknown { what, .. } => match what {
                Named::Calendar => ErrorCode::UnknownCalendar,
                Named::Channel => ErrorCode::UnknownChannel,
                Named::Severity => ErrorCode::UnknownSeverity,
                Named::Category => ErrorCode::UnknownCategory,
                Named::Timer => ErrorCode::UnknownTimer,
                Named::Package => ErrorCode::UnknownPackage,
            },
            Self::Blank { .. } => ErrorCode::BlankText,
            Self::ZeroDuration { .. }
            | Self::ZeroShare { .. }
            | Self::ZeroNumber { .. }
            | Self::Objective { .. }
            | Self::ShortWindow { .. }
            | Self::AfterZero { .. }
            | Self::Repetitions { .. } => ErrorCode::OutOfRange,
            Self::TargetForm { .. } => ErrorCode::InvalidTarget,
            Self::ExtendsItself { .. } | Self::ExtendsTooMany { .. } => ErrorCode::InvalidExtends,
            Self::CancelsOn { .. } | Self::InactivityStatus { .. } => ErrorCode::NotAllowedHere,
            Self::OtherKey { .. } | Self::TimerNamedCsat => ErrorCode::InvalidId,
            Self::NeverStarts { .. } => ErrorCode::TimerNeverStarts,
            Self::NeverStops { .. } => ErrorCode::TimerNeverStops,
            Self::NoReopening { .. } => ErrorCode::NoReopening,
            Self::DuplicateStep { .. } => ErrorCode::DuplicateStep,
            Self::DuplicateBreach { .. } => ErrorCode::DuplicateBreachEscalation,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        match self {
            Self::WrongKind { .. } => "".into(),
            Self::FurtherEntry => "correct the other entries first".into(),
            Self::Missing => "add it".into(),
            Self::DuplicateKey | Self::HoursTwice { .. } | Self::DateAndRange => "keep one of the two".into(),
            Self::SeveralInstants => "keep one of them".into(),
            Self::UnknownField { field, known } => match known.iter().find(|known| known.eq_ignore_ascii_case(field)) {
                Some(known) => format!("write it as `{known}`").into(),
                None => format!("leave it out; the fields here are `{}`", known.join("`, `")).into(),
            },
            Self::OtherFormat { expected, .. } => format!("write `{expected}`").into(),
            Self::UnknownWord { known, .. } => format!("write one of `{known}`").into(),
            Self::NoHours => {
                "add hours, for example `\"weekly\": {\"mon\": [\"09:00-17:00\"]}`, or `\"always_open\": true`".into()
            }
            Self::NoDeviations { hours: "any_of", .. } => "state it in the members".into(),
            Self::NoDeviations { .. } => {
                "leave it out, or write `weekly` with `00:00-24:00` instead of `always_open`".into()
            }
            Self::TooManyCalendars { .. } => format!("at most {MAX_CALENDARS} are accepted").into(),
            Self::DuplicateDate { .. } => "list the date once, with all that it has in one entry".into(),
            Self::DuplicateId { .. } => "give each an id of its own".into(),
            Self::DuplicateEntry { .. } => "list it once".into(),
            Self::Unknown { offered, .. } if offered.is_empty() => "the policy has none yet: add it first".into(),
            Self::Unknown { offered, .. } => format!("the policy has {offered}").into(),
            Self::Blank { .. } => "write a text that people understand".into(),
            Self::ZeroDuration { .. } => "name a duration above zero, for example `4h`, or leave the field out".into(),
            Self::ZeroShare { .. } => "name a share above 0%, for example `80%`".into(),
            Self::ZeroNumber { .. } => "name a whole number of at least 1".into(),
            Self::Objective { .. } => "name a share above 0% and below 100%, for example `95%`".into(),
            Self::ShortWindow { long, .. } => format!("name at most the long window, `{long}`").into(),
            Self::MissingPreset { .. } => "begin with `Policy::new`, which has every preset".into(),
            Self::OtherKey { .. } => "use the id of each timer as its key".into(),
            Self::TimerNamedCsat => "give the timer another id".into(),
            Self::NeverStarts { .. } => "name what starts a cycle, for example `opened`".into(),
            Self::NeverStops { .. } => "name what stops a cycle, for example `resolved`".into(),
            Self::NoReopening { .. } => "leave `on_reopen` out, or define a timer of your own".into(),
            Self::NoInstant => "write `\"at\": \"80%\"`, `\"before\": \"30m\"` or `\"after\": \"2h\"`".into(),
            Self::AfterZero { .. } => "a step on due is at 100%".into(),
            Self::LevelOfWarning => "leave `level` out, or write `\"action\": \"escalate\"`".into(),
            Self::DuplicateStep { .. } => "join the two into one step".into(),
            Self::DuplicateBreach { .. } => "give each another `when`, or move one of them with `after`".into(),
            Self::TargetForm { .. } => {
                "write a duration such as `4h`, `none`, `{\"within\": \"4h\", \"calendar\": ...}` or \
                 `{\"business_days\": 1, \"by\": \"16:00\"}`"
                    .into()
            }
            Self::BusinessDaysMove { timer } => format!("leave `due_boundary` of timer `{timer}` out").into(),
            Self::MissingInChain { .. } => "add it here or in a package that is extended".into(),
            Self::ExtendsItself { .. } => "end the chain with a package that extends none".into(),
            Self::ExtendsTooMany { .. } => format!("at most {MAX_EXTENDS} packages make a chain").into(),
            Self::StopsAndCancels { .. } => "keep it in `stops_on` or in `cancels_on`".into(),
            Self::CancelsOn { .. } => "write `assigned`, `reassigned`, `team_assigned` or `unassigned`".into(),
            Self::TooManySteps { .. } => format!("at most {MAX_STEPS}, repetitions included").into(),
            Self::Repetitions { .. } => format!("1 to {MAX_REPETITIONS} times").into(),
            Self::TooManyInactivityRules { .. } => format!("at most {MAX_INACTIVITY_RULES}").into(),
            Self::InactivityStatus { action: "close", .. } => "write `\"status\": \"resolved\"`".into(),
            Self::InactivityStatus { .. } => "write `\"status\": \"pending\"` or `\"on_hold\"`".into(),
            Self::CloseAfter => {
                "write `\"inactivity\": [{\"id\": \"close\", \"status\": \"resolved\", \"after\": \"72h\", \
                 \"action\": \"close\"}]`"
                    .into()
            }
            Self::NamedBreach => "give the step another id, or make it an escalation at 100%".into(),
            Self::TooManyValues => "read the document of the policy, where each stands once".into(),
            Self::NoCalendar => "name its calendar".into(),
        }
    }
}
