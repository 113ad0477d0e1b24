import Primitives
import RetryCore
import RetryDaemon
import Testing
import RetryTestSupport

extension CallFailure {
    /// The error of a target without a Region.
    fileprivate static let noRegion = CallFailure(
        kind: .unreachable,
        operation: nil,
        message: "Region: none is set",
        cause: "no Region"
    )
    /// Another error of the same target.
    fileprivate static let noFile = CallFailure(
        kind: .credentials,
        operation: nil,
        message: "/h/.aws/credentials:4: no",
        cause: "shared files"
    )
}

extension LoadedConfiguration<Int> {
    /// The same with targets that cannot be reached.
    fileprivate func without(_ targets: [TargetName: CallFailure]) -> LoadedConfiguration {
        var result = self
        result.unplanned = targets
        for target in targets.keys { result.connections[target] = nil }
        return result
    }
}

private let planned = PlanOutcome<Int>.planned(
    PlannedTarget(settings: 1, region: "eu-west-3", rateGroup: "bad")
)

@Suite(.timeLimit(.minutes(1)))
struct PlanningTests {
    @Test
    func `a target that cannot be reached starts degraded, and the others work`() async {
        var rig = Rig(targets: ["bad", "good"], script: .quiet)
        rig.loaded = rig.loaded.without(["bad": .noRegion])
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report target_degraded")
            await rig.eventLog.wait(for: "call state good/web")
            let status = await rig.ask(otherwise: .stopping) { .status($0) }
            #expect(status.engine?.targets.map(\.degradation) == ["no Region", nil])
            #expect(status.engine?.line.contains("degraded: bad (no Region)") == true)
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.contains("connect bad"))
        #expect(!rig.eventLog.contains("call state bad"))
        #expect(!rig.eventLog.contains("report pipeline_lost"))
    }

    @Test
    func `it is retried with growing pauses and recovers by itself`() async {
        var rig = Rig(targets: ["bad"], script: .quiet)
        rig.loaded = rig.loaded.without(["bad": .noRegion])
        rig.plans = [.failed(.noFile), .failed(.noRegion), planned]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report target_degraded")
            await rig.eventLog.wait(for: "manager READY=1")
            for (pause, report) in [
                (5, "target_degraded"), (10, "target_degraded"), (20, "target_recovered"),
            ] {
                rig.clock.advance(by: .seconds(pause) - .milliseconds(1))
                _ = await rig.ask(otherwise: .stopping) { .status($0) }
                #expect(!rig.eventLog.takes("plan bad"), "before \(pause) s")
                rig.clock.advance(by: .milliseconds(1))
                await rig.eventLog.wait(for: "plan bad")
                // The next pause begins with the result of the attempt.
                await rig.eventLog.wait(for: "report \(report)")
            }
            let status = await rig.ask(otherwise: .stopping) { .status($0) }
            #expect(status.engine?.targets.first?.region == "eu-west-3")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.count("plan bad") == 3)
        #expect(rig.eventLog.contains("connect bad 1"))
        #expect(rig.eventLog.contains("call state bad/web"))
        #expect(rig.eventLog.count("report target_recovered") == 1)
    }

    @Test
    func `the same cause is not reported again, another one is`() async {
        var rig = Rig(targets: ["bad"], script: .quiet)
        rig.loaded = rig.loaded.without(["bad": .noRegion])
        rig.plans = [.failed(.noRegion), .failed(.noRegion), .failed(.noFile)]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report target_degraded")
            await rig.pass(.seconds(1), thenBy: .seconds(1), until: "report target_degraded")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.count("plan bad") == 3)
        #expect(rig.eventLog.count("report target_degraded") == 2)
    }

    @Test
    func `a reload that cannot plan a target again keeps its connection`() async {
        var rig = Rig(targets: ["prod"], script: .quiet)
        rig.loads = [.valid(.of(targets: ["prod"]).without(["prod": .noFile]))]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "call state prod/web")
            let verdict = await rig.ask(otherwise: .stopping) { .reload($0) }
            guard case .applied(_, let warnings) = verdict else {
                Issue.record("\(verdict)")
                return
            }
            #expect(warnings.contains { $0.contains("/h/.aws/credentials:4") })
            await rig.eventLog.wait(for: "note warning target prod: ")
            rig.clock.advance(by: .seconds(1))
            let status = await rig.ask(otherwise: .stopping) { .status($0) }
            #expect(status.engine?.targets.first?.degradation == nil)
            #expect(status.engine?.targets.first?.region == "eu-west-1")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.index(of: "close prod") > rig.eventLog.index(of: "report stopping"))
        #expect(!rig.eventLog.contains("report target_degraded"))
    }

    @Test
    func `a reload to another connection that cannot be planned drops the old one`() async {
        var rig = Rig(targets: ["prod"], script: .quiet)
        var other = LoadedConfiguration<Int>.of(targets: ["prod"]).without(["prod": .noFile])
        other.path = "other.yaml"
        rig.loads = [.valid(other)]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "call state prod/web")
            _ = await rig.ask(otherwise: .stopping) { .reload($0) }
            // With the answer to the call that was under way, at the latest.
            await rig.eventLog.wait(for: "close prod 1")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.contains("report target_degraded"))
    }

    @Test
    func `an answer about an older file is too late`() async {
        var rig = Rig(targets: ["prod"], script: .quiet)
        rig.loaded = rig.loaded.without(["prod": .noRegion])
        rig.loads = [.valid(.of(targets: ["prod"], version: 7))]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report target_degraded")
            _ = await rig.ask(otherwise: .stopping) { .reload($0) }
            await rig.eventLog.wait(for: "call state prod/web")
            await rig.eventLog.wait(for: "report target_recovered")
            rig.clock.advance(by: .seconds(600))
            _ = await rig.ask(otherwise: .stopping) { .status($0) }
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.contains("connect prod 7"))
        #expect(!rig.eventLog.contains("plan prod"), "nothing is left to plan")
    }

    @Test
    func `a --once run with only unreachable targets reads nothing`() async {
        var rig = Rig(targets: ["bad"], script: .quiet)
        rig.options.isOnce = true
        rig.loaded = rig.loaded.without(["bad": .noRegion])
        let end = await rig.run { _ in }
        #expect(end == .polled(readable: 0, unreadable: 1))
    }

    @Test(arguments: [(1, 5), (2, 10), (3, 20), (6, 160), (7, 300), (50, 300)])
    func `pauses double from 5 s to 5 min`(attempt: Int, seconds: Int) {
        #expect(PlanPause.after(attempts: attempt) == .seconds(seconds))
    }
}
