//! What the reference model knows of a policy: the document, looked up anew for every question.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;
use sla_core::calendar::{CalendarRules, DayTime, Hours, LocalTime};
use sla_core::{Engine, wire};

use crate::oracle::{Oracle, promised_at};

/// Package, severity and category: what decides the terms of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub package: String,
    pub severity: Option<String>,
    pub category: Option<String>,
}

/// What a cycle would be promised.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    pub target: Option<Target>,
    pub calendar: String,
}

/// A target that promises something.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    Within(i64),
    Days { days: u32, by: DayTime, cut_off: Option<LocalTime> },
}

/// One timer's definition.
#[derive(Debug, Clone)]
pub struct Timer {
    pub starts_on: Vec<String>,
    pub stops_on: Vec<String>,
    pub cancels_on: Vec<String>,
    pub pauses_on: Vec<String>,
    pub repeats: bool,
    pub on_reopen: String,
    pub next_open: bool,
}

/// Where a step lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// When so much is used.
    Used(i64),
    /// On the due.
    OnDue,
    /// So much counted time after the due.
    AfterDue(i64),
}

/// A step with the breach escalation in its place.
#[derive(Debug, Clone)]
pub struct Step {
    pub id: String,
    /// Millionths of the target, or a duration.
    at: Option<i64>,
    before: Option<i64>,
    after: Option<i64>,
    when: Value,
    /// The level of an escalation; `None` for a warning.
    pub level: Option<u32>,
    every: i64,
    pub times: u32,
    pub until_acknowledged: bool,
}

/// An inactivity rule.
#[derive(Debug, Clone)]
pub struct Inactivity {
    pub id: String,
    pub status: String,
    pub after: i64,
    pub calendar: Option<String>,
    pub action: String,
}

pub struct Policy {
    document: Value,
    rules: BTreeMap<String, CalendarRules>,
    calendars: BTreeMap<String, Oracle>,
    timers: BTreeMap<String, Timer>,
    steps: BTreeMap<String, Vec<Step>>,
    pub inactivity: Vec<Inactivity>,
    pub max_pause: Option<i64>,
    pub max_paused_total: Option<i64>,
}

/// Reads `1h30m`, `90s`, `PT4H`.
#[must_use]
pub fn duration(text: &str) -> i64 {
    let (mut sum, mut number) = (0, 0);
    for letter in text.to_lowercase().trim_start_matches("pt").chars() {
        let unit = match letter {
            'h' => 3_600_000_000,
            'm' => 60_000_000,
            's' => 1_000_000,
            digit => {
                number = number * 10 + i64::from(digit.to_digit(10).unwrap());
                continue;
            }
        };
        sum += number * unit;
        number = 0;
    }
    sum
}

/// Reads `80%`, `99.95%` as millionths.
fn share(text: &str) -> i64 {
    let (whole, decimals) = text.trim_end_matches('%').split_once('.').unwrap_or((text.trim_end_matches('%'), ""));
    format!("{whole}{decimals:0<4}").parse().unwrap()
}

fn text(value: &Value, field: &str) -> Option<String> {
    value.get(field).and_then(Value::as_str).map(str::to_owned)
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn texts(value: &Value, field: &str) -> Option<Vec<String>> {
    let list = value.get(field)?.as_array()?;
    Some(list.iter().map(|item| item.as_str().unwrap().to_owned()).collect())
}

impl Timer {
    fn preset(id: &str) -> Self {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let (starts, stops, pauses, repeats, on_reopen): (&[_], &[_], &[_], _, _) = match id {
            "first_response" => (&["opened"], &["public_reply", "resolved"], &[], false, "ignore"),
            "next_response" => (&["reply_owed"], &["public_reply", "resolved"], &[], true, "ignore"),
            "update" => {
                (&["opened", "public_reply", "reopened"], &["public_reply", "resolved"], &["pending"], true, "ignore")
            }
            "resolution" => (&["assigned"], &["resolved"], &["pending", "on_hold"], false, "resume"),
            "assignment" => (&["opened"], &["assigned"], &[], false, "ignore"),
            _ => (&[], &[], &[], false, "resume"),
        };
        Self {
            starts_on: words(starts),
            stops_on: words(stops),
            cancels_on: Vec::new(),
            pauses_on: words(pauses),
            repeats,
            on_reopen: on_reopen.to_owned(),
            next_open: false,
        }
    }

    fn read(id: &str, adjusted: &Value) -> Self {
        let mut timer = Self::preset(id);
        for (field, place) in [
            ("starts_on", &mut timer.starts_on),
            ("stops_on", &mut timer.stops_on),
            ("cancels_on", &mut timer.cancels_on),
            ("pauses_on", &mut timer.pauses_on),
        ] {
            if let Some(given) = texts(adjusted, field) {
                *place = given;
            }
        }
        if let Some(cycles) = text(adjusted, "cycles") {
            timer.repeats = cycles == "repeated";
        }
        if let Some(on_reopen) = text(adjusted, "on_reopen") {
            timer.on_reopen = on_reopen;
        }
        timer.next_open = text(adjusted, "due_boundary").as_deref() == Some("next_open");
        timer
    }

    #[must_use]
    pub fn pauses_in(&self, status: &str) -> bool {
        self.pauses_on.iter().any(|paused| paused == status)
    }
}

impl Step {
    fn read(step: &Value) -> Self {
        let length = |field| text(step, field).map(|text| duration(&text));
        let repeat = &step["repeat"];
        let (mut at, mut after) = (text(step, "at").map(|at| share(&at)), length("after"));
        if after == Some(0) {
            // Nothing after due is on due.
            (at, after) = (Some(1_000_000), None);
        }
        let level = (step["action"] == "escalate").then(|| step["level"].as_u64().map_or(1, |level| level as u32));
        Self {
            id: text(step, "id").unwrap(),
            at,
            before: length("before"),
            after,
            when: step["when"].clone(),
            level,
            every: text(repeat, "every").map_or(0, |every| duration(&every)),
            times: repeat["times"].as_u64().unwrap_or(0) as u32,
            until_acknowledged: step["until"] == "acknowledged",
        }
    }

    /// The breach escalation that is always there, unless an escalation on due takes its place.
    fn built_in() -> Self {
        Self::read(&serde_json::json!({"id": "breach", "at": "100%", "action": "escalate"}))
    }

    #[must_use]
    pub fn escalates_breach(&self) -> bool {
        self.is_on_due() && self.level.is_some()
    }

    #[must_use]
    pub fn is_on_due(&self) -> bool {
        self.at == Some(1_000_000)
    }

    /// Where the step, or a repetition of it, lies for a target; a `before` longer than the target does not exist.
    #[must_use]
    pub fn place(&self, repetition: u32, target: i64) -> Option<Place> {
        let later = self.every * i64::from(repetition);
        let of_target = |share: i64| (i128::from(target) * i128::from(share) / 1_000_000) as i64;
        if let Some(before) = self.before {
            return (target > before).then(|| Place::Used(target - before + later));
        }
        Some(match (self.at, self.after) {
            (Some(1_000_000), _) if repetition == 0 => Place::OnDue,
            (Some(share), _) if share < 1_000_000 => Place::Used(of_target(share) + later),
            (Some(share), _) => Place::AfterDue(of_target(share) - target + later),
            (None, after) => Place::AfterDue(after.unwrap() + later),
        })
    }
}

impl Policy {
    /// Reads a document that the engine compiled; calendars are known from `first` to `last`.
    #[must_use]
    pub fn new(document: &str, first: NaiveDate, last: NaiveDate) -> Self {
        let engine = Engine::compile(wire::policy::read(document).unwrap_or_else(|error| panic!("{error:#?}")));
        let rules: BTreeMap<String, CalendarRules> =
            engine.unwrap().policy().calendars.iter().map(|(id, rules)| (id.to_string(), rules.clone())).collect();
        let calendars = rules.iter().map(|(id, own)| {
            let oracle = match &own.hours {
                Hours::AnyOf(members) => {
                    let members: Vec<_> = members.iter().map(|member| rules[member.as_str()].clone()).collect();
                    Oracle::any_of(&members, first, last)
                }
                _ => Oracle::new(own, first, last),
            };
            (id.clone(), oracle)
        });
        let calendars = calendars.collect();
        let document: Value = serde_json::from_str(document).unwrap();
        // Measured: with a target somewhere that is not "none", or listed.
        let mut timers: BTreeMap<String, Timer> = BTreeMap::new();
        for package in list(&document, "packages") {
            for promising in std::iter::once(package).chain(list(package, "variants")) {
                for (timer, target) in promising["targets"].as_object().into_iter().flatten() {
                    if target != "none" {
                        timers.insert(timer.clone(), Timer::preset(timer));
                    }
                }
            }
        }
        for timer in list(&document, "timers") {
            let id = text(timer, "id").unwrap();
            timers.insert(id.clone(), Timer::read(&id, timer));
        }
        let steps = timers.keys().map(|timer| {
            let mut steps: Vec<Step> = list(&document["steps"], timer).iter().map(Step::read).collect();
            if !steps.iter().any(|step| step.escalates_breach() && step.when.is_null()) {
                steps.push(Step::built_in());
            }
            (timer.clone(), steps)
        });
        let steps = steps.collect();
        let inactivity = list(&document, "inactivity").iter().map(|rule| Inactivity {
            id: text(rule, "id").unwrap(),
            status: text(rule, "status").unwrap(),
            after: duration(&text(rule, "after").unwrap()),
            calendar: text(rule, "calendar"),
            action: text(rule, "action").unwrap(),
        });
        let inactivity = inactivity.collect();
        let limit = |field| text(&document["pauses"], field).map(|limit| duration(&limit));
        let (max_pause, max_paused_total) = (limit("max_pause"), limit("max_paused_total"));
        Self { document, rules, calendars, timers, steps, inactivity, max_pause, max_paused_total }
    }

    #[must_use]
    pub fn calendar(&self, id: &str) -> &Oracle {
        &self.calendars[id]
    }

    /// The measured timers, by id.
    #[must_use]
    pub fn timers(&self) -> &BTreeMap<String, Timer> {
        &self.timers
    }

    /// The steps of a timer that hold for a cycle, with their places in the list; of the escalations on due the first
    /// that holds.
    #[must_use]
    pub fn steps(&self, timer: &str, subject: &Subject, channel: &str) -> Vec<(usize, &Step)> {
        let mut has_breach = false;
        let mut holding = Vec::new();
        for (place, step) in self.steps[timer].iter().enumerate() {
            let is = |field: &str, own: Option<&str>| match text(&step.when, field) {
                Some(wanted) => own == Some(&wanted),
                None => true,
            };
            let holds = is("channel", Some(channel))
                && is("severity", subject.severity.as_deref())
                && is("category", subject.category.as_deref())
                && is("package", Some(&subject.package));
            if holds && !(step.escalates_breach() && std::mem::replace(&mut has_breach, true)) {
                holding.push((place, step));
            }
        }
        // The built-in one stands in no list: it follows all others.
        holding
    }

    fn package(&self, id: &str) -> &Value {
        list(&self.document, "packages").iter().find(|package| package["id"] == id).unwrap()
    }

    /// The package, then those that it extends.
    fn chain(&self, id: &str) -> Vec<&Value> {
        let mut chain = vec![self.package(id)];
        while let Some(base) = text(chain[chain.len() - 1], "extends") {
            chain.push(self.package(&base));
        }
        chain
    }

    /// The calendar of a package, variants aside.
    #[must_use]
    pub fn package_calendar(&self, id: &str) -> String {
        self.chain(id).iter().find_map(|package| text(package, "calendar")).unwrap()
    }

    /// What the policy promises for a timer by a channel, at the instant of the event that starts the cycle.
    #[must_use]
    pub fn terms(&self, subject: &Subject, timer: &str, channel: &str, at: i64) -> Terms {
        let chain = self.chain(&subject.package);
        // The nearest list of variants hides those further up; its first match wins.
        let listing = chain.iter().position(|package| package.get("variants").is_some());
        let matching = listing.and_then(|level| {
            list(chain[level], "variants").iter().find(|variant| {
                let when = &variant["when"];
                let is = |field: &str, own: Option<&str>| text(when, field).is_none_or(|wanted| own == Some(&wanted));
                is("channel", Some(channel))
                    && is("severity", subject.severity.as_deref())
                    && is("category", subject.category.as_deref())
                    && text(when, "during").is_none_or(|calendar| self.calendar(&calendar).is_open(at))
                    && text(when, "outside").is_none_or(|calendar| !self.calendar(&calendar).is_open(at))
            })
        });
        let calendar_level = chain.iter().position(|package| package.get("calendar").is_some()).unwrap();
        let mut target = None;
        for (level, package) in chain.iter().enumerate() {
            let of_variant = matching.filter(|_| listing == Some(level)).and_then(|v| v["targets"].get(timer));
            target = of_variant.or_else(|| package["targets"].get(timer));
            if target.is_some() {
                break;
            }
        }
        let of_variant = matching.filter(|_| listing.unwrap() <= calendar_level).and_then(|v| text(v, "calendar"));
        let mut calendar = of_variant.unwrap_or_else(|| text(chain[calendar_level], "calendar").unwrap());
        let target = target.filter(|target| *target != "none").map(|target| match target {
            Value::String(within) => Target::Within(duration(within)),
            target => {
                if let Some(own) = text(target, "calendar") {
                    calendar = own;
                }
                match text(target, "within") {
                    Some(within) => Target::Within(duration(&within)),
                    None => Target::Days {
                        days: target["business_days"].as_u64().unwrap() as u32,
                        by: match target["by"].as_str().unwrap() {
                            "close" => DayTime::Close,
                            "same_time" => DayTime::SameTime,
                            time => DayTime::At(LocalTime::parse(time).unwrap()),
                        },
                        cut_off: text(target, "cut_off").map(|time| LocalTime::parse(&time).unwrap()),
                    },
                }
            }
        });
        Terms { target, calendar }
    }

    /// The duration that a target promises from an instant on.
    #[must_use]
    pub fn length(&self, terms: &Terms, from: i64) -> Option<i64> {
        let calendar = self.calendar(&terms.calendar);
        Some(match terms.target.as_ref()? {
            Target::Within(length) => *length,
            Target::Days { days, by, cut_off } => {
                let rules = &self.rules[&terms.calendar];
                let promised = promised_at(rules, calendar, from, *days, *by, *cut_off).unwrap();
                calendar.elapsed(from, promised)
            }
        })
    }
}
