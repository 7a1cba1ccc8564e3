//! The hub's pages on a real port.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use tiny_http::{Header, Request, Response, Server};

use crate::machine::{Pages, page};

/// A server of these pages; stops when dropped.
pub struct Served {
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
    pub address: SocketAddr,
}

impl Served {
    pub fn start(pages: Pages) -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
        let address = server.server_addr().to_ip().unwrap();
        let thread = std::thread::spawn({
            let server = server.clone();
            move || {
                for request in server.incoming_requests() {
                    respond(request, &pages);
                }
            }
        });
        Served {
            server,
            thread: Some(thread),
            address,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn respond(request: Request, pages: &Pages) {
    let page = page(request.url(), pages);
    let mut response = Response::from_data(page.body).with_status_code(page.status);
    for (name, value) in page.headers {
        response.add_header(Header::from_bytes(name, value).unwrap());
    }
    // Whoever asked may be gone.
    let _ = request.respond(response);
}
