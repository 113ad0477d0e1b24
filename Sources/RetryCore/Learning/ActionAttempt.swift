package import Primitives

/// One attempt of one action, as AWS's history has it, and what came of retrying it.
package struct ActionAttempt: Hashable, Sendable {
    /// Where a row comes from; the raw values are stored in the ledger.
    package enum Source: String, Hashable, Sendable, CaseIterable {
        /// The daemon read it while it watched the failure.
        case live
        /// It was imported from the history that AWS keeps.
        case imported
    }

    /// The action.
    package var action: ActionKey
    /// The execution; a retry keeps it.
    package var execution: ExecutionID
    /// The attempt.
    package var id: ActionExecutionID
    /// How it stands.
    package var status: AttemptStatus
    /// When it started, by AWS's clock.
    package var started: WallTime
    /// When it changed last, by AWS's clock, which is its end once it has one; nil: not known.
    package var ended: WallTime?
    /// `actionTypeId.provider`, such as `CodeBuild`.
    package var provider: String?
    /// The error by CodePipeline's words; nil: it did not fail, or nothing says why.
    package var fingerprint: Fingerprint?
    /// The error by what the service said; nil: it was not asked, or could not tell.
    package var causeFingerprint: Fingerprint?
    /// What was said of it; nil: it did not fail, or it was not asked for.
    package var failure: AttemptFailure?
    /// Where the row comes from.
    package var source: Source
    /// What came of retrying it; nil: it did not fail, or nobody has retried it.
    package var retry: RetriedAttempt?

    /// Creates an attempt that nobody has retried.
    package init(
        action: ActionKey,
        execution: ExecutionID,
        id: ActionExecutionID,
        status: AttemptStatus,
        started: WallTime,
        ended: WallTime?,
        provider: String? = nil,
        fingerprint: Fingerprint? = nil,
        causeFingerprint: Fingerprint? = nil,
        source: Source
    ) {
        self.action = action
        self.execution = execution
        self.id = id
        self.status = status
        self.started = started
        self.ended = ended
        self.provider = provider
        self.fingerprint = fingerprint
        self.causeFingerprint = causeFingerprint
        self.source = source
    }
}

extension ActionAttempt {
    /// Reads a row of ListActionExecutions; nil for an approval, which is a person's decision and
    /// no attempt, and for a row without an id or a start.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - execution: Its execution.
    ///   - pipeline: Its pipeline.
    ///   - source: Where the row comes from.
    package init?(
        _ row: ActionRow,
        in execution: ExecutionID,
        of pipeline: PipelineKey,
        source: Source
    ) {
        guard row.category != .approval, let id = row.action.executionID, let started = row.started
        else { return nil }
        let status = AttemptStatus(row.action.status)
        self.init(
            action: ActionKey(pipeline: pipeline, stage: row.stage, action: row.action.name),
            execution: execution,
            id: id,
            status: status,
            started: started,
            ended: row.action.lastStatusChange,
            provider: row.provider,
            source: source
        )
        guard status == .failed else { return }
        let names = action.names
        let words = [row.action.code, row.action.message, row.action.summary].compactMap(\.self)
        if words.contains(where: { !$0.isEmpty }) {
            fingerprint = Fingerprint(
                code: row.action.code,
                message: row.action.message,
                summary: row.action.summary,
                names: names
            )
        }
        failure = AttemptFailure(
            code: row.action.code,
            message: row.action.message,
            summary: row.action.summary,
            category: row.category,
            provider: provider
        )
    }

    /// Takes what the service says of it.
    package mutating func take(_ cause: RootCause) {
        causeFingerprint = ActionAttempt.fingerprint(of: cause, in: action)
        failure?.take(cause, provider)
    }

    /// The fingerprint of what a service said of an attempt of the action.
    package static func fingerprint(of cause: RootCause, in action: ActionKey) -> Fingerprint {
        Fingerprint(cause: cause, names: action.names + [cause.resource].compactMap(\.self))
    }

    /// How long it ran; nil while it runs, and when AWS's times contradict each other.
    package var duration: Duration? {
        switch status {
        case .running, .abandoned: return nil
        case .succeeded, .failed:
            guard let ended, ended >= started else { return nil }
            return ended - started
        }
    }
}

extension ActionKey {
    /// The names that are no part of an error.
    fileprivate var names: [String] { [pipeline.pipeline.text, stage.text, action.text] }
}
