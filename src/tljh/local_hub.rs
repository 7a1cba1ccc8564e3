//! Where this machine's hub listens, by TLJH's `config.yaml`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use serde_json::Value;

use super::config_yaml::MEND_BY_HAND;
use super::{ConfigYaml, HubFiles, NotYaml};
use crate::host::Host;
use crate::hub::BaseUrl;
use crate::told::Told;

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
    /// It is not YAML.
    #[error(transparent)]
    NotYaml(#[from] NotYaml),
    /// It says something else than it should.
    #[error("config.yaml cannot be understood: {0}")]
    Malformed(String),
    /// The path that it gives is none.
    #[error("base_url in config.yaml: {0}")]
    BaseUrl(#[from] crate::invalid::Invalid),
}

impl Told for LocalHubError {
    fn remedy(&self) -> Option<String> {
        match self {
            Self::NotYaml(_) | Self::Malformed(_) => Some(MEND_BY_HAND.to_owned()),
            Self::Unreadable(_) | Self::BaseUrl(_) => None,
        }
    }
}

impl LocalHub {
    /// Reads `PREFIX/config/config.yaml`; where there is none, TLJH's defaults hold.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn read(host: &dyn Host, prefix: &Path) -> Result<Self, LocalHubError> {
        let path = HubFiles::new(prefix).config_yaml();
        if host.stat(&path)?.is_none() {
            return Ok(Self::default());
        }
        Self::of(&ConfigYaml::parse(&host.read(&path)?)?)
    }

    /// What a `config.yaml` says of it.
    ///
    /// # Errors
    /// When a port is none, or the path.
    pub fn of(config: &ConfigYaml) -> Result<Self, LocalHubError> {
        let base_url = config.text("base_url").map(BaseUrl::parse).transpose()?;
        Ok(LocalHub {
            http: entry(config, "http", 80)?,
            https: config
                .is_true("https.enabled")
                .then(|| entry(config, "https", 443))
                .transpose()?,
            base_url: base_url.unwrap_or_default(),
        })
    }

    /// Where a request goes: HTTPS when it is on.
    pub fn address(&self) -> SocketAddr {
        self.https.unwrap_or(self.http)
    }
}

/// Where to knock: an address that means "all of them" is this machine's own.
fn entry(config: &ConfigYaml, section: &str, usual: u16) -> Result<SocketAddr, LocalHubError> {
    let typed = config.text(&format!("{section}.address")).unwrap_or_default();
    let address = typed.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let address = address.filter(|address| !address.is_unspecified());
    let path = format!("{section}.port");
    let port = match config.get(&path) {
        None | Some(Value::Null) => usual,
        Some(value) => {
            let port = value.as_u64().and_then(|port| port.try_into().ok());
            port.ok_or_else(|| LocalHubError::Malformed(format!("{path} is {value}, which is no port")))?
        }
    };
    Ok(SocketAddr::new(
        address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        port,
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(text: &str) -> Result<LocalHub, LocalHubError> {
        LocalHub::of(&ConfigYaml::parse(text.as_bytes())?)
    }

    fn read(text: &str) -> LocalHub {
        of(text).unwrap()
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
            let error = of(text).unwrap_err().to_string();
            // What stands around the fault may be a secret.
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
