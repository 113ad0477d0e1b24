import CodePipelineSimulator
import RetryCore
import Testing

@testable import RetrySimulation

/// What the scenarios never draw, the simulation proves nothing of.
@Suite struct ScenarioDrawTests {
    /// The values of each stored property, over the policies of 300 seeds.
    private static let drawn: (policies: [String: Set<String>], limits: [String: Set<String>]) = {
        var policies: [String: Set<String>] = [:]
        var limits: [String: Set<String>] = [:]
        func note(_ value: Any, _ all: inout [String: Set<String>]) {
            for child in Mirror(reflecting: value).children {
                all[child.label ?? "", default: []].insert("\(child.value)")
            }
        }
        for seed in 1...300 {
            var rng = SimulationRNG(seed: UInt64(seed), "scenario")
            var scenario = GeneratedScenario(&rng)
            scenario.addParallel(UInt64(seed), everywhere: true)
            scenario.addPast(UInt64(seed))
            for entry in scenario.configurations.flatMap(\.targets).flatMap(\.pipelines) {
                for policy in [entry.policy] + entry.stages.values {
                    note(policy, &policies)
                    for rule in policy.rules {
                        guard case .retry(let own) = rule.action else { continue }
                        note(own, &limits)
                    }
                }
            }
        }
        return (policies, limits)
    }()

    @Test func `every setting of a policy is drawn in more ways than one`() {
        let settings = Mirror(reflecting: StagePolicy.standard).children.compactMap(\.label)
        #expect(settings.filter { (Self.drawn.policies[$0] ?? []).count < 2 } == [])
    }

    @Test func `every limit of a rule is drawn in more ways than one`() {
        let limits = Mirror(reflecting: StagePolicy.standard.limits).children.compactMap(\.label)
        #expect(limits.filter { (Self.drawn.limits[$0] ?? []).count < 2 } == [])
    }

    @Test func `conditions of each place are drawn with each result, and hold or not`() {
        var results: [ServiceModel.ConditionPlace: Set<ServiceModel.ConditionResult?>] = [:]
        var outcomes: [ServiceModel.ConditionPlace: Set<Bool>] = [:]
        var spans: Set<ServiceModel.Span> = []
        for seed in 1...60 as ClosedRange<UInt64> {
            var rng = SimulationRNG(seed: seed, "scenery")
            var scenario = GeneratedScenario(&rng)
            var own = SimulationRNG(seed: seed, "conditions")
            scenario.addConditions(&own)
            spans.insert(scenario.conditionTakes)
            for (definition, script) in scenario.pipelines {
                for stage in definition.stages {
                    results[.beforeEntry, default: []].insert(stage.beforeEntry)
                    results[.onFailure, default: []].insert(stage.failureCondition)
                    #expect(stage.failureCondition == nil || stage.onFailure == nil)
                }
                outcomes[.beforeEntry, default: []].formUnion(script.beforeEntry.values.joined())
                outcomes[.onFailure, default: []].formUnion(script.onFailure.values.joined())
            }
        }
        #expect(results[.beforeEntry] == [nil, .fail, .skip])
        #expect(results[.onFailure] == [nil, .fail, .skip, .rollback])
        #expect(outcomes == [.beforeEntry: [true, false], .onFailure: [true, false]])
        #expect(spans.count == 3)
    }
}
