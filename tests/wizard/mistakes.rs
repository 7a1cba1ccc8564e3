use crate::kit::{DOMAIN, HUB, Home, ID, SECRET};

#[test]
fn a_mistake_about_the_hub_is_shown_and_mended() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.errs("Hub's address", "", "this needs an answer", "");
    person
        .is_asked("Hub's address")
        .sees("this needs an answer")
        .types("http://hub.example.org");
    person.is_asked("Hub's address");
    person.sees("is http, and Cognito sends nobody back to an http address other than localhost");
    person.types_instead(HUB);
    person.picks("HTTPS", "letsencrypt");
    person.errs(
        "E-mail address",
        "ops",
        "'ops' is not an e-mail address",
        "ops@example.org",
    );
    person.is_asked("Cognito domain").presses_ctrl_c().ends();
}

#[test]
fn a_mistake_about_the_certificate_is_shown_and_mended() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.answers("Hub's address", HUB).picks("HTTPS", "certificate");
    person.errs(
        "Certificate",
        "hub.crt",
        "'hub.crt' is not an absolute path",
        "/etc/ssl/hub.crt",
    );
    person.errs(
        "Private key",
        "~/hub.key",
        "TLJH does not know whose home ~ is",
        "/etc/ssl/hub.key",
    );
    person.is_asked("Cognito domain").presses_ctrl_c().ends();
}

#[test]
fn a_mistake_about_cognito_is_shown_and_mended() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.answers("Hub's address", HUB).picks("HTTPS", "proxy");
    let message = "'eu-west-1_AbCdEf' is the user pool's id, not its domain";
    person.errs("Cognito domain", "eu-west-1_AbCdEf", message, DOMAIN);
    person.errs("Client ID", "a client", "a space does not occur in one", ID);
    person.is_asked("Client secret").presses_ctrl_c().ends();
}

#[test]
fn a_mistake_about_where_the_secret_is_is_shown_and_mended() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.answers("Hub's address", HUB).picks("HTTPS", "proxy");
    person.answers("Cognito domain", DOMAIN).answers("Client ID", ID);
    person.picks("Client secret", "file");
    person.errs(
        "File",
        "cognito.secret",
        "depends on the folder that hubgate runs in",
        "<",
    );
    person.picks("Client secret", "variable");
    person.errs("Variable", "COGNITO-SECRET", "is no variable's name", "<");
    person.picks("Client secret", "Secrets Manager");
    person.errs("Name or ARN", "hub:secret", "this is no name of a secret", "<");
    person.picks("Client secret", "SSM parameter");
    person.errs(
        "Name or ARN",
        "/aws/secret",
        "AWS keeps names that begin with aws",
        "/hubgate/secret",
    );
    person.is_asked("User names").presses_ctrl_c().ends();
}

#[test]
fn a_mistake_about_the_secret_itself_is_shown_and_mended() {
    let home = Home::new();
    home.put("taken", "");
    let folder = home.work().display().to_string();
    let mut person = home.person().starts();
    person.answers("Hub's address", HUB).picks("HTTPS", "proxy");
    person.answers("Cognito domain", DOMAIN).answers("Client ID", ID);
    person.picks("Client secret", "I type it now");
    person.errs("The secret", "", "this is no client secret: it is empty", SECRET);
    person.errs("Keep it in", &folder, "is a folder", "~/work/taken");
    person
        .picks("Replace it", "no")
        .answers("Keep it in", "~/cognito.secret");
    person.is_asked("User names").presses_ctrl_c();
    let seen = person.ends().seen;
    assert!(seen.contains("~/work/taken is there already. What it holds would be lost."));
}

#[test]
fn a_mistake_about_people_is_shown_and_mended() {
    let home = Home::new();
    let mut person = home.person().starts();
    person
        .answers("Hub's address", HUB)
        .picks("HTTPS", "proxy")
        .tells_cognito();
    person.picks("User names", "another claim");
    person.errs(
        "Its name",
        "cognito:groups",
        "is a list of groups, not a name",
        "custom:login",
    );
    person.errs(
        "Administrators",
        "ada, b c",
        "'b c' is not a user name: it holds a space",
        "ada",
    );
    person.picks("Who may log in", "users");
    person.errs("Users", ",", "this needs an answer", "a/b");
    person
        .is_asked("Users")
        .sees("'a/b' cannot be a user name on the hub: it holds '/'");
    person.types_instead("<").picks("Who may log in", "groups");
    person.errs("Groups", "our staff", "'our staff' is not a group name", "staff");
    person.picks("Claim of the groups", "another claim").errs(
        "Its name",
        "our department",
        "is not a claim: a space",
        "custom:department",
    );
    person.picks("What next", "Stop");
    assert_eq!(person.ends().code, Some(0));
}

#[test]
fn a_mistake_about_where_to_write_is_shown_and_mended() {
    let home = Home::new();
    home.put("file", "");
    home.put("notes.toml", "not = = toml");
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person.picks("What next", "Write the files");
    person.errs("Folder", "file", "file is a file; name a folder", "out");
    let message = "notes.toml is there and is no TOML; name another file";
    person.errs("Save the answers in", "notes.toml", message, "mine.toml");
    assert_eq!(person.ends().code, Some(0));
    assert_eq!(home.read("notes.toml"), "not = = toml");
    assert!(home.work().join("mine.toml").is_file());
}

#[test]
fn answers_that_do_not_fit_together_are_asked_again() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.answers("Hub's address", "ec2-1-2-3-4.eu-west-1.compute.amazonaws.com");
    person
        .picks("HTTPS", "letsencrypt")
        .answers("E-mail address", "ops@example.org");
    person.is_asked("Hub's address");
    person.sees("Let's Encrypt issues no certificate for ec2-1-2-3-4");
    person.sees("or press Esc to change another answer");
    person.sees("> ec2").presses("\x1b");
    person.picks("Change", "HTTPS").picks("HTTPS", "proxy");
    person.tells_cognito().tells_who();
    person.picks("What next", "Stop");
    assert_eq!(person.ends().code, Some(0));
}

#[test]
fn groups_that_an_old_hub_cannot_have_are_refused() {
    let home = Home::new();
    let mut person = home.person().args(&["--oauthenticator", "16.0.4"]).starts();
    person.tells_the_hub().tells_cognito();
    person
        .picks("User names", "username")
        .answers("Administrators", "ada");
    person
        .picks("Who may log in", "groups")
        .answers("Groups", "staff");
    person.is_asked("Who may log in");
    person.sees("Cognito's groups do not reach a hub with oauthenticator 16.0.4");
    person.presses("k\r");
    person.answers("Users", "grace");
    person.picks("What next", "Stop");
    assert_eq!(person.ends().code, Some(0));
}

#[test]
fn a_wrong_flag_is_shown_with_its_problem_and_asked_again() {
    let home = Home::new();
    let args = ["--hub-url", HUB, "--https", "proxy", "--client-id", "my client"];
    let mut person = home.person().args(&args).starts();
    person.answers("Cognito domain", DOMAIN);
    person
        .is_asked("Client ID")
        .sees("--client-id: 'my client' is not a client id");
    person.sees("> my client").types_instead(ID);
    person
        .picks("Client secret", "SSM parameter")
        .answers("Name or ARN", "x");
    person.is_asked("User names").presses_ctrl_c().ends();
}

#[test]
fn a_folder_that_cannot_be_written_costs_no_answers() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person
        .picks("What next", "Write the files")
        .answers("Folder", "/proc/hubgate");
    person.answers("Save the answers in", "-");
    person.sees("that did not work: cannot make the folder /proc/hubgate");
    person
        .picks("What next", "Write the files")
        .answers("Folder", "out");
    person.answers("Save the answers in", "-");
    assert_eq!(person.ends().code, Some(0));
    assert!(home.work().join("out/REVIEW.md").is_file());
}

#[test]
fn a_column_of_names_that_is_pasted_is_one_answer_and_chooses_nothing() {
    let home = Home::new();
    let before = home.everything();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito();
    person
        .picks("User names", "username")
        .answers("Administrators", "ada")
        .picks("Who may log in", "users");
    // As a terminal marks it. As if typed, the second name's Enter would take "What next"'s first entry.
    person
        .is_asked("Users")
        .sees("\x1b[?2004h")
        .presses("\x1b[200~grace\rkatherine\rhopper\r\x1b[201~")
        .sees("grace, katherine, hopper")
        .presses("\r");
    let end = person
        .sees("grace, katherine, hopper")
        .is_asked("What next")
        .sees("< back")
        .presses_ctrl_c()
        .ends();
    assert_eq!(home.everything(), before);
    assert!(end.restored);
    assert!(end.seen.rfind("\x1b[?2004l") > end.seen.rfind("\x1b[?2004h"));
}
