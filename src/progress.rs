//! Who is told how a job goes, whatever shows it: bars, lines, JSON events, nobody.

use std::time::Duration;

use crate::host::Clock;

/// Is told how a job goes.
pub trait Progress {
    /// A step begins.
    fn begin(&mut self, _words: &str) {}

    /// So much of what began last is done.
    fn count(&mut self, _done: usize, _of: usize) {}

    /// What began last is done.
    fn done(&mut self, _took: Duration) {}

    /// What began last failed.
    fn failed(&mut self) {}

    /// Something to know.
    fn note(&mut self, _text: &str) {}
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {}

/// Does it as one step, and tells how long it took.
///
/// # Errors
/// Those of the step.
pub fn timed<T, E>(
    clock: &(impl Clock + ?Sized),
    progress: &mut dyn Progress,
    words: &str,
    act: impl FnOnce(&mut dyn Progress) -> Result<T, E>,
) -> Result<T, E> {
    progress.begin(words);
    let started = clock.monotonic();
    let result = act(progress);
    match &result {
        Ok(_) => progress.done(clock.monotonic().saturating_sub(started)),
        Err(_) => progress.failed(),
    }
    result
}
