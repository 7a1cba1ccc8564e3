use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::{TempDir, tempdir};

use crate::host::{Files, SystemHost};

fn folder() -> (TempDir, PathBuf) {
    let dir = tempdir().unwrap();
    let path = dir.path().to_owned();
    (dir, path)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn names(folder: &Path) -> Vec<String> {
    let paths = SystemHost::new().list(folder).unwrap();
    paths
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_written_file_has_exactly_these_bytes_and_this_mode() {
    let (_dir, folder) = folder();
    // 0666: more than any usual umask lets through.
    for mode_asked in [0o600, 0o640, 0o666] {
        let path = folder.join(format!("{mode_asked:o}"));
        SystemHost::new()
            .write_atomic(&path, b"x\0\xff", mode_asked, None)
            .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x\0\xff");
        assert_eq!(mode(&path), mode_asked);
    }
    assert_eq!(names(&folder), ["600", "640", "666"]);
}

#[test]
fn writing_replaces_the_file_and_does_not_touch_the_old_one() {
    let (_dir, folder) = folder();
    let path = folder.join("f");
    fs::write(&path, "old").unwrap();
    fs::hard_link(&path, folder.join("old")).unwrap();
    SystemHost::new()
        .write_atomic(&path, b"new", 0o600, None)
        .unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(fs::read_to_string(folder.join("old")).unwrap(), "old");
}

#[test]
fn a_written_file_belongs_to_whom_it_should() {
    let (_dir, folder) = folder();
    let me = (
        fs::metadata(&folder).unwrap().uid(),
        fs::metadata(&folder).unwrap().gid(),
    );
    // Root can give files away; for others only they themselves can be asked for.
    let owner = if me.0 == 0 { (12_345, 54_321) } else { me };
    let path = folder.join("f");
    // chown clears this bit when it comes last.
    SystemHost::new()
        .write_atomic(&path, b"x", 0o4750, Some(owner))
        .unwrap();
    let stat = SystemHost::new().stat(&path).unwrap().unwrap();
    assert_eq!(((stat.uid, stat.gid), stat.mode, stat.len), (owner, 0o4750, 1));
}

#[test]
fn a_write_that_fails_names_the_file_and_leaves_nothing() {
    let (_dir, folder) = folder();
    fs::create_dir(folder.join("sub")).unwrap();
    let onto_folder = SystemHost::new()
        .write_atomic(&folder.join("sub"), b"x", 0o600, None)
        .unwrap_err();
    assert_eq!(onto_folder.kind(), ErrorKind::IsADirectory);
    assert!(onto_folder.to_string().contains("sub"), "{onto_folder}");
    let nowhere = SystemHost::new()
        .write_atomic(&folder.join("no/f"), b"x", 0o600, None)
        .unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::NotFound);
    assert!(nowhere.to_string().contains("no/f"), "{nowhere}");
    assert_eq!(names(&folder), ["sub"]);
}

#[test]
fn a_symbolic_link_is_neither_followed_nor_replaced() {
    let (_dir, folder) = folder();
    fs::write(folder.join("target"), "old").unwrap();
    symlink("target", folder.join("link")).unwrap();
    let error = SystemHost::new()
        .write_atomic(&folder.join("link"), b"new", 0o600, None)
        .unwrap_err();
    assert!(error.to_string().contains("is a symbolic link"), "{error}");
    assert_eq!(fs::read_to_string(folder.join("target")).unwrap(), "old");
    assert!(fs::symlink_metadata(folder.join("link")).unwrap().is_symlink());
    assert_eq!(names(&folder), ["link", "target"]);
}

#[test]
fn stat_tells_what_is_there() {
    let (_dir, folder) = folder();
    let host = SystemHost::new();
    fs::write(folder.join("f"), "four").unwrap();
    symlink("f", folder.join("link")).unwrap();
    symlink("nothing", folder.join("broken")).unwrap();
    assert!(host.stat(&folder).unwrap().unwrap().is_dir);
    let link = host.stat(&folder.join("link")).unwrap().unwrap();
    assert!(link.is_symlink && !link.is_dir && link.len == 4);
    assert_eq!(host.stat(&folder.join("nothing")).unwrap(), None);
    assert_eq!(host.stat(&folder.join("f/below")).unwrap(), None);
    assert_eq!(
        host.stat(&folder.join("broken")).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn new_folders_have_the_mode_and_old_ones_keep_theirs() {
    let (_dir, folder) = folder();
    let host = SystemHost::new();
    host.create_dir(&folder.join("a/b"), 0o777).unwrap();
    assert_eq!(
        (mode(&folder.join("a")), mode(&folder.join("a/b"))),
        (0o777, 0o777)
    );
    host.create_dir(&folder.join("a/b"), 0o700).unwrap();
    assert_eq!(mode(&folder.join("a/b")), 0o777);
    fs::write(folder.join("f"), "").unwrap();
    assert_eq!(
        host.create_dir(&folder.join("f"), 0o700).unwrap_err().kind(),
        ErrorKind::AlreadyExists
    );
}

#[test]
fn what_is_removed_is_gone_and_what_is_missing_is_said() {
    let (_dir, folder) = folder();
    let host = SystemHost::new();
    fs::write(folder.join("f"), "").unwrap();
    host.remove(&folder.join("f")).unwrap();
    let error = host.remove(&folder.join("f")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("/f"), "{error}");
    host.create_dir(&folder.join("d/e"), 0o700).unwrap();
    assert!(host.remove_dir(&folder.join("d")).is_err(), "it is not empty");
    host.remove_dir(&folder.join("d/e")).unwrap();
    assert_eq!(names(&folder), ["d"]);
}

#[test]
fn text_that_is_none_is_said_to_be_none() {
    let (_dir, folder) = folder();
    fs::write(folder.join("f"), [0xff]).unwrap();
    let error = SystemHost::new().read_to_string(&folder.join("f")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
}

#[test]
fn free_space_is_that_of_the_nearest_folder_there_is() {
    let (_dir, folder) = folder();
    let host = SystemHost::new();
    let there = host.free_space(&folder).unwrap();
    assert!(there > 0);
    // Others write to the same disk meanwhile.
    assert!(host.free_space(&folder.join("not/yet")).unwrap().abs_diff(there) < there / 2);
}

#[test]
fn a_lock_is_one_for_us_and_for_flock() {
    let (_dir, folder) = folder();
    let path = folder.join("config.yaml.lock");
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
    assert_eq!(mode(&path), 0o600);
    assert!(host.try_lock(&path).unwrap().is_none());
    assert!(!others(&path));
    drop(lock);
    assert!(others(&path));
    assert!(host.try_lock(&path).unwrap().is_some());
}
