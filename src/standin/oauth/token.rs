//! `/oauth2/token` and `/oauth2/revoke`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::standin::fault::Fault;
use crate::standin::ids;
use crate::standin::jwt;
use crate::standin::oauth::claims::{self, Stamp};
use crate::standin::oauth::pages;
use crate::standin::pool::config::Client;
use crate::standin::site::Site;
use crate::standin::store::{Access, Grant, REFRESH_LIFE, Refresh, TOKEN_LIFE};
use crate::standin::web::reply::{Asked, Failure, Reply};

/// POST `/oauth2/token`. Every refusal is a 400 with JSON; the secret is looked at before the code.
pub(in crate::standin) fn token(site: &Site, asked: &Asked) -> Result<Reply, Failure> {
    if site.has(Fault::TokenOddAnswer) {
        return Ok(Reply::page(403, pages::blocked()).with_error("odd_answer"));
    }
    if site.has(Fault::TokenServerError) {
        return Err(Failure("the token endpoint was told to fail"));
    }
    if !asked.is_form {
        return Ok(refuse("invalid_request"));
    }
    let client = match authenticate(site, asked) {
        Ok(client) => client,
        Err(refusal) => return Ok(refusal),
    };
    if site.has(Fault::FlowNotAllowed) {
        return Ok(refuse("unauthorized_client"));
    }
    match asked.form.get("grant_type") {
        Some("authorization_code") => redeem(site, asked, client),
        Some("refresh_token") => refresh(site, asked, client),
        Some("client_credentials") => Ok(refuse("unauthorized_client")),
        Some(_) => Ok(refuse("unsupported_grant_type")),
        None => Ok(refuse("invalid_request")),
    }
}

/// POST `/oauth2/revoke`: ends a refresh token and the access tokens that came of it.
pub(in crate::standin) fn revoke(site: &Site, asked: &Asked) -> Result<Reply, Failure> {
    if let Err(refusal) = authenticate(site, asked) {
        return Ok(refusal);
    }
    let Some(token) = asked.form.get("token") else {
        return Ok(refuse("invalid_request"));
    };
    let mut store = site.store();
    if store.access.contains_key(token) || token.starts_with("eyJ") {
        return Ok(refuse("unsupported_token_type"));
    }
    // A token that is not there (any more) is revoked all the same (RFC 7009).
    store.revoke(token);
    Ok(Reply {
        status: 200,
        headers: Vec::new(),
        body: String::new(),
        error: None,
    })
}

/// A pair of id and secret, from the header or from the body.
fn authenticate<'a>(site: &'a Site, asked: &Asked) -> Result<&'a Client, Reply> {
    let basic = match asked.authorization.as_deref() {
        Some(header) => Some(basic(header).ok_or_else(|| refuse("invalid_client"))?),
        None => None,
    };
    let in_form = asked.form.get("client_id");
    let (id, secret) = match &basic {
        Some((id, secret)) => (Some(id.as_str()), Some(secret.as_str())),
        None => (in_form, asked.form.get("client_secret")),
    };
    let id = id.ok_or_else(|| refuse("invalid_request"))?;
    // An id in the body that is not the header's belongs to somebody else.
    let agreed = in_form.is_none_or(|other| other == id);
    let client = site
        .client(id)
        .filter(|_| agreed)
        .ok_or_else(|| refuse("invalid_client"))?;
    let right = secret.is_some_and(|secret| client.accepts_secret(secret)) && !site.has(Fault::WrongSecret);
    if right { Ok(client) } else { Err(wrong_secret()) }
}

/// `Basic base64(id:secret)`, taken as it is: `+` is a letter of ids and secrets, so nothing is URL-decoded.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    decoded
        .split_once(':')
        .map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

/// A code for tokens. The code is spent by being shown, right or wrong.
fn redeem(site: &Site, asked: &Asked, client: &Client) -> Result<Reply, Failure> {
    let (Some(code), Some(redirect_uri)) = (asked.form.get("code"), asked.form.get("redirect_uri")) else {
        return Ok(refuse("invalid_request"));
    };
    let known = site.store().take_code(code, site.now());
    let Some(code) = known.filter(|code| code.grant.client_id == client.id && !site.has(Fault::CodeRefused))
    else {
        return Ok(refuse("invalid_grant"));
    };
    if code.redirect_uri != redirect_uri {
        return Ok(refuse("unauthorized_client"));
    }
    let verifier = asked.form.get("code_verifier");
    if code.challenge != verifier.map(jwt::s256) {
        return Ok(refuse("invalid_grant"));
    }
    issue(site, code.grant, None)
}

/// A refresh token for fresh tokens; the refresh token itself stays and is not sent again.
fn refresh(site: &Site, asked: &Asked, client: &Client) -> Result<Reply, Failure> {
    let Some(token) = asked.form.get("refresh_token") else {
        return Ok(refuse("invalid_request"));
    };
    let known = {
        let store = site.store();
        let alive = store
            .refresh
            .get(token)
            .filter(|refresh| refresh.expires > site.now());
        alive.map(|refresh| (refresh.grant.clone(), refresh.origin.clone()))
    };
    match known.filter(|(grant, _)| grant.client_id == client.id) {
        Some((grant, origin)) => issue(site, grant, Some(origin)),
        None => Ok(refuse("invalid_grant")),
    }
}

/// The tokens of a login, or of its refreshing when there is an origin already.
fn issue(site: &Site, grant: Grant, origin: Option<String>) -> Result<Reply, Failure> {
    let user = site.user(&grant.username)?;
    let first = origin.is_none();
    let origin = match origin {
        Some(origin) => origin,
        None => ids::uuid(&site.rng)?,
    };
    let now = site.now();
    let stamp = Stamp {
        issuer: site.issuer(),
        now,
        origin: origin.clone(),
        event: ids::uuid(&site.rng)?,
    };
    let access = site.signer.sign(
        &site.rng,
        &claims::access(user, &grant, &stamp, &ids::uuid(&site.rng)?),
    )?;
    let mut answer = json!({ "access_token": access, "expires_in": TOKEN_LIFE, "token_type": "Bearer" });
    if grant.has_scope("openid") {
        let groups = !site.has(Fault::IdTokenWithoutGroups);
        let id = claims::id(
            user,
            &grant,
            &stamp,
            &ids::uuid(&site.rng)?,
            &jwt::at_hash(&access),
            groups,
        );
        answer["id_token"] = site.signer.sign(&site.rng, &id)?.into();
    }
    let mut store = site.store();
    if first {
        let refresh = ids::opaque(&site.rng, 64)?;
        answer["refresh_token"] = refresh.clone().into();
        let expires = now + REFRESH_LIFE;
        store.refresh.insert(
            refresh,
            Refresh {
                grant: grant.clone(),
                origin: origin.clone(),
                expires,
            },
        );
    }
    store.access.insert(
        access,
        Access {
            grant,
            origin,
            expires: now + TOKEN_LIFE,
        },
    );
    Ok(Reply::json(200, &answer))
}

fn refuse(error: &'static str) -> Reply {
    Reply::json(400, &json!({ "error": error })).with_error(error)
}

/// Seen on the live service with this description; a client must not count on it, it is optional.
fn wrong_secret() -> Reply {
    let body = json!({ "error": "invalid_client", "error_description": "invalid_client_secret" });
    Reply::json(400, &body).with_error("invalid_client")
}
