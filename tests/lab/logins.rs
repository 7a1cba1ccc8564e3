//! For each release, each rule and each username claim: the right people get in, under the right name.

use crate::stage::{Setting, rehearse, told};

/// What has to happen, told without a look at hubgate's own idea of it.
fn expected(setting: &Setting) -> Vec<String> {
    let (ada, grace) = (setting.name("ada"), setting.name("grace"));
    let keeps_groups = setting.allow == "groups" && setting.oauthenticator.starts_with("17");
    let groups = |name: &str| {
        if keeps_groups {
            format!(" [{name}]")
        } else {
            String::new()
        }
    };
    // Whom the answers do not name is named by hubgate; a sub is Cognito's alone.
    let named = |word: &str| match setting.claim {
        "email" => format!("{word}@example.org"),
        _ => word.to_owned(),
    };
    let mut rows = vec![format!("administrator {ada} -> {ada} admin")];
    if setting.allow != "all" {
        rows.push(format!("user {grace} -> {grace}"));
    }
    if setting.allow == "groups" {
        let (keeper, member) = (named("admin-member"), named("member"));
        rows.push(format!(
            "member of keepers (administrators) -> {keeper} admin{}",
            groups("keepers")
        ));
        rows.push(format!("member of staff -> {member}{}", groups("staff")));
        rows.push("member of another group alone -> refused".into());
    }
    rows.push(match setting.allow {
        "all" => format!("anyone else in the user pool -> {}", named("someone")),
        _ => "someone else in the user pool -> refused".into(),
    });
    if setting.claim == "email" {
        rows.push(format!("someone who entered {ada}, unverified -> refused"));
    }
    if !["username", "sub"].contains(&setting.claim) {
        rows.push(format!("someone without {} -> refused", setting.claim));
    }
    rows
}

/// Subjects are UUIDs that the stand-in makes up, apart from those in the answers.
fn without_made_up_subjects(setting: &Setting, rows: Vec<String>) -> Vec<String> {
    if setting.claim != "sub" {
        return rows;
    }
    let listed = [setting.name("ada"), setting.name("grace")];
    let words = [
        ("anyone else", "someone"),
        ("member of keepers", "admin-member"),
        ("member of staff", "member"),
    ];
    let known = |row: String| {
        let Some((who, word)) = words.iter().find(|(who, _)| row.starts_with(who)) else {
            return row;
        };
        let (before, after) = row.split_once(" -> ").unwrap();
        let subject = after.split(' ').next().unwrap();
        assert!(
            subject.len() == 36 && !listed.contains(&subject.to_owned()),
            "{who}: {row}"
        );
        format!("{before} -> {}", after.replacen(subject, word, 1))
    };
    rows.into_iter().map(known).collect()
}

fn play(oauthenticator: &'static str, allow: &'static str, claim: &'static str) {
    let setting = Setting {
        oauthenticator,
        allow,
        claim,
    };
    let (output, document) = rehearse(&setting.file());
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        document["complaints"],
        serde_json::json!([]),
        "the hub's log is silent about our settings"
    );
    let rows = without_made_up_subjects(&setting, told(&document));
    assert_eq!(rows, expected(&setting), "{document:#}\n{words}");
    assert_eq!(
        (output.status.code(), &document["ok"]),
        (Some(0), &true.into()),
        "{document:#}\n{words}"
    );
    assert_eq!(document["oauthenticator"], oauthenticator);
    for row in document["people"].as_array().unwrap() {
        let Some(says) = row["got"]["says"].as_str() else {
            continue;
        };
        // oauthenticator 14 has no sentence of its own for somebody who is not allowed.
        assert!(
            says.ends_with('.') || oauthenticator.starts_with("14"),
            "a plain sentence: {says}"
        );
    }
}

/// Groups that an own identity provider names: in each of the four forms that the claim may have, and on whoever is
/// in the right group by the pool alone.
fn plays_a_claim_of_one_s_own(oauthenticator: &str) {
    let toml = format!(
        "[hub]\nurl = 'https://hub.example.org'\n[https]\nmode = 'proxy'\n\
         [cognito]\ndomain = 'my-hub.auth.eu-west-1.amazoncognito.com'\n\
         client_id = '3n4b5urk1ft4fl3mg5e62d9ado'\nclient_secret = 'file:/nowhere/at/all'\n\
         [access]\nallow = 'groups'\ngroups = ['staff']\nadmin_groups = ['keepers']\n\
         groups_claim = 'custom:department'\n[target]\noauthenticator = '{oauthenticator}'\n"
    );
    let file = crate::kit::scratch(&format!("lab-groups-claim-{oauthenticator}")).join("hubgate.toml");
    std::fs::write(&file, toml).unwrap();
    let (output, document) = rehearse(&file);
    let groups = |group: &str, form: &str| match form {
        _ if oauthenticator.starts_with("16") => String::new(),
        "one text" => format!(" [{group}]"),
        _ => format!(" [another-group {group}]"),
    };
    let forms = ["a list", "one text", "a JSON list as text", "names with commas"];
    let numbered = |word: &str, at: usize| match at {
        0 => word.to_owned(),
        at => format!("{word}-{}", at + 1),
    };
    let rows = |who: &str, word: &str, admin: &str, group: &str| -> Vec<String> {
        let row = |(at, form): (usize, &&str)| {
            let name = numbered(word, at);
            format!("{who}, by {form} -> {name}{admin}{}", groups(group, form))
        };
        forms.iter().enumerate().map(row).collect()
    };
    let expected = [
        rows(
            "member of keepers (administrators)",
            "admin-member",
            " admin",
            "keepers",
        ),
        rows("member of staff", "member", "", "staff"),
        vec![
            "member of another group alone -> refused".to_owned(),
            "someone else in the user pool -> refused".to_owned(),
        ],
    ]
    .concat();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(told(&document), expected, "{document:#}\n{words}");
    assert_eq!(document["complaints"], serde_json::json!([]));
    assert_eq!(output.status.code(), Some(0), "{words}");
}

#[test]
fn groups_of_one_s_own_identity_provider_on_17() {
    plays_a_claim_of_one_s_own("17.4.0");
}

#[test]
fn groups_of_one_s_own_identity_provider_on_16_3() {
    plays_a_claim_of_one_s_own("16.3.1");
}

macro_rules! each_claim {
    ($allow:ident) => {
        mod $allow {
            use super::{OAUTHENTICATOR, play};

            #[test]
            fn by_username() {
                play(OAUTHENTICATOR, stringify!($allow), "username");
            }
            #[test]
            fn by_email() {
                play(OAUTHENTICATOR, stringify!($allow), "email");
            }
            #[test]
            fn by_preferred_username() {
                play(OAUTHENTICATOR, stringify!($allow), "preferred_username");
            }
            #[test]
            fn by_sub() {
                play(OAUTHENTICATOR, stringify!($allow), "sub");
            }
            #[test]
            fn by_an_attribute_of_the_pool() {
                play(OAUTHENTICATOR, stringify!($allow), "custom:login");
            }
        }
    };
}

macro_rules! each_rule {
    ($release:ident, $oauthenticator:literal, $($allow:ident),+) => {
        mod $release {
            use super::play;
            const OAUTHENTICATOR: &str = $oauthenticator;
            $(each_claim!($allow);)+
        }
    };
}

each_rule!(jupyterhub_5, "17.4.0", all, users, groups);
each_rule!(jupyterhub_4_1, "16.3.1", all, users, groups);
each_rule!(jupyterhub_4_0, "16.0.7", all, users);
each_rule!(jupyterhub_1, "14.2.0", all, users);
