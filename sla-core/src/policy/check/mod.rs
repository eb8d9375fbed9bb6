//! Validation of a policy: every problem at once, each with its place in the document.

mod calendars;
mod packages;
mod timers;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

use super::problem::{Pointer, Problems};
use super::{CheckedPolicy, Objectives, Policy, written_timers};
use crate::calendar::{Calendar, CalendarRules, ZoneDatabase, ZoneTable};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::time::{BusinessDuration, Share};

/// The component of an agent's score that is no timer.
pub(crate) const CSAT: &str = "csat";

/// Where each timer stands in the `timers` list of the document.
pub(crate) type TimerPlaces<'a> = BTreeMap<&'a Id, usize>;

/// Checks a policy made by hand as a whole, with the time zones of `zones`, and compiles its calendars.
///
/// Every problem is reported, at its place in the document that [`crate::wire::policy::write`] writes. What
/// [`crate::wire::policy::read`] returns is checked already.
///
/// # Errors
///
/// `invalid_policy`, with every problem in [`Error::related`]: its code, its place as a JSON pointer, what is wrong
/// and what would be right.
pub fn check(policy: Policy, zones: &ZoneDatabase) -> Result<CheckedPolicy, Error> {
    let places = written_timers(&policy).zip(0..).map(|(timer, at)| (&timer.id, at)).collect();
    let (problems, calendars) = problems(&policy, zones, &places);
    problems.into_result("policy")?;
    Ok(CheckedPolicy::new(policy, calendars, zones))
}

/// Returns every problem of a calendar by itself, placed within it.
pub(crate) fn calendar_problems(rules: &CalendarRules, zones: &ZoneDatabase) -> Problems {
    // INVARIANT: the name is one; it stands in no place.
    let Ok(id) = Id::new("calendar") else { return Problems::default() };
    let mut policy = Policy::new(id.clone(), 0);
    policy.calendars.insert(id, rules.clone());
    let timer_places = BTreeMap::new();
    let mut check = Check::new(&policy, zones, &timer_places);
    check.calendar(rules, &Pointer::ROOT);
    check.problems
}

/// Returns every problem of a policy whose timers stand at `timer_places` in its document, and its compiled calendars.
pub(crate) fn problems(
    policy: &Policy,
    zones: &ZoneDatabase,
    timer_places: &TimerPlaces<'_>,
) -> (Problems, BTreeMap<Id, Arc<Calendar>>) {
    let mut check = Check::new(policy, zones, timer_places);
    let calendars = check.calendars();
    check.lists();
    check.packages();
    check.timers();
    check.steps();
    check.limits();
    check.objectives(&policy.objectives);
    (check.problems, calendars)
}

struct Check<'a> {
    policy: &'a Policy,
    timer_places: &'a TimerPlaces<'a>,
    zones: &'a ZoneDatabase,
    /// The zones that calendars have named so far, each read once.
    zone_tables: BTreeMap<&'a str, Arc<ZoneTable>>,
    problems: Problems,
}

impl<'a> Check<'a> {
    fn new(policy: &'a Policy, zones: &'a ZoneDatabase, timer_places: &'a TimerPlaces<'a>) -> Self {
        Self { policy, timer_places, zones, zone_tables: BTreeMap::new(), problems: Problems::default() }
    }

    fn add(&mut self, code: ErrorCode, at: &Pointer<'_>, message: impl FnOnce() -> String, help: impl Into<String>) {
        self.problems.add(code, at, message, help);
    }

    /// Channels, severities and categories.
    fn lists(&mut self) {
        let policy = self.policy;
        let channels = Pointer::ROOT.key("channels");
        let mut seen = BTreeSet::new();
        for (at, channel) in policy.channels.iter().enumerate() {
            let place = channels.index(at);
            self.unique_id("channel", &channel.id, &mut seen, &place.key("id"));
            self.not_blank("the name of a channel", &channel.name, &place.key("name"));
        }
        for (list, what, ids) in
            [("severities", "severity", &policy.severities), ("categories", "category", &policy.categories)]
        {
            let place = Pointer::ROOT.key(list);
            let mut seen = BTreeSet::new();
            for (at, id) in ids.iter().enumerate() {
                self.unique_id(what, id, &mut seen, &place.index(at));
            }
        }
    }

    /// Pauses and the closing of resolved tickets.
    fn limits(&mut self) {
        let policy = self.policy;
        let pauses = Pointer::ROOT.key("pauses");
        self.labels("a pause reason", &policy.pauses.reasons, &pauses.key("reasons"));
        self.above_zero("the longest pause", policy.pauses.max_pause, &pauses.key("max_pause"));
        self.above_zero("the longest sum of pauses", policy.pauses.max_paused_total, &pauses.key("max_paused_total"));
        self.above_zero("the time until a ticket closes", policy.close_after, &Pointer::ROOT.key("close_after"));
    }

    fn objectives(&mut self, objectives: &'a Objectives) {
        let place = Pointer::ROOT.key("objectives");
        let burns = place.key("burn");
        for (at, burn) in objectives.burn.iter().enumerate() {
            let place = burns.index(at);
            self.known_timer(&burn.timer, &place.key("timer"));
            if burn.objective == Share::from_millionths(0) || burn.objective >= Share::WHOLE {
                self.add(
                    ErrorCode::OutOfRange,
                    &place.key("objective"),
                    || format!("an objective of `{}` leaves no error budget, or nothing but one", burn.objective),
                    "name a share above 0% and below 100%, for example `95%`",
                );
            }
            self.above_zero("the long window", Some(burn.long_window), &place.key("long_window"));
            self.above_zero("the short window", Some(burn.short_window), &place.key("short_window"));
            if burn.short_window > burn.long_window {
                self.add(
                    ErrorCode::OutOfRange,
                    &place.key("short_window"),
                    || format!("the short window `{}` is longer than the long one", burn.short_window),
                    format!("name at most the long window, `{}`", burn.long_window),
                );
            }
            self.share_above_zero("the burn threshold", burn.threshold, &place.key("threshold"));
            self.at_least_one("the fewest decided cycles", burn.min_decided, &place.key("min_decided"));
        }
        if let Some(level) = objectives.critical_level {
            self.at_least_one("the critical level", level, &place.key("critical_level"));
        }
        let weights = place.key("score_weights");
        for (component, weight) in &objectives.score_weights {
            let place = weights.key(component.as_str());
            if component.as_str() != CSAT {
                self.known_timer(component, &place);
            }
            self.at_least_one("a score weight", *weight, &place);
        }
        self.above_zero("the monitor lag", objectives.monitor_lag, &place.key("monitor_lag"));
    }

    fn unique_id(&mut self, what: &str, id: &'a Id, seen: &mut BTreeSet<&'a Id>, at: &Pointer<'_>) {
        if !seen.insert(id) {
            self.add(
                ErrorCode::DuplicateId,
                at,
                || format!("{what} `{id}` is there twice"),
                "give each an id of its own",
            );
        }
    }

    fn unique<T: Ord + Display>(&mut self, what: &str, entry: T, seen: &mut BTreeSet<T>, at: &Pointer<'_>) {
        if seen.contains(&entry) {
            self.add(ErrorCode::DuplicateEntry, at, || format!("{what} `{entry}` is listed twice"), "list it once");
        } else {
            seen.insert(entry);
        }
    }

    /// Texts that are not blank and differ.
    fn labels(&mut self, what: &str, labels: &'a [String], at: &Pointer<'_>) {
        let mut seen = BTreeSet::new();
        for (index, label) in labels.iter().enumerate() {
            let place = at.index(index);
            self.not_blank(what, label, &place);
            self.unique(what, label.as_str(), &mut seen, &place);
        }
    }

    fn not_blank(&mut self, what: &str, text: &str, at: &Pointer<'_>) {
        if text.trim().is_empty() {
            self.add(ErrorCode::BlankText, at, || format!("{what} is blank"), "write something that people understand");
        }
    }

    fn above_zero(&mut self, what: &str, length: Option<BusinessDuration>, at: &Pointer<'_>) {
        if length == Some(BusinessDuration::ZERO) {
            self.add(
                ErrorCode::OutOfRange,
                at,
                || format!("{what} is zero"),
                "name a duration above zero, for example `4h`, or leave the field out",
            );
        }
    }

    fn share_above_zero(&mut self, what: &str, share: Share, at: &Pointer<'_>) {
        if share.as_millionths() == 0 {
            self.add(ErrorCode::OutOfRange, at, || format!("{what} is 0%"), "name a share above 0%, for example `80%`");
        }
    }

    fn at_least_one(&mut self, what: &str, number: u32, at: &Pointer<'_>) {
        if number == 0 {
            self.add(ErrorCode::OutOfRange, at, || format!("{what} is 0"), "name a whole number of at least 1");
        }
    }

    fn known_timer(&mut self, timer: &Id, at: &Pointer<'_>) {
        if !self.policy.timers.contains_key(timer) {
            let known = listing(self.policy.timers.keys());
            self.add(ErrorCode::UnknownTimer, at, || format!("timer `{timer}` is not known"), known);
        }
    }
}

/// Returns a help text that names the ids to choose from, the first ones of a long list.
fn listing<'a>(ids: impl Iterator<Item = &'a Id>) -> String {
    const MOST: usize = 12;
    let mut named: Vec<String> = ids.take(MOST.saturating_add(1)).map(|id| format!("`{id}`")).collect();
    match named.len() {
        0 => return "the policy has none yet: add it first".to_owned(),
        len if len > MOST => {
            named.pop();
            named.push("...".to_owned());
        }
        _ => {}
    }
    format!("the policy has {}", named.join(", "))
}
