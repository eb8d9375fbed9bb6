//! Canonical records: an injective binary encoding, in which distinct values have distinct bytes.
//!
//! Numbers have a fixed width and are big-endian; texts and lists state their length. `docs/canonical-record.md`
//! specifies every byte.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::id::Id;
use crate::time::{BusinessDuration, Timestamp};

/// A record under construction; it begins with its domain and version.
pub(crate) struct Record(Vec<u8>);

impl Record {
    pub(crate) fn new(domain: &str, version: u32) -> Self {
        // Most records are shorter.
        let mut record = Self(Vec::with_capacity(1_024));
        record.text(domain);
        record.number(version);
        record
    }

    /// Returns the bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.0.push(u8::from(flag));
    }

    pub(crate) fn number(&mut self, number: u32) {
        self.0.extend(number.to_be_bytes());
    }

    pub(crate) fn long(&mut self, number: i64) {
        self.0.extend(number.to_be_bytes());
    }

    /// Adds an instant as its microseconds.
    pub(crate) fn instant(&mut self, at: Timestamp) {
        self.long(at.as_micros());
    }

    pub(crate) fn unsigned(&mut self, number: u64) {
        self.0.extend(number.to_be_bytes());
    }

    pub(crate) fn length(&mut self, length: usize) {
        self.unsigned(u64::try_from(length).unwrap_or(u64::MAX));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend(text.as_bytes());
    }

    pub(crate) fn digest(&mut self, digest: Digest) {
        self.0.extend(digest.as_bytes());
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(crate) fn duration(&mut self, length: Option<BusinessDuration>) {
        self.option(length, |record, length| record.long(length.as_micros()));
    }

    /// Writes entries whose order counts.
    pub(crate) fn list<T>(&mut self, entries: impl IntoIterator<Item = T>, write: impl Fn(&mut Self, T)) {
        let start = self.0.len();
        self.length(0);
        let mut count: u64 = 0;
        for entry in entries {
            write(self, entry);
            // INVARIANT: the entries are in memory, so their number fits.
            count = count.saturating_add(1);
        }
        // An iterator says how many entries there were only at its end, so the length is written last.
        let length = self.0.iter_mut().skip(start);
        length.zip(count.to_be_bytes()).for_each(|(byte, is)| *byte = is);
    }

    /// Writes entries whose order does not count: by their bytes.
    pub(crate) fn set<T>(&mut self, entries: impl IntoIterator<Item = T>, write: impl Fn(&mut Self, T)) {
        let start = self.0.len();
        let mut ends = Vec::new();
        for entry in entries {
            write(self, entry);
            ends.push(self.0.len());
        }
        // The entries were written one after another; a copy of them is put in order.
        let written = self.0.split_off(start);
        let mut rest = written.as_slice();
        let mut from = start;
        let mut bodies = Vec::with_capacity(ends.len());
        for end in ends {
            // INVARIANT: the record only grows.
            let (body, others) = rest.split_at_checked(end.saturating_sub(from)).unwrap_or((rest, &[]));
            bodies.push(body);
            (rest, from) = (others, end);
        }
        bodies.sort_unstable();
        self.list(bodies, |record, body| record.0.extend(body));
    }

    pub(crate) fn table<T>(&mut self, entries: &BTreeMap<Id, T>, write: impl Fn(&mut Self, &T)) {
        self.list(entries, |record, (id, value)| {
            record.text(id.as_str());
            write(record, value);
        });
    }

    pub(crate) fn ids(&mut self, ids: &[Id]) {
        self.set(ids, |record, id| record.text(id.as_str()));
    }

    pub(crate) fn texts(&mut self, texts: &[String]) {
        self.list(texts, |record, text| record.text(text));
    }
}
