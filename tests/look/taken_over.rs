//! What is to blame is taken out, and the hub's own Python asked again: then the hub does what the answers promise.

use std::fs;

use hubgate::apply::{contradictions, judge_candidate};
use hubgate::host::{Interrupt, SystemHost};
use hubgate::plan::{Goal, Plan, plan};
use hubgate::render::render_awscognito;
use hubgate::secret::Secret;
use hubgate::tljh::HubFiles;
use hubgate::tljh::observe::observe;

use crate::hub::{Hub, Leftovers, RELEASES, answers};

/// The plan after which nobody is surprised any more, and how often the hub was asked.
fn taken_over(name: &str, release: &str, leftovers: &Leftovers) -> (Plan, usize) {
    let answers = answers(release, "users");
    let hub = Hub::lay_out(&format!("taken-over-{name}-{release}"), &answers, leftovers);
    let host = SystemHost::with_interrupt(Interrupt::new());
    let python = HubFiles::new(&hub.prefix).python();
    fs::create_dir_all(python.parent().unwrap()).unwrap();
    fs::copy(&hub.python, &python).unwrap();
    let observed = observe(&host, &hub.prefix).unwrap();
    let mut taken = Vec::new();
    for round in 1..10 {
        let goal = Goal {
            answers: &answers,
            awscognito_py: &render_awscognito(&answers).unwrap(),
            secret: &Secret::new("a secret of no pool".to_owned()),
            take_over: &taken,
        };
        let plan = plan(&goal, &observed).unwrap();
        let shadow = hub.prefix.with_extension("shadow");
        let verdict = judge_candidate(&host, &observed, &plan.steps, &shadow, &answers).unwrap();
        if !verdict.is_refused() {
            return (plan, round);
        }
        let more = contradictions(&verdict).into_iter().map(|(what, _)| what);
        let more: Vec<_> = more.filter(|what| !taken.contains(what)).collect();
        assert!(
            !more.is_empty(),
            "nothing more to take out: {:#?}",
            verdict.faults()
        );
        taken.extend(more);
    }
    panic!("no end: {taken:?}")
}

fn in_file(text: &str) -> Leftovers {
    Leftovers {
        files: vec![("zz.py".into(), text.into())],
        ..Leftovers::default()
    }
}

fn steps(plan: &Plan) -> String {
    plan.steps.iter().map(|step| format!("{step}\n")).collect()
}

#[test]
fn in_config_yaml() {
    let leftovers = Leftovers {
        auth: "  GenericOAuthenticator:\n    allow_all: true\n    admin_users: [mallory]\n".into(),
        users: "  banned: [grace]\n".into(),
        ..Leftovers::default()
    };
    for release in [RELEASES[0], RELEASES[2]] {
        let (plan, rounds) = taken_over("yaml", release, &leftovers);
        let steps = steps(&plan);
        assert!(
            steps.contains("unset auth.GenericOAuthenticator.allow_all"),
            "{steps}"
        );
        assert!(
            steps.contains("unset auth.GenericOAuthenticator.admin_users"),
            "{steps}"
        );
        assert!(steps.contains("remove-item users.banned grace"), "{steps}");
        assert!(rounds > 1);
    }
}

#[test]
fn in_statements_of_another_file() {
    let text = "c.Spawner.cmd = ['x']\nc.GenericOAuthenticator.allowed_users = {\n    'mallory',  # }\n    \"eve\"\n}\n\
                if True:\n    c.Authenticator.allow_all = True\n";
    let (plan, _) = taken_over("lines", RELEASES[0], &in_file(text));
    let steps = steps(&plan);
    assert!(
        steps.contains("comment out lines 2 to 5 and line 7 of"),
        "{steps}"
    );
}

#[test]
fn in_a_file_that_has_to_go_aside() {
    let text = "x = 1; c.Authenticator.allow_all = True\n";
    let (plan, _) = taken_over("tangle", RELEASES[1], &in_file(text));
    let steps = steps(&plan);
    assert!(
        steps.contains("zz.py.before-hubgate") && steps.contains("remove "),
        "{steps}"
    );
}
