//! Packages: what they promise, and what they refer to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Check, Ids};
use crate::calendar::{Calendar, check_business_days};
use crate::id::Id;
use crate::package::{BusinessDays, Condition, MAX_EXTENDS, Package, Target, Variant};
use crate::policy::document::{ConditionObject, Object, PackageObject, TargetObject, TargetPart, VariantObject};
use crate::policy::fault::{Named, PolicyFault};
use crate::policy::problem::Pointer;
use crate::policy::slot::{List, Slot, Table, Text, Whole};
use crate::policy::{DueBoundary, TimerRules};

/// Where a target in business days stands, to be looked at once every calendar and package is known.
struct DaysPlace {
    package: Id,
    timer: Option<Id>,
    /// The calendar of the target or its variant.
    calendar: Option<Id>,
    path: String,
}

/// What is known of packages while they are read.
#[derive(Default)]
struct Packages {
    ids: Ids,
    days: Vec<DaysPlace>,
    /// The place of the next package.
    next: usize,
    /// The place of each readable package in its list.
    places: BTreeMap<Id, usize>,
}

impl Check<'_> {
    pub(super) fn packages(
        &mut self,
        slot: Slot<List<PackageObject>>,
        calendars: &BTreeMap<Id, Arc<Calendar>>,
        timers: &BTreeMap<Id, TimerRules>,
        at: &Pointer<'_>,
    ) -> Vec<Package> {
        let mut known = Packages::default();
        known.ids.is_partial = matches!(slot, Slot::Unreadable(_));
        let read = |check: &mut Self, slot, at: &Pointer<'_>| {
            let package = check.package(slot, &mut known, at);
            // INVARIANT: a document has fewer packages than bytes.
            known.next = known.next.saturating_add(1);
            known.ids.is_partial |= package.is_none();
            package
        };
        let packages = self.required_list(slot, at, read).unwrap_or_default();
        self.chains(&packages, &known);
        self.business_days(&packages, &known, calendars, timers);
        self.packages = known.ids;
        packages
    }

    fn package(&mut self, slot: Slot<PackageObject>, known: &mut Packages, at: &Pointer<'_>) -> Option<Package> {
        let package = self.object(slot, at)?;
        let id = self.define("package", package.id, &mut known.ids, &at.key("id"));
        let name = self.name("the name of a package", package.name, &at.key("name"));
        let rank = self.required(package.rank, &at.key("rank"));
        let extends_some = !package.extends.is_missing();
        let extends = self.text(package.extends, &at.key("extends"));
        if !extends_some {
            for (field, is_missing) in [
                ("channels", package.channels.is_missing()),
                ("calendar", package.calendar.is_missing()),
                ("targets", package.targets.is_missing()),
            ] {
                if is_missing {
                    self.note_form(&at.key(field), PolicyFault::Missing);
                }
            }
        }
        let mut seen = BTreeSet::new();
        let channels = self.list(package.channels, &at.key("channels"), |check, slot, at| {
            let channel = check.reference(Named::Channel, slot, at)?;
            if !seen.insert(channel.clone()) {
                check.note(at, PolicyFault::DuplicateEntry { what: "channel", entry: channel.to_string() });
            }
            Some(channel)
        });
        let calendar = self.optional_reference(Named::Calendar, package.calendar, &at.key("calendar"));
        let mut days = Vec::new();
        let targets = self.targets(package.targets, None, &mut days, &at.key("targets"));
        let priority = self.text(package.priority, &at.key("priority"));
        let read = |check: &mut Self, slot, at: &Pointer<'_>| check.variant(slot, &mut days, at);
        let variants = self.list(package.variants, &at.key("variants"), read);
        let id = id?;
        known.places.insert(id.clone(), known.next);
        known.days.extend(days.into_iter().map(|place| DaysPlace { package: id.clone(), ..place }));
        Some(Package { id, name: name?, rank: rank?.0, extends, channels, calendar, targets, priority, variants })
    }

    fn targets(
        &mut self,
        slot: Slot<Table<TargetPart>>,
        calendar: Option<&Id>,
        days: &mut Vec<DaysPlace>,
        at: &Pointer<'_>,
    ) -> BTreeMap<Id, Target> {
        self.table(slot, at, |check, timer, slot, at| {
            let target = match check.given(slot, at)? {
                TargetPart::None => Target::None,
                TargetPart::Duration(duration) => duration.into(),
                TargetPart::Object(object) => check.target(*object, at)?,
            };
            check.known(Named::Timer, timer, at);
            match &target {
                Target::Within { duration, .. } => check.above_zero("a target", Some(*duration), at),
                Target::BusinessDays(own) => days.push(DaysPlace {
                    // Replaced by the package's id once that is known.
                    package: Id::trusted("package"),
                    timer: timer.cloned(),
                    calendar: own.calendar.as_ref().or(calendar).cloned(),
                    path: at.to_string(),
                }),
                Target::None => {}
            }
            Some(target)
        })
    }

    /// Returns a target that is written as an object.
    fn target(&mut self, object: TargetObject, at: &Pointer<'_>) -> Option<Target> {
        for field in object.unknown() {
            self.note_form(&at.key(field), PolicyFault::unknown_field(field, TargetObject::FIELDS));
        }
        let within_stated = !object.within.is_missing();
        let days_stated = !object.business_days.is_missing();
        let day_fields = !object.by.is_missing() || !object.cut_off.is_missing();
        let calendar = self.optional_reference(Named::Calendar, object.calendar, &at.key("calendar"));
        let within = self.text(object.within, &at.key("within"));
        let days = self.given(object.business_days, &at.key("business_days")).map(|Whole(days)| days);
        let by = if days_stated {
            self.required_text(object.by, &at.key("by"))
        } else {
            self.text(object.by, &at.key("by"))
        };
        let cut_off = self.text(object.cut_off, &at.key("cut_off"));
        let found = match (within_stated, days_stated) {
            (false, false) => Some("neither `within` nor `business_days`"),
            (true, true) => Some("both `within` and `business_days`"),
            (true, false) if day_fields => Some("`within` beside `by` or `cut_off`"),
            _ => None,
        };
        if let Some(found) = found {
            self.note_form(at, PolicyFault::TargetForm { found });
            return None;
        }
        if within_stated {
            return Some(Target::Within { duration: within?, calendar });
        }
        if let Some(Err(fault)) = days.zip(by).map(|(days, by)| check_business_days(days, by)) {
            self.note(&at.key("business_days"), fault);
        }
        Some(Target::BusinessDays(BusinessDays { days: days?, by: by?, cut_off, calendar }))
    }

    /// Checks what packages extend, and that each chain says what every package needs.
    fn chains(&mut self, packages: &[Package], known: &Packages) {
        let by_id: BTreeMap<&Id, &Package> = packages.iter().map(|package| (&package.id, package)).collect();
        for package in packages {
            let Some(place) = known.places.get(&package.id) else { continue };
            let packages = Pointer::ROOT;
            let packages = packages.key("packages");
            let place = packages.index(*place);
            let mut chain = vec![package];
            let mut ends = true;
            while let Some(base) = chain.last().and_then(|last| last.extends.as_ref()) {
                let at = place.key("extends");
                if chain.iter().any(|before| before.id == *base) {
                    // Each package of the circle is reported once, those that lead to it are not.
                    if *base == package.id {
                        self.note(&at, PolicyFault::ExtendsItself { package: package.id.clone() });
                    }
                    ends = false;
                    break;
                }
                let Some(next) = by_id.get(base) else {
                    if chain.len() == 1 && !known.ids.is_partial {
                        self.note(&at, PolicyFault::unknown(Named::Package, base, by_id.keys().copied()));
                    }
                    ends = false;
                    break;
                };
                chain.push(next);
                if chain.len() > MAX_EXTENDS {
                    self.note(&at, PolicyFault::ExtendsTooMany { package: package.id.clone() });
                    ends = false;
                    break;
                }
            }
            if !ends || chain.len() == 1 || known.ids.is_partial {
                continue;
            }
            for (field, is_stated) in [
                ("channels", chain.iter().any(|package| package.channels.is_some())),
                ("calendar", chain.iter().any(|package| package.calendar.is_some())),
            ] {
                if !is_stated {
                    self.note(&place.key(field), PolicyFault::MissingInChain { field });
                }
            }
        }
    }

    /// Checks targets in business days: each in every calendar that it is counted in.
    fn business_days(
        &mut self,
        packages: &[Package],
        known: &Packages,
        calendars: &BTreeMap<Id, Arc<Calendar>>,
        timers: &BTreeMap<Id, TimerRules>,
    ) {
        if known.days.is_empty() {
            return;
        }
        let by_id: BTreeMap<&Id, &Package> = packages.iter().map(|package| (&package.id, package)).collect();
        // A target without a calendar counts in that of each package which has it along its chain.
        let mut counted_in: BTreeMap<&Id, BTreeSet<&Id>> = BTreeMap::new();
        for package in packages {
            let mut nearest = None;
            let mut next = Some(package);
            for _ in 0..MAX_EXTENDS {
                let Some(of_chain) = next else { break };
                nearest = nearest.or(of_chain.calendar.as_ref());
                let counted = counted_in.entry(&of_chain.id).or_default();
                counted.extend(nearest);
                next = of_chain.extends.as_ref().and_then(|base| by_id.get(base).copied());
            }
        }
        for place in &known.days {
            if let Some(timer) = &place.timer
                && timers.get(timer).is_some_and(|rules| rules.due_boundary == DueBoundary::NextOpen)
            {
                self.note_at(&place.path, PolicyFault::BusinessDaysMove { timer: timer.clone() });
            }
            let own = place.calendar.iter();
            let inherited = counted_in.get(&place.package).filter(|_| place.calendar.is_none());
            for calendar in own.chain(inherited.into_iter().flatten().copied()) {
                if let Some(Err(fault)) = calendars.get(calendar).map(|calendar| calendar.check_business_days()) {
                    self.note_at(&place.path, fault);
                }
            }
        }
    }

    fn variant(&mut self, slot: Slot<VariantObject>, days: &mut Vec<DaysPlace>, at: &Pointer<'_>) -> Option<Variant> {
        let variant = self.object(slot, at)?;
        let place = at.key("when");
        if variant.when.is_missing() {
            self.note_form(&place, PolicyFault::Missing);
        }
        let when = self.object(variant.when, &place).map(|condition| self.condition(condition, &place));
        let calendar = self.optional_reference(Named::Calendar, variant.calendar, &at.key("calendar"));
        let targets = self.targets(variant.targets, calendar.as_ref(), days, &at.key("targets"));
        Some(Variant { when: when?, targets, calendar })
    }

    fn condition(&mut self, condition: ConditionObject, at: &Pointer<'_>) -> Condition {
        Condition {
            channel: self.optional_reference(Named::Channel, condition.channel, &at.key("channel")),
            severity: self.optional_reference(Named::Severity, condition.severity, &at.key("severity")),
            category: self.optional_reference(Named::Category, condition.category, &at.key("category")),
            during: self.optional_reference(Named::Calendar, condition.during, &at.key("during")),
            outside: self.optional_reference(Named::Calendar, condition.outside, &at.key("outside")),
        }
    }

    pub(super) fn optional_reference(&mut self, what: Named, slot: Slot<Text<Id>>, at: &Pointer<'_>) -> Option<Id> {
        let id = self.text(slot, at);
        self.known(what, id.as_ref(), at);
        id
    }
}
