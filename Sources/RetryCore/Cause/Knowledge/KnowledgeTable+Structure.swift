// What the structure says when no words are known: the last rows.

extension KnowledgeTable {
    static let structure: [KnowledgeRow] = [
        .flaky(
            "health/service",
            .minutes,
            .ecsEvents,
            CauseCondition(codes: ["NotStabilized"], resourceTypes: ["AWS::ECS::Service"])
        ),
        .flaky("memory/killed-status", .seconds, .kernel, CauseCondition(exits: [137])),
        .transient(
            "aws-throttling/handler",
            .minutes,
            .cloudFormationHandlers,
            CauseCondition(codes: ["Throttling"])
        ),
        .transient(
            "service-fault/handler",
            .minutes,
            .cloudFormationHandlers,
            CauseCondition(codes: ["ServiceInternalError", "ServiceTimeout"])
        ),
        .transient(
            "network/handler",
            .minutes,
            .cloudFormationHandlers,
            CauseCondition(codes: ["NetworkFailure"])
        ),
        .transient(
            "resource-busy/handler",
            .minutes,
            .cloudFormationHandlers,
            CauseCondition(codes: ["ResourceConflict"])
        ),
        .permanent(
            "aws-permanent/handler",
            .cloudFormationHandlers,
            CauseCondition(codes: [
                "AccessDenied", "AlreadyExists", "GeneralServiceException",
                "HandlerInternalFailure",
                "InternalFailure", "InvalidCredentials", "InvalidRequest",
                "InvalidTypeConfiguration", "NonCompliant", "NotFound", "NotStabilized",
                "NotUpdatable", "ServiceLimitExceeded", "UnauthorizedTaggingOperation",
                "UnsupportedTarget",
            ])
        ),
        .transient(
            "aws-throttling/deployment",
            .minutes,
            .codeDeployCodes,
            CauseCondition(deploymentCodes: ["THROTTLED", "RESOURCE_LIMIT_EXCEEDED"])
        ),
        .transient(
            "service-fault/deployment",
            .minutes,
            .codeDeployCodes,
            CauseCondition(deploymentCodes: ["INTERNAL_ERROR"])
        ),
        .permanent(
            "aws-permanent/script",
            .codeDeployDeployments,
            CauseCondition(codes: ["ScriptFailed", "ScriptMissing", "ScriptNotExecutable"])
        ),
        .flaky(
            "time-out/script",
            .minutes,
            .codeDeployDeployments,
            CauseCondition(codes: ["ScriptTimedOut"])
        ),
        .transient(
            "never-started/service",
            .minutes,
            .codeBuildPhases,
            CauseCondition(
                phases: ["SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE"],
                statuses: ["FAULT"]
            )
        ),
        .transient(
            "never-started/queue",
            .minutes,
            .codeBuildPhases,
            CauseCondition(phases: ["SUBMITTED", "QUEUED"], statuses: ["TIMED_OUT"])
        ),
        .transient(
            "never-started/provisioning",
            .minutes,
            .codeBuildPhases,
            CauseCondition(
                phases: ["PROVISIONING"],
                codes: ["INTERNAL_ERROR", "INTERNAL_SERVER_ERROR", "INTERNAL_SERVICE_ERROR"]
            )
        ),
        .transient(
            "service-fault/build",
            .minutes,
            .codeBuildPhases,
            CauseCondition(providers: ["CodeBuild"], statuses: ["FAULT"])
        ),
        .permanent(
            "aws-permanent/build-start",
            .codeBuildPhases,
            CauseCondition(codes: [
                "YAML_FILE_ERROR", "Decrypted Variables Error", "INVALID_INPUT",
                "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE", "VPC_CLIENT_ERROR", "INSUFFICIENT_SUBNET",
                "ARTIFACT_ERROR",
            ])
        ),
        .flaky(
            "time-out/phase",
            .minutes,
            .codeBuildPhases,
            CauseCondition(statuses: ["TIMED_OUT"])
        ),
        .permanent(
            "aws-permanent/build-command",
            .codeBuildPhases,
            CauseCondition(codes: ["COMMAND_EXECUTION_ERROR"])
        ),
    ]
}
