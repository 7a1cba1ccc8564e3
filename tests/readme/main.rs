//! What the pages show is what happens: README's answers are good, its commands exist, and who plays each
//! transcript stands before it, in a comment: `<!-- tests: FILE -->`. What nobody plays says so to its reader,
//! and has `<!-- illustration -->` before it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "../kit/mod.rs"]
mod kit;
mod pages;

use std::process::{Command, Output};

use pages::{Block, blocks, commands, page, shown};

/// Every page with blocks in it, but docs/json.md: a test of its own holds each document there.
fn all() -> Vec<Block> {
    let mut pages = vec![
        "README.md".to_owned(),
        "CONTRIBUTING.md".into(),
        "SECURITY.md".into(),
    ];
    for entry in std::fs::read_dir(kit::root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name != "json.md" {
            pages.push(format!("docs/{name}"));
        }
    }
    pages.iter().flat_map(|page| blocks(page)).collect()
}

/// Runs a command of a page on README's own answers.
fn run(name: &str, command: &str, change: impl Fn(String) -> String) -> Output {
    let folder = kit::scratch(name);
    std::fs::write(folder.join("hubgate.toml"), change(example())).unwrap();
    let words = command.strip_prefix("hubgate ").unwrap().split(' ');
    kit::hubgate().current_dir(&folder).args(words).output().unwrap()
}

/// README's answers file.
fn example() -> String {
    let readme = blocks("README.md");
    readme
        .into_iter()
        .find(|block| block.language == "toml")
        .unwrap()
        .text
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_review_is_written_from_readme_s_answers_as_readme_shows() {
    let command = "hubgate render --answers hubgate.toml --out review";
    let output = run("readme-render", command, |answers| answers);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = text(output.stdout) + &text(output.stderr);
    assert_eq!(said, shown("README.md", command));
}

#[test]
fn wrong_answers_are_told_as_readme_shows() {
    let command = "hubgate rehearse --answers hubgate.toml --allow everyone";
    let http = |answers: String| answers.replace("url = \"https", "url = \"http");
    let output = run("readme-wrong", command, http);
    assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()));
    assert_eq!(text(output.stderr), shown("README.md", command));
}

#[test]
fn every_block_names_its_test_or_is_called_an_illustration() {
    let blocks = all();
    assert!(blocks.len() >= 10, "{} blocks", blocks.len());
    for Block {
        place, mark, said, ..
    } in &blocks
    {
        let mark = mark.as_deref().unwrap_or_else(|| panic!("{place} has no mark"));
        if mark == "illustration" {
            assert!(
                said.contains("llustration"),
                "{place} does not say to its reader that it is one: {said}"
            );
            continue;
        }
        let (name, _) = place.split_once(':').unwrap();
        let files = mark
            .strip_prefix("tests: ")
            .unwrap_or_else(|| panic!("{place}: what is '{mark}'?"));
        for file in files.split(", ") {
            assert!(
                page(file).contains(name),
                "{place}: {file} does not read this page"
            );
        }
    }
}

#[test]
fn every_command_and_flag_of_hubgate_that_is_shown_exists() {
    let mut looked_at = 0;
    for (line, _) in all()
        .iter()
        .filter(|block| block.language == "console")
        .flat_map(commands)
    {
        let line = line.split(" #").next().unwrap().trim();
        let line = line
            .trim_start_matches("sudo ")
            .replace("cargo run --release --", "hubgate");
        let Some(words) = line.strip_prefix("hubgate ") else {
            continue;
        };
        // Unknown words are refused before the help is shown.
        kit::ok(kit::hubgate().args(words.split_whitespace()).arg("--help"));
        looked_at += 1;
    }
    assert!(looked_at >= 4, "{looked_at}");
}

#[test]
fn a_shell_reads_the_commands_that_are_shown() {
    for block in all()
        .iter()
        .filter(|block| ["console", "sh"].contains(&block.language.as_str()))
    {
        let script = match block.language.as_str() {
            "console" => commands(block).into_iter().map(|(line, _)| line + "\n").collect(),
            _ => block.text.clone(),
        };
        kit::ok(Command::new("sh").args(["-n", "-c", &script]));
    }
}
