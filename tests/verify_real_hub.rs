//! `verify` on real JupyterHubs of each release, configured by the rendered file, behind TLJH's own proxy.

mod kit;

use hubgate::host::{Interrupt, SystemHost};
use hubgate::hub::RELEASES;
use hubgate::progress::Silent;
use hubgate::rehearse::Rehearsal;
use hubgate::secret::Secret;
use hubgate::tljh::{ConfigYaml, LocalHub};
use hubgate::verify::{
    Expectation, LoginLook, Outcome, Patience, StageCause, StageName, verify, wait_until_ready,
};

/// Answers for the hub of an oauthenticator, and the same with the address that the rehearsed hub has.
fn toml(url: &str, https: &str, base_url: &str, oauthenticator: &str, auto_login: bool) -> String {
    format!(
        r#"
[hub]
url = "{url}"
base_url = "{base_url}"
[https]
mode = "{https}"
[cognito]
domain = "my-hub.auth.eu-west-1.amazoncognito.com"
client_id = "3n4b5urk1ft4fl3mg5e62d9ado"
client_secret = "file:/root/cognito.secret"
auto_login = {auto_login}
[access]
allow = "all"
[target]
oauthenticator = "{oauthenticator}"
"#
    )
}

fn a_real_hub_passes(oauthenticator: &str, base_url: &str, auto_login: bool) {
    let host = SystemHost::with_interrupt(Interrupt::new());
    let public = toml(
        "https://hub.example.org",
        "proxy",
        base_url,
        oauthenticator,
        auto_login,
    );
    let rehearsal = Rehearsal::start(&host, &kit::answers(&public), None, &mut Silent).unwrap();
    let kept = rehearsal.kept();
    let port = url::Url::parse(&kept.url).unwrap().port().unwrap();
    let config = format!("base_url: {base_url}\nhttp:\n  port: {port}\n");
    let hub = LocalHub::of(&ConfigYaml::parse(config.as_bytes()).unwrap()).unwrap();
    let origin = format!("http://127.0.0.1:{port}");
    let local = kit::answers(&toml(&origin, "off", base_url, oauthenticator, auto_login));
    let expected = Expectation::new(&local, hub.clone()).with_cognito_at(&kept.cognito);

    wait_until_ready(&host, &hub, std::time::Duration::from_secs(60)).unwrap();
    // The stand-in's secret is made up and known to the hub alone: any other is wrong.
    let other = Secret::new("another0secret0of0nobody0".into());
    let report = verify(&host, &expected, Ok(&other), &Patience::NONE, &mut |stage| {
        println!("{stage:?}")
    });
    for stage in &report.stages {
        let wanted = match stage.name {
            // Whether systemd runs the tests' machine does not matter here.
            StageName::Units => continue,
            StageName::ClientSecret => (Outcome::Fail, Some(StageCause::WrongSecret)),
            _ => (Outcome::Pass, None),
        };
        assert_eq!((stage.outcome, stage.cause), wanted, "{stage:?}");
    }
    let look = LoginLook::take(&host, &hub).unwrap();
    println!("{}", look.describe());
    assert!(look.is_usable());
    assert_eq!(look.difference(&LoginLook::take(&host, &hub).unwrap()), None);

    // The real request is what it is compared with, not merely something like it.
    let mut other = expected;
    other.client_id = "another".into();
    let report = verify(&host, &other, Err("not needed"), &Patience::NONE, &mut |_| {});
    assert_eq!(
        report.stage(StageName::AuthorizeRedirect).unwrap().cause,
        Some(StageCause::AuthorizeDiffers)
    );
    rehearsal.stop().unwrap();
}

#[test]
fn a_hub_of_each_release_passes() {
    for release in RELEASES {
        println!(
            "JupyterHub {}, oauthenticator {}",
            release.jupyterhub, release.oauthenticator
        );
        a_real_hub_passes(&release.oauthenticator.to_string(), "/", false);
    }
}

#[test]
fn a_hub_below_a_path_that_goes_to_cognito_by_itself_passes() {
    a_real_hub_passes("17.4.0", "/jupyter/", true);
}
