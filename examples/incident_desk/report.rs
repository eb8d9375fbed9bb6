//! What the demo prints, on two screens at most: compliance by week and by priority, teams, one deadline explained, a
//! what-if, the refused rows, and what was found.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Value, json};
use sla_core::analytics::{
    AgentPerformance, Aggregate, Dimension, Grouping, PeriodUnit, Report, ReportGroup, TimerFigures, agents,
};
use sla_core::calendar::ZoneDatabase;
use sla_core::explain::Explanation;
use sla_core::log::Remark;
use sla_core::ticket::{Change, History};
use sla_core::time::{BusinessDuration, Share, Timestamp};
use sla_core::what_if::{ComparedPromise, Comparison, Flip, WhatIf};
use sla_core::{Engine, Error, wire};

use crate::log::Refused;

/// The timer whose deadline is explained.
const EXPLAINED: &str = "resolution";
/// How much of each table fits on two screens of fifty lines.
const WEEKS: usize = 10;
const TEAMS: usize = 5;
const FLIPS: usize = 2;
const REFUSED: usize = 10;

/// Everything the demo adds up, ticket by ticket.
pub struct Figures<'a> {
    engine: &'a Engine,
    as_of: Timestamp,
    aggregate: Aggregate,
    what_if: WhatIf,
    flips: Vec<Flip>,
    tickets: u64,
    events: usize,
    /// The history whose deadline moved most often, and how often.
    moved: Option<(usize, History)>,
}

impl<'a> Figures<'a> {
    /// Starts with nothing; weeks are those of `time_zone`.
    pub fn new(engine: &'a Engine, candidate: &'a Engine, as_of: Timestamp, time_zone: &str) -> Result<Self, Error> {
        let weekly = Grouping::by(&[Dimension::Severity, Dimension::Agent]);
        let weekly = weekly.with_period(PeriodUnit::Week, time_zone, &ZoneDatabase::embedded())?;
        let what_if = WhatIf::new(engine, candidate);
        let aggregate = Aggregate::new(weekly);
        Ok(Self { engine, as_of, aggregate, what_if, flips: Vec::new(), tickets: 0, events: 0, moved: None })
    }

    /// Adds one ticket.
    pub fn add(&mut self, history: History) -> Result<(), Error> {
        let evaluation = self.engine.evaluate(history.ticket(), self.as_of)?;
        self.tickets += 1;
        self.events += history.events().len() + evaluation.due_events.len();
        self.aggregate.add(self.engine, &history, &evaluation)?;
        self.flips.extend(self.what_if.add(&history, self.as_of)?.flips);
        let moves = moves(&history);
        if self.moved.as_ref().is_none_or(|(most, _)| moves > *most) {
            self.moved = Some((moves, history));
        }
        Ok(())
    }

    /// Makes the reports.
    pub fn finish(self, mut refused: Vec<Refused>, remarks: Vec<Remark>) -> Result<Found, Error> {
        let weekly = Grouping::all().with_periods_of(self.aggregate.grouping());
        let moved = self.moved.map(|(_, history)| self.engine.explain(&history, EXPLAINED, None, self.as_of));
        refused.sort_by_key(|row| row.line);
        Ok(Found {
            as_of: self.as_of,
            tickets: self.tickets,
            events: self.events,
            weeks: Report::of(&self.aggregate.regroup(weekly)?)?,
            priorities: Report::of(&self.aggregate.regroup(Grouping::by(&[Dimension::Severity]))?)?,
            teams: agents(&self.aggregate, &self.engine.policy().objectives)?,
            explanation: moved.transpose()?,
            comparison: self.what_if.comparison().clone(),
            flips: self.flips,
            refused,
            remarks,
        })
    }
}

/// Returns how often something happened to a deadline.
fn moves(history: &History) -> usize {
    let changes = history.events().iter().flat_map(|event| &event.changes);
    let own = changes.filter(|change| change.timer.as_str() == EXPLAINED);
    own.filter(|change| !matches!(change.change, Change::Started { .. })).count()
}

/// What the demo found, in the order in which it prints it.
pub struct Found {
    as_of: Timestamp,
    tickets: u64,
    events: usize,
    weeks: Report,
    priorities: Report,
    teams: Vec<AgentPerformance>,
    explanation: Option<Explanation>,
    comparison: Comparison,
    flips: Vec<Flip>,
    refused: Vec<Refused>,
    remarks: Vec<Remark>,
}

impl Found {
    pub fn json(&self, rows: u64, later_rows: usize) -> Result<Value, serde_json::Error> {
        let read = |document: String| serde_json::from_str::<Value>(&document);
        let flips =
            self.flips.iter().map(|flip| read(wire::what_if::write_flip(flip))).collect::<Result<Vec<_>, _>>()?;
        let explanation = self.explanation.as_ref().map(|found| read(wire::explanation::write(found))).transpose()?;
        let teams: Value = read(wire::analytics::write_agents(&self.teams))?;
        Ok(json!({
            "as_of": self.as_of.to_string(),
            "rows": rows,
            "later_rows": later_rows,
            "tickets": self.tickets,
            "events": self.events,
            "weeks": read(wire::analytics::write_report(&self.weeks))?,
            "priorities": read(wire::analytics::write_report(&self.priorities))?,
            "teams": teams["agents"],
            "explanation": explanation,
            "what_if": read(wire::what_if::write(&self.comparison))?,
            "flips": flips,
            "refused": self.refused,
            "remarks": self.remarks.iter().map(|remark| &remark.message).collect::<Vec<_>>(),
        }))
    }

    pub fn print(&self, rows: u64, later_rows: usize, all_refused: bool) {
        println!("{} tickets from {rows} log rows, {} events, as of {}", self.tickets, self.events, self.as_of);
        if later_rows > 0 {
            println!("{later_rows} later rows were not read");
        }
        println!("\nResolutions by week of the outcome; compliance = met / (met + breached)");
        println!("{}", self.by_week());
        println!("\nOutcomes by priority");
        println!("{}", self.by_priority());
        println!("\nThe {TEAMS} teams that worked on most tickets; outcomes while they held a ticket");
        println!("{}", self.by_team());
        if let Some(explanation) = &self.explanation {
            println!("\nHow one due instant came about\n{explanation}");
        }
        println!("The same log with a resolution target that is 25 % shorter");
        println!("{}", self.compared());
        for flip in self.flips.iter().take(FLIPS) {
            println!("  {flip}");
        }
        self.print_refused(all_refused);
        self.print_findings(rows);
    }

    fn print_refused(&self, all: bool) {
        for remark in &self.remarks {
            println!("\n{}", remark.message);
        }
        if self.refused.is_empty() {
            return;
        }
        let shown = if all { self.refused.len() } else { REFUSED.min(self.refused.len()) };
        println!("\nRows that were refused: {shown} of {}", self.refused.len());
        let mut table = table(["line", "ticket", "code", "why"]);
        for row in self.refused.iter().take(shown) {
            table.add_row([&row.line.to_string(), &row.ticket, &row.code, &row.message]);
        }
        println!("{table}");
    }

    fn print_findings(&self, rows: u64) {
        println!("\nFound");
        for figures in &self.weeks.total.timers {
            let decided = figures.met + figures.breached();
            println!("  {}: {} of {decided} in time ({})", figures.timer, figures.met, percent(figures.compliance));
        }
        println!("  with the shorter target, {} tickets would have another outcome", self.comparison.flipped_tickets);
        println!("  {} of {rows} rows were refused, or not taken as a whole", self.refused.len());
        println!("Next");
        println!("  every week, team and row       make demo ARGS=--json, or ARGS=--refused for the rows");
        println!(
            "  your own log, as a page        sla-engine report LOG -p POLICY -o report.html (sla-py/docs/cli.md)"
        );
        println!("  what rows and states mean      docs/logs.md, and docs/policy.md for policies");
    }

    fn by_week(&self) -> Table {
        let headings = ["week", "opened", "met", "breached", "compliance", "median", "p90"];
        let row = |name: String, group: &ReportGroup| {
            let figures = group.timer(EXPLAINED);
            let count = |of: fn(&TimerFigures) -> u64| figures.map_or(0, of).to_string();
            let time = figures.map(|figures| figures.business_time).unwrap_or_default();
            let compliance = percent(figures.and_then(|figures| figures.compliance));
            let (met, breached) = (count(|figures| figures.met), count(TimerFigures::breached));
            [name, group.tickets.opened.to_string(), met, breached, compliance, hours(time.median), hours(time.p90)]
        };
        let mut table = table(headings);
        for group in self.weeks.groups.iter().take(WEEKS) {
            let week = group.key.period.and_then(|start| self.weeks.grouping.label(start));
            table.add_row(row(week.unwrap_or_default(), group));
        }
        let more = self.weeks.groups.len().saturating_sub(WEEKS);
        if more > 0 {
            table.add_row([format!("{more} more")]);
        }
        table.add_row(row("all".to_owned(), &self.weeks.total));
        right(table, 1)
    }

    fn by_priority(&self) -> Table {
        let headings = [
            "priority",
            "timer",
            "met",
            "breached, answered",
            "breached, open",
            "running",
            "paused",
            "cancelled",
            "compliance",
            "late pauses",
        ];
        let mut table = table(headings);
        for group in &self.priorities.groups {
            let priority = group.key.severity.as_ref().map_or("none".to_owned(), ToString::to_string);
            for figures in &group.timers {
                let cancelled = figures.cancelled_withdrawn + figures.cancelled_voided + figures.cancelled_duplicate;
                let answered = figures.breached_answered + figures.breached_ended;
                let counts = [figures.met, answered, figures.breached_open, figures.running, figures.paused, cancelled];
                let mut row = vec![priority.clone(), figures.timer.to_string()];
                row.extend(counts.map(|count| count.to_string()));
                row.extend([percent(figures.compliance), figures.late_pauses.to_string()]);
                table.add_row(row);
            }
        }
        right(table, 2)
    }

    fn by_team(&self) -> Table {
        let mut teams: Vec<&AgentPerformance> = self.teams.iter().collect();
        teams.sort_by(|a, b| b.handled.cmp(&a.handled).then_with(|| a.agent.cmp(&b.agent)));
        let mut table =
            table(["team", "tickets", "replies", "escalations", "first response", "resolution", "p90", "score"]);
        for team in teams.into_iter().take(TEAMS) {
            let timer = |name: &str| team.timers.iter().find(|figures| figures.timer.as_str() == name);
            let compliance = |name| percent(timer(name).and_then(|figures| figures.compliance));
            table.add_row([
                team.agent.as_ref().map_or("unassigned".to_owned(), ToString::to_string),
                team.handled.to_string(),
                team.replies.to_string(),
                team.escalations_received.to_string(),
                compliance("first_response"),
                compliance("resolution"),
                hours(timer("resolution").and_then(|figures| figures.business_time.p90)),
                team.score.map_or("none".to_owned(), points),
            ]);
        }
        right(table, 1)
    }

    fn compared(&self) -> Table {
        let mut table =
            table(["timer", "met before", "after", "breached before", "after", "compliance before", "after"]);
        for ComparedPromise { timer, before, after, .. } in &self.comparison.promises {
            table.add_row([
                timer.to_string(),
                before.met.to_string(),
                after.met.to_string(),
                before.breached.to_string(),
                after.breached.to_string(),
                percent(before.compliance()),
                percent(after.compliance()),
            ]);
        }
        right(table, 1)
    }
}

fn percent(share: Option<Share>) -> String {
    share.map_or("none".to_owned(), |share| {
        let millionths = share.as_millionths();
        format!("{}.{} %", millionths / 10_000, millionths / 1_000 % 10)
    })
}

fn points(score: Share) -> String {
    format!("{}.{}", score.as_millionths() / 10_000, score.as_millionths() / 1_000 % 10)
}

/// A quantile to the minute.
fn hours(length: Option<BusinessDuration>) -> String {
    length.map_or("none".to_owned(), |length| {
        let minutes = length.as_micros() / 60_000_000;
        format!("{}:{:02} h", minutes / 60, minutes % 60)
    })
}

fn table<const N: usize>(headings: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(headings);
    table
}

/// Aligns the columns from `first` on to the right.
fn right(mut table: Table, first: usize) -> Table {
    for column in first..table.column_count() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
