use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::{Request, Response};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, AsSendBody, Body, Proxy, Timeout};
use url::Url;

use super::failure::explain_io;
use super::{SystemHost, certificate};
use crate::host::http::{
    BODY_LIMIT, Http, HttpError, HttpRequest, HttpResponse, Method, Peer, PeerCertificate,
};

/// Connecting either works soon or not at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// A hub that restarts closes its connections; an old one is not worth trying.
const IDLE_LIMIT: Duration = Duration::from_secs(2);

impl Http for SystemHost {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, HttpError> {
        let url = Url::parse(&request.url).map_err(|e| HttpError::Other {
            at: request.url.clone(),
            detail: e.to_string(),
        })?;
        let started = Instant::now();
        let agent = self.agents.get(&Route::of(request, &url));
        let answer = match exchange(&agent, request, &url, started) {
            // A connection kept from the last request may be closed by now, which shows only when it is used.
            // A browser, too, asks again then, if asking twice does no harm.
            Err(error) if is_hangup(&error) && matches!(request.method, Method::Get | Method::Head) => {
                exchange(&agent, request, &url, started)
            }
            answer => answer,
        };
        answer.map_err(|error| explain(error, &url, proxy_for(&agent, &url)))
    }

    fn peer_certificate(&self, peer: &Peer) -> Result<PeerCertificate, HttpError> {
        certificate::of_peer(peer)
    }
}

fn exchange(
    agent: &Agent,
    request: &HttpRequest,
    url: &Url,
    started: Instant,
) -> Result<HttpResponse, ureq::Error> {
    let mut builder = Request::builder()
        .method(request.method.as_str())
        .uri(url.as_str());
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let timeout = request.timeout.saturating_sub(started.elapsed());
    let mut answer = match &request.body {
        Some(body) => run(agent, builder.body(&body[..])?, timeout),
        None => run(agent, builder.body(())?, timeout),
    }?;
    let body = answer
        .body_mut()
        .with_config() // It refuses at the limit already.
        .limit(BODY_LIMIT + 1)
        .read_to_vec()?;
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    Ok(HttpResponse {
        status: answer.status().as_u16(),
        headers,
        body,
        took: started.elapsed(),
    })
}

fn run(
    agent: &Agent,
    request: Request<impl AsSendBody>,
    timeout: Duration,
) -> Result<Response<Body>, ureq::Error> {
    let request = agent.configure_request(request).timeout_global(Some(timeout));
    agent.run(request.timeout_connect(Some(timeout.min(CONNECT_LIMIT))).build())
}

fn is_hangup(error: &ureq::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let kinds = [BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof];
    matches!(error, ureq::Error::Io(error) if kinds.contains(&error.kind()))
}

/// What requests must have in common to share connections and loaded certificates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Route {
    connect_to: Option<SocketAddr>,
    any_certificate: bool,
    proxied: bool,
}

impl Route {
    fn of(request: &HttpRequest, url: &Url) -> Self {
        Route {
            connect_to: request.connect_to,
            any_certificate: request.any_certificate,
            // What is on this machine is never asked through a proxy.
            proxied: request.connect_to.is_none() && !is_loopback(url) && has_proxy_for(url),
        }
    }

    fn agent(&self) -> Agent {
        let tls = TlsConfig::builder()
            // The host's own CA store, loaded with the first handshake.
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .disable_verification(self.any_certificate)
            .build();
        let config: Config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("hubgate/", env!("CARGO_PKG_VERSION")))
            .proxy(if self.proxied { Proxy::try_from_env() } else { None })
            .max_idle_age(IDLE_LIMIT)
            .tls_config(tls)
            .build();
        Agent::with_parts(
            config,
            DefaultConnector::default(),
            Names {
                fixed: self.connect_to,
            },
        )
    }
}

/// One agent a route, made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Agents(Mutex<HashMap<Route, Agent>>);

impl Agents {
    fn get(&self, route: &Route) -> Agent {
        let mut agents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        agents
            .entry(route.clone())
            .or_insert_with(|| route.agent())
            .clone()
    }
}

/// The system's name lookup, unless the address is given; its failures keep their own kind.
#[derive(Debug)]
struct Names {
    fixed: Option<SocketAddr>,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct LookupFailed(String);

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if let Some(address) = self.fixed {
            let mut addresses = self.empty();
            addresses.push(address);
            return Ok(addresses);
        }
        DefaultResolver::default()
            .resolve(uri, config, timeout)
            .map_err(|error| match error {
                ureq::Error::Io(e) => ureq::Error::Other(Box::new(LookupFailed(e.to_string()))),
                ureq::Error::HostNotFound => ureq::Error::Other(Box::new(LookupFailed("no address".into()))),
                other => other,
            })
    }
}

/// The proxy on the way there, without the password that its URL may hold.
fn proxy_for(agent: &Agent, url: &Url) -> Option<String> {
    let proxy = agent.config().proxy()?;
    let passed_by = url.as_str().parse().is_ok_and(|uri| proxy.is_no_proxy(&uri));
    (!passed_by).then(|| format!("{}:{}", proxy.host(), proxy.port()))
}

fn explain(error: ureq::Error, url: &Url, proxy: Option<String>) -> HttpError {
    let host = url.host_str().unwrap_or_default().to_owned();
    let mut at = match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.clone(),
    };
    if let Some(proxy) = proxy {
        // The name that was looked up is the proxy's: the proxy looks up the other one.
        if matches!(
            &error,
            ureq::Error::HostNotFound | ureq::Error::Timeout(Timeout::Resolve)
        ) || matches!(&error, ureq::Error::Other(other) if other.is::<LookupFailed>())
        {
            return HttpError::Other {
                at: format!("the proxy {proxy}"),
                detail: "its name has no address".into(),
            };
        }
        at = format!("{at} (through the proxy {proxy})");
    }
    match error {
        ureq::Error::HostNotFound => HttpError::Dns {
            host,
            detail: "no address".into(),
        },
        ureq::Error::Timeout(Timeout::Resolve) => HttpError::Dns {
            host,
            detail: "the name servers do not answer".into(),
        },
        ureq::Error::Timeout(_) => HttpError::Timeout { at },
        ureq::Error::Other(other) if other.is::<LookupFailed>() => HttpError::Dns {
            host,
            detail: other.to_string(),
        },
        ureq::Error::Rustls(e) => HttpError::Tls {
            at,
            detail: e.to_string(),
        },
        ureq::Error::Tls(detail) => HttpError::Tls {
            at,
            detail: detail.to_owned(),
        },
        ureq::Error::Io(e) => explain_io(&e, at),
        other => HttpError::Other {
            at,
            detail: other.to_string(),
        },
    }
}

/// `http_proxy` alone, which a cache of packages may be, is not for https: so curl and Python, too, take it.
fn has_proxy_for(url: &Url) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let for_https = ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"];
    url.scheme() == "http" || for_https.into_iter().any(is_set)
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}
