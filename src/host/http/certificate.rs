//! What certificate a server has.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime};

use x509_parser::prelude::{ASN1Time, FromDer, GeneralName, X509Certificate, X509Name};

/// Whom to ask for a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The name asked for (SNI) and checked against.
    pub name: String,
    pub port: u16,
    /// Talk to this address instead of the one that `name` has.
    pub connect_to: Option<SocketAddr>,
    pub timeout: Duration,
}

/// A server's certificate, good or bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The common name, where there is one.
    pub common_name: Option<String>,
    /// The issuer's common name, else its whole name.
    pub issuer: String,
    /// The DNS names and IP addresses it is for, wildcards as written.
    pub names: Vec<String>,
    pub not_before: SystemTime,
    pub not_after: SystemTime,
    /// Does this system trust it for the name that was asked for? If not, why.
    pub trusted: Result<(), String>,
}

impl PeerCertificate {
    /// Reads a certificate in DER. `trusted` is what a handshake, or nobody, has found out about it.
    pub fn from_der(der: &[u8], trusted: Result<(), String>) -> Result<Self, String> {
        let (_, certificate) =
            X509Certificate::from_der(der).map_err(|e| format!("not a certificate: {e}"))?;
        let common_name = |name: &X509Name<'_>| {
            name.iter_common_name()
                .next()
                .and_then(|cn| cn.as_str().ok())
                .map(str::to_owned)
        };
        let names = match certificate.subject_alternative_name() {
            Ok(Some(extension)) => extension.value.general_names.iter().filter_map(name_of).collect(),
            Ok(None) => Vec::new(),
            Err(e) => return Err(format!("its names cannot be read: {e}")),
        };
        Ok(PeerCertificate {
            common_name: common_name(certificate.subject()),
            issuer: common_name(certificate.issuer()).unwrap_or_else(|| certificate.issuer().to_string()),
            names,
            not_before: moment(certificate.validity().not_before),
            not_after: moment(certificate.validity().not_after),
            trusted,
        })
    }

    /// What traefik shows while it has no certificate of its own for a name: Let's Encrypt has not
    /// answered yet, or never will.
    pub fn is_traefik_default(&self) -> bool {
        self.common_name.as_deref() == Some("TRAEFIK DEFAULT CERT")
            || self.names.iter().any(|name| name.ends_with(".traefik.default"))
    }

    /// Is it for this name? A wildcard stands for exactly one label.
    pub fn covers(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if name.parse::<IpAddr>().is_ok() {
            return self.names.contains(&name);
        }
        self.names.iter().any(|pattern| match pattern.strip_prefix("*.") {
            Some(parent) => name
                .split_once('.')
                .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(parent)),
            None => pattern.eq_ignore_ascii_case(&name),
        })
    }

    /// How long it is still good for; `None` once it has expired.
    pub fn remaining(&self, now: SystemTime) -> Option<Duration> {
        self.not_after.duration_since(now).ok()
    }
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let v6 = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
            v4.or(v6).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

/// A date before 1970 is as good as 1970: long past.
fn moment(time: ASN1Time) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(time.timestamp()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(names: &[&str]) -> PeerCertificate {
        PeerCertificate {
            common_name: None,
            issuer: "R11".into(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            not_before: SystemTime::UNIX_EPOCH,
            not_after: SystemTime::UNIX_EPOCH + Duration::from_secs(100),
            trusted: Ok(()),
        }
    }

    #[test]
    fn a_wildcard_covers_one_label_only() {
        let wildcard = certificate(&["*.example.org"]);
        assert!(wildcard.covers("hub.example.org"));
        assert!(wildcard.covers("HUB.Example.org."));
        assert!(!wildcard.covers("example.org"));
        assert!(!wildcard.covers("a.hub.example.org"));
        assert!(!wildcard.covers(".example.org"));
    }

    #[test]
    fn an_address_is_covered_as_written_only() {
        assert!(certificate(&["127.0.0.1"]).covers("127.0.0.1"));
        assert!(!certificate(&["*.0.0.1"]).covers("127.0.0.1"));
    }

    #[test]
    fn traefiks_own_certificate_is_told_by_its_names() {
        let made_up = "d27b2ff2e5ef0ca6b5cb7f3d3e8d1a11.4f7b0b7c0d1e2f3a4b5c6d7e8f901234.traefik.default";
        assert!(certificate(&[made_up]).is_traefik_default());
        assert!(!certificate(&["hub.example.org"]).is_traefik_default());
    }

    #[test]
    fn an_expired_certificate_has_no_time_left() {
        let epoch = SystemTime::UNIX_EPOCH;
        let certificate = certificate(&[]);
        assert_eq!(certificate.remaining(epoch), Some(Duration::from_secs(100)));
        assert_eq!(certificate.remaining(epoch + Duration::from_secs(101)), None);
    }
}
