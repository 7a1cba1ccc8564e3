//! The terminal while questions are asked, and how it gets back to what it was.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;

/// A terminal that is set up for questions. However the questions end, by an answer, by Ctrl-C or by
/// a signal, the terminal is put back.
pub struct Session(Arc<Shared>);

/// SIGINT last: whichever signal cuts a read short, console then raises SIGINT too.
const SIGNALS: [i32; 4] = [SIGTERM, SIGHUP, SIGQUIT, SIGINT];

struct Shared {
    before: Termios,
    /// Which of [`SIGNALS`] came, set by the handlers: a prompt that was cut short finds it here.
    came: [Arc<AtomicBool>; SIGNALS.len()],
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A person is being asked. A signal ends it all.
    Asking { wrote: bool },
    /// Files are being written, which takes no time: a signal is let pass.
    Writing,
    /// We are on our way out, or somebody else listens to signals: ours are let pass.
    Leaving,
    /// Nothing is asked any more: signals do what they do to any program.
    Over,
}

impl Session {
    /// Whether there is a person to ask: questions are read from standard input and shown on
    /// standard error.
    pub fn is_possible() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Sets the terminal up. What is typed ahead is not echoed, and Ctrl-C is read as a key, so
    /// that no signal can come while a key is being waited for.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn begin() -> io::Result<Self> {
        let shared = Arc::new(Shared {
            before: tcgetattr(io::stdin())?,
            came: Default::default(),
            state: Mutex::new(State::Asking { wrote: false }),
        });
        for (signal, came) in SIGNALS.iter().zip(&shared.came) {
            flag::register(*signal, came.clone())?;
        }
        let mut signals = Signals::new(SIGNALS)?;
        let session = Self(shared.clone());
        std::thread::Builder::new()
            .name("terminal".into())
            .spawn(move || {
                for signal in signals.forever() {
                    shared.on_signal(signal);
                }
            })?;
        session.0.quieten()?;
        Ok(session)
    }

    /// Runs `work` with the terminal as it was before; no signal interrupts it.
    ///
    /// # Errors
    /// When the terminal cannot be set up again, and whatever `work` says.
    pub fn while_writing<T>(&self, work: impl FnOnce() -> T) -> io::Result<T> {
        *self.0.state() = State::Writing;
        self.0.restore();
        let done = work();
        *self.0.state() = State::Asking { wrote: true };
        self.0.quieten()?;
        Ok(done)
    }

    /// The terminal is as it was, and signals do what they do to any program.
    pub fn end(self) {}

    /// The terminal is as it was, and signals are left to whoever listens to them next: what is
    /// about to run must not be killed by the first Ctrl-C.
    pub fn hand_over(self) {
        let mut state = self.0.state();
        self.0.restore();
        *state = State::Leaving;
    }

    /// Says that nothing was written, where that is so. For when a signal cut a prompt short.
    pub fn stopped(self) -> ExitCode {
        let mut state = self.0.state();
        self.0.restore();
        self.0.say_stopped(*state);
        *state = State::Leaving;
        ExitCode::from(self.0.exit_code())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if *state != State::Leaving {
            self.0.restore();
            *state = State::Over;
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on_signal(&self, signal: i32) {
        // Held to the end: nobody begins to write while we say that nothing was written.
        let state = self.state();
        match *state {
            State::Asking { .. } => {
                self.restore();
                self.say_stopped(*state);
                std::process::exit(self.exit_code().into());
            }
            State::Writing | State::Leaving => {}
            State::Over => {
                // Dies by this very signal, as a shell expects.
                if signal_hook::low_level::emulate_default_handler(signal).is_err() {
                    std::process::exit(128 + signal);
                }
            }
        }
    }

    /// 128 and the signal's number, as a shell reports it.
    fn exit_code(&self) -> u8 {
        let came = SIGNALS
            .iter()
            .zip(&self.came)
            .find(|(_, came)| came.load(Ordering::SeqCst));
        let signal = came.map_or(SIGINT, |(signal, _)| *signal);
        u8::try_from(128 + signal).unwrap_or(u8::MAX)
    }

    fn quieten(&self) -> io::Result<()> {
        let mut quiet = self.before.clone();
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ISIG);
        Ok(tcsetattr(io::stdin(), OptionalActions::Now, &quiet)?)
    }

    /// A terminal that went away needs no restoring.
    fn restore(&self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
        let end = format!("\x1b[?25h{}", super::paste::UNMARK);
        let _ = io::stderr().write_all(end.as_bytes());
    }

    fn say_stopped(&self, state: State) {
        let what = match state {
            State::Asking { wrote: true } => "stopped; what is listed above was written",
            _ => "stopped; nothing was written",
        };
        let _ = writeln!(io::stderr(), "\n{what}");
    }
}
