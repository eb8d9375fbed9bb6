//! Timers that hand-overs begin anew, under packages that promise nothing from the opening on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Extending, extending};
use crate::id::Id;
use crate::package::{Package, Target, Variant};
use crate::policy::{Policy, Trigger};

/// Returns a package that promises each timer which hand-overs begin anew, and nothing from the opening on.
///
/// The walk visits each package after the one that it extends and undoes what a package adds when it leaves it; a timer
/// is found once. So the cost follows the size of the document.
pub(super) fn found(policy: &Policy) -> BTreeMap<&Id, &Id> {
    let hands_on =
        |trigger: &Trigger| matches!(trigger, Trigger::Assigned | Trigger::Reassigned | Trigger::TeamAssigned);
    let timers = || policy.timers.values();
    let begun_anew: BTreeSet<&Id> = timers()
        .filter(|timer| !timer.cancels_on.is_empty() && timer.starts_on.iter().any(hands_on))
        .map(|timer| &timer.id)
        .collect();
    if begun_anew.is_empty() {
        return BTreeMap::new();
    }
    let from_opening =
        timers().filter(|timer| timer.starts_on.contains(&Trigger::Opened)).map(|timer| &timer.id).collect();
    let extending = extending(policy);
    let mut walk = Walk {
        extending: &extending,
        begun_anew: &begun_anew,
        from_opening: &from_opening,
        own: Promised::default(),
        targets: BTreeMap::new(),
        of_variants: Promised::default(),
        found: BTreeMap::new(),
    };
    for (_, package) in extending.get(&None).into_iter().flatten() {
        walk.visit(package);
    }
    walk.found
}

/// What is promised of the timers that are looked for.
#[derive(Default)]
struct Promised<'a> {
    begun_anew: BTreeSet<&'a Id>,
    from_opening: BTreeSet<&'a Id>,
}

struct Walk<'w, 'a> {
    extending: &'w Extending<'a>,
    begun_anew: &'w BTreeSet<&'a Id>,
    from_opening: &'w BTreeSet<&'a Id>,
    /// By the targets of the package that is visited.
    own: Promised<'a>,
    targets: BTreeMap<&'a Id, &'a Target>,
    /// By its variants.
    of_variants: Promised<'a>,
    found: BTreeMap<&'a Id, &'a Id>,
}

impl<'a> Walk<'_, 'a> {
    // The chain of a checked policy has few packages, so that the recursion is not deep.
    fn visit(&mut self, package: &'a Package) {
        let mut hidden = Vec::new();
        for (timer, target) in &package.targets {
            hidden.push((timer, self.put(timer, Some(target))));
        }
        let outer = package.variants.as_deref().map(|variants| {
            let of_variants = self.promised_by(variants);
            std::mem::replace(&mut self.of_variants, of_variants)
        });
        if self.own.from_opening.is_empty() && self.of_variants.from_opening.is_empty() {
            for promised in [&mut self.own, &mut self.of_variants] {
                for timer in std::mem::take(&mut promised.begun_anew) {
                    self.found.entry(timer).or_insert(&package.id);
                }
            }
        }
        let extending = self.extending;
        for (_, package) in extending.get(&Some(&package.id)).into_iter().flatten() {
            self.visit(package);
        }
        for (timer, target) in hidden {
            self.put(timer, target);
        }
        if let Some(outer) = outer {
            self.of_variants = outer;
        }
    }

    /// Puts a target in the place of the one that the timer has, which is returned.
    fn put(&mut self, timer: &'a Id, target: Option<&'a Target>) -> Option<&'a Target> {
        let is_promise = target.is_some_and(|target| *target != Target::None);
        for (looked_for, promised) in [
            (self.begun_anew.contains(timer) && !self.found.contains_key(timer), &mut self.own.begun_anew),
            (self.from_opening.contains(timer), &mut self.own.from_opening),
        ] {
            if looked_for && is_promise {
                promised.insert(timer);
            } else {
                promised.remove(timer);
            }
        }
        match target {
            Some(target) => self.targets.insert(timer, target),
            None => self.targets.remove(timer),
        }
    }

    fn promised_by(&self, variants: &'a [Variant]) -> Promised<'a> {
        let targets = || variants.iter().flat_map(|variant| &variant.targets);
        let promised = |timers: &BTreeSet<&Id>| {
            let targets = targets().filter(|(timer, target)| **target != Target::None && timers.contains(timer));
            targets.map(|(timer, _)| timer).collect()
        };
        Promised { begun_anew: promised(self.begun_anew), from_opening: promised(self.from_opening) }
    }
}
