//! From rules to answers: a calendar with 120 holidays, and a policy of three packages from its JSON.

use divan::Bencher;
use sla_benches::{TALKABIZ, office_rules, ten_years};
use sla_core::calendar::{Calendar, ZoneDatabase};
use sla_core::{Engine, wire};

fn main() {
    let office = Calendar::compile(&office_rules(), &ZoneDatabase::embedded()).unwrap();
    ten_years(&office);
    println!("tables of the office after questions within ten years: {} bytes", office.table_bytes());
    divan::main();
}

#[divan::bench]
fn calendar(bencher: Bencher) {
    let (rules, zones) = (office_rules(), ZoneDatabase::embedded());
    bencher.bench(|| Calendar::compile(&rules, &zones));
}

#[divan::bench]
fn calendar_and_ten_years(bencher: Bencher) {
    let (rules, zones) = (office_rules(), ZoneDatabase::embedded());
    bencher.bench(|| {
        let calendar = Calendar::compile(&rules, &zones).unwrap();
        ten_years(&calendar);
        calendar
    });
}

#[divan::bench]
fn policy_from_json(bencher: Bencher) {
    bencher.bench(|| Engine::compile(wire::policy::read(TALKABIZ).unwrap()).unwrap());
}

#[divan::bench]
fn read_policy(bencher: Bencher) {
    bencher.bench(|| wire::policy::read(TALKABIZ).unwrap());
}
