//! The name that people type: what is not ready yet is not known, and no reason to undo anything.

use std::time::Duration;

use hubgate::host::memory::Event;
use hubgate::host::{HttpError, HttpResponse};
use hubgate::standin::Fault;
use hubgate::verify::{Outcome, Patience, StageCause, StageName};

use crate::machine::{answer, page};
use crate::world::{HUB, World, answers, assert_all_pass, assert_finds, no_address};

const PUBLIC: StageName = StageName::PublicAddress;

type Answer = Result<HttpResponse, HttpError>;

/// This machine's traefik answers as before; from outside it is `public`.
fn outside(world: &World, public: impl Fn(&str) -> Answer + Send + Sync + 'static) {
    let hub = world.running.clone();
    world.host.site(HUB, move |request, host| {
        if request.connect_to.is_some() {
            answer(&hub, request, host)
        } else {
            assert!(!request.any_certificate, "from outside the certificate counts");
            public(&request.url)
        }
    });
}

/// Insists on the cause, and returns what is said.
fn finds(answer: Answer, cause: StageCause) -> String {
    let world = World::new();
    outside(&world, move |_| answer.clone());
    let report = world.verify();
    assert_finds(&report, &[(PUBLIC, Outcome::Unknown, cause)]);
    report.stage(PUBLIC).unwrap().found.clone()
}

#[test]
fn a_name_that_is_not_there_yet_or_out_of_reach_is_not_known() {
    let at = || "hub.example.org:443".to_owned();
    finds(Err(no_address("hub.example.org")), StageCause::NoAddress);
    finds(
        Err(HttpError::Refused { at: at() }),
        StageCause::PublicUnreachable,
    );
    finds(
        Err(HttpError::Timeout { at: at() }),
        StageCause::PublicUnreachable,
    );
    let detail = "invalid peer certificate: UnknownIssuer".into();
    finds(Err(HttpError::Tls { at: at(), detail }), StageCause::TlsFailed);
}

#[test]
fn another_site_at_the_name_does_not_pass_and_is_told_by_its_answer() {
    for (answer, said) in [
        (
            HttpResponse::new(200, "<h1>It works!</h1>"),
            "something answers at https://hub.example.org/hub/api, but not as JupyterHub does",
        ),
        (
            HttpResponse::new(503, "no healthy upstream"),
            "https://hub.example.org/hub/api answers with HTTP 503",
        ),
        (
            HttpResponse::redirect("https://www.example.org/"),
            "https://hub.example.org/hub/api redirects to https://www.example.org/",
        ),
    ] {
        assert_eq!(finds(Ok(answer), StageCause::OtherSite), said);
    }
}

#[test]
fn another_hub_at_the_name_does_not_pass() {
    let world = World::new();
    outside(&world, |url| {
        Ok(if url.ends_with("/hub/api") {
            HttpResponse::new(200, r#"{"version": "4.1.6"}"#)
        } else {
            HttpResponse::redirect("https://github.com/login/oauth/authorize?client_id=x")
        })
    });
    let report = world.verify();
    assert_finds(&report, &[(PUBLIC, Outcome::Unknown, StageCause::OtherSite)]);
    let found = &report.stage(PUBLIC).unwrap().found;
    assert!(
        found.contains("https://hub.example.org/ leads to a hub with another login"),
        "{found}"
    );
}

#[test]
fn a_new_dns_record_is_waited_for() {
    let mut world = World::new();
    world.patience = Patience::of(Duration::from_secs(60));
    let pages = world.pages();
    let tries = std::sync::atomic::AtomicU32::new(0);
    outside(&world, move |url| {
        if tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 5 {
            return Err(no_address("hub.example.org"));
        }
        Ok(page(&url[HUB.len()..], &pages))
    });
    assert_all_pass(&world.verify());
}

#[test]
fn what_cannot_mend_a_login_that_does_not_work_is_not_waited_for() {
    let waits = |mut world: World| {
        world.patience = Patience::of(Duration::from_secs(60));
        outside(&world, |_| Err(no_address("hub.example.org")));
        let report = world.verify();
        assert_eq!(report.stage(PUBLIC).unwrap().cause, Some(StageCause::NoAddress));
        let sleeps = world.host.record().into_iter();
        sleeps.filter(|event| matches!(event, Event::Slept(_))).count()
    };
    assert!(waits(World::new()) > 0);
    assert_eq!(waits(World::new().with_fault(Fault::WrongSecret)), 0);
}

#[test]
fn an_ipv6_address_without_a_name_works_too() {
    let ipv6 = answers(&[
        ("https://hub.example.org", "https://[2001:db8::7]"),
        (
            "mode = \"letsencrypt\"\nemail = \"ops@example.org\"",
            "mode = \"proxy\"",
        ),
    ]);
    let world = World::of(&ipv6);
    let mut shown = crate::world::certificate(&world.host);
    shown.names = vec!["2001:db8::7".into()];
    world.host.set_certificate("2001:db8::7", Ok(shown));
    assert_all_pass(&world.verify());
}
