import CodePipelineSimulator
import Primitives
import RetryCore

/// Pipelines and config files for a run over months.
extension GeneratedScenario {
    /// How many executions of a pipeline differ; later ones repeat the last.
    private static let courses = 120

    init(months rng: inout SimulationRNG) {
        self.init(&rng)
        pipelines = Array(pipelines.prefix(rng.pick([1, 2, 2, 3])))
        for index in pipelines.indices {
            let definition = pipelines[index].definition
            pipelines[index].script = GeneratedScenario.longScript(definition, &rng)
        }
        let names = Set(pipelines.map { PipelineName($0.definition.name) })
        owners = owners.filter { names.contains($0.key) }
        let budget = rng.chance(0.3) ? GeneratedScenario.longBudget(&rng) : nil
        let outage = OutageHold(
            pipelines: 2,
            within: .seconds(rng.number(6...72) * 3600),
            probeEvery: .seconds(rng.number(1...12) * 3600)
        )
        for index in configurations.indices {
            configurations[index].budget = budget
            configurations[index].outageHold = configurations[index].outageHold.map { _ in outage }
            stretch(&configurations[index], &rng)
        }
    }

    /// Makes all times of a config file longer, and names every pipeline: lists every five minutes
    /// would take most of the run.
    private func stretch(_ configuration: inout Configuration, _ rng: inout SimulationRNG) {
        configuration.poll.interval = .seconds(rng.pick([900, 1800, 3600]))
        configuration.poll.activeInterval = .seconds(rng.pick([300, 600, 900]))
        configuration.poll.quietInterval = .seconds(rng.pick([3600, 7200, 10_800]))
        var policies: [PolicyName: StagePolicy] = [:]
        for target in configuration.targets.indices {
            let entries = configuration.targets[target].pipelines
            configuration.targets[target].pipelines = owners.keys.sorted().compactMap { name in
                guard owners[name] == configuration.targets[target].name,
                    let entry = entries.first(where: { $0.names(name) })
                else { return nil }
                var long = PipelineEntry(
                    selector: .name(name),
                    policy: GeneratedScenario.long(entry.policy, &policies, &rng),
                    stages: [:]
                )
                for stage in entry.stages.keys.sorted() {
                    long.stages[stage] = entry.stages[stage].map {
                        GeneratedScenario.long($0, &policies, &rng)
                    }
                }
                return long
            }
        }
    }

    /// A policy with the waits, ages, budgets and windows of months; one for each name.
    private static func long(
        _ policy: StagePolicy,
        _ known: inout [PolicyName: StagePolicy],
        _ rng: inout SimulationRNG
    ) -> StagePolicy {
        if let long = known[policy.name] { return long }
        var long = policy
        long.backoff = longBackoff(&rng)
        long.giveUpAfter = .seconds(
            rng.pick([1, 6, 24, 72, 168, 240]) * 3600 + rng.number(0...3600)
        )
        long.maxFailureAge = .seconds(rng.pick([1, 24, 168, 1440, 8784]) * 3600)
        long.windows = rng.chance(0.7) ? windows(&rng) : []
        long.budget = rng.chance(0.3) ? longBudget(&rng) : nil
        long.rules = long.rules.map { rule in
            guard case .retry(var limits) = rule.action else { return rule }
            var rule = rule
            limits.backoff = longBackoff(&rng)
            limits.giveUpAfter = long.giveUpAfter
            rule.action = .retry(limits)
            return rule
        }
        known[policy.name] = long
        return long
    }

    private static func longBackoff(_ rng: inout SimulationRNG) -> Backoff {
        Backoff(
            kind: rng.pick(Backoff.Kind.allCases),
            initial: .seconds(rng.pick([10, 600, 7200, 43_200])),
            factor: rng.pick([1, 2, 4]),
            max: .seconds(rng.pick([3600, 86_400, 259_200])),
            min: .seconds(rng.pick([1, 60, 3600])),
            jitter: rng.pick(Backoff.Jitter.allCases)
        )
    }

    private static func longBudget(_ rng: inout SimulationRNG) -> Budget {
        Budget(retries: rng.number(1...9), per: .seconds(rng.pick([1, 3, 10, 45, 90]) * 86_400))
    }

    private static func longScript(
        _ definition: ServiceModel.Definition,
        _ rng: inout SimulationRNG
    ) -> ServiceModel.Script {
        var script = ServiceModel.Script()
        for stage in definition.stages {
            if stage.onSuccess != nil {
                script.onSuccess[stage.name] = (0..<courses).map { _ in rng.chance(0.7) }
            }
            for action in stage.actions {
                let key = ServiceModel.ActionKey(stage: stage.name, action: action.name)
                let executions = (0..<courses).map { _ in
                    (0..<rng.number(1...6)).map { _ in
                        var course = attempt(action.category, &rng)
                        // Nobody answers an approval for days, and then somebody does.
                        if course.result == .hang {
                            course = ServiceModel.Attempt(.approve)
                            course.after = .seconds(rng.number(1...20) * 86_400)
                        }
                        if rng.chance(0.3) { course.after = .seconds(rng.number(60...36_000)) }
                        return course
                    }
                }
                script.actions[key] = ServiceModel.ActionScript(
                    executions: executions,
                    rollback: executions[0]
                )
            }
        }
        return script
    }
}

// MARK: Windows

extension GeneratedScenario {
    /// One to three windows; together they open in every week.
    private static func windows(_ rng: inout SimulationRNG) -> [Window] {
        (0..<rng.number(1...3)).map { _ in
            let zone = rng.pick(MonthsZones.all)
            switch rng.number(0...4) {
            // Working days, by the whole hour or between two.
            case 0:
                let start = rng.pick([390, 480, 540])
                return window(.allow, 0...4, start, start + rng.pick([540, 615]), zone)
            // The week end.
            case 1: return window(.deny, 5...6, 0, 1440, zone)
            // The nights, past midnight.
            case 2: return window(.deny, 0...6, 1320, 1800, zone)
            // The hours in which clocks are changed.
            case 3:
                return window(.deny, 6...6, rng.pick([30, 90, 150]), rng.pick([190, 230]), zone)
            case _:
                let day = rng.number(0...6)
                let start = rng.number(0...1439)
                return window(.deny, day...day, start, start + rng.number(10...1400), zone)
            }
        }
    }

    private static func window(
        _ effect: Window.Effect,
        _ days: ClosedRange<Int>,
        _ start: Int,
        _ end: Int,
        _ zone: ZoneRules
    ) -> Window {
        Window(
            effect: effect,
            spans: days.map { WeeklySpan(weekday: $0, start: start, end: end) },
            zone: zone
        )
    }
}

extension PipelineEntry {
    /// Whether it selects a pipeline of the generated scenario.
    fileprivate func names(_ pipeline: PipelineName) -> Bool {
        switch selector {
        case .name(let name): name == pipeline
        case .match(let glob, _): Own.matches(pipeline.text, glob.description)
        }
    }
}
