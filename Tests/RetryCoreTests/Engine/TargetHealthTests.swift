import Primitives
import RetryCore
import Testing

/// Errors of one pipeline and errors of a whole target, each reported once.
@Suite struct TargetHealthTests {
    private static let none = CallFailure(
        kind: .unreachable,
        operation: .getPipelineState,
        message: "connection refused"
    )
    private static let late = CallFailure(
        kind: .serverError,
        operation: .getPipelineState,
        message: "no answer within 20s"
    )

    private func harness(_ count: Int, sick: Int = 0, with failure: CallFailure) -> EngineHarness {
        let names = (0..<count).map { PipelineName("p\($0)") }
        var harness = EngineHarness(.watching(names))
        for (index, name) in names.enumerated() {
            let key = PipelineKey(target: "prod", pipeline: name)
            harness.states[key] = .quiet
            if index < sick { harness.sick[key] = failure }
        }
        return harness
    }

    @Test(arguments: [none, late], [1, 2])
    func `a pipeline that never answers is lost, once, and its target never degraded`(
        _ failure: CallFailure,
        _ sick: Int
    ) {
        var harness = harness(sick + 1)
        harness.run(.seconds(60))
        for index in 0..<sick { harness.sick[.prod(PipelineName("p\(index)"))] = failure }
        harness.run(.seconds(6 * 3600))
        #expect(harness.kinds == Array(repeating: .pipelineLost, count: sick))
        #expect(harness.reports.allSatisfy { $0.reasonText == "unreadable" })
        harness.sick = [:]
        harness.run(.seconds(700))
        #expect(harness.kinds.suffix(sick) == Array(repeating: .pipelineFound, count: sick)[...])
        #expect(harness.kinds.count == 2 * sick)
    }

    private func harness(_ count: Int) -> EngineHarness { harness(count, with: Self.late) }

    @Test(arguments: [none, late], [1, 3, 40])
    func `a target of which nothing works is degraded, once, and no pipeline lost`(
        _ failure: CallFailure,
        _ count: Int
    ) {
        var harness = harness(count)
        harness.run(.seconds(60))
        harness.outage = failure
        harness.run(.seconds(3600))
        #expect(harness.kinds == [.targetDegraded])
        harness.outage = nil
        harness.run(.seconds(180))
        #expect(harness.kinds == [.targetDegraded, .targetRecovered])
        #expect(harness.engine.status.targets.map(\.lost) == [[]])
    }

    @Test func `a single failed poll reports nothing`() {
        var harness = harness(3)
        harness.run(.seconds(60))
        for _ in 0..<20 {
            harness.outage = Self.none
            harness.run(.seconds(4))
            harness.outage = nil
            harness.run(.seconds(130))
        }
        #expect(harness.kinds.isEmpty)
    }

    @Test func `an endpoint that was never reached is reported at once`() {
        var harness = harness(1)
        harness.outage = Self.none
        harness.run(.milliseconds(100))
        #expect(harness.kinds == [.targetDegraded])
    }

    @Test func `a failing pipeline beside one that AWS denies is lost, and the target is up`() {
        var harness = harness(2)
        harness.run(.seconds(60))
        harness.sick[.prod("p0")] = CallFailure(
            kind: .accessDenied,
            operation: .getPipelineState,
            message: "no"
        )
        harness.sick[.prod("p1")] = Self.late
        harness.run(.seconds(4 * 3600))
        #expect(harness.kinds == [.pipelineLost, .pipelineLost])
    }

    @Test func `a target that answers every other call is not reported as flapping`() {
        var harness = harness(10)
        var turn = 0
        harness.run(.seconds(1800)) { harness in
            turn += 1
            harness.outage = turn.isMultiple(of: 2) ? Self.late : nil
        }
        #expect(harness.count(.targetDegraded) == 0)
    }

    @Test func `one answer in between is no recovery`() {
        var harness = harness(1)
        // Only polls are answered.
        harness.executions[.prod("p0")] = .failed(Self.late)
        harness.run(.seconds(60))
        for _ in 0..<10 {
            harness.outage = Self.late
            harness.run(.seconds(400))
            harness.outage = nil
            let before = harness.reads
            while harness.reads == before { harness.run(.seconds(1)) }
        }
        #expect(harness.kinds == [.targetDegraded])
    }

    @Test func `an error of reads that no poll shares is not the target's`() {
        var harness = harness(2)
        let key = PipelineKey.prod("p0")
        harness.definitions[key] = .failed(Self.none)
        harness.states[key] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.run(.seconds(290))
        #expect(!harness.kinds.contains(.targetDegraded))
    }

    @Test func `a list that always fails while the target works is reported once, and its end`() {
        var configuration = Configuration.watching(["p0"])
        configuration.targets[0].pipelines.append(
            PipelineEntry(selector: .match(Glob("svc-*"), except: []), policy: .plain, stages: [:])
        )
        var harness = EngineHarness(configuration)
        harness.states[.prod("p0")] = .quiet
        harness.states[.prod("svc-a")] = .quiet
        harness.listed = ["svc-a"]
        harness.listFailure = Self.late
        harness.run(.seconds(3600))
        #expect(harness.kinds == [.targetDegraded])
        harness.listFailure = nil
        harness.run(.seconds(120))
        #expect(harness.kinds == [.targetDegraded, .targetRecovered])
    }
}

extension PipelineKey {
    /// A pipeline of the harness's own target.
    static func prod(_ name: PipelineName) -> PipelineKey {
        PipelineKey(target: "prod", pipeline: name)
    }
}

extension Report {
    /// RETRYD_REASON; empty when the entry has none.
    fileprivate var reasonText: String {
        fields.first { $0.0 == .reason }?.1 ?? ""
    }
}
