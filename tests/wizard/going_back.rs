use crate::kit::{DOMAIN, Home, ID};

#[test]
fn a_less_than_sign_goes_back_to_the_question_before() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub();
    person.answers("Cognito domain", "other.auth.eu-west-1.amazoncognito.com");
    person.answers("Client ID", "<");
    person.is_asked("Cognito domain");
    person
        .sees("(other.auth.eu-west-1.amazoncognito.com)")
        .types(DOMAIN);
    person.is_asked("Client ID").presses_ctrl_c();
    let seen = person.ends().seen;
    assert!(seen.contains(&format!("* Cognito domain: {DOMAIN}")));
}

#[test]
fn esc_goes_back_from_a_line_and_from_a_list() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.answers("Hub's address", "hub.example.org");
    person.is_asked("HTTPS").sees("< back").presses("\x1b");
    person
        .is_asked("Hub's address")
        .sees("(hub.example.org)")
        .presses("\x1b");
    person.sees("This is the first question.");
    person.answers("Hub's address", "");
    person.picks("HTTPS", "proxy");
    person.is_asked("Cognito domain").presses("\x1b");
    person.picks("HTTPS", "letsencrypt");
    person.is_asked("E-mail address").presses_ctrl_c().ends();
}

#[test]
fn every_list_has_an_entry_that_goes_back() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().answers("Cognito domain", DOMAIN);
    person.answers("Client ID", ID);
    person.picks("Client secret", "< back");
    person.is_asked("Client ID").sees(&format!("({ID})")).types("");
    person.picks("Client secret", "file").answers("File", "<");
    person
        .picks("Client secret", "I type it now")
        .answers("The secret", "<");
    person
        .picks("Client secret", "variable")
        .answers("Variable", "COGNITO_SECRET");
    person.picks("User names", "< back");
    person.picks("Client secret", "< back");
    person.is_asked("Client ID").presses_ctrl_c().ends();
}

#[test]
fn answers_that_were_gone_back_past_are_kept() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito();
    person.picks("User names", "email").answers("Administrators", "<");
    person.picks("User names", "< back");
    person.picks("Client secret", "SSM parameter");
    person.is_asked("Name or ARN").sees("(/hubgate/secret)").types("");
    // Enter alone: the list still stands on what was chosen.
    person.is_asked("User names").sees(" > email").types("");
    person.is_asked("Administrators").presses_ctrl_c().ends();
}

#[test]
fn going_back_from_the_choice_at_the_end_changes_an_answer() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person
        .picks("What next", "Write the files")
        .answers("Folder", "<");
    person.picks("What next", "Write the files").answers("Folder", "");
    person.answers("Save the answers in", "<");
    person.is_asked("What next").sees("< back").presses("\x1b");
    person.picks("Change", "< back");
    person.picks("What next", "Stop");
    assert_eq!(person.ends().code, Some(0));
    assert!(!home.work().join("review").exists());
}
