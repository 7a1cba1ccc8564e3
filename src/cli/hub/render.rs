//! `hubgate render`: the files, for review.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::answers::Answers;
use crate::cli::{AnswerFlags, Global, exit};
use crate::host::{Host, SystemHost};
use crate::render::{EmbeddedSecret, Folder, render, secret_stays_behind};
use crate::secret::Secret;
use crate::told::{self, Failure};

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

pub fn run(global: &Global, args: Args) -> told::Result<ExitCode> {
    let host = SystemHost::new();
    let checked = args.answers.checked(global, &host)?;
    let answers = checked.answers;
    let mut warnings = checked.warnings;
    let secret = embedded_secret(global, &host, &args, &answers, &mut warnings)?;
    let files = render(&answers, secret.as_ref().map(EmbeddedSecret))?;
    let folder = Folder::compare(&host, &args.out, &answers, &files)?;
    if args.check {
        global.ui().differs(&folder, warnings)?;
        if !folder.is_there() {
            return Ok(ExitCode::from(exit::DIFFERS));
        }
        let what = format!("{} is what the answers give", args.out.display());
        global.ui().note(what);
        return Ok(ExitCode::SUCCESS);
    }
    if !global.yes {
        let edited = folder.edited_by_hand(&host)?;
        if !edited.is_empty() {
            return Err(Failure::new(format!(
                "not written, since this would lose what was changed by hand: {}\n    see the difference with --check; overwrite with --yes",
                edited.join(", ")
            )));
        }
    }
    folder.write(&host)?;
    global.ui().written(&folder, warnings)?;
    Ok(ExitCode::SUCCESS)
}

fn embedded_secret(
    global: &Global,
    host: &dyn Host,
    args: &Args,
    answers: &Answers,
    warnings: &mut Vec<String>,
) -> told::Result<Option<Secret>> {
    if !args.embed_secret {
        if let Some(warning) = secret_stays_behind(answers) {
            global.ui().warn(&warning);
            warnings.push(warning);
        }
        return Ok(None);
    }
    let resolved = answers.cognito.client_secret.resolve(host, &global.prefix)?;
    let warning = "user-data.sh holds the client secret: every user of the hub can read an instance's user data, and so can whoever may describe the instance".to_owned();
    for warning in resolved.warnings.iter().chain([&warning]) {
        global.ui().warn(warning);
    }
    warnings.push(warning);
    Ok(Some(resolved.secret))
}
