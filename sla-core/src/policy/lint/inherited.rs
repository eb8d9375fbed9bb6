//! The longest targets that count in a calendar which the package or variant that inherits them states.

use std::collections::{BTreeMap, BTreeSet};

use super::{Extending, extending};
use crate::id::Id;
use crate::package::{Package, Target};
use crate::policy::Policy;
use crate::time::BusinessDuration;

/// A place that states a calendar of its own: of a package, or of one of its variants.
pub(super) type Stating = (usize, Option<usize>);

/// Returns the longest target that each place with a calendar of its own inherits.
///
/// The walk visits each package after the one that it extends and undoes what a package adds when it leaves it, so that
/// the cost follows the size of the document.
pub(super) fn longest(policy: &Policy) -> BTreeMap<Stating, (BusinessDuration, &Id)> {
    let extending = extending(policy);
    let mut walk =
        Walk { extending: &extending, targets: BTreeMap::new(), lengths: BTreeSet::new(), found: BTreeMap::new() };
    for (place, package) in extending.get(&None).into_iter().flatten() {
        walk.visit(*place, package);
    }
    walk.found
}

struct Walk<'w, 'a> {
    extending: &'w Extending<'a>,
    /// The targets of the package that is visited, by timer.
    targets: BTreeMap<&'a Id, &'a Target>,
    /// Those of them that are durations without a calendar of their own.
    lengths: BTreeSet<(BusinessDuration, &'a Id)>,
    found: BTreeMap<Stating, (BusinessDuration, &'a Id)>,
}

impl<'a> Walk<'_, 'a> {
    // The chain of a checked policy has few packages, so that the recursion is not deep.
    fn visit(&mut self, place: usize, package: &'a Package) {
        if package.extends.is_some() && package.calendar.is_some() {
            self.note((place, None), &package.targets);
        }
        let mut hidden = Vec::new();
        for (timer, target) in &package.targets {
            hidden.push((timer, self.put(timer, Some(target))));
        }
        for (index, variant) in package.own_variants().iter().enumerate() {
            if variant.calendar.is_some() {
                self.note((place, Some(index)), &variant.targets);
            }
        }
        let extending = self.extending;
        for (place, package) in extending.get(&Some(&package.id)).into_iter().flatten() {
            self.visit(*place, package);
        }
        for (timer, target) in hidden {
            self.put(timer, target);
        }
    }

    /// Puts a target in the place of the one that the timer has, which is returned.
    fn put(&mut self, timer: &'a Id, target: Option<&'a Target>) -> Option<&'a Target> {
        let before = match target {
            Some(target) => self.targets.insert(timer, target),
            None => self.targets.remove(timer),
        };
        if let Some(Target::Within { duration, calendar: None }) = before {
            self.lengths.remove(&(*duration, timer));
        }
        if let Some(Target::Within { duration, calendar: None }) = target {
            self.lengths.insert((*duration, timer));
        }
        before
    }

    fn note(&mut self, stating: Stating, own: &BTreeMap<Id, Target>) {
        let longest = self.lengths.iter().rev().find(|(_, timer)| !own.contains_key(*timer));
        self.found.extend(longest.map(|longest| (stating, *longest)));
    }
}
