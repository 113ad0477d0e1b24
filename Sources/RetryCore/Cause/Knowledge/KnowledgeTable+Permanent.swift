// Errors that stay until somebody changes something.

extension KnowledgeTable {
    /// CodePipeline's and the providers' own words for what is configured wrong.
    static let ownWords: [KnowledgeRow] = [
        .permanent(
            "aws-permanent/configuration",
            .codePipelineStructure,
            CauseCondition(codes: ["ConfigurationError", "InvalidJobRequest", "InvalidInput"])
        ),
        .permanent(
            "aws-permanent/permission",
            .codePipelineStructure,
            CauseCondition(codes: ["PermissionError", "ACCESS_DENIED"])
        ),
        .permanent(
            "aws-permanent/stopped-by-hand",
            .codeBuildPhases,
            CauseCondition(statuses: ["STOPPED", "Stopped", "ABORTED"])
        ),
        .permanent(
            "aws-permanent/stopped-deployment",
            .codeDeployCodes,
            CauseCondition(deploymentCodes: ["MANUAL_STOP", "ALARM_ACTIVE"])
        ),
        .permanent(
            "aws-permanent/deployment-group",
            .codeDeployCodes,
            CauseCondition(deploymentCodes: [
                "APPLICATION_MISSING", "DEPLOYMENT_GROUP_MISSING", "REVISION_MISSING",
                "IAM_ROLE_MISSING", "IAM_ROLE_PERMISSIONS", "AUTO_SCALING_IAM_ROLE_PERMISSIONS",
                "NO_EC2_SUBSCRIPTION", "NO_INSTANCES", "OVER_MAX_INSTANCES",
                "HEALTH_CONSTRAINTS_INVALID", "INVALID_REVISION", "INVALID_ECS_SERVICE",
                "INVALID_LAMBDA_CONFIGURATION", "INVALID_LAMBDA_FUNCTION",
                "AUTO_SCALING_CONFIGURATION", "CUSTOMER_APPLICATION_UNHEALTHY",
                "UNABLE_TO_SEND_ASG", "CLOUDFORMATION_STACK_FAILURE",
            ])
        ),
    ]

    /// Sentences that leave no doubt.
    static let lasting: [KnowledgeRow] =
        absence + refused + access + limits + brokenCode + route

    /// Words and codes that mostly mean something lasting; a sentence that passes beats them.
    static let general: [KnowledgeRow] = input + missing + generalLimits

    private static let access: [KnowledgeRow] = [
        .permanent(
            "aws-permanent/access-denied",
            .commonErrors,
            CauseCondition(says: [
                "AccessDenied", "AccessDeniedException", "Access Denied",
                "is not authorized to perform", "not authorized to perform", "is not authorized to",
                "UnauthorizedOperation", "UnauthorizedException", "not authorised",
                "does not have sufficient permissions", "do not have sufficient permissions",
                "does not have permission", "do not have permission", "insufficient permissions",
                "does not have permissions to perform this action", "don't have permission",
                "IAM_ROLE_MISSING", "IAM_ROLE_PERMISSIONS", "AUTO_SCALING_IAM_ROLE_PERMISSIONS",
                "explicit deny", "Permission denied", "is not allowed to", "Forbidden",
                "required permission", "permissions required",
            ])
        ),
        .permanent(
            "aws-permanent/credentials",
            .commonErrors,
            CauseCondition(says: [
                "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
                "AuthFailure", "InvalidAccessKeyId", "Unable to locate credentials",
                "NoCredentialProviders", "Could not load credentials from any providers",
                "no valid credential sources", "Need to perform AWS calls for account",
                "security token included in the request is invalid",
                "is invalid or cannot be assumed", "could not be assumed",
                "cannot assume role", "Unable to assume role", "Authentication failed",
                "Bad credentials", "Invalid username or password", "authentication required",
                "unauthorized: authentication", "unauthorized: incorrect", "401 Unauthorized",
                "403 Forbidden", "returned error: 401", "returned error: 403", "status code 401",
                "status code 403", "code E401", "code E403", "ENEEDAUTH",
                "incorrect username or password", "Permission denied (publickey",
                "could not read Username", "could not read Password",
                "Host key verification failed",
                "access token might be invalid", "connection is not available",
                "Invalid credentials", "Login failed",
                "denied: Your authorization token has expired",
                "password authentication failed", "Access denied for user",
            ])
        ),
    ]

    private static let absence: [KnowledgeRow] = [
        .permanent(
            "image-pull/refused",
            .docker,
            CauseCondition(says: [
                "pull access denied", "no basic auth credentials", "manifest unknown",
                "manifest not found", "not a valid repository",
                "no matching manifest", "repository does not exist", "invalid reference format",
                "requested access to the resource is denied", "image * not found",
                "repository * not found", "is incompatible with a", "exec format error",
                "no match for platform", "unsupported manifest", "manifest for * not found",
                "failed to resolve ref *: not found",
                "name invalid", "Error parsing reference", "ImageLayerFailure", "InvalidImage",
                "image operating system", "cannot be used on this platform",
                "unsupported media type",
                "Invalid repository name", "dockerfile parse error", "Dockerfile: no such file",
            ])
        ),
        .permanent(
            "source-host/absent",
            .git,
            CauseCondition(says: [
                "Couldn't find remote ref", "Repository not found", "repository * not found",
                "reference is not a tree", "did not match any file", "pathspec", "not our ref",
                "does not appear to be a git repository", "Remote branch * not found",
                "unable to find reference", "not a git repository",
                "No branch", "invalid source reference", "No submodule mapping found",
            ])
        ),
    ]

    /// A server answered: it has not, or does not give, what was asked for.
    private static let refused: [KnowledgeRow] = [
        .permanent(
            "package-registry/refused",
            .nuget,
            CauseCondition(says: [
                "indicate success: 401", "indicate success: 403", "indicate success: 404",
                "downloaded (HTTP/# 401", "downloaded (HTTP/# 403", "downloaded (HTTP/# 404",
                "downloaded (HTTP/1.1 401", "downloaded (HTTP/1.1 403", "downloaded (HTTP/1.1 404",
                "bad response Not Found 404", "bad response Unauthorized 401",
                "bad response Forbidden 403", "successful HTTP response from * got 401",
                "successful HTTP response from * got 403",
                "successful HTTP response from * got 404",
                "failed to authenticate when downloading", "failed to select a version for",
                "didn't match: #", "no matching package named",
                "proxy.golang.org* 404", "proxy.golang.org* 410", "sum.golang.org* 404",
                "sum.golang.org* 410", "invalid version: git ls-remote",
                "SECURITY ERROR", "does NOT match the one reported by",
                "does not match go.sum",
                "No URLs in mirrorlist", "mirrorlist.centos.org", "baseurl for repo: base/7",
                "Status code: 401 for https", "Status code: 403 for https",
                "Status code: 404 for https", "Status code: 404 for http:",
            ])
        ),
        .permanent(
            "source-host/refused",
            .git,
            CauseCondition(says: [
                "RPC failed; HTTP 401", "RPC failed; HTTP 403", "RPC failed; HTTP 404",
                "RPC failed; HTTP 413", "over its data quota",
            ])
        ),
    ]

    private static let input: [KnowledgeRow] = [
        .permanent(
            "aws-permanent/invalid-input",
            .commonErrors,
            CauseCondition(says: [
                "InvalidInputException", "Template validation error", "Template format error",
                "Template error", "YAML_FILE_ERROR", "BundleType must be either YAML or JSON",
                "INVALID_REVISION", "INVALID_ECS_SERVICE", "INVALID_LAMBDA_CONFIGURATION",
                "INVALID_LAMBDA_FUNCTION", "ValidationError", "ValidationException",
                "MalformedPolicyDocument", "InvalidParameterValue",
                "InvalidParameterValueException",
                "InvalidParameterException", "InvalidParameterCombination",
                "InvalidParametersException",
                "InvalidArgument", "InvalidRequestException", "InvalidRequestContentException",
                "InvalidBucketAclWithObjectOwnership", "InvalidTemplate", "MalformedXML",
                "MissingParameter", "Invalid request provided", "SerializationException",
                "Invalid value for", "is not a valid", "is not valid", "invalid arn",
                "must be one of",
                "Encountered unsupported property", "Unresolved resource dependencies",
                "Properties validation failed", "Model validation failed", "extraneous key",
                "Requires capabilities", "InsufficientCapabilities", "Circular dependency",
                "No updates are to be performed", "didn't contain changes", "EarlyValidation",
                "AWS::EarlyValidation", "No export named", "Export * cannot be",
                "Cannot delete export", "custom-named resource", "CustomNamedResource",
                "Replacement type updates not supported",
                "Update of resource type is not permitted",
                "Updates are not allowed for property", "InvalidKMSKey", "KMS key * is disabled",
                "is in an incorrect state", "BadRequestException", "BadRequest", "400 Bad Request",
                "The archive is malformed", "is malformed", "not well-formed",
                "could not be parsed",
                "unable to parse", "Unzipped size must be smaller", "RequestEntityTooLarge",
                "exceeds the maximum", "Invalid configuration",
                "must be addressed using the specified",
                "PermanentRedirect", "IllegalLocationConstraint", "unsupported", "not supported",
                "InvalidOperation", "invalid argument", "invalid option", "unrecognized arguments",
                "unknown option", "unknown flag", "unknown command", "Unknown options",
                "is immutable", "cannot be updated", "Invalid type for parameter",
                "Parameter validation failed", "UnsupportedOperation", "non-compliant",
                "UnmatchedEncryptionContext", "DeploymentConfig*invalid",
                "action failed because either",
            ])
        ),
        .permanent(
            "aws-permanent/exists",
            .commonErrors,
            CauseCondition(says: [
                "already exists", "AlreadyExists", "AlreadyExistsException", "already exist",
                "EntityAlreadyExists", "ResourceAlreadyExistsException", "RouteAlreadyExists",
                "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "DuplicateListener",
                "InvalidPermission.Duplicate", "ResourceExistenceCheck", "InvalidGroup.Duplicate",
                "DuplicateLoadBalancerName", "HandlerErrorCode: AlreadyExists", "already in use",
                "conflicts with an existing", "A version for this Lambda function exists",
                "overlaps with", "CidrConflict", "in stack arn",
            ])
        ),
    ]

    private static let limits: [KnowledgeRow] = [
        .permanent(
            "aws-permanent/health-lasting",
            .ecsEvents,
            CauseCondition(says: [
                "is unable to consistently start tasks", "place a task. Reason: Internal error",
                "RESOURCE:ENI", "RESOURCE:PORTS",
                "no container instances", "No Container Instances were found",
                "CannotStartContainerError", "CannotCreateContainerError",
                "CannotCreateVolumeError",
                "Essential container in task exited", "minimumHealthyPercent or maximumPercent",
                "EFS volume", "EFS volumes",
                "failed to invoke EFS utils", "mount.nfs", "unable to pull secrets",
                "unable to retrieve secret", "unable to retrieve ecr registry auth",
                "failed to validate logger args", "failed to create log stream",
                "failed to initialize logging driver", "invalid ssm parameters",
                "exec: \"", "executable file not found", "unable to start container process",
                "DockerTimeoutError: Could not transition to created",
            ])
        )
    ]

    /// Code, tests or scripts that are wrong.
    private static let brokenCode: [KnowledgeRow] = [
        .permanent(
            "aws-permanent/broken-code",
            .compilers,
            CauseCondition(says: [
                "COMPILATION ERROR", "Compilation failure", "Compilation failed",
                "cannot find symbol",
                "SyntaxError", "IndentationError", "TypeError:", "ReferenceError:", "NameError",
                "KeyError", "AttributeError", "ValueError",
                "Module build failed",
                "NullPointerException",
                "error TS####", "error CS####", "error MSB####", "error[E####]",
                "error: aborting due to",
                "undefined reference to", "undefined: ", "declared and not used",
                "build constraints",
                "imported and not used", "Failed to compile", "Failed to parse", "Parse error",
                "Parsing error", "Unexpected token", "Unterminated string",
                "unexpected end of file", "syntax error: unexpected",
                "unexpected EOF while looking for", "unexpected EOF, expecting",
                "error parsing *.json: unexpected", "EJSONPARSE",
                "problems (# error", "problems (## error", "problem (1 error", "ESLint",
                "hash mismatch", "contract hash", "Unsupported class file",
                "has been compiled by a more",
                "is not recognized as an internal", "assertion failed", "vulnerabilities found",
                "Security gate", "quality gate", "coverage threshold", "Missing script",
                "found # vulnerabilities",
                "vulnerability found", "CVE-####", "GHSA-", "severity vulnerabilities",
                "prettier", "Stylelint", "checkstyle violations", "Undeclared variable",
                "Unsupported argument", "Reference to undeclared", "Missing required argument",
                "Invalid reference", "Unsupported block type", "Error: Invalid",
                "Argument or block",
                "Cannot read properties of undefined", "is not a function", "is not defined",
            ])
        )
    ]

    /// A network that lacks a way, a name or a certificate.
    private static let route: [KnowledgeRow] = [
        .permanent(
            "network/misconfigured",
            .certificates,
            CauseCondition(says: [
                "no such host", "Name or service not known", "x509:", "certificate verify failed",
                "CERTIFICATE_VERIFY_FAILED", "SSL certificate problem", "self signed certificate",
                "self-signed certificate", "SELF_SIGNED_CERT_IN_CHAIN", "CERT_HAS_EXPIRED",
                "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT",
                "certificate has expired",
                "unable to get local issuer certificate", "ERR_TLS_CERT_ALTNAME_INVALID",
                "no alternative certificate",
                "PKIX path building failed", "unable to find valid certification path",
                "server gave HTTP response to HTTPS client", "wrong version number",
                "ENOTFOUND", "dial tcp 127.0.0.1", "dial tcp [::1]", "ECONNREFUSED 127.0.0.1",
                "ECONNREFUSED ::1", "localhost:", "localhost port", "\"localhost\" (",
                "127.0.0.1:",
                "proxyconnect tcp", "ProxyError", "Proxy Authentication Required",
                "UnknownHostException", "Unsupported protocol", "unknown protocol",
            ])
        ),
        .permanent(
            "network/no-way-to-aws",
            .codeBuild,
            CauseCondition(says: [
                "send request failed*amazonaws.com*connection refused",
                "send request failed*logs.*amazonaws.com*i/o timeout",
            ])
        ),
    ]

    /// Something that is not there; what an interrupted download did not bring, too.
    private static let missing: [KnowledgeRow] = [
        .permanent(
            "package-registry/absent",
            .npm,
            CauseCondition(says: [
                "code E404", "code ETARGET", "ETARGET", "404 Not Found", "404  Not Found",
                "No matching version found",
                "notarget No matching version", "Couldn't find any versions for",
                "Couldn't find package", "Could not find artifact", "was not found in https",
                "Could not find a version that satisfies", "No matching distribution found",
                "Unable to locate package", "no such package", "is not signed", "NO_PUBKEY",
                "does not have a Release file", "is expired (invalid since",
                "has no installation candidate",
                "returned error: 404",
                "status code 404", "Unable to find a match", "No package * available",
                "Could not find method", "NU1101", "NU1102", "NU1103", "unknown revision",
                "no available releases match", "Failed to query available provider packages",
                "provider registry * does not have a provider named", "no matching versions",
                "Could not resolve dependency", "ERESOLVE", "EBADENGINE", "EUSAGE",
                "package-lock.json are in sync", "lockfile needs to be updated", "frozen-lockfile",
                "ERR_PNPM_OUTDATED_LOCKFILE", "EINTEGRITY", "checksum mismatch",
                "THESE PACKAGES DO NOT MATCH THE HASHES", "incompatible with", "EBADPLATFORM",
                "the requested package", "inconsistent dependency lock file",
            ])
        ),
        .permanent(
            "aws-permanent/not-found",
            .commonErrors,
            CauseCondition(says: [
                "Project cannot be found", "ResourceNotFoundException", "APPLICATION_MISSING",
                "DEPLOYMENT_GROUP_MISSING", "REVISION_MISSING", "NO_INSTANCES",
                "Exception while trying to read the task definition artifact file from",
                "NoSuchBucket", "NoSuchKey", "NoSuchEntity", "NoSuchHostedZone",
                "NotFoundException",
                "NoSuchDistribution", "NoSuchUpload", "RepositoryNotFoundException",
                "ImageNotFoundException", "ClusterNotFoundException", "ServiceNotFoundException",
                "ParameterNotFound", "parameter does not exist", "Unable to fetch parameters",
                "does not exist",
                "cannot be found",
                "could not be found", "was not found", "No bucket with the name",
                "No Application Version named", "No Environment found", "No Application named",
                "Did not find the image definition file", "not found in the input artifact",
                "file not found in", "could not find file", "ServiceNotActiveException",
                "StackNotFoundException", "InvalidSubnetID.NotFound", "InvalidGroup.NotFound",
                "InvalidAMIID.NotFound", "InvalidVpcID.NotFound", "InvalidKeyPair.NotFound",
                "No tasks found", "is missing",
            ])
        ),
        .permanent(
            "aws-permanent/shell",
            .shells,
            CauseCondition(says: [
                "command not found", "not found$", "No such file or directory", "can't cd to",
                "ENOENT", "Syntax error:", "unbound variable", "parameter not set",
                "bad substitution",
                "Is a directory", "Not a directory", "cannot stat", "No rule to make target",
                "unexpected EOF while looking for", "no test files", "missing separator",
            ])
        ),
        .permanent(
            "aws-permanent/missing-module",
            .compilers,
            CauseCondition(says: [
                "ModuleNotFoundError", "ImportError", "Cannot find module", "Module not found",
                "FileNotFoundError", "ClassNotFoundException", "NoClassDefFoundError",
            ])
        ),
    ]

    private static let generalLimits: [KnowledgeRow] = [
        .permanent(
            "aws-permanent/limit",
            .commonErrors,
            CauseCondition(says: [
                "LimitExceeded", "LimitExceededException", "limit exceeded",
                "limit has been exceeded",
                "maximum number of", "ServiceQuotaExceeded", "ServiceQuotaExceededException",
                "ServiceLimitExceeded", "quota", "You've reached the limit",
                "You have reached the limit",
                "reached your limit", "CodeStorageExceededException", "AddressLimitExceeded",
                "VcpuLimitExceeded", "InstanceLimitExceeded", "VolumeLimitExceeded",
                "TooManyBuckets",
                "TooManyRecordSets", "LimitExceeded:", "is above your limit", "exceeds the limit",
                "exceeded limit", "MaxSpotInstanceCountExceeded", "exceeded the maximum",
                "PolicySizeLimit", "Cannot exceed quota", "OVER_MAX_INSTANCES", "size limit",
                "no space left on device", "ENOSPC", "disk quota exceeded", "You have exceeded",
            ])
        )
    ]
}
