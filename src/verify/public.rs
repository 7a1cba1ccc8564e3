//! Does the hub answer at the address that people type?

use std::time::Duration;

use super::hub_pages::HubPages;
use super::report::{Stage, StageCause, StageName};
use super::{Expectation, hub_api, redirect};
use crate::host::{Host, HttpError, HttpResponse};

/// What is not seen here is not proven wrong: DNS may be new, and a machine need not reach its own public
/// address. So this stage passes or does not know.
pub(super) fn stage(host: &dyn Host, expected: &Expectation, timeout: Duration) -> Stage {
    let pages = HubPages::public(host, expected, timeout);
    let found = pages
        .get("hub/api")
        .map(|response| judge_api(&response, expected))
        .and_then(|trouble| match trouble {
            Some(trouble) => Ok(trouble),
            None => pages
                .get("hub/oauth_login")
                .map(|response| judge_login(&response, expected)),
        });
    found.unwrap_or_else(|error| judge_error(&error))
}

fn unknown(cause: StageCause, found: String) -> Stage {
    Stage::unknown(StageName::PublicAddress, cause, found)
}

/// What is wrong with the answer, if anything.
fn judge_api(response: &HttpResponse, expected: &Expectation) -> Option<Stage> {
    if hub_api::version(response).is_some() {
        return None;
    }
    let url = expected.page("hub/api");
    let found = match response.location() {
        Some(location) => format!("{url} redirects to {location}"),
        None if response.status == 200 => format!("something answers at {url}, but not as JupyterHub does"),
        None => format!("{url} answers with HTTP {}", response.status),
    };
    Some(unknown(StageCause::OtherSite, found).remedy(
        "does the name lead to this machine, and does what stands in front of the hub pass everything on to it?",
    ))
}

fn judge_login(response: &HttpResponse, expected: &Expectation) -> Stage {
    let differences = match response.location() {
        Some(location) => redirect::differences(location, expected),
        None => vec![format!("/hub/oauth_login answers with HTTP {}", response.status)],
    };
    if differences.is_empty() {
        return Stage::pass(
            StageName::PublicAddress,
            format!("{} leads to this hub and its login", expected.page("")),
        );
    }
    unknown(
        StageCause::OtherSite,
        format!(
            "{} leads to a hub with another login: {}",
            expected.page(""),
            differences.join("; ")
        ),
    )
    .remedy("does the name lead to this machine? A changed DNS record needs some time")
}

fn judge_error(error: &HttpError) -> Stage {
    match error {
        HttpError::Dns { .. } => unknown(StageCause::NoAddress, format!("{error}"))
            .remedy("add a DNS record for the hub's name; a new one may need some minutes"),
        HttpError::Tls { .. } => unknown(StageCause::TlsFailed, format!("no trusted connection: {error}"))
            .remedy("browsers warn here too; look at the certificate of whatever answers at the public address"),
        error => unknown(StageCause::PublicUnreachable, format!("{error}")).remedy(
            "open port 443 in the instance's security group; from this machine the public address may be out of reach though people get there: try it from outside",
        ),
    }
}
