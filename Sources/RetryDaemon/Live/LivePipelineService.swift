package import CodePipelineClient
package import Primitives
package import RetryCore

/// CodePipeline itself, for one target.
package struct LivePipelineService: PipelineService {
    private let client: CodePipelineClient

    /// Creates a service from a client.
    package init(_ client: CodePipelineClient) {
        self.client = client
    }

    package func state(
        of pipeline: PipelineName,
        known: StateDigest?
    ) async -> ReadAnswer<PolledState> {
        await .of(
            .getPipelineState,
            { () async throws(ReadError) in
                try await client.pipelineState(name: pipeline.text, known: known)
            },
            refusing: { poll in
                switch poll {
                case .unchanged: nil
                case .state(let state, _): state.nameError
                }
            }
        ) { poll in
            switch poll {
            case .unchanged: .unchanged
            case .state(let state, let digest): .state(PipelineSnapshot(state), digest: digest)
            }
        }
    }

    package func definition(
        of pipeline: PipelineName
    ) async -> ReadAnswer<PipelineDefinition> {
        await .of(
            .getPipeline,
            { () async throws(ReadError) in
                try await client.pipeline(name: pipeline.text)
            },
            refusing: \.nameError
        ) { PipelineDefinition($0) }
    }

    package func actions(
        of pipeline: PipelineName,
        in execution: ExecutionID
    ) async -> ReadAnswer<[ActionRow]> {
        // Rows come newest first, so the latest ones of an execution are never cut off.
        await .of(
            .listActionExecutions,
            { () async throws(ReadError) in
                try await client.actionExecutions(
                    pipeline: pipeline.text,
                    execution: execution.text
                )
            },
            refusing: { rows in rows.lazy.compactMap(\.nameError).first }
        ) { $0.map(ActionRow.init) }
    }

    package func history(
        of pipeline: PipelineName,
        after token: String?
    ) async -> ReadAnswer<HistoryPage> {
        await .of(
            .listActionExecutions,
            { () async throws(ReadError) in
                try await client.actionHistory(pipeline: pipeline.text, after: token)
            },
            refusing: { _ in nil }
        ) { HistoryPage($0) }
    }

    package func revisions(
        of pipeline: PipelineName,
        after token: String?,
        limit: Int
    ) async -> ReadAnswer<ExecutionPage> {
        await .of(
            .listPipelineExecutions,
            { () async throws(ReadError) in
                try await client.executionHistory(
                    pipeline: pipeline.text,
                    after: token,
                    pageSize: limit
                )
            },
            refusing: { _ in nil }
        ) { ExecutionPage($0) }
    }

    package func executions(
        of pipeline: PipelineName,
        limit: Int,
        known: StateDigest?
    ) async -> ReadAnswer<PolledExecutions> {
        await .of(
            .listPipelineExecutions,
            { () async throws(ReadError) in
                try await client.pipelineExecutions(
                    pipeline: pipeline.text,
                    pageSize: limit,
                    known: known
                )
            },
            refusing: { poll in
                switch poll {
                case .unchanged: nil
                case .executions(let rows, _): rows.lazy.compactMap(\.nameError).first
                }
            }
        ) { poll in
            switch poll {
            case .unchanged: .unchanged
            case .executions(let rows, let digest):
                .executions(rows.compactMap(ExecutionSummary.init), digest: digest)
            }
        }
    }

    package func execution(
        _ execution: ExecutionID,
        of pipeline: PipelineName
    ) async -> ReadAnswer<ExecutionReading?> {
        do throws(ReadError) {
            let found = try await client.pipelineExecution(execution.text, pipeline: pipeline.text)
            let rows = try await client.attempts(in: execution.text, pipeline: pipeline.text)
            if let error = rows.value.lazy.compactMap(\.nameError).first {
                return .failed(error.failure(of: .listActionExecutions))
            }
            let reading = ExecutionReading(
                summary: ExecutionSummary(found.value, of: execution),
                rows: rows.value.map(ActionRow.init)
            )
            return .read(reading, at: rows.serverDate ?? found.serverDate)
        } catch {
            guard error.kind == .executionNotFound else { return .failed(CallFailure(error)) }
            return .read(nil, at: error.serverDate)
        }
    }

    package func pipelines() async -> ReadAnswer<[PipelineName]> {
        do throws(ReadError) {
            let reading = try await client.pipelines(maxPages: 100)
            guard reading.isComplete else { return .failed(.tooManyPipelines) }
            let names = reading.value.compactMap(\.name)
            if let error = WireNameError.first(of: names) {
                return .failed(error.failure(of: .listPipelines))
            }
            return .read(names.map(PipelineName.init(bounding:)), at: reading.serverDate)
        } catch {
            return .failed(CallFailure(error))
        }
    }

    package func retry(_ episode: EpisodeKey, _ mode: RetryMode) async -> RetryAnswer {
        let wireMode: Wire.StageRetryMode =
            switch mode {
            case .failedActions: .failedActions
            case .allActions: .allActions
            }
        return RetryAnswer(
            await client.retryStage(
                pipeline: episode.pipeline.pipeline.text,
                stage: episode.stage.text,
                execution: episode.execution.text,
                mode: wireMode
            )
        )
    }
}

extension CallFailure {
    /// A list that has no end; a part of it would make pipelines vanish.
    fileprivate static let tooManyPipelines = CallFailure(
        kind: .serverError,
        operation: .listPipelines,
        message: "more than 100,000 pipelines, or an endless list"
    )
}
