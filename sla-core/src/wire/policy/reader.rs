//! Takes values out of a document and notes every problem with its place.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::super::slot::{Slot, Written};
use super::document::{Document, List, Table};
use crate::calendar::ZoneDatabase;
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::policy::problem::{Pointer, Problems};
use crate::policy::{CheckedPolicy, check};
use crate::time::BusinessDuration;

/// Reads a document into the model; what cannot be read is noted and stood in for, so that the rest can be judged.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) problems: Problems,
    /// The indexes, ascending, of entries that could not be read at all, by the place of their list.
    dropped: HashMap<String, Vec<usize>>,
    stand_ins: usize,
}

impl Reader {
    /// Returns a reader of a document that has these keys twice.
    pub(super) fn of(duplicates: Vec<String>) -> Self {
        let mut reader = Self::default();
        for duplicate in duplicates {
            reader.problems.push(
                Error::new(ErrorCode::DuplicateKey, "the key is there twice in one object")
                    .help("keep one of the two")
                    .at(duplicate),
            );
        }
        reader
    }

    /// Returns the policy of a document, or all its problems: those of its form and those of its meaning.
    pub(super) fn policy(mut self, document: Slot<Document>, zones: &ZoneDatabase) -> Result<CheckedPolicy, Error> {
        let Some(document) = self.given(document, &Pointer::ROOT) else {
            self.problems.into_result("policy")?;
            return Err(Error::new(ErrorCode::MissingField, "the document is empty"));
        };
        let (policy, timer_places) = self.document(document);
        let places = timer_places.iter().map(|(id, at)| (id, *at)).collect();
        let mut calendars = BTreeMap::new();
        self.judged("policy", || {
            let (problems, compiled) = check::problems(&policy, zones, &places);
            calendars = compiled;
            problems
        })?;
        Ok(CheckedPolicy::new(policy, calendars, zones))
    }

    /// Returns all problems of a document: those of its form found so far, and those of its meaning.
    pub(super) fn judged(mut self, document: &str, meaning: impl FnOnce() -> Problems) -> Result<(), Error> {
        if self.problems.is_complete() {
            self.absorb(meaning());
        }
        self.problems.into_result(document)
    }

    /// Adds the problems of what was read, unless they only follow from what could not be read.
    fn absorb(&mut self, meaning: Problems) {
        if self.problems.is_empty() {
            self.problems = meaning;
            return;
        }
        let form: Vec<(ErrorCode, String)> = self
            .problems
            .found()
            .iter()
            .filter(|problem| problem.code() != ErrorCode::DuplicateKey)
            .map(|problem| (problem.code(), problem.path().to_owned()))
            .collect();
        let dropped = std::mem::take(&mut self.dropped);
        self.problems.absorb(meaning, |problem| {
            let path = in_document(problem.path(), &dropped);
            let names = match problem.code() {
                ErrorCode::UnknownChannel => "/channels",
                ErrorCode::UnknownCalendar => "/calendars",
                ErrorCode::UnknownTimer => "/timers",
                ErrorCode::UnknownSeverity => "/severities",
                ErrorCode::UnknownCategory => "/categories",
                _ => "",
            };
            let follows = form.iter().any(|(code, form)| {
                lies_in(form, &path)
                    || (*code != ErrorCode::UnknownField && lies_in(&path, form))
                    || (!names.is_empty() && hides_a_name(*code, form, names))
            });
            (!follows).then(|| problem.at(path))
        });
    }

    /// Returns the value of a field that may be left out.
    pub(super) fn given<T>(&mut self, slot: Slot<T>, at: &Pointer<'_>) -> Option<T> {
        match slot {
            Slot::Is(value) => Some(value),
            Slot::Missing => None,
            Slot::Wrong(why) => {
                self.problems.add(ErrorCode::WrongType, at, || why, "");
                None
            }
        }
    }

    /// Returns the value of a field that must be there.
    pub(super) fn needed<T>(&mut self, slot: Slot<T>, at: &Pointer<'_>) -> Option<T> {
        if slot.is_missing() {
            self.missing(at);
        }
        self.given(slot, at)
    }

    pub(super) fn missing(&mut self, at: &Pointer<'_>) {
        self.problems.add(ErrorCode::MissingField, at, || "the field is missing".to_owned(), "add it");
    }

    /// Returns the meaning of a text that may be left out.
    pub(super) fn term<T>(&mut self, slot: Slot<Written<T>>, at: &Pointer<'_>) -> Option<T> {
        let written = self.given(slot, at)?;
        written.0.map_err(|fault| self.problems.push(fault.at(at.to_string()))).ok()
    }

    /// Returns the meaning of a text that must be there.
    pub(super) fn needed_term<T>(&mut self, slot: Slot<Written<T>>, at: &Pointer<'_>) -> Option<T> {
        if slot.is_missing() {
            self.missing(at);
        }
        self.term(slot, at)
    }

    /// Returns an id that must be there, or one that stands in for it.
    pub(super) fn id(&mut self, slot: Slot<Written<Id>>, at: &Pointer<'_>) -> Id {
        self.needed_term(slot, at).unwrap_or_else(|| self.stand_in())
    }

    pub(super) fn stand_in(&mut self) -> Id {
        self.stand_ins = self.stand_ins.saturating_add(1);
        Id::unreadable(self.stand_ins)
    }

    /// Stands for the instant of a step that could not be read; no two are equal.
    pub(super) fn unreadable_instant(&mut self) -> BusinessDuration {
        self.stand_ins = self.stand_ins.saturating_add(1);
        let number = i64::try_from(self.stand_ins).unwrap_or_default();
        BusinessDuration::from_micros(i64::MAX.saturating_sub(number)).unwrap_or_default()
    }

    /// Returns a text that must be there, or one that stands in for it.
    pub(super) fn text(&mut self, slot: Slot<String>, at: &Pointer<'_>) -> String {
        self.needed(slot, at).unwrap_or_else(|| "?".to_owned())
    }

    /// Returns the entries of a list, each as `read` returns it; those it cannot read are left out.
    pub(super) fn list<T, U>(
        &mut self,
        slot: Slot<List<T>>,
        at: &Pointer<'_>,
        mut read: impl FnMut(&mut Self, Slot<T>, &Pointer<'_>) -> Option<U>,
    ) -> Option<Vec<U>> {
        let list = self.given(slot, at)?;
        let mut entries = Vec::with_capacity(list.len());
        for (index, slot) in list.into_iter().enumerate() {
            match read(self, slot, &at.index(index)) {
                Some(entry) => entries.push(entry),
                None => self.dropped.entry(at.to_string()).or_default().push(index),
            }
        }
        Some(entries)
    }

    /// Returns a list of texts with a meaning.
    pub(super) fn terms<T>(&mut self, slot: Slot<List<Written<T>>>, at: &Pointer<'_>) -> Option<Vec<T>> {
        self.list(slot, at, Self::term)
    }

    /// Returns a list of plain texts; empty when left out.
    pub(super) fn texts(&mut self, slot: Slot<List<String>>, at: &Pointer<'_>) -> Vec<String> {
        self.list(slot, at, Self::given).unwrap_or_default()
    }

    /// Returns an object whose keys are ids, each value as `read` returns it.
    pub(super) fn table<T, U>(
        &mut self,
        slot: Slot<Table<T>>,
        at: &Pointer<'_>,
        mut read: impl FnMut(&mut Self, Slot<T>, &Pointer<'_>) -> U,
    ) -> Option<BTreeMap<Id, U>> {
        let mut entries = BTreeMap::new();
        for (key, slot) in self.given(slot, at)? {
            let place = at.key(&key);
            let id = Id::new(key.as_str()).map_err(|fault| self.problems.push(fault.at(place.to_string())));
            let value = read(self, slot, &place);
            if let Ok(id) = id {
                entries.insert(id, value);
            }
        }
        Some(entries)
    }

    /// Notes the fields that the format does not know.
    pub(super) fn unknown(&mut self, unknown: &BTreeMap<String, Value>, known: &[&str], at: &Pointer<'_>) {
        for field in unknown.keys() {
            let nearest = known.iter().find(|known| known.eq_ignore_ascii_case(field));
            let help = match nearest {
                Some(known) => format!("write it as `{known}`"),
                None => format!("leave it out; the fields here are `{}`", known.join("`, `")),
            };
            let shown: String = field.chars().take(64).collect();
            let message = || format!("the field `{shown}` is not known");
            self.problems.add(ErrorCode::UnknownField, &at.key(field), message, help);
        }
    }
}

/// Returns whether the place `inner` is `outer` or lies in it.
fn lies_in(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns whether a problem of form leaves open which names `list` has.
fn hides_a_name(code: ErrorCode, form: &str, list: &str) -> bool {
    let Some(rest) = form.strip_prefix(list) else { return false };
    let mut segments = rest.split('/').skip(1);
    match (segments.next(), segments.next(), segments.next()) {
        (None, _, _) => rest.is_empty(),
        // The names of calendars are keys, and readable whatever the calendar holds.
        (Some(_), None, _) => list != "/calendars" || code == ErrorCode::InvalidId,
        (Some(_), Some(field), None) => list != "/calendars" && field == "id",
        _ => false,
    }
}

/// Returns the place in the document of a place in what was read of it, where unreadable entries are missing.
fn in_document(path: &str, dropped: &HashMap<String, Vec<usize>>) -> String {
    let mut place = String::with_capacity(path.len());
    for segment in path.split('/').skip(1) {
        let index = dropped.get(&place).and_then(|dropped| {
            let read: usize = segment.parse().ok()?;
            Some(dropped.iter().fold(read, |at, gone| if *gone <= at { at.saturating_add(1) } else { at }))
        });
        place.push('/');
        match index {
            Some(index) => place.push_str(&index.to_string()),
            None => place.push_str(segment),
        }
    }
    place
}
