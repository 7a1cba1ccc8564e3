//! The promise against the decision, person by person.

use super::blame::{Grounds, blame};
use super::cast::{Person, whom_the_hub_names};
use super::promise::{Identity, Promise, promise};
use super::verdict::{Blame, Mend, Surprise, Verdict, Weight, What};
use crate::answers::Answers;
use crate::tljh::look::{Decision, Look};
use crate::tljh::{ConfigYaml, HubFiles};

/// Who, where it is so for all.
const EVERYBODY: &str = "everybody";

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
    let silent = Decision::Unknown {
        reason: "the hub's Python says nothing of them".to_owned(),
    };
    for (at, person) in case.people.iter().enumerate() {
        let decision = case
            .look
            .people
            .get(at)
            .map_or(&silent, |outcome| &outcome.decision);
        verdict.surprises.extend(surprise(case, person, decision));
    }
    together(&mut verdict.surprises, case.people.len());
    if !verdict.surprises.iter().any(|surprise| surprise.who == EVERYBODY) {
        for outcome in &case.look.named {
            let person = whom_the_hub_names(case.answers, &outcome.who);
            let found = person.and_then(|person| surprise(case, &person, &outcome.decision));
            verdict.surprises.extend(found);
        }
    }
    verdict.surprises.sort_by_key(|surprise| surprise.weight);
    verdict
}

fn surprise(case: &Case<'_>, person: &Person, decision: &Decision) -> Option<Surprise> {
    let promised = promise(case.answers, &person.account);
    let what = difference(&promised, decision)?;
    let name = match &promised {
        Promise::In(identity) => Some(identity.name.as_str()),
        Promise::Refused => None,
    };
    let blame = blame(&Grounds {
        case,
        what: &what,
        name,
    });
    let is_named = name.is_some_and(|name| is_named(case.answers, name));
    Some(Surprise {
        who: person.who.clone(),
        weight: weight(&what, &blame, is_named),
        what,
        blame,
    })
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
    let in_a_list = |blame: &Blame| matches!(blame.mend, Mend::RemoveItem { .. } | Mend::OnTheHub { .. });
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
            surprise.who = EVERYBODY.to_owned();
        }
    }
}
