//! TLJH's installer outlives the hubgate that ran it.

use super::*;
use hubgate::host::{Host, Programs};
use hubgate::progress::Progress;

fn cut_off(host: &MemoryHost) {
    host.put("/var/lib/hubgate/installing", "", 0o600);
    host.put("/proc/41/environ", "PATH=/bin\0HUBGATE_RUN=install\0", 0o400);
    host.put("/proc/42/environ", "PATH=/bin\0", 0o400);
}

/// A process that ends some seconds after the note about it.
struct Ends<'a>(&'a MemoryHost, Vec<String>);

impl Progress for Ends<'_> {
    fn note(&mut self, text: &str) {
        if text.contains("still at work") {
            assert_eq!(installer_calls(self.0), []);
            self.0.kill(41).unwrap();
        }
        self.1.push(text.to_owned());
    }
}

#[test]
fn it_carries_a_mark_that_a_later_run_finds() {
    let host = machine();
    install(&host).unwrap();
    let env = host.child_env(&installer_calls(&host)[0]);
    let mark = env.get(std::ffi::OsStr::new("HUBGATE_RUN")).unwrap();
    assert_eq!(mark, "install");
}

#[test]
fn a_second_one_begins_when_the_first_is_done() {
    let host = machine();
    cut_off(&host);
    let mut ends = Ends(&host, Vec::new());
    let installed = ensure_tljh(
        &host,
        Path::new(PREFIX),
        &StateDir::default(),
        &wanted(),
        &mut ends,
    );
    assert_eq!(installed.unwrap(), Installed::Now);
    assert_eq!(
        ends.1,
        [
            "an installation of TLJH was begun here; going on with it",
            "TLJH's installer is still at work (process 41); waiting for it"
        ]
    );
    assert_eq!(installer_calls(&host).len(), 1);
}

#[test]
fn one_that_never_ends_is_named_and_ctrl_c_ends_the_wait() {
    let host = machine();
    cut_off(&host);
    let error = install(&host).unwrap_err();
    assert_eq!(
        error.to_string(),
        "TLJH's installer, left behind by a run that was cut off, does not end (process 41)"
    );
    assert!(error.remedy().unwrap().contains("kill 41"));
    assert_eq!(error.hub(), Some(HubState::Broken));
    host.interrupt().request();
    let error = install(&host).unwrap_err();
    assert!(error.to_string().starts_with("stopped on request"), "{error}");
    assert_eq!(installer_calls(&host), []);
}
