use super::*;

fn cause(stderr: &str) -> AwsFailure {
    AwsError::from_stderr(stderr, "secretsmanager:GetSecretValue").cause
}

fn service_error(code: &str, message: &str) -> AwsFailure {
    cause(&format!(
        "\nAn error occurred ({code}) when calling the GetSecretValue operation: {message}\n"
    ))
}

#[test]
fn each_usual_failure_has_its_cause() {
    let denied = |action: &str| AwsFailure::AccessDenied {
        action: action.into(),
    };
    let table = [
        (
            cause(
                "Unable to locate credentials. You can configure credentials by running \"aws configure\".",
            ),
            AwsFailure::NoCredentials,
        ),
        (
            cause("\nThe config profile (hub) could not be found\n"),
            AwsFailure::NoCredentials,
        ),
        (
            cause(
                "You must specify a region. You can also configure your region by running \"aws configure\".",
            ),
            AwsFailure::NoRegion,
        ),
        (
            cause("aws: [ERROR]: You must specify a region."),
            AwsFailure::NoRegion,
        ),
        (
            cause(
                "Could not connect to the endpoint URL: \"https://secretsmanager.eu-west-9.amazonaws.com/\"",
            ),
            AwsFailure::Unreachable,
        ),
        (
            cause("Connect timeout on endpoint URL: \"https://x\""),
            AwsFailure::Unreachable,
        ),
        (
            cause("Error loading SSO Token: Token for hub has expired and refresh failed"),
            AwsFailure::Expired,
        ),
        (
            service_error(
                "ExpiredTokenException",
                "The security token included in the request is expired",
            ),
            AwsFailure::Expired,
        ),
        (
            service_error(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            AwsFailure::BadCredentials,
        ),
        (
            service_error(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            ),
            AwsFailure::NotFound,
        ),
        (service_error("ParameterNotFound", ""), AwsFailure::NotFound),
        (
            service_error(
                "InvalidRequestException",
                "You can't perform this operation on the secret because it was marked for deletion.",
            ),
            AwsFailure::Unusable,
        ),
        (
            service_error(
                "AccessDeniedException",
                "User: arn:aws:sts::1:assumed-role/r/i is not authorized to perform: secretsmanager:GetSecretValue on resource: hub because no identity-based policy allows it",
            ),
            denied("secretsmanager:GetSecretValue"),
        ),
        (
            service_error("AccessDeniedException", "no"),
            denied("secretsmanager:GetSecretValue"),
        ),
        (
            service_error("AccessDeniedException", "Access to KMS is not allowed"),
            AwsFailure::Kms,
        ),
        (service_error("DecryptionFailure", "…"), AwsFailure::Kms),
        (
            service_error("ThrottlingException", "Rate exceeded"),
            AwsFailure::Throttled,
        ),
        (service_error("InternalServiceError", "…"), AwsFailure::Other),
        (
            cause("Traceback (most recent call last):\nModuleNotFoundError: no module named 'awscli'"),
            AwsFailure::Other,
        ),
        (cause(""), AwsFailure::Other),
    ];
    for (found, expected) in table {
        assert_eq!(found, expected);
    }
}

#[test]
fn a_denied_call_names_the_permission_that_is_missing() {
    let said = "An error occurred (AccessDeniedException) when calling the GetParameter operation: User: u \
                is not authorized to perform: ssm:GetParameter on resource: r";
    let error = AwsError::from_stderr(said, "ssm:GetParameter");
    assert_eq!(
        error.remedy().unwrap(),
        "allow ssm:GetParameter on it, to the role or user that runs hubgate"
    );
}

#[test]
fn the_commands_own_words_are_kept_short_and_clean() {
    let error = AwsError::from_stderr(&format!("first\n\x1b[31m{}\n\n", "x".repeat(900)), "a:b");
    assert_eq!(error.detail.len(), 500);
    assert!(error.detail.starts_with("[31mxxx"));
    assert_eq!(
        AwsError::new(AwsFailure::Other, "").to_string(),
        "the aws command failed"
    );
    let throttled = "An error occurred (ThrottlingException) when calling the GetSecretValue operation (reached \
                     max retries: 2): Rate  exceeded";
    assert_eq!(
        AwsError::from_stderr(throttled, "a:b").to_string(),
        "AWS asks to slow down (Rate exceeded)"
    );
}
