//! `hubgate rollback`: back to before the last apply, or to TLJH's own login.

use std::path::Path;
use std::time::Duration;

use super::applying::tell_recovery;
use super::error::{Cause, RunFailed};
use super::transaction::{Order, Recovered, recover, run};
use crate::apply::record::backup::{saved_bytes, sha256_of};
use crate::apply::record::history::History;
use crate::apply::record::journal::{Journal, Purpose, RunState};
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::execute::Scene;
use crate::host::Host;
use crate::plan::{NoPlan, Plan, Step, StepKind};
use crate::progress::Progress;
use crate::render::{TljhChange, diff};
use crate::tljh::LocalHub;
use crate::tljh::Observed;
use crate::tljh::observe::{file_state, is_installed, observe};
use crate::verify::LoginLook;

/// TLJH's own authenticator, which `auth.type` names when nothing else is set.
const FIRST_USE: &str = "firstuseauthenticator.FirstUseAuthenticator";

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

/// Goes back. The caller holds the lock.
///
/// # Errors
/// [`RunFailed`] says in which state the hub is.
pub fn roll_back(
    host: &dyn Host,
    state: &StateDir,
    prefix: &Path,
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
    let prepared = prepare(host, state, prefix, back_to).map_err(RunFailed::Untouched)?;
    let Some((plan, observed, target)) = prepared else {
        return Ok(WentBack::NothingToDo);
    };
    let mut scene = Scene::new(host, observed, hub_deadline);
    // A login that was not that of the files does not come back with them.
    let comparable = target.as_ref().filter(|journal| !journal.look_is_older);
    let wanted = comparable.and_then(|journal| journal.look.clone());
    let prove = |scene: &Scene<'_>| see_login(scene, wanted.as_ref(), back_to);
    let purpose = if back_to == BackTo::Default {
        Purpose::ToDefault
    } else {
        Purpose::Rollback
    };
    let of = target.as_ref().map(|journal| journal.id.clone());
    let order = Order {
        purpose,
        plan: &plan,
        of,
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

type Prepared = (Plan, Observed, Option<Journal>);

fn prepare(
    host: &dyn Host,
    state: &StateDir,
    prefix: &Path,
    back_to: BackTo,
) -> Result<Option<Prepared>, Cause> {
    if !is_installed(host, prefix)? {
        return Err(Cause::NoHub(prefix.to_owned()));
    }
    let observed = observe(host, prefix)?;
    let (steps, target) = match back_to {
        BackTo::Default => {
            observed
                .config
                .as_ref()
                .map_err(|error| NoPlan::from(error.clone()))?;
            (steps_to_default(&observed), None)
        }
        BackTo::BeforeLastApply { force } => {
            let target = last_apply(host, state)?;
            if !force {
                refuse_to_lose_changes(host, &target)?;
            }
            (steps_before(host, &target)?, Some(target))
        }
    };
    Ok((!steps.is_empty()).then_some((
        Plan {
            steps,
            warnings: Vec::new(),
        },
        observed,
        target,
    )))
}

fn last_apply(host: &dyn Host, state: &StateDir) -> Result<Journal, Cause> {
    let history = History::read(host, state)?;
    let last = history.last_apply().cloned();
    match (history.damaged, last) {
        (Some((id, error)), last) if last.as_ref().is_none_or(|run| run.id < id) => {
            Err(Cause::DamagedHistory(error))
        }
        (_, last) => last.ok_or(Cause::NothingToRollBack),
    }
}

/// Somebody's later work would be lost.
fn refuse_to_lose_changes(host: &dyn Host, target: &Journal) -> Result<(), Cause> {
    let mut changed = String::new();
    for left in &target.left {
        let is = sha256_of(host, &left.path)?;
        let saved = target.backup(&left.path).and_then(|backup| backup.saved.as_ref());
        let was = saved.map(|saved| saved.sha256.clone());
        // As the apply left it, or already as it was before.
        if is == left.sha256 || is == was {
            continue;
        }
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let now = file_state(host, &left.path)?
            .map(|file| text(file.bytes))
            .unwrap_or_default();
        let before = saved
            .map(|saved| saved_bytes(host, saved).map(text))
            .transpose()?
            .unwrap_or_default();
        let name = left.path.display().to_string();
        if name.ends_with(".secret") {
            let what = is.map_or("was removed", |_| "holds another secret");
            changed.push_str(&format!("{name} {what}\n"));
        } else {
            changed.push_str(&diff(&now, &before, &name));
        }
    }
    if changed.is_empty() {
        Ok(())
    } else {
        Err(Cause::ChangedSince(changed))
    }
}

fn steps_before(host: &dyn Host, target: &Journal) -> Result<Vec<Step>, Cause> {
    let mut steps = Vec::new();
    for backup in target.backups.iter().rev() {
        match &backup.saved {
            Some(saved) => {
                // A damaged copy is found before anything is changed.
                saved_bytes(host, saved)?;
                steps.push(Step::plain(StepKind::RestoreFile {
                    path: backup.path.clone(),
                    backup: saved.copy.clone(),
                    mode: saved.mode,
                    owner: saved.owner,
                }));
            }
            None if host.stat(&backup.path)?.is_some() => {
                steps.push(Step::plain(StepKind::RemoveFile {
                    path: backup.path.clone(),
                }));
            }
            None => {}
        }
    }
    let folder = crate::tljh::HubFiles::new(&target.prefix).folder();
    if let (Some(mode), Some(stat)) = (target.folder_mode, host.stat(&folder)?)
        && stat.mode != mode
    {
        steps.push(Step::plain(StepKind::MakeFolder { path: folder, mode }));
    }
    if target.began(|step| matches!(step.kind, StepKind::ReloadProxy)) {
        steps.push(Step::plain(StepKind::ReloadProxy));
    }
    steps.push(Step::plain(StepKind::RestartHub));
    Ok(steps)
}

fn steps_to_default(observed: &Observed) -> Vec<Step> {
    let mut steps = Vec::new();
    let config = observed.config.clone().unwrap_or_default();
    if config.text("auth.type").is_some_and(|class| class != FIRST_USE) {
        steps.push(Step::plain(StepKind::TljhConfig(TljhChange::Unset {
            path: "auth.type".to_owned(),
        })));
    }
    for (path, there) in [
        (observed.files.awscognito_py(), observed.awscognito_py.is_some()),
        (
            observed.files.awscognito_secret(),
            observed.awscognito_secret.is_some(),
        ),
    ] {
        if there {
            steps.push(Step::plain(StepKind::RemoveFile { path }));
        }
    }
    if !steps.is_empty() {
        steps.push(Step::plain(StepKind::RestartHub));
    }
    steps
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
