extension BuiltInRulesTests {
    /// Messages as they were seen, and the piece of knowledge that each is.
    static let known: [(String, String)] = [
        (SituationBuilder.busy, "aws-capacity/build-queue"),
        (
            "Error calling startBuild: Cannot have more than 10 builds in queue for the account",
            "aws-capacity/build-queue"
        ),
        (
            "Cannot have more than 60 active builds for the account", "aws-capacity/build-queue"
        ),
        (
            "Error calling startBuild: Cannot have more than 0 builds in queue for the account "
                + "(Error Code: AccountLimitExceededException)",
            "never aws-capacity/account-blocked"
        ),
        (
            "Cannot have more than 0 active builds for the account",
            "never aws-capacity/account-blocked"
        ),
        ("AccountSuspendedException", "never aws-capacity/account-blocked"),
        (
            "Deployment Group is already deploying deployment d-A1B2C3D4E",
            "aws-capacity/deployment-in-progress"
        ),
        (
            "Stack:arn:aws:cloudformation:eu-west-1:1:stack/x is in "
                + "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS state and can not be updated.",
            "aws-capacity/stack-in-progress"
        ),
        (
            "Stack x is in UPDATE_IN_PROGRESS state and cannot be updated",
            "aws-capacity/stack-in-progress"
        ),
        (
            "Stack exists but with non-updatable status: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "aws-capacity/stack-in-progress"
        ),
        (
            "Stack exists but with non-updatable status: UPDATE_IN_PROGRESS",
            "aws-capacity/stack-in-progress"
        ),
        (
            "We currently do not have sufficient m5.large capacity in the Availability Zone you "
                + "requested (InsufficientInstanceCapacity)",
            "aws-capacity/no-instance"
        ),
        (
            "Capacity is unavailable at this time. Please try again later or in a different "
                + "availability zone",
            "aws-capacity/no-instance"
        ),
        (
            "Rate exceeded (Service: Config, Status Code: 400, Request ID: 1) (RequestToken: 2, "
                + "HandlerErrorCode: GeneralServiceException)",
            "aws-throttling/rate-exceeded"
        ),
        ("Request failed: rate exceeded", "aws-throttling/rate-exceeded"),
        ("Request rate is too high", "aws-throttling/rate-exceeded"),
        (
            "An error occurred (ThrottlingException) when calling the PutParameter operation",
            "aws-throttling/throttled"
        ),
        ("EC2ThrottledException", "aws-throttling/throttled"),
        ("Too Many Requests (TooManyRequestsException)", "aws-throttling/rate-exceeded"),
        ("Request limit exceeded. (RequestLimitExceeded)", "aws-throttling/rate-exceeded"),
        ("RequestThrottledException", "aws-throttling/throttled"),
        ("ProvisionedThroughputExceededException", "aws-throttling/throttled"),
        ("Resource failed (HandlerErrorCode: Throttling)", "aws-throttling/throttled"),
        ("Status Code: 400; Error Code: Throttling; Request ID: 1", "aws-throttling/throttled"),
        ("An error occurred (Throttling) when calling DescribeStacks", "aws-throttling/throttled"),
        ("Error Code: THROTTLED, try later", "aws-throttling/throttled"),
        ("Status Code: 400; Error Code: SlowDown", "aws-throttling/throttled"),
        (
            "An error occurred (SlowDown) when calling the PutObject operation: Please reduce "
                + "your request rate.", "aws-throttling/rate-exceeded"
        ),
        (
            "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE: Unable to pull customer's container image. "
                + "CannotPullContainerError: Error response from daemon: toomanyrequests: You "
                + "have reached your pull rate limit. You may increase the limit by "
                + "authenticating and upgrading: https://www.docker.com/increase-rate-limit",
            "image-pull/pull-limit"
        ),
        (
            "CannotPullContainerError: error pulling image configuration: toomanyrequests: Too "
                + "Many Requests. Please see https://docs.docker.com/docker-hub/",
            "image-pull/pull-limit"
        ),
        (
            "public.ecr.aws/x/lambda-extension:35: toomanyrequests: Rate exceeded",
            "image-pull/registry-throttled"
        ),
        ("received unexpected HTTP status: 500 Internal", "service-fault/internal"),
        ("received unexpected HTTP status: 502 Bad Gateway", "service-fault/unavailable"),
        ("received unexpected HTTP status: 503 Unavailable", "service-fault/unavailable"),
        ("received unexpected HTTP status: 504 Timeout", "service-fault/unavailable"),
        (
            "pull access denied for app, repository does not exist or may require 'docker login'",
            "never image-pull/refused"
        ),
        ("manifest for app:9 not found: manifest unknown", "never image-pull/refused"),
        ("no basic auth credentials", "never image-pull/refused"),
        ("no matching manifest for linux/arm64/v8", "never image-pull/refused"),
        ("invalid reference format", "never image-pull/refused"),
        (
            "RequestError: send request failed\ncaused by: Post https://codebuild.eu-west-1."
                + "amazonaws.com/: dial tcp 10.0.0.1:443: i/o timeout",
            "network/timed-out"
        ),
        ("net/http: TLS handshake timeout", "network/timed-out"),
        ("Client.Timeout exceeded while awaiting headers", "network/timed-out"),
        ("Connection timed out", "network/timed-out"),
        ("connect timed out", "network/timed-out"),
        ("Read timed out", "package-registry/pip"),
        ("connect ETIMEDOUT 1.2.3.4:443", "network/timed-out"),
        ("Connect timeout on endpoint URL: \"https://x\"", "network/timed-out"),
        ("Read timeout on endpoint URL: \"https://x\"", "network/timed-out"),
        ("dial tcp 10.0.0.1:443: connect: connection refused", "network/broken"),
        ("Connection refused (Connection refused)", "network/broken"),
        ("read: connection reset by peer", "package-registry/maven-gradle"),
        ("read ECONNRESET", "network/broken"),
        ("connect ECONNREFUSED 10.0.0.1:443", "network/broken"),
        ("write: broken pipe", "network/broken"),
        ("unexpected EOF", "network/broken"),
        ("RequestError: send request failed", "network/broken"),
        ("Unable to execute HTTP request: peer closed", "network/broken"),
        ("Could not connect to the endpoint URL: \"https://x\"", "network/broken"),
        ("getaddrinfo EAI_AGAIN registry.npmjs.org", "package-registry/npm"),
        ("Temporary failure in name resolution", "package-registry/pip"),
        ("(HandlerErrorCode: NetworkFailure)", "network/broken"),
        (
            "RequestError: send request failed caused by: dial tcp: lookup codebuild.eu-xyz."
                + "amazonaws.com: no such host",
            "never network/misconfigured"
        ),
        (
            "RequestError: send request failed caused by: x509: certificate signed by unknown "
                + "authority",
            "never network/misconfigured"
        ),
        ("SSL: certificate verify failed, connection reset by peer", "never network/misconfigured"),
        ("dial tcp 127.0.0.1:5432: connect: connection refused", "never network/misconfigured"),
        ("dial tcp [::1]:5432: connect: connection refused", "never network/misconfigured"),
        ("connect ECONNREFUSED 127.0.0.1:5432", "never network/misconfigured"),
        ("connect ECONNREFUSED ::1:5432", "never network/misconfigured"),
        ("http://localhost:8080: Connection refused", "never network/misconfigured"),
        ("connect to localhost port 80: Connection refused", "never network/misconfigured"),
        (
            "connection to server at \"localhost\" (::1), port 5432 failed: Connection refused",
            "never network/misconfigured"
        ),
        ("Waiter has timed out", "waiter-timeout/timed-out"),
        (
            "TimeoutError: {\"state\":\"TIMEOUT\",\"reason\":\"Waiter has timed out\"}",
            "waiter-timeout/timed-out"
        ),
        (
            "Waiter StackUpdateComplete failed: Max attempts exceeded", "waiter-timeout/timed-out"
        ),
        ("exceeded max wait time for StackUpdateComplete", "waiter-timeout/timed-out"),
        (
            "Resource did not stabilize (HandlerErrorCode: NotStabilized)",
            "health/not-stable"
        ),
        (
            "Waiter StackCreateComplete failed: Waiter encountered a terminal failure state",
            "never waiter-timeout/ended-badly"
        ),
        ("Error: {\"state\":\"FAILURE\",\"reason\":{}}", "never waiter-timeout/ended-badly"),
        ("Build terminated with state: FAULT", "service-fault/internal"),
        (
            "Build terminated with state: FAILED. Phase: PROVISIONING, Code: "
                + "INTERNAL_SERVER_ERROR, Message: x",
            "service-fault/internal"
        ),
        ("Phase: PROVISIONING, Code: INTERNAL_ERROR, Message: x", "service-fault/internal"),
        ("(HandlerErrorCode: ServiceInternalError)", "service-fault/internal"),
        ("(HandlerErrorCode: InternalFailure)", "never aws-permanent/handler"),
        ("(HandlerErrorCode: HandlerInternalFailure)", "never aws-permanent/handler"),
        ("Error Code: InternalFailure; Request ID: 1", "service-fault/internal"),
        ("Error Code: InternalError; Request ID: 1", "service-fault/internal"),
        ("Error Code: ServiceUnavailable; Request ID: 1", "service-fault/unavailable"),
        ("An error occurred (InternalServerError)", "service-fault/internal"),
        ("An error occurred (ServiceUnavailableException)", "service-fault/unavailable"),
        ("(Service: AmazonS3; Status Code: 500; Proxy: null)", "service-fault/unavailable"),
        ("(Service: AmazonS3; Status Code: 502; Proxy: null)", "service-fault/unavailable"),
        ("(Service: AmazonS3; Status Code: 503; Proxy: null)", "service-fault/unavailable"),
        ("(Service: AmazonS3; Status Code: 504; Proxy: null)", "service-fault/unavailable"),
    ]

    /// Messages that are near a rule of `aws-transient` and must not be retried.
    static let near: [String] = [
        "InternalError",
        "Build terminated with state: FAILED",
        "Build container found dead before completing the build. ErrorCode: 500",
        "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE: Unable to pull customer's container image",
        "Stack:arn is in ROLLBACK_COMPLETE state and can not be updated.",
        "Stack exists but with non-updatable status: ROLLBACK_COMPLETE",
        "Error while executing command: ./throttling-test.sh. Reason: exit status 1",
        "Deployment d-A1B2C3D4E failed",
        "Timed out waiting for the tests",
        "The deployment timed out while waiting for the service to reach a steady state",
        "Cannot have more than 0 builds in queue for the account",
    ]

    /// Errors that somebody must fix before a retry can help.
    static let permanent: [(String, String)] = [
        (
            "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: s3:GetObject",
            "never aws-permanent/access-denied"
        ),
        (
            "An error occurred (AccessDenied) when calling PutObject",
            "never aws-permanent/access-denied"
        ),
        ("UnauthorizedOperation", "never aws-permanent/access-denied"),
        (
            "Unable to access the artifact with Amazon S3 object key 'a'. The provided role does "
                + "not have sufficient permissions.",
            "never aws-permanent/access-denied"
        ),
        (
            "CodePipeline service role \"x\" is getting S3 access denied for the S3 bucket \"y\"",
            "never aws-permanent/access-denied"
        ),
        (
            "The provided role does not have permissions to perform this action.",
            "never aws-permanent/access-denied"
        ),
        ("IAM_ROLE_MISSING", "never aws-permanent/access-denied"),
        ("IAM_ROLE_PERMISSIONS", "never aws-permanent/access-denied"),
        ("AUTO_SCALING_IAM_ROLE_PERMISSIONS", "never aws-permanent/access-denied"),
        (
            "Cannot have more than 0 builds in queue for the account",
            "never aws-capacity/account-blocked"
        ),
        ("AccountSuspendedException", "never aws-capacity/account-blocked"),
        (
            "Error calling startBuild: Project cannot be found: arn (Service: AWSCodeBuild; "
                + "Status Code: 400; Error Code: ResourceNotFoundException)",
            "never aws-permanent/not-found"
        ),
        ("APPLICATION_MISSING", "never aws-permanent/not-found"),
        ("DEPLOYMENT_GROUP_MISSING", "never aws-permanent/not-found"),
        ("REVISION_MISSING", "never aws-permanent/not-found"),
        ("NO_INSTANCES", "never aws-permanent/not-found"),
        (
            "Exception while trying to read the task definition artifact file from: Build",
            "never aws-permanent/not-found"
        ),
        (
            "Build terminated with state: FAILED. Phase: DOWNLOAD_SOURCE, Code: YAML_FILE_ERROR",
            "never aws-permanent/invalid-input"
        ),
        ("InvalidInputException", "never aws-permanent/invalid-input"),
        ("Template validation error: Parameter x", "never aws-permanent/invalid-input"),
        ("Template format error: YAML not well-formed", "never aws-permanent/invalid-input"),
        ("BundleType must be either YAML or JSON", "never aws-permanent/invalid-input"),
        ("INVALID_REVISION", "never aws-permanent/invalid-input"),
        ("INVALID_ECS_SERVICE", "never aws-permanent/invalid-input"),
        ("INVALID_LAMBDA_CONFIGURATION", "never aws-permanent/invalid-input"),
        ("INVALID_LAMBDA_FUNCTION", "never aws-permanent/invalid-input"),
        (
            "Stack:arn is in ROLLBACK_COMPLETE state and can not be updated.",
            "never aws-permanent/stack-stuck"
        ),
        (
            "Stack exists but with non-updatable status: ROLLBACK_COMPLETE",
            "never aws-permanent/stack-stuck"
        ),
        ("Stack x is in ROLLBACK_FAILED state", "never aws-permanent/stack-stuck"),
        ("Stack x is in UPDATE_ROLLBACK_FAILED state", "never aws-permanent/stack-stuck"),
        ("Build terminated with state: STOPPED", "never aws-permanent/stopped-by-hand"),
        (
            "Deployment d-A1B2C3D4E failed. Error code: MANUAL_STOP; Error message: stopped",
            "never aws-permanent/stopped-deployment"
        ),
        (
            "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, "
                + "Message: Error while executing command: exit 1. Reason: exit status 1",
            "never aws-permanent/build-command"
        ),
    ]
}
