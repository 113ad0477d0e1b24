// Errors that end by themselves.

extension KnowledgeTable {
    static let transient: [KnowledgeRow] =
        stackBusy + serviceSide + registries + packages + sources + network

    /// No capacity now, or a queue that is full.
    static let capacity: [KnowledgeRow] = [
        .transient(
            "aws-capacity/build-queue",
            .minutes,
            .codeBuild,
            CauseCondition(says: [
                "builds in queue for the account", "active builds for the account",
                "AccountLimitExceededException", "Build queue is full", "timed out in the queue",
                "BUILD_QUEUE_TIMED_OUT", "queued timeout",
            ])
        ),
        .transient(
            "aws-capacity/no-instance",
            .tensOfMinutes,
            .ec2Errors,
            CauseCondition(says: [
                "InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity",
                "Capacity is unavailable at this time", "We currently do not have sufficient",
                "Insufficient capacity",
                "do not have sufficient * capacity",
                "InsufficientReservedInstanceCapacity", "InsufficientDBInstanceCapacity",
                "InsufficientCacheClusterCapacity", "InsufficientFreeAddressesInSubnet*try again",
                "Your requested instance type * is not supported*try again",
                "UnfulfillableCapacity",
                "capacity is not available", "no Spot capacity available", "capacity-not-available",
                "Server.InsufficientInstanceCapacity", "InsufficientClusterCapacity",
                "capacity in the Availability Zone you requested", "lack of capacity",
            ])
        ),
        .transient(
            "aws-capacity/deployment-in-progress",
            .minutes,
            .codeDeployCodes,
            CauseCondition(says: [
                "is already deploying deployment", "DeploymentLimitExceeded",
                "DeploymentLimitExceededException", "deployment is already in progress",
                "already has an active deployment", "a deployment is in progress",
            ])
        ),
        .transient(
            "spot-interruption/task",
            .minutes,
            .ecsStopCodes,
            CauseCondition(codes: ["SpotInterruption"])
        ),
        .transient(
            "spot-interruption/text",
            .minutes,
            .ecsStoppedTasks,
            CauseCondition(says: [
                "Your Spot Task was interrupted", "Spot interruption", "SpotInterruption",
                "instance-terminated-no-capacity", "Server.SpotInstanceTermination",
                "Server.SpotInstanceShutdown", "spot instance was reclaimed",
                "spot instance termination",
            ])
        ),
    ]

    /// The stack is busy with an operation that ends in a state in which it can be updated.
    private static let stackBusy: [KnowledgeRow] = [
        .transient(
            "aws-capacity/stack-in-progress",
            .minutes,
            .cloudFormationStates,
            CauseCondition(
                says: [
                    "_IN_PROGRESS state and can not be updated",
                    "_IN_PROGRESS state and cannot be updated",
                    "is in CREATE_IN_PROGRESS state", "is in UPDATE_IN_PROGRESS state",
                    "is in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS state",
                    "is in UPDATE_ROLLBACK_IN_PROGRESS state",
                    "is in UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS state",
                    "status: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "status: UPDATE_IN_PROGRESS",
                    "status: CREATE_IN_PROGRESS", "status: UPDATE_ROLLBACK_IN_PROGRESS",
                    "status: UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
                    "Another Operation on StackSet", "currently in UPDATE_IN_PROGRESS",
                    "operation * is in progress on StackSet", "StackSet operation is in progress",
                    "cannot be created again with the changeSet",
                    "is in IMPORT_IN_PROGRESS state", "(UPDATE_IN_PROGRESS)",
                    "(CREATE_IN_PROGRESS)",
                ],
                unless: ["REVIEW_IN_PROGRESS", "DELETE_IN_PROGRESS"]
            )
        ),
        .transient(
            "environment-busy/updating",
            .minutes,
            .beanstalk,
            CauseCondition(says: ["is in an invalid state for this operation. Must be Ready"])
        ),
    ]

    /// A service failed on its own side.
    private static let serviceSide: [KnowledgeRow] = [
        .transient(
            "service-fault/internal",
            .minutes,
            .sdkRetries,
            CauseCondition(says: [
                "Build terminated with state: FAULT", "Code: INTERNAL_SERVER_ERROR",
                "Code: INTERNAL_ERROR", "Error code: INTERNAL_ERROR", "INTERNAL_SERVICE_ERROR",
                "HandlerErrorCode: ServiceInternalError", "Error Code: InternalFailure",
                "Error Code: InternalError", "ErrorCode: InternalError", "(InternalError)",
                "(InternalFailure)", "(InternalServerError)", "InternalErrorException",
                "InternalServerException", "InternalServiceException", "InternalServiceError",
                "InternalServerError", "We encountered an internal error",
                "encountered an internal error",
                "An internal error occurred", "an internal error has occurred",
                "internal service error", "Internal Server Error", "500 Internal",
                "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
                "Lambda.Unknown*500", "DependencyFailureException",
                "error code InternalFailure", "api error InternalError",
                "api error InternalFailure", "KMSInternalException",
                "unexpected EC2 error while attempting to", "Unexpected EC2 error",
                "EC2UnexpectedException", "ENILimitReachedException*try", "EC2 Internal Error",
            ])
        ),
        .transient(
            "service-fault/unavailable",
            .minutes,
            .sdkRetries,
            CauseCondition(says: [
                "ServiceUnavailable", "Error Code: ServiceUnavailable",
                "ServiceUnavailableException",
                "(ServiceUnavailable)", "503 Service Unavailable", "Service Unavailable",
                "Service Temporarily Unavailable", "503 Slow Down",
                "502 Bad Gateway", "504 Gateway", "Gateway Time-out", "Gateway Timeout",
                "Bad Gateway",
                "Status Code: 500", "Status Code: 502", "Status Code: 503", "Status Code: 504",
                "StatusCode: 500", "StatusCode: 502", "StatusCode: 503", "StatusCode: 504",
                "status code 500", "status code 502", "status code 503", "status code 504",
                "HTTP 500", "HTTP 502", "HTTP 503", "HTTP 504", "HTTP status: 5##", "status=503",
                "upstream connect error", "upstream timed out", "upstream request timeout",
                "no healthy upstream", "service is currently unavailable",
                "server is currently unable to handle", "RequestTimeout", "RequestTimeoutException",
                "EndpointConnectionError", "HTTP Error 5##",
                "HTTP/1.1 5##", "HTTP/2 5##", "error: 5##", "errorcode 5##", "response code 5##",
                "etcdserver: request timed out", "etcdserver: leader changed",
                "SonarQube server * can not be reached",
                "Failed to query server version: timeout",
                "got 5##", "returned 5##", "5## Server Error", "52# Origin", "status 50#",
            ])
        ),
        .transient(
            "service-fault/code",
            .minutes,
            .codePipelineStructure,
            CauseCondition(codes: ["SystemUnavailable"])
        ),
    ]

    /// A connection failed or broke, whoever made it.
    private static let network: [KnowledgeRow] = [
        .transient(
            "network/timed-out",
            .seconds,
            .sockets,
            CauseCondition(says: [
                "i/o timeout", "TLS handshake timeout", "Client.Timeout exceeded", "Client.Timeout",
                "Connection timed out", "Connect timed out", "Read timed out", "ETIMEDOUT",
                "Connect timeout on endpoint URL", "Read timeout on endpoint URL",
                "Operation timed out",
                "context deadline exceeded (Client",
                "request canceled while waiting for connection", "Timeout was reached",
                "Resolving timed out", "SSL connection timeout",
                "Socket timed out without establishing",
                "TimeoutError: Connection timed out", "handshake timed out",
                "awaiting response headers", "timed out reading", "ERR_HTTP2_PING", "ReadTimeout",
                "net::ERR_CONNECTION_TIMED_OUT", "net::ERR_TIMED_OUT", "http2: timeout",
                "Connection timed out after", "Failed to connect to * after * ms",
            ])
        ),
        .transient(
            "network/broken",
            .seconds,
            .sockets,
            CauseCondition(says: [
                "connection refused", "Connection reset by peer", "connection reset", "ECONNRESET",
                "ECONNREFUSED", "broken pipe", "EPIPE", "unexpected EOF", "send request failed",
                "Unable to execute HTTP request", "Could not connect to the endpoint URL",
                "EAI_AGAIN",
                "Temporary failure in name resolution", "HandlerErrorCode: NetworkFailure",
                "server misbehaving", "http2: server sent GOAWAY",
                "use of closed network connection",
                "connection was closed",
                "Connection was closed before we received a valid response",
                "Recv failure", "Send failure", "transfer closed with", "curl: (6)", "curl: (7)",
                "curl: (16)", "curl: (18)", "curl: (28)", "curl: (35)", "curl: (52)", "curl: (56)",
                "curl: (92)", "socket hang up", "unexpected eof while reading",
                "SSL routines:*unexpected eof",
                "tls: unexpected message", "tls: bad record MAC", "Unable to connect to the server",
                "net::ERR_CONNECTION_RESET", "net::ERR_NETWORK_CHANGED",
                "net::ERR_CONNECTION_CLOSED", "wget: unable to resolve host address",
                "lookup * i/o timeout",
                "CredentialRetrievalError", "Error when retrieving credentials",
                "MetadataRetrievalError",
                "169.254.170.2", "Timeout waiting for network interface provisioning",
            ])
        ),
    ]

    /// The host of a task or build was lost.
    static let hosts: [KnowledgeRow] = [
        .transient(
            "task-network/provisioning",
            .seconds,
            .ecsStoppedTasks,
            CauseCondition(
                says: [
                    "failed to configure ENI", "failed to setup regular eni",
                    "Timeout waiting for network interface provisioning", "Unexpected EC2 error",
                    "Timeout waiting for EphemeralStorage provisioning",
                    "network interface provisioning",
                    "failed to set up network", "failed to setup network",
                    "ENI attachment*timed out",
                    "unable to attach network interface",
                ],
                unless: ["UnauthorizedOperation", "not authorized", "AccessDenied"]
            )
        ),
        .transient(
            "host-lost/host",
            .minutes,
            .ecsStoppedTasks,
            CauseCondition(says: [
                "Host EC2 (instance", "Scaling activity initiated by", "instance retirement",
                "task stopped for maintenance", "undergoing maintenance",
                "scheduled for retirement",
                "ECS is performing maintenance", "The underlying host", "hardware failure",
                "platform version retirement", "build agent was lost", "lost communication with",
                "received a shutdown signal",
            ])
        ),
    ]

    /// Words that promise too much: only when nothing else is known.
    static let vague: [KnowledgeRow] = [
        .flaky(
            "time-out/deadline",
            .minutes,
            .helm,
            CauseCondition(says: [
                "context deadline exceeded", "timed out waiting for",
            ])
        ),
        .transient(
            "service-fault/says-so",
            .minutes,
            .sdkRetries,
            CauseCondition(
                says: [
                    "Please try again", "please retry", "try again later", "retry your request",
                    "try again in a", "try again after", "retry later",
                    "temporarily unavailable", "server is busy",
                ],
                unless: ["and try again", "fix", "correct", "check", "verify", "invalid"]
            )
        ),
    ]
}
