//! Is this TLJH's bootstrap script, and all of it?

use std::time::Duration;

use super::error::InstallError;
use super::source::BootstrapSource;
use crate::host::{Host, Invocation, RunError};

/// What Python itself says of it. A script that is cut off within a statement is no Python.
const PARSE: &str = "import ast, sys; ast.parse(sys.stdin.buffer.read())";
const DEADLINE: Duration = Duration::from_secs(30);

/// Refuses what is not a whole Python script with an entry point.
pub(super) fn check(
    host: &dyn Host,
    python: &std::path::Path,
    from: &BootstrapSource,
    script: &[u8],
) -> Result<(), InstallError> {
    let refuse = |why: String| {
        Err(InstallError::Refused {
            from: from.clone(),
            why,
        })
    };
    let Ok(text) = std::str::from_utf8(script) else {
        return refuse("it is not text".into());
    };
    let text = text.trim();
    if text.is_empty() {
        return refuse("it is empty".into());
    }
    if text.starts_with('<') {
        return refuse("it is a web page, not a Python script".into());
    }
    // It stands at the end of the script: one that is cut off between two functions lacks it.
    if !text.lines().any(|line| line.starts_with("if __name__ ==")) {
        return refuse(
            "it is cut off, or not TLJH's installer: nothing in it starts the installation".into(),
        );
    }
    let call = Invocation::new(python)
        .args(["-I", "-c", PARSE])
        .stdin(script)
        .deadline(DEADLINE);
    let finished = host.run(&call).map_err(|source| match source {
        RunError::Interrupted { .. } => InstallError::Interrupted { begun: false },
        source => InstallError::Program {
            program: python.display().to_string(),
            source,
        },
    })?;
    if finished.success() {
        return Ok(());
    }
    let said = finished.stderr_text();
    let last = said.lines().last().unwrap_or("Python refuses it");
    refuse(format!("it is cut off, or no Python script: {last}"))
}

#[cfg(test)]
mod tests;
