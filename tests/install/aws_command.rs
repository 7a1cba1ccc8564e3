//! The AWS CLI where the image has none.

use super::*;
use hubgate::host::memory::failed;
use hubgate::secret::SecretSource;

fn ensure(host: &MemoryHost, source: &str) -> Result<(), InstallError> {
    let source: SecretSource = source.parse().unwrap();
    ensure_aws_command(host, Path::new(PREFIX), &source, &mut Heard::default())
}

/// A hub whose Python makes environments with a pip that installs what it is told.
fn hub() -> MemoryHost {
    let host = MemoryHost::new();
    host.program("/opt/tljh/hub/bin/python", |call, host| {
        let folder = call.args.last().unwrap().to_string_lossy().into_owned();
        let aws = format!("{folder}/bin/aws");
        host.program(format!("{folder}/bin/pip"), move |_, host| {
            host.program(&aws, |_, _| Ok(finished("{}")));
            Ok(finished(""))
        });
        Ok(finished(""))
    });
    host
}

#[test]
fn it_is_installed_beside_the_hub_and_found_there() {
    let host = hub();
    ensure(&host, "secretsmanager:hubgate/hub").unwrap();
    assert_eq!(
        host.commands(),
        [
            "/opt/tljh/hub/bin/python -m venv --clear /opt/tljh/hubgate-aws",
            "/opt/tljh/hubgate-aws/bin/pip install --quiet --no-input awscli==1.46.3",
        ]
    );
    assert_eq!(
        hubgate::awscli::find_command(&host, Path::new(PREFIX)).unwrap(),
        Path::new("/opt/tljh/hubgate-aws/bin/aws")
    );
    let again = host.restart();
    ensure(&again, "ssm:/hubgate/hub").unwrap();
    assert!(again.commands().is_empty());
}

#[test]
fn below_another_prefix_nothing_is_left_under_the_default_one() {
    let host = hub();
    host.program("/srv/tljh/hub/bin/python", |call, host| {
        let folder = call.args.last().unwrap().to_string_lossy().into_owned();
        host.program(format!("{folder}/bin/pip"), |_, _| Ok(finished("")));
        Ok(finished(""))
    });
    let source = "ssm:/hubgate/hub".parse().unwrap();
    ensure_aws_command(&host, Path::new("/srv/tljh"), &source, &mut Heard::default()).unwrap();
    let commands = host.commands();
    assert_eq!(commands.len(), 2, "{commands:?}");
    let default = |command: &String| command.contains(PREFIX);
    assert!(!commands.iter().any(default), "{commands:?}");
}

#[test]
fn the_machine_s_own_is_left_alone_and_other_secrets_need_none() {
    let host = hub();
    ensure(&host, "file:/root/secret").unwrap();
    host.program("/usr/bin/aws", |_, _| Ok(finished("{}")));
    ensure(&host, "secretsmanager:hubgate/hub").unwrap();
    assert!(host.commands().is_empty());
}

#[test]
fn a_failure_is_tried_again_and_then_told() {
    let host = MemoryHost::new();
    host.program("/opt/tljh/hub/bin/python", |_, _| Ok(finished("")));
    host.program("/opt/tljh/hubgate-aws/bin/pip", |_, _| {
        Ok(failed(1, "no route\n"))
    });
    let error = ensure(&host, "ssm:/hubgate/hub").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the AWS CLI, which the client secret is fetched with, cannot be installed\n    | no route"
    );
    assert_eq!(host.commands().len(), 4);
}
