//! A rehearsal: a throwaway real JupyterHub beside the Cognito stand-in, to see whom the rendered file lets in.
//!
//! The hub runs the release that the answers are for, from PyPI, with TLJH's own proxy, and loads the rendered
//! `awscognito.py` byte for byte. Everything is on loopback, nothing needs root, and no real secret is read:
//! hub and stand-in share one that is made up for the occasion.

mod environment;
mod hub;
mod hub_folder;
mod log;
mod python;
mod release;
mod report;
mod visit;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use secrecy::ExposeSecret as _;

use crate::answers::Answers;
use crate::host::Host;
use crate::hub::OauthenticatorVersion;
use crate::progress::{Progress, timed};
use crate::render::{RenderError, render_awscognito};
use crate::secret::{Secret, SecretSource};
use crate::standin::{Client, Config, Pool, Standin, StandinError};
use crate::tljh::login::{Person, cast, promise};
use crate::told::Told;
pub use environment::EnvironmentError;
pub use hub::HubError;
pub use python::PythonError;
pub use report::{Kept, KeptPerson, RehearsalReport, Row, Verdict};
use visit::Visit;
pub use visit::VisitError;

use environment::HubEnvironment;
use hub::RehearsedHub;
use hub_folder::{HubFolder, HubPlace, Secrets};
use release::Pinned;

/// The answers that are played without any of one's own.
pub const EXAMPLE: &str = include_str!("../../fixtures/answers/example.toml");

/// The Python of a real hub with this oauthenticator, installed if it is not there yet.
///
/// # Errors
/// When there is no Python that will do, or the packages cannot be installed.
pub fn hub_python(
    host: &dyn Host,
    oauthenticator: OauthenticatorVersion,
    progress: &mut dyn Progress,
) -> Result<PathBuf, RehearseError> {
    let python = python::find(host, None)?;
    Ok(environment::prepare(
        host,
        &python,
        &Pinned::for_oauthenticator(oauthenticator),
        progress,
    )?
    .python())
}

/// How often a hub whose port somebody took is started again.
const MOST_STARTS: usize = 3;

/// Why a rehearsal came to no result.
#[derive(Debug, thiserror::Error)]
pub enum RehearseError {
    /// No Python that will do.
    #[error(transparent)]
    Python(#[from] PythonError),
    /// The packages could not be installed.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The file could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The stand-in did not start.
    #[error(transparent)]
    Standin(#[from] StandinError),
    /// The hub did not start, went down, or did not answer.
    #[error("{error}{}", kept_at(.log.as_deref()))]
    Hub {
        /// What happened.
        error: VisitError,
        /// Where its log was kept.
        log: Option<PathBuf>,
    },
    /// The temporary folder cannot be written.
    #[error("the rehearsal cannot be set up: {0}")]
    Setup(#[from] std::io::Error),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
}

fn kept_at(log: Option<&Path>) -> String {
    log.map(|log| format!("\nThe whole log: {}", log.display()))
        .unwrap_or_default()
}

impl Told for RehearseError {
    fn remedy(&self) -> Option<String> {
        match self {
            RehearseError::Python(error) => error.remedy(),
            RehearseError::Environment(error) => error.remedy(),
            RehearseError::Render(error) => error.remedy(),
            RehearseError::Standin(error) => error.remedy(),
            RehearseError::Setup(_) => Some("TMPDIR must name a folder that you may write to".to_owned()),
            RehearseError::Hub { .. } | RehearseError::Random => None,
        }
    }
}

/// A hub and a stand-in that run, and the people who may try them. Both stop when this is dropped.
pub struct Rehearsal<'h> {
    // Dropped in this order.
    hub: RehearsedHub<'h>,
    stand_in: Standin,
    _stage: HubFolder,
    host: &'h dyn Host,
    answers: Answers,
    people: Vec<Person>,
    report: RehearsalReport,
}

impl<'h> Rehearsal<'h> {
    /// Renders the answers and starts a hub with them, installing it first where that was not done yet.
    ///
    /// # Errors
    /// When there is no Python for it, pip fails, or the hub does not start.
    pub fn start(
        host: &'h dyn Host,
        answers: &Answers,
        python: Option<&Path>,
        progress: &mut dyn Progress,
    ) -> Result<Self, RehearseError> {
        if let SecretSource::Env(variable) = &answers.cognito.client_secret {
            // The real secret is there already; nothing that is started here has any use for it.
            host.hide_var(variable);
        }
        let awscognito = render_awscognito(answers)?;
        let pinned = Pinned::for_oauthenticator(answers.oauthenticator);
        let python = python::find(host, python)?;
        let environment = environment::prepare(host, &python, &pinned, progress)?;
        let release = pinned.release;
        let words = format!(
            "start JupyterHub {} with oauthenticator {}",
            release.jupyterhub, release.oauthenticator
        );
        let random = Random(SystemRandom::new());
        let people = people(answers, &random)?;
        let mut starts = 0;
        let (hub, stand_in, stage) = timed(host, progress, &words, |_| {
            loop {
                starts += 1;
                let secrets = Secrets {
                    client: random.secret()?,
                    api: random.secret()?,
                    proxy: random.secret()?,
                };
                let setup = Setup {
                    host,
                    answers,
                    awscognito: &awscognito,
                    people: &people,
                    environment: &environment,
                };
                match setup.build(secrets)? {
                    Ok(running) => return Ok(running),
                    Err(error) if starts < MOST_STARTS && error.is_worth_another_try() => {}
                    Err(error) => return Err(broken(error.into(), None)),
                }
            }
        })?;
        let wanted = answers.oauthenticator.to_string();
        let report = RehearsalReport::new(release, &wanted, &python.version, environment.root().to_owned());
        Ok(Rehearsal {
            hub,
            stand_in,
            _stage: stage,
            host,
            answers: answers.clone(),
            people,
            report,
        })
    }

    /// Lets everybody log in and out, and compares with what the answers promise.
    ///
    /// # Errors
    /// When the hub goes down, or does not answer.
    pub fn play(&mut self, progress: &mut dyn Progress) -> Result<RehearsalReport, RehearseError> {
        timed(self.host, progress, "log in as each kind of person", |progress| {
            self.visit_all(progress)
        })
    }

    fn visit_all(&mut self, progress: &mut dyn Progress) -> Result<RehearsalReport, RehearseError> {
        let mut report = self.report.clone();
        for (done, person) in self.people.iter().enumerate() {
            progress.count(done, self.people.len());
            if self.host.interrupt().is_due() {
                return Err(broken(HubError::Interrupted.into(), None));
            }
            let visit = Visit {
                http: self.host,
                hub: &self.hub,
                stand_in: self.stand_in.url(),
                answers: &self.answers,
            };
            match visit.play(person) {
                Ok(outcome) => report.add(person, &promise(&self.answers, &person.account), outcome),
                Err(error) => {
                    // That the hub is gone explains more than that it did not answer.
                    self.hub
                        .still_there()
                        .map_err(|error| broken(error.into(), None))?;
                    return Err(broken(error, Some(&self.hub)));
                }
            }
        }
        progress.count(self.people.len(), self.people.len());
        let log = self.hub.log().map_err(|error| broken(error.into(), None))?;
        report.read(&log);
        Ok(report)
    }

    /// What somebody needs to click through it.
    pub fn kept(&self) -> Kept {
        let person = |person: &Person| KeptPerson {
            who: person.who.clone(),
            username: person.account.username.clone(),
            password: person.account.password.expose_secret().to_owned(),
        };
        Kept {
            url: self.hub.place().url.clone(),
            cognito: self.stand_in.url().to_owned(),
            people: self.people.iter().map(person).collect(),
        }
    }

    /// Stays until Ctrl-C, or until the hub goes down by itself.
    ///
    /// # Errors
    /// When it goes down.
    pub fn wait(&mut self) -> Result<(), RehearseError> {
        while !self.host.interrupt().requested() {
            self.hub
                .still_there()
                .map_err(|error| broken(error.into(), None))?;
            self.host.sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// Puts the hub's log where it outlives this.
    pub fn keep_log(&self) -> Option<PathBuf> {
        keep_log(&self.hub.log().ok()?)
    }

    /// Ends hub and stand-in.
    ///
    /// # Errors
    /// When the hub cannot be ended.
    pub fn stop(self) -> Result<(), RehearseError> {
        self.hub.stop().map_err(|error| broken(error.into(), None))
    }
}

/// What a hub and its stand-in are made from.
struct Setup<'a, 'h> {
    host: &'h dyn Host,
    answers: &'a Answers,
    awscognito: &'a str,
    people: &'a [Person],
    environment: &'a HubEnvironment,
}

impl<'h> Setup<'_, 'h> {
    /// Starts both. The inner error is the hub's, which may be worth another try.
    #[allow(clippy::type_complexity, reason = "three parts, named by the caller")]
    fn build(
        &self,
        secrets: Secrets,
    ) -> Result<Result<(RehearsedHub<'h>, Standin, HubFolder), HubError>, RehearseError> {
        let place = HubPlace::find(self.answers)?;
        let cognito = &self.answers.cognito;
        let client = Client {
            id: cognito.client_id.as_str().to_owned(),
            secrets: vec![secrets.client.expose().to_owned().into()],
            callbacks: vec![place.callback_url.clone()],
            sign_outs: vec![place.sign_out_url.clone()],
            scopes: cognito.scopes.iter().map(str::to_owned).collect(),
        };
        let users = self.people.iter().map(|person| person.account.clone()).collect();
        let stand_in = Standin::start(Config::new(Pool::new(users), vec![client]))?;
        let stage = HubFolder::build(
            self.host,
            self.answers,
            self.awscognito,
            &place,
            stand_in.url(),
            &secrets,
        )?;
        let hub = RehearsedHub::start(self.host, self.environment, &stage, place, secrets.api);
        Ok(hub.map(|hub| (hub, stand_in, stage)))
    }
}

fn people(answers: &Answers, random: &Random) -> Result<Vec<Person>, RehearseError> {
    let mut failed = false;
    let people = cast(answers, || {
        random.hex(6).unwrap_or_else(|_| {
            failed = true;
            String::new()
        })
    });
    if failed {
        Err(RehearseError::Random)
    } else {
        Ok(people)
    }
}

/// The error, with the hub's log kept where there is one.
fn broken(error: VisitError, hub: Option<&RehearsedHub<'_>>) -> RehearseError {
    let log = match (&error, hub) {
        (VisitError::Hub(HubError::Interrupted), _) => None,
        (VisitError::Hub(HubError::Down { log, .. }), _) => keep_log(log),
        (_, Some(hub)) => hub.log().ok().and_then(|log| keep_log(&log)),
        (_, None) => None,
    };
    RehearseError::Hub { error, log }
}

/// `None` where not even a temporary file can be written; the error that led here matters more.
fn keep_log(log: &str) -> Option<PathBuf> {
    let mut file = tempfile::Builder::new()
        .prefix("hubgate-rehearsal-")
        .suffix(".log")
        .tempfile()
        .ok()?;
    file.write_all(log.as_bytes()).ok()?;
    file.into_temp_path().keep().ok()
}

/// Secrets and passwords that are good for one rehearsal.
#[derive(Debug)]
struct Random(SystemRandom);

impl Random {
    fn hex(&self, bytes: usize) -> Result<String, RehearseError> {
        let mut buffer = vec![0; bytes];
        self.0.fill(&mut buffer).map_err(|_| RehearseError::Random)?;
        Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn secret(&self) -> Result<Secret, RehearseError> {
        Ok(Secret::new(self.hex(24)?))
    }
}
