//! Which handler answers which request.

use crate::standin::oauth::authorize;
use crate::standin::oauth::discovery;
use crate::standin::oauth::logout;
use crate::standin::oauth::token;
use crate::standin::oauth::userinfo;
use crate::standin::site::Site;
use crate::standin::web::endpoint::Endpoint;
use crate::standin::web::reply::{Asked, Failure, Reply};

/// Answers a request; whatever the connection does with it is not this function's business.
pub(in crate::standin) fn answer(site: &Site, asked: &Asked) -> Reply {
    let Some(endpoint) = Endpoint::at(&asked.path, &site.pool.id) else {
        return text(404, "Not Found").with_error("not_found");
    };
    if !endpoint.methods().contains(&asked.method.as_str()) {
        let allowed = endpoint.methods().join(", ");
        return text(405, "Method Not Allowed")
            .with_header("Allow", allowed)
            .with_error("method_not_allowed");
    }
    let reply = match endpoint {
        Endpoint::Authorize => authorize::authorize(site, asked),
        Endpoint::Login => authorize::login(site, asked),
        Endpoint::Token => token::token(site, asked),
        Endpoint::Revoke => token::revoke(site, asked),
        Endpoint::UserInfo => userinfo::userinfo(site, asked),
        Endpoint::Logout => Ok(logout::logout(site, asked)),
        Endpoint::Error => Ok(logout::error_page(asked)),
        Endpoint::Discovery => Ok(discovery::configuration(site)),
        Endpoint::Jwks => Ok(discovery::jwks(site)),
    };
    reply.unwrap_or_else(|Failure(why)| text(500, why).with_error("server_error"))
}

fn text(status: u16, words: &str) -> Reply {
    Reply {
        status,
        headers: vec![("Content-Type", "text/plain;charset=UTF-8".to_owned())],
        body: format!("{words}\n"),
        error: None,
    }
}
