//! Packages: what they promise, and what they refer to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Ids};
use crate::id::Id;
use crate::package::{Condition, Package, Variant};
use crate::policy::document::{ConditionObject, PackageObject, VariantObject};
use crate::policy::fault::{Named, PolicyFault};
use crate::policy::problem::Pointer;
use crate::policy::slot::{List, Slot, Table, Text};
use crate::time::BusinessDuration;

impl Check<'_> {
    pub(super) fn packages(&mut self, slot: Slot<List<PackageObject>>, at: &Pointer<'_>) -> Vec<Package> {
        let mut ids = Ids::default();
        let read = |check: &mut Self, slot, at: &Pointer<'_>| check.package(slot, &mut ids, at);
        self.required_list(slot, at, read).unwrap_or_default()
    }

    fn package(&mut self, slot: Slot<PackageObject>, ids: &mut Ids, at: &Pointer<'_>) -> Option<Package> {
        let package = self.object(slot, at)?;
        let id = self.define("package", package.id, ids, &at.key("id"));
        let name = self.name("the name of a package", package.name, &at.key("name"));
        let rank = self.required(package.rank, &at.key("rank"));
        let mut seen = BTreeSet::new();
        let channels = self.required_list(package.channels, &at.key("channels"), |check, slot, at| {
            let channel = check.reference(Named::Channel, slot, at)?;
            if !seen.insert(channel.clone()) {
                check.note(at, PolicyFault::DuplicateEntry { what: "channel", entry: channel.to_string() });
            }
            Some(channel)
        });
        let calendar = self.reference(Named::Calendar, package.calendar, &at.key("calendar"));
        let place = at.key("targets");
        if package.targets.is_missing() {
            self.note_form(&place, PolicyFault::Missing);
        }
        let targets = self.targets(package.targets, &place);
        let priority = self.text(package.priority, &at.key("priority"));
        let variants = self.list(package.variants, &at.key("variants"), Self::variant);
        Some(Package {
            id: id?,
            name: name?,
            rank: rank?.0,
            channels: channels?,
            calendar: calendar?,
            targets,
            priority,
            variants: variants.unwrap_or_default(),
        })
    }

    fn targets(
        &mut self,
        slot: Slot<Table<Text<BusinessDuration>>>,
        at: &Pointer<'_>,
    ) -> BTreeMap<Id, BusinessDuration> {
        self.table(slot, at, |check, timer, slot, at| {
            let target = check.text(slot, at)?;
            check.known(Named::Timer, timer, at);
            check.above_zero("a target", Some(target), at);
            Some(target)
        })
    }

    fn variant(&mut self, slot: Slot<VariantObject>, at: &Pointer<'_>) -> Option<Variant> {
        let variant = self.object(slot, at)?;
        let place = at.key("when");
        if variant.when.is_missing() {
            self.note_form(&place, PolicyFault::Missing);
        }
        let when = self.object(variant.when, &place).map(|condition| self.condition(condition, &place));
        let targets = self.targets(variant.targets, &at.key("targets"));
        let calendar = self.optional_reference(Named::Calendar, variant.calendar, &at.key("calendar"));
        Some(Variant { when: when?, targets, calendar })
    }

    fn condition(&mut self, condition: ConditionObject, at: &Pointer<'_>) -> Condition {
        Condition {
            channel: self.optional_reference(Named::Channel, condition.channel, &at.key("channel")),
            severity: self.optional_reference(Named::Severity, condition.severity, &at.key("severity")),
            category: self.optional_reference(Named::Category, condition.category, &at.key("category")),
        }
    }

    fn optional_reference(&mut self, what: Named, slot: Slot<Text<Id>>, at: &Pointer<'_>) -> Option<Id> {
        let id = self.text(slot, at);
        self.known(what, id.as_ref(), at);
        id
    }
}
