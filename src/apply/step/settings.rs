//! TLJH's settings, changed with its own `tljh-config`.

use crate::apply::error::Cause;
use crate::apply::step::execute::{LOCK_HELD, Scene, TLJH_CONFIG_DEADLINE, TLJH_CONFIG_TRIES};
use crate::host::{Finished, Invocation};
use crate::render::TljhChange;

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
        for attempt in 1.. {
            let finished = self.run(&self.call_for(left), &shown(left))?;
            if finished.success() {
                return Ok(());
            }
            let said = finished.stderr_text();
            let begun = said.lines().filter(|line| line.starts_with(BEGINS)).count();
            left = &left[begun.saturating_sub(1).min(left.len() - 1)..];
            let output = format!("{}{said}", finished.stdout_text());
            if attempt >= TLJH_CONFIG_TRIES || !output.contains(LOCK_HELD) {
                return Err(self.failed(&shown(&left[..1]), &finished, &without_beginnings(&output)));
            }
        }
        Err(Cause::Interrupted)
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
            .deadline(TLJH_CONFIG_DEADLINE.saturating_mul(changes))
    }

    pub(in crate::apply) fn failed(&self, shown: &str, finished: &Finished, output: &str) -> Cause {
        Cause::ProgramFailed {
            program: shown.to_owned(),
            exit: finished.exit.to_string(),
            output: crate::apply::error::last_lines(output, self.secret),
        }
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
