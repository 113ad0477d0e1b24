import RetryCore
import Testing

/// Trouble of one pipeline and trouble of a whole target, each said once.
@Suite struct TargetHealthTests {
    private static let none = CallFailure(
        kind: .unreachable,
        operation: "GetPipelineState",
        message: "connection refused"
    )
    private static let late = CallFailure(
        kind: .trouble,
        operation: "GetPipelineState",
        message: "no answer within 20s"
    )

    private func bench(_ count: Int, sick: Int = 0, with failure: CallFailure) -> Bench {
        let names = (0..<count).map { PipelineName("p\($0)") }
        var bench = Bench(.watching(names))
        for (index, name) in names.enumerated() {
            let key = PipelineKey(target: "prod", pipeline: name)
            bench.states[key] = .quiet
            if index < sick { bench.sick[key] = failure }
        }
        return bench
    }

    @Test(arguments: [none, late], [1, 2])
    func `a pipeline that never answers is lost, once, and its target never degraded`(
        _ failure: CallFailure,
        _ sick: Int
    ) {
        var bench = bench(sick + 1)
        bench.run(.seconds(60))
        for index in 0..<sick { bench.sick[.prod(PipelineName("p\(index)"))] = failure }
        bench.run(.seconds(6 * 3600))
        #expect(bench.kinds == Array(repeating: .pipelineLost, count: sick))
        #expect(bench.reports.allSatisfy { $0.reasonText == "unreadable" })
        bench.sick = [:]
        bench.run(.seconds(700))
        #expect(bench.kinds.suffix(sick) == Array(repeating: .pipelineFound, count: sick)[...])
        #expect(bench.kinds.count == 2 * sick)
    }

    private func bench(_ count: Int) -> Bench { bench(count, with: Self.late) }

    @Test(arguments: [none, late], [1, 3, 40])
    func `a target of which nothing works is degraded, once, and no pipeline lost`(
        _ failure: CallFailure,
        _ count: Int
    ) {
        var bench = bench(count)
        bench.run(.seconds(60))
        bench.outage = failure
        bench.run(.seconds(3600))
        #expect(bench.kinds == [.targetDegraded])
        bench.outage = nil
        bench.run(.seconds(180))
        #expect(bench.kinds == [.targetDegraded, .targetRecovered])
        #expect(bench.engine.status.targets.map(\.lost) == [[]])
    }

    @Test func `a single look that fails says nothing`() {
        var bench = bench(3)
        bench.run(.seconds(60))
        for _ in 0..<20 {
            bench.outage = Self.none
            bench.run(.seconds(4))
            bench.outage = nil
            bench.run(.seconds(130))
        }
        #expect(bench.kinds.isEmpty)
    }

    @Test func `an endpoint that was never reached is said at once`() {
        var bench = bench(1)
        bench.outage = Self.none
        bench.run(.milliseconds(100))
        #expect(bench.kinds == [.targetDegraded])
    }

    @Test func `a sick pipeline beside one that AWS denies is lost, and the target is well`() {
        var bench = bench(2)
        bench.run(.seconds(60))
        bench.sick[.prod("p0")] = CallFailure(
            kind: .accessDenied,
            operation: "GetPipelineState",
            message: "no"
        )
        bench.sick[.prod("p1")] = Self.late
        bench.run(.seconds(4 * 3600))
        #expect(bench.kinds == [.pipelineLost, .pipelineLost])
    }

    @Test func `a target that answers every other call is never said to flap`() {
        var bench = bench(10)
        var turn = 0
        bench.run(.seconds(1800)) { bench in
            turn += 1
            bench.outage = turn.isMultiple(of: 2) ? Self.late : nil
        }
        #expect(bench.count(.targetDegraded) == 0)
    }

    @Test func `one answer in between is no recovery`() {
        var bench = bench(1)
        // Nothing but looks answers.
        bench.executions[.prod("p0")] = .failed(Self.late)
        bench.run(.seconds(60))
        for _ in 0..<10 {
            bench.outage = Self.late
            bench.run(.seconds(400))
            bench.outage = nil
            let before = bench.reads
            while bench.reads == before { bench.run(.seconds(1)) }
        }
        #expect(bench.kinds == [.targetDegraded])
    }

    @Test func `the trouble of reads that no look shares is not the target's`() {
        var bench = bench(2)
        let key = PipelineKey.prod("p0")
        bench.definitions[key] = .failed(Self.none)
        bench.states[key] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.run(.seconds(290))
        #expect(!bench.kinds.contains(.targetDegraded))
    }

    @Test func `a list that is never answered while the target works is said once, and its end`() {
        var configuration = Configuration.watching(["p0"])
        configuration.targets[0].pipelines.append(
            PipelineEntry(selector: .match(Glob("svc-*"), except: []), policy: .plain, stages: [:])
        )
        var bench = Bench(configuration)
        bench.states[.prod("p0")] = .quiet
        bench.states[.prod("svc-a")] = .quiet
        bench.listed = ["svc-a"]
        bench.listFailure = Self.late
        bench.run(.seconds(3600))
        #expect(bench.kinds == [.targetDegraded])
        bench.listFailure = nil
        bench.run(.seconds(120))
        #expect(bench.kinds == [.targetDegraded, .targetRecovered])
    }
}

extension PipelineKey {
    /// A pipeline of the bench's own target.
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
