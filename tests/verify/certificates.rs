//! The certificate: real, for the hub's name, trusted, in date.

use std::time::Duration;

use hubgate::host::http::PeerCertificate;
use hubgate::host::memory::Event;
use hubgate::host::{Clock as _, HttpError};
use hubgate::verify::{Outcome, Patience, StageCause, StageName};

use crate::world::{DAY, World, answers, assert_all_pass, assert_finds, certificate, no_address};

const CERTIFICATE: StageName = StageName::Certificate;
const NAME: &str = "hub.example.org";

fn own_certificate() -> World {
    let file = "mode = \"certificate\"\ncert = \"/etc/ssl/hub.crt\"\nkey = \"/etc/ssl/hub.key\"";
    World::of(&answers(&[(
        "mode = \"letsencrypt\"\nemail = \"ops@example.org\"",
        file,
    )]))
}

fn behind_a_proxy() -> World {
    // TLS ends in front: this machine's traefik speaks http, and sees the public name.
    World::of(&answers(&[(
        "mode = \"letsencrypt\"\nemail = \"ops@example.org\"",
        "mode = \"proxy\"",
    )]))
}

fn change(world: &World, change: impl FnOnce(&mut PeerCertificate)) {
    let mut shown = certificate(&world.host);
    change(&mut shown);
    world.host.set_certificate(NAME, Ok(shown));
}

fn traefiks_own(shown: &mut PeerCertificate) {
    shown.common_name = Some("TRAEFIK DEFAULT CERT".into());
    shown.names = vec!["0123.4567.traefik.default".into()];
    shown.trusted = Err("UnknownIssuer".into());
}

/// What one fault in the certificate alone is called.
fn finds(world: &World, outcome: Outcome, cause: StageCause) -> String {
    let report = world.verify();
    assert_finds(&report, &[(CERTIFICATE, outcome, cause)]);
    report.stage(CERTIFICATE).unwrap().found.clone()
}

#[test]
fn an_expired_certificate_fails_whoever_made_it() {
    for world in [World::new(), own_certificate(), behind_a_proxy()] {
        let now = world.host.now();
        change(&world, |shown| {
            shown.not_after = now - DAY * 3;
            shown.trusted = Err("Expired".into());
        });
        let found = finds(&world, Outcome::Fail, StageCause::Expired);
        assert_eq!(found, "the certificate expired 3 days ago");
    }
}

#[test]
fn a_certificate_for_another_name_fails_and_says_whose_it_is() {
    let world = World::new();
    change(&world, |shown| {
        shown.names = vec!["old.example.org".into(), "*.example.net".into()]
    });
    let found = finds(&world, Outcome::Fail, StageCause::WrongName);
    assert_eq!(
        found,
        "the certificate is for old.example.org, *.example.net, not for hub.example.org"
    );
}

#[test]
fn a_certificate_that_this_machine_does_not_trust_fails() {
    let world = own_certificate();
    change(&world, |shown| {
        shown.trusted = Err("invalid peer certificate: UnknownIssuer".into())
    });
    let found = finds(&world, Outcome::Fail, StageCause::Untrusted);
    assert!(
        found.contains("signed by R11") && found.contains("UnknownIssuer"),
        "{found}"
    );
}

#[test]
fn the_remedy_is_for_whoever_has_the_certificate() {
    let expired = |world: &World, shown: &mut PeerCertificate| shown.not_after = world.host.now() - DAY;
    let untrusted = |_: &World, shown: &mut PeerCertificate| shown.trusted = Err("UnknownIssuer".into());
    type Spoil<'a> = &'a dyn Fn(&World, &mut PeerCertificate);
    for (world, spoil, remedy) in [
        (World::new(), &expired as Spoil<'_>, "traefik renews by itself"),
        (
            own_certificate(),
            &expired,
            "put a new certificate in place of the old",
        ),
        (behind_a_proxy(), &expired, "renew it at whatever stands in front"),
        (World::new(), &untrusted, "is https.letsencrypt.staging on?"),
        (
            own_certificate(),
            &untrusted,
            "the file needs the intermediate certificates",
        ),
        (behind_a_proxy(), &untrusted, "a certificate with its chain"),
    ] {
        change(&world, |shown| spoil(&world, shown));
        let report = world.verify();
        let told = report.stage(CERTIFICATE).unwrap().remedy.as_deref();
        assert!(
            told.is_some_and(|told| told.contains(remedy)),
            "{remedy}: {told:?}"
        );
    }
}

#[test]
fn days_that_are_left_decide() {
    for (left, outcome) in [
        (60, Outcome::Pass),
        (10, Outcome::Pass),
        (6, Outcome::Unknown),
        (0, Outcome::Unknown),
    ] {
        let world = World::new();
        let now = world.host.now();
        change(&world, |shown| {
            shown.not_before = now - DAY * 90;
            shown.not_after = now + DAY * left + Duration::from_secs(60);
        });
        let report = world.verify();
        let stage = report.stage(CERTIFICATE).unwrap();
        assert_eq!(stage.outcome, outcome, "{left} days: {}", stage.found);
        assert_eq!(stage.remedy.is_some(), left < 14, "{left} days");
        // A browser still takes it.
        assert_eq!(
            report.stage(StageName::PublicAddress).unwrap().outcome,
            Outcome::Pass
        );
    }
}

#[test]
fn a_certificate_that_lives_for_six_days_is_not_always_at_its_end() {
    let world = World::new();
    let now = world.host.now();
    change(&world, |shown| {
        shown.not_before = now - DAY * 2;
        shown.not_after = now + DAY * 4;
    });
    assert_all_pass(&world.verify());
}

#[test]
fn a_certificate_near_its_end_is_told_at_once() {
    let mut world = World::new();
    world.patience = Patience::of(Duration::from_secs(60));
    let now = world.host.now();
    change(&world, |shown| {
        shown.not_before = now - DAY * 90;
        shown.not_after = now + DAY * 3;
    });
    finds(&world, Outcome::Unknown, StageCause::ExpiresSoon);
    let slept = |event: &Event| matches!(event, Event::Slept(_));
    assert!(!world.host.record().iter().any(slept));
}

#[test]
fn a_clock_that_is_behind_is_not_the_certificates_fault() {
    let world = World::new();
    let now = world.host.now();
    change(&world, |shown| {
        shown.not_before = now + DAY;
        shown.trusted = Err("NotValidYet".into());
    });
    finds(&world, Outcome::Unknown, StageCause::NotYetValid);
}

#[test]
fn traefiks_own_certificate_is_no_failure_while_lets_encrypt_may_still_answer() {
    let world = World::new();
    change(&world, traefiks_own);
    finds(&world, Outcome::Unknown, StageCause::DefaultCertificate);
    // With files that traefik cannot use there is nothing to wait for.
    let world = own_certificate();
    change(&world, traefiks_own);
    finds(&world, Outcome::Fail, StageCause::DefaultCertificate);
}

#[test]
fn a_certificate_being_issued_is_waited_for() {
    let mut world = World::new();
    world.patience = Patience::of(Duration::from_secs(60));
    change(&world, traefiks_own);
    let good = certificate(&world.host);
    let hub = world.running.clone();
    // Let's Encrypt answers as soon as twenty seconds have gone by.
    world
        .host
        .site("https://hub.example.org/hub/oauth_login", move |request, host| {
            host.set_certificate(NAME, Ok(good.clone()));
            crate::machine::answer(&hub, request, host)
        });
    assert_all_pass(&world.verify());
}

#[test]
fn what_never_comes_is_waited_for_until_the_deadline_and_not_longer() {
    let mut world = World::new();
    world.patience = Patience::of(Duration::from_secs(20));
    change(&world, traefiks_own);
    finds(&world, Outcome::Unknown, StageCause::DefaultCertificate);
    assert_eq!(world.host.monotonic().as_secs(), 20);
    let looks = world
        .host
        .record()
        .iter()
        .filter(|event| matches!(event, Event::AskedCertificate(_)))
        .count();
    assert!(looks <= 2 + 40, "{looks}");
}

#[test]
fn behind_a_proxy_only_the_public_name_shows_the_certificate() {
    let world = behind_a_proxy();
    assert_all_pass(&world.verify());
    world.host.set_certificate(NAME, Err(no_address(NAME)));
    let report = world.verify();
    assert_eq!(
        report.stage(CERTIFICATE).unwrap().cause,
        Some(StageCause::NoAddress)
    );
    assert_eq!(report.worst(), Outcome::Unknown);
}

#[test]
fn nobody_at_the_door_is_traefiks_fault_here_and_perhaps_nobodys_in_front() {
    for (world, outcome, cause) in [
        (World::new(), Outcome::Fail, StageCause::TraefikDown),
        (behind_a_proxy(), Outcome::Unknown, StageCause::PublicUnreachable),
    ] {
        let at = "hub.example.org:443".into();
        world.host.set_certificate(NAME, Err(HttpError::Refused { at }));
        let report = world.verify();
        let stage = report.stage(CERTIFICATE).unwrap();
        assert_eq!(
            (stage.outcome, stage.cause),
            (outcome, Some(cause)),
            "{}",
            stage.found
        );
    }
}

#[test]
fn a_hub_whose_configuration_has_no_https_is_told_so() {
    let mut world = World::new();
    world.expected.local.https = None;
    world.running.lock().unwrap().proxy = Default::default();
    finds(&world, Outcome::Fail, StageCause::HttpsOff);
}

#[test]
fn traefik_without_tls_on_its_port_is_not_known() {
    let world = World::new();
    let at = "hub.example.org:443".into();
    let detail = "received corrupt message".into();
    world
        .host
        .set_certificate(NAME, Err(HttpError::Tls { at, detail }));
    finds(&world, Outcome::Unknown, StageCause::TlsFailed);
}

#[test]
fn a_hub_for_this_machine_alone_has_neither_certificate_nor_public_address() {
    let local = answers(&[
        ("https://hub.example.org", "http://localhost:8000"),
        (
            "mode = \"letsencrypt\"\nemail = \"ops@example.org\"",
            "mode = \"off\"",
        ),
    ]);
    let world = World::of(&local);
    let report = world.verify();
    assert_all_pass(&report);
    assert!(report.stage(CERTIFICATE).is_none() && report.stage(StageName::PublicAddress).is_none());
}
