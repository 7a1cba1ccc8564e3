//! `/logout` and `/error`.

use crate::standin::fault::Fault;
use crate::standin::oauth::authorize::COOKIE;
use crate::standin::oauth::pages;
use crate::standin::pool::config::Client;
use crate::standin::site::Site;
use crate::standin::web::reply::{Asked, Reply};

/// GET `/logout`: ends the session of the login pages, then goes to a registered sign-out URL, or to the login form
/// when a callback URL is given instead.
pub(in crate::standin) fn logout(site: &Site, asked: &Asked) -> Reply {
    // The session ends even when the request is refused after that; both were seen on the live service.
    if let Some(cookie) = &asked.session {
        site.store().sessions.remove(cookie);
    }
    let client = asked.query.get("client_id").and_then(|id| site.client(id));
    let reply = match client.filter(|_| !site.has(Fault::SignOutRefused)) {
        Some(client) => after(site, client, asked),
        None => refused(site, asked),
    };
    reply.with_header(
        "Set-Cookie",
        format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
    )
}

fn after(site: &Site, client: &Client, asked: &Asked) -> Reply {
    let registered = |list: &[String], address: &str| list.iter().any(|known| known == address);
    match (asked.query.get("logout_uri"), asked.query.get("redirect_uri")) {
        (Some(address), _) if registered(&client.sign_outs, address) => Reply::redirect(address.to_owned()),
        (None, Some(address)) if registered(&client.callbacks, address) => {
            Reply::redirect(format!("{}/login?{}", site.base, asked.query.encode()))
        }
        (None, Some(_)) => Reply::redirect(format!(
            "{}/error?{}",
            site.base,
            crate::standin::web::reply::encode([
                ("error", "redirect_mismatch"),
                ("client_id", client.id.as_str())
            ])
        ))
        .with_error("redirect_mismatch"),
        _ => refused(site, asked),
    }
}

/// The live service was seen to carry the request's own query to the error page, which then misses a parameter
/// that nobody meant to send.
fn refused(site: &Site, asked: &Asked) -> Reply {
    let location = format!("{}/error?{}", site.base, asked.query.encode());
    Reply::redirect(location).with_error("logout_uri_not_registered")
}

/// GET `/error`.
pub(in crate::standin) fn error_page(asked: &Asked) -> Reply {
    const MISSING: &str = "Required String parameter 'redirect_uri' is not present";
    match (asked.query.get("error"), asked.query.get("redirect_uri")) {
        (None, None) => Reply::page(400, pages::error(MISSING)).with_error("redirect_uri_missing"),
        (error, _) => {
            let known = ["redirect_mismatch", "invalid_request"]
                .into_iter()
                .find(|known| Some(*known) == error);
            Reply::page(
                400,
                pages::error("An error was encountered with the requested page."),
            )
            .with_error(known.unwrap_or("error"))
        }
    }
}
