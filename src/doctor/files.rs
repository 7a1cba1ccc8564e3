//! The files: are they there, and who can read them?

use std::io;
use std::path::Path;

use super::finding::Finding;
use super::python_settings::{is_placeholder, settings_of};
use crate::host::Host;
use crate::tljh::Observed;

/// Where cloud-init keeps the user data that the instance was started with.
const USER_DATA: &str = "/var/lib/cloud/instance/user-data.txt";

pub(super) fn check(host: &dyn Host, observed: &Observed, findings: &mut Vec<Finding>) -> io::Result<()> {
    folder(observed, findings);
    secret(observed, findings);
    settings_file(observed, findings);
    user_data(host, observed, findings)
}

fn folder(observed: &Observed, findings: &mut Vec<Finding>) {
    let path = observed.files.folder();
    if let Some(mode) = observed.folder_mode.filter(|mode| mode & 0o077 != 0) {
        let what = format!("mode {mode:04o} lets every user of the hub look into it");
        findings.push(
            Finding::new("folder-mode", what, format!("chmod 0700 {}", path.display())).at(shown(&path)),
        );
    }
}

fn secret(observed: &Observed, findings: &mut Vec<Finding>) {
    let path = observed.files.awscognito_secret();
    let Some(file) = &observed.awscognito_secret else {
        let needed = observed
            .awscognito_py
            .as_ref()
            .is_some_and(|file| text(&file.bytes).contains("awscognito.secret"));
        if needed {
            let what = "the client secret's file is missing, and the hub does not start without it";
            findings.push(
                Finding::new("secret-missing", what, "run hubgate apply, which writes it").at(shown(&path)),
            );
        }
        return;
    };
    if text(&file.bytes).trim().is_empty() {
        let what = "the client secret's file is empty, and the hub does not start with it";
        findings
            .push(Finding::new("secret-empty", what, "run hubgate apply, which writes it").at(shown(&path)));
    }
    if file.mode & 0o077 != 0 {
        let what = format!(
            "mode {:04o} lets others than root read the client secret",
            file.mode
        );
        let remedy = format!("chmod 0600 {}, then make a new secret in Cognito", path.display());
        findings.push(Finding::new("secret-mode", what, remedy).at(shown(&path)));
    }
    if file.owner.0 != 0 {
        let what = format!(
            "it belongs to the user with the id {}, who can read it",
            file.owner.0
        );
        findings.push(
            Finding::new(
                "secret-owner",
                what,
                format!("chown root:root {}", path.display()),
            )
            .at(shown(&path)),
        );
    }
}

fn settings_file(observed: &Observed, findings: &mut Vec<Finding>) {
    let path = observed.files.awscognito_py();
    let Some(file) = &observed.awscognito_py else {
        return;
    };
    let text = text(&file.bytes);
    if text.trim().is_empty() {
        let what =
            "the file is empty: `echo > file <<EOF`, as an old page of TLJH's has it, writes one empty line";
        findings.push(Finding::new("empty-settings", what, "write it with hubgate apply").at(shown(&path)));
    }
    for setting in settings_of(&text)
        .iter()
        .filter(|setting| setting.name == "client_secret")
    {
        if setting
            .text()
            .is_some_and(|value| !value.is_empty() && !is_placeholder(value))
        {
            let reach =
                if file.mode & 0o044 != 0 && observed.folder_mode.is_some_and(|mode| mode & 0o011 != 0) {
                    "every user of the hub can read it there"
                } else {
                    "it goes into every copy and backup of the settings"
                };
            let what = format!("the client secret stands in the settings; {reach}");
            let remedy =
                "run hubgate apply, which keeps it in a file of its own; then make a new secret in Cognito";
            let place = format!("{}:{}", path.display(), setting.line);
            findings.push(Finding::new("literal-secret", what, remedy).at(place));
        }
    }
}

fn user_data(host: &dyn Host, observed: &Observed, findings: &mut Vec<Finding>) -> io::Result<()> {
    let path = Path::new(USER_DATA);
    if host.stat(path)?.is_none() {
        return Ok(());
    }
    let data = text(&host.read(path)?);
    let secret = observed
        .awscognito_secret
        .as_ref()
        .map(|file| text(&file.bytes).trim().to_owned());
    let holds_ours = secret.is_some_and(|secret| secret.len() >= 8 && data.contains(&secret));
    let holds_one = settings_of(&data)
        .iter()
        .any(|s| s.name == "client_secret" && s.text().is_some_and(|t| !t.starts_with('[')));
    if holds_ours || holds_one {
        let what = "the instance's user data holds the client secret, and every user of the hub can ask the instance for its user data";
        let remedy = "take it out of the user data (hubgate render writes one that fetches it), then make a new secret in Cognito";
        findings.push(Finding::new("secret-in-user-data", what, remedy).at(USER_DATA));
    }
    Ok(())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
