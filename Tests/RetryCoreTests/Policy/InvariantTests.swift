import Primitives
import RetryCore
import Testing

/// The limits that no policy may override, checked in thousands of random situations.
@Suite struct InvariantTests {
    @Test(arguments: 0..<4)
    func `no retry is ever planned that must never be made`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var planned = 0
        for _ in 0..<400 {
            let situation = InvariantTests.situation(&random)
            let decision = PolicyEvaluator.decide(situation)
            guard let plan = decision.verdict.plan else { continue }
            planned += 1
            let broken = InvariantTests.broken(situation, plan)
            guard broken.isEmpty else {
                Issue.record("\(broken): \(situation)")
                return
            }
        }
        #expect(planned > 10)
    }

    @Test func `every situation gives a verdict with its reason recorded, twice the same`() {
        var random = SplitMix64(seed: 77)
        for _ in 0..<800 {
            let situation = InvariantTests.situation(&random)
            let decision = PolicyEvaluator.decide(situation)
            guard decision == PolicyEvaluator.decide(situation) else {
                Issue.record("\(situation)")
                return
            }
            let stops = (decision.guards + decision.holds).filter { $0.result == .stop }
            switch decision.verdict {
            case .retry: #expect(stops.isEmpty)
            case .wouldRetry: #expect(stops.map(\.reason) == [.shadow])
            case .wait(let reason, let until), .hold(let reason, let until, _):
                #expect(stops.map(\.reason) == [reason])
                #expect(until > situation.now)
            case .leave(let reason): #expect(stops.map(\.reason) == [reason])
            case .exhausted(let reason):
                #expect(stops.map(\.reason) == [reason])
            }
        }
    }

    /// Which promises a plan breaks; written from the promises, not from the code.
    static func broken(_ situation: Situation, _ plan: RetryPlan) -> [String] {
        var broken: [String] = []
        func check(_ name: String, _ holds: Bool) { if !holds { broken.append(name) } }
        let stage = situation.stage
        check("status", stage.latest?.status == .failed)
        check("latest", stage.latest?.id == situation.episode.execution)
        check("type", stage.latest?.type == .standard)
        check("running", !stage.actions.contains { $0.status == .inProgress })
        let isParallel = situation.definition?.executionMode == .parallel
        check("mode", (stage.latest?.historyMode == .parallel) == isParallel)
        check("observed", !isParallel || situation.policy.parallel == .retry)
        check("refused", !situation.isParallelRefused)
        check("never", !situation.policy.never)
        let others = max(0, stage.counters.manual - situation.history.counts.own)
        let spent = situation.history.retries + others
        check("total", spent < situation.policy.maxTotalRetries)
        check("number", plan.number == spent + 1 && plan.number <= plan.limit)
        check("due", max(plan.due, situation.now) <= plan.giveUpAt)
        let onFailure = situation.definition?.stages["Build"]?.onFailure
        check("onFailure", onFailure != .rollback && onFailure != .skip)
        check("definition", situation.definition?.stages["Build"] != nil)
        let conditions = [
            stage.conditions.beforeEntry, stage.conditions.onSuccess, stage.conditions.onFailure,
        ]
        check("running condition", !conditions.contains(.inProgress))
        check("unknown condition", !conditions.contains(.unknown("Paused")))
        check("entry", stage.conditions.beforeEntry != .failed)
        check("reaction", stage.conditions.onFailure != .failed)
        let reactions = situation.definition?.stages["Build"]?.failureConditions ?? []
        check("failure condition", reactions.isEmpty)
        switch situation.evidence {
        case .denied: break
        case .lagging: check("lagging", false)
        case .rows(let rows):
            let own = rows.filter { $0.stage == "Build" }
            check("failed", own.contains { $0.action.status == .failed })
            check("abandoned", !own.contains { $0.action.status == .abandoned })
            check("in progress", !own.contains { $0.action.status == .inProgress })
            let failed = own.filter { $0.action.status == .failed }
            check("approval", !failed.contains { $0.category == "Approval" })
            let versions = Set(rows.compactMap(\.pipelineVersion))
            check("version", versions.isEmpty || versions == [7] || situation.currentVersion == nil)
        }
        return broken
    }

    /// A situation in which anything may be wrong, though mostly little is.
    static func situation(_ random: inout SplitMix64) -> Situation {
        var rng = random
        defer { random = rng }
        func rarely() -> Bool { rng.next() % 12 == 0 }
        func one<Value>(_ values: [Value]) -> Value {
            values[Int(rng.next() % UInt64(values.count))]
        }
        let names: [ActionName] = ["Compile", "Lint", "Gate"]
        let statuses: [ActionStatus] = [
            .failed, .failed, .succeeded, .succeeded, .inProgress, .abandoned, .unknown("X"),
        ]
        return SituationBuilder.situation {
            if rarely() {
                $0.stage.latest?.status = one([
                    .cancelled, .inProgress, .stopped, .stopping, .succeeded, .skipped,
                    .unknown("X"),
                ])
            }
            if rarely() { $0.stage.latest?.type = one([.rollback, .unknown("X")]) }
            if rarely() { $0.stage.latest?.id = SituationBuilder.newer }
            if rarely() {
                let state: ConditionState = one([.inProgress, .failed, .unknown("Paused")])
                switch rng.next() % 3 {
                case 0: $0.stage.conditions.beforeEntry = state
                case 1: $0.stage.conditions.onSuccess = state
                default: $0.stage.conditions.onFailure = state
                }
            }
            if rarely() { $0.stage.inbound = [SituationBuilder.newer] }
            if rarely() { $0.stage.transitionEnabled = false }
            $0.stage.counters.manual = rarely() ? 1 : 0
            if rarely() { $0.definition = nil }
            if rarely() { $0.definition?.executionMode = one([.parallel, .unknown("X"), .queued]) }
            let isParallel = $0.definition?.executionMode == .parallel
            if isParallel != rarely() {
                $0.stage.latest?.historyMode = rarely() ? .queued : .parallel
            }
            $0.policy.parallel = rarely() ? .observe : .retry
            $0.isParallelRefused = rarely()
            if rarely() {
                $0.definition?.stages["Build"]?.onFailure = one([
                    .rollback, .skip, .retry, .fail, .unknown("X"),
                ])
            }
            if rarely() {
                let result: FailureResult = one([.rollback, .unknown(""), .skip])
                $0.definition?.stages["Build"]?.failureConditions = [result]
            }
            if rarely() { $0.currentVersion = one([nil, 8]) }
            $0.stage.actions = names.filter { _ in !rarely() }.map {
                SituationBuilder.action($0, rarely() ? one(statuses) : .failed)
            }
            let rows = names.filter { _ in !rarely() }.map {
                SituationBuilder.row(
                    $0,
                    rarely() ? one(statuses) : .failed,
                    category: rarely() ? one(["Approval", nil, "Test"]) : "Build",
                    version: rarely() ? one([6, nil]) : 7
                )
            }
            $0.evidence = rarely() ? one([.denied, .lagging("late")]) : .rows(rows)
            $0.policy.never = rarely()
            $0.policy.paused = rarely()
            $0.policy.shadow = rarely()
            $0.policy.whenHumanRetried = one([.leave, .continue])
            $0.policy.whenNewerWaiting = one([.hold, .leave, .retry])
            $0.policy.whenTransitionDisabled = one([.hold, .retry])
            $0.policy.backoff = .standard
            $0.history.retries = rarely() ? 3 : Int(rng.next() % 3)
            $0.now = SituationBuilder.failedAt + .seconds(Int64(rng.next() % 30_000))
        }
    }
}
