//! Does JupyterHub answer? Its root API is the one page that needs no login and says what it is.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Expectation;
use super::hub_pages::HubPages;
use super::report::{Outcome, Stage, StageCause, StageName};
use crate::host::{Host, HttpError, HttpResponse};
use crate::tljh::LocalHub;

/// Between two looks. A look takes a few milliseconds, so that readiness is seen well within 150 ms.
const TICK: Duration = Duration::from_millis(50);

/// A hub that is there answers at once; one that hangs is not worth a longer wait before the next try.
const LOOK: Duration = Duration::from_secs(2);

/// The last look decides, and a machine that has just started may be slow.
const LAST_LOOK: Duration = Duration::from_secs(5);

/// Waits until this machine's hub answers, and says how long that took.
///
/// # Errors
/// What was wrong at the last look, once `limit` has passed or an interrupt is due.
pub fn wait_until_ready(host: &dyn Host, hub: &LocalHub, limit: Duration) -> Result<Duration, Box<Stage>> {
    let started = host.monotonic();
    let stage = wait(&HubPages::nameless(host, hub, LOOK), limit);
    if stage.outcome == Outcome::Pass {
        Ok(host.monotonic().saturating_sub(started))
    } else {
        Err(Box::new(stage))
    }
}

/// The stage, waited for.
pub(super) fn stage(pages: &HubPages<'_>, expected: &Expectation, limit: Duration) -> Stage {
    if expected.local.base_url != expected.base_url {
        let found = format!(
            "the hub lives under {} (base_url in config.yaml), and should under {}",
            expected.local.base_url, expected.base_url
        );
        return Stage::fail(StageName::HubApi, StageCause::OtherAddress, found).remedy(format!(
            "sudo tljh-config set base_url {} && sudo tljh-config reload hub",
            expected.base_url
        ));
    }
    wait(pages, limit)
}

fn wait(pages: &HubPages<'_>, limit: Duration) -> Stage {
    let end = pages.host.monotonic() + limit;
    loop {
        let left = end.saturating_sub(pages.host.monotonic());
        let stage = look(pages, if left.is_zero() { LAST_LOOK } else { LOOK });
        if stage.outcome == Outcome::Pass || left.is_zero() || pages.host.interrupt().is_due() {
            return stage;
        }
        pages
            .host
            .sleep(TICK.min(end.saturating_sub(pages.host.monotonic())));
    }
}

/// One look.
fn look(pages: &HubPages<'_>, timeout: Duration) -> Stage {
    match pages.get_within("hub/api", timeout) {
        Ok(response) => match version(&response) {
            Some(version) => Stage::pass(StageName::HubApi, format!("JupyterHub {version} answers")),
            None => judge(&response, &pages.url("hub/api")),
        },
        Err(error) => judge_error(&error, pages),
    }
}

/// The version, where it is JupyterHub that answers: a page that says 200 to everything has none.
///
/// Source: <https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html> (`GET /`)
pub(super) fn version(response: &HttpResponse) -> Option<String> {
    let root: Map<String, Value> = (response.status == 200).then(|| response.json().ok())??;
    root.get("version")?.as_str().map(str::to_owned)
}

fn judge(response: &HttpResponse, url: &str) -> Stage {
    let fail = |cause, found: String| Stage::fail(StageName::HubApi, cause, found);
    match response.status {
        502..=504 => fail(
            StageCause::HubDown,
            format!(
                "traefik answers, the hub behind it does not (HTTP {})",
                response.status
            ),
        )
        .remedy("see why with: sudo journalctl -u jupyterhub -n 50"),
        404 if is_traefiks_own(response) => fail(
            StageCause::HubStarting,
            "traefik answers and has no hub to send people to (yet)".to_owned(),
        )
        .remedy(
            "a hub that starts has this for some seconds; if it stays: sudo journalctl -u jupyterhub -n 50",
        ),
        200 => fail(
            StageCause::NotJupyterhub,
            format!("something answers at {url}, but not as JupyterHub does"),
        )
        .remedy("find out what listens there: sudo ss -ltnp"),
        status @ (301 | 302 | 303 | 307 | 308) => fail(
            StageCause::OtherAddress,
            format!(
                "{url} redirects (HTTP {status}) to {}",
                response.location().unwrap_or("nowhere")
            ),
        )
        .remedy("traefik may still have an older configuration: sudo tljh-config reload proxy"),
        status => fail(StageCause::HubError, format!("{url} answers with HTTP {status}"))
            .remedy("see why with: sudo journalctl -u jupyterhub -n 50"),
    }
}

/// traefik, without a route for a path, says exactly this.
fn is_traefiks_own(response: &HttpResponse) -> bool {
    response.text().trim() == "404 page not found"
}

fn judge_error(error: &HttpError, pages: &HubPages<'_>) -> Stage {
    let fail = |cause, found: String| Stage::fail(StageName::HubApi, cause, found);
    match error {
        HttpError::Refused { at } => fail(
            StageCause::TraefikDown,
            format!(
                "nothing listens where traefik should ({} refuses the connection)",
                pages
                    .local
                    .map_or_else(|| at.clone(), |address| address.to_string())
            ),
        )
        .remedy("sudo systemctl status traefik; after a change of HTTPS: sudo tljh-config reload proxy"),
        HttpError::Timeout { .. } => fail(StageCause::HubSilent, format!("{error}"))
            .remedy("see what the hub is busy with: sudo journalctl -u jupyterhub -n 50"),
        HttpError::Tls { .. } => fail(
            StageCause::TlsFailed,
            format!("traefik does not speak TLS here: {error}"),
        )
        .remedy("sudo journalctl -u traefik -n 50"),
        error => fail(StageCause::HubSilent, format!("no usable answer: {error}"))
            .remedy("sudo journalctl -u traefik -u jupyterhub -n 50"),
    }
}
