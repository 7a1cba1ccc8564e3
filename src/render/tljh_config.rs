//! What TLJH's own `config.yaml` has to say: people, HTTPS, which authenticator.

use serde::{Deserialize, Serialize};

use super::AUTHENTICATOR_CLASS;
use crate::answers::{Answers, Https};

/// One change that `tljh-config` makes to `config.yaml`.
///
/// Source: <https://tljh.jupyter.org/en/latest/topic/tljh-config.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum TljhChange {
    /// `tljh-config set PATH VALUE`.
    Set {
        /// The dotted path in `config.yaml`.
        path: String,
        /// The value as it stands on the command line.
        value: String,
    },
    /// `tljh-config unset PATH`, where it is set.
    Unset {
        /// The dotted path in `config.yaml`.
        path: String,
    },
    /// `tljh-config add-item PATH VALUE`, where the list does not hold it yet.
    AddItem {
        /// The dotted path in `config.yaml`.
        path: String,
        /// The item.
        value: String,
    },
    /// `tljh-config remove-item PATH VALUE`, where the list holds it.
    RemoveItem {
        /// The dotted path in `config.yaml`.
        path: String,
        /// The item.
        value: String,
    },
}

impl TljhChange {
    fn set(path: &str, value: impl Into<String>) -> Self {
        Self::Set {
            path: path.to_owned(),
            value: value.into(),
        }
    }

    fn add(path: &str, value: impl Into<String>) -> Self {
        Self::AddItem {
            path: path.to_owned(),
            value: value.into(),
        }
    }

    /// The dotted path in `config.yaml`.
    pub fn path(&self) -> &str {
        match self {
            Self::Set { path, .. } | Self::Unset { path } => path,
            Self::AddItem { path, .. } | Self::RemoveItem { path, .. } => path,
        }
    }

    /// The arguments that `tljh-config` is given.
    pub fn arguments(&self) -> Vec<&str> {
        match self {
            Self::Set { path, value } => vec!["set", path, value],
            Self::Unset { path } => vec!["unset", path],
            Self::AddItem { path, value } => vec!["add-item", path, value],
            Self::RemoveItem { path, value } => vec!["remove-item", path, value],
        }
    }

    /// Whether traefik has to be reloaded for it.
    pub fn concerns_proxy(&self) -> bool {
        self.path().starts_with("https.")
    }
}

/// The changes that these answers ask of `config.yaml`, in order: HTTPS, people, and the
/// authenticator last, so that a failure before it leaves the old login in place.
///
/// Source: <https://tljh.jupyter.org/en/latest/topic/tljh-config.html>
pub fn tljh_changes(answers: &Answers) -> Vec<TljhChange> {
    let mut changes = Vec::new();
    match &answers.https {
        Https::LetsEncrypt { email } => {
            changes.push(TljhChange::set("https.enabled", "true"));
            changes.push(TljhChange::set("https.letsencrypt.email", email));
            changes.push(TljhChange::add(
                "https.letsencrypt.domains",
                answers.hub.url.host(),
            ));
        }
        Https::Certificate { cert, key } => {
            changes.push(TljhChange::set("https.enabled", "true"));
            changes.push(TljhChange::set("https.tls.key", key));
            changes.push(TljhChange::set("https.tls.cert", cert));
        }
        Https::Proxy | Https::Off => {}
    }
    if !answers.hub.base_url.is_root() {
        changes.push(TljhChange::set("base_url", answers.hub.base_url.as_str()));
    }
    changes.extend(
        answers
            .hub
            .admins
            .iter()
            .map(|name| TljhChange::add("users.admin", name.as_str())),
    );
    changes.extend(
        answers
            .access
            .users
            .iter()
            .map(|name| TljhChange::add("users.allowed", name.as_str())),
    );
    changes.push(TljhChange::set("auth.type", AUTHENTICATOR_CLASS));
    changes
}
