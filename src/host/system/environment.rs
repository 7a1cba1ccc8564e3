use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Read};
use std::sync::PoisonError;

use super::SystemHost;
use crate::host::Environment;

impl Environment for SystemHost {
    fn var(&self, name: &str) -> Option<OsString> {
        match &self.vars {
            Some(vars) => vars.get(OsStr::new(name)).cloned(),
            None => std::env::var_os(name),
        }
    }

    fn var_names(&self) -> Vec<String> {
        let text = |name: OsString| name.into_string().ok();
        match &self.vars {
            Some(vars) => vars.keys().cloned().filter_map(text).collect(),
            None => std::env::vars_os().filter_map(|(name, _)| text(name)).collect(),
        }
    }

    fn hide_var(&self, name: &str) {
        self.hidden
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned());
    }

    fn read_stdin(&self, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("standard input is longer than {limit} bytes"),
            ));
        }
        Ok(bytes)
    }

    fn is_root(&self) -> bool {
        rustix::process::geteuid().is_root()
    }

    fn stdin_is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }
}
