//! Packages: what they promise, and what they refer to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Check, Ids};
use crate::calendar::{Calendar, CalendarFault, check_business_days};
use crate::id::Id;
use crate::package::{BusinessDays, Condition, MAX_EXTENDS, Package, Target, Variant};
use crate::policy::document::{ConditionObject, PackageObject, TargetObject, TargetPart, VariantObject};
use crate::policy::fault::{Named, PolicyFault};
use crate::policy::problem::Pointer;
use crate::policy::slot::{List, Slot, Table, Text, Whole};
use crate::policy::{DueBoundary, TimerRules};

/// Where a target in business days stands, to be looked at once every calendar and package is known.
struct DaysPlace {
    timer: Option<Id>,
    /// The calendar of its own.
    calendar: Option<Id>,
    /// The place of the variant that states it among the package's; `None` in the package's own targets.
    variant: Option<usize>,
    path: String,
}

/// What is known of packages while they are read.
#[derive(Default)]
struct Packages {
    ids: Ids,
    /// The targets in business days of each package.
    days: BTreeMap<Id, Vec<DaysPlace>>,
    /// The place of the next package.
    next: usize,
    /// The place of each readable package in its list.
    places: BTreeMap<Id, usize>,
}

impl Check<'_> {
    pub(super) fn packages(
        &mut self,
        slot: Slot<List<Box<PackageObject>>>,
        calendars: &BTreeMap<Id, Arc<Calendar>>,
        timers: &BTreeMap<Id, TimerRules>,
        at: &Pointer<'_>,
    ) -> Vec<Package> {
        let mut known = Packages::default();
        known.ids.is_partial = slot.is_unreadable();
        let read = |check: &mut Self, slot, at: &Pointer<'_>| {
            let package = check.package(slot, &mut known, at);
            // INVARIANT: a document has fewer packages than bytes.
            known.next = known.next.saturating_add(1);
            known.ids.is_partial |= package.is_none();
            package
        };
        let packages = self.required_objects(slot, at, read).unwrap_or_default();
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
        let mut next_variant: usize = 0;
        let priority = self.text(package.priority, &at.key("priority"));
        let read = |check: &mut Self, slot, at: &Pointer<'_>| {
            let mut of_variant = Vec::new();
            let variant = check.variant(slot, next_variant, &mut of_variant, at)?;
            days.append(&mut of_variant);
            // INVARIANT: a document has fewer variants than bytes.
            next_variant = next_variant.saturating_add(1);
            Some(variant)
        };
        let variants = self.objects(package.variants, &at.key("variants"), read);
        let id = id?;
        known.places.insert(id.clone(), known.next);
        if !days.is_empty() {
            known.days.entry(id.clone()).or_default().append(&mut days);
        }
        Some(Package { id, name: name?, rank: rank?.0, extends, channels, calendar, targets, priority, variants })
    }

    fn targets(
        &mut self,
        slot: Slot<Table<TargetPart>>,
        variant: Option<usize>,
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
                    timer: timer.cloned(),
                    calendar: own.calendar.clone(),
                    variant,
                    path: at.to_string(),
                }),
                Target::None => {}
            }
            Some(target)
        })
    }

    /// Returns a target that is written as an object.
    fn target(&mut self, object: TargetObject, at: &Pointer<'_>) -> Option<Target> {
        self.fields_of(&object, at);
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

    /// Checks targets in business days: each in every calendar in which some package has it counted.
    fn business_days(
        &mut self,
        packages: &[Package],
        known: &Packages,
        calendars: &BTreeMap<Id, Arc<Calendar>>,
        timers: &BTreeMap<Id, TimerRules>,
    ) {
        for place in known.days.values().flatten() {
            if let Some(timer) = &place.timer
                && timers.get(timer).is_some_and(|rules| rules.due_boundary == DueBoundary::NextOpen)
            {
                self.note_at(&place.path, PolicyFault::BusinessDaysMove { timer: timer.clone() });
            }
            let calendar = place.calendar.as_ref().and_then(|calendar| calendars.get(calendar));
            if let Some(Err(fault)) = calendar.map(|calendar| calendar.check_business_days()) {
                self.note_at(&place.path, fault);
            }
        }
        if known.days.values().flatten().all(|place| place.calendar.is_some()) {
            return;
        }
        let mut extending: BTreeMap<Option<&Id>, Vec<&Package>> = BTreeMap::new();
        for package in packages {
            extending.entry(package.extends.as_ref()).or_default().push(package);
        }
        let mut counting = Counting { days: &known.days, calendars, extending: &extending, found: Vec::new() };
        for package in extending.get(&None).into_iter().flatten() {
            counting.visit(package, &mut Visible::default(), 1);
        }
        for (path, fault) in counting.found {
            self.note_at(path, fault);
        }
    }

    fn variant(
        &mut self,
        slot: Slot<VariantObject>,
        number: usize,
        days: &mut Vec<DaysPlace>,
        at: &Pointer<'_>,
    ) -> Option<Variant> {
        let variant = self.object(slot, at)?;
        let place = at.key("when");
        if variant.when.is_missing() {
            self.note_form(&place, PolicyFault::Missing);
        }
        let when = self.object(variant.when, &place).map(|condition| self.condition(condition, &place));
        let calendar = self.optional_reference(Named::Calendar, variant.calendar, &at.key("calendar"));
        let targets = self.targets(variant.targets, Some(number), days, &at.key("targets"));
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

/// The walk over packages, each after the one that it extends, which finds the calendars of targets in business days.
///
/// What one package adds is undone when the walk leaves it, and what was reported is not looked at again, so that the
/// cost follows the size of the document.
struct Counting<'a> {
    days: &'a BTreeMap<Id, Vec<DaysPlace>>,
    calendars: &'a BTreeMap<Id, Arc<Calendar>>,
    extending: &'a BTreeMap<Option<&'a Id>, Vec<&'a Package>>,
    found: Vec<(&'a str, CalendarFault)>,
}

/// The targets in business days without a calendar of their own that a package has, and what they count in.
#[derive(Default)]
struct Visible<'a> {
    /// The calendar that the nearest package states.
    calendar: Option<&'a Id>,
    /// Whether that is nearer than the variants, whose calendars it then replaces.
    replaces_variants: bool,
    /// Of packages.
    own: BTreeMap<&'a Id, &'a DaysPlace>,
    /// Of the nearest variants, those without a calendar and those with one.
    of_variants: [BTreeMap<&'a Id, Vec<&'a DaysPlace>>; 2],
    /// The nearest variants whose calendar has no business days.
    without_days: WithoutDays<'a>,
}

/// Variants whose calendar has no business days.
#[derive(Default, Clone)]
struct WithoutDays<'a> {
    fault: Option<CalendarFault>,
    count: usize,
    /// How many of them have a target of their own for a timer, so that they do not decide the calendar of another one.
    with_target: BTreeMap<&'a Id, usize>,
}

impl WithoutDays<'_> {
    /// Returns why a package's target for a timer has no business days under one of the variants.
    fn fault_for(&self, timer: &Id) -> Option<&CalendarFault> {
        let with_target = self.with_target.get(timer).copied().unwrap_or_default();
        self.fault.as_ref().filter(|_| with_target < self.count)
    }
}

impl<'a> Counting<'a> {
    fn fault_of(&self, calendar: Option<&Id>) -> Option<CalendarFault> {
        self.calendars.get(calendar?)?.check_business_days().err()
    }

    /// Looks at a package and at those that extend it; `length` is that of its chain.
    fn visit(&mut self, package: &'a Package, visible: &mut Visible<'a>, length: usize) {
        let outer = (visible.calendar, visible.replaces_variants);
        let outer_variants =
            package.variants.as_deref().map(|variants| self.enter_variants(package, variants, visible));
        if let Some(calendar) = &package.calendar {
            visible.calendar = Some(calendar);
            visible.replaces_variants |= outer_variants.is_none();
        }
        let places = self.days.get(&package.id).map_or(&[][..], Vec::as_slice);
        let mut hidden = Vec::new();
        for timer in package.targets.keys() {
            let of_variants =
                outer_variants.is_none().then(|| visible.of_variants.each_mut().map(|timers| timers.remove(timer)));
            hidden.push((timer, visible.own.remove(timer), of_variants));
        }
        for place in places.iter().filter(|place| place.variant.is_none() && place.calendar.is_none()) {
            let Some(timer) = &place.timer else { continue };
            match visible.without_days.fault_for(timer).filter(|_| !visible.replaces_variants) {
                Some(fault) => self.found.push((&place.path, fault.clone())),
                None => drop(visible.own.insert(timer, place)),
            }
        }
        if outer_variants.is_some() && visible.without_days.count > 0 {
            let without_days = &visible.without_days;
            let found = &mut self.found;
            visible.own.retain(|timer, place| {
                let fault = without_days.fault_for(timer);
                found.extend(fault.map(|fault| (place.path.as_str(), fault.clone())));
                fault.is_none()
            });
        }
        if let Some(fault) = self.fault_of(visible.calendar) {
            let own = std::mem::take(&mut visible.own).into_values();
            let [without, with] = &mut visible.of_variants;
            let mut of_variants = std::mem::take(without);
            if visible.replaces_variants {
                of_variants.extend(std::mem::take(with));
            }
            let places = own.chain(of_variants.into_values().flatten());
            self.found.extend(places.map(|place| (place.path.as_str(), fault.clone())));
        }
        if length < MAX_EXTENDS {
            let extending = self.extending;
            for next in extending.get(&Some(&package.id)).into_iter().flatten() {
                // INVARIANT: at most the length of a chain.
                self.visit(next, visible, length.saturating_add(1));
            }
        }
        for (timer, own, of_variants) in hidden {
            visible.own.remove(timer);
            visible.own.extend(own.map(|place| (timer, place)));
            for (timers, places) in visible.of_variants.iter_mut().zip(of_variants.into_iter().flatten()) {
                timers.extend(places.map(|places| (timer, places)));
            }
        }
        (visible.calendar, visible.replaces_variants) = outer;
        if let Some((of_variants, without_days)) = outer_variants {
            (visible.of_variants, visible.without_days) = (of_variants, without_days);
        }
    }

    /// Puts the variants that a package states in the place of those of packages that it extends, which are returned.
    fn enter_variants(
        &mut self,
        package: &'a Package,
        variants: &'a [Variant],
        visible: &mut Visible<'a>,
    ) -> ([BTreeMap<&'a Id, Vec<&'a DaysPlace>>; 2], WithoutDays<'a>) {
        visible.replaces_variants = false;
        let outer = (std::mem::take(&mut visible.of_variants), std::mem::take(&mut visible.without_days));
        for variant in variants {
            let Some(fault) = self.fault_of(variant.calendar.as_ref()) else { continue };
            let without_days = &mut visible.without_days;
            without_days.fault.get_or_insert(fault);
            // INVARIANT: counts of parts of a document in memory.
            without_days.count = without_days.count.saturating_add(1);
            for timer in variant.targets.keys() {
                let count = without_days.with_target.entry(timer).or_default();
                *count = count.saturating_add(1);
            }
        }
        for place in self.days.get(&package.id).into_iter().flatten().filter(|place| place.calendar.is_none()) {
            let Some((timer, variant)) = place.timer.as_ref().zip(place.variant.and_then(|at| variants.get(at))) else {
                continue;
            };
            if let Some(fault) = self.fault_of(variant.calendar.as_ref()) {
                self.found.push((&place.path, fault));
            } else {
                let [without, with] = &mut visible.of_variants;
                let timers = if variant.calendar.is_some() { with } else { without };
                timers.entry(timer).or_default().push(place);
            }
        }
        outer
    }
}
