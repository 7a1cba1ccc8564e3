//! What a rehearsal tells while it runs.

/// Is told how far a rehearsal is.
pub trait Progress {
    /// A new step begins, such as "start JupyterHub 5.5.4".
    fn step(&self, what: &str);

    /// Within a step: so many of so many.
    fn count(&self, done: usize, of: usize);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _: &str) {}
    fn count(&self, _: usize, _: usize) {}
}
