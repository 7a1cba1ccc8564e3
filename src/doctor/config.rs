//! TLJH's `config.yaml`: the authenticator, the people, HTTPS.

use serde_json::Value;

use super::finding::Finding;
use super::overridden::{is_generic, login_of_files};
use crate::host::Host;
use crate::hub::USABLE_CERTIFICATE;
use crate::render::AUTHENTICATOR_CLASS;
use crate::tljh::certificate::{self, FileFault};
use crate::tljh::{ConfigYaml, Observed, Unusable};

pub(super) fn check(host: &dyn Host, observed: &Observed, findings: &mut Vec<Finding>) {
    let place = observed.files.config_yaml().display().to_string();
    let config = match &observed.config {
        Ok(config) => config,
        Err(error) => {
            findings.push(Finding::new("config-yaml", error.to_string(), error.remedy()).at(place));
            return;
        }
    };
    let mut found = Vec::new();
    authenticator(observed, config, &mut found);
    people(config, &mut found);
    https(host, config, &mut found);
    findings.extend(found.into_iter().map(|finding| finding.at(place.clone())));
}

fn authenticator(observed: &Observed, config: &ConfigYaml, found: &mut Vec<Finding>) {
    let class = config.text("auth.type").unwrap_or("TLJH's first-use login");
    // Where a file of the folder names the login, that is told of that file.
    let elsewhere = login_of_files(observed);
    let generic = elsewhere.as_ref().map_or(is_generic(class), |setting| {
        is_generic(setting.text().unwrap_or(&setting.value))
    });
    if observed.awscognito_py.is_some() && !is_generic(class) && elsewhere.is_none() {
        let what = format!("the Cognito settings are there, but the hub uses {class}");
        let remedy =
            format!("sudo tljh-config set auth.type {AUTHENTICATOR_CLASS}, then sudo tljh-config reload");
        found.push(Finding::new("not-in-use", what, remedy));
    }
    if generic
        && super::oauth_settings(observed).is_none()
        && config.get("auth.GenericOAuthenticator").is_none()
    {
        let what = "the hub uses GenericOAuthenticator, but nothing tells it where to log in";
        found.push(Finding::new(
            "settings-missing",
            what,
            "write the settings with hubgate apply",
        ));
    }
    if let Some(Value::String(secret)) = config.get("auth.GenericOAuthenticator.client_secret")
        && !secret.is_empty()
    {
        let what = "the client secret stands in config.yaml (auth.GenericOAuthenticator.client_secret)";
        let remedy =
            "run hubgate apply, then sudo tljh-config unset auth.GenericOAuthenticator.client_secret";
        found.push(Finding::new("literal-secret", what, remedy));
    }
}

/// The sections, and the names in them, which the hub compares after making them lower-case.
fn people(config: &ConfigYaml, found: &mut Vec<Finding>) {
    found.extend(config.unusable().iter().map(|part| match part {
        Unusable::Section { path, value } => Finding::new(
            "empty-section",
            format!("{path} is {value} and holds no settings: the hub does not start so, and tljh-config refuses it"),
            part.remedy(),
        ),
        Unusable::List { path, value } => Finding::new(
            "people-no-list",
            format!("{path} is {value}, which is no list, so tljh-config refuses every change"),
            part.remedy(),
        ),
    }));
    for path in ["users.admin", "users.allowed"] {
        let list = config.get(path).and_then(Value::as_array);
        for item in list.into_iter().flatten() {
            match item {
                Value::String(name) if *name != name.to_lowercase() => {
                    let what = format!(
                        "{path} names '{name}', and the hub makes every user name lower-case: nobody has that name"
                    );
                    let remedy = format!(
                        "sudo tljh-config remove-item {path} {name}, then add-item {path} {}",
                        name.to_lowercase()
                    );
                    found.push(Finding::new("name-not-lower-case", what, remedy));
                }
                Value::String(_) => {}
                other => {
                    let what = format!("{path} holds {other}, which is no text, and the hub refuses it");
                    found.push(Finding::new(
                        "name-not-text",
                        what,
                        "put it into quotes in config.yaml, or remove it",
                    ));
                }
            }
        }
    }
}

fn https(host: &dyn Host, config: &ConfigYaml, found: &mut Vec<Finding>) {
    if !config.is_true("https.enabled") {
        return;
    }
    let text = |path: &str| config.text(path).unwrap_or_default();
    let (cert, key) = (text("https.tls.cert"), text("https.tls.key"));
    let domains = config.texts("https.letsencrypt.domains");
    if !cert.is_empty() && !key.is_empty() {
        found.extend(certificate::file_faults(host, cert, key).iter().map(unusable));
    }
    if cert.is_empty() && (domains.is_empty() || text("https.letsencrypt.email").is_empty()) {
        let what = "HTTPS is on, but neither a certificate nor a Let's Encrypt address and domain are set";
        found.push(Finding::new(
            "https-incomplete",
            what,
            "run hubgate apply with --https-email, or --https certificate",
        ));
    }
    for domain in domains.iter().filter(|domain| domain.ends_with(".amazonaws.com")) {
        let what =
            format!("Let's Encrypt issues no certificate for {domain}, nor for any name under amazonaws.com");
        found.push(Finding::new(
            "letsencrypt-amazonaws",
            what,
            "use a name of your own that points to the hub",
        ));
    }
}

fn unusable(fault: &FileFault) -> Finding {
    match fault {
        FileFault::Unreadable { what, path, .. } => Finding::new(
            "certificate-missing",
            format!("the {what} {path} cannot be read, so traefik serves nothing of the hub's"),
            "put it there, or set https.tls to one that is",
        ),
        fault => Finding::new("certificate-unusable", fault.to_string(), USABLE_CERTIFICATE),
    }
}
