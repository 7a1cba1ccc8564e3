//! The one door to the outside: files, programs, HTTP, the clock, the process's surroundings.
//!
//! Everything above takes `&dyn Host` (or one of the smaller traits) and so runs against the machine
//! ([`SystemHost`]), against a tree in memory ([`memory::MemoryHost`]), or against either with faults
//! put in its way ([`faulty::Faulty`]).

mod clock;
mod environment;
pub mod faulty;
mod files;
pub mod http;
pub mod interrupt;
pub mod memory;
mod programs;
mod system;

pub use clock::Clock;
pub use environment::{CLIENT_SECRET_VARIABLE, Environment};
pub use files::{Files, Lock, Stat};
pub use http::{Http, HttpError, HttpRequest, HttpResponse};
pub use interrupt::Interrupt;
pub use programs::{Exit, Finished, Invocation, Programs, RunError, Running};
pub use system::SystemHost;

/// All of the outside, as one object.
pub trait Host: Files + Programs + Http + Clock + Environment + Send + Sync {
    /// The wish of a person (Ctrl-C) or of the system (SIGTERM) that we stop. Waits of this host end
    /// early once it is there; see [`Interrupt`] for stretches that must not be cut short.
    fn interrupt(&self) -> &Interrupt;
}
