//! Each fault of the Cognito stand-in: named, and nothing beside it; or not to be seen without a person.

use clap::ValueEnum as _;
use hubgate::standin::{Endpoint, Fault, Faults};
use hubgate::verify::{Outcome, StageCause, StageName};

use crate::world::{World, answers, assert_all_pass, assert_finds};

/// What verify has to say of a fault.
enum Seen {
    /// It is wrong.
    Fails(StageName, StageCause),
    /// Neither right nor wrong can be told of these stages.
    Unknown(&'static [StageName], StageCause),
    /// It shows in a person's login alone; everything that verify can see is right.
    NotWithoutAPerson,
    /// Nothing is wrong: the answers are right, only late.
    Nothing,
}

const COGNITO: &[StageName] = &[
    StageName::CognitoClient,
    StageName::ClientSecret,
    StageName::SignOut,
];

fn seen(fault: Fault) -> Seen {
    use StageName::{ClientSecret, CognitoClient, SignOut};
    match fault {
        Fault::RedirectMismatch => Seen::Fails(CognitoClient, StageCause::RedirectMismatch),
        Fault::UnknownClient => Seen::Fails(CognitoClient, StageCause::UnknownClient),
        Fault::NoIdentityProvider => Seen::Fails(CognitoClient, StageCause::ClientNotEnabled),
        Fault::InvalidScope | Fault::InvalidScopeAsDocumented => {
            Seen::Fails(CognitoClient, StageCause::InvalidScope)
        }
        Fault::FlowNotAllowed => Seen::Fails(CognitoClient, StageCause::FlowNotAllowed),
        Fault::BrandingMissing => Seen::Fails(CognitoClient, StageCause::BrandingMissing),
        Fault::NoSuchDomain => Seen::Fails(CognitoClient, StageCause::NoSuchDomain),
        Fault::WrongSecret => Seen::Fails(ClientSecret, StageCause::WrongSecret),
        Fault::TokenOddAnswer => Seen::Unknown(&[ClientSecret], StageCause::OddAnswer),
        Fault::TokenServerError => Seen::Unknown(&[ClientSecret], StageCause::CognitoTrouble),
        Fault::SignOutRefused => Seen::Fails(SignOut, StageCause::SignOutRefused),
        Fault::NotHttp | Fault::Hang => Seen::Unknown(COGNITO, StageCause::CognitoUnreachable),
        Fault::Slow => Seen::Nothing,
        Fault::CodeRefused | Fault::Userinfo401 | Fault::IdTokenWithoutGroups | Fault::JwksMissing => {
            Seen::NotWithoutAPerson
        }
    }
}

#[test]
fn a_healthy_hub_passes_every_stage() {
    let report = World::new().verify();
    assert_all_pass(&report);
    let names: Vec<_> = report.stages.iter().map(|stage| stage.name).collect();
    assert_eq!(names, StageName::ALL);
}

#[test]
fn each_fault_is_named_and_nothing_beside_it() {
    for &fault in Fault::value_variants() {
        let mut world = World::new().with_fault(fault);
        world.patience.answer =
            std::time::Duration::from_millis(if fault == Fault::Hang { 300 } else { 5000 });
        println!("{fault:?}");
        let report = world.verify();
        match seen(fault) {
            Seen::Fails(name, cause) => {
                assert_finds(&report, &[(name, Outcome::Fail, cause)]);
                assert_eq!(report.worst(), Outcome::Fail);
            }
            Seen::Unknown(names, cause) => {
                let wanted: Vec<_> = names
                    .iter()
                    .map(|name| (*name, Outcome::Unknown, cause))
                    .collect();
                assert_finds(&report, &wanted);
            }
            Seen::NotWithoutAPerson => {
                assert_all_pass(&report);
                let limits = report.not_checked.join(" ");
                assert!(
                    limits.contains("what Cognito tells the hub about a person"),
                    "{limits}"
                );
            }
            Seen::Nothing => assert_all_pass(&report),
        }
    }
}

#[test]
fn a_fault_that_is_no_client_at_all_leaves_secret_and_sign_out_open() {
    let report = World::new().with_fault(Fault::UnknownClient).verify();
    for name in [StageName::ClientSecret, StageName::SignOut] {
        let stage = report.stage(name).unwrap();
        assert_eq!(
            (stage.outcome, stage.cause),
            (Outcome::Unknown, Some(StageCause::NotAsked))
        );
    }
}

#[test]
fn the_callback_and_sign_out_urls_to_register_are_said_to_the_letter() {
    let report = World::new().with_fault(Fault::RedirectMismatch).verify();
    let remedy = report
        .stage(StageName::CognitoClient)
        .unwrap()
        .remedy
        .clone()
        .unwrap();
    assert!(
        remedy.ends_with("allowed callback URLs: https://hub.example.org/hub/oauth_callback"),
        "{remedy}"
    );
    let report = World::new().with_fault(Fault::SignOutRefused).verify();
    let remedy = report.stage(StageName::SignOut).unwrap().remedy.clone().unwrap();
    assert!(
        remedy.ends_with("(the last slash counts): https://hub.example.org/"),
        "{remedy}"
    );
}

#[test]
fn a_page_that_hangs_alone_is_the_only_one_not_known() {
    for (endpoint, name) in [
        (Endpoint::Authorize, StageName::CognitoClient),
        (Endpoint::Login, StageName::CognitoClient),
        (Endpoint::Token, StageName::ClientSecret),
        (Endpoint::Logout, StageName::SignOut),
    ] {
        let mut world = World::new();
        world.patience.answer = std::time::Duration::from_millis(300);
        world.cognito.set_faults(Faults {
            only_at: Some(endpoint),
            ..Faults::of([Fault::Hang])
        });
        assert_finds(
            &world.verify(),
            &[(name, Outcome::Unknown, StageCause::CognitoUnreachable)],
        );
    }
}

#[test]
fn the_oldest_oauthenticator_shows_its_secret_in_a_header_and_has_no_pkce() {
    let world = World::of(&answers(&[(
        "allow = \"all\"",
        "allow = \"all\"\n[target]\noauthenticator = \"14.2.0\"",
    )]));
    assert_all_pass(&world.verify());
    let report = world.with_fault(Fault::WrongSecret).verify();
    assert_finds(
        &report,
        &[(StageName::ClientSecret, Outcome::Fail, StageCause::WrongSecret)],
    );
}

#[test]
fn two_faults_are_both_named() {
    let world = World::new();
    world
        .cognito
        .set_faults(Faults::of([Fault::RedirectMismatch, Fault::WrongSecret]));
    let wanted = [
        (
            StageName::CognitoClient,
            Outcome::Fail,
            StageCause::RedirectMismatch,
        ),
        (StageName::ClientSecret, Outcome::Fail, StageCause::WrongSecret),
    ];
    assert_finds(&world.verify(), &wanted);
}

#[test]
fn cognito_is_asked_although_the_hub_is_down() {
    let world = World::new().with_fault(Fault::RedirectMismatch);
    world.hub.change(|hub| {
        hub.instead = Some(crate::machine::Instead {
            status: 502,
            body: "Bad Gateway".into(),
        });
    });
    let wanted = [
        (StageName::HubApi, Outcome::Fail, StageCause::HubDown),
        (
            StageName::CognitoClient,
            Outcome::Fail,
            StageCause::RedirectMismatch,
        ),
    ];
    assert_finds(&world.verify(), &wanted);
}
