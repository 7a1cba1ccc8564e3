//! A hub and a Cognito that the real binary finds under their real names, with real TLS: certificates of a CA
//! made for the occasion, and a proxy that takes those names to loopback.
#![allow(dead_code, reason = "each test binary uses some of it")]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use hubgate::answers::Answers;
use hubgate::host::{Files, SystemHost};
use hubgate::standin::Standin;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::cognito::{self, ANSWERS, SECRET};
use crate::machine::{DOMAIN, HUB, Machine};
use crate::served::Served;

/// All of it. The servers end with the process.
pub struct Street {
    hub: Served,
    pub cognito: Standin,
    folder: PathBuf,
    /// The hub's own traefik.
    pub traefik: SocketAddr,
    pub proxy: SocketAddr,
}

impl Street {
    /// `folder` is empty and of this street alone.
    pub fn open(folder: PathBuf, answers: &Answers) -> Self {
        let machine = Machine::with_login(answers);
        let hub = Served::start(machine.boot().pages());
        let cognito = cognito::start(answers);
        let ca = Ca::new();
        std::fs::write(folder.join("ca.pem"), ca.pem()).unwrap();
        std::fs::write(folder.join("hubgate.toml"), ANSWERS).unwrap();
        let traefik = serve_tls(ca.server(HUB), hub.address, None);
        let pages: SocketAddr = cognito.url().trim_start_matches("http://").parse().unwrap();
        let names = (cognito.url().to_owned(), format!("https://{DOMAIN}"));
        let domain = serve_tls(ca.server(DOMAIN), pages, Some(names));
        let proxy = serve_proxy(vec![
            (format!("{HUB}:443"), traefik),
            (format!("{DOMAIN}:443"), domain),
        ]);
        let machine = Machine {
            prefix: folder.join("tljh"),
            config: format!("https:\n  enabled: true\n  port: {}\n", traefik.port()),
            secret: Some(SECRET.into()),
            ..machine
        };
        machine.lay_out(&SystemHost::new());
        Street {
            hub,
            cognito,
            folder,
            traefik,
            proxy,
        }
    }

    pub fn ca(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    pub fn secret_file(&self) -> PathBuf {
        self.folder
            .join("tljh/config/jupyterhub_config.d/awscognito.secret")
    }

    pub fn install_secret(&self, secret: &str) {
        let file = self.secret_file();
        let host = SystemHost::new();
        host.write_atomic(&file, secret.as_bytes(), 0o600, None).unwrap();
    }

    /// `program verify`, which finds the names and trusts the CA.
    pub fn verify(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HTTPS_PROXY", format!("http://{}", self.proxy));
        command.env("SSL_CERT_FILE", self.ca());
        command
            .arg("verify")
            .arg("--answers")
            .arg(self.folder.join("hubgate.toml"));
        command.arg("--prefix").arg(self.folder.join("tljh"));
        command
    }
}

struct Ca {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Ca {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // OpenSSL takes a certificate that is named like its issuer for its own issuer.
        params
            .distinguished_name
            .push(DnType::CommonName, "the street's own CA");
        let pem = params.self_signed(&key).unwrap().pem();
        Ca {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    fn pem(&self) -> &str {
        &self.pem
    }

    fn server(&self, name: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "a server");
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Arc::new(config)
    }
}

fn listen(answer: impl Fn(TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            // A client that hangs up has its reasons.
            thread::spawn(move || drop(answer(stream)));
        }
    });
    address
}

/// TLS in front of `backend`, one request a connection. `names`: what the backend calls itself, and what it
/// is called out here.
fn serve_tls(config: Arc<ServerConfig>, backend: SocketAddr, names: Option<(String, String)>) -> SocketAddr {
    listen(move |stream| {
        stream.set_nodelay(true)?;
        let connection = ServerConnection::new(config.clone()).map_err(std::io::Error::other)?;
        let mut tls = StreamOwned::new(connection, stream);
        let request = read_request(&mut tls)?;
        if request.is_empty() {
            return Ok(());
        }
        let mut pages = TcpStream::connect(backend)?;
        pages.write_all(&request)?;
        let mut answer = Vec::new();
        pages.read_to_end(&mut answer)?;
        if let Some((inside, outside)) = &names {
            answer = in_head(&answer, inside, outside);
        }
        tls.write_all(&answer)?;
        tls.conn.send_close_notify();
        tls.flush()
    })
}

/// Up to the end of the body, as long as Content-Length says; asks the backend to close after its answer.
fn read_request(stream: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut part = [0; 8192];
    loop {
        let got = stream.read(&mut part)?;
        request.extend_from_slice(&part[..got]);
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            body.len() >= length.and_then(|length| length.trim().parse().ok()).unwrap_or(0)
        });
        if whole {
            return Ok(in_head(&request, "\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
        }
        if got == 0 {
            return Ok(Vec::new());
        }
    }
}

/// Replaces in the head of a message, including its last empty line.
fn in_head(message: &[u8], from: &str, to: &str) -> Vec<u8> {
    let end = message
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map_or(message.len(), |at| at + 4);
    let head = String::from_utf8_lossy(&message[..end]).replace(from, to);
    [head.as_bytes(), &message[end..]].concat()
}

/// A proxy that knows these names alone.
fn serve_proxy(names: Vec<(String, SocketAddr)>) -> SocketAddr {
    listen(move |mut client| {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte)? == 1 {
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let wanted = head
            .strip_prefix("CONNECT ")
            .and_then(|rest| rest.split(' ').next())
            .unwrap_or_default();
        let Some((_, address)) = names.iter().find(|(name, _)| name == wanted) else {
            return client.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        };
        let mut server = TcpStream::connect(address)?;
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
        let back = thread::spawn(move || {
            let done = std::io::copy(&mut from_server, &mut to_client);
            drop((done, to_client.shutdown(Shutdown::Write)));
        });
        let done = std::io::copy(&mut client, &mut server);
        drop((done, server.shutdown(Shutdown::Write)));
        drop(back.join());
        Ok(())
    })
}
