#![allow(clippy::unwrap_used)]
use super::*;
use crate::hub::RELEASES;
use crate::standin::User;

fn person(who: &str) -> Person {
    Person {
        who: who.to_owned(),
        account: User::new("Ada", "password".into()),
    }
}

fn ada(admin: bool, groups: Option<&[&str]>) -> Identity {
    let groups = groups.map(|groups| groups.iter().map(ToString::to_string).collect());
    Identity {
        name: "ada".into(),
        admin,
        groups,
    }
}

fn seen_as(identity: Identity) -> VisitOutcome {
    VisitOutcome::In {
        identity,
        logout_fault: None,
    }
}

fn is_ok(promise: Promise, outcome: VisitOutcome) -> bool {
    let mut report = RehearsalReport::new(&RELEASES[0], "17.4.0", "3.11.7", "/env".into());
    report.add(&person("someone"), &promise, outcome);
    assert_eq!(report.ok, report.people[0].ok);
    report.ok
}

#[test]
fn a_promise_is_kept_by_the_same_name_rights_and_groups_alone() {
    let promise = || Promise::In(ada(true, Some(&["g"])));
    assert!(is_ok(promise(), seen_as(ada(true, Some(&["g"])))));
    assert!(!is_ok(promise(), seen_as(ada(false, Some(&["g"])))));
    assert!(!is_ok(promise(), seen_as(ada(true, Some(&[])))));
    let other = Identity {
        name: "bob".into(),
        ..ada(true, Some(&["g"]))
    };
    assert!(!is_ok(promise(), seen_as(other)));
    assert!(!is_ok(
        promise(),
        VisitOutcome::Refused {
            status: 403,
            says: String::new()
        }
    ));
}

#[test]
fn groups_that_nobody_promised_do_not_count() {
    assert!(is_ok(
        Promise::In(ada(false, None)),
        seen_as(ada(false, Some(&["by hand"])))
    ));
}

#[test]
fn a_refusal_is_a_403_and_nothing_else() {
    let says = || "no".to_owned();
    assert!(is_ok(
        Promise::Refused,
        VisitOutcome::Refused {
            status: 403,
            says: says()
        }
    ));
    assert!(!is_ok(
        Promise::Refused,
        VisitOutcome::Refused {
            status: 500,
            says: says()
        }
    ));
    assert!(!is_ok(Promise::Refused, VisitOutcome::Lost(says())));
    assert!(!is_ok(Promise::Refused, seen_as(ada(false, None))));
}

#[test]
fn a_login_that_cannot_be_ended_is_a_fault() {
    let outcome = VisitOutcome::In {
        identity: ada(false, None),
        logout_fault: Some("still logged in".into()),
    };
    assert!(!is_ok(Promise::In(ada(false, None)), outcome));
}

#[test]
fn a_complaint_in_the_log_is_a_fault() {
    let mut report = RehearsalReport::new(&RELEASES[0], "17.4.0", "3.11.7", "/env".into());
    report.read("[W 2026 JupyterHub x:1] GenericOAuthenticator.x is deprecated");
    assert!(!report.ok);
    assert!(report.lines().iter().any(|line| line.contains("x is deprecated")));
}

#[test]
fn the_table_puts_what_was_promised_beside_what_happened() {
    let mut report = RehearsalReport::new(&RELEASES[1], "16.3.0", "3.11.7", "/env".into());
    report.add(
        &person("administrator ada"),
        &Promise::In(ada(true, None)),
        seen_as(ada(true, None)),
    );
    let refused = |says: &str| VisitOutcome::Refused {
        status: 403,
        says: says.into(),
    };
    report.add(&person("eve"), &Promise::Refused, refused("Sorry."));
    report.add(&person("mallory"), &Promise::Refused, refused("Sorry."));
    report.add(
        &person("bob"),
        &Promise::In(ada(false, None)),
        VisitOutcome::Refused {
            status: 500,
            says: "Oops.".into(),
        },
    );
    let expected = [
        "   who                expected                  got",
        "✓  administrator ada  in as ada, administrator  in as ada, administrator",
        "✓  eve                refused                   refused",
        "✓  mallory            refused                   refused",
        "✗  bob                in as ada                 HTTP 500: Oops.",
        "   “Sorry.” to eve; mallory",
    ];
    assert_eq!(report.lines(), expected);
    assert_eq!(report.in_place_of.as_deref(), Some("16.3.0"));
}
