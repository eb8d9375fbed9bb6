//! Reads a real incident log, imports it under a policy, and reports which promises were met, when, by whom, and what a
//! shorter target would have changed.

mod log;
mod report;

use std::error::Error;
use std::fs::{self, File};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::tz::TimeZone;
use sla_core::log::{Importer, by_ticket};
use sla_core::package::Target;
use sla_core::policy::Policy;
use sla_core::time::{Share, Timestamp};
use sla_core::{Engine, wire};

use crate::log::Refused;

/// Evaluates an incident log under a policy.
#[derive(Parser)]
struct Options {
    /// The log.
    #[arg(default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/incident-events.csv"))]
    log: PathBuf,
    /// The policy document.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/incident-desk.json"))]
    policy: PathBuf,
    /// The time zone of the log's local times.
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// The instant as of which tickets are judged, RFC 3339; the log's last change unless given. Later rows are not read.
    #[arg(long)]
    as_of: Option<String>,
    /// Write JSON instead of tables, with every week, team and refused row.
    #[arg(long)]
    json: bool,
    /// List every refused row instead of the first ten.
    #[arg(long)]
    refused: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let named = |path: &PathBuf, fault: std::io::Error| format!("{}: {fault}", path.display());
    let policy = fs::read(&options.policy).map_err(|fault| named(&options.policy, fault))?;
    let engine = Engine::compile(wire::policy::read(policy)?)?;
    let candidate = Engine::compile(shorter(engine.policy().clone().into_policy()))?;
    let file = File::open(&options.log).map_err(|fault| named(&options.log, fault))?;
    let mut log = log::read(file, &TimeZone::get(&options.time_zone)?)?;
    let as_of = match &options.as_of {
        Some(text) => Timestamp::parse(text)?,
        None => log.last().ok_or("the log has no rows")?,
    };
    let later_rows = log.cut(as_of);

    let states = log::states();
    let mut importer = Importer::new(&engine).with_states(&states);
    let mut rows = log.rows();
    let progress =
        ProgressBar::new(rows.len() as u64).with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} rows")?);
    if !std::io::stderr().is_terminal() {
        progress.set_draw_target(ProgressDrawTarget::hidden());
    }
    let mut figures = report::Figures::new(&engine, &candidate, as_of, &options.time_zone)?;
    for rows in by_ticket(&mut rows) {
        progress.inc(rows.len() as u64);
        if let Some(history) = importer.ticket(rows)? {
            figures.add(history)?;
        }
    }
    progress.finish_and_clear();
    let import = importer.finish();
    let mut refused = log.refused;
    refused.extend(import.refused.into_iter().map(|row| Refused {
        line: row.row,
        ticket: row.ticket,
        code: row.code.to_owned(),
        message: row.message,
    }));
    let found = figures.finish(refused, import.remarks)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&found.json(log.rows, later_rows)?)?);
    } else {
        found.print(log.rows, later_rows, options.refused);
    }
    Ok(())
}

/// The same policy with a resolution target that is a quarter shorter, everywhere.
fn shorter(mut policy: Policy) -> Policy {
    for package in &mut policy.packages {
        let variants = package.variants.iter_mut().flatten().map(|variant| &mut variant.targets);
        for targets in std::iter::once(&mut package.targets).chain(variants) {
            if let Some(Target::Within { duration, .. }) = targets.get_mut("resolution") {
                *duration = Share::from_millionths(750_000).of(*duration).unwrap_or(*duration);
            }
        }
    }
    policy
}
