package import AttemptLedger
import Primitives
package import RetryCore

/// Attempts of actions, oldest first, with what came of retrying them; on the control socket.
///
/// A reader ignores what it does not know, so a newer daemon may say more of an attempt.
package struct AttemptDocument: Hashable, Sendable, Codable {
    /// One attempt; times are in milliseconds since 1970.
    package struct Attempt: Hashable, Sendable, Codable {
        /// Its place among all attempts: action, execution, id and start.
        package var place: Position
        /// How it stands.
        package var status: String
        /// When it ended; null: not known.
        package var ended: Int64?
        /// The provider of its action; null: not known.
        package var provider: String?
        /// The error by CodePipeline's words; null: none.
        package var fingerprint: String?
        /// The error by what the service said; null: none.
        package var causeFingerprint: String?
        /// Where the row comes from.
        package var source: String
        /// What came of retrying it; null: nobody has.
        package var retry: Retry?
        /// What was said of it; null: nothing, or it was not asked for.
        package var failure: Failure?
        /// What its revision did in other executions: `passed`, `failed_the_same`; null: nothing
        /// is known, or it was not asked for.
        package var elsewhere: String?

        private enum CodingKeys: String, CodingKey {
            case place, status, ended, provider, fingerprint, source, retry, failure, elsewhere
            case causeFingerprint = "cause_fingerprint"
        }
    }

    /// The retry of a failed attempt; times are in milliseconds.
    package struct Retry: Hashable, Sendable, Codable {
        /// The next attempt.
        package var next: String
        /// How long after the failure it started.
        package var wait: Int64
        /// What it brought.
        package var result: String
        /// How long it ran; null: not known.
        package var duration: Int64?
        /// Whether the daemon caused it.
        package var isOwn: Bool
        /// The rule that caused it; null: none did.
        package var rule: String?
        /// How the stage was retried; null: the daemon did not cause it.
        package var mode: String?

        private enum CodingKeys: String, CodingKey {
            case next, wait, result, duration, rule, mode
            case isOwn = "own"
        }
    }

    /// What was said of a failed attempt, by CodePipeline and by the service.
    package struct Failure: Hashable, Sendable, Codable {
        /// The error code.
        package var code: String?
        /// The error message.
        package var message: String?
        /// The summary.
        package var summary: String?
        /// The action's category.
        package var category: String?
        /// The class by the built-in knowledge.
        package var kind: String?
        /// What the service says; null: it was not asked, or could not tell.
        package var cause: Cause?
    }

    /// What a service said of a failed attempt.
    package struct Cause: Hashable, Sendable, Codable {
        /// The provider.
        package var provider: String
        /// What it ran.
        package var resource: String?
        /// The phase.
        package var phase: String?
        /// The status.
        package var status: String?
        /// The code.
        package var code: String?
        /// The line that says why.
        package var line: String?
        /// The command.
        package var command: String?
        /// Its exit status.
        package var exitStatus: Int?
        /// CodeDeploy's code of the deployment.
        package var deploymentCode: String?
        /// Whether the action's own work began.
        package var ranUserCode: Bool?
        /// The status of the stack; of other providers null.
        package var stackStatus: String?
        /// The type of its resource that failed.
        package var resourceType: String?

        private enum CodingKeys: String, CodingKey {
            case provider, resource, phase, status, code, line, command
            case exitStatus = "exit_status"
            case deploymentCode = "deployment_code"
            case ranUserCode = "ran_user_code"
            case stackStatus = "stack_status"
            case resourceType = "resource_type"
        }
    }

    /// The place of an attempt among all.
    package struct Position: Hashable, Sendable, Codable {
        /// When it started, in milliseconds since 1970.
        package var started: Int64
        /// The actionExecutionId.
        package var id: String
        /// The target.
        package var target: String
        /// The pipeline.
        package var pipeline: String
        /// The stage.
        package var stage: String
        /// The action.
        package var action: String
        /// The pipelineExecutionId.
        package var execution: String
    }

    /// The attempts.
    package var attempts: [Attempt]
    /// Where the next answer goes on; null: there are no more.
    package var next: Position?

    /// Creates a document.
    package init(_ answer: AttemptAnswer) {
        attempts = answer.attempts.map { attempt in
            var shown = Attempt(attempt)
            shown.elsewhere = answer.elsewhere[attempt.id]?.rawValue
            return shown
        }
        next = answer.next.map(Position.init)
    }

    /// The attempts as values; nil: one has a word that this program does not know.
    package var values: [ActionAttempt]? {
        let known = attempts.compactMap(ActionAttempt.init)
        return known.count == attempts.count ? known : nil
    }

    /// The same with what their revisions did elsewhere.
    package var failures: [PastFailure]? {
        values.map { values in
            zip(values, attempts).map { value, shown in
                PastFailure(
                    value,
                    elsewhere: shown.elsewhere.flatMap(ReplayResult.Elsewhere.init(rawValue:))
                )
            }
        }
    }
}

extension AttemptDocument.Attempt {
    fileprivate init(_ attempt: ActionAttempt) {
        self.init(
            place: AttemptDocument.Position(attempt.position),
            status: attempt.status.rawValue,
            ended: attempt.ended?.milliseconds,
            provider: attempt.provider,
            fingerprint: attempt.fingerprint?.text,
            causeFingerprint: attempt.causeFingerprint?.text,
            source: attempt.source.rawValue,
            retry: attempt.retry.map(AttemptDocument.Retry.init),
            failure: attempt.failure.map(AttemptDocument.Failure.init)
        )
    }
}

extension ActionAttempt {
    fileprivate init?(_ attempt: AttemptDocument.Attempt) {
        guard let status = AttemptStatus(rawValue: attempt.status),
            let source = Source(rawValue: attempt.source)
        else { return nil }
        let place = AttemptQuery.Position(attempt.place)
        self.init(
            action: place.group.action,
            execution: place.group.execution,
            id: place.id,
            status: status,
            started: place.started,
            ended: attempt.ended.map(WallTime.init(milliseconds:)),
            provider: attempt.provider,
            fingerprint: attempt.fingerprint.map(Fingerprint.init(reduced:)),
            causeFingerprint: attempt.causeFingerprint.map(Fingerprint.init(reduced:)),
            source: source
        )
        failure = attempt.failure.map(AttemptFailure.init)
        guard let retry = attempt.retry else { return }
        guard let value = RetriedAttempt(retry) else { return nil }
        self.retry = value
    }
}

extension AttemptDocument.Retry {
    fileprivate init(_ retry: RetriedAttempt) {
        self.init(
            next: retry.next.text,
            wait: retry.wait.wholeMilliseconds,
            result: retry.result.rawValue,
            duration: retry.duration?.wholeMilliseconds,
            isOwn: retry.isOwn,
            rule: retry.rule?.text,
            mode: retry.mode?.rawValue
        )
    }
}

extension RetriedAttempt {
    fileprivate init?(_ retry: AttemptDocument.Retry) {
        guard let result = RetryResult(rawValue: retry.result) else { return nil }
        self.init(
            next: ActionExecutionID(retry.next),
            wait: .milliseconds(retry.wait),
            result: result,
            duration: retry.duration.map { .milliseconds($0) }
        )
        isOwn = retry.isOwn
        rule = retry.rule.map { RuleName($0) }
        mode = retry.mode.flatMap(RetryMode.init(rawValue:))
    }
}

extension AttemptDocument.Position {
    fileprivate init(_ position: AttemptQuery.Position) {
        self.init(
            started: position.started.milliseconds,
            id: position.id.text,
            target: position.group.action.pipeline.target.text,
            pipeline: position.group.action.pipeline.pipeline.text,
            stage: position.group.action.stage.text,
            action: position.group.action.action.text,
            execution: position.group.execution.text
        )
    }
}

extension AttemptQuery.Position {
    /// Takes a position of the control socket.
    init(_ position: AttemptDocument.Position) {
        let pipeline = PipelineKey(
            target: TargetName(position.target),
            pipeline: PipelineName(position.pipeline)
        )
        self.init(
            started: WallTime(milliseconds: position.started),
            id: ActionExecutionID(position.id),
            group: AttemptGroup(
                action: ActionKey(
                    pipeline: pipeline,
                    stage: StageName(position.stage),
                    action: ActionName(position.action)
                ),
                execution: ExecutionID(position.execution)
            )
        )
    }
}
