use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{Event, MemoryHost};
use crate::host::{Exit, Finished, Invocation, Programs, RunError, Running};

pub(super) type Script = Arc<dyn Fn(&Invocation, &MemoryHost) -> Result<Finished, RunError> + Send + Sync>;

/// A program that did well and printed this.
pub fn finished(stdout: impl Into<Vec<u8>>) -> Finished {
    Finished {
        exit: Exit::Code(0),
        stdout: stdout.into(),
        stderr: Vec::new(),
        took: Duration::ZERO,
    }
}

/// A program that failed and said this on standard error.
pub fn failed(code: i32, stderr: impl Into<Vec<u8>>) -> Finished {
    Finished {
        exit: Exit::Code(code),
        stdout: Vec::new(),
        stderr: stderr.into(),
        took: Duration::ZERO,
    }
}

/// A program that printed this and never came back. One that was [started](Programs::start) runs on.
pub fn hangs(call: &Invocation, stdout: impl Into<Vec<u8>>) -> RunError {
    RunError::TimedOut {
        after: call.deadline,
        stdout: stdout.into(),
        stderr: Vec::new(),
    }
}

impl MemoryHost {
    /// Installs a program, or replaces it. Its script may change the host, as a program does.
    pub fn program(
        &self,
        path: impl Into<PathBuf>,
        script: impl Fn(&Invocation, &MemoryHost) -> Result<Finished, RunError> + Send + Sync + 'static,
    ) {
        let path = path.into();
        self.put(&path, "", 0o755);
        let mut machine = self.machine();
        machine.programs.retain(|(known, _)| *known != path);
        machine.programs.push((path, Arc::new(script)));
    }

    /// The variables that the program of this call would see.
    pub fn child_env(&self, call: &Invocation) -> BTreeMap<OsString, OsString> {
        let machine = self.machine();
        let inherited = machine
            .vars
            .iter()
            .filter(|(name, _)| !machine.hidden.contains(*name));
        let mut env: BTreeMap<OsString, OsString> = inherited
            .map(|(name, value)| (name.into(), value.clone()))
            .collect();
        env.retain(|name, _| !call.env_remove.contains(name));
        env.extend(call.env.iter().cloned());
        env
    }

    fn script(&self, call: &Invocation) -> Result<Script, RunError> {
        let program = call.program.clone();
        let machine = self.machine();
        let found = machine.programs.iter().find(|(known, _)| *known == program);
        let kind = match found {
            Some((_, script))
                if call
                    .cwd
                    .as_ref()
                    .is_none_or(|folder| machine.nodes.contains_key(folder)) =>
            {
                return Ok(script.clone());
            }
            Some(_) => ErrorKind::NotFound,
            None if machine.nodes.contains_key(&program) => ErrorKind::PermissionDenied,
            None => return Err(RunError::NotFound { program }),
        };
        let source = kind.into();
        Err(RunError::Spawn { program, source })
    }
}

impl Programs for MemoryHost {
    fn find(&self, name: &str) -> Option<PathBuf> {
        let machine = self.machine();
        let mut paths = machine.programs.iter().map(|(path, _)| path);
        paths
            .find(|path| path.as_os_str() == name || path.file_name().is_some_and(|file| file == name))
            .cloned()
    }

    fn run(&self, invocation: &Invocation) -> Result<Finished, RunError> {
        let script = self.script(invocation)?;
        self.note(Event::Ran(invocation.clone()));
        if self.interrupt.is_due() {
            return Err(RunError::Interrupted {
                stdout: Vec::new(),
                stderr: Vec::new(),
            });
        }
        let result = script(invocation, self);
        match &result {
            Ok(finished) => self.advance(finished.took),
            Err(RunError::TimedOut { after, .. }) => self.advance(*after),
            Err(_) => {}
        }
        result
    }

    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Running>, RunError> {
        let script = self.script(invocation)?;
        self.note(Event::Started(invocation.clone()));
        match script(invocation, self) {
            Ok(Finished {
                exit, stdout, stderr, ..
            }) => Ok(Box::new(Started {
                exit: Some(exit),
                stdout,
                stderr,
            })),
            Err(RunError::TimedOut { stdout, stderr, .. }) => Ok(Box::new(Started {
                exit: None,
                stdout,
                stderr,
            })),
            Err(error) => Err(error),
        }
    }

    fn kill(&self, process: u32) -> io::Result<()> {
        without(self, process);
        Ok(())
    }
}

/// Processes are what lies in `/proc`.
fn without(host: &MemoryHost, process: u32) {
    let folder = PathBuf::from(format!("/proc/{process}"));
    host.machine().nodes.retain(|path, _| !path.starts_with(&folder));
}

struct Started {
    exit: Option<Exit>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Running for Started {
    fn pid(&self) -> u32 {
        1
    }

    fn poll(&mut self) -> io::Result<Option<Exit>> {
        Ok(self.exit)
    }

    fn output(&self) -> io::Result<(Vec<u8>, Vec<u8>)> {
        Ok((self.stdout.clone(), self.stderr.clone()))
    }

    fn stop(&mut self, _grace: Duration) -> io::Result<Exit> {
        const SIGTERM: i32 = 15;
        Ok(*self.exit.get_or_insert(Exit::Signal(SIGTERM)))
    }
}
