//! The usual failures of the `aws` command, and what mends them.

use std::time::Duration;

/// Why an AWS call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
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
    pub cause: Cause,
    /// What the command itself said last, without its "An error occurred"; may be empty.
    pub detail: String,
}

impl AwsError {
    pub(super) fn new(cause: Cause, detail: impl Into<String>) -> Self {
        AwsError {
            cause,
            detail: detail.into(),
        }
    }

    /// Reads what `aws` wrote to standard error for `action`.
    pub(super) fn from_stderr(stderr: &str, action: &str) -> Self {
        let said = last_words(stderr);
        let cause = match error_code(&said).map(|code| by_code(code, &said, action)) {
            None | Some(Cause::Other) => by_words(&said),
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
            Cause::NotInstalled => return "the aws command is not installed".into(),
            Cause::NoCredentials => return "AWS credentials are missing".into(),
            Cause::NoRegion => return "no AWS region is set".into(),
            Cause::Binary => return "it holds binary data, not text".into(),
            Cause::TimedOut(after) => return format!("AWS gave no answer in {} s", after.as_secs()),
            Cause::Interrupted => return "stopped on request".into(),
            Cause::Expired => "the AWS session has expired",
            Cause::BadCredentials => "AWS does not accept the credentials",
            Cause::AccessDenied { .. } => "AWS denies access",
            Cause::NotFound => "it does not exist in that account and region",
            Cause::Unusable => "it is disabled or waiting to be deleted",
            Cause::Unreachable => "AWS cannot be reached",
            Cause::Throttled => "AWS asks to slow down",
            Cause::Kms => "it cannot be decrypted",
            Cause::Other => "the aws command failed",
        };
        if self.detail.is_empty() {
            what.to_owned()
        } else {
            format!("{what} ({})", self.detail)
        }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match &self.cause {
            Cause::NotInstalled => {
                "install the AWS CLI (apt install awscli, or pip install awscli), or use file:PATH".into()
            }
            Cause::NoCredentials => {
                "give the instance a role, run aws configure, or set AWS_PROFILE; see aws sts get-caller-identity"
                    .into()
            }
            Cause::Expired => "sign in again: aws sso login, or renew the session's variables".into(),
            Cause::BadCredentials => {
                "check the keys with aws sts get-caller-identity, and the clock with timedatectl".into()
            }
            Cause::AccessDenied { action } => format!("allow {action} on it, to the role or user that runs hubgate"),
            Cause::NotFound => {
                "check its name, the account (aws sts get-caller-identity) and the region (AWS_REGION, or an ARN)"
                    .into()
            }
            Cause::Unusable => "restore it (aws secretsmanager restore-secret), or name another".into(),
            Cause::Binary => "store the client secret as text".into(),
            Cause::NoRegion => "set AWS_REGION, run aws configure, or name the secret by its ARN".into(),
            Cause::Unreachable => {
                "check the network, the proxy and the region's name; a private subnet needs a VPC endpoint".into()
            }
            Cause::Throttled => "try again in a minute".into(),
            Cause::Kms => "allow kms:Decrypt on its key, to the role or user that runs hubgate".into(),
            Cause::TimedOut(_) => "check the network and the proxy, then try again".into(),
            Cause::Interrupted => "run it again".into(),
            Cause::Other => "run the aws command by hand to see more".into(),
        }
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

fn by_code(code: &str, said: &str, action: &str) -> Cause {
    match code {
        // Secrets Manager reports a denied key as denied access.
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation"
            if said.contains("kms:") || said.contains("KMS") =>
        {
            Cause::Kms
        }
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => Cause::AccessDenied {
            action: denied_action(said).unwrap_or(action).to_owned(),
        },
        "ResourceNotFoundException" | "ParameterNotFound" | "ParameterVersionNotFound" => Cause::NotFound,
        "InvalidRequestException"
            if said.contains("marked for deletion") || said.contains("marked deleted") =>
        {
            Cause::Unusable
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            Cause::Expired
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "AuthFailure"
        | "InvalidAccessKeyId" => Cause::BadCredentials,
        "ThrottlingException" | "Throttling" | "TooManyRequestsException" | "RequestLimitExceeded" => {
            Cause::Throttled
        }
        "DecryptionFailure" | "InvalidKeyId" | "KMSAccessDeniedException" | "EncryptionFailure" => Cause::Kms,
        _ => Cause::Other,
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
fn by_words(said: &str) -> Cause {
    const SAYINGS: [(&str, Cause); 15] = [
        ("Unable to locate credentials", Cause::NoCredentials),
        ("Partial credentials found", Cause::NoCredentials),
        ("The config profile", Cause::NoCredentials),
        ("You must specify a region", Cause::NoRegion),
        ("has expired", Cause::Expired),
        ("still expired", Cause::Expired),
        ("SSO session", Cause::Expired),
        ("SSO Token", Cause::Expired),
        (
            "security token included in the request is invalid",
            Cause::BadCredentials,
        ),
        ("Could not connect to the endpoint", Cause::Unreachable),
        ("Connect timeout", Cause::Unreachable),
        ("Read timeout", Cause::Unreachable),
        ("SSL validation failed", Cause::Unreachable),
        ("Failed to connect to proxy", Cause::Unreachable),
        ("Connection was closed", Cause::Unreachable),
    ];
    if let Some(action) = denied_action(said) {
        return Cause::AccessDenied {
            action: action.to_owned(),
        };
    }
    let known = SAYINGS.into_iter().find(|(words, _)| said.contains(words));
    known.map_or(Cause::Other, |(_, cause)| cause)
}

#[cfg(test)]
mod tests;
