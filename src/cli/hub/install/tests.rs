#![allow(clippy::unwrap_used, clippy::expect_used)]

use clap::Parser;

use super::*;
use crate::answers::Problems;
use crate::host::memory::{Event, MemoryHost, finished};
use crate::host::{HttpResponse, Invocation};
use crate::secret::SecretError;
use crate::told;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

const ANSWERS: [&str; 10] = [
    "--hub-url=https://hub.example.org",
    "--https-email=ops@example.org",
    "--domain=my-hub.auth.eu-west-1.amazoncognito.com",
    "--client-id=3n4b5urk1ft4fl3mg5e62d9ado",
    "--client-secret-from=env:COGNITO_SECRET",
    "--allow=users",
    "--allow-user=grace",
    "--admin=ada",
    "--scope=openid",
    "--scope=email",
];

/// The flags in `extra` take the place of those of the same name.
fn parse(extra: &[&str]) -> Result<Args, clap::Error> {
    let name = |flag: &str| flag.split('=').next().map(str::to_owned);
    let others = ANSWERS
        .iter()
        .filter(|flag| !extra.iter().any(|other| name(other) == name(flag)));
    let line = ["install"].iter().chain(others).chain(extra);
    Line::try_parse_from(line).map(|line| line.args)
}

/// A Debian at its first boot, and TLJH's installer, which only looks as if it did something.
fn machine() -> MemoryHost {
    let host = MemoryHost::new();
    host.put_folder("/var/log", 0o755);
    host.program("/usr/bin/python3", |_, _| Ok(finished("")));
    host.program("/bin/sh", |_, host| {
        host.put("/opt/tljh/hub/bin/tljh-config", "", 0o755);
        host.put("/etc/systemd/system/jupyterhub.service", "", 0o644);
        host.put_folder("/opt/tljh/config", 0o700);
        Ok(finished(""))
    });
    host.site(BootstrapSource::OFFICIAL, |_, _| {
        Ok(HttpResponse::new(200, "if __name__ == '__main__':\n    main()\n"))
    });
    host.set_var(
        "COGNITO_SECRET",
        "1kvq0v8jd2l5bl3g8uf7hkrnk1bq9dg3b6l2q5v4pmr0s7t1u8w2",
    );
    host
}

fn run_on(host: &MemoryHost, extra: &[&str]) -> told::Failure {
    let global = Global {
        json: false,
        quiet: true,
        yes: false,
        prefix: "/opt/tljh".into(),
    };
    install(&global, host, &parse(extra).unwrap()).unwrap_err()
}

fn installer_calls(host: &MemoryHost) -> Vec<Invocation> {
    let started = |event| match event {
        Event::Started(call) => Some(call),
        _ => None,
    };
    host.record().into_iter().filter_map(started).collect()
}

fn assert_untouched(host: &MemoryHost) {
    let touched = |event: &Event| !matches!(event, Event::Ran(_));
    assert!(!host.record().iter().any(touched), "{:?}", host.record());
}

#[test]
fn bad_answers_are_told_before_anything_is_downloaded() {
    let host = machine();
    let error = run_on(&host, &["--https=maybe"]);
    assert!(error.get::<Problems>().is_some(), "{error}");
    assert_untouched(&host);
}

#[test]
fn answers_that_the_asked_version_cannot_have_are_told_before_it_is_installed() {
    let host = machine();
    let error = run_on(&host, &["--admin-group=staff", "--tljh-version=0.2.0"]);
    assert!(error.to_string().contains("16.3"), "{error}");
    assert_untouched(&host);
}

#[test]
fn a_missing_secret_is_told_before_anything_is_downloaded() {
    let host = machine();
    let error = run_on(&host, &["--client-secret-from=file:/root/none"]);
    assert!(error.get::<SecretError>().is_some(), "{error}");
    assert_untouched(&host);
}

#[test]
fn a_secret_that_aws_keeps_waits_for_the_command_that_tljh_s_python_brings() {
    let host = machine();
    let error = run_on(&host, &["--client-secret-from=ssm:/hubgate/hub"]);
    assert_eq!(installer_calls(&host).len(), 1);
    // (The machine in memory has no such Python.)
    assert!(
        error.to_string().contains("/opt/tljh/hub/bin/python -m venv"),
        "{error}"
    );
}

#[test]
fn tljh_s_installer_does_not_see_the_secret() {
    let host = machine();
    host.set_var("HUBGATE_CLIENT_SECRET", "another");
    run_on(&host, &[]);
    let env = host.child_env(&installer_calls(&host)[0]);
    let names: Vec<_> = env.keys().map(|name| name.to_string_lossy()).collect();
    assert!(!names.iter().any(|name| name.contains("SECRET")), "{names:?}");
}

#[test]
fn after_tljh_the_login_is_applied() {
    let host = machine();
    let error = run_on(&host, &[]);
    assert_eq!(installer_calls(&host).len(), 1);
    // (The hub in memory is an empty shell.)
    assert!(
        error
            .to_string()
            .contains("the hub's environment has no oauthenticator"),
        "{error}"
    );
}

#[test]
fn answers_that_change_while_tljh_is_installed_are_those_that_were_checked() {
    let host = machine();
    host.put("/root/hubgate.toml", "[hub]\nadmins = [\"ada\"]\n", 0o644);
    host.program("/bin/sh", |_, host| {
        host.put("/opt/tljh/hub/bin/tljh-config", "", 0o755);
        host.put("/etc/systemd/system/jupyterhub.service", "", 0o644);
        host.put_folder("/opt/tljh/config", 0o700);
        host.put("/root/hubgate.toml", "[hub]\nadmin = 1\n", 0o644);
        Ok(finished(""))
    });
    let error = run_on(&host, &["--answers=/root/hubgate.toml"]);
    assert_eq!(installer_calls(&host).len(), 1);
    assert!(error.get::<Problems>().is_none(), "{error}");
}

#[test]
fn where_tljh_is_nothing_is_downloaded() {
    let host = machine();
    host.put("/opt/tljh/hub/bin/tljh-config", "", 0o755);
    host.put("/etc/systemd/system/jupyterhub.service", "", 0o644);
    run_on(&host, &["--tljh-version=2.0.0"]);
    assert!(!host.record().iter().any(|event| matches!(event, Event::Sent(..))));
    assert_eq!(installer_calls(&host), []);
}

#[test]
fn only_root_may() {
    let host = machine();
    host.set_uid(1000);
    assert_eq!(
        run_on(&host, &[]).to_string(),
        "this needs root: the hub's settings are root's alone"
    );
    assert_untouched(&host);
}

#[test]
fn what_tljh_s_installer_would_misread_is_refused() {
    for flag in [
        "--tljh-plugin=--admin",
        "--tljh-version=",
        "--user-requirements-txt-url=-x",
    ] {
        let error = parse(&[flag]).unwrap_err().to_string();
        assert!(error.contains("must not be empty or begin with -"), "{error}");
    }
    let error = parse(&["--bootstrap-url=http://example.org/b.py"])
        .unwrap_err()
        .to_string();
    assert!(error.contains("is not encrypted"), "{error}");
}
