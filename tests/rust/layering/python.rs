//! The uses between the modules of the Python package, by their imports: those for type checkers and those inside of
//! functions count too.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;

const PACKAGE: &str = "sla_engine";

/// One module: what it imports, as module and name.
struct Module {
    /// Whether it is the `__init__.py` of a package, which exports what it imports.
    package: bool,
    imports: Vec<(String, String)>,
}

/// Returns which module uses which, from paths below the package and texts.
pub fn graph(sources: &[(String, String)]) -> Graph {
    let modules: BTreeMap<String, Module> = sources.iter().map(|(path, text)| read(path, text)).collect();
    let mut graph = Graph::new();
    for (name, module) in &modules {
        let used = module.imports.iter().filter_map(|(from, imported)| defining(&modules, from, imported, 8));
        let used: BTreeSet<String> = used.filter(|used| used != name).collect();
        graph.insert(name.clone(), used);
    }
    graph
}

/// Returns the module that defines what is imported; none for what another package defines.
fn defining(modules: &BTreeMap<String, Module>, from: &str, name: &str, depth: u8) -> Option<String> {
    let child = format!("{from}.{name}");
    if modules.contains_key(&child) {
        return Some(child);
    }
    let module = modules.get(from)?;
    match module.imports.iter().find(|(_, imported)| module.package && imported == name) {
        Some((next, _)) if depth > 0 && next != from => defining(modules, next, name, depth - 1),
        _ => Some(from.to_owned()),
    }
}

fn read(path: &str, text: &str) -> (String, Module) {
    let path = path.trim_end_matches(".py").replace('/', ".");
    let package = path == "__init__" || path.ends_with(".__init__");
    let inside = path.trim_end_matches("__init__").trim_end_matches('.');
    let name = if inside.is_empty() { PACKAGE.to_owned() } else { format!("{PACKAGE}.{inside}") };
    // The package that a relative import of one dot starts from.
    let here = if package { name.clone() } else { parent(&name).to_owned() };
    let joined = join_brackets(text);
    let mut imports = Vec::new();
    for line in joined.lines().map(str::trim) {
        if let Some((from, names)) = line.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) {
            let dots = from.chars().take_while(|c| *c == '.').count();
            let mut from = from.to_owned();
            if dots > 0 {
                let base = (1..dots).fold(here.as_str(), |package, _| parent(package));
                from = [base, &from[dots..]].join(".").trim_end_matches('.').to_owned();
            }
            let names =
                names.trim_matches(['(', ')', ' ']).split(',').filter_map(|name| name.split_whitespace().next());
            imports.extend(names.map(|name| (from.clone(), name.to_owned())));
        } else if let Some(module) = line.strip_prefix("import ") {
            let module = module.split_whitespace().next().unwrap().trim_end_matches(',');
            if let Some((from, name)) = module.rsplit_once('.').filter(|_| module.starts_with(PACKAGE)) {
                imports.push((from.to_owned(), name.to_owned()));
            }
        }
    }
    (name, Module { package, imports })
}

fn parent(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// Writes what stands in brackets on one line, without comments.
fn join_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut joined = String::new();
    for line in text.lines() {
        let code = line.split('#').next().unwrap_or_default();
        joined.push_str(code);
        depth = (depth + code.matches('(').count()).saturating_sub(code.matches(')').count());
        joined.push(if depth == 0 { '\n' } else { ' ' });
    }
    joined
}
