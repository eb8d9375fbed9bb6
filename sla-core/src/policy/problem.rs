//! Problems of a policy: collected all at once, each with a JSON pointer.

use std::fmt;

use super::document::{Document, Object};
use crate::error::{Error, ErrorCode};

/// The most problems that one error lists; the number of further ones is stated.
pub const MAX_PROBLEMS: usize = 1_000;

/// The most bytes that the pointers of listed problems take together: a long key stands in each pointer below it.
const MAX_POINTER_BYTES: usize = 16 * 1024 * 1024;

/// A place in a policy document; displays as a JSON pointer.
#[derive(Clone, Copy)]
pub(crate) struct Pointer<'a> {
    parent: Option<&'a Pointer<'a>>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Key(&'a str),
    Index(usize),
}

impl Pointer<'static> {
    /// The document itself.
    pub(crate) const ROOT: Self = Self { parent: None, segment: Segment::Key("") };
}

impl<'a> Pointer<'a> {
    /// Returns the place of the field `key` of the object at this place.
    pub(crate) const fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), segment: Segment::Key(key) }
    }

    /// Returns the place of an entry of the list at this place.
    pub(crate) const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), segment: Segment::Index(index) }
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else { return Ok(()) };
        parent.fmt(f)?;
        match self.segment {
            Segment::Index(index) => write!(f, "/{index}"),
            Segment::Key(key) if key.contains(['~', '/']) => {
                write!(f, "/{}", key.replace('~', "~0").replace('/', "~1"))
            }
            Segment::Key(key) => write!(f, "/{key}"),
        }
    }
}

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
