//! A hub as hubgate leaves it: the right people, and nothing to complain of.

use crate::hub::{Hub, Leftovers, RELEASES, answers, told};

fn of_rule(oauthenticator: &str, allow: &str) -> Vec<&'static str> {
    let groups = allow == "groups" && oauthenticator.starts_with("17");
    match allow {
        "all" => vec!["ada in admin", "grace in", "mallory in", "sam in", "tess in"],
        "users" => vec![
            "ada in admin",
            "grace in",
            "mallory refused",
            "sam refused",
            "tess refused",
        ],
        _ if groups => {
            let members = ["sam in +others +students", "tess in admin +teachers"];
            [
                ["ada in admin", "grace refused", "mallory refused"].as_slice(),
                &members,
            ]
            .concat()
        }
        _ => vec![
            "ada in admin",
            "grace refused",
            "mallory refused",
            "sam in",
            "tess in admin",
        ],
    }
}

fn is_healthy(oauthenticator: &str) {
    for allow in ["all", "users", "groups"] {
        // Groups are in the ID token, which oauthenticator reads from 16.3 on.
        if allow == "groups" && (oauthenticator.starts_with("14") || oauthenticator.starts_with("16.0")) {
            continue;
        }
        let name = format!("healthy-{oauthenticator}-{allow}");
        let hub = Hub::lay_out(&name, &answers(oauthenticator, allow), &Leftovers::default());
        let look = hub.look();
        println!("{name}: {:?}", told(&look));
        assert_eq!(told(&look), of_rule(oauthenticator, allow), "{name}");
        assert_eq!(
            (&look.warnings[..], &look.hooks[..]),
            (&[][..], &[][..]),
            "{name}"
        );
        assert_eq!(look.belongs_to_nobody, [], "{name}");
        let schema = look.schema.as_ref().unwrap();
        assert!(schema.checked && schema.findings.is_empty(), "{schema:?}");
        let secret = look.setting("client_secret").unwrap();
        assert_eq!((secret.is_set, &secret.value), (Some(true), &None));
    }
}

#[test]
fn a_hub_of_oauthenticator_17() {
    is_healthy(RELEASES[0]);
}

#[test]
fn a_hub_of_oauthenticator_16_3() {
    is_healthy(RELEASES[1]);
}

#[test]
fn a_hub_of_oauthenticator_16_0() {
    is_healthy(RELEASES[2]);
}

#[test]
fn a_hub_of_oauthenticator_14() {
    is_healthy(RELEASES[3]);
}
