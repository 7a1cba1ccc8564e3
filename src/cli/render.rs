//! `hubgate render`: the files, for review.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Serialize;

use super::{AnswerFlags, Global, exit};
use crate::answers::Answers;
use crate::host::{Host, SystemHost};
use crate::render::{Drift, EmbeddedSecret, FileSet, RenderedFile, drift, render};
use crate::secret::{Secret, SecretSource};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  hubgate render --answers hubgate.toml --out review
  hubgate render --answers hubgate.toml --out review --check    # 3 when they differ")]
pub struct Args {
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only tell what differs; writes nothing
    #[arg(long)]
    check: bool,
    /// Put the client secret itself into user-data.sh, where every user of the hub can read it
    #[arg(long)]
    embed_secret: bool,
    #[command(flatten)]
    answers: AnswerFlags,
}

#[derive(Serialize)]
struct Document {
    out: PathBuf,
    oauthenticator: String,
    files: Vec<FileDocument>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct FileDocument {
    name: &'static str,
    state: &'static str,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

pub fn run(global: &Global, args: Args) -> anyhow::Result<ExitCode> {
    let host = SystemHost::new();
    let checked = args.answers.checked(global, &host)?;
    let mut warnings = checked.warnings;
    let secret = embedded_secret(global, &host, &args, &checked.answers, &mut warnings)?;
    let files = render(&checked.answers, secret.as_ref().map(EmbeddedSecret))?;
    let states = compare(&host, &args.out, &files)?;
    if args.check {
        return check(global, &args.out, &checked.answers, &states, warnings);
    }
    refuse_to_lose_edits(global, &host, &args.out, &states)?;
    write_all(&host, &args.out, &states)?;
    for (file, state) in &states {
        let word = if *state == Drift::None {
            "unchanged"
        } else {
            "written"
        };
        global
            .ui()
            .line(format!("{word:<10} {}", args.out.join(file.name).display()));
    }
    global
        .ui()
        .note("Read REVIEW.md first: it says what changes, and what Cognito must have registered.");
    document(global, &args.out, &checked.answers, &states, warnings, "written")?;
    Ok(ExitCode::SUCCESS)
}

fn embedded_secret(
    global: &Global,
    host: &dyn Host,
    args: &Args,
    answers: &Answers,
    warnings: &mut Vec<String>,
) -> anyhow::Result<Option<Secret>> {
    let source = &answers.cognito.client_secret;
    if !args.embed_secret {
        if matches!(source, SecretSource::Env(_) | SecretSource::Stdin) {
            let warning = format!(
                "user-data.sh cannot fetch the secret from {source}: a new instance does not have it. Use secretsmanager:ID or ssm:NAME, or --embed-secret"
            );
            global.ui().warn(&warning);
            warnings.push(warning);
        }
        return Ok(None);
    }
    let resolved = source.resolve(host)?;
    let warning = "user-data.sh holds the client secret: every user of the hub can read an instance's user data, and so can whoever may describe the instance".to_owned();
    for warning in resolved.warnings.iter().chain([&warning]) {
        global.ui().warn(warning);
    }
    warnings.push(warning);
    Ok(Some(resolved.secret))
}

fn compare<'a>(
    host: &dyn Host,
    out: &Path,
    files: &'a FileSet,
) -> anyhow::Result<Vec<(&'a RenderedFile, Drift)>> {
    files
        .iter()
        .map(|file| Ok((file, drift(read(host, &out.join(file.name))?.as_deref(), file))))
        .collect()
}

fn read(host: &dyn Host, path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match host.stat(path)? {
        Some(_) => Ok(Some(host.read(path)?)),
        None => Ok(None),
    }
}

fn check(
    global: &Global,
    out: &Path,
    answers: &Answers,
    states: &[(&RenderedFile, Drift)],
    warnings: Vec<String>,
) -> anyhow::Result<ExitCode> {
    for (file, state) in states {
        match state {
            Drift::None => {}
            Drift::Missing => global
                .ui()
                .line(format!("missing    {}", out.join(file.name).display())),
            Drift::Changed(diff) => global.ui().line(diff.trim_end()),
        }
    }
    document(global, out, answers, states, warnings, "differs")?;
    if states.iter().all(|(_, state)| *state == Drift::None) {
        global
            .ui()
            .note(format!("{} is what the answers give", out.display()));
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(exit::DIFFERS))
}

/// A file that hubgate did not write as it lies there was edited by hand.
fn refuse_to_lose_edits(
    global: &Global,
    host: &dyn Host,
    out: &Path,
    states: &[(&RenderedFile, Drift)],
) -> anyhow::Result<()> {
    if global.yes {
        return Ok(());
    }
    let written = read(host, &out.join("manifest.json"))?.unwrap_or_default();
    let mut edited = Vec::new();
    for (file, state) in states.iter().filter(|(file, _)| file.name != "manifest.json") {
        let Drift::Changed(_) = state else { continue };
        let path = out.join(file.name);
        let there = read(host, &path)?.unwrap_or_default();
        let hash = crate::render::sha256_hex(&there);
        if !String::from_utf8_lossy(&written).contains(&hash) {
            edited.push(path.display().to_string());
        }
    }
    anyhow::ensure!(
        edited.is_empty(),
        "not written, since this would lose what was changed by hand: {}\n    see the difference with --check; overwrite with --yes",
        edited.join(", ")
    );
    Ok(())
}

fn write_all(host: &dyn Host, out: &Path, states: &[(&RenderedFile, Drift)]) -> anyhow::Result<()> {
    host.create_dir(out, 0o755)
        .with_context(|| format!("cannot make the folder {}", out.display()))?;
    for (file, state) in states {
        if *state != Drift::None {
            host.write_atomic(&out.join(file.name), file.text.as_bytes(), file.mode, None)?;
        }
    }
    Ok(())
}

fn document(
    global: &Global,
    out: &Path,
    answers: &Answers,
    states: &[(&RenderedFile, Drift)],
    warnings: Vec<String>,
    changed: &'static str,
) -> anyhow::Result<()> {
    let file = |(file, state): &(&RenderedFile, Drift)| FileDocument {
        name: file.name,
        state: match state {
            Drift::None => "unchanged",
            Drift::Missing if changed == "differs" => "missing",
            _ => changed,
        },
        sha256: file.sha256(),
        diff: match state {
            Drift::Changed(diff) => Some(diff.clone()),
            _ => None,
        },
    };
    let files = states.iter().map(file).collect();
    let oauthenticator = answers.oauthenticator.to_string();
    global.ui().document(&Document {
        out: out.to_owned(),
        oauthenticator,
        files,
        warnings,
    })
}
