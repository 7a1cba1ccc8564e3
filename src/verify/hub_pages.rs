//! This machine's hub, asked as a browser would ask the public one.

use std::net::SocketAddr;
use std::time::Duration;

use super::Expectation;
use crate::host::{Host, HttpError, HttpRequest, HttpResponse};
use crate::tljh::LocalHub;

/// A way to the hub's pages: through this machine's traefik, or through the public name.
pub(super) struct HubPages<'a> {
    pub(super) host: &'a dyn Host,
    /// Scheme, host and port as they stand in the URLs asked for.
    origin: String,
    /// Where traefik listens here; without it, wherever the name leads.
    pub(super) local: Option<SocketAddr>,
    base_url: String,
    timeout: Duration,
}

impl<'a> HubPages<'a> {
    /// Without knowing what the hub is called outside: by the address that traefik has here.
    pub(super) fn nameless(host: &'a dyn Host, hub: &LocalHub, timeout: Duration) -> Self {
        let scheme = if hub.https.is_some() { "https" } else { "http" };
        HubPages {
            host,
            origin: format!("{scheme}://{}", hub.address()),
            local: Some(hub.address()),
            base_url: hub.base_url.as_str().to_owned(),
            timeout,
        }
    }

    /// Through this machine's traefik, by the public name: the hub sees the Host that browsers send,
    /// and traefik picks the certificate that they get, whatever DNS says so far.
    pub(super) fn local(host: &'a dyn Host, expected: &Expectation, timeout: Duration) -> Self {
        let https = expected.local.https.is_some();
        let origin = if https == expected.hub_url.starts_with("https:") {
            expected.hub_url.clone()
        } else {
            // TLS ends in front of the hub, which passes the name on and takes its own port.
            let scheme = if https { "https" } else { "http" };
            format!("{scheme}://{}", expected.hub_host)
        };
        HubPages {
            host,
            origin,
            local: Some(expected.local.address()),
            base_url: expected.base_url.as_str().to_owned(),
            timeout,
        }
    }

    /// As everybody reaches it: DNS, whatever stands in front, and a certificate that is trusted.
    pub(super) fn public(host: &'a dyn Host, expected: &Expectation, timeout: Duration) -> Self {
        HubPages {
            host,
            origin: expected.hub_url.clone(),
            local: None,
            base_url: expected.base_url.as_str().to_owned(),
            timeout,
        }
    }

    /// The URL of a page below the base URL, `hub/login`.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.base_url)
    }

    /// A page, as a browser's navigation asks for it. No redirect is followed.
    pub(super) fn get(&self, path: &str) -> Result<HttpResponse, HttpError> {
        self.get_within(path, self.timeout)
    }

    pub(super) fn get_within(&self, path: &str, timeout: Duration) -> Result<HttpResponse, HttpError> {
        let mut request = navigation(self.url(path)).timeout(timeout).connect_to(self.local);
        // What certificate is shown here is another stage's question, and no secret goes this way.
        request.any_certificate = self.local.is_some();
        self.host.send(&request)
    }
}

/// A GET as a browser's navigation sends it; JupyterHub tells it from a script's request by these.
pub(super) fn navigation(url: impl Into<String>) -> HttpRequest {
    HttpRequest::get(url)
        .header("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
        .header("Sec-Fetch-Mode", "navigate")
}
