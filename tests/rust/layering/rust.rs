//! The uses between the files of a Rust crate, by the paths they write.
//!
//! A name that a module exports again counts as a use of the file that defines it; the declaration of a module and the
//! export itself do not count, as every `mod.rs` would be part of a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::graph::Graph;

type Module = Vec<String>;

/// One path of a `use`, for example `crate::ticket::Ticket as T`.
struct Import {
    /// The module that it stands in: that of the file, or one written inside of it.
    inside: Module,
    path: Module,
    alias: String,
    exported: bool,
}

struct File {
    imports: Vec<Import>,
    /// Paths in code outside of `use`, with the module they stand in.
    paths: Vec<(Module, Module)>,
    /// Single names in code outside of `use`.
    names: BTreeSet<String>,
    defines: BTreeSet<String>,
}

/// The files of a crate by their module, the root with the empty one.
pub struct Crate(BTreeMap<Module, File>);

impl Crate {
    /// Reads the sources, given as path below the source folder and text.
    pub fn read(sources: &[(String, String)]) -> Self {
        let file = |(path, text): &(String, String)| {
            let module = module_of(path);
            (module.clone(), parse(&module, text))
        };
        Self(sources.iter().map(file).collect())
    }

    /// Returns the longest module that a path begins with.
    fn module<'a>(&self, path: &'a [String]) -> &'a [String] {
        (0..=path.len())
            .rev()
            .map(|length| &path[..length])
            .find(|module| self.0.contains_key(*module))
            .unwrap_or_default()
    }

    /// Returns the module whose file defines what a path names; none when it names a module.
    fn defining(&self, path: &[String], depth: u8) -> Option<Module> {
        let module = self.module(path);
        let file = &self.0[module];
        let name = path.get(module.len())?;
        let rest = &path[module.len() + 1..];
        if depth == 0 || file.defines.contains(name) {
            return Some(module.to_vec());
        }
        if let Some(import) = file.imports.iter().find(|import| import.alias == *name) {
            let target = [&self.absolute(&import.inside, &import.path)?, rest].concat();
            return self.defining(&target, depth - 1);
        }
        for import in file.imports.iter().filter(|import| import.exported && import.alias == "*") {
            let target = self.absolute(&import.inside, &import.path)?;
            if self.0.get(&target).is_some_and(|file| file.defines.contains(name)) {
                return Some(target);
            }
        }
        Some(module.to_vec())
    }

    /// Returns the path from the root of the crate; none for what another crate defines.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let parent = module.split_last()?.1;
                if rest.first().is_some_and(|next| next == "super") {
                    return self.absolute(parent, rest);
                }
                Some([parent, rest].concat())
            }
            _ => {
                let file = &self.0[self.module(module)];
                if let Some(import) = file.imports.iter().find(|import| import.alias == *first && import.path != path) {
                    return Some([&self.absolute(&import.inside, &import.path)?, rest].concat());
                }
                let child = [module, std::slice::from_ref(first)].concat();
                self.0.contains_key(&child).then(|| [module, path].concat())
            }
        }
    }

    /// Returns which file uses which, by module; the root is `lib`.
    pub fn graph(&self) -> Graph {
        let mut graph = Graph::new();
        for (module, file) in &self.0 {
            let used: Vec<Module> = (file.imports.iter())
                .filter(|import| !import.exported || file.names.contains(&import.alias))
                .map(|import| (&import.inside, &import.path))
                .chain(file.paths.iter().map(|(inside, path)| (inside, path)))
                .filter_map(|(inside, path)| self.defining(&self.absolute(inside, path)?, 8))
                .filter(|used| used != module)
                .collect();
            graph.insert(name_of(module), used.iter().map(|used| name_of(used)).collect());
        }
        graph
    }

    /// Returns the names that are taken from the root of the crate instead of the module that defines them.
    pub fn taken_from_root(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (module, file) in self.0.iter().filter(|(module, _)| !module.is_empty()) {
            let imported = file.imports.iter().map(|import| (&import.inside, &import.path));
            for (inside, path) in imported.chain(file.paths.iter().map(|(inside, path)| (inside, path))) {
                if let Some(path) = self.absolute(inside, path)
                    && !path.is_empty()
                    && self.module(&path).is_empty()
                {
                    found.push(format!("{} uses `crate::{}`", name_of(module), path.join("::")));
                }
            }
        }
        found
    }
}

fn name_of(module: &[String]) -> String {
    if module.is_empty() { "lib".to_owned() } else { module.join("::") }
}

fn module_of(path: &str) -> Module {
    let path = Path::new(path).with_extension("");
    let mut module: Module = path.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib") {
        module.pop();
    }
    module
}

/// Splits code into names, `::` and single characters; comments are left out, and what literals hold.
pub fn tokens(text: &str) -> Vec<String> {
    let code: Vec<char> = text.chars().collect();
    let at = |place: usize| code.get(place).copied().unwrap_or('\0');
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut place = 0;
    while place < code.len() {
        match at(place) {
            '/' if at(place + 1) == '/' => {
                while place < code.len() && at(place) != '\n' {
                    place += 1;
                }
            }
            '"' => place = after_string(&code, place + 1),
            '\'' if at(place + 1) == '\\' => {
                place += 3;
                while place < code.len() && at(place) != '\'' {
                    place += 1;
                }
                place += 1;
            }
            '\'' if at(place + 2) == '\'' => place += 3,
            '\'' => {
                place += 1;
                while is_name(at(place)) {
                    place += 1;
                }
            }
            ':' if at(place + 1) == ':' => {
                found.push("::".to_owned());
                place += 2;
            }
            c if is_name(c) => {
                let start = place;
                while is_name(at(place)) {
                    place += 1;
                }
                let name: String = code[start..place].iter().collect();
                let hashes = (place..).take_while(|place| at(*place) == '#').count();
                if matches!(name.as_str(), "r" | "br" | "cr") && at(place + hashes) == '"' {
                    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                    place += hashes + 1;
                    while place < code.len() && !code[place..].starts_with(&end) {
                        place += 1;
                    }
                    place += end.len();
                } else if !(matches!(name.as_str(), "b" | "c") && at(place) == '"') {
                    found.push(name);
                }
            }
            c => {
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
                place += 1;
            }
        }
    }
    found
}

fn after_string(code: &[char], mut place: usize) -> usize {
    while place < code.len() && code[place] != '"' {
        place += if code[place] == '\\' { 2 } else { 1 };
    }
    place + 1
}

fn parse(module: &[String], text: &str) -> File {
    let tokens = tokens(text);
    let at = |place: usize| tokens.get(place).map_or("", String::as_str);
    let mut file = File { imports: Vec::new(), paths: Vec::new(), names: BTreeSet::new(), defines: BTreeSet::new() };
    // Modules written inside of the file, with the depth of braces at which each ends.
    let mut inside: Vec<(usize, String)> = Vec::new();
    let current = |inside: &[(usize, String)]| -> Module {
        module.iter().cloned().chain(inside.iter().map(|(_, name)| name.clone())).collect()
    };
    let mut depth = 0_usize;
    let mut place = 0;
    while place < tokens.len() {
        match at(place) {
            "#" if (1..=5).map(|next| at(place + next)).eq(["[", "cfg", "(", "test", ")"]) => {
                place = after_item(&tokens, place + 7);
                continue;
            }
            "use" if at(place + 1) != "<" => {
                let exported = matches!(at(place.wrapping_sub(1)), "pub" | ")");
                let mut paths = Vec::new();
                place = read_use(&tokens, place + 1, &[], &mut paths);
                let import = |(path, alias)| Import { inside: current(&inside), path, alias, exported };
                file.imports.extend(paths.into_iter().map(import));
                continue;
            }
            "mod" if at(place + 2) == "{" => inside.push((depth, at(place + 1).to_owned())),
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if inside.last().is_some_and(|(outer, _)| *outer == depth) {
                    inside.pop();
                }
            }
            "struct" | "enum" | "fn" | "trait" | "type" | "const" | "static" | "union" => {
                file.defines.insert(at(place + 1).to_owned());
            }
            "macro_rules" => {
                file.defines.insert(at(place + 2).to_owned());
            }
            name if name.starts_with(|c: char| c.is_alphabetic() || c == '_') && at(place.wrapping_sub(1)) != "::" => {
                let mut path = vec![name.to_owned()];
                while at(place + 1) == "::" && at(place + 2).starts_with(|c: char| c.is_alphabetic() || c == '_') {
                    path.push(at(place + 2).to_owned());
                    place += 2;
                }
                file.names.insert(path[0].clone());
                if path.len() > 1 {
                    file.paths.push((current(&inside), path));
                }
            }
            _ => {}
        }
        place += 1;
    }
    file
}

/// Returns the place after the item that begins at `place`.
fn after_item(tokens: &[String], mut place: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(token) = tokens.get(place) {
        place += 1;
        match token.as_str() {
            ";" if depth == 0 => break,
            "{" => depth += 1,
            "}" if depth <= 1 => break,
            "}" => depth -= 1,
            _ => {}
        }
    }
    place
}

/// Reads the tree of a `use` into paths with their names, and returns the place after it.
fn read_use(tokens: &[String], mut place: usize, prefix: &[String], found: &mut Vec<(Module, String)>) -> usize {
    let mut path = prefix.to_vec();
    let mut alias = None;
    while let Some(token) = tokens.get(place) {
        match token.as_str() {
            "::" => {}
            "{" => {
                place += 1;
                while tokens.get(place).is_some_and(|token| token != "}") {
                    place = read_use(tokens, place, &path, found);
                    if tokens.get(place).is_some_and(|token| token == ",") {
                        place += 1;
                    }
                }
                place += 1;
                return place;
            }
            "as" => {
                alias = tokens.get(place + 1).cloned();
                place += 1;
            }
            "," | "}" | ";" => break,
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
        place += 1;
    }
    if path.last().is_some_and(|last| last == "*") {
        path.pop();
        alias = Some("*".to_owned());
    }
    if let Some(last) = path.last().cloned() {
        let alias = alias.unwrap_or(last);
        found.push((path, alias));
    }
    place
}
