//! A machine with TLJH on it: what it has, how its programs answer, what its pages say. In memory, or its
//! files in a real folder.
#![allow(dead_code, unused_imports, reason = "each test binary uses some of it")]

mod look;
mod pages;
mod programs;
mod running;
mod settings;
mod tljh_config;
mod web;
pub mod yaml;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use hubgate::answers::{Answers, Https};
use hubgate::host::Files;
use hubgate::host::memory::MemoryHost;
use hubgate::render::render;

pub use pages::{Instead, Login, Pages, page};
pub use programs::install;
pub use running::{Proxy, Running};
pub use settings::Loaded;
pub use tljh_config::{edit, tljh_config, write_in_place};
pub use web::{DAY, DOMAIN, answer, certificate};

/// The client secret that Cognito knows.
pub const SECRET: &str = "canary0right0secret0of0cognito";
/// Where TLJH is installed.
pub const PREFIX: &str = "/opt/tljh";
/// The hub's public name.
pub const HUB: &str = "hub.example.org";

/// What a TLJH machine has; change what shall be otherwise.
#[derive(Clone)]
pub struct Machine {
    pub prefix: PathBuf,
    /// Its public name, with the port if it has an odd one.
    pub name: String,
    /// `config.yaml`.
    pub config: String,
    /// hubgate's file of settings; empty where there is none.
    pub settings: String,
    /// Another one: its name, and what it says.
    pub other: Option<(&'static str, String)>,
    pub secret: Option<String>,
    pub secret_mode: u32,
    /// The mode of the folder of settings.
    pub folder_mode: u32,
    pub oauthenticator: String,
    pub certificate_file: bool,
    pub user_data: Option<String>,
}

/// The same machine, up and running.
pub struct Tljh {
    pub host: MemoryHost,
    pub running: Arc<Mutex<Running>>,
    pub prefix: PathBuf,
}

impl Machine {
    /// With TLJH's first-use login.
    pub fn fresh() -> Self {
        Machine {
            prefix: PREFIX.into(),
            name: HUB.into(),
            config: "users:\n  admin:\n  - root-admin\n".into(),
            settings: String::new(),
            other: None,
            secret: None,
            secret_mode: 0o600,
            folder_mode: 0o700,
            oauthenticator: "17.4.0".into(),
            certificate_file: true,
            user_data: None,
        }
    }

    /// With the login of these answers, as hubgate leaves it.
    pub fn with_login(answers: &Answers) -> Self {
        let files = render(answers, None).unwrap();
        let https = !matches!(answers.https, Https::Proxy | Https::Off);
        let url = answers.hub.url.as_str();
        Machine {
            name: url.split("://").last().unwrap_or_default().to_owned(),
            config: format!(
                "auth:\n  type: oauthenticator.generic.GenericOAuthenticator\n\
                 base_url: {}\nhttps:\n  enabled: {https}\n",
                answers.hub.base_url
            ),
            settings: files.text("awscognito.py").unwrap().to_owned(),
            secret: Some(format!("{SECRET}\n")),
            oauthenticator: answers.oauthenticator.to_string(),
            ..Machine::fresh()
        }
    }

    /// A machine in memory, with the hub and the proxy started.
    pub fn boot(&self) -> Tljh {
        let host = MemoryHost::new();
        self.lay_out(&host);
        let (certificate, key) = certificate_and_key();
        if self.certificate_file {
            host.put("/etc/ssl/hub.crt", certificate, 0o644);
        }
        host.put("/etc/ssl/hub.key", key, 0o600);
        host.put("/root/cognito.secret", SECRET, 0o600);
        host.put_folder("/var/lib", 0o755);
        if let Some(data) = &self.user_data {
            host.put("/var/lib/cloud/instance/user-data.txt", data.as_str(), 0o600);
        }
        let prefix = self.prefix.clone();
        let running = Arc::new(Mutex::new(Running::boot(&host, &prefix)));
        programs::install(&host, &prefix, &running);
        web::open(&host, &self.name, &running);
        Tljh {
            host,
            running,
            prefix,
        }
    }

    /// What is below the prefix, on any host.
    pub fn lay_out(&self, host: &dyn Files) {
        let (config, state) = (self.prefix.join("config"), self.prefix.join("state"));
        let packages = self.prefix.join("hub/lib/python3.12/site-packages");
        let settings = config.join("jupyterhub_config.d");
        let oauthenticator = format!("oauthenticator-{}", self.oauthenticator);
        for package in [
            &oauthenticator,
            "jupyterhub-5.5.4",
            "the_littlest_jupyterhub-2.0.0",
        ] {
            let folder = packages.join(format!("{package}.dist-info"));
            host.create_dir(&folder, 0o755).unwrap();
        }
        for (folder, mode) in [(&config, 0o755), (&state, 0o755), (&settings, self.folder_mode)] {
            host.create_dir(folder, mode).unwrap();
        }
        let put = |path: PathBuf, text: &str, mode| {
            host.write_atomic(&path, text.as_bytes(), mode, None).unwrap();
        };
        put(config.join("config.yaml"), &self.config, 0o640);
        put(config.join("config.yaml.lock"), "", 0o644);
        put(state.join("traefik.toml"), "written by tljh-config", 0o600);
        if !self.settings.is_empty() {
            put(settings.join("awscognito.py"), &self.settings, 0o644);
        }
        if let Some((name, text)) = &self.other {
            put(settings.join(name), text, 0o644);
        }
        if let Some(secret) = &self.secret {
            put(settings.join("awscognito.secret"), secret, self.secret_mode);
        }
    }
}

impl Tljh {
    /// The same machine, seen by a new process.
    pub fn process(&self) -> MemoryHost {
        self.host.restart()
    }

    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// A path below TLJH's `config`.
    pub fn config(&self, name: &str) -> PathBuf {
        self.prefix.join("config").join(name)
    }

    /// Restarts hub and proxy, so that they run with what the files say.
    pub fn settle(&self) {
        let mut running = self.running.lock().unwrap();
        running.start_proxy(&self.host, &self.prefix);
    }

    /// The pages of the hub as it runs.
    pub fn pages(&self) -> Pages {
        self.running.lock().unwrap().hub.as_ref().unwrap().pages.clone()
    }

    /// Changes the pages of the hub as it runs.
    pub fn change(&self, change: impl FnOnce(&mut Pages)) {
        change(&mut self.running.lock().unwrap().hub.as_mut().unwrap().pages);
    }
}

/// The same at each call.
fn certificate_and_key() -> (String, String) {
    static MADE: OnceLock<(String, String)> = OnceLock::new();
    MADE.get_or_init(new_certificate_and_key).clone()
}

/// Others at each call, in PEM.
pub fn new_certificate_and_key() -> (String, String) {
    let made = rcgen::generate_simple_self_signed([HUB.to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}
