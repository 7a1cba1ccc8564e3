//! What a host has, read from its files without starting a process.

use std::io;
use std::path::{Path, PathBuf};

use super::config_lock::lock_config;
use crate::host::Host;
use crate::hub::OauthenticatorVersion;
use crate::tljh::{ConfigYaml, FileState, HubFiles, Observed, Versions};

/// Reads everything that a plan depends on.
///
/// # Errors
/// When something is there but cannot be read, or TLJH's lock is not to be had.
pub fn observe(host: &dyn Host, prefix: &Path) -> io::Result<Observed> {
    let files = HubFiles::new(prefix);
    let config_yaml = {
        // Where nobody has used tljh-config yet there is no lock, and looking leaves none behind.
        let is_there = host.stat(&files.config_lock())?.is_some();
        let lock = is_there.then(|| lock_config(host, &files)).transpose();
        let _lock = match lock {
            // Nobody can be changing it then. A disk with errors is made so, and a diagnosis is wanted.
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => None,
            lock => lock?,
        };
        file_state(host, &files.config_yaml())?
    };
    let config = config_yaml.as_ref().map_or_else(
        || Ok(ConfigYaml::default()),
        |file| ConfigYaml::parse(&file.bytes),
    );
    Ok(Observed {
        versions: versions(host, prefix)?,
        config_yaml,
        config,
        folder_mode: host.stat(&files.folder())?.map(|stat| stat.mode),
        awscognito_py: file_state(host, &files.awscognito_py())?,
        awscognito_secret: file_state(host, &files.awscognito_secret())?,
        other_settings: other_settings(host, &files)?,
        files,
    })
}

/// Whether TLJH is installed at this prefix, as far as its command is there.
///
/// # Errors
/// When the folder cannot be looked into.
pub fn is_installed(host: &dyn Host, prefix: &Path) -> io::Result<bool> {
    Ok(host.stat(&HubFiles::new(prefix).tljh_config())?.is_some())
}

/// A file's bytes, mode and owner, where it is there.
///
/// # Errors
/// When it is there but cannot be read.
pub fn file_state(host: &dyn Host, path: &Path) -> io::Result<Option<FileState>> {
    let Some(stat) = host.stat(path)? else {
        return Ok(None);
    };
    Ok(Some(FileState {
        bytes: host.read(path)?,
        mode: stat.mode,
        owner: (stat.uid, stat.gid),
        is_symlink: stat.is_symlink,
    }))
}

/// The oauthenticator in the hub's own environment, where there is a hub and hubgate knows the version.
///
/// # Errors
/// When the environment is there but cannot be read.
pub fn oauthenticator(host: &dyn Host, prefix: &Path) -> io::Result<Option<OauthenticatorVersion>> {
    let found = versions(host, prefix)?.oauthenticator;
    Ok(found.and_then(|version| OauthenticatorVersion::parse(&version).ok()))
}

/// The packages of the hub's environment, from `PREFIX/hub/lib/python3.*/site-packages/*.dist-info`.
///
/// # Errors
/// When the environment is there but cannot be read.
pub fn versions(host: &dyn Host, prefix: &Path) -> io::Result<Versions> {
    let lib = HubFiles::new(prefix).environment().join("lib");
    let mut versions = Versions::default();
    if host.stat(&lib)?.is_none() {
        return Ok(versions);
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
            let Some((name, version)) = name_of(&package)
                .strip_suffix(".dist-info")
                .and_then(|n| n.split_once('-'))
            else {
                continue;
            };
            let slot = match name.to_ascii_lowercase().replace('-', "_").as_str() {
                "the_littlest_jupyterhub" => &mut versions.tljh,
                "jupyterhub" => &mut versions.jupyterhub,
                "oauthenticator" => &mut versions.oauthenticator,
                _ => continue,
            };
            *slot = Some(version.to_owned());
        }
    }
    Ok(versions)
}

fn other_settings(host: &dyn Host, files: &HubFiles) -> io::Result<Vec<(PathBuf, String)>> {
    let folder = files.folder();
    if host.stat(&folder)?.is_none() {
        return Ok(Vec::new());
    }
    let ours = files.awscognito_py();
    let python =
        |path: &PathBuf| path.extension().is_some_and(|end| end == "py") && !name_of(path).starts_with('.');
    let others = host
        .list(&folder)?
        .into_iter()
        .filter(|path| python(path) && *path != ours);
    others
        .map(|path| {
            Ok((
                path.clone(),
                String::from_utf8_lossy(&host.read(&path)?).into_owned(),
            ))
        })
        .collect()
}

fn name_of(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
