//! One call of the `aws` command.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{AwsError, AwsFailure};
use crate::host::{Host, Invocation, RunError};

/// Startup of the Python command, a few tries of its own, and an answer.
const DEADLINE: Duration = Duration::from_secs(60);

/// Where user data and `hubgate install` put the AWS CLI on an image that has none: beside TLJH's
/// environments.
pub fn own_command(prefix: &Path) -> PathBuf {
    prefix.join("hubgate-aws/bin/aws")
}

/// The machine's `aws`, else our own below TLJH's prefix.
pub fn find_command(host: &dyn Host, prefix: &Path) -> Option<PathBuf> {
    host.find("aws")
        .or_else(|| host.find(own_command(prefix).to_str()?))
}

/// The `aws` command on a host.
pub struct AwsCli<'h> {
    host: &'h dyn Host,
    prefix: &'h Path,
    region: Option<&'h str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretValue {
    secret_string: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameter {
    parameter: Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: String,
}

impl<'h> AwsCli<'h> {
    /// An `aws` of our own is looked for below TLJH's `prefix`; `region` overrides what the environment and the profile say.
    pub fn new(host: &'h dyn Host, prefix: &'h Path, region: Option<&'h str>) -> Self {
        AwsCli { host, prefix, region }
    }

    /// The text of a secret in Secrets Manager. `id` is a name or an ARN.
    pub fn secret_value(&self, id: &str) -> Result<String, AwsError> {
        let args = ["secretsmanager", "get-secret-value", "--secret-id", id];
        let answer: SecretValue = self.call(&args, "secretsmanager:GetSecretValue")?;
        answer
            .secret_string
            .ok_or_else(|| AwsError::new(AwsFailure::Binary, ""))
    }

    /// The decrypted value of a Systems Manager parameter. `name` is a name or an ARN.
    pub fn parameter(&self, name: &str) -> Result<String, AwsError> {
        let args = ["ssm", "get-parameter", "--with-decryption", "--name", name];
        let answer: GetParameter = self.call(&args, "ssm:GetParameter")?;
        Ok(answer.parameter.value)
    }

    /// Runs `aws ARGS` and reads the JSON it prints; `action` is the IAM action that it needs.
    pub fn call<T: DeserializeOwned>(&self, args: &[&str], action: &str) -> Result<T, AwsError> {
        let aws = find_command(self.host, self.prefix)
            .ok_or_else(|| AwsError::new(AwsFailure::NotInstalled, ""))?;
        let mut call = Invocation::new(aws)
            .args(args)
            .args([
                "--output",
                "json",
                "--cli-connect-timeout",
                "5",
                "--cli-read-timeout",
                "20",
            ])
            // Version 2 would page its output, or ask a person.
            .env("AWS_PAGER", "")
            .env("AWS_CLI_AUTO_PROMPT", "off")
            .deadline(DEADLINE);
        if let Some(region) = self.region {
            call = call.args(["--region", region]);
        }
        if self.host.var("AWS_MAX_ATTEMPTS").is_none() {
            call = call.env("AWS_MAX_ATTEMPTS", "3");
        }
        let finished = self.host.run(&call).map_err(|error| match error {
            RunError::TimedOut { after, .. } => AwsError::new(AwsFailure::TimedOut(after), ""),
            RunError::Interrupted { .. } => AwsError::new(AwsFailure::Interrupted, ""),
            RunError::NotFound { .. } => AwsError::new(AwsFailure::NotInstalled, ""),
            other => AwsError::new(AwsFailure::Other, other.to_string()),
        })?;
        if !finished.success() {
            return Err(AwsError::from_stderr(
                &String::from_utf8_lossy(&finished.stderr),
                action,
            ));
        }
        let stdout = Zeroizing::new(finished.stdout);
        // serde's own message could quote the answer.
        serde_json::from_slice(&stdout)
            .map_err(|_| AwsError::new(AwsFailure::Other, "its answer is not the JSON that was expected"))
    }
}
