use crate::kit::{HUB, Home, KNOWN};

#[test]
fn without_a_terminal_every_missing_flag_is_listed() {
    for args in [&[][..], &["wizard"]] {
        let home = Home::new();
        let run = home.hubgate().args(args).assert().code(2);
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(said.starts_with("error: the questions need a terminal, and there is none;"));
        for flag in [
            "--hub-url",
            "--https-email",
            "--domain",
            "--client-id",
            "--client-secret-from",
            "--allow",
        ] {
            assert!(
                said.contains(&format!("set it with {flag}, HUBGATE_")),
                "{flag}: {said}"
            );
        }
        assert!(run.get_output().stdout.is_empty());
    }
}

#[test]
fn without_a_terminal_a_wrong_value_is_listed_beside_what_is_missing() {
    let home = Home::new();
    let run = home.hubgate().args(["--domain", "my-hub"]).assert().code(2);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("--domain: 'my-hub' is a domain prefix without its region"));
    assert!(said.contains("cognito.client_id is missing"));
}

#[test]
fn without_a_terminal_json_lists_the_problems() {
    let home = Home::new();
    let run = home.hubgate().arg("--json").assert().code(2);
    let document: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    let missing: Vec<&str> = document["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["setting"].as_str().unwrap())
        .collect();
    assert_eq!(
        missing,
        [
            "hub.url",
            "https.email",
            "cognito.domain",
            "cognito.client_id",
            "cognito.client_secret",
            "access.allow"
        ]
    );
}

#[test]
fn without_a_terminal_complete_answers_are_sent_to_render() {
    let home = Home::new();
    let args = ["--client-secret-from", "ssm:/hubgate/secret", "--allow", "all"];
    let run = home.hubgate().args(KNOWN).args(args).assert().code(2);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("hubgate render --out DIR takes the answers"));
}

#[test]
fn flags_before_a_subcommand_are_not_silently_dropped() {
    let home = Home::new();
    let run = home
        .hubgate()
        .args(["--hub-url", HUB, "render", "--out", "out"])
        .assert()
        .code(2);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("--hub-url belongs behind the subcommand"), "{said}");
}
