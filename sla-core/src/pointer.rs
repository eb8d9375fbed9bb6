//! JSON pointers (RFC 6901): where in a document something lies.

use std::fmt;

/// A place in a document; displays as a JSON pointer.
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
