//! TLJH's installation on a machine in memory.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aws_command;
mod getting;
mod left_behind;
mod running;

use std::path::Path;
use std::time::Duration;

use hubgate::apply::StateDir;
use hubgate::host::memory::{Event, MemoryHost, finished};
use hubgate::host::{Finished, HttpResponse, Invocation, RunError};
use hubgate::install::{
    BootstrapSource, InstallError, Installed, Presence, Wanted, ensure_aws_command, ensure_tljh, presence,
};
use hubgate::progress::Progress;
use hubgate::told::{HubState, Told as _};

pub const PREFIX: &str = "/opt/tljh";
pub const LOG: &str = "/var/log/hubgate-install.log";
pub const SCRIPT: &str = "def main():\n    pass\n\nif __name__ == '__main__':\n    main()\n";

/// What a person was told, in one line each.
#[derive(Default)]
pub struct Heard(pub Vec<String>);

impl Progress for Heard {
    fn begin(&mut self, words: &str) {
        self.0.push(format!("begin {words}"));
    }
    fn done(&mut self, _took: Duration) {
        self.0.push("done".into());
    }
    fn failed(&mut self) {
        self.0.push("failed".into());
    }
    fn note(&mut self, text: &str) {
        self.0.push(text.into());
    }
}

/// A Debian at its first boot, whose Python finds every script whole, with the real address of TLJH's
/// installer.
pub fn machine() -> MemoryHost {
    let host = MemoryHost::new();
    host.put_folder("/var/log", 0o755);
    host.program("/usr/bin/python3", |_, _| Ok(finished("")));
    host.site(BootstrapSource::OFFICIAL, |_, _| {
        Ok(HttpResponse::new(200, SCRIPT))
    });
    installer(&host, |_, host| {
        lay_down_tljh(host);
        Ok(finished(""))
    });
    host
}

/// What running the script does. (A shell, which sets the umask, runs Python, which runs it.)
pub fn installer(
    host: &MemoryHost,
    does: impl Fn(&Invocation, &MemoryHost) -> Result<Finished, RunError> + Send + Sync + 'static,
) {
    host.program("/bin/sh", does);
}

pub fn lay_down_tljh(host: &MemoryHost) {
    host.put("/opt/tljh/hub/bin/tljh-config", "", 0o755);
    host.put("/etc/systemd/system/jupyterhub.service", "", 0o644);
}

pub fn wanted() -> Wanted {
    Wanted {
        source: BootstrapSource::OFFICIAL.parse().unwrap(),
        version: None,
        plugins: Vec::new(),
        user_requirements_txt_url: None,
        show_progress_page: false,
    }
}

pub fn install_as(host: &MemoryHost, wanted: &Wanted, told: &mut Heard) -> Result<Installed, InstallError> {
    ensure_tljh(host, Path::new(PREFIX), &StateDir::default(), wanted, told)
}

pub fn install(host: &MemoryHost) -> Result<Installed, InstallError> {
    install_as(host, &wanted(), &mut Heard::default())
}

/// The calls of TLJH's installer.
pub fn installer_calls(host: &MemoryHost) -> Vec<Invocation> {
    let started = |event| match event {
        Event::Started(call) => Some(call),
        _ => None,
    };
    host.record().into_iter().filter_map(started).collect()
}

pub fn presence_on(host: &MemoryHost) -> Presence {
    presence(host, Path::new(PREFIX), &StateDir::default()).unwrap()
}

#[test]
fn tljh_is_installed_once() {
    let host = machine();
    assert_eq!(install(&host).unwrap(), Installed::Now);
    assert_eq!(presence_on(&host), Presence::Present);

    let again = host.restart();
    assert_eq!(install(&again).unwrap(), Installed::Before);
    assert!(again.commands().is_empty());
    assert!(
        !again
            .record()
            .iter()
            .any(|event| matches!(event, Event::Sent(..)))
    );
}

#[test]
fn nothing_of_the_installation_stays_but_tljh_and_the_log() {
    let host = machine();
    install(&host).unwrap();
    let files: Vec<_> = host.snapshot().into_keys().collect();
    let of_ours: Vec<_> = files
        .iter()
        .filter(|path| path.starts_with("/var/lib/hubgate"))
        .collect();
    assert_eq!(
        of_ours,
        [Path::new("/var/lib/hubgate"), Path::new("/var/lib/hubgate/lock")]
    );
    assert!(files.iter().any(|path| path == Path::new(LOG)));
}

#[test]
fn a_hub_with_another_prefix_is_not_overwritten() {
    let host = machine();
    host.put("/etc/systemd/system/jupyterhub.service", "", 0o644);
    let error = install(&host).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/etc/systemd/system/jupyterhub.service is there, but there is no TLJH at /opt/tljh"
    );
    assert!(error.remedy().unwrap().contains("--prefix"));
    assert_eq!(installer_calls(&host), []);
}

#[test]
fn only_root_installs() {
    let host = machine();
    host.set_uid(1000);
    assert_eq!(install(&host).unwrap_err().remedy().unwrap(), "run it with sudo");
}

#[test]
fn two_at_once_do_not_install_twice() {
    let host = machine();
    let _other = hubgate::apply::lock(&host, &StateDir::default()).unwrap();
    let error = install(&host).unwrap_err();
    assert_eq!(error.to_string(), "another hubgate is changing this hub");
    assert_eq!(installer_calls(&host), []);
}

#[test]
fn without_python_the_command_that_brings_it_is_named() {
    let host = MemoryHost::new();
    let error = install(&host).unwrap_err();
    assert_eq!(
        error.to_string(),
        "TLJH's installer needs python3, which is not there"
    );
    assert!(error.remedy().unwrap().contains("apt-get install -y python3"));
}

#[test]
fn tljh_s_version_tells_which_oauthenticator_will_come() {
    let of = |version: &str| {
        let version = Some(version.to_owned());
        let wanted = Wanted { version, ..wanted() };
        wanted.oauthenticator().map(|version| version.to_string())
    };
    assert_eq!(of("2.0.0").as_deref(), Some("17.4.0"));
    assert_eq!(of("2").as_deref(), Some("17.4.0"));
    assert_eq!(of("1.0.0").as_deref(), Some("16.3.1"));
    assert_eq!(of("0.2.0").as_deref(), Some("14.2.0"));
    assert_eq!(of("main"), None);
    assert_eq!(of("3.0.0"), None);
    assert_eq!(wanted().oauthenticator(), None);
}
