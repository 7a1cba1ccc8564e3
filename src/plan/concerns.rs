//! What stands on this hub beside hubgate's own files and bears on the login.

use crate::answers::{Allow, Answers, Https};
use crate::hub::Dialect;
use crate::tljh::{ConfigYaml, FileState, Observed, Unusable};

/// Something about this hub that a person has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concern {
    /// The login would not be what the answers say: nothing is planned.
    Refuse {
        /// What is in the way.
        what: String,
        /// What to do about it.
        remedy: String,
    },
    /// The login works, but something else has a say in it.
    Warn(String),
}

/// Looks for what contradicts the answers.
pub(super) fn concerns(answers: &Answers, observed: &Observed, config: &ConfigYaml) -> Vec<Concern> {
    let mut found = Vec::new();
    links(observed, &mut found);
    unchangeable(observed, config, &mut found);
    people(answers, config, &mut found);
    https(answers, config, &mut found);
    config_auth(config, &mut found);
    other_settings(observed, &mut found);
    found
}

/// What a link leads to is somebody else's, and could not be put back to the byte.
fn links(observed: &Observed, found: &mut Vec<Concern>) {
    let files = &observed.files;
    for (path, file) in [
        (files.config_yaml(), &observed.config_yaml),
        (files.awscognito_py(), &observed.awscognito_py),
        (files.awscognito_secret(), &observed.awscognito_secret),
    ] {
        if file.as_ref().is_some_and(|file| file.is_symlink) {
            let path = path.display();
            found.push(Concern::Refuse {
                what: format!("{path} is a symbolic link, which hubgate neither follows nor replaces"),
                remedy: format!("put the file itself in the link's place: sudo sed -i '' {path}"),
            });
        }
    }
}

/// What `tljh-config` stumbles over.
fn unchangeable(observed: &Observed, config: &ConfigYaml, found: &mut Vec<Concern>) {
    let place = observed.files.config_yaml();
    let place = place.display();
    found.extend(config.unusable().iter().map(|part| Concern::Refuse {
        what: match part {
            Unusable::Section { path, value } => {
                format!("{path} in {place} is {value} and holds no settings, which tljh-config refuses")
            }
            Unusable::List { path, value } => {
                format!("{path} in {place} is {value}, which is no list, so tljh-config refuses every change")
            }
        },
        remedy: part.remedy(),
    }));
    let holds_nothing = |file: &FileState| !file.bytes.contains(&b'{') && *config == ConfigYaml::default();
    if observed.config_yaml.as_ref().is_some_and(holds_nothing) {
        found.push(Concern::Refuse {
            what: format!("{place} holds no settings, and tljh-config changes no such file"),
            remedy: "remove it: without the file tljh-config makes a new one".to_owned(),
        });
    }
}

fn people(answers: &Answers, config: &ConfigYaml, found: &mut Vec<Concern>) {
    let named: Vec<&str> = answers.access.users.iter().map(|name| name.as_str()).collect();
    let others: Vec<&str> = config
        .texts("users.allowed")
        .into_iter()
        .filter(|name| !named.contains(name))
        .collect();
    if others.is_empty() {
        return;
    }
    let list = others.join(", ");
    if answers.access.allow != Allow::All {
        found.push(Concern::Warn(format!(
            "users.allowed in config.yaml also names {list}, who may log in too"
        )));
    } else if answers.oauthenticator.dialect() == Dialect::V14 {
        found.push(Concern::Refuse {
            what: format!(
                "users.allowed in config.yaml names {list}, and with oauthenticator {} nobody else could log in",
                answers.oauthenticator
            ),
            remedy: "remove them with tljh-config remove-item users.allowed NAME, or allow users".to_owned(),
        });
    }
}

fn https(answers: &Answers, config: &ConfigYaml, found: &mut Vec<Concern>) {
    let enabled = config.is_true("https.enabled");
    let mode = answers.https.mode().as_str();
    let set = |path: &str| config.text(path).is_some_and(|text| !text.is_empty());
    match &answers.https {
        Https::Proxy | Https::Off if enabled => found.push(Concern::Warn(format!(
            "https mode is {mode}, but TLJH's own HTTPS is on (https.enabled) and stays so; traefik sends people to https"
        ))),
        Https::LetsEncrypt { .. } if set("https.tls.cert") => found.push(Concern::Warn(
            "config.yaml names a certificate too (https.tls.cert), which traefik prefers to Let's Encrypt's".to_owned(),
        )),
        _ => {}
    }
}

fn config_auth(config: &ConfigYaml, found: &mut Vec<Concern>) {
    for class in ["GenericOAuthenticator", "OAuthenticator", "Authenticator"] {
        let path = format!("auth.{class}");
        if let Some(section) = config.get(&path).and_then(serde_json::Value::as_object) {
            let keys: Vec<&str> = section.keys().map(String::as_str).collect();
            found.push(Concern::Warn(format!(
                "config.yaml has settings of its own under {path} ({}); those that awscognito.py sets too are overridden by it",
                keys.join(", ")
            )));
        }
    }
}

/// Files of the folder that set what `awscognito.py` sets; those that sort after it win.
fn other_settings(observed: &Observed, found: &mut Vec<Concern>) {
    let marks = [
        "GenericOAuthenticator.",
        "OAuthenticator.",
        "authenticator_class",
        "Authenticator.allow",
    ];
    let ours = observed.files.awscognito_py();
    for (path, text) in &observed.other_settings {
        let code = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default());
        let mut marked = code
            .filter(|line| marks.iter().any(|mark| line.contains(mark)))
            .peekable();
        if marked.peek().is_some() {
            let order = if *path > ours {
                "loaded after awscognito.py, so it wins"
            } else if marked.any(|line| line.contains("authenticator_class")) {
                "loaded after config.yaml, so its authenticator_class wins over auth.type"
            } else {
                "loaded before awscognito.py"
            };
            found.push(Concern::Warn(format!(
                "{} sets authenticator settings too ({order})",
                path.display()
            )));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;
    use crate::host::memory::MemoryHost;
    use crate::plan::testing::answers;
    use crate::tljh::observe::observe;

    const PREFIX: &str = "/opt/tljh";

    /// What is said of a hub with this `config.yaml` and these further settings.
    fn said(answers: &Answers, config: &str, settings: &[(&str, &str)]) -> Vec<String> {
        let host = MemoryHost::new();
        host.put(format!("{PREFIX}/config/config.yaml"), config, 0o600);
        for (name, text) in settings {
            host.put(
                format!("{PREFIX}/config/jupyterhub_config.d/{name}"),
                *text,
                0o644,
            );
        }
        let observed = observe(&host, Path::new(PREFIX)).unwrap();
        let config = observed.config.as_ref().unwrap();
        let words = concerns(answers, &observed, config)
            .into_iter()
            .map(|concern| match concern {
                Concern::Warn(text) => text,
                Concern::Refuse { what, .. } => format!("refused: {what}"),
            });
        words.collect()
    }

    fn is_told(said: &[String], words: &str) {
        assert!(said.len() == 1 && said[0].contains(words), "{said:?}");
    }

    const PROXY: &str = "mode = \"proxy\"";
    const LETS_ENCRYPT: &str = "email = \"ops@example.org\"";
    const ALL: &str = "allow = \"all\"";
    const ADA: &str = "allow = \"users\"\nusers = [\"ada\"]";
    const PLAIN: &str = "users:\n  admin: [root]\n";

    #[test]
    fn a_hub_with_nothing_in_the_way_is_no_concern() {
        for https in [PROXY, LETS_ENCRYPT] {
            assert_eq!(said(&answers(https, ALL), PLAIN, &[]), [""; 0]);
        }
    }

    #[test]
    fn https_of_tljhs_own_behind_a_proxy_is_told() {
        let config = "https:\n  enabled: true\n";
        is_told(&said(&answers(PROXY, ALL), config, &[]), "TLJH's own HTTPS is on");
        assert_eq!(said(&answers(LETS_ENCRYPT, ALL), config, &[]), [""; 0]);
    }

    #[test]
    fn a_certificate_beside_lets_encrypts_is_told() {
        let config = "https:\n  tls:\n    cert: /etc/ssl/hub.crt\n";
        let lets_encrypt = answers(LETS_ENCRYPT, ALL);
        is_told(
            &said(&lets_encrypt, config, &[]),
            "traefik prefers to Let's Encrypt's",
        );
        assert_eq!(said(&answers(PROXY, ALL), config, &[]), [""; 0]);
        let empty = "https:\n  tls:\n    cert: ''\n";
        assert_eq!(said(&lets_encrypt, empty, &[]), [""; 0]);
    }

    #[test]
    fn people_whom_config_yaml_lets_in_too_are_named() {
        let config = "users:\n  allowed: [ada, bob, eve]\n";
        is_told(
            &said(&answers(PROXY, ADA), config, &[]),
            "also names bob, eve, who may log in too",
        );
        assert_eq!(
            said(&answers(PROXY, ADA), "users:\n  allowed: [ada]\n", &[]),
            [""; 0]
        );
        assert_eq!(said(&answers(PROXY, ALL), config, &[]), [""; 0]);
        let old = answers(PROXY, &format!("{ALL}\n[target]\noauthenticator = \"14.2.0\""));
        is_told(
            &said(&old, config, &[]),
            "refused: users.allowed in config.yaml names ada, bob, eve",
        );
    }

    #[test]
    fn settings_that_config_yaml_has_for_the_authenticator_are_named() {
        let config = "auth:\n  OAuthenticator:\n    scope: [openid]\n    client_id: x\n";
        let told = said(&answers(PROXY, ALL), config, &[]);
        is_told(&told, "under auth.OAuthenticator (");
        assert!(
            told[0].contains("scope") && told[0].contains("client_id"),
            "{told:?}"
        );
    }

    #[test]
    fn another_file_that_sets_the_login_is_told_with_what_wins() {
        for (name, text, order) in [
            ("zz.py", "c.GenericOAuthenticator.scope = []", "it wins"),
            (
                "aa.py",
                "c.GenericOAuthenticator.scope = []",
                "loaded before awscognito.py",
            ),
            (
                "aa.py",
                "c.JupyterHub.authenticator_class = 'x'",
                "wins over auth.type",
            ),
        ] {
            is_told(&said(&answers(PROXY, ALL), PLAIN, &[(name, text)]), order);
        }
        let others = [
            ("aa.py", "# c.GenericOAuthenticator.scope = []"),
            ("zz.py", "c.Spawner.mem_limit = '1G'"),
        ];
        assert_eq!(said(&answers(PROXY, ALL), PLAIN, &others), [""; 0]);
    }
}
