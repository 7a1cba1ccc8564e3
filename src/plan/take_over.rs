//! What stands elsewhere on the hub, contradicts the answers, and is taken out.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::step::{Step, StepKind};
use crate::render::{TljhChange, diff_of_others};
use crate::secret::Secret;
use crate::tljh::{ASIDE, ConfigYaml, FileState, Observed, commented_out, simple_statement};

/// What contradicts the answers, at its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contradiction {
    /// A key of `config.yaml`.
    ConfigKey {
        /// Its dotted path.
        path: String,
    },
    /// An item of a list in `config.yaml`, such as a person of `users.banned`.
    ConfigItem {
        /// The list's dotted path.
        path: String,
        /// The item.
        item: String,
    },
    /// A line of another settings file.
    FileLine {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// Another settings file as a whole.
    WholeFile {
        /// The file.
        file: PathBuf,
    },
}

/// As a person would look it up.
impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConfigKey { path } => write!(f, "{path} in config.yaml"),
            Self::ConfigItem { path, item } => write!(f, "{item} in {path} in config.yaml"),
            Self::FileLine { file, line } => write!(f, "{}, line {line}", file.display()),
            Self::WholeFile { file } => write!(f, "{}", file.display()),
        }
    }
}

/// Something that hubgate does not take out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be taken over: {why}; take it out by hand")]
pub struct Stays {
    /// What, and where.
    pub what: Contradiction,
    /// Why.
    pub why: &'static str,
}

/// How it is all taken out.
#[derive(Debug, Default)]
pub(super) struct TakenOver {
    /// Changes of other settings files.
    pub steps: Vec<Step>,
    /// Changes of `config.yaml`.
    pub changes: Vec<TljhChange>,
    /// What is not taken out.
    pub stays: Vec<Stays>,
}

/// Plans how to take it out. What is gone already drops out.
pub(super) fn take_over(
    found: &[Contradiction],
    observed: &Observed,
    config: &ConfigYaml,
    secret: &Secret,
) -> TakenOver {
    let mut taken = TakenOver::default();
    // A file with the lines to take out; none where it goes as a whole.
    let mut files = BTreeMap::<&Path, Option<Vec<usize>>>::new();
    let mut state = config.clone();
    for what in found {
        match what {
            Contradiction::ConfigKey { path } => {
                let change = TljhChange::Unset { path: path.clone() };
                if !state.has(&change) {
                    state = state.after(&change);
                    taken.changes.push(change);
                }
            }
            Contradiction::ConfigItem { path, item } => {
                let change = TljhChange::RemoveItem {
                    path: path.clone(),
                    value: item.clone(),
                };
                if is_no_text(item) && state.texts(path).contains(&item.as_str()) {
                    let why = "tljh-config takes its name for a number or a truth value";
                    taken.stays.push(Stays {
                        what: what.clone(),
                        why,
                    });
                    continue;
                }
                // It may be there more than once.
                while !state.has(&change) {
                    state = state.after(&change);
                    taken.changes.push(change.clone());
                }
            }
            Contradiction::FileLine { file, line } => {
                if let Some(lines) = files.entry(file).or_insert_with(|| Some(Vec::new())) {
                    lines.push(*line);
                }
            }
            Contradiction::WholeFile { file } => {
                files.insert(file, None);
            }
        }
    }
    for (path, lines) in files {
        match file_steps(path, lines, observed, secret) {
            Ok(steps) => taken.steps.extend(steps),
            Err(why) => {
                let file = path.to_owned();
                let what = Contradiction::WholeFile { file };
                taken.stays.push(Stays { what, why });
            }
        }
    }
    taken
}

/// What `tljh-config` takes for something else than a text.
///
/// Source: `parse_value` of <https://github.com/jupyterhub/the-littlest-jupyterhub/blob/main/tljh/config.py>
fn is_no_text(item: &str) -> bool {
    let (whole, rest) = item.split_once('.').unwrap_or((item, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let truth = ["true", "false", "none"]
        .iter()
        .any(|word| item.eq_ignore_ascii_case(word));
    truth || (!whole.is_empty() && digits(whole) && digits(rest))
}

/// The lines become comments where each is a statement of its own; else the file goes aside.
fn file_steps(
    path: &Path,
    lines: Option<Vec<usize>>,
    observed: &Observed,
    secret: &Secret,
) -> Result<Vec<Step>, &'static str> {
    let others = observed.others.iter();
    let Some(file) = { others }.find_map(|(other, file)| (other == path).then_some(file)) else {
        return Err("it is none of the hub's other settings files");
    };
    if file.is_symlink {
        return Err("it is a symbolic link");
    }
    let statement = |line: &usize| simple_statement(&file.bytes, *line);
    let statements = lines.and_then(|lines| lines.iter().map(statement).collect::<Option<Vec<_>>>());
    Ok(match statements {
        Some(mut statements) => {
            statements.sort_unstable();
            statements.dedup();
            let left = commented_out(&file.bytes, &statements);
            let path = path.to_owned();
            vec![Step {
                diff: Some(difference(&path, file, &left, secret)),
                kind: StepKind::CommentOut { path, statements },
            }]
        }
        None => move_aside(path, file, observed, secret),
    })
}

fn move_aside(path: &Path, file: &FileState, observed: &Observed, secret: &Secret) -> Vec<Step> {
    let is_taken = |aside: &PathBuf| observed.others.iter().any(|(other, _)| other == aside);
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut aside = path.with_file_name(format!("{name}{ASIDE}"));
    let mut number = 1;
    while is_taken(&aside) {
        number += 1;
        aside = path.with_file_name(format!("{name}{ASIDE}-{number}"));
    }
    let of = path.to_owned();
    vec![
        Step::plain(StepKind::CopyAside { path: aside, of }),
        Step {
            diff: Some(difference(path, file, b"", secret)),
            kind: StepKind::RemoveFile {
                path: path.to_owned(),
            },
        },
    ]
}

fn difference(path: &Path, file: &FileState, left: &[u8], secret: &Secret) -> String {
    let (old, new) = (
        String::from_utf8_lossy(&file.bytes),
        String::from_utf8_lossy(left),
    );
    secret.redact(&diff_of_others(&old, &new, &path.display().to_string()))
}
