//! `Calendar::add` from Rust and from C, in turns: `SLA_FROM_C` names the program made of `from_c.c`.
//!
//! Both compile the same document and ask at the same instants. Nothing is printed unless the answers agree.

use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use sla_benches::{ZONE, holidays, instants, length, ten_years};
use sla_core::calendar::Calendar;
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::wire;

const TURNS: usize = 5;
const ROUNDS: usize = 500;

/// The best round in nanoseconds a question, and the sum of the answers in seconds.
type Measured = (f64, i64);

fn main() {
    let program = std::env::var("SLA_FROM_C").expect("SLA_FROM_C names the program made of benches/from_c.c");
    let document = document();
    let office = wire::policy::calendar::read(&document).unwrap();
    ten_years(&office);
    let instants = instants();
    for text in ["15m", "720h"] {
        let target = length(text);
        let mut best = [f64::INFINITY; 3];
        for _ in 0..TURNS {
            let found = [vec![from_rust(&office, &instants, target)], from_c(&program, &document, &instants, target)];
            for (best, (ns, sum)) in best.iter_mut().zip(found.iter().flatten()) {
                assert_eq!(*sum, found[0][0].1, "C answers otherwise than Rust");
                *best = best.min(*ns);
            }
        }
        let [rust, status, number] = best;
        println!(
            "add {text:<5} Rust {rust:5.1} ns   sla_calendar_add {status:5.1} ns ({:+.1})   sla_calendar_add_or_none \
             {number:5.1} ns ({:+.1})",
            status - rust,
            number - rust,
        );
    }
}

/// The office of the other benchmarks as C reads it.
fn document() -> String {
    let day = r#"["08:00-12:00", "13:00-17:00"]"#;
    let week = ["mon", "tue", "wed", "thu", "fri"].map(|name| format!(r#""{name}": {day}"#)).join(", ");
    let dates: Vec<String> = holidays().map(|date| format!(r#"{{"name": "Closed", "date": "{date}"}}"#)).collect();
    format!(r#"{{"time_zone": "{ZONE}", "weekly": {{{week}}}, "holidays": [{}]}}"#, dates.join(", "))
}

fn from_rust(office: &Calendar, instants: &[Timestamp], target: BusinessDuration) -> Measured {
    let mut best = f64::INFINITY;
    let mut sum = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        sum = black_box(instants)
            .iter()
            .map(|at| black_box(office).add(*at, target).unwrap().as_micros() / 1_000_000)
            .sum();
        best = best.min(start.elapsed().as_secs_f64() * 1e9);
    }
    (best / instants.len() as f64, sum)
}

fn from_c(program: &str, document: &str, instants: &[Timestamp], target: BusinessDuration) -> Vec<Measured> {
    let mut child = Command::new(program)
        .arg(target.as_micros().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program of SLA_FROM_C starts");
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{document}").unwrap();
    for at in instants {
        writeln!(input, "{}", at.as_micros()).unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the program of SLA_FROM_C failed");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| {
            let (ns, sum) = line.split_once(' ').unwrap();
            (ns.parse().unwrap(), sum.parse().unwrap())
        })
        .collect()
}
