//! Asks the hub's own Python who gets in.

use std::path::Path;

use super::cast::{Person, cast, whom_the_hub_names};
use super::judge::{Case, judge};
use super::verdict::Verdict;
use crate::answers::Answers;
use crate::host::Host;
use crate::render::sha256_hex;
use crate::tljh::look::{LookError, OwnFile, Player, PoolSide, Request, look};
use crate::tljh::{ConfigYaml, HubFiles};

/// The lists of people that live in `config.yaml`.
pub(super) const LISTS: [&str; 3] = ["users.admin", "users.allowed", "users.banned"];

/// Who gets in at the hub of `files` with the settings below `settings`, which is its prefix or a copy of its
/// `config/`, where `config` is what `config.yaml` says; `rendered` is hubgate's own file for these answers.
///
/// # Errors
/// When the hub's Python gives no answer. A hub that does not start is an answer.
pub fn who_gets_in(
    host: &dyn Host,
    files: &HubFiles,
    settings: &Path,
    config: &ConfigYaml,
    answers: &Answers,
    rendered: &str,
) -> Result<Verdict, LookError> {
    let people = everybody(answers, config);
    let pool = PoolSide::of(answers);
    let players = people
        .iter()
        .map(|person| Player::new(person.who.clone(), &person.account, &pool.client_id));
    let request = Request {
        state: files.prefix().join("state"),
        people: players.collect(),
        pool,
        own: Some(OwnFile {
            path: HubFiles::new(settings).awscognito_py(),
            sha256: sha256_hex(rendered.as_bytes()),
        }),
        arguments: Vec::new(),
    };
    let look = look(host, &files.python(), files.prefix(), settings, &request)?;
    Ok(judge(&Case {
        answers,
        files,
        config,
        people: &people,
        look: &look,
    }))
}

/// The cast, and whoever `config.yaml` names besides.
fn everybody(answers: &Answers, config: &ConfigYaml) -> Vec<Person> {
    let mut people = cast(answers, || "never typed".to_owned());
    let mut named: Vec<&str> = Vec::new();
    let listed = answers.hub.admins.iter().chain(&answers.access.users);
    named.extend(listed.map(|name| name.as_str()));
    for list in LISTS {
        for name in config.texts(list) {
            if !named.contains(&name) {
                named.push(name);
                people.extend(whom_the_hub_names(answers, name, list));
            }
        }
    }
    people
}
