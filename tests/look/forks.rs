//! A hub's Python that has imported JupyterHub already: a look or a hub costs a fork of it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use hubgate::answers::Answers;
use hubgate::host::{Interrupt, SystemHost};
use hubgate::progress::Silent;
use hubgate::rehearse::hub_python;

use tempfile::TempDir;

use crate::hub::{RELEASES, answers};
use crate::kit;

/// One for each of the four release pairs. They end with this process.
pub struct Forks {
    forks: Vec<Fork>,
    _folder: TempDir,
}

struct Fork {
    command: String,
    // It ends when its standard input does.
    _process: Child,
}

impl Forks {
    pub fn start() -> Self {
        // A socket's path is short: this is not below the project, which may lie anywhere.
        let folder = tempfile::tempdir().unwrap();
        let start = |release| Fork::start(&python_of(&answers(release, "all")), &folder.path().join(release));
        Self {
            forks: RELEASES.into_iter().map(start).collect(),
            _folder: folder,
        }
    }

    /// What stands for the Python of this release, in a shell.
    pub fn command(&self, release: &str) -> &str {
        let at = RELEASES.iter().position(|known| *known == release).unwrap();
        &self.forks[at].command
    }
}

impl Fork {
    fn start(python: &Path, socket: &Path) -> Self {
        let beside = kit::root().join("tests/look/beside");
        let mut process = Command::new(python)
            .arg("-c")
            .arg(std::fs::read_to_string(beside.join("forks.py")).unwrap())
            .arg(socket)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        assert_eq!(said, "ready\n");
        let client = beside.join("asks_fork.py");
        Self {
            command: format!(
                "'{}' -IS '{}' '{}'",
                python.display(),
                client.display(),
                socket.display()
            ),
            _process: process,
        }
    }
}

/// The Python of a real hub for these answers.
pub fn python_of(answers: &Answers) -> PathBuf {
    let host = SystemHost::with_interrupt(Interrupt::new());
    hub_python(&host, answers.oauthenticator, &mut Silent).unwrap()
}
