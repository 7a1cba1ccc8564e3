//! A disk of 64 KiB, in a mount namespace of its own.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use super::{INNER, is_inner};
use hubgate::host::{Exit, Files, Invocation, Programs, SystemHost};

#[test]
fn a_full_disk_changes_nothing_and_programs_still_run() {
    if is_inner() {
        return on_a_small_disk(Path::new(&std::env::var("SMALL_DISK").unwrap()));
    }
    let dir = tempdir().unwrap();
    let status = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-euc"])
        .arg(r#"mount -t tmpfs -o size=64k small "$SMALL_DISK"; exec "$@""#)
        .arg("sh")
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "system::full_disk::a_full_disk_changes_nothing_and_programs_still_run",
        ])
        .env("SMALL_DISK", dir.path())
        .env("TMPDIR", dir.path())
        .env(INNER, "1")
        .status()
        .expect("unshare of util-linux is needed");
    assert!(status.success());
}

fn on_a_small_disk(disk: &Path) {
    let host = SystemHost::new();
    assert!(host.free_space(disk).unwrap() <= 64 << 10);
    let path = disk.join("f");
    host.write_atomic(&path, b"old", 0o640, None).unwrap();
    let error = host
        .write_atomic(&path, &[b'x'; 100 << 10], 0o600, None)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(host.stat(&path).unwrap().unwrap().mode, 0o640);
    assert_eq!(host.list(disk).unwrap(), [path], "no temporary file is left");

    // Undo runs programs: their output must not need the disk.
    fs::write(disk.join("filler"), [0; 60 << 10]).unwrap();
    assert!(fs::write(disk.join("more"), [0; 4 << 10]).is_err() || host.free_space(disk).unwrap() == 0);
    let printed = host
        .run(
            &Invocation::new("/bin/sh")
                .args(["-c", "head -c 100000 /dev/zero; cat >&2"])
                .stdin([b'y'; 50_000]),
        )
        .unwrap();
    assert_eq!(
        (printed.exit, printed.stdout.len(), printed.stderr.len()),
        (Exit::Code(0), 100_000, 50_000)
    );
}
