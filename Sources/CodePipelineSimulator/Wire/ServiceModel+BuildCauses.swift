// MARK: - CodeBuild, CloudWatch Logs

extension ServiceModel.CauseRun {
    /// Whether the action runs a batch of builds.
    var isBatch: Bool { action.runsBatch }
}

extension ServiceModel {
    func builds(_ runs: [CauseRun], _ input: JSON) -> JSON {
        let known = Set(runs.map(buildID))
        let asked = (input["ids"]?.array ?? []).compactMap(\.string)
        return .object([
            "builds": .list(runs, build),
            "buildsNotFound": .list(asked.filter { !known.contains($0) }) { .string($0) },
        ])
    }

    private func build(_ found: CauseRun) -> JSON {
        let id = buildID(found)
        return .members([
            ("id", .string(id)), ("arn", .string(causeARN("codebuild", "build/\(id)"))),
            ("projectName", .string(project(found))),
            ("buildStatus", .string(Self.buildStatus(found))),
            ("buildComplete", .bool(found.run.status != .inProgress)),
            ("startTime", .timestamp(found.run.started)),
            ("phases", .array(Self.phases(found))),
            (
                "logs",
                .object([
                    "groupName": .string("/aws/codebuild/\(project(found))"),
                    "streamName": .string(found.run.id),
                ])
            ),
            (
                "autoRetryConfig",
                found.goesOn(at: now)
                    ? .object([
                        "autoRetryLimit": .integer(1), "autoRetryNumber": .integer(0),
                        "nextAutoRetry": .string(causeARN("codebuild", "build/\(id)-again")),
                    ]) : nil
            ),
        ])
    }

    private static func buildStatus(_ found: CauseRun) -> String {
        switch found.run.status {
        case .succeeded: "SUCCEEDED"
        case .failed: "FAILED"
        case .abandoned: "STOPPED"
        case .inProgress: "IN_PROGRESS"
        }
    }

    private func project(_ found: CauseRun) -> String {
        found.action.configuration["ProjectName"] ?? found.pipeline
    }

    private static let buildPhases = [
        "SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD",
        "POST_BUILD", "UPLOAD_ARTIFACTS", "FINALIZING",
    ]

    /// The phases up to the one that failed; a build that ended ends with COMPLETED.
    private static func phases(_ found: CauseRun) -> [JSON] {
        guard found.run.status != .inProgress else { return [phase("SUBMITTED", nil, nil)] }
        guard found.hasFailed else {
            return buildPhases.map { phase($0, "SUCCEEDED", nil) } + [phase("COMPLETED", nil, nil)]
        }
        let failed = found.cause.phase ?? "BUILD"
        return buildPhases.prefix { $0 != failed }.map { phase($0, "SUCCEEDED", nil) } + [
            phase(failed, found.cause.status ?? "FAILED", context(found)),
            phase("COMPLETED", nil, nil),
        ]
    }

    private static func phase(_ type: String, _ status: String?, _ contexts: JSON?) -> JSON {
        .members([
            ("phaseType", .string(type)), ("phaseStatus", .text(status)), ("contexts", contexts),
        ])
    }

    private static func context(_ found: CauseRun) -> JSON {
        let context = JSON.object([
            "statusCode": .string(found.cause.code ?? "COMMAND_EXECUTION_ERROR"),
            "message": .string(found.cause.message ?? ""),
        ])
        return .array([context])
    }

    func logEvents(_ runs: [CauseRun]) throws(ServiceError) -> JSON {
        guard let found = runs.first, !found.cause.log.isEmpty else {
            throw ServiceError(
                code: "ResourceNotFoundException",
                message: "The specified log stream does not exist."
            )
        }
        return .object([
            "events": .list(found.cause.log) { line in
                .object([
                    "timestamp": .integer(found.run.started.milliseconds),
                    "message": .string(line + "\n"),
                ])
            },
            "nextForwardToken": .string("f/1"), "nextBackwardToken": .string("b/1"),
        ])
    }
}

// MARK: - Batches

extension ServiceModel {
    /// A batch's id as CodeBuild has it, and that of any other run.
    func batchID(_ found: CauseRun) -> String {
        found.isBatch
            ? String(found.run.externalID.dropFirst(Action.batchPrefix.count))
            : found.run.externalID
    }

    /// The id of the build that ran: the action's own, or the last of its batch.
    func buildID(_ found: CauseRun) -> String {
        found.isBatch ? batchID(found) + "-2" : found.run.externalID
    }

    func batches(_ runs: [CauseRun], _ input: JSON) -> JSON {
        let known = Set(runs.map(batchID))
        let asked = (input["ids"]?.array ?? []).compactMap(\.string)
        return .object([
            "buildBatches": .list(runs, batch),
            "buildBatchesNotFound": .list(asked.filter { !known.contains($0) }) { .string($0) },
        ])
    }

    private func batch(_ found: CauseRun) -> JSON {
        .object([
            "id": .string(batchID(found)),
            "arn": .string(causeARN("codebuild", "build-batch/\(batchID(found))")),
            "projectName": .string(project(found)),
            "buildBatchStatus": .string(Self.buildStatus(found)),
            "complete": .bool(found.run.status != .inProgress),
            "startTime": .timestamp(found.run.started),
            "phases": .array(Self.batchPhases(found)),
            "buildGroups": .array(Self.failsItself(found) ? [] : groups(found)),
        ])
    }

    private static let batchPhases = ["SUBMITTED", "DOWNLOAD_BATCHSPEC"]

    /// Whether a batch failed before its builds.
    private static func failsItself(_ found: CauseRun) -> Bool {
        found.hasFailed && batchPhases.contains(found.cause.phase ?? "")
    }

    private static func batchPhases(_ found: CauseRun) -> [JSON] {
        let failed = failsItself(found) ? found.cause.phase : nil
        let done = batchPhases.prefix { $0 != failed }.map { phase($0, "SUCCEEDED", nil) }
        if let failed { return done + [phase(failed, "FAILED", context(found))] }
        let end = buildStatus(found)
        guard end != "IN_PROGRESS" else { return done + [phase(end, nil, nil)] }
        return done + [
            phase("IN_PROGRESS", found.hasFailed ? "FAILED" : "SUCCEEDED", nil),
            phase(end, nil, nil),
        ]
    }

    /// A build that succeeded, then the one that ends as the batch does.
    private func groups(_ found: CauseRun) -> [JSON] {
        let ends = ["SUCCEEDED", Self.buildStatus(found)]
        return ends.enumerated().map { index, status in
            let id = "\(batchID(found))-\(index + 1)"
            return .object([
                "identifier": .string("build\(index + 1)"), "ignoreFailure": .bool(false),
                "currentBuildSummary": .object([
                    "arn": .string(causeARN("codebuild", "build/\(id)")),
                    "requestedOn": .timestamp(found.run.started), "buildStatus": .string(status),
                ]),
            ])
        }
    }
}
