//! The table "Operations in four languages" of ARCHITECTURE.md is what the code has, in each of them.

use std::collections::BTreeSet;
use std::path::Path;

use regex_lite::Regex;
use sla_tests::files::{root, sources};

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// Returns the cells of every row of the tables under the heading: the operations, then the names of one language.
fn rows() -> Vec<Vec<String>> {
    let page = read("ARCHITECTURE.md");
    let section = page.split("\n## Operations in four languages\n").nth(1).expect("the heading");
    let section = section.split("\n## ").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with("| "));
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    lines.map(cells).filter(|cells| !["operation", "language"].contains(&cells[0].as_str())).collect()
}

fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Returns the names of one language, by the place of its column, and those that it has alone.
fn named(column: usize, language: &str) -> BTreeSet<String> {
    let cells = rows().into_iter().filter_map(|cells| match cells.len() {
        5 => Some(cells[column].clone()),
        3 if cells[0] == language => Some(cells[1].clone()),
        _ => None,
    });
    cells.flat_map(|cell| names(&cell)).collect()
}

#[test]
fn every_operation_names_each_language() {
    for cells in rows() {
        assert!([3, 5].contains(&cells.len()), "{cells:?}");
        for cell in cells.iter().skip(1).take(if cells.len() == 5 { 4 } else { 1 }) {
            assert!(cell == "-" || !names(cell).is_empty(), "{cells:?}");
        }
    }
    assert!(rows().iter().filter(|cells| cells.len() == 5).count() > 60);
}

#[test]
fn the_rust_names_are_public_functions() {
    let sources = sources("sla-core/src", ".rs");
    for name in named(1, "Rust") {
        let (owner, function) = name.rsplit_once("::").unwrap();
        let declared = Regex::new(&format!(r"(?m)^ *pub (const )?fn {function}\b")).unwrap();
        let last = owner.rsplit("::").next().unwrap();
        let is_type = last.starts_with(char::is_uppercase);
        let owned = Regex::new(&format!(r"(?m)^impl(<[^{{]*>)? {last}\b")).unwrap();
        let module = owner.replace("::", "/");
        let found = sources.iter().any(|(path, text)| {
            let is_owner = if is_type {
                owned.is_match(text)
            } else {
                *path == format!("{module}.rs") || path.starts_with(&format!("{module}/"))
            };
            is_owner && declared.is_match(text)
        });
        assert!(found, "no `pub fn` is `{name}`");
    }
}

#[test]
fn the_c_names_are_the_functions_of_the_header() {
    let functions: BTreeSet<String> = read("tests/c/exports.txt").lines().map(|name| name[4..].to_owned()).collect();
    assert_eq!(named(2, "C"), functions);
}

/// Returns the public names of the Python package: `Class`, `Class.method` or a function, those of `audit` included.
fn python() -> BTreeSet<String> {
    let (mut found, mut class) = (BTreeSet::new(), String::new());
    for line in read("sla-py/python/sla_engine/_core.pyi").lines() {
        let name = |rest: &str| rest.split(['(', ':']).next().unwrap().to_owned();
        if let Some(rest) = line.strip_prefix("class ") {
            class = name(rest);
        } else if let Some(rest) = line.strip_prefix("    def ").filter(|rest| !rest.starts_with('_')) {
            found.insert(format!("{class}.{}", name(rest)));
        } else if let Some(rest) = line.strip_prefix("def ") {
            let name = name(rest);
            found.insert(name.strip_prefix("audit_").map_or(name.clone(), |function| format!("audit.{function}")));
        }
    }
    found
}

#[test]
fn the_python_names_are_the_public_methods() {
    let core = read("sla-py/python/sla_engine/_core.pyi");
    let (classes, methods): (BTreeSet<_>, BTreeSet<_>) =
        named(3, "Python").into_iter().partition(|name| name.starts_with(char::is_uppercase) && !name.contains('.'));
    for class in classes {
        assert!(core.contains(&format!("\nclass {class}:")), "{class}");
    }
    assert_eq!(methods, python());
}

/// Returns the public methods of the classes that call the library; the others are values.
fn php() -> BTreeSet<String> {
    let declared = Regex::new(r"(?s)(/\*\*(?:[^*]|\*[^/])*\*/)?\n    public (?:static )?function (\w+)\(").unwrap();
    let mut found = BTreeSet::new();
    for (path, text) in sources("sla-php/src", ".php") {
        let class = path.rsplit('/').next().unwrap().trim_end_matches(".php");
        if path.starts_with("Native/") || path.starts_with("Exceptions/") || !text.contains("Library::get()") {
            continue;
        }
        for method in declared.captures_iter(&text) {
            let is_internal = method.get(1).is_some_and(|comment| comment.as_str().contains("@internal"));
            if !is_internal && !method[2].starts_with("__") {
                found.insert(format!("{class}::{}", &method[2]));
            }
        }
    }
    found
}

#[test]
fn the_php_names_are_the_public_methods() {
    let (methods, classes): (BTreeSet<_>, BTreeSet<_>) =
        named(4, "PHP").into_iter().partition(|name| name.contains("::"));
    for class in classes {
        assert!(root().join(format!("sla-php/src/{class}.php")).exists(), "{class}");
    }
    let library = read("sla-php/src/Native/Library.php");
    let history = read("sla-php/src/History.php");
    let (elsewhere, methods): (BTreeSet<_>, BTreeSet<_>) =
        methods.into_iter().partition(|name| name.starts_with("Library::") || name.starts_with("History::"));
    for name in elsewhere {
        let (class, method) = name.split_once("::").unwrap();
        let text = if class == "Library" { &library } else { &history };
        assert!(text.contains(&format!("function {method}(")), "{name}");
    }
    assert_eq!(methods, php());
}
