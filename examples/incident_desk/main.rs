//! Reads a real incident log, replays it through the engine under a policy, and says which promises were kept, when, by
//! whom, and what a shorter target would have done.

mod log;
mod mapping;
mod report;

use std::error::Error;
use std::fs::{self, File};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::tz::TimeZone;
use sla_core::policy::Policy;
use sla_core::time::{Share, Timestamp};
use sla_core::{Engine, wire};

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
    /// Write JSON instead of tables.
    #[arg(long)]
    json: bool,
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

    let progress = ProgressBar::new(log.tickets.len() as u64)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} tickets")?);
    if !std::io::stderr().is_terminal() {
        progress.set_draw_target(ProgressDrawTarget::hidden());
    }
    let mut figures = report::Figures::new(&engine, &candidate, as_of, &options.time_zone)?;
    let mut reported = log.reported;
    for (ticket, rows) in progress.wrap_iter(log.tickets.iter()) {
        if let Some(history) = mapping::import(&engine, ticket, rows, &mut reported)? {
            figures.add(history)?;
        }
    }
    progress.finish_and_clear();
    let said = figures.finish(reported)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&said.json(log.rows, later_rows)?)?);
    } else {
        said.print(log.rows, later_rows);
    }
    Ok(())
}

/// The same policy with a resolution target that is a quarter shorter, everywhere.
fn shorter(mut policy: Policy) -> Policy {
    for package in &mut policy.packages {
        let variants = package.variants.iter_mut().map(|variant| &mut variant.targets);
        for targets in std::iter::once(&mut package.targets).chain(variants) {
            if let Some(target) = targets.get_mut("resolution") {
                *target = Share::from_millionths(750_000).of(*target).unwrap_or(*target);
            }
        }
    }
    policy
}
