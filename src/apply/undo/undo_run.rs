//! Back to how the hub was: bytes and modes, then the old login seen.

use crate::apply::error::{Cause, OldLogin, RunFailed};
use crate::apply::record::backup::{give_reserve_back, remove_strays, remove_strays_in, restore, sha256_of};
use crate::apply::record::journal::{Backup, Entry, Journal, RunState, StepState};
use crate::apply::record::marker::remove_markers;
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::scene::Scene;
use crate::apply::undo::by_hand::by_hand;
use crate::apply::undo::undo_config::{restore_config, was_illegible};
use crate::host::Host;
use crate::plan::StepKind;
use crate::tljh::{HubFiles, LocalHub, units};
use crate::verify::LoginLook;

/// What an undo that succeeded knows.
#[derive(Debug)]
pub struct Undone {
    /// What is known of the login.
    pub login: OldLogin,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Why an undo did not succeed, and what a person can do.
#[derive(Debug)]
pub struct NotUndone {
    /// Every error, in the order met.
    pub errors: Vec<String>,
    /// Commands that finish the undo by hand, in order.
    pub commands: Vec<String>,
}

impl NotUndone {
    /// As the end of a run that failed, or was cut off, for this cause.
    pub fn because_of(self, cause: Cause) -> RunFailed {
        RunFailed::Broken {
            cause,
            errors: self.errors,
            commands: self.commands,
        }
    }

    /// An undo that failed before it began.
    pub fn new(error: String, scene: &Scene<'_>, journal: &Journal, state: &StateDir) -> Self {
        Self {
            errors: vec![error],
            commands: by_hand(scene.host, journal, state),
        }
    }
}

/// What comes to light meanwhile.
#[derive(Default)]
struct Findings {
    notes: Vec<String>,
    errors: Vec<String>,
    /// A file is somebody else's now, and stays.
    kept: bool,
}

/// Undoes every step that began, in reverse order, collecting all errors; restarts what may run with
/// other settings than the old ones and looks at the login page.
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
) -> Result<Undone, NotUndone> {
    let _hold = scene.host.interrupt().hold();
    let mut found = Findings::default();
    // Where the disk is not full it is not missed.
    let _ = give_reserve_back(scene.host, &scene.files, &journal.id);
    undo_files(scene, journal, &mut found);
    let began = |kind| journal.began(|step| step.kind == kind);
    let proxy = began(StepKind::ReloadProxy);
    let hub = began(StepKind::RestartHub) || (after_crash && journal.began(|_| true));
    if proxy {
        // Without failures to forget it has nothing to do.
        let _ = units::reset_failed(scene.host);
        match twice(|| scene.reload_proxy()) {
            // It was as hopeless before, and to insist would keep every later command from its work.
            Err(_) if was_illegible(scene, journal) => found.notes.push(format!(
                "{} is no YAML, as before: mend it by hand, then sudo tljh-config reload proxy",
                scene.files.config_yaml().display()
            )),
            result => found.errors.extend(result.err().map(|error| error.to_string())),
        }
    }
    let login = if hub || proxy || found.kept {
        restart(scene, journal, &mut found)
    } else {
        match see_old_login(scene, journal) {
            Ok(login) => login,
            // Nobody restarted it here; somebody else did, with some of the new settings.
            Err(_) => restart(scene, journal, &mut found),
        }
    };
    let Findings {
        mut notes,
        mut errors,
        ..
    } = found;
    if errors.is_empty() {
        notes.extend(close(scene.host, journal, state, RunState::Undone));
        return Ok(Undone { login, notes });
    }
    journal.state = RunState::Broken;
    if let Err(error) = journal.save(scene.host) {
        errors.push(error.to_string());
    }
    let commands = by_hand(scene.host, journal, state);
    Err(NotUndone { errors, commands })
}

/// A program that could not do its work once may do it the second time. A hub that does not come up
/// will not.
fn twice(mut act: impl FnMut() -> Result<(), Cause>) -> Result<(), Cause> {
    match act() {
        Err(Cause::Program { .. } | Cause::ProgramFailed { .. }) => act(),
        result => result,
    }
}

fn restart(scene: &Scene<'_>, journal: &Journal, found: &mut Findings) -> OldLogin {
    let _ = units::reset_failed(scene.host);
    match twice(|| scene.restart_hub()) {
        Ok(()) => match see_old_login(scene, journal) {
            Ok(login) => return login,
            Err(error) => found.errors.push(error),
        },
        Err(_) if journal.look.is_none() => {}
        Err(error) => found.errors.push(error.to_string()),
    }
    OldLogin::NoneBefore
}

fn see_old_login(scene: &Scene<'_>, journal: &Journal) -> Result<OldLogin, String> {
    let Some(before) = &journal.look else {
        return Ok(OldLogin::NoneBefore);
    };
    let local = LocalHub::read(scene.host, scene.files.prefix()).map_err(|error| error.to_string())?;
    let now = LoginLook::take(scene.host, &local)
        .map_err(|error| format!("the old login page does not answer: {error}"))?;
    match before.difference(&now) {
        Some(_) if journal.look_is_older => Ok(OldLogin::OfNewerFiles),
        Some(what) => Err(format!("the old login is not back: {what}")),
        None => Ok(OldLogin::Seen),
    }
}

fn undo_files(scene: &mut Scene<'_>, journal: &Journal, found: &mut Findings) {
    let config_yaml = scene.files.config_yaml();
    let mut config_done = false;
    for entry in journal
        .entries
        .iter()
        .rev()
        .filter(|entry| entry.state != StepState::Planned)
    {
        let kind = &entry.step.kind;
        let touches_config = kind.change().is_some() || kind.file() == Some(&config_yaml);
        let result = if !touches_config {
            undo_step(scene, journal, entry, found)
        } else if std::mem::replace(&mut config_done, true) {
            Ok(())
        } else {
            restore_config(scene, journal, &mut found.notes)
        };
        found.errors.extend(result.err());
    }
}

fn undo_step(
    scene: &Scene<'_>,
    journal: &Journal,
    entry: &Entry,
    found: &mut Findings,
) -> Result<(), String> {
    let Some(path) = entry.step.kind.file() else {
        return match entry.step.kind {
            StepKind::MakeFolder { .. } => undo_folder(scene, journal, found),
            _ => Ok(()),
        };
    };
    let backup = journal
        .backup(path)
        .ok_or_else(|| format!("{} has no backup", path.display()))?;
    if is_somebody_elses(scene.host, backup, entry)? {
        found.kept = true;
        found.notes.push(format!(
            "{} was changed by someone else meanwhile; that change was kept",
            path.display()
        ));
        return Ok(());
    }
    restore(scene.host, backup).map_err(|error| error.to_string())
}

/// Neither what was there nor what the step leaves.
fn is_somebody_elses(host: &dyn Host, backup: &Backup, entry: &Entry) -> Result<bool, String> {
    let found = sha256_of(host, &backup.path).map_err(|error| error.to_string())?;
    let before = backup.saved.as_ref().map(|saved| saved.sha256.clone());
    Ok(found.is_some() && found != before && found != entry.leaves)
}

fn undo_folder(scene: &Scene<'_>, journal: &Journal, found: &mut Findings) -> Result<(), String> {
    let (host, folder) = (scene.host, scene.files.folder());
    let said = |error: std::io::Error| error.to_string();
    let Some(stat) = host.stat(&folder).map_err(said)? else {
        return Ok(());
    };
    match journal.folder_mode {
        Some(mode) if stat.mode == mode => Ok(()),
        Some(mode) => host.set_mode(&folder, mode).map_err(said),
        None => {
            // A write that was cut off may have left a temporary file in it.
            remove_strays_in(host, &folder).map_err(said)?;
            if host.list(&folder).map_err(said)?.is_empty() {
                return host.remove_dir(&folder).map_err(said);
            }
            found.kept = true;
            found.notes.push(format!(
                "{} holds files of someone else and was kept",
                folder.display()
            ));
            Ok(())
        }
    }
}

/// Ends a run: the record says so, and its traces go. What fails here is tidied by the next start; it is
/// returned in words.
pub(in crate::apply) fn close(
    host: &dyn Host,
    journal: &mut Journal,
    state: &StateDir,
    end: RunState,
) -> Vec<String> {
    journal.state = end;
    let unsaved = journal.save(host).err().map(|error| error.to_string());
    unsaved.into_iter().chain(tidy(host, journal, state)).collect()
}

/// The copies beside the files go, and the marker last.
pub(in crate::apply) fn tidy(host: &dyn Host, journal: &Journal, state: &StateDir) -> Vec<String> {
    let files = HubFiles::new(&journal.prefix);
    let remove_lock = || match host.stat(&files.config_lock())? {
        Some(_) if journal.made_lock => host.remove(&files.config_lock()),
        _ => Ok(()),
    };
    let lock = remove_lock().or_else(|_| remove_lock());
    let strays = remove_strays(host, &files, state).or_else(|_| remove_strays(host, &files, state));
    let unmark = || remove_markers(host, state, &journal.id);
    let unmarked = unmark().or_else(|_| unmark());
    let failed = [lock, strays, unmarked].into_iter().filter_map(Result::err);
    failed.map(|error| error.to_string()).collect()
}
