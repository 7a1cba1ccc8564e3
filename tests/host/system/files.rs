use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use hubgate::host::{Files, SystemHost};

#[test]
fn writing_replaces_the_file_and_does_not_touch_the_old_one() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("f");
    fs::write(&path, "old").unwrap();
    fs::hard_link(&path, folder.path().join("old")).unwrap();
    SystemHost::new()
        .write_atomic(&path, b"new", 0o600, None)
        .unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(fs::read_to_string(folder.path().join("old")).unwrap(), "old");
}

#[test]
fn a_lock_is_one_for_us_and_for_flock() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("config.yaml.lock");
    let host = SystemHost::new();
    let others = |path: &Path| {
        Command::new("flock")
            .arg("--nonblock")
            .arg(path)
            .arg("true")
            .status()
            .unwrap()
            .success()
    };
    let lock = host.try_lock(&path).unwrap().expect("nobody holds it");
    assert!(!others(&path));
    drop(lock);
    assert!(others(&path));
}
