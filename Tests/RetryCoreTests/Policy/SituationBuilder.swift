import Primitives
import RetryCore
import Testing

/// The situation that the tests of the evaluator vary: a CodeBuild action failed a minute ago for
/// the first time, everything is readable, and the policy retries every failure.
enum SituationBuilder {
    static let failedAt = WallTime(milliseconds: 1_763_000_000_000)
    static let now = failedAt + .seconds(60)
    static let execution: ExecutionID = "11111111-2222-4333-8444-555555555555"
    static let newer: ExecutionID = "99999999-2222-4333-8444-555555555555"
    static let busy = """
        Error calling startBuild: Cannot have more than 1 builds in queue for the account \
        (Service: AWSCodeBuild; Status Code: 400; Error Code: AccountLimitExceededException; \
        Request ID: 5f0c3f8e-1a2b-4c3d-9e8f-0123456789ab; Proxy: null)
        """

    static func situation(_ change: (inout Situation) -> Void = { _ in }) -> Situation {
        var policy = StagePolicy.standard
        policy.backoff = fixed(.seconds(100))
        let stage = StageSnapshot(
            name: "Build",
            latest: StageExecution(id: execution, status: .failed),
            actions: [action("Compile")]
        )
        let compile = ActionKind(category: "Build", provider: "CodeBuild", runOrder: 1)
        var situation = Situation(
            episode: EpisodeKey(
                pipeline: PipelineKey(target: "prod", pipeline: "web"),
                stage: "Build",
                execution: execution
            ),
            policy: policy,
            stage: stage,
            currentVersion: 7,
            definition: PipelineDefinition(
                version: 7,
                executionMode: .superseded,
                stages: ["Build": StageDefinition(actions: ["Compile": compile])]
            ),
            evidence: .rows([row("Compile")]),
            history: EpisodeHistory(firstFailure: failedAt, firstSeen: now),
            now: now,
            seed: 1
        )
        change(&situation)
        return situation
    }

    static func action(
        _ name: ActionName,
        _ status: ActionStatus = .failed,
        at time: WallTime? = failedAt,
        code: String? = "JobFailed",
        message: String? = busy,
        summary: String? = nil
    ) -> ActionSnapshot {
        ActionSnapshot(
            name: name,
            executionID: ActionExecutionID("\(name)-1"),
            status: status,
            lastStatusChange: time,
            code: code,
            message: message,
            summary: summary,
            url: "https://example.com/\(name)"
        )
    }

    static func row(
        _ name: ActionName,
        _ status: ActionStatus = .failed,
        at time: WallTime? = failedAt,
        started: WallTime? = nil,
        category: ActionCategory? = "Build",
        provider: String? = "CodeBuild",
        message: String? = busy,
        version: Int? = 7
    ) -> ActionRow {
        ActionRow(
            stage: "Build",
            action: action(name, status, at: time, message: message),
            category: category,
            provider: provider,
            started: started,
            pipelineVersion: version
        )
    }

    /// The row of an approval that a person rejected: it has no errorDetails.
    static func rejection(_ name: ActionName, category: ActionCategory? = "Approval") -> ActionRow {
        ActionRow(
            stage: "Build",
            action: action(name, code: nil, message: nil, summary: "not today"),
            category: category,
            provider: "Manual",
            pipelineVersion: 7
        )
    }

    static func fixed(_ wait: Duration) -> Backoff {
        Backoff(kind: .fixed, initial: wait, factor: 1, max: wait, min: .zero, jitter: .none)
    }

    static func limits(
        _ retries: Int = 3,
        wait: Duration = .seconds(100),
        modes: [RetryMode] = [.failedActions],
        giveUpAfter: Duration = .seconds(6 * 3600),
        sameError: Int? = nil
    ) -> RuleLimits {
        RuleLimits(
            modes: modes,
            maxRetries: retries,
            backoff: fixed(wait),
            giveUpAfter: giveUpAfter,
            stopAfterSameError: sameError
        )
    }

    static func rule(
        _ name: RuleName,
        _ condition: RuleCondition = RuleCondition(),
        _ limits: RuleLimits? = limits()
    ) -> Rule {
        Rule(name: name, when: condition, action: limits.map { .retry($0) } ?? .never)
    }

    static func verdict(_ change: (inout Situation) -> Void = { _ in }) -> Verdict {
        PolicyEvaluator.decide(situation(change)).verdict
    }

    static func plan(_ change: (inout Situation) -> Void = { _ in }) -> RetryPlan? {
        verdict(change).plan
    }
}

extension Verdict {
    /// The retry that is planned, whether or not it may go out.
    var plan: RetryPlan? {
        switch self {
        case .retry(let plan), .wouldRetry(let plan), .hold(_, until: _, let plan?): plan
        case .hold(_, until: _, nil), .wait, .leave, .exhausted: nil
        }
    }
}

/// One line of a table: a name and its change of the situation.
struct Line: Sendable, CustomTestStringConvertible {
    let name: String
    let expected: Verdict?
    let change: @Sendable (inout Situation) -> Void

    init(
        _ name: String,
        _ expected: Verdict?,
        _ change: @escaping @Sendable (inout Situation) -> Void
    ) {
        self.name = name
        self.expected = expected
        self.change = change
    }

    var testDescription: String { name }
}
