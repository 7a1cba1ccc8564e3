//! The questions, answered by a script.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::answers::Answers;
use crate::host::memory::MemoryHost;
use crate::ui::prompt::scripted::Does::{self, Back, Picks, Stops, Types};
use crate::ui::prompt::scripted::Scripted;

const DOMAIN: &str = "my-hub.auth.eu-west-1.amazoncognito.com";
const ID: &str = "3n4b5urk1ft4fl3mg5e62d9ado";
const SECRET: &str = "canary0secret0canary0secret0";

/// Answers in the order of asking, up to where the tests begin to differ.
const HUB: [Does; 3] = [
    Types("https://hub.example.org"),
    Picks("letsencrypt"),
    Types("ops@example.org"),
];
const CLIENT: [Does; 4] = [
    Types(DOMAIN),
    Types(ID),
    Picks("SSM parameter"),
    Types("/hubgate/secret"),
];
const PEOPLE: [Does; 4] = [
    Picks("username"),
    Types("ada"),
    Picks("users"),
    Types("grace, katherine"),
];

fn start(given: &[(Key, &str)]) -> Start {
    let origin = |key: Key| Origin::Flag(key.setting().flag);
    let one = |(key, text): &(Key, &str)| (*key, Given::one(*text, origin(*key)));
    Start {
        given: given.iter().map(one).collect(),
        problems: Problems::default(),
        found: None,
        secret_file: "~/.config/hubgate/cognito.secret".to_owned(),
    }
}

fn host() -> MemoryHost {
    let host = MemoryHost::new();
    host.set_var("HOME", "/home/ada");
    host
}

/// What came of a script, and what was seen meanwhile.
fn answered(start: Start, script: &[&[Does]]) -> (Answers, Scripted) {
    let mut scripted = Scripted::new(script.concat());
    let host = host();
    let checked = Wizard::new(&mut scripted, &host, start).settle().unwrap();
    assert!(
        scripted.is_done(),
        "not asked for everything: {:#?}",
        scripted.seen
    );
    (checked.answers, scripted)
}

#[test]
fn a_person_is_asked_for_what_is_needed_in_order() {
    let (answers, scripted) = answered(start(&[]), &[&HUB, &CLIENT, &PEOPLE]);
    assert_eq!(
        answers.callback_url(),
        "https://hub.example.org/hub/oauth_callback"
    );
    assert_eq!(answers.cognito.client_secret.to_string(), "ssm:/hubgate/secret");
    assert_eq!(answers.cognito.scopes.joined(), "openid email");
    assert_eq!(
        scripted.seen,
        [
            "Hub's address",
            "HTTPS",
            "E-mail address",
            "Cognito domain",
            "Client ID",
            "Client secret",
            "Name or ARN",
            "User names",
            "Administrators",
            "Who may log in",
            "Users"
        ]
    );
}

#[test]
fn what_is_known_is_not_asked() {
    let given = [
        (Key::HubUrl, "https://hub.example.org"),
        (Key::HttpsMode, "proxy"),
        (Key::Domain, DOMAIN),
        (Key::ClientSecret, "ssm:x"),
        (Key::Username, "email"),
        (Key::Admins, "ada@example.org"),
        (Key::Allow, "all"),
    ];
    let (answers, scripted) = answered(start(&given), &[&[Types(ID)]]);
    assert_eq!(scripted.seen, ["Client ID"]);
    assert_eq!(answers.cognito.client_id.as_str(), ID);
}

#[test]
fn who_knows_everything_is_asked_nothing() {
    let given = [
        (Key::HubUrl, "http://localhost:8000"),
        (Key::Domain, DOMAIN),
        (Key::ClientId, ID),
        (Key::ClientSecret, "ssm:x"),
        (Key::Allow, "all"),
    ];
    let (_, scripted) = answered(start(&given), &[]);
    assert!(scripted.seen.is_empty());
}

#[test]
fn a_wrong_value_that_was_given_is_shown_and_asked_again() {
    let mut known = start(&[(Key::HubUrl, "https://hub.example.org/lab"), (Key::Allow, "all")]);
    known
        .given
        .insert(Key::ClientId, Given::one("no id", Origin::Flag("client-id")));
    let people = [Picks("username"), Types("")];
    let (answers, scripted) = answered(known, &[&HUB, &CLIENT, &people]);
    assert!(scripted.saw("--hub-url: 'https://hub.example.org/lab' has the path /lab"));
    assert!(scripted.saw("--client-id: 'no id' is not a client id: a space does not occur in one"));
    assert_eq!(answers.cognito.client_id.as_str(), ID);
}

#[test]
fn a_secret_given_in_place_of_its_source_is_never_shown() {
    let (_, scripted) = answered(start(&[(Key::ClientSecret, SECRET)]), &[&HUB, &CLIENT, &PEOPLE]);
    assert!(scripted.saw("this looks like the secret itself"));
    assert!(!scripted.saw(SECRET));
}

#[test]
fn going_back_asks_again_and_keeps_the_answers_in_between() {
    let detour = [
        Types("wrong.auth.eu-west-1.amazoncognito.com"),
        Types("<"),
        Types(DOMAIN),
        Types(ID),
        Back,
        Types("<"),
        Types(""),
        Types(""),
        Picks("SSM parameter"),
        Types("<"),
        Picks("SSM parameter"),
        Types("/hubgate/secret"),
    ];
    let (answers, _) = answered(start(&[]), &[&HUB, &detour, &PEOPLE]);
    assert_eq!(answers.cognito.domain.as_str(), DOMAIN);
    assert_eq!(answers.cognito.client_id.as_str(), ID);
}

#[test]
fn there_is_nothing_before_the_first_question() {
    let (_, scripted) = answered(start(&[]), &[&[Back], &HUB, &CLIENT, &PEOPLE]);
    assert!(scripted.saw("This is the first question"));
}

#[test]
fn answers_that_do_not_fit_together_are_asked_again() {
    let hub = [
        Types("ec2-1-2-3-4.eu-west-1.compute.amazonaws.com"),
        Picks("letsencrypt"),
        Types("ops@example.org"),
    ];
    let (answers, scripted) = answered(start(&[]), &[&hub, &[Types("hub.example.org")], &CLIENT, &PEOPLE]);
    assert!(scripted.saw("Let's Encrypt issues no certificate for ec2-1-2-3-4"));
    assert_eq!(answers.hub.url.as_str(), "https://hub.example.org");
}

#[test]
fn nobody_is_reproached_for_names_that_are_asked_next() {
    let people = [
        Picks("username"),
        Types(""),
        Picks("groups"),
        Types("staff"),
        Picks("cognito:groups"),
    ];
    let (_, scripted) = answered(start(&[]), &[&HUB, &CLIENT, &people]);
    assert!(!scripted.saw("no group is named"));
}

#[test]
fn groups_may_come_from_a_claim_of_one_s_own() {
    let people = [
        Picks("username"),
        Types(""),
        Picks("groups"),
        Types("staff"),
        Picks("another claim"),
        Types("custom:department"),
    ];
    let (answers, _) = answered(start(&[]), &[&HUB, &CLIENT, &people]);
    assert_eq!(answers.access.groups_claim.as_str(), "custom:department");
    assert_eq!(answers.cognito.scopes.joined(), "openid email profile");
}

#[test]
fn another_answer_than_the_one_complained_of_may_be_changed() {
    let hub = [
        Types("ec2-1-2-3-4.eu-west-1.compute.amazonaws.com"),
        Picks("letsencrypt"),
        Types("ops@example.org"),
    ];
    let instead = [Back, Picks("HTTPS"), Picks("proxy")];
    let (answers, _) = answered(start(&[]), &[&hub, &instead, &CLIENT, &PEOPLE]);
    assert_eq!(answers.https, crate::answers::Https::Proxy);
}

#[test]
fn what_an_answer_made_useless_is_left_out() {
    let mut known = start(&[(Key::HttpsEmail, "ops@example.org")]);
    known
        .given
        .insert(Key::Groups, Given::one("staff", Origin::Flag("allow-group")));
    let hub = [Types("https://hub.example.org"), Picks("proxy")];
    let (answers, scripted) = answered(known, &[&hub, &CLIENT, &PEOPLE]);
    assert!(scripted.saw("--https-email: https.email is left out, since nothing uses it now"));
    assert!(scripted.saw("--allow-group: access.groups is left out"));
    assert!(answers.access.groups.is_empty());
}

#[test]
fn a_setting_that_is_rarely_needed_can_be_changed_at_the_end() {
    let mut scripted = Scripted::new(
        [
            &HUB[..],
            &CLIENT,
            &PEOPLE,
            &[Picks("Path of the hub"), Types("jupyter")],
            &[Picks("HTTPS"), Picks("certificate")],
            &[Types("/etc/ssl/hub.crt"), Types("/etc/ssl/hub.key")],
        ]
        .concat(),
    );
    let host = host();
    let mut wizard = Wizard::new(&mut scripted, &host, start(&[]));
    wizard.settle().unwrap();
    wizard.change().unwrap();
    wizard.change().unwrap();
    let answers = wizard.settle().unwrap().answers;
    assert_eq!(answers.sign_out_url(), "https://hub.example.org/jupyter/");
    let saved = wizard.to_save();
    assert_eq!(saved[&Key::BaseUrl].texts(), ["/jupyter/"]);
    assert!(!saved.contains_key(&Key::HttpsEmail) && !saved.contains_key(&Key::Scopes));
}

#[test]
fn a_default_that_was_only_looked_at_is_not_written_down() {
    let looks = [Picks("oauthenticator"), Types("")];
    let mut scripted = Scripted::new([&HUB[..], &CLIENT, &PEOPLE, &looks].concat());
    let host = host();
    let mut wizard = Wizard::new(&mut scripted, &host, start(&[]));
    wizard.settle().unwrap();
    wizard.change().unwrap();
    assert!(!wizard.to_save().contains_key(&Key::Oauthenticator));
}

#[test]
fn a_typed_secret_becomes_the_file_it_will_be_kept_in() {
    let client = [
        Types(DOMAIN),
        Types(ID),
        Picks("I type it now"),
        Types(SECRET),
        Types(""),
    ];
    let mut scripted = Scripted::new([&HUB[..], &client, &PEOPLE].concat());
    let host = host();
    let mut wizard = Wizard::new(&mut scripted, &host, start(&[]));
    let checked = wizard.settle().unwrap();
    assert_eq!(
        checked.answers.cognito.client_secret.to_string(),
        "file:~/.config/hubgate/cognito.secret"
    );
    assert_eq!(wizard.secret().unwrap().secret.expose(), SECRET);
    let rows = summary(&checked, wizard.secret(), &host);
    wizard.show(&rows).unwrap();
    assert!(!scripted.saw(SECRET));
    assert!(
        host.record().is_empty(),
        "nothing is written: {:?}",
        host.record()
    );
}

#[test]
fn a_secret_of_an_odd_length_is_taken_with_a_warning() {
    let client = [
        Types(DOMAIN),
        Types(ID),
        Picks("I type it now"),
        Types("short"),
        Types(""),
    ];
    let (_, scripted) = answered(start(&[]), &[&HUB, &client, &PEOPLE]);
    assert!(scripted.saw("the secret is 5 characters long; Cognito's client secrets have 24 to 64"));
}

#[test]
fn a_file_that_is_there_is_not_taken_for_the_secret_unasked() {
    let host = host();
    host.put("/home/ada/precious", "thesis", 0o644);
    let client = [
        Types(DOMAIN),
        Types(ID),
        Picks("I type it now"),
        Types(SECRET),
        Types("~/precious"),
        Picks("no"),
        Types("~/new"),
    ];
    let mut scripted = Scripted::new([&HUB[..], &client, &PEOPLE].concat());
    let mut wizard = Wizard::new(&mut scripted, &host, start(&[]));
    let checked = wizard.settle().unwrap();
    assert_eq!(checked.answers.cognito.client_secret.to_string(), "file:~/new");
}

#[test]
fn ctrl_c_ends_the_questions_wherever_they_are() {
    let all = [&HUB[..], &CLIENT, &PEOPLE].concat();
    for at in 0..all.len() {
        let mut script = all[..at].to_vec();
        script.push(Stops);
        let mut scripted = Scripted::new(script);
        let host = host();
        let halted = Wizard::new(&mut scripted, &host, start(&[])).settle();
        assert!(matches!(halted, Err(Halt::Stopped)), "after {at} answers");
    }
}

#[test]
fn applying_comes_first_for_root_and_never_first_for_others() {
    let actions = |has_hub, is_root| -> Vec<Action> {
        let offers = offers(has_hub, is_root);
        offers.iter().map(|offer| offer.action).collect()
    };
    assert_eq!(actions(true, true)[0], Action::Apply);
    let others = actions(true, false);
    assert_eq!(others[0], Action::WriteFiles);
    assert!(others.contains(&Action::ApplyAsRoot) && !others.contains(&Action::Apply));
    assert!(!actions(false, true).contains(&Action::Apply));
    assert!(!actions(false, false).contains(&Action::ApplyAsRoot));
}
