extension BuiltInRules {
    /// Errors that stay until somebody changes something: all `never`.
    ///
    /// `build-command` is the build's own failing command; users with flaky tests put their own
    /// rule before it.
    static let permanent: [BuiltInRule] = [
        .never("aws-permanent/configuration", codes: ["ConfigurationError"]),
        .never("aws-permanent/permission", codes: ["PermissionError"]),
        .never(
            "aws-permanent/access-denied",
            contains: [
                "AccessDenied", "is not authorized to perform", "UnauthorizedOperation",
                "does not have sufficient permissions", "getting S3 access denied",
                "does not have permissions to perform this action", "IAM_ROLE_MISSING",
                "IAM_ROLE_PERMISSIONS", "AUTO_SCALING_IAM_ROLE_PERMISSIONS",
            ]
        ),
        .never(
            "aws-permanent/account-blocked",
            contains: ["Cannot have more than 0 builds", "AccountSuspendedException"]
        ),
        .never(
            "aws-permanent/not-found",
            contains: [
                "Project cannot be found", "ResourceNotFoundException", "APPLICATION_MISSING",
                "DEPLOYMENT_GROUP_MISSING", "REVISION_MISSING", "NO_INSTANCES",
                "Exception while trying to read the task definition artifact file from",
            ]
        ),
        .never(
            "aws-permanent/invalid-input",
            contains: [
                "InvalidInputException", "Template validation error", "Template format error",
                "YAML_FILE_ERROR", "BundleType must be either YAML or JSON", "INVALID_REVISION",
                "INVALID_ECS_SERVICE", "INVALID_LAMBDA_CONFIGURATION", "INVALID_LAMBDA_FUNCTION",
            ]
        ),
        .never(
            "aws-permanent/stack-stuck",
            contains: [
                "is in ROLLBACK_COMPLETE state", "non-updatable status: ROLLBACK_COMPLETE",
                "is in ROLLBACK_FAILED state", "is in UPDATE_ROLLBACK_FAILED state",
            ]
        ),
        .never(
            "aws-permanent/stopped-by-hand",
            contains: ["Build terminated with state: STOPPED", "MANUAL_STOP"]
        ),
        .never(
            "aws-permanent/build-command",
            contains: ["Phase: BUILD, Code: COMMAND_EXECUTION_ERROR"]
        ),
    ]
}
