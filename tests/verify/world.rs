//! A hub and a user pool that are right: machine and clock in memory, hub and Cognito's pages real servers on
//! loopback that the machine knows by their public names.

use std::time::{Duration, SystemTime};

use hubgate::answers::Answers;
use hubgate::host::http::PeerCertificate;
use hubgate::host::memory::MemoryHost;
use hubgate::host::{Clock, Http, HttpError, HttpRequest, HttpResponse, SystemHost};
use hubgate::secret::Secret;
use hubgate::standin::{Client, Config, Fault, Faults, Pool, Standin, parse_users};
use hubgate::tljh::{ConfigYaml, LocalHub};
use hubgate::verify::{Cause, Expectation, Outcome, Patience, Report, Stage, StageName, verify};

use crate::hub::{Hub, State};

pub const SECRET: &str = "first+secret0123456789abcdef";
pub const HUB: &str = "https://hub.example.org";
pub const DOMAIN: &str = "my-hub.auth.eu-west-1.amazoncognito.com";
pub const WITNESS: &str = "https://cognito-idp.eu-west-1.amazonaws.com";

const ANSWERS: &str = r#"
[hub]
url = "https://hub.example.org"
[https]
mode = "letsencrypt"
email = "ops@example.org"
[cognito]
domain = "my-hub.auth.eu-west-1.amazoncognito.com"
client_id = "3n4b5urk1ft4fl3mg5e62d9ado"
client_secret = "file:/root/cognito.secret"
[access]
allow = "all"
"#;

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
    pub host: MemoryHost,
    pub hub: Hub,
    pub cognito: Standin,
    pub expected: Expectation,
    pub patience: Patience,
}

impl World {
    pub fn new() -> Self {
        Self::of(&answers(&[]))
    }

    pub fn of(answers: &Answers) -> Self {
        let hub = Hub::start(State::of(answers));
        let cognito = Standin::start(pool(answers)).unwrap();
        let host = MemoryHost::new();
        host.put("/run/systemd/system/hub.scope", "", 0o644);
        for unit in ["jupyterhub", "traefik"] {
            let events = format!("/sys/fs/cgroup/system.slice/{unit}.service/cgroup.events");
            host.put(events, "populated 1\nfrozen 0\n", 0o444);
        }
        forward(&host, answers.hub.url.as_str(), hub.url());
        forward(&host, &format!("https://{DOMAIN}"), cognito.url().to_owned());
        host.set_certificate("hub.example.org", Ok(certificate(&host)));
        let config = format!("base_url: {}\nhttps:\n  enabled: true\n", answers.hub.base_url);
        let expected = Expectation::new(
            answers,
            LocalHub::of(&ConfigYaml::parse(config.as_bytes()).unwrap()).unwrap(),
        );
        let patience = Patience {
            answer: Duration::from_secs(5),
            ..Patience::NONE
        };
        World {
            host,
            hub,
            cognito,
            expected,
            patience,
        }
    }

    pub fn with_fault(self, fault: Fault) -> Self {
        self.cognito.set_faults(Faults {
            delay: Duration::from_millis(50),
            ..Faults::of([fault])
        });
        self
    }

    /// All stages, and the same again as they were told.
    pub fn verify(&self) -> Report {
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

fn pool(answers: &Answers) -> Config {
    let users = parse_users(include_str!("../../fixtures/standin/users.toml")).unwrap();
    let client = Client {
        id: answers.cognito.client_id.as_str().into(),
        secrets: vec![SECRET.into()],
        callbacks: vec![answers.callback_url()],
        sign_outs: vec![answers.sign_out_url()],
        scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
    };
    Config::new(Pool::new(users), vec![client])
}

/// Whatever is asked of `public` goes to `real`, and comes back under the public name.
pub fn forward(host: &MemoryHost, public: &str, real: String) {
    let (public, system) = (public.to_owned(), SystemHost::new());
    let prefix = public.clone();
    host.site(prefix, move |request, _| {
        pass_on(&system, request, &public, &real)
    });
}

pub fn pass_on(
    system: &SystemHost,
    request: &HttpRequest,
    public: &str,
    real: &str,
) -> Result<HttpResponse, HttpError> {
    assert!(
        !request.any_certificate || request.body.is_none(),
        "a body was sent to whoever answers"
    );
    let mut asked = request.clone().connect_to(None);
    asked.url = request.url.replacen(public, real, 1);
    let mut response = system.send(&asked)?;
    for (name, value) in &mut response.headers {
        if name == "location" && value.starts_with(real) {
            *value = value.replacen(real, public, 1);
        }
    }
    Ok(response)
}

pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A good one, a month old, with two months to go.
pub fn certificate(host: &dyn Clock) -> PeerCertificate {
    let now: SystemTime = host.now();
    PeerCertificate {
        common_name: None,
        issuer: "R11".into(),
        names: vec!["hub.example.org".into()],
        not_before: now - DAY * 30,
        not_after: now + DAY * 60,
        trusted: Ok(()),
    }
}

/// Exactly these stages failed or are unknown for these reasons; nothing else is wrong, and what is not
/// known beside them is only what could not be asked because of them.
#[track_caller]
pub fn assert_finds(report: &Report, wanted: &[(StageName, Outcome, Cause)]) {
    let odd: Vec<_> = report
        .stages
        .iter()
        .filter(|stage| stage.outcome != Outcome::Pass && stage.cause != Some(Cause::NotAsked))
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
            stage.hint.is_some() || stage.outcome == Outcome::Unknown,
            "{stage:?}"
        );
    }
}

#[track_caller]
pub fn assert_all_pass(report: &Report) {
    assert_finds(report, &[]);
    assert_eq!(report.worst(), Outcome::Pass, "{}", words(report));
}

pub fn words(report: &Report) -> String {
    let line = |stage: &Stage| format!("{} {}: {}\n", stage.outcome, stage.name, stage.found);
    report.stages.iter().map(line).collect()
}
