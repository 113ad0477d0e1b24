import AttemptLedger
import CodePipelineSimulator
import Primitives
import RetryCore
import RetryDaemon
import Testing
import RetryTestSupport

/// The real daemon, except for sockets and disks, against the model of CodePipeline.
///
/// `retry-sim` drives the engine alone; here loop, ledger worker, connections, client and mapping
/// take part, and the daemon is stopped and started again in the middle of its retries.
@Suite(.timeLimit(.minutes(2)))
struct ShellOnModelTests {
    /// The retries that the policy allows for one stage of one execution.
    private static let limit = 3

    private static func attempts(_ failures: Int) -> ServiceModel.ActionScript {
        let failure = ServiceModel.Attempt(
            .fail,
            after: .seconds(4),
            code: "JobFailed",
            message: "the queue is full"
        )
        let success = ServiceModel.Attempt(.succeed, after: .seconds(4))
        return ServiceModel.ActionScript(Array(repeating: failure, count: failures) + [success])
    }

    /// `flaky` fails twice, `broken` always, and the approval of `gate` is rejected.
    private static func model() -> ServiceModel {
        var model = ServiceModel(start: ModelTime(milliseconds: ManualClock.start.milliseconds))
        let gate = ServiceModel.ActionScript([ServiceModel.Attempt(.reject, after: .seconds(4))])
        let scripts = [("flaky", attempts(2)), ("broken", attempts(99)), ("gate", gate)]
        for (name, script) in scripts {
            let isGate = name == "gate"
            let work = ServiceModel.Action(
                name: "Work",
                category: isGate ? .approval : .build,
                provider: isGate ? "Manual" : "CodeBuild"
            )
            let source = ServiceModel.Action(name: "Pull", category: .source, provider: "S3")
            let definition = ServiceModel.Definition(
                name: name,
                stages: [
                    ServiceModel.Stage(name: "Source", actions: [source]),
                    ServiceModel.Stage(name: "Build", actions: [work]),
                ]
            )
            let key = ServiceModel.ActionKey(stage: "Build", action: "Work")
            model.addPipeline(definition, script: ServiceModel.Script(actions: [key: script]))
            model.schedule(.start, pipeline: name, at: model.now + .seconds(1))
        }
        return model
    }

    private static func configuration() -> LoadedConfiguration<Int> {
        var loaded = LoadedConfiguration<Int>.of(
            targets: ["prod"],
            pipelines: ["broken", "flaky", "gate"]
        )
        for index in loaded.configuration.targets[0].pipelines.indices {
            loaded.configuration.targets[0].pipelines[index].policy.maxRetries = limit
            loaded.configuration.targets[0].pipelines[index].policy.maxTotalRetries = limit
        }
        return loaded
    }

    /// When the daemon is stopped, in seconds of each run, and which answers are lost.
    @Test(
        arguments: [
            ([300], 0), ([9, 300], 0), ([14, 12, 300], 0), ([7, 3, 5, 4, 6, 300], 2),
            ([300], 1), ([11, 20, 300], 2),
        ] as [([Int], Int)]
    )
    func `stops and lost answers break no law`(_ runs: [Int], _ losesEvery: Int) async throws {
        let shell = ModelShell(Self.model(), Self.configuration(), losesEvery: losesEvery)
        for seconds in runs {
            let end = try await shell.run(forSeconds: seconds)
            #expect(end == .stopped)
        }
        var retries: [String: Int] = [:]
        var model = shell.transport.model
        for call in model.takeServed() where call.effectiveRetry != nil {
            retries[call.pipeline ?? "", default: 0] += 1
        }
        // I1 and I3, and that the daemon does its job.
        let lines = shell.eventLog.lines.suffix(30).joined(separator: "\n")
        #expect(retries == ["flaky": 2, "broken": Self.limit], "\(lines)")
        let status = try model.state(of: "flaky").stages.last?.latest?.status
        #expect(status == .succeeded)
        // I2: before each call an intent was durable that was no other call's.
        var durable = 0
        var called = 0
        for line in shell.eventLog.lines {
            if line.hasPrefix("store durable") { durable += 1 }
            if line.hasPrefix("call RetryStageExecution") {
                called += 1
                #expect(called <= durable)
            }
        }
        #expect(called >= 5)
        let seconds = runs.reduce(0, +)
        let rate = Self.configuration().configuration.poll.maxRate
        let calls = shell.eventLog.count("call ")
        #expect(Double(calls) <= rate * Double(seconds + 5 * runs.count))
        let outcomes = try shell.store.memory.snapshot().episodes.filter { $0.outcome == nil }
        #expect(outcomes.isEmpty)
    }
}
