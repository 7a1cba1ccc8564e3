//! The systemd units `jupyterhub` and `traefik`, through `systemctl` and `journalctl`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use console::strip_ansi_codes;

use crate::host::{Finished, Host, Invocation, RunError};

/// There if, and only if, systemd runs the machine (sd_booted(3)).
const BOOTED: &str = "/run/systemd/system";

/// The two units; traefik's first, without which the hub's does not start.
const UNITS: [&str; 2] = ["traefik", "jupyterhub"];

/// How long systemd may take to start or stop a unit; its own default is 90 s.
const SYSTEMCTL_DEADLINE: Duration = Duration::from_secs(100);
/// How long a query may take.
const QUERY_DEADLINE: Duration = Duration::from_secs(10);

/// `systemctl restart jupyterhub`: with `Restart=always` a hub that cannot start counts as started, so
/// whoever calls this waits for the hub's answer.
///
/// # Errors
/// When systemctl is missing, hangs or is interrupted.
pub fn restart_hub(host: &dyn Host) -> Result<Finished, RunError> {
    systemctl(host, &["restart", "jupyterhub"], SYSTEMCTL_DEADLINE)
}

/// Forgets failed starts, so that systemd's limit on them does not refuse the next.
///
/// # Errors
/// When systemctl is missing, hangs or is interrupted.
pub fn reset_failed(host: &dyn Host) -> Result<Finished, RunError> {
    systemctl(host, &["reset-failed", "jupyterhub", "traefik"], QUERY_DEADLINE)
}

/// Which of its starts the hub's unit is in, as systemd names it; none where that is not known or it is down.
/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#%24INVOCATION_ID>
pub fn hub_start(host: &dyn Host) -> Option<String> {
    let arguments = ["show", "jupyterhub", "--property=InvocationID", "--value"];
    let shown = systemctl(host, &arguments, QUERY_DEADLINE).ok()?;
    let id = shown.stdout_text().trim().to_owned();
    (shown.success() && !id.is_empty()).then_some(id)
}

/// When the hub was last started, in time since boot; none where that is not known or it is down.
pub fn hub_started(host: &dyn Host) -> Option<Duration> {
    let arguments = [
        "show",
        "jupyterhub",
        "--property=ExecMainStartTimestampMonotonic",
        "--value",
    ];
    let shown = systemctl(host, &arguments, QUERY_DEADLINE).ok()?;
    let micros = shown.stdout_text().trim().parse().ok()?;
    (shown.success() && micros > 0).then_some(Duration::from_micros(micros))
}

/// How often systemd has started the hub again by itself since it was last asked to.
pub fn hub_restarts(host: &dyn Host) -> Option<u32> {
    let finished = systemctl(
        host,
        &["show", "jupyterhub", "--property=NRestarts", "--value"],
        QUERY_DEADLINE,
    )
    .ok()?;
    finished.stdout_text().trim().parse().ok()
}

/// What systemd calls the state of a unit, such as `active` or `failed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitState(String);

impl UnitState {
    /// Whether it runs.
    pub fn is_active(&self) -> bool {
        self.0 == "active"
    }
    /// Whether it will soon be in another.
    pub fn is_changing(&self) -> bool {
        matches!(self.0.as_str(), "activating" | "reloading" | "deactivating")
    }
    /// Whether it was stopped, and not by a fault.
    pub fn is_inactive(&self) -> bool {
        self.0 == "inactive"
    }
    /// Whether systemd gave it up.
    pub fn is_failed(&self) -> bool {
        self.0 == "failed"
    }
}

impl fmt::Display for UnitState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether systemd runs this machine, so that there can be units.
pub fn has_systemd(host: &dyn Host) -> bool {
    matches!(host.stat(Path::new(BOOTED)), Ok(Some(_)))
}

/// Whether units can be restarted here. In a container without systemd, and below a chroot, they cannot.
///
/// # Errors
/// When systemctl hangs or is interrupted.
pub fn can_be_asked(host: &dyn Host) -> Result<bool, RunError> {
    if has_systemd(host) {
        return Ok(true);
    }
    match systemctl(host, &["show", "--property=Version"], QUERY_DEADLINE) {
        Ok(shown) => Ok(shown.success()),
        Err(RunError::NotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The state of each unit, traefik's first; none where systemctl does not tell.
///
/// # Errors
/// When systemctl is missing, hangs or is interrupted.
pub fn states(host: &dyn Host) -> Result<Option<[(&'static str, UnitState); 2]>, RunError> {
    if UNITS.iter().all(|unit| has_processes(host, unit)) {
        return Ok(Some(UNITS.map(|unit| (unit, UnitState("active".to_owned())))));
    }
    // It prints a word for each, and fails unless all are active.
    let asked = systemctl(host, &["is-active", UNITS[0], UNITS[1]], QUERY_DEADLINE)?;
    let text = asked.stdout_text();
    let words: Vec<_> = text
        .lines()
        .map(|line| UnitState(line.trim().to_owned()))
        .collect();
    let words: Option<[UnitState; 2]> = words.try_into().ok();
    Ok(words.map(|[traefik, hub]| [(UNITS[0], traefik), (UNITS[1], hub)]))
}

/// By the unit's control group, which is there while the unit runs: cheaper than a process.
///
/// Source: <https://docs.kernel.org/admin-guide/cgroup-v2.html> (`cgroup.events`)
fn has_processes(host: &dyn Host, unit: &str) -> bool {
    let events = format!("/sys/fs/cgroup/system.slice/{unit}.service/cgroup.events");
    host.read_to_string(Path::new(&events))
        .is_ok_and(|events| events.lines().any(|line| line == "populated 1"))
}

/// The unit of the hub's two that does not run and is not about to, with its state.
pub fn stopped(host: &dyn Host) -> Option<(&'static str, UnitState)> {
    let states = states(host).ok()??;
    states
        .into_iter()
        .find(|(_, state)| state.is_inactive() || state.is_failed())
}

/// Folders that traefik's unit does not let it see. A certificate there is one that root can read and
/// traefik cannot.
/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#ProtectHome=>
pub fn hidden_from_traefik(host: &dyn Host) -> Vec<&'static str> {
    let arguments = [
        "show",
        "traefik",
        "--property=ProtectHome",
        "--property=PrivateTmp",
    ];
    let Ok(shown) = systemctl(host, &arguments, QUERY_DEADLINE) else {
        return Vec::new();
    };
    let mut hidden = Vec::new();
    for line in shown.stdout_text().lines() {
        match line.trim() {
            "ProtectHome=yes" | "ProtectHome=tmpfs" => hidden.extend(["/home", "/root", "/run/user"]),
            "PrivateTmp=yes" => hidden.extend(["/tmp", "/var/tmp"]),
            _ => {}
        }
    }
    hidden
}

/// The variables that the unit gives the hub, those of its drop-ins and environment files included.
pub fn hub_environment(host: &dyn Host) -> Vec<(String, String)> {
    let arguments = [
        "show",
        "jupyterhub",
        "--property=Environment",
        "--property=EnvironmentFiles",
    ];
    let Ok(finished) = systemctl(host, &arguments, QUERY_DEADLINE) else {
        return Vec::new();
    };
    environment(&finished.stdout_text(), |path| {
        host.read_to_string(Path::new(path)).unwrap_or_default()
    })
}

/// The variables of `systemctl show`; those of a file win, as they do in systemd.
/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=>
fn environment(shown: &str, read: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let of_pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_owned(), value.to_owned()))
    };
    let mut found: Vec<(String, String)> = Vec::new();
    for line in shown.lines() {
        if let Some(pairs) = line.strip_prefix("Environment=") {
            found.extend(words(pairs).iter().filter_map(|pair| of_pair(pair)));
        }
    }
    for line in shown.lines() {
        let file = line
            .strip_prefix("EnvironmentFiles=")
            .and_then(|told| told.rsplit_once(" ("));
        let Some((path, _)) = file else { continue };
        let text = read(path).replace("\\\n", "");
        let lines = text.lines().map(str::trim_start);
        let set = lines
            .filter(|line| !line.starts_with(['#', ';']))
            .filter_map(of_pair);
        found.extend(set.map(|(name, value)| (name, words(value.trim()).join(" "))));
    }
    found
}

/// Words as systemd quotes them: bare, or within `"` or `'`, with backslashes but in the latter.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let current = match (letter, quote) {
            (end, Some(open)) if end == open => {
                quote = None;
                continue;
            }
            (space, None) if space.is_whitespace() => {
                words.extend(word.take());
                continue;
            }
            (open @ ('"' | '\''), None) => {
                quote = Some(open);
                word.get_or_insert_default();
                continue;
            }
            ('\\', open) if open != Some('\'') => letters.next(),
            (other, _) => Some(other),
        };
        word.get_or_insert_default().extend(current);
    }
    words.extend(word);
    words
}

/// The last lines of the hub's and traefik's journal since a moment, without times and host names. Empty where
/// there is no journal.
pub fn hub_journal(host: &dyn Host, since: SystemTime, lines: usize) -> Vec<String> {
    let Some(program) = host.find("journalctl") else {
        return Vec::new();
    };
    let seconds = since
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let call = Invocation::new(program)
        .args([
            "--unit=jupyterhub",
            "--unit=traefik",
            "--output=cat",
            "--no-pager",
        ])
        .arg(format!("--lines={lines}"))
        .arg(format!("--since=@{seconds}"))
        .deadline(QUERY_DEADLINE);
    match host.run(&call) {
        Ok(finished) if finished.success() => plain_lines(&finished.stdout_text()),
        _ => Vec::new(),
    }
}

/// The hub's journal since it was last started; empty where there is none.
pub fn hub_journal_of_this_start(host: &dyn Host) -> Vec<String> {
    let (Some(id), Some(program)) = (hub_start(host), host.find("journalctl")) else {
        return Vec::new();
    };
    let call = Invocation::new(program)
        .args(["--output=cat", "--no-pager", "--lines=2000"])
        .arg(format!("_SYSTEMD_INVOCATION_ID={id}"))
        .deadline(QUERY_DEADLINE);
    match host.run(&call) {
        Ok(finished) if finished.success() => plain_lines(&finished.stdout_text()),
        _ => Vec::new(),
    }
}

/// Without the colours that traefik writes, and without its log of requests: those that find no hub are
/// there, our own with them, and say nothing of why there is none.
fn plain_lines(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.starts_with("{\"ClientAddr\""))
        .map(|line| strip_ansi_codes(line).into_owned())
        .collect()
}

fn systemctl(host: &dyn Host, arguments: &[&str], deadline: Duration) -> Result<Finished, RunError> {
    let program = host.find("systemctl").ok_or_else(|| RunError::NotFound {
        program: PathBuf::from("systemctl"),
    })?;
    host.run(&Invocation::new(program).args(arguments).deadline(deadline))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_may_hold_spaces_and_stand_in_files() {
        let shown = "Environment=A=b \"C=two words\" D=\"quo\\\"ted\" \nEnvironmentFiles=/etc/hub env (ignore_errors=yes)\n";
        let file = "# E=1\nA=of the file\nF='x y'\n; G=1\nH=\n";
        let found = environment(shown, |path| {
            assert_eq!(path, "/etc/hub env");
            file.to_owned()
        });
        let told: Vec<String> = found
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let expected = ["A=b", "C=two words", "D=quo\"ted", "A=of the file", "F=x y", "H="];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_traefik_logs_of_requests_is_left_out() {
        let journal = "SyntaxError\n{\"ClientAddr\":\"127.0.0.1:1\",\"DownstreamStatus\":502}\n\u{1b}[31mERR\u{1b}[0m x\n";
        assert_eq!(plain_lines(journal), ["SyntaxError", "ERR x"]);
    }
}
