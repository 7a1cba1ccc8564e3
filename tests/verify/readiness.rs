//! A hub that starts: seen as soon as it is there, given up when it never is.

use std::time::Duration;

use hubgate::host::memory::{Event, MemoryHost};
use hubgate::host::{Clock as _, Host as _, HttpError, HttpResponse};
use hubgate::tljh::LocalHub;
use hubgate::verify::{Outcome, Patience, StageCause, StageName, wait_until_ready};

use crate::machine::answer;
use crate::world::{HUB, World, assert_all_pass};

/// A hub on port 80 that is there after so long; before, traefik says one thing after the other.
fn starting(ready_after: Duration) -> MemoryHost {
    let host = MemoryHost::new();
    host.site("http://127.0.0.1:80/hub/api", move |_, host| {
        let mut answer = match host.monotonic() {
            now if now >= ready_after => HttpResponse::new(200, r#"{"version": "5.5.4"}"#),
            now if now < ready_after / 3 => {
                return Err(HttpError::Refused {
                    at: "127.0.0.1:80".into(),
                });
            }
            now if now < ready_after / 2 => HttpResponse::new(404, "404 page not found\n"),
            _ => HttpResponse::new(502, "Bad Gateway"),
        };
        answer.took = Duration::from_millis(5);
        Ok(answer)
    });
    host
}

#[test]
fn a_hub_that_is_there_is_seen_within_150_ms() {
    for ready_after in [0, 1, 333, 4_000, 61_234].map(Duration::from_millis) {
        let host = starting(ready_after);
        let took = wait_until_ready(&host, &LocalHub::default(), Duration::from_secs(120)).unwrap();
        assert!(
            took >= ready_after && took - ready_after <= Duration::from_millis(150),
            "{took:?}"
        );
        assert_eq!(took, host.monotonic());
    }
}

#[test]
fn a_hub_that_is_there_at_once_costs_one_request_and_no_sleep() {
    let host = starting(Duration::ZERO);
    wait_until_ready(&host, &LocalHub::default(), Duration::from_secs(120)).unwrap();
    assert!(matches!(host.record()[..], [Event::Sent(..)]));
}

#[test]
fn a_hub_that_never_comes_is_given_up_at_the_deadline_with_what_was_seen_last() {
    let host = starting(Duration::from_secs(3600));
    let stage = wait_until_ready(&host, &LocalHub::default(), Duration::from_secs(30)).unwrap_err();
    assert_eq!(
        (stage.outcome, stage.cause),
        (Outcome::Fail, Some(StageCause::TraefikDown))
    );
    assert_eq!(host.monotonic().as_secs(), 30);
}

#[test]
fn a_stop_on_request_ends_the_waiting() {
    let host = starting(Duration::from_secs(3600));
    host.interrupt().request();
    assert!(wait_until_ready(&host, &LocalHub::default(), Duration::from_secs(30)).is_err());
    assert!(host.monotonic() < Duration::from_secs(1));
}

#[test]
fn verify_waits_for_a_hub_that_starts_and_then_finds_nothing_wrong() {
    let mut world = World::new();
    world.patience = Patience::of(Duration::from_secs(60));
    let hub = world.running.clone();
    world.host.site(HUB, move |request, host| {
        if host.monotonic() < Duration::from_secs(8) {
            return Err(HttpError::Refused {
                at: "hub.example.org:443".into(),
            });
        }
        answer(&hub, request, host)
    });
    world.host.set_certificate(
        "hub.example.org",
        Err(HttpError::Refused {
            at: "hub.example.org:443".into(),
        }),
    );
    let good = crate::world::certificate(&world.host);
    world.host.site(format!("{HUB}/hub/login"), {
        let hub = world.running.clone();
        move |request, host| {
            host.set_certificate("hub.example.org", Ok(good.clone()));
            answer(&hub, request, host)
        }
    });
    let report = world.verify();
    assert_all_pass(&report);
    assert_eq!(
        report.stage(StageName::HubApi).unwrap().found,
        "JupyterHub 5.5.4 answers"
    );
}
