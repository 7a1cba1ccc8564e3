//! The folder that `hubgate render` writes to: drift, hand edits, full and read-only disks.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::kit;

const NAMES: [&str; 5] = [
    "awscognito.py",
    "user-data.sh",
    "commands.sh",
    "REVIEW.md",
    "manifest.json",
];

fn render(folder: &Path, more: &[&str]) -> Output {
    let answers = kit::root().join("fixtures/answers/example.toml");
    let mut command = kit::hubgate();
    command
        .args(["render", "--answers"])
        .arg(answers)
        .arg("--out")
        .arg(folder);
    command.args(more).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn bytes(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_second_run_writes_the_same_bytes_and_says_so() {
    let folder = kit::scratch("render-twice").join("review");
    assert!(render(&folder, &[]).status.success());
    let first = bytes(&folder);
    assert_eq!(first.len(), NAMES.len());
    let output = render(&folder, &[]);
    assert_eq!(bytes(&folder), first);
    let expected: String = NAMES
        .iter()
        .map(|name| format!("unchanged  {}\n", folder.join(name).display()))
        .collect();
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn check_tells_what_differs_and_writes_nothing() {
    let folder = kit::scratch("render-check").join("review");
    let output = render(&folder, &["--check"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stdout).starts_with("missing    "), "{output:?}");
    assert!(!folder.exists());
    assert!(render(&folder, &[]).status.success());
    assert!(render(&folder, &["--check"]).status.success());
    let before = bytes(&folder);
    let output = render(&folder, &["--check", "--client-id", "anotherclient"]);
    assert_eq!(output.status.code(), Some(3));
    let diff = text(&output.stdout);
    for line in [
        "--- awscognito.py (there)\n+++ awscognito.py (new)\n",
        "-c.GenericOAuthenticator.client_id = \"3n4b5urk1ft4fl3mg5e62d9ado\"\n",
        "+c.GenericOAuthenticator.client_id = \"anotherclient\"\n",
    ] {
        assert!(diff.contains(line), "{diff}");
    }
    assert_eq!(bytes(&folder), before);
}

#[test]
fn check_in_json_is_one_document() {
    let folder = kit::scratch("render-check-json").join("review");
    assert!(render(&folder, &[]).status.success());
    fs::remove_file(folder.join("commands.sh")).unwrap();
    let output = render(&folder, &["--check", "--json", "--auto-login"]);
    assert_eq!(output.status.code(), Some(3));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let states: Vec<_> = document["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            (
                file["name"].as_str().unwrap(),
                file["state"].as_str().unwrap(),
                file["diff"].is_string(),
            )
        })
        .collect();
    let differs = |name| (name, "differs", true);
    let commands = ("commands.sh", "missing", false);
    let [python, user_data, _, review, manifest] = NAMES;
    assert_eq!(
        states,
        [
            differs(python),
            differs(user_data),
            commands,
            differs(review),
            differs(manifest)
        ]
    );
}

#[test]
fn what_was_changed_by_hand_is_not_lost() {
    let folder = kit::scratch("render-edited").join("review");
    assert!(render(&folder, &[]).status.success());
    let file = folder.join("awscognito.py");
    let edited = fs::read_to_string(&file).unwrap() + "c.Spawner.default_url = \"/lab\"\n";
    fs::write(&file, &edited).unwrap();
    let output = render(&folder, &["--auto-login"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = format!(
        "error: not written, since this would lose what was changed by hand: {}\n    \
         see the difference with --check; overwrite with --yes\n",
        file.display()
    );
    assert_eq!(text(&output.stderr), expected);
    assert_eq!(fs::read_to_string(&file).unwrap(), edited);
    assert!(render(&folder, &["--auto-login", "--yes"]).status.success());
    assert!(!fs::read_to_string(&file).unwrap().contains("Spawner"));
}

#[test]
fn only_user_data_with_the_secret_is_closed_to_others() {
    let scratch = kit::scratch("render-modes");
    let folder = scratch.join("review");
    let secret = scratch.join("secret");
    fs::write(&secret, "not_a_real_secret_0123456789").unwrap();
    let source = format!("file:{}", secret.display());
    assert!(
        render(&folder, &["--client-secret-from", &source, "--embed-secret"])
            .status
            .success()
    );
    for name in NAMES {
        let mode = fs::metadata(folder.join(name)).unwrap().mode() & 0o777;
        assert_eq!(mode, if name == "user-data.sh" { 0o600 } else { 0o644 }, "{name}");
    }
}

#[test]
fn a_symbolic_link_is_neither_followed_nor_replaced() {
    let scratch = kit::scratch("render-link");
    let folder = scratch.join("review");
    fs::create_dir(&folder).unwrap();
    fs::write(scratch.join("precious"), "precious").unwrap();
    symlink("../precious", folder.join("commands.sh")).unwrap();
    let output = render(&folder, &["--yes"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr)
            .contains("commands.sh is a symbolic link: hubgate neither follows nor replaces it")
    );
    assert_eq!(fs::read_to_string(scratch.join("precious")).unwrap(), "precious");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_file_in_the_folders_place_is_told() {
    let folder = kit::scratch("render-file").join("review");
    fs::write(&folder, "").unwrap();
    let output = render(&folder, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("review"), "{output:?}");
}

/// Runs shell commands in a mount namespace, in which `$folder` is a disk of its own.
fn on_a_disk(name: &str, mount: &str, commands: &str) -> Output {
    let folder = kit::scratch(name);
    let root = rustix::process::geteuid().is_root();
    let mut unshare = Command::new("unshare");
    unshare.arg("--mount");
    if !root {
        unshare.arg("--map-root-user");
    }
    let answers = kit::root().join("fixtures/answers/example.toml");
    let render = format!(
        "{} render --answers {} --out $folder",
        env!("CARGO_BIN_EXE_hubgate"),
        answers.display()
    );
    let script = format!(
        "set -u; folder={}; mount -t tmpfs {mount} none $folder || exit 99\n{commands}",
        folder.display()
    );
    let output = unshare
        .args(["bash", "-c", &script.replace("RENDER", &render)])
        .output()
        .unwrap();
    assert_ne!(output.status.code(), Some(99), "no mount: {output:?}");
    output
}

#[test]
fn a_full_disk_leaves_the_old_files_whole() {
    let output = on_a_disk(
        "render-full",
        "-o size=52k",
        "RENDER >/dev/null 2>&1 || exit 98\n\
         (cd $folder && sha256sum * && ls -A | wc -l) > /dev/shm/before.$$\n\
         RENDER --client-id other --quiet; echo status $?\n\
         (cd $folder && sha256sum * && ls -A | wc -l) | cmp - /dev/shm/before.$$ && echo whole; rm /dev/shm/before.$$",
    );
    assert_eq!(text(&output.stdout), "status 1\nwhole\n", "{output:?}");
    let said = text(&output.stderr);
    assert!(
        said.starts_with("error: nothing was written: cannot write "),
        "{said}"
    );
    assert!(said.contains("No space left on device"), "{said}");
}

#[test]
fn a_read_only_disk_is_told() {
    let output = on_a_disk(
        "render-read-only",
        "-o ro",
        "RENDER; echo status $?; ls -A $folder | wc -l",
    );
    assert_eq!(text(&output.stdout), "status 1\n0\n", "{output:?}");
    assert!(
        text(&output.stderr).contains("Read-only file system"),
        "{output:?}"
    );
}

#[test]
fn a_result_that_nobody_gets_is_a_failure() {
    let folder = kit::scratch("render-stdout").join("review");
    for more in [&["--json"][..], &[]] {
        let answers = kit::root().join("fixtures/answers/example.toml");
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = kit::hubgate();
        command
            .args(["render", "--answers"])
            .arg(answers)
            .arg("--out")
            .arg(&folder)
            .args(more);
        let output = command.stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = text(&output.stderr);
        assert!(
            said.contains("the result cannot be written to standard output: No space left"),
            "{said}"
        );
    }
}
