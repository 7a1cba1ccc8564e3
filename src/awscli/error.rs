//! The usual failures of the `aws` command, and what mends them.

use crate::told::Told;
use std::time::Duration;

/// Why an AWS call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwsFailure {
    NotInstalled,
    NoCredentials,
    /// The session or the role's token has run out.
    Expired,
    /// Keys that AWS does not know, or a clock that is wrong.
    BadCredentials,
    AccessDenied {
        /// The IAM action that is missing, such as `secretsmanager:GetSecretValue`.
        action: String,
    },
    NotFound,
    /// The secret is waiting to be deleted, or disabled.
    Unusable,
    /// It holds bytes, not text.
    Binary,
    NoRegion,
    Unreachable,
    Throttled,
    /// The key that the secret is encrypted with may not be used.
    Kms,
    TimedOut(Duration),
    Interrupted,
    Other,
}

/// A failed AWS call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct AwsError {
    pub cause: AwsFailure,
    /// What the command itself said last, without its "An error occurred"; may be empty.
    pub detail: String,
}

impl AwsError {
    pub(super) fn new(cause: AwsFailure, detail: impl Into<String>) -> Self {
        AwsError {
            cause,
            detail: detail.into(),
        }
    }

    /// Reads what `aws` wrote to standard error for `action`.
    pub(super) fn from_stderr(stderr: &str, action: &str) -> Self {
        let said = last_words(stderr);
        let cause = match error_code(&said).map(|code| by_code(code, &said, action)) {
            None | Some(AwsFailure::Other) => by_words(&said),
            Some(cause) => cause,
        };
        // `… operation: MESSAGE`, or `… operation (reached max retries: 2): MESSAGE`.
        let message = said
            .rsplit_once(" operation: ")
            .or_else(|| said.split_once("): "));
        let detail = match message {
            Some((_, message)) if !message.is_empty() => message.to_owned(),
            _ => said,
        };
        AwsError { cause, detail }
    }

    fn sentence(&self) -> String {
        let what = match &self.cause {
            AwsFailure::NotInstalled => return "the aws command is not installed".into(),
            AwsFailure::NoCredentials => return "AWS credentials are missing".into(),
            AwsFailure::NoRegion => return "no AWS region is set".into(),
            AwsFailure::Binary => return "it holds binary data, not text".into(),
            AwsFailure::TimedOut(after) => return format!("AWS gave no answer in {} s", after.as_secs()),
            AwsFailure::Interrupted => return "stopped on request".into(),
            AwsFailure::Expired => "the AWS session has expired",
            AwsFailure::BadCredentials => "AWS does not accept the credentials",
            AwsFailure::AccessDenied { .. } => "AWS denies access",
            AwsFailure::NotFound => "it does not exist in that account and region",
            AwsFailure::Unusable => "it is disabled or waiting to be deleted",
            AwsFailure::Unreachable => "AWS cannot be reached",
            AwsFailure::Throttled => "AWS asks to slow down",
            AwsFailure::Kms => "it cannot be decrypted",
            AwsFailure::Other => "the aws command failed",
        };
        if self.detail.is_empty() {
            what.to_owned()
        } else {
            format!("{what} ({})", self.detail)
        }
    }
}

impl Told for AwsError {
    fn remedy(&self) -> Option<String> {
        Some(match &self.cause {
            AwsFailure::NotInstalled => {
                "install the AWS CLI (apt install awscli, or pip install awscli), or use file:PATH".into()
            }
            AwsFailure::NoCredentials => {
                "give the instance a role, run aws configure, or set AWS_PROFILE; see aws sts get-caller-identity"
                    .into()
            }
            AwsFailure::Expired => "sign in again: aws sso login, or renew the session's variables".into(),
            AwsFailure::BadCredentials => {
                "check the keys with aws sts get-caller-identity, and the clock with timedatectl".into()
            }
            AwsFailure::AccessDenied { action } => format!("allow {action} on it, to the role or user that runs hubgate"),
            AwsFailure::NotFound => {
                "check its name, the account (aws sts get-caller-identity) and the region (AWS_REGION, or an ARN)"
                    .into()
            }
            AwsFailure::Unusable => "restore it (aws secretsmanager restore-secret), or name another".into(),
            AwsFailure::Binary => "store the client secret as text".into(),
            AwsFailure::NoRegion => "set AWS_REGION, run aws configure, or name the secret by its ARN".into(),
            AwsFailure::Unreachable => {
                "check the network, the proxy and the region's name; a private subnet needs a VPC endpoint".into()
            }
            AwsFailure::Throttled => "try again in a minute".into(),
            AwsFailure::Kms => "allow kms:Decrypt on its key, to the role or user that runs hubgate".into(),
            AwsFailure::TimedOut(_) => "check the network and the proxy, then try again".into(),
            AwsFailure::Interrupted => "run it again".into(),
            AwsFailure::Other => "run the aws command by hand to see more".into(),
        })
    }
}

/// The line that says what is wrong: the last one that is not empty, without newer CLIs' prefix.
fn last_words(stderr: &str) -> String {
    let line = stderr
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let line = line.strip_prefix("aws: [ERROR]:").map_or(line, str::trim);
    let words: Vec<_> = line.split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(500)
        .collect()
}

/// `An error occurred (CODE) when calling …`
fn error_code(said: &str) -> Option<&str> {
    said.split_once("An error occurred (")?
        .1
        .split_once(')')
        .map(|(code, _)| code)
}

fn by_code(code: &str, said: &str, action: &str) -> AwsFailure {
    match code {
        // Secrets Manager reports a denied key as denied access.
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation"
            if said.contains("kms:") || said.contains("KMS") =>
        {
            AwsFailure::Kms
        }
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => AwsFailure::AccessDenied {
            action: denied_action(said).unwrap_or(action).to_owned(),
        },
        "ResourceNotFoundException" | "ParameterNotFound" | "ParameterVersionNotFound" => {
            AwsFailure::NotFound
        }
        "InvalidRequestException"
            if said.contains("marked for deletion") || said.contains("marked deleted") =>
        {
            AwsFailure::Unusable
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            AwsFailure::Expired
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "AuthFailure"
        | "InvalidAccessKeyId" => AwsFailure::BadCredentials,
        "ThrottlingException" | "Throttling" | "TooManyRequestsException" | "RequestLimitExceeded" => {
            AwsFailure::Throttled
        }
        "DecryptionFailure" | "InvalidKeyId" | "KMSAccessDeniedException" | "EncryptionFailure" => {
            AwsFailure::Kms
        }
        _ => AwsFailure::Other,
    }
}

/// `… is not authorized to perform: secretsmanager:GetSecretValue on resource: …`
fn denied_action(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("not authorized to perform: ")?;
    let action = rest
        .split(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '-')
        .next()?;
    action.contains(':').then_some(action)
}

/// What the command says before it has asked AWS anything, or of an answer that it cannot read.
fn by_words(said: &str) -> AwsFailure {
    const SAYINGS: [(&str, AwsFailure); 15] = [
        ("Unable to locate credentials", AwsFailure::NoCredentials),
        ("Partial credentials found", AwsFailure::NoCredentials),
        ("The config profile", AwsFailure::NoCredentials),
        ("You must specify a region", AwsFailure::NoRegion),
        ("has expired", AwsFailure::Expired),
        ("still expired", AwsFailure::Expired),
        ("SSO session", AwsFailure::Expired),
        ("SSO Token", AwsFailure::Expired),
        (
            "security token included in the request is invalid",
            AwsFailure::BadCredentials,
        ),
        ("Could not connect to the endpoint", AwsFailure::Unreachable),
        ("Connect timeout", AwsFailure::Unreachable),
        ("Read timeout", AwsFailure::Unreachable),
        ("SSL validation failed", AwsFailure::Unreachable),
        ("Failed to connect to proxy", AwsFailure::Unreachable),
        ("Connection was closed", AwsFailure::Unreachable),
    ];
    if let Some(action) = denied_action(said) {
        return AwsFailure::AccessDenied {
            action: action.to_owned(),
        };
    }
    let known = SAYINGS.into_iter().find(|(words, _)| said.contains(words));
    known.map_or(AwsFailure::Other, |(_, cause)| cause)
}

#[cfg(test)]
mod tests;
