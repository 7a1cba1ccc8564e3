//! Ctrl-C and SIGTERM become a clean end.
//!
//! The first one asks: waits end early, loops look at [`Interrupt::requested`]. A second one kills us at
//! once, and the programs that we started with us, unless a stretch of work holds it off
//! ([`Interrupt::hold`]): an undo must run to its end. Where nothing would be left half done, the first
//! one kills, too ([`Interrupt::ends_at_once`]).

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long the last words may take.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// The wish that we stop. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<State>);

#[derive(Debug, Default)]
struct State {
    listening: AtomicBool,
    requested: AtomicBool,
    at_once: AtomicBool,
    held: AtomicUsize,
    groups: Mutex<BTreeSet<u32>>,
    last_words: OnceLock<fn()>,
}

impl Interrupt {
    /// One that nothing triggers but [`request`](Interrupt::request).
    pub fn new() -> Self {
        Interrupt::default()
    }

    /// Lets SIGINT, SIGTERM and the end of the terminal (SIGHUP, unless `nohup` has it ignored) trigger it.
    /// Call it early: before, they kill as usual.
    pub fn on_signals(&self) -> io::Result<()> {
        if self.0.listening.swap(true, Ordering::SeqCst) {
            // Two listeners would take one signal for two.
            return Ok(());
        }
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        if !is_ignored(SIGHUP) {
            signals.add_signal(SIGHUP)?;
        }
        let this = self.clone();
        // A thread, not a handler: here a second signal may take a lock and kill children.
        std::thread::Builder::new()
            .name("signals".into())
            .spawn(move || {
                for signal in signals.forever() {
                    // A terminal that closes may send more than one, and nobody is impatient then.
                    let again = this.0.requested.swap(true, Ordering::SeqCst) && signal != SIGHUP;
                    let at_once = this.0.at_once.load(Ordering::SeqCst);
                    if (again || at_once) && !this.is_held() {
                        this.kill_groups();
                        this.say_last_words();
                        // Dies by this very signal, as a shell expects.
                        if signal_hook::low_level::emulate_default_handler(signal).is_err() {
                            std::process::exit(128 + signal);
                        }
                    }
                }
            })?;
        Ok(())
    }

    /// What to say when a second signal kills us. Only the first call counts.
    pub fn before_dying(&self, say: fn()) {
        let _ = self.0.last_words.set(say);
    }

    /// From now on the first signal kills us, as a second one does otherwise: what is done from here on
    /// changes nothing, and an answer that is being waited for cannot be called off.
    pub fn ends_at_once(&self) {
        self.0.at_once.store(true, Ordering::SeqCst);
    }

    /// Asks us to stop, as a first Ctrl-C does.
    pub fn request(&self) {
        self.0.requested.store(true, Ordering::SeqCst);
    }

    /// Has anyone asked us to stop? True also while it is held off.
    pub fn requested(&self) -> bool {
        self.0.requested.load(Ordering::SeqCst)
    }

    /// Should a wait end now? False while it is held off.
    pub fn is_due(&self) -> bool {
        self.requested() && !self.is_held()
    }

    /// Until the guard is dropped, no wait is cut short and no second signal kills.
    pub fn hold(&self) -> Hold {
        self.0.held.fetch_add(1, Ordering::SeqCst);
        Hold(self.clone())
    }

    fn is_held(&self) -> bool {
        self.0.held.load(Ordering::SeqCst) > 0
    }

    fn groups(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.0.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A process group that dies with us.
    pub(super) fn add_group(&self, group: u32) {
        self.groups().insert(group);
    }

    pub(super) fn remove_group(&self, group: u32) {
        self.groups().remove(&group);
    }

    /// In a thread of its own: a terminal that is stopped keeps nobody from dying.
    fn say_last_words(&self) {
        let Some(say) = self.0.last_words.get().copied() else {
            return;
        };
        let (done, said) = mpsc::channel();
        std::thread::spawn(move || {
            say();
            done.send(())
        });
        let _ = said.recv_timeout(LAST_WORDS);
    }

    fn kill_groups(&self) {
        for group in self.groups().iter() {
            if let Some(pid) = i32::try_from(*group).ok().and_then(Pid::from_raw) {
                // Gone already is as good as killed.
                let _ = kill_process_group(pid, Signal::KILL);
            }
        }
    }
}

/// As the kernel tells it, a bit a signal; where it does not, nothing is ignored.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Holds an [`Interrupt`] off until it is dropped.
#[must_use = "the interrupt is let through again as soon as this is dropped"]
#[derive(Debug)]
pub struct Hold(Interrupt);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.0.held.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_due_unless_it_is_held_off() {
        let interrupt = Interrupt::new();
        assert!(!interrupt.is_due());
        interrupt.request();
        assert!(interrupt.is_due());
        let outer = interrupt.hold();
        let inner = interrupt.clone().hold();
        drop(outer);
        assert!(interrupt.requested() && !interrupt.is_due());
        drop(inner);
        assert!(interrupt.is_due());
    }
}
