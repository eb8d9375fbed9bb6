//! Every public function of the core that is more than a getter has an example that runs.

use sla_tests::files::sources;

/// Modules that no user of the crate reaches.
const PRIVATE: &[&str] =
    &["timer.rs", "record.rs", "serde_text.rs", "string_enum.rs", "doc_fixture.rs", "policy/check", "policy/digest.rs"];

/// Returns the public functions of a file that are more than getters: by name, and whether they have an example.
///
/// A getter cannot fail and has one statement. The code is read as rustfmt lays it out.
fn functions(text: &str) -> Vec<(String, bool)> {
    let lines: Vec<&str> = text.lines().take_while(|line| *line != "#[cfg(test)]").collect();
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let Some(rest) = code.strip_prefix("pub fn ").or_else(|| code.strip_prefix("pub const fn ")) else { continue };
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let indent = line.len() - code.len();
        let signature = lines[number..].iter().position(|line| line.ends_with(['{', '}', ';'])).unwrap();
        let first = number + signature;
        let fails = lines[number..=first].iter().any(|line| line.contains("-> Result<"));
        let body = lines[first + 1..].iter().take_while(|line| line.trim_end() != format!("{:indent$}}}", ""));
        let begins = |line: &&&str| {
            let code = line.trim_start();
            line.len() - code.len() == indent + 4 && !code.starts_with(['}', ')', ']', '.', '/'])
        };
        let statements = if lines[first].ends_with('{') { body.filter(begins).count() } else { 1 };
        if fails || statements > 1 {
            let docs = lines[..number].iter().rev().map(|line| line.trim());
            let docs: Vec<&str> = docs.take_while(|line| line.starts_with("///") || line.starts_with("#[")).collect();
            // Fences open and close in turn; the lines are in reverse.
            let opening = docs.iter().rev().filter(|line| line.starts_with("/// ```")).step_by(2);
            found.push((name, opening.into_iter().any(|line| matches!(*line, "/// ```" | "/// ```rust"))));
        }
    }
    found
}

#[test]
fn every_public_function_has_an_example() {
    let mut missing = Vec::new();
    let mut count = 0;
    let reached = |path: &str| !PRIVATE.iter().any(|private| path.starts_with(private));
    for (path, text) in sources("sla-core/src", ".rs").into_iter().filter(|(path, _)| reached(path)) {
        for (name, has_example) in functions(&text) {
            count += 1;
            if !has_example {
                missing.push(format!("{path} {name}"));
            }
        }
    }
    assert!(count > 100, "only {count} functions were found");
    assert!(missing.is_empty(), "no runnable example: {missing:#?}");
}

#[test]
fn getters_and_examples_are_told_apart() {
    let text = "
impl A {
    /// Returns it.
    pub fn getter(&self) -> &str {
        match self {
            A => 1,
        }
    }

    /// Adds.
    ///
    /// ```json
    /// {}
    /// ```
    #[must_use]
    pub fn two(&self) -> i64 {
        let one = 1;
        one + 1
    }

    /// Reads.
    ///
    /// ```
    /// A::read(\"\")?;
    /// ```
    pub fn read(text: &str) -> Result<Self, Error> {
        text.parse()
    }
}
";
    assert_eq!(functions(text), [("two".to_owned(), false), ("read".to_owned(), true)]);
}
