//! From answers and a hub to the steps between them.

use serde::Serialize;

use super::concerns::{Concern, concerns};
use super::step::{Step, StepKind, shown};
use super::take_over::{Contradiction, Stays, take_over};
use crate::answers::Answers;
use crate::render::{TljhChange, diff, tljh_changes};
use crate::secret::Secret;
use crate::tljh::{ConfigYaml, NotYaml};
use crate::tljh::{FileState, Observed};

/// The permission bits of the folder of further settings, as TLJH makes it.
const FOLDER_MODE: u32 = 0o700;
/// The permission bits of the secret's file.
const SECRET_MODE: u32 = 0o600;
/// The permission bits of the settings' file, which anyone who may enter the folder may read.
const SETTINGS_MODE: u32 = 0o644;

/// The steps, in order, and what to know beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// What is done, in order; empty when the hub is so already.
    #[serde(serialize_with = "shown")]
    pub steps: Vec<Step>,
    /// What a person should know.
    pub warnings: Vec<String>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlan {
    /// `config.yaml` cannot be read.
    #[error(transparent)]
    Config(#[from] NotYaml),
    /// Something on the hub contradicts the answers, and cannot be taken over.
    #[error(transparent)]
    Stays(#[from] Stays),
    /// Something on the hub contradicts the answers.
    #[error("{what}; {remedy}")]
    Refused {
        /// What is in the way.
        what: String,
        /// What to do about it.
        remedy: String,
    },
}

/// What a plan is to lead to.
#[derive(Debug, Clone, Copy)]
pub struct Goal<'a> {
    /// What a person decided.
    pub answers: &'a Answers,
    /// The text rendered from the same answers.
    pub awscognito_py: &'a str,
    /// The client secret.
    pub secret: &'a Secret,
    /// What stands elsewhere on the hub and is to be removed.
    pub take_over: &'a [Contradiction],
}

/// Plans what makes the hub say what the answers say. A step that is true already drops out.
///
/// # Errors
/// When `config.yaml` is broken, or something on the hub contradicts the answers and is not, or cannot be,
/// removed.
pub fn plan(goal: &Goal<'_>, observed: &Observed) -> Result<Plan, NoPlan> {
    let config = observed.config.as_ref().map_err(Clone::clone)?;
    let taken = take_over(goal.take_over, observed, config, goal.secret);
    if let Some(stays) = taken.stays.first() {
        return Err(NoPlan::Stays(stays.clone()));
    }
    let without = taken
        .changes
        .iter()
        .fold(config.clone(), |config, change| config.after(change));
    let mut warnings = Vec::new();
    for concern in concerns(goal.answers, observed, &without) {
        match concern {
            Concern::Refuse { what, remedy } => return Err(NoPlan::Refused { what, remedy }),
            Concern::Warn(text) => warnings.push(text),
        }
    }
    let mut steps = file_steps(goal.awscognito_py, goal.secret, observed);
    steps.extend(taken.steps);
    steps.extend(config_steps(goal.answers, config, taken.changes));
    let mut changes = steps.iter().filter_map(|step| step.kind.change());
    if changes.any(TljhChange::concerns_proxy) {
        steps.push(Step::plain(StepKind::ReloadProxy));
    }
    if steps
        .iter()
        .any(|step| !matches!(step.kind, StepKind::MakeFolder { .. }))
    {
        steps.push(Step::plain(StepKind::RestartHub));
    }
    Ok(Plan { steps, warnings })
}

fn file_steps(text: &str, secret: &Secret, observed: &Observed) -> Vec<Step> {
    let mut steps = Vec::new();
    if observed.folder_mode != Some(FOLDER_MODE) {
        steps.push(Step::plain(StepKind::MakeFolder {
            path: observed.files.folder(),
            mode: FOLDER_MODE,
        }));
    }
    let secret_bytes = secret_file(secret);
    let held = observed.awscognito_secret.as_ref();
    if !held.is_some_and(|file| file.bytes == secret_bytes && file.mode == SECRET_MODE && is_roots(file)) {
        steps.push(Step::plain(StepKind::WriteSecret {
            path: observed.files.awscognito_secret(),
            mode: SECRET_MODE,
        }));
    }
    let there = observed.awscognito_py.as_ref();
    if !there
        .is_some_and(|file| file.bytes == text.as_bytes() && file.mode == SETTINGS_MODE && is_roots(file))
    {
        let old = there
            .map(|file| String::from_utf8_lossy(&file.bytes).into_owned())
            .unwrap_or_default();
        let changed = (old != text).then(|| secret.redact(&diff(&old, text, "awscognito.py")));
        let path = observed.files.awscognito_py();
        steps.push(Step {
            kind: StepKind::WriteFile {
                path,
                text: text.to_owned(),
                mode: SETTINGS_MODE,
            },
            diff: changed,
        });
    }
    steps
}

/// Another owner could read the secret, or change what the hub runs as root.
fn is_roots(file: &FileState) -> bool {
    file.owner.0 == 0
}

/// What is taken out first, and the authenticator last.
fn config_steps(answers: &Answers, config: &ConfigYaml, taken_out: Vec<TljhChange>) -> Vec<Step> {
    let mut state = config.clone();
    let mut steps = Vec::new();
    for change in taken_out
        .into_iter()
        .chain(back_to_root(answers, config))
        .chain(tljh_changes(answers))
    {
        if !state.has(&change) {
            state = state.after(&change);
            steps.push(Step {
                diff: Some(words(config, &change)),
                kind: StepKind::TljhConfig(change),
            });
        }
    }
    steps
}

/// TLJH's default path needs no setting, unless another one stands there.
fn back_to_root(answers: &Answers, config: &ConfigYaml) -> Option<TljhChange> {
    let elsewhere = config
        .text("base_url")
        .is_some_and(|path| !path.trim_matches('/').is_empty());
    (answers.hub.base_url.is_root() && elsewhere).then(|| TljhChange::Set {
        path: "base_url".to_owned(),
        value: "/".to_owned(),
    })
}

/// `config.yaml: auth.type: a → b`, without the value of what may be a secret.
pub(super) fn words(config: &ConfigYaml, change: &TljhChange) -> String {
    let path = change.path();
    let shown = |value: Option<&serde_json::Value>| match value {
        None => "(not set)".to_owned(),
        Some(value) if is_plain(path, value) => value.to_string(),
        Some(_) => "(not shown)".to_owned(),
    };
    let after = config.after(change);
    format!(
        "{path}: {} → {}\n",
        shown(config.get(path)),
        shown(after.get(path))
    )
}

/// Whether it cannot hold a secret, which somebody may have written anywhere below `auth`.
fn is_plain(path: &str, value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Null | Value::Bool(_) => true,
        _ if path == "auth.type" || !path.starts_with("auth.") => !value.is_object(),
        Value::Array(items) => items
            .iter()
            .all(|item| item.as_str().is_some_and(|name| name.len() < SHORT)),
        _ => false,
    }
}

/// Cognito's secrets have some fifty characters, and names of people fewer than forty.
const SHORT: usize = 40;

/// The bytes of the secret's file.
pub fn secret_file(secret: &Secret) -> Vec<u8> {
    format!("{}\n", secret.expose()).into_bytes()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plan::testing::answers;

    #[test]
    fn a_hub_under_another_path_is_brought_to_the_root_that_was_asked_for() {
        let root = answers("mode = \"proxy\"", "allow = \"all\"");
        let mut below = root.clone();
        below.hub.base_url = crate::hub::BaseUrl::parse("/jupyter/").unwrap();
        let moves = |answers: &Answers, config: &str| {
            let config = ConfigYaml::parse(config.as_bytes()).unwrap();
            back_to_root(answers, &config).map(|change| change.arguments().join(" "))
        };
        let elsewhere = "base_url: /jupyter/\n";
        assert_eq!(moves(&root, elsewhere).unwrap(), "set base_url /");
        for (answers, config) in [(&root, "base_url: /\n"), (&root, "{}\n"), (&below, elsewhere)] {
            assert_eq!(moves(answers, config), None);
        }
    }
}
