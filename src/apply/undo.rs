//! Back to how the hub was: bytes and modes, then the old login seen.

use super::backup::{remove_beside, restore};
use super::execute::Scene;
use super::journal::{Backup, Entry, Journal, RunState, StepState};
use super::observe::file_state;
use super::state_dir::StateDir;
use super::undo_config::restore_config;
use super::units;
use crate::host::Host;
use crate::plan::{HubFiles, StepKind};
use crate::render::{sha256_hex, shell_word};
use crate::verify::{LocalHub, LoginLook};

/// Why an undo did not succeed, and what a person can do.
#[derive(Debug)]
pub struct NotUndone {
    /// Every error, in the order met.
    pub errors: Vec<String>,
    /// Commands that finish the undo by hand, in order.
    pub commands: Vec<String>,
}

/// Undoes every step that began, in reverse order, collecting all errors; restarts what was restarted
/// and looks at the login page. Returns what a person should know.
///
/// `after_crash`: the hub may have been started in between, so it is restarted in any case.
///
/// # Errors
/// When the hub is not provably as it was.
pub fn undo(
    scene: &mut Scene<'_>,
    journal: &mut Journal,
    state: &StateDir,
    after_crash: bool,
) -> Result<Vec<String>, NotUndone> {
    let _hold = scene.host.interrupt().hold();
    let mut notes = Vec::new();
    let mut errors = Vec::new();
    undo_files(scene, journal, &mut notes, &mut errors);
    let began = |wanted: fn(&StepKind) -> bool| journal.began(|step| wanted(&step.kind));
    let proxy = began(|kind| matches!(kind, StepKind::ReloadProxy));
    let hub = began(|kind| matches!(kind, StepKind::RestartHub)) || (after_crash && began(|_| true));
    if proxy && let Err(error) = scene.tljh_config(&["reload", "proxy"]) {
        errors.push(error.to_string());
    }
    if hub || proxy {
        // Without failures to forget it has nothing to do.
        let _ = units::reset_failed(scene.host);
        match scene.restart_hub() {
            Ok(()) => see_old_login(scene, journal, &mut errors),
            Err(_) if journal.look.is_none() => notes.push("the hub did not answer before either".to_owned()),
            Err(error) => errors.push(error.to_string()),
        }
    }
    if errors.is_empty() {
        close(scene.host, journal, state, RunState::Undone, &mut notes);
        return Ok(notes);
    }
    journal.state = RunState::Broken;
    if let Err(error) = journal.save(scene.host, state) {
        errors.push(error.to_string());
    }
    Err(NotUndone {
        errors,
        commands: by_hand(journal, state, proxy),
    })
}

fn undo_files(scene: &mut Scene<'_>, journal: &Journal, notes: &mut Vec<String>, errors: &mut Vec<String>) {
    let mut config_done = false;
    for entry in journal
        .entries
        .iter()
        .rev()
        .filter(|entry| entry.state != StepState::Planned)
    {
        let touches_config = match &entry.step.kind {
            StepKind::TljhConfig(_) => true,
            StepKind::RestoreFile { path, .. } => *path == scene.files.config_yaml(),
            _ => false,
        };
        let result = if touches_config {
            if std::mem::replace(&mut config_done, true) {
                Ok(())
            } else {
                restore_config(scene, journal, notes)
            }
        } else {
            undo_file(scene, journal, entry)
        };
        if let Err(error) = result {
            errors.push(error);
        }
    }
}

fn undo_file(scene: &Scene<'_>, journal: &Journal, entry: &Entry) -> Result<(), String> {
    let path = match &entry.step.kind {
        StepKind::WriteSecret { path, .. }
        | StepKind::WriteFile { path, .. }
        | StepKind::RestoreFile { path, .. }
        | StepKind::RemoveFile { path } => path,
        StepKind::MakeFolder { .. } => return undo_folder(scene, journal),
        StepKind::TljhConfig(_) | StepKind::ReloadProxy | StepKind::RestartHub => return Ok(()),
    };
    let backup = journal
        .backup(path)
        .ok_or_else(|| format!("{} has no backup", path.display()))?;
    if is_somebody_elses(scene.host, backup, entry)? {
        return Err(format!(
            "{} was changed by someone else meanwhile and is left as it is",
            path.display()
        ));
    }
    restore(scene.host, backup).map_err(|error| error.to_string())
}

/// Neither what was there nor what the step leaves.
fn is_somebody_elses(host: &dyn Host, backup: &Backup, entry: &Entry) -> Result<bool, String> {
    let found = file_state(host, &backup.path).map_err(|error| error.to_string())?;
    let found = found.map(|file| sha256_hex(&file.bytes));
    let before = backup.saved.as_ref().map(|saved| saved.sha256.clone());
    Ok(found.is_some() && found != before && found != entry.leaves)
}

fn undo_folder(scene: &Scene<'_>, journal: &Journal) -> Result<(), String> {
    let folder = scene.files.folder();
    let said = |error: std::io::Error| error.to_string();
    match (journal.folder_mode, scene.host.stat(&folder).map_err(said)?) {
        (_, None) => Ok(()),
        (Some(mode), Some(_)) => scene.host.set_mode(&folder, mode).map_err(said),
        (None, Some(_)) if scene.host.list(&folder).map_err(said)?.is_empty() => {
            scene.host.remove_dir(&folder).map_err(said)
        }
        (None, Some(_)) => Err(format!("{} holds files of someone else", folder.display())),
    }
}

fn see_old_login(scene: &Scene<'_>, journal: &Journal, errors: &mut Vec<String>) {
    let Some(before) = &journal.look else { return };
    let local = match LocalHub::read(scene.host, scene.files.prefix()) {
        Ok(local) => local,
        Err(error) => return errors.push(error.to_string()),
    };
    match LoginLook::take(scene.host, &local) {
        Ok(now) => errors.extend(
            before
                .difference(&now)
                .map(|what| format!("the old login is not back: {what}")),
        ),
        Err(error) => errors.push(format!("the old login page does not answer: {error}")),
    }
}

/// Ends a run: the copies beside the files go, and the marker last. What fails here is tidied by the
/// next start.
pub(super) fn close(
    host: &dyn Host,
    journal: &mut Journal,
    state: &StateDir,
    end: RunState,
    notes: &mut Vec<String>,
) {
    journal.state = end;
    let saved = journal.save(host, state).map_err(|error| error.to_string());
    let tidied = remove_beside(host, &journal.backups).map_err(|error| error.to_string());
    let closed = host
        .remove(&state.open_marker())
        .map_err(|error| error.to_string());
    notes.extend([saved, tidied, closed].into_iter().filter_map(Result::err));
}

fn by_hand(journal: &Journal, state: &StateDir, proxy: bool) -> Vec<String> {
    let word = |path: &std::path::Path| shell_word(&path.to_string_lossy()).unwrap_or_default();
    let mut commands: Vec<String> = journal
        .backups
        .iter()
        .map(|backup| match &backup.saved {
            None => format!("rm -f {}", word(&backup.path)),
            Some(saved) => format!(
                "install -m {:04o} -o {} -g {} {} {}",
                saved.mode,
                saved.owner.0,
                saved.owner.1,
                word(&saved.copy),
                word(&backup.path)
            ),
        })
        .collect();
    if proxy {
        commands.push(format!(
            "{} reload proxy",
            word(&HubFiles::new(&journal.prefix).tljh_config())
        ));
    }
    commands.push("systemctl reset-failed jupyterhub".to_owned());
    commands.push("systemctl restart jupyterhub".to_owned());
    commands.push(format!("rm -f {}", word(&state.open_marker())));
    commands
}
