//! The flags that mirror the answers file, made from the same table.

use std::path::PathBuf;

use crate::told::{self, Context as _};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, builder::PossibleValuesParser};

use super::Global;
use crate::answers::{
    Checked, FILE_VARIABLE, Gathered, Given, Key, Kind, Layer, Origin, Problem, Problems, Setting,
    from_environment, merge, misspelt_variables, read_file, resolve, split_list,
};
use crate::apply::{StateDir, answers_in_force};
use crate::host::Host;

const HEADING: &str = "Answers (each also as a variable HUBGATE_…, or in the answers file)";
const FILE_FLAG: &str = "answers";
/// The flag for the secret itself, which is refused with what to do instead.
pub(super) const SECRET_TRAP: &str = "client-secret";

/// What the flags and the file they name say.
#[derive(Debug, Clone)]
pub struct AnswerFlags {
    layer: Layer,
    problems: Problems,
    file: Option<PathBuf>,
    first_flag: Option<&'static str>,
}

impl AnswerFlags {
    /// A flag of these that was given on the command line itself.
    pub fn first_flag(&self) -> Option<&'static str> {
        self.first_flag
    }

    /// The answers file that was named.
    pub fn file(&self) -> Option<&std::path::Path> {
        self.file.as_deref()
    }

    /// Reads flags, environment and file, each beating the next. Once a run: the file may be a pipe, or change.
    pub fn gather(&self, host: &dyn Host) -> Gathered {
        self.gather_with(host, self.file())
    }

    /// The same with another answers file, or none.
    pub fn gather_with(&self, host: &dyn Host, file: Option<&std::path::Path>) -> Gathered {
        let mut problems = self.problems.clone();
        let environment = from_environment(
            |name| Some(host.var(name)?.to_string_lossy().into_owned()),
            &mut problems,
        );
        misspelt_variables(host.var_names(), &mut problems);
        let file = match file {
            Some(path) => match host.read_to_string(path) {
                Ok(text) => read_file(path, &text, &mut problems),
                Err(error) => {
                    problems.add_unread(unreadable(path, &error));
                    Layer::new()
                }
            },
            None => Layer::new(),
        };
        Gathered {
            given: merge([self.layer.clone(), environment, file]),
            problems,
        }
    }

    /// As [`checked`](Self::checked); with no answers given at all, those that the hub was last given.
    ///
    /// # Errors
    /// As [`checked`](Self::checked).
    pub fn checked_or_in_force(&self, global: &Global, host: &dyn Host) -> told::Result<Checked> {
        let gathered = self.gather(host);
        if !gathered.is_empty() {
            return checked(global, host, &gathered);
        }
        let in_force = answers_in_force(host, &StateDir::for_hub(&global.prefix))
            .context("what the last apply was given is not known, so give --answers")?;
        match in_force {
            Some(layer) => {
                let found = crate::tljh::observe::oauthenticator(host, &global.prefix)?;
                Ok(resolve(&layer, found, Problems::default())?)
            }
            None => {
                let why = if host.is_root() {
                    "no apply is in force on this hub, so the answers are needed"
                } else {
                    "the answers of the last apply are root's alone; run it with sudo, or give them"
                };
                checked(global, host, &gathered).context(why)
            }
        }
    }

    /// Gathers and checks; warnings are told, problems are the error.
    ///
    /// # Errors
    /// When the file cannot be read, or any answer is wrong or missing.
    pub fn checked(&self, global: &Global, host: &dyn Host) -> told::Result<Checked> {
        checked(global, host, &self.gather(host))
    }
}

/// Checks what was gathered against the hub of this machine; warnings are told, problems are the error.
///
/// # Errors
/// When the hub's environment cannot be read, or any answer is wrong or missing.
pub(super) fn checked(global: &Global, host: &dyn Host, gathered: &Gathered) -> told::Result<Checked> {
    let found = crate::tljh::observe::oauthenticator(host, &global.prefix)?;
    let checked = gathered.resolve(found)?;
    for warning in &checked.warnings {
        global.ui().warn(warning);
    }
    Ok(checked)
}

impl clap::FromArgMatches for AnswerFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self {
            layer: Layer::new(),
            problems: Problems::default(),
            file: None,
            first_flag: None,
        };
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.file = matches.get_one::<PathBuf>(FILE_FLAG).cloned();
        for key in Key::all() {
            let Some(values) = matches.get_many::<String>(key.setting().flag) else {
                continue;
            };
            let origin = Origin::Flag(key.setting().flag);
            let mut texts = Vec::new();
            for value in values {
                match key.setting().kind() {
                    Kind::Text | Kind::Switch => texts.push(value.clone()),
                    Kind::List => match split_list(value) {
                        Ok(several) => texts.extend(several),
                        Err(what) => {
                            let remedy = "repeat the flag for each, or write NAME,NAME";
                            self.problems.add(Problem::at(key, origin.clone(), what, remedy));
                        }
                    },
                }
            }
            self.layer.insert(key, Given::many(texts, origin));
        }
        let typed = |flag: &&str| matches.value_source(flag) == Some(ValueSource::CommandLine);
        let flags = Key::all().map(|key| key.setting().flag);
        self.first_flag = flags.chain([FILE_FLAG, SECRET_TRAP]).find(typed);
        if matches.contains_id(SECRET_TRAP) {
            let what = "a secret on the command line can be read by every user of this machine, and stays in the shell's history";
            let remedy = "use --client-secret-from file:PATH, or put it into HUBGATE_CLIENT_SECRET; then make a new secret in Cognito";
            self.problems.add(Problem::at(
                Key::ClientSecret,
                Origin::Flag(SECRET_TRAP),
                what,
                remedy,
            ));
        }
        Ok(())
    }
}

/// Leaves all but the answers file out of a command's help, which says where they are. They work all the same.
pub fn left_out_of_help(command: Command) -> Command {
    command.mut_args(|arg| match arg.get_help_heading() {
        Some(HEADING) if arg.get_id() == FILE_FLAG => arg.help(
            "Read answers from this file, like hubgate.toml; hubgate render --help has a flag for each answer",
        ),
        Some(HEADING) => arg.hide(true),
        _ => arg,
    })
}

impl clap::Args for AnswerFlags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new(FILE_FLAG)
            .long(FILE_FLAG)
            .value_name("FILE")
            .env(FILE_VARIABLE)
            .hide_env(true)
            .value_parser(clap::value_parser!(PathBuf))
            .help("Read answers from this file, like hubgate.toml")
            .help_heading(HEADING);
        let trap = Arg::new(SECRET_TRAP).long(SECRET_TRAP).hide(true).num_args(0..=1);
        let command = Key::all()
            .map(Key::setting)
            .fold(command.arg(file), |command, s| command.arg(flag(s)));
        command.arg(trap)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Problem {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "is not there".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a folder".to_owned(),
        std::io::ErrorKind::InvalidData => "is not UTF-8 text".to_owned(),
        kind => format!("cannot be read: {kind}"),
    };
    let what = format!("{} {why}", path.display());
    let remedy = "name a file like hubgate.toml, or leave --answers out and give the answers as flags";
    Problem::new(None, Some(Origin::Flag(FILE_FLAG)), what, remedy)
}

fn flag(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.flag)
        .long(setting.flag)
        .value_name(setting.value_name);
    let arg = arg.help(setting.help_with_default()).help_heading(HEADING);
    match setting.kind() {
        Kind::Text => arg.action(ArgAction::Set),
        Kind::List => arg.action(ArgAction::Append),
        Kind::Switch => arg
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(PossibleValuesParser::new(["true", "false"])),
    }
}
