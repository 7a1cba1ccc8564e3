//! What every host keeps to, tried on both: the real one, in a temporary folder, and the one in memory. What
//! only one of them has (flock(2), scripts, a record) is tried beside it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod clock;
mod files;
mod links;
mod locks;
mod many_files;
mod programs;
mod system;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use hubgate::host::memory::MemoryHost;
use hubgate::host::{Finished, Host, Invocation, RunError, SystemHost};

/// A host and a folder of it that is empty.
struct Place {
    host: Kind,
    folder: PathBuf,
    _temporary: Option<TempDir>,
}

enum Kind {
    Real(SystemHost),
    InMemory(MemoryHost),
}

impl Place {
    fn real() -> Self {
        let temporary = TempDir::new().unwrap();
        Place {
            host: Kind::Real(SystemHost::new()),
            folder: temporary.path().to_owned(),
            _temporary: Some(temporary),
        }
    }

    fn in_memory() -> Self {
        let host = MemoryHost::new();
        host.put_folder("/folder", 0o700);
        Place {
            host: Kind::InMemory(host),
            folder: "/folder".into(),
            _temporary: None,
        }
    }

    fn host(&self) -> &dyn Host {
        match &self.host {
            Kind::Real(host) => host,
            Kind::InMemory(host) => host,
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file that is there already.
    fn put(&self, name: &str, bytes: &str, mode: u32) -> PathBuf {
        let path = self.at(name);
        self.host()
            .write_atomic(&path, bytes.as_bytes(), mode, None)
            .unwrap();
        path
    }

    fn text(&self, name: &str) -> String {
        self.host().read_to_string(&self.at(name)).unwrap()
    }

    fn mode(&self, name: &str) -> u32 {
        self.host().stat(&self.at(name)).unwrap().unwrap().mode
    }

    fn is_there(&self, name: &str) -> bool {
        self.host().stat(&self.at(name)).unwrap().is_some()
    }

    /// The names in the folder.
    fn names(&self) -> Vec<String> {
        let paths = self.host().list(&self.folder).unwrap();
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        paths.iter().map(name).collect()
    }

    /// A symbolic link, which leads nowhere unless `to` is there.
    fn link(&self, name: &str, to: &str) -> PathBuf {
        let path = self.at(name);
        match &self.host {
            Kind::Real(_) => symlink(self.at(to), &path).unwrap(),
            Kind::InMemory(host) => host.make_link(&path, self.at(to)),
        }
        path
    }

    /// A program: what it does in a shell, and in memory.
    fn program(
        &self,
        name: &str,
        shell: &str,
        in_memory: impl Fn(&Invocation, &MemoryHost) -> Result<Finished, RunError> + Send + Sync + 'static,
    ) -> Invocation {
        let path = self.at(name);
        match &self.host {
            Kind::Real(_) => {
                std::fs::write(&path, format!("#!/bin/sh\n{shell}\n")).unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            }
            Kind::InMemory(host) => host.program(&path, in_memory),
        }
        Invocation::new(path)
    }
}

/// Each of these, on each host.
macro_rules! on_both_hosts {
    ($($(#[doc = $why:literal])* fn $name:ident($place:ident) $body:block)*) => {
        $(
            $(#[doc = $why])*
            fn $name($place: &$crate::Place) $body
        )*

        mod real {
            $(#[test]
            fn $name() {
                super::$name(&$crate::Place::real());
            })*
        }

        mod in_memory {
            $(#[test]
            fn $name() {
                super::$name(&$crate::Place::in_memory());
            })*
        }
    };
}
use on_both_hosts;

/// What the error is, having seen that it names the path.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: std::io::Result<T>, path: &Path) -> std::io::ErrorKind {
    let error = result.unwrap_err();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(error.to_string().contains(name), "{error}");
    error.kind()
}
