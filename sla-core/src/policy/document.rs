//! The policy document, field by field, as its text states it: the one place that knows the fields of the format.
//!
//! `written` makes it of a policy, `check` makes a policy of it.

use serde::de::{IgnoredAny, MapAccess};
use serde::ser::{Serialize, Serializer};

use super::fault::PolicyFault;
use super::rules::{MAX_CALENDARS, MAX_PROBLEMS};
use super::slot::{Faulty, Ids, List, Part, Read, Slot, Table, Text, Whole, word_terms};
use super::{ActOn, Cycles, DueBoundary, InactiveStatus, InactivityAction, OnReopen, PauseStatus, Trigger};
use crate::calendar::{CalendarDate, DayTime, LocalTime, MAX_WEEKS, Window};
use crate::error::Error;
use crate::id::Id;
use crate::string_enum::string_enum;
use crate::time::{BusinessDuration, Share};
use chrono::NaiveDate;

/// An object of the document.
pub(crate) trait Object {
    /// The fields that it may have.
    const FIELDS: &'static [&'static str];

    /// Returns the fields that the format does not know.
    fn unknown(&self) -> &[String];

    /// Returns the fields that are there more than once.
    fn twice(&self) -> &[&'static str];
}

/// Defines an object of the document: each field is a [`Slot`], the names of unknown fields are kept for the report.
macro_rules! object {
    (
        $(#[doc = $doc:literal])*
        $name:ident is $what:literal, required $required:tt $(, at most $most:expr)? => {
            $($(#[doc = $field_doc:literal])* $field:ident: $kind:ty,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Default, serde::Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(extend("required" = $required, "additionalProperties" = false)))]
        #[serde(default)]
        pub(crate) struct $name {
            $(
                $(#[doc = $field_doc])*
                #[serde(skip_serializing_if = "Slot::is_missing")]
                pub(crate) $field: Slot<$kind>,
            )*
            #[serde(skip)]
            pub(super) unknown: Vec<String>,
            #[serde(skip)]
            pub(super) twice: Vec<&'static str>,
        }

        impl Object for $name {
            const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn unknown(&self) -> &[String] {
                &self.unknown
            }

            fn twice(&self) -> &[&'static str] {
                &self.twice
            }
        }

        impl Part for $name {
            const EXPECTED: &'static str = $what;

            $(const KEPT: usize = $most;)?

            fn of_object<'de, A: MapAccess<'de>>(mut fields: A, faulty: &Faulty) -> Result<Option<Self>, A::Error> {
                let mut object = Self::default();
                while let Some(name) = fields.next_key::<String>()? {
                    match name.as_str() {
                        $(stringify!($field) => {
                            if !object.$field.is_missing() && object.twice.len() < MAX_PROBLEMS {
                                object.twice.push(stringify!($field));
                            }
                            object.$field = fields.next_value_seed(Read::new(faulty))?;
                        })*
                        _ => {
                            fields.next_value::<IgnoredAny>()?;
                            object.unknown.push(name);
                        }
                    }
                }
                Ok(Some(object))
            }

            fn has_faults(&self) -> bool {
                let required: &[&str] = &$required;
                !self.unknown.is_empty()
                    || !self.twice.is_empty()
                    $(|| self.$field.has_faults()
                        || (self.$field.is_missing() && required.contains(&stringify!($field))))*
            }
        }
    };
}

object! {
    /// The rules of one support desk: calendars, channels, packages, timers and steps.
    Document is "a policy: an object", required ["schema", "id", "version", "calendars", "channels", "packages"] => {
        /// The format and its version: `sla-policy/2`.
        schema: String,
        /// The policy's id; the same in all its revisions.
        id: Text<Id>,
        /// The number of this revision, for people.
        version: Whole,
        /// Calendars by id: when support time counts.
        calendars: Table<Box<CalendarObject>>,
        /// Every channel that a request may come by.
        channels: List<Box<ChannelObject>>,
        /// The severities a ticket may have; none when left out.
        severities: Ids,
        /// The categories a ticket may have; none when left out.
        categories: Ids,
        /// Subscription levels.
        packages: List<Box<PackageObject>>,
        /// Timers of this policy, and adjustments of the presets `first_response`, `next_response`, `update`, `resolution` and `assignment`.
        timers: List<Box<TimerObject>>,
        /// Warnings and escalations of each timer, by timer id.
        steps: Table<List<Box<StepObject>>>,
        /// How long a ticket may pause, and why.
        pauses: PausesObject,
        /// What happens to tickets on which nothing has happened for a time, in order; at most 100 rules.
        inactivity: List<Box<InactivityObject>>,
        /// What agents may do beyond the fixed table of commands.
        roles: RolesObject,
        /// Objectives of the support desk; read by reports and alerts only, never by a decision.
        objectives: ObjectivesObject,
    }
}

object! {
    /// When support time counts, in local wall time: exactly one of `weekly`, `rotation`, `any_of` and `always_open`.
    CalendarObject is "a calendar: an object", required ["time_zone"], at most MAX_CALENDARS => {
        /// A name of the IANA time-zone database, for example `Asia/Jakarta`.
        time_zone: String,
        /// Open around the clock, every day.
        always_open: bool,
        /// The opening windows of each day of the week.
        weekly: WeekObject,
        /// Weeks that take turns.
        rotation: RotationObject,
        /// Other calendars of the policy, at least two: open whenever one of them is.
        any_of: Ids,
        /// Dates on which other weeks replace the recurring hours.
        seasons: List<Box<SeasonObject>>,
        /// Dates on which no window opens.
        holidays: List<Box<HolidayObject>>,
        /// Dates whose windows replace all others; they win over holidays.
        special_days: List<Box<SpecialDayObject>>,
        /// The last local date up to which the holidays are entered; later answers are provisional.
        holidays_known_until: Text<NaiveDate>,
    }
}

object! {
    /// The opening windows of each day of the week; a day left out is closed.
    WeekObject is "a week: an object", required [], at most MAX_WEEKS => {
        /// Windows that open on a Monday.
        mon: List<Text<Window>>,
        /// Windows that open on a Tuesday.
        tue: List<Text<Window>>,
        /// Windows that open on a Wednesday.
        wed: List<Text<Window>>,
        /// Windows that open on a Thursday.
        thu: List<Text<Window>>,
        /// Windows that open on a Friday.
        fri: List<Text<Window>>,
        /// Windows that open on a Saturday.
        sat: List<Text<Window>>,
        /// Windows that open on a Sunday.
        sun: List<Text<Window>>,
    }
}

object! {
    /// Weeks that take turns.
    RotationObject is "a rotation: an object", required ["starts", "weeks"] => {
        /// The Monday on which the first week begins; the weeks take turns before it too.
        starts: Text<NaiveDate>,
        /// The weeks in their order, 2 to 53.
        weeks: List<Box<WeekObject>>,
    }
}

object! {
    /// Dates on which a week of their own replaces the recurring hours. Dated seasons win over yearly ones.
    SeasonObject is "a season: an object", required ["from", "to", "name", "weekly"] => {
        /// The first local date, `2026-02-18` once or `--06-01` every year.
        from: Text<CalendarDate>,
        /// The last local date, of the same kind; a yearly one before `from` runs over new year.
        to: Text<CalendarDate>,
        /// The name shown when closed time is explained.
        name: String,
        /// The opening windows of each day of the week.
        weekly: WeekObject,
    }
}

object! {
    /// Dates on which no window opens: either `date`, or `from` and `to`.
    HolidayObject is "a holiday: an object", required ["name"] => {
        /// The local date, `2026-12-25` once or `--12-25` every year.
        date: Text<CalendarDate>,
        /// The first local date of a range, `2026-12-24` once or `--12-24` every year.
        from: Text<CalendarDate>,
        /// The last local date of a range, of the same kind; a yearly one before `from` runs over new year.
        to: Text<CalendarDate>,
        /// The name shown when closed time is explained.
        name: String,
    }
}

object! {
    /// A date whose windows replace all others.
    SpecialDayObject is "a special day: an object", required ["date", "name", "windows"] => {
        /// The local date.
        date: Text<NaiveDate>,
        /// The name shown when the time of this day is explained.
        name: String,
        /// The windows that open on this date; an empty list closes it.
        windows: List<Text<Window>>,
    }
}

object! {
    /// A way a request may come by.
    ChannelObject is "a channel: an object", required ["id", "name"] => {
        /// Unique within the policy.
        id: Text<Id>,
        /// The name people see.
        name: String,
    }
}

object! {
    /// A subscription level: what a customer bought.
    PackageObject is "a package: an object", required ["id", "name", "rank"] => {
        /// Unique within the policy.
        id: Text<Id>,
        /// The name people see.
        name: String,
        /// The order of packages, higher is better; two packages may share a rank.
        rank: Whole,
        /// The package that says what this one leaves out; without it `channels`, `calendar` and `targets` are required.
        extends: Text<Id>,
        /// The channels a ticket of this package may use.
        channels: Ids,
        /// The calendar in which targets count, unless a variant or a target names another.
        calendar: Text<Id>,
        /// The target of each timer by timer id; a timer left out promises nothing, or what the extended package promises.
        targets: Table<TargetPart>,
        /// A label that reports group by; no decision reads it.
        priority: Text<Id>,
        /// Deviations, in order; the first whose condition holds applies.
        variants: List<Box<VariantObject>>,
    }
}

object! {
    /// A deviation from a package's calendar and targets for some tickets.
    VariantObject is "a variant: an object", required ["when"] => {
        /// When it applies.
        when: ConditionObject,
        /// Targets that replace the package's; timers left out keep the package's.
        targets: Table<TargetPart>,
        /// The calendar that replaces the package's.
        calendar: Text<Id>,
    }
}

object! {
    /// A condition on a ticket; every stated part must hold.
    ConditionObject is "a condition: an object", required [] => {
        /// The channel of the event that starts the cycle.
        channel: Text<Id>,
        /// The ticket's severity.
        severity: Text<Id>,
        /// The ticket's category.
        category: Text<Id>,
        /// A calendar that is open at the instant of the event that starts the cycle.
        during: Text<Id>,
        /// A calendar that is closed then.
        outside: Text<Id>,
    }
}

object! {
    /// A target with more than a duration: `within` a duration in a calendar of its own, or on a business day.
    TargetObject is "a target: an object", required [] => {
        /// The promised duration, more than zero.
        within: Text<BusinessDuration>,
        /// How many business days after the day of receipt, at most 366; 0 is that day.
        business_days: Whole,
        /// The local time on that day: `close`, `same_time` or `16:00`; required with `business_days`.
        by: Text<DayTime>,
        /// What is received at or after this local time counts as received on the next business day.
        cut_off: Text<LocalTime>,
        /// The calendar in which the target counts, in place of the variant's or the package's.
        calendar: Text<Id>,
    }
}

object! {
    /// Quiet hours of another calendar.
    QuietObject is "quiet hours: an object", required ["calendar"] => {
        /// The calendar at whose next opening is notified.
        calendar: Text<Id>,
    }
}

object! {
    /// A condition on the terms of a cycle; every stated part must hold.
    StepConditionObject is "a condition: an object", required [] => {
        /// The cycle's channel.
        channel: Text<Id>,
        /// The severity of its terms.
        severity: Text<Id>,
        /// The category of its terms.
        category: Text<Id>,
        /// The package of its terms.
        package: Text<Id>,
    }
}

object! {
    /// How a step repeats.
    RepeatObject is "a repetition: an object", required ["every", "times"] => {
        /// The counted time between two; more than zero.
        every: Text<BusinessDuration>,
        /// How often after the step itself, 1 to 100.
        times: Whole,
    }
}

object! {
    /// What happens to a ticket in one status on which nothing has happened for a time.
    InactivityObject is "an inactivity rule: an object", required ["id", "status", "after", "action"] => {
        /// Unique within the policy.
        id: Text<Id>,
        /// The status of the ticket.
        status: Text<InactiveStatus>,
        /// The business time without activity; more than zero.
        after: Text<BusinessDuration>,
        /// The calendar in which it counts; the package's when left out.
        calendar: Text<Id>,
        /// What happens; `resolve` only with `pending` and `on_hold`, `close` only with `resolved`.
        action: Text<InactivityAction>,
        /// Names of notification channels; the host acts on them.
        notify: List<String>,
        /// Whether the notification waits for the next opening.
        quiet_hours: QuietPart,
        /// Why, for people.
        reason: String,
    }
}

object! {
    /// A timer of this policy, or an adjustment of a preset: then every field but `id` may be left out and keeps what the preset says.
    TimerObject is "a timer: an object", required ["id"] => {
        /// Unique within the policy, or the name of a preset.
        id: Text<Id>,
        /// What starts a cycle; required for a timer that is no preset.
        starts_on: List<Text<Trigger>>,
        /// What stops it; required for a timer that is no preset.
        stops_on: List<Text<Trigger>>,
        /// What cancels it, because the ticket is handed on: `assigned`, `reassigned`, `team_assigned` or `unassigned`.
        cancels_on: List<Text<Trigger>>,
        /// The statuses in which it pauses; never when left out.
        pauses_on: List<Text<PauseStatus>>,
        /// Whether it runs once a ticket (default) or at each start.
        cycles: Text<Cycles>,
        /// What a reopened ticket does to a cycle that the resolve stopped; `resume` when left out.
        on_reopen: Text<OnReopen>,
        /// Where a due lands that falls exactly on a closing; `close` when left out.
        due_boundary: Text<DueBoundary>,
    }
}

object! {
    /// A warning or an escalation at an instant that follows from a timer's target: one of `at`, `before` and `after`.
    StepObject is "a step: an object", required ["id", "action"] => {
        /// Unique within its timer.
        id: Text<Id>,
        /// Fires when this share of the target is used.
        at: Text<Share>,
        /// Fires when this much of the target remains; never where the target is not longer.
        before: Text<BusinessDuration>,
        /// Fires when this much business time has passed since the due instant; `0s` is `at` 100%.
        after: Text<BusinessDuration>,
        /// What it does.
        action: Text<ActionWord>,
        /// The level of an escalation, at least 1; 1 when left out.
        level: Whole,
        /// Names of notification channels; the host acts on them.
        notify: List<String>,
        /// A role or queue to assign to; the host acts on it.
        assign_to: String,
        /// Whether the notification waits for the next opening of the timer's calendar, or of another.
        quiet_hours: QuietPart,
        /// For which cycles it is; for all when left out.
        when: StepConditionObject,
        /// How it repeats; not at all when left out.
        repeat: RepeatObject,
        /// `acknowledged`: an acknowledged escalation of the cycle ends the step and its repetitions.
        until: Text<UntilWord>,
    }
}

object! {
    /// Limits on pauses, in business time of the ticket's package.
    PausesObject is "pause rules: an object", required [] => {
        /// The reasons that a pause may give; any non-blank one when left out or empty.
        reasons: List<String>,
        /// The longest single pause; after it the ticket resumes automatically.
        max_pause: Text<BusinessDuration>,
        /// The longest sum of pauses of one ticket; once it is reached, a pause is refused.
        max_paused_total: Text<BusinessDuration>,
    }
}

object! {
    /// What agents may do beyond the fixed table of commands; `false` when left out.
    RolesObject is "role rules: an object", required [] => {
        /// Whether agents may assign tickets to themselves.
        self_assign: bool,
        /// Whether the assigned agent may set severity and category.
        agents_may_classify: bool,
        /// Whether the assigned agent may give the ticket back.
        agents_may_unassign: bool,
        /// On which tickets agents act; on those that they hold when left out.
        agents_act_on: Text<ActOn>,
        /// Whether customers of one organization own its tickets together.
        organizations_share: bool,
    }
}

object! {
    /// Objectives of the support desk.
    ObjectivesObject is "objectives: an object", required [] => {
        /// Error-budget burn to watch.
        burn: List<Box<BurnObject>>,
        /// The level from which an escalation is critical.
        critical_level: Whole,
        /// The weights of an agent's score by component: a timer id, or `csat`.
        score_weights: Table<Whole>,
        /// The lag between an automatic event and its detection above which the monitor alerts, in wall time.
        monitor_lag: Text<BusinessDuration>,
    }
}

object! {
    /// A compliance objective of one timer and when its burn is alarming; windows are wall time.
    BurnObject is "a burn objective: an object", required ["timer", "objective", "long_window", "short_window", "threshold", "min_decided"] => {
        /// The timer.
        timer: Text<Id>,
        /// The share of cycles to be met, above 0% and below 100%.
        objective: Text<Share>,
        /// The long window.
        long_window: Text<BusinessDuration>,
        /// The short window, not longer than the long one.
        short_window: Text<BusinessDuration>,
        /// The burn at which both windows alarm: `200%` burns the budget twice as fast as it lasts.
        threshold: Text<Share>,
        /// The fewest decided cycles in the long window, at least 1.
        min_decided: Whole,
    }
}

string_enum! {
    /// What a step does.
    ActionWord {
        /// It warns.
        Warn => "warn",
        /// It escalates.
        Escalate => "escalate",
    }
}

string_enum! {
    /// What ends a step and its repetitions.
    UntilWord {
        /// An acknowledged escalation of the cycle.
        Acknowledged => "acknowledged",
    }
}

word_terms! {
    ActionWord: "What a step does.";
    UntilWord: "What ends a step and its repetitions.";
    InactiveStatus: "A status in which a ticket may be inactive.";
    InactivityAction: "What an inactivity rule does.";
    ActOn: "On which tickets agents act.";
}

/// A target: a duration, `none`, or an object.
#[derive(Debug)]
pub(crate) enum TargetPart {
    None,
    Duration(BusinessDuration),
    Object(Box<TargetObject>),
}

/// How a document writes that nothing is promised.
const NONE: &str = "none";

impl Part for TargetPart {
    const EXPECTED: &'static str = "a duration, `none` or an object";

    fn of_text(text: &str) -> Option<Result<Self, Error>> {
        if text == NONE {
            return Some(Ok(Self::None));
        }
        Some(BusinessDuration::parse(text).map(Self::Duration))
    }

    fn of_object<'de, A: MapAccess<'de>>(fields: A, faulty: &Faulty) -> Result<Option<Self>, A::Error> {
        Ok(TargetObject::of_object(fields, faulty)?.map(Box::new).map(Self::Object))
    }

    fn has_faults(&self) -> bool {
        match self {
            Self::None | Self::Duration(_) => false,
            Self::Object(object) => {
                object.has_faults() || (object.within.is_missing() && object.business_days.is_missing())
            }
        }
    }
}

impl Serialize for TargetPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str(NONE),
            Self::Duration(duration) => serializer.collect_str(duration),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

/// Quiet hours: `off`, `calendar`, or an object that names another calendar.
#[derive(Debug)]
pub(crate) enum QuietPart {
    Off,
    Calendar,
    Object(QuietObject),
}

impl Part for QuietPart {
    const EXPECTED: &'static str = "`off`, `calendar` or an object";

    fn of_text(text: &str) -> Option<Result<Self, Error>> {
        Some(match text {
            "off" => Ok(Self::Off),
            "calendar" => Ok(Self::Calendar),
            _ => Err(PolicyFault::unknown_word(text, ["off", "calendar"].into_iter()).into()),
        })
    }

    fn of_object<'de, A: MapAccess<'de>>(fields: A, faulty: &Faulty) -> Result<Option<Self>, A::Error> {
        Ok(QuietObject::of_object(fields, faulty)?.map(Self::Object))
    }

    fn has_faults(&self) -> bool {
        matches!(self, Self::Object(object) if object.has_faults())
    }
}

impl Serialize for QuietPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_str("off"),
            Self::Calendar => serializer.serialize_str("calendar"),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

#[cfg(feature = "schema")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema as schema};

    use super::{QuietObject, QuietPart, TargetObject, TargetPart};
    use crate::policy::slot::Text;
    use crate::time::BusinessDuration;

    impl JsonSchema for TargetPart {
        fn schema_name() -> Cow<'static, str> {
            "Target".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let duration = generator.subschema_for::<Text<BusinessDuration>>();
            let object = generator.subschema_for::<TargetObject>();
            schema!({
                "description": "What is promised: a duration, `none`, or an object.",
                "anyOf": [{"const": "none"}, duration, object],
            })
        }
    }

    impl JsonSchema for QuietPart {
        fn schema_name() -> Cow<'static, str> {
            "QuietHours".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let object = generator.subschema_for::<QuietObject>();
            schema!({
                "description": "When is notified: at once, or at the next opening of the calendar in which the time counts, \
                                or of another.",
                "anyOf": [{"enum": ["off", "calendar"]}, object],
            })
        }
    }
}
