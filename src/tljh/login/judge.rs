//! The promise against the decision, person by person.

use super::blame::{Grounds, blame};
use super::cast::Person;
use super::promise::{Identity, Promise, promise};
use super::verdict::{Blame, Mend, Surprise, Verdict, Weight, What};
use crate::answers::Answers;
use crate::tljh::look::{Decision, Look, Place};
use crate::tljh::{ConfigYaml, HubFiles};

/// What is held against each other.
pub struct Case<'a> {
    /// What was promised.
    pub answers: &'a Answers,
    /// Where the hub keeps what.
    pub files: &'a HubFiles,
    /// What `config.yaml` says.
    pub config: &'a ConfigYaml,
    /// Whose logins were played, in the order of the look.
    pub people: &'a [Person],
    /// What the hub's Python says.
    pub look: &'a Look,
}

/// What the hub decides, held against what the answers promise.
pub fn judge(case: &Case<'_>) -> Verdict {
    let mut verdict = Verdict {
        errors: case.look.errors.clone(),
        warnings: case.look.warnings.clone(),
        surprises: Vec::new(),
    };
    if !verdict.errors.is_empty() {
        return verdict;
    }
    for (at, person) in case.people.iter().enumerate() {
        let promised = promise(case.answers, &person.account);
        let decision = case.look.people.get(at).map(|outcome| &outcome.decision);
        let unplayed = Decision::Unknown {
            reason: "the hub's Python says nothing of them".to_owned(),
        };
        let Some(what) = difference(&promised, decision.unwrap_or(&unplayed)) else {
            continue;
        };
        let name = match &promised {
            Promise::In(identity) => Some(identity.name.as_str()),
            Promise::Refused => None,
        };
        let blame = blame(&Grounds {
            case,
            what: &what,
            name,
        });
        let weight = weight(
            &what,
            &blame,
            name.is_some_and(|name| is_named(case.answers, name)),
        );
        verdict.surprises.push(Surprise {
            who: person.who.clone(),
            what,
            weight,
            blame,
        });
    }
    together(&mut verdict.surprises, case.people.len());
    administrators_of_the_database(case, &mut verdict.surprises);
    verdict.surprises.sort_by_key(|surprise| surprise.weight);
    verdict
}

/// What is not as promised; none where all is.
fn difference(promised: &Promise, decision: &Decision) -> Option<What> {
    let reason = |reason: &String| reason.clone();
    match (promised, decision) {
        (_, Decision::Unknown { reason: why }) => Some(What::Unknown { reason: reason(why) }),
        (_, Decision::Elsewhere { reason: why }) => Some(What::Elsewhere { reason: reason(why) }),
        // An error lets nobody in.
        (Promise::Refused, Decision::Refused { .. } | Decision::Failed { .. }) => None,
        (Promise::Refused, Decision::In { name, admin, .. }) => Some(What::GetsIn {
            name: name.clone(),
            admin: *admin,
        }),
        (Promise::In(_), Decision::Refused { reason: why }) => Some(What::StaysOut { reason: reason(why) }),
        (Promise::In(_), Decision::Failed { status, reason }) => Some(What::StaysOut {
            reason: format!("error {status}: {reason}"),
        }),
        (
            Promise::In(identity),
            Decision::In {
                name, admin, groups, ..
            },
        ) => other_identity(identity, name, *admin, groups),
    }
}

fn other_identity(promised: &Identity, name: &str, admin: bool, groups: &[String]) -> Option<What> {
    if promised.name != name {
        return Some(What::OtherName {
            promised: promised.name.clone(),
            name: name.to_owned(),
        });
    }
    match (promised.admin, admin) {
        (false, true) => return Some(What::Administers),
        (true, false) => return Some(What::DoesNotAdminister),
        _ => {}
    }
    let other = promised.groups.as_ref().filter(|promised| *promised != groups)?;
    Some(What::OtherGroups {
        promised: other.clone(),
        groups: groups.to_vec(),
    })
}

fn is_named(answers: &Answers, name: &str) -> bool {
    let mut listed = answers.hub.admins.iter().chain(&answers.access.users);
    listed.any(|listed| listed.as_str() == name)
}

/// Whom the hub's own lists name and the answers do not is told: they are people's, and may be meant.
fn weight(what: &What, blame: &[Blame], is_named: bool) -> Weight {
    let in_a_list = |blame: &Blame| matches!(blame.mend, Mend::RemoveItem { .. });
    match what {
        What::Unknown { .. } => Weight::Unknown,
        What::GetsIn { .. } | What::Administers | What::StaysOut { .. }
            if !is_named && !blame.is_empty() && blame.iter().all(in_a_list) =>
        {
            Weight::Told
        }
        _ => Weight::Refused,
    }
}

/// What is so for everybody is told once.
fn together(surprises: &mut Vec<Surprise>, people: usize) {
    let Some(first) = surprises.first().cloned() else {
        return;
    };
    let same = |other: &Surprise| other.what == first.what && other.blame == first.blame;
    let is_general = matches!(
        first.what,
        What::StaysOut { .. } | What::Unknown { .. } | What::Elsewhere { .. }
    );
    if is_general && people > 1 && surprises.len() == people && surprises.iter().all(same) {
        surprises.truncate(1);
        for surprise in surprises {
            surprise.who = "everybody".to_owned();
        }
    }
}

/// Who administers the hub by its database alone does so until somebody takes it away.
fn administrators_of_the_database(case: &Case<'_>, surprises: &mut Vec<Surprise>) {
    let listed = case.config.texts("users.admin");
    let users = case.look.database.iter().flat_map(|database| &database.users);
    for user in users.filter(|user| user.admin && !listed.contains(&user.name.as_str())) {
        let name = &user.name;
        if case.answers.hub.admins.iter().any(|admin| admin.as_str() == name) {
            continue;
        }
        surprises.push(Surprise {
            who: format!("{name}, whom the hub's database names,"),
            what: What::Administers,
            weight: Weight::Told,
            blame: vec![Blame {
                setting: name.clone(),
                of_class: None,
                place: Place::Database,
                mend: Mend::OnTheHub { name: name.clone() },
            }],
        });
    }
}
