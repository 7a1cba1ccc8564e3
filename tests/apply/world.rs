//! A TLJH host to besiege, and what it looks like from outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use hubgate::answers::{Checked, Problems, read_file, resolve};
use hubgate::apply::{
    Applied, BackTo, Cause, Recovered, RunFailed, StateDir, WentBack, Wish, apply, lock, plan_for, recover,
    roll_back,
};
use hubgate::host::Host;
use hubgate::host::memory::{MemoryHost, Node};
use hubgate::plan::Plan;
use hubgate::progress::Progress;
use hubgate::secret::Secret;
use hubgate::tljh::Observed;
use hubgate::verify::Patience;

use super::hub::{Loaded, Proxy, Running};
use super::{programs, sites};

/// The secret that Cognito knows.
pub const SECRET: &str = "canary0right0secret0of0cognito";
/// Where TLJH is installed.
pub const PREFIX: &str = "/opt/tljh";
/// `config.yaml` as an administrator keeps it.
pub const CONFIG: &str =
    "# ours since 2023\nusers:\n  admin:\n  - root-admin\nlimits:\n  memory: 2G  # enough\n";

/// What the administrator wants.
pub const ANSWERS: &str = r#"
[hub]
url = "https://hub.example.org"
admins = ["ada"]
[https]
mode = "certificate"
cert = "/etc/ssl/hub.crt"
key = "/etc/ssl/hub.key"
[cognito]
domain = "my-hub.auth.eu-west-1.amazoncognito.com"
client_id = "3n4b5urk1ft4fl3mg5e62d9ado"
client_secret = "file:/root/cognito.secret"
[access]
allow = "users"
users = ["grace"]
[target]
oauthenticator = "17.4.0"
"#;

/// The host, and what runs on it.
pub struct World {
    pub host: MemoryHost,
    pub running: Arc<Mutex<Running>>,
    pub prefix: PathBuf,
}

/// What an apply has to put back: every byte, mode and owner outside hubgate's own folder, and the
/// settings that hub and proxy run with.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub files: BTreeMap<PathBuf, Node>,
    pub hub: Result<Loaded, String>,
    pub proxy: Proxy,
}

impl World {
    /// A hub with TLJH's first-use login.
    pub fn fresh() -> Self {
        Self::at(PREFIX, CONFIG)
    }

    /// A hub at another prefix, with another `config.yaml`.
    pub fn at(prefix: &str, config: &str) -> Self {
        let prefix = PathBuf::from(prefix);
        let host = MemoryHost::new();
        host.put(prefix.join("config/config.yaml"), config, 0o640);
        host.put(prefix.join("config/config.yaml.lock"), "", 0o644);
        host.put(prefix.join("state/traefik.toml"), "written by tljh-config", 0o600);
        let packages = prefix.join("hub/lib/python3.12/site-packages");
        for package in [
            "oauthenticator-17.4.0",
            "jupyterhub-5.5.4",
            "the_littlest_jupyterhub-2.0.0",
        ] {
            host.put_folder(packages.join(format!("{package}.dist-info")), 0o755);
        }
        host.put_folder(prefix.join("config/jupyterhub_config.d"), 0o700);
        let (certificate, key) = certificate_and_key();
        host.put("/etc/ssl/hub.crt", certificate, 0o644);
        host.put("/etc/ssl/hub.key", key, 0o600);
        host.put("/root/cognito.secret", SECRET, 0o600);
        host.put_folder("/var/lib", 0o755);
        let running = Arc::new(Mutex::new(Running::boot(&host, &prefix)));
        programs::install(&host, &prefix, &running);
        sites::open(&host, &running, SECRET);
        World {
            host,
            running,
            prefix,
        }
    }

    /// The same machine, seen by a new process.
    pub fn process(&self) -> MemoryHost {
        self.host.restart()
    }

    /// A path below TLJH's `config`.
    pub fn config(&self, name: &str) -> PathBuf {
        self.prefix.join("config").join(name)
    }

    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// Restarts hub and proxy, so that they run with what the files say.
    pub fn settle(&self) {
        let mut running = self.running.lock().unwrap();
        running.start_proxy(&self.host, &self.prefix);
    }

    pub fn picture(&self) -> Picture {
        let mut files = self.host.snapshot();
        files.retain(|path, _| !path.starts_with("/var/lib/hubgate"));
        let running = self.running.lock().unwrap();
        Picture {
            files,
            hub: running.hub.clone(),
            proxy: running.proxy.clone(),
        }
    }

    /// Nothing is left that a later start would have to end.
    pub fn assert_closed(&self, what: &str) {
        let open = Path::new("/var/lib/hubgate/open").to_owned();
        assert!(!self.host.snapshot().contains_key(&open), "{what}: a run is open");
    }

    /// Applies without any fault, and insists that it goes well.
    pub fn apply(&self, toml: &str) {
        applied(&self.process(), self, toml, SECRET).unwrap();
    }
}

impl Picture {
    /// Which files differ, for a person.
    pub fn difference(&self, now: &Picture) -> String {
        let mut lines = Vec::new();
        for path in self.files.keys().chain(now.files.keys()) {
            let (then, now) = (self.files.get(path), now.files.get(path));
            if then != now {
                let show = |node: Option<&Node>| match node {
                    None => "(not there)".to_owned(),
                    Some(node) => {
                        let bytes = node.bytes.clone().unwrap_or_default();
                        let text = String::from_utf8_lossy(&bytes).into_owned();
                        format!("{:04o} {:?} {text:?}", node.mode, node.owner)
                    }
                };
                lines.push(format!(
                    "{}:\n  was {}\n  is  {}",
                    path.display(),
                    show(then),
                    show(now)
                ));
            }
        }
        lines.dedup();
        if self.hub != now.hub {
            lines.push(format!("the hub:\n  was {:?}\n  is  {:?}", self.hub, now.hub));
        }
        if self.proxy != now.proxy {
            lines.push(format!(
                "the proxy:\n  was {:?}\n  is  {:?}",
                self.proxy, now.proxy
            ));
        }
        lines.join("\n")
    }
}

/// Hears everything and says nothing.
#[derive(Debug, Default)]
pub struct Quiet {
    pub notes: Vec<String>,
}

impl Progress for Quiet {
    fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }
}

/// Answers and the layer they came from.
pub fn answers(toml: &str) -> Checked {
    let mut problems = Problems::default();
    let layer = read_file(Path::new("hubgate.toml"), toml, &mut problems);
    resolve(&layer, None, problems).unwrap()
}

const DEADLINE: Duration = Duration::from_secs(20);

/// `hubgate apply`, on whatever host.
pub fn applied(host: &dyn Host, world: &World, toml: &str, secret: &str) -> Result<Applied, RunFailed> {
    wishing(world, toml, secret, |wish| {
        let state = StateDir::for_hub(world.prefix());
        let _lock = lock(host, &state).map_err(RunFailed::Untouched)?;
        apply(host, &state, wish, &mut Quiet::default())
    })
}

/// `hubgate apply --dry-run`.
pub fn planned(world: &World, toml: &str) -> Result<(Plan, Observed), Cause> {
    wishing(world, toml, SECRET, |wish| plan_for(&world.process(), wish))
}

fn wishing<T>(world: &World, toml: &str, secret: &str, act: impl FnOnce(&Wish<'_>) -> T) -> T {
    act(&Wish {
        checked: &answers(toml),
        secret: &Secret::new(secret.to_owned()),
        prefix: world.prefix(),
        strict: true,
        hub_deadline: DEADLINE,
        patience: Patience::of(Duration::from_secs(2)),
    })
}

/// `hubgate rollback`, on whatever host.
pub fn rolled_back(host: &dyn Host, world: &World, back_to: BackTo) -> Result<WentBack, RunFailed> {
    let state = StateDir::for_hub(world.prefix());
    let _lock = lock(host, &state).map_err(RunFailed::Untouched)?;
    roll_back(host, &state, back_to, DEADLINE, &mut Quiet::default())
}

/// `hubgate rollback [--force]`, without any fault.
pub fn went_back(world: &World, force: bool) -> Result<WentBack, RunFailed> {
    rolled_back(&world.process(), world, BackTo::BeforeLastApply { force })
}

/// What the next start of any command does first.
pub fn recovered(host: &dyn Host) -> Result<Recovered, RunFailed> {
    recovered_at(Path::new(PREFIX), host)
}

/// The same for a hub at another prefix.
pub fn recovered_at(prefix: &Path, host: &dyn Host) -> Result<Recovered, RunFailed> {
    let state = StateDir::for_hub(prefix);
    let _lock = lock(host, &state).map_err(RunFailed::Untouched)?;
    recover(host, &state, DEADLINE)
}

/// The same at each call.
fn certificate_and_key() -> (String, String) {
    static MADE: OnceLock<(String, String)> = OnceLock::new();
    MADE.get_or_init(new_certificate_and_key).clone()
}

/// Others at each call, in PEM.
pub fn new_certificate_and_key() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["hub.example.org".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}
