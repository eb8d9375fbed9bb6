//! How a document is laid out whose list has one entry a line.

use std::io::{Result, Write};

use serde_json::ser::Formatter;

/// The list is the root, or a field of the root; everything in an entry is on one line.
#[derive(Default)]
pub(super) struct Lines {
    depth: usize,
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.depth = self.depth.saturating_add(1);
        out.write_all(if self.depth == 2 { b"[\n" } else { b"[" })
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        let is_field = self.depth == 2;
        self.depth = self.depth.saturating_sub(1);
        out.write_all(if is_field { b"\n]" } else { b"]" })
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        match (first, self.depth) {
            (true, _) => Ok(()),
            (false, 1 | 2) => out.write_all(b",\n"),
            (false, _) => out.write_all(b","),
        }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.depth = self.depth.saturating_add(1);
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        let is_root = self.depth == 1;
        self.depth = self.depth.saturating_sub(1);
        out.write_all(if is_root { b"}\n" } else { b"}" })
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        match (first, self.depth) {
            (true, _) => Ok(()),
            (false, 1) => out.write_all(b", "),
            (false, _) => out.write_all(b","),
        }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        out.write_all(if self.depth == 1 { b": " } else { b":" })
    }
}
