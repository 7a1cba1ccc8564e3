//! `hubgate` alone and `hubgate wizard`: the questions in a terminal, and what comes of them.

use std::path::Path;
use std::process::ExitCode;

use crate::cli::failure::NeedsTerminal;
use crate::cli::hub::apply::{Waiting, apply_checked};
use crate::cli::{AnswerFlags, Global, exit};
use crate::host::SystemHost;
use crate::tljh::observe;
use crate::told::{self, Context as _};
use crate::ui::prompt::{Halt, Session};
use crate::wizard::{After, Talk};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  hubgate wizard --answers hubgate.toml     # asks for what the file does not say")]
pub struct Args {
    #[command(flatten)]
    answers: AnswerFlags,
}

pub fn run(global: &Global, args: Args) -> told::Result<ExitCode> {
    ask(global, args.answers)
}

/// Asks and does what the person decides.
pub fn ask(global: &Global, flags: AnswerFlags) -> told::Result<ExitCode> {
    let host = SystemHost::new();
    if !Session::is_possible() {
        let found = observe::oauthenticator(&host, &global.prefix)?;
        flags.gather(&host).resolve(found).context(NeedsTerminal)?;
        return Err(NeedsTerminal.into());
    }
    let session = Session::begin().context("the terminal cannot be set up for questions")?;
    let file = flags.file().map(Path::to_owned);
    let talk = Talk {
        host: &host,
        session: &session,
        ui: global.ui(),
        yes: global.yes,
        prefix: &global.prefix,
        file,
        gather: &|file| flags.gather_with(&host, file),
    };
    match talk.run() {
        Err(error) if matches!(error.get(), Some(Halt::Stopped)) => Ok(session.stopped()),
        Err(error) => Err(error),
        Ok(After::Apply(checked)) => {
            // Before the terminal is handed over, so that no Ctrl-C falls in between.
            crate::cli::stop_on_signals(&host)?;
            session.hand_over();
            apply_checked(global, &host, &checked, &Waiting::default(), false, false)
        }
        Ok(after) => {
            session.end();
            after.tell(global.ui())?;
            Ok(ExitCode::from(exit::DONE))
        }
    }
}
