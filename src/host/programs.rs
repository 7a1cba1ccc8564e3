//! Other programs.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// A program to run, without a shell.
///
/// No secret belongs in `args`: everyone on the machine can read them. Debug shows neither `stdin` nor
/// the values of `env`.
#[derive(Clone, PartialEq, Eq)]
pub struct Invocation {
    /// A full path, as [`Programs::find`] gives.
    pub program: PathBuf,
    pub args: Vec<OsString>,
    /// What the program reads; without it, an empty input.
    pub stdin: Option<Vec<u8>>,
    /// Added to the inherited environment.
    pub env: Vec<(OsString, OsString)>,
    /// Taken from the inherited environment.
    pub env_remove: Vec<OsString>,
    pub cwd: Option<PathBuf>,
    /// Then it gets SIGTERM, and two seconds later SIGKILL, with everything it started.
    pub deadline: Duration,
}

impl Invocation {
    /// `program` without arguments, with one minute to finish.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Invocation {
            program: program.into(),
            args: Vec::new(),
            stdin: None,
            env: Vec::new(),
            env_remove: Vec::new(),
            cwd: None,
            deadline: Duration::from_secs(60),
        }
    }

    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    pub fn env_remove(mut self, name: impl Into<OsString>) -> Self {
        self.env_remove.push(name.into());
        self
    }

    pub fn cwd(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cwd = Some(folder.into());
        self
    }

    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The last part of the program's path, as people say it: `tljh-config`.
    pub fn name(&self) -> String {
        self.program
            .file_name()
            .unwrap_or(self.program.as_os_str())
            .to_string_lossy()
            .into_owned()
    }
}

/// The command as a person could type it.
impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", shell_word(self.program.as_os_str()))?;
        for arg in &self.args {
            write!(f, " {}", shell_word(arg))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.env.iter().map(|(name, _)| name).collect();
        f.debug_struct("Invocation")
            .field("command", &format_args!("{self}"))
            .field(
                "stdin",
                &format_args!("{} bytes", self.stdin.as_ref().map_or(0, Vec::len)),
            )
            .field("env", &names)
            .field("env_remove", &self.env_remove)
            .field("cwd", &self.cwd)
            .field("deadline", &self.deadline)
            .finish()
    }
}

/// For showing a command, never for running one.
fn shell_word(word: &OsStr) -> String {
    let text = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Code(i32),
    Signal(i32),
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => write!(f, "exit code {code}"),
            Exit::Signal(signal) => write!(f, "killed by signal {signal}"),
        }
    }
}

/// A program that ended by itself, well or not. Debug shows no output: it may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Finished {
    pub exit: Exit,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub took: Duration,
}

impl Finished {
    pub fn success(&self) -> bool {
        self.exit == Exit::Code(0)
    }

    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished")
            .field("exit", &self.exit)
            .field("stdout", &format_args!("{} bytes", self.stdout.len()))
            .field("stderr", &format_args!("{} bytes", self.stderr.len()))
            .field("took", &self.took)
            .finish()
    }
}

/// A program that did not end by itself. What it printed until then is kept; Debug does not show it.
#[derive(thiserror::Error)]
pub enum RunError {
    #[error("{} is not there", program.display())]
    NotFound { program: PathBuf },
    #[error("{} cannot be started: {source}", program.display())]
    Spawn { program: PathBuf, source: io::Error },
    #[error("no answer after {} s", after.as_secs_f32().ceil())]
    TimedOut {
        after: Duration,
        stdout: Vec<u8>,
        stderr: Vec<u8>,
    },
    #[error("stopped on request")]
    Interrupted { stdout: Vec<u8>, stderr: Vec<u8> },
    /// More than anything we run has to say; kept from filling the memory.
    #[error("it printed more than {} MiB", limit >> 20)]
    TooMuchOutput { limit: u64 },
}

impl RunError {
    /// What it had printed when it was stopped: standard output, standard error.
    pub fn output(&self) -> (&[u8], &[u8]) {
        match self {
            RunError::TimedOut { stdout, stderr, .. } | RunError::Interrupted { stdout, stderr } => {
                (stdout, stderr)
            }
            _ => (&[], &[]),
        }
    }
}

impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            RunError::NotFound { .. } => "NotFound",
            RunError::Spawn { .. } => "Spawn",
            RunError::TimedOut { .. } => "TimedOut",
            RunError::Interrupted { .. } => "Interrupted",
            RunError::TooMuchOutput { .. } => "TooMuchOutput",
        };
        write!(f, "{kind}({self})")
    }
}

/// Other programs.
pub trait Programs {
    /// The full path of a program: on `PATH`, or where system programs live when `PATH` is as short as
    /// cron and cloud-init make it.
    fn find(&self, name: &str) -> Option<PathBuf>;

    /// Runs a program to its end, in a process group of its own. A program that fails is no error
    /// here: see [`Finished::exit`]. A grandchild that keeps the output open cannot hold us up.
    fn run(&self, invocation: &Invocation) -> Result<Finished, RunError>;

    /// Starts a program that stays, such as a server. Its deadline does not count.
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Running>, RunError>;

    /// SIGKILL to a process that another one of us started and left behind. Gone already is no error.
    fn kill(&self, process: u32) -> io::Result<()>;
}

/// A program that was started; dropping this stops it, with everything it started.
pub trait Running: Send {
    /// Also the id of its process group.
    fn pid(&self) -> u32;

    /// How it ended, or `None` while it runs.
    fn poll(&mut self) -> io::Result<Option<Exit>>;

    /// What it has printed so far: standard output, standard error.
    fn output(&self) -> io::Result<(Vec<u8>, Vec<u8>)>;

    /// SIGTERM to its group, SIGKILL after `grace`; returns when it is gone.
    fn stop(&mut self, grace: Duration) -> io::Result<Exit>;
}
