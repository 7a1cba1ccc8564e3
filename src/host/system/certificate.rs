//! A TLS handshake that takes any certificate, writes down which, and hangs up.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::failure::explain_io;
use crate::host::http::{HttpError, Peer, PeerCertificate};

pub(super) fn of_peer(peer: &Peer) -> Result<PeerCertificate, HttpError> {
    let end = Instant::now() + peer.timeout;
    let at = format!("{}:{}", peer.name, peer.port);
    let tls = |e: rustls::Error| HttpError::Tls {
        at: at.clone(),
        detail: e.to_string(),
    };
    let name = ServerName::try_from(peer.name.clone()).map_err(|e| HttpError::Other {
        at: at.clone(),
        detail: e.to_string(),
    })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let recorder = Arc::new(Recorder::new(provider.clone()).map_err(tls)?);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        .dangerous()
        .with_custom_certificate_verifier(recorder.clone())
        .with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(tls)?;
    let mut line = connect(peer, end, &at)?;
    while connection.is_handshaking() {
        connection
            .complete_io(&mut line)
            .map_err(|e| explain_io(&e, at.clone()))?;
    }
    connection.send_close_notify();
    // The certificate is known; whether the farewell arrives does not matter.
    let _ = connection.write_tls(&mut line);
    recorder
        .certificate()
        .map_err(|detail| HttpError::Tls { at, detail })
}

fn connect(peer: &Peer, end: Instant, at: &str) -> Result<Line, HttpError> {
    let addresses = match peer.connect_to {
        Some(address) => vec![address],
        None => look_up(peer, end)?,
    };
    let mut failure = HttpError::Timeout { at: at.to_owned() };
    for address in addresses {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(Line { stream, end }),
            Err(e) => failure = explain_io(&e, at.to_owned()),
        }
    }
    Err(failure)
}

/// In a thread, for the system's lookup knows no deadline.
fn look_up(peer: &Peer, end: Instant) -> Result<Vec<SocketAddr>, HttpError> {
    let (sender, receiver) = mpsc::channel();
    let target = (peer.name.clone(), peer.port);
    thread::spawn(move || {
        let found = target
            .to_socket_addrs()
            .map(|addresses| addresses.collect::<Vec<_>>());
        // Nobody listens any more once the deadline has passed.
        let _ = sender.send(found);
    });
    let failed = |detail: String| HttpError::Dns {
        host: peer.name.clone(),
        detail,
    };
    match receiver.recv_timeout(end.saturating_duration_since(Instant::now())) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(Ok(_)) => Err(failed("no address".into())),
        Ok(Err(e)) => Err(failed(e.to_string())),
        Err(_) => Err(failed("the name servers do not answer".into())),
    }
}

/// A connection with one deadline for all its reads and writes together.
struct Line {
    stream: TcpStream,
    end: Instant,
}

impl Line {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            Err(ErrorKind::TimedOut.into())
        } else {
            Ok(Some(left))
        }
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// A certificate in DER, and whether the system trusts it.
type Seen = (Vec<u8>, Result<(), String>);

/// Writes down the certificate and what the system thinks of it, then says yes. No request is ever
/// sent over such a connection.
#[derive(Debug)]
struct Recorder {
    system: Verifier,
    seen: Mutex<Option<Seen>>,
}

impl Recorder {
    fn new(provider: Arc<CryptoProvider>) -> Result<Self, rustls::Error> {
        Ok(Recorder {
            system: Verifier::new(provider)?,
            seen: Mutex::new(None),
        })
    }

    fn certificate(&self) -> Result<PeerCertificate, String> {
        match self.seen.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some((der, trusted)) => PeerCertificate::from_der(&der, trusted),
            None => Err("it showed no certificate".into()),
        }
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = self
            .system
            .verify_server_cert(end_entity, intermediates, name, ocsp, now)
            .map(|_| ())
            .map_err(|e| e.to_string());
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((end_entity.to_vec(), verdict));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}
