//! The files of the project, for tests that read its code and its pages.

use std::path::Path;

/// Returns the folder of the project.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Returns every file below a folder of the project that ends in `ending`: its path below the folder, and its text.
///
/// # Panics
///
/// When the folder or a file in it cannot be read.
#[must_use]
pub fn sources(folder: &str, ending: &str) -> Vec<(String, String)> {
    let top = root().join(folder);
    let mut found = Vec::new();
    let mut folders = vec![top.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().ends_with(ending) {
                let inside = path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
                found.push((inside, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
