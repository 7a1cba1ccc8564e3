//! HTTP: one request, one answer.

mod certificate;
mod html;
mod message;
mod session;

pub use certificate::{Peer, PeerCertificate};
pub use html::{Element, Html};
pub use message::{BODY_LIMIT, HttpRequest, HttpResponse, Method};
pub use session::{Page, Session};

/// Why no answer came. An answer of whatever status is never one of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The name has no address (yet).
    #[error("{host} has no address: {detail}")]
    Dns { host: String, detail: String },
    /// A machine is there, but nothing listens on the port.
    #[error("{at} refuses the connection")]
    Refused { at: String },
    #[error("{at} gave no answer in time")]
    Timeout { at: String },
    /// The TLS handshake failed, mostly over the certificate.
    #[error("{at}: {detail}")]
    Tls { at: String, detail: String },
    /// The rest: a URL that is none, a reset connection, an answer that is not HTTP or over
    /// [`BODY_LIMIT`].
    #[error("{at}: {detail}")]
    Other { at: String, detail: String },
}

/// HTTP: one request, one answer. Redirects are not followed; cookies are [`Session`]'s work.
pub trait Http {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, HttpError>;

    /// Shakes hands and says what certificate the other side has, a bad one too; sends no request.
    fn peer_certificate(&self, peer: &Peer) -> Result<PeerCertificate, HttpError>;
}
