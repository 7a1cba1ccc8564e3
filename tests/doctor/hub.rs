//! A hub in memory as hubgate leaves one, for planting faults in.

use std::path::Path;
use std::time::Duration;

use hubgate::answers::{Problems, read_file, resolve};
use hubgate::apply::StateDir;
use hubgate::doctor::{Finding, examine};
use hubgate::host::Clock as _;
use hubgate::host::http::{HttpResponse, PeerCertificate};
use hubgate::host::memory::{MemoryHost, finished};
use hubgate::render::render;

/// The client secret of this hub.
pub const SECRET: &str = "canary0canary1canary2canary3";

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

/// What can be wrong, as it is on a healthy hub.
pub struct Hub {
    pub settings: String,
    pub config: String,
    pub secret: Option<String>,
    pub secret_mode: u32,
    pub folder_mode: u32,
    pub user_data: Option<String>,
    pub oauthenticator: &'static str,
    pub certificate_file: bool,
    pub certificate_days: i64,
    pub certificate_name: &'static str,
    pub answers: bool,
    /// Another file of settings: its name, and what it says.
    pub other: Option<(&'static str, String)>,
    pub journal: &'static str,
    /// What the hub said before its last start.
    pub journal_before: &'static str,
    pub units: &'static str,
    pub unfinished: bool,
    pub record_lost: bool,
    pub read_only: bool,
}

impl Hub {
    pub fn healthy() -> Self {
        Hub {
            settings: rendered(),
            config: CONFIG.into(),
            secret: Some(format!("{SECRET}\n")),
            secret_mode: 0o600,
            folder_mode: 0o700,
            user_data: Some("#!/bin/bash\necho nothing secret\n".into()),
            oauthenticator: "17.4.0",
            certificate_file: true,
            certificate_days: 60,
            certificate_name: "hub.example.org",
            answers: true,
            other: None,
            journal: "JupyterHub is now running",
            journal_before: "",
            units: "active\nactive\n",
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
        self.examine()
            .iter()
            .map(|finding| finding.name.to_owned())
            .collect()
    }

    pub fn examine(&self) -> Vec<Finding> {
        examine(&self.host(), Path::new("/opt/tljh"), &StateDir::default()).unwrap()
    }

    fn host(&self) -> MemoryHost {
        let host = MemoryHost::new();
        self.put_files(&host);
        let (journal, before, units) = (self.journal, self.journal_before, self.units);
        host.program("/usr/bin/systemctl", move |call, _| {
            let asks_for = |what: &str| call.args.iter().any(|arg| arg.to_string_lossy().contains(what));
            Ok(finished(if asks_for("InvocationID") { "0123\n" } else { units }))
        });
        host.program("/usr/bin/journalctl", move |call, _| {
            let of_this_start = call
                .args
                .iter()
                .any(|arg| arg.to_string_lossy().contains("INVOCATION_ID"));
            let before = if of_this_start { "" } else { before };
            Ok(finished(format!("{before}\n{journal}")))
        });
        if self.answers {
            let api = |_: &_, _: &_| Ok(HttpResponse::new(200, "{\"version\": \"5.5.4\"}"));
            host.site("https://", api);
            host.site("http://", api);
        }
        host.set_certificate("hub.example.org", Ok(self.certificate(&host)));
        host
    }

    fn put_files(&self, host: &MemoryHost) {
        let folder = "/opt/tljh/config/jupyterhub_config.d";
        host.put_folder(folder, self.folder_mode);
        if !self.settings.is_empty() {
            host.put(format!("{folder}/awscognito.py"), self.settings.as_str(), 0o644);
        }
        if let Some((name, text)) = &self.other {
            host.put(format!("{folder}/{name}"), text.as_str(), 0o644);
        }
        if let Some(secret) = &self.secret {
            host.put(
                format!("{folder}/awscognito.secret"),
                secret.as_str(),
                self.secret_mode,
            );
        }
        host.put("/opt/tljh/config/config.yaml", self.config.as_str(), 0o644);
        if self.read_only {
            host.put("/opt/tljh/config/config.yaml.lock", "", 0o600);
            host.make_locks_read_only();
        }
        let package = format!("oauthenticator-{}.dist-info", self.oauthenticator);
        host.put_folder(
            format!("/opt/tljh/hub/lib/python3.12/site-packages/{package}"),
            0o755,
        );
        if self.certificate_file {
            host.put("/etc/ssl/hub.crt", "-----BEGIN CERTIFICATE-----", 0o644);
        }
        host.put("/etc/ssl/hub.key", "-----BEGIN PRIVATE KEY-----", 0o600);
        if let Some(data) = &self.user_data {
            host.put("/var/lib/cloud/instance/user-data.txt", data.as_str(), 0o600);
        }
        if self.unfinished {
            let run = serde_json::json!({
                "version": 1, "id": "r", "purpose": "apply", "of": null, "started": "2026-01-01T00:00:00Z",
                "hubgate": "0.1.0", "prefix": "/opt/tljh", "state": "open", "folder_mode": 448, "look": null,
                "answers": "", "entries": [], "backups": [], "left": [],
            });
            host.put("/var/lib/hubgate/open", "r", 0o600);
            if !self.record_lost {
                host.put("/var/lib/hubgate/runs/r/journal.json", run.to_string(), 0o600);
            }
        }
    }

    fn certificate(&self, host: &MemoryHost) -> PeerCertificate {
        let day = Duration::from_secs(86_400);
        let days = day * u32::try_from(self.certificate_days.abs()).unwrap();
        PeerCertificate {
            common_name: Some(self.certificate_name.into()),
            issuer: "Let's Encrypt".into(),
            names: vec!["hub.example.org".into()],
            not_before: host.now() - day * 90,
            not_after: if self.certificate_days < 0 {
                host.now() - days
            } else {
                host.now() + days
            },
            trusted: Ok(()),
        }
    }
}

fn rendered() -> String {
    let text = include_str!("../../fixtures/answers/example.toml");
    let layer = read_file(Path::new("example.toml"), text, &mut Problems::default());
    let checked = resolve(&layer, None, Problems::default()).unwrap();
    render(&checked.answers, None)
        .unwrap()
        .text("awscognito.py")
        .unwrap()
        .to_owned()
}
