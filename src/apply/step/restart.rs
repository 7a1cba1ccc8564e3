//! traefik and the hub, started again with the new settings.

use std::time::{Duration, SystemTime};

use crate::apply::error::{Cause, last_lines};
use crate::apply::step::scene::Scene;
use crate::tljh::{LocalHub, units};
use crate::verify::wait_until_ready;

/// A hub that systemd had to start this often again will not come up.
const RESTARTS_OF_A_HUB_THAT_CANNOT_START: u32 = 2;

/// A hub that is found stopped this often in a row, once a second, was stopped by somebody.
const LOOKS_AT_A_STOPPED_HUB: u32 = 3;

impl Scene<'_> {
    /// Reloads traefik, and with it the hub, which requires it.
    ///
    /// # Errors
    /// When `tljh-config` fails or hangs.
    pub fn reload_proxy(&self) -> Result<(), Cause> {
        let since = self.host.now();
        let before = units::hub_start(self.host);
        self.fresh_hub.set(None);
        self.start(|| self.tljh_config(&["reload", "proxy"]).map(drop))?;
        let after = units::hub_start(self.host);
        if before.is_some() && after.is_some() && before != after {
            self.fresh_hub.set(Some(since));
        }
        Ok(())
    }

    /// systemd refuses to start a unit that failed too often, whatever was wrong with it.
    fn start(&self, start: impl Fn() -> Result<(), Cause>) -> Result<(), Cause> {
        match start() {
            Err(Cause::ProgramFailed { .. }) => {
                units::reset_failed(self.host)
                    .map_err(|source| self.not_ended("systemctl reset-failed", source))?;
                start()
            }
            result => result,
        }
    }

    /// Restarts the hub's unit, unless traefik's restart did that already, and waits until the hub answers;
    /// gives up early when systemd starts it again and again.
    ///
    /// # Errors
    /// When it does not answer in time, with what its journal says.
    pub fn restart_hub(&self) -> Result<(), Cause> {
        if let Some(since) = self.fresh_hub.take() {
            return self.wait_for_hub(since);
        }
        let since = self.host.now();
        let shown = "systemctl restart jupyterhub";
        self.start(|| {
            let restart = units::restart_hub(self.host);
            let finished = restart.map_err(|source| self.not_ended(shown, source))?;
            if finished.success() {
                return Ok(());
            }
            let output = format!("{}{}", finished.stdout_text(), finished.stderr_text());
            Err(self.failed(shown, &finished, &output))
        })?;
        self.wait_for_hub(since)
    }

    fn wait_for_hub(&self, since: SystemTime) -> Result<(), Cause> {
        let local = LocalHub::read(self.host, self.files.prefix())
            .map_err(|error| std::io::Error::other(error.to_string()))?;
        let until = self.host.monotonic() + self.hub_deadline;
        let slice = Duration::from_secs(1);
        // systemd goes on counting where the hub was just waiting for its next start.
        let restarts_before = units::hub_restarts(self.host).unwrap_or(0);
        let mut looks_at_a_stopped_hub = 0;
        loop {
            let Err(stage) = wait_until_ready(self.host, &local, slice) else {
                return Ok(());
            };
            if self.host.interrupt().is_due() {
                return Err(Cause::Interrupted);
            }
            let restarts = units::hub_restarts(self.host).unwrap_or(0);
            let restarts = restarts.checked_sub(restarts_before).unwrap_or(restarts);
            // Between the stop and the start of a restart by somebody else it is down, too.
            match units::stopped(self.host) {
                Some((_, state)) if state.is_inactive() => looks_at_a_stopped_hub += 1,
                _ => looks_at_a_stopped_hub = 0,
            }
            if looks_at_a_stopped_hub >= LOOKS_AT_A_STOPPED_HUB {
                return Err(Cause::HubStopped);
            }
            let late = self.host.monotonic() >= until;
            if late || restarts >= RESTARTS_OF_A_HUB_THAT_CANNOT_START {
                return Err(self.hub_down(since, late, restarts, &stage.found));
            }
        }
    }

    fn hub_down(&self, since: SystemTime, late: bool, restarts: u32, seen: &str) -> Cause {
        let journal = units::hub_journal(self.host, since, 120);
        let why = match crate::hub::symptom_of(&journal) {
            Some(symptom) => format!("{}; {}", symptom.what, symptom.remedy),
            None if late => format!("no answer in {} s ({seen})", self.hub_deadline.as_secs()),
            None => format!("it ends right after it starts, {restarts} times so far"),
        };
        let journal = last_lines(&of_the_start_that_ended(&journal).join("\n"), self.secret);
        Cause::HubDown {
            why,
            journal: journal.lines().map(str::to_owned).collect(),
        }
    }
}

/// Up to the end of the last start that has ended: the one after it may not have come to its fault yet.
fn of_the_start_that_ended(journal: &[String]) -> &[String] {
    let ended = journal
        .iter()
        .rposition(|line| line.contains("Main process exited"));
    ended.map_or(journal, |at| &journal[..=at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_start_that_failed_are_shown_not_those_of_the_next() {
        let journal = ["SyntaxError", "Main process exited", "Started."].map(str::to_owned);
        assert_eq!(of_the_start_that_ended(&journal), &journal[..2]);
        assert_eq!(of_the_start_that_ended(&journal[2..]), &journal[2..]);
    }
}
