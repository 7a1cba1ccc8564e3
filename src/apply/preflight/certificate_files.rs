//! Before anything is touched: could traefik serve with the certificate that the answers name? It would only
//! log that it cannot, and serve nothing.

use std::path::Path;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

use crate::answers::Https;
use crate::apply::error::Cause;
use crate::host::Host;
use crate::tljh::units;

/// Checks that certificate and key are there, where traefik sees them, and belong together.
///
/// # Errors
/// [`Cause::Preflight`] with all that is wrong.
pub fn certificate_files(host: &dyn Host, https: &Https) -> Result<(), Cause> {
    let Https::Certificate { cert, key } = https else {
        return Ok(());
    };
    let mut wrong = Vec::new();
    let hidden = units::hidden_from_traefik(host);
    let read = |path: &str, what: &str, wrong: &mut Vec<String>| read(host, &hidden, path, what, wrong);
    let chain = read(cert, "certificate", &mut wrong).and_then(|bytes| {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
        let found = chain.ok().filter(|chain| !chain.is_empty());
        found.or_else(|| complain(&mut wrong, format!("{cert} holds no certificate in PEM form")))
    });
    let private = read(key, "private key", &mut wrong).and_then(|bytes| {
        let found = PrivateKeyDer::from_pem_slice(&bytes).ok();
        found.or_else(|| complain(&mut wrong, no_key(key, &bytes)))
    });
    if let (Some(chain), Some(private)) = (chain, private) {
        wrong.extend(not_a_pair(chain, private).map(|what| what.told(cert, key)));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Cause::Preflight(wrong))
    }
}

fn complain<T>(wrong: &mut Vec<String>, what: String) -> Option<T> {
    wrong.push(what);
    None
}

/// What is in the file; where traefik does not see it, that is complained of, too.
fn read(
    host: &dyn Host,
    hidden: &[&str],
    path: &str,
    what: &str,
    wrong: &mut Vec<String>,
) -> Option<Vec<u8>> {
    let bytes = match host.read(Path::new(path)) {
        Ok(bytes) => bytes,
        Err(error) => return complain(wrong, format!("the {what} cannot be read: {error}")),
    };
    let hiding = hidden.iter().find(|folder| Path::new(path).starts_with(folder));
    wrong.extend(hiding.map(|folder| {
        format!(
            "traefik cannot see the {what} {path}, since its unit hides {folder} from it; put it elsewhere, such as /etc/ssl"
        )
    }));
    Some(bytes)
}

fn no_key(path: &str, bytes: &[u8]) -> String {
    if String::from_utf8_lossy(bytes).contains("ENCRYPTED") {
        format!("the private key {path} has a passphrase, and traefik cannot ask for it; take it off")
    } else {
        format!("{path} holds no private key in PEM form")
    }
}

enum NoPair {
    Unreadable,
    Mismatch,
}

impl NoPair {
    fn told(&self, cert: &str, key: &str) -> String {
        match self {
            Self::Unreadable => format!("{cert} holds no certificate that can be read"),
            Self::Mismatch => format!("the private key {key} is not that of the certificate {cert}"),
        }
    }
}

/// A kind of key that we do not know may be one that traefik does.
fn not_a_pair(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Option<NoPair> {
    let provider = rustls::crypto::ring::default_provider();
    let key = provider.key_provider.load_private_key(key).ok()?;
    match CertifiedKey::new(chain, key).keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => None,
        Err(Error::InconsistentKeys(_)) => Some(NoPair::Mismatch),
        Err(_) => Some(NoPair::Unreadable),
    }
}
