//! Files that are loaded after hubgate's own and set the same.

use super::finding::Finding;
use super::python_settings::{Setting, settings_of};
use crate::plan::Observed;

pub(super) fn check(observed: &Observed, findings: &mut Vec<Finding>) {
    let Some(file) = &observed.awscognito_py else {
        return;
    };
    let ours = settings_of(&String::from_utf8_lossy(&file.bytes));
    let path = observed.files.awscognito_py();
    for (other, text) in observed.other_settings.iter().filter(|(other, _)| *other > path) {
        for setting in settings_of(text).iter().filter(|setting| wins(setting, &ours)) {
            let what = format!(
                "{}.{} is set here too, and this file is loaded after awscognito.py, so it wins",
                setting.class, setting.name
            );
            let remedy = "take the line out, then sudo tljh-config reload";
            let place = format!("{}:{}", other.display(), setting.line);
            findings.push(Finding::new("overridden", what, remedy).at(place));
        }
    }
}

fn wins(setting: &Setting, ours: &[Setting]) -> bool {
    let same = |own: &Setting| (&own.class, &own.name) == (&setting.class, &setting.name);
    let other_login = setting.name == "authenticator_class"
        && setting
            .text()
            .is_some_and(|class| !class.ends_with("GenericOAuthenticator") && class != "generic-oauth");
    ours.iter().any(same) || other_login
}
