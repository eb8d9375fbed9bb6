//! `include/sla.h` is what the sources of `sla-ffi` say.

use std::path::{Path, PathBuf};

/// The modules of the interface in the order of the manual, each with its heading.
const MODULES: [(&str, &str); 19] = [
    ("version", "Versions"),
    ("error", "Errors"),
    ("string", "Strings"),
    ("zones", "Time zones"),
    ("engine", "Engines"),
    ("policy", "Policies"),
    ("calendar", "Calendars"),
    ("access", "Entitlements and permissions"),
    ("ticket", "Tickets"),
    ("linked", "What a host with a database stores"),
    ("values", "Values of a ticket"),
    ("log", "Logs"),
    ("explain", "Explanations"),
    ("audit", "Audit"),
    ("columns", "Tickets as columns"),
    ("analytics", "Reports"),
    ("what_if", "What-if"),
    ("alert", "Alerts"),
    ("at_risk", "At risk"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn source(module: &str) -> PathBuf {
    root().join(format!("sla-ffi/src/{module}.rs"))
}

fn generated() -> String {
    let config = cbindgen::Config::from_file(root().join("sla-ffi/cbindgen.toml")).unwrap();
    let builder = cbindgen::Builder::new().with_config(config);
    // SLA_NONE stands in a module without functions.
    let modules = ["boundary"].into_iter().chain(MODULES.map(|(module, _)| module));
    let builder = modules.fold(builder, |builder, module| builder.with_src(source(module)));
    let mut text = Vec::new();
    builder.generate().unwrap().write(&mut text);
    let mut text = String::from_utf8(text).unwrap();
    for (module, heading) in MODULES {
        let code = std::fs::read_to_string(source(module)).unwrap();
        let first = code.split("extern \"C\" fn ").nth(1).unwrap().split('(').next().unwrap();
        let function = text.find(&format!("{first}(")).unwrap_or_else(|| panic!("{first} is not in the header"));
        let comment = text[..function].rfind("/*\n").unwrap();
        text.insert_str(comment, &format!("/* ======== {heading} ======== */\n\n"));
    }
    text
}

#[test]
fn the_header_is_up_to_date() {
    let path = root().join("include/sla.h");
    let generated = generated();
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == generated, "run `UPDATE_HEADER=1 cargo test -p sla-tests c_header`");
}

#[test]
fn every_module_is_in_the_header() {
    let folder = std::fs::read_dir(root().join("sla-ffi/src")).unwrap();
    let mut modules: Vec<String> = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| std::fs::read_to_string(path).unwrap().contains("no_mangle"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    modules.sort();
    let mut known: Vec<&str> = MODULES.iter().map(|(module, _)| *module).collect();
    known.sort_unstable();
    assert_eq!(modules, known);
}
