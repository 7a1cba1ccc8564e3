//! The hub's pages and Cognito's, as they are right now.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use hubgate::host::http::PeerCertificate;
use hubgate::host::memory::MemoryHost;
use hubgate::host::{Clock as _, HttpError, HttpRequest, HttpResponse};

use super::hub::{Login, Running};

type Shared = Arc<Mutex<Running>>;

/// The hub's public name.
pub const HUB: &str = "hub.example.org";
/// Cognito's domain.
pub const DOMAIN: &str = "my-hub.auth.eu-west-1.amazoncognito.com";
const BOOTED: &str = "/run/systemd/system";

/// Sets up what listens. `secret` is the one that Cognito knows.
pub fn open(host: &MemoryHost, running: &Shared, secret: &'static str) {
    for (origin, tls) in [
        ("http://127.0.0.1:80".to_owned(), false),
        ("https://127.0.0.1:443".to_owned(), true),
        (format!("http://{HUB}"), false),
        (format!("https://{HUB}"), true),
    ] {
        let running = running.clone();
        let from = origin.clone();
        host.site(origin, move |request, host| {
            let running = running.lock().unwrap();
            let up = running.is_up(host.monotonic());
            hub(request, &from, tls, up, &running)
        });
    }
    host.site(format!("https://{DOMAIN}"), move |request, _| {
        Ok(cognito(request, secret))
    });
    let day = Duration::from_secs(24 * 60 * 60);
    let new_year = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let certificate = PeerCertificate {
        common_name: Some(HUB.to_owned()),
        issuer: "A real authority".to_owned(),
        names: vec![HUB.to_owned()],
        not_before: new_year - day,
        not_after: new_year + day * 80,
        trusted: Ok(()),
    };
    host.set_certificate(HUB, Ok(certificate));
    host.put_folder(BOOTED, 0o755);
    for unit in ["jupyterhub", "traefik"] {
        let events = format!("/sys/fs/cgroup/system.slice/{unit}.service/cgroup.events");
        host.put(Path::new(&events), "populated 1\nfrozen 0\n", 0o444);
    }
}

/// traefik and, behind it, the hub. Without HTTPS at traefik, TLS may end in front of it.
fn hub(
    request: &HttpRequest,
    origin: &str,
    tls: bool,
    up: bool,
    running: &Running,
) -> Result<HttpResponse, HttpError> {
    let direct = request.connect_to.is_some();
    if tls && direct && !running.is_https() {
        return Err(HttpError::Refused {
            at: origin.to_owned(),
        });
    }
    let path = &request.url[origin.len()..];
    if !tls && running.is_https() {
        return Ok(HttpResponse::redirect(format!("https://{HUB}{path}")));
    }
    let Some(loaded) = running.hub.as_ref().ok().filter(|_| up) else {
        return Ok(HttpResponse::new(502, "Bad Gateway"));
    };
    let Some(page) = path.strip_prefix(&loaded.base_url) else {
        return Ok(HttpResponse::new(404, "404 page not found"));
    };
    Ok(
        match (page.split('?').next().unwrap_or_default(), &loaded.login) {
            ("hub/api", _) => HttpResponse::new(200, r#"{"version": "5.5.4"}"#),
            ("hub/login", login) => login_page(login, &loaded.base_url),
            ("hub/oauth_login", Login::Oauth { .. }) => to_provider(&loaded.login),
            _ => HttpResponse::new(404, "<title>JupyterHub</title>404 : Not Found"),
        },
    )
}

fn login_page(login: &Login, base_url: &str) -> HttpResponse {
    match login {
        Login::FirstUse => HttpResponse::new(
            200,
            format!(
                "<title>JupyterHub</title><form action='{base_url}hub/login?next=' method='post'>\
                 <input name='username'><input type='password' name='password'>\
                 <input type='submit' value='Sign in'></form>"
            ),
        ),
        Login::Oauth { auto_login: true, .. } => {
            HttpResponse::redirect(format!("{base_url}hub/oauth_login?next="))
        }
        Login::Oauth { service, .. } => HttpResponse::new(
            200,
            format!(
                "<title>JupyterHub</title><a role='button' class='btn' \
                 href='{base_url}hub/oauth_login?next='>Sign in with {service}</a>"
            ),
        ),
    }
}

fn to_provider(login: &Login) -> HttpResponse {
    let Login::Oauth {
        authorize_url,
        client_id,
        callback,
        scopes,
        ..
    } = login
    else {
        unreachable!()
    };
    let Ok(mut url) = url::Url::parse(authorize_url) else {
        return HttpResponse::redirect(format!("{authorize_url}?client_id={client_id}"));
    };
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("redirect_uri", callback)
        .append_pair("scope", &scopes.join(" "))
        .append_pair("state", "eyJzdGF0ZSI6IDF9")
        .append_pair("code_challenge", &"c".repeat(43))
        .append_pair("code_challenge_method", "S256");
    HttpResponse::redirect(url)
}

/// As much of Cognito as `verify` asks for.
fn cognito(request: &HttpRequest, secret: &str) -> HttpResponse {
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
            let right = fields.any(|(name, value)| name == "client_secret" && value == secret);
            let error = if right { "invalid_grant" } else { "invalid_client" };
            HttpResponse::new(400, format!("{{\"error\":\"{error}\"}}"))
        }
        "/logout" => HttpResponse::redirect(value("logout_uri").unwrap_or_default()),
        _ => HttpResponse::new(404, ""),
    }
}
