import CodePipelineSimulator
import Testing

/// The simulator, driven by the calls of a trace; its clock runs in the trace's seconds.
struct RecordedPlay {
    typealias ScheduledEvent = (Double, @Sendable (inout RecordedPlay) throws -> Void)

    /// The origin of the times inside the answers, in seconds.
    static let epoch = 1_790_000_000.0

    var model: ServiceModel
    var comparison = AnswerComparison()
    private let trace: RecordedTrace

    init(
        _ trace: RecordedTrace,
        definition: ServiceModel.Definition? = nil,
        attempts: [String: [Attempt]] = [:],
        delays: [ServiceModel.Delay: Int64] = [:]
    ) {
        self.trace = trace
        var timing = ServiceModel.Timing()
        for (delay, span) in delays { timing[delay] = ServiceModel.Span(span, span) }
        model = ServiceModel(start: Self.time(-1000), timing: timing)
        let definition = definition ?? trace.definition
        var script = ServiceModel.Script()
        for stage in definition.stages {
            for action in stage.actions {
                guard let list = attempts[action.name] else { continue }
                let key = ServiceModel.ActionKey(stage: stage.name, action: action.name)
                script.actions[key] = ServiceModel.ActionScript(
                    executions: [list],
                    rollback: list
                )
            }
        }
        model.addPipeline(definition, script: script)
    }

    static func time(_ seconds: Double) -> ModelTime {
        ModelTime(milliseconds: Int64(((epoch + seconds) * 1000).rounded()))
    }

    /// Runs the steps with other events in between; returns the differences.
    mutating func run(
        _ steps: Range<Int>? = nil,
        _ events: [ScheduledEvent]
    ) throws -> [String] {
        var rest = events[...]
        for step in trace.steps[steps ?? trace.steps.indices] {
            while let (at, action) = rest.first, at <= step.at {
                rest.removeFirst()
                model.advance(to: Self.time(at))
                try action(&self)
            }
            model.advance(to: Self.time(step.at))
            perform(step)
        }
        return comparison.faults
    }

    /// Maps one of the model's ids to a recorded one.
    mutating func bind(_ own: String, to recorded: String) {
        let isFree = comparison.bind(own, to: recorded)
        #expect(isFree, "\(recorded) already stands for another")
    }

    /// The model's id for a recorded one that was mapped before.
    func name(for recorded: String) -> String {
        let own = comparison.name(for: recorded)
        #expect(own != nil, "nothing stands for \(recorded)")
        return own ?? recorded
    }

    private mutating func perform(_ step: RecordedTrace.Step) {
        let path = "\(step.at) \(step.call)"
        guard let operation = CodePipelineSimulator.Operation(rawValue: step.call) else {
            comparison.compare(.string("an operation"), .null, at: path)
            return
        }
        let input = translated(step.input, step)
        switch model.perform(operation, input, at: Self.time(step.at)) {
        case .success(let output):
            comparison.compare(step.output ?? .null, output, at: path)
        case .failure(let error):
            var members: [String: JSON] = [
                "code": .string(error.code), "status": .integer(Int64(error.status)),
            ]
            if !error.message.isEmpty { members["message"] = .string(error.message) }
            comparison.compare(step.error ?? .null, .object(members), at: path)
        }
    }

    /// An input with the simulator's ids; an unknown token is the newest of its action.
    private mutating func translated(_ input: JSON, _ step: RecordedTrace.Step) -> JSON {
        if let token = input["token"]?.string, comparison.name(for: token) == nil,
            let run = newestRun(input["stageName"]?.string, input["actionName"]?.string)
        {
            _ = comparison.bind(run, to: token)
        }
        return translated(input)
    }

    private func newestRun(_ stage: String?, _ action: String?) -> String? {
        do throws(ServiceError) {
            return try model.actionRuns(of: "web").first {
                $0.stage == stage && $0.action.name == action
            }?.id
        } catch {
            return nil
        }
    }

    private func translated(_ input: JSON) -> JSON {
        switch input {
        case .object(let members): .object(members.mapValues { translated($0) })
        case .array(let elements): .array(elements.map { translated($0) })
        case .string(let text): .string(comparison.name(for: text) ?? text)
        case .null, .bool, .integer, .number, .written: input
        }
    }
}

extension RecordedPlay {
    /// An execution starts; its recorded id.
    static func start(
        _ at: Double,
        _ id: String,
        _ trigger: String = "CreatePipeline"
    ) -> ScheduledEvent {
        (
            at,
            { play in
                let own = try play.model.startExecution(
                    pipeline: "web",
                    trigger: trigger,
                    at: time(at)
                )
                play.bind(own, to: id)
            }
        )
    }

    /// The newest run of an approval is answered.
    static func answer(_ at: Double, _ place: String, approve: Bool) -> ScheduledEvent {
        (
            at,
            { play in
                let parts = place.split(separator: "/").map(String.init)
                let token = try #require(play.newestRun(parts[0], parts[1]))
                try play.model.answerApproval(
                    pipeline: "web",
                    stage: parts[0],
                    action: parts[1],
                    token: token,
                    approve: approve,
                    summary: approve ? "yes" : "no",
                    at: time(at)
                )
            }
        )
    }

    /// A stage is retried.
    static func retry(
        _ at: Double,
        _ stage: String,
        _ id: String,
        _ mode: ServiceModel.RetryMode = .failedActions
    ) -> ScheduledEvent {
        (
            at,
            { play in
                try play.model.retry(
                    pipeline: "web",
                    stage: stage,
                    execution: play.name(for: id),
                    mode: mode,
                    at: time(at)
                )
            }
        )
    }

    /// An execution is stopped and abandoned.
    static func abandon(_ at: Double, _ id: String) -> ScheduledEvent {
        (
            at,
            { play in
                try play.model.stopExecution(
                    pipeline: "web",
                    execution: play.name(for: id),
                    abandon: true,
                    at: time(at)
                )
            }
        )
    }

    /// A stage is rolled back; the rollback's recorded id.
    static func rollback(_ at: Double, _ stage: String, to target: String, _ id: String)
        -> ScheduledEvent
    {
        (
            at,
            { play in
                let own = try play.model.rollback(
                    pipeline: "web",
                    stage: stage,
                    target: play.name(for: target),
                    at: time(at)
                )
                play.bind(own, to: id)
            }
        )
    }

    /// The definition is updated.
    static func update(
        _ at: Double,
        _ change: @escaping @Sendable (inout ServiceModel.Definition) -> Void
    ) -> ScheduledEvent {
        (
            at,
            { play in
                var definition = try play.model.definition(of: "web")
                change(&definition)
                try play.model.updatePipeline(definition, at: time(at))
            }
        )
    }

    /// A poll of the source fails.
    static func failSource(_ at: Double, _ code: String, _ message: String) -> ScheduledEvent {
        (
            at,
            { play in
                try play.model.failSource(
                    pipeline: "web",
                    stage: "Source",
                    action: "Source",
                    code: code,
                    message: message,
                    at: time(at)
                )
            }
        )
    }
}
