//! Problems of a policy: collected all at once, each with a JSON pointer.

use super::document::{Document, Object};
use super::rules::MAX_PROBLEMS;
use crate::error::{Error, ErrorCode};
pub(crate) use crate::pointer::Pointer;

/// The most bytes that the pointers of listed problems take together: a long key stands in each pointer below it.
const MAX_POINTER_BYTES: usize = 16 * 1024 * 1024;

/// Problems found so far; beyond [`MAX_PROBLEMS`] they are only counted.
// INVARIANT: counts of problems and of bytes are below the bytes of a document in memory, so their sums fit.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: Vec<Error>,
    pointer_bytes: usize,
    further: usize,
}

#[expect(clippy::arithmetic_side_effects, reason = "the invariant of `Problems`")]
impl Problems {
    /// Adds a problem; its message and its pointer are only written when they will be shown.
    pub(crate) fn add(&mut self, at: &Pointer<'_>, fault: impl Into<Error>) {
        if self.is_full() {
            self.further += 1;
        } else {
            self.push(fault.into().at(at.to_string()));
        }
    }

    /// Adds a problem that already says where it lies.
    pub(crate) fn push(&mut self, problem: Error) {
        if self.is_full() {
            self.further += 1;
        } else {
            self.pointer_bytes += problem.path().len();
            self.found.push(problem);
        }
    }

    /// Counts problems that are not kept.
    pub(crate) fn add_further(&mut self, count: usize) {
        self.further += count;
    }

    fn is_full(&self) -> bool {
        self.found.len() >= MAX_PROBLEMS || self.pointer_bytes >= MAX_POINTER_BYTES
    }

    /// Returns the one error that lists every problem of a `document`, or `Ok` when there is none.
    pub(crate) fn into_result(mut self, document: &str) -> Result<(), Error> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort_by_cached_key(|problem| place(problem.path()));
        let count = self.found.len() + self.further;
        if self.further > 0 {
            let message = format!("{} further problems are not listed", self.further);
            self.found.push(Error::new(ErrorCode::LimitExceeded, message));
        }
        let problems = if count == 1 { "problem" } else { "problems" };
        Err(Error::new(ErrorCode::InvalidPolicy, format!("the {document} has {count} {problems}"))
            .with_related(self.found))
    }
}

/// Returns what orders a JSON pointer: its field's rank in the format, then its segments, indexes by number.
fn place(path: &str) -> (usize, Vec<(usize, String)>) {
    let mut segments = path.split('/').skip(1);
    let first = segments.next().unwrap_or_default();
    let rank = Document::FIELDS.iter().position(|field| *field == first).unwrap_or(Document::FIELDS.len());
    (rank, segments.map(|segment| (segment.parse().unwrap_or(usize::MAX), segment.to_owned())).collect())
}
