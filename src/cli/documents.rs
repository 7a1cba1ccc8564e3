//! Each `--json` document has the shape that docs/json.md shows, and docs/json.md shows no other: every command
//! is run, on a machine in memory, until each path of its example was seen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../tests/kit/machine/mod.rs"]
mod machine;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use serde_json::Value;

use super::hub::{apply, doctor, render, rollback, verify};
use super::{Global, failure};
use crate::host::{Files as _, Host, HttpError};
use crate::rehearse::{Kept, KeptPerson, RehearsalReport, Row, Verdict};
use crate::told;
use crate::ui::{DOCUMENTS, Ui};
use crate::wizard::After;
use machine::{HUB, Machine, SECRET, Tljh};

const JSON: Ui = Ui {
    json: true,
    quiet: true,
};

/// What a hub is asked to become.
const ANSWERS: [&str; 10] = [
    "--hub-url=https://hub.example.org",
    "--https=certificate",
    "--https-cert=/etc/ssl/hub.crt",
    "--https-key=/etc/ssl/hub.key",
    "--domain=my-hub.auth.eu-west-1.amazoncognito.com",
    "--client-id=3n4b5urk1ft4fl3mg5e62d9ado",
    "--client-secret-from=file:/root/cognito.secret",
    "--allow=users",
    "--allow-user=grace",
    "--admin=ada",
];

/// The paths of a document with the types of what stands there: `plan.steps[].mode string`.
fn shape(document: &Value) -> BTreeSet<String> {
    fn walk(at: &str, value: &Value, found: &mut BTreeSet<String>) {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(items) => {
                items
                    .iter()
                    .for_each(|item| walk(&format!("{at}[]"), item, found));
                "array"
            }
            Value::Object(members) => {
                let below = if at.is_empty() {
                    String::new()
                } else {
                    format!("{at}.")
                };
                for (name, value) in members {
                    walk(&format!("{below}{name}"), value, found);
                }
                "object"
            }
        };
        found.insert(format!("{at} {kind}"));
    }
    let mut found = BTreeSet::new();
    walk("", document, &mut found);
    found
}

/// The example below a heading of docs/json.md.
fn example(heading: &str) -> Value {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    let page = std::fs::read_to_string(page).unwrap();
    let section = page
        .split("\n## ")
        .find(|section| section.lines().next() == Some(heading));
    let section = section.unwrap_or_else(|| panic!("docs/json.md has no {heading}"));
    let block = section
        .split("```json\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    serde_json::from_str(block.unwrap_or_default()).unwrap_or_else(|error| panic!("{heading}: {error}"))
}

/// Together these documents have what the example has, no more and no less; each has its version.
fn assert_shown(heading: &str, documents: &[Value]) {
    let shown = shape(&example(heading));
    let seen: BTreeSet<String> = documents.iter().flat_map(shape).collect();
    let undocumented: Vec<_> = seen.difference(&shown).collect();
    let gone: Vec<_> = shown.difference(&seen).collect();
    assert!(
        undocumented.is_empty() && gone.is_empty(),
        "docs/json.md, {heading}: it lacks {undocumented:#?}, and nothing has its {gone:#?}"
    );
    assert!(documents.iter().all(|document| document["schema"] == 1));
}

/// The one document that this tells; an error is told as `main` does.
fn told(act: impl FnOnce() -> told::Result<ExitCode>) -> Value {
    DOCUMENTS.take();
    if let Err(failure) = act() {
        failure::report(JSON, &failure);
    }
    let documents = DOCUMENTS.take();
    assert_eq!(documents.len(), 1, "{documents:?}");
    serde_json::from_str(&documents[0]).unwrap()
}

fn on(prefix: &Path) -> Global {
    Global {
        json: true,
        quiet: true,
        yes: false,
        prefix: prefix.to_owned(),
    }
}

#[derive(Debug, Parser)]
struct Line<A: clap::Args> {
    #[command(flatten)]
    args: A,
}

fn parse<A: clap::Args>(flags: &[&str]) -> A {
    Line::<A>::parse_from([&["hubgate"], flags].concat()).args
}

/// Runs a command of a hub on a machine.
fn run<A: clap::Args>(
    machine: &Tljh,
    flags: &[&str],
    command: impl FnOnce(&Global, &A, &dyn Host) -> told::Result<ExitCode>,
) -> Value {
    let host = machine.process();
    told(|| command(&on(machine.prefix()), &parse(flags), &host))
}

fn applied(machine: &Tljh, more: &[&str]) -> Value {
    run(machine, &[&ANSWERS[..], more].concat(), apply::run_on)
}

/// Its folder stands open, and other people's settings are in the way.
fn odd_machine() -> Machine {
    Machine {
        folder_mode: 0o755,
        settings: "# ours\n".into(),
        config: "base_url: /old\nusers:\n  admin:\n  - root-admin\n  allowed:\n  - linus\n".into(),
        ..Machine::fresh()
    }
}

#[test]
fn apply_and_install() {
    let machine = odd_machine().boot();
    let running = machine.running.clone();
    // Nobody reaches it from outside.
    machine
        .host
        .site("https://hub.example.org", move |request, host| {
            match request.connect_to {
                Some(_) => machine::answer(&running, request, host),
                None => Err(HttpError::Refused { at: HUB.into() }),
            }
        });
    let done = applied(&machine, &[]);
    assert_shown("apply, install", &[done, applied(&machine, &[])]);
}

#[test]
fn apply_dry_run() {
    let mut lets_everybody_in = odd_machine();
    lets_everybody_in.config += "auth:\n  GenericOAuthenticator:\n    allow_all: true\n";
    let of = |machine: &Machine| applied(&machine.boot(), &["--dry-run"]);
    assert_shown("apply --dry-run", &[of(&odd_machine()), of(&lets_everybody_in)]);
}

/// As if it had been cut off before its end.
fn reopen_the_last_run(machine: &Tljh) {
    let list = run(machine, &["--list"], rollback::run_on);
    let run = list["runs"]
        .as_array()
        .and_then(|runs| runs.last()?["run"].as_str())
        .unwrap();
    let journal = format!("/var/lib/hubgate/runs/{run}/journal.json");
    let text = machine.host.read_to_string(Path::new(&journal)).unwrap();
    machine
        .host
        .put(&journal, text.replace("\"committed\"", "\"open\""), 0o600);
    machine.host.put("/var/lib/hubgate/open", run, 0o600);
}

#[test]
fn rollback() {
    let machine = odd_machine().boot();
    applied(&machine, &[]);
    let list = run(&machine, &["--list"], rollback::run_on);
    let plan = run(&machine, &["--dry-run"], rollback::run_on);
    let to_default = run(&machine, &["--dry-run", "--to-default"], rollback::run_on);
    let back = run(&machine, &[], rollback::run_on);
    reopen_the_last_run(&machine);
    let cut_off = run(&machine, &["--dry-run"], rollback::run_on);
    assert_shown("rollback", &[back]);
    assert_shown("rollback --dry-run", &[plan, to_default, cut_off]);
    assert_shown("rollback --list", &[list]);
}

#[test]
fn verify() {
    let machine = Machine::fresh().boot();
    applied(&machine, &[]);
    let right = run(&machine, &[], verify::run_on);
    machine.change(|pages| pages.set("client_id", Some("another")));
    machine.host.put(
        machine.config("jupyterhub_config.d/awscognito.secret"),
        SECRET,
        0o644,
    );
    let flags = [&ANSWERS[..], &["--strict"]].concat();
    assert_shown("verify", &[right, run(&machine, &flags, verify::run_on)]);
}

#[test]
fn doctor() {
    let machine = odd_machine().boot();
    let found = told(|| doctor::run_on(&on(machine.prefix()), &machine.process()));
    assert_shown("doctor", &[found]);
}

#[test]
fn render() {
    let folder = tempfile::tempdir().unwrap();
    let out = format!("--out={}", folder.path().join("review").display());
    let rendered = |more: &[&str]| {
        let flags = [&ANSWERS[..], &[&out], more].concat();
        told(|| render::run(&on(folder.path()), parse(&flags)))
    };
    let written = rendered(&[]);
    let differs = rendered(&["--check", "--auto-login"]);
    assert_shown("render, render --check", &[written, differs]);
}

#[test]
fn rehearse() {
    let release = &crate::hub::RELEASES[0];
    let mut report = RehearsalReport::new(release, "15.0.0", "3.12.4", "/cache/hub".into());
    let let_in = |logout_fault: Option<&str>| Verdict::In {
        name: "grace".into(),
        admin: false,
        groups: Some(vec!["staff".into()]),
        logout_fault: logout_fault.map(str::to_owned),
    };
    let says = Some("no".to_owned());
    for (expected, got) in [
        (let_in(None), let_in(Some("stayed logged in"))),
        (Verdict::Refused { says: None }, Verdict::Refused { says }),
        (
            let_in(None),
            Verdict::Fault {
                what: "HTTP 500".into(),
            },
        ),
    ] {
        report.people.push(Row {
            who: "a listed user".into(),
            account: "grace".into(),
            expected,
            got,
            ok: false,
        });
    }
    report.complaints.push("a warning".into());
    report.errors.push("an error".into());
    report.kept = Some(Kept {
        url: "http://127.0.0.1:1".into(),
        cognito: "http://127.0.0.1:2".into(),
        people: vec![KeptPerson {
            who: "a listed user".into(),
            username: "grace".into(),
            password: "made up".into(),
        }],
    });
    let document = told(|| Ok(JSON.document(&report).map(|()| ExitCode::SUCCESS)?));
    assert_shown("rehearse", &[document]);
}

#[test]
fn wizard() {
    let tell = |after: After| told(|| after.tell(JSON).map(|()| ExitCode::SUCCESS));
    let printed = tell(After::UserData("#!/bin/sh\n".into()));
    let wrote = tell(After::Wrote(vec!["hubgate.toml".into()]));
    assert_shown("wizard", &[printed, wrote]);
}

#[test]
fn errors() {
    let machine = Machine::fresh().boot();
    let wrong = run(&machine, &["--allow=nobody"], apply::run_on);
    let unread = run(&machine, &["--answers=/not-there"], apply::run_on);
    machine
        .host
        .put("/root/cognito.secret", "another0canary0secret0of0cognito", 0o600);
    let restored = applied(&machine, &["--strict"]);
    assert_eq!(restored["hub"], "restored");
    DOCUMENTS.take();
    failure::usage_document("error: unexpected argument\n");
    let usage = serde_json::from_str(&DOCUMENTS.take()[0]).unwrap();
    let documents = [wrong, unread, restored, usage];
    assert!(!format!("{documents:?}").contains(SECRET));
    assert_shown("errors", &documents);
}
