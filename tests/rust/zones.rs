//! Every zone, hour by hour over 2025 to 2028, against two second witnesses.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Offset, TimeZone};
use sla_core::calendar::ZoneDatabase;

const START: i64 = 1_735_689_600;
const END: i64 = 1_861_920_000;
const HOUR: usize = 3_600;
const OFFSETS: &str = include_str!("../vectors/zone-offsets-2025-2028.txt");

/// Zones whose rules changed between 2025b (chrono-tz 0.10.4) and the embedded release.
const CHANGED_SINCE_2025B: &[&str] = &[
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "America/Edmonton",
    "America/Havana",
    "America/Inuvik",
    "America/Rainy_River",
    "America/Vancouver",
    "America/Winnipeg",
    "America/Yellowknife",
    "Canada/Central",
    "Canada/Mountain",
    "Canada/Pacific",
    "Cuba",
    "Europe/Chisinau",
    "Europe/Tiraspol",
];

fn hours() -> impl Iterator<Item = i64> {
    (START..END).step_by(HOUR)
}

#[test]
fn every_zone_has_the_offsets_of_the_python_package_of_the_same_release() {
    let zones = ZoneDatabase::embedded();
    assert_eq!(zones.version(), "2026f");
    assert!(OFFSETS.lines().any(|line| line == "# release 2026f"), "the data file is of another release");
    let mut witnessed = BTreeSet::new();
    for line in OFFSETS.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split(' ');
        let (name, first) = (fields.next().unwrap(), fields.next().unwrap().parse::<i32>().unwrap());
        let changes: BTreeMap<i64, i32> = fields
            .map(|field| field.split_once(':').unwrap())
            .map(|(second, offset)| (second.parse().unwrap(), offset.parse().unwrap()))
            .collect();
        let zone = zones.zone(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let edges = changes.keys().flat_map(|second| [second - 1, *second]);
        for second in hours().chain(edges) {
            let expected = changes.range(..=second).next_back().map_or(first, |change| *change.1);
            assert_eq!(zone.offset_at(second), expected, "{name} at {second}");
        }
        witnessed.insert(name);
    }
    let unwitnessed: Vec<_> = ZoneDatabase::names().filter(|name| !witnessed.contains(name)).collect();
    println!("{} zones agree; without a witness: {unwitnessed:?}", witnessed.len());
    assert!(witnessed.len() >= 590);
    assert!(unwitnessed.is_empty(), "{unwitnessed:?}");
}

#[test]
fn chrono_tz_differs_only_in_the_zones_that_changed_since_its_release() {
    let zones = ZoneDatabase::embedded();
    assert_eq!(chrono_tz::IANA_TZDB_VERSION, "2025b");
    let (mut compared, mut differing) = (0, BTreeSet::new());
    for name in ZoneDatabase::names() {
        let Ok(theirs) = name.parse::<chrono_tz::Tz>() else { continue };
        let ours = zones.zone(name).unwrap();
        compared += 1;
        let offset_there = |second| {
            let utc = DateTime::from_timestamp(second, 0).unwrap().naive_utc();
            theirs.offset_from_utc_datetime(&utc).fix().local_minus_utc()
        };
        if hours().any(|second| ours.offset_at(second) != offset_there(second)) {
            differing.insert(name);
        }
    }
    println!("{compared} zones compared, {} differ", differing.len());
    assert!(compared >= 590);
    assert_eq!(differing, CHANGED_SINCE_2025B.iter().copied().collect());
}
