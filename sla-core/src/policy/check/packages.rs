//! Validation of packages: what they refer to, and their promises.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, listing};
use crate::error::ErrorCode;
use crate::id::Id;
use crate::package::{Package, Variant};
use crate::policy::problem::Pointer;
use crate::time::BusinessDuration;

/// The ids that packages may refer to.
struct Known<'a> {
    channels: BTreeSet<&'a Id>,
    severities: BTreeSet<&'a Id>,
    categories: BTreeSet<&'a Id>,
}

impl<'a> Check<'a> {
    pub(super) fn packages(&mut self) {
        let policy = self.policy;
        let known = Known {
            channels: policy.channels.iter().map(|channel| &channel.id).collect(),
            severities: policy.severities.iter().collect(),
            categories: policy.categories.iter().collect(),
        };
        let place = Pointer::ROOT.key("packages");
        let mut seen = BTreeSet::new();
        for (at, package) in policy.packages.iter().enumerate() {
            let place = place.index(at);
            self.unique_id("package", &package.id, &mut seen, &place.key("id"));
            self.package(package, &known, &place);
        }
    }

    fn package(&mut self, package: &'a Package, known: &Known<'a>, at: &Pointer<'_>) {
        self.not_blank("the name of a package", &package.name, &at.key("name"));
        let channels = at.key("channels");
        let mut seen = BTreeSet::new();
        for (index, channel) in package.channels.iter().enumerate() {
            let place = channels.index(index);
            self.known(ErrorCode::UnknownChannel, "channel", channel, &known.channels, &place);
            self.unique("channel", channel, &mut seen, &place);
        }
        self.known_calendar(&package.calendar, &at.key("calendar"));
        self.targets(&package.targets, &at.key("targets"));
        let variants = at.key("variants");
        for (index, variant) in package.variants.iter().enumerate() {
            self.variant(variant, known, &variants.index(index));
        }
    }

    fn variant(&mut self, variant: &'a Variant, known: &Known<'a>, at: &Pointer<'_>) {
        let when = at.key("when");
        let condition = &variant.when;
        for (code, what, id, known) in [
            (ErrorCode::UnknownChannel, "channel", &condition.channel, &known.channels),
            (ErrorCode::UnknownSeverity, "severity", &condition.severity, &known.severities),
            (ErrorCode::UnknownCategory, "category", &condition.category, &known.categories),
        ] {
            if let Some(id) = id {
                self.known(code, what, id, known, &when.key(what));
            }
        }
        self.targets(&variant.targets, &at.key("targets"));
        if let Some(calendar) = &variant.calendar {
            self.known_calendar(calendar, &at.key("calendar"));
        }
    }

    fn targets(&mut self, targets: &BTreeMap<Id, BusinessDuration>, at: &Pointer<'_>) {
        for (timer, target) in targets {
            let place = at.key(timer.as_str());
            self.known_timer(timer, &place);
            self.above_zero("a target", Some(*target), &place);
        }
    }

    fn known_calendar(&mut self, id: &Id, at: &Pointer<'_>) {
        if !self.policy.calendars.contains_key(id) {
            let known = listing(self.policy.calendars.keys());
            self.add(ErrorCode::UnknownCalendar, at, || format!("calendar `{id}` is not known"), known);
        }
    }

    fn known(&mut self, code: ErrorCode, what: &str, id: &Id, known: &BTreeSet<&Id>, at: &Pointer<'_>) {
        if !known.contains(id) {
            self.add(code, at, || format!("{what} `{id}` is not known"), listing(known.iter().copied()));
        }
    }
}
