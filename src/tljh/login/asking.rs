//! Asks the hub's own Python who gets in.

use std::path::Path;

use super::cast::{cast, whom_the_hub_names};
use super::judge::{Case, judge};
use super::verdict::Verdict;
use crate::answers::Answers;
use crate::host::Host;
use crate::render::sha256_hex;
use crate::tljh::look::{LookError, OwnFile, Pattern, Player, PoolSide, Request, look};
use crate::tljh::{ConfigYaml, HubFiles};

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
    let people = cast(answers, || "never typed".to_owned());
    let pool = PoolSide::of(answers);
    let players = people
        .iter()
        .map(|person| Player::new(person.who.clone(), &person.account, &pool.client_id));
    let request = Request {
        state: files.prefix().join("state"),
        people: players.collect(),
        named: named(answers, &pool.client_id),
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

/// Whom the hub's lists name besides.
fn named(answers: &Answers, client_id: &str) -> Option<Pattern> {
    // It stands for names of which nothing is known yet.
    const NAME: &str = "somebody0known0to0the0hub@hubgate.invalid";
    let person = whom_the_hub_names(answers, NAME)?;
    let known = answers.hub.admins.iter().chain(&answers.access.users);
    Some(Pattern {
        name: NAME.to_owned(),
        player: Player::new(person.who, &person.account, client_id),
        known: known.map(ToString::to_string).collect(),
    })
}
