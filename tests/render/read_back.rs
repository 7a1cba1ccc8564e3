//! For random answers, what Python, bash and a Markdown parser read back from the rendered files is
//! exactly what went in.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use hubgate::render::{EmbeddedSecret, FileSet, Renderer, render_with};
use hubgate::secret::Secret;
use serde_json::Value;

use crate::random::{Case, cases, how_many};
use crate::{expected, kit};

/// Every which case has its REVIEW.md read: the parser takes most of this test's time otherwise.
const REVIEWED: usize = 5;

#[test]
fn what_is_read_back_is_what_went_in() {
    let (seed, cases) = cases(how_many());
    let scratch = kit::scratch("read-back");
    let renderer = Renderer::new().unwrap();
    let mut folders = Vec::new();
    let mut rendered = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let secret = case.secret.clone().map(Secret::new);
        let files = render_with(&renderer, &case.answers, secret.as_ref().map(EmbeddedSecret))
            .unwrap_or_else(|error| panic!("seed {seed}, case {number}: {error}\n{case}"));
        let folder = scratch.join(number.to_string());
        write(&folder, &files);
        folders.push(folder);
        rendered.push(files);
    }
    let (python, shells) = thread::scope(|scope| {
        let python = scope.spawn(|| read_python(&folders));
        let halves: Vec<_> = folders.chunks(folders.len().div_ceil(2)).collect();
        let halves = halves.into_iter().enumerate();
        let shells: Vec<_> = halves
            .map(|(half, folders)| {
                let scratch = scratch.join(format!("bash-{half}"));
                scope.spawn(move || record(&scratch, folders))
            })
            .collect();
        let shells = shells.into_iter().flat_map(|shell| shell.join().unwrap());
        (python.join().unwrap(), shells.collect::<Vec<_>>())
    });
    assert_eq!((python.len(), shells.len()), (cases.len(), cases.len()));
    for (number, case) in cases.iter().enumerate() {
        let context = || {
            format!(
                "seed {seed}, case {number} in {}\n{case}",
                folders[number].display()
            )
        };
        check_python(case, &python[number], context);
        check_shells(case, &rendered[number], &shells[number], context);
    }
    if std::env::var_os("HUBGATE_KEEP").is_none() {
        std::fs::remove_dir_all(scratch).unwrap();
    }
}

#[test]
fn a_secret_that_no_shell_word_can_hold_is_refused() {
    let (_, cases) = cases(1);
    let secret = Secret::new("before\0after".to_owned());
    let error = render_with(
        &Renderer::new().unwrap(),
        &cases[0].answers,
        Some(EmbeddedSecret(&secret)),
    );
    let error = error.unwrap_err().to_string();
    assert!(!error.contains("before") && !error.contains("after"), "{error}");
}

/// Writes the files, with commands that are named by a path made functions of `record.bash`.
fn write(folder: &Path, files: &FileSet) {
    std::fs::create_dir_all(folder).unwrap();
    for file in files.iter() {
        let mut text = file.text.clone();
        if file.name.ends_with(".sh") {
            for (from, to) in [
                ("\"$prefix/hub/bin/python\"", "hub_python"),
                ("\"$aws/bin/aws\"", "aws_bin"),
                ("\"$aws/bin/pip\"", "pip_bin"),
                ("log=/var/log/hubgate.log", "log=$TLJH_INSTALL_PREFIX.log"),
                ("[ \"$EUID\" -eq 0 ]", "true"),
                // A process less for each word that is said.
                ("\"$(date -u +%FT%TZ)\"", "now"),
            ] {
                text = text.replacen(from, to, usize::MAX);
            }
        }
        std::fs::write(folder.join(file.name), text).unwrap();
    }
}

fn read_python(folders: &[PathBuf]) -> Vec<Value> {
    let mut python = Command::new(kit::tool("python"))
        .arg(kit::root().join("tests/tools/read_back.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let lines: String = folders
        .iter()
        .enumerate()
        .map(|(number, folder)| {
            let review = if number % REVIEWED == 0 { "yes" } else { "no" };
            format!("{}\t{review}\n", folder.display())
        })
        .collect();
    thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What bash ran: for each folder its two scripts' records, each a command's words.
type Records = Vec<Vec<String>>;

fn record(scratch: &Path, folders: &[PathBuf]) -> Vec<[Records; 2]> {
    std::fs::create_dir_all(scratch).unwrap();
    let records = scratch.join("records");
    // A command line has its limits.
    let mut all = Vec::new();
    for some in folders.chunks(1000) {
        let mut bash = Command::new("/bin/bash");
        bash.arg(kit::root().join("tests/tools/record.bash"))
            .arg(scratch)
            .arg(&records)
            .args(some)
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", "/home/someone")
            .env("TLJH_INSTALL_PREFIX", scratch.join("tljh"));
        kit::ok(&mut bash);
        all.extend(split_by_script(&std::fs::read(&records).unwrap()));
    }
    all
}

fn split_by_script(bytes: &[u8]) -> Vec<[Records; 2]> {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut words = text.split_terminator('\0');
    let mut scripts: Vec<Records> = Vec::new();
    while let Some(count) = words.next() {
        let record: Vec<String> = words
            .by_ref()
            .take(count.parse().unwrap())
            .map(str::to_owned)
            .collect();
        if record[0] == "script" {
            scripts.push(Vec::new());
        } else {
            scripts.last_mut().unwrap().push(record);
        }
    }
    let mut pairs = scripts.into_iter();
    std::iter::from_fn(|| Some([pairs.next()?, pairs.next()?])).collect()
}

fn check_python(case: &Case, read: &Value, context: impl Fn() -> String) {
    let mut settings = read["settings"].as_object().unwrap().clone();
    let logout = settings.remove("logout_redirect_url");
    let logout = logout.map(|url| url.as_str().unwrap().to_owned());
    expected::check_logout(&case.answers, logout.as_deref()).unwrap_or_else(|e| panic!("{e}\n{}", context()));
    assert_eq!(
        Value::Object(settings),
        expected::settings(&case.answers),
        "{}",
        context()
    );
    assert_eq!(read["ascii"], true, "{}", context());
    if read["review"].is_object() {
        let codes: Vec<&str> = read["review"]["codes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_str().unwrap())
            .collect();
        for code in expected::review_codes(&case.answers) {
            assert!(
                codes.contains(&code.as_str()),
                "{code:?} is not in REVIEW.md\n{codes:#?}\n{}",
                context()
            );
        }
        assert_eq!(
            read["review"]["shape"],
            expected::review_shape(&case.answers),
            "{}",
            context()
        );
    }
}

fn check_shells(case: &Case, files: &FileSet, records: &[Records; 2], context: impl Fn() -> String) {
    let prefix = records[0]
        .iter()
        .find_map(|record| (record[0] == "touch").then(|| record[1].trim_end_matches(".log").to_owned()));
    let prefix = prefix.unwrap_or_else(|| panic!("no log was made\n{records:#?}\n{}", context()));
    let expected = [
        expected::user_data(case, files.text("awscognito.py").unwrap(), &prefix),
        expected::commands(case, &prefix),
    ];
    for (records, expected) in records.iter().zip(expected) {
        let telling: Records = records
            .iter()
            .filter(|record| expected::is_telling(record))
            .cloned()
            .collect();
        assert_eq!(telling, expected, "{}", context());
    }
}
