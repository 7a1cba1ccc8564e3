//! What a host has, read from its files without starting a process.

use std::io;
use std::path::Path;

use crate::host::Host;
use crate::hub::OauthenticatorVersion;

/// The oauthenticator in the hub's own environment, where there is a hub and hubgate knows the version.
///
/// Read from `PREFIX/hub/lib/python3.*/site-packages/oauthenticator-*.dist-info`.
///
/// # Errors
/// When the environment is there but cannot be read.
pub fn oauthenticator(host: &dyn Host, prefix: &Path) -> io::Result<Option<OauthenticatorVersion>> {
    let lib = prefix.join("hub/lib");
    if host.stat(&lib)?.is_none() {
        return Ok(None);
    }
    for python in host
        .list(&lib)?
        .iter()
        .filter(|path| name_of(path).starts_with("python3"))
    {
        let packages = python.join("site-packages");
        if host.stat(&packages)?.is_none() {
            continue;
        }
        for package in host.list(&packages)? {
            let version = name_of(&package)
                .strip_prefix("oauthenticator-")
                .and_then(|n| n.strip_suffix(".dist-info"));
            if let Some(version) = version.and_then(|version| OauthenticatorVersion::parse(version).ok()) {
                return Ok(Some(version));
            }
        }
    }
    Ok(None)
}

fn name_of(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
