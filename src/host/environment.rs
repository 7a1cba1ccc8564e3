//! What the process was started with: variables, standard input, a home folder.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// Holds the client secret itself; no child process ever inherits it.
pub const CLIENT_SECRET_VARIABLE: &str = "HUBGATE_CLIENT_SECRET";

/// What the process was started with.
pub trait Environment {
    /// The value of an environment variable; `None` where it is not set.
    fn var(&self, name: &str) -> Option<OsString>;

    /// The names of all variables that are set; those that are no UTF-8 are left out.
    fn var_names(&self) -> Vec<String>;

    /// From now on no child process inherits this variable: a secret came out of it.
    /// [`CLIENT_SECRET_VARIABLE`] is hidden from the start.
    fn hide_var(&self, name: &str);

    /// Standard input up to its end. More than `limit` bytes are an error.
    fn read_stdin(&self, limit: u64) -> io::Result<Vec<u8>>;

    /// Do we run as root?
    fn is_root(&self) -> bool;

    /// Is a person typing at standard input?
    fn stdin_is_terminal(&self) -> bool;

    /// The home folder of the user who runs us (`$HOME`).
    fn home(&self) -> Option<PathBuf> {
        self.var("HOME")
            .filter(|home| !home.is_empty())
            .map(PathBuf::from)
    }
}
