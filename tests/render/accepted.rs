//! Others' tools accept what is rendered: bash, shellcheck, ruff, Debian's cloud-init.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hubgate::render::{EmbeddedSecret, FileSet, render};
use hubgate::secret::Secret;

use crate::{goldens, kit, random};

/// Writes every golden case and some random ones into a folder, and returns their folders.
fn written(name: &str) -> Vec<PathBuf> {
    let scratch = kit::scratch(name);
    let mut sets: Vec<FileSet> = goldens::cases()
        .iter()
        .map(|case| goldens::rendered(case))
        .collect();
    let (seed, cases) = random::cases(30);
    eprintln!("seed {seed}");
    for case in &cases {
        let secret = case.secret.clone().map(Secret::new);
        sets.push(render(&case.answers, secret.as_ref().map(EmbeddedSecret)).unwrap());
    }
    let folder = |(number, set): (usize, &FileSet)| {
        let folder = scratch.join(number.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        for file in set.iter() {
            std::fs::write(folder.join(file.name), &file.text).unwrap();
        }
        folder
    };
    sets.iter().enumerate().map(folder).collect()
}

fn files(folders: &[PathBuf], names: &[&str]) -> Vec<PathBuf> {
    folders
        .iter()
        .flat_map(|folder| names.iter().map(|name| folder.join(name)))
        .collect()
}

#[test]
fn bash_parses_every_shell_file() {
    for file in files(&written("bash-n"), &["user-data.sh", "commands.sh"]) {
        kit::ok(Command::new("bash").arg("-n").arg(file));
    }
}

/// The ones left out wonder about what stands within single quotes, which names may well hold: a
/// backslash before a quote (SC1003), a typographic quote (SC1112), `$(…)` (SC2016).
#[test]
fn shellcheck_finds_nothing() {
    let files = files(&written("shellcheck"), &["user-data.sh", "commands.sh"]);
    kit::ok(
        Command::new("shellcheck")
            .args(["--norc", "--exclude=SC1003,SC1112,SC2016"])
            .args(files),
    );
}

#[test]
fn ruff_finds_nothing_in_the_python() {
    let files = files(&written("ruff"), &["awscognito.py"]);
    for version in ["py39", "py312"] {
        let check = [
            "check",
            "--isolated",
            "--no-cache",
            "--select=E4,E7,E9,F,W,I,B",
            "--target-version",
            version,
        ];
        kit::ok(Command::new(kit::tool("ruff")).args(check).args(&files));
    }
    // URLs are not wrapped: hence the widest line that ruff knows.
    let format = [
        "format",
        "--isolated",
        "--no-cache",
        "--check",
        "--line-length=320",
    ];
    kit::ok(Command::new(kit::tool("ruff")).args(format).args(&files));
}

#[test]
fn cloud_init_takes_the_user_data_for_a_shell_script() {
    for case in goldens::cases() {
        let set = goldens::rendered(&case);
        let said = user_data(set.text("user-data.sh").unwrap());
        // One part, to the byte what went in; written for root to run (0700).
        let right = serde_json::json!({
            "parts": [["text/x-shellscript", "part-001", true]],
            "written": [[true, 0o700]],
        });
        assert_eq!(said, right, "{}", case.display());
    }
}

fn user_data(text: &str) -> serde_json::Value {
    let mut python = Command::new(kit::tool("python"))
        .arg(kit::root().join("tests/tools/user_data.py"))
        .arg(kit::cloud_init())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A value in a shell comment could end it with a line break, and one in a here-document is not a
/// word: both have to stay free of values.
#[test]
fn no_shell_template_puts_a_value_where_quotes_mean_nothing() {
    for name in ["tljh/user-data.sh.j2", "tljh/commands.sh.j2"] {
        let text = std::fs::read_to_string(Path::new(kit::root()).join("templates").join(name)).unwrap();
        let mut document = false;
        for line in text.lines() {
            let quoted = line.trim_start().starts_with('#') || document || line.contains("<<<");
            assert!(!(quoted && line.contains("{{")), "{name}: {line}");
            document = (document || line.contains("<<'PYTHON'")) && line != "PYTHON";
        }
    }
}
