//! Which settings the hub's own Python was last asked about, and found nothing to say of: a second apply need
//! not start it again, which takes a second and more.

use std::io;
use std::path::{Path, PathBuf};

use super::state_dir::StateDir;
use crate::answers::{Layer, save};
use crate::host::Host;
use crate::render::sha256_hex;
use crate::tljh::Observed;

/// Where systemd looks for units and what is dropped into them.
/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Unit%20File%20Load%20Path>
const UNIT_FOLDERS: [&str; 8] = [
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// Everything that decides who gets in: the answers, the settings, the packages, the unit's environment. Not
/// the people whom the hub's database knows, and not code that settings import from elsewhere.
///
/// # Errors
/// When something is there but cannot be read.
pub fn fingerprint(host: &dyn Host, observed: &Observed, given: &Layer) -> io::Result<String> {
    let mut all = format!(
        "hubgate {} {:?}\n{}",
        env!("CARGO_PKG_VERSION"),
        observed.versions,
        save(given)
    )
    .into_bytes();
    add(host, &observed.files.config_yaml(), &mut all)?;
    for path in listed(host, &observed.files.folder())? {
        // It says who the hub is to Cognito, and nothing of people.
        if path != observed.files.awscognito_secret() {
            add(host, &path, &mut all)?;
        }
    }
    for folder in UNIT_FOLDERS.map(Path::new) {
        add_unit(host, &folder.join("jupyterhub.service"), &mut all)?;
        for drop_ins in ["jupyterhub.service.d", "service.d"] {
            for path in listed(host, &folder.join(drop_ins))? {
                add_unit(host, &path, &mut all)?;
            }
        }
    }
    Ok(sha256_hex(&all))
}

/// A unit's file, and the files that it takes variables from.
fn add_unit(host: &dyn Host, path: &Path, all: &mut Vec<u8>) -> io::Result<()> {
    let from = all.len();
    add(host, path, all)?;
    let text = String::from_utf8_lossy(&all[from..]).into_owned();
    let files = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("EnvironmentFile="));
    for file in files {
        add(host, Path::new(file.trim_start_matches('-')), all)?;
    }
    Ok(())
}

/// The file's name and bytes, where it is there; its size comes first, so that no two can be read as one.
fn add(host: &dyn Host, path: &Path, all: &mut Vec<u8>) -> io::Result<()> {
    let Some(stat) = host.stat(path)? else {
        return Ok(());
    };
    if stat.is_dir {
        return Ok(());
    }
    let bytes = host.read(path)?;
    all.extend(format!("\n{} {}\n", path.display(), bytes.len()).bytes());
    all.extend(bytes);
    Ok(())
}

fn listed(host: &dyn Host, folder: &Path) -> io::Result<Vec<PathBuf>> {
    match host.stat(folder)? {
        Some(stat) if stat.is_dir => host.list(folder),
        _ => Ok(Vec::new()),
    }
}

/// Whether these settings were the last that were found to be as the answers promise.
pub fn is_judged(host: &dyn Host, state: &StateDir, fingerprint: &str) -> bool {
    host.read_to_string(&state.judged())
        .is_ok_and(|text| text == fingerprint)
}

/// Remembers that these settings are as the answers promise.
///
/// # Errors
/// When that cannot be written.
pub fn remember(host: &dyn Host, state: &StateDir, fingerprint: &str) -> io::Result<()> {
    host.write_atomic(&state.judged(), fingerprint.as_bytes(), 0o600, None)
}
