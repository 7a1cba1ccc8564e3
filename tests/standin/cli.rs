//! `hubgate standin` as a program.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use assert_cmd::cargo::CommandCargoExt as _;
use rustix::process::{Pid, Signal, kill_process};

const USERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/standin/users.toml");
const CALLBACK: &str = "http://127.0.0.1:8000/hub/oauth_callback";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("hubgate").unwrap();
    command.args([
        "standin",
        "--users",
        USERS,
        "--client-id",
        "abc123",
        "--callback",
        CALLBACK,
    ]);
    command.args(arguments).env_remove("HUBGATE_CLIENT_SECRET");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts it and reads the URL that it prints when it is ready.
fn ready(command: &mut Command) -> (Child, String) {
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    (child, line.trim_end().to_owned())
}

fn end(mut child: Child, signal: Signal) -> (Option<i32>, String) {
    kill_process(Pid::from_child(&child), signal).unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

fn secret_error(url: &str, secret: &str) -> String {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "made-up"),
        ("redirect_uri", CALLBACK),
        ("client_id", "abc123"),
        ("client_secret", secret),
    ];
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let mut answer = agent.post(format!("{url}/oauth2/token")).send_form(form).unwrap();
    answer.body_mut().read_to_string().unwrap()
}

#[test]
fn it_prints_its_url_serves_and_ends_well_on_a_signal() {
    for signal in [Signal::TERM, Signal::INT] {
        let (child, url) = ready(command(&[]).env("HUBGATE_CLIENT_SECRET", "canary-secret"));
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        assert_eq!(
            secret_error(&url, "canary-secret"),
            r#"{"error":"invalid_grant"}"#
        );
        assert!(secret_error(&url, "wrong").contains("invalid_client"));
        let (code, said) = end(child, signal);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(
            said,
            "POST /oauth2/token 400 invalid_grant\nPOST /oauth2/token 400 invalid_client\n"
        );
    }
}

#[test]
fn two_secrets_are_good_while_they_are_rotated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "second-secret\n").unwrap();
    let arguments = ["--client-secret-file", file.to_str().unwrap()];
    let (child, url) = ready(command(&arguments).env("HUBGATE_CLIENT_SECRET", "first-secret"));
    for secret in ["first-secret", "second-secret"] {
        assert_eq!(
            secret_error(&url, secret),
            r#"{"error":"invalid_grant"}"#,
            "{secret}"
        );
    }
    end(child, Signal::TERM);
}

#[test]
fn a_fault_is_switched_on_by_its_name() {
    let arguments = ["--fault", "wrong-secret", "--fault", "jwks-missing"];
    let (child, url) = ready(command(&arguments).env("HUBGATE_CLIENT_SECRET", "right"));
    assert!(secret_error(&url, "right").contains("invalid_client"));
    end(child, Signal::TERM);
}

#[test]
fn what_keeps_it_from_starting_is_said_in_a_sentence() {
    let fails = |arguments: &[&str], secret: Option<&str>| {
        let output = command(arguments)
            .envs(secret.map(|secret| ("HUBGATE_CLIENT_SECRET", secret)))
            .output()
            .unwrap();
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = fails(&[], None);
    assert!(
        said.contains("the client secret is missing: set HUBGATE_CLIENT_SECRET or name a file with"),
        "{said}"
    );
    let said = fails(&["--callback", "http://hub.example.org/"], Some("s"));
    assert!(
        said.contains("is http, which Cognito takes for localhost, 127.0.0.1 and [::1] only"),
        "{said}"
    );
    assert!(said.contains("the rules are Cognito's own"), "{said}");
    let said = fails(&["--fault", "redirect-mismach"], Some("s"));
    assert!(
        said.contains("redirect-mismatch"),
        "the nearest name is suggested: {said}"
    );
}
