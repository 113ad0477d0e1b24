// The texts are AWS's own, as seen in real failures. A literal is long enough to exclude its near
// misses.

extension BuiltInRules {
    /// An API limited the rate: a minute or two is mostly enough.
    static let throttling: [BuiltInRule] = [
        .retry(
            "aws-throttling/rate-exceeded",
            wait: .doubling(from: .seconds(60), to: .seconds(900)),
            contains: ["Rate exceeded", "rate exceeded", "Request rate is too high"]
        ),
        .retry(
            "aws-throttling/throttled",
            wait: .doubling(from: .seconds(60), to: .seconds(900)),
            contains: [
                "ThrottlingException", "ThrottledException", "TooManyRequestsException",
                "RequestLimitExceeded", "RequestThrottled",
                "ProvisionedThroughputExceededException",
                "HandlerErrorCode: Throttling", "Error Code: Throttling", "(Throttling)",
                "Code: THROTTLED", "Error Code: SlowDown", "(SlowDown)",
                "Please reduce your request rate",
            ]
        ),
    ]

    /// No capacity now, or another operation is in progress: it passes when other work ends.
    static let capacity: [BuiltInRule] = [
        .never(
            "aws-capacity/account-blocked",
            contains: [
                "Cannot have more than 0 builds", "Cannot have more than 0 active builds",
                "AccountSuspendedException",
            ]
        ),
        .retry(
            "aws-capacity/build-queue",
            wait: .doubling(from: .seconds(120), to: .seconds(900)),
            contains: [
                "builds in queue for the account", "active builds for the account",
                "AccountLimitExceededException",
            ]
        ),
        .retry(
            "aws-capacity/no-instance",
            wait: .doubling(from: .seconds(300), to: .seconds(1800)),
            contains: [
                "InsufficientInstanceCapacity", "Capacity is unavailable at this time",
                "We currently do not have sufficient",
            ]
        ),
        .retry(
            "aws-capacity/deployment-in-progress",
            wait: .doubling(from: .seconds(120), to: .seconds(900)),
            contains: ["is already deploying deployment"]
        ),
        .retry(
            "aws-capacity/stack-in-progress",
            wait: .doubling(from: .seconds(120), to: .seconds(900)),
            contains: [
                "_IN_PROGRESS state and can not be updated",
                "_IN_PROGRESS state and cannot be updated",
                "non-updatable status: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
                "non-updatable status: UPDATE_IN_PROGRESS",
            ]
        ),
    ]

    /// A registry limited or failed the pull of a build image.
    static let imagePull: [BuiltInRule] = [
        .never(
            "image-pull/refused",
            contains: [
                "pull access denied", "manifest unknown", "no basic auth credentials",
                "no matching manifest", "repository does not exist", "invalid reference format",
            ]
        ),
        .retry(
            "image-pull/registry-throttled",
            wait: .doubling(from: .seconds(60), to: .seconds(900)),
            contains: ["toomanyrequests: Rate exceeded"]
        ),
        // Docker Hub counts pulls over hours: 30m, 1h and 2h fit the default give_up_after of 6h.
        .retry(
            "image-pull/pull-limit",
            wait: .doubling(from: .seconds(1800), to: .seconds(7200)),
            contains: [
                "toomanyrequests: You have reached your", "toomanyrequests: Too Many Requests",
                "You have reached your pull rate limit",
            ]
        ),
        .retry(
            "image-pull/registry-fault",
            wait: .doubling(from: .seconds(60), to: .seconds(900)),
            contains: [
                "received unexpected HTTP status: 500", "received unexpected HTTP status: 502",
                "received unexpected HTTP status: 503", "received unexpected HTTP status: 504",
            ]
        ),
    ]

    /// A connection failed or broke.
    static let network: [BuiltInRule] = [
        .never(
            "network/misconfigured",
            contains: [
                "no such host", "x509: ", "certificate verify failed", "dial tcp 127.0.0.1",
                "dial tcp [::1]", "ECONNREFUSED 127.0.0.1", "ECONNREFUSED ::1",
                "localhost:", "localhost port", "\"localhost\" (",
            ]
        ),
        .retry(
            "network/timed-out",
            wait: .doubling(from: .seconds(30), to: .seconds(600)),
            contains: [
                "i/o timeout", "TLS handshake timeout", "Client.Timeout exceeded",
                "onnection timed out", "onnect timed out", "ead timed out", "ETIMEDOUT",
                "Connect timeout on endpoint URL", "Read timeout on endpoint URL",
            ]
        ),
        .retry(
            "network/broken",
            wait: .doubling(from: .seconds(30), to: .seconds(600)),
            contains: [
                "connection refused", "Connection refused", "onnection reset by peer",
                "ECONNRESET", "ECONNREFUSED", "write: broken pipe", "unexpected EOF",
                "send request failed", "Unable to execute HTTP request",
                "Could not connect to the endpoint URL", "EAI_AGAIN",
                "Temporary failure in name resolution", "HandlerErrorCode: NetworkFailure",
            ]
        ),
    ]

    /// A waiter timed out; the awaited condition often still arrives.
    static let waiterTimeout: [BuiltInRule] = [
        .never(
            "waiter-timeout/ended-badly",
            contains: [
                "Waiter encountered a terminal failure state", "{\"state\":\"FAILURE\"",
            ]
        ),
        .retry(
            "waiter-timeout/timed-out",
            wait: .doubling(from: .seconds(120), to: .seconds(900)),
            contains: [
                "Waiter has timed out", "{\"state\":\"TIMEOUT\"", "failed: Max attempts exceeded",
                "exceeded max wait time", "HandlerErrorCode: NotStabilized",
            ]
        ),
    ]

    /// A service failed on its own side.
    static let serviceFault: [BuiltInRule] = [
        .retry(
            "service-fault/unavailable",
            wait: .doubling(from: .seconds(60), to: .seconds(900)),
            codes: ["SystemUnavailable"]
        ),
        .retry(
            "service-fault/internal",
            wait: .doubling(from: .seconds(60), to: .seconds(900)),
            contains: [
                "Build terminated with state: FAULT", "Code: INTERNAL_SERVER_ERROR",
                "Code: INTERNAL_ERROR", "HandlerErrorCode: ServiceInternalError",
                "HandlerErrorCode: InternalFailure", "HandlerErrorCode: HandlerInternalFailure",
                "Error Code: InternalFailure", "Error Code: InternalError",
                "Error Code: ServiceUnavailable", "InternalServerError",
                "ServiceUnavailableException",
                "Status Code: 500", "Status Code: 502", "Status Code: 503", "Status Code: 504",
            ]
        ),
    ]

    /// The error of retrying only the action that executes an already used change set.
    ///
    /// Only ALL_ACTIONS helps, which the guard `change_set_consumed` ensures.
    static let changeSet: [BuiltInRule] = [
        .retry(
            "change-set/used-up",
            wait: .doubling(from: .seconds(30), to: .seconds(600)),
            contains: ["Error Code: ChangeSetNotFound", "ErrorCode: ChangeSetNotFound"]
        )
    ]
}
