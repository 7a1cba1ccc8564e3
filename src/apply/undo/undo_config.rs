//! `config.yaml` as it was, without overwriting what somebody else put there meanwhile.

use serde_json::Value;

use crate::apply::record::backup::{restore, saved_bytes};
use crate::apply::record::journal::{Journal, StepState};
use crate::apply::step::action::content;
use crate::apply::step::scene::Scene;
use crate::render::TljhChange;
use crate::tljh::{ConfigYaml, config_lock::lock_config, observe::file_state};

/// Puts the old bytes back when the file says what we left it saying, or nothing sensible at all.
/// Otherwise somebody else changed it too: then only our own changes are taken back, one by one.
pub(in crate::apply) fn restore_config(
    scene: &mut Scene<'_>,
    journal: &Journal,
    notes: &mut Vec<String>,
) -> Result<(), String> {
    let path = scene.files.config_yaml();
    let backup = journal.backup(&path).ok_or("config.yaml has no backup")?;
    let said = |error: std::io::Error| error.to_string();
    let saved = match &backup.saved {
        Some(saved) => saved_bytes(scene.host, saved).map_err(said)?,
        None => Vec::new(),
    };
    let before = ConfigYaml::parse(&saved).unwrap_or_default();
    let lock = lock_config(scene.host, &scene.files).map_err(said)?;
    let found = file_state(scene.host, &path).map_err(said)?;
    let states = our_states(scene, journal, &before);
    let theirs = found
        .as_ref()
        .and_then(|file| somebody_elses(&file.bytes, &saved, &states));
    let Some(theirs) = theirs else {
        restore(scene.host, backup).map_err(said)?;
        scene.config = before;
        return Ok(());
    };
    drop(lock);
    take_back(scene, journal, &before, theirs)?;
    let _lock = lock_config(scene.host, &scene.files).map_err(said)?;
    let left = file_state(scene.host, &path).map_err(said)?;
    if left.is_none_or(|file| ConfigYaml::parse(&file.bytes).as_ref() == Ok(&before)) {
        return restore(scene.host, backup).map_err(said);
    }
    notes.push(
        "config.yaml was changed by someone else meanwhile; that change was kept, ours were taken back"
            .to_owned(),
    );
    Ok(())
}

/// Whether the file was no YAML before the run, a rollback's then.
pub(in crate::apply) fn was_illegible(scene: &Scene<'_>, journal: &Journal) -> bool {
    let backup = journal.backup(&scene.files.config_yaml());
    let saved = backup.and_then(|backup| backup.saved.as_ref());
    let bytes = saved.and_then(|saved| saved_bytes(scene.host, saved).ok());
    bytes.is_some_and(|bytes| ConfigYaml::parse(&bytes).is_err())
}

/// What the file says, when that is somebody else's doing: not what was there, nor what our steps leave,
/// nor what is left of either when a `tljh-config` was cut off while it wrote.
fn somebody_elses(bytes: &[u8], saved: &[u8], states: &[ConfigYaml]) -> Option<ConfigYaml> {
    let now = ConfigYaml::parse(bytes).ok()?;
    let ours = bytes == saved || now == ConfigYaml::default() || states.contains(&now);
    let cut_off = looks_cut_off(bytes) && states.iter().any(|state| now.is_part_of(state));
    (!ours && !cut_off).then_some(now)
}

/// `tljh-config` writes in place: what is cut off ends where a block of the disk ends, or in the middle
/// of a line.
fn looks_cut_off(bytes: &[u8]) -> bool {
    const BLOCK: usize = 512;
    bytes.len().is_multiple_of(BLOCK) || !bytes.ends_with(b"\n")
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
        let kind = &entry.step.kind;
        if let Some(change) = kind.change() {
            state = state.after(change);
        } else if kind.file() == Some(&scene.files.config_yaml()) {
            let bytes = content(scene.host, None, kind).ok().flatten();
            let left = bytes.and_then(|bytes| ConfigYaml::parse(&bytes).ok());
            state = left.unwrap_or(state);
        } else {
            continue;
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
    let mut errors = Vec::new();
    for entry in journal
        .entries
        .iter()
        .rev()
        .filter(|entry| entry.state != StepState::Planned)
    {
        let kind = &entry.step.kind;
        let Some(change) = kind.change() else {
            if let Some(path) = kind.file().filter(|path| *path == scene.files.config_yaml()) {
                errors.push(format!(
                    "{} was changed by someone else while it was being put back",
                    path.display()
                ));
            }
            continue;
        };
        if !state.has(change) || before.has(change) {
            continue;
        }
        let Some(inverse) = inverse(change, before, &state) else {
            errors.push(format!("{} cannot be taken back", change.path()));
            continue;
        };
        match scene.tljh_config(&inverse.arguments()) {
            Ok(_) => state = state.after(&inverse),
            Err(error) => errors.push(error.to_string()),
        }
    }
    scene.config = state;
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.join("; "))
    }
}

/// The change that takes one back, where `tljh-config` can express it.
fn inverse(change: &TljhChange, before: &ConfigYaml, now: &ConfigYaml) -> Option<TljhChange> {
    let path = change.path().to_owned();
    let is_last = now
        .get(&path)
        .and_then(Value::as_array)
        .is_some_and(|list| list.len() == 1);
    Some(match change {
        // There was no list; an empty one would stay.
        TljhChange::AddItem { .. } if is_last && before.get(&path).is_none() => TljhChange::Unset { path },
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
            Some(Value::Array(_) | Value::Object(_)) => return None,
            Some(scalar) => {
                let value = match scalar {
                    Value::String(text) => text.clone(),
                    Value::Null => "none".to_owned(),
                    other => other.to_string(),
                };
                TljhChange::Set { path, value }
            }
        },
    })
}
