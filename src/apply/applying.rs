//! `hubgate apply` as a whole: observe, plan, preflight, run.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use super::error::{Cause, RunFailed};
use super::recovery::{Recovered, recover};
use super::run::{Order, run};
use super::taking_over::{AskHub, TakeOver, take_over};
use crate::answers::{Checked, save};
use crate::apply::preflight::candidate::{disk_space, judge_candidate};
use crate::apply::preflight::{certificate_files, systemd_runs};
use crate::apply::record::journal::{Journal, Purpose};
use crate::apply::record::judged::{fingerprint, is_judged, remember};
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::scene::Scene;
use crate::host::Host;
use crate::hub::OauthenticatorVersion;
use crate::plan::{Contradiction, Goal, Plan, plan};
use crate::progress::{Progress, timed};
use crate::render::render_awscognito;
use crate::secret::Secret;
use crate::tljh::login::{Verdict, Weight};
use crate::tljh::{
    LocalHub, Observed,
    observe::{is_installed, observe},
};
use crate::verify::{Expectation, Outcome, Patience, VerifyReport, verify};

/// What is applied, and how.
pub struct Wish<'a> {
    /// The answers, and what was given for them, which the history keeps.
    pub checked: &'a Checked,
    /// The client secret.
    pub secret: &'a Secret,
    /// TLJH's prefix.
    pub prefix: &'a Path,
    /// Whether what cannot be seen counts as a fault.
    pub strict: bool,
    /// How long the hub may take to come up.
    pub hub_deadline: Duration,
    /// How long to wait for what is not ready yet: names, certificates.
    pub patience: Patience,
    /// What becomes of what contradicts the answers elsewhere.
    pub take_over: TakeOver<'a>,
}

/// How an apply ended well.
#[derive(Debug)]
pub enum Applied {
    /// The hub was as the answers say already.
    NothingToDo {
        /// What a person should know.
        warnings: Vec<String>,
    },
    /// The hub is as the answers say, and the login was seen.
    Done {
        /// The run.
        journal: Box<Journal>,
        /// What was seen.
        report: Box<VerifyReport>,
        /// What a person should know.
        warnings: Vec<String>,
    },
}

/// Plans without changing anything.
///
/// # Errors
/// When there is no hub, it cannot be read, or no plan fits it.
pub fn plan_for(host: &dyn Host, wish: &Wish<'_>) -> Result<(Plan, Observed), Cause> {
    if !is_installed(host, wish.prefix)? {
        return Err(Cause::NoHub(wish.prefix.to_owned()));
    }
    let observed = observe(host, wish.prefix)?;
    fits(
        wish.checked.answers.oauthenticator,
        observed.versions.oauthenticator.as_deref(),
    )?;
    let plan = plan_without(wish, &observed, &[])?;
    Ok((plan, observed))
}

/// Plans, with steps that take these out.
pub(super) fn plan_without(
    wish: &Wish<'_>,
    observed: &Observed,
    take_over: &[Contradiction],
) -> Result<Plan, Cause> {
    let answers = &wish.checked.answers;
    let goal = Goal {
        answers,
        awscognito_py: &render_awscognito(answers)?,
        secret: wish.secret,
        take_over,
    };
    Ok(plan(&goal, observed)?)
}

/// The configuration is written for one way of configuring; the hub's own version decides it.
fn fits(asked: OauthenticatorVersion, found: Option<&str>) -> Result<(), Cause> {
    let Some(found) = found else {
        let text = "the hub's environment has no oauthenticator; run TLJH's installer again";
        return Err(Cause::UnknownHub(text.to_owned()));
    };
    let version = OauthenticatorVersion::parse(found).map_err(|_| {
        Cause::UnknownHub(format!(
            "the hub has oauthenticator {found}, and this hubgate knows 14 to 17"
        ))
    })?;
    if version.dialect() != asked.dialect() {
        let text = format!(
            "the answers are for oauthenticator {asked}, and the hub has {found}; leave target.oauthenticator out"
        );
        return Err(Cause::UnknownHub(text));
    }
    Ok(())
}

/// Makes the hub what the answers say, or leaves it as it was. The caller holds the lock.
///
/// # Errors
/// [`RunFailed`] says in which state the hub is.
pub fn apply(
    host: &dyn Host,
    state: &StateDir,
    wish: &Wish<'_>,
    progress: &mut dyn Progress,
) -> Result<Applied, RunFailed> {
    tell_recovery(recover(host, state, wish.hub_deadline)?, progress);
    let (plan, observed) = plan_for(host, wish).map_err(RunFailed::Untouched)?;
    if plan.is_empty() && is_known_to_be_right(host, state, wish, &observed) {
        let warnings = plan.warnings;
        return Ok(Applied::NothingToDo { warnings });
    }
    let mut ask_hub = |plan: &Plan| preflight(host, state, wish, plan, &observed, progress);
    let (plan, verdict) = foreseen(wish, plan, &observed, &mut ask_hub);
    let is_spotless = verdict
        .as_ref()
        .is_ok_and(|verdict| *verdict == Verdict::default());
    let mut warnings = plan.warnings.clone();
    warnings.extend(verdict.iter().flat_map(Verdict::warnings));
    let verdict = verdict.and_then(|verdict| kept(verdict, wish.strict));
    if let Err(cause) = verdict {
        // They may name what is to blame.
        warnings.iter().for_each(|warning| progress.note(warning));
        return Err(RunFailed::Untouched(cause));
    }
    if plan.is_empty() {
        if is_spotless {
            remember_that_it_is_right(host, state, wish, &observed, progress);
        }
        return Ok(Applied::NothingToDo { warnings });
    }
    let mut scene = Scene::new(host, observed.clone(), wish.hub_deadline);
    scene.secret = Some(wish.secret);
    let report = RefCell::new(None);
    let prove = |scene: &Scene<'_>| prove(scene, wish, &report);
    let order = Order {
        purpose: Purpose::Apply,
        plan: &plan,
        of: None,
        answers: save(&wish.checked.given),
        prove: &prove,
    };
    let journal = run(&mut scene, state, &order, progress).map_err(|failed| failed.noting(&warnings))?;
    let journal = Box::new(journal);
    if is_spotless {
        remember_that_it_is_right(host, state, wish, &observed, progress);
    }
    match report.into_inner() {
        Some(report) => Ok(Applied::Done {
            journal,
            report: Box::new(report),
            warnings,
        }),
        None => Ok(Applied::NothingToDo { warnings }),
    }
}

/// Whether the hub's own Python was asked about these very settings before, and had nothing to say.
fn is_known_to_be_right(host: &dyn Host, state: &StateDir, wish: &Wish<'_>, observed: &Observed) -> bool {
    fingerprint(host, observed, &wish.checked.given).is_ok_and(|now| is_judged(host, state, &now))
}

/// What cannot be remembered is asked again.
fn remember_that_it_is_right(
    host: &dyn Host,
    state: &StateDir,
    wish: &Wish<'_>,
    observed: &Observed,
    progress: &mut dyn Progress,
) {
    let remembered = fingerprint(host, observed, &wish.checked.given).and_then(|now| {
        if is_judged(host, state, &now) {
            Ok(())
        } else {
            remember(host, state, &now)
        }
    });
    if let Err(error) = remembered {
        progress.note(&format!("the next apply asks the hub's Python again: {error}"));
    }
}

/// Tells a person what an earlier run left and what became of it.
pub fn tell_recovery(recovered: Recovered, progress: &mut dyn Progress) {
    match recovered {
        Recovered::Nothing => {}
        Recovered::Tidied => progress.note("tidied up after a run that was cut off"),
        Recovered::Undone {
            started,
            login,
            notes,
        } => {
            progress.note(&format!("a run of {started} was cut off; {}", login.words()));
            notes.iter().for_each(|note| progress.note(note));
        }
    }
}

fn preflight(
    host: &dyn Host,
    state: &StateDir,
    wish: &Wish<'_>,
    plan: &Plan,
    observed: &Observed,
    progress: &mut dyn Progress,
) -> Result<Verdict, Cause> {
    let answers = &wish.checked.answers;
    if !plan.is_empty() {
        systemd_runs(host)?;
        certificate_files(host, &answers.https)?;
        disk_space(host, observed, state)?;
    }
    let words = "ask the hub's own Python who gets in with these settings";
    timed(host, progress, words, |_| {
        judge_candidate(
            host,
            observed,
            &plan.steps,
            &state.path().join("preflight"),
            answers,
        )
    })
}

/// Who gets in with this plan, or with the one that takes out what contradicts the answers.
fn foreseen(
    wish: &Wish<'_>,
    plan: Plan,
    observed: &Observed,
    ask_hub: &mut AskHub<'_>,
) -> (Plan, Result<Verdict, Cause>) {
    let found = match ask_hub(&plan) {
        Ok(found) => found,
        Err(cause) => return (plan, Err(cause)),
    };
    match take_over(wish, observed, &found, ask_hub) {
        Ok(Some((plan, verdict))) => (plan, Ok(verdict)),
        Ok(None) => (plan, Ok(found)),
        Err(cause) => (plan, Err(cause)),
    }
}

/// Whether a hub of which this is known may get its settings.
fn kept(verdict: Verdict, strict: bool) -> Result<(), Cause> {
    if verdict.is_refused() || (strict && verdict.with(Weight::Unknown).next().is_some()) {
        return Err(Cause::NotAsPromised(Box::new(verdict)));
    }
    Ok(())
}

/// Who gets in once this plan is carried out, or the one that takes out what contradicts the answers, asked as
/// [`apply`] asks it. Needs root. Leaves nothing behind.
///
/// # Errors
/// When the hub's Python cannot be asked; the plan is then the one that was given.
pub fn foresee(
    host: &dyn Host,
    wish: &Wish<'_>,
    plan: Plan,
    observed: &Observed,
) -> (Plan, Result<Verdict, Cause>) {
    if !host.is_root() {
        return (plan, Err(Cause::NotRoot));
    }
    let shadow = format!("/run/hubgate-dry-run-{}", std::process::id());
    let mut ask_hub = |plan: &Plan| {
        let (shadow, answers) = (Path::new(&shadow), &wish.checked.answers);
        judge_candidate(host, observed, &plan.steps, shadow, answers)
    };
    foreseen(wish, plan, observed, &mut ask_hub)
}

fn prove(scene: &Scene<'_>, wish: &Wish<'_>, kept: &RefCell<Option<VerifyReport>>) -> Result<(), Cause> {
    let local =
        LocalHub::read(scene.host, wish.prefix).map_err(|error| std::io::Error::other(error.to_string()))?;
    let expected = Expectation::new(&wish.checked.answers, local);
    let report = verify(
        scene.host,
        &expected,
        Ok(wish.secret),
        &wish.patience,
        &mut |_| {},
    );
    let worst = report.worst();
    if worst == Outcome::Fail || (wish.strict && worst == Outcome::Unknown) {
        return Err(Cause::Verify(Box::new(report)));
    }
    *kept.borrow_mut() = Some(report);
    Ok(())
}
