extension ServiceModel.StageExecutionView {
    func json() -> JSON {
        .object([
            "pipelineExecutionId": .string(execution),
            "status": .string(status.rawValue),
            "type": .string(type.rawValue),
        ])
    }
}

extension ServiceModel.StateView {
    func json(region: String) -> JSON {
        .object([
            "pipelineName": .string(pipeline),
            "pipelineVersion": .integer(Int64(version)),
            "created": .timestamp(created),
            "updated": .timestamp(updated),
            "stageStates": .list(stages) { $0.json(region: region) },
        ])
    }
}

extension ServiceModel.StageView {
    func json(region: String) -> JSON {
        .members([
            ("stageName", .string(name)),
            ("inboundExecution", inbound.last?.json()),
            ("inboundExecutions", .list(inbound) { $0.json() }),
            ("inboundTransitionState", transition.json()),
            ("actionStates", .list(actions) { $0.json(region: region) }),
            ("latestExecution", latest?.json()),
            ("beforeEntryConditionState", beforeEntry?.json("BeforeEntry")),
            ("onSuccessConditionState", onSuccess?.json("OnSuccess")),
            ("retryStageMetadata", retries?.json()),
        ])
    }
}

extension ServiceModel.TransitionView {
    func json() -> JSON {
        .members([
            ("enabled", .bool(isEnabled)),
            ("lastChangedBy", .text(changedBy)),
            ("lastChangedAt", changedAt.map { .timestamp($0) }),
            ("disabledReason", .text(reason)),
        ])
    }
}

extension ServiceModel.RetryView {
    func json() -> JSON {
        .members([
            ("autoStageRetryAttempt", automatic.map { .integer(Int64($0)) }),
            ("manualStageRetryAttempt", manual.map { .integer(Int64($0)) }),
            ("latestRetryTrigger", .text(latestTrigger?.rawValue)),
        ])
    }
}

extension ServiceModel.ConditionView {
    func json(_ kind: String) -> JSON {
        let summary: JSON? = status == .failed ? .string("1 of 1 rules failed") : nil
        let rule = JSON.members([
            ("ruleExecutionId", .string(ruleExecution)),
            ("status", .string(status.rawValue)),
            ("lastStatusChange", .timestamp(at)),
            ("summary", summary),
        ])
        let condition = JSON.members([
            ("status", .string(status.rawValue)),
            ("lastStatusChange", .timestamp(at)),
            ("summary", summary),
        ])
        return .object([
            "latestExecution": .members([
                ("status", .string(status.rawValue)), ("summary", summary),
            ]),
            "conditionStates": .array([
                .object([
                    "latestExecution": condition,
                    "ruleStates": .array([
                        .object(["ruleName": .string("\(kind)Rule"), "latestExecution": rule])
                    ]),
                ])
            ]),
        ])
    }
}

extension ServiceModel.ActionView {
    func json(region: String) -> JSON {
        .members([
            ("actionName", .string(action.name)),
            ("currentRevision", action.category == .source ? latest?.revisionJSON() : nil),
            ("latestExecution", latest?.json()),
            (
                "entityUrl",
                action.category == .approval
                    ? nil : .string(ServiceModel.consoleURL(action.provider, region))
            ),
        ])
    }
}

extension ServiceModel {
    static func consoleURL(_ provider: String, _ region: String) -> String {
        "https://console.aws.amazon.com/\(provider.lowercased())/home?region=\(region)#"
    }
}

extension ServiceModel.ActionRunView {
    func json() -> JSON {
        .members([
            ("actionExecutionId", .string(id)),
            ("status", .string(status.rawValue)),
            ("summary", .text(summary)),
            ("lastStatusChange", .timestamp(updated)),
            ("token", .text(token)),
            ("lastUpdatedBy", .text(updatedBy)),
            ("externalExecutionId", action.category == .approval ? nil : .string(externalID)),
            ("externalExecutionUrl", .text(externalURL)),
            ("errorDetails", errorJSON()),
        ])
    }

    private func errorJSON() -> JSON? {
        guard errorCode != nil || errorMessage != nil else { return nil }
        return .members([("code", .text(errorCode)), ("message", .text(errorMessage))])
    }

    /// A source action's revision: the execution's id stands for the commit.
    func revisionJSON() -> JSON {
        .object([
            "revisionId": .string(execution),
            "revisionChangeId": .string(id),
            "created": .timestamp(started),
        ])
    }

    func detailJSON(region: String) -> JSON {
        .members([
            ("pipelineExecutionId", .string(execution)),
            ("actionExecutionId", .string(id)),
            ("pipelineVersion", .integer(Int64(version))),
            ("stageName", .string(stage)),
            ("actionName", .string(action.name)),
            ("startTime", .timestamp(started)),
            ("lastUpdateTime", .timestamp(updated)),
            ("updatedBy", .text(updatedBy)),
            ("status", .string(status.rawValue)),
            ("input", inputJSON(region: region)),
            ("output", outputJSON()),
        ])
    }

    private func inputJSON(region: String) -> JSON {
        let configuration = JSON.object(action.configuration.mapValues { .string($0) })
        return .object([
            "actionTypeId": action.typeJSON(),
            "configuration": configuration,
            "resolvedConfiguration": configuration,
            "region": .string(region),
            "inputArtifacts": .array([]),
        ])
    }

    private func outputJSON() -> JSON {
        let isApproval = action.category == .approval
        let result = JSON.members([
            ("externalExecutionId", isApproval ? .text(token) : .string(externalID)),
            ("externalExecutionSummary", .text(summary)),
            ("externalExecutionUrl", .text(externalURL)),
            ("errorDetails", errorJSON()),
        ])
        return .object([
            "outputArtifacts": .array([]), "executionResult": result,
            "outputVariables": .object([:]),
        ])
    }
}

extension ServiceModel.ExecutionView {
    private func shared() -> [(String, JSON?)] {
        [
            ("pipelineExecutionId", .string(id)),
            ("status", .string(status.rawValue)),
            ("executionMode", .string(mode.rawValue)),
            ("executionType", .string(type.rawValue)),
            (
                "trigger",
                .object([
                    "triggerType": .string(trigger), "triggerDetail": .string(triggerDetail),
                ])
            ),
            (
                "rollbackMetadata",
                rollbackTarget.map {
                    .object(["rollbackTargetPipelineExecutionId": .string($0)])
                }
            ),
        ]
    }

    func json(pipeline: String) -> JSON {
        .members(
            shared() + [
                ("pipelineName", .string(pipeline)),
                ("pipelineVersion", .integer(Int64(version))),
                ("artifactRevisions", .array([])),
                ("variables", .array([])),
            ]
        )
    }

    func summaryJSON() -> JSON {
        .members(
            shared() + [
                ("startTime", .timestamp(started)),
                ("lastUpdateTime", .timestamp(updated)),
                ("sourceRevisions", .array([])),
                ("stopTrigger", stopReason.map { .object(["reason": .string($0)]) }),
            ]
        )
    }
}
