//! Why TLJH could not be installed.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::source::BootstrapSource;
use crate::apply::Cause;
use crate::host::{HttpError, RunError};
use crate::told::{HubState, Told};

/// Why TLJH could not be installed, and whether anything changed before.
#[derive(Debug, Error)]
pub enum InstallError {
    /// Not root, or another hubgate is at work.
    #[error(transparent)]
    Lock(#[from] Cause),
    /// A file could not be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// TLJH is here, but not where we were told.
    #[error("{} is there, but there is no TLJH at {}", unit.display(), prefix.display())]
    OtherPrefix {
        /// The hub's unit.
        unit: PathBuf,
        /// Where we were told to look.
        prefix: PathBuf,
    },
    /// TLJH's bootstrap is a Python script.
    #[error("TLJH's installer needs python3, which is not there")]
    NoPython,
    /// The script did not come.
    #[error("TLJH's installer cannot be had from {from}: {why}")]
    Download {
        /// From where.
        from: String,
        /// Why not.
        why: DownloadError,
    },
    /// What came is not the script, or not all of it.
    #[error("what came from {from} is not run: {why}")]
    Refused {
        /// From where.
        from: BootstrapSource,
        /// What is wrong with it.
        why: String,
    },
    /// A program could not be run.
    #[error("{program}: {source}")]
    Program {
        /// Which.
        program: String,
        /// What happened.
        source: RunError,
    },
    /// The script failed.
    #[error("TLJH's installer {how}{}", last_lines(output))]
    Failed {
        /// "failed (exit code 1)", "was not done after 1800 s"
        how: String,
        /// What it printed last.
        output: Vec<String>,
        /// Where all of it is, if it could be written down.
        log: Option<PathBuf>,
    },
    /// It says that it did well, and yet there is no hub.
    #[error("TLJH's installer says that it is done, but there is no TLJH at {}", prefix.display())]
    NotThere {
        /// Where it should be.
        prefix: PathBuf,
        /// Where its output is.
        log: PathBuf,
    },
    /// One that a killed hubgate left behind does not end.
    #[error(
        "TLJH's installer, left behind by a run that was cut off, does not end ({})",
        in_words(processes)
    )]
    LeftBehind {
        /// Their ids.
        processes: Vec<u32>,
    },
    /// The AWS CLI could not be installed.
    #[error(
        "the AWS CLI, which the client secret is fetched with, cannot be installed{}",
        last_lines(output)
    )]
    AwsCommand {
        /// What was printed last.
        output: Vec<String>,
    },
    /// Ctrl-C or SIGTERM.
    #[error("stopped on request{}", if *begun { " while TLJH's installer was at work" } else { "" })]
    Interrupted {
        /// Whether the script had begun.
        begun: bool,
    },
}

/// Why a script did not come.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DownloadError {
    /// There was no answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// There was another answer than the file.
    #[error("the answer is HTTP status {0}")]
    Status(u16),
    /// Less came than was announced, or more.
    #[error("{got} bytes came, and {announced} were announced")]
    CutOff {
        /// Bytes.
        got: u64,
        /// Bytes.
        announced: u64,
    },
    /// It is far too long for the script.
    #[error("it is longer than {} kB", limit >> 10)]
    TooLong {
        /// Bytes.
        limit: u64,
    },
    /// It leads round in circles, or nowhere.
    #[error("{0}")]
    Redirect(String),
}

impl Told for InstallError {
    fn remedy(&self) -> Option<String> {
        let text = match self {
            Self::Lock(cause) => return cause.remedy(),
            Self::OtherPrefix { .. } => "name the folder that TLJH is in with --prefix".into(),
            Self::NoPython => {
                "install it, then run this again: apt-get update && apt-get install -y python3".into()
            }
            Self::Download { .. } => format!(
                "if this machine may not reach it, bring the file here and use --bootstrap-url FILE; it is at {}",
                BootstrapSource::OFFICIAL
            ),
            Self::Refused { .. } => {
                "run this again; if it says the same, look at what is at that address".into()
            }
            Self::Failed { log: None, .. } => {
                "mend what it names, then run this again: it goes on from there".into()
            }
            Self::Failed { log: Some(log), .. } | Self::NotThere { log, .. } => format!(
                "all it said is in {}; mend what it names, then run this again: it goes on from there",
                log.display()
            ),
            Self::LeftBehind { processes } => format!(
                "end it (kill {}), then run this again: it goes on from there",
                ids(processes)
            ),
            Self::AwsCommand { .. } => "install it (apt-get install awscli), then run this again".into(),
            Self::Interrupted { begun: true } => "run this again: it goes on from there".into(),
            Self::Io(_) | Self::Program { .. } | Self::Interrupted { begun: false } => return None,
        };
        Some(text)
    }

    fn hub(&self) -> Option<HubState> {
        Some(match self {
            Self::Failed { .. }
            | Self::NotThere { .. }
            | Self::LeftBehind { .. }
            | Self::Interrupted { begun: true } => HubState::Broken,
            _ => HubState::Untouched,
        })
    }
}

fn last_lines(output: &[String]) -> String {
    output.iter().map(|line| format!("\n    | {line}")).collect()
}

/// Processes by their ids, as a sentence names them.
pub(super) fn in_words(processes: &[u32]) -> String {
    let noun = if processes.len() == 1 {
        "process"
    } else {
        "processes"
    };
    format!("{noun} {}", ids(processes))
}

fn ids(processes: &[u32]) -> String {
    let ids: Vec<_> = processes.iter().map(u32::to_string).collect();
    ids.join(" ")
}
