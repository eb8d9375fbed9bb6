//! Altered JSON: values, fields and entries that are put elsewhere, left out, doubled or replaced.

use serde_json::{Map, Value, json};

use super::random::Random;

/// Texts and numbers that lie at a limit of some format, or beyond it.
fn unusual(random: &mut Random) -> Value {
    let texts = [
        "",
        " ",
        "\u{200B}",
        "\u{1B}[31m",
        "a\u{0}b",
        "none",
        "0h",
        "PT0S",
        "1d",
        "2562047788h",
        "100.0001%",
        "0%",
        "--02-29",
        "--02-30",
        "2100-02-29",
        "0000-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "2199-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59.999999-23:59",
        "2026-06-30T23:59:60Z",
        "24:00-24:00",
        "23:59:59-00:00",
        "Europe/Berlin",
        "same_time",
    ];
    match random.below(12) {
        0 => Value::Null,
        1 => json!([]),
        2 => json!({}),
        3 => json!(random.one_in(2)),
        4 => json!(0.5),
        5 => json!("x".repeat(1 << random.below(14))),
        6 | 7 => json!(random.integer()),
        8 => json!(random.next()),
        _ => json!(random.pick(&texts)),
    }
}

/// How many values a value holds, itself included.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(entries) => entries.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum(),
        _ => 0,
    }
}

/// The value with the number `at`, counted from the root as 0.
fn nth(value: &mut Value, mut at: usize) -> &mut Value {
    if at == 0 {
        return value;
    }
    at -= 1;
    let children: Vec<&mut Value> = match value {
        Value::Array(entries) => entries.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => unreachable!("a value without values has no more"),
    };
    for child in children {
        let within = size(child);
        if at < within {
            return nth(child, at);
        }
        at -= within;
    }
    unreachable!("the number is below the size")
}

fn random_part(random: &mut Random, of: &Value) -> Value {
    let at = random.below(size(of));
    nth(&mut of.clone(), at).clone()
}

/// Alters one place of `document`; `donor` is another document of its kind.
fn alter(random: &mut Random, document: &mut Value, donor: &Value) {
    let at = random.below(size(document));
    let place = nth(document, at);
    match random.below(10) {
        0 => *place = unusual(random),
        1 | 2 => *place = random_part(random, donor),
        3 => match place {
            Value::Number(number) => {
                let by = random.integer() % 3;
                *place = json!(number.as_i64().unwrap_or(0).wrapping_add(by));
            }
            Value::String(text) => {
                let letter = *random.pick(&['0', '9', '-', ':', '/', 'x', 'ä', '\u{200B}', '\n']);
                let at = random.below(text.chars().count() + 1);
                let rest: String = text.chars().skip(at + random.below(2)).collect();
                *text = text.chars().take(at).chain([letter]).collect::<String>() + &rest;
            }
            _ => *place = unusual(random),
        },
        _ => match place {
            Value::Array(entries) if !entries.is_empty() => {
                let (one, other) = (random.below(entries.len()), random.below(entries.len()));
                match random.below(4) {
                    0 => drop(entries.remove(one)),
                    1 => entries.swap(one, other),
                    2 => entries.truncate(one),
                    _ => entries.insert(other, entries[one].clone()),
                }
            }
            Value::Object(fields) if !fields.is_empty() => {
                let keys: Vec<String> = fields.keys().cloned().collect();
                let (one, other) = (random.pick(&keys).clone(), random.pick(&keys).clone());
                match random.below(4) {
                    0 => drop(fields.remove(&one)),
                    1 => drop(fields.insert(other, fields[&one].clone())),
                    2 => drop(fields.insert("surprise".to_owned(), unusual(random))),
                    _ => {
                        // A field of the donor.
                        let all = donor.as_object().cloned().unwrap_or_else(Map::new);
                        let keys: Vec<String> = all.keys().cloned().collect();
                        if !keys.is_empty() {
                            let key = random.pick(&keys);
                            fields.insert(key.clone(), all[key].clone());
                        }
                    }
                }
            }
            _ => *place = unusual(random),
        },
    }
}

/// Alters bytes without a regard for JSON.
fn alter_bytes(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len().max(1));
    match random.below(4) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at.min(bytes.len()), *random.pick(b"{}[],:\"\\0 e-.\xFF\0")),
        2 => {
            let until = (at + random.below(40)).min(bytes.len());
            let part = bytes[at.min(until)..until].to_vec();
            bytes.splice(at..at, part);
        }
        _ if !bytes.is_empty() => bytes[at] = random.next().to_be_bytes()[0],
        _ => {}
    }
}

/// The input with a number: one of the seeds, altered in a few places. The first inputs are the seeds themselves.
pub fn input(number: u64, seeds: &[Value]) -> Vec<u8> {
    if let Some(seed) = usize::try_from(number).ok().and_then(|number| seeds.get(number)) {
        return seed.to_string().into_bytes();
    }
    let mut random = Random::new(number);
    let mut document = random.pick(seeds).clone();
    for _ in 0..=random.below(3) {
        let donor = random.pick(seeds);
        alter(&mut random, &mut document, donor);
    }
    let mut bytes = document.to_string().into_bytes();
    if random.one_in(10) {
        alter_bytes(&mut random, &mut bytes);
    }
    bytes
}
