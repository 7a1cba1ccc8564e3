//! A hub and a user pool that are right: the machine and its clock in memory, Cognito's pages a real server on
//! loopback that the machine knows by its public name.

use std::ops::Deref;
use std::time::Duration;

use hubgate::answers::Answers;
use hubgate::host::{Http, HttpError, SystemHost};
use hubgate::secret::Secret;
use hubgate::standin::{Fault, Faults, Standin};
use hubgate::tljh::{ConfigYaml, LocalHub};
use hubgate::verify::{Expectation, Outcome, Patience, Stage, StageCause, StageName, VerifyReport, verify};

use crate::cognito::{self, ANSWERS};
use crate::machine::{Machine, Tljh};

pub use crate::cognito::SECRET;
pub use crate::machine::{DAY, DOMAIN, certificate};

pub const HUB: &str = "https://hub.example.org";
pub const WITNESS: &str = "https://cognito-idp.eu-west-1.amazonaws.com";

/// The usual answers, with some of their lines replaced.
pub fn answers(changes: &[(&str, &str)]) -> Answers {
    let mut toml = ANSWERS.to_owned();
    for (from, to) in changes {
        assert!(toml.contains(from), "{from}");
        toml = toml.replace(from, to);
    }
    crate::kit::answers(&toml)
}

pub struct World {
    pub hub: Tljh,
    pub cognito: Standin,
    pub expected: Expectation,
    pub patience: Patience,
}

impl Deref for World {
    type Target = Tljh;

    fn deref(&self) -> &Tljh {
        &self.hub
    }
}

impl World {
    pub fn new() -> Self {
        Self::of(&answers(&[]))
    }

    pub fn of(answers: &Answers) -> Self {
        let machine = Machine::with_login(answers);
        let local = LocalHub::of(&ConfigYaml::parse(machine.config.as_bytes()).unwrap()).unwrap();
        let world = World {
            hub: machine.boot(),
            cognito: cognito::start(answers),
            expected: Expectation::new(answers, local),
            patience: Patience {
                answer: Duration::from_secs(5),
                ..Patience::NONE
            },
        };
        world.forward_cognito();
        // So that nobody need ask systemctl whether they run.
        for unit in ["jupyterhub", "traefik"] {
            let events = format!("/sys/fs/cgroup/system.slice/{unit}.service/cgroup.events");
            world.hub.host.put(events, "populated 1\nfrozen 0\n", 0o444);
        }
        world
    }

    /// What is asked of Cognito's domain goes to the stand-in, and comes back under the public name.
    fn forward_cognito(&self) {
        let (public, real) = (format!("https://{DOMAIN}"), self.cognito.url().to_owned());
        let system = SystemHost::new();
        self.host.site(public.clone(), move |request, _| {
            assert!(
                !request.any_certificate || request.body.is_none(),
                "a body was sent to whoever answers"
            );
            let mut asked = request.clone().connect_to(None);
            asked.url = request.url.replacen(&public, &real, 1);
            let mut response = system.send(&asked)?;
            for (name, value) in &mut response.headers {
                if name == "location" && value.starts_with(&real) {
                    *value = value.replacen(&real, &public, 1);
                }
            }
            Ok(response)
        });
    }

    pub fn with_fault(self, fault: Fault) -> Self {
        self.cognito.set_faults(Faults {
            delay: Duration::from_millis(50),
            ..Faults::of([fault])
        });
        self
    }

    /// All stages, and the same again as they were told.
    pub fn verify(&self) -> VerifyReport {
        let mut told = Vec::new();
        let secret = Secret::new(SECRET.into());
        let report = verify(
            &self.host,
            &self.expected,
            Ok(&secret),
            &self.patience,
            &mut |stage| {
                told.push(stage.clone());
            },
        );
        assert_eq!(report.stages, told);
        assert_eq!(self.host.commands(), [""; 0], "a process was started");
        let shown = format!("{report:?} {}", serde_json::to_string(&report).unwrap());
        assert!(!shown.contains(SECRET));
        report
    }

    /// DNS has nothing for these names; what has an address given is reached all the same.
    pub fn forget(&self, names: &[&str]) {
        for name in names {
            let name = (*name).to_owned();
            self.host.site(format!("https://{name}"), move |request, _| {
                assert!(
                    request.connect_to.is_none(),
                    "set this up after the hub's own site"
                );
                Err(no_address(&name))
            });
        }
    }
}

pub fn no_address(name: &str) -> HttpError {
    HttpError::Dns {
        host: name.to_owned(),
        detail: "failed to lookup address information: Name or service not known".into(),
    }
}

/// Exactly these stages failed or are unknown for these reasons; nothing else is wrong, and what is not
/// known beside them is only what could not be asked because of them.
#[track_caller]
pub fn assert_finds(report: &VerifyReport, wanted: &[(StageName, Outcome, StageCause)]) {
    let odd: Vec<_> = report
        .stages
        .iter()
        .filter(|stage| stage.outcome != Outcome::Pass && stage.cause != Some(StageCause::NotAsked))
        .map(|stage| (stage.name, stage.outcome, stage.cause.unwrap()))
        .collect();
    assert_eq!(odd, wanted, "{}", words(report));
    for (name, _, _) in wanted {
        let stage = report.stage(*name).unwrap();
        assert!(
            !stage.found.is_empty() && !stage.found.ends_with('.'),
            "{stage:?}"
        );
        assert!(
            stage.remedy.is_some() || stage.outcome == Outcome::Unknown,
            "{stage:?}"
        );
    }
}

#[track_caller]
pub fn assert_all_pass(report: &VerifyReport) {
    assert_finds(report, &[]);
    assert_eq!(report.worst(), Outcome::Pass, "{}", words(report));
}

pub fn words(report: &VerifyReport) -> String {
    let line = |stage: &Stage| format!("{} {}: {}\n", stage.outcome, stage.name, stage.found);
    report.stages.iter().map(line).collect()
}
