//! The address that people type to reach the hub.

use std::fmt;

use url::{Host, Url};

use crate::invalid::Invalid;

const REMEDY: &str = "give the address that people type, like https://hub.example.org";

/// The hub's origin: scheme, host and port, without path and trailing slash.
///
/// `http` only for this machine itself, since Cognito accepts no other http callback. Source:
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-app-idp-settings.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubUrl {
    origin: String,
    host: String,
    local: bool,
    port: Option<u16>,
}

impl HubUrl {
    /// Reads an address as people paste it: without a scheme it is taken for `https` (`http` for
    /// this machine itself); JupyterHub's own paths behind it, capitals and spaces are dropped.
    ///
    /// # Errors
    /// When it is no address, has another path, or is http on a name other than localhost,
    /// 127.0.0.1 or \[::1\].
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let text = typed.trim();
        if text.is_empty() {
            return Err(Invalid::new("the hub's URL is empty", REMEDY));
        }
        if text.contains(['<', '>'])
            || text.contains("your-") && text.contains("-host")
            || text.contains("://[your")
        {
            return Err(Invalid::new(
                format!("'{text}' is still the placeholder of the documentation"),
                REMEDY,
            ));
        }
        let url = with_scheme(text)
            .and_then(|whole| Url::parse(&whole).ok())
            .ok_or_else(|| Invalid::new(format!("'{text}' is not a URL"), REMEDY))?;
        let host = url
            .host()
            .ok_or_else(|| Invalid::new(format!("'{text}' names no host"), REMEDY))?;
        check_parts(&url, text)?;
        let local = is_this_machine(&host);
        if url.scheme() == "http" && !local {
            return Err(Invalid::new(
                format!(
                    "'{text}' is http, and Cognito sends nobody back to an http address other than localhost"
                ),
                format!("use https://{host}, and let [https] mode say where the certificate comes from"),
            ));
        }
        check_host(&host, local, text)?;
        let host = host.to_string();
        let port = url.port();
        let origin = match port {
            Some(port) => format!("{}://{host}:{port}", url.scheme()),
            None => format!("{}://{host}", url.scheme()),
        };
        Ok(Self {
            origin,
            host,
            local,
            port,
        })
    }

    /// `https://hub.example.org`, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// The host name or address; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, where it is not the scheme's own.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether the URL begins with `https`.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// Whether the hub is reached on this machine only: `localhost`, `127.0.0.1`, `[::1]`.
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// Whether the host is an address rather than a name.
    pub fn is_address(&self) -> bool {
        self.host.starts_with('[') || self.host.parse::<std::net::Ipv4Addr>().is_ok()
    }
}

impl fmt::Display for HubUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

fn with_scheme(text: &str) -> Option<String> {
    if text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
    {
        return None;
    }
    let mut text = text;
    let lower = text.to_ascii_lowercase();
    for twice in [
        "https://https://",
        "http://http://",
        "https://http://",
        "http://https://",
    ] {
        if lower.starts_with(twice) {
            text = text.get(twice.find("//").map_or(0, |at| at + 2)..)?;
        }
    }
    if text.contains("://") {
        let scheme = text.split("://").next()?.to_ascii_lowercase();
        return matches!(scheme.as_str(), "http" | "https").then(|| text.to_owned());
    }
    let bare = text.trim_start_matches('/');
    let https = Url::parse(&format!("https://{bare}")).ok()?;
    if is_this_machine(&https.host()?) {
        Some(format!("http://{bare}"))
    } else {
        Some(https.to_string())
    }
}

fn check_parts(url: &Url, text: &str) -> Result<(), Invalid> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Invalid::new(
            "the hub's URL holds a user name or password",
            REMEDY,
        ));
    }
    if url.fragment().is_some() {
        return Err(Invalid::new(
            format!("'{text}' has a fragment (#…), which Cognito refuses in a callback"),
            REMEDY,
        ));
    }
    let path = url.path();
    let own = path == "/" || path == "/hub" || path.starts_with("/hub/");
    if !own {
        return Err(Invalid::new(
            format!("'{text}' has the path {path}"),
            "put the path into base_url and leave only scheme and host here",
        ));
    }
    if url.query().is_some() && path == "/" {
        return Err(Invalid::new(format!("'{text}' has a query (?…)"), REMEDY));
    }
    Ok(())
}

fn check_host(host: &Host<&str>, local: bool, text: &str) -> Result<(), Invalid> {
    let Host::Domain(name) = host else { return Ok(()) };
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    if name.len() > 253 || !name.trim_end_matches('.').split('.').all(label) {
        return Err(Invalid::new(
            format!("'{text}': '{name}' is not a host name"),
            REMEDY,
        ));
    }
    if name.ends_with('.') {
        return Err(Invalid::new(
            format!("'{text}' ends its host name in a dot, which browsers take for another site"),
            REMEDY,
        ));
    }
    if name.ends_with(".amazoncognito.com") {
        return Err(Invalid::new(
            format!("'{name}' is Cognito's domain, not the hub's"),
            REMEDY,
        ));
    }
    if !local && !name.contains('.') {
        return Err(Invalid::new(
            format!("'{name}' has no dot: nobody outside of this network knows such a name"),
            "give the full name, like https://hub.example.org",
        ));
    }
    Ok(())
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.octets() == [127, 0, 0, 1],
        Host::Ipv6(address) => *address == std::net::Ipv6Addr::LOCALHOST,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_read_however_it_was_pasted() {
        for typed in [
            "https://hub.example.org",
            "https://hub.example.org/",
            " HTTPS://Hub.Example.org:443/hub/login?next=%2Fhub%2F ",
            "hub.example.org",
            "https://https://hub.example.org/hub/oauth_callback",
        ] {
            assert_eq!(
                HubUrl::parse(typed).unwrap().as_str(),
                "https://hub.example.org",
                "{typed}"
            );
        }
    }

    #[test]
    fn this_machine_may_be_http_and_keeps_its_port() {
        for (typed, origin) in [
            ("http://localhost:8000/", "http://localhost:8000"),
            ("localhost:8000", "http://localhost:8000"),
            ("http://127.0.0.1", "http://127.0.0.1"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ] {
            let url = HubUrl::parse(typed).unwrap();
            assert_eq!(url.as_str(), origin);
            assert!(url.is_local() && !url.is_https());
        }
    }

    #[test]
    fn an_address_may_look_a_little_like_the_documentations() {
        for typed in ["https://your-hub.example.org", "https://my-host.example.org"] {
            assert_eq!(HubUrl::parse(typed).unwrap().as_str(), typed);
        }
        for typed in ["https://<hub>", "https://your-hub-host", "https://[your-hub]"] {
            let refused = HubUrl::parse(typed).unwrap_err();
            assert!(refused.problem.contains("placeholder"), "{refused}");
        }
    }

    #[test]
    fn what_no_address_holds_is_refused() {
        for (typed, told) in [
            ("https://my hub.example.org", "is not a URL"),
            ("https://hub\u{7}.example.org", "is not a URL"),
            ("https:\\\\hub.example.org", "is not a URL"),
            ("https://ada@hub.example.org", "user name or password"),
            ("https://:word@hub.example.org", "user name or password"),
            ("https://hub..example.org", "is not a host name"),
            ("https://-hub.example.org", "is not a host name"),
            ("https://hub-.example.org", "is not a host name"),
        ] {
            let refused = HubUrl::parse(typed).unwrap_err();
            assert!(refused.problem.contains(told), "{typed}: {refused}");
        }
    }

    #[test]
    fn the_longest_host_name_has_253_characters() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        assert_eq!(HubUrl::parse(&longest).unwrap().host(), longest);
        let refused = HubUrl::parse(&format!("{longest}a")).unwrap_err();
        assert!(refused.problem.contains("is not a host name"), "{refused}");
    }
}
