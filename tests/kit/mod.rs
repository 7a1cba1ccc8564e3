//! What several tests need: answers from a TOML text, the tools that `tests/setup` installs.
#![allow(dead_code, reason = "each test binary uses some of it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use hubgate::answers::{Answers, Checked, Problems, read_file, resolve};

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of this test's own under `target/`, empty.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The answers that a TOML text gives.
pub fn answers(toml: &str) -> Answers {
    checked(toml).unwrap().answers
}

/// The answers, or what is wrong with them.
pub fn checked(toml: &str) -> Result<Checked, Problems> {
    let mut problems = Problems::default();
    let layer = read_file(Path::new("hubgate.toml"), toml, &mut problems);
    resolve(&layer, None, problems)
}

/// A program that `tests/setup` installed for the tests alone. Without it a test fails.
pub fn tool(name: &str) -> PathBuf {
    let path = root().join("target/test-tools/python/bin").join(name);
    assert!(path.exists(), "{} is missing: run tests/setup", path.display());
    path
}

/// The folder that Debian's cloud-init is unpacked into.
pub fn cloud_init() -> PathBuf {
    let path = root().join("target/test-tools/cloud-init/usr/lib/python3/dist-packages");
    assert!(
        path.join("cloudinit").exists(),
        "{} is missing: run tests/setup",
        path.display()
    );
    path
}

/// Runs a command to its end and insists that it succeeds.
pub fn ok(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; run tests/setup, which installs what the tests need");
    });
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// The `hubgate` binary, without the answers that the caller's environment may hold.
pub fn hubgate() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hubgate"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HUBGATE_") {
            command.env_remove(name);
        }
    }
    command.env_remove("TLJH_INSTALL_PREFIX").stdin(Stdio::null());
    command
}
