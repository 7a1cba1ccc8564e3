//! A host in memory: a tree of files, scripted programs and web servers, a clock that only moves when
//! told, and a record of everything that was done.
//!
//! ```
//! use hubgate::host::memory::{MemoryHost, finished};
//! use hubgate::host::{Files, Invocation, Programs};
//!
//! let host = MemoryHost::new();
//! host.put("/etc/motd", "hello", 0o644);
//! host.program("/usr/bin/uname", |_, _| Ok(finished("Linux\n")));
//!
//! let uname = host.find("uname").unwrap();
//! assert_eq!(host.run(&Invocation::new(uname)).unwrap().stdout_text(), "Linux\n");
//! assert_eq!(host.read_to_string("/etc/motd".as_ref()).unwrap(), "hello");
//! ```

mod files;
mod outside;
mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::http::{Method, PeerCertificate};
use super::{CLIENT_SECRET_VARIABLE, Clock, Host, HttpError, Interrupt, Invocation};

pub use files::Node;
pub use programs::{failed, finished, hangs};

/// One thing that was done to the outside. Looking at files is not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    MadeFolder(PathBuf),
    Wrote(PathBuf),
    Removed(PathBuf),
    SetMode(PathBuf, u32),
    Locked(PathBuf),
    Ran(Invocation),
    Started(Invocation),
    Sent(Method, String),
    AskedCertificate(String),
    Slept(Duration),
}

/// A machine in memory, and the process that runs on it.
pub struct MemoryHost {
    machine: Arc<Mutex<Machine>>,
    interrupt: Interrupt,
    record: Mutex<Vec<Event>>,
}

/// What outlives a process.
struct Machine {
    nodes: BTreeMap<PathBuf, Node>,
    unreadable: BTreeSet<PathBuf>,
    read_only: bool,
    locked: Arc<Mutex<BTreeSet<PathBuf>>>,
    free_space: u64,
    programs: Vec<(PathBuf, programs::Script)>,
    sites: Vec<(String, outside::Site)>,
    certificates: BTreeMap<String, Result<PeerCertificate, HttpError>>,
    vars: BTreeMap<String, OsString>,
    hidden: BTreeSet<String>,
    stdin: Option<Vec<u8>>,
    uid: u32,
    uptime: Duration,
}

impl MemoryHost {
    /// An empty root folder, one gigabyte free, no programs, nobody listening, no variables, a terminal
    /// with nobody at it; the clock starts at 2026-01-01.
    pub fn new() -> Self {
        Self::on(Arc::new(Mutex::new(Machine {
            nodes: BTreeMap::from([(PathBuf::from("/"), Node::folder(0o755))]),
            unreadable: BTreeSet::new(),
            read_only: false,
            locked: Arc::default(),
            free_space: 1 << 30,
            programs: Vec::new(),
            sites: Vec::new(),
            certificates: BTreeMap::new(),
            vars: BTreeMap::new(),
            hidden: BTreeSet::from([CLIENT_SECRET_VARIABLE.to_owned()]),
            stdin: None,
            uid: 0,
            uptime: Duration::ZERO,
        })))
    }

    /// A new process on the same machine: nobody has interrupted it, it holds no lock, and its record is
    /// empty. For what comes after a crash.
    pub fn restart(&self) -> Self {
        let next = Self::on(self.machine.clone());
        next.machine().locked = Arc::default();
        next
    }

    fn on(machine: Arc<Mutex<Machine>>) -> Self {
        MemoryHost {
            machine,
            interrupt: Interrupt::new(),
            record: Mutex::default(),
        }
    }

    /// Everything that was done so far, in order.
    pub fn record(&self) -> Vec<Event> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The commands that were run so far, as a person would type them.
    pub fn commands(&self) -> Vec<String> {
        let command = |event| match event {
            Event::Ran(call) | Event::Started(call) => Some(call.to_string()),
            _ => None,
        };
        self.record().into_iter().filter_map(command).collect()
    }

    pub fn set_var(&self, name: &str, value: impl AsRef<OsStr>) {
        self.machine()
            .vars
            .insert(name.to_owned(), value.as_ref().to_owned());
    }

    /// What comes from standard input; it is then no terminal any more.
    pub fn set_stdin(&self, bytes: impl Into<Vec<u8>>) {
        self.machine().stdin = Some(bytes.into());
    }

    /// Who runs us; root unless said otherwise.
    pub fn set_uid(&self, uid: u32) {
        self.machine().uid = uid;
    }

    /// Lets time go by.
    pub fn advance(&self, by: Duration) {
        self.machine().uptime += by;
    }

    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, event: Event) {
        self.record
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
    }
}

impl Default for MemoryHost {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryHost")
            .field("record", &self.record())
            .finish_non_exhaustive()
    }
}

impl Host for MemoryHost {
    fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }
}

impl Clock for MemoryHost {
    fn now(&self) -> SystemTime {
        const NEW_YEAR_2026: Duration = Duration::from_secs(1_767_225_600);
        SystemTime::UNIX_EPOCH + NEW_YEAR_2026 + self.machine().uptime
    }

    fn monotonic(&self) -> Duration {
        self.machine().uptime
    }

    fn sleep(&self, duration: Duration) {
        self.note(Event::Slept(duration));
        if !self.interrupt.is_due() {
            self.advance(duration);
        }
    }
}

#[cfg(test)]
mod tests;
