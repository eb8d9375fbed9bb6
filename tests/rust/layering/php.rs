//! The uses between the classes of the PHP package, by the names in their code.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;

/// Returns which class uses which, from paths below `src` and texts; a class is named by its path without `.php`.
pub fn graph(sources: &[(String, String)]) -> Graph {
    let classes: BTreeSet<&str> = sources.iter().map(|(path, _)| path.trim_end_matches(".php")).collect();
    let mut graph = Graph::new();
    for (path, text) in sources {
        let class = path.trim_end_matches(".php");
        let folder = class.rsplit_once('/').map_or("", |(folder, _)| folder);
        let code = code(text);
        let imported: BTreeMap<&str, String> = (code.split(';').map(str::trim))
            .filter_map(|statement| statement.rsplit_once("use Sla\\").map(|(_, name)| name.replace('\\', "/")))
            .filter_map(|name| {
                classes.get(name.as_str()).map(|class| (class.rsplit('/').next().unwrap(), name.clone()))
            })
            .collect();
        let names = code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '\\' && c != '$' && c != '>');
        let used = names.filter_map(|name| {
            let sibling = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            imported.get(name).cloned().or_else(|| classes.contains(sibling.as_str()).then_some(sibling))
        });
        graph.insert(class.to_owned(), used.filter(|used| used != class).collect());
    }
    graph
}

/// Returns the code without comments and without what literals hold.
pub fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '#' if !rest.starts_with("#[") => rest.find('\n').unwrap_or(rest.len()),
            '\'' | '"' => literal(rest, first),
            _ => {
                code.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        if !escaped && c == quote {
            return place + 1;
        }
        escaped = !escaped && c == '\\';
    }
    text.len()
}
