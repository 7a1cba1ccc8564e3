//! What a host has, read from its files without starting a process.

use std::io;
use std::path::{Path, PathBuf};

use super::config_lock::lock_config;
use crate::host::Host;
use crate::hub::OauthenticatorVersion;
use crate::tljh::{ASIDE, ConfigYaml, FileState, HubFiles, Observed, Versions};

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
    let others = others(host, &files)?;
    Ok(Observed {
        versions: versions(host, prefix)?,
        config_yaml,
        config,
        folder_mode: host.stat(&files.folder())?.map(|stat| stat.mode),
        awscognito_py: file_state(host, &files.awscognito_py())?,
        awscognito_secret: file_state(host, &files.awscognito_secret())?,
        other_settings: others
            .iter()
            .filter(|(path, _)| is_loaded(path))
            .map(text_of)
            .collect(),
        others,
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

/// Every file of the folder that the hub loads, but ours, and those that it would load again under their old name.
fn others(host: &dyn Host, files: &HubFiles) -> io::Result<Vec<(PathBuf, FileState)>> {
    let folder = files.folder();
    if host.stat(&folder)?.is_none() {
        return Ok(Vec::new());
    }
    let ours = files.awscognito_py();
    let mut found = Vec::new();
    for path in host.list(&folder)? {
        if path != ours
            && (is_loaded(&path) || is_aside(&path))
            && let Some(file) = file_state(host, &path)?
        {
            found.push((path, file));
        }
    }
    Ok(found)
}

/// As TLJH's own `glob("*.py")`.
fn is_loaded(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "py") && !name_of(path).starts_with('.')
}

fn is_aside(path: &Path) -> bool {
    name_of(path).contains(ASIDE) && !name_of(path).starts_with('.')
}

fn text_of((path, file): &(PathBuf, FileState)) -> (PathBuf, String) {
    (path.clone(), String::from_utf8_lossy(&file.bytes).into_owned())
}

fn name_of(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
