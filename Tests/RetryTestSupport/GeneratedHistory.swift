package import Primitives
package import RetryCore

/// Attempts of some pipelines over some days, with what is true of them: what a report says of
/// them can be held against it.
package struct GeneratedHistory: Sendable {
    /// One failed attempt.
    package struct Failure: Hashable, Sendable {
        /// The pipeline.
        package var pipeline: PipelineKey
        /// The error; nil: nothing says why.
        package var cause: String?
        /// When it ended.
        package var failedAt: WallTime
        /// What came of it.
        package var result: AttemptResult = .notRetried
        /// Whether the daemon retried it; nil: nobody did.
        package var isOwn: Bool?
        /// The rule that did.
        package var rule: RuleName?
        /// How long after the failure the retry started, in milliseconds.
        package var wait: Int64 = 0
        /// How long the retry ran, in milliseconds.
        package var time: Int64 = 0

        /// Whether the retry ended by itself.
        package var isTrial: Bool {
            [.recovered, .failedTheSame, .failedOtherwise].contains(result)
        }
    }

    /// What fails, with which likelihood a retry succeeds, and by which rule the daemon retries.
    private struct Cause {
        var text: String?
        var early: Double
        var late: Double
        var rule: RuleName?
    }

    private static let causes = [
        Cause(text: "JobFailed: npm error code ECONNRESET", early: 0.8, late: 0.8, rule: "network"),
        Cause(text: "JobFailed: Rate exceeded", early: 0.1, late: 0.95, rule: "throttled"),
        Cause(text: "JobFailed: undefined reference to `start'", early: 0, late: 0),
        Cause(text: "JobFailed: # test timed out", early: 0.5, late: 0.5, rule: "flaky <tests>"),
        Cause(text: nil, early: 0.3, late: 0.3),
    ]

    /// The attempts as AWS has them: without labels.
    package private(set) var attempts: [ActionAttempt] = []
    /// The daemon's retries among them.
    package private(set) var intents: [Intent] = []
    /// What is true.
    package private(set) var failures: [Failure] = []
    private var random: SplitMix64

    /// Generates an execution a day for each pipeline.
    ///
    /// - Parameters:
    ///   - pipelines: How many there are.
    ///   - days: For so many days.
    ///   - oneIn: How many executions have one failure.
    ///   - from: The first day.
    ///   - seed: Of all chances.
    package init(pipelines: Int, days: Int, oneIn: Int, from: WallTime, seed: UInt64) {
        random = SplitMix64(seed: seed)
        for day in 0..<days {
            for number in 0..<pipelines {
                let at = Int64(day) * 86_400_000 + Int64(number % 1440) * 60_000
                run("p\(number)", day, from + .milliseconds(at), fails: below(oneIn) == 0)
            }
        }
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func milliseconds(_ range: Range<Int>) -> Int64 {
        Int64(range.lowerBound * 1000 + below((range.upperBound - range.lowerBound) * 1000))
    }

    /// An execution: until it succeeds, or nobody retries it any more.
    private mutating func run(_ name: String, _ day: Int, _ start: WallTime, fails: Bool) {
        let key = EpisodeKey(
            pipeline: PipelineKey(target: "prod", pipeline: PipelineName(name)),
            stage: "Deploy",
            execution: ExecutionID("\(name)-\(day)")
        )
        var cause = Self.causes[below(Self.causes.count)]
        var end = start + .milliseconds(milliseconds(60..<600))
        add(0, of: key, fails ? .failed : .succeeded, start, end, cause.text)
        var number = 1
        var isFailed = fails
        while isFailed {
            var failure = Failure(pipeline: key.pipeline, cause: cause.text, failedAt: end)
            let luck = below(100)
            guard luck < 85, number < 4 else {
                failures.append(failure)
                return
            }
            let isOwn = luck < 60
            failure.isOwn = isOwn
            failure.rule = isOwn ? cause.rule : nil
            let isLate = !isOwn && below(10) == 0
            failure.wait = milliseconds(
                isLate ? 22_000..<40_000 : isOwn ? 20..<200 : 400..<5000
            )
            if isOwn { intend(number, of: key, failure) }
            (isFailed, end) = retry(number, of: key, &failure, &cause)
            failures.append(failure)
            number += 1
        }
    }

    /// A retry: how it ends and when; what failed otherwise has another cause from then on.
    private mutating func retry(
        _ number: Int,
        of key: EpisodeKey,
        _ failure: inout Failure,
        _ cause: inout Cause
    ) -> (isFailed: Bool, end: WallTime) {
        let start = failure.failedAt + .milliseconds(failure.wait)
        let time = milliseconds(60..<600)
        let end = start + .milliseconds(time)
        let isLate = failure.wait > 6 * 3_600_000
        let luck = below(100)
        guard luck >= 4 else {
            let status: AttemptStatus = luck < 2 ? .abandoned : .running
            failure.result = isLate || luck < 2 ? .excluded : .unsettled
            add(number, of: key, status, start, luck < 2 ? end : nil, nil)
            return (false, end)
        }
        failure.time = time
        let likelihood = failure.wait < 300_000 ? cause.early : cause.late
        guard random.uniform() >= likelihood else {
            failure.result = isLate ? .excluded : .recovered
            add(number, of: key, .succeeded, start, end, nil)
            return (false, end)
        }
        let before = cause.text
        if below(10) == 0 { cause = Self.causes[below(Self.causes.count)] }
        let isSame = before == cause.text
        failure.result = isLate ? .excluded : isSame ? .failedTheSame : .failedOtherwise
        add(number, of: key, .failed, start, end, cause.text)
        return (true, end)
    }

    private func id(_ number: Int, _ key: EpisodeKey) -> ActionExecutionID {
        ActionExecutionID("\(key.execution)-\(number)")
    }

    private mutating func add(
        _ number: Int,
        of key: EpisodeKey,
        _ status: AttemptStatus,
        _ started: WallTime,
        _ ended: WallTime?,
        _ error: String?
    ) {
        attempts.append(
            ActionAttempt(
                action: ActionKey(pipeline: key.pipeline, stage: key.stage, action: "Ship"),
                execution: key.execution,
                id: id(number, key),
                status: status,
                started: started,
                ended: ended,
                provider: "CodeBuild",
                fingerprint: status == .failed ? error.map(Fingerprint.init(reduced:)) : nil,
                source: .imported
            )
        )
    }

    private mutating func intend(_ number: Int, of key: EpisodeKey, _ failure: Failure) {
        intents.append(
            Intent(
                episode: key,
                sequence: number,
                number: number,
                policy: "default",
                rule: failure.rule,
                mode: .failedActions,
                before: StageBaseline(
                    manualRetries: number - 1,
                    actionExecutions: [id(number - 1, key)],
                    lastStatusChange: failure.failedAt
                ),
                recordedAt: failure.failedAt + .milliseconds(failure.wait),
                state: .effective
            )
        )
    }

    /// The attempts with what came of them.
    package var labelled: [ActionAttempt] {
        let own = Dictionary(grouping: intents, by: \.episode)
        return Dictionary(grouping: attempts, by: \.group).flatMap { group, chain in
            AttemptChain(chain, intents: own[group.episode] ?? []).attempts
        }
    }
}
