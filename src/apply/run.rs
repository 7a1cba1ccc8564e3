//! A run: everything written down first, then each step, then the proof, then commit or undo.

use std::io;

use super::error::{Cause, RunFailed};
use crate::apply::record::backup::{back_up, left, remove_strays, take_reserve};
use crate::apply::record::history::next_id;
use crate::apply::record::journal::{Entry, Journal, Purpose, RunState, StepState};
use crate::apply::record::look::{changed_since_start, look};
use crate::apply::record::marker::mark_open;
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::action::content;
use crate::apply::step::scene::Scene;
use crate::apply::undo::undo_run::{Undone, close, tidy, undo};
use crate::host::{Host, Lock};
use crate::plan::{Plan, Step, StepKind};
use crate::progress::{Progress, timed};
use crate::render::sha256_hex;
use crate::tljh::observe::versions;

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
        let wrong = [
            (!stat.is_dir, "is no folder"),
            (stat.uid != 0, "belongs to somebody else than root"),
            (stat.mode & 0o022 != 0, "can be written to by others than root"),
        ];
        if let Some((_, why)) = wrong.into_iter().find(|(is_so, _)| *is_so) {
            let path = machine.to_owned();
            return Err(Cause::StateDir { path, why });
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
            leaves: content(host, scene.secret, &step.kind)?.map(|bytes| sha256_hex(&bytes)),
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
    journal.made_lock = will_make_lock(scene)?;
    journal.look = look(host, &scene.files);
    journal.look_is_older = changed_since_start(host, &scene.files);
    scene.run.clone_from(&journal.id);
    remove_strays(host, &scene.files, state)?;
    host.create_dir(&journal.folder, 0o700)?;
    let written = write_down(scene, state, &mut journal);
    if written.is_err() {
        // What cannot be removed now is tidied by the next start.
        let _ = close(host, &mut journal, state, RunState::Undone);
    }
    written.map(|()| journal)
}

fn will_make_lock(scene: &Scene<'_>) -> io::Result<bool> {
    let is_there = scene.host.stat(&scene.files.config_lock())?.is_some();
    Ok(!is_there && versions(scene.host, scene.files.prefix())?.is_without_lock())
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
        let steps: Vec<_> = order.plan.steps[these.clone()]
            .iter()
            .map(|step| &step.kind)
            .collect();
        mark(&mut journal.entries[these.clone()], StepState::Started);
        journal.save(scene.host)?;
        timed(scene.host, progress, &words(&steps), |_| scene.execute(&steps))?;
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
        .take_while(|entry| entry.step.kind.change().is_some());
    settings.count().max(1)
}

fn mark(entries: &mut [Entry], state: StepState) {
    entries.iter_mut().for_each(|entry| entry.state = state);
}

fn words(steps: &[&StepKind]) -> String {
    if let [step] = steps {
        return step.to_string();
    }
    let changes = steps.iter().filter_map(|step| step.change());
    let mut paths: Vec<&str> = changes.map(|change| change.path()).collect();
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
    for note in tidy(scene.host, journal, state) {
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
        Err(failed) => failed.because_of(cause),
    }
}
