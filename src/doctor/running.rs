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
use crate::verify::{self, CertificateAt, CertificateFrom, StageCause, wait_until_ready};

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
            return !state.is_inactive();
        }
        let remedy = stage
            .remedy
            .clone()
            .unwrap_or_else(|| "see journalctl -u jupyterhub -u traefik".to_owned());
        findings.push(Finding::new("hub-down", stage.found.clone(), remedy));
    }
    if let Some(https) = local.https {
        certificate(host, observed, https, findings);
    }
    ready.is_err()
}

/// The certificate that people get, as [`verify`](crate::verify) judges it.
fn certificate(host: &dyn Host, observed: &Observed, at: SocketAddr, findings: &mut Vec<Finding>) {
    let Ok(config) = &observed.config else { return };
    let callback = super::oauth_settings(observed).and_then(|(_, text)| callback_host(&text));
    let domains = config.texts("https.letsencrypt.domains");
    let Some(name) = callback.or_else(|| domains.first().map(ToString::to_string)) else {
        return;
    };
    let has_file = config.text("https.tls.cert").is_some_and(|cert| !cert.is_empty());
    let stage = verify::certificate(
        host,
        &CertificateAt {
            from: if has_file {
                CertificateFrom::File
            } else {
                CertificateFrom::LetsEncrypt
            },
            peer: Peer {
                name,
                port: at.port(),
                connect_to: Some(at),
                timeout: PATIENCE,
            },
        },
    );
    let name = match stage.cause {
        Some(StageCause::Expired) => "certificate-expired",
        Some(StageCause::ExpiresSoon) => "certificate-expires-soon",
        Some(StageCause::NotYetValid) => "certificate-not-yet-valid",
        Some(StageCause::DefaultCertificate) => "certificate-default",
        Some(StageCause::WrongName) => "certificate-name",
        Some(StageCause::Untrusted) => "certificate-untrusted",
        // That nothing answers is told of the hub.
        _ => return,
    };
    findings.push(Finding::new(name, stage.found, stage.remedy.unwrap_or_default()));
}

fn callback_host(settings: &str) -> Option<String> {
    let settings = super::settings_of(settings);
    let callback = settings
        .iter()
        .rfind(|setting| setting.name == "oauth_callback_url")?;
    let url = url::Url::parse(callback.text()?).ok()?;
    url.host_str().map(str::to_owned)
}
