//! What is known to work before anything is touched.

pub mod candidate;

use crate::answers::Https;
use crate::apply::error::Cause;
use crate::host::Host;
use crate::tljh::{certificate, units};

/// Whether the hub could be restarted, and put back after that.
///
/// # Errors
/// [`Cause::NoSystemd`], or systemctl hangs.
pub fn systemd_runs(host: &dyn Host) -> Result<(), Cause> {
    match units::can_be_asked(host) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Cause::NoSystemd),
        Err(error) => Err(Cause::not_ended("systemctl show", error, None)),
    }
}

/// Whether traefik could serve with the certificate that the answers name. It would only log that it cannot,
/// and serve nothing.
///
/// # Errors
/// [`Cause::Preflight`] with all that is wrong.
pub fn certificate_files(host: &dyn Host, https: &Https) -> Result<(), Cause> {
    let Https::Certificate { cert, key } = https else {
        return Ok(());
    };
    let wrong = certificate::file_faults(host, cert, key);
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Cause::Preflight(wrong.iter().map(ToString::to_string).collect()))
}
