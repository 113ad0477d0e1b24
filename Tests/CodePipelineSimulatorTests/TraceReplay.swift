import CodePipelineSimulator
import Testing

typealias Attempt = ServiceModel.Attempt
typealias Stage = ServiceModel.Stage
typealias Action = ServiceModel.Action

/// A model with one pipeline, `web`, and a clock in seconds from its start.
struct TraceReplay {
    static let origin = ModelTime(milliseconds: 1_795_395_723_000)
    static let unknownID = "00000000-0000-4000-8000-000000000000"

    var model: ServiceModel
    let pipeline = "web"

    init(
        _ stages: [Stage],
        mode: ServiceModel.ExecutionMode = .superseded,
        attempts: [String: [[Attempt]]] = [:],
        rollback: [String: [Attempt]] = [:],
        beforeEntry: [String: [Bool]] = [:],
        onSuccess: [String: [Bool]] = [:],
        onFailure: [String: [Bool]] = [:],
        timing: ServiceModel.Timing = ServiceModel.Timing(),
        seed: UInt64 = 1
    ) {
        model = ServiceModel(start: Self.origin, seed: seed, timing: timing)
        var script = ServiceModel.Script(
            beforeEntry: beforeEntry,
            onSuccess: onSuccess,
            onFailure: onFailure
        )
        for stage in stages {
            for action in stage.actions {
                let key = ServiceModel.ActionKey(stage: stage.name, action: action.name)
                script.actions[key] = ServiceModel.ActionScript(
                    executions: attempts[action.name] ?? [],
                    rollback: rollback[action.name] ?? []
                )
            }
        }
        model.addPipeline(
            ServiceModel.Definition(name: pipeline, executionMode: mode, stages: stages),
            script: script
        )
    }

    /// Source (1 s), then a stage Deploy with the action Ship, scripted by `attempts`.
    static func shipping(
        _ attempts: [[Attempt]],
        onFailure: ServiceModel.OnFailure? = nil,
        mode: ServiceModel.ExecutionMode = .superseded,
        rollback: [Attempt] = [],
        timing: ServiceModel.Timing = ServiceModel.Timing()
    ) -> TraceReplay {
        TraceReplay(
            [
                source,
                Stage(
                    name: "Deploy",
                    onFailure: onFailure,
                    actions: [Action(name: "Ship", category: .deploy, provider: "CodeDeploy")]
                ),
            ],
            mode: mode,
            attempts: ["Ship": attempts],
            rollback: ["Ship": rollback],
            timing: timing
        )
    }

    static let source = Stage(
        name: "Source",
        actions: [Action(name: "Fetch", category: .source, provider: "S3")]
    )

    static func failing(after: Double = 1, message: String? = nil) -> Attempt {
        Attempt(.fail, after: .seconds(after), code: "JobFailed", message: message)
    }

    static func succeeding(after: Double = 1) -> Attempt {
        Attempt(.succeed, after: .seconds(after))
    }

    func at(_ seconds: Double) -> ModelTime {
        Self.origin + .seconds(seconds)
    }

    mutating func start(_ seconds: Double = 0) throws -> String {
        try model.startExecution(pipeline: pipeline, at: at(seconds))
    }

    mutating func stage(_ name: String, _ seconds: Double) throws -> ServiceModel.StageView {
        model.advance(to: at(seconds))
        let state = try model.state(of: pipeline)
        return try #require(state.stages.first { $0.name == name })
    }

    mutating func status(_ stage: String, _ seconds: Double) throws -> ServiceModel.StageStatus? {
        try self.stage(stage, seconds).latest?.status
    }

    mutating func status(execution: String) throws -> ServiceModel.ExecutionStatus {
        try model.execution(execution, of: pipeline).status
    }

    /// The error code of a retry, or nil when it was accepted.
    mutating func retry(
        _ stage: String,
        _ execution: String,
        _ seconds: Double,
        mode: ServiceModel.RetryMode = .failedActions,
        pipeline: String = "web"
    ) -> String? {
        do throws(ServiceError) {
            try model.retry(
                pipeline: pipeline,
                stage: stage,
                execution: execution,
                mode: mode,
                at: at(seconds)
            )
            return nil
        } catch {
            return error.code
        }
    }

    /// Performs an operation and gives its answer or its error.
    mutating func perform(
        _ operation: CodePipelineSimulator.Operation,
        _ input: [String: JSON],
        _ seconds: Double = 0
    ) -> Result<JSON, ServiceError> {
        model.perform(operation, .object(input), at: at(seconds))
    }

    /// The error of an operation, or nil when it was performed.
    mutating func refusal(
        _ operation: CodePipelineSimulator.Operation,
        _ input: [String: JSON],
        _ seconds: Double = 0
    ) -> ServiceError? {
        guard case .failure(let error) = perform(operation, input, seconds) else { return nil }
        return error
    }
}

extension JSON: ExpressibleByStringLiteral {
    /// Lets tests write a string value as a literal.
    package init(stringLiteral value: String) {
        self = .string(value)
    }
}
