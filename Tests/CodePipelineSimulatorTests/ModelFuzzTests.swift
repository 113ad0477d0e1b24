import CodePipelineSimulator
import Primitives
import Testing

/// Random histories of a model with pipelines of every mode, checked after every step.
@Suite struct `Random histories` {
    /// One history: its actions, answers and log.
    struct History {
        var model: ServiceModel
        var chance: SplitMix64
        var time = TraceReplay.origin
        var trace: [ServiceModel.StateView] = []

        init(seed: UInt64) {
            chance = SplitMix64(seed: seed)
            model = ServiceModel(
                start: TraceReplay.origin,
                seed: seed,
                timing: ServiceModel.Timing(
                    nativeWindow: .seconds(3),
                    handover: .milliseconds(Int64(chance.next() % 2000)),
                    executionLimit: 4
                )
            )
            for mode in ServiceModel.ExecutionMode.allCases {
                let definition = Self.definition(mode, &chance)
                model.addPipeline(definition, script: Self.script(definition, &chance))
            }
        }

        static func definition(
            _ mode: ServiceModel.ExecutionMode,
            _ chance: inout SplitMix64
        ) -> ServiceModel.Definition {
            let reactions: [ServiceModel.OnFailure?] = [
                nil, nil, .retry(.failedActions), .retry(.allActions), .rollback, .skip, .fail,
            ]
            let stages = (0..<3).map { number in
                Stage(
                    name: "S\(number)",
                    onFailure: pick(reactions, &chance),
                    beforeEntry: pick([nil, nil, .fail, .skip], &chance),
                    onSuccess: pick([nil, nil, .fail, .rollback], &chance),
                    actions: (0..<2).map { action in
                        Action(
                            name: "A\(action)",
                            category: pick([.build, .build, .approval], &chance),
                            runOrder: pick([1, 2], &chance),
                            timeout: pick([nil, .seconds(8)], &chance)
                        )
                    }
                )
            }
            return ServiceModel.Definition(
                name: mode.rawValue,
                executionMode: mode,
                stages: stages
            )
        }

        static func script(
            _ definition: ServiceModel.Definition,
            _ chance: inout SplitMix64
        ) -> ServiceModel.Script {
            var script = ServiceModel.Script()
            for stage in definition.stages {
                script.beforeEntry[stage.name] = [true, pick([true, false], &chance)]
                script.onSuccess[stage.name] = [true, pick([true, false], &chance)]
                for action in stage.actions {
                    let results: [Attempt.Result] = [.succeed, .succeed, .fail, .hang]
                    let lists = (0..<4).map { _ in
                        (0..<3).map { _ in
                            Attempt(
                                pick(results, &chance),
                                after: .milliseconds(Int64(chance.next() % 4000)),
                                code: "JobFailed"
                            )
                        }
                    }
                    script.actions[
                        ServiceModel.ActionKey(stage: stage.name, action: action.name)
                    ] =
                        ServiceModel.ActionScript(executions: lists, rollback: lists[0])
                }
            }
            return script
        }

        static func pick<Value>(_ values: [Value], _ chance: inout SplitMix64) -> Value {
            values[Int(chance.next() % UInt64(values.count))]
        }

        mutating func step() throws {
            time = time + .milliseconds(Int64(chance.next() % 2500))
            let pipeline = Self.pick(ServiceModel.ExecutionMode.allCases, &chance).rawValue
            let stage = "S\(chance.next() % 3)"
            do throws(ServiceError) {
                try act(pipeline, stage)
            } catch {
                try #require(!error.message.isEmpty)
            }
            trace.append(try model.state(of: pipeline))
        }

        private mutating func act(_ pipeline: String, _ stage: String) throws(ServiceError) {
            switch chance.next() % 16 {
            case 0..<4: try model.startExecution(pipeline: pipeline, at: time)
            case 4..<9: try retry(pipeline, stage)
            case 9, 10: try answer(pipeline, stage)
            case 11:
                try model.setTransition(
                    pipeline: pipeline,
                    stage: stage,
                    isEnabled: chance.next() % 3 != 0,
                    reason: "freeze",
                    at: time
                )
            case 12: try stop(pipeline)
            case 13: try model.rollback(pipeline: pipeline, stage: stage, at: time)
            case 14:
                try model.updatePipeline(
                    try model.definition(of: pipeline),
                    at: time
                )
            default: model.advance(to: time)
            }
        }

        private mutating func retry(
            _ pipeline: String,
            _ stage: String
        ) throws(ServiceError) {
            let known = try model.executions(of: pipeline).prefix(3).map(\.id)
            let id = Self.pick(known + [TraceReplay.unknownID], &chance)
            let mode = Self.pick(ServiceModel.RetryMode.allCases, &chance)
            model.advance(to: time)
            let before = try view(pipeline, stage)
            let runs =
                id == TraceReplay.unknownID ? [] : try model.actionRuns(of: pipeline, execution: id)
            try model.retry(
                pipeline: pipeline,
                stage: stage,
                execution: id,
                mode: mode,
                at: time
            )
            let isParallel = try model.definition(of: pipeline).executionMode == .parallel
            guard !isParallel else { return }
            #expect(before?.latest?.execution == id)
            #expect(
                before?.latest.map { [.failed, .stopped, .inProgress].contains($0.status) } == true
            )
            let here = runs.filter { $0.stage == stage }
            if mode == .allActions {
                #expect(!here.contains { $0.status == .inProgress })
            }
            #expect(here.contains { $0.status != .succeeded } || before?.latest?.status == .stopped)
        }

        private func view(
            _ pipeline: String,
            _ stage: String
        ) throws(ServiceError) -> ServiceModel.StageView? {
            try model.state(of: pipeline).stages.first { $0.name == stage }
        }

        private mutating func answer(
            _ pipeline: String,
            _ stage: String
        ) throws(ServiceError) {
            model.advance(to: time)
            let waiting = try view(pipeline, stage)?.actions.first { $0.latest?.token != nil }
            try model.answerApproval(
                pipeline: pipeline,
                stage: stage,
                action: waiting?.action.name ?? "A0",
                token: waiting?.latest?.token ?? "",
                approve: chance.next() % 2 == 0,
                summary: "",
                at: time
            )
        }

        private mutating func stop(_ pipeline: String) throws(ServiceError) {
            model.advance(to: time)
            let active = try model.executions(of: pipeline).first { $0.status == .inProgress }
            try model.stopExecution(
                pipeline: pipeline,
                execution: active?.id ?? TraceReplay.unknownID,
                abandon: chance.next() % 2 == 0,
                at: time
            )
        }

        /// The invariants at all times.
        func check() throws {
            if let next = model.nextChange {
                #expect(next >= model.now)
            }
            for name in model.pipelineNames {
                let state = try model.state(of: name)
                let executions = try model.executions(of: name)
                for stage in state.stages {
                    check(stage, executions)
                }
                let runs = try model.actionRuns(of: name)
                #expect(Set(runs.map(\.id)).count == runs.count)
                let active = Set(
                    executions.filter { [.inProgress, .stopping].contains($0.status) }.map(\.id)
                )
                // An action runs in an active execution only, or in one whose update waits for it.
                #expect(
                    runs.filter { $0.status == .inProgress }.allSatisfy {
                        active.contains($0.execution)
                    }
                )
            }
        }

        private func check(
            _ stage: ServiceModel.StageView,
            _ executions: [ServiceModel.ExecutionView]
        ) {
            guard let latest = stage.latest else { return }
            let owner = executions.first { $0.id == latest.execution }
            #expect(owner?.type == latest.type)
            switch latest.status {
            case .failed: #expect(owner?.status == .failed)
            case .stopping: #expect(owner?.status == .stopping)
            case .stopped: #expect(owner?.status == .stopped)
            case .inProgress: #expect(owner?.status == .inProgress)
            case .cancelled: #expect(owner?.status == .cancelled)
            case .succeeded, .skipped: break
            }
            #expect(Set(stage.inbound.map(\.execution)).count == stage.inbound.count)
            #expect(!stage.inbound.map(\.execution).contains(latest.execution))
            if (stage.retries?.manual ?? 0) > 0 {
                #expect(stage.retries?.latestTrigger != nil)
            }
        }
    }

    @Test(arguments: UInt64(1)...20)
    func `invariants of the service hold`(seed: UInt64) throws {
        var history = History(seed: seed)
        for _ in 0..<120 {
            try history.step()
            try history.check()
        }
        let counted = history.model.served.filter {
            $0.operation == "RetryStageExecution" && $0.outcome == .accepted
        }
        #expect(counted.count == history.model.effectiveRetries)
        #expect(counted.allSatisfy { $0.effectiveRetry != nil })
    }

    @Test(arguments: [UInt64(3), 99])
    func `a seed gives the same history again`(seed: UInt64) throws {
        var first = History(seed: seed)
        var second = History(seed: seed)
        for _ in 0..<80 {
            try first.step()
            try second.step()
        }
        #expect(first.trace == second.trace)
        #expect(first.model.served == second.model.served)
    }

    @Test func `a copy is independent`() throws {
        var original = History(seed: 5)
        for _ in 0..<20 {
            try original.step()
        }
        let before = original
        var copy = original
        for _ in 0..<20 {
            try copy.step()
        }
        #expect(try original.model.state(of: "QUEUED") == before.model.state(of: "QUEUED"))
        #expect(original.model.served == before.model.served)
    }
}
