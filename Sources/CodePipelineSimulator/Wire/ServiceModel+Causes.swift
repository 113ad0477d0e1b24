/// The services that run the actions, as far as they tell why one failed.
extension ServiceModel {
    /// An action's run with what the model knows of it.
    struct CauseRun {
        let pipeline: String
        let action: Action
        let run: ActionRun

        var cause: Cause { run.attempt.cause ?? Cause() }
        var hasFailed: Bool { run.status == .failed }

        /// Whether the service repeats it, or returns to what was before, at a time.
        func goesOn(at time: ModelTime) -> Bool {
            guard hasFailed, let span = cause.goesOn else { return false }
            return time < run.updated + span
        }
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
        case .batchGetBuildBatches: return batches(runs, input)
        case .getLogEvents: return try logEvents(runs)
        case .describeStackEvents: return stackEvents(try Self.newest(runs, input), input)
        case .describeEvents: return operationEvents(try Self.newest(runs, input), input)
        case .describeStacks: return stacks(try Self.newest(runs, input), input)
        case .describeChangeSet: return try changeSet(try Self.newest(runs, input), input)
        case .listStackSetOperations: return try stackSetOperations(runs, input)
        case .listStackSetOperationResults: return try stackSetResults(runs, input)
        case .getDeployment: return try deployment(runs, input)
        case .listDeploymentTargets: return targetIDs(runs)
        case .batchGetDeploymentTargets: return targets(runs)
        case .describeServices: return services(runs, input)
        case .listTasks: return taskARNs(runs)
        case .describeTasks: return tasks(runs)
        case .listServiceDeployments: return serviceDeployments(runs, inFull: false)
        case .describeServiceDeployments: return serviceDeployments(runs, inFull: true)
        case .describeExecution: return try machineExecution(runs)
        case .describeEnvironmentEvents: return environmentEvents(runs)
        case .describeRecord: return try record(runs)
        }
    }

    /// The runs that an input names, oldest first.
    private func causeRuns(_ operation: CauseOperation, _ input: JSON) -> [CauseRun] {
        let named = causeName(operation, input)
        return allCauseRuns().filter { found in
            let settings = found.action.configuration
            switch operation {
            case .batchGetBuilds: return named.contains(buildID(found))
            case .batchGetBuildBatches: return found.isBatch && named.contains(batchID(found))
            case .getLogEvents, .describeTasks: return named.contains(found.run.id)
            case .describeStackEvents, .describeEvents, .describeStacks, .describeChangeSet:
                return stackNames(found).contains(where: named.contains)
            case .listStackSetOperations, .listStackSetOperationResults:
                return settings["StackSetName"].map(named.contains) ?? false
            case .getDeployment, .listDeploymentTargets, .batchGetDeploymentTargets:
                return named.contains(found.run.externalID) || named.contains(rollbackID(found))
            case .describeServices, .listTasks, .listServiceDeployments:
                return found.deploysToECS && named.contains(service(found).name)
            case .describeServiceDeployments:
                return found.deploysToECS && named.contains(serviceDeploymentARN(found))
            case .describeExecution, .describeRecord:
                return named.contains(found.run.externalID)
            case .describeEnvironmentEvents:
                return settings["EnvironmentName"].map(named.contains) ?? false
            }
        }
    }

    /// What an input names: ids, ARNs, a stack, a service.
    private func causeName(_ operation: CauseOperation, _ input: JSON) -> Set<String> {
        let member: String
        switch operation {
        case .batchGetBuilds, .batchGetBuildBatches: member = "ids"
        case .getLogEvents: member = "logStreamName"
        case .describeStackEvents, .describeEvents, .describeStacks, .describeChangeSet:
            member = "StackName"
        case .listStackSetOperations, .listStackSetOperationResults: member = "StackSetName"
        case .getDeployment, .listDeploymentTargets, .batchGetDeploymentTargets:
            member = "deploymentId"
        case .describeServices: member = "services"
        case .listTasks: member = "serviceName"
        case .describeTasks:
            let tasks = (input["tasks"]?.array ?? []).compactMap(\.string)
            return Set(tasks.map { String($0.split(separator: "/").last ?? "") })
        case .listServiceDeployments: member = "service"
        case .describeServiceDeployments: member = "serviceDeploymentArns"
        case .describeExecution: member = "executionArn"
        case .describeEnvironmentEvents: member = "EnvironmentName"
        case .describeRecord: member = "Id"
        }
        let texts = (input[member]?.array ?? []) + [input[member]].compactMap(\.self)
        return Set(texts.compactMap(\.string))
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
        "\(context.arn(service)):\(resource)"
    }
}
