//! What bash must have run.

use hubgate::answers::{Answers, Https};
use hubgate::secret::SecretSource;

use super::{changes, endpoint};
use crate::random::Case;

type Records = Vec<Vec<String>>;

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn reload(tljh_config: &str, which: &str, seconds: &str) -> Vec<String> {
    words(&["timeout", "-k", "10", seconds, tljh_config, "reload", which])
}

/// The records that carry something of the answers.
pub fn is_telling(record: &[String]) -> bool {
    match record[0].as_str() {
        "timeout" | "tljh-config" | "hub_python" | "aws" | "aws_bin" | "cat" | "printenv" | "variables"
        | "status" => true,
        "python3" => record[1] == "-",
        "printf" => record.len() == 3 && (record[1] == "%s" || record[1] == "%s\\n"),
        "curl" => record.iter().any(|word| word.contains("/hub/")),
        _ => false,
    }
}

fn source_words(source: &SecretSource) -> (&str, Option<&str>) {
    match source {
        SecretSource::SecretsManager { id, json_key } => (id, json_key.as_deref()),
        SecretSource::Ssm(name) => (name, None),
        _ => ("", None),
    }
}

fn aws(command: &str, source: &SecretSource, region: Option<&str>) -> Vec<String> {
    let (id, _) = source_words(source);
    let manager = matches!(source, SecretSource::SecretsManager { .. });
    let mut all = words(&[command]);
    all.extend(words(if manager {
        &["secretsmanager", "get-secret-value"]
    } else {
        &["ssm", "get-parameter"]
    }));
    all.extend(
        region
            .map(|region| words(&["--region", region]))
            .unwrap_or_default(),
    );
    all.extend(words(&[if manager { "--secret-id" } else { "--name" }, id]));
    all.extend(words(if manager {
        &["--query", "SecretString", "--output", "text"]
    } else {
        &[
            "--with-decryption",
            "--query",
            "Parameter.Value",
            "--output",
            "text",
        ]
    }));
    all
}

fn file_path(path: &std::path::Path) -> String {
    let path = path.to_string_lossy();
    path.strip_prefix('~')
        .map_or_else(|| path.to_string(), |rest| format!("/home/someone{rest}"))
}

/// What bash must have run of `user-data.sh`.
pub fn user_data(case: &Case, awscognito: &str, prefix: &str) -> Records {
    let answers = &case.answers;
    let work = format!("{}/work", prefix.strip_suffix("/tljh").unwrap_or(prefix));
    let tljh_config = format!("{prefix}/hub/bin/tljh-config");
    let yaml = format!("{prefix}/config/config.yaml");
    let mut all = Records::new();
    let mut bootstrap = words(&[
        "timeout",
        "-k",
        "30",
        "3600",
        "python3",
        &format!("{work}/bootstrap.py"),
    ]);
    bootstrap.extend(match answers.oauthenticator.numbers().0 {
        ..16 => words(&["--version", "0.2.0"]),
        16 => words(&["--version", "1.0.0"]),
        _ => vec![],
    });
    all.push(bootstrap);
    let source = &answers.cognito.client_secret;
    match (&case.secret, source) {
        (Some(secret), _) => all.push(words(&["printf", "%s\\n", secret])),
        (None, SecretSource::File(path)) => all.push(words(&["cat", "--", &file_path(path)])),
        (None, SecretSource::Env(_) | SecretSource::Stdin) => {
            all.push(words(&[
                "cat",
                &format!("{prefix}/config/jupyterhub_config.d/awscognito.secret"),
            ]));
        }
        (None, source) => {
            let (_, key) = source_words(source);
            let region = source.region().unwrap_or("metadata-region");
            all.push(words(&[
                "hub_python",
                "-m",
                "venv",
                "--clear",
                &format!("{prefix}/hubgate-aws"),
            ]));
            all.push(aws("aws_bin", source, Some(region)));
            all.extend(key.map(|key| words(&["python3", "-", &format!("{work}/secret"), key])));
        }
    }
    all.push(words(&["printf", "%s", awscognito]));
    for (command, path, value) in changes(answers) {
        if command == "add-item" {
            all.push(words(&["hub_python", "-", &yaml, path, &value]));
        }
        all.push(words(&[
            "timeout",
            "-k",
            "10",
            "60",
            &tljh_config,
            command,
            path,
            &value,
        ]));
    }
    let local = matches!(
        answers.https,
        Https::LetsEncrypt { .. } | Https::Certificate { .. }
    );
    if local {
        all.push(reload(&tljh_config, "proxy", "60"));
    }
    all.push(reload(&tljh_config, "hub", "180"));
    let redirect = ["-o", "/dev/null", "-w", "%{redirect_url}"];
    let mut login = page(answers, local, "login");
    login.extend(words(if answers.cognito.auto_login {
        &redirect
    } else {
        &[]
    }));
    all.push(login);
    let mut oauth = page(answers, local, "oauth_login");
    oauth.extend(words(&redirect));
    all.push(oauth);
    let hub = &answers.hub;
    let authorize = endpoint(answers, "authorize");
    all.push(words(&[
        "variables",
        hub.url.as_str(),
        hub.url.host(),
        hub.base_url.as_str(),
        &authorize,
    ]));
    all.push(words(&["status", "0", ""]));
    all
}

fn page(answers: &Answers, local: bool, page: &str) -> Vec<String> {
    let (host, base) = (answers.hub.url.host(), answers.hub.base_url.as_str());
    if local {
        let url = format!("https://{host}{base}hub/{page}");
        words(&[
            "curl",
            "-ksS",
            "--noproxy",
            "*",
            "--max-time",
            "10",
            "--connect-to",
            "::127.0.0.1:443",
            &url,
        ])
    } else {
        let url = format!("http://127.0.0.1{base}hub/{page}");
        words(&[
            "curl",
            "-sS",
            "--noproxy",
            "*",
            "--max-time",
            "10",
            "-H",
            &format!("Host: {host}"),
            &url,
        ])
    }
}

/// What bash must have run of `commands.sh`.
pub fn commands(case: &Case, prefix: &str) -> Records {
    let answers = &case.answers;
    let secret = format!("{}/work/secret", prefix.strip_suffix("/tljh").unwrap_or(prefix));
    let yaml = format!("{prefix}/config/config.yaml");
    let mut all = Records::new();
    let source = &answers.cognito.client_secret;
    match source {
        SecretSource::File(path) => all.push(words(&["cat", "--", &file_path(path)])),
        SecretSource::Env(name) => all.push(words(&["printenv", name])),
        SecretSource::Stdin => all.push(words(&["printf", "%s\\n", "typed-secret"])),
        source => {
            let (_, key) = source_words(source);
            all.push(aws("aws", source, source.region()));
            all.extend(key.map(|key| words(&["hub_python", "-", &secret, key])));
        }
    }
    for (command, path, value) in changes(answers) {
        if command == "add-item" {
            all.push(words(&["hub_python", "-", &yaml, path, &value]));
        }
        all.push(words(&["tljh-config", command, path, &value]));
    }
    if changes(answers)
        .iter()
        .any(|(_, path, _)| path.starts_with("https."))
    {
        all.push(reload("tljh-config", "proxy", "60"));
    }
    all.push(reload("tljh-config", "hub", "120"));
    all.push(words(&["status", "0", ""]));
    all
}
