//! Columns that a policy lists nothing for.

use super::row::Row;
use crate::policy::Policy;

/// A column of a log that is ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The column, as [`Row`] names it.
    pub column: &'static str,
    /// Why, as a sentence.
    pub message: String,
}

/// Whether a policy lists values for a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    Listed,
    Unlisted,
    /// Not listed, and some row had a value.
    Ignored,
}

impl Listing {
    const fn of<T>(values: &[T]) -> Self {
        if values.is_empty() { Self::Unlisted } else { Self::Listed }
    }

    /// Forgets a value that no policy could accept: it says nothing about the ticket's promises.
    fn clear(&mut self, value: &mut Option<&str>) {
        if *self != Self::Listed && value.take().is_some() {
            *self = Self::Ignored;
        }
    }
}

/// The columns of rows that the newest revision may list nothing for.
#[derive(Debug)]
pub(super) struct Unlisted {
    severity: Listing,
    category: Listing,
}

impl Unlisted {
    pub(super) const fn of(policy: &Policy) -> Self {
        Self {
            severity: Listing::of(policy.severities.as_slice()),
            category: Listing::of(policy.categories.as_slice()),
        }
    }

    pub(super) fn clear(&mut self, rows: &mut [Row<'_>]) {
        if (self.severity, self.category) == (Listing::Listed, Listing::Listed) {
            return;
        }
        for row in rows {
            self.severity.clear(&mut row.severity);
            self.category.clear(&mut row.category);
        }
    }

    pub(super) fn remarks(&self) -> Vec<Remark> {
        let columns = [(self.severity, "severity", "severities"), (self.category, "category", "categories")];
        let ignored = columns.into_iter().filter(|(listing, ..)| *listing == Listing::Ignored);
        let remark = |(_, column, values)| Remark {
            column,
            message: format!("the column `{column}` is ignored: the policy lists no {values}"),
        };
        ignored.map(remark).collect()
    }
}
