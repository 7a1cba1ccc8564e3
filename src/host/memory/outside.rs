//! The web, variables, standard input.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::{Event, MemoryHost};
use crate::host::Environment;
use crate::host::http::{Http, HttpError, HttpRequest, HttpResponse, Peer, PeerCertificate};

pub(super) type Site =
    Arc<dyn Fn(&HttpRequest, &MemoryHost) -> Result<HttpResponse, HttpError> + Send + Sync>;

impl MemoryHost {
    /// Answers every URL that begins so; of several, the one set up last. Where nobody answers, the
    /// connection is refused.
    pub fn site(
        &self,
        url_prefix: impl Into<String>,
        script: impl Fn(&HttpRequest, &MemoryHost) -> Result<HttpResponse, HttpError> + Send + Sync + 'static,
    ) {
        self.machine().sites.push((url_prefix.into(), Arc::new(script)));
    }

    /// What [`Http::peer_certificate`] says of this name.
    pub fn set_certificate(&self, name: impl Into<String>, answer: Result<PeerCertificate, HttpError>) {
        self.machine().certificates.insert(name.into(), answer);
    }
}

impl Http for MemoryHost {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, HttpError> {
        self.note(Event::Sent(request.method, request.url.clone()));
        let site = {
            let machine = self.machine();
            let mut sites = machine.sites.iter().rev();
            sites
                .find(|(prefix, _)| request.url.starts_with(prefix))
                .map(|(_, site)| site.clone())
        };
        let answer = match site {
            Some(site) => site(request, self),
            None => Err(HttpError::Refused {
                at: request.url.clone(),
            }),
        };
        match &answer {
            Ok(response) => self.advance(response.took),
            Err(HttpError::Timeout { .. }) => self.advance(request.timeout),
            Err(_) => {}
        }
        answer
    }

    fn peer_certificate(&self, peer: &Peer) -> Result<PeerCertificate, HttpError> {
        self.note(Event::AskedCertificate(peer.name.clone()));
        let at = format!("{}:{}", peer.name, peer.port);
        self.machine()
            .certificates
            .get(&peer.name)
            .cloned()
            .unwrap_or(Err(HttpError::Refused { at }))
    }
}

impl Environment for MemoryHost {
    fn var(&self, name: &str) -> Option<OsString> {
        self.machine().vars.get(name).cloned()
    }

    fn var_names(&self) -> Vec<String> {
        self.machine().vars.keys().cloned().collect()
    }

    fn hide_var(&self, name: &str) {
        self.machine().hidden.insert(name.to_owned());
    }

    fn read_stdin(&self, limit: u64) -> io::Result<Vec<u8>> {
        let bytes = self.machine().stdin.take().unwrap_or_default();
        if bytes.len() as u64 > limit {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(bytes)
    }

    fn is_root(&self) -> bool {
        self.machine().uid == 0
    }

    fn stdin_is_terminal(&self) -> bool {
        self.machine().stdin.is_none()
    }
}
