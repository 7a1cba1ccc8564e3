use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::tempdir;

use super::{again, is_inner};
use hubgate::host::http::{HttpError, HttpRequest, Peer, PeerCertificate};
use hubgate::host::{Http, SystemHost};

/// A TLS server on loopback that says "hello" to every request.
fn serve(certificate: CertificateDer<'static>, key: &KeyPair) -> SocketAddr {
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut tls = StreamOwned::new(connection, stream.unwrap());
            let mut request = [0; 4096];
            // A client that refuses the certificate hangs up.
            if matches!(tls.read(&mut request), Ok(n) if n > 0) {
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
                let _ = tls.write_all(answer);
                tls.conn.send_close_notify();
                let _ = tls.flush();
            }
        }
    });
    address
}

fn self_signed(names: &[&str], common_name: &str) -> SocketAddr {
    let key = KeyPair::generate().unwrap();
    let mut params =
        CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2096, 1, 1);
    let certificate = params.self_signed(&key).unwrap();
    serve(certificate.der().clone(), &key)
}

fn certificate(address: SocketAddr, name: &str) -> Result<PeerCertificate, HttpError> {
    SystemHost::new().peer_certificate(&Peer {
        name: name.into(),
        port: 443,
        connect_to: Some(address),
        timeout: Duration::from_secs(10),
    })
}

#[test]
fn a_bad_certificate_is_described_all_the_same() {
    let address = self_signed(&["hub.example.org", "127.0.0.1"], "my hub");
    let found = certificate(address, "hub.example.org").unwrap();
    assert_eq!(found.common_name.as_deref(), Some("my hub"));
    assert_eq!(found.issuer, "my hub");
    assert_eq!(found.names, ["hub.example.org", "127.0.0.1"]);
    assert!(found.covers("hub.example.org") && !found.covers("other.example.org"));
    assert!(found.trusted.unwrap_err().contains("UnknownIssuer"));
    let year_2096 = Duration::from_secs(3_976_214_400);
    assert_eq!(
        found.not_after.duration_since(std::time::UNIX_EPOCH).unwrap(),
        year_2096
    );
}

#[test]
fn traefiks_default_certificate_is_known() {
    let address = self_signed(&["a1b2.c3d4.traefik.default"], "TRAEFIK DEFAULT CERT");
    assert!(
        certificate(address, "hub.example.org")
            .unwrap()
            .is_traefik_default()
    );
}

#[test]
fn a_request_over_a_bad_certificate_is_a_tls_error_unless_any_will_do() {
    let address = self_signed(&["hub.example.org"], "my hub");
    let request = HttpRequest::get("https://hub.example.org/").connect_to(address);
    let error = SystemHost::new().send(&request).unwrap_err();
    assert!(
        matches!(&error, HttpError::Tls { at, .. } if at == "hub.example.org:443"),
        "{error:?}"
    );
    assert_eq!(
        SystemHost::new().send(&request.any_certificate()).unwrap().text(),
        "hello"
    );
}

#[test]
fn a_port_that_speaks_no_tls_is_a_tls_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            stream
                .unwrap()
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .unwrap();
        }
    });
    let error = certificate(address, "hub.example.org").unwrap_err();
    assert!(matches!(error, HttpError::Tls { .. }), "{error:?}");
    let error = SystemHost::new()
        .send(&HttpRequest::get("https://x/").connect_to(address))
        .unwrap_err();
    assert!(matches!(error, HttpError::Tls { .. }), "{error:?}");
}

#[test]
fn a_handshake_that_hangs_times_out() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let error = SystemHost::new()
        .peer_certificate(&Peer {
            name: "hub.example.org".into(),
            port: 443,
            connect_to: Some(silent.local_addr().unwrap()),
            timeout: Duration::from_millis(200),
        })
        .unwrap_err();
    assert_eq!(
        error,
        HttpError::Timeout {
            at: "hub.example.org:443".into()
        }
    );
}

#[test]
fn a_certificate_of_an_authority_in_the_systems_store_is_trusted_for_its_name_and_its_time() {
    if is_inner() {
        let authority = KeyPair::from_pem(&std::env::var("AUTHORITY_KEY").unwrap()).unwrap();
        return with_authority(&authority);
    }
    let dir = tempdir().unwrap();
    let key = KeyPair::generate().unwrap();
    let file = dir.path().join("authority.pem");
    std::fs::write(&file, authority_params().self_signed(&key).unwrap().pem()).unwrap();
    let mut inner = again(
        "certificate::a_certificate_of_an_authority_in_the_systems_store_is_trusted_for_its_name_and_its_time",
    );
    inner
        .env("SSL_CERT_FILE", &file)
        .env("AUTHORITY_KEY", key.serialize_pem());
    assert!(inner.status().unwrap().success());
}

fn with_authority(authority: &KeyPair) {
    let issue = |not_after| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["hub.example.org".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2025, 1, 1);
        params.not_after = not_after;
        let authority_params = authority_params();
        let issuer = Issuer::from_params(&authority_params, authority);
        serve(params.signed_by(&key, &issuer).unwrap().der().clone(), &key)
    };
    let good = issue(date_time_ymd(2096, 1, 1));
    let found = certificate(good, "hub.example.org").unwrap();
    assert_eq!(
        (&found.trusted, found.issuer.as_str()),
        (&Ok(()), "test authority")
    );
    let wrong_name = certificate(good, "other.example.org")
        .unwrap()
        .trusted
        .unwrap_err();
    assert!(wrong_name.contains("not valid for name"), "{wrong_name}");
    let expired = certificate(issue(date_time_ymd(2025, 2, 1)), "hub.example.org").unwrap();
    assert!(expired.trusted.unwrap_err().contains("expired"));
    assert_eq!(
        expired.not_after.elapsed().map(|age| age.as_secs() > 86_400).ok(),
        Some(true)
    );

    let request = HttpRequest::get("https://hub.example.org/x").connect_to(good);
    assert_eq!(SystemHost::new().send(&request).unwrap().text(), "hello");
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(DnType::CommonName, "test authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2096, 1, 1);
    params
}
