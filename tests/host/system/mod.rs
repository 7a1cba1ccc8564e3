//! What only the real host has: processes, signals, TLS, disks.

mod certificate;
mod files;
mod full_disk;
mod http;
mod programs;
mod signals;

use std::process::Command;

/// Says to a test that it runs as a process of its own.
const INNER: &str = "HUBGATE_TEST_INNER";

fn is_inner() -> bool {
    std::env::var_os(INNER).is_some()
}

/// The command that runs one test of this very program anew: for what concerns a whole process.
fn again(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", &format!("system::{test}"), "--nocapture"])
        .env(INNER, "1");
    command
}
