// Errors that pass although their words or codes are mostly those of lasting ones. They come before
// the permanent rows, so each phrase is a whole sentence of one service.

extension KnowledgeTable {
    static let exceptions: [KnowledgeRow] =
        [
            .permanent(
                "aws-capacity/account-blocked",
                .codeBuild,
                CauseCondition(says: [
                    "Cannot have more than 0 builds", "Cannot have more than 0 active builds",
                    "AccountSuspendedException", "account is suspended",
                    "AccountLimitExceeded*0 builds",
                    "Your account is currently blocked",
                ])
            ),
            .permanent(
                "aws-permanent/limit-of-account",
                .commonErrors,
                CauseCondition(says: [
                    "UnreservedConcurrentExecution below its minimum",
                    "Only 1 online index can be created or deleted simultaneously",
                ])
            ),
        ] + throttling + busy + propagation + consistency + clients

    /// An API limited the rate.
    private static let throttling: [KnowledgeRow] = [
        .transient(
            "image-pull/registry-throttled",
            .seconds,
            .registryAPI,
            CauseCondition(
                says: [
                    "toomanyrequests: Rate exceeded",
                    "TOOMANYREQUESTS*Rate exceeded", "public.ecr.aws*429", "ghcr.io*429",
                    "quay.io*429", "registry.gitlab.com*429", "mcr.microsoft.com*429",
                    "retry-after: *toomanyrequests", "Data limit exceeded",
                ]
            )
        ),
        .transient(
            "image-pull/pull-limit",
            .hours,
            .dockerHub,
            CauseCondition(says: [
                "You have reached your pull rate limit",
                "You have reached your unauthenticated pull rate limit",
                "toomanyrequests: You have reached your", "toomanyrequests: Too Many Requests",
                "toomanyrequests", "registry-1.docker.io*429", "auth.docker.io*429",
                "increase-rate-limit", "docker.io*429 Too Many Requests",
            ])
        ),
        .transient(
            "aws-throttling/rate-exceeded",
            .minutes,
            .sdkRetries,
            CauseCondition(says: [
                "Rate exceeded", "Request rate is too high", "Request limit exceeded",
                "have been throttled", "has been throttled", "was throttled", "being throttled",
                "are being throttled. Will try again later", "Please reduce your request rate",
                "reduce your request rate", "Slow Down", "API rate limit exceeded",
                "API rate limit", "rate limit exceeded", "secondary rate limit",
                "too many requests",
                "exceeded a secondary rate limit", "exceeded the rate limit", "throughput exceeded",
                "Maximum sending rate exceeded", "request was denied due to request throttling",
                "Too many requests have been made", "exceeding the rate limit",
                "Request throttled", "Throttling exception", "TPS limit",
            ])
        ),
        .transient(
            "aws-throttling/throttled",
            .minutes,
            .sdkRetries,
            CauseCondition(says: [
                "ThrottlingException", "ThrottledException", "TooManyRequestsException",
                "TooManyRequests", "RequestLimitExceeded", "RequestThrottled",
                "RequestThrottledException", "EC2ThrottledException", "BandwidthLimitExceeded",
                "ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded",
                "PriorRequestNotComplete", "TransactionInProgressException", "SlowDown",
                "HandlerErrorCode: Throttling", "Error Code: Throttling", "ErrorCode: Throttling",
                "(Throttling)", "Throttling:", "Code: THROTTLED", "Error code: THROTTLED",
                "RequestLimitExceededException", "Client.RequestLimitExceeded",
                "Lambda.TooManyRequestsException", "api error Throttling", "StatusCode: 429",
                "Status Code: 429", "status code 429", "HTTP 429", "429 Too Many Requests",
                "returned error: 429", "Code: 429", "error 429", "status 429", "429 error",
            ])
        ),
    ]

    /// Another operation on the same resource is in progress.
    private static let busy: [KnowledgeRow] = [
        .flaky(
            "resource-busy/lambda-in-command",
            .minutes,
            .terraformProvider,
            CauseCondition(
                providers: ["CodeBuild", "Commands"],
                says: ["ResourceConflictException"],
                also: [
                    "An update is in progress for resource", "in the following state: Pending",
                    "operation cannot be performed at this time", "concurrent update operation",
                    "another operation is in progress", "state: Pending",
                ]
            )
        ),
        // A bucket of a stack may be in conflict with its own policy in every run.
        .flaky(
            "resource-busy/bucket-name",
            .tensOfMinutes,
            .s3Errors,
            CauseCondition(
                providers: stackProviders,
                says: ["A conflicting conditional operation is currently in progress"]
            )
        ),
        .transient(
            "resource-busy/concurrent",
            .minutes,
            .terraformProvider,
            CauseCondition(
                says: [
                    "conflicting conditional operation", "concurrent update operation",
                    "An update is in progress for resource",
                    "concurrent modification", "ConcurrentModificationException",
                    "ConcurrentUpdateException", "ConcurrentAccessException",
                    "currently in the following state: Pending", "Another update is in progress",
                    "another operation is in progress", "another request is in progress",
                    "request to update this alarm is in progress",
                    "is already in progress", "is currently in progress",
                    "operation on this ChangeSet is currently in progress",
                    "operation already in progress", "is currently being updated",
                    "is currently being modified", "is currently being created",
                    "is currently modifying", "it's currently updating", "is being modified",
                    "is already being updated",
                    "has an operation in progress", "has operations in progress",
                    "has an update in progress", "update already in progress",
                    "deployment is in progress",
                    "There is an operation running on",
                    "There is already an operation", "there is a pending operation",
                    "has a pending operation", "has pending modifications",
                    "is marked disabled for mutation", "Schema is currently being altered",
                    "conflicts with another operation", "conflicts with another attempt",
                    "TooManyUpdates", "OptimisticLockException", "WAFStaleDataException",
                    "WAFOptimisticLockException", "OperationInProgressException",
                    "TooManyInvalidationsInProgress", "in-progress wildcard invalidations",
                    "ResourceInTransition", "is in a transitional state",
                    "is currently undergoing", "ResourceInUseException*being updated",
                    "ResourceInUseException*being created", "is in UPDATING", "status: UPDATING",
                    "Only * tables can be created, updated, or deleted simultaneously",
                    "OperationAbortedException", "Multiple concurrent requests",
                    "A conflicting operation is currently in progress",
                    "change/update is in progress", "EntityTemporarilyUnmodifiable",
                    "UpdateInProgressException", "is in a busy state",
                    "currently has update in progress", "concurrent updates for a resource",
                    "ScalingActivityInProgress", "InstanceRefreshInProgress",
                    "already have a pending update", "Cannot update in-progress endpoint",
                    "is under change", "UNDER_CHANGE", "is still Draining",
                    "resource which is still in use: Table is being",
                    "previous * change is being", "is being optimized",
                    "ResourceConcurrentModificationException", "Lambda is initializing",
                    "changes because someone changed", "already in progress on this",
                    "there is an update in progress for", "Update currently in progress",
                    "in progress for this resource", "Requested resource is currently being",
                ],
                unless: ["IN_PROGRESS state", "currently being deleted", "state lock"]
            )
        ),
        .transient(
            "resource-busy/not-available",
            .minutes,
            .terraformProvider,
            CauseCondition(
                says: [
                    "not in available state", "not in an available state",
                    "not in the available state", "InvalidDBInstanceState",
                    "InvalidDBInstanceStateFault", "InvalidDBClusterStateFault",
                    "InvalidDBClusterState", "InvalidCacheClusterState",
                    "InvalidReplicationGroupState", "InvalidClusterStateFault",
                    "InvalidGlobalClusterState",
                    "storage-optimization", "storage optimization", "not in ACTIVE state",
                    "is not ACTIVE", "not currently ACTIVE", "must be in ACTIVE",
                    "must be in an available state", "needs to be in * state",
                    "cannot be modified in its current state", "IncorrectInstanceState",
                    "is in pending state", "in the modifying state", "in modifying state",
                    "state modifying", "is not available for modification",
                    "Table is being updated", "domain is being processed",
                    "is not in a modifiable state",
                    "cluster is not in a valid state", "table is being created",
                    "must be in available state", "IncorrectFileSystemLifeCycleState",
                    "Cluster is not in Active state",
                    "instead in state UPDATING", "You can't currently modify",
                ],
                unless: ["is in an invalid state for this operation"]
            )
        ),
        .transient(
            "resource-busy/name-cooldown",
            .minutes,
            .cdkDirect,
            CauseCondition(says: [
                "QueueDeletedRecently", "wait 60 seconds after deleting a queue", "wait 60 seconds",
                "StateMachineDeleting", "State Machine is being deleted", "BucketAlreadyInDeletion",
                "currently being deleted", "is being deleted", "has been recently deleted",
                "was recently deleted", "deleted recently", "DeleteInProgress",
            ])
        ),
        .flaky(
            "resource-busy/in-use",
            .tensOfMinutes,
            .cdkDirect,
            CauseCondition(says: [
                "because it is in use", "has dependencies and cannot be deleted",
                "has a dependent object", "DependencyViolation", "can't be deleted since it has",
                "InvalidNetworkInterface.InUse",
            ])
        ),
    ]

    /// A new role or policy is not known everywhere yet.
    private static let propagation: [KnowledgeRow] = [
        .transient(
            "iam-propagation/role",
            .seconds,
            .cdkDirect,
            CauseCondition(
                providers: stackProviders,
                says: iamPropagation,
                // The role of CloudFormation itself, which no stack makes.
                unless: ["is invalid or cannot be assumed", "AmazonCloudFormation"]
            )
        ),
        .transient(
            "iam-propagation/role-in-command",
            .seconds,
            .terraformProvider,
            CauseCondition(
                says: iamPropagation,
                command: [
                    "cdk deploy", "terraform apply", "tofu apply", "terragrunt", "pulumi up",
                    "sam deploy", "serverless deploy", "sls deploy", "copilot", "cdk",
                    "chalice deploy", "zappa", "amplify", "ansible-playbook", "eksctl",
                ]
            )
        ),
    ]

    /// Providers that make the resources of a stack.
    private static let stackProviders: Set<String> = [
        "CloudFormation", "CloudFormationStackSet", "ServiceCatalog",
    ]

    /// What services say of a role, a principal or a profile that they do not know yet.
    private static let iamPropagation: [Phrase] = [
        "Unable to assume role and validate the listeners",
        "cannot be assumed by", "authorized to assume the provided role",
        "is unable to assume provided role", "is unable to assume the role",
        "is unable to assume role", "not able to assume role",
        "security token included in the request is invalid. (Service:",
        "role defined for the function", "execution role does not have permission",
        "execution role you provided does not have", "provided execution role does not have",
        "does not have required permissions", "Role validation failed", "role's TrustPolicy",
        "Trusted Entity", "Invalid principal in policy", "invalid principals",
        "Policy Error: PrincipalNotFound", "does not refer to a valid principal",
        "Invalid value for the parameter Policy", "adequate trust relationships",
        "The user with name * cannot be found", "The role with name * cannot be found",
        "required permissions for: ENHANCED_MONITORING", "Caught ServiceAccessDeniedException",
        "permissions required to assume the role", "Cannot access stream",
        "Please ensure the role can perform", "KMS key is invalid for CreateGrant",
        "Invalid IAM Instance Profile", "Invalid InstanceProfile",
        "Failed to authorize instance profile", "is not a valid role to allow",
        "Could not deliver test message",
        "does not have permissions to call CreateNetworkInterface",
    ]

    /// A resource that was just made is not seen everywhere yet.
    private static let consistency: [KnowledgeRow] = [
        // The CDK makes a change set of its own in every run (aws/aws-cdk issue 6674).
        .transient(
            "eventual-consistency/change-set",
            .seconds,
            .cdk,
            CauseCondition(
                providers: ["CodeBuild", "Commands"],
                says: ["ChangeSetNotFound", "ChangeSet [cdk-*] does not exist"]
            )
        ),
        .transient(
            "eventual-consistency/new-id",
            .minutes,
            .terraformProvider,
            CauseCondition(
                says: [
                    "InvalidSubnetID.NotFound", "InvalidVpcID.NotFound",
                    "InvalidInternetGatewayID.NotFound", "InvalidRouteTableID.NotFound",
                    "InvalidInstanceID.NotFound", "InvalidNetworkInterfaceID.NotFound",
                    "InvalidAllocationID.NotFound", "InvalidVpcEndpointId.NotFound",
                    "NatGatewayNotFound", "internetGateway ID * does not exist",
                ],
                command: ["terraform * apply", "terraform apply", "terragrunt", "tofu apply"]
            )
        ),
        .transient(
            "resource-busy/protected-tasks",
            .hours,
            .ecsEvents,
            CauseCondition(says: ["number of protected tasks are more than the desired count"])
        ),
        .transient(
            "eventual-consistency/just-made",
            .minutes,
            .terraformProvider,
            CauseCondition(says: [
                "No launch paths found for resource", "must be accepted before you can associate",
                "is not yet ready", "has not stabilized yet", "eventual consistency",
                "eventually consistent", "may not have propagated", "has not propagated",
                "FinalizingOrganizationException", "has not been fully created",
                "produced inconsistent result after apply", "was present, but now absent",
                "couldn't find resource",
                "unexpected state 'INACTIVE', wanted target 'ACTIVE'",
            ])
        ),
    ]
    /// What Node.js says of a connection, whose word for the error is that of broken code.
    private static let clients: [KnowledgeRow] = [
        .transient(
            "network/fetch",
            .seconds,
            .sockets,
            CauseCondition(
                says: ["TypeError: fetch failed", "Error when performing the request to https"],
                unless: ["127.0.0.1", "localhost", "::1"]
            )
        )
    ]
}
