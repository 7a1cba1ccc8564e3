#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::secret::SecretSource;

fn parse(text: &str) -> Result<SecretSource, crate::invalid::Invalid> {
    text.parse()
}

#[test]
fn what_people_paste_is_understood() {
    let table = [
        ("file:/root/cognito.secret", "file:/root/cognito.secret"),
        ("  file: /root/cognito.secret \n", "file:/root/cognito.secret"),
        ("FILE:/root/x", "file:/root/x"),
        ("file:///root/a%20b", "file:/root/a b"),
        ("file://localhost/root/x", "file:/root/x"),
        ("file:/root/a%20b", "file:/root/a%20b"),
        ("file:~/x", "file:~/x"),
        ("file:x#y:z", "file:x#y:z"),
        ("env:COGNITO_SECRET", "env:COGNITO_SECRET"),
        ("env:$COGNITO_SECRET", "env:COGNITO_SECRET"),
        ("Env:${COGNITO_SECRET}", "env:COGNITO_SECRET"),
        ("stdin", "stdin"),
        ("STDIN:", "stdin"),
        ("-", "stdin"),
        (
            "secretsmanager:hub/my-hub-secret",
            "secretsmanager:hub/my-hub-secret",
        ),
        (
            "SecretsManager: hub # client_secret ",
            "secretsmanager:hub#client_secret",
        ),
        ("secretsmanager://hub", "secretsmanager:hub"),
        (
            "secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-AbCdEf#client_secret",
            "secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-AbCdEf#client_secret",
        ),
        (
            "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:hub-AbCdEf",
            "secretsmanager:arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:hub-AbCdEf",
        ),
        ("ssm:/hub/secret", "ssm:/hub/secret"),
        ("ssm:///hub/secret", "ssm:/hub/secret"),
        ("ssm:hub.secret", "ssm:hub.secret"),
        (
            "arn:aws:ssm:eu-west-1:123456789012:parameter/hub/secret",
            "ssm:arn:aws:ssm:eu-west-1:123456789012:parameter/hub/secret",
        ),
    ];
    for (pasted, understood) in table {
        let source = parse(pasted).unwrap_or_else(|refusal| panic!("{pasted}: {refusal}"));
        assert_eq!(source.to_string(), understood, "{pasted}");
        assert_eq!(parse(understood).unwrap(), source, "its own form: {understood}");
    }
}

#[test]
fn a_wrong_source_is_told_what_would_be_right() {
    let table = [
        ("", "use file:PATH"),
        ("file:", "file:/root/cognito.secret"),
        ("file://root/x", "file:/full/path"),
        ("file:~ada/x", "the full path"),
        ("file:/root/", "name the file"),
        ("file:/a\u{7}b", "file:/full/path"),
        ("/root/cognito.secret", "write file: before"),
        ("~/cognito.secret", "write file: before"),
        ("$COGNITO_SECRET", "write env:"),
        ("env:", "env:NAME"),
        ("env:MY-SECRET", "env:NAME"),
        ("env:1SECRET", "env:NAME"),
        ("stdin:x", "just stdin"),
        ("secretmanager:hub", "did you mean secretsmanager:"),
        ("sm:hub", "did you mean secretsmanager:"),
        ("parameter-store:/hub", "did you mean ssm:"),
        ("fil:/root/x", "did you mean file:"),
        ("vault:kv/hub", "use file:PATH"),
        ("secretsmanager:", "secretsmanager:NAME"),
        ("secretsmanager:hub#", "#key"),
        ("secretsmanager:hub:client_secret", "behind #"),
        ("secretsmanager:a hub", "secretsmanager:NAME"),
        (
            "secretsmanager:arn:aws:secretsmanager:eu-west-1:1234:secret:hub",
            "123456789012",
        ),
        ("arn:aws:s3:::bucket", "arn:aws:secretsmanager"),
        ("ssm:", "ssm:/path"),
        ("ssm:/hub#key", "secretsmanager:ID#key"),
        ("ssm:/hub/a b", "ssm:/path"),
        ("ssm:/AWS/hub", "ssm:/path"),
        ("ssm:/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p", "ssm:/path"),
        (
            "ssm:arn:aws:ssm:eu-west-1:123456789012:document/x",
            "parameter/path",
        ),
    ];
    for (wrong, right) in table {
        let refusal = parse(wrong).expect_err(wrong);
        assert!(refusal.remedy.contains(right), "{wrong}: {refusal}");
    }
}

#[test]
fn a_secret_given_instead_of_its_source_is_refused_and_not_echoed() {
    let secret = "1kvq0v8jd2l5bl3g8uf7hkrnk1bq9dg3b6l2q5v4pmr0s7t1u8w2";
    for given in [
        secret.to_owned(),
        format!("vault:{secret}"),
        format!("{secret}:x"),
        format!("env:-{secret}"),
        format!("/{secret}"),
        format!("stdin:{secret}"),
        format!("secretsmanager:{secret}:x"),
        format!("ssm:{secret}#x"),
        format!("file:~{secret}"),
        format!("arn:{secret}"),
    ] {
        let refusal = parse(&given).expect_err(&given);
        assert!(
            !format!("{refusal} {refusal:?}").contains(&secret[..10]),
            "{refusal}"
        );
    }
}

#[test]
fn the_region_is_the_arns() {
    let region = |text| parse(text).unwrap().region().map(str::to_owned);
    assert_eq!(
        region("arn:aws:secretsmanager:eu-west-1:123456789012:secret:x").as_deref(),
        Some("eu-west-1")
    );
    assert_eq!(
        region("arn:aws:ssm:us-east-2:123456789012:parameter/x").as_deref(),
        Some("us-east-2")
    );
    assert_eq!(region("secretsmanager:x"), None);
    assert_eq!(region("file:/x"), None);
}
