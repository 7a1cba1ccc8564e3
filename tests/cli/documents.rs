//! With --json, what went wrong is a document too, with the version of its shape.

use crate::kit;
use serde_json::Value;

fn refused(args: &[&str]) -> Value {
    let output = kit::hubgate().args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], 1);
    document
}

#[test]
fn each_answer_that_needs_mending_has_its_remedy() {
    let document = refused(&[
        "render",
        "--out=review",
        "--hub-url=http://hub.example.org",
        "--json",
    ]);
    let problems = document["problems"].as_array().unwrap();
    assert!(problems.len() > 1);
    assert!(problems.iter().all(|problem| problem["remedy"].is_string()));
}

#[test]
fn a_flag_that_there_is_not_is_told_in_a_document() {
    let document = refused(&["render", "--oot=review", "--json"]);
    let error = document["error"].as_str().unwrap();
    assert!(error.starts_with("unexpected argument '--oot' found"), "{error}");
}

#[test]
fn a_flag_before_the_subcommand_is_told_in_a_document() {
    let document = refused(&[
        "--json",
        "--hub-url=https://hub.example.org",
        "render",
        "--out=review",
    ]);
    let error = document["error"].as_str().unwrap();
    assert!(error.starts_with("--hub-url belongs behind"), "{error}");
}
