use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::kit::{DOMAIN, HUB, Home, ID};

fn files(home: &Home, folder: &str) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let folder = home.work().join(folder);
    let everything = home.everything().into_iter();
    let below =
        everything.filter_map(|(path, file)| Some((path.strip_prefix(&folder).ok()?.to_owned(), file)));
    below.filter(|(path, _)| path.parent().is_some()).collect()
}

#[test]
fn the_files_are_the_same_however_the_answers_are_given() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito();
    person.picks("User names", "email");
    person.answers("Administrators", "Ada@example.org");
    person.picks("Who may log in", "groups");
    person.answers("Groups", "students, staff");
    person.picks("Claim of the groups", "cognito:groups");
    person
        .picks("What next", "Change an answer")
        .picks("Change", "Login page");
    person.picks("Login page", "none: straight to Cognito");
    person
        .picks("What next", "Write the files")
        .answers("Folder", "asked");
    person.answers("Save the answers in", "saved.toml");
    assert_eq!(person.ends().code, Some(0));

    let mut flags = home.hubgate();
    flags.args([
        "render",
        "--out",
        "flags",
        "--hub-url",
        HUB,
        "--https",
        "letsencrypt",
    ]);
    flags.args([
        "--https-email",
        "ops@example.org",
        "--domain",
        DOMAIN,
        "--client-id",
        ID,
    ]);
    flags.args([
        "--client-secret-from",
        "ssm:/hubgate/secret",
        "--username-claim",
        "email",
    ]);
    flags.args(["--admin", "Ada@example.org", "--allow", "groups", "--auto-login"]);
    flags
        .args(["--allow-group", "students", "--allow-group", "staff"])
        .assert()
        .success();

    let mut variables = home.hubgate();
    for (name, value) in [
        ("HUB_URL", HUB),
        ("HTTPS_EMAIL", "ops@example.org"),
        ("DOMAIN", DOMAIN),
        ("CLIENT_ID", ID),
        ("CLIENT_SECRET_FROM", "ssm:/hubgate/secret"),
        ("USERNAME_CLAIM", "email"),
        ("ADMIN", "Ada@example.org"),
        ("ALLOW", "groups"),
        ("ALLOW_GROUP", "students,staff"),
        ("AUTO_LOGIN", "true"),
    ] {
        variables.env(format!("HUBGATE_{name}"), value);
    }
    variables
        .args(["render", "--out", "variables"])
        .assert()
        .success();

    home.put(
        "written.toml",
        &format!(
            "[hub]\nurl = \"{HUB}\"\nadmins = [\"Ada@example.org\"]\n\n\
             [https]\nmode = \"letsencrypt\"\nemail = \"ops@example.org\"\n\n\
             [cognito]\ndomain = \"{DOMAIN}\"\nclient_id = \"{ID}\"\n\
             client_secret = \"ssm:/hubgate/secret\"\nusername = \"email\"\nauto_login = true\n\n\
             [access]\nallow = \"groups\"\ngroups = [\"students\", \"staff\"]\n"
        ),
    );
    for (file, folder) in [("written.toml", "toml"), ("saved.toml", "saved")] {
        let args = ["render", "--answers", file, "--out", folder];
        home.hubgate().args(args).assert().success();
    }

    let asked = files(&home, "asked");
    assert_eq!(asked.len(), 5);
    for folder in ["flags", "variables", "toml", "saved"] {
        assert!(
            files(&home, folder) == asked,
            "{folder} differs from what the wizard wrote"
        );
    }
}
