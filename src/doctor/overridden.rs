//! Files that are loaded after hubgate's own and set the same.

use super::finding::Finding;
use super::python_settings::{PythonSetting, settings_of};
use crate::tljh::Observed;

pub(super) fn check(observed: &Observed, findings: &mut Vec<Finding>) {
    let Some(file) = &observed.awscognito_py else {
        return;
    };
    let ours = settings_of(&String::from_utf8_lossy(&file.bytes));
    let path = observed.files.awscognito_py();
    for (other, text) in &observed.other_settings {
        for setting in &settings_of(text) {
            let same = |own: &PythonSetting| (&own.class, &own.name) == (&setting.class, &setting.name);
            let after = if *other > path && (ours.iter().any(same) || is_other_login(setting)) {
                "awscognito.py, so it wins"
            } else if is_other_login(setting) && !ours.iter().any(same) {
                "config.yaml, so it wins over auth.type"
            } else {
                continue;
            };
            let what = format!(
                "{}.{} is set here too, and this file is loaded after {after}",
                setting.class, setting.name
            );
            let remedy = "take the line out, then sudo tljh-config reload";
            let place = format!("{}:{}", other.display(), setting.line);
            findings.push(Finding::new("overridden", what, remedy).at(place));
        }
    }
}

/// The login that the files of the folder name, whatever `config.yaml` says: they are loaded after it.
pub(super) fn login_of_files(observed: &Observed) -> Option<PythonSetting> {
    let ours = observed.awscognito_py.as_ref();
    let ours = ours.map(|file| {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        (observed.files.awscognito_py(), text)
    });
    let mut files: Vec<_> = observed.other_settings.iter().chain(&ours).collect();
    files.sort();
    let mut settings = files.into_iter().flat_map(|(_, text)| settings_of(text));
    settings.rfind(is_login)
}

fn is_login(setting: &PythonSetting) -> bool {
    setting.class == "JupyterHub" && setting.name == "authenticator_class"
}

fn is_other_login(setting: &PythonSetting) -> bool {
    is_login(setting) && setting.text().is_some_and(|class| !is_generic(class))
}

/// Whether a login's name is that of the one that Cognito needs.
pub(super) fn is_generic(class: &str) -> bool {
    class.ends_with("GenericOAuthenticator") || class == "generic-oauth"
}
