//! How the shared library is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        // PHP unloads a library when the last object of a request dies; the engine cache lives as long as the process.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        // The first number of the binary interface's version.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsla.so.1");
    }
}
