//! `hubgate rehearse` as a person runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::kit;

/// Answers for one release, rule and username claim.
pub struct Setting {
    pub oauthenticator: &'static str,
    pub allow: &'static str,
    pub claim: &'static str,
}

impl Setting {
    /// The name of the administrator `ada` or the user `grace`, as this claim has it.
    pub fn name(&self, word: &str) -> String {
        match (self.claim, word) {
            ("email", word) => format!("{word}@example.org"),
            ("sub", "ada") => "a0000000-0000-4000-8000-00000000ada0".into(),
            ("sub", "grace") => "a0000000-0000-4000-8000-0000009face0".into(),
            (_, word) => word.into(),
        }
    }

    fn toml(&self) -> String {
        let (admin, user) = (self.name("ada"), self.name("grace"));
        let access = match self.allow {
            "users" => format!("users = ['{user}']"),
            "groups" => format!("users = ['{user}']\ngroups = ['staff']\nadmin_groups = ['keepers']"),
            _ => String::new(),
        };
        format!(
            "[hub]\nurl = 'https://hub.example.org'\nadmins = ['{admin}']\n[https]\nmode = 'proxy'\n\
             [cognito]\ndomain = 'my-hub.auth.eu-west-1.amazoncognito.com'\n\
             client_id = '3n4b5urk1ft4fl3mg5e62d9ado'\nclient_secret = 'file:/nowhere/at/all'\n\
             username = '{}'\n[access]\nallow = '{}'\n{access}\n[target]\noauthenticator = '{}'\n",
            self.claim, self.allow, self.oauthenticator
        )
    }

    /// Its answers file, in a folder of its own.
    pub fn file(&self) -> PathBuf {
        let name = format!(
            "lab-{}-{}-{}",
            self.oauthenticator,
            self.allow,
            self.claim.replace(':', "-")
        );
        let path = kit::scratch(&name).join("hubgate.toml");
        std::fs::write(&path, self.toml()).unwrap();
        path
    }
}

/// The command, with nothing inherited that could be an answer.
pub fn hubgate(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hubgate"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HUBGATE_") {
            command.env_remove(name);
        }
    }
    command.args(args).stdin(Stdio::null());
    command
}

/// Rehearses a file's answers and reads the document.
pub fn rehearse(answers: &Path) -> (Output, Value) {
    let output = hubgate(&["rehearse", "--json", "--answers"])
        .arg(answers)
        .output()
        .unwrap();
    let document = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{error}: {}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    });
    (output, document)
}

/// Each row in a line: `who -> name admin groups` or `who -> refused`.
pub fn told(document: &Value) -> Vec<String> {
    let rows = document["people"]
        .as_array()
        .unwrap_or_else(|| panic!("no people in {document:#}"));
    let told = |row: &Value| {
        let got = &row["got"];
        let end = match got["login"].as_str().unwrap() {
            "in" => {
                let admin = if got["admin"] == true { " admin" } else { "" };
                let groups = got["groups"].as_array().filter(|groups| !groups.is_empty());
                let groups = groups.map(|groups| {
                    let names: Vec<_> = groups.iter().map(|group| group.as_str().unwrap()).collect();
                    format!(" [{}]", names.join(" "))
                });
                format!(
                    "{}{admin}{}",
                    got["name"].as_str().unwrap(),
                    groups.unwrap_or_default()
                )
            }
            "refused" => "refused".to_owned(),
            _ => got.to_string(),
        };
        format!("{} -> {end}", row["who"].as_str().unwrap())
    };
    rows.iter().map(told).collect()
}
