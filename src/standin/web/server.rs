//! The web server: reads requests, applies the faults of the connection, writes answers.

use std::io::{self, Read as _, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::standin::StandinError;
use crate::standin::fault::Fault;
use crate::standin::log::Seen;
use crate::standin::oauth::authorize::COOKIE;
use crate::standin::site::{Site, lock};
use crate::standin::web::endpoint::Endpoint;
use crate::standin::web::reply::{Asked, Params, Reply};
use crate::standin::web::routes;

/// More than one browser and one hub ever ask at once, even while some wait for a slow answer.
const WORKERS: usize = 8;
/// No form that belongs here is longer.
const LONGEST_BODY: u64 = 64 * 1024;

/// Threads that serve one site.
pub(in crate::standin) struct Running {
    server: Option<Arc<tiny_http::Server>>,
    address: SocketAddr,
    workers: Vec<JoinHandle<()>>,
    shared: Arc<Shared>,
}

/// What the workers have in common beside the site.
#[derive(Default)]
struct Shared {
    stopping: Mutex<bool>,
    stop: Condvar,
    /// Connections that a fault keeps waiting, until the end.
    held: Mutex<Vec<Box<dyn Write + Send>>>,
}

impl Shared {
    /// Waits, or less when the stand-in stops.
    fn sleep(&self, delay: Duration) {
        let guard = lock(&self.stopping);
        drop(self.stop.wait_timeout_while(guard, delay, |stopping| !*stopping));
    }

    /// Answers the connections that a fault kept waiting: the library keeps them open, so their clients would wait
    /// on for a server that is gone.
    fn let_go(&self) {
        let reply = Reply {
            status: 503,
            headers: Vec::new(),
            body: String::new(),
            error: None,
        };
        for mut writer in lock(&self.held).drain(..) {
            // Most clients have given up by now.
            drop(write(writer.as_mut(), &reply));
        }
    }
}

/// Binds the address; the port is known from then on.
pub(in crate::standin) fn bind(address: SocketAddr) -> Result<(tiny_http::Server, SocketAddr), StandinError> {
    if !address.ip().is_loopback() {
        return Err(StandinError::NotLoopback(address.ip()));
    }
    let refused = |reason: String| StandinError::Bind { address, reason };
    let server = tiny_http::Server::http(address).map_err(|error| refused(error.to_string()))?;
    let bound = server
        .server_addr()
        .to_ip()
        .ok_or_else(|| refused("it is no IP address".to_owned()))?;
    Ok((server, bound))
}

/// Serves the site until [`Running::stop`].
pub(in crate::standin) fn serve(
    server: tiny_http::Server,
    address: SocketAddr,
    site: &Arc<Site>,
) -> Result<Running, StandinError> {
    let server = Arc::new(server);
    let mut running = Running {
        server: Some(Arc::clone(&server)),
        address,
        workers: Vec::new(),
        shared: Arc::default(),
    };
    for number in 0..WORKERS {
        let (server, site, shared) = (Arc::clone(&server), Arc::clone(site), Arc::clone(&running.shared));
        let work = move || {
            // An error or an unblocked thread both mean that the end has come.
            while let Ok(request) = server.recv() {
                handle(&site, &shared, request);
            }
        };
        let spawned = thread::Builder::new()
            .name(format!("cognito-{number}"))
            .spawn(work);
        running
            .workers
            .push(spawned.map_err(|error| StandinError::Threads(error.to_string()))?);
    }
    Ok(running)
}

impl Running {
    /// Ends the threads and frees the port. A second call does nothing.
    pub(in crate::standin) fn stop(&mut self) {
        let Some(server) = self.server.take() else { return };
        *lock(&self.shared.stopping) = true;
        self.shared.stop.notify_all();
        for _ in &self.workers {
            server.unblock();
        }
        for worker in self.workers.drain(..) {
            // A worker that panicked has said so on stderr already.
            drop(worker.join());
        }
        self.shared.let_go();
        drop(server);
        // The library closes its socket from a thread of its own, a moment later.
        for _ in 0..200 {
            if TcpStream::connect_timeout(&self.address, Duration::from_millis(50)).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One request from its first byte to its answer's last.
fn handle(site: &Site, shared: &Shared, mut request: tiny_http::Request) {
    let faults = site.faults();
    let asked = match read(&mut request) {
        Ok(asked) => asked,
        Err(_) => return, // the client went away in the middle of its request
    };
    let endpoint = Endpoint::at(&asked.path, &site.pool.id);
    let mut seen = Seen::new(&asked.method, &asked.path);
    let mut writer = request.into_writer();
    if faults.strikes(Fault::Hang, endpoint) {
        seen.error = Some("hang".to_owned());
        site.note(seen);
        lock(&shared.held).push(writer);
        return;
    }
    if faults.strikes(Fault::Slow, endpoint) {
        shared.sleep(faults.delay);
    }
    if faults.strikes(Fault::NotHttp, endpoint) {
        seen.error = Some("not-http".to_owned());
        site.note(seen);
        drop(
            writer
                .write_all(b"this is not HTTP\r\n\r\n")
                .and_then(|()| writer.flush()),
        );
        return;
    }
    let reply = if faults.has(Fault::NoSuchDomain) {
        no_such_domain()
    } else {
        routes::answer(site, &asked)
    };
    seen.status = Some(reply.status);
    seen.error = reply.error.as_deref().map(str::to_owned);
    // Before the answer leaves, so that whoever has the answer finds it in the log.
    site.note(seen);
    // Nobody is left to tell when the client is gone.
    drop(write(writer.as_mut(), &reply));
}

fn no_such_domain() -> Reply {
    let page = "<html><body>Bad Request</body></html>\n".to_owned();
    Reply::page(400, page).with_error("no_such_domain")
}

fn read(request: &mut tiny_http::Request) -> io::Result<Asked> {
    let header = |name: &'static str| {
        let mut all = request.headers().iter().filter(|header| header.field.equiv(name));
        all.next().map(|header| header.value.as_str().to_owned())
    };
    let (path, query) = match request.url().split_once('?') {
        Some((path, query)) => (path.to_owned(), Params::parse(query)),
        None => (request.url().to_owned(), Params::default()),
    };
    let is_form = header("Content-Type").is_some_and(|kind| {
        kind.split(';').next().is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    });
    let authorization = header("Authorization");
    let session = header("Cookie").and_then(|cookies| cookie(&cookies));
    let method = request.method().to_string();
    let mut body = Vec::new();
    request.as_reader().take(LONGEST_BODY).read_to_end(&mut body)?;
    let form = if is_form {
        Params::parse(&String::from_utf8_lossy(&body))
    } else {
        Params::default()
    };
    Ok(Asked {
        method,
        path,
        query,
        form,
        is_form,
        authorization,
        session,
    })
}

fn cookie(header: &str) -> Option<String> {
    let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

/// Written by hand because the library keeps connections open: a browser would hold one past the end of the
/// stand-in, and its next request would wait for ever.
fn write(writer: &mut dyn Write, reply: &Reply) -> io::Result<()> {
    let status = tiny_http::StatusCode(reply.status);
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, status.default_reason_phrase());
    for (name, value) in &reply.headers {
        // A line break in a value would begin a header of its own.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(
        "Server: hubgate-cognito-stand-in\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n",
    );
    head.push_str("Cache-Control: no-cache, no-store, max-age=0, must-revalidate\r\nPragma: no-cache\r\n");
    head.push_str(&format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        reply.body.len()
    ));
    writer.write_all(head.as_bytes())?;
    writer.write_all(reply.body.as_bytes())?;
    writer.flush()
}
