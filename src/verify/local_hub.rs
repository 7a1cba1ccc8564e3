//! Where this machine's hub listens, by TLJH's `config.yaml`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use serde::Deserialize;

use crate::host::{Files, Host};
use crate::hub::BaseUrl;
use crate::tljh::{MEND_BY_HAND, yaml_fault};

/// `config.yaml` below TLJH's prefix.
const CONFIG: &str = "config/config.yaml";

/// Where traefik listens on this machine, and the path that the hub lives under.
///
/// Defaults: <https://github.com/jupyterhub/the-littlest-jupyterhub/blob/main/tljh/configurer.py>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalHub {
    /// Where traefik takes http; with HTTPS on it only redirects.
    pub http: SocketAddr,
    /// Where traefik takes https, when HTTPS is on.
    pub https: Option<SocketAddr>,
    /// The path that the hub lives under.
    pub base_url: BaseUrl,
}

impl Default for LocalHub {
    /// A TLJH that was never configured: port 80, no HTTPS, `/`.
    fn default() -> Self {
        LocalHub {
            http: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 80),
            https: None,
            base_url: BaseUrl::default(),
        }
    }
}

/// Why `config.yaml` does not tell where the hub is.
#[derive(Debug, thiserror::Error)]
pub enum LocalHubError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// It is not YAML, or says something else than it should.
    #[error("config.yaml cannot be understood: {0}")]
    Malformed(String),
    /// The path that it gives is none.
    #[error("base_url in config.yaml: {0}")]
    BaseUrl(#[from] crate::invalid::Invalid),
}

impl LocalHubError {
    /// What a person can do about it, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Malformed(_) => Some(MEND_BY_HAND),
            Self::Unreadable(_) | Self::BaseUrl(_) => None,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Config {
    base_url: Option<String>,
    http: Entry,
    https: Entry,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    enabled: Option<bool>,
    address: Option<String>,
    port: Option<u16>,
}

impl Entry {
    /// Where to knock: an address that means "all of them" is this machine's own.
    fn at(&self, port: u16) -> SocketAddr {
        let typed = self.address.as_deref().unwrap_or_default();
        let address = typed
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .ok()
            .filter(|address| !address.is_unspecified())
            .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        SocketAddr::new(address, self.port.unwrap_or(port))
    }
}

impl LocalHub {
    /// Reads `PREFIX/config/config.yaml`; where there is none, TLJH's defaults hold.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn read(host: &dyn Host, prefix: &Path) -> Result<Self, LocalHubError> {
        let path = prefix.join(CONFIG);
        let files: &dyn Files = host;
        if files.stat(&path)?.is_none() {
            return Ok(Self::default());
        }
        Self::from_config(&files.read_to_string(&path)?)
    }

    /// Reads the text of a `config.yaml`.
    ///
    /// # Errors
    /// When it cannot be understood.
    pub fn from_config(text: &str) -> Result<Self, LocalHubError> {
        // An empty document, or one of comments alone, is null.
        let config: Option<Config> =
            serde_saphyr::from_str(text).map_err(|error| LocalHubError::Malformed(yaml_fault(&error)))?;
        let config = config.unwrap_or_default();
        let base_url = match &config.base_url {
            Some(path) => BaseUrl::parse(path)?,
            None => BaseUrl::default(),
        };
        Ok(LocalHub {
            http: config.http.at(80),
            https: (config.https.enabled == Some(true)).then(|| config.https.at(443)),
            base_url,
        })
    }

    /// Where a request goes: HTTPS when it is on.
    pub fn address(&self) -> SocketAddr {
        self.https.unwrap_or(self.http)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> LocalHub {
        LocalHub::from_config(text).unwrap()
    }

    #[test]
    fn an_empty_configuration_has_the_defaults() {
        for text in ["", "# nothing\n", "users:\n  admin:\n  - ada\n"] {
            assert_eq!(read(text), LocalHub::default(), "{text}");
        }
    }

    #[test]
    fn ports_addresses_and_the_path_are_taken_over() {
        let hub =
            read("base_url: /jupyter\nhttp:\n  address: 10.0.0.7\n  port: 8080\nhttps:\n  enabled: true\n");
        assert_eq!(hub.http.to_string(), "10.0.0.7:8080");
        assert_eq!(hub.https.unwrap().to_string(), "127.0.0.1:443");
        assert_eq!(hub.base_url.as_str(), "/jupyter/");
    }

    #[test]
    fn an_address_for_all_is_asked_at_this_machine() {
        let hub = read("http:\n  address: 0.0.0.0\nhttps:\n  enabled: false\n  port: 8443\n");
        assert_eq!(hub.address().to_string(), "127.0.0.1:80");
        assert_eq!(read("http:\n  address: '[::1]'\n").http.to_string(), "[::1]:80");
    }

    #[test]
    fn what_is_no_configuration_is_an_error() {
        for text in [
            "http: [",
            "- a list\n",
            "base_url: /a/../b\n",
            "http:\n  port: many\n",
        ] {
            let error = LocalHub::from_config(text).unwrap_err().to_string();
            // What stands around the fault may be a secret.
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
