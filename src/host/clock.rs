//! Time.

use std::time::{Duration, SystemTime};

/// What the clock on the wall says, and how much time went by.
pub trait Clock {
    /// The time of day, for stamps and certificates. It may jump.
    fn now(&self) -> SystemTime;

    /// Time since some fixed moment, for deadlines. It never jumps.
    fn monotonic(&self) -> Duration;

    /// Waits this long, or less when an interrupt is asked for.
    fn sleep(&self, duration: Duration);
}
