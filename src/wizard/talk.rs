//! The talk around the questions: what they start from, what comes of them, and where that is kept.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::saved::{Saved, apply_as_root, write_secret};
use super::{Action, Offer, Start, Wizard, offers, summary, what_next};
use crate::answers::{Answers, Checked, Gathered, Problems};
use crate::host::Host;
use crate::invalid::Invalid;
use crate::render::{FileSet, Folder, render, secret_stays_behind};
use crate::secret::SecretSource;
use crate::tljh::observe;
use crate::told;
use crate::ui::Ui;
use crate::ui::page::Row;
use crate::ui::prompt::{Ask, Halt, NONE, Prompter as _, Reply, Session, Terminal, confirm};

const ANSWERS_FILE: &str = "hubgate.toml";

const INTRODUCTION: &str = "hubgate puts an AWS Cognito login in front of JupyterHub. It asks for what it needs to know and writes nothing before you decide to.";

const KEYS: &str =
    "Arrow keys and Enter choose, Enter takes what stands in (brackets), Esc or < goes back, Ctrl-C stops.";

/// What is left to do once the terminal is as it was.
pub enum After {
    /// Print this.
    UserData(String),
    /// Apply these.
    Apply(Box<Checked>),
    /// The files of `hubgate render` are written, and told of.
    Files,
    /// These were written, if any.
    Wrote(Vec<PathBuf>),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Document {
    UserData { user_data: String },
    Wrote { written: Vec<PathBuf> },
}

impl After {
    /// Tells it.
    ///
    /// # Errors
    /// When there is no room for the document.
    pub fn tell(self, ui: Ui) -> told::Result<()> {
        match self {
            Self::UserData(user_data) if ui.json => ui.document(&Document::UserData { user_data })?,
            // line() ends the last line itself.
            Self::UserData(text) => ui.line(text.strip_suffix('\n').unwrap_or(&text)),
            Self::Wrote(written) => {
                if written.is_empty() {
                    ui.note("nothing was written");
                }
                // The paths were told as they were written.
                ui.document(&Document::Wrote { written })?;
            }
            Self::Apply(_) | Self::Files => {}
        }
        Ok(())
    }
}

/// A person at the terminal, and the machine they are at.
pub struct Talk<'a> {
    /// The machine.
    pub host: &'a dyn Host,
    /// The terminal.
    pub session: &'a Session,
    /// How to speak.
    pub ui: Ui,
    /// Whether every question that a yes answers is answered.
    pub yes: bool,
    /// TLJH's prefix.
    pub prefix: &'a Path,
    /// The answers file that was named.
    pub file: Option<PathBuf>,
    /// What flags and variables say, and this file.
    pub gather: &'a dyn Fn(Option<&Path>) -> Gathered,
}

impl Talk<'_> {
    /// Asks until the person has decided, and writes what they want written.
    ///
    /// # Errors
    /// [`Halt`], and what keeps the questions from being asked at all.
    pub fn run(mut self) -> told::Result<After> {
        let mut terminal = Terminal::new();
        if !self.ui.quiet {
            let rows = [INTRODUCTION, KEYS].map(|text| Row::Text(text.to_owned()));
            terminal.show(&rows)?;
        }
        self.find_answers_file(&mut terminal)?;
        let start = self.start()?;
        let offers = self.offers()?;
        let mut wizard = Wizard::new(&mut terminal, self.host, start);
        loop {
            let checked = wizard.settle()?;
            wizard.show(&summary(&checked, wizard.secret(), self.host))?;
            match what_next(wizard.prompter(), &offers)? {
                Action::Change => wizard.change()?,
                Action::Stop => return Ok(After::Wrote(Vec::new())),
                action => match self.act(action, &mut wizard, &checked) {
                    Ok(Some(after)) => return Ok(after),
                    Ok(None) => {}
                    Err(error) if error.get::<Halt>().is_some() => return Err(error),
                    // The answers are worth more than this one try.
                    Err(error) => wizard.show(&failed(&error))?,
                },
            }
        }
    }

    fn offers(&self) -> told::Result<Vec<Offer>> {
        let has_hub = observe::is_installed(self.host, self.prefix)?;
        Ok(offers(has_hub, self.host.is_root()))
    }

    /// The file of an earlier run is a good start.
    fn find_answers_file(&mut self, terminal: &mut Terminal) -> told::Result<()> {
        let file = Path::new(ANSWERS_FILE);
        if self.file.is_some() || self.host.stat(file)?.is_none() {
            return Ok(());
        }
        let explain = "It is in this folder. What it says is not asked again.";
        let title = format!("Start from {ANSWERS_FILE}");
        if self.yes || confirm(terminal, &title, explain, true)? == Reply::Answer(true) {
            self.file = Some(file.to_owned());
        }
        Ok(())
    }

    fn start(&self) -> told::Result<Start> {
        // A file that is not there yet is one to be saved.
        let file = match &self.file {
            Some(file) if self.host.stat(file)?.is_some() => Some(file.as_path()),
            _ => None,
        };
        let Gathered { given, problems } = (self.gather)(file);
        let mut no_question = Problems::default();
        for problem in problems.iter().filter(|problem| problem.is_of_no_question()) {
            no_question.add(problem.clone());
        }
        if !no_question.is_empty() {
            return Err(no_question.into());
        }
        Ok(Start {
            given,
            problems,
            found: observe::oauthenticator(self.host, self.prefix)?,
            secret_file: if self.host.is_root() {
                "/root/hubgate-cognito.secret".to_owned()
            } else {
                "~/.config/hubgate/cognito.secret".to_owned()
            },
        })
    }

    /// Does what the person chose; none when they went back.
    fn act(&self, action: Action, wizard: &mut Wizard<'_>, checked: &Checked) -> told::Result<Option<After>> {
        // Only these need user data that is short enough.
        let files = match action {
            Action::WriteFiles | Action::PrintUserData => Some(render(&checked.answers, None)?),
            _ => None,
        };
        let folder = match &files {
            Some(files) if action == Action::WriteFiles => {
                match self.ask_folder(wizard, &checked.answers, files)? {
                    Some(folder) => Some((folder, files)),
                    None => return Ok(None),
                }
            }
            _ => None,
        };
        let Reply::Answer(saved) = self.ask_answers_file(action, wizard)? else {
            return Ok(None);
        };
        if action == Action::PrintUserData {
            let warning =
                secret_stays_behind(&checked.answers).or_else(|| file_stays_behind(&checked.answers));
            wizard.show(&warning.map(Row::Warning).into_iter().collect::<Vec<_>>())?;
        }
        let write = || -> told::Result<Vec<PathBuf>> {
            let mut written = Vec::new();
            if let Some(saved) = &saved {
                saved.write(self.host)?;
                if let Some(backup) = saved.backup() {
                    written.push(self.tell(action, "kept", backup.to_owned()));
                }
                written.push(self.tell(action, "written", saved.path.clone()));
            }
            if let Some(secret) = wizard.secret() {
                written.push(self.tell(action, "written", write_secret(self.host, secret)?));
            }
            if let Some((folder, files)) = &folder {
                let folder = Folder::compare(self.host, folder, &checked.answers, files)?;
                folder.write(self.host)?;
                self.ui.written(&folder, checked.warnings.clone())?;
            }
            if action == Action::ApplyAsRoot {
                let file = saved.as_ref().map_or(self.answers_file(), |saved| &saved.path);
                let command = apply_as_root(self.prefix, file, &checked.answers.cognito.client_secret);
                self.ui.line(format!("now run    {command}"));
            }
            Ok(written)
        };
        let written = self.session.while_writing(write)??;
        Ok(Some(match action {
            Action::Apply => After::Apply(Box::new(Checked {
                given: wizard.to_save(),
                ..checked.clone()
            })),
            Action::PrintUserData => {
                let user_data = files.as_ref().and_then(|files| files.text("user-data.sh"));
                After::UserData(user_data.unwrap_or_default().to_owned())
            }
            Action::WriteFiles => After::Files,
            _ => After::Wrote(written),
        }))
    }

    fn tell(&self, action: Action, what: &str, path: PathBuf) -> PathBuf {
        let line = format!("{what:<10} {}", path.display());
        match action {
            // Standard output is for the user data alone.
            Action::PrintUserData => self.ui.note(line),
            _ => self.ui.line(line),
        }
        path
    }

    fn ask_folder(
        &self,
        wizard: &mut Wizard<'_>,
        answers: &Answers,
        files: &FileSet,
    ) -> told::Result<Option<PathBuf>> {
        loop {
            let ask = Ask {
                title: "Folder",
                explain: "It is made where it is missing. REVIEW.md in it says what to look at.",
                complaint: None,
                default: Some("review".to_owned()),
                initial: None,
                check: &|text| check_folder(self.host, text),
            };
            let Reply::Answer(text) = wizard.prompter().text(&ask)? else {
                return Ok(None);
            };
            let folder = PathBuf::from(text);
            let edited = Folder::compare(self.host, &folder, answers, files)?.edited_by_hand(self.host)?;
            let explain = format!(
                "This was changed by hand and would be lost: {}",
                edited.join(", ")
            );
            if edited.is_empty()
                || self.yes
                || confirm(wizard.prompter(), "Overwrite", &explain, false)? == Reply::Answer(true)
            {
                return Ok(Some(folder));
            }
        }
    }

    fn answers_file(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new(ANSWERS_FILE))
    }

    /// Where the answers go; none where they are there already or not wanted.
    fn ask_answers_file(
        &self,
        action: Action,
        wizard: &mut Wizard<'_>,
    ) -> told::Result<Reply<Option<Saved>>> {
        let given = wizard.to_save();
        let default = self.answers_file();
        let saved = Saved::new(self.host, default, &given);
        if saved.as_ref().is_ok_and(Saved::is_there) {
            let what = format!("{} says all this already.", default.display());
            wizard.show(&[Row::Text(what)])?;
            return Ok(Reply::Answer(None));
        }
        if self.yes {
            return Ok(Reply::Answer(Some(saved?)));
        }
        let must = matches!(action, Action::SaveAnswers | Action::ApplyAsRoot);
        let explain = if must {
            "For the next run, and for hubgate render --answers. No secret is in it."
        } else {
            "For the next run, and for hubgate render --answers. - saves nothing."
        };
        let ask = Ask {
            title: "Save the answers in",
            explain,
            complaint: None,
            default: Some(default.display().to_string()),
            initial: None,
            check: &|text| match text {
                NONE if !must => Ok("nowhere".to_owned()),
                _ => Saved::new(self.host, Path::new(text), &given)
                    .map(|saved| saved.path.display().to_string())
                    .map_err(|error| Invalid::new(error.to_string(), "name another file")),
            },
        };
        loop {
            let text = match wizard.prompter().text(&ask)? {
                Reply::Answer(text) if text == NONE => return Ok(Reply::Answer(None)),
                Reply::Answer(text) => text,
                Reply::Back => return Ok(Reply::Back),
            };
            let mut saved = Saved::new(self.host, Path::new(&text), &given)?;
            // Who started from the file expects it to change.
            if self.file.as_deref() == Some(&*saved.path) || saved.is_there() {
                return Ok(Reply::Answer(Some(saved)));
            }
            let Some(backup) = saved.keep_what_is_there(self.host)? else {
                return Ok(Reply::Answer(Some(saved)));
            };
            let explain = format!(
                "{text} is there already. It would be kept as {}.",
                backup.display()
            );
            if confirm(wizard.prompter(), "Replace it", &explain, false)? == Reply::Answer(true) {
                return Ok(Reply::Answer(Some(saved)));
            }
        }
    }
}

fn check_folder(host: &dyn Host, text: &str) -> Result<String, Invalid> {
    match host.stat(Path::new(text)) {
        _ if text.is_empty() => Err(Invalid::needed()),
        Ok(Some(stat)) if !stat.is_dir => Err(Invalid::new(format!("{text} is a file"), "name a folder")),
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(Invalid::new(error.to_string(), "name another folder")),
    }
}

fn file_stays_behind(answers: &Answers) -> Option<String> {
    match &answers.cognito.client_secret {
        SecretSource::File(path) => Some(format!(
            "a new instance does not have {}: its image must, or use Secrets Manager or SSM",
            path.display()
        )),
        _ => None,
    }
}

fn failed(error: &told::Failure) -> Vec<Row> {
    let remedy = error.error().remedy().map(Row::Text);
    let what = Row::Warning(format!("that did not work: {error}"));
    std::iter::once(Row::Blank).chain([what]).chain(remedy).collect()
}
