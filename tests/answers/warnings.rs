//! What a person should know about answers that are right all the same.

use crate::kit;

const GOOD: &str = r#"
[hub]
url = "https://hub.example.org"

[https]
mode = "proxy"

[cognito]
domain = "my-hub.auth.eu-west-1.amazoncognito.com"
client_id = "3n4b5urk1ft4fl3mg5e62d9ado"
client_secret = "file:/root/cognito.secret"

[access]
allow = "all"
"#;

/// What is said of the good answers with a line more at the head of each of these tables.
fn warnings(more: &[(&str, &str)]) -> Vec<String> {
    let mut toml = GOOD.to_owned();
    for (table, line) in more {
        toml = toml.replace(&format!("[{table}]\n"), &format!("[{table}]\n{line}\n"));
    }
    kit::checked(&toml).unwrap().warnings
}

#[test]
fn there_is_nothing_to_say_of_good_answers() {
    assert!(warnings(&[]).is_empty());
}

#[test]
fn names_that_are_no_addresses_are_told_where_addresses_name_users() {
    let said = warnings(&[
        ("hub", r#"admins = ["ada", "grace@example.org"]"#),
        ("cognito", r#"username = "email""#),
    ]);
    assert_eq!(
        said,
        [
            "hubgate.toml:3:10: 'ada' is not an e-mail address, so nobody logs in under it while the username claim is email"
        ]
    );
}

#[test]
fn names_that_are_no_uuids_are_told_where_the_sub_names_users() {
    let right = "a1b2c3d4-0000-4000-8000-0123456789ab";
    let no_uuids = [
        "ada",
        "a1b2c3d4-0000-4000-8000-0123456789ag",
        "a1b2c3d4-0000-4000-80000123456789ab",
        "a1b2c3d40-000-4000-8000-0123456789ab",
    ];
    let mut allowed = GOOD.replace("allow = \"all\"", "allow = \"users\"\nusers = [\"NAME\"]");
    allowed = allowed.replace("[cognito]\n", "[cognito]\nusername = \"sub\"\n");
    let said = |name: &str| kit::checked(&allowed.replace("NAME", name)).unwrap().warnings;
    let of_shape = |name: &str| {
        said(name)
            .into_iter()
            .find(|warning| warning.contains("is not a UUID"))
    };
    assert_eq!(of_shape(right), None);
    for name in no_uuids {
        let told = of_shape(name).unwrap();
        let expected =
            format!("'{name}' is not a UUID like a1b2c3d4-…, the user's sub, so nobody logs in under it");
        assert!(told.contains(&expected), "{told}");
    }
}

#[test]
fn any_name_will_do_where_people_choose_their_names() {
    let said = warnings(&[("hub", r#"admins = ["ada", "grace@example.org"]"#)]);
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn people_who_log_out_come_back_by_the_registered_address() {
    let answers = kit::answers(GOOD);
    assert_eq!(answers.sign_out_url(), "https://hub.example.org/");
    assert_eq!(
        answers.logout_redirect_url(),
        "https://my-hub.auth.eu-west-1.amazoncognito.com/logout?client_id=3n4b5urk1ft4fl3mg5e62d9ado&logout_uri=https%3A%2F%2Fhub.example.org%2F"
    );
}
