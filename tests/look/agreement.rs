//! Hubs by a seed: each is understood, every leftover is named by its place, and only code makes a decision unknown.
//! Some of them, by the same seed, are started, people log in, and what was said before is what they meet.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use hubgate::answers::Answers;
use hubgate::standin::User;
use hubgate::tljh::login::{self, Person, Promise, Verdict, What, judge, promise};
use hubgate::tljh::look::{Decision, Look, Place};
use hubgate::tljh::{ConfigYaml, HubFiles};

use crate::case::{Case, Dice, case};
use crate::forks::Forks;
use crate::hub::{Hub, answers_by, cast};
use crate::real::{Login, RealHub};

/// A number from the environment.
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// `HUBGATE_SEED`, else another each time.
fn seed() -> u64 {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    number("HUBGATE_SEED").unwrap_or_else(now)
}

fn section(place: &Place) -> Option<&str> {
    match place {
        Place::File { section, .. } => section.as_deref(),
        Place::ConfigYaml { section, .. } => Some(section),
        _ => None,
    }
}

/// Whether the answer names the place of this leftover: as what decides, as what is beaten, as what nobody loads or
/// as what this release does not know.
fn is_named(look: &Look, class: &str, name: &str) -> bool {
    let here = |places: &[Place]| places.iter().any(|place| section(place) == Some(class));
    let in_settings = look
        .settings
        .iter()
        .filter(|setting| setting.name == name || setting.through.as_deref() == Some(name))
        .any(|setting| here(&setting.places) || here(&setting.beaten));
    let belongs_to_nobody = look
        .belongs_to_nobody
        .iter()
        .any(|stray| stray.section == class && stray.name == name);
    let in_words = look
        .warnings
        .iter()
        .any(|message| message.text.contains(name) && here(&message.places));
    in_settings || belongs_to_nobody || in_words
}

/// TLJH writes its own lists of people over these, so that they have no effect whatever they say.
fn is_overwritten(case: &Case, class: &str, name: &str) -> bool {
    let lists = ["allowed_users", "admin_users", "blocked_users"];
    let section = case
        .leftovers
        .auth
        .split("  Authenticator:\n")
        .nth(1)
        .unwrap_or_default();
    let mut lines = section.lines().take_while(|line| line.starts_with("    "));
    class == "Authenticator" && lists.contains(&name) && lines.any(|line| line.trim().starts_with(name))
}

/// What is said of a leftover whose place the look does not tell.
const UNNAMED: &str = "is named nowhere";

fn judge_look(case: &Case, look: &Look) -> Vec<String> {
    let mut wrong = Vec::new();
    if !look.errors.is_empty() {
        // A hub that does not start lets nobody in, and says why.
        let words = !look.errors.iter().all(|error| error.text.is_empty());
        return if words && look.people.is_empty() {
            wrong
        } else {
            vec!["an error without words".into()]
        };
    }
    for (class, name) in &case.set {
        if !is_overwritten(case, class, name) && !is_named(look, class, name) {
            wrong.push(format!("{class}.{name} {UNNAMED}"));
        }
    }
    for outcome in &look.people {
        if let Decision::Unknown { reason } = &outcome.decision
            && !(case.has_code && reason.contains("code of this hub's own"))
        {
            wrong.push(format!("{} is unknown: {reason}", outcome.who));
        }
    }
    wrong
}

/// Who logs in: the cast, and somebody who entered the administrator's address.
fn people() -> Vec<User> {
    let mut people = cast();
    let mut vera = User::new("vera", "a password".into());
    vera.email = Some("ada@example.org".into());
    vera.email_verified = false;
    people.push(vera);
    people
}

/// Whether the look's decision is what they met.
fn is_met(said: &Decision, met: &Login) -> bool {
    match (said, met) {
        (
            Decision::In {
                name,
                admin,
                groups,
                is_new,
            },
            Login::In { .. },
        ) => {
            let said = Login::In {
                name: name.clone(),
                admin: *admin,
                groups: groups.clone(),
                is_new: *is_new,
            };
            said == *met
        }
        (Decision::Refused { .. }, Login::Status(status)) => *status == 403,
        (Decision::Failed { status: said, .. }, Login::Status(status)) => status == said,
        (Decision::Elsewhere { .. }, Login::Elsewhere(_)) => true,
        (Decision::Elsewhere { .. }, Login::Status(status)) => *status != 403,
        // `judge_look` lets that pass only where code of the hub's own is the reason.
        (Decision::Unknown { .. }, _) => true,
        _ => false,
    }
}

/// Whether what hubgate reports is what they met: the promise, where it reports no surprise.
fn is_reported(promise: &Promise, surprise: Option<&What>, met: &Login) -> bool {
    let Login::In {
        name, admin, groups, ..
    } = met
    else {
        return match surprise {
            None => *promise == Promise::Refused,
            Some(what) => matches!(
                what,
                What::StaysOut { .. } | What::Elsewhere { .. } | What::Unknown { .. }
            ),
        };
    };
    match (surprise, promise) {
        (
            Some(What::GetsIn {
                name: said,
                admin: is_admin,
            }),
            _,
        ) => said == name && is_admin == admin,
        (Some(What::OtherName { name: said, .. }), _) => said == name,
        (Some(What::Administers), Promise::In(promised)) => promised.name == *name && *admin,
        (Some(What::DoesNotAdminister), Promise::In(promised)) => promised.name == *name && !admin,
        (Some(What::OtherGroups { groups: said, .. }), Promise::In(promised)) => {
            promised.name == *name && promised.admin == *admin && said == groups
        }
        (Some(What::Unknown { .. }), _) => true,
        (None, Promise::In(promised)) => {
            let same_groups = promised.groups.as_ref().is_none_or(|promised| promised == groups);
            promised.name == *name && promised.admin == *admin && same_groups
        }
        _ => false,
    }
}

/// What hubgate reports of this look.
fn verdict(hub: &Hub, answers: &Answers, look: &Look) -> Verdict {
    let files = HubFiles::new(&hub.prefix);
    let bytes = std::fs::read(files.config_yaml()).unwrap();
    let people = people().into_iter().map(|account| Person {
        who: account.username.clone(),
        account,
    });
    judge(&login::Case {
        answers,
        files: &files,
        config: &ConfigYaml::parse(&bytes).unwrap(),
        people: &people.collect::<Vec<_>>(),
        look,
    })
}

/// Starts the hub, lets everybody log in, and says what is not as the look said.
fn meet(hub: &Hub, answers: &Answers, look: &Look) -> Vec<String> {
    let people = people();
    let verdict = verdict(hub, answers, look);
    match RealHub::start(hub, &people) {
        Err(_) if !look.errors.is_empty() => Vec::new(),
        Err(log) => {
            let end = log.len().saturating_sub(3000);
            vec![format!(
                "the hub does not start, and nothing was said of it: {}",
                String::from_utf8_lossy(&log.as_bytes()[end..])
            )]
        }
        Ok(_) if !look.errors.is_empty() => vec![format!("the hub starts, in spite of {:?}", look.errors)],
        Ok(real) => {
            let mut wrong = Vec::new();
            for (person, outcome) in people.iter().zip(&look.people) {
                let met = real.log_in(person);
                let mut surprises = verdict.surprises.iter();
                let surprise = surprises.find(|one| one.who == person.username || one.who == "everybody");
                let reported = surprise.map(|surprise| &surprise.what);
                if !is_met(&outcome.decision, &met) || !is_reported(&promise(answers, person), reported, &met)
                {
                    let said = &outcome.decision;
                    wrong.push(format!(
                        "{}: said {said:?}, reported {surprise:?}, met {met:?}",
                        outcome.who
                    ));
                }
            }
            wrong
        }
    }
}

/// The hub's database, with people who were there before.
fn fill_database(hub: &Hub, known: &[(String, bool)]) {
    let database = hub.prefix.join("state/jupyterhub.sqlite");
    let mut script = format!(
        "from jupyterhub import orm\ndb = orm.new_session_factory('sqlite:///{}')()\n",
        database.display()
    );
    for (name, is_admin) in known {
        let admin = if *is_admin { "True" } else { "False" };
        script += &format!("db.add(orm.User(name='{name}', admin={admin}))\n");
    }
    script += "db.commit()\n";
    let mut python = Command::new(&hub.python)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(python.wait().unwrap().success());
}

/// What is wrong with this number's case.
fn play(forks: &Forks, seed: u64, number: u64, is_started: bool) -> Vec<String> {
    let case = case(seed, number);
    let answers = answers_by(case.oauthenticator, case.allow, case.claim);
    let hub = Hub::with_people(
        &format!("generated-{number}"),
        forks.command(case.oauthenticator),
        &answers,
        &case.leftovers,
        &people(),
    );
    if !case.known.is_empty() {
        fill_database(&hub, &case.known);
    }
    let begun = Instant::now();
    let look = hub.look();
    let looked = begun.elapsed().as_millis();
    let mut wrong = judge_look(&case, &look);
    let mut met = String::new();
    if is_started {
        wrong.extend(meet(&hub, &answers, &look));
        met = format!(", started {} ms", begun.elapsed().as_millis() - looked);
    }
    println!(
        "{number}: {} {} {} {:?}: looked {looked} ms{met}; {}",
        case.oauthenticator,
        case.allow,
        case.claim,
        case.set,
        in_short(&look)
    );
    let _ = std::fs::remove_dir_all(&hub.prefix);
    wrong
        .into_iter()
        .map(|words| format!("{number}: {words}\n{case:?}"))
        .collect()
}

fn in_short(look: &Look) -> String {
    let decisions = look.people.iter().map(|outcome| match outcome.decision {
        Decision::In { admin: true, .. } => "admin",
        Decision::In { .. } => "in",
        Decision::Refused { .. } => "refused",
        Decision::Failed { .. } => "failed",
        Decision::Elsewhere { .. } => "elsewhere",
        Decision::Unknown { .. } => "unknown",
    });
    let errors = look.errors.iter().map(|error| error.text.as_str());
    decisions.chain(errors).collect::<Vec<_>>().join(" ")
}

/// Which of so many are started: drawn like lots.
fn draw(seed: u64, of: u64, starts: u64) -> Vec<u64> {
    let mut dice = Dice::new(!seed);
    let mut lots: Vec<u64> = (0..of).collect();
    let mut drawn = Vec::new();
    while (drawn.len() as u64) < starts && !lots.is_empty() {
        let lot = dice.pick(&lots);
        lots.retain(|other| *other != lot);
        drawn.push(lot);
    }
    drawn
}

#[test]
fn what_is_said_of_a_generated_hub_is_what_people_meet_there() {
    let seed = seed();
    let looks = number("HUBGATE_LOOKS").unwrap_or(24);
    let starts = number("HUBGATE_STARTS").unwrap_or(2);
    println!("HUBGATE_SEED={seed} HUBGATE_LOOKS={looks} HUBGATE_STARTS={starts}");
    let drawn = draw(seed, looks, starts);
    let forks = Forks::start();
    let (next, wrong) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= looks {
                        return;
                    }
                    let found = play(&forks, seed, number, drawn.contains(&number));
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let found = wrong.into_inner().unwrap();
    let (unnamed, wrong): (Vec<String>, Vec<String>) =
        found.into_iter().partition(|found| found.contains(UNNAMED));
    println!(
        "{looks} hubs looked at, {} of them started: {} wrong, {} leftovers not named",
        drawn.len(),
        wrong.len(),
        unnamed.len()
    );
    println!("{}", unnamed.join("\n"));
    assert!(wrong.is_empty(), "HUBGATE_SEED={seed}\n{}", wrong.join("\n"));
    // What has no effect is told too, as far as traitlets lets it be seen: two in a hundred may be missed.
    let most = looks / 50;
    assert!(
        unnamed.len() as u64 <= most,
        "HUBGATE_SEED={seed}\n{}",
        unnamed.join("\n")
    );
}
