//! A run: everything written down first, then each step, then the proof, then commit or undo.

use std::io;
use std::time::Duration;

use super::error::{Cause, OldLogin, RunFailed};
use super::in_force::changed_since_start;
use crate::apply::record::backup::{back_up, left, remove_strays, take_reserve};
use crate::apply::record::history::next_id;
use crate::apply::record::journal::{Entry, Journal, JournalError, Purpose, RunState, StepState};
use crate::apply::record::marker::{mark_open, open_run};
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::execute::{Scene, leaves};
use crate::apply::undo::by_hand::without_record;
use crate::apply::undo::orphans::end_orphans;
use crate::apply::undo::undo_run::{NotUndone, Undone, close, tidy, undo};
use crate::host::{Host, Lock};
use crate::plan::{Plan, Step, StepKind};
use crate::progress::{Progress, timed};
use crate::tljh::LocalHub;
use crate::verify::LoginLook;

/// What a run is to do.
pub struct Order<'a> {
    /// What for.
    pub purpose: Purpose,
    /// The steps.
    pub plan: &'a Plan,
    /// The run that it takes back, for a rollback.
    pub of: Option<String>,
    /// The answers as TOML, without a secret.
    pub answers: String,
    /// Sees that the hub is as it should be, once all steps are done.
    pub prove: &'a dyn Fn(&Scene<'_>) -> Result<(), Cause>,
}

/// Takes hubgate's own lock for the whole of a command.
///
/// # Errors
/// When the caller is not root, or another hubgate holds it.
pub fn lock(host: &dyn Host, state: &StateDir) -> Result<Lock, Cause> {
    if !host.is_root() {
        return Err(Cause::NotRoot);
    }
    let machine = StateDir::machine();
    host.create_dir(state.path(), 0o700)?;
    if let Some(stat) = host.stat(machine)? {
        let not_ours = |why| Cause::StateDir {
            path: machine.to_owned(),
            why,
        };
        if !stat.is_dir {
            return Err(not_ours("is no folder"));
        }
        if stat.uid != 0 {
            return Err(not_ours("belongs to somebody else than root"));
        }
        if stat.mode & 0o022 != 0 {
            return Err(not_ours("can be written to by others than root"));
        }
        if stat.mode & 0o077 != 0 {
            host.set_mode(machine, 0o700)?;
        }
    }
    host.try_lock(&StateDir::lock())?.ok_or(Cause::Busy)
}

/// Does what the order says, or leaves the hub as it was.
///
/// The caller holds [`lock`] and has recovered what an earlier run left open.
///
/// # Errors
/// [`RunFailed`] says in which state the hub is.
pub fn run(
    scene: &mut Scene<'_>,
    state: &StateDir,
    order: &Order<'_>,
    progress: &mut dyn Progress,
) -> Result<Journal, RunFailed> {
    let mut journal = match begin(scene, state, order) {
        Ok(journal) => journal,
        Err(cause) => return Err(RunFailed::Untouched(cause)),
    };
    let result = act(scene, order, &mut journal, progress);
    let result = result.and_then(|()| commit(scene, state, &mut journal, progress));
    match result {
        Ok(()) => Ok(journal),
        Err(cause) => Err(undone(scene, state, &mut journal, cause, progress)),
    }
}

/// Writes down what will be done and keeps copies of what it will touch. Nothing of the hub changes.
fn begin(scene: &mut Scene<'_>, state: &StateDir, order: &Order<'_>) -> Result<Journal, Cause> {
    let host = scene.host;
    let entry = |step: &Step| -> io::Result<Entry> {
        Ok(Entry {
            state: StepState::Planned,
            leaves: leaves(scene, step)?,
            step: step.clone(),
        })
    };
    let entries = order
        .plan
        .steps
        .iter()
        .map(entry)
        .collect::<io::Result<Vec<_>>>()?;
    let id = next_id(host, state)?;
    let prefix = scene.files.prefix();
    let mut journal = Journal::new(state.run(&id), host.now(), order.purpose, prefix, entries);
    journal.of.clone_from(&order.of);
    journal.answers.clone_from(&order.answers);
    journal.folder_mode = host.stat(&scene.files.folder())?.map(|stat| stat.mode);
    journal.look = look(scene);
    journal.look_is_older = changed_since_start(host, &scene.files);
    scene.run.clone_from(&journal.id);
    remove_strays(host, &scene.files, state)?;
    host.create_dir(&journal.folder, 0o700)?;
    let written = write_down(scene, state, &mut journal);
    if written.is_err() {
        // What cannot be removed now is tidied by the next start.
        close(host, &mut journal, state, RunState::Undone, &mut Vec::new());
    }
    written.map(|()| journal)
}

/// The record and its marker first, so that a copy of a secret that a crash leaves beside its file is
/// found and removed by the next start. The copies' names are in the record once the first step is.
fn write_down(scene: &Scene<'_>, state: &StateDir, journal: &mut Journal) -> Result<(), Cause> {
    journal.save(scene.host)?;
    mark_open(scene.host, state, journal)?;
    {
        let _lock = crate::tljh::config_lock::lock_config(scene.host, &scene.files)?;
        journal.backups = back_up(scene.host, journal, &scene.files)?;
    }
    take_reserve(scene.host, &scene.files, &journal.id)?;
    if scene.read_config()? != scene.config {
        return Err(Cause::ChangedMeanwhile(scene.files.config_yaml()));
    }
    for backup in &journal.backups {
        let saved = backup.saved.as_ref().map(|saved| saved.sha256.clone());
        if scene.known.get(&backup.path).is_some_and(|known| *known != saved) {
            return Err(Cause::ChangedMeanwhile(backup.path.clone()));
        }
    }
    Ok(())
}

/// The login page before anything changes; none where the hub does not answer.
fn look(scene: &Scene<'_>) -> Option<LoginLook> {
    let local = LocalHub::read(scene.host, scene.files.prefix()).ok()?;
    LoginLook::take(scene.host, &local)
        .ok()
        .filter(LoginLook::is_usable)
}

fn act(
    scene: &mut Scene<'_>,
    order: &Order<'_>,
    journal: &mut Journal,
    progress: &mut dyn Progress,
) -> Result<(), Cause> {
    let mut next = 0;
    while next < journal.entries.len() {
        stop_if_asked(scene)?;
        let these = next..next + together(&journal.entries[next..]);
        next = these.end;
        let steps: Vec<Step> = journal.entries[these.clone()]
            .iter()
            .map(|entry| entry.step.clone())
            .collect();
        mark(&mut journal.entries[these.clone()], StepState::Started);
        journal.save(scene.host)?;
        timed(scene.host, progress, &words(&steps), |_| {
            scene.execute_together(&steps)
        })?;
        mark(&mut journal.entries[these], StepState::Done);
        journal.save(scene.host)?;
    }
    stop_if_asked(scene)?;
    timed(scene.host, progress, "see whether people can log in", |_| {
        (order.prove)(scene)
    })?;
    stop_if_asked(scene)
}

/// How many of these steps are done at once: changes of TLJH's settings share one Python, since to start
/// one takes longer than the change. An undo knows every state of the file between them.
fn together(entries: &[Entry]) -> usize {
    // As many as a command line holds with ease.
    const MOST: usize = 100;
    let settings = entries
        .iter()
        .take(MOST)
        .take_while(|entry| matches!(entry.step.kind, StepKind::TljhConfig(_)));
    settings.count().max(1)
}

fn mark(entries: &mut [Entry], state: StepState) {
    entries.iter_mut().for_each(|entry| entry.state = state);
}

fn words(steps: &[Step]) -> String {
    if let [step] = steps {
        return step.to_string();
    }
    let path = |step: &Step| match &step.kind {
        StepKind::TljhConfig(change) => change.path().to_owned(),
        other => other.to_string(),
    };
    let mut paths: Vec<String> = steps.iter().map(path).collect();
    paths.dedup();
    format!("tljh-config: {}", paths.join(", "))
}

fn stop_if_asked(scene: &Scene<'_>) -> Result<(), Cause> {
    if scene.host.interrupt().requested() {
        Err(Cause::Interrupted)
    } else {
        Ok(())
    }
}

fn commit(
    scene: &Scene<'_>,
    state: &StateDir,
    journal: &mut Journal,
    progress: &mut dyn Progress,
) -> Result<(), Cause> {
    let _hold = scene.host.interrupt().hold();
    journal.left = left(scene.host, &journal.backups)?;
    journal.state = RunState::Committed;
    journal.save(scene.host)?;
    let mut notes = Vec::new();
    tidy(scene.host, journal, state, &mut notes);
    for note in notes {
        progress.note(&note);
    }
    Ok(())
}

fn undone(
    scene: &mut Scene<'_>,
    state: &StateDir,
    journal: &mut Journal,
    cause: Cause,
    progress: &mut dyn Progress,
) -> RunFailed {
    let undone = timed(scene.host, progress, "put everything back", |_| {
        undo(scene, journal, state, false)
    });
    match undone {
        Ok(Undone { login, notes }) => RunFailed::Restored { cause, login, notes },
        Err(failed) => RunFailed::Broken {
            cause,
            errors: failed.errors,
            commands: failed.commands,
        },
    }
}

/// What recovery found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// Nothing was open.
    Nothing,
    /// A run was cut off before its first step or after its end; only its traces were left.
    Tidied,
    /// A run was cut off and is undone.
    Undone {
        /// When it began.
        started: String,
        /// What is known of the login.
        login: OldLogin,
        /// What a person should know.
        notes: Vec<String>,
    },
}

/// Ends what a run that was cut off left open. The caller holds [`lock`].
///
/// # Errors
/// When the hub cannot be brought back: [`RunFailed::Broken`].
pub fn recover(host: &dyn Host, state: &StateDir, hub_deadline: Duration) -> Result<Recovered, RunFailed> {
    let mut journal = match open_run(host, state) {
        Ok(Some(journal)) => journal,
        Ok(None) => return Ok(Recovered::Nothing),
        Err(error @ JournalError::Newer { .. }) => return Err(RunFailed::Untouched(error.into())),
        Err(error) => return Err(lost_record(host, state, error)),
    };
    if let Some(end) = journal.end() {
        close(host, &mut journal, state, end, &mut Vec::new());
        return Ok(Recovered::Tidied);
    }
    let mut scene = Scene::of_run(host, &journal, hub_deadline);
    let undone = end_orphans(host, &journal.id)
        .map_err(|error| NotUndone::new(error.to_string(), &scene, &journal, state))
        .and_then(|()| undo(&mut scene, &mut journal, state, true));
    match undone {
        Ok(Undone { login, notes }) => Ok(Recovered::Undone {
            started: journal.started,
            login,
            notes,
        }),
        Err(failed) => Err(RunFailed::Broken {
            cause: Cause::CutOff(journal.started),
            errors: failed.errors,
            commands: failed.commands,
        }),
    }
}

/// The marker is there and the record that it names is not, or cannot be understood.
fn lost_record(host: &dyn Host, state: &StateDir, error: JournalError) -> RunFailed {
    RunFailed::Broken {
        errors: vec!["which files were changed is not known".to_owned()],
        commands: without_record(host, state),
        cause: Cause::LostRecord(error),
    }
}
