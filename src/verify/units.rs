//! Do the hub's units run?

use std::path::Path;
use std::time::Duration;

use super::report::{Cause, Stage, StageName};
use crate::host::{Host, Invocation, RunError};

/// The units of TLJH.
const UNITS: [&str; 2] = ["jupyterhub", "traefik"];

/// There if, and only if, systemd runs the machine (sd_booted(3)).
const BOOTED: &str = "/run/systemd/system";

/// systemctl waits for systemd's answer, which may itself be busy.
const LIMIT: Duration = Duration::from_secs(5);

pub(super) fn stage(host: &dyn Host) -> Stage {
    if !matches!(host.stat(Path::new(BOOTED)), Ok(Some(_))) {
        return no_systemd("systemd does not run here, so nobody can tell about the units");
    }
    if UNITS.iter().all(|unit| has_processes(host, unit)) {
        return Stage::pass(StageName::Units, "jupyterhub and traefik run");
    }
    ask(host)
}

/// By the unit's control group, which is there while the unit runs: cheaper than a process.
///
/// Source: <https://docs.kernel.org/admin-guide/cgroup-v2.html> (`cgroup.events`)
fn has_processes(host: &dyn Host, unit: &str) -> bool {
    let events = format!("/sys/fs/cgroup/system.slice/{unit}.service/cgroup.events");
    host.read_to_string(Path::new(&events))
        .is_ok_and(|events| events.lines().any(|line| line == "populated 1"))
}

/// `systemctl is-active` prints a word for each unit, and fails unless all are active.
fn ask(host: &dyn Host) -> Stage {
    let Some(systemctl) = host.find("systemctl") else {
        return no_systemd("there is no systemctl here, so nobody can tell about the units");
    };
    let call = Invocation::new(systemctl)
        .arg("is-active")
        .args(UNITS)
        .deadline(LIMIT);
    match host.run(&call) {
        Ok(finished) => {
            let words = finished.stdout_text();
            let states: Vec<_> = words.lines().map(str::trim).collect();
            match states[..] {
                [hub, traefik] => judge([hub, traefik]),
                _ => no_systemd("systemctl does not tell about the units"),
            }
        }
        Err(RunError::Interrupted { .. }) => {
            Stage::unknown(StageName::Units, Cause::Stopped, "stopped on request")
        }
        Err(error) => no_systemd(&format!("systemctl does not tell about the units: {error}")),
    }
}

fn judge(states: [&str; 2]) -> Stage {
    let odd: Vec<_> = UNITS
        .iter()
        .zip(states)
        .filter(|(_, state)| *state != "active")
        .collect();
    let Some((unit, _)) = odd.first() else {
        return Stage::pass(StageName::Units, "jupyterhub and traefik are active");
    };
    let words: Vec<_> = odd
        .iter()
        .map(|(unit, state)| format!("{unit} is {state}"))
        .collect();
    let found = words.join(", ");
    let hint = format!("see why with: sudo journalctl -u {unit} -n 50");
    let passing = |state: &str| matches!(state, "activating" | "reloading" | "deactivating");
    if odd.iter().all(|(_, state)| passing(state)) {
        return Stage::unknown(StageName::Units, Cause::UnitStarting, found).hint(hint);
    }
    Stage::fail(StageName::Units, Cause::UnitDown, found).hint(hint)
}

fn no_systemd(found: &str) -> Stage {
    Stage::unknown(StageName::Units, Cause::NoSystemd, found)
        .hint("the stages below ask the hub itself; run this on the hub to know about its units")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::report::Outcome;
    use super::*;
    use crate::host::Finished;
    use crate::host::memory::{MemoryHost, failed, finished};

    fn booted() -> MemoryHost {
        let host = MemoryHost::new();
        host.put("/run/systemd/system/dbus.service", "", 0o644);
        host
    }

    fn with_states(states: &'static str) -> MemoryHost {
        let host = booted();
        host.program("/usr/bin/systemctl", move |_, _| {
            Ok(Finished {
                stdout: states.into(),
                ..if states == "active\nactive\n" {
                    finished("")
                } else {
                    failed(3, "")
                }
            })
        });
        host
    }

    #[test]
    fn control_groups_with_processes_need_no_systemctl() {
        let host = booted();
        for unit in UNITS {
            let path = format!("/sys/fs/cgroup/system.slice/{unit}.service/cgroup.events");
            host.put(path, "populated 1\nfrozen 0\n", 0o444);
        }
        assert_eq!(stage(&host).outcome, Outcome::Pass);
        assert!(host.commands().is_empty());
    }

    #[test]
    fn one_call_tells_about_both_units() {
        let host = with_states("active\nactive\n");
        assert_eq!(stage(&host).outcome, Outcome::Pass);
        assert_eq!(
            host.commands(),
            ["/usr/bin/systemctl is-active jupyterhub traefik"]
        );
    }

    #[test]
    fn a_unit_that_is_down_is_named() {
        let stage = stage(&with_states("failed\nactive\n"));
        assert_eq!(
            (stage.outcome, stage.cause),
            (Outcome::Fail, Some(Cause::UnitDown))
        );
        assert_eq!(stage.found, "jupyterhub is failed");
        assert_eq!(
            stage.hint.unwrap(),
            "see why with: sudo journalctl -u jupyterhub -n 50"
        );
    }

    #[test]
    fn a_unit_that_is_starting_is_no_failure_yet() {
        let stage = stage(&with_states("activating\nactive\n"));
        assert_eq!(
            (stage.outcome, stage.cause),
            (Outcome::Unknown, Some(Cause::UnitStarting))
        );
    }

    #[test]
    fn without_systemd_nobody_can_tell() {
        for host in [MemoryHost::new(), booted(), with_states("")] {
            let stage = stage(&host);
            assert_eq!(
                (stage.outcome, stage.cause),
                (Outcome::Unknown, Some(Cause::NoSystemd))
            );
        }
    }
}
