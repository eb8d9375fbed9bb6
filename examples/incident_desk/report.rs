//! What the demo says: counts, compliance, the most overdue tickets, one deadline step by step.

use std::collections::BTreeMap;

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use sla_core::engine::{Activity, CycleEvaluation, Evaluation, Outcome};
use sla_core::ticket::{Change, Due, History, Standing};
use sla_core::time::{BusinessDuration, Timestamp};

use crate::log::Reported;

/// Cycles of one timer by what became of them; the classes do not overlap.
#[derive(Debug, Default, Serialize)]
pub struct Classes {
    met: u64,
    breached_answered: u64,
    breached_open: u64,
    running: u64,
    paused: u64,
    cancelled: u64,
    /// Met ÷ (met + breached) in millionths, rounded down; none without a decided cycle.
    compliance_millionths: Option<u64>,
}

impl Classes {
    fn count(&mut self, cycle: &CycleEvaluation) {
        let class = match (cycle.outcome, cycle.activity) {
            (Outcome::Met, _) => &mut self.met,
            (Outcome::Breached, Activity::Stopped) => &mut self.breached_answered,
            (Outcome::Breached, _) => &mut self.breached_open,
            (Outcome::Cancelled, _) => &mut self.cancelled,
            (Outcome::None, Activity::Paused) => &mut self.paused,
            (Outcome::None, _) => &mut self.running,
        };
        *class += 1;
        let decided = self.met + self.breached_answered + self.breached_open;
        self.compliance_millionths = (self.met * 1_000_000).checked_div(decided);
    }
}

#[derive(Debug, Serialize)]
struct Overdue {
    ticket: String,
    priority: String,
    timer: String,
    due_at: String,
    overdue_us: i64,
    open: bool,
}

#[derive(Debug, Serialize)]
struct Step {
    at: String,
    event: String,
    change: String,
}

#[derive(Debug, Default, Serialize)]
struct Derivation {
    ticket: String,
    timer: String,
    steps: Vec<Step>,
}

/// Everything the demo says, in the order in which it says it.
#[derive(Debug, Serialize)]
pub struct Report {
    as_of: String,
    rows: u64,
    later_rows: u64,
    tickets: u64,
    events: u64,
    /// Priority, then timer.
    priorities: BTreeMap<String, BTreeMap<String, Classes>>,
    most_overdue: Vec<Overdue>,
    derivation: Derivation,
    reported: Vec<Reported>,
}

const MOST_OVERDUE: usize = 10;
const EXPLAINED: &str = "resolution";

impl Report {
    pub fn new(as_of: Timestamp, rows: u64, later_rows: u64) -> Self {
        Self {
            as_of: as_of.to_string(),
            rows,
            later_rows,
            tickets: 0,
            events: 0,
            priorities: BTreeMap::new(),
            most_overdue: Vec::new(),
            derivation: Derivation::default(),
            reported: Vec::new(),
        }
    }

    pub fn add(&mut self, history: &History, evaluation: &Evaluation) {
        let ticket = history.ticket();
        let priority = ticket.severity.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        self.tickets += 1;
        self.events += history.events().len() as u64 + evaluation.due_events.len() as u64;
        let timers = self.priorities.entry(priority.clone()).or_default();
        for timer in &evaluation.timers {
            let classes = timers.entry(timer.timer.to_string()).or_default();
            for cycle in &timer.cycles {
                classes.count(cycle);
                let (Outcome::Breached, Some(due_at)) = (cycle.outcome, cycle.due_at()) else { continue };
                self.most_overdue.push(Overdue {
                    ticket: ticket.id.to_string(),
                    priority: priority.clone(),
                    timer: timer.timer.to_string(),
                    due_at: due_at.to_string(),
                    overdue_us: cycle.overdue.as_micros(),
                    open: cycle.activity != Activity::Stopped,
                });
            }
        }
        // The ticket whose deadline moved most often is the one worth explaining.
        let steps = derive(history);
        if steps.len() > self.derivation.steps.len() {
            self.derivation = Derivation { ticket: ticket.id.to_string(), timer: EXPLAINED.to_owned(), steps };
        }
    }

    pub fn finish(mut self, mut reported: Vec<Reported>) -> Self {
        self.most_overdue.sort_by(|a, b| b.overdue_us.cmp(&a.overdue_us).then_with(|| a.ticket.cmp(&b.ticket)));
        self.most_overdue.truncate(MOST_OVERDUE);
        reported.sort_by_key(|row| row.line);
        self.reported = reported;
        self
    }

    pub fn print(&self) {
        println!("{} tickets from {} log rows, {} events, as of {}", self.tickets, self.rows, self.events, self.as_of);
        if self.later_rows > 0 {
            println!("{} rows lie after that and were not read", self.later_rows);
        }
        println!("\nPromises by priority and timer; compliance = met / (met + breached)");
        println!("{}", self.promises());
        println!("\nThe ten most overdue promises, in business time");
        println!("{}", self.overdue());
        println!("\nHow the {} deadline of {} came about", self.derivation.timer, self.derivation.ticket);
        println!("{}", self.derived());
        if !self.reported.is_empty() {
            println!("\n{} rows were not taken over, or not wholly", self.reported.len());
            println!("{}", self.left_out());
        }
    }

    fn promises(&self) -> Table {
        let mut table = table([
            "priority",
            "timer",
            "met",
            "breached, answered",
            "breached, open",
            "running",
            "paused",
            "cancelled",
            "compliance",
        ]);
        for (priority, timers) in &self.priorities {
            for (timer, classes) in timers {
                let share = classes.compliance_millionths;
                let compliance = share.map_or("none".to_owned(), |m| format!("{}.{} %", m / 10_000, m / 1_000 % 10));
                let counts = [
                    classes.met,
                    classes.breached_answered,
                    classes.breached_open,
                    classes.running,
                    classes.paused,
                    classes.cancelled,
                ];
                let mut row = vec![priority.clone(), timer.clone()];
                row.extend(counts.map(|count| count.to_string()));
                row.push(compliance);
                table.add_row(row);
            }
        }
        for column in 2..9 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    fn overdue(&self) -> Table {
        let mut table = table(["ticket", "priority", "timer", "due", "overdue", ""]);
        for late in &self.most_overdue {
            let overdue =
                BusinessDuration::from_micros(late.overdue_us).map_or_else(|_| String::new(), |d| d.to_string());
            let state = if late.open { "still open" } else { "answered" };
            table.add_row([&late.ticket, &late.priority, &late.timer, &late.due_at, &overdue, state]);
        }
        table
    }

    fn derived(&self) -> Table {
        let mut table = table(["at", "event", "what it did to the deadline"]);
        for step in &self.derivation.steps {
            table.add_row([&step.at, &step.event, &step.change]);
        }
        table
    }

    fn left_out(&self) -> Table {
        let mut table = table(["line", "ticket", "why"]);
        for row in &self.reported {
            table.add_row([&row.line.to_string(), &row.ticket, &row.why]);
        }
        table
    }
}

fn table<const N: usize>(headings: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(headings);
    table
}

fn derive(history: &History) -> Vec<Step> {
    let mut steps = Vec::new();
    for event in history.events() {
        for change in event.changes.iter().filter(|change| change.timer.as_str() == EXPLAINED) {
            let (at, name) = (event.at.to_string(), event.kind.name().to_owned());
            steps.push(Step { at, event: name, change: in_words(&change.change) });
        }
    }
    steps
}

fn in_words(change: &Change) -> String {
    match change {
        Change::Started { target, calendar, standing, .. } => {
            format!("starts: {target} promised in `{calendar}`, {}", stands(standing))
        }
        Change::Paused { used, remaining, .. } => format!("pauses: {used} used, {remaining} left"),
        Change::Resumed { used, standing } => format!("goes on: {used} used, {}", stands(standing)),
        Change::Retargeted { target, calendar, used, standing, .. } => {
            format!("now {target} in `{calendar}`: {used} used, {}", stands(standing))
        }
        Change::Stopped { outcome, used, remaining, overdue, .. } => {
            format!("stops, {}: {used} used, {remaining} left, {overdue} overdue", outcome.as_str())
        }
        Change::Cancelled { used, remaining } => format!("cancelled: {used} used, {remaining} left"),
    }
}

fn stands(standing: &Standing) -> String {
    match standing {
        Standing::Due(Due::At(at)) => format!("due {at}"),
        Standing::Due(Due::OutOfHorizon) => "due beyond the horizon".to_owned(),
        Standing::Paused(remaining) => format!("paused with {remaining} left"),
    }
}
