//! A browser's share of a login: it keeps cookies, and goes where a redirect points when told to.

use std::net::SocketAddr;
use std::time::Duration;

use cookie_store::{CookieStore, RawCookie};
use url::Url;

use super::{Http, HttpError, HttpRequest, HttpResponse, Method};

/// A browser without a window. Cookies are kept by host, whatever the port, as browsers keep them.
pub struct Session<'h> {
    http: &'h dyn Http,
    jar: CookieStore,
    connect: Vec<(String, SocketAddr)>,
    timeout: Duration,
    any_certificate: bool,
}

/// Where the browser is now.
#[derive(Debug, Clone)]
pub struct Page {
    pub url: Url,
    pub response: HttpResponse,
    request: HttpRequest,
}

impl Page {
    /// The full URL that a redirect points at.
    pub fn redirect_target(&self) -> Option<Url> {
        let mut target = self.url.join(self.response.location()?).ok()?;
        target.set_fragment(None);
        Some(target)
    }
}

impl<'h> Session<'h> {
    /// No cookies, ten seconds a request.
    pub fn new(http: &'h dyn Http) -> Self {
        Session {
            http,
            jar: CookieStore::default(),
            connect: Vec::new(),
            timeout: Duration::from_secs(10),
            any_certificate: false,
        }
    }

    /// Whenever `host` is meant, talk to `address`.
    pub fn connect_host(mut self, host: impl Into<String>, address: SocketAddr) -> Self {
        self.connect.push((host.into(), address));
        self
    }

    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Take any certificate: for a stand-in or a hub that has none of its own yet.
    pub fn any_certificate(mut self) -> Self {
        self.any_certificate = true;
        self
    }

    pub fn get(&mut self, url: impl AsRef<str>) -> Result<Page, HttpError> {
        self.send(HttpRequest::get(url.as_ref()))
    }

    pub fn post_form<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        url: impl AsRef<str>,
        fields: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Page, HttpError> {
        self.send(HttpRequest::post_form(url.as_ref(), fields))
    }

    /// Sends any request with the cookies and headers that a browser would add to it.
    pub fn send(&mut self, request: HttpRequest) -> Result<Page, HttpError> {
        let url = Url::parse(&request.url).map_err(|error| HttpError::Other {
            at: request.url.clone(),
            detail: error.to_string(),
        })?;
        let mut sent = request.clone().timeout(self.timeout);
        sent.any_certificate |= self.any_certificate;
        if sent.connect_to.is_none() {
            sent.connect_to = self.address_of(&url);
        }
        // JupyterHub tells a person's navigation from a script's request by these.
        sent = sent.header("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        sent = sent.header("Sec-Fetch-Mode", "navigate");
        if let Some(cookies) = self.cookie_header(&url) {
            sent = sent.header("Cookie", cookies);
        }
        let response = self.http.send(&sent)?;
        // A browser, too, drops a cookie that it cannot read.
        let cookies = response
            .header_values("set-cookie")
            .filter_map(|c| RawCookie::parse(c.to_owned()).ok());
        self.jar.store_response_cookies(cookies, &url);
        Ok(Page {
            url,
            response,
            request,
        })
    }

    /// One hop: to where the page redirects, or `None` when it does not.
    pub fn follow(&mut self, page: &Page) -> Result<Option<Page>, HttpError> {
        let Some(target) = page.redirect_target() else {
            return Ok(None);
        };
        // 307 and 308 repeat the request; after the others a browser asks with GET.
        let request = if matches!(page.response.status, 307 | 308) {
            HttpRequest {
                url: target.into(),
                ..page.request.clone()
            }
        } else {
            HttpRequest::new(Method::Get, target)
        };
        self.send(request).map(Some)
    }

    /// Hop by hop to the page that does not redirect. More than `hops` of them are a loop.
    pub fn follow_to_end(&mut self, page: Page, hops: usize) -> Result<Page, HttpError> {
        let mut page = page;
        for _ in 0..hops {
            match self.follow(&page)? {
                Some(next) => page = next,
                None => return Ok(page),
            }
        }
        if page.redirect_target().is_none() {
            return Ok(page);
        }
        Err(HttpError::Other {
            at: page.url.into(),
            detail: format!("more than {hops} redirects"),
        })
    }

    /// The value of a cookie that would be sent to `url`, such as `_xsrf`.
    pub fn cookie(&self, url: &Url, name: &str) -> Option<String> {
        self.jar
            .get_request_values(url)
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value.to_owned())
    }

    fn cookie_header(&self, url: &Url) -> Option<String> {
        let pairs: Vec<_> = self
            .jar
            .get_request_values(url)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn address_of(&self, url: &Url) -> Option<SocketAddr> {
        let host = url.host_str()?;
        self.connect
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(host))
            .map(|(_, address)| *address)
    }
}

#[cfg(test)]
mod tests;
