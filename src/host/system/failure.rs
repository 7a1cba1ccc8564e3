//! What a failed connection says.

use std::io;

use crate::host::http::HttpError;

/// What a failed connection, read or write says.
pub(super) fn explain_io(error: &io::Error, at: String) -> HttpError {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => HttpError::Refused { at },
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => HttpError::Timeout { at },
        _ if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => HttpError::Tls {
            at,
            detail: error.to_string(),
        },
        _ => HttpError::Other {
            at,
            detail: error.to_string(),
        },
    }
}
