//! Could traefik serve with these files? It would only log that it cannot, and serve nothing.

use std::io;
use std::path::Path;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use thiserror::Error;

use super::units;
use crate::host::Host;

/// Why traefik cannot serve with a certificate and its key.
#[derive(Debug, Error)]
pub enum FileFault {
    /// A file is not there, or cannot be read.
    #[error("the {what} cannot be read: {error}")]
    Unreadable {
        /// `certificate` or `private key`.
        what: &'static str,
        /// Its file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A file lies in a folder that traefik's unit hides from it.
    #[error(
        "traefik cannot see the {what} {path}, since its unit hides {folder} from it; put it elsewhere, such as /etc/ssl"
    )]
    Hidden {
        /// `certificate` or `private key`.
        what: &'static str,
        /// Its file.
        path: String,
        /// The folder.
        folder: &'static str,
    },
    /// No certificate in PEM form.
    #[error("{0} holds no certificate in PEM form")]
    NoCertificate(String),
    /// One in PEM form that is none.
    #[error("{0} holds no certificate that can be read")]
    BadCertificate(String),
    /// No key in PEM form.
    #[error("{0} holds no private key in PEM form")]
    NoKey(String),
    /// A key that is encrypted.
    #[error("the private key {0} has a passphrase, and traefik cannot ask for it; take it off")]
    Passphrase(String),
    /// The key of another certificate.
    #[error("the private key {key} is not that of the certificate {cert}")]
    OtherKey {
        /// The certificate's file.
        cert: String,
        /// The key's.
        key: String,
    },
}

/// Whether certificate and key are there, where traefik sees them, and belong together: all that is wrong.
pub fn file_faults(host: &dyn Host, cert: &str, key: &str) -> Vec<FileFault> {
    let mut faults = Vec::new();
    let hidden = units::hidden_from_traefik(host);
    let mut read = |path: &str, what| match host.read(Path::new(path)) {
        Ok(bytes) => {
            let hiding = hidden.iter().find(|folder| Path::new(path).starts_with(folder));
            faults.extend(hiding.map(|folder| FileFault::Hidden {
                what,
                path: path.to_owned(),
                folder,
            }));
            Some(bytes)
        }
        Err(error) => {
            faults.push(FileFault::Unreadable {
                what,
                path: path.to_owned(),
                error,
            });
            None
        }
    };
    let chain = read(cert, "certificate").map(|bytes| chain(cert, &bytes));
    let private = read(key, "private key").map(|bytes| private_key(key, &bytes));
    match (chain, private) {
        (Some(Ok(chain)), Some(Ok(private))) => faults.extend(not_a_pair(chain, private, cert, key)),
        (chain, private) => {
            faults.extend(chain.and_then(Result::err));
            faults.extend(private.and_then(Result::err));
        }
    }
    faults
}

fn chain(path: &str, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, FileFault> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    let found = chain.ok().filter(|chain| !chain.is_empty());
    found.ok_or_else(|| FileFault::NoCertificate(path.to_owned()))
}

fn private_key(path: &str, bytes: &[u8]) -> Result<PrivateKeyDer<'static>, FileFault> {
    PrivateKeyDer::from_pem_slice(bytes).map_err(|_| {
        if String::from_utf8_lossy(bytes).contains("ENCRYPTED") {
            FileFault::Passphrase(path.to_owned())
        } else {
            FileFault::NoKey(path.to_owned())
        }
    })
}

/// A kind of key that we do not know may be one that traefik does.
fn not_a_pair(
    chain: Vec<CertificateDer<'static>>,
    private: PrivateKeyDer<'static>,
    cert: &str,
    key: &str,
) -> Option<FileFault> {
    let provider = rustls::crypto::ring::default_provider();
    let private = provider.key_provider.load_private_key(private).ok()?;
    match CertifiedKey::new(chain, private).keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => None,
        Err(Error::InconsistentKeys(_)) => Some(FileFault::OtherKey {
            cert: cert.to_owned(),
            key: key.to_owned(),
        }),
        Err(_) => Some(FileFault::BadCertificate(cert.to_owned())),
    }
}
