//! The host's programs: `tljh-config`, `systemctl`, `journalctl` and the hub's Python.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hubgate::host::memory::{MemoryHost, failed, finished};
use hubgate::host::{Clock, Finished, Invocation, Programs, RunError};

use super::look::look;
use super::running::Running;
use super::tljh_config::tljh_config;

type Shared = Arc<Mutex<Running>>;

/// Installs them all.
pub fn install(host: &MemoryHost, prefix: &Path, running: &Shared) {
    let at = prefix.to_owned();
    let units = running.clone();
    host.program(prefix.join("hub/bin/tljh-config"), move |call, host| {
        tljh_config(call, host, &at, &units)
    });
    let at = prefix.to_owned();
    let units = running.clone();
    host.program("/usr/bin/systemctl", move |call, host| {
        systemctl(call, host, &at, &units)
    });
    let units = running.clone();
    host.program("/usr/bin/journalctl", move |call, _| {
        let this_start = words(call).iter().any(|word| word.contains("INVOCATION_ID"));
        Ok(finished(units.lock().unwrap().journal(this_start)))
    });
    host.program(
        prefix.join("hub/bin/python"),
        |call, host| match &words(call)[..] {
            [_] => look(call, host),
            [_, program, changes] => settings(program, changes, host),
            other => panic!("the model has no python {other:?}"),
        },
    );
}

/// `tljh-config` several times, as the script that hubgate gives the hub's Python runs it.
fn settings(program: &str, changes: &str, host: &MemoryHost) -> Result<Finished, RunError> {
    let changes: Vec<Vec<String>> = serde_json::from_str(changes).unwrap();
    let mut said = String::new();
    for change in changes {
        said += &format!("+ tljh-config {}\n", change.join(" "));
        let ended = host.run(&Invocation::new(program).args(change))?;
        if !ended.success() {
            let stderr = said + &ended.stderr_text();
            return Ok(Finished {
                stderr: stderr.into_bytes(),
                ..ended
            });
        }
    }
    Ok(Finished {
        stderr: said.into_bytes(),
        ..finished("")
    })
}

pub fn words(call: &Invocation) -> Vec<String> {
    call.args
        .iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect()
}

pub fn took(seconds: f32, finished: Finished) -> Finished {
    Finished {
        took: Duration::from_secs_f32(seconds),
        ..finished
    }
}

fn systemctl(
    call: &Invocation,
    host: &MemoryHost,
    prefix: &Path,
    units: &Shared,
) -> Result<Finished, RunError> {
    let mut units = units.lock().unwrap();
    let words = words(call);
    Ok(match words[0].as_str() {
        "restart" if units.hub_given_up || units.traefik_given_up => failed(
            1,
            "Job for jupyterhub.service failed: start request repeated too quickly\n",
        ),
        "restart" => {
            units.start_hub(host, prefix);
            took(1.2, finished(""))
        }
        "reset-failed" => {
            units.hub_given_up = false;
            units.traefik_given_up = false;
            finished("")
        }
        "show" if words.iter().any(|word| word == "--property=NRestarts") => {
            finished(format!("{}\n", units.restarts(host.monotonic())))
        }
        "show" if words.iter().any(|word| word == "--property=InvocationID") => {
            finished(format!("{:032x}\n", units.starts))
        }
        "show"
            if words
                .iter()
                .any(|word| word == "--property=ExecMainStartTimestampMonotonic") =>
        {
            finished(format!("{}\n", units.started.as_micros()))
        }
        "show" if words.iter().any(|word| word == "traefik") => {
            finished("ProtectHome=tmpfs\nPrivateTmp=yes\n")
        }
        "show" => finished(format!("Environment=TLJH_INSTALL_PREFIX={}\n", prefix.display())),
        "is-active" => {
            let states = words[1..].iter().map(|unit| units.state(unit));
            finished(states.map(|state| format!("{state}\n")).collect::<String>())
        }
        other => panic!("the model has no systemctl {other}"),
    })
}
