use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::kit::{DOMAIN, Home, ID, KNOWN, SECRET};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_typed_secret_is_in_its_file_and_nowhere_else() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub();
    person
        .tells_cognito_and_the_secret("~/.config/hubgate/cognito.secret")
        .tells_who();
    person.picks("What next", "Write the files").answers("Folder", "");
    person.answers("Save the answers in", "");
    let end = person.ends();
    assert_eq!(end.code, Some(0));
    assert!(!end.seen.contains(SECRET), "the terminal showed it");

    let file = home.path().join(".config/hubgate/cognito.secret");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{SECRET}\n"));
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    for (path, (_, bytes)) in home.everything() {
        let holds = String::from_utf8_lossy(&bytes).contains(SECRET);
        assert_eq!(holds, path == file, "{}", path.display());
    }
    assert!(
        home.read("hubgate.toml")
            .contains("client_secret = \"file:~/.config/hubgate/cognito.secret\"")
    );
}

#[test]
fn a_typed_secret_is_forgotten_when_the_person_stops() {
    let home = Home::new();
    let before = home.everything();
    let mut person = home.person().starts();
    person
        .tells_the_hub()
        .tells_cognito_and_the_secret("~/cognito.secret")
        .tells_who();
    person.picks("What next", "Stop");
    let end = person.ends();
    assert_eq!(end.code, Some(0));
    assert!(!end.seen.contains(SECRET));
    assert!(home.everything() == before);
}

#[test]
fn a_typed_secret_is_forgotten_when_another_source_is_chosen() {
    let home = Home::new();
    let mut person = home.person().starts();
    person
        .tells_the_hub()
        .tells_cognito_and_the_secret("~/cognito.secret");
    person.picks("User names", "< back");
    person
        .picks("Client secret", "SSM parameter")
        .answers("Name or ARN", "/hubgate/secret");
    person.tells_who();
    person
        .picks("What next", "Save the answers")
        .answers("Save the answers in", "");
    assert_eq!(person.ends().code, Some(0));
    assert!(!home.path().join("cognito.secret").exists());
}

#[test]
fn a_secret_that_cognito_cannot_have_issued_is_asked_again() {
    let home = Home::new();
    let mut person = home.person().starts();
    person
        .tells_the_hub()
        .answers("Cognito domain", DOMAIN)
        .answers("Client ID", ID);
    person
        .picks("Client secret", "I type it now")
        .answers("The secret", "two words");
    person.is_asked("The secret");
    person.sees("this is no client secret: it holds a space within");
    person.types(SECRET).is_asked("Keep it in").presses_ctrl_c();
    assert!(!person.ends().seen.contains("two words"));
}

#[test]
fn a_secret_that_is_typed_where_none_belongs_does_not_stay_on_the_screen() {
    const PASTED: &str = "1canary7secret7canary7secret7canary7secret7canary7x";
    let home = Home::new();
    let mut person = home.person().starts();
    person
        .tells_the_hub()
        .answers("Cognito domain", DOMAIN)
        .answers("Client ID", PASTED);
    person.is_asked("Client ID");
    person.sees("this has 51 characters, as a client secret has");
    person.types(ID);
    person
        .picks("Client secret", "Secrets Manager")
        .answers("Name or ARN", PASTED);
    person.is_asked("Name or ARN");
    person.sees("this looks like the secret itself").presses_ctrl_c();
    let end = person.ends();
    assert!(!end.seen.contains(PASTED), "{}", end.seen);
    // What it takes to be sure that it is one is the most that stands there, while it is typed.
    assert!(!end.seen.contains(&PASTED[..40]), "{}", end.seen);
}

#[test]
fn a_secret_that_stands_for_the_client_id_in_a_variable_is_not_shown_for_editing() {
    const PASTED: &str = "1canary7secret7canary7secret7canary7secret7canary7x";
    let home = Home::new();
    let mut person = home.person().env("HUBGATE_CLIENT_ID", PASTED).starts();
    person.tells_the_hub().answers("Cognito domain", DOMAIN);
    person.is_asked("Client ID");
    person
        .sees("HUBGATE_CLIENT_ID: this has 51 characters")
        .presses_ctrl_c();
    let end = person.ends();
    assert!(!end.seen.contains("canary"), "{}", end.seen);
}

#[test]
fn a_secret_of_an_odd_length_is_taken_with_a_warning() {
    let home = Home::new();
    let mut person = home.person().starts();
    person
        .tells_the_hub()
        .answers("Cognito domain", DOMAIN)
        .answers("Client ID", ID);
    person
        .picks("Client secret", "I type it now")
        .answers("The secret", "tooshort");
    person.sees("the secret is 8 characters long; Cognito's client secrets have 24 to 64");
    person.answers("Keep it in", "~/cognito.secret").tells_who();
    person.sees("To think about");
    person.sees("the secret is 8 characters long; Cognito's client secrets have 24 to 64");
    person.picks("What next", "Stop");
    assert_eq!(person.ends().code, Some(0));
}

#[test]
fn a_secret_in_a_variable_stays_there() {
    let home = Home::new();
    let mut person = home
        .person()
        .args(&KNOWN)
        .args(&["--allow", "all"])
        .env("HUBGATE_CLIENT_SECRET", SECRET)
        .starts();
    person.picks("What next", "Write the files").answers("Folder", "");
    person.answers("Save the answers in", "");
    let end = person.ends();
    assert_eq!(end.code, Some(0));
    assert!(!end.seen.contains(SECRET));
    for (path, (_, bytes)) in home.everything() {
        let holds = String::from_utf8_lossy(&bytes).contains(SECRET);
        assert!(!holds, "{}", path.display());
    }
    assert!(
        home.read("hubgate.toml")
            .contains("client_secret = \"env:HUBGATE_CLIENT_SECRET\"")
    );
}

#[test]
fn a_secret_given_in_place_of_its_source_is_not_shown() {
    let home = Home::new();
    let mut person = home.person().args(&["--client-secret-from", SECRET]).starts();
    person
        .tells_the_hub()
        .answers("Cognito domain", DOMAIN)
        .answers("Client ID", ID);
    person
        .is_asked("Client secret")
        .sees("this looks like the secret itself");
    person.sees("< back").presses("jj\r");
    person.errs(
        "Variable",
        SECRET,
        "this looks like the secret itself",
        "COGNITO_SECRET",
    );
    person.is_asked("User names").presses_ctrl_c();
    let seen = person.ends().seen;
    // It was typed once where a name belongs, and so it stood in that line; never in a message.
    assert!(!seen.contains(&format!("'{SECRET}'")) && !seen.contains(&format!("env:{SECRET}")));
}
