//! A TLJH machine as hubgate leaves one, for planting faults in.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::time::Duration;

use hubgate::apply::StateDir;
use hubgate::doctor::{Finding, examine};
use hubgate::host::Clock as _;
use hubgate::host::memory::MemoryHost;

use crate::kit;
use crate::machine::{HUB, Machine, PREFIX, Tljh, certificate, new_certificate_and_key};

pub use crate::machine::SECRET;

/// The settings as an old page of TLJH's has them.
pub const OLD_DOCUMENTATION: &str = r#"
c.GenericOAuthenticator.client_id = "[your app client ID]"
c.GenericOAuthenticator.client_secret = "[your app client secret]"
c.GenericOAuthenticator.oauth_callback_url = "https://[your-jupyterhub-host]/hub/oauth_callback"

c.GenericOAuthenticator.authorize_url = "https://your-AWSCognito-domain/oauth2/authorize"
c.GenericOAuthenticator.token_url = "https://your-AWSCognito-domain/oauth2/token"
c.GenericOAuthenticator.userdata_url = "https://your-AWSCognito-domain/oauth2/userInfo"
c.GenericOAuthenticator.logout_redirect_url = "https://your-AWSCognito-domain/oauth2/logout"

# these are always the same
c.GenericOAuthenticator.login_service = "AWS Cognito"
c.GenericOAuthenticator.username_key = "username"
c.GenericOAuthenticator.userdata_method = "POST"
"#;

const CONFIG: &str = "\
users:
  admin:
  - ada
  allowed:
  - grace
auth:
  type: oauthenticator.generic.GenericOAuthenticator
https:
  enabled: true
  tls:
    cert: /etc/ssl/hub.crt
    key: /etc/ssl/hub.key
";

/// What can be wrong, as it is on a healthy hub: the machine's files, and what runs on it.
pub struct Hub {
    machine: Machine,
    pub certificate_days: i64,
    pub certificate_name: &'static str,
    pub certificate_trusted: Result<(), &'static str>,
    pub key_of_another: bool,
    pub answers: bool,
    pub journal: &'static str,
    /// What the hub said before its last start.
    pub journal_before: &'static str,
    /// What systemd says of traefik and of the hub.
    pub units: [&'static str; 2],
    pub unfinished: bool,
    pub record_lost: bool,
    pub read_only: bool,
}

impl Deref for Hub {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        &self.machine
    }
}

impl DerefMut for Hub {
    fn deref_mut(&mut self) -> &mut Machine {
        &mut self.machine
    }
}

fn healthy() -> Machine {
    let answers = kit::answers(include_str!("../../fixtures/answers/example.toml"));
    Machine {
        config: CONFIG.into(),
        user_data: Some("#!/bin/bash\necho nothing secret\n".into()),
        ..Machine::with_login(&answers)
    }
}

impl Hub {
    pub fn healthy() -> Self {
        Hub {
            machine: healthy(),
            certificate_days: 60,
            certificate_name: HUB,
            certificate_trusted: Ok(()),
            key_of_another: false,
            answers: true,
            journal: "JupyterHub is now running",
            journal_before: "",
            units: ["active"; 2],
            unfinished: false,
            record_lost: false,
            read_only: false,
        }
    }

    /// Changes the settings; the text must be there.
    pub fn replace(&mut self, from: &str, to: &str) {
        assert!(self.settings.contains(from), "{from}");
        self.settings = self.settings.replace(from, to);
    }

    pub fn add(&mut self, line: &str) {
        self.settings.push_str(line);
    }

    pub fn findings(&self) -> Vec<String> {
        let findings = self.examine().into_iter();
        findings.map(|finding| finding.name.to_owned()).collect()
    }

    pub fn examine(&self) -> Vec<Finding> {
        examine(&self.host(), Path::new(PREFIX), &StateDir::default()).unwrap()
    }

    fn host(&self) -> MemoryHost {
        let Tljh { host, running, .. } = self.machine.boot();
        let mut running = running.lock().unwrap();
        // It was started while all was well, or in vain.
        running.hub = match self.answers {
            true => healthy().boot().running.lock().unwrap().hub.clone(),
            false => Err(self.journal.to_owned()),
        };
        running.said = self.journal.to_owned();
        running.said_before = self.journal_before.to_owned();
        running.states = self.units;
        self.show_certificate(&host);
        if self.key_of_another {
            host.put("/etc/ssl/hub.key", new_certificate_and_key().1, 0o600);
        }
        if self.read_only {
            host.make_locks_read_only();
        }
        if self.unfinished {
            let run = serde_json::json!({
                "version": 1, "id": "r", "purpose": "apply", "of": null, "started": "2026-01-01T00:00:00Z",
                "hubgate": "0.1.0", "prefix": PREFIX, "state": "open", "folder_mode": 448, "look": null,
                "answers": "", "entries": [], "backups": [], "left": [],
            });
            host.put("/var/lib/hubgate/open", "r", 0o600);
            if !self.record_lost {
                host.put("/var/lib/hubgate/runs/r/journal.json", run.to_string(), 0o600);
            }
        }
        drop(running);
        host
    }

    fn show_certificate(&self, host: &MemoryHost) {
        let day = Duration::from_secs(86_400);
        let days = day * u32::try_from(self.certificate_days.abs()).unwrap();
        let mut shown = certificate(host);
        shown.common_name = Some(self.certificate_name.into());
        shown.not_after = match self.certificate_days {
            ..0 => host.now() - days,
            0.. => host.now() + days,
        };
        shown.trusted = self.certificate_trusted.map_err(str::to_owned);
        host.set_certificate(HUB, Ok(shown));
    }
}
