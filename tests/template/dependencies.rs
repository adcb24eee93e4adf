//! One TLS stack in every binary, and nothing from outside the registry: read off the lock file.

use std::fs;

/// The lock file; without it nothing below holds.
fn lock_file() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).unwrap_or_default()
}

/// Name and version of every locked package.
fn locked() -> Vec<(String, String)> {
    let lock = lock_file();
    let field = |block: &str, name: &str| {
        let line = block.lines().find(|line| line.starts_with(&format!("{name} = ")))?;
        line.split('"').nth(1).map(str::to_owned)
    };
    lock.split("[[package]]").filter_map(|block| Some((field(block, "name")?, field(block, "version")?))).collect()
}

#[test]
fn there_is_one_tls_stack_and_it_is_the_new_one() {
    let locked = locked();
    for (name, version) in [("rustls", "0.23."), ("hyper", "1."), ("h2", "0.4."), ("aws-lc-rs", "1.")] {
        let versions: Vec<_> = locked.iter().filter(|(locked, _)| locked == name).map(|(_, version)| version).collect();
        assert!(matches!(versions[..], [one] if one.starts_with(version)), "{name}: {versions:?}");
    }
    for name in ["openssl", "openssl-sys", "native-tls"] {
        assert!(locked.iter().all(|(locked, _)| locked != name), "{name} came in");
    }
}

#[test]
fn nothing_comes_from_a_git_repository() {
    let lock =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).expect("the lock file is committed");

    assert!(!lock.contains("git+"));
}
