#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use super::*;
use crate::host::memory::{MemoryHost, failed, finished, hangs};
use crate::host::{CLIENT_SECRET_VARIABLE, Environment, Invocation};
use crate::secret::read_typed;

/// Of the length and the characters that Cognito gives.
const CANARY: &str = "1kvq0v8jd2l5bl3g8uf7hkrnk1bq9dg3b6l2q5v4pmr0s7t1u8w2";

fn resolve(host: &MemoryHost, source: &str) -> Result<Resolved, SecretError> {
    source
        .parse::<SecretSource>()
        .unwrap()
        .resolve(host, Path::new("/opt/tljh"))
}

fn with_file(bytes: impl Into<Vec<u8>>, mode: u32) -> MemoryHost {
    let host = MemoryHost::new();
    host.put("/root/s", bytes, mode);
    host
}

/// A host whose `aws` prints this.
fn with_aws(stdout: String) -> MemoryHost {
    let host = MemoryHost::new();
    host.program("/usr/bin/aws", move |_, _| Ok(finished(stdout.clone())));
    host
}

fn secret_string(text: &str) -> MemoryHost {
    with_aws(serde_json::json!({ "Name": "hub", "SecretString": text }).to_string())
}

#[test]
fn a_file_gives_its_one_line() {
    for content in [
        format!("{CANARY}\n"),
        format!(" {CANARY}\r\n\n"),
        format!("\u{feff}{CANARY}"),
    ] {
        let resolved = resolve(&with_file(content, 0o600), "file:/root/s").unwrap();
        assert_eq!(resolved.secret.expose(), CANARY);
        assert_eq!(resolved.warnings, [""; 0]);
    }
}

#[test]
fn a_tilde_is_the_home_folder() {
    let host = with_file(CANARY, 0o600);
    host.set_var("HOME", "/root");
    assert_eq!(resolve(&host, "file:~/s").unwrap().secret.expose(), CANARY);
    let homeless = resolve(&MemoryHost::new(), "file:~/s").unwrap_err();
    assert_eq!(homeless.to_string(), "~/s cannot be found: HOME is not set");
}

#[test]
fn a_file_that_others_can_read_is_warned_about() {
    let resolved = resolve(&with_file(CANARY, 0o644), "file:/root/s").unwrap();
    assert_eq!(
        resolved.warnings,
        ["/root/s can be read by others than its owner (mode 0644): chmod 600 /root/s"]
    );
}

#[test]
fn a_length_that_cognito_would_not_give_is_warned_about_and_taken() {
    let short = resolve(&with_file("abc", 0o600), "file:/root/s").unwrap();
    assert_eq!(
        short.warnings,
        ["the secret from file:/root/s is 3 characters long; Cognito's client secrets have 24 to 64"]
    );
}

#[test]
fn what_cognito_cannot_have_issued_is_refused_wherever_it_comes_from_and_never_shown() {
    for (odd, problem) in [
        ("two words", "it holds a space within"),
        ("two\u{a0}words", "it holds a space within"),
        ("not-a-secret", "it holds characters that no client secret"),
        ("pässwörter", "it holds characters that no client secret"),
        ("None", "it is the AWS command's word for no text"),
    ] {
        let host = secret_string(odd);
        host.put("/root/s", odd, 0o600);
        host.set_var("MY_SECRET", odd);
        host.set_stdin(format!("{odd}\n"));
        for source in ["file:/root/s", "env:MY_SECRET", "stdin", "secretsmanager:hub"] {
            let error = resolve(&host, source).unwrap_err();
            let told = error.to_string();
            let start = format!("what {source} holds is no client secret: {problem}");
            assert!(told.starts_with(&start), "{told}");
            assert!(
                !format!("{error:?}{}", error.remedy().unwrap()).contains(odd),
                "{error:?}"
            );
        }
        assert!(read_typed(odd).unwrap_err().to_string().starts_with(problem));
    }
}

#[test]
fn a_file_that_holds_no_secret_is_refused() {
    let table: [(Vec<u8>, &str); 6] = [
        (b" \n".to_vec(), "it is empty"),
        (b"one\ntwo\n".to_vec(), "it has more than one line"),
        (b"a\0b".to_vec(), "it holds a control character"),
        (b"a\x1bb".to_vec(), "it holds a control character"),
        (vec![0xff, 0xfe, b'a'], "it is not UTF-8 text"),
        (vec![b'a'; 70_000], "it is longer than any secret"),
    ];
    for (bytes, problem) in table {
        let error = resolve(&with_file(bytes, 0o600), "file:/root/s").unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("what file:/root/s holds is no client secret: {problem}")
        );
    }
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let host = with_file("x", 0o600);
    assert_eq!(
        resolve(&host, "file:/nowhere").unwrap_err().to_string(),
        "/nowhere is not there"
    );
    assert_eq!(
        resolve(&host, "file:/root").unwrap_err().to_string(),
        "/root is a folder"
    );
    host.make_unreadable("/root/s");
    let error = resolve(&host, "file:/root/s").unwrap_err();
    assert!(
        error.to_string().starts_with("/root/s cannot be read: "),
        "{error}"
    );
}

#[test]
fn a_variable_is_read_and_then_hidden_from_children() {
    let host = MemoryHost::new();
    host.set_var("MY_SECRET", CANARY);
    host.set_var(CLIENT_SECRET_VARIABLE, CANARY);
    host.set_var("LANG", "C");
    assert_eq!(resolve(&host, "env:MY_SECRET").unwrap().secret.expose(), CANARY);
    assert!(host.var("MY_SECRET").is_some(), "we ourselves may ask again");
    let seen = host.child_env(&Invocation::new("/bin/true"));
    assert_eq!(
        seen.into_iter().collect::<Vec<_>>(),
        [("LANG".into(), "C".into())]
    );
}

#[test]
fn a_missing_variable_is_named_unless_it_is_the_secret() {
    let host = MemoryHost::new();
    let error = resolve(&host, "env:MY_SECRET").unwrap_err();
    assert_eq!(error.to_string(), "the environment variable MY_SECRET is not set");
    // One that is longer is no name to begin with.
    let mistaken = resolve(&host, &format!("env:x{}", &CANARY[..30])).unwrap_err();
    assert_eq!(
        mistaken.to_string(),
        "the environment variable of that name is not set"
    );
}

#[test]
fn standard_input_gives_its_one_line() {
    let host = MemoryHost::new();
    host.set_stdin(format!("{CANARY}\n"));
    assert_eq!(resolve(&host, "stdin").unwrap().secret.expose(), CANARY);
    let typed = resolve(&MemoryHost::new(), "stdin").unwrap_err();
    assert_eq!(typed.remedy().unwrap(), "pipe it in: hubgate … < file");
}

#[test]
fn secrets_manager_gives_the_whole_text() {
    let host = secret_string(&format!("{CANARY}\n"));
    assert_eq!(
        resolve(&host, "secretsmanager:hub").unwrap().secret.expose(),
        CANARY
    );
    let asked = "/usr/bin/aws secretsmanager get-secret-value --secret-id hub --output json \
                 --cli-connect-timeout 5 --cli-read-timeout 20";
    assert_eq!(host.commands(), [asked]);
}

#[test]
fn an_arn_brings_its_region() {
    let host = secret_string(CANARY);
    resolve(
        &host,
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-AbCdEf",
    )
    .unwrap();
    assert!(host.commands()[0].ends_with("--region eu-west-1"));
}

#[test]
fn secrets_manager_gives_the_text_under_a_key() {
    let host = secret_string(&format!(r#"{{"client_secret": "{CANARY}", "port": 1}}"#));
    let resolved = resolve(&host, "secretsmanager:hub#client_secret").unwrap();
    assert_eq!(resolved.secret.expose(), CANARY);
}

#[test]
fn a_json_secret_without_the_right_key_names_the_keys_and_no_value() {
    let json = format!(r#"{{"client_secret": "{CANARY}", "user": "{CANARY}", "port": 1}}"#);
    for source in [
        "secretsmanager:hub",
        "secretsmanager:hub#secret",
        "secretsmanager:hub#port",
    ] {
        let error = resolve(&secret_string(&json), source).unwrap_err();
        assert!(
            error
                .remedy()
                .unwrap()
                .contains("its keys are: client_secret, user"),
            "{}",
            error.remedy().unwrap()
        );
        assert!(!format!("{error} {error:?} {}", error.remedy().unwrap()).contains(CANARY));
    }
}

#[test]
fn a_key_of_a_secret_that_is_no_json_is_refused() {
    for text in [CANARY, "[1]", "\"x\"", "12345678"] {
        let error = resolve(&secret_string(text), "secretsmanager:hub#key").unwrap_err();
        assert_eq!(
            error.to_string(),
            "secretsmanager:hub#key names a JSON key, but the secret is no JSON object"
        );
    }
}

#[test]
fn a_binary_secret_is_refused() {
    let host = with_aws(r#"{"Name": "hub", "SecretBinary": "AAEC"}"#.into());
    let error = resolve(&host, "secretsmanager:hub").unwrap_err();
    assert_eq!(
        error.to_string(),
        "secretsmanager:hub cannot be read: it holds binary data, not text"
    );
}

#[test]
fn a_parameter_is_decrypted() {
    let host = with_aws(serde_json::json!({ "Parameter": { "Value": CANARY } }).to_string());
    assert_eq!(resolve(&host, "ssm:/hub/secret").unwrap().secret.expose(), CANARY);
    assert!(
        host.commands()[0]
            .starts_with("/usr/bin/aws ssm get-parameter --with-decryption --name /hub/secret ")
    );
}

#[test]
fn without_the_aws_command_the_error_says_how_to_get_it() {
    let error = resolve(&MemoryHost::new(), "ssm:/hub").unwrap_err();
    assert_eq!(
        error.to_string(),
        "ssm:/hub cannot be read: the aws command is not installed"
    );
    assert!(error.remedy().unwrap().contains("apt install awscli"));
}

#[test]
fn what_aws_says_is_translated() {
    let host = MemoryHost::new();
    host.program("/usr/bin/aws", |_, _| {
        Ok(failed(
            254,
            "\nAn error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: \
             Secrets Manager can't find the specified secret.\n",
        ))
    });
    let error = resolve(&host, "secretsmanager:hub").unwrap_err();
    assert_eq!(
        error.to_string(),
        "secretsmanager:hub cannot be read: it does not exist in that account and region \
         (Secrets Manager can't find the specified secret.)"
    );
}

#[test]
fn an_aws_command_that_hangs_is_given_up() {
    let host = MemoryHost::new();
    host.program("/usr/bin/aws", |call, _| Err(hangs(call, CANARY)));
    let error = resolve(&host, "ssm:/hub").unwrap_err();
    assert_eq!(
        error.to_string(),
        "ssm:/hub cannot be read: AWS gave no answer in 60 s"
    );
    assert_eq!(crate::host::Clock::monotonic(&host), Duration::from_secs(60));
}

#[test]
fn no_error_and_no_debug_shows_the_secret() {
    let hosts = [
        with_aws(format!("{{\"SecretString\": \"{CANARY}\"")),
        with_aws(format!("{{\"SecretString\": [\"{CANARY}\"]}}")),
        with_aws(CANARY.into()),
        secret_string(&format!("{CANARY}\n{CANARY}")),
        secret_string(&format!("{{\"k\": \"{CANARY}\"}}")),
    ];
    for host in hosts {
        let error = resolve(&host, "secretsmanager:hub").unwrap_err();
        let shown = format!(
            "{error} {error:?} {} {:?}",
            error.remedy().unwrap(),
            host.record()
        );
        assert!(!shown.contains(CANARY), "{shown}");
    }
    let resolved = resolve(&secret_string(CANARY), "secretsmanager:hub").unwrap();
    assert!(!format!("{resolved:?}").contains(CANARY));
}
