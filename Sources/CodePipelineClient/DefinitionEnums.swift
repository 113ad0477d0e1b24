/// How executions of a pipeline meet (CodePipeline API, ExecutionMode).
package enum ExecutionMode: WireEnum {
    /// One after the other.
    case queued
    /// A newer one overtakes.
    case superseded
    /// Independently.
    case parallel
    /// A name that this program does not know.
    case unknown(String)

    package static let known: [String: ExecutionMode] = [
        "QUEUED": .queued, "SUPERSEDED": .superseded, "PARALLEL": .parallel,
    ]
}

/// The pipeline's generation (CodePipeline API, PipelineType).
package enum PipelineType: WireEnum {
    /// The first.
    case v1
    /// The second.
    case v2
    /// A name that this program does not know.
    case unknown(String)

    package static let known: [String: PipelineType] = [
        "V1": .v1, "V2": .v2,
    ]
}

/// What an action does (CodePipeline API, ActionCategory).
package enum ActionCategory: WireEnum {
    /// Fetches a revision.
    case source
    /// Builds.
    case build
    /// Deploys.
    case deploy
    /// Tests.
    case test
    /// Calls a function or another pipeline.
    case invoke
    /// Waits for a person.
    case approval
    /// Runs commands.
    case compute
    /// A name that this program does not know.
    case unknown(String)

    package static let known: [String: ActionCategory] = [
        "Source": .source, "Build": .build, "Deploy": .deploy, "Test": .test, "Invoke": .invoke,
        "Approval": .approval, "Compute": .compute,
    ]
}

/// Who makes an action's provider (CodePipeline API, ActionOwner).
package enum ActionOwner: WireEnum {
    /// AWS.
    case aws
    /// A partner.
    case thirdParty
    /// The account itself.
    case custom
    /// A name that this program does not know.
    case unknown(String)

    package static let known: [String: ActionOwner] = [
        "AWS": .aws, "ThirdParty": .thirdParty, "Custom": .custom,
    ]
}

/// What a pipeline does itself when a stage fails (CodePipeline API, Result).
package enum FailureResult: WireEnum {
    /// Rolls back.
    case rollback
    /// Fails.
    case fail
    /// Repeats the stage once.
    case retry
    /// Skips.
    case skip
    /// A name that this program does not know.
    case unknown(String)

    package static let known: [String: FailureResult] = [
        "ROLLBACK": .rollback, "FAIL": .fail, "RETRY": .retry, "SKIP": .skip,
    ]
}

/// The status of a pipeline's execution (CodePipeline API, PipelineExecutionStatus).
package enum PipelineExecutionStatus: WireEnum {
    /// The definition was updated.
    case cancelled
    /// It runs.
    case inProgress
    /// Somebody stopped it.
    case stopped
    /// It is being stopped.
    case stopping
    /// It succeeded.
    case succeeded
    /// A newer one overtook it.
    case superseded
    /// It failed.
    case failed
    /// A name that this program does not know.
    case unknown(String)

    package static let known: [String: PipelineExecutionStatus] = [
        "Cancelled": .cancelled, "InProgress": .inProgress, "Stopped": .stopped,
        "Stopping": .stopping, "Succeeded": .succeeded, "Superseded": .superseded,
        "Failed": .failed,
    ]
}

/// Which actions of a stage a retry repeats (CodePipeline API, StageRetryMode).
package enum StageRetryMode: String, Hashable, Sendable, CaseIterable {
    /// Only those that failed.
    case failedActions = "FAILED_ACTIONS"
    /// All of the stage, from its first.
    case allActions = "ALL_ACTIONS"
}
