/// The services that run the actions, as far as they tell why one failed.
extension ServiceModel {
    /// An action's run with what the model knows of it.
    struct CauseRun {
        let pipeline: String
        let action: Action
        let run: ActionRun

        var cause: Cause { run.attempt.cause ?? Cause() }
        var hasFailed: Bool { run.status == .failed }
    }

    /// Answers an operation at a time; a stranger's run is not found, and a denied one refused.
    package mutating func cause(
        _ operation: CauseOperation,
        _ input: JSON,
        at time: ModelTime
    ) -> Result<JSON, ServiceError> {
        advance(to: time)
        do throws(ServiceError) {
            return .success(try answer(operation, input))
        } catch {
            return .failure(error)
        }
    }

    private func answer(
        _ operation: CauseOperation,
        _ input: JSON
    ) throws(ServiceError) -> JSON {
        let runs = causeRuns(operation, input)
        if let denied = runs.first(where: \.cause.isDenied) {
            throw Self.denied(operation, denied.pipeline)
        }
        switch operation {
        case .batchGetBuilds: return builds(runs, input)
        case .getLogEvents: return try logEvents(runs)
        case .describeStackEvents: return stackEvents(try Self.newest(runs, input))
        case .describeEvents:
            throw ServiceError(
                code: "InvalidAction",
                message: "Could not find operation DescribeEvents for version 2010-05-15"
            )
        case .describeStacks: return stacks(try Self.newest(runs, input))
        case .describeChangeSet: return try changeSet(try Self.newest(runs, input), input)
        case .getDeployment: return try deployment(runs)
        case .listDeploymentTargets: return targetIDs(runs)
        case .batchGetDeploymentTargets: return targets(runs)
        case .describeServices: return services(runs, input)
        case .listTasks: return taskARNs(runs)
        case .describeTasks: return tasks(runs)
        case .describeExecution: return try machineExecution(runs)
        case .describeEnvironmentEvents: return environmentEvents(runs)
        }
    }

    /// The runs that an input names, oldest first.
    private func causeRuns(_ operation: CauseOperation, _ input: JSON) -> [CauseRun] {
        let ids = Set((input["ids"]?.array ?? []).compactMap(\.string))
        let stack = input["StackName"]?.string
        let environment = input["EnvironmentName"]?.string
        let deployment = input["deploymentId"]?.string
        let stream = input["logStreamName"]?.string
        let service = input["services"]?[0]?.string ?? input["serviceName"]?.string
        let task = input["tasks"]?[0]?.string.map { String($0.split(separator: "/").last ?? "") }
        return allCauseRuns().filter { found in
            let settings = found.action.configuration
            switch operation {
            case .batchGetBuilds: return ids.contains(found.run.externalID)
            case .getLogEvents: return stream == found.run.id
            case .describeStackEvents, .describeEvents, .describeStacks, .describeChangeSet:
                return stack != nil && settings["StackName"] == stack
            case .getDeployment, .listDeploymentTargets, .batchGetDeploymentTargets:
                return deployment == found.run.externalID
            case .describeServices, .listTasks:
                return service != nil && settings["ServiceName"] == service
            case .describeTasks: return task == found.run.id
            case .describeExecution:
                return input["executionArn"]?.string == found.run.externalID
            case .describeEnvironmentEvents:
                return environment != nil && settings["EnvironmentName"] == environment
            }
        }
    }

    private func allCauseRuns() -> [CauseRun] {
        pipelines.flatMap { pipeline in
            pipeline.executions.flatMap { execution in
                execution.actionRuns.compactMap { run in
                    let stage = pipeline.definition.stages.first { $0.name == run.stage }
                    guard let action = stage?.actions.first(where: { $0.name == run.action })
                    else { return nil }
                    return CauseRun(pipeline: pipeline.name, action: action, run: run)
                }
            }
        }
    }

    /// The newest run that names a stack.
    private static func newest(
        _ runs: [CauseRun],
        _ input: JSON
    ) throws(ServiceError) -> CauseRun {
        guard let run = runs.max(by: { $0.run.sequence < $1.run.sequence }) else {
            throw ServiceError(
                code: "ValidationError",
                message: "Stack [\(input["StackName"]?.string ?? "")] does not exist"
            )
        }
        return run
    }

    private static func denied(_ operation: CauseOperation, _ pipeline: String) -> ServiceError {
        ServiceError(
            code: operation.isQuery ? "AccessDenied" : "AccessDeniedException",
            message: "User: simulated is not authorized to perform: \(operation.rawValue) on what "
                + "\(pipeline) runs",
            status: operation.isQuery ? 403 : 400
        )
    }
}

extension ServiceModel {
    /// The ARN of what a service runs.
    func causeARN(_ service: String, _ resource: String) -> String {
        "arn:aws:\(service):\(region):\(account):\(resource)"
    }
}

// MARK: - CodeBuild, CloudWatch Logs

extension ServiceModel {
    private func builds(_ runs: [CauseRun], _ input: JSON) -> JSON {
        let known = Set(runs.map(\.run.externalID))
        let asked = (input["ids"]?.array ?? []).compactMap(\.string)
        return .object([
            "builds": .list(runs, build),
            "buildsNotFound": .list(asked.filter { !known.contains($0) }) { .string($0) },
        ])
    }

    private func build(_ found: CauseRun) -> JSON {
        let project = String(found.run.externalID.prefix { $0 != ":" })
        let status: String
        switch found.run.status {
        case .succeeded: status = "SUCCEEDED"
        case .failed: status = "FAILED"
        case .abandoned: status = "STOPPED"
        case .inProgress: status = "IN_PROGRESS"
        }
        return .members([
            ("id", .string(found.run.externalID)),
            ("arn", .string(causeARN("codebuild", "build/\(found.run.externalID)"))),
            ("projectName", .string(project)), ("buildStatus", .string(status)),
            ("buildComplete", .bool(found.run.status != .inProgress)),
            ("startTime", .timestamp(found.run.started)),
            ("phases", .array(Self.phases(found))),
            (
                "logs",
                .object([
                    "groupName": .string("/aws/codebuild/\(project)"),
                    "streamName": .string(found.run.id),
                ])
            ),
        ])
    }

    private static let buildPhases = [
        "SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD",
        "POST_BUILD", "UPLOAD_ARTIFACTS", "FINALIZING",
    ]

    /// The phases up to the one that failed; a build that ended ends with COMPLETED.
    private static func phases(_ found: CauseRun) -> [JSON] {
        func phase(_ type: String, _ status: String?, _ contexts: JSON?) -> JSON {
            .members([
                ("phaseType", .string(type)), ("phaseStatus", .text(status)),
                ("contexts", contexts),
            ])
        }
        guard found.run.status != .inProgress else { return [phase("SUBMITTED", nil, nil)] }
        guard found.hasFailed else {
            return buildPhases.map { phase($0, "SUCCEEDED", nil) } + [phase("COMPLETED", nil, nil)]
        }
        let failed = found.cause.phase ?? "BUILD"
        let context = JSON.object([
            "statusCode": .string(found.cause.code ?? "COMMAND_EXECUTION_ERROR"),
            "message": .string(found.cause.message ?? ""),
        ])
        return buildPhases.prefix { $0 != failed }.map { phase($0, "SUCCEEDED", nil) } + [
            phase(failed, found.cause.status ?? "FAILED", .array([context])),
            phase("COMPLETED", nil, nil),
        ]
    }

    private func logEvents(_ runs: [CauseRun]) throws(ServiceError) -> JSON {
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
