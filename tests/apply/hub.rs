//! What runs on the host: a hub and a proxy that know the settings of their last start, no newer ones.

use std::path::Path;
use std::time::Duration;

use hubgate::host::memory::MemoryHost;
use hubgate::host::{Clock, Files};
use serde_json::Value;

use super::yaml;

/// TLJH's own login.
pub const FIRST_USE: &str = "firstuseauthenticator.FirstUseAuthenticator";
const OAUTH: &str = "oauthenticator.generic.GenericOAuthenticator";

/// The login of a hub that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// A password form.
    FirstUse,
    /// A button that leads to an OAuth provider, with what the hub sends there.
    Oauth {
        service: String,
        authorize_url: String,
        client_id: String,
        callback: String,
        scopes: Vec<String>,
        secret: String,
        auto_login: bool,
    },
}

/// Settings as the hub read them when it started.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    pub login: Login,
    pub base_url: String,
    pub admins: Vec<String>,
    pub allowed: Vec<String>,
}

/// Settings as the proxy read them when it started.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proxy {
    pub https: Value,
}

/// What runs.
#[derive(Debug, Clone)]
pub struct Running {
    /// The hub's settings, or what its journal says, over and over.
    pub hub: Result<Loaded, String>,
    pub proxy: Proxy,
    /// How often the hub was started on request.
    pub starts: u32,
    /// When the hub was last started on request, in time since boot.
    pub started: Duration,
    /// Another program has the hub's port.
    pub port_taken: bool,
    /// systemd refuses to start traefik until `reset-failed`.
    pub traefik_given_up: bool,
    /// systemd refuses to start the hub until `reset-failed`.
    pub hub_given_up: bool,
    /// What systemd goes on counting from: the hub was waiting for its next start when it was asked to.
    pub counted_before: u64,
    /// How long a start takes.
    pub takes: Duration,
    /// Somebody stops the hub when it was started this often.
    pub stopped_after: Option<u32>,
}

impl Running {
    /// A host whose units run with the settings that are there.
    pub fn boot(host: &MemoryHost, prefix: &Path) -> Self {
        let mut running = Running {
            hub: Err("it was not started yet".to_owned()),
            proxy: Proxy::default(),
            starts: 0,
            started: Duration::ZERO,
            port_taken: false,
            traefik_given_up: false,
            hub_given_up: false,
            counted_before: 0,
            takes: Duration::ZERO,
            stopped_after: None,
        };
        running.start_proxy(host, prefix);
        running.start_hub(host, prefix);
        running
    }

    /// `systemctl restart jupyterhub`.
    pub fn start_hub(&mut self, host: &MemoryHost, prefix: &Path) {
        self.starts += 1;
        self.started = host.monotonic();
        self.hub = if self.port_taken {
            Err("OSError: [Errno 98] Address already in use".to_owned())
        } else {
            load(host, prefix)
        };
    }

    /// `tljh-config reload proxy`, which restarts the hub too: its unit requires traefik's.
    pub fn start_proxy(&mut self, host: &MemoryHost, prefix: &Path) {
        let config = config(host, prefix).unwrap_or_default();
        self.proxy.https = config.get("https").cloned().unwrap_or_default();
        self.start_hub(host, prefix);
    }

    /// How often systemd has started a hub again that cannot start.
    pub fn restarts(&self, now: Duration) -> u64 {
        let more = match &self.hub {
            Ok(_) => 0,
            Err(_) => now.saturating_sub(self.started).as_secs() / 2,
        };
        self.counted_before + more
    }

    /// Whether somebody stopped it.
    pub fn is_stopped(&self) -> bool {
        self.stopped_after == Some(self.starts)
    }

    /// Whether it can answer by now.
    pub fn is_up(&self, now: Duration) -> bool {
        !self.is_stopped() && now >= self.started + self.takes
    }

    /// Whether traefik takes https.
    pub fn is_https(&self) -> bool {
        self.proxy.https.get("enabled") == Some(&Value::Bool(true))
    }
}

pub fn config(host: &MemoryHost, prefix: &Path) -> Result<Value, String> {
    let path = prefix.join("config/config.yaml");
    if host.stat(&path).unwrap().is_none() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let text = host.read_to_string(&path).map_err(|error| error.to_string())?;
    yaml::read(&text)
}

/// Reads the settings below a prefix as a hub that starts does.
pub fn load(host: &MemoryHost, prefix: &Path) -> Result<Loaded, String> {
    let config = config(host, prefix).map_err(|error| format!("ruamel.yaml.parser.ParserError: {error}"))?;
    let at = |path: &str| config.pointer(path);
    let names = |path: &str| -> Vec<String> {
        let list = at(path).and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut class = at("/auth/type")
        .and_then(Value::as_str)
        .unwrap_or(FIRST_USE)
        .to_owned();
    let settings = settings(host, prefix, &mut class)?;
    let login = match class.as_str() {
        FIRST_USE => Login::FirstUse,
        OAUTH => oauth(&settings),
        other => return Err(format!("ModuleNotFoundError: No module named '{other}'")),
    };
    let base_url = at("/base_url").and_then(Value::as_str).unwrap_or("/");
    Ok(Loaded {
        login,
        base_url: format!("{}/", base_url.trim_end_matches('/')),
        admins: names("/users/admin"),
        allowed: names("/users/allowed"),
    })
}

type Settings = std::collections::BTreeMap<String, Value>;

/// Every `.py` of the folder, in order.
fn settings(host: &MemoryHost, prefix: &Path, class: &mut String) -> Result<Settings, String> {
    let folder = prefix.join("config/jupyterhub_config.d");
    let mut settings = Settings::new();
    if host.stat(&folder).unwrap().is_none() {
        return Ok(settings);
    }
    let python = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.ends_with(".py") && !name.starts_with('.')
    };
    for path in host.list(&folder).unwrap().into_iter().filter(python) {
        let text = host
            .read_to_string(&path)
            .map_err(|error| format!("SyntaxError: {error}"))?;
        if text.contains("SYNTAX ERROR") {
            return Err(format!("SyntaxError: invalid syntax ({})", path.display()));
        }
        for line in text.lines() {
            let Some((name, value)) = line.split_once('=') else {
                continue;
            };
            if name.trim() == "c.JupyterHub.authenticator_class" {
                *class = literal(value).as_str().unwrap_or_default().to_owned();
            }
            let Some(name) = name.trim().strip_prefix("c.GenericOAuthenticator.") else {
                continue;
            };
            let value = if value.trim().starts_with("read_client_secret()") {
                Value::String(client_secret(host, &folder)?)
            } else {
                literal(value)
            };
            settings.insert(name.to_owned(), value);
        }
    }
    Ok(settings)
}

fn client_secret(host: &MemoryHost, folder: &Path) -> Result<String, String> {
    let file = host.read_to_string(&folder.join("awscognito.secret"));
    let secret = file.map_err(|_| "RuntimeError: The Cognito client secret cannot be read".to_owned())?;
    match secret.trim() {
        "" => Err("RuntimeError: The Cognito client secret is missing".to_owned()),
        secret => Ok(secret.to_owned()),
    }
}

/// A Python literal, as far as it is one of JSON too.
fn literal(text: &str) -> Value {
    let text = text.trim();
    let json = match text {
        "True" => "true".to_owned(),
        "False" => "false".to_owned(),
        text => text.replace('\'', "\""),
    };
    serde_json::from_str(&json).unwrap_or(Value::Null)
}

fn oauth(settings: &Settings) -> Login {
    let text = |name: &str| {
        let value = settings.get(name).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let scopes = settings
        .get("scope")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let service = text("login_service");
    Login::Oauth {
        service: if service.is_empty() {
            "OAuth 2.0".to_owned()
        } else {
            service
        },
        authorize_url: text("authorize_url"),
        client_id: text("client_id"),
        callback: text("oauth_callback_url"),
        scopes: scopes
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        secret: text("client_secret"),
        auto_login: settings.get("auto_login") == Some(&Value::Bool(true)),
    }
}
