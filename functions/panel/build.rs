//! The panel's web files are compiled in: `make web` builds them, and another build of theirs is another build of this.

use std::{env, fs, path::Path};

#[expect(clippy::disallowed_methods, reason = "what cargo tells a build script")]
fn main() {
    println!("cargo::rerun-if-changed=web/dist");
    if Path::new("web/dist/index.html").exists() {
        return;
    }
    let missing = "functions/panel/web/dist is not built: run `make web`";
    if env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::error={missing}");
    } else {
        // Editors and single tests do without; the panel then says itself that it is not there.
        println!("cargo::warning={missing}");
        if let Err(error) = fs::create_dir_all("web/dist") {
            println!("cargo::error=cannot make functions/panel/web/dist: {error}");
        }
    }
}
