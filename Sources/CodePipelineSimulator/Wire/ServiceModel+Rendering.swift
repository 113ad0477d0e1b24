extension ServiceModel.StageExecutionView {
    func json() -> JSON {
        .members([
            ("pipelineExecutionId", .string(execution)),
            ("status", .string(status.rawValue)),
            ("type", type.json),
        ])
    }
}

extension ServiceModel.ExecutionType {
    /// Only a rollback has its type.
    var json: JSON? {
        self == .rollback ? .string(rawValue) : nil
    }
}

extension ServiceModel.StateView {
    func json(region: String) -> JSON {
        json(stages: .list(stages) { $0.json(region: region) })
    }

    func json(stages: JSON) -> JSON {
        .object([
            "pipelineName": .string(pipeline),
            "pipelineVersion": .integer(Int64(version)),
            "created": .timestamp(created),
            "updated": .timestamp(updated),
            "stageStates": stages,
        ])
    }
}

extension ServiceModel.StageView {
    func json(region: String) -> JSON {
        .members([
            ("stageName", .string(name)),
            ("inboundExecution", inbound.last?.json()),
            ("inboundExecutions", .list(listsInbound ? inbound : []) { $0.json() }),
            ("inboundTransitionState", transition.json()),
            ("actionStates", .list(actions) { $0.json(region: region) }),
            ("latestExecution", latest?.json()),
            ("beforeEntryConditionState", beforeEntry?.json("BeforeEntry")),
            ("onSuccessConditionState", onSuccess?.json("OnSuccess")),
            ("onFailureConditionState", onFailure?.json("OnFailure")),
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
            ("currentRevision", revisionJSON()),
            ("latestExecution", pollingFailure?.json() ?? latest?.json()),
            ("entityUrl", .text(entityURL(region))),
        ])
    }
}

extension ServiceModel.ActionView {
    /// The provider's page; for an approval the link that its author gave for review.
    private func entityURL(_ region: String) -> String? {
        action.category == .approval
            ? action.configuration["ExternalEntityLink"]
            : ServiceModel.consoleURL(action.provider, region)
    }

    /// A source's revision, once it has one; a failed poll hides it.
    private func revisionJSON() -> JSON? {
        guard action.category == .source, pollingFailure == nil, let latest,
            latest.status == .succeeded
        else { return nil }
        return .object(["revisionId": .string(ServiceModel.Action.revision(of: latest.execution))])
    }
}

extension ServiceModel.PollingFailure {
    /// There is no run: no id, only the failure.
    func json() -> JSON {
        .object([
            "status": .string("Failed"),
            "lastStatusChange": .timestamp(at),
            "errorDetails": .object(["code": .string(code), "message": .string(message)]),
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
            ("lastStatusChange", changed.map { .timestamp($0) }),
            ("token", .text(token)),
            ("lastUpdatedBy", .text(updatedBy)),
            ("externalExecutionId", action.category == .approval ? nil : shownExternalID),
            ("externalExecutionUrl", .text(externalURL)),
            ("errorDetails", errorJSON()),
        ])
    }

    private func errorJSON() -> JSON? {
        guard errorCode != nil || errorMessage != nil else { return nil }
        return .members([("code", .text(errorCode)), ("message", .text(errorMessage))])
    }

    /// An S3 action has an id only when it has succeeded, and a build that CodeBuild did not take
    /// none at all.
    private var shownExternalID: JSON? {
        let isUnfinished = action.provider == "S3" && status != .succeeded
        let isRefused = errorMessage?.hasPrefix("Error calling startBuild") == true
        return isUnfinished || isRefused ? nil : .string(externalID)
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
            "actionTypeId": action.typeJSON(isRow: true),
            "configuration": configuration,
            "resolvedConfiguration": configuration,
            "region": .string(region),
            "inputArtifacts": .array([]),
        ])
    }

    private func outputJSON() -> JSON {
        .members([
            ("outputArtifacts", .array([])),
            ("executionResult", resultJSON()),
            ("outputVariables", .object([:])),
        ])
    }

    /// An approval without an answer has no result, except when nothing else shows its token.
    private func resultJSON() -> JSON? {
        if action.category == .approval, status == .inProgress || status == .abandoned {
            return token.map { .object(["externalExecutionId": .string($0)]) }
        }
        return .members([
            ("externalExecutionId", shownExternalID),
            ("externalExecutionSummary", .text(rowSummary)),
            ("externalExecutionUrl", .text(externalURL)),
            ("errorDetails", errorCode.map { .object(["code": .string($0)]) }),
            ("logStreamARN", action.provider == "Commands" ? .string(externalID) : nil),
        ])
    }
}

extension ServiceModel.RevisionView {
    fileprivate func json(as key: String, _ name: String) -> JSON {
        .members([
            (key, .string(name)), ("revisionId", .string(id)), ("revisionSummary", .text(summary)),
        ])
    }
}

extension ServiceModel.ExecutionView {
    private func shared() -> [(String, JSON?)] {
        [
            ("pipelineExecutionId", .string(id)),
            ("status", .string(status.rawValue)),
            ("executionMode", .string(mode.rawValue)),
            ("executionType", type.json),
            ("statusSummary", .text(statusSummary)),
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
                (
                    "artifactRevisions",
                    .list(revisions) { $0.json(as: "name", $0.action + "Artifact") }
                ),
                ("variables", .array([])),
            ]
        )
    }

    func summaryJSON() -> JSON {
        .members(
            shared() + [
                ("startTime", .timestamp(started)),
                ("lastUpdateTime", .timestamp(updated)),
                ("sourceRevisions", .list(revisions) { $0.json(as: "actionName", $0.action) }),
                ("stopTrigger", stopReason.map { .object(["reason": .string($0)]) }),
            ]
        )
    }
}
