//! `hubgate verify` as people run it, against real TLS and real names.

#[path = "kit/cognito.rs"]
mod cognito;
mod kit;
#[path = "kit/machine/mod.rs"]
mod machine;
#[path = "kit/served.rs"]
mod served;
#[path = "kit/street.rs"]
mod street;

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};

use cognito::{ANSWERS, SECRET};
use hubgate::standin::{Fault, Faults};
use serde_json::Value;
use street::Street;

fn street(name: &str) -> Street {
    Street::open(kit::scratch(&format!("verify-{name}")), &kit::answers(ANSWERS))
}

fn run(street: &Street, args: &[&str]) -> Output {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_hubgate"));
    let output = street
        .verify(program)
        .args(["--wait", "0"])
        .args(args)
        .output()
        .unwrap();
    let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(!shown.contains(SECRET), "{shown}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}\n{}", text(&output.stdout), text(&output.stderr));
    })
}

/// The stages that did not pass, without the units: a machine that runs tests has none.
fn not_passed(document: &Value) -> Vec<(String, String, String)> {
    let stages = document["stages"].as_array().unwrap();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    stages
        .iter()
        .filter(|stage| stage["outcome"] != "pass" && stage["name"] != "units")
        .map(|stage| {
            (
                word(&stage["name"]),
                word(&stage["outcome"]),
                word(&stage["cause"]),
            )
        })
        .collect()
}

fn units_fail(document: &Value) -> bool {
    document["stages"][0]["outcome"] == "fail"
}

#[test]
fn a_healthy_hub_is_right_in_every_stage() {
    let street = street("healthy");
    let output = run(&street, &["--json"]);
    let document = json(&output);
    assert_eq!(not_passed(&document), [], "{}", text(&output.stderr));
    let names: Vec<_> = document["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| stage["name"].clone())
        .collect();
    let wanted = [
        "units",
        "hub-api",
        "login-page",
        "authorize-redirect",
        "certificate",
        "cognito-client",
        "client-secret",
        "sign-out",
        "public-address",
    ];
    assert_eq!(names, wanted);
    assert!(document["took_ms"].is_u64() && document["not_checked"].is_array());
    let wanted = if units_fail(&document) { 5 } else { 0 };
    assert_eq!(output.status.code(), Some(wanted));
}

#[test]
fn a_fault_is_told_with_what_mends_it_and_exit_code_5() {
    let street = street("fault");
    street.cognito.set_faults(Faults::of([Fault::RedirectMismatch]));
    let output = run(&street, &[]);
    let shown = text(&output.stdout);
    let line = shown
        .lines()
        .find(|line| line.contains("cognito-client"))
        .unwrap();
    assert!(
        line.starts_with("fail     cognito-client      Cognito does not know the callback URL"),
        "{line}"
    );
    assert!(
        shown.contains("→ Cognito console: your user pool, App clients"),
        "{shown}"
    );
    assert_eq!(output.status.code(), Some(5));
}

#[test]
fn a_wrong_secret_on_the_hub_is_found_out() {
    let street = street("secret");
    street.install_secret("another0secret0of0nobody0");
    let document = json(&run(&street, &["--json"]));
    let wanted = (
        "client-secret".to_owned(),
        "fail".to_owned(),
        "wrong-secret".to_owned(),
    );
    assert_eq!(not_passed(&document), [wanted]);
}

#[test]
fn what_is_not_known_is_said_and_counts_with_strict_only() {
    let street = street("strict");
    std::fs::remove_file(street.secret_file()).unwrap();
    let lax = run(&street, &["--client-secret-from", "env:NOT_THERE"]);
    let shown = text(&lax.stdout);
    assert!(shown.contains("unknown  client-secret"), "{shown}");
    assert!(
        shown.contains("the environment variable NOT_THERE is not set"),
        "{shown}"
    );
    let strict = run(
        &street,
        &["--json", "--strict", "--client-secret-from", "env:NOT_THERE"],
    );
    assert_eq!(strict.status.code(), Some(5));
    let document = json(&strict);
    assert_eq!(lax.status.code(), Some(if units_fail(&document) { 5 } else { 0 }));
    assert_eq!(not_passed(&document)[0].2, "secret-not-at-hand");
    // No "nothing is wrong" beside an exit code that says the contrary.
    let told = text(&strict.stderr);
    assert!(!told.contains("Nothing is wrong"), "{told}");
    assert!(
        units_fail(&document) || told.contains("which --strict takes for wrong"),
        "{told}"
    );
}

#[test]
fn a_certificate_that_nobody_trusts_is_told_and_no_secret_is_sent_past_one() {
    let street = street("trust");
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_hubgate"));
    // This machine's own CAs do not know the one of this street.
    let mut command = street.verify(program);
    command
        .env_remove("SSL_CERT_FILE")
        .args(["--json", "--wait", "0"]);
    let document = json(&command.output().unwrap());
    let found = not_passed(&document);
    assert_eq!(
        found[0],
        (
            "certificate".to_owned(),
            "fail".to_owned(),
            "untrusted".to_owned()
        )
    );
    let secret = found.iter().find(|stage| stage.0 == "client-secret").unwrap();
    assert_eq!(
        (secret.1.as_str(), secret.2.as_str()),
        ("unknown", "cognito-unreachable")
    );
    assert_eq!(street.cognito.requests().len(), 0);
}

#[test]
fn a_proxy_that_does_not_answer_is_named_and_its_password_is_not() {
    let street = street("proxy");
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_hubgate"));
    for (proxy, told) in [
        (
            "http://ops:canary5word@127.0.0.1:1",
            ":443 (through the proxy 127.0.0.1:1) refuses the connection",
        ),
        (
            "http://ops:canary5word@proxy.invalid:3128",
            "the proxy proxy.invalid:3128: its name has no address",
        ),
    ] {
        let mut command = street.verify(program);
        let output = command
            .env("HTTPS_PROXY", proxy)
            .args(["--wait", "0"])
            .output()
            .unwrap();
        let shown = text(&output.stdout) + &text(&output.stderr);
        for stage in ["cognito-client", "public-address"] {
            let line = shown.lines().find(|line| line.contains(stage)).unwrap();
            assert!(line.contains(told), "{shown}");
        }
        assert!(!shown.contains("canary5word"), "{shown}");
    }
}

#[test]
fn ctrl_c_ends_it_at_once_and_is_no_success() {
    let street = street("ctrl-c");
    street.cognito.set_faults(Faults::of([Fault::Hang]));
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_hubgate"));
    let mut child = street
        .verify(program)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // What comes next waits for Cognito.
    assert!(lines.map(Result::unwrap).any(|line| line.contains("certificate")));
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    // By the signal itself: who waits for Cognito ends with an exit code.
    assert_eq!(child.wait().unwrap().signal(), Some(2));
}

#[test]
fn quiet_leaves_out_what_is_right() {
    let street = street("quiet");
    street.cognito.set_faults(Faults::of([Fault::SignOutRefused]));
    let output = run(&street, &["--quiet"]);
    let shown = text(&output.stdout);
    assert!(shown.contains("sign-out") && !shown.contains("pass"), "{shown}");
}

#[test]
fn without_a_hub_it_says_that_and_what_to_do() {
    let nowhere = kit::scratch("verify-no-hub").join("tljh");
    let output = Command::new(env!("CARGO_BIN_EXE_hubgate"))
        .args(["verify", "--answers"])
        .arg(kit::root().join("fixtures/answers/example.toml"))
        .arg("--prefix")
        .arg(&nowhere)
        .output()
        .unwrap();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains(&format!("there is no TLJH at {}", nowhere.display())),
        "{told}"
    );
    assert!(told.contains("hubgate install"), "{told}");
    assert!(
        !format!("{told}{}", text(&output.stdout)).contains("certificate"),
        "{told}"
    );
}

#[test]
fn without_answers_it_says_which_are_missing() {
    let program = env!("CARGO_BIN_EXE_hubgate");
    let output = std::process::Command::new(program)
        .env_clear()
        .args(["verify", "--client-id", "3n4b5urk1ft4fl3mg5e62d9ado"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}
