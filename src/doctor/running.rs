//! What runs: the units, the hub's journal since its last start, a run of hubgate's that was cut off.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::finding::Finding;
use crate::apply::{StateDir, Unfinished, would_recover};
use crate::host::Host;
use crate::host::http::Peer;
use crate::hub::symptoms_of;
use crate::tljh::{LocalHub, Observed, units};
use crate::verify::wait_until_ready;

/// A hub that answers at all answers within this.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn check(
    host: &dyn Host,
    observed: &Observed,
    state: &StateDir,
    findings: &mut Vec<Finding>,
) -> io::Result<()> {
    let unfinished = match would_recover(host, state) {
        _ if !host.is_root() => None,
        Ok(unfinished) => unfinished,
        Err(error) => Some(Unfinished {
            words: format!("a run was cut off, and its record is lost: {error}"),
            remedy: "sudo hubgate verify, or apply again",
        }),
    };
    findings.extend(unfinished.map(|run| Finding::new("unfinished-run", run.words, run.remedy)));
    let is_down = fails_to_start(host, observed, findings);
    let journal = if is_down {
        journal_of_last_starts(host)
    } else {
        units::hub_journal_of_this_start(host)
    };
    for symptom in symptoms_of(&journal) {
        if is_down && !symptom.stops_the_hub {
            continue;
        }
        let known = findings.iter().any(|finding| finding.name == symptom.name);
        if !known {
            findings.push(Finding::new(
                symptom.name,
                format!("the hub's journal says: {}", symptom.what),
                symptom.remedy,
            ));
        }
    }
    Ok(())
}

/// A hub that cannot start is started again and again, and the last start may have said nothing yet.
fn journal_of_last_starts(host: &dyn Host) -> Vec<String> {
    let long_enough = Duration::from_secs(120);
    let mut journal = units::hub_journal(host, host.now() - long_enough, 500);
    // What a start stumbled over is mended once a later one came up.
    let came_up = journal
        .iter()
        .rposition(|line| line.contains("JupyterHub is now running"));
    journal.drain(..came_up.map_or(0, |at| at + 1));
    journal
}

/// Whether the hub is down, and not because somebody stopped it: its last starts tell why then.
fn fails_to_start(host: &dyn Host, observed: &Observed, findings: &mut Vec<Finding>) -> bool {
    let local = match LocalHub::read(host, observed.files.prefix()) {
        Ok(local) => local,
        Err(error) => {
            let known = findings.iter().any(|finding| finding.name == "config-yaml");
            if !known {
                findings.push(Finding::new("config-yaml", error.to_string(), "mend config.yaml"));
            }
            return false;
        }
    };
    let ready = wait_until_ready(host, &local, PATIENCE);
    if let Err(stage) = &ready {
        if let Some((unit, state)) = units::stopped(host) {
            // Which starts traefik too.
            let remedy = format!(
                "sudo systemctl restart jupyterhub; if it does not stay up: sudo journalctl -u {unit} -n 50"
            );
            findings.push(Finding::new(
                "unit-down",
                format!("{unit} does not run ({state})"),
                remedy,
            ));
            return state != "inactive";
        }
        let remedy = stage
            .hint
            .clone()
            .unwrap_or_else(|| "see journalctl -u jupyterhub -u traefik".to_owned());
        findings.push(Finding::new("hub-down", stage.found.clone(), remedy));
    }
    if let Some(https) = local.https {
        certificate(host, observed, https, findings);
    }
    ready.is_err()
}

fn certificate(host: &dyn Host, observed: &Observed, at: SocketAddr, findings: &mut Vec<Finding>) {
    let Ok(config) = &observed.config else { return };
    let callback = observed.awscognito_py.as_ref().and_then(|file| {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        super::settings_of(&text)
            .into_iter()
            .find(|setting| setting.name == "oauth_callback_url")
    });
    let of_callback = callback
        .as_ref()
        .and_then(|setting| setting.text())
        .and_then(|text| url::Url::parse(text).ok());
    let name = of_callback.and_then(|url| url.host_str().map(str::to_owned));
    let Some(name) = name.or_else(|| {
        config
            .texts("https.letsencrypt.domains")
            .first()
            .map(ToString::to_string)
    }) else {
        return;
    };
    let Ok(shown) = host.peer_certificate(&Peer {
        name: name.clone(),
        port: at.port(),
        connect_to: Some(at),
        timeout: PATIENCE,
    }) else {
        return;
    };
    let remedy = "renew it; for Let's Encrypt: is port 80 open to the world, and does the name point here?";
    if shown.remaining(host.now()).is_none() {
        findings.push(Finding::new(
            "certificate-expired",
            format!("the certificate of {name} is out of date"),
            remedy,
        ));
    } else if shown.is_traefik_default() {
        let what = format!("traefik shows its own default certificate for {name}: it has no real one");
        findings.push(Finding::new("certificate-default", what, remedy));
    } else if !shown.covers(&name) {
        findings.push(Finding::new(
            "certificate-name",
            format!("the certificate is not for {name}"),
            remedy,
        ));
    }
}
