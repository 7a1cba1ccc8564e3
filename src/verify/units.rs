//! Do the hub's units run?

use super::report::{Stage, StageCause, StageName};
use crate::host::{Host, RunError};
use crate::tljh::units::{self, UnitState};

pub(super) fn stage(host: &dyn Host) -> Stage {
    if !units::has_systemd(host) {
        return no_systemd("systemd does not run here, so nobody can tell about the units");
    }
    match units::states(host) {
        Ok(Some(states)) => judge(states),
        Ok(None) => no_systemd("systemctl does not tell about the units"),
        Err(RunError::NotFound { .. }) => {
            no_systemd("there is no systemctl here, so nobody can tell about the units")
        }
        Err(RunError::Interrupted { .. }) => {
            Stage::unknown(StageName::Units, StageCause::Stopped, "stopped on request")
        }
        Err(error) => no_systemd(&format!("systemctl does not tell about the units: {error}")),
    }
}

fn judge(states: [(&str, UnitState); 2]) -> Stage {
    let odd: Vec<_> = states
        .iter()
        .rev()
        .filter(|(_, state)| !state.is_active())
        .collect();
    let Some((unit, _)) = odd.first() else {
        return Stage::pass(StageName::Units, "jupyterhub and traefik run");
    };
    let words: Vec<_> = odd
        .iter()
        .map(|(unit, state)| format!("{unit} is {state}"))
        .collect();
    let found = words.join(", ");
    let remedy = format!("see why with: sudo journalctl -u {unit} -n 50");
    if odd.iter().all(|(_, state)| state.is_changing()) {
        return Stage::unknown(StageName::Units, StageCause::UnitStarting, found).remedy(remedy);
    }
    Stage::fail(StageName::Units, StageCause::UnitDown, found).remedy(remedy)
}

fn no_systemd(found: &str) -> Stage {
    Stage::unknown(StageName::Units, StageCause::NoSystemd, found)
        .remedy("the stages below ask the hub itself; run this on the hub to know about its units")
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
        for unit in ["jupyterhub", "traefik"] {
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
            ["/usr/bin/systemctl is-active traefik jupyterhub"]
        );
    }

    #[test]
    fn a_unit_that_is_down_is_named() {
        let stage = stage(&with_states("active\nfailed\n"));
        assert_eq!(
            (stage.outcome, stage.cause),
            (Outcome::Fail, Some(StageCause::UnitDown))
        );
        assert_eq!(stage.found, "jupyterhub is failed");
        assert_eq!(
            stage.remedy.unwrap(),
            "see why with: sudo journalctl -u jupyterhub -n 50"
        );
    }

    #[test]
    fn a_unit_that_is_starting_is_no_failure_yet() {
        let stage = stage(&with_states("active\nactivating\n"));
        assert_eq!(
            (stage.outcome, stage.cause),
            (Outcome::Unknown, Some(StageCause::UnitStarting))
        );
    }

    #[test]
    fn without_systemd_nobody_can_tell() {
        for host in [MemoryHost::new(), booted(), with_states("")] {
            let stage = stage(&host);
            assert_eq!(
                (stage.outcome, stage.cause),
                (Outcome::Unknown, Some(StageCause::NoSystemd))
            );
        }
    }
}
