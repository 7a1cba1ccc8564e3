//! Is the certificate real, for the hub's name, trusted and in date?

use std::time::{Duration, SystemTime};

use super::Expectation;
use super::expectation::CertificateFrom;
use super::report::{Stage, StageCause, StageName};
use crate::host::http::{Peer, PeerCertificate};
use crate::host::{Host, HttpError};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Nobody renews in time who has not renewed by then.
const SOON: Duration = DAY.saturating_mul(7);

/// Worth saying, though nothing is wrong.
const NEAR: Duration = DAY.saturating_mul(14);

/// Whose certificate is looked at, and where.
#[derive(Debug)]
pub struct CertificateAt {
    /// Where it should come from.
    pub from: CertificateFrom,
    /// The whole handshake: the name that is asked for, and where.
    pub peer: Peer,
}

/// The stage, or nothing where the hub has no HTTPS by the answers.
pub(super) fn stage(host: &dyn Host, expected: &Expectation, timeout: Duration) -> Option<Stage> {
    let connect_to = match (expected.certificate, expected.local.https) {
        (CertificateFrom::Nobody, _) => return None,
        (CertificateFrom::Proxy, _) => None,
        (_, None) => return Some(https_off()),
        (_, Some(address)) => Some(address),
    };
    let peer = Peer {
        name: expected.hub_host.trim_matches(['[', ']']).to_owned(),
        port: expected.hub_port,
        connect_to,
        timeout,
    };
    let from = expected.certificate;
    Some(certificate(host, &CertificateAt { from, peer }))
}

/// Is the certificate that is shown there the right one?
pub fn certificate(host: &dyn Host, at: &CertificateAt) -> Stage {
    match host.peer_certificate(&at.peer) {
        Ok(certificate) => judge(&certificate, at.from, &at.peer.name, host.now()),
        Err(error) => judge_error(&error, at.from),
    }
}

fn https_off() -> Stage {
    Stage::fail(
        StageName::Certificate,
        StageCause::HttpsOff,
        "HTTPS is off in config.yaml, and Cognito sends nobody back to an http address",
    )
    .remedy("hubgate apply, or sudo tljh-config set https.enabled true && sudo tljh-config reload proxy")
}

fn fail(cause: StageCause, found: String) -> Stage {
    Stage::fail(StageName::Certificate, cause, found)
}

fn unknown(cause: StageCause, found: String) -> Stage {
    Stage::unknown(StageName::Certificate, cause, found)
}

fn judge(certificate: &PeerCertificate, from: CertificateFrom, name: &str, now: SystemTime) -> Stage {
    if certificate.is_traefik_default() {
        return default_certificate(from);
    }
    if !certificate.covers(name) {
        let names = if certificate.names.is_empty() {
            "no name at all".to_owned()
        } else {
            certificate.names.join(", ")
        };
        return fail(
            StageCause::WrongName,
            format!("the certificate is for {names}, not for {name}"),
        )
        .remedy(wrong_name_hint(from));
    }
    if certificate.not_before > now {
        return unknown(
            StageCause::NotYetValid,
            "by this machine's clock the certificate's time has not begun".to_owned(),
        )
        .remedy("is the clock right? timedatectl");
    }
    let Some(left) = certificate.remaining(now) else {
        let ago = now.duration_since(certificate.not_after).unwrap_or_default();
        return fail(
            StageCause::Expired,
            format!("the certificate expired {} ago", days(ago)),
        )
        .remedy(renewal_hint(from));
    };
    if let Err(why) = &certificate.trusted {
        return fail(
            StageCause::Untrusted,
            format!(
                "this machine does not trust the certificate, signed by {}: {why}",
                certificate.issuer
            ),
        )
        .remedy(trust_hint(from));
    }
    in_date(certificate, left, from)
}

fn in_date(certificate: &PeerCertificate, left: Duration, from: CertificateFrom) -> Stage {
    let life = certificate
        .not_after
        .duration_since(certificate.not_before)
        .unwrap_or_default();
    // Certificates that live for some days only are renewed that much later.
    let soon = SOON.min(life / 6);
    let found = format!("{}'s certificate, good for {}", certificate.issuer, days(left));
    if left < soon {
        return unknown(StageCause::ExpiresSoon, format!("{found} only")).remedy(renewal_hint(from));
    }
    let stage = Stage::pass(StageName::Certificate, found);
    if left < NEAR.min(life / 3) {
        return stage.remedy(renewal_hint(from));
    }
    stage
}

/// `3 days`, `5 hours`.
fn days(span: Duration) -> String {
    let hours = span.as_secs() / 3600;
    match hours {
        0 => "less than an hour".to_owned(),
        1 => "1 hour".to_owned(),
        2..48 => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    }
}

fn default_certificate(from: CertificateFrom) -> Stage {
    let found = "traefik shows the certificate that it makes itself, which no browser trusts".to_owned();
    match from {
        CertificateFrom::LetsEncrypt => unknown(StageCause::DefaultCertificate, format!("{found}: Let's Encrypt has not answered (yet)"))
            .remedy("Let's Encrypt needs the name in DNS and port 443 open to the internet; it takes up to a minute. What traefik says: sudo journalctl -u traefik -n 50"),
        CertificateFrom::File => fail(StageCause::DefaultCertificate, format!("{found}: it could not use the files of https.tls"))
            .remedy("do both files exist, and do they belong together? sudo journalctl -u traefik -n 50"),
        CertificateFrom::Proxy | CertificateFrom::Nobody => fail(StageCause::DefaultCertificate, found)
            .remedy("give whatever stands in front of the hub a certificate for the hub's name"),
    }
}

fn wrong_name_hint(from: CertificateFrom) -> &'static str {
    match from {
        CertificateFrom::LetsEncrypt => {
            "sudo tljh-config add-item https.letsencrypt.domains NAME && sudo tljh-config reload proxy"
        }
        CertificateFrom::File => {
            "get a certificate for the hub's name, and point https.tls.cert and https.tls.key at it"
        }
        CertificateFrom::Proxy | CertificateFrom::Nobody => {
            "give whatever stands in front of the hub a certificate for the hub's name"
        }
    }
}

fn renewal_hint(from: CertificateFrom) -> &'static str {
    match from {
        CertificateFrom::LetsEncrypt => {
            "traefik renews by itself 30 days before the end, if port 443 is open to the internet: sudo journalctl -u traefik -n 50"
        }
        CertificateFrom::File => {
            "put a new certificate in place of the old, then: sudo tljh-config reload proxy"
        }
        CertificateFrom::Proxy | CertificateFrom::Nobody => "renew it at whatever stands in front of the hub",
    }
}

fn trust_hint(from: CertificateFrom) -> &'static str {
    match from {
        CertificateFrom::LetsEncrypt => {
            "is https.letsencrypt.staging on? Its certificates are for trials: sudo tljh-config unset https.letsencrypt.staging && sudo tljh-config reload proxy"
        }
        CertificateFrom::File => {
            "the file needs the intermediate certificates behind the hub's own; a CA of your own must be in this machine's store: sudo update-ca-certificates"
        }
        CertificateFrom::Proxy | CertificateFrom::Nobody => {
            "give whatever stands in front of the hub a certificate with its chain"
        }
    }
}

fn judge_error(error: &HttpError, from: CertificateFrom) -> Stage {
    let outside = from == CertificateFrom::Proxy;
    match error {
        HttpError::Dns { .. } => unknown(StageCause::NoAddress, format!("{error}"))
            .remedy("add a DNS record for the hub's name; a new one may need some minutes"),
        HttpError::Tls { .. } => unknown(StageCause::TlsFailed, format!("no certificate is shown: {error}"))
            .remedy(if outside { "look at whatever stands in front of the hub" } else { "sudo journalctl -u traefik -n 50" }),
        _ if outside => unknown(StageCause::PublicUnreachable, format!("{error}"))
            .remedy("from this machine the public address may be out of reach though people get there; try it from outside"),
        _ => fail(StageCause::TraefikDown, format!("nothing shows a certificate: {error}"))
            .remedy("after a change of HTTPS: sudo tljh-config reload proxy; else: sudo journalctl -u traefik -n 50"),
    }
}
