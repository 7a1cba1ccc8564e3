//! The folder that the hub of a rehearsal lives in, and the addresses on it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::TempDir;

use crate::answers::Answers;
use crate::host::Host;
use crate::hub::{HubUrl, callback_url, sign_out_url};
use crate::render::{AUTHENTICATOR_CLASS, TljhChange, tljh_changes};
use crate::secret::Secret;

/// The hub's own configuration; the rendered file is loaded from a folder beside it, as TLJH does.
const CONFIGURATION: &str = include_str!("../../templates/rehearse/jupyterhub_config.py");

/// Where the hub is, this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubPlace {
    /// What a browser opens, with a slash at its end.
    pub url: String,
    /// Where Cognito sends people back to.
    pub callback_url: String,
    /// Where Cognito sends people after they logged out.
    pub sign_out_url: String,
    home: String,
    hub_port: u16,
    proxy_api_port: u16,
}

impl HubPlace {
    /// Three free ports of 127.0.0.1. Someone else may take one before the hub does; then it does not
    /// start, and is tried again elsewhere.
    ///
    /// # Errors
    /// When there are none.
    pub fn find(answers: &Answers) -> std::io::Result<Self> {
        let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        // Held together, so that they differ.
        let held = [bind()?, bind()?, bind()?];
        let [public, hub, api] = &held;
        let port = |listener: &TcpListener| Ok::<_, std::io::Error>(listener.local_addr()?.port());
        let origin = format!("http://127.0.0.1:{}", port(public)?);
        let url = HubUrl::parse(&origin).map_err(|error| std::io::Error::other(error.to_string()))?;
        let base = &answers.hub.base_url;
        Ok(HubPlace {
            url: format!("{origin}{}", base.as_str()),
            callback_url: callback_url(&url, base),
            sign_out_url: sign_out_url(&url, base),
            home: format!("{}hub/home", base.as_str()),
            hub_port: port(hub)?,
            proxy_api_port: port(api)?,
        })
    }
}

/// What stands in for what.
#[derive(Serialize)]
struct Address {
    rendered: String,
    rehearsed: String,
}

/// rehearsal.json, which the configuration reads.
#[derive(Serialize)]
struct Settings<'a> {
    url: &'a str,
    home: &'a str,
    hub_port: u16,
    proxy_api_port: u16,
    proxy_api_password: &'a str,
    api_token: &'a str,
    authenticator_class: &'a str,
    admin_users: Vec<String>,
    allowed_users: Vec<String>,
    addresses: BTreeMap<&'static str, Address>,
}

/// The secrets of one rehearsal, made up for it.
#[derive(Debug)]
pub struct Secrets {
    /// The app client's.
    pub client: Secret,
    /// For asking the hub about its users.
    pub api: Secret,
    /// The proxy's.
    pub proxy: Secret,
}

/// A folder for one hub, removed with this.
#[derive(Debug)]
pub struct HubFolder {
    folder: TempDir,
}

impl HubFolder {
    /// Lays out what TLJH would: a configuration and, in a folder beside it, the rendered file with the secret.
    ///
    /// # Errors
    /// When the temporary folder cannot be written.
    pub fn build(
        host: &dyn Host,
        answers: &Answers,
        awscognito: &str,
        place: &HubPlace,
        stand_in: &str,
        secrets: &Secrets,
    ) -> std::io::Result<Self> {
        use std::os::unix::fs::PermissionsExt as _;
        let private = std::fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new()
            .prefix("hubgate-rehearsal-")
            .permissions(private)
            .tempdir()?;
        let at = |name: &str| folder.path().join(name);
        let parts = at("jupyterhub_config.d");
        host.create_dir(&parts, 0o700)?;
        let changes = tljh_changes(answers);
        let people = |list: &str| {
            let named = changes.iter().filter_map(|change| match change {
                TljhChange::AddItem { path, value } if path == list => Some(value.clone()),
                _ => None,
            });
            named.collect()
        };
        let settings = Settings {
            url: &place.url,
            home: &place.home,
            hub_port: place.hub_port,
            proxy_api_port: place.proxy_api_port,
            proxy_api_password: secrets.proxy.expose(),
            api_token: secrets.api.expose(),
            authenticator_class: AUTHENTICATOR_CLASS,
            admin_users: people("users.admin"),
            allowed_users: people("users.allowed"),
            addresses: addresses(answers, place, stand_in),
        };
        let files = [
            (at("jupyterhub_config.py"), CONFIGURATION.as_bytes().to_vec()),
            (at("rehearsal.json"), serde_json::to_vec_pretty(&settings)?),
            (parts.join("awscognito.py"), awscognito.as_bytes().to_vec()),
            (
                parts.join("awscognito.secret"),
                format!("{}\n", secrets.client.expose()).into_bytes(),
            ),
        ];
        for (path, bytes) in files {
            host.write_atomic(&path, &bytes, 0o600, None)?;
        }
        Ok(HubFolder { folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The hub's configuration.
    pub fn configuration(&self) -> PathBuf {
        self.path().join("jupyterhub_config.py")
    }
}

/// Each address in the rendered file, and what it is here.
fn addresses(answers: &Answers, place: &HubPlace, stand_in: &str) -> BTreeMap<&'static str, Address> {
    let cognito = &answers.cognito;
    let cognitos = format!("https://{}", cognito.domain.as_str());
    let here = |rendered: &str| rendered.replacen(&cognitos, stand_in, 1);
    let same_path = |rendered: String| Address {
        rehearsed: here(&rendered),
        rendered,
    };
    let sign_out = here(&cognito.domain.logout_url(&cognito.client_id, &place.sign_out_url));
    BTreeMap::from([
        ("authorize_url", same_path(cognito.domain.authorize_url())),
        ("token_url", same_path(cognito.domain.token_url())),
        ("userdata_url", same_path(cognito.domain.userinfo_url())),
        (
            "logout_redirect_url",
            Address {
                rendered: answers.logout_redirect_url(),
                rehearsed: sign_out,
            },
        ),
        (
            "oauth_callback_url",
            Address {
                rendered: answers.callback_url(),
                rehearsed: place.callback_url.clone(),
            },
        ),
    ])
}
