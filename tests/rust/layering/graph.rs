//! Which file uses which, and the circles among them.

use std::collections::{BTreeMap, BTreeSet};

/// Files, each with those that it uses.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// Returns the files that can be reached from `start` over at least one use.
fn reached(graph: &Graph, start: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![start.to_owned()];
    while let Some(file) = open.pop() {
        for used in graph.get(&file).into_iter().flatten() {
            if found.insert(used.clone()) {
                open.push(used.clone());
            }
        }
    }
    found
}

/// Returns every set of files that use each other, directly or through others.
pub fn circles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<String>> = graph.keys().map(|file| (file, reached(graph, file))).collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (file, below) in &reached {
        if !below.contains(*file) || found.iter().any(|circle| circle.contains(*file)) {
            continue;
        }
        found.push(below.iter().filter(|other| reached[other].contains(*file)).cloned().collect());
    }
    found
}

/// Writes the uses inside of a circle, one a line.
pub fn uses_within(graph: &Graph, circle: &BTreeSet<String>) -> String {
    let lines = circle.iter().map(|file| {
        let used: Vec<&str> = graph[file].intersection(circle).map(String::as_str).collect();
        format!("  {file} uses {}", used.join(", "))
    });
    lines.collect::<Vec<_>>().join("\n")
}
