//! The machine itself.

mod certificate;
mod environment;
mod failure;
mod files;
mod http;
mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::{CLIENT_SECRET_VARIABLE, Clock, Host, Interrupt};

/// How long a wait may sleep before it looks at the interrupt flag again.
const TICK: Duration = Duration::from_millis(10);

/// The machine itself. Made in microseconds: certificates are loaded with the first HTTPS request.
#[derive(Debug)]
pub struct SystemHost {
    started: Instant,
    interrupt: Interrupt,
    /// Instead of the process's own variables.
    vars: Option<BTreeMap<OsString, OsString>>,
    hidden: Mutex<BTreeSet<String>>,
    agents: http::Agents,
}

impl SystemHost {
    /// Listens to no signals; see [`with_interrupt`](SystemHost::with_interrupt).
    pub fn new() -> Self {
        Self::with_interrupt(Interrupt::new())
    }

    /// Waits end early once `interrupt` is due.
    pub fn with_interrupt(interrupt: Interrupt) -> Self {
        SystemHost {
            started: Instant::now(),
            interrupt,
            vars: None,
            hidden: Mutex::new(BTreeSet::from([CLIENT_SECRET_VARIABLE.to_owned()])),
            agents: http::Agents::default(),
        }
    }

    /// As if the process had been started with these environment variables and no others: for us and for
    /// the programs that we run.
    pub fn with_vars(
        mut self,
        vars: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>,
    ) -> Self {
        self.vars = Some(
            vars.into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        );
        self
    }

    fn hidden_variables(&self) -> BTreeSet<String> {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Default for SystemHost {
    fn default() -> Self {
        Self::new()
    }
}

impl Host for SystemHost {
    fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }
}

impl Clock for SystemHost {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        let end = self.started.elapsed() + duration;
        while !self.interrupt.is_due() {
            let left = end.saturating_sub(self.started.elapsed());
            if left.is_zero() {
                return;
            }
            thread::sleep(left.min(TICK));
        }
    }
}
