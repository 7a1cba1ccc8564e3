//! TLJH's settings, changed with its own `tljh-config`.

use std::time::Duration;

use crate::apply::error::Cause;
use crate::apply::step::scene::Scene;
use crate::host::{Finished, Invocation};
use crate::render::TljhChange;

/// How long one `tljh-config` may take: tenths of a second, and ten seconds seen on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);
/// How often to try when somebody else's `tljh-config` holds the lock.
const TRIES: u32 = 5;
/// What it says then. Its exit code is that of every other failure.
const LOCK_HELD: &str = "Another instance of tljh-config holds the lock";
const SCRIPT: &str = concat!(
    include_str!("../../../templates/apply/quick_start.py"),
    include_str!("../../../templates/apply/tljh_config.py")
);
/// What the script says before each change.
const BEGINS: &str = "+ ";

impl Scene<'_> {
    /// Lets `tljh-config` make the changes and sees that it made these and no other.
    ///
    /// # Errors
    /// When it fails or hangs, or somebody else changed `config.yaml` meanwhile.
    pub(in crate::apply) fn change_config(&mut self, changes: &[&TljhChange]) -> Result<(), Cause> {
        if self.read_config()? != self.config {
            return Err(Cause::ChangedMeanwhile(self.files.config_yaml()));
        }
        self.tljh_config_in_one(changes)?;
        let after = |config, change: &&TljhChange| crate::tljh::ConfigYaml::after(&config, change);
        let expected = changes.iter().fold(self.config.clone(), after);
        let found = self.read_config()?;
        if found == expected {
            self.config = expected;
            return Ok(());
        }
        match changes.iter().find(|change| !found.has(change)) {
            None => Err(Cause::ChangedMeanwhile(self.files.config_yaml())),
            Some(change) => Err(Cause::UnexpectedConfig(format!(
                "{} is {:?} now",
                change.path(),
                found.get(change.path())
            ))),
        }
    }

    /// One Python for all of them; while somebody else's `tljh-config` holds the lock, again from there.
    fn tljh_config_in_one(&self, changes: &[&TljhChange]) -> Result<(), Cause> {
        let mut left = changes;
        let mut tries = 1;
        loop {
            let finished = self.run(&self.call_for(left), &shown(left))?;
            if finished.success() {
                return Ok(());
            }
            let said = finished.stderr_text();
            let begun = said.lines().filter(|line| line.starts_with(BEGINS)).count();
            left = &left[begun.saturating_sub(1).min(left.len() - 1)..];
            let output = format!("{}{said}", finished.stdout_text());
            if tries == TRIES || !output.contains(LOCK_HELD) {
                return Err(self.failed(&shown(&left[..1]), &finished, &without_beginnings(&output)));
            }
            tries += 1;
        }
    }

    /// Runs `tljh-config`; while somebody else's holds the lock, again.
    ///
    /// # Errors
    /// When it fails, hangs, or the lock is not to be had.
    pub fn tljh_config(&self, arguments: &[&str]) -> Result<Finished, Cause> {
        let call = self
            .of_this_run(Invocation::new(self.files.tljh_config()))
            .args(arguments.iter().copied())
            .deadline(DEADLINE);
        let shown = format!("tljh-config {}", arguments.join(" "));
        let mut tries = 1;
        loop {
            let finished = self.run(&call, &shown)?;
            if finished.success() {
                return Ok(finished);
            }
            let output = format!("{}{}", finished.stdout_text(), finished.stderr_text());
            if tries == TRIES || !output.contains(LOCK_HELD) {
                return Err(self.failed(&shown, &finished, &output));
            }
            tries += 1;
        }
    }

    fn call_for(&self, changes: &[&TljhChange]) -> Invocation {
        let arguments: Vec<_> = changes.iter().map(|change| change.arguments()).collect();
        let changes = u32::try_from(changes.len()).unwrap_or(u32::MAX);
        self.of_this_run(Invocation::new(self.files.python()))
            .arg("-")
            .arg(self.files.tljh_config())
            .arg(serde_json::json!(arguments).to_string())
            .stdin(SCRIPT)
            .cwd("/")
            .deadline(DEADLINE.saturating_mul(changes))
    }
}

/// The first as a person would type it, and how many follow.
fn shown(changes: &[&TljhChange]) -> String {
    let first = changes.first().map(|change| change.arguments().join(" "));
    let first = format!("tljh-config {}", first.unwrap_or_default());
    match changes.len() {
        0 | 1 => first,
        count => format!("{first} (and {} more)", count - 1),
    }
}

fn without_beginnings(output: &str) -> String {
    let lines = output.lines().filter(|line| !line.starts_with(BEGINS));
    lines.collect::<Vec<_>>().join("\n")
}
