//! The script, from its address or its file, into memory.

use std::time::Duration;

use url::Url;

use super::error::{DownloadError, InstallError};
use super::source::{BootstrapSource, is_safe};
use crate::host::{Host, HttpError, HttpRequest, HttpResponse};
use crate::progress::Progress;

/// TLJH's script has 20 kB.
const LIMIT: u64 = 1 << 20;
const REDIRECTS: usize = 5;
const TIMEOUT: Duration = Duration::from_secs(60);
/// At first boot the network may come up after us.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(10),
    Duration::from_secs(20),
];

/// Reads the whole script.
pub(super) fn get(
    host: &dyn Host,
    source: &BootstrapSource,
    progress: &mut dyn Progress,
) -> Result<Vec<u8>, InstallError> {
    let failed = |why| InstallError::Download {
        from: source.to_string(),
        why,
    };
    let url = match source {
        BootstrapSource::Url(url) => url,
        BootstrapSource::File(path) => {
            // A missing file is an error that names it.
            if host.stat(path)?.is_some_and(|stat| stat.len > LIMIT) {
                return Err(failed(DownloadError::TooLong { limit: LIMIT }));
            }
            return Ok(host.read(path)?);
        }
    };
    let mut pauses = PAUSES.iter();
    loop {
        let why = match follow(host, url) {
            Ok(script) => return Ok(script),
            Err(why) => why,
        };
        let Some(pause) = pauses.next().filter(|_| may_pass(&why)) else {
            return Err(failed(why));
        };
        progress.note(&format!("{why}; trying again in {} s", pause.as_secs()));
        host.sleep(*pause);
        if host.interrupt().requested() {
            return Err(InstallError::Interrupted { begun: false });
        }
    }
}

/// Could the same request go well a moment later?
fn may_pass(why: &DownloadError) -> bool {
    match why {
        DownloadError::Http(HttpError::Tls { .. }) => false,
        DownloadError::Http(_) | DownloadError::CutOff { .. } => true,
        DownloadError::Status(status) => *status == 429 || *status >= 500,
        DownloadError::TooLong { .. } | DownloadError::Redirect(_) => false,
    }
}

/// Hop by hop, since an encrypted address must not lead to one that is not.
fn follow(host: &dyn Host, start: &Url) -> Result<Vec<u8>, DownloadError> {
    let mut url = start.clone();
    for _ in 0..=REDIRECTS {
        let answer = host.send(&HttpRequest::get(url.as_str()).timeout(TIMEOUT))?;
        let Some(location) = answer.location() else {
            return whole(answer);
        };
        let next = url
            .join(location)
            .map_err(|error| DownloadError::Redirect(format!("it redirects to '{location}': {error}")))?;
        if !is_safe(&next) || url.scheme() == "https" && next.scheme() != "https" {
            return Err(DownloadError::Redirect(format!(
                "it redirects to {next}, which is not encrypted"
            )));
        }
        url = next;
    }
    Err(DownloadError::Redirect(format!(
        "more than {REDIRECTS} redirects"
    )))
}

fn whole(answer: HttpResponse) -> Result<Vec<u8>, DownloadError> {
    if answer.status != 200 {
        return Err(DownloadError::Status(answer.status));
    }
    let got = answer.body.len() as u64;
    let announced = answer
        .header("content-length")
        .and_then(|length| length.trim().parse().ok());
    match announced {
        Some(announced) if announced != got => Err(DownloadError::CutOff { got, announced }),
        _ if got > LIMIT => Err(DownloadError::TooLong { limit: LIMIT }),
        _ => Ok(answer.body),
    }
}
