//! The `aws` command, for a client secret that AWS keeps, on an image that lacks it.

use std::path::Path;
use std::time::Duration;

use super::error::InstallError;
use crate::awscli::own_command;
use crate::host::{Host, Invocation, RunError};
use crate::progress::{Progress, timed};
use crate::render::AWSCLI;
use crate::secret::SecretSource;
use crate::tljh::HubFiles;

const DEADLINE: Duration = Duration::from_secs(300);
const TRIES: u32 = 3;
const SHOWN_ON_FAILURE: usize = 5;

/// Installs a pinned AWS CLI into an environment of its own beside the hub's, as the user data does,
/// where the secret's source needs it and the machine has none. TLJH at `prefix` brings the Python.
///
/// # Errors
/// When it cannot be installed.
pub fn ensure_aws_command(
    host: &dyn Host,
    prefix: &Path,
    source: &SecretSource,
    progress: &mut dyn Progress,
) -> Result<(), InstallError> {
    if !source.is_aws() || crate::awscli::find_command(host, prefix).is_some() {
        return Ok(());
    }
    let words = "install the AWS CLI, which fetches the client secret";
    timed(host, progress, words, |_| install(host, prefix))
}

fn install(host: &dyn Host, prefix: &Path) -> Result<(), InstallError> {
    let command = own_command(prefix);
    let bin = command.parent().unwrap_or(Path::new("/"));
    let folder = bin.parent().unwrap_or(Path::new("/"));
    let python = HubFiles::new(prefix).python();
    // Anew, since one that was cut off would look like a whole one.
    run(
        host,
        &Invocation::new(python)
            .args(["-m", "venv", "--clear"])
            .arg(folder),
    )?;
    let pip = Invocation::new(bin.join("pip")).args(["install", "--quiet", "--no-input", AWSCLI]);
    let mut tried = 1;
    while let Err(error) = run(host, &pip) {
        if tried == TRIES || matches!(error, InstallError::Interrupted { .. }) {
            return Err(error);
        }
        host.sleep(Duration::from_secs(5) * tried);
        tried += 1;
    }
    Ok(())
}

fn run(host: &dyn Host, call: &Invocation) -> Result<(), InstallError> {
    let call = call.clone().deadline(DEADLINE).cwd("/");
    let finished = host.run(&call).map_err(|source| match source {
        RunError::Interrupted { .. } => InstallError::Interrupted { begun: false },
        source => InstallError::Program {
            program: call.to_string(),
            source,
        },
    })?;
    if finished.success() {
        return Ok(());
    }
    let said = finished.stderr_text();
    let lines: Vec<_> = said.lines().collect();
    let last = lines.iter().rev().take(SHOWN_ON_FAILURE).rev();
    Err(InstallError::AwsCommand {
        output: last.map(|line| (*line).to_owned()).collect(),
    })
}
