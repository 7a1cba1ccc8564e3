//! What a person or a script sees: text on a terminal, plain lines elsewhere, or one JSON document.

pub mod page;
mod progress;
pub mod prompt;
mod rendered;

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

pub use progress::Steps;

/// How to speak.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ui {
    /// One JSON document on stdout, everything else on stderr.
    pub json: bool,
    /// Only results, warnings and errors.
    pub quiet: bool,
}

impl Ui {
    /// A line of the result: stdout, or stderr when stdout is for JSON.
    pub fn line(self, text: impl AsRef<str>) {
        if self.json {
            self.note(text)
        } else {
            say_on_stdout(text.as_ref())
        }
    }

    /// Something on the side, left out with `--quiet`.
    pub fn note(self, text: impl AsRef<str>) {
        if !self.quiet {
            say(&mut std::io::stderr().lock(), text.as_ref());
        }
    }

    /// Something to think about.
    pub fn warn(self, text: impl AsRef<str>) {
        let label = console::style("warning").yellow().for_stderr().to_string();
        say(
            &mut std::io::stderr().lock(),
            &format!("{label}: {}", text.as_ref()),
        );
    }

    /// What went wrong.
    pub fn error(self, text: impl AsRef<str>) {
        let label = console::style("error").red().bold().for_stderr().to_string();
        say(
            &mut std::io::stderr().lock(),
            &format!("{label}: {}", text.as_ref()),
        );
    }

    /// What to do about the error just told.
    pub fn error_detail(self, text: impl AsRef<str>) {
        say(&mut std::io::stderr().lock(), &format!("    {}", text.as_ref()));
    }

    /// The one JSON document, where JSON was asked for.
    ///
    /// # Errors
    /// When the document has no place in JSON.
    pub fn document(self, document: &impl Serialize) -> serde_json::Result<()> {
        if self.json {
            let text = serde_json::to_string_pretty(&Versioned { schema: 1, document })?;
            #[cfg(test)]
            DOCUMENTS.with_borrow_mut(|documents| documents.push(text.clone()));
            say_on_stdout(&text);
        }
        Ok(())
    }

    /// For what changed the hub: it is done, whether or not anybody could be told, so that is no failure.
    pub fn stays_done_untold(self) {
        if let Some(error) = take_stdout_failure() {
            self.warn(format!(
                "it is done, but could not be told on standard output: {error}"
            ));
        }
    }
}

#[cfg(test)]
thread_local! {
    /// Every document that this thread told.
    pub(crate) static DOCUMENTS: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// A document with the version of its shape.
#[derive(Serialize)]
struct Versioned<'a, T> {
    schema: u32,
    #[serde(flatten)]
    document: &'a T,
}

/// Why a result could not be written.
static STDOUT_FAILED: Mutex<Option<io::Error>> = Mutex::new(None);

/// Why standard output did not take every result, if it did not: its disk is full, or it is closed. A
/// reader that went away (`| head`) is no error of ours. It is told once.
pub fn take_stdout_failure() -> Option<io::Error> {
    let mut failed = STDOUT_FAILED.lock().unwrap_or_else(PoisonError::into_inner);
    failed.take()
}

/// Writes a result to standard output; a failure is kept for [`take_stdout_failure`].
pub fn write_stdout(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let mut failed = STDOUT_FAILED.lock().unwrap_or_else(PoisonError::into_inner);
            // Only the first one is told.
            failed.get_or_insert(error);
        }
        _ => {}
    }
}

fn say_on_stdout(text: &str) {
    write_stdout(format!("{text}\n").as_bytes());
}

/// Whether a line on stderr can be written over.
fn stderr_takes_spinners() -> bool {
    let is_terminal = io::IsTerminal::is_terminal(&io::stderr());
    takes_spinners(is_terminal, std::env::var_os("TERM").as_deref())
}

/// One that is dumb, as in an editor, shows the control characters.
fn takes_spinners(is_terminal: bool, term: Option<&OsStr>) -> bool {
    is_terminal && term.is_none_or(|term| term != "dumb")
}

/// For the moment before a second Ctrl-C kills us: ends the line of a step that nobody will end any more,
/// and shows the cursor.
pub fn end_at_once() {
    let mut out = io::stderr().lock();
    if stderr_takes_spinners() {
        let _ = out.write_all(b"\r\x1b[2K\x1b[?25h");
    }
    let mark = console::style("✗").red().for_stderr();
    say(
        &mut out,
        &format!(
            "{mark} stopped at once; the next hubgate apply, verify or rollback puts back what was begun"
        ),
    );
}

/// Prints a line. There is nobody to tell when that fails.
fn say(out: &mut impl std::io::Write, text: &str) {
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dumb_terminal_is_told_in_plain_lines() {
        assert!(takes_spinners(true, Some("xterm".as_ref())) && takes_spinners(true, None));
        assert!(!takes_spinners(true, Some("dumb".as_ref())));
        assert!(!takes_spinners(false, Some("xterm".as_ref())));
    }
}
