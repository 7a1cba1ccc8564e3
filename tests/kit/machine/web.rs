//! What the machine's web servers say, and what Cognito does, as they are right now.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hubgate::host::http::PeerCertificate;
use hubgate::host::memory::MemoryHost;
use hubgate::host::{Clock, HttpError, HttpRequest, HttpResponse};

use super::pages::page;
use super::running::Running;
use super::{HUB, SECRET};

type Shared = Arc<Mutex<Running>>;

pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Cognito's domain.
pub const DOMAIN: &str = "my-hub.auth.eu-west-1.amazoncognito.com";
const BOOTED: &str = "/run/systemd/system";

/// Sets up what listens.
pub fn open(host: &MemoryHost, name: &str, running: &Shared) {
    for origin in ["http://127.0.0.1", "https://127.0.0.1"]
        .map(str::to_owned)
        .into_iter()
        .chain(["http", "https"].map(|scheme| format!("{scheme}://{name}")))
    {
        let running = running.clone();
        host.site(origin, move |request, host| answer(&running, request, host));
    }
    host.site(format!("https://{DOMAIN}"), |request, _| Ok(cognito(request)));
    host.set_certificate(HUB, Ok(certificate(host)));
    host.put_folder(BOOTED, 0o755);
}

/// A good one, a month old, with two months to go.
pub fn certificate(host: &dyn Clock) -> PeerCertificate {
    PeerCertificate {
        common_name: Some(HUB.into()),
        issuer: "R11".into(),
        names: vec![HUB.into()],
        not_before: host.now() - DAY * 30,
        not_after: host.now() + DAY * 60,
        trusted: Ok(()),
    }
}

/// traefik and, behind it, the hub. Without HTTPS at traefik, TLS may end in front of it.
pub fn answer(running: &Shared, request: &HttpRequest, host: &MemoryHost) -> Result<HttpResponse, HttpError> {
    let running = running.lock().unwrap();
    let (scheme, rest) = request.url.split_once("://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if scheme == "https" && request.connect_to.is_some() && !running.is_https() {
        return Err(HttpError::Refused {
            at: authority.to_owned(),
        });
    }
    if scheme == "http" && running.is_https() {
        return Ok(HttpResponse::redirect(format!("https://{HUB}{path}")));
    }
    let up = running.is_up(host.monotonic());
    Ok(match running.hub.as_ref().ok().filter(|_| up) {
        Some(loaded) => page(path, &loaded.pages),
        None => HttpResponse::new(502, "Bad Gateway"),
    })
}

/// As much of Cognito as `verify` asks for.
fn cognito(request: &HttpRequest) -> HttpResponse {
    let path = request.url[format!("https://{DOMAIN}").len()..].to_owned();
    let (path, query) = path.split_once('?').unwrap_or((&path, ""));
    let value = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    match path {
        "/oauth2/authorize" => HttpResponse::redirect(format!("/login?{query}")),
        "/login" => HttpResponse::new(200, "<form></form>"),
        "/oauth2/token" => {
            let body = String::from_utf8(request.body.clone().unwrap_or_default()).unwrap();
            let mut fields = url::form_urlencoded::parse(body.as_bytes());
            let right = fields.any(|(name, value)| name == "client_secret" && value == SECRET);
            let error = if right { "invalid_grant" } else { "invalid_client" };
            HttpResponse::new(400, format!("{{\"error\":\"{error}\"}}"))
        }
        "/logout" => HttpResponse::redirect(value("logout_uri").unwrap_or_default()),
        _ => HttpResponse::new(404, ""),
    }
}
