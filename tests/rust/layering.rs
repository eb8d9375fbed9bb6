//! The one-way order of the rooms of `sla-core`: a room uses lower floors only.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Floors from the bottom up, as ARCHITECTURE.md shows them.
const FLOORS: &[&[&str]] = &[
    &["error", "serde_text", "string_enum"],
    &["id", "digest", "time"],
    &["record", "monitor"],
    &["calendar", "channel"],
    &["package", "ticket"],
    &["policy"],
    &["access", "timer", "alert"],
    &["escalation", "audit"],
    &["engine"],
    &["at_risk", "explain", "analytics", "what_if"],
    &["columns"],
    &["wire"],
    &["revision"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sla-core/src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&root).unwrap();
            let room = inside.components().next().unwrap().as_os_str().to_str().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((room.trim_end_matches(".rs").to_owned(), inside.to_owned(), text));
        }
    }
    found
}

/// Returns the names that follow `crate::` in code, not in comments.
fn uses(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let parts = code.flat_map(|line| line.split("crate::").skip(1));
    parts.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
}

#[test]
fn every_room_has_a_floor() {
    let rooms: BTreeSet<String> = sources().into_iter().map(|(room, ..)| room).filter(|room| room != "lib").collect();
    let known: BTreeSet<String> = FLOORS.iter().flat_map(|rooms| rooms.iter().map(|room| (*room).to_owned())).collect();
    assert_eq!(rooms, known);
}

#[test]
fn no_room_uses_one_above_or_beside_it() {
    let mut faults = Vec::new();
    for (room, path, text) in sources().into_iter().filter(|(room, ..)| room != "lib") {
        for used in uses(&text).into_iter().filter(|used| *used != room) {
            if floor(&used).is_none_or(|below| below >= floor(&room).unwrap()) {
                faults.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_use_that_points_up_is_found() {
    let used = uses("/// crate::wire\nuse crate::engine::Engine;\n");
    assert_eq!(used.into_iter().collect::<Vec<_>>(), ["engine"]);
    assert!(floor("engine").unwrap() > floor("ticket").unwrap());
}

/// Types implement serde themselves; the names of formats, and JSON as such, are known to `wire` alone.
#[test]
fn only_wire_names_document_formats() {
    let format = regex_lite::Regex::new("\"sla-[a-z]+/[0-9]+\"").unwrap();
    for (room, path, text) in sources().into_iter().filter(|(room, ..)| room != "wire") {
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        assert!(!format.is_match(&code), "{} names a format", path.display());
        assert!(!code.contains("serde_json"), "{} of {room} reads or writes JSON", path.display());
    }
}

#[test]
fn architecture_shows_the_same_floors() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md")).unwrap();
    for (number, rooms) in FLOORS.iter().enumerate() {
        let rooms: Vec<String> = rooms.iter().map(|room| format!("`{room}`")).collect();
        let row = format!("| {number} | {} |", rooms.join(", "));
        assert!(page.contains(&row), "ARCHITECTURE.md lacks {row}");
    }
}
