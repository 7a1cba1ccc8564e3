//! `/oauth2/authorize` and `/login`: from a hub's request to a code on its callback.

use secrecy::ExposeSecret;

use crate::standin::fault::Fault;
use crate::standin::ids;
use crate::standin::oauth::pages;
use crate::standin::pool::config::{Client, User};
use crate::standin::site::Site;
use crate::standin::store::{CODE_LIFE, Code, Grant, SESSION_LIFE, Session};
use crate::standin::web::reply::{Asked, Failure, Params, Reply, encode};

/// The cookie of the hosted UI's own session.
pub(in crate::standin) const COOKIE: &str = "cognito";

/// A request that Cognito would show a login form for.
struct Wanted<'a> {
    client: &'a Client,
    redirect_uri: &'a str,
    state: Option<&'a str>,
    nonce: Option<&'a str>,
    scopes: Vec<String>,
    challenge: Option<&'a str>,
    /// `prompt`, which managed login heeds and the classic pages do not.
    prompt: &'a str,
}

/// GET `/oauth2/authorize`: to the form, or straight back to the hub when the browser is signed in already.
pub(in crate::standin) fn authorize(site: &Site, asked: &Asked) -> Result<Reply, Failure> {
    let wanted = match check(site, &asked.query) {
        Ok(wanted) => wanted,
        Err(refusal) => return Ok(refusal),
    };
    let prompts =
        |value: &str| site.pool.managed_login && wanted.prompt.split(' ').any(|prompt| prompt == value);
    let session = site.store().session(asked.session.as_deref(), site.now());
    match session.filter(|_| !prompts("login")) {
        Some(session) => to_callback(site, &wanted, &session),
        None if prompts("none") => Ok(refused(&wanted, &[("error", "login_required")], "login_required")),
        None => Ok(Reply::redirect(format!(
            "{}/login?{}",
            site.base,
            asked.query.encode()
        ))),
    }
}

/// GET and POST `/login`: the form, and what is typed into it.
pub(in crate::standin) fn login(site: &Site, asked: &Asked) -> Result<Reply, Failure> {
    let wanted = match check(site, &asked.query) {
        Ok(wanted) => wanted,
        Err(refusal) => return Ok(refusal),
    };
    if site.has(Fault::BrandingMissing) || (site.pool.managed_login && !site.pool.branding) {
        return Ok(Reply::page(403, pages::no_branding()).with_error("login_pages_unavailable"));
    }
    let action = format!("/login?{}", asked.query.encode());
    if asked.method != "POST" {
        let hint = asked.query.get("login_hint").unwrap_or_default();
        return Ok(Reply::page(200, pages::login(&action, hint, None)));
    }
    let name = asked.form.get("username").unwrap_or_default();
    let Some(user) = right_user(site, name, asked.form.get("password").unwrap_or_default()) else {
        let page = pages::login(&action, name, Some("Incorrect username or password."));
        return Ok(Reply::page(200, page).with_error("incorrect_username_or_password"));
    };
    let now = site.now();
    let session = Session {
        username: user.username.clone(),
        auth_time: now,
        expires: now + SESSION_LIFE,
    };
    let id = ids::opaque(&site.rng, 32)?;
    site.store().sessions.insert(id.clone(), session.clone());
    // The real cookie is `Secure` too; over plain http on loopback not every client would send it back.
    let cookie = format!("{COOKIE}={id}; Path=/; Max-Age={SESSION_LIFE}; HttpOnly; SameSite=Lax");
    Ok(to_callback(site, &wanted, &session)?.with_header("Set-Cookie", cookie))
}

fn right_user<'a>(site: &'a Site, name: &str, password: &str) -> Option<&'a User> {
    site.pool
        .find(name.trim())
        .filter(|user| user.password.expose_secret() == password)
}

/// Everything that can be wrong with a request, in the order in which Cognito notices.
fn check<'a>(site: &'a Site, query: &'a Params) -> Result<Wanted<'a>, Reply> {
    let client_id = query.get("client_id").unwrap_or_default();
    let known = site
        .client(client_id)
        .filter(|_| !site.has(Fault::NoIdentityProvider));
    let client = known.ok_or_else(|| error_page(site, "invalid_request", client_id))?;
    let Some(redirect_uri) = query.get("redirect_uri") else {
        return Err(Reply::redirect(format!("{}/error?{}", site.base, query.encode()))
            .with_error("redirect_uri_missing"));
    };
    if !client.callbacks.iter().any(|callback| callback == redirect_uri) || site.has(Fault::RedirectMismatch)
    {
        return Err(error_page(site, "redirect_mismatch", client_id));
    }
    let mut wanted = Wanted {
        client,
        redirect_uri,
        state: query.get("state"),
        nonce: query.get("nonce"),
        scopes: Vec::new(),
        challenge: None,
        prompt: query.get("prompt").unwrap_or_default(),
    };
    match query.get("response_type") {
        Some("code") if !site.has(Fault::FlowNotAllowed) => {}
        Some("code" | "token") => {
            return Err(refused(
                &wanted,
                &[("error", "unauthorized_client")],
                "unauthorized_client",
            ));
        }
        _ => {
            return Err(refused(
                &wanted,
                &[("error", "invalid_request")],
                "invalid_request",
            ));
        }
    }
    wanted.scopes = scopes(site, client, query).ok_or_else(|| bad_scope(site, &wanted))?;
    wanted.challenge = challenge(query)
        .map_err(|()| refused(&wanted, &[("error", "invalid_request")], "invalid_request"))?;
    Ok(wanted)
}

/// The scopes asked for, all of the client's when none are. `None` when one is not allowed, or when one that only
/// goes with `openid` comes without it.
fn scopes(site: &Site, client: &Client, query: &Params) -> Option<Vec<String>> {
    if site.has(Fault::InvalidScope) || site.has(Fault::InvalidScopeAsDocumented) {
        return None;
    }
    let Some(asked) = query.get("scope") else {
        return Some(client.scopes.clone());
    };
    let scopes: Vec<String> = asked
        .split(' ')
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    let has = |name: &str| scopes.iter().any(|scope| scope == name);
    let needs_openid = ["email", "phone", "profile"].iter().any(|scope| has(scope));
    let allowed = scopes.iter().all(|scope| client.scopes.contains(scope));
    (allowed && (has("openid") || !needs_openid)).then_some(scopes)
}

/// PKCE: S256 and nothing else, challenge and method together or not at all.
fn challenge(query: &Params) -> Result<Option<&str>, ()> {
    match (query.get("code_challenge"), query.get("code_challenge_method")) {
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) if challenge.len() == 43 => Ok(Some(challenge)),
        _ => Err(()),
    }
}

fn error_page(site: &Site, error: &'static str, client_id: &str) -> Reply {
    let query = encode([("error", error), ("client_id", client_id)]);
    Reply::redirect(format!("{}/error?{query}", site.base)).with_error(error)
}

/// The live service was seen to say `invalid_request` with `invalid_scope` as its description, and the state in
/// between; the AWS guide says `error=invalid_scope`.
fn bad_scope(site: &Site, wanted: &Wanted<'_>) -> Reply {
    if site.has(Fault::InvalidScopeAsDocumented) {
        return refused(wanted, &[("error", "invalid_scope")], "invalid_scope");
    }
    let mut pairs = vec![("error_description", "invalid_scope")];
    pairs.extend(wanted.state.map(|state| ("state", state)));
    pairs.push(("error", "invalid_request"));
    Reply::redirect(with_query(wanted.redirect_uri, &pairs)).with_error("invalid_scope")
}

/// Back to the hub's callback with an error, and the state if there was one.
fn refused(wanted: &Wanted<'_>, pairs: &[(&str, &str)], error: &'static str) -> Reply {
    let mut pairs = pairs.to_vec();
    pairs.extend(wanted.state.map(|state| ("state", state)));
    Reply::redirect(with_query(wanted.redirect_uri, &pairs)).with_error(error)
}

/// Back to the hub's callback with a fresh code.
fn to_callback(site: &Site, wanted: &Wanted<'_>, session: &Session) -> Result<Reply, Failure> {
    let id = ids::uuid(&site.rng)?;
    let grant = Grant {
        client_id: wanted.client.id.clone(),
        username: session.username.clone(),
        scopes: wanted.scopes.clone(),
        nonce: wanted.nonce.map(str::to_owned),
        auth_time: session.auth_time,
    };
    let code = Code {
        grant,
        redirect_uri: wanted.redirect_uri.to_owned(),
        challenge: wanted.challenge.map(str::to_owned),
        expires: site.now() + CODE_LIFE,
    };
    site.store().codes.insert(id.clone(), code);
    let mut pairs = vec![("code", id.as_str())];
    pairs.extend(wanted.state.map(|state| ("state", state)));
    Ok(Reply::redirect(with_query(wanted.redirect_uri, &pairs)))
}

/// The registered URL byte for byte, and the pairs behind it.
fn with_query(address: &str, pairs: &[(&str, &str)]) -> String {
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{}", encode(pairs.iter().copied()))
}
