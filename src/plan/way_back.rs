//! The way back: to how a hub was before an apply, or to TLJH's own login.

use std::path::{Path, PathBuf};

use super::planning::{NoPlan, Plan, words};
use super::step::{Step, StepKind};
use crate::render::{TljhChange, diff_of_others, sha256_hex};
use crate::secret::Secret;
use crate::tljh::{FileState, Observed};

/// TLJH's own authenticator, which `auth.type` names when nothing else is set.
const FIRST_USE: &str = "firstuseauthenticator.FirstUseAuthenticator";

/// What an apply found and left.
#[derive(Debug, Clone)]
pub struct Past {
    /// Every file that it might touch, in its order.
    pub files: Vec<PastFile>,
    /// The permission bits of the folder of further settings before it; none where that was missing.
    pub folder_mode: Option<u32>,
    /// It reloaded traefik.
    pub reloaded_proxy: bool,
}

/// A file as an apply found and left it.
#[derive(Debug, Clone)]
pub struct PastFile {
    /// The file.
    pub path: PathBuf,
    /// What it was before; none where there was no file.
    pub was: Option<FileState>,
    /// The copy of that.
    pub backup: PathBuf,
    /// The SHA-256 of what the apply left, in hex; none where there was no file then.
    pub left: Option<String>,
}

/// Plans what makes the hub what it was before an apply. What is there already drops out.
pub fn plan_back(past: &Past, observed: &Observed) -> Plan {
    let mut steps = Vec::new();
    for file in past.files.iter().rev() {
        let path = file.path.clone();
        let kind = match (&file.was, observed.file(&path)) {
            (was, now) if was.as_ref() == now => continue,
            (Some(was), _) => StepKind::RestoreFile {
                path,
                backup: file.backup.clone(),
                mode: was.mode,
                owner: was.owner,
            },
            (None, _) => StepKind::RemoveFile { path },
        };
        let diff = difference(observed, &file.path, file.was.as_ref());
        steps.push(Step { kind, diff });
    }
    if let (Some(mode), Some(now)) = (past.folder_mode, observed.folder_mode)
        && now != mode
    {
        let path = observed.files.folder();
        steps.push(Step::plain(StepKind::MakeFolder { path, mode }));
    }
    if past.reloaded_proxy {
        steps.push(Step::plain(StepKind::ReloadProxy));
    }
    steps.push(Step::plain(StepKind::RestartHub));
    Plan {
        steps,
        warnings: Vec::new(),
    }
}

/// What somebody changed since the apply and would be lost: nothing, or a diff of each such file.
pub fn lost_on_the_way_back(past: &Past, observed: &Observed) -> String {
    let mut lost = String::new();
    for file in &past.files {
        let sha256 = |file: &FileState| sha256_hex(&file.bytes);
        let now = observed.file(&file.path).map(sha256);
        // As the apply left it, or already as it was before.
        if now == file.left || now == file.was.as_ref().map(sha256) {
            continue;
        }
        match difference(observed, &file.path, file.was.as_ref()) {
            Some(diff) => lost.push_str(&diff),
            None => {
                let what = now.map_or("was removed", |_| "holds another secret");
                lost.push_str(&format!("{} {what}\n", file.path.display()));
            }
        }
    }
    lost
}

/// Plans TLJH's first-use login. A step that is true already drops out.
///
/// # Errors
/// When `config.yaml` is broken.
pub fn plan_to_default(observed: &Observed) -> Result<Plan, NoPlan> {
    let config = observed.config.as_ref().map_err(Clone::clone)?;
    let mut steps = Vec::new();
    if config.text("auth.type").is_some_and(|class| class != FIRST_USE) {
        let path = "auth.type".to_owned();
        let change = TljhChange::Unset { path };
        steps.push(Step {
            diff: Some(words(config, &change)),
            kind: StepKind::TljhConfig(change),
        });
    }
    for path in [observed.files.awscognito_py(), observed.files.awscognito_secret()] {
        if observed.file(&path).is_some() {
            let diff = difference(observed, &path, None);
            let kind = StepKind::RemoveFile { path };
            steps.push(Step { kind, diff });
        }
    }
    if !steps.is_empty() {
        steps.push(Step::plain(StepKind::RestartHub));
    }
    Ok(Plan {
        steps,
        warnings: Vec::new(),
    })
}

/// From a file as it is to what it shall be; none where the text stays, or is the secret.
fn difference(observed: &Observed, path: &Path, then: Option<&FileState>) -> Option<String> {
    let secret_file = observed.files.awscognito_secret();
    let text = |file: Option<&FileState>| {
        file.map_or_else(String::new, |file| {
            String::from_utf8_lossy(&file.bytes).into_owned()
        })
    };
    let (now, then) = (text(observed.file(path)), text(then));
    if now == then || *path == secret_file {
        return None;
    }
    // Nor where somebody has put it elsewhere, too.
    let secret = Secret::new(text(observed.file(&secret_file)).trim().to_owned());
    Some(secret.redact(&diff_of_others(&now, &then, &path.display().to_string())))
}
