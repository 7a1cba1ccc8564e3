//! Where the client secret is, or the secret itself.

use std::path::{Path, PathBuf};

use super::Wizard;
use crate::answers::{Given, Key, Origin};
use crate::host::Host;
use crate::invalid::Invalid;
use crate::secret::{Secret, SecretSource, read_typed};
use crate::ui::page::Row;
use crate::ui::prompt::{Ask, Halt, Menu, Reply, confirm};

/// A secret that was typed, to be written once the person has decided to go on.
#[derive(Debug, Clone)]
pub struct TypedSecret {
    /// The secret.
    pub secret: Secret,
    /// The file it is to be kept in, as the person named it.
    pub file: PathBuf,
    /// What is odd about it.
    pub warnings: Vec<String>,
}

/// Where a secret may be.
struct Place {
    label: &'static str,
    /// What stands before the answer in the answers file; none for the secret itself.
    scheme: Option<&'static str>,
    title: &'static str,
    explain: &'static str,
}

const PLACES: [Place; 5] = [
    Place {
        label: "I type it now    kept in a file that only you can read",
        scheme: None,
        title: "The secret",
        explain: "It is not shown, and written when you decide at the end.",
    },
    Place {
        label: "file             a file on the hub",
        scheme: Some("file"),
        title: "File",
        explain: "Its full path; it holds the secret and nothing else.",
    },
    Place {
        label: "variable         an environment variable",
        scheme: Some("env"),
        title: "Variable",
        explain: "Its name, like COGNITO_SECRET; hubgate reads it when it needs it.",
    },
    Place {
        label: "Secrets Manager  AWS keeps it, the hub's role reads it",
        scheme: Some("secretsmanager"),
        title: "Name or ARN",
        explain: "With #key behind it where the secret is JSON, like hubgate/hub#secret",
    },
    Place {
        label: "SSM parameter    AWS keeps it, the hub's role reads it",
        scheme: Some("ssm"),
        title: "Name or ARN",
        explain: "The parameter's, like /hubgate/client-secret",
    },
];

impl Wizard<'_> {
    pub(super) fn ask_source(&mut self, mut complaint: Option<String>) -> Result<Reply<()>, Halt> {
        let question = Key::ClientSecret.setting();
        loop {
            let menu = Menu {
                title: question.title,
                explain: question.explain,
                complaint: complaint.take(),
                items: PLACES.iter().map(|place| place.label.to_owned()).collect(),
                default: Some(self.place_now()),
            };
            let Reply::Answer(at) = self.prompter.choose(&menu)? else {
                return Ok(Reply::Back);
            };
            let Some(place) = PLACES.get(at) else { continue };
            let reply = match place.scheme {
                None => self.ask_typed(place)?,
                Some(scheme) => self.ask_kept(place, scheme)?,
            };
            if let Reply::Answer(source) = reply {
                let given = Given::one(source.to_string(), Origin::Prompt);
                self.given.insert(Key::ClientSecret, given);
                return Ok(Reply::Answer(()));
            }
        }
    }

    fn source_now(&self) -> Option<SecretSource> {
        let given = self.given.get(&Key::ClientSecret)?;
        given.items.last()?.text.parse().ok()
    }

    fn place_now(&self) -> usize {
        match self.source_now() {
            Some(SecretSource::File(_)) if self.secret.is_none() => 1,
            Some(SecretSource::Env(_)) => 2,
            Some(SecretSource::SecretsManager { .. }) => 3,
            Some(SecretSource::Ssm(_)) => 4,
            _ => 0,
        }
    }

    fn ask_kept(&mut self, place: &Place, scheme: &str) -> Result<Reply<SecretSource>, Halt> {
        let before = format!("{scheme}:");
        let now = self.source_now().map(|source| source.to_string());
        let default = now.as_ref().and_then(|now| now.strip_prefix(&before));
        let ask = Ask {
            title: place.title,
            explain: place.explain,
            complaint: None,
            default: default.map(str::to_owned),
            initial: None,
            check: &|text| Ok(source(scheme, text)?.to_string()),
        };
        Ok(match self.prompter.text(&ask)? {
            Reply::Back => Reply::Back,
            Reply::Answer(text) => match source(scheme, &text) {
                Ok(source) => {
                    self.secret = None;
                    Reply::Answer(source)
                }
                Err(_) => Reply::Back,
            },
        })
    }

    fn ask_typed(&mut self, place: &Place) -> Result<Reply<SecretSource>, Halt> {
        let ask = Ask {
            title: place.title,
            explain: place.explain,
            complaint: None,
            default: None,
            initial: None,
            check: &|text| match read_typed(text) {
                Ok(_) => Ok(String::new()),
                Err(problem) => Err(Invalid::new(
                    format!("this is no client secret: {problem}"),
                    "copy it from the app client's page in the Cognito console",
                )),
            },
        };
        let Reply::Answer(typed) = self.prompter.secret(&ask)? else {
            return Ok(Reply::Back);
        };
        let Ok(resolved) = read_typed(typed.expose()) else {
            return Ok(Reply::Back);
        };
        for warning in &resolved.warnings {
            self.prompter.show(&[Row::Warning(warning.clone())])?;
        }
        let Reply::Answer(file) = self.ask_secret_file()? else {
            return Ok(Reply::Back);
        };
        self.secret = Some(TypedSecret {
            secret: resolved.secret,
            file: file.clone(),
            warnings: resolved.warnings,
        });
        Ok(Reply::Answer(SecretSource::File(file)))
    }

    fn ask_secret_file(&mut self) -> Result<Reply<PathBuf>, Halt> {
        let default = match &self.secret {
            Some(typed) => typed.file.display().to_string(),
            None => self.secret_file.clone(),
        };
        loop {
            let host = self.host;
            let ask = Ask {
                title: "Keep it in",
                explain: "A file for the secret alone, which you alone can read.",
                complaint: None,
                default: Some(default.clone()),
                initial: None,
                check: &|text| Ok(new_file(host, text)?.0.display().to_string()),
            };
            let Reply::Answer(text) = self.prompter.text(&ask)? else {
                return Ok(Reply::Back);
            };
            let Ok((file, there)) = new_file(host, &text) else {
                continue;
            };
            let explain = format!("{text} is there already. What it holds would be lost.");
            if !there || confirm(self.prompter, "Replace it", &explain, false)? == Reply::Answer(true) {
                return Ok(Reply::Answer(file));
            }
        }
    }
}

/// The source that a person named without its scheme, or with it.
fn source(scheme: &str, text: &str) -> Result<SecretSource, Invalid> {
    if text.is_empty() {
        return Err(Invalid::needed());
    }
    if scheme == "env" && looks_secret(text) {
        return Err(Invalid::new(
            "this looks like the secret itself",
            "give the name of the variable that holds it",
        ));
    }
    let parsed: SecretSource = match text.strip_prefix(scheme).and_then(|rest| rest.strip_prefix(':')) {
        Some(_) => text.parse()?,
        None => format!("{scheme}:{text}").parse()?,
    };
    match &parsed {
        SecretSource::File(path) if !path.is_absolute() && !path.starts_with("~") => Err(not_full(path)),
        _ => Ok(parsed),
    }
}

fn not_full(path: &Path) -> Invalid {
    Invalid::new(
        format!("'{}' depends on the folder that hubgate runs in", path.display()),
        "give the full path, or one that begins with ~/",
    )
}

/// Names of variables are words; Cognito's secrets are long runs of letters and digits.
fn looks_secret(text: &str) -> bool {
    text.len() >= 24 && !text.contains('_') && text.chars().any(|c| c.is_ascii_digit())
}

/// A file that a secret can be written to, and whether there is one already.
fn new_file(host: &dyn Host, text: &str) -> Result<(PathBuf, bool), Invalid> {
    let SecretSource::File(path) = source("file", text)? else {
        return Err(Invalid::new("this names no file", "give its full path"));
    };
    let remedy = "name a file of its own for the secret";
    let Some(full) = expanded(host, &path) else {
        return Err(Invalid::new(
            "HOME is not set, so ~ means nothing",
            "give the full path",
        ));
    };
    match host.stat(&full) {
        Err(error) => Err(Invalid::new(error.to_string(), remedy)),
        Ok(Some(stat)) if stat.is_dir => Err(Invalid::new(format!("{text} is a folder"), remedy)),
        Ok(Some(stat)) if stat.is_symlink => Err(Invalid::new(format!("{text} is a symbolic link"), remedy)),
        Ok(there) => Ok((path, there.is_some())),
    }
}

/// The path with `~` replaced by the home folder; none where that is not known.
pub fn expanded(host: &dyn Host, path: &Path) -> Option<PathBuf> {
    match path.strip_prefix("~") {
        Ok(below) => Some(host.home()?.join(below)),
        Err(_) => Some(path.to_owned()),
    }
}
