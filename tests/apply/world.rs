//! A TLJH machine to besiege, and what it looks like from outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hubgate::answers::{Checked, Problems, read_file, resolve};
use hubgate::apply::{
    Applied, BackTo, Cause, Recovered, RunFailed, StateDir, TakeOver, WentBack, Wish, apply, lock, plan_for,
    recover, roll_back,
};
use hubgate::host::Host;
use hubgate::host::memory::Node;
use hubgate::plan::Plan;
use hubgate::progress::Progress;
use hubgate::secret::Secret;
use hubgate::tljh::Observed;
use hubgate::verify::Patience;

use crate::machine::{Loaded, Machine, Proxy, yaml};

pub use crate::machine::{PREFIX, SECRET, Tljh as World, new_certificate_and_key};

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
        let machine = Machine {
            prefix: prefix.into(),
            config: config.to_owned(),
            ..Machine::fresh()
        };
        machine.boot()
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

pub const DEADLINE: Duration = Duration::from_secs(20);

/// `hubgate apply`, on whatever host.
pub fn applied(host: &dyn Host, world: &World, toml: &str, secret: &str) -> Result<Applied, RunFailed> {
    applied_with(host, world, (toml, secret), TakeOver::No)
}

/// `hubgate apply --take-over`, or with the question whether to.
pub fn applied_with(
    host: &dyn Host,
    world: &World,
    (toml, secret): (&str, &str),
    take_over: TakeOver<'_>,
) -> Result<Applied, RunFailed> {
    wishing_with(world, (toml, secret), take_over, |wish| {
        let state = StateDir::for_hub(world.prefix());
        let _lock = lock(host, &state).map_err(RunFailed::Untouched)?;
        apply(host, &state, wish, &mut Quiet::default())
    })
}

/// `hubgate apply --dry-run`.
pub fn planned(world: &World, toml: &str) -> Result<(Plan, Observed), Cause> {
    wishing(world, toml, SECRET, |wish| plan_for(&world.process(), wish))
}

/// What an apply of these answers is given.
pub fn wishing<T>(world: &World, toml: &str, secret: &str, act: impl FnOnce(&Wish<'_>) -> T) -> T {
    wishing_with(world, (toml, secret), TakeOver::No, act)
}

/// The same, and what becomes of what contradicts them.
pub fn wishing_with<T>(
    world: &World,
    (toml, secret): (&str, &str),
    take_over: TakeOver<'_>,
    act: impl FnOnce(&Wish<'_>) -> T,
) -> T {
    act(&Wish {
        checked: &answers(toml),
        secret: &Secret::new(secret.to_owned()),
        prefix: world.prefix(),
        strict: true,
        hub_deadline: DEADLINE,
        patience: Patience::of(Duration::from_secs(2)),
        take_over,
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

#[test]
fn what_tljh_config_writes_reads_the_same() {
    let text = "users:\n  admin:\n  - ada\n  - \"007\"\nhttps: {enabled: true, port: 443}\nempty: []\n";
    let value = yaml::read(text).unwrap();
    assert_eq!(
        yaml::read(&yaml::write(&value)).unwrap(),
        value,
        "{}",
        yaml::write(&value)
    );
}
