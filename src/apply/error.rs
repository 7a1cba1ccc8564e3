//! How a run can fail, and in what state it leaves the hub.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::apply::record::journal::JournalError;
use crate::apply::taking_over::contradictions;
use crate::host::RunError;
use crate::plan::NoPlan;
use crate::render::RenderError;
use crate::secret::{Secret, blot_out};
use crate::tljh::login::Verdict;
use crate::told::{HubState, Told};
use crate::verify::{Outcome, VerifyReport};

/// Why a step, a check or the way to them failed.
#[derive(Debug, Error)]
pub enum Cause {
    /// Nobody but root may change the hub.
    #[error("this needs root: the hub's settings are root's alone")]
    NotRoot,
    /// There is no hub here.
    #[error("there is no TLJH at {}", .0.display())]
    NoHub(PathBuf),
    /// Nothing could be restarted.
    #[error("systemd does not run on this machine, so the hub could not be restarted")]
    NoSystemd,
    /// The hub's oauthenticator is missing or unknown.
    #[error("{0}")]
    UnknownHub(String),
    /// Another hubgate is at work.
    #[error("another hubgate is changing this hub")]
    Busy,
    /// The disk has no room for backups and new files.
    #[error("{} has {free} bytes free, and {needed} are needed", path.display())]
    DiskSpace {
        /// Where.
        path: PathBuf,
        /// Bytes free.
        free: u64,
        /// Bytes needed.
        needed: u64,
    },
    /// hubgate's own folder is not root's alone.
    #[error("{} {why}", path.display())]
    StateDir {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// There is no plan.
    #[error(transparent)]
    NoPlan(#[from] NoPlan),
    /// A file could not be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The record could not be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A program could not be run to its end.
    #[error("{program}: {source}{}", shown(output))]
    Program {
        /// The command, as a person would type it.
        program: String,
        /// What happened.
        source: Box<RunError>,
        /// What it printed last.
        output: String,
    },
    /// A program ended badly.
    #[error("{program} failed ({exit}){}", shown(output))]
    ProgramFailed {
        /// The command, as a person would type it.
        program: String,
        /// How it ended.
        exit: String,
        /// What it printed last.
        output: String,
    },
    /// Something that the new settings name cannot be used.
    #[error("the hub would refuse the new settings: {}", .0.join("; "))]
    Preflight(Vec<String>),
    /// With the new settings the hub would not start, or not do what the answers promise.
    #[error("{}:\n{}", .0.heading(), indent(&.0.faults().join("\n")))]
    NotAsPromised(Box<Verdict>),
    /// Someone else changed a file meanwhile.
    #[error("{} was changed by someone else meanwhile", .0.display())]
    ChangedMeanwhile(PathBuf),
    /// `tljh-config` did something else than it was asked.
    #[error("tljh-config did not do what it was asked: {0}")]
    UnexpectedConfig(String),
    /// The hub does not answer.
    #[error("the hub does not come up: {why}{}", shown(&journal.join("\n")))]
    HubDown {
        /// In words, translated where the journal tells.
        why: String,
        /// The journal's last lines.
        journal: Vec<String>,
    },
    /// The hub was stopped while it was waited for.
    #[error("somebody stopped the hub (systemctl stop jupyterhub) while it was starting")]
    HubStopped,
    /// The login does not work.
    #[error("the login does not work: {}", faults(.0))]
    Verify(Box<VerifyReport>),
    /// An earlier run was cut off and could not be undone.
    #[error("the run of {0} was cut off")]
    CutOff(String),
    /// The record of a run that was cut off is lost.
    #[error("a run was cut off, and its record is lost: {0}")]
    LostRecord(JournalError),
    /// Which apply was the last is not known.
    #[error("the record of a later run is damaged, so the last apply is not known: {0}")]
    DamagedHistory(JournalError),
    /// No apply is in force.
    #[error("there is no apply to roll back")]
    NothingToRollBack,
    /// Somebody changed what the apply wrote.
    #[error("the hub's settings were changed since the apply; going back would lose this:\n{}", indent(.0))]
    ChangedSince(String),
    /// The login that should be back is not.
    #[error("the old login is not back: {0}")]
    OldLogin(String),
    /// A file could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Ctrl-C, or SIGTERM.
    #[error("stopped on request")]
    Interrupted,
}

/// The stages that failed, in one line.
fn faults(report: &VerifyReport) -> String {
    let failed = report.with(Outcome::Fail);
    failed
        .map(|stage| format!("{}: {}", stage.name, stage.found))
        .collect::<Vec<_>>()
        .join("; ")
}

fn shown(output: &str) -> String {
    let output = output.trim_end();
    if output.is_empty() {
        String::new()
    } else {
        format!(":\n{}", indent(output))
    }
}

fn indent(text: &str) -> String {
    text.lines()
        .map(|line| format!("    | {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The last lines that a program printed, without what lets somebody in.
pub(super) fn last_lines(output: &str, secret: Option<&Secret>) -> String {
    let lines: Vec<&str> = output.lines().collect();
    let last = lines[lines.len().saturating_sub(15)..].join("\n");
    blot_out(&secret.map_or_else(|| last.clone(), |secret| secret.redact(&last)))
}

impl Cause {
    /// A program that did not end by itself.
    pub(super) fn not_ended(program: &str, source: RunError, secret: Option<&Secret>) -> Self {
        if let RunError::Interrupted { .. } = source {
            return Self::Interrupted;
        }
        let (stdout, stderr) = source.output();
        let output = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        Self::Program {
            program: program.to_owned(),
            output: last_lines(&output, secret),
            source: Box::new(source),
        }
    }
}

impl Told for Cause {
    fn remedy(&self) -> Option<String> {
        let text = match self {
            Self::NotRoot => "run it with sudo".to_owned(),
            Self::NoHub(_) => {
                "name its prefix with --prefix, or install TLJH first: hubgate install".to_owned()
            }
            Self::NoSystemd => {
                "run it on the hub's own machine; hubgate render writes the files to look at elsewhere"
                    .to_owned()
            }
            Self::NothingToRollBack => {
                "hubgate rollback --to-default goes back to TLJH's own login".to_owned()
            }
            Self::StateDir { .. } => {
                "look at what is in it; when it is all hubgate's: chown -R root:root and chmod 0700 it"
                    .to_owned()
            }
            Self::DamagedHistory(JournalError::Newer { .. }) => return None,
            Self::DamagedHistory(_) => "move the folder of that run away, then run it again".to_owned(),
            Self::ChangedSince(_) => "go back all the same with --force".to_owned(),
            Self::Busy => "wait until it is done".to_owned(),
            Self::DiskSpace { .. } => "make room, then run it again".to_owned(),
            Self::Preflight(_) => "mend what it names, then run it again".to_owned(),
            Self::NotAsPromised(verdict) => {
                let mut mends = verdict.mends();
                if !contradictions(verdict).is_empty() {
                    mends.push("or let hubgate take out what is to blame: --take-over".to_owned());
                }
                mends.push("then run it again".to_owned());
                mends.join("\n    ")
            }
            Self::HubStopped => "run it again when nobody else stops or restarts hub and traefik".to_owned(),
            Self::ChangedMeanwhile(_) => {
                "run it again when nobody else changes the hub's settings".to_owned()
            }
            Self::NoPlan(NoPlan::Config(error)) => error.remedy().to_owned(),
            Self::Verify(report) => {
                let remedies = report
                    .with(Outcome::Fail)
                    .filter_map(|stage| stage.remedy.clone());
                remedies.collect::<Vec<_>>().join("\n    ")
            }
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }
}

/// A run that failed: why, and how the hub is now.
#[derive(Debug, Error)]
pub enum RunFailed {
    /// Nothing was changed.
    #[error("{0}\nnothing was changed")]
    Untouched(Cause),
    /// Everything is as it was.
    #[error("{cause}\n{}{}", login.words(), noted(notes))]
    Restored {
        /// Why the run failed.
        cause: Cause,
        /// What is known of the login.
        login: OldLogin,
        /// What a person should know about the undo.
        notes: Vec<String>,
    },
    /// The hub is in neither state.
    #[error("{cause}\nNOT RESTORED, and a person is needed:\n{}\nrun these, as root:\n{}", indent(&errors.join("\n")), indent(&commands.join("\n")))]
    Broken {
        /// Why the run failed.
        cause: Cause,
        /// Why the undo failed.
        errors: Vec<String>,
        /// The commands that finish the undo by hand.
        commands: Vec<String>,
    },
}

/// What is known of the login after everything was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldLogin {
    /// It was seen to be as before.
    Seen,
    /// There was none to compare with: the hub did not answer before the run either.
    NoneBefore,
    /// It is another: the hub had not been restarted since its files were changed, and now it was.
    OfNewerFiles,
}

impl OldLogin {
    /// What may be said of the hub.
    pub fn words(self) -> &'static str {
        match self {
            Self::Seen => "restored: everything is as it was before, and the old login works",
            Self::NoneBefore => {
                "restored: every file is as it was before; the hub did not answer before, so whether its login works is not known"
            }
            Self::OfNewerFiles => {
                "restored: every file is as it was before; the login is another, since somebody had changed the files without restarting the hub, and now it was restarted"
            }
        }
    }
}

fn noted(notes: &[String]) -> String {
    notes.iter().map(|note| format!("\n    {note}")).collect()
}

impl RunFailed {
    /// Why the run failed.
    pub fn cause(&self) -> &Cause {
        match self {
            Self::Untouched(cause) | Self::Restored { cause, .. } | Self::Broken { cause, .. } => cause,
        }
    }

    /// What was known before the run, which may be why it failed.
    #[must_use]
    pub(super) fn noting(mut self, warnings: &[String]) -> Self {
        if let Self::Restored { notes, .. } = &mut self {
            notes.extend(warnings.iter().cloned());
        }
        self
    }
}

impl Told for RunFailed {
    fn remedy(&self) -> Option<String> {
        self.cause().remedy()
    }

    fn hub(&self) -> Option<HubState> {
        Some(match self {
            Self::Untouched(_) => HubState::Untouched,
            Self::Restored { .. } => HubState::Restored,
            Self::Broken { .. } => HubState::Broken,
        })
    }
}
