//! `config.yaml` as it was, without overwriting what somebody else put there meanwhile.

use serde_json::Value;

use super::backup::restore;
use super::config_lock::lock_config;
use super::execute::Scene;
use super::journal::{Journal, StepState};
use super::observe::file_state;
use crate::plan::{ConfigYaml, StepKind};
use crate::render::{TljhChange, sha256_hex};

/// Puts the old bytes back when the file says what we left it saying, or nothing sensible at all.
/// Otherwise somebody else changed it too: then only our own changes are taken back, one by one.
pub(super) fn restore_config(
    scene: &mut Scene<'_>,
    journal: &Journal,
    notes: &mut Vec<String>,
) -> Result<(), String> {
    let path = scene.files.config_yaml();
    let backup = journal.backup(&path).ok_or("config.yaml has no backup")?;
    let said = |error: std::io::Error| error.to_string();
    let before = match &backup.saved {
        Some(saved) => ConfigYaml::parse(&scene.host.read(&saved.copy).map_err(said)?).unwrap_or_default(),
        None => ConfigYaml::default(),
    };
    let lock = lock_config(scene.host, &scene.files).map_err(said)?;
    let found = file_state(scene.host, &path).map_err(said)?;
    let sha256 = found.as_ref().map(|file| sha256_hex(&file.bytes));
    let untouched = sha256.is_some() && sha256 == backup.saved.as_ref().map(|saved| saved.sha256.clone());
    let now = found.map(|file| ConfigYaml::parse(&file.bytes));
    let ours = match &now {
        None | Some(Err(_)) => true,
        Some(Ok(now)) => *now == ConfigYaml::default() || our_states(scene, journal, &before).contains(now),
    };
    if untouched || ours {
        restore(scene.host, backup).map_err(said)?;
        scene.config = before;
        return Ok(());
    }
    drop(lock);
    let Some(Ok(now)) = now else { return Ok(()) };
    take_back(scene, journal, &before, now)?;
    notes.push(
        "config.yaml was changed by someone else meanwhile; that change was kept, ours were taken back"
            .to_owned(),
    );
    Ok(())
}

/// What the file said before, and after each of our steps.
fn our_states(scene: &Scene<'_>, journal: &Journal, before: &ConfigYaml) -> Vec<ConfigYaml> {
    let mut states = vec![before.clone()];
    let mut state = before.clone();
    for entry in journal
        .entries
        .iter()
        .filter(|entry| entry.state != StepState::Planned)
    {
        match &entry.step.kind {
            StepKind::TljhConfig(change) => state = state.after(change),
            StepKind::RestoreFile { path, backup, .. } if *path == scene.files.config_yaml() => {
                let read = scene.host.read(backup).ok();
                state = read
                    .and_then(|bytes| ConfigYaml::parse(&bytes).ok())
                    .unwrap_or(state);
            }
            _ => continue,
        }
        states.push(state.clone());
    }
    states
}

fn take_back(
    scene: &mut Scene<'_>,
    journal: &Journal,
    before: &ConfigYaml,
    now: ConfigYaml,
) -> Result<(), String> {
    let mut state = now;
    for entry in journal
        .entries
        .iter()
        .rev()
        .filter(|entry| entry.state != StepState::Planned)
    {
        let StepKind::TljhConfig(change) = &entry.step.kind else {
            continue;
        };
        if !state.has(change) || before.has(change) {
            continue;
        }
        let inverse =
            inverse(change, before).ok_or_else(|| format!("{} cannot be taken back", change.path()))?;
        scene
            .tljh_config(&inverse.arguments())
            .map_err(|error| error.to_string())?;
        state = state.after(&inverse);
    }
    scene.config = state;
    Ok(())
}

/// The change that takes one back, where `tljh-config` can express it.
fn inverse(change: &TljhChange, before: &ConfigYaml) -> Option<TljhChange> {
    let path = change.path().to_owned();
    Some(match change {
        TljhChange::AddItem { value, .. } => TljhChange::RemoveItem {
            path,
            value: value.clone(),
        },
        TljhChange::RemoveItem { value, .. } => TljhChange::AddItem {
            path,
            value: value.clone(),
        },
        TljhChange::Set { .. } | TljhChange::Unset { .. } => match before.get(change.path()) {
            None => TljhChange::Unset { path },
            Some(Value::String(value)) => TljhChange::Set {
                path,
                value: value.clone(),
            },
            Some(Value::Null) => TljhChange::Set {
                path,
                value: "none".to_owned(),
            },
            Some(Value::Array(_) | Value::Object(_)) => return None,
            Some(scalar) => TljhChange::Set {
                path,
                value: scalar.to_string(),
            },
        },
    })
}
