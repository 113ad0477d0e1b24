/// The operations as JSON in, JSON out.
extension ServiceModel {
    /// Performs an operation at a time; a failure is the service's answer with status 400.
    package mutating func perform(
        _ operation: Operation,
        _ input: JSON,
        caller: Caller = .client("simulation"),
        at time: ModelTime
    ) -> Result<JSON, ServiceError> {
        advance(to: time)
        do throws(ServiceError) {
            let output = try answer(operation, input, caller)
            recordRead(operation, input, .accepted, caller)
            return .success(output)
        } catch {
            recordRead(operation, input, .refused(error.code), caller)
            return .failure(error)
        }
    }

    private mutating func answer(
        _ operation: Operation,
        _ input: JSON,
        _ caller: Caller
    ) throws(ServiceError) -> JSON {
        switch operation {
        case .getPipelineState: try getPipelineState(input)
        case .retryStageExecution: try retryStageExecution(input, caller)
        case .getPipeline: try getPipeline(input)
        case .listPipelines: try listPipelines(input)
        case .getPipelineExecution: try getPipelineExecution(input)
        case .listPipelineExecutions: try listPipelineExecutions(input)
        case .listActionExecutions: try listActionExecutions(input)
        case .startPipelineExecution: try startPipelineExecution(input, caller)
        case .stopPipelineExecution: try stopPipelineExecution(input, caller)
        case .putApprovalResult: try putApprovalResult(input, caller)
        case .updatePipeline: try updatePipeline(input, caller)
        case .disableStageTransition: try setTransition(input, isEnabled: false, caller)
        case .enableStageTransition: try setTransition(input, isEnabled: true, caller)
        case .rollbackStage: try rollbackStage(input, caller)
        }
    }

    private mutating func recordRead(
        _ operation: Operation,
        _ input: JSON,
        _ outcome: ServedCall.Outcome,
        _ caller: Caller
    ) {
        guard recording == .everything, operation.isRead else { return }
        record(
            ServedCall(
                time: now,
                operation: operation.rawValue,
                caller: caller,
                pipeline: (input["pipelineName"] ?? input["name"])?.string,
                stage: nil,
                execution: nil,
                mode: nil,
                outcome: outcome,
                effectiveRetry: nil
            ),
            isRead: true
        )
    }

    private mutating func retryStageExecution(
        _ input: JSON,
        _ caller: Caller
    ) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let pipeline = reader.string("pipelineName", Rule.name)
        let stage = reader.string("stageName", Rule.name)
        let execution = reader.string("pipelineExecutionId", Rule.uuid)
        let modes = RetryMode.allCases.map(\.rawValue)
        let mode = reader.string("retryMode", [.oneOf(modes)])
        try reader.finish()
        let id = try retry(
            pipeline: pipeline,
            stage: stage,
            execution: execution,
            mode: RetryMode(rawValue: mode) ?? .failedActions,
            caller: caller,
            at: now
        )
        return .object(["pipelineExecutionId": .string(id)])
    }

    private mutating func startPipelineExecution(
        _ input: JSON,
        _ caller: Caller
    ) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let name = reader.string("name", Rule.name)
        let token = reader.optionalString("clientRequestToken", Rule.requestToken)
        try reader.finish()
        let id = try startExecution(
            pipeline: name,
            requestToken: token,
            caller: caller,
            at: now
        )
        return .object(["pipelineExecutionId": .string(id)])
    }

    private mutating func stopPipelineExecution(
        _ input: JSON,
        _ caller: Caller
    ) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let pipeline = reader.string("pipelineName", Rule.name)
        let execution = reader.string("pipelineExecutionId", Rule.uuid)
        let abandon = reader.bool("abandon")
        let reason = reader.optionalString("reason", [.maximumLength(200)])
        try reader.finish()
        try stopExecution(
            pipeline: pipeline,
            execution: execution,
            abandon: abandon,
            reason: reason,
            caller: caller,
            at: now
        )
        return .object(["pipelineExecutionId": .string(execution)])
    }

    private mutating func putApprovalResult(
        _ input: JSON,
        _ caller: Caller
    ) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let pipeline = reader.string("pipelineName", Rule.name)
        let stage = reader.string("stageName", Rule.name)
        let action = reader.string("actionName", Rule.name)
        let token = reader.string("token", Rule.uuid)
        let answer = reader.structure("result", required: true)
        var result = RequestReader(answer ?? .object([:]), path: "result.")
        let summary = result.string("summary", [.length(0...512)])
        let status = result.string("status", [.oneOf(["Approved", "Rejected"])])
        if answer != nil {
            reader.absorb(result)
        }
        try reader.finish()
        try answerApproval(
            pipeline: pipeline,
            stage: stage,
            action: action,
            token: token,
            approve: status == "Approved",
            summary: summary,
            caller: caller,
            at: now
        )
        return .object(["approvedAt": .timestamp(now)])
    }

    private mutating func setTransition(
        _ input: JSON,
        isEnabled: Bool,
        _ caller: Caller
    ) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let pipeline = reader.string("pipelineName", Rule.name)
        let stage = reader.string("stageName", Rule.name)
        let type = reader.string("transitionType", [.oneOf(["Inbound", "Outbound"])])
        let reason = isEnabled ? nil : reader.string("reason", Rule.disabledReason)
        try reader.finish()
        let gate = type == "Inbound" ? stage : try stageAfter(stage, in: pipeline)
        guard let gate else { return .object([:]) }
        try setTransition(
            pipeline: pipeline,
            stage: gate,
            isEnabled: isEnabled,
            reason: reason,
            caller: caller,
            at: now
        )
        return .object([:])
    }

    /// The exit of a stage is the gate into the next one; the last stage has none.
    private func stageAfter(
        _ stage: String,
        in pipeline: String
    ) throws(ServiceError) -> String? {
        let place = try place(of: pipeline)
        let next = try stagePlace(stage, of: place) + 1
        let stages = pipelines[place].stages
        return stages.indices.contains(next) ? stages[next].name : nil
    }

    private mutating func rollbackStage(
        _ input: JSON,
        _ caller: Caller
    ) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let pipeline = reader.string("pipelineName", Rule.name)
        let stage = reader.string("stageName", Rule.name)
        let target = reader.string("targetPipelineExecutionId", Rule.uuid)
        try reader.finish()
        let id = try rollback(
            pipeline: pipeline,
            stage: stage,
            target: target,
            caller: caller,
            at: now
        )
        return .object(["pipelineExecutionId": .string(id)])
    }

    private mutating func updatePipeline(
        _ input: JSON,
        _ caller: Caller
    ) throws(ServiceError) -> JSON {
        let definition = try DeclarationReader.read(input)
        try updatePipeline(definition, caller: caller, at: now)
        let version = try place(of: definition.name)
        return .object([
            "pipeline": pipelines[version].definition.json(version: pipelines[version].version)
        ])
    }
}
