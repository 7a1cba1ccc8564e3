//! Any host with one fault put in its way, for showing that no fault leaves a hub broken.
//!
//! Operations that change something (files, folders, programs) are counted from 1. Run once with
//! [`Faulty::none`] to learn what there is, then once for each operation and each [`Fault`].

use std::ffi::OsString;
use std::fmt;
use std::io::{self, ErrorKind};
use std::panic::panic_any;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use rustix::process::{Signal, getpid, kill_process};

use super::http::{Peer, PeerCertificate};
use super::{
    Clock, Environment, Exit, Files, Finished, Host, Http, HttpError, HttpRequest, HttpResponse, Interrupt,
    Invocation, Lock, Programs, RunError, Running, Stat,
};

mod fault;

pub use fault::{Fault, Kind, UnknownFault};

/// One operation that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub kind: Kind,
    /// `write /etc/x`, `run systemctl restart jupyterhub`.
    pub what: String,
}

/// How "killed", "interrupted" and "hangs" are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// A panic that carries [`Killed`]: catch it and go on with
    /// [`MemoryHost::restart`](super::memory::MemoryHost::restart).
    Panic,
    /// SIGKILL or SIGINT to this very process; a program that hangs is one that sleeps.
    Process,
}

/// What a [`Death::Panic`] carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Killed;

/// Is told each operation and its number, before it is tried.
pub type Watch = Box<dyn Fn(usize, &Operation) + Send + Sync>;

/// A host in which operation number `at` meets a fault.
pub struct Faulty<H> {
    host: H,
    at: usize,
    fault: Fault,
    death: Death,
    operations: Mutex<Vec<Operation>>,
    watch: Option<Watch>,
}

impl<H: fmt::Debug> fmt::Debug for Faulty<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty")
            .field("host", &self.host)
            .field("at", &self.at)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

impl<H: Host> Faulty<H> {
    /// Operation number `at`, counted from 1, meets `fault`.
    pub fn new(host: H, at: usize, fault: Fault, death: Death) -> Self {
        Faulty {
            host,
            at,
            fault,
            death,
            operations: Mutex::default(),
            watch: None,
        }
    }

    /// Somebody who looks on, and perhaps does something else meanwhile.
    #[must_use]
    pub fn watched(mut self, watch: Watch) -> Self {
        self.watch = Some(watch);
        self
    }

    /// Nothing goes wrong; for counting.
    pub fn none(host: H) -> Self {
        Self::new(host, 0, Fault::Fails, Death::Panic)
    }

    /// What was tried so far; the first is number 1.
    pub fn operations(&self) -> Vec<Operation> {
        self.lock().clone()
    }

    /// The host underneath.
    pub fn host(&self) -> &H {
        &self.host
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Operation>> {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an operation and tells which fault it meets. Deaths and Ctrl-C before it happen here.
    fn next(&self, kind: Kind, what: String) -> Option<Fault> {
        let operation = Operation { kind, what };
        let mut operations = self.lock();
        operations.push(operation.clone());
        let number = operations.len();
        drop(operations);
        if let Some(watch) = &self.watch {
            watch(number, &operation);
        }
        let stays = self.fault == Fault::DiskStaysFull && self.at > 0 && number > self.at;
        let hit = (number == self.at || stays) && self.fault.can_hit(kind);
        match self.fault {
            _ if !hit => return None,
            Fault::KilledBefore => self.die(),
            Fault::InterruptedBefore => self.interrupt_us(),
            _ => {}
        }
        Some(self.fault)
    }

    fn after(&self, fault: Option<Fault>) {
        match fault {
            Some(Fault::KilledAfter) => self.die(),
            Some(Fault::InterruptedAfter) => self.interrupt_us(),
            _ => {}
        }
    }

    /// As Ctrl-C does; returns when it has arrived.
    fn interrupt_us(&self) {
        if self.death == Death::Panic || kill_process(getpid(), Signal::INT).is_err() {
            return self.host.interrupt().request();
        }
        while !self.host.interrupt().requested() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn die(&self) {
        if self.death == Death::Process {
            // Nothing after this line runs when it works; when not, the panic below still ends us.
            let _ = kill_process(getpid(), Signal::KILL);
        }
        panic_any(Killed);
    }

    fn file(&self, kind: Kind, what: String, act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let fault = self.next(kind, what.clone());
        match fault {
            Some(Fault::Fails) => return Err(refused(&what)),
            Some(Fault::DiskFull | Fault::DiskStaysFull) => {
                return Err(io::Error::new(
                    ErrorKind::StorageFull,
                    format!("{what}: no space left on device"),
                ));
            }
            _ => {}
        }
        act()?;
        self.after(fault);
        if fault == Some(Fault::FailsAfter) {
            Err(refused(&what))
        } else {
            Ok(())
        }
    }
}

/// The same program in a process that never ends, with a deadline that a test can wait for.
fn that_hangs(invocation: &Invocation, fault: Fault) -> Invocation {
    let script = if fault == Fault::HangsAfter {
        "\"$@\"; sleep 1000"
    } else {
        "sleep 1000"
    };
    let mut hanging = invocation.clone();
    hanging.program = "/bin/sh".into();
    hanging.args = vec![
        "-c".into(),
        script.into(),
        "sh".into(),
        invocation.program.clone().into(),
    ];
    hanging.args.extend(invocation.args.iter().cloned());
    hanging.deadline = invocation.deadline.min(Duration::from_secs(2));
    hanging
}

fn refused(what: &str) -> io::Error {
    io::Error::new(ErrorKind::PermissionDenied, format!("{what}: permission denied"))
}

impl<H: Host> Host for Faulty<H> {
    fn interrupt(&self) -> &Interrupt {
        self.host.interrupt()
    }
}

impl<H: Host> Files for Faulty<H> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.host.read(path)
    }
    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        self.host.stat(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.host.list(folder)
    }
    fn free_space(&self, path: &Path) -> io::Result<u64> {
        self.host.free_space(path)
    }
    fn try_lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        self.host.try_lock(path)
    }

    fn create_dir(&self, path: &Path, mode: u32) -> io::Result<()> {
        let what = format!("make folder {}", path.display());
        self.file(Kind::Write, what, || self.host.create_dir(path, mode))
    }

    fn write_atomic(
        &self,
        path: &Path,
        bytes: &[u8],
        mode: u32,
        owner: Option<(u32, u32)>,
    ) -> io::Result<()> {
        let what = format!("write {}", path.display());
        self.file(Kind::Write, what, || {
            self.host.write_atomic(path, bytes, mode, owner)
        })
    }

    fn reserve(&self, path: &Path, bytes: u64) -> io::Result<()> {
        let what = format!("take room with {}", path.display());
        self.file(Kind::Write, what, || self.host.reserve(path, bytes))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.file(Kind::Change, format!("remove {}", path.display()), || {
            self.host.remove(path)
        })
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.file(Kind::Change, format!("remove folder {}", path.display()), || {
            self.host.remove_dir(path)
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let what = format!("rename {} to {}", from.display(), to.display());
        self.file(Kind::Change, what, || self.host.rename(from, to))
    }

    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        let what = format!("set mode {mode:04o} of {}", path.display());
        self.file(Kind::Change, what, || self.host.set_mode(path, mode))
    }
}

impl<H: Host> Programs for Faulty<H> {
    fn find(&self, name: &str) -> Option<PathBuf> {
        self.host.find(name)
    }

    fn run(&self, invocation: &Invocation) -> Result<Finished, RunError> {
        let fault = self.next(Kind::Program, format!("run {invocation}"));
        let failed = Finished {
            exit: Exit::Code(1),
            stdout: Vec::new(),
            stderr: b"it failed on purpose\n".to_vec(),
            took: Duration::ZERO,
        };
        let hung = RunError::TimedOut {
            after: invocation.deadline,
            stdout: Vec::new(),
            stderr: Vec::new(),
        };
        match fault {
            Some(Fault::Fails) => return Ok(failed),
            Some(hangs @ (Fault::Hangs | Fault::HangsAfter)) if self.death == Death::Process => {
                return self.host.run(&that_hangs(invocation, hangs));
            }
            Some(Fault::Hangs) => return Err(hung),
            _ => {}
        }
        let result = self.host.run(invocation)?;
        self.after(fault);
        match fault {
            Some(Fault::FailsAfter) => Ok(failed),
            Some(Fault::HangsAfter) => Err(hung),
            _ => Ok(result),
        }
    }

    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Running>, RunError> {
        let fault = self.next(Kind::Program, format!("start {invocation}"));
        if fault == Some(Fault::Fails) {
            let source = io::Error::other("it failed on purpose");
            return Err(RunError::Spawn {
                program: invocation.program.clone(),
                source,
            });
        }
        let running = self.host.start(invocation)?;
        self.after(fault);
        Ok(running)
    }

    fn kill(&self, process: u32) -> io::Result<()> {
        self.file(Kind::Change, format!("kill {process}"), || {
            self.host.kill(process)
        })
    }
}

impl<H: Host> Http for Faulty<H> {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, HttpError> {
        self.host.send(request)
    }
    fn peer_certificate(&self, peer: &Peer) -> Result<PeerCertificate, HttpError> {
        self.host.peer_certificate(peer)
    }
}

impl<H: Host> Clock for Faulty<H> {
    fn now(&self) -> SystemTime {
        self.host.now()
    }
    fn monotonic(&self) -> Duration {
        self.host.monotonic()
    }
    fn sleep(&self, duration: Duration) {
        self.host.sleep(duration);
    }
}

impl<H: Host> Environment for Faulty<H> {
    fn var(&self, name: &str) -> Option<OsString> {
        self.host.var(name)
    }
    fn var_names(&self) -> Vec<String> {
        self.host.var_names()
    }
    fn hide_var(&self, name: &str) {
        self.host.hide_var(name);
    }
    fn read_stdin(&self, limit: u64) -> io::Result<Vec<u8>> {
        self.host.read_stdin(limit)
    }
    fn is_root(&self) -> bool {
        self.host.is_root()
    }
    fn stdin_is_terminal(&self) -> bool {
        self.host.stdin_is_terminal()
    }
}

#[cfg(test)]
mod tests;
