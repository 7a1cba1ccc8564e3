use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::kit::{DOMAIN, Home, ID};

const BY_HAND: &str = "\
# The hub of our department.
[access]
allow = \"all\"   # for now

[cognito]
# from the console
domain = \"https://my-hub.auth.eu-west-1.amazoncognito.com\"
client_secret = \"ssm:/hubgate/secret\"
username = \"username\"

[hub]
url = \"hub.example.org\"
admins = []

[https]
mode = \"letsencrypt\"
email = \"ops@example.org\" # goes to all of us
";

#[test]
fn a_saved_file_keeps_comments_order_and_mode() {
    let home = Home::new();
    let path = home.put("mine.toml", BY_HAND);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let mut person = home.person().args(&["--answers", "mine.toml"]).starts();
    person.answers("Client ID", &format!(" {ID} "));
    person.picks("What next", "Save the answers");
    person
        .answers("Save the answers in", "")
        .sees("written    mine.toml");
    assert_eq!(person.ends().code, Some(0));
    let expected = BY_HAND.replace(
        "username = \"username\"\n",
        &format!("username = \"username\"\nclient_id = \"{ID}\"\n"),
    );
    assert_eq!(home.read("mine.toml"), expected);
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn the_next_run_starts_from_the_file_and_asks_nothing() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person
        .picks("What next", "Save the answers")
        .answers("Save the answers in", "");
    assert_eq!(person.ends().code, Some(0));
    let saved = home.read("hubgate.toml");

    let mut again = home.person().starts();
    again
        .picks("Start from hubgate.toml", "yes")
        .sees("What you decided");
    again.picks("What next", "Save the answers");
    again.sees("hubgate.toml says all this already.");
    let end = again.ends();
    assert_eq!(end.code, Some(0));
    assert!(!end.seen.contains("Hub's address\r\n"));
    assert_eq!(home.read("hubgate.toml"), saved);
}

#[test]
fn a_changed_answer_takes_what_it_contradicts_out_of_the_file() {
    let home = Home::new();
    home.put(
        "hubgate.toml",
        &BY_HAND.replace("[hub]", &format!("client_id = \"{ID}\"\n\n[hub]")),
    );
    let mut person = home.person().starts();
    person.picks("Start from hubgate.toml", "yes");
    person
        .picks("What next", "Change an answer")
        .picks("Change", "HTTPS");
    person.picks("HTTPS", "proxy");
    person.sees("hubgate.toml:19:9: https.email is left out, since nothing uses it now");
    person
        .picks("What next", "Save the answers")
        .answers("Save the answers in", "");
    assert_eq!(person.ends().code, Some(0));
    let saved = home.read("hubgate.toml");
    assert!(
        saved.contains("mode = \"proxy\"") && !saved.contains("email"),
        "{saved}"
    );
    let args = ["render", "--answers", "hubgate.toml", "--out", "out"];
    home.hubgate().args(args).assert().success();
}

#[test]
fn the_answers_may_be_named_before_their_file_is_there() {
    let home = Home::new();
    let mut person = home
        .person()
        .args(&["wizard", "--answers", "new/mine.toml"])
        .starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person.picks("What next", "Save the answers");
    person
        .is_asked("Save the answers in")
        .sees("(new/mine.toml)")
        .types("");
    assert_eq!(person.ends().code, Some(0));
    assert!(home.read("new/mine.toml").contains(DOMAIN));
}

#[test]
fn a_file_that_the_answers_did_not_start_from_is_replaced_only_when_asked_and_kept() {
    let home = Home::new();
    home.put("hubgate.toml", BY_HAND);
    home.put("hubgate.toml.before", "older\n");
    let mut person = home.person().starts();
    person.picks("Start from hubgate.toml", "no");
    person.tells_the_hub().tells_cognito().tells_who();
    person
        .picks("What next", "Save the answers")
        .answers("Save the answers in", "");
    person
        .is_asked("Replace it")
        .sees("hubgate.toml is there already. It would be kept as hubgate.toml.before.2.")
        .presses("\r");
    // Enter is no, and leads back to the name.
    person
        .answers("Save the answers in", "")
        .picks("Replace it", "yes");
    person.sees("kept       hubgate.toml.before.2");
    person.sees("written    hubgate.toml");
    assert_eq!(person.ends().code, Some(0));
    assert_eq!(home.read("hubgate.toml.before.2"), BY_HAND);
    assert_eq!(home.read("hubgate.toml.before"), "older\n");
    assert!(home.read("hubgate.toml").contains(ID));
}

#[test]
fn a_dash_saves_no_answers() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person
        .picks("What next", "Write the files")
        .answers("Folder", "out");
    person.answers("Save the answers in", "-");
    assert_eq!(person.ends().code, Some(0));
    assert!(home.work().join("out/REVIEW.md").is_file());
    assert!(!home.work().join("hubgate.toml").exists());
}

#[test]
fn a_file_with_a_mistake_that_no_question_mends_is_refused_at_once() {
    let home = Home::new();
    home.put("mine.toml", "[cognito]\ndomian = \"x\"\n");
    let mut person = home.person().args(&["--answers", "mine.toml"]).starts();
    person.sees("mine.toml:2:1: there is no setting cognito.domian");
    person.sees("did you mean cognito.domain?");
    let end = person.ends();
    assert_eq!(end.code, Some(2));
    assert!(end.restored && end.shows_cursor());
}

#[test]
fn what_was_changed_by_hand_is_overwritten_only_when_asked() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person.picks("What next", "Write the files").answers("Folder", "");
    person.answers("Save the answers in", "");
    assert_eq!(person.ends().code, Some(0));
    home.put("review/awscognito.py", "# mine\n");

    let mut again = home.person().starts();
    again.picks("Start from hubgate.toml", "yes");
    again.picks("What next", "Write the files").answers("Folder", "");
    again.picks("Overwrite", "no").answers("Folder", "elsewhere");
    let end = again.ends();
    assert_eq!(end.code, Some(0));
    assert!(
        end.seen
            .contains("This was changed by hand and would be lost: review/awscognito.py")
    );
    assert_eq!(home.read("review/awscognito.py"), "# mine\n");
    assert!(home.work().join("elsewhere/awscognito.py").is_file());
}

#[test]
fn json_tells_what_was_written_on_standard_output() {
    let home = Home::new();
    let mut person = home.person().args(&["--json"]).stdout_to("out.json").starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person.picks("What next", "Save the answers");
    person.answers("Save the answers in", "");
    assert_eq!(person.ends().code, Some(0));
    let document: serde_json::Value = serde_json::from_str(&home.read("out.json")).unwrap();
    assert_eq!(
        document,
        serde_json::json!({"schema": 1, "written": ["hubgate.toml"] })
    );
}
