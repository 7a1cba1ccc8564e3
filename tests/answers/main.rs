//! Wrong answers, and to the letter what a person sees: `fixtures/bad-answers.txt`.
//!
//! In that file each case begins with `== what is wrong`. `$ ` lines are variables and flags, beside
//! the good ones below; `$ without --flag` leaves one out; `| ` lines are a whole hubgate.toml, for
//! which the good flags are left away. What follows is stderr, and the exit code where it is not 2.
//!
//! A change is accepted with `HUBGATE_ACCEPT=1 cargo test --test answers`, and then reviewed in `git
//! diff`: read each message as somebody who is tired.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "../kit/mod.rs"]
mod kit;

mod accepted;
mod misplaced;
mod warnings;

use std::fmt::Write as _;

/// A secret that people paste where it does not belong; no message may show any of it.
const PASTED: &str = "1a2b3c4d5e6f7g8h9i0jklmnopqrstuvwxyz0123456789abcdef";

const GOOD: &[(&str, &str)] = &[
    ("--hub-url", "https://hub.example.org"),
    ("--https-email", "ops@example.org"),
    ("--domain", "my-hub.auth.eu-west-1.amazoncognito.com"),
    ("--client-id", "3n4b5urk1ft4fl3mg5e62d9ado"),
    ("--client-secret-from", "file:/root/cognito.secret"),
    ("--allow", "all"),
];

/// One case: its heading and input lines as they stand in the file, and what was expected.
#[derive(Debug)]
struct Case {
    input: Vec<String>,
    expected: String,
}

fn read_cases(text: &str) -> (String, Vec<Case>) {
    let mut parts = text.split("\n== ");
    let head = parts.next().unwrap().to_owned();
    let cases = parts.map(|part| {
        let is_input = |line: &&str| line.starts_with("$ ") || line.starts_with('|');
        let mut lines = part.lines();
        let mut input = vec![format!("== {}", lines.next().unwrap())];
        let rest: Vec<&str> = lines.collect();
        input.extend(
            rest.iter()
                .take_while(|line| is_input(line))
                .map(ToString::to_string),
        );
        let expected = rest[input.len() - 1..].join("\n").trim_end().to_owned();
        Case { input, expected }
    });
    (head, cases.collect())
}

/// The words of a `$ ` line; `'…'` keeps spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Runs the case and returns what a person sees.
fn seen(case: &Case, number: usize) -> String {
    let folder = kit::scratch(&format!("answers-{number}"));
    let mut command = kit::hubgate();
    command.current_dir(&folder).args(["render", "--out", "review"]);
    let toml: Vec<&str> = case
        .input
        .iter()
        .filter_map(|line| line.strip_prefix('|'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let mut flags = Vec::new();
    let mut without = Vec::new();
    for line in case.input.iter().filter_map(|line| line.strip_prefix("$ ")) {
        if let Some(flag) = line.strip_prefix("without ") {
            without.push(flag.to_owned());
            continue;
        }
        for word in words(&line.replace("PASTED", PASTED)) {
            match word.split_once('=') {
                Some((name, value)) if name.starts_with("HUBGATE_") && flags.is_empty() => {
                    command.env(name, value);
                }
                _ => flags.push(word),
            }
        }
    }
    if toml.is_empty() {
        let given =
            |flag: &str| flags.iter().any(|word| word == flag) || without.iter().any(|word| word == flag);
        for (flag, value) in GOOD.iter().filter(|(flag, _)| !given(flag)) {
            command.args([flag, value]);
        }
    } else {
        std::fs::write(
            folder.join("hubgate.toml"),
            toml.join("\n").replace("PASTED", PASTED) + "\n",
        )
        .unwrap();
        command.args(["--answers", "hubgate.toml"]);
    }
    let output = command.args(&flags).output().unwrap();
    assert!(!folder.join("review").exists(), "something was written: {case:?}");
    assert!(output.stdout.is_empty(), "{case:?}");
    let mut text = String::from_utf8(output.stderr).unwrap().trim_end().to_owned();
    if output.status.code() != Some(2) {
        write!(text, "\n[exit {}]", output.status.code().unwrap_or(-1)).unwrap();
    }
    text
}

#[test]
fn each_wrong_answer_gets_the_message_that_was_looked_at() {
    let path = kit::root().join("fixtures/bad-answers.txt");
    let (head, cases) = read_cases(&std::fs::read_to_string(&path).unwrap());
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let mut accepted = head;
    let mut different = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let seen = seen(case, number);
        assert!(
            !seen.contains(&PASTED[..8]),
            "a pasted secret is shown: {case:?}\n{seen}"
        );
        if seen != case.expected {
            different.push(format!(
                "{}\n--- expected\n{}\n--- seen\n{seen}\n",
                case.input.join("\n"),
                case.expected
            ));
        }
        write!(accepted, "\n{}\n{seen}\n", case.input.join("\n")).unwrap();
    }
    if std::env::var_os("HUBGATE_ACCEPT").is_some() {
        std::fs::write(&path, accepted).unwrap();
    } else {
        assert!(different.is_empty(), "{}", different.join("\n"));
    }
}
