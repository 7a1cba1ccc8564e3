//! `/oauth2/userInfo`.

use serde_json::json;

use crate::standin::fault::Fault;
use crate::standin::oauth::claims;
use crate::standin::site::Site;
use crate::standin::web::reply::{Asked, Failure, Reply};

const EXPIRED: &str = "Access token is expired, disabled, or deleted, or the user has globally signed out.";
const NO_OPENID: &str = "Access token does not contain the 'openid' scope";

/// GET `/oauth2/userInfo` with a bearer token that the token endpoint gave out.
pub(in crate::standin) fn userinfo(site: &Site, asked: &Asked) -> Result<Reply, Failure> {
    let Some(token) = asked.authorization.as_deref().and_then(bearer) else {
        return Ok(refuse(
            400,
            "invalid_request",
            "Bad OAuth2 request at UserInfo Endpoint",
        ));
    };
    let now = site.now();
    let known = site
        .store()
        .access
        .get(token)
        .filter(|access| access.expires > now)
        .map(|access| access.grant.clone());
    match known.filter(|_| !site.has(Fault::Userinfo401)) {
        None => Ok(refuse(401, "invalid_token", EXPIRED)),
        Some(grant) if !grant.has_scope("openid") => Ok(refuse(401, "invalid_token", NO_OPENID)),
        Some(grant) => Ok(Reply::json(
            200,
            &claims::userinfo(site.user(&grant.username)?, &grant),
        )),
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// AWS documents the header; the JSON beside it was seen on the live service.
fn refuse(status: u16, error: &'static str, description: &str) -> Reply {
    let header = format!("error=\"{error}\", error_description=\"{description}\"");
    Reply::json(
        status,
        &json!({ "error": error, "error_description": description }),
    )
    .with_header("WWW-Authenticate", header)
    .with_error(error)
}
