//! Makes a policy of a document and finds every problem on the way, each with its place.
//!
//! Each object is looked at once. What is missing or unreadable is reported and left out (`None`); what only follows
//! from that is not reported.

mod calendars;
mod packages;
mod timers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::document::{
    BurnObject, CalendarObject, ChannelObject, Document, Object, ObjectivesObject, PausesObject, RolesObject,
};
use super::fault::{Named, PolicyFault};
use super::problem::{Pointer, Problems};
use super::rules::written_timers;
use super::slot::{List, Part, Slot, Table, Term, Text, Whole};
use super::{BurnObjective, CheckedPolicy, Objectives, PauseRules, Policy, Preset, RoleRules, StepTime};
use crate::calendar::{Calendar, MAX_TABLE_BYTES, ZoneDatabase, ZoneTable};
use crate::channel::Channel;
use crate::error::Error;
use crate::id::{Id, is_blank};
use crate::time::{BusinessDuration, Share};

/// The component of an agent's score that is no timer.
pub(crate) const CSAT: &str = "csat";

/// Checks a policy made by hand as a whole, with the time zones of `zones`, and compiles its calendars.
///
/// Every problem is reported, at its place in the document that [`crate::wire::policy::write`] writes. What
/// [`crate::wire::policy::read`] returns is checked already.
///
/// ```
/// # use sla_core::calendar::{CalendarRules, Hours, ZoneDatabase};
/// # use sla_core::policy::{self, Policy};
/// # use sla_core::Id;
/// let mut policy = Policy::new(Id::new("support")?, 1);
/// policy.calendars.insert(Id::new("always")?, CalendarRules::new("Mars/Base", Hours::AlwaysOpen));
/// let error = policy::check(policy, &ZoneDatabase::embedded()).unwrap_err();
/// assert_eq!(error.related()[0].path(), "/calendars/always/time_zone");
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_policy`, with every problem in [`Error::related`]: its code, its place as a JSON pointer, what is wrong
/// and what would be right.
pub fn check(mut policy: Policy, zones: &ZoneDatabase) -> Result<CheckedPolicy, Error> {
    let mut check = Check::new(zones);
    // Timers that a document has to write down are listed in it.
    policy.listed_timers = written_timers(&policy).map(|timer| timer.id.clone()).collect();
    check.made_by_hand(&policy);
    let read = check.document(Document::of(&policy));
    check.finish("policy", read.map(|(_, calendars)| CheckedPolicy::new(policy, &calendars, zones)))
}

/// Makes a policy of a document of the format `format`, or reports all its problems.
pub(crate) fn document(
    document: Slot<Document>,
    format: &'static str,
    zones: &ZoneDatabase,
) -> Result<CheckedPolicy, Error> {
    let mut check = Check::new(zones);
    let read = check.object(document, &Pointer::ROOT).and_then(|mut document| {
        let place = Pointer::ROOT;
        let place = place.key("schema");
        let schema = check.required(std::mem::take(&mut document.schema), &place);
        if let Some(found) = schema.filter(|found| found != format) {
            check.note_form(&place, PolicyFault::other_format(&found, format));
        }
        check.document(document)
    });
    check.finish("policy", read.map(|(policy, calendars)| CheckedPolicy::new(policy, &calendars, zones)))
}

/// Makes a calendar of its document, or reports all its problems.
pub(crate) fn calendar(document: Slot<CalendarObject>, zones: &ZoneDatabase) -> Result<Arc<Calendar>, Error> {
    let mut check = Check::new(zones);
    let read = check.lone_calendar(document, &Pointer::ROOT);
    let read = read.map(|calendar| Arc::new(calendar.with_table_limit(MAX_TABLE_BYTES)));
    check.finish("calendar", read)
}

/// The ids of one list.
#[derive(Default)]
struct Ids {
    ids: BTreeSet<Id>,
    /// Whether some id of the list is not readable: then an unknown one may be that.
    is_partial: bool,
}

struct Check<'z> {
    zones: &'z ZoneDatabase,
    /// The zones that calendars have named so far, each read once.
    zone_tables: BTreeMap<String, Arc<ZoneTable>>,
    problems: Problems,
    /// How many problems of form were found so far: values that are missing, unreadable, or of an unknown field.
    form_faults: u64,
    calendars: Ids,
    /// The calendars that are open whenever one of others is.
    made_of_others: BTreeSet<Id>,
    channels: Ids,
    severities: Ids,
    categories: Ids,
    timers: Ids,
    packages: Ids,
}

impl<'z> Check<'z> {
    fn new(zones: &'z ZoneDatabase) -> Self {
        Self {
            zones,
            zone_tables: BTreeMap::new(),
            problems: Problems::default(),
            form_faults: 0,
            calendars: Ids::default(),
            made_of_others: BTreeSet::new(),
            channels: Ids::default(),
            severities: Ids::default(),
            categories: Ids::default(),
            timers: Ids::default(),
            packages: Ids::default(),
        }
    }

    fn finish<T>(self, document: &str, read: Option<T>) -> Result<T, Error> {
        self.problems.into_result(document)?;
        // INVARIANT: what has no problem was read.
        read.ok_or_else(|| PolicyFault::Missing.into())
    }

    /// Notes what no document can state.
    fn made_by_hand(&mut self, policy: &Policy) {
        let timers = Pointer::ROOT;
        let timers = timers.key("timers");
        for preset in Preset::ALL.iter().filter(|preset| !policy.timers.contains_key(preset.as_str())) {
            self.note(&timers, PolicyFault::MissingPreset { timer: preset.as_str() });
        }
        for (key, timer) in policy.timers.iter().filter(|(key, timer)| **key != timer.id) {
            let at = written_timers(policy).position(|written| written.id == timer.id).unwrap_or_default();
            self.note(&timers.index(at).key("id"), PolicyFault::OtherKey { timer: timer.id.clone(), key: key.clone() });
        }
        let steps = Pointer::ROOT;
        let steps = steps.key("steps");
        for (timer, of_timer) in &policy.steps {
            for (at, step) in of_timer.iter().enumerate() {
                if step.time == StepTime::After(BusinessDuration::ZERO) {
                    let place = steps.key(timer.as_str());
                    self.note(&place.index(at).key("after"), PolicyFault::AfterZero { step: step.id.clone() });
                }
            }
        }
    }

    /// Returns the policy of a document without its `schema`, and its calendars.
    fn document(&mut self, document: Document) -> Option<(Policy, BTreeMap<Id, Arc<Calendar>>)> {
        let root = Pointer::ROOT;
        let id = self.required_text(document.id, &root.key("id"));
        let version = self.required(document.version, &root.key("version"));
        let calendars = self.calendars(document.calendars, &root.key("calendars"));
        let channels = self.channels(document.channels, &root.key("channels"));
        let severities = self.ids("severity", document.severities, &root.key("severities"));
        let categories = self.ids("category", document.categories, &root.key("categories"));
        (self.severities, self.categories) = (severities.1, categories.1);
        // Timers come before what refers to them.
        let (timers, listed_timers) = self.timers(document.timers, &root.key("timers"));
        let packages = self.packages(document.packages, &calendars, &timers, &root.key("packages"));
        let steps = self.steps(document.steps, &root.key("steps"));
        let pauses = self.pauses(document.pauses, &root.key("pauses"));
        let inactivity = self.inactivity(document.inactivity, &root.key("inactivity"));
        let roles = self.roles(document.roles, &root.key("roles"));
        let objectives = self.objectives(document.objectives, &root.key("objectives"));
        let policy = Policy {
            id: id?,
            version: version?.0,
            calendars: calendars.iter().map(|(id, calendar)| (id.clone(), calendar.rules().clone())).collect(),
            channels,
            severities: severities.0,
            categories: categories.0,
            packages,
            timers,
            listed_timers,
            steps,
            pauses,
            inactivity,
            roles,
            objectives,
        };
        Some((policy, calendars))
    }

    fn channels(&mut self, slot: Slot<List<Box<ChannelObject>>>, at: &Pointer<'_>) -> Vec<Channel> {
        let mut ids = Ids::default();
        let read = self.required_objects(slot, at, |check, slot, at| {
            let Some(channel) = check.object(slot, at) else {
                ids.is_partial = true;
                return None;
            };
            let id = check.define("channel", channel.id, &mut ids, &at.key("id"));
            let name = check.name("the name of a channel", channel.name, &at.key("name"));
            Some(Channel { id: id?, name: name? })
        });
        ids.is_partial |= read.is_none();
        self.channels = ids;
        read.unwrap_or_default()
    }

    /// Returns a list of ids as it stands and as what others may refer to.
    fn ids(&mut self, what: &'static str, slot: Slot<super::slot::Ids>, at: &Pointer<'_>) -> (Vec<Id>, Ids) {
        let mut ids = Ids { is_partial: slot.is_unreadable(), ..Ids::default() };
        let read = self.list(slot, at, |check, slot, at| check.define(what, slot, &mut ids, at));
        (read.unwrap_or_default(), ids)
    }

    fn pauses(&mut self, slot: Slot<PausesObject>, at: &Pointer<'_>) -> PauseRules {
        let Some(pauses) = self.object(slot, at) else { return PauseRules::default() };
        let rules = PauseRules {
            reasons: self.labels("a pause reason", pauses.reasons, &at.key("reasons")),
            max_pause: self.text(pauses.max_pause, &at.key("max_pause")),
            max_paused_total: self.text(pauses.max_paused_total, &at.key("max_paused_total")),
        };
        self.above_zero("the longest pause", rules.max_pause, &at.key("max_pause"));
        self.above_zero("the longest sum of pauses", rules.max_paused_total, &at.key("max_paused_total"));
        rules
    }

    fn roles(&mut self, slot: Slot<RolesObject>, at: &Pointer<'_>) -> RoleRules {
        let Some(roles) = self.object(slot, at) else { return RoleRules::default() };
        RoleRules {
            self_assign: self.given(roles.self_assign, &at.key("self_assign")).unwrap_or_default(),
            agents_may_classify: self
                .given(roles.agents_may_classify, &at.key("agents_may_classify"))
                .unwrap_or_default(),
            agents_may_unassign: self
                .given(roles.agents_may_unassign, &at.key("agents_may_unassign"))
                .unwrap_or_default(),
            agents_act_on: self.text(roles.agents_act_on, &at.key("agents_act_on")).unwrap_or_default(),
            organizations_share: self
                .given(roles.organizations_share, &at.key("organizations_share"))
                .unwrap_or_default(),
        }
    }

    fn objectives(&mut self, slot: Slot<ObjectivesObject>, at: &Pointer<'_>) -> Objectives {
        let Some(objectives) = self.object(slot, at) else { return Objectives::default() };
        let place = at.key("critical_level");
        let critical_level = self.given(objectives.critical_level, &place).map(|Whole(level)| level);
        self.at_least_one("the critical level", critical_level, &place);
        let place = at.key("monitor_lag");
        let monitor_lag = self.text(objectives.monitor_lag, &place);
        self.above_zero("the monitor lag", monitor_lag, &place);
        Objectives {
            burn: self.objects(objectives.burn, &at.key("burn"), Self::burn).unwrap_or_default(),
            critical_level,
            score_weights: self.table(objectives.score_weights, &at.key("score_weights"), |check, id, slot, at| {
                let Whole(weight) = check.given(slot, at)?;
                check.known(Named::Timer, id.filter(|id| id.as_str() != CSAT), at);
                check.at_least_one("a score weight", Some(weight), at);
                Some(weight)
            }),
            monitor_lag,
        }
    }

    fn burn(&mut self, slot: Slot<BurnObject>, at: &Pointer<'_>) -> Option<BurnObjective> {
        let burn = self.object(slot, at)?;
        let timer = self.reference(Named::Timer, burn.timer, &at.key("timer"));
        let place = at.key("objective");
        let objective = self.required_text(burn.objective, &place);
        if let Some(objective) = objective.filter(|share| share.as_millionths() == 0 || *share >= Share::WHOLE) {
            self.note(&place, PolicyFault::Objective { objective });
        }
        let place = at.key("long_window");
        let long_window = self.required_text(burn.long_window, &place);
        self.above_zero("the long window", long_window, &place);
        let place = at.key("short_window");
        let short_window = self.required_text(burn.short_window, &place);
        self.above_zero("the short window", short_window, &place);
        if let Some((short, long)) = short_window.zip(long_window).filter(|(short, long)| short > long) {
            self.note(&place, PolicyFault::ShortWindow { short, long });
        }
        let place = at.key("threshold");
        let threshold = self.required_text(burn.threshold, &place);
        self.share_above_zero("the burn threshold", threshold, &place);
        let place = at.key("min_decided");
        let min_decided = self.required(burn.min_decided, &place).map(|Whole(least)| least);
        self.at_least_one("the fewest decided cycles", min_decided, &place);
        Some(BurnObjective {
            timer: timer?,
            objective: objective?,
            long_window: long_window?,
            short_window: short_window?,
            threshold: threshold?,
            min_decided: min_decided?,
        })
    }
}

/// Taking values out of slots.
impl Check<'_> {
    /// Notes a problem of meaning.
    fn note(&mut self, at: &Pointer<'_>, fault: impl Into<Error>) {
        self.problems.add(at, fault);
    }

    /// Notes a problem of meaning at a place that was written down.
    fn note_at(&mut self, path: &str, fault: impl Into<Error>) {
        self.problems.push(fault.into().at(path));
    }

    /// Notes a problem of form.
    fn note_form(&mut self, at: &Pointer<'_>, fault: impl Into<Error>) {
        // Wrapping: only whether it changed is asked.
        self.form_faults = self.form_faults.wrapping_add(1);
        self.problems.add(at, fault);
    }

    /// Reads a part of the document; returns whether it has no problem of form.
    fn is_readable<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = self.form_faults;
        let read = read(self);
        (read, self.form_faults == before)
    }

    /// Returns the value of a field that may be left out.
    fn given<T: Part>(&mut self, slot: Slot<T>, at: &Pointer<'_>) -> Option<T> {
        slot.into_value().unwrap_or_else(|error| {
            self.note_form(at, error);
            None
        })
    }

    /// Returns the value of a field that must be there.
    fn required<T: Part>(&mut self, slot: Slot<T>, at: &Pointer<'_>) -> Option<T> {
        if slot.is_missing() {
            self.note_form(at, PolicyFault::Missing);
        }
        self.given(slot, at)
    }

    fn text<T: Term>(&mut self, slot: Slot<Text<T>>, at: &Pointer<'_>) -> Option<T> {
        self.given(slot, at).map(|Text(value)| value)
    }

    fn required_text<T: Term>(&mut self, slot: Slot<Text<T>>, at: &Pointer<'_>) -> Option<T> {
        self.required(slot, at).map(|Text(value)| value)
    }

    /// Returns an object, and notes its unknown fields.
    fn object<T: Object + Part>(&mut self, slot: Slot<T>, at: &Pointer<'_>) -> Option<T> {
        let object = self.given(slot, at)?;
        self.fields_of(&object, at);
        Some(object)
    }

    /// Notes the fields of an object that are not known, and those that are there twice.
    fn fields_of<T: Object>(&mut self, object: &T, at: &Pointer<'_>) {
        for field in object.twice() {
            self.note(&at.key(field), PolicyFault::DuplicateKey);
        }
        for field in object.unknown() {
            self.note_form(&at.key(field), PolicyFault::unknown_field(field, T::FIELDS));
        }
    }

    /// Returns the readable entries of a list; `None` when the list itself is missing or unreadable.
    fn list<T: Part, U>(
        &mut self,
        slot: Slot<List<T>>,
        at: &Pointer<'_>,
        mut read: impl FnMut(&mut Self, Slot<T>, &Pointer<'_>) -> Option<U>,
    ) -> Option<Vec<U>> {
        let mut index: usize = 0;
        let mut entries = Vec::new();
        for slot in self.given(slot, at)? {
            let further = if let Slot::Further(count) = slot { count.saturating_sub(1) } else { 0 };
            entries.extend(read(self, slot, &at.index(index)));
            self.problems.add_further(further);
            // INVARIANT: a document has fewer entries than bytes.
            index = index.saturating_add(1).saturating_add(further);
        }
        Some(entries)
    }

    /// Returns the readable entries of a list of objects.
    fn objects<T: Part, U>(
        &mut self,
        slot: Slot<List<Box<T>>>,
        at: &Pointer<'_>,
        mut read: impl FnMut(&mut Self, Slot<T>, &Pointer<'_>) -> Option<U>,
    ) -> Option<Vec<U>> {
        self.list(slot, at, |check, slot, at| read(check, slot.unboxed(), at))
    }

    fn required_objects<T: Part, U>(
        &mut self,
        slot: Slot<List<Box<T>>>,
        at: &Pointer<'_>,
        read: impl FnMut(&mut Self, Slot<T>, &Pointer<'_>) -> Option<U>,
    ) -> Option<Vec<U>> {
        if slot.is_missing() {
            self.note_form(at, PolicyFault::Missing);
        }
        self.objects(slot, at, read)
    }

    /// Returns the readable entries of an object whose keys are ids; `read` gets the key if it is one.
    fn table<T: Part, U>(
        &mut self,
        slot: Slot<Table<T>>,
        at: &Pointer<'_>,
        mut read: impl FnMut(&mut Self, Option<&Id>, Slot<T>, &Pointer<'_>) -> Option<U>,
    ) -> BTreeMap<Id, U> {
        let table = self.given(slot, at).unwrap_or_default();
        for key in table.twice() {
            self.note(&at.key(key), PolicyFault::DuplicateKey);
        }
        let entries = table.into_entries();
        let entry = |(key, slot): (String, Slot<T>)| {
            let place = at.key(&key);
            let id = Id::new(key.as_str()).map_err(|error| self.note_form(&place, error)).ok();
            let value = read(self, id.as_ref(), slot, &place);
            id.zip(value)
        };
        entries.filter_map(entry).collect()
    }

    /// Returns a list of values that is a set.
    fn set<T: Term + Ord + Copy>(
        &mut self,
        what: &'static str,
        slot: Slot<List<Text<T>>>,
        at: &Pointer<'_>,
    ) -> Option<Vec<T>> {
        let mut seen = BTreeSet::new();
        self.list(slot, at, |check, slot, at| {
            let value = check.text(slot, at)?;
            if !seen.insert(value) {
                check.note(at, PolicyFault::DuplicateEntry { what, entry: value.written() });
            }
            Some(value)
        })
    }

    /// Returns a list of texts that are not blank and differ.
    fn labels(&mut self, what: &'static str, slot: Slot<List<String>>, at: &Pointer<'_>) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let labels = self.list(slot, at, |check, slot, at| {
            let label = check.given(slot, at)?;
            check.not_blank(what, &label, at);
            if !seen.insert(label.clone()) {
                check.note(at, PolicyFault::DuplicateEntry { what, entry: label.clone() });
            }
            Some(label)
        });
        labels.unwrap_or_default()
    }

    /// Returns a name for people, which must be there and not blank.
    fn name(&mut self, what: &'static str, slot: Slot<String>, at: &Pointer<'_>) -> Option<String> {
        let name = self.required(slot, at)?;
        self.not_blank(what, &name, at);
        Some(name)
    }

    /// Returns an id of its own, and adds it to those of its list.
    fn define(&mut self, what: &'static str, slot: Slot<Text<Id>>, ids: &mut Ids, at: &Pointer<'_>) -> Option<Id> {
        let id = self.required_text(slot, at);
        match &id {
            None => ids.is_partial = true,
            Some(id) if !ids.ids.insert(id.clone()) => {
                self.note(at, PolicyFault::DuplicateId { what, id: id.clone() });
            }
            Some(_) => {}
        }
        id
    }

    /// Returns the id of something else in the policy, which must be there.
    fn reference(&mut self, what: Named, slot: Slot<Text<Id>>, at: &Pointer<'_>) -> Option<Id> {
        let id = self.required_text(slot, at);
        self.known(what, id.as_ref(), at);
        id
    }

    /// Notes an id that the policy does not have.
    fn known(&mut self, what: Named, id: Option<&Id>, at: &Pointer<'_>) {
        let Ids { ids, is_partial } = match what {
            Named::Calendar => &self.calendars,
            Named::Channel => &self.channels,
            Named::Severity => &self.severities,
            Named::Category => &self.categories,
            Named::Timer => &self.timers,
            Named::Package => &self.packages,
        };
        if let Some(id) = id.filter(|id| !is_partial && !ids.contains(*id)) {
            let fault = PolicyFault::unknown(what, id, ids.iter());
            self.note(at, fault);
        }
    }

    fn not_blank(&mut self, what: &'static str, text: &str, at: &Pointer<'_>) {
        if is_blank(text) {
            self.note(at, PolicyFault::Blank { what });
        }
    }

    fn above_zero(&mut self, what: &'static str, length: Option<BusinessDuration>, at: &Pointer<'_>) {
        if length == Some(BusinessDuration::ZERO) {
            self.note(at, PolicyFault::ZeroDuration { what });
        }
    }

    fn share_above_zero(&mut self, what: &'static str, share: Option<Share>, at: &Pointer<'_>) {
        if share.is_some_and(|share| share.as_millionths() == 0) {
            self.note(at, PolicyFault::ZeroShare { what });
        }
    }

    fn at_least_one(&mut self, what: &'static str, number: Option<u32>, at: &Pointer<'_>) {
        if number == Some(0) {
            self.note(at, PolicyFault::ZeroNumber { what });
        }
    }
}
