//! Where TLJH's bootstrap script comes from.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use crate::invalid::Invalid;

/// An address or a file that holds TLJH's bootstrap script. It runs as root, so it comes encrypted, or
/// from this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BootstrapSource {
    /// An `https` URL, or an `http` URL of this machine.
    Url(Url),
    /// A file of this machine.
    File(PathBuf),
}

impl BootstrapSource {
    /// TLJH's own address for it.
    pub const OFFICIAL: &str = "https://tljh.jupyter.org/bootstrap.py";
}

impl FromStr for BootstrapSource {
    type Err = Invalid;

    fn from_str(typed: &str) -> Result<Self, Invalid> {
        let text = typed.trim();
        let refuse = |problem: String| {
            let remedy = format!("give {} or a file", Self::OFFICIAL);
            Err(Invalid::new(problem, remedy))
        };
        if let Some(path) = text.strip_prefix("file://") {
            return Ok(Self::File(PathBuf::from(path)));
        }
        if !text.contains("://") {
            if text.is_empty() {
                return refuse("it is empty".to_owned());
            }
            return Ok(Self::File(PathBuf::from(text)));
        }
        match Url::parse(text) {
            Ok(url) if is_safe(&url) => Ok(Self::Url(url)),
            Ok(url) if url.scheme() == "http" => refuse(format!(
                "'{text}' is not encrypted, and what comes from there would run as root"
            )),
            Ok(_) => refuse(format!("'{text}' is no https address")),
            Err(error) => refuse(format!("'{text}' is no address: {error}")),
        }
    }
}

/// Nobody on the way can change what comes from there.
pub(super) fn is_safe(url: &Url) -> bool {
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(url::Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => return false,
    };
    url.scheme() == "https" || url.scheme() == "http" && local
}

impl fmt::Display for BootstrapSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => url.fmt(f),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_or_a_file() {
        for (typed, shown) in [
            (BootstrapSource::OFFICIAL, BootstrapSource::OFFICIAL),
            ("http://127.0.0.1:8000/b.py", "http://127.0.0.1:8000/b.py"),
            ("http://localhost/b.py", "http://localhost/b.py"),
            ("http://[::1]/b.py", "http://[::1]/b.py"),
            ("file:///root/b.py", "/root/b.py"),
            (" b.py", "b.py"),
        ] {
            assert_eq!(typed.parse::<BootstrapSource>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_would_run_as_root_comes_encrypted() {
        for typed in [
            "http://tljh.jupyter.org/bootstrap.py",
            "http://127.0.0.1.example.org/",
        ] {
            let refused = typed.parse::<BootstrapSource>().unwrap_err();
            assert!(refused.problem.contains("not encrypted"), "{refused}");
        }
        for typed in ["", "ftp://example.org/b.py", "https://"] {
            assert!(typed.parse::<BootstrapSource>().is_err(), "{typed}");
        }
    }
}
