//! The settings that a hub reads when it starts: `config.yaml`, and every `.py` of the folder beside it.

use std::path::Path;

use hubgate::host::Files;
use hubgate::host::memory::MemoryHost;
use hubgate::hub::OauthenticatorVersion;
use serde_json::Value;

use super::pages::{Login, Pages};
use super::yaml;

/// TLJH's own login.
const FIRST_USE: &str = "firstuseauthenticator.FirstUseAuthenticator";
const OAUTH: &str = "oauthenticator.generic.GenericOAuthenticator";

/// Settings as the hub read them when it started.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    pub pages: Pages,
    pub secret: String,
    pub admins: Vec<String>,
    pub allowed: Vec<String>,
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
    let base_url = at("/base_url").and_then(Value::as_str).unwrap_or("/");
    let mut pages = Pages {
        base_url: format!("{}/", base_url.trim_end_matches('/')),
        login: Login::Password,
        authorize_url: String::new(),
        query: Vec::new(),
        xsrf: false,
        instead: None,
    };
    let mut secret = String::new();
    match class.as_str() {
        FIRST_USE => {}
        OAUTH => {
            oauth(&settings, has_pkce(host, prefix), &mut pages);
            secret = text(&settings, "client_secret");
        }
        other => return Err(format!("ModuleNotFoundError: No module named '{other}'")),
    }
    Ok(Loaded {
        pages,
        secret,
        admins: names("/users/admin"),
        allowed: names("/users/allowed"),
    })
}

/// The settings of the login, as the files of the folder set them.
pub fn settings_in(host: &MemoryHost, prefix: &Path) -> Result<Settings, String> {
    settings(host, prefix, &mut String::new())
}

pub type Settings = std::collections::BTreeMap<String, Value>;

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

fn text(settings: &Settings, name: &str) -> String {
    let value = settings.get(name).and_then(Value::as_str);
    value.unwrap_or_default().to_owned()
}

/// Whether the oauthenticator that is installed sends a challenge with its request.
fn has_pkce(host: &MemoryHost, prefix: &Path) -> bool {
    let packages = host
        .list(&prefix.join("hub/lib/python3.12/site-packages"))
        .unwrap_or_default();
    let version = packages.iter().find_map(|path| {
        let name = path.file_name()?.to_str()?;
        let version = name.strip_prefix("oauthenticator-")?.strip_suffix(".dist-info")?;
        OauthenticatorVersion::parse(version).ok()
    });
    version.is_none_or(OauthenticatorVersion::has_pkce)
}

fn oauth(settings: &Settings, pkce: bool, pages: &mut Pages) {
    let scopes = settings.get("scope").and_then(Value::as_array).cloned();
    let scopes: Vec<_> = scopes.iter().flatten().filter_map(Value::as_str).collect();
    let service = match text(settings, "login_service") {
        service if service.is_empty() => "OAuth 2.0".to_owned(),
        service => service,
    };
    pages.login = if settings.get("auto_login") == Some(&Value::Bool(true)) {
        Login::Automatic
    } else {
        Login::Button(service)
    };
    pages.authorize_url = text(settings, "authorize_url");
    // In this order, which the records in fixtures/journals hold.
    pages.set("response_type", Some("code"));
    pages.set("client_id", Some(&text(settings, "client_id")));
    pages.set("redirect_uri", Some(&text(settings, "oauth_callback_url")));
    pages.set("scope", Some(&scopes.join(" ")));
    if pkce {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        pages.set("code_challenge", Some(challenge));
        pages.set("code_challenge_method", Some("S256"));
    }
}
