//! The one-way order of modules, in the core and in the bindings: a module uses lower layers only, and no files use each
//! other in a circle. ARCHITECTURE.md holds the layers.

mod graph;
mod php;
mod python;
mod rust;

use std::collections::{BTreeMap, BTreeSet};

use graph::Graph;
use sla_tests::files::{root, sources};

/// Sources of a Rust crate; the hidden set-up of its examples is none.
fn rust_sources(folder: &str) -> Vec<(String, String)> {
    let mut found = sources(folder, ".rs");
    found.retain(|(path, _)| path != "doc_fixture.rs");
    found
}

/// Part of the project that has layers: its folder, which file uses which, and the module of a file.
type Part = (&'static str, Graph, fn(&str) -> String);

/// Returns every part of the project that has layers.
fn parts() -> Vec<Part> {
    let rust = |folder| rust::Crate::read(&rust_sources(folder)).graph();
    let first = |file: &str| file.split("::").next().unwrap().to_owned();
    let python = |file: &str| {
        let inside = file.trim_start_matches("sla_engine").trim_start_matches('.');
        let module = inside.split('.').next().unwrap();
        if module.is_empty() { "__init__".to_owned() } else { module.to_owned() }
    };
    let php = |class: &str| class.split_once('/').map_or_else(|| class.to_owned(), |(folder, _)| folder.to_owned());
    vec![
        ("sla-core/src", rust("sla-core/src"), first),
        ("sla-ffi/src", rust("sla-ffi/src"), first),
        ("sla-py/src", rust("sla-py/src"), first),
        ("sla-py/python/sla_engine", python::graph(&sources("sla-py/python/sla_engine", ".py")), python),
        ("sla-php/src", php::graph(&sources("sla-php/src", ".php")), php),
    ]
}

/// Returns the layer of each module that ARCHITECTURE.md lists under the heading of a folder.
fn layers(page: &str, folder: &str) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    let heading = format!("### `{folder}`");
    let section = page.split("\n#").map(|section| format!("#{section}")).find(|section| section.starts_with(&heading));
    for row in section.unwrap_or_default().lines().filter(|line| line.starts_with("| ")) {
        let mut cells = row.split('|').map(str::trim).skip(1);
        if let Some(layer) = cells.next().and_then(|layer| layer.parse().ok()) {
            for module in cells.next().unwrap().split(", ").map(|module| module.trim_matches('`')) {
                assert!(found.insert(module.to_owned(), layer).is_none(), "{folder}: `{module}` has two layers");
            }
        }
    }
    found
}

fn page() -> String {
    std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap()
}

/// Returns the uses that do not point to a lower layer, and the modules without one.
fn faults(folder: &str, graph: &Graph, module: fn(&str) -> String, layers: &BTreeMap<String, u32>) -> Vec<String> {
    let mut found = Vec::new();
    let modules: BTreeSet<String> = graph.keys().map(|file| module(file)).filter(|module| module != "lib").collect();
    let layer = |module: &str| layers.get(module).or_else(|| layers.get("*"));
    for module in modules.iter().filter(|module| layer(module).is_none()) {
        found.push(format!("{folder}: `{module}` has no layer"));
    }
    for module in layers.keys().filter(|module| *module != "*" && !modules.contains(*module)) {
        found.push(format!("{folder}: `{module}` has a layer and no file"));
    }
    for (file, used) in graph.iter().filter(|(file, _)| *file != "lib") {
        for other in used.iter().filter(|other| module(other) != module(file)) {
            let (above, below) = (module(file), module(other));
            let beside = !layers.contains_key(&above) && !layers.contains_key(&below);
            if layer(&below) >= layer(&above) && !beside {
                found.push(format!("{folder}: {file} uses {other}"));
            }
        }
    }
    found
}

#[test]
fn every_module_has_a_layer_and_uses_lower_ones_only() {
    let page = page();
    let mut found = Vec::new();
    for (folder, graph, module) in parts() {
        found.extend(faults(folder, &graph, module, &layers(&page, folder)));
    }
    assert!(found.is_empty(), "against the layers of ARCHITECTURE.md:\n{}", found.join("\n"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let mut found = Vec::new();
    for (folder, graph, _) in parts() {
        for circle in graph::circles(&graph) {
            found.push(format!("{folder}:\n{}", graph::uses_within(&graph, &circle)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn names_are_taken_from_the_module_that_defines_them() {
    for folder in ["sla-core/src", "sla-ffi/src", "sla-py/src"] {
        let found = rust::Crate::read(&rust_sources(folder)).taken_from_root();
        assert!(found.is_empty(), "{folder}:\n{}", found.join("\n"));
    }
}

/// Types implement serde themselves; the names of formats, JSON as such and places in documents are known to `wire` alone.
#[test]
fn only_wire_knows_document_formats() {
    // A problem of a policy carries the place of the rule, a fault of a history the place of the event: callers without a
    // document count on them too.
    let places = ["policy/problem.rs", "ticket/fault.rs"];
    let format = regex_lite::Regex::new(r#""sla-[a-z-]+/[0-9]+""#).unwrap();
    let pointer = regex_lite::Regex::new(r#""/[a-z_]+[/"]"#).unwrap();
    for (path, text) in rust_sources("sla-core/src").into_iter().filter(|(path, _)| !path.starts_with("wire/")) {
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            assert!(!format.is_match(line), "{path} names a format: {line}");
            assert!(!line.contains("serde_json"), "{path} reads or writes JSON: {line}");
            assert!(!pointer.is_match(line) || places.contains(&path.as_str()), "{path} names a place: {line}");
        }
    }
}

#[test]
fn the_php_package_needs_no_framework() {
    for (path, text) in sources("sla-php/src", ".php") {
        assert!(!php::code(&text).contains("Illuminate"), "{path}");
    }
}

/// The tests of this module find what they look for.
mod planted {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Vec<(String, String)> {
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    fn circle(graph: &Graph) -> Vec<String> {
        graph::circles(graph).into_iter().flatten().collect()
    }

    #[test]
    fn a_circle_of_rust_files_is_found_through_exports_aliases_and_nested_paths() {
        let mut sources = files(&[
            ("lib.rs", "mod ticket; mod timer; pub use ticket::Ticket;"),
            ("ticket/mod.rs", "mod cycle; mod event; pub use event::{Due, Event}; pub struct Ticket;"),
            (
                "ticket/event.rs",
                "use super::cycle::{self, Cycle as C}; pub struct Event; pub enum Due { A(cycle::Phase) }",
            ),
            ("ticket/cycle.rs", "// use crate::timer::Timer;\npub struct Cycle; pub enum Phase { A }"),
            ("timer.rs", "use crate::ticket::Due; pub struct Timer; mod inner { use super::Timer; }"),
        ]);
        let graph = rust::Crate::read(&sources).graph();
        assert_eq!(circle(&graph), [""; 0]);
        assert_eq!(graph["timer"].iter().collect::<Vec<_>>(), ["ticket::event"]);
        assert_eq!(graph["ticket::event"].iter().collect::<Vec<_>>(), ["ticket::cycle"]);
        sources[3].1.push_str("fn f(due: crate::ticket::Due) {}");
        assert_eq!(circle(&rust::Crate::read(&sources).graph()), ["ticket::cycle", "ticket::event"]);
        sources[3].1 = "use crate::timer; pub struct Cycle; fn f(_: timer::Timer) {}".to_owned();
        assert_eq!(circle(&rust::Crate::read(&sources).graph()), ["ticket::cycle", "ticket::event", "timer"]);
        sources[3].1 =
            "#[cfg(test)] mod tests { use crate::timer::Timer; } const A: &str = \"crate::timer::Timer\";".to_owned();
        assert_eq!(circle(&rust::Crate::read(&sources).graph()), [""; 0]);
        sources[3].1 = "use crate::Ticket;".to_owned();
        assert_eq!(rust::Crate::read(&sources).taken_from_root(), ["ticket::cycle uses `crate::Ticket`"]);
    }

    #[test]
    fn a_circle_of_python_modules_is_found_through_packages() {
        let mut sources = files(&[
            ("__init__.py", "from .a import One\n"),
            ("a.py", "from __future__ import annotations\nclass One: ...\n"),
            ("cli/__init__.py", ""),
            ("cli/b.py", "from sla_engine import (\n    One,  # comment\n)\n"),
        ]);
        let graph = python::graph(&sources);
        assert_eq!(graph["sla_engine.cli.b"].iter().collect::<Vec<_>>(), ["sla_engine.a"]);
        assert_eq!(circle(&graph), [""; 0]);
        sources[1].1.push_str("def f():\n    from .cli import b\n");
        assert_eq!(circle(&python::graph(&sources)), ["sla_engine.a", "sla_engine.cli.b"]);
        sources[1].1 = "import sla_engine.cli.b as b\n".to_owned();
        assert_eq!(circle(&python::graph(&sources)), ["sla_engine.a", "sla_engine.cli.b"]);
    }

    #[test]
    fn a_circle_of_php_classes_is_found_in_code_only() {
        let mut sources = files(&[
            (
                "Engine.php",
                "<?php namespace Sla; use Sla\\Native\\Handle; /* Ticket */ class Engine { function f(Handle $h) {} }",
            ),
            ("Native/Handle.php", "<?php namespace Sla\\Native; class Handle { const A = 'Engine'; }"),
            ("Ticket.php", "<?php namespace Sla; class Ticket { function f(): ?Engine { return new Engine(); } }"),
        ]);
        let graph = php::graph(&sources);
        assert_eq!(circle(&graph), [""; 0]);
        assert_eq!(graph["Engine"].iter().collect::<Vec<_>>(), ["Native/Handle"]);
        assert_eq!(graph["Ticket"].iter().collect::<Vec<_>>(), ["Engine"]);
        sources[1].1 =
            "<?php namespace Sla\\Native; use Sla\\Ticket; class Handle { function f() { Ticket::g(); } }".to_owned();
        assert_eq!(circle(&php::graph(&sources)), ["Engine", "Native/Handle", "Ticket"]);
    }

    #[test]
    fn a_use_that_points_up_or_beside_and_a_module_without_a_layer_are_found() {
        let page = "## Layers\n\n### `x/src`\n\n| layer | modules |\n|---|---|\n| 0 | `a`, `b` |\n| 1 | `c` |\n\n## Next\n| 2 | `d` |\n";
        let layers = layers(page, "x/src");
        assert_eq!(layers.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
        let sources = files(&[
            ("a.rs", "use crate::c::C;"),
            ("b.rs", "use crate::a::A;"),
            ("c.rs", "use crate::a::A;"),
            ("d.rs", ""),
        ]);
        let graph = rust::Crate::read(&sources).graph();
        let found = faults("x/src", &graph, |file| file.to_owned(), &layers);
        assert_eq!(found, ["x/src: `d` has no layer", "x/src: a uses c", "x/src: b uses a"]);
    }
}
