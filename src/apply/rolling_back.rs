//! `hubgate rollback`: back to before the last apply, or to TLJH's own login.

use std::path::PathBuf;
use std::time::Duration;

use super::applying::tell_recovery;
use super::error::{Cause, RunFailed};
use super::recovery::{Recovered, Unfinished, recover, would_recover};
use super::run::{Order, run};
use crate::apply::preflight::systemd_runs;
use crate::apply::record::backup::saved_bytes;
use crate::apply::record::history::History;
use crate::apply::record::journal::{Backup, Journal, Purpose, RunState};
use crate::apply::record::marker::open_run;
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::scene::Scene;
use crate::host::Host;
use crate::plan::{Past, PastFile, Plan, StepKind, lost_on_the_way_back, plan_back, plan_to_default};
use crate::progress::Progress;
use crate::tljh::{
    ConfigYaml, FileState, LocalHub, Observed,
    observe::{is_installed, observe},
};
use crate::verify::LoginLook;

/// Where to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackTo {
    /// Before the last apply that is still in force.
    BeforeLastApply {
        /// Also when somebody changed the files since.
        force: bool,
    },
    /// TLJH's first-use login.
    Default,
}

/// How a rollback ended well.
#[derive(Debug)]
pub enum WentBack {
    /// The hub is back where it was.
    Done(Box<Journal>),
    /// It was there already.
    NothingToDo,
    /// The last run was cut off: undoing it was the way back. Nothing older was taken back.
    EndedCutOffRun,
}

/// What a way back would do.
#[derive(Debug)]
pub struct WayBack {
    /// The run that was cut off and is undone first.
    pub undone_first: Option<Unfinished>,
    /// What is done then.
    pub plan: Plan,
}

/// What [`roll_back`] would do now, without changing anything.
///
/// # Errors
/// When the record cannot be read, there is no hub, or no way back.
pub fn way_back(host: &dyn Host, state: &StateDir, back_to: BackTo) -> Result<WayBack, Cause> {
    if !host.is_root() {
        return Err(Cause::NotRoot);
    }
    let cut_off = open_run(host, state)?.filter(|run| run.end().is_none());
    let mut observed = look_at(host, state)?;
    let plan = match &cut_off {
        Some(_) if back_to != BackTo::Default => Plan::default(),
        cut_off => {
            if let Some(run) = cut_off {
                put_back(host, run, &mut observed)?;
            }
            prepare(host, state, back_to, &observed)?.0
        }
    };
    let undone_first = cut_off.map(|_| would_recover(host, state)).transpose()?.flatten();
    Ok(WayBack { undone_first, plan })
}

/// Goes back. The caller holds the lock.
///
/// # Errors
/// [`RunFailed`] says in which state the hub is.
pub fn roll_back(
    host: &dyn Host,
    state: &StateDir,
    back_to: BackTo,
    hub_deadline: Duration,
    progress: &mut dyn Progress,
) -> Result<WentBack, RunFailed> {
    let recovered = recover(host, state, hub_deadline)?;
    let was_cut_off = matches!(recovered, Recovered::Undone { .. });
    tell_recovery(recovered, progress);
    if was_cut_off && back_to != BackTo::Default {
        return Ok(WentBack::EndedCutOffRun);
    }
    let observed = look_at(host, state).map_err(RunFailed::Untouched)?;
    let (plan, target) = prepare(host, state, back_to, &observed).map_err(RunFailed::Untouched)?;
    if plan.is_empty() {
        return Ok(WentBack::NothingToDo);
    }
    systemd_runs(host).map_err(RunFailed::Untouched)?;
    let mut scene = Scene::new(host, observed, hub_deadline);
    // A login that was not that of the files does not come back with them.
    let comparable = target.as_ref().filter(|journal| !journal.look_is_older);
    let wanted = comparable.and_then(|journal| journal.look.clone());
    let prove = |scene: &Scene<'_>| see_login(scene, wanted.as_ref(), back_to);
    let order = Order {
        purpose: match back_to {
            BackTo::BeforeLastApply { .. } => Purpose::Rollback,
            BackTo::Default => Purpose::ToDefault,
        },
        plan: &plan,
        of: target.as_ref().map(|journal| journal.id.clone()),
        answers: String::new(),
        prove: &prove,
    };
    let journal = run(&mut scene, state, &order, progress)?;
    if let Some(mut target) = target {
        // The record of this run says so too; here it is for whoever reads that one.
        target.state = RunState::RolledBack;
        if let Err(error) = target.save(host) {
            progress.note(&error.to_string());
        }
    }
    Ok(WentBack::Done(Box::new(journal)))
}

fn look_at(host: &dyn Host, state: &StateDir) -> Result<Observed, Cause> {
    if !is_installed(host, state.prefix())? {
        return Err(Cause::NoHub(state.prefix().to_owned()));
    }
    Ok(observe(host, state.prefix())?)
}

/// The plan, and the apply that it takes back.
fn prepare(
    host: &dyn Host,
    state: &StateDir,
    back_to: BackTo,
    observed: &Observed,
) -> Result<(Plan, Option<Journal>), Cause> {
    let BackTo::BeforeLastApply { force } = back_to else {
        return Ok((plan_to_default(observed)?, None));
    };
    let last = History::read(host, state)?.pick(History::last_apply);
    let target = last
        .map_err(Cause::DamagedHistory)?
        .ok_or(Cause::NothingToRollBack)?;
    let past = past(host, &target)?;
    let lost = lost_on_the_way_back(&past, observed);
    if !force && !lost.is_empty() {
        return Err(Cause::ChangedSince(lost));
    }
    Ok((plan_back(&past, observed), Some(target)))
}

/// A damaged copy is found here, before anything is changed.
fn past(host: &dyn Host, run: &Journal) -> Result<Past, Cause> {
    let mut files = Vec::new();
    for backup in &run.backups {
        let left = run.left.iter().find(|left| left.path == backup.path);
        let copy = backup.saved.as_ref().map(|saved| saved.copy.clone());
        files.push(PastFile {
            path: backup.path.clone(),
            was: saved_file(host, backup)?,
            backup: copy.unwrap_or_default(),
            left: left.and_then(|left| left.sha256.clone()),
        });
    }
    Ok(Past {
        files,
        folder_mode: run.folder_mode,
        reloaded_proxy: run.began(|step| step.kind == StepKind::ReloadProxy),
    })
}

fn saved_file(host: &dyn Host, backup: &Backup) -> Result<Option<FileState>, Cause> {
    let Some(saved) = &backup.saved else {
        return Ok(None);
    };
    Ok(Some(FileState {
        bytes: saved_bytes(host, saved)?,
        mode: saved.mode,
        owner: saved.owner,
        is_symlink: false,
    }))
}

/// The hub as the undo of this run will leave it.
fn put_back(host: &dyn Host, run: &Journal, observed: &mut Observed) -> Result<(), Cause> {
    let was = |path: PathBuf| match run.backup(&path) {
        Some(backup) => saved_file(host, backup),
        None => Ok(None),
    };
    observed.config_yaml = was(observed.files.config_yaml())?;
    observed.awscognito_py = was(observed.files.awscognito_py())?;
    observed.awscognito_secret = was(observed.files.awscognito_secret())?;
    observed.others.retain(|(path, _)| run.backup(path).is_none());
    let ours = observed.files.touched();
    for backup in run.backups.iter().filter(|backup| !ours.contains(&backup.path)) {
        let file = saved_file(host, backup)?;
        observed
            .others
            .extend(file.map(|file| (backup.path.clone(), file)));
    }
    observed.folder_mode = run.folder_mode;
    let bytes = observed.config_yaml.as_ref().map(|file| file.bytes.as_slice());
    observed.config = ConfigYaml::parse(bytes.unwrap_or_default());
    Ok(())
}

/// The login that should be back is back.
fn see_login(scene: &Scene<'_>, wanted: Option<&LoginLook>, back_to: BackTo) -> Result<(), Cause> {
    let local = LocalHub::read(scene.host, scene.files.prefix())
        .map_err(|error| std::io::Error::other(error.to_string()))?;
    let now = LoginLook::take(scene.host, &local).map_err(|error| Cause::OldLogin(error.to_string()))?;
    match (wanted, back_to) {
        (Some(before), _) => before
            .difference(&now)
            .map_or(Ok(()), |what| Err(Cause::OldLogin(what))),
        (None, BackTo::Default) if !now.page.wants_password() => Err(Cause::OldLogin(format!(
            "the login page asks for no password: {}",
            now.describe()
        ))),
        (None, _) if now.is_usable() => Ok(()),
        (None, _) => Err(Cause::OldLogin(now.describe())),
    }
}
