package import CodePipelineClient
package import RetryCore

extension ExecutionSummary {
    /// The facts in one row of ListPipelineExecutions; nil without an id, since nothing could be
    /// reported about it.
    package init?(_ wire: Wire.PipelineExecutionSummary) {
        guard let id = wire.pipelineExecutionId else { return nil }
        self.init(
            id: ExecutionID(bounding: id),
            status: ExecutionStatus(wire.status),
            type: ExecutionType(wire.executionType),
            mode: wire.executionMode.map { ExecutionMode($0) },
            started: wire.startTime,
            lastUpdate: wire.lastUpdateTime,
            statusSummary: wire.statusSummary.flatMap { $0.isEmpty ? nil : $0.bounded(.failure) },
            hasRevisions: wire.hasSourceRevisions
        )
    }
}

extension ExecutionSummary {
    /// The facts in an answer of GetPipelineExecution, which has no times.
    package init(_ wire: Wire.PipelineExecution, of execution: ExecutionID) {
        self.init(
            id: execution,
            status: ExecutionStatus(wire.status),
            type: ExecutionType(wire.executionType),
            mode: wire.executionMode.map { ExecutionMode($0) },
            version: wire.pipelineVersion,
            statusSummary: wire.statusSummary.flatMap { $0.isEmpty ? nil : $0.bounded(.failure) },
            hasRevisions: wire.hasSourceRevisions
        )
    }
}

extension ExecutionStatus {
    /// The status; one that is absent is not known.
    fileprivate init(_ wire: Wire.PipelineExecutionStatus?) {
        self =
            switch wire {
            case .cancelled: .cancelled
            case .inProgress: .inProgress
            case .failed: .failed
            case .stopped: .stopped
            case .stopping: .stopping
            case .succeeded: .succeeded
            case .superseded: .superseded
            case .unknown(let name): .unknown(name.bounded(.name))
            case nil: .unknown("")
            }
    }
}
