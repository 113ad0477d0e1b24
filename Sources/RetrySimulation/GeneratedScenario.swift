import CodePipelineSimulator
import RetryCore

/// The pipelines and config files of one seed.
struct GeneratedScenario: Sendable {
    /// The error code that every policy with rules never retries.
    static let fatalCode = "Fatal"
    /// The marker in a message that no pattern can be evaluated on.
    static let hardText = "TOOHARD"

    /// AWS's pipelines.
    var pipelines: [(definition: ServiceModel.Definition, script: ServiceModel.Script)] = []
    /// How long the evaluation of a condition takes.
    var conditionTakes = ServiceModel.Span.none
    /// What a retry in PARALLEL mode is answered.
    var parallelRetry = ServiceModel.ParallelRetry.accepted
    /// The target of each pipeline.
    var owners: [PipelineName: TargetName] = [:]
    /// The config files that reloads choose from; the first is active at the start.
    var configurations: [Configuration] = []

    init(_ rng: inout SimulationRNG) {
        let count = rng.number(1...5)
        for index in 0..<count {
            let definition = GeneratedScenario.definition("p\(index)", &rng)
            pipelines.append((definition, GeneratedScenario.script(definition, &rng)))
        }
        let shape = Shape(pipelines.map(\.definition.name), &rng)
        for target in shape.targets {
            for name in target.pipelines { owners[PipelineName(name)] = target.name }
        }
        configurations = (0..<3).map { _ in GeneratedScenario.configuration(shape, &rng) }
    }
}

/// The common part of all config files of a seed.
private struct Shape {
    var targets: [(name: TargetName, pipelines: [String])]
    var sharesRate: Bool
    var budget: Budget?
    var outage: OutageHold?
    var usesDiscovery: Bool

    init(_ names: [String], _ rng: inout SimulationRNG) {
        let split = rng.chance(0.4) ? rng.number(0...names.count) : names.count
        targets = [("one", Array(names[..<split])), ("two", Array(names[split...]))]
            .filter { !$0.1.isEmpty }
        sharesRate = rng.chance(0.5)
        usesDiscovery = rng.chance(0.3)
        if rng.chance(0.2) {
            budget = Budget(retries: rng.number(1...3), per: .seconds(rng.number(300...1200)))
        }
        if rng.chance(0.3) {
            outage = OutageHold(pipelines: 2, within: .seconds(600), probeEvery: .seconds(120))
        }
    }
}

// MARK: Pipelines

extension GeneratedScenario {
    private static func definition(
        _ name: String,
        _ rng: inout SimulationRNG
    ) -> ServiceModel.Definition {
        let reactions: [ServiceModel.OnFailure?] = [
            nil, nil, nil, nil, nil, .retry(.failedActions), .retry(.allActions), .rollback, .skip,
            .fail,
        ]
        var stages = [
            ServiceModel.Stage(
                name: "Source",
                actions: [ServiceModel.Action(name: "Pull", category: .source, provider: "S3")]
            )
        ]
        for stage in ["Build", "Deploy"].prefix(rng.number(1...2)) {
            let hasCondition = rng.chance(0.08)
            stages.append(
                ServiceModel.Stage(
                    name: stage,
                    onFailure: rng.pick(reactions),
                    onSuccess: hasCondition ? rng.pick([.fail, .rollback]) : nil,
                    actions: actions(&rng)
                )
            )
        }
        let modes: [ServiceModel.ExecutionMode] =
            Array(repeating: .superseded, count: 7) + Array(repeating: .queued, count: 3)
            + [.parallel]
        return ServiceModel.Definition(
            name: name,
            executionMode: rng.pick(modes),
            stages: stages
        )
    }

    private static func actions(_ rng: inout SimulationRNG) -> [ServiceModel.Action] {
        (0..<rng.number(1...3)).map { index in
            let isApproval = rng.chance(0.12)
            return ServiceModel.Action(
                name: "a\(index)",
                category: isApproval ? .approval : rng.pick([.build, .test, .deploy]),
                provider: isApproval ? "Manual" : "CodeBuild",
                runOrder: rng.number(1...2)
            )
        }
    }

    private static func script(
        _ definition: ServiceModel.Definition,
        _ rng: inout SimulationRNG
    ) -> ServiceModel.Script {
        var script = ServiceModel.Script()
        for stage in definition.stages {
            if stage.onSuccess != nil {
                script.onSuccess[stage.name] = (0..<4).map { _ in rng.chance(0.6) }
            }
            for action in stage.actions {
                let key = ServiceModel.ActionKey(stage: stage.name, action: action.name)
                let executions = (0..<6).map { _ in
                    (0..<rng.number(1...6)).map { _ in attempt(action.category, &rng) }
                }
                script.actions[key] = ServiceModel.ActionScript(
                    executions: executions,
                    rollback: executions[5]
                )
            }
        }
        return script
    }

    static func attempt(
        _ category: ServiceModel.Category,
        _ rng: inout SimulationRNG
    ) -> ServiceModel.Attempt {
        let after = Duration.milliseconds(rng.span(500...45_000))
        if category == .approval {
            return ServiceModel.Attempt(rng.pick([.approve, .reject, .hang]), after: after)
        }
        guard category != .source, rng.chance(0.6) else {
            return ServiceModel.Attempt(.succeed, after: after)
        }
        let code = rng.chance(0.08) ? fatalCode : rng.pick(["JobFailed", "Throttled"])
        let messages = ["build 17 failed", "build 18 failed", "no route to host"]
        let message =
            rng.chance(0.08) ? hardText : rng.chance(0.9) ? rng.pick(messages) : nil
        return ServiceModel.Attempt(.fail, after: after, code: code, message: message)
    }
}

// MARK: Config files

extension GeneratedScenario {
    private static func configuration(_ shape: Shape, _ rng: inout SimulationRNG) -> Configuration {
        var poll = PollSettings()
        poll.interval = .seconds(rng.number(20...90))
        poll.activeInterval = .seconds(rng.number(5...30))
        poll.maxInFlight = rng.pick([1, 2, 4, 32])
        poll.maxRate = rng.pick([1, 2, 5, 5])
        let policies = (0..<2).map { policy(PolicyName("policy\($0)"), shape, &rng) }
        // A config file may stop naming a pipeline.
        let dropped = rng.chance(0.1) ? "p0" : nil
        let targets = shape.targets.map { target in
            Target(
                name: target.name,
                region: "eu-west-1",
                rateGroup: shape.sharesRate ? "shared" : RateGroup(target.name.text),
                // The model gives every target the same account.
                endpoint: target.name.text,
                paused: rng.chance(0.03),
                pipelines: shape.usesDiscovery
                    ? [PipelineEntry(selector: .match(Glob("p*"), except: []), policies[0])]
                    : target.pipelines.filter { $0 != dropped }.map { name in
                        var entry = PipelineEntry(
                            selector: .name(PipelineName(name)),
                            rng.pick(policies)
                        )
                        if rng.chance(0.15) {
                            entry.stages["Deploy"] = policy("policy2", shape, &rng)
                        }
                        return entry
                    }
            )
        }
        return Configuration(
            poll: poll,
            dryRun: rng.chance(0.03),
            budget: shape.budget,
            outageHold: shape.outage,
            targets: targets
        )
    }

    private static func policy(
        _ name: PolicyName,
        _ shape: Shape,
        _ rng: inout SimulationRNG
    ) -> StagePolicy {
        var policy = StagePolicy.standard
        policy.name = name
        policy.never = rng.chance(0.03)
        policy.modes = rng.pick([
            [.failedActions], [.failedActions], [.allActions], [.failedActions, .allActions],
        ])
        policy.maxRetries = rng.pick([0, 1, 2, 2, 3, 3, 4, 5])
        policy.backoff = backoff(&rng)
        policy.giveUpAfter = .seconds(rng.number(300...7200))
        policy.maxFailureAge = .seconds(rng.pick([60, 7200, 7200, 7200]))
        policy.stopAfterSameError = rng.pick([nil, nil, nil, 2, 3])
        policy.whenNewerWaiting = rng.pick([.hold, .leave, .retry])
        policy.whenTransitionDisabled = rng.pick([.hold, .retry])
        policy.whenHumanRetried = rng.pick([.leave, .continue])
        // By another draw, so that the others stay.
        policy.whenApprovalRepeats = policy.whenNewerWaiting == .hold ? .leave : .retry
        policy.shadow = rng.chance(0.03)
        policy.paused = rng.chance(0.03)
        if rng.chance(0.1) { policy.windows = [closed(&rng)] }
        if rng.chance(0.2) {
            policy.budget = Budget(retries: rng.number(1...3), per: .seconds(600))
        }
        if rng.chance(0.5) {
            policy.rules = rules(policy, &rng)
            policy.otherwise = rng.pick([.never, .retry])
        }
        policy.maxTotalRetries =
            rng.chance(0.5) ? rng.number(0...5) : max(policy.maxRetries, policy.longestRule)
        return policy
    }

    private static func backoff(_ rng: inout SimulationRNG) -> Backoff {
        Backoff(
            kind: rng.pick(Backoff.Kind.allCases),
            initial: .seconds(rng.number(1...60)),
            factor: rng.pick([1, 1.5, 2]),
            max: .seconds(rng.number(60...300)),
            min: .seconds(rng.number(1...10)),
            jitter: rng.pick(Backoff.Jitter.allCases)
        )
    }

    private static func rules(_ policy: StagePolicy, _ rng: inout SimulationRNG) -> [Rule] {
        func limits() -> RuleAction {
            var limits = policy.limits
            limits.maxRetries = rng.number(0...5)
            limits.backoff = backoff(&rng)
            return .retry(limits)
        }
        var pattern = RuleCondition()
        pattern.matches = [Pattern("build [0-9]+")]
        var network = RuleCondition()
        network.contains = ["no route"]
        var fatal = RuleCondition()
        fatal.codes = [fatalCode]
        return [
            Rule(name: "fatal", when: fatal, action: .never),
            Rule(name: "network", when: network, action: limits()),
            Rule(name: "flaky", when: pattern, action: limits()),
        ]
    }

    /// Three quarters of an hour in which no retry may go out.
    private static func closed(_ rng: inout SimulationRNG) -> Window {
        let start = 180 + rng.number(0...40)
        return Window(
            effect: .deny,
            spans: [WeeklySpan(weekday: 0, start: start, end: start + 45)],
            zone: .utc
        )
    }
}

extension StagePolicy {
    /// The largest `max_retries` of the rules.
    var longestRule: Int {
        rules.map { rule in
            switch rule.action {
            case .never: 0
            case .retry(let limits): limits.maxRetries
            }
        }.max() ?? 0
    }

    /// The `max_retries` of a rule, or the policy's own for none.
    func maxRetries(of rule: RuleName?) -> Int {
        rule.map { limits(of: $0)?.maxRetries ?? 0 } ?? maxRetries
    }

    /// The `stop_after_same_error` of a rule, or the policy's own for none.
    func stopAfterSameError(of rule: RuleName?) -> Int? {
        rule == nil ? stopAfterSameError : rule.flatMap { limits(of: $0)?.stopAfterSameError }
    }

    private func limits(of rule: RuleName) -> RuleLimits? {
        for candidate in rules where candidate.name == rule {
            if case .retry(let limits) = candidate.action { return limits }
        }
        return nil
    }
}

extension PipelineEntry {
    init(selector: Selector, _ policy: StagePolicy) {
        self.init(selector: selector, policy: policy, stages: [:])
    }
}

extension Configuration {
    /// The place of a target in the list; nil: the config file does not have it.
    ///
    /// Here and below elements are read where they lie: a copy of one costs more than the look.
    func place(of target: TargetName) -> Int? {
        targets.indices.first { targets[$0].name == target }
    }

    /// Whether the pipelines of a target are found by ListPipelines.
    func discovers(_ target: TargetName) -> Bool {
        guard let place = place(of: target) else { return false }
        return targets[place].pipelines.contains { entry in
            switch entry.selector {
            case .name: false
            case .match: true
            }
        }
    }

    /// The places of the target and the entry that take a pipeline; nil when nothing watches it.
    private func entry(of key: PipelineKey) -> (target: Int, entry: Int)? {
        guard let target = place(of: key.target) else { return nil }
        let entries = targets[target].pipelines.indices
        let entry = entries.first { place in
            switch targets[target].pipelines[place].selector {
            case .name(let name): name == key.pipeline
            case .match(let glob, let except):
                ([glob] + except).map { Own.matches(key.pipeline.text, $0.description) }
                    == [true] + except.map { _ in false }
            }
        }
        return entry.map { (target, $0) }
    }

    /// Whether an entry takes a pipeline.
    func names(_ key: PipelineKey) -> Bool { entry(of: key) != nil }

    /// The longest `max_failure_age` of a pipeline's stages; nil when nothing watches it.
    func longestAge(of key: PipelineKey) -> Duration? {
        entry(of: key).map { place in
            let entry = targets[place.target].pipelines[place.entry]
            return entry.stages.values.map(\.maxFailureAge).reduce(entry.policy.maxFailureAge, max)
        }
    }

    /// The policy of a stage of a pipeline; nil when nothing watches it.
    func policy(of episode: EpisodeKey) -> StagePolicy? {
        entry(of: episode.pipeline).map {
            targets[$0.target].pipelines[$0.entry].policy(of: episode.stage)
        }
    }
}
